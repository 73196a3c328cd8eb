"""Accounts: signing up, reading, changing and deleting."""

from __future__ import annotations

from typing import Any

import pytest
from requests import Response

from fixtures.accounts import Accounts
from seatrials import eventually, given, then, when

PASSWORD = "correct horse"
"""Of everybody who signs up without choosing one."""

NOBODY = 999_999_999


@pytest.fixture
def people() -> dict[str, int]:
    """The number of each account that was made in the scenario, by the person's name."""
    return {}


def succeeded(response: Response, *statuses: int) -> Any:
    """The body as JSON, of an answer that had to have one of `statuses`."""
    asked = f"{response.request.method} {response.request.path_url}"
    expected = " or ".join(map(str, statuses))
    if response.status_code not in statuses:
        raise AssertionError(f"{asked} answered {response.status_code}, expected {expected}: {response.text}")
    return response.json() if response.content else None


def sign_up_as(accounts: Accounts, people: dict[str, int], name: str, email: str, password: str = PASSWORD) -> Response:
    """Send a sign-up, and remember the account if there is one now."""
    response = accounts.api.post("/users", json={"name": name, "email": email, "password": password})
    if response.status_code == 201:
        people[name] = response.json()["id"]
    return response


@given("{string} has signed up with {string}")
def has_signed_up(name: str, email: str, *, accounts: Accounts, people: dict[str, int]) -> None:
    succeeded(sign_up_as(accounts, people, name, email), 201)


@given("these people have signed up:")
def have_signed_up(datatable: list[list[str]], *, accounts: Accounts, people: dict[str, int]) -> None:
    header, *rows = datatable
    for row in rows:
        person = dict(zip(header, row, strict=True))
        succeeded(sign_up_as(accounts, people, person["name"], person["email"]), 201)


@when("{string} signs up with {string}", target_fixture="response")
def signs_up(name: str, email: str, *, accounts: Accounts, people: dict[str, int]) -> Response:
    return sign_up_as(accounts, people, name, email)


@when("{string} signs up with {string} and the password {string}", target_fixture="response")
def signs_up_with_password(
    name: str, email: str, password: str, *, accounts: Accounts, people: dict[str, int]
) -> Response:
    return sign_up_as(accounts, people, name, email, password)


def _sign_up_with(accounts: Accounts, fields: dict[str, str], *, without: tuple[str, ...] = ()) -> Response:
    right = {"name": "Ann", "email": "ann@example.com", "password": PASSWORD}
    sent = {field: value for field, value in (right | fields).items() if field not in without}
    return accounts.api.post("/users", json=sent)


@when("someone signs up with the {word} {string}", target_fixture="response")
def signs_up_with_field(field: str, value: str, *, accounts: Accounts) -> Response:
    return _sign_up_with(accounts, {field: value})


@when("someone signs up with a/an {word} of {int} letters", target_fixture="response")
def signs_up_with_length(field: str, length: int, *, accounts: Accounts) -> Response:
    tail = "@example.com" if field == "email" else ""
    return _sign_up_with(accounts, {field: "a" * (length - len(tail)) + tail})


@when("someone signs up without the {word}", target_fixture="response")
def signs_up_without(field: str, *, accounts: Accounts) -> Response:
    return _sign_up_with(accounts, {}, without=(field,))


@when("someone signs up with nothing filled in", target_fixture="response")
def signs_up_empty(*, accounts: Accounts) -> Response:
    return _sign_up_with(accounts, {}, without=("name", "email", "password"))


@then("the password {string} is nowhere in the database")
def password_is_nowhere(password: str, *, accounts: Accounts) -> None:
    rows = accounts.database.rows("users")
    assert rows, "nobody has signed up, so this would say nothing"
    for table in accounts.database.tables():
        for row in accounts.database.rows(table):
            readable = [column for column, value in row.items() if password in str(value)]
            assert not readable, f"the password can be read in {table}.{readable[0]}"


@then("no two passwords in the database look the same")
def passwords_look_different(*, accounts: Accounts) -> None:
    hashes = [row["password_hash"] for row in accounts.database.rows("users")]
    assert len(hashes) > 1, f"{len(hashes)} accounts, so this would say nothing"
    assert len(set(hashes)) == len(hashes), "two accounts have the same stored password"


@when("the account of {string} is read", target_fixture="response")
def is_read(name: str, *, accounts: Accounts, people: dict[str, int]) -> Response:
    return accounts.api.get(f"/users/{people[name]}")


@given("the account of {string} has been read")
def has_been_read(name: str, *, accounts: Accounts, people: dict[str, int]) -> None:
    succeeded(accounts.api.get(f"/users/{people[name]}"), 200)
    assert accounts.cache.get(f"user:{people[name]}"), f"the account of {name} was not cached"


def _comes(response: Response, how: str) -> None:
    succeeded(response, 200)
    assert response.headers.get("X-Cache") == how, f"X-Cache is {response.headers.get('X-Cache')!r}, not {how!r}"


@then("it comes from the cache")
def comes_from_cache(*, response: Response) -> None:
    _comes(response, "hit")


@then("it comes from the database")
def comes_from_database(*, response: Response) -> None:
    _comes(response, "miss")


@then("it comes from the database, past the cache")
def comes_past_cache(*, response: Response) -> None:
    _comes(response, "bypass")


@then("the cached copy of {string} is gone within {int} second(s)")
def copy_is_gone(name: str, seconds: int, *, accounts: Accounts, people: dict[str, int]) -> None:
    eventually(
        lambda: accounts.cache.get(f"user:{people[name]}"),
        until=lambda copy: copy is None,
        within=seconds,
        what=f"the cached copy of {name} is gone",
    )


@then("the account of {string} shows {string} and {string}")
def shows(name: str, shown: str, email: str, *, accounts: Accounts, people: dict[str, int]) -> None:
    body = succeeded(accounts.api.get(f"/users/{people[name]}"), 200)
    assert (body["name"], body["email"]) == (shown, email)


@then("the account of {string} cannot be found")
def cannot_be_found(name: str, *, accounts: Accounts, people: dict[str, int]) -> None:
    succeeded(accounts.api.get(f"/users/{people[name]}"), 404)


def _change(accounts: Accounts, number: int, **changes: str) -> Response:
    rows = accounts.database.rows("users", id=number)
    return accounts.api.put(f"/users/{number}", json={key: rows[0][key] for key in ("name", "email")} | changes)


@when("{string} changes the name to {string}", target_fixture="response")
def changes_name(name: str, new: str, *, accounts: Accounts, people: dict[str, int]) -> Response:
    return _change(accounts, people[name], name=new)


@when("{string} changes the e-mail address to {string}", target_fixture="response")
def changes_email(name: str, new: str, *, accounts: Accounts, people: dict[str, int]) -> Response:
    return _change(accounts, people[name], email=new)


@when("the account of {string} is deleted", target_fixture="response")
def is_deleted(name: str, *, accounts: Accounts, people: dict[str, int]) -> Response:
    return accounts.api.delete(f"/users/{people[name]}")


@given("the account of {string} has been deleted")
def has_been_deleted(name: str, *, accounts: Accounts, people: dict[str, int]) -> None:
    succeeded(accounts.api.delete(f"/users/{people[name]}"), 204)


@when("an account that does not exist is {word}", target_fixture="response")
def nobody_is(done: str, *, accounts: Accounts) -> Response:
    method = {"read": "GET", "changed": "PUT", "deleted": "DELETE"}[done]
    profile = {"name": "Eve", "email": "eve@example.com"} if done == "changed" else None
    return accounts.api.request(method, f"/users/{NOBODY}", json=profile)


@then("the answer comes within {int} second(s)")
def comes_within(seconds: int, *, response: Response) -> None:
    took = response.elapsed.total_seconds()
    assert took < seconds, f"the answer took {took:.2f} s"
