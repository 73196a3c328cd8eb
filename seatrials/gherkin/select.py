"""`features/x.feature:12`: the lines that an editor or a failure names, as pytest's own node ids."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from seatrials.gherkin.model import Feature, Pickle

_SELECTOR = re.compile(r"(?P<path>.+\.feature)(?P<lines>(?::\d+)+)", re.S)
_SHOWN = 3


def resolve(config: pytest.Config, args: list[str]) -> None:
    """Replace, in the command line, each selector by lines with the node ids of the scenarios that it
    selects.

    Raises `pytest.UsageError` for a line that selects nothing.
    """
    files: list[str] = config.known_args_namespace.file_or_dir
    for selector in list(dict.fromkeys(files)):
        chosen = _chosen(config, selector)
        if chosen is not None:
            for words in (files, args):
                while selector in words:
                    place = words.index(selector)
                    words[place : place + 1] = chosen


def _chosen(config: pytest.Config, selector: str) -> list[str] | None:
    """The node ids, or None where `selector` is no selector by lines."""
    found = _SELECTOR.fullmatch(selector)
    folder = config.invocation_params.dir
    if not found or (folder / selector).exists():
        return None
    # Only now: most command lines name no lines, and those should not wait for the parser to be imported.
    from seatrials.gherkin.item import feature_at
    from seatrials.gherkin.problems import FeatureProblems

    shown = found["path"]
    path = Path(folder / shown).absolute()
    if not path.is_file():
        raise pytest.UsageError(f"file or directory not found: {shown} (in {selector})")
    try:
        feature = feature_at(config, path)
    except FeatureProblems:
        return [shown]  # collecting the file will tell what is wrong with it
    chosen: list[Pickle] = []
    for line in map(int, found["lines"][1:].split(":")):
        here = [pickle for pickle in feature.pickles if line in pickle.lines] if feature else []
        if not here:
            raise pytest.UsageError(f"{shown}:{line} selects no scenario\n{_nearest(feature, shown, line)}")
        chosen += here
    if feature and len(set(map(id, chosen))) == len(feature.pickles):
        return [shown]
    return [f"{shown}::{name}" for name in dict.fromkeys(pickle.id for pickle in chosen)]


def _nearest(feature: Feature | None, shown: str, line: int) -> str:
    if feature is None or not feature.pickles:
        return "the file has no scenarios"
    scenarios = {pickle.scenario.line: pickle.scenario for pickle in feature.pickles}
    nearest = sorted(scenarios, key=lambda one: abs(one - line))[:_SHOWN]
    return "\n".join(["the nearest are:", *(f"  {shown}:{one}  {scenarios[one].name}" for one in sorted(nearest))])
