"""The deal landscape: what packages are worth to both sides, beside fighting on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.course import TextPoint

LOWEST, TALLEST, LEFT, PLOT = 400.0, 560.0, 62, 400
"""Heights of the plot, which grows with its key, its left margin and its width."""
RIGHT = theme.WIDTH - LEFT - PLOT
POINTS = 200
"""Of the frontier, at most: more would not be seen."""
TITLE = "What could be signed, and what fighting on is worth"
EMPTY = "where both gain: no package that crosses no red line lies here"
NO_FRONTIER = "no frontier: every package crosses a red line in force or lacks a consent"
BETTER = "#eceff2"
KEY_LINE = 13
LETTERS = "KLMNPQRSTUVW"
"""Of solutions; drafts have numbers."""
ROOM = "#8fd3bd"
APART = 18.0
"""Pixels between two signs, at the least."""
AROUND = (
    (0.0, 0.0),
    *(
        (r * math.cos(a * math.pi / 4), r * math.sin(a * math.pi / 4))
        for r in (22, 40)
        for a in (7, 1, 3, 5, 0, 6, 2, 4)
    ),
)
"""Where a sign may stand about its point, the best place first."""

Pair = tuple[float, float]


def landscape(
    frontier: Sequence[Pair],
    value: Pair,
    solutions: Sequence[tuple[str, Pair, bool]],
    texts: Sequence[TextPoint],
    names: Mapping[str, str],
    open_share: float,
) -> Chart:
    """Packages in the plane of what they are worth to A and to B, with the risk that they break.

    Parameters
    ----------
    frontier : sequence of (U_A, U_B)
        Undominated packages at the median inputs; empty where red lines and consents leave none.
    value : (V_A, V_B)
        What fighting on is worth at the median inputs; NaN where hidden.
    solutions : sequence of (name in words, (U_A, U_B), acceptable)
    texts : sequence of TextPoint
        Drafts; those whose worth is NaN are left out.
    names : mapping
        Of the sides, by letter.
    open_share : float
        Weighted share of the draws in which some package is acceptable to both.
    """
    drafts = [text for text in texts if all(map(math.isfinite, text.u))]
    known = all(map(math.isfinite, value))
    room = [point for point in frontier if known and point[0] >= value[0] and point[1] >= value[1]]
    marks = _marks(solutions, drafts)
    key, tall = _key(marks, names, known, bool(room), bool(frontier))
    height = min(TALLEST, max(LOWEST, tall - 44.0))
    points = [*frontier, *(mark.point for mark in marks), *([value] if known else [])]
    scales = _Scales(points, height)
    return theme.drawn(
        "landscape",
        TITLE,
        "Worth in hundredths of the stake, at the median inputs. In "
        f"{words.percent(open_share)} of the draws both could bear some package.",
        theme.Frame(height, LEFT, RIGHT, bottom=max(44.0, tall - height)),
        _layers(scales, names),
        data={
            "table": tuple(_table(marks, value, known)),
            "frontier": tuple({"a": a, "b": b} for a, b in thinned(frontier)),
            "room": _room_rows(room, value),
            **(_fighting(scales, value) if known else {"better": (), "values": ()}),
            **_spots(scales, marks),
            **key,
        },
        columns={
            "what": "worth, hundredths of the stake",
            "a": f"to {names['A']}",
            "b": f"to {names['B']}",
        },
        alt=_alt(room, value, known, drafts, names, open_share),
        note="With the risk that a deal breaks (total victory 100, total defeat 0). The frontier is of "
        "packages that cross no red line in force; drafts may cross some. What the model finds is no "
        "proposal.",
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    """A point with its sign."""

    sign: str
    name: str
    tail: str
    point: Pair
    draft: bool


class _Scales:
    """Scales that hold every point, with some air."""

    def __init__(self, points: Sequence[Pair], height: float) -> None:
        self.height = height
        self.low, self.high = [], []
        for axis in (0, 1):
            values = [point[axis] for point in points] or [0.0, 1.0]
            air = max(0.02, 0.08 * (max(values) - min(values)))
            self.low.append(min(values) - air)
            self.high.append(max(values) + air)

    def x(self, value: float) -> float:
        return PLOT * (value - self.low[0]) / (self.high[0] - self.low[0])

    def y(self, value: float) -> float:
        return self.height * (self.high[1] - value) / (self.high[1] - self.low[1])

    def channel(self, field: str, axis: int, title: str) -> dict[str, Any]:
        return theme.number(
            field,
            self.low[axis],
            self.high[axis],
            title=title,
            labelExpr="round(100*datum.value)",
            tickMinStep=0.01,
            tickCount=6,
        )


def thinned(points: Sequence[Pair], most: int = POINTS) -> list[Pair]:
    """At most so many of the points, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(rank * step)] for rank in range(most)]


def _marks(solutions: Sequence[tuple[str, Pair, bool]], drafts: Sequence[TextPoint]) -> list[_Mark]:
    """Drafts by number, in order of their days; solutions by letter."""
    out = [
        _Mark(str(number), text.title, f"{words.date(text.date)}; {crossing(text)}", text.u, True)
        for number, text in enumerate(drafts, start=1)
    ]
    for letter, (name, point, acceptable) in zip(LETTERS, solutions, strict=False):
        verdict = "both could bear it" if acceptable else "not both could bear it"
        out.append(_Mark(letter, f"{words.start(name)} package", verdict, point, False))
    return out


def _room_rows(room: Sequence[Pair], value: Pair) -> tuple[Row, ...]:
    if not room:
        return ()
    corner = [(value[0], max(b for _, b in room)), *sorted(room)]
    return tuple({"a": a, "least": value[1], "most": b} for a, b in corner)


def _fighting(scales: _Scales, value: Pair) -> dict[str, tuple[Row, ...]]:
    """Lines at what fighting on is worth to each, and where both prefer a deal."""
    x, y = scales.x(value[0]), scales.y(value[1])
    return {
        "better": (theme.rule_row(x, 0, PLOT, y, BETTER),),
        "values": (
            theme.rule_row(x, 0, x, scales.height, palette.SIDES["A"]),
            theme.rule_row(0, y, PLOT, y, palette.SIDES["B"]),
        ),
    }


def _spots(scales: _Scales, marks: Sequence[_Mark]) -> dict[str, tuple[Row, ...]]:
    """Signs at their points, or beside them with a line to them where another stands there."""
    placed: list[tuple[float, float]] = []
    spots: list[Row] = []
    letters: list[Row] = []
    leads: list[Row] = []
    for mark in marks:
        x, y = scales.x(mark.point[0]), scales.y(mark.point[1])
        around = [(x + dx, y + dy) for dx, dy in AROUND]
        at = next((one for one in around if _free(one, placed, scales.height)), (x, y))
        placed.append(at)
        spots.append(_spot(mark, *at))
        letters.append(_letter(mark, *at))
        if at != (x, y):
            leads.append(theme.rule_row(x, y, *at, palette.INK))
    tips = tuple(theme.sign_row(lead["x"], lead["y"], "circle", palette.INK) for lead in leads)
    return {
        "spots": tuple(spots),
        "letters": tuple(letters),
        "leads": tuple(leads),
        "tips": tips,
    }


def _free(place: tuple[float, float], placed: Sequence[tuple[float, float]], height: float) -> bool:
    inside = 8 <= place[0] <= PLOT - 8 and 8 <= place[1] <= height - 8
    return inside and all(math.dist(place, other) >= APART for other in placed)


def _spot(mark: _Mark, x: float, y: float) -> Row:
    if mark.draft:
        return theme.sign_row(x, y, "circle", palette.PAPER)
    return theme.sign_row(x, y, "diamond", palette.INK)


def _letter(mark: _Mark, x: float, y: float) -> Row:
    return theme.text_row(x, y, mark.sign, palette.INK if mark.draft else palette.PAPER)


def _key(
    marks: Sequence[_Mark], names: Mapping[str, str], known: bool, room: bool, any_package: bool
) -> tuple[dict[str, tuple[Row, ...]], float]:
    """Right of the plot: lines, areas and signs with their names; and how far down they reach."""
    x, y = PLOT + 22.0, 8.0
    data: dict[str, list[Row]] = {name: [] for name in KEY}

    def line(name: str, text: str, colour: str) -> None:
        nonlocal y
        lines = theme.wrap(text, RIGHT - 46, most=3)
        data[name].append(theme.rule_row(x - 10, y, x + 10, y, colour))
        data["keytexts"].append(theme.text_row(x + 17, y, "\n".join(lines)))
        y += KEY_LINE * len(lines) + 8

    if any_package:
        line("keyline", "frontier: best packages that cross no red line in force", palette.ACCENT)
    else:
        lines = theme.wrap(NO_FRONTIER, RIGHT - 30)
        data["keytexts"].append(theme.text_row(x - 10, y, "\n".join(lines)))
        y += KEY_LINE * len(lines) + 8
    if known:
        line(
            "keyvalues",
            f"right of it: better than fighting on for {names['A']}",
            palette.SIDES["A"],
        )
        line("keyvalues", f"above it: better than fighting on for {names['B']}", palette.SIDES["B"])
        area, text = (ROOM, "bargaining range: both gain") if room else (BETTER, EMPTY)
        data["keyarea"].append(theme.rule_row(x - 10, y - 6, x + 10, y + 6, area))
        lines = theme.wrap(text, RIGHT - 46)
        data["keytexts"].append(theme.text_row(x + 17, y, "\n".join(lines)))
        y += KEY_LINE * len(lines) + 12
    for mark in marks:
        told = [*theme.wrap(mark.name, RIGHT - 46, most=2), mark.tail]
        data["keyspots"].append(_spot(mark, x, y))
        data["keyletters"].append(_letter(mark, x, y))
        data["keytexts"].append(theme.text_row(x + 17, y, "\n".join(told)))
        y += KEY_LINE * len(told) + 7
    return {name: tuple(rows) for name, rows in data.items()}, y


KEY = ("keyline", "keyvalues", "keyarea", "keyspots", "keyletters", "keytexts")


def crossing(text: TextPoint) -> str:
    """How many red lines in force a draft crosses, in words."""
    if text.crosses is None:
        return "red lines crossed: hidden"
    return f"crosses {words.number(text.crosses)} red {'line' if text.crosses == 1 else 'lines'}"


def _layers(scales: _Scales, names: Mapping[str, str]) -> list[theme.Layer]:
    x = scales.channel("a", 0, f"worth to {names['A']}")
    title = f"worth to {names['B']}"
    line = {"type": "line", "color": palette.ACCENT, "strokeWidth": 3}
    spot: dict[str, Any] = {"stroke": palette.INK, "strokeWidth": 1.2, "size": 230}
    return [
        theme.boxes("better"),
        theme.layer(
            "room",
            {"type": "area", "color": ROOM},
            x=x,
            y=scales.channel("least", 1, title),
            y2={"field": "most"},
        ),
        theme.rules("values", strokeWidth=1.75, strokeDash=[6, 3]),
        theme.layer("frontier", line, x=x, y=scales.channel("b", 1, title)),
        theme.rules("leads", strokeWidth=1),
        theme.signs("tips", size=22),
        theme.signs("spots", **spot),
        theme.texts("letters", align="center"),
        theme.rules("keyline", strokeWidth=3),
        theme.rules("keyvalues", strokeWidth=1.75, strokeDash=[6, 3]),
        theme.boxes("keyarea"),
        theme.signs("keyspots", **spot),
        theme.texts("keyletters", align="center"),
        theme.texts("keytexts", lineHeight=KEY_LINE),
    ]


def _table(marks: Sequence[_Mark], value: Pair, known: bool) -> list[Row]:
    rows: list[Row] = []
    if known:
        rows.append({"what": "fighting on", "a": words.stake(value[0]), "b": words.stake(value[1])})
    rows += [
        {"what": mark.name, "a": words.stake(mark.point[0]), "b": words.stake(mark.point[1])}
        for mark in marks
    ]
    return rows


def _alt(
    room: Sequence[Pair],
    value: Pair,
    known: bool,
    drafts: Sequence[TextPoint],
    names: Mapping[str, str],
    open_share: float,
) -> str:
    said = "Plane of what packages are worth to each side. "
    if known:
        said += (
            f"At the median inputs fighting on is worth {words.stake(value[0])} to {names['A']} and "
            f"{words.stake(value[1])} to {names['B']}, in hundredths of the stake; "
            + ("some packages give both more. " if room else "no package gives both as much. ")
        )
    said += f"In {words.percent(open_share)} of the draws some package is acceptable to both."
    fits = sum(text.acceptable is True for text in drafts)
    if drafts:
        told = words.number(fits) if fits else "none"
        said += f" Of {words.count(len(drafts), 'draft')} {told} could be signed."
    return said
