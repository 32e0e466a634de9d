"""The exact two-side frontier of a space far too large to enumerate.

Utilities add over issues, so the frontier of the whole is the frontier of (frontier so far + terms of
the next issue): a Minkowski sum, pruned after each issue. Points are kept apart by the number of
enforcing provisions, because the worth of a package depends on it beyond u, and by the state of the
conditions that are still open; the last step leaves one state.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from interbellum.deals.consent import start_points
from interbellum.model.deals import UTILITY_STEP, DealInputs, Frontier, IntArray

NO_FLOOR = np.full(2, -(2**62), np.int64)
U0, U1 = np.uint64(0), np.uint64(1)  # an unsigned index is not tested for being negative
FAR_BELOW = -(2**40)  # steps: below any utility, far from overflow


def whole_steps(inputs: DealInputs, draw: int) -> IntArray:
    """Gains of one draw in whole `UTILITY_STEP`s, (2, terms)."""
    return np.ascontiguousarray(np.rint(inputs.gain[draw].T / UTILITY_STEP).astype(np.int64))


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
        Over packages that cross no red line in force, meet every condition and leave every actor
        whose consent is needed at its walk-away value; empty when there are none. Of packages with
        equal utilities (to `UTILITY_STEP`) the one that decides most is kept.

    Source
    ------
    Pruned Minkowski sums as in Nemhauser and Ullmann (1969), Management Science 15(9).
    """
    return frontier_among(inputs, draw, inputs.allowed[draw], NO_FLOOR, keep_choice)


def frontier_among(
    inputs: DealInputs,
    draw: int,
    allowed: Any,
    floor: IntArray,
    keep_choice: bool = False,
    consents: tuple[int, ...] | None = None,
) -> Frontier:
    """The frontier over packages of allowed terms.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    allowed : (terms,) bool
    floor : (2,) int64, steps
        Least gain worth keeping for A and for B; `NO_FLOOR` keeps everything.
    keep_choice : bool
    consents : tuple of int or None
        Which of `inputs.consents` must be met; None = all.

    Returns
    -------
    Frontier
    """
    space = inputs.space
    steps = whole_steps(inputs, draw)
    which = tuple(range(len(inputs.consents))) if consents is None else consents
    begin = start_points(inputs, draw, steps, allowed, which)
    levels, a, b, decides, choice = minkowski(
        steps[0],
        steps[1],
        allowed,
        np.ascontiguousarray(inputs.decides[draw]),  # of one kind, so that one loop is compiled
        space.enforcing,
        space.offsets,
        space.states,
        space.follow,
        space.follow_offsets,
        floor,
        begin.step,
        begin.slots,
        begin.a,
        begin.b,
        begin.decides,
        keep_choice,
    )
    if keep_choice and begin.step > 0:
        choice[:, : begin.step] = begin.choice[choice[:, 0]]
    return Frontier(
        levels,
        a * UTILITY_STEP + inputs.base[draw, 0],
        b * UTILITY_STEP + inputs.base[draw, 1],
        decides,
        choice,
    )


@njit(cache=True, nogil=True)
def _undominated_terms(
    first: int,
    last: int,
    gain_a: Any,
    gain_b: Any,
    allowed: Any,
    decides: Any,
    enforcing: Any,
    follow: Any,
    width: int,
) -> Any:
    """Terms of a step that no other term of it replaces at no loss to either side.

    Every package with a dominated term is dominated by the package that swaps it for the other, if
    the two have as many provisions and leave the same conditions open.
    """
    kept = np.empty(last - first, np.int64)
    count = 0
    states = len(follow) // width
    for term in range(first, last):
        if not allowed[term]:
            continue
        beaten = False
        for other in range(first, last):
            if other == term or not allowed[other] or enforcing[other] != enforcing[term]:
                continue
            if gain_a[other] < gain_a[term] or gain_b[other] < gain_b[term]:
                continue
            same = True
            for state in range(states):
                if follow[state * width + other - first] != follow[state * width + term - first]:
                    same = False
            if not same:
                continue
            better = gain_a[other] > gain_a[term] or gain_b[other] > gain_b[term]
            if better or (
                decides[other] > decides[term] or (decides[other] == decides[term] and other < term)
            ):
                beaten = True
                break
        if not beaten:
            kept[count] = term
            count += 1
    return kept[:count]


@njit(cache=True, nogil=True)
def minkowski(
    gain_a: Any,
    gain_b: Any,
    allowed: Any,
    decides: Any,
    enforcing: Any,
    offsets: Any,
    states: Any,
    follow: Any,
    follow_offsets: Any,
    floor: Any,
    start: int,
    start_slots: Any,
    start_a: Any,
    start_b: Any,
    start_d: Any,
    keep: bool,
) -> Any:
    """Frontier in whole steps; arrays as in `DealSpace` and `DealInputs`, one draw.

    `start` is the first step to take; the points before it are `start_a`, `start_b`, `start_d`, slot
    by slot in `start_slots` (states * levels + 1,), where a slot is a state and a number of
    provisions. `floor` (2,) is the least total worth keeping for A and for B: what cannot reach both
    with the best of all later steps is dropped on the way. `NO_FLOOR` keeps everything.

    Returns
    -------
    levels (L + 1,), a (P,), b (P,), decides (P,), choice (P, steps) or (0, 0)
        Column 0 of choice holds the number of the starting point when `start` > 0.
    """
    steps = len(offsets) - 1
    most = np.zeros(steps, np.int64)
    top = 0
    for step in range(steps):
        for term in range(offsets[step], offsets[step + 1]):
            most[step] = max(most[step], enforcing[term])
        top += most[step]
    levels = top + 1
    rest_a, rest_b = _best_of_rest(gain_a, gain_b, allowed, offsets)
    slots = start_slots
    now_a, now_b, now_d = start_a, start_b, start_d
    # Where each point came from, step after step; read back at the end.
    trail_from = np.empty(1024 if keep else 0, np.int64)
    trail_term = np.empty(1024 if keep else 0, np.int64)
    trail_start = np.zeros(steps + 1, np.int64)
    for step in range(start, steps):
        first, last = offsets[step], offsets[step + 1]
        width = last - first
        table = follow[follow_offsets[step] : follow_offsets[step + 1]]
        terms = _undominated_terms(
            first, last, gain_a, gain_b, allowed, decides, enforcing, table, width
        )
        here, after = states[step], states[step + 1]
        room = len(now_a) * len(terms)  # no merge can hold more points than it was given
        out_a, out_b = np.empty(room, np.int64), np.empty(room, np.int64)
        out_d = np.empty(room)
        out_from = np.empty(room if keep else 0, np.int64)
        out_term = np.empty(room if keep else 0, np.int64)
        out_slots = np.zeros(after * levels + 1, np.int64)
        # Lists to merge into one slot: a slot of the last step, moved by a term.
        most_lists = here * len(terms)
        at, end = np.empty(most_lists, np.uint64), np.empty(most_lists, np.uint64)
        add_a, add_b = np.empty(most_lists, np.int64), np.empty(most_lists, np.int64)
        by = np.empty(most_lists, np.int64)
        head_a, head_b = np.empty(most_lists, np.int64), np.empty(most_lists, np.int64)
        k = 0
        least_b = floor[1] - rest_b[step + 1]
        least_a = floor[0] - rest_a[step + 1]
        for target in range(after):
            for level in range(levels):
                lists = 0
                for place in range(len(terms)):
                    term = terms[place]
                    below = level - enforcing[term]
                    if below < 0:
                        continue
                    for state in range(here):
                        if table[state * width + term - first] != target:
                            continue
                        slot = state * levels + below
                        if slots[slot] < slots[slot + 1]:
                            at[lists], end[lists] = slots[slot], slots[slot + 1]
                            by[lists] = term
                            add_a[lists], add_b[lists] = gain_a[term], gain_b[term]
                            head_a[lists] = now_a[slots[slot]] + gain_a[term]
                            head_b[lists] = now_b[slots[slot]] + gain_b[term]
                            lists += 1
                # Take points by falling u_A; one is new if its u_B beats all taken before. Of points
                # with the same u_A the last so taken stays, of equals the one that decides more.
                best = least_b - 1
                opening = k
                while lists > 0:
                    top_list: Any = U0
                    a = head_a[U0]
                    for other in range(U1, np.uint64(lists)):
                        if head_a[other] > a:
                            top_list, a = other, head_a[other]
                    if a < least_a:
                        break
                    i, b = at[top_list], head_b[top_list]
                    if b >= best:
                        same = k > opening and out_a[k - 1] == a
                        d = now_d[i] + decides[by[top_list]]
                        if b > best or (same and d > out_d[k - 1]):
                            if same:
                                k -= 1
                            out_a[k], out_b[k], out_d[k] = a, b, d
                            if keep:
                                out_from[k], out_term[k] = i, by[top_list]
                            best = b
                            k += 1
                    # Skip what the points taken so far already dominate.
                    i += U1
                    bar = best - add_b[top_list]
                    stop = end[top_list]
                    while i < stop and now_b[i] <= bar:
                        i += U1
                    if i < stop:
                        at[top_list] = i
                        head_a[top_list] = now_a[i] + add_a[top_list]
                        head_b[top_list] = now_b[i] + add_b[top_list]
                    else:
                        lists -= 1
                        at[top_list], end[top_list] = at[lists], end[lists]
                        by[top_list] = by[lists]
                        add_a[top_list], add_b[top_list] = add_a[lists], add_b[lists]
                        head_a[top_list], head_b[top_list] = head_a[lists], head_b[lists]
                out_slots[target * levels + level + 1] = k
        now_a, now_b, now_d, slots = out_a[:k], out_b[:k], out_d[:k], out_slots
        if keep:
            trail_start[step + 1] = trail_start[step] + k
            # Loops, since what the compiler needs for slices of unlike lengths takes it seconds.
            while len(trail_from) < trail_start[step + 1]:
                longer_from = np.empty(2 * len(trail_from), np.int64)
                longer_term = np.empty(2 * len(trail_from), np.int64)
                for point in range(trail_start[step]):
                    longer_from[point], longer_term[point] = trail_from[point], trail_term[point]
                trail_from, trail_term = longer_from, longer_term
            for point in range(k):
                trail_from[trail_start[step] + point] = out_from[point]
                trail_term[trail_start[step] + point] = out_term[point]
    choice = np.empty((len(now_a) if keep else 0, steps if keep else 0), np.int64)
    if keep:
        for point in range(len(now_a)):
            i = point
            for step in range(steps - 1, start - 1, -1):
                choice[point, step] = trail_term[trail_start[step] + i]
                i = trail_from[trail_start[step] + i]
            if start > 0:
                choice[point, 0] = i
    return slots, now_a.copy(), now_b.copy(), now_d.copy(), choice


@njit(cache=True, nogil=True)
def _best_of_rest(gain_a: Any, gain_b: Any, allowed: Any, offsets: Any) -> Any:
    """Best that the steps from each on can still add for each side, (steps + 1,) twice."""
    steps = len(offsets) - 1
    rest_a, rest_b = np.zeros(steps + 1, np.int64), np.zeros(steps + 1, np.int64)
    for step in range(steps - 1, -1, -1):
        most_a = most_b = FAR_BELOW
        for term in range(offsets[step], offsets[step + 1]):
            if allowed[term]:
                most_a = max(most_a, gain_a[term])
                most_b = max(most_b, gain_b[term])
        rest_a[step] = rest_a[step + 1] + most_a
        rest_b[step] = rest_b[step + 1] + most_b
    return rest_a, rest_b
