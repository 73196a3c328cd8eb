"""PostgreSQL: declared with its migrations, ready when it answers, reset by undoing only what was written."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from seatrials.environment.member import Member, Running, Spec
from seatrials.errors import SeatrialsError
from seatrials.stores import migrations
from seatrials.stores.postgres_client import PostgresClient
from seatrials.stores.postgres_connection import connect, credentials
from seatrials.waiting import Terminal

__all__ = ["Postgres", "PostgresClient"]

DATA = "/var/lib/seatrials"
"""PGDATA. Not the image's own folder: up to 17 that is a volume, and 18 refuses a mount there."""

# Without these a crash of the host loses data, which is nobody's loss here. A kill of the server alone loses
# only what synchronous_commit=off holds back, for up to 0.6 s; a durable one waits for its commits.
_SPEED = ("fsync=off", "full_page_writes=off")


RESET = "-c search_path=pg_catalog -c session_replication_role=replica -c lock_timeout=2s -c deadlock_timeout=20ms"
"""Settings of the connection that resets. As a replica no foreign key and no trigger of the user's fires; it
waits for a transaction that still writes, but not for ever; and autovacuum, which yields to whoever looks for
deadlocks, does so at once."""


class Postgres(Member["PostgresClient"]):
    """A PostgreSQL server with one database.

    `migrations` is a folder of `*.sql` files, run in the order of their numbers and names, or one such file; it
    is looked for from the file that declares the system upwards. Data is kept in memory and gone after a stop,
    unless it is `durable`. `within` are the seconds it may take to start.
    """

    def __init__(
        self,
        image: str = "postgres:16",
        *,
        migrations: str | Path | None = None,
        durable: bool = False,
        within: float = 30.0,
    ) -> None:
        super().__init__()
        self.image, self.durable, self.within = image, durable, within
        self.migrations = None if migrations is None else Path(migrations)
        self._declared: type | None = None

    def __set_name__(self, owner: type[Any], name: str) -> None:
        super().__set_name__(owner, name)
        self._declared = owner

    def spec(self) -> Spec:
        settings = (*_SPEED, f"synchronous_commit={'on' if self.durable else 'off'}")
        return Spec(
            image=self.image,
            port=5432,
            environment={
                "POSTGRES_USER": f"u{secrets.token_hex(4)}",
                "POSTGRES_PASSWORD": secrets.token_hex(12),
                "POSTGRES_DB": f"d{secrets.token_hex(4)}",
                "PGDATA": DATA,
            },
            command=("postgres", *(word for setting in settings for word in ("-c", setting))),
            kept=(DATA,) if self.durable else (),
            memory=() if self.durable else (DATA,),
        )

    def addresses(self, spec: Spec) -> Mapping[str, str]:
        user, password, database = credentials(spec.environment)
        return {
            "url": f"postgresql://{user}:{password}@{self.name}:{spec.port}/{database}",
            "host": self.name,
            "port": str(spec.port),
            "user": user,
            "password": password,
            "database": database,
        }

    def probe(self, running: Running) -> None:
        import psycopg

        try:
            with connect(running) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                raise Terminal(f"{running.name}: {str(error).strip()}") from error
            raise ConnectionError(str(error).strip()) from error

    def client(self, running: Running) -> PostgresClient:
        return PostgresClient(running, durable=self.durable)

    def prepare(self, client: PostgresClient) -> None:
        if self.migrations is not None:
            for file in migrations.files(self.migrations, self._declared):
                migrations.run(client.connection(), file)
            client.disconnect()  # and with it what the files set for their session

    def baseline(self, client: PostgresClient) -> None:
        client.execute(files("seatrials.stores").joinpath("postgres.sql").read_text("utf-8"))
        with _told(client, "its baseline cannot be taken"):
            client.execute("SELECT seatrials.baseline()")

    def reset(self, client: PostgresClient) -> None:
        with _told(client, "it cannot be reset"):
            client.connection(RESET).execute("SELECT seatrials.reset()", prepare=True)

    def fingerprint(self) -> str:
        return migrations.digest(self.migrations, self._declared) if self.migrations is not None else ""


@contextmanager
def _told(client: PostgresClient, what: str) -> Iterator[None]:
    """Around a call of `postgres.sql`: a failure is told as what it means for a person."""
    import psycopg

    try:
        yield
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
        raise SeatrialsError(
            f"{client.name}: {what}, a transaction that wrote to it is still open",
            where="; ".join(_writers(client)) or "it ended while this was being reported",
            cure="end it before the service answers; a scenario waits for work in the background",
            details=str(error),
        ) from error
    except psycopg.Error as error:
        raise SeatrialsError(
            f"{client.name}: {what}: {error.diag.message_primary or error}",
            cure="definitions are not brought back: change tables in migrations, not in a scenario",
            details=error.diag.context or "",
        ) from error


def _writers(client: PostgresClient) -> list[str]:
    """Who has a transaction open that wrote, one line each."""
    rows = client.query(
        "SELECT DISTINCT a.pid, a.application_name AS application, host(a.client_addr) AS address, a.state,"
        " extract(epoch FROM now() - a.xact_start)::float AS seconds, left(a.query, 200) AS query"
        " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'relation' AND l.granted"
        " AND l.mode NOT IN ('AccessShareLock', 'ShareUpdateExclusiveLock')"
        " AND a.pid <> pg_backend_pid() ORDER BY a.pid"
    )
    return [
        f"{row['application'] or 'a client'} at {row['address'] or 'its socket'} (pid {row['pid']},"
        f" {row['state']} for {row['seconds']:.1f} s), last statement: {row['query']}"
        for row in rows
    ]
