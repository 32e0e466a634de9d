"""Fans over time: the race, the front with its record, and what each side believes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import quantiles
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.course import Course, Fan, FanPoint

HEIGHT, RIGHT = 280, 150
FRAME = theme.Frame(HEIGHT, 58, RIGHT, bottom=28)
AHEAD = 731
"""Days ahead that are shown: later, most paths are decided and a median says little."""
MONTHS = 10
"""Of a record, at the least, to speak of their middle 80%."""
MUCH, MOST_TIMES = 2, 20
"""Times as wide as its record from which a fan's note says so, and from which it does not say how many."""
GOES_ON = (
    "What would be if fighting simply went on, with no truce and no deal; no forecast that it will. "
    "Nearly two years ahead are shown: later more and more paths are decided."
)


def race(course: Course, names: Mapping[str, str], as_of: str) -> Chart:
    """Where the race would stand if fighting simply went on.

    Parameters
    ----------
    course : Course
        With a race.
    names : mapping
        Of the sides, by letter.
    as_of : str
        The cut-off, YYYY-MM-DD.
    """
    title = "Where the war would stand if fighting simply went on"
    return _fan_chart(
        "race",
        title,
        f"100: {names['A']} can impose its terms. 0: {names['B']} can.",
        course.race,
        as_of,
        _Scale(0.0, 1.0, words.stake, "round(100*datum.value)"),
        f"{GOES_ON} Median and central 50% and 80% over weighted draws and paths.",
    )


def front(course: Course, names: Mapping[str, str], as_of: str) -> Chart:
    """The front in its own unit: the record, and what would come if fighting simply went on.

    Parameters
    ----------
    course : Course
        With a front.
    names, as_of
        As for the race.
    """
    assert course.front is not None and course.unit is not None
    shown = near(course.front)
    low = min(point.lo80 for point in shown)
    high = max(point.hi80 for point in shown)
    room = 0.05 * (high - low) or 1.0
    since = f" since {words.date(course.front_from)}" if course.front_from else ""
    return _fan_chart(
        "front",
        "The front: the record, and the course if fighting simply went on",
        f"Net gain of {names['A']}{since}, in {course.unit}.",
        course.front,
        as_of,
        _Scale(low - room, high + room, _whole, None),
        f"{GOES_ON} Median and central 50% and 80% over weighted draws and paths."
        f"{_beside_record(course.front)}",
    )


def _beside_record(front: Fan) -> str:
    """How much wider the fan is than the record of as many days; nothing where it is not much wider.

    A reader would take the band for what the record leads one to expect. It is not: its noise comes from
    the coded months to a decision (decision 0030).
    """
    past = [point for point in front if point.days <= 0]
    near_by = next((point for point in front if point.days > 0), None)
    if (
        len(past) > 1 and past[-1].p == past[-2].p
    ):  # nothing is recorded of the days before the cut-off
        past.pop()
    if near_by is None or len(past) <= MONTHS:
        return ""
    moved = [near_by.days * (b.p - a.p) / (b.days - a.days) for a, b in pairwise(past)]
    tenths = quantiles(moved, n=10, method="inclusive")
    low, high, now = tenths[0], tenths[-1], past[-1].p
    ahead = near_by.hi80 - near_by.lo80
    if ahead < MUCH * (high - low):
        return ""
    wider = (
        f"about {words.number(round(ahead / (high - low)))}"
        if ahead < MOST_TIMES * (high - low)
        else f"more than {MOST_TIMES}"
    )
    return (
        f" The fan is {wider} times as wide as its record: {near_by.days} days ahead its middle 80% is a change of "
        f"{_whole(near_by.lo80 - now)} to {_whole(near_by.hi80 - now)}, while the middle 80% of the "
        f"{len(moved)} recorded months is, for as many days, {_whole(low)} to {_whole(high)}. Its noise "
        "comes from the coded months to a decision, and so counts all by which a war can be decided, not "
        "land alone."
    )


def _whole(value: float) -> str:
    """A count with thousands set off, to two digits where it is large: draws know no more."""
    if abs(value) >= 100:
        digits = len(str(int(abs(value)))) - 2
        value = round(value / 10**digits) * 10**digits
    return f"{round(value):,}"


class _Scale:
    """How a fan's numbers are drawn and said."""

    def __init__(
        self, low: float, high: float, tell: Callable[[float], str], expr: str | None
    ) -> None:
        self.low, self.high, self.tell, self.expr = low, high, tell, expr

    def place(self, value: float) -> float:
        return HEIGHT * (self.high - value) / (self.high - self.low)

    def axis(self, field: str) -> dict[str, Any]:
        told = {"labelExpr": self.expr} if self.expr else {"format": ",d"}
        return theme.number(field, self.low, self.high, tickCount=5, **told)


def _fan_chart(
    chart: str, title: str, subtitle: str, fan: Fan, as_of: str, scale: _Scale, note: str
) -> Chart:
    fan = near(fan)
    past = [point for point in fan if point.days <= 0]
    ahead = [point for point in fan if point.days >= 0]
    last = ahead[-1]
    return theme.drawn(
        chart,
        title,
        f"{subtitle}{' Black: so far.' if len(past) > 1 else ''} Bands: the middle 50% and 80%.",
        FRAME,
        _layers(fan, scale),
        data={
            "table": tuple(_table_row(point, scale) for point in _told(past, ahead)),
            "fan": tuple(_row(point) for point in ahead),
            "past": tuple(_row(point) for point in past),
            "labels": _labels(last, scale),
            "cutoff": ({"date": as_of, "text": "cut-off"},),
        },
        columns={"day": "on", "median": "median", "half": "50%", "most": "80%"},
        alt=_alt(title, past, last, scale),
        note=note,
    )


def near(fan: Fan) -> Fan:
    """The points of the past and of nearly two years ahead."""
    return tuple(point for point in fan if point.days <= AHEAD)


def _row(point: FanPoint) -> Row:
    return {
        "date": point.date,
        "lo80": point.lo80,
        "lo50": point.lo50,
        "p": point.p,
        "hi50": point.hi50,
        "hi80": point.hi80,
    }


def _told(past: Sequence[FanPoint], ahead: Sequence[FanPoint]) -> list[FanPoint]:
    """Points for the table: half a dozen of the record, the cut-off, and every half year ahead."""
    step = max(1, len(past) // 6)
    before = [point for point in past[::step] if point.days < 0]
    return before + [p for p in ahead if p.days == 0 or p is ahead[-1] or p.days % 182 < 28]


def _table_row(point: FanPoint, scale: _Scale) -> Row:
    def span(low: float, high: float) -> str:
        left, right = scale.tell(low), scale.tell(high)
        return left if left == right else f"{left} to {right}"

    return {
        "day": words.date(point.date),
        "median": scale.tell(point.p),
        "half": span(point.lo50, point.hi50),
        "most": span(point.lo80, point.hi80),
    }


def _labels(last: FanPoint, scale: _Scale) -> tuple[Row, ...]:
    told = [
        (last.hi80, "80%: up to "),
        (last.hi50, "50%: up to "),
        (last.p, "median "),
        (last.lo50, "50%: from "),
        (last.lo80, "80%: from "),
    ]
    ends = [scale.place(value) for value, _ in told]
    places = theme.apart(ends, 16, 0, HEIGHT)
    return tuple(
        {"at": end, "y": place, "label": f"{name}{scale.tell(value)}", "colour": palette.INK}
        for (value, name), end, place in zip(told, ends, places, strict=True)
    )


def _layers(fan: Fan, scale: _Scale) -> list[theme.Layer]:
    x = theme.time("date", fan[0].date, fan[-1].date)
    line = {"type": "line", "color": palette.FAN["median"], "strokeWidth": 2}
    past = {"type": "line", "color": palette.INK, "strokeWidth": 2.5}
    return [
        band("fan", x, scale.axis("lo80"), "hi80", palette.FAN["80"]),
        band("fan", x, scale.axis("lo50"), "hi50", palette.FAN["50"]),
        theme.layer("fan", line, x=x, y=scale.axis("p")),
        theme.layer("past", past, x=x, y=scale.axis("p")),
        *cut_off(x),
        *theme.labels_right("labels", FRAME.plot),
    ]


def band(
    data: str, x: dict[str, Any], low: dict[str, Any], high: str, colour: str, opacity: float = 1.0
) -> theme.Layer:
    """An area between two fields over time."""
    mark = {"type": "area", "color": colour, "opacity": opacity}
    return theme.layer(data, mark, x=x, y=low, y2={"field": high})


def cut_off(x: dict[str, Any]) -> list[theme.Layer]:
    """A line at the cut-off, with its name at the top."""
    return [
        theme.layer(
            "cutoff",
            {"type": "rule", "strokeDash": [2, 3], "color": palette.MUTED},
            x=x,
        ),
        theme.layer(
            "cutoff",
            {"type": "text", "align": "left", "dx": 4, "dy": 8, "color": palette.MUTED},
            x=x,
            y=theme.at(0),
            text=theme.words("text"),
        ),
    ]


def _alt(title: str, past: Sequence[FanPoint], last: FanPoint, scale: _Scale) -> str:
    said = ""
    if len(past) > 1:
        said = (
            f" The record runs from {scale.tell(past[0].p)} on {words.date(past[0].date)} to "
            f"{scale.tell(past[-1].p)} at the cut-off."
        )
    return (
        f"Fan. {title}.{said} On {words.date(last.date)} the median is {scale.tell(last.p)}, the "
        f"middle 80% {scale.tell(last.lo80)} to {scale.tell(last.hi80)}."
    )
