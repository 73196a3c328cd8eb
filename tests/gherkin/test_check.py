"""Each reason to refuse a file: that it refuses, what it says, and that what is right passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrials.gherkin.check import IDS, RULES

if TYPE_CHECKING:
    from tests.gherkin.conftest import Suite

RIGHT = """
Feature: x
  Scenario: right
    Given a calculator
    When 1 and 2 are added
    Then the sum is 3
"""


def feature(*lines: str) -> str:
    return "Feature: x\n" + "\n".join(lines) + "\n"


def test_what_is_right_passes(suite: Suite) -> None:
    suite.feature(RIGHT)
    suite.passes(passed=1)


def test_ids_are_unique_and_say_what_they_refuse() -> None:
    assert len(set(IDS)) == len(IDS)
    assert all(rule.refuses for rule in RULES)


CHECKED = ["   Given a calculator", "   Then the sum is 1"]
REFUSED = {
    "duplicate-scenario-name": (
        feature(" Scenario: a", *CHECKED, " Rule: r", "  Scenario: a", *CHECKED),
        ["features/x.feature:6: the scenario of line 2 has the same name", "Scenario: a", "name of its own"],
    ),
    "no-steps": (
        feature(" Scenario: a"),
        ["features/x.feature:2: the scenario has no steps", "write its steps, or remove it"],
    ),
    "no-then": (
        feature(" Scenario: a", "  Given a calculator"),
        ["features/x.feature:2: the scenario has no Then, so it would pass whatever happens"],
    ),
    "outline-without-examples": (
        feature(" Scenario Outline: a", "  Given a calculator", "  Then the sum is <x>"),
        ["features/x.feature:2: the scenario outline has no Examples, so it would not run"],
    ),
    "unknown-placeholder": (
        feature(
            " Scenario Outline: a",
            "  Given a calculator",
            "  When <one> and 2 are added",
            "  Then the sum is <summ>",
            "  Examples:",
            "   | one | sum |",
            "   | 1   | 3   |",
        ),
        [
            "features/x.feature:5: <summ> is no column of the Examples in line 6",
            "Then the sum is <summ>",
            "columns: one, sum",
            "did you mean <sum>?",
        ],
    ),
    "unused-column": (
        feature(
            " Scenario Outline: a",
            "  Given a calculator",
            "  When <one> and 2 are added",
            "  Then the sum is 3",
            "  Examples:",
            "   | one | sum |",
            "   | 1   | 3   |",
        ),
        ["features/x.feature:7: no step of the scenario in line 2 uses the column 'sum'", "use it as <sum>"],
    ),
    "unknown-tag": (
        feature(" @smokee", " Scenario: a", "  Given a calculator", "  Then the sum is 3"),
        ["features/x.feature:2: the tag @smokee is not registered", 'markers = ["smokee: what it means"]'],
    ),
    "undefined-step": (
        feature(" Scenario: a", "  Given a calculater", "  Then the sum is 3"),
        [
            "features/x.feature:3: no step definition says this",
            "Given a calculater",
            'Given "a calculator"  at steps/calculator.py:3',
            'from seatrials import given\n\n\n@given("a calculater")\ndef a_calculater() -> None:\n',
        ],
    ),
    "unknown-fixture": (
        feature(" Scenario: a", "  When 1 and 2 are added", "  Then the sum is 3"),
        [
            "features/x.feature:3: the step asks for the fixture 'sums', which neither exists nor comes from",
            'put a step before it that makes it, such as "a calculator"',
        ],
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_refused(suite: Suite, rule: str) -> None:
    text, messages = REFUSED[rule]
    suite.feature(text)
    output = suite.refused()
    assert f"[{rule}]" in output
    assert "  cure: " in output
    for message in messages:
        assert message in output


@pytest.mark.parametrize("rule", REFUSED)
def test_switched_off(suite: Suite, rule: str) -> None:
    """With its rule switched off the file is collected; a switched-off rule never makes a step pass unrun."""
    text, _ = REFUSED[rule]
    suite.feature(text)
    also = {"unknown-placeholder": ["undefined-step", "unused-column"]}
    allowed = [rule, *also.get(rule, [])]
    suite.write("pyproject.toml", f'[tool.pytest]\nmarkers = ["smoke: quick"]\nseatrials_allow = {allowed}\n')
    result = suite.run("--collect-only", "-q")
    assert result.ret == 0, result.stdout.str()
    assert f"[{rule}]" not in result.stdout.str()


def test_an_undefined_step_that_is_allowed_still_fails(suite: Suite) -> None:
    suite.write("pyproject.toml", '[tool.pytest]\nseatrials_allow = ["undefined-step"]\n')
    suite.feature(REFUSED["undefined-step"][0])
    suite.passes(failed=1).stdout.fnmatch_lines(["*no step definition says this*"])


def test_an_unknown_id_is_an_error(suite: Suite) -> None:
    suite.write("pyproject.toml", '[tool.pytest]\nseatrials_allow = ["no-than"]\n')
    suite.feature(RIGHT)
    result = suite.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "seatrials_allow: there is no check 'no-than'; did you mean 'no-then'?" in result.stderr.str()


def test_a_parse_error_cannot_be_switched_off(suite: Suite) -> None:
    suite.write("pyproject.toml", '[tool.pytest]\nseatrials_allow = ["parse-error"]\n')
    assert suite.run().ret == pytest.ExitCode.USAGE_ERROR


def test_all_problems_of_a_file_are_told_together_and_in_order(suite: Suite) -> None:
    suite.feature(feature(" @oops", " Scenario: a", "  Given nothing", " Scenario: a", "  When 1 and 2 are added"))
    output = suite.refused()
    found = [line for line in output.splitlines() if line.startswith("features/x.feature:")]
    assert [line.split(":")[1] for line in found] == sorted(line.split(":")[1] for line in found)
    for rule in ("unknown-tag", "no-then", "undefined-step", "duplicate-scenario-name", "unknown-fixture"):
        assert f"[{rule}]" in output


def test_a_background_step_is_told_once(suite: Suite) -> None:
    suite.feature(
        feature(
            " Background:",
            "  Given nonsense",
            " Scenario: a",
            "  Then the sum is 1",
            " Scenario: b",
            "  Then the sum is 1",
        )
    )
    assert suite.refused().count("no step definition says this") == 1


def test_a_step_of_another_kind(suite: Suite) -> None:
    suite.feature(feature(" Scenario: a", "  When a calculator", "  Then the sum is 1"))
    output = suite.refused()
    assert "It is a When here, and defined for:" in output
    assert "say it as Given, or define it for When too" in output


def test_ambiguous_steps_name_both_definitions(suite: Suite) -> None:
    suite.steps('@given("a {word}")\ndef anything(word: str) -> None: ...\n')
    suite.feature(RIGHT)
    output = suite.refused()
    assert "features/x.feature:3: 2 step definitions say this  [ambiguous-step]" in output
    assert 'Given "a calculator"  at steps/calculator.py:3' in output
    assert 'Given "a {word}"  at steps/x.py:3' in output


def test_one_sentence_in_two_modules_is_ambiguous(suite: Suite) -> None:
    suite.steps('@given("a calculator")\ndef another() -> None: ...\n')
    suite.feature(RIGHT)
    output = suite.refused()
    assert "[ambiguous-step]" in output
    assert "steps/x.py:3" in output


ARGUMENTS = """
@given("words:")
def words(docstring: str) -> None: ...

@given("rows:")
def rows(datatable: list[list[str]]) -> None: ...

@given("maybe words")
def maybe(docstring: str | None = None) -> None: ...

@then("fine")
def fine() -> None: ...
"""


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["  Given words:"], "the step needs a doc string below it"),
        (["  Given rows:"], "the step needs a table below it"),
        (["  Given rows:", '  """', '  """'], "the step does not take a doc string, so it would be ignored"),
        (["  Given words:", "  | a |"], "the step does not take a table, so it would be ignored"),
        (["  Given maybe words", "  | a |"], "the step does not take a table, so it would be ignored"),
    ],
)
def test_arguments_that_do_not_fit(suite: Suite, lines: list[str], message: str) -> None:
    suite.steps(ARGUMENTS)
    suite.feature(feature(" Scenario: a", *lines, "  Then fine"))
    output = suite.refused()
    assert f"features/x.feature:3: {message}  [argument-mismatch]" in output
    assert "at steps/x.py:" in output


def test_arguments_that_fit(suite: Suite) -> None:
    suite.steps(ARGUMENTS)
    lines = ["  Given words:", '  """', '  """', "  And rows:", "  | a |", "  And maybe words"]
    suite.feature(feature(" Scenario: a", *lines, "  And maybe words", '  """', '  """', "  Then fine"))
    suite.passes(passed=1)


def test_a_value_that_a_type_refuses(suite: Suite) -> None:
    suite.steps(
        """
        from datetime import date
        from seatrials import parameter_type
        parameter_type("date", r"\\d{4}-\\d\\d-\\d\\d", date.fromisoformat)
        @then("it ends on {date}")
        def ends(day: date) -> None: ...
        """.replace("\n        ", "\n")
    )
    suite.feature(feature(" Scenario: a", "  Then it ends on 2026-02-30"))
    output = suite.refused()
    assert "features/x.feature:3: a value of the sentence is refused: day is out of range for month" in output
    suite.feature(feature(" Scenario: a", "  Then it ends on 2026-02-28"))
    suite.passes(passed=1)


def test_the_fixture_that_was_meant(suite: Suite) -> None:
    suite.write("fixtures/x.py", "import pytest\n@pytest.fixture\ndef database(): ...\n")
    suite.steps('@then("rows")\ndef rows(*, databse: object) -> None: ...\n')
    suite.feature(feature(" Scenario: a", "  Then rows"))
    assert "did you mean 'database'?" in suite.refused()


def test_a_fixture_that_a_later_step_makes(suite: Suite) -> None:
    suite.feature(feature(" Scenario: a", "  When 1 and 2 are added", "  Given a calculator", "  Then the sum is 3"))
    assert "a later step of the scenario in line 2 makes it: put that step first" in suite.refused()


def test_examples_tables_without_rows(suite: Suite) -> None:
    suite.feature(
        feature(" Scenario Outline: a", "  Given a calculator", "  Then the sum is <x>", "  Examples:", "  | x |")
    )
    output = suite.refused()
    assert "features/x.feature:5: the Examples have no rows, so nothing would run" in output
    assert "[undefined-step]" not in output


def test_a_column_that_is_there_twice(suite: Suite) -> None:
    lines = [
        " Scenario Outline: a",
        "  Given a calculator",
        "  Then the sum is <x>",
        "  Examples:",
        "  | x | x |",
    ]
    suite.feature(feature(*lines, "  | 1 | 2 |"))
    assert "features/x.feature:6: the column 'x' is there twice" in suite.refused()


def test_async_steps_of_pytest_bdd(suite: Suite) -> None:
    suite.write("steps/x.py", "from pytest_bdd import then\n@then('it is there')\nasync def there(): assert False\n")
    suite.feature(feature(" Scenario: a", "  Then it is there"))
    output = suite.refused()
    assert "features/x.feature:3: the step's function is async, and nothing would run it  [async-step]" in output
    assert "steps/x.py:2" in output


def test_a_placeholder_in_a_background(suite: Suite) -> None:
    suite.feature(
        feature(
            " Background:",
            "  Given a <what>",
            " Scenario Outline: a",
            "  Then the sum is <what>",
            "  Examples:",
            "  | what |",
            "  | 1 |",
        )
    )
    output = suite.refused()
    assert "features/x.feature:3: <what> is not filled in here" in output
    assert "[undefined-step]" not in output


def test_markup_in_a_doc_string_is_no_placeholder(suite: Suite) -> None:
    suite.steps('@then("shows {int}:")\ndef shows(n: int, docstring: str) -> None: ...\n')
    lines = [" Scenario Outline: a", "  Then shows <n>:", '  """', "  <p class='x'>1 <b>2</b></p>", '  """']
    suite.feature(feature(*lines, "  Examples:", "  | n |", "  | 1 |"))
    suite.passes(passed=1)


def test_a_misspelt_placeholder_in_a_doc_string(suite: Suite) -> None:
    suite.steps('@then("shows {int}:")\ndef shows(n: int, docstring: str) -> None: ...\n')
    lines = [" Scenario Outline: a", "  Then shows <n>:", '  """', '  {"n": <nn>}', '  """']
    suite.feature(feature(*lines, "  Examples:", "  | n |", "  | 1 |"))
    assert "<nn> is no column" in suite.refused()


def test_a_snippet_can_be_pasted(suite: Suite) -> None:
    """The proposed definition makes the step defined, and does not let it pass."""
    text = feature(" Scenario: a", '  Then "Ada" pays 2.5/3 (EUR) {now} for 2 or 3:', "  | a |")
    suite.feature(text)
    output = suite.refused()
    code = output[output.index("from seatrials import then") : output.index("raise NotImplementedError")]
    suite.write("steps/pasted.py", f"{code}raise NotImplementedError\n")
    suite.passes(failed=1).stdout.fnmatch_lines(["*NotImplementedError*"])
