"""Scenarios as pytest items: names, selection, marks, fixtures, and what existing pytest-bdd suites keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gherkin.conftest import Suite

SUMS = """
@smoke
Feature: Sums
  Background:
    Given a calculator

  Scenario: small ones
    When 1 and 2 are added
    Then the sum is 3

  Rule: big ones are slow
    @slow
    Scenario Outline: sum of <a> and <b>
      When <a> and <b> are added
      Then the sum is <sum>

      Examples:
        | a   | b   | sum |
        | 100 | 1   | 101 |
        | 100 | 200 | 300 |
"""
IDS = [
    "features/x.feature::small ones",
    "features/x.feature::sum of <a> and <b>[100-1-101]",
    "features/x.feature::sum of <a> and <b>[100-200-300]",
]


def collected(suite: Suite, *args: str) -> list[str]:
    lines = suite.run("--collect-only", "-q", *args).stdout.lines
    return [line for line in lines if "::" in line]


def test_node_ids(suite: Suite) -> None:
    suite.feature(SUMS)
    assert collected(suite) == IDS
    suite.passes(passed=3)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["features"], IDS),
        (["features/x.feature"], IDS),
        (["features/x.feature", "features"], IDS),
        (IDS[:1], IDS[:1]),
        (IDS[1:2], IDS[1:2]),
        (["features/x.feature::sum of <a> and <b>"], IDS[1:]),
        (["-k", "small"], IDS[:1]),
        (["-k", "200"], IDS[2:]),
        (["-m", "smoke and not slow"], IDS[:1]),
        (["-m", "slow"], IDS[1:]),
        (["features/x.feature:7"], IDS[:1]),
        (["features/x.feature:8"], IDS[:1]),
        (["features/x.feature:2"], IDS),
        (["features/x.feature:4"], IDS),
        (["features/x.feature:10"], IDS[1:]),
        (["features/x.feature:11"], IDS[1:]),
        (["features/x.feature:13"], IDS[1:]),
        (["features/x.feature:16"], IDS[1:]),
        (["features/x.feature:19"], IDS[2:]),
        (["features/x.feature:7:19"], [IDS[0], IDS[2]]),
        (["features/x.feature:7", "features/x.feature:19"], [IDS[0], IDS[2]]),
        (["features/x.feature:19", "-m", "not slow"], []),
    ],
)
def test_selection(suite: Suite, args: list[str], expected: list[str]) -> None:
    suite.feature(SUMS)
    assert collected(suite, *args) == expected


def test_a_line_that_selects_nothing(suite: Suite) -> None:
    suite.feature(SUMS)
    result = suite.run("features/x.feature:9")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    error = result.stderr.str()
    assert "features/x.feature:9 selects no scenario" in error
    assert "  features/x.feature:6  small ones\n  features/x.feature:12  sum of <a> and <b>" in error


def test_a_line_of_a_file_that_is_not_there(suite: Suite) -> None:
    result = suite.run("features/y.feature:3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "file or directory not found: features/y.feature" in result.stderr.str()


def test_a_line_of_a_broken_file_tells_what_is_broken(suite: Suite) -> None:
    suite.feature("Feature: x\n nonsense\nScenario: a\nThen b\nnonsense\n")
    assert "features/x.feature:5:1: this cannot stand here" in suite.refused("features/x.feature:3")


def test_a_name_in_a_broken_file_tells_what_is_broken(suite: Suite) -> None:
    suite.feature("Feature: x\n Scenario: a\n  Then nothing\n")
    output = suite.run("features/x.feature::a").stdout.str()
    assert "features/x.feature:3: no step definition says this" in output


def test_last_failed(suite: Suite) -> None:
    suite.feature(SUMS.replace("| 300 |", "| 301 |"))
    suite.passes(passed=2, failed=1)
    result = suite.passes("--lf", failed=1)
    result.stdout.fnmatch_lines(["*200-301? -*"])


def test_lines_from_another_folder(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    suite.feature(SUMS)
    monkeypatch.chdir(suite.pytester.path / "features")
    suite.passes("x.feature:7", "--rootdir", "..", "-c", "../pyproject.toml", passed=1)


def test_the_conftest_beside_a_feature_counts_when_a_line_is_selected(suite: Suite) -> None:
    suite.feature(SUMS)
    suite.write("features/conftest.py", "def pytest_addoption(parser):\n    parser.addoption('--there')\n")
    suite.passes("features/x.feature:7", "--there=1", passed=1)


def test_an_empty_feature_is_no_error(suite: Suite) -> None:
    suite.feature("")
    suite.feature("Feature: nothing yet\n  Some words.\n", "features/y.feature")
    assert suite.run().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_where_an_item_is(suite: Suite) -> None:
    suite.feature(SUMS)
    suite.write(
        "conftest.py",
        "def pytest_itemcollected(item):\n    print('at', *item.location[:2], *item.reportinfo()[1:])\n",
    )
    result = suite.run("--collect-only", "-s")
    result.stdout.fnmatch_lines(["*at features/x.feature 5 5 small ones", "*at features/x.feature 18 18 sum of*"])


def test_autouse_fixtures_and_usefixtures(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        """
        import pytest

        @pytest.fixture(autouse=True)
        def around():
            print("[around")
            yield
            print("around]")

        @pytest.fixture
        def asked():
            print("[asked]")

        def pytest_bdd_apply_tag(tag, function):
            if tag == "with:asked":
                pytest.mark.usefixtures("asked")(function)
                return True
        """,
    )
    suite.feature(SUMS.replace("  Scenario: small", "  @with:asked\n  Scenario: small"))
    result = suite.passes("-s", "features/x.feature:8", passed=1)
    result.stdout.fnmatch_lines(["*[[]around", "[[]asked[]]", "*around[]]"])


def test_a_tag_such_as_skip_works(suite: Suite) -> None:
    suite.feature(SUMS.replace("@slow", "@skip"))
    suite.passes(passed=1, skipped=2)


def test_needs(suite: Suite) -> None:
    suite.write(
        "fixtures/x.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def engine(): ...

        @pytest.fixture
        def database(engine): ...

        @pytest.fixture
        def unused(): ...

        @pytest.fixture(autouse=True)
        def clock(): ...

        @pytest.fixture
        def sums(unused):
            return [3]
        """,
    )
    suite.steps("@then('it is stored')\ndef stored(*, database: object, sums: list[int]) -> None: ...\n")
    suite.write("conftest.py", "def pytest_itemcollected(item):\n    print('needs', *sorted(item.needs))\n")
    suite.feature(
        """
        Feature: x
          Scenario: made by a step
            Given a calculator
            Then it is stored
          Scenario: taken from the fixture
            Then it is stored
        """
    )
    lines = [line for line in suite.run("--collect-only", "-s").stdout.lines if line.startswith("needs")]
    assert lines == ["needs clock database engine request", "needs clock database engine request sums unused"]


def test_bound_steps_are_public(suite: Suite) -> None:
    suite.feature(SUMS)
    suite.write(
        "conftest.py",
        """
        def pytest_itemcollected(item):
            for bound in item.bound:
                print("bound", item.pickle.name, bound.step.text, bound.definition.sentence, bound.arguments)
        """,
    )
    result = suite.run("--collect-only", "-s")
    result.stdout.fnmatch_lines(
        ["*bound sum of 100 and 1 100 and 1 are added {int} and {int} are added {'one': 100, 'other': 1}"]
    )


def test_definitions_in_a_conftest_are_seen_below_it_only(suite: Suite) -> None:
    definition = "from seatrials import then\n@then('{word} is near')\ndef near(word):\n    print('from', __file__)\n"
    suite.write("features/a/conftest.py", definition)
    feature = "Feature: x\n  Scenario: a\n    Then it is near\n"
    suite.feature(feature, "features/a/x.feature")
    suite.passes(passed=1)
    suite.feature(feature, "features/b/x.feature")
    assert "features/b/x.feature:3: no step definition says this" in suite.refused()


def test_a_nearer_definition_of_the_same_sentence_wins(suite: Suite) -> None:
    definition = "from seatrials import then\n@then('it is near')\ndef near():\n    print('here', __file__)\n"
    suite.write("steps/y.py", definition)
    suite.write("conftest.py", definition)
    suite.write("features/a/conftest.py", definition)
    feature = "Feature: x\n  Scenario: a\n    Then it is near\n"
    suite.feature(feature, "features/a/x.feature")
    suite.feature(feature, "features/b/x.feature")
    lines = [line for line in suite.passes("-s", passed=2).stdout.lines if "here" in line]
    assert [line.rpartition(str(suite.pytester.path))[2] for line in lines] == [
        "/features/a/conftest.py",
        "/conftest.py",
    ]


BOUND_IN_PYTHON = """
from pytest_bdd import given, scenarios, then

scenarios("x.feature")

@given("a thing", target_fixture="thing")
def thing():
    return 1

@then("it is there")
def there(thing):
    assert thing
"""
THING = "Feature: x\n  Scenario: a\n    Given a thing\n    Then it is there\n"


@pytest.mark.parametrize("folder", ["tests", "a_tests"])
def test_a_pytest_bdd_suite_runs_unchanged_and_once(suite: Suite, folder: str) -> None:
    suite.feature(THING, f"{folder}/x.feature")
    suite.write(f"{folder}/test_x.py", BOUND_IN_PYTHON)
    suite.passes(passed=1).stdout.fnmatch_lines([f"{folder}/test_x.py .*"])


def test_a_scenario_that_both_could_run_runs_once(suite: Suite) -> None:
    suite.feature(THING, "tests/x.feature")
    suite.write("tests/test_x.py", BOUND_IN_PYTHON.replace("scenarios(", "scenarios(").split("@given")[0])
    suite.write("tests/conftest.py", BOUND_IN_PYTHON.replace('scenarios("x.feature")', ""))
    suite.passes(passed=1)


def test_a_scenario_that_no_module_binds_is_still_refused(suite: Suite) -> None:
    suite.feature(THING + "  Scenario: b\n    Given nothing\n    Then it is there\n", "tests/x.feature")
    suite.write(
        "tests/test_x.py",
        BOUND_IN_PYTHON.replace('scenarios("x.feature")', "").replace(
            "import given, scenarios", "import given, scenario"
        )
        + "\n@scenario('x.feature', 'a')\ndef test_a(): ...\n",
    )
    result = suite.run()
    result.assert_outcomes(errors=1)
    assert "tests/x.feature:6: no step definition says this" in result.stdout.str()


def test_the_first_broken_file_ends_the_run_where_that_is_asked_for(suite: Suite) -> None:
    for name in ("a", "b"):
        suite.feature("Feature: x\n Scenario: a\n  Then nothing\n", f"features/{name}.feature")
    suite.feature(SUMS)
    suite.passes(errors=2)
    suite.passes("-x", errors=1)
    suite.passes("--continue-on-collection-errors", errors=2, passed=3)


def test_workers_of_xdist_refuse_a_broken_file(suite: Suite) -> None:
    suite.feature("Feature: x\n Scenario: a\n  Then nothing\n")
    result = suite.pytester.runpytest_subprocess("-n", "2")
    assert result.ret != 0
    assert "features/x.feature:3: no step definition says this" in result.stdout.str()
    assert "passed" not in result.parseoutcomes()


def test_workers_of_xdist_collect_and_explain_the_same(suite: Suite) -> None:
    suite.feature(SUMS.replace("| 300 |", "| 301 |"))
    result = suite.pytester.runpytest_subprocess("-n", "2", "features/x.feature:7:19")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*✗ Then the sum is 301*", "*assert 300 == 301", "FAILED *200-301? - assert 300 == 301"]
    )
