"""The cases of the record that are nearest to a case at hand, and where each differs from it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from interbellum.model.endurance import Ended, Precedent, Trait
from interbellum.model.hazards import CaseProfile
from interbellum.model.peace import Cessation, Kind
from interbellum.peace.effects import MOST_PRIOR_CESSATIONS, coded_profile
from interbellum.peace.posterior import KINDS, record_cases
from interbellum.peace.record import OBSERVED_UNTIL

COLUMNS: dict[str, float] = {
    "kind": 1.0,
    "peacekeepers": 1.0,
    "dmz": 1.0,
    "guaranteed": 1.0,
    "party": 1.0,
    "formal": 1.0,
    "pressure": 1.0,
    "tie": 1.0,
    "contiguous": 1.0,
    "prior_cessations": float(MOST_PRIOR_CESSATIONS),
    "log_deaths": 4.0 * math.log(10.0),
}
"""Columns that the distance is over, each with its range in the table; deaths from 10^1.5 to 10^5.5."""

SHOWN = 5


def nearest(
    profile: CaseProfile,
    as_of: dt.date,
    cessations: Sequence[Cessation],
    shown: int = SHOWN,
) -> tuple[Precedent, ...]:
    """Cases of the record most like a profile.

    The distance is Gower's: over the columns known of both, the mean of the differences, each as a
    share of the column's range; every column counts alike. What a case became has no part in it. Of
    equals the later one comes first.

    Parameters
    ----------
    profile : CaseProfile
    as_of : day; later cessations are left out, and what came of the others is told as of it
    cessations : the table
    shown : how many

    Returns
    -------
    tuple of Precedent, nearest first

    Source
    ------
    Gower (1971), Biometrics 27(4), with equal weights.
    """
    last_day = min(as_of, OBSERVED_UNTIL)
    cases = record_cases(cessations, last_day)
    by_id = {row.id: row for row in cessations}
    asked = _traits(coded_profile(profile), profile.kind)
    found = []
    for name, coded in zip(cases.spells.ids, cases.coded, strict=True):
        row = by_id[name]
        there = _traits(coded, row.kind)
        traits = tuple(_trait(column, asked, there) for column in COLUMNS)
        known = [trait.apart for trait in traits if trait.apart is not None]
        distance = sum(known) / len(known)
        found.append(
            ((distance, -row.cessation.toordinal(), name), _told(row, traits, distance, last_day))
        )
    return tuple(told for _, told in sorted(found, key=lambda item: item[0])[:shown])


def _traits(coded: Mapping[str, float], kind: Kind) -> dict[str, float]:
    """Columns of the distance from what `coded_row` or `coded_profile` gives."""
    guaranteed = coded["guaranteed"]
    return {
        **{column: coded[column] for column in COLUMNS if column in coded},
        "kind": float(KINDS.index(kind)),
        "peacekeepers": coded["force"] + 0.5 * coded["observers"],
        "party": coded["party"] if guaranteed == 1.0 else math.nan,
    }


def _trait(column: str, asked: Mapping[str, float], there: Mapping[str, float]) -> Trait:
    ours, theirs = asked[column], there[column]
    if math.isnan(ours) or math.isnan(theirs):
        return Trait(column, None, ours, theirs)
    if column == "kind":
        return Trait(column, float(ours != theirs), ours, theirs)
    return Trait(column, min(1.0, abs(ours - theirs) / COLUMNS[column]), ours, theirs)


def _told(
    row: Cessation, traits: tuple[Trait, ...], distance: float, last_day: dt.date
) -> Precedent:
    resumed = row.resumption is not None and row.resumption <= last_day
    war = row.war_resumption is not None and row.war_resumption <= last_day
    end = row.resumption if resumed else min(row.censor or last_day, last_day)
    assert end is not None  # a resumption is dated
    stood: Ended = "standing" if end == last_day else "unwatched"
    return Precedent(
        id=row.id,
        name=row.name,
        kind=row.kind,
        form=row.form,
        began=row.cessation.isoformat(),
        days=(end - row.cessation).days,
        ended="war" if war else "fighting" if resumed else stood,
        until=end.isoformat(),
        precision=row.date_precision,
        distance=distance,
        traits=traits,
        checked=row.checked,
    )
