"""The war of a dossier as numbers: the race, its record, and the regimes that act on it."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from interbellum.dossier.binding import MOST_STATES, binding_sets
from interbellum.dossier.drawing import Drawing
from interbellum.dossier.schema import Regime
from interbellum.model.units import (
    DAYS_PER_WEEK,
    WEEKS_PER_MONTH,
    Array,
    weekly_discount,
    weeks_of_months,
)
from interbellum.model.war import RecordInputs, RegimeInputs, WarInputs


def war_inputs(drawing: Drawing) -> WarInputs:
    """The race, what each side believes and bears, rearmament, the record and the regimes.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    WarInputs
    """
    war = drawing.dossier.war
    prevails = war.a_prevails
    lead = drawing.names[drawing.leads[0]]
    chance = np.stack(
        [
            drawing.draw(
                "war.a_prevails.analyst",
                f"chance that {lead} prevails, as the analyst sees it",
                prevails.analyst,
                0.01,
                0.99,
                oriented=True,
            ),
            *(
                drawing.draw(
                    f"war.a_prevails.{label}",
                    f"chance that {lead} prevails, as coded for {drawing.names[own]}",
                    getattr(prevails, label),
                    0.01,
                    0.99,
                    role,
                    oriented=True,
                )
                for label, role, own in zip("AB", drawing.roles, drawing.leads, strict=True)
            ),
        ],
        axis=1,
    )
    rate, ceiling = [], []
    for label, role, own in zip("AB", drawing.roles, drawing.leads, strict=True):
        block = getattr(war.rearmament, label) if war.rearmament else None
        rate.append(
            drawing.draw(
                f"war.rearmament.{label}.rate",
                f"pace of rearming, {drawing.names[own]}",
                block.rate if block else None,
                1e-5,
                1.0,
                role,
                "war.rearmament.rate",
            )
        )
        ceiling.append(
            drawing.draw(
                f"war.rearmament.{label}.ceiling",
                f"gain from a long truce, {drawing.names[own]}",
                block.ceiling if block else None,
                0.0,
                1.0,
                role,
                "war.rearmament.ceiling",
            )
        )
    record = _record_inputs(drawing)
    return WarInputs(
        drawing.orientation,
        drawing.draw(
            "war.position", "position in the war", war.position, 0.02, 0.98, oriented=True
        ),
        chance,
        weeks_of_months(
            drawing.draw(
                "war.months_to_decision",
                "months to a decision",
                war.months_to_decision,
                0.1,
                1200.0,
            )
        ),
        weeks_of_months(
            drawing.per_side(
                "war.months_for_victory",
                "months it would fight for victory",
                war.months_for_victory,
                0.1,
                1200.0,
            )
        ),
        weekly_discount(
            drawing.per_side(
                "war.annual_discount",
                "annual discount",
                war.annual_discount,
                0.001,
                0.9,
                "war.annual_discount",
            )
        ),
        weeks_of_months(
            drawing.per_side(
                "war.stubbornness_months",
                "months of movement that move its belief half way",
                war.stubbornness_months,
                0.1,
                1200.0,
                "war.stubbornness_months",
            )
        ),
        drawing.draw("war.momentum", "momentum of the front", war.momentum, 0.0, 0.95),
        drawing.per_side(
            "war.reluctance",
            "reluctance to end the war",
            war.reluctance,
            0.0,
            1.0,
            "war.reluctance",
        ),
        drawing.draw(
            "war.front.stake_per_unit",
            "what a unit of the front is worth",
            war.front.stake_per_unit,
            0.0,
            1.0,
        )
        if war.front
        else np.zeros(drawing.count),
        np.stack(rate, axis=1),
        np.stack(ceiling, axis=1),
        _regime_inputs(drawing),
        record,
    )


def _weeks_of_record(drawing: Drawing) -> tuple[dt.date, int]:
    """First day and number of whole weeks from the start of the hindcast to `as_of`."""
    conflict = drawing.dossier.conflict
    start = conflict.hindcast_from or conflict.began
    weeks = max(1, int((conflict.as_of - start).days // DAYS_PER_WEEK))
    return conflict.as_of - dt.timedelta(days=int(weeks * DAYS_PER_WEEK)), weeks


def _record_inputs(drawing: Drawing) -> RecordInputs:
    """Front, rounds and truces of each past week, and when each belief starts to learn."""
    conflict, war = drawing.dossier.conflict, drawing.dossier.war
    start, weeks = _weeks_of_record(drawing)
    front = np.zeros(weeks)
    seen = np.zeros(weeks, bool)
    if war.front is not None:
        for entry in war.front.series:
            first = dt.date.fromisoformat(f"{entry.month}-01")
            after = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            days = (after - first).days
            opening, closing = (first - start).days // 7, (after - start).days // 7
            for week in range(max(0, opening), min(weeks, closing + 1)):
                opens = start + dt.timedelta(days=7 * week)
                shared = (min(after, opens + dt.timedelta(days=7)) - max(first, opens)).days
                front[week] += entry.change * max(0, shared) / days
                seen[week] |= shared > 0
    rounds, truce = np.zeros(weeks, bool), np.zeros(weeks, bool)
    for event in drawing.dossier.events:
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
            for day in (
                drawing.dossier.war.a_prevails.A.date,
                drawing.dossier.war.a_prevails.B.date,
            )
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


def _regime_inputs(drawing: Drawing) -> RegimeInputs:
    """States of the regimes, what each does, and how they move."""
    regimes = drawing.dossier.regimes
    start, weeks = _weeks_of_record(drawing)
    shape = (drawing.count, len(regimes), MOST_STATES)
    chance = np.full(shape, math.nan)
    talks = np.ones(shape)
    reluctance = np.ones((*shape, 2))
    cost = np.ones((*shape, 2))
    sets = binding_sets(drawing.dossier)
    switch = np.zeros((*shape, MOST_STATES))
    breaks = np.zeros((drawing.count, len(regimes)))
    past = np.zeros((len(regimes), weeks), np.int64)
    scheduled: list[tuple[int, int, int, int]] = []
    now = np.zeros(len(regimes), np.int64)
    for r, regime in enumerate(regimes):
        names = [state.id for state in regime.states]
        now[r] = names.index(regime.now)
        _regime_states(drawing, r, regime, chance, talks, reluctance, cost)
        if regime.breaks_truce is not None:
            breaks[:, r] = drawing.draw(
                f"regimes.{regime.id}.breaks_truce",
                f"chance that a change breaks a truce: {regime.title}",
                regime.breaks_truce,
                0.0,
                1.0,
            )
        for index, move in enumerate(regime.switches):
            a, b = names.index(move.source_state), names.index(move.to)
            if move.monthly is not None:
                chance_a_month = drawing.draw(
                    f"regimes.{regime.id}.switches.{index}.monthly",
                    f"{regime.title}: {move.source_state} to {move.to}, a month",
                    move.monthly,
                    0.0,
                    0.999,
                )
                switch[:, r, a, b] = -np.log1p(-chance_a_month) / WEEKS_PER_MONTH
            elif move.on is not None:
                ahead = (move.on - drawing.dossier.conflict.as_of).days
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
    drawing: Drawing,
    r: int,
    regime: Regime,
    chance: Array,
    talks: Array,
    reluctance: Array,
    cost: Array,
) -> None:
    for s, state in enumerate(regime.states):
        path, title = f"regimes.{regime.id}.states.{state.id}", f"{regime.title}: {state.title}"
        if state.a_prevails is not None:
            chance[:, r, s] = drawing.draw(
                f"{path}.a_prevails",
                f"{title}, chance that {drawing.names[drawing.leads[0]]} prevails",
                state.a_prevails,
                0.01,
                0.99,
                oriented=True,
            )
        if state.talks_factor is not None:
            talks[:, r, s] = drawing.draw(
                f"{path}.talks_factor",
                f"{title}, factor on talks",
                state.talks_factor,
                0.0,
                10.0,
            )
        if state.reluctance_factor is not None and regime.side is not None:
            reluctance[:, r, s, "AB".index(regime.side)] = drawing.draw(
                f"{path}.reluctance_factor",
                f"{title}, factor on reluctance",
                state.reluctance_factor,
                0.0,
                10.0,
            )
        if state.cost_factor is not None and regime.side is not None:
            cost[:, r, s, "AB".index(regime.side)] = drawing.draw(
                f"{path}.cost_factor",
                f"{title}, factor on the cost of fighting",
                state.cost_factor,
                0.0,
                10.0,
            )
