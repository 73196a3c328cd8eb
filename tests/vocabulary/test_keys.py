"""Sentences about keys: each *Then* where it holds, and where it does not."""

from __future__ import annotations

import pytest

from seatrials import SeatrialsError, System
from seatrials.stores.redis import RedisClient
from seatrials.vocabulary import keys

pytestmark = pytest.mark.docker


def test_has_been_set(harbour: System, cache: RedisClient) -> None:
    keys.has_been_set("flag", "on", system=harbour)
    assert cache.get("flag") == "on"


def test_is_deleted(harbour: System, cache: RedisClient) -> None:
    cache.set("flag", "on")
    keys.is_deleted("flag", system=harbour)
    assert cache.keys() == []
    with pytest.raises(AssertionError, match="there is no key 'flag' to delete; the cache is empty"):
        keys.is_deleted("flag", system=harbour)


def test_holds_the_key(harbour: System, cache: RedisClient) -> None:
    cache.redis.hset("user:1", "name", "Ada")
    keys.holds_key("cache", "user:1", system=harbour)
    with pytest.raises(AssertionError, match=r"the cache holds no key 'user:\*'; there are: user:1"):
        keys.holds_key("cache", "user:*", system=harbour)


def test_holds_no_key(harbour: System, cache: RedisClient) -> None:
    cache.set("user:1", "Ada")
    keys.holds_no_key("cache", "session:*", system=harbour)
    keys.holds_no_key("cache", "user", system=harbour)
    with pytest.raises(AssertionError, match=r"the cache holds 1 key\(s\) that match 'user:\*': user:1"):
        keys.holds_no_key("cache", "user:*", system=harbour)


def test_many_keys_are_not_all_named(harbour: System, cache: RedisClient) -> None:
    for number in range(25):
        cache.set(f"key:{number:02}", "")
    with pytest.raises(AssertionError, match="key:00, key:01, .*key:19 and 5 more$"):
        keys.holds_no_key("cache", "*", system=harbour)


def test_expires_within(harbour: System, cache: RedisClient) -> None:
    cache.set("short", "x", seconds=50)
    cache.set("long", "x", seconds=70)
    cache.set("ever", "x")
    keys.expires_within("short", 60, system=harbour)
    with pytest.raises(AssertionError, match=r"the key 'long' expires in (70\.0|69\.\d) s, not within 60 s"):
        keys.expires_within("long", 60, system=harbour)
    with pytest.raises(AssertionError, match="the key 'ever' never expires"):
        keys.expires_within("ever", 60, system=harbour)
    with pytest.raises(AssertionError, match="there is no key 'gone'; there are: ever, long, short"):
        keys.expires_within("gone", 60, system=harbour)


def test_only_a_redis_holds_keys(harbour: System) -> None:
    with pytest.raises(
        SeatrialsError, match='"database" is a Postgres; "holds no key" needs a Redis(.|\n)*one of cache'
    ):
        keys.holds_no_key("database", "*", system=harbour)
