"""Signing in and out."""

from __future__ import annotations

import pytest
from requests import Response

from fixtures.accounts import Accounts
from seatrials import eventually, given, then, when
from steps.accounts import PASSWORD, succeeded


@pytest.fixture
def tokens() -> dict[str, str]:
    """The token of everybody who has signed in during the scenario, by name."""
    return {}


def _sign_in(accounts: Accounts, email: str, password: str = PASSWORD) -> Response:
    return accounts.api.post("/sessions", json={"email": email, "password": password})


def _email(accounts: Accounts, people: dict[str, int], name: str) -> str:
    return str(accounts.database.rows("users", id=people[name])[0]["email"])


def _current(accounts: Accounts, token: str | None) -> Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return accounts.api.get("/sessions/current", headers=headers)


@given("{string} has signed in")
def has_signed_in(name: str, *, accounts: Accounts, people: dict[str, int], tokens: dict[str, str]) -> None:
    body = succeeded(_sign_in(accounts, _email(accounts, people, name)), 201)
    tokens[name] = body["token"]


@when("{string} signs in", target_fixture="response")
def signs_in(name: str, *, accounts: Accounts, people: dict[str, int], tokens: dict[str, str]) -> Response:
    response = _sign_in(accounts, _email(accounts, people, name))
    tokens[name] = succeeded(response, 201)["token"]
    return response


@when("{string} signs in as {string}", target_fixture="response")
def signs_in_as(name: str, email: str, *, accounts: Accounts, tokens: dict[str, str]) -> Response:
    response = _sign_in(accounts, email)
    tokens[name] = succeeded(response, 201)["token"]
    return response


@when("{string} signs out", target_fixture="response")
def signs_out(name: str, *, accounts: Accounts, tokens: dict[str, str]) -> Response:
    response = accounts.api.delete("/sessions/current", headers={"Authorization": f"Bearer {tokens[name]}"})
    succeeded(response, 204)
    return response


@then("{string} is recognised")
def is_recognised(name: str, *, accounts: Accounts, people: dict[str, int], tokens: dict[str, str]) -> None:
    assert succeeded(_current(accounts, tokens[name]), 200)["id"] == people[name]


@then("{string} is not recognised")
def is_not_recognised(name: str, *, accounts: Accounts, tokens: dict[str, str]) -> None:
    succeeded(_current(accounts, tokens[name]), 401)


@then("{string} is no longer recognised within {int} second(s)")
def is_no_longer_recognised(name: str, seconds: int, *, accounts: Accounts, tokens: dict[str, str]) -> None:
    eventually(
        lambda: _current(accounts, tokens[name]).status_code,
        until=lambda status: status == 401,
        within=seconds,
        every=0.1,
        what=f"{name} is no longer recognised",
    )


@then("{string} can sign in with the password {string}")
def can_sign_in(name: str, password: str, *, accounts: Accounts, people: dict[str, int]) -> None:
    body = succeeded(_sign_in(accounts, _email(accounts, people, name), password), 201)
    assert body["user"]["id"] == people[name]


@then("nobody can sign in as {string}")
def nobody_can_sign_in(email: str, *, accounts: Accounts) -> None:
    succeeded(_sign_in(accounts, email), 401)


@when("somebody signs in as {string} with the password {string}", target_fixture="response")
def somebody_signs_in(email: str, password: str, *, accounts: Accounts) -> Response:
    return _sign_in(accounts, email, password)


@when("somebody signs in without the {word}", target_fixture="response")
def signs_in_without(field: str, *, accounts: Accounts) -> Response:
    sent = {"email": "ann@example.com", "password": PASSWORD}
    del sent[field]
    return accounts.api.post("/sessions", json=sent)


@when("somebody shows the token {string}", target_fixture="response")
def shows_token(token: str, *, accounts: Accounts) -> Response:
    return _current(accounts, token)


@when("somebody shows no token", target_fixture="response")
def shows_no_token(*, accounts: Accounts) -> Response:
    return _current(accounts, None)


@then("the token of {string} is nowhere in the cache")
def token_is_nowhere(name: str, *, accounts: Accounts, tokens: dict[str, str]) -> None:
    keys = accounts.cache.keys("session:*")
    assert keys, "nobody is signed in, so this would say nothing"
    for key in accounts.cache.keys("*"):
        assert tokens[name] not in key, "the token is in the name of a key"
        assert tokens[name] not in (accounts.cache.get(key) or ""), f"the token is the value of {key}"
