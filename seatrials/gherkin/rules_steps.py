"""The rules about steps and their definitions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from seatrials.gherkin.definitions import is_async
from seatrials.gherkin.problems import Problem
from seatrials.gherkin.snippet import plain, snippet

if TYPE_CHECKING:
    from seatrials.gherkin.match import Definition, Match
    from seatrials.gherkin.subject import Subject

_NOUNS = {"docstring": "doc string", "datatable": "table"}


def undefined(subject: Subject) -> Iterator[Problem]:
    """A step that nothing carries out."""
    told: set[int] = set()
    for match in _matches(subject):
        step = match.step
        if match.candidates or step.line in told:
            continue
        told.add(step.line)
        code = ""
        others = subject.index.other_kinds(step)
        if others:
            details = f"It is a {step.kind.title()} here, and defined for:"
            details += "".join(f"\n  {_shown(one)}" for one in others)
            cure = f"say it as {_kinds(others)}, or define it for {step.kind.title()} too"
        else:
            details, code = _nearest(subject, step.text), snippet(step)
            cure = "use a sentence that there is, or define this one in steps/:"
        yield Problem(
            "undefined-step",
            step.line,
            f"{step.keyword} {step.text}",
            "no step definition says this",
            cure,
            details=details,
            code=code,
        )


def ambiguous(subject: Subject) -> Iterator[Problem]:
    """A step that two definitions would carry out differently."""
    for match in _matches(subject):
        if len(match.candidates) > 1:
            yield Problem(
                "ambiguous-step",
                match.step.line,
                f"{match.step.keyword} {match.step.text}",
                f"{len(match.candidates)} step definitions say this",
                "keep one of them, or reword one so that only one matches",
                details="\n".join(_shown(one) for one in match.candidates),
            )


def arguments(subject: Subject) -> Iterator[Problem]:
    """A doc string or table that would be ignored or is missing; a value that cannot be what the sentence
    says."""
    for match in _matches(subject):
        if len(match.candidates) != 1:
            continue
        step, definition = match.step, match.candidates[0]
        text, shown = f"{step.keyword} {step.text}", _shown(definition)
        if match.error is not None:
            what = f"a value of the sentence is refused: {match.error or type(match.error).__name__}"
            yield Problem("argument-mismatch", step.line, text, what, "correct the value", details=shown)
        for name, value in (("docstring", step.docstring), ("datatable", step.datatable)):
            noun = _NOUNS[name]
            if value is not None and not definition.takes(name):
                what = f"the step does not take a {noun}, so it would be ignored"
                cure = f"remove the {noun}, or give the function a last positional parameter {name}"
                yield Problem("argument-mismatch", step.line, text, what, cure, details=shown)
            elif value is None and definition.needs(name):
                what = f"the step needs a {noun} below it"
                yield Problem("argument-mismatch", step.line, text, what, f"add the {noun}", details=shown)


def asynchronous(subject: Subject) -> Iterator[Problem]:
    """A coroutine that nobody awaits checks nothing. Our own decorators refuse it at once; pytest-bdd's do
    not."""
    for match in _matches(subject):
        for definition in match.candidates[-1:]:
            if is_async(definition.function):
                yield Problem(
                    "async-step",
                    match.step.line,
                    f"{match.step.keyword} {match.step.text}",
                    "the step's function is async, and nothing would run it",
                    "write it with def, and call asyncio.run(…) inside where it is needed",
                    details=_shown(definition),
                )


def fixtures(subject: Subject) -> Iterator[Problem]:
    """A fixture that neither pytest nor an earlier step provides."""
    for pickle, matches in subject.matches:
        made: set[str] = set()
        later = {one.candidates[-1].target_fixture for one in matches if one.candidates}
        for match in matches:
            if not match.candidates:
                break  # what this step would make is not known, and it has been told already
            bound, definition = match.bound(), match.candidates[-1]
            for name in bound.fixtures:
                if name not in made and not subject.known_fixture(name):
                    yield Problem(
                        "unknown-fixture",
                        match.step.line,
                        f"{match.step.keyword} {match.step.text}",
                        f"the step asks for the fixture {name!r}, which neither exists nor comes from a step before it",
                        _fixture_cure(subject, name, made | ({name} & later), pickle.scenario.line),
                        details=_shown(definition),
                    )
            if definition.target_fixture:
                made.add(definition.target_fixture)


def _fixture_cure(subject: Subject, name: str, made: set[str], line: int) -> str:
    if name in made:
        return f"a later step of the scenario in line {line} makes it: put that step first"
    makers = [one for one in subject.index.definitions if one.target_fixture == name]
    if makers:
        return f'put a step before it that makes it, such as "{makers[0].sentence}"'
    targets = [one.target_fixture for one in subject.index.definitions if one.target_fixture]
    close = difflib.get_close_matches(name, [*made, *targets, *subject.fixture_names()], 1)
    hint = f"did you mean {close[0]!r}? Otherwise " if close else ""
    return f"{hint}write the fixture {name!r}, for example in fixtures/"


def _matches(subject: Subject) -> Iterator[Match]:
    """The steps of every pickle, but of an outline without Examples, which is refused as a whole."""
    for pickle, matches in subject.matches:
        if pickle.examples or not pickle.scenario.outline:
            yield from matches


def _shown(definition: Definition) -> str:
    kind = definition.kind.title() if definition.kind else "any step"
    return f'{kind} "{definition.sentence}"  at {definition.place}'


def _kinds(definitions: list[Definition]) -> str:
    return " or ".join(sorted({one.kind.title() for one in definitions if one.kind}))


def _nearest(subject: Subject, text: str) -> str:
    wanted = plain(text).lower()
    sentences: dict[str, Definition] = {}
    for one in subject.index.definitions:
        if one.function.__module__ != "pytest_bdd.plugin":
            sentences.setdefault(plain(one.sentence).lower(), one)
    close = difflib.get_close_matches(wanted, sentences, 3, 0.6)
    if not close:
        return ""
    return "the nearest sentences:\n" + "".join(f"  {_shown(sentences[one])}\n" for one in close)
