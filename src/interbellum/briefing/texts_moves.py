"""Who moved from draft to draft, and how far apart the drafts are, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import Names
from interbellum.model.table import Distance, Move, Span, TableResult, TermStep, TextScore

NAMED = 3
"""More issues than this are counted, not named, where a draft speaks anew or falls silent."""


def draft_label(result: TableResult, text: TextScore) -> str:
    """A draft by its number and title."""
    return f"{result.texts.index(text) + 1} {text.title}"


# --- who moved -------------------------------------------------------------------------------------


def _between(result: TableResult) -> Mapping[tuple[str, str], Move]:
    return {(move.before, move.after): move for move in result.moves}


def _signed(value: float) -> str:
    told = words.stake(value)
    return told if told.startswith("-") or told == "0" else f"+{told}"


def _change(span: Span) -> str:
    low, high = _signed(span.low.p), _signed(span.high.p)
    middle = low if low == high else f"{low} to {high}"
    ends = _signed(span.low.lo80), _signed(span.high.hi80)
    return f"{middle} ({ends[0] if ends[0] == ends[1] else ' to '.join(ends)})"


def moved(names: Names, result: TableResult) -> list[Block]:
    """What each draft changed for each lead, and each author against its own last draft."""
    if len(result.texts) < 2:
        return []
    moves = _between(result)
    shown = [one for one in result.standing if one.side is not None]
    rows = []
    for before, after in pairwise(result.texts):
        changes = {c.actor: c.change for c in moves[before.id, after.id].changes}
        rows.append(
            (
                f"{draft_label(result, before)} → {draft_label(result, after)}",
                names.actor(after.author),
                *(
                    _change(changes[one.actor]) if one.actor in changes else "unknown"
                    for one in shown
                ),
            )
        )
    blocks: list[Block] = [Heading(2, "Who moved")]
    if shown:
        blocks.append(
            Table(
                (
                    "From one draft to the next",
                    "tabled by",
                    *(one.name for one in shown),
                ),
                tuple(rows),
                "Change in worth to each lead, hundredths of the stake: median with 80% interval.",
            )
        )
    told = [
        line
        for author in dict.fromkeys(text.author for text in result.texts)
        for before, after in pairwise([text for text in result.texts if text.author == author])
        for line in [_own_move(names, result, moves[before.id, after.id], before, after)]
    ]
    if told:
        blocks += [Heading(3, "Each author against its own last draft"), Bullets(tuple(told))]
    return blocks


def _own_move(
    names: Names, result: TableResult, move: Move, before: TextScore, after: TextScore
) -> str:
    parts = [_step(names, step) for step in move.steps if step.kind in ("moved", "changed")]
    for kind, label in (
        ("said", "now speaks to"),
        ("silent", "no longer speaks to"),
        ("struck", "strikes"),
    ):
        issues = [names.title(step.issue) for step in move.steps if step.kind == kind]
        if len(issues) > NAMED and kind != "struck":
            parts.append(f"{label} {words.count(len(issues), 'issue')}")
        elif issues:
            parts.append(f"{label} {'; '.join(issues)}")
    return (
        f"{names.actor(after.author)}, {draft_label(result, before)} → {draft_label(result, after)}: "
        + (". ".join(map(words.start, parts)) or "nothing changed")
        + "."
    )


def _step(names: Names, step: TermStep) -> str:
    least, most = sorted(map(abs, step.rungs))
    if step.rungs[0] < 0 < step.rungs[1]:
        least = 0
    told = f"{names.title(step.issue)}: {_said(names, step.issue, step.before)} → {_said(names, step.issue, step.after)}"
    notes = []
    if step.kind == "moved":
        notes.append(
            words.count(most, "rung")
            if least == most
            else f"{least} to {words.count(most, 'rung')}"
        )
    leads = (names.lead("A"), names.lead("B"))
    for label, actors in (("toward", step.toward), ("away from", step.away)):
        ranked = sorted(actors, key=lambda actor: (actor not in leads, actors.index(actor)))
        if ranked:
            notes.append(f"{label} {', '.join(names.actor(actor) for actor in ranked)}")
    return f"{told} ({'; '.join(notes)})" if notes else told


def _said(names: Names, issue: str, options: Sequence[str]) -> str:
    return words.join([f"“{names.option(issue, option)}”" for option in options], "or")


# --- how far apart ---------------------------------------------------------------------------------


def distances(names: Names, result: TableResult) -> list[Block]:
    """On how many issues drafts, and what the leads ask, differ and agree."""
    found = {(one.one, one.other): one for one in result.distances}
    if not found:
        return []
    keys = [f"texts.{text.id}" for text in result.texts]
    asks = [f"positions.{names.lead(side)}" for side in "AB"]
    asked = [ask for ask in asks if any(ask in pair for pair in found)]
    heads = [str(n + 1) for n in range(1, len(keys))]
    rows = []
    for place, text in enumerate(result.texts):
        cells = []
        for other in [*keys[1:], *asked]:
            one = found.get((keys[place], other))
            cells.append(f"{len(one.differ)}/{one.agree + one.may_agree}" if one else "")
        rows.append((draft_label(result, text), *cells))
    leads = [names.actor(names.lead(side)) for side in "AB"]
    wanted = [f"{leads[asks.index(ask)]} asks" for ask in asked]
    blocks: list[Block] = [
        Heading(2, "How far apart"),
        Table(
            ("Draft", *heads, *wanted),
            tuple(rows),
            "Issues on which two drafts differ / on which they say, or can be read to say, the same. "
            "Issues of which one says nothing are in neither. Asks: every issue at what the lead is "
            "coded to want.",
        ),
    ]
    told = []
    between = found.get((asks[0], asks[1]))
    if between is not None:
        told.append(
            f"{leads[0]} and {leads[1]} are coded to want different things on {len(between.differ)} of "
            f"{len(names.loaded.dossier.issues)} issues."
        )
    last = {text.author: text for text in result.texts}
    if all(names.lead(side) in last for side in "AB"):
        first, second = (last[names.lead(side)] for side in "AB")
        one = (
            found.get((f"texts.{first.id}", f"texts.{second.id}"))
            or found[f"texts.{second.id}", f"texts.{first.id}"]
        )
        told.append(
            f"Their last drafts, {draft_label(result, first)} and {draft_label(result, second)}, differ on "
            f"{len(one.differ)}{_weighing(one)}; they agree on {one.agree + one.may_agree}, and only "
            f"one of the two speaks to {one.one_silent + one.one_struck} more"
            + (f", {one.one_struck} of them struck by the other" if one.one_struck else "")
            + "."
        )
    if told:
        blocks.append(Paragraph(" ".join(told)))
    return blocks


def _weighing(one: Distance) -> str:
    """How much the issues weigh on which two differ: ``, 62 of 100 by weight``."""
    if one.weight_differ is None:
        return ""
    return f" ({words.stake(one.weight_differ.p)} of 100 by the two leads' weights)"
