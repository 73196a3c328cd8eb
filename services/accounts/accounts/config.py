"""What the environment decides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Config:
    """One field for each environment variable, which is its name in capitals. All times are seconds."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    database_seconds: float = 1.5
    """How long a request waits for the database before it answers 503."""
    cache_timeout_seconds: float = 0.5
    """How long one question to Redis may take."""
    cache_seconds: float = 60.0
    """How long a cached account may be stale when the cache could not be told of a change."""
    session_seconds: float = 3600.0
    export_seconds: float = 10.0
    """An export is spread over this time, so that it does not crowd out requests."""
    export_lock_seconds: float = 5.0
    """After this time without a sign of life the holder of the export lock counts as dead."""
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Raises `ValueError` naming the variable that is missing or not a number above 0."""
        values: dict[str, str | float] = {}
        for known in fields(cls):
            variable = known.name.upper()
            text = environment.get(variable, "")
            if not text:
                if known.name in ("database_url", "redis_url"):
                    raise ValueError(f"{variable} is not set")
                continue
            values[known.name] = _seconds(variable, text) if known.name.endswith("_seconds") else text
        return cls(**values)  # type: ignore[arg-type]  # each value has just been made for its field


def _seconds(variable: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ValueError(f"{variable} is {text!r}, it must be a number of seconds above 0")
    return seconds
