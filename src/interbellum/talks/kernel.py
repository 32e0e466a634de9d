"""The engine of `reference.py` over many paths, compiled. Change the reference first.

Work is split by draw. Each draw writes its own rows of integer counts and every random number is
keyed by (seed, draw, path, week, purpose), so results do not depend on threads.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
    block = 8  # draws a call: long enough to hide Python's share, short enough for a smooth bar
    starts = range(0, draws, block)

    def work(start: int) -> None:
        follow(e, seed, start, min(start + block, draws), paths, weeks, endings, rungs, silences)

    done = 0
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for _ in pool.map(work, starts):
            done += 1
            if progress is not None:
                progress(done / len(starts))
    return EngineCounts(endings, rungs, silences)


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
        leave = leaving(e.regime_switch[draw])
        for path in range(paths):
            one_path(
                e, seed, draw, path, weeks, leave, regimes, first, endings[draw], silences[draw]
            )
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
def one_path(
    e: Any,
    seed: int,
    draw: int,
    path: int,
    weeks: int,
    leave: Any,
    regimes: Any,
    first: Any,
    endings: Any,
    silences: Any,
) -> None:
    """One path; `reference.simulate` says what it does. `leave` is `leaving` of the draw."""
    first[:] = NEVER
    regimes[:] = e.regime_now
    state = STATE_WAR
    endings[0, state] += 1
    variance = e.variance[draw]
    spread = math.sqrt(variance)
    phi = e.momentum[draw]
    lag = phi / (1.0 - phi)
    tolerance, ending_chance = e.tolerance[draw], e.ending_chance[draw]
    sectoral = -math.expm1(-e.sectoral_rate[draw])
    other = -math.expm1(-e.other_rate[draw])
    y = e.position[draw]
    signal_a, signal_b = e.signals[draw, 0], e.signals[draw, 1]
    seen_a, seen_b = e.signal_weeks[draw, 0], e.signal_weeks[draw, 1]
    # Scalars of the draw: the tuple of arrays is long, and handing it to a function copies it.
    drift_now = e.drift[draw]
    stubborn_a, stubborn_b = e.stubbornness[draw, 0], e.stubbornness[draw, 1]
    believed_a = stubborn_a * e.prior[draw, 0]
    believed_b = stubborn_b * e.prior[draw, 1]
    discount_a, discount_b = e.discount[draw, 0], e.discount[draw, 1]
    cost_a, cost_b = e.cost[draw, 0], e.cost[draw, 1]
    fear_a, fear_b = e.fear[draw, 0], e.fear[draw, 1]
    ceiling_a, ceiling_b = e.rearm_ceiling[draw, 0], e.rearm_ceiling[draw, 1]
    rate_a, rate_b = e.rearm_rate[draw, 0], e.rearm_rate[draw, 1]
    standing_a, standing_b = e.standing[draw, 0], e.standing[draw, 1]
    talk_chance = e.talk_chance[draw]
    effects, factors = e.regime_effect[draw], e.regime_talks[draw]
    reluctances, switch, scheduled = e.regime_reluctance[draw], e.regime_switch[draw], e.scheduled
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
        lot_a, lot_b = (lot_first, lot_second) if e.orientation > 0 else (lot_second, lot_first)
        after = y + drift + spread * e.orientation * normal
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
        drift_a = effect + (believed_a + signal_a) / (stubborn_a + seen_a)
        drift_b = effect + (believed_b + signal_b) / (stubborn_b + seen_b)
        y_a = clamp_position(y + phi * (drift - drift_a) / (1.0 - phi))
        y_b = clamp_position(y + phi * (drift - drift_b) / (1.0 - phi))
        value_a = value_of_fighting(y_a, drift_a, variance, discount_a, cost_a, 0)
        value_b = value_of_fighting(y_b, drift_b, variance, discount_b, cost_b, 1)

        untenable_a = untenable_a + 1 if value_a < 0.0 else 0
        untenable_b = untenable_b + 1 if value_b < 0.0 else 0
        may_end_a, may_end_b = untenable_a > tolerance, untenable_b > tolerance
        reluctance_a = e.reluctance[draw, 0] * reluctant_a
        reluctance_b = e.reluctance[draw, 1] * reluctant_b
        content = is_content(
            0,
            y_a,
            drift_a,
            variance,
            discount_a,
            cost_a,
            fear_a,
            ceiling_b,
            rate_b,
            standing_a,
            value_a,
            reluctance_a,
        ) and is_content(
            1,
            y_b,
            drift_b,
            variance,
            discount_b,
            cost_b,
            fear_b,
            ceiling_a,
            rate_a,
            standing_b,
            value_b,
            reluctance_b,
        )
        quiet = quiet + 1 if content else 0
        form = NO_SILENCE
        provisions = 0
        if may_end_a or may_end_b:
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, QUIT)
            lot_a, lot_b = (lot_first, lot_second) if e.orientation > 0 else (lot_second, lot_first)
            ends_a = may_end_a and lot_a < ending_chance
            ends_b = may_end_b and lot_b < ending_chance
            if ends_a or ends_b:
                loser = 0 if ends_a else 1
                if ends_a and ends_b:
                    loser = 0 if lot_a <= lot_b else 1
                change_state(endings, week, state, STATE_WON_A + 1 - loser)
                reach(first, WON_A + 1 - loser, week)
                return

        lot_held, lot_sector, lot_other, lot_quiet = uniforms(seed, draw, path, week, WEEK)
        if quiet > tolerance and lot_quiet < ending_chance:
            form = FORM_FREEZE

        if form == NO_SILENCE and lot_held < min(1.0, talk_chance * talks_factor):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, ANSWER)
            surplus_a, surplus_b, provisions, decides = offer(
                e, draw, y_a, y_b, drift_a, drift_b, value_a, value_b
            )
            lot_a, lot_b = (lot_first, lot_second) if e.orientation > 0 else (lot_second, lot_first)
            noise = e.choice_noise[draw]
            if (
                provisions != NEVER
                and lot_a < acceptance(surplus_a - reluctance_a, noise)
                and lot_b < acceptance(surplus_b - reluctance_b, noise)
            ):
                settled = decides >= e.settlement_share[draw]
                form = FORM_SETTLEMENT if settled else FORM_CEASEFIRE

        if form == NO_SILENCE:
            if lot_sector < sectoral:
                reach(first, ANY_TRUCE, week)
                _, _, lot_kept, _ = uniforms(seed, draw, path, week, ANSWER)
                if lot_kept < e.sectoral_kept[draw]:
                    reach(first, SECTORAL_KEPT, week)
            if lot_other < other:
                reach(first, ANY_TRUCE, week)
            continue

        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        kept = weeks_kept(e, draw, form, design_factor(e, draw, provisions), -math.log(lot))
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
            - e.rearm_ceiling[draw, 0] * math.expm1(-e.rearm_rate[draw, 0] * (end - week))
            + e.rearm_ceiling[draw, 1] * math.expm1(-e.rearm_rate[draw, 1] * (end - week))
        )
        untenable_a = untenable_b = quiet = 0
        week = end


@njit(cache=True, error_model="numpy")
def regime_sums(effects: Any, talks: Any, reluctance: Any, regimes: Any) -> Any:
    """Drift added, factor on talks, factors on the reluctance of A and B; arrays of one draw."""
    effect, factor, reluctant_a, reluctant_b = 0.0, 1.0, 1.0, 1.0
    for r in range(len(regimes)):
        effect += effects[r, regimes[r]]
        factor *= talks[r, regimes[r]]
        reluctant_a *= reluctance[r, regimes[r], 0]
        reluctant_b *= reluctance[r, regimes[r], 1]
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
    side: int,
    y: float,
    drift: float,
    variance: float,
    discount: float,
    cost: float,
    fear: float,
    ceiling: float,
    rate: float,
    standing: float,
    value: float,
    reluctance: float,
) -> bool:
    """Whether a side would rather have the standing line, in a bare truce, than fight on.

    `ceiling` and `rate` are the other side's rearmament.
    """
    # Where V >= 0 it rises with the side's position (it has no inner maximum and is 0 in defeat), so
    # V(y+g) <= V(y), and this bound on U - V settles most weeks without a second closed form.
    if value >= 0.0 and discount / (discount + fear) * (standing - value) < reluctance:
        return False
    slope, base = surplus_line(y, drift, variance, discount, cost, side, fear, ceiling, rate, value)
    return bool(slope * standing + base - reluctance >= 0.0)


@njit(cache=True, error_model="numpy")
def offer(
    e: Any,
    draw: int,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
) -> tuple[float, float, int, float]:
    """Surplus of A and of B, provisions and share decided of the package on offer."""
    best = -math.inf
    surplus_a = surplus_b = decides = 0.0
    found = NEVER
    variance = e.variance[draw]
    for provisions in range(e.levels.shape[1] - 1):
        start, stop = e.levels[draw, provisions], e.levels[draw, provisions + 1]
        if start == stop:
            continue
        factor = design_factor(e, draw, provisions)
        slope_a, base_a = surplus_line(
            y_a,
            drift_a,
            variance,
            e.discount[draw, 0],
            e.cost[draw, 0],
            0,
            e.fear[draw, 0] * factor,
            e.rearm_ceiling[draw, 1],
            e.rearm_rate[draw, 1],
            value_a,
        )
        slope_b, base_b = surplus_line(
            y_b,
            drift_b,
            variance,
            e.discount[draw, 1],
            e.cost[draw, 1],
            1,
            e.fear[draw, 1] * factor,
            e.rearm_ceiling[draw, 0],
            e.rearm_rate[draw, 0],
            value_b,
        )
        worst, at = best_offer(
            e.frontier_a, e.frontier_b, start, stop, slope_a, base_a, slope_b, base_b
        )
        if worst > best:
            best, found = worst, provisions
            surplus_a = slope_a * e.frontier_a[at] + base_a
            surplus_b = slope_b * e.frontier_b[at] + base_b
            decides = e.frontier_decides[at]
    return surplus_a, surplus_b, found, decides


@njit(cache=True, error_model="numpy")
def design_factor(e: Any, draw: int, provisions: int) -> float:
    """See `reference.design_factor`."""
    share = min(1.0, provisions / e.full_provisions)
    return math.pow(e.provisions_factor[draw], share)


@njit(cache=True, error_model="numpy")
def acceptance(advantage: float, noise: float) -> float:
    """See `reference.acceptance`."""
    return 1.0 / (1.0 + math.exp(-min(max(advantage / noise, -700.0), 700.0)))


@njit(cache=True, error_model="numpy")
def weeks_kept(e: Any, draw: int, form: int, factor: float, target: float) -> float:
    """First week at which the cumulative hazard reaches `target`, by bisection."""
    last = e.hazard.shape[2] - 1
    if e.hazard[draw, form, last] + factor * e.incidents[draw, form, last] < target:
        return math.inf
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if e.hazard[draw, form, middle] + factor * e.incidents[draw, form, middle] >= target:
            high = middle
        else:
            low = middle
    before = e.hazard[draw, form, low] + factor * e.incidents[draw, form, low]
    step = e.hazard[draw, form, high] + factor * e.incidents[draw, form, high] - before
    return low + max(0.0, target - before) / step if step > 0.0 else float(high)
