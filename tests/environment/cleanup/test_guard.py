"""Nothing is left behind: not after a normal end, not after Ctrl-C, not after SIGKILL, at whatever moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrials import SeatrialsError, always, eventually
from seatrials.environment.cleanup.guard import Guard
from seatrials.environment.cleanup.remove import find
from seatrials.environment.run import HOST, LOCK, RUN, SYSTEM, host
from seatrials.environment.session import Environment
from tests.environment.tiny import ROOT, Pair, left

pytestmark = pytest.mark.docker

PROGRAM = """
import sys
from pathlib import Path
from seatrials.environment.session import Environment
from tests.environment.tiny import ROOT, Pair, Program, System

class Both(System):
    worker = Program("import time; time.sleep(60)", kept=("/data",))

environment = Environment(ROOT, keep="--keep" in sys.argv, write=lambda line: print(line, flush=True))
try:
    print("begin", flush=True)
    environment.start({"pair": Pair, "both": Both})
    environment.system(Pair)
    print("ready", flush=True)
    sys.stdin.read()
finally:
    print("closing", flush=True)
    environment.close()
    print("closed", flush=True)
"""


BUILDING = """
import sys
from pathlib import Path
from seatrials import Service, System
from seatrials.environment.session import Environment

class Built(System):
    api = Service(build="service", port=1)

environment = Environment(Path(sys.argv[1]))
try:
    environment.start({"built": Built})
finally:
    environment.close()
"""


class Child:
    """A run in a process of its own, with a folder of its own for locks, by which its things are told from others'."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            start_new_session=True,
        )

    def until(self, line: str) -> None:
        """Read its output up to this line."""
        assert self.process.stdout is not None
        for seen in self.process.stdout:
            if seen.decode().strip() == line:
                return
        raise AssertionError(f"it ended before it said {line!r}")

    def signal(self, number: int) -> None:
        """To it and its group, as the terminal does."""
        os.killpg(self.process.pid, number)

    def left(self, client: Any) -> list[str]:
        """All in the engine that it made."""
        return [
            f"{one.kind} {one.id}"
            for one in find(client, {HOST: host()})
            if one.labels.get(LOCK, "").startswith(str(self.folder))
        ]

    def nothing_left_within(self, client: Any, seconds: float) -> None:
        """Nothing is left in that time, and nothing comes back: a request may still be under way in the engine."""

        def nothing() -> None:
            assert self.left(client) == []

        eventually(lambda: always(nothing, during=0.3), within=seconds, what="what the killed run made")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def child(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Child]:
    child = Child(tmp_path, *getattr(request, "param", ()))
    yield child
    child.close()


@pytest.mark.parametrize("after", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9])
def test_nothing_is_left_after_sigkill_while_starting(client: Any, child: Child, after: float) -> None:
    child.until("begin")
    threading.Event().wait(after)
    child.process.kill()
    child.nothing_left_within(client, 2.0)


def test_nothing_is_left_after_sigkill_when_ready(client: Any, child: Child) -> None:
    child.until("ready")
    assert len(child.left(client)) == 6  # three containers, two networks, a volume
    child.process.kill()
    child.nothing_left_within(client, 2.0)


@pytest.mark.parametrize("after", [0.0, 0.2])
def test_nothing_is_left_after_sigkill_while_closing(client: Any, child: Child, after: float) -> None:
    child.until("ready")
    assert child.process.stdin is not None
    child.process.stdin.close()
    child.until("closing")
    threading.Event().wait(after)
    child.process.kill()
    child.nothing_left_within(client, 2.0)


@pytest.mark.parametrize("after", [0.1, 0.35, 0.6])
def test_ctrl_c_while_starting_ends_promptly_and_leaves_nothing(client: Any, child: Child, after: float) -> None:
    child.until("begin")
    threading.Event().wait(after)
    child.signal(signal.SIGINT)
    began = time.monotonic()
    child.process.wait(timeout=10)
    assert time.monotonic() - began < 5
    assert child.left(client) == []
    assert child.process.returncode == -signal.SIGINT


def test_ctrl_c_when_ready_leaves_nothing(client: Any, child: Child) -> None:
    child.until("ready")
    child.signal(signal.SIGINT)
    child.process.wait(timeout=10)
    assert child.left(client) == []


def test_sigterm_leaves_nothing(client: Any, child: Child) -> None:
    child.until("ready")
    child.signal(signal.SIGTERM)
    child.process.wait(timeout=10)
    child.nothing_left_within(client, 2.0)


def test_a_normal_end_leaves_nothing_and_no_lock(client: Any, child: Child) -> None:
    child.until("ready")
    assert child.process.stdin is not None
    child.process.stdin.close()
    child.until("closed")
    assert child.left(client) == []
    assert list(child.folder.rglob("run-*.lock")) == []


@pytest.mark.parametrize("child", [("--keep",)], indirect=True)
@pytest.mark.parametrize("after", [0.2, 0.5])
def test_a_run_that_keeps_leaves_nothing_if_it_is_killed_while_starting(
    client: Any, child: Child, after: float
) -> None:
    child.until("begin")
    threading.Event().wait(after)
    child.process.kill()
    child.nothing_left_within(client, 2.0)


@pytest.mark.parametrize("child", [("--keep",)], indirect=True)
def test_a_run_that_keeps_leaves_whole_systems_when_it_is_killed(client: Any, child: Child) -> None:
    child.until("ready")
    child.process.kill()
    child.process.wait()
    try:
        always(lambda: len(child.left(client)) == 6 or pytest.fail(f"{child.left(client)}"), during=1.0, every=0.1)
    finally:
        for one in find(client, {HOST: host()}):
            if one.labels.get(LOCK, "").startswith(str(child.folder)) and one.kind == "container":
                client.api.remove_container(one.id, force=True, v=True)
        for one in find(client, {HOST: host()}):
            if one.labels.get(LOCK, "").startswith(str(child.folder)):
                (client.api.remove_network if one.kind == "network" else client.api.remove_volume)(one.id)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_build_ends_with_its_run(client: Any, tmp_path: Path, number: int) -> None:
    mark = f"sleep 31.{os.getpid()}{number}"
    (tmp_path / "images").symlink_to(ROOT / "images")
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "Dockerfile").write_text(f"FROM python:3.11-slim\nRUN {mark}\n")

    def building() -> bool:
        return any(mark in one["Command"] for one in client.api.containers(all=True))

    run = subprocess.Popen([sys.executable, "-c", BUILDING, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        eventually(building, within=15, until=bool)
        run.send_signal(number)
        run.wait(timeout=10)
        eventually(building, within=2, until=lambda there: not there)
    finally:
        run.kill()
        run.wait()


def test_the_guard_lets_alone_what_belongs_to_another_run(client: Any) -> None:
    volume = client.api.create_volume("seatrials-test-other", labels={RUN: "another"})["Name"]
    try:
        Guard("no-such-run").end()
        assert left(client, "another") == [f"volume {volume[:12]}"]
    finally:
        client.api.remove_volume(volume)


def test_the_guard_removes_what_comes_late(client: Any) -> None:
    guard = Guard("late-run")
    process = guard._process
    assert process.stdin is not None
    process.stdin.close()  # the run died; a request of it is still under way in the engine
    threading.Event().wait(0.3)
    client.api.create_volume("seatrials-test-late", labels={RUN: "late-run", SYSTEM: "shop"})
    assert process.wait(timeout=5) == 0
    assert left(client, "late-run") == []
    assert process.stdout is not None
    process.stdout.close()


def test_the_end_does_the_work_of_a_guard_that_was_killed(client: Any) -> None:
    environment = Environment(ROOT)
    environment.start({"pair": Pair})
    assert environment._ground is not None
    run = environment._ground.run.id
    os.kill(environment._ground.guard().pid, signal.SIGKILL)
    assert left(client, run)
    environment.close()
    assert left(client, run) == []


def test_what_cannot_be_removed_is_told(client: Any) -> None:
    volume = client.api.create_volume("seatrials-test-busy", labels={RUN: "busy-run", HOST: "elsewhere"})["Name"]
    image = client.images.list(filters={"label": "seatrials.stand-in"})[0].id
    holder = client.api.create_container(image, host_config=client.api.create_host_config(binds=[f"{volume}:/data"]))
    try:
        with pytest.raises(SeatrialsError, match="not everything that this run made could be removed") as caught:
            Guard("busy-run", patience=0.5).end()
        assert "volume is in use" in caught.value.details
        assert "label seatrials.run=busy-run" in caught.value.cure or "busy-run" in caught.value.cure
    finally:
        client.api.remove_container(holder["Id"], v=True)
        client.api.remove_volume(volume)


def test_a_forked_child_does_not_hold_the_guard_back() -> None:
    guard = Guard("forked")
    child = os.fork()
    if child == 0:
        threading.Event().wait(5)
        os._exit(0)
    try:
        began = time.monotonic()
        guard.end()
        assert time.monotonic() - began < 4
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
