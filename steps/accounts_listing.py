"""Lists of accounts, and what operations see."""

from __future__ import annotations

from typing import Any

from requests import Response

from fixtures.accounts import Accounts
from seatrials import then, when
from steps.accounts import succeeded


@when("the accounts are listed", target_fixture="response")
def listed(*, accounts: Accounts) -> Response:
    return accounts.api.get("/users")


@when("{int} accounts are listed after the first {int}", target_fixture="response")
def listed_page(limit: int, offset: int, *, accounts: Accounts) -> Response:
    return accounts.api.get("/users", params={"limit": limit, "offset": offset})


@when("the accounts are listed with the {word} {string}", target_fixture="response")
def listed_with(setting: str, value: str, *, accounts: Accounts) -> Response:
    return accounts.api.get("/users", params={setting: value})


def _listed(response: Response) -> tuple[list[dict[str, Any]], int]:
    body = succeeded(response, 200)
    return body["items"], body["total"]


@then("the list shows {int} of {int} accounts:")
def list_shows(count: int, total: int, datatable: list[list[str]], *, response: Response) -> None:
    items, counted = _listed(response)
    header, *rows = datatable
    assert [[item[column] for column in header] for item in items] == rows
    assert (len(items), counted) == (count, total)


@then("the list shows {string} of {int} accounts")
def list_shows_names(names: str, total: int, *, response: Response) -> None:
    items, counted = _listed(response)
    assert ", ".join(item["name"] for item in items) == names
    assert counted == total


@then("the list shows nobody")
def list_shows_nobody(*, response: Response) -> None:
    assert _listed(response) == ([], 0)


@then("the list says nothing about passwords")
def list_without_passwords(*, response: Response, accounts: Accounts) -> None:
    items, _ = _listed(response)
    assert items, "the list is empty, so this would say nothing"
    assert {key for item in items for key in item} == {"id", "name", "email", "created_at"}
    for row in accounts.database.rows("users"):
        assert row["password_hash"] not in response.text


@when("operations ask for the health", target_fixture="response")
def asked_for_health(*, accounts: Accounts) -> Response:
    return accounts.api.get("/health")


@then("the health says that all is well")
def all_is_well(*, response: Response) -> None:
    assert succeeded(response, 200) == {"status": "ok", "stores": {"database": "up", "cache": "up"}}
