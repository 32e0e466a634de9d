"""Why the war had not ended by `as_of`: weights over draws, exact given a draw and the record.

Given a draw the past is a fixed path, so nothing is simulated: w = Π (1 - q_t), q_t the chance that
any ending that the engine knows starts in week t (design section 5).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from interbellum.model.steps import clamp_position, value_of_fighting
from interbellum.model.talks import EngineInputs, Record
from interbellum.model.units import Array
from interbellum.talks.kernel import acceptance, draw_of, is_content, offer, table_of
from interbellum.talks.reference import NEVER


def log_weights(e: EngineInputs, record: Record) -> Array:
    """Logarithm of the chance, under each draw, that the war was still on at `as_of`.

    Parameters
    ----------
    e : EngineInputs
    record : Record

    Returns
    -------
    (D,) float, at most 0
    """
    out = np.zeros(len(e.position))
    _log_weights(e, record, out)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _log_weights(e: Any, record: Any, out: Any) -> None:
    weeks = record.position.shape[1]
    for draw in range(len(e.position)):
        d = draw_of(e, draw)
        table = table_of(e, d)
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
        for week in range(weeks):
            here, effect = record.position[draw, week], record.effect[draw, week]
            moved = here - record.position[draw, week - 1] - effect if week > 0 else 0.0
            for side in range(2):
                own = sides[side]
                if week > record.belief_week[side] and record.seen[week]:
                    signal[side] += moved
                    seen[side] += 1.0
                posterior = (own.stubbornness * own.prior + signal[side]) / (
                    own.stubbornness + seen[side]
                )
                drift[side] = posterior + effect
                y[side] = clamp_position(
                    here + d.momentum * (d.drift + effect - drift[side]) / (1.0 - d.momentum)
                )
                cost[side] = own.cost * record.cost[draw, week, side]
                value[side] = value_of_fighting(
                    y[side], drift[side], d.variance, own.discount, cost[side], side
                )
                untenable[side] = untenable[side] + 1 if value[side] < 0.0 else 0
                reluctance[side] = own.reluctance * record.reluctance[draw, week, side]
            content = is_content(
                d.a, d.b, y[0], drift[0], d.variance, value[0], reluctance[0], cost[0], d.a.fear
            ) and is_content(
                d.b, d.a, y[1], drift[1], d.variance, value[1], reluctance[1], cost[1], d.b.fear
            )
            quiet = quiet + 1 if content else 0
            if record.truce[week]:
                untenable[:] = 0
                quiet = 0
                continue
            goes_on = 1.0
            for side in range(2):
                if untenable[side] > d.tolerance:
                    goes_on *= 1.0 - d.ending_chance
            if quiet > d.tolerance:
                goes_on *= 1.0 - d.ending_chance
            if record.talks[draw, week] > 0.0:
                surplus_a, surplus_b, provisions, _ = offer(
                    table.lines,
                    table.levels,
                    record.deal_set[week],
                    table.u_a,
                    table.u_b,
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
                    table.decides,
                )
                if provisions != NEVER:
                    signed = acceptance(surplus_a - reluctance[0], d.choice_noise) * acceptance(
                        surplus_b - reluctance[1], d.choice_noise
                    )
                    goes_on *= 1.0 - min(1.0, record.talks[draw, week]) * signed
            total += math.log(max(goes_on, 1e-300))
        out[draw] = total


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
