"""Calibration: chances that were given against how often what they spoke of came."""

from __future__ import annotations

from collections.abc import Sequence

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.scores import Band, Decomposition

HEIGHT, LEFT, PLOT = 400, 58, 420
FRAME = theme.Frame(HEIGHT, LEFT, theme.WIDTH - LEFT - PLOT)


def calibration(
    bands: Sequence[Band], decomposition: Decomposition | None, who: str, chart: str = "calibration"
) -> Chart:
    """A dot a band of chances with its Wilson interval, the diagonal, and the recalibrated curve.

    Parameters
    ----------
    bands : sequence of Band
        At least one.
    decomposition : Decomposition or None
        Of the same items; its curve is drawn where it has one.
    who : str
        Whose chances, in words.
    chart : str
        Id of the chart.
    """
    curve = decomposition.curve if decomposition else ()
    title = f"Said against seen: {who}"
    return theme.drawn(
        chart,
        title,
        "Of all questions given a chance of about so much, how many came.",
        FRAME,
        _layers(bool(curve)),
        data={
            "table": tuple(_table(band) for band in bands),
            "bands": tuple(_row(band) for band in bands),
            "even": ({"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}),
            "curve": tuple({"x": given, "y": came} for given, came in curve),
            "side": tuple(_side(decomposition, bool(curve))),
        },
        columns={
            "given": "given",
            "came": "came (80%)",
            "n": "questions",
            "wars": "wars",
        },
        alt=_alt(bands, who),
        note="Dots: mean chance in a band and the share that came, with Wilson's 80% interval at one "
        "observation a war. With few wars even perfect forecasts stray far from the diagonal.",
    )


def _row(band: Band) -> Row:
    return {
        "x": band.issued,
        "y": band.happened,
        "low": band.lo80,
        "high": band.hi80,
        "n": band.n,
        "told": f"{band.n}",
    }


def _table(band: Band) -> Row:
    return {
        "given": words.percent(band.issued),
        "came": f"{_share(band.happened)} ({words.interval(band.lo80, band.hi80)})",
        "n": str(band.n),
        "wars": str(band.clusters),
    }


def _share(value: float) -> str:
    """A share that was counted may well be none or all."""
    return f"{words.hundredths(value)}%"


def _side(decomposition: Decomposition | None, curve: bool) -> list[Row]:
    lines = ["Dotted: given and seen agree.", "Number at a dot: questions in the band."]
    if curve:
        lines += ["Stepped line: chances recalibrated", "so that they rise with what came."]
    if decomposition is not None:
        lines += [
            "",
            "Brier score, in thousandths: " + _thousandths(decomposition.brier),
            "  miscalibration: " + _thousandths(decomposition.reliability),
            "  less discrimination: " + _thousandths(decomposition.resolution),
            "  plus uncertainty: " + _thousandths(decomposition.uncertainty),
        ]
    return [
        theme.text_row(PLOT + 20, 10 + 16 * rank, line, palette.MUTED)
        for rank, line in enumerate(lines)
    ]


def _thousandths(value: float) -> str:
    return f"{round(1000 * value)}"


def _layers(curve: bool) -> list[theme.Layer]:
    x = theme.chance("x", title="chance given")
    y = theme.chance("y", title="share that came")
    layers = [
        theme.layer(
            "even",
            {"type": "line", "strokeDash": [2, 3], "color": palette.MUTED, "strokeWidth": 1.25},
            x=x,
            y=y,
        )
    ]
    if curve:
        mark = {
            "type": "line",
            "interpolate": "step-after",
            "color": palette.SIDES["B"],
            "strokeWidth": 1.75,
        }
        layers.append(theme.layer("curve", mark, x=x, y=y))
    layers += [
        theme.layer(
            "bands",
            {"type": "rule", "color": palette.ACCENT, "strokeWidth": 2},
            x=x,
            y=theme.chance("low", title="share that came"),
            y2={"field": "high"},
        ),
        theme.layer(
            "bands",
            {"type": "point", "filled": True, "opacity": 1, "color": palette.ACCENT, "size": 90},
            x=x,
            y=y,
        ),
        theme.layer(
            "bands",
            {"type": "text", "align": "left", "dx": 9, "dy": -8, "fontSize": theme.SMALL},
            x=x,
            y=y,
            text=theme.words("told"),
        ),
        theme.texts("side"),
    ]
    return layers


def _alt(bands: Sequence[Band], who: str) -> str:
    told = [
        f"about {words.percent(band.issued)} given, {_share(band.happened)} came "
        f"({words.count(band.n, 'question')}, {words.count(band.clusters, 'war')})"
        for band in bands
    ]
    return f"Dots by band, {who}: {'; '.join(told)}."
