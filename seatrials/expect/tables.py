"""Comparing rows with a data table: its cells are text, and are read as the type of what was received."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from seatrials.errors import SeatrialsError
from seatrials.expect.documents import mismatches, shown
from seatrials.expect.markers import ABSENT, fits, hint, is_marker, literal

Row = Mapping[str, Any]
SHOWN = 10
"""Rows of the store that a message shows."""


def records(table: Sequence[Sequence[str]], columns: Sequence[str] | None = None) -> list[dict[str, str]]:
    """A data table as one dictionary for each row, cells as they are written.

    Raises `SeatrialsError` for a table that says nothing, and for a column that is not one of `columns`.
    """
    header, *rows = table or [[]]
    if not rows:
        raise SeatrialsError(
            "the data table has no row below its header", cure="write at least one, or say that it is empty"
        )
    if len(set(header)) < len(header) or "" in header:
        raise SeatrialsError(f"the data table's header has a column twice, or one without a name: {list(header)}")
    unknown = [name for name in header if columns is not None and name not in columns]
    if unknown:
        raise SeatrialsError(
            f"there is no column {', '.join(unknown)}", cure=f"the columns are: {', '.join(columns or ())}"
        )
    return [dict(zip(header, row, strict=True)) for row in rows]


def values(table: Sequence[Sequence[str]], columns: Sequence[str] | None = None) -> list[dict[str, str | None]]:
    """A data table as rows to insert: `#null` is null, `##x` is `#x`. Raises `SeatrialsError` for any other marker."""
    found: list[dict[str, str | None]] = []
    for record in records(table, columns):
        for name, cell in record.items():
            if is_marker(cell) and cell != "#null":
                raise SeatrialsError(
                    f"{cell} cannot be filled in", where=f"column {name}", cure="write a value, or #null"
                )
        found.append({name: None if cell == "#null" else literal(cell) for name, cell in record.items()})
    return found


def holds(rows: Sequence[Row], table: Sequence[Sequence[str]], columns: Sequence[str] | None = None) -> None:
    """Assert that each row of the data table is there, in any order; only its columns are compared.

    Two equal rows must be there twice. Raises `AssertionError` with the nearest row for each that is missing.
    """
    _compare(rows, records(table, columns), exact=False)


def holds_exactly(rows: Sequence[Row], table: Sequence[Sequence[str]], columns: Sequence[str] | None = None) -> None:
    """The same, and there are no other rows."""
    _compare(rows, records(table, columns), exact=True)


def agrees(cell: str, value: Any) -> bool:
    """Whether a cell says this value. `#null` is the only way to say null; a timestamp without a zone is UTC."""
    if is_marker(cell):
        if cell == ABSENT:
            raise SeatrialsError("#absent stands in a cell, but a row has every column", cure="say #null")
        return fits(cell, value)
    text = literal(cell)
    try:
        return _agrees(text, value)
    except (ValueError, InvalidOperation):
        return False


def drawn(rows: Sequence[Row], columns: Sequence[str] | None = None) -> str:
    """The rows as a data table for a message: at most ten, all columns unless some are named."""
    names = columns or (list(rows[0]) if rows else [])
    title = f"the first {SHOWN} of {len(rows)} rows are:" if len(rows) > SHOWN else "the rows are:"
    lines = [_line(names), *(_line(_texts(row, names)) for row in rows[:SHOWN])] if rows else ["none"]
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _agrees(text: str, value: Any) -> bool:
    match value:
        case None:
            return False
        case str():
            return text == value
        case bool():
            return text.lower() in (("true", "t") if value else ("false", "f"))
        case int() | Decimal():
            return Decimal(text) == value
        case float():
            return float(text) == value
        case datetime():
            read = datetime.fromisoformat(text)
            if value.tzinfo is not None and read.tzinfo is None:
                read = read.replace(tzinfo=UTC)
            return read == value
        case date() | time():
            return type(value).fromisoformat(text) == value
        case UUID():
            return UUID(text) == value
        case dict() | list():
            return not any(mismatches(value, json.loads(text), exact=True))
        case bytes():
            return text.removeprefix("\\x").lower() == value.hex()
    return text == str(value)


def _compare(rows: Sequence[Row], expected: Sequence[Mapping[str, str]], *, exact: bool) -> None:
    partner = _pair(rows, expected)
    missing = [index for index in range(len(expected)) if index not in partner]
    others = [index for index in range(len(rows)) if index not in partner.values()]
    if not missing and not (exact and others):
        return
    lines = []
    if missing:
        lines.append(f"{len(missing)} of {len(expected)} expected row(s) not found among {len(rows)}:")
    for index in missing:
        lines.append(f"  {_line(expected[index].values())}")
        lines += [f"    {line}" for line in _nearest(expected[index], [rows[other] for other in others])]
    if exact and others:
        lines.append(f"{len(others)} row(s) not expected:")
        lines += [f"  {_line(_texts(rows[index], list(expected[0])))}" for index in others[:SHOWN]]
    raise AssertionError("\n".join([*lines, drawn(rows, list(expected[0]))]))


def _pair(rows: Sequence[Row], expected: Sequence[Mapping[str, str]]) -> dict[int, int]:
    """Expected row → the row that it is, as many as can be. `#any` must not take the row that another one needs.

    Augmenting paths, as in H. W. Kuhn, "The Hungarian method for the assignment problem", 1955.
    """
    fitting = [
        [index for index, row in enumerate(rows) if all(agrees(cell, row.get(name)) for name, cell in record.items())]
        for record in expected
    ]
    owner: dict[int, int] = {}

    def place(record: int, tried: set[int]) -> bool:
        for row in fitting[record]:
            if row not in tried:
                tried.add(row)
                if row not in owner or place(owner[row], tried):
                    owner[row] = record
                    return True
        return False

    for record in range(len(expected)):
        place(record, set())
    return {record: row for row, record in owner.items()}


def _nearest(record: Mapping[str, str], rows: Sequence[Row]) -> list[str]:
    """How the row that has most in common differs."""

    def wrong(row: Row) -> list[str]:
        return [name for name, cell in record.items() if not agrees(cell, row.get(name))]

    if not rows:
        return []
    row = min(rows, key=lambda row: len(wrong(row)))
    if len(wrong(row)) == len(record) > 1:
        return ["no row is like it"]
    return [
        f"nearest: {name}: expected {record[name]}{hint(record[name])}, received {shown(row.get(name))}"
        for name in wrong(row)
    ]


def _texts(row: Row, names: Sequence[str]) -> list[str]:
    return ["#null" if row.get(name) is None else _text(row[name]) for name in names]


def _text(value: Any) -> str:
    return shown(value) if isinstance(value, dict | list | bool) else str(value)


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"
