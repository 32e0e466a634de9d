"""The file that runs and brought dossiers are kept in: opened, made, and checked.

SQLite with a write-ahead log, so that a server, its workers and a second server may use one file at
once. Dossiers may be confidential: the file is for its owner's eyes only, and what is deleted is
overwritten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from interbellum.errors import UsageError

FILE_NAME = "runs.sqlite3"
APPLICATION = 0x49424C4D  # "IBLM", in the file's header: no other program's file is taken for ours
VERSION = 1
PATIENCE = 10.0  # seconds to wait for another process's write; one takes about a millisecond

SCHEMA = """
CREATE TABLE dossiers (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    as_of TEXT NOT NULL,
    brought REAL NOT NULL,
    source BLOB NOT NULL
) STRICT;
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    dossier TEXT NOT NULL,
    quick INTEGER NOT NULL,
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL DEFAULT '',
    progress REAL NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    started REAL,
    finished REAL,
    error TEXT,
    owner TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    cancel_asked REAL
) STRICT;
CREATE INDEX runs_by_state ON runs (state, quick, created);
CREATE INDEX runs_by_dossier ON runs (dossier);
CREATE TABLE artefacts (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, name)
) STRICT;
CREATE TABLE servers (owner TEXT PRIMARY KEY, pid INTEGER NOT NULL, seen REAL NOT NULL) STRICT;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, making it and its folder where they are missing.

    Parameters
    ----------
    path : Path

    Returns
    -------
    sqlite3.Connection
        In autocommit; several threads may use it in turn.

    Raises
    ------
    UsageError
        It cannot be written, is no store of runs, or a newer version wrote it.
    """
    try:
        _make(path)
        connection = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        with _closed_on_error(connection):
            _refuse_strangers(connection, path)
            _make_private(path)
            _prepare(connection, path)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(
            f"{path} cannot be used to keep runs in ({error}). Mend: name another file with --store."
        ) from None
    return connection


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _make(path: Path) -> None:
    """The file, empty if it is new."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _make_private(path: Path) -> None:
    """Read and written by its owner alone; only once the file is known to be ours."""
    with contextlib.suppress(PermissionError):  # another user's file that we may write all the same
        path.chmod(0o600)  # SQLite gives its log the same mode


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    """Reads alone, so that another program's file stays as it is."""
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if owner != APPLICATION and (owner or version or tables):
        raise UsageError(
            f"{path} is a database of another program. Mend: name another file with --store."
        )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last run, no more
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")  # two servers may start at once
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version > VERSION:
            raise UsageError(
                f"{path} was written by a newer Interbellum (form {version}; this one reads {VERSION}). "
                "Mend: update Interbellum, or name another file with --store."
            )
    finally:
        connection.execute("COMMIT")
