"""A step definition to paste, made from a step that has none."""

from __future__ import annotations

import keyword
import re

from seatrials.gherkin.model import Step

_VALUES = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"|(?<!\w)'(?:[^'\\]|\\.)*'(?!\w))"""
    r"""|(?<![\w.])(?P<float>-?\d+\.\d+)(?![\w.])"""
    r"""|(?<![\w.])(?P<int>-?\d+)(?![\w]|\.\d)"""
)
_TYPES = {"string": "str", "float": "float", "int": "int"}
_MOST_WORDS = 6


def sentence(text: str) -> tuple[str, list[str]]:
    """The Cucumber Expression for a step text, and the parameter types in it."""
    types: list[str] = []
    parts: list[str] = []
    position = 0
    for found in _VALUES.finditer(text):
        kind = found.lastgroup or "string"
        types.append(kind)
        parts += [re.sub(r"([\\{(/])", r"\\\1", text[position : found.start()]), f"{{{kind}}}"]
        position = found.end()
    parts.append(re.sub(r"([\\{(/])", r"\\\1", text[position:]))
    return "".join(parts), types


def plain(text: str) -> str:
    """A step text or a sentence without its values, so that the two can be compared."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "…", _VALUES.sub("…", text))


def snippet(step: Step) -> str:
    """Python that defines the step, and fails until its body is written."""
    expression, types = sentence(step.text)
    numbered = [
        f"{kind}{types[: place + 1].count(kind)}" if types.count(kind) > 1 else f"a_{kind}"
        for place, kind in enumerate(types)
    ]
    parameters = [f"{name}: {_TYPES[kind]}" for name, kind in zip(numbered, types, strict=True)]
    if step.docstring is not None:
        parameters.append("docstring: str")
    if step.datatable is not None:
        parameters.append("datatable: list[list[str]]")
    return "\n".join(
        [
            f"from seatrials import {step.kind}",
            "",
            "",
            f"@{step.kind}({_literal(expression)})",
            f"def {_function_name(expression)}({', '.join(parameters)}) -> None:",
            "    raise NotImplementedError",
        ]
    )


def _literal(text: str) -> str:
    return repr(text) if '"' in text else f'"{text}"' if "\\" not in text else f'r"{text}"'


def _function_name(expression: str) -> str:
    words = re.findall(r"\w+", re.sub(r"\{\w+\}|\\.", " ", expression).lower())
    name = "_".join(words[:_MOST_WORDS])
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"step_{name}".rstrip("_")
