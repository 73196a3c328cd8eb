"""The environment in the course of a pytest session: started before the first test, closed after the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from seatrials.environment.declared import Systems
from seatrials.environment.session import ENVIRONMENT, Environment
from seatrials.errors import SeatrialsError

NEEDED = pytest.StashKey[Systems]()
"""Where `config.stash` has the systems that the collected tests need."""


@contextmanager
def running(session: pytest.Session) -> Iterator[None]:
    """Have the needed systems running for as long as the tests run.

    What cannot be started is told by the tests that need it.
    """
    config = session.config
    if config.option.collectonly or (session.testsfailed and not config.option.continue_on_collection_errors):
        yield
        return
    write = _writer(config)
    environment = Environment(config.rootpath, keep=config.getoption("keep"), write=write)
    config.stash[ENVIRONMENT] = environment
    try:
        environment.start(config.stash.get(NEEDED, {}))
        yield
    finally:
        try:
            environment.close()
        except SeatrialsError as error:
            write(str(error))
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def scenario_began(item: pytest.Item) -> None:
    """Note the moment: the services' log lines from here on belong to this test."""
    if environment := item.config.stash.get(ENVIRONMENT, None):
        environment.scenario_began()


def _writer(config: pytest.Config) -> Callable[[str], None]:
    """Lines for people, on a line of their own; nothing where there is no terminal reporter."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")

    def write(line: str) -> None:
        if reporter is not None and config.get_verbosity() > -2:
            reporter.ensure_newline()
            reporter.write_line(line)

    return write
