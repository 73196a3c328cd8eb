"""What the routes work with, made once for the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from .cache import Cache, Copies
from .config import Config
from .db import Database
from .exporter import Exporter
from .lock import Lock
from .passwords import Passwords


@dataclass(frozen=True)
class Stores:
    """Both stores and what is built on them."""

    config: Config
    database: Database
    cache: Cache
    copies: Copies
    passwords: Passwords
    exporter: Exporter

    @classmethod
    def of(cls, config: Config) -> Stores:
        """Nothing connects yet."""
        database = Database(config.database_url, config.database_seconds)
        cache = Cache(config.redis_url, config.cache_timeout_seconds)
        lock = Lock(cache, "export", config.export_lock_seconds)
        return cls(
            config=config,
            database=database,
            cache=cache,
            copies=Copies(cache, "user", config.cache_seconds),
            passwords=Passwords(),
            exporter=Exporter(database, lock, config.export_seconds),
        )

    async def open(self) -> None:
        """Start connecting."""
        await self.database.open()

    async def close(self) -> None:
        """Stop the export that runs here, then close everything."""
        await self.exporter.close()
        await self.database.close()
        await self.cache.close()
        self.passwords.close()


def _stores(request: Request) -> Stores:
    stores = request.app.state.stores
    assert isinstance(stores, Stores)
    return stores


Needed = Annotated[Stores, Depends(_stores)]
"""The type of a route's parameter that receives the `Stores`."""
