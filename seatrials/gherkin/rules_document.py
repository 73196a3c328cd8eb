"""The rules about what a document says by itself, whatever steps are defined."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from seatrials.gherkin.model import Scenario, Step
from seatrials.gherkin.problems import Problem

if TYPE_CHECKING:
    from seatrials.gherkin.subject import Subject

_PLACEHOLDER = re.compile(r"<([^<>\s](?:[^<>\n]*[^<>\s])?)>")


def duplicate_names(subject: Subject) -> Iterator[Problem]:
    """A name is how a scenario is selected and reported, so it belongs to one."""
    first: dict[str, Scenario] = {}
    for scenario in subject.feature.scenarios:
        other = first.setdefault(scenario.name, scenario)
        if other is not scenario:
            yield Problem(
                "duplicate-scenario-name",
                scenario.line,
                subject.feature.text(scenario.line),
                f"the scenario of line {other.line} has the same name",
                "give each scenario of the feature a name of its own",
            )


def no_steps(subject: Subject) -> Iterator[Problem]:
    """A scenario without steps would pass."""
    feature = subject.feature
    empty = [("scenario", one.line) for one in feature.scenarios if not one.steps]
    empty += [("background", one.line) for one in feature.backgrounds if not one.steps]
    for noun, line in empty:
        what, cure = f"the {noun} has no steps", "write its steps, or remove it"
        yield Problem("no-steps", line, feature.text(line), what, cure)


def no_then(subject: Subject) -> Iterator[Problem]:
    """A scenario that never says Then checks nothing."""
    for pickle, _ in subject.matches:
        if pickle.steps and not any(step.kind == "then" for step in pickle.steps):
            line = pickle.scenario.line
            yield Problem(
                "no-then",
                line,
                subject.feature.text(line),
                "the scenario has no Then, so it would pass whatever happens",
                "say what must be true at its end: Then …",
            )


def no_examples(subject: Subject) -> Iterator[Problem]:
    """An outline without a row never runs."""
    feature = subject.feature
    cure = "add an Examples table with at least one row below its header"
    for scenario in feature.scenarios:
        if scenario.outline and not scenario.examples:
            what = "the scenario outline has no Examples, so it would not run"
            yield Problem("outline-without-examples", scenario.line, feature.text(scenario.line), what, cure)
        for examples in scenario.examples:
            if not examples.rows:
                what = "the Examples have no rows, so nothing would run"
                yield Problem("outline-without-examples", examples.line, feature.text(examples.line), what, cure)


def unknown_placeholders(subject: Subject) -> Iterator[Problem]:
    """A placeholder that nothing fills would be sent as it is written."""
    feature = subject.feature
    for scenario in feature.scenarios:
        for examples in scenario.examples:
            used = [(scenario.line, name) for name in _placeholders((scenario.name,))]
            used += [(step.line, name) for step in scenario.steps for name in _in_step(step)]
            for line, name in used:
                if examples.columns and name not in examples.columns:
                    close = difflib.get_close_matches(name, examples.columns, 1)
                    hint = f"did you mean <{close[0]}>? Otherwise " if close else ""
                    yield Problem(
                        "unknown-placeholder",
                        line,
                        feature.text(line),
                        f"<{name}> is no column of the Examples in line {examples.line}",
                        f"{hint}add the column {name!r}",
                        details=f"columns: {', '.join(examples.columns)}",
                    )
    columns = {name for one in feature.scenarios for examples in one.examples for name in examples.columns}
    for background in feature.backgrounds:
        for step in background.steps:
            for name in _in_step(step):
                if name in columns:
                    what = f"<{name}> is not filled in here: a background is the same for every Examples row"
                    cure = "move the step into the scenario outline"
                    yield Problem("unknown-placeholder", step.line, feature.text(step.line), what, cure)


def unused_columns(subject: Subject) -> Iterator[Problem]:
    """A column that nothing uses looks like a checked value and is none."""
    for scenario in subject.feature.scenarios:
        texts = [scenario.name, *(text for step in scenario.steps for text in step.texts())]
        texts += [step.media_type for step in scenario.steps if step.media_type]
        for examples in scenario.examples:
            for column in examples.columns:
                if examples.columns.count(column) > 1:
                    yield Problem(
                        "unused-column",
                        examples.header_line,
                        subject.feature.text(examples.header_line),
                        f"the column {column!r} is there twice, and only one of the two would be used",
                        "give each column a name of its own",
                    )
                if not any(f"<{column}>" in text for text in texts):
                    yield Problem(
                        "unused-column",
                        examples.header_line,
                        subject.feature.text(examples.header_line),
                        f"no step of the scenario in line {scenario.line} uses the column {column!r}",
                        f"use it as <{column}>, or remove the column",
                    )


def unknown_tags(subject: Subject) -> Iterator[Problem]:
    """A mistyped tag would leave its scenario out of the runs that select it."""
    for pickle, _ in subject.matches:
        for tag in pickle.tags:
            if not subject.known_tag(tag.name):
                yield Problem(
                    "unknown-tag",
                    tag.line,
                    subject.feature.text(tag.line),
                    f"the tag @{tag.name} is not registered",
                    f'correct it, or add to [tool.pytest] in pyproject.toml: markers = ["{tag.name}: what it means"]',
                )


def _in_step(step: Step) -> Iterator[str]:
    """The placeholders of a step. A doc string may hold XML or HTML, whose elements are none."""
    yield from _placeholders((step.text,))
    for row in step.datatable or ():
        yield from _placeholders(row)
    text = step.docstring or ""
    if not re.search(r"xml|html", step.media_type or ""):
        yield from (
            name for name in _placeholders((text,)) if f"</{name.split()[0]}>" not in text and name[0] not in "/!?"
        )


def _placeholders(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _PLACEHOLDER.findall(text)
