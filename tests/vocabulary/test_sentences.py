"""All sentences together: each text fits one of them only, and each tells how it is used."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from itertools import zip_longest

import pytest
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from seatrials import vocabulary
from seatrials.gherkin.expressions import CucumberParser

USES = {
    "int": ["0", "7", "3600"],
    "member": ["api", "key", "table", "answer", "system"],
    "method": ["GET", "DELETE"],
    "string": ['"x"', '""', "\"the api holds no key 'x'\"", "'users'"],
}


def definitions() -> list[StepFunctionContext]:
    """The step definitions of the vocabulary's modules."""
    modules = {import_module(f"{vocabulary.__name__}.{name}").__name__ for name in vocabulary.MODULES}
    found = step_function_context_registry.values()
    return sorted((one for one in found if one.step_func.__module__ in modules), key=lambda one: one.parser.name)


def uses(sentence: str) -> list[str]:
    """Texts that the sentence matches: every value for one parameter at a time, plural and singular."""
    parts = re.split(r"{(\w+)}", sentence)
    texts = []
    for turn in range(max(len(values) for values in USES.values())):
        values = [USES[name][turn % len(USES[name])] for name in parts[1::2]]
        text = "".join(part for pair in zip_longest(parts[::2], values, fillvalue="") for part in pair)
        texts += [re.sub(r"\((\w+)\)", r"\1", text), re.sub(r"\((\w+)\)", "", text)]
    return texts


@pytest.mark.parametrize("definition", definitions(), ids=lambda one: one.parser.name)
def test_a_text_fits_one_sentence(definition: StepFunctionContext) -> None:
    for text in uses(definition.parser.name):
        fitting = [one.parser.name for one in definitions() if one.parser.is_matching(text)]
        assert fitting == [definition.parser.name], text


@pytest.mark.parametrize("definition", definitions(), ids=lambda one: one.parser.name)
def test_a_sentence_has_an_example_that_it_matches(definition: StepFunctionContext) -> None:
    doc = inspect.getdoc(definition.step_func) or ""
    example = re.search(r"Example:\s+(Given|When|Then) (.*)", doc)
    assert example, f"no example: {doc}"
    assert example[1].lower() == definition.type
    assert definition.parser.is_matching(example[2].strip())


def test_the_catalogue_is_the_one_that_is_promised() -> None:
    assert [f"{str(one.type).title()} {one.parser.name}" for one in definitions()] == sorted(
        [
            "Given the {member} system is running",
            "Given the {member} has been stopped",
            "Given the {member} has been paused",
            "Given the {member} has been killed",
            "When the {member} stops",
            "When the {member} is killed",
            "When the {member} is paused",
            "When the {member} is resumed",
            "When the {member} starts again",
            "Then the {member} is healthy",
            "Then the {member} becomes healthy within {int} second(s)",
            "Then the {member} has logged {string}",
            "When the {member} receives {method} {string}",
            "When the {member} receives {method} {string} with:",
            "Then it answers {int}",
            "Then it answers {int} with:",
            "Then it answers {int} with exactly:",
            "Then the answer has the header {string} with {string}",
            "Then the answer has no field {string}",
            "Given the table {string} has been filled with:",
            "Then the table {string} holds:",
            "Then the table {string} holds exactly:",
            "Then the table {string} is empty",
            "Then the table {string} holds {int} row(s)",
            "Given the key {string} has been set to {string}",
            "When the key {string} is deleted",
            "Then the {member} holds the key {string}",
            "Then the {member} holds no key {string}",
            "Then the key {string} expires within {int} second(s)",
        ],
        key=lambda sentence: sentence.split(" ", 1)[1],
    )


def test_no_sentence_has_an_optional_not() -> None:
    for definition in definitions():
        assert isinstance(definition.parser, CucumberParser)
        assert not re.search(r"\(\s*(not|no)\b", definition.parser.name)
