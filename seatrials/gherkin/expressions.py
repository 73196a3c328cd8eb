"""Cucumber Expressions: the sentence of a step definition, and the types that its parameters may have."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from cucumber_expressions.errors import CucumberExpressionError, UndefinedParameterTypeError
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry
from pytest_bdd.parsers import StepParser

from seatrials.errors import SeatrialsError


@dataclass(frozen=True)
class _Entry:
    type: ParameterType
    place: str
    module: str
    names: dict[str, Any]

    def alive(self) -> bool:
        """Whether the module that defined it is still the one that is loaded under its name."""
        module = sys.modules.get(self.module)
        return module is not None and vars(module) is self.names


class _Types:
    """The built-in types and the ones defined by `parameter_type`, by name."""

    def __init__(self) -> None:
        self._builtin = ParameterTypeRegistry()
        self._own: dict[str, _Entry] = {}

    def lookup_by_type_name(self, name: str) -> ParameterType | None:
        """What `CucumberExpression` asks for."""
        entry = self._own.get(name)
        return entry.type if entry else self._builtin.lookup_by_type_name(name)

    def names(self) -> list[str]:
        """The names of all types but the anonymous one."""
        return sorted({*self._own, *filter(None, self._builtin.parameter_type_by_name)})

    def define(self, entry: _Entry) -> None:
        name = entry.type.name
        cure = "give it another name"
        if self._builtin.lookup_by_type_name(name):
            raise SeatrialsError(f"the parameter type {{{name}}} is built in", where=entry.place, cure=cure)
        known = self._own.get(name)
        if known and known.place != entry.place and known.alive():
            raise SeatrialsError(
                f"the parameter type {{{name}}} is already defined at {known.place}",
                where=entry.place,
                cure=cure,
            )
        self._own[name] = entry


# One for the process, as the decorators that use it run while modules are imported, before there is any
# session to ask. An entry whose module is gone may be defined anew, so sessions that follow each other do not
# meet each other's types.
_types = _Types()


def parameter_type(name: str, regexp: str | Sequence[str], transformer: Callable[..., Any] = str) -> None:
    """Define `{name}` for step sentences, before the first sentence that uses it.

    `transformer` gets the matched text, or, where `regexp` has capture groups, the text of each group.
    Raises `SeatrialsError` when the name is taken or the regular expression is wrong.
    """
    frame = sys._getframe(1)
    where = place_of(frame)
    regexps = [regexp] if isinstance(regexp, str) else list(regexp)
    try:
        kind = ParameterType(name, regexps, object, transformer)
        CucumberExpression("{}", _Only(kind))
    except Exception as error:  # the library raises its own errors and those of `re`
        what = f"the parameter type {{{name}}} cannot be used: {error}"
        raise SeatrialsError(what, where=where, cure="correct its name or its regular expression") from None
    _types.define(_Entry(kind, where, frame.f_globals.get("__name__", ""), frame.f_globals))


class _Only:
    """A registry that knows one type, by any name."""

    def __init__(self, kind: ParameterType) -> None:
        self.kind = kind

    def lookup_by_type_name(self, name: str) -> ParameterType:  # noqa: ARG002  # the signature that is called
        return self.kind


class CucumberParser(StepParser):
    """A sentence such as `{string} signs up with {string}`, as pytest-bdd's decorators take it.

    `names` are the step function's parameters that take the sentence's values; they are needed only where
    pytest-bdd itself runs the step, because it passes values by name.
    Raises `SeatrialsError` when the sentence is not a Cucumber Expression or uses an unknown parameter type.
    """

    def __init__(self, expression: str, names: Sequence[str] = (), *, where: str = "") -> None:
        super().__init__(expression)
        self.names = tuple(names)
        try:
            self._expression = CucumberExpression(expression, _types)
        except UndefinedParameterTypeError as error:
            found = re.search(r"Undefined parameter type '(.*)'", str(error))
            name = found[1] if found else ""
            close = difflib.get_close_matches(name, _types.names(), 1)
            hint = f"did you mean {{{close[0]}}}? Otherwise " if close else ""
            raise SeatrialsError(
                f"there is no parameter type {{{name}}}",
                where=where,
                cure=f'{hint}define it above: parameter_type("{name}", r"…")',
                details=f"known: {', '.join(_types.names())}",
            ) from None
        except CucumberExpressionError as error:
            raise SeatrialsError(
                f"{expression!r} is not a Cucumber Expression",
                where=where,
                cure=r"escape a literal brace, bracket or slash with a backslash: \{ \( \/",
                details=str(error).strip(),
            ) from None

    @property
    def count(self) -> int:
        """How many parameters the sentence has."""
        return len(self._expression.parameter_types)

    @property
    def parameters(self) -> list[str]:
        """The parameter types of the sentence, in order."""
        return [kind.name or "" for kind in self._expression.parameter_types]

    def is_matching(self, name: str) -> bool:
        """Whether the whole step text fits the sentence."""
        return self._expression.tree_regexp.regexp.match(name) is not None

    def values(self, text: str) -> list[Any] | None:
        """The sentence's values in `text`, transformed, in order; None where it does not match.

        Raises what the transformers raise.
        """
        found = self._expression.match(text)
        return None if found is None else [argument.value for argument in found]

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """The values by the name of the function's parameter."""
        values = self.values(name)
        return None if values is None else dict(zip(self.names, values, strict=False))


def place(file: str, line: int) -> str:
    """`file:line` for messages, the file relative to the working folder where it lies inside."""
    path, folder = Path(file), Path.cwd()
    return f"{path.relative_to(folder) if path.is_relative_to(folder) else path}:{line}"


def place_of(frame: FrameType) -> str:
    """Where a frame is."""
    return place(frame.f_code.co_filename, frame.f_lineno)
