"""Where an answer turns: the point at which a range opens or closes, draw by draw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interbellum.model.deals import BoolArray
from interbellum.model.units import Array

STEPS = 18  # halvings: a span of one to 4e-6, where a page shows hundredths


def turning_point(holds: Callable[[Array], BoolArray], low: Array, high: Array) -> Array:
    """The greatest value up to which something holds, where it holds below and not above.

    Parameters
    ----------
    holds : callable
        From values (D,) to whether it holds (D,) in each draw.
    low, high : (D,) float

    Returns
    -------
    (D,) float
        -inf where it does not hold even at `low`, inf where it still holds at `high`; to 4e-6 of
        the span.
    """
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    never, always = ~holds(low), holds(high)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        below = holds(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(never, -np.inf, np.where(always, np.inf, 0.5 * (low + high)))
