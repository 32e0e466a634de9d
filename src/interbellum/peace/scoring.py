"""Scores of survival forecasts where some outcomes are censored: Brier's, and Uno's C.

A spell that was still standing when watching stopped tells nothing later. Both scores leave it out
there and let those that are known weigh more, by one over the chance of having been watched so
long (inverse probability of censoring weights).
"""

from __future__ import annotations

import numpy as np

from interbellum.model.arrays import ShapeError
from interbellum.model.peace import Spells
from interbellum.model.units import Array


def brier_terms(given: Spells, survival: Array, years: Array) -> Array:
    """What each spell adds to the Brier score at each time; the mean over spells is the score.

    Parameters
    ----------
    given : Spells, N of them, all seen from their first day
    survival : (N, K) chance
        Forecast chance that the spell lasts longer than each of `years`.
    years : (K,) years, > 0

    Returns
    -------
    (N, K) float, >= 0
        S² / G(T-) of a spell that failed by then at T; (1 - S)² / G(t) of one known to stand at t; 0
        of one no longer watched. G is the chance of still being watched, from all of `given`.

    Raises
    ------
    ShapeError
        `survival` is not (N, K).
    ValueError
        Spells enter late, or nobody was watched to one of `years`.

    Source
    ------
    Graf, Schmoor, Sauerbrei and Schumacher (1999), Statistics in Medicine 18(17-18).
    """
    _seen_from_the_start(given)
    wanted = (len(given.ids), len(years))
    if np.shape(survival) != wanted:
        raise ShapeError(f"survival has shape {np.shape(survival)}; it must be {wanted}")
    lasted, failed = given.years[:, None], given.failed[:, None]
    at_end = watched(given, given.years, before=True)[:, None]
    at_time = watched(given, years, before=False)[None, :]
    if not np.all(at_time > 0):
        raise ValueError(
            f"nobody was watched beyond {np.max(np.asarray(years)[at_time[0] <= 0])} years"
        )
    over = failed & (lasted <= years)
    stands = lasted > years
    # Of a censored spell the weight at its end is never used; it may be 0 there.
    weight = np.divide(1.0, at_end, out=np.zeros_like(at_end), where=at_end > 0)
    terms: Array = over * survival**2 * weight + stands * (1.0 - survival) ** 2 / at_time
    return terms


def integrated_brier(given: Spells, survival: Array, years: Array) -> float:
    """Brier score averaged over a stretch of time, by the trapezoid rule.

    Parameters
    ----------
    given, survival, years : as in `brier_terms`
        At least two times, rising.

    Returns
    -------
    float, >= 0

    Raises
    ------
    ShapeError, ValueError
        As in `brier_terms`.

    Source
    ------
    Graf et al. (1999), as above.
    """
    score = brier_terms(given, survival, years).mean(axis=0)
    return float(np.trapezoid(score, years) / (years[-1] - years[0]))


def uno_c(given: Spells, risk: Array, tau: float) -> float:
    """Chance that of two spells the one that failed first, within `tau`, was forecast the riskier.

    Parameters
    ----------
    given : Spells, N of them, all seen from their first day
    risk : (N,) any unit
        Higher: expected to fail sooner. Equal risks count half.
    tau : years
        Failures at or after it start no pair.

    Returns
    -------
    float in [0, 1]
        0.5 for a forecast that cannot tell spells apart.

    Raises
    ------
    ShapeError
        `risk` does not have one entry a spell.
    ValueError
        Spells enter late, or no two spells can be compared.

    Source
    ------
    Uno, Cai, Pencina, D'Agostino and Wei (2011), Statistics in Medicine 30(10).
    """
    _seen_from_the_start(given)
    if np.shape(risk) != (len(given.ids),):
        raise ShapeError(f"risk has shape {np.shape(risk)} for {len(given.ids)} spells")
    starts = np.flatnonzero(given.failed & (given.years < tau))
    outlasts = given.years[None, :] > given.years[starts, None]
    weight = watched(given, given.years[starts], before=True)[:, None] ** -2.0 * outlasts
    if not weight.any():
        raise ValueError(f"no spell failed within {tau} years while another stood")
    lead = risk[starts, None] - risk[None, :]
    right = (lead > 0) + 0.5 * (lead == 0)
    return float((weight * right).sum() / weight.sum())


def watched(given: Spells, years: Array, before: bool) -> Array:
    """Chance of still being watched: Kaplan-Meier's estimate with censoring as the event.

    Parameters
    ----------
    given : Spells
    years : (K,) years
    before : bool
        True: just before each time. False: at it, and after what happened on it.

    Returns
    -------
    (K,) chance
    """
    lengths, place = np.unique(given.years, return_inverse=True)
    gone = np.bincount(place, minlength=lengths.size)
    lost = np.bincount(place, weights=~given.failed, minlength=lengths.size)
    # Who failed on a day was watched that day: failures leave before the lost are counted.
    at_risk = np.cumsum(gone[::-1])[::-1] - (gone - lost)
    curve = np.cumprod(1.0 - np.divide(lost, at_risk, out=np.zeros(lengths.size), where=lost > 0))
    steps = np.searchsorted(lengths, years, side="left" if before else "right")
    found: Array = np.insert(curve, 0, 1.0)[steps]
    return found


def _seen_from_the_start(given: Spells) -> None:
    if np.any(given.entry > 0):
        raise ValueError("spells that enter late cannot be scored with these weights")
