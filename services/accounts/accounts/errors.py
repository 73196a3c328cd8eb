"""Everything that can go wrong has one shape: `error` for programs, `detail` for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

Responses = dict[int | str, dict[str, Any]]


class ProblemBody(BaseModel):
    """The body of every answer from 400 up."""

    error: str = Field(description="What is wrong, for a program", examples=["not_found"])
    detail: str = Field(description="What is wrong, for a person")
    fields: dict[str, str] | None = Field(None, description="What is wrong with each field, by its name")
    stores: dict[str, str] | None = Field(None, description="`up` or `down`, by store")


class AnswerError(Exception):
    """An answer that is not the one asked for."""

    def __init__(
        self,
        status: int,
        error: str,
        detail: str,
        *,
        fields: dict[str, str] | None = None,
        stores: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.headers = status, headers
        self.body = ProblemBody(error=error, detail=detail, fields=fields, stores=stores)

    def response(self) -> JSONResponse:
        """The answer as JSON."""
        return JSONResponse(self.body.model_dump(exclude_none=True), self.status, self.headers)


class StoreGoneError(AnswerError):
    """A store that the request needs does not answer."""

    def __init__(self, store: str) -> None:
        super().__init__(
            503,
            "unavailable",
            f"the {store} does not answer, try again later",
            stores={store: "down"},
            headers={"Retry-After": "1"},
        )


def documented(**problems: str) -> Responses:
    """The `responses` of a route: `documented(not_found="no such account")`."""
    statuses = {"not_found": 404, "conflict": 409, "unauthorized": 401}
    return {statuses[name]: {"model": ProblemBody, "description": text} for name, text in problems.items()}


INVALID: Responses = {422: {"model": ProblemBody, "description": "A field is missing or wrong; `fields` names it"}}
UNAVAILABLE: Responses = {503: {"model": ProblemBody, "description": "A store that the request needs does not answer"}}


def install(app: FastAPI) -> None:
    """Give the framework's own errors the same shape."""
    app.add_exception_handler(AnswerError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnswerError)
    return error.response()


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong: dict[str, str] = {}
    for entry in error.errors():
        unreadable = entry["type"] == "json_invalid"
        place = ".".join(str(part) for part in entry["loc"][1:] if not unreadable) or str(entry["loc"][0])
        message = "must be JSON" if unreadable else entry["msg"].removeprefix("Value error, ")
        wrong.setdefault(place, message[:1].lower() + message[1:])
    detail = "; ".join(f"{name}: {message}" for name, message in wrong.items())
    return AnswerError(422, "invalid", detail, fields=wrong).response()


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # only for a body that is not even text, which is no better than bad JSON
        return AnswerError(422, "invalid", "body: must be JSON", fields={"body": "must be JSON"}).response()
    name = HTTPStatus(error.status_code).name.lower()
    return AnswerError(error.status_code, name, str(error.detail), headers=dict(error.headers or {})).response()
