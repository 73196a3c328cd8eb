"""Behaviour-driven acceptance tests for services: Gherkin, pytest, and the real containers behind them.

Names are imported when they are first used: collecting a feature must not load Docker or a database driver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrials.environment.client import Client
    from seatrials.environment.member import Member, Running, Spec
    from seatrials.environment.service import Service
    from seatrials.environment.system import System
    from seatrials.errors import SeatrialsError
    from seatrials.gherkin.definitions import given, step, then, when
    from seatrials.gherkin.expressions import parameter_type
    from seatrials.stores.postgres import Postgres
    from seatrials.stores.redis import Redis
    from seatrials.waiting import Terminal, always, eventually

_HOME = {
    "Client": "environment.client",
    "Member": "environment.member",
    "Postgres": "stores.postgres",
    "Redis": "stores.redis",
    "Running": "environment.member",
    "SeatrialsError": "errors",
    "Service": "environment.service",
    "Spec": "environment.member",
    "System": "environment.system",
    "Terminal": "waiting",
    "always": "waiting",
    "eventually": "waiting",
    "given": "gherkin.definitions",
    "parameter_type": "gherkin.expressions",
    "step": "gherkin.definitions",
    "then": "gherkin.definitions",
    "when": "gherkin.definitions",
}

__all__ = [
    "Client",
    "Member",
    "Postgres",
    "Redis",
    "Running",
    "SeatrialsError",
    "Service",
    "Spec",
    "System",
    "Terminal",
    "always",
    "eventually",
    "given",
    "parameter_type",
    "step",
    "then",
    "when",
]


def __getattr__(name: str) -> object:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'seatrials' has no attribute {name!r}") from None
    return getattr(import_module(f"seatrials.{home}"), name)
