"""Promise audit: what a promise is worth on its face, and what chance and delay leave of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, RIGHT, LANE, LINE = 290, 20, 18, 14
PLOT = theme.WIDTH - LEFT - RIGHT
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
    return Chart(
        id="promises",
        title=TITLE,
        alt=_alt(shown, names),
        spec=_spec(scale, height),
        data={
            "table": tuple(_table(one) for one in shown),
            "stripes": tuple(
                theme.rule_row(
                    8 - LEFT, y - 7 * len(text) - 6, PLOT, y + 7 * len(text) + 6, "#f4f5f7"
                )
                for rank, (y, text) in enumerate(zip(middles, texts, strict=True))
                if rank % 2 == 0
            ),
            "names": tuple(
                theme.text_row(16 - LEFT, y - 7 * (len(text) - 1), "\n".join(text))
                for y, text in zip(middles, texts, strict=True)
            ),
            "zero": (theme.rule_row(scale.x(0.0), KEY, scale.x(0.0), height, palette.FAINT),),
            **_dumbbells(shown, middles, scale),
            "key": tuple(_key_texts(names)),
            "keysigns": tuple(_key_signs()),
            "axis": ({"worth": scale.low}, {"worth": scale.high}),
        },
        columns={
            "promise": "promise",
            "chance": "delivered",
            "face_a": f"face to {names['A']}",
            "substance_a": "substance",
            "face_b": f"face to {names['B']}",
            "substance_b": "substance to it",
        },
        note="What the promised term adds to what would hold without it. Face: delivered today for "
        "sure. Substance: after the coded chance and delay of delivery. At the median inputs, to each "
        "lead.",
    )


class _Scale:
    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def x(self, value: float) -> float:
        return PLOT * (value - self.low) / (self.high - self.low)


def _lines(one: Audit) -> list[str]:
    return [
        *theme.wrap(one.title, LEFT - 36, most=2),
        theme.cut(f"{one.giver} to {one.receiver}", LEFT - 36),
    ]


def _rows(texts: Sequence[Sequence[str]]) -> tuple[list[float], float]:
    y, out = KEY + 4.0, []
    for text in texts:
        tall = max(LINE * len(text), 2 * LANE) + 12
        out.append(y + tall / 2)
        y += tall
    return out, y


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


def _key_signs() -> list[Row]:
    return [
        {**theme.sign_row(x, 6, SHAPES[side], palette.SIDES[side]), "filled": filled}
        for x, side, filled in (
            (-LEFT + 20, "A", False),
            (-LEFT + 90, "A", True),
            (-LEFT + 220, "A", True),
            (-LEFT + 220 + 130, "B", True),
        )
    ]


def _key_texts(names: Mapping[str, str]) -> list[Row]:
    width = 112
    return [
        theme.text_row(-LEFT + 30, 6, "face"),
        theme.text_row(-LEFT + 100, 6, "substance"),
        theme.text_row(-LEFT + 230, 6, theme.cut(f"to {names['A']}", width)),
        theme.text_row(-LEFT + 360, 6, theme.cut(f"to {names['B']}", 300)),
    ]


def _spec(scale: _Scale, height: float) -> dict[str, Any]:
    axis = theme.number(
        "worth",
        scale.low,
        scale.high,
        title="adds to the worth of a deal, hundredths of the stake",
        labelExpr="round(100*datum.value)",
        tickMinStep=0.01,
        tickCount=8,
    )
    return theme.framed(
        TITLE,
        "Open: face, delivered today for sure. Filled: substance, after the chance and the delay.",
        [
            theme.boxes("stripes"),
            theme.layer("axis", {"type": "tick", "opacity": 0}, x=axis),
            theme.rules("zero"),
            theme.texts("names"),
            theme.rules("lines", strokeWidth=2),
            theme.signs("faces", filled=False, size=70, strokeWidth=1.8, fill=palette.PAPER),
            theme.signs("substances", size=70),
            theme.texts("key"),
        ],
        height=height,
        left=LEFT,
        right=RIGHT,
    )


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
