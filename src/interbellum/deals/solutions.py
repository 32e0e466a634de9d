"""Bargaining solutions on plain arrays of gains, for any number of parties.

Rough keys in floats find the few packages worth comparing; those are compared in exact arithmetic,
so a tie is a tie. Round gains to whole steps first where near-ties should count as ties.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from interbellum.model.arrays import ShapeError

NEAR = 1e-12
"""Relative; far above the rounding of a product or sum of a few floats, far below a real gap."""

Gains = NDArray[np.int64] | NDArray[np.float64]


class Definition(NamedTuple):
    """A solution in words, printed beside its number."""

    definition: str
    ties: str


DEFINITIONS: dict[str, Definition] = {
    "egalitarian": Definition(
        "the package with the largest smallest gain over the disagreement, among all packages"
        " (Kalai 1977)",
        "the larger sum of gains, then the first package",
    ),
    "kalai_smorodinsky": Definition(
        "the package with the largest smallest share gain/ideal gain, among packages acceptable to"
        " all; the ideal gain of a party is its largest among those packages, and a party that can"
        " gain nothing is left out of the minimum (Kalai and Smorodinsky 1975)",
        "the larger sum of gains, then the first package",
    ),
    "nash": Definition(
        "the package with the largest product of gains, among packages acceptable to all; none"
        " where there is no such package (Nash 1950)",
        "the larger sum of gains, then the first package",
    ),
    "utilitarian": Definition(
        "the package with the largest sum of gains, among packages acceptable to all",
        "the larger smallest gain, then the first package",
    ),
}
"""Acceptable: every gain at least 0. First: lowest column of the array."""


def egalitarian(gains: Gains) -> int | None:
    """Column with the largest smallest gain.

    Parameters
    ----------
    gains : (P, n) int or float, any one unit
        Gain of each party over its disagreement, per package.

    Returns
    -------
    int or None
        None without packages. The gains may be losses: acceptance is not asked for.

    Raises
    ------
    ShapeError
        `gains` has not two dimensions, or holds a number that is not finite.

    Source
    ------
    Kalai (1977), Econometrica 45(7).
    """
    _checked(gains)
    if gains.shape[1] == 0:
        return None
    worst = gains.min(axis=0)
    return _larger_sum(gains, np.flatnonzero(worst == worst.max()))


def kalai_smorodinsky(gains: Gains) -> int | None:
    """Column with the largest smallest share of the ideal gain, among acceptable ones.

    Parameters
    ----------
    gains : (P, n) int or float, any one unit
        As in `egalitarian`.

    Returns
    -------
    int or None
        None when no package is acceptable to all.

    Raises
    ------
    ShapeError
        As in `egalitarian`.

    Source
    ------
    Kalai and Smorodinsky (1975), Econometrica 43(3).
    """
    columns = acceptable(gains)
    if not len(columns):
        return None
    here = gains[:, columns]
    ideal = here.max(axis=1)
    counted = np.flatnonzero(ideal > 0)
    if not len(counted):
        return int(columns[0])
    rough = (here[counted] / ideal[counted, None].astype(float)).min(axis=0)
    best = _leading(
        rough,
        NEAR * float(rough.max()),
        lambda j: min(_exact(here[i, j]) / _exact(ideal[i]) for i in counted),
    )
    return _larger_sum(gains, columns[best])


def nash(gains: Gains) -> int | None:
    """Column with the largest product of gains, among acceptable ones.

    Parameters
    ----------
    gains : (P, n) int or float, any one unit
        As in `egalitarian`.

    Returns
    -------
    int or None
        None when no package is acceptable to all: a product of two losses is not a Nash point.

    Raises
    ------
    ShapeError
        As in `egalitarian`.

    Source
    ------
    Nash (1950), Econometrica 18(2).
    """
    columns = acceptable(gains)
    if not len(columns):
        return None
    here = gains[:, columns]
    # By the largest gain, so that a product of many parties neither overflows nor vanishes.
    largest = max(float(here.max()), 1e-300)
    rough = (here / largest).prod(axis=0)

    def product(j: int) -> Fraction:
        out = Fraction(1)
        for gain in here[:, j]:
            out *= _exact(gain)
        return out

    best = _leading(rough, NEAR * float(rough.max()), product)
    return _larger_sum(gains, columns[best])


def utilitarian(gains: Gains) -> int | None:
    """Column with the largest sum of gains, among acceptable ones.

    Parameters
    ----------
    gains : (P, n) int or float, any one unit
        As in `egalitarian`.

    Returns
    -------
    int or None
        None when no package is acceptable to all.

    Raises
    ------
    ShapeError
        As in `egalitarian`.
    """
    columns = acceptable(gains)
    if not len(columns):
        return None
    best = columns[_largest_sum(gains[:, columns])]
    worst = gains[:, best].min(axis=0)
    return int(best[int(np.argmax(worst))])


SOLUTIONS: dict[str, Callable[[Gains], int | None]] = {
    "egalitarian": egalitarian,
    "kalai_smorodinsky": kalai_smorodinsky,
    "nash": nash,
    "utilitarian": utilitarian,
}


def acceptable(gains: Gains) -> NDArray[np.intp]:
    """Columns in which no party loses.

    Parameters
    ----------
    gains : (P, n) int or float

    Returns
    -------
    (m,) int, rising

    Raises
    ------
    ShapeError
        As in `egalitarian`.
    """
    _checked(gains)
    return np.flatnonzero((gains >= 0).all(axis=0))


def _checked(gains: Gains) -> None:
    if gains.ndim != 2 or gains.shape[0] == 0 or not np.isfinite(gains).all():
        raise ShapeError(
            f"Gains are finite numbers of shape (parties, packages), not {gains.shape}."
        )


def _exact(number: Any) -> Fraction:
    return Fraction(number.item())


def _leading(
    rough: NDArray[np.float64], slack: float, exact: Callable[[int], Fraction]
) -> NDArray[np.intp]:
    """Columns whose exact key is largest; `rough` may be off by less than half of `slack`."""
    near = np.flatnonzero(rough >= rough.max() - slack)
    if len(near) == 1:
        return near
    keys = [exact(int(j)) for j in near]
    top = max(keys)
    return near[[key == top for key in keys]]


def _largest_sum(gains: Gains) -> NDArray[np.intp]:
    rough = gains.sum(axis=0, dtype=float)
    slack = NEAR * len(gains) * float(np.abs(gains).max())
    return _leading(rough, slack, lambda j: sum((_exact(g) for g in gains[:, j]), Fraction(0)))


def _larger_sum(gains: Gains, tied: NDArray[np.intp]) -> int:
    return int(tied[_largest_sum(gains[:, tied])[0]] if len(tied) > 1 else tied[0])
