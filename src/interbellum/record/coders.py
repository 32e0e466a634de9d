"""Several coders' chances: made coherent, then pooled by three rules, so that their effect shows.

Chances are incoherent where an event that contains another is given less, or where the chances of
bins that exclude each other do not sum to one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbellum.model.units import Array

RULES = ("linear", "log", "extremised")
EXTREMISED = 1.5
"""Factor on the mean log odds. Judgement: far from nothing, and short of what large crowds bear."""
CONTAINED = {
    "general_truce_year_kept": ("general_truce_30_days_kept", "any_truce_announced"),
    "general_truce_30_days_kept": ("any_truce_announced",),
    "general_truce_30_days_intended": ("any_truce_announced",),
    "sectoral_truce_kept": ("any_truce_announced",),
}
"""Rungs that hold whenever another does, by its day."""
CLIP = 1e-3  # a coder's 0 or 1 has no log odds; one in a thousand is as sure as a judgement gets

_ROUNDS = 2000
_TOLERANCE = 1e-12


def implications(asked: Sequence[tuple[str, int]]) -> tuple[tuple[int, int], ...]:
    """Pairs of questions of which the first cannot come without the second.

    Parameters
    ----------
    asked : sequence of (rung, day by which)

    Returns
    -------
    tuple of (place, place)
    """
    return tuple(
        (i, j)
        for i, (rung, by) in enumerate(asked)
        for j, (other, later) in enumerate(asked)
        # The war going on is asked of one day, so an earlier day says nothing of a later one.
        if i != j
        and by <= later
        and (other in CONTAINED.get(rung, ()) or (other == rung != "war_goes_on" and by < later))
    )


def repaired(p: Array, contained: Sequence[tuple[int, int]]) -> Array:
    """The coherent chances nearest to a coder's, in squares.

    Parameters
    ----------
    p : (N,) chance
    contained : pairs (i, j)
        p_i may not exceed p_j.

    Returns
    -------
    (N,) chance
        Unchanged where they are coherent.

    Source
    ------
    de Finetti (1974): no coherent chances score worse by Brier, whatever comes, than the incoherent
    ones they were projected from; projections in turn by Boyle and Dykstra (1986), Lecture Notes in
    Statistics 37.
    """
    now = np.array(p, dtype=float)
    steps = np.zeros((len(contained), 2))
    for _ in range(_ROUNDS):
        before = now.copy()
        for place, (i, j) in enumerate(contained):
            low, high = now[i] + steps[place, 0], now[j] + steps[place, 1]
            middle = 0.5 * (low + high)
            now[i], now[j] = (low, high) if low <= high else (middle, middle)
            steps[place] = low - now[i], high - now[j]
        if np.abs(now - before).max(initial=0.0) < _TOLERANCE:
            break
    return now


def summed_to_one(p: Array) -> Array:
    """Chances of bins projected onto those that sum to one: the nearest in squares.

    Parameters
    ----------
    p : (m,) float, >= 0

    Returns
    -------
    (m,) chance

    Source
    ------
    Held, Wolfe and Crowder (1974), Mathematical Programming 6(1).
    """
    ordered = np.sort(p)[::-1]
    excess = (np.cumsum(ordered) - 1.0) / np.arange(1, len(p) + 1)
    kept = np.flatnonzero(ordered > excess)[-1]
    return np.asarray(np.maximum(p - excess[kept], 0.0))


def pool(p: Array, rule: str) -> Array:
    """Several coders' chances of the same bins as one.

    Parameters
    ----------
    p : (coders, m) chance, each row summing to one
    rule : linear, log or extremised
        The mean; the normalised geometric mean (of two bins: mean log odds); the same raised to
        `EXTREMISED`, since coders who share evidence each stop short of what it says together.

    Returns
    -------
    (m,) chance

    Raises
    ------
    ValueError
        There is no such rule.

    Source
    ------
    Stone (1961), Annals of Mathematical Statistics 32(4); Genest and Zidek (1986), Statistical
    Science 1(1); Baron, Mellers, Tetlock, Stone and Ungar (2014), Decision Analysis 11(2).
    """
    if rule not in RULES:
        raise ValueError(f"{rule} is not one of {', '.join(RULES)}")
    if rule == "linear":
        return np.asarray(p.mean(axis=0))
    power = EXTREMISED if rule == "extremised" else 1.0
    logs = power * np.log(np.clip(p, CLIP, 1.0)).mean(axis=0)
    mixed = np.exp(logs - logs.max())
    return np.asarray(mixed / mixed.sum())
