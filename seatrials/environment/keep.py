"""Systems that stay when the run ends, so that the next run with the same configuration need not start them.

A kept system has a slot: a file named by the hash of its configuration. Whoever uses the system holds the
lock on it, and its content says which run started the system completely; containers without such a slot are
leftovers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from seatrials.environment.cleanup.remove import clear, find
from seatrials.environment.client import Client
from seatrials.environment.container import Container
from seatrials.environment.member import Member, references, resolve
from seatrials.environment.plan import Plan, Planned
from seatrials.environment.run import HOST, KEEP, LOCK, MEMBER, PROJECT, RUN, SYSTEM, Lock, folder, host
from seatrials.environment.side_by_side import side_by_side
from seatrials.errors import SeatrialsError

ATTACH_WITHIN = 5.0
"""Seconds for a kept container that runs to answer. It has been up for long: if it does not, a new one is quicker."""

_RANDOM = "<random>"
_NEVER = "0001-01-01T00:00:00Z"


def configuration(plan: Plan, images: Mapping[str, str], project: str, version: str) -> str:
    """The hash of all that a kept system depends on; `images` are the members' image ids.

    What differs between two calls of `Member.spec` is a random credential, and taken as equal.
    """
    names = {member.key: member.name for member in plan.cls.members.values()}
    parts = [
        [
            planned.name,
            f"{type(planned.member).__module__}.{type(planned.member).__qualname__}",
            images[planned.name],
            _steady(planned.member, names),
            sorted(planned.needs),
            planned.member.fingerprint(),
        ]
        for planned in sorted(plan.members, key=lambda planned: planned.name)
    ]
    text = json.dumps([version, project, plan.name, parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Slot:
    """The right to use the kept system with this configuration, until it is released."""

    hash: str
    lock: Lock

    def complete(self, run: str) -> None:
        """Say that the system of that run is whole and may be used by others."""
        self.lock.write(run)

    def attach(self, client: Any, plan: Plan) -> tuple[dict[str, Container], dict[str, Client]] | None:
        """The kept system's containers and clients, once each of its members answers; None if there is none
        to be had.

        What is paused or stopped is brought back. Where that does not help, or its data was in memory only,
        it is removed.
        """
        from docker.errors import DockerException

        run = self.lock.read()
        if not run:
            return None
        labels = {HOST: host(), KEEP: self.hash, RUN: run}
        ids = {thing.labels[MEMBER]: thing.id for thing in find(client, labels) if thing.kind == "container"}
        try:
            if ids.keys() != plan.cls.members.keys():
                raise SeatrialsError("a container of the kept system is gone")
            containers = {one.name: _found(client, ids[one.name], plan, one) for one in plan.members}
            for one in plan.members:  # in dependency order: a service may need its store to become ready
                if containers[one.name].state() != "running":
                    containers[one.name].start()
            side_by_side({name: partial(one.wait, within=ATTACH_WITHIN) for name, one in containers.items()})
            return containers, {name: container.member.client(container) for name, container in containers.items()}
        except (SeatrialsError, DockerException):
            self.lock.write("")
            clear(client, labels)
            return None


def claim(hash: str) -> Slot | None:
    """The slot of this configuration, unless another run has it."""
    with contextlib.suppress(BlockingIOError):
        return Slot(hash, Lock(_path(folder(), hash)))
    return None


def tidy() -> None:
    """Remove the files of slots that promise nothing and that nobody holds: starts that failed or were killed."""
    for path in folder().glob("kept-*.lock"):
        with contextlib.suppress(BlockingIOError, FileNotFoundError):
            if not path.stat().st_size:
                lock = Lock(path)
                lock.release(remove=not lock.read())


def is_kept(labels: Mapping[str, str]) -> bool:
    """Whether what carries these labels belongs to a kept system that is whole."""
    if KEEP not in labels or LOCK not in labels:
        return False
    with contextlib.suppress(FileNotFoundError):
        return _slot_of(labels).read_text() == labels.get(RUN)
    return False


def drop(client: Any, project: str, *, system: str | None = None, but: str = "") -> tuple[list[str], list[str]]:
    """Remove the kept systems of a project, or of one `system` of it, except the configuration `but`.

    Returns the names of the systems removed, and of those left because a run is using them.
    """
    labels = {HOST: host(), PROJECT: project} | ({SYSTEM: system} if system else {})
    kept = {_slot_of(thing.labels): thing.labels for thing in find(client, labels) if KEEP in thing.labels}
    removed, busy = [], []
    for path, found in kept.items():
        if found[KEEP] == but:
            continue
        try:
            lock = Lock(path)
        except BlockingIOError:
            busy.append(found[SYSTEM])
            continue
        lock.write("")
        clear(client, {HOST: host(), KEEP: found[KEEP], LOCK: found[LOCK]})
        lock.release(remove=True)
        removed.append(found[SYSTEM])
    return sorted(removed), sorted(busy)


def _path(where: Path, hash: str) -> Path:
    return where / f"kept-{hash}.lock"


def _slot_of(labels: Mapping[str, str]) -> Path:
    """Beside the lock of the run that started it: another run may have another folder for temporary files."""
    return _path(Path(labels[LOCK]).parent, labels[KEEP])


def _found(client: Any, id: str, plan: Plan, planned: Planned) -> Container:
    """The kept container of a member, with the environment that it was given. Raises `SeatrialsError` if it
    lost its data.
    """
    found = client.api.inspect_container(id)
    if planned.spec.memory and (found["State"]["Status"] == "exited" or found["State"]["FinishedAt"] != _NEVER):
        raise SeatrialsError("it was stopped, and its data was in memory")
    given = dict(line.partition("=")[::2] for line in found["Config"]["Env"] or ())
    spec = replace(planned.spec, environment={key: given[key] for key in planned.spec.environment})
    return Container(client, id, plan.name, planned.member, spec, plan.cls.declared_at)


def _steady(member: Member[Any], names: Mapping[int, str]) -> dict[str, Any]:
    """The member's specification without what is random in it."""
    one, two = member.spec(), member.spec()

    def without_random(text: str, other: str) -> str:
        return _without_random(_named(text, names), _named(other, names))

    return {
        # not where the image comes from: its id says more, and the folder may be reached by another path
        "port": one.port,
        "environment": {
            key: without_random(text, two.environment.get(key, "")) for key, text in one.environment.items()
        },
        "command": [without_random(*both) for both in zip(one.command, two.command, strict=False)],
        "kept": one.kept,
        "memory": one.memory,
    }


def _named(text: str, names: Mapping[int, str]) -> str:
    """References by name: the members' numbers depend on the order in which modules are imported."""
    return resolve(text, {(key, attribute): f"<{names[key]}.{attribute}>" for key, attribute in references(text)})


def _without_random(one: str, two: str) -> str:
    """`one`, with the words in which it differs from `two` replaced."""
    words, others = (re.split(r"([^\w-]+)", text) for text in (one, two))
    if len(words) != len(others):
        return _RANDOM
    return "".join(a if a == b else _RANDOM for a, b in zip(words, others, strict=True))
