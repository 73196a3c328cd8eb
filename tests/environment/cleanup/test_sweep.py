"""What dead runs left is removed, and only that."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from seatrials import SeatrialsError, eventually
from seatrials.environment import run
from seatrials.environment.cleanup.remove import find
from seatrials.environment.cleanup.sweep import sweep
from seatrials.environment.run import HOST, KEEP, LOCK, RUN, SYSTEM, Lock, Run, host, is_held


@pytest.fixture
def made(client: Any) -> Iterator[Callable[..., str]]:
    """Makes a container, a network and a volume with labels and gives their name; what is left of them is removed."""
    names: list[str] = []

    def make(lock: Path, *, at: str | None = None, **labels: str) -> str:
        name = f"seatrials-test-{uuid4().hex[:8]}"
        names.append(name)
        whole = {RUN: "dead", HOST: at or host(), LOCK: str(lock), SYSTEM: "shop", "seatrials.test": name, **labels}
        image = client.images.list(filters={"label": "seatrials.stand-in"})[0].id
        client.api.create_volume(name, labels=whole)
        client.api.create_network(name, labels=whole)
        client.api.create_container(image, labels=whole, name=name)
        return name

    yield make
    for name in names:
        for thing in there(client, name):
            {"container": client.api.remove_container, "network": client.api.remove_network}.get(
                thing.kind, client.api.remove_volume
            )(thing.id)


def there(client: Any, name: str) -> list[Any]:
    return find(client, {"seatrials.test": name})


@pytest.mark.docker
def test_what_a_dead_run_left_is_removed(client: Any, made: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "run-a.lock").touch()
    with_lock, without = made(tmp_path / "run-a.lock"), made(tmp_path / "gone.lock")
    assert sweep(client) == []
    assert there(client, with_lock) == there(client, without) == []


@pytest.mark.docker
def test_what_a_living_run_owns_is_left(client: Any, made: Callable[..., str], tmp_path: Path) -> None:
    lock = Lock(tmp_path / "run-b.lock")
    name = made(lock.path)
    assert sweep(client) == []
    assert len(there(client, name)) == 3
    lock.release()
    sweep(client)
    assert there(client, name) == []


@pytest.mark.docker
def test_another_machines_and_anothers_labels_are_left(client: Any, made: Callable[..., str], tmp_path: Path) -> None:
    name = made(tmp_path / "gone.lock", at="another-machine")
    sweep(client)
    assert len(there(client, name)) == 3


@pytest.mark.docker
def test_a_kept_system_is_left_as_long_as_its_slot_says_so(
    client: Any, made: Callable[..., str], tmp_path: Path
) -> None:
    slot = tmp_path / "kept-0123.lock"
    slot.write_text("dead")
    name = made(tmp_path / "run-dead.lock", **{KEEP: "0123"})
    sweep(client)
    assert len(there(client, name)) == 3
    slot.write_text("another run")
    sweep(client)
    assert there(client, name) == []


@pytest.mark.docker
def test_files_of_dead_runs_go_and_those_of_living_ones_stay(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    alive = Run()
    dead = run.folder() / "run-dead.lock"
    dead.touch()
    sweep(client)
    assert not dead.exists()
    assert alive.lock.path.exists()
    alive.end()
    assert not alive.lock.path.exists()


def test_a_lock_is_held_until_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    assert not is_held(path)
    lock = Lock(path)
    lock.write("first, and longer")
    lock.write("second")
    assert lock.read() == "second"
    assert is_held(path)
    with pytest.raises(BlockingIOError):
        Lock(path)
    lock.release()
    lock.release()
    assert not is_held(path)
    assert path.read_text() == "second"


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    program = (
        "import os; from pathlib import Path; from seatrials.environment.run import Lock\n"
        f"lock = Lock(Path({str(path)!r})); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert path.exists()
    assert not is_held(path)


def test_a_forked_child_does_not_hold_the_lock(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "a.lock")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    try:
        lock.release()
        eventually(
            lambda: is_held(lock.path), within=5, until=lambda held: not held
        )  # the child gets there in its own time
    finally:
        os.close(writing)
        os.close(reading)
        os.waitpid(child, 0)


def test_a_lock_in_a_file_that_was_removed_meanwhile_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.lock"
    real, opened = os.open, []

    def open_and_lose_it(*arguments: Any) -> int:
        fd = real(*arguments)
        opened.append(fd)
        if len(opened) == 1:
            path.unlink()  # as a sweep does that found it unlocked
        return fd

    monkeypatch.setattr("os.open", open_and_lose_it)
    lock = Lock(path)
    monkeypatch.undo()
    assert len(opened) == 2
    assert is_held(path)
    lock.release()


def test_a_folder_for_locks_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"seatrials-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SeatrialsError, match="not this user's"):
        run.folder()


def test_projects_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert run.project(tmp_path) == run.project(tmp_path / "link")
    assert run.project(tmp_path) != run.project(tmp_path / "other")
