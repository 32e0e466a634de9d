"""The pages themselves and what they load: templates and files by fixed names."""

from __future__ import annotations

import functools
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib import resources
from typing import Annotated

import jinja2
from fastapi import APIRouter, Header, Request
from fastapi.responses import HTMLResponse, Response

from interbellum import __version__
from interbellum.web.describe import described
from interbellum.web.refused import Refused

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the pages load."""

    body: bytes
    type: str
    tag: str


@functools.cache
def assets() -> dict[str, Asset]:
    """Every file of the static folder by its name: only what is here can be asked for."""
    folder = resources.files("interbellum.web") / "static"
    found = {}
    for item in folder.iterdir() if folder.is_dir() else ():
        if item.is_file():
            body = item.read_bytes()
            kind = mimetypes.guess_type(item.name)[0] or "application/octet-stream"
            if kind.endswith("javascript"):  # some systems have application/javascript here
                kind = "text/javascript"
            text = kind.startswith("text/")
            found[item.name] = Asset(
                body,
                f"{kind}; charset=utf-8" if text else kind,
                f'"{hashlib.sha256(body).hexdigest()[:20]}"',
            )
    return found


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("interbellum.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )


def page(name: str) -> HTMLResponse:
    """A template with what every page is given; all else comes through the API."""
    return HTMLResponse(_templates().get_template(name).render(version=__version__))


@router.get("/")
def home() -> HTMLResponse:
    """Choose a dossier, or bring one."""
    return page("index.html")


@router.get("/d/{key}")
def workbench(key: str) -> HTMLResponse:
    """Edit a dossier and see the answer; the query is the changes."""
    return page("work.html")


@router.get("/r/{run_id}")
def shared(run_id: str) -> HTMLResponse:
    """An answer that was shared."""
    return page("run.html")


@router.get("/api")
def describe(request: Request) -> HTMLResponse:
    """The REST API for people."""
    return HTMLResponse(described(request.app.openapi()))


@router.get("/static/{name}")
def static(name: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """A file that the pages load."""
    asset = assets().get(name)
    if asset is None:
        raise Refused(404, "There is no such file.")
    headers = {"etag": asset.tag, "cache-control": "no-cache"}
    if if_none_match == asset.tag:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, media_type=asset.type, headers=headers)
