"""Annex: the record, the series beside it, what was left out, and who made this."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    Context,
)
from interbellum.briefing.redaction import REDACTED, withheld
from interbellum.dossier.schema import Event

NOT_MODELLED = (
    "Use of nuclear, chemical or biological weapons.",
    "Secret channels, and terms that nobody has put on paper or in public.",
    "Third states entering the fighting, and other wars drawing on the same means.",
    "Politics inside an actor, beyond what a coded regime or position says of it.",
    "What this briefing itself may change, if it is read by those whom it is about.",
)


WHOLE = 1e5  # from here on a point of a series needs no decimals


KEPT_NAMES = {
    "yes": "kept",
    "mostly": "mostly kept",
    "partly": "partly kept",
    "no": "not kept",
    "unknown": "not known whether kept",
}


def record(ctx: Context) -> list[Block]:
    """The dated record."""
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


def series(ctx: Context) -> list[Block]:
    """Series beside the front."""
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


def left_out(ctx: Context) -> list[Block]:
    """What was left out."""
    blocks: list[Block] = [Heading(2, "What was left out")]
    if ctx.loaded.dossier.left_out:
        blocks += [
            Paragraph("By this dossier, in its coder's words:"),
            Bullets(ctx.loaded.dossier.left_out),
        ]
    blocks += [Paragraph("By this release, of every war:"), Bullets(NOT_MODELLED)]
    return blocks


def notes(ctx: Context) -> list[Block]:
    """Notes of this run."""
    notes = [ctx.veil.note(note) for note in ctx.result.notes]
    kept = tuple(dict.fromkeys(note for note in notes if note != REDACTED))
    hidden = sum(note == REDACTED for note in notes)
    items = (*kept, *([f"{words.start(withheld(hidden))}."] if hidden else []))
    return [Heading(2, "Notes of this run"), Bullets(items)] if items else []


def origin(ctx: Context) -> list[Block]:
    """Who coded this, and how it was run."""
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
