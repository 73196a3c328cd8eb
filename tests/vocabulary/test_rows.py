"""Sentences about tables: each *Then* where it holds, and where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from seatrials import Postgres, SeatrialsError, System
from seatrials.stores.postgres import PostgresClient
from seatrials.vocabulary import rows


@pytest.fixture
def shop(harbour: System, database: PostgresClient) -> System:
    """A system whose database has a table of users, Ada and Bob in it."""
    database.execute(
        "DROP TABLE IF EXISTS users;"
        "CREATE TABLE users (id serial, name text NOT NULL, age int,"
        " tags jsonb DEFAULT '[]', at timestamptz DEFAULT now())"
    )
    table = [["name", "age", "tags"], ["Ada", "36", '["admin"]'], ["Bob", "#null", "[]"]]
    rows.has_been_filled("users", table, system=harbour)
    return harbour


@pytest.mark.docker
@pytest.mark.usefixtures("shop")
def test_has_been_filled(database: PostgresClient) -> None:
    (ada, bob) = database.rows("users")
    assert (ada["id"], ada["name"], ada["age"], ada["tags"]) == (1, "Ada", 36, ["admin"])
    assert (bob["id"], bob["name"], bob["age"], bob["tags"]) == (2, "Bob", None, [])


@pytest.mark.docker
def test_what_cannot_be_filled_in(shop: System, database: PostgresClient) -> None:
    with pytest.raises(SeatrialsError, match="there is no column nam\n  cure:  the columns are: id, name"):
        rows.has_been_filled("users", [["nam"], ["Eve"]], system=shop)
    with pytest.raises(SeatrialsError, match="there is no table 'user' in database"):
        rows.has_been_filled("user", [["name"], ["Eve"]], system=shop)
    with pytest.raises(SeatrialsError, match="#uuid cannot be filled in"):
        rows.has_been_filled("users", [["name"], ["#uuid"]], system=shop)
    assert database.count("users") == 2


@pytest.mark.docker
def test_holds(shop: System) -> None:
    rows.holds("users", [["age", "name", "at"], ["#null", "Bob", "#timestamp"]], system=shop)
    with pytest.raises(AssertionError, match=r"\| Ada \| 37 \|\n    nearest: age: expected 37, received 36"):
        rows.holds("users", [["name", "age"], ["Ada", "37"]], system=shop)


@pytest.mark.docker
def test_holds_exactly(shop: System) -> None:
    rows.holds_exactly("users", [["name", "tags"], ["Bob", "[]"], ["Ada", '["admin"]']], system=shop)
    with pytest.raises(AssertionError, match=r"1 row\(s\) not expected:\n  \| Bob \|"):
        rows.holds_exactly("users", [["name"], ["Ada"]], system=shop)
    with pytest.raises(AssertionError, match=r"1 of 3 expected row\(s\) not found among 2"):
        rows.holds_exactly("users", [["name"], ["Ada"], ["Bob"], ["Eve"]], system=shop)


@pytest.mark.docker
def test_is_empty(shop: System, database: PostgresClient) -> None:
    with pytest.raises(
        AssertionError, match=r"the table 'users' holds 2 row\(s\), not 0\nthe rows are:\n  \| id \| name"
    ):
        rows.is_empty("users", system=shop)
    database.execute("DELETE FROM users")
    rows.is_empty("users", system=shop)
    with pytest.raises(SeatrialsError, match="there is no table 'user'"):
        rows.is_empty("user", system=shop)


@pytest.mark.docker
def test_holds_rows(shop: System) -> None:
    rows.holds_rows("users", 2, system=shop)
    with pytest.raises(AssertionError, match=r"the table 'users' holds 2 row\(s\), not 3\n(.|\n)*Ada"):
        rows.holds_rows("users", 3, system=shop)


def test_a_system_without_a_database(pier: System) -> None:
    with pytest.raises(
        SeatrialsError, match='"the table" means the only Postgres of a system, and the pier system has none'
    ):
        rows.is_empty("users", system=pier)


def test_a_system_with_two() -> None:
    class Twin(System):
        orders = Postgres()
        stock = Postgres()

    nobody: Any = None
    clients = {name: member.client(nobody) for name, member in Twin.members.items()}
    with pytest.raises(SeatrialsError, match="the twin system has 2 of them: orders, stock"):
        rows.is_empty("users", system=Twin("twin", clients))
