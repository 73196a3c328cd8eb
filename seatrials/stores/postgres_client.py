"""The test's side of a PostgreSQL container: its questions, and what breaking it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from seatrials.environment.client import Client
from seatrials.environment.member import Running
from seatrials.errors import SeatrialsError
from seatrials.stores.postgres_connection import alive, connect, credentials

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Identifier


class PostgresClient(Client):
    """Questions to one database, over a connection on which every statement commits by itself.

    The first question opens it, and the first one after the container was stopped, killed or paused again.
    """

    def __init__(self, running: Running, *, durable: bool) -> None:
        super().__init__(running)
        self._durable = durable
        self._connections: dict[str, psycopg.Connection[dict[str, Any]]] = {}

    @property
    def url(self) -> str:
        """The address for the host, with credentials; after a stop it is another one."""
        user, password, database = credentials(self.running.environment)
        return f"postgresql://{user}:{password}@{self.running.host}:{self.running.port}/{database}"

    def connection(self, options: str = "") -> psycopg.Connection[dict[str, Any]]:
        """psycopg's connection: autocommit, rows as dictionaries. Raises `NoAnswer` when nobody does.

        `options` are settings of the server, such as `-c lock_timeout=2s`, for a connection of its own.
        """
        import psycopg

        self.refuse_if_paused()
        known = self._connections.get(options)
        if known is None or not alive(known):
            if known is not None:
                known.close()
            try:
                self._connections[options] = known = connect(self.running, options)
            except (psycopg.OperationalError, OSError) as error:
                raise self.no_answer(error) from error
        return known

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Run a statement, or several if there are no `params`; how many rows it touched, -1 for no count."""
        return self.connection().execute(sql.encode(), params or None).rowcount

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows that a SELECT (or a RETURNING) gives. Placeholders are psycopg's: `%s`, `%(name)s`."""
        return self.connection().execute(sql.encode(), params or None).fetchall()

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """The rows of `table` (`users`, `audit.entries`) whose columns have these values; None means null."""
        from psycopg.sql import SQL, Identifier, Placeholder

        tests = [
            SQL("{} IS NULL").format(Identifier(column))
            if value is None
            else SQL("{} = {}").format(Identifier(column), Placeholder(column))
            for column, value in where.items()
        ]
        condition = SQL(" WHERE {}").format(SQL(" AND ").join(tests)) if tests else SQL("")
        statement = SQL("SELECT * FROM {}{}").format(_table(table), condition)
        with self._told(table):
            return self.connection().execute(statement, where).fetchall()

    def count(self, table: str) -> int:
        """How many rows `table` has."""
        from psycopg.sql import SQL

        with self._told(table):
            found = self.connection().execute(SQL("SELECT count(*) AS n FROM {}").format(_table(table)))
            return int(found.fetchall()[0]["n"])

    def insert(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Insert the rows, all or none. Texts are read as the column's type; dictionaries become JSON."""
        from psycopg.sql import SQL, Identifier, Placeholder
        from psycopg.types.json import Jsonb

        with self._told(table), self.connection().transaction():
            # a list may be meant for an array or for JSON: only the column knows
            json = [column.name for column in self.columns(table) if column.type_display in ("json", "jsonb")]
            for row in rows:
                names, marks = (
                    SQL(", ").join(map(Identifier, row)),
                    SQL(", ").join(Placeholder() for _ in row),
                )
                statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(_table(table), names, marks)
                values = [
                    Jsonb(value) if name in json and isinstance(value, list) else value for name, value in row.items()
                ]
                self.connection().execute(statement, values)

    def columns(self, table: str) -> Sequence[psycopg.Column]:
        """The table's columns: `name`, `type_display` and what else psycopg knows of them."""
        from psycopg.sql import SQL

        statement = SQL("SELECT * FROM {} LIMIT 0").format(_table(table))
        with self._told(table):
            return self.connection().execute(statement).description or ()

    def tables(self) -> list[str]:
        """The names of the user's tables, those outside `public` with their schema, in order."""
        found = self.query(
            "SELECT CASE schemaname WHEN 'public' THEN '' ELSE schemaname || '.' END || tablename AS name"
            " FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'seatrials')"
            " ORDER BY name"
        )
        return [row["name"] for row in found]

    def stop(self) -> None:
        self._must_be_durable("stopped")
        super().stop()

    def kill(self) -> None:
        self._must_be_durable("killed")
        super().kill()

    def start(self) -> None:
        if self.running.state() != "running":
            self._must_be_durable("started again")
        super().start()

    def disconnect(self) -> None:
        while self._connections:
            self._connections.popitem()[1].close()

    def _must_be_durable(self, what: str) -> None:
        if not self._durable:
            raise SeatrialsError(
                f"{self.name} cannot be {what}: it keeps its data in memory and would come back empty",
                cure=f"declare it with durable=True: {self.name} = Postgres(..., durable=True)",
            )

    @contextmanager
    def _told(self, table: str) -> Iterator[None]:
        """Around a statement about one table: a wrong table or column is told with the names that there are."""
        import psycopg

        try:
            yield
        except psycopg.errors.UndefinedTable:
            names = ", ".join(self.tables()) or "none at all: is `migrations` set?"
            raise SeatrialsError(
                f"there is no table {table!r} in {self.name}", cure=f"the tables are: {names}"
            ) from None
        except psycopg.errors.UndefinedColumn as error:
            names = ", ".join(column.name for column in self.columns(table))
            raise SeatrialsError(
                f"{error.diag.message_primary}, in table {table!r} of {self.name}",
                cure=f"its columns are: {names}",
            ) from None


def _table(name: str) -> Identifier:
    from psycopg.sql import Identifier

    return Identifier(*name.split("."))
