"""Runs: ask, follow, cancel, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from interbellum.store.records import OVER, Run
from interbellum.web.desk import Desk, OfDesk
from interbellum.web.errors import responses
from interbellum.web.events import stream
from interbellum.web.files import gone
from interbellum.web.models import RunInfo, RunRequest
from interbellum.web.refused import Refused
from interbellum.web.run_info import run_info

router = APIRouter(prefix="/runs", tags=["runs"])

RunId = Annotated[str, Path(max_length=200, description="Id of a run.")]


@router.post(
    "",
    status_code=202,
    summary="Ask a question",
    responses={
        **responses(403, 404, 413, 422, 429),
        200: {"model": RunInfo, "description": "It has been asked already"},
    },
)
def ask(desk: OfDesk, asked: Annotated[RunRequest, Body()], response: Response) -> RunInfo:
    """Puts a run into the queue. The same question is the same run: asked again, it is answered at once."""
    run_id, question, source, beside = desk.asked(asked)
    known = desk.store.run(run_id)
    if (known is None or known.state in ("failed", "cancelled")) and (
        desk.store.waiting() >= desk.limits.queued
    ):
        raise Refused(
            429, f"{desk.limits.queued} runs wait already. Cancel some, or wait for one to end."
        )
    run, queued = desk.store.add_run(run_id, question, source, beside)
    if queued:
        desk.wake()
    else:
        response.status_code = 200
    return run_info(run)


@router.get("", summary="The newest runs", responses=responses(422))
def list_runs(
    desk: OfDesk, most: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100
) -> list[RunInfo]:
    """Newest first."""
    return [run_info(run) for run in desk.store.runs(most)]


@router.get("/{run_id}", summary="One run", responses=responses(404))
def get_run(desk: OfDesk, run_id: RunId) -> RunInfo:
    """Its question, how far it is, and how it ended."""
    return run_info(found(desk, run_id))


@router.delete("/{run_id}", status_code=204, summary="Delete a run", responses=responses(403, 404))
def delete_run(desk: OfDesk, run_id: RunId) -> None:
    """With all that it left; one under way stops. Its place in the file is overwritten."""
    if not desk.store.remove_run(run_id):
        raise Refused(404, "There is no such run here.")
    desk.wake()


@router.post("/{run_id}/cancel", summary="Cancel a run", responses=responses(403, 404, 409))
def cancel_run(desk: OfDesk, run_id: RunId) -> RunInfo:
    """One that waits is cancelled at once, one under way within a moment."""
    before = found(desk, run_id)
    if before.state in ("done", "failed"):
        raise Refused(409, f"The run is {before.state} already.")
    run = desk.store.cancel(run_id)
    desk.wake()
    return run_info(run or before)


@router.get(
    "/{run_id}/events",
    summary="Follow a run",
    response_class=StreamingResponse,
    responses={
        **responses(404),
        200: {
            "description": "Server-sent events: `run`, with the run as its data, at every change",
            "content": {"text/event-stream": {}},
        },
    },
)
def follow(desk: OfDesk, run_id: RunId, request: Request) -> StreamingResponse:
    """Says the run now and at every change, and ends with it."""
    return stream(desk.store, found(desk, run_id), request)


def found(desk: Desk, run_id: str) -> Run:
    """A run by its id.

    Raises
    ------
    Refused
        There is none.
    """
    run = desk.store.run(run_id)
    if run is None:
        raise gone()
    return run


def done(desk: Desk, run_id: str) -> Run:
    """A run that is done.

    Raises
    ------
    Refused
        There is none, or it is not done.
    """
    run = found(desk, run_id)
    if run.state != "done":
        why = "failed" if run.state == "failed" else run.state
        wait = (
            "" if run.state in OVER else f" GET /api/v1/runs/{run.id}/events says when it is done."
        )
        raise Refused(409, f"The run is {why}: it has left nothing{' yet' if wait else ''}.{wait}")
    return run
