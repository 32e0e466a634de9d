"""War of attrition: no offer converges, and the war ends when a side concedes.

Each side stands firm on its own terms and gives in at a rate that keeps the other indifferent
between holding out and giving in. What bargains by revealed strength cannot fit a war that goes on
while its front hardly moves; this can, and it must be on the table beside it.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import step
from interbellum.model.talks import EngineCounts, EngineInputs, Record
from interbellum.model.units import Array
from interbellum.model.variants import VariantInputs, VariantShares
from interbellum.talks.draws import (
    COST,
    EFFECT,
    RELUCTANT,
    draw_of,
    scratch_for,
    table_of,
)
from interbellum.talks.offers import design_factor
from interbellum.talks.reference import NEVER
from interbellum.talks.steps import (
    FORM_CEASEFIRE,
    FORM_SETTLEMENT,
    STATE_WAR,
    STATE_WON_A,
    WON_A,
    begin_silence,
    by_role,
    change_state,
    climate_now,
    count_rungs,
    limited_truces,
    move_regimes,
    reach,
    rearmed,
    set_out,
    sum_up,
    touched,
    untouched_within,
    weeks_kept,
)
from interbellum.talks.streams import BREAK, QUIT, REGIME, TOUCH, WEEK, battle, lots, uniforms
from interbellum.talks.variants.to_the_finish import shares_of


class Terms(NamedTuple):
    """What each side stands firm on, draw by draw."""

    stake: Array
    """(D, 2) what a side has from its own terms beyond the other's."""
    provisions: Any
    """(D, 2) enforcing provisions in A's terms and in B's; NEVER where red lines forbid any text."""
    decides: Array
    """(D, 2) share of contested weight that they decide."""


@dataclass(frozen=True, slots=True)
class Attrition:
    """Concession hazards c/v; the race can still decide the war."""

    name: str = "attrition"
    method: str = (
        "war of attrition: nobody's offers move, and a side gives in to the other's terms at a rate "
        "set by the other's cost of war over what is at stake for it"
    )

    def answer(self, given: VariantInputs) -> VariantShares:
        """Paths of the war of attrition, and how likely it makes a war that has lasted so long.

        Parameters
        ----------
        given : VariantInputs

        Returns
        -------
        VariantShares
        """
        terms = terms_of(given.engine)
        counts = run(given.engine, terms, given.seed, given.paths, given.weeks, given.threads)
        return shares_of(counts, given.paths, log_weights(given.engine, terms, given.record))


def terms_of(e: EngineInputs) -> Terms:
    """The best package for each side among those that cross no red line in force.

    Parameters
    ----------
    e : EngineInputs

    Returns
    -------
    Terms
        Where no package is left, giving in is defeat: the whole stake.
    """
    draws = len(e.position)
    in_force = sum(int(e.regime_set[r, int(state)]) for r, state in enumerate(e.regime_now))
    stake, decides = np.ones((draws, 2)), np.zeros((draws, 2))
    provisions = np.full((draws, 2), NEVER, np.int64)
    for draw in range(draws):
        levels = e.levels[draw, in_force]
        first, last = int(levels[0]), int(levels[-1])
        if first == last:
            continue
        u = np.stack([e.frontier_a[first:last], e.frontier_b[first:last]])
        # A side's best; of equals, what leaves the other most, then the fewest provisions.
        best = []
        for side in (0, 1):
            equal = np.flatnonzero(u[side] == u[side].max())
            best.append(int(equal[np.argmax(u[1 - side, equal])]))
        for side in (0, 1):
            stake[draw, side] = u[side, best[side]] - u[side, best[1 - side]]
            point = first + best[side]
            provisions[draw, side] = np.searchsorted(levels, point, side="right") - 1
            decides[draw, side] = e.frontier_decides[point]
    return Terms(stake, provisions, decides)


def concession_rates(cost: Array, stake: Array) -> Array:
    """Rates at which A and B give in, a week.

    Parameters
    ----------
    cost : (..., 2) float, share of the stake a week
        c of each side.
    stake : (..., 2) float, share of the stake
        v: what a side has from the other's giving in rather than its own.

    Returns
    -------
    (..., 2) float, a week
        λ_A = c_B/v_B and λ_B = c_A/v_A: what A gains by a week more of war, λ_B v_A, is what the
        week costs it. P(A wins) = λ_B/(λ_A+λ_B), mean length 1/(λ_A+λ_B).

    Source
    ------
    War of attrition in continuous time (Hendricks, Weiss and Wilson 1988, International Economic
    Review 29(4)); as a model of war Langlois and Langlois (2012).
    """
    ratio = np.asarray(cost) / np.maximum(np.asarray(stake), 1e-9)
    return np.asarray(ratio[..., ::-1])


def log_weights(e: EngineInputs, terms: Terms, record: Record) -> Array:
    """Logarithm of the chance, under each draw, that nobody had given in by `as_of`.

    Parameters
    ----------
    e : EngineInputs
    terms : Terms
    record : Record

    Returns
    -------
    (D,) float, at most 0
        No factor for weeks of a recorded general truce.
    """
    stake = terms.stake[:, None] + e.reluctance[:, None] * record.reluctance
    cost = (e.cost * e.discount)[:, None] * record.cost
    rates = concession_rates(cost, stake).sum(axis=2)
    return np.asarray(-rates[:, ~np.asarray(record.truce, bool)].sum(axis=1))


def run(
    e: EngineInputs, terms: Terms, seed: int, paths: int, weeks: int, threads: int = 1
) -> EngineCounts:
    """Follow `paths` wars of attrition of every draw.

    Parameters
    ----------
    e : EngineInputs
    terms : Terms
    seed, paths, weeks, threads : int
        As for the engine; battles and regimes are the engine's own, path for path.

    Returns
    -------
    EngineCounts
    """
    draws = len(e.position)
    endings = np.zeros((draws, weeks + 1, len(ENDINGS)), np.int64)
    rungs = np.zeros((draws, weeks + 1, len(RUNGS)), np.int64)
    silences = np.zeros((draws, len(FORMS), e.levels.shape[2] - 1), np.int64)
    key: Any = np.uint64(seed)
    block = 8

    def work(start: int) -> None:
        scratch = scratch_for(e, weeks)
        for draw in range(start, min(start + block, draws)):
            d = draw_of(e, draw)
            table = table_of(e, d)
            mine = terms.stake[draw], terms.provisions[draw], terms.decides[draw]
            rows = endings[draw], rungs[draw], silences[draw]
            _follow(d, table, *mine, scratch, key, paths, weeks, *rows)

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, range(0, draws, block)))
    return EngineCounts(endings, rungs, silences)


@step
def _follow(
    d: Any,
    table: Any,
    stake: Any,
    provisions: Any,
    decides: Any,
    scratch: Any,
    seed: int,
    paths: int,
    weeks: int,
    endings: Any,
    rungs: Any,
    silences: Any,
) -> None:
    for path in range(paths):
        _one_path(
            d, table, stake, provisions, decides, scratch, seed, path, weeks, endings, silences
        )
        count_rungs(scratch.first, rungs)
    sum_up(endings)


@step
def _one_path(
    d: Any,
    table: Any,
    stake: Any,
    provisions: Any,
    decides: Any,
    scratch: Any,
    seed: int,
    path: int,
    weeks: int,
    endings: Any,
    silences: Any,
) -> None:
    """One path: the race, limited truces and silences of the engine; only concession ends it."""
    draw, a, b, climates = d.number, d.a, d.b, table.climates
    first, regimes = scratch.first, scratch.regimes
    switch, leave, scheduled = table.switch, table.leave, table.scheduled
    state = STATE_WAR
    endings[0, state] += 1
    variance = d.variance
    spread = math.sqrt(variance) * d.orientation
    lag = d.momentum / (1.0 - d.momentum)
    inner = untouched_within(variance)
    y = d.position
    climate = set_out(table, regimes, first)
    week = 0
    while week < weeks:
        week += 1
        if len(regimes) > 0 and move_regimes(
            switch, leave, scheduled, lots(seed, draw, path, week, REGIME), week, regimes
        ):
            before = climates[climate, EFFECT]
            climate = climate_now(table, regimes)
            y += lag * (before - climates[climate, EFFECT])
        moved = d.drift + climates[climate, EFFECT] + spread * battle(seed, draw, path, week)
        far, after = abs(y - 0.5) < inner, y + moved
        if not (far and abs(after - 0.5) < inner):
            lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, TOUCH)
            lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
            winner = touched(y, after, variance, lot_a, lot_b)
            if winner != NEVER:
                change_state(endings, week, state, STATE_WON_A + winner)
                reach(first, WON_A + winner, week)
                return
        y = after

        # A gives in at the rate that pays B for its week of war, and the other way round.
        stake_a = max(stake[0] + a.reluctance * climates[climate, RELUCTANT], 1e-9)
        stake_b = max(stake[1] + b.reluctance * climates[climate, RELUCTANT + 1], 1e-9)
        lot_first, lot_second, _, _ = lots(seed, draw, path, week, QUIT)
        lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
        # Weeks until each would, if below one.
        cost_a = a.cost * a.discount * climates[climate, COST]
        cost_b = b.cost * b.discount * climates[climate, COST + 1]
        wait_a = -math.log(lot_a) * stake_b / cost_b
        wait_b = -math.log(lot_b) * stake_a / cost_a
        if min(wait_a, wait_b) >= 1.0:
            _, lot_sector, lot_other, _ = lots(seed, draw, path, week, WEEK)
            came_sector, came_other = lot_sector < d.sectoral_chance, lot_other < d.other_chance
            if came_sector or came_other:
                limited_truces(
                    d,
                    table.other_share,
                    table.other_kept,
                    first,
                    seed,
                    path,
                    week,
                    came_sector,
                    came_other,
                    lot_other,
                )
            continue
        winner = 1 if wait_a <= wait_b else 0
        if provisions[winner] == NEVER:  # no text is possible: giving in is defeat
            change_state(endings, week, state, STATE_WON_A + winner)
            reach(first, WON_A + winner, week)
            return
        form = FORM_SETTLEMENT if decides[winner] >= d.settlement_share else FORM_CEASEFIRE
        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        factor = design_factor(d, provisions[winner])
        kept = weeks_kept(table.hazard, table.incidents, form, factor, -math.log(lot))
        began = begin_silence(first, silences, form, provisions[winner], week, kept)
        state = change_state(endings, week, state, began)
        if kept > weeks:
            return
        end = week + max(1, math.ceil(kept))
        if end > weeks:
            return
        state = change_state(endings, end, state, STATE_WAR)
        for quiet_week in range(week + 1, end + 1):
            if len(regimes) > 0 and move_regimes(
                switch,
                leave,
                scheduled,
                lots(seed, draw, path, quiet_week, REGIME),
                quiet_week,
                regimes,
            ):
                before = climates[climate, EFFECT]
                climate = climate_now(table, regimes)
                y += lag * (before - climates[climate, EFFECT])
        y = rearmed(a, b, y, end - week)
        week = end
