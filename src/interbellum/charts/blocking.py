"""Blocking sets: which demands cannot hold together, and in which share of the draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, RIGHT, BARS, LINE = 340, 16, 86, 14
ROOM = theme.WIDTH - LEFT - RIGHT
NARROWEST, WIDEST = 42, 84
"""Of a column."""
MOST = ROOM // NARROWEST
"""Sets that fit."""
STRIPE, EMPTY = "#f4f5f7", "#d9dce1"
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
        Sets that were left out before: rarer, or hidden.
    """
    shown = list(sets[:MOST])
    left_out += len(sets) - len(shown)
    demands = list(dict.fromkeys(demand for one in shown for demand in one.demands))
    lines = {demand: theme.wrap(demand, LEFT - 44, most=3) for demand in demands}
    rows, height = _places(demands, lines)
    return theme.drawn(
        "blocking",
        TITLE,
        "Each column: a smallest set that no package meets all of, and in what share of the draws.",
        theme.Frame(height, LEFT, RIGHT, bottom=10),
        [
            theme.boxes("stripes"),
            theme.texts("demands", lineHeight=LINE),
            theme.boxes("bars"),
            theme.texts("shares", align="center", fontWeight="bold"),
            theme.rules("links", strokeWidth=2.5),
            theme.signs("dots", size=120),
        ],
        data={
            "table": tuple(
                {"demands": "; ".join(one.demands), "share": words.percent(one.share)}
                for one in shown
            ),
            "demands": tuple(
                theme.text_row(16 - LEFT, rows[d] - LINE / 2 * (len(text) - 1), "\n".join(text))
                for d, text in lines.items()
            ),
            "stripes": tuple(
                theme.rule_row(
                    theme.EDGE - LEFT,
                    rows[d] - LINE / 2 * len(lines[d]) - 5,
                    ROOM,
                    rows[d] + LINE / 2 * len(lines[d]) + 5,
                    STRIPE,
                )
                for d in demands[::2]
            ),
            **_columns(shown, demands, rows),
        },
        columns={"demands": "cannot hold together", "share": "share of draws"},
        alt=_alt(shown, left_out),
        note="Smallest sets: any one demand given up would do. Shares are of all weighted draws; a "
        "draw can have two such sets."
        + (f" {words.start(words.count(left_out, 'further set'))} left out." if left_out else ""),
    )


def _places(demands: Sequence[str], lines: dict[str, list[str]]) -> tuple[dict[str, float], float]:
    """Middle of each demand's row, and the height of the plot."""
    y, out = BARS + 8.0, {}
    for demand in demands:
        tall = LINE * len(lines[demand]) + 10
        out[demand] = y + tall / 2
        y += tall
    return out, y + 4


def _columns(
    shown: Sequence[Set], demands: Sequence[str], rows: dict[str, float]
) -> dict[str, tuple[Row, ...]]:
    """Bars, their numbers, dots and the lines between them, a column a set."""
    width = min(WIDEST, ROOM / len(shown))
    most = max(one.share for one in shown)
    data: dict[str, list[Row]] = {"bars": [], "shares": [], "links": [], "dots": []}
    for rank, one in enumerate(shown):
        x, tall = width * (rank + 0.5), max(1.5, (BARS - 18) * one.share / most)
        places = [rows[demand] for demand in one.demands]
        data["bars"].append(theme.rule_row(x - 13, BARS - tall, x + 13, BARS, palette.ACCENT))
        data["shares"].append(theme.text_row(x, BARS - tall - 9, words.percent(one.share)))
        data["links"].append(theme.rule_row(x, min(places), x, max(places), palette.ACCENT))
        for demand in demands:
            colour = palette.ACCENT if demand in one.demands else EMPTY
            data["dots"].append(theme.sign_row(x, rows[demand], "circle", colour))
    return {name: tuple(found) for name, found in data.items()}


def _alt(shown: Sequence[Set], left_out: int) -> str:
    told = [
        f"{words.join(one.demands)} in {words.percent(one.share)} of the draws" for one in shown[:3]
    ]
    rest = len(shown) - 3 + left_out
    more = f" {words.start(words.count(rest, 'further set'))}." if rest > 0 else ""
    return f"Matrix of demands by set. Cannot hold together: {'; '.join(told)}.{more}"
