"""A system under test: its members, declared as a class, and their clients while it runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from seatrials.environment.client import Client
from seatrials.environment.member import Member
from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import pytest

SystemT = TypeVar("SystemT", bound="System")


class System:
    """Subclass it and declare the members; see `fixtures/`. `members` keeps their order of declaration."""

    members: ClassVar[Mapping[str, Member[Any]]] = {}
    declared_at: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Member)}
        cls.members = {**cls.members, **own}
        frame = inspect.currentframe()
        caller = frame.f_back if frame else None
        cls.declared_at = f"{caller.f_code.co_filename}:{caller.f_lineno}" if caller else cls.__module__

    def __init__(self, name: str, clients: Mapping[str, Client]) -> None:
        self.name = name
        self._clients = clients

    def client(self, name: str) -> Client:
        """The client of a member. Raises `SeatrialsError` naming the members that there are."""
        try:
            return self._clients[name]
        except KeyError:
            raise SeatrialsError(
                f"the {self.name} system has no {name!r}",
                where=self.declared_at,
                cure=f"say one of: {', '.join(self.members)}; or declare {name!r}",
            ) from None

    def clients(self) -> Mapping[str, Client]:
        """Every member's client, by name."""
        return self._clients

    def restore(self) -> None:
        """Before a scenario: bring back what the one before broke, then reset what it changed."""
        disturbed = False
        for name, client in self._clients.items():
            healed = client.heal()
            client.disturbed |= healed
            disturbed |= client.disturbed
            if healed and self.members[name].spec().memory:
                # It ended by itself, and what it knew was in memory: it is as new as at the very start.
                self.members[name].prepare(client)
                self.members[name].baseline(client)
        if disturbed:
            # A service that lost a store notices its return in its own time: the next scenario must not pay
            # for that.
            for client in self._clients.values():
                client.running.wait()
            for client in self._clients.values():
                client.disturbed = False  # only now: where one cannot be brought back, the next scenario tries again
        for name, member in self.members.items():
            member.reset(self._clients[name])

    @classmethod
    def fixture(cls: type[SystemT]) -> Callable[..., SystemT]:
        """A pytest fixture that gives the running system, reset, to each test that asks for it by name.

        The containers live for the session; the fixture is named by the variable that it is assigned to.
        """
        import pytest

        from seatrials.environment.session import running_system

        def system(request: pytest.FixtureRequest) -> Iterator[SystemT]:
            wrong = ""
            try:
                running = running_system(request, cls)
                running.restore()
            except SeatrialsError as error:
                wrong = str(error)
            if wrong:  # it says what is wrong and where; the frames of this plugin would say nothing more
                pytest.fail(wrong, pytrace=False)
            yield running

        fixture = pytest.fixture(system)
        vars(fixture)["system"] = cls  # how the plan knows which system a fixture stands for
        return cast("Callable[..., SystemT]", fixture)
