"""Remove from the engine what carries certain labels: containers with their anonymous volumes, networks, volumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """One thing in the engine. `kind` is `container`, `network` or `volume`."""

    kind: str
    id: str
    labels: Labels


def find(client: Any, labels: Labels) -> list[Found]:
    """All that carries every one of these labels; about a millisecond for each kind. `client` is a
    `docker.DockerClient`.
    """
    wanted = {"label": [f"{key}={value}" for key, value in labels.items()]}
    api = client.api
    found = [Found("container", one["Id"], one["Labels"] or {}) for one in api.containers(all=True, filters=wanted)]
    found += [Found("network", one["Id"], one["Labels"] or {}) for one in api.networks(filters=wanted)]
    volumes = api.volumes(filters=wanted)["Volumes"] or ()
    return found + [Found("volume", one["Name"], one["Labels"] or {}) for one in volumes]


def remove(client: Any, things: list[Found]) -> list[str]:
    """Remove them: containers at once and side by side, then what they used. What went away meanwhile is
    fine.

    Returns what the engine said where it refused: a network may still be busy for a moment, so call it again.
    """
    from concurrent.futures import ThreadPoolExecutor

    api = client.api
    how: dict[str, Callable[[str], None]] = {
        "container": lambda id: api.remove_container(id, force=True, v=True),
        "network": api.remove_network,
        "volume": api.remove_volume,
    }
    refused: list[str] = []

    def one(thing: Found) -> None:
        from docker.errors import APIError, NotFound

        try:
            how[thing.kind](thing.id)
        except NotFound:
            pass
        except APIError as error:
            refused.append(f"{thing.kind} {thing.id[:40]}: {error.explanation or error}")

    for kinds in (("container",), ("network", "volume")):
        part = [thing for thing in things if thing.kind in kinds]
        if part:
            with ThreadPoolExecutor(min(8, len(part))) as pool:
                list(pool.map(one, part))
    return refused


def clear(
    client: Any, labels: Labels, *, spare: Callable[[Found], bool] = lambda _: False, within: float = 20.0
) -> None:
    """Remove all that carries the labels and is not spared, and see that it is gone.

    Raises `seatrials.waiting.NotInTime` naming what is left after `within` seconds, with the engine's
    reasons.
    """
    from seatrials.waiting import eventually

    def nothing_left() -> None:
        things = [thing for thing in find(client, labels) if not spare(thing)]
        refused = remove(client, things) if things else []
        assert not refused, "; ".join(refused)

    eventually(nothing_left, within=within, every=0.05, what="removing what the run made")
