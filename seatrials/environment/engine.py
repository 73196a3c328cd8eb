"""The connection to the Docker engine, and what is wrong with it in words that say what to do."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import docker

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT = "unix:///var/run/docker.sock"

ANSWER_WITHIN = 60
"""Seconds that the engine may take for anything later, such as making a container on a slow disk."""

_UNREACHABLE: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        FileNotFoundError,
        "there is no Docker engine here: its socket does not exist",
        "install Docker and start it, or say in DOCKER_HOST where its socket is",
    ),
    (
        PermissionError,
        "this user may not talk to the Docker engine",
        "join its group (sudo usermod -aG docker $USER) and log in again",
    ),
    (
        ConnectionRefusedError,
        "the Docker engine does not run: nobody listens at its address",
        "start it (sudo systemctl start docker)",
    ),
    (TimeoutError, "the Docker engine did not answer in time", "see whether it hangs: docker ps"),
    (ConnectionError, "the Docker engine closed the connection", "see whether it restarts: docker ps"),
)
_TROUBLES = (
    (
        "no space left on device",
        "free some: docker system df shows what takes the space, docker image rm removes images",
    ),
    ("port is already allocated", "end what uses the port, or let the engine choose one by naming none"),
    ("address already in use", "end what uses the port, or let the engine choose one by naming none"),
    (
        "could not find an available, non-overlapping",
        "remove networks that nothing uses: docker network prune",
    ),
    ("all predefined address pools", "remove networks that nothing uses: docker network prune"),
    ("cannot allocate memory", "end what else runs, or give the engine more memory"),
    ("executable file not found", "correct the command: the image has no such program"),
)
"""What the engine says, which has no code for it, and the cure."""


def connect(*, within: float = 5.0) -> docker.DockerClient:
    """A client of the engine that `DOCKER_HOST` names, or of the one on this machine, after it has answered.

    `within` is the number of seconds that it may take to answer.
    Raises `SeatrialsError` if it does not, with the cure.
    """
    import docker

    host = os.environ.get("DOCKER_HOST", "")
    where = f"DOCKER_HOST={host}" if host else DEFAULT
    _refuse_remote(host, where)
    try:
        if not host or host.startswith("unix:"):
            _knock("/" + (host or DEFAULT).removeprefix("unix:").lstrip("/"), within)
        client = docker.from_env(timeout=within)
        client.ping()
    except Exception as error:  # docker-py raises its own, but also NameError and urllib3's
        raise _unreachable(error, where) from error
    client.api.timeout = ANSWER_WITHIN
    return client


def translate(error: BaseException, *, where: str) -> SeatrialsError:
    """What the engine refused, told to a person; `where` is the member, image or network it was about."""
    if any(isinstance(cause, kind) for cause in _chain(error) for kind, _, _ in _UNREACHABLE):
        return _unreachable(error, where)
    text = str(getattr(error, "explanation", None) or error)
    for words, cure in _TROUBLES:
        if words in text.lower():
            return SeatrialsError(f"the Docker engine refused: {words}", where=where, cure=cure, details=text)
    return SeatrialsError(
        f"the Docker engine refused: {text.splitlines()[0] if text else type(error).__name__}",
        where=where,
        details=text,
    )


def _knock(path: str, within: float) -> None:
    """Connect once without docker-py, which never closes the socket of a connection that was not made."""
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(within)
        knocking.connect(path)


def _refuse_remote(host: str, where: str) -> None:
    """Published ports are on the engine's own loopback: a remote one's cannot be reached from here."""
    scheme = urlsplit(host).scheme
    if not host or scheme == "unix":
        return
    if scheme not in ("tcp", "http", "https", "ssh"):
        raise SeatrialsError(
            "DOCKER_HOST is not an address of a Docker engine",
            where=where,
            cure=f"unset DOCKER_HOST, or say {DEFAULT}",
        )
    if scheme == "ssh" or urlsplit(host).hostname not in LOOPBACK:
        raise SeatrialsError(
            "the Docker engine is on another machine, where tests cannot reach the ports of containers",
            where=where,
            cure="unset DOCKER_HOST to use the engine of this machine, or run the tests over there",
        )


def _unreachable(error: BaseException, where: str) -> SeatrialsError:
    """Told apart by the kind of error at the bottom, never by its text, which changes with releases."""
    causes = list(_chain(error))
    known = next((row for row in _UNREACHABLE if any(isinstance(cause, row[0]) for cause in causes)), None)
    if known:
        _, what, cure = known
    elif type(error).__name__ == "TLSParameterError":
        what = "DOCKER_TLS_VERIFY is set and its certificates are not there"
        cure = "set DOCKER_CERT_PATH, or unset DOCKER_TLS_VERIFY"
    else:
        what, cure = "what answers there is not a usable Docker engine", "correct or unset DOCKER_HOST"
    return SeatrialsError(what, where=where, cure=cure, details=f"{type(error).__name__}: {error}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and all that it was raised because of; urllib3 and requests keep that in `reason` or `args`."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
