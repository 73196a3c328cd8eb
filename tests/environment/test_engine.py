from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from seatrials.environment.engine import connect, translate
from seatrials.errors import SeatrialsError


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without settings of this machine's user."""
    for name in ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def refusal(within: float = 5.0) -> str:
    with pytest.raises(SeatrialsError) as caught:
        connect(within=within)
    assert caught.value.cure, "an error without a cure"
    assert caught.value.where, "an error without a place"
    assert len(caught.value.what.splitlines()) == 1
    return caught.value.what


@pytest.mark.docker
@pytest.mark.usefixtures("at")
def test_the_engine_of_this_machine_answers() -> None:
    client = connect()
    assert client.ping()
    assert client.api.timeout == 60
    client.close()


def test_no_socket(at: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    assert "its socket does not exist" in refusal()


def test_a_socket_that_was_left_behind(at: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "docker.sock"))
    at.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    assert "nobody listens" in refusal()


WITHOUT_RIGHTS = """
import contextlib, os, sys
from seatrials.environment.engine import connect
path = os.environ.pop("DOCKER_HOST")
os.environ["DOCKER_HOST"] = path + ".missing"
with contextlib.suppress(Exception):
    connect()  # everything is imported now, which another user may not be able to read
os.environ["DOCKER_HOST"] = path
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    connect()
except Exception as error:
    print(error.what)
"""


@pytest.mark.usefixtures("at")
def test_a_socket_of_somebody_else() -> None:
    """Asked as another user where the tests run as root, whom no file mode stops."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        Path(folder).chmod(0o755)
        path = Path(folder) / "docker.sock"
        listener.bind(str(path))
        listener.listen()
        path.chmod(0o000)
        environment = {**os.environ, "DOCKER_HOST": f"unix://{path}", "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", WITHOUT_RIGHTS]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "this user may not talk to the Docker engine", done.stderr


def test_an_engine_that_hangs(at: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "docker.sock"))
        listener.listen()
        at.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
        began = time.monotonic()
        assert "did not answer in time" in refusal(within=0.3)
        assert time.monotonic() - began < 2


def test_nobody_at_a_port_of_this_machine(at: pytest.MonkeyPatch) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        at.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{bound.getsockname()[1]}")
        assert "nobody listens" in refusal()


@pytest.mark.parametrize("host", ["tcp://docker.example:2375", "ssh://me@build", "https://10.1.2.3:2376"])
def test_an_engine_elsewhere_is_refused_without_asking_it(at: pytest.MonkeyPatch, host: str) -> None:
    at.setenv("DOCKER_HOST", host)
    assert "on another machine" in refusal()


@pytest.mark.parametrize("host", ["/var/run/docker.sock", "carrier-pigeon://x", "docker"])
def test_what_is_no_address(at: pytest.MonkeyPatch, host: str) -> None:
    at.setenv("DOCKER_HOST", host)
    assert "not an address" in refusal()


class Other(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def other_server() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_another_program_at_that_port(at: pytest.MonkeyPatch, other_server: int) -> None:
    at.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{other_server}")
    assert "not a usable Docker engine" in refusal()


def test_tls_without_certificates(at: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at.setenv("DOCKER_HOST", "tcp://127.0.0.1:2376")
    at.setenv("DOCKER_TLS_VERIFY", "1")
    at.setenv("DOCKER_CERT_PATH", str(tmp_path))
    assert "DOCKER_TLS_VERIFY" in refusal()


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ("write /var/lib/docker/x: no space left on device", "docker system df"),
        ("Bind for 127.0.0.1:5432 failed: port is already allocated", "uses the port"),
    ],
)
def test_what_the_engine_refuses_has_a_cure(words: str, cure: str) -> None:
    from docker.errors import APIError

    error = translate(APIError("500 Server Error", explanation=words), where="database")
    assert error.where == "database"
    assert cure in error.cure
    assert words in error.details


def test_what_is_not_known_is_shown_as_the_engine_said_it() -> None:
    error = translate(RuntimeError("flux capacitor missing\nand more"), where="api")
    assert error.what == "the Docker engine refused: flux capacitor missing"
    assert "and more" in error.details


def test_an_engine_that_went_away_is_told_by_the_cause() -> None:
    error = RuntimeError("something")
    error.__cause__ = ConnectionRefusedError(111, "whatever words")
    assert "nobody listens" in translate(error, where="api").what
