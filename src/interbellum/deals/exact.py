"""One draw's packages as a constraint program: the second opinion, and what the frontier cannot say.

One boolean per term with exactly one true per step; clauses are disjunctions; the number of enforcing
provisions is a boolean per level, so that what depends on it stays linear. Gains enter in whole
`UTILITY_STEP`s, and a reservation value enters as the least whole number of steps at which the float
test of `deals.range.can_be_met` passes: the two agree to the last step, and every answer is judged
again by `deals.plain`.

Every question is a new model on one worker with a fixed seed and a limit on work, not on time: the same
question has the same answer on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from interbellum.deals.consent import level_count
from interbellum.deals.frontier import whole_steps
from interbellum.deals.plain import consent_steps, is_package, left_over, provisions, unmet
from interbellum.deals.range import RESERVATION, consent, ordered_demands
from interbellum.model.deals import LEFT_OPEN, UTILITY_STEP, BoolArray, DealInputs, IntArray
from interbellum.model.units import Array

Status = Literal["proved", "unknown"]

WORK = 2.0
"""Most work on one question, in the solver's own count: about ten seconds on a desktop of 2025. The
same on any machine, so that what is given up is given up everywhere."""
SEED = 1
FAR = 2**50  # steps: a million stakes; beyond any sum, exact as a float
PLACES = 2**40  # packages told apart in one objective when ties go to dossier order


@dataclass(frozen=True, slots=True)
class Answer:
    """A package, or that there is none."""

    package: tuple[int, ...] | None
    """One flat term per step; None = none was found."""
    status: Status
    """`proved`: best of all, or none exists. `unknown`: the work ran out, or our own evaluator does
    not repeat what the solver says."""


class Program:
    """The packages of one draw as a CP-SAT model, to which a question adds what it asks.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    allowed : (terms,) bool or None
        Terms that may be taken; None = all.
    """

    def __init__(self, inputs: DealInputs, draw: int, allowed: BoolArray | None = None) -> None:
        from ortools.sat.python import cp_model

        space = inputs.space
        self.inputs, self.draw = inputs, draw
        self.model = cp_model.CpModel()
        self.terms = [self.model.new_bool_var("") for _ in range(len(space.issue))]
        for first, last in zip(space.offsets[:-1], space.offsets[1:], strict=True):
            self.model.add_exactly_one(self.terms[first:last])
        for clause in space.clauses:
            self.model.add_bool_or([self.terms[term] for term in clause])
        if allowed is not None:
            for term in np.flatnonzero(~allowed):
                self.model.add(self.terms[term] == 0)
        self.levels = [self.model.new_bool_var("") for _ in range(level_count(inputs))]
        self.model.add_exactly_one(self.levels)
        self.model.add(
            self.sum(space.enforcing) == self.weighted(self.levels, range(len(self.levels)))
        )

    @staticmethod
    def weighted(of: Sequence[Any], by: Iterable[int]) -> Any:
        """Σ by·of, an expression of the model."""
        from ortools.sat.python import cp_model

        return cp_model.LinearExpr.weighted_sum(list(of), [int(value) for value in by])

    def sum(self, by: Sequence[int] | IntArray) -> Any:
        """What the package's terms add up to, given what each adds, (terms,)."""
        used = [
            (variable, int(value)) for variable, value in zip(self.terms, by, strict=True) if value
        ]
        return self.weighted([variable for variable, _ in used], [value for _, value in used])

    def demand(self, demands: Sequence[int], slope: Array, base: Array) -> None:
        """Have every demand met; arguments as in `deals.range.can_be_met`."""
        inputs, steps = self.inputs, whole_steps(self.inputs, self.draw)
        lines = [demand for demand in demands if demand >= 0]
        for term in np.flatnonzero(inputs.refused[lines].any(axis=0)):
            self.model.add(self.terms[term] == 0)
        least = thresholds(inputs, self.draw, slope, base)
        for side in (0, 1):
            if RESERVATION[side] in demands:
                self.model.add(
                    self.sum(steps[side]) >= self.weighted(self.levels, least[:, side].tolist())
                )
        for actor in range(len(inputs.consents)):
            if consent(actor) in demands:
                gain, need = consent_steps(inputs, self.draw, actor)
                self.model.add(self.sum(gain) >= need)

    def surpluses(self, slope: Array, base: Array) -> list[Any]:
        """U - V of A and of B as two integers no larger than it, in whole steps.

        Each level rounds its own terms, so the sum is within half a step an issue of the truth.
        """
        most = surplus_steps(self.inputs, self.draw, slope, base)
        out = []
        for side in (0, 1):
            low, high = _bounds(self.inputs, most[..., side])
            left = self.model.new_int_var(low, high, "")
            for level, here in enumerate(self.levels):
                terms, constant = most[level, 1:, side], int(most[level, 0, side])
                self.model.add(left <= self.sum(terms) + constant).only_enforce_if(here)
            out.append(left)
        return out

    def hint(self, package: Sequence[int]) -> None:
        """Start the next search from a package."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        taken = set(package)
        for term, variable in enumerate(self.terms):
            self.model.add_hint(variable, term in taken)

    def solve(self, work: float = WORK, presolve: bool = True) -> tuple[Answer, int]:
        """Best package for the objective, unjudged, and the objective's value (0 without one)."""
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        # What depends on the level is a linear relaxation's to bound: without the rows that a level
        # switches on, the best worst surplus of 35 issues is not proved in minutes, with them in 0.4 s.
        solver.parameters.linearization_level = 2
        # This step of the presolve of OR-Tools 9.15 loses packages and then calls the rest infeasible or
        # optimal (google/or-tools issue 5293): 118 of 1,115 questions on the template dossier were wrong.
        solver.parameters.presolve_inclusion_work_limit = 0
        solver.parameters.cp_model_presolve = presolve
        solver.parameters.max_deterministic_time = work
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return Answer(None, "proved"), 0
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, "unknown"), 0
        package = tuple(
            term for term, variable in enumerate(self.terms) if solver.boolean_value(variable)
        )
        best = round(solver.objective_value) if self.model.has_objective() else 0
        return Answer(package, "proved" if status == cp_model.OPTIMAL else "unknown"), best

    def best_of(
        self, objectives: Sequence[Any], work: float = WORK, in_order: bool = True
    ) -> Answer:
        """The package that is largest in the first objective, of those in the second, and so on.

        Parameters
        ----------
        objectives : sequence of expressions of the model
        work : float
            For each objective.
        in_order : bool
            Whether the last ties go to the package first in dossier order: the earliest option on the
            first issue, then on the second.
        """
        answer = Answer(None, "unknown")
        for objective in (*objectives, *(self._places() if in_order else ())):
            self.model.maximize(objective)
            found, best = self.solve(work)
            if found.package is None:
                # Nothing at all only at the first; later the best so far stands, unproved.
                return found if answer.package is None else Answer(answer.package, "unknown")
            answer = found
            if found.status != "proved":
                break
            self.model.add(objective >= best)
            self.hint(found.package)
        return answer

    def _places(self) -> Iterator[Any]:
        """Objectives that prefer earlier options, issue by issue in dossier order, a few at a time."""
        space = self.inputs.space
        batch: list[int] = []
        size = 1
        for issue in range(space.steps()):
            options = len(space.options[issue])
            if size * options > PLACES:
                yield self._earlier(batch)
                batch, size = [], 1
            batch.append(issue)
            size *= options
        yield self._earlier(batch)

    def _earlier(self, issues: Sequence[int]) -> Any:
        """Minus the number that the options on these issues spell, first issue leading."""
        space = self.inputs.space
        by = np.zeros(len(self.terms), np.int64)
        unit = 1
        for issue in reversed(issues):
            by[space.issue == issue] = -unit * space.option[space.issue == issue]
            unit *= len(space.options[issue])
        return self.sum(by)


def thresholds(inputs: DealInputs, draw: int, slope: Array, base: Array) -> IntArray:
    """Least gain at which each side is at its reservation value, per number of provisions.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    slope, base : (levels, 2) float
        As in `deals.range.surplus`; slope above 0.

    Returns
    -------
    (levels, 2) int64, whole steps above `inputs.base`
        Least t with slope·(t·UTILITY_STEP + base of u) + base >= 0, as floats: rounding is monotone,
        so a bisection finds it. At most one step above what any package reaches, at least the least.
    """
    levels = level_count(inputs)
    steps = whole_steps(inputs, draw)
    out = np.zeros((levels, 2), np.int64)
    for side in (0, 1):
        lowest, highest = _bounds(
            inputs, np.concatenate([[0], steps[side]])[None, :].repeat(levels, axis=0)
        )
        low = np.full(levels, lowest - 1, np.int64)  # fails, or need not be asked
        high = np.full(levels, highest + 1, np.int64)  # passes, or nothing does
        while (high - low > 1).any():
            middle = (low + high) // 2
            u = middle * UTILITY_STEP + inputs.base[draw, side]
            passes = slope[:levels, side] * u + base[:levels, side] >= 0.0
            between = high - low > 1  # the lowest is never asked: it need not fail
            high = np.where(between & passes, middle, high)
            low = np.where(between & ~passes, middle, low)
        out[:, side] = high
    return out


def surplus_steps(inputs: DealInputs, draw: int, slope: Array, base: Array) -> IntArray:
    """U - V of both sides in whole steps: a constant, then what each term adds.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    slope, base : (levels, 2) float

    Returns
    -------
    (levels, 1 + terms, 2) int64
    """
    levels = level_count(inputs)
    constant = slope[:levels] * inputs.base[draw] + base[:levels]
    terms = slope[:levels, None, :] * inputs.gain[draw]
    whole = np.concatenate([constant[:, None, :], terms], axis=1) / UTILITY_STEP
    return np.asarray(np.clip(np.rint(whole), -FAR, FAR).astype(np.int64))


def _bounds(inputs: DealInputs, by_level: IntArray) -> tuple[int, int]:
    """Least and most of a constant and what the terms add, (levels, 1 + terms), over all levels."""
    offsets = inputs.space.offsets
    low, high = by_level[:, 0].copy(), by_level[:, 0].copy()
    for first, last in pairwise(offsets):
        low += by_level[:, 1 + first : 1 + last].min(axis=1)
        high += by_level[:, 1 + first : 1 + last].max(axis=1)
    return int(low.min()), int(high.max())


def feasible(
    inputs: DealInputs,
    draw: int,
    demands: Sequence[int],
    slope: Array,
    base: Array,
    work: float = WORK,
    presolve: bool = True,
) -> Answer:
    """A package that meets a set of demands.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    demands : sequence of int
        Red lines by index, `RESERVATION` and `consent` values.
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.
    work : float
        Most work, see `WORK`.
    presolve : bool
        False = search the model as it was written: another way to the same answer.

    Returns
    -------
    Answer
        Whether there is one agrees with `deals.range.can_be_met`.
    """
    program = Program(inputs, draw)
    program.demand(demands, slope, base)
    answer, _ = program.solve(work, presolve)
    return _judged(answer, inputs, draw, demands, slope, base)


def is_undominated(
    inputs: DealInputs, draw: int, package: Sequence[int], work: float = WORK
) -> bool | None:
    """Whether no package with as many provisions is better for one side and no worse for the other.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    package : sequence of int
        One flat term per step.
    work : float

    Returns
    -------
    bool or None
        Over packages that cross no red line in force and leave each consenting actor at its
        walk-away value, as `deals.frontier.frontier`; None = the work ran out.
    """
    steps = whole_steps(inputs, draw)
    program = Program(inputs, draw, inputs.allowed[draw])
    for actor in range(len(inputs.consents)):
        gain, need = consent_steps(inputs, draw, actor)
        program.model.add(program.sum(gain) >= need)
    program.model.add(program.levels[provisions(inputs, package)] == 1)
    have = [sum(int(steps[side, term]) for term in package) for side in (0, 1)]
    for side in (0, 1):
        program.model.add(program.sum(steps[side]) >= have[side])
    program.model.add(program.sum(steps[0] + steps[1]) >= sum(have) + 1)
    answer, _ = program.solve(work)
    if answer.status != "proved":
        return None
    return answer.package is None


def egalitarian(
    inputs: DealInputs, draw: int, slope: Array, base: Array, work: float = WORK
) -> Answer:
    """The package that leaves the worse-off side best off (Kalai 1977, Econometrica 45(7)).

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.
    work : float

    Returns
    -------
    Answer
        Over packages that cross no red line in force and leave each consenting actor at its
        walk-away value, acceptable to the leads or not. Surpluses in whole steps, see
        `surplus_steps`; ties go to the larger sum, then to the first in dossier order.
    """
    return _solution(inputs, draw, slope, base, True, work)


def utilitarian(
    inputs: DealInputs, draw: int, slope: Array, base: Array, work: float = WORK
) -> Answer:
    """The package with the largest sum of U - V; otherwise as `egalitarian`.

    Ties go to the larger of the smaller surpluses, then to the first in dossier order.
    """
    return _solution(inputs, draw, slope, base, False, work)


def _solution(
    inputs: DealInputs, draw: int, slope: Array, base: Array, equal: bool, work: float
) -> Answer:
    demands = [demand for demand in ordered_demands(inputs, draw) if demand not in RESERVATION]
    program = Program(inputs, draw, inputs.allowed[draw])
    program.demand(demands, slope, base)
    worst, total = worst_and_total(program, slope, base)
    objectives = (worst, total) if equal else (total, worst)
    return _judged(program.best_of(objectives, work), inputs, draw, demands, slope, base)


def worst_and_total(program: Program, slope: Array, base: Array) -> tuple[Any, Any]:
    """The smaller surplus and the sum of both, in whole steps, as expressions to make large."""
    left = program.surpluses(slope, base)
    steps = surplus_steps(program.inputs, program.draw, slope, base)
    low, high = zip(*(_bounds(program.inputs, steps[..., side]) for side in (0, 1)), strict=True)
    worst = program.model.new_int_var(min(low), min(high), "")
    for side in (0, 1):
        program.model.add(worst <= left[side])
    return worst, left[0] + left[1]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The acceptable package that changes least of a text."""

    package: tuple[int, ...] | None
    """One flat term per step; None = none is acceptable, or none was found."""
    changed: tuple[int, ...]
    """Issues, in dossier order, on which it departs from what the text says."""
    added: tuple[int, ...]
    """Issues, in dossier order, on which the text is silent and it is not."""
    left: tuple[float, float] | None
    """U - V of A and of B, share of the stake."""
    status: Status


def nearest_package(
    inputs: DealInputs,
    draw: int,
    text: Sequence[Sequence[int]],
    slope: Array,
    base: Array,
    work: float = WORK,
) -> Nearest:
    """The package that all must and would sign and that changes least of a text.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    text : sequence of sequence of int
        Per issue, in dossier order, the options that its wording allows; none = the text is silent.
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.
    work : float
        Most work for each step of the search, see `WORK`.

    Returns
    -------
    Nearest
        Fewest issues changed, then fewest added; ties go to the larger of the smaller surpluses, then
        to the larger sum (whole steps, see `surplus_steps`), then to the first in dossier order.
    """
    space, demands = inputs.space, ordered_demands(inputs, draw)
    program = Program(inputs, draw, inputs.allowed[draw])
    program.demand(demands, slope, base)
    departs = np.array(
        [
            bool(text[k]) and int(o) not in text[k]
            for k, o in zip(space.issue, space.option, strict=True)
        ]
    )
    adds = np.array(
        [
            not text[k] and space.options[k][o] != LEFT_OPEN
            for k, o in zip(space.issue, space.option, strict=True)
        ]
    )
    worst, total = worst_and_total(program, slope, base)
    changes = (-program.sum(mask.astype(np.int64)) for mask in (departs, adds))
    answer = _judged(
        program.best_of((*changes, worst, total), work),
        inputs,
        draw,
        demands,
        slope,
        base,
    )
    if answer.package is None:
        return Nearest(None, (), (), None, answer.status)
    changed, added = (
        tuple(sorted(int(space.issue[term]) for term in answer.package if mask[term]))
        for mask in (departs, adds)
    )
    left = left_over(inputs, draw, answer.package, slope, base)
    return Nearest(answer.package, changed, added, left, answer.status)


def _judged(
    answer: Answer,
    inputs: DealInputs,
    draw: int,
    demands: Sequence[int],
    slope: Array,
    base: Array,
) -> Answer:
    """The answer, if our own evaluator repeats it; otherwise nothing is known."""
    package = answer.package
    if package is None:
        return answer
    if is_package(inputs, package) and not unmet(inputs, draw, package, demands, slope, base):
        return answer
    return Answer(None, "unknown")
