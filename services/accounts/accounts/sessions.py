"""Sign in, who am I, sign out."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from .errors import INVALID, AnswerError, documented
from .stores import Needed
from .users import User, find_user

router = APIRouter(prefix="/sessions", tags=["sessions"])

_REFUSED = documented(unauthorized="the token is missing, wrong or expired")
_WRONG = documented(unauthorized="wrong e-mail address or password")
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


class SignIn(BaseModel):
    """Who wants to sign in. Not checked as a sign-up is: rules for passwords change, accounts stay."""

    model_config = ConfigDict(extra="forbid", strict=True)
    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class Session(BaseModel):
    """A token and how long it is good for."""

    token: str
    expires_in: float = Field(description="Seconds")
    user: User


@router.post("", status_code=201, responses=_WRONG | INVALID)
async def sign_in(who: SignIn, stores: Needed) -> Session:
    """Get a token. The answer does not tell an unknown e-mail address from a wrong password."""
    row = await stores.database.one(
        "SELECT id, name, email, created_at, password_hash FROM users WHERE lower(email) = lower(%s)",
        who.email.replace("\0", ""),
    )
    right = await stores.passwords.match(who.password, row["password_hash"] if row else None)
    if row is None or not right:
        raise AnswerError(401, "unauthorized", "the e-mail address or the password is wrong")
    token = secrets.token_urlsafe(32)
    seconds = stores.config.session_seconds
    async with stores.cache.answering() as redis:
        await redis.set(_key(token), row["id"], px=int(seconds * 1000))
    return Session(token=token, expires_in=seconds, user=User.model_validate(row))


@router.get("/current", responses=_REFUSED)
async def current(bearer: _Bearer, stores: Needed) -> User:
    """Whose token it is."""
    key = _key(_token(bearer))
    async with stores.cache.answering() as redis:
        user_id = await redis.get(key)
    user = (await find_user(stores, int(user_id)))[0] if user_id else None
    if user is None:
        raise _refused()
    return user


@router.delete("/current", status_code=204, responses=_REFUSED)
async def sign_out(bearer: _Bearer, stores: Needed) -> None:
    """Make the token worthless."""
    key = _key(_token(bearer))
    async with stores.cache.answering() as redis:
        if not await redis.delete(key):
            raise _refused()


def _token(bearer: HTTPAuthorizationCredentials | None) -> str:
    if bearer is None:
        raise _refused()
    return bearer.credentials


def _key(token: str) -> str:
    # The token itself is not kept: who reads the cache cannot sign in with what is there.
    return f"session:{hashlib.sha256(token.encode()).hexdigest()}"


def _refused() -> AnswerError:
    return AnswerError(
        401,
        "unauthorized",
        "sign in first: the token is missing, wrong or expired",
        headers={"WWW-Authenticate": "Bearer"},
    )
