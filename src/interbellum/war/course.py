"""Where the race goes if fighting simply goes on: one draw, one path, written to be read.

Nothing ends it but a decision: no talks, no silence, no side that gives up. `talks/course.py` is the
same over many paths, beside the streams and the steps of the engine that it is made of; a test holds
the two equal. Random numbers are passed in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from interbellum.model.talks import EngineInputs
from interbellum.model.units import Array
from interbellum.war.reference import believed_position, posterior_drift, touched


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """The random numbers of one path, a row a week; week 0 is not read."""

    battle: Array
    """(W + 1,) standard normal, as the lead that sorts first sees it."""
    touch: Array
    """(W + 1, 2) uniform, for a touch of an end by the lead that sorts first and by the other."""
    moves: Array
    """(W + 1, 4) uniform, one a regime."""


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """One path, week by week from `as_of`."""

    race: Array
    """(W + 1,) position; 0 or 1 from the week on in which it was decided."""
    front: Array
    """(W + 1,) movement of the front since `as_of`, share of the race."""
    believed: Array
    """(W + 1, 3) chance that A prevails as A, B and the analyst see it."""


def follow(e: EngineInputs, pace: Array, draw: int, lots: Lots) -> Walk:
    """Follow one path for as many weeks as there are numbers drawn.

    Parameters
    ----------
    e : EngineInputs
        The race and its regimes; nothing of deals or talks is read.
    pace : (D,) float, position a week
        m, how fast the front moves at `as_of`.
    draw : int
    lots : Lots

    Returns
    -------
    Walk

    Source
    ------
    Design section 3: m' = φm + (1-φ)(θ_t + σε), x' = x + m'; y = x + φ(m-θ_t)/(1-φ), which moves by
    θ_t + σε a week and is read anew when a regime moves; it ends where y touches 0 or 1. Both sides
    learn from σε + θ, never from what regimes add.
    """
    variance, phi = float(e.variance[draw]), float(e.momentum[draw])
    y, m, travelled, learned = float(e.position[draw]), float(pace[draw]), 0.0, 0.0
    regimes = [int(state) for state in e.regime_now]
    effect, decided = _effect(e, draw, regimes), False
    weeks = len(lots.battle) - 1
    race, front, believed = np.empty(weeks + 1), np.empty(weeks + 1), np.empty((weeks + 1, 3))
    race[0], front[0], believed[0] = y, 0.0, beliefs(e, draw, y, effect, learned, 0)
    for week in range(1, weeks + 1):
        if not decided:
            before = effect
            _move(e, draw, week, lots.moves[week], regimes)
            effect = _effect(e, draw, regimes)
            if effect != before:  # the front stays where it is, so y is read anew
                y += phi / (1.0 - phi) * (before - effect)
            noise = math.sqrt(variance) * e.orientation * lots.battle[week]
            after = y + (e.drift[draw] + effect + noise)
            m = phi * m + (1.0 - phi) * (e.drift[draw] + effect + noise)
            travelled += m
            end = _end(y, after, variance, _by_role(e.orientation, lots.touch[week]))
            learned += after - y - effect
            decided = end is not None
            y = after if end is None else end
        race[week], front[week] = y, travelled
        believed[week] = y if decided else beliefs(e, draw, y, effect, learned, week)
    return Walk(race, front, believed)


def beliefs(
    e: EngineInputs, draw: int, y: float, effect: float, learned: float, weeks: int
) -> tuple[float, float, float]:
    """Chance that A prevails as A, B and the analyst see it.

    Parameters
    ----------
    e : EngineInputs
    draw : int
    y : float
        The race under the draw's own drift.
    effect : float, position a week
        What the regimes in force add to the drift.
    learned : float, position
        Sum of the signals since `as_of`.
    weeks : int
        How many.
    """
    variance, drift = e.variance[draw], e.drift[draw]
    seen = []
    for side in (0, 1):
        own = posterior_drift(
            e.prior[draw, side],
            e.stubbornness[draw, side],
            e.signals[draw, side] + learned,
            e.signal_weeks[draw, side] + weeks,
        )
        at = believed_position(np.asarray(y), e.momentum[draw], drift, own)
        seen.append(chance_to_prevail(float(2.0 * (own + effect) / variance), float(at)))
    analyst = float(believed_position(np.asarray(y), e.momentum[draw], drift, drift))
    return seen[0], seen[1], chance_to_prevail(float(2.0 * (drift + effect) / variance), analyst)


def chance_to_prevail(slope: float, position: float) -> float:
    """Chance that A prevails; `war.reference.chance_from_slope` with exponents that only fall.

    Parameters
    ----------
    slope : float
        s = 2θ/σ² of any size: regimes add to a drift that an extreme belief has made steep.
    position : float in (0, 1)
    """
    if abs(slope) < 1e-12:
        return position
    if slope > 0.0:
        return math.expm1(-slope * position) / math.expm1(-slope)
    return math.exp(slope * (1.0 - position)) * math.expm1(slope * position) / math.expm1(slope)


def _effect(e: EngineInputs, draw: int, regimes: list[int]) -> float:
    return sum(float(e.regime_effect[draw, r, state]) for r, state in enumerate(regimes))


def _move(e: EngineInputs, draw: int, week: int, drawn: Array, regimes: list[int]) -> None:
    """Move each regime by its scheduled day, else by chance, as the engine does."""
    for r, state in enumerate(regimes):
        due = [row[3] for row in e.scheduled if (row[0], row[1], row[2]) == (week, r, state)]
        if due:
            regimes[r] = int(due[0])
            continue
        reached = np.cumsum(e.regime_switch[draw, r, state])
        if drawn[r] < reached[-1]:
            regimes[r] = int(np.argmax(drawn[r] < reached))


def _by_role(orientation: int, drawn: Array) -> tuple[float, float]:
    """Numbers of the lead that sorts first and of the other, as numbers for A and B."""
    first, second = float(drawn[0]), float(drawn[1])
    return (first, second) if orientation > 0 else (second, first)


def _end(before: float, after: float, variance: float, lots: tuple[float, float]) -> float | None:
    """The end that the race touched within a week: 1, 0 or None."""
    one, zero = touched(np.asarray(before), np.asarray(after), np.asarray(variance))
    ahead_a, ahead_b = float(one) - lots[0], float(zero) - lots[1]
    if ahead_a <= 0.0 and ahead_b <= 0.0:
        return None
    if ahead_a > 0.0 and ahead_b > 0.0:  # a wild week: the surer touch came first
        return 1.0 if ahead_a >= ahead_b else 0.0
    return 1.0 if ahead_a > 0.0 else 0.0
