"""`setup/packages`: helpful commands are installed, or named without stopping the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.setup.conftest import Machine


def test_says_and_does_nothing_where_the_commands_are_there(machine: Machine) -> None:
    machine.command("mmdebstrap", "exit 0")
    done = machine.run("setup/packages", "mmdebstrap")
    assert (done.returncode, done.stdout, done.stderr, machine.installed()) == (0, "", "", "")


def test_installs_only_what_is_missing(machine: Machine) -> None:
    machine.command("mmdebstrap", "exit 0")
    assert machine.run("setup/packages", "mmdebstrap", "docker-registry").returncode == 0
    assert machine.installed().splitlines()[-1].endswith("--no-install-recommends docker-registry")


def test_names_what_is_missing_to_a_user_who_may_not_install(machine: Machine) -> None:
    machine.user(1000)
    done = machine.run("setup/packages", "docker-registry")
    assert done.returncode == 0
    assert "docker-registry is missing" in done.stderr
    assert "sudo apt-get install docker-registry" in done.stderr
    assert machine.installed() == ""


def test_installs_nothing_on_another_distribution(machine: Machine) -> None:
    machine.system("fedora")
    done = machine.run("setup/packages", "mmdebstrap")
    assert done.returncode == 0
    assert "mmdebstrap is missing (images cannot be built where none can be pulled)" in done.stderr
    assert machine.installed() == ""


def test_goes_on_when_the_installation_fails(machine: Machine) -> None:
    machine.apt("echo E: Unable to locate package; exit 100")
    done = machine.run("setup/packages", "mmdebstrap")
    assert done.returncode == 0
    assert "E: Unable to locate package" in done.stderr
    assert "mmdebstrap is missing" in done.stderr
