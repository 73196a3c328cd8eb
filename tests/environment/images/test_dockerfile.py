from __future__ import annotations

from seatrials.environment.images.dockerfile import bases, instructions, rewrite

TWO_STAGES = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.11
FROM --platform=linux/amd64 python:${VERSION}-slim AS wheel

RUN python -c "\\
# a comment between
from pathlib import Path"
FROM scratch
COPY --from=wheel /a /a
COPY --chown=0:0 --from=alpine:3 /b /b
COPY --from=0 /c /c
from wheel
"""


def test_bases_are_the_images_that_are_no_stages() -> None:
    assert bases(TWO_STAGES) == ("python:3.11-slim", "alpine:3")


def test_a_continued_line_that_begins_with_from_is_no_instruction() -> None:
    assert [item.keyword for item in instructions(TWO_STAGES)].count("FROM") == 3


def test_each_base_is_named_once() -> None:
    assert bases("FROM a AS x\nFROM a\nFROM X\n") == ("a",)


def test_variables_without_a_value_take_their_default() -> None:
    assert bases("ARG A\nFROM ${A:-one}\nFROM $B-two\n") == ("one", "-two")


def test_rewriting_changes_the_images_and_nothing_else() -> None:
    found = {"python:3.11-slim": "sha256:aa", "alpine:3": "sha256:bb"}
    text = rewrite(TWO_STAGES, found, ["ARG PIP_INDEX_URL"]).text
    assert text.splitlines() == [
        "# syntax=docker/dockerfile:1",
        "ARG VERSION=3.11",
        "FROM --platform=linux/amd64 sha256:aa AS wheel",
        "ARG PIP_INDEX_URL",
        'RUN python -c "\\',
        'from pathlib import Path"',
        "FROM scratch",
        "ARG PIP_INDEX_URL",
        "COPY --from=wheel /a /a",
        "COPY --chown=0:0 --from=sha256:bb /b /b",
        "COPY --from=0 /c /c",
        "from wheel",
        "ARG PIP_INDEX_URL",
    ]


def test_steps_know_their_lines_in_the_original() -> None:
    rewritten = rewrite("# first\nFROM a\n\nRUN one \\\n  two\nRUN three\n", {"a": "b"}, ["ARG X"])
    assert rewritten.steps == (2, 2, 4, 6)
    assert rewrite("", {}, []).steps == ()


def test_lines_know_their_lines_in_the_original() -> None:
    rewritten = rewrite("# first\n\nFROM a\n\nRUN one \\\n  two\n", {"a": "b"}, ["ARG X"])
    assert rewritten.text == "# first\nFROM b\nARG X\nRUN one \\\n  two\n"
    assert rewritten.lines == (1, 3, 3, 5, 5)
