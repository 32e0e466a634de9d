"""What the survival model of the record takes and gives: spells by piece, a posterior, curves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from interbellum.model.arrays import ShapeError, read_only
from interbellum.model.peace import Kind
from interbellum.model.units import Array

Basis = Literal["record", "few", "prior"]
"""Where an effect comes from: the record; fewer than eight cases of it; its prior alone."""


@dataclass(frozen=True, slots=True, eq=False)
class SpellTable:
    """Spells cut into the pieces of the hazard, with their covariates: N spells, K pieces, J effects.

    Raises
    ------
    ShapeError
        The arrays do not share N, K and J.
    ValueError
        A number is outside the range given beside its field.
    """

    exposure: Array
    """(N, K) years watched in each piece, >= 0."""
    unseen: Array
    """(N, K) years in each piece before watching began, >= 0: left truncation."""
    failed: Array
    """(N, K) 1 in the piece in which the spell failed, else 0."""
    x: Array
    """(N, J) covariates, nothing missing."""
    active: Array
    """(K, J) 1 where an effect acts in a piece, else 0."""
    pair: NDArray[np.intp]
    """(N,) number of the pair that a spell belongs to, from 0 and without gaps."""

    def __post_init__(self) -> None:
        for name in ("exposure", "unseen", "failed", "x", "active"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        pair = np.array(self.pair, dtype=np.intp, copy=True)
        pair.setflags(write=False)
        object.__setattr__(self, "pair", pair)
        pieces, effects = self.active.shape if self.active.ndim == 2 else (-1, -1)
        wanted = {
            "exposure": (pair.size, pieces),
            "unseen": (pair.size, pieces),
            "failed": (pair.size, pieces),
            "x": (pair.size, effects),
            "pair": (pair.size,),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ShapeError(f"{name} has shape {getattr(self, name).shape}, not {shape}")
        if not np.all(np.isfinite(self.x)):
            raise ValueError("x must be finite: fill what is missing first")
        if np.any(self.exposure < 0) or np.any(self.unseen < 0):
            raise ValueError("exposure and unseen must not be negative")
        if pair.size and not np.array_equal(np.unique(pair), np.arange(pair.max() + 1)):
            raise ValueError("pair must number the pairs from 0 without gaps")

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return int(self.pair.max()) + 1 if self.pair.size else 0


@dataclass(frozen=True, slots=True, eq=False)
class NormalPrior:
    """A normal prior on all parameters together, by its mean and precision; precision 0 is flat.

    Raises
    ------
    ShapeError
        `precision` is not square with the length of `mean`.
    """

    mean: Array
    """(Q,) mean."""
    precision: Array
    """(Q, Q) inverse of the covariance."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", read_only(self.mean))
        object.__setattr__(self, "precision", read_only(self.precision))
        if self.precision.shape != (self.mean.size, self.mean.size):
            raise ShapeError(f"precision {self.precision.shape} for {self.mean.size} parameters")


@dataclass(frozen=True, slots=True, eq=False)
class HazardPosterior:
    """Weighted draws of the survival model's parameters, as the record stood on a day.

    Raises
    ------
    ShapeError
        The arrays do not share the number of draws, or columns and names differ in number.
    """

    as_of: dt.date
    log_hazard: Array
    """(M, K) log hazard per year in each piece, at the reference profile."""
    effects: Array
    """(M, E) log hazard ratios, in the order of `names`."""
    variance: Array
    """(M,) variance of the frailty of pairs."""
    weight: Array
    """(M,) weights of the draws; they sum to 1."""
    names: tuple[str, ...]
    """Names of the effects."""
    shares: Mapping[str, float]
    """What an unknown value is taken to be, by column: its share or mean in the record."""
    cases: Mapping[str, tuple[int, int]]
    """For each effect with a column: rows that have it, and rows that are known not to."""
    spells: Mapping[str, int]
    """Spells of each kind behind it."""
    pareto_k: float
    """Shape of the tail of the importance weights; above 0.7 they are not to be trusted."""

    def __post_init__(self) -> None:
        for name in ("log_hazard", "effects", "variance", "weight"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        draws = self.weight.size
        if self.log_hazard.shape[0] != draws or self.variance.shape != (draws,):
            raise ShapeError(f"log_hazard, variance and weight must have {draws} draws each")
        if self.effects.shape != (draws, len(self.names)):
            raise ShapeError(f"effects {self.effects.shape} for {draws} x {len(self.names)}")

    @property
    def effective_draws(self) -> float:
        """Effective sample size of the weights, `1 / Σ w²` (Kish 1965)."""
        return float(1.0 / np.sum(self.weight**2))


@dataclass(frozen=True, slots=True)
class CaseProfile:
    """What is known of a cessation whose life is asked for; None is unknown, never no."""

    kind: Kind
    """Settlement, ceasefire or freeze."""
    armistice: bool = False
    """A ceasefire in the legal form of an armistice; a settlement is formal in any case."""
    peacekeepers: Literal["none", "observers", "force"] = "none"
    """The heaviest mission, in place by day 30."""
    dmz: float | None = 0.0
    """1 a demilitarised or separation zone, 0.5 a partial one, 0 none."""
    guaranteed: bool | None = False
    """Whether a third party guarantees it."""
    guarantor_party: bool | None = None
    """Whether that guarantor is itself a party to the war."""
    pressure: bool | None = False
    """Outsiders press a side to stop, by diplomacy."""
    tie: bool | None = None
    """Neither side has the upper hand on the ground."""
    contiguous: bool | None = None
    """The ground that the sides hold touches on land."""
    prior_cessations: int | None = 0
    """Earlier cessations of the pair other than victories; more than 4 count as 4."""
    deaths: float | None = None
    """Deaths in battle in the bout that ends, above 0."""
    pressure_economic: bool = False
    pressure_military: bool = False
    imposed_regime: bool = False
    power_sharing: bool = False
    implementation: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A figure for each of T times: posterior mean, with 50% and 80% intervals."""

    mean: Array
    low50: Array
    high50: Array
    low80: Array
    high80: Array

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, read_only(getattr(self, field.name)))


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """Chance that a cessation of one form still holds, after so many days, by the record's model."""

    kind: Kind
    as_of: dt.date
    days: tuple[float, ...]
    """Days since the clock started."""
    survival: Estimate
    """Chance of no return to sustained fighting, one entry for each of `days`."""
    n: int
    """Cases of this form in the record at `as_of`."""
    useful: bool
    """False with fewer than eight: say "no useful estimate" and print the count only."""
    by_prior: tuple[str, ...]
    """Effects of the profile that rest on fewer than eight cases, or on their prior alone."""


@dataclass(frozen=True, slots=True)
class EffectEstimate:
    """How one covariate is associated with the hazard of breakdown, as log hazard ratio."""

    name: str
    mean: float
    low50: float
    high50: float
    low80: float
    high80: float
    prior_mean: float
    prior_sd: float
    published: str
    """What the prior rests on."""
    basis: Basis
    n_with: int
    """Rows that have it; for a count or an amount, rows above 0."""
    n_without: int
    """Rows known not to have it."""
