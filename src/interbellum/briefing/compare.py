"""Two dossiers of a war compared: what changed, who moved, and how the forecast moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table, mapped
from interbellum.briefing.changes import KINDS, Change, changes
from interbellum.briefing.context import Context, coded_quantities
from interbellum.briefing.redaction import Veil, withheld
from interbellum.dossier.reader import Loaded
from interbellum.model.result import Interval, Result

MOVES = ("position", "red_line")
"""Kinds that count as a move by an actor; a reweighing is the coder's."""
ON_PAGE = ("position", "red_line", "text", "regime")
SHOWN = 6


@dataclass(frozen=True, slots=True)
class FigureMove:
    """A figure before and after."""

    id: str
    title: str
    before: Interval
    after: Interval
    before_date: str = ""
    after_date: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that changed from an earlier dossier to a later one."""

    before_title: str
    before_as_of: str
    before_hash: str
    after_title: str
    after_as_of: str
    after_hash: str
    same_conflict: bool
    """False where the sides' leads differ: then only what both dossiers name is compared."""
    changes: tuple[Change, ...]
    moved: tuple[tuple[str, int], ...]
    """Actors that moved: name, and on how many issues."""
    unmoved: tuple[str, ...]
    """Actors with positions in both that did not move."""
    forecast: tuple[FigureMove, ...]
    """Rungs at every horizon that both results have, then the open share of the range."""
    withheld: int = 0
    """Changes left out because a field is confidential."""


def compare(
    before: Loaded,
    after: Loaded,
    result_before: Result | None = None,
    result_after: Result | None = None,
    redact: bool = False,
) -> Comparison:
    """Compare an earlier dossier with a later one.

    Parameters
    ----------
    before, after : Loaded
    result_before, result_after : Result or None
        With both, the forecast is compared too.
    redact : bool
        True leaves out changes to what either dossier marks confidential, and counts them.
    """
    veils = Veil(before, redact), Veil(after, redact)
    found = list(changes(before, after))
    kept = []
    for change in found:
        if any(veil.hides(change.path) for veil in veils):
            continue
        text = words.clean(change.text)
        for veil in veils:
            text = veil.text(text)
        kept.append(Change(change.kind, change.path, text, change.actor, change.toward))
    # an actor moves once on an issue, even where its ideal and its red line both changed
    moves = Counter(
        actor
        for actor, _ in {
            (change.actor, ".".join(change.path.split(".")[:3]))
            for change in kept
            if change.kind in MOVES and change.actor
        }
    )
    names = {actor.id: actor.name for actor in after.dossier.actors}
    both = [actor for actor in after.dossier.positions if actor in before.dossier.positions]
    old, new = before.dossier, after.dossier
    same = (old.sides.A.lead, old.sides.B.lead) == (new.sides.A.lead, new.sides.B.lead)
    return Comparison(
        before_title=old.conflict.title,
        before_as_of=old.conflict.as_of.isoformat(),
        before_hash=before.hash,
        after_title=new.conflict.title,
        after_as_of=new.conflict.as_of.isoformat(),
        after_hash=after.hash,
        same_conflict=same,
        changes=tuple(kept),
        moved=tuple((names.get(actor, actor), moves[actor]) for actor in both if actor in moves),
        unmoved=tuple(names.get(actor, actor) for actor in both if actor not in moves),
        forecast=tuple(
            move
            for move in _forecast(after, result_before, result_after)
            # a victory is a side's, and the sides are others
            if same or not move.id.startswith("rungs.victory_")
        ),
        withheld=len(found) - len(kept),
    )


# --- how the forecast moved --------------------------------------------------------------------


def _forecast(
    after: Loaded, result_before: Result | None, result_after: Result | None
) -> tuple[FigureMove, ...]:
    if result_before is None or result_after is None:
        return ()
    ctx = Context(after, Veil(after, False), result_after, coded_quantities(after))
    old = {(f.rung, f.by_days): f for f in result_before.rungs}
    moves = [
        FigureMove(
            f"rungs.{f.rung}.{f.by_days}",
            ctx.rung(f.rung),
            old[f.rung, f.by_days].chance,
            f.chance,
            old[f.rung, f.by_days].by_date,
            f.by_date,
        )
        for f in result_after.rungs
        if (f.rung, f.by_days) in old
    ]
    was, now = result_before.range.open_share, result_after.range.open_share
    moves.append(
        FigureMove(
            "range.open_share",
            "Draws with some package acceptable to both leads",
            Interval(was, was, was, was, was),
            Interval(now, now, now, now, now),
        )
    )
    return tuple(moves)


# --- telling it --------------------------------------------------------------------------------


def summary(comparison: Comparison) -> list[Block]:
    """The few lines that stand on the page."""
    moved = [f"{name} ({words.count(number, 'issue')})" for name, number in comparison.moved]
    lines = [
        f"Since {words.date(comparison.before_as_of)} (dossier {comparison.before_hash}): "
        f"{words.count(len(comparison.changes), 'change')} in the dossier."
    ]
    if not comparison.same_conflict:
        lines.append("The two dossiers have different leads; only what both name is compared.")
    lines.append(f"Moved, as coded: {'; '.join(moved) if moved else 'nobody'}.")
    if comparison.unmoved:
        lines.append(f"Not moved: {'; '.join(comparison.unmoved)}.")
    blocks: list[Block] = [Paragraph(" ".join(lines))]
    shown = [c for c in comparison.changes if c.kind in ON_PAGE]
    first = [c.text for c in sorted(shown, key=lambda c: ON_PAGE.index(c.kind))]
    if first:
        rest = len(comparison.changes) - len(first[:SHOWN])
        items = [
            *first[:SHOWN],
            *([f"{words.count(rest, 'more change')} in full below."] if rest else []),
        ]
        blocks.append(Bullets(tuple(items)))
    year = [move for move in comparison.forecast if move.id.endswith(".365")]
    if year:
        blocks.append(
            _table(
                year,
                "Chance within a year of each dossier's own cut-off, pooled over the same models in both.",
            )
        )
    return blocks


def detail(comparison: Comparison) -> list[Block]:
    """Every change, by kind, and every figure that both results have."""
    blocks: list[Block] = []
    for kind, heading in KINDS.items():
        texts = tuple(change.text for change in comparison.changes if change.kind == kind)
        if texts:
            blocks += [Heading(3, heading), Bullets(texts)]
    if comparison.withheld:
        blocks.append(Paragraph(f"{words.start(withheld(comparison.withheld))}."))
    if not blocks:
        blocks.append(Paragraph("Nothing changed in the dossier."))
    if comparison.forecast:
        blocks += [
            Heading(3, "How the forecast moved"),
            _table(
                comparison.forecast,
                "Days count from each dossier's own cut-off; where the cut-offs differ, so do the "
                "calendar days. Rungs are pooled over the same models in both. 80% intervals.",
            ),
        ]
    return blocks


def outline(comparison: Comparison) -> Outline:
    """The comparison as a page of its own."""
    blocks: Outline = (
        Heading(1, f"{comparison.after_title}: what changed"),
        Paragraph(
            f"From {words.date(comparison.before_as_of)} ({comparison.before_hash}) to "
            f"{words.date(comparison.after_as_of)} ({comparison.after_hash})."
        ),
        *summary(comparison),
        Heading(2, "In full"),
        *detail(comparison),
    )
    return mapped(blocks, words.clean)


def _table(moves: tuple[FigureMove, ...] | list[FigureMove], caption: str) -> Table:
    rows = []
    for move in moves:
        days = move.id.rsplit(".", 1)[-1]
        rows.append(
            (
                f"{move.title}, {days} days" if days.isdigit() else move.title,
                _cell(move.before),
                _cell(move.after),
                words.change(move.before.p, move.after.p),
            )
        )
    return Table(("Figure", "before", "after", "points"), tuple(rows), caption)


def _cell(value: Interval) -> str:
    if value.lo80 == value.hi80:
        return words.percent(value.p)
    return f"{words.percent(value.p)} ({words.interval(value.lo80, value.hi80)})"


def to_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain data."""
    from interbellum.briefing.plain import tidy

    return {
        "before": {
            "title": comparison.before_title,
            "as_of": comparison.before_as_of,
            "hash": comparison.before_hash,
        },
        "after": {
            "title": comparison.after_title,
            "as_of": comparison.after_as_of,
            "hash": comparison.after_hash,
        },
        "same_conflict": comparison.same_conflict,
        "moved": [{"actor": name, "issues": number} for name, number in comparison.moved],
        "unmoved": list(comparison.unmoved),
        "changes": [
            {
                "kind": change.kind,
                "path": change.path,
                "text": change.text,
                "actor": change.actor,
                "toward": change.toward,
            }
            for change in comparison.changes
        ],
        "forecast": [
            {
                "id": move.id,
                "title": move.title,
                "before": tidy(move.before),
                "after": tidy(move.after),
                "before_date": move.before_date or None,
                "after_date": move.after_date or None,
            }
            for move in comparison.forecast
        ],
        "withheld": comparison.withheld,
    }
