"""The private names that one module uses, and the versions in which they are as it expects."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from _pytest.fixtures import FixtureManager
from pytest_bdd import compat, steps


@pytest.mark.parametrize(("package", "versions"), [("pytest-bdd", {"9.0"}), ("pytest", {"9.1", "9.2"})])
def test_the_versions_that_the_module_is_written_for(package: str, versions: set[str]) -> None:
    """Where this fails, read the module against the new version's source, run the tests, and add the
    version."""
    assert version(package).rpartition(".")[0] in versions


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (FixtureManager, "getfixtureclosure"),
        (FixtureManager, "getfixturedefs"),
        (compat, "get_fixture_names"),
        (compat, "inject_fixture"),
        (steps, "step_function_context_registry"),
    ],
)
def test_the_names_are_there(owner: object, name: str) -> None:
    assert hasattr(owner, name)


def test_a_definition_imported_into_another_module_is_one(pytester: pytest.Pytester) -> None:
    """`from steps.common import *` brings the same definition, and no second one."""
    pytester.makepyfile(
        common="from seatrials import then\n@then('fine')\ndef fine(): ...\n",
        conftest="from common import *\nfrom common import __dict__ as names\nglobals().update("
        "{name: value for name, value in names.items() if name.startswith('pytestbdd')})\n"
        "pytest_plugins = ['common']\n",
    )
    pytester.makefile(".feature", x="Feature: x\n Scenario: a\n  Then fine\n")
    pytester.syspathinsert()
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
