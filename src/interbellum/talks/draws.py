"""One draw's numbers and arrays as the compiled loops take them, and what a thread writes on.

Scalars and arrays travel apart: scalars in registers, arrays copied once a draw.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from interbellum.model.rungs import RUNGS
from interbellum.model.talks import EngineInputs
from interbellum.talks.offers import CELLS, SLACK, fill_bounds, fill_lines
from interbellum.talks.streams import SPAN

# Columns of a climate, what the regimes in force change together.
EFFECT, TALKS, RELUCTANT, COST, FRONTIER, CLIMATE_WIDTH = 0, 1, 2, 4, 6, 7
# Columns of a segment: weeks in which the same climate holds, between two silences.
CLIMATE, SILENT, START, ANCHOR, SINCE, SEGMENT_WIDTH = 0, 1, 2, 3, 4, 5


class SideDraw(NamedTuple):
    """One side's numbers in one draw; fields as in `EngineInputs`."""

    side: int
    stubbornness: Any
    prior: Any
    signals: Any
    signal_weeks: Any
    discount: Any
    cost: Any
    fear: Any
    ceiling: Any
    rate: Any
    standing: Any
    reluctance: Any


class Draw(NamedTuple):
    """One draw's numbers; no arrays, so that it travels in registers."""

    number: int
    orientation: int
    a: SideDraw
    b: SideDraw
    position: Any
    drift: Any
    variance: Any
    momentum: Any
    choice_noise: Any
    talk_chance: Any
    most_talks: Any
    """A chance of talks that no regimes exceed."""
    tolerance: Any
    ending_chance: Any
    settlement_share: Any
    provisions_factor: Any
    full_provisions: int
    sectoral_chance: Any
    sectoral_kept: Any
    other_chance: Any
    exchange_chance: Any
    trust_kept: Any
    trust_broken: Any
    trust_memory: Any


class Table(NamedTuple):
    """One draw's arrays, copied: threads that share an array contend for its reference count."""

    levels: Any
    u_a: Any
    u_b: Any
    decides: Any
    hazard: Any
    incidents: Any
    regime_now: Any
    effects: Any
    talks: Any
    reluctances: Any
    costs: Any
    sets: Any
    switch: Any
    leave: Any
    most_leave: Any
    """(R,) greatest chance over a regime's states that it leaves one."""
    scheduled: Any
    other_share: Any
    other_kept: Any
    lines: Any
    """(L, 8) what an offer with so many provisions is judged by, while trust is as it was."""
    bounds: Any
    """(F, L, CELLS + 1) of `fill_bounds`."""
    climates: Any
    """(S^R, CLIMATE_WIDTH) one row per combination of states; nan if not yet known."""


class Scratch(NamedTuple):
    """What a thread writes on; weeks are rows."""

    battles: Any
    """(4, SPAN / 4) uint64 blocks of BATTLE; `battle` is the same words, one a week."""
    battle: Any
    signs: Any
    """(4, SPAN / 2) of SIGN; `sign` is the same words, a row of WEEK and a row of QUIT."""
    sign: Any
    moves: Any
    """(4, SPAN / 4) of MOVE; `move` is the same words, one a week."""
    move: Any
    normal: Any
    """(SPAN,)"""
    mask: Any
    """(SPAN,) bits of what a lot could bring about in the week."""
    moving: Any
    """(SPAN,) the bit of the regimes alone."""
    position: Any
    mood: Any
    """(W + 1,)"""
    segments: Any
    """(rows, SEGMENT_WIDTH): climate, weeks of silence before it, the first week that it covers, and
    `anchor` and `since` of `reference.learned`."""
    regimes: Any
    first: Any
    lines: Any
    """(L, 8) the same as in `Table`, in another mood."""


# The rest is plain Python, run once a draw: compiled, the tuple of all inputs takes half a minute.


def side_of(e: EngineInputs, draw: int, side: int) -> SideDraw:
    """One side's numbers in one draw."""
    return SideDraw(
        side,
        float(e.stubbornness[draw, side]),
        float(e.prior[draw, side]),
        float(e.signals[draw, side]),
        float(e.signal_weeks[draw, side]),
        float(e.discount[draw, side]),
        float(e.cost[draw, side]),
        float(e.fear[draw, side]),
        float(e.rearm_ceiling[draw, side]),
        float(e.rearm_rate[draw, side]),
        float(e.standing[draw, side]),
        float(e.reluctance[draw, side]),
    )


def draw_of(e: EngineInputs, draw: int) -> Draw:
    """One draw's numbers."""
    return Draw(
        draw,
        e.orientation,
        side_of(e, draw, 0),
        side_of(e, draw, 1),
        float(e.position[draw]),
        float(e.drift[draw]),
        float(e.variance[draw]),
        float(e.momentum[draw]),
        float(e.choice_noise[draw]),
        float(e.talk_chance[draw]),
        float(e.talk_chance[draw] * np.prod(e.regime_talks[draw].max(axis=1))) * (1.0 + SLACK),
        float(e.tolerance[draw]),
        float(e.ending_chance[draw]),
        float(e.settlement_share[draw]),
        float(e.provisions_factor[draw]),
        e.full_provisions,
        -math.expm1(-e.sectoral_rate[draw]),
        float(e.sectoral_kept[draw]),
        -math.expm1(-e.other_rate[draw]),
        -math.expm1(-e.exchange_rate[draw]),
        float(e.trust_kept[draw]),
        float(e.trust_broken[draw]),
        float(e.trust_memory[draw]),
    )


def table_of(e: EngineInputs, d: Draw) -> Table:
    """One draw's arrays."""
    draw = d.number
    first, last = e.levels[draw, 0, 0], e.levels[draw, -1, -1]
    # Side by side in memory, because a search looks at both of a point.
    points = np.stack([e.frontier_a[first:last], e.frontier_b[first:last]], axis=1)
    lines = np.empty((e.levels.shape[2] - 1, 8))
    fill_lines(d, 0.0, lines)
    levels = e.levels[draw] - first
    bounds = np.empty((*levels.shape[:1], len(lines), CELLS + 1))
    fill_bounds(levels, points[:, 0], points[:, 1], bounds)
    leave = np.zeros(e.regime_switch.shape[1:3])
    for to in range(e.regime_switch.shape[3]):  # in the order in which a move is looked for
        leave += e.regime_switch[draw, :, :, to]
    return Table(
        levels,
        points[:, 0],
        points[:, 1],
        e.frontier_decides[first:last].copy(),
        e.hazard[draw].copy(),
        e.incidents[draw].copy(),
        e.regime_now.copy(),
        e.regime_effect[draw].copy(),
        e.regime_talks[draw].copy(),
        e.regime_reluctance[draw].copy(),
        e.regime_cost[draw].copy(),
        e.regime_set.copy(),
        e.regime_switch[draw].copy(),
        leave,
        leave.max(axis=1, initial=0.0),
        e.scheduled.copy(),
        e.other_share[draw].copy(),
        e.other_kept[draw].copy(),
        lines,
        bounds,
        np.full((e.regime_switch.shape[2] ** len(e.regime_now), CLIMATE_WIDTH), np.nan),
    )


def scratch_for(e: EngineInputs, weeks: int) -> Scratch:
    """Arrays for one thread to write on."""
    battles, signs, moves = (np.empty((4, SPAN * rows // 4), np.uint64) for rows in (1, 2, 1))
    return Scratch(
        battles,
        battles.reshape(SPAN),
        signs,
        signs.reshape(2, SPAN),
        moves,
        moves.reshape(SPAN),
        np.empty(SPAN),
        np.empty(SPAN, np.uint64),
        np.empty(SPAN, np.uint64),
        np.empty(weeks + 1),
        np.empty(weeks + 1),
        np.empty((2 * weeks + 2, SEGMENT_WIDTH)),
        np.empty(len(e.regime_now), np.int64),
        np.empty(len(RUNGS), np.int64),
        np.empty((e.levels.shape[2] - 1, 8)),
    )
