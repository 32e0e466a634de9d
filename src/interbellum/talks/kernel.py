"""The engine of `reference.py` over many paths, compiled. Change the reference first.

Work is split by draw. Each draw writes its own rows of integer counts and every random number is
keyed by (seed, draw, path, week, purpose), so results do not depend on threads.

It is fast because it does less, never something else:

- Random words come `SPAN` weeks at a time, which the processor makes several blocks abreast, and a
  block serves one week on average: eight bits of each lot mostly say that nothing happens, and the
  rest of it is drawn only in the other weeks, which a mask marks.
- Whether a war has long been untenable, or both sides have long preferred quiet, is asked only in the
  weeks whose lot would end it, by looking back over the weeks that patience needs.
- An offer that cannot be accepted, by a bound on the smaller surplus, is not worked out.
- A touch of an end is excluded by a bound on its chance where that suffices.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import inlined, step
from interbellum.model.talks import EngineCounts, EngineInputs
from interbellum.talks.draws import (
    ANCHOR,
    CLIMATE,
    COST,
    EFFECT,
    FRONTIER,
    RELUCTANT,
    SEGMENT_WIDTH,
    SILENT,
    SINCE,
    START,
    TALKS,
    draw_of,
    scratch_for,
    table_of,
)
from interbellum.talks.offers import (
    acceptance,
    design_factor,
    fill_lines,
    least_accepted,
    likely_signed,
    offer,
)
from interbellum.talks.premium import NO_PREMIUM, foreseen, premium_row
from interbellum.talks.reference import NEVER
from interbellum.talks.steps import (
    FORM_CEASEFIRE,
    FORM_FREEZE,
    FORM_SETTLEMENT,
    NO_SILENCE,
    SECTORAL_KEPT,
    STATE_WAR,
    STATE_WON_A,
    WON_A,
    begin_silence,
    by_role,
    change_state,
    climate_now,
    count_rungs,
    evaluate,
    last_restless,
    last_tenable,
    learned,
    limited_truces,
    move_regimes,
    premium_now,
    reach,
    rearmed,
    set_out,
    sum_up,
    touched,
    untouched_within,
    weeks_kept,
)
from interbellum.talks.streams import (
    ANSWER,
    BATTLE,
    BREAK,
    MOVE,
    QUIT,
    REGIME,
    SIGN,
    SPAN,
    TOUCH,
    WEEK,
    fill_normals,
    fill_words,
    rest_of_lots,
    uniforms,
)

# Bits of the mask over weeks.
BIT_TALKS, BIT_SECTORAL, BIT_OTHER, BIT_QUIET, BIT_QUIT, BIT_EXCHANGE, BIT_MOVE = (
    np.uint64(1 << bit) for bit in range(7)
)
NO_BITS, ALL_BITS = np.uint64(0), np.uint64(127)
BITS_WEEK = BIT_TALKS | BIT_SECTORAL | BIT_OTHER | BIT_QUIET
BITS_QUIT = BIT_QUIT | BIT_EXCHANGE
BYTE, EIGHT = np.uint64(255), np.uint64(8)
LANE_1, LANE_2, LANE_3 = np.uint64(8), np.uint64(16), np.uint64(24)
SIGN_BITS = np.uint64(32)  # a difference of two bytes below 0 has all bits from here on set


def run(
    e: EngineInputs,
    seed: int,
    paths: int,
    weeks: int,
    threads: int = 1,
    progress: Any = None,
    premium_of: Any = None,
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
    premium_of : callable or None
        Gives a draw's `PremiumDraw`, for sides that foresee talks.

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
            premium = NO_PREMIUM if premium_of is None else premium_of(draw)
            follow(d, table, scratch, key, paths, weeks, *rows, premium)

    done = 0
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for _ in pool.map(work, starts):
            done += 1
            if progress is not None:
                progress(done / len(starts))
    return EngineCounts(endings, rungs, silences)


@step
def below(chance: float) -> Any:
    """The first byte with which a lot is surely not below a chance."""
    return np.uint64(min(int(chance * 256.0), 255) + 1 if chance > 0.0 else 0)


@step
def fill_moves(
    seed: int,
    draw: int,
    path: int,
    span: int,
    most_leave: Any,
    scheduled: Any,
    moves: Any,
    move: Any,
    moving: Any,
) -> None:
    """First bits of the lots of regimes over a span of weeks, and the weeks in which one may move."""
    fill_words(seed, draw, path, span * (SPAN // 4), MOVE, moves)
    for i in range(SPAN):
        moving[i] = NO_BITS
    for r in range(len(most_leave)):
        leaves, lane = below(most_leave[r]), EIGHT * np.uint64(r)
        for i in range(SPAN):
            moving[i] |= (((move[i] >> lane) & BYTE) - leaves) >> SIGN_BITS & BIT_MOVE
    for line in range(scheduled.shape[0]):
        if scheduled[line, 0] // SPAN == span:
            moving[scheduled[line, 0] % SPAN] = BIT_MOVE


@step
def fill_span(
    d: Any,
    seed: int,
    path: int,
    span: int,
    battles: Any,
    battle: Any,
    signs: Any,
    sign: Any,
    normal: Any,
    mask: Any,
) -> None:
    """Battles of a span of weeks, and the mask of what the lots of each week could bring about."""
    fill_words(seed, d.number, path, span * (SPAN // 4), BATTLE, battles)
    fill_normals(battle, normal)
    fill_words(seed, d.number, path, span * (SPAN // 2), SIGN, signs)
    talks, sectoral = below(d.most_talks), below(d.sectoral_chance)
    others, ends, exchange = (
        below(d.other_chance),
        below(d.ending_chance),
        below(d.exchange_chance),
    )
    # The sign bit of a difference, moved to its place: the processor does four weeks at once.
    for i in range(SPAN):
        mask[i] = (
            (((sign[0, i] & BYTE) - talks) >> SIGN_BITS & BIT_TALKS)
            | (((sign[0, i] >> LANE_1 & BYTE) - sectoral) >> SIGN_BITS & BIT_SECTORAL)
            | (((sign[0, i] >> LANE_2 & BYTE) - others) >> SIGN_BITS & BIT_OTHER)
            | (((sign[0, i] >> LANE_3 & BYTE) - ends) >> SIGN_BITS & BIT_QUIET)
            | (
                (((sign[1, i] & BYTE) - ends) | ((sign[1, i] >> LANE_1 & BYTE) - ends)) >> SIGN_BITS
                & BIT_QUIT
            )
            | (((sign[1, i] >> LANE_2 & BYTE) - exchange) >> SIGN_BITS & BIT_EXCHANGE)
        )


@inlined
def one_path(
    d: Any,
    table: Any,
    scratch: Any,
    seed: int,
    path: int,
    weeks: int,
    endings: Any,
    silences: Any,
    premium: Any,
) -> None:
    """One path of a draw, its rungs in `scratch.first`; `reference.simulate` says what it does."""
    draw, orientation, a, b = d.number, d.orientation, d.a, d.b
    regimes, first, mask, normal = scratch.regimes, scratch.first, scratch.mask, scratch.normal
    segments, position, moods = scratch.segments, scratch.position, scratch.mood
    climates, moving, lines = table.climates, scratch.moving, table.lines
    state = STATE_WAR
    endings[0, state] += 1
    variance, phi = d.variance, d.momentum
    spread = math.sqrt(variance) * orientation
    lag = phi / (1.0 - phi)
    patience = math.floor(min(d.tolerance, 1e9)) + 1
    trusting = d.trust_kept != 0.0 or d.trust_broken != 0.0
    inner = untouched_within(variance)
    foresees = foreseen(premium.rows)
    y, mood, memory = d.position, 0.0, d.trust_memory
    far = abs(y - 0.5) < inner
    row, climate = 0, set_out(table, regimes, first)
    segments[row, CLIMATE], segments[row, SILENT], segments[row, START] = climate, 0, 0
    segments[row, ANCHOR], segments[row, SINCE] = -y, 0
    effect = climates[climate, EFFECT]
    drift = d.drift + effect
    tenable_a = tenable_b = restless = 0
    watched = ALL_BITS
    span = moves_span = -1
    week = 0
    while week < weeks:
        week += 1
        place = week % SPAN
        if week // SPAN != span:
            span = week // SPAN
            fill_span(
                d,
                seed,
                path,
                span,
                scratch.battles,
                scratch.battle,
                scratch.signs,
                scratch.sign,
                normal,
                mask,
            )
            if len(regimes) > 0:
                if moves_span != span:
                    moves_span = span
                    fill_moves(
                        seed,
                        draw,
                        path,
                        span,
                        table.most_leave,
                        table.scheduled,
                        scratch.moves,
                        scratch.move,
                        moving,
                    )
                for i in range(SPAN):
                    mask[i] |= moving[i]
        # Weeks in which no lot matters only move the race: a loop of its own, in registers.
        stop = min(SPAN, place + weeks - week + 1)
        while place < stop and mask[place] & watched == NO_BITS:
            after = y + (drift + spread * normal[place])
            if not (far and abs(after - 0.5) < inner):
                break
            y = after
            mood *= memory
            position[week], moods[week] = y, mood
            week += 1
            place += 1
        if place == stop:
            week -= 1
            continue

        bits = mask[place] & watched
        if bits & BIT_MOVE != NO_BITS and move_regimes(
            table.switch,
            table.leave,
            table.scheduled,
            rest_of_lots(seed, draw, path, week, REGIME, scratch.move[place]),
            week,
            regimes,
        ):
            climate = climate_now(table, regimes)
            row += 1
            for column in range(SEGMENT_WIDTH):
                segments[row, column] = segments[row - 1, column]
            segments[row, CLIMATE], segments[row, START] = climate, week
            if climates[climate, EFFECT] != effect:
                heard = learned(segments[row, ANCHOR], y, effect, week - 1 - segments[row, SINCE])
                y += lag * (effect - climates[climate, EFFECT])
                segments[row, ANCHOR], segments[row, SINCE] = heard - y, week - 1
                effect = climates[climate, EFFECT]
                drift = d.drift + effect
                far = abs(y - 0.5) < inner

        after = y + (drift + spread * normal[place])
        was_far, far = far, abs(after - 0.5) < inner
        if not (far and was_far):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, TOUCH)
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            winner = touched(y, after, variance, lot_a, lot_b)
            if winner != NEVER:
                change_state(endings, week, state, STATE_WON_A + winner)
                reach(first, WON_A + winner, week)
                return
        y = after
        mood *= memory
        position[week], moods[week] = y, mood
        if bits == NO_BITS:
            continue

        lot_exchange = 1.0
        if bits & BITS_QUIT != NO_BITS:
            lot_first, lot_second, lot_exchange, _ = rest_of_lots(
                seed, draw, path, week, QUIT, scratch.sign[1, place]
            )
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            ends_a = ends_b = False
            if lot_a < d.ending_chance and week - tenable_a >= patience:
                tenable_a = last_tenable(
                    a,
                    variance,
                    phi,
                    d.drift,
                    position,
                    segments,
                    row,
                    climates,
                    week,
                    patience,
                    premium,
                )
                ends_a = week - tenable_a >= patience
            if lot_b < d.ending_chance and week - tenable_b >= patience:
                tenable_b = last_tenable(
                    b,
                    variance,
                    phi,
                    d.drift,
                    position,
                    segments,
                    row,
                    climates,
                    week,
                    patience,
                    premium,
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
        lot_talks = lot_sectoral = lot_other = lot_quiet = 1.0
        if bits & BITS_WEEK != NO_BITS:
            lot_talks, lot_sectoral, lot_other, lot_quiet = rest_of_lots(
                seed, draw, path, week, WEEK, scratch.sign[0, place]
            )
        if lot_quiet < d.ending_chance and week - restless >= patience:
            restless = last_restless(
                a,
                b,
                variance,
                phi,
                d.drift,
                position,
                moods,
                segments,
                row,
                climates,
                week,
                patience,
                premium,
            )
            if week - restless >= patience:
                form = FORM_FREEZE

        if form == NO_SILENCE and lot_talks < min(1.0, d.talk_chance * climates[climate, TALKS]):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, ANSWER)
            lot_a, lot_b = by_role(orientation, lot_first, lot_second)
            reluctance_a = a.reluctance * climates[climate, RELUCTANT]
            reluctance_b = b.reluctance * climates[climate, RELUCTANT + 1]
            cost_a, cost_b = climates[climate, COST], climates[climate, COST + 1]
            fought = week - segments[row, SILENT]
            moved = learned(segments[row, ANCHOR], y, effect, week - segments[row, SINCE])
            y_a, drift_a, value_a = evaluate(
                a, variance, phi, d.drift, y, moved, fought, effect, cost_a
            )
            y_b, drift_b, value_b = evaluate(
                b, variance, phi, d.drift, y, moved, fought, effect, cost_b
            )
            value_a += premium_now(premium, 0, effect, moved, fought, y)
            value_b += premium_now(premium, 1, effect, moved, fought, y)
            among = int(climates[climate, FRONTIER])
            likely = len(lines) - 1
            if not foresees and not trusting:
                likely = likely_signed(
                    lines,
                    table.bounds,
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
                )
            if likely != NEVER:
                if mood != 0.0:
                    fill_lines(d, mood, scratch.lines)
                if foresees:
                    offset = y - moved - effect * fought
                    premium_row(premium, 0, effect, offset, fought)
                    premium_row(premium, 1, effect, offset, fought)
                surplus_a, surplus_b, provisions, decides = offer(
                    scratch.lines if mood != 0.0 else lines,
                    table.levels,
                    among,
                    table.u_a,
                    table.u_b,
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
                    table.bounds,
                    y,
                    premium.rows,
                    likely,
                )
                if (
                    provisions != NEVER
                    and lot_a < acceptance(surplus_a - reluctance_a, d.choice_noise)
                    and lot_b < acceptance(surplus_b - reluctance_b, d.choice_noise)
                ):
                    form = FORM_SETTLEMENT if decides >= d.settlement_share else FORM_CEASEFIRE

        if form == NO_SILENCE:
            came_sectoral, came_other = (
                lot_sectoral < d.sectoral_chance,
                lot_other < d.other_chance,
            )
            if came_sectoral or came_other:
                mood += limited_truces(
                    d,
                    table.other_share,
                    table.other_kept,
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
            if lot_exchange < d.exchange_chance:
                mood += d.trust_kept
            continue

        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        factor = design_factor(d, provisions)
        kept = weeks_kept(table.hazard, table.incidents, form, factor, -math.log(lot))
        state = change_state(
            endings, week, state, begin_silence(first, silences, form, provisions, week, kept)
        )
        if kept > weeks:
            return
        end = week + max(1, math.ceil(kept))
        if end > weeks:
            return
        state = change_state(endings, end, state, STATE_WAR)
        heard = learned(segments[row, ANCHOR], y, effect, week - segments[row, SINCE])
        silent = segments[row, SILENT] + end - week
        if len(regimes) > 0:
            for quiet_week in range(week + 1, end + 1):
                if quiet_week // SPAN != moves_span:
                    moves_span = quiet_week // SPAN
                    fill_moves(
                        seed,
                        draw,
                        path,
                        moves_span,
                        table.most_leave,
                        table.scheduled,
                        scratch.moves,
                        scratch.move,
                        moving,
                    )
                place = quiet_week % SPAN
                if moving[place] != NO_BITS and move_regimes(
                    table.switch,
                    table.leave,
                    table.scheduled,
                    rest_of_lots(seed, draw, path, quiet_week, REGIME, scratch.move[place]),
                    quiet_week,
                    regimes,
                ):
                    climate = climate_now(table, regimes)
                    y += lag * (effect - climates[climate, EFFECT])
                    effect = climates[climate, EFFECT]
        y = rearmed(a, b, y, end - week)
        row += 1
        segments[row, CLIMATE], segments[row, SILENT], segments[row, START] = climate, silent, end
        segments[row, ANCHOR], segments[row, SINCE] = heard - y, end
        drift = d.drift + effect
        far = abs(y - 0.5) < inner
        mood = mood * math.pow(memory, float(end - week)) + d.trust_broken
        tenable_a = tenable_b = restless = week = end


@step
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
    premium: Any,
) -> None:
    """Paths of a draw, counted into its rows."""
    for path in range(paths):
        one_path(d, table, scratch, seed, path, weeks, endings, silences, premium)
        count_rungs(scratch.first, rungs)
    sum_up(endings)
