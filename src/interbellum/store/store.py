"""Runs and brought dossiers, kept: every question that the server and its workers ask of the file."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from interbellum.store.database import connect
from interbellum.store.records import OVER, Artefact, BroughtDossier, Question, Run

MOST_ATTEMPTS = 2  # a run that has taken two servers down with it is not tried a third time
SILENT = (
    15.0  # seconds after which a server that says nothing counts as dead; it speaks each second
)
COMPRESSION = 1  # a slider waits for it; 6 takes four times as long


class Store:
    """A file of runs; any number of processes may have it open.

    Parameters
    ----------
    path : path of the file
        Made where it is missing.

    Raises
    ------
    UsageError
        The file cannot be used.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._connection = connect(self.path)
        self._lock = threading.RLock()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing else may be asked afterwards."""
        with self._lock:
            self._connection.close()

    # --- dossiers --------------------------------------------------------------------------------

    def add_dossier(self, dossier: BroughtDossier, source: bytes) -> None:
        """Keep a dossier; one that is there already stays as it is."""
        with self._asked() as ask:
            ask(
                "INSERT OR IGNORE INTO dossiers VALUES (?, ?, ?, ?, ?, ?)",
                (
                    dossier.key,
                    dossier.id,
                    dossier.title,
                    dossier.as_of,
                    time.time(),
                    _packed(source),
                ),
            )

    def dossiers(self) -> tuple[BroughtDossier, ...]:
        """Every brought dossier, the newest first."""
        with self._asked() as ask:
            rows = ask(
                "SELECT key, id, title, as_of FROM dossiers ORDER BY brought DESC, key"
            ).fetchall()
        return tuple(BroughtDossier(*row) for row in rows)

    def dossier_source(self, key: str) -> bytes | None:
        """A brought dossier's bytes; None where there is none of that key."""
        with self._asked() as ask:
            row = ask("SELECT source FROM dossiers WHERE key = ?", (key,)).fetchone()
        return None if row is None else zlib.decompress(row["source"])

    def remove_dossier(self, key: str) -> bool:
        """Delete a brought dossier with every run of it; False where there is none."""
        with self._asked() as ask:
            ask("BEGIN IMMEDIATE")
            try:
                gone = ask("DELETE FROM dossiers WHERE key = ?", (key,)).rowcount == 1
                if gone:
                    ask("DELETE FROM runs WHERE dossier = ?", (key,))
            finally:
                ask("COMMIT")
            if gone:
                _forget(ask)
        return bool(gone)

    # --- runs ------------------------------------------------------------------------------------

    def add_run(
        self, run_id: str, question: Question, source: bytes, beside: Sequence[Artefact] = ()
    ) -> tuple[Run, bool]:
        """Ask for a run; one that failed or was cancelled is asked again.

        Parameters
        ----------
        run_id : str
        question : Question
        source : bytes
            The dossier as it is to be answered, changes made.
        beside : sequence of Artefact
            What spares its worker time, as `dossier.reader.findings`.

        Returns
        -------
        Run, and whether it was put into the queue now
        """
        with self._asked() as ask:
            ask("BEGIN IMMEDIATE")
            try:
                queued = ask(
                    "INSERT INTO runs (id, dossier, quick, question, state, created) "
                    "VALUES (?, ?, ?, ?, 'queued', ?) ON CONFLICT (id) DO UPDATE SET state = 'queued', "
                    "stage = '', progress = 0, started = NULL, finished = NULL, error = NULL, "
                    "owner = '', attempts = 0, cancel_asked = NULL, created = excluded.created "
                    "WHERE state IN ('failed', 'cancelled')",
                    (
                        run_id,
                        question.dossier,
                        int(question.quick),
                        json.dumps(asdict(question), sort_keys=True),
                        time.time(),
                    ),
                ).rowcount
                if queued:
                    _keep(ask, run_id, (Artefact("source", source), *beside))
                row = ask("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
            finally:
                ask("COMMIT")
        return _run(row), bool(queued)

    def run(self, run_id: str) -> Run | None:
        """A run; None where there is none of that id."""
        with self._asked() as ask:
            row = ask("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else _run(row)

    def runs(self, most: int) -> tuple[Run, ...]:
        """The newest runs, at most so many."""
        with self._asked() as ask:
            rows = ask("SELECT * FROM runs ORDER BY created DESC, id LIMIT ?", (most,)).fetchall()
        return tuple(map(_run, rows))

    def waiting(self) -> int:
        """How many runs are in the queue."""
        with self._asked() as ask:
            return int(ask("SELECT count(*) FROM runs WHERE state = 'queued'").fetchone()[0])

    def remove_run(self, run_id: str) -> bool:
        """Delete a run with all that it left; False where there is none. One under way stops."""
        with self._asked() as ask:
            gone = ask("DELETE FROM runs WHERE id = ?", (run_id,)).rowcount == 1
            if gone:
                _forget(ask)
        return bool(gone)

    def remove_old_quick_runs(self, kept: int) -> None:
        """Delete the quick runs that are over, but for the newest so many: a slider leaves many."""
        with self._asked() as ask:
            ask(
                "DELETE FROM runs WHERE quick AND state IN ('done', 'failed', 'cancelled') AND id NOT IN"
                " (SELECT id FROM runs WHERE quick ORDER BY created DESC, id LIMIT ?)",
                (kept,),
            )

    # --- what a run left -------------------------------------------------------------------------

    def artefact(self, run_id: str, name: str) -> bytes | None:
        """What a run left under a name; None where it left nothing."""
        with self._asked() as ask:
            row = ask(
                "SELECT body FROM artefacts WHERE run = ? AND name = ?", (run_id, name)
            ).fetchone()
        return None if row is None else zlib.decompress(row["body"])

    def keep(self, run_id: str, artefacts: Sequence[Artefact]) -> None:
        """Keep what was made of a run; nothing where the run has been deleted meanwhile."""
        with self._asked() as ask:
            _keep(ask, run_id, artefacts)

    # --- for the server that runs them -----------------------------------------------------------

    def claim(self, owner: str, quick_only: bool = False, full_only: bool = False) -> Run | None:
        """Take the next run out of the queue; quick ones go first. None where there is none."""
        which = "AND quick" if quick_only else "AND NOT quick" if full_only else ""
        with self._asked() as ask:
            row = ask(
                "UPDATE runs SET state = 'running', owner = ?, started = ?, attempts = attempts + 1 "
                f"WHERE id = (SELECT id FROM runs WHERE state = 'queued' {which} "
                "ORDER BY quick DESC, created, id LIMIT 1) AND state = 'queued' RETURNING *",
                (owner, time.time()),
            ).fetchone()
        return None if row is None else _run(row)

    def tell(self, run_id: str, stage: str, progress: float) -> bool:
        """Write down how far a run is; True where it has been cancelled or deleted: stop then."""
        with self._asked() as ask:
            row = ask(
                "UPDATE runs SET stage = ?, progress = ? WHERE id = ? AND state = 'running' "
                "RETURNING cancel_asked",
                (stage, progress, run_id),
            ).fetchone()
        return bool(row is None or row["cancel_asked"] is not None)

    def is_stopped(self, run_id: str) -> bool:
        """Whether a run that is under way has been cancelled or deleted."""
        with self._asked() as ask:
            row = ask("SELECT state, cancel_asked FROM runs WHERE id = ?", (run_id,)).fetchone()
        return bool(row is None or row["state"] != "running" or row["cancel_asked"] is not None)

    def cancel(self, run_id: str) -> Run | None:
        """Cancel a run: at once where it waits, else its worker is asked. None where there is none."""
        with self._asked() as ask:
            now = time.time()
            ask(
                "UPDATE runs SET state = 'cancelled', finished = ?, cancel_asked = ? "
                "WHERE id = ? AND state = 'queued'",
                (now, now, run_id),
            )
            ask(
                "UPDATE runs SET cancel_asked = coalesce(cancel_asked, ?) "
                "WHERE id = ? AND state = 'running'",
                (now, run_id),
            )
        return self.run(run_id)

    def finish(self, run_id: str, artefacts: Sequence[Artefact], spent: Sequence[str] = ()) -> None:
        """A run is done: what it left and its state, in one step; what served only to answer it goes.

        Parameters
        ----------
        run_id : str
        artefacts : sequence of Artefact
        spent : sequence of str
            Names of what goes.
        """
        with self._asked() as ask:
            ask("BEGIN IMMEDIATE")
            try:
                done = ask(
                    "UPDATE runs SET state = 'done', stage = '', progress = 1, finished = ? "
                    "WHERE id = ? AND state = 'running'",
                    (time.time(), run_id),
                ).rowcount
                if done:
                    _keep(ask, run_id, artefacts)
                    for name in spent:
                        ask("DELETE FROM artefacts WHERE run = ? AND name = ?", (run_id, name))
            finally:
                ask("COMMIT")

    def fail(
        self, run_id: str, message: str, faults: Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        """A run that was under way has failed."""
        error = {"message": message, "faults": list(faults or ())}
        self._end(run_id, "failed", json.dumps(error))

    def cancelled(self, run_id: str) -> None:
        """A run that was under way has stopped because it was asked to."""
        self._end(run_id, "cancelled", None)

    def _end(self, run_id: str, state: str, error: str | None) -> None:
        with self._asked() as ask:
            ask(
                "UPDATE runs SET state = ?, finished = ?, error = ? WHERE id = ? AND state = 'running'",
                (state, time.time(), error, run_id),
            )

    # --- servers ---------------------------------------------------------------------------------

    def alive(self, owner: str) -> None:
        """A server says that it is there."""
        with self._asked() as ask:
            ask(
                "INSERT INTO servers VALUES (?, ?, ?) "
                "ON CONFLICT (owner) DO UPDATE SET seen = excluded.seen",
                (owner, os.getpid(), time.time()),
            )

    def leave(self, owner: str) -> None:
        """A server stops: what it had under way goes back into the queue."""
        with self._asked() as ask:
            ask("DELETE FROM servers WHERE owner = ?", (owner,))
        self.take_back()

    def take_back(self) -> None:
        """Runs of servers that are dead go back into the queue, or fail where that helps no more."""
        with self._asked() as ask:
            for row in ask("SELECT owner, pid, seen FROM servers").fetchall():
                if time.time() - row["seen"] > SILENT or not _exists(row["pid"]):
                    ask("DELETE FROM servers WHERE owner = ?", (row["owner"],))
            orphans = "state = 'running' AND owner NOT IN (SELECT owner FROM servers)"
            ask(
                "UPDATE runs SET state = 'cancelled', finished = ? "
                f"WHERE {orphans} AND cancel_asked IS NOT NULL",
                (time.time(),),
            )
            message = (
                f"The server stopped {MOST_ATTEMPTS} times while this run was under way, so it is not "
                "tried again by itself. Mend: ask for it again, perhaps with fewer draws."
            )
            ask(
                f"UPDATE runs SET state = 'failed', finished = ?, error = ? "
                f"WHERE {orphans} AND attempts >= {MOST_ATTEMPTS}",
                (time.time(), json.dumps({"message": message, "faults": []})),
            )
            ask(
                "UPDATE runs SET state = 'queued', owner = '', started = NULL, stage = '', "
                f"progress = 0 WHERE {orphans}"
            )

    @contextmanager
    def _asked(self) -> Iterator[Any]:
        """One thread at a time asks; what another process writes is waited for."""
        with self._lock:
            yield self._connection.execute


def _keep(ask: Any, run_id: str, artefacts: Sequence[Artefact]) -> None:
    for one in artefacts:
        ask(
            "INSERT OR REPLACE INTO artefacts SELECT ?, ?, ? "
            "WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?)",
            (run_id, one.name, _packed(one.body), run_id),
        )


def _forget(ask: Any) -> None:
    """Empty the write-ahead log too, where what was deleted may still stand."""
    ask("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _packed(body: bytes) -> bytes:
    return zlib.compress(body, COMPRESSION)


def _run(row: sqlite3.Row) -> Run:
    return Run(
        row["id"],
        Question(**json.loads(row["question"])),
        row["state"],
        row["stage"],
        row["progress"],
        row["created"],
        row["started"],
        row["finished"],
        None if row["error"] is None else json.loads(row["error"]),
        row["owner"],
        row["attempts"],
        row["cancel_asked"],
    )


def _exists(pid: int) -> bool:
    """Whether a process of that number is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


__all__ = ["OVER", "Store"]
