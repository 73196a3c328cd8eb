"""A lock that several processes share, which frees itself when its holder dies."""

from __future__ import annotations

from .cache import Cache

_RENEW = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0"
_RELEASE = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"


class Lock:
    """One key in Redis that holds its owner's token, for `seconds` after the last sign of life.

    Renewing and releasing compare the token first, so a holder that was too late cannot touch its successor's
    lock (https://redis.io/docs/latest/commands/set/#patterns). All methods raise `StoreGoneError`.
    """

    def __init__(self, cache: Cache, name: str, seconds: float) -> None:
        self.seconds = seconds
        self._cache, self._key, self._milliseconds = cache, f"lock:{name}", int(seconds * 1000)

    async def acquire(self, owner: str) -> bool:
        """Take it, if nobody has it. Asked again because the answer was lost, it finds its own token."""
        async with self._cache.answering() as redis:
            holder = await redis.set(self._key, owner, nx=True, px=self._milliseconds, get=True)
        return holder in (None, owner)

    async def renew(self, owner: str) -> bool:
        """Hold it for `seconds` more; false where it is no longer ours."""
        async with self._cache.answering() as redis:
            return bool(await redis.eval(_RENEW, 1, self._key, owner, self._milliseconds))

    async def release(self, owner: str) -> None:
        """Give it back, if it is ours."""
        async with self._cache.answering() as redis:
            await redis.eval(_RELEASE, 1, self._key, owner)

    async def owner(self) -> str | None:
        """Who has it."""
        async with self._cache.answering() as redis:
            holder = await redis.get(self._key)
        return str(holder) if holder else None
