"""Compiled parts of `strategic.py`, where the model is written down: solving one draw backwards."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from interbellum.model.steps import clamp_position, step, value_of_fighting
from interbellum.talks.draws import COST, FRONTIER
from interbellum.talks.offers import acceptance, offer
from interbellum.talks.premium import lift
from interbellum.talks.reference import NEVER
from interbellum.talks.steps import climate_now

# Gauss-Hermite points for the mean over a standard normal; seven integrate degree 13 exactly.
_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
POINTS = tuple(float(x) for x in _POINTS)
WEIGHTS = tuple(float(w) for w in _WEIGHTS / _WEIGHTS.sum())
SURELY = 20.0  # e^-40 is below half the last digit of 1
LEAST_LEVER = 0.5  # y' reads itself through what it teaches; below this the reading is cut


@step
def posterior(own: Any, learned: float, week: float) -> float:
    """Mean drift that a side believes after so many weeks and so much movement since `as_of`."""
    return float(
        (own.stubbornness * own.prior + own.signals + learned)
        / (own.stubbornness + own.signal_weeks + week)
    )


@step
def softplus(x: float) -> float:
    """ln(1 + e^x)."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@step
def solve(
    d: Any,
    table: Any,
    regimes: Any,
    weeks: Any,
    offset: Any,
    effect: Any,
    chance: Any,
    reluctant: Any,
    gained: Any,
    out: Any,
) -> None:
    """Premiums (2, effects, offsets, weeks, positions) of a draw, backwards from the last of `weeks`.

    `regimes` are those in force, whose red lines and costs are expected to last; `gained` (3, 2,
    positions) is written on: gains at the rate of an interval's first week, what a side has in hand
    after it and then a guess of these, and gains at the rate of its last week.
    """
    climate = climate_now(table, regimes)
    among = int(table.climates[climate, FRONTIER])
    cost_a = d.a.cost * table.climates[climate, COST]
    cost_b = d.b.cost * table.climates[climate, COST + 1]
    effects, offsets, size = out.shape[1], out.shape[2], out.shape[3]
    beginning, guess, ending = gained[0], gained[1], gained[2]
    last = size - 1
    for i in range(effects):
        drift = point(effect, i, effects)
        for k in range(offsets):
            apart = point(offset, k, offsets)
            for t in range(last, -1, -1):
                gap = weeks[min(t + 1, last)] - weeks[min(t, last - 1)]
                # Rounds come in weeks t+1 to t+gap; gains that change evenly between the ends sum to
                # gap times these shares of the two. One week has its own gain only.
                share = 0.5 * (gap - 1.0) / gap
                if t < last:
                    for side in range(2):
                        for p in range(out.shape[4]):
                            guess[side, p] = (
                                out[side, i, k, t + 1, p] + (1.0 - share) * ending[side, p]
                            )
                        expect(
                            d,
                            d.a if side == 0 else d.b,
                            drift,
                            apart,
                            weeks[t],
                            gap,
                            guess[side],
                            out[side, i, k, t],
                        )
                        # The gain now depends on the premium now: guess it from the gain then.
                        for p in range(out.shape[4]):
                            guess[side, p] = share * ending[side, p]
                            out[side, i, k, t, p] += guess[side, p]
                gains(
                    d,
                    table,
                    among,
                    cost_a,
                    cost_b,
                    drift,
                    apart,
                    weeks[t],
                    chance[t],
                    reluctant[t],
                    out[:, i, k, t],
                    weeks[t] - weeks[t - 1] if t > 0 else 0.0,
                    gap,
                    beginning,
                    ending,
                )
                if t < last:
                    for side in range(2):
                        for p in range(out.shape[4]):
                            out[side, i, k, t, p] += share * beginning[side, p] - guess[side, p]


@step
def point(span: Any, place: int, size: int) -> float:
    """A point of an even grid; the middle of its span where it has only one."""
    if size == 1:
        return float(0.5 * (span[0] + span[1]))
    return float(span[0] + (span[1] - span[0]) * place / (size - 1))


@step
def gains(
    d: Any,
    table: Any,
    among: int,
    cost_a: float,
    cost_b: float,
    effect: float,
    apart: float,
    week: float,
    chance: float,
    reluctant: Any,
    rows: Any,
    before: float,
    after: float,
    beginning: Any,
    ending: Any,
) -> None:
    """What rounds in a week would bring each side, at every position, over a whole interval.

    `before` and `after` are the weeks of the interval that ends and of the one that begins there.
    """
    last = ending.shape[1] - 1
    lag = d.momentum / (1.0 - d.momentum)
    for side in range(2):
        beginning[side, 0] = ending[side, 0] = 0.0
        beginning[side, last] = ending[side, last] = 0.0
    likely = table.levels.shape[1] - 2
    for p in range(1, last):
        y = p / last
        learned = y - apart - effect * week
        post_a, post_b = posterior(d.a, learned, week), posterior(d.b, learned, week)
        y_a = clamp_position(y + lag * (d.drift - post_a))
        y_b = clamp_position(y + lag * (d.drift - post_b))
        drift_a, drift_b = post_a + effect, post_b + effect
        surplus_a, surplus_b, found, _ = offer(
            table.lines,
            table.levels,
            among,
            table.u_a,
            table.u_b,
            d.variance,
            y_a,
            y_b,
            drift_a,
            drift_b,
            value_of_fighting(y_a, drift_a, d.variance, d.a.discount, cost_a, 0) + rows[0, p],
            value_of_fighting(y_b, drift_b, d.variance, d.b.discount, cost_b, 1) + rows[1, p],
            d.a.discount,
            d.b.discount,
            cost_a,
            cost_b,
            table.decides,
            table.bounds,
            y,
            rows,
            likely,
        )
        brings_a = brings_b = signed = 0.0
        if found != NEVER:
            likely = found  # neighbours mostly agree
            noise = d.choice_noise
            surplus_a -= d.a.reluctance * reluctant[0]
            surplus_b -= d.b.reluctance * reluctant[1]
            yes_a, yes_b = acceptance(surplus_a, noise), acceptance(surplus_b, noise)
            signed = yes_a * yes_b
            brings_a = yes_b * noise * softplus(surplus_a / noise)
            brings_b = yes_a * noise * softplus(surplus_b / noise)
        many = rounds(chance, signed, after)
        beginning[0, p], beginning[1, p] = many * brings_a, many * brings_b
        many = rounds(chance, signed, before)
        ending[0, p], ending[1, p] = many * brings_a, many * brings_b


@step
def rounds(chance: float, signed: float, weeks: float) -> float:
    """Mean number of rounds in so many weeks, until one is signed."""
    ends = chance * signed  # the chance a week
    if ends < 1e-9:
        return chance * weeks
    if ends >= 1.0:
        return 1.0
    return -math.expm1(weeks * math.log1p(-ends)) / signed


@step
def survives(apart: float) -> float:
    """Chance that a Brownian bridge has not touched an end; 1 to the last digit where that is far."""
    return 1.0 if apart > SURELY else 1.0 - math.exp(-2.0 * apart)  # expm1 is slow


@step
def expect(
    d: Any,
    own: Any,
    effect: float,
    apart: float,
    week: float,
    gap: float,
    later: Any,
    out: Any,
) -> None:
    """Discounted mean of what a side has in hand (positions,) after an interval.

    The race goes as the side believes; nothing is left once it has touched an end.
    """
    last = len(out) - 1
    lag = d.momentum / (1.0 - d.momentum)
    known = own.stubbornness + own.signal_weeks + week
    # What it does not know of the drift adds to the spread of what it expects.
    spread = math.sqrt(d.variance * gap * (1.0 + gap / known))
    bridge = d.variance * gap
    discount = math.exp(-own.discount * gap)
    # Back from the side's own reading to the analyst's, over which the row stands.
    lever = max(1.0 - lag / (known + gap), LEAST_LEVER)
    shift = lag * (d.drift - posterior(own, -apart - effect * (week + gap), week + gap))
    for p in range(1, last):
        y = p / last
        post = posterior(own, y - apart - effect * week, week)
        here = clamp_position(y + lag * (d.drift - post))
        total = 0.0
        for q in range(len(POINTS)):
            there = here + (post + effect) * gap + spread * POINTS[q]
            if there <= 0.0 or there >= 1.0:
                continue
            alive = survives((1.0 - here) * (1.0 - there) / bridge) * survives(
                here * there / bridge
            )
            total += WEIGHTS[q] * alive * lift(later, (there - shift) / lever)
        out[p] = discount * total
