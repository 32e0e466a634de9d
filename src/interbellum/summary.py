"""What the counts and arrays of a run add up to: weighted shares, intervals, and who stands where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from interbellum.dossier.compile import Compiled, is_stale
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Question
from interbellum.model.provisions import ENFORCING
from interbellum.model.result import (
    ActorLine,
    Crowd,
    EndingForecast,
    Interval,
    RungForecast,
    SideView,
)
from interbellum.model.rungs import ENDINGS, RUNGS
from interbellum.model.talks import EngineCounts
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.war.reference import chance_from_slope

HEADLINE = "general_truce_30_days_kept"
HEADLINE_DAYS = 365
DAYS_PER_MONTH = 30.4375
INTERVALS = (0.1, 0.25, 0.75, 0.9)  # ends of the central 80% and 50%
_Number = TypeVar("_Number", float, Array)
EDGE = 1e-9  # shares this close to the edge between two draws lie on it


# --- weighted draws ----------------------------------------------------------------------------


def quantile(values: Array, weight: Array, at: Sequence[float]) -> Array:
    """Weighted quantiles of one quantity, (len(at),); see `quantiles`."""
    return np.asarray(quantiles(values[None], weight, at)[0])


def quantiles(values: Array, weight: Array, at: Sequence[float]) -> Array:
    """Weighted quantiles: the value at which the weights of the draws below reach a share.

    Parameters
    ----------
    values : (N, D) float
        N quantities, a row each.
    weight : (D,) float
        Of the draws, whatever the quantity; they sum to one.
    at : sequence of float in [0, 1]

    Returns
    -------
    (N, len(at)) float
        Where a share falls on the edge between two draws, to 1e-9, the mean of the two.

    Source
    ------
    Definition 2 of Hyndman and Fan (1996), The American Statistician 50(4), with weights.
    """
    counts = weight > 0.0
    values, row = values[:, counts], np.arange(len(values))[:, None]
    order = np.argsort(values, axis=1, kind="stable")
    ranked, reached = values[row, order], np.cumsum(weight[counts][order], axis=1)
    share = np.concatenate([np.asarray(at) - EDGE, np.asarray(at) + EDGE])
    place = np.array([one.searchsorted(share) for one in reached], np.int64)
    place = place.reshape(len(values), len(share))
    told = ranked[row, np.minimum(place, ranked.shape[1] - 1)]
    return np.asarray(0.5 * (told[:, : len(at)] + told[:, len(at) :]))


def spread(values: Array, weight: Array, centre: float) -> Interval:
    """A number with the 50% and 80% intervals of the draws about it."""
    return spreads(values[None], weight, np.array([centre]))[0]


def spreads(values: Array, weight: Array, centre: Array) -> list[Interval]:
    """N numbers, (N,), with the 50% and 80% intervals of the draws about each, (N, D)."""
    return intervals(centre, *quantiles(values, weight, INTERVALS).T)


def intervals(p: Array, lo80: Array, lo50: Array, hi50: Array, hi80: Array) -> list[Interval]:
    """N intervals from arrays of their ends, (N,) each."""
    return [Interval(*ends) for ends in np.array([p, lo50, hi50, lo80, hi80]).T.tolist()]


def share_of_paths(values: Array, weight: Array, trials: float, categories: int = 2) -> Interval:
    """Mean share of paths (D,) of one kind with its intervals; see `shares_of_paths`."""
    return shares_of_paths(values[None], weight, trials, categories)[0]


def shares_of_paths(
    values: Array, weight: Array, trials: float, categories: int = 2
) -> list[Interval]:
    """Mean shares of paths with their intervals, none of them 0 and all of them about the mean.

    Where nearly every draw is near 0 the mean of the few others can lie outside the central 80% of
    the draws; the interval is then widened to hold it.

    Parameters
    ----------
    values : (N, D) float
        N shares, a row each.
    weight : (D,) float
        Sums to one.
    trials : float
        Independent paths worth as much as those behind a mean.
    categories : int
        As in `never_zero`.

    Returns
    -------
    list of N Interval
    """
    p = never_zero(np.vecdot(values, weight), trials, categories)
    low = never_zero(0.0, trials, categories)
    told = quantiles(np.clip(values, low, 1.0 - low), weight, INTERVALS).T
    below, above = np.minimum(told[:2], p), np.maximum(told[2:], p)
    return intervals(p, *below, *above)


def median(values: Array, weight: Array) -> Interval:
    """The weighted median with its intervals."""
    return medians(values[None], weight)[0]


def medians(values: Array, weight: Array) -> list[Interval]:
    """The weighted medians of N quantities, (N, D), with their intervals."""
    lo80, lo50, middle, hi50, hi80 = quantiles(values, weight, (0.1, 0.25, 0.5, 0.75, 0.9)).T
    return intervals(middle, lo80, lo50, hi50, hi80)


def median_among(values: Array, weight: Array) -> Interval | None:
    """The weighted median over the draws whose value is finite; None where none with weight is."""
    has = np.isfinite(values)
    total = float(weight @ has)
    if total <= 0.0:
        return None
    return median(np.where(has, values, 0.0), weight * has / total)


def at_days(by_week: Array, days: int | Sequence[int]) -> Array:
    """A weekly curve (D, W + 1, ...) read at a day, (D, ...), or at T, (D, T, ...); linear within the week."""
    week = np.asarray(days) / DAYS_PER_WEEK
    last = by_week.shape[1] - 1
    before = np.minimum(week.astype(np.int64), last)
    after = np.minimum(before + 1, last)
    share = (week - before).reshape((*week.shape, *(1 for _ in by_week.shape[2:])))
    return np.asarray((1.0 - share) * by_week[:, before] + share * by_week[:, after])


def rows_at(by_week: Array, days: Sequence[int]) -> Array:
    """Every column of a weekly curve (D, W + 1, K) at T days, (T, K, D): a row of draws each."""
    return np.ascontiguousarray(at_days(by_week, days).transpose(1, 2, 0))


def never_zero(p: _Number, trials: float, categories: int = 2) -> _Number:
    """A share of paths, drawn one path towards even: a Monte Carlo zero is not 0.

    Source
    ------
    Posterior mean of a multinomial under Perks' prior (1947), (k + 1/categories)/(n + 1); for two
    categories the Jeffreys prior.
    """
    return (p * trials + 1.0 / categories) / (trials + 1.0)


def base_rate(events: int, months: float, horizon_months: float) -> float:
    """Chance of at least one event within a horizon, from a record of so many in so long.

    Source
    ------
    1-(T/(T+H))^(k+1/2): Poisson rate under the Jeffreys prior (design section 8).
    """
    return float(1.0 - (months / (months + horizon_months)) ** (events + 0.5))


def by_date(loaded: Loaded, days: int) -> str:
    """Calendar day so many days after `as_of`."""
    return (loaded.dossier.conflict.as_of + dt.timedelta(days=days)).isoformat()


# --- will it stop ------------------------------------------------------------------------------


def rung_shares(counts: EngineCounts, paths: int) -> Array:
    """Share of each draw's paths that has reached each rung by each week, (D, W + 1, rungs)."""
    shares = np.cumsum(counts.rungs, axis=1) / paths
    names = list(RUNGS)
    shares[..., names.index("war_goes_on")] = counts.endings[..., ENDINGS.index("war")] / paths
    return np.asarray(shares)


def headline_shares(counts: EngineCounts, paths: int) -> Array:
    """The headline rung's column of `rung_shares`, (D, W + 1)."""
    return np.asarray(np.cumsum(counts.rungs[..., list(RUNGS).index(HEADLINE)], axis=1) / paths)


def rungs(
    loaded: Loaded,
    compiled: Compiled,
    counts: EngineCounts,
    weight: Array,
    paths: int,
    days: Sequence[int],
) -> tuple[RungForecast, ...]:
    """Every rung at every horizon, with its base rate, and the crowd where a question has one."""
    shares = rung_shares(counts, paths)
    months = compiled.war.record.months
    asked: dict[tuple[str, int], list[Question]] = {}
    for question in loaded.dossier.questions:
        ahead = (question.by - loaded.dossier.conflict.as_of).days
        asked.setdefault((question.rung, ahead), []).append(question)
    now = rows_at(shares, days)
    chances = iter(
        shares_of_paths(now.reshape(-1, len(weight)), weight, effective_paths(weight, paths))
    )
    noise = np.sqrt(np.vecdot(now * (1.0 - now), weight**2) / paths)
    out = []
    for place, day in enumerate(days):
        for index, rung in enumerate(RUNGS):
            events = compiled.reached[rung]
            rate = base_rate(events, months, day / DAYS_PER_MONTH)
            questions = asked.get((rung, day), [])
            out.append(
                RungForecast(
                    rung,
                    day,
                    by_date(loaded, day),
                    next(chances),
                    float(noise[place, index]),
                    1.0 - rate if rung == "war_goes_on" else rate,
                    events,
                    tuple(
                        Crowd(crowd.name, crowd.p, crowd.as_of.isoformat(), crowd.source)
                        for question in questions
                        for crowd in question.crowds
                    ),
                    tuple(question.id for question in questions),
                )
            )
    return tuple(out)


def effective_paths(weight: Array, paths: int) -> float:
    """Paths worth as much as the weighted ones."""
    return paths / float((weight**2).sum())


def endings(
    loaded: Loaded, counts: EngineCounts, weight: Array, paths: int, days: Sequence[int]
) -> tuple[EndingForecast, ...]:
    """Exclusive states at every horizon; the shares sum to one."""
    now = rows_at(counts.endings / paths, days).reshape(-1, len(weight))
    told = iter(shares_of_paths(now, weight, effective_paths(weight, paths), len(ENDINGS)))
    return tuple(
        EndingForecast(day, by_date(loaded, day), {name: next(told) for name in ENDINGS})
        for day in days
    )


def design_factor(compiled: Compiled, provisions: ArrayLike) -> Array:
    """Factor on feared and real breakdown under a number of enforcing provisions.

    Parameters
    ----------
    compiled : Compiled, D draws
    provisions : one number, or (N,)

    Returns
    -------
    (D,) float, or (D, N)
    """
    share = np.minimum(1.0, np.asarray(provisions) / len(ENFORCING))
    return np.asarray(np.power.outer(compiled.talks.provisions_factor, share))


# --- who stands where --------------------------------------------------------------------------


def sides(
    loaded: Loaded,
    compiled: Compiled,
    value: Array,
    believed: Array,
    position: Array,
    variance: Array,
    offers: Array,
    weight: Array,
) -> tuple[SideView, SideView]:
    """Each side's alternative to a deal, what it is coded to believe, and its best offer."""
    out = []
    for side, entry in enumerate((loaded.dossier.sides.A, loaded.dossier.sides.B)):
        seen = chance_from_slope(2.0 * believed[:, side] / variance, position[:, side])
        analyst = compiled.war.chance[:, 0]
        out.append(
            SideView(
                "AB"[side],
                entry.name,
                median(value[:, side], weight),
                median(seen if side == 0 else 1.0 - seen, weight),
                median(analyst if side == 0 else 1.0 - analyst, weight),
                median_among(offers[:, side], weight),
            )
        )
    return out[0], out[1]


def actors(loaded: Loaded) -> tuple[ActorLine, ...]:
    """Red lines, price issues and coverage of every actor."""
    dossier = loaded.dossier
    leads = (dossier.sides.A.lead, dossier.sides.B.lead)
    titles = {issue.id: issue.title for issue in dossier.issues}
    out = []
    for actor in dossier.actors:
        stands = dossier.positions.get(actor.id, {})
        lines = sorted(
            (
                (
                    titles[issue],
                    f"positions.{actor.id}.{issue}.red_line",
                    position.red_line.confidence.centre(),
                    actor.id in leads or issue in actor.consents,
                )
                for issue, position in stands.items()
                if position.red_line is not None
            ),
            key=lambda row: (-row[2], row[0]),
        )
        prices = sorted(
            (
                (-position.weight.centre(), titles[issue])
                for issue, position in stands.items()
                if position.red_line is None
            )
        )
        stale = sum(is_stale(loaded.dossier, position) for position in stands.values())
        sourced = sum(position.basis == "sourced" for position in stands.values())
        out.append(
            ActorLine(
                actor.id,
                actor.name,
                actor.side,
                actor.role,
                tuple(lines),
                tuple(title for _, title in prices[:3]),
                sourced,
                len(stands) - sourced,
                stale,
            )
        )
    return tuple(out)
