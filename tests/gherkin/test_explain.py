"""A failure that explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gherkin.conftest import Suite

WRONG = """
Feature: Sums
  Scenario: wrong
    Given a calculator
    When 1 and 2 are added
    Then the sum is 4
    And the sum is 3
"""


def test_the_whole_explanation(suite: Suite) -> None:
    suite.feature(WRONG)
    result = suite.passes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "Sums › wrong",
            "features/x.feature:2",
            "",
            "  ✓ Given a calculator        * s",
            "  ✓ When 1 and 2 are added    * s",
            "  ✗ Then the sum is 4         * s",
            "",
            "      assert 3 == 4",
            "",
            "      features/x.feature:5",
            "      defined at steps/calculator.py:11",
            "",
            "  – And the sum is 3",
            "",
            "  run it again: pytest features/x.feature:2",
        ],
        consecutive=True,
    )
    result.stdout.fnmatch_lines(["FAILED features/x.feature::wrong - assert 3 == 4"])
    assert "def check" not in result.stdout.str()
    assert "_pytest" not in result.stdout.str()


def test_the_command_runs_just_that_row_again(suite: Suite) -> None:
    suite.feature(
        """
        Feature: Sums
          Scenario Outline: sum
            Given a calculator
            When 1 and 2 are added
            Then the sum is <sum>
            Examples:
              | sum |
              | 3   |
              | 4   |
        """
    )
    result = suite.passes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["  run it again: pytest features/x.feature:9"])
    suite.passes("features/x.feature:9", failed=1)


def test_the_command_can_be_pasted(suite: Suite) -> None:
    suite.feature(WRONG, "features/two words.feature")
    suite.passes(failed=1).stdout.fnmatch_lines(["  run it again: pytest 'features/two words.feature:2'"])


def failing(suite: Suite, body: str, *args: str) -> str:
    suite.steps(f'from seatrials import SeatrialsError\n@then("it fails")\ndef fails() -> None:\n    {body}\n')
    suite.feature("Feature: x\n Scenario: a\n  Then it fails\n")
    return suite.passes(*args, failed=1).stdout.str()


def test_an_assertion_with_a_message(suite: Suite) -> None:
    output = failing(suite, "x = [1, 2]\n    assert len(x) == 3, 'the wrong length'")
    assert "      the wrong length\n      assert 2 == 3\n       +  where 2 = len([1, 2])\n" in output


def test_an_assertion_that_says_nothing_shows_where_it_is(suite: Suite) -> None:
    output = failing(suite, "raise AssertionError")
    assert "steps/x.py:6: in fails" in output
    assert "AssertionError" in output


@pytest.mark.parametrize(
    "body",
    ["raise SeatrialsError('no answer', cure='start it')", "pytest.fail('no answer\\n  cure:  start it')"],
)
def test_what_is_told_to_people_has_no_traceback(suite: Suite, body: str) -> None:
    output = failing(suite, body)
    assert "      no answer\n        cure:  start it\n" in output
    assert "in fails" not in output
    assert "FAILED features/x.feature::a - no answer" in output


def test_other_exceptions_show_the_step_and_what_it_called(suite: Suite) -> None:
    output = failing(suite, "helper()\n\ndef helper() -> None:\n    raise ValueError('oops')")
    assert "steps/x.py:6: in fails" in output
    assert "steps/x.py:9: in helper" in output
    assert "ValueError: oops" in output
    assert "seatrials/gherkin" not in output
    assert "pluggy/" not in output
    assert "FAILED features/x.feature::a - ValueError: oops" in output


@pytest.mark.parametrize("option", ["--tb=long", "--full-trace"])
def test_the_traceback_is_there_on_request(suite: Suite, option: str) -> None:
    output = failing(suite, "assert 1 == 2", option)
    assert "steps/x.py:6: AssertionError" in output
    assert "  ✗ Then it fails" in output
    assert ("run.py" in output) == (option == "--full-trace")


def test_tb_line_and_tb_no(suite: Suite) -> None:
    suite.feature(WRONG)
    assert "features/x.feature:5: assert 3 == 4" in suite.run("--tb=line").stdout.str()
    assert "Sums" not in suite.run("--tb=no").stdout.str()


def test_a_fixture_that_fails_is_told_below_its_step(suite: Suite) -> None:
    suite.write(
        "fixtures/x.py",
        "import pytest\nfrom seatrials import SeatrialsError\n"
        "@pytest.fixture\ndef service(): raise SeatrialsError('exited at once')\n"
        "@pytest.fixture\ndef broken(): raise ValueError('oops')\n",
    )
    suite.steps('@then("a")\ndef a(*, service: object): ...\n@then("b")\ndef b(*, broken: object): ...\n')
    suite.feature("Feature: x\n Scenario: a\n  Then a\n Scenario: b\n  Then b\n")
    output = suite.passes(failed=2).stdout.str()
    assert "  ✗ Then a" in output
    assert "      exited at once\n" in output
    assert "fixtures/x.py:6: in broken" in output
    assert "seatrials/gherkin" not in output


def test_setup_and_teardown_of_other_fixtures(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        "import pytest\nfrom seatrials import SeatrialsError\n"
        "@pytest.fixture(autouse=True)\ndef around(request):\n"
        "    if request.node.name == 'before': raise SeatrialsError('no engine', cure='start it')\n"
        "    yield\n    raise ValueError('left over')\n",
    )
    steps = "  Given a calculator\n  When 1 and 2 are added\n  Then the sum is"
    suite.feature(f"Feature: x\n Scenario: before\n{steps} 3\n Scenario: after\n{steps} 4\n")
    output = suite.passes(errors=2, failed=1).stdout.str()
    assert (
        "x › before\nfeatures/x.feature:2\n\n  no engine\n    cure:  start it\n\n"
        "  run it again: pytest features/x.feature:2\n"
    ) in output
    assert "– Given a calculator" not in output
    assert "ValueError: left over" in output
    assert output.count("✗ Then the sum is 4") == 1
