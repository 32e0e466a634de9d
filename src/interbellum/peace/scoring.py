"""Scores of survival forecasts on censored spells: Brier weighted for censoring, Uno's C, by pair.

Conventions are those of scikit-survival (`brier_score`, `integrated_brier_score`,
`concordance_index_ipcw`); a test holds the figures equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbellum.model.peace import Flags
from interbellum.model.units import Array


def still_observed(years: Array, failed: Flags, at: Array) -> Array:
    """Chance that watching had not stopped by a time: Kaplan-Meier with censoring as the event.

    Parameters
    ----------
    years : (N,) years
    failed : (N,) bool; False is censored
    at : (K,) years

    Returns
    -------
    (K,) probability
        A failure and a censoring at the same time count in this order.

    Source
    ------
    Kaplan and Meier (1958), Journal of the American Statistical Association 53(282).
    """
    times = np.unique(years)
    at_risk = np.array([np.sum(years >= time) for time in times], dtype=np.float64)
    failures = np.array([np.sum((years == time) & failed) for time in times])
    censored = np.array([np.sum((years == time) & ~failed) for time in times])
    # Where all that were left have failed nobody can be censored: the factor is 1.
    factor = 1.0 - censored / np.maximum(at_risk - failures, 1.0)
    curve = np.concatenate([[1.0], np.cumprod(factor)])
    stands: Array = curve[np.searchsorted(times, at, side="right")]
    return stands


def brier_terms(years: Array, failed: Flags, survival: Array, times: Array) -> Array:
    """What every spell adds to the Brier score at some times; the score is the mean over spells.

    Parameters
    ----------
    years : (N,) years
    failed : (N,) bool
    survival : (N, T) probability
        Forecast chance that a spell still stands at a time.
    times : (T,) years, shorter than the longest censored spell

    Returns
    -------
    (N, T) float
        A spell censored before a time weighs nothing there; the others stand in for it.

    Source
    ------
    Graf, Schmoor, Sauerbrei and Schumacher (1999), Statistics in Medicine 18(17-18).
    """
    had_failed = (years[:, None] <= times) & failed[:, None]
    stood = years[:, None] > times
    watched_then = still_observed(years, failed, years)[:, None]
    watched_at = still_observed(years, failed, times)
    # Only the spells that failed divide by their own weight, which is above 0 for them.
    of_failed = survival**2 / np.where(had_failed, watched_then, 1.0)
    of_standing = (1.0 - survival) ** 2 / watched_at
    terms: Array = np.where(had_failed, of_failed, np.where(stood, of_standing, 0.0))
    return terms


def integrated(scores: Array, times: Array) -> Array:
    """Mean of a score over a span of time, by the trapezoid rule.

    Parameters
    ----------
    scores : (..., T)
    times : (T,) years, rising

    Returns
    -------
    (...) float
    """
    area: Array = np.trapezoid(scores, times, axis=-1)
    return area / (times[-1] - times[0])


def uno_c(years: Array, failed: Flags, risk: Array, tau: float) -> float:
    """Chance that of two spells the one that failed first was forecast the greater risk.

    Parameters
    ----------
    years : (N,) years
    failed : (N,) bool
    risk : (N,) any unit
        Greater means an earlier failure is expected; equal risks count one half.
    tau : years
        Only failures before it count.

    Returns
    -------
    float, probability
        NaN when no two spells can be compared.

    Source
    ------
    Uno, Cai, Pencina, D'Agostino and Wei (2011), Statistics in Medicine 30(10).
    """
    first = failed & (years < tau)
    # A spell censored on the day when another failed is known to have outlasted it.
    outlasted = (years[None, :] > years[:, None]) | (
        (years[None, :] == years[:, None]) & ~failed[None, :]
    )
    watched = still_observed(years, failed, years)
    weight = (first / np.where(first, watched, 1.0) ** 2)[:, None] * outlasted
    gap = risk[:, None] - risk[None, :]
    agree = np.where(np.abs(gap) <= 1e-8, 0.5, (gap > 0).astype(np.float64))
    total = float(weight.sum())
    return float(np.sum(weight * agree)) / total if total else float("nan")


def resample_pairs(losses: Array, pair: Sequence[object], resamples: int, seed: int) -> Array:
    """Means of a loss when whole pairs are drawn again with replacement.

    Parameters
    ----------
    losses : (N,) or (N, T)
    pair : N keys; spells with one key are drawn together
    resamples : number B
    seed : of the draws

    Returns
    -------
    (B,) or (B, T) float

    Source
    ------
    Field and Welsh (2007), Journal of the Royal Statistical Society B 69(3): the cluster bootstrap.
    """
    keys = list(dict.fromkeys(pair))
    member = np.array([[one == key for one in pair] for key in keys], dtype=np.float64)
    rng = np.random.default_rng(seed)
    times_drawn = rng.multinomial(len(keys), np.full(len(keys), 1.0 / len(keys)), size=resamples)
    sums = times_drawn @ (member @ losses)
    sizes = times_drawn @ member.sum(axis=1)
    means: Array = sums / (sizes if losses.ndim == 1 else sizes[:, None])
    return means
