"""The course of `war/course.py` over many paths, compiled. Change the reference first.

It stands here because it is made of the engine's streams and steps. Every random number is keyed by
(seed, draw, path, week) under purposes of its own, so the result does not depend on threads, and a
path of a course has nothing to do with the engine's path of the same number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from interbellum.model.steps import clamp_position, step
from interbellum.model.talks import EngineInputs
from interbellum.model.units import Array
from interbellum.talks.reference import NEVER
from interbellum.talks.steps import by_role, move_regimes, touched, untouched_within
from interbellum.talks.streams import COURSE, COURSE_MOVE, fill_normals, fill_words

RACE, FRONT, BELIEF_A, BELIEF_B, ANALYST, QUANTITIES = 0, 1, 2, 3, 4, 5
"""First axis of `follow`: position of the race, movement of the front since `as_of` as a share of the
race, and the chance that A prevails as A, B and the analyst see it."""
BLOCK = 16  # draws a call
YEAR = 52  # weeks whose numbers are drawn at once: many paths are decided early
_INV32 = 2.0**-32


def follow(
    e: EngineInputs, pace: Array, seed: int, paths: int, stops: Sequence[int], threads: int = 1
) -> Array:
    """Follow paths of every draw and write down where they stand.

    Parameters
    ----------
    e : EngineInputs
    pace : (D,) float, position a week
        As in `war.course.follow`.
    seed, paths : int
    stops : sequence of int, weeks
        Ascending, from 0 on.
    threads : int
        The result does not depend on it.

    Returns
    -------
    (5, stops, D, paths) float
    """
    draws = len(e.position)
    out = np.empty((QUANTITIES, len(stops), draws, paths))
    at = np.array(stops, np.int64)
    key: Any = np.uint64(seed)
    leave = np.zeros(e.regime_switch.shape[:3])
    for to in range(e.regime_switch.shape[3]):  # in the order in which a move is looked for
        leave += e.regime_switch[..., to]

    def work(start: int) -> None:
        here = np.empty((QUANTITIES, len(stops), paths))
        for draw in range(start, min(start + BLOCK, draws)):
            _follow(
                e.orientation,
                float(e.position[draw]),
                float(e.drift[draw]),
                float(e.variance[draw]),
                float(e.momentum[draw]),
                float(pace[draw]),
                e.prior[draw],
                e.stubbornness[draw],
                e.signals[draw],
                e.signal_weeks[draw],
                e.regime_now,
                e.regime_effect[draw],
                e.regime_switch[draw],
                leave[draw],
                e.scheduled,
                at,
                key,
                draw,
                here,
            )
            out[:, :, draw] = here

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, range(0, draws, BLOCK)))
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(
    orientation: int,
    position: float,
    theta: float,
    variance: float,
    phi: float,
    pace: float,
    prior: Any,
    stubbornness: Any,
    signals: Any,
    signal_weeks: Any,
    regime_now: Any,
    effects: Any,
    switch: Any,
    leave: Any,
    scheduled: Any,
    stops: Any,
    seed: int,
    draw: int,
    out: Any,
) -> None:
    words, moves = np.empty((4, YEAR), np.uint64), np.empty((4, YEAR), np.uint64)
    normal = np.empty(YEAR)
    regimes = np.empty(len(regime_now), np.int64)
    spread, lag = math.sqrt(variance) * orientation, phi / (1.0 - phi)
    inner = untouched_within(variance)
    for path in range(out.shape[2]):
        regimes[:] = regime_now
        effect = effect_now(effects, regimes)
        y, m, travelled, learned, week, winner = position, pace, 0.0, 0.0, 0, NEVER
        for stop in range(len(stops)):
            while week < stops[stop] and winner == NEVER:
                at = week % YEAR
                week += 1
                if at == 0:
                    fill_words(seed, draw, path, week, COURSE, words)
                    fill_normals(words[0], normal)
                    if len(regimes) > 0:
                        fill_words(seed, draw, path, week, COURSE_MOVE, moves)
                if len(regimes) > 0:
                    drawn = lots_of(moves, at)
                    if move_regimes(switch, leave, scheduled, drawn, week, regimes):
                        before, effect = effect, effect_now(effects, regimes)
                        y += lag * (before - effect)
                moved = theta + effect + spread * normal[at]
                after = y + moved
                m = phi * m + (1.0 - phi) * moved
                travelled += m
                if not (abs(y - 0.5) < inner and abs(after - 0.5) < inner):
                    _, first, second, _ = lots_of(words, at)
                    lot_a, lot_b = by_role(orientation, first, second)
                    winner = touched(y, after, variance, lot_a, lot_b)
                learned += after - y - effect
                y = after if winner == NEVER else 1.0 - winner
            out[RACE, stop, path], out[FRONT, stop, path] = y, travelled
            for viewer in range(3):
                if winner != NEVER:
                    out[BELIEF_A + viewer, stop, path] = y
                    continue
                own = theta
                if viewer < 2:
                    stubborn = stubbornness[viewer]
                    own = (stubborn * prior[viewer] + (signals[viewer] + learned)) / (
                        stubborn + (signal_weeks[viewer] + week)
                    )
                out[BELIEF_A + viewer, stop, path] = chance_to_prevail(
                    2.0 * (own + effect) / variance, clamp_position(y + lag * (theta - own))
                )


@step
def lots_of(words: Any, at: int) -> tuple[float, float, float, float]:
    """The four lanes of a block as uniform numbers inside (0, 1)."""
    return (
        (float(words[0, at]) + 0.5) * _INV32,
        (float(words[1, at]) + 0.5) * _INV32,
        (float(words[2, at]) + 0.5) * _INV32,
        (float(words[3, at]) + 0.5) * _INV32,
    )


@step
def effect_now(effects: Any, regimes: Any) -> float:
    """Drift that the regimes in force add."""
    total = 0.0
    for r in range(len(regimes)):
        total += effects[r, regimes[r]]
    return total


@step
def chance_to_prevail(slope: float, position: float) -> float:
    """See `war.course.chance_to_prevail`."""
    if abs(slope) < 1e-12:
        return position
    if abs(slope) > 0.001:  # expm1 is slow, and here 1-e^-x loses no digit that matters
        least = math.exp(-abs(slope))
        if slope > 0.0:
            return (1.0 - math.exp(-slope * position)) / (1.0 - least)
        return (math.exp(slope * (1.0 - position)) - least) / (1.0 - least)
    return math.expm1(-slope * position) / math.expm1(-slope)
