"""A stranger's suite: a system declared once, used by features without any Python and by ordinary tests alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[2] / "images"

DECLARED = """
    from seatrials import Postgres, Redis, System

    class Shop(System):
        database = Postgres(migrations="migrations")
        cache = Redis()

    shop = Shop.fixture()
"""

FEATURE = """
Feature: Stores

  Scenario: Filled
    Given the shop system is running
    And the table "goods" has been filled with:
      | name |
      | pen  |
    And the key "seen" has been set to "1"
    Then the table "goods" holds exactly:
      | id | name |
      | 1  | ink  |
      | 2  | pen  |
    And the cache holds the key "seen"

  Scenario: As it was before
    Then the table "goods" holds exactly:
      | id | name |
      | 1  | ink  |
    And the cache holds no key "*"

  Scenario: Broken
    Given the cache has been killed
    Then the table "goods" holds 1 row

  Scenario: Whole again
    Then the cache is healthy

  Scenario: Wrong
    Then the table "goods" holds 2 rows
"""

TESTS = """
    def test_positional(shop):
        shop.database.insert("goods", {"name": "nib"})
        shop.cache.set("seen", "1")
        assert shop.database.rows("goods", name="nib") == [{"id": 2, "name": "nib"}]

    def test_keyword_only(*, shop):
        assert shop.database.count("goods") == 1
        assert shop.cache.keys() == []
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """The suite's files, and the recipes for where no image can be pulled."""
    shutil.copytree(IMAGES, pytester.path / "images")
    for name in ("fixtures", "features", "migrations"):
        pytester.mkdir(name)
    pytester.makepyfile(**{"fixtures/shop": DECLARED, "test_shop": TESTS})
    (pytester.path / "features" / "stores.feature").write_text(FEATURE)
    (pytester.path / "migrations" / "1.sql").write_text(
        "CREATE TABLE goods (id serial, name text); INSERT INTO goods (name) VALUES ('ink')"
    )
    return pytester


@pytest.mark.docker
def test_features_and_tests_share_the_system_and_start_from_the_baseline(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("features", "test_shop.py")
    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(["*the table 'goods' holds 1 row(s), not 2*", "*| 1 | ink |*"])


@pytest.mark.docker
def test_a_migration_that_fails_is_told_by_file_and_line(suite: pytest.Pytester) -> None:
    (suite.path / "migrations" / "2.sql").write_text("SELECT 1;\nALTER TABLE good ADD price int;\n")
    result = suite.runpytest_subprocess("test_shop.py")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(['*a migration failed: relation "good" does not exist*', "*2.sql:2*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_system_that_is_not_declared_stops_the_run_before_anything_starts(suite: pytest.Pytester) -> None:
    feature = suite.path / "features" / "stores.feature"
    feature.write_text(FEATURE.replace("the shop system", "the shpo system"))
    result = suite.runpytest_subprocess("features")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no shpo system*", "*stores.feature:4*", "*did you mean shop?*"])
