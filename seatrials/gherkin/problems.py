"""What is wrong with a .feature file, told so that a reader can put it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Problem:
    """One refusal: the id of the rule, where, the offending text, what is wrong, the cure, and lines that
    help.

    `code` is Python to paste, shown unindented.
    """

    rule: str
    line: int
    text: str
    what: str
    cure: str
    details: str = ""
    column: int = 0
    code: str = ""


class FeatureProblems(pytest.Collector.CollectError):
    """All problems of one file, as one collection error that pytest shows without a Python traceback."""

    def __init__(self, uri: str, problems: Sequence[Problem]) -> None:
        self.uri = uri
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        super().__init__("\n\n".join(render(uri, problem) for problem in self.problems))


def render(uri: str, problem: Problem) -> str:
    """The problem as text, without a line end after it."""
    place = f"{uri}:{problem.line}" + (f":{problem.column}" if problem.column else "")
    lines = [f"{place}: {problem.what}  [{problem.rule}]"]
    if problem.text:
        lines.append(f"    {problem.text}")
    lines += [f"  {line}".rstrip() for line in problem.details.splitlines()]
    lines.append(f"  cure: {problem.cure}")
    if problem.code:
        lines += ["", problem.code]
    return "\n".join(lines)
