"""Why the war had not ended by `as_of`: weights over draws, exact given a draw and the record.

Given a draw the past is a fixed path, so nothing is simulated: w = Π (1 - q_t), q_t the chance that
any ending that the engine knows starts in week t (design section 5).
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from interbellum.model.steps import clamp_position, value_of_fighting
from interbellum.model.talks import EngineInputs, Record
from interbellum.model.units import Array
from interbellum.talks.draws import draw_of, table_of
from interbellum.talks.offers import acceptance, offer
from interbellum.talks.premium import NO_PREMIUM, foreseen, premium_at, premium_row
from interbellum.talks.reference import NEVER
from interbellum.talks.steps import is_content

BLOCK = 16  # draws a call


def log_weights(e: EngineInputs, record: Record, threads: int = 1, premium_of: Any = None) -> Array:
    """Logarithm of the chance, under each draw, that the war was still on at `as_of`.

    Parameters
    ----------
    e : EngineInputs
    record : Record
    threads : int
    premium_of : callable or None
        Gives a draw's `PremiumDraw`, for sides that foresee talks. Its first week stands for every past
        one: sides then knew as little as at `as_of`.

    Returns
    -------
    (D,) float, at most 0
    """
    draws = len(e.position)
    out = np.zeros(draws)

    def work(start: int) -> None:
        for draw in range(start, min(start + BLOCK, draws)):
            d = draw_of(e, draw)
            table = table_of(e, d)
            out[draw] = _log_weight(
                d,
                table.lines,
                table.levels,
                table.u_a,
                table.u_b,
                table.decides,
                table.bounds,
                record.position[draw],
                record.effect[draw],
                record.talks[draw],
                record.reluctance[draw],
                record.cost[draw],
                record.deal_set,
                record.truce,
                record.seen,
                record.belief_week,
                NO_PREMIUM if premium_of is None else premium_of(draw),
            )

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, range(0, draws, BLOCK)))
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _log_weight(
    d: Any,
    lines: Any,
    levels: Any,
    u_a: Any,
    u_b: Any,
    decides: Any,
    bounds: Any,
    position: Any,
    effects: Any,
    talks: Any,
    reluctances: Any,
    costs: Any,
    deal_set: Any,
    truce: Any,
    seen_weeks: Any,
    belief_week: Any,
    premium: Any,
) -> float:
    sides = (d.a, d.b)
    signal = np.zeros(2)
    seen = np.zeros(2)
    untenable = np.zeros(2, np.int64)
    y = np.zeros(2)
    drift = np.zeros(2)
    cost = np.zeros(2)
    value = np.zeros(2)
    reluctance = np.zeros(2)
    quiet = 0
    total = 0.0
    for week in range(len(position)):
        here, effect = position[week], effects[week]
        moved = here - position[week - 1] - effect if week > 0 else 0.0
        for side in range(2):
            own = sides[side]
            if week > belief_week[side] and seen_weeks[week]:
                signal[side] += moved
                seen[side] += 1.0
            posterior = (own.stubbornness * own.prior + signal[side]) / (
                own.stubbornness + seen[side]
            )
            drift[side] = posterior + effect
            y[side] = clamp_position(
                here + d.momentum * (d.drift + effect - drift[side]) / (1.0 - d.momentum)
            )
            cost[side] = own.cost * costs[week, side]
            value[side] = value_of_fighting(
                y[side], drift[side], d.variance, own.discount, cost[side], side
            )
            apart = here - (signal[side] - own.signals)
            value[side] += premium_at(premium, side, effect, apart, 0.0, here)
            untenable[side] = untenable[side] + 1 if value[side] < 0.0 else 0
            reluctance[side] = own.reluctance * reluctances[week, side]
        content = True
        for side in range(2):
            own, other = (d.a, d.b) if side == 0 else (d.b, d.a)
            content = content and is_content(
                own,
                other,
                y[side],
                drift[side],
                d.variance,
                value[side],
                reluctance[side],
                cost[side],
                own.fear,
                here,
                signal[side] - own.signals,
                0.0,
                effect,
                premium,
            )
        quiet = quiet + 1 if content else 0
        if truce[week]:
            untenable[:] = 0
            quiet = 0
            continue
        goes_on = 1.0
        for side in range(2):
            if untenable[side] > d.tolerance:
                goes_on *= 1.0 - d.ending_chance
        if quiet > d.tolerance:
            goes_on *= 1.0 - d.ending_chance
        if talks[week] > 0.0:
            if foreseen(premium.rows):
                for side in range(2):
                    apart = here - (signal[side] - sides[side].signals)
                    premium_row(premium, side, effect, apart, 0.0)
            surplus_a, surplus_b, provisions, _ = offer(
                lines,
                levels,
                deal_set[week],
                u_a,
                u_b,
                d.variance,
                y[0],
                y[1],
                drift[0],
                drift[1],
                value[0],
                value[1],
                d.a.discount,
                d.b.discount,
                cost[0],
                cost[1],
                decides,
                bounds,
                here,
                premium.rows,
                len(lines) - 1,
            )
            if provisions != NEVER:
                signed = acceptance(surplus_a - reluctance[0], d.choice_noise) * acceptance(
                    surplus_b - reluctance[1], d.choice_noise
                )
                goes_on *= 1.0 - min(1.0, talks[week]) * signed
        total += math.log(max(goes_on, 1e-300))
    return total


def normalised(log_weight: Array) -> Array:
    """Weights that sum to one.

    Parameters
    ----------
    log_weight : (D,) float
    """
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def effective_draws(weight: Array) -> float:
    """(Σw)²/Σw², the number of equally weighted draws worth as much."""
    return float(weight.sum() ** 2 / (weight**2).sum())
