"""The journal of what was asked and answered."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from seatrials.evidence.exchanges import KEPT, Exchange, Journal


def exchange(when: float = 0.0, status: int | None = 201, error: str = "") -> Exchange:
    return Exchange("api", "POST", "/users", {}, b"", status, {}, b"", 0.0123, when, error)


def test_an_exchange_in_one_line() -> None:
    assert str(exchange()) == "api: POST /users → 201 in 12 ms"
    assert str(exchange(status=None, error="connection refused")) == "api: POST /users → connection refused"


def test_an_exchange_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        exchange().status = 200  # type: ignore[misc]


def test_the_journal_gives_those_since_a_time_in_order() -> None:
    journal = Journal()
    for when in (1.0, 2.0, 3.0):
        journal.add(exchange(when))
    assert [one.when for one in journal.since(2.0)] == [2.0, 3.0]
    assert journal.last() == exchange(3.0)


def test_the_journal_keeps_the_latest_only() -> None:
    journal = Journal()
    for when in range(KEPT + 5):
        journal.add(exchange(when))
    assert len(journal) == KEPT
    assert next(iter(journal)).when == 5


def test_an_empty_journal_has_no_last() -> None:
    journal = Journal()
    assert journal.last() is None
    journal.add(exchange())
    journal.clear()
    assert list(journal) == []
