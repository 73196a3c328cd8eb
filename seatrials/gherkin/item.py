"""The pytest side of a feature: a file that collects scenarios, and a scenario that runs as any other test
item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import TracebackStyle

from seatrials.errors import SeatrialsError
from seatrials.gherkin import bdd, explain, run, tags
from seatrials.gherkin.check import check
from seatrials.gherkin.match import BoundStep, Index
from seatrials.gherkin.model import Feature, Pickle
from seatrials.gherkin.parse import parse
from seatrials.gherkin.problems import FeatureProblems
from seatrials.gherkin.subject import Subject
from seatrials.gherkin.suite import allowed

_FEATURES = pytest.StashKey[dict[Path, Feature | None]]()
_DOUBTFUL = pytest.StashKey[list["FeatureFile"]]()
_INDEXES = pytest.StashKey[dict[pytest.Collector, Index]]()


def feature_at(config: pytest.Config, path: Path) -> Feature | None:
    """The parsed file, read once in a session; None where it says nothing. Raises `FeatureProblems`."""
    known = config.stash.setdefault(_FEATURES, {})
    if path not in known:
        root = config.rootpath
        uri = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        known[path] = parse(path, uri)
    return known[path]


class FeatureFile(pytest.File):
    """A .feature file: its items are its scenarios, one for each Examples row of an outline."""

    settled = False
    """Whether it is known that no test module binds the file's scenarios by pytest-bdd's `scenarios`."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Raises `FeatureProblems`, all problems of the file together, so that nothing of a doubtful file
        runs."""
        feature = feature_at(self.config, self.path)
        if feature is None:
            return
        index = self._index()
        matches = [(pickle, [index.match(step) for step in pickle.steps]) for pickle in feature.pickles]
        off = allowed(self.config)
        problems = check(
            Subject(
                feature=feature,
                matches=matches,
                index=index,
                allowed=off,
                known_tag=lambda name: tags.known(self.config, name),
                known_fixture=lambda name: bdd.knows(self, name),
                fixture_names=lambda: bdd.fixture_names(self),
            )
        )
        if problems:
            if not (self.settled or self.session.isinitpath(self.path)):
                self.session.stash.setdefault(_DOUBTFUL, []).append(self)
                return
            raise FeatureProblems(feature.uri, problems)
        for pickle, found in matches:
            yield ScenarioItem.from_parent(
                self, name=pickle.id, feature=feature, pickle=pickle, bound=[match.bound() for match in found]
            )

    def _index(self) -> Index:
        """All files of a folder see the same step definitions."""
        assert self.parent is not None
        folder = self.parent
        known = self.session.stash.setdefault(_INDEXES, {})
        if folder not in known:
            known[folder] = Index(bdd.registered(self))
        return known[folder]


def settle(session: pytest.Session, items: list[pytest.Item]) -> None:
    """When all is collected: leave the scenarios that test modules bind by pytest-bdd's `scenarios` to these
    modules, where their steps may be, and tell the problems of the other files."""
    bound = bdd.bound_in_python(items)
    items[:] = [
        item
        for item in items
        if not (isinstance(item, ScenarioItem) and (item.path, item.pickle.scenario.name) in bound)
    ]
    for file in session.stash.get(_DOUBTFUL, []):
        feature = feature_at(session.config, file.path)
        assert feature is not None
        if not all((file.path, scenario.name) in bound for scenario in feature.scenarios):
            file.settled = True
            bdd.collect_again(file)


class ScenarioItem(pytest.Function):
    """A scenario as a test item.

    `pickle` is what it says, `bound` its steps with the definitions that carry them out, `outcomes` how they
    went so far.
    """

    def __init__(self, *, feature: Feature, pickle: Pickle, bound: Sequence[BoundStep], **kwargs: Any) -> None:
        self.feature = feature
        self.pickle = pickle
        self.bound = list(bound)
        self.outcomes: list[run.Outcome] = []
        config = kwargs["parent"].config
        super().__init__(callobj=tags.applied(config, pickle, _runner(pickle)), **kwargs)
        bdd.identify(self)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names of all fixtures that the scenario may use: its steps' and those that apply to every item,
        with whatever they need in turn. A fixture that an earlier step makes is not among them."""
        assert isinstance(self.parent, FeatureFile)
        made: set[str] = set()
        names = dict.fromkeys(self.fixturenames)
        for step in self.bound:
            names.update(dict.fromkeys(name for name in step.fixtures if name not in made))
            if step.definition and step.definition.target_fixture:
                made.add(step.definition.target_fixture)
        return bdd.closure(self.parent, names)

    def setup(self) -> None:
        """Begin anew: a plugin may run an item more than once."""
        self.outcomes = []
        super().setup()

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario, or the Examples row, stands in the feature file."""
        return self.path, self.pickle.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]  # narrower there
        """The steps, what the failing one said, and how to run the scenario again."""
        return explain.failure(self, excinfo, super()._repr_failure_py)

    def _repr_failure_py(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: TracebackStyle | None = None
    ) -> Any:
        # What pytest calls for a failure outside of the steps, in the fixtures that the item itself has.
        if isinstance(excinfo.value, (SeatrialsError, pytest.fail.Exception)):
            return explain.failure(self, excinfo, super()._repr_failure_py)
        return super()._repr_failure_py(excinfo, style)

    def _traceback_filter(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        return explain.own_frames(self, excinfo) or super()._traceback_filter(excinfo)


def _runner(pickle: Pickle) -> Callable[[pytest.FixtureRequest], None]:
    def scenario(request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        run.run(request.node, request)

    scenario.__doc__ = pickle.scenario.description or None
    return scenario
