"""Reaching a PostgreSQL from the host: who may, whether anybody is there, whether a connection is still good."""

from __future__ import annotations

import select
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seatrials.environment.member import Running

if TYPE_CHECKING:
    import psycopg

PATIENCE = 0.7
"""Seconds for the first byte of an answer. libpq itself waits for 2 s at least, on a paused container too."""

_SSL_REQUEST = bytes((0, 0, 0, 8, 4, 210, 22, 47))  # see SSLRequest in "Message Formats" of PostgreSQL's manual


def credentials(environment: Mapping[str, str]) -> tuple[str, str, str]:
    """User, password and database, as the container was given them."""
    return environment["POSTGRES_USER"], environment["POSTGRES_PASSWORD"], environment["POSTGRES_DB"]


def knock(running: Running) -> None:
    """Ask whether TLS is spoken, as a client may first of all. Raises `OSError` when nothing comes back."""
    with socket.create_connection((running.host, running.port), timeout=PATIENCE) as connection:
        connection.sendall(_SSL_REQUEST)
        if not connection.recv(1):
            raise ConnectionResetError(f"{running.name}: the connection was closed before an answer")


def connect(running: Running, options: str = "") -> psycopg.Connection[dict[str, Any]]:
    """A new connection: autocommit, rows as dictionaries. Raises `OSError` or `psycopg.OperationalError`."""
    import psycopg
    from psycopg.rows import dict_row
    from psycopg.types.json import JsonbDumper

    knock(running)
    user, password, database = credentials(running.environment)
    connection = psycopg.connect(
        host=running.host, port=running.port, user=user, password=password, dbname=database,
        autocommit=True, row_factory=dict_row,
        connect_timeout=2, gssencmode="disable", application_name="seatrials", options=options,
    )  # fmt: skip
    connection.adapters.register_dumper(dict, JsonbDumper)
    return connection


def alive(connection: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection is still good, without a round trip: a server that went away sent an end."""
    if connection.closed:
        return False
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return not readable
