"""The state of the war over time: six exclusive endings whose shares fill the plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.result import EndingForecast
from interbellum.model.rungs import ENDINGS, HORIZON_DAYS

HEIGHT, RIGHT = 300, 220
FRAME = theme.Frame(HEIGHT, 46, RIGHT, bottom=28)
STACK = tuple(palette.ENDINGS)
"""From the bottom: first what is quiet, so that its sum reads from the axis; war fills the rest."""
YEAR = 365
THICK = 0.05
"""Share from which an area has room for its number."""
TITLE = "The state of the war over time"
NOTE = (
    "Pooled over the models. Exclusive states that sum to all; a broken silence counts as war again. "
    "The numbers at the right are of the last day, with 80% intervals over weighted draws."
)


def outcomes(points: Sequence[EndingForecast], names: Mapping[str, str], as_of: str) -> Chart:
    """Shares of the six endings, stacked, from the cut-off to the last day.

    Parameters
    ----------
    points : sequence of EndingForecast
        In order of days; at least one.
    names : mapping
        Of endings, in words.
    as_of : str
        The cut-off, YYYY-MM-DD; all is war on it unless `points` begin there.
    """
    first = () if points[0].by_days == 0 else _areas_at(as_of, {"war": 1.0})
    last = points[-1]
    inside = _inside(points)
    year = next((point for point in points if point.by_days == YEAR), last)
    subtitle = f"Chance of each state on each day, from {words.date(as_of)}."
    if inside:
        subtitle += " Dotted: a year on."
    return theme.drawn(
        "outcomes",
        TITLE,
        f"{subtitle} At the right: on {words.date(last.by_date)}, with 80% intervals.",
        FRAME,
        _layers(as_of, last.by_date),
        data={
            "table": tuple(_table_row(p, names) for p in points if p.by_days in HORIZON_DAYS),
            "endings": (*first, *(row for point in points for row in _point_rows(point))),
            "labels": _labels(last, names),
            "year": inside,
        },
        columns={"day": "on", **{ending: names[ending] for ending in reversed(STACK)}},
        alt=_alt(year, last, names),
        note=NOTE,
    )


def _areas_at(date: str, shares: Mapping[str, float]) -> tuple[Row, ...]:
    rows: list[Row] = []
    low = 0.0
    for ending in STACK:
        # War fills the rest, also where shares are told to the hundredth and do not quite sum to one.
        high = 1.0 if ending == STACK[-1] else min(1.0, low + shares.get(ending, 0.0))
        rows.append({"date": date, "ending": ending, "bottom": low, "top": high})
        low = high
    return tuple(rows)


def _point_rows(point: EndingForecast) -> tuple[Row, ...]:
    return _areas_at(point.by_date, {name: point.shares[name].p for name in STACK})


def _table_row(point: EndingForecast, names: Mapping[str, str]) -> Row:
    told = {
        name: f"{words.percent(share.p)} ({words.interval(share.lo80, share.hi80)})"
        for name, share in point.shares.items()
    }
    return {"day": words.date(point.by_date), **told}


def _labels(last: EndingForecast, names: Mapping[str, str]) -> tuple[Row, ...]:
    rows = _areas_at(last.by_date, {name: last.shares[name].p for name in STACK})
    middles = [HEIGHT * (1.0 - 0.5 * (row["bottom"] + row["top"])) for row in rows]
    places = theme.apart(middles, 30, 8, HEIGHT - 8)
    out: list[Row] = []
    for row, middle, place in zip(rows, middles, places, strict=True):
        share = last.shares[row["ending"]]
        name = theme.cut(names[row["ending"]], RIGHT - 20)
        out.append(
            {
                "at": middle,
                "y": place - 6,
                "label": f"{name}\n{words.percent(share.p)} "
                f"({words.interval(share.lo80, share.hi80)})",
                "colour": palette.INK,
            }
        )
    return tuple(out)


def _inside(points: Sequence[EndingForecast]) -> tuple[Row, ...]:
    """Numbers of a year on, in areas that have room for them; none where that is the last day."""
    place = next((n for n, point in enumerate(points) if point.by_days == YEAR), None)
    if place is None or place + 1 == len(points):
        return ()
    # A number stands right of the line, so it is set in the middle of its area where it stands.
    beside = next((p for p in points[place:] if p.by_days >= YEAR + 60), points[-1])
    return tuple(
        {
            "date": points[place].by_date,
            "middle": 0.5 * (there["bottom"] + there["top"]),
            "text": words.percent(row["top"] - row["bottom"]),
            "colour": palette.PAPER if row["ending"] in ("victory_A", "victory_B") else palette.INK,
        }
        for row, there in zip(_point_rows(points[place]), _point_rows(beside), strict=True)
        if row["top"] - row["bottom"] >= THICK
    )


def _layers(first: str, last: str) -> list[theme.Layer]:
    x = theme.time("date", first, last)
    colours = {"domain": list(STACK), "range": list(palette.ENDINGS.values())}
    line = {"type": "rule", "color": palette.INK, "strokeDash": [2, 3], "strokeWidth": 0.75}
    return [
        theme.layer(
            "endings",
            {"type": "area", "stroke": palette.PAPER, "strokeWidth": 0.75},
            x=x,
            y=theme.chance("bottom"),
            y2={"field": "top"},
            color={"field": "ending", "type": "nominal", "scale": colours, "legend": None},
        ),
        *theme.labels_right("labels", FRAME.plot),
        theme.layer("year", line, x=x),
        theme.layer(
            "year",
            {"type": "text", "align": "left", "dx": 5, "fontWeight": "bold"},
            x=x,
            y=theme.chance("middle"),
            text=theme.words("text"),
            color=theme.ink("colour"),
        ),
    ]


def _alt(near: EndingForecast, last: EndingForecast, names: Mapping[str, str]) -> str:
    def told(point: EndingForecast) -> str:
        shares = sorted(ENDINGS, key=lambda name: -point.shares[name].p)
        return "; ".join(
            f"{words.lower(names[name]) if name == 'war' else names[name]} "
            f"{words.percent(point.shares[name].p)}"
            for name in shares
        )

    said = f"Stacked areas. On {words.date(near.by_date)}: {told(near)}."
    if near.by_days != last.by_days:
        said += f" On {words.date(last.by_date)}: {told(last)}."
    return said
