"""Beside a failure on the terminal: what was asked of the services, and what their containers logged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seatrials.environment.service_client import ServiceClient
from seatrials.environment.session import ENVIRONMENT, Environment

EXCHANGES = 5
LOG_LINES = 10


def add_evidence(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add sections to the report of a test that failed while systems were running."""
    environment = item.config.stash.get(ENVIRONMENT, None)
    if report.failed and report.when != "teardown" and environment is not None:
        report.sections += [(title, text) for title, text in _sections(environment) if text.strip()]


def tell_kept(config: pytest.Config, reporter: pytest.TerminalReporter) -> None:
    """Say which systems go on running, and how to be rid of them."""
    environment = config.stash.get(ENVIRONMENT, None)
    if environment is not None and environment.kept:
        names = ", ".join(sorted(environment.kept))
        reporter.write_line(f"kept running: {names}; pytest --drop-kept removes what is kept")


def _sections(environment: Environment) -> Iterator[tuple[str, str]]:
    for system in environment.running().values():
        for client in system.clients().values():
            if isinstance(client, ServiceClient):
                exchanges = client.exchanges.since(environment.began)[-EXCHANGES:]
                yield f"requests to {system.name}.{client.name}", "\n".join(map(str, exchanges))
    for name, lines in environment.logs(tail=LOG_LINES).items():
        yield f"log of {name} since the scenario began (last {LOG_LINES} lines)", lines
