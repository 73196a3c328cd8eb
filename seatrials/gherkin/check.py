"""Refuse, before anything runs, whatever would let a scenario pass without having checked what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrials.gherkin import rules_document as document
from seatrials.gherkin import rules_steps as steps
from seatrials.gherkin.problems import Problem

if TYPE_CHECKING:
    from seatrials.gherkin.subject import Subject


@dataclass(frozen=True)
class Rule:
    """A reason to refuse a file. `refuses` is one line for people."""

    id: str
    refuses: str
    problems: Callable[[Subject], Iterator[Problem]]


RULES = (
    Rule("duplicate-scenario-name", "two scenarios with one name in a feature", document.duplicate_names),
    Rule("no-steps", "a scenario or background without steps", document.no_steps),
    Rule("no-then", "a scenario that checks nothing, for it has no Then", document.no_then),
    Rule("outline-without-examples", "a scenario outline that no Examples row runs", document.no_examples),
    Rule("unknown-placeholder", "<name> that is in no Examples column", document.unknown_placeholders),
    Rule("unused-column", "an Examples column that nothing uses", document.unused_columns),
    Rule("unknown-tag", "a tag that is not registered as a marker", document.unknown_tags),
    Rule("undefined-step", "a step without a definition", steps.undefined),
    Rule("ambiguous-step", "a step that two definitions match", steps.ambiguous),
    Rule(
        "argument-mismatch",
        "a doc string, table or value that the step does not take, or lacks",
        steps.arguments,
    ),
    Rule("async-step", "an async step function, which nothing would run", steps.asynchronous),
    Rule("unknown-fixture", "a step whose function asks for a fixture that does not exist", steps.fixtures),
)
IDS = tuple(rule.id for rule in RULES)
"""The ids that `seatrials_allow` may name. A parse error (`parse-error`) is no choice, so it is not among
them."""


def check(subject: Subject) -> list[Problem]:
    """All problems of a file. One that many pickles share (a background's, an outline's) is told once, and a
    step that still holds a placeholder is not told to be undefined as well."""
    found: dict[tuple[str, int, str], Problem] = {}
    unfilled: set[int] = set()
    for rule in RULES:
        if rule.id not in subject.allowed:
            for problem in rule.problems(subject):
                if problem.rule == "unknown-placeholder":
                    unfilled.add(problem.line)
                if problem.rule != "undefined-step" or problem.line not in unfilled:
                    found.setdefault((problem.rule, problem.line, problem.what), problem)
    return list(found.values())
