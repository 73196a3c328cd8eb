"""Documents: what counts as equal, and a message with every mismatch by its path."""

from __future__ import annotations

from typing import Any

import pytest

from seatrials import SeatrialsError
from seatrials.expect.documents import contains, exactly, parse


def paths(assertion: Any, received: Any, expected: Any) -> list[str]:
    """The lines of the message that name a path."""
    with pytest.raises(AssertionError) as caught:
        assertion(received, expected)
    return [line.strip() for line in str(caught.value).splitlines() if line.startswith("  $")]


def test_contains_lets_objects_have_more() -> None:
    received = {"id": 7, "name": "Ada", "tags": [{"a": 1, "b": 2}]}
    contains(received, {"name": "Ada", "tags": [{"a": 1}]})
    contains(received, {"id": "#number"})
    contains([1, 2.0], [1.0, 2])


def test_exactly_does_not() -> None:
    exactly({"id": 7, "name": "Ada"}, {"name": "Ada", "id": "#number"})
    received = {"id": 7, "who": {"name": "Ada", "age": 36}}
    assert paths(exactly, received, {"id": 7, "who": {"name": "Ada"}}) == [
        "$.who.age: expected no such field, received 36"
    ]


def test_every_mismatch_is_told_by_its_path() -> None:
    received = {"id": 1, "items": [{"name": "pen"}, {"name": "ink"}], "odd key": None, "secret": "x"}
    expected = {
        "id": "#uuid",
        "items": [{"name": "pen"}, {"name": "nib"}],
        "odd key": 3,
        "secret": "#absent",
        "gone": True,
    }
    assert paths(contains, received, expected) == [
        "$.id: expected #uuid, received 1",
        '$.items[1].name: expected "nib", received "ink"',
        '$["odd key"]: expected 3, received null',
        '$.secret: expected no such field, received "x"',
        "$.gone: expected true, received no such field",
    ]


def test_the_message_shows_what_was_received() -> None:
    with pytest.raises(AssertionError, match=r'differs in 1 place\(s\)(.|\n)*received:\n\{\n  "name": "Zoë"'):
        contains({"name": "Zoë"}, {"name": "Ada"})


def test_a_list_has_its_length_and_order() -> None:
    assert paths(contains, [1, 2], [1]) == ["$: expected 1 item(s), received 2: [1, 2]"]
    assert len(paths(contains, [1, 2], [2, 1])) == 2


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (True, 1),
        (0, False),
        ("1", 1),
        (None, "null"),
        ("", None),
        ({}, []),
        ([], {}),
        ("ada", "Ada"),
        (None, {}),
    ],
)
def test_kinds_are_told_apart(received: Any, expected: Any) -> None:
    assert len(paths(contains, received, expected)) == 1
    assert len(paths(exactly, received, expected)) == 1


def test_a_field_that_is_null_is_not_absent() -> None:
    contains({"a": None}, {"a": "#null", "b": "#absent"})
    assert paths(contains, {"a": None}, {"a": "#absent"}) == ["$.a: expected no such field, received null"]
    assert paths(contains, {}, {"a": "#null"}) == ["$.a: expected #null, received no such field"]
    assert paths(contains, {}, {"a": "#any"}) == ["$.a: expected #any, received no such field"]


def test_a_text_that_looks_like_a_marker() -> None:
    exactly({"a": "#null", "colour": "#fff"}, {"a": "##null", "colour": "#fff"})
    (line,) = paths(contains, {"id": 1}, {"id": "#uid"})
    assert "#uid is no marker" in line


def test_absent_makes_sense_for_a_field_only() -> None:
    with pytest.raises(SeatrialsError, match="#absent stands where no field can be missing"):
        contains([1], ["#absent"])


def test_reads_a_doc_string() -> None:
    assert parse('{"a": [1, "#any"]}') == {"a": [1, "#any"]}


def test_what_is_not_json_is_told_by_its_line() -> None:
    with pytest.raises(SeatrialsError, match=r'not JSON.*\n  where: its line 2, column \d+: "id": #uuid'):
        parse('{\n  "id": #uuid\n}')
    with pytest.raises(SeatrialsError, match="not JSON"):
        parse("")


def test_a_field_said_twice_is_an_error() -> None:
    with pytest.raises(SeatrialsError, match="the field 'a' twice"):
        parse('{"a": 1, "b": {}, "a": 2}')
