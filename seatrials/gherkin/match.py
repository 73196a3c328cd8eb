"""Find the step definition of each step, once, through an index that does not grow slower with the number of
definitions."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from seatrials.gherkin.bdd import Registered, required
from seatrials.gherkin.definitions import ARGUMENTS
from seatrials.gherkin.expressions import CucumberParser, place
from seatrials.gherkin.model import Kind, Step


@dataclass(frozen=True)
class Definition:
    """A step definition: a sentence and the function that carries it out. `kind` is None where it serves all
    three."""

    kind: Kind | None
    sentence: str
    function: Callable[..., Any]
    parser: parsers.StepParser
    converters: dict[str, Callable[[str], object]]
    target_fixture: str | None
    nearness: tuple[int, bool]
    context: StepFunctionContext = field(repr=False)

    @cached_property
    def place(self) -> str:
        """`file:line` where the function is defined, the file relative to the working folder where it lies
        inside."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        if code is None:
            return repr(self.function)
        return place(code.co_filename, code.co_firstlineno)

    @cached_property
    def signature(self) -> inspect.Signature:
        """The function's own signature."""
        return inspect.signature(self.function)

    @property
    def positional(self) -> bool:
        """Whether values go by the order of the sentence, as for Cucumber Expressions, and not by name."""
        return isinstance(self.parser, CucumberParser)

    def takes(self, argument: str) -> bool:
        """Whether the function has a parameter `docstring` or `datatable`."""
        return argument in self.signature.parameters

    def needs(self, argument: str) -> bool:
        """Whether it cannot be called without the `docstring` or `datatable`."""
        return self.takes(argument) and self.signature.parameters[argument].default is inspect.Parameter.empty

    def fixtures(self, arguments: Iterable[str]) -> tuple[str, ...]:
        """The fixtures that it asks for, when the sentence fills `arguments`."""
        if self.positional:
            parameters = self.signature.parameters.values()
            only = [one for one in parameters if one.kind is one.KEYWORD_ONLY and one.default is one.empty]
            return tuple(one.name for one in only)
        taken = {*arguments, *ARGUMENTS}
        return tuple(name for name in required(self.context) if name not in taken)


@dataclass(frozen=True)
class BoundStep:
    """A step and the definition that carries it out.

    `arguments` are the sentence's values by the function's parameters, `fixtures` the names of the fixtures
    that it gets. `definition` is None only where a project has switched the rule `undefined-step` off.
    """

    step: Step
    definition: Definition | None
    arguments: dict[str, object]
    fixtures: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """What was found for a step: no candidates (undefined), one (bound), or more (ambiguous).

    `error` is what a parameter's transformer raised.
    """

    step: Step
    candidates: tuple[Definition, ...]
    arguments: dict[str, object] = field(default_factory=dict)
    error: Exception | None = None

    def bound(self) -> BoundStep:
        """The step with the last of its candidates, which is the one that pytest-bdd would take."""
        if not self.candidates:
            return BoundStep(self.step, None, {}, ())
        definition = self.candidates[-1]
        return BoundStep(self.step, definition, self.arguments, definition.fixtures(self.arguments))


class Index:
    """The step definitions that one node can see, by the literal words with which their sentences begin."""

    def __init__(self, registered: Iterable[Registered]) -> None:
        self.definitions = [
            Definition(
                kind=one.context.type,
                sentence=one.context.parser.name,
                function=one.context.step_func,
                parser=one.context.parser,
                converters=one.context.converters,
                target_fixture=one.context.target_fixture,
                nearness=one.nearness,
                context=one.context,
            )
            for one in registered
        ]
        self._by_words: dict[tuple[str, ...], list[Definition]] = {}
        for definition in self.definitions:
            self._by_words.setdefault(leading_words(definition.parser), []).append(definition)
        self._longest = max(map(len, self._by_words), default=0)

    def match(self, step: Step) -> Match:
        """The definitions whose sentence the step's text is, of the nearest ones where a sentence is defined
        again."""
        words = tuple(step.text.lower().split())[: self._longest]
        found = [
            definition
            for length in range(len(words) + 1)
            for definition in self._by_words.get(words[:length], ())
            if definition.kind in (None, step.kind) and definition.parser.is_matching(step.text)
        ]
        nearest: dict[str, tuple[int, bool]] = {}
        for definition in found:
            known = nearest.get(definition.sentence, definition.nearness)
            nearest[definition.sentence] = max(known, definition.nearness)
        left = (one for one in found if one.nearness == nearest[one.sentence])
        candidates = tuple(sorted(left, key=lambda one: one.nearness))
        if not candidates:
            return Match(step, ())
        try:
            arguments = _arguments(candidates[-1], step.text)
        except Exception as error:  # a transformer is anyone's code
            return Match(step, candidates, error=error)
        return Match(step, candidates, arguments)

    def other_kinds(self, step: Step) -> list[Definition]:
        """The definitions that say the sentence for another kind of step."""
        return [one for one in self.definitions if one.kind != step.kind and one.parser.is_matching(step.text)]


def _arguments(definition: Definition, text: str) -> dict[str, object]:
    """The values by parameter name; of pytest-bdd's parsers, only those for which the function has a
    parameter."""
    found = definition.parser.parse_arguments(text) or {}
    if definition.positional:
        return found
    return {name: value for name, value in found.items() if name in definition.signature.parameters}


_WORD_END = r"(?=\s|$)"
_CUCUMBER = re.compile(r"[^\s{}()/\\]+" + _WORD_END)
_PARSE = re.compile(r"[^\s{}]+" + _WORD_END)
_REGEX = re.compile(r"[\w,'\"-]+(?:(?= [^*+?{])|$)", re.ASCII)


def leading_words(parser: parsers.StepParser) -> tuple[str, ...]:
    """The words, in lower case, with which every text that the parser matches begins."""
    if isinstance(parser, CucumberParser):
        word = _CUCUMBER
    elif isinstance(parser, parsers.string):
        return tuple(parser.name.lower().split())
    elif isinstance(parser, parsers.parse):  # and cfparse
        word = _PARSE
    elif isinstance(parser, parsers.re) and "|" not in parser.name and not parser.regex.flags & re.VERBOSE:
        word = _REGEX
    else:
        return ()
    words = []
    position = 0
    while found := word.match(parser.name, position):
        words.append(found[0].lower())
        position = found.end()
        while parser.name[position : position + 1].isspace():
            position += 1
    return tuple(words)
