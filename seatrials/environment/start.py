"""Start the containers of one system side by side, each the moment that what it needs is ready."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from seatrials.environment.cleanup.remove import clear
from seatrials.environment.client import Client
from seatrials.environment.container import Container
from seatrials.environment.engine import translate
from seatrials.environment.images.supply import Image
from seatrials.environment.launch import Launcher
from seatrials.environment.member import Spec
from seatrials.environment.plan import Plan, Planned
from seatrials.environment.run import RUN, SYSTEM
from seatrials.errors import SeatrialsError


class Teller(Protocol):
    """Who is told about progress: called from several threads."""

    def started(self, system: str, member: str, image: Image, seconds: float) -> None: ...


class _GivenUp(Exception):
    """In a member's thread: the start as a whole is over, and this thread has nothing to report."""


class Starting:
    """One system on its way up: `begin`, then `wait`. `give_up` may come from anywhere.

    `client` is a `docker.DockerClient`; `labels` go on everything that is made; `image` gives the image of a
    specification.
    """

    def __init__(
        self,
        client: Any,
        launcher: Launcher,
        plan: Plan,
        labels: Mapping[str, str],
        image: Callable[[Spec], Image],
        teller: Teller,
    ) -> None:
        self.plan = plan
        self.containers: dict[str, Container] = {}
        self.images: dict[str, Image] = {}
        self._client = client
        self._launcher = launcher
        self._labels = labels
        self._image = image
        self._teller = teller
        self._network = f"seatrials-{labels[RUN]}-{plan.name}"
        self._changed = threading.Condition()  # guards all that follows, and tells of each change
        self._joinable = False
        self._clients: dict[str, Client] = {}
        self._busy = 0
        self._over: str | None = None
        self._failure: BaseException | None = None

    def begin(self) -> None:
        """Start a thread for the network and for each member. The threads do not hold up the end of the process."""
        threading.Thread(target=self._guarded, args=(self._make_network,), daemon=True).start()
        for planned in self.plan.members:
            threading.Thread(
                target=self._guarded, args=(self._bring_up, planned), name=planned.name, daemon=True
            ).start()

    def wait(self) -> Mapping[str, Client]:
        """The clients of the ready members, in dependency order, after each has made its baseline.

        Raises `SeatrialsError` of the member that failed first; the others are stopped then, and nothing of
        the system is left.
        """
        names = [planned.name for planned in self.plan.members]
        with self._changed:
            self._changed.wait_for(lambda: self._over is not None or len(self._clients) == len(names))
        try:
            if self._failure is not None:
                raise self._told(self._failure)
            if self._over is not None:
                raise SeatrialsError(
                    f"the {self.plan.name} system was given up: {self._over}", where=self.plan.cls.declared_at
                )
            clients = {name: self._clients[name] for name in names}
            for planned in self.plan.members:
                self._step(planned, "make the baseline of", partial(planned.member.baseline, clients[planned.name]))
        except SeatrialsError:
            self.give_up("another member failed")
            for client in self._clients.values():
                client.disconnect()
            self.settle()
            clear(self._client, {RUN: self._labels[RUN], SYSTEM: self.plan.name})
            raise
        return clients

    def give_up(self, reason: str) -> None:
        """Have every thread stop at the next step."""
        with self._changed:
            self._over = self._over or reason
            self._changed.notify_all()

    def settle(self, within: float = 5.0) -> bool:
        """After giving up: wait until no thread asks the engine for anything any more; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, within)

    def _guarded(self, work: Callable[..., None], *arguments: Planned) -> None:
        """The body of each thread: the first failure ends the start."""
        try:
            work(*arguments)
        except _GivenUp:
            pass
        except BaseException as error:
            with self._changed:
                if self._over is None:
                    self._failure, self._over = error, "a member failed"
                self._changed.notify_all()

    def _make_network(self) -> None:
        with self._at_work():
            try:
                self._client.api.create_network(self._network, driver="bridge", labels=dict(self._labels))
            except Exception as error:
                raise translate(error, where=f"the network of the {self.plan.name} system") from error
        with self._changed:
            self._joinable = True
            self._changed.notify_all()

    def _bring_up(self, planned: Planned) -> None:
        began = time.monotonic()
        image = self._image(planned.spec)
        with self._changed:
            self.images[planned.name] = image
            self._changed.wait_for(
                lambda: self._over is not None or (self._joinable and planned.needs <= self._clients.keys())
            )
        waited = time.monotonic() - began
        with self._at_work():
            container = self._launch(planned, image)
            container.wait(given_up=lambda: self._over)
            client: Client = planned.member.client(container)
            self._step(planned, "prepare", partial(planned.member.prepare, client))
        self._teller.started(self.plan.name, planned.name, image, time.monotonic() - began - waited)
        with self._changed:
            self._clients[planned.name] = client
            self._changed.notify_all()

    def _launch(self, planned: Planned, image: Image) -> Container:
        where = self.plan.cls.declared_at
        try:
            id = self._launcher.launch(planned, image, self._network, self._labels)
        except Exception as error:
            raise translate(error, where=f"the {planned.name} of the {self.plan.name} system, {where}") from error
        container = Container(self._client, id, self.plan.name, planned.member, planned.spec, where)
        with self._changed:
            self.containers[planned.name] = container
        return container

    def _step(self, planned: Planned, verb: str, work: Callable[[], None]) -> None:
        """Have the member do its part; whatever that raises names the member."""
        try:
            work()
        except SeatrialsError:
            raise
        except Exception as error:
            if self._over is not None:
                raise _GivenUp from error
            raise SeatrialsError(
                f"could not {verb} the {planned.name} of the {self.plan.name} system",
                where=self.plan.cls.declared_at,
                cure="see below what went wrong",
                details=f"{type(error).__name__}: {error}",
            ) from error

    def _told(self, error: BaseException) -> SeatrialsError:
        if isinstance(error, SeatrialsError):
            return error
        return SeatrialsError(
            f"the {self.plan.name} system could not be started",
            where=self.plan.cls.declared_at,
            cure="this is a fault in seatrials or in a member of its own making; see below",
            details=f"{type(error).__name__}: {error}",
        )

    def _at_work(self) -> _AtWork:
        return _AtWork(self)


class _AtWork:
    """While a thread asks the engine for things: not entered any more once the start is over."""

    def __init__(self, starting: Starting) -> None:
        self._starting = starting

    def __enter__(self) -> None:
        with self._starting._changed:
            if self._starting._over is not None:
                raise _GivenUp
            self._starting._busy += 1

    def __exit__(self, *_: object) -> None:
        with self._starting._changed:
            self._starting._busy -= 1
            self._starting._changed.notify_all()
