"""Page: what was answered before, on this dossier, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Heading, Paragraph, Table
from interbellum.briefing.context import YEAR, Context
from interbellum.model.ledger import Entry

SHOWN = 3


def past_answers(ctx: Context, past: Sequence[Entry]) -> list[Block]:
    """The last recorded answers, and how many there are.

    Parameters
    ----------
    ctx : Context
    past : sequence of Entry
        Oldest first.
    """
    blocks: list[Block] = [Heading(2, "Record of this dossier")]
    if not past:
        return [*blocks, Paragraph("No past answers yet: `brief --record` writes one down.")]
    rows = tuple(_row(ctx, entry) for entry in past[-SHOWN:])
    recorded = words.count(len(past), "past answer is", "past answers are")
    told = f"{words.start(recorded)} recorded"
    if len(past) > SHOWN:
        told += f", of which the last {words.number(SHOWN)} are shown"
    return [
        *blocks,
        Table(
            ("recorded", "cut-off", "what was asked", "chance", "80% interval", "dossier"),
            rows,
            f"{told}. `interbellum score` scores them once it is known what happened.",
        ),
    ]


def _row(ctx: Context, entry: Entry) -> tuple[str, ...]:
    asked = [one for one in entry.rungs if one.rung == entry.headline]
    year = min(asked, key=lambda one: abs(one.by_days - YEAR))
    return (
        words.date(entry.recorded),
        words.date(entry.as_of),
        f"{ctx.rung(entry.headline)}, within {words.span(year.by_days)}",
        words.percent(year.p),
        words.interval(year.lo80, year.hi80),
        entry.hash,
    )
