"""The truce model's hardest step, written to be read: one draw, one side, one distance.

`passage.rearmament_passage` is the same over many draws, both sides and all distances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from interbellum.peace.passage import first_passage

FIRST_STEP = 2.0 / 3.0  # share of a step's end value that ∫√s ds leaves; a trapezoid has 1/2


def gain(t: float, own: tuple[float, float], other: tuple[float, float]) -> float:
    """Foreseen gain of a side after `t` weeks; (rate, ceiling) of its rearming and the other's."""
    return own[1] * -math.expm1(-own[0] * t) - other[1] * -math.expm1(-other[0] * t)


def pace(t: float, own: tuple[float, float], other: tuple[float, float]) -> float:
    """Foreseen gain a week at `t`."""
    return own[0] * own[1] * math.exp(-own[0] * t) - other[0] * other[1] * math.exp(-other[0] * t)


def rearmament_passage(
    times: Sequence[float],
    own: tuple[float, float],
    other: tuple[float, float],
    spread: float,
    distance: float,
) -> list[float]:
    """Chance that a side has covered a distance, at each of some times.

    With m(t) the foreseen gain, a the distance and σ the spread, the density g of the first
    passage obeys

        g(t) = [(a-m(t))/t + m'(t)] n(a-m(t), t)
               + ∫ g(τ) [(m(t)-m(τ))/(t-τ) - m'(t)] n(m(t)-m(τ), t-τ) dτ,

    with n(x, t) the normal density of x at variance σ²t. The equation is integrated over each
    step. Its first term is that of a straight boundary, taken as the chord of m, whose integral
    is `first_passage`; half of what has passed within a step is put at each of its ends.

    Parameters
    ----------
    times : weeks, rising from 0
    own, other : (rate a week, ceiling in shares of the race)
    spread : position per square root of a week, > 0
    distance : position, > 0

    Returns
    -------
    probability at each time, as the equation gives it: not yet held between 0 and 1

    Source
    ------
    Buonocore, Nobile and Ricciardi (1987), Advances in Applied Probability 19(4).
    """
    mass = [0.0] * len(times)
    passed = [0.0]
    before = 0.0
    for n in range(1, len(times)):
        t, step = times[n], times[n] - times[n - 1]
        kernel = [_kernel(t, times[k], own, other, spread) for k in range(n)]
        pull = sum(mass[k] * kernel[k] for k in range(n))
        fresh = _straight(times[n - 1], t, own, other, spread, distance)
        fresh += step * (before + pull) / 2.0
        # The step just after the newest node, where the kernel still rises as a square root.
        fresh += (FIRST_STEP - 0.5) * step * kernel[-1] * mass[n - 1]
        # Half of what passes now counts at the node before: the equation is solved for it.
        fresh /= 1.0 - 0.5 * FIRST_STEP * step * kernel[-1]
        mass[n - 1] += fresh / 2.0
        mass[n] += fresh / 2.0
        before = pull + kernel[-1] * fresh / 2.0
        passed.append(passed[-1] + fresh)
    return passed


def _kernel(
    t: float, tau: float, own: tuple[float, float], other: tuple[float, float], spread: float
) -> float:
    """What having passed at `tau` adds at `t`; 0 for a straight line."""
    since = t - tau
    moved = gain(t, own, other) - gain(tau, own, other)
    density = math.exp(-0.5 * (moved / spread) ** 2 / since)
    density /= spread * math.sqrt(2.0 * math.pi * since)
    return density * (moved / since - pace(t, own, other))


def _straight(
    start: float,
    end: float,
    own: tuple[float, float],
    other: tuple[float, float],
    spread: float,
    distance: float,
) -> float:
    """Chance that passes between two times if the gain is straight between them."""
    slope = (gain(end, own, other) - gain(start, own, other)) / (end - start)
    left = distance - (gain(start, own, other) - slope * start)
    sign = -1.0 if left < 0 else 1.0
    late, early = (float(first_passage(at, abs(left), sign * slope, spread)) for at in (end, start))
    return sign * (late - early)
