"""A generated deal space of full size, the same for the same seed: 35 issues, some 10^22 packages."""

from __future__ import annotations

import numpy as np

from interbellum.model.deals import ActorPreferences, Preferences, RedLineInputs

ISSUES = 35
ENFORCING_ISSUES = 8
LINKAGE = 0.4
DISCOUNT = 0.002


def generated(
    seed: int, draws: int = 1, issues: int = ISSUES, consenting: int = 0, red_lines: int = 12
) -> Preferences:
    """Preferences of two leads over ladders of 3 to 6 options, with conditions of every kind.

    Parameters
    ----------
    seed, draws, issues : int
    consenting : int
        Actors with a walk-away value, each on six issues.
    red_lines : int
        Lines of the leads, each real in half of the draws.

    Returns
    -------
    Preferences
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 7, issues)
    most = int(sizes.max())
    value = np.full((draws, 2, issues, most), np.nan)
    for k, size in enumerate(sizes):
        distance = np.linspace(0.0, 1.0, size)
        for side in (0, 1):
            exponent = np.exp(rng.normal(0.0, 0.4, (draws, 1)))
            rung = distance if side == 0 else distance[::-1]
            value[:, side, k, :size] = 1.0 - rung[None, :] ** exponent
    weight = rng.dirichlet(np.full(issues, 2.0), (draws, 2)) * 100.0
    enforcing = tuple(
        tuple(int(k >= issues - ENFORCING_ISSUES and o >= 1) for o in range(size))
        for k, size in enumerate(sizes)
    )
    lines = tuple(
        _line(rng, int(k), int(sizes[k]), draws)
        for k in rng.choice(issues, min(red_lines, issues), replace=False)
    )
    return Preferences(
        tuple(f"I{k:02d}" for k in range(issues)),
        tuple(tuple(f"o{o}" for o in range(size)) for size in sizes),
        weight,
        value,
        np.array([np.zeros(issues, np.int64), sizes - 1]),
        np.zeros(issues, np.int64),
        np.ones(issues, bool),
        tuple(tuple(o > 0 for o in range(size)) for size in sizes),
        enforcing,
        ((1, 1, 2, 1), (5, 2, 6, 0)),
        ((3, 0, 4, 1), (8, 1, 9, 2), (issues - 1, 1, issues - 2, 0)),
        np.full(draws, LINKAGE),
        np.full((draws, 2), DISCOUNT),
        lines,
        (),
        ((10, 2, ((11, 1), (12, 1))),),
        ((14, 2, ((13, 0),)),),
        (),
        tuple(_consenting(rng, place, sizes, most, draws) for place in range(consenting)),
    )


def _line(rng: np.random.Generator, issue: int, size: int, draws: int) -> RedLineInputs:
    side = int(rng.integers(2))
    refused = (size - 1,) if side == 0 else (0,)
    return RedLineInputs(
        f"positions.{'ab'[side]}.I{issue:02d}.red_line",
        "AB"[side],
        issue,
        refused,
        rng.random(draws) < 0.5,
        np.full(draws, 0.5),
        "ab"[side],
    )


def _consenting(
    rng: np.random.Generator, place: int, sizes: np.ndarray, most: int, draws: int
) -> ActorPreferences:
    issues = len(sizes)
    asked = np.zeros(issues, bool)
    asked[rng.choice(issues - ENFORCING_ISSUES, 6, replace=False)] = True
    weight = np.where(asked, rng.integers(1, 10, issues), 0.0)
    value = np.full((draws, issues, most), np.nan)
    for k in np.flatnonzero(asked):
        value[:, k, : sizes[k]] = rng.permutation(np.linspace(0.0, 1.0, sizes[k]))
    return ActorPreferences(
        f"c{place}",
        f"Consenting {place + 1}",
        np.tile(weight, (draws, 1)),
        value,
        asked,
        np.full(draws, 0.55),
    )
