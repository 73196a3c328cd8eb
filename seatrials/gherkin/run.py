"""Run the bound steps of a scenario. Nothing is looked up any more: every step already has its function and
its values."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import pytest

from seatrials.errors import SeatrialsError
from seatrials.gherkin import bdd
from seatrials.gherkin.match import BoundStep

if TYPE_CHECKING:
    from seatrials.gherkin.item import ScenarioItem


@dataclass
class Outcome:
    """How one step went: `skipped` is a step that called `pytest.skip` or `pytest.xfail`, or was interrupted.

    `seconds` is how long it took, `error` what a failed step raised.
    """

    bound: BoundStep
    status: Literal["running", "passed", "failed", "skipped"] = "running"
    seconds: float = 0.0
    error: BaseException | None = None


def run(item: ScenarioItem, request: pytest.FixtureRequest) -> None:
    """Run the steps in order, calling pytest-bdd's hooks as it does; the first that raises ends the
    scenario."""
    __tracebackhide__ = True
    hook = request.config.hook
    feature, scenario = bdd.told(item.feature, item.pickle)
    item.outcomes = []
    about = {"request": request, "feature": feature, "scenario": scenario}
    hook.pytest_bdd_before_scenario(**about)
    try:
        for bound, step in zip(item.bound, scenario.steps, strict=True):
            outcome = Outcome(bound)
            item.outcomes.append(outcome)
            began = perf_counter()
            try:
                _step(bound, request, {**about, "step": step})
            except (Exception, pytest.fail.Exception) as error:
                outcome.status, outcome.error = "failed", error
                raise
            except BaseException:
                outcome.status = "skipped"
                raise
            else:
                outcome.status = "passed"
            finally:
                outcome.seconds = perf_counter() - began
    finally:
        hook.pytest_bdd_after_scenario(**about)


def _step(bound: BoundStep, request: pytest.FixtureRequest, about: dict[str, Any]) -> None:
    __tracebackhide__ = True
    definition, hook = bound.definition, request.config.hook
    if definition is None:
        # Possible only where the project has switched off the rule that refuses it; it is still no pass.
        raise SeatrialsError("no step definition says this", cure="define the step")
    about = {**about, "step_func": definition.function, "step_func_args": {}}
    hook.pytest_bdd_before_step(**about)
    try:
        about["step_func_args"] = arguments = _arguments(bound, request)
        hook.pytest_bdd_before_step_call(**about)
        value = bdd.call(definition.function, request, arguments)
        _refuse_verdict(bound, value)
    except (Exception, pytest.fail.Exception) as exception:
        hook.pytest_bdd_step_error(exception=exception, **about)
        raise
    if definition.target_fixture is not None:
        bdd.target(request, definition.target_fixture, value)
    hook.pytest_bdd_after_step(**about)


def _refuse_verdict(bound: BoundStep, value: object) -> None:
    """A check that returns its verdict instead of asserting it would pass either way."""
    definition = bound.definition
    assert definition is not None
    checks = bound.step.kind == "then" and definition.positional and definition.target_fixture is None
    if checks and isinstance(value, bool):
        raise SeatrialsError(
            f"the check returned {value}, which pytest does not look at",
            where=definition.place,
            cure="write assert … in place of return …",
        )


def _arguments(bound: BoundStep, request: pytest.FixtureRequest) -> dict[str, object]:
    """The sentence's values, then the doc string or table, then the fixtures."""
    __tracebackhide__ = True
    step, definition = bound.step, bound.definition
    assert definition is not None
    converters: dict[str, Any] = definition.converters
    arguments = {
        name: converters[name](value) if name in converters else value for name, value in bound.arguments.items()
    }
    if step.docstring is not None and definition.takes("docstring"):
        arguments["docstring"] = step.docstring
    if step.datatable is not None and definition.takes("datatable"):
        arguments["datatable"] = [list(row) for row in step.datatable]
    for name in bound.fixtures:
        arguments[name] = request.getfixturevalue(name)
    return arguments
