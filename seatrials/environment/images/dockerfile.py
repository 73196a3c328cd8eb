"""What a Dockerfile is built from, and the same Dockerfile built from what was found instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_FROM_FLAG = re.compile(r"--from=(\S+)")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its first line (from 1), its words with continuations joined, its lines as written."""

    line: int
    text: str
    source: tuple[str, ...]

    @property
    def keyword(self) -> str:
        """`FROM`, `RUN`, …, in capitals."""
        return self.text.split(maxsplit=1)[0].upper()


@dataclass(frozen=True)
class Rewritten:
    """A Dockerfile for the engine, with the lines (from 1) in the original of each step and of each line."""

    text: str
    steps: tuple[int, ...]
    lines: tuple[int, ...]


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, without comments and blank lines.

    A continuation line is part of its instruction, even if it begins with `from`.
    """
    source: list[str] = []
    words: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        first = first if source else number
        source.append(line)
        stripped = line.strip()
        words.append(stripped.removesuffix("\\").strip())
        if not stripped.endswith("\\"):
            yield Instruction(first, " ".join(words), tuple(source))
            source, words = [], []
    if source:
        yield Instruction(first, " ".join(words), tuple(source))


def bases(text: str) -> tuple[str, ...]:
    """The images of its `FROM` and `COPY --from=`, without earlier stages and `scratch`, each once."""
    return tuple(dict.fromkeys(name for _, name in _named(instructions(text))))


def rewrite(text: str, found: Mapping[str, str], after_from: Sequence[str]) -> Rewritten:
    """The Dockerfile with `found[name]` where it says `name`, and the lines `after_from` after each FROM."""
    parsed = list(instructions(text))
    names = {id(instruction): name for instruction, name in _named(parsed)}
    directives = text.splitlines()[: parsed[0].line - 1] if parsed else []
    output = [(line, number) for number, line in enumerate(directives, start=1) if line.startswith("#")]
    steps = []
    for instruction in parsed:
        name = names.get(id(instruction))
        new: Sequence[str] = instruction.source
        steps.append(instruction.line)
        if instruction.keyword == "FROM":
            words = instruction.text.split()
            if name is not None:
                words[_image_word(words)] = found[name]
            new = [" ".join(words), *after_from]
            steps += [instruction.line] * len(after_from)
        elif name is not None:
            new = [_FROM_FLAG.sub(f"--from={found[name]}", line, count=1) for line in instruction.source]
        output += [(line, instruction.line) for line in new]
    lines = tuple(number for _, number in output)
    return Rewritten("".join(f"{line}\n" for line, _ in output), tuple(steps), lines)


def _named(parsed: Iterable[Instruction]) -> Iterator[tuple[Instruction, str]]:
    """The instructions that name an image, with that name; variables are the ARGs before the first FROM."""
    values: dict[str, str] = {}
    stages: set[str] = set()
    begun = False
    for instruction in parsed:
        words = instruction.text.split()
        if instruction.keyword == "ARG" and not begun:
            for word in words[1:]:
                name, _, value = word.partition("=")
                values[name] = value.strip("\"'")
        elif instruction.keyword == "FROM" and len(words) > 1:
            begun = True
            place = _image_word(words)
            image = _VARIABLE.sub(lambda match: _value(match, values), words[place])
            if image.lower() not in stages and image != "scratch":
                yield instruction, image
            if len(words) > place + 2 and words[place + 1].upper() == "AS":
                stages.add(words[place + 2].lower())
        elif instruction.keyword == "COPY":
            flag = _FROM_FLAG.search(instruction.text)
            if flag and not flag[1].isdigit() and flag[1].lower() not in stages:
                yield instruction, flag[1]


def _image_word(words: Sequence[str]) -> int:
    """Where in a FROM the image stands: behind the flags."""
    return next((place for place, word in enumerate(words[1:], start=1) if not word.startswith("--")), len(words) - 1)


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    return values.get(match[1] or match[2]) or match[3] or ""
