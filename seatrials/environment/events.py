"""What the engine tells of containers by itself, so that nobody needs to ask it before each scenario how they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any


class Events:
    """Counts what happened to some containers. `client` is a `docker.DockerClient`, `ids` are whole ones.

    An event arrives a few milliseconds after what it tells of. If the engine stops telling, `count` gives None.
    """

    def __init__(self, client: Any, ids: Iterable[str]) -> None:
        self._counts = dict.fromkeys(ids, 0)
        self._telling = True
        # The engine answers before it has subscribed: so ask for the last second too.
        self._stream = client.api.events(
            since=int(time.time()) - 1, filters={"type": "container", "container": list(self._counts)}, decode=True
        )
        threading.Thread(target=self._listen, name="seatrials-events", daemon=True).start()

    def count(self, id: str) -> int | None:
        """How many events of that container have been told; None if that is no longer known."""
        return self._counts.get(id) if self._telling else None

    def close(self) -> None:
        """Listen no more."""
        self._telling = False
        self._stream.close()

    def _listen(self) -> None:
        try:
            for event in self._stream:
                id = event.get("id") or event.get("Actor", {}).get("ID")
                if id in self._counts:
                    self._counts[id] += 1
        except Exception:  # the engine went away, or `close` took the connection
            return
        finally:
            self._telling = False
