"""Page: room for agreement, each side's alternative, and the actors."""

from __future__ import annotations

import math

from interbellum.briefing import words
from interbellum.briefing.annex.actors import prices
from interbellum.briefing.annex.deals import blocking_clause
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    Context,
    chance_cell,
    prevails_cell,
    prevails_line,
    stake_cell,
    told,
)
from interbellum.briefing.levers import rounded
from interbellum.briefing.redaction import REDACTED, withheld
from interbellum.model.diagnosis import Threshold, View
from interbellum.model.result import ActorLine, Interval

BLOCKING_SHOWN = 3


LINES_SHOWN = 3


LEAST_BLOCKING = 0.05  # rarer sets stand in the annex


def room(ctx: Context) -> list[Block]:
    """Whether there is anything to sign, and what stands in the way."""
    verdict = ctx.result.range
    blocks: list[Block] = [
        Heading(2, "Room for agreement"),
        Paragraph(
            f"In {words.percent(verdict.open_share)} of the weighted draws at least one package "
            "gives both leads as much as fighting on, with no red line crossed of a side or of an "
            f"actor whose consent is needed [range.open_share].{_signed_while_closed(ctx)} Fighting on "
            "is valued here as in the engine, to the finish; the other models are not asked."
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
                f"{names[side]} {told(package.surplus[place], _above)}"
                for place, side in enumerate("AB")
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


def alternatives(ctx: Context) -> list[Block]:
    """What fighting on is worth to each side."""
    rows = []
    for view in ctx.result.sides:
        rows.append(
            (
                view.name,
                stake_cell(view.reservation_value),
                stake_cell(view.best_offer),
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
            "interval. The offer is the egalitarian package, with the risk that it breaks, over the draws "
            "whose red lines and consents allow any package." + prevails_line(ctx),
        ),
    ]


def _chance_or_veil(ctx: Context, path: str, value: Interval) -> str:
    return REDACTED if ctx.veil.hides(path) else chance_cell(value)


def actors(ctx: Context) -> list[Block]:
    """The table of the actors."""
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
    worth = view.reservation_value.p
    return f"fighting on, worth {told(worth, words.stake)} of 100"


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


# --- what each side would have to believe or see -----------------------------------------------


def minds(ctx: Context) -> list[Block]:
    """What would have to change in each side's eyes, and how the moment looks from its capital."""
    names, found = ctx.names(), ctx.result.diagnosis
    items = [
        _mind(ctx, item, view) for item, view in zip(found.thresholds, found.views, strict=True)
    ]
    return [
        Heading(2, "What each side would have to believe or see"),
        Bullets(
            tuple(
                f"{names[item.side]}: {text} [diagnosis.{item.side}]."
                for item, text in zip(found.thresholds, items, strict=True)
            )
        ),
        Paragraph(
            "The engine's own, as coded; nobody's mind is known. `interbellum levers` shares out what "
            "stands in the way among beliefs, fear of breach, red lines, consents and too few talks: "
            "that takes 32 runs more, so it is not worked out here."
        ),
    ]


def _mind(ctx: Context, item: Threshold, view: View) -> str:
    closes, move = item.closes_above, item.move
    if math.isnan(item.believes.p) or (closes is not None and math.isnan(closes.p)):
        turn = f"what it would have to believe or see is {REDACTED}"
    else:
        turn = f"coded to give itself {words.percent(item.believes.p)} of prevailing"
        turn += (
            "; no belief of its own would open or close the range in any draw"
            if closes is None
            else f"; where its belief decides, the range closes above {words.percent(closes.p)}"
        )
        turn += (
            "; where the range is closed, no movement of the front alone would open it"
            if move is None
            else f"; the front would have to move against it within "
            f"{words.count(item.move_weeks, 'week')} by {_moved_by(ctx, item)} to open it, where that "
            "alone can"
        )
    return (
        f"{turn}. Seen from its capital some package beats war for both in "
        f"{words.percent(view.sees_range)} of the draws, the best offer beats fighting on and what "
        f"signing costs its leader in {words.percent(view.way_out)}, and a quiet line that held would "
        f"beat fighting on in {words.percent(view.hurting)}"
    )


def _moved_by(ctx: Context, item: Threshold) -> str:
    front = ctx.loaded.dossier.war.front
    if item.move_units is not None and front is not None:
        return f"about {rounded(item.move_units)} ({front.unit})"
    return f"{words.stake(item.move.p)} hundredths of the race" if item.move else ""
