"""Redis, and the copies of accounts that it holds for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from .errors import StoreGoneError

_VERSION_SECONDS = 60
"""Longer than any read of the database can take."""

_KEEP = """
if (redis.call('GET', KEYS[2]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
"""


class Cache:
    """Redis at `url`; a question that takes longer than `seconds` counts as unanswered."""

    def __init__(self, url: str, seconds: float) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            # Once more, at once: the connection kept from before a restart is dead, the new one is not.
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[Redis]:
        """The client. Raises `StoreGoneError` where Redis does not answer in time."""
        try:
            yield self._redis
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            raise StoreGoneError("cache") from error

    async def ping(self) -> None:
        """Raises `StoreGoneError` unless Redis answers."""
        async with self.answering() as redis:
            await redis.ping()

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose()


@dataclass(frozen=True)
class Found:
    """What the cache knew: `copy` is empty on a miss, `version` is that of the last change."""

    copy: str
    version: str


class Copies:
    """Copies of things by number, dropped when the thing changes and in any case after `seconds`.

    A reader that was overtaken by a change must not put its old copy back: each change has a version, and a
    copy is kept only if the version is still the one that the reader saw before it asked the database.
    """

    def __init__(self, cache: Cache, kind: str, seconds: float) -> None:
        self._cache, self._kind, self._seconds = cache, kind, seconds

    async def find(self, number: int) -> Found:
        """Raises `StoreGoneError`."""
        async with self._cache.answering() as redis:
            copy, version = await redis.mget(self._keys(number))
        return Found(str(copy or ""), str(version or ""))

    async def keep(self, number: int, copy: str, seen: Found) -> None:
        """Keep `copy` unless the thing has changed since `seen`. Raises `StoreGoneError`."""
        arguments: tuple[Any, ...] = (seen.version, copy, int(self._seconds * 1000))
        async with self._cache.answering() as redis:
            await redis.eval(_KEEP, 2, *self._keys(number), *arguments)

    async def drop(self, number: int) -> None:
        """Forget the copy; to be called after the change is committed. Raises `StoreGoneError`."""
        copy, version = self._keys(number)
        async with self._cache.answering() as redis, redis.pipeline(transaction=True) as pipeline:
            pipeline.incr(version)
            pipeline.expire(version, _VERSION_SECONDS)
            pipeline.delete(copy)
            await pipeline.execute()

    def _keys(self, number: int) -> list[str]:
        return [f"{self._kind}:{number}", f"changes:{self._kind}:{number}"]
