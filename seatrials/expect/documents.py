"""Comparing JSON documents: every mismatch at once, each by its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seatrials.errors import SeatrialsError
from seatrials.expect.markers import ABSENT, fits, hint, is_marker, literal

SHOWN = 2000
"""Characters of the received document that a message shows."""


@dataclass(frozen=True)
class Mismatch:
    """One place where a document is not as expected. `path` starts with `$`; the others are as a reader sees them."""

    path: str
    expected: str
    received: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, received {self.received}"


def parse(text: str) -> Any:
    """The document in a doc string. Raises `SeatrialsError` where it is not JSON, or says one field twice."""
    try:
        return json.loads(text, object_pairs_hook=_no_field_twice)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1] if text.strip() else ""
        raise SeatrialsError(
            f"the doc string is not JSON: {error.msg}",
            where=f"its line {error.lineno}, column {error.colno}: {line.strip()}",
            cure='texts and markers stand in double quotes: {"id": "#uuid"}',
        ) from None


def contains(received: Any, expected: Any) -> None:
    """Assert that the document has what is expected; objects in it may have more fields.

    Lists have the expected length and order. Raises `AssertionError` with every mismatch.
    """
    _tell(list(mismatches(received, expected, exact=False)), received)


def exactly(received: Any, expected: Any) -> None:
    """Assert that the document is the expected one and nothing else. Raises `AssertionError` with every mismatch."""
    _tell(list(mismatches(received, expected, exact=True)), received)


def mismatches(received: Any, expected: Any, *, exact: bool, path: str = "$") -> Iterator[Mismatch]:
    """Where the document differs, in the order of what is expected."""
    if is_marker(expected):
        if not fits(expected, received):
            yield Mismatch(path, expected, shown(received))
    elif isinstance(expected, dict) and isinstance(received, dict):
        yield from _fields(received, expected, exact, path)
    elif isinstance(expected, list) and isinstance(received, list):
        if len(expected) != len(received):
            yield Mismatch(path, f"{len(expected)} item(s)", f"{len(received)}: {shown(received)}")
        for index, (ours, theirs) in enumerate(zip(expected, received, strict=False)):
            yield from mismatches(theirs, ours, exact=exact, path=f"{path}[{index}]")
    elif not _equal(received, literal(expected) if isinstance(expected, str) else expected):
        yield Mismatch(path, shown(expected) + hint(expected), shown(received))


def _fields(received: dict[str, Any], expected: dict[str, Any], exact: bool, path: str) -> Iterator[Mismatch]:
    for name, value in expected.items():
        place = _step(path, name)
        if value == ABSENT:
            if name in received:
                yield Mismatch(place, "no such field", shown(received[name]))
        elif name not in received:
            yield Mismatch(place, shown(value) if not is_marker(value) else value, "no such field")
        else:
            yield from mismatches(received[name], value, exact=exact, path=place)
    if exact:
        for name in received.keys() - expected.keys():
            yield Mismatch(_step(path, name), "no such field", shown(received[name]))


def shown(value: Any) -> str:
    """A value as JSON, for a message: at most 200 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _equal(received: Any, expected: Any) -> bool:
    # to Python true is 1; to JSON it is not
    return isinstance(received, bool) == isinstance(expected, bool) and bool(received == expected)


def _step(path: str, name: str) -> str:
    return (
        f"{path}.{name}" if re.fullmatch(r"[^\W\d][\w-]*", name) else f"{path}[{json.dumps(name, ensure_ascii=False)}]"
    )


def _tell(found: list[Mismatch], received: Any) -> None:
    if not found:
        return
    lines = [
        f"the document differs in {len(found)} place(s)",
        *(f"  {mismatch}" for mismatch in found),
        "received:",
    ]
    whole = json.dumps(received, ensure_ascii=False, indent=2, default=str)
    lines.append(whole if len(whole) <= SHOWN else f"{whole[:SHOWN]}\n… ({len(whole)} characters)")
    raise AssertionError("\n".join(lines))


def _no_field_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SeatrialsError(
            f"the doc string says the field {twice!r} twice", cure="only the last would count: take one out"
        )
    return found
