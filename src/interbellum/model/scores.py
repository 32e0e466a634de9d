"""What scores say, in numbers: one shape for questions, for the ledger and for the back-test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 8
"""Resolved yes-or-no answers below which a calibration table says nothing."""


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
    """Brier score = reliability - resolution + uncertainty + within, to the last bit but rounding."""

    brier: float
    reliability: float
    """How far chances lay from what came when they were given; 0 is best."""
    resolution: float
    """How far what came differed between different chances; more is better."""
    uncertainty: float
    """Score of whoever always gives the overall share: it lies in the questions."""
    within: float = 0.0
    """What chances that differ inside a bin add; 0 where a bin holds one chance, and for CORP."""
    curve: tuple[tuple[float, float], ...] = ()
    """(chance issued, the same recalibrated), rising; of CORP alone."""


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
    skill_lo80: float | None = None
    skill_hi80: float | None = None
    """None with one war, and where the second's Brier score is 0 in a resample."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """All forecasters on one set of items."""

    title: str
    bins: int
    """2 for yes or no; the Brier score is then (p - o)², else the sum of squares over the bins. 0 where items differ."""
    forecasters: tuple[ForecasterScore, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class GivenScore:
    """What one forecaster gave for a question on a day, and how it scored."""

    who: str
    kind: str
    chances: tuple[float, ...]
    brier: float | None
    """None while the question is open."""
    log: float | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question as it was answered on one day."""

    id: str
    war: str
    text: str
    rung: str
    by: dt.date
    as_of: dt.date | None
    answers: tuple[str, ...]
    outcome: str | None
    """None while it is open."""
    given: tuple[GivenScore, ...]


@dataclass(frozen=True, slots=True)
class CoderPool:
    """Several coders on one question: how far each had to move to be coherent, and what each rule makes of them."""

    id: str
    as_of: dt.date
    moved: Mapping[str, float]
    """Per coder, the largest change of a chance by the repair."""
    pooled: Mapping[str, tuple[float, ...]]
    """Per rule of pooling, the chance of every answer."""


@dataclass(frozen=True, slots=True)
class QuestionScores:
    """A file of questions, or a ledger, scored."""

    title: str
    rows: tuple[QuestionRow, ...]
    tables: tuple[ScoreTable, ...]
    """One a number of answers, or a group of a ledger."""
    calibration: Mapping[str, tuple[Band, ...]]
    """Per forecaster, of yes-or-no questions."""
    decomposition: Mapping[str, Decomposition]
    """Per forecaster, CORP, of the same."""
    murphy: Mapping[str, Decomposition]
    """Per forecaster, Murphy's over the bands of `calibration`, of the same."""
    coders: tuple[CoderPool, ...]
    open: tuple[str, ...]
    """What could not be scored yet, in words."""
    known: tuple[str, ...] = ()
    """Recorded answers whose outcome was known on the day of recording, in words: not scored."""
