"""Files and pictures of a finished run, made in a process of their own when they are asked for.

What draws them holds Python's lock for seconds; in the server's own process every slider would wait.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from interbellum import api
from interbellum.dossier.reader import Loaded, load_text
from interbellum.store.records import Artefact, Run
from interbellum.store.store import Store
from interbellum.web.kinds import KINDS
from interbellum.web.refused import Refused
from interbellum.web.stamp import STAMP
from interbellum.web.telling import name_of, picture, told
from interbellum.web.worker import die_with_parent


class Maker:
    """A process that makes files, started when the first is asked for.

    Parameters
    ----------
    path : path of the store
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def make(self, run_id: str, name: str, redact: bool) -> bytes:
        """A file of a finished run; see `made`. Tried again once where the process died.

        Raises
        ------
        Refused
            There is no such file.
        """
        try:
            return self._started().submit(made_at, self._path, run_id, name, redact).result()
        except BrokenProcessPool:
            self.stop()
            return self._started().submit(made_at, self._path, run_id, name, redact).result()

    def stop(self) -> None:
        """Let the process go; what it is making is not waited for."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, multiprocessing.get_context("spawn"), initializer=_begin
                )
            return self._pool


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to hear
    threading.Thread(target=die_with_parent, daemon=True).start()


def made_at(path: Path, run_id: str, name: str, redact: bool) -> bytes:
    """A file of a finished run, made from the store alone and kept there."""
    with Store(path) as store:
        run = store.run(run_id)
        if run is None:
            raise gone()
        return made(store, run, name, redact)


def made(
    store: Store,
    run: Run,
    name: str,
    redact: bool,
    read: Callable[[bytes, str], Loaded] | None = None,
) -> bytes:
    """A form or file of a finished run, made and kept.

    Parameters
    ----------
    store : Store
    run : Run
    name : as `telling.told` takes it, or `charts/ID.svg`, `charts/ID.png`
    redact : bool
    read : callable (bytes, name) or None
        Reads a dossier; afresh unless given.

    Raises
    ------
    Refused
        There is no such file.
    """
    answer = answered(store, run, redact, read)
    body = picture(answer, name) if "/" in name else told(answer, name)
    store.keep(run.id, (Artefact(kept_as(name, redact), body),))
    return body


def kept_as(name: str, redact: bool) -> str:
    """Name under which a file is kept."""
    return f"{name}-redacted" if redact else name


def answered(
    store: Store, run: Run, redact: bool, read: Callable[[bytes, str], Loaded] | None = None
) -> api.Answer:
    """A finished run's answer again, from what was kept.

    Raises
    ------
    Refused
        It has been deleted, or another version kept it: its fields may mean something else now.
    """
    kept, source = store.artefact(run.id, "answer"), store.artefact(run.id, "source")
    if kept is None or source is None:
        raise gone()
    if store.artefact(run.id, "stamp") != STAMP.encode():
        raise Refused(
            409,
            "Another version of Interbellum gave this answer, so only what was made then can be had. "
            "Ask the question again: POST /api/v1/runs.",
        )
    name = name_of(run.question.dossier)
    loaded = load_text(source.decode(), name) if read is None else read(source, name)
    return KINDS[run.question.kind].tell(kept, loaded, run.question, redact)


def gone() -> Refused:
    """A run that is not there, or no longer."""
    return Refused(404, "There is no such run here. Ask the question again: POST /api/v1/runs.")
