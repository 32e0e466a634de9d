"""One path of the war and its talks, written to be read. This is the definition of the engine.

`kernel.py` is the same over many paths; a test holds the two equal, path for path and week for week.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from interbellum.model.rungs import FORMS, RUNGS
from interbellum.model.steps import clamp_position, surplus_line, value_of_fighting
from interbellum.model.talks import EngineInputs
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

NEVER = -1
_RUNG = {name: index for index, name in enumerate(RUNGS)}
_STATE_OF_FORM = {
    "ceasefire": "ceasefire_in_force",
    "settlement": "settlement_in_force",
    "freeze": "freeze",
}
WEEKS_KEPT_30_DAYS = 30.0 / 7.0
WEEKS_KEPT_A_YEAR = 365.0 / 7.0
WEEKS_IN_A_YEAR = 52  # silences begun by then are reported in the durability section


@dataclass(slots=True)
class Path:
    """What one path went through."""

    endings: list[str]
    """State at the end of each week, week 0 first."""
    first: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RUNGS, NEVER))
    """Week in which each rung was first reached."""
    silences: list[tuple[str, int, int]] = field(default_factory=list)
    """(form, provisions, week) of every silence that began."""

    def reach(self, rung: str, week: int) -> None:
        """Note a rung, the first time only."""
        if self.first[rung] == NEVER:
            self.first[rung] = week


def simulate(e: EngineInputs, seed: int, draw: int, path: int, weeks: int) -> Path:
    """Follow one path for a number of weeks.

    Parameters
    ----------
    e : EngineInputs
    seed, draw, path : int
        Which random streams.
    weeks : int

    Returns
    -------
    Path
    """
    out = Path(["war"] * (weeks + 1))
    variance, spread = e.variance[draw], math.sqrt(e.variance[draw])
    y = float(e.position[draw])
    # Signals since `as_of` are how far the front moved, less what is no signal: `learned` says how.
    anchor, since, fought = -y, 0, 0.0
    mood = 0.0  # logarithm of the factor that truces kept and broken have put on feared hazards
    regimes = [int(state) for state in e.regime_now]
    phi = float(e.momentum[draw])
    lag = phi / (1.0 - phi)
    untenable, quiet = [0, 0], 0
    week = 0
    while week < weeks:
        week += 1

        # Regimes move; the front stays where it is, so y is read anew under the new drift.
        before_move = regime_effect(e, draw, regimes)
        move_regimes(e, seed, draw, path, week, regimes)
        effect = regime_effect(e, draw, regimes)
        if effect != before_move:
            moved = learned(anchor, y, before_move, week - 1 - since)
            y += lag * (before_move - effect)
            anchor, since = moved - y, week - 1
        drift = e.drift[draw] + effect
        mood *= e.trust_memory[draw]
        fear = [float(e.fear[draw, side] * math.exp(mood)) for side in (0, 1)]
        cost = [float(e.cost[draw, side] * regime_cost(e, draw, regimes, side)) for side in (0, 1)]

        # The race moves, and may touch an end between two weeks.
        first, second, _, _ = uniforms(seed, draw, path, week, TOUCH)
        touch_a, touch_b = by_role(e, first, second)
        after = y + (drift + spread * e.orientation * battle(seed, draw, path, week))
        winner = touches(y, after, variance, touch_a, touch_b)
        if winner != NEVER:
            won(out, winner, week)
            break

        # Both sides see the week and learn from it.
        y = after
        moved = learned(anchor, y, effect, week - since)
        fought += 1.0
        value, believed_y, believed_drift = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
        for side in (0, 1):
            stubborn = e.stubbornness[draw, side]
            posterior = (stubborn * e.prior[draw, side] + (e.signals[draw, side] + moved)) / (
                stubborn + (e.signal_weeks[draw, side] + fought)
            )
            believed_drift[side] = posterior + effect
            shift = phi * (drift - believed_drift[side]) / (1.0 - phi)
            believed_y[side] = clamp_position(y + shift)
            value[side] = value_of_fighting(
                believed_y[side],
                believed_drift[side],
                variance,
                e.discount[draw, side],
                cost[side],
                side,
            )

        # A side for which fighting has long been worse than total defeat may give up.
        quit_first, quit_second, u_exchange, _ = lots(seed, draw, path, week, QUIT)
        give_up = by_role(e, quit_first, quit_second)
        giving_up = []
        for side in (0, 1):
            untenable[side] = untenable[side] + 1 if value[side] < 0.0 else 0
            if untenable[side] > e.tolerance[draw] and give_up[side] < e.ending_chance[draw]:
                giving_up.append(side)
        if giving_up:
            loser = min(giving_up, key=lambda side: give_up[side])
            won(out, 1 - loser, week)
            break

        # Or the front goes quiet with nothing signed, when both would rather have it so.
        u_held, u_sector, u_other, u_quiet = lots(seed, draw, path, week, WEEK)
        acc_first, acc_second, u_kept, u_other_kept = uniforms(seed, draw, path, week, ANSWER)
        reluctance = [
            e.reluctance[draw, side] * regime_reluctance(e, draw, regimes, side) for side in (0, 1)
        ]
        begun: tuple[str, int] | None = None
        content = 0
        for side in (0, 1):
            slope, base = surplus_line(
                believed_y[side],
                believed_drift[side],
                variance,
                e.discount[draw, side],
                cost[side],
                side,
                fear[side],
                e.rearm_ceiling[draw, 1 - side],
                e.rearm_rate[draw, 1 - side],
                value[side],
            )
            content += slope * e.standing[draw, side] + base - reluctance[side] >= 0.0
        quiet = quiet + 1 if content == 2 else 0
        if quiet > e.tolerance[draw] and u_quiet < e.ending_chance[draw]:
            begun = ("freeze", 0)

        # Or they talk: one offer a round, the package that leaves the worse-off best off.
        chance = min(1.0, e.talk_chance[draw] * regime_talks(e, draw, regimes))
        if begun is None and u_held < chance:
            surplus, provisions, decides = offer(
                e,
                draw,
                believed_y,
                believed_drift,
                value,
                cost,
                fear,
                frontier_in_force(e, regimes),
            )
            accept = by_role(e, acc_first, acc_second)
            if provisions != NEVER and all(
                accept[side] < acceptance(surplus[side] - reluctance[side], e.choice_noise[draw])
                for side in (0, 1)
            ):
                settled = decides >= e.settlement_share[draw]
                begun = ("settlement" if settled else "ceasefire", provisions)

        # Limited truces come and go without ending the war; kept or broken, they move trust.
        if begun is None:
            added, kept_ones = 0.0, []
            if u_sector < -math.expm1(-e.sectoral_rate[draw]):
                out.reach("any_truce_announced", week)
                kept_ones.append(u_kept < e.sectoral_kept[draw])
                if kept_ones[-1]:
                    out.reach("sectoral_truce_kept", week)
            chance = -math.expm1(-e.other_rate[draw])
            if u_other < chance:
                out.reach("any_truce_announced", week)
                kind = next(k for k in range(3) if u_other < chance * e.other_share[draw, k])
                kept_ones.append(u_other_kept < e.other_kept[draw, kind])
            for kept_one in kept_ones:
                added += e.trust_kept[draw] if kept_one else e.trust_broken[draw]
            mood += added
            if u_exchange < -math.expm1(-e.exchange_rate[draw]):
                mood += e.trust_kept[draw]  # no truce and no rung, but a promise kept
            continue

        # Silence, for as long as it holds; then the war goes on from a race that rearming moved.
        form, provisions = begun
        kept = weeks_kept(e, seed, draw, path, week, form, provisions)
        note_silence(out, form, provisions, week, kept)
        end = week + max(1, math.ceil(kept)) if math.isfinite(kept) else weeks + 1
        for quiet_week in range(week, min(end, weeks + 1)):
            out.endings[quiet_week] = _STATE_OF_FORM[form]
        moved = learned(anchor, y, effect, week - since)
        for quiet_week in range(week + 1, min(end, weeks) + 1):
            before_move = regime_effect(e, draw, regimes)
            move_regimes(e, seed, draw, path, quiet_week, regimes)
            y += lag * (before_move - regime_effect(e, draw, regimes))
        rearmed = [
            e.rearm_ceiling[draw, side] * -math.expm1(-e.rearm_rate[draw, side] * (end - week))
            for side in (0, 1)
        ]
        y = clamp_position(y + rearmed[0] - rearmed[1])
        anchor, since = moved - y, end
        mood = mood * math.pow(e.trust_memory[draw], end - week) + e.trust_broken[draw]
        untenable, quiet = [0, 0], 0
        week = end
    return out


def learned(anchor: float, y: float, effect: float, weeks: int) -> float:
    """Sum of the signals since `as_of`; nobody learns from what the regimes in force add.

    `anchor` is that sum less the position when these regimes came into force, `weeks` ago.
    """
    return (anchor + y) - effect * weeks


def by_role(e: EngineInputs, first: float, second: float) -> tuple[float, float]:
    """Numbers drawn for the lead that sorts first and the other, as numbers for A and B."""
    return (first, second) if e.orientation > 0 else (second, first)


def touches(before: float, after: float, variance: float, u_a: float, u_b: float) -> int:
    """Side whose end was reached within the week, or NEVER; see `war.reference.touched`."""
    at_one = math.exp(-2.0 * max(1.0 - before, 0.0) * max(1.0 - after, 0.0) / variance)
    at_zero = math.exp(-2.0 * max(before, 0.0) * max(after, 0.0) / variance)
    hit_one, hit_zero = u_a < at_one, u_b < at_zero
    if hit_one and hit_zero:  # a wild week: the surer touch came first
        return 0 if at_one - u_a >= at_zero - u_b else 1
    return 0 if hit_one else 1 if hit_zero else NEVER


def won(out: Path, side: int, week: int) -> None:
    """Victory of a side ends the path."""
    name = "victory_A" if side == 0 else "victory_B"
    out.reach(name, week)
    for later in range(week, len(out.endings)):
        out.endings[later] = name


def regime_effect(e: EngineInputs, draw: int, regimes: list[int]) -> float:
    """Drift that the regimes in force add."""
    return sum(float(e.regime_effect[draw, r, state]) for r, state in enumerate(regimes))


def regime_talks(e: EngineInputs, draw: int, regimes: list[int]) -> float:
    """Factor of the regimes in force on the chance of talks."""
    factor = 1.0
    for r, state in enumerate(regimes):
        factor *= e.regime_talks[draw, r, state]
    return factor


def regime_reluctance(e: EngineInputs, draw: int, regimes: list[int], side: int) -> float:
    """Factor of the regimes in force on a side's reluctance."""
    factor = 1.0
    for r, state in enumerate(regimes):
        factor *= e.regime_reluctance[draw, r, state, side]
    return factor


def regime_cost(e: EngineInputs, draw: int, regimes: list[int], side: int) -> float:
    """Factor of the regimes in force on what fighting costs a side."""
    factor = 1.0
    for r, state in enumerate(regimes):
        factor *= e.regime_cost[draw, r, state, side]
    return factor


def frontier_in_force(e: EngineInputs, regimes: list[int]) -> int:
    """Number of the frontier that the red lines and consents of these states leave."""
    return sum(int(e.regime_set[r, state]) for r, state in enumerate(regimes))


def move_regimes(
    e: EngineInputs, seed: int, draw: int, path: int, week: int, regimes: list[int]
) -> None:
    """Move each regime by its scheduled day, else by chance."""
    if not regimes:
        return
    drawn = lots(seed, draw, path, week, REGIME)
    for r, state in enumerate(regimes):
        scheduled = [
            row for row in e.scheduled if row[0] == week and row[1] == r and row[2] == state
        ]
        if scheduled:
            regimes[r] = int(scheduled[0][3])
            continue
        reached = 0.0
        for to in range(e.regime_switch.shape[2]):
            reached += e.regime_switch[draw, r, state, to]
            if drawn[r] < reached:
                regimes[r] = to
                break


def offer(
    e: EngineInputs,
    draw: int,
    y: list[float],
    drift: list[float],
    value: list[float],
    cost: list[float],
    fear: list[float],
    among: int = 0,
) -> tuple[tuple[float, float], int, float]:
    """The package that maximises the smaller surplus, over every number of provisions.

    Parameters
    ----------
    e : EngineInputs
    draw : int
    y, drift, value, cost, fear : [A, B]
        As each side has it this week.
    among : int
        Which frontier.

    Returns
    -------
    surplus : (A, B), share of the stake
    provisions : int
        NEVER when the red lines in force forbid every package.
    decides : float
        Share of the contested weight that it decides.
    """
    best, found = -math.inf, NEVER
    surplus, decides = (0.0, 0.0), 0.0
    levels = e.levels[draw, among]
    for provisions in range(len(levels) - 1):
        start, stop = levels[provisions], levels[provisions + 1]
        if start == stop:
            continue
        lines = [
            surplus_line(
                y[side],
                drift[side],
                e.variance[draw],
                e.discount[draw, side],
                cost[side],
                side,
                fear[side] * design_factor(e, draw, provisions),
                e.rearm_ceiling[draw, 1 - side],
                e.rearm_rate[draw, 1 - side],
                value[side],
            )
            for side in (0, 1)
        ]
        for point in range(start, stop):
            at_a = lines[0][0] * e.frontier_a[point] + lines[0][1]
            at_b = lines[1][0] * e.frontier_b[point] + lines[1][1]
            if min(at_a, at_b) > best:
                best, found = min(at_a, at_b), provisions
                surplus, decides = (at_a, at_b), float(e.frontier_decides[point])
    return surplus, found, decides


def design_factor(e: EngineInputs, draw: int, provisions: int) -> float:
    """Factor on feared and real breakdown of a package with so many enforcing provisions."""
    share = min(1.0, provisions / e.full_provisions)
    return math.pow(e.provisions_factor[draw], share)


def acceptance(advantage: float, noise: float) -> float:
    """Chance that a side signs, 1/(1+exp(-(U-V-b)/λ))."""
    return 1.0 / (1.0 + math.exp(-min(max(advantage / noise, -700.0), 700.0)))


def weeks_kept(
    e: EngineInputs, seed: int, draw: int, path: int, week: int, form: str, provisions: int
) -> float:
    """Weeks until the silence breaks; inf when it outlasts the curve."""
    u, _, _, _ = uniforms(seed, draw, path, week, BREAK)
    target = -math.log(u)
    which = FORMS.index(form)
    factor = design_factor(e, draw, provisions)
    hazard = [
        float(e.hazard[draw, which, t] + factor * e.incidents[draw, which, t])
        for t in range(e.hazard.shape[2])
    ]
    for t in range(1, len(hazard)):
        if hazard[t] >= target:
            step = hazard[t] - hazard[t - 1]
            return t - 1 + max(0.0, target - hazard[t - 1]) / step if step > 0.0 else float(t)
    return math.inf


def note_silence(out: Path, form: str, provisions: int, week: int, kept: float) -> None:
    """Rungs that a silence reaches: it began this week, and it will be kept this long."""
    out.silences.append((form, provisions, week))
    if form == "freeze":
        out.reach("freeze", week)
        return
    out.reach("any_truce_announced", week)
    out.reach("general_truce_30_days_intended", week)
    if form == "settlement":
        out.reach("settlement_signed", week)
    if kept >= WEEKS_KEPT_30_DAYS:
        out.reach("general_truce_30_days_kept", week)
    if kept >= WEEKS_KEPT_A_YEAR:
        out.reach("general_truce_year_kept", week)
