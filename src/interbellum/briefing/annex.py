"""The annex: every figure at every horizon, in the order of the page, with the id to ask about it."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.compare import Comparison, detail
from interbellum.briefing.context import (
    CAUSE_NAMES,
    FEW_PATHS,
    FORM_NAMES,
    Context,
    base_rate_cell,
    coder_spreads,
    defaults_used,
    prevails_line,
    range_text,
    unit_of,
    veiled_promise,
)
from interbellum.briefing.redaction import REDACTED, withheld
from interbellum.dossier.schema import Event, Position
from interbellum.model.result import ActorLine, Blocking, Durability, Package
from interbellum.model.rungs import CAUSES, ENDINGS, FORMS, HORIZON_DAYS

NOT_MODELLED = (
    "Use of nuclear, chemical or biological weapons.",
    "Secret channels, and terms that nobody has put on paper or in public.",
    "Third states entering the fighting, and other wars drawing on the same means.",
    "Politics inside an actor, beyond what a coded regime or position says of it.",
    "What this briefing itself may change, if it is read by those whom it is about.",
)
MOVED_SHOWN = 12
LINES_SHOWN = 3
EMPTY = 0.0005  # .05 hundredths of the stake: less than any coded weight can tell apart
LEAST_SHOWN = 0.005  # rounds to a whole hundredth
WHOLE = 1e5  # from here on a point of a series needs no decimals
KEPT_NAMES = {
    "yes": "kept",
    "mostly": "mostly kept",
    "partly": "partly kept",
    "no": "not kept",
    "unknown": "not known whether kept",
}
SMALL_SHARE = 0.05  # design: a small effective sample is reported, not mended


def build(ctx: Context, previous: Comparison | None) -> list[Block]:
    """Every section of the annex, in the order of the page."""
    blocks: list[Block] = [
        Heading(1, "Annex"),
        Paragraph(
            "A name in square brackets, or a name with DAYS replaced by a number of days, can be "
            "asked about: interbellum why DOSSIER NAME shows its formula, its inputs, their lines "
            "and their sources."
        ),
    ]
    if previous is not None:
        blocks += [Heading(2, "What changed, in full"), *detail(previous)]
    for section in (
        _rungs,
        _questions,
        _endings,
        _durability,
        _blocking,
        _packages,
        _always_printed,
        _promises,
        _texts,
        _alternatives,
        _lines,
        _motives,
        _coverage,
        _asked_for,
        _hindcast,
        _variants,
        _coders,
        _defaults,
        _record,
        _series,
        _left_out,
        _notes,
        _origin,
    ):
        blocks += section(ctx)
    return blocks


# --- will fighting stop ------------------------------------------------------------------------


def _rungs(ctx: Context) -> list[Block]:
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


def _questions(ctx: Context) -> list[Block]:
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


def _endings(ctx: Context) -> list[Block]:
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


# --- if it stops -------------------------------------------------------------------------------


def _durability(ctx: Context) -> list[Block]:
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
                    words.percent(there.p) if there else "",
                    words.interval(there.lo80, there.hi80) if there else "",
                    f"[durability.{form.form}.{point.days}]",
                )
            )
        blocks += [
            Heading(3, FORM_NAMES.get(form.form, form.form)),
            Table(
                ("after", "holds", "50%", "80%", "record", "record 80%", "name"),
                tuple(rows),
                f"Clock from the {form.clock}; the silence is taken to begin where the race and the "
                f"regimes stand at the cut-off (decision 0023). {behind(form)} {record_line(form)} "
                f"Record: {form.record.definition}",
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
            ("How it breaks in the model", *[form.form for form in forms], "name"),
            tuple(causes),
            "Shares of the failures within five years. A mechanism of the model is not a finding "
            "about what breaks truces.",
        )
    )
    return blocks


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


# --- room for agreement ------------------------------------------------------------------------


def blocking_clause(ctx: Context, blocking: Blocking) -> str:
    """What a blocking set says, as a clause; a side's value alone is the strongest finding."""
    terms = blocking_terms(ctx, blocking)
    alone = blocking.ids[0].split(".") if len(blocking.ids) == 1 else []
    if len(alone) == 3 and alone[0] == "sides":
        return (
            f"even with every red line dropped no package gives {ctx.names()[alone[1]]} as much as "
            "fighting on"
        )
    both = {1: "", 2: " both"}.get(len(terms), " all of")
    return f"no package meets{both}: {'; '.join(terms)}"


def blocking_terms(ctx: Context, blocking: Blocking) -> list[str]:
    """The demands of a blocking set, without those that rest on a confidential field."""
    if len(blocking.terms) != len(blocking.ids):  # then no telling which id hides which term
        hidden = any(ctx.veil.hides(path) for path in blocking.ids)
        return [REDACTED] if hidden else list(blocking.terms)
    return [
        REDACTED if ctx.veil.hides(path) else term
        for term, path in zip(blocking.terms, blocking.ids, strict=True)
    ]


def _blocking(ctx: Context) -> list[Block]:
    verdict = ctx.result.range
    if not verdict.blocking:
        return []
    rows = [
        (
            "; ".join(blocking_terms(ctx, item)),
            words.percent(item.share),
            f"[range.blocking.{number}]",
        )
        for number, item in enumerate(verdict.blocking, start=1)
        if item.share >= words.LEAST
    ]
    left = len(verdict.blocking) - len(rows)
    rest = f" {words.start(words.count(left, 'set'))} of under 1% left out." if left else ""
    return [
        Heading(2, "Demands that cannot hold together"),
        Table(
            ("Smallest sets", "share of draws", "name"),
            tuple(rows),
            "One minimal set for each draw in which no package is acceptable, both sides' values "
            "where each fails alone: no package meets all its demands, and some package meets the "
            "rest of them once any one is given up. Found by QuickXplain, draw by draw, in every "
            f"such draw. Shares are of all weighted draws; sets can overlap. Method: {verdict.status}.{rest}",
        ),
    ]


def _packages(ctx: Context) -> list[Block]:
    packages = ctx.result.range.packages
    if not packages:
        return []
    names = ctx.names()
    always = {issue.id for issue in ctx.loaded.dossier.issues if issue.always_printed}
    blocks: list[Block] = [Heading(2, "Two packages, term by term")]
    chosen: dict[str, dict[str, str]] = {}
    for package in packages:
        blocks.append(Paragraph(_package_line(package, names)))
        for term in package.terms:
            issue = _issue_id(ctx, term.issue)
            chosen.setdefault(issue, {})[package.solution] = term.text
    rows = []
    conduct = {item.id for item in ctx.loaded.dossier.issues if item.block == "process"}
    for issue_id, terms in sorted(chosen.items(), key=lambda item: item[0] in conduct):
        texts = [terms.get(package.solution, "left open") for package in packages]
        if len(set(texts)) == 1:
            texts = [texts[0], *["the same"] * (len(texts) - 1)]
        mark = (
            " *" if issue_id in always else " (conduct, not a term)" if issue_id in conduct else ""
        )
        rows.append((ctx.title(issue_id) + mark, *texts))
    blocks.append(
        Table(
            ("Issue", *[words.start(package.solution) for package in packages]),
            tuple(rows),
            "What the model picks, at the median inputs, with every red line of confidence .5 or "
            "more in force. Not a proposal, and no view on what is just or lawful. An asterisk "
            "marks humanitarian and accountability terms."
            if always
            else "What the model picks, at the median inputs, with every red line of confidence .5 "
            "or more in force. Not a proposal, and no view on what is just or lawful.",
        )
    )
    return blocks


def _issue_id(ctx: Context, name: str) -> str:
    if ctx.issue(name) is not None:
        return name
    return next((item.id for item in ctx.loaded.dossier.issues if item.title == name), name)


def _package_line(package: Package, names: dict[str, str]) -> str:
    worth = [f"{names[side]} {words.stake(package.u[i])}" for i, side in enumerate("AB")]
    over = [f"{names[side]} {_signed(package.surplus[i])}" for i, side in enumerate("AB")]
    verdict = "both could bear it" if package.acceptable else "not both could bear it"
    return (
        f"{words.start(package.solution)} [packages.{package.solution}], a {package.kind}: "
        f"{package.definition.rstrip('.')}. Worth, in hundredths of the stake, before the risk "
        f"that it breaks: {words.join(worth)}. Against fighting on, with that risk: "
        f"{words.join(over)}, so {verdict}."
    )


def _signed(surplus: float) -> str:
    text = words.stake(surplus)
    return text if text.startswith("-") or text == "0" else f"+{text}"


def _always_printed(ctx: Context) -> list[Block]:
    issues = [issue for issue in ctx.loaded.dossier.issues if issue.always_printed]
    if not issues:
        return [
            Heading(2, "Humanitarian and accountability terms"),
            Paragraph("This dossier codes none; see what was left out."),
        ]
    names = ctx.names()
    rows = []
    for issue in issues:
        cells = []
        for side in "AB":
            lead = ctx.lead(side)
            position = ctx.loaded.dossier.positions.get(lead, {}).get(issue.id)
            cells.append(_stands(ctx, lead, issue.id, position))
        rows.append((issue.title, *cells, ctx.option(issue.id, issue.standing)))
    return [
        Heading(2, "Humanitarian and accountability terms"),
        Table(
            ("Issue", names["A"], names["B"], "if nothing is signed"),
            tuple(rows),
            "Always printed, whatever they weigh with those at the table; those who pay are not "
            "only those who sit there. What each lead asks for, as coded, with its weight in "
            "points out of 100.",
        ),
    ]


def _stands(ctx: Context, lead: str, issue_id: str, position: Position | None) -> str:
    if position is None:
        return "no position coded"
    path = f"positions.{lead}.{issue_id}"
    if ctx.veil.hides(path):
        return REDACTED
    veiled = ctx.veil.hides(f"{path}.weight")
    weight = REDACTED if veiled else str(round(position.weight.centre()))
    return f"{ctx.option(issue_id, position.ideal)} (weight {weight})"


def _promises(ctx: Context) -> list[Block]:
    if not ctx.result.promises:
        return []
    names = ctx.names()
    rows, empty = [], []
    for promise in ctx.result.promises:
        delivery, worth = veiled_promise(ctx, promise)
        if ctx.veil.hides(f"promises.{promise.id}"):
            continue
        months = words.quantity(promise.delay_months, promise.delay_months, "delay_months")
        rows.append(
            (
                f"{promise.title}. {promise.by} to {promise.to}: {promise.option}; without it: "
                f"{promise.without} [promises.{promise.id}]",
                REDACTED if delivery else f"{words.percent(promise.delivered)}, {months}",
                REDACTED if worth else " / ".join(map(_worth, promise.face)),
                REDACTED if worth or delivery else " / ".join(map(_worth, promise.substance)),
            )
        )
        if promise.option == promise.without:
            empty.append(
                f"“{promise.title}” is empty: a carrot whose baseline is what it promises."
            )
        elif not (worth or delivery) and max(map(abs, promise.substance)) < EMPTY:
            empty.append(
                f"“{promise.title}” is empty at the median inputs: a carrot whose baseline is worth "
                "what it promises to both leads, once its chance and its delay are counted."
            )
    if not rows:
        return []
    blocks: list[Block] = [
        Heading(2, "Promises"),
        Table(
            (
                "promise",
                "delivered, after",
                f"face: {names['A']} / {names['B']}",
                f"substance: {names['A']} / {names['B']}",
            ),
            tuple(rows),
            "Face: what the term adds to what would hold without it, delivered today for sure. "
            "Substance: the same after the coded chance and delay of delivery. In hundredths of the "
            "stake, at the median inputs, to each lead.",
        ),
    ]
    if empty:
        blocks.append(Bullets(tuple(empty)))
    return blocks


def _worth(share: float) -> str:
    """A small worth in hundredths of the stake, with its sign and no decimals."""
    if abs(share) < EMPTY:
        return "0"
    if abs(share) < LEAST_SHOWN:
        return "0 to 1" if share > 0 else "-1 to 0"
    return _signed(share)


def _texts(ctx: Context) -> list[Block]:
    drafts = ctx.loaded.dossier.texts
    if not drafts:
        return []
    shown = [text for text in drafts if not ctx.veil.hides(f"texts.{text.id}")]
    blocks: list[Block] = [Heading(2, "Drafts on the table")]
    if shown:
        blocks.append(
            Paragraph(
                "Listed with their terms as coded, oldest first; `interbellum texts` scores them. "
                "A list with “or” holds the variants of one draft. Struck: the draft strikes what one "
                "before it had; that is a position, silence is not."
            )
        )
    total = len(ctx.loaded.dossier.issues)
    for text in sorted(shown, key=lambda text: text.date):
        struck = [issue for issue in text.deleted if issue not in text.terms]
        rows = [
            (ctx.title(issue), _variants_of(ctx, issue, chosen))
            for issue, chosen in text.terms.items()
        ]
        rows += [(ctx.title(issue), "struck") for issue in struck]
        silent = total - len({*text.terms, *text.deleted})
        said = (
            f"{words.date(text.date)}, tabled by {ctx.actor(text.author)}. Silent on {silent} of "
            f"{total} issues. Source: {text.source.rstrip('.')} [texts.{text.id}]."
        )
        if text.note:
            said += f" Note: {ctx.veil.note(text.note)}"
        blocks += [Heading(3, text.title), Paragraph(said)]
        if rows:
            blocks.append(Table(("Issue", "term"), tuple(rows)))
    if len(shown) < len(drafts):
        blocks.append(Paragraph(f"{words.start(withheld(len(drafts) - len(shown)))}."))
    return blocks


def _variants_of(ctx: Context, issue: str, chosen: str | tuple[str, ...]) -> str:
    names = (chosen,) if isinstance(chosen, str) else chosen
    told = [ctx.option(issue, name) for name in names]
    return told[0] if len(told) == 1 else words.join([f"“{text}”" for text in told], "or")


# --- alternatives and actors -------------------------------------------------------------------


def _alternatives(ctx: Context) -> list[Block]:
    rows = []
    for view in ctx.result.sides:
        entries = (
            ("fighting on is worth", "reservation_value", view.reservation_value, ""),
            ("best even offer is worth", "best_offer", view.best_offer, ""),
            (
                "own chance to prevail, as coded",
                "believes_prevails",
                view.believes_prevails,
                f"war.a_prevails.{view.side}",
            ),
        )
        for label, name, value, path in entries:
            hidden = bool(path) and ctx.veil.hides(path)
            chance = name == "believes_prevails"
            point = words.percent(value.p) if chance else words.stake(value.p)
            spans = [
                words.interval(low, high) if chance else words.stake_interval(low, high)
                for low, high in ((value.lo50, value.hi50), (value.lo80, value.hi80))
            ]
            cells = (REDACTED,) * 3 if hidden else (point, *spans)
            rows.append((view.name, label, *cells, f"[sides.{view.side}.{name}]"))
    return [
        Heading(2, "Each side's alternative, in full"),
        Table(
            ("Side", "what", "median", "50%", "80%", "name"),
            tuple(rows),
            "Worth in hundredths of the stake; chances in per cent." + prevails_line(ctx),
        ),
    ]


def _lines(ctx: Context) -> list[Block]:
    rows, hidden = [], 0
    for actor in ctx.result.actors:
        for title, path, confidence, binds in actor.red_lines:
            if ctx.veil.hides(path):
                hidden += 1
                continue
            rows.append((actor.name, title, *_line_cells(ctx, path, confidence, binds), path))
    if not rows and not hidden:
        return []
    blocks: list[Block] = [Heading(2, "Whose refusal, and how sure")]
    if rows:
        blocks.append(
            Table(
                ("Actor", "Issue", "says it", "real", "said on", "binds", "name"),
                tuple(rows),
                "Real: the coded chance that the line is a line, not a price or a pose. Binds: a "
                "package that crosses it is ruled out in the draws where it is real.",
            )
        )
    if hidden:
        blocks.append(Paragraph(f"{words.start(withheld(hidden))}."))
    return blocks


def _line_cells(
    ctx: Context, path: str, confidence: float, binds: bool
) -> tuple[str, str, str, str]:
    parts = path.split(".")
    position = None
    if len(parts) >= 3 and parts[0] == "positions":
        position = ctx.loaded.dossier.positions.get(parts[1], {}).get(parts[2])
    line = position.red_line if position else None
    dates = [
        statement.date
        for number, statement in enumerate(position.statements if position else ())
        if not ctx.veil.hides(f"positions.{parts[1]}.{parts[2]}.statements.{number}")
    ]
    veiled = ctx.veil.hides(f"{path}.confidence")
    return (
        ctx.line_text(parts[2], line) if line else "",
        REDACTED if veiled else words.percent(confidence),
        words.date(max(dates)) if dates else "no statement",
        "yes" if binds else "no",
    )


def _motives(ctx: Context) -> list[Block]:
    rows, hidden = [], 0
    for actor in ctx.loaded.dossier.actors:
        for number, motive in enumerate(actor.motives):
            path = f"actors.{actor.id}.motives.{number}"
            if ctx.veil.hides(path):
                hidden += 1
                continue
            weight = motive.weight
            veiled = weight is not None and ctx.veil.hides(f"{path}.weight")
            shown = "" if weight is None else str(round(weight.centre()))
            rows.append(
                (
                    actor.name,
                    motive.text,
                    REDACTED if veiled else shown,
                    motive.source or "judgement",
                )
            )
    if not rows and not hidden:
        return []
    blocks: list[Block] = [Heading(2, "Motives, as analysts read them")]
    if rows:
        blocks.append(
            Table(
                ("Actor", "Motive, as coded in this dossier", "points", "source"),
                tuple(rows),
                "Shown, not computed with. A reading of words and deeds, never of a mind.",
            )
        )
    if hidden:
        blocks.append(Paragraph(f"{words.start(withheld(hidden))}."))
    return blocks


def _coverage(ctx: Context) -> list[Block]:
    rows = [
        (
            line.name,
            line.role,
            str(line.sourced),
            str(line.judged),
            str(line.stale),
            prices(ctx, line),
        )
        for line in ctx.result.actors
    ]
    return [
        Heading(2, "Coverage of positions"),
        Table(
            ("Actor", "role", "sourced", "judged", "stale", "price issues"),
            tuple(rows),
            "Positions backed by a dated statement, positions that are the coder's own judgement, "
            "and sourced ones older than 180 days, whose ranges are widened.",
        ),
    ]


def _asked_for(ctx: Context) -> list[Block]:
    rows = tuple(
        (
            item.element,
            "; ".join(REDACTED if ctx.veil.hides(path) else path for path in item.where),
            ctx.veil.note(item.how),
        )
        for item in ctx.loaded.dossier.coverage
    )
    if not rows:
        return []
    return [
        Heading(2, "What the readers asked for"),
        Table(
            ("Element", "where", "how"),
            rows,
            "Where this dossier answers each element that its readers asked for, and how it acts, in "
            "its coder's words.",
        ),
    ]


def prices(ctx: Context, line: ActorLine) -> str:
    """An actor's heaviest issues without a red line."""
    issues = {issue.title: issue.id for issue in ctx.loaded.dossier.issues}
    shown, hidden = [], 0
    for title in line.price_issues:
        path = f"positions.{line.id}.{issues.get(title, title)}"
        if ctx.veil.hides(path) or ctx.veil.hides(f"{path}.weight"):
            hidden += 1
        else:
            shown.append(title)
    parts = shown[:LINES_SHOWN] + ([withheld(hidden)] if hidden else [])
    return "; ".join(parts) if parts else "none coded"


# --- what it rests on --------------------------------------------------------------------------


def hindcast_line(ctx: Context) -> str:
    """What the hindcast says, in two sentences."""
    hindcast = ctx.result.hindcast
    effective = round(hindcast.effective_draws)
    line = (
        f"Hindcast over {words.count(hindcast.weeks, 'week')}: under this dossier the war had on "
        f"average {_article(hindcast.mean_weight)} {words.percent(hindcast.mean_weight)} chance to "
        f"be still on at the cut-off. The draws that fit count as {effective:,} of "
        f"{ctx.result.run.draws:,} ({words.percent(hindcast.share)}) [hindcast.effective_draws]."
    )
    if hindcast.share < SMALL_SHARE:
        line += (
            " That is few: the intervals are rougher than they look, and the dossier and the past "
            "disagree."
        )
    return line


def _article(p: float) -> str:
    number = words.percent(p)
    return "an" if number.startswith("8") or number in ("11%", "18%") else "a"


def variants_line(ctx: Context) -> str:
    """How far the structurally different models are apart on the headline rung."""
    rung = ctx.result.headline_rung
    found = []
    for variant in ctx.result.variants:
        p = next((p for name, days, p in variant.rungs if name == rung and days == 365), None)
        if p is not None:
            found.append((variant.name, p))
    if len(found) < 2:
        return ""
    told = [f"{_name(name)} {words.percent(p)}" for name, p in found]
    points = words.change(min(p for _, p in found), max(p for _, p in found))
    gap = points.split()[-1] if points != "unchanged" else "0"
    return (
        f"Structurally different models on {ctx.driven()}: {words.join(told)}; "
        f"the gap is {gap} points."
    )


def _name(name: str) -> str:
    return name.replace("_", " ")


def _hindcast(ctx: Context) -> list[Block]:
    # a red line is a switch: its quantiles are 0 or 1 and tell nothing
    moved = [m for m in ctx.result.hindcast.moved if not m.id.endswith(".red_line")]
    if not moved:
        return []
    rows: list[tuple[str, ...]] = []
    for item in moved[:MOVED_SHOWN]:
        if ctx.veil.hides(item.id):
            rows.append((REDACTED, REDACTED, REDACTED, ""))
            continue
        unit = unit_of(item.id)
        rows.append(
            (
                item.title,
                *[_spread(points, unit) for points in (item.prior, item.posterior)],
                item.id,
            )
        )
    return [
        Heading(2, "What the past did to the inputs"),
        Table(
            ("Input", "before", "after", "name"),
            tuple(rows),
            "Median, and the range from the 10% to the 90% point, before and after the draws are "
            "weighted by the chance they give to a war that was still on at the cut-off. The "
            f"{min(len(rows), MOVED_SHOWN)} inputs that moved most, of {len(moved)}; red lines, which "
            "are on or off, are not listed.",
        ),
    ]


def _spread(points: tuple[float, float, float], unit: str) -> str:
    low, middle, high = points
    return f"{words.quantity(middle, middle, unit)} ({words.quantity(low, high, unit)})"


def _variants(ctx: Context) -> list[Block]:
    variants = ctx.result.variants
    if not variants:
        return []
    rungs = list(dict.fromkeys(name for variant in variants for name, _, _ in variant.rungs))
    rows = []
    for rung in rungs:
        values = [
            next((p for name, days, p in variant.rungs if name == rung and days == 365), None)
            for variant in variants
        ]
        known = [value for value in values if value is not None]
        if not known:
            continue
        gap = words.change(min(known), max(known)).split()[-1] if len(known) > 1 else ""
        rows.append(
            (
                ctx.rung(rung),
                *[words.percent(value) if value is not None else "" for value in values],
                "0" if gap == "unchanged" else gap,
            )
        )
    notes = tuple(
        f"{words.start(_name(variant.name))} (weight {round(100 * variant.weight)} of 100) "
        f"[variants.{variant.name}]: {variant.method}"
        for variant in variants
    )
    return [
        Heading(2, "Structurally different models"),
        Table(
            ("Rung, within a year", *[_name(variant.name) for variant in variants], "gap"),
            tuple(rows),
            "Gap in points. A weight of 0 means shown beside our number, not pooled into it. The "
            "engine's rates of announced and of sectoral truces are learnt from the same record as "
            "their base rates, so on those rungs the models are not independent.",
        ),
        Bullets(notes),
    ]


def _coders(ctx: Context) -> list[Block]:
    rows = []
    for path, coders in coder_spreads(ctx.loaded):
        if ctx.veil.hides(path):
            rows.append((REDACTED, REDACTED))
            continue
        unit = unit_of(path)
        told = [f"{by} {words.quantity(centre, centre, unit)}" for by, centre in coders]
        rows.append((path, "; ".join(told)))
    if not rows:
        return []
    return [
        Heading(2, "Where coders differ"),
        Table(("Input", "each coder's median"), tuple(rows), "Pooled as an equal mixture."),
    ]


def _defaults(ctx: Context) -> list[Block]:
    used = defaults_used(ctx.loaded)
    if not used:
        return []
    return [
        Heading(2, "Defaults used"),
        Table(
            ("Field", "what it is", "range that stands in"),
            tuple((path, text, range_text(quantity, path)) for path, text, quantity in used),
            "Fields that the dossier leaves out. Every such range is a judgement.",
        ),
    ]


def _record(ctx: Context) -> list[Block]:
    events = ctx.loaded.dossier.events
    shown = [
        (number, event)
        for number, event in enumerate(events)
        if not ctx.veil.hides(f"events.{number}")
    ]
    kinds = Counter(event.kind for _, event in shown)
    told = [f"{number} {kind}" for kind, number in kinds.most_common()]
    checked = sum(event.checked for _, event in shown)
    line = (
        f"{words.start(words.count(len(shown), 'event'))} in the dossier"
        f"{': ' + words.join(told) if told else ''}. {checked} with a source that the coder saw; "
        "the others were recalled."
    )
    if len(shown) < len(events):
        line += f" {words.start(withheld(len(events) - len(shown)))}."
    blocks: list[Block] = [Heading(2, "The record"), Paragraph(line)]
    if shown:
        rows = tuple(
            (
                _days(event.date, event.end_date),
                event.title,
                event_kind(event),
                event.outcome or "",
                event.source,
            )
            for _, event in sorted(shown, key=lambda item: item[1].date)
        )
        blocks.append(
            Table(
                ("day", "what", "kind", "outcome", "source"),
                rows,
                "Of truces: their scope, who announced them, and whether they were kept, by the "
                "knowledge of the cut-off. Ask for one with events.0 and so on, in the order of the "
                "dossier.",
            )
        )
    return blocks


def event_kind(event: Event) -> str:
    """Kind of an event, and of a truce its scope, who announced it and whether it was kept."""
    parts: list[str] = [event.kind]
    if event.scope:
        parts.append(event.scope)
    if event.mutual is not None:
        parts.append("announced by both" if event.mutual else "announced by one side")
    if event.kept:
        parts.append(KEPT_NAMES[event.kept])
    return ", ".join(parts)


def _days(first: dt.date, last: dt.date | None) -> str:
    if last is None or last == first:
        return words.date(first)
    return f"{words.date(first)} to {words.date(last)}"


def _series(ctx: Context) -> list[Block]:
    shown = [s for s in ctx.loaded.dossier.series if not ctx.veil.hides(f"series.{s.id}")]
    if not shown:
        return []
    blocks: list[Block] = [
        Heading(2, "Series beside the front"),
        Paragraph("Evidence for the coded chances; the model does not read them."),
    ]
    for series in shown:
        rows = tuple(
            (
                _days(point.start, point.end),
                f"{point.value:g}" if abs(point.value) < WHOLE else f"{point.value:,.0f}",
                ctx.veil.note(point.note or ""),
                point.source or "",
            )
            for point in series.points
        )
        caption = f"Numbers as the source gives them. Source: {series.source.rstrip('.')}."
        if series.note:
            caption += f" {ctx.veil.note(series.note)}"
        blocks += [
            Heading(3, f"{series.title}, {series.unit}"),
            Table(("period", "value", "note", "source"), rows, caption),
        ]
    return blocks


def _left_out(ctx: Context) -> list[Block]:
    blocks: list[Block] = [Heading(2, "What was left out")]
    if ctx.loaded.dossier.left_out:
        blocks += [
            Paragraph("By this dossier, in its coder's words:"),
            Bullets(ctx.loaded.dossier.left_out),
        ]
    blocks += [Paragraph("By this release, of every war:"), Bullets(NOT_MODELLED)]
    return blocks


def _notes(ctx: Context) -> list[Block]:
    notes = [ctx.veil.note(note) for note in ctx.result.notes]
    kept = tuple(dict.fromkeys(note for note in notes if note != REDACTED))
    hidden = sum(note == REDACTED for note in notes)
    items = (*kept, *([f"{words.start(withheld(hidden))}."] if hidden else []))
    return [Heading(2, "Notes of this run"), Bullets(items)] if items else []


def _origin(ctx: Context) -> list[Block]:
    conflict, run = ctx.loaded.dossier.conflict, ctx.result.run
    stamp = ctx.result.dossier
    said = [
        f"Coded by {conflict.coded_by.rstrip('.')}.",
        f"Coded from: {conflict.coded_from.rstrip('.')}.",
        f"Information to {words.date(conflict.as_of)}; the war counts from "
        f"{words.date(conflict.began)}.",
    ]
    if conflict.names:
        said.append(f"Names: {conflict.names.rstrip('.')}.")
    if conflict.note:
        said.append(f"{conflict.note.rstrip('.')}.")
    warnings = len(ctx.loaded.warnings)
    if warnings:
        said.append(
            f"{words.start(words.count(warnings, 'warning'))} on this dossier: interbellum check "
            "lists them."
        )
    return [
        Heading(2, "Who coded this, and how it was run"),
        Bullets(tuple(said)),
        Paragraph(
            f"Interbellum {run.version}; dossier {stamp.id}, hash {stamp.hash}; seed {run.seed}; "
            f"{run.draws:,} draws, {run.paths:,} paths, {run.weeks:,} weeks ahead. "
            f"Method: {run.method.rstrip('.')}."
        ),
        Paragraph(
            "A simulation shows what the coded judgements amount to; it is not evidence about the "
            "world. Nothing here says what any side should accept."
        ),
    ]
