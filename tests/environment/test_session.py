"""The environment of a pytest session: what it remembers, and the fixture of a system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrials import Client, Redis, SeatrialsError, Service, System
from seatrials.environment.session import Environment
from seatrials.environment.start import Starting
from tests.environment.tiny import ROOT, Pair, left

CONFTEST = """
import pytest
from pathlib import Path
from seatrials import System, Redis
from seatrials.environment.session import ENVIRONMENT, Environment

class Shop(System):
    cache = Redis()

shop = Shop.fixture()

def pytest_configure(config):
    config.stash[ENVIRONMENT] = Environment(Path({root!r}))

def pytest_unconfigure(config):
    config.stash[ENVIRONMENT].close()
"""


class Alone(System):
    cache = Redis()


class Round(System):
    a = Service("a", port=1)
    b = Service("b", port=1, environment={"A": a.url})


Round.a.environment["B"] = Round.b.url


def test_a_system_that_cannot_be_planned_is_remembered_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    environment = Environment(ROOT)
    environment.start({"round": Round})
    with pytest.raises(SeatrialsError, match="wait for each other"):
        environment.system(Round)
    environment.close()


def test_without_an_engine_each_system_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    environment = Environment(ROOT)
    environment.start({"pair": Pair, "alone": Alone})
    for cls in (Pair, Alone):
        with pytest.raises(SeatrialsError, match="there is no Docker engine here"):
            environment.system(cls)
    environment.close()
    assert environment.running() == {}


def test_a_system_that_nobody_started_is_told() -> None:
    with pytest.raises(SeatrialsError, match="Alone was not started") as caught:
        Environment(ROOT).system(Alone)
    assert caught.value.where.startswith(__file__)


def test_nothing_wanted_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    environment = Environment(ROOT)
    environment.start({})
    environment.close()
    environment.close()


@pytest.fixture(scope="module")
def environment() -> Iterator[Environment]:
    environment = Environment(ROOT)
    environment.start({"pair": Pair})
    yield environment
    environment.close()


@pytest.mark.docker
def test_a_running_system_is_not_started_again(environment: Environment) -> None:
    pair = environment.system(Pair)
    environment.start({"pair": Pair})
    assert environment.system(Pair) is pair
    assert environment.running() == {"pair": pair}


@pytest.mark.docker
def test_the_images_are_known_by_what_they_really_are(environment: Environment) -> None:
    assert environment.images["pair"]["cache"].name == "redis:7"
    for name, what in environment.stand_ins().items():
        assert name in ("redis:7", "python:3.11-slim")
        assert what


@pytest.mark.docker
def test_a_scenario_begins_at_a_time_after_which_exchanges_count(environment: Environment) -> None:
    api = environment.system(Pair).api
    api.get("/")
    environment.scenario_began()
    api.get("/status/201")
    assert [exchange.url for exchange in api.exchanges.since(environment.began)] == ["/status/201"]


@pytest.mark.docker
def test_restore_brings_back_what_was_broken_and_resets(environment: Environment) -> None:
    pair = environment.system(Pair)
    pair.cache.set("k", "v")
    pair.api.kill()
    pair.cache.pause()
    pair.restore()
    assert pair.cache.keys() == []
    assert pair.api.get("/").status_code == 200


class Noting(Redis):
    """Notes how often it was prepared, in its own memory."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def spec(self) -> Any:
        from dataclasses import replace

        return replace(super().spec(), memory=("/data",))

    def prepare(self, _: Client) -> None:
        self.calls.append("prepare")

    def baseline(self, _: Client) -> None:
        self.calls.append("baseline")


class Mortal(System):
    cache = Noting()


@pytest.mark.docker
def test_what_died_with_its_data_in_memory_is_prepared_again() -> None:
    environment = Environment(ROOT)
    try:
        environment.start({"mortal": Mortal})
        mortal = environment.system(Mortal)
        mortal.restore()
        assert Mortal.cache.calls == ["prepare", "baseline"]
        mortal.cache.kill()
        mortal.restore()
        assert Mortal.cache.calls == ["prepare", "baseline"] * 2
    finally:
        environment.close()


@pytest.mark.docker
def test_after_an_interrupted_start_nothing_starts_any_more(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment(ROOT)
    began = Starting.begin

    def interrupted(self: Starting) -> None:
        began(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Starting, "begin", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.start({"pair": Pair})
    monkeypatch.undo()
    assert environment._ground is not None
    run = environment._ground.run.id
    environment.start({"alone": Alone})
    with pytest.raises(SeatrialsError, match="the run was interrupted"):
        environment.system(Alone)
    environment.close()
    assert left(client, run) == []


@pytest.mark.docker
def test_a_test_gets_the_running_system_by_its_fixture(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST.format(root=str(ROOT)))
    pytester.makepyfile(
        """
        def test_one(shop):
            assert shop.name == "shop"
            assert shop.cache.keys() == []
            shop.cache.set("left by", "one")

        def test_two(shop):
            assert shop.cache.keys() == []
        """
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:seatrials", "-p", "no:cacheprovider"],
        cwd=pytester.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.docker
def test_a_dockerfile_that_does_not_build_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "images").symlink_to(ROOT / "images")
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "Dockerfile").write_text("FROM python:3.11-slim\nRUN echo oh dear && exit 5\n")

    class Unbuilt(System):
        api = Service(build="service", port=1)

    environment = Environment(tmp_path)
    try:
        environment.start({"unbuilt": Unbuilt})
        with pytest.raises(SeatrialsError, match="the Dockerfile does not build: RUN echo oh dear") as caught:
            environment.system(Unbuilt)
        assert caught.value.where == f"{tmp_path}/service/Dockerfile:2"
    finally:
        environment.close()
