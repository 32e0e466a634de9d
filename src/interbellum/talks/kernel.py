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
from interbellum.talks.streams import BREAK, LIMITED, QUIET, REGIME, TALKS, race_numbers, uniforms

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


@njit(cache=True, nogil=True)
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
        for path in range(paths):
            one_path(e, seed, draw, path, weeks, regimes, first, endings[draw], silences[draw])
            for rung in range(len(first)):
                if first[rung] != NEVER:
                    rungs[draw, first[rung], rung] += 1
        for state in range(endings.shape[2]):
            for week in range(1, weeks + 1):
                endings[draw, week, state] += endings[draw, week - 1, state]


@njit(cache=True)
def change_state(endings: Any, week: int, old: int, new: int) -> int:
    """Count a move between states in the week it happens."""
    endings[week, old] -= 1
    endings[week, new] += 1
    return new


@njit(cache=True)
def reach(first: Any, rung: int, week: int) -> None:
    """Note a rung, the first time only."""
    if first[rung] == NEVER:
        first[rung] = week


@njit(cache=True)
def one_path(
    e: Any,
    seed: int,
    draw: int,
    path: int,
    weeks: int,
    regimes: Any,
    first: Any,
    endings: Any,
    silences: Any,
) -> None:
    """One path; `reference.simulate` says what it does."""
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
    effect, talks_factor, reluctant_a, reluctant_b = regime_sums(e, draw, regimes)
    untenable_a = untenable_b = quiet = 0
    week = 0
    while week < weeks:
        week += 1
        if move_regimes(e, seed, draw, path, week, regimes):
            old_effect = effect
            effect, talks_factor, reluctant_a, reluctant_b = regime_sums(e, draw, regimes)
            y += lag * (old_effect - effect)
        drift = e.drift[draw] + effect

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
        drift_a = effect + (e.stubbornness[draw, 0] * e.prior[draw, 0] + signal_a) / (
            e.stubbornness[draw, 0] + seen_a
        )
        drift_b = effect + (e.stubbornness[draw, 1] * e.prior[draw, 1] + signal_b) / (
            e.stubbornness[draw, 1] + seen_b
        )
        y_a = clamp_position(y + phi * (drift - drift_a) / (1.0 - phi))
        y_b = clamp_position(y + phi * (drift - drift_b) / (1.0 - phi))
        value_a = value_of_fighting(y_a, drift_a, variance, e.discount[draw, 0], e.cost[draw, 0], 0)
        value_b = value_of_fighting(y_b, drift_b, variance, e.discount[draw, 1], e.cost[draw, 1], 1)

        untenable_a = untenable_a + 1 if value_a < 0.0 else 0
        untenable_b = untenable_b + 1 if value_b < 0.0 else 0
        may_end_a, may_end_b = untenable_a > tolerance, untenable_b > tolerance
        reluctance_a = e.reluctance[draw, 0] * reluctant_a
        reluctance_b = e.reluctance[draw, 1] * reluctant_b
        content = is_content(
            e, draw, 0, y_a, drift_a, variance, value_a, reluctance_a
        ) and is_content(e, draw, 1, y_b, drift_b, variance, value_b, reluctance_b)
        quiet = quiet + 1 if content else 0
        form = NO_SILENCE
        provisions = 0
        if may_end_a or may_end_b or quiet > tolerance:
            lot_quiet, lot_first, lot_second, _ = uniforms(seed, draw, path, week, QUIET)
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
            if quiet > tolerance and lot_quiet < ending_chance:
                form = FORM_FREEZE

        if form == NO_SILENCE:
            lot_held, lot_first, lot_second, _ = uniforms(seed, draw, path, week, TALKS)
            if lot_held < min(1.0, e.talk_chance[draw] * talks_factor):
                surplus_a, surplus_b, provisions, decides = offer(
                    e, draw, y_a, y_b, drift_a, drift_b, value_a, value_b
                )
                lot_a, lot_b = (
                    (lot_first, lot_second) if e.orientation > 0 else (lot_second, lot_first)
                )
                noise = e.choice_noise[draw]
                if (
                    provisions != NEVER
                    and lot_a < acceptance(surplus_a - reluctance_a, noise)
                    and lot_b < acceptance(surplus_b - reluctance_b, noise)
                ):
                    settled = decides >= e.settlement_share[draw]
                    form = FORM_SETTLEMENT if settled else FORM_CEASEFIRE

        if form == NO_SILENCE:
            lot_sector, lot_kept, lot_other, _ = uniforms(seed, draw, path, week, LIMITED)
            if lot_sector < sectoral:
                reach(first, ANY_TRUCE, week)
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
            if move_regimes(e, seed, draw, path, quiet_week, regimes):
                old_effect = effect
                effect, talks_factor, reluctant_a, reluctant_b = regime_sums(e, draw, regimes)
                y += lag * (old_effect - effect)
        y = clamp_position(
            y
            - e.rearm_ceiling[draw, 0] * math.expm1(-e.rearm_rate[draw, 0] * (end - week))
            + e.rearm_ceiling[draw, 1] * math.expm1(-e.rearm_rate[draw, 1] * (end - week))
        )
        untenable_a = untenable_b = quiet = 0
        week = end


@njit(cache=True)
def regime_sums(e: Any, draw: int, regimes: Any) -> tuple[float, float, float, float]:
    """Drift added, factor on talks, factors on the reluctance of A and B."""
    effect, talks, reluctant_a, reluctant_b = 0.0, 1.0, 1.0, 1.0
    for r in range(len(regimes)):
        effect += e.regime_effect[draw, r, regimes[r]]
        talks *= e.regime_talks[draw, r, regimes[r]]
        reluctant_a *= e.regime_reluctance[draw, r, regimes[r], 0]
        reluctant_b *= e.regime_reluctance[draw, r, regimes[r], 1]
    return effect, talks, reluctant_a, reluctant_b


@njit(cache=True)
def move_regimes(e: Any, seed: int, draw: int, path: int, week: int, regimes: Any) -> bool:
    """Move each regime by its scheduled day, else by chance; True if any moved."""
    if len(regimes) == 0:
        return False
    lots = uniforms(seed, draw, path, week, REGIME)
    moved = False
    for r in range(len(regimes)):
        state = regimes[r]
        forced = False
        for row in range(e.scheduled.shape[0]):
            if (
                not forced
                and e.scheduled[row, 0] == week
                and e.scheduled[row, 1] == r
                and e.scheduled[row, 2] == state
            ):
                regimes[r] = e.scheduled[row, 3]
                forced = moved = True
        if forced:
            continue
        reached = 0.0
        for to in range(e.regime_switch.shape[2]):
            reached += e.regime_switch[draw, r, state, to]
            if lots[r] < reached:
                regimes[r] = to
                moved = True
                break
    return moved


@njit(cache=True)
def is_content(
    e: Any,
    draw: int,
    side: int,
    y: float,
    drift: float,
    variance: float,
    value: float,
    reluctance: float,
) -> bool:
    """Whether a side would rather have the standing line, in a bare truce, than fight on."""
    discount, fear = e.discount[draw, side], e.fear[draw, side]
    standing = e.standing[draw, side]
    # Where V >= 0 it rises with the side's position (it has no inner maximum and is 0 in defeat), so
    # V(y+g) <= V(y), and this bound on U - V settles most weeks without a second closed form.
    if value >= 0.0 and discount / (discount + fear) * (standing - value) < reluctance:
        return False
    slope, base = surplus_line(
        y,
        drift,
        variance,
        discount,
        e.cost[draw, side],
        side,
        fear,
        e.rearm_ceiling[draw, 1 - side],
        e.rearm_rate[draw, 1 - side],
        value,
    )
    return bool(slope * standing + base - reluctance >= 0.0)


@njit(cache=True)
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


@njit(cache=True)
def design_factor(e: Any, draw: int, provisions: int) -> float:
    """See `reference.design_factor`."""
    share = min(1.0, provisions / e.full_provisions)
    return math.pow(e.provisions_factor[draw], share)


@njit(cache=True)
def acceptance(advantage: float, noise: float) -> float:
    """See `reference.acceptance`."""
    return 1.0 / (1.0 + math.exp(-min(max(advantage / noise, -700.0), 700.0)))


@njit(cache=True)
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
