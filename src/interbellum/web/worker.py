"""The process that runs the model for the server: one run at a time, told through the store."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType
from typing import NoReturn

from interbellum.errors import DossierError, UsageError
from interbellum.store.records import Artefact, Run
from interbellum.store.store import Store
from interbellum.web.memory import settle
from interbellum.web.stamp import READ, STAMP

TELL_EVERY = 0.1  # seconds between two words to the store, and between two looks for a cancel
NICE_OF_FULL = 5  # a slider's quick answer goes before a full run that shares the processor
WARM_DOSSIER = "ukraine-2026-10"  # the largest that is shipped: the memory for it is then at hand


class Stopped(BaseException):
    """The run was cancelled or deleted. Not an error: nothing that handles errors may take it for one."""


class Reporter:
    """The pipeline's progress callback: writes it down, and stops the run when it is cancelled.

    Any thread of the run may call it.
    """

    def __init__(self, store: Store, run: Run) -> None:
        self._store, self._run = store, run
        self._lock = threading.Lock()
        self._told = 0.0
        self._progress = 0.0
        self._stage = ""
        self._stopped = False

    def __call__(self, stage: str, share: float) -> None:
        from interbellum.web.kinds import whole

        with self._lock:
            self._progress = whole(self._run.question.kind, stage, share, self._progress)
            now = time.monotonic()
            if not self._stopped and (now - self._told >= TELL_EVERY or stage != self._stage):
                self._told, self._stage = now, stage
                self._stopped = self._store.tell(self._run.id, stage, self._progress)
            if self._stopped:
                raise Stopped


@contextmanager
def interruptible(store: Store, run_id: str) -> Iterator[None]:
    """Raises `Stopped` in the main thread soon after the run is cancelled, wherever it is.

    A signal to ourselves: it also wakes a thread that waits for others, which no callback could, and
    the pipeline needs no word about it. A compiled loop or a solver finishes its call first; an import or a
    compilation is let finish, since half of one would spoil every later run.
    """
    over, caller = threading.Event(), threading.get_ident()

    def stop(number: int, frame: FrameType | None) -> None:
        if not over.is_set() and not _is_delicate(frame):
            over.set()
            raise Stopped

    def watch() -> None:
        while not over.wait(TELL_EVERY):
            if store.is_stopped(run_id):
                signal.pthread_kill(caller, signal.SIGUSR1)

    signal.signal(signal.SIGUSR1, stop)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _is_delicate(frame: FrameType | None) -> bool:
    """Whether what goes on in a thread is an import or a compilation."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or f"{os.sep}numba{os.sep}" in name:
            return True
        frame = frame.f_back
    return False


def main(connection: Connection, path: Path, quick: bool, threads: int) -> None:
    """Answer the runs whose ids arrive, until the server closes the line or dies.

    Parameters
    ----------
    connection : Connection
        Ids arrive; an empty word says that the worker is warm, an id that this run is over.
    path : Path
        Of the store.
    quick : bool
        Whether it answers quick runs.
    threads : int
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to hear
    threading.Thread(target=die_with_parent, daemon=True).start()
    if not quick and hasattr(os, "nice"):
        os.nice(NICE_OF_FULL)
    _warm(threads)
    settle()
    # The server may stop at any time, while this warms or answers: a closed line is the end, not a fault.
    with Store(path) as store, suppress(EOFError, OSError):
        connection.send("")
        while True:
            run_id = connection.recv()
            answer(store, run_id, threads)
            connection.send(run_id)


def die_with_parent() -> NoReturn:
    """End this process as soon as the one that started it has ended, however that was."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _warm(threads: int) -> None:
    """Import the pipeline and load its compiled loops, so that no run waits for them."""
    from interbellum import api
    from interbellum.web.kinds import QUICK_DRAWS, QUICK_PATHS
    from interbellum.web.telling import first_artefacts

    with suppress(Exception):  # what fails here will fail, and be told, in a run
        answer = api.brief(WARM_DOSSIER, draws=QUICK_DRAWS, paths=QUICK_PATHS, threads=threads)
        first_artefacts(answer, quick=False)


def answer(store: Store, run_id: str, threads: int) -> None:
    """Answer a run that has been claimed; whatever happens, the store says how it ended."""
    run = store.run(run_id)
    if run is None or run.state != "running":
        return
    try:
        with interruptible(store, run_id):
            artefacts = made(store, run, threads)
        store.finish(run_id, artefacts, spent=(READ,))
    except Stopped:
        store.cancelled(run_id)
    except DossierError as error:
        count = len(error.faults)
        message = f"The dossier has {count} fault{'s' if count > 1 else ''} to mend."
        store.fail(run_id, message, [asdict(fault) for fault in error.faults])
    except UsageError as error:
        store.fail(run_id, str(error))
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        store.fail(
            run_id,
            f"The run failed, and it is our fault ({type(error).__name__}). The server's terminal "
            "says more; please report it.",
        )


def made(store: Store, run: Run, threads: int) -> tuple[Artefact, ...]:
    """Run the model and make what is asked for most.

    Raises
    ------
    DossierError, UsageError
        The dossier, or the question, cannot be answered.
    Stopped
        The run was cancelled or deleted.
    """
    from interbellum.dossier.reader import load_found, load_text
    from interbellum.store.plain import packed
    from interbellum.web.kinds import KINDS, result_of
    from interbellum.web.telling import first_artefacts, name_of

    tell = Reporter(store, run)
    tell("reading", 0.0)
    source = store.artefact(run.id, "source")
    if source is None:
        raise Stopped
    text, name = source.decode(), name_of(run.question.dossier)
    found = store.artefact(run.id, READ)
    loaded = load_text(text, name) if found is None else load_found(text, found, name)
    answer = KINDS[run.question.kind].ask(loaded, run.question, threads, tell)
    tell("writing", 1.0)
    return (
        Artefact("answer", packed(result_of(answer))),
        Artefact("stamp", STAMP.encode()),
        *first_artefacts(answer, run.question.quick),
    )
