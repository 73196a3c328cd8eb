"""Redis: ready, asked, reset, broken and back; a wrong password ends the wait at once."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from seatrials import Redis, Running, SeatrialsError, Terminal
from seatrials.stores.redis import RedisClient

STORE = Redis()


def test_each_start_has_a_password_of_its_own_that_the_address_carries() -> None:
    first, second = STORE.spec(), STORE.spec()
    password = first.environment["REDIS_PASSWORD"]
    assert password != second.environment["REDIS_PASSWORD"]
    assert password in first.command
    assert STORE.addresses(first)["url"] == f"redis://:{password}@{STORE.name}:6379/0"


class Other:
    """A running container, seen with another environment or port."""

    def __init__(self, running: Running, *, password: str = "", port: int = 0) -> None:
        self.name, self.host = running.name, running.host
        self.port = port or running.port
        self.environment: Mapping[str, str] = {"REDIS_PASSWORD": password}


@pytest.mark.docker
def test_a_wrong_password_is_terminal(cache: RedisClient) -> None:
    with pytest.raises(Terminal, match="invalid username-password pair"):
        STORE.probe(Other(cache.running, password="wrong"))  # type: ignore[arg-type]


@pytest.mark.docker
def test_nobody_there_may_yet_come(cache: RedisClient) -> None:
    with pytest.raises(ConnectionError):
        STORE.probe(Other(cache.running, port=1))  # type: ignore[arg-type]


@pytest.mark.docker
def test_answers_about_keys(cache: RedisClient) -> None:
    STORE.reset(cache)
    cache.set("greeting", "hello")
    cache.set("code", "42", seconds=60)
    assert cache.get("greeting") == "hello"
    assert cache.get("nothing") is None
    assert cache.keys() == ["code", "greeting"]
    assert cache.keys("gr*") == ["greeting"]
    assert cache.ttl("greeting") is None
    assert 59 < (cache.ttl("code") or 0) <= 60
    assert cache.delete("greeting", "nothing") == 1
    with pytest.raises(KeyError):
        cache.ttl("greeting")


@pytest.mark.docker
def test_reset_empties_it(cache: RedisClient) -> None:
    cache.set("left", "over")
    STORE.reset(cache)
    assert cache.keys() == []


@pytest.mark.docker
def test_the_probe_of_a_paused_one_does_not_hang(cache: RedisClient) -> None:
    cache.pause()
    try:
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            STORE.probe(cache.running)
        assert time.monotonic() - began < 5  # and not for ever; the machine may be busy
        with pytest.raises(SeatrialsError, match="cache is paused and cannot be asked"):
            cache.get("a")
    finally:
        cache.heal()
    assert cache.get("a") is None


@pytest.mark.docker
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_comes_back_empty_after_a_stop(cache: RedisClient, how: str) -> None:
    cache.set("session", "ada")
    getattr(cache, how)()
    with pytest.raises(SeatrialsError, match="cache does not answer"):
        cache.get("session")
    cache.heal()
    assert cache.keys() == []


@pytest.mark.docker
def test_a_crash_that_nobody_announced_is_survived(cache: RedisClient) -> None:
    cache.get("a")
    cache.running.kill()
    cache.heal()
    assert cache.get("a") is None
