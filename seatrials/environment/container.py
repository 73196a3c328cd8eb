"""A container of a running system: where it is reached, what state it is in, how it is broken and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seatrials.environment.events import Events
from seatrials.environment.member import Member, Spec
from seatrials.errors import SeatrialsError

LOOPBACK = "127.0.0.1"
PROBE_EVERY = 0.01
"""Seconds between two questions whether it is ready. A refused connection costs a fraction of a millisecond.
"""

_STATES = {"created": "exited", "restarting": "running", "removing": "gone", "dead": "gone"}


def state_of(found: Mapping[str, Any] | None) -> str:
    """The state that an inspection shows: `running`, `paused`, `exited` or `gone`."""
    if found is None:
        return "gone"
    status = str(found["State"]["Status"])
    return _STATES.get(status, status)


class Container:
    """`Running` as the engine sees it. It does not matter who started it, so a kept one is the same.

    `client` is a `docker.DockerClient`, `spec` has its references resolved, `where` is the place where the
    system is declared.
    """

    def __init__(self, client: Any, id: str, system: str, member: Member[Any], spec: Spec, where: str) -> None:
        self.id = id
        self.system = system
        self.member = member
        self.spec = spec
        self.where = where
        self.since: float | None = None
        self._api = client.api
        self._port: int | None = None
        self._events: Events | None = None
        self._calm: int | None = None

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def host(self) -> str:
        return LOOPBACK

    @property
    def port(self) -> int:
        """Raises `ConnectionError` while it is not running: its last port may belong to somebody else by now."""
        if self._port is None:
            found = self.inspect()
            published = (found["NetworkSettings"]["Ports"] if found else {}).get(f"{self.spec.port}/tcp")
            if not published:
                raise ConnectionError(f"the {self.name} of the {self.system} system is not running ({state_of(found)})")
            self._port = int(published[0]["HostPort"])
        return self._port

    @property
    def environment(self) -> Mapping[str, str]:
        return self.spec.environment

    def state(self) -> str:
        """Asked of each container before each scenario, so the engine is not asked where it told of nothing since."""
        told = self._events.count(self.id) if self._events is not None else None
        if told is not None and told == self._calm:
            return "running"
        state = state_of(self.inspect())
        self._calm = told if state == "running" else None
        return state

    def listen(self, events: Events) -> None:
        """From now on rely on what the engine tells."""
        self._events = events

    def stop(self) -> None:
        self._end(self._api.stop)

    def kill(self) -> None:
        def kill(id: str) -> None:
            self._api.kill(id, "SIGKILL")
            self._api.wait(id, timeout=10, condition="not-running")

        self._end(kill)

    def pause(self) -> None:
        self._do(self._api.pause, wanted="paused")

    def resume(self) -> None:
        self._do(self._api.unpause, wanted="running")

    def start(self) -> None:
        if self.state() == "paused":
            self.resume()
        self._port = None
        self._do(self._api.start, wanted="running")
        self.wait()

    def logs(self, *, tail: int | None = None) -> str:
        options: dict[str, Any] = {} if self.since is None else {"since": self.since}
        from docker.errors import NotFound

        try:
            printed: bytes = self._api.logs(self.id, tail="all" if tail is None else tail, **options)
        except NotFound:  # it was removed, and its log with it
            return ""
        return printed.decode(errors="replace")

    def wait(self, given_up: Callable[[], str | None] = lambda: None, within: float | None = None) -> None:
        """Until the driver gets an answer. `given_up` may give a reason to wait no longer.

        Raises `SeatrialsError` at once when the container has ended or the probe says that waiting is no use,
        and after `within` or else `member.within` seconds otherwise; it shows what the probe saw and the
        container's last words.
        """
        from seatrials.environment.readiness import wait_until_ready

        wait_until_ready(self, within=within or self.member.within, given_up=given_up)

    def inspect(self) -> dict[str, Any] | None:
        """All that the engine knows of it; None if it is gone."""
        from docker.errors import NotFound

        try:
            found: dict[str, Any] = self._api.inspect_container(self.id)
        except NotFound:
            return None
        return found

    def _end(self, how: Callable[[str], object]) -> None:
        if self.state() == "paused":
            self.resume()  # the engine refuses to end what is frozen
        self._port = None
        self._do(how, wanted="exited")

    def _do(self, what: Callable[[str], object], wanted: str) -> None:
        """Ask the engine for a change of state. That it is in that state already is no error."""
        from docker.errors import APIError, NotFound

        self._calm = None
        try:
            what(self.id)
        except NotFound:
            raise SeatrialsError(
                f"the container of the {self.name} of the {self.system} system is gone: somebody removed it",
                where=self.where,
                cure="run again; if it happens again, look for what else cleans up containers on this machine",
            ) from None
        except APIError as error:
            if self.state() != wanted:
                from seatrials.environment.engine import translate

                raise translate(error, where=f"{self.name} of the {self.system} system, {self.where}") from error
