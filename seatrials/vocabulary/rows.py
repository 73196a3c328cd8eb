"""Rows in the tables of the system's SQL database."""

from __future__ import annotations

from seatrials.environment.system import System
from seatrials.expect import tables
from seatrials.gherkin.definitions import given, then
from seatrials.stores.postgres_client import PostgresClient
from seatrials.vocabulary.members import only


@given("the table {string} has been filled with:")
def has_been_filled(table: str, datatable: list[list[str]], *, system: System) -> None:
    """These rows were added; columns that are not named have their defaults, `#null` is null.

    Example:
        Given the table "users" has been filled with:
          | name | email           | phone |
          | Ada  | ada@example.org | #null |
    """
    database = _database(system)
    database.insert(table, *tables.values(datatable, _columns(database, table)))


@then("the table {string} holds:")
def holds(table: str, datatable: list[list[str]], *, system: System) -> None:
    """These rows are there, in any order, perhaps among others; only the named columns are compared.

    Example:
        Then the table "users" holds:
          | id    | name | phone |
          | #uuid | Ada  | #null |
    """
    database = _database(system)
    tables.holds(database.rows(table), datatable, _columns(database, table))


@then("the table {string} holds exactly:")
def holds_exactly(table: str, datatable: list[list[str]], *, system: System) -> None:
    """These rows are there, in any order, and no others; only the named columns are compared.

    Example:
        Then the table "users" holds exactly:
          | name |
          | Ada  |
    """
    database = _database(system)
    tables.holds_exactly(database.rows(table), datatable, _columns(database, table))


@then("the table {string} is empty")
def is_empty(table: str, *, system: System) -> None:
    """The table has no rows.

    Example: Then the table "sessions" is empty
    """
    holds_rows(table, 0, system=system)


@then("the table {string} holds {int} row(s)")
def holds_rows(table: str, number: int, *, system: System) -> None:
    """The table has as many rows, whatever is in them.

    Example: Then the table "users" holds 2 rows
    """
    database = _database(system)
    count = database.count(table)
    if count != number:
        shown = tables.drawn(database.rows(table))
        raise AssertionError(f"the table {table!r} holds {count} row(s), not {number}\n{shown}")


def _database(system: System) -> PostgresClient:
    return only(system, PostgresClient, "the table")


def _columns(database: PostgresClient, table: str) -> list[str]:
    return [column.name for column in database.columns(table)]
