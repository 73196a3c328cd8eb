"""Bring systems up: attach to those that an earlier run kept, start the others."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

from docker.errors import DockerException

from seatrials.environment import keep
from seatrials.environment.client import Client
from seatrials.environment.container import Container
from seatrials.environment.events import Events
from seatrials.environment.ground import Ground
from seatrials.environment.images.supply import Image
from seatrials.environment.plan import Plan
from seatrials.environment.progress import Progress
from seatrials.environment.run import KEEP, PROJECT, project
from seatrials.environment.side_by_side import side_by_side
from seatrials.environment.start import Starting
from seatrials.errors import SeatrialsError


@dataclass(frozen=True)
class Up:
    """A system that is up, each member by its name; `clients` are in dependency order.

    `kept` is whether it stays when the run ends.
    """

    containers: Mapping[str, Container]
    clients: Mapping[str, Client]
    images: Mapping[str, Image]
    kept: bool = False


class BringUp:
    """Brings systems up on one ground, from several threads. `kept` means that they are to stay for later runs."""

    def __init__(self, ground: Ground, progress: Progress, *, kept: bool) -> None:
        self._ground = ground
        self._progress = progress
        self._kept = kept
        self._lock = threading.Lock()  # between the threads that start systems and an end that comes meanwhile
        self._over = ""
        self._starting: list[Starting] = []
        self._slots: list[keep.Slot] = []
        self._events: list[Events] = []

    def bring_up(self, plan: Plan) -> Up:
        """Have the system running. Raises `SeatrialsError` if that cannot be; nothing of it is left then."""
        up = self._attached_or_started(plan) if self._kept else self._started(plan, {})
        with contextlib.suppress(DockerException, OSError):  # then each container is asked before each scenario
            events = Events(self._ground.client, [container.id for container in up.containers.values()])
            self._events.append(events)
            for container in up.containers.values():
                container.listen(events)
        return up

    def give_up(self, reason: str) -> None:
        """Whatever is starting in other threads stops, and nothing starts any more."""
        with self._lock:
            self._over = reason
            for starting in self._starting:
                starting.give_up(reason)

    def close(self) -> None:
        """Have everything removed that is not kept, and wait for it. Raises `SeatrialsError` with what would not go."""
        for events in self._events:
            events.close()
        self.give_up("the run ends")
        self._ground.give_up()
        settled = [starting.settle(within=2.0) for starting in self._starting]
        try:
            self._ground.close(orderly=all(settled))
        finally:
            for slot in self._slots:
                slot.lock.release()
            if self._kept:
                keep.tidy()

    def _attached_or_started(self, plan: Plan) -> Up:
        ground, home = self._ground, project(self._ground.root)
        images = side_by_side({one.name: partial(ground.image, one.spec) for one in plan.members})
        ids = {name: image.id for name, image in images.items()}
        slot = keep.claim(keep.configuration(plan, ids, home, version("seatrials")))
        if slot is None:
            self._progress.say(f"{plan.name}  the kept one is in use by another run, this run starts its own")
            return self._started(plan, {})
        self._slots.append(slot)
        attached = slot.attach(ground.client, plan)
        if attached is not None:
            for name, image in images.items():
                self._progress.attached(plan.name, name, image)
            return Up(*attached, images, kept=True)
        keep.drop(ground.client, home, system=plan.name, but=slot.hash)
        started = self._started(plan, {KEEP: slot.hash, PROJECT: home})
        # First the file, then the guard: if the run is killed in between, the guard removes what the file
        # promises, and the next run finds nothing and starts anew. The other way round nobody would own it.
        slot.complete(ground.run.id)
        ground.guard().keep(plan.name)
        return replace(started, kept=True)

    def _started(self, plan: Plan, kept: Mapping[str, str]) -> Up:
        ground = self._ground
        ground.guard()
        labels = ground.run.labels(plan.name) | dict(kept)
        starting = Starting(ground.client, ground.launcher, plan, labels, ground.image, self._progress)
        with self._lock:
            if self._over:
                raise SeatrialsError(f"the {plan.name} system was not started: {self._over}")
            self._starting.append(starting)
        starting.begin()
        clients = starting.wait()
        return Up(starting.containers, clients, starting.images)
