"""Structurally different models beside one another: each one's chance, the pool, and the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.result import RungForecast

LEFT, RIGHT, LANE, KEY = 220, 60, 38, 24
PLOT = theme.WIDTH - LEFT - RIGHT
SHAPES = ("circle", "square", "triangle-up", "cross", "diamond", "triangle-down")
TITLE = "What different models say of the same war"


@dataclass(frozen=True, slots=True)
class Line:
    """A rung with its pooled forecast and each model's own chance."""

    name: str
    forecast: RungForecast
    own: Mapping[str, float]
    """Chance by the model's name in words."""


def variants(lines: Sequence[Line], day: str) -> Chart:
    """A row a rung: signs for the models, a diamond and bars for the pool, a tick for the base rate.

    Parameters
    ----------
    lines : sequence of Line
        At least one.
    day : str
        The day of all of them, YYYY-MM-DD.
    """
    models = list(dict.fromkeys(name for line in lines for name in line.own))
    shapes = {name: SHAPES[rank % len(SHAPES)] for rank, name in enumerate(models)}
    height = KEY + LANE * len(lines)
    data: dict[str, list[Row]] = {name: [] for name in ("spans", "gaps", "bases", "pooled", "dots")}
    data |= {"names": [], "told": []}
    for rank, line in enumerate(lines):
        _row(line, KEY + LANE * (rank + 0.5), shapes, data)
    return theme.drawn(
        "variants",
        TITLE,
        f"Chance of each by {words.date(day)}; bold, the pooled chance.",
        theme.Frame(height, LEFT, RIGHT),
        _layers(),
        data={
            "table": tuple(_table(line, models) for line in lines),
            **{name: tuple(rows) for name, rows in data.items()},
            **_key(models, shapes),
            "axis": ({"p": 0.0}, {"p": 1.0}),
        },
        columns={
            "rung": "begins by then",
            "pooled": "pooled (80%)",
            **{f"model{rank}": name for rank, name in enumerate(models)},
            "base": "base rate",
        },
        alt=_alt(lines, day),
        note="The line runs from the lowest model to the highest: their gap. Bars: 50% and 80% of the "
        "pool. Base rates are of the dossier's own record; with few events they are mostly their "
        "prior, half an event a rung. The reference class gives each of the five ways to end that half "
        "event, so with few events it says less often than the base rate that the war goes on.",
    )


def _row(line: Line, y: float, shapes: Mapping[str, str], data: dict[str, list[Row]]) -> None:
    """Adds a rung's signs; models stand a little apart, so that equal ones are all seen."""
    chance, fan = line.forecast.chance, palette.FAN
    for low, high, colour in (
        (chance.lo80, chance.hi80, fan["80"]),
        (chance.lo50, chance.hi50, fan["50"]),
    ):
        data["spans"].append(theme.rule_row(PLOT * low, y - 8, PLOT * high, y + 8, colour))
    ends = (min(line.own.values()), max(line.own.values()))
    data["gaps"].append(theme.rule_row(PLOT * ends[0], y, PLOT * ends[1], y, palette.INK))
    step = 20 / max(1, len(shapes) - 1)
    for place, (name, shape) in enumerate(shapes.items()):
        if name in line.own:
            at = y - 10 + step * place
            data["dots"].append(theme.sign_row(PLOT * line.own[name], at, shape, palette.PAPER))
    data["pooled"].append(theme.sign_row(PLOT * chance.p, y, "diamond", fan["median"]))
    x = PLOT * line.forecast.base_rate
    data["bases"].append(theme.rule_row(x, y - 13, x, y + 13, palette.SIDES["B"]))
    text = theme.wrap(line.name, LEFT - 24, most=2)
    data["names"].append(theme.text_row(-12, y - 7 * (len(text) - 1), "\n".join(text)))
    data["told"].append(theme.text_row(PLOT + 14, y, words.percent(chance.p)))


def _key(models: Sequence[str], shapes: Mapping[str, str]) -> dict[str, tuple[Row, ...]]:
    """One line above the plot that names every sign."""
    signs, texts = [], []
    x = 8.0 - LEFT + 8
    for name in models:
        signs.append(theme.sign_row(x, 4, shapes[name], palette.PAPER))
        texts.append(theme.text_row(x + 9, 4, name))
        x += theme.text_width(name) + 28
    pool = [theme.sign_row(x, 4, "diamond", palette.FAN["median"])]
    texts.append(theme.text_row(x + 10, 4, "pooled"))
    x += 60
    base = [theme.rule_row(x, -4, x, 12, palette.SIDES["B"])]
    texts.append(theme.text_row(x + 7, 4, "base rate"))
    x += 74
    gap = [theme.rule_row(x - 8, 4, x + 12, 4, palette.INK)]
    texts.append(theme.text_row(x + 17, 4, "gap between the models"))
    return {
        "keysigns": tuple(signs),
        "keypool": tuple(pool),
        "keybase": tuple(base),
        "keygap": tuple(gap),
        "keytexts": tuple(texts),
    }


def _layers() -> list[theme.Layer]:
    outline: dict[str, Any] = {"stroke": palette.INK, "strokeWidth": 1.3, "size": 46}
    return [
        theme.layer("axis", {"type": "tick", "opacity": 0}, x=theme.chance("p", title="chance")),
        theme.boxes("spans"),
        theme.rules("bases", strokeWidth=2.5),
        theme.rules("keybase", strokeWidth=2.5),
        theme.rules("gaps", strokeWidth=1),
        theme.rules("keygap", strokeWidth=1),
        theme.signs("pooled", size=170),
        theme.signs("keypool", size=150),
        theme.signs("dots", **outline),
        theme.signs("keysigns", **outline),
        theme.texts("names", align="right"),
        theme.texts("told", fontWeight="bold"),
        theme.texts("keytexts"),
    ]


def _table(line: Line, models: Sequence[str]) -> Row:
    chance = line.forecast.chance
    own = {
        f"model{rank}": words.percent(line.own[name]) if name in line.own else ""
        for rank, name in enumerate(models)
    }
    return {
        "rung": line.name,
        "pooled": f"{words.percent(chance.p)} ({words.interval(chance.lo80, chance.hi80)})",
        **own,
        "base": f"{words.percent(line.forecast.base_rate)} (n = {line.forecast.base_rate_n})",
    }


def _alt(lines: Sequence[Line], day: str) -> str:
    told = []
    for line in lines[:4]:
        low, high = min(line.own, key=line.own.__getitem__), max(line.own, key=line.own.__getitem__)
        told.append(
            f"{words.lower(line.name)} {words.percent(line.forecast.chance.p)} pooled, from "
            f"{words.percent(line.own[low])} ({low}) to {words.percent(line.own[high])} ({high})"
        )
    return f"Signs on a line a rung. By {words.date(day)}: {'; '.join(told)}."
