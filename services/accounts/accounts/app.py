"""The application, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from . import errors, exports, health, logs, sessions, users
from .config import Config
from .stores import Stores


def create_app() -> FastAPI:
    """The application as the environment configures it. Raises `ValueError` where that is incomplete."""
    config = Config.from_environment()
    logs.configure(config.log_level)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stores = Stores.of(config)
        app.state.stores = stores
        await stores.open()
        try:
            yield
        finally:
            await stores.close()

    app = FastAPI(title="Accounts", version="1.0.0", lifespan=lifespan, responses=errors.UNAVAILABLE)
    errors.install(app)
    for module in (users, sessions, exports, health):
        app.include_router(module.router)
    app.add_middleware(logs.RequestLog)
    return app
