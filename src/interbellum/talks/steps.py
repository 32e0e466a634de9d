"""Steps of a week, compiled: beliefs, patience, regimes, limited truces, and how long a silence holds.

Numbers and arrays in, numbers out; `reference.py` says what each does. The loops of the engine and of
the variants are made of these.
"""

from __future__ import annotations

import math
from typing import Any

from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import clamp_position, step, surplus_line, value_of_fighting
from interbellum.talks.draws import (
    ANCHOR,
    CLIMATE,
    COST,
    EFFECT,
    FRONTIER,
    RELUCTANT,
    SILENT,
    SINCE,
    START,
    TALKS,
)
from interbellum.talks.offers import SLACK
from interbellum.talks.premium import foreseen, premium_at
from interbellum.talks.reference import (
    NEVER,
    WEEKS_IN_A_YEAR,
    WEEKS_KEPT_30_DAYS,
    WEEKS_KEPT_A_YEAR,
)
from interbellum.talks.streams import ANSWER, uniforms

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

# A lot is at least 2^-33, so a touch with a chance below e^-23 never happens.
SURELY_NOT = 23.0


@step
def change_state(endings: Any, week: int, old: int, new: int) -> int:
    """Count a move between states in the week it happens."""
    endings[week, old] -= 1
    endings[week, new] += 1
    return new


@step
def reach(first: Any, rung: int, week: int) -> None:
    """Note a rung, the first time only."""
    if first[rung] == NEVER:
        first[rung] = week


@step
def set_out(table: Any, regimes: Any, first: Any) -> int:
    """A path before its first week: no rung reached, regimes as at `as_of`; their climate."""
    for rung in range(len(first)):
        first[rung] = NEVER
    for r in range(len(regimes)):
        regimes[r] = table.regime_now[r]
    return climate_now(table, regimes)


@step
def count_rungs(first: Any, rungs: Any) -> None:
    """Count the weeks in which a path first reached each rung."""
    for rung in range(len(first)):
        if first[rung] != NEVER:
            rungs[first[rung], rung] += 1


@step
def sum_up(endings: Any) -> None:
    """From changes of state, which are cheaper to count, to states: sums over the weeks."""
    for week in range(1, endings.shape[0]):
        for state in range(endings.shape[1]):
            endings[week, state] += endings[week - 1, state]


@step
def by_role(orientation: int, first: float, second: float) -> tuple[float, float]:
    """Numbers drawn for the lead that sorts first and the other, as numbers for A and B."""
    return (first, second) if orientation > 0 else (second, first)


@step
def learned(anchor: float, y: float, effect: float, weeks: float) -> float:
    """See `reference.learned`."""
    return (anchor + y) - effect * weeks


@step
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
    """Position and drift of a week as a side believes them, and its value of fighting to the finish."""
    posterior = (own.stubbornness * own.prior + (own.signals + moved)) / (
        own.stubbornness + (own.signal_weeks + weeks_fought)
    )
    drift = posterior + effect
    shift = momentum * (drift_now + effect - drift) / (1.0 - momentum)
    y = clamp_position(position + shift)
    value = value_of_fighting(y, drift, variance, own.discount, own.cost * cost_factor, own.side)
    return y, drift, value


@step
def premium_now(
    premium: Any, side: int, effect: float, moved: float, fought: float, position: float
) -> float:
    """What a side that foresees talks adds to `evaluate`, from what it has learned and when."""
    return premium_at(premium, side, effect, position - moved - effect * fought, fought, position)


@step
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
    position: float,
    moved: float,
    fought: float,
    effect: float,
    premium: Any = None,
) -> bool:
    """Whether a side would rather have the standing line, in a bare truce, than fight on.

    A `premium` of None is compiled away, for devices.
    """
    foresees = False
    if premium is not None:
        foresees = foreseen(premium.rows)
    if not foresees:
        # Where V >= 0 it rises with the side's position (it has no inner maximum and is 0 in defeat),
        # so V(y+g) <= V(y), and this bound on U - V settles most weeks without a second closed form.
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
    if premium is not None:
        shift = other.ceiling * other.rate / (other.rate + own.discount + fear)
        after = clamp_position(position - shift if own.side == 0 else position + shift)
        offset = position - moved - effect * fought
        broken = premium_at(premium, own.side, effect, offset, fought, after)
        base += fear * broken / (own.discount + fear)
    return bool(slope * own.standing + base - reluctance >= 0.0)


@step
def row_of(segments: Any, row: int, week: int) -> int:
    """The segment of a past week, looked for from a later one back."""
    while segments[row, START] > week:
        row -= 1
    return row


@step
def last_tenable(
    own: Any,
    variance: float,
    momentum: float,
    drift_now: float,
    position: Any,
    segments: Any,
    row: int,
    climates: Any,
    week: int,
    patience: int,
    premium: Any,
) -> int:
    """A week among the last `patience` in which fighting was worth more than defeat.

    Returns
    -------
    int
        The week before all these if there is none. The last week is looked at first, then the others
        from the first on: one of these two mostly settles it.
    """
    for back in range(patience):
        at = week if back == 0 else week - patience + back
        then = row_of(segments, row, at)
        climate = int(segments[then, CLIMATE])
        effect = climates[climate, EFFECT]
        fought = at - segments[then, SILENT]
        moved = learned(segments[then, ANCHOR], position[at], effect, at - segments[then, SINCE])
        _, _, value = evaluate(
            own,
            variance,
            momentum,
            drift_now,
            position[at],
            moved,
            fought,
            effect,
            climates[climate, COST + own.side],
        )
        value += premium_now(premium, own.side, effect, moved, fought, position[at])
        if value >= 0.0:
            return at
    return week - patience


@step
def last_restless(
    a: Any,
    b: Any,
    variance: float,
    momentum: float,
    drift_now: float,
    position: Any,
    mood: Any,
    segments: Any,
    row: int,
    climates: Any,
    week: int,
    patience: int,
    premium: Any,
) -> int:
    """A week among the last `patience` in which not both preferred quiet; as `last_tenable`."""
    for back in range(patience):
        at = week if back == 0 else week - patience + back
        then = row_of(segments, row, at)
        climate = int(segments[then, CLIMATE])
        effect = climates[climate, EFFECT]
        fought = at - segments[then, SILENT]
        moved = learned(segments[then, ANCHOR], position[at], effect, at - segments[then, SINCE])
        for side in range(2):
            own, other = (a, b) if side == 0 else (b, a)
            y, drift, value = evaluate(
                own,
                variance,
                momentum,
                drift_now,
                position[at],
                moved,
                fought,
                effect,
                climates[climate, COST + side],
            )
            value += premium_now(premium, side, effect, moved, fought, position[at])
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
                position[at],
                moved,
                fought,
                effect,
                premium,
            ):
                return at
    return week - patience


@step
def untouched_within(variance: float) -> float:
    """Distance from the middle: a week that begins and ends nearer to it touches no end."""
    return 0.5 - math.sqrt(0.5 * SURELY_NOT * variance) * (1.0 + SLACK)


@step
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


@step
def climate_now(table: Any, regimes: Any) -> int:
    """Row of `Table.climates` for the regimes in force, worked out if it has not been."""
    states = table.switch.shape[1]
    row = 0
    for r in range(len(regimes)):
        row = row * states + regimes[r]
    if math.isnan(table.climates[row, EFFECT]):
        work_out_climate(table, regimes, row)
    return row


@step
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


@step
def move_regimes(
    switch: Any, leave: Any, scheduled: Any, drawn: Any, week: int, regimes: Any
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
        if forced or drawn[r] >= leave[r, state]:
            continue
        reached = 0.0
        for to in range(switch.shape[2]):
            reached += switch[r, state, to]
            if drawn[r] < reached:
                regimes[r] = to
                moved = True
                break
    return moved


@step
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


@step
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


@step
def begin_silence(
    first: Any, silences: Any, form: int, provisions: int, week: int, kept: float
) -> int:
    """Count a silence and note the rungs that it reaches; the state that it is."""
    if week <= WEEKS_IN_A_YEAR:
        silences[form, provisions] += 1
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


@step
def rearmed(a: Any, b: Any, y: float, weeks: int) -> float:
    """The race after a silence of so many weeks, in which both sides rearmed."""
    return clamp_position(
        y - a.ceiling * math.expm1(-a.rate * weeks) + b.ceiling * math.expm1(-b.rate * weeks)
    )
