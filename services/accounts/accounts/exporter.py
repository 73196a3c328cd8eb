"""The export of all accounts: slow, one at a time, and honest about a process that died."""

from __future__ import annotations

import asyncio
import csv
import io
import uuid
from contextlib import suppress
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from .db import Database
from .errors import AnswerError, StoreGoneError
from .lock import Lock
from .logs import log

_PAGE = 500
_COLUMNS = "id, status, requested_at, finished_at, accounts, reason"
_UNFINISHED = "status IN ('queued', 'running')"
_FAIL = "UPDATE exports SET status = 'failed', finished_at = now(), reason = %s"
_DIED = "its process gave no sign of life"


class Export(BaseModel):
    """How an export is doing; `reason` says why it failed."""

    id: uuid.UUID
    status: Literal["queued", "running", "done", "failed"]
    requested_at: datetime
    finished_at: datetime | None
    accounts: int | None
    reason: str | None


class StoppedError(Exception):
    """The export cannot go on; the text is the reason that is reported."""


class Exporter:
    """Runs the exports of this process, each spread over `seconds`.

    The lock's token is the id of the export, so the lock says which one lives: one without it that is
    not finished is dead.
    """

    def __init__(self, database: Database, lock: Lock, seconds: float) -> None:
        self._database, self._lock, self._seconds = database, lock, seconds
        self._jobs: set[asyncio.Task[None]] = set()

    async def start(self) -> Export:
        """Begin an export. Raises `AnswerError` 409 while another one lives, `StoreGoneError`."""
        number = uuid.uuid4()
        if not await self._lock.acquire(str(number)):
            raise AnswerError(409, "export_running", "an export is running, wait until it has finished")
        try:
            async with self._database.transaction() as connection:
                # Whoever holds the lock is alone: what is unfinished by now will never finish.
                await connection.execute(f"{_FAIL} WHERE {_UNFINISHED}", (_DIED,))
                cursor = await connection.execute(
                    f"INSERT INTO exports (id, status) VALUES (%s, 'queued') RETURNING {_COLUMNS}", (number,)
                )
                row = await cursor.fetchone()
        except BaseException:
            with suppress(StoreGoneError):
                await self._lock.release(str(number))
            raise
        job = asyncio.create_task(self._run(number), name=f"export {number}")
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return Export.model_validate(row)

    async def find(self, number: uuid.UUID) -> Export:
        """Raises `AnswerError` 404, and `StoreGoneError` where it is not known whether it lives."""
        query = f"SELECT {_COLUMNS} FROM exports WHERE id = %s"
        row = await self._database.one(query, number)
        if row and row["finished_at"] is None and await self._lock.owner() != str(number):
            await self._fail(number, _DIED)
            row = await self._database.one(query, number)
        if row is None:
            raise AnswerError(404, "not_found", f"there is no export {number}")
        return Export.model_validate(row)

    async def content(self, number: uuid.UUID) -> str:
        """The exported accounts as CSV. Raises `AnswerError` 404, or 409 where the export is not done."""
        export = await self.find(number)
        row = await self._database.one("SELECT content FROM exports WHERE id = %s", number)
        if row is None or row["content"] is None:
            raise AnswerError(409, "export_not_done", f"the export is {export.status}")
        return str(row["content"])

    async def close(self) -> None:
        """Stop what runs here; it is reported as failed."""
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _run(self, number: uuid.UUID) -> None:
        reason = "the service failed"
        try:
            await self._work(number)
        except (StoppedError, StoreGoneError) as stopped:
            reason = str(stopped)
            log.warning("export %s stopped: %s", number, reason)
        except asyncio.CancelledError:
            reason = "the service was stopped"
            raise
        except Exception:
            log.exception("export %s failed", number)
        else:
            log.info("export %s is done", number)
        finally:
            # Without effect where it is done. Where a store is gone, the lock will tell by its absence.
            with suppress(StoreGoneError):
                await self._fail(number, reason)
            with suppress(StoreGoneError):
                await self._lock.release(str(number))

    async def _work(self, number: uuid.UUID) -> None:
        clock = asyncio.get_running_loop().time
        until, ours_until = clock() + self._seconds, clock() + self._lock.seconds
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(("id", "name", "email"))
        accounts, last, more = 0, 0, True
        while more or clock() < until:
            ours_until = await self._hold(number, ours_until)
            if more:
                page = await self._database.all(
                    "SELECT id, name, email FROM users WHERE id > %s ORDER BY id LIMIT %s", last, _PAGE
                )
                lines.writerows((row["id"], row["name"], row["email"]) for row in page)
                accounts, last, more = (
                    accounts + len(page),
                    page[-1]["id"] if page else last,
                    len(page) == _PAGE,
                )
            await asyncio.sleep(max(0.0, min(until - clock(), self._lock.seconds / 4)))
        await self._hold(number, ours_until)
        await self._database.all(
            "UPDATE exports SET status = 'done', finished_at = now(), accounts = %s, content = %s"
            " WHERE id = %s AND status = 'running'",
            accounts,
            text.getvalue(),
            number,
        )

    async def _hold(self, number: uuid.UUID, ours_until: float) -> float:
        """Give a sign of life; returns until when the lock is certainly ours.

        Raises `StoppedError` where it is not, `StoreGoneError` where that can no longer be told.
        """
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            ours = await self._lock.renew(str(number))
        except StoreGoneError:
            # The lock outlives a short absence of the cache, and so does the export.
            if clock() < ours_until:
                return ours_until
            raise
        if not ours:
            raise StoppedError("its lock was lost")
        row = await self._database.one(
            f"UPDATE exports SET status = 'running' WHERE id = %s AND {_UNFINISHED} RETURNING id", number
        )
        if row is None:
            raise StoppedError("its record is gone or closed")
        return asked + self._lock.seconds

    async def _fail(self, number: uuid.UUID, reason: str) -> None:
        await self._database.all(f"{_FAIL} WHERE id = %s AND {_UNFINISHED}", reason, number)
