"""The frontier and Nash point of a two-party domain, each in one compiled call.

Arrays come as `model.domain` keeps them: contiguous and read-only, so each function compiles once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from interbellum.model.deals import UTILITY_STEP

LIMIT = 2.0**61
"""Steps: no utility may come near what int64 holds."""
HALF = 31
MASK = 2**31 - 1
BUCKETS = 4096  # their bounds fill one first-level cache, and few points share one
TOO_LARGE = -2
"""Instead of a Nash point: utilities outside `LIMIT`."""


@njit(cache=True, nogil=True)
def larger_product(a: int, b: int, c: int, d: int) -> int:
    """Sign of a·b - c·d for whole numbers from 0 to below 2**62, exact in parts of 31 bits."""
    low = (a & MASK) * (b & MASK)
    middle = (a >> HALF) * (b & MASK) + (a & MASK) * (b >> HALF) + (low >> HALF)
    high = (a >> HALF) * (b >> HALF) + (middle >> HALF)
    low_2 = (c & MASK) * (d & MASK)
    middle_2 = (c >> HALF) * (d & MASK) + (c & MASK) * (d >> HALF) + (low_2 >> HALF)
    high_2 = (c >> HALF) * (d >> HALF) + (middle_2 >> HALF)
    if high != high_2:
        return 1 if high > high_2 else -1
    if middle & MASK != middle_2 & MASK:
        return 1 if middle & MASK > middle_2 & MASK else -1
    if low & MASK != low_2 & MASK:
        return 1 if low & MASK > low_2 & MASK else -1
    return 0


@njit(cache=True, nogil=True)
def better_nash(a: int, b: int, c: int, d: int) -> int:
    """Sign of gains (a, b) against (c, d): the larger product, then the larger sum."""
    sign = larger_product(a, b, c, d)
    if sign == 0 and a + b != c + d:
        sign = 1 if a + b > c + d else -1
    return sign


@njit(cache=True, nogil=True)
def comes_first(origin: Any, taken: Any, starts: Any, level: int, one: int, other: int) -> bool:
    """Whether point `one` of a level takes a lower option than `other` on the first issue that differs."""
    first = False
    while level >= 0 and one != other:
        mine, theirs = taken[starts[level] + one], taken[starts[level] + other]
        if mine != theirs:
            first = mine < theirs
        one, other = origin[starts[level] + one], origin[starts[level] + other]
        level -= 1
    return first


@njit(cache=True, nogil=True)
def sum_frontier(
    worth_a: Any,
    worth_b: Any,
    offsets: Any,
    base_a: float,
    base_b: float,
    out_a: float,
    out_b: float,
) -> Any:
    """Pruned Minkowski sum, issue by issue, then the Nash point of what is left.

    The list of points falls in a and rises in b, and so does every shifted copy of it, so one merge
    of the copies finds the next list; a head that no longer beats the last b is skipped.

    Parameters
    ----------
    worth_a, worth_b : (options of all issues,) float
    offsets : (K + 1,) int
    base_a, base_b : float
        Utility before options are added.
    out_a, out_b : float
        Utility without agreement.

    Returns
    -------
    steps (2, F) int, choice (F, K) int, nash int
        `nash` is -1 where no package is acceptable to both, or `TOO_LARGE`.
    """
    issues = len(offsets) - 1
    most = 0
    size_a = abs(base_a) + abs(out_a)
    size_b = abs(base_b) + abs(out_b)
    for issue in range(issues):
        most = max(most, offsets[issue + 1] - offsets[issue])
        high_a = high_b = 0.0
        for option in range(offsets[issue], offsets[issue + 1]):
            high_a, high_b = max(high_a, abs(worth_a[option])), max(high_b, abs(worth_b[option]))
        size_a, size_b = size_a + high_a, size_b + high_b
    if max(size_a, size_b) / UTILITY_STEP > LIMIT:
        return np.empty((2, 0), np.int64), np.empty((0, issues), np.int64), TOO_LARGE
    now_a, now_b = np.empty(1, np.int64), np.empty(1, np.int64)
    now_a[0] = int(np.rint(base_a / UTILITY_STEP))
    now_b[0] = int(np.rint(base_b / UTILITY_STEP))
    points = 1
    starts = np.empty(issues + 1, np.int64)
    starts[0] = 0
    origin, taken = np.empty(256, np.int64), np.empty(256, np.int64)
    add_a, add_b = np.empty(most, np.int64), np.empty(most, np.int64)
    named, head = np.empty(most, np.int64), np.empty(most, np.int64)
    for issue in range(issues):
        first = offsets[issue]
        kept = 0
        for option in range(first, offsets[issue + 1]):
            a = int(np.rint(worth_a[option] / UTILITY_STEP))
            b = int(np.rint(worth_b[option] / UTILITY_STEP))
            # The options kept so far fall in a and rise in b; earlier options win ties.
            at = kept
            while at > 0 and add_a[at - 1] < a:
                at -= 1
            if at > 0 and add_b[at - 1] >= b:
                continue
            last = at
            while last < kept and add_b[last] <= b:
                last += 1
            if at > 0 and add_a[at - 1] == a:
                at -= 1
            gap = at + 1 - last
            if gap == 1:
                for j in range(kept, last, -1):
                    add_a[j], add_b[j], named[j] = add_a[j - 1], add_b[j - 1], named[j - 1]
            elif gap < 0:
                for j in range(last, kept):
                    add_a[j + gap], add_b[j + gap], named[j + gap] = add_a[j], add_b[j], named[j]
            add_a[at], add_b[at], named[at] = a, b, option - first
            kept += gap
        room = points * kept
        begin = starts[issue]
        if begin + room > len(origin):
            more = max(begin + room, 2 * len(origin))
            larger, larger_taken = np.empty(more, np.int64), np.empty(more, np.int64)
            larger[:begin], larger_taken[:begin] = origin[:begin], taken[:begin]
            origin, taken = larger, larger_taken
        new_a, new_b = np.empty(room, np.int64), np.empty(room, np.int64)
        head[:kept] = 0
        count = 0
        beaten = -(2**63) + 1
        while True:
            best = -1
            best_a = best_b = 0
            for j in range(kept):
                at = head[j]
                while at < points and now_b[at] + add_b[j] <= beaten:
                    at += 1
                head[j] = at
                if at == points:
                    continue
                a, b = now_a[at] + add_a[j], now_b[at] + add_b[j]
                if (
                    best < 0
                    or a > best_a
                    or (
                        a == best_a
                        and (
                            b > best_b
                            or (
                                b == best_b
                                and comes_first(origin, taken, starts, issue - 1, at, head[best])
                            )
                        )
                    )
                ):
                    best, best_a, best_b = j, a, b
            if best < 0:
                break
            new_a[count], new_b[count] = best_a, best_b
            origin[begin + count], taken[begin + count] = head[best], named[best]
            beaten = best_b
            count += 1
        now_a, now_b, points = new_a, new_b, count
        starts[issue + 1] = begin + count
    steps = np.empty((2, points), np.int64)
    choice = np.empty((points, issues), np.int64)
    floor_a, floor_b = int(np.rint(out_a / UTILITY_STEP)), int(np.rint(out_b / UTILITY_STEP))
    nash = -1
    for point in range(points):
        steps[0, point], steps[1, point] = now_a[point], now_b[point]
        at = point
        for issue in range(issues - 1, -1, -1):
            choice[point, issue] = taken[starts[issue] + at]
            at = origin[starts[issue] + at]
        a, b = now_a[point] - floor_a, now_b[point] - floor_b
        if a < 0 or b < 0:
            continue
        sign = 1
        if nash >= 0:
            sign = better_nash(a, b, now_a[nash] - floor_a, now_b[nash] - floor_b)
        if sign > 0 or (sign == 0 and comes_first(origin, taken, starts, issues - 1, point, nash)):
            nash = point
    return steps, choice, nash


@njit(cache=True, nogil=True)
def table_frontier(table_a: Any, table_b: Any, out_a: float, out_b: float) -> Any:
    """Frontier and Nash point of two explicit tables, in a few passes over them.

    Each bucket of a knows the best b of all buckets above it. Only points that beat it are sorted:
    of random tables a handful, of the worst table all.

    Parameters
    ----------
    table_a, table_b : (packages,) float
    out_a, out_b : float
        Utility without agreement.

    Returns
    -------
    steps (2, F) int, package (F,) int, nash int
        As `sum_frontier`, with packages as places in the tables.
    """
    packages = len(table_a)
    low_a, high_a, low_b, high_b = table_a[0], table_a[0], table_b[0], table_b[0]
    for package in range(packages):
        low_a, high_a = min(low_a, table_a[package]), max(high_a, table_a[package])
        low_b, high_b = min(low_b, table_b[package]), max(high_b, table_b[package])
    size = max(abs(low_a), abs(high_a), abs(low_b), abs(high_b), abs(out_a), abs(out_b))
    if 2.0 * size / UTILITY_STEP > LIMIT:
        return np.empty((2, 0), np.int64), np.empty(0, np.int64), TOO_LARGE
    lowest = int(np.rint(low_a / UTILITY_STEP))
    span = int(np.rint(high_a / UTILITY_STEP)) - lowest + 1
    per_step = BUCKETS / span if span > BUCKETS else 1.0
    bound = np.full(BUCKETS + 2, -(2**62))
    for package in range(packages):
        a = int(np.rint(table_a[package] / UTILITY_STEP))
        b = int(np.rint(table_b[package] / UTILITY_STEP))
        bucket = int((a - lowest) * per_step)
        bound[bucket] = max(bound[bucket], b)
    above = -(2**62)
    for bucket in range(BUCKETS + 1, -1, -1):
        bound[bucket], above = above, max(above, bound[bucket])
    room = 1024
    kept_a, kept_b = np.empty(room, np.int64), np.empty(room, np.int64)
    kept = np.empty(room, np.int64)
    count = 0
    for package in range(packages):
        b = int(np.rint(table_b[package] / UTILITY_STEP))
        a = int(np.rint(table_a[package] / UTILITY_STEP))
        if b <= bound[int((a - lowest) * per_step)]:
            continue
        if count == room:
            room *= 2
            more_a, more_b = np.empty(room, np.int64), np.empty(room, np.int64)
            more = np.empty(room, np.int64)
            more_a[:count], more_b[:count], more[:count] = kept_a, kept_b, kept
            kept_a, kept_b, kept = more_a, more_b, more
        kept_a[count], kept_b[count], kept[count] = a, b, package
        count += 1
    order = np.argsort(-kept_a[:count], kind="mergesort")  # stable: packages stay in C order
    steps = np.empty((2, count), np.int64)
    package_of = np.empty(count, np.int64)
    points = 0
    for place in range(count):
        at = order[place]
        a, b = kept_a[at], kept_b[at]
        if points and b <= steps[1, points - 1]:
            continue
        if points and a == steps[0, points - 1]:
            points -= 1
        steps[0, points], steps[1, points], package_of[points] = a, b, kept[at]
        points += 1
    floor_a, floor_b = int(np.rint(out_a / UTILITY_STEP)), int(np.rint(out_b / UTILITY_STEP))
    nash = -1
    for point in range(points):
        a, b = steps[0, point] - floor_a, steps[1, point] - floor_b
        if a < 0 or b < 0:
            continue
        sign = 1
        if nash >= 0:
            sign = better_nash(a, b, steps[0, nash] - floor_a, steps[1, nash] - floor_b)
        if sign > 0 or (sign == 0 and package_of[point] < package_of[nash]):
            nash = point
    return steps[:, :points].copy(), package_of[:points].copy(), nash
