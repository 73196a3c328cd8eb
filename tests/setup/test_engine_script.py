"""`setup/engine`: an engine answers, however the last one ended; or a sentence says why not."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrials.waiting import eventually

if TYPE_CHECKING:
    from tests.setup.conftest import Machine

ENGINE = Path(__file__).parents[2] / "setup" / "engine"


def pid(file: Path) -> int:
    return int(file.read_text())


def ended(number: int) -> bool:
    """Is it gone, or a zombie that its new parent has not collected yet?"""
    try:
        status = Path(f"/proc/{number}/status").read_text()
    except FileNotFoundError:
        return True
    return "State:\tZ" in status


def end(number: int, how: signal.Signals) -> None:
    os.kill(number, how)
    eventually(lambda: ended(number), within=15, until=bool, what=f"the end of process {number}")


class SecondEngine:
    """An engine beside the one in use, with a folder and a network namespace of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.docker_pid = folder / "docker.pid"
        self.containerd_pid = folder / "exec" / "containerd" / "containerd.pid"

    def start(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the script; that its output ends although the engine lives is part of what is tested."""
        environment = {**os.environ, "SEATRIALS_ENGINE_DIR": str(self.folder)}
        return subprocess.run(
            [ENGINE, *options], env=environment, capture_output=True, text=True, timeout=40, check=False
        )

    def close(self) -> None:
        for file in (self.docker_pid, self.containerd_pid):
            if file.exists() and not ended(number := pid(file)):
                end(number, signal.SIGTERM)
        subprocess.run(["umount", self.folder / "data"], capture_output=True, check=False)
        shutil.rmtree(self.folder)


@pytest.fixture
def second(need_root: None) -> Iterator[SecondEngine]:  # noqa: ARG001
    if not shutil.which("dockerd") or not shutil.which("unshare"):
        pytest.skip("needs dockerd and unshare")
    # Not tmp_path: a socket's path must be shorter than 108 characters.
    engine = SecondEngine(Path(tempfile.mkdtemp(prefix="engine-")))
    try:
        yield engine
    finally:
        engine.close()


@pytest.mark.docker
class TestStarting:
    def test_starts_one_and_then_finds_it(self, second: SecondEngine) -> None:
        bridge = Path("/sys/class/net/docker0")
        had_bridge = bridge.exists()
        first = second.start()
        assert first.returncode == 0, first.stderr
        assert first.stdout.endswith(" started\n")
        number = pid(second.docker_pid)

        again = second.start()
        assert again.stdout.endswith(" answers\n")
        assert pid(second.docker_pid) == number
        assert bridge.exists() == had_bridge, "the engine in use lost its bridge"

    @pytest.mark.parametrize("killed", ["dockerd", "dockerd and containerd"])
    def test_starts_after_a_crash(self, second: SecondEngine, killed: str) -> None:
        assert second.start().returncode == 0
        number = pid(second.docker_pid)
        end(number, signal.SIGKILL)
        if "containerd" in killed:
            end(pid(second.containerd_pid), signal.SIGKILL)

        after = second.start()
        assert after.returncode == 0, after.stderr
        assert after.stdout.endswith(" started\n")
        assert pid(second.docker_pid) != number

    def test_starts_although_the_pid_file_names_another_program(self, second: SecondEngine) -> None:
        second.docker_pid.write_text(f"{os.getpid()}\n")
        done = second.start()
        assert done.returncode == 0, done.stderr
        assert pid(second.docker_pid) != os.getpid()

    def test_shows_what_dockerd_says_when_it_ends_at_once(self, second: SecondEngine) -> None:
        done = second.start("--no-such-option")
        assert done.returncode == 1
        assert "dockerd ended" in done.stderr
        assert "unknown flag: --no-such-option" in done.stderr


# What installing docker.io does, in miniature: two commands appear, and one answers once the other has run.
DOCKER = 'test -e "${0%/*}/up" && echo 1.0'
DOCKERD = 'touch "${0%/*}/up"; sleep 1'


@pytest.fixture
def bare(machine: Machine, tmp_path: Path) -> Machine:
    """A machine whose apt-get does install Docker."""
    machine.command("docker", DOCKER, at=tmp_path / "package")
    machine.command("dockerd", DOCKERD, at=tmp_path / "package")
    machine.apt(f"case $* in *install*) cp {tmp_path}/package/* {machine.bin} ;; esac")
    machine.command("mountpoint", "exit 0")
    machine.command("unshare", 'shift; exec "$@"')
    return machine


class TestInstalling:
    def test_installs_debians_package_and_starts_it(self, bare: Machine, tmp_path: Path) -> None:
        done = bare.run("setup/engine", SEATRIALS_ENGINE_DIR=str(tmp_path / "engine"))
        assert done.returncode == 0, done.stderr
        assert done.stdout == "engine 1.0 started\n"
        assert (tmp_path / "engine" / "dockerd.log").exists()
        assert bare.installed().splitlines()[-1].endswith(" docker.io ca-certificates")

    def test_takes_the_command_line_along_where_it_is_a_package_of_its_own(self, bare: Machine, tmp_path: Path) -> None:
        bare.command("apt-cache", 'test "$2" = docker-cli')
        bare.run("setup/engine", SEATRIALS_ENGINE_DIR=str(tmp_path / "engine"))
        assert bare.installed().splitlines()[-1].endswith(" docker-cli")

    def test_installs_what_mounts_cgroups_where_nothing_has(self, bare: Machine, tmp_path: Path) -> None:
        bare.command("mountpoint", "exit 1")
        bare.command("cgroupfs-mount", f"touch {tmp_path}/mounted")
        bare.run("setup/engine", SEATRIALS_ENGINE_DIR=str(tmp_path / "engine"))
        assert bare.installed().splitlines()[-1].endswith(" cgroupfs-mount")
        assert (tmp_path / "mounted").exists()

    def test_shows_the_last_lines_of_apt_get_when_it_fails(self, bare: Machine) -> None:
        bare.apt("echo E: No space left; exit 100")
        done = bare.run("setup/engine")
        assert done.returncode == 1
        assert "could not install docker.io" in done.stderr
        assert "E: No space left" in done.stderr

    def test_installs_nothing_where_an_engine_answers(self, bare: Machine) -> None:
        bare.command("docker", "echo 1.0")
        assert bare.run("setup/engine").stdout == "engine 1.0 answers\n"
        assert bare.installed() == ""


class TestRefusing:
    """Each sentence says what is wrong and what to do; the exit status is 2 and nothing is installed."""

    def refused(self, machine: Machine, **environment: str) -> str:
        done = machine.run("setup/engine", **environment)
        assert done.returncode == 2, done
        assert machine.installed() == ""
        assert done.stderr.count("\n") == 1
        return done.stderr

    @pytest.mark.parametrize("host", ["tcp://build.example:2375", "ssh://me@build.example"])
    def test_an_engine_on_another_machine_even_if_it_answers(self, bare: Machine, host: str) -> None:
        bare.command("docker", "echo 1.0")
        assert "another machine" in self.refused(bare, DOCKER_HOST=host)

    def test_a_named_engine_that_is_silent(self, bare: Machine) -> None:
        assert "no engine answers at DOCKER_HOST" in self.refused(bare, DOCKER_HOST="unix:///nowhere.sock")

    def test_another_operating_system(self, bare: Machine) -> None:
        bare.command("uname", "echo Darwin")
        assert "Install Docker Desktop" in self.refused(bare)

    def test_another_distribution(self, bare: Machine) -> None:
        bare.system("fedora")
        assert "only Debian's package" in self.refused(bare)

    def test_a_user_who_is_not_root(self, bare: Machine, tmp_path: Path) -> None:
        bare.user(1000)
        assert "needs root: sudo setup/engine" in self.refused(bare, SEATRIALS_ENGINE_DIR=str(tmp_path))

    def test_a_user_who_may_not_use_the_socket(self, need_root: None) -> None:  # noqa: ARG002
        """With a true socket and a true other user: the shell's `-w` lets root write everywhere."""
        nobody = 65534
        with tempfile.TemporaryDirectory(prefix="engine-") as name, socket.socket(socket.AF_UNIX) as listener:
            folder = Path(name)
            folder.chmod(0o755)
            shutil.copytree(ENGINE.parent, folder / "setup")
            listener.bind(f"{folder}/docker.sock")
            (folder / "docker.sock").chmod(0o660)
            done = subprocess.run(
                [folder / "setup" / "engine"],
                env={"PATH": os.environ["PATH"], "SEATRIALS_ENGINE_DIR": name},
                user=nobody,
                group=nobody,
                extra_groups=[],
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 2
        assert "may not use it" in done.stderr
        assert "usermod -aG docker" in done.stderr
