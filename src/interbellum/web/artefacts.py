"""What a finished run left: its result, and everything that is made of it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from interbellum import api
from interbellum.briefing.compare import outline
from interbellum.store.records import Run
from interbellum.web.desk import Desk, OfDesk
from interbellum.web.errors import responses
from interbellum.web.files import answered, kept_as, made
from interbellum.web.models import ComparisonInfo, Moved
from interbellum.web.refused import Refused
from interbellum.web.runs import RunId, done
from interbellum.web.telling import blocks

router = APIRouter(tags=["answers"])

Redact = Annotated[bool, Query(description="Hide what the dossier marks confidential.")]
IfNoneMatch = Annotated[str | None, Header(include_in_schema=False)]

DRAWN = ("briefing.html", "briefing.pdf")
"""What is made in a process of its own, beside single charts."""
TYPES = {
    "result": "application/json",
    "outline": "application/json",
    "charts": "application/json",
    "briefing.html": "text/html; charset=utf-8",
    "briefing.pdf": "application/pdf",
    "briefing.md": "text/markdown; charset=utf-8",
    "briefing.txt": "text/plain; charset=utf-8",
    "draws.csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
SAVED = ("briefing.html", "briefing.pdf", "briefing.md", "draws.csv")
"""What a browser is told to save under a name, not to show; a page of a dossier's words is never opened here."""


def _of(kind: str) -> dict[str, Any]:
    """The description of a route that answers with a file."""
    return {
        "response_class": Response,
        "responses": {**responses(404, 409), 200: {"content": {kind.partition(";")[0]: {}}}},
    }


@router.get("/runs/{run_id}/result", summary="The answer as JSON", **_of(TYPES["result"]))
def get_result(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """Byte for byte what the verb of that kind prints with --json."""
    return _file(desk, run_id, "result", redact, if_none_match)


@router.get("/runs/{run_id}/outline", summary="The answer as blocks", **_of(TYPES["outline"]))
def get_outline(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """Headings, paragraphs, bullets and tables, in order."""
    return _file(desk, run_id, "outline", redact, if_none_match)


@router.get("/runs/{run_id}/charts", summary="The charts", **_of(TYPES["charts"]))
def get_charts(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """Vega-Lite definitions with their rows, their words, and where in the briefing they stand."""
    return _file(desk, run_id, "charts", redact, if_none_match)


@router.get(
    "/runs/{run_id}/briefing.html", summary="One file that needs no network", **_of("text/html")
)
def get_html(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """The briefing with its charts, to keep or to send."""
    return _file(desk, run_id, "briefing.html", redact, if_none_match)


@router.get("/runs/{run_id}/briefing.pdf", summary="The briefing as PDF", **_of("application/pdf"))
def get_pdf(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """Tagged, with its charts."""
    return _file(desk, run_id, "briefing.pdf", redact, if_none_match)


@router.get("/runs/{run_id}/briefing.md", summary="The answer as Markdown", **_of("text/markdown"))
def get_markdown(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """What the verb of that kind prints with --format md."""
    return _file(desk, run_id, "briefing.md", redact, if_none_match)


@router.get("/runs/{run_id}/briefing.txt", summary="The answer as text", **_of("text/plain"))
def get_text(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """As on a terminal of 100 columns."""
    return _file(desk, run_id, "briefing.txt", redact, if_none_match)


@router.get("/runs/{run_id}/charts/{chart}.svg", summary="A chart as SVG", **_of("image/svg+xml"))
def get_svg(
    desk: OfDesk,
    run_id: RunId,
    chart: Annotated[str, Path(max_length=200)],
    redact: Redact = False,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Drawn when it is asked for first."""
    return _file(desk, run_id, f"charts/{chart}.svg", redact, if_none_match)


@router.get("/runs/{run_id}/charts/{chart}.png", summary="A chart as PNG", **_of("image/png"))
def get_png(
    desk: OfDesk,
    run_id: RunId,
    chart: Annotated[str, Path(max_length=200)],
    redact: Redact = False,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Drawn when it is asked for first."""
    return _file(desk, run_id, f"charts/{chart}.png", redact, if_none_match)


@router.get("/runs/{run_id}/draws.csv", summary="The draws", **_of("text/csv"))
def get_draws(
    desk: OfDesk, run_id: RunId, redact: Redact = False, if_none_match: IfNoneMatch = None
) -> Response:
    """One row a draw of a briefing: its weight, every uncertain input, and what came of it."""
    _whole_only(redact)
    return _file(desk, run_id, "draws.csv", False, if_none_match)


@router.get(
    "/runs/{run_id}/dossier.yaml", summary="The dossier answered", **_of("application/yaml")
)
def get_answered_dossier(desk: OfDesk, run_id: RunId, redact: Redact = False) -> Response:
    """With the changes made."""
    _whole_only(redact)
    run = done(desk, run_id)
    source = desk.store.artefact(run.id, "source")
    return Response(
        source or b"",
        media_type="application/yaml",
        headers={"content-disposition": 'attachment; filename="dossier.yaml"'},
    )


@router.get("/compare", summary="Two briefings side by side", responses=responses(404, 409, 422))
def compare(
    desk: OfDesk,
    before: Annotated[str, Query(max_length=200, description="Id of a run.")],
    after: Annotated[str, Query(max_length=200, description="Id of another.")],
    redact: Redact = False,
) -> ComparisonInfo:
    """What changed between the dossiers, who moved, and how the forecast moved."""
    runs = [done(desk, one) for one in (before, after)]
    first, second = (_briefing(desk, run, redact) for run in runs)
    told, later = ({_key(one): one["p"] for one in _rungs(desk, run, redact)} for run in runs)
    return ComparisonInfo(
        outline=blocks(outline(api.compare(first, second))),
        rungs=[
            Moved(rung=rung, by_days=days, before=p, after=later[rung, days])
            for (rung, days), p in told.items()
            if (rung, days) in later
        ],
    )


def _rungs(desk: Desk, run: Run, redact: bool) -> list[dict[str, Any]]:
    """Forecasts as the result tells them, so that both say the same digits."""
    told: list[dict[str, Any]] = json.loads(_body(desk, run, "result", redact))["rungs"]
    return told


def _key(told: dict[str, Any]) -> tuple[str, int]:
    return told["rung"], told["by_days"]


def _whole_only(redact: bool) -> None:
    if redact:
        raise Refused(
            422, "This tells a dossier in full and cannot be redacted. Ask for the briefing."
        )


def _briefing(desk: Desk, run: Run, redact: bool) -> api.Briefing:
    answer = answered(desk.store, run, redact, desk.read)
    if not isinstance(answer, api.Briefing):
        raise Refused(409, f"The run {run.id} is of kind {run.question.kind}, not a briefing.")
    return answer


def _file(desk: Desk, run_id: str, name: str, redact: bool, known: str | None) -> Response:
    """One form of a finished run's answer; what it says can never change, so a known one is not sent."""
    run = done(desk, run_id)
    tag = f'"{run.id}-{name}{"-redacted" if redact else ""}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if known == tag:
        return Response(status_code=304, headers=headers)
    if name in SAVED:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    body = _body(desk, run, name, redact)
    return Response(
        body, media_type=TYPES[name.rpartition(".")[2] if "/" in name else name], headers=headers
    )


def _body(desk: Desk, run: Run, name: str, redact: bool) -> bytes:
    kept = desk.store.artefact(run.id, kept_as(name, redact))
    if kept is not None:
        return kept
    if name == "draws.csv":
        raise Refused(404, "This run left no draws: only briefings do.")
    if desk.maker is not None and ("/" in name or name in DRAWN):
        return desk.maker.make(run.id, name, redact)
    return made(desk.store, run, name, redact, desk.read)
