"""Page: how past answers did: those of the back-test, and those on this dossier by the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Heading, Paragraph, Table
from interbellum.briefing.context import YEAR, Context
from interbellum.model.ledger import Entry
from interbellum.model.result import Against

SHOWN = 3


def record(ctx: Context, past: Sequence[Entry] | None) -> list[Block]:
    """How the method did on past wars, and the last recorded answers to this dossier.

    Parameters
    ----------
    ctx : Context
    past : sequence of Entry, or None
        Oldest first; None where no ledger was read.
    """
    blocks: list[Block] = [Heading(2, "Record"), _method(ctx)]
    return blocks if past is None else [*blocks, *past_answers(ctx, past)]


def _method(ctx: Context) -> Paragraph:
    track = ctx.result.track_record
    return Paragraph(
        f"In a back-test on {words.number(track.cases)} days of {words.number(track.wars)} past wars, "
        f"run on {words.date(track.ran)}, the pooled answer on which state is in force "
        f"{words.span(track.by_days)} on did {_verdict(track.equal)} with equal weights, and "
        f"{_verdict(track.stacked)} with weights that the other wars had earned, as they are used here "
        "(shares of the Brier score). Whoever chose and coded the wars had read of their endings. "
        "`interbellum backtest` repeats it; docs/record.md tells every case."
    )


def _verdict(against: Against) -> str:
    """Better or worse than base rates, with the interval in the same direction."""
    low, high = against.lo80, against.hi80
    if low <= 0.0 <= high:
        ends = " to ".join(_signed(end) for end in (low, high))
        return f"neither better nor worse than base rates (80% interval {ends})"
    way = "worse" if low > 0.0 else "better"
    near, far = sorted((abs(low), abs(high)))
    return (
        f"{words.percent(abs(against.worse))} {way} than base rates (80% interval "
        f"{words.interval(near, far)})"
    )


def _signed(share: float) -> str:
    return f"{words.percent(abs(share))} {'worse' if share > 0.0 else 'better'}"


def past_answers(ctx: Context, past: Sequence[Entry]) -> list[Block]:
    """The last recorded answers, and how many there are.

    Parameters
    ----------
    ctx : Context
    past : sequence of Entry
        Oldest first.
    """
    if not past:
        return [Paragraph("No past answers to this dossier yet: `brief --record` writes one down.")]
    rows = tuple(_row(ctx, entry) for entry in past[-SHOWN:])
    recorded = words.count(len(past), "past answer is", "past answers are")
    told = f"{words.start(recorded)} recorded"
    if len(past) > SHOWN:
        told += f", of which the last {words.number(SHOWN)} are shown"
    return [
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
