"""Tiny systems to start in tests: a service of one small program, and a Redis where a second container is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seatrials import Client, Member, Redis, Running, Service, Spec, System
from seatrials.environment.run import RUN

ROOT = Path(__file__).parents[2]

PYTHON = "python:3.11-slim"

ECHO = """
import http.server, json, os, signal, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # as process 1 it would ignore it
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        where, _, rest = self.path[1:].partition("/")
        if where == "die":
            print("dying as told", flush=True); os._exit(3)
        if where == "say":
            print(rest, flush=True)
        if where == "wait":
            time.sleep(float(rest))
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(int(rest) if where == "status" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "seen=1")
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
print("listening", flush=True)
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""


def echo(**options: Any) -> Service:
    """A service that answers each GET with its environment.

    `/die`, `/say/<text>`, `/wait/<seconds>` and `/status/<code>` do what they say besides.
    """
    return Service(PYTHON, port=8000, command=("python3", "-c", ECHO), **options)


class Pair(System):
    """A service and the cache that it is given."""

    cache = Redis("redis:7")
    api = echo(environment={"CACHE": cache.url})


class Program(Member[Client]):
    """A container that runs a Python program and is ready as soon as it runs; `folders` are kept or in memory."""

    def __init__(self, program: str, *, kept: tuple[str, ...] = (), memory: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.program, self.kept, self.memory = program, kept, memory

    def spec(self) -> Spec:
        return Spec(PYTHON, command=("python3", "-c", self.program), kept=self.kept, memory=self.memory)

    def addresses(self, _: Spec) -> Mapping[str, str]:
        return {"host": self.name}

    def probe(self, running: Running) -> None:
        assert running.state() == "running"

    def client(self, running: Running) -> Client:
        return Client(running)


def left(client: Any, run: str) -> list[str]:
    """All in the engine that carries the run's label."""
    from seatrials.environment.cleanup.remove import find

    return [f"{thing.kind} {thing.id[:12]}" for thing in find(client, {RUN: run})]
