"""Annex: will it stop, how the war stands on a day, and how long a silence would hold."""

from __future__ import annotations

from collections.abc import Sequence

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Heading, Paragraph, Table
from interbellum.briefing.context import (
    CAUSE_NAMES,
    FEW_PATHS,
    FORM_NAMES,
    Context,
    base_rate_cell,
    chance_cell,
)
from interbellum.briefing.precedents import COLUMNS, EFFECTS
from interbellum.model.endurance import FormAnswer
from interbellum.model.interval import Interval
from interbellum.model.provisions import PROVISIONS
from interbellum.model.result import Durability, SurvivalPoint
from interbellum.model.rungs import CAUSES, ENDINGS, FORMS, HORIZON_DAYS


def rungs(ctx: Context) -> list[Block]:
    """Every rung at every horizon."""
    blocks: list[Block] = [
        Heading(2, "Every rung at every horizon"),
        Paragraph(
            "Chance that the truce begins by the day, with 50% and 80% intervals over the weighted "
            "draws. Noise is the standard error, in points, from the finite number of paths. The "
            "base rate comes from this dossier's own record of n such events; where n is small it is "
            "mostly its prior. Rungs with n = 0 share one prior and their base rates overlap, so they "
            "do not add up."
        ),
    ]
    for rung in ctx.standard_rungs():
        forecasts = sorted((f for f in ctx.result.rungs if f.rung == rung), key=lambda f: f.by_days)
        crowds = any(f.crowds for f in forecasts)
        columns = ("days", "by", "chance", "50%", "80%", "noise", "base rate", "n")
        rows: list[tuple[str, ...]] = []
        for f in forecasts:
            row: tuple[str, ...] = (
                str(f.by_days),
                words.date(f.by_date),
                words.percent(f.chance.p),
                words.interval(f.chance.lo50, f.chance.hi50),
                words.interval(f.chance.lo80, f.chance.hi80),
                _noise(f.path_noise),
                words.percent(f.base_rate),
                str(f.base_rate_n),
            )
            if crowds:
                row += ("; ".join(f"{c.name} {words.percent(c.p)}" for c in f.crowds),)
            rows.append(row)
        blocks += [
            Heading(3, ctx.rung(rung)),
            Table((*columns, "crowd") if crowds else columns, tuple(rows), f"rungs.{rung}.DAYS"),
        ]
    return blocks


def _noise(error: float) -> str:
    points = 100.0 * error
    return "<1" if points < 1.0 else str(round(points))


def questions(ctx: Context) -> list[Block]:
    """What the dossier asks, answered."""
    asked = {name: f for f in ctx.result.rungs for name in f.questions}
    rows = []
    for question in ctx.loaded.dossier.questions:
        f = asked.get(question.id)
        found = f or next(
            (
                g
                for g in ctx.result.rungs
                if g.rung == question.rung and g.by_date == question.by.isoformat()
            ),
            None,
        )
        rows.append(
            (
                question.text + (f" Reading: {question.reading}" if question.reading else ""),
                words.percent(found.chance.p) if found else "",
                words.interval(found.chance.lo80, found.chance.hi80) if found else "",
                base_rate_cell(found) if found else "",
                "; ".join(
                    f"{crowd.name} {words.percent(crowd.p)} on {words.date(crowd.as_of)}"
                    for crowd in question.crowds
                )
                or "none given",
                f"[rungs.{found.rung}.{found.by_days}]" if found else "",
            )
        )
    if not rows:
        return []
    return [
        Heading(2, "Questions asked of this dossier"),
        Table(("Question", "chance", "80%", "base rate", "crowd", "name"), tuple(rows)),
    ]


def endings(ctx: Context) -> list[Block]:
    """The state of the war on each day."""
    if not ctx.result.endings:
        return []
    shown = [e for e in ctx.result.endings if e.by_days in HORIZON_DAYS] or ctx.result.endings
    days = [ending.by_days for ending in shown]
    chances, spans = [], []
    for name in ENDINGS:
        found = [ending.shares.get(name) for ending in shown]
        chances.append(
            (
                ctx.ending(name),
                *[words.percent(chance.p) if chance else "" for chance in found],
                f"endings.{name}.DAYS",
            )
        )
        spans.append(
            (
                ctx.ending(name),
                *[words.interval(chance.lo80, chance.hi80) if chance else "" for chance in found],
            )
        )
    return [
        Heading(2, "The state of the war on a day"),
        Table(
            ("After days", *map(str, days), "name"),
            tuple(chances),
            "Exclusive states: before rounding, a column sums to one.",
        ),
        Table(("80% intervals", *map(str, days)), tuple(spans)),
    ]


def durability(ctx: Context) -> list[Block]:
    """How long each form would hold, and how it breaks."""
    forms = [ctx.result.durability[form] for form in FORMS if form in ctx.result.durability]
    if not forms:
        return []
    blocks: list[Block] = [Heading(2, "How long each form would hold")]
    for form in forms:
        record = {point.days: point for point in form.record.curve}
        rows = []
        for point in form.curve:
            there = record.get(point.days) if form.record.useful else None
            rows.append(
                (
                    words.span(point.days),
                    words.percent(point.chance.p),
                    words.interval(point.chance.lo50, point.chance.hi50),
                    words.interval(point.chance.lo80, point.chance.hi80),
                    *[
                        chance_cell(own) if own else ""
                        for own in (
                            chance_at(form.truce, point.days),
                            chance_at(form.record_model.curve, point.days),
                        )
                    ],
                    f"{words.percent(there.p)} ({words.interval(there.lo80, there.hi80)})"
                    if there
                    else "",
                    f"[durability.{form.form}.{point.days}]",
                )
            )
        blocks += [
            Heading(3, FORM_NAMES.get(form.form, form.form)),
            Table(
                (
                    "after",
                    "holds",
                    "50%",
                    "80%",
                    "truce model",
                    "record's model",
                    "past cases",
                    "name",
                ),
                tuple(rows),
                f"Clock from the {form.clock}. {evidence_line(form)} The silence is taken to "
                "begin where the race and the regimes stand at the cut-off (decision 0023). "
                f"{behind(form)} {record_line(form)} "
                f"Past cases, and the record's model: {form.record.definition.rstrip('.')}.",
            ),
        ]
    causes = [
        (
            words.start(CAUSE_NAMES[cause]),
            *[words.percent(form.causes[cause]) if cause in form.causes else "" for form in forms],
            f"causes.FORM.{cause}",
        )
        for cause in CAUSES
    ]
    blocks.append(
        Table(
            ("How it breaks in the truce model", *[form.form for form in forms], "name"),
            tuple(causes),
            "Shares of the failures within five years. A mechanism of the model is not a finding "
            "about what breaks truces.",
        )
    )
    return blocks


def point_at(form: Durability, days: int) -> Interval | None:
    """Chance that a form still holds after so many days, if the curve has it."""
    return chance_at(form.curve, days)


def chance_at(points: Sequence[SurvivalPoint], days: int) -> Interval | None:
    """Chance of a curve at a day that it has."""
    return next((point.chance for point in points if point.days == days), None)


def models_line(form: Durability | FormAnswer, days: int) -> str:
    """What the two models that are pooled say by themselves, and their gap."""
    truce, record = chance_at(form.truce, days), chance_at(form.record_model.curve, days)
    if not form.record_model.useful:
        return f"truce model alone, for the record gives {words.NO_ESTIMATE}"
    if truce is None or record is None:
        return f"each model by itself {words.REDACTED}"
    points = abs(round(100 * truce.p) - round(100 * record.p))
    gap = "no gap" if points == 0 else f"a gap of {words.count(points, 'point')}"
    return f"truce model {words.percent(truce.p)}, record's model {words.percent(record.p)}, {gap}"


def evidence_line(form: Durability) -> str:
    """How much each of the two models counts, and what the record's takes this case to be."""
    model = form.record_model
    if not model.useful:
        return (
            f"Pooled: the truce model alone, for of this form the record has "
            f"{words.count(model.n, 'comparable case')}, fewer than eight."
        )
    has = words.join([PROVISIONS[name] for name in model.provisions]) or "none"
    taken = f"is told of the provisions that the best packages of this form mostly have: {has}"
    if form.form == "freeze":
        taken = (
            "takes a freeze to have no provision; a quiet that nobody signed is in the record only "
            "because it lasted"
        )
    parts = [
        f"Pooled: truce model {round(100 * form.weights['truce'])}, record's model "
        f"{round(100 * form.weights['record'])} of 100. The record's model {taken}."
    ]
    if model.left_open:
        names = [COLUMNS[name] for name in COLUMNS if name in model.left_open]
        parts.append(f"Not known, and taken at the record's share: {words.join(names)}.")
    if model.by_prior:
        names = [EFFECTS.get(name, name) for name in model.by_prior]
        parts.append(f"By a prior more than by cases: {words.join(names)}.")
    return " ".join(parts)


def behind(form: Durability) -> str:
    """How many paths stand behind a form's curve."""
    if form.paths:
        few = ", too few to lean on" if form.paths < FEW_PATHS else ""
        return f"{form.paths:,} silences of this form begin within a year on the paths{few}."
    return "No path reaches this form within a year, so all draws stand in."


def record_line(form: Durability) -> str:
    """What the historical record gives for a form, or that it gives nothing useful."""
    record = form.record
    cases = words.count(record.n, "comparable case")
    if not record.useful:
        return f"Historical record: {words.NO_ESTIMATE} ({cases})."
    picked = [
        f"{words.percent(point.p)} after {words.span(point.days)}"
        for point in record.curve
        if point.days in (365, 1826)
    ]
    return f"Historical record: {words.join(picked)} ({cases}, {record.events} resumed)."
