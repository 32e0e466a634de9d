"""Promise audit: what a promise is worth on its face, and what chance and delay leave of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, RIGHT, LANE, LINE = 290, 20, 18, 14
PLOT = theme.WIDTH - LEFT - RIGHT
STRIPE = "#f4f5f7"
AIR, LESS_AIR, MANY = 14.0, 4.0, 10
"""Free height in a row, and where there are more promises than so many."""
TITLE = "What promises are worth: on their face, and in substance"
KEY = 26
SHAPES = {"A": "circle", "B": "square"}


@dataclass(frozen=True, slots=True)
class Audit:
    """A promise with its worth to each lead; numbers that are hidden are None."""

    title: str
    giver: str
    receiver: str
    delivered: float | None
    face: tuple[float, float] | None
    substance: tuple[float, float] | None


def promises(audits: Sequence[Audit], names: Mapping[str, str]) -> Chart:
    """Face and substance of every promise, to A and to B, in hundredths of the stake.

    Parameters
    ----------
    audits : sequence of Audit
        At least one with a face that is known.
    names : mapping
        Of the sides, by letter.
    """
    shown = [one for one in audits if one.face is not None]
    texts = [_lines(one) for one in shown]
    middles, height = _rows(texts)
    values = [v for one in shown for pair in (one.face, one.substance) if pair for v in pair]
    low, high = min(0.0, *values), max(0.0, *values)
    air = max(0.004, 0.06 * (high - low))
    scale = _Scale(low - air, high + air)
    return theme.drawn(
        "promises",
        TITLE,
        "Open: face, delivered today for sure. Filled: substance, after the coded chance and delay.",
        theme.Frame(height, LEFT, RIGHT),
        _layers(scale),
        data={
            "table": tuple(_table(one) for one in shown),
            **_names(texts, middles),
            "zero": (theme.rule_row(scale.x(0.0), KEY, scale.x(0.0), height, palette.FAINT),),
            **_dumbbells(shown, middles, scale),
            **_key(names),
            "axis": ({"worth": scale.low}, {"worth": scale.high}),
        },
        columns={
            "promise": "promise",
            "chance": "delivered",
            "face_a": f"face to {names['A']}",
            "substance_a": f"substance to {names['A']}",
            "face_b": f"face to {names['B']}",
            "substance_b": f"substance to {names['B']}",
        },
        alt=_alt(shown, names),
        note="What the promised term adds to what would hold without it. Face: delivered today for "
        "sure. Substance: after the coded chance and delay of delivery. At the median inputs, to each "
        "lead.",
    )


class _Scale:
    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def x(self, value: float) -> float:
        return PLOT * (value - self.low) / (self.high - self.low)


def _lines(one: Audit) -> tuple[list[str], list[str]]:
    """The promise, and who gives it to whom."""
    width = LEFT - 40
    return theme.wrap(one.title, width, most=2), theme.wrap(
        f"{one.giver} to {one.receiver}", width, most=2
    )


Texts = Sequence[tuple[list[str], list[str]]]


def _rows(texts: Texts) -> tuple[list[float], float]:
    """Middle of each promise's row, and the height of the plot."""
    y, out = KEY + 4.0, []
    air = AIR if len(texts) <= MANY else LESS_AIR
    for title, who in texts:
        tall = max(LINE * (len(title) + len(who)), 2 * LANE) + air
        out.append(y + tall / 2)
        y += tall
    return out, y


def _names(texts: Texts, middles: Sequence[float]) -> dict[str, tuple[Row, ...]]:
    air = AIR if len(texts) <= MANY else LESS_AIR
    names: list[Row] = []
    stripes: list[Row] = []
    for rank, ((title, who), middle) in enumerate(zip(texts, middles, strict=True)):
        half = LINE / 2 * (len(title) + len(who))
        top = middle - half + LINE / 2
        names.append(theme.text_row(16 - LEFT, top, "\n".join(title)))
        below = top + LINE * len(title)
        names.append(theme.text_row(16 - LEFT, below, "\n".join(who), palette.MUTED))
        if rank % 2 == 0:
            edge = max(half, LANE) + air / 2
            stripes.append(
                theme.rule_row(theme.EDGE - LEFT, middle - edge, PLOT, middle + edge, STRIPE)
            )
    return {"names": tuple(names), "stripes": tuple(stripes)}


def _dumbbells(
    shown: Sequence[Audit], middles: Sequence[float], scale: _Scale
) -> dict[str, tuple[Row, ...]]:
    lines: list[Row] = []
    faces: list[Row] = []
    substances: list[Row] = []
    for one, middle in zip(shown, middles, strict=True):
        assert one.face is not None
        for place, side in enumerate("AB"):
            y = middle + (place - 0.5) * LANE
            face, colour = scale.x(one.face[place]), palette.SIDES[side]
            faces.append(theme.sign_row(face, y, SHAPES[side], colour))
            if one.substance is not None:
                substance = scale.x(one.substance[place])
                lines.append(theme.rule_row(face, y, substance, y, colour))
                substances.append(theme.sign_row(substance, y, SHAPES[side], colour))
    return {"lines": tuple(lines), "faces": tuple(faces), "substances": tuple(substances)}


def _key(names: Mapping[str, str]) -> dict[str, tuple[Row, ...]]:
    """A line above the plot that names the signs."""
    signs: list[Row] = []
    texts: list[Row] = []
    x = 16.0 - LEFT
    for side in "AB":
        name = theme.cut(f"to {names[side]}", 300)
        signs.append(theme.sign_row(x + 5, 6, SHAPES[side], palette.SIDES[side]))
        texts.append(theme.text_row(x + 16, 6, name))
        x += theme.text_width(name) + 44
    return {"keysigns": tuple(signs), "keytexts": tuple(texts)}


def _layers(scale: _Scale) -> list[theme.Layer]:
    axis = theme.number(
        "worth",
        scale.low,
        scale.high,
        title="what it adds to the worth of a deal, hundredths of the stake",
        labelExpr="round(100*datum.value)",
        tickMinStep=0.01,
        tickCount=8,
    )
    return [
        theme.boxes("stripes"),
        theme.layer("axis", {"type": "tick", "opacity": 0}, x=axis),
        theme.rules("zero"),
        theme.texts("names", lineHeight=LINE),
        theme.rules("lines", strokeWidth=2),
        theme.signs("faces", filled=False, size=70, strokeWidth=1.8, fill=palette.PAPER),
        theme.signs("substances", size=70),
        theme.signs("keysigns", size=70),
        theme.texts("keytexts"),
    ]


def _table(one: Audit) -> Row:
    def told(pair: tuple[float, float] | None, place: int) -> str:
        return words.REDACTED if pair is None else worth(pair[place])

    return {
        "promise": f"{one.title} ({one.giver} to {one.receiver})",
        "chance": words.REDACTED if one.delivered is None else words.percent(one.delivered),
        "face_a": told(one.face, 0),
        "substance_a": told(one.substance, 0),
        "face_b": told(one.face, 1),
        "substance_b": told(one.substance, 1),
    }


def worth(value: float) -> str:
    """A small worth in hundredths of the stake, with its sign and no decimals."""
    if abs(value) < 0.0005:
        return "0"
    if abs(value) < 0.005:
        return "0 to 1" if value > 0 else "-1 to 0"
    return f"{'+' if value > 0 else ''}{words.stake(value)}"


def _alt(shown: Sequence[Audit], names: Mapping[str, str]) -> str:
    told = []
    for one in shown[:3]:
        assert one.face is not None
        if one.substance is None:
            continue
        told.append(
            f"“{one.title}” {worth(one.face[0])} to {names['A']} on its face and "
            f"{worth(one.substance[0])} in substance, {worth(one.face[1])} and "
            f"{worth(one.substance[1])} to {names['B']}"
        )
    return (
        f"Two dots a side for each of {words.count(len(shown), 'promise')}, in hundredths of the "
        f"stake. {'; '.join(told)}{'.' if told else ''}"
    ).strip()
