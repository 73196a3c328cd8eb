"""At the start of a run: remove what no living run owns, such as the rest of a run whose guard was killed too."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from seatrials.environment import keep
from seatrials.environment.cleanup.remove import Found, find, remove
from seatrials.environment.run import HOST, LOCK, Lock, folder, host, is_held


def sweep(client: Any) -> list[str]:
    """Remove the containers, networks and volumes of dead runs of this user on this machine; returns what
    would not go.

    Left alone is what carries another machine's or user's label: whether those runs live cannot be seen from
    here. Costs a few milliseconds when there is nothing to do.
    """
    owned: dict[str, bool] = {}

    def dead(thing: Found) -> bool:
        path = thing.labels.get(LOCK, "")
        if path not in owned:
            owned[path] = not path or is_held(Path(path))
        return not owned[path] and not keep.is_kept(thing.labels)

    refused = remove(client, [thing for thing in find(client, {HOST: host()}) if dead(thing)])
    # Runs that start at the same moment sweep the same things: what another one is removing is no complaint.
    refused = [reason for reason in refused if "already in progress" not in reason]
    for path in folder().glob("run-*.lock"):
        with contextlib.suppress(BlockingIOError):
            Lock(path).release(remove=True)
    return refused
