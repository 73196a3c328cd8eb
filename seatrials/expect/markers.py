"""Markers: what a feature writes where nobody can know the value. `#uuid` says that there is a UUID."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from seatrials.errors import SeatrialsError

ABSENT = "#absent"
_MATCH = "#match "


def is_marker(text: object) -> bool:
    """Whether the text is a marker. A text that only looks like one is written with two: `##null`."""
    return isinstance(text, str) and (text in KINDS or text == ABSENT or text.startswith(_MATCH))


def fits(marker: str, value: object) -> bool:
    """Whether the value is what the marker says. Raises `SeatrialsError` for a pattern that is none."""
    if marker.startswith(_MATCH):
        try:
            pattern = re.compile(marker.removeprefix(_MATCH))
        except re.error as error:
            raise SeatrialsError(f"{marker!r} is no regular expression: {error}", cure="see Python's `re`") from None
        return isinstance(value, str) and pattern.search(value) is not None
    if marker == ABSENT:
        raise SeatrialsError("#absent stands where no field can be missing", cure="write it as the value of a field")
    return KINDS[marker](value)


def literal(text: str) -> str:
    """What a text that is no marker stands for: `##null` is the text `#null`."""
    return text[1:] if text.startswith("##") else text


def hint(expected: object) -> str:
    """For a text that was compared as such and did not fit, though it looks like a marker."""
    if isinstance(expected, str) and re.fullmatch(r"#[a-z]+", expected) and not is_marker(expected):
        return f" ({expected} is no marker; the markers are {', '.join([*KINDS, ABSENT, '#match <regex>'])})"
    return ""


def _uuid(value: object) -> bool:
    if isinstance(value, UUID):
        return True
    return (
        isinstance(value, str)
        and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value) is not None
    )


def _timestamp(value: object) -> bool:
    if isinstance(value, datetime):
        return True
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


KINDS: Mapping[str, Callable[[object], bool]] = {
    "#uuid": _uuid,
    "#timestamp": _timestamp,
    "#number": _number,
    "#string": lambda value: isinstance(value, str),
    "#boolean": lambda value: isinstance(value, bool),
    "#null": lambda value: value is None,
    "#any": lambda _: True,
}
"""Every marker but `#absent` and `#match`, and its test. A timestamp is ISO 8601 with date and time."""
