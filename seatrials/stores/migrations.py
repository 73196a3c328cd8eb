"""SQL files that make a database what a service expects: found, put in order, run, named by line if one fails."""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import psycopg
    from psycopg.pq.abc import PGresult

# Tools that keep the way back in the same file or beside it; running that too would leave nothing.
_WAY_BACK = re.compile(r"^--\s*(?:migrate:down|\+goose\s+down)\b", re.MULTILINE | re.IGNORECASE)
_WAY_BACK_FILE = ".down.sql"

# What may hold a semicolon that ends nothing, and the semicolon that ends a statement.
_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)|(?P<end>;)",
    re.DOTALL,
)


def files(path: Path, declared: type | None = None) -> list[Path]:
    """The files to run, in order: those of a folder by number and name (`V2` before `V10`), or the one file.

    A relative path is looked for from the folder of the module that `declared` is in upwards, then from the
    working directory. Raises `SeatrialsError` when nothing is there.
    """
    place = _place(path, declared)
    if place.is_file():
        return [place]
    found = sorted((file for file in place.glob("*.sql") if not file.name.endswith(_WAY_BACK_FILE)), key=_by_number)
    if not found:
        raise SeatrialsError(
            f"no migrations: the folder {path} holds no *.sql",
            where=str(place),
            cure="put one there, or leave `migrations` out",
        )
    return found


def digest(path: Path, declared: type | None = None) -> str:
    """What the files say, as a hash: a kept database whose migrations changed is not used again."""
    whole = sha256()
    for file in files(path, declared):
        content = file.read_bytes()
        whole.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def run(connection: psycopg.Connection[Any], file: Path) -> None:
    """Run one file, in one transaction unless it has its own.

    Raises `SeatrialsError` naming the line that failed.
    """
    import psycopg

    text = _WAY_BACK.split(file.read_text("utf-8"))[0]
    done = 0
    connection.execute("DISCARD ALL")  # what the file before set for its session is not this one's
    try:
        for result in _results(connection, text):
            if result.status == psycopg.pq.ExecStatus.FATAL_ERROR:
                raise psycopg.errors.error_from_result(result)
            done += 1
    except psycopg.Error as error:
        position = error.diag.statement_position
        offset = int(position) - 1 if position else _statement_start(text, done)
        line = text.count("\n", 0, offset) + 1
        hint = "; ".join(part for part in (error.diag.message_detail, error.diag.message_hint) if part)
        raise SeatrialsError(
            f"a migration failed: {error.diag.message_primary or error}",
            where=f"{file}:{line}",
            cure="correct that statement; nothing of this file has been kept",
            details=f"{text.splitlines()[line - 1].strip()}\n{hint}",
        ) from error
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        raise SeatrialsError(
            "a migration leaves its transaction open",
            where=str(file),
            cure="end it with COMMIT, or take BEGIN out",
        )


def _results(connection: psycopg.Connection[Any], text: str) -> list[PGresult]:
    """The result of each statement up to the one that fails. psycopg does not say which one that is."""
    import psycopg

    pgconn = connection.pgconn
    pgconn.nonblocking = 0
    pgconn.send_query(text.encode())
    found = []
    while result := pgconn.get_result():
        if result.status == psycopg.pq.ExecStatus.COPY_IN:
            pgconn.put_copy_end(b"a migration cannot read COPY data; write INSERT")
        else:
            found.append(result)
    pgconn.nonblocking = 1
    return found


def _place(path: Path, declared: type | None) -> Path:
    module = sys.modules.get(declared.__module__) if declared else None
    origin = getattr(module, "__file__", None)
    folders = [*(Path(origin).resolve().parents if origin else ()), Path.cwd()]
    for folder in folders:
        if (folder / path).exists():
            return folder / path
    looked = ", ".join(map(str, folders))
    raise SeatrialsError(
        f"no migrations: there is no {path}",
        where=origin or str(Path.cwd()),
        cure=f"give `migrations` relative to the project, or in full; looked in {looked}",
    )


def _by_number(file: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", file.name)]


def _statement_start(text: str, number: int) -> int:
    """Where the statement begins that has `number` statements before it, past blanks and comments."""
    ends = (found.end() for found in _TOKEN.finditer(text) if found["end"])
    start = next(islice(ends, number - 1, None), 0) if number else 0
    blank = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*", re.DOTALL).match(text, start)
    return blank.end() if blank else start
