"""The recipes of this repository keep the contract of the images that they stand in for.

Where the official images can be pulled these tests ask the same of them.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from seatrials.environment.images.supply import Supply
from seatrials.waiting import Terminal, eventually

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

pytestmark = pytest.mark.docker

PROJECT = Path(__file__).parents[3]
USER, PASSWORD, DATABASE = 'o\'Hara "x"', "p'a\"$w\\ d`", 'd\'b "q" $1'


@pytest.fixture
def run(client: docker.DockerClient) -> Iterator[Callable[..., Container]]:
    """Starts containers, which are removed with their volumes after the test."""
    supply = Supply(client, PROJECT, print)
    started = []

    def run(image: str, command: list[str] | None = None, **options: Any) -> Container:
        options.setdefault("ports", {"5432/tcp": ("127.0.0.1", None), "6379/tcp": ("127.0.0.1", None)})
        started.append(client.containers.run(supply.image(image).id, command, detach=True, **options))
        return started[-1]

    yield run
    for container in started:
        container.remove(force=True, v=True)


def port(container: Container, inside: int) -> int:
    container.reload()
    published = container.ports.get(f"{inside}/tcp")
    assert published, "not published yet"
    return int(published[0]["HostPort"])


def connected(container: Container, user: str = "postgres", password: str = "x", **more: Any) -> Any:
    return psycopg.connect(
        host="127.0.0.1", port=port(container, 5432), user=user, password=password, connect_timeout=2, **more
    )


def answer(container: Container, sql: str, **login: str) -> tuple[Any, ...]:
    """The first row, once the database answers. A wrong password ends the waiting."""

    def ask() -> tuple[Any, ...]:
        try:
            with connected(container, **login) as connection:
                return tuple(connection.execute(sql).fetchone())
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Terminal(str(error)) from error
            raise

    return eventually(ask, within=15, transient=(psycopg.OperationalError,))


LOGIN = {"user": USER, "password": PASSWORD, "dbname": DATABASE}
NAMED = {"POSTGRES_USER": USER, "POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": DATABASE}


def test_postgres_takes_names_with_quotes(run: Callable[..., Container]) -> None:
    database = run("postgres:16", environment=NAMED)
    asked = "SELECT current_user, current_database(), current_setting('server_version_num')::int / 10000"
    assert answer(database, asked, **LOGIN) == (USER, DATABASE, 16)
    assert answer(database, "SELECT count(*) FROM pg_roles WHERE rolname = 'postgres'", **LOGIN) == (0,)


def test_postgres_refuses_a_wrong_password(run: Callable[..., Container]) -> None:
    database = run("postgres:16", environment=NAMED)
    answer(database, "SELECT 1", **LOGIN)
    with pytest.raises(Terminal, match="password authentication failed"):
        answer(database, "SELECT 1", **{**LOGIN, "password": "wrong"})


def test_postgres_keeps_its_rows_when_it_is_stopped_and_killed(run: Callable[..., Container]) -> None:
    database = run("postgres:16", environment={"POSTGRES_PASSWORD": "x"})
    answer(database, "SELECT 1")
    with connected(database) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    for end in (database.stop, database.kill):
        end()
        database.start()
        assert answer(database, "SELECT seven FROM kept") == (7,)


def test_postgres_sorts_as_people_do(run: Callable[..., Container]) -> None:
    database = run("postgres:16", environment={"POSTGRES_PASSWORD": "x"})
    asked = "SELECT string_agg(v, '' ORDER BY v) FROM (VALUES ('b'), ('A'), ('a')) t(v)"
    assert answer(database, asked) == ("aAb",)


def test_postgres_without_a_password_says_so_and_ends(run: Callable[..., Container]) -> None:
    database = run("postgres:16")
    assert database.wait(timeout=15)["StatusCode"] == 1
    assert b"superuser password is not specified" in database.logs()


def test_postgres_runs_init_scripts(run: Callable[..., Container]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "1.sql").write_text("CREATE TABLE s (n int);")
        (folder / "2.sh").write_text('psql -c "INSERT INTO s VALUES (1)"\n')
        (folder / "3.sql.gz").write_bytes(gzip.compress(b"INSERT INTO s VALUES (2);"))
        database = run(
            "postgres:16",
            environment={"POSTGRES_PASSWORD": "x", "POSTGRES_USER": "ann"},
            volumes={name: {"bind": "/docker-entrypoint-initdb.d", "mode": "ro"}},
        )
        assert answer(database, "SELECT count(*) FROM s", user="ann") == (2,)


def test_postgres_passes_options_on(run: Callable[..., Container]) -> None:
    database = run("postgres:16", ["-c", "max_connections=7"], environment={"POSTGRES_PASSWORD": "x"})
    assert answer(database, "SHOW max_connections") == ("7",)


def pinged(container: Container, password: str | None) -> redis.Redis:
    client = redis.Redis(port=port(container, 6379), password=password, retry=Retry(NoBackoff(), 0))

    def ping() -> None:
        try:
            client.ping()
        except redis.AuthenticationError as error:  # a ConnectionError too
            raise Terminal(str(error)) from error

    eventually(ping, within=15, transient=(redis.ConnectionError,))
    return client


def test_redis_answers_from_outside_without_a_password(run: Callable[..., Container]) -> None:
    with pinged(run("redis:7"), None) as client:
        assert client.info()["redis_version"].startswith("7.")


@pytest.mark.parametrize("command", [["redis-server", "--requirepass", "s"], ["--requirepass", "s"]])
def test_redis_takes_a_password(run: Callable[..., Container], command: list[str]) -> None:
    cache = run("redis:7", command)
    pinged(cache, "s").close()
    for wrong in ("t", None):
        with pytest.raises(Terminal):
            pinged(cache, wrong)


INSTALL = """
set -e
cd /tmp
mkdir p
echo 'from setuptools import setup; setup(name="p", py_modules=["p"])' > p/setup.py
echo 'x = 7' > p/p.py
pip install --quiet --root-user-action ignore --no-index --no-build-isolation ./p
python -c 'import p, sys; print(p.x, sys.version_info[:2])'
"""


def test_python_installs_packages_without_a_refusal(run: Callable[..., Container]) -> None:
    container = run("python:3.11-slim", ["sh", "-c", INSTALL], network_mode="none", ports={})
    ended = container.wait(timeout=60)["StatusCode"]
    assert (ended, container.logs(stderr=False).decode().strip()) == (0, "7 (3, 11)")
