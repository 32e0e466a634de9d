"""Scores in words and tables: of a file of questions, and of a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.jsonform import tidy
from interbellum.charts.calibration import calibration
from interbellum.model.chart import Chart
from interbellum.model.scores import (
    FEWEST,
    Band,
    CoderPool,
    Comparison,
    Decomposition,
    Mean,
    QuestionRow,
    QuestionScores,
    ScoreTable,
)

HOW = (
    "Lower is better. Brier: (p - o)² of a yes-or-no question, 0 to 1; the sum of squares over bins "
    "where there are more, 0 to 2. Log: -ln of the chance given to what came, no chance below 1 in "
    "100. Questions of a war are averaged first, so that a war counts once; intervals are from "
    "resamples of whole wars, and with few wars too narrow: with one there are none."
)

PARTS = (
    "What the parts of a Brier score mean. Reliability: how far the chances given in a band lay from how often it came; 0 is best. Resolution: how "
    "far apart the bands are in how often it came; more is better, 0 if the chances told nothing. Uncertainty: "
    "what always giving the overall share would score; it lies in the questions, not in who answers. Within "
    "bands: what chances that differ inside a band add, below 0 where they told apart what came."
)


def to_json(found: QuestionScores) -> dict[str, Any]:
    """The scores as plain data."""
    out: dict[str, Any] = tidy(found)
    return out


def outline(found: QuestionScores) -> Outline:
    """The scores as blocks: tables, comparisons, calibration, every answer, what is open."""
    blocks: list[Block] = [Heading(1, found.title)]
    if found.tables:
        blocks.append(Paragraph(HOW))
    else:
        blocks.append(
            Paragraph("Nothing is scored: nothing that was asked in time is resolved yet.")
        )
    for table in found.tables:
        blocks += [Heading(2, f"Scores: {table.title}"), scores(table), *comparisons([table])]
    for who, bands in found.calibration.items():
        blocks += [
            Heading(2, f"Calibration: {told(who)}"),
            *calibrated(bands, found.decomposition[who], found.murphy[who]),
        ]
    if found.calibration:
        blocks.append(Paragraph(PARTS))
    elif any(table.bins == 2 for table in found.tables):
        blocks.append(
            Paragraph(
                f"Nobody has given as many as {words.number(FEWEST)} resolved yes-or-no answers: too few to "
                "tell calibration by, or to split a score."
            )
        )
    if found.rows:
        blocks += [Heading(2, "Every answer"), _answers(found.rows)]
    if found.coders:
        blocks += [Heading(2, "Several coders"), _coders(found.coders, found.rows)]
    if found.open:
        blocks += [Heading(2, "Open, not scored"), Bullets(found.open)]
    if found.known:
        blocks += [
            Heading(2, "Recorded too late, not scored"),
            Paragraph(
                "A chance written down when it was known what came is no forecast: the day was over, or "
                "the rung reached."
            ),
            Bullets(found.known),
        ]
    return tuple(blocks)


def charts(found: QuestionScores) -> tuple[Chart, ...]:
    """Said against seen, a chart for each who answered."""
    return tuple(
        calibration(bands, found.decomposition[who], who, f"calibration-{number}")
        for number, (who, bands) in enumerate(found.calibration.items(), start=1)
        if bands
    )


def scores(table: ScoreTable) -> Table:
    """One row a forecaster."""
    return Table(
        ("forecaster", "Brier (80% interval)", "log score (80%)", "answers", "wars"),
        tuple(
            (
                told(one.name),
                mean(one.brier),
                mean(one.log),
                str(one.brier.n),
                str(one.brier.clusters),
            )
            for one in table.forecasters
        ),
        "Forecasters who answered different questions are compared below, on those that both answered.",
    )


def comparisons(tables: Sequence[ScoreTable], titled: bool = False) -> list[Block]:
    """One row a pair: differences, below 0 where the first is better."""
    rows = [
        (
            *((table.title,) if titled else ()),
            f"{told(pair.first)} less {told(pair.second)}",
            mean(pair.brier),
            span(pair.brier.lo95, pair.brier.hi95) if pair.brier.clusters > 1 else "",
            mean(pair.log),
            skill(pair),
            str(pair.brier.n),
            str(pair.brier.clusters),
        )
        for table in tables
        for pair in table.comparisons
    ]
    if not rows:
        return []
    columns = ("difference", "Brier (80%)", "95%", "log (80%)", "skill (80%)", "answers", "wars")
    return [
        Table(
            (*(("by",) if titled else ()), *columns),
            tuple(rows),
            "Below 0 the first is better. Skill: share of the second's Brier score that the first saves; empty "
            "where the second is perfect.",
        )
    ]


def calibrated(bands: Sequence[Band], parts: Decomposition, split: Decomposition) -> list[Block]:
    """How often what was given a chance came, and what the Brier score is made of: CORP, Murphy's."""
    return [
        Table(
            ("chance given", "mean given", "came", "80% interval", "answers", "wars"),
            tuple(
                (
                    f"{100 * band.low:.0f} to {100 * band.high:.0f}%",
                    words.percent(band.issued),
                    share(band.happened),
                    f"{share(band.lo80)} to {share(band.hi80)}",
                    str(band.n),
                    str(band.clusters),
                )
                for band in bands
            ),
            "Intervals: Wilson's, with the number of wars as n.",
        ),
        Paragraph(
            f"What it is made of, every answer counted alike. Over these bands (Murphy): Brier score {split.brier:.3f} "
            f"= reliability {split.reliability:.3f} - resolution {split.resolution:.3f} + uncertainty "
            f"{split.uncertainty:.3f} {_signed(split.within)} within bands."
        ),
        Paragraph(
            f"The same without bands (isotonic recalibration: CORP): {parts.brier:.3f} = miscalibration "
            f"{parts.reliability:.3f} - discrimination {parts.resolution:.3f} + uncertainty "
            f"{parts.uncertainty:.3f}."
        ),
    ]


def part(value: float) -> str:
    """A part of a score, to three decimals; rounding leaves no minus before a nought."""
    return f"{round(value, 3) + 0.0:.3f}"


def _signed(value: float) -> str:
    return f"- {part(-value)}" if round(value, 3) < 0.0 else f"+ {part(value)}"


def mean(of: Mean) -> str:
    """A mean score with its 80% interval; with one war there is no interval."""
    if of.clusters == 1:
        return f"{of.value:.3f}"
    return f"{of.value:.3f} ({span(of.lo80, of.hi80)})"


def span(low: float, high: float) -> str:
    """An interval of scores."""
    return f"{low:.3f} to {high:.3f}"


def skill(pair: Comparison) -> str:
    """Skill in whole per cent with its 80% interval; nothing where the reference cannot be bettered."""
    if pair.skill is None:
        return ""
    if pair.skill_lo80 is None or pair.skill_hi80 is None:
        return share(pair.skill)
    return f"{share(pair.skill)} ({share(pair.skill_lo80)[:-1]} to {share(pair.skill_hi80)})"


def share(value: float) -> str:
    """A share in whole per cent: it may well be none or all."""
    return f"{round(100 * value)}%"


def told(name: str) -> str:
    """A forecaster's name on one line and without underscores."""
    return " ".join(name.replace("_", " ").split())


def _answers(rows: Sequence[QuestionRow]) -> Table:
    return Table(
        ("question", "on", "forecaster", "gave", "came", "Brier", "log"),
        tuple(
            (
                row.id,
                "" if row.as_of is None else words.date(row.as_of),
                told(given.who),
                _gave(row, given.chances),
                row.outcome or "open",
                "" if given.brier is None else f"{given.brier:.3f}",
                "" if given.log is None else f"{given.log:.3f}",
            )
            for row in rows
            for given in row.given
        ),
        "The chance of yes, or of each bin in its order: "
        + "; ".join(
            dict.fromkeys(
                f"{row.id}: {', '.join(row.answers)}" for row in rows if len(row.answers) > 2
            )
        )
        if any(len(row.answers) > 2 for row in rows)
        else "The chance of yes.",
    )


def _gave(row: QuestionRow, chances: Sequence[float]) -> str:
    shown = chances[1:] if len(row.answers) == 2 else chances
    return ", ".join(share(p) for p in shown)


def _coders(pools: Sequence[CoderPool], rows: Sequence[QuestionRow]) -> Table:
    by_place = {(row.id, row.as_of): row for row in rows}
    return Table(
        ("question", "coders", "linear", "log", "extremised", "moved most by the repair"),
        tuple(
            (
                pool.id,
                ", ".join(pool.moved),
                *(_gave(by_place[pool.id, pool.as_of], p) for p in pool.pooled.values()),
                _moved(pool),
            )
            for pool in pools
        ),
        "What each rule of pooling makes of the coders, after their chances were made coherent: a rung "
        "that contains another, or falls due later, is given no less; bins sum to one.",
    )


def _moved(pool: CoderPool) -> str:
    most = max(pool.moved, key=lambda who: pool.moved[who])
    points = round(100 * pool.moved[most])
    return f"{most}, by {words.count(points, 'point')}" if points else "nobody"
