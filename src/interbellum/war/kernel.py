"""The step functions of `reference.py` for compiled loops: floats in, floats out.

`_ENGINE` kernels in `talks` inline these; a test holds every one equal to its reference.
"""

from __future__ import annotations

import math

from numba import njit

from interbellum.war.reference import POSITION_MARGIN


@njit(cache=True, inline="always")
def clamp_position(position: float) -> float:
    """A position inside the open unit interval."""
    return min(max(position, POSITION_MARGIN), 1.0 - POSITION_MARGIN)


@njit(cache=True)
def value_of_fighting(
    position: float, drift: float, variance: float, discount: float, cost: float, side: int
) -> float:
    """Reservation value of side 0 (A) or 1 (B); see `reference.reservation_values`."""
    ratio = drift / variance
    gamma = math.sqrt(drift * drift + 2.0 * discount * variance) / variance
    scale = -math.expm1(-2.0 * gamma)
    at_one = (
        math.exp((1.0 - position) * (ratio - gamma)) * -math.expm1(-2.0 * position * gamma) / scale
    )
    at_zero = (
        math.exp(-position * (ratio + gamma))
        * -math.expm1(-2.0 * (1.0 - position) * gamma)
        / scale
    )
    won = at_one if side == 0 else at_zero
    return won - cost * (1.0 - at_one - at_zero)
