"""Annex: alternatives, red lines, motives and coverage of the actors."""

from __future__ import annotations

import math

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    Context,
    prevails_line,
)
from interbellum.briefing.levers import threshold_text, views_table
from interbellum.briefing.redaction import REDACTED, withheld
from interbellum.model.result import ActorLine

LINES_SHOWN = 3


def alternatives(ctx: Context) -> list[Block]:
    """Each side's alternative, in full."""
    rows = []
    for view in ctx.result.sides:
        entries = (
            ("fighting on is worth", "reservation_value", view.reservation_value),
            ("best even offer is worth", "best_offer", view.best_offer),
            ("own chance to prevail, as coded", "believes_prevails", view.believes_prevails),
        )
        for label, name, value in entries:
            chance = name == "believes_prevails"
            point = words.percent if chance else words.stake
            span = words.interval if chance else words.stake_interval
            if value is None:
                cells = ("none", "", "")
            elif math.isnan(value.p):
                cells = (REDACTED,) * 3
            else:
                cells = point(value.p), span(value.lo50, value.hi50), span(value.lo80, value.hi80)
            rows.append((view.name, label, *cells, f"[sides.{view.side}.{name}]"))
    return [
        Heading(2, "Each side's alternative, in full"),
        Table(
            ("Side", "what", "median", "50%", "80%", "name"),
            tuple(rows),
            "Worth in hundredths of the stake; chances in per cent." + prevails_line(ctx),
        ),
    ]


def minds(ctx: Context) -> list[Block]:
    """What each side would have to believe or see, and the moment as each capital sees it."""
    names, found = ctx.names(), ctx.result.diagnosis
    return [
        Heading(2, "What each side would have to believe or see, in full"),
        Bullets(
            tuple(
                f"{threshold_text(item, names[item.side], ctx)} [diagnosis.{item.side}]"
                for item in found.thresholds
            )
        ),
        views_table(found.views, ctx),
    ]


def lines(ctx: Context) -> list[Block]:
    """Every red line, and how sure it is."""
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


def motives(ctx: Context) -> list[Block]:
    """Motives, as coded."""
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


def coverage(ctx: Context) -> list[Block]:
    """What the positions of each actor rest on."""
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


def asked_for(ctx: Context) -> list[Block]:
    """What the readers asked for, and where it is."""
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
