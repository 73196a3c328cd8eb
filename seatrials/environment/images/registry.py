"""Finding an image on this machine or pulling it: no network, no such image and no login are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrials.environment.engine import translate
from seatrials.environment.images.stream import SilentError, Streams
from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import docker

ANSWER_WITHIN = 8.0
"""Seconds until a registry must have said something; a download may then take any time.
The engine itself would wait for 25."""

_LOGIN = ("no basic auth", "unauthorized", "authentication required", "denied", "forbidden")
_MISSING = ("manifest unknown", "name unknown", "not found: ", "no such image")
_UNREACHABLE = (
    "no such host",
    "connection refused",
    "connection reset",
    "client.timeout",
    "i/o timeout",
    "deadline exceeded",
    "no route to host",
    "network is unreachable",
    "name resolution",
    "server misbehaving",
    "proxyconnect",
    "tls",
    "x509",
    "eof",
)
"""The engine gives all of these the code 500, so its words have to be read (Go's `net` and `crypto/tls`)."""


class UnreachableError(Exception):
    """Nobody at the registry's address answers: there is no network, or none that leads there."""


def host_of(name: str) -> str:
    """The registry that an image comes from. Raises `SeatrialsError` if it is no image name."""
    from docker.auth import resolve_repository_name
    from docker.errors import DockerException

    try:
        return str(resolve_repository_name(name)[0])
    except DockerException as error:
        raise malformed(name, str(error)) from None


def malformed(name: str, details: str = "") -> SeatrialsError:
    """The error for what cannot be an image name."""
    return SeatrialsError(
        f"{name!r} is not an image name",
        cure="write it as for docker pull, in small letters: name:tag",
        details=details,
    )


def local_id(client: docker.DockerClient, name: str) -> str | None:
    """The id of the image of that name on this machine, None if there is none."""
    from docker.errors import APIError, ImageNotFound

    try:
        return str(client.api.inspect_image(name)["Id"])
    except ImageNotFound:
        return None
    except APIError as error:
        if error.status_code == 400:
            raise malformed(name, str(error.explanation)) from None
        raise translate(error, where=name) from error
    except OSError as error:
        raise translate(error, where=name) from error


def pull(client: docker.DockerClient, streams: Streams, name: str, *, answer_within: float = ANSWER_WITHIN) -> None:
    """Pull an image under its name.

    Raises `UnreachableError` if the registry is not there or is silent for `answer_within` seconds,
    `SeatrialsError` if it refuses.
    """
    from docker.errors import APIError, DockerException, NotFound

    host = host_of(name)
    try:
        for line in streams.read(lambda: client.api.pull(name, stream=True, decode=True), first_within=answer_within):
            if "error" in line:
                raise _refused(name, host, str(line["error"]))
    except SilentError:
        raise UnreachableError(f"{host} does not answer within {answer_within:g} s") from None
    except NotFound as error:
        raise _missing(name, host, str(error.explanation)) from None
    except APIError as error:
        if error.status_code == 400:
            raise malformed(name, str(error.explanation)) from None
        raise _refused(name, host, str(error.explanation or error)) from None
    except DockerException as error:
        raise SeatrialsError(
            f"{name} cannot be pulled: the credentials for {host} cannot be read",
            cure="correct ~/.docker/config.json, or docker login again",
            details=str(error),
        ) from None
    except OSError as error:
        raise translate(error, where=name) from error


def _refused(name: str, host: str, text: str) -> Exception:
    """Login first: an answer of the registry is never taken for a missing network."""
    words = text.lower().replace(name.lower(), "")
    if any(mark in words for mark in _MISSING):
        return _missing(name, host, text)
    if any(mark in words for mark in _LOGIN) and "dial " not in words:
        return SeatrialsError(
            f"{host} refuses to give {name} without a valid login", cure=f"docker login {host}", details=text
        )
    if any(mark in words for mark in _UNREACHABLE):
        return UnreachableError(text)
    if "toomanyrequests" in words:
        cure = f"docker login {host}, or wait; or docker pull {name} beforehand"
        return SeatrialsError(
            f"{host} gives no more images for now, so {name} cannot be pulled", cure=cure, details=text
        )
    if "no space left" in words:
        return translate(RuntimeError(text), where=name)
    return SeatrialsError(
        f"{name} cannot be pulled from {host}", cure=f"see what docker pull {name} says", details=text
    )


def _missing(name: str, host: str, text: str) -> SeatrialsError:
    return SeatrialsError(
        f"{host} has no image {name}",
        cure=f"correct the name or the tag; if it is private: docker login {host}",
        details=text,
    )
