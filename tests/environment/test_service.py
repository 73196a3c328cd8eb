"""A service as its tests see it: ready, asked, and readable when it does not answer. No container is needed."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from seatrials import SeatrialsError, Service, eventually
from seatrials.environment.service_client import ServiceClient
from seatrials.errors import NoAnswer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        where, _, rest = self.path.partition("?")[0][1:].partition("/")
        if where == "drop":
            self.close_connection = True
            return
        if where == "garbage":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            self.close_connection = True
            return
        if where == "wait":
            self.server.released.wait(5)  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) + f"|{self.headers.get('Cookie', 'no cookie')}|{self.client_address[1]}".encode()
        self.send_response(int(rest) if where == "status" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "seen=1")
        if where == "status" and rest == "302":
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def do_HEAD(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


class Here:
    """`Running` for a server in this process."""

    name, system, host = "api", "shop", "127.0.0.1"

    def __init__(self, port: int) -> None:
        self.port = port


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that answers whatever its path says."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.released = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.released.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(port: int) -> Iterator[ServiceClient]:
    client = ServiceClient(Here(port))  # type: ignore[arg-type]
    yield client
    client.disconnect()


@pytest.fixture
def closed() -> Iterator[int]:
    """A port that is taken, so that nobody else gets it, and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_each_method_asks_by_its_name_and_writes_it_down(api: ServiceClient, method: str) -> None:
    response = getattr(api, method)("/status/201?a=1&b=x%20y", json={"a": 1}, headers={"X-Trace": "7"})
    assert response.status_code == 201
    (exchange,) = api.exchanges
    assert (exchange.service, exchange.method, exchange.url) == ("api", method.upper(), "/status/201?a=1&b=x%20y")
    assert exchange.request_body == b'{"a": 1}'
    assert exchange.request_headers["X-Trace"] == "7"
    assert exchange.status == 201
    assert exchange.response_body.startswith(b'{"a": 1}|')
    assert exchange.response_headers["Set-Cookie"] == "seen=1"
    assert 0 < exchange.seconds < 5
    assert abs(exchange.when - time.time()) < 60


def test_head_has_no_body(api: ServiceClient) -> None:
    assert api.head("/").status_code == 204


def test_query_parameters_are_written_down_as_they_were_sent(api: ServiceClient) -> None:
    api.get("/users", params={"name": "Ada L"})
    last = api.exchanges.last()
    assert last is not None
    assert last.url == "/users?name=Ada+L"


def test_a_redirect_is_what_the_service_answered_unless_asked_to_follow(api: ServiceClient) -> None:
    assert api.get("/status/302").status_code == 302
    assert api.get("/status/302", allow_redirects=True).status_code == 200


def test_proxies_and_credentials_of_the_environment_are_not_used(
    api: ServiceClient, closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed}")
    assert api.get("/").status_code == 200


def test_a_refused_connection_is_told_with_service_method_and_path(closed: int) -> None:
    client = ServiceClient(Here(closed))  # type: ignore[arg-type]
    with pytest.raises(NoAnswer) as caught:
        client.post("/users", json={"name": "Ada"})
    assert str(caught.value) == "the api did not answer POST /users: connection refused"
    (exchange,) = client.exchanges
    assert (exchange.status, exchange.error) == (None, "connection refused")
    assert exchange.request_body == b'{"name": "Ada"}'


def test_a_slow_answer_is_told_with_the_time_waited(api: ServiceClient) -> None:
    with pytest.raises(NoAnswer, match=r"^the api did not answer GET /wait: no answer within 0\.\d s$"):
        api.get("/wait", timeout=0.2)


def test_a_dropped_connection_is_told_and_not_tried_again(api: ServiceClient) -> None:
    with pytest.raises(NoAnswer, match="GET /drop: it closed the connection before an answer"):
        api.get("/drop")
    assert len(api.exchanges) == 1


def test_what_is_not_http_is_told(api: ServiceClient) -> None:
    with pytest.raises(NoAnswer, match="GET /garbage: .*this is not HTTP"):
        api.get("/garbage")


def test_no_answer_may_be_waited_out(closed: int) -> None:
    client = ServiceClient(Here(closed))  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=r"not within 0\.1 s(.|\n)*did not answer GET /"):
        eventually(lambda: client.get("/"), within=0.1)


def test_what_is_no_path_is_refused(api: ServiceClient) -> None:
    with pytest.raises(SeatrialsError, match="'users' is not a path of the api"):
        api.get("users")


def test_cookies_last_until_the_reset(api: ServiceClient) -> None:
    assert "|no cookie|" in api.get("/").text
    assert "|seen=1|" in api.get("/").text
    Service("api", port=1).reset(api)
    assert "|no cookie|" in api.get("/").text
    assert len(api.exchanges) == 1


def test_a_connection_is_used_again_unless_it_was_idle(api: ServiceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = {api.get("/").text.rpartition("|")[2] for _ in range(3)}
    assert len(ports) == 1
    monkeypatch.setattr("seatrials.environment.service_client.IDLE", 0.0)
    assert api.get("/").text.rpartition("|")[2] not in ports


def test_the_probe_wants_a_2xx(port: int) -> None:
    Service("api", port=1, ready="/status/204").probe(Here(port))  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=r"GET /status/503 answered 503: \|no cookie"):
        Service("api", port=1, ready="/status/503").probe(Here(port))  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="GET /status/302 answered 302"):
        Service("api", port=1, ready="/status/302").probe(Here(port))  # type: ignore[arg-type]


def test_a_probe_that_may_yet_succeed_raises_what_is_waited_out(port: int, closed: int) -> None:
    with pytest.raises(OSError, match="refused"):
        Service("api", port=1).probe(Here(closed))  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="no HTTP answer"):
        Service("api", port=1, ready="/garbage").probe(Here(port))  # type: ignore[arg-type]


def test_mistakes_in_the_declaration_name_the_cure() -> None:
    with pytest.raises(SeatrialsError, match="ready='health' is not a path"):
        Service("api", port=1, ready="health")
    with pytest.raises(SeatrialsError) as caught:
        Service("api", port=1, environment={"PORT": 8000})  # type: ignore[dict-item]
    assert str(caught.value).splitlines() == [
        "environment['PORT'] is 8000, not a text",
        "  cure:  write it as the service reads it: '8000'",
    ]


def test_a_command_as_one_text_is_split_as_a_shell_would() -> None:
    assert Service("api", port=1, command="serve --name 'my api'").spec().command == ("serve", "--name", "my api")


def test_it_is_given_what_was_declared_and_nothing_else() -> None:
    assert Service("api", port=1, environment={"A": "1"}).spec().environment == {"A": "1"}
