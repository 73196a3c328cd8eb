"""Tables: cells read as the type of the value, rows in any order, the nearest row to one that is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from seatrials import SeatrialsError
from seatrials.expect.tables import agrees, holds, holds_exactly, records, values

ID = UUID("6f1f5c9e-0d3c-4c53-9a35-7c7b3c5f1a10")
ROWS = [
    {"id": 1, "name": "Ada", "admin": True, "born": None},
    {"id": 2, "name": "Bob", "admin": False, "born": date(1990, 1, 2)},
]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Ada", "Ada"),
        ("", ""),
        ("#null", None),
        ("##null", "#null"),
        ("true", True),
        ("f", False),
        ("7", 7),
        ("7.0", 7),
        ("1.10", Decimal("1.1")),
        ("0.5", 0.5),
        ("2026-05-04T03:02:01Z", datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)),
        ("2026-05-04 05:02:01+02:00", datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)),
        ("2026-05-04 03:02:01", datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)),
        ("2026-05-04 03:02:01", datetime(2026, 5, 4, 3, 2, 1)),
        ("1990-01-02", date(1990, 1, 2)),
        ("12:30", time(12, 30)),
        ("1:00:00", timedelta(hours=1)),
        (str(ID).upper(), ID),
        ("#uuid", ID),
        ('{"a": [1, "#any"]}', {"a": [1, "x"]}),
        ('["a"]', ["a"]),
        (r"\xdeadbeef", b"\xde\xad\xbe\xef"),
    ],
)
def test_a_cell_agrees(cell: str, value: Any) -> None:
    assert agrees(cell, value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ("null", None),
        ("None", None),
        ("#null", ""),
        ("ada", "Ada"),
        ("1", True),
        ("yes", True),
        ("true", False),
        ("seven", 7),
        ("7.5", 7),
        ("1,1", Decimal("1.1")),
        ("x", 0.5),
        ("2026-05-04", datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)),
        ("today", date(1990, 1, 2)),
        ("noon", time(12, 0)),
        ("x", ID),
        ('{"a": 1}', {"a": 1, "b": 2}),
        ("{a}", ["a"]),
        ("xyz", b"\x00"),
    ],
)
def test_a_cell_does_not(cell: str, value: Any) -> None:
    assert not agrees(cell, value)


def test_rows_may_be_in_any_order_and_more() -> None:
    holds(ROWS, [["name", "admin"], ["Bob", "false"]])
    holds(ROWS, [["name", "born"], ["Bob", "1990-01-02"], ["Ada", "#null"]])
    holds_exactly(ROWS, [["name"], ["Bob"], ["Ada"]])


def test_a_missing_row_is_told_with_the_nearest() -> None:
    with pytest.raises(AssertionError) as caught:
        holds(ROWS, [["name", "admin"], ["Ada", "true"], ["Bob", "true"]])
    assert str(caught.value).splitlines() == [
        "1 of 2 expected row(s) not found among 2:",
        "  | Bob | true |",
        "    nearest: admin: expected true, received false",
        "the rows are:",
        "  | name | admin |",
        "  | Ada | true |",
        "  | Bob | false |",
    ]


def test_an_unexpected_row_is_told() -> None:
    with pytest.raises(AssertionError, match=r"1 row\(s\) not expected:\n  \| Ada \| #null \|"):
        holds_exactly(ROWS, [["name", "born"], ["Bob", "#any"]])


def test_two_equal_rows_must_be_there_twice() -> None:
    with pytest.raises(AssertionError, match=r"1 of 2 expected row\(s\) not found"):
        holds(ROWS, [["name"], ["Ada"], ["Ada"]])
    holds([*ROWS, *ROWS], [["name"], ["Ada"], ["Ada"]])


def test_a_marker_does_not_take_the_row_of_another() -> None:
    holds_exactly(ROWS, [["name"], ["#any"], ["Ada"]])
    holds_exactly(ROWS, [["name"], ["#string"], ["#match ^A"]])


def test_nothing_there() -> None:
    with pytest.raises(
        AssertionError,
        match=r"1 of 1 expected row\(s\) not found among 0:\n  \| Ada \|\nthe rows are:(.|\n)*none",
    ):
        holds([], [["name"], ["Ada"]], ["name"])


def test_rows_with_nothing_in_common_are_not_called_near() -> None:
    with pytest.raises(AssertionError, match="no row is like it"):
        holds(ROWS, [["name", "admin", "id"], ["Eve", "#null", "9"]])


def test_a_table_that_says_nothing_is_an_error() -> None:
    with pytest.raises(SeatrialsError, match="no row below its header"):
        holds(ROWS, [["name"]])
    with pytest.raises(SeatrialsError, match="no row below its header"):
        records([])


def test_a_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SeatrialsError, match="there is no column nam\n  cure:  the columns are: id, name"):
        holds(ROWS, [["nam"], ["#null"]], ["id", "name"])


def test_a_column_twice_is_an_error() -> None:
    with pytest.raises(SeatrialsError, match="a column twice"):
        records([["a", "a"], ["1", "2"]])


def test_absent_is_no_cell() -> None:
    with pytest.raises(SeatrialsError, match="#absent stands in a cell"):
        holds(ROWS, [["name"], ["#absent"]])


def test_rows_to_insert() -> None:
    assert values([["a", "b"], ["1", "#null"], ["##null", ""]]) == [
        {"a": "1", "b": None},
        {"a": "#null", "b": ""},
    ]
    with pytest.raises(SeatrialsError, match="#uuid cannot be filled in\n  where: column a"):
        values([["a"], ["#uuid"]])
