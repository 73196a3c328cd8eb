"""The systems of one pytest session: started when they are known, shared by its scenarios, gone with its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import pytest

from seatrials.environment.plan import Plan, plan
from seatrials.environment.progress import Progress
from seatrials.environment.side_by_side import side_by_side
from seatrials.environment.system import System
from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    from seatrials.environment.bring_up import BringUp
    from seatrials.environment.container import Container
    from seatrials.environment.ground import Ground
    from seatrials.environment.images.supply import Image

SystemT = TypeVar("SystemT", bound=System)


class Environment:
    """What runs for one pytest session. `root` is the project's folder: folders to build and `images/` are
    looked for there.

    With `keep` the systems stay when it is closed, and those that an earlier run left are used. `write` gets
    a line for each thing that takes time. Docker is not loaded, nor the engine asked, before the first
    `start`.
    """

    def __init__(self, root: Path, *, keep: bool = False, write: Callable[[str], None] = lambda _: None) -> None:
        self.images: dict[str, dict[str, Image]] = {}
        """By system and member: what each container really is."""
        self.kept: list[str] = []
        """The systems that stay when the run ends."""
        self.began: float = time.time()
        """When the scenario began, in seconds since the epoch."""
        self._root = root
        self._keep = keep
        self._progress = Progress(write)
        self._ground: Ground | None = None
        self._bringing: BringUp | None = None
        self._known: dict[type[System], System | SeatrialsError] = {}
        self._told: set[type[System]] = set()
        self._containers: dict[str, list[Container]] = {}

    def start(self, systems: Mapping[str, type[System]]) -> None:
        """Start those that do not run yet, side by side. What fails is remembered, and raised by `system`.

        Lets `KeyboardInterrupt` through; `close` then removes what was made so far.
        """
        wanted = {name: cls for name, cls in systems.items() if cls not in self._known}
        if not wanted:
            return
        try:
            plans = [self._plan(name, cls) for name, cls in wanted.items()]
            if any(plans):
                self._progress.expect(f"{p.name}.{one.name}" for p in plans if p for one in p.members)
                bringing = self._on_the_ground()
                side_by_side({one.name: partial(self._up, bringing, one) for one in plans if one})
        except SeatrialsError as error:
            self._known.update({cls: error for cls in wanted.values() if cls not in self._known})
        except BaseException:
            if self._bringing is not None:
                self._bringing.give_up("the run was interrupted")
            raise

    def system(self, cls: type[SystemT]) -> SystemT:
        """The running system. Raises the `SeatrialsError` for which it does not run."""
        found = self._known.get(cls)
        if found is None:
            raise SeatrialsError(
                f"{cls.__name__} was not started",
                where=cls.declared_at,
                cure="ask for it by the fixture that it was declared with",
            )
        if isinstance(found, SeatrialsError):
            if cls in self._told:
                raise SeatrialsError(f"{found.what} (told in full by the first test that needed it)")
            self._told.add(cls)
            raise found
        return cast(SystemT, found)

    def running(self) -> Mapping[str, System]:
        """The systems that run, by name."""
        return {one.name: one for one in self._known.values() if isinstance(one, System)}

    def stand_ins(self) -> dict[str, str]:
        """Each name of an image that was not what it says: the name → what it really was, for the header and
        the reports.
        """
        found: dict[str, str] = {}
        for images in self.images.values():
            for image in images.values():
                found |= image.stand_ins()
        return found

    def scenario_began(self) -> None:
        """From now on `Running.logs` gives what is printed from now on, and `began` is now."""
        self.began = time.time()
        for containers in self._containers.values():
            for container in containers:
                container.since = self.began

    def logs(self, *, tail: int | None = None) -> dict[str, str]:
        """What each container printed since the scenario began, by `system.member`; the last `tail` lines if given."""
        return {
            f"{system}.{container.name}": container.logs(tail=tail)
            for system, containers in self._containers.items()
            for container in containers
        }

    def close(self) -> None:
        """Have everything removed, except what is kept, and wait for it. Again does nothing.

        Raises `SeatrialsError` with what could not be removed.
        """
        for system in self.running().values():
            for client in system.clients().values():
                client.disconnect()
        self._known.clear()
        self._containers.clear()
        bringing, self._bringing = self._bringing, None
        if bringing is not None:
            bringing.close()

    def _plan(self, name: str, cls: type[System]) -> Plan | None:
        try:
            return plan(name, cls)
        except SeatrialsError as error:
            self._known[cls] = error
            return None

    def _on_the_ground(self) -> BringUp:
        from seatrials.environment.bring_up import BringUp
        from seatrials.environment.ground import Ground

        if self._bringing is None:
            self._ground = Ground(self._root, self._progress.say)
            self._bringing = BringUp(self._ground, self._progress, kept=self._keep)
        return self._bringing

    def _up(self, bringing: BringUp, planned: Plan) -> None:
        """Have one system running, or know why not."""
        try:
            up = bringing.bring_up(planned)
        except SeatrialsError as error:
            self._known[planned.cls] = error
            return
        self.images[planned.name] = dict(up.images)
        if up.kept:
            self.kept.append(planned.name)
        self._containers[planned.name] = [up.containers[name] for name in up.clients]
        self._known[planned.cls] = planned.cls(planned.name, up.clients)


ENVIRONMENT = pytest.StashKey[Environment]()
"""Where `config.stash` has the session's environment."""


def running_system(request: pytest.FixtureRequest, cls: type[SystemT]) -> SystemT:
    """The running system for a test that asks for it; started now if the plan did not know of it.

    Raises `SeatrialsError` if it does not run.
    """
    environment = request.config.stash[ENVIRONMENT]
    environment.start({request.fixturename or cls.__name__.lower(): cls})
    return environment.system(cls)
