"""Units inside are the week and the stake; every conversion into them is here and nowhere else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEKS_PER_YEAR = 52.18  # 365.25 / 7, the design's rounding
WEEKS_PER_MONTH = 4.348  # WEEKS_PER_YEAR / 12
DAYS_PER_WEEK = 7.0


def weekly_chance(monthly: Array) -> Array:
    """Weekly chance whose compounding over a month is `monthly`: 1-(1-q)^(1/4.348)."""
    return np.asarray(-np.expm1(np.log1p(-np.asarray(monthly)) / WEEKS_PER_MONTH))


def hazard_of_yearly_chance(chance: Array) -> Array:
    """Hazard a week whose chance within a year is `chance`: -ln(1-π)/52.18."""
    return np.asarray(-np.log1p(-np.asarray(chance)) / WEEKS_PER_YEAR)


def weekly_discount(annual: Array) -> Array:
    """Discount rate ρ a week of an annual discount a: -ln(1-a)/52.18."""
    return np.asarray(-np.log1p(-np.asarray(annual)) / WEEKS_PER_YEAR)


def weeks_of_months(months: Array) -> Array:
    """Weeks in a number of months, 4.348 a month."""
    return np.asarray(np.asarray(months) * WEEKS_PER_MONTH)
