"""What scores say, in numbers: one shape for questions, for the ledger and for the back-test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One resolved question and what several forecasters gave for it."""

    id: str
    cluster: str
    """The war: items of one war hardly count as separate."""
    outcome: int
    """Which of the bins came; of a yes-or-no question 1 is yes."""
    chances: Mapping[str, tuple[float, ...]]
    """Per forecaster, the chance of every bin; of a yes-or-no question (no, yes)."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean score; lower is better."""

    value: float
    lo80: float
    hi80: float
    lo95: float
    hi95: float
    n: int
    """Items."""
    clusters: int
    """Wars."""


@dataclass(frozen=True, slots=True)
class Band:
    """Items whose chance lay in a band, and how often it came."""

    low: float
    high: float
    """The last band holds its upper edge."""
    issued: float
    """Mean chance issued."""
    happened: float
    lo80: float
    hi80: float
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Brier score = reliability - resolution + uncertainty, to the last bit but rounding."""

    brier: float
    reliability: float
    """How far chances lay from what came when they were given; 0 is best."""
    resolution: float
    """How far what came differed between different chances; more is better."""
    uncertainty: float


@dataclass(frozen=True, slots=True)
class ForecasterScore:
    """Scores of one forecaster on the items that it answered."""

    name: str
    brier: Mean
    log: Mean


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean difference of two forecasters on the items that both answered; below 0, the first is better."""

    first: str
    second: str
    brier: Mean
    log: Mean
    skill: float | None
    """1 - Brier of the first / Brier of the second; None where the second's is 0."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """All forecasters on one set of items."""

    title: str
    bins: int
    """2 for yes or no; the Brier score is then (p - o)², else the sum of squares over the bins. 0 where items differ."""
    forecasters: tuple[ForecasterScore, ...]
    comparisons: tuple[Comparison, ...]
