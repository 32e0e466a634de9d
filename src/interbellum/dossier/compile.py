"""From the analyst's words to the numbers that the stages take: weeks, shares of the stake, draws.

This is the one place where units are converted and uncertain quantities are drawn.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np

from interbellum.dossier.checks import STALE_DAYS
from interbellum.dossier.defaults import DEFAULTS
from interbellum.dossier.draws import Draws
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.schema import Dossier, Event, Issue, Position, Promise, RedLine, Regime
from interbellum.model.deals import (
    LEFT_OPEN,
    ActorPreferences,
    Condition,
    IntArray,
    Preferences,
    PromiseInputs,
    RedLineInputs,
)
from interbellum.model.provisions import CHANNELS, EFFECTS, ENFORCING, Channels
from interbellum.model.rungs import RUNGS
from interbellum.model.units import (
    DAYS_PER_WEEK,
    WEEKS_PER_MONTH,
    WEEKS_PER_YEAR,
    Array,
    hazard_of_yearly_chance,
    weekly_chance,
    weekly_discount,
    weeks_of_months,
)
from interbellum.model.war import PeaceInputs, RecordInputs, RegimeInputs, TalksInputs, WarInputs

Basis = Literal["sourced", "judgement", "default"]

STALE_WIDENING = 1.5  # factor on the spread of a stale position; judgement
KEPT_SHARE = {"yes": 1.0, "mostly": 1.0, "partly": 0.5, "unknown": 0.5, "no": 0.0}
MOST_STATES = 6
LIMITED = {"general": "short general", "local": "local", "humanitarian": "humanitarian"}
"""Scopes of the truces that are neither sectoral nor an ending, in the engine's order."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One uncertain input as drawn, in the unit of the dossier."""

    path: str
    """Dotted path in the dossier."""
    title: str
    values: Array
    """(D,)"""
    basis: Basis


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Everything the stages need of a dossier."""

    preferences: Preferences
    war: WarInputs
    talks: TalksInputs
    peace: PeaceInputs
    parameters: tuple[Parameter, ...]
    defaults_used: tuple[str, ...]
    reached: dict[str, int]
    """Per rung, how often the record up to `as_of` reached it."""
    by_set: tuple[Preferences, ...] = ()
    """`preferences` under each set of red lines and consents that the regimes can leave in force."""


def announced_truces(dossier: Dossier) -> list[Event]:
    """Truces of the record that both sides announced, or that nobody is known to have refused."""
    return [
        event
        for event in dossier.events
        if event.kind in ("truce", "deal") and event.scope is not None and event.mutual is not False
    ]


def reached_rungs(dossier: Dossier) -> dict[str, int]:
    """How often the record reached each rung, for the base rate that stands beside it."""
    counts = dict.fromkeys(RUNGS, 0)
    for event in announced_truces(dossier):
        held = event.kept in ("yes", "mostly")
        days = max(
            event.days_intended or 0.0,
            float((event.end_date - event.date).days) if event.end_date else 0.0,
        )
        counts["any_truce_announced"] += 1
        counts["sectoral_truce_kept"] += event.scope == "sectoral" and held
        if event.scope == "general":
            counts["general_truce_30_days_intended"] += days >= 30.0
            counts["general_truce_30_days_kept"] += held and days >= 30.0
            counts["general_truce_year_kept"] += held and days >= 365.0
    return counts


@dataclass(frozen=True, slots=True)
class BindingSets:
    """The sets of red lines and consents that the regimes can leave in force, numbered."""

    of_state: IntArray
    """(R, most states) what each state adds to the number of a set."""
    now: int
    off: tuple[frozenset[str], ...]
    """Per set, the names that do not bind: ACTOR.ISSUE for a red line, ACTOR for a consent."""

    @staticmethod
    def binds(off: frozenset[str], path: str) -> bool:
        """Whether a red line, by its dotted path, binds when these names do not."""
        _, actor, issue, _ = path.split(".")
        return f"{actor}.{issue}" not in off and actor not in off

    @staticmethod
    def consents(off: frozenset[str], actor: str) -> bool:
        """Whether an actor's consent is needed when these names do not bind."""
        return actor not in off


def binding_sets(dossier: Dossier) -> BindingSets:
    """The sets that a dossier's regimes can leave; one where no state lifts or adds anything.

    Parameters
    ----------
    dossier : Dossier

    Returns
    -------
    BindingSets
    """
    added = {name for regime in dossier.regimes for state in regime.states for name in state.adds}
    of_state = np.zeros((len(dossier.regimes), MOST_STATES), np.int64)
    kinds: list[list[tuple[frozenset[str], frozenset[str]]]] = []
    count, now = 1, 0
    for r, regime in enumerate(dossier.regimes):
        here: list[tuple[frozenset[str], frozenset[str]]] = []
        for s, state in enumerate(regime.states):
            does = (frozenset(state.lifts), frozenset(state.adds))
            if does not in here:
                here.append(does)
            of_state[r, s] = count * here.index(does)
            now += int(of_state[r, s]) if state.id == regime.now else 0
        kinds.append(here)
        count *= len(here)
    off = tuple(
        frozenset().union(
            added.difference(*(adds for _, adds in does)), *(lifts for lifts, _ in does)
        )
        # The first regime's states are numbered fastest.
        for does in (tuple(reversed(each)) for each in product(*reversed(kinds)))
    )
    return BindingSets(of_state, now, off)


def is_stale(dossier: Dossier, position: Position) -> bool:
    """Whether the newest statement behind a position is too old to lean on."""
    days = [statement.date for statement in position.statements]
    return bool(days) and (dossier.conflict.as_of - max(days)).days > STALE_DAYS


def orientation(dossier: Dossier) -> int:
    """+1 if A's lead sorts before B's, else -1: draws belong to leads, not to labels."""
    return 1 if dossier.sides.A.lead < dossier.sides.B.lead else -1


def compile_dossier(dossier: Dossier, draws: int, seed: int) -> Compiled:
    """Draw every uncertain quantity and convert it.

    Parameters
    ----------
    dossier : Dossier
    draws : int
    seed : int

    Returns
    -------
    Compiled
    """
    return _Compiler(dossier, Draws(draws, seed, orientation(dossier))).compile()


def compile_medians(dossier: Dossier) -> Compiled:
    """One row with every quantity at its median; red lines of confidence above .5 are in force."""
    return _Compiler(dossier, Draws(1, 0, orientation(dossier), medians=True)).compile()


class _Compiler:
    def __init__(self, dossier: Dossier, draws: Draws) -> None:
        self.dossier = dossier
        self.count = draws.count
        self.orientation = draws.orientation
        self.draws = draws
        self.leads = (dossier.sides.A.lead, dossier.sides.B.lead)
        self.roles = ("first", "second") if self.orientation > 0 else ("second", "first")
        self.names = {actor.id: actor.name for actor in dossier.actors}
        self.parameters: list[Parameter] = []
        self.defaults_used: list[str] = []

    def compile(self) -> Compiled:
        war = self.war()
        sets = binding_sets(self.dossier)
        by_set = self.by_set(self.preferences(war.discount), sets)
        talks = self.talks()
        return Compiled(
            by_set[sets.now],
            war,
            talks,
            self.peace(),
            tuple(self.parameters),
            tuple(self.defaults_used),
            reached_rungs(self.dossier),
            by_set,
        )

    def by_set(self, drawn: Preferences, sets: BindingSets) -> tuple[Preferences, ...]:
        """Preferences under each set of red lines and consents that the regimes can leave."""
        return tuple(
            replace(
                drawn,
                red_lines=tuple(
                    replace(line, in_force=line.in_force & sets.binds(off, line.path))
                    for line in drawn.red_lines
                ),
                others=tuple(
                    other if sets.consents(off, other.actor) else replace(other, walk_away=None)
                    for other in drawn.others
                ),
            )
            if off
            else drawn
            for off in sets.off
        )

    # --- drawing ---------------------------------------------------------------------------------

    def draw(
        self,
        path: str,
        title: str,
        quantity: Quantity | None,
        lower: float,
        upper: float,
        role: str = "",
        default: str = "",
        oriented: bool = False,
    ) -> Array:
        """Draw one quantity, or its default, and note it for the list of drivers."""
        name = path
        if role:  # the stream belongs to the lead, the path to the label
            for label, own in zip("AB", self.roles, strict=True):
                if own == role:
                    name = path.replace(f".{label}", f".{role}")
        basis: Basis = "default"
        if quantity is None:
            quantity = DEFAULTS[default or path]
            self.defaults_used.append(path)
        else:
            basis = "sourced" if quantity.source else "judgement"
        values = self.draws.sample(name, quantity, lower, upper, oriented)
        if np.ptp(values) > 0.0:
            self.parameters.append(Parameter(path, title, values, basis))
        return values

    def per_side(
        self, path: str, title: str, block: object, lower: float, upper: float, default: str = ""
    ) -> Array:
        """Draw a block with A and B into (D, 2)."""
        columns = []
        for label, role, lead in zip("AB", self.roles, self.leads, strict=True):
            quantity = getattr(block, label) if block is not None else None
            columns.append(
                self.draw(
                    f"{path}.{label}",
                    f"{title}, {self.names[lead]}",
                    quantity,
                    lower,
                    upper,
                    role,
                    default,
                )
            )
        return np.stack(columns, axis=1)

    # --- the war ---------------------------------------------------------------------------------

    def war(self) -> WarInputs:
        war = self.dossier.war
        prevails = war.a_prevails
        lead = self.names[self.leads[0]]
        chance = np.stack(
            [
                self.draw(
                    "war.a_prevails.analyst",
                    f"chance that {lead} prevails, as the analyst sees it",
                    prevails.analyst,
                    0.01,
                    0.99,
                    oriented=True,
                ),
                *(
                    self.draw(
                        f"war.a_prevails.{label}",
                        f"chance that {lead} prevails, as coded for {self.names[own]}",
                        getattr(prevails, label),
                        0.01,
                        0.99,
                        role,
                        oriented=True,
                    )
                    for label, role, own in zip("AB", self.roles, self.leads, strict=True)
                ),
            ],
            axis=1,
        )
        rate, ceiling = [], []
        for label, role, own in zip("AB", self.roles, self.leads, strict=True):
            block = getattr(war.rearmament, label) if war.rearmament else None
            rate.append(
                self.draw(
                    f"war.rearmament.{label}.rate",
                    f"pace of rearming, {self.names[own]}",
                    block.rate if block else None,
                    1e-5,
                    1.0,
                    role,
                    "war.rearmament.rate",
                )
            )
            ceiling.append(
                self.draw(
                    f"war.rearmament.{label}.ceiling",
                    f"gain from a long truce, {self.names[own]}",
                    block.ceiling if block else None,
                    0.0,
                    1.0,
                    role,
                    "war.rearmament.ceiling",
                )
            )
        record = self.record()
        return WarInputs(
            self.orientation,
            self.draw(
                "war.position", "position in the war", war.position, 0.02, 0.98, oriented=True
            ),
            chance,
            weeks_of_months(
                self.draw(
                    "war.months_to_decision",
                    "months to a decision",
                    war.months_to_decision,
                    0.1,
                    1200.0,
                )
            ),
            weeks_of_months(
                self.per_side(
                    "war.months_for_victory",
                    "months it would fight for victory",
                    war.months_for_victory,
                    0.1,
                    1200.0,
                )
            ),
            weekly_discount(
                self.per_side(
                    "war.annual_discount",
                    "annual discount",
                    war.annual_discount,
                    0.001,
                    0.9,
                    "war.annual_discount",
                )
            ),
            weeks_of_months(
                self.per_side(
                    "war.stubbornness_months",
                    "months of movement that move its belief half way",
                    war.stubbornness_months,
                    0.1,
                    1200.0,
                    "war.stubbornness_months",
                )
            ),
            self.draw("war.momentum", "momentum of the front", war.momentum, 0.0, 0.95),
            self.per_side(
                "war.reluctance",
                "reluctance to end the war",
                war.reluctance,
                0.0,
                1.0,
                "war.reluctance",
            ),
            self.draw(
                "war.front.stake_per_unit",
                "what a unit of the front is worth",
                war.front.stake_per_unit,
                0.0,
                1.0,
            )
            if war.front
            else np.zeros(self.count),
            np.stack(rate, axis=1),
            np.stack(ceiling, axis=1),
            self.regimes(record),
            record,
        )

    def weeks_of_record(self) -> tuple[dt.date, int]:
        """First day and number of whole weeks from the start of the hindcast to `as_of`."""
        conflict = self.dossier.conflict
        start = conflict.hindcast_from or conflict.began
        weeks = max(1, int((conflict.as_of - start).days // DAYS_PER_WEEK))
        return conflict.as_of - dt.timedelta(days=int(weeks * DAYS_PER_WEEK)), weeks

    def record(self) -> RecordInputs:
        conflict, war = self.dossier.conflict, self.dossier.war
        start, weeks = self.weeks_of_record()
        front = np.zeros(weeks)
        seen = np.zeros(weeks, bool)
        if war.front is not None:
            for entry in war.front.series:
                first = dt.date.fromisoformat(f"{entry.month}-01")
                after = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
                days = (after - first).days
                for week in range(weeks):
                    opens = start + dt.timedelta(days=7 * week)
                    shared = (min(after, opens + dt.timedelta(days=7)) - max(first, opens)).days
                    front[week] += entry.change * max(0, shared) / days
                    seen[week] |= shared > 0
        rounds, truce = np.zeros(weeks, bool), np.zeros(weeks, bool)
        for event in self.dossier.events:
            first, last = event.date, event.end_date or event.date
            covered = slice(
                max(0, (first - start).days // 7), max(0, min(weeks, (last - start).days // 7 + 1))
            )
            if event.kind == "talks":
                rounds[covered] = True
            # A truce that one side declared and the other did not keep stopped nothing.
            held = event.kept in ("yes", "mostly")
            partly = event.kept == "partly" and event.mutual is not False
            if event.kind == "truce" and event.scope == "general" and (held or partly):
                truce[covered] = True
        belief_week = np.array(
            [
                min(weeks, max(-1, (day - start).days // 7)) if day is not None else weeks
                for day in (self.dossier.war.a_prevails.A.date, self.dossier.war.a_prevails.B.date)
            ],
            np.int64,
        )
        return RecordInputs(
            front,
            seen,
            rounds,
            truce,
            belief_week,
            (conflict.as_of - conflict.began).days / DAYS_PER_WEEK / WEEKS_PER_MONTH,
        )

    def regimes(self, record: RecordInputs) -> RegimeInputs:
        regimes = self.dossier.regimes
        start, weeks = self.weeks_of_record()
        shape = (self.count, len(regimes), MOST_STATES)
        chance = np.full(shape, math.nan)
        talks = np.ones(shape)
        reluctance = np.ones((*shape, 2))
        cost = np.ones((*shape, 2))
        sets = binding_sets(self.dossier)
        switch = np.zeros((*shape, MOST_STATES))
        breaks = np.zeros((self.count, len(regimes)))
        past = np.zeros((len(regimes), weeks), np.int64)
        scheduled: list[tuple[int, int, int, int]] = []
        now = np.zeros(len(regimes), np.int64)
        for r, regime in enumerate(regimes):
            names = [state.id for state in regime.states]
            now[r] = names.index(regime.now)
            self._regime_states(r, regime, chance, talks, reluctance, cost)
            if regime.breaks_truce is not None:
                breaks[:, r] = self.draw(
                    f"regimes.{regime.id}.breaks_truce",
                    f"chance that a change breaks a truce: {regime.title}",
                    regime.breaks_truce,
                    0.0,
                    1.0,
                )
            for index, move in enumerate(regime.switches):
                a, b = names.index(move.source_state), names.index(move.to)
                if move.monthly is not None:
                    chance_a_month = self.draw(
                        f"regimes.{regime.id}.switches.{index}.monthly",
                        f"{regime.title}: {move.source_state} to {move.to}, a month",
                        move.monthly,
                        0.0,
                        0.999,
                    )
                    switch[:, r, a, b] = -np.log1p(-chance_a_month) / WEEKS_PER_MONTH
                elif move.on is not None:
                    ahead = (move.on - self.dossier.conflict.as_of).days
                    scheduled.append((max(1, math.ceil(ahead / DAYS_PER_WEEK)), r, a, b))
            # Moves out of a state compete: each takes its share of the chance that any happens.
            together = switch[:, r].sum(axis=2, keepdims=True)
            switch[:, r] *= -np.expm1(-together) / np.where(together > 0.0, together, 1.0)
            past[r] = now[r]
            if regime.history:
                past[r] = names.index(regime.history[0].state)
                for day in regime.history:
                    past[r, max(0, (day.since - start).days // 7) :] = names.index(day.state)
        return RegimeInputs(
            tuple(regime.id for regime in regimes),
            tuple(tuple(state.id for state in regime.states) for regime in regimes),
            now,
            chance,
            talks,
            reluctance,
            cost,
            sets.of_state,
            sets.now,
            switch,
            np.array(sorted(scheduled), np.int64).reshape(-1, 4),
            past,
            breaks,
        )

    def _regime_states(
        self, r: int, regime: Regime, chance: Array, talks: Array, reluctance: Array, cost: Array
    ) -> None:
        for s, state in enumerate(regime.states):
            path, title = f"regimes.{regime.id}.states.{state.id}", f"{regime.title}: {state.title}"
            if state.a_prevails is not None:
                chance[:, r, s] = self.draw(
                    f"{path}.a_prevails",
                    f"{title}, chance that {self.names[self.leads[0]]} prevails",
                    state.a_prevails,
                    0.01,
                    0.99,
                    oriented=True,
                )
            if state.talks_factor is not None:
                talks[:, r, s] = self.draw(
                    f"{path}.talks_factor",
                    f"{title}, factor on talks",
                    state.talks_factor,
                    0.0,
                    10.0,
                )
            if state.reluctance_factor is not None and regime.side is not None:
                reluctance[:, r, s, "AB".index(regime.side)] = self.draw(
                    f"{path}.reluctance_factor",
                    f"{title}, factor on reluctance",
                    state.reluctance_factor,
                    0.0,
                    10.0,
                )
            if state.cost_factor is not None and regime.side is not None:
                cost[:, r, s, "AB".index(regime.side)] = self.draw(
                    f"{path}.cost_factor",
                    f"{title}, factor on the cost of fighting",
                    state.cost_factor,
                    0.0,
                    10.0,
                )

    # --- deals -----------------------------------------------------------------------------------

    def preferences(self, discount: Array) -> Preferences:
        dossier = self.dossier
        issues = dossier.issues
        options = tuple(
            (
                *(option.id for option in issue.options),
                *((LEFT_OPEN,) if issue.may_be_left_open else ()),
            )
            for issue in issues
        )
        standing = np.array(
            [options[k].index(issue.standing) for k, issue in enumerate(issues)], np.int64
        )
        most = max(map(len, options))
        weight = np.zeros((self.count, 2, len(issues)))
        value = np.full((self.count, 2, len(issues), most), math.nan)
        ideal = np.zeros((2, len(issues)), np.int64)
        for side, lead in enumerate(self.leads):
            for k, issue in enumerate(issues):
                position = dossier.positions[lead][issue.id]
                ideal[side, k] = options[k].index(position.ideal)
                weight[:, side, k], value[:, side, k] = self.stand(
                    lead, issue, position, most, int(standing[k]), True
                )
        weight += 1e-12  # a draw of all-zero weights would have no scale
        enforcing = tuple(
            tuple(sum(name in ENFORCING for name in option.provisions) for option in issue.options)
            + ((0,) if issue.may_be_left_open else ())
            for issue in issues
        )
        decides = tuple(
            tuple(option.decides for option in issue.options)
            + ((False,) if issue.may_be_left_open else ())
            for issue in issues
        )
        return Preferences(
            tuple(issue.id for issue in issues),
            options,
            weight,
            value,
            ideal,
            standing,
            np.array([issue.substantive for issue in issues], bool),
            decides,
            enforcing,
            tuple(self.conditions(options, "requires")),
            tuple(self.conditions(options, "excludes")),
            self.draw("talks.linkage", "linkage of issues", dossier.talks.linkage, 0.0, 1.0),
            discount,
            tuple(self.red_lines(options)),
            tuple(self.promises(options)),
            tuple(self.alternatives(options, "only_if")),
            tuple(self.alternatives(options, "void_if")),
            tuple(
                (k, o)
                for k, issue in enumerate(issues)
                for o, option in enumerate(issue.options)
                if option.front_linked
            ),
            tuple(self.others(most, standing)),
            tuple(self.red_lines(options, binding=False)),
        )

    def stand(
        self,
        actor: str,
        issue: Issue,
        position: Position,
        most: int,
        standing: int,
        acts: bool,
    ) -> tuple[Array, Array]:
        """Weight (D,) of an issue to an actor and value (D, most) of its options.

        Only what `acts` in the model is noted for the list of drivers.
        """
        path = f"positions.{actor}.{issue.id}"
        stale = is_stale(self.dossier, position)
        weight = self.draws.sample(
            f"{path}.weight", position.weight, 0.0, 100.0, widen=STALE_WIDENING if stale else 1.0
        )
        if acts and np.ptp(weight) > 0.0:
            self.parameters.append(
                Parameter(
                    f"{path}.weight",
                    f"weight of {self.names[actor]} on {issue.title}",
                    weight,
                    "sourced" if position.weight.source else "judgement",
                )
            )
        value = np.full((self.count, most), math.nan)
        count = len(issue.options)
        value[:, :count] = self.values(path, issue, position)
        if issue.may_be_left_open:
            value[:, count] = value[:, standing]
        return weight, value

    def values(self, path: str, issue: Issue, position: Position) -> Array:
        """Value of each option, 1 at the ideal and 0 at the worst, (D, options)."""
        if position.values is not None:
            return np.stack(
                [
                    self.draws.sample(
                        f"{path}.values.{option.id}", position.values[option.id], 0.0, 1.0
                    )
                    for option in issue.options
                ],
                axis=1,
            )
        names = [option.id for option in issue.options]
        best = names.index(position.ideal)
        reach = (
            abs(names.index(position.worst) - best)
            if position.worst is not None and position.worst != position.ideal
            else max(best, len(names) - 1 - best)
        )
        exponent = self.draws.sample(f"{path}.shape", position.shape, 0.05, 20.0)
        distance = np.minimum(1.0, np.abs(np.arange(len(names)) - best) / reach)
        return np.asarray(1.0 - distance[None, :] ** exponent[:, None])

    def conditions(
        self, options: tuple[tuple[str, ...], ...], kind: Literal["requires", "excludes"]
    ) -> Iterable[tuple[int, int, int, int]]:
        place = {issue.id: k for k, issue in enumerate(self.dossier.issues)}
        for k, issue in enumerate(self.dossier.issues):
            for o, option in enumerate(issue.options):
                for term in getattr(option, kind):
                    other, _, level = term.partition(".")
                    if level in options[place[other]]:
                        yield k, o, place[other], options[place[other]].index(level)

    def alternatives(
        self, options: tuple[tuple[str, ...], ...], kind: Literal["only_if", "void_if"]
    ) -> Iterable[Condition]:
        place = {issue.id: k for k, issue in enumerate(self.dossier.issues)}
        for k, issue in enumerate(self.dossier.issues):
            for o, option in enumerate(issue.options):
                named = [term.partition(".") for term in getattr(option, kind)]
                others = tuple(
                    (place[other], options[place[other]].index(level))
                    for other, _, level in named
                    if level in options[place[other]]
                )
                # An option whose every support is an issue that cannot be left open never stands.
                if named and (others or kind == "only_if"):
                    yield k, o, others

    def others(self, most: int, standing: IntArray) -> Iterable[ActorPreferences]:
        """What the actors other than the leads think of the options where they stand."""
        for actor in self.dossier.actors:
            stands = self.dossier.positions.get(actor.id, {})
            if actor.id in self.leads or not stands:
                continue
            acts = actor.walk_away is not None
            weight = np.zeros((self.count, len(self.dossier.issues)))
            value = np.full((self.count, len(self.dossier.issues), most), math.nan)
            for k, issue in enumerate(self.dossier.issues):
                if issue.id in stands:
                    position = stands[issue.id]
                    weight[:, k], value[:, k] = self.stand(
                        actor.id, issue, position, most, int(standing[k]), acts
                    )
            yield ActorPreferences(
                actor.id,
                actor.name,
                weight,
                value,
                np.array([issue.id in actor.consents for issue in self.dossier.issues], bool),
                self.draw(
                    f"actors.{actor.id}.walk_away",
                    f"least that {actor.name} consents to",
                    actor.walk_away,
                    0.0,
                    1.0,
                )
                if acts
                else None,
            )

    def red_lines(
        self, options: tuple[tuple[str, ...], ...], binding: bool = True
    ) -> Iterable[RedLineInputs]:
        """Red lines of the leads and of actors whose consent the issue needs, or all others."""
        consents = {actor.id: set(actor.consents) for actor in self.dossier.actors}
        for k, issue in enumerate(self.dossier.issues):
            for actor in sorted(self.dossier.positions):
                position = self.dossier.positions[actor].get(issue.id)
                if position is None or position.red_line is None:
                    continue
                if (actor in self.leads or issue.id in consents[actor]) != binding:
                    continue
                path = f"positions.{actor}.{issue.id}.red_line"
                confidence = self.draws.sample(
                    f"{path}.confidence",
                    position.red_line.confidence,
                    0.0,
                    1.0,
                    widen=STALE_WIDENING if is_stale(self.dossier, position) else 1.0,
                )
                refused = refused_options(issue, position, position.red_line)
                in_force = self.draws.uniform(f"{path}.in_force") < confidence
                if binding and np.ptp(in_force.astype(float)) > 0.0:
                    self.parameters.append(
                        Parameter(
                            path,
                            f"red line of {self.names[actor]} on {issue.title}",
                            in_force.astype(float),
                            "sourced"
                            if position.red_line.source or position.statements
                            else "judgement",
                        )
                    )
                yield RedLineInputs(
                    path,
                    self.names[actor],
                    k,
                    tuple(options[k].index(name) for name in refused if name in options[k]),
                    in_force,
                    confidence,
                    actor,
                )

    def promises(self, options: tuple[tuple[str, ...], ...]) -> Iterable[PromiseInputs]:
        place = {issue.id: k for k, issue in enumerate(self.dossier.issues)}
        for promise in self.dossier.promises:
            k = place[promise.issue]
            path = f"promises.{promise.id}"
            yield PromiseInputs(
                k,
                options[k].index(promise.option),
                options[k].index(promise.without),
                self.draw(
                    f"{path}.delivered",
                    f"chance that it is delivered: {promise.title}",
                    promise.delivered,
                    0.0,
                    1.0,
                ),
                *self.parts(path, promise),
                hazard_of_yearly_chance(
                    self.draw(
                        f"{path}.withdrawn_yearly",
                        f"chance a year that it is taken back: {promise.title}",
                        promise.withdrawn_yearly,
                        0.0,
                        0.999,
                    )
                )
                if promise.withdrawn_yearly is not None
                else np.zeros(self.count),
                # not noted for the list of drivers: no forecast uses it
                self.draws.sample(f"{path}.snap_back", promise.snap_back, 0.0, 1.0)
                if promise.snap_back is not None
                else None,
            )

    def parts(self, path: str, promise: Promise) -> tuple[Array, Array]:
        """Weeks until each part of a promise is delivered, (D, parts), and how large it is."""
        if promise.delay_months is not None:
            months = [
                self.draw(
                    f"{path}.delay_months",
                    f"months until delivered: {promise.title}",
                    promise.delay_months,
                    0.0,
                    1200.0,
                )
            ]
            share = [1.0]
        else:
            months = [
                self.draw(
                    f"{path}.tranches.{place}.delay_months",
                    f"months until part {place + 1} is delivered: {promise.title}",
                    tranche.delay_months,
                    0.0,
                    1200.0,
                )
                for place, tranche in enumerate(promise.tranches)
            ]
            share = [tranche.share for tranche in promise.tranches]
        return weeks_of_months(np.stack(months, axis=1)), np.array(share)

    # --- talks and peace -------------------------------------------------------------------------

    def talks(self) -> TalksInputs:
        talks, trust = self.dossier.talks, self.dossier.trust
        truces = announced_truces(self.dossier)
        sectoral = [event for event in truces if event.scope == "sectoral"]
        others = [event for event in truces if event.scope != "sectoral"]
        kept = sum(KEPT_SHARE[event.kept or "unknown"] for event in sectoral)
        return TalksInputs(
            weekly_chance(
                self.draw(
                    "talks.monthly_chance",
                    "chance of serious talks a month",
                    talks.monthly_chance,
                    0.0,
                    0.999,
                )
            ),
            talks.history_complete,
            self.draw("talks.choice_noise", "noise of choice", talks.choice_noise, 1e-4, 1.0),
            weeks_of_months(
                self.draw(
                    "talks.tolerance_months",
                    "months an untenable war is borne",
                    talks.tolerance_months,
                    0.1,
                    1200.0,
                )
            ),
            weekly_chance(
                self.draw(
                    "talks.ending_monthly",
                    "chance a month that it then ends",
                    talks.ending_monthly,
                    0.0,
                    0.999,
                )
            ),
            self.draw(
                "talks.settlement_share",
                "share decided that makes a settlement",
                talks.settlement_share,
                0.0,
                1.0,
            ),
            hazard_of_yearly_chance(
                self.per_side(
                    "trust.other_breaks",
                    "expects the other to break a bare truce in a year",
                    trust.other_breaks,
                    0.0,
                    0.999,
                    "trust.other_breaks",
                )
            ),
            self.draw(
                "trust.provisions_factor",
                "what full provisions leave of the hazard",
                trust.provisions_factor,
                0.01,
                1.0,
            ),
            self.rate("sectoral_truces", "sectoral truces", len(sectoral)),
            self.share("sectoral_kept", "sectoral truces", kept, len(sectoral)),
            self.rate("other_truces", "other limited truces", len(others)),
            *self.trust(others),
        )

    def trust(self, others: list[Event]) -> tuple[Array, Array, Array, Array, Array, Array]:
        """How truces kept and broken move trust; drawn only where the dossier says that they do.

        Returns
        -------
        other_share, other_kept, exchange_rate, trust_kept, trust_broken, trust_memory
            As in `TalksInputs`.
        """
        trust = self.dossier.trust
        kinds = [[event for event in others if event.scope == scope] for scope in LIMITED]
        # The share of each kind is its posterior mean under Jeffreys' prior; the total is drawn.
        share = np.cumsum([(len(kind) + 0.5) / (len(others) + 1.5) for kind in kinds])
        share[-1] = 1.0
        one = np.ones(self.count)
        each = np.tile(share, (self.count, 1))
        if trust.kept_factor is None and trust.broken_factor is None:
            return each, np.ones_like(each), 0.0 * one, one, one, one
        kept = [
            self.share(
                f"{scope}_kept",
                f"{LIMITED[scope]} truces",
                sum(KEPT_SHARE[event.kept or "unknown"] for event in kind),
                len(kind),
            )
            for scope, kind in zip(LIMITED, kinds, strict=True)
        ]
        exchanges = [event for event in self.dossier.events if event.kind == "exchange"]
        months = self.draw(
            "trust.memory_months",
            "months after which half a change of trust is left",
            trust.memory_months,
            0.1,
            1200.0,
        )
        return (
            each,
            np.stack(kept, axis=1),
            self.rate("exchanges", "exchanges", len(exchanges)),
            self.moves_trust("kept_factor", "after a truce that was kept", trust.kept_factor),
            self.moves_trust("broken_factor", "after a truce that broke", trust.broken_factor),
            np.exp2(-1.0 / weeks_of_months(months)),
        )

    def moves_trust(self, key: str, when: str, factor: Quantity | None) -> Array:
        """A factor on feared hazards; 1 unless the dossier gives it."""
        if factor is None:
            return np.ones(self.count)
        return self.draw(f"trust.{key}", f"factor on fear {when}", factor, 0.01, 10.0)

    def rate(self, name: str, what: str, events: int) -> Array:
        """Events a week from the record: Gamma(k+1/2, T), the Jeffreys posterior."""
        from scipy.special import gammaincinv

        weeks = (self.dossier.conflict.as_of - self.dossier.conflict.began).days / DAYS_PER_WEEK
        rate = np.asarray(gammaincinv(events + 0.5, self.draws.uniform(f"record.{name}"))) / weeks
        self.parameters.append(
            Parameter(
                f"record.{name}",
                f"{what} a year, learnt from the record",
                rate * WEEKS_PER_YEAR,
                "sourced",
            )
        )
        return rate

    def share(self, name: str, what: str, kept: float, events: int) -> Array:
        """Share kept from the record: Beta(kept+1/2, rest+1/2)."""
        from scipy.special import betaincinv

        u = self.draws.uniform(f"record.{name}")
        share = np.asarray(betaincinv(kept + 0.5, events - kept + 0.5, u))
        self.parameters.append(
            Parameter(
                f"record.{name}", f"share of {what} kept, learnt from the record", share, "sourced"
            )
        )
        return share

    def peace(self) -> PeaceInputs:
        peace = self.dossier.peace

        def draw(key: str, title: str, lower: float, upper: float) -> Array:
            return self.draw(f"peace.{key}", title, getattr(peace, key), lower, upper)

        change = weekly_chance(
            draw("change_monthly", "chance a month that a leader or patron changes", 0.0, 0.999)
        )
        term = (
            weeks_of_months(
                self.draw(
                    "peace.ceasefire_term_months",
                    "term of a ceasefire, months",
                    peace.ceasefire_term_months,
                    0.1,
                    1200.0,
                )
            )
            if peace.ceasefire_term_months is not None
            else np.full(self.count, math.inf)
        )
        return PeaceInputs(
            self.per_side(
                "peace.cost_of_breaking",
                "cost of breaking a truce",
                peace.cost_of_breaking,
                0.0,
                1.0,
                "peace.cost_of_breaking",
            ),
            draw("gap_noise_year", "unforeseen strength after a year of truce", 0.0, 1.0)
            / math.sqrt(WEEKS_PER_YEAR),
            draw("incidents_per_week", "serious incidents a week in a truce", 0.0, 1e4),
            draw("incident_echo", "incidents that one sets off", 0.0, 0.99),
            draw("collapse_size", "incidents that make a collapse", 2.0, 1e4),
            change * draw("change_breaks", "chance that a change breaks the truce", 0.0, 1.0),
            term,
            draw("renewal", "chance that a truce is renewed at its term", 0.0, 1.0)
            if peace.ceasefire_term_months is not None
            else np.ones(self.count),
            # of the same stream; not noted for the list of drivers: no forecast uses it
            self.draws.sample(
                "peace.renewal", peace.renewal or DEFAULTS["peace.renewal"], 0.0, 1.0
            ),
            self.per_side(
                "peace.carrying_cost",
                "cost of forces held forward in a truce",
                peace.carrying_cost,
                0.0,
                1.0,
                "peace.carrying_cost",
            ),
            self.effects(),
        )

    def effects(self) -> dict[str, Channels]:
        """Factors of the standard provisions, of streams that belong to neither side.

        Not noted for the list of drivers: no dossier gives them, and no forecast uses one alone.
        """
        out = {}
        for provision, effects in EFFECTS.items():
            factors = {name: np.ones(self.count) for name in CHANNELS}
            for effect in effects:
                factors[effect.channel] = self.draws.sample(
                    f"provisions.{provision}.{effect.channel}",
                    Quantity(low=effect.low, mode=effect.mode, high=effect.high),
                )
            out[provision] = Channels(**factors)
        return out


def refused_options(issue: Issue, position: Position, line: RedLine) -> tuple[str, ...]:
    """Options that cross a red line, by name; `left_open` among them where it does.

    `accepts_up_to` refuses every option farther along the ladder than the limit, on the limit's
    side of the ideal; a limit that is the ideal itself refuses all others.
    """
    if line.refuses is not None:
        return tuple(line.refuses)
    names = [option.id for option in issue.options]
    best, limit = names.index(position.ideal), names.index(line.accepts_up_to or position.ideal)
    return tuple(
        name
        for place, name in enumerate(names)
        if (place > limit and limit >= best) or (place < limit and limit <= best)
    )
