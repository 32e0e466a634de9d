"""What every format of a negotiation domain must keep: numbers, weights, and one scale a party."""

from __future__ import annotations

import re
from math import isfinite

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
ROUNDING = 1e-3
"""Weights this close to a sum of 1 were rounded in print, and are used as they are written."""

NUMBER_RULE = "This is a finite number."
WEIGHTS_RULE = (
    "Weights of the issues sum to 1 (to 0.001), so that utilities and reservation lie on one scale"
    " from 0 to 1."
)
WEIGHTS_MEND = "divide every weight by the sum, and check that no issue is missing."
RESERVATION_RULE = (
    "A reservation lies on the same scale as the party's utilities; it is never rescaled here."
)


def number(text: str | None) -> float | None:
    """The finite number that a text is, or None."""
    if text is None or not NUMBER.fullmatch(text.strip()):
        return None
    value = float(text)
    return value if isfinite(value) else None


def reservation_fault(reservation: float, low: float, high: float) -> tuple[str, str, str] | None:
    """What is wrong with a reservation beside utilities from `low` to `high`; None where nothing is.

    Utilities within 0 to 1 are taken to be on that scale, where any reservation from 0 to 1 has a
    meaning: 0 refuses nothing, 1 may refuse all. On any other scale the reservation is one of the
    utilities that the party can get, or 0, which many files write for "none".

    Parameters
    ----------
    reservation, low, high : float
        As stated, and the least and greatest utility over all packages.

    Returns
    -------
    (found, rule, mend) or None
    """
    unit = low >= -ROUNDING and high <= 1.0 + ROUNDING
    if unit and 0.0 <= reservation <= 1.0:
        return None
    if not unit and (reservation == 0.0 or low <= reservation <= high):
        return None
    if unit:
        mend = (
            "divide it by the top of the scale on which it was stated, such as 100, to bring it to"
            " 0 to 1."
        )
    elif 0.0 <= reservation <= 1.0:
        mend = (
            "bring the utilities to 0 to 1 as the reservation is (GENIUS divides each issue's"
            f" evaluations by the largest), or restate the reservation from {low:g} to {high:g}."
        )
    else:
        mend = f"restate the reservation from {low:g} to {high:g}."
    scale = "0 to 1" if unit else f"{low:g} to {high:g}"
    return (
        f"is {reservation:g}, while utilities run from {low:g} to {high:g} (scale {scale})",
        RESERVATION_RULE,
        mend,
    )
