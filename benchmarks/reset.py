"""A database back to its seeds after one table was written to: beside TRUNCATE of all and a clone of a template.

    python -m benchmarks.reset [rounds]

10 tables, then 100, on PostgreSQL in memory, one of the tables seeded. The rivals do what they need and no more:
TRUNCATE is one statement over all tables, then the seeds; the clone is DROP DATABASE and CREATE DATABASE … TEMPLATE.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg

from benchmarks.figures import in_turn, table
from seatrials import Postgres, System
from seatrials.environment.session import Environment
from seatrials.stores.postgres import PostgresClient

SEED = "INSERT INTO t0 (said) SELECT 'seed ' || n FROM generate_series(1, 20) n"


def schema(tables: int) -> str:
    """Tables with a key, an index and a foreign key each, the first one seeded."""
    made = ["CREATE TABLE t0 (id serial PRIMARY KEY, said text UNIQUE)"]
    made += [
        f"CREATE TABLE t{n} (id serial PRIMARY KEY, said text UNIQUE, t0 int REFERENCES t0 ON DELETE CASCADE)"
        for n in range(1, tables)
    ]
    return ";\n".join([*made, SEED])


def timed(run: Callable[[], object]) -> float:
    """Seconds."""
    began = perf_counter()
    run()
    return perf_counter() - began


def ways(store: Postgres, client: PostgresClient, tables: int) -> Mapping[str, Callable[[], float]]:
    """Each way of going back, after one row was written."""
    environment = client.running.environment
    address: dict[str, Any] = {
        "host": client.running.host,
        "port": client.running.port,
        "user": environment["POSTGRES_USER"],
        "password": environment["POSTGRES_PASSWORD"],
        "autocommit": True,
    }

    def connect(database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(dbname=database, **address)

    service = connect(environment["POSTGRES_DB"])
    admin = connect("postgres")
    for name in ("pristine", "truncated"):
        admin.execute(f"CREATE DATABASE {name}".encode())
        with connect(name) as filling:
            filling.execute(schema(tables).encode())
    truncated = connect("truncated")
    everything = ", ".join(f"t{n}" for n in range(tables))
    clone = "DROP DATABASE IF EXISTS cloned WITH (FORCE)", "CREATE DATABASE cloned TEMPLATE pristine"

    def one_changed() -> float:
        service.execute("INSERT INTO t3 (said) VALUES ('written')")
        return timed(lambda: store.reset(client))

    def seeds_changed() -> float:
        service.execute("UPDATE t0 SET said = said || '!'")
        return timed(lambda: store.reset(client))

    def truncate() -> float:
        truncated.execute("INSERT INTO t3 (said) VALUES ('written')")
        return timed(lambda: truncated.execute(f"TRUNCATE {everything} RESTART IDENTITY; {SEED}".encode()))

    def template() -> float:
        return timed(lambda: [admin.execute(statement.encode()) for statement in clone])

    return {
        "seatrials, one table changed": one_changed,
        "seatrials, the seeded table edited": seeds_changed,
        "seatrials, nothing changed": lambda: timed(lambda: store.reset(client)),
        "TRUNCATE of all, and the seeds": truncate,
        "DROP and clone of a template": template,
    }


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for tables in (10, 100):
        with TemporaryDirectory() as folder:
            (Path(folder) / "schema.sql").write_text(schema(tables))

            class Bench(System):
                database = Postgres(migrations=folder)

            environment = Environment(Path.cwd())
            try:
                environment.start({"bench": Bench})
                client = environment.system(Bench).database
                seen = in_turn(ways(Bench.database, client, tables), rounds)
                title = f"{tables} tables, {rounds} rounds"
                print(table(title, seen, base="seatrials, one table changed"), flush=True)
            finally:
                environment.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
