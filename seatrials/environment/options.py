"""The command line options about containers."""

from __future__ import annotations

import sys

import pytest


def add(parser: pytest.Parser) -> None:
    """`--keep` and `--drop-kept`."""
    group = parser.getgroup("seatrials")
    group.addoption(
        "--keep",
        action="store_true",
        help="leave the containers running at the end, for the next run with --keep and the same configuration",
    )
    group.addoption(
        "--drop-kept",
        action="store_true",
        help="remove the containers that runs with --keep left for this project, and end",
    )


def drop_kept(config: pytest.Config) -> int | None:
    """Carry out `--drop-kept`; None where it was not given, else the exit code.

    Raises `pytest.UsageError` without an engine.
    """
    if not config.getoption("drop_kept"):
        return None
    from seatrials.environment import keep
    from seatrials.environment.engine import connect
    from seatrials.environment.run import project
    from seatrials.errors import SeatrialsError

    try:
        client = connect()
    except SeatrialsError as error:
        raise pytest.UsageError(str(error)) from None
    removed, busy = keep.drop(client, project(config.rootpath))
    client.close()
    # pytest's own terminal writer is not there yet: no test session begins
    sys.stdout.write(f"removed: {', '.join(removed)}\n" if removed else "nothing of this project was kept\n")
    if busy:
        sys.stdout.write(f"left, because another run is using them: {', '.join(busy)}\n")
    return 1 if busy else 0
