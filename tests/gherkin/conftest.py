"""A small suite inside a test: features, steps, and a run of pytest over them."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

import pytest

CALCULATOR = """
from seatrials import given, then, when

@given("a calculator", target_fixture="sums")
def calculator() -> list[int]:
    return []

@when("{int} and {int} are added")
def add(one: int, other: int, *, sums: list[int]) -> None:
    sums.append(one + other)

@then("the sum is {int}")
def check(expected: int, *, sums: list[int]) -> None:
    assert sums[-1] == expected
"""


@dataclass
class Suite:
    """`pytester` with the folders of a suite."""

    pytester: pytest.Pytester

    def write(self, path: str, text: str) -> None:
        """A file of the suite, without the indentation that the text has in the test."""
        file = self.pytester.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def feature(self, text: str, name: str = "features/x.feature") -> None:
        """A feature file."""
        self.write(name, text)

    def steps(self, text: str, name: str = "steps/x.py") -> None:
        """Step definitions; the decorators and pytest are imported for them."""
        self.write(name, "import pytest\nfrom seatrials import given, step, then, when\n" + dedent(text))

    def run(self, *args: str) -> pytest.RunResult:
        """Run pytest in this process."""
        return self.pytester.runpytest_inprocess("-p", "no:randomly", *args)

    def passes(self, *args: str, **outcomes: int) -> pytest.RunResult:
        """Run pytest; the counts must be these."""
        result = self.run(*args)
        result.assert_outcomes(**outcomes)
        return result

    def refused(self, *args: str) -> str:
        """Run pytest; it must end in a collection error with nothing run. What it printed."""
        result = self.run(*args)
        assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR), result.stdout.str()
        assert "Traceback" not in result.stdout.str()
        counts = result.parseoutcomes()
        assert set(counts) <= {"error", "errors"}, counts
        return result.stdout.str()


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Suite:
    """A suite without features, with the steps of a calculator."""
    made = Suite(pytester)
    made.write("pyproject.toml", '[tool.pytest]\nmarkers = ["smoke: quick", "slow: slow"]\n')
    made.write("steps/calculator.py", CALCULATOR)
    return made
