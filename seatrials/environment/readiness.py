"""Wait until a container is ready, and say why it is not."""

from __future__ import annotations

import time
from collections.abc import Callable

from seatrials.environment.container import Container, state_of
from seatrials.errors import SeatrialsError
from seatrials.waiting import NotInTime, Terminal, eventually

SHOWN_LOG_LINES = 25
PROBE_EVERY = 0.01
"""Seconds between two questions whether it is ready. A refused connection costs a fraction of a millisecond."""

INSPECT_EVERY = 0.1
"""Seconds between two looks whether it still runs. They cost the engine a millisecond, so not after every probe."""


def wait_until_ready(container: Container, *, within: float, given_up: Callable[[], str | None]) -> None:
    """Until the driver gets an answer; see `Container.wait`."""
    subject = f"the {container.name} of the {container.system} system"
    looked = 0.0

    def gone() -> str | None:
        nonlocal looked
        if time.monotonic() - looked < INSPECT_EVERY:
            return given_up()
        looked = time.monotonic()
        return given_up() or ended(container)

    try:
        eventually(lambda: container.member.probe(container), within=within, every=PROBE_EVERY, gone=gone, what=subject)
    except NotInTime as error:
        raise _failure(
            container,
            f"{subject} did not become ready within {within:g} s",
            "see below what it answered; if it only needs longer, declare it with a larger within=",
            f"{error}",
        ) from None
    except Terminal as error:
        if how := ended(container):
            raise _failure(container, f"{subject} {how} before it was ready", _cure(container), "") from None
        raise _failure(container, f"{subject} cannot become ready", "see below what it answered", f"{error}") from None


def ended(container: Container) -> str | None:
    """How it ended, if it has: `exited with code 1`."""
    found = container.inspect()
    state = state_of(found)
    if found is None or state == "gone":
        return "was removed"
    if state != "exited":
        return None
    if found["State"].get("OOMKilled"):
        return "was ended by the kernel for want of memory"
    return f"exited with code {found['State']['ExitCode']}"


def _cure(container: Container) -> str:
    spec = container.spec
    if spec.build is not None:
        return f"its last words are below; correct the program in {spec.build} or its environment"
    return f"its last words are below; correct the environment or the command for {spec.image}"


def _failure(container: Container, what: str, cure: str, seen: str) -> SeatrialsError:
    words = container.logs(tail=SHOWN_LOG_LINES).rstrip()
    log = f"its last log lines:\n{words}" if words else "it has logged nothing"
    details = "\n".join(part for part in (seen, log) if part)
    return SeatrialsError(what, where=container.where, cure=cure, details=details)
