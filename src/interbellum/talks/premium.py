"""What foreseen talks add to a side's value of fighting on: reading it off a table, compiled.

`variants/strategic.py` says what the premium is and solves for it. Loops are compiled once for sides
that foresee talks and for those that do not: these have `NO_PREMIUM`, which is empty.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from interbellum.model.steps import step


class PremiumDraw(NamedTuple):
    """One draw's premiums, and where they were worked out."""

    table: Any
    """(2, effects, offsets, weeks, positions) share of the stake."""
    weeks: Any
    """(weeks,) since `as_of`."""
    offset: Any
    """(2,) lowest and highest position minus signals."""
    effect: Any
    """(2,) lowest and highest drift that the regimes add."""
    rows: Any
    """(2, positions) to write on."""


NO_PREMIUM = PremiumDraw(
    np.zeros((2, 0, 0, 0, 0)), np.zeros(0), np.zeros(2), np.zeros(2), np.zeros((2, 0))
)


@step
def foreseen(rows: Any) -> bool:
    """Whether there is any premium in the rows of a `PremiumDraw`."""
    return bool(rows.shape[1] > 0)


@step
def lift(row: Any, position: float) -> float:
    """The premium at a position, linear between the points of a row over [0, 1]."""
    below, share = between(len(row), position)
    return float((1.0 - share) * row[below] + share * row[below + 1])


@step
def highest(row: Any) -> float:
    """The greatest premium of a row; premiums are never negative."""
    most = 0.0
    for p in range(len(row)):
        most = max(most, row[p])
    return most


@step
def between(points: int, position: float) -> tuple[int, float]:
    """The point of an even grid over [0, 1] below a position, and the share of the next one."""
    at = min(max(position, 0.0), 1.0) * (points - 1)
    below = min(int(at), points - 2)
    return below, at - below


@step
def neighbours(value: float, low: float, high: float, size: int) -> tuple[int, int, float]:
    """Neighbours of a value on an even grid, and the share of the upper one; cut at the ends."""
    if size == 1 or high <= low:
        return 0, 0, 0.0
    at = min(max((value - low) / (high - low), 0.0), 1.0) * (size - 1)
    below = min(int(at), size - 2)
    return below, below + 1, at - below


@step
def week_below(weeks: Any, week: float) -> tuple[int, float]:
    """The week of the table at or before a week, and the share of the next one; cut at the ends."""
    t = 0
    while t < len(weeks) - 2 and weeks[t + 1] <= week:
        t += 1
    return t, min(max((week - weeks[t]) / (weeks[t + 1] - weeks[t]), 0.0), 1.0)


@step
def premium_at(
    premium: Any, side: int, effect: float, offset: float, week: float, position: float
) -> float:
    """The premium of a side at a position, in a week, under a drift and an offset; 0 without one.

    `offset` is y - Z - effect·week, which does not change while the effect lasts.
    """
    if not foreseen(premium.rows):
        return 0.0
    table = premium.table
    e0, e1, e_share = neighbours(effect, premium.effect[0], premium.effect[1], table.shape[1])
    k0, k1, k_share = neighbours(offset, premium.offset[0], premium.offset[1], table.shape[2])
    t0, t_share = week_below(premium.weeks, week)
    below, share = between(table.shape[4], position)
    total = 0.0
    for corner in range(8):
        in_e, in_k, in_t = corner & 1, (corner >> 1) & 1, corner >> 2
        weight = (
            (e_share if in_e else 1.0 - e_share)
            * (k_share if in_k else 1.0 - k_share)
            * (t_share if in_t else 1.0 - t_share)
        )
        if weight > 0.0:
            e, k, t = e1 if in_e else e0, k1 if in_k else k0, t0 + in_t
            total += weight * (
                (1.0 - share) * table[side, e, k, t, below]
                + share * table[side, e, k, t, below + 1]
            )
    return total


@step
def premium_row(premium: Any, side: int, effect: float, offset: float, week: float) -> None:
    """`premium_at` over all positions of the grid, into the side's row."""
    table, row = premium.table, premium.rows[side]
    e0, e1, e_share = neighbours(effect, premium.effect[0], premium.effect[1], table.shape[1])
    k0, k1, k_share = neighbours(offset, premium.offset[0], premium.offset[1], table.shape[2])
    t0, t_share = week_below(premium.weeks, week)
    for p in range(len(row)):
        row[p] = 0.0
    for corner in range(8):
        in_e, in_k, in_t = corner & 1, (corner >> 1) & 1, corner >> 2
        weight = (
            (e_share if in_e else 1.0 - e_share)
            * (k_share if in_k else 1.0 - k_share)
            * (t_share if in_t else 1.0 - t_share)
        )
        if weight > 0.0:
            e, k, t = e1 if in_e else e0, k1 if in_k else k0, t0 + in_t
            for p in range(len(row)):
                row[p] += weight * table[side, e, k, t, p]
