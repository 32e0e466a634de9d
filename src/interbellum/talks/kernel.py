"""The engine of `reference.py` over many paths, compiled. Change the reference first.

Work is split by draw. Each draw writes its own rows of integer counts and every random number is
keyed by (seed, draw, path, week, purpose), so results do not depend on threads.

It is fast because it does less, never something else:

- Random words come `CHUNK` weeks at a time, which the processor computes four weeks abreast; a mask
  over them marks the weeks in which a lot could matter, and all others only move the race.
- Whether a war has long been untenable, or both sides have long preferred quiet, is asked only in the
  weeks whose lot would end it, by looking back over the weeks that patience needs.
- An offer that cannot be accepted, by a bound on the smaller surplus, is not worked out.
- A touch of an end is excluded by a bound on its chance where that suffices.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import best_offer, clamp_position, surplus_line, value_of_fighting
from interbellum.model.talks import EngineCounts, EngineInputs
from interbellum.talks.reference import (
    NEVER,
    WEEKS_IN_A_YEAR,
    WEEKS_KEPT_30_DAYS,
    WEEKS_KEPT_A_YEAR,
)
from interbellum.talks.streams import (
    ANSWER,
    BREAK,
    EXCHANGE,
    QUIT,
    RACE,
    REGIME,
    WEEK,
    as_uniform,
    fill_normals,
    fill_words,
    uniforms,
)

_RUNG = list(RUNGS)
ANY_TRUCE = _RUNG.index("any_truce_announced")
SECTORAL_KEPT = _RUNG.index("sectoral_truce_kept")
INTENDED = _RUNG.index("general_truce_30_days_intended")
KEPT_30 = _RUNG.index("general_truce_30_days_kept")
KEPT_YEAR = _RUNG.index("general_truce_year_kept")
FREEZE = _RUNG.index("freeze")
SETTLED = _RUNG.index("settlement_signed")
WON_A = _RUNG.index("victory_A")

STATE_WON_A = ENDINGS.index("victory_A")
STATE_FREEZE = ENDINGS.index("freeze")
STATE_CEASEFIRE = ENDINGS.index("ceasefire_in_force")
STATE_SETTLEMENT = ENDINGS.index("settlement_in_force")
STATE_WAR = ENDINGS.index("war")

FORM_CEASEFIRE = FORMS.index("ceasefire")
FORM_SETTLEMENT = FORMS.index("settlement")
FORM_FREEZE = FORMS.index("freeze")
NO_SILENCE = -1
RUNG_COUNT = len(RUNGS)

CHUNK = 32  # weeks of random words at a time: a path at war lasts some 120 weeks
CELLS = 32  # cells a side of the table of bounds on offers, over reservation values from 0 to 1
SLACK = 1e-9  # room for rounding in every bound: far above it, far below what moves an answer
# A lot is at least 2^-33, so a touch with a chance below e^-23 never happens.
SURELY_NOT = 23.0
# Bits of the mask over weeks.
BIT_TALKS, BIT_SECTORAL, BIT_OTHER, BIT_QUIET, BIT_QUIT, BIT_EXCHANGE = (
    np.uint64(1 << bit) for bit in range(6)
)
NO_BITS = np.uint64(0)
RACE_ROW, WEEK_ROW, QUIT_ROW = 0, 4, 8  # of `Scratch.words`
SIGN = np.uint64(32)  # a difference of two 32-bit words below 0 has all bits from here on set
# Columns of a climate, what the regimes in force change together.
EFFECT, TALKS, RELUCTANT, COST, FRONTIER, CLIMATE_WIDTH = 0, 1, 2, 4, 6, 7
# Columns of a segment: weeks in which the same climate holds, between two silences.
CLIMATE, SILENT = 0, 1
# Columns of the lines of an offer, for A and four further for B.
SLOPE, FEARED, TOTAL, SHIFT = 0, 1, 2, 3


def run(
    e: EngineInputs,
    seed: int,
    paths: int,
    weeks: int,
    threads: int = 1,
    progress: Any = None,
) -> EngineCounts:
    """Follow `paths` paths of every draw.

    Parameters
    ----------
    e : EngineInputs
    seed, paths, weeks : int
    threads : int
        Threads to use; the result does not depend on it.
    progress : callable or None
        Called with the share done.

    Returns
    -------
    EngineCounts
    """
    draws = len(e.position)
    endings = np.zeros((draws, weeks + 1, len(ENDINGS)), np.int64)
    rungs = np.zeros((draws, weeks + 1, len(RUNGS)), np.int64)
    silences = np.zeros((draws, len(FORMS), e.levels.shape[2] - 1), np.int64)
    key: Any = np.uint64(seed)  # one compiled engine for every seed, up to 2^64 - 1
    block = 8  # draws a call: long enough to hide Python's share, short enough for a smooth bar
    starts = range(0, draws, block)

    def work(start: int) -> None:
        scratch = scratch_for(e, weeks)
        for draw in range(start, min(start + block, draws)):
            d = draw_of(e, draw)
            table = table_of(e, d)
            rows = endings[draw], rungs[draw], silences[draw]
            follow(d, table, scratch, key, paths, weeks, *rows)

    done = 0
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for _ in pool.map(work, starts):
            done += 1
            if progress is not None:
                progress(done / len(starts))
    return EngineCounts(endings, rungs, silences)


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
    scheduled: Any
    other_share: Any
    other_kept: Any
    lines: Any
    """(L, 8) what an offer with so many provisions is judged by, while trust is as it was."""
    bounds: Any
    """(F, CELLS, CELLS) most that the smaller surplus can be, per pair of values; nan if not yet known."""
    climates: Any
    """(S^R, CLIMATE_WIDTH) one row per combination of states; nan if not yet known."""


class Scratch(NamedTuple):
    """What a thread writes on; weeks are rows."""

    words: Any
    """(12, CHUNK) uint64 random words: four rows of RACE, of WEEK and of QUIT."""
    regime: Any
    """(4, CHUNK) of REGIME."""
    chance: Any
    normal: Any
    """(CHUNK,)"""
    mask: Any
    """(CHUNK,) bits of what a lot could bring about in the week."""
    moving: Any
    """(CHUNK,) whether some regime moves in the week, out of the states in force."""
    position: Any
    moved: Any
    mood: Any
    """(W + 1,)"""
    segment: Any
    """(W + 1,) row of `segments`."""
    segments: Any
    """(rows, 2)"""
    regimes: Any
    first: Any
    lines: Any
    """(L, 8) the same as in `Table`, in another mood."""


# The next four are plain Python, run once a draw: compiled, the tuple of all inputs takes half a minute.


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
    lines = np.empty((e.levels.shape[2] - 1, 8))
    fill_lines(d, 0.0, lines)
    leave = np.zeros(e.regime_switch.shape[1:3])
    for to in range(e.regime_switch.shape[3]):  # in the order in which a move is looked for
        leave += e.regime_switch[draw, :, :, to]
    return Table(
        e.levels[draw] - first,
        e.frontier_a[first:last].copy(),
        e.frontier_b[first:last].copy(),
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
        e.scheduled.copy(),
        e.other_share[draw].copy(),
        e.other_kept[draw].copy(),
        lines,
        np.full((e.levels.shape[1], CELLS, CELLS), np.nan),
        np.full((e.regime_switch.shape[2] ** len(e.regime_now), CLIMATE_WIDTH), np.nan),
    )


def scratch_for(e: EngineInputs, weeks: int) -> Scratch:
    """Arrays for one thread to write on."""
    return Scratch(
        np.empty((12, CHUNK), np.uint64),
        np.empty((4, CHUNK), np.uint64),
        np.empty(CHUNK),
        np.empty(CHUNK),
        np.empty(CHUNK, np.uint64),
        np.empty(CHUNK, np.uint64),
        np.empty(weeks + 1),
        np.empty(weeks + 1),
        np.zeros(weeks + 1),
        np.empty(weeks + 1, np.int64),
        np.empty((2 * weeks + 2, 2), np.int64),
        np.empty(len(e.regime_now), np.int64),
        np.empty(RUNG_COUNT, np.int64),
        np.empty((e.levels.shape[2] - 1, 8)),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def follow(
    d: Any,
    table: Any,
    scratch: Any,
    seed: int,
    paths: int,
    weeks: int,
    endings: Any,
    rungs: Any,
    silences: Any,
) -> None:
    """Paths of a draw, counted into its rows."""
    first = scratch.first
    for path in range(paths):
        one_path(d, table, scratch, seed, path, weeks, endings, silences)
        for rung in range(len(first)):
            if first[rung] != NEVER:
                rungs[first[rung], rung] += 1
    # Changes of state are cheaper to count than states: difference over weeks, summed at the end.
    for state in range(endings.shape[1]):
        for week in range(1, weeks + 1):
            endings[week, state] += endings[week - 1, state]


@njit(cache=True, error_model="numpy")
def change_state(endings: Any, week: int, old: int, new: int) -> int:
    """Count a move between states in the week it happens."""
    endings[week, old] -= 1
    endings[week, new] += 1
    return new


@njit(cache=True, error_model="numpy")
def reach(first: Any, rung: int, week: int) -> None:
    """Note a rung, the first time only."""
    if first[rung] == NEVER:
        first[rung] = week


@njit(cache=True, error_model="numpy")
def by_role(orientation: int, first: float, second: float) -> tuple[float, float]:
    """Numbers drawn for the lead that sorts first and the other, as numbers for A and B."""
    return (first, second) if orientation > 0 else (second, first)


@njit(cache=True, error_model="numpy")
def below(chance: float) -> Any:
    """A word from which on a lot is surely not below a chance; earlier ones are looked at exactly."""
    return np.uint64(np.int64(min(max(chance, 0.0), 1.0) * 4294967296.0) + 1)


@njit(cache=True, error_model="numpy")
def fill_chunk(
    d: Any,
    seed: int,
    path: int,
    week: int,
    most_talks: float,
    words: Any,
    chance: Any,
    normal: Any,
    mask: Any,
) -> None:
    """Numbers of `CHUNK` weeks from `week` on, and the mask of what their lots could bring about."""
    fill_words(seed, d.number, path, week, RACE, words, RACE_ROW)
    fill_normals(words, chance, normal)
    fill_words(seed, d.number, path, week, WEEK, words, WEEK_ROW)
    fill_words(seed, d.number, path, week, QUIT, words, QUIT_ROW)
    talks, sectoral = below(most_talks), below(d.sectoral_chance)
    others, ends = below(d.other_chance), below(d.ending_chance)
    # The sign bit of a difference, moved to its place: the processor does four weeks at once.
    for i in range(CHUNK):
        mask[i] = (
            ((words[WEEK_ROW, i] - talks) >> SIGN & BIT_TALKS)
            | ((words[WEEK_ROW + 1, i] - sectoral) >> SIGN & BIT_SECTORAL)
            | ((words[WEEK_ROW + 2, i] - others) >> SIGN & BIT_OTHER)
            | ((words[WEEK_ROW + 3, i] - ends) >> SIGN & BIT_QUIET)
            | (((words[QUIT_ROW, i] - ends) | (words[QUIT_ROW + 1, i] - ends)) >> SIGN & BIT_QUIT)
        )
    if d.exchange_chance > 0.0:
        for i in range(CHUNK):
            mask[i] |= BIT_EXCHANGE


@njit(cache=True, error_model="numpy")
def evaluate(
    own: Any,
    variance: float,
    momentum: float,
    drift_now: float,
    position: float,
    moved: float,
    weeks_fought: int,
    effect: float,
    cost_factor: float,
) -> tuple[float, float, float]:
    """Position and drift of a week as a side believes them, and its reservation value."""
    posterior = (own.stubbornness * own.prior + (own.signals + moved)) / (
        own.stubbornness + (own.signal_weeks + weeks_fought)
    )
    drift = posterior + effect
    shift = momentum * (drift_now + effect - drift) / (1.0 - momentum)
    y = clamp_position(position + shift)
    return (
        y,
        drift,
        value_of_fighting(y, drift, variance, own.discount, own.cost * cost_factor, own.side),
    )


@njit(cache=True, error_model="numpy")
def last_tenable(
    own: Any,
    variance: float,
    momentum: float,
    drift_now: float,
    position: Any,
    moved: Any,
    segment: Any,
    segments: Any,
    climates: Any,
    week: int,
    patience: int,
) -> int:
    """A week among the last `patience` in which fighting was worth more than defeat.

    Returns
    -------
    int
        The week before all these if there is none. The last week is looked at first, then the others
        from the first on: one of these two mostly settles it.
    """
    for step in range(patience):
        at = week if step == 0 else week - patience + step
        climate = segments[segment[at], CLIMATE]
        _, _, value = evaluate(
            own,
            variance,
            momentum,
            drift_now,
            position[at],
            moved[at],
            at - segments[segment[at], SILENT],
            climates[climate, EFFECT],
            climates[climate, COST + own.side],
        )
        if value >= 0.0:
            return at
    return week - patience


@njit(cache=True, error_model="numpy")
def last_restless(
    a: Any,
    b: Any,
    variance: float,
    momentum: float,
    drift_now: float,
    position: Any,
    moved: Any,
    mood: Any,
    segment: Any,
    segments: Any,
    climates: Any,
    week: int,
    patience: int,
) -> int:
    """A week among the last `patience` in which not both preferred quiet; as `last_tenable`."""
    for step in range(patience):
        at = week if step == 0 else week - patience + step
        climate = segments[segment[at], CLIMATE]
        for side in range(2):
            own, other = (a, b) if side == 0 else (b, a)
            y, drift, value = evaluate(
                own,
                variance,
                momentum,
                drift_now,
                position[at],
                moved[at],
                at - segments[segment[at], SILENT],
                climates[climate, EFFECT],
                climates[climate, COST + side],
            )
            if not is_content(
                own,
                other,
                y,
                drift,
                variance,
                value,
                own.reluctance * climates[climate, RELUCTANT + side],
                own.cost * climates[climate, COST + side],
                own.fear * math.exp(mood[at]),
            ):
                return at
    return week - patience


@njit(cache=True, error_model="numpy")
def touched(before: float, after: float, variance: float, lot_a: float, lot_b: float) -> int:
    """See `reference.touches`."""
    x_one = 2.0 * max(1.0 - before, 0.0) * max(1.0 - after, 0.0) / variance
    x_zero = 2.0 * max(before, 0.0) * max(after, 0.0) / variance
    # e^x >= 1 + x + x²/2 + x³/6 for x >= 0: where a lot is above its inverse, nothing is touched.
    if (
        lot_a * (1.0 + x_one * (1.0 + x_one * (0.5 + x_one / 6.0))) > 1.0 + SLACK
        and lot_b * (1.0 + x_zero * (1.0 + x_zero * (0.5 + x_zero / 6.0))) > 1.0 + SLACK
    ):
        return NEVER
    at_one = math.exp(-2.0 * max(1.0 - before, 0.0) * max(1.0 - after, 0.0) / variance)
    at_zero = math.exp(-2.0 * max(before, 0.0) * max(after, 0.0) / variance)
    hit_one, hit_zero = lot_a < at_one, lot_b < at_zero
    if hit_one and hit_zero:
        return 0 if at_one - lot_a >= at_zero - lot_b else 1
    return 0 if hit_one else 1 if hit_zero else NEVER


@njit(cache=True, error_model="numpy")
def climate_row(regimes: Any, states: int) -> int:
    """Row of `Table.climates` for the regimes in force."""
    row = 0
    for r in range(len(regimes)):
        row = row * states + regimes[r]
    return row


@njit(cache=True, error_model="numpy")
def work_out_climate(table: Any, regimes: Any, row: int) -> None:
    """Fill a row of `Table.climates`."""
    climates = table.climates
    effect, factor, among = 0.0, 1.0, 0
    reluctant_a = reluctant_b = cost_a = cost_b = 1.0
    for r in range(len(regimes)):
        state = regimes[r]
        effect += table.effects[r, state]
        factor *= table.talks[r, state]
        reluctant_a *= table.reluctances[r, state, 0]
        reluctant_b *= table.reluctances[r, state, 1]
        cost_a *= table.costs[r, state, 0]
        cost_b *= table.costs[r, state, 1]
        among += table.sets[r, state]
    climates[row, EFFECT] = effect
    climates[row, TALKS] = factor
    climates[row, RELUCTANT] = reluctant_a
    climates[row, RELUCTANT + 1] = reluctant_b
    climates[row, COST] = cost_a
    climates[row, COST + 1] = cost_b
    climates[row, FRONTIER] = among


@njit(cache=True, error_model="numpy")
def mark_moves(leave: Any, regimes: Any, words: Any, moving: Any) -> None:
    """Weeks of the chunk in which a lot takes a regime out of its state."""
    for i in range(CHUNK):
        moving[i] = NO_BITS
    for r in range(len(regimes)):
        if leave[r, regimes[r]] > 0.0:
            leaves = below(leave[r, regimes[r]])
            for i in range(CHUNK):
                moving[i] |= (words[r, i] - leaves) >> SIGN


@njit(cache=True, error_model="numpy")
def most_talks_factor(talks: Any) -> float:
    """Greatest factor on the chance of talks over all states."""
    most = 1.0
    for r in range(talks.shape[0]):
        most *= talks[r].max()
    return most


@njit(cache=True, error_model="numpy")
def one_path(
    d: Any,
    table: Any,
    scratch: Any,
    seed: int,
    path: int,
    weeks: int,
    endings: Any,
    silences: Any,
) -> None:
    """One path of a draw, its rungs in `scratch.first`; `reference.simulate` says what it does."""
    draw, orientation, a, b = d.number, d.orientation, d.a, d.b
    regimes, first, mask, normal = scratch.regimes, scratch.first, scratch.mask, scratch.normal
    words, lots, chance = scratch.words, scratch.regime, scratch.chance
    segments, position, moves = scratch.segments, scratch.position, scratch.moved
    moods, segment_of = scratch.mood, scratch.segment
    switch, leave, scheduled = table.switch, table.leave, table.scheduled
    climates, moving = table.climates, scratch.moving
    lines, levels, bounds = table.lines, table.levels, table.bounds
    other_share, other_kept = table.other_share, table.other_kept
    u_a, u_b = table.u_a, table.u_b
    first[:] = NEVER
    regimes[:] = table.regime_now
    state = STATE_WAR
    endings[0, state] += 1
    variance, phi = d.variance, d.momentum
    spread = math.sqrt(variance) * orientation
    lag = phi / (1.0 - phi)
    patience = math.floor(min(d.tolerance, 1e9)) + 1
    trusting = d.trust_kept != 0.0 or d.trust_broken != 0.0
    most_talks = d.talk_chance * most_talks_factor(table.talks)
    # Within this distance of an end a touch is looked at; see SURELY_NOT.
    near = math.sqrt(0.5 * SURELY_NOT * variance) * (1.0 + SLACK)
    y, moved, mood = d.position, 0.0, 0.0
    far = near < y < 1.0 - near
    states = switch.shape[1]
    row, climate = 0, climate_row(regimes, states)
    if math.isnan(climates[climate, EFFECT]):
        work_out_climate(table, regimes, climate)
    segments[row, CLIMATE], segments[row, SILENT] = climate, 0
    effect = climates[climate, EFFECT]
    drift = d.drift + effect
    tenable_a = tenable_b = restless = 0
    watched = BIT_TALKS | BIT_SECTORAL | BIT_OTHER | BIT_QUIET | BIT_QUIT | BIT_EXCHANGE
    chunk = regime_chunk = 1 - CHUNK
    week = 0
    while week < weeks:
        week += 1
        place = week - chunk
        if place >= CHUNK:
            chunk, place = week, 0
            fill_chunk(d, seed, path, week, most_talks, words, chance, normal, mask)
        if len(regimes) > 0:
            if week - regime_chunk >= CHUNK:
                regime_chunk = week
                fill_words(seed, draw, path, week, REGIME, lots, 0)
                mark_moves(leave, regimes, lots, moving)
            if (moving[week - regime_chunk] != NO_BITS or scheduled.shape[0] > 0) and move_regimes(
                switch, leave, scheduled, lots, week - regime_chunk, week, regimes
            ):
                mark_moves(leave, regimes, lots, moving)
                climate = climate_row(regimes, states)
                if math.isnan(climates[climate, EFFECT]):
                    work_out_climate(table, regimes, climate)
                row += 1
                segments[row, CLIMATE], segments[row, SILENT] = climate, segments[row - 1, SILENT]
                y += lag * (effect - climates[climate, EFFECT])
                effect = climates[climate, EFFECT]
                drift = d.drift + effect
                far = near < y < 1.0 - near

        after = y + drift + spread * normal[place]
        was_far, far = far, near < after < 1.0 - near
        if not (far and was_far):
            lot_a, lot_b = by_role(
                orientation,
                as_uniform(words[RACE_ROW + 2, place]),
                as_uniform(words[RACE_ROW + 3, place]),
            )
            winner = touched(y, after, variance, lot_a, lot_b)
            if winner != NEVER:
                change_state(endings, week, state, STATE_WON_A + winner)
                reach(first, WON_A + winner, week)
                return
        moved += after - y - effect
        y = after
        position[week], moves[week], segment_of[week] = y, moved, row
        if trusting:
            mood *= d.trust_memory
            moods[week] = mood
        bits = mask[place] & watched
        if bits == NO_BITS:
            continue

        if bits & BIT_QUIT != NO_BITS:
            lot_a, lot_b = by_role(
                orientation,
                as_uniform(words[QUIT_ROW, place]),
                as_uniform(words[QUIT_ROW + 1, place]),
            )
            ends_a = ends_b = False
            if lot_a < d.ending_chance and week - tenable_a >= patience:
                tenable_a = last_tenable(
                    a,
                    variance,
                    phi,
                    d.drift,
                    position,
                    moves,
                    segment_of,
                    segments,
                    climates,
                    week,
                    patience,
                )
                ends_a = week - tenable_a >= patience
            if lot_b < d.ending_chance and week - tenable_b >= patience:
                tenable_b = last_tenable(
                    b,
                    variance,
                    phi,
                    d.drift,
                    position,
                    moves,
                    segment_of,
                    segments,
                    climates,
                    week,
                    patience,
                )
                ends_b = week - tenable_b >= patience
            if ends_a or ends_b:
                loser = 0 if ends_a else 1
                if ends_a and ends_b:
                    loser = 0 if lot_a <= lot_b else 1
                change_state(endings, week, state, STATE_WON_A + 1 - loser)
                reach(first, WON_A + 1 - loser, week)
                return

        form = NO_SILENCE
        provisions = 0
        if (
            bits & BIT_QUIET != NO_BITS
            and as_uniform(words[WEEK_ROW + 3, place]) < d.ending_chance
            and week - restless >= patience
        ):
            restless = last_restless(
                a,
                b,
                variance,
                phi,
                d.drift,
                position,
                moves,
                moods,
                segment_of,
                segments,
                climates,
                week,
                patience,
            )
            if week - restless >= patience:
                form = FORM_FREEZE

        if (
            form == NO_SILENCE
            and bits & BIT_TALKS != NO_BITS
            and as_uniform(words[WEEK_ROW, place])
            < min(1.0, d.talk_chance * climates[climate, TALKS])
        ):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, ANSWER)
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            reluctance_a = a.reluctance * climates[climate, RELUCTANT]
            reluctance_b = b.reluctance * climates[climate, RELUCTANT + 1]
            cost_a, cost_b = climates[climate, COST], climates[climate, COST + 1]
            fought = week - segments[row, SILENT]
            y_a, drift_a, value_a = evaluate(
                a, variance, phi, d.drift, y, moved, fought, effect, cost_a
            )
            y_b, drift_b, value_b = evaluate(
                b, variance, phi, d.drift, y, moved, fought, effect, cost_b
            )
            among = int(climates[climate, FRONTIER])
            if trusting or could_be_signed(
                lines,
                levels,
                u_a,
                u_b,
                bounds,
                among,
                least_accepted(lot_a, d.choice_noise, reluctance_a),
                least_accepted(lot_b, d.choice_noise, reluctance_b),
                variance,
                y_a,
                y_b,
                drift_a,
                drift_b,
                value_a,
                value_b,
                a.discount,
                b.discount,
                a.cost * cost_a,
                b.cost * cost_b,
            ):
                if mood != 0.0:
                    fill_lines(d, mood, scratch.lines)
                surplus_a, surplus_b, provisions, decides = offer(
                    scratch.lines if mood != 0.0 else lines,
                    levels,
                    among,
                    u_a,
                    u_b,
                    variance,
                    y_a,
                    y_b,
                    drift_a,
                    drift_b,
                    value_a,
                    value_b,
                    a.discount,
                    b.discount,
                    a.cost * cost_a,
                    b.cost * cost_b,
                    table.decides,
                )
                if (
                    provisions != NEVER
                    and lot_a < acceptance(surplus_a - reluctance_a, d.choice_noise)
                    and lot_b < acceptance(surplus_b - reluctance_b, d.choice_noise)
                ):
                    form = FORM_SETTLEMENT if decides >= d.settlement_share else FORM_CEASEFIRE

        if form == NO_SILENCE:
            lot_sectoral = as_uniform(words[WEEK_ROW + 1, place])
            lot_other = as_uniform(words[WEEK_ROW + 2, place])
            came_sectoral = bits & BIT_SECTORAL != NO_BITS and lot_sectoral < d.sectoral_chance
            came_other = bits & BIT_OTHER != NO_BITS and lot_other < d.other_chance
            if came_sectoral or came_other:
                mood += limited_truces(
                    d,
                    other_share,
                    other_kept,
                    first,
                    seed,
                    path,
                    week,
                    came_sectoral,
                    came_other,
                    lot_other,
                )
                if not trusting:  # a rung once reached is reached
                    watched &= ~BIT_OTHER
                    if first[SECTORAL_KEPT] != NEVER:
                        watched &= ~BIT_SECTORAL
            if bits & BIT_EXCHANGE != NO_BITS:
                lot_exchange, _, _, _ = uniforms(seed, draw, path, week, EXCHANGE)
                if lot_exchange < d.exchange_chance:
                    mood += d.trust_kept
            continue

        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        kept = weeks_kept(
            table.hazard, table.incidents, form, design_factor(d, provisions), -math.log(lot)
        )
        if week <= WEEKS_IN_A_YEAR:
            silences[form, provisions] += 1
        if form == FORM_FREEZE:
            reach(first, FREEZE, week)
            state = change_state(endings, week, state, STATE_FREEZE)
        else:
            reach(first, ANY_TRUCE, week)
            reach(first, INTENDED, week)
            if kept >= WEEKS_KEPT_30_DAYS:
                reach(first, KEPT_30, week)
            if kept >= WEEKS_KEPT_A_YEAR:
                reach(first, KEPT_YEAR, week)
            if form == FORM_SETTLEMENT:
                reach(first, SETTLED, week)
                state = change_state(endings, week, state, STATE_SETTLEMENT)
            else:
                state = change_state(endings, week, state, STATE_CEASEFIRE)
        if kept > weeks:
            return
        end = week + max(1, math.ceil(kept))
        if end > weeks:
            return
        state = change_state(endings, end, state, STATE_WAR)
        if len(regimes) > 0:
            for quiet_week in range(week + 1, end + 1):
                if quiet_week - regime_chunk >= CHUNK:
                    regime_chunk = quiet_week
                    fill_words(seed, draw, path, quiet_week, REGIME, lots, 0)
                    mark_moves(leave, regimes, lots, moving)
                if (
                    moving[quiet_week - regime_chunk] != NO_BITS or scheduled.shape[0] > 0
                ) and move_regimes(
                    switch, leave, scheduled, lots, quiet_week - regime_chunk, quiet_week, regimes
                ):
                    mark_moves(leave, regimes, lots, moving)
                    climate = climate_row(regimes, states)
                    if math.isnan(climates[climate, EFFECT]):
                        work_out_climate(table, regimes, climate)
                    y += lag * (effect - climates[climate, EFFECT])
                    effect = climates[climate, EFFECT]
        y = clamp_position(
            y
            - a.ceiling * math.expm1(-a.rate * (end - week))
            + b.ceiling * math.expm1(-b.rate * (end - week))
        )
        row += 1
        segments[row, CLIMATE] = climate
        segments[row, SILENT] = segments[row - 1, SILENT] + end - week
        drift = d.drift + effect
        far = near < y < 1.0 - near
        if trusting:
            mood = mood * math.pow(d.trust_memory, float(end - week)) + d.trust_broken
        tenable_a = tenable_b = restless = week = end


@njit(cache=True, error_model="numpy")
def limited_truces(
    d: Any,
    share: Any,
    kept_chance: Any,
    first: Any,
    seed: int,
    path: int,
    week: int,
    came_sectoral: bool,
    came_other: bool,
    lot_other: float,
) -> float:
    """Note the rungs of truces that do not end the war; what they add to the mood."""
    _, _, lot_sectoral, lot_kept = uniforms(seed, d.number, path, week, ANSWER)
    reach(first, ANY_TRUCE, week)
    added = 0.0
    if came_sectoral:
        kept = lot_sectoral < d.sectoral_kept
        if kept:
            reach(first, SECTORAL_KEPT, week)
        added += d.trust_kept if kept else d.trust_broken
    if came_other:
        kind = 0
        while lot_other >= d.other_chance * share[kind]:
            kind += 1
        added += d.trust_kept if lot_kept < kept_chance[kind] else d.trust_broken
    return added


@njit(cache=True, error_model="numpy")
def move_regimes(
    switch: Any,
    leave: Any,
    scheduled: Any,
    words: Any,
    place: int,
    week: int,
    regimes: Any,
) -> bool:
    """Move each regime by its scheduled day, else by chance; True if any moved."""
    moved = False
    for r in range(len(regimes)):
        state = regimes[r]
        forced = False
        for line in range(scheduled.shape[0]):
            if (
                not forced
                and scheduled[line, 0] == week
                and scheduled[line, 1] == r
                and scheduled[line, 2] == state
            ):
                regimes[r] = scheduled[line, 3]
                forced = moved = True
        if forced:
            continue
        lot = as_uniform(words[r, place])
        if lot >= leave[r, state]:
            continue
        reached = 0.0
        for to in range(switch.shape[2]):
            reached += switch[r, state, to]
            if lot < reached:
                regimes[r] = to
                moved = True
                break
    return moved


@njit(cache=True, error_model="numpy")
def is_content(
    own: Any,
    other: Any,
    y: float,
    drift: float,
    variance: float,
    value: float,
    reluctance: float,
    cost: float,
    fear: float,
) -> bool:
    """Whether a side would rather have the standing line, in a bare truce, than fight on."""
    # Where V >= 0 it rises with the side's position (it has no inner maximum and is 0 in defeat), so
    # V(y+g) <= V(y), and this bound on U - V settles most weeks without a second closed form.
    bound = own.discount / (own.discount + fear) * (own.standing - value)
    if value >= 0.0 and bound < reluctance:
        return False
    slope, base = surplus_line(
        y,
        drift,
        variance,
        own.discount,
        cost,
        own.side,
        fear,
        other.ceiling,
        other.rate,
        value,
    )
    return bool(slope * own.standing + base - reluctance >= 0.0)


@njit(cache=True, error_model="numpy")
def fill_lines(d: Any, mood: float, lines: Any) -> None:
    """What an offer with each number of provisions is judged by, before beliefs come in."""
    factor = math.exp(mood)
    for provisions in range(len(lines)):
        design = design_factor(d, provisions)
        for side in range(2):
            own, other = (d.a, d.b) if side == 0 else (d.b, d.a)
            feared = own.fear * factor * design
            total = own.discount + feared
            lines[provisions, 4 * side + SLOPE] = own.discount / total
            lines[provisions, 4 * side + FEARED] = feared
            lines[provisions, 4 * side + TOTAL] = total
            lines[provisions, 4 * side + SHIFT] = (
                other.ceiling * other.rate / (other.rate + own.discount + feared)
            )


@njit(cache=True, error_model="numpy")
def least_accepted(lot: float, noise: float, reluctance: float) -> float:
    """A surplus below which a side with this lot does not sign, whatever the rounding."""
    return reluctance + noise * math.log(lot / (1.0 - lot)) - SLACK


@njit(cache=True, error_model="numpy")
def could_be_signed(
    lines: Any,
    levels: Any,
    u_a: Any,
    u_b: Any,
    bounds: Any,
    among: int,
    least_a: float,
    least_b: float,
    variance: float,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
    discount_a: float,
    discount_b: float,
    cost_a: float,
    cost_b: float,
) -> bool:
    """False only if no package leaves both sides the surplus that their lots ask for.

    A breach leaves a side no better than it is where the least rearmament g puts it: V(y+g) <= W =
    max(V(y+g_0), 0), because V has no inner maximum above 0 and is 0 in defeat. So U - V is at most
    slope·(u - W) + W - V; first from a table over both W, then number by number of provisions.
    """
    after_a = value_of_fighting(
        clamp_position(y_a - lines[0, SHIFT]), drift_a, variance, discount_a, cost_a, 0
    )
    after_b = value_of_fighting(
        clamp_position(y_b + lines[0, 4 + SHIFT]), drift_b, variance, discount_b, cost_b, 1
    )
    after_a, after_b = max(after_a, 0.0), max(after_b, 0.0)
    extra_a, extra_b = after_a - value_a - least_a, after_b - value_b - least_b
    cell_a = min(CELLS - 1, int(after_a * CELLS))
    cell_b = min(CELLS - 1, int(after_b * CELLS))
    most = bounds[among, cell_a, cell_b]
    if math.isnan(most):
        most = most_surplus(lines, levels, among, u_a, u_b, cell_a / CELLS, cell_b / CELLS)
        bounds[among, cell_a, cell_b] = most
    if most + max(extra_a, extra_b) + SLACK < 0.0:
        return False
    for n in range(levels.shape[1] - 2, -1, -1):
        start, stop = levels[among, n], levels[among, n + 1]
        if start == stop:
            continue
        slope_a, slope_b = lines[n, SLOPE], lines[n, 4 + SLOPE]
        base_a, base_b = extra_a - slope_a * after_a + SLACK, extra_b - slope_b * after_b + SLACK
        if slope_a * u_a[start] + base_a < 0.0 or slope_b * u_b[stop - 1] + base_b < 0.0:
            continue
        worst, _ = best_offer(u_a, u_b, start, stop, slope_a, base_a, slope_b, base_b)
        if worst >= 0.0:
            return True
    return False


@njit(cache=True, error_model="numpy")
def most_surplus(
    lines: Any, levels: Any, among: int, u_a: Any, u_b: Any, after_a: float, after_b: float
) -> float:
    """Greatest smaller one of slope·(u - W) of both sides over all packages; W as `could_be_signed`."""
    most = -math.inf
    for n in range(levels.shape[1] - 1):
        slope_a, slope_b = lines[n, SLOPE], lines[n, 4 + SLOPE]
        worst, _ = best_offer(
            u_a,
            u_b,
            levels[among, n],
            levels[among, n + 1],
            slope_a,
            -slope_a * after_a,
            slope_b,
            -slope_b * after_b,
        )
        most = max(most, worst)
    return most


@njit(cache=True, error_model="numpy")
def offer(
    lines: Any,
    levels: Any,
    among: int,
    u_a: Any,
    u_b: Any,
    variance: float,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
    discount_a: float,
    discount_b: float,
    cost_a: float,
    cost_b: float,
    settled: Any,
) -> tuple[float, float, int, float]:
    """Surplus of A and of B, provisions and share decided of the package on offer.

    Levels are tried from the most provisions down, since these mostly win, and left out where the bound of
    `could_be_signed` shows that they lose; of equals the one with the fewest provisions is taken.
    """
    best = -math.inf
    surplus_a = surplus_b = decides = 0.0
    found = NEVER
    room_a, room_b = max(value_a, 0.0), max(value_b, 0.0)
    for provisions in range(levels.shape[1] - 2, -1, -1):
        start, stop = levels[among, provisions], levels[among, provisions + 1]
        if start == stop:
            continue
        slope_a, slope_b = lines[provisions, SLOPE], lines[provisions, 4 + SLOPE]
        if found != NEVER:
            most, _ = best_offer(
                u_a,
                u_b,
                start,
                stop,
                slope_a,
                (1.0 - slope_a) * room_a - value_a,
                slope_b,
                (1.0 - slope_b) * room_b - value_b,
            )
            if most + SLACK < best:
                continue
        broken_a = value_of_fighting(
            clamp_position(y_a - lines[provisions, SHIFT]),
            drift_a,
            variance,
            discount_a,
            cost_a,
            0,
        )
        broken_b = value_of_fighting(
            clamp_position(y_b + lines[provisions, 4 + SHIFT]),
            drift_b,
            variance,
            discount_b,
            cost_b,
            1,
        )
        base_a = lines[provisions, FEARED] * broken_a / lines[provisions, TOTAL] - value_a
        base_b = lines[provisions, 4 + FEARED] * broken_b / lines[provisions, 4 + TOTAL] - value_b
        worst, at = best_offer(u_a, u_b, start, stop, slope_a, base_a, slope_b, base_b)
        if worst >= best:
            best, found = worst, provisions
            surplus_a = slope_a * u_a[at] + base_a
            surplus_b = slope_b * u_b[at] + base_b
            decides = settled[at]
    return surplus_a, surplus_b, found, decides


@njit(cache=True, error_model="numpy")
def design_factor(d: Any, provisions: int) -> float:
    """See `reference.design_factor`."""
    return math.pow(d.provisions_factor, min(1.0, provisions / d.full_provisions))


@njit(cache=True, error_model="numpy")
def acceptance(advantage: float, noise: float) -> float:
    """See `reference.acceptance`."""
    return 1.0 / (1.0 + math.exp(-min(max(advantage / noise, -700.0), 700.0)))


@njit(cache=True, error_model="numpy")
def weeks_kept(hazards: Any, incident: Any, form: int, factor: float, target: float) -> float:
    """First week at which the cumulative hazard reaches `target`, by bisection."""
    hazard, incidents = hazards[form], incident[form]
    last = len(hazard) - 1
    if hazard[last] + factor * incidents[last] < target:
        return math.inf
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if hazard[middle] + factor * incidents[middle] >= target:
            high = middle
        else:
            low = middle
    before = hazard[low] + factor * incidents[low]
    step = hazard[high] + factor * incidents[high] - before
    return low + max(0.0, target - before) / step if step > 0.0 else float(high)
