"""The decorators that make a function a step definition, and what they refuse."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from inspect import Parameter
from typing import Any, TypeVar

import pytest_bdd
from pytest_bdd.parsers import StepParser

from seatrials.errors import SeatrialsError
from seatrials.gherkin.expressions import CucumberParser, place_of

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
_UNFILLED = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**", Parameter.POSITIONAL_ONLY: ""}
ARGUMENTS = ("docstring", "datatable")


def given(expression: str | StepParser, *, target_fixture: str | None = None) -> Callable[[FunctionT], FunctionT]:
    """The function brings about what *Given* says. See `step`."""
    return _decorator(pytest_bdd.given, expression, target_fixture)


def when(expression: str | StepParser, *, target_fixture: str | None = None) -> Callable[[FunctionT], FunctionT]:
    """The function does what *When* says. See `step`."""
    return _decorator(pytest_bdd.when, expression, target_fixture)


def then(expression: str | StepParser, *, target_fixture: str | None = None) -> Callable[[FunctionT], FunctionT]:
    """The function checks what *Then* says, by raising `AssertionError` where it is not so. See `step`."""
    return _decorator(pytest_bdd.then, expression, target_fixture)


def step(expression: str | StepParser, *, target_fixture: str | None = None) -> Callable[[FunctionT], FunctionT]:
    """The function is the step for *Given*, *When* and *Then* alike.

    `expression` is a Cucumber Expression, or one of pytest-bdd's parsers. With an expression, the function's
    positional parameters are the sentence's values in order, then `docstring: str` or `datatable:
    list[list[str]]` where the step has one (with a default, where it may have one); keyword-only parameters
    are fixtures. What the function returns, or yields before its clean-up, is the fixture `target_fixture`
    for the steps after it.

    Raises `SeatrialsError` when the function does not fit its sentence.
    """
    return _decorator(pytest_bdd.step, expression, target_fixture)


def _decorator(
    register: Callable[..., Callable[[Callable[..., Any]], object]],
    expression: str | StepParser,
    target: str | None,
) -> Callable[[FunctionT], FunctionT]:
    where = place_of(sys._getframe(2))

    def decorate(function: FunctionT) -> FunctionT:
        parser = CucumberParser(expression, where=where) if isinstance(expression, str) else expression
        _refuse_async(function, where)
        if isinstance(parser, CucumberParser):
            parser.names = _check(function, parser, where)
        # 2: the module that calls us, past this function; its names are where pytest looks for fixtures.
        register(parser, target_fixture=target, stacklevel=2)(function)
        return function

    return decorate


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling the function only makes a coroutine or an async generator."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _refuse_async(function: Callable[..., Any], where: str) -> None:
    if is_async(function):
        raise SeatrialsError(
            f"{_name(function)} is an async step, and nothing would run it",
            where=where,
            cure="write it with def, and call asyncio.run(…) inside where it is needed",
        )


def _check(function: Callable[..., Any], parser: CucumberParser, where: str) -> tuple[str, ...]:
    """The names of the parameters that take the sentence's values."""
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters:
        if parameter.kind in _UNFILLED:
            shown = f"{_UNFILLED[parameter.kind]}{parameter.name}"
            raise SeatrialsError(
                f"{_name(function)}: the parameter {shown} cannot be filled from a sentence",
                where=where,
                cure="name each parameter: the sentence's values first, then * and the fixtures",
            )
    positional = [one for one in parameters if one.kind is Parameter.POSITIONAL_OR_KEYWORD]
    names = [one.name for one in positional]
    own = names[:-1] if names and names[-1] in ARGUMENTS else names
    if len(own) != parser.count or set(own) & set(ARGUMENTS):
        raise SeatrialsError(
            f"{_name(function)} takes {_counted(names)}, "
            f"but its sentence has {_counted(parser.parameters, braces=True)}",
            where=where,
            cure=_cure(own, parser),
            details=f'sentence: "{parser.name}"',
        )
    return tuple(own)


def _cure(own: list[str], parser: CucumberParser) -> str:
    if len(own) > parser.count:
        extra = ", ".join(own[parser.count :])
        return f"if {extra} should be fixtures, write them after a *: keyword-only parameters are fixtures"
    return "give the function one positional parameter for each value of the sentence, in its order"


def _counted(names: list[str], *, braces: bool = False) -> str:
    if not names:
        return "no values" if braces else "no positional parameters"
    listed = ", ".join(f"{{{name}}}" for name in names) if braces else ", ".join(names)
    noun = "value" if braces else "positional parameter"
    return f"{len(names)} {noun}{'s' if len(names) > 1 else ''} ({listed})"


def _name(function: Callable[..., Any]) -> str:
    return f"{getattr(function, '__name__', function)}()"
