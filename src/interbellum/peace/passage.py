"""Rearmament: the chance that a side has gained so much that breaking pays.

A side's position gains c(1-e^{-rt}) from its own rearming, loses the same of the other's, and
moves by what nobody can foresee, a Brownian motion. The chance that it has covered a distance a by
week t is a first passage through a moving boundary, for which there is no closed form. It solves a
Volterra equation of the second kind whose kernel vanishes for a straight line, so that rearming
without a ceiling gives the closed form exactly (`reference.rearmament_passage` is written to be
read).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.deals import IntArray
from interbellum.model.units import Array
from interbellum.peace.ranges import together, within

# Times of the grid, by the square of their place: the first passage of a near boundary happens
# within days, that of a far one over years. 160 leave an error below 2e-4 in the default ranges,
# measured against 1,000; a boundary that bends sharply against the noise gets more.
FEWEST_TIMES, MOST_TIMES = 160, 640
_EASY_BEND = 0.05

# Noise that moves the race by less than this over the whole curve is none: it is a fifth of a step
# of the grid on which breaking points are sought, and a steep front would need ever finer times.
QUIET = 1e-3

# Draws that are worked out together, so that many of them do not fill the memory.
_BLOCK = 128

# Just after a node the kernel rises as the square root of time, of which a trapezoid over one step
# keeps 1/2 and the integral is 2/3.
_FIRST_STEP = 2.0 / 3.0


def first_passage(
    weeks: ArrayLike, distance: ArrayLike, drift: ArrayLike, spread: ArrayLike
) -> Array:
    """Chance that a drifting random walk has covered a distance by a given week.

    Φ((μt-a)/(σ√t)) + exp(2μa/σ²) Φ((-a-μt)/(σ√t)), with a the distance, μ the drift and σ the
    spread; 1 where the distance is already covered, 0 at week 0 otherwise. Without spread the
    walk is a straight line.

    Parameters
    ----------
    weeks : any shape, weeks, >= 0
    distance : any shape, stake
        <= 0 when already covered; inf when it never is.
    drift : any shape, stake a week
    spread : any shape, stake per square root of a week, >= 0

    Returns
    -------
    the common shape, probability

    Raises
    ------
    ShapeError
        The four do not broadcast together.
    ValueError
        A number is outside its range.

    Source
    ------
    The inverse Gaussian first-passage law: Cox and Miller (1965), The Theory of Stochastic
    Processes, section 5.7; the first exact test of design section 6.
    """
    from scipy.special import erfcx, ndtr

    t, a, mu, sigma = together(weeks=weeks, distance=distance, drift=drift, spread=spread)
    within("weeks", t, np.isfinite(t) & (t >= 0), "finite and not negative")
    within("distance", a, ~np.isnan(a), "a number, or inf")
    within("drift", mu, np.isfinite(mu), "finite")
    within("spread", sigma, np.isfinite(sigma) & (sigma >= 0), "finite and not negative")

    ahead = np.isfinite(a) & (a > 0)
    gap = np.where(ahead, a, 1.0)
    noise = sigma * np.sqrt(t)
    noisy = noise > 0
    scale = np.where(noisy, noise, 1.0)
    # Quotients by a spread near 0 may pass the largest float; the limits they then take, 0 and
    # 1, are right.
    with np.errstate(over="ignore", under="ignore"):
        short = (mu * t - gap) / scale
        far = (gap + mu * t) / scale
        # The two factors of the second term are huge and tiny. Since their exponents add up to
        # -short²/2, the scaled erfcx(x) = exp(x²) erfc(x) gives the product without ever
        # forming either. Below 0 erfcx is itself huge, but there the drift is negative and both
        # factors are at most 1.
        upper = 0.5 * erfcx(np.maximum(far, 0.0) / np.sqrt(2.0)) * np.exp(-0.5 * short * short)
        each = np.where(noisy, sigma, 1.0)
        lower = np.exp(2.0 * (np.where(mu < 0, mu, -1.0) / each) * (gap / each)) * ndtr(-far)
        walk = ndtr(short) + np.where(far >= 0, upper, lower)
    line = (mu * t >= gap).astype(np.float64)
    chance = np.where(noisy, np.clip(walk, 0.0, 1.0), line)
    return np.where(ahead, chance, np.where(a <= 0, 1.0, 0.0))


def net_gain(weeks: ArrayLike, rate: ArrayLike, ceiling: ArrayLike) -> Array:
    """Foreseen gain of side A's position after some weeks of rearming, net of B's.

    c_A(1-e^{-r_A t}) - c_B(1-e^{-r_B t}); side B's is its negative.

    Parameters
    ----------
    weeks : (T,) weeks, >= 0
    rate : (D, 2) a week, >= 0
    ceiling : (D, 2) position

    Returns
    -------
    (D, T) position

    Source
    ------
    Design section 4, saturating rearmament; Powell (2006), International Organization 60(1), with
    a rebuild in place of his step.
    """
    week = np.asarray(weeks, dtype=np.float64)
    pace, most = np.asarray(rate, dtype=np.float64), np.asarray(ceiling, dtype=np.float64)
    each = most[..., None] * -np.expm1(-pace[..., None] * week)
    return np.asarray(each[..., 0, :] - each[..., 1, :])


def rearmament_passage(
    weeks: int, rate: Array, ceiling: Array, spread: Array, distance: Array
) -> Array:
    """Chance that each side's rearming has covered its distance, at every week.

    Parameters
    ----------
    weeks : weeks, >= 1
        Last week.
    rate, ceiling : (D, 2) a week, position
        Pace and ceiling of each side's rearming.
    spread : (D,) position per square root of a week, >= 0
    distance : (D, 2, F) position
        F distances a side, for F forms of a truce or profiles of provisions, which share the
        kernel; <= 0 where breaking pays already, inf where it never does.

    Returns
    -------
    (D, 2, F, weeks+1) probability, never falling
        At week 0 it is 1 where the distance is <= 0, else 0. Spread below `QUIET` over the whole
        curve counts as none: the week in which the foreseen gain first reaches the distance.
        Against a finite-difference solution it errs by up to 3e-4 in the default ranges and 2e-3
        where ceilings are neared within weeks; with noise a tenth of the defaults and less, by up
        to .06 in the one week of a front that is steeper than the grid.

    Source
    ------
    Buonocore, Nobile and Ricciardi (1987), Advances in Applied Probability 19(4), for the Volterra
    equation; its driving term is integrated in closed form on every step, with the boundary taken
    as straight there (the tangent approximation of Daniels 1982, Journal of Applied Probability
    19(4), is its first order).
    """
    draws = len(spread)
    out = np.empty((*distance.shape, weeks + 1))
    calm = spread * np.sqrt(weeks) < QUIET
    if calm.any():
        out[calm] = _without_noise(weeks, rate[calm], ceiling[calm], distance[calm])
    times = np.full(draws, 0)
    times[~calm] = _times_needed(weeks, rate[~calm], ceiling[~calm], spread[~calm])
    for count in np.unique(times[~calm]):
        alike = np.flatnonzero(times == count)
        for start in range(0, len(alike), _BLOCK):
            few = alike[start : start + _BLOCK]
            out[few] = _volterra(
                weeks, int(count), rate[few], ceiling[few], spread[few], distance[few]
            )
    return out


def _without_noise(weeks: int, rate: Array, ceiling: Array, distance: Array) -> Array:
    """1 from the first week at which the foreseen gain has reached the distance."""
    gain = net_gain(np.arange(weeks + 1.0), rate, ceiling)
    both = np.maximum.accumulate(np.stack([gain, -gain], axis=1), axis=-1)
    return (both[:, :, None, :] >= distance[..., None]).astype(np.float64)


def grid_of(weeks: int, count: int) -> Array:
    """Times from 0 to `weeks` at which the equation is solved, (count+1,)."""
    return np.asarray(weeks * (np.arange(count + 1) / count) ** 2)


def _times_needed(weeks: int, rate: Array, ceiling: Array, spread: Array) -> IntArray:
    """How many times each draw needs, doubled from the fewest until its boundary bends little."""
    t = grid_of(weeks, FEWEST_TIMES)[1:]
    step = np.diff(grid_of(weeks, FEWEST_TIMES))
    curve = (ceiling * rate**2)[..., None] * np.exp(-rate[..., None] * t)
    bend = (curve.sum(axis=1) * step**1.5).max(axis=-1) / spread
    # The bend of one step falls with its length to the power 3/2.
    doubled = np.ceil(np.log2(np.maximum(bend / _EASY_BEND, 1.0)) / 1.5)
    return np.asarray(np.minimum(FEWEST_TIMES * 2.0**doubled, MOST_TIMES).astype(np.int64))


def _volterra(
    weeks: int, count: int, rate: Array, ceiling: Array, spread: Array, distance: Array
) -> Array:
    """`reference.rearmament_passage` for many draws, both sides and all distances at once."""
    t = grid_of(weeks, count)
    gain = net_gain(t, rate, ceiling)
    pace = (ceiling * rate)[..., None] * np.exp(-rate[..., None] * t)
    toward = np.array([1.0, -1.0])[:, None]
    ahead = np.isfinite(distance) & (distance > 0)
    added = _driven(t, gain[:, None, :] * toward, spread, np.where(ahead, distance, 1.0))
    passed = _solved(t, gain, pace[:, 0] - pace[:, 1], spread, added)
    weekly = _weekly(np.maximum.accumulate(np.clip(passed, 0.0, 1.0), axis=-1), weeks)
    return np.where(ahead[..., None], weekly, np.where(distance <= 0, 1.0, 0.0)[..., None])


def _solved(t: Array, gain: Array, pace: Array, spread: Array, added: Array) -> Array:
    """The equation itself: what has passed at each time (D, 2, F, N+1), from what drives it.

    `gain` and `pace` (D, N+1) are side A's and `added` (D, 2, F, N) is what each step would add
    were the boundary straight.
    """
    step = np.diff(t)
    # B's boundary mirrors A's, so that its kernel is the same with the other sign.
    toward = np.array([1.0, -1.0])[:, None]
    mass = np.zeros((*added.shape[:-1], len(t)))
    flat = mass.reshape(len(mass), -1, len(t))  # the same memory
    passed = np.zeros_like(mass)
    before = np.zeros(added.shape[:-1])
    for n in range(1, len(t)):
        since = t[n] - t[:n]
        moved = gain[:, n : n + 1] - gain[:, :n]
        short = moved / (spread[:, None] * np.sqrt(since))
        kernel = np.exp(-0.5 * short * short) * (moved / since - pace[:, n : n + 1])
        kernel /= spread[:, None] * np.sqrt(2.0 * np.pi * since)
        pull = (flat[..., :n] @ kernel[..., None]).reshape(before.shape) * toward
        last = step[n - 1] * kernel[:, -1][:, None, None] * toward
        first = (_FIRST_STEP - 0.5) * last * mass[..., n - 1]
        fresh = added[..., n - 1] + 0.5 * step[n - 1] * (before + pull) + first
        fresh /= 1.0 - 0.5 * _FIRST_STEP * last
        mass[..., n - 1] += 0.5 * fresh
        mass[..., n] += 0.5 * fresh
        before = pull + 0.5 * fresh * last / step[n - 1]
        passed[..., n] = passed[..., n - 1] + fresh
    return passed


def _weekly(passed: Array, weeks: int) -> Array:
    """What has passed at every week, from nodes whose square roots are evenly spaced.

    A cubic in the root of time on every step, whose slopes are harmonic means, so that it never
    falls (Fritsch and Butland 1984, SIAM Journal on Scientific and Statistical Computing 5(2)).
    """
    count = passed.shape[-1] - 1
    place = count * np.sqrt(np.arange(weeks + 1.0) / weeks)
    node = np.minimum(place.astype(np.int64), count - 1)
    u = place - node
    rise = np.diff(passed)
    both = rise[..., :-1] + rise[..., 1:]
    inner = 2.0 * rise[..., :-1] * rise[..., 1:] / np.where(both > 0.0, both, 1.0)
    # Nothing has passed at first, flatter than any power; at the last node the step's own slope.
    slope = np.concatenate([np.zeros_like(rise[..., :1]), inner, rise[..., -1:]], axis=-1)
    below, above = passed[..., node], passed[..., node + 1]
    weekly = (
        below
        + (above - below) * u * u * (3.0 - 2.0 * u)
        + slope[..., node] * u * (1.0 - u) ** 2
        - slope[..., node + 1] * u * u * (1.0 - u)
    )
    # The cubic only rises; its last binary digit need not.
    return np.maximum.accumulate(np.clip(weekly, 0.0, 1.0), axis=-1)


def _driven(t: Array, gain: Array, spread: Array, distance: Array) -> Array:
    """What each step adds were the boundary straight on it, (D, 2, F, steps).

    On a step the gain is g+vt, so that a walk of drift v has a-g to cover. Where the gain has
    bent so far that a-g is negative the term is negative, and the kernel makes up for it.
    """
    slope = np.diff(gain) / np.diff(t)
    left = distance[..., None] - (gain[..., :-1] - slope * t[:-1])[:, :, None, :]
    sign = np.where(left < 0, -1.0, 1.0)
    drift = sign * slope[:, :, None, :]
    noise = spread[:, None, None, None]
    left = np.abs(left)
    late, early = (first_passage(at, left, drift, noise) for at in (t[1:], t[:-1]))
    return np.asarray(sign * (late - early))
