"""Reset: whatever a scenario wrote is gone, whatever was seeded is as it was, and nothing else is touched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from seatrials import SeatrialsError
from seatrials.stores.postgres import RESET, Postgres, PostgresClient

pytestmark = pytest.mark.docker

STORE = Postgres()

SCHEMA = """
    CREATE SCHEMA "Other one";
    CREATE TABLE users (id serial PRIMARY KEY, name text UNIQUE,
                        upper text GENERATED ALWAYS AS (upper(name)) STORED);
    CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY,
                        user_id int REFERENCES users ON DELETE CASCADE, said text);
    CREATE TABLE "Other one"."Odd ""name" ("the key" int PRIMARY KEY, "ORDER" text);
    CREATE TABLE events (at date, what text) PARTITION BY RANGE (at);
    CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE TABLE parent (a int);
    CREATE TABLE child (b int) INHERITS (parent);
    CREATE SEQUENCE lonely START 7;
    SELECT nextval('lonely');
    INSERT INTO users (name) VALUES ('ada'), ('bob');
    INSERT INTO posts (user_id, said) VALUES (1, 'hello'), (2, 'hi');
    INSERT INTO "Other one"."Odd ""name" VALUES (1, 'first');
    INSERT INTO events VALUES ('2025-05-05', 'seeded');
    INSERT INTO parent VALUES (1);
    INSERT INTO child VALUES (1, 2);
"""

PARTITIONS = ("events", "events_2025", "events_2026")
TABLES = ("users", "posts", '"Other one"."Odd ""name"', *PARTITIONS, "parent", "child")
SEQUENCES = ("users_id_seq", "posts_id_seq", "lonely")


def state(client: PostgresClient) -> dict[str, Any]:
    """Everything that reset answers for."""
    found: dict[str, Any] = {}
    for table in TABLES:
        rows = client.query(f"SELECT t::text AS row FROM ONLY {table} t ORDER BY 1")
        found[table] = [row["row"] for row in rows]
    for sequence in SEQUENCES:
        found[sequence] = client.query(f"SELECT last_value, is_called FROM {sequence}")
    return found


@pytest.fixture
def seeded(database: PostgresClient) -> PostgresClient:
    """A database with tables of every kind, some seeded, at its baseline."""
    database.execute(SCHEMA)
    STORE.baseline(database)
    return database


@pytest.fixture
def writer(seeded: PostgresClient) -> Iterator[psycopg.Connection[Any]]:
    """A service's connection."""
    with closing(psycopg.connect(seeded.url, autocommit=True, application_name="shop")) as connection:
        yield connection


def reset(client: PostgresClient) -> int:
    """How many tables were set back."""
    (row,) = client.connection(RESET).execute("SELECT seatrials.reset() AS n").fetchall()
    return int(row["n"])


def test_needs_a_connection_of_its_own(seeded: PostgresClient) -> None:
    with pytest.raises(psycopg.Error, match="would fire the triggers"):
        seeded.query("SELECT seatrials.reset()")


@pytest.mark.parametrize(
    "writing",
    [
        "INSERT INTO users (name) VALUES ('eve')",
        "UPDATE users SET name = 'eve' WHERE name = 'ada'",
        "DELETE FROM users WHERE name = 'ada'",
        "TRUNCATE users CASCADE",
        "TRUNCATE users RESTART IDENTITY CASCADE",
        "INSERT INTO posts (user_id, said) VALUES (1, 'more')",
        "COPY posts (said) FROM PROGRAM 'echo copied'",
        'INSERT INTO "Other one"."Odd ""name" VALUES (2, NULL)',
        "INSERT INTO events VALUES ('2026-06-06', 'through the parent')",
        "INSERT INTO events_2025 VALUES ('2025-06-06', 'past the parent')",
        "UPDATE events SET at = '2026-05-05'",
        "DELETE FROM parent",
        "UPDATE parent SET a = 9",
        "INSERT INTO child VALUES (3, 4)",
        "SELECT nextval('lonely')",
        "SELECT setval('lonely', 1, false)",
        "SET session_replication_role = replica; INSERT INTO users (name) VALUES ('eve')",
        "DELETE FROM users WHERE id = 77; SELECT setval('users_id_seq', 99)",
        "WITH gone AS (DELETE FROM posts RETURNING id) INSERT INTO users (name) SELECT 'x' || id FROM gone",
        "MERGE INTO users u USING (VALUES ('ada')) v (name) ON u.name = v.name WHEN MATCHED THEN DELETE",
    ],
)
def test_a_write_is_undone(seeded: PostgresClient, writer: psycopg.Connection[Any], writing: str) -> None:
    before = state(seeded)
    writer.execute(writing.encode())
    assert state(seeded) != before
    STORE.reset(seeded)
    assert state(seeded) == before
    assert reset(seeded) == 0


def test_nothing_written_touches_nothing(seeded: PostgresClient) -> None:
    before = seeded.query("SELECT xmin::text, ctid::text FROM users")
    assert reset(seeded) == 0
    assert seeded.query("SELECT xmin::text, ctid::text FROM users") == before


def test_only_what_was_written_is_touched(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    before = seeded.query("SELECT xmin::text, ctid::text FROM users")
    writer.execute("INSERT INTO posts (said) VALUES ('x')")
    assert reset(seeded) == 1
    assert seeded.query("SELECT xmin::text, ctid::text FROM users") == before


def test_a_cascade_is_noticed_in_the_table_it_reached(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    before = state(seeded)
    writer.execute("DELETE FROM users WHERE name = 'ada'")
    assert state(seeded)["posts"] != before["posts"]
    assert reset(seeded) == 2
    assert state(seeded) == before


def test_a_write_that_was_rolled_back_leaves_the_sequence_as_it_was(
    seeded: PostgresClient, writer: psycopg.Connection[Any]
) -> None:
    before = state(seeded)
    with writer.transaction(force_rollback=True):
        writer.execute("INSERT INTO users (name) VALUES ('eve')")
    STORE.reset(seeded)
    assert state(seeded) == before


def test_a_role_with_few_rights_is_noticed_too(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    before = state(seeded)
    writer.execute(
        "CREATE ROLE lesser; GRANT USAGE ON SCHEMA public TO lesser;"
        "GRANT SELECT, UPDATE ON users TO lesser; SET ROLE lesser"
    )
    writer.execute("UPDATE users SET name = name || '!'")
    STORE.reset(seeded)
    assert state(seeded) == before
    writer.execute("RESET ROLE; DROP OWNED BY lesser; DROP ROLE lesser")


def test_the_users_triggers_do_not_fire(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    writer.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept for ever'; END $$;"
        "CREATE TRIGGER refuse BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION refuse();"
    )
    before = state(seeded)
    writer.execute("INSERT INTO users (name) VALUES ('eve')")
    STORE.reset(seeded)
    assert state(seeded) == before


def test_a_table_made_since_is_emptied_and_watched(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    writer.execute("CREATE TABLE late (id serial, said text); INSERT INTO late (said) VALUES ('a'), ('b')")
    assert reset(seeded) == 1
    assert seeded.count("late") == 0
    assert reset(seeded) == 0
    writer.execute("INSERT INTO late (said) VALUES ('c')")
    assert seeded.rows("late") == [{"id": 1, "said": "c"}]
    assert reset(seeded) == 1
    assert seeded.count("late") == 0


def test_a_partition_made_since_is_reset_with_its_parent(
    seeded: PostgresClient, writer: psycopg.Connection[Any]
) -> None:
    writer.execute("CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')")
    STORE.reset(seeded)
    writer.execute("INSERT INTO events VALUES ('2027-07-07', 'late')")
    STORE.reset(seeded)
    assert [row["what"] for row in seeded.rows("events")] == ["seeded"]


def test_a_column_added_since_does_not_matter(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    writer.execute("ALTER TABLE users ADD COLUMN age int DEFAULT 5; UPDATE users SET age = 6")
    STORE.reset(seeded)
    assert [row["age"] for row in seeded.rows("users")] == [5, 5]


def test_an_empty_table_dropped_since_is_forgotten(database: PostgresClient) -> None:
    database.execute("CREATE TABLE a (id serial); CREATE TABLE b (id serial)")
    STORE.baseline(database)
    database.execute("DROP TABLE a; INSERT INTO b DEFAULT VALUES")
    STORE.reset(database)
    assert database.count("b") == 0


def test_a_seeded_table_dropped_since_is_an_error(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    writer.execute("DROP TABLE posts")
    with pytest.raises(
        SeatrialsError, match=r"dropped since the baseline, and the seeded rows with it: (public\.)?posts"
    ):
        STORE.reset(seeded)


def test_an_open_transaction_is_named_after_two_seconds(
    seeded: PostgresClient, writer: psycopg.Connection[Any]
) -> None:
    before = state(seeded)
    began = time.monotonic()
    with writer.transaction(force_rollback=True):
        writer.execute("INSERT INTO users (name) VALUES ('held')")
        with pytest.raises(SeatrialsError, match="a transaction that wrote to it is still open") as caught:
            STORE.reset(seeded)
        assert 1.5 < time.monotonic() - began < 10
        assert "shop at" in caught.value.where
        assert "idle in transaction" in caught.value.where
        assert "INSERT INTO users (name) VALUES ('held')" in caught.value.where
    STORE.reset(seeded)
    assert state(seeded) == before


def test_a_reset_that_failed_is_made_up_for(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    before = state(seeded)
    writer.execute("INSERT INTO posts (said) VALUES ('committed')")
    with writer.transaction(force_rollback=True):
        writer.execute("LOCK TABLE users; UPDATE users SET name = 'held' WHERE name = 'ada'")
        with pytest.raises(SeatrialsError):
            STORE.reset(seeded)
    STORE.reset(seeded)
    assert state(seeded) == before


def test_a_reader_in_a_transaction_is_no_hindrance(seeded: PostgresClient, writer: psycopg.Connection[Any]) -> None:
    with closing(psycopg.connect(seeded.url)) as reader:
        reader.execute("SELECT * FROM users")
        writer.execute("INSERT INTO users (name) VALUES ('eve')")
        STORE.reset(seeded)
    assert seeded.count("users") == 2


def test_the_baseline_survives_a_crash(durable: PostgresClient) -> None:
    durable.execute(SCHEMA)
    STORE.baseline(durable)
    before = state(durable)
    durable.execute("INSERT INTO users (name) VALUES ('eve'); SELECT nextval('lonely')")
    durable.kill()
    durable.start()
    assert state(durable) != before
    STORE.reset(durable)
    assert state(durable) == before
