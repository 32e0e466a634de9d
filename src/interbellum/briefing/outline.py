"""The briefing, built once as plain blocks; every format draws the same ones.

One page first, in the reader's order (shared brief, sections 1 to 15), then the annex in the same
order. What this release cannot answer is left out, not faked.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from interbellum.briefing import annex, words
from interbellum.briefing.annex.actors import prices
from interbellum.briefing.annex.basis import hindcast_line, variants_line
from interbellum.briefing.annex.deals import blocking_clause, blocking_terms
from interbellum.briefing.annex.forecast import behind, record_line
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table, texts
from interbellum.briefing.compare import Comparison, summary
from interbellum.briefing.context import (
    CAUSE_NAMES,
    FORM_NAMES,
    YEAR,
    Context,
    basis_text,
    chance_cell,
    coder_spreads,
    driver_title,
    forecast_id,
    prevails_cell,
    prevails_line,
    unit_of,
)
from interbellum.briefing.redaction import REDACTED, Veil, withheld
from interbellum.dossier.reader import Loaded
from interbellum.model.result import ActorLine, Driver, Durability, Interval, Result, RungForecast
from interbellum.model.rungs import FORMS

__all__ = ["Block", "Bullets", "Heading", "Outline", "Paragraph", "Table", "build", "texts"]

FRONT_DAYS = (30, 90, 365, 1826)
SOON = 90
CODERS_APART = 0.40  # shared brief: "coders more than forty points apart" makes no useful estimate
BLOCKING_SHOWN = 3
LINES_SHOWN = 3
SIGNS_SHOWN = 3
LEAST_BLOCKING = 0.05  # rarer sets stand in the annex
DRIVERS_SHOWN = 5
DIFFERS = 0.02  # two chances closer than this tell a reader nothing to watch for
SPARKS = "▁▂▃▄▅▆▇█"


def build(
    result: Result, loaded: Loaded, previous: Comparison | None = None, redact: bool = False
) -> Outline:
    """The briefing of a result: one page, then the annex.

    Parameters
    ----------
    result : Result
    loaded : Loaded
        The dossier that the result was made from.
    previous : Comparison or None
        What changed since an earlier dossier; without it that section is left out.
    redact : bool
        True hides what the dossier marks confidential.

    Returns
    -------
    tuple of Heading, Paragraph, Bullets, Table
    """
    ctx = Context(loaded, Veil(loaded, redact), result)
    blocks: list[Block] = [Heading(1, result.dossier.title), *_stamp(ctx)]
    blocks += _bottom_line(ctx)
    if previous is not None:
        blocks += [Heading(2, "Since last time"), *summary(previous)]
    blocks += _will_it_stop(ctx)
    blocks += _if_it_stops(ctx)
    blocks += _room(ctx)
    blocks += _alternatives(ctx)
    blocks += _actors(ctx)
    blocks += _watch(ctx)
    blocks += _rests_on(ctx)
    blocks += annex.build(ctx, previous)
    return ctx.veil.blocks(tuple(blocks))


def _stamp(ctx: Context) -> list[Block]:
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


# --- 1. the bottom line ------------------------------------------------------------------------


def _bottom_line(ctx: Context) -> list[Block]:
    blocks: list[Block] = [Heading(2, "Bottom line")]
    forecast = ctx.headline()
    if forecast is not None:
        blocks.append(Paragraph(_answer(ctx, forecast)))
    rest = [*_state_in_a_year(ctx), *_holds_a_year(ctx), _range_line(ctx)]
    blocks.append(Paragraph(" ".join(rest)))
    caution = _unsourced(ctx)
    blocks.append(
        Paragraph(
            "These are the dossier's judgements worked through a model, not evidence about the "
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
    for path, coders in coder_spreads(ctx.loaded):
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
        f"The likeliest state on {words.date(ending.by_date)} is “{_lower(ctx.ending(first[0]))}” "
        f"({words.percent(first[1].p)}), then “{_lower(ctx.ending(second[0]))}” "
        f"({words.percent(second[1].p)})."
    ]


def _lower(text: str) -> str:
    """The phrase inside a sentence; none of ours opens with a name."""
    return text[:1].lower() + text[1:]


def _holds_a_year(ctx: Context) -> list[str]:
    reached = [form for form in ctx.result.durability.values() if form.paths > 0]
    if not reached:
        return []
    form = max(reached, key=lambda item: item.paths)
    point = _point(form, YEAR)
    if point is None:
        return []
    event = f"a {form.form} that begins within a year still holds a year after it began"
    return [
        f"{words.sentence(point.p, event)}"
        f"{': ' + words.percent(point.p) if words.word(point.p) else ''} "
        f"(80% interval {words.interval(point.lo80, point.hi80)}; {_of_record(form)})."
    ]


def _of_record(form: Durability) -> str:
    """What past silences of the form did, beside ours; said where ours lies outside its interval."""
    held = next((point for point in form.record.curve if point.days == YEAR), None)
    ours = _point(form, YEAR)
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
    across = [driver for driver in bare if _crosses_even(driver)]
    if across:
        line += f" Between its low and its high draws that chance crosses even odds: {driver_title(ctx, across[0])}."
    return line


def _crosses_even(driver: Driver) -> bool:
    return (driver.p_when_low - 0.5) * (driver.p_when_high - 0.5) < 0.0


# --- 3. will fighting stop ---------------------------------------------------------------------


def _will_it_stop(ctx: Context) -> list[Block]:
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


# --- 4. if it stops ----------------------------------------------------------------------------


def _if_it_stops(ctx: Context) -> list[Block]:
    blocks: list[Block] = [Heading(2, "If it stops, how long it would hold")]
    forms = [ctx.result.durability[form] for form in FORMS if form in ctx.result.durability]
    if not forms:
        return []
    days = [day for day in FRONT_DAYS if any(_point(form, day) is not None for form in forms)]
    rows = []
    for form in forms:
        cells = []
        for day in days:
            point = _point(form, day)
            cells.append(chance_cell(point) if point else "")
        rows.append((FORM_NAMES.get(form.form, form.form), *cells, spark(form)))
    blocks.append(
        Table(
            ("Form", *[words.span(day) for day in days], "over 5 years"),
            tuple(rows),
            "Chance that it still holds after this long, with its 80% interval, given that it "
            "begins within a year. Rearming is taken as a straight line from its first year, which "
            "weighs on the five-year figures (decision 0009).",
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
    freeze = ctx.at("freeze", YEAR)
    if freeze is not None and freeze.chance.p < words.LEAST:
        said.append(
            f"On forms: a freeze by {words.date(freeze.by_date)} is rare here. In the model both sides "
            "must for months prefer the line as it stands, in a bare truce that either may break, to "
            "fighting on, and they seldom do."
        )
    forms = ctx.result.durability
    paths = {name: forms[name].paths for name in ("ceasefire", "settlement") if name in forms}
    signed = sum(paths.values())
    settled = paths.get("settlement", 0)
    if settled > signed / 2:
        said.append(
            f"Most agreements here count as settlements ({words.percent(settled / signed)} of the "
            f"{signed:,} signed within a year, before draws are weighted): the texts that the model "
            "picks decide enough of what is contested."
        )
    return " ".join(said)


def _screened(ctx: Context) -> str:
    return (
        f"{words.start(words.count(ctx.result.screened, 'input was', 'inputs were'))} screened; "
        "weaker associations cannot be told from noise."
    )


def _point(form: Durability, days: int) -> Interval | None:
    return next((point.chance for point in form.curve if point.days == days), None)


def _breaks(form: Durability) -> str:
    ranked = sorted(form.causes.items(), key=lambda item: -item[1])
    shares = [
        f"{CAUSE_NAMES.get(name, name)} {words.percent(share)}" for name, share in ranked if share
    ]
    return (
        f"{FORM_NAMES.get(form.form, form.form)}, from the {form.clock}: in the model it breaks by "
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


# --- 5, 6, 7. room, alternatives, actors -------------------------------------------------------


def _room(ctx: Context) -> list[Block]:
    verdict = ctx.result.range
    blocks: list[Block] = [
        Heading(2, "Room for agreement"),
        Paragraph(
            f"In {words.percent(verdict.open_share)} of the weighted draws at least one package "
            "gives both leads as much as fighting on, with no red line crossed of a side or of an "
            f"actor whose consent is needed [range.open_share].{_signed_while_closed(ctx)}"
        ),
    ]
    if verdict.blocking:
        blocks.append(
            Bullets(
                tuple(
                    f"In {words.percent(item.share)} of the draws {blocking_clause(ctx, item)} "
                    f"[range.blocking.{number}]."
                    for number, item in enumerate(verdict.blocking[:BLOCKING_SHOWN], start=1)
                    if number == 1 or item.share >= LEAST_BLOCKING
                )
            )
        )
    names = ctx.names()
    for package in verdict.packages:
        if package.solution == "egalitarian":
            gaps = [
                f"{names[side]} {_above(package.surplus[place])}" for place, side in enumerate("AB")
            ]
            verb = "meets" if package.acceptable else "does not meet"
            blocks.append(
                Paragraph(
                    f"At the median inputs the egalitarian package {verb} both alternatives, in "
                    f"hundredths of the stake: {words.join(gaps)}. Its terms are in the annex "
                    "[packages.egalitarian]."
                )
            )
    return blocks


def _signed_while_closed(ctx: Context) -> str:
    forms = ctx.result.durability
    if not any(forms[form].paths for form in ("ceasefire", "settlement") if form in forms):
        return ""  # nothing is signed, so no share of it
    share = ctx.result.range.signed_while_closed
    told = words.percent(share)
    number = (
        f"About {told}"
        if told[0] not in "<>"
        else f"{'Fewer' if told[0] == '<' else 'More'} than {told[1:]}"
    )
    return (
        f" {number} of the signatures in the model within a year come from draws in which no "
        "package is acceptable to both on the cut-off day: the war may have moved by then, or the "
        "sides sign a little below what fighting is worth [range.signed_while_closed]."
    )


def _above(surplus: float) -> str:
    size = words.stake(abs(surplus))
    if size == "0":
        return "level with fighting on"
    return f"{size} {'above' if surplus > 0 else 'below'} fighting on"


def _alternatives(ctx: Context) -> list[Block]:
    rows = []
    for view in ctx.result.sides:
        rows.append(
            (
                view.name,
                _stake_cell(view.reservation_value),
                _stake_cell(view.best_offer),
                _chance_or_veil(ctx, f"war.a_prevails.{view.side}", view.believes_prevails),
                _chance_or_veil(ctx, "war.a_prevails.analyst", view.analyst_prevails),
            )
        )
    return [
        Heading(2, "Each side's alternative to a deal"),
        Table(
            (
                "Side",
                "Fighting on is worth",
                "Best even offer is worth",
                "Own chance to prevail, as coded",
                "The analyst's",
            ),
            tuple(rows),
            "Worth in hundredths of the stake (total victory 100, total defeat 0), median and 80% "
            "interval. The offer is the egalitarian package, with the risk that it breaks."
            + prevails_line(ctx),
        ),
    ]


def _stake_cell(value: Interval) -> str:
    return f"{words.stake(value.p)} ({words.stake_interval(value.lo80, value.hi80)})"


def _chance_or_veil(ctx: Context, path: str, value: Interval) -> str:
    return REDACTED if ctx.veil.hides(path) else chance_cell(value)


def _actors(ctx: Context) -> list[Block]:
    coded = [line for line in ctx.result.actors if _can_refuse(ctx, line)]
    silent = [line.name for line in ctx.result.actors if not _can_refuse(ctx, line)]
    rows = tuple(
        (
            line.name,
            _prevails(ctx, line),
            _alternative(ctx, line),
            _red_lines(ctx, line),
            prices(ctx, line),
        )
        for line in coded
    )
    caption = (
        "As coded in this dossier, which is a reading of words and deeds and not of minds. “Said” "
        "marks a line of an actor whose consent is not needed there. Price issues: the heaviest ones "
        "without a red line."
    )
    if silent:
        caption += f" No red line coded: {'; '.join(silent)}."
    caption += prevails_line(ctx)
    return [
        Heading(2, "The actors"),
        Table(
            (
                "Actor",
                "Chance to prevail, as coded (analyst)",
                "Alternative",
                "Red lines (chance real)",
                "Price issues",
            ),
            rows,
            caption,
        ),
    ]


def _can_refuse(ctx: Context, line: ActorLine) -> bool:
    return bool(line.id in (ctx.lead("A"), ctx.lead("B")) or line.red_lines)


def _prevails(ctx: Context, line: ActorLine) -> str:
    view = next((v for v in ctx.result.sides if ctx.lead(v.side) == line.id), None)
    return "not coded" if view is None else prevails_cell(ctx, view)


def _alternative(ctx: Context, line: ActorLine) -> str:
    view = next((v for v in ctx.result.sides if ctx.lead(v.side) == line.id), None)
    if view is None:
        return "not coded"
    return f"fighting on, worth {words.stake(view.reservation_value.p)} of 100"


def _red_lines(ctx: Context, line: ActorLine) -> str:
    shown, hidden = [], 0
    for title, path, confidence, binds in line.red_lines:
        if ctx.veil.hides(path):
            hidden += 1
            continue
        veiled = ctx.veil.hides(f"{path}.confidence")
        share = REDACTED if veiled else words.percent(confidence)
        shown.append(f"{title} {share}{'' if binds else ' (said)'}")
    more = len(shown) - LINES_SHOWN
    parts = shown[:LINES_SHOWN]
    if more > 0:
        parts.append(f"{more} more")
    if hidden:
        parts.append(withheld(hidden))
    return "; ".join(parts) if parts else "none coded"


# --- 14. what to watch -------------------------------------------------------------------------


def _watch(ctx: Context) -> list[Block]:
    dated = sorted([*_due(ctx), *_scheduled(ctx)])
    items = [
        *[f"{words.date(day)}: {text}" for day, text in dated],
        *_by_chance(ctx),
        *_driver_signs(ctx),
    ]
    if not items:
        return []
    return [Heading(2, "What to watch"), Bullets(tuple(items))]


def _due(ctx: Context) -> list[tuple[str, str]]:
    days: dict[str, list[str]] = {}
    for question in ctx.loaded.dossier.questions:
        days.setdefault(question.by.isoformat(), []).append(ctx.rung(question.rung))
    return [
        (
            day,
            f"{words.number(len(rungs))} {'question falls' if len(rungs) == 1 else 'questions fall'} "
            f"due ({_lowered(rungs)}).",
        )
        for day, rungs in days.items()
    ]


def _lowered(rungs: list[str]) -> str:
    return "; ".join(dict.fromkeys(_lower(rung) for rung in rungs))


def _scheduled(ctx: Context) -> list[tuple[str, str]]:
    found = []
    for regime in ctx.loaded.dossier.regimes:
        states = {state.id: state.title for state in regime.states}
        for switch in regime.switches:
            if switch.on is not None:
                target = states.get(switch.to, switch.to)
                text = f"{regime.title}: “{target}”, as scheduled."
                found.append((switch.on.isoformat(), text))
    return found


def _by_chance(ctx: Context) -> list[str]:
    out = []
    for regime in ctx.loaded.dossier.regimes:
        states = {state.id: state.title for state in regime.states}
        moves = []
        for number, switch in enumerate(regime.switches):
            if switch.monthly is None or switch.source_state != regime.now:
                continue
            hidden = ctx.veil.hides(f"regimes.{regime.id}.switches.{number}.monthly")
            chance = REDACTED if hidden else words.percent(switch.monthly.centre())
            moves.append(f"“{states[switch.to]}” {chance}")
        if moves:
            out.append(
                f"{regime.title}: now “{states[regime.now]}”; coded chance a month of a move to "
                f"{words.join(moves)}."
            )
    return out


def _driver_signs(ctx: Context) -> list[str]:
    out = []
    coded = [driver for driver in ctx.result.drivers if driver.basis != "default"]
    for driver in coded[:SIGNS_SHOWN]:
        if abs(driver.p_when_high - driver.p_when_low) < DIFFERS:
            continue
        low, high = words.percent(driver.p_when_low), words.percent(driver.p_when_high)
        title = driver_title(ctx, driver)
        if driver.id.endswith(".red_line"):
            out.append(
                f"Evidence on “{title}”: the chance of {ctx.driven()} is {low} in the draws where "
                f"the line is not real, {high} where it is."
            )
        else:
            out.append(
                f"Evidence on “{title}”: the chance of {ctx.driven()} is {low} in the draws where "
                f"it is low, {high} where it is high."
            )
    return out


# --- 15. what it rests on ----------------------------------------------------------------------


def _rests_on(ctx: Context) -> list[Block]:
    blocks: list[Block] = [Heading(2, "What this rests on")]
    rows = []
    for number, driver in enumerate(ctx.result.drivers[:DRIVERS_SHOWN], start=1):
        span = words.quantity(driver.low, driver.high, unit_of(driver.id))
        rows.append(
            (
                f"{number}",
                driver_title(ctx, driver),
                REDACTED if ctx.veil.hides(driver.id) else span,
                words.percent(driver.p_when_low),
                words.percent(driver.p_when_high),
                basis_text(driver) + (", crosses even odds" if _crosses_even(driver) else ""),
            )
        )
    if rows:
        shown = "The input" if len(rows) == 1 else f"The {words.number(len(rows))} inputs"
        goes = "goes" if len(rows) == 1 else "go"
        blocks.append(
            Table(
                ("", "Input", "its range", "when low", "when high", "basis"),
                tuple(rows),
                f"{shown} whose draws {goes} most with the chance of {ctx.driven()}: that chance "
                "in the third of the draws where the input is lowest, and where it is highest. "
                f"Range: from the 10% to the 90% point. {_screened(ctx)} Ask for one with "
                "drivers.1 and so on.",
            )
        )
    else:
        blocks.append(
            Paragraph(
                f"No input goes with the chance of {ctx.driven()} clearly enough to be named. "
                f"{_screened(ctx)}"
            )
        )
    blocks.append(Paragraph(hindcast_line(ctx)))
    variants = variants_line(ctx)
    if variants:
        blocks.append(Paragraph(variants))
    return blocks
