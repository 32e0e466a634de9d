"""How every chart looks, and the room its words take.

Plots have a width of their own and fixed margins (`autosize` none): labels stand in the margins, where
they cannot run out of the picture, and the page, PNG, SVG and PDF show the same. Sizes are in pixels.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interbellum.charts import palette
from interbellum.model.chart import Chart, Row

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH = 720
"""Of every chart, margins and all: 170 mm on paper, where 11 pixels are type of 7 points."""
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
SMALL, LABEL, TITLE = 11, 12, 16
BOLD = 1.08
"""How much wider bold type is, about."""
TITLE_LINE, SUBTITLE_LINE = 20, 16
EDGE = 8
"""Free space at the edge of the picture."""
LONG = 900
"""Days from which a time axis tells years alone."""

Layer = dict[str, Any]

# Advance widths of Arial and Helvetica in thousandths of the type's size (Adobe's published metrics).
_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r“”",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckssvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "…→↑—",
    1015: "@",
}
_WIDTH = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER, _WIDE = 667, 1000


def text_width(text: str, size: float = SMALL) -> float:
    """Width of a text in pixels; letters outside ASCII are taken to be broad."""
    total = sum(
        _WIDTH.get(letter) or (_WIDE if unicodedata.east_asian_width(letter) in "WF" else _OTHER)
        for letter in text
    )
    return total * size / 1000.0


def cut(text: str, width: float, size: float = SMALL) -> str:
    """The text, ended with an ellipsis where it is wider than `width`."""
    if text_width(text, size) <= width + 1e-6:  # a sum of widths may differ in its last bits
        return text
    kept = text
    while kept and text_width(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip(" ,;:.-") + "…"


def wrap(text: str, width: float, size: float = SMALL, most: int | None = None) -> list[str]:
    """The text in lines no wider than `width`, at most so many; a word that is too long is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if most is not None and len(lines) > most:
        lines[most - 1 :] = [cut(" ".join(lines[most - 1 :]), width, size)]
    return [cut(line, width, size) for line in lines] or [""]


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved as little as possible until they stand `gap` apart, in the same order.

    Parameters
    ----------
    places : sequence of float
        In any order; equal ones keep theirs.
    gap : float, > 0
    low, high : float
        Where the first and the last may stand; too many places run over `high`.

    Returns
    -------
    list of float
        Least squares: neighbours that are too close share the mean of where they would stand.
    """
    order = sorted(range(len(places)), key=lambda place: places[place])
    blocks: list[tuple[float, int]] = []  # mean of place - rank * gap, members
    for rank, place in enumerate(order):
        blocks.append((places[place] - rank * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (m0, n0), (m1, n1) = blocks[-2:]
            blocks[-2:] = [((m0 * n0 + m1 * n1) / (n0 + n1), n0 + n1)]
    last = max(low, high - (len(places) - 1) * gap)
    level = [min(max(mean, low), last) for mean, members in blocks for _ in range(members)]
    out = [0.0] * len(places)
    for rank, place in enumerate(order):
        out[place] = level[rank] + rank * gap
    return out


CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": palette.PAPER,
    "view": {"stroke": None},
    # The chart has one description and a table beside it; a label on every mark would only be read
    # out one by one.
    "mark": {"aria": False},
    "axis": {
        "aria": False,
        "labelFontSize": SMALL,
        "labelColor": palette.INK,
        "labelPadding": 5,
        "titleFontSize": LABEL,
        "titleFontWeight": "normal",
        "titleColor": palette.MUTED,
        "titlePadding": 8,
        "gridColor": palette.GRID,
        "domainColor": palette.FAINT,
        "tickColor": palette.FAINT,
        "tickSize": 4,
    },
    "text": {"fontSize": SMALL, "color": palette.INK, "baseline": "middle"},
    "rule": {"color": palette.FAINT},
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's size, its margins, and the room above it for column heads, in pixels."""

    height: float
    left: float
    right: float
    bottom: float = 44
    head: float = 0

    @property
    def plot(self) -> float:
        """Width of the plot."""
        return WIDTH - self.left - self.right


def drawn(
    chart: str,
    title: str,
    subtitle: str,
    frame: Frame,
    layers: Sequence[Layer],
    *,
    data: Mapping[str, tuple[Row, ...]],
    columns: Mapping[str, str],
    alt: str,
    note: str,
) -> Chart:
    """A chart of layers inside fixed margins, under its title.

    Title and subtitle are texts at places of their own, for a title of Vega's moves with whatever
    stands out of the plot.

    Parameters
    ----------
    chart, title, subtitle : str
        Its id, what it shows, and how to read it; broken into lines that fit.
    frame : Frame
    layers : sequence of layers
        Over `data`.
    data, columns, alt, note
        As in `Chart`.

    Returns
    -------
    Chart
        `WIDTH` wide.
    """
    heads = wrap(title, WIDTH - 2 * EDGE, TITLE * BOLD)
    lines = wrap(subtitle, WIDTH - 2 * EDGE, LABEL) if subtitle else []
    top = EDGE + TITLE_LINE * len(heads) + SUBTITLE_LINE * len(lines) + 16 + frame.head
    first = EDGE + TITLE_LINE / 2 - top
    below = first + TITLE_LINE * (len(heads) - 0.5) + 3 + SUBTITLE_LINE / 2
    x = EDGE - frame.left
    spec = {
        "$schema": SCHEMA,
        "width": frame.plot,
        "height": frame.height,
        "autosize": {"type": "none"},
        "padding": {
            "left": frame.left,
            "right": frame.right,
            "top": top,
            "bottom": frame.bottom,
        },
        "layer": [
            *layers,
            texts("title", fontSize=TITLE, fontWeight="bold", lineHeight=TITLE_LINE),
            texts("subtitle", fontSize=LABEL, lineHeight=SUBTITLE_LINE),
        ],
        "config": CONFIG,
    }
    said = {"title": (text_row(x, first, "\n".join(heads)),)}
    told = (text_row(x, below, "\n".join(lines), palette.MUTED),) if lines else ()
    return Chart(chart, title, alt, spec, {**data, **said, "subtitle": told}, columns, note)


def layer(data: str, mark: Mapping[str, Any], **encoding: Any) -> Layer:
    """One layer over a named data set."""
    return {"data": {"name": data}, "mark": dict(mark), "encoding": encoding}


def pixels(field: str) -> dict[str, Any]:
    """A channel that takes pixels from a field as they are."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def at(value: float | str) -> dict[str, Any]:
    """A channel with one value: a place in pixels, or a colour."""
    return {"value": value}


def words(field: str) -> dict[str, Any]:
    """A text channel; `nominal` keeps numbers and dates as they are written."""
    return {"field": field, "type": "nominal"}


def number(field: str, low: float, high: float, **axis: Any) -> dict[str, Any]:
    """A position on a scale from `low` to `high`."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {"title": None, **axis},
    }


def chance(field: str, **axis: Any) -> dict[str, Any]:
    """A position on a scale of chances, from 0 to 100%."""
    return number(field, 0.0, 1.0, format=".0%", tickCount=5, **axis)


def time(field: str, first: str, last: str, **axis: Any) -> dict[str, Any]:
    """A position in time, in days of the calendar whatever the reader's clock says.

    Parameters
    ----------
    field : str
        Days as YYYY-MM-DD.
    first, last : str
        Ends of the axis, so written.
    """
    days = (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
    return {
        "field": field,
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_utc(first), _utc(last)], "nice": False},
        "axis": {"title": None, **ticks(days), **axis},
    }


def ticks(days: int) -> dict[str, Any]:
    """Ticks of a time axis over so many days, and how their dates are written."""
    if days > LONG:
        step = max(1, days // 365 // 10)
        return {"format": "%Y", "tickCount": {"interval": "year", "step": step}}
    step = next((step for step in (1, 2, 3) if days / 30.4 / step <= 8), 6)
    return {"format": "%b %Y", "tickCount": {"interval": "month", "step": step}}


def _utc(iso: str) -> dict[str, Any]:
    day = dt.date.fromisoformat(iso)
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}


def labels_right(data: str, width: float) -> list[Layer]:
    """Names at the right of a plot, each led to the end of its line.

    The rows have `at` and `y`, the places in pixels of the end and of the name, `label` and `colour`.
    """
    return [
        layer(
            data,
            {"type": "rule", "strokeWidth": 1},
            x=at(width + 3),
            x2=at(width + 13),
            y=pixels("at"),
            y2={"field": "y"},
        ),
        layer(
            data,
            {"type": "text", "align": "left", "fontSize": SMALL, "lineBreak": "\n"},
            x=at(width + 17),
            y=pixels("y"),
            text=words("label"),
            color=ink("colour"),
        ),
    ]


def ink(field: str) -> dict[str, Any]:
    """A colour taken from a field as it is."""
    return {"field": field, "type": "nominal", "scale": None}


def texts(data: str, align: str = "left", **mark: Any) -> Layer:
    """Texts of a data set with `x`, `y` in pixels, `text`, broken into lines at its breaks, and `colour`."""
    return layer(
        data,
        {"type": "text", "align": align, "fontSize": SMALL, "lineBreak": "\n", **mark},
        x=pixels("x"),
        y=pixels("y"),
        text=words("text"),
        color=ink("colour"),
    )


def boxes(data: str, **mark: Any) -> Layer:
    """Rectangles of a data set with `x`, `x2`, `y`, `y2` in pixels and `colour`."""
    return layer(
        data,
        {"type": "rect", **mark},
        x=pixels("x"),
        x2={"field": "x2"},
        y=pixels("y"),
        y2={"field": "y2"},
        color=ink("colour"),
    )


def rules(data: str, **mark: Any) -> Layer:
    """Straight lines of a data set from (`x`, `y`) to (`x2`, `y2`) in pixels, in their `colour`."""
    return layer(
        data,
        {"type": "rule", **mark},
        x=pixels("x"),
        x2={"field": "x2"},
        y=pixels("y"),
        y2={"field": "y2"},
        color=ink("colour"),
    )


def signs(data: str, filled: bool = True, **mark: Any) -> Layer:
    """Signs of a data set with `x`, `y` in pixels, a `shape` of Vega's and a `colour`."""
    return layer(
        data,
        {"type": "point", "filled": filled, "opacity": 1, "size": 60, **mark},
        x=pixels("x"),
        y=pixels("y"),
        shape=ink("shape"),
        color=ink("colour"),
    )


def text_row(x: float, y: float, text: str, colour: str = palette.INK) -> Row:
    """A row for `texts`."""
    return {"x": round(x, 1), "y": round(y, 1), "text": text, "colour": colour}


def rule_row(x: float, y: float, x2: float, y2: float, colour: str) -> Row:
    """A row for `rules` and for `boxes`."""
    return {
        "x": round(x, 1),
        "y": round(y, 1),
        "x2": round(x2, 1),
        "y2": round(y2, 1),
        "colour": colour,
    }


def sign_row(x: float, y: float, shape: str, colour: str) -> Row:
    """A row for `signs`."""
    return {"x": round(x, 1), "y": round(y, 1), "shape": shape, "colour": colour}
