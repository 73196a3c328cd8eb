"""Create and start one container through testcontainers, the way this plugin wants it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from seatrials.environment.container import LOOPBACK
from seatrials.environment.images.supply import Image
from seatrials.environment.plan import Planned
from seatrials.environment.run import MEMBER


class Launcher:
    """Starts containers, from several threads at once. `client` is a `docker.DockerClient`.

    Meanwhile testcontainers' Ryuk is switched off: cleaning up is the guard's work, and parallel starts would
    race for the name of Ryuk's container. Whoever uses testcontainers beside this plugin has Ryuk again
    afterwards.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._launching = 0
        self._before = False

    def launch(self, planned: Planned, image: Image, network: str, labels: Mapping[str, str]) -> str:
        """Start the container of one member and return its id; no container is left if that fails.

        It joins `network` under the member's name, is published on a loopback port that the engine chooses,
        and keeps what `Spec.kept` names on volumes that carry the labels too. Raises what the Docker SDK
        raises.
        """
        spec, api = planned.spec, self._client.api
        labels = {**labels, MEMBER: planned.name}
        container = _container(self._client)
        # not given when it was made: a prefix configured for names on a registry must not get in front of an id
        container.image = image.id
        container.with_envs(**spec.environment)
        if spec.port:
            container.ports = {str(spec.port): (LOOPBACK,)}  # with_bind_ports takes no address
        if spec.command:
            container.with_command(list(spec.command))
        for folder in spec.memory:
            container.with_tmpfs_mount(folder)
        for number, folder in enumerate(spec.kept):
            volume = f"{network}-{planned.name}-{number}"
            api.create_volume(volume, labels=labels)
            container.with_volume_mapping(volume, folder, mode="rw")
        joined = {network: api.create_endpoint_config(aliases=[planned.name])}
        container.with_kwargs(labels=labels, network=network, networking_config=joined)
        try:
            with self._without_ryuk():
                container.start()
        except BaseException:
            if container._container is not None:  # a failed start leaves the created container behind
                container._container.remove(force=True, v=True)
            raise
        return str(container.get_container_id())

    @contextmanager
    def _without_ryuk(self) -> Iterator[None]:
        from testcontainers.core.config import testcontainers_config

        with self._lock:
            if self._launching == 0:
                self._before = testcontainers_config.ryuk_disabled
            self._launching += 1
            testcontainers_config.ryuk_disabled = True
        try:
            yield
        finally:
            with self._lock:
                self._launching -= 1
                if self._launching == 0:
                    testcontainers_config.ryuk_disabled = self._before


def _container(client: Any) -> Any:
    """testcontainers' object, talking through our client: its own would ask the engine for its version each time."""
    from testcontainers.core.container import DockerContainer

    container = DockerContainer("", docker_client_kw={"version": client.api.api_version, "environment": {}})
    own = container.get_docker_client()
    own.client.close()
    own.client = client
    return container
