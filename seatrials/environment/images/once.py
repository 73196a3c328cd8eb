"""Work that is done once, however many threads ask for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from seatrials.errors import SeatrialsError

T = TypeVar("T")


class Once(Generic[T]):
    """Remembers what was made under each key, and also that it could not be made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._known: dict[str, T | SeatrialsError] = {}

    def get(self, key: str, make: Callable[[], T]) -> T:
        """What `make` gives, or gave before. Raises the `SeatrialsError` that it raised."""
        with self.locked(key):
            if key not in self._known:
                try:
                    self._known[key] = make()
                except SeatrialsError as error:
                    self._known[key] = error
            known = self._known[key]
        if isinstance(known, SeatrialsError):
            raise known
        return known

    @contextmanager
    def locked(self, key: str) -> Iterator[None]:
        """Hold the lock of that key: others who want the same wait, others go on."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            yield
