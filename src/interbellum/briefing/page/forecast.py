"""Page: will fighting stop, what counts as stopped, and how long it would hold."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from interbellum.briefing import words
from interbellum.briefing.annex.basis import gap_text
from interbellum.briefing.annex.forecast import behind, models_line, point_at, record_line
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    CAUSE_NAMES,
    FORM_NAMES,
    YEAR,
    Context,
    chance_cell,
    variant_name,
)
from interbellum.model.result import Durability
from interbellum.model.rungs import FORMS

FRONT_DAYS = (30, 90, 365, 1826)


SOON = 90
FIVE_YEARS = 1826


SPARKS = "▁▂▃▄▅▆▇█"


def will_it_stop(ctx: Context) -> list[Block]:
    """Every rung by two days, beside base rate and crowd; the models that are pooled."""
    rungs = [rung for rung in ctx.standard_rungs() if ctx.at(rung, YEAR) is not None]
    crowds = any(forecast.crowds for forecast in ctx.result.rungs)
    rows = []
    for rung in rungs:
        year, soon = ctx.at(rung, YEAR), ctx.at(rung, SOON)
        assert year is not None  # by the choice of rungs
        row = (
            ctx.rung(rung),
            words.percent(soon.chance.p) if soon else "",
            words.percent(year.chance.p),
            words.interval(year.chance.lo80, year.chance.hi80),
            words.percent(year.base_rate),
            str(year.base_rate_n),
        )
        rows.append((*row, _crowd(ctx, rung)) if crowds else row)
    if not rows:
        return []
    dates = {f.by_days: f.by_date for f in ctx.result.rungs}
    columns = (
        "What counts",
        f"by {words.date(dates.get(SOON, ''))}",
        f"by {words.date(dates[YEAR])}",
        "80% interval",
        "base rate",
        "n",
    )
    caption = (
        "Chance that a truce of this kind begins by the day; whether it is kept is judged "
        "afterwards. Rungs overlap. Interval and base rate are for the later day; n counts such "
        "events in this dossier's own record, and where it is small the base rate is mostly its "
        "prior."
    )
    if any(row[5] == "0" for row in rows):
        caption += (
            " Rungs with n = 0 share one prior and their base rates overlap, so they do not add up."
        )
    if not crowds:
        caption += " The dossier gives no crowd's price."
    else:
        caption += " Where several crowds were asked, from the lowest price to the highest."
    return [
        Heading(2, "Will fighting stop, and what counts as stopped"),
        Table((*columns, "crowd") if crowds else columns, tuple(rows), caption),
        *_models(ctx, dates),
    ]


def _models(ctx: Context, dates: dict[int, str]) -> list[Block]:
    """The models that are pooled: weight and own chance of the headline rung."""
    rung = ctx.result.headline_rung
    soon = {variant.name: p for variant, p in ctx.own(rung, SOON)}
    rows: list[tuple[str, ...]] = [
        (
            words.start(variant_name(variant.name)),
            str(round(100 * variant.weight)),
            words.percent(soon[variant.name]) if variant.name in soon else "",
            words.percent(p),
            f"[variants.{variant.name}]",
        )
        for variant, p in ctx.own(rung, YEAR)
    ]
    if not rows:
        return []
    pooled = [ctx.at(rung, days) for days in (SOON, YEAR)]
    rows.append(("Pooled", "100", *[words.percent(f.chance.p) if f else "" for f in pooled], ""))
    return [
        Table(
            (
                "Model",
                "weight",
                f"by {words.date(dates.get(SOON, ''))}",
                f"by {words.date(dates[YEAR])}",
                "name",
            ),
            tuple(rows),
            f"“{ctx.rung(rung)}” in each of the structurally different models that the chances above "
            f"pool. {gap_text(ctx, rung, YEAR)} Weights are out of 100. {ctx.result.pooling.reason}",
        )
    ]


def _crowd(ctx: Context, rung: str) -> str:
    crowds = [f for f in ctx.result.rungs if f.rung == rung and f.crowds]
    if not crowds:
        return ""
    nearest = min(crowds, key=lambda f: abs(f.by_days - YEAR))
    late = "" if nearest.by_days == YEAR else f" by {words.date(nearest.by_date)}"
    prices = sorted(crowd.p for crowd in nearest.crowds)
    told = words.percent(prices[0]) if len(prices) == 1 else words.interval(prices[0], prices[-1])
    return f"{told}{late}"


def if_it_stops(ctx: Context) -> list[Block]:
    """How long each form would hold, and how it would break."""
    blocks: list[Block] = [Heading(2, "If it stops, how long it would hold")]
    forms = [ctx.result.durability[form] for form in FORMS if form in ctx.result.durability]
    if not forms:
        return []
    days = [day for day in FRONT_DAYS if any(point_at(form, day) is not None for form in forms)]
    rows = []
    for form in forms:
        cells = []
        for day in days:
            point = point_at(form, day)
            cells.append(chance_cell(point) if point else "")
        rows.append((FORM_NAMES.get(form.form, form.form), *cells, spark(form)))
    blocks.append(
        Table(
            ("Form", *[words.span(day) for day in days], "over 5 years"),
            tuple(rows),
            "Chance that it still holds after this long, with its 80% interval, given that it "
            "begins within a year. It is taken to begin where the race and the regimes stand at the "
            "cut-off (decision 0023). Pooled over the truce model and the record's model; each by "
            "itself, and their gap, stand below. `interbellum peace` asks the same of a text.",
        )
    )
    forms_note = _forms(ctx)
    if forms_note:
        blocks.append(Paragraph(forms_note))
    blocks.append(Bullets(tuple(_breaks(form) for form in forms)))
    return blocks


def _forms(ctx: Context) -> str:
    """Why a quiet front is rare where it is, and what most agreements count as."""
    said = []
    freeze, own = ctx.at("freeze", YEAR), ctx.own("freeze", YEAR)
    if freeze is not None and own and own[0][1] < words.LEAST:
        said.append(
            f"On forms: in the engine a freeze by {words.date(freeze.by_date)} is rare. Both sides "
            "must for months prefer the line as it stands, in a bare truce that either may break, to "
            "fighting on, and they seldom do."
        )
    forms = ctx.result.durability
    paths = {name: forms[name].paths for name in ("ceasefire", "settlement") if name in forms}
    signed = sum(paths.values())
    settled = paths.get("settlement", 0)
    if settled > signed / 2:
        said.append(
            f"Most agreements of the engine count as settlements ({words.percent(settled / signed)} of the "
            f"{signed:,} signed within a year, before draws are weighted): the texts that the model "
            "picks decide enough of what is contested."
        )
    return " ".join(said)


def _breaks(form: Durability) -> str:
    ranked = sorted(form.causes.items(), key=lambda item: -item[1])
    shares = [
        f"{CAUSE_NAMES.get(name, name)} {words.percent(share)}" for name, share in ranked if share
    ]
    return (
        f"{FORM_NAMES.get(form.form, form.form)}, from the {form.clock}: after a year "
        f"{models_line(form, YEAR)}; after 5 years {models_line(form, FIVE_YEARS)}. In the truce model it breaks by "
        f"{words.join(shares)}. {record_line(form)} {behind(form)}"
    )


def spark(form: Durability) -> str:
    """The curve as a row of bars, evenly spaced from the start to five years."""
    points = [(0, 1.0), *[(point.days, point.chance.p) for point in form.curve]]
    last = min(1826, points[-1][0])
    if last <= 0:
        return ""
    bars = []
    for step in range(12):
        day = last * step / 11
        bars.append(SPARKS[min(7, int(8 * _between(points, day)))])
    return "".join(bars)


def _between(points: Sequence[tuple[int, float]], day: float) -> float:
    for (d0, p0), (d1, p1) in itertools.pairwise(points):
        if d0 <= day <= d1 and d1 > d0:
            return p0 + (p1 - p0) * (day - d0) / (d1 - d0)
    return points[-1][1]
