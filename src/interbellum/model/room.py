"""What a look at the room for agreement returns: frozen, stamped, one to one with its JSON."""

from __future__ import annotations

from dataclasses import dataclass

from interbellum.model.result import DossierStamp, Interval, Package, RunStamp


@dataclass(frozen=True, slots=True)
class PackageCount:
    """How many packages there are, and how many both sides would bear at the median inputs."""

    packages: int
    """That meet every condition of the dossier."""
    unforbidden: int
    """That cross no red line in force either."""
    acceptable: int | None
    """That leave both sides at least at their reservation value and every consent given, with what every
    term is worth rounded to `step`; None where the status is unknown."""
    exact: bool
    """Whether that count is exact."""
    at_least: int
    """Proved without rounding, as `at_most`."""
    at_most: int
    step: float
    """Share of the stake."""
    status: str = "proved"
    """proved, or unknown: counting stopped at its limit, and the bracket is 0 to `unforbidden`."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that somebody insists on."""

    id: str
    """Dotted path of a red line, of a reservation value or of a walk-away value."""
    name: str
    """Whose it is and on what, in words."""
    refuses: str
    """The terms that cross a red line, in words; empty for a value."""
    confidence: float | None
    """Chance, as coded, that a red line is real, at its median; None for a value, and where hidden."""
    at_medians: bool | None
    """Whether it is in force at the median inputs: a value always, a red line of confidence above .5;
    None only where hidden."""


@dataclass(frozen=True, slots=True)
class BlockingSet:
    """Demands that cannot hold together, and that could without any one of them."""

    demands: tuple[Demand, ...]
    share: float
    """Weighted share of the draws in which all its red lines are real and it cannot hold."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a concession costs one actor, at the least."""

    actor: str
    amount: float
    unit: str
    """stake: share of the stake; ideal: share of the actor's own ideal."""


@dataclass(frozen=True, slots=True)
class Concession:
    """The fewest demands whose giving up opens the range: none of them could be kept."""

    demands: tuple[Demand, ...]
    prices: tuple[Price, ...]
    """Of the package that costs those who concede least in all; empty where it was not costed."""
    total: float | None
    """Sum of the prices; None where it was not costed."""
    package: Package | None
    """The package it opens, at that price."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much hangs on one demand over the draws in which the range is closed."""

    demand: Demand
    opens: float
    """Weighted share of the closed draws in which giving up this alone would open the range."""


@dataclass(frozen=True, slots=True)
class StepInTime:
    """One part of a promise in a package, by the month in which it is due."""

    month: float
    promise: str
    title: str
    by: str
    share: float
    """How much of the promised term this part is."""
    after: str | None
    """The step by the other side that it answers."""
    withdrawn_yearly: float | None
    """Chance a year that it is taken back though the receiver keeps the deal; None where it cannot be."""
    snap_back: float | None
    """Chance that it comes back if the receiver breaks the deal; None where that was not coded."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side's alternative."""

    name: str
    reservation_value: Interval
    """Weighted median and intervals, share of the stake; nan only where hidden, as `at_medians`."""
    at_medians: float
    """At the median inputs."""


@dataclass(frozen=True, slots=True)
class Room:
    """Is there anything to sign today, what stands in the way, and what would open it."""

    dossier: DossierStamp
    run: RunStamp
    issues: int
    race_moved: float
    """What-if: movement of the race towards A since `as_of`, at the median inputs; 0 = as it stands."""
    open_share: float
    """Weighted share of draws in which some package is acceptable to both and every consent given."""
    open_error: float
    """Standard error of that share from the finite number of draws."""
    open_at_medians: bool
    count: PackageCount
    sides: tuple[Side, Side]
    packages: tuple[Package, ...]
    """Solutions and each side's best, at the median inputs; what does not exist is left out. Worth that
    is hidden is nan."""
    missing: tuple[str, ...]
    """Solutions that do not exist because no package is acceptable to all."""
    frontier: tuple[tuple[float, float], ...] | None
    """Undominated (U_A, U_B) at the median inputs: with the risk that the deal breaks. None only where
    hidden."""
    blocking: tuple[BlockingSet, ...]
    """Every minimal blocking set at the median inputs, those that block most often first."""
    in_draws: tuple[BlockingSet, ...]
    """One minimal blocking set of every closed draw (two where each side's value fails by itself), with
    the weighted share of the draws that it explains, the largest first."""
    blocking_status: str
    """proved: all of them; unknown: the search stopped at its limit."""
    concessions: tuple[Concession, ...]
    """Every minimal set of demands whose giving up opens the range at the median inputs, cheapest first."""
    concessions_status: str
    weights: tuple[Weight, ...]
    """Demands that alone would open the range in some closed draw, most often first."""
    steps: tuple[StepInTime, ...]
    """Order of the promised steps in the egalitarian package."""
    status: str
    """Of the packages: proved where the constraint solver, too, finds none that beats one of them with as
    many provisions; else unknown."""
