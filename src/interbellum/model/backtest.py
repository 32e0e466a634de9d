"""What a back-test takes from each case, and what it says in the end (decision 0025)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from interbellum.model.scores import Band, Decomposition, Mean, ScoreTable

POOLED = "pooled"
STACKED = "stacked"
UNIFORM = "uniform"
PERSISTENCE = "persistence"
BASE_RATE = "base_rate"
OTHER_WARS = "other_wars"
TRUCE_MODEL = "truce"
RECORD = "record"
KEPT_TRUCE = "kept_truce"
HELD_DAYS = (365, 1826)
"""Durability is scored at these."""


@dataclass(frozen=True, slots=True)
class CaseForecast:
    """What the pipeline said of a case, without anything that came later."""

    case: str
    title: str
    as_of: dt.date
    hash: str
    effective_draws: float
    endings: Mapping[str, Mapping[int, tuple[float, ...]]]
    """Per forecaster and day ahead, the chance of every state of `rungs.ENDINGS`."""
    rungs: Mapping[str, Mapping[str, Mapping[int, float]]]
    """Per forecaster, rung and day ahead."""
    durability: Mapping[str, Mapping[str, Mapping[int, float]]]
    """Per form, line of evidence and days since it began; days without an estimate are left out."""


@dataclass(frozen=True, slots=True)
class CaseHorizon:
    """A case at one horizon: what was given, what came."""

    days: int
    ending: str | None
    """State in force; None where the case was not watched so long."""
    given: float
    """Pooled chance of that state; of the likeliest where none is known."""
    likeliest: str
    headline: float
    """Pooled chance of a general truce kept for 30 days that begins by then."""
    headline_came: bool | None


@dataclass(frozen=True, slots=True)
class CaseSilence:
    """The silence that came, and the chances given that it would hold."""

    form: str
    began: dt.date
    resumed: dt.date | None
    late: bool
    """It began more than a year after the cut-off: the forecast was not made for it."""
    given: Mapping[str, Mapping[int, float]]
    """Per line of evidence and days since it began."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the table: forecast and outcome."""

    case: str
    war: str
    title: str
    as_of: dt.date
    hash: str
    effective_draws: float
    ended: str
    horizons: tuple[CaseHorizon, ...]
    silence: CaseSilence | None


@dataclass(frozen=True, slots=True)
class Share:
    """A base rate of the library: the share of wars in which it had happened by a day."""

    rung: str
    days: int
    share: float
    """Mean over wars of the share of the war's cases."""
    lo80: float
    hi80: float
    wars: int
    cases: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """A weight: equal before, earned by all wars, and how sure that is."""

    name: str
    equal: float
    earned: float
    lo80: float
    hi80: float
    left_out: Mapping[str, float]
    """Per war, the weight that the other wars earn."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Weights learnt for one pool, and whether they earned their place."""

    weights: tuple[Learnt, ...]
    gain: Mean | None
    """Log score of the stacked pool less the equal one, each war left out; None without cases."""
    prior_wars: float

    @property
    def earned(self) -> bool:
        """Whether the stacked pool does no worse on wars it has not seen."""
        return self.gain is not None and self.gain.value <= 0.0


@dataclass(frozen=True, slots=True)
class BeginForecast:
    """What the pipeline said of the day on which a general truce begins, for a question of several bins."""

    dossier: str
    as_of: dt.date
    hash: str
    begun: Mapping[str, tuple[float, ...]]
    """Per forecaster, the chance that it has begun by the last day of every bin but the last."""
    held: Mapping[str, Mapping[int, float]]
    """Per form and days since it began, the chance that it still holds."""


@dataclass(frozen=True, slots=True)
class CrowdAnswer:
    """One answer to a question that crowds were asked."""

    who: str
    crowd: bool
    chances: tuple[float, ...] | None
    """Of every bin; None where only the last was published."""
    last: float
    """Chance of the last bin."""
    brier: float
    """Sum of squares over all bins, 0 to 2; of a crowd as published."""


@dataclass(frozen=True, slots=True)
class CrowdDuration:
    """How long a silence would last if it began; not scored where none began."""

    who: str
    """A form, or a crowd."""
    crowd: bool
    under_30_days: float | None
    over_90_days: float | None
    year: float | None
    five_years: float | None


@dataclass(frozen=True, slots=True)
class CrowdTable:
    """Our answer of one day beside crowds on one question; no claim of skill."""

    dossier: str
    as_of: dt.date
    hash: str
    question: str
    bins: tuple[str, ...]
    outcome: str
    outcome_source: str
    source: str
    """Where the crowds' answers were published."""
    answers: tuple[CrowdAnswer, ...]
    durations: tuple[CrowdDuration, ...]


@dataclass(frozen=True, slots=True)
class BackTest:
    """Every result of the back-test, good or bad."""

    version: str
    seed: int
    draws: int
    paths: int
    cases: tuple[CaseRow, ...]
    forecasts: tuple[CaseForecast, ...]
    failed: tuple[tuple[str, str], ...]
    """(case, reason)"""
    endings: tuple[ScoreTable, ...]
    """One a horizon."""
    rungs: tuple[ScoreTable, ...]
    """One a rung and horizon, rungs first."""
    durability: tuple[ScoreTable, ...]
    """One a number of days."""
    calibration: tuple[Band, ...]
    """Pooled answer, all rungs but `war_goes_on`, all horizons."""
    decomposition: Decomposition | None
    """CORP, of the same items."""
    murphy: Decomposition | None
    """Murphy's over the bands of `calibration`, of the same items."""
    murphy_by_rung: Mapping[str, Decomposition]
    """The same for each rung at all horizons: answers on rungs that come unequally often are not mixed."""
    base_rates: tuple[Share, ...]
    variants: Pool
    durability_pool: Pool
    crowds: tuple[CrowdTable, ...] = ()
    """One a day, outside the back-test: its own question, nothing learnt (decision 0026)."""
