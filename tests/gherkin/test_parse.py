"""Reading feature files: what becomes of each part, and what is told about a broken one."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from seatrials.gherkin.model import Feature
from seatrials.gherkin.parse import parse
from seatrials.gherkin.problems import FeatureProblems


def read(tmp_path: Path, text: str | bytes) -> Feature | None:
    path = tmp_path / "x.feature"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode())
    return parse(path, "features/x.feature")


def feature_of(tmp_path: Path, text: str | bytes) -> Feature:
    feature = read(tmp_path, text)
    assert feature is not None
    return feature


WHOLE = """
    @all
    Feature: Accounts
      As they are.

      Background:
        Given a service

      @one
      Scenario: first
        When it starts
        And it runs
          | a | b |
          | 1 | 2 |
        Then it answers
          ```json
          {"a": 1}
          ```
        But it stops

      Rule: names
        Background:
          Given a name

        Scenario Outline: named <name>
          * the name is <name>
          Then "<name>" is <length (in letters)>

          @short
          Examples: short ones
            | name | length (in letters) |
            | Al   | 2                   |
            | <name> | 6                 |
    """


def test_a_whole_document(tmp_path: Path) -> None:
    feature = feature_of(tmp_path, WHOLE)
    assert (feature.name, feature.line, feature.uri) == ("Accounts", 2, "features/x.feature")
    assert feature.description == "As they are."
    assert [tag.name for tag in feature.tags] == ["all"]
    first, second, third = feature.pickles
    assert first.id == "first"
    assert [(tag.name, tag.line) for tag in first.tags] == [("all", 1), ("one", 8)]
    assert first.rule_name is None
    assert second.rule_name == "names"
    assert second.name == "named Al"
    assert second.id == "named <name>[Al-2]"
    assert second.values == ("Al", "2")
    assert second.line == 31
    assert [tag.name for tag in second.tags] == ["all", "short"]
    assert third.line == 32


def test_kinds_keywords_and_arguments_of_steps(tmp_path: Path) -> None:
    first, second, _ = feature_of(tmp_path, WHOLE).pickles
    assert [(step.keyword, step.kind, step.line) for step in first.steps] == [
        ("Given", "given", 6),
        ("When", "when", 10),
        ("And", "when", 11),
        ("Then", "then", 14),
        ("But", "then", 18),
    ]
    assert first.steps[2].datatable == (("a", "b"), ("1", "2"))
    assert first.steps[3].docstring == '{"a": 1}'
    assert first.steps[3].media_type == "json"
    # `*` continues the background's Given.
    assert [(step.keyword, step.kind) for step in second.steps] == [
        ("Given", "given"),
        ("Given", "given"),
        ("*", "given"),
        ("Then", "then"),
    ]


def test_values_are_put_in_as_they_are(tmp_path: Path) -> None:
    """A column name may hold what means something in regular expressions, and a value is not searched
    again."""
    _, second, third = feature_of(tmp_path, WHOLE).pickles
    assert second.steps[-1].text == '"Al" is 2'
    assert third.steps[-1].text == '"<name>" is 6'


def test_values_with_backslashes(tmp_path: Path) -> None:
    feature = feature_of(tmp_path, "Feature: x\nScenario Outline: s\nThen <a>\nExamples:\n| a |\n| C:\\\\new\\\\1 |\n")
    assert feature.pickles[0].steps[0].text == "C:\\new\\1"


@pytest.mark.parametrize(
    ("line", "selected"),
    [
        (1, ["first", "named <name>[Al-2]", "named <name>[<name>-6]"]),
        (2, ["first", "named <name>[Al-2]", "named <name>[<name>-6]"]),
        (6, ["first", "named <name>[Al-2]", "named <name>[<name>-6]"]),
        (8, ["first"]),
        (13, ["first"]),
        (15, ["first"]),
        (17, ["first"]),
        (19, []),
        (20, ["named <name>[Al-2]", "named <name>[<name>-6]"]),
        (22, ["named <name>[Al-2]", "named <name>[<name>-6]"]),
        (26, ["named <name>[Al-2]", "named <name>[<name>-6]"]),
        (28, ["named <name>[Al-2]", "named <name>[<name>-6]"]),
        (31, ["named <name>[Al-2]"]),
        (32, ["named <name>[<name>-6]"]),
        (33, []),
    ],
)
def test_lines_of_a_pickle(tmp_path: Path, line: int, selected: list[str]) -> None:
    pickles = feature_of(tmp_path, WHOLE).pickles
    assert [pickle.id for pickle in pickles if line in pickle.lines] == selected


def test_ids_are_unique_and_on_one_line(tmp_path: Path) -> None:
    feature = feature_of(
        tmp_path,
        """
        Feature: x
          Scenario: a::b
            Then x
          Scenario: a::b
            Then x
          Scenario Outline: c
            Then <v>
            Examples:
              | v    |
              | 1    |
              | 1    |
              | a\\nb |
              | 0123456789012345678901234567890123456789012345 |
        """,
    )
    assert [pickle.id for pickle in feature.pickles] == [
        "a:b",
        "a:b #2",
        "c[1]",
        "c[1#2]",
        "c[a\\nb]",
        "c[012345678901234567890123456789012345678…]",
    ]


def test_other_languages_crlf_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "# language: de\nFunktionalität: Konto\n  Szenario: neu\n"
    text += "    Angenommen ein Dienst\n    Dann läuft er\n"
    feature = feature_of(tmp_path, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert feature.language == "de"
    assert feature.name == "Konto"
    assert [(step.kind, step.text) for step in feature.pickles[0].steps] == [
        ("given", "ein Dienst"),
        ("then", "läuft er"),
    ]
    assert feature.text(3) == "Szenario: neu"


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_a_file_that_says_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) is None


def test_every_error_of_a_file_is_told_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(FeatureProblems) as raised:
        read(tmp_path, "Feature: a\n Scenario: b\n  Given x\n   nonsense\n Examplez:\n   | a |\n   | a | b |\n")
    places = [(problem.line, problem.column, problem.rule) for problem in raised.value.problems]
    assert places == [(4, 4, "parse-error"), (5, 2, "parse-error"), (7, 4, "parse-error")]
    text = str(raised.value)
    assert "features/x.feature:4:4: this cannot stand here  [parse-error]\n    nonsense\n" in text
    assert "a step" in text
    assert "inconsistent cell count" in text
    assert "same number of cells" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"Feature: \xff\n", "features/x.feature:1: is not UTF-8: byte 0xff"),
        (b"# language: xx\nFeature: a\n", "Language not supported: xx"),
        (b'Feature: a\nScenario: b\nGiven x\n"""\n', "the file ends too early"),
    ],
)
def test_errors_of_the_whole_file(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(FeatureProblems) as raised:
        read(tmp_path, text)
    assert message in str(raised.value)
    assert "cure:" in str(raised.value)
