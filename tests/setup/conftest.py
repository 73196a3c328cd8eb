"""A pretended machine for the set-up scripts: a copy of them and a PATH with chosen commands only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = [
    *("awk", "bash", "cat", "cksum", "cp", "dirname", "env", "grep", "head", "id", "make", "mkdir", "mktemp"),
    *("nohup", "rm", "sed", "setsid", "sh", "sleep", "tail", "touch", "tr", "uname"),
]


class Machine:
    """What a script finds: the commands on its PATH, the system it runs on, and the answers these give."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.bin = folder / "bin"
        self.release = folder / "os-release"
        self.bin.mkdir()
        shutil.copytree(ROOT / "setup", self.project / "setup")
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)
        self.system("debian")

    def system(self, name: str) -> None:
        """Be a machine of that distribution."""
        self.release.write_text(f"PRETTY_NAME=Some\nID={name}\n")

    def command(self, name: str, script: str, *, at: Path | None = None) -> None:
        """Put a command on the PATH (or into the folder `at`), written in sh."""
        path = (at or self.bin) / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def user(self, number: int) -> None:
        """Be that user, as far as `id` says: 0 is root."""
        self.command("id", f"echo {number}")

    def apt(self, script: str) -> None:
        """An apt-get that remembers how it was called, then does this."""
        self.command("apt-get", f'echo "$*" >>{self.folder}/apt\n{script}')
        self.command("apt-cache", "exit 1")

    def installed(self) -> str:
        """How apt-get was called, one line a call."""
        calls = self.folder / "apt"
        return calls.read_text() if calls.exists() else ""

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the project. It must end, and let go of its output, within 20 seconds."""
        return subprocess.run(
            [self.project / script, *arguments],
            env={
                "PATH": str(self.bin),
                "HOME": str(self.folder),
                "SEATRIALS_OS_RELEASE": str(self.release),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian machine without Docker, whose user is root and whose apt-get installs nothing."""
    made = Machine(tmp_path)
    made.user(0)
    made.apt("exit 0")
    return made


@pytest.fixture
def need_root() -> None:
    """For what only root may try."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
