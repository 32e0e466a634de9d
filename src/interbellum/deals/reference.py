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


def fearon_demand(p: float, cost: float, highest: float) -> tuple[float, float]:
    """Demand and chance of war when the other's cost is uniform on [0, highest].

    Parameters
    ----------
    p : float, probability
        Chance that the demanding side wins.
    cost, highest : float, share of the stake

    Returns
    -------
    demand, chance_of_war : float
        p+(h-c)/2 and (h-c)/(2h); the second does not depend on p. Corners are cut.

    Source
    ------
    Fearon (1995), International Organization 49(3); formula derived in the design's research.
    """
    extra = max(0.0, (highest - cost) / 2.0)
    demand = min(1.0, p + extra)
    return demand, (demand - p) / highest


def raiffa_frontier(u_a: Array, a: tuple[float, float], b: tuple[float, float]) -> Array:
    """Best u_B at each u_A for two linear, divisible issues with a1/b1 > a2/b2.

    Parameters
    ----------
    u_a : (N,) float in [0, 1]
    a, b : (2,) float
        Weights of A and of B, each summing to one.

    Source
    ------
    Raiffa (1982), The Art and Science of Negotiation: issue 1 goes to A first.
    """
    return np.where(u_a <= a[0], 1.0 - b[0] * u_a / a[0], b[1] * (1.0 - (u_a - a[0]) / a[1]))
