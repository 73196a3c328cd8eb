"""The error that people read says what, where and the cure, in that order."""

from seatrials import SeatrialsError


def test_shows_what_then_where_then_cure_then_details() -> None:
    error = SeatrialsError("the api does not answer", where="fixtures/shop.py:4", cure="look", details="a\nb\n")
    assert str(error).splitlines() == [
        "the api does not answer",
        "  where: fixtures/shop.py:4",
        "  cure:  look",
        "  a",
        "  b",
    ]


def test_leaves_out_what_is_not_known() -> None:
    assert str(SeatrialsError("no engine answers")) == "no engine answers"
