"""The annex: every figure at every horizon, in the order of the page, with the id to ask about it."""

from __future__ import annotations

from interbellum.briefing.annex import actors, basis, deals, forecast, sources
from interbellum.briefing.blocks import Block, Heading, Paragraph
from interbellum.briefing.compare import Comparison, detail
from interbellum.briefing.context import Context


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
        forecast.rungs,
        forecast.questions,
        forecast.endings,
        forecast.durability,
        deals.blocking,
        deals.packages,
        deals.always_printed,
        deals.promises,
        deals.texts,
        actors.alternatives,
        actors.minds,
        actors.lines,
        actors.motives,
        actors.coverage,
        actors.asked_for,
        basis.hindcast,
        basis.variants,
        basis.coders,
        basis.defaults,
        sources.record,
        sources.series,
        sources.left_out,
        sources.notes,
        sources.origin,
    ):
        blocks += section(ctx)
    return blocks
