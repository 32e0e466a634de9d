"""Dossiers: list, bring, read, edit, delete."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from interbellum.dossier.reader import load_text, shipped
from interbellum.store.records import BroughtDossier
from interbellum.web.desk import OfDesk, dossier_info, plain_changes
from interbellum.web.editing import control_groups, edited_dossier
from interbellum.web.errors import responses
from interbellum.web.models import DossierInfo, Edited, EditRequest
from interbellum.web.refused import Refused

router = APIRouter(prefix="/dossiers", tags=["dossiers"])

Key = Annotated[str, Path(max_length=200, description="Key of a dossier.")]
YAML = "application/yaml"
BROUGHT_NAME = "dossier.yaml"


@router.get("", summary="Dossiers that can be asked about", responses=responses())
def list_dossiers(desk: OfDesk) -> list[DossierInfo]:
    """The brought ones, the newest first, then the shipped ones."""
    return desk.dossiers()


@router.post(
    "",
    status_code=201,
    summary="Bring a dossier",
    responses=responses(403, 413, 422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {YAML: {"schema": {"type": "string"}}},
            "description": "The dossier as YAML in UTF-8.",
        }
    },
)
async def bring_dossier(desk: OfDesk, request: Request) -> DossierInfo:
    """Checks it as `interbellum check` does and keeps it in the server's own file, until it is deleted."""
    return await run_in_threadpool(_brought, desk, await request.body())


@router.get("/{key}", summary="One dossier", responses=responses(404))
def get_dossier(desk: OfDesk, key: Key) -> DossierInfo:
    """Its title, its cut-off and its fingerprint."""
    return desk.dossier(key)


@router.get(
    "/{key}/source",
    summary="A dossier's text",
    response_class=Response,
    responses={**responses(404), 200: {"content": {YAML: {}}}},
)
def get_source(desk: OfDesk, key: Key) -> Response:
    """The YAML, byte for byte."""
    return Response(desk.source(key), media_type=YAML)


@router.get("/{key}/controls", summary="What of it can be edited", responses=responses(404))
def get_controls(desk: OfDesk, key: Key) -> list[dict[str, Any]]:
    """Groups of sliders, ladders and switches: path, title, value, range, unit, basis, help."""
    return control_groups(desk.loaded(key))


@router.post(
    "/{key}/edited", summary="The dossier with changes", responses=responses(403, 404, 413, 422)
)
def edit_dossier(desk: OfDesk, key: Key, asked: Annotated[EditRequest, Body()]) -> Edited:
    """The text with the changes written in place; comments and layout stay. Nothing is kept."""
    changed = edited_dossier(desk.loaded(key), plain_changes(asked.changes))
    return Edited(yaml=changed.tree.source(), hash=changed.hash, faults=[])


@router.delete(
    "/{key}", status_code=204, summary="Delete a brought dossier", responses=responses(403, 404)
)
def delete_dossier(desk: OfDesk, key: Key) -> None:
    """With every run of it. Its place in the file is overwritten."""
    if key in shipped():
        raise Refused(403, f"{key} came with Interbellum and cannot be deleted.")
    if not desk.store.remove_dossier(key):
        raise Refused(404, "There is no such dossier here.")
    desk.forget()


def _brought(desk: OfDesk, body: bytes) -> DossierInfo:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Refused(422, f"The dossier is not UTF-8 text (byte {error.start}).") from None
    source = text.encode()
    loaded = load_text(text, BROUGHT_NAME)
    info = dossier_info(loaded.hash, loaded, False)
    desk.store.add_dossier(BroughtDossier(info.key, info.id, info.title, info.as_of), source)
    return info
