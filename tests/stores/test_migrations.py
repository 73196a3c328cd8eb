"""Migrations: their order, the line of the statement that fails, and what is not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrials import SeatrialsError
from seatrials.stores import migrations
from seatrials.stores.postgres import PostgresClient


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)
    return folder


def test_numbers_count_as_numbers(tmp_path: Path) -> None:
    write(tmp_path, V10__c="", V2__b="", V1__a="")
    assert [file.stem for file in migrations.files(tmp_path)] == ["V1__a", "V2__b", "V10__c"]


def test_the_way_back_is_not_run(tmp_path: Path) -> None:
    write(tmp_path, **{"001_a.up": "", "001_a.down": ""})
    assert [file.name for file in migrations.files(tmp_path)] == ["001_a.up.sql"]


def test_a_file_stands_for_itself(tmp_path: Path) -> None:
    file = write(tmp_path, schema="", other="") / "schema.sql"
    assert migrations.files(file) == [file]


def test_is_found_from_the_declaring_module_upwards() -> None:
    class Declared:
        pass

    folder = Path("tests/stores")
    assert migrations._place(folder, Declared) == Path(__file__).parent


def test_a_folder_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SeatrialsError, match="there is no no/such/folder\n.*where:.*\n.*cure:.*looked in"):
        migrations.files(Path("no/such/folder"))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SeatrialsError, match=r"the folder .* holds no \*\.sql"):
        migrations.files(tmp_path)


def test_the_digest_follows_names_and_content(tmp_path: Path) -> None:
    write(tmp_path, a="SELECT 1")
    first = migrations.digest(tmp_path)
    assert migrations.digest(tmp_path) == first
    write(tmp_path, a="SELECT 2")
    second = migrations.digest(tmp_path)
    (tmp_path / "a.sql").rename(tmp_path / "b.sql")
    assert len({first, second, migrations.digest(tmp_path)}) == 3


@pytest.mark.docker
def test_runs_statements_functions_and_comments(tmp_path: Path, database: PostgresClient) -> None:
    text = """
        -- a table; and a function
        CREATE TABLE notes (id serial, said text);
        CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
        INSERT INTO notes (said) VALUES ('a;b'), ('100%');
    """
    migrations.run(database.connection(), write(tmp_path, a=text) / "a.sql")
    assert [row["said"] for row in database.rows("notes")] == ["a;b", "100%"]


@pytest.mark.docker
def test_a_syntax_error_is_named_by_its_line(tmp_path: Path, database: PostgresClient) -> None:
    file = write(tmp_path, a="CREATE TABLE a (id int);\n\nCREATE TABEL b (id int);\n") / "a.sql"
    with pytest.raises(SeatrialsError) as caught:
        migrations.run(database.connection(), file)
    assert caught.value.where == f"{file}:3"
    assert 'syntax error at or near "TABEL"' in caught.value.what
    assert "CREATE TABEL b (id int);" in caught.value.details
    assert database.tables() == []


@pytest.mark.docker
def test_an_error_without_a_position_is_named_by_its_statement(tmp_path: Path, database: PostgresClient) -> None:
    text = """CREATE TABLE a (id int PRIMARY KEY, t text);
INSERT INTO a VALUES (1, ';');
-- again;
INSERT INTO a
VALUES (1);
"""
    file = write(tmp_path, a=text) / "a.sql"
    with pytest.raises(SeatrialsError) as caught:
        migrations.run(database.connection(), file)
    assert caught.value.where == f"{file}:4"
    assert "duplicate key value violates unique constraint" in caught.value.what
    assert "Key (id)=(1) already exists." in caught.value.details


@pytest.mark.docker
def test_the_way_back_in_the_same_file_is_not_run(tmp_path: Path, database: PostgresClient) -> None:
    file = write(tmp_path, a="-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n") / "a.sql"
    migrations.run(database.connection(), file)
    assert database.tables() == ["a"]


@pytest.mark.docker
def test_what_a_file_sets_ends_with_it(tmp_path: Path, database: PostgresClient) -> None:
    folder = write(tmp_path, a="SET search_path = pg_catalog;", b="CREATE TABLE here (id int);")
    for file in migrations.files(folder):
        migrations.run(database.connection(), file)
    assert database.tables() == ["here"]


@pytest.mark.docker
def test_copy_data_is_refused(tmp_path: Path, database: PostgresClient) -> None:
    file = write(tmp_path, a="CREATE TABLE a (id int);\nCOPY a FROM stdin;\n1\n\\.\n") / "a.sql"
    with pytest.raises(SeatrialsError, match=r"a\.sql:3|cannot read COPY data"):
        migrations.run(database.connection(), file)
    database.disconnect()
    assert database.tables() == []


@pytest.mark.docker
def test_a_transaction_left_open_is_an_error(tmp_path: Path, database: PostgresClient) -> None:
    file = write(tmp_path, a="BEGIN; CREATE TABLE a (id int);") / "a.sql"
    with pytest.raises(SeatrialsError, match="leaves its transaction open"):
        migrations.run(database.connection(), file)
    database.disconnect()
    assert database.tables() == []
