"""What was asked of a service and what it answered: one exchange for each request, in a journal that does not
grow without end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

KEPT = 200
"""Exchanges that a journal holds; the oldest go first."""


@dataclass(frozen=True)
class Exchange:
    """One request to a service and its answer, unmasked: mask it before it is shown.

    `url` is the path with the query as it was sent. `status` is None and `error` says why if no answer came;
    the answer's other fields are empty then. `seconds` is how long the answer took, body included; `when` is
    when the request was sent, in seconds since the epoch.
    """

    service: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int | None
    response_headers: Mapping[str, str]
    response_body: bytes
    seconds: float
    when: float
    error: str = ""

    def __str__(self) -> str:
        """`api: POST /users → 201 in 12 ms`."""
        answer = self.error if self.status is None else f"{self.status} in {1000 * self.seconds:.0f} ms"
        return f"{self.service}: {self.method} {self.url} → {answer}"


@dataclass
class Journal:
    """The latest exchanges with one service, oldest first."""

    entries: deque[Exchange] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, exchange: Exchange) -> None:
        """Write one down; from several threads at once if need be."""
        self.entries.append(exchange)

    def since(self, when: float) -> list[Exchange]:
        """Those sent at this time or later."""
        return [exchange for exchange in self if exchange.when >= when]

    def last(self) -> Exchange | None:
        """The latest, None before the first."""
        return self.entries[-1] if self.entries else None

    def clear(self) -> None:
        """Forget them."""
        self.entries.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self.entries))

    def __len__(self) -> int:
        return len(self.entries)
