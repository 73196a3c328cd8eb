"""What a .feature file says, as values: the document's nodes, and the pickles compiled from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["given", "when", "then"]
Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Tag:
    """`name` is written without the `@`."""

    name: str
    line: int


@dataclass(frozen=True)
class Step:
    """One step. In a pickle its texts are filled in; in a scenario outline they still hold `<placeholders>`.

    `kind` is the one of the step before for `And`, `But` and `*`, and `given` for those at the start.
    `column` counts from 1. `lines` are all the lines that the step covers, with its doc string or table.
    """

    keyword: str
    kind: Kind
    text: str
    line: int
    column: int
    lines: frozenset[int]
    docstring: str | None = None
    media_type: str | None = None
    datatable: Table | None = None

    def texts(self) -> Iterator[str]:
        """Every text of the step in which a placeholder may stand."""
        yield self.text
        if self.docstring is not None:
            yield self.docstring
        for row in self.datatable or ():
            yield from row


@dataclass(frozen=True)
class Examples:
    """One Examples table; `rows` are (line, cells)."""

    name: str
    line: int
    tags: tuple[Tag, ...]
    header_line: int
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Background:
    """Steps that run before each scenario of the feature, or of the rule."""

    name: str
    line: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Rule:
    """A business rule that groups scenarios."""

    name: str
    keyword: str
    description: str
    line: int
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class Scenario:
    """A scenario or a scenario outline as it is written. `outline` tells by which of the two keywords."""

    name: str
    keyword: str
    description: str
    line: int
    tags: tuple[Tag, ...]
    steps: tuple[Step, ...]
    examples: tuple[Examples, ...]
    rule: Rule | None
    outline: bool


@dataclass(frozen=True)
class Pickle:
    """A scenario ready to run: background steps first, an Examples row filled in.

    `id` is unique in its file and is the item's name. `line` is the scenario's, or the row's. `lines` are the
    lines of the file that stand for this pickle when a line is selected.
    """

    id: str
    name: str
    line: int
    scenario: Scenario
    examples: Examples | None
    values: tuple[str, ...]
    tags: tuple[Tag, ...]
    steps: tuple[Step, ...]
    lines: frozenset[int]

    @property
    def rule_name(self) -> str | None:
        """The name of the rule that it belongs to."""
        return self.scenario.rule.name if self.scenario.rule else None


@dataclass(frozen=True)
class Feature:
    """One .feature file. `uri` is its path as people write it, relative to the root folder where it lies
    inside."""

    path: Path
    uri: str
    name: str
    keyword: str
    language: str
    description: str
    line: int
    tags: tuple[Tag, ...]
    backgrounds: tuple[Background, ...]
    scenarios: tuple[Scenario, ...]
    pickles: tuple[Pickle, ...]
    source: tuple[str, ...]

    def text(self, line: int) -> str:
        """The text of a line, without its indentation; empty when there is no such line."""
        return self.source[line - 1].strip() if 0 < line <= len(self.source) else ""
