"""From the collected tests to the systems that they need: what the Gherkin room hands to the environment."""

from __future__ import annotations

import pytest

from seatrials.environment.declared import SYSTEMS, Systems, declared, needed
from seatrials.environment.lifecycle import NEEDED
from seatrials.errors import SeatrialsError
from seatrials.gherkin.item import ScenarioItem
from seatrials.vocabulary.systems import choose, meant


def plan(session: pytest.Session) -> None:
    """Leave in `config.stash` which systems are declared and which are needed.

    Raises `pytest.UsageError` with every scenario whose system is not declared or not clear, before anything
    starts.
    """
    systems = declared(session.config, session.items)
    session.config.stash[SYSTEMS] = systems
    found: dict[str, Systems] = {}
    wrong: dict[str, None] = {}
    for item in session.items:
        try:
            found[item.nodeid] = _needed(item, systems)
        except SeatrialsError as error:
            wrong[str(error)] = None
    if wrong:
        raise pytest.UsageError("\n".join(wrong))
    session.config.stash[NEEDED] = {name: cls for one in found.values() for name, cls in one.items()}


def _needed(item: pytest.Item, systems: Systems) -> Systems:
    if not isinstance(item, ScenarioItem):
        return needed(getattr(item, "fixturenames", ()), systems, None)
    name = meant(item)
    if name is not None or "system" in item.needs:
        choose(name, systems, where=f"{item.path}:{item.pickle.line}")
    found = needed(item.needs, systems, name)
    # Set up with the scenario and before its other fixtures: a system that does not run is an error and not a failed
    # step, and nobody sees a store before it is reset.
    item.fixturenames[:0] = [name for name in found if name not in item.fixturenames]
    return found
