"""Step functions that more than one stage compiles into its loops: floats in, floats out.

They live in `model` because stages may not import one another. Each has a reference written to be
read (`war/reference.py`, `deals/reference.py`) and a test that holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

from interbellum.model.units import Array

NO_COUNTS: Any = {"_nrt": False}
POSITION_MARGIN = 1e-9  # closed forms take y inside (0, 1); a belief's y may overshoot and is cut

Function = TypeVar("Function", bound=Callable[..., Any])


def step(function: Function) -> Function:
    """Compile a step function.

    It must allocate nothing: then its arrays need no reference counts, which cost a twentieth of the
    engine's time, and more where threads contend for one.
    """
    compiled: Function = njit(cache=True, nogil=True, error_model="numpy", **NO_COUNTS)(function)
    return compiled


def inlined(function: Function) -> Function:
    """Compile a step function as part of its caller: for loops that take hundreds of numbers."""
    compiled: Function = njit(
        cache=True, nogil=True, error_model="numpy", inline="always", **NO_COUNTS
    )(function)
    return compiled


@step
def clamp_position(position: float) -> float:
    """A position inside the open unit interval."""
    return min(max(position, POSITION_MARGIN), 1.0 - POSITION_MARGIN)


@step
def value_of_fighting(
    position: float, drift: float, variance: float, discount: float, cost: float, side: int
) -> float:
    """Reservation value of side 0 (A) or 1 (B); see `war.reference.reservation_values`."""
    ratio = drift / variance
    gamma = math.sqrt(drift * drift + 2.0 * discount * variance) / variance
    # 1-e^-x as it stands: with gamma above .001 it loses no digit that matters, and expm1 is slow.
    scale = 1.0 - math.exp(-2.0 * gamma)
    at_one = (
        math.exp((1.0 - position) * (ratio - gamma))
        * (1.0 - math.exp(-2.0 * position * gamma))
        / scale
    )
    at_zero = (
        math.exp(-position * (ratio + gamma))
        * (1.0 - math.exp(-2.0 * (1.0 - position) * gamma))
        / scale
    )
    won = at_one if side == 0 else at_zero
    return won - cost * (1.0 - at_one - at_zero)


@step
def surplus_line(
    position: float,
    drift: float,
    variance: float,
    discount: float,
    cost: float,
    side: int,
    feared: float,
    gain: float,
    rate: float,
    value: float,
) -> tuple[float, float]:
    """Slope and intercept of a side's surplus U - V in its utility u, at one feared hazard.

    U = [ρu + hV(y+g)]/(ρ+h) with g = ∓ḡ r/(r+ρ+h): the discounted mean of a saturating
    rearmament by the feared breaker, who pushes the race away from this side.
    See `deals.reference.value_of_deal`.
    """
    shift = gain * rate / (rate + discount + feared)
    broken = value_of_fighting(
        clamp_position(position - shift if side == 0 else position + shift),
        drift,
        variance,
        discount,
        cost,
        side,
    )
    return discount / (discount + feared), feared * broken / (discount + feared) - value


@step
def best_offer(
    u_a: Array,
    u_b: Array,
    start: int,
    stop: int,
    slope_a: float,
    base_a: float,
    slope_b: float,
    base_b: float,
) -> tuple[float, int]:
    """Point of one frontier that maximises the smaller of the two surpluses.

    Along a frontier u_A falls and u_B rises, so A's surplus falls and B's rises: the best point is
    at the crossing, found by bisection, or beside it.

    Returns
    -------
    worst_surplus, index
        (-inf, -1) for an empty frontier.
    """
    if start >= stop:
        return -math.inf, -1
    low, high = start, stop - 1
    while low < high:  # first index at which B's surplus is at least A's
        middle = (low + high) // 2
        if slope_b * u_b[middle] + base_b >= slope_a * u_a[middle] + base_a:
            high = middle
        else:
            low = middle + 1
    best, at = -math.inf, -1
    for index in range(max(start, low - 1), low + 1):
        worst = min(slope_a * u_a[index] + base_a, slope_b * u_b[index] + base_b)
        if worst > best:
            best, at = worst, index
    return best, at
