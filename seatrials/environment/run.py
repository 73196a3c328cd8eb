"""The identity of one run: its id, the lock that shows it alive, and the labels on everything that it makes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import stat
import tempfile
import weakref
from pathlib import Path
from uuid import uuid4

from seatrials.errors import SeatrialsError

RUN = "seatrials.run"
HOST = "seatrials.host"
LOCK = "seatrials.lock"
SYSTEM = "seatrials.system"
MEMBER = "seatrials.member"
KEEP = "seatrials.keep"
PROJECT = "seatrials.project"


class Lock:
    """An exclusive lock on a file, held until `release` or the end of the process.

    Raises `BlockingIOError` when somebody else holds it. With `wait` it is waited for: right for a file that
    is nobody else's, which a sweep may nevertheless hold for the instant in which it looks.
    """

    def __init__(self, path: Path, *, wait: bool = False) -> None:
        self.path = path
        while True:
            self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self.fd)
                raise
            # Between the open and the lock somebody may have removed the file: that lock would be seen by
            # nobody.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_ino == os.fstat(self.fd).st_ino:
                    break
            os.close(self.fd)
        _close_in_forks(self)

    def read(self) -> str:
        """What the file says."""
        return os.pread(self.fd, 65536, 0).decode()

    def write(self, text: str) -> None:
        """Replace what the file says."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text.encode(), 0)

    def release(self, *, remove: bool = False) -> None:
        """Let it go, and remove the file first if told so. Again does nothing."""
        if self.fd >= 0:
            if remove:
                self.path.unlink(missing_ok=True)
            self.close()

    def close(self) -> None:
        """Close the descriptor alone, which in a forked child leaves the lock with the parent."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)


def _close_in_forks(lock: Lock) -> None:
    """A child that is forked without exec would hold the lock on after the run's death."""
    reference = weakref.ref(lock)

    def forget() -> None:
        held = reference()
        if held is not None:
            held.close()

    os.register_at_fork(after_in_child=forget)


class Run:
    """One run of one process. While it lives its lock is held, and nobody removes what carries its labels."""

    def __init__(self) -> None:
        self.id = uuid4().hex[:12]
        self.lock = Lock(folder() / f"run-{self.id}.lock", wait=True)

    def labels(self, system: str) -> dict[str, str]:
        """The labels on whatever is made for `system`."""
        return {RUN: self.id, HOST: host(), LOCK: str(self.lock.path), SYSTEM: system}

    def end(self) -> None:
        """Say that this run is over."""
        self.lock.release(remove=True)


def folder() -> Path:
    """Where this user's locks are; made if it is not there."""
    path = Path(tempfile.gettempdir()) / f"seatrials-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise SeatrialsError(
            "the folder for this user's locks is not this user's", where=str(path), cure="remove it, or set TMPDIR"
        )
    return path


def host() -> str:
    """Who can see the same locks: this user on this machine, in this view of its file system.

    An engine may serve several machines, users and containers; each of them must leave alone what it cannot
    judge.
    """
    with contextlib.suppress(OSError):
        return _digest(socket.gethostname(), str(os.getuid()), str(Path("/proc/self/ns/mnt").readlink()))
    return _digest(socket.gethostname(), str(os.getuid()))


def project(root: Path) -> str:
    """The label of the project whose folder this is."""
    return _digest(str(root.resolve()))


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock in this file."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
