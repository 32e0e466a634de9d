"""One recorded answer, as it stands in a ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordedRung:
    """Chance of a rung by a day, as it was recorded."""

    rung: str
    by_days: int
    p: float
    lo80: float
    hi80: float
    base_rate: float
    crowd: float | None
    questions: tuple[str, ...]
    """Ids of the dossier's questions that ask for it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was answered, when, from which dossier, by which version."""

    recorded: dt.date
    dossier: str
    title: str
    as_of: dt.date
    hash: str
    version: str
    seed: int
    draws: int
    paths: int
    headline: str
    """Rung of the headline."""
    rungs: tuple[RecordedRung, ...]
    endings: Mapping[int, Mapping[str, float]]
    """Per day ahead, the chance of every state; they sum to one."""
    durability: Mapping[str, Mapping[int, float]]
    """Per form and days since it began, the chance that it still holds."""
    questions: Mapping[str, str]
    """Text by id."""
