"""The exact two-side frontier of a space far too large to enumerate.

Utilities add over bundles, so the frontier of the whole is the frontier of (frontier so far + joint
options of the next bundle): a Minkowski sum, pruned after each bundle. Points are kept apart by the
number of enforcing provisions, because the worth of a package depends on it beyond u.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from interbellum.model.deals import UTILITY_STEP, DealInputs, Frontier

START_CAPACITY = 256
NONE_ALLOWED = -(2**40)  # steps: far below any utility, far from overflow
NO_FLOOR = np.full(2, -(2**62), np.int64)


def frontier(inputs: DealInputs, draw: int, keep_choice: bool = False) -> Frontier:
    """Undominated (u_A, u_B) of one draw, per number of enforcing provisions; exact.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
        Which draw.
    keep_choice : bool
        Whether to keep the package behind each point.

    Returns
    -------
    Frontier
        Empty when the red lines in force forbid every package. Of packages with equal utilities
        (to `UTILITY_STEP`) the one that decides most is kept.

    Source
    ------
    Pruned Minkowski sums as in Nemhauser and Ullmann (1969), Management Science 15(9).
    """
    steps = np.rint(inputs.gain[draw] / UTILITY_STEP).astype(np.int64)
    levels, a, b, decides, choice = minkowski(
        np.ascontiguousarray(steps[:, 0]),
        np.ascontiguousarray(steps[:, 1]),
        inputs.allowed[draw],
        inputs.space.offsets,
        inputs.space.enforcing,
        inputs.decides[draw],
        NO_FLOOR,
        keep_choice,
    )
    return Frontier(
        levels,
        a * UTILITY_STEP + inputs.base[draw, 0],
        b * UTILITY_STEP + inputs.base[draw, 1],
        decides,
        choice,
    )


@njit(cache=True)
def is_dominated(
    option: int,
    first: int,
    last: int,
    gain_a: Any,
    gain_b: Any,
    allowed: Any,
    enforcing: Any,
    decides: Any,
) -> bool:
    """Whether another allowed option of the bundle is at least as good for both.

    Every package with a dominated option is dominated by the package that swaps it for the other,
    with the same number of provisions, so it can be left out at once.
    """
    for other in range(first, last):
        if other == option or not allowed[other] or enforcing[other] != enforcing[option]:
            continue
        if gain_a[other] < gain_a[option] or gain_b[other] < gain_b[option]:
            continue
        if gain_a[other] > gain_a[option] or gain_b[other] > gain_b[option]:
            return True
        if decides[other] > decides[option]:
            return True
        if decides[other] == decides[option] and other < option:
            return True
    return False


@njit(cache=True, nogil=True)
def minkowski(
    gain_a: Any,
    gain_b: Any,
    allowed: Any,
    offsets: Any,
    enforcing: Any,
    decides: Any,
    floor: Any,
    keep: bool,
) -> Any:
    """Frontier in whole steps; arrays as in `DealInputs`, one draw.

    `floor` (2,) is the least total worth keeping for A and for B: what cannot reach both with the
    best of all later bundles is dropped on the way. `NO_FLOOR` keeps everything.

    Returns
    -------
    levels (L + 1,), a (P,), b (P,), decides (P,), choice (P, bundles) or (0, 0)
    """
    bundles = len(offsets) - 1
    top = 0
    for bundle in range(bundles):
        most = 0
        for option in range(offsets[bundle], offsets[bundle + 1]):
            most = max(most, enforcing[option])
        top += most
    capacity = START_CAPACITY
    now_a = np.zeros((top + 1, capacity), np.int64)
    now_b = np.zeros((top + 1, capacity), np.int64)
    now_d = np.zeros((top + 1, capacity))
    width = bundles if keep else 0
    now_c = np.zeros((top + 1, capacity if keep else 0, width), np.int64)
    # Best that the bundles from here on can still add for each side.
    rest_a = np.zeros(bundles + 1, np.int64)
    rest_b = np.zeros(bundles + 1, np.int64)
    for bundle in range(bundles - 1, -1, -1):
        most_a = most_b = NONE_ALLOWED
        for option in range(offsets[bundle], offsets[bundle + 1]):
            if allowed[option]:
                most_a = max(most_a, gain_a[option])
                most_b = max(most_b, gain_b[option])
        rest_a[bundle] = rest_a[bundle + 1] + most_a
        rest_b[bundle] = rest_b[bundle + 1] + most_b
    count = np.zeros(top + 1, np.int64)
    count[0] = 1
    reached = 0
    for bundle in range(bundles):
        first, last = offsets[bundle], offsets[bundle + 1]
        largest, most = 0, 0
        for level in range(reached + 1):
            largest = max(largest, count[level])
        for option in range(first, last):
            most = max(most, enforcing[option])
        room = largest * (last - first)  # no merge can hold more points than it was given
        new_a = np.empty((top + 1, room), np.int64)
        new_b = np.empty((top + 1, room), np.int64)
        new_d = np.empty((top + 1, room))
        new_c = np.empty((top + 1, room if keep else 0, width), np.int64)
        held = np.zeros(top + 1, np.int64)
        out_a = np.empty(room, np.int64)
        out_b = np.empty(room, np.int64)
        out_d = np.empty(room)
        out_c = np.empty((room if keep else 0, width), np.int64)
        for option in range(first, last):
            if not allowed[option] or is_dominated(
                option, first, last, gain_a, gain_b, allowed, enforcing, decides
            ):
                continue
            for level in range(reached + 1):
                points = count[level]
                if points == 0:
                    continue
                to = level + enforcing[option]
                i = j = k = 0
                while i < held[to] or j < points:
                    # Take the point with the larger u_A, then the larger u_B, then the one that
                    # decides more; keep it only if it beats the u_B of all taken before.
                    if j == points:
                        old = True
                    elif i == held[to]:
                        old = False
                    else:
                        a, b = now_a[level, j] + gain_a[option], now_b[level, j] + gain_b[option]
                        if new_a[to, i] != a:
                            old = new_a[to, i] > a
                        elif new_b[to, i] != b:
                            old = new_b[to, i] > b
                        else:
                            old = new_d[to, i] >= now_d[level, j] + decides[option]
                    if old:
                        a, b, d = new_a[to, i], new_b[to, i], new_d[to, i]
                    else:
                        a = now_a[level, j] + gain_a[option]
                        b = now_b[level, j] + gain_b[option]
                        d = now_d[level, j] + decides[option]
                    within = (
                        a + rest_a[bundle + 1] >= floor[0] and b + rest_b[bundle + 1] >= floor[1]
                    )
                    if within and (k == 0 or b > out_b[k - 1]):
                        out_a[k], out_b[k], out_d[k] = a, b, d
                        if keep:
                            if old:
                                out_c[k] = new_c[to, i]
                            else:
                                out_c[k] = now_c[level, j]
                                out_c[k, bundle] = option
                        k += 1
                    if old:
                        i += 1
                    else:
                        j += 1
                new_a[to, :k], new_b[to, :k], new_d[to, :k] = out_a[:k], out_b[:k], out_d[:k]
                if keep:
                    new_c[to, :k] = out_c[:k]
                held[to] = k
        now_a, now_b, now_d, now_c, count = new_a, new_b, new_d, new_c, held
        reached += most
    levels = np.zeros(top + 2, np.int64)
    for level in range(top + 1):
        levels[level + 1] = levels[level] + count[level]
    total = levels[top + 1]
    a_all, b_all, d_all = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total)
    c_all = np.empty((total if keep else 0, width), np.int64)
    for level in range(top + 1):
        lo, hi = levels[level], levels[level + 1]
        a_all[lo:hi] = now_a[level, : hi - lo]
        b_all[lo:hi] = now_b[level, : hi - lo]
        d_all[lo:hi] = now_d[level, : hi - lo]
        if keep:
            c_all[lo:hi] = now_c[level, : hi - lo]
    return levels, a_all, b_all, d_all, c_all
