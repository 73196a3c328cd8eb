"""Starting a system: in which order, how fast it gives up, what it says, and that nothing is left of a failed start."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrials import Client, Redis, Running, SeatrialsError, Service, Spec, System, Terminal
from seatrials.environment.session import Environment
from tests.environment.tiny import PYTHON, ROOT, Pair, Program, echo, left

pytestmark = pytest.mark.docker


@pytest.fixture
def start(client: Any) -> Iterator[Callable[[type[System]], Environment]]:
    """Starts a system as `shop`; at the end nothing of the runs may be left."""
    made: list[Environment] = []

    def start(cls: type[System]) -> Environment:
        made.append(Environment(ROOT))
        made[-1].start({"shop": cls})
        return made[-1]

    yield start
    for environment in made:
        run = run_of(environment)
        environment.close()
        assert left(client, run) == []


def run_of(environment: Environment) -> str:
    assert environment._ground is not None
    return environment._ground.run.id


def failure(environment: Environment, cls: type[System]) -> SeatrialsError:
    with pytest.raises(SeatrialsError) as caught:
        environment.system(cls)
    return caught.value


def test_the_members_see_each_other_by_name_and_are_reached_on_loopback(
    start: Callable[[type[System]], Environment], client: Any
) -> None:
    environment = start(Pair)
    pair = environment.system(Pair)
    address = pair.api.get("/").json()["CACHE"]
    assert address.startswith("redis://:")
    assert address.endswith("@cache:6379/0")
    assert pair.api.running.host == "127.0.0.1"
    bound = client.api.inspect_container(pair.api.running.id)["NetworkSettings"]["Ports"]["8000/tcp"]  # type: ignore[attr-defined]
    assert [one["HostIp"] for one in bound] == ["127.0.0.1"]


class Recorder(Redis):
    """Writes down when what happened to it."""

    def __init__(self, journal: list[tuple[str, float]], hold: float = 0.0) -> None:
        super().__init__()
        self.journal, self.hold = journal, hold

    def probe(self, running: Running) -> None:
        super().probe(running)
        self.note("ready")

    def prepare(self, _: Client) -> None:
        threading.Event().wait(self.hold)
        self.note("prepared")

    def baseline(self, _: Client) -> None:
        self.note("baseline")

    def note(self, what: str) -> None:
        self.journal.append((f"{self.name} {what}", time.monotonic()))


def test_a_member_starts_when_what_it_needs_is_prepared_and_baselines_come_last(
    start: Callable[[type[System]], Environment],
) -> None:
    journal: list[tuple[str, float]] = []

    class Chain(System):
        first = Recorder(journal)
        second = Recorder(journal)
        third = Recorder(journal)
        third.needs = (first, second)

    start(Chain).system(Chain)
    what = [entry for entry, _ in journal]
    assert what.index("first prepared") < what.index("third ready")
    assert what.index("second prepared") < what.index("third ready")
    assert what[-3:] == ["first baseline", "second baseline", "third baseline"]
    assert what.index("third prepared") == len(what) - 4


def test_independent_members_start_side_by_side(start: Callable[[type[System]], Environment]) -> None:
    journal: list[tuple[str, float]] = []

    class Wide(System):
        one = Recorder(journal, hold=1.0)
        two = Recorder(journal, hold=1.0)
        three = Recorder(journal, hold=1.0)

    start(Wide).system(Wide)
    ready = [when for what, when in journal if what.endswith("ready")]
    prepared = [when for what, when in journal if what.endswith("prepared")]
    assert max(ready) < min(prepared)


class Exits(System):
    cache = Redis()
    api = Service(PYTHON, port=8000, command=("python3", "-c", "print('no such table: users'); raise SystemExit(7)"))


def test_a_container_that_exits_fails_at_once_with_its_last_words(start: Callable[[type[System]], Environment]) -> None:
    began = time.monotonic()
    error = failure(start(Exits), Exits)
    assert time.monotonic() - began < 8  # and not the 30 s that it may take
    assert error.what == "the api of the shop system exited with code 7 before it was ready"
    assert error.where == Exits.declared_at
    assert error.where.startswith(__file__)
    assert "no such table: users" in str(error)
    assert PYTHON in error.cure


class Never(System):
    api = echo(ready="/status/503", within=1.0)


def test_a_service_that_is_never_healthy_shows_what_it_answered(start: Callable[[type[System]], Environment]) -> None:
    error = failure(start(Never), Never)
    assert error.what == "the api of the shop system did not become ready within 1 s"
    assert "GET /status/503 answered 503" in str(error)
    assert "its last log lines:\n  listening" in str(error)
    assert "within=" in error.cure


class Hopeless(Redis):
    def probe(self, _: Running) -> None:
        raise Terminal("password authentication failed")


class Refused(System):
    cache = Hopeless()


def test_a_probe_that_says_it_is_no_use_ends_the_wait(start: Callable[[type[System]], Environment]) -> None:
    error = failure(start(Refused), Refused)
    assert error.what == "the cache of the shop system cannot become ready"
    assert "password authentication failed" in str(error)


class Unprepared(Redis):
    def prepare(self, _: Client) -> None:
        raise ValueError("relation users exists already")


class Migration(System):
    cache = Unprepared()
    api = echo(needs=[cache])


def test_a_failing_preparation_names_the_member_and_what_it_said(start: Callable[[type[System]], Environment]) -> None:
    error = failure(start(Migration), Migration)
    assert error.what == "could not prepare the cache of the shop system"
    assert "ValueError: relation users exists already" in str(error)


class Unknown(System):
    api = Service("localhost:1/no/such:image", port=1)
    cache = Redis()


def test_an_image_that_is_not_to_be_had_is_named(start: Callable[[type[System]], Environment]) -> None:
    assert "localhost:1/no/such:image" in str(failure(start(Unknown), Unknown))


class Unbuilt(System):
    api = Service(build="no/such/folder", port=1)


def test_a_folder_that_is_not_there_is_named(start: Callable[[type[System]], Environment]) -> None:
    assert f"{Path('no/such/folder/Dockerfile')}" in str(failure(start(Unbuilt), Unbuilt))


class NoProgram(System):
    api = Service(PYTHON, port=1, command=("no-such-program",))


def test_a_command_that_is_not_in_the_image_is_told(start: Callable[[type[System]], Environment]) -> None:
    error = failure(start(NoProgram), NoProgram)
    assert "executable file not found" in str(error)
    assert "the api of the shop system" in error.where


def test_one_failure_leaves_nothing_even_before_the_end(
    start: Callable[[type[System]], Environment], client: Any
) -> None:
    environment = start(Exits)
    assert left(client, run_of(environment)) == []


def test_other_systems_run_although_one_fails() -> None:
    environment = Environment(ROOT)
    try:
        environment.start({"bad": Exits, "good": Pair})
        assert environment.system(Pair).api.get("/").status_code == 200
        assert "exited with code 7" in str(failure(environment, Exits))
        environment.start({"bad": Exits})  # it is not tried again
        assert "the bad system" in failure(environment, Exits).what
    finally:
        environment.close()


class Volume(System):
    worker = Program("import time; time.sleep(60)", kept=("/data",), memory=("/scratch",))


def test_volumes_go_with_the_run(start: Callable[[type[System]], Environment], client: Any) -> None:
    environment = start(Volume)
    environment.system(Volume)
    assert any(thing.startswith("volume") for thing in left(client, run_of(environment)))


class Spaced(Redis):
    def spec(self) -> Spec:
        return Spec(self.image, port=6379, environment={"REDIS_PASSWORD": "x y$z"}, command=("--requirepass", "x y$z"))


class Special(System):
    cache = Spaced()


def test_environment_and_command_arrive_unchanged(start: Callable[[type[System]], Environment]) -> None:
    assert start(Special).system(Special).cache.keys() == []
