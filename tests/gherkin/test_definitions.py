"""What the decorators refuse, and that they leave the function as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pytest_bdd import parsers

from seatrials.errors import SeatrialsError
from seatrials.gherkin.definitions import given, step, then, when


def test_the_function_stays_itself_and_keeps_its_type() -> None:
    def add(one: int, other: int, *, sums: list[int]) -> None:
        sums.append(one + other)

    decorated = when("{int} and {int} are added in this test")(add)
    assert decorated is add
    sums: list[int] = []
    decorated(1, 2, sums=sums)
    assert sums == [3]


def test_a_function_with_too_few_parameters() -> None:
    with pytest.raises(SeatrialsError) as raised:

        @given("{int} of {string}")
        def few(count: int) -> None: ...

    assert "few() takes 1 positional parameter (count), but its sentence has 2 values ({int}, {string})" in str(
        raised.value
    )
    assert "test_definitions.py:" in raised.value.where


def test_fixtures_among_the_positional_parameters() -> None:
    with pytest.raises(SeatrialsError) as raised:

        @then("it is {int}")
        def check(expected: int, database: object) -> None: ...

    assert "if database should be fixtures, write them after a *" in str(raised.value)


def test_the_doc_string_does_not_take_a_value() -> None:
    with pytest.raises(SeatrialsError, match="its sentence has 1 value"):

        @when("{string} is sent")
        def send(docstring: str) -> None: ...


def test_the_doc_string_comes_last() -> None:
    with pytest.raises(SeatrialsError, match="positional parameters"):

        @when("{string} is sent")
        def send(docstring: str, name: str) -> None: ...


@pytest.mark.parametrize("argument", ["docstring", "datatable"])
def test_a_doc_string_or_table_beside_the_values(argument: str) -> None:
    names: dict[str, object] = {}
    exec(f"def send(name, {argument}, *, client): ...", names)
    function = names["send"]
    assert callable(function)
    assert when("{string} is sent")(function) is function


def test_parameters_that_collect_are_refused() -> None:
    with pytest.raises(SeatrialsError, match=r"the parameter \*values cannot be filled"):

        @when("{int} and {int}")
        def add(*values: int) -> None: ...


def test_async_steps_are_refused() -> None:
    with pytest.raises(SeatrialsError) as raised:

        @when("it waits")
        async def wait() -> None: ...

    assert "wait() is an async step, and nothing would run it" in str(raised.value)
    assert "asyncio.run" in raised.value.cure
    with pytest.raises(SeatrialsError, match="async step"):

        @step(parsers.parse("it waits"))
        async def wait_too() -> AsyncIterator[None]:
            yield


def test_functions_of_pytest_bdd_style_are_not_counted() -> None:
    @given(parsers.parse("{count:d} things"))
    def things(database: object, count: int) -> None: ...
