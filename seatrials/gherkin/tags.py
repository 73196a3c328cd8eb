"""Tags become marks: registered ones, or those that a project's own `pytest_bdd_apply_tag` takes care of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from pytest_bdd import plugin

from seatrials.gherkin.model import Pickle

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])
_REGISTERED = pytest.StashKey[frozenset[str]]()


def known(config: pytest.Config, name: str) -> bool:
    """Whether the tag is a registered marker, or a hook of the project understands it."""
    return name in _registered(config) or _taken(config, name, _probe())


def applied(config: pytest.Config, pickle: Pickle, function: FunctionT) -> FunctionT:
    """`function` with the marks of the pickle's tags."""
    for tag in pickle.tags:
        if _taken(config, tag.name, function):
            continue
        if tag.name not in _registered(config):
            # The rule `unknown-tag` is switched off, so the tag is a mark although nobody has registered it.
            config.addinivalue_line("markers", f"{tag.name}: a tag")
            del config.stash[_REGISTERED]
        getattr(pytest.mark, tag.name)(function)
    return function


def _taken(config: pytest.Config, name: str, function: Callable[..., object]) -> bool:
    """Ask the project's own implementations of the hook, and not pytest-bdd's, which marks whatever it
    gets."""
    others = config.pluginmanager.subset_hook_caller("pytest_bdd_apply_tag", [plugin])
    return bool(others(tag=name, function=function))


def _registered(config: pytest.Config) -> frozenset[str]:
    if _REGISTERED not in config.stash:
        lines: list[Any] = config.getini("markers")
        names = (str(line).split(":")[0].split("(")[0].strip() for line in lines)
        config.stash[_REGISTERED] = frozenset(names)
    return config.stash[_REGISTERED]


def _probe() -> Callable[..., object]:
    def scenario() -> None:
        """Takes the marks of a tag that is only asked about."""

    return scenario
