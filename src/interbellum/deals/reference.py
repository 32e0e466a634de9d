"""The worth of a deal, and the points on a frontier, written to be read."""

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


def egalitarian(surplus: Array) -> int:
    """Index of the package that maximises the smaller surplus (Kalai 1977, Econometrica 45(7)).

    Parameters
    ----------
    surplus : (P, 2) float
        U - V of each side. Ties go to the larger sum, then to the first.
    """
    return int(np.lexsort((-surplus.sum(axis=1), -surplus.min(axis=1)))[0])


def nash(surplus: Array) -> int | None:
    """Index of the package that maximises the product of surpluses among the acceptable.

    Parameters
    ----------
    surplus : (P, 2) float

    Returns
    -------
    int or None
        None when no package leaves both at least at their reservation value: a product of two
        losses is not a Nash point (Nash 1950, Econometrica 18(2)).
    """
    acceptable = (surplus >= 0.0).all(axis=1)
    if not acceptable.any():
        return None
    gained = np.where(acceptable, surplus.prod(axis=1), -np.inf)
    return int(np.lexsort((-surplus.sum(axis=1), -gained))[0])
