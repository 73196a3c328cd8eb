"""Finding the definition of a step: parsers, the index, and which of several definitions wins."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from seatrials.gherkin.bdd import Registered
from seatrials.gherkin.expressions import CucumberParser
from seatrials.gherkin.match import Index, leading_words
from seatrials.gherkin.model import Kind, Step


def step(text: str, kind: Kind = "when") -> Step:
    return Step(kind.title(), kind, text, 1, 1, frozenset({1}))


def registered(
    parser: parsers.StepParser,
    function: Callable[..., object] = lambda: None,
    *,
    kind: Kind | None = "when",
    depth: int = 0,
) -> Registered:
    return Registered(StepFunctionContext(kind, function, parser), (depth, False))


@pytest.mark.parametrize(
    ("parser", "words"),
    [
        (CucumberParser("the table {string} holds"), ("the", "table")),
        (CucumberParser("The row(s) are"), ("the",)),
        (CucumberParser("it is up/down"), ("it", "is")),
        (CucumberParser("{int} rows"), ()),
        (CucumberParser("it answers"), ("it", "answers")),
        (parsers.string("It works  well"), ("it", "works", "well")),
        (parsers.parse("It has {n:d} rows"), ("it", "has")),
        (parsers.cfparse("pre{n:d} rows"), ()),
        (parsers.re(r"it has (?P<n>\d+) rows"), ("it", "has")),
        (parsers.re(r"it has *rows"), ("it",)),
        (parsers.re(r"its? done"), ()),
        (parsers.re(r"it works|it runs"), ()),
        (parsers.re(r"it  # comment", re.VERBOSE), ()),
    ],
)
def test_leading_words(parser: parsers.StepParser, words: tuple[str, ...]) -> None:
    assert leading_words(parser) == words


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (parsers.string("it works"), "it works"),
        (parsers.parse("IT has {n:d}"), "it has 3"),
        (parsers.cfparse("it has {n:d}"), "it has 3"),
        (parsers.re(r"it has *(?P<n>\d+)"), "it has3"),
        (parsers.re(r"(?P<n>\d+) things"), "3 things"),
        (CucumberParser("it has {int} thing(s)", ["n"]), "it has 3 things"),
    ],
)
def test_every_parser_is_found_through_the_index(parser: parsers.StepParser, text: str) -> None:
    index = Index([registered(parsers.string(f"other {number}")) for number in range(9)] + [registered(parser)])
    match = index.match(step(text))
    assert [one.parser for one in match.candidates] == [parser]
    assert not index.match(step(f"{text} no")).candidates


def test_the_kind_must_fit() -> None:
    index = Index([registered(parsers.string("x"), kind="given"), registered(parsers.string("y"), kind=None)])
    assert not index.match(step("x", "when")).candidates
    assert [one.sentence for one in index.other_kinds(step("x", "when"))] == ["x"]
    for kind in ("given", "when", "then"):
        assert index.match(step("y", kind)).candidates


def test_two_sentences_that_match_are_both_candidates() -> None:
    index = Index([registered(CucumberParser("a {word}")), registered(CucumberParser("{word} b"))])
    assert [one.sentence for one in index.match(step("a b")).candidates] == ["{word} b", "a {word}"]


def test_the_same_sentence_nearer_by_wins() -> None:
    index = Index([registered(parsers.string("x"), depth=2), registered(parsers.string("x"), depth=0)])
    assert [one.nearness for one in index.match(step("x")).candidates] == [(2, False)]


def test_another_sentence_nearer_by_does_not_win() -> None:
    index = Index([registered(CucumberParser("a {word}"), depth=2), registered(parsers.string("a b"))])
    assert len(index.match(step("a b")).candidates) == 2


def test_the_same_sentence_twice_in_one_place_stays_ambiguous() -> None:
    index = Index([registered(parsers.string("x")), registered(parsers.string("x"))])
    assert len(index.match(step("x")).candidates) == 2


def test_values_of_pytest_bdd_parsers_go_to_parameters_of_their_name() -> None:
    def things(database: object, n: int) -> None: ...

    bound = Index([registered(parsers.parse("{n:d} {what}"), things)]).match(step("3 apples")).bound()
    assert bound.arguments == {"n": 3}
    assert bound.fixtures == ("database",)


def test_fixtures_of_our_definitions_are_keyword_only() -> None:
    def things(n: int, docstring: str | None = None, *, database: object, timeout: int = 3) -> None: ...

    bound = Index([registered(CucumberParser("{int} things", ["n"]), things)]).match(step("3 things")).bound()
    assert bound.arguments == {"n": 3}
    assert bound.fixtures == ("database",)


def test_what_a_transformer_raises_is_kept() -> None:
    match = Index([registered(parsers.parse("on {day:tg}"))]).match(step("on 31/13/2026 1:1:1"))
    assert not match.candidates or match.error is not None


def test_a_step_is_tried_against_few_definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of a match does not grow with the number of definitions."""
    tried = 0
    matching = CucumberParser.is_matching

    def counted(self: CucumberParser, name: str) -> bool:
        nonlocal tried
        tried += 1
        return matching(self, name)

    monkeypatch.setattr(CucumberParser, "is_matching", counted)
    parsers_made = [CucumberParser(f"the thing {number} holds {{int}}") for number in range(500)]
    index = Index([registered(parser, lambda n: None) for parser in parsers_made])  # noqa: ARG005
    assert len(index.match(step("the thing 77 holds 5")).candidates) == 1
    assert tried == 1
