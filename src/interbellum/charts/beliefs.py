"""What each side makes of its chances: a panel for A, for B and for the analyst, on one scale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from interbellum.charts import palette, theme
from interbellum.charts.fans import GOES_ON, near
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.course import Course, Fan, FanPoint

HEIGHT, LEFT, RIGHT, GAP = 220, 46, 14, 26
FRAME = theme.Frame(HEIGHT, LEFT, RIGHT, bottom=30, head=34)
TOLD = (0, 365, 731)
"""Days of the table, and of the numbers in a panel's head the first."""
BANDS = {
    "A": ("#cfe3f0", "#8fbedd"),
    "B": ("#f7dccb", "#eaa97c"),
    "analyst": ("#e2e2e2", "#b9b9b9"),
}
"""The middle 80% and 50% of each panel."""


def beliefs(course: Course, names: Mapping[str, str], as_of: str) -> Chart:
    """Chance that A prevails as A, B and the analyst see it, if fighting simply went on.

    Parameters
    ----------
    course : Course
        A fan that is empty is left out; at least one is not.
    names : mapping
        Of the sides, by letter.
    as_of : str
        The cut-off, YYYY-MM-DD.
    """
    fans = {"A": course.beliefs[0], "B": course.beliefs[1], "analyst": course.analyst}
    shown = {who: near(fan) for who, fan in fans.items() if fan}
    told = {"A": f"As {names['A']} sees it", "B": f"As {names['B']} sees it"}
    told["analyst"] = "As the analyst sees it"
    title = f"Chance that {names['A']} would prevail, as each sees it"
    panels = _Panels(shown)
    data: dict[str, list[Row]] = {name: [] for name in ("gaps", "cutoffs", "years", "heads")}
    for place, (who, fan) in enumerate(shown.items()):
        _furniture(panels, place, who, told[who], fan, as_of, data)
    return theme.drawn(
        "beliefs",
        title,
        "If it is fought to the finish. Lines: medians; bands: the middle 50% and 80%. Above: at the "
        "cut-off (dotted), with 80%.",
        FRAME,
        _layers(shown),
        data={
            "table": tuple(_table(told[who], fan) for who, fan in shown.items()),
            **{
                who: tuple(_row(point, panels.x(place, point.date)) for point in fan)
                for place, (who, fan) in enumerate(shown.items())
            },
            **{name: tuple(rows) for name, rows in data.items()},
        },
        columns={
            "who": f"chance that {names['A']} prevails",
            **{f"at{days}": _head(days) for days in TOLD},
        },
        alt=_alt(shown, title, told),
        note=f"As coded, moved by the front; nobody's mind is known. {GOES_ON}",
    )


class _Panels:
    """Where a day stands in each panel, in pixels."""

    def __init__(self, shown: Mapping[str, Fan]) -> None:
        self.first = min(dt.date.fromisoformat(fan[0].date) for fan in shown.values())
        self.last = max(dt.date.fromisoformat(fan[-1].date) for fan in shown.values())
        self.width = (FRAME.plot - GAP * (len(shown) - 1)) / len(shown)

    def left(self, place: int) -> float:
        return place * (self.width + GAP)

    def x(self, place: int, iso: str) -> float:
        days = (dt.date.fromisoformat(iso) - self.first).days
        return round(
            self.left(place) + self.width * days / max(1, (self.last - self.first).days), 1
        )

    def years(self) -> list[int]:
        return list(range(self.first.year + 1, self.last.year + 1))


def _furniture(
    panels: _Panels,
    place: int,
    who: str,
    told: str,
    fan: Fan,
    as_of: str,
    data: dict[str, list[Row]],
) -> None:
    """Adds a panel's head, its years, its cut-off, and the gap before it."""
    left, cut = panels.left(place), panels.x(place, as_of)
    now = next(point for point in fan if point.days >= 0)
    colour = palette.SIDES_TEXT.get(who, palette.ANALYST)
    head = f"{theme.cut(told, panels.width)}\n{_chance(now)}"
    data["heads"].append(theme.text_row(left, -26, head, colour))
    data["cutoffs"].append(theme.rule_row(cut, 0, cut, HEIGHT, palette.MUTED))
    if place:
        data["gaps"].append(theme.rule_row(left - GAP, -2, left - 1, HEIGHT + 2, palette.PAPER))
    for year in panels.years():
        x = panels.x(place, f"{year}-01-01")
        data["years"].append(theme.text_row(x, HEIGHT + 14, str(year)))


def _chance(point: FanPoint) -> str:
    return f"{words.percent(point.p)} ({words.interval(point.lo80, point.hi80)})"


def _row(point: FanPoint, x: float) -> Row:
    return {
        "x": x,
        "date": point.date,
        "lo80": point.lo80,
        "lo50": point.lo50,
        "p": point.p,
        "hi50": point.hi50,
        "hi80": point.hi80,
    }


def _at(fan: Fan, days: int) -> FanPoint:
    """The point nearest to a day."""
    return min(fan, key=lambda point: abs(point.days - days))


def _head(days: int) -> str:
    return (
        "at the cut-off (80%)"
        if days == 0
        else f"after about {words.span(365 * round(days / 365))}"
    )


def _table(told: str, fan: Fan) -> Row:
    return {"who": told, **{f"at{days}": _chance(_at(fan, days)) for days in TOLD}}


def _layers(shown: Mapping[str, Fan]) -> list[theme.Layer]:
    x = theme.pixels("x")
    layers: list[theme.Layer] = [theme.boxes("gaps")]
    for who in shown:
        for width, colour in zip(("80", "50"), BANDS[who], strict=True):
            mark = {"type": "area", "color": colour}
            y = theme.chance(f"lo{width}")
            layers.append(theme.layer(who, mark, x=x, y=y, y2={"field": f"hi{width}"}))
        line = {
            "type": "line",
            "color": palette.SIDES.get(who, palette.ANALYST),
            "strokeWidth": 2.5,
        }
        layers.append(theme.layer(who, line, x=x, y=theme.chance("p")))
    return [
        *layers,
        theme.rules("cutoffs", strokeDash=[2, 3]),
        theme.texts("years", align="center"),
        theme.texts("heads", fontWeight="bold", lineHeight=15),
    ]


def _alt(shown: Mapping[str, Fan], title: str, told: Mapping[str, str]) -> str:
    said = [f"{words.lower(told[who])} {_chance(_at(fan, 0))}" for who, fan in shown.items()]
    return f"Panels of fans. {title}, at the cut-off: {'; '.join(said)}."
