"""A registry of our own on loopback, and images of a few bytes: pulls are real, fast and need no network."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import tarfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrials.waiting import eventually

if TYPE_CHECKING:
    import docker

CONFIG = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}/data}}}}
http: {{addr: "{address}"}}
"""
AUTH = "auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}\n"


class Registry:
    """A running `docker-registry` of Debian."""

    def __init__(self, folder: Path, password: str | None = None) -> None:
        binary = shutil.which("docker-registry")
        if binary is None:
            pytest.fail("docker-registry is not installed: apt-get install docker-registry", pytrace=False)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        config = CONFIG.format(folder=folder, address=self.address)
        if password is not None:
            config += AUTH.format(folder=folder)
            (folder / "htpasswd").write_text(f"ann:{hashed(password)}\n", encoding="utf-8")
        (folder / "config.yml").write_text(config, encoding="utf-8")
        log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [binary, "serve", str(folder / "config.yml")], stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        eventually(lambda: socket.create_connection(("127.0.0.1", self.port), 1).close(), within=10)

    def close(self) -> None:
        """End it; may be called twice."""
        self._process.terminate()
        self._process.wait()


def hashed(password: str) -> str:
    """A password as htpasswd's bcrypt lines hold it, which is all that the registry reads."""
    import bcrypt

    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty registry that anyone may use."""
    folder = tmp_path / "registry"
    folder.mkdir()
    registry = Registry(folder)
    yield registry
    registry.close()


@pytest.fixture
def private_registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty registry that only ann with the password `secret` may use."""
    folder = tmp_path / "private"
    folder.mkdir()
    registry = Registry(folder, "secret")
    yield registry
    registry.close()


@pytest.fixture
def silent_registry() -> Iterator[str]:
    """The address of something that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def refused_registry() -> Iterator[str]:
    """The address of a port that is taken, so that nobody else gets it, and where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
def tiny(client: docker.DockerClient) -> Iterator[Callable[[str], str]]:
    """Makes an image of one small file under a name, and returns its id; removed after the test."""
    made: list[tuple[str, str]] = []

    def make(name: str) -> str:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            content = uuid.uuid4().hex.encode()
            entry = tarfile.TarInfo("hello")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        repository, _, tag = name.rpartition(":")
        client.api.import_image_from_data(packed.getvalue(), repository=repository, tag=tag)
        made.append((name, str(client.images.get(name).id)))
        return made[-1][1]

    yield make
    for name, id_ in reversed(made):
        for steps in client.api.images(filters={"dangling": True}):  # what a failed build leaves as its cache
            if steps["ParentId"] == id_:
                client.images.remove(steps["Id"])
        remove(client, name)


@pytest.fixture
def pushed(client: docker.DockerClient, tiny: Callable[[str], str]) -> Callable[..., str]:
    """Puts a tiny image into a registry and takes it off this machine; returns its id."""

    def push(name: str, **login: object) -> str:
        made = tiny(name)
        repository, _, tag = name.rpartition(":")
        for line in client.api.push(repository, tag=tag, stream=True, decode=True, **login):
            assert "error" not in line, line
        client.images.remove(name)
        return made

    return push


def remove(client: docker.DockerClient, name: str) -> None:
    """Remove an image if it is there."""
    from docker.errors import ImageNotFound

    with suppress(ImageNotFound):
        client.images.remove(name)


@pytest.fixture
def removed(client: docker.DockerClient) -> Iterator[Callable[[str], str]]:
    """Notes images by their names, to be removed after the test."""
    names: list[str] = []

    def note(name: str) -> str:
        names.append(name)
        return name

    yield note
    for name in reversed(names):
        remove(client, name)
