"""Spells out of UCDP's data: what broke after a conflict, a dyad or an agreement fell silent.

UCDP counts calendar years: an episode has ended when a whole one has passed below 25 deaths in
battle. Two things follow. A failure inside that year cannot be seen, so spells enter late (left
truncation). And a day in the middle of a year knows nothing of it yet, so a record cut at a day
is cut at the last 31 December before it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Literal

import numpy as np

from interbellum.model.measure import Measure
from interbellum.model.peace import Kind, Spells
from interbellum.peace.ucdp_files import (
    Agreement,
    ConflictType,
    ConflictYear,
    Outcome,
    Termination,
    UcdpError,
)

# To which day the versions look that were tested; a newer one needs its own.
CONFLICTS_UNTIL = dt.date(2024, 12, 31)  # Armed Conflict and Dyadic Datasets v25.1
AGREEMENTS_UNTIL = dt.date(2021, 12, 31)  # Peace Agreement Dataset v22.1

INTERSTATE: tuple[ConflictType, ...] = ("interstate",)
INTRASTATE: tuple[ConflictType, ...] = ("intrastate", "internationalised")

# "actor_ceases" leaves nobody to break a silence of any kind, and has none.
KIND_OF_OUTCOME: dict[Outcome, Kind] = {
    "peace_agreement": "settlement",
    "ceasefire": "ceasefire",
    "victory": "victory",
    "government_victory": "victory",
    "rebel_victory": "victory",
    "low_activity": "freeze",
}
COVARIATES = (
    "peace_agreement",
    "ceasefire",
    "victory",
    "war",
    "ln_years",
    "prior_episodes",
)
"""Rule R4. Outcomes stand against low activity, an actor's end, and the unknown; `ln_years` is the
length of the episode, at least a day; `prior_episodes` are those of the conflict or dyad, at most 3."""

_MOST_PRIOR = 3
_DAYS_PER_YEAR = 365.25

DeathsEvent = Literal["deaths_25", "deaths_1000"]


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of active years of one conflict or dyad with no silent year between."""

    history: str
    """The conflict or the dyad."""
    place: int
    """How many earlier episodes it had."""
    years: tuple[ConflictYear, ...]
    next: Episode | None
    """The one that ended its silence."""

    @property
    def last(self) -> ConflictYear:
        """Its last active year."""
        return self.years[-1]

    @property
    def seen(self) -> dt.date:
        """The day on which its end is known: the last of a whole silent year."""
        return dt.date(self.last.year + 1, 12, 31)


def episodes(rows: Iterable[ConflictYear], as_of: dt.date) -> tuple[Episode, ...]:
    """Episodes of every conflict, or of every dyad where the rows have dyads.

    Parameters
    ----------
    rows : conflict-years or dyad-years, in any order
    as_of : day
        Years that were not over by then are left out.

    Returns
    -------
    tuple of Episode
        In order of conflict or dyad, as first met, then of time. Also those not yet ended.

    Source
    ------
    Spell rules, R1 to R4: a new episode begins where the year gap exceeds 1.
    """
    histories: dict[str, list[ConflictYear]] = defaultdict(list)
    for row in rows:
        if dt.date(row.year, 12, 31) <= as_of:
            histories[row.dyad or row.conflict].append(row)
    found: list[Episode] = []
    for history, years in histories.items():
        years.sort(key=lambda row: row.year)
        runs = [[years[0]]]
        for before, after in pairwise(years):
            if after.year - before.year > 1:
                runs.append([])
            runs[-1].append(after)
        following: Episode | None = None
        own: list[Episode] = []
        for place in reversed(range(len(runs))):
            following = Episode(history, place, tuple(runs[place]), following)
            own.insert(0, following)
        found += own
    return tuple(found)


def conflict_spells(
    rows: Sequence[ConflictYear],
    terminations: Sequence[Termination],
    *,
    event: DeathsEvent,
    clock: Literal["first_quiet_day"],
    as_of: dt.date,
    types: Sequence[ConflictType],
    late_entry: bool,
    scope: Literal["conflict", "pair"] = "conflict",
    observed_until: dt.date = CONFLICTS_UNTIL,
) -> Spells:
    """Silences of armed conflicts, from the last day of an episode.

    Parameters
    ----------
    rows : the Armed Conflict Dataset
    terminations : the Conflict Termination Dataset, conflict level
        How an episode ended, and on which day where `rows` do not say.
    event : deaths_25 or deaths_1000
        The next episode, or the next year of at least 1,000 deaths in a later episode; of a year
        that is not the first of its episode the day is unknown, and 1 July is taken.
    clock : first_quiet_day
        The only one of conflict-level data; `dyad_spells` knows signatures too.
    as_of : day
        Cut back to the last 31 December on or before it.
    types : kinds of conflict to take, by the last year of the episode
    late_entry : bool
        True: a spell counts from the end of the silent year in which no failure can be seen.
        False: from its first day, as if the source had watched it; the first year then looks safe.
    scope : conflict or pair
        Whether only the same conflict breaks a silence, or any later conflict between states that
        share a pair. Rebels have no pairs: only with `types` interstate.
    observed_until : last day of the data

    Returns
    -------
    Spells
        Of episodes whose end, and its day, are known by then; at least a day long. Clusters are
        conflicts. With `late_entry`, those not seen for a day yet are left out.

    Raises
    ------
    UcdpError
        `event`, `clock` or `scope` is none of these, or pairs are asked of other types.

    Source
    ------
    Spell rules, R1 to R4; Kreutz (2010), Journal of Peace Research 47(2).
    """
    _only("clock", clock, ("first_quiet_day",))
    _only("scope", scope, ("conflict",) if set(types) - {"interstate"} else ("conflict", "pair"))
    endings = {(row.conflict, row.year): row for row in terminations if not row.dyad}
    cut = _last_year_end(min(as_of, observed_until))
    every = episodes(rows, cut)
    ended = []
    for episode in every:
        ending = endings.get((episode.history, episode.last.year))
        end = episode.last.ended or (ending.ended if ending else None)
        if end is not None and episode.last.type in types and episode.seen <= cut:
            ended.append(_Ended(episode, end, ending.outcome if ending else None))
    pairs = [(episode, _pairs(episode.last)) for episode in every]

    def later(one: _Ended) -> list[Episode]:
        if scope == "conflict":
            return _after(one.episode)
        own = _pairs(one.episode.last)
        return [
            episode
            for episode, shared in pairs
            if episode.last.type == "interstate"
            and episode.years[0].began > one.end
            and own & shared
        ]

    measure = Measure("UCDP/PRIO Armed Conflict and Termination", event, clock, cut, late_entry)
    return _spells([(one, _failure(later(one), event)) for one in ended], measure)


def dyad_spells(
    rows: Sequence[ConflictYear],
    terminations: Sequence[Termination],
    *,
    event: DeathsEvent,
    clock: Literal["signature", "first_quiet_day"],
    as_of: dt.date,
    types: Sequence[ConflictType],
    late_entry: bool,
    observed_until: dt.date = CONFLICTS_UNTIL,
) -> Spells:
    """Silences between two sides, from their last day of fighting or from a signature.

    Parameters
    ----------
    rows : the Dyadic Dataset
    terminations : the Conflict Termination Dataset, dyad level
        Only what it knows the end of is taken: version 3 ends with 2019.
    event, as_of, types, late_entry, observed_until : as in `conflict_spells`
    clock : signature or first_quiet_day
        The signature of a ceasefire or a peace agreement, whichever came first; episodes with
        neither by the end of the silent year are left out.

    Returns
    -------
    Spells
        As of `conflict_spells`; clusters are conflicts.

    Raises
    ------
    UcdpError
        `event` or `clock` is none of these.

    Source
    ------
    Kreutz (2010), Journal of Peace Research 47(2); Harbom, Melander and Wallensteen (2008), Journal
    of Peace Research 45(5).
    """
    _only("clock", clock, ("signature", "first_quiet_day"))
    endings = {(row.dyad, row.year): row for row in terminations if row.dyad}
    cut = _last_year_end(min(as_of, observed_until))
    found = []
    for episode in episodes(rows, cut):
        ending = endings.get((episode.history, episode.last.year))
        if ending is None or episode.last.type not in types or episode.seen > cut:
            continue
        signed = [day for day in (ending.ceasefire, ending.agreement) if day is not None]
        start = min(signed, default=None) if clock == "signature" else ending.ended
        if start is not None and start <= episode.seen:
            one = _Ended(episode, start, ending.outcome)
            found.append((one, _failure(_after(episode), event)))
    return _spells(found, Measure("UCDP Dyadic and Termination", event, clock, cut, late_entry))


def agreement_spells(
    agreements: Sequence[Agreement],
    *,
    event: Literal["agreement_ended"],
    clock: Literal["signature"],
    as_of: dt.date,
    observed_until: dt.date = AGREEMENTS_UNTIL,
) -> Spells:
    """Peace agreements, from their signature until they were declared void or fought over.

    Parameters
    ----------
    agreements : the Peace Agreement Dataset
    event : agreement_ended
    clock : signature
    as_of : day
        After `observed_until`, the last day of the data, that day is taken.

    Returns
    -------
    Spells
        At least a day long; outcomes say how much was settled (full, partial, process). Agreements
        that ended on an unknown day are left out.

    Raises
    ------
    UcdpError
        `event` or `clock` is not the one.

    Source
    ------
    Spell rule R6; Pettersson, Högbladh and Öberg (2019), Journal of Peace Research 56(4).
    """
    _only("event", event, ("agreement_ended",))
    _only("clock", clock, ("signature",))
    cut = min(as_of, observed_until)
    taken = [
        row for row in agreements if row.signed <= cut and not (row.ended and row.ended_on is None)
    ]
    fails = [row.ended and row.ended_on is not None and row.ended_on <= cut for row in taken]
    ends = [
        row.ended_on if fail and row.ended_on is not None else cut
        for row, fail in zip(taken, fails, strict=True)
    ]
    return Spells(
        years=np.array([_years(row.signed, end) for row, end in zip(taken, ends, strict=True)]),
        failed=np.array(fails, dtype=np.bool_),
        ids=tuple(row.id for row in taken),
        clusters=tuple(row.conflicts for row in taken),
        kinds=("settlement",) * len(taken),
        outcomes=tuple(row.scope for row in taken),
        measure=Measure("UCDP Peace Agreements", event, clock, cut),
    )


# --- how they are built --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ended:
    episode: Episode
    end: dt.date
    """Day from which the silence counts."""
    outcome: Outcome | None


def _spells(found: Sequence[tuple[_Ended, dt.date | None]], measure: Measure) -> Spells:
    """Of each silence and the day on which it failed, if it did."""
    _only("event", measure.event, ("deaths_25", "deaths_1000"))
    rows = [one for one, _ in found]
    cut = measure.as_of
    fails = [failure is not None and failure <= cut for _, failure in found]
    days = [
        failure if failure is not None and fail else cut
        for (_, failure), fail in zip(found, fails, strict=True)
    ]
    years = np.array([_years(one.end, day) for one, day in zip(rows, days, strict=True)])
    # The silent year itself: a failure on the first day after it is the first that can be seen.
    entry = np.array([(one.episode.seen - one.end).days / _DAYS_PER_YEAR for one in rows])
    whole = Spells(
        years=years,
        failed=np.array(fails, dtype=np.bool_),
        ids=tuple(f"{one.episode.history}:{one.episode.last.year}" for one in rows),
        clusters=tuple(one.episode.last.conflict for one in rows),
        kinds=tuple(KIND_OF_OUTCOME.get(one.outcome, "") if one.outcome else "" for one in rows),
        outcomes=tuple(one.outcome or "" for one in rows),
        covariates=np.array([_covariates(one) for one in rows]).reshape(len(rows), len(COVARIATES)),
        covariate_names=COVARIATES,
        measure=measure,
    )
    if not measure.late_entry:
        return whole
    seen = years > entry
    return replace(whole.where(seen), entry=entry[seen])


def _covariates(one: _Ended) -> tuple[float, ...]:
    began = one.episode.years[0].began
    return (
        one.outcome == "peace_agreement",
        one.outcome == "ceasefire",
        one.outcome is not None and KIND_OF_OUTCOME.get(one.outcome) == "victory",
        any(year.war for year in one.episode.years),
        math.log(_years(began, one.end)),
        min(one.episode.place, _MOST_PRIOR),
    )


def _failure(later: Iterable[Episode], event: DeathsEvent) -> dt.date | None:
    """First day on which the silence is broken, by what came later."""
    if event == "deaths_25":
        return min((episode.years[0].began for episode in later), default=None)
    days = [
        year.began if year is episode.years[0] else dt.date(year.year, 7, 1)
        for episode in later
        for year in episode.years
        if year.war
    ]
    return min(days, default=None)


def _after(episode: Episode) -> list[Episode]:
    """All later episodes of the same history."""
    found = []
    while episode.next is not None:
        episode = episode.next
        found.append(episode)
    return found


def _pairs(year: ConflictYear) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in product(year.side_a, year.side_b)}


def _years(start: dt.date, end: dt.date) -> float:
    return max((end - start).days, 1) / _DAYS_PER_YEAR


def _last_year_end(day: dt.date) -> dt.date:
    """The last 31 December on or before a day."""
    return day if (day.month, day.day) == (12, 31) else dt.date(day.year - 1, 12, 31)


def _only(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise UcdpError(f"{name} must be {' or '.join(known)} for this source; it is {given!r}")
