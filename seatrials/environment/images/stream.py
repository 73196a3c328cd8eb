"""Answers of the engine that come line by line (a pull, a build), read so that they can be given up."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import docker

Line = dict[str, Any]
_END = object()


class SilentError(Exception):
    """The first line did not come in time."""


class Streams:
    """The answers that are being read, each by a thread of its own: a blocked read cannot be interrupted.

    When the reader goes away (Ctrl-C, an error, `close`), the connection is shut down: that is how the engine
    learns that nobody wants the build any more, and removes its container.
    """

    def __init__(self, client: docker.DockerClient) -> None:
        self._lock = threading.Lock()
        self._answers: dict[int, Any] = {}
        self._open: set[queue.SimpleQueue[object]] = set()
        self._closed = False
        client.api.hooks["response"].append(self._note)

    def read(self, start: Callable[[], Iterable[Line]], *, first_within: float | None = None) -> Iterator[Line]:
        """The lines of what `start` asks the engine for.

        Raises what `start` raises, `SilentError` if no line came within `first_within` seconds, and
        `SeatrialsError` after `close`.
        """
        lines: queue.SimpleQueue[object] = queue.SimpleQueue()
        with self._lock:
            if self._closed:
                raise _interrupted()
            self._open.add(lines)
        thread = threading.Thread(target=self._read, args=(start, lines), daemon=True, name="seatrials-stream")
        thread.start()
        try:
            within = first_within
            while True:
                try:
                    line = lines.get(timeout=within)
                except queue.Empty:
                    raise SilentError from None
                within = None
                if line is _END:
                    return
                if isinstance(line, BaseException):
                    raise line
                yield line  # type: ignore[misc]  # the queue holds lines, errors and the end
        finally:
            with self._lock:
                self._open.discard(lines)
                answer = self._answers.pop(thread.ident or 0, None)
            if answer is not None and thread.is_alive():
                _shut(answer)

    def close(self) -> None:
        """Give up whatever is being read, in whichever thread; each reader gets a `SeatrialsError`."""
        with self._lock:
            self._closed = True
            waiting = list(self._open)
        for lines in waiting:
            lines.put(_interrupted())

    def _read(self, start: Callable[[], Iterable[Line]], lines: queue.SimpleQueue[object]) -> None:
        with self._lock:
            self._answers[threading.get_ident()] = None
        try:
            for line in start():
                lines.put(line)
            lines.put(_END)
        except BaseException as error:
            lines.put(error)
        finally:
            with self._lock:
                self._answers.pop(threading.get_ident(), None)

    def _note(self, answer: Any, *_: object, **__: object) -> None:
        """Called by `requests` with every answer of the engine: remember those of the reading threads."""
        with self._lock:
            if threading.get_ident() in self._answers:
                self._answers[threading.get_ident()] = answer


def _shut(answer: Any) -> None:
    """Shut the connection down under a thread that is blocked in reading it; `close` would wait for it."""
    try:
        answer.raw.shutdown()
    except (OSError, ValueError, RuntimeError):  # it has ended by itself
        return


def _interrupted() -> SeatrialsError:
    return SeatrialsError("given up, because the run ends", cure="run again")
