"""What opening the range costs, and whom: the least that each correction asks of those who concede."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interbellum.deals.exact import FAR, WORK, Program, Status
from interbellum.deals.plain import is_package, left_over, unmet
from interbellum.deals.range import RESERVATION, consent
from interbellum.deals.utility import own_worth
from interbellum.errors import InternalError
from interbellum.model.deals import UTILITY_STEP, DealInputs, Preferences
from interbellum.model.units import Array

MOST_COSTED = 50
"""Corrections, the smallest first, of which the cost is worked out."""


@dataclass(frozen=True, slots=True)
class Concession:
    """One way to open the range, and the least that it costs those who concede."""

    demands: tuple[int, ...]
    """The correction: demands that are dropped; all others are met."""
    package: tuple[int, ...]
    """A package that costs least, one flat term per step."""
    costs: tuple[tuple[str, float], ...]
    """Id and loss of each actor that concedes, in order of id: share of the stake for a lead, share of
    its own ideal for another."""
    total: float
    """Sum of the losses, a share of the stake counted like a share of an ideal."""
    status: Status
    """`proved`: no package costs less. `unknown`: the work ran out before that was shown."""


@dataclass(frozen=True, slots=True)
class Concessions:
    """Corrections by what they cost."""

    ranked: tuple[Concession, ...]
    """Least total first, then the fewest demands, then in canonical order."""
    costed: int
    """How many of the corrections were costed."""
    of: int
    """How many there are."""


def line_losses(
    preferences: Preferences, inputs: DealInputs, draw: int, leads: tuple[str, str]
) -> Array:
    """What each term costs the owner of each red line that it crosses.

    Parameters
    ----------
    preferences : Preferences
    inputs : DealInputs
        Made from `preferences`.
    draw : int
    leads : (str, str)
        Ids of the leads of A and B.

    Returns
    -------
    (red lines, terms) float
        Worth of the worst option on the issue that the owner would still sign, less the worth of the
        term, at least 0; 0 for terms that do not cross the line. Share of the stake for a lead, by the
        weights and scale of u and with promises at what they are worth; share of its own ideal for an
        actor whose consent is needed. An owner that refuses every option loses from its best.

    Raises
    ------
    InternalError
        A red line is of an actor that neither leads nor stands anywhere.
    """
    space = inputs.space
    others = {actor.actor: actor for actor in preferences.others}
    out = np.zeros(inputs.refused.shape)
    for place, line in enumerate(preferences.red_lines):
        if line.owner in leads:
            worth = inputs.gain[draw, :, leads.index(line.owner)]
        elif line.owner in others:
            worth = own_worth(space, preferences, others[line.owner])[draw]
        else:
            raise InternalError(f"the red line {line.path} is of nobody known: {line.owner!r}")
        refused = inputs.refused[place]
        on_issue = (space.issue == line.issue) & ~space.void
        signed = on_issue & ~refused
        least = worth[signed].min() if signed.any() else worth[on_issue].max()
        out[place] = np.where(refused, np.maximum(least - worth, 0.0), 0.0)
    return out


def concessions(
    inputs: DealInputs,
    draw: int,
    demands: Sequence[int],
    corrections: Sequence[Sequence[int]],
    losses: Array,
    owners: Mapping[int, str],
    slope: Array,
    base: Array,
    *,
    most: int = MOST_COSTED,
    work: float = WORK,
) -> Concessions:
    """The least cost of each correction, by who pays it.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    demands : sequence of int
        Demands in force in canonical order, `Conflicts.demands`.
    corrections : sequence of sequence of int
        `Conflicts.corrections`, smallest first.
    losses : (red lines, terms) float
        From `line_losses`.
    owners : mapping of int to str
        Id of the actor behind every demand, see `owners_of`.
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.
    most : int
        How many corrections to cost, from the first.
    work : float
        Most work for each, see `deals.exact.WORK`.

    Returns
    -------
    Concessions
        A dropped red line costs what `line_losses` says of the term taken; a dropped reservation value
        costs V - U, a dropped walk-away value what is missing from it, each at least 0. Terms are
        rounded to whole `UTILITY_STEP`s in the search; the costs shown are those of the package found.
        A correction is left out if the work ran out before any package was found.
    """
    place = {demand: i for i, demand in enumerate(demands)}
    found = []
    for correction in corrections[:most]:
        one = _cheapest(inputs, draw, demands, correction, losses, owners, slope, base, work)
        if one is not None:
            found.append(one)

    def rank(one: Concession) -> tuple[float, int, tuple[int, ...]]:
        # Totals within a step are a tie of rounding, not a difference to rank by.
        steps = round(one.total / UTILITY_STEP)
        return steps, len(one.demands), tuple(place[demand] for demand in one.demands)

    return Concessions(tuple(sorted(found, key=rank)), len(found), len(corrections))


def owners_of(
    preferences: Preferences, inputs: DealInputs, leads: tuple[str, str]
) -> dict[int, str]:
    """Id of the actor behind every demand that there can be."""
    return {
        **{RESERVATION[side]: leads[side] for side in (0, 1)},
        **{consent(i): asked.actor for i, asked in enumerate(inputs.consents)},
        **{i: line.owner for i, line in enumerate(preferences.red_lines)},
    }


def cost_of(
    inputs: DealInputs,
    draw: int,
    correction: Sequence[int],
    losses: Array,
    slope: Array,
    base: Array,
    package: Sequence[int],
) -> tuple[float, ...]:
    """What a package costs the owner of each demand dropped, in the order given; no rounding."""
    left = left_over(inputs, draw, package, slope, base)
    out = []
    for demand in correction:
        if demand >= 0:
            out.append(sum(float(losses[demand, term]) for term in package))
        elif demand in RESERVATION:
            out.append(max(0.0, -left[RESERVATION.index(demand)]))
        else:
            asked = inputs.consents[consent(0) - demand]
            have = sum(float(asked.gain[draw, term]) for term in package)
            out.append(max(0.0, float(asked.walk_away[draw]) - have))
    return tuple(out)


def _cheapest(
    inputs: DealInputs,
    draw: int,
    demands: Sequence[int],
    correction: Sequence[int],
    losses: Array,
    owners: Mapping[int, str],
    slope: Array,
    base: Array,
    work: float,
) -> Concession | None:
    kept = [demand for demand in demands if demand not in correction]
    program = Program(inputs, draw)
    program.demand(kept, slope, base)
    lines = [demand for demand in correction if demand >= 0]
    per_term = np.rint(losses[lines] / UTILITY_STEP).astype(np.int64).sum(axis=0)
    cost: Any = program.sum(per_term)
    if any(demand in RESERVATION for demand in correction):
        left = program.surpluses(slope, base)
        for side in (0, 1):
            if RESERVATION[side] in correction:
                cost = cost + _shortfall(program, left[side], 0)
    for demand in correction:
        if demand < RESERVATION[0]:
            asked = inputs.consents[consent(0) - demand]
            gain = np.rint(asked.gain[draw] / UTILITY_STEP).astype(np.int64)
            least = int(np.ceil(asked.walk_away[draw] / UTILITY_STEP))
            cost = cost + _shortfall(program, program.sum(gain), least)
    answer = program.best_of((-cost,), work, in_order=True)
    package = answer.package
    if (
        package is None
        or not is_package(inputs, package)
        or unmet(inputs, draw, package, kept, slope, base)
    ):
        return None
    each = cost_of(inputs, draw, correction, losses, slope, base, package)
    by_actor: dict[str, float] = {}
    for demand, lost in zip(correction, each, strict=True):
        by_actor[owners[demand]] = by_actor.get(owners[demand], 0.0) + lost
    return Concession(
        tuple(correction), package, tuple(sorted(by_actor.items())), sum(each), answer.status
    )


def _shortfall(program: Program, have: Any, least: int) -> Any:
    """What is missing from `least`, at least 0: a variable to be made small."""
    missing = program.model.new_int_var(0, FAR, "")
    program.model.add(missing + have >= least)
    return missing
