"""Is there anything to sign today, and which demands forbid it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from interbellum.deals.consent import level_count
from interbellum.deals.frontier import NO_FLOOR, frontier_among
from interbellum.model.deals import UTILITY_STEP, DealInputs, Frontier
from interbellum.model.units import Array

RESERVATION = (-2, -1)
"""Stand for the reservation values of A and of B in a blocking set."""


def surplus(frontier: Frontier, slope: Array, base: Array) -> Array:
    """U - V of both sides at every frontier point.

    Parameters
    ----------
    frontier : Frontier
    slope, base : (levels, 2) float
        Surplus as a line in u, per number of enforcing provisions.

    Returns
    -------
    (points, 2) float, share of the stake
    """
    level = np.repeat(np.arange(len(frontier.levels) - 1), np.diff(frontier.levels))
    u = np.stack([frontier.u_a, frontier.u_b], axis=1)
    return np.asarray(slope[level] * u + base[level])


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a draw's frontier shows."""

    is_open: bool
    """Some package leaves both sides at least at their reservation value."""
    best: int
    """Point that leaves the worse-off side best off; -1 on an empty frontier."""
    best_ceasefire: int
    """The same among packages that decide too little for a settlement; -1 if there is none."""
    best_settlement: int
    """The same among settlements; -1 if there is none."""


def survey(frontier: Frontier, slope: Array, base: Array, settlement_share: float) -> Survey:
    """Whether the range is open, and the best package of each form.

    Parameters
    ----------
    frontier : Frontier
    slope, base : (levels, 2) float
        As in `surplus`.
    settlement_share : float
        Share of the contested weight that makes a text a settlement.

    Returns
    -------
    Survey
    """
    worst, best, ceasefire, settlement = _survey(
        frontier.levels, frontier.u_a, frontier.u_b, frontier.decides, slope, base, settlement_share
    )
    return Survey(bool(worst >= 0.0), int(best), int(ceasefire), int(settlement))


@njit(cache=True, nogil=True)
def _survey(
    levels: Any, u_a: Any, u_b: Any, decides: Any, slope: Any, base: Any, share: float
) -> Any:
    worst = np.full(3, -np.inf)
    at = np.full(3, -1)
    for level in range(len(levels) - 1):
        for point in range(levels[level], levels[level + 1]):
            left = min(
                slope[level, 0] * u_a[point] + base[level, 0],
                slope[level, 1] * u_b[point] + base[level, 1],
            )
            form = 2 if decides[point] >= share else 1
            if left > worst[form]:
                worst[form], at[form] = left, point
            if left > worst[0]:
                worst[0], at[0] = left, point
    return worst[0], at[0], at[1], at[2]


def is_open(frontier: Frontier, slope: Array, base: Array) -> bool:
    """Whether some package leaves both sides at least at their reservation value.

    Parameters
    ----------
    frontier : Frontier
    slope, base : (levels, 2) float
        As in `surplus`; slopes are positive.

    Returns
    -------
    bool
        `survey(...).is_open`, in the logarithm of its time.
    """
    return bool(_is_open(frontier.levels, frontier.u_a, frontier.u_b, slope, base))


@njit(cache=True, nogil=True)
def _is_open(levels: Any, u_a: Any, u_b: Any, slope: Any, base: Any) -> Any:
    for level in range(len(levels) - 1):
        # u_A falls and u_B rises within a level: of the points that A can bear the last is B's best.
        first, last = levels[level], levels[level + 1]
        while first < last:
            middle = (first + last) // 2
            if slope[level, 0] * u_a[middle] + base[level, 0] >= 0.0:
                first = middle + 1
            else:
                last = middle
        if first > levels[level] and slope[level, 1] * u_b[first - 1] + base[level, 1] >= 0.0:
            return True
    return False


def blocking_sets(
    inputs: DealInputs, draw: int, slope: Array, base: Array, orientation: int = 1
) -> tuple[tuple[int, ...], ...]:
    """Smallest-by-inclusion sets of demands that cannot hold together in a draw.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    slope, base : (levels, 2) float
        As in `surplus`.
    orientation : int
        As in `EngineInputs`, so that swapped labels explain a draw by the same demands.

    Returns
    -------
    tuple of tuple of int
        Indices of red lines in force, `RESERVATION` for the sides' reservation values and `consent`
        for walk-away values. One set; two where each side's value fails by itself; none when the
        range is open. Every proper subset of a set can be met.

    Source
    ------
    QuickXplain (Junker 2004, AAAI-04), after the cases that need no search: lines that empty an issue
    by themselves, and a value that no package at all meets.
    """
    in_force = [int(line) for line in np.flatnonzero(inputs.red_lines[draw])]
    space, refused = inputs.space, inputs.refused
    left = ~refused[in_force].any(axis=0)
    for k in np.flatnonzero(~np.logical_or.reduceat(left, space.offsets[:-1])):
        first, last = space.offsets[k], space.offsets[k + 1]
        here = [line for line in in_force if refused[line, first:last].any()]
        for line in list(here):
            rest = [other for other in here if other != line]
            if rest and refused[rest, first:last].any(axis=0).all():
                here = rest
        return (tuple(here),)
    best = best_alone(inputs, draw)
    alone = tuple(
        (RESERVATION[side],)
        for side in (0, 1)
        if np.nanmax(slope[: len(best), side] * best[:, side] + base[: len(best), side]) < 0.0
    )
    if alone:
        return alone

    def met(demands: list[int]) -> bool:
        return can_be_met(inputs, draw, demands, slope, base)

    if not met(list(RESERVATION)):
        return (RESERVATION,)
    whole = list(ordered_demands(inputs, draw, orientation))
    if met(whole):
        return ()
    found = explain([], [], whole, met)
    return (tuple(sorted(found, key=lambda demand: (demand < 0, demand))),)


def consent(index: int) -> int:
    """Stands for the walk-away value of `DealInputs.consents[index]` in a set of demands."""
    return -3 - index


def ordered_demands(inputs: DealInputs, draw: int, orientation: int = 1) -> tuple[int, ...]:
    """Demands in force in canonical order.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    orientation : int
        As in `EngineInputs`: the reservation value of the lead that sorts first comes first, so that
        swapped labels give the same order of the same demands.

    Returns
    -------
    tuple of int
        Reservation values, walk-away values, red lines in force by index.
    """
    return (
        *(RESERVATION if orientation > 0 else RESERVATION[::-1]),
        *(consent(actor) for actor in range(len(inputs.consents))),
        *(int(line) for line in np.flatnonzero(inputs.red_lines[draw])),
    )


def best_alone(inputs: DealInputs, draw: int) -> Array:
    """Greatest u of each side over all packages, per number of enforcing provisions.

    Parameters
    ----------
    inputs : DealInputs
    draw : int

    Returns
    -------
    (levels, 2) float, share of the stake
        No red line and no walk-away value counts; nan where no package has so many provisions.
    """
    space = inputs.space
    best = _best_alone(
        inputs.gain[draw],
        space.enforcing,
        space.offsets,
        space.states,
        space.follow,
        space.follow_offsets,
        level_count(inputs),
    )
    return np.where(np.isfinite(best), best + inputs.base[draw], np.nan)


@njit(cache=True, nogil=True)
def _best_alone(
    gain: Any,
    enforcing: Any,
    offsets: Any,
    states: Any,
    follow: Any,
    follow_offsets: Any,
    levels: int,
) -> Any:
    """Greatest gain of each side per number of provisions, (levels, 2); -inf where there is none."""
    now = np.full((1, levels, 2), -np.inf)
    now[0, 0] = 0.0
    for k in range(len(offsets) - 1):
        first, width = offsets[k], offsets[k + 1] - offsets[k]
        after = np.full((states[k + 1], levels, 2), -np.inf)
        for state in range(states[k]):
            for place in range(width):
                to = follow[follow_offsets[k] + state * width + place]
                if to < 0:
                    continue
                term = first + place
                for level in range(levels - enforcing[term]):
                    for side in range(2):
                        reached = now[state, level, side] + gain[term, side]
                        at = level + enforcing[term]
                        after[to, at, side] = max(after[to, at, side], reached)
        now = after
    return now[0]


def explain(
    background: list[int], added: list[int], demands: list[int], met: Callable[[list[int]], bool]
) -> list[int]:
    """A minimal part of `demands` that fails together with `background`; `added` just joined it."""
    if added and not met(background):
        return []
    if len(demands) == 1:
        return demands
    half = (len(demands) + 1) // 2
    first, second = demands[:half], demands[half:]
    of_second = explain([*background, *first], first, second, met)
    of_first = explain([*background, *of_second], of_second, first, met)
    return [*of_first, *of_second]


def can_be_met(
    inputs: DealInputs, draw: int, demands: Sequence[int], slope: Array, base: Array
) -> bool:
    """Whether some package meets a set of demands.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    demands : sequence of int
        Red lines by index, `RESERVATION` and `consent` values.
    slope, base : (levels, 2) float
        As in `surplus`.
    """
    lines = [demand for demand in demands if demand >= 0]
    allowed = ~inputs.refused[lines].any(axis=0)
    floor = NO_FLOOR.copy()
    for side in (0, 1):
        if RESERVATION[side] in demands:  # one step of room for rounding; the test below is exact
            least = (-base[:, side] / slope[:, side]).min() - inputs.base[draw, side]
            floor[side] = int(np.floor(least / UTILITY_STEP)) - inputs.space.steps()
    asked = tuple(c for c in range(len(inputs.consents)) if consent(c) in demands)
    front = frontier_among(inputs, draw, allowed, floor, consents=asked)
    if len(front.u_a) == 0:
        return False
    left = surplus(front, slope, base)
    ok = np.ones(len(left), bool)
    for side in (0, 1):
        if RESERVATION[side] in demands:
            ok &= left[:, side] >= 0.0
    return bool(ok.any())
