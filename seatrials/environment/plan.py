"""From the class of a system to its members in dependency order. Pure: nothing is started, no engine is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from seatrials.environment.member import Member, Spec, references, resolve
from seatrials.environment.system import System
from seatrials.errors import SeatrialsError


@dataclass(frozen=True)
class Planned:
    """One member to start: its specification with every reference resolved, and the members that must be
    ready before.
    """

    member: Member[Any]
    spec: Spec
    needs: frozenset[str]

    @property
    def name(self) -> str:
        return self.member.name


@dataclass(frozen=True)
class Plan:
    """A system to start. `members` are in dependency order, otherwise in the order of their declaration."""

    name: str
    cls: type[System]
    members: tuple[Planned, ...]


def plan(name: str, cls: type[System]) -> Plan:
    """Plan the system called `name`. Credentials are made here: each call gives others.

    Raises `SeatrialsError` for a system without members, a cycle, a reference that leads out of the system
    and one to an address that the other member does not have.
    """
    if not cls.members:
        raise SeatrialsError(
            f"the {name} system has no members",
            where=cls.declared_at,
            cure="declare its services and stores as class attributes",
        )
    specs = {member.name: member.spec() for member in cls.members.values()}
    for member in cls.members.values():
        _check_source(name, cls, member, specs[member.name])
    owners = {member.key: member for member in cls.members.values()}
    needs = {member.name: _needs(name, cls, member, specs, owners) for member in cls.members.values()}
    values = {
        (member.key, attribute): value
        for member in cls.members.values()
        for attribute, value in member.addresses(specs[member.name]).items()
    }
    ordered = _ordered(name, cls, needs)
    return Plan(name, cls, tuple(Planned(cls.members[n], resolved(specs[n], values), needs[n]) for n in ordered))


def resolved(spec: Spec, values: Mapping[tuple[int, str], str]) -> Spec:
    """The same specification with the references in its texts replaced."""
    return replace(
        spec,
        environment={key: resolve(text, values) for key, text in spec.environment.items()},
        command=tuple(resolve(text, values) for text in spec.command),
    )


def _check_source(name: str, cls: type[System], member: Member[Any], spec: Spec) -> None:
    if (spec.image is None) == (spec.build is None):
        given = "both an image and a folder to build" if spec.image else "neither an image nor a folder to build"
        raise SeatrialsError(
            f"{member.name!r} of the {name} system has {given}", where=cls.declared_at, cure="give exactly one of them"
        )


def _needs(
    name: str,
    cls: type[System],
    member: Member[Any],
    specs: Mapping[str, Spec],
    owners: Mapping[int, Member[Any]],
) -> frozenset[str]:
    """The names that `member` depends on, each reference checked."""
    found = set()
    for key, attribute in (pair for text in specs[member.name].texts() for pair in references(text)):
        other = owners.get(key)
        if other is None:
            raise _outside(name, cls, member, key, attribute)
        there = other.addresses(specs[other.name])
        if attribute not in there:
            near = get_close_matches(attribute, there, 1)
            raise SeatrialsError(
                f"{member.name!r} of the {name} system refers to {other.name}.{attribute}, "
                f"which {type(other).__name__} does not have",
                where=cls.declared_at,
                cure=f"did you mean {other.name}.{near[0]}?" if near else f"use one of: {', '.join(sorted(there))}",
            )
        found.add(other.name)
    for other in member.needs:
        if owners.get(other.key) is not other:
            raise _outside(name, cls, member, other.key, "")
        found.add(other.name)
    return frozenset(found)


def _outside(name: str, cls: type[System], member: Member[Any], key: int, attribute: str) -> SeatrialsError:
    """The error for a reference to what is no member of this system, with the place where it is one."""
    for other in _systems(System):
        for target in other.members.values():
            if target.key == key:
                text = ".".join(part for part in (other.__name__, target.name, attribute) if part)
                return SeatrialsError(
                    f"{member.name!r} of the {name} system refers to {text}, a member of another system",
                    where=f"{cls.declared_at} refers to {other.declared_at}",
                    cure=f"declare one of its own in {cls.__name__}, or derive {cls.__name__} from {other.__name__}",
                )
    return SeatrialsError(
        f"{member.name!r} of the {name} system refers to a member that belongs to no system",
        where=cls.declared_at,
        cure=f"declare that member as a class attribute of {cls.__name__}",
    )


def _systems(cls: type[System]) -> Iterator[type[System]]:
    """Every subclass, nearest first: the system that declares a member comes before those which inherit it."""
    for child in cls.__subclasses__():
        yield child
        yield from _systems(child)


def _ordered(name: str, cls: type[System], needs: Mapping[str, frozenset[str]]) -> list[str]:
    """The names so that each follows what it needs."""
    done: list[str] = []
    waiting = list(needs)
    while waiting:
        free = [member for member in waiting if needs[member] <= set(done)]
        if not free:
            raise SeatrialsError(
                f"members of the {name} system wait for each other: {_cycle(needs, waiting)}",
                where=cls.declared_at,
                cure="remove one of these references; what is needed only later needs no reference",
            )
        done += free
        waiting = [member for member in waiting if member not in free]
    return done


def _cycle(needs: Mapping[str, frozenset[str]], waiting: list[str]) -> str:
    """One circle among `waiting`, as `a → b → a`."""
    path = [waiting[0]]
    while True:
        after = next(member for member in waiting if member in needs[path[-1]])
        if after in path:
            return " → ".join([*path[path.index(after) :], after])
        path.append(after)
