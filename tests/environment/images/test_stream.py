from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from seatrials.environment.images.stream import SilentError, Streams
from seatrials.errors import SeatrialsError


@pytest.fixture
def hooks() -> dict[str, list[Any]]:
    return {"response": []}


@pytest.fixture
def streams(hooks: dict[str, list[Any]]) -> Streams:
    return Streams(cast(Any, SimpleNamespace(api=SimpleNamespace(hooks=hooks))))


def test_lines_come_in_order(streams: Streams) -> None:
    assert list(streams.read(lambda: [{"n": 1}, {"n": 2}])) == [{"n": 1}, {"n": 2}]


def test_an_error_of_the_engine_reaches_the_reader(streams: Streams) -> None:
    def start() -> Iterator[dict[str, Any]]:
        yield {"n": 1}
        raise OSError("gone")

    lines = streams.read(start)
    assert next(lines) == {"n": 1}
    with pytest.raises(OSError, match="gone"):
        next(lines)


def test_silence_is_given_up(streams: Streams) -> None:
    answer = threading.Event()

    def start() -> list[dict[str, Any]]:
        answer.wait(10)
        return []

    began = time.monotonic()
    with pytest.raises(SilentError):
        list(streams.read(start, first_within=0.05))
    assert time.monotonic() - began < 2
    answer.set()


def test_only_the_first_line_has_a_time_limit(streams: Streams) -> None:
    late = threading.Event()

    def start() -> Iterator[dict[str, Any]]:
        yield {"n": 1}
        late.wait(0.3)
        yield {"n": 2}

    assert len(list(streams.read(start, first_within=0.1))) == 2


def test_closing_ends_readers_in_other_threads_and_their_connections(
    streams: Streams, hooks: dict[str, list[Any]]
) -> None:
    reading, shut = threading.Event(), threading.Event()
    answer = SimpleNamespace(raw=SimpleNamespace(shutdown=shut.set))
    seen: list[BaseException] = []

    def start() -> Iterator[dict[str, Any]]:
        hooks["response"][0](answer)
        reading.set()
        shut.wait(10)
        yield {"n": 1}

    def read() -> None:
        try:
            list(streams.read(start))
        except SeatrialsError as error:
            seen.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(5)
    streams.close()
    reader.join(5)
    assert "given up" in str(seen[0])
    assert shut.is_set()
    with pytest.raises(SeatrialsError, match="given up"):
        list(streams.read(lambda: []))


def test_a_reader_that_goes_away_ends_the_connection(streams: Streams, hooks: dict[str, list[Any]]) -> None:
    shut = threading.Event()
    answer = SimpleNamespace(raw=SimpleNamespace(shutdown=shut.set))

    def start() -> Iterator[dict[str, Any]]:
        hooks["response"][0](answer)
        yield {"n": 1}
        shut.wait(10)

    lines = streams.read(start)
    next(lines)
    cast(Any, lines).close()
    assert shut.is_set()
