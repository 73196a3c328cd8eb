"""The engine, for tests of what runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from seatrials.environment.engine import connect

if TYPE_CHECKING:
    import docker


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """The engine of this machine."""
    client = connect()
    yield client
    client.close()
