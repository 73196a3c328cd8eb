"""Accounts: sign up, read, list, change, delete."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import psycopg
from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .cache import Found
from .errors import INVALID, AnswerError, StoreGoneError, documented
from .logs import log
from .stores import Needed, Stores

router = APIRouter(prefix="/users", tags=["accounts"], responses=INVALID)

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_COLUMNS = "id, name, email, created_at"
_NO_SUCH = documented(not_found="no account has this number")
_TAKEN = documented(conflict="another account has this e-mail address, in whatever case")
UserId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not hold control characters")
    if text != text.strip():
        raise ValueError("must not begin or end with a space")
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(_printable(text)):
        raise ValueError("must be an e-mail address")
    return text


Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Ann"]), AfterValidator(_printable)]
Email = Annotated[str, Field(max_length=254, examples=["ann@example.com"]), AfterValidator(_email)]
Password = Annotated[str, Field(min_length=8, max_length=128, examples=["correct horse"])]


class Profile(BaseModel):
    """What an account's owner can change."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Name
    email: Email


class SignUp(Profile):
    """What a new account needs."""

    password: Password


class User(BaseModel):
    """An account as everybody may see it."""

    id: int
    name: str
    email: str
    created_at: datetime


class UserPage(BaseModel):
    """Some of the accounts, in the order in which they signed up."""

    items: list[User]
    total: int
    limit: int
    offset: int


@router.post("", status_code=201, responses=_TAKEN)
async def sign_up(new: SignUp, response: Response, stores: Needed) -> User:
    """Create an account."""
    password_hash = await stores.passwords.hash(new.password)
    try:
        row = await stores.database.one(
            f"INSERT INTO users (name, email, password_hash) VALUES (%s, %s, %s) RETURNING {_COLUMNS}",
            new.name,
            new.email,
            password_hash,
        )
    except psycopg.errors.UniqueViolation:
        raise _taken(new.email) from None
    user = User.model_validate(row)
    response.headers["Location"] = f"/users/{user.id}"
    return user


@router.get("")
async def list_users(
    stores: Needed,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> UserPage:
    """List accounts, page by page."""
    async with stores.database.transaction() as connection:
        cursor = await connection.execute("SELECT count(*) AS total FROM users")
        counted = await cursor.fetchone()
        cursor = await connection.execute(
            f"SELECT {_COLUMNS} FROM users ORDER BY id LIMIT %s OFFSET %s",
            (limit, offset),
        )
        rows = await cursor.fetchall()
    total = counted["total"] if counted else 0
    return UserPage(items=[User.model_validate(row) for row in rows], total=total, limit=limit, offset=offset)


@router.get("/{user_id}", responses=_NO_SUCH)
async def read_user(user_id: UserId, response: Response, stores: Needed) -> User:
    """Read one account; `X-Cache` says `hit`, `miss`, or `bypass` where the cache does not answer."""
    user, how = await find_user(stores, user_id)
    if user is None:
        raise _unknown(user_id)
    response.headers["X-Cache"] = how
    return user


@router.put("/{user_id}", responses=_NO_SUCH | _TAKEN)
async def change_user(user_id: UserId, profile: Profile, stores: Needed) -> User:
    """Replace the name and the e-mail address."""
    try:
        row = await stores.database.one(
            f"UPDATE users SET name = %s, email = %s WHERE id = %s RETURNING {_COLUMNS}",
            profile.name,
            profile.email,
            user_id,
        )
    except psycopg.errors.UniqueViolation:
        raise _taken(profile.email) from None
    if row is None:
        raise _unknown(user_id)
    await _drop_copy(stores, user_id)
    return User.model_validate(row)


@router.delete("/{user_id}", status_code=204, responses=_NO_SUCH)
async def delete_user(user_id: UserId, stores: Needed) -> None:
    """Delete an account; whoever is signed in to it is signed out."""
    if await stores.database.one("DELETE FROM users WHERE id = %s RETURNING id", user_id) is None:
        raise _unknown(user_id)
    await _drop_copy(stores, user_id)


async def find_user(stores: Stores, user_id: int) -> tuple[User | None, str]:
    """The account or nothing, and how the cache helped. Only the database must answer, and only on a miss."""
    seen: Found | None = None
    try:
        seen = await stores.copies.find(user_id)
    except StoreGoneError:
        log.warning("reading account %s past the cache, which does not answer", user_id)
    if seen and seen.copy:
        return User.model_validate_json(seen.copy), "hit"
    row = await stores.database.one(f"SELECT {_COLUMNS} FROM users WHERE id = %s", user_id)
    if row is None:
        return None, "miss"
    user = User.model_validate(row)
    if seen is None:
        return user, "bypass"
    try:
        await stores.copies.keep(user_id, user.model_dump_json(), seen)
    except StoreGoneError:
        log.warning("could not cache account %s", user_id)
    return user, "miss"


async def _drop_copy(stores: Stores, user_id: int) -> None:
    try:
        await stores.copies.drop(user_id)
    except StoreGoneError:
        log.warning("the cached copy of account %s may be stale for %g s", user_id, stores.config.cache_seconds)


def _unknown(user_id: int) -> AnswerError:
    return AnswerError(404, "not_found", f"there is no account {user_id}")


def _taken(email: str) -> AnswerError:
    return AnswerError(409, "email_taken", f"another account has the e-mail address {email}")
