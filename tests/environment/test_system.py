"""What a system does before each scenario, without containers: whom it heals and whom it waits for."""

from __future__ import annotations

from typing import Any

import pytest

from seatrials import Redis, SeatrialsError, Service, System
from seatrials.environment.client import Client


class Pretended:
    """A running member that writes down how often it was awaited; `broken` ones cannot be started."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.broken = False
        self.condition = "running"
        self.awaited = 0

    def state(self) -> str:
        return self.condition

    def start(self) -> None:
        if self.broken:
            raise SeatrialsError(f"{self.name} does not start")
        self.condition = "running"

    def stop(self) -> None:
        self.condition = "exited"

    def wait(self) -> None:
        self.awaited += 1


class Pier(System):
    api = Service("none", port=1)
    cache = Redis()


@pytest.fixture
def pier(monkeypatch: pytest.MonkeyPatch) -> Pier:
    for member in Pier.members.values():
        monkeypatch.setattr(member, "reset", lambda _: None)
    members: dict[str, Any] = {name: Pretended(name) for name in Pier.members}
    return Pier("pier", {name: Client(running) for name, running in members.items()})


def awaited(system: System) -> list[int]:
    running: Any = [client.running for client in system.clients().values()]
    return [one.awaited for one in running]


def test_an_undisturbed_system_is_not_waited_for(pier: Pier) -> None:
    pier.restore()
    assert awaited(pier) == [0, 0]


def test_all_members_are_awaited_once_after_one_was_broken(pier: Pier) -> None:
    pier.client("cache").stop()
    pier.restore()
    pier.restore()
    assert awaited(pier) == [1, 1]


def test_what_was_broken_and_is_back_is_awaited_too(pier: Pier) -> None:
    pier.client("cache").stop()
    pier.client("cache").start()
    pier.restore()
    assert awaited(pier) == [1, 1]


def test_a_restore_that_failed_is_not_forgotten(pier: Pier) -> None:
    cache: Any = pier.client("cache").running
    pier.client("api").stop()
    cache.broken, cache.condition = True, "exited"  # by itself, meanwhile
    with pytest.raises(SeatrialsError, match="cache does not start"):
        pier.restore()
    cache.broken, cache.condition = False, "running"
    pier.restore()
    assert awaited(pier) == [1, 1]
