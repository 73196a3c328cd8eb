"""pytest's hooks and nothing else; each one hands over to a room."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from seatrials.gherkin.item import FeatureFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options and settings."""
    from seatrials.environment import options
    from seatrials.gherkin import suite

    suite.add_options(parser)
    options.add(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Before any conftest is imported: the suite's folders, and `x.feature:12` on the command line."""
    from seatrials.gherkin import select, suite

    suite.prepare(early_config)
    select.resolve(early_config, args)


def pytest_configure(config: pytest.Config) -> None:
    """The vocabulary, then the suite's own steps and fixtures."""
    from seatrials import vocabulary
    from seatrials.gherkin import suite

    vocabulary.register(config.pluginmanager)
    suite.load(config)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """`--drop-kept` is a command of its own: it runs no tests."""
    from seatrials.environment import options

    return options.drop_kept(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """A .feature file holds scenarios."""
    if file_path.suffix != ".feature":
        return None
    from seatrials.gherkin.item import FeatureFile

    return FeatureFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """All is collected."""
    from seatrials.gherkin import item

    item.settle(session, items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is left of it will run: these are the systems that it needs."""
    from seatrials.vocabulary import planning

    planning.plan(session)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, bool, bool]:
    """The systems run while the tests do, and not a moment longer."""
    from seatrials.environment import lifecycle

    with lifecycle.running(session):
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """From here on is what a report on this test tells about."""
    from seatrials.environment import lifecycle

    lifecycle.scenario_began(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure is told with what the services did meanwhile."""
    from seatrials.reports import terminal

    report = yield
    terminal.add_evidence(item, report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What goes on running after the end."""
    from seatrials.reports import terminal

    terminal.tell_kept(config, terminalreporter)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Reports that are written now name what each store really was."""
    from seatrials.reports import junit

    junit.add_stand_ins(session.config)
