"""Waiting: what is retried, what ends it at once, and a message that tells how the value changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from seatrials import Terminal, always, eventually
from seatrials.waiting import NotInTime


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """No test here takes real time."""
    made = Clock()
    monkeypatch.setattr("seatrials.waiting.time", made)
    return made


def probe(*answers: object) -> Callable[[], object]:
    """Gives one answer after the other, the last one for ever; exceptions are raised."""
    left: Iterator[object] = iter(answers)
    last: list[object] = []

    def ask() -> object:
        last[:] = [next(left, *last)]
        if isinstance(last[0], BaseException):
            raise last[0]
        return last[0]

    return ask


def test_returns_the_first_value(clock: Clock) -> None:
    assert eventually(probe("a", "b"), within=1) == "a"
    assert clock.slept == []


def test_assertions_and_connections_are_retried(clock: Clock) -> None:
    answers = AssertionError("not yet"), ConnectionRefusedError("nobody"), TimeoutError("slow"), "there"
    assert eventually(probe(*answers), within=1, every=0.1) == "there"
    assert clock.slept == [0.1, 0.1, 0.1]


def test_waits_until_the_value_is_accepted(clock: Clock) -> None:
    assert eventually(probe(1, 2, 3), within=1, until=lambda value: value == 3) == 3
    assert len(clock.slept) == 2


def test_an_unexpected_error_passes_through(clock: Clock) -> None:
    with pytest.raises(KeyError):
        eventually(probe(KeyError("typo")), within=1)
    assert clock.slept == []


def test_a_drivers_own_error_is_retried_where_it_is_named(clock: Clock) -> None:
    assert eventually(probe(LookupError("not yet"), 1), within=1, transient=(LookupError,)) == 1
    assert len(clock.slept) == 1


def test_not_in_time_tells_how_the_value_changed(clock: Clock) -> None:
    answers = OSError("refused"), OSError("refused"), "starting", AssertionError("answers 503")
    with pytest.raises(NotInTime) as caught:
        eventually(probe(*answers), within=1, every=0.25, until=lambda _: False, what="the api becomes healthy")
    assert str(caught.value).splitlines() == [
        "the api becomes healthy: not within 1 s",
        "  seen, by time since the start:",
        "     0.00 s  OSError: refused (2 times)",
        "     0.50 s  'starting'",
        "     0.75 s  answers 503 (2 times)",
    ]
    assert isinstance(caught.value.__cause__, AssertionError)
    assert clock.now == 101


def test_many_changes_are_not_all_shown(clock: Clock) -> None:  # noqa: ARG001
    with pytest.raises(NotInTime) as caught:
        eventually(probe(*range(200)), within=1, every=0.01, until=lambda _: False)
    lines = str(caught.value).splitlines()
    assert len(lines) == 15
    assert lines[2].endswith("  0")
    assert "89 more changes" in lines[8]
    assert lines[-1].endswith("  100")


def test_long_values_are_cut_and_their_lines_indented(clock: Clock) -> None:  # noqa: ARG001
    with pytest.raises(NotInTime) as caught:
        eventually(probe(AssertionError("first\n" + "x" * 1000)), within=1, every=0.5)
    _, _, first, second = str(caught.value).splitlines()
    assert first.endswith(" s  first (3 times)")
    assert second.startswith("             xxx")
    assert second.endswith("x… (1006 characters)")


def test_the_last_attempt_is_made_at_the_deadline(clock: Clock) -> None:
    assert eventually(lambda: 1 if clock.now >= 101 else probe(AssertionError())(), within=1, every=0.3) == 1
    assert clock.slept[-1] == pytest.approx(0.1)


def test_a_probe_that_takes_longer_than_the_deadline_is_tried_once(clock: Clock) -> None:
    def slow() -> None:
        clock.now += 5
        raise TimeoutError("no answer")

    with pytest.raises(NotInTime, match="no answer"):
        eventually(slow, within=1)
    assert clock.slept == []


def test_terminal_ends_it_at_once(clock: Clock) -> None:
    with pytest.raises(Terminal, match="wrong password\n(.|\n)*refused"):
        eventually(probe(OSError("refused"), Terminal("wrong password")), within=60)
    assert len(clock.slept) == 1


def test_gone_ends_it_at_once(clock: Clock) -> None:
    reasons = iter([None, "exited with code 1"])
    with pytest.raises(Terminal, match=r"^the api: exited with code 1\n(.|\n)*refused \(2 times\)"):
        eventually(probe(OSError("refused")), within=60, gone=lambda: next(reasons), what="the api")
    assert len(clock.slept) == 1


def test_gone_is_not_asked_after_success(clock: Clock) -> None:  # noqa: ARG001
    assert eventually(probe(1), within=1, gone=lambda: pytest.fail("asked")) == 1


def test_always_returns_the_last_value(clock: Clock) -> None:
    assert always(probe(*range(100)), during=1, every=0.25) == 4
    assert clock.now == 101


def test_always_fails_in_the_second_in_which_it_breaks(clock: Clock) -> None:
    with pytest.raises(NotInTime) as caught:
        always(probe("a", "a", AssertionError("b")), during=2, every=0.5, what="the lock is held")
    assert str(caught.value).splitlines() == [
        "the lock is held: held for 1.00 s of 2 s",
        "  seen, by time since the start:",
        "     0.00 s  'a' (2 times)",
        "     1.00 s  b",
    ]
    assert clock.now == 101


def test_always_lets_other_errors_through(clock: Clock) -> None:  # noqa: ARG001
    with pytest.raises(KeyError):
        always(probe(1, KeyError("typo")), during=1)


@pytest.mark.parametrize("seconds", [0, -1])
def test_seconds_are_above_0(seconds: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        eventually(probe(1), within=seconds)
    with pytest.raises(ValueError, match="must be above 0"):
        eventually(probe(1), within=1, every=seconds)
    with pytest.raises(ValueError, match="must be above 0"):
        always(probe(1), during=seconds)
    with pytest.raises(ValueError, match="must be above 0"):
        always(probe(1), during=1, every=seconds)


def test_real_time_passes() -> None:
    began = time.monotonic()
    with pytest.raises(NotInTime):
        eventually(probe(AssertionError("never")), within=0.05)
    assert 0.05 <= time.monotonic() - began < 5
