"""Kept systems: what their hash depends on, and what the next run finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from seatrials import Redis, Running, SeatrialsError, Service, Spec, System
from seatrials.environment import keep
from seatrials.environment.plan import plan
from seatrials.environment.run import KEEP, LOCK, PROJECT, RUN, project
from seatrials.environment.session import Environment
from tests.environment.tiny import ROOT, Pair, echo, left

IMAGES = {"cache": "sha256:1", "api": "sha256:2"}


def hash_of(cls: type[System], images: Mapping[str, str] = IMAGES, home: str = "here", version: str = "1") -> str:
    return keep.configuration(plan("shop", cls), images, home, version)


class Shop(System):
    cache = Redis()
    api = Service("api", port=1, environment={"CACHE": cache.url, "LEVEL": "1"}, command=("run", "--fast"))


class Same(System):
    """Declared again: other member numbers, other random credentials."""

    cache = Redis()
    api = Service("api", port=1, environment={"CACHE": cache.url, "LEVEL": "1"}, command=("run", "--fast"))


class OtherEnvironment(System):
    cache = Redis()
    api = Service("api", port=1, environment={"CACHE": cache.url, "LEVEL": "2"}, command=("run", "--fast"))


class OtherCommand(System):
    cache = Redis()
    api = Service("api", port=1, environment={"CACHE": cache.url, "LEVEL": "1"}, command=("run", "--slow"))


class OtherReference(System):
    cache = Redis()
    api = Service("api", port=1, environment={"CACHE": cache.host, "LEVEL": "1"}, command=("run", "--fast"))


class OtherPort(System):
    cache = Redis()
    api = Service("api", port=2, environment={"CACHE": cache.url, "LEVEL": "1"}, command=("run", "--fast"))


class Prepared(Redis):
    def fingerprint(self) -> str:
        return "migrations of today"


class OtherKind(System):
    cache = Prepared()
    api = Service("api", port=1, environment={"CACHE": cache.url, "LEVEL": "1"}, command=("run", "--fast"))


def test_the_hash_is_the_same_for_the_same_declaration() -> None:
    assert hash_of(Shop) == hash_of(Shop) == hash_of(Same)


@pytest.mark.parametrize("other", [OtherEnvironment, OtherCommand, OtherReference, OtherPort, OtherKind])
def test_the_hash_changes_with_the_declaration(other: type[System]) -> None:
    assert hash_of(other) != hash_of(Shop)


def test_the_hash_changes_with_image_project_version_and_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {
        hash_of(Shop),
        hash_of(Shop, {**IMAGES, "api": "sha256:3"}),
        hash_of(Shop, home="there"),
        hash_of(Shop, version="2"),
    }
    monkeypatch.setattr(Redis, "fingerprint", lambda _: "other migrations")
    assert len(seen | {hash_of(Shop)}) == 5


class Worded(Redis):
    """A random word and one that is not, in one text."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def spec(self) -> Spec:
        return Spec("redis", environment={"A": f"mode={self.mode};key={super().spec().command[2]}"})

    def addresses(self, _: Spec) -> Mapping[str, str]:
        return {}


class Strict(System):
    cache = Worded("strict")


class Loose(System):
    cache = Worded("loose")


def test_a_changed_word_beside_a_random_one_changes_the_hash() -> None:
    assert hash_of(Strict) == hash_of(Strict)
    assert hash_of(Strict) != hash_of(Loose)


def test_an_unknown_slot_keeps_nothing() -> None:
    assert not keep.is_kept({KEEP: "f" * 16, RUN: "x", LOCK: "/nowhere/run-x.lock"})
    assert not keep.is_kept({KEEP: "f" * 16, RUN: "x"})
    assert not keep.is_kept({RUN: "x"})


@pytest.fixture
def home(client: Any, tmp_path: Path) -> Iterator[Path]:
    """A project with this repository's images, whose kept systems are removed after the test."""
    (tmp_path / "images").symlink_to(ROOT / "images")
    yield tmp_path
    keep.drop(client, project(tmp_path))


@pytest.fixture
def run(home: Path) -> Iterator[Callable[..., Environment]]:
    """Starts a run with --keep; the runs that a test leaves open are closed."""
    made: list[Environment] = []

    def start(cls: type[System] = Pair, **options: Any) -> Environment:
        environment = Environment(home, **{"keep": True, **options})
        made.append(environment)
        environment.start({"pair": cls})
        return environment

    yield start
    for environment in made:
        environment.close()


def ids(environment: Environment, cls: type[System] = Pair) -> dict[str, str]:
    """The containers of the running system."""
    clients = environment.system(cls).clients()
    return {name: client.running.id for name, client in clients.items()}  # type: ignore[attr-defined]


@pytest.mark.docker
def test_the_next_run_attaches_with_the_same_credentials_and_data(run: Callable[..., Environment]) -> None:
    lines: list[str] = []
    first = run()
    kept = ids(first)
    first.system(Pair).cache.set("k", "v")
    first.close()
    second = run(write=lines.append)
    assert ids(second) == kept
    assert second.system(Pair).cache.get("k") == "v"
    assert second.system(Pair).api.get("/").json()["CACHE"].startswith("redis://")
    assert all(line.endswith("kept") for line in lines)
    assert len(lines) == 2


@pytest.mark.docker
@pytest.mark.parametrize("harm", ["stop", "pause", "kill"])
def test_what_was_stopped_or_paused_is_brought_back(run: Callable[..., Environment], harm: str) -> None:
    first = run()
    kept = ids(first)
    getattr(first.system(Pair).api, harm)()
    first.close()
    second = run()
    assert ids(second) == kept
    assert second.system(Pair).api.get("/").status_code == 200


@pytest.mark.docker
def test_a_system_with_a_container_missing_is_replaced(client: Any, run: Callable[..., Environment]) -> None:
    first = run()
    kept = ids(first)
    first.close()
    client.api.remove_container(kept["cache"], force=True, v=True)
    second = run()
    assert not set(ids(second).values()) & set(kept.values())
    assert second.system(Pair).cache.keys() == []
    client_ids = {one["Id"] for one in client.api.containers(all=True)}
    assert kept["api"] not in client_ids


class Forgetful(Redis):
    """Its data is in memory, as that of a database may be; `prepared` tells how often it was prepared."""

    def spec(self) -> Spec:
        spec = super().spec()
        return Spec(spec.image, port=spec.port, environment=spec.environment, command=spec.command, memory=("/data",))

    def prepare(self, client: Any) -> None:
        client.set("prepared", "yes")

    def reset(self, client: Any) -> None: ...


class Memory(System):
    cache = Forgetful()


@pytest.mark.docker
def test_a_stopped_system_whose_data_was_in_memory_is_replaced_and_prepared(run: Callable[..., Environment]) -> None:
    first = run(Memory)
    kept = ids(first, Memory)
    first.system(Memory).cache.stop()
    first.close()
    second = run(Memory)
    assert ids(second, Memory) != kept
    assert second.system(Memory).cache.get("prepared") == "yes"


@pytest.mark.docker
def test_preparing_is_not_done_again_when_attaching(run: Callable[..., Environment]) -> None:
    first = run(Memory)
    first.system(Memory).cache.delete("prepared")
    first.close()
    assert run(Memory).system(Memory).cache.get("prepared") is None


@pytest.mark.docker
def test_a_second_run_at_the_same_time_starts_its_own(client: Any, run: Callable[..., Environment]) -> None:
    first = run()
    lines: list[str] = []
    second = run(write=lines.append)
    assert not set(ids(first).values()) & set(ids(second).values())
    assert any("in use by another run" in line for line in lines)
    labels = client.api.inspect_container(ids(second)["api"])["Config"]["Labels"]
    second.close()
    assert left(client, labels[RUN]) == []
    assert first.system(Pair).api.get("/").status_code == 200


class Louder(System):
    """The pair with another environment, so another configuration."""

    cache = Redis("redis:7")
    api = echo(environment={"CACHE": cache.url, "LEVEL": "2"})


@pytest.mark.docker
def test_a_changed_configuration_replaces_the_kept_system(
    client: Any, run: Callable[..., Environment], home: Path
) -> None:
    run().close()
    second = run(Louder)
    second.close()
    found = client.api.containers(all=True, filters={"label": f"{PROJECT}={project(home)}"})
    assert len(found) == 2
    assert len({one["Labels"][KEEP] for one in found}) == 1
    assert second.images["pair"].keys() == {"cache", "api"}


@pytest.mark.docker
def test_dropping_removes_all_but_what_is_in_use(client: Any, run: Callable[..., Environment], home: Path) -> None:
    first = run()
    assert keep.drop(client, project(home)) == ([], ["pair"])
    first.close()
    assert keep.drop(client, project(home)) == (["pair"], [])
    assert client.api.containers(all=True, filters={"label": f"{PROJECT}={project(home)}"}) == []
    assert keep.drop(client, project(home)) == ([], [])


class Broken(Redis):
    """Ready never."""

    def probe(self, _: Running) -> None:
        raise AssertionError("not today")


class Unready(System):
    cache = Broken(within=0.3)


@pytest.mark.docker
def test_a_start_that_fails_keeps_nothing(client: Any, run: Callable[..., Environment], home: Path) -> None:
    environment = run(Unready)
    with pytest.raises(SeatrialsError, match="did not become ready"):
        environment.system(Unready)
    slots = [slot.lock.path for slot in environment._bringing._slots] if environment._bringing else []
    environment.close()
    assert client.api.containers(all=True, filters={"label": f"{PROJECT}={project(home)}"}) == []
    assert [path.exists() for path in slots] == [False]
