"""Compile a parsed document into pickles.

The official compiler is not used: it puts Examples values in by regular expressions made from the column
names, so that a column such as `price (EUR)` stays unfilled, and it gives `*` no kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gherkin.dialect import Dialect

from seatrials.gherkin import nodes
from seatrials.gherkin.model import Background, Examples, Feature, Pickle, Rule, Scenario, Step, Tag

_VALUE_WIDTH = 40


class Compiler:
    """Walks the parser's document once; knows the names already given, so that each pickle's is its own."""

    def __init__(self, node: Any, path: Path, uri: str, source: tuple[str, ...]) -> None:
        self.node, self.path, self.uri, self.source = node, path, uri, source
        dialect = Dialect.for_name(node["language"])
        self.outline_keywords = set(dialect.scenario_outline_keywords) if dialect else set()
        self.backgrounds: list[Background] = []
        self.scenarios: list[Scenario] = []
        self.pickles: list[Pickle] = []
        self.ids: set[str] = set()

    def feature(self) -> Feature:
        node, tags = self.node, nodes.tags(self.node)
        lines = frozenset({node["location"]["line"], *(tag.line for tag in tags)})
        self.children(node["children"], None, tags, (), lines)
        return Feature(
            path=self.path,
            uri=self.uri,
            name=node["name"],
            keyword=node["keyword"],
            language=node["language"],
            description=nodes.dedent(node["description"]),
            line=node["location"]["line"],
            tags=tags,
            backgrounds=tuple(self.backgrounds),
            scenarios=tuple(self.scenarios),
            pickles=tuple(self.pickles),
            source=self.source,
        )

    def children(
        self,
        children: Iterable[Any],
        rule: Rule | None,
        tags: tuple[Tag, ...],
        background: tuple[Step, ...],
        lines: frozenset[int],
    ) -> None:
        """`background` are the steps, and `lines` the lines, that every scenario among the children
        shares."""
        for child in children:
            if "background" in child:
                node = child["background"]
                own = nodes.steps(node["steps"], "given")
                self.backgrounds.append(Background(node["name"], node["location"]["line"], own))
                background += own
                lines |= {node["location"]["line"], *nodes.covered(own)}
            elif "rule" in child:
                node = child["rule"]
                line, own_tags = node["location"]["line"], nodes.tags(node)
                inner = Rule(node["name"], node["keyword"], nodes.dedent(node["description"]), line, own_tags)
                own_lines = lines | {line, *(tag.line for tag in own_tags)}
                self.children(node["children"], inner, tags + own_tags, background, own_lines)
            else:
                self.scenario(child["scenario"], rule, tags, background, lines)

    def scenario(
        self,
        node: Any,
        rule: Rule | None,
        tags: tuple[Tag, ...],
        background: tuple[Step, ...],
        lines: frozenset[int],
    ) -> None:
        last = background[-1].kind if background else "given"
        scenario = Scenario(
            name=node["name"],
            keyword=node["keyword"],
            description=nodes.dedent(node["description"]),
            line=node["location"]["line"],
            tags=nodes.tags(node),
            steps=nodes.steps(node["steps"], last),
            examples=tuple(nodes.examples(one) for one in node["examples"]),
            rule=rule,
            outline=node["keyword"] in self.outline_keywords,
        )
        self.scenarios.append(scenario)
        tags += scenario.tags
        lines |= {scenario.line, *(tag.line for tag in scenario.tags), *nodes.covered(scenario.steps)}
        if not scenario.examples:
            self.add(scenario, None, scenario.line, (), tags, background + scenario.steps, lines)
        for examples in scenario.examples:
            own = lines | {examples.line, examples.header_line, *(tag.line for tag in examples.tags)}
            for line, cells in examples.rows:
                values = dict(zip(examples.columns, cells, strict=True))
                steps = background + tuple(_filled(step, values) for step in scenario.steps)
                self.add(scenario, examples, line, cells, tags + examples.tags, steps, own | {line})

    def add(
        self,
        scenario: Scenario,
        examples: Examples | None,
        line: int,
        cells: tuple[str, ...],
        tags: tuple[Tag, ...],
        steps: tuple[Step, ...],
        lines: frozenset[int],
    ) -> None:
        name = scenario.name
        if examples:
            name = fill(name, dict(zip(examples.columns, cells, strict=True)))
        self.pickles.append(
            Pickle(
                id=self.unique(scenario, cells if examples else None),
                name=name,
                line=line,
                scenario=scenario,
                examples=examples,
                values=cells,
                tags=tuple({tag.name: tag for tag in tags}.values()),
                steps=steps if scenario.steps else (),
                lines=lines,
            )
        )

    def unique(self, scenario: Scenario, cells: tuple[str, ...] | None) -> str:
        # `::` separates the parts of a node id, so it cannot be in one.
        base = _printable(scenario.name).replace("::", ":") or f"line {scenario.line}"
        values = None if cells is None else "-".join(_short(_printable(cell)) for cell in cells)
        number = 1
        while True:
            mark = "" if number == 1 else f"#{number}"
            name = f"{base}{mark and ' ' + mark}" if values is None else f"{base}[{values}{mark}]"
            if name not in self.ids:
                self.ids.add(name)
                return name
            number += 1


def fill(text: str, values: dict[str, str]) -> str:
    """`text` with each `<column>` replaced by its value, in one pass: a value is never searched for
    placeholders."""
    if not values or "<" not in text:
        return text
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    return re.sub(f"<({names})>", lambda found: values[found[1]], text)


def _filled(step: Step, values: dict[str, str]) -> Step:
    return Step(
        keyword=step.keyword,
        kind=step.kind,
        text=fill(step.text, values),
        line=step.line,
        column=step.column,
        lines=step.lines,
        docstring=None if step.docstring is None else fill(step.docstring, values),
        media_type=None if step.media_type is None else fill(step.media_type, values),
        datatable=step.datatable and tuple(tuple(fill(cell, values) for cell in row) for row in step.datatable),
    )


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _short(text: str) -> str:
    return text if len(text) <= _VALUE_WIDTH else f"{text[: _VALUE_WIDTH - 1]}…"
