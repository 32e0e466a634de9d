"""A made-up course of the small war, for tests of what is told; no number comes from a run."""

from __future__ import annotations

import datetime as dt

from interbellum.model.course import Course, Fan, FanPoint, TextPoint

AS_OF = dt.date(2020, 6, 30)


def fan(start: float, a_year: float, spread_a_year: float, past: int = 0) -> Fan:
    """A fan that drifts and widens, with so many weeks of a past that all draws agree on."""
    out = []
    for days in (*range(-7 * past, 0, 7), *range(0, 364, 28), *range(364, 1827, 56), 1827):
        years = days / 365.25
        middle = start + a_year * years
        half = spread_a_year * max(0.0, years) ** 0.5
        out.append(
            FanPoint(
                days,
                (AS_OF + dt.timedelta(days=days)).isoformat(),
                middle - 1.28 * half,
                middle - 0.67 * half,
                middle,
                middle + 0.67 * half,
                middle + 1.28 * half,
            )
        )
    return tuple(out)


def example_course() -> Course:
    """The race, a front in square kilometres since March 2018, and what both sides believe."""
    return Course(
        fan(0.55, 0.01, 0.04, 26),
        fan(420.0, 60.0, 90.0, 26),
        "km2 of the valley",
        "2018-03-01",
        (fan(0.72, -0.01, 0.02, 9), fan(0.45, 0.02, 0.03)),
        fan(0.58, 0.0, 0.05),
    )


TEXTS = (
    TextPoint("paper", "The Lake paper", "patron", "2020-04-02", (0.51, 0.42), 1, False),
    TextPoint("last_draft", "The Last draft", "south", "2020-05-20", (0.38, 0.57), 2, False),
)
