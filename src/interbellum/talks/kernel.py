"""The engine of `reference.py` over many paths, compiled. Change the reference first.

Work is split by draw. Each draw writes its own rows of integer counts and every random number is
keyed by (seed, draw, path, week, purpose), so results do not depend on threads.
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
from interbellum.talks.streams import ANSWER, BREAK, QUIT, REGIME, WEEK, race_numbers, uniforms

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
    silences = np.zeros((draws, len(FORMS), e.levels.shape[1] - 1), np.int64)
    key: Any = np.uint64(seed)  # one compiled engine for every seed, up to 2^64 - 1
    block = 8  # draws a call: long enough to hide Python's share, short enough for a smooth bar
    starts = range(0, draws, block)

    def work(start: int) -> None:
        follow(e, key, start, min(start + block, draws), paths, weeks, endings, rungs, silences)

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
    """One draw's numbers. Functions take this: the tuple of all draws is long to copy and compile."""

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
    levels: Any
    frontier_a: Any
    frontier_b: Any
    frontier_decides: Any
    hazard: Any
    incidents: Any
    regime_now: Any
    effects: Any
    talks_factors: Any
    reluctances: Any
    switch: Any
    leave: Any
    scheduled: Any


@njit(cache=True, error_model="numpy")
def side_of(e: Any, draw: int, side: int) -> Any:
    """One side's numbers in one draw."""
    return SideDraw(
        side,
        e.stubbornness[draw, side],
        e.prior[draw, side],
        e.signals[draw, side],
        e.signal_weeks[draw, side],
        e.discount[draw, side],
        e.cost[draw, side],
        e.fear[draw, side],
        e.rearm_ceiling[draw, side],
        e.rearm_rate[draw, side],
        e.standing[draw, side],
        e.reluctance[draw, side],
    )


@njit(cache=True, error_model="numpy")
def draw_of(e: Any, draw: int) -> Any:
    """One draw's numbers."""
    return Draw(
        draw,
        e.orientation,
        side_of(e, draw, 0),
        side_of(e, draw, 1),
        e.position[draw],
        e.drift[draw],
        e.variance[draw],
        e.momentum[draw],
        e.choice_noise[draw],
        e.talk_chance[draw],
        e.tolerance[draw],
        e.ending_chance[draw],
        e.settlement_share[draw],
        e.provisions_factor[draw],
        e.full_provisions,
        -math.expm1(-e.sectoral_rate[draw]),
        e.sectoral_kept[draw],
        -math.expm1(-e.other_rate[draw]),
        e.levels[draw],
        e.frontier_a,
        e.frontier_b,
        e.frontier_decides,
        e.hazard[draw],
        e.incidents[draw],
        e.regime_now,
        e.regime_effect[draw],
        e.regime_talks[draw],
        e.regime_reluctance[draw],
        e.regime_switch[draw],
        leaving(e.regime_switch[draw]),
        e.scheduled,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def follow(
    e: Any,
    seed: int,
    start: int,
    stop: int,
    paths: int,
    weeks: int,
    endings: Any,
    rungs: Any,
    silences: Any,
) -> None:
    """Paths of the draws from `start` to `stop`, counted into their rows."""
    regimes = np.empty(len(e.regime_now), np.int64)
    first = np.empty(rungs.shape[2], np.int64)
    # Changes of state are cheaper to count than states: difference over weeks, summed at the end.
    for draw in range(start, stop):
        d = draw_of(e, draw)
        for path in range(paths):
            one_path(d, seed, path, weeks, regimes, first, endings[draw], silences[draw])
            for rung in range(len(first)):
                if first[rung] != NEVER:
                    rungs[draw, first[rung], rung] += 1
        for state in range(endings.shape[2]):
            for week in range(1, weeks + 1):
                endings[draw, week, state] += endings[draw, week - 1, state]


@njit(cache=True, error_model="numpy")
def leaving(switch: Any) -> Any:
    """Chance (R, S) that a regime leaves a state in a week, summed in the order of its moves."""
    total = np.zeros(switch.shape[:2])
    for r in range(switch.shape[0]):
        for state in range(switch.shape[1]):
            for to in range(switch.shape[2]):
                total[r, state] += switch[r, state, to]
    return total


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
def one_path(
    d: Any,
    seed: int,
    path: int,
    weeks: int,
    regimes: Any,
    first: Any,
    endings: Any,
    silences: Any,
) -> None:
    """One path of a draw; `reference.simulate` says what it does."""
    draw, orientation, a, b = d.number, d.orientation, d.a, d.b
    # Arrays once out of the tuple: taking one out counts a reference, which two threads contend for.
    effects, factors, reluctances = d.effects, d.talks_factors, d.reluctances
    switch, leave, scheduled = d.switch, d.leave, d.scheduled
    drift_now, choice_noise = d.drift, d.choice_noise
    tolerance, ending_chance, talk_chance = d.tolerance, d.ending_chance, d.talk_chance
    sectoral_chance, other_chance = d.sectoral_chance, d.other_chance
    first[:] = NEVER
    regimes[:] = d.regime_now
    state = STATE_WAR
    endings[0, state] += 1
    variance, phi = d.variance, d.momentum
    spread = math.sqrt(variance) * d.orientation
    lag = phi / (1.0 - phi)
    y = d.position
    signal_a, signal_b = a.signals, b.signals
    seen_a, seen_b = a.signal_weeks, b.signal_weeks
    effect, talks_factor, reluctant_a, reluctant_b = regime_sums(
        effects, factors, reluctances, regimes
    )
    untenable_a = untenable_b = quiet = 0
    week = 0
    while week < weeks:
        week += 1
        if move_regimes(switch, leave, scheduled, seed, draw, path, week, regimes):
            old_effect = effect
            effect, talks_factor, reluctant_a, reluctant_b = regime_sums(
                effects, factors, reluctances, regimes
            )
            y += lag * (old_effect - effect)
        drift = drift_now + effect

        normal, lot_first, lot_second = race_numbers(seed, draw, path, week)
        lot_a, lot_b = by_role(orientation, lot_first, lot_second)
        after = y + drift + spread * normal
        at_one = math.exp(-2.0 * max(1.0 - y, 0.0) * max(1.0 - after, 0.0) / variance)
        at_zero = math.exp(-2.0 * max(y, 0.0) * max(after, 0.0) / variance)
        hit_one, hit_zero = lot_a < at_one, lot_b < at_zero
        if hit_one or hit_zero:
            winner = 0 if hit_one else 1
            if hit_one and hit_zero:
                winner = 0 if at_one - lot_a >= at_zero - lot_b else 1
            change_state(endings, week, state, STATE_WON_A + winner)
            reach(first, WON_A + winner, week)
            return

        signal = after - y - effect
        y = after
        signal_a += signal
        signal_b += signal
        seen_a += 1.0
        seen_b += 1.0
        drift_a = effect + (a.stubbornness * a.prior + signal_a) / (a.stubbornness + seen_a)
        drift_b = effect + (b.stubbornness * b.prior + signal_b) / (b.stubbornness + seen_b)
        y_a = clamp_position(y + phi * (drift - drift_a) / (1.0 - phi))
        y_b = clamp_position(y + phi * (drift - drift_b) / (1.0 - phi))
        value_a = value_of_fighting(y_a, drift_a, variance, a.discount, a.cost, 0)
        value_b = value_of_fighting(y_b, drift_b, variance, b.discount, b.cost, 1)

        untenable_a = untenable_a + 1 if value_a < 0.0 else 0
        untenable_b = untenable_b + 1 if value_b < 0.0 else 0
        may_end_a, may_end_b = untenable_a > tolerance, untenable_b > tolerance
        if may_end_a or may_end_b:
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, QUIT)
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            ends_a = may_end_a and lot_a < ending_chance
            ends_b = may_end_b and lot_b < ending_chance
            if ends_a or ends_b:
                loser = 0 if ends_a else 1
                if ends_a and ends_b:
                    loser = 0 if lot_a <= lot_b else 1
                change_state(endings, week, state, STATE_WON_A + 1 - loser)
                reach(first, WON_A + 1 - loser, week)
                return

        reluctance_a, reluctance_b = a.reluctance * reluctant_a, b.reluctance * reluctant_b
        content = is_content(a, b, y_a, drift_a, variance, value_a, reluctance_a) and is_content(
            b, a, y_b, drift_b, variance, value_b, reluctance_b
        )
        quiet = quiet + 1 if content else 0
        form = NO_SILENCE
        provisions = 0
        lot_held, lot_sector, lot_other, lot_quiet = uniforms(seed, draw, path, week, WEEK)
        if quiet > tolerance and lot_quiet < ending_chance:
            form = FORM_FREEZE

        if form == NO_SILENCE and lot_held < min(1.0, talk_chance * talks_factor):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, ANSWER)
            surplus_a, surplus_b, provisions, decides = offer(
                d, y_a, y_b, drift_a, drift_b, value_a, value_b
            )
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            if (
                provisions != NEVER
                and lot_a < acceptance(surplus_a - reluctance_a, choice_noise)
                and lot_b < acceptance(surplus_b - reluctance_b, choice_noise)
            ):
                form = FORM_SETTLEMENT if decides >= d.settlement_share else FORM_CEASEFIRE

        if form == NO_SILENCE:
            if lot_sector < sectoral_chance:
                reach(first, ANY_TRUCE, week)
                _, _, lot_kept, _ = uniforms(seed, draw, path, week, ANSWER)
                if lot_kept < d.sectoral_kept:
                    reach(first, SECTORAL_KEPT, week)
            if lot_other < other_chance:
                reach(first, ANY_TRUCE, week)
            continue

        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        kept = weeks_kept(d, form, design_factor(d, provisions), -math.log(lot))
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
        for quiet_week in range(week + 1, end + 1):
            if move_regimes(switch, leave, scheduled, seed, draw, path, quiet_week, regimes):
                old_effect = effect
                effect, talks_factor, reluctant_a, reluctant_b = regime_sums(
                    effects, factors, reluctances, regimes
                )
                y += lag * (old_effect - effect)
        y = clamp_position(
            y
            - a.ceiling * math.expm1(-a.rate * (end - week))
            + b.ceiling * math.expm1(-b.rate * (end - week))
        )
        untenable_a = untenable_b = quiet = 0
        week = end


@njit(cache=True, error_model="numpy")
def regime_sums(effects: Any, factors: Any, reluctances: Any, regimes: Any) -> Any:
    """Drift added, factor on talks, factors on the reluctance of A and B."""
    effect, factor, reluctant_a, reluctant_b = 0.0, 1.0, 1.0, 1.0
    for r in range(len(regimes)):
        effect += effects[r, regimes[r]]
        factor *= factors[r, regimes[r]]
        reluctant_a *= reluctances[r, regimes[r], 0]
        reluctant_b *= reluctances[r, regimes[r], 1]
    return effect, factor, reluctant_a, reluctant_b


@njit(cache=True, error_model="numpy")
def move_regimes(
    switch: Any,
    leave: Any,
    scheduled: Any,
    seed: int,
    draw: int,
    path: int,
    week: int,
    regimes: Any,
) -> bool:
    """Move each regime by its scheduled day, else by chance; True if any moved."""
    if len(regimes) == 0:
        return False
    lots = uniforms(seed, draw, path, week, REGIME)
    moved = False
    for r in range(len(regimes)):
        state = regimes[r]
        forced = False
        for row in range(scheduled.shape[0]):
            if (
                not forced
                and scheduled[row, 0] == week
                and scheduled[row, 1] == r
                and scheduled[row, 2] == state
            ):
                regimes[r] = scheduled[row, 3]
                forced = moved = True
        if forced or lots[r] >= leave[r, state]:
            continue
        reached = 0.0
        for to in range(switch.shape[2]):
            reached += switch[r, state, to]
            if lots[r] < reached:
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
) -> bool:
    """Whether a side would rather have the standing line, in a bare truce, than fight on."""
    # Where V >= 0 it rises with the side's position (it has no inner maximum and is 0 in defeat), so
    # V(y+g) <= V(y), and this bound on U - V settles most weeks without a second closed form.
    bound = own.discount / (own.discount + own.fear) * (own.standing - value)
    if value >= 0.0 and bound < reluctance:
        return False
    slope, base = surplus_line(
        y,
        drift,
        variance,
        own.discount,
        own.cost,
        own.side,
        own.fear,
        other.ceiling,
        other.rate,
        value,
    )
    return bool(slope * own.standing + base - reluctance >= 0.0)


@njit(cache=True, error_model="numpy")
def offer(
    d: Any,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
) -> tuple[float, float, int, float]:
    """Surplus of A and of B, provisions and share decided of the package on offer."""
    a, b, variance = d.a, d.b, d.variance
    levels, u_a, u_b, settled = d.levels, d.frontier_a, d.frontier_b, d.frontier_decides
    best = -math.inf
    surplus_a = surplus_b = decides = 0.0
    found = NEVER
    for provisions in range(len(levels) - 1):
        start, stop = levels[provisions], levels[provisions + 1]
        if start == stop:
            continue
        factor = math.pow(d.provisions_factor, min(1.0, provisions / d.full_provisions))
        slope_a, base_a = surplus_line(
            y_a,
            drift_a,
            variance,
            a.discount,
            a.cost,
            0,
            a.fear * factor,
            b.ceiling,
            b.rate,
            value_a,
        )
        slope_b, base_b = surplus_line(
            y_b,
            drift_b,
            variance,
            b.discount,
            b.cost,
            1,
            b.fear * factor,
            a.ceiling,
            a.rate,
            value_b,
        )
        worst, at = best_offer(u_a, u_b, start, stop, slope_a, base_a, slope_b, base_b)
        if worst > best:
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
def weeks_kept(d: Any, form: int, factor: float, target: float) -> float:
    """First week at which the cumulative hazard reaches `target`, by bisection."""
    hazard, incidents = d.hazard[form], d.incidents[form]
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
