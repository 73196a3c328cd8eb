from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docker.errors import APIError, DockerException, NotFound

from seatrials.environment.images.registry import UnreachableError, host_of, pull
from seatrials.environment.images.stream import Streams
from seatrials.errors import SeatrialsError

NAME = "registry.example/shop/denied:1"


def pulled(answer: Callable[[], list[dict[str, str]]]) -> None:
    """Pull from an engine that answers so."""
    api = SimpleNamespace(hooks={"response": []}, pull=lambda *_, **__: answer())
    client = cast(Any, SimpleNamespace(api=api))
    pull(client, Streams(client), NAME)


def raising(error: Exception) -> Callable[[], list[dict[str, str]]]:
    def answer() -> list[dict[str, str]]:
        raise error

    return answer


UNREACHABLE = [
    'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.2:53: no such host',
    'Get "https://registry.example/v2/": dial tcp 10.1.1.1:443: connect: connection refused',
    'Get "https://registry.example/v2/": dial tcp 10.1.1.1:443: i/o timeout',
    "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
    'Get "https://registry.example/v2/": x509: certificate signed by unknown authority',
    'Get "https://registry.example/v2/": proxyconnect tcp: dial tcp: lookup proxy: no such host',
    f"Get https://registry.example/v2/{NAME}: EOF",
]
LOGIN = [
    f'Head "https://registry.example/v2/{NAME}": no basic auth credentials',
    "unauthorized: authentication required",
    "error parsing HTTP 403 response body: denied: requested access to the resource is denied",
]


@pytest.mark.parametrize("text", UNREACHABLE)
def test_a_missing_network_is_unreachable_at_the_start_and_in_the_middle(text: str) -> None:
    with pytest.raises(UnreachableError):
        pulled(raising(APIError("500", explanation=text)))
    with pytest.raises(UnreachableError):
        pulled(lambda: [{"status": "Pulling"}, {"error": text}])


@pytest.mark.parametrize("text", LOGIN)
def test_a_refused_login_is_no_missing_network(text: str) -> None:
    for answer in (raising(APIError("500", explanation=text)), lambda: [{"error": text}]):
        with pytest.raises(SeatrialsError, match="without a valid login") as caught:
            pulled(answer)
        assert caught.value.cure == "docker login registry.example"


@pytest.mark.parametrize(
    "answer",
    [
        raising(NotFound("404", explanation=f"manifest for {NAME} not found: manifest unknown")),
        lambda: [{"error": f"manifest for {NAME} not found: manifest unknown"}],
    ],
)
def test_a_missing_image_is_named(answer: Callable[[], list[dict[str, str]]]) -> None:
    with pytest.raises(SeatrialsError, match=re.escape(f"registry.example has no image {NAME}")):
        pulled(answer)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("toomanyrequests: You have reached your pull rate limit.", "gives no more images for now"),
        ("write /var/lib/docker/tmp: no space left on device", "no space left on device"),
        ("no matching manifest for linux/arm64/v8", "cannot be pulled from registry.example"),
    ],
)
def test_other_refusals_are_shown(text: str, message: str) -> None:
    with pytest.raises(SeatrialsError, match=message) as caught:
        pulled(raising(APIError("500", explanation=text)))
    assert text in caught.value.details


def test_credentials_that_cannot_be_read() -> None:
    with pytest.raises(SeatrialsError, match=r"credentials for registry\.example cannot be read"):
        pulled(raising(DockerException("Credentials store error")))


@pytest.mark.parametrize(("name", "host"), [("redis:7", "docker.io"), ("ghcr.io/a/b:1", "ghcr.io")])
def test_an_image_names_its_registry(name: str, host: str) -> None:
    assert host_of(name) == host
