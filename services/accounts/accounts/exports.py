"""Start an export of all accounts, see how it is doing, fetch what it made."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Response

from .errors import INVALID, documented
from .exporter import Export
from .stores import Needed

router = APIRouter(prefix="/exports", tags=["exports"])

_NO_SUCH = documented(not_found="no export has this id") | INVALID


@router.post("", status_code=202, responses=documented(conflict="an export is running"))
async def start_export(response: Response, stores: Needed) -> Export:
    """Start an export; it goes on after the answer."""
    export = await stores.exporter.start()
    response.headers["Location"] = f"/exports/{export.id}"
    return export


@router.get("/{export_id}", responses=_NO_SUCH)
async def read_export(export_id: uuid.UUID, stores: Needed) -> Export:
    """How the export is doing."""
    return await stores.exporter.find(export_id)


@router.get(
    "/{export_id}/content",
    response_class=Response,
    responses=_NO_SUCH
    | documented(conflict="the export is not done")
    | {200: {"content": {"text/csv": {}}, "description": "One line for each account"}},
)
async def read_content(export_id: uuid.UUID, stores: Needed) -> Response:
    """The exported accounts as CSV."""
    return Response(await stores.exporter.content(export_id), media_type="text/csv")
