"""One JSON object for each line on standard output, and one line for each request."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import AnswerError

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_ACCEPTABLE_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_REQUEST_FIELDS = ("method", "path", "status", "ms")

log = logging.getLogger("accounts")


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with the fields of a request, which are null where there is none."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", None) or _request_id.get(),
        }
        line |= {name: getattr(record, name, None) for name in _REQUEST_FIELDS}
        line["logger"] = record.name
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(level: str) -> None:
    """Send everything, the server's own lines too, through one handler."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Each connection taken from the pool and returned is an "info" to psycopg.
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)


class RequestLog:
    """ASGI middleware: a request id in and out, a line for each request, an answer where the code broke."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if _ACCEPTABLE_ID.fullmatch(offered) else uuid.uuid4().hex
        token = _request_id.set(request_id)
        began, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            log.exception("the request broke the service")
            if not status:
                broken = AnswerError(500, "internal", f"something went wrong, look for request {request_id}")
                await broken.response()(scope, receive, answer)
        finally:
            method, path = scope["method"], scope["path"]
            fields = {
                "method": method,
                "path": path,
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            level = logging.WARNING if status >= 500 else logging.INFO
            log.log(level, "%s %s answered %s", method, path, status, extra=fields)
            _request_id.reset(token)
