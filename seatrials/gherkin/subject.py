"""A feature with everything that the rules want to know about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seatrials.gherkin.match import Index, Match
from seatrials.gherkin.model import Feature, Pickle


@dataclass(frozen=True)
class Subject:
    """`allowed` are the ids of the rules that the project has switched off; `known_tag` and `known_fixture`
    ask pytest, `fixture_names` lists what may have been meant."""

    feature: Feature
    matches: list[tuple[Pickle, list[Match]]]
    index: Index
    allowed: frozenset[str]
    known_tag: Callable[[str], bool]
    known_fixture: Callable[[str], bool]
    fixture_names: Callable[[], list[str]]
