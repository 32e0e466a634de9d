"""How the war would go on: fans over time of the race, of the front and of beliefs, and draws kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from interbellum.model.units import Array


@dataclass(frozen=True, slots=True)
class FanPoint:
    """A number on a day: its weighted median, and the central 50% and 80%, over draws and paths."""

    days: int
    """Days after `as_of`; negative in the past, where draws alone differ."""
    date: str
    lo80: float
    lo50: float
    p: float
    """The weighted median."""
    hi50: float
    hi80: float


Fan = tuple[FanPoint, ...]
"""Points in order of days: the recorded past where there is one, then `as_of` (days 0) and the weeks
ahead, every fourth for a year and every eighth after. Empty where a redaction hides it."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where the war would stand if fighting simply went on, with no ending but a decision.

    Nothing is conditioned on: a path that is decided stays decided. It is no forecast of what will
    be, since wars end otherwise too; `Result.trajectory` has that.
    """

    race: Fan
    """Position of the race, 1 where A can impose its terms and 0 where B can. The past is what the
    hindcast takes it to have been, week by week while the record of the front lasts."""
    front: Fan | None
    """Net gain of A in the front's own unit since `front_from`. The past is the record at the end of each
    month, where all five numbers are the recorded one. None without a front, or where hidden."""
    unit: str | None
    """Unit of `front`; None with it."""
    front_from: str | None
    """First day of the record of the front, from which `front` counts; None with it."""
    beliefs: tuple[Fan, Fan]
    """Chance that A prevails if fought to the finish, as A sees it and as B sees it. The past begins
    with the day of a dated belief. A race that is decided is known to be: 0 or 1."""
    analyst: Fan
    """The same as the analyst sees it; no past."""


@dataclass(frozen=True, slots=True)
class TextPoint:
    """A draft at the median inputs, beside `RangeVerdict.frontier`."""

    id: str
    title: str
    author: str
    date: str
    u: tuple[float, float]
    """(U_A, U_B), share of the stake, the risk that it breaks counted as in the frontier. Of a draft with
    variants, a reading that could be signed if there is one; of such, the one whose smaller surplus is
    largest. NaN where hidden or unknown."""
    crosses: int | None
    """Red lines in force that this reading crosses; None where hidden or unknown."""
    acceptable: bool | None
    """Whether this reading could be signed: worth fighting on to both, no red line crossed, every
    consent given, every condition met. None where hidden or unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The draws of a run, as a reader's own program would want them."""

    columns: Mapping[str, Array]
    """Per column (D,): weight of the hindcast; every uncertain input under its dotted path;
    rung.NAME.DAYS and ending.NAME.DAYS, the share of the engine's own paths, not pooled."""

    def csv(self) -> str:
        """The same as a table of comma-separated values, a row a draw, numbers in full."""
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("draw", *self.columns))
        each = zip(*(column.tolist() for column in self.columns.values()), strict=True)
        rows.writerows((draw, *row) for draw, row in enumerate(each))
        return out.getvalue()
