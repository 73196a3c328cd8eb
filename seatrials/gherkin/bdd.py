"""Everything that touches private names: pytest-bdd's registry and objects, and pytest's fixture manager.

Written for pytest-bdd 9.0 and pytest 9.1 to 9.2; the test of this module fails when either moves on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.fixtures import FixtureManager, call_fixture_func
from _pytest.runner import collect_one_node
from pytest_bdd import gherkin_parser, parser
from pytest_bdd.compat import get_fixture_names, getfixturedefs, inject_fixture
from pytest_bdd.feature import features
from pytest_bdd.scenario import scenario_wrapper_template_registry
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry
from pytest_bdd.utils import get_required_args, registry_get_safe

from seatrials.gherkin.model import Feature, Pickle, Step


@dataclass(frozen=True)
class Registered:
    """A step definition that a node can see. The greater `nearness`, the closer to the node it is defined."""

    context: StepFunctionContext
    nearness: tuple[int, bool]


def registered(node: pytest.Collector) -> list[Registered]:
    """All step definitions visible to `node`, each once, in the order of their registration."""
    manager = _manager(node)
    found: dict[int, Registered] = {}
    for name in get_fixture_names(manager):
        for fixture in getfixturedefs(manager, name, node) or ():
            try:
                context = step_function_context_registry.get(fixture.func)
            except TypeError:  # a callable that cannot be referred to weakly is no step definition
                continue
            if context is not None:
                # The conftest.py of the root folder and the plugins are all known to the whole session; among
                # them the conftest is the nearer one, as it is for fixtures.
                code = getattr(context.step_func, "__code__", None)
                conftest = code is not None and code.co_filename.endswith("conftest.py")
                depth = len(fixture.baseid.split("/")) if fixture.baseid else 0
                found[id(context)] = Registered(context, (depth, conftest))
    return list(found.values())


def required(context: StepFunctionContext) -> list[str]:
    """The positional parameters without default of a function in pytest-bdd's own style."""
    return get_required_args(context.step_func)


def knows(node: pytest.Collector, name: str) -> bool:
    """Whether a fixture of this name is visible to `node`."""
    return name == "request" or bool(getfixturedefs(_manager(node), name, node))


def fixture_names(node: pytest.Collector) -> list[str]:
    """The names of the fixtures visible to `node`, without those that stand for step definitions."""
    names = get_fixture_names(_manager(node))
    return [name for name in names if not name.startswith("pytestbdd_step") and knows(node, name)]


def closure(node: pytest.Collector, names: Iterable[str]) -> frozenset[str]:
    """`names` and the fixtures that they need, directly or not."""
    found, _ = _manager(node).getfixtureclosure(node, tuple(names), frozenset())
    return frozenset(found)


def call(function: Callable[..., Any], request: pytest.FixtureRequest, arguments: Mapping[str, object]) -> object:
    """Call a step function as a fixture is called: what follows its `yield` runs when the scenario is torn
    down."""
    return call_fixture_func(function, request, dict(arguments))


def target(request: pytest.FixtureRequest, name: str, value: object) -> None:
    """Make `value` the fixture `name` for the rest of the scenario."""
    inject_fixture(request, name, value)


def told(feature: Feature, pickle: Pickle) -> tuple[parser.Feature, parser.Scenario]:
    """The feature and the scenario as pytest-bdd's own objects, which is what its hooks are called with."""
    bdd_feature = parser.Feature(
        scenarios=OrderedDict(),
        filename=str(feature.path),
        rel_filename=feature.uri,
        language=feature.language,
        keyword=feature.keyword,
        name=feature.name,
        tags={tag.name for tag in feature.tags},
        background=None,
        line_number=feature.line,
        description=feature.description,
    )
    scenario, rule = pickle.scenario, pickle.scenario.rule
    bdd_rule = None
    if rule is not None:
        bdd_rule = parser.Rule(rule.keyword, rule.name, rule.description, {tag.name for tag in rule.tags})
    bdd_scenario = parser.Scenario(
        feature=bdd_feature,
        keyword=scenario.keyword,
        name=pickle.name,
        line_number=scenario.line,
        steps=[_step(step) for step in pickle.steps],
        description=scenario.description,
        tags={tag.name for tag in scenario.tags},
        rule=bdd_rule,
    )
    return bdd_feature, bdd_scenario


def bound_in_python(items: Iterable[pytest.Item]) -> set[tuple[Path, str]]:
    """The (file, scenario name) of the items that pytest-bdd's `scenario` and `scenarios` made in test
    modules."""
    found = set()
    if features:
        for item in items:
            if isinstance(item, pytest.Function) and item.cls is None:
                template = registry_get_safe(scenario_wrapper_template_registry, item.obj)
                if template is not None:
                    found.add((Path(template.feature.filename), template.name))
    return found


def collect_again(collector: pytest.Collector) -> None:
    """Collect, and report how that went, outside of pytest's own walk through the files."""
    collector.ihook.pytest_collectreport(report=collect_one_node(collector))


def identify(item: pytest.Item) -> None:
    """Give the item the id that pytest reads from its own text form, as it does for `--last-failed`.

    pytest makes the part in brackets from parametrization only, which our items do not have.
    """
    with suppress(ImportError):  # before 9.2, node ids are plain texts
        from _pytest.nodeid import NodeId

        item._id = NodeId.parse(item.nodeid)


def _step(step: Step) -> parser.Step:
    return parser.Step(
        name=step.text,
        type=step.kind,
        indent=step.column - 1,
        line_number=step.line,
        keyword=step.keyword.title(),
        datatable=_table(step) if step.datatable is not None else None,
        docstring=step.docstring,
    )


def _table(step: Step) -> gherkin_parser.DataTable:
    place = gherkin_parser.Location(column=step.column, line=step.line + 1)
    rows = [
        gherkin_parser.Row(str(number), place, [gherkin_parser.Cell(place, cell) for cell in row])
        for number, row in enumerate(step.datatable or ())
    ]
    return gherkin_parser.DataTable(place, rows)


def _manager(node: pytest.Collector) -> FixtureManager:
    return node.session._fixturemanager
