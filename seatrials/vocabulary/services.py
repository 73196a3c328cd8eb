"""Whether a member of the system runs: breaking it, bringing it back, and what it says of itself."""

from __future__ import annotations

from seatrials.environment.system import System
from seatrials.gherkin.definitions import given, then, when
from seatrials.vocabulary import types  # noqa: F401  # {member}
from seatrials.waiting import NotInTime, eventually

LOG_DELAY = 2.0
"""Seconds that a line may take from the service to the engine's log."""

SHOWN = 20
"""Log lines that a message shows."""


@given("the {member} has been stopped")
def has_been_stopped(member: str, *, system: System) -> None:
    """It was ended as for maintenance, and stays away until it starts again or the scenario ends.

    Example: Given the cache has been stopped
    """
    system.client(member).stop()


@given("the {member} has been killed")
def has_been_killed(member: str, *, system: System) -> None:
    """It ended without warning, as in a crash, and stays away.

    Example: Given the database has been killed
    """
    system.client(member).kill()


@given("the {member} has been paused")
def has_been_paused(member: str, *, system: System) -> None:
    """It hangs: connections to it stay open and nothing is answered.

    Example: Given the cache has been paused
    """
    system.client(member).pause()


@when("the {member} stops")
def stops(member: str, *, system: System) -> None:
    """It is ended in its own time, as for maintenance.

    Example: When the cache stops
    """
    system.client(member).stop()


@when("the {member} is killed")
def is_killed(member: str, *, system: System) -> None:
    """It ends without warning, as in a crash.

    Example: When the database is killed
    """
    system.client(member).kill()


@when("the {member} is paused")
def is_paused(member: str, *, system: System) -> None:
    """It hangs from now on: connections stay open and nothing is answered.

    Example: When the cache is paused
    """
    system.client(member).pause()


@when("the {member} is resumed")
def is_resumed(member: str, *, system: System) -> None:
    """It hangs no longer.

    Example: When the cache is resumed
    """
    system.client(member).resume()


@when("the {member} starts again")
def starts_again(member: str, *, system: System) -> None:
    """It comes back after a stop or a crash; the step ends when it answers.

    Example: When the database starts again
    """
    system.client(member).start()


@then("the {member} is healthy")
def is_healthy(member: str, *, system: System) -> None:
    """It answers now: a service on its ready path with 2xx, a store to its driver.

    Example: Then the api is healthy
    """
    client = system.client(member)
    try:
        system.members[member].probe(client.running)
    except (AssertionError, OSError) as error:
        raise AssertionError(f"the {member} is not healthy, it is {client.running.state()}: {error}") from error


@then("the {member} becomes healthy within {int} second(s)")
def becomes_healthy(member: str, seconds: int, *, system: System) -> None:
    """It answers by then. Fails at once if its container has ended, for nothing brings that back.

    Example: Then the api becomes healthy within 5 seconds
    """
    running = system.client(member).running

    def gone() -> str | None:
        state = running.state()
        return None if state in ("running", "paused") else f"its container is {state} and does not come back by itself"

    eventually(
        lambda: system.members[member].probe(running),
        within=seconds,
        gone=gone,
        what=f"the {member} becomes healthy",
    )


@then("the {member} has logged {string}")
def has_logged(member: str, text: str, *, system: System) -> None:
    """A line with this text is in its log, written since the scenario began.

    Example: Then the api has logged "cache unavailable"
    """
    running = system.client(member).running

    def written(log: str) -> bool:
        return any(text in line for line in log.splitlines())

    try:
        eventually(running.logs, until=written, within=LOG_DELAY, every=0.05)
    except NotInTime:
        last = running.logs().splitlines()[-SHOWN:] or ["nothing"]
        shown = "\n".join(f"  {line}" for line in last)
        message = f"the {member} has not logged {text!r}; the last of what it has logged since the scenario began:"
        raise AssertionError(f"{message}\n{shown}") from None
