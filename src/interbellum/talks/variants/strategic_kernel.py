"""Compiled parts of `strategic.py`, where the model is written down.

`premium_row` and `lift` are all that the engine's own loop would need to value fighting on this way:
the row once a week and side, `lift` wherever it takes a value of fighting (see `one_path`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from interbellum.model.steps import best_offer, clamp_position, surplus_line, value_of_fighting
from interbellum.talks.reference import (
    NEVER,
    WEEKS_IN_A_YEAR,
    WEEKS_KEPT_30_DAYS,
    WEEKS_KEPT_A_YEAR,
)
from interbellum.talks.streams import ANSWER, BREAK, QUIT, WEEK, race_numbers, uniforms
from interbellum.talks.variants.common import (
    ANY_TRUCE,
    FORM_CEASEFIRE,
    FORM_FREEZE,
    FORM_SETTLEMENT,
    FREEZE,
    INTENDED,
    KEPT_30,
    KEPT_YEAR,
    NO_SILENCE,
    SECTORAL_KEPT,
    SETTLED,
    STATE_CEASEFIRE,
    STATE_FREEZE,
    STATE_SETTLEMENT,
    STATE_WAR,
    STATE_WON_A,
    WON_A,
    acceptance,
    by_role,
    change_state,
    design_factor,
    draw_of,
    move_regimes,
    reach,
    regime_sums,
    weeks_kept,
)

# Gauss-Hermite points for the mean over a standard normal; seven integrate degree 13 exactly.
_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
POINTS = tuple(float(x) for x in _POINTS)
WEIGHTS = tuple(float(w) for w in _WEIGHTS / _WEIGHTS.sum())
LEAST_LEVER = 0.5  # y' reads itself through what it teaches; below this the reading is cut


@njit(cache=True, error_model="numpy")
def lift(row: Any, position: float) -> float:
    """The premium at a position, linear between the points of a row over [0, 1]."""
    last = len(row) - 1
    at = min(max(position, 0.0), 1.0) * last
    below = min(int(at), last - 1)
    share = at - below
    return float((1.0 - share) * row[below] + share * row[below + 1])


@njit(cache=True, error_model="numpy")
def place(value: float, low: float, high: float, size: int) -> tuple[int, int, float]:
    """Neighbours of a value on an even grid, and the share of the upper one; cut at the ends."""
    if size == 1 or high <= low:
        return 0, 0, 0.0
    at = min(max((value - low) / (high - low), 0.0), 1.0) * (size - 1)
    below = min(int(at), size - 2)
    return below, below + 1, at - below


@njit(cache=True, error_model="numpy")
def premium_row(
    table: Any,
    weeks: Any,
    offsets: Any,
    effects: Any,
    effect: float,
    offset: float,
    week: float,
    row: Any,
) -> None:
    """The premium of one side over the race (positions,), in a week, under a drift and an offset.

    `table` is (effects, offsets, weeks, positions). `offset` is y - Z - effect·week, which does not
    change while the effect lasts.
    """
    e0, e1, e_share = place(effect, effects[0], effects[1], table.shape[0])
    k0, k1, k_share = place(offset, offsets[0], offsets[1], table.shape[1])
    t0 = 0
    while t0 < len(weeks) - 2 and weeks[t0 + 1] <= week:
        t0 += 1
    t_share = min(max((week - weeks[t0]) / (weeks[t0 + 1] - weeks[t0]), 0.0), 1.0)
    for p in range(len(row)):
        row[p] = 0.0
    for corner in range(8):
        in_e, in_k, in_t = corner & 1, (corner >> 1) & 1, corner >> 2
        weight = (
            (e_share if in_e else 1.0 - e_share)
            * (k_share if in_k else 1.0 - k_share)
            * (t_share if in_t else 1.0 - t_share)
        )
        if weight > 0.0:
            source = table[e1 if in_e else e0, k1 if in_k else k0, t0 + in_t]
            for p in range(len(row)):
                row[p] += weight * source[p]


@njit(cache=True, error_model="numpy")
def premium_line(
    own: Any,
    other: Any,
    y: float,
    drift: float,
    variance: float,
    value: float,
    feared: float,
    position: float,
    row: Any,
) -> tuple[float, float]:
    """`surplus_line` where fighting on, now and after a breach, has its premium.

    `value` is the value of fighting on without the premium, `position` the race as the analyst
    reads it, over which the row of premiums stands.
    """
    slope, base = surplus_line(
        y,
        drift,
        variance,
        own.discount,
        own.cost,
        own.side,
        feared,
        other.ceiling,
        other.rate,
        value,
    )
    shift = other.ceiling * other.rate / (other.rate + own.discount + feared)
    after = position - shift if own.side == 0 else position + shift
    broken = lift(row, clamp_position(after))
    return slope, base + feared * broken / (own.discount + feared) - lift(row, position)


@njit(cache=True, error_model="numpy")
def offer(
    d: Any,
    position: float,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
    row_a: Any,
    row_b: Any,
) -> tuple[float, float, int, float]:
    """The egalitarian package and its surpluses, as `talks.kernel.offer`, over values with premium."""
    a, b = d.a, d.b
    best = -math.inf
    surplus_a = surplus_b = decides = 0.0
    found = NEVER
    for provisions in range(len(d.levels) - 1):
        start, stop = d.levels[provisions], d.levels[provisions + 1]
        if start == stop:
            continue
        factor = design_factor(d, provisions)
        slope_a, base_a = premium_line(
            a, b, y_a, drift_a, d.variance, value_a, a.fear * factor, position, row_a
        )
        slope_b, base_b = premium_line(
            b, a, y_b, drift_b, d.variance, value_b, b.fear * factor, position, row_b
        )
        worst, at = best_offer(
            d.frontier_a, d.frontier_b, start, stop, slope_a, base_a, slope_b, base_b
        )
        if worst > best:
            best, found = worst, provisions
            surplus_a = slope_a * d.frontier_a[at] + base_a
            surplus_b = slope_b * d.frontier_b[at] + base_b
            decides = d.frontier_decides[at]
    return surplus_a, surplus_b, found, decides


@njit(cache=True, error_model="numpy")
def posterior(own: Any, learned: float, week: float) -> float:
    """Mean drift that a side believes after so many weeks and so much movement since `as_of`."""
    return float(
        (own.stubbornness * own.prior + own.signals + learned)
        / (own.stubbornness + own.signal_weeks + week)
    )


@njit(cache=True, error_model="numpy")
def softplus(x: float) -> float:
    """ln(1 + e^x)."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@njit(cache=True, nogil=True, error_model="numpy")
def solve(
    e: Any,
    start: int,
    stop: int,
    weeks: Any,
    offset: Any,
    effect: Any,
    chance: Any,
    reluctant: Any,
    table: Any,
) -> None:
    """Premiums of the draws from `start` to `stop`, backwards from the last of `weeks`."""
    effects, offsets, size, positions = table.shape[2:]
    ending = np.zeros((2, positions))  # gains at the rate of an interval's last week, and its first
    beginning = np.zeros((2, positions))
    for draw in range(start, stop):
        d = draw_of(e, draw)
        for i in range(effects):
            drift = point(effect[draw], i, effects)
            for k in range(offsets):
                apart = point(offset[draw], k, offsets)
                row_a, row_b = table[draw, 0, i, k], table[draw, 1, i, k]
                last = size - 1
                gap = weeks[last] - weeks[last - 1]
                gains(
                    d,
                    drift,
                    apart,
                    weeks[last],
                    chance[draw, last],
                    reluctant[draw, last],
                    row_a[last],
                    row_b[last],
                    gap,
                    gap,
                    beginning,
                    ending,
                )
                for t in range(last - 1, -1, -1):
                    gap = weeks[t + 1] - weeks[t]
                    # Rounds come in weeks t+1 to t+gap; gains that change evenly between the ends
                    # sum to gap times these shares of the two. One week has its own gain only.
                    share = 0.5 * (gap - 1.0) / gap
                    expect(
                        d,
                        d.a,
                        drift,
                        apart,
                        weeks[t],
                        gap,
                        1.0 - share,
                        row_a[t + 1],
                        ending[0],
                        row_a[t],
                    )
                    expect(
                        d,
                        d.b,
                        drift,
                        apart,
                        weeks[t],
                        gap,
                        1.0 - share,
                        row_b[t + 1],
                        ending[1],
                        row_b[t],
                    )
                    # The gain now depends on the premium now: guess it from the gain then.
                    row_a[t] += share * ending[0]
                    row_b[t] += share * ending[1]
                    guess_a, guess_b = share * ending[0], share * ending[1]
                    gains(
                        d,
                        drift,
                        apart,
                        weeks[t],
                        chance[draw, t],
                        reluctant[draw, t],
                        row_a[t],
                        row_b[t],
                        weeks[t] - weeks[max(t - 1, 0)],
                        gap,
                        beginning,
                        ending,
                    )
                    row_a[t] += share * beginning[0] - guess_a
                    row_b[t] += share * beginning[1] - guess_b


@njit(cache=True, error_model="numpy")
def point(span: Any, place: int, size: int) -> float:
    """A point of an even grid; the middle of its span where it has only one."""
    if size == 1:
        return float(0.5 * (span[0] + span[1]))
    return float(span[0] + (span[1] - span[0]) * place / (size - 1))


@njit(cache=True, error_model="numpy")
def gains(
    d: Any,
    effect: float,
    apart: float,
    week: float,
    chance: float,
    reluctant: Any,
    row_a: Any,
    row_b: Any,
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
    for p in range(1, last):
        y = p / last
        learned = y - apart - effect * week
        post_a, post_b = posterior(d.a, learned, week), posterior(d.b, learned, week)
        y_a = clamp_position(y + lag * (d.drift - post_a))
        y_b = clamp_position(y + lag * (d.drift - post_b))
        value_a = value_of_fighting(y_a, post_a + effect, d.variance, d.a.discount, d.a.cost, 0)
        value_b = value_of_fighting(y_b, post_b + effect, d.variance, d.b.discount, d.b.cost, 1)
        surplus_a, surplus_b, found, _ = offer(
            d, y, y_a, y_b, post_a + effect, post_b + effect, value_a, value_b, row_a, row_b
        )
        brings_a = brings_b = signed = 0.0
        if found != NEVER:
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


@njit(cache=True, error_model="numpy")
def rounds(chance: float, signed: float, weeks: float) -> float:
    """Mean number of rounds in so many weeks, until one is signed."""
    ends = chance * signed  # the chance a week
    if ends < 1e-9:
        return chance * weeks
    if ends >= 1.0:
        return 1.0
    return -math.expm1(weeks * math.log1p(-ends)) / signed


@njit(cache=True, error_model="numpy")
def expect(
    d: Any,
    own: Any,
    effect: float,
    apart: float,
    week: float,
    gap: float,
    share: float,
    later: Any,
    gain: Any,
    out: Any,
) -> None:
    """Discounted mean of the premium after an interval and of a share of the gain at its end.

    The race goes as the side believes; nothing is left once it has touched an end.
    """
    last = len(out) - 1
    lag = d.momentum / (1.0 - d.momentum)
    known = own.stubbornness + own.signal_weeks + week
    # What it does not know of the drift adds to the spread of what it expects.
    spread = math.sqrt(d.variance * gap * (1.0 + gap / known))
    bridge = d.variance * gap
    discount = math.exp(-own.discount * gap)
    lever = max(1.0 - lag / (known + gap), LEAST_LEVER)
    for p in range(1, last):
        y = p / last
        post = posterior(own, y - apart - effect * week, week)
        here = clamp_position(y + lag * (d.drift - post))
        total = 0.0
        for q in range(len(POINTS)):
            there = here + (post + effect) * gap + spread * POINTS[q]
            if there <= 0.0 or there >= 1.0:
                continue
            alive = -math.expm1(-2.0 * (1.0 - here) * (1.0 - there) / bridge) * -math.expm1(
                -2.0 * here * there / bridge
            )
            # Back from the side's own reading to the analyst's, over which the row stands.
            base = posterior(own, -apart - effect * (week + gap), week + gap)
            after = (there - lag * (d.drift - base)) / lever
            total += WEIGHTS[q] * alive * (lift(later, after) + share * lift(gain, after))
        out[p] = discount * total


@njit(cache=True, nogil=True, error_model="numpy")
def follow(
    e: Any,
    premium: Any,
    seed: int,
    start: int,
    stop: int,
    paths: int,
    weeks: int,
    endings: Any,
    rungs: Any,
    silences: Any,
) -> None:
    """Paths of the draws from `start` to `stop`, counted into their rows, as `talks.kernel.follow`."""
    regimes = np.empty(len(e.regime_now), np.int64)
    first = np.empty(rungs.shape[2], np.int64)
    rows = np.zeros((2, premium.table.shape[5]))
    for draw in range(start, stop):
        d = draw_of(e, draw)
        for path in range(paths):
            one_path(
                d,
                premium.table[draw],
                premium.weeks,
                premium.offset[draw],
                premium.effect[draw],
                rows,
                seed,
                path,
                weeks,
                regimes,
                first,
                endings[draw],
                silences[draw],
            )
            for rung in range(len(first)):
                if first[rung] != NEVER:
                    rungs[draw, first[rung], rung] += 1
        for state in range(endings.shape[2]):
            for week in range(1, weeks + 1):
                endings[draw, week, state] += endings[draw, week - 1, state]


@njit(cache=True, error_model="numpy")
def one_path(
    d: Any,
    table: Any,
    nodes: Any,
    offsets: Any,
    spans: Any,
    rows: Any,
    seed: int,
    path: int,
    weeks: int,
    regimes: Any,
    first: Any,
    endings: Any,
    silences: Any,
) -> None:
    """`talks.kernel.one_path` with values of fighting that have their premium; same random numbers."""
    draw, orientation, a, b = d.number, d.orientation, d.a, d.b
    effects, factors, reluctances = d.effects, d.talks_factors, d.reluctances
    switch, leave, scheduled = d.switch, d.leave, d.scheduled
    table_a, table_b, row_a, row_b = table[0], table[1], rows[0], rows[1]
    tolerance, ending_chance = d.tolerance, d.ending_chance
    first[:] = NEVER
    regimes[:] = d.regime_now
    state = STATE_WAR
    endings[0, state] += 1
    variance, phi = d.variance, d.momentum
    spread = math.sqrt(variance) * orientation
    lag = phi / (1.0 - phi)
    y = d.position
    learned = seen = 0.0
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
        drift = d.drift + effect

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

        learned += after - y - effect
        seen += 1.0
        y = after
        drift_a = effect + posterior(a, learned, seen)
        drift_b = effect + posterior(b, learned, seen)
        y_a = clamp_position(y + lag * (drift - drift_a))
        y_b = clamp_position(y + lag * (drift - drift_b))
        value_a = value_of_fighting(y_a, drift_a, variance, a.discount, a.cost, 0)
        value_b = value_of_fighting(y_b, drift_b, variance, b.discount, b.cost, 1)
        apart = y - learned - effect * seen
        premium_row(table_a, nodes, offsets, spans, effect, apart, seen, row_a)
        premium_row(table_b, nodes, offsets, spans, effect, apart, seen, row_b)

        untenable_a = untenable_a + 1 if value_a + lift(row_a, y) < 0.0 else 0
        untenable_b = untenable_b + 1 if value_b + lift(row_b, y) < 0.0 else 0
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
        slope, base = premium_line(a, b, y_a, drift_a, variance, value_a, a.fear, y, row_a)
        content = slope * a.standing + base - reluctance_a >= 0.0
        if content:
            slope, base = premium_line(b, a, y_b, drift_b, variance, value_b, b.fear, y, row_b)
            content = slope * b.standing + base - reluctance_b >= 0.0
        quiet = quiet + 1 if content else 0
        form = NO_SILENCE
        provisions = 0
        lot_held, lot_sector, lot_other, lot_quiet = uniforms(seed, draw, path, week, WEEK)
        if quiet > tolerance and lot_quiet < ending_chance:
            form = FORM_FREEZE

        if form == NO_SILENCE and lot_held < min(1.0, d.talk_chance * talks_factor):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, ANSWER)
            surplus_a, surplus_b, provisions, decides = offer(
                d, y, y_a, y_b, drift_a, drift_b, value_a, value_b, row_a, row_b
            )
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            if (
                provisions != NEVER
                and lot_a < acceptance(surplus_a - reluctance_a, d.choice_noise)
                and lot_b < acceptance(surplus_b - reluctance_b, d.choice_noise)
            ):
                form = FORM_SETTLEMENT if decides >= d.settlement_share else FORM_CEASEFIRE

        if form == NO_SILENCE:
            if lot_sector < d.sectoral_chance:
                reach(first, ANY_TRUCE, week)
                _, _, lot_kept, _ = uniforms(seed, draw, path, week, ANSWER)
                if lot_kept < d.sectoral_kept:
                    reach(first, SECTORAL_KEPT, week)
            if lot_other < d.other_chance:
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


@njit(cache=True, nogil=True, error_model="numpy")
def log_weights(e: Any, premium: Any, record: Any, out: Any) -> None:
    """`talks.hindcast.log_weights` over values with their premium, at its first week."""
    nodes = premium.weeks
    rows = np.zeros((2, premium.table.shape[5]))
    for draw in range(len(e.position)):
        d = draw_of(e, draw)
        sides = (d.a, d.b)
        lag = d.momentum / (1.0 - d.momentum)
        signal, seen, y = np.zeros(2), np.zeros(2), np.zeros(2)
        drift, value, reluctance = np.zeros(2), np.zeros(2), np.zeros(2)
        untenable = np.zeros(2, np.int64)
        quiet = 0
        total = 0.0
        for week in range(record.position.shape[1]):
            here, effect = record.position[draw, week], record.effect[draw, week]
            moved = here - record.position[draw, week - 1] - effect if week > 0 else 0.0
            for side in range(2):
                own = sides[side]
                if week > record.belief_week[side] and record.seen[week]:
                    signal[side] += moved
                    seen[side] += 1.0
                drift[side] = effect + (own.stubbornness * own.prior + signal[side]) / (
                    own.stubbornness + seen[side]
                )
                y[side] = clamp_position(here + lag * (d.drift + effect - drift[side]))
                value[side] = value_of_fighting(
                    y[side], drift[side], d.variance, own.discount, own.cost, side
                )
                apart = here - (signal[side] - own.signals)
                premium_row(
                    premium.table[draw, side],
                    nodes,
                    premium.offset[draw],
                    premium.effect[draw],
                    effect,
                    apart,
                    0.0,
                    rows[side],
                )
                worth = value[side] + lift(rows[side], here)
                untenable[side] = untenable[side] + 1 if worth < 0.0 else 0
                reluctance[side] = own.reluctance * record.reluctance[draw, week, side]
            slope_a, base_a = premium_line(
                d.a, d.b, y[0], drift[0], d.variance, value[0], d.a.fear, here, rows[0]
            )
            slope_b, base_b = premium_line(
                d.b, d.a, y[1], drift[1], d.variance, value[1], d.b.fear, here, rows[1]
            )
            content = (
                slope_a * d.a.standing + base_a - reluctance[0] >= 0.0
                and slope_b * d.b.standing + base_b - reluctance[1] >= 0.0
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
                    d, here, y[0], y[1], drift[0], drift[1], value[0], value[1], rows[0], rows[1]
                )
                if provisions != NEVER:
                    signed = acceptance(surplus_a - reluctance[0], d.choice_noise) * acceptance(
                        surplus_b - reluctance[1], d.choice_noise
                    )
                    goes_on *= 1.0 - min(1.0, record.talks[draw, week]) * signed
            total += math.log(max(goes_on, 1e-300))
        out[draw] = total
