"""How many packages would both sides bear? Counted exactly on a grid, in a space of 10^19 and more.

Packages are too many to list, but their sums are few on a grid: a step adds each of its terms to every
cell. With the worth of every term rounded to a cell the count is exact. For a bracket of the count
without rounding, the first steps (issues that need an actor's consent) and the last (issues with
enforcing provisions) are listed at the finest scale where they are not too many, and the steps between
are rounded two or three issues at a time: down for the least that there can be, up for the most.

The work is counted, not timed: what is given up as unknown is given up on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from interbellum.deals.exact import FAR, thresholds
from interbellum.deals.frontier import whole_steps
from interbellum.model.deals import UTILITY_STEP, BoolArray, DealInputs, IntArray
from interbellum.model.units import Array

UintArray = NDArray[np.uint64]
Status = Literal["proved", "unknown"]

COUNT_STEP = 5e-4
"""Share of the stake that one cell of the grid is worth."""
CELL = round(COUNT_STEP / UTILITY_STEP)
"""The same in whole steps."""
MOST_LISTED = 500_000  # ways through the first or the last steps; some 40 bytes each
MOST_TIED = 50_000  # ways through one group of tied issues between those, before sums are rounded
MOST_JOINT = 130  # ways through issues that are rounded together: fewer roundings, more passes
MOST_ROWS = 6_000_000  # rows of sums held at one time; some 40 bytes each
MOST_WORK = 4_000_000_000
"""Most additions of one cell to another in each of the three roundings; some five seconds on a desktop of
2025. A row of sums counts as `ROW_WORK` of them."""
ROW_WORK = 50
MOST_CELLS = 20_000_000  # of the grid; 16 bytes each, and twice that while a part is added
MOST_WAYS = 2**62  # through one part, counted in 64 bits
MOST_PACKAGES = 2**126  # in all, counted in 128 bits
MOST_DENSE = 2**24  # cells of a table that sums are scattered in instead of sorted; 8 bytes each
ROUNDINGS = ("down", "nearest", "up")


@dataclass(frozen=True, slots=True)
class Count:
    """Packages that meet every demand, out of all that no condition forbids."""

    acceptable: int | None
    """With what every term is worth to a side rounded to the nearest `step`; may lie outside the bracket,
    whose roundings are finer. None where the status is unknown."""
    exact: bool
    """Whether that is exact; False where so many issues need a consent that their sums were rounded."""
    at_least: int
    """Proved: so many packages meet every demand at the scale of `UTILITY_STEP`."""
    at_most: int
    """Proved: no more do."""
    unforbidden: int
    """Packages that cross no red line in force and meet every condition."""
    packages: int
    """Packages that meet every condition."""
    step: float
    """`COUNT_STEP`, share of the stake."""
    status: Status = "proved"
    """`unknown`: the work ran out or the numbers are too large; then `acceptable` is None and the bracket is
    0 to `unforbidden`."""


class _OutOfWork(Exception):
    """A limit is reached: the count is unknown."""


@dataclass(slots=True)
class _Work:
    """What one rounding may still cost, in additions of a cell."""

    left: int = field(default_factory=lambda: MOST_WORK)

    def take(self, additions: int) -> None:
        self.left -= additions
        if self.left < 0:
            raise _OutOfWork

    def rows(self, number: int) -> None:
        if number > MOST_ROWS:
            raise _OutOfWork
        self.take(ROW_WORK * number)


def count_acceptable(
    inputs: DealInputs, draw: int, allowed: BoolArray, slope: Array, base: Array
) -> Count:
    """Packages that leave both sides at their reservation value and every consent given.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    allowed : (terms,) bool
        Terms that no red line in force forbids.
    slope, base : (levels, 2) float
        As in `range.surplus`.

    Returns
    -------
    Count

    Source
    ------
    Counting by dynamic programming over sums (Dyer 2003, STOC), with 128-bit counts.
    """
    unforbidden = count_packages(inputs, allowed)
    packages = count_packages(inputs, np.ones(len(allowed), bool))
    need = _needed(inputs, draw, slope, base)
    try:
        if unforbidden > MOST_PACKAGES:
            raise _OutOfWork
        least, nearest, most = (
            _count(inputs, draw, allowed, need, rounding, _Work()) for rounding in ROUNDINGS
        )
    except _OutOfWork:
        most = unforbidden
        if inputs.consents:  # no more packages suit all than suit the two leads
            leads = replace(inputs, consents=())
            most = count_acceptable(leads, draw, allowed, slope, base).at_most
        return Count(None, False, 0, most, unforbidden, packages, COUNT_STEP, "unknown")
    first, _, _ = _cut(inputs, draw)
    return Count(
        nearest,
        not inputs.consents or _ways(inputs, allowed, first) <= MOST_LISTED,
        least,
        most,
        unforbidden,
        packages,
        COUNT_STEP,
    )


def _needed(inputs: DealInputs, draw: int, slope: Array, base: Array) -> IntArray:
    """Least gain of each side per number of provisions, (levels, 2) whole steps.

    By the float test of `deals.exact.thresholds`, which stop a step beyond what packages reach; there
    the quotient stands, since sums rounded up reach further than packages do.
    """
    exact = thresholds(inputs, draw, slope, base)
    levels = len(exact)
    quotient = (-base[:levels] / slope[:levels] - inputs.base[draw]) / UTILITY_STEP
    rough = np.clip(np.ceil(quotient), -FAR, FAR).astype(np.int64)
    return np.where(np.abs(exact - rough) <= 1, exact, rough)


def count_packages(inputs: DealInputs, allowed: BoolArray) -> int:
    """Packages of allowed terms that meet every condition; exact.

    Parameters
    ----------
    inputs : DealInputs
    allowed : (terms,) bool
    """
    return _ways(inputs, allowed, range(inputs.space.steps()))


def _ways(inputs: DealInputs, allowed: BoolArray, which: range) -> int:
    """Ways through some steps, from and to a place where one state is left."""
    *_, (ways, _) = _ways_along(inputs, allowed, which)
    return ways


def _ways_along(inputs: DealInputs, allowed: BoolArray, which: range) -> Iterator[tuple[int, int]]:
    """Ways to the first state, and to all states together, before and after each step."""
    space = inputs.space
    ways = [1]
    yield 1, 1
    for k in which:
        after = [0] * int(space.states[k + 1])
        for state, _, to in _moves(inputs, k, allowed):
            after[to] += ways[state]
        ways = after
        yield ways[0], sum(ways)


def _moves(inputs: DealInputs, k: int, allowed: BoolArray) -> Iterator[tuple[int, int, int]]:
    """State, term and next state of every allowed move of a step."""
    space = inputs.space
    first, last = int(space.offsets[k]), int(space.offsets[k + 1])
    table = space.moves(k)
    for state, term in np.argwhere((table >= 0) & allowed[first:last]):
        yield int(state), first + int(term), int(table[state, term])


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Every way through some steps, those with equal sums together."""

    gains: IntArray
    """(n, 2) of A and of B, whole steps."""
    level: IntArray
    """(n,) enforcing provisions."""
    asked: IntArray
    """(n, consents) of each actor whose consent is needed, whole steps."""
    ways: IntArray
    """(n,) how many."""


def _cut(inputs: DealInputs, draw: int) -> tuple[range, range, range]:
    """The steps that are listed first, those that are rounded, and those listed last."""
    space = inputs.space
    # Between two groups of tied issues one state is left, so the sums can be cut there.
    cuts = [k for k in range(space.steps() + 1) if space.states[k] == 1]

    def counts(k: int, gain: Any) -> bool:
        return bool(gain[space.offsets[k] : space.offsets[k + 1]].any())

    steps = range(space.steps())
    asks = [k + 1 for k in steps if any(counts(k, c.gain[draw]) for c in inputs.consents)]
    first = min(cut for cut in cuts if cut >= max(asks, default=0))
    enforce = [k for k in steps if k >= first and counts(k, space.enforcing)]
    last = max(cut for cut in cuts if first <= cut <= min(enforce, default=len(steps)))
    return range(first), range(first, last), range(last, len(steps))


def _sums(
    inputs: DealInputs,
    which: range,
    columns: list[IntArray],
    allowed: BoolArray,
    rounding: str,
    most: int,
    work: _Work,
) -> _Sums:
    """Sums over every way through some steps.

    Columns are gains of A, of B, provisions, and what each consenting actor gains. Where there are more
    than `most` ways, sums are rounded to the grid and equal ones counted together.
    """
    if max(number for _, number in _ways_along(inputs, allowed, which)) > MOST_WAYS:
        raise _OutOfWork
    rows = {0: np.array([[*(0 for _ in columns), 1]], np.int64)}
    for k in which:
        moves = [move for move in _moves(inputs, k, allowed) if move[0] in rows]
        work.rows(sum(len(rows[state]) for state, _, _ in moves))
        gathered: dict[int, list[IntArray]] = {}
        for state, term, to in moves:
            added = np.array([*(column[term] for column in columns), 0], np.int64)
            gathered.setdefault(to, []).append(rows[state] + added)
        rows = {to: np.concatenate(parts) for to, parts in gathered.items()}
        if sum(map(len, rows.values())) > most:
            rows = {to: _merged(table, rounding) for to, table in rows.items()}
    table = rows.get(0, np.zeros((0, len(columns) + 1), np.int64))
    return _Sums(table[:, :2], table[:, 2], table[:, 3:-1], table[:, -1])


def _merged(table: IntArray, rounding: str) -> IntArray:
    """Rows of sums and their counts, rounded to the grid, equal ones together."""
    by = np.array([1 if column == 2 else CELL for column in range(table.shape[1] - 1)])
    cells = _in_cells(table[:, :-1], rounding)
    cells[:, 2] = table[:, 2]  # provisions are counted as they are
    unique, ways = _alike(cells, table[:, -1])
    return np.concatenate([unique * by, ways[:, None]], axis=1)


def _alike(cells: IntArray, ways: IntArray) -> tuple[IntArray, IntArray]:
    """Equal rows of cells together with their ways added up, in the order of their cells."""
    low = cells.min(axis=0)
    extents = [int(extent) + 1 for extent in cells.max(axis=0) - low]
    size = prod(extents)
    if size <= min(MOST_DENSE, 64 * len(cells)):
        place = np.zeros(len(cells), np.int64)
        for column, extent in enumerate(extents):
            place = place * extent + (cells[:, column] - low[column])
        dense = np.zeros(size, np.int64)
        _scatter(place, np.ascontiguousarray(ways), dense)
        filled = np.flatnonzero(dense)
        return np.stack(np.unravel_index(filled, extents), axis=1) + low, dense[filled]
    place, size = np.zeros(len(cells), np.int64), 1
    for column, extent in enumerate(extents):
        if (
            size * extent >= MOST_WAYS
        ):  # number the places so far anew, so that no product overflows
            _, place = np.unique(place, return_inverse=True)
            size = len(cells)
        place, size = place * extent + (cells[:, column] - low[column]), size * extent
    order = np.argsort(place, kind="stable")
    new = np.flatnonzero(np.diff(place[order], prepend=-1))
    return cells[order[new]], np.add.reduceat(ways[order], new)


@njit(cache=True, nogil=True)
def _scatter(place: Any, ways: Any, dense: Any) -> None:
    """Add ways up at their places."""
    for row in range(len(place)):
        dense[place[row]] += ways[row]


def _count(
    inputs: DealInputs,
    draw: int,
    allowed: BoolArray,
    need: IntArray,
    rounding: str,
    work: _Work,
) -> int:
    """Packages whose sums reach what is needed, rounded to the grid where they are not listed."""
    steps = whole_steps(inputs, draw)
    if rounding == "nearest":  # term by term, so that nothing is left to round
        steps = _in_cells(steps, rounding) * CELL
    plain = [*steps, inputs.space.enforcing]
    asked = [np.rint(c.gain[draw] / UTILITY_STEP).astype(np.int64) for c in inputs.consents]
    least = np.array(
        [int(np.ceil(c.walk_away[draw] / UTILITY_STEP)) - len(plain[0]) for c in inputs.consents],
        np.int64,
    )
    first, between, last = _cut(inputs, draw)
    begin = _sums(inputs, first, [*plain, *asked], allowed, rounding, MOST_LISTED, work)
    consenting = (begin.asked >= least).all(axis=1)
    end = _sums(inputs, last, plain, allowed, rounding, MOST_LISTED, work)
    groups = [
        (_in_cells(group.gains, rounding), group.ways)
        for group in _together(inputs, plain, allowed, between, rounding, work)
    ]
    if not consenting.any() or not len(end.ways) or not all(len(ways) for _, ways in groups):
        return 0
    total = 0
    for level in np.unique(begin.level[consenting]):
        here = consenting & (begin.level == level)
        parts = [(_in_cells(begin.gains[here], rounding), begin.ways[here]), *groups]
        # Each part counts from its least, so that no cell is negative and the grid is small.
        nearest = np.sum([cells.min(axis=0) for cells, _ in parts], axis=0)
        high, low = _grid([(cells - cells.min(axis=0), ways) for cells, ways in parts], work)
        lacks = need[level + end.level] - end.gains
        at = np.maximum(-(-lacks // CELL) - nearest, 0)
        inside = (at < np.array(high.shape)).all(axis=1)
        a, b = at[inside].T
        ways = end.ways[inside]
        total += (_dot(high[a, b], ways) << 64) + _dot(low[a, b], ways)
    return total


def _together(
    inputs: DealInputs,
    columns: list[IntArray],
    allowed: BoolArray,
    between: range,
    rounding: str,
    work: _Work,
) -> Iterator[_Sums]:
    """Sums of every way through a few steps at a time, cut where one state is left."""

    def listed(stop: int) -> _Sums:
        return _sums(inputs, range(start, stop), columns, allowed, rounding, MOST_TIED, work)

    states = inputs.space.states
    start = between.start
    while start < between.stop:
        ends = [k for k in range(start + 1, between.stop + 1) if states[k] == 1]
        kept, stop = listed(ends[0]), ends[0]
        for end in ends[1:]:
            # More issues, more ways: a long list is not made again to see that it is too long.
            if (
                len(kept.ways) > MOST_JOINT
                or _ways(inputs, allowed, range(start, end)) > MOST_JOINT
            ):
                break
            kept, stop = listed(end), end
        yield kept
        start = stop


def _in_cells(sums: IntArray, rounding: str) -> IntArray:
    """Sums in cells of the grid, rounded down, to the nearest or up."""
    shift = {"down": 0, "nearest": CELL // 2, "up": CELL - 1}[rounding]
    return np.asarray((sums + shift) // CELL)


def _grid(parts: list[tuple[IntArray, IntArray]], work: _Work) -> tuple[UintArray, UintArray]:
    """Ways to reach at least each pair of sums, in two 64-bit halves.

    Parts are sums (n, 2) from 0 up, in cells, and how many ways there are to each.
    """
    high, low = np.zeros((1, 1), np.uint64), np.ones((1, 1), np.uint64)
    # The longest first: it is added to a single cell. Of the rest, long ones while the grid is small.
    alike = sorted((_alike(*part) for part in parts), key=lambda part: -len(part[1]))
    for shifts, ways in alike:
        work.take(len(shifts) * low.size)
        if prod(int(n) for n in shifts.max(axis=0) + low.shape) > MOST_CELLS:
            raise _OutOfWork
        high, low = _add(high, low, shifts, ways.astype(np.uint64))
    _at_least(high, low)
    return high, low


@njit(cache=True, nogil=True)
def _add(high: Any, low: Any, shifts: Any, times: Any) -> Any:
    """The grid after one more choice among shifts, each to be had so many times."""
    rows, columns = low.shape
    shape = (rows + shifts[:, 0].max(), columns + shifts[:, 1].max())
    new_high, new_low = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
    half = np.uint64(32)
    mask = np.uint64(0xFFFFFFFF)
    for s in range(len(shifts)):
        da, db, by = shifts[s, 0], shifts[s, 1], times[s]
        for i in range(rows):
            for j in range(columns):
                h, x = high[i, j], low[i, j]
                if by != np.uint64(1):
                    # 128 by 64 bits, both in halves of 32, so that no product loses its carry.
                    by_low, by_high = by & mask, by >> half
                    x_low, x_high = x & mask, x >> half
                    lower = x_low * by_low
                    cross = x_high * by_low + (lower >> half)
                    middle = x_low * by_high + (cross & mask)
                    h = h * by + x_high * by_high + (cross >> half) + (middle >> half)
                    x = (lower & mask) | (middle << half)
                total = new_low[i + da, j + db] + x
                carry = np.uint64(1) if total < x else np.uint64(0)
                new_low[i + da, j + db] = total
                new_high[i + da, j + db] += h + carry
    return new_high, new_low


@njit(cache=True, nogil=True)
def _at_least(high: Any, low: Any) -> None:
    """Turn counts of exact sums into counts of sums at least so large, in place."""
    rows, columns = low.shape
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 2, -1, -1):
            total = low[i, j] + low[i, j + 1]
            carry = np.uint64(1) if total < low[i, j] else np.uint64(0)
            low[i, j] = total
            high[i, j] += high[i, j + 1] + carry
    for i in range(rows - 2, -1, -1):
        for j in range(columns):
            total = low[i, j] + low[i + 1, j]
            carry = np.uint64(1) if total < low[i, j] else np.uint64(0)
            low[i, j] = total
            high[i, j] += high[i + 1, j] + carry


def _dot(counts: UintArray, ways: IntArray) -> int:
    """Sum of products in whole numbers of any size."""
    return int(counts.astype(object) @ ways.astype(object)) if len(counts) else 0
