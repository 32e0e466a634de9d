"""Every smallest set of demands that cannot hold together, and every smallest way out.

A *blocking set* fails whole and holds with any member dropped (a MUS); a *correction* opens the range
when dropped whole and with no member kept (a MCS). Each kind is made of the minimal sets that hit every
set of the other (Reiter 1987), so the two are found together: a smallest set that hits every correction
known either cannot be met, and is a blocking set, or can, and what else can be met with it shows one
more correction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import numpy as np

from interbellum.deals.exact import Status, feasible
from interbellum.deals.range import RESERVATION, can_be_met, explain, ordered_demands
from interbellum.model.deals import BoolArray, DealInputs, IntArray
from interbellum.model.units import Array

T = TypeVar("T")

MOST_SETS = 1_000
"""Sets of either kind after which the search stops."""
MOST_QUESTIONS = 5_000
"""Questions to the frontier or the solver after which the search stops; about a millisecond each where
nobody but the two leads must consent, twenty where others must."""
MOST_CANDIDATES = 10 * MOST_SETS
"""Candidate sets kept at once."""


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What cannot hold together in one draw, and what opens it."""

    demands: tuple[int, ...]
    """Demands in force, in canonical order; see `ordered_demands`."""
    blocking: tuple[tuple[int, ...], ...]
    """Minimal blocking sets, the smallest first, then in canonical order; none if the range is open."""
    corrections: tuple[tuple[int, ...], ...]
    """Minimal corrections in the same order; none if the range is open."""
    status: Status
    """`proved`: these are all. `unknown`: each is verified, but there may be more."""
    questions: int
    """Put to the frontier or the solver."""


class _Stopped(Exception):
    """The limit is reached, or a question has no answer."""


def any_package(inputs: DealInputs, allowed: BoolArray) -> bool:
    """Whether the clauses leave a package of allowed terms, (terms,)."""
    space = inputs.space
    here = np.ones(1, bool)
    for k in range(space.steps()):
        first, last = space.offsets[k], space.offsets[k + 1]
        reached = space.moves(k)[np.ix_(here, allowed[first:last])]
        here = np.zeros(int(space.states[k + 1]), bool)
        here[reached[reached >= 0]] = True
    return bool(here.any())


def met(
    inputs: DealInputs, draw: int, demands: Sequence[int], slope: Array, base: Array
) -> bool | None:
    """Whether some package meets a set of demands, by the quickest way to tell.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    demands : sequence of int
        Red lines by index, `RESERVATION` and `consent` values.
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.

    Returns
    -------
    bool or None
        The answer of `deals.range.can_be_met`; None if the solver gave up. Walk-away values go to the
        solver: a frontier that carries two more sums takes from 0.02 to 9 s over 35 issues, the
        solver 0.02 to 0.6.
    """
    others = [demand for demand in demands if demand >= 0 or demand in RESERVATION]
    if any(demand in RESERVATION for demand in others):
        within = can_be_met(inputs, draw, others, slope, base)
    else:
        within = any_package(inputs, np.asarray(~inputs.refused[others].any(axis=0)))
    if not within or len(others) == len(demands):
        return within
    answer = feasible(inputs, draw, demands, slope, base)
    return None if answer.status != "proved" else answer.package is not None


class _Search:
    """Sets of demands as bits of a whole number, bit i for the i-th demand in canonical order."""

    def __init__(
        self,
        inputs: DealInputs,
        draw: int,
        slope: Array,
        base: Array,
        demands: tuple[int, ...],
        questions: int,
        until: float,
    ) -> None:
        self.inputs, self.draw, self.slope, self.base = inputs, draw, slope, base
        self.demands = demands
        self.all = (1 << len(demands)) - 1
        self.most, self.until, self.asked = questions, until, 0
        self.can: list[int] = []
        """Sets known to be met; so are their parts."""
        self.blocking: list[int] = []
        self.corrections: list[int] = []
        self.sound = True

    def named(self, bits: int) -> tuple[int, ...]:
        """The demands of a set, in canonical order."""
        return tuple(demand for i, demand in enumerate(self.demands) if bits >> i & 1)

    def rank(self, bits: int) -> tuple[int, tuple[int, ...]]:
        """Smallest first, then in canonical order."""
        return bits.bit_count(), tuple(i for i in range(len(self.demands)) if bits >> i & 1)

    def met(self, bits: int) -> bool:
        if any(known & bits == known for known in self.blocking):
            return False
        if any(bits & known == bits for known in self.can):
            return True
        if self.asked >= self.most or monotonic() > self.until:
            raise _Stopped
        self.asked += 1
        answer = met(self.inputs, self.draw, self.named(bits), self.slope, self.base)
        if answer is None:
            raise _Stopped
        return answer

    def run(self, limit: int) -> bool:
        """Find the sets; False if there may be more."""
        candidates = [0]
        done: set[int] = set()
        try:
            while True:
                found = None
                for bits in sorted(candidates, key=self.rank):
                    if bits in done:
                        continue
                    if self.met(bits):
                        found = bits
                        break
                    done.add(bits)
                    self.add_blocking(bits)
                    if len(self.blocking) >= limit:
                        return False
                if found is None:
                    return True
                for i in range(len(self.demands)):
                    if not found >> i & 1 and self.met(found | 1 << i):
                        found |= 1 << i
                self.can.append(found)
                if found == self.all:
                    return True
                self.add_correction(self.all & ~found)
                if len(self.corrections) >= limit:
                    return False
                candidates = hitting(candidates, self.all & ~found)
                if len(candidates) > MOST_CANDIDATES:
                    return False
        except _Stopped:
            return False

    def add_blocking(self, bits: int) -> None:
        """Keep a blocking set that the solver, asked anew, cannot meet either."""
        if self.fails(bits):
            self.blocking.append(bits)
        else:
            self.sound = False

    def add_correction(self, bits: int) -> None:
        """Keep a correction if a package meets the rest, in the eyes of our own evaluator."""
        kept = self.named(self.all & ~bits)
        answer = feasible(self.inputs, self.draw, kept, self.slope, self.base)
        if answer.package is not None:  # `feasible` has had it judged
            self.corrections.append(bits)
        else:
            self.sound = False

    def verified(self) -> tuple[list[int], list[int]]:
        """Sets of which dropping, or keeping, each single member was seen to change the answer."""
        blocking = [
            bits
            for bits in self.blocking
            # A package that meets all but the correction meets the set without that one member.
            if all(any(bits & out == one for out in self.corrections) for one in _single(bits))
        ]
        corrections = []
        for bits in self.corrections:
            unseen = [
                one
                for one in _single(bits)
                if not any(bits & known == one for known in self.blocking)
            ]
            if all(self.fails(self.all & ~bits | one) for one in unseen):
                corrections.append(bits)
        if len(blocking) < len(self.blocking) or len(corrections) < len(self.corrections):
            self.sound = False
        return blocking, corrections

    def fails(self, bits: int) -> bool:
        """Whether the solver refuses a set; where it is the oracle too, in two ways."""
        demands = self.named(bits)
        ways = (True, False) if min(demands, default=0) < min(RESERVATION) else (True,)
        answers = (
            feasible(self.inputs, self.draw, demands, self.slope, self.base, presolve=presolve)
            for presolve in ways
        )
        return all(answer.package is None and answer.status == "proved" for answer in answers)


def _single(bits: int) -> Iterable[int]:
    """Each bit of a set by itself."""
    while bits:
        one = bits & -bits
        yield one
        bits ^= one


def hitting(sets: Iterable[int], further: int) -> list[int]:
    """Minimal sets that hit `further` too, from the minimal sets that hit all before it.

    Parameters
    ----------
    sets : iterable of int
        Sets as bits; none contains another.
    further : int

    Returns
    -------
    list of int

    Source
    ------
    Berge (1989), Hypergraphs, chapter 2: those that hit it stay; the rest take one of its members,
    unless one that stays, and hits it in that member only, is then contained.
    """
    stay = [bits for bits in sets if bits & further]
    out = list(stay)
    miss = [bits for bits in sets if not bits & further]
    for one in _single(further):
        only = [bits for bits in stay if bits & further == one]
        out.extend(bits | one for bits in miss if not any(known & ~bits == one for known in only))
    return out


def conflicts(
    inputs: DealInputs,
    draw: int,
    slope: Array,
    base: Array,
    orientation: int = 1,
    *,
    limit: int = MOST_SETS,
    questions: int = MOST_QUESTIONS,
    seconds: float | None = None,
) -> Conflicts:
    """All minimal blocking sets and all minimal corrections of one draw.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.
    orientation : int
        As in `ordered_demands`.
    limit : int
        Sets of either kind after which the search stops.
    questions : int
        Questions after which it stops: a limit on work, the same on any machine.
    seconds : float or None
        Wall time after which it stops. What was found by then differs from run to run, so None, no such
        limit, is what a stored result wants.

    Returns
    -------
    Conflicts
        Every blocking set was refused by the solver, asked anew (with and without its presolve where a
        walk-away value is in it, for then the solver found it too), and without any one member is met by
        a package that `deals.plain` accepts; for corrections likewise. What does not pass is left out,
        and the status is then `unknown`.

    Source
    ------
    Reiter (1987), Artificial Intelligence 32(1), for the duality; Liffiton, Previti, Malik and
    Marques-Silva (2016), Constraints 21(2), for growing and for what is known from parts and wholes;
    candidates in order of size, so that none has to be shrunk.
    """
    demands = ordered_demands(inputs, draw, orientation)
    until = np.inf if seconds is None else monotonic() + seconds
    search = _Search(inputs, draw, slope, base, demands, questions, until)
    complete = search.run(limit)
    blocking, corrections = search.verified()
    return Conflicts(
        demands,
        tuple(search.named(bits) for bits in sorted(blocking, key=search.rank)),
        tuple(search.named(bits) for bits in sorted(corrections, key=search.rank)),
        "proved" if complete and search.sound else "unknown",
        search.asked,
    )


# --- over an ensemble ------------------------------------------------------------------------------


def how_often(
    inputs: DealInputs,
    draws: Sequence[int] | IntArray,
    weights: Array,
    slope: Array,
    base: Array,
    sets: Sequence[Sequence[int]],
    threads: int = 1,
) -> Array:
    """How often each of some sets of demands blocks.

    Parameters
    ----------
    inputs : DealInputs
    draws : sequence of int
        Draws to ask.
    weights : (draws asked,) float
        Weight of each.
    slope, base : (D, levels, 2) float
        As in `deals.range.surplus`, for every draw of `inputs`.
    sets : sequence of sequence of int
    threads : int

    Returns
    -------
    (sets,) float
        Weight of the draws in which all red lines of the set are in force and the set cannot be met,
        over the weight of all draws asked. A draw in which the solver gives up does not count.
    """

    def blocks(draw: int) -> BoolArray:
        out = np.zeros(len(sets), bool)
        whole = ordered_demands(inputs, draw)
        held = [all(demand in whole for demand in demands) for demands in sets]
        if any(held) and met(inputs, draw, whole, slope[draw], base[draw]) is not True:
            for place, demands in enumerate(sets):
                if held[place]:
                    out[place] = met(inputs, draw, demands, slope[draw], base[draw]) is False
        return out

    rows = _each(blocks, draws, threads)
    return np.asarray(_shares(rows, weights, len(sets)))


def opens_alone(
    inputs: DealInputs,
    draws: Sequence[int] | IntArray,
    weights: Array,
    slope: Array,
    base: Array,
    threads: int = 1,
) -> dict[int, float]:
    """In what share of the closed draws dropping one demand alone opens the range.

    Parameters
    ----------
    inputs, draws, weights, slope, base, threads
        As in `how_often`.

    Returns
    -------
    dict of int to float
        Share of the closed draws asked, by demand, in rising order of demand; demands that never do
        are left out. Empty when no draw is closed.

    Notes
    -----
    A correction hits every blocking set, so only the members of one need to be tried.
    """

    def opening(draw: int) -> tuple[int, ...] | None:
        whole = list(ordered_demands(inputs, draw))

        def can(demands: list[int]) -> bool:
            # Where the solver gives up, no claim is made that anything opens the range.
            return met(inputs, draw, demands, slope[draw], base[draw]) is True

        if can(whole):
            return None
        return tuple(
            demand
            for demand in explain([], [], whole, can)
            if can([other for other in whole if other != demand])
        )

    rows = _each(opening, draws, threads)
    closed = sum(float(w) for w, row in zip(weights, rows, strict=True) if row is not None)
    out: dict[int, float] = {}
    for weight, row in zip(weights, rows, strict=True):
        for demand in row or ():
            out[demand] = out.get(demand, 0.0) + float(weight) / closed
    return dict(sorted(out.items()))


def _each(of: Callable[[int], T], draws: Sequence[int] | IntArray, threads: int) -> list[T]:
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        return list(pool.map(of, (int(draw) for draw in draws)))


def _shares(rows: Sequence[BoolArray], weights: Array, columns: int) -> Array:
    total = float(np.sum(weights))
    if not rows or total <= 0.0:
        return np.zeros(columns)
    return np.asarray(np.asarray(weights) @ np.stack(rows) / total)
