"""One container for each store, shared by the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrials import Postgres, Redis, System
from seatrials.environment.session import Environment
from seatrials.stores.postgres import PostgresClient
from seatrials.stores.redis import RedisClient


class Stores(System):
    """What the tests of this folder ask."""

    memory = Postgres()
    durable = Postgres(durable=True)
    cache = Redis()


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """The running stores; their containers are removed at the end."""
    environment = Environment(Path(__file__).parents[2])
    try:
        environment.start({"stores": Stores})
        yield environment.system(Stores)
    finally:
        environment.close()


@pytest.fixture(scope="session")
def postgres(stores: Stores) -> PostgresClient:
    """A PostgreSQL that keeps its data in memory."""
    return stores.memory


@pytest.fixture(scope="session")
def durable(stores: Stores) -> PostgresClient:
    """A PostgreSQL that survives a stop."""
    return stores.durable


@pytest.fixture(scope="session")
def cache(stores: Stores) -> RedisClient:
    """A Redis."""
    return stores.cache


@pytest.fixture
def database(postgres: PostgresClient) -> PostgresClient:
    """The same, without a table."""
    postgres.disconnect()
    postgres.execute(
        "DO $$ DECLARE it text; BEGIN"
        " FOR it IN SELECT format('%I', nspname) FROM pg_namespace"
        " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        " LOOP EXECUTE 'DROP SCHEMA ' || it || ' CASCADE'; END LOOP; END $$;"
        "CREATE SCHEMA public"
    )
    return postgres
