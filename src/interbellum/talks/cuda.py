"""The engine of `reference.py` on an NVIDIA GPU: one thread a path, week by week, nothing skipped.

The steps are those of the compiled engine on the processor, compiled once more for the device; so are
the random numbers. What is here is only the order of the steps, as in `reference.simulate`. The tricks of
`kernel.py` (weeks by the chunk, looking back over them, bounds on offers) are left out: threads that run
side by side wait for the slowest, and a device has exponentials to spare.

Only `devices.py` imports this module, and only where the device is asked for. Under numba's simulator
(NUMBA_ENABLE_CUDASIM=1) it runs without a GPU; the tests use that.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import cuda
from numba.core.errors import NumbaPerformanceWarning

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import best_offer, surplus_line
from interbellum.model.talks import EngineCounts, EngineInputs
from interbellum.talks.cuda_tables import Tables, tables_of
from interbellum.talks.devices import simulated
from interbellum.talks.draws import (
    CLIMATE_WIDTH,
    COST,
    EFFECT,
    FRONTIER,
    RELUCTANT,
    TALKS,
    Draw,
    SideDraw,
)
from interbellum.talks.offers import acceptance, design_factor
from interbellum.talks.reference import (
    NEVER,
    WEEKS_IN_A_YEAR,
    WEEKS_KEPT_30_DAYS,
    WEEKS_KEPT_A_YEAR,
)
from interbellum.talks.steps import (
    ANY_TRUCE,
    FORM_CEASEFIRE,
    FORM_FREEZE,
    FORM_SETTLEMENT,
    FREEZE,
    INTENDED,
    KEPT_30,
    KEPT_YEAR,
    NO_SILENCE,
    SETTLED,
    STATE_CEASEFIRE,
    STATE_FREEZE,
    STATE_SETTLEMENT,
    STATE_WAR,
    STATE_WON_A,
    WON_A,
    by_role,
    evaluate,
    is_content,
    learned,
    limited_truces,
    move_regimes,
    reach,
    rearmed,
    touched,
    weeks_kept,
    work_out_climate,
)
from interbellum.talks.streams import (
    ANSWER,
    BREAK,
    QUIT,
    REGIME,
    TOUCH,
    WEEK,
    battle,
    lots,
    uniforms,
)

BLOCK = 128  # threads a block
LAUNCH = 1 << 18  # paths a launch: enough to fill a large device, short enough for a smooth bar
RUNG_COUNT = len(RUNGS)
MOST_REGIMES = 4  # as many as a block of random words has lanes


class Counts(NamedTuple):
    """What the device counts into, added to by all threads; integers, so that order is no matter."""

    endings: Any
    """(D, W + 1, 6) changes of state in each week"""
    rungs: Any
    """(D, W + 1, 10)"""
    silences: Any
    """(D, 3, L)"""


class Climate(NamedTuple):
    """What `work_out_climate` reads of one draw, and the one row that it fills."""

    climates: Any
    effects: Any
    talks: Any
    reluctances: Any
    costs: Any
    sets: Any


def run(
    e: EngineInputs,
    seed: int,
    paths: int,
    weeks: int,
    progress: Callable[[float], None] | None = None,
) -> EngineCounts:
    """Follow `paths` paths of every draw on the GPU.

    Parameters
    ----------
    e : EngineInputs
    seed, paths, weeks : int
    progress : callable or None
        Called with the share done.

    Returns
    -------
    EngineCounts
        As `kernel.run` gives them, but for paths in which the last digit of an exponential decides.

    Raises
    ------
    Exception
        Whatever numba and the driver raise where the device fails; `devices.run` says it in words.
    """
    draws = len(e.position)
    total = draws * paths
    with warnings.catch_warnings():
        # A small run leaves much of a large device idle; that is no fault of the analyst's.
        warnings.simplefilter("ignore", NumbaPerformanceWarning)
        tables = Tables(*(on_device(array) for array in tables_of(e)))
        counts = Counts(
            *(
                on_device(np.zeros(shape, np.int64))
                for shape in (
                    (draws, weeks + 1, len(ENDINGS)),
                    (draws, weeks + 1, len(RUNGS)),
                    (draws, len(FORMS), e.levels.shape[2] - 1),
                )
            )
        )
        for start in range(0, total, LAUNCH):
            stop = min(start + LAUNCH, total)
            blocks = -(-(stop - start) // BLOCK)
            follow[blocks, BLOCK](tables, np.uint64(seed), start, stop, paths, weeks, counts)
            cuda.synchronize()
            if progress is not None:
                progress(stop / total)
        endings, rungs, silences = (on_host(array) for array in counts)
    endings[:, 0, STATE_WAR] += paths
    return EngineCounts(endings.cumsum(axis=1), rungs, silences)


def on_device(array: Any) -> Any:
    """An array in the device's memory; the simulator's steps want numpy's own arrays."""
    return array if simulated() else cuda.to_device(array)


def on_host(array: Any) -> Any:
    """The same array as numpy's."""
    return array if simulated() else array.copy_to_host()


@cuda.jit(device=True)
def side_draw(row: Any) -> Any:
    """One side's numbers from their row."""
    return SideDraw(
        row["side"],
        row["stubbornness"],
        row["prior"],
        row["signals"],
        row["signal_weeks"],
        row["discount"],
        row["cost"],
        row["fear"],
        row["ceiling"],
        row["rate"],
        row["standing"],
        row["reluctance"],
    )


@cuda.jit(device=True)
def whole_draw(row: Any) -> Any:
    """One draw's numbers from their row."""
    return Draw(
        row["number"],
        row["orientation"],
        side_draw(row["a"]),
        side_draw(row["b"]),
        row["position"],
        row["drift"],
        row["variance"],
        row["momentum"],
        row["choice_noise"],
        row["talk_chance"],
        row["most_talks"],
        row["tolerance"],
        row["ending_chance"],
        row["settlement_share"],
        row["provisions_factor"],
        row["full_provisions"],
        row["sectoral_chance"],
        row["sectoral_kept"],
        row["other_chance"],
        row["exchange_chance"],
        row["trust_kept"],
        row["trust_broken"],
        row["trust_memory"],
    )


@cuda.jit(device=True)
def change_state(endings: Any, draw: int, week: int, old: int, new: int) -> None:
    """Count a move between states in the week it happens."""
    cuda.atomic.add(endings, (draw, week, old), -1)
    cuda.atomic.add(endings, (draw, week, new), 1)


@cuda.jit(device=True)
def offer(
    d: Any,
    levels: Any,
    u_a: Any,
    u_b: Any,
    decides: Any,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
    cost_a: float,
    cost_b: float,
    trust: float,
) -> Any:
    """Surplus of A and of B, provisions and share decided of the package on offer.

    As `reference.offer`; `levels` is the row of the frontier in force, `trust` the factor on fears.
    """
    a, b = d.a, d.b
    best = -math.inf
    surplus_a = surplus_b = decided = 0.0
    found = NEVER
    for provisions in range(levels.shape[0] - 1):
        start, stop = levels[provisions], levels[provisions + 1]
        if start == stop:
            continue
        factor = trust * design_factor(d, provisions)
        slope_a, base_a = surplus_line(
            y_a,
            drift_a,
            d.variance,
            a.discount,
            cost_a,
            0,
            a.fear * factor,
            b.ceiling,
            b.rate,
            value_a,
        )
        slope_b, base_b = surplus_line(
            y_b,
            drift_b,
            d.variance,
            b.discount,
            cost_b,
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
            decided = decides[at]
    return surplus_a, surplus_b, found, decided


@cuda.jit(device=True)
def note_silence(
    counts: Any, first: Any, draw: int, week: int, form: int, provisions: int, kept: float
) -> int:
    """Count a silence that begins, note its rungs; the state that it brings."""
    if week <= WEEKS_IN_A_YEAR:
        cuda.atomic.add(counts.silences, (draw, form, provisions), 1)
    if form == FORM_FREEZE:
        reach(first, FREEZE, week)
        return STATE_FREEZE
    reach(first, ANY_TRUCE, week)
    reach(first, INTENDED, week)
    if kept >= WEEKS_KEPT_30_DAYS:
        reach(first, KEPT_30, week)
    if kept >= WEEKS_KEPT_A_YEAR:
        reach(first, KEPT_YEAR, week)
    if form == FORM_SETTLEMENT:
        reach(first, SETTLED, week)
        return STATE_SETTLEMENT
    return STATE_CEASEFIRE


@cuda.jit(cache=True)
def follow(
    tables: Any, seed: int, start: int, stop: int, paths: int, weeks: int, counts: Any
) -> None:
    """The paths from `start` to `stop`, numbered draw by draw; one thread each."""
    one = start + cuda.grid(1)
    if one >= stop:
        return
    draw, path = one // paths, one % paths
    first = cuda.local.array(RUNG_COUNT, np.int64)
    for rung in range(RUNG_COUNT):
        first[rung] = NEVER
    one_path(tables, seed, draw, path, weeks, counts, first)
    for rung in range(RUNG_COUNT):
        if first[rung] != NEVER:
            cuda.atomic.add(counts.rungs, (draw, first[rung], rung), 1)


@cuda.jit(device=True)
def one_path(
    tables: Any, seed: int, draw: int, path: int, weeks: int, counts: Any, first: Any
) -> None:
    """One path of a draw, its rungs in `first`; `reference.simulate` says what it does."""
    d = whole_draw(tables.draws[draw])
    a, b = d.a, d.b
    levels = tables.levels[draw]
    switch, leave = tables.switch[draw], tables.leave[draw]
    climate = cuda.local.array((1, CLIMATE_WIDTH), np.float64)
    table = Climate(
        climate,
        tables.effects[draw],
        tables.talks[draw],
        tables.reluctances[draw],
        tables.costs[draw],
        tables.sets,
    )
    room = cuda.local.array(MOST_REGIMES, np.int64)
    regimes = room[: len(tables.regime_now)]
    for r in range(len(regimes)):
        regimes[r] = tables.regime_now[r]
    work_out_climate(table, regimes, 0)
    variance, phi = d.variance, d.momentum
    spread = math.sqrt(variance) * d.orientation
    lag = phi / (1.0 - phi)
    effect = climate[0, EFFECT]
    y, mood = d.position, 0.0
    anchor, since, fought = -y, 0, 0
    untenable_a = untenable_b = quiet = 0
    week = 0
    while week < weeks:
        week += 1

        # Regimes move; the front stays where it is, so y is read anew under the new drift.
        if len(regimes) > 0:
            drawn = lots(seed, draw, path, week, REGIME)
            if move_regimes(switch, leave, tables.scheduled, drawn, week, regimes):
                work_out_climate(table, regimes, 0)
                if climate[0, EFFECT] != effect:
                    heard = learned(anchor, y, effect, week - 1 - since)
                    y += lag * (effect - climate[0, EFFECT])
                    anchor, since = heard - y, week - 1
                    effect = climate[0, EFFECT]
        mood *= d.trust_memory

        # The race moves, and may touch an end between two weeks.
        lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, TOUCH)
        lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
        after = y + (d.drift + effect + spread * battle(seed, draw, path, week))
        winner = touched(y, after, variance, lot_a, lot_b)
        if winner != NEVER:
            change_state(counts.endings, draw, week, STATE_WAR, STATE_WON_A + winner)
            reach(first, WON_A + winner, week)
            return

        # Both sides see the week and learn from it.
        y = after
        moved = learned(anchor, y, effect, week - since)
        fought += 1
        factor_a, factor_b = climate[0, COST], climate[0, COST + 1]
        y_a, drift_a, value_a = evaluate(
            a, variance, phi, d.drift, y, moved, fought, effect, factor_a
        )
        y_b, drift_b, value_b = evaluate(
            b, variance, phi, d.drift, y, moved, fought, effect, factor_b
        )
        cost_a, cost_b = a.cost * factor_a, b.cost * factor_b

        # A side for which fighting has long been worse than total defeat may give up.
        untenable_a = untenable_a + 1 if value_a < 0.0 else 0
        untenable_b = untenable_b + 1 if value_b < 0.0 else 0
        lot_first, lot_second, lot_exchange, _ = lots(seed, draw, path, week, QUIT)
        lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
        ends_a = untenable_a > d.tolerance and lot_a < d.ending_chance
        ends_b = untenable_b > d.tolerance and lot_b < d.ending_chance
        if ends_a or ends_b:
            loser = 0 if ends_a and (not ends_b or lot_a <= lot_b) else 1
            change_state(counts.endings, draw, week, STATE_WAR, STATE_WON_A + 1 - loser)
            reach(first, WON_A + 1 - loser, week)
            return

        # Or the front goes quiet with nothing signed, when both would rather have it so.
        trust = math.exp(mood)
        reluctance_a = a.reluctance * climate[0, RELUCTANT]
        reluctance_b = b.reluctance * climate[0, RELUCTANT + 1]
        content = is_content(
            a,
            b,
            y_a,
            drift_a,
            variance,
            value_a,
            reluctance_a,
            cost_a,
            a.fear * trust,
            y,
            moved,
            fought,
            effect,
        ) and is_content(
            b,
            a,
            y_b,
            drift_b,
            variance,
            value_b,
            reluctance_b,
            cost_b,
            b.fear * trust,
            y,
            moved,
            fought,
            effect,
        )
        quiet = quiet + 1 if content else 0
        lot_talks, lot_sectoral, lot_other, lot_quiet = lots(seed, draw, path, week, WEEK)
        form = NO_SILENCE
        provisions = 0
        if quiet > d.tolerance and lot_quiet < d.ending_chance:
            form = FORM_FREEZE

        # Or they talk: one offer a round, the package that leaves the worse-off best off.
        if form == NO_SILENCE and lot_talks < min(1.0, d.talk_chance * climate[0, TALKS]):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, ANSWER)
            lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
            surplus_a, surplus_b, provisions, decided = offer(
                d,
                levels[int(climate[0, FRONTIER])],
                tables.u_a,
                tables.u_b,
                tables.decides,
                y_a,
                y_b,
                drift_a,
                drift_b,
                value_a,
                value_b,
                cost_a,
                cost_b,
                trust,
            )
            if (
                provisions != NEVER
                and lot_a < acceptance(surplus_a - reluctance_a, d.choice_noise)
                and lot_b < acceptance(surplus_b - reluctance_b, d.choice_noise)
            ):
                form = FORM_SETTLEMENT if decided >= d.settlement_share else FORM_CEASEFIRE

        # Limited truces come and go without ending the war; kept or broken, they move trust.
        if form == NO_SILENCE:
            came_sectoral = lot_sectoral < d.sectoral_chance
            came_other = lot_other < d.other_chance
            if came_sectoral or came_other:
                mood += limited_truces(
                    d,
                    tables.other_share[draw],
                    tables.other_kept[draw],
                    first,
                    seed,
                    path,
                    week,
                    came_sectoral,
                    came_other,
                    lot_other,
                )
            if lot_exchange < d.exchange_chance:
                mood += d.trust_kept
            continue

        # Silence, for as long as it holds; then the war goes on from a race that rearming moved.
        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        kept = weeks_kept(
            tables.hazard[draw],
            tables.incidents[draw],
            form,
            design_factor(d, provisions),
            -math.log(lot),
        )
        silent = note_silence(counts, first, draw, week, form, provisions, kept)
        change_state(counts.endings, draw, week, STATE_WAR, silent)
        if kept > weeks:
            return
        end = week + max(1, int(math.ceil(kept)))  # noqa: RUF046, a float on the device
        if end > weeks:
            return
        change_state(counts.endings, draw, end, silent, STATE_WAR)
        heard = learned(anchor, y, effect, week - since)
        if len(regimes) > 0:
            for quiet_week in range(week + 1, end + 1):
                drawn = lots(seed, draw, path, quiet_week, REGIME)
                if move_regimes(switch, leave, tables.scheduled, drawn, quiet_week, regimes):
                    work_out_climate(table, regimes, 0)
                    y += lag * (effect - climate[0, EFFECT])
                    effect = climate[0, EFFECT]
        y = rearmed(a, b, y, end - week)
        anchor, since = heard - y, end
        mood = mood * math.pow(d.trust_memory, float(end - week)) + d.trust_broken
        untenable_a = untenable_b = quiet = 0
        week = end
