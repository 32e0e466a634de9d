"""A chart as plain data: one definition for the page, the HTML file, PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
"""One row of a chart's data: plain numbers, words and days as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite chart over named data, with its words.

    The definition holds no data: it names them (``{"data": {"name": "endings"}}``), so that a page can
    put new rows into a chart that it has drawn already.
    """

    id: str
    """Short name, unique in an answer, such as `outcomes`."""
    title: str
    """What it shows, in plain words."""
    alt: str
    """What a reader who cannot see it must know, with its numbers: one to three sentences."""
    spec: Mapping[str, Any]
    """Vega-Lite version 6, without data."""
    data: Mapping[str, tuple[Row, ...]]
    """Rows by the name that `spec` gives them."""
    columns: Mapping[str, str]
    """Fields of the first data set that stand in the table beside the chart, with their headings in words."""
    note: str = ""
    """What to keep in mind when reading it; may be empty."""

    def full(self) -> dict[str, Any]:
        """The definition with its rows and its description: all that a Vega-Lite renderer needs."""
        return {
            **self.spec,
            "description": self.alt,
            "datasets": {name: [dict(row) for row in rows] for name, rows in self.data.items()},
        }
