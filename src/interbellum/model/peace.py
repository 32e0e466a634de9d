"""What the peace stage takes and gives: a truce's inputs and curves, and the historical record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interbellum.model.arrays import ShapeError, read_only
from interbellum.model.measure import Measure
from interbellum.model.rungs import CAUSES
from interbellum.model.units import Array

Flags = NDArray[np.bool_]


# ---------------------------------------------------------------------------- the truce model


@dataclass(frozen=True, slots=True, eq=False)
class TruceInputs:
    """What wears a truce of one form out, for every draw of the parameters.

    D is the number of draws; the second axis of the first two is side A, side B.

    Raises
    ------
    ShapeError
        The arrays do not share D, or `distance` and `drift` do not have two columns.
    ValueError
        A number is outside the range given beside its field.
    """

    distance: Array
    """(D, 2) stake: gain in its own position after which breaking pays; <= 0 now, inf never."""
    drift: Array
    """(D, 2) stake a week: mean gain of that side while the guns are silent."""
    spread: Array
    """(D,) stake per square root of a week, >= 0: how noisy those gains are."""
    incidents_per_week: Array
    """(D,) a week, >= 0: incidents that nothing before them set off."""
    echo: Array
    """(D,) >= 0: incidents that one incident sets off, on average."""
    collapse_size: Array
    """(D,) incidents, > 0: a chain of this many ends the truce."""
    change_hazard: Array
    """(D,) a week, >= 0: changes of a leader or a patron that end the truce."""
    term_weeks: Array
    """(D,) weeks, > 0: term after which the truce must be renewed; inf when it has none."""
    renewal: Array
    """(D,) chance in [0, 1] that it is renewed when the term runs out."""

    def __post_init__(self) -> None:
        for part in fields(self):
            object.__setattr__(self, part.name, read_only(getattr(self, part.name)))
        draws = self.spread.shape[0] if self.spread.ndim == 1 else -1
        for part in fields(self):
            wanted = (draws, 2) if part.name in ("distance", "drift") else (draws,)
            found = getattr(self, part.name).shape
            if draws < 1 or found != wanted:
                raise ShapeError(
                    f"{part.name} has shape {found}; with {max(draws, 1)} draws (the length of "
                    f"spread, {self.spread.shape}) it must be {(max(draws, 1), *wanted[1:])}"
                )
        finite, real = np.isfinite, np.logical_not
        rules: dict[str, tuple[Flags, str]] = {
            "distance": (real(np.isnan(self.distance)), "a number, or inf"),
            "drift": (finite(self.drift), "finite"),
            "spread": (finite(self.spread) & (self.spread >= 0), "finite and not negative"),
            "incidents_per_week": (
                finite(self.incidents_per_week) & (self.incidents_per_week >= 0),
                "finite and not negative",
            ),
            "echo": (finite(self.echo) & (self.echo >= 0), "finite and not negative"),
            "collapse_size": (
                finite(self.collapse_size) & (self.collapse_size > 0),
                "finite and above 0",
            ),
            "change_hazard": (
                finite(self.change_hazard) & (self.change_hazard >= 0),
                "finite and not negative",
            ),
            "term_weeks": (self.term_weeks > 0, "above 0, or inf for an open-ended truce"),
            "renewal": ((self.renewal >= 0) & (self.renewal <= 1), "a chance between 0 and 1"),
        }
        for name, (kept, rule) in rules.items():
            _hold(name, getattr(self, name), kept, rule)

    @property
    def draws(self) -> int:
        """Number of draws, D."""
        return int(self.spread.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class TruceCurves:
    """How far each cause has worn a truce out, at every week, for every draw.

    Raises
    ------
    ShapeError
        `cumulative` is not (D, weeks+1, number of causes) with at least one draw and one week.
    ValueError
        A cumulative hazard is negative, not finite, or falls from one week to the next.
    """

    cumulative: Array
    """(D, weeks+1, 4) cumulative hazard at weeks 0..weeks, causes in the order of CAUSES."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cumulative", read_only(self.cumulative))
        shape = self.cumulative.shape
        if len(shape) != 3 or shape[0] < 1 or shape[1] < 2 or shape[2] != len(CAUSES):
            raise ShapeError(
                f"cumulative has shape {shape}; it must be (draws, weeks + 1, {len(CAUSES)})"
            )
        kept = np.isfinite(self.cumulative) & (self.cumulative >= 0)
        _hold("cumulative", self.cumulative, kept, "finite and not negative")
        steps = np.diff(self.cumulative, axis=1)
        _hold("a weekly step of cumulative", steps, steps >= 0, "not negative")

    @property
    def draws(self) -> int:
        """Number of draws, D."""
        return int(self.cumulative.shape[0])

    @property
    def weeks(self) -> int:
        """Last week of the curves."""
        return int(self.cumulative.shape[1]) - 1


# ------------------------------------------------------------------------------- the record

Kind = Literal["settlement", "ceasefire", "freeze", "victory"]
Resumption = Literal["resumption", "war_resumption"]

# Why each form of the table falls under its kind: docs/codebook-cessations.md, "The four kinds".
KIND_OF_FORM: dict[str, Kind] = {
    "peace_agreement": "settlement",
    "armistice": "ceasefire",
    "ceasefire": "ceasefire",
    "disengagement_agreement": "ceasefire",
    "military_technical_agreement": "ceasefire",
    "partial_ceasefire": "ceasefire",
    "unilateral_ceasefire": "ceasefire",
    "de_facto": "freeze",
    "unilateral_withdrawal": "freeze",
    "victory": "victory",
}

DEATHS_BANDS: tuple[str, ...] = ("<1e2", "1e2-1e3", "1e3-1e4", "1e4-1e5", "1e5-1e6", ">1e6")


@dataclass(frozen=True, slots=True)
class Cessation:
    """One end of organised fighting between two sides, as docs/codebook-cessations.md defines it.

    None stands for what the table leaves blank.
    """

    id: str
    name: str
    side_a: str
    side_b: str
    war_start: dt.date
    cessation: dt.date
    """The clock starts here."""
    date_precision: Literal["d", "m", "y"]
    """How well `cessation` is known: to the day, the month or the year."""
    form: str
    """One of the keys of KIND_OF_FORM."""
    third_party_pressure: bool | None
    """True, or None when no pressure was noted (which is not the same as none)."""
    resumption: dt.date | None
    """First collapse into sustained or large-scale fighting."""
    war_resumption: dt.date | None
    """First renewed war: a thousand deaths, or coded as a war."""
    at_risk: bool
    """False where a side, or its regime, no longer existed to resume the war."""
    censor: dt.date | None
    """Day on which watching stopped with the cessation standing."""
    low_level_violence: str | None
    deaths_band: str
    """One of DEATHS_BANDS."""
    contiguous: bool
    battle_outcome: str | None
    third_party_guarantee: bool | None
    """True whoever gave it: `guarantor_party` says whether that was a third party at all."""
    guarantor_party: Literal["party", "outsider"] | None
    """Whether a guarantor had fought, or all had stayed outside; None: no guarantee, or unsure."""
    guarantor_source: str | None
    """What `guarantor_party` leans on, or why it is left open."""
    peacekeepers: str
    dmz: str | None
    later_treaty: str | None
    checked: Literal["yes", "partial", "no"]
    """Whether dates and form were checked; no other column is covered by it."""
    check_source: str | None
    notes: str | None

    @property
    def kind(self) -> Kind:
        """Settlement, ceasefire, freeze or victory."""
        return KIND_OF_FORM[self.form]

    @property
    def pair(self) -> tuple[str, str]:
        """The two leading names, sorted: rows with the same pair are one history.

        Source: spell rule R7. A name is cut at the first " (" or "/".
        """
        first, second = sorted(
            side.split(" (")[0].split("/")[0].strip() for side in (self.side_a, self.side_b)
        )
        return first, second


_EMPTY: Array = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """How long silences lasted, and whether they failed or were still standing.

    One format for every source. What is left out is filled in: seen from the first day, each
    spell its own cluster, no kind, no outcome, no covariates.

    Raises
    ------
    ShapeError
        The parts do not have one entry a spell each, or the names of covariates do not fit.
    ValueError
        A length is not finite and above 0, or a spell ends before it could be seen.
    """

    years: Array
    """(N,) years of 365.25 days from the cessation to its failure or to the last day watched."""
    failed: Flags
    """(N,) True: it failed then. False: it was still standing (censored)."""
    ids: tuple[str, ...]
    """N ids of cessations."""
    entry: Array = field(default_factory=lambda: _EMPTY)
    """(N,) years after which a failure could be seen (left truncation); a spell counts from there."""
    clusters: tuple[str, ...] = ()
    """N names; spells of one cluster (a pair of enemies, a conflict) are one history."""
    kinds: tuple[str, ...] = ()
    """N times settlement, ceasefire, freeze, victory, or empty where the source cannot tell."""
    outcomes: tuple[str, ...] = ()
    """N words of the source for how the fighting ended; empty where it does not say."""
    covariates: Array = field(default_factory=lambda: _EMPTY)
    """(N, K) in the order of `covariate_names`."""
    covariate_names: tuple[str, ...] = ()
    measure: Measure | None = None
    """What was counted as failure, and from when; None for spells made by hand."""

    def __post_init__(self) -> None:
        n, k = len(self.ids), len(self.covariate_names)
        failed = np.array(self.failed, dtype=np.bool_, copy=True)
        failed.setflags(write=False)
        object.__setattr__(self, "failed", failed)
        for name, shape in (("years", (n,)), ("entry", (n,)), ("covariates", (n, k))):
            given = getattr(self, name)
            left_out = given is _EMPTY and not (name == "covariates" and k)
            object.__setattr__(self, name, read_only(np.zeros(shape) if left_out else given))
        for name, fill in (("clusters", self.ids), ("kinds", ("",) * n), ("outcomes", ("",) * n)):
            object.__setattr__(self, name, getattr(self, name) or fill)
        parts = ("years", "failed", "entry")
        lengths = {part: getattr(self, part).shape for part in parts}
        lengths |= {part: (len(getattr(self, part)),) for part in ("clusters", "kinds", "outcomes")}
        if set(lengths.values()) != {(n,)}:
            raise ShapeError(f"{lengths} and {n} ids: each must have one entry a spell")
        if self.covariates.shape != (n, k):
            raise ShapeError(f"covariates {self.covariates.shape}; with {k} names, ({n}, {k})")
        _hold("years", self.years, np.isfinite(self.years) & (self.years > 0), "finite and above 0")
        seen = (self.entry >= 0) & (self.entry < self.years)
        _hold("entry", self.entry, seen, "0 or more and before the end of the spell")

    def where(self, kept: Flags) -> Spells:
        """The spells at which `kept`, (N,) of bool, is True.

        Raises
        ------
        IndexError
            `kept` does not have one entry a spell.
        """
        chosen = np.flatnonzero(np.asarray(kept, dtype=np.bool_))
        if len(kept) != len(self.ids):
            raise IndexError(f"kept has {len(kept)} entries for {len(self.ids)} spells")

        def picked(words: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(words[place] for place in chosen)

        return replace(
            self,
            years=self.years[chosen],
            failed=self.failed[chosen],
            ids=picked(self.ids),
            entry=self.entry[chosen],
            clusters=picked(self.clusters),
            kinds=picked(self.kinds),
            outcomes=picked(self.outcomes),
            covariates=self.covariates[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """Share of cessations still standing after so many years, with 80% and 50% intervals.

    Every array is (M,). Intervals are of one point, not of the whole curve, and take spells as
    independent; since pairs recur, honest ones are 1.2 to 2 times as wide (codebook, caveats).

    Raises
    ------
    ShapeError
        The arrays differ in shape or have more than one axis.
    """

    years: Array
    """Years since the cessation, rising."""
    survival: Array
    """Chance of still standing; NaN past the longest spell watched, where nothing is known."""
    low80: Array
    high80: Array
    low50: Array
    high50: Array
    at_risk: Array
    """Spells that were being watched, and standing, just before that time."""
    n: int
    """Spells behind the curve."""
    events: int
    """Failures among them."""

    def __post_init__(self) -> None:
        names = ("years", "survival", "low80", "high80", "low50", "high50", "at_risk")
        for name in names:
            object.__setattr__(self, name, read_only(getattr(self, name)))
        shapes = {name: getattr(self, name).shape for name in names}
        if self.years.ndim != 1 or len(set(shapes.values())) != 1:
            raise ShapeError(f"the arrays of a curve must have one common length: {shapes}")

    def at(self, years: ArrayLike) -> KaplanMeier:
        """The same curve, read at other times.

        Parameters
        ----------
        years : (K,) or one number, >= 0, years since the cessation

        Returns
        -------
        KaplanMeier, arrays (K,)
            `at_risk` is the number that was still watched and standing at that time. Past the
            longest spell, and where all enter late before the first entry, it is 0 and survival and
            intervals are NaN, unless all had failed.

        Raises
        ------
        ShapeError
            `years` has more than one axis.
        ValueError
            A time is negative or not a number.
        """
        asked = np.atleast_1d(np.asarray(years, dtype=np.float64))
        if asked.ndim != 1:
            raise ShapeError(f"years has shape {asked.shape}; it must be one number or a row")
        _hold("years", asked, asked >= 0, "0 or more")
        before = np.searchsorted(self.years, asked, side="right") - 1
        at_risk = np.append(self.at_risk, 0.0)[np.searchsorted(self.years, asked, side="left")]
        known = (at_risk > 0) | (self.survival[before] == 0)

        def read(column: Array) -> Array:
            return np.where(known, column[before], np.nan)

        return KaplanMeier(
            years=asked,
            survival=read(self.survival),
            low80=read(self.low80),
            high80=read(self.high80),
            low50=read(self.low50),
            high50=read(self.high50),
            at_risk=at_risk,
            n=self.n,
            events=self.events,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceClass:
    """How long cessations of one kind lasted, as it stood on a day: the record beside a form.

    Raises
    ------
    ShapeError
        The curve does not have one point for each of `days`.
    """

    kind: str
    """Settlement, ceasefire, freeze or victory."""
    as_of: dt.date
    days: tuple[int, ...]
    """Days since the cessation; horizons longer than the longest spell watched are absent."""
    curve: KaplanMeier
    """The curve read at `days`."""
    useful: bool
    """False: too few cases for a useful estimate; print the count and nothing else."""
    measure: Measure
    """What was counted as failure, and from when; print it wherever the record is shown."""

    def __post_init__(self) -> None:
        if self.curve.years.shape != (len(self.days),):
            raise ShapeError(f"{self.curve.years.shape} points for {len(self.days)} horizons")

    @property
    def n(self) -> int:
        """Cases behind the curve."""
        return self.curve.n

    @property
    def events(self) -> int:
        """Failures among them."""
        return self.curve.events


def _hold(name: str, array: Array, kept: Flags, rule: str) -> None:
    if not np.all(kept):
        place = tuple(int(axis[0]) for axis in np.nonzero(~kept))
        raise ValueError(f"{name} must be {rule}; at {place} it is {array[place]}")
