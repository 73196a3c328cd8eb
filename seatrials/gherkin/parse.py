"""Read a .feature file with the official parser, and tell all that it found wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser

from seatrials.gherkin.compile import Compiler
from seatrials.gherkin.model import Feature
from seatrials.gherkin.problems import FeatureProblems, Problem

_TOKENS = {
    "FeatureLine": "Feature:",
    "BackgroundLine": "Background:",
    "RuleLine": "Rule:",
    "ScenarioLine": "Scenario:",
    "ExamplesLine": "Examples:",
    "StepLine": "a step",
    "TableRow": "a table row",
    "DocStringSeparator": 'a doc string (""")',
    "TagLine": "@tags",
    "Language": "# language:",
    "EOF": "the end of the file",
}


def parse(path: Path, uri: str) -> Feature | None:
    """The feature in the file, or None where the file says nothing. `uri` is how messages name the file.

    Raises `FeatureProblems` with every error of the file, each with line and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"is not UTF-8: byte 0x{error.object[error.start]:02x}"
        raise FeatureProblems(uri, [Problem("parse-error", line, "", what, "save the file as UTF-8")]) from None
    source = tuple(text.split("\n"))
    try:
        document: Any = Parser().parse(text)
    except CompositeParserException as error:
        problems = [_problem(one, source) for one in error.errors]
        raise FeatureProblems(uri, problems) from None
    if "feature" not in document:
        return None
    return Compiler(document["feature"], path, uri, source).feature()


def _problem(error: ParserException, source: Sequence[str]) -> Problem:
    line, column = error.location["line"], error.location.get("column", 0)
    message = re.sub(r"^\(\d+:\d+\): ", "", str(error))
    if found := re.fullmatch(r"(unexpected end of file, )?expected: (.*?)(?:, got '(.*)')?", message, re.S):
        names = [_TOKENS[token] for token in re.findall(r"#(\w+)", found[2]) if token in _TOKENS]
        wanted = ", ".join(names) or "text"
        message = "the file ends too early" if found[1] else "this cannot stand here"
        cure = f"expected here: {wanted}"
    elif message.startswith("Language not supported"):
        cure = "use a language code of Gherkin, such as en, de or fr"
    elif "inconsistent cell count" in message:
        cure = "give every row of the table the same number of cells"
    else:
        cure = "correct the line"
    text = source[line - 1].strip() if line <= len(source) else ""
    return Problem("parse-error", line, text, message, cure, column=column)
