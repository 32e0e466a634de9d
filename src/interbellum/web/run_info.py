"""A kept run as the API tells it."""

from __future__ import annotations

import datetime as dt

from interbellum.store.records import Run
from interbellum.web.errors import fault_info
from interbellum.web.models import FaultInfo, RunError, RunInfo


def run_info(run: Run) -> RunInfo:
    """A run as the API tells it."""
    asked = run.question
    return RunInfo(
        id=run.id,
        kind=asked.kind,
        dossier=asked.dossier,
        changes=dict(asked.changes),
        draws=asked.draws,
        paths=asked.paths,
        seed=asked.seed,
        options=dict(asked.options),
        state=run.state,
        stage=run.stage,
        progress=run.progress,
        created=_utc(run.created) or "",
        started=_utc(run.started),
        finished=_utc(run.finished),
        error=None
        if run.error is None
        else RunError(
            message=run.error["message"],
            faults=[FaultInfo(**fault_info(fault)) for fault in run.error["faults"]],
        ),
        quick=asked.quick,
    )


def _utc(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
