"""Packages that every actor whose consent is needed would bear.

An actor's walk-away value is one more sum over issues, alive from its first issue to its last. Those
issues stand first in the space, so the points up to the last of them are kept undominated in the two
leads' utilities and in what each actor still has to reach; after it the actors' sums are done with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from interbellum.model.deals import UTILITY_STEP, DealInputs, IntArray
from interbellum.model.units import Array


@dataclass(frozen=True, slots=True, eq=False)
class StartPoints:
    """Undominated beginnings of packages, from which the two-side sum goes on."""

    step: int
    """First step that is still to be taken."""
    slots: IntArray
    """(states * levels + 1,) first point of each state and number of provisions."""
    a: IntArray
    b: IntArray
    """(points,) gains so far in whole steps: within a slot a falls and b rises."""
    decides: Array
    """(points,) share of the contested weight decided so far."""
    choice: IntArray
    """(points, step) flat term taken at each step so far."""


def level_count(inputs: DealInputs) -> int:
    """Numbers of enforcing provisions that a package can have, from 0 up."""
    space = inputs.space
    return 1 + int(np.maximum.reduceat(space.enforcing, space.offsets[:-1]).sum())


def start_points(
    inputs: DealInputs, draw: int, steps: IntArray, allowed: Any, which: tuple[int, ...]
) -> StartPoints:
    """Beginnings over the issues that need the consent of an actor with a walk-away value.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    steps : (2, terms) int64
        Gains of A and of B in whole steps.
    allowed : (terms,) bool
    which : tuple of int
        Which of `inputs.consents` must be met.

    Returns
    -------
    StartPoints
        One empty beginning at step 0 when no consent is asked.
    """
    space, levels = inputs.space, level_count(inputs)
    if not which:
        slots = np.ones(levels + 1, np.int64)
        slots[0] = 0
        none = np.zeros(1, np.int64)
        return StartPoints(0, slots, none, none, np.zeros(1), np.zeros((1, 0), np.int64))
    from moocore import is_nondominated

    asked = [np.rint(inputs.consents[c].gain[draw] / UTILITY_STEP).astype(np.int64) for c in which]
    # Rounding moves a sum by at most half a step an issue; a package exactly at its value stays in.
    need = [
        int(np.ceil(inputs.consents[c].walk_away[draw] / UTILITY_STEP)) - space.steps()
        for c in which
    ]
    last = -1
    for gain in asked:
        touched = [
            k for k in range(space.steps()) if gain[space.offsets[k] : space.offsets[k + 1]].any()
        ]
        last = max(last, *touched) if touched else last
    columns = 2 + len(which)
    # Rows: gains of A and B, sum of each actor, what is decided; then the terms taken.
    reached = all(
        _rest(gain, allowed, space.offsets, 0)[0] >= least
        for gain, least in zip(asked, need, strict=True)
    )
    points = {
        (0, 0): (np.zeros((int(reached), columns + 1)), np.zeros((int(reached), 0), np.int64))
    }
    for k in range(last + 1):
        first, end = space.offsets[k], space.offsets[k + 1]
        table = space.moves(k)
        gathered: dict[tuple[int, int], list[tuple[Array, IntArray]]] = {}
        for (state, level), (rows, taken) in points.items():
            for term in range(first, end):
                after = int(table[state, term - first])
                if after < 0 or not allowed[term]:
                    continue
                added = np.array(
                    [*steps[:, term], *(gain[term] for gain in asked), inputs.decides[draw, term]]
                )
                gathered.setdefault((after, level + int(space.enforcing[term])), []).append(
                    (
                        rows + added,
                        np.concatenate([taken, np.full((len(taken), 1), term)], axis=1),
                    )
                )
        points = {}
        for slot, parts in gathered.items():
            rows = np.concatenate([part[0] for part in parts])
            taken = np.concatenate([part[1] for part in parts])
            within = np.ones(len(rows), bool)
            for place, gain in enumerate(asked):
                rest_most, rest_least = _rest(gain, allowed, space.offsets, k + 1)
                within &= rows[:, 2 + place] + rest_most >= need[place]
                # Beyond what the worst of the rest would leave, more is no better.
                rows[:, 2 + place] = np.minimum(rows[:, 2 + place], need[place] - rest_least)
            rows, taken = rows[within], taken[within]
            if not len(rows):
                continue
            # Of equals the one that decides most comes first, and only the first is kept.
            order = np.lexsort((-rows[:, -1], -rows[:, 1], -rows[:, 0]))
            rows, taken = rows[order], taken[order]
            kept = is_nondominated(rows[:, :columns], maximise=True, keep_weakly=False)
            points[slot] = (rows[kept], taken[kept])
    count = int(space.states[last + 1]) * levels
    slots = np.zeros(count + 1, np.int64)
    parts_a, parts_b, parts_d = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    parts_t = [np.zeros((0, last + 1), np.int64)]
    for place in range(count):
        rows, taken = points.get(divmod(place, levels), (np.zeros((0, columns + 1)), parts_t[0]))
        # The actors' sums are done with: what only they kept apart is pruned.
        keep = _two_side(rows)
        parts_a.append(rows[keep, 0])
        parts_b.append(rows[keep, 1])
        parts_d.append(rows[keep, -1])
        parts_t.append(taken[keep])
        slots[place + 1] = slots[place] + len(keep)
    return StartPoints(
        last + 1,
        slots,
        np.concatenate(parts_a).astype(np.int64),
        np.concatenate(parts_b).astype(np.int64),
        np.concatenate(parts_d),
        np.concatenate(parts_t),
    )


def _rest(gain: IntArray, allowed: Any, offsets: IntArray, step: int) -> tuple[int, int]:
    """Most and least that the steps from one on can add to a sum, over allowed terms."""
    most = least = 0
    for first, last in zip(offsets[step:-1], offsets[step + 1 :], strict=True):
        here = gain[first:last][allowed[first:last]]
        if len(here):
            most, least = most + int(here.max()), least + int(here.min())
    return most, least


def _two_side(rows: Array) -> IntArray:
    """Rows undominated in the first two columns, the first falling; of equals, what decides most."""
    if not len(rows):
        return np.zeros(0, np.int64)
    order = np.lexsort((-rows[:, -1], -rows[:, 1], -rows[:, 0]))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], rows[order, 1]]))[:-1]
    return np.asarray(order[rows[order, 1] > best])
