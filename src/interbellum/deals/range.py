"""Is there anything to sign today, and which demands forbid it?"""

from __future__ import annotations

import numpy as np

from interbellum.deals.frontier import minkowski
from interbellum.model.deals import UTILITY_STEP, BoolArray, DealInputs, Frontier
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


def is_open(frontier: Frontier, slope: Array, base: Array) -> bool:
    """Whether some package leaves both sides at least at their reservation value."""
    if len(frontier.u_a) == 0:
        return False
    return bool((surplus(frontier, slope, base) >= 0.0).all(axis=1).any())


def blocking_set(
    inputs: DealInputs,
    draw: int,
    refusals: BoolArray,
    slope: Array,
    base: Array,
) -> tuple[int, ...]:
    """One smallest-by-inclusion set of demands that cannot hold together in a draw.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    refusals : (red lines, joint options) bool
        Which joint options each red line forbids.
    slope, base : (levels, 2) float
        As in `surplus`.

    Returns
    -------
    tuple of int
        Indices of red lines in force, with `RESERVATION` for the sides' reservation values; empty
        when the range is open. Every proper subset can be met.

    Source
    ------
    Deletion filter (Chinneck and Dravnieks 1991, ORSA Journal on Computing 3(2)): drop each demand
    in turn, keep it dropped if the rest still cannot be met. Lines whose bundle they empty by
    themselves are tried first, since they need no search.
    """
    in_force = [int(line) for line in np.flatnonzero(inputs.red_lines[draw])]
    for bundle in range(len(inputs.space.bundles)):
        first, last = inputs.space.offsets[bundle], inputs.space.offsets[bundle + 1]
        here = [line for line in in_force if refusals[line, first:last].any()]
        if here and refusals[here, first:last].any(axis=0).all():
            for line in list(here):
                rest = [other for other in here if other != line]
                if rest and refusals[rest, first:last].any(axis=0).all():
                    here = rest
            return tuple(here)
    demands = [*in_force, *RESERVATION]
    if _can_be_met(inputs, draw, refusals, demands, slope, base):
        return ()
    for demand in list(demands):
        rest = [other for other in demands if other != demand]
        if not _can_be_met(inputs, draw, refusals, rest, slope, base):
            demands = rest
    return tuple(demands)


def _can_be_met(
    inputs: DealInputs,
    draw: int,
    refusals: BoolArray,
    demands: list[int],
    slope: Array,
    base: Array,
) -> bool:
    lines = [demand for demand in demands if demand >= 0]
    allowed = ~refusals[lines].any(axis=0) if lines else np.ones(refusals.shape[1], bool)
    steps = np.rint(inputs.gain[draw] / UTILITY_STEP).astype(np.int64)
    levels, a, b, decides, choice = minkowski(
        np.ascontiguousarray(steps[:, 0]),
        np.ascontiguousarray(steps[:, 1]),
        allowed,
        inputs.space.offsets,
        inputs.space.enforcing,
        inputs.decides[draw],
        False,
    )
    front = Frontier(
        levels,
        a * UTILITY_STEP + inputs.base[draw, 0],
        b * UTILITY_STEP + inputs.base[draw, 1],
        decides,
        choice,
    )
    if len(front.u_a) == 0:
        return False
    left = surplus(front, slope, base)
    ok = np.ones(len(left), bool)
    for side in (0, 1):
        if RESERVATION[side] in demands:
            ok &= left[:, side] >= 0.0
    return bool(ok.any())
