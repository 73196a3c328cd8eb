"""Keys in the system's cache."""

from __future__ import annotations

from seatrials.environment.system import System
from seatrials.gherkin.definitions import given, then, when
from seatrials.stores.redis import RedisClient
from seatrials.vocabulary import types  # noqa: F401  # {member}
from seatrials.vocabulary.members import of_kind, only

SHOWN = 20
"""Keys that a message names."""


@given("the key {string} has been set to {string}")
def has_been_set(key: str, value: str, *, system: System) -> None:
    """The key was set to a text, without an end to its life.

    Example: Given the key "feature:exports" has been set to "on"
    """
    _cache(system).set(key, value)


@when("the key {string} is deleted")
def is_deleted(key: str, *, system: System) -> None:
    """The key is taken away, as when it is evicted. It must be there.

    Example: When the key "session:42" is deleted
    """
    cache = _cache(system)
    if not cache.delete(key):
        raise AssertionError(f"there is no key {key!r} to delete; {_there_are(cache)}")


@then("the {member} holds the key {string}")
def holds_key(member: str, key: str, *, system: System) -> None:
    """There is a key of exactly this name.

    Example: Then the cache holds the key "user:42"
    """
    cache = of_kind(system, member, RedisClient, "holds the key")
    if not cache.exists(key):
        raise AssertionError(f"the {member} holds no key {key!r}; {_there_are(cache)}")


@then("the {member} holds no key {string}")
def holds_no_key(member: str, pattern: str, *, system: System) -> None:
    """There is no key that matches this glob pattern: `*` is any text, `?` any character, `[ab]` one of these.

    Example: Then the cache holds no key "session:*"
    """
    found = of_kind(system, member, RedisClient, "holds no key").keys(pattern)
    if found:
        raise AssertionError(f"the {member} holds {len(found)} key(s) that match {pattern!r}: {_listed(found)}")


@then("the key {string} expires within {int} second(s)")
def expires_within(key: str, seconds: int, *, system: System) -> None:
    """The key is there, and has no longer than this to live. It is not waited for.

    Example: Then the key "session:42" expires within 3600 seconds
    """
    cache = _cache(system)
    try:
        left = cache.ttl(key)
    except KeyError:
        raise AssertionError(f"there is no key {key!r}; {_there_are(cache)}") from None
    if left is None:
        raise AssertionError(f"the key {key!r} never expires")
    if left > seconds:
        raise AssertionError(f"the key {key!r} expires in {left:.1f} s, not within {seconds} s")


def _cache(system: System) -> RedisClient:
    return only(system, RedisClient, "the key")


def _there_are(cache: RedisClient) -> str:
    keys = cache.keys()
    return f"there are: {_listed(keys)}" if keys else f"the {cache.name} is empty"


def _listed(keys: list[str]) -> str:
    shown = ", ".join(keys[:SHOWN])
    return shown if len(keys) <= SHOWN else f"{shown} and {len(keys) - SHOWN} more"
