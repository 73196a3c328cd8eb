"""Wait for what should become true, and watch what should stay true. The only module of the project that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

TRANSIENT: tuple[type[BaseException], ...] = (AssertionError, OSError)
"""What a probe may raise while waiting goes on. `OSError` covers refused, reset and timed-out connections,
the ones of `requests` included; a driver with errors of its own passes them as `transient`."""


SHOWN = 600
"""Characters of one value that a message shows."""


class Terminal(AssertionError):
    """Raised by a probe, or because of `gone`: waiting longer cannot help (a container exited, a job failed)."""


class NotInTime(AssertionError):
    """What should have become true did not, or what should have stayed true did not. Shows the values seen."""


@dataclass
class History:
    """The values seen while waiting, each with the second it first appeared; equal neighbours are one entry."""

    began: float = field(default_factory=lambda: time.monotonic())
    entries: list[tuple[float, int, str]] = field(default_factory=list)

    def add(self, value: str) -> None:
        if self.entries and self.entries[-1][2] == value:
            since, count, _ = self.entries[-1]
            self.entries[-1] = (since, count + 1, value)
        else:
            self.entries.append((time.monotonic() - self.began, 1, value))

    def __str__(self) -> str:
        shown = self.entries if len(self.entries) <= 12 else [*self.entries[:6], None, *self.entries[-6:]]
        lines = []
        for entry in shown:
            if entry is None:
                lines.append(f"      …      {len(self.entries) - 12} more changes")
                continue
            since, count, value = entry
            times = f" ({count} times)" if count > 1 else ""
            first, *more = _shortened(value.strip() or "nothing").splitlines()
            lines += [f"  {since:7.2f} s  {first}{times}", *(f"             {line}" for line in more)]
        return "\n".join(lines)


def eventually(
    probe: Callable[[], T],
    *,
    within: float,
    every: float = 0.02,
    until: Callable[[T], bool] | None = None,
    gone: Callable[[], str | None] | None = None,
    transient: tuple[type[BaseException], ...] = (),
    what: str = "",
) -> T:
    """Call `probe` until it returns (and `until`, if given, accepts the value) and return that value.

    `within` and `every` are seconds. The probe is retried while it raises `AssertionError`, `OSError` or one of
    `transient`; any other exception passes through at once. `gone` is asked after each failed attempt: a text from
    it is the reason why waiting is over. `what` names what is awaited, for the message.
    A probe that can hang brings its own time-out; `eventually` cannot interrupt it.

    Raises `Terminal` when waiting cannot help any more and `NotInTime` when the time is up; both show the values seen.
    """
    if within <= 0 or every <= 0:
        raise ValueError(f"eventually(within={within}, every={every}): both are seconds and must be above 0")
    history = History()
    deadline = history.began + within
    subject = what or "what is awaited"
    while True:
        cause: BaseException | None = None
        try:
            value = probe()
        except Terminal as error:
            raise Terminal(f"{error}{_seen(history)}") from error
        except (*TRANSIENT, *transient) as error:
            cause = error
            history.add(f"{error}" if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}")
        else:
            if until is None or until(value):
                return value
            history.add(repr(value))
        reason = gone() if gone else None
        if reason:
            raise Terminal(f"{subject}: {reason}{_seen(history)}") from cause
        if time.monotonic() >= deadline:
            raise NotInTime(f"{subject}: not within {within:g} s{_seen(history)}") from cause
        time.sleep(min(every, max(0.0, deadline - time.monotonic())))


def always(probe: Callable[[], T], *, during: float, every: float = 0.05, what: str = "") -> T:
    """Call `probe` again and again for `during` seconds; what it raises fails the wait. Returns the last value.

    Raises `NotInTime` with the second in which it broke and the values seen before.
    """
    if during <= 0 or every <= 0:
        raise ValueError(f"always(during={during}, every={every}): both are seconds and must be above 0")
    history = History()
    while True:
        try:
            value = probe()
        except TRANSIENT as error:
            history.add(f"{error}")
            elapsed = time.monotonic() - history.began
            raise NotInTime(
                f"{what or 'what should stay true'}: held for {elapsed:.2f} s of {during:g} s{_seen(history)}"
            ) from error
        history.add(repr(value))
        left = during - (time.monotonic() - history.began)
        if left <= 0:
            return value
        time.sleep(min(every, left))


def _shortened(value: str) -> str:
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value)} characters)"


def _seen(history: History) -> str:
    return f"\n  seen, by time since the start:\n{history}" if history.entries else ""
