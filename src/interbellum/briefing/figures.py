"""The charts of a briefing: from the sealed context alone, each with the section it belongs to.

A chart whose numbers a redaction hides is absent; of the others, what is confidential is left out and
numbers are told to the hundredth, as in the redacted JSON.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from interbellum.briefing import scores, words
from interbellum.briefing.context import (
    CAUSE_NAMES,
    COUNTED_RUNGS,
    FORM_NAMES,
    YEAR,
    Context,
    Names,
    basis_text,
    driver_title,
    unit_of,
    variant_name,
    veiled_promise,
)
from interbellum.briefing.jsonform import OF_INPUTS, rounded
from interbellum.charts import (
    beliefs,
    blocking,
    calibration,
    drivers,
    durability,
    fans,
    ladders,
    landscape,
    outcomes,
    promises,
    ripeness,
    timeline,
    variants,
)
from interbellum.dossier.compile_deals import refused_options
from interbellum.dossier.schema import Issue, Position
from interbellum.model.backtest import BackTest
from interbellum.model.chart import Chart
from interbellum.model.deals import LEFT_OPEN
from interbellum.model.result import Blocking, Package
from interbellum.model.rungs import ENDINGS, FORMS
from interbellum.model.scores import QuestionScores


@dataclass(frozen=True, slots=True)
class Placed:
    """A chart and where it stands."""

    chart: Chart
    after: str
    """Text of the heading of its section, on the page or in the annex."""


def figures(ctx: Context) -> tuple[Placed, ...]:
    """Every chart that a context has data for, in the order of the briefing.

    Parameters
    ----------
    ctx : Context
        Sealed where the briefing is redacted.

    Returns
    -------
    tuple of Placed
        Ids are unique.
    """
    makers: tuple[Callable[[Context], Iterator[Placed]], ...] = (
        _outcomes,
        _landscape,
        _beliefs,
        _ripeness,
        _drivers,
        _survival,
        _blocking,
        _ladders,
        _promises,
        _variants,
        _fans,
        _timeline,
    )
    if ctx.veil.on:
        ctx = replace(ctx, result=_hundredths(ctx.result))
    return tuple(
        replace(placed, chart=_veiled(ctx, placed.chart)) for make in makers for placed in make(ctx)
    )


def of_dossier(names: Names) -> tuple[Placed, ...]:
    """The charts that need no answer, as `figures` makes them: they can be drawn while the model runs.

    Parameters
    ----------
    names : Names
        With the veil that the briefing will have.
    """
    return tuple(
        replace(placed, chart=_veiled(names, placed.chart))
        for make in (_ladders, _timeline)
        for placed in make(names)
    )


def of_scores(found: QuestionScores) -> tuple[Placed, ...]:
    """What was said against what was seen, a chart a forecaster of yes-or-no questions."""
    return tuple(
        Placed(
            calibration.calibration(
                bands,
                found.decomposition.get(who),
                words.clean(scores.told(who)),
                f"calibration-{number}",
            ),
            f"Calibration: {who}",
        )
        for number, (who, bands) in enumerate(found.calibration.items(), start=1)
        if bands
    )


def of_backtest(found: BackTest) -> tuple[Placed, ...]:
    """What the pooled answer said against what was seen."""
    if not found.calibration:
        return ()
    chart = calibration.calibration(found.calibration, found.decomposition, "the pooled answer")
    return (Placed(chart, "Calibration of the pooled answer"),)


def _hundredths(value: Any, digits: bool = False) -> Any:
    """A result told as the redacted JSON tells it, so that no pixel says more than a number does."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {
            item.name: _hundredths(getattr(value, item.name), digits or item.name in OF_INPUTS)
            for item in fields(value)
        }
        return replace(value, **told)
    if isinstance(value, Mapping):
        return {name: _hundredths(item, digits) for name, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_hundredths(item, digits) for item in value)
    return rounded(value, digits)


def _veiled(ctx: Names, chart: Chart) -> Chart:
    """A chart without the words of confidential fields, should any be left."""
    return Chart(*(_without_secrets(ctx, getattr(chart, item.name)) for item in fields(chart)))


def _without_secrets(ctx: Names, value: Any) -> Any:
    if isinstance(value, str):
        flat = " ".join(value.split())  # a text broken into lines is still the same words
        return value if ctx.veil.text(flat) == flat else ctx.veil.text(flat)
    if isinstance(value, Mapping):
        return {name: _without_secrets(ctx, item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_without_secrets(ctx, item) for item in value)
    return value


def _say(ctx: Names, text: str) -> str:
    """A text of the dossier, printable and without the words of confidential fields."""
    return ctx.veil.text(words.clean(text))


def _sides(ctx: Context) -> dict[str, str]:
    return {side: _say(ctx, name) for side, name in ctx.names().items()}


def _outcomes(ctx: Context) -> Iterator[Placed]:
    points = ctx.result.trajectory or ctx.result.endings
    if points:
        names = {name: _say(ctx, ctx.ending(name)) for name in ENDINGS}
        chart = outcomes.outcomes(points, names, ctx.result.dossier.as_of)
        yield Placed(chart, "Will fighting stop, and what counts as stopped")


def _landscape(ctx: Context) -> Iterator[Placed]:
    verdict = ctx.result.range
    hidden = not verdict.frontier and ctx.veil.on  # or there is none: a seal leaves the same
    if hidden or not all(map(math.isfinite, verdict.value)):
        return
    solutions = [
        (_say(ctx, package.solution), _worth(package, verdict.value), package.acceptable)
        for package in verdict.packages
        if all(map(math.isfinite, package.surplus))
    ]
    texts = [
        replace(text, title=_say(ctx, text.title))
        for text in verdict.texts
        if not ctx.veil.hides(f"texts.{text.id}")
    ]
    chart = landscape.landscape(
        verdict.frontier, verdict.value, solutions, texts, _sides(ctx), verdict.open_share
    )
    yield Placed(chart, "Room for agreement")


def _worth(package: Package, value: tuple[float, float]) -> tuple[float, float]:
    """U of a package: its surplus is over what fighting on is worth."""
    return value[0] + package.surplus[0], value[1] + package.surplus[1]


def _beliefs(ctx: Context) -> Iterator[Placed]:
    course = ctx.result.course
    if any((*course.beliefs, course.analyst)):
        chart = beliefs.beliefs(course, _sides(ctx), ctx.result.dossier.as_of)
        yield Placed(chart, "Each side's alternative to a deal")


def _ripeness(ctx: Context) -> Iterator[Placed]:
    chart = ripeness.ripeness(ctx.result.diagnosis.views, _sides(ctx))
    yield Placed(chart, "What each side would have to believe or see")


def _drivers(ctx: Context) -> Iterator[Placed]:
    hazard = ctx.result.hindcast.hazard
    inputs = [
        drivers.Input(
            words.start(_say(ctx, driver_title(ctx, driver))),
            f"{words.quantity(driver.low, driver.high, unit_of(driver.id))}, {basis_text(driver)}",
            driver.p_when_low,
            driver.p_when_high,
        )
        for driver in ctx.result.drivers
        if not ctx.veil.hides(driver.id)
    ]
    if inputs:
        chart = drivers.drivers(inputs, _say(ctx, ctx.driven()), hazard.after.p)
        yield Placed(chart, "What this rests on")


def _survival(ctx: Context) -> Iterator[Placed]:
    for name in FORMS:
        form = ctx.result.durability.get(name)
        if form is not None and form.curve:
            title = FORM_NAMES.get(name, name)
            yield Placed(durability.survival(form, title, CAUSE_NAMES), title)


def _blocking(ctx: Context) -> Iterator[Placed]:
    kept = [one for one in ctx.result.range.blocking if one.share >= words.LEAST]
    sets = [
        blocking.Set(demands, one.share)
        for one in kept
        if (demands := _demands(ctx, one)) is not None
    ]
    if sets:
        left_out = len(ctx.result.range.blocking) - len(sets)
        yield Placed(blocking.blocking(sets, left_out), "Demands that cannot hold together")


def _demands(ctx: Context, found: Blocking) -> tuple[str, ...] | None:
    """Demands of a set in few words; None where one rests on a confidential field."""
    if any(ctx.veil.hides(path) for path in found.ids):
        return None
    return tuple(
        _demand(ctx, path, term) for path, term in zip(found.ids, found.terms, strict=True)
    )


def _demand(ctx: Context, path: str, term: str) -> str:
    parts = path.split(".")
    if parts[0] == "positions" and len(parts) > 2:
        return _say(ctx, f"{ctx.actor(parts[1])}: {ctx.title(parts[2])}")
    return _say(ctx, term)


def _ladders(ctx: Names) -> Iterator[Placed]:
    dossier = ctx.loaded.dossier
    columns = [
        ladders.Column(actor.id, _say(ctx, actor.name), actor.side) for actor in dossier.actors
    ] + [
        ladders.Column(f"texts.{text.id}", _say(ctx, text.title), draft=True)
        for text in dossier.texts
        if not ctx.veil.hides(f"texts.{text.id}")
    ]
    number = 0
    for block in dict.fromkeys(issue.block for issue in dossier.issues):
        issues = [_ladder(ctx, issue) for issue in dossier.issues if issue.block == block]
        for chart in ladders.ladders(_say(ctx, block), issues, columns):
            number += 1
            yield Placed(replace(chart, id=f"ladders-{number}"), "Coverage of positions")


def _ladder(ctx: Names, issue: Issue) -> ladders.Ladder:
    rungs = [option.id for option in issue.options]
    stands = []
    for actor, positions in ctx.loaded.dossier.positions.items():
        position = positions.get(issue.id)
        if position is not None and not ctx.veil.hides(f"positions.{actor}.{issue.id}"):
            stands.append((actor, position, _refused(ctx, actor, issue, position)))
    drafts = [
        (f"texts.{text.id}", (said,) if isinstance(said, str) else said)
        for text in ctx.loaded.dossier.texts
        if (said := text.terms.get(issue.id)) and not ctx.veil.hides(f"texts.{text.id}")
    ]
    struck = tuple(
        f"texts.{text.id}"
        for text in ctx.loaded.dossier.texts
        if issue.id in text.deleted
        and issue.id not in text.terms
        and not ctx.veil.hides(f"texts.{text.id}")
    )
    named = {rung for *_, refused in stands for rung in refused} | {r for _, s in drafts for r in s}
    if LEFT_OPEN in named:
        rungs.append(LEFT_OPEN)
    return ladders.Ladder(
        _say(ctx, issue.title),
        tuple(words.start(_say(ctx, ctx.option(issue.id, rung))) for rung in rungs),
        rungs.index(issue.standing),
        tuple(
            ladders.Stand(
                actor,
                rungs.index(position.ideal),
                tuple(rungs.index(rung) for rung in refused),
                _confidence(ctx, actor, issue, position) if refused else None,
            )
            for actor, position, refused in stands
        ),
        tuple((draft, tuple(rungs.index(rung) for rung in said)) for draft, said in drafts),
        struck,
    )


def _refused(ctx: Names, actor: str, issue: Issue, position: Position) -> tuple[str, ...]:
    line = position.red_line
    if line is None or ctx.veil.hides(f"positions.{actor}.{issue.id}.red_line"):
        return ()
    return refused_options(issue, position, line)


def _confidence(ctx: Names, actor: str, issue: Issue, position: Position) -> float | None:
    path = f"positions.{actor}.{issue.id}.red_line.confidence"
    if position.red_line is None or ctx.veil.hides(path):
        return None
    return position.red_line.confidence.centre()


def _promises(ctx: Context) -> Iterator[Placed]:
    audits = []
    for promise in ctx.result.promises:
        if ctx.veil.hides(f"promises.{promise.id}"):
            continue
        delivery, worth = veiled_promise(ctx, promise)
        audits.append(
            promises.Audit(
                _say(ctx, promise.title),
                _say(ctx, promise.by),
                _say(ctx, promise.to),
                None if delivery else promise.delivered,
                None if worth else promise.face,
                None if worth or delivery else promise.substance,
            )
        )
    if any(audit.face is not None for audit in audits):
        yield Placed(promises.promises(audits, _sides(ctx)), "Promises")


def _variants(ctx: Context) -> Iterator[Placed]:
    year = [
        forecast
        for rung in COUNTED_RUNGS
        if (forecast := ctx.at(rung, YEAR)) is not None and ctx.own(rung, YEAR)
    ]
    if not year or len(ctx.result.variants) < 2:
        return
    lines = [
        variants.Line(
            _say(ctx, ctx.rung(forecast.rung)),
            forecast,
            {variant_name(variant.name): p for variant, p in ctx.own(forecast.rung, YEAR)},
        )
        for forecast in year
    ]
    yield Placed(variants.variants(lines, year[0].by_date), "Structurally different models")


def _fans(ctx: Context) -> Iterator[Placed]:
    course, as_of = ctx.result.course, ctx.result.dossier.as_of
    unit = _say(ctx, course.unit) if course.unit else None
    if course.race:
        yield Placed(fans.race(course, _sides(ctx), as_of), "Each side's alternative, in full")
    if course.front:
        chart = fans.front(replace(course, unit=unit), _sides(ctx), as_of)
        yield Placed(chart, "Each side's alternative, in full")


def _timeline(ctx: Names) -> Iterator[Placed]:
    conflict = ctx.loaded.dossier.conflict
    moments = [
        timeline.Moment(
            event.date.isoformat(),
            event.end_date.isoformat() if event.end_date else None,
            event.kind,
            words.start(_say(ctx, event.title)),
            event.scope,
            event.kept,
            _say(ctx, event.outcome or ""),
        )
        for number, event in enumerate(ctx.loaded.dossier.events)
        if not ctx.veil.hides(f"events.{number}")
    ]
    if moments:
        chart = timeline.timeline(moments, conflict.began.isoformat(), conflict.as_of.isoformat())
        yield Placed(chart, "The record")
