"""What the routes share: the store, the workers, the limits, and the dossiers by their keys."""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Annotated, Any

from fastapi import Depends, Request

from interbellum import analysis
from interbellum.dossier.reader import Loaded, findings, load_text, shipped
from interbellum.store.records import Artefact, BroughtDossier, Question
from interbellum.store.store import Store
from interbellum.web.editing import edited_dossier
from interbellum.web.files import Maker
from interbellum.web.jobs import MOST_QUEUED, Jobs
from interbellum.web.kinds import KINDS, QUICK_DRAWS, QUICK_PATHS
from interbellum.web.models import DossierInfo, RunRequest
from interbellum.web.refused import Refused
from interbellum.web.stamp import READ, STAMP
from interbellum.web.telling import name_of

KEPT_LOADED = (
    16  # dossiers that stay read, so that a slider does not wait for its file to be read again
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one run may ask for; more would keep others waiting for minutes."""

    draws: int = 1024
    paths: int = 1024
    queued: int = MOST_QUEUED


@dataclass(slots=True, eq=False)
class Desk:
    """What answers requests."""

    store: Store
    jobs: Jobs | None
    """None where nothing runs the queue, as when the application is only described."""
    limits: Limits
    maker: Maker | None = None
    """None makes files in the server's own process."""
    _loaded: OrderedDict[str, Loaded] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wake(self) -> None:
        """Tell the workers that something waits."""
        if self.jobs is not None:
            self.jobs.wake()

    # --- dossiers --------------------------------------------------------------------------------

    def dossiers(self) -> list[DossierInfo]:
        """Every dossier that can be asked about: the brought ones, the newest first, then the shipped."""
        brought = [brought_info(one) for one in self.store.dossiers()]
        return brought + [dossier_info(key, self.loaded(key), True) for key in shipped()]

    def dossier(self, key: str) -> DossierInfo:
        """A dossier by its key.

        Raises
        ------
        Refused
            There is none of that key.
        """
        return dossier_info(key, self.loaded(key), key in shipped())

    def source(self, key: str) -> bytes:
        """A dossier's text. A key is looked up, never opened as a path.

        Raises
        ------
        Refused
            There is none of that key.
        """
        found = shipped_source(key) if key in shipped() else self.store.dossier_source(key)
        if found is None:
            raise Refused(
                404, f"There is no dossier {key[:80]!r} here. GET /api/v1/dossiers lists them."
            )
        return found

    def loaded(self, key: str) -> Loaded:
        """A dossier, read."""
        return self.read(self.source(key), name_of(key))

    def read(self, source: bytes, name: str) -> Loaded:
        """A dossier's text, read; what has been read lately is not read again.

        Raises
        ------
        DossierError
            It has faults.
        """
        key = _fingerprint(source, name)
        with self._lock:
            if key in self._loaded:
                self._loaded.move_to_end(key)
                return self._loaded[key]
        return self._remember(load_text(source.decode(), name), source)

    def _remember(self, loaded: Loaded, source: bytes) -> Loaded:
        with self._lock:
            self._loaded[_fingerprint(source, loaded.tree.file)] = loaded
            while len(self._loaded) > KEPT_LOADED:
                self._loaded.popitem(last=False)
        return loaded

    def forget(self) -> None:
        """Let go of every dossier that has been read."""
        with self._lock:
            self._loaded.clear()

    # --- questions -------------------------------------------------------------------------------

    def asked(self, request: RunRequest) -> tuple[str, Question, bytes, tuple[Artefact, ...]]:
        """The id of a run, its question, the dossier as it is to be answered, and what reading it gave.

        Raises
        ------
        Refused
            There is no such dossier, or more is asked than this server gives.
        DossierError, UsageError
            The changes cannot be made.
        """
        kind = KINDS[request.kind]
        draws = request.draws or kind.draws
        paths = (request.paths or analysis.DEFAULT_PATHS) if kind.has_paths else 0
        if draws > self.limits.draws or paths > self.limits.paths:
            raise Refused(
                422,
                f"{draws} draws x {paths} paths were asked for; this server runs at most "
                f"{self.limits.draws} x {self.limits.paths}. The command line has no such limit.",
            )
        given = request.options.model_dump(by_alias=True, exclude_defaults=True)
        unknown = [name for name in given if name not in kind.options]
        if unknown:
            raise Refused(422, f"A run of kind {request.kind} takes no {', '.join(unknown)}.")
        changes = plain_changes(request.changes)
        source = self.source(request.dossier)
        read: tuple[Artefact, ...] = ()
        if changes:
            edited = edited_dossier(self.loaded(request.dossier), changes)
            source = edited.tree.source().encode()
            self._remember(edited, source)
            read = (Artefact(READ, findings(edited)),)
        question = Question(
            request.kind,
            request.dossier,
            changes,
            draws,
            paths,
            request.seed,
            given,
            kind.has_paths and draws <= QUICK_DRAWS and paths <= QUICK_PATHS,
        )
        return run_id(question, source), question, source, read


def _fingerprint(source: bytes, name: str) -> str:
    return f"{name} {hashlib.sha256(source).hexdigest()}"


def run_id(question: Question, source: bytes) -> str:
    """First 20 hexadecimal digits of the SHA-256 of all that decides an answer."""
    decides = {
        "dossier": question.dossier,  # deleted with its runs, so no other's run may be taken for one
        "source": hashlib.sha256(source).hexdigest(),
        "kind": question.kind,
        "draws": question.draws,
        "paths": question.paths,
        "seed": question.seed,
        "options": dict(question.options),
        "stamp": STAMP,
    }
    text = json.dumps(decides, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def plain_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes of a request as plain data."""
    return {
        path: value.model_dump() if hasattr(value, "model_dump") else value
        for path, value in changes.items()
    }


@functools.cache
def shipped_source(key: str) -> bytes:
    """Text of a shipped dossier; the key must be one of `shipped()`."""
    return (resources.files("interbellum.dossier") / "library" / f"{key}.yaml").read_bytes()


def dossier_info(key: str, loaded: Loaded, is_shipped: bool) -> DossierInfo:
    """A dossier as the API tells it."""
    conflict = loaded.dossier.conflict
    return DossierInfo(
        key=key,
        id=conflict.id,
        title=conflict.title,
        as_of=conflict.as_of.isoformat(),
        hash=loaded.hash,
        shipped=is_shipped,
    )


def brought_info(one: BroughtDossier) -> DossierInfo:
    """A brought dossier as the API tells it."""
    return DossierInfo(
        key=one.key, id=one.id, title=one.title, as_of=one.as_of, hash=one.key, shipped=False
    )


def desk_of(request: Request) -> Desk:
    """The desk of the application that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


OfDesk = Annotated[Desk, Depends(desk_of)]
