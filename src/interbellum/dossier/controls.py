"""What of a dossier can be edited: sliders, ladders and switches, in the dossier's own words.

The list is closed. `edits` writes to what stands here and to nothing else, so a stranger's request
can move a number or choose an option, and cannot write a file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from interbellum.dossier.quantities import Bounds, Quantity
from interbellum.dossier.reader import Loaded
from interbellum.dossier.spots import GROUPS, Kind, Spot, spots
from interbellum.dossier.tree import Path_

Basis = Literal["sourced", "judgement", "default"]

ENDS: dict[str, tuple[float, ...]] = {
    "%": (0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
    "months": (12.0, 24.0, 60.0, 120.0, 240.0, 600.0, 1200.0),
    "points": (10.0, 20.0, 50.0, 100.0),
    "": (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4),
}
"""Where a slider may end, by unit: at the first that leaves as much room again as the range takes."""

SMALL = frozenset(
    {
        "monthly",
        "change_monthly",
        "ending_monthly",
        "rate",
        "ceiling",
        "reluctance",
        "cost_of_breaking",
        "carrying_cost",
        "annual_discount",
        "choice_noise",
        "gap_noise_year",
    }
)
"""Shares that lie near 0, where a slider up to 1 would be too coarse."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can be edited. Numbers are in the dossier's own unit: 0.2, not 20."""

    path: str
    """Dotted path, list items by id; `edits.edited` takes it."""
    title: str
    kind: Kind
    value: float | str | bool
    """Slider: the most plausible value, or the median where none is named. Ladder: id of the option."""
    low: float | None
    """Lower end of the range as it stands; None where there is none."""
    high: float | None
    minimum: float | None
    """Ends of a slider; an edit may go on to the bounds of the field."""
    maximum: float | None
    step: float | None
    unit: str
    """%: a share, to be shown times 100; months; points; or nothing."""
    options: tuple[tuple[str, str], ...]
    """Ladder: (id, text) of each rung, in order."""
    line: int
    """1-based line of the file; of the block that lacks it, where it stands by default."""
    basis: Basis
    confidential: bool
    """Whether it, or a block around it, is hidden when a briefing is redacted."""
    help: str


@dataclass(frozen=True, slots=True)
class Group:
    """Controls of one kind of question."""

    id: str
    title: str
    help: str
    controls: tuple[Control, ...]


def controls(loaded: Loaded) -> tuple[Group, ...]:
    """Everything of a dossier that can be edited, in groups; a group without any is left out."""
    found: dict[str, list[Control]] = {name: [] for name in GROUPS}
    for spot in spots(loaded):
        found[spot.group].append(control(loaded, spot))
    return tuple(
        Group(name, title, text, tuple(found[name]))
        for name, (title, text) in GROUPS.items()
        if found[name]
    )


def control(loaded: Loaded, spot: Spot) -> Control:
    """A place that can be edited, with what stands there now."""
    told = spot.told if isinstance(spot.told, Quantity) else spot.default
    low = high = minimum = maximum = step = None
    if spot.kind == "slider":
        assert told is not None and spot.bounds is not None  # every slider has both
        value: float | str | bool = centre(told)
        low, high = ends(told)
        minimum, maximum, step = _track(spot, told, spot.bounds)
    else:
        value = current(spot)
    return Control(
        path=spot.path,
        title=spot.title,
        kind=spot.kind,
        value=value,
        low=low,
        high=high,
        minimum=minimum,
        maximum=maximum,
        step=step,
        unit=spot.bounds.unit if spot.bounds else "",
        options=spot.options,
        line=loaded.tree.key_place(spot.place)[0],
        basis=_basis(spot),
        confidential=_confidential(loaded, spot.place),
        help=spot.help,
    )


def current(spot: Spot) -> float | str | bool:
    """What stands at a spot now."""
    if spot.kind == "slider":
        told = spot.told if isinstance(spot.told, Quantity) else spot.default
        assert told is not None  # every slider has a range of its own or by default
        return centre(told)
    if isinstance(spot.told, Quantity):  # a red line, off where its confidence is nothing
        return max(spot.told.support()) > 0.0
    assert isinstance(spot.told, (str, bool))
    return spot.told


def centre(told: Quantity) -> float:
    """The number that a slider shows and an edit moves.

    The single value; the mode of {low, mode, high}; the middle of {low, high}; the median of
    {p05, p50, p95}; the pooled median of several coders.
    """
    for exact in (told.value, told.mode, told.p50):
        if exact is not None:
            return exact
    if told.low is not None and told.high is not None:
        return 0.5 * (told.low + told.high)
    return told.centre()


def ends(told: Quantity) -> tuple[float | None, float | None]:
    """Least and greatest number written; nothing for a single value."""
    if told.value is not None:
        return None, None
    return min(told.support()), max(told.support())


def _track(spot: Spot, told: Quantity, bounds: Bounds) -> tuple[float, float, float]:
    """Ends and step of a slider: inside the field's bounds, round, and fine enough."""
    reach = max(told.support())
    last = bounds.high
    if bounds.high > 1.0 or spot.place[-1] in SMALL or spot.place[-2] in SMALL:
        last = next((end for end in ENDS[bounds.unit] if end >= 2.0 * reach), bounds.high)
        last = min(last, bounds.high)
    step = _step(last / 200.0) if bounds.high > 1.0 else _step(last / 100.0)
    first = round(math.ceil(bounds.low / step - 1e-9) * step, 12)
    return min(first, *told.support()), last, step


def _step(about: float) -> float:
    """1, 2 or 5 times a power of ten: the greatest that is not above, or hardly (.99 counts as 1)."""
    about *= 1.06
    power = 10.0 ** math.floor(math.log10(about))
    return float(f"{max(k * power for k in (1.0, 2.0, 5.0) if k * power <= about):.6g}")


def _basis(spot: Spot) -> Basis:
    if spot.told is None:
        return "default"
    sourced = spot.told.source if isinstance(spot.told, Quantity) else None
    return "sourced" if sourced or spot.sourced else "judgement"


def _confidential(loaded: Loaded, place: Path_) -> bool:
    data = loaded.tree.data
    for key in (*place, None):
        if isinstance(data, dict) and data.get("confidential") is True:
            return True
        inside = (isinstance(data, dict) and key in data) or (
            isinstance(data, list) and isinstance(key, int) and key < len(data)
        )
        if not inside:
            return False
        data = data[key]
    return False
