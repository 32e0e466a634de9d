"""A negotiation domain as published ones are: issues, options, and what each party makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from interbellum.model.arrays import ShapeError, read_only
from interbellum.model.deals import IntArray
from interbellum.model.units import Array

Status = Literal["proved", "sampled", "unknown"]
"""proved: exact over every package. sampled: true of the packages looked at, which are not all.
unknown: not answered."""


@dataclass(frozen=True, slots=True, eq=False)
class Party:
    """What one party makes of the packages, on a scale of its own: additive, or an explicit table.

    Additive: u(d) = base + Σ_k weights[k]·values[k][d_k]. With a table, `weights` and `values` are
    empty and u(d) = table[d].
    """

    name: str
    weights: Array = field(default_factory=lambda: np.empty(0))
    """(K,) worth of each issue."""
    values: tuple[Array, ...] = ()
    """Per issue, (O_k,) worth of each of its options."""
    reservation: float | None = None
    """Utility of no agreement; None where the source states none."""
    discount: float | None = None
    """Share of a utility left at the end of the talks' time, above 0 to 1; None: not discounted."""
    base: float = 0.0
    """Utility of a package before its options are added."""
    table: Array | None = None
    """(packages,) utility of every package, in C order of the issues: the last one runs fastest."""
    worth: Array = field(init=False)
    """(options of all issues,) weights[k]·values[k] end to end; empty for a table."""

    def __post_init__(self) -> None:
        weights = read_only(self.weights)
        values = tuple(read_only(row) for row in self.values)
        if weights.shape != (len(values),) or any(row.ndim != 1 for row in values):
            raise ShapeError(
                f"Party {self.name}: weights have shape {weights.shape}, values are "
                f"{[row.shape for row in values]}; one weight and one row of values per issue."
            )
        worth = [weight * row for weight, row in zip(weights, values, strict=True)]
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "worth", read_only(np.concatenate(worth) if worth else []))
        if self.table is not None:
            table = read_only(self.table)
            if table.ndim != 1 or values:
                raise ShapeError(
                    f"Party {self.name}: a table is flat and stands without weights and values."
                )
            object.__setattr__(self, "table", table)
        numbers = [self.worth, weights, np.array([self.base]), *values]
        numbers += [] if self.table is None else [self.table]
        numbers += [np.array([x]) for x in (self.reservation, self.discount) if x is not None]
        if not all(np.isfinite(one).all() for one in numbers):
            raise ShapeError(f"Party {self.name}: every number of a party is finite.")

    @property
    def additive(self) -> bool:
        """Whether the utility is a sum over issues."""
        return self.table is None

    def extent(self) -> tuple[float, float]:
        """Least and greatest utility over all packages."""
        if self.table is not None:
            return float(self.table.min()), float(self.table.max())
        worth = [weight * row for weight, row in zip(self.weights, self.values, strict=True)]
        return (
            self.base + float(sum(row.min() for row in worth)),
            self.base + float(sum(row.max() for row in worth)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """Issues and options, and two or more parties; a package takes one option of each issue."""

    name: str
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    """Per issue."""
    parties: tuple[Party, ...]
    offsets: IntArray = field(init=False)
    """(K + 1,) first option of each issue when all options stand end to end."""

    def __post_init__(self) -> None:
        sizes = [len(row) for row in self.options]
        if not sizes or len(sizes) != len(self.issues) or min(sizes) == 0 or len(self.parties) < 2:
            raise ShapeError(
                f"Domain {self.name}: {len(self.issues)} issues with {sizes} options and "
                f"{len(self.parties)} parties; at least one issue, one option each, two parties."
            )
        for what, names in [
            ("issues", self.issues),
            ("parties", tuple(party.name for party in self.parties)),
            *((f"options of {issue}", row) for issue, row in self.pairs()),
        ]:
            if len(set(names)) < len(names):
                raise ShapeError(f"Domain {self.name}: {what} have names of their own.")
        for party in self.parties:
            if party.table is not None:
                fits = len(party.table) == self.packages
            else:
                fits = [len(row) for row in party.values] == sizes
            if not fits:
                raise ShapeError(
                    f"Domain {self.name}: the utilities of party {party.name} do not fit issues "
                    f"with {sizes} options."
                )
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        offsets.setflags(write=False)
        object.__setattr__(self, "offsets", offsets)

    def pairs(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each issue with its options."""
        return tuple(zip(self.issues, self.options, strict=True))

    @property
    def packages(self) -> int:
        """Number of packages, exact however large."""
        return prod(len(row) for row in self.options)

    def names(self, choice: NDArray[np.int64]) -> dict[str, str]:
        """Option taken on each issue by a package given as (K,) option numbers."""
        return {
            issue: row[int(option)]
            for (issue, row), option in zip(self.pairs(), choice, strict=True)
        }


@dataclass(frozen=True, slots=True, eq=False)
class DomainFrontier:
    """Undominated utility vectors of a domain, and one package behind each."""

    steps: IntArray
    """(P, F) utilities of the parties in whole steps of `UTILITY_STEP`."""
    choice: IntArray
    """(F, K) option taken on each issue; of packages with equal utilities the first in C order."""
    nash: int | None
    """Point that solves Nash's problem; None where no package is acceptable to all."""
    status: Status


@dataclass(frozen=True, slots=True)
class Solution:
    """One bargaining solution of a domain, with what it means."""

    name: str
    definition: str
    ties: str
    """How ties are broken."""
    status: Status
    package: tuple[str, ...] | None
    """Option per issue; None where there is none, for the reason in `absent`."""
    utilities: tuple[float, ...]
    """Of each party, re-evaluated from the domain; empty without a package."""
    gains: tuple[float, ...]
    """Utilities less the disagreement; empty without a package."""
    absent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class DomainAnalysis:
    """What can be agreed in a domain, every package re-evaluated."""

    domain: str
    packages: int
    status: Status
    disagreement: tuple[float, ...]
    """Utility of each party without agreement."""
    notes: tuple[str, ...]
    """What the analyst should know: defaults used, scales, what was left out."""
    utilities: Array
    """(F, P) of the frontier, best for the first party first."""
    choice: IntArray
    """(F, K) option taken on each issue."""
    acceptable: int
    """Points of the frontier at or above every party's disagreement."""
    solutions: tuple[Solution, ...]
