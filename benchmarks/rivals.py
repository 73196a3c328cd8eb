"""The same containers without seatrials: by the bare Docker SDK in threads (the floor), and by stock testcontainers.

Each function starts PostgreSQL, Redis and the account service, waits until each answers its driver, applies the
migrations, returns the seconds from its call to that moment, and removes everything afterwards.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import docker
import psycopg
import redis
import requests
from redis.backoff import NoBackoff
from redis.retry import Retry

MIGRATIONS = Path("services/accounts/migrations")
DATA = "/var/lib/postgresql/data"


@dataclass(frozen=True)
class Images:
    """Ids of the images, the same for every way."""

    database: str
    cache: str
    api: str


def until(question: Callable[[], object], seconds: float = 30) -> None:
    """Ask every 10 ms until it raises nothing."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            question()
            return
        except (psycopg.OperationalError, redis.RedisError, requests.RequestException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def ask_postgres(port: int, password: str) -> None:
    psycopg.connect(host="127.0.0.1", port=port, user="app", password=password, dbname="app", connect_timeout=2).close()


def ask_redis(port: int, password: str) -> None:
    redis.Redis(port=port, password=password, retry=Retry(NoBackoff(), 0), socket_timeout=1).ping()


def ask_api(port: int) -> None:
    requests.get(f"http://127.0.0.1:{port}/health", timeout=2).raise_for_status()


def migrate(port: int, password: str) -> None:
    dsn = f"postgresql://app:{password}@127.0.0.1:{port}/app"
    with psycopg.connect(dsn, autocommit=True) as connection:
        for file in sorted(MIGRATIONS.glob("*.sql")):
            connection.execute(file.read_bytes())


def floor(images: Images) -> float:
    """The bare Docker SDK: the stores side by side, then the service; driver probes every 10 ms."""
    began = time.perf_counter()
    client = docker.from_env()
    password, name = secrets.token_hex(8), f"floor-{secrets.token_hex(4)}"
    made: list[Any] = []
    network = client.networks.create(name)

    def start(image: str, alias: str, port: int, **options: Any) -> int:
        joined = {name: client.api.create_endpoint_config(aliases=[alias])}
        container = client.containers.create(
            image, ports={port: ("127.0.0.1", None)}, network=name, networking_config=joined, **options
        )
        made.append(container)
        container.start()
        container.reload()
        return int(container.ports[f"{port}/tcp"][0]["HostPort"])

    def database() -> None:
        port = start(
            images.database, "database", 5432,
            environment={"POSTGRES_USER": "app", "POSTGRES_DB": "app", "POSTGRES_PASSWORD": password},
            command=["postgres", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"],
            volumes={f"{name}-data": {"bind": DATA, "mode": "rw"}},
        )  # fmt: skip
        until(partial(ask_postgres, port, password))
        migrate(port, password)

    def cache() -> None:
        port = start(images.cache, "cache", 6379, command=["redis-server", "--requirepass", password])
        until(partial(ask_redis, port, password))

    try:
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(database), pool.submit(cache)]:
                done.result()
        port = start(
            images.api, "api", 8000,
            environment={"DATABASE_URL": f"postgresql://app:{password}@database:5432/app",
                         "REDIS_URL": f"redis://:{password}@cache:6379/0"},
        )  # fmt: skip
        until(partial(ask_api, port))
        return time.perf_counter() - began
    finally:
        for container in made:
            container.remove(force=True, v=True)
        network.remove()
        client.volumes.get(f"{name}-data").remove()
        client.close()


def testcontainers(images: Images, *, threads: bool) -> float:
    """Stock testcontainers with the waiting that it brings; one after the other, or the stores in threads."""
    began = time.perf_counter()
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.network import Network
    from testcontainers.core.wait_strategies import HttpWaitStrategy
    from testcontainers.postgres import PostgresContainer
    from testcontainers.redis import RedisContainer

    testcontainers_config.ryuk_disabled = True  # its image is not to be had everywhere, and it would take longer still
    password = secrets.token_hex(8)
    with contextlib.ExitStack() as stack:
        network = stack.enter_context(Network())
        database = PostgresContainer(images.database, username="app", password=password, dbname="app")
        database.with_network(network).with_network_aliases("database")
        cache = RedisContainer(images.cache, password=password).with_network(network).with_network_aliases("cache")
        stores = [database, cache]
        if threads:
            with ThreadPoolExecutor() as pool:
                started = [pool.submit(store.start) for store in stores]
            for store in stores:
                stack.callback(store.stop)
            for done in started:
                done.result()
        else:
            for store in stores:
                stack.enter_context(store)
        migrate(int(database.get_exposed_port(5432)), password)
        api = DockerContainer(images.api).with_network(network).with_exposed_ports(8000)
        api.with_env("DATABASE_URL", f"postgresql://app:{password}@database:5432/app")
        api.with_env("REDIS_URL", f"redis://:{password}@cache:6379/0")
        api.waiting_for(HttpWaitStrategy(8000, "/health").for_status_code(200))
        stack.enter_context(api)
        return time.perf_counter() - began
