"""The race to a decision, written to be read; `model/steps.py` holds the same for compiled loops.

A coordinate y in [0, 1] is a random walk with drift θ and variance σ² a week while the regimes
stand still; at 1 side A can impose its terms, at 0 side B can. Momentum is folded into y (design
section 3): the front's own position is y - φ(m-θ)/(1-φ).
"""

from __future__ import annotations

import numpy as np

from interbellum.model.steps import POSITION_MARGIN
from interbellum.model.units import Array

MOST_STEPS = (
    50  # of Newton's method; seven do where p and y are as far apart as a dossier may put them
)


def chance_from_slope(slope: Array, position: Array) -> Array:
    """Chance that A prevails from a position, fought to the finish.

    Parameters
    ----------
    slope : (...) float
        s = 2θ/σ², the drift against the noise.
    position : (...) float in (0, 1)

    Returns
    -------
    (...) float, probability
        (1-e^{-s y})/(1-e^{-s}); y itself where s is 0.

    Source
    ------
    Diffusion limit of the walk over forts of Smith and Stam (2004), Journal of Conflict
    Resolution 48(6).
    """
    slope, position = np.broadcast_arrays(
        np.asarray(slope, dtype=float), np.asarray(position, dtype=float)
    )
    small = np.abs(slope) < 1e-12
    safe = np.where(small, 1.0, slope)
    return np.where(small, position, np.expm1(-safe * position) / np.expm1(-safe))


def slope_from_chance(chance: Array, position: Array) -> Array:
    """The slope s at which `chance_from_slope` returns `chance`.

    Parameters
    ----------
    chance : (...) float in [.01, .99], probability
        Chance that A prevails.
    position : (...) float in [.02, .98]

    Returns
    -------
    (...) float
        0 where |chance - position| < 1e-6 (design section 3).

    Source
    ------
    Newton's method on the log-odds, ln p/(1-p) = s y + ln (1-e^{-s y})/(1-e^{-s(1-y)}). Their derivative
    in s goes one way, from 1-y through 1/2 at s = 0 to y, so that from there it always converges.
    """
    chance, y = np.broadcast_arrays(
        np.asarray(chance, dtype=float), np.asarray(position, dtype=float)
    )
    wanted = np.log(chance / (1.0 - chance))
    slope = np.zeros(chance.shape)
    for _ in range(MOST_STEPS):
        flat = np.abs(slope) < 1e-6  # as at 0: such slopes are told as 0 below
        s = np.where(flat, 1.0, slope)
        for_a, for_b = np.expm1(-s * y), np.expm1(-s * (1.0 - y))
        even = np.where(flat, y / (1.0 - y), for_a / for_b)
        rise = np.where(flat, 0.5, (1.0 - y) * (1.0 + 1.0 / for_b) - y / for_a)
        move = (wanted - slope * y - np.log(even)) / rise
        slope = slope + move
        if (np.abs(move) <= 1e-9 * (1.0 + np.abs(slope))).all():
            break  # the error falls by its square: what is left is below the last digit
    return np.where(np.abs(chance - y) < 1e-6, 0.0, slope)


def elicit(position: Array, chance: Array, weeks: Array) -> tuple[Array, Array]:
    """Drift and variance of the race from what an analyst can say.

    Parameters
    ----------
    position : (D,) float in [.02, .98]
        Where the race stands.
    chance : (D,) float in [.01, .99], probability
        Chance that A prevails if fought to the finish.
    weeks : (D,) float, weeks
        Mean time to a decision.

    Returns
    -------
    drift : (D,) float, position a week
    variance : (D,) float, position squared a week
        Such that the mean time to either end is `weeks`: θ = (p-y)/T, σ² = 2θ/s; with p = y,
        θ = 0 and σ² = y(1-y)/T.

    Source
    ------
    Wald's identity for the mean, the gambler's ruin in the diffusion limit for p.
    """
    slope = slope_from_chance(chance, position)
    still = slope == 0.0
    safe = np.where(still, 1.0, slope)
    drift = np.where(still, 0.0, (chance - position) / weeks)
    variance = np.where(still, position * (1.0 - position) / weeks, 2.0 * drift / safe)
    return drift, variance


def believed_drift(variance: Array, chance: Array, position: Array) -> Array:
    """Mean drift that a side must believe to give A this chance: σ² s(p_i, y)/2, position a week.

    Parameters
    ----------
    variance, chance, position : (...) float
    """
    return 0.5 * np.asarray(variance) * slope_from_chance(chance, position)


def posterior_drift(prior: Array, stubbornness: Array, signals: Array, weeks: Array) -> Array:
    """Belief about the drift after watching the front.

    Parameters
    ----------
    prior : (...) float, position a week
        Mean belief before the signals.
    stubbornness : (...) float, weeks
        Weeks of movement that would move the belief half way: prior precision times σ².
    signals : (...) float, position
        Sum of the weekly signals z.
    weeks : (...) float
        How many signals.

    Returns
    -------
    (...) float, position a week

    Source
    ------
    Normal-normal updating; both sides see the same signals, so disagreement after m of them is
    Δ0 S/(S+m) whatever they were (design section 8).
    """
    return np.asarray((stubbornness * prior + signals) / (stubbornness + weeks))


def believed_position(position: Array, momentum: Array, drift: Array, believed: Array) -> Array:
    """The race's coordinate as a side with its own drift reads the same front.

    The front x and its momentum m are seen by both; y = x + φ(m-θ)/(1-φ) depends on who reads it.

    Parameters
    ----------
    position, momentum, drift, believed : (...) float
        y under the draw's drift, φ, that drift, and the side's own.

    Returns
    -------
    (...) float in [0, 1]
    """
    shifted = position + momentum * (drift - believed) / (1.0 - momentum)
    return np.clip(shifted, POSITION_MARGIN, 1.0 - POSITION_MARGIN)


def discounted_endings(
    position: Array, drift: Array, variance: Array, discount: Array
) -> tuple[Array, Array]:
    """Discounted chances that the race ends at 1 and at 0.

    Parameters
    ----------
    position : (...) float in [0, 1]
    drift, variance, discount : (...) float, a week

    Returns
    -------
    at_one, at_zero : (...) float
        L1 = e^{θ(1-y)/σ²} sinh(yγ)/sinh(γ), L0 = e^{-θy/σ²} sinh((1-y)γ)/sinh(γ) with
        γ = sqrt(θ²+2ρσ²)/σ², written with falling exponents so that nothing overflows.

    Source
    ------
    Laplace transform of the exit time of a Brownian motion with drift from an interval
    (Borodin and Salminen 2002, part II, 3.0.5).
    """
    ratio = drift / variance
    gamma = np.sqrt(drift * drift + 2.0 * discount * variance) / variance
    scale = -np.expm1(-2.0 * gamma)
    at_one = np.exp((1.0 - position) * (ratio - gamma)) * -np.expm1(-2.0 * position * gamma) / scale
    at_zero = (
        np.exp(-position * (ratio + gamma)) * -np.expm1(-2.0 * (1.0 - position) * gamma) / scale
    )
    return at_one, at_zero


def cost_ratio(discount: Array, weeks_for_victory: Array) -> Array:
    """Cost of a week of war over the discount rate, c/ρ = 1/(e^{ρW}-1), share of the stake.

    Parameters
    ----------
    discount : (...) float, a week
    weeks_for_victory : (...) float, weeks
        How long the side would fight for total victory rather than accept total defeat.
    """
    return np.asarray(1.0 / np.expm1(discount * weeks_for_victory))


def reservation_values(
    position: Array, drift: Array, variance: Array, discount: Array, cost: Array
) -> Array:
    """What each side expects from fighting to the finish, under its own belief.

    Parameters
    ----------
    position : (..., 2) float in [0, 1]
        The race as A and as B reads it.
    drift : (..., 2) float, position a week
        As A and as B believes it.
    variance : (...) float
    discount, cost : (..., 2) float
        ρ of each side, and its `cost_ratio`.

    Returns
    -------
    (..., 2) float, share of the stake
        V_A = L1 - (c_A/ρ_A)(1-L1-L0), V_B = L0 - (c_B/ρ_B)(1-L1-L0).
    """
    at_one, at_zero = discounted_endings(position, drift, np.asarray(variance)[..., None], discount)
    won = np.stack([at_one[..., 0], at_zero[..., 1]], axis=-1)
    return np.asarray(won - cost * (1.0 - at_one - at_zero))


def touched(before: Array, after: Array, variance: Array) -> tuple[Array, Array]:
    """Chance of having touched 1, and 0, within a week whose ends are known.

    Parameters
    ----------
    before, after : (...) float
    variance : (...) float, position squared a week

    Source
    ------
    Brownian bridge: exp(-2(1-y)(1-y')/σ²), mirrored at 0.
    """
    one = np.exp(-2.0 * np.maximum(1.0 - before, 0.0) * np.maximum(1.0 - after, 0.0) / variance)
    zero = np.exp(-2.0 * np.maximum(before, 0.0) * np.maximum(after, 0.0) / variance)
    return one, zero
