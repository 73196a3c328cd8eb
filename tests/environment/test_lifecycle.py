"""The environment in the course of a pytest session: what starts, what does not, and how that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

SYSTEM = """
    from seatrials import Redis, System

    class Shop(System):
        cache = Redis()

    shop = Shop.fixture()
"""

FEATURE = """
Feature: Shop

  Scenario: One
    Given the shop system is running
    Then the cache is healthy

  Scenario: Two
    Given the shop system is running
    Then the cache is healthy
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite on a machine where no engine answers."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    pytester.mkdir("fixtures")
    pytester.makepyfile(**{"fixtures/shop": SYSTEM})
    (pytester.path / "shop.feature").write_text(FEATURE)
    return pytester


def test_without_an_engine_scenarios_are_errors_each_with_the_reason(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("shop.feature")
    result.assert_outcomes(errors=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of One*",
            "  there is no Docker engine here: its socket does not exist",
            "    where: DOCKER_HOST=unix:///nowhere/docker.sock",
            "    cure:  *",
            "*ERROR at setup of Two*",
            "  there is no Docker engine here: * (told in full by the first test that needed it)",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_without_an_engine_ordinary_tests_of_the_system_are_errors_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_shop="def test_cache(shop): assert shop.cache.keys() == []\ndef test_plain(): pass")
    result = suite.runpytest_subprocess("test_shop.py")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["there is no Docker engine here: its socket does not exist"])
    result.stdout.no_fnmatch_line("*session.py*")


@pytest.mark.parametrize("arguments", [["--collect-only"], ["-k", "nothing"]])
def test_the_engine_is_not_asked_where_nothing_needs_it(suite: pytest.Pytester, arguments: list[str]) -> None:
    suite.makepyfile(test_plain="def test_plain(): pass")
    result = suite.runpytest_subprocess(*arguments)
    result.stdout.no_fnmatch_line("*Docker*")


def test_plain_tests_load_neither_docker_nor_testcontainers(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_plain="""
        import sys

        def test_plain():
            heavy = {"docker", "testcontainers", "psycopg", "redis", "requests"}
            assert not heavy & set(sys.modules)
        """
    )
    suite.runpytest_subprocess("test_plain.py").assert_outcomes(passed=1)


def test_nothing_starts_when_the_collection_has_errors(suite: pytest.Pytester) -> None:
    (suite.path / "wrong.feature").write_text("Feature: Wrong\n  Scenario: Empty\n")
    result = suite.runpytest_subprocess("shop.feature", "wrong.feature")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.no_fnmatch_line("*Docker*")


IMAGES = Path(__file__).parents[2] / "images"


@pytest.mark.docker
def test_the_start_is_told_line_by_line_and_a_failure_with_what_the_containers_logged(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "images").symlink_to(IMAGES)
    pytester.mkdir("fixtures")
    pytester.makepyfile(
        **{
            "fixtures/web": """
            from seatrials import Service, System

            class Web(System):
                api = Service("python:3.11-slim", port=8000, command=("python", "-u", "-m", "http.server", "8000"))

            web = Web.fixture()
            """
        }
    )
    (pytester.path / "web.feature").write_text(
        """
Feature: Web
  Scenario: Nothing there
    When the api receives GET "/nothing"
    Then it answers 200
"""
    )
    result = pytester.runpytest_subprocess("web.feature")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "web.api  python:3.11-slim* s",
            "*Web › Nothing there",
            "web.feature:3",
            "  ✓ When the api receives GET \"/nothing\" *",
            "  ✗ Then it answers 200 *",
            "*GET /nothing answered 404, not 200*",
            "  run it again: pytest web.feature:3",
            "*requests to web.api*",
            "api: GET /nothing → 404 in * ms",
            "*log of web.api since the scenario began*",
            '*"GET /nothing HTTP/1.1" 404*',
        ]
    )  # fmt: skip
