"""Redis: a cache behind a random password, ready when it answers PING, reset with FLUSHDB."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from seatrials.environment.client import Client
from seatrials.environment.member import Member, Running, Spec
from seatrials.waiting import Terminal

if TYPE_CHECKING:
    import redis

PATIENCE = 0.7
"""Seconds for an answer of the probe."""

# In one round trip: an empty cache is not flushed, so its replicas and its keyspace events stay quiet.
_RESET = "if redis.call('DBSIZE') > 0 then redis.call('FLUSHDB') end return 0"


class Redis(Member["RedisClient"]):
    """A Redis server. It keeps nothing on disk: a stop loses the content, as a cache may.

    `within` are the seconds it may take to start.
    """

    def __init__(self, image: str = "redis:7", *, within: float = 30.0) -> None:
        super().__init__()
        self.image, self.within = image, within

    def spec(self) -> Spec:
        password = secrets.token_hex(12)
        return Spec(
            image=self.image,
            port=6379,
            environment={"REDIS_PASSWORD": password},  # the server does not read it; the client does
            command=("redis-server", "--requirepass", password, "--save", "", "--appendonly", "no"),
        )

    def addresses(self, spec: Spec) -> Mapping[str, str]:
        password = spec.environment["REDIS_PASSWORD"]
        return {
            "url": f"redis://:{password}@{self.name}:{spec.port}/0",
            "host": self.name,
            "port": str(spec.port),
            "password": password,
        }

    def probe(self, running: Running) -> None:
        import redis

        try:
            with _connect(running, PATIENCE) as client:
                client.ping()
        except redis.AuthenticationError as error:  # a ConnectionError to redis-py, but it will not go away
            raise Terminal(f"{running.name}: {error}") from error
        except redis.RedisError as error:  # BusyLoadingError among them
            raise ConnectionError(str(error)) from error

    def client(self, running: Running) -> RedisClient:
        return RedisClient(running)

    def reset(self, client: RedisClient) -> None:
        with client.told():
            client.redis.eval(_RESET, 0)


class RedisClient(Client):
    """Questions to one Redis; values are text. The first question connects, and the first one after a stop again.

    A question raises `NoAnswer` when nobody answers.
    """

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self._redis: redis.Redis | None = None

    @property
    def url(self) -> str:
        """The address for the host, with the password; after a stop it is another one."""
        password = self.running.environment["REDIS_PASSWORD"]
        return f"redis://:{password}@{self.running.host}:{self.running.port}/0"

    @property
    def redis(self) -> redis.Redis:
        """redis-py's client, for every command that has no method here. Ask anew rather than keeping it."""
        if self._redis is None:
            self._redis = _connect(self.running, 5.0)
        return self._redis

    def get(self, key: str) -> str | None:
        """The text under `key`, None where there is none."""
        with self.told():
            value: Any = self.redis.get(key)
        return None if value is None else str(value)

    def set(self, key: str, value: str, *, seconds: int | None = None) -> None:
        """Set `key`, to expire after `seconds` if given."""
        with self.told():
            self.redis.set(key, value, ex=seconds)

    def exists(self, key: str) -> bool:
        """Whether there is a key of exactly this name, of whatever type."""
        with self.told():
            return bool(self.redis.exists(key))

    def keys(self, pattern: str = "*") -> list[str]:
        """The keys that match a glob pattern, in order."""
        with self.told():
            return sorted(self.redis.scan_iter(match=pattern, count=1000))

    def ttl(self, key: str) -> float | None:
        """Seconds until `key` expires; None where it never does. Raises `KeyError` when it is not there."""
        with self.told():
            left: Any = self.redis.pttl(key)
        if left == -2:
            raise KeyError(key)
        return None if left == -1 else left / 1000

    def delete(self, *keys: str) -> int:
        """Delete the keys; how many of them were there."""
        with self.told():
            found: Any = self.redis.delete(*keys) if keys else 0
        return int(found)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Around commands: a connection that fails is told as what it means for a person."""
        import redis

        self.refuse_if_paused()
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
            self.disconnect()
            raise self.no_answer(error) from error

    def disconnect(self) -> None:
        if self._redis is not None:
            self._redis.close()
        self._redis = None


def _connect(running: Running, timeout: float) -> redis.Redis:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis(
        host=running.host, port=running.port, password=running.environment["REDIS_PASSWORD"],
        socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0),
        decode_responses=True, client_name="seatrials",
    )  # fmt: skip
