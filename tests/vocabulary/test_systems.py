"""Which system a scenario means: the one it names, or the only one there is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from seatrials import SeatrialsError, System
from seatrials.environment.declared import SYSTEMS
from seatrials.vocabulary import systems


class Shop(System):
    """Declared, and never started."""


class Bank(System):
    """Another one."""


def bound(name: str, line: int) -> Any:
    """The step that names a system, as the item has it."""
    definition = SimpleNamespace(function=systems.is_running)
    return SimpleNamespace(definition=definition, arguments={"name": name}, step=SimpleNamespace(line=line))


OTHER: Any = SimpleNamespace(definition=SimpleNamespace(function=bound), arguments={"name": "x"}, step=None)
UNDEFINED: Any = SimpleNamespace(definition=None, arguments={}, step=None)


class Request:
    """What a scenario's steps ask; its fixtures give their own name."""

    def __init__(self, declared: dict[str, type[System]], *steps: Any) -> None:
        self.config = SimpleNamespace(stash={SYSTEMS: declared})
        self.node = SimpleNamespace(bound=steps, path="shop.feature")

    def getfixturevalue(self, name: str) -> str:
        return f"the running {name}"


def chosen(*steps: Any, **declared: type[System]) -> Any:
    """The system that is taken."""
    request: Any = Request(declared, *steps)
    return systems.system_of(request)


def test_the_one_that_is_named() -> None:
    assert chosen(OTHER, bound("bank", 3), UNDEFINED, shop=Shop, bank=Bank) == "the running bank"


def test_the_only_one_need_not_be_named() -> None:
    assert chosen(OTHER, shop=Shop) == "the running shop"


def test_of_several_one_must_be_named() -> None:
    with pytest.raises(SeatrialsError, match="several are declared: bank, shop\n.*Given the bank system is running"):
        chosen(shop=Shop, bank=Bank)


def test_one_that_is_not_declared() -> None:
    with pytest.raises(SeatrialsError, match="there is no shpo system\n.*did you mean shop"):
        chosen(bound("shpo", 3), shop=Shop)
    with pytest.raises(SeatrialsError, match="there is no x system\n.*say one of: bank, shop"):
        chosen(bound("x", 3), shop=Shop, bank=Bank)


def test_none_is_declared() -> None:
    with pytest.raises(SeatrialsError, match="no system is declared"):
        chosen()


def test_two_cannot_be_named() -> None:
    with pytest.raises(SeatrialsError, match=r"names 2 systems: shop in line 3, bank in line 4\n.*shop\.feature:3"):
        chosen(bound("shop", 3), bound("bank", 4), shop=Shop, bank=Bank)


def test_the_step_itself_checks_the_name() -> None:
    systems.is_running("shop", system=Shop("shop", {}))
    with pytest.raises(SeatrialsError, match="runs against the shop system, not bank"):
        systems.is_running("bank", system=Shop("shop", {}))
