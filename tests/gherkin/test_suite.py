"""The suite's folders: found, imported, registered, and what is told when that fails."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gherkin.conftest import Suite

FEATURE = "Feature: x\n Scenario: a\n  Then it is 1\n"
STEP = "from seatrials import then\n@then('it is {int}')\ndef check(n, *, one):\n    assert one == n\n"
FIXTURE = "import pytest\n@pytest.fixture\ndef one(): return 1\n"


def test_folders_of_other_names(suite: Suite) -> None:
    suite.write(
        "pyproject.toml",
        '[tool.pytest]\nseatrials_steps = "acceptance/sentences"\nseatrials_fixtures = "acceptance/systems"\n',
    )
    suite.write("acceptance/sentences/x.py", STEP)
    suite.write("acceptance/systems/x.py", FIXTURE)
    suite.feature(FEATURE, "acceptance/x.feature")
    suite.passes(passed=1)


def test_folders_below_and_modules_that_are_not_loaded(suite: Suite) -> None:
    suite.write("steps/shop/x.py", STEP + "from steps.shop._help import there\n")
    suite.write("steps/shop/_help.py", "there = True\n")
    suite.write("steps/_draft.py", "raise ValueError\n")
    suite.write("fixtures/x.py", FIXTURE)
    suite.feature(FEATURE)
    suite.passes(passed=1)


def test_modules_import_each_other_and_the_conftest_imports_them(suite: Suite) -> None:
    suite.write("fixtures/values.py", "ONE = 1\n")
    suite.write("fixtures/x.py", FIXTURE.replace("return 1", "return ONE") + "from fixtures.values import ONE\n")
    suite.write("conftest.py", "from fixtures.values import ONE\n")
    suite.write("steps/x.py", STEP)
    suite.feature(FEATURE)
    suite.passes("-W", "error", passed=1)


def test_packages_with_init(suite: Suite) -> None:
    suite.write("fixtures/__init__.py", "ONE = 1\n")
    suite.write("fixtures/x.py", "from fixtures import ONE\n" + FIXTURE.replace("return 1", "return ONE"))
    suite.write("steps/x.py", STEP)
    suite.feature(FEATURE)
    suite.passes(passed=1)


def test_plugins_have_readable_names(suite: Suite) -> None:
    suite.write("fixtures/x.py", FIXTURE)
    suite.write(
        "conftest.py",
        "def pytest_sessionstart(session):\n"
        "    print([n for n, _ in session.config.pluginmanager.list_name_plugin() if n.endswith('x.py')])\n",
    )
    suite.run("-s").stdout.fnmatch_lines(["[[]'fixtures/x.py'[]]"])


def test_an_installed_package_of_the_same_name_is_not_in_the_way(suite: Suite) -> None:
    suite.write("site/fixtures/__init__.py", "raise ValueError('the wrong one')\n")
    suite.pytester.syspathinsert(suite.pytester.path / "site")
    suite.write("fixtures/x.py", FIXTURE)
    suite.write("steps/x.py", STEP)
    suite.feature(FEATURE)
    suite.passes(passed=1)


def test_a_loaded_package_of_the_same_name_is_told(suite: Suite) -> None:
    suite.write("site/sentences/__init__.py", "")
    suite.write("pyproject.toml", '[tool.pytest]\nseatrials_steps = "sentences"\n')
    suite.write("sentences/x.py", STEP)
    suite.write("early.py", "import sys\nsys.path.insert(0, 'site')\nimport sentences\n")
    suite.pytester.syspathinsert()
    result = suite.run("-p", "early")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "a package named 'sentences' is already loaded, from" in result.stderr.str()
    assert 'seatrials_steps = "…"' in result.stderr.str()


def test_a_session_inside_another_has_its_own_folders(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("steps", "steps.calculator"):
        outer = ModuleType(name)
        vars(outer).update(__seatrials_folder__="/another/suite/steps", __path__=["/another/suite/steps"])
        monkeypatch.setitem(sys.modules, name, outer)
    suite.feature("Feature: x\n Scenario: a\n  Given a calculator\n  When 1 and 2 are added\n  Then the sum is 3\n")
    suite.passes(passed=1)


def test_a_module_that_cannot_be_imported(suite: Suite) -> None:
    suite.steps("import nothing_of_this_name\n")
    result = suite.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    error = result.stderr.str()
    assert "steps/x.py cannot be imported" in error
    assert "import nothing_of_this_name" in error
    assert "No module named 'nothing_of_this_name'" in error
    assert "seatrials/gherkin" not in error
    assert "importlib" not in error


def test_a_module_with_a_syntax_error(suite: Suite) -> None:
    suite.steps("def x(:\n")
    error = suite.run().stderr.str()
    assert "steps/x.py cannot be imported" in error
    assert "SyntaxError" in error


def test_a_definition_that_is_refused_has_no_traceback(suite: Suite) -> None:
    suite.steps('@then("it is {int}")\ndef check() -> None: ...\n')
    result = suite.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    error = result.stderr.str()
    assert "check() takes no positional parameters, but its sentence has 1 value ({int})" in error
    assert "steps/x.py:3" in error
    assert "Traceback" not in error


def test_types_of_one_session_do_not_meet_those_of_the_next(suite: Suite) -> None:
    suite.feature("Feature: x\n Scenario: a\n  Then it is red\n")
    step = '\n@then("it is {colour}")\ndef check(c: str) -> None: ...\n'
    for line in range(2):
        suite.steps("\n" * line + f'from seatrials import parameter_type\nparameter_type("colour", "red")\n{step}')
        suite.passes(passed=1)


def test_a_type_defined_in_two_modules(suite: Suite) -> None:
    for name in ("steps/a.py", "steps/b.py"):
        suite.steps('from seatrials import parameter_type\nparameter_type("colour", "red")\n', name)
    error = suite.run().stderr.str()
    assert "steps/b.py cannot be imported: the parameter type {colour} is already defined at" in error
    assert "steps/a.py:4" in error


def test_assertions_of_the_vocabulary_are_explained(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        "def pytest_collection_finish():\n"
        "    from seatrials.vocabulary import http\n"
        "    print('loaded by', type(http.__loader__).__name__)\n",
    )
    suite.pytester.runpytest_subprocess("-s").stdout.fnmatch_lines(["loaded by AssertionRewritingHook"])


def test_collecting_loads_no_driver_and_no_engine(suite: Suite) -> None:
    """Features are collected without the libraries that only a running system needs."""
    suite.write("fixtures/x.py", FIXTURE)
    suite.write("steps/x.py", STEP)
    suite.feature(FEATURE)
    suite.write(
        "conftest.py",
        "import sys\ndef pytest_collection_finish():\n"
        "    heavy = {'docker', 'testcontainers', 'psycopg', 'redis', 'requests'}\n"
        "    print('loaded', sorted(heavy & set(sys.modules)))\n",
    )
    suite.pytester.runpytest_subprocess("-s").stdout.fnmatch_lines(["loaded []"])
