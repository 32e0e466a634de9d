"""The deal landscape: what packages are worth to both sides, beside fighting on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.course import TextPoint

HEIGHT, LEFT, PLOT = 400, 62, 400
RIGHT = theme.WIDTH - LEFT - PLOT
POINTS = 200
"""Of the frontier, at most: more would not be seen."""
TITLE = "What could be signed, and what fighting on is worth"
EMPTY = ("No package lies here: nothing gives both", "as much as fighting on")

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
        Undominated packages at the median inputs.
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
    frame = _Frame([*frontier, *(point for _, point, _ in marks), *([value] if known else [])])
    return Chart(
        id="landscape",
        title=TITLE,
        alt=_alt(room, value, known, drafts, names, open_share),
        spec=_spec(frame, names, open_share),
        data={
            "table": tuple(_table(solutions, drafts, value, known, names)),
            "frontier": tuple({"a": a, "b": b} for a, b in thinned(frontier)),
            "room": _room_rows(room, value),
            "better": _better(frame, value, known),
            "values": _values(frame, value, known, names),
            "spots": tuple(_spots(frame, marks)),
            "letters": tuple(_letters(frame, marks)),
            "key": tuple(_key(solutions, drafts)),
            "keysigns": tuple(_key_signs(solutions, drafts)),
            "sentence": _sentence(frame, value, known and not room),
        },
        columns={"what": "", "a": f"worth to {names['A']}", "b": f"worth to {names['B']}"},
        note="At the median inputs, in hundredths of the stake (total victory 100, total defeat 0), "
        "with the risk that a deal breaks. The frontier is of packages that cross no red line in "
        "force; drafts may cross some. What the model finds is no proposal.",
    )


class _Frame:
    """Scales that hold every point, with some air."""

    def __init__(self, points: Sequence[Pair]) -> None:
        self.low, self.high = [], []
        for axis in (0, 1):
            values = [point[axis] for point in points] or [0.0, 1.0]
            air = max(0.02, 0.08 * (max(values) - min(values)))
            self.low.append(min(values) - air)
            self.high.append(max(values) + air)

    def x(self, value: float) -> float:
        return PLOT * (value - self.low[0]) / (self.high[0] - self.low[0])

    def y(self, value: float) -> float:
        return HEIGHT * (self.high[1] - value) / (self.high[1] - self.low[1])

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


def _marks(
    solutions: Sequence[tuple[str, Pair, bool]], drafts: Sequence[TextPoint]
) -> list[tuple[str, Pair, str]]:
    """(letter, point, kind): drafts by number in order of their days, solutions by a letter."""
    out = [(str(number), text.u, "draft") for number, text in enumerate(drafts, start=1)]
    letters = "KLMNPQRSTUVW"
    out += [(letters[place], point, "solution") for place, (_, point, _) in enumerate(solutions)]
    return out


def _room_rows(room: Sequence[Pair], value: Pair) -> tuple[Row, ...]:
    if not room:
        return ()
    corner = [(value[0], max(b for _, b in room)), *sorted(room)]
    return tuple({"a": a, "low": value[1], "high": b} for a, b in corner)


def _better(frame: _Frame, value: Pair, known: bool) -> tuple[Row, ...]:
    if not known:
        return ()
    return (theme.rule_row(frame.x(value[0]), 0, PLOT, frame.y(value[1]), "#f1f3f5"),)


def _values(frame: _Frame, value: Pair, known: bool, names: Mapping[str, str]) -> tuple[Row, ...]:
    if not known:
        return ()
    x, y = frame.x(value[0]), frame.y(value[1])
    return (
        theme.rule_row(x, 0, x, HEIGHT, palette.SIDES["A"]),
        theme.rule_row(0, y, PLOT, y, palette.SIDES["B"]),
    )


def _spots(frame: _Frame, marks: Sequence[tuple[str, Pair, str]]) -> list[Row]:
    shapes = {"draft": "circle", "solution": "diamond"}
    colours = {"draft": palette.PAPER, "solution": palette.INK}
    return [
        theme.sign_row(frame.x(point[0]), frame.y(point[1]), shapes[kind], colours[kind])
        for _, point, kind in marks
    ]


def _letters(frame: _Frame, marks: Sequence[tuple[str, Pair, str]]) -> list[Row]:
    colours = {"draft": palette.INK, "solution": palette.PAPER}
    return [
        theme.text_row(frame.x(point[0]), frame.y(point[1]), letter, colours[kind])
        for letter, point, kind in marks
    ]


def _key(solutions: Sequence[tuple[str, Pair, bool]], drafts: Sequence[TextPoint]) -> list[Row]:
    rows: list[Row] = []
    y = 6.0
    for name, text, tail in _key_lines(solutions, drafts):
        lines = [*theme.wrap(name, RIGHT - 44, most=2), tail]
        rows.append(theme.text_row(PLOT + 38, y, "\n".join(lines)))
        y += 14 * len(lines) + 8
        del text
    return rows


def _key_lines(
    solutions: Sequence[tuple[str, Pair, bool]], drafts: Sequence[TextPoint]
) -> list[tuple[str, str, str]]:
    out = []
    for text in drafts:
        out.append((text.title, "draft", f"{words.date(text.date)}; {crossing(text)}"))
    for name, _, acceptable in solutions:
        verdict = "both could bear it" if acceptable else "not both could bear it"
        out.append((name, "solution", verdict))
    return out


def crossing(text: TextPoint) -> str:
    """How many red lines in force a draft crosses, in words."""
    if text.crosses is None:
        return "red lines crossed: hidden"
    return f"crosses {words.number(text.crosses)} red {'line' if text.crosses == 1 else 'lines'}"


def _key_signs(
    solutions: Sequence[tuple[str, Pair, bool]], drafts: Sequence[TextPoint]
) -> list[Row]:
    letters = [letter for letter, _, _ in _marks(solutions, drafts)]
    rows: list[Row] = []
    y = 6.0
    for letter, (name, kind, _) in zip(letters, _key_lines(solutions, drafts), strict=True):
        draft = kind == "draft"
        rows.append(
            {
                **theme.sign_row(
                    PLOT + 22,
                    y,
                    "circle" if draft else "diamond",
                    palette.PAPER if draft else palette.INK,
                ),
                "text": letter,
                "on": palette.INK if draft else palette.PAPER,
            }
        )
        y += 14 * (len(theme.wrap(name, RIGHT - 44, most=2)) + 1) + 8
    return rows


def _sentence(frame: _Frame, value: Pair, empty: bool) -> tuple[Row, ...]:
    if not empty:
        return ()
    x, y = frame.x(value[0]), frame.y(value[1])
    inside = PLOT - x > 230
    place = x + 8 if inside else PLOT - 230
    return (theme.text_row(place, max(12.0, y - 28), "\n".join(EMPTY), palette.MUTED),)


def _spec(frame: _Frame, names: Mapping[str, str], open_share: float) -> dict[str, Any]:
    x = frame.channel("a", 0, f"worth to {names['A']}, hundredths of the stake")
    y = frame.channel("b", 1, f"worth to {names['B']}")
    room = theme.layer(
        "room",
        {"type": "area", "color": "#8fd3bd"},
        x=x,
        y=frame.channel("low", 1, f"worth to {names['B']}"),
        y2={"field": "high"},
    )
    line = {"type": "line", "color": palette.ACCENT, "strokeWidth": 2.5}
    frontier = theme.layer("frontier", line, x=x, y=y)
    spot = {"stroke": palette.INK, "strokeWidth": 1.2, "size": 230}
    return theme.framed(
        TITLE,
        "Right of the blue line A, above the orange line B prefers a deal to fighting on. In "
        f"{words.percent(open_share)} of the draws some package is acceptable to both.",
        [
            theme.boxes("better"),
            room,
            theme.rules("values", strokeWidth=1.75, strokeDash=[6, 3]),
            frontier,
            theme.signs("spots", **spot),
            theme.texts("letters", align="center"),
            theme.signs("keysigns", **spot),
            theme.layer(
                "keysigns",
                {"type": "text", "fontSize": theme.SMALL},
                x=theme.pixels("x"),
                y=theme.pixels("y"),
                text=theme.words("text"),
                color=theme.ink("on"),
            ),
            theme.texts("key"),
            theme.texts("sentence", fontStyle="italic"),
        ],
        height=HEIGHT,
        left=LEFT,
        right=RIGHT,
    )


def _table(
    solutions: Sequence[tuple[str, Pair, bool]],
    drafts: Sequence[TextPoint],
    value: Pair,
    known: bool,
    names: Mapping[str, str],
) -> list[Row]:
    rows: list[Row] = []
    if known:
        rows.append({"what": "fighting on", "a": words.stake(value[0]), "b": words.stake(value[1])})
    rows += [
        {"what": text.title, "a": words.stake(text.u[0]), "b": words.stake(text.u[1])}
        for text in drafts
    ]
    rows += [
        {"what": name, "a": words.stake(point[0]), "b": words.stake(point[1])}
        for name, point, _ in solutions
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
        said += f" Of {words.count(len(drafts), 'draft')} {words.number(fits)} could be signed."
    return said
