"""Systems to say sentences about: one of real stores, and one whose service is a thread of the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seatrials import Postgres, Redis, Service, System
from seatrials.environment.session import Environment
from seatrials.stores.postgres import PostgresClient
from seatrials.stores.redis import RedisClient


class Harbour(System):
    """A database and a cache."""

    database = Postgres(durable=True)
    cache = Redis()


class Pier(System):
    """A service and a cache, which nobody starts."""

    api = Service("none", port=8000, ready="/health")
    cache = Redis()


@pytest.fixture(scope="session")
def started() -> Iterator[Harbour]:
    """The system of real stores; its containers are removed at the end."""
    environment = Environment(Path(__file__).parents[2])
    try:
        environment.start({"harbour": Harbour})
        yield environment.system(Harbour)
    finally:
        environment.close()


@pytest.fixture
def harbour(started: Harbour) -> Harbour:
    """The same, healed and reset."""
    started.restore()
    return started


@pytest.fixture
def database(harbour: Harbour) -> PostgresClient:
    """The harbour's database."""
    return harbour.database


@pytest.fixture
def cache(harbour: Harbour) -> RedisClient:
    """The harbour's cache."""
    return harbour.cache


class Pretended:
    """A running member without a container: on a port of this process, or on none."""

    def __init__(self, name: str, port: int = 0) -> None:
        self.name, self.system, self.host, self._port = name, "pier", "127.0.0.1", port
        self.environment: Mapping[str, str] = {}
        self.condition = "running" if port else "exited"
        self.printed = ""
        self.done: list[str] = []

    @property
    def port(self) -> int:
        if not self._port:
            raise ConnectionError("it is not running")
        return self._port

    def state(self) -> str:
        return self.condition

    def logs(self, *, tail: int | None = None) -> str:
        return "\n".join(self.printed.splitlines()[-(tail or 0) :])

    def __getattr__(self, verb: str) -> Callable[[], None]:
        """`stop`, `kill`, `pause`, `resume` and `start` are written down."""
        if verb.startswith("_"):
            raise AttributeError(verb)
        return lambda: self.done.append(verb)


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; `/broken` without JSON, `/users` with a document, `/204` with nothing."""

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(length).decode()
        documents: dict[str, Any] = {
            "/users": [{"id": 1, "name": "Ada", "login": {"hash": "x"}}],
            "/empty": [],
        }
        echo = {"method": self.command, "path": self.path, "body": json.loads(sent) if sent else None}
        document = documents.get(self.path, echo)
        body = b"oops" if self.path == "/broken" else json.dumps(document).encode()
        self.send_response({"/missing": 404, "/204": 204}.get(self.path, 200))
        self.send_header("Content-Type", "text/plain" if self.path == "/broken" else "application/json")
        self.send_header("Content-Length", "0" if self.path == "/204" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and self.path != "/204":
            self.wfile.write(body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """`do_GET` and its like."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Quietly."""


@pytest.fixture(scope="session")
def echo() -> Iterator[int]:
    """The port of a server in this process that answers with what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pier(echo: int) -> Iterator[Pier]:
    """A system whose service answers from this process, and whose cache does not run."""
    runnings: Mapping[str, Any] = {"api": Pretended("api", echo), "cache": Pretended("cache")}
    clients = {name: member.client(runnings[name]) for name, member in Pier.members.items()}
    yield Pier("pier", clients)
    for client in clients.values():
        client.disconnect()
