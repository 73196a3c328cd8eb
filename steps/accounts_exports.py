"""Exports: one at a time, and never one that hangs."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import datetime
from typing import Any

import pytest
from requests import Response

from fixtures.accounts import EXPORT_LOCK_SECONDS, Accounts
from seatrials import Terminal, eventually, given, then, when
from steps.accounts import succeeded

LOCK = "lock:export"


def _read(accounts: Accounts, number: str) -> dict[str, Any]:
    body: dict[str, Any] = succeeded(accounts.api.get(f"/exports/{number}"), 200)
    return body


def _becomes(accounts: Accounts, number: str, status: str, seconds: float) -> None:
    over = {"done", "failed"} - {status}

    def look() -> str:
        export = _read(accounts, number)
        if export["status"] in over:
            raise Terminal(f"the export is {export['status']}: {export['reason']}")
        return str(export["status"])

    eventually(look, until=lambda seen: seen == status, within=seconds, what=f"the export is {status}")


@pytest.fixture
def exports() -> list[str]:
    """The ids of the exports that were started in the scenario; "the export" is the first one."""
    return []


def _start(accounts: Accounts, exports: list[str]) -> Response:
    response = accounts.api.post("/exports")
    if response.status_code == 202:
        exports.append(response.json()["id"])
    return response


@given("an export is running")
def is_running(*, accounts: Accounts, exports: list[str]) -> None:
    succeeded(_start(accounts, exports), 202)
    _becomes(accounts, exports[0], "running", 5)


@when("an export is started", target_fixture="response")
def is_started(*, accounts: Accounts, exports: list[str]) -> Response:
    return _start(accounts, exports)


@when("the export is fetched", target_fixture="response")
def is_fetched(*, accounts: Accounts, exports: list[str]) -> Response:
    return accounts.api.get(f"/exports/{exports[0]}/content")


@when("an export that does not exist is looked up", target_fixture="response")
def nothing_is_looked_up(*, accounts: Accounts) -> Response:
    return accounts.api.get(f"/exports/{uuid.uuid4()}")


@when("the export loses its lock")
def loses_its_lock(*, accounts: Accounts, exports: list[str]) -> None:
    assert accounts.cache.get(LOCK) == exports[0], "the export has no lock to lose"
    accounts.cache.delete(LOCK)


@then("the export is done within {int} second(s)")
def is_done(seconds: int, *, accounts: Accounts, exports: list[str]) -> None:
    _becomes(accounts, exports[0], "done", seconds)


@then("the export is reported as failed within {int} second(s)")
def is_failed(seconds: int, *, accounts: Accounts, exports: list[str]) -> None:
    _becomes(accounts, exports[0], "failed", seconds)


@then("the export stops by itself within {int} second(s)")
def stops_by_itself(seconds: int, *, accounts: Accounts, exports: list[str]) -> None:
    # Looks at the record, not at the answer: whoever asks about an export without a lock closes its record.
    eventually(
        lambda: accounts.database.rows("exports", id=exports[0])[0]["status"],
        until=lambda status: status == "failed",
        within=seconds,
        what="the export stops",
    )


@then("the export holds:")
def holds(datatable: list[list[str]], *, accounts: Accounts, exports: list[str]) -> None:
    response = accounts.api.get(f"/exports/{exports[0]}/content")
    assert response.status_code == 200, response.text
    header, *rows = datatable
    lines = list(csv.DictReader(io.StringIO(response.text)))
    assert [[line[column] for column in header] for line in lines] == rows
    assert _read(accounts, exports[0])["accounts"] == len(rows)


@then("no other export can be started before it is done")
def stays_alone(*, accounts: Accounts, exports: list[str]) -> None:
    def attempt() -> str:
        response = accounts.api.post("/exports")
        if response.status_code == 202:
            status = _read(accounts, exports[0])["status"]
            if status != "done":
                raise Terminal(f"another export could be started, and the first one is {status}")
            return "started"
        succeeded(response, 409)
        return "refused"

    eventually(attempt, until=lambda seen: seen == "started", within=10, every=0.1, what="the export is done")


@then("the export has outlasted its lock")
def has_outlasted_its_lock(*, accounts: Accounts, exports: list[str]) -> None:
    export = _read(accounts, exports[0])
    began, ended = (datetime.fromisoformat(export[name]) for name in ("requested_at", "finished_at"))
    took = (ended - began).total_seconds()
    assert took > EXPORT_LOCK_SECONDS, f"it took {took:.2f} s, a lock lasts {EXPORT_LOCK_SECONDS} s"


@then("another export can be started")
def another_starts(*, accounts: Accounts, exports: list[str]) -> None:
    succeeded(_start(accounts, exports), 202)


@then("another export can be started within {int} second(s)")
def another_starts_within(seconds: int, *, accounts: Accounts, exports: list[str]) -> None:
    eventually(lambda: succeeded(_start(accounts, exports), 202), within=seconds, every=0.1)
