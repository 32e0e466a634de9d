"""The briefing, built once as plain blocks; every format draws the same ones.

One page first, in the reader's order (shared brief, sections 1 to 15), then the annex in the same
order. What this release cannot answer is left out, not faked.
"""

from __future__ import annotations

from collections.abc import Sequence

from interbellum.briefing import annex
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table, texts
from interbellum.briefing.compare import Comparison, summary
from interbellum.briefing.page import answer, basis, forecast, record, room
from interbellum.briefing.seal import context_of
from interbellum.dossier.reader import Loaded
from interbellum.model.ledger import Entry
from interbellum.model.result import Result

__all__ = ["Block", "Bullets", "Heading", "Outline", "Paragraph", "Table", "build", "texts"]


def build(
    result: Result,
    loaded: Loaded,
    previous: Comparison | None = None,
    redact: bool = False,
    past: Sequence[Entry] | None = None,
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
    past : sequence of Entry, or None
        Answers to this dossier that a ledger holds, oldest first; None where no ledger was read.

    Returns
    -------
    tuple of Heading, Paragraph, Bullets, Table
    """
    ctx = context_of(result, loaded, redact)
    blocks: list[Block] = [Heading(1, result.dossier.title), *answer.stamp(ctx)]
    blocks += answer.bottom_line(ctx)
    if previous is not None:
        blocks += [Heading(2, "Since last time"), *summary(previous)]
    blocks += forecast.will_it_stop(ctx)
    blocks += forecast.if_it_stops(ctx)
    blocks += room.room(ctx)
    blocks += room.alternatives(ctx)
    blocks += room.minds(ctx)
    blocks += room.actors(ctx)
    blocks += basis.watch(ctx)
    blocks += basis.rests_on(ctx)
    blocks += record.record(ctx, past)
    blocks += annex.build(ctx, previous)
    return ctx.veil.blocks(tuple(blocks))
