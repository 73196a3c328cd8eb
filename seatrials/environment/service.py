"""A service under test: how it is built and started, and when it counts as ready."""

from __future__ import annotations

import http.client
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seatrials.environment.member import Member, Reference, Running, Spec
from seatrials.environment.service_client import ServiceClient
from seatrials.errors import SeatrialsError

PATIENCE = 1.0
"""Seconds for an answer of the readiness probe."""


class Service(Member["ServiceClient"]):
    """A service that speaks HTTP on `port`, from an `image` or from the folder `build` with its Dockerfile.

    It is ready when `GET {ready}` answers 2xx. `environment` is all that it is given; values may be
    references such as `database.url`, or texts with references in them. `needs` are members that must be
    ready before it although nothing refers to them. `command` replaces the image's own; a text is split as a
    shell would. `within` are the seconds it may take to start.
    """

    def __init__(
        self,
        image: str | None = None,
        *,
        build: str | Path | None = None,
        port: int,
        ready: str = "/",
        environment: Mapping[str, str] | None = None,
        command: str | Sequence[str] = (),
        needs: Sequence[Member[Any]] = (),
        within: float = 30.0,
    ) -> None:
        super().__init__()
        if not ready.startswith("/"):
            raise SeatrialsError(f"ready={ready!r} is not a path", cure="let it begin with /, such as ready='/health'")
        for key, value in (environment or {}).items():
            if not isinstance(value, str):
                raise SeatrialsError(
                    f"environment[{key!r}] is {value!r}, not a text",
                    cure=f"write it as the service reads it: {str(value)!r}",
                )
        self.image, self.build = image, None if build is None else Path(build)
        self.container_port, self.ready, self.within = port, ready, within
        self.environment = dict(environment or {})
        self.command = tuple(shlex.split(command) if isinstance(command, str) else command)
        self.needs = tuple(needs)

    @property
    def port(self) -> Reference:
        """The port inside the system's network."""
        return self.ref("port")

    def spec(self) -> Spec:
        return Spec(
            image=self.image,
            build=self.build,
            port=self.container_port,
            environment=self.environment,
            command=self.command,
        )

    def addresses(self, spec: Spec) -> Mapping[str, str]:
        return {"url": f"http://{self.name}:{spec.port}", "host": self.name, "port": str(spec.port)}

    def probe(self, running: Running) -> None:
        """One GET by the standard library, which has no retries, pools or proxies to get in the way."""
        connection = http.client.HTTPConnection(running.host, running.port, timeout=PATIENCE)
        try:
            connection.request("GET", self.ready, headers={"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read(500)
        except ConnectionResetError as error:  # the engine's proxy takes the connection before the service listens
            raise AssertionError("connections are closed without an answer") from error
        except http.client.HTTPException as error:
            raise AssertionError(f"GET {self.ready}: no HTTP answer: {type(error).__name__}: {error}") from error
        finally:
            connection.close()
        shown = " ".join(body.decode(errors="replace").split())[:200]
        assert 200 <= answer.status < 300, f"GET {self.ready} answered {answer.status}: {shown}"

    def client(self, running: Running) -> ServiceClient:
        return ServiceClient(running)

    def reset(self, client: ServiceClient) -> None:
        """The service's own state is in its stores. What the test's side gathered is forgotten: cookies and
        exchanges.
        """
        client.forget()
