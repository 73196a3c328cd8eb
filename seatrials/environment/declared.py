"""Which systems a test session knows, and which of them its tests need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

import pytest

from seatrials.environment.system import System

Systems = Mapping[str, type[System]]
"""The declared systems by the name of their fixture, which is also what a feature calls them."""

SYSTEMS = pytest.StashKey[Systems]()
"""Where `config.stash` has them once all is collected."""


def declared(config: pytest.Config, items: Iterable[pytest.Item]) -> Systems:
    """The systems whose fixtures stand in `fixtures/`, in a conftest or another plugin, or in an item's own module."""
    modules = [plugin for plugin in config.pluginmanager.get_plugins() if isinstance(plugin, ModuleType)]
    of_items = dict.fromkeys(getattr(item, "module", None) for item in items)
    modules += [module for module in of_items if isinstance(module, ModuleType)]
    return {name: system for module in modules for name, system in _systems(module)}


def needed(fixtures: Iterable[str], systems: Systems, meant: str | None) -> Systems:
    """Those which a test needs that uses these fixtures; `meant` is the name its feature gives, if it gives one.

    Where the fixture `system` is asked for without a name, the only declared system is meant.
    """
    names = set(fixtures)
    found = {name: cls for name, cls in systems.items() if name in names}
    if meant is not None and meant in systems:
        found[meant] = systems[meant]
    elif "system" in names and len(systems) == 1:
        found |= systems
    return found


def _systems(module: ModuleType) -> Iterator[tuple[str, type[System]]]:
    for name, value in vars(module).items():
        # not getattr: `pytest.mark`, which many modules hold, takes any name for a marker
        system = getattr(value, "__dict__", {}).get("system")
        if isinstance(system, type) and issubclass(system, System):
            yield name, system
