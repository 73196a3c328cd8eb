"""Markers: what each lets through and what it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from seatrials import SeatrialsError
from seatrials.expect.markers import fits, hint, is_marker, literal

NOW = datetime(2026, 5, 4, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("marker", "value"),
    [
        ("#uuid", "6f1f5c9e-0d3c-4c53-9a35-7c7b3c5f1a10"),
        ("#uuid", uuid4()),
        ("#timestamp", "2026-05-04T03:02:01Z"),
        ("#timestamp", "2026-05-04 03:02:01.123456+02:00"),
        ("#timestamp", NOW),
        ("#number", 0),
        ("#number", -1.5),
        ("#number", Decimal("1.10")),
        ("#string", ""),
        ("#boolean", False),
        ("#null", None),
        ("#any", None),
        ("#any", {"a": 1}),
        ("#match ^A-", "A-17"),
        ("#match [0-9]+$", "A-17"),
    ],
)
def test_fits(marker: str, value: object) -> None:
    assert is_marker(marker)
    assert fits(marker, value)


@pytest.mark.parametrize(
    ("marker", "value"),
    [
        ("#uuid", "6f1f5c9e0d3c4c539a357c7b3c5f1a10"),
        ("#uuid", "6f1f5c9e-0d3c-4c53-9a35-7c7b3c5f1a10x"),
        ("#uuid", 1),
        ("#timestamp", "2026-05-04"),
        ("#timestamp", "2026-13-04T03:02:01Z"),
        ("#timestamp", 1767225600),
        ("#number", "1"),
        ("#number", True),
        ("#string", None),
        ("#boolean", 1),
        ("#boolean", "true"),
        ("#null", ""),
        ("#null", 0),
        ("#match ^A-", "B-17"),
        ("#match .", 17),
    ],
)
def test_does_not_fit(marker: str, value: object) -> None:
    assert not fits(marker, value)


def test_a_pattern_that_is_none_is_an_error() -> None:
    with pytest.raises(SeatrialsError, match="'#match \\(' is no regular expression"):
        fits("#match (", "text")


def test_what_is_no_marker_is_a_text() -> None:
    assert not is_marker("#fff")
    assert not is_marker("##null")
    assert literal("##null") == "#null"
    assert literal("#fff") == "#fff"


def test_a_misspelt_marker_is_hinted_at() -> None:
    assert "#uid is no marker; the markers are #uuid" in hint("#uid")
    assert hint("#uuid") == ""
    assert hint("uid") == ""
