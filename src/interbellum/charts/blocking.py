"""Blocking sets: which demands cannot hold together, and in which share of the draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, COLUMN, BARS, LINE = 330, 46, 110, 14
RIGHT = 16
MOST = (theme.WIDTH - LEFT - RIGHT) // COLUMN
"""Sets that fit."""
TITLE = "Demands that cannot hold together"


@dataclass(frozen=True, slots=True)
class Set:
    """Demands that cannot hold together, in words, and how often."""

    demands: tuple[str, ...]
    share: float
    """Weighted share of the draws in which this is a minimal set."""


def blocking(sets: Sequence[Set], left_out: int = 0) -> Chart:
    """A column a set, a row a demand; dots show which demands a set has, bars how often it blocks.

    Parameters
    ----------
    sets : sequence of Set
        The commonest first; at least one. Those that do not fit are left out and counted.
    left_out : int
        Rarer sets that were left out before.
    """
    shown = list(sets[:MOST])
    left_out += len(sets) - len(shown)
    demands = list(dict.fromkeys(demand for one in shown for demand in one.demands))
    lines = {demand: theme.wrap(demand, LEFT - 40, most=3) for demand in demands}
    rows, height = _places(demands, lines)
    return Chart(
        id="blocking",
        title=TITLE,
        alt=_alt(shown, left_out),
        spec=_spec(height),
        data={
            "table": tuple(
                {"demands": "; ".join(one.demands), "share": words.percent(one.share)}
                for one in shown
            ),
            "stripes": tuple(
                theme.rule_row(
                    8 - LEFT,
                    rows[d] - 7 * len(lines[d]) - 4,
                    MOST * COLUMN,
                    rows[d] + 7 * len(lines[d]) + 4,
                    "#f4f5f7",
                )
                for rank, d in enumerate(demands)
                if rank % 2 == 0
            ),
            "demands": tuple(
                theme.text_row(16 - LEFT, rows[d] - 7 * (len(lines[d]) - 1), "\n".join(lines[d]))
                for d in demands
            ),
            "bars": tuple(_bar(rank, one) for rank, one in enumerate(shown)),
            "shares": tuple(_share(rank, one) for rank, one in enumerate(shown)),
            "links": tuple(_link(rank, one, rows) for rank, one in enumerate(shown)),
            "dots": tuple(
                theme.sign_row(
                    _x(rank), rows[d], "circle", palette.ACCENT if d in one.demands else "#dcdfe3"
                )
                for rank, one in enumerate(shown)
                for d in demands
            ),
        },
        columns={"demands": "cannot hold together", "share": "share of draws"},
        note="Smallest sets: any one demand given up would do. Shares are of all weighted draws; a "
        "draw can have two such sets."
        + (f" {words.start(words.count(left_out, 'rarer set'))} left out." if left_out else ""),
    )


def _places(demands: Sequence[str], lines: dict[str, list[str]]) -> tuple[dict[str, float], float]:
    """Middle of each demand's row, and the height of the plot."""
    y, out = BARS + 12.0, {}
    for demand in demands:
        tall = LINE * len(lines[demand]) + 8
        out[demand] = y + tall / 2
        y += tall
    return out, y + 6


def _x(rank: int) -> float:
    return COLUMN * (rank + 0.5)


def _bar(rank: int, one: Set) -> Row:
    tall = max(1.5, (BARS - 20) * one.share)
    return theme.rule_row(_x(rank) - 13, BARS - tall, _x(rank) + 13, BARS, palette.ACCENT)


def _share(rank: int, one: Set) -> Row:
    tall = max(1.5, (BARS - 20) * one.share)
    return theme.text_row(_x(rank), BARS - tall - 9, words.percent(one.share))


def _link(rank: int, one: Set, rows: dict[str, float]) -> Row:
    places = [rows[demand] for demand in one.demands]
    return theme.rule_row(_x(rank), min(places), _x(rank), max(places), palette.ACCENT)


def _spec(height: float) -> dict[str, Any]:
    return theme.framed(
        TITLE,
        "Each column is a smallest set of demands that no package meets: dots show which, the bar in "
        "what share of the draws.",
        [
            theme.boxes("stripes"),
            theme.texts("demands"),
            theme.boxes("bars"),
            theme.texts("shares", align="center"),
            theme.rules("links", strokeWidth=2),
            theme.signs("dots", size=110),
        ],
        height=height,
        left=LEFT,
        right=RIGHT,
        bottom=10,
    )


def _alt(shown: Sequence[Set], left_out: int) -> str:
    told = [
        f"{words.join(one.demands)} in {words.percent(one.share)} of the draws" for one in shown[:3]
    ]
    rest = len(shown) - 3 + left_out
    more = f" {words.start(words.count(rest, 'rarer set'))}." if rest > 0 else ""
    return f"Matrix of demands by set. Cannot hold together: {'; '.join(told)}.{more}"
