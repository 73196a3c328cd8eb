"""What operations and clients of the account service rely on, and what no feature can say."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fixtures.accounts import Accounts
from seatrials import eventually

pytestmark = pytest.mark.docker

ANN = {"name": "Ann", "email": "ann@example.com", "password": "correct horse"}


def _logged(accounts: Accounts) -> list[dict[str, Any]]:
    return [json.loads(line) for line in accounts.api.running.logs().splitlines()]


def test_a_request_id_goes_in_and_out_and_into_the_log(accounts: Accounts) -> None:
    answer = accounts.api.get("/users/1", headers={"X-Request-ID": "trial-1"})

    assert answer.headers["X-Request-ID"] == "trial-1"
    [line] = eventually(
        lambda: [line for line in _logged(accounts) if line["request_id"] == "trial-1"],
        until=bool,
        within=5,
        what="the request is in the log",
    )
    assert line["ms"] > 0
    assert {key: line[key] for key in ("level", "message", "method", "path", "status")} == {
        "level": "info",
        "message": "GET /users/1 answered 404",
        "method": "GET",
        "path": "/users/1",
        "status": 404,
    }


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "<script>"])
def test_a_request_id_that_could_harm_a_log_is_replaced(accounts: Accounts, offered: str) -> None:
    given = accounts.api.get("/health", headers={"X-Request-ID": offered}).headers["X-Request-ID"]

    assert given != offered
    assert len(given) == 32


def test_every_line_of_the_log_is_json_from_the_first_to_the_last(accounts: Accounts) -> None:
    accounts.api.stop()
    accounts.api.start()

    messages = [line["message"] for line in _logged(accounts)]
    assert "Finished server process [1]" in messages
    assert "Application startup complete." in messages


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PATCH", "/users", 405), ("GET", "/users/x", 422)],
)
def test_errors_of_the_framework_have_the_same_shape(accounts: Accounts, method: str, path: str, status: int) -> None:
    answer = accounts.api.request(method, path)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"name": "\\ud800"}', b'{"name": "A\\u0000"}', b"\xff"])
def test_a_body_that_cannot_be_read_is_the_sender_s_fault(accounts: Accounts, body: bytes) -> None:
    answer = accounts.api.post("/users", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["fields"]


@pytest.mark.parametrize("number", ["0", "-1", str(2**63)])
def test_a_number_that_no_account_can_have_is_named(accounts: Accounts, number: str) -> None:
    answer = accounts.api.get(f"/users/{number}")

    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["user_id"]


def test_of_many_who_want_one_address_at_once_one_gets_it(accounts: Accounts) -> None:
    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(lambda _: accounts.api.post("/users", json=ANN).status_code, range(6)))

    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]
    assert accounts.database.count("users") == 1


def test_of_many_exports_at_once_one_starts(accounts: Accounts) -> None:
    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(lambda _: accounts.api.post("/exports").status_code, range(6)))

    assert sorted(statuses) == [202, 409, 409, 409, 409, 409]
    assert accounts.database.count("exports") == 1


def test_a_reader_that_a_change_overtook_does_not_put_its_old_copy_back(accounts: Accounts) -> None:
    number = accounts.api.post("/users", json=ANN).json()["id"]
    with ThreadPoolExecutor(1) as threads:
        with accounts.database.connection().transaction():
            # Holds the reader up between its look into the cache and its copy, until the change is announced.
            accounts.database.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            reading = threads.submit(accounts.api.get, f"/users/{number}")
            waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
            eventually(lambda: accounts.database.query(waiting), until=bool, within=1, what="a reader waits")
            accounts.cache.redis.incr(f"changes:user:{number}")
        assert reading.result().headers["X-Cache"] == "miss"

    assert accounts.cache.get(f"user:{number}") is None


def test_the_interface_description_names_every_refusal(accounts: Accounts) -> None:
    paths = accounts.api.get("/openapi.json").json()["paths"]

    refusals = {
        f"{method} {path}": {status for status in operation["responses"] if status >= "400"}
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert refusals == {
        "post /users": {"409", "422", "503"},
        "get /users": {"422", "503"},
        "get /users/{user_id}": {"404", "422", "503"},
        "put /users/{user_id}": {"404", "409", "422", "503"},
        "delete /users/{user_id}": {"404", "422", "503"},
        "post /sessions": {"401", "422", "503"},
        "get /sessions/current": {"401", "503"},
        "delete /sessions/current": {"401", "503"},
        "post /exports": {"409", "503"},
        "get /exports/{export_id}": {"404", "422", "503"},
        "get /exports/{export_id}/content": {"404", "409", "422", "503"},
        "get /health": {"503"},
    }
