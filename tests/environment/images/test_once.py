from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seatrials.environment.images.once import Once
from seatrials.errors import SeatrialsError


def test_two_threads_get_what_was_made_once() -> None:
    once: Once[object] = Once()
    made = []
    both = threading.Barrier(2)

    def make() -> object:
        made.append(object())
        return made[-1]

    def ask() -> object:
        both.wait()
        return once.get("a", make)

    with ThreadPoolExecutor() as pool:
        first, second = (future.result() for future in [pool.submit(ask), pool.submit(ask)])
    assert first is second
    assert len(made) == 1


def test_what_could_not_be_made_is_not_tried_again() -> None:
    once: Once[int] = Once()
    tried = []

    def make() -> int:
        tried.append(1)
        raise SeatrialsError("no")

    for _ in range(2):
        with pytest.raises(SeatrialsError, match="no"):
            once.get("a", make)
    assert tried == [1]


def test_an_interruption_is_not_remembered() -> None:
    once: Once[int] = Once()

    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        once.get("a", interrupted)
    assert once.get("a", lambda: 1) == 1
