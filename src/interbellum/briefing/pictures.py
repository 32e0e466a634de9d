"""A chart as a picture. The drawing is vl-convert's; nothing is loaded, and what it draws is inert."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import Any
from xml.etree import ElementTree

from interbellum.errors import InternalError
from interbellum.model.chart import Chart

VEGA_LITE = "6.4"
"""Version that the page's own scripts have too, so that screen and print agree."""
SCALE = 2.0
"""Dots of a PNG for each pixel of the chart."""

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "path",
        "rect",
        "line",
        "circle",
        "ellipse",
        "polygon",
        "polyline",
        "text",
        "tspan",
        "defs",
        "clipPath",
        "linearGradient",
        "radialGradient",
        "stop",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "id",
        "width",
        "height",
        "viewBox",
        "version",
        "transform",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "dx",
        "dy",
        "cx",
        "cy",
        "fx",
        "fy",
        "r",
        "rx",
        "ry",
        "d",
        "points",
        "offset",
        "gradientUnits",
        "gradientTransform",
        "clip-path",
        "clip-rule",
        "fill",
        "fill-opacity",
        "fill-rule",
        "opacity",
        "stroke",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-opacity",
        "stroke-width",
        "stop-color",
        "stop-opacity",
        "text-anchor",
        "dominant-baseline",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
    ]
)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")


def svg(chart: Chart) -> str:
    """A chart as SVG that can stand in a page.

    Parameters
    ----------
    chart : Chart
    Returns
    -------
    str
        Paths and text alone: no script, no link, no style sheet, nothing that is loaded. Its ids begin with
        the chart's, so that several can stand in one page. The same chart gives the same text.

    Raises
    ------
    InternalError
        The chart asks for data or pictures from elsewhere, or cannot be drawn.
    """
    import vl_convert

    if any(key in ("url", "href") for key in _keys(chart.spec)):
        raise InternalError(f"the chart {chart.id} loads something; charts bring their own rows.")
    try:
        drawn = vl_convert.vegalite_to_svg(chart.full(), vl_version=VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        raise InternalError(f"the chart {chart.id} cannot be drawn: {error}") from None
    return _inert(drawn, chart.id)


def svgs(charts: Sequence[Chart], executor: Executor | None = None) -> dict[str, str]:
    """The charts by their ids, as `svg` draws them.

    Parameters
    ----------
    charts : sequence of Chart
        Their ids differ.
    executor : Executor or None
        Whose processes draw them, side by side. Words cost most, some milliseconds each, and vl-convert
        measures one at a time in a process: threads gain nothing.

    Raises
    ------
    InternalError
        As of `svg`.
    """
    drawn = map(svg, charts) if executor is None else executor.map(svg, charts)
    return {chart.id: text for chart, text in zip(charts, drawn, strict=True)}


class Ahead(Executor):
    """Processes that have begun already to draw some charts: who asks for one of these gets that drawing.

    Parameters
    ----------
    executor : Executor
        Whose processes draw; not shut down here.
    charts : sequence of Chart
    """

    def __init__(self, executor: Executor, charts: Sequence[Chart]) -> None:
        self._executor = executor
        self._begun = [(chart, executor.submit(svg, chart)) for chart in charts]

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As of any executor."""
        if fn is svg:
            for chart, drawing in self._begun:
                if args == (chart,):
                    return drawing
        return self._executor.submit(fn, *args, **kwargs)


def warm() -> None:
    """Start what draws, so that the first chart does not wait a second for it."""
    spec = {"data": {"name": "none"}, "mark": "point"}
    svg(Chart("warm", "", "", spec, {"none": ()}, {}))


def png(chart: Chart) -> bytes:
    """A chart as PNG, `SCALE` dots a pixel.

    Raises
    ------
    InternalError
        As of `svg`.
    """
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg(chart), scale=SCALE))


def label(chart: Chart) -> str:
    """What stands for the picture of a chart where it is not seen."""
    return f"{chart.title}. {chart.alt}"


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _keys(inner)


def _inert(drawn: str, prefix: str) -> str:
    """The drawing with what is known to be harmless, and nothing else."""
    root = ElementTree.fromstring(drawn)
    _clean(root, _Ids(prefix))
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


class _Ids(dict[str, str]):
    """Ids by the renderer's own, which counts on from picture to picture: ours start anew at 0."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __missing__(self, name: str) -> str:
        self[name] = f"{self.prefix}-{len(self)}"
        return self[name]


def _clean(element: ElementTree.Element, ids: _Ids) -> None:
    kept = {}
    for name, value in element.attrib.items():
        if name not in _ATTRIBUTES:
            continue
        if name == "id":
            value = ids[value]
        elif "url(" in value:
            found = _REFERENCE.fullmatch(value.strip())
            if found is None:
                continue
            value = f"url(#{ids[found[1]]})"
        kept[name] = value
    element.attrib.clear()
    element.attrib.update(kept)
    for child in list(element):
        space, _, name = child.tag.rpartition("}")
        if space != f"{{{_SVG}" or name not in _ELEMENTS or child.get("display") == "none":
            element.remove(child)
        else:
            _clean(child, ids)
