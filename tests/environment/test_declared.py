"""Which systems a session knows, and which of them a test needs."""

from __future__ import annotations

import pytest

from seatrials import Redis, System
from seatrials.environment.declared import needed


class Shop(System):
    cache = Redis()


class Port(System):
    cache = Redis()


BOTH = {"shop": Shop, "port": Port}


def test_a_test_needs_the_systems_whose_fixtures_it_uses() -> None:
    assert needed(["request", "port"], BOTH, None) == {"port": Port}


def test_a_feature_needs_the_system_that_it_names() -> None:
    assert needed(["system"], BOTH, "shop") == {"shop": Shop}


def test_without_a_name_the_only_declared_system_is_meant() -> None:
    assert needed(["system"], {"shop": Shop}, None) == {"shop": Shop}


def test_without_a_name_none_of_several_is_meant() -> None:
    assert needed(["system"], BOTH, None) == {}


def test_a_test_that_uses_no_system_needs_none() -> None:
    assert needed(["tmp_path"], {"shop": Shop}, None) == {}


def test_systems_are_found_in_fixtures_conftests_and_test_modules(pytester: pytest.Pytester) -> None:
    declaration = """
        from seatrials import Redis, System

        class {0}(System):
            cache = Redis()

        {1} = {0}.fixture()
    """
    pytester.mkdir("fixtures")
    pytester.makepyfile(**{"fixtures/one": declaration.format("One", "first")})
    pytester.makeconftest(
        declaration.format("Two", "second")
        + """
        import pytest
        from seatrials.environment.declared import SYSTEMS

        @pytest.hookimpl(trylast=True)
        def pytest_collection_finish(session):
            found = session.config.stash[SYSTEMS]
            print("declared:", *(f"{name}={found[name].__name__}" for name in sorted(found)))
    """
    )
    pytester.makepyfile(
        test_three=declaration.format("Three", "third")
        + """
        marked = __import__("pytest").mark

        def test_none(): pass
    """
    )
    result = pytester.runpytest("--collect-only", "-q", "-s")
    result.stdout.fnmatch_lines(["*declared: first=One second=Two third=Three"])
