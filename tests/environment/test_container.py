"""A running container, broken and brought back, and what is known of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from seatrials import SeatrialsError, System, eventually
from seatrials.environment.container import Container
from seatrials.environment.events import Events
from seatrials.environment.session import Environment
from tests.environment.tiny import ROOT, Pair, Program, echo

pytestmark = pytest.mark.docker

WORKER = """
import pathlib, signal, os
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
for folder in ("/kept", "/memory"):
    file = pathlib.Path(folder, "starts")
    file.write_text((file.read_text() if file.exists() else "") + "x")
    print(folder, file.read_text(), flush=True)
signal.pause()
"""


class Shop(System):
    api = echo()
    worker = Program(WORKER, kept=("/kept",), memory=("/memory",))


@pytest.fixture(scope="module")
def environment() -> Iterator[Environment]:
    environment = Environment(ROOT)
    environment.start({"shop": Shop})
    yield environment
    environment.close()


@pytest.fixture
def shop(environment: Environment) -> Iterator[Shop]:
    shop = environment.system(Shop)
    yield shop
    for client in shop.clients().values():
        client.heal()


def test_after_stop_and_start_it_answers_at_the_port_of_that_moment(shop: Shop) -> None:
    before = shop.api.url
    shop.api.stop()
    assert shop.api.running.state() == "exited"
    shop.api.start()
    assert shop.api.get("/").status_code == 200
    assert shop.api.url != before  # the engine gives another one


def test_while_it_is_stopped_it_has_no_address(shop: Shop) -> None:
    shop.api.stop()
    with pytest.raises(ConnectionError, match=r"the api of the shop system is not running \(exited\)"):
        _ = shop.api.url


def test_killed_is_exited_at_once(shop: Shop) -> None:
    shop.api.kill()
    assert shop.api.running.state() == "exited"


def test_paused_does_not_answer_and_resumed_does(shop: Shop) -> None:
    shop.api.pause()
    assert shop.api.running.state() == "paused"
    with pytest.raises(OSError, match=r"did not answer GET /: no answer within 0\.\d s"):
        shop.api.get("/", timeout=0.2)
    shop.api.resume()
    assert shop.api.get("/").status_code == 200


@pytest.mark.parametrize("twice", ["stop", "kill", "pause"])
def test_to_break_it_twice_is_no_error(shop: Shop, twice: str) -> None:
    getattr(shop.api, twice)()
    getattr(shop.api, twice)()


def test_to_resume_or_start_what_runs_is_no_error(shop: Shop) -> None:
    shop.api.resume()
    shop.api.start()
    assert shop.api.get("/").status_code == 200


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_is_paused_can_be_ended_and_started(shop: Shop, end: str) -> None:
    shop.api.pause()
    getattr(shop.api, end)()
    assert shop.api.running.state() == "exited"
    shop.api.start()
    assert shop.api.get("/").status_code == 200


def test_heal_starts_what_died_by_itself_and_says_so(shop: Shop) -> None:
    with pytest.raises(OSError, match="closed the connection before an answer"):
        shop.api.get("/die")
    eventually(shop.api.running.state, within=5, until=lambda state: state == "exited")
    assert shop.api.heal()
    assert shop.api.get("/").status_code == 200
    assert not shop.api.heal()


def test_a_container_that_nothing_happened_to_is_not_asked_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    eventually(lambda: count_questions(shop, monkeypatch), within=5, until=lambda asked: asked == 0)
    shop.api.pause()
    assert count_questions(shop, monkeypatch) > 0
    shop.api.heal()
    assert shop.api.running.state() == "running"
    eventually(lambda: count_questions(shop, monkeypatch), within=5, until=lambda asked: asked == 0)


def count_questions(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the engine is asked for the state of the service."""
    asked: list[str] = []
    container = shop.api.running
    assert isinstance(container, Container)
    real = container._api.inspect_container

    def inspect(id: str) -> Any:
        asked.append(id)
        return real(id)

    with monkeypatch.context() as patch:
        patch.setattr(container._api, "inspect_container", inspect)
        container.state()
    return len(asked)


def test_what_happens_from_outside_is_noticed(shop: Shop, client: Any) -> None:
    container = shop.worker.running
    assert isinstance(container, Container)
    assert container.state() == "running"
    client.api.pause(container.id)
    eventually(container.state, within=5, until=lambda state: state == "paused")
    shop.restore()
    assert container.state() == "running"


def test_when_the_engine_stops_telling_it_is_asked(shop: Shop, client: Any) -> None:
    container = shop.worker.running
    assert isinstance(container, Container)
    assert container._events is not None
    container.state()
    events = Events(client, [container.id])
    events.close()
    assert events.count(container.id) is None
    container.listen(events)
    client.api.pause(container.id)
    assert container.state() == "paused"


def test_a_volume_survives_a_stop_and_memory_does_not(environment: Environment, shop: Shop) -> None:
    environment.scenario_began()
    shop.worker.stop()
    shop.worker.start()
    kept, memory = eventually(shop.worker.running.logs, within=5, until=lambda text: "/memory" in text).split("\n")[:2]
    assert kept == "/kept xx"
    assert memory == "/memory x"


def test_logs_are_those_since_the_scenario_began(environment: Environment, shop: Shop) -> None:
    environment.scenario_began()
    shop.api.get("/say/before")
    eventually(shop.api.running.logs, within=5, until=lambda text: "before" in text)
    environment.scenario_began()
    shop.api.get("/say/one")
    shop.api.get("/say/two")
    eventually(shop.api.running.logs, within=5, until=lambda text: text == "one\ntwo\n")
    assert shop.api.running.logs(tail=1) == "two\n"
    assert environment.logs(tail=1) == {"shop.api": "two\n", "shop.worker": ""}


def test_a_container_that_somebody_removed_is_told(client: Any) -> None:
    environment = Environment(ROOT)
    try:
        environment.start({"pair": Pair})
        api = environment.system(Pair).api
        assert isinstance(api.running, Container)
        client.api.remove_container(api.running.id, force=True)
        assert api.running.state() == "gone"
        assert api.running.logs() == ""
        with pytest.raises(SeatrialsError, match="the container of the api of the pair system is gone"):
            api.start()
    finally:
        environment.close()
