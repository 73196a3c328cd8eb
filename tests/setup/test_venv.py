"""`setup/venv`: made once, brought up to date when its sources change, made again when it cannot work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.setup.conftest import Machine

# A Python that remembers how it was called and makes virtual environments which hold itself.
PYTHON = """
echo "$*" >>{log}
case $* in
  *version_info*) exit {old} ;;
  *ensurepip*) test -e {venv_package} ;;
  --version) echo Python 3.x ;;
  '-m venv .venv')
    mkdir -p .venv/bin
    echo "command = python -m venv $(pwd)/.venv" >.venv/pyvenv.cfg
    cp "$0" .venv/bin/python ;;
  *'pip install'*) echo "pip's own words"; test ! -e {pip_fails} ;;
esac
"""


class Pythons:
    """The machine's Python, and what it was asked to do."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine = machine
        self.log = folder / "python.log"
        self.venv_package = folder / "venv-package"
        self.pip_fails = folder / "pip-fails"
        self.venv_package.touch()
        for name in ("pyproject.toml", "constraints.txt"):
            (machine.project / name).write_text("first\n")
        self.version(new_enough=True)

    def version(self, *, new_enough: bool) -> None:
        script = PYTHON.format(
            log=self.log, old=int(not new_enough), venv_package=self.venv_package, pip_fails=self.pip_fails
        )
        self.machine.command("python3", script)

    def set_up(self) -> tuple[int, str, list[str]]:
        """Exit status and words of the script, and what it made: `venv` and `pip`."""
        self.log.write_text("")
        done = self.machine.run("setup/venv")
        calls = self.log.read_text()
        made = [what for what, call in (("venv", "-m venv"), ("pip", "--group dev")) if call in calls]
        return done.returncode, done.stderr, made


@pytest.fixture
def pythons(machine: Machine, tmp_path: Path) -> Pythons:
    return Pythons(machine, tmp_path)


def test_is_made_once(pythons: Pythons) -> None:
    status, words, made = pythons.set_up()
    assert (status, made) == (0, ["venv", "pip"]), words
    assert pythons.set_up() == (0, "", [])


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_is_brought_up_to_date_when_its_sources_change(pythons: Pythons, name: str) -> None:
    pythons.set_up()
    (pythons.machine.project / name).write_text("second\n")
    assert pythons.set_up()[2] == ["pip"]
    assert pythons.set_up()[2] == []


def test_a_new_date_alone_changes_nothing(pythons: Pythons) -> None:
    pythons.set_up()
    (pythons.machine.project / "pyproject.toml").touch()
    assert pythons.set_up()[2] == []


def test_is_made_again_when_the_project_has_moved(pythons: Pythons) -> None:
    pythons.set_up()
    machine = pythons.machine
    machine.project = machine.project.rename(machine.folder / "elsewhere")
    assert pythons.set_up()[2] == ["venv", "pip"]


def test_is_made_again_when_its_python_is_gone(pythons: Pythons) -> None:
    pythons.set_up()
    (pythons.machine.project / ".venv" / "bin" / "python").unlink()
    assert pythons.set_up()[2] == ["venv", "pip"]


def test_a_failed_installation_is_shown_and_tried_again(pythons: Pythons) -> None:
    pythons.pip_fails.touch()
    status, words, _ = pythons.set_up()
    assert status == 1
    assert "pip's own words" in words
    pythons.pip_fails.unlink()
    assert pythons.set_up()[2] == ["pip"]


def test_asks_for_a_newer_python_where_it_may_not_install_one(pythons: Pythons) -> None:
    pythons.machine.user(1000)
    pythons.version(new_enough=False)
    status, words, made = pythons.set_up()
    assert (status, made) == (2, [])
    assert "Python 3.11 or newer is needed" in words


def test_installs_what_debian_leaves_out_of_its_python(pythons: Pythons) -> None:
    pythons.venv_package.unlink()
    pythons.machine.apt(f"touch {pythons.venv_package}")
    assert pythons.set_up()[2] == ["venv", "pip"]
    assert pythons.machine.installed().splitlines()[-1].endswith(" python3-venv")


def test_names_what_debian_leaves_out_of_its_python(pythons: Pythons) -> None:
    pythons.venv_package.unlink()
    pythons.machine.user(1000)
    status, words, _ = pythons.set_up()
    assert status == 2
    assert "sudo apt-get install python3-venv" in words
