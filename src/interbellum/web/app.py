"""The application: the REST API under /api/v1, the pages, and the layers around them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from interbellum import __version__, analysis
from interbellum.model.provisions import PROVISIONS
from interbellum.store.store import Store
from interbellum.web import artefacts, dossiers, pages, runs, security
from interbellum.web.desk import Desk, Limits, OfDesk
from interbellum.web.errors import add_handlers, responses
from interbellum.web.files import Maker
from interbellum.web.jobs import Jobs
from interbellum.web.kinds import QUICK_DRAWS, QUICK_PATHS
from interbellum.web.models import Limits as LimitsInfo
from interbellum.web.models import ProvisionInfo, Service, Size

PREFIX = "/api/v1"
DESCRIPTION = (
    "Asks of a dossier whether the guns of a war will fall silent, in what form, by when, and for how long."
    "\n\nBring a dossier or name a shipped one, ask a question of it, follow the run, fetch what it left. The "
    "same question is the same run: its id is made of all that decides the answer, so a link can be kept. "
    'Every error is {"message", "faults"?}: where, what was found, the rule, the mend.'
    "\n\nA simulation shows what the coded judgements amount to. It is not evidence about the world."
)
TAGS = [
    {"name": "service", "description": "What answers here."},
    {"name": "dossiers", "description": "What is known and judged of a war, as YAML."},
    {"name": "runs", "description": "Questions, worked out by worker processes."},
    {"name": "answers", "description": "What a finished run left, in every form."},
]

_service = APIRouter(tags=["service"])


@_service.get("/", summary="Version, sizes and limits", responses=responses())
def service(desk: OfDesk) -> Service:
    """What answers here, and how much it may be asked."""
    return Service(
        version=__version__,
        quick=Size(draws=QUICK_DRAWS, paths=QUICK_PATHS),
        full=Size(draws=analysis.DEFAULT_DRAWS, paths=analysis.DEFAULT_PATHS),
        limits=LimitsInfo(
            draws=desk.limits.draws,
            paths=desk.limits.paths,
            body_bytes=security.MOST_BYTES,
            queued=desk.limits.queued,
        ),
        provisions=[ProvisionInfo(id=name, title=text) for name, text in PROVISIONS.items()],
    )


def create_app(
    store: Store,
    jobs: Jobs | None = None,
    *,
    limits: Limits | None = None,
    hosts: Sequence[str] = (),
    token: str | None = None,
) -> FastAPI:
    """The application over a store and the workers that run its queue.

    Parameters
    ----------
    store : Store
    jobs : Jobs or None
        Started and stopped with the application; None runs nothing.
    limits : Limits or None
        The most that one run may ask for; the usual ones unless given.
    hosts : sequence of str
        Names that it answers to besides those of the loopback.
    token : str or None
        What every request must carry; None where only this machine can reach it.
    """

    maker = None if jobs is None else Maker(store.path)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if jobs is not None:
            jobs.start()
        try:
            yield
        finally:
            if jobs is not None:
                jobs.stop()
            if maker is not None:
                maker.stop()

    app = FastAPI(
        title="Interbellum",
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # both would load scripts from elsewhere; /api is ours
        redoc_url=None,
        telemetry={"auto_configure": False},
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.desk = Desk(store, jobs, limits or Limits(), maker)
    for router in (_service, dossiers.router, runs.router, artefacts.router):
        app.include_router(router, prefix=PREFIX)
    app.include_router(pages.router)
    add_handlers(app)
    app.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=4
    )  # the innermost; 9 takes four times as long for 7% less
    app.add_middleware(security.SmallBody)
    if token is not None:
        app.add_middleware(security.Token, token=token)
    app.add_middleware(security.SameOrigin)
    app.add_middleware(security.KnownHost, names=(*security.LOOPBACK, *hosts))
    app.add_middleware(security.Shield)
    return app
