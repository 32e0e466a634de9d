"""Figures of the forecast, traced: rungs, base rates, endings, durability, the record."""

from __future__ import annotations

import numpy as np

from interbellum.briefing import words
from interbellum.briefing.annex.forecast import (
    chance_at,
    evidence_line,
    models_line,
    record_line,
)
from interbellum.briefing.annex.sources import event_kind
from interbellum.briefing.blocks import Block, Heading, Table
from interbellum.briefing.context import (
    CAUSE_NAMES,
    FORM_NAMES,
    LEARNT,
    Context,
    unit_of,
)
from interbellum.briefing.redaction import withheld
from interbellum.briefing.why.shared import (
    EVERYTHING,
    POOLED,
    driver_fields,
    interval_text,
    models_table,
    named_drivers,
)
from interbellum.briefing.why.trace import Trace
from interbellum.dossier.compile import KEPT_SHARE, announced_truces
from interbellum.dossier.facts import RecordFacts


def trace_rung(ctx: Context, figure_id: str) -> Trace:
    """A rung by a day."""
    _, rung, days = figure_id.split(".")
    forecast = next(f for f in ctx.result.rungs if f.rung == rung and f.by_days == int(days))
    noise = 100 * forecast.path_noise
    value = f"{interval_text(forecast.chance)} Standard error of the paths: " + (
        "less than a point." if noise < 1 else f"{words.count(round(noise), 'point')}."
    )
    for crowd in forecast.crowds:
        value += (
            f" {crowd.name}: {words.percent(crowd.p)} on {words.date(crowd.as_of)} "
            f"({crowd.source})."
        )
    return Trace(
        figure_id,
        f"{ctx.rung(rung)}, by {words.date(forecast.by_date)}",
        value,
        f"The chance that {ctx.clause(rung, forecast.by_date)}, {days} days after the cut-off. The "
        "day is that on which the truce begins; whether it is kept is judged afterwards. Rungs "
        "overlap: one truce can count for several.",
        POOLED,
        (
            *[f"variants.{variant.name}" for variant in ctx.result.variants],
            f"base_rate.{rung}",
            "hindcast.effective_draws",
            "range.open_share",
            *[f"sides.{side}.reservation_value" for side in "AB"],
            *(LEARNT if rung in ("any_truce_announced", "sectoral_truce_kept") else ()),
            *named_drivers(ctx),
        ),
        driver_fields(ctx),
        EVERYTHING,
        extra=models_table(ctx, ctx.own(rung, int(days))),
    )


def trace_base_rate(ctx: Context, figure_id: str) -> Trace:
    """A base rate, with the events that it counts."""
    rung = figure_id.split(".")[1]
    forecasts = [f for f in ctx.result.rungs if f.rung == rung]
    told = [f"{words.percent(f.base_rate)} within {words.span(f.by_days)}" for f in forecasts]
    kinds = ("truce", "deal", "talks")
    events = [
        f"events.{number}"
        for number, event in enumerate(ctx.loaded.dossier.events)
        if event.kind in kinds
    ]
    rows, hidden = [], 0
    for path in events:
        event = ctx.loaded.dossier.events[int(path.split(".")[1])]
        if ctx.veil.hides(path):
            hidden += 1
            continue
        rows.append(
            (
                words.date(event.date),
                event.kind + (f", {event.scope}" if event.scope else ""),
                event.title,
                event.kept or "",
                f"{ctx.place(path)}: {event.source}",
            )
        )
    extra: list[Block] = []
    if rows:
        extra = [
            Heading(2, "Truces, deals and rounds in the record"),
            Table(
                ("day", "kind", "event", "kept", "where and source"),
                tuple(rows),
                "Which of them count for this rung follows from kind, scope, whether both announced "
                "them, and whether they were kept.",
            ),
        ]
    evidence = [f"{words.start(withheld(hidden))}."] if hidden else []
    if forecasts[0].base_rate_n == 0:
        evidence.append(
            "Rungs with n = 0 share one prior and their base rates overlap, so they do not add up."
        )
    return Trace(
        figure_id,
        f"Base rate: {ctx.rung(rung)}",
        f"{words.join(told)}; n = {forecasts[0].base_rate_n}.",
        "What this dossier's own record would say if nothing else were known: how often such an "
        "event happened in the time it covers.",
        "1 - (T/(T + H))^(k + 1/2): the chance of at least one event in the next H days, after k events "
        "in T days of record, with Jeffreys' prior on a constant rate. "
        f"k = {forecasts[0].base_rate_n}."
        + (
            " For this rung it is one minus the chance of any end." if rung == "war_goes_on" else ""
        ),
        inputs=("conflict.began", "conflict.as_of"),
        extra=tuple(extra),
        evidence=tuple(evidence),
    )


def trace_ending(ctx: Context, figure_id: str) -> Trace:
    """A state of the war on a day."""
    _, name, days = figure_id.split(".")
    ending = next(e for e in ctx.result.endings if e.by_days == int(days))
    own = [
        (variant, p)
        for variant in ctx.result.variants
        for state, ahead, p in variant.endings
        if (state, ahead) == (name, int(days))
    ]
    meanings = {
        "victory_A": "The race reached A's victory, or B gave up: its reservation value stayed below 0.",
        "victory_B": "The race reached B's victory, or A gave up: its reservation value stayed below 0.",
        "freeze": "The front went quiet with nothing signed, and is still quiet.",
        "ceasefire_in_force": "A signed text that leaves much open is in force and has not broken.",
        "settlement_in_force": "A signed text that decides most of what is contested is in force and "
        "has not broken.",
        "war": "Fighting, with no truce in force; a truce that broke counts here again.",
    }
    return Trace(
        figure_id,
        f"{ctx.ending(name)} on {words.date(ending.by_date)}",
        interval_text(ending.shares[name]),
        f"{meanings.get(name, '')} The states are exclusive and sum to one on each day.",
        POOLED,
        (
            *[f"variants.{variant.name}" for variant in ctx.result.variants],
            "hindcast.effective_draws",
            "range.open_share",
            *named_drivers(ctx),
        ),
        driver_fields(ctx),
        EVERYTHING,
        extra=models_table(ctx, own),
    )


def trace_durability(ctx: Context, figure_id: str) -> Trace:
    """How long a form of silence holds, pooled."""
    _, name, days = figure_id.split(".")
    form = ctx.result.durability[name]
    point = next(p for p in form.curve if p.days == int(days))
    pooling = ctx.result.durability_pooling
    own = [f"truce.{name}.{days}"] if form.truce else []
    own += [f"record_model.{name}.{days}"] if form.record_model.curve else []
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: still holds after {words.span(int(days))}",
        f"{interval_text(point.chance)} {words.start(models_line(form, int(days)))}.",
        f"Given that a {name} begins within a year of the cut-off. The clock starts at the {form.clock}.",
        "S = a·S(truce model) + b·S(record's model), a linear pool: a draw counts by its model's share "
        "times its own weight, so that the intervals hold what is not known within each model, and how "
        f"far the two are apart. Shares here: truce model {round(100 * form.weights['truce'])}, record's "
        f"model {round(100 * form.weights['record'])} of 100, from {pooling.file}, decided "
        f"{words.date(pooling.decided)}: {pooling.reason} With fewer than eight comparable cases the truce "
        "model stands alone.",
        (*own, f"record.{name}"),
        sections=("peace",),
        evidence=(evidence_line(form), record_line(form)),
    )


def trace_truce(ctx: Context, figure_id: str) -> Trace:
    """How long a form of silence holds in the truce model."""
    _, name, days = figure_id.split(".")
    form = ctx.result.durability[name]
    chance = chance_at(form.truce, int(days))  # none where it is sealed
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: still holds after {words.span(int(days))}, truce model",
        interval_text(chance) if chance else words.REDACTED,
        f"Given that a {name} begins within a year of the cut-off, in the engine. The clock starts at "
        f"the {form.clock}. "
        + (
            f"{form.paths:,} paths stand behind it."
            if form.paths
            else "No path reached this form, so all draws stand in."
        ),
        "Causes compete: S(t) = Π_k S_k(t). Rearmament, for each side: the first passage of its gain, "
        "c(1 - e^(-rt)) less the other's, plus noise, over the gain a at which breaking pays; without a "
        "ceiling that is Φ((μt - a)/(σ√t)) + e^(2μa/σ² + ln Φ((-a - μt)/(σ√t))). Incidents: a "
        "self-exciting count that passes the size of a collapse. A change of leader or patron: a "
        "monthly chance, times the chance that it breaks the truce, and every move of a regime while "
        "the silence lasts. Expiry: at the end of each term, the chance of no renewal. The silence is "
        "taken to begin where the race and the regimes stand at the cut-off; enforcing provisions act "
        "by their number (decision 0023). Draws count by their weight and by the silences of this form "
        "that begin in them; intervals are over those draws.",
        tuple(f"causes.{name}.{cause}" for cause in form.causes),
        sections=("peace", "trust", "war.rearmament", "war.position"),
    )


def trace_record_model(ctx: Context, figure_id: str) -> Trace:
    """How long a form of silence holds in the record's survival model."""
    _, name, days = figure_id.split(".")
    form = ctx.result.durability[name]
    chance = chance_at(form.record_model.curve, int(days))  # none where it is sealed
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: still holds after {words.span(int(days))}, record's model",
        interval_text(chance) if chance else words.REDACTED,
        "The chance that a past case with these columns still held, for a pair not seen before: an "
        "association in the record, not what these terms would do.",
        "Hazard exp(a_k + x·b) in the pieces between 30 days, 180 days, 1, 2, 5 and 10 years, priors on b from "
        "published effects, a gamma frailty for the pair integrated out: S = (1 + vH)^(-1/v) (decision "
        "0022). A provision enters as the column that stands for it, an unknown fact at its share in the "
        "record. Intervals are over the posterior.",
        (f"record.{name}",),
        tuple(f"peace.record.{name}" for name in RecordFacts.model_fields if name != "note"),
        evidence=(
            evidence_line(form),
            f"Cessations of hostilities since 1946, {form.record_model.definition}.",
        ),
    )


def trace_cause(ctx: Context, figure_id: str) -> Trace:
    """How a form of silence breaks."""
    _, name, cause = figure_id.split(".")
    form = ctx.result.durability[name]
    reads = {
        "rearmament": (
            "war.rearmament",
            "peace.cost_of_breaking",
            "peace.carrying_cost",
            "peace.gap_noise_year",
        ),
        "incidents": (
            "peace.incidents_per_week",
            "peace.incident_echo",
            "peace.collapse_size",
            "trust.provisions_factor",
        ),
        "leader_or_patron": ("peace.change_monthly", "peace.change_breaks", "regimes"),
        "expiry": ("peace.ceasefire_term_months", "peace.renewal"),
    }
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: {CAUSE_NAMES.get(cause, cause)}",
        f"{words.percent(form.causes[cause])} of the failures within five years in the truce model.",
        "How failures split in the model, which is not a finding about what breaks truces.",
        "∫ h_k S dt over five years, divided by the sum over all causes: h_k is the hazard of this "
        "cause at t, S the chance that the silence still holds.",
        tuple(f"truce.{name}.{p.days}" for p in form.truce),
        reads.get(cause, ("peace",)),
    )


def _learnt(ctx: Context, figure_id: str) -> Trace:
    """A rate or a share that no field gives, because the events of the dossier do."""
    from scipy.special import betaincinv, gammaincinv

    dossier = ctx.loaded.dossier
    sectoral = figure_id != "record.other_truces"
    counted = [e for e in announced_truces(dossier) if (e.scope == "sectoral") == sectoral]
    ends = np.array([0.1, 0.5, 0.9])
    k = len(counted)
    if figure_id == "record.sectoral_kept":
        kept = sum(KEPT_SHARE[event.kept or "unknown"] for event in counted)
        points = betaincinv(kept + 0.5, k - kept + 0.5, ends)
        formula = (
            "Beta(s + 1/2, k - s + 1/2) with s of k kept: yes and mostly count in full, partly and "
            "unknown by half."
        )
    else:
        years = (dossier.conflict.as_of - dossier.conflict.began).days / 365.25
        points = gammaincinv(k + 0.5, ends) / years
        formula = "Gamma(k + 1/2, T): k events in T years of record, with Jeffreys' prior on a constant rate."
    low, middle, high = map(float, points)
    unit = unit_of(figure_id)
    value = (
        f"Median {words.quantity(middle, middle, unit)}; 10% to 90% points "
        f"{words.quantity(low, high, unit)}."
    )
    numbers = {id(event) for event in counted}
    rows, hidden = [], 0
    for number, event in enumerate(dossier.events):
        if id(event) not in numbers:
            continue
        path = f"events.{number}"
        if ctx.veil.hides(path):
            hidden += 1
            continue
        rows.append(
            (
                words.date(event.date),
                event_kind(event),
                event.title,
                f"{ctx.place(path)}: {event.source}",
            )
        )
    where = ctx.place("events")
    extra: list[Block] = []
    if rows:
        extra = [
            Heading(2, "The events it is learnt from"),
            Table(("day", "kind", "event", "where and source"), tuple(rows)),
        ]
    used = [f"drivers.{n}" for n, d in enumerate(ctx.result.drivers, start=1) if d.id == figure_id]
    return Trace(
        figure_id,
        words.start(LEARNT[figure_id]),
        value,
        "Learnt from the dossier's events"
        + (f" ({where})" if where else ", of which there are none")
        + f": {words.count(k, 'truce or deal', 'truces and deals')} of this kind that both sides "
        "announced, or that nobody is known to have refused.",
        f"{formula} k = {k}.",
        tuple(used),
        ("conflict.began", "conflict.as_of"),
        evidence=(f"{words.start(withheld(hidden))}.",) if hidden else (),
        extra=tuple(extra),
    )


def trace_record(ctx: Context, figure_id: str) -> Trace:
    """The historical record of a form, or a rate learnt from the dossier's events."""
    if figure_id in LEARNT:
        return _learnt(ctx, figure_id)
    name = figure_id.split(".")[1]
    form = ctx.result.durability[name]
    rows = tuple(
        (words.span(p.days), words.percent(p.p), words.interval(p.lo80, p.hi80))
        for p in form.record.curve
        if form.record.useful
    )
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: the historical record",
        record_line(form),
        form.record.definition,
        "Kaplan and Meier: S(t) = Π (1 - d_i/n_i) over the days on which silences broke, d_i the "
        "number that broke and n_i the number still observed. Below eight comparable cases there is "
        "no useful estimate.",
        inputs=("conflict.as_of",),
        extra=(Table(("after", "still held", "80% interval"), rows),) if rows else (),
        evidence=(
            "Cessations of hostilities since 1946, coded with a source each, shipped with this "
            "release (src/interbellum/peace/data) and cut at the dossier's cut-off.",
        ),
    )
