"""Steps that the variants' loops share, compiled: one draw's numbers, regimes, silences, counting.

The engine's own kernel is arranged for speed; these are the plain steps of `talks.reference`, so that
a variant's loop reads like it and does not depend on how the kernel is arranged.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.talks import EngineInputs
from interbellum.talks.reference import NEVER
from interbellum.talks.streams import REGIME, uniforms

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


def at_today(e: EngineInputs) -> EngineInputs:
    """The inputs with what the regimes of `as_of` leave in force, for loops that know one frontier.

    Parameters
    ----------
    e : EngineInputs

    Returns
    -------
    EngineInputs
        `levels` (D, L + 1) of the set of red lines and consents in force at `as_of`, and costs scaled
        by today's regimes; the same inputs where that has been done.
    """
    if e.levels.ndim == 2:
        return e
    now = [(r, int(state)) for r, state in enumerate(e.regime_now)]
    cost = np.array(e.cost)
    for r, state in now:
        cost *= e.regime_cost[:, r, state]
    in_force = sum(int(e.regime_set[r, state]) for r, state in now)
    return e._replace(levels=np.ascontiguousarray(e.levels[:, in_force]), cost=cost)


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
