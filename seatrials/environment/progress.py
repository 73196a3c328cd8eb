"""One line for each thing that took time while the systems came up: what it was, what it really was, how long
it took.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from seatrials.environment.images.supply import Image


class Progress:
    """Tells of the start, line by line. `write` gets each line without its end, from one thread at a time."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._width = 0
        self._lock = threading.Lock()

    def expect(self, names: Iterable[str]) -> None:
        """These members are about to start: `system.member`. Their lines are aligned."""
        self._width = max(map(len, names), default=0)

    def say(self, line: str) -> None:
        """A line of somebody else's, such as that an image is being built."""
        with self._lock:
            self._write(line)

    def started(self, system: str, member: str, image: Image, seconds: float) -> None:
        """A member is ready, `seconds` after it could be started."""
        self.say(self._line(system, member, image, f"{seconds:.2f} s"))

    def attached(self, system: str, member: str, image: Image) -> None:
        """A member was found running, kept by an earlier run."""
        self.say(self._line(system, member, image, "kept"))

    def _line(self, system: str, member: str, image: Image, end: str) -> str:
        return f"{f'{system}.{member}':<{self._width}}  {described(image)}  {end}"


def described(image: Image) -> str:
    """`postgres:16`, and what it really is if that is something else: `postgres:16 → PostgreSQL 16.14 from
    PyPI, stand-in`.

    An image built from stand-ins names them: `services/accounts on python:3.13-slim → Debian's Python 3.11,
    stand-in`.
    """
    if image.stand_in:
        return f"{image.name} → {image.stand_in}, stand-in"
    inner = [f"{name} → {what}, stand-in" for name, what in image.stand_ins().items()]
    return f"{image.name} on {'; '.join(inner)}" if inner else image.name
