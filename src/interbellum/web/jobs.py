"""Worker processes and the thread that gives them runs, watches them, and replaces them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import secrets
import sqlite3
import sys
import threading
import time
import traceback
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from interbellum.analysis import usable_threads
from interbellum.errors import UsageError
from interbellum.store.records import Run
from interbellum.store.store import Store
from interbellum.web import worker

TICK = 0.25  # seconds between two looks at the store for cancels and for other servers' runs
SAY_ALIVE = 1.0  # seconds
PATIENCE = 2.0  # seconds that a worker has to stop a cancelled run before it is ended
STOP_PATIENCE = 1.0  # seconds that a worker has to leave when the server stops
BREATH = 1.0  # seconds before a worker that died at its start is replaced, or a store that failed is asked again
KEPT_QUICK = 200  # quick runs that stay in the store
MOST_QUEUED = 32


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker process and what it is doing."""

    process: SpawnProcess
    line: Connection
    quick: bool
    run: Run | None = None
    warm: bool = False
    """Whether it has said that it is ready."""
    ended: str = ""
    """Why the server ended it: `cancelled`, or a message for its run."""


class Jobs:
    """Runs the queue of a store in worker processes.

    Parameters
    ----------
    path : path of the store
    workers : int
        Processes for full runs; one more answers quick ones, so that a slider never waits for a full run.
    threads : int or None
        Threads of each; all that this process may use unless given. Full runs yield to quick ones.
    seconds : float
        A run that takes longer is ended.
    """

    def __init__(
        self, path: Path, workers: int = 1, threads: int | None = None, seconds: float = 900.0
    ) -> None:
        if not 1 <= workers <= 64:
            raise UsageError(f"{workers} workers were asked for; ask for 1 to 64 (--workers 1).")
        self.owner = secrets.token_hex(8)
        self._path, self._seconds = path, seconds
        self._threads = threads or usable_threads()
        self._kinds = (True, *(False for _ in range(workers)))
        self._workers: list[_Worker] = []
        self._context = multiprocessing.get_context("spawn")
        self._ear, self._mouth = os.pipe()
        self._stopping = False
        self._said = 0.0  # when this server last said that it is there
        self._store = Store(path)
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)

    def start(self) -> None:
        """Start the workers and give them what waits in the queue."""
        self._store.alive(self.owner)
        self._store.take_back()
        self._workers = [self._hire(quick) for quick in self._kinds]
        self._thread.start()

    def stop(self) -> None:
        """End the workers; what they had under way goes back into the queue."""
        self._stopping = True
        self.wake()
        if self._thread.ident is not None:
            self._thread.join()
        for one in self._workers:
            _end(one)
        self._store.leave(self.owner)
        self._store.close()
        os.close(self._ear)
        os.close(self._mouth)

    def wake(self) -> None:
        """There is something new in the queue, or to cancel."""
        with contextlib.suppress(OSError):
            os.write(self._mouth, b".")

    def pids(self) -> tuple[int, ...]:
        """Numbers of the worker processes."""
        return tuple(one.process.pid or 0 for one in self._workers)

    # --- the thread ------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._stopping:
            try:
                self._look()
            except (
                sqlite3.Error
            ):  # a full disk, a locked file: it may pass, and runs must not wait for ever
                traceback.print_exc(file=sys.stderr)
                time.sleep(BREATH)

    def _look(self) -> None:
        if time.monotonic() - self._said >= SAY_ALIVE:
            self._store.alive(self.owner)
            self._store.take_back()
            self._said = time.monotonic()
        self._give()
        heard = wait([self._ear, *(one.line for one in self._workers)], TICK)
        if self._ear in heard:
            os.read(self._ear, 4096)
        for one in list(self._workers):
            if one.line in heard:
                self._hear(one)
            self._watch(one)

    def _give(self) -> None:
        """Give the idle workers what waits; a worker for full runs helps with quick ones, never the reverse."""
        for one in sorted(self._workers, key=lambda one: not one.quick):
            if one.run is not None or not one.warm:
                continue
            run = self._store.claim(self.owner, quick_only=one.quick)
            if run is None:
                continue
            one.run = run
            with contextlib.suppress(OSError):  # it has just died: the next look will tell
                one.line.send(run.id)

    def _hear(self, one: _Worker) -> None:
        try:
            said = one.line.recv()
        except (EOFError, OSError):
            self._replace(one)
            return
        one.warm = True
        if one.run is not None and said == one.run.id:
            quick, one.run = one.run.question.quick, None
            if quick:
                self._store.remove_old_quick_runs(KEPT_QUICK)

    def _watch(self, one: _Worker) -> None:
        """End a worker that goes on with a run that was cancelled, deleted, or takes too long."""
        if one.run is None or one not in self._workers:
            return
        run, now = self._store.run(one.run.id), time.time()
        if run is None or run.state != "running":
            asked = run.finished if run is not None else one.run.cancel_asked
            if asked is None:  # deleted: count from now
                one.run = replace(one.run, cancel_asked=now)
            elif now - asked > PATIENCE:
                one.ended = "cancelled"
        elif run.cancel_asked is not None and now - run.cancel_asked > PATIENCE:
            one.ended = "cancelled"
        elif run.started is not None and now - run.started > self._seconds:
            one.ended = (
                f"The run took longer than {self._seconds:g} seconds and was stopped. "
                "Mend: ask for fewer draws or paths."
            )
        if one.ended:
            self._replace(one)

    def _replace(self, one: _Worker) -> None:
        """End a worker, say what became of its run, and hire another."""
        one.process.kill()
        one.process.join()
        if one.run is not None:
            if one.ended == "cancelled":
                self._store.cancelled(one.run.id)
            else:
                code = one.process.exitcode
                self._store.fail(
                    one.run.id,
                    one.ended
                    or f"The process that ran this has died (exit code {code}); memory may have run out. "
                    "Mend: ask again, with fewer draws or paths.",
                )
        one.line.close()
        one.process.close()
        if not one.warm:  # it cannot even start: not a hundred more a second
            time.sleep(BREATH)
        self._workers[self._workers.index(one)] = self._hire(one.quick)

    def _hire(self, quick: bool) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=worker.main, args=(theirs, self._path, quick, self._threads), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, quick)


def _end(one: _Worker) -> None:
    """Close the line, which an idle worker takes as the end; then end what is still there."""
    one.line.close()
    if one.run is None:
        one.process.join(STOP_PATIENCE)
    one.process.kill()
    one.process.join()
    one.process.close()
