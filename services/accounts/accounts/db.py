"""The database: a pool that survives its restart, and a time limit that a frozen server cannot escape."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from .errors import StoreGoneError

_TRY_SECONDS = 0.2
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, OSError)


class Database:
    """PostgreSQL at `url`. Whatever the server does, a request gives up after `seconds`.

    Two thirds of them are for a connection, where one that turns out to be frozen costs the last third; a
    query on a connection that has just answered may take all of them.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self._seconds = seconds
        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            url,
            name="accounts",
            min_size=1,
            max_size=10,
            check=self._check,
            # Giving up soon lets whoever waits try again; the pool's own backoff grows to minutes.
            reconnect_timeout=_TRY_SECONDS / 2,
            kwargs={
                "row_factory": dict_row,
                "connect_timeout": 2,
                "application_name": "accounts",
                "options": f"-c statement_timeout={int(seconds * 1000)}",
            },
            open=False,
        )

    async def open(self) -> None:
        """Start connecting; does not wait, so the service can say that the database is missing."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close(timeout=1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A connection in a transaction. Raises `StoreGoneError` where the server does not answer in time."""
        try:
            connection = await self._take()
            try:
                with _limit(connection, self._seconds):
                    async with connection.transaction():
                        yield connection
            finally:
                await self._pool.putconn(connection)
        except _GONE as error:
            raise StoreGoneError("database") from error

    async def all(self, query: str, *values: Any) -> list[DictRow]:
        """Every row of one query in a transaction of its own."""
        async with self.transaction() as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall() if cursor.description else []

    async def one(self, query: str, *values: Any) -> DictRow | None:
        """The first row of one query in a transaction of its own."""
        rows = await self.all(query, *values)
        return rows[0] if rows else None

    async def ping(self) -> None:
        """Raises `StoreGoneError` unless the server answers."""
        await self.all("SELECT 1")

    async def _take(self) -> AsyncConnection[DictRow]:
        deadline = time.monotonic() + self._seconds * 2 / 3
        while (left := deadline - time.monotonic()) > _TRY_SECONDS:
            # Each try makes a pool that has given up connect anew.
            with suppress(PoolTimeout):
                return await self._pool.getconn(timeout=_TRY_SECONDS)
        return await self._pool.getconn(timeout=max(left, 0.01))

    async def _check(self, connection: AsyncConnection[DictRow]) -> None:
        with _limit(connection, self._seconds / 3):
            await AsyncConnectionPool.check_connection(connection)


@contextmanager
def _limit(connection: AsyncConnection[DictRow], seconds: float) -> Iterator[None]:
    """Cut the connection after `seconds`; what waits for it then gets an `OperationalError`.

    A frozen server's kernel goes on acknowledging, so no time-out of TCP ends the wait, and cancelling a
    query asks the frozen server for help.
    """
    timer = asyncio.get_running_loop().call_later(seconds, _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: AsyncConnection[DictRow]) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
