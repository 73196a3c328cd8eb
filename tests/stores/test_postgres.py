"""PostgreSQL: credentials, the probe, the client's questions, and what a stop does to memory and a volume."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from seatrials import Postgres, Running, SeatrialsError, System, Terminal
from seatrials.stores.postgres import PostgresClient

STORE = Postgres()


def test_each_start_has_credentials_of_its_own_that_the_address_carries() -> None:
    first, second = STORE.spec(), STORE.spec()
    for name in ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"):
        assert first.environment[name] != second.environment[name]
    user, password, database = (first.environment[f"POSTGRES_{name}"] for name in ("USER", "PASSWORD", "DB"))
    assert STORE.addresses(first)["url"] == f"postgresql://{user}:{password}@{STORE.name}:5432/{database}"


def test_data_is_in_memory_unless_durable() -> None:
    memory, durable = STORE.spec(), Postgres(durable=True).spec()
    assert memory.memory == (memory.environment["PGDATA"],)
    assert not memory.kept
    assert durable.kept == (durable.environment["PGDATA"],)
    assert not durable.memory


def test_the_fingerprint_follows_the_migrations(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT 1")
    store = Postgres(migrations=tmp_path)
    before = store.fingerprint()
    (tmp_path / "a.sql").write_text("SELECT 2")
    assert store.fingerprint() != before
    assert Postgres().fingerprint() == ""


class Other:
    """A running container, seen with another password or port."""

    def __init__(self, running: Running, *, port: int = 0, **changes: str) -> None:
        self.name, self.host = running.name, running.host
        self.port = port or running.port
        self.environment: Mapping[str, str] = {**running.environment, **changes}


@pytest.mark.docker
def test_a_wrong_password_is_terminal(postgres: PostgresClient) -> None:
    with pytest.raises(Terminal, match="password authentication failed"):
        STORE.probe(Other(postgres.running, POSTGRES_PASSWORD="wrong"))  # type: ignore[arg-type]


@pytest.mark.docker
@pytest.mark.parametrize("changes", [{"port": 1}, {"POSTGRES_DB": "not_yet"}])
def test_what_may_yet_come_is_not(postgres: PostgresClient, changes: dict[str, str]) -> None:
    with pytest.raises(OSError, match=r"refused|does not exist"):
        STORE.probe(Other(postgres.running, **changes))  # type: ignore[arg-type]


@pytest.mark.docker
def test_migrations_run_before_anything_else(tmp_path: Path, database: PostgresClient) -> None:
    (tmp_path / "1.sql").write_text("CREATE TABLE one (id int)")
    (tmp_path / "2.sql").write_text("ALTER TABLE one RENAME TO two")

    class Shop(System):
        database = Postgres(migrations=tmp_path)

    Shop.database.prepare(database)
    assert database.tables() == ["two"]


@pytest.fixture
def filled(database: PostgresClient) -> PostgresClient:
    """One table of each common type, in two schemas."""
    database.execute(
        "CREATE TABLE users (id uuid, name text, age int, admin bool, born timestamptz,"
        ' tags text[], "the data" jsonb, raw json);'
        "CREATE SCHEMA audit; CREATE TABLE audit.entries (id int)"
    )
    return database


@pytest.mark.docker
def test_values_come_back_as_they_went_in(filled: PostgresClient) -> None:
    id = "6f1f5c9e-0d3c-4c53-9a35-7c7b3c5f1a10"
    row = {"id": id, "name": "Ada", "age": "36", "admin": "true", "tags": ["a", "b"]}
    documents = {"the data": {"a": [1, None]}, "raw": [1, {"b": 2}]}
    filled.insert("users", {**row, **documents})
    (found,) = filled.rows("users")
    assert str(found["id"]) == id
    assert {name: found[name] for name in ("age", "admin", "born")} == {
        "age": 36,
        "admin": True,
        "born": None,
    }
    assert found["tags"] == ["a", "b"]
    assert {name: found[name] for name in documents} == documents


@pytest.mark.docker
def test_asks_by_values_and_by_null(filled: PostgresClient) -> None:
    filled.insert("users", {"name": "Ada", "age": 36}, {"name": "Bob"})
    assert [row["name"] for row in filled.rows("users", age=36)] == ["Ada"]
    assert [row["name"] for row in filled.rows("users", age=None)] == ["Bob"]
    assert filled.rows("users", name="Eve") == []
    assert filled.count("users") == 2
    assert filled.query("SELECT name FROM users WHERE age > %s", [30]) == [{"name": "Ada"}]
    assert filled.execute("DELETE FROM users WHERE name LIKE 'A%'") == 1


@pytest.mark.docker
def test_knows_the_tables_of_every_schema(filled: PostgresClient) -> None:
    STORE.baseline(filled)
    assert filled.tables() == ["audit.entries", "users"]
    filled.insert("audit.entries", {"id": 1})
    assert filled.count("audit.entries") == 1


@pytest.mark.docker
def test_rows_go_in_all_or_none(filled: PostgresClient) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        filled.insert("users", {"name": "Ada"}, {"age": "old"})
    assert filled.count("users") == 0


@pytest.mark.docker
def test_a_wrong_table_is_told_with_those_that_there_are(filled: PostgresClient) -> None:
    with pytest.raises(SeatrialsError, match="there is no table 'user' in memory\n.*audit.entries, users"):
        filled.count("user")


@pytest.mark.docker
def test_a_wrong_column_is_told_with_those_that_there_are(filled: PostgresClient) -> None:
    with pytest.raises(SeatrialsError, match='column "nam".*does not exist.*\n.*cure: .*id, name, age'):
        filled.insert("users", {"nam": "Ada"})
    with pytest.raises(SeatrialsError, match='column "nam" does not exist'):
        filled.rows("users", nam="Ada")


@pytest.mark.docker
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_memory_is_not_stopped(postgres: PostgresClient, how: str) -> None:
    with pytest.raises(SeatrialsError, match=r"keeps its data in memory.*\n.*cure: .*durable=True"):
        getattr(postgres, how)()
    assert postgres.running.state() == "running"


@pytest.mark.docker
def test_memory_that_was_lost_is_not_brought_back_empty() -> None:
    class Ended:
        name = "database"

        def state(self) -> str:
            return "exited"

    with pytest.raises(SeatrialsError, match="would come back empty"):
        PostgresClient(Ended(), durable=False).heal()  # type: ignore[arg-type]


@pytest.mark.docker
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_what_is_durable_survives(durable: PostgresClient, how: str) -> None:
    durable.execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS one")
    getattr(durable, how)()
    with pytest.raises(SeatrialsError, match="durable does not answer\n.*it is exited"):
        durable.count("kept")
    durable.heal()
    assert durable.rows("kept") == [{"one": 1}]


@pytest.mark.docker
def test_a_crash_that_nobody_announced_is_survived(durable: PostgresClient) -> None:
    durable.query("SELECT 1")
    durable.running.kill()
    durable.heal()
    assert durable.query("SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.docker
def test_a_connection_that_was_ended_is_opened_again(postgres: PostgresClient) -> None:
    (first,) = postgres.query("SELECT pg_backend_pid() AS pid")
    with psycopg.connect(postgres.url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 1000)", [first["pid"]])
    (second,) = postgres.query("SELECT pg_backend_pid() AS pid")
    assert second != first


@pytest.mark.docker
def test_the_probe_of_a_paused_one_does_not_hang(postgres: PostgresClient) -> None:
    postgres.pause()
    try:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            STORE.probe(postgres.running)
        assert time.monotonic() - began < 5  # and not for ever; the machine may be busy
        with pytest.raises(SeatrialsError, match="memory is paused and cannot be asked"):
            postgres.query("SELECT 1")
    finally:
        postgres.heal()
    assert postgres.query("SELECT 1 AS one") == [{"one": 1}]
