"""The Makefile's targets and `.ci/run`: what they would do, without doing it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.setup.conftest import Machine

ROOT = Path(__file__).parents[2]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

if not shutil.which("make"):
    pytest.skip("needs make", allow_module_level=True)


def make(*arguments: str, **environment: str) -> str:
    """What make prints. An outer make and a CI server must not colour the answer."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_help_lists_every_target_and_is_the_default() -> None:
    listed = [line.split()[1] for line in make("help").splitlines()]
    assert listed == TARGETS
    assert make() == make("help")


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_planned(target: str) -> None:
    assert make("-n", target)


def test_acceptance_keeps_containers_for_a_person_and_not_for_a_server() -> None:
    assert "--keep" in make("-n", "acceptance")
    assert "--keep" not in make("-n", "acceptance", CI="true")
    assert "--keep" not in make("-n", "acceptance", "KEEP=")


def test_acceptance_hands_options_to_pytest_and_sets_up_first() -> None:
    plan = make("-n", "acceptance", "ARGS=-m smoke")
    assert re.search(r"pytest features .*-m smoke", plan)
    assert plan.index("setup/venv") < plan.index("setup/engine") < plan.index("pytest features")


def test_test_ends_with_pytest() -> None:
    assert "pytest tests features" in make("-n", "test").splitlines()[-1]


def test_a_failed_check_fails_the_run_before_pytest(machine: Machine) -> None:
    """Make stops at the first command that fails; nothing in the Makefile may hide that."""
    shutil.copy(ROOT / "Makefile", machine.project)
    for script in ("venv", "engine", "packages"):
        machine.command(script, "exit 0", at=machine.project / "setup")
    for program in ("mypy", "lint-imports", "pytest"):
        machine.command(program, f"touch {machine.folder}/{program}", at=machine.project / ".venv" / "bin")
    machine.command("ruff", "exit 1", at=machine.project / ".venv" / "bin")
    machine.command("run", f"cd {machine.project} && exec make test", at=machine.project)
    assert machine.run("run").returncode != 0
    assert not (machine.folder / "pytest").exists()


class TestContinuousIntegration:
    @pytest.fixture
    def server(self, machine: Machine) -> Machine:
        shutil.copytree(ROOT / ".ci", machine.project / ".ci")
        machine.command("make", 'echo "make $*, CI=$CI, on stdin:$(cat)"')
        return machine

    def test_runs_the_tests_with_nobody_there_to_answer(self, server: Machine) -> None:
        done = server.run(".ci/run")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "make --no-print-directory test, CI=true, on stdin:\n"

    def test_passes_the_failure_on(self, server: Machine) -> None:
        server.command("make", "exit 3")
        assert server.run(".ci/run").returncode == 3

    def test_installs_make_where_it_is_missing(self, server: Machine) -> None:
        server.apt(f"case $* in *install*) cp {server.bin}/kept {server.bin}/make ;; esac")
        (server.bin / "make").rename(server.bin / "kept")
        assert server.run(".ci/run").returncode == 0
        assert server.installed().splitlines()[-1].endswith(" make")
