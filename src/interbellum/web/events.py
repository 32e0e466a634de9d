"""A run as it goes on, told by server-sent events until it is over or the client leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from interbellum.store.records import OVER, Run
from interbellum.store.store import Store
from interbellum.web.models import RunInfo
from interbellum.web.run_info import run_info

LOOK_EVERY = 0.02  # seconds; a look is one row of the store
BREATH = 15.0  # seconds after which a word is said so that nobody takes the line for dead


def stream(store: Store, run: Run, request: Request) -> StreamingResponse:
    """The run now and at every change, one event `run` each."""
    return StreamingResponse(
        _words(store, run, request),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _words(store: Store, run: Run, request: Request) -> AsyncIterator[str]:
    said: RunInfo | None = None
    spoken = time.monotonic()
    found: Run | None = run
    while found is not None:
        info = run_info(found)
        if info != said:
            said, spoken = info, time.monotonic()
            yield f"event: run\ndata: {info.model_dump_json()}\n\n"
        elif time.monotonic() - spoken > BREATH:
            spoken = time.monotonic()
            yield ": still there\n\n"
        if found.state in OVER or await request.is_disconnected():
            return
        await asyncio.sleep(LOOK_EVERY)
        found = await run_in_threadpool(store.run, run.id)
