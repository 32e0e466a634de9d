"""How long a silence would hold: the curve, its two lines of evidence, past cases, and causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.result import Durability, RecordPoint, SurvivalPoint
from interbellum.model.rungs import CAUSES

HEIGHT, LEFT = 250, 46
PLOT = 300
"""Width of the curves; causes stand right of their names."""
FRAME = theme.Frame(HEIGHT, LEFT, theme.WIDTH - LEFT - PLOT)
CAUSES_AT = PLOT + 176
BAR = theme.WIDTH - LEFT - CAUSES_AT - 48
"""Length of a bar of all failures; its number stands right of it."""
YEAR_DAYS = 365.25
DASH = {"truce": [6, 3], "record": [2, 2]}
TELL = {
    "pooled": "pooled",
    "truce": "truce model",
    "record": "record's model",
    "past": "past cases",
}


def survival(form: Durability, name: str, causes: Mapping[str, str]) -> Chart:
    """Chance that a form of silence still holds, over five years, and how it breaks.

    Parameters
    ----------
    form : Durability
        Lines of evidence that are hidden are empty, and left out.
    name : str
        Of the form, in words.
    causes : mapping
        Names of causes, in words.
    """
    title = f"{name}: how long it would hold, if it begins"
    past = form.record.curve if form.record.useful else ()
    lines = {"pooled": form.curve, "truce": form.truce, "record": form.record_model.curve}
    shown = {key: points for key, points in lines.items() if points}
    return theme.drawn(
        f"survival-{form.form}",
        title,
        "Bands: middle 50% and 80%, pooled. Dashes: the two models that are pooled."
        + (" Squares: past cases with 80% intervals." if past else ""),
        FRAME,
        _layers(form, tuple(shown), bool(past)),
        data={
            "table": tuple(_table_row(form, point) for point in form.curve),
            **{key: _curve_rows(points) for key, points in shown.items()},
            **({"past": _past_rows(past)} if past else {}),
            "labels": _labels(form, shown, past),
            **_causes(form, causes),
        },
        columns={
            "after": "after",
            "pooled": "holds (80%)",
            "truce": "truce model",
            "record": "record's model",
            "past": "past cases",
        },
        alt=_alt(form, name, causes),
        note=_note(form),
    )


def _curve_rows(points: Sequence[SurvivalPoint]) -> tuple[Row, ...]:
    start: Row = {"years": 0.0, "p": 1.0, "lo50": 1.0, "hi50": 1.0, "lo80": 1.0, "hi80": 1.0}
    return (
        start,
        *(
            {
                "years": point.days / YEAR_DAYS,
                "p": point.chance.p,
                "lo50": point.chance.lo50,
                "hi50": point.chance.hi50,
                "lo80": point.chance.lo80,
                "hi80": point.chance.hi80,
            }
            for point in points
        ),
    )


def _past_rows(points: Sequence[RecordPoint]) -> tuple[Row, ...]:
    return tuple(
        {"years": point.days / YEAR_DAYS, "p": point.p, "lo80": point.lo80, "hi80": point.hi80}
        for point in points
    )


def _table_row(form: Durability, point: SurvivalPoint) -> Row:
    def told(points: Sequence[SurvivalPoint]) -> str:
        chance = next((one.chance for one in points if one.days == point.days), None)
        if chance is None:
            return ""
        return f"{words.percent(chance.p)} ({words.interval(chance.lo80, chance.hi80)})"

    past = next((one for one in form.record.curve if one.days == point.days), None)
    return {
        "after": words.span(point.days),
        "pooled": told(form.curve),
        "truce": told(form.truce),
        "record": told(form.record_model.curve),
        "past": f"{words.percent(past.p)} ({words.interval(past.lo80, past.hi80)})"
        if past and form.record.useful
        else "",
    }


def _labels(
    form: Durability, shown: Mapping[str, Sequence[SurvivalPoint]], past: Sequence[RecordPoint]
) -> tuple[Row, ...]:
    ends: list[tuple[str, float, str]] = []
    for key, points in shown.items():
        chance = points[-1].chance
        span = f" ({words.interval(chance.lo80, chance.hi80)})" if key == "pooled" else ""
        ends.append((key, chance.p, f"{TELL[key]} {words.percent(chance.p)}{span}"))
    if past:
        ends.append(
            ("past", past[-1].p, f"past cases {words.percent(past[-1].p)} (n = {form.record.n})")
        )
    at = [HEIGHT * (1.0 - p) for _, p, _ in ends]
    places = theme.apart(at, 16, 4, HEIGHT - 4)
    return tuple(
        {"at": end, "y": place, "label": text, "colour": COLOUR[key]}
        for (key, _, text), end, place in zip(ends, at, places, strict=True)
    )


COLOUR = {
    "pooled": palette.FAN["median"],
    "truce": palette.INK,
    "record": palette.INK,
    "past": "#00704f",
}


def _causes(form: Durability, causes: Mapping[str, str]) -> dict[str, tuple[Row, ...]]:
    """Names and bars of the causes, the commonest first, right of the curves."""
    kept = [cause for cause in CAUSES if form.causes.get(cause, 0.0) > 0.0]
    kept.sort(key=lambda cause: -form.causes[cause])
    heads = ("How it breaks in the truce model,", "share of failures in five years")
    names = [
        theme.text_row(CAUSES_AT, 4 + 14 * line, text, palette.MUTED)
        for line, text in enumerate(heads)
    ]
    bars: list[Row] = []
    for rank, cause in enumerate(kept):
        share, y = form.causes[cause], 48 + 44 * rank
        end = CAUSES_AT + max(1.5, BAR * share)
        name = theme.cut(words.start(causes.get(cause, cause)), BAR + 40)
        names.append(theme.text_row(CAUSES_AT, y, name))
        names.append(theme.text_row(end + 5, y + 15, words.percent(share)))
        bars.append(theme.rule_row(CAUSES_AT, y + 9, end, y + 21, palette.FAINT))
    return {"names": tuple(names), "causes": tuple(bars)}


def _layers(form: Durability, shown: Sequence[str], past: bool) -> list[theme.Layer]:
    top = max((point.days for point in form.curve), default=0) / YEAR_DAYS
    years = {"values": list(range(round(top) + 1)), "title": f"years since the {form.clock}"}
    x = theme.number("years", 0.0, max(top, float(round(top))), **years)
    layers: list[theme.Layer] = []
    if "pooled" in shown:
        for width in ("80", "50"):
            mark: dict[str, Any] = {"type": "area", "color": palette.FAN[width]}
            y = theme.chance(f"lo{width}")
            layers.append(theme.layer("pooled", mark, x=x, y=y, y2={"field": f"hi{width}"}))
    for key in [name for name in shown if name != "pooled"]:
        mark = {"type": "line", "color": COLOUR[key], "strokeDash": DASH[key], "strokeWidth": 1.75}
        layers.append(theme.layer(key, mark, x=x, y=theme.chance("p")))
    if past:
        rule = {"type": "rule", "color": COLOUR["past"], "strokeWidth": 1.25}
        sign = {"type": "point", "filled": True, "shape": "square", "size": 40, "opacity": 1}
        layers += [
            theme.layer("past", rule, x=x, y=theme.chance("lo80"), y2={"field": "hi80"}),
            theme.layer("past", {**sign, "color": COLOUR["past"]}, x=x, y=theme.chance("p")),
        ]
    if "pooled" in shown:
        mark = {"type": "line", "color": COLOUR["pooled"], "strokeWidth": 3}
        layers.append(theme.layer("pooled", mark, x=x, y=theme.chance("p")))
    return [
        *layers,
        *theme.labels_right("labels", PLOT),
        theme.texts("names"),
        theme.boxes("causes"),
    ]


def _note(form: Durability) -> str:
    behind = (
        f"{words.count(form.paths, 'silence')} of this form within a year on the paths"
        if form.paths
        else "no path reaches this form within a year, so all draws stand in"
    )
    past = (
        f"Past cases: {form.record.n}, of which {form.record.events} resumed; they are associated "
        "with, not caused by, their form."
        if form.record.useful
        else f"Past cases: no useful estimate (n = {form.record.n})."
    )
    return (
        f"Given that it begins within a year: {behind}. {past} A mechanism of the model is not a "
        "finding about what breaks truces."
    )


def _alt(form: Durability, name: str, causes: Mapping[str, str]) -> str:
    told = [
        f"{words.percent(point.chance.p)} ({words.interval(point.chance.lo80, point.chance.hi80)}) "
        f"after {words.span(point.days)}"
        for point in form.curve
        if point.days in (30, 365, 1826)
    ]
    said = f"Survival curve. If it begins, the chance that it still holds: {words.join(told)}."
    past = {point.days: point for point in form.record.curve} if form.record.useful else {}
    if 365 in past:
        said += (
            f" Of {form.record.n} past cases {words.percent(past[365].p)} still held after a year."
        )
    ranked = sorted(form.causes.items(), key=lambda item: -item[1])
    shares = [f"{causes.get(c, c)} {words.percent(share)}" for c, share in ranked if share > 0.0]
    if shares:
        said += f" In the truce model it breaks by {words.join(shares)}."
    return said
