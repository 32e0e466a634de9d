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
from numba import njit

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import clamp_position
from interbellum.model.talks import EngineCounts, EngineInputs, Record
from interbellum.model.units import Array
from interbellum.model.variants import VariantInputs, VariantShares
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
    FORM_SETTLEMENT,
    INTENDED,
    KEPT_30,
    KEPT_YEAR,
    SECTORAL_KEPT,
    SETTLED,
    STATE_CEASEFIRE,
    STATE_SETTLEMENT,
    STATE_WAR,
    STATE_WON_A,
    WON_A,
    at_today,
    by_role,
    change_state,
    design_factor,
    draw_of,
    move_regimes,
    reach,
    regime_sums,
    weeks_kept,
)
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
    e = at_today(e)
    draws = len(e.position)
    stake, decides = np.ones((draws, 2)), np.zeros((draws, 2))
    provisions = np.full((draws, 2), NEVER, np.int64)
    for draw in range(draws):
        first, last = int(e.levels[draw, 0]), int(e.levels[draw, -1])
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
            provisions[draw, side] = np.searchsorted(e.levels[draw], point, side="right") - 1
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
    e = at_today(e)
    stake = terms.stake[:, None] + e.reluctance[:, None] * record.reluctance
    rates = concession_rates((e.cost * e.discount)[:, None], stake).sum(axis=2)
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
    e = at_today(e)
    draws = len(e.position)
    endings = np.zeros((draws, weeks + 1, len(ENDINGS)), np.int64)
    rungs = np.zeros((draws, weeks + 1, len(RUNGS)), np.int64)
    silences = np.zeros((draws, len(FORMS), e.levels.shape[1] - 1), np.int64)
    key: Any = np.uint64(seed)
    block = 8

    def work(start: int) -> None:
        stop = min(start + block, draws)
        _follow(e, terms, key, start, stop, paths, weeks, endings, rungs, silences)

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, range(0, draws, block)))
    return EngineCounts(endings, rungs, silences)


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(
    e: Any,
    terms: Any,
    seed: int,
    start: int,
    stop: int,
    paths: int,
    weeks: int,
    endings: Any,
    rungs: Any,
    silences: Any,
) -> None:
    regimes = np.empty(len(e.regime_now), np.int64)
    first = np.empty(rungs.shape[2], np.int64)
    for draw in range(start, stop):
        d = draw_of(e, draw)
        for path in range(paths):
            _one_path(
                d,
                terms.stake[draw],
                terms.provisions[draw],
                terms.decides[draw],
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
def _one_path(
    d: Any,
    stake: Any,
    provisions: Any,
    decides: Any,
    seed: int,
    path: int,
    weeks: int,
    regimes: Any,
    first: Any,
    endings: Any,
    silences: Any,
) -> None:
    """One path: the race, limited truces and silences of the engine; only concession ends it."""
    draw, a, b = d.number, d.a, d.b
    effects, factors, reluctances = d.effects, d.talks_factors, d.reluctances
    switch, leave, scheduled = d.switch, d.leave, d.scheduled
    cost_a, cost_b = a.cost * a.discount, b.cost * b.discount
    first[:] = NEVER
    regimes[:] = d.regime_now
    state = STATE_WAR
    endings[0, state] += 1
    variance = d.variance
    spread = math.sqrt(variance) * d.orientation
    lag = d.momentum / (1.0 - d.momentum)
    y = d.position
    effect, _, reluctant_a, reluctant_b = regime_sums(effects, factors, reluctances, regimes)
    week = 0
    while week < weeks:
        week += 1
        if move_regimes(switch, leave, scheduled, seed, draw, path, week, regimes):
            old_effect = effect
            effect, _, reluctant_a, reluctant_b = regime_sums(
                effects, factors, reluctances, regimes
            )
            y += lag * (old_effect - effect)
        normal, lot_first, lot_second = race_numbers(seed, draw, path, week)
        lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
        after = y + d.drift + effect + spread * normal
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
        y = after

        # A gives in at the rate that pays B for its week of war, and the other way round.
        stake_a = max(stake[0] + a.reluctance * reluctant_a, 1e-9)
        stake_b = max(stake[1] + b.reluctance * reluctant_b, 1e-9)
        lot_first, lot_second, _, _ = uniforms(seed, draw, path, week, QUIT)
        lot_a, lot_b = by_role(d.orientation, lot_first, lot_second)
        wait_a = -math.log(lot_a) * stake_b / cost_b  # weeks until it would, if below one
        wait_b = -math.log(lot_b) * stake_a / cost_a
        if min(wait_a, wait_b) >= 1.0:
            _, lot_sector, lot_other, _ = uniforms(seed, draw, path, week, WEEK)
            if lot_sector < d.sectoral_chance:
                reach(first, ANY_TRUCE, week)
                _, _, lot_kept, _ = uniforms(seed, draw, path, week, ANSWER)
                if lot_kept < d.sectoral_kept:
                    reach(first, SECTORAL_KEPT, week)
            if lot_other < d.other_chance:
                reach(first, ANY_TRUCE, week)
            continue
        winner = 1 if wait_a <= wait_b else 0
        if provisions[winner] == NEVER:  # no text is possible: giving in is defeat
            change_state(endings, week, state, STATE_WON_A + winner)
            reach(first, WON_A + winner, week)
            return
        form = FORM_SETTLEMENT if decides[winner] >= d.settlement_share else FORM_CEASEFIRE
        lot, _, _, _ = uniforms(seed, draw, path, week, BREAK)
        kept = weeks_kept(d, form, design_factor(d, provisions[winner]), -math.log(lot))
        if week <= WEEKS_IN_A_YEAR:
            silences[form, provisions[winner]] += 1
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
                effect, _, reluctant_a, reluctant_b = regime_sums(
                    effects, factors, reluctances, regimes
                )
                y += lag * (old_effect - effect)
        y = clamp_position(
            y
            - a.ceiling * math.expm1(-a.rate * (end - week))
            + b.ceiling * math.expm1(-b.rate * (end - week))
        )
        week = end
