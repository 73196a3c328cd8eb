"""Sentences about members: broken, back, healthy, and what they have logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from seatrials import SeatrialsError, System, Terminal
from seatrials.environment.client import Client
from seatrials.vocabulary import services


@pytest.mark.parametrize(
    ("say", "done"),
    [
        (services.has_been_stopped, "stop"),
        (services.has_been_killed, "kill"),
        (services.has_been_paused, "pause"),
        (services.stops, "stop"),
        (services.is_killed, "kill"),
        (services.is_paused, "pause"),
        (services.is_resumed, "resume"),
        (services.starts_again, "start"),
    ],
)
def test_a_verb_does_what_it_says(pier: System, say: Callable[..., None], done: str) -> None:
    say("api", system=pier)
    running: Any = pier.client("api").running
    assert running.done == [done]


def test_a_member_that_is_not_there(pier: System) -> None:
    with pytest.raises(SeatrialsError, match="the pier system has no 'web'\n(.|\n)*say one of: api, cache"):
        services.stops("web", system=pier)


def test_a_service_is_healthy(pier: System) -> None:
    services.is_healthy("api", system=pier)
    services.becomes_healthy("api", 1, system=pier)


def test_a_service_that_is_not(pier: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pier.members["api"], "ready", "/missing")
    with pytest.raises(AssertionError, match="the api is not healthy, it is running: GET /missing answered 404"):
        services.is_healthy("api", system=pier)
    with pytest.raises(
        AssertionError, match="the api becomes healthy: not within 1 s\n(.|\n)*GET /missing answered 404"
    ):
        services.becomes_healthy("api", 1, system=pier)


def test_what_has_ended_does_not_become_healthy(pier: System) -> None:
    with pytest.raises(Terminal, match="its container is exited and does not come back by itself"):
        services.becomes_healthy("cache", 60, system=pier)


def test_has_logged(pier: System, monkeypatch: pytest.MonkeyPatch) -> None:
    running: Any = pier.client("api").running
    running.printed = "starting\ncache unavailable: refused\n"
    services.has_logged("api", "cache unavailable", system=pier)
    monkeypatch.setattr(services, "LOG_DELAY", 0.05)
    with pytest.raises(AssertionError, match=r"the api has not logged 'cache unavailable\\n'(.|\n)*  starting\n"):
        services.has_logged("api", "cache unavailable\n", system=pier)
    running.printed = ""
    with pytest.raises(AssertionError, match="has not logged 'anything'; the last of .*:\n  nothing$"):
        services.has_logged("api", "anything", system=pier)


@pytest.mark.docker
@pytest.mark.parametrize("member", ["database", "cache"])
@pytest.mark.parametrize("breaking", [services.stops, services.is_killed, services.is_paused])
def test_a_store_breaks_and_comes_back(harbour: System, member: str, breaking: Callable[..., None]) -> None:
    services.is_healthy(member, system=harbour)
    breaking(member, system=harbour)
    with pytest.raises(AssertionError, match=f"the {member} is not healthy, it is (exited|paused)"):
        services.is_healthy(member, system=harbour)
    services.starts_again(member, system=harbour)
    services.is_healthy(member, system=harbour)


@pytest.mark.docker
def test_a_paused_store_becomes_healthy_once_resumed(harbour: System) -> None:
    services.has_been_paused("cache", system=harbour)
    with pytest.raises(AssertionError, match="the cache becomes healthy: not within 1 s"):
        services.becomes_healthy("cache", 1, system=harbour)
    services.is_resumed("cache", system=harbour)
    services.becomes_healthy("cache", 1, system=harbour)


@pytest.mark.docker
def test_what_a_container_has_logged(harbour: System, monkeypatch: pytest.MonkeyPatch) -> None:
    client: Client = harbour.client("database")
    assert client.running.logs()
    services.has_logged("database", "ready to accept connections", system=harbour)
    monkeypatch.setattr(services, "LOG_DELAY", 0.05)
    with pytest.raises(AssertionError, match="has not logged 'out of memory'"):
        services.has_logged("database", "out of memory", system=harbour)
