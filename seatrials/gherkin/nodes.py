"""The nodes of the official parser's document as our values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seatrials.gherkin.model import Examples, Kind, Step, Tag

_KINDS: dict[str, Kind] = {"Context": "given", "Action": "when", "Outcome": "then"}


def steps(nodes: Iterable[Any], last: Kind) -> tuple[Step, ...]:
    """Steps; `last` is the kind that an `And` at their start continues."""
    found = []
    for node in nodes:
        last = _KINDS.get(node["keywordType"], last)
        line = node["location"]["line"]
        lines = {line}
        docstring, table = node.get("docString"), node.get("dataTable")
        if docstring:
            first = docstring["location"]["line"]
            lines.update(range(first, first + docstring["content"].count("\n") + 3))
        if table:
            lines.update(row["location"]["line"] for row in table["rows"])
        found.append(
            Step(
                keyword=node["keyword"].strip(),
                kind=last,
                text=node["text"],
                line=line,
                column=node["location"]["column"],
                lines=frozenset(lines),
                docstring=docstring["content"] if docstring else None,
                media_type=docstring.get("mediaType") if docstring else None,
                datatable=tuple(cells(row) for row in table["rows"]) if table else None,
            )
        )
    return tuple(found)


def examples(node: Any) -> Examples:
    """An Examples table, which may lack its header and its rows."""
    header = node.get("tableHeader")
    return Examples(
        name=node["name"],
        line=node["location"]["line"],
        tags=tags(node),
        header_line=header["location"]["line"] if header else node["location"]["line"],
        columns=cells(header) if header else (),
        rows=tuple((row["location"]["line"], cells(row)) for row in node["tableBody"]) if header else (),
    )


def cells(row: Any) -> tuple[str, ...]:
    """The cells of a table row."""
    return tuple(cell["value"] for cell in row["cells"])


def tags(node: Any) -> tuple[Tag, ...]:
    """The tags that stand above a node."""
    return tuple(Tag(tag["name"].removeprefix("@"), tag["location"]["line"]) for tag in node["tags"])


def covered(found: Iterable[Step]) -> set[int]:
    """All lines of the steps."""
    return {line for step in found for line in step.lines}


def dedent(text: str) -> str:
    """A description without its indentation."""
    return "\n".join(line.strip() for line in text.splitlines())
