"""What is kept: a dossier that was brought, and a run of one with its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["queued", "running", "done", "failed", "cancelled"]
OVER: tuple[State, ...] = ("done", "failed", "cancelled")
"""States that a run does not leave by itself."""


@dataclass(frozen=True, slots=True)
class BroughtDossier:
    """A dossier that somebody brought, without its text."""

    key: str
    """Its fingerprint, as in `Loaded.hash`."""
    id: str
    title: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a run is asked; the same question is the same run."""

    kind: str
    dossier: str
    """Key of the dossier before the changes."""
    changes: Mapping[str, Any]
    draws: int
    paths: int
    """0 where the kind follows no paths."""
    seed: int
    options: Mapping[str, Any]
    quick: bool
    """Whether it is small enough for the workers that answer sliders."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its question, how far it is, and how it ended. Times are seconds since 1970 (UTC)."""

    id: str
    question: Question
    state: State
    stage: str
    progress: float
    """From 0 to 1, over all stages."""
    created: float
    started: float | None = None
    finished: float | None = None
    error: Mapping[str, Any] | None = None
    """{"message", "faults"} of one that failed."""
    owner: str = ""
    """Which server runs it."""
    attempts: int = 0
    """How often a server has begun it."""
    cancel_asked: float | None = None


@dataclass(frozen=True, slots=True)
class Artefact:
    """One thing that a run left: its name and its bytes."""

    name: str
    body: bytes = field(repr=False)
