"""What can be agreed in a negotiation domain: frontier and bargaining solutions, exact.

Utilities are compared in whole steps of `UTILITY_STEP`, so that near-ties are ties. Two parties take
one compiled call. More take a Minkowski sum with moocore as the filter, up to `MOST_POINTS`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from interbellum.deals.domain_kernel import LIMIT, TOO_LARGE, sum_frontier, table_frontier
from interbellum.deals.domain_reference import utility
from interbellum.deals.solutions import DEFINITIONS, SOLUTIONS, nash
from interbellum.errors import InternalError, UsageError
from interbellum.model.arrays import read_only
from interbellum.model.deals import UTILITY_STEP, IntArray
from interbellum.model.domain import Domain, DomainAnalysis, DomainFrontier, Party, Solution, Status
from interbellum.model.units import Array

MOST_POINTS = 200_000
"""Points of a frontier of three or more parties that are carried on; beyond it they are a sample."""
MOST_PACKAGES = 20_000_000
"""Packages written out one by one where a party has a table."""
NO_RESERVATION = 0.0
"""Utility of no agreement to a party that states none: the bottom of the usual scale from 0 to 1."""
MOST_STEPS = 2.0**53  # floats hold whole numbers up to here; moocore and tables are floats


def disagreement(party: Party) -> float:
    """Utility of no agreement: the party's reservation, or `NO_RESERVATION`."""
    return NO_RESERVATION if party.reservation is None else party.reservation


def frontier(domain: Domain, most_points: int = MOST_POINTS) -> DomainFrontier:
    """Undominated packages, acceptable or not, and the Nash point.

    Parameters
    ----------
    domain : Domain
        Any number of packages where all parties are additive.
    most_points : int
        Cap on the frontier of three or more parties.

    Returns
    -------
    DomainFrontier
        Falling in the first party's utility. `proved`; `sampled` once the cap was met: then every
        point is a package of the domain, but some that beat it may be missing.

    Raises
    ------
    UsageError
        Utilities too large to be told apart in whole steps, or too many packages to write out.

    Source
    ------
    Pruned Minkowski sums as in Nemhauser and Ullmann (1969), Management Science 15(9).
    """
    first, second = domain.parties[:2]
    if len(domain.parties) > 2:
        return _many(domain, most_points)
    out = disagreement(first), disagreement(second)
    if first.table is None and second.table is None:
        steps, choice, point = sum_frontier(
            first.worth, second.worth, domain.offsets, first.base, second.base, *out
        )
    else:
        steps, package, point = table_frontier(_table(domain, first), _table(domain, second), *out)
        choice = _options_of(domain, package)
    if point == TOO_LARGE:
        raise _too_large(domain, LIMIT)
    return DomainFrontier(steps, choice, point if point >= 0 else None, "proved")


def analyse(domain: Domain, most_points: int = MOST_POINTS) -> DomainAnalysis:
    """Frontier and bargaining solutions; every package named is re-evaluated on its own.

    Parameters
    ----------
    domain : Domain
    most_points : int
        As in `frontier`.

    Returns
    -------
    DomainAnalysis
        Each solution with its definition, tie rule and status.

    Raises
    ------
    UsageError
        As in `frontier`.
    InternalError
        A package does not have the utilities found for it.
    """
    found = frontier(domain, most_points)
    out = tuple(map(disagreement, domain.parties))
    floor = np.rint(np.array(out) / UTILITY_STEP).astype(np.int64)
    utilities = _re_evaluated(domain, found)
    # "First" in a tie means the order of the domain, not of the frontier.
    order = np.lexsort(found.choice.T[::-1])
    gains = (found.steps - floor[:, None])[:, order]
    solutions = []
    for name, solve in SOLUTIONS.items():
        column = solve(gains)
        solutions.append(
            _solution(domain, name, found, utilities, out, None)
            if column is None
            else _solution(domain, name, found, utilities, out, int(order[column]))
        )
    if solutions[list(SOLUTIONS).index("nash")].package != (
        None if found.nash is None else _labels(domain, found.choice[found.nash])
    ):
        raise InternalError(f"Two searches for the Nash point of {domain.name} disagree.")
    return DomainAnalysis(
        domain.name,
        domain.packages,
        found.status,
        out,
        _notes(domain, found.status, most_points),
        read_only(utilities),
        found.choice,
        int((gains >= 0).all(axis=0).sum()),
        tuple(solutions),
    )


def _solution(
    domain: Domain,
    name: str,
    found: DomainFrontier,
    utilities: Array,
    out: tuple[float, ...],
    point: int | None,
) -> Solution:
    empty = Solution(name, *DEFINITIONS[name], found.status, None, (), ())
    if point is None:
        # A sample that holds no acceptable package does not show that there is none.
        return replace(
            empty,
            status="proved" if found.status == "proved" else "unknown",
            absent="No package is acceptable to all parties."
            if found.status == "proved"
            else "No package among those looked at is acceptable to all parties.",
        )
    here = tuple(map(float, utilities[point]))
    return replace(
        empty,
        package=_labels(domain, found.choice[point]),
        utilities=here,
        gains=tuple(u - d for u, d in zip(here, out, strict=True)),
    )


def _labels(domain: Domain, choice: IntArray) -> tuple[str, ...]:
    return tuple(row[int(option)] for row, option in zip(domain.options, choice, strict=True))


def _re_evaluated(domain: Domain, found: DomainFrontier) -> Array:
    """(F, P) utilities by the plain evaluator; the search must agree to its own rounding."""
    choices = found.choice.tolist()
    values = np.array(
        [[utility(domain, party, choice) for party in domain.parties] for choice in choices]
    )
    searched = found.steps.T * UTILITY_STEP
    rounding = UTILITY_STEP * (len(domain.issues) + 2) / 2 + 1e-12 * np.abs(values)
    wrong = np.abs(values - searched) > rounding
    if wrong.any():
        point, party = np.argwhere(wrong)[0]
        raise InternalError(
            f"Package {choices[point]} of {domain.name} is worth {values[point, party]!r} to "
            f"{domain.parties[party].name}; the search had {searched[point, party]!r}."
        )
    return values


def _notes(domain: Domain, status: Status, most_points: int) -> tuple[str, ...]:
    notes = []
    for party in domain.parties:
        low, high = party.extent()
        if party.reservation is None:
            scale = (
                "the bottom of a scale from 0 to 1"
                if low >= 0.0 and high <= 1.0
                else f"though its utilities run from {low:g} to {high:g}; state a reservation on"
                " that scale"
            )
            notes.append(
                f"{party.name} states no reservation: {NO_RESERVATION:g} is used, {scale}."
            )
        if party.discount is not None and party.discount != 1.0:
            notes.append(
                f"{party.name} has a discount factor of {party.discount:g}: utilities here are those"
                " of an agreement at once."
            )
    if status != "proved":
        notes.append(
            f"The frontier outgrew {most_points} points and was thinned: its points and the"
            " solutions are a sample, not proved."
        )
    return tuple(notes)


def _table(domain: Domain, party: Party) -> Array:
    """(packages,) utility of every package."""
    if party.table is not None:
        return party.table
    if domain.packages > MOST_PACKAGES:
        raise UsageError(
            f"{domain.name} has {domain.packages} packages and a party with a table; at most "
            f"{MOST_PACKAGES} are written out. Give additive utilities for all parties."
        )
    _check_reach(domain)
    # In the same whole steps as the Minkowski sum, so that both say the same.
    total = _whole([np.array([party.base])])[0]
    for row in np.split(_whole([party.worth])[0], domain.offsets[1:-1]):
        total = (total[:, None] + row).ravel()
    return read_only(total * UTILITY_STEP)


def _options_of(domain: Domain, package: IntArray) -> IntArray:
    """(n, K) option taken on each issue by packages given as places in C order."""
    sizes = [len(row) for row in domain.options]
    return np.stack(np.unravel_index(package, sizes), axis=1).astype(np.int64)


def _check_reach(domain: Domain) -> None:
    reach = max(
        max(map(abs, party.extent())) + abs(disagreement(party)) for party in domain.parties
    )
    if 2.0 * reach / UTILITY_STEP > MOST_STEPS:
        raise _too_large(domain, MOST_STEPS / 2.0)


def _too_large(domain: Domain, steps: float) -> UsageError:
    return UsageError(
        f"The utilities of {domain.name} reach beyond {steps * UTILITY_STEP:g}, where steps of "
        f"{UTILITY_STEP:g} cannot be told apart. Give them on a smaller scale, such as 0 to 1."
    )


def _many(domain: Domain, most_points: int) -> DomainFrontier:
    """As `frontier`, for three or more parties."""
    _check_reach(domain)
    if all(party.additive for party in domain.parties):
        points, choice, status = _minkowski(domain, most_points)
    else:
        points = _whole([_table(domain, party) for party in domain.parties])
        kept = np.flatnonzero(_undominated(points))
        points, choice, status = points[:, kept], _options_of(domain, kept), "proved"
    floor = _whole([np.array([disagreement(party)]) for party in domain.parties])
    at = nash(points - floor)
    order = np.lexsort(-points[::-1])
    point = None if at is None else int(np.flatnonzero(order == at)[0])
    return DomainFrontier(points[:, order], choice[order], point, status)


def _minkowski(domain: Domain, most_points: int) -> tuple[IntArray, IntArray, Status]:
    """(P, F) steps and (F, K) options, in C order of the packages."""
    status: Status = "proved"
    points = _whole([np.array([party.base]) for party in domain.parties])
    choice = np.empty((1, 0), np.int64)
    worth = _whole([party.worth for party in domain.parties])
    for first, last in zip(domain.offsets[:-1], domain.offsets[1:], strict=True):
        add = worth[:, first:last]
        option = np.flatnonzero(_undominated(add))
        sums = (points[:, :, None] + add[:, None, option]).reshape(len(points), -1)
        kept = np.flatnonzero(_undominated(sums))
        if len(kept) > most_points:
            kept, status = kept[_thinned(sums[:, kept], most_points)], "sampled"
        points = sums[:, kept]
        before, here = np.divmod(kept, len(option))
        choice = np.concatenate([choice[before], option[here, None]], axis=1)
    return points, choice, status


def _whole(rows: list[Array]) -> IntArray:
    return np.rint(np.stack(rows) / UTILITY_STEP).astype(np.int64)


def _undominated(points: IntArray) -> NDArray[np.bool_]:
    """(n,) whether no other column of (P, n) is at least as good for all; of equals the first is."""
    import moocore

    return np.asarray(moocore.is_nondominated(points.T.astype(float), maximise=True))


def _thinned(points: IntArray, size: int) -> NDArray[np.intp]:
    """Columns to go on with: each party's best, and the rest evenly over the order of packages."""
    best = points.argmax(axis=1)
    even = np.linspace(0, points.shape[1] - 1, max(size - len(best), 1)).astype(np.intp)
    return np.unique(np.concatenate([best, even]))
