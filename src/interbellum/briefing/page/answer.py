"""Page: which dossier, the answer in one sentence, and what it must be read with."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.annex.basis import gap_line
from interbellum.briefing.annex.deals import blocking_terms
from interbellum.briefing.annex.forecast import models_line, point_at
from interbellum.briefing.blocks import Block, Heading, Paragraph
from interbellum.briefing.context import (
    YEAR,
    Context,
    coder_spreads,
    driver_title,
    forecast_id,
)
from interbellum.briefing.page.basis import DRIVERS_SHOWN, crosses_even
from interbellum.briefing.redaction import REDACTED
from interbellum.model.result import Durability, RungForecast

CODERS_APART = 0.40  # shared brief: "coders more than forty points apart" makes no useful estimate


def stamp(ctx: Context) -> list[Block]:
    """Which dossier, by whom, and how it was run."""
    conflict = ctx.loaded.dossier.conflict
    parts = [
        f"As of {words.date(conflict.as_of)}.",
        f"Coded by {conflict.coded_by.rstrip('.')}.",
        f"Run: seed {ctx.result.run.seed}, {ctx.result.run.draws:,} draws, "
        f"dossier {ctx.result.dossier.hash}.",
    ]
    if ctx.veil.on:
        parts.append("Confidential fields are redacted.")
    return [Paragraph(" ".join(parts))]


def bottom_line(ctx: Context) -> list[Block]:
    """The answer first, with its interval, base rate and crowd."""
    blocks: list[Block] = [Heading(2, "Bottom line")]
    forecast = ctx.headline()
    if forecast is not None:
        blocks.append(Paragraph(_answer(ctx, forecast)))
        models = gap_line(ctx, forecast.rung, forecast.by_days)
        if models:
            blocks.append(Paragraph(models))
    rest = [*_state_in_a_year(ctx), *_holds_a_year(ctx), _range_line(ctx)]
    blocks.append(Paragraph(" ".join(rest)))
    caution = _unsourced(ctx)
    blocks.append(
        Paragraph(
            "These are the dossier's judgements worked through models, not evidence about the "
            f"world.{' ' + caution if caution else ''}"
        )
    )
    return blocks


def _answer(ctx: Context, forecast: RungForecast) -> str:
    event = ctx.clause(forecast.rung, forecast.by_date)
    apart = _coders_apart(ctx)
    if apart:
        opening = f"There is {words.NO_ESTIMATE} of the chance that {event}"
        reason = f" The coders are more than forty points apart on {words.join(apart)}."
    else:
        opening, reason = words.sentence(forecast.chance.p, event), ""
    beside = [
        f"80% interval {words.interval(forecast.chance.lo80, forecast.chance.hi80)}",
        f"base rate {words.percent(forecast.base_rate)}, n = {forecast.base_rate_n}",
    ]
    beside.extend(
        f"{crowd.name} {words.percent(crowd.p)} on {words.date(crowd.as_of)}"
        for crowd in forecast.crowds
    )
    # at the ends the words are the number: "less than 1 in 100: <1%" would say it twice
    number = (
        f": {words.percent(forecast.chance.p)}" if apart or words.word(forecast.chance.p) else ""
    )
    return f"{opening}{number} ({'; '.join(beside)}) [{forecast_id(forecast)}].{reason}"


def _coders_apart(ctx: Context) -> list[str]:
    """Decisive inputs on which coders are too far apart for an estimate, in words."""
    decisive = {driver.id: driver for driver in ctx.result.drivers[:DRIVERS_SHOWN]}
    out = []
    for path, coders in coder_spreads(ctx):
        centres = [centre for _, centre in coders]
        wide = max(centres) - min(centres) > CODERS_APART and max(centres) <= 1.0
        if wide and path in decisive:
            out.append(REDACTED if ctx.veil.hides(path) else decisive[path].title)
    return out


def _state_in_a_year(ctx: Context) -> list[str]:
    ending = next((e for e in ctx.result.endings if e.by_days == YEAR), None)
    if ending is None:
        return []
    ranked = sorted(ending.shares.items(), key=lambda item: -item[1].p)
    first, second = ranked[0], ranked[1]
    return [
        f"The likeliest state on {words.date(ending.by_date)} is “{words.lower(ctx.ending(first[0]))}” "
        f"({words.percent(first[1].p)}), then “{words.lower(ctx.ending(second[0]))}” "
        f"({words.percent(second[1].p)})."
    ]


def _holds_a_year(ctx: Context) -> list[str]:
    reached = [form for form in ctx.result.durability.values() if form.paths > 0]
    if not reached:
        return []
    form = max(reached, key=lambda item: item.paths)
    point = point_at(form, YEAR)
    if point is None:
        return []
    event = f"a {form.form} that begins within a year still holds a year after it began"
    return [
        f"{words.sentence(point.p, event)}"
        f"{': ' + words.percent(point.p) if words.word(point.p) else ''} "
        f"(80% interval {words.interval(point.lo80, point.hi80)}; {models_line(form, YEAR)}; "
        f"{_of_record(form)}) [durability.{form.form}.{YEAR}]."
    ]


def _of_record(form: Durability) -> str:
    """What past silences of the form did, beside ours; said where ours lies outside its interval."""
    held = next((point for point in form.record.curve if point.days == YEAR), None)
    ours = point_at(form, YEAR)
    if not form.record.useful or held is None or ours is None:
        return f"historical record: {words.NO_ESTIMATE}"
    far = "" if held.lo80 <= ours.p <= held.hi80 else ", which ours lies outside of"
    return (
        f"historical record {words.percent(held.p)}, {words.interval(held.lo80, held.hi80)}{far}, "
        f"n = {form.record.n}"
    )


def _range_line(ctx: Context) -> str:
    verdict = ctx.result.range
    error = max(1, round(100 * verdict.open_error))
    line = (
        f"Some package would be acceptable to both leads today in {words.percent(verdict.open_share)} "
        f"of the draws (give or take {words.count(error, 'point')} for the number of draws)."
    )
    if ctx.result.range.blocking:
        first = ctx.result.range.blocking[0]
        terms = "; ".join(blocking_terms(ctx, first))
        line += f" What most often stands in the way ({words.percent(first.share)} of the draws): {terms}."
    return line


def _unsourced(ctx: Context) -> str:
    top = ctx.result.drivers[:DRIVERS_SHOWN]
    bare = [driver for driver in top if driver.basis != "sourced"]
    if not bare:
        return ""
    total = words.number(len(top))
    number = (
        f"All {total}"
        if len(bare) == len(top)
        else f"{words.start(words.number(len(bare)))} of the {total}"
    )
    inputs = f"{number} inputs that go" if len(top) > 1 else "The one input that goes"
    line = (
        f"{inputs} most clearly with the chance of {ctx.driven()} "
        f"{'is a judgement or a default range' if len(bare) == 1 else 'are judgements or default ranges'}"
        ", without a source."
    )
    across = [driver for driver in bare if crosses_even(driver)]
    if across:
        line += f" Between its low and its high draws that chance crosses even odds: {driver_title(ctx, across[0])}."
    return line
