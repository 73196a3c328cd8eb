"""Running steps: values, fixtures, clean-up, and the hooks of pytest-bdd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gherkin.conftest import Suite


def said(result: pytest.RunResult) -> list[str]:
    """What the suite printed for the test, without the marker in front."""
    return [line.split("> ", 1)[1] for line in result.stdout.lines if line.startswith("> ") or " > " in line]


def test_values_then_the_doc_string_or_table_then_fixtures(suite: Suite) -> None:
    suite.write("fixtures/x.py", "import pytest\n@pytest.fixture\ndef client(): return 'client'\n")
    suite.steps(
        """
@when("{string} sends {int}:")
def send(name: str, number: int, docstring: str, *, client: str) -> None:
    print("\\n>", repr((name, number, docstring, client)))

@then("these are there:")
def there(datatable: list[list[str]], *, client: str) -> None:
    datatable.append(["more"])
    print(">", datatable, client)
"""
    )
    suite.feature(
        '''
        Feature: x
          Scenario Outline: a
            When "Ada" sends <n>:
              """
              {"n": <n>}
              """
            Then these are there:
              | n   |
              | <n> |
            Examples:
              | n |
              | 7 |
        '''
    )
    assert said(suite.passes("-s", passed=1)) == [
        "('Ada', 7, '{\"n\": 7}', 'client')",
        "[['n'], ['7'], ['more']] client",
    ]


def test_what_a_step_returns_becomes_a_fixture_and_replaces_one(suite: Suite) -> None:
    suite.write("fixtures/x.py", "import pytest\n@pytest.fixture\ndef user(): return 'nobody'\n")
    suite.steps(
        """
@given("user {word}", target_fixture="user")
def user(name: str) -> str:
    return name

@then("it is {word}")
def check(name: str, *, user: str) -> None:
    assert user == name
"""
    )
    suite.feature(
        """
        Feature: x
          Scenario: a
            Then it is nobody
            Given user Ada
            Then it is Ada
            Given user Bob
            Then it is Bob
          Scenario: b
            Then it is nobody
        """
    )
    suite.passes(passed=2)


def test_a_step_that_yields_cleans_up_at_the_end_in_reverse_order(suite: Suite) -> None:
    suite.steps(
        """
@given("thing {int}", target_fixture="thing")
def thing(number: int):
    print("\\n> made", number)
    yield number
    print("\\n> removed", number)

@then("it is {int}")
def check(number: int, *, thing: int) -> None:
    print("> checked", thing)
    assert thing == number
"""
    )
    suite.feature("Feature: x\n Scenario: a\n  Given thing 1\n  And thing 2\n  Then it is 3\n")
    assert said(suite.passes("-s", failed=1)) == ["made 1", "made 2", "checked 2", "removed 2", "removed 1"]


def test_after_a_failing_step_the_rest_does_not_run(suite: Suite) -> None:
    suite.steps('@then("it prints")\ndef prints() -> None:\n    print("> ran")\n')
    suite.feature(
        "Feature: x\n Scenario: a\n  Given a calculator\n  When 1 and 1 are added\n  Then the sum is 3\n"
        "  And it prints\n"
    )
    assert not said(suite.passes("-s", failed=1))


def test_a_step_may_skip_its_scenario(suite: Suite) -> None:
    suite.steps('@given("not here")\ndef not_here() -> None:\n    pytest.skip("not on this machine")\n')
    suite.feature(
        "Feature: x\n Scenario: a\n  Given not here\n  Then the sum is 3\n".replace(
            "Given not", "Given a calculator\n  And not"
        )
    )
    suite.passes("-rs", skipped=1).stdout.fnmatch_lines(["*not on this machine*"])


@pytest.mark.parametrize("verdict", [True, False])
def test_a_check_that_returns_its_verdict_fails(suite: Suite, verdict: bool) -> None:
    suite.steps(f'@then("it is so")\ndef so() -> bool:\n    return {verdict}\n')
    suite.feature("Feature: x\n Scenario: a\n  Then it is so\n")
    result = suite.passes(failed=1)
    result.stdout.fnmatch_lines([f"*the check returned {verdict}, which pytest does not look at"])
    result.stdout.fnmatch_lines(["*cure:  write assert … in place of return …"])


STEPS = """
from pytest_bdd import given, parsers, step, then, when

@given("a thing", target_fixture="thing")
def thing():
    return 5

@given(parsers.parse("{count:d} parts"), converters={"count": str}, target_fixture="parts")
def parts(thing, count):
    yield thing, count

@when(parsers.re(r"it is (?P<how>\\w+)"))
def painted(how, parts):
    assert parts == (5, "3")

@step(parsers.cfparse("it holds {count:d}:"))
def holds(datatable, count):
    assert count == len(datatable)

@then("it says:")
def says(docstring):
    assert docstring == "words"

@then("it fails")
def fails():
    raise ValueError("no")
"""
FEATURE = '''
@smoke
Feature: Things
  Words.

  Background:
    Given a thing

  Rule: painting
    @slow
    Scenario Outline: painted <colour>
      Given 3 parts
      When it is <colour>
      And it holds 2:
        | <colour> |
        | b        |
      Then it says:
        """
        words
        """
      Examples:
        | colour |
        | red    |

  Scenario: broken
    Given 3 parts
    Then it fails
    But it says:
      """
      words
      """
'''
HOOKS = """
def tell(name, request, feature, scenario, step=None, args=None, exception=None):
    parts = [name, feature.name, feature.line_number, feature.language, feature.keyword, sorted(feature.tags),
             feature.description.strip(), scenario.name, scenario.keyword, scenario.line_number,
             sorted(scenario.tags), scenario.rule and scenario.rule.name, len(scenario.steps),
             type(request).__name__]
    if step is not None:
        parts += [step.keyword, step.type, step.name, step.line_number, step.indent, step.docstring,
                  step.datatable and step.datatable.raw(), type(step).__name__]
    with open("hooks.txt", "a") as file:
        print(*parts, args, repr(exception), file=file)

def pytest_bdd_before_scenario(request, feature, scenario):
    tell("before_scenario", request, feature, scenario)
def pytest_bdd_after_scenario(request, feature, scenario):
    tell("after_scenario", request, feature, scenario)
def pytest_bdd_before_step(request, feature, scenario, step, step_func):
    tell("before_step", request, feature, scenario, step, step_func.__name__)
def pytest_bdd_before_step_call(request, feature, scenario, step, step_func, step_func_args):
    tell("before_step_call", request, feature, scenario, step, sorted(step_func_args.items()))
def pytest_bdd_after_step(request, feature, scenario, step, step_func, step_func_args):
    tell("after_step", request, feature, scenario, step, sorted(step_func_args.items()))
def pytest_bdd_step_error(request, feature, scenario, step, step_func, step_func_args, exception):
    tell("step_error", request, feature, scenario, step, sorted(step_func_args.items()), exception)
"""


def test_hooks_are_called_as_pytest_bdd_calls_them(suite: Suite) -> None:
    """The same feature, run by pytest-bdd and by us: the same hooks, in the same order, told the same."""
    heard = {}
    for runner in ("pytest-bdd", "seatrials"):
        folder = runner.replace("-", "_")
        suite.feature(FEATURE, f"{folder}/things.feature")
        suite.write(f"{folder}/conftest.py", STEPS + HOOKS)
        if runner == "pytest-bdd":
            suite.write(f"{folder}/test_things.py", "from pytest_bdd import scenarios\nscenarios('things.feature')\n")
            suite.passes(f"{folder}/test_things.py", passed=1, failed=1)
        else:
            suite.passes(folder, passed=1, failed=1)
        file = suite.pytester.path / "hooks.txt"
        heard[runner] = file.read_text().splitlines()
        file.unlink()
    assert len(heard["pytest-bdd"]) == 5 * 3 + 2 + 2 * 3 + 2 + 3
    assert heard["seatrials"] == heard["pytest-bdd"]


def test_the_reports_of_pytest_bdd_work(suite: Suite) -> None:
    suite.feature(FEATURE)
    suite.write("conftest.py", STEPS)
    suite.passes("--cucumberjson=out.json", "--gherkin-terminal-reporter", "-v", passed=1, failed=1)
    assert '"Scenario Outline"' in (suite.pytester.path / "out.json").read_text()
