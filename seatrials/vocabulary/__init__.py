"""Step definitions that know no system: one module for each kind of thing a sentence can be about."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

MODULES = ("systems", "services", "http", "rows", "keys")


def register(manager: pytest.PytestPluginManager) -> None:
    """Make every sentence, and the fixture `system`, known to the whole session."""
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        if not manager.is_registered(module):
            manager.register(module, module.__name__)
