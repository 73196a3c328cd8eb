"""A member of a system: what is declared on the class, and what it becomes when the system runs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, cast, overload

if TYPE_CHECKING:
    from seatrials.environment.client import Client
    from seatrials.environment.system import System

ClientT = TypeVar("ClientT", bound="Client")

_keys = count(1)
_REFERENCE = re.compile(r"\{seatrials:(\d+)\.(\w+)\}")


class Reference(str):
    """An address that is known only when the system starts, such as `database.url`.

    It is a text with a placeholder, so it may stand inside other texts: `environment={"DSN":
    f"{database.url}?a=1"}`.
    """

    __slots__ = ()

    def __new__(cls, member: Member[Any], attribute: str) -> Self:
        return super().__new__(cls, f"{{seatrials:{member.key}.{attribute}}}")


def references(text: str) -> list[tuple[int, str]]:
    """The (member key, attribute) pairs that `text` refers to, in order."""
    return [(int(key), attribute) for key, attribute in _REFERENCE.findall(text)]


def resolve(text: str, values: Mapping[tuple[int, str], str]) -> str:
    """`text` with every reference replaced by its value."""
    return _REFERENCE.sub(lambda found: values[int(found[1]), found[2]], text)


@dataclass(frozen=True)
class Spec:
    """The container that a member asks for.

    Exactly one of `image` (a name as for `docker pull`) and `build` (a folder with a Dockerfile) is given.
    `port` is the one that clients use, inside the container. `environment` and `command` may hold references.
    `kept` are folders that live on a volume, so that they survive stop and start; `memory` are folders on
    tmpfs, empty again after a stop.
    """

    image: str | None = None
    build: Path | None = None
    port: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    memory: tuple[str, ...] = ()

    def texts(self) -> Iterable[str]:
        """Every text that may hold a reference."""
        return (*self.environment.values(), *self.command)


class Running(Protocol):
    """A container of this run, as stores and clients see it."""

    @property
    def name(self) -> str:
        """The member's name in its system, which is also its host name inside the network."""

    @property
    def system(self) -> str:
        """The name of the system."""

    @property
    def host(self) -> str:
        """Where the host reaches it: a loopback address."""

    @property
    def port(self) -> int:
        """The published port now. The engine gives another one at every start: never keep it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The container's environment, references resolved; the random credentials are in it."""

    def state(self) -> str:
        """`running`, `paused`, `exited` or `gone`."""

    def stop(self) -> None:
        """End it in its own time, as a planned stop does."""

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash does."""

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""

    def resume(self) -> None:
        """Thaw it."""

    def start(self) -> None:
        """Start it again and wait until it is ready. What `kept` holds is still there."""

    def wait(self) -> None:
        """Until it answers; raises `SeatrialsError` when it cannot, or not within the member's time."""

    def logs(self, *, tail: int | None = None) -> str:
        """What it printed, since the scenario began where there is one; the last `tail` lines if given."""


class Member(ABC, Generic[ClientT]):
    """One container of a system. On the class of a system it is this declaration, on a running system it is
    its client.
    """

    within: float = 30.0
    """Seconds from the container's start until the driver must have got an answer."""

    needs: tuple[Member[Any], ...] = ()
    """Members that must be ready before this one starts although no text of its `Spec` refers to them."""

    def __init__(self) -> None:
        self.key = next(_keys)
        self.name = ""

    def __set_name__(self, owner: type[System], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[System]) -> Self: ...
    @overload
    def __get__(self, instance: System, owner: type[System]) -> ClientT: ...
    def __get__(self, instance: System | None, owner: type[System]) -> Self | ClientT:
        if instance is None:
            return self
        return cast(ClientT, instance.client(self.name))

    def ref(self, attribute: str) -> Reference:
        """A reference to one of the names that `addresses` gives."""
        return Reference(self, attribute)

    @property
    def url(self) -> Reference:
        """The whole address with credentials, as a container of the same system sees it."""
        return self.ref("url")

    @property
    def host(self) -> Reference:
        """The host name inside the system's network."""
        return self.ref("host")

    @abstractmethod
    def spec(self) -> Spec:
        """The container to start. Called once a start; random credentials are made here and put into `environment`."""

    @abstractmethod
    def addresses(self, spec: Spec) -> Mapping[str, str]:
        """What other members may refer to (`url`, `host`, …), as seen inside the network, where the host name
        is `self.name`.
        """

    @abstractmethod
    def probe(self, running: Running) -> None:
        """Ask once, from the host and through the driver, whether it answers; return if so.

        Raises `OSError` or `AssertionError` while it may yet come, `Terminal` when it cannot (a wrong
        password). Must take no longer than about a second.
        """

    @abstractmethod
    def client(self, running: Running) -> ClientT:
        """A client of the ready container."""

    def prepare(self, client: ClientT) -> None:
        """Once after a fresh start, before the members that refer to this one are started: migrations."""

    def baseline(self, client: ClientT) -> None:
        """Once when the whole system is ready: remember the state that `reset` goes back to."""

    def reset(self, client: ClientT) -> None:
        """Before each scenario: go back to the baseline, touching only what changed."""

    def fingerprint(self) -> str:
        """What makes a kept container usable again beside its `Spec`, such as the content of the migrations."""
        return ""
