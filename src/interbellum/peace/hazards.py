"""The survival model of the record: piecewise-exponential proportional hazards with frailty.

The model is fixed by docs/decisions/0022-durability-model.md; `hazards_reference.py` is the same written to
be read. Parameters stand in one vector: K log hazards, J log hazard ratios, log variance of the frailty
(the last is absent where the frailty is switched off).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interbellum.errors import InternalError
from interbellum.model.hazards import NormalPrior, SpellTable
from interbellum.model.units import Array

DAYS_PER_YEAR = 365.25
CUTS: tuple[float, ...] = (30 / DAYS_PER_YEAR, 180 / DAYS_PER_YEAR, 1.0, 2.0, 5.0, 10.0)
PIECES = len(CUTS) + 1

# Civil-war ceasefires of 1989 to 1999 and UCDP agreements lost 2 to 6% by day 30: .25 to .75 a year.
FIRST_LOG_HAZARD = (float(np.log(0.5)), 1.5)
STEP_SD = 1.0
# Judgement: intervals clustered by pair are 1.2 to 2 times the naive ones.
LOG_VARIANCE = (float(np.log(0.3)), 0.8)

_STEP = 1e-5  # of the central differences behind the Hessian
_MOST_STEPS = 100
_LONGEST = 3.0
_CLOSE = 1e-9
_FLAT = 1e-7  # a curvature below this is none


class FitError(InternalError):
    """The survival model's likelihood has no maximum that could be found."""


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """Where the posterior peaks, and how sharply."""

    parameters: Array
    """(Q,) the mode."""
    covariance: Array
    """(Q, Q) inverse of the negative Hessian there."""
    log_posterior: float


def by_piece(years: Array) -> Array:
    """Years spent in each piece of the hazard.

    Parameters
    ----------
    years : (N,) years, >= 0

    Returns
    -------
    (N, 7) years, each row summing to its entry of `years`
    """
    starts = np.array([0.0, *CUTS])
    ends = np.array([*CUTS, np.inf])
    spent: Array = np.clip(np.minimum(years[:, None], ends) - starts, 0.0, None)
    return spent


def spell_table(
    years: Array,
    failed: NDArray[np.bool_],
    pair: NDArray[np.intp],
    x: Array,
    active: Array,
    entry: Array | None = None,
) -> SpellTable:
    """Spells cut into pieces.

    Parameters
    ----------
    years : (N,) years, > 0
        Length of each spell.
    failed : (N,) bool
        Whether it ended in failure; censored otherwise.
    pair : (N,) pairs, numbered from 0
    x : (N, J) covariates
    active : (7, J) 1 where an effect acts in a piece
    entry : (N,) years, or None for all 0
        When watching began; the spell is known to have lasted until then.

    Returns
    -------
    SpellTable
        A failure on a cut belongs to the piece that ends there.

    Raises
    ------
    ValueError
        A spell does not outlast its entry.
    ShapeError
        The arrays do not fit together.
    """
    began = np.zeros_like(years) if entry is None else entry
    if np.any(began >= years):
        raise ValueError("a spell must outlast its entry")
    piece = np.searchsorted(np.array(CUTS), years, side="left")
    failures = np.zeros((years.size, PIECES))
    failures[np.arange(years.size), piece] = failed
    unseen = by_piece(began)
    return SpellTable(
        exposure=by_piece(years) - unseen,
        unseen=unseen,
        failed=failures,
        x=x,
        active=active,
        pair=pair,
    )


def prior_of(means: Array, sds: Array, frailty: bool = True) -> NormalPrior:
    """The prior of decision 0022 on all parameters.

    Parameters
    ----------
    means, sds : (J,) of the log hazard ratios

    Returns
    -------
    NormalPrior over K + J (+ 1) parameters
    """
    size = PIECES + means.size + frailty
    precision = np.zeros((size, size))
    walk = np.diff(np.eye(PIECES), axis=0)
    precision[:PIECES, :PIECES] = walk.T @ walk / STEP_SD**2
    precision[0, 0] += 1.0 / FIRST_LOG_HAZARD[1] ** 2
    place = np.arange(PIECES, PIECES + means.size)
    precision[place, place] = 1.0 / sds**2
    mean = np.concatenate([np.full(PIECES, FIRST_LOG_HAZARD[0]), means])
    if frailty:
        precision[-1, -1] = 1.0 / LOG_VARIANCE[1] ** 2
        mean = np.append(mean, LOG_VARIANCE[0])
    return NormalPrior(mean=mean, precision=precision)


def flat_prior(effects: int) -> NormalPrior:
    """No prior at all, and no frailty: the likelihood alone, for comparison with other programs."""
    size = PIECES + effects
    return NormalPrior(mean=np.zeros(size), precision=np.zeros((size, size)))


def log_posterior(table: SpellTable, prior: NormalPrior, parameters: Array) -> Array:
    """Log of likelihood times prior, up to a constant.

    Parameters
    ----------
    table : SpellTable of N spells, K pieces, J effects
    prior : NormalPrior over Q parameters
        Q = K + J + 1, or K + J to leave the frailty out.
    parameters : (..., Q)

    Returns
    -------
    (...) float

    Raises
    ------
    ShapeError
        Through numpy, when the last axis of `parameters` does not have Q entries.

    Source
    ------
    `log_likelihood_reference`.
    """
    pieces, effects = table.active.shape
    linear = _linear(table, parameters)
    likelihood = np.sum(table.failed * linear, axis=(-2, -1))
    hazard = np.exp(linear)
    unseen = _by_pair(table, np.sum(hazard * table.unseen, axis=-1))
    total = unseen + _by_pair(table, np.sum(hazard * table.exposure, axis=-1))
    if parameters.shape[-1] == pieces + effects:
        likelihood = likelihood + np.sum(unseen - total, axis=-1)
    else:
        v = np.exp(parameters[..., -1:])
        failures = _failures(table)
        earlier, pairs_with = _earlier_failures(failures)
        likelihood = likelihood + np.sum(
            np.log1p(unseen * v) / v - (1.0 / v + failures) * np.log1p(total * v), axis=-1
        )
        likelihood = likelihood + np.log1p(v * earlier) @ pairs_with
    off = parameters - prior.mean
    density: Array = likelihood - 0.5 * np.sum((off @ prior.precision) * off, axis=-1)
    return density


def gradient(table: SpellTable, prior: NormalPrior, parameters: Array) -> Array:
    """Gradient of `log_posterior` at one point.

    Parameters
    ----------
    table, prior : as there
    parameters : (Q,)

    Returns
    -------
    (Q,) float
    """
    pieces, effects = table.active.shape
    hazard = np.exp(_linear(table, parameters))
    seen = hazard * table.exposure
    before = hazard * table.unseen
    unseen = _by_pair(table, before.sum(axis=-1))
    total = unseen + _by_pair(table, seen.sum(axis=-1))
    slope = np.empty(parameters.size)
    if parameters.size == pieces + effects:
        pull, give = np.ones(table.pairs), np.ones(table.pairs)
    else:
        v = float(np.exp(parameters[-1]))
        failures = _failures(table)
        pull = (1.0 + failures * v) / (1.0 + v * total)
        give = 1.0 / (1.0 + v * unseen)
        earlier, pairs_with = _earlier_failures(failures)
        by_v = np.sum((earlier / (1.0 + v * earlier)) * pairs_with)
        by_v += np.sum(np.log1p(v * total) - np.log1p(v * unseen)) / v**2
        by_v += np.sum(unseen * give / v - (1.0 / v + failures) * total / (1.0 + v * total))
        slope[-1] = v * by_v
    by_linear = (
        table.failed - pull[table.pair, None] * (seen + before) + give[table.pair, None] * before
    )
    slope[:pieces] = by_linear.sum(axis=0)
    slope[pieces : pieces + effects] = np.sum((by_linear.T @ table.x) * table.active, axis=0)
    return slope - prior.precision @ (parameters - prior.mean)


def find_mode(table: SpellTable, prior: NormalPrior, start: Array | None = None) -> Mode:
    """Mode of the posterior and the covariance of its normal approximation.

    Parameters
    ----------
    table : SpellTable
    prior : NormalPrior over Q parameters
    start : (Q,), or None for the prior's mean

    Returns
    -------
    Mode

    Raises
    ------
    FitError
        There is no maximum, or none was found.

    Source
    ------
    Newton steps uphill, halved until they rise; where the posterior is not yet bowl-shaped the signs of
    its curvatures are turned (Nocedal and Wright 2006, Numerical Optimization, section 3.4). Taken to
    the last digits, so that machines agree.
    """
    mode = np.array(prior.mean if start is None else start, dtype=np.float64)
    height = float(log_posterior(table, prior, mode))
    for _ in range(_MOST_STEPS):
        curvatures, axes = np.linalg.eigh(-_hessian(table, prior, mode))
        if np.min(np.abs(curvatures)) < _FLAT:
            break
        slope = gradient(table, prior, mode)
        step = axes @ ((axes.T @ slope) / np.abs(curvatures))
        if np.max(np.abs(step)) < _CLOSE and curvatures[0] > 0.0:
            return Mode(
                parameters=mode,
                covariance=(axes / curvatures) @ axes.T,
                log_posterior=height,
            )
        # Far from the mode a step of a log hazard by more than this says nothing.
        step *= min(1.0, _LONGEST / float(np.max(np.abs(step))))
        tried = float(log_posterior(table, prior, mode + step))
        # Near the top the gain is lost in rounding: the slack lets the last steps through.
        while not tried >= height - 1e-9 * abs(height) and np.max(np.abs(step)) > _CLOSE:
            step = step / 2.0
            tried = float(log_posterior(table, prior, mode + step))
        mode, height = mode + step, tried
    raise FitError("the survival model's posterior has no peak that could be found")


def _hessian(table: SpellTable, prior: NormalPrior, at: Array) -> Array:
    columns = [
        (gradient(table, prior, at + shift) - gradient(table, prior, at - shift)) / (2 * _STEP)
        for shift in _STEP * np.eye(at.size)
    ]
    raw = np.array(columns)
    return (raw + raw.T) / 2.0


def _linear(table: SpellTable, parameters: Array) -> Array:
    """(..., N, K): log hazard per year of every spell in every piece."""
    pieces, effects = table.active.shape
    log_hazard = parameters[..., None, :pieces]
    ratios = parameters[..., None, pieces : pieces + effects] * table.active
    lifted: Array = table.x @ np.swapaxes(ratios, -1, -2)
    return lifted + log_hazard


def _by_pair(table: SpellTable, of_spells: Array) -> Array:
    """(..., N) summed into (..., P)."""
    if not table.pair.size:
        return np.zeros((*of_spells.shape[:-1], 0))
    # Not a product with a matrix of members: for sizes like these BLAS starts threads that cost more.
    order = np.argsort(table.pair, kind="stable")
    starts = np.searchsorted(table.pair[order], np.arange(table.pairs))
    sums: Array = np.add.reduceat(of_spells[..., order], starts, axis=-1)
    return sums


def _failures(table: SpellTable) -> Array:
    """(P,) failures of each pair."""
    return _by_pair(table, table.failed.sum(axis=-1))


def _earlier_failures(failures: Array) -> tuple[Array, Array]:
    """Numbers k = 0, 1, ... of earlier failures, and how many pairs failed more than k times."""
    earlier = np.arange(int(failures.max(initial=0.0)), dtype=np.float64)
    return earlier, np.sum(failures[:, None] > earlier, axis=0).astype(np.float64)
