"""The historical record: how long cessations of hostilities since 1946 have lasted.

What a column means, and what the table cannot bear, is in docs/codebook-cessations.md.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
from collections import Counter
from collections.abc import Collection, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeVar, cast

import numpy as np

from interbellum.errors import InternalError
from interbellum.model.measure import Clock, Event, Measure
from interbellum.model.peace import (
    DEATHS_BANDS,
    KIND_OF_FORM,
    Cessation,
    KaplanMeier,
    ReferenceClass,
    Spells,
)
from interbellum.model.rungs import HORIZON_DAYS
from interbellum.model.units import Array

# The table's coder stopped watching on this day; no spell is known to stand any later.
OBSERVED_UNTIL = dt.date(2025, 12, 31)

# Fewer cases than this give no useful estimate: with eight, the 80% interval of a chance of one
# half spans .24 to .76 (exact binomial, four of eight). Our judgement.
FEWEST_CASES = 8

SOURCE = "the project's own table of cessations, 1946 to 2025"

# Rule R7. Peacekeepers, guarantees and treaties often came later than day 0 (codebook, caveats).
COVARIATES = (
    "third_party_guarantee",
    "peacekeeping_force",
    "observers",
    "dmz",
    "tie",
    "third_party_pressure",
    "contiguous",
    "formal",
    "prior_cessations",
)
_MOST_PRIOR = 4  # more earlier cessations of a pair count as four

_DAYS_PER_YEAR = 365.25
_HALF_DAY = 0.5  # a truce broken on its first day lasted less than a day, and more than nothing

_COLUMNS = (
    "id",
    "name",
    "side_a",
    "side_b",
    "war_start",
    "cessation_date",
    "date_precision",
    "form",
    "third_party_pressure",
    "resumption_date",
    "war_resumption_date",
    "at_risk",
    "censor_date",
    "low_level_violence",
    "deaths_band",
    "contiguous",
    "battle_outcome",
    "third_party_guarantee",
    "guarantor_party",
    "guarantor_source",
    "peacekeepers",
    "dmz",
    "later_treaty",
    "checked",
    "check_source",
    "notes",
)
_YES_OR_NO = {"1": True, "0": False}

Value = TypeVar("Value")


class RecordError(InternalError, ValueError):
    """The table of cessations does not follow its codebook; the message names the row."""


def read_cessations(path: str | Path | None = None) -> tuple[Cessation, ...]:
    """The table of cessations, in its own order.

    Parameters
    ----------
    path : path of a CSV in the same columns
        The packaged table when left out.

    Returns
    -------
    tuple of Cessation
        Dates known to the month are set to its 15th, to the year to 1 July.

    Raises
    ------
    RecordError
        A row breaks the codebook; line and id are given.
    OSError
        `path` cannot be read.

    Source
    ------
    docs/codebook-cessations.md; spell rule R7.
    """
    if path is None:
        return _packaged_cessations()
    return _read_cessations(Path(path))


@functools.cache
def _packaged_cessations() -> tuple[Cessation, ...]:
    """Read once a process: rows are frozen, and every answer asks for them twice."""
    return _read_cessations(files("interbellum.peace").joinpath("data", "cessations.csv"))


def _read_cessations(source: Traversable | Path) -> tuple[Cessation, ...]:
    reader = csv.reader(io.StringIO(source.read_text(encoding="utf-8")))
    header = tuple(next(reader, ()))
    if header != _COLUMNS:
        raise RecordError(f"{source}: the columns are {header}, not {_COLUMNS}")
    rows: dict[str, Cessation] = {}
    for cells in reader:
        place = f"{source}:{reader.line_num} ({cells[0] if cells else 'blank line'})"
        try:
            if len(cells) != len(_COLUMNS):
                raise ValueError(f"{len(cells)} cells for {len(_COLUMNS)} columns")
            cessation = _cessation(dict(zip(_COLUMNS, cells, strict=True)))
            if cessation.id in rows:
                raise ValueError("this id stands in an earlier row")
        except ValueError as fault:
            raise RecordError(f"{place}: {fault}") from fault
        rows[cessation.id] = cessation
    return tuple(rows.values())


def spells(
    cessations: Sequence[Cessation],
    as_of: dt.date,
    kinds: Collection[str],
    event: Event = "resumption",
    clock: Clock = "day_of_stop",
) -> Spells:
    """Lengths of the cessations of some kinds, as they stood on a day.

    Nothing that happened after `as_of` has a say: later cessations are dropped, and a failure
    still to come leaves the spell censored at `as_of`.

    Parameters
    ----------
    cessations : the table, or rows of it
    as_of : day
        After 2025-12-31, where the table ends, that day is taken.
    kinds : settlement, ceasefire, freeze or victory
    event : resumption or war_resumption
        What counts as a failure: sustained fighting, or a renewed war. The table says whether there
        was low-level violence, not when, so that is no event here; it is in the rows.
    clock : day_of_stop
        The only one that the table knows.

    Returns
    -------
    Spells, in the order of `cessations`
        Only of cessations after which someone was left to resume; at least half a day long.
        Clusters are pairs, outcomes forms, covariates those of rule R7 (`COVARIATES`): 1 or 0, where
        blank counts as 0, and the number of earlier cessations of the pair among those given
        here, at most 4.

    Raises
    ------
    ValueError
        The table cannot tell this event, or knows no such clock; or a kind is none of the four.

    Source
    ------
    Spell rule R7; design section 6, "cut at D".
    """
    if event not in ("resumption", "war_resumption"):
        raise ValueError(
            f"event must be 'resumption' or 'war_resumption'; it is {event!r}, which the table of "
            "cessations does not date"
        )
    if clock != "day_of_stop":
        raise ValueError(f"clock must be 'day_of_stop', the only one of the table; it is {clock!r}")
    known = sorted(set(KIND_OF_FORM.values()))
    for kind in kinds:
        if kind not in known:
            raise ValueError(f"{kind} is not one of {', '.join(known)}")
    last_day = min(as_of, OBSERVED_UNTIL)
    rows = [
        row for row in cessations if row.at_risk and row.kind in kinds and row.cessation <= last_day
    ]
    years: list[float] = []
    failed: list[bool] = []
    for row in rows:
        failure = row.resumption if event == "resumption" else row.war_resumption
        fails = failure is not None and failure <= last_day
        end = failure if failure is not None and fails else min(row.censor or last_day, last_day)
        years.append(max((end - row.cessation).days, _HALF_DAY) / _DAYS_PER_YEAR)
        failed.append(fails)
    return Spells(
        years=np.array(years),
        failed=np.array(failed, dtype=np.bool_),
        ids=tuple(row.id for row in rows),
        clusters=tuple(", ".join(row.pair) for row in rows),
        kinds=tuple(row.kind for row in rows),
        outcomes=tuple(row.form for row in rows),
        covariates=_covariates(rows),
        covariate_names=COVARIATES,
        measure=Measure(SOURCE, event, clock, last_day),
    )


def _covariates(rows: Sequence[Cessation]) -> Array:
    """(N, 9) in the order of COVARIATES."""
    seen: Counter[tuple[str, str]] = Counter()
    prior: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.cessation):
        pair = row.pair
        prior[row.id] = min(seen[pair], _MOST_PRIOR)
        seen[pair] += 1
    table = [
        (
            row.third_party_guarantee is True,
            row.peacekeepers == "force",
            row.peacekeepers == "observers",
            row.dmz == "1",
            row.battle_outcome == "tie",
            row.third_party_pressure is True,
            row.contiguous,
            row.form in ("peace_agreement", "armistice"),
            prior[row.id],
        )
        for row in rows
    ]
    return np.array(table, dtype=np.float64).reshape(len(rows), len(COVARIATES))


def kaplan_meier(given: Spells) -> KaplanMeier:
    """Share still standing after so many years, with 80% and 50% intervals.

    Parameters
    ----------
    given : Spells, N of them

    Returns
    -------
    KaplanMeier, arrays (M,)
        At year 0 and at every distinct length or late entry. A spell is at risk after its entry, up
        to its end; where all enter late the curve starts from having lasted that long. Intervals
        are exponential Greenwood (log-log), which stay inside (0, 1). That formula is silent where none or all have
        failed, and there the exact binomial interval is taken: none failed of those watched
        longer than this, or all failed of N.

    Source
    ------
    Kaplan and Meier (1958), Journal of the American Statistical Association 53(282); late entry:
    Tsai, Jewell and Wang (1987), Biometrika 74(4); Kalbfleisch
    and Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.4; Clopper and
    Pearson (1934), Biometrika 26(4).
    """
    n = len(given.ids)
    grid = np.unique(np.concatenate([given.years, given.entry[given.entry > 0]]))
    ends = np.searchsorted(grid, given.years)
    removed = np.bincount(ends, minlength=grid.size).astype(np.float64)
    deaths = np.bincount(ends, weights=given.failed, minlength=grid.size)
    # At risk at a time: entered before it, and not gone before it.
    entered = np.searchsorted(np.sort(given.entry), grid, side="left")
    at_risk = entered - (np.cumsum(removed) - removed)
    curve = np.cumprod(1.0 - np.divide(deaths, at_risk, out=np.zeros(grid.size), where=deaths > 0))
    left = at_risk - deaths
    # Where nobody is left the term is infinite and the curve 0: the exact interval takes over.
    terms = np.divide(deaths, at_risk * left, out=np.zeros_like(left), where=left > 0)
    greenwood = np.cumsum(terms)

    def interval(coverage: float) -> tuple[Array, Array]:
        from scipy.special import ndtri

        tail = (1.0 - coverage) / 2.0
        inside = (curve > 0) & (curve < 1)
        log_curve = np.log(np.where(inside, curve, 0.5))
        wide = np.exp(ndtri(1.0 - tail) * np.sqrt(greenwood) / -log_curve)
        watched_on = at_risk - removed
        none_failed = np.where(watched_on > 0, tail ** (1.0 / np.maximum(watched_on, 1.0)), 0.0)
        low = np.where(inside, np.exp(log_curve * wide), np.where(curve > 0, none_failed, 0.0))
        all_failed = 1.0 - tail ** (1.0 / max(n, 1))
        high = np.where(inside, np.exp(log_curve / wide), np.where(curve > 0, 1.0, all_failed))
        at_once = tail ** (1.0 / n) if n else 0.0
        return np.insert(low, 0, at_once), np.insert(high, 0, 1.0)

    low80, high80 = interval(0.80)
    low50, high50 = interval(0.50)
    return KaplanMeier(
        years=np.insert(grid, 0, 0.0),
        survival=np.insert(curve, 0, 1.0),
        low80=low80,
        high80=high80,
        low50=low50,
        high50=high50,
        at_risk=np.insert(at_risk, 0, np.count_nonzero(given.entry == 0)),
        n=n,
        events=int(given.failed.sum()),
    )


def reference_class(cessations: Sequence[Cessation], kind: str, as_of: dt.date) -> ReferenceClass:
    """How long cessations of one kind had lasted by a day: the record beside a form.

    Parameters
    ----------
    cessations : the table, or rows of it
    kind : settlement, ceasefire or freeze, as the form it stands beside
    as_of : day at which the record is cut

    Returns
    -------
    ReferenceClass
        The chance of no return to sustained fighting at those of 30, 90, 180, 365, 730 and 1826
        days that some spell reached. `useful` is False below eight cases.

    Raises
    ------
    ValueError
        `kind` is none of the four.

    Source
    ------
    Design section 6, "Record"; the horizons are those of section 9.
    """
    given = spells(cessations, as_of, (kind,))
    assert given.measure is not None  # spells says how it measured
    curve = kaplan_meier(given)
    at_horizons = curve.at(np.array(HORIZON_DAYS) / _DAYS_PER_YEAR)
    known = np.isfinite(at_horizons.survival)
    days = tuple(day for day, is_known in zip(HORIZON_DAYS, known, strict=True) if is_known)
    return ReferenceClass(
        kind=kind,
        as_of=as_of,
        days=days,
        curve=curve.at(np.array(days, dtype=np.float64) / _DAYS_PER_YEAR),
        useful=curve.n >= FEWEST_CASES,
        measure=given.measure,
    )


@functools.lru_cache(maxsize=64)
def packaged_class(kind: str, as_of: dt.date) -> ReferenceClass:
    """`reference_class` of the packaged table, kept: an answer asks twice for every form."""
    return reference_class(read_cessations(), kind, as_of)


def _cessation(row: dict[str, str]) -> Cessation:
    began, cessation = _date(row["war_start"]), _date(row["cessation_date"])
    if began > cessation:
        raise ValueError("war_start is after cessation_date")
    resumption, war = _maybe_date(row["resumption_date"]), _maybe_date(row["war_resumption_date"])
    censor = _maybe_date(row["censor_date"])
    if resumption is not None and resumption < cessation:
        raise ValueError("resumption_date is before cessation_date")
    if war is not None and (resumption is None or war < resumption):
        raise ValueError("war_resumption_date needs a resumption_date no later than itself")
    if censor is not None and (resumption is not None or censor < cessation):
        raise ValueError("censor_date is before cessation_date, or stands beside a resumption_date")
    guarantee = _look_up(row, "third_party_guarantee", {**_YES_OR_NO, "": None})
    guarantor = _maybe_one_of(row, "guarantor_party", ("party", "outsider"))
    if guarantor is not None and (guarantee is False or not row["guarantor_source"]):
        raise ValueError("guarantor_party needs a third_party_guarantee and a guarantor_source")
    return Cessation(
        id=_text(row, "id"),
        name=_text(row, "name"),
        side_a=_text(row, "side_a"),
        side_b=_text(row, "side_b"),
        war_start=began,
        cessation=cessation,
        date_precision=cast(
            Literal["d", "m", "y"], _one_of(row, "date_precision", ("d", "m", "y"))
        ),
        form=_one_of(row, "form", KIND_OF_FORM),
        third_party_pressure=_look_up(row, "third_party_pressure", {"1": True, "": None}),
        resumption=resumption,
        war_resumption=war,
        at_risk=_look_up(row, "at_risk", _YES_OR_NO),
        censor=censor,
        low_level_violence=_maybe_one_of(row, "low_level_violence", ("sporadic", "persistent")),
        deaths_band=_one_of(row, "deaths_band", DEATHS_BANDS),
        contiguous=_look_up(row, "contiguous", _YES_OR_NO),
        battle_outcome=_maybe_one_of(row, "battle_outcome", ("decisive_A", "decisive_B", "tie")),
        third_party_guarantee=guarantee,
        guarantor_party=cast(Literal["party", "outsider"] | None, guarantor),
        guarantor_source=row["guarantor_source"] or None,
        peacekeepers=_one_of(row, "peacekeepers", ("none", "observers", "force")),
        dmz=_maybe_one_of(row, "dmz", ("0", "1", "partial")),
        later_treaty=row["later_treaty"] or None,
        checked=cast(
            Literal["yes", "partial", "no"], _one_of(row, "checked", ("yes", "partial", "no"))
        ),
        check_source=row["check_source"] or None,
        notes=row["notes"] or None,
    )


def _date(written: str) -> dt.date:
    """A day; of a month without one the 15th, of a year without a month 1 July (rule R7)."""
    whole = {4: f"{written}-07-01", 7: f"{written}-15"}.get(len(written), written)
    try:
        day = dt.date.fromisoformat(whole)
        if day.isoformat() == whole:  # Python reads weeks and days without hyphens as well
            return day
    except ValueError:
        pass
    raise ValueError(f"{written!r} is not a date: YYYY-MM-DD, YYYY-MM or YYYY")


def _maybe_date(written: str) -> dt.date | None:
    return _date(written) if written else None


def _text(row: dict[str, str], column: str) -> str:
    if not row[column]:
        raise ValueError(f"{column} is blank")
    return row[column]


def _one_of(row: dict[str, str], column: str, allowed: Collection[str]) -> str:
    if row[column] not in allowed:
        raise ValueError(f"{column} is {row[column]!r}, not one of {', '.join(allowed)}")
    return row[column]


def _maybe_one_of(row: dict[str, str], column: str, allowed: Collection[str]) -> str | None:
    return _one_of(row, column, allowed) if row[column] else None


def _look_up(row: dict[str, str], column: str, meaning: dict[str, Value]) -> Value:
    return meaning[_one_of(row, column, meaning)]
