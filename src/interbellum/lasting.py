"""How long each form of silence lasts: the truce model and the record's survival model, pooled.

The two are structurally different lines of evidence on one chance. Both are always told beside the
pooled curve; how much each counts stands in a file (`record.weights`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbellum.case import case_profile, left_open
from interbellum.deals.frontier import frontier_among
from interbellum.dossier.compile import Compiled
from interbellum.dossier.reader import Loaded
from interbellum.model.deals import UTILITY_STEP, IntArray
from interbellum.model.hazards import CaseProfile, HazardPosterior
from interbellum.model.interval import Interval
from interbellum.model.peace import Cessation, TruceCurves
from interbellum.model.provisions import PROVISIONS
from interbellum.model.result import (
    Durability,
    RecordCurve,
    RecordModel,
    RecordPoint,
    SurvivalPoint,
)
from interbellum.model.rungs import CAUSES, FORMS, HORIZON_DAYS
from interbellum.model.talks import EngineCounts
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.peace.durability import (
    EFFECT_OF_PROVISION,
    posterior_as_of,
    survival,
    survival_draws,
)
from interbellum.peace.effects import EFFECTS, coded_profile, design
from interbellum.peace.hazards import DAYS_PER_YEAR
from interbellum.peace.record import packaged_class, reference_class
from interbellum.peace.truce import cause_shares
from interbellum.peace.truce import survival as truce_survival
from interbellum.summary import at_days, design_factor, spreads

if TYPE_CHECKING:
    from interbellum.analysis import Table

READ_DRAWS = 32  # draws whose best packages are worked out again, for their terms,
READ_SHARE, READ_LEAST = 8, 4  # at most one draw in so many, but so many at least: decision 0028
FIVE_YEARS = 261  # weeks in 1826 days
CLOCKS = {"ceasefire": "signature", "settlement": "signature", "freeze": "first quiet day"}
TRUCE, RECORD = "truce", "record"


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """One line of evidence on a figure: weighted draws of it."""

    values: Array
    """(N, T)"""
    weight: Array
    """(N,) summing to one"""

    def told(self, place: int) -> Interval:
        """Weighted mean of a column with the intervals of its draws."""
        return Draws(self.values[:, place : place + 1], self.weight).every()[0]

    def every(self) -> list[Interval]:
        """The same of all T columns."""
        columns = self.values.T
        return spreads(columns, self.weight, np.vecdot(columns, self.weight))


def mixture(lines: Sequence[Draws], shares: Sequence[float]) -> Draws:
    """Several lines of evidence as one: a draw counts by its line's share times its own weight.

    Parameters
    ----------
    lines : L lines on the same T figures
    shares : L shares that sum to one
        A line of share 0 has no say, in the mean and in the intervals.

    Returns
    -------
    Draws
        The mean is the mean of the lines' means. Its quantiles are those of the mixture: they hold
        what is not known within each line, and how far the lines are apart.

    Source
    ------
    Stone (1961), Annals of Mathematical Statistics 32(4): the linear opinion pool.
    """
    return Draws(
        np.concatenate([line.values for line in lines]),
        np.concatenate([share * line.weight for share, line in zip(shares, lines, strict=True)]),
    )


def shares_of(useful: bool, weights: Mapping[str, float]) -> dict[str, float]:
    """Shares of the truce model and the record's; with too few cases the truce model stands alone."""
    return dict(weights) if useful else {TRUCE: 1.0, RECORD: 0.0}


def record_draws(profile: CaseProfile, posterior: HazardPosterior, days: Array) -> Draws:
    """The record's model of a case, draw by draw.

    Parameters
    ----------
    profile : CaseProfile
    posterior : M draws
    days : (T,) days

    Returns
    -------
    Draws, (M, T) probability
    """
    x = design([coded_profile(profile)], posterior.shares, EFFECTS)[0]
    return Draws(survival_draws(posterior, x, days / DAYS_PER_YEAR), posterior.weight)


def record_model(
    loaded: Loaded,
    form: str,
    provisions: Collection[str],
    posterior: HazardPosterior,
    measured: str,
    days: Sequence[int] = HORIZON_DAYS,
) -> tuple[RecordModel, Draws]:
    """What the record's model says of a silence, and the draws behind it.

    Parameters
    ----------
    loaded : Loaded
    form : ceasefire, settlement or freeze
    provisions : names of the standard list
    posterior : HazardPosterior
    measured : str
        Event, clock and cut of the record, in words.
    days : T days

    Returns
    -------
    (RecordModel, Draws (M, T))
        The draws are there also where they are too few cases to be useful.
    """
    profile = case_profile(loaded.dossier, form, provisions)
    seen = survival(profile, posterior.as_of, days, posterior)
    draws = record_draws(profile, posterior, np.asarray(days, dtype=np.float64))
    return (
        RecordModel(
            points(draws, days) if seen.useful else (),
            seen.n,
            seen.useful,
            measured,
            tuple(name for name in provisions if name in EFFECT_OF_PROVISION),
            seen.by_prior,
            left_open(profile),
        ),
        draws,
    )


def points(draws: Draws, days: Sequence[int]) -> tuple[SurvivalPoint, ...]:
    """Draws of a curve at some days, told."""
    return tuple(SurvivalPoint(day, one) for day, one in zip(days, draws.every(), strict=True))


def at_horizons(holding: Array, weight: Array, days: Sequence[int] = HORIZON_DAYS) -> Draws:
    """A weekly curve (D, W + 1) of the truce model at some days."""
    return Draws(np.stack([at_days(holding, day) for day in days], axis=1), weight)


def durability(
    loaded: Loaded,
    compiled: Compiled,
    curves: Mapping[str, TruceCurves],
    counts: EngineCounts,
    weight: Array,
    terms: Mapping[str, Collection[str]],
    weights: Mapping[str, float],
    cessations: Sequence[Cessation] | None = None,
) -> dict[str, Durability]:
    """Survival of each form given that it begins within a year, beside the historical record.

    In the truce model draws count by their weight times the silences of the form that their paths
    began, and within a draw packages count by their number of enforcing provisions. The record's
    model knows provisions by name: those of one package stand for the form.

    Parameters
    ----------
    loaded : Loaded
    compiled : Compiled, D draws
    curves : form -> TruceCurves
    counts : EngineCounts
    weight : (D,) summing to one
    terms : form -> names of the standard list
        What the record's model takes a silence of the form to have.
    weights : `TRUCE` and `RECORD` -> share of the pool
    cessations : the packaged table when left out

    Returns
    -------
    form -> Durability
    """
    as_of = loaded.dossier.conflict.as_of
    posterior = posterior_as_of(as_of, cessations)
    out = {}
    for index, form in enumerate(FORMS):
        begun = counts.silences[:, index, :].astype(float)
        total = int(begun.sum())
        if total == 0:
            begun = np.ones_like(begun) * (np.arange(begun.shape[1]) == 0)
        of_draw = weight * begun.sum(axis=1)
        of_draw = of_draw / of_draw.sum()
        mix = begun / np.maximum(begun.sum(axis=1, keepdims=True), 1.0)
        holding = np.zeros((len(weight), curves[form].weeks + 1))
        failing = np.zeros((len(weight), len(CAUSES)))
        for provisions in np.flatnonzero(begun.sum(axis=0)):
            factor = design_factor(compiled, int(provisions))
            share = mix[:, provisions, None]
            holding += share * truce_survival(curves[form], factor)
            last = min(FIVE_YEARS, holding.shape[1] - 1)
            failing += share * cause_shares(curves[form], factor, last)
        record, measured = record_curve(cessations, form, as_of)
        model, cases = record_model(loaded, form, terms[form], posterior, measured)
        truce, used = at_horizons(holding, of_draw), shares_of(model.useful, weights)
        pooled = mixture([truce, cases], [used[TRUCE], used[RECORD]])
        out[form] = Durability(
            form,
            CLOCKS[form],
            total,
            points(pooled, HORIZON_DAYS),
            points(truce, HORIZON_DAYS),
            model,
            used,
            shares_of_causes(of_draw @ failing),
            record,
        )
    return out


def best_terms(table: Table) -> dict[str, tuple[str, ...]]:
    """Standard provisions that the best packages of each form have.

    Parameters
    ----------
    table : analysis.Table

    Returns
    -------
    form -> names of the standard list, in its order
        Those in at least half of the weight of the heaviest draws in which a package of the form is
        allowed. None in a freeze, which nobody signs, and where no draw has one.
    """
    out: dict[str, tuple[str, ...]] = {"freeze": ()}
    most = min(READ_DRAWS, max(READ_LEAST, len(table.weight) // READ_SHARE))
    for form in ("ceasefire", "settlement"):
        best = [int(getattr(seen, f"best_{form}")) for seen in table.surveys]
        draws = [draw for draw, point in enumerate(best) if point >= 0]
        heaviest = sorted(draws, key=lambda draw: (-float(table.weight[draw]), draw))[:most]
        total = sum(float(table.weight[draw]) for draw in heaviest)
        held = dict.fromkeys(PROVISIONS, 0.0)
        for draw in heaviest:
            for name in _provisions(table, package_at(table, draw, best[draw])):
                held[name] += float(table.weight[draw])
        out[form] = tuple(name for name, weight in held.items() if total and weight >= total / 2)
    return out


def package_at(table: Table, draw: int, point: int) -> IntArray:
    """Terms of the package behind a point of a draw's frontier, (steps,).

    Worked out again over packages that leave both sides no worse: few, and of as many enforcing
    provisions the point is the only one. Of packages with equal utilities that decide as much, which
    one stands there is a matter of the order of work.
    """
    front, deals = table.fronts[draw], table.deals
    gain = np.array([front.u_a[point], front.u_b[point]]) - deals.base[draw]
    least = np.rint(gain / UTILITY_STEP).astype(np.int64)
    again = frontier_among(deals, draw, deals.allowed[draw], least, keep_choice=True)
    level = int(np.searchsorted(front.levels, point, side="right")) - 1
    chosen: IntArray = again.choice[again.levels[level]]
    return chosen


def _provisions(table: Table, chosen: IntArray) -> set[str]:
    """Standard provisions of a package; a void term and an issue left open have none."""
    space, issues = table.deals.space, table.loaded.dossier.issues
    return {
        name
        for term in chosen
        if not space.void[term] and space.option[term] < len(issues[space.issue[term]].options)
        for name in issues[space.issue[term]].options[space.option[term]].provisions
    }


def in_order(provisions: Collection[str]) -> tuple[str, ...]:
    """Provisions in the order of the standard list."""
    return tuple(name for name in PROVISIONS if name in provisions)


def shares_of_causes(failing: Array) -> dict[str, float]:
    """Shares of the causes in what fails, (4,), in the order of CAUSES."""
    shares = failing / max(float(failing.sum()), 1e-300)
    return {name: float(shares[place]) for place, name in enumerate(CAUSES)}


def record_curve(
    table: Sequence[Cessation] | None, form: str, as_of: dt.date
) -> tuple[RecordCurve, str]:
    """The cases of a form as they stood on a day, and how they were measured, in words.

    Of the packaged table when none is given.
    """
    record = packaged_class(form, as_of) if table is None else reference_class(table, form, as_of)
    told = tuple(
        RecordPoint(
            day,
            float(record.curve.survival[place]),
            float(record.curve.low80[place]),
            float(record.curve.high80[place]),
        )
        for place, day in enumerate(record.days)
    )
    definition = (
        f"cessations of this form between states and state-like sides since 1946, {record.measure}"
    )
    return RecordCurve(record.n, record.events, record.useful, definition, told), str(
        record.measure
    )


def expected_years(holding: Array, weeks: int = FIVE_YEARS) -> Array:
    """Expected years of silence within the first five: the area under each survival curve.

    Parameters
    ----------
    holding : (N, W + 1) probability, by week
    weeks : int, <= W

    Returns
    -------
    (N,) years

    Source
    ------
    Restricted mean survival time: Royston and Parmar (2013), BMC Medical Research Methodology 13.
    """
    kept = holding[:, : weeks + 1]
    inner = kept.sum(axis=1) - 0.5 * (kept[:, 0] + kept[:, -1])
    return np.asarray(inner * DAYS_PER_WEEK / DAYS_PER_YEAR)
