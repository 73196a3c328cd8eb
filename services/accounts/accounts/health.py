"""Whether the service can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from .errors import AnswerError, StoreGoneError
from .stores import Needed

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Both stores answer."""

    status: Literal["ok"] = "ok"
    stores: dict[str, str]


@router.get("/health")
async def health(stores: Needed) -> Health:
    """Ask both stores at once; 503 names the one that does not answer."""
    database, cache = await asyncio.gather(_state(stores.database.ping()), _state(stores.cache.ping()))
    states = {"database": database, "cache": cache}
    down = [name for name, state in states.items() if state == "down"]
    if down:
        verb = "do" if len(down) > 1 else "does"
        raise AnswerError(
            503,
            "unavailable",
            f"the {' and the '.join(down)} {verb} not answer",
            stores=states,
            headers={"Retry-After": "1"},
        )
    return Health(stores=states)


async def _state(answer: Awaitable[None]) -> str:
    try:
        await answer
    except StoreGoneError:
        return "down"
    return "up"
