"""What a package of a domain is worth and what no package beats, written to be read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import fsum

from interbellum.model.deals import UTILITY_STEP
from interbellum.model.domain import Domain, Party


def utility(domain: Domain, party: Party, package: Sequence[int]) -> float:
    """Utility of a package to a party.

    Parameters
    ----------
    domain : Domain
    party : Party
        One of the domain's.
    package : K whole numbers
        Option taken on each issue.

    Returns
    -------
    float, on the party's own scale
    """
    if party.table is not None:
        place = 0
        for row, option in zip(domain.options, package, strict=True):
            place = place * len(row) + option
        return float(party.table[place])
    terms = (
        float(weight) * float(row[option])
        for weight, row, option in zip(party.weights, party.values, package, strict=True)
    )
    return fsum((party.base, *terms))


def frontier_by_enumeration(domain: Domain) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every undominated utility vector, in whole steps, with the first package that has it.

    Parameters
    ----------
    domain : Domain
        Small: every package is compared with every other.

    Returns
    -------
    list of (P steps, K options), in C order of the packages
    """
    first: dict[tuple[int, ...], tuple[int, ...]] = {}
    for package in product(*(range(len(row)) for row in domain.options)):
        steps = tuple(_steps(domain, party, package) for party in domain.parties)
        first.setdefault(steps, package)
    return [
        (mine, package)
        for mine, package in first.items()
        if not any(
            other != mine and all(b >= a for a, b in zip(mine, other, strict=True))
            for other in first
        )
    ]


def _steps(domain: Domain, party: Party, package: Sequence[int]) -> int:
    """Utility in whole steps; each term of a sum is rounded by itself, as in the search."""
    if party.table is not None:
        return round(utility(domain, party, package) / UTILITY_STEP)
    return round(party.base / UTILITY_STEP) + sum(
        round(float(weight) * float(row[option]) / UTILITY_STEP)
        for weight, row, option in zip(party.weights, party.values, package, strict=True)
    )
