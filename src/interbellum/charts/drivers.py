"""Drivers: the chance of the headline when an uncertain input is low and when it is high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, RIGHT, LINE, KEY = 300, 30, 14, 26
PLOT = theme.WIDTH - LEFT - RIGHT
MOST = 10
TITLE = "Inputs that go with the answer"


@dataclass(frozen=True, slots=True)
class Input:
    """An input with its range, in words, and the chance when it is low and when it is high."""

    title: str
    span: str
    """Its 10% to 90% points and what they rest on, in words."""
    when_low: float
    when_high: float


def drivers(inputs: Sequence[Input], headline: str, p: float) -> Chart:
    """A line an input, from the chance in its lowest third to that in its highest, widest first.

    Parameters
    ----------
    inputs : sequence of Input
        At least one.
    headline : str
        The rung and day that the chances speak of, in words.
    p : float
        Its chance over all draws, in the same model.
    """
    shown = sorted(inputs, key=lambda one: -abs(one.when_high - one.when_low))[:MOST]
    texts = [
        [*theme.wrap(one.title, LEFT - 30, most=2), theme.cut(one.span, LEFT - 30)] for one in shown
    ]
    middles, height = _rows(texts)
    top = min(1.0, 1.15 * max(p, *(max(one.when_low, one.when_high) for one in shown)) + 0.02)
    rows: dict[str, list[Row]] = {"lines": [], "low": [], "high": [], "told": []}
    for one, y in zip(shown, middles, strict=True):
        low, high = PLOT * one.when_low / top, PLOT * one.when_high / top
        rows["lines"].append(theme.rule_row(low, y, high, y, palette.ACCENT))
        rows["low"].append(theme.sign_row(low, y, "triangle-down", palette.ACCENT))
        rows["high"].append(theme.sign_row(high, y, "triangle-up", palette.ACCENT))
        rows["told"] += _numbers(one, low, high, y)
    return theme.drawn(
        "drivers",
        TITLE,
        f"Chance of {headline}, when an input is low and when it is high.",
        theme.Frame(height, LEFT, RIGHT),
        _layers(top),
        data={
            "table": tuple(_table(one) for one in shown),
            "names": tuple(
                theme.text_row(16 - LEFT, y - LINE / 2 * (len(text) - 1), "\n".join(text))
                for y, text in zip(middles, texts, strict=True)
            ),
            **_all_draws(PLOT * p / top, height, p),
            "keysigns": (
                theme.sign_row(21 - LEFT, 4, "triangle-down", palette.ACCENT),
                theme.sign_row(176 - LEFT, 4, "triangle-up", palette.ACCENT),
            ),
            **{name: tuple(values) for name, values in rows.items()},
            "axis": ({"p": 0.0}, {"p": top}),
        },
        columns={"input": "input", "span": "range", "low": "when low", "high": "when high"},
        alt=_alt(shown, headline, p),
        note="Those whose association with the headline stands out from noise. An association over "
        "the draws, in the engine; not a cause, and no advice.",
    )


def _all_draws(x: float, height: float, p: float) -> dict[str, tuple[Row, ...]]:
    """A line at the chance over all draws, and the words of the key."""
    return {
        "all": (theme.rule_row(x, 14, x, height, palette.MUTED),),
        "keytexts": (
            theme.text_row(31 - LEFT, 4, "input in its lowest third"),
            theme.text_row(186 - LEFT, 4, "in its highest third"),
        ),
        "all_name": (theme.text_row(x, 4, f"all draws {words.percent(p)}", palette.MUTED),),
    }


def _rows(texts: Sequence[Sequence[str]]) -> tuple[list[float], float]:
    y, out = float(KEY), []
    for text in texts:
        tall = LINE * len(text) + 12
        out.append(y + tall / 2)
        y += tall
    return out, y


def _numbers(one: Input, low: float, high: float, y: float) -> list[Row]:
    """The two chances beside their signs, outside the line."""
    left, right = sorted(((low, one.when_low), (high, one.when_high)))
    width = theme.text_width(words.percent(left[1]))
    return [
        theme.text_row(left[0] - 9 - width, y, words.percent(left[1])),
        theme.text_row(right[0] + 9, y, words.percent(right[1])),
    ]


def _layers(top: float) -> list[theme.Layer]:
    axis = theme.number("p", 0.0, top, format=".0%", tickCount=6, tickMinStep=0.01, title="chance")
    return [
        theme.layer("axis", {"type": "tick", "opacity": 0}, x=axis),
        theme.rules("all", strokeDash=[2, 3]),
        theme.texts("all_name", align="center"),
        theme.texts("names", lineHeight=LINE),
        theme.rules("lines", strokeWidth=2.5),
        theme.signs("low", size=80),
        theme.signs("high", size=80),
        theme.texts("told"),
        theme.texts("keytexts"),
        theme.signs("keysigns", size=80),
    ]


def _table(one: Input) -> Row:
    return {
        "input": one.title,
        "span": one.span,
        "low": words.percent(one.when_low),
        "high": words.percent(one.when_high),
    }


def _alt(shown: Sequence[Input], headline: str, p: float) -> str:
    told = [
        f"{one.title}: {words.percent(one.when_low)} when low, {words.percent(one.when_high)} when high"
        for one in shown[:4]
    ]
    return (
        f"A line an input. The chance of {headline} is {words.percent(p)} over all draws. "
        f"{'; '.join(told)}."
    )
