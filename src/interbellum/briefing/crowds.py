"""Our answer beside published crowds, in words and tables (decision 0026)."""

from __future__ import annotations

from collections.abc import Sequence

from interbellum.briefing import scores, words
from interbellum.briefing.blocks import Block, Heading, Paragraph, Table
from interbellum.model.backtest import KEPT_TRUCE, PERSISTENCE, POOLED, CrowdAnswer, CrowdTable

OURS = {
    POOLED: "ours, pooled: a general truce meant for 30 days begins",
    KEPT_TRUCE: "ours, pooled: one begins that is then kept for 30 days",
}

NOT_PUBLISHED = "not published"


def section(tables: Sequence[CrowdTable]) -> list[Block]:
    """The comparison as blocks; nothing without tables."""
    if not tables:
        return []
    first = tables[0]
    blocks: list[Block] = [
        Heading(2, "Ukraine 2025, beside three crowds"),
        Paragraph(
            f"{first.question} What came: {_bin(first.outcome)} ({first.outcome_source}). One question at "
            f"{words.count(len(tables), 'date')}: no claim of skill, for anybody. The dossiers were coded by someone "
            "who knew what came. They are no cases of the back-test, and nothing is learnt from them."
        ),
    ]
    for table in tables:
        blocks += [
            Heading(3, f"As of {words.date(table.as_of)}"),
            _answers(table),
            *_durations(table),
        ]
    return blocks


def _answers(table: CrowdTable) -> Table:
    return Table(
        ("who", *(_bin(name) for name in table.bins), "sum of squares"),
        tuple(
            (_who(one), *_chances(one, len(table.bins)), f"{one.brier:.2f}")
            for one in table.answers
        ),
        "Sum of squares over all answers, 0 to 2, lower is better. Of a crowd the last chance and the score "
        f"were published ({table.source}). The crowds' question takes a ceasefire of any length, or a peace "
        "agreement. Ours in the first row is scored on the nearest rung, which counts a settlement too; the second row "
        "is narrower than the question, and so gives less to the first answers for no merit.",
    )


def _durations(table: CrowdTable) -> list[Block]:
    if not table.durations:
        return []
    return [
        Table(
            ("if it begins", "under 30 days", "over 90 days", "holds a year", "holds 5 years"),
            tuple(
                (
                    one.who if one.crowd else f"ours, {one.who}",
                    *(
                        NOT_PUBLISHED if p is None else words.percent(p)
                        for p in (one.under_30_days, one.over_90_days, one.year, one.five_years)
                    ),
                )
                for one in table.durations
            ),
            "Not scored: no such ceasefire began. Ours, if it begins within a year; the crowds', if in 2025.",
        )
    ]


def _chances(one: CrowdAnswer, bins: int) -> list[str]:
    if one.chances is None:
        return [NOT_PUBLISHED] * (bins - 1) + [words.percent(one.last)]
    written = scores.share if one.who == PERSISTENCE else words.percent
    return [written(p) for p in one.chances]


def _who(one: CrowdAnswer) -> str:
    return one.who if one.crowd else OURS.get(one.who, scores.told(one.who))


def _bin(name: str) -> str:
    return words.start(name.replace("_", " "))
