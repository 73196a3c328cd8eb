"""The member that a sentence is about, of the kind that its verb needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from seatrials.environment.client import Client
from seatrials.environment.system import System
from seatrials.errors import SeatrialsError

ClientT = TypeVar("ClientT", bound=Client)


def of_kind(system: System, name: str, kind: type[ClientT], verb: str) -> ClientT:
    """The client of the member `name`. Raises `SeatrialsError` if it is of another kind than `verb` needs."""
    client = system.client(name)
    if isinstance(client, kind):
        return client
    raise SeatrialsError(
        f'"{name}" is a {_kind(type(client))}; "{verb}" needs a {_kind(kind)}',
        where=system.declared_at,
        cure=_say(_names(system, kind), kind),
    )


def only(system: System, kind: type[ClientT], noun: str) -> ClientT:
    """The one member of this kind, for a sentence that does not name it: `noun` is what the sentence says instead.

    Raises `SeatrialsError` where there is none, and where there are several.
    """
    found = [client for client in system.clients().values() if isinstance(client, kind)]
    if len(found) == 1:
        return found[0]
    names = _names(system, kind)
    what = f"has {len(found)} of them: {', '.join(names)}" if found else "has none"
    raise SeatrialsError(
        f'"{noun}" means the only {_kind(kind)} of a system, and the {system.name} system {what}',
        where=system.declared_at,
        cure=f"write a step of your own that names {' or '.join(names)}" if found else _say(names, kind),
    )


def _names(system: System, kind: type[Client]) -> list[str]:
    return [name for name, client in system.clients().items() if isinstance(client, kind)]


def _say(names: Iterable[str], kind: type[Client]) -> str:
    listed = ", ".join(names)
    return f"say one of {listed}" if listed else f"declare a {_kind(kind)} in the system"


def _kind(client: type[Client]) -> str:
    """What a client's member is called where it is declared: a PostgresClient belongs to a Postgres."""
    return client.__name__.removesuffix("Client")
