"""What stands in the way of an agreement, and what would have to change; frozen, with its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interbellum.model.interval import Interval

BLOCKERS: dict[str, str] = {
    "disagreement": "the sides expect different things of the war",
    "commitment": "each fears that the other breaks the deal and uses it to rearm",
    "red_lines": "the two leads refuse terms outright",
    "consent": "others whose consent is needed refuse or walk away",
    "process": "they hardly meet",
}
"""What can be switched off one by one, in the order of the bits of a set."""


@dataclass(frozen=True, slots=True)
class Blockers:
    """Shapley shares of what is in the way, over all 32 ways of switching it off."""

    open_share: Mapping[str, float]
    """Per blocker, weighted share of draws whose range it keeps closed; they sum to what all five
    together do. `process` closes no range, so its share is 0 here."""
    headline: Mapping[str, float]
    """Per blocker, chance of the headline rung within a year that it takes away."""
    open_now: float
    open_without_any: float
    headline_now: float
    headline_without_any: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a side would have to believe for the range to close, and to change its mind."""

    side: str
    believes: Interval
    """Chance that it prevails, as it believes today; p is the weighted median."""
    closes_above: Interval | None
    """Chance of prevailing above which no package is left that both accept, over the draws in which
    some belief of this side opens the range and some closes it; None where there are none."""
    never_open: float
    """Weighted share of draws in which the range is closed whatever this side believes."""
    never_closed: float
    """Weighted share in which it is open whatever this side believes."""
    move: Interval | None
    """How far the front would have to move against it, share of the race, for the range to open
    though the other side's mind does not change; over draws that are closed today and can be opened
    so. None where there are none."""
    move_units: Interval | None
    """The same in the front's own unit; None without a front."""
    move_weeks: int
    """Weeks over which it is taken to move."""


@dataclass(frozen=True, slots=True)
class View:
    """The table as one capital sees it."""

    side: str
    sees_range: float
    """Weighted share of draws in which it believes that some package beats war for both: both
    reservation values worked out from its own belief."""
    way_out: float
    """Weighted share in which the best package on offer is worth more to it than fighting on and
    what signing costs its leader."""
    hurting: float
    """Weighted share in which fighting on is worth less to it than the standing line would be if it
    held."""


@dataclass(frozen=True, slots=True)
class Ripeness:
    """What each side would have to believe or see, and how the table looks from its capital."""

    thresholds: tuple[Threshold, Threshold]
    views: tuple[View, View]
    draws: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What stands in the way, and what each side would have to see."""

    blockers: Blockers
    thresholds: tuple[Threshold, Threshold]
    views: tuple[View, View]
    draws: int
    paths: int
