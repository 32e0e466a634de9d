"""The worth of a deal, written to be read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interbellum.model.units import Array

Value = Callable[[Array], Array]
"""Reservation values (..., 2) of both sides at a position (..., 2) of the race."""


def rearmament_shift(ceiling: Array, rate: Array, discount: Array, feared: Array) -> Array:
    """Where the race stands, on a discounted average, when the feared breaker breaks.

    Parameters
    ----------
    ceiling, rate : (..., 2) float
        ḡ (position) and r (a week) of A and of B.
    discount, feared : (..., 2) float, a week
        ρ of each side, and the hazard it expects of the other.

    Returns
    -------
    (..., 2) float, position
        g_A = -ḡ_B r_B/(r_B+ρ_A+h_A), g_B = +ḡ_A r_A/(r_A+ρ_B+h_B).

    Source
    ------
    Laplace transform of the saturating rise ḡ(1-e^{-rt}) at an exponential time of rate h,
    discounted at ρ.
    """
    other_ceiling, other_rate = ceiling[..., ::-1], rate[..., ::-1]
    return np.asarray(
        np.array([-1.0, 1.0]) * other_ceiling * other_rate / (other_rate + discount + feared)
    )


def value_of_deal(
    u: Array, position: Array, value: Value, discount: Array, feared: Array, shift: Array
) -> Array:
    """U_i = [ρ u_i + h_i V_i(y + g_i)] / (ρ + h_i).

    Parameters
    ----------
    u : (..., 2) float, share of the stake
        Value of the package while it holds.
    position : (..., 2) float in [0, 1]
        The race as each side reads it.
    value : callable
        V of both sides at a position.
    discount, feared, shift : (..., 2) float
        ρ, h and g of each side.

    Returns
    -------
    (..., 2) float, share of the stake
        h→0 gives u; h→∞ at fixed g gives V(y+g).
    """
    broken = value(np.clip(position + shift, 1e-9, 1.0 - 1e-9))
    return np.asarray((discount * u + feared * broken) / (discount + feared))
