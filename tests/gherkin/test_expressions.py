"""Cucumber Expressions and parameter types."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from seatrials.errors import SeatrialsError
from seatrials.gherkin.expressions import CucumberParser, parameter_type


@pytest.mark.parametrize(
    ("expression", "text", "values"),
    [
        ("{int} row(s)", "1 row", [1]),
        ("{int} row(s)", "2 rows", [2]),
        ("{int} row(s)", "two rows", None),
        ("{string} signs up", '"Ada \\"the first\\"" signs up', ['Ada "the first"']),
        ("{string} signs up", "'Ada' signs up", ["Ada"]),
        ("{string} signs up", '"" signs up', [""]),
        ("it costs {float}", "it costs -2.5", [-2.5]),
        ("it is up/down", "it is down", []),
        ("it is up/down", "it is updown", None),
        ("a {word} b", "a c b", ["c"]),
        (r"a \{literal} \(text\)", "a {literal} (text)", []),
        ("whole", "whole and more", None),
    ],
)
def test_values(expression: str, text: str, values: list[Any] | None) -> None:
    parser = CucumberParser(expression)
    assert parser.values(text) == values
    assert parser.is_matching(text) is (values is not None)


def test_values_by_name_for_pytest_bdd() -> None:
    parser = CucumberParser("{int} of {string}", ["count", "what"])
    assert parser.parse_arguments('3 of "a"') == {"count": 3, "what": "a"}
    assert parser.parse_arguments("three") is None
    assert parser.parameters == ["int", "string"]


def test_an_own_type() -> None:
    parameter_type("test_colour", "red|blue", str.upper)
    assert CucumberParser("it is {test_colour}").values("it is red") == ["RED"]


def test_capture_groups_go_to_the_transformer() -> None:
    parameter_type("test_point", r"(\d+);(\d+)", lambda x, y: (int(x), int(y)))
    assert CucumberParser("at {test_point}").values("at 1;22") == [(1, 22)]


def test_an_unknown_type_is_refused_with_the_nearest() -> None:
    with pytest.raises(SeatrialsError) as raised:
        CucumberParser("{strin} is", where="steps/x.py:3")
    assert "no parameter type {strin}" in str(raised.value)
    assert "steps/x.py:3" in str(raised.value)
    assert "did you mean {string}?" in str(raised.value)


@pytest.mark.parametrize("expression", ["a {int", "a (b", "a ()", "({int})"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(SeatrialsError, match="is not a Cucumber Expression") as raised:
        CucumberParser(expression, where="steps/x.py:3")
    assert "backslash" in raised.value.cure


def test_a_broken_regular_expression_is_refused_where_it_is_written() -> None:
    with pytest.raises(SeatrialsError, match="cannot be used") as raised:
        parameter_type("test_broken", "(")
    assert "test_expressions.py:" in raised.value.where


def test_a_built_in_type_stays() -> None:
    with pytest.raises(SeatrialsError, match=r"\{int\} is built in"):
        parameter_type("int", ".*")


def defining(name: str, line: int) -> ModuleType:
    """A loaded module that defines {test_shared} in that line."""
    module = ModuleType(name)
    sys.modules[name] = module
    code = "\n" * (line - 1) + "parameter_type('test_shared', 'x')"
    vars(module)["parameter_type"] = parameter_type
    exec(compile(code, f"{name}.py", "exec"), vars(module))
    return module


def test_a_type_is_defined_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    defining("test_first_module", 1)
    defining("test_first_module", 1)
    with pytest.raises(SeatrialsError, match=r"already defined at test_first_module.py:1") as raised:
        defining("test_second_module", 5)
    assert raised.value.where == "test_second_module.py:5"
    del sys.modules["test_first_module"]
    defining("test_second_module", 5)
