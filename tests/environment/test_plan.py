"""The order in which members start, and the mistakes that are found before anything starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from seatrials import Redis, SeatrialsError, Service, System
from seatrials.environment.plan import plan


def names(cls: type[System]) -> list[str]:
    return [planned.name for planned in plan("shop", cls).members]


def test_a_member_comes_after_what_its_texts_refer_to() -> None:
    class Shop(System):
        early = Service("early", port=1)
        late = Service("late", port=2, command=("serve", "--x"))
        middle = Service("middle", port=3, environment={"EARLY": early.url})

    Shop.late.environment["MIDDLE"] = Shop.middle.url
    assert names(Shop) == ["early", "middle", "late"]


def test_members_without_references_keep_their_order() -> None:
    class Shop(System):
        b = Redis()
        a = Redis()
        api = Service("api", port=2, environment={"A": a.url})

    assert names(Shop) == ["b", "a", "api"]


def test_needs_counts_without_any_reference() -> None:
    class Shop(System):
        cache = Redis()
        api = Service("api", port=2, needs=[cache])

    (_, api) = plan("shop", Shop).members
    assert api.needs == {"cache"}


def test_references_are_resolved_wherever_they_stand() -> None:
    class Shop(System):
        cache = Redis()
        api = Service("api", port=80, environment={"DSN": f"{cache.url}?db=1"}, command=["run", cache.host])

    cache, api = plan("shop", Shop).members
    password = cache.spec.environment["REDIS_PASSWORD"]
    assert api.spec.environment == {"DSN": f"redis://:{password}@cache:6379/0?db=1"}
    assert api.spec.command == ("run", "cache")


def test_each_plan_has_credentials_of_its_own() -> None:
    class Shop(System):
        cache = Redis()

    one, two = (plan("shop", Shop).members[0].spec.environment for _ in range(2))
    assert one != two


def test_an_inherited_member_may_be_referred_to() -> None:
    class Base(System):
        cache = Redis()

    class Shop(Base):
        api = Service("api", port=2, environment={"A": Base.cache.url})

    assert names(Shop) == ["cache", "api"]


def test_a_cycle_is_named_member_by_member() -> None:
    class Shop(System):
        a = Service("a", port=1)
        b = Service("b", port=1, environment={"A": a.url})
        c = Service("c", port=1, environment={"B": b.url})

    Shop.a.environment["C"] = Shop.c.url
    with pytest.raises(SeatrialsError, match=r"wait for each other: a → c → b → a") as caught:
        plan("shop", Shop)
    assert caught.value.where.startswith(__file__)
    assert "remove one" in caught.value.cure


def test_a_reference_to_another_system_names_both() -> None:
    class Other(System):
        cache = Redis()

    class Shop(System):
        api = Service("api", port=1, environment={"A": Other.cache.url})

    with pytest.raises(SeatrialsError, match=r"'api' of the shop system refers to Other\.cache\.url") as caught:
        plan("shop", Shop)
    assert "derive Shop from Other" in caught.value.cure


def test_a_need_of_another_system_names_both() -> None:
    class Other(System):
        cache = Redis()

    class Shop(System):
        api = Service("api", port=1, needs=[Other.cache])

    with pytest.raises(SeatrialsError, match=r"refers to Other\.cache, a member of another system"):
        plan("shop", Shop)


def test_a_reference_to_a_member_of_no_system_is_refused() -> None:
    lonely = Redis()

    class Shop(System):
        api = Service("api", port=1, environment={"A": lonely.url})

    with pytest.raises(SeatrialsError, match="a member that belongs to no system"):
        plan("shop", Shop)


def test_a_reference_to_an_address_that_is_not_there_suggests_the_nearest() -> None:
    class Shop(System):
        cache = Redis()
        api = Service("api", port=1, environment={"A": cache.ref("passwort")})

    with pytest.raises(SeatrialsError, match=r"cache\.passwort, which Redis does not have") as caught:
        plan("shop", Shop)
    assert caught.value.cure == "did you mean cache.password?"


def test_a_reference_to_an_address_like_none_lists_those_there_are() -> None:
    class Shop(System):
        cache = Redis()
        api = Service("api", port=1, environment={"A": cache.ref("zzz")})

    with pytest.raises(SeatrialsError) as caught:
        plan("shop", Shop)
    assert caught.value.cure == "use one of: host, password, port, url"


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (Service("api", build="services/api", port=1), "both an image and a folder to build"),
        (Service(port=1), "neither an image nor a folder to build"),
    ],
)
def test_exactly_one_source_of_the_image_is_wanted(service: Service, words: str) -> None:
    shop = type("Shop", (System,), {"api": service})
    with pytest.raises(SeatrialsError, match=words):
        plan("shop", shop)


def test_a_system_without_members_is_refused() -> None:
    class Empty(System):
        pass

    with pytest.raises(SeatrialsError, match="the empty system has no members"):
        plan("empty", Empty)


def test_planning_hashing_and_telling_load_no_docker() -> None:
    program = (
        "import sys\n"
        "from seatrials import Redis, Service, System\n"
        "from seatrials.environment import keep, plan, progress, session, service\n"
        "class Shop(System):\n"
        "    cache = Redis()\n"
        "    api = Service('api', port=1, environment={'A': cache.url})\n"
        "planned = plan.plan('shop', Shop)\n"
        "keep.configuration(planned, {'cache': 'x', 'api': 'y'}, 'p', '1')\n"
        "heavy = {'docker', 'testcontainers', 'requests', 'redis', 'psycopg'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
