"""Which system a scenario is about."""

from __future__ import annotations

from difflib import get_close_matches

import pytest

from seatrials.environment.declared import SYSTEMS, Systems
from seatrials.environment.system import System
from seatrials.errors import SeatrialsError
from seatrials.gherkin.definitions import given
from seatrials.vocabulary import types  # noqa: F401  # {member}


@given("the {member} system is running")
def is_running(name: str, *, system: System) -> None:
    """The scenario is about this system; it runs, healed and reset, before the first step.

    Example: Given the accounts system is running
    """
    if system.name != name:
        raise SeatrialsError(
            f"the scenario runs against the {system.name} system, not {name}",
            cure="scenarios bound by pytest-bdd itself can only use the one system that is declared",
        )


@pytest.fixture
def system(request: pytest.FixtureRequest) -> System:
    """The running system that the scenario is about: the one it names, or the only one declared."""
    return system_of(request)


def system_of(request: pytest.FixtureRequest) -> System:
    """The same for any request. Raises `SeatrialsError` where it is not clear which system is meant."""
    systems = request.config.stash.get(SYSTEMS, {})
    found: System = request.getfixturevalue(choose(meant(request.node), systems))
    return found


def meant(item: pytest.Item) -> str | None:
    """The system that a scenario names. Raises `SeatrialsError` if it names two."""
    named = {
        bound.arguments["name"]: bound.step
        for bound in getattr(item, "bound", ())
        if bound.definition is not None and bound.definition.function is is_running
    }
    if len(named) > 1:
        lines = ", ".join(f"{name} in line {step.line}" for name, step in named.items())
        raise SeatrialsError(
            f"the scenario names {len(named)} systems: {lines}",
            where=f"{item.path}:{min(step.line for step in named.values())}",
            cure="name one; what runs together is declared as one system",
        )
    return next(iter(named), None)


def choose(name: str | None, systems: Systems, *, where: str = "") -> str:
    """The declared system that is meant by `name`, or by no name at all. Raises `SeatrialsError` otherwise."""
    known = ", ".join(sorted(systems))
    if not systems:
        raise SeatrialsError(
            "no system is declared",
            where=where,
            cure="declare one in fixtures/: accounts = Accounts.fixture()",
        )
    if name is None:
        if len(systems) > 1:
            raise SeatrialsError(
                f"the scenario does not say which system it is about, and several are declared: {known}",
                cure=f"say it once in the Background: Given the {min(systems)} system is running",
            )
        return next(iter(systems))
    if name not in systems:
        near = get_close_matches(name, systems, 1)
        raise SeatrialsError(
            f"there is no {name} system",
            where=where,
            cure=f"did you mean {near[0]}? Declared are: {known}" if near else f"say one of: {known}",
        )
    return name
