"""How the war would go on if fighting simply went on: fans of the race, of the front and of beliefs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interbellum import summary
from interbellum.dossier.schema import FrontMonth
from interbellum.model.course import Course, Drawn, Fan, FanPoint
from interbellum.model.rungs import ENDINGS
from interbellum.model.talks import EngineCounts, EngineInputs, Record
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.talks.course import ANALYST, BELIEF_A, BELIEF_B, FRONT, RACE, follow
from interbellum.war.reference import believed_position, chance_from_slope, posterior_drift

if TYPE_CHECKING:
    from interbellum.analysis import Table

PATHS = 12_288  # in all, so that more draws take no more time: 48 each of 256
MOST = 64  # a draw: the draws differ far more than the paths of one
AT = (0.1, 0.25, 0.5, 0.75, 0.9)
CELLS = 2048  # at most, of the range of values, in the search for a quantile


def course(table: Table, seed: int, threads: int) -> Course:
    """Where the war would stand if fighting simply went on, with no ending but a decision.

    Parameters
    ----------
    table : analysis.Table
    seed, threads : int
        The result does not depend on threads.

    Returns
    -------
    Course
    """
    front, war = table.loaded.dossier.war.front, table.compiled.war
    as_of = table.loaded.dossier.conflict.as_of
    # Closer while the fan opens.
    stops = (*range(0, min(52, table.weeks), 4), *range(52, table.weeks, 8), table.weeks)
    each = min(MOST, max(1, PATHS // len(table.weight)))
    paths = follow(table.engine, pace(table), seed, each, stops, threads)
    days = [int(week * DAYS_PER_WEEK) for week in stops]
    past_race, past_a, past_b = past(table)

    def fan(values: Array, before: Fan = ()) -> Fan:
        return (*before, *points(as_of, days, quantiles(values, table.weight)))

    gained: Fan | None = None
    if front is not None:
        total = sum(entry.change for entry in front.series)
        per_unit = war.stake_per_unit[None, :, None]
        gained = fan(total + paths[FRONT] / per_unit, recorded(as_of, front.series))
    return Course(
        fan(paths[RACE], past_race),
        gained,
        front.unit if front else None,
        first_day(front.series[0]).isoformat() if front else None,
        (fan(paths[BELIEF_A], past_a), fan(paths[BELIEF_B], past_b)),
        fan(paths[ANALYST]),
    )


def pace(table: Table) -> Array:
    """How fast the front moves at `as_of`, (D,) share of the race a week.

    The last recorded month's pace, worn out towards the drift over the weeks since; the drift itself
    where there is no record (design section 3).
    """
    front, war, drift = table.loaded.dossier.war.front, table.compiled.war, table.standing.drift
    if front is None:
        return drift
    last = front.series[-1]
    days = (day_after(last) - first_day(last)).days
    told = war.stake_per_unit * last.change / (days / DAYS_PER_WEEK)
    since = (table.loaded.dossier.conflict.as_of - day_after(last)).days / DAYS_PER_WEEK
    return np.asarray(drift + war.momentum ** max(0.0, since) * (told - drift))


def past(table: Table) -> tuple[Fan, Fan, Fan]:
    """The recorded past, a point a week: the race, and what A and B made of it.

    Parameters
    ----------
    table : analysis.Table

    Returns
    -------
    (race, A, B) : Fan
        The race while the record of the front lasts; beliefs from the day of a dated chance on. Empty
        where there is neither.
    """
    as_of, weight = table.loaded.dossier.conflict.as_of, table.weight
    record = table.record
    weeks = len(record.seen) - 1  # the last one ends at `as_of`, which is the first point ahead
    seen = np.flatnonzero(record.seen[:weeks])
    race = range(max(0, int(seen[0]) - 1), int(seen[-1]) + 1) if len(seen) else range(0)

    def fan(values: Array, shown: Sequence[int]) -> Fan:
        days = [int((week - weeks) * DAYS_PER_WEEK) for week in shown]
        return points(as_of, days, summary.quantiles(values[:, shown].T, weight, AT))

    chance = past_beliefs(table.engine, record)
    begins = [max(0, int(week)) for week in record.belief_week]
    return (
        fan(record.position, race),
        fan(chance[..., 0], range(begins[0], weeks)),
        fan(chance[..., 1], range(begins[1], weeks)),
    )


def past_beliefs(e: EngineInputs, record: Record) -> Array:
    """Chance that A prevails as A and B saw it at the end of each past week, (D, H, 2).

    As the hindcast has it: the drift of the dated chance, moved by the front that was seen since, on
    the position and under the regimes of the week.
    """
    moved = np.diff(record.position, axis=1, prepend=record.position[:, :1]) - record.effect
    moved[:, 0] = 0.0
    each = []
    for side in (0, 1):
        counts = record.seen & (np.arange(len(record.seen)) > record.belief_week[side])
        own = posterior_drift(
            e.prior[:, [side]],
            e.stubbornness[:, [side]],
            np.cumsum(moved * counts, axis=1),
            np.cumsum(counts)[None, :],
        )
        at = believed_position(record.position, e.momentum[:, None], e.drift[:, None], own)
        each.append(chance_from_slope(2.0 * (own + record.effect) / e.variance[:, None], at))
    return np.stack(each, axis=-1)


def recorded(as_of: dt.date, series: Sequence[FrontMonth]) -> Fan:
    """The record of the front: 0 on its first day, then the sum at the end of each month."""
    begun = first_day(series[0])
    days, sums, total = [(begun - as_of).days], [0.0], 0.0
    for entry in series:
        total += entry.change
        day = (day_after(entry) - as_of).days
        if day < 0:
            days.append(day)
            sums.append(total)
    return points(as_of, days, np.repeat(np.array(sums)[:, None], len(AT), axis=1))


def first_day(entry: FrontMonth) -> dt.date:
    """First day of a recorded month."""
    return dt.date.fromisoformat(f"{entry.month}-01")


def day_after(entry: FrontMonth) -> dt.date:
    """First day after a recorded month."""
    return (first_day(entry) + dt.timedelta(days=31)).replace(day=1)


def points(as_of: dt.date, days: Sequence[int], at: Array) -> Fan:
    """Points of a fan, T days ahead, from their quantiles (T, 5) at `AT`."""
    return tuple(
        FanPoint(day, (as_of + dt.timedelta(days=day)).isoformat(), lo80, lo50, p, hi50, hi80)
        for day, (lo80, lo50, p, hi50, hi80) in zip(days, at.tolist(), strict=True)
    )


def quantiles(values: Array, weight: Array) -> Array:
    """Weighted quantiles over draws and paths at `AT`; `summary.quantiles` without sorting them all.

    The values are counted into cells first, and only those in the cells of the quantiles are sorted.

    Parameters
    ----------
    values : (T, D, paths) float
        T quantities, each by itself: side by side they would not fit the processor's cache.
    weight : (D,) float
        Sums to one.

    Returns
    -------
    (T, 5) float
    """
    counts, paths = weight > 0.0, values.shape[2]
    each = np.repeat(weight[counts] / paths, paths)
    share = np.concatenate([np.array(AT) - summary.EDGE, np.array(AT) + summary.EDGE])
    reached = np.array([_reaching(one[counts].ravel(), each, share) for one in values])
    return np.asarray(0.5 * (reached[:, : len(AT)] + reached[:, len(AT) :]))


def _reaching(told: Array, each: Array, share: Array) -> Array:
    """Of values (D·P,) with weights (D·P,): those (N,) at which the weights below reach shares (N,)."""
    low, high = told.min(), told.max()
    if low == high:
        return np.full(len(share), low)
    cells = min(CELLS, len(told) // 4 + 2)
    cell = ((told - low) * ((cells - 1) / (high - low))).astype(np.int64)
    weights = np.bincount(cell, each, cells)
    wanted = np.zeros(cells, bool)
    wanted[np.minimum(weights.cumsum().searchsorted(share), cells - 1)] = True
    near = wanted[cell].nonzero()[0]
    near = near[told[near].argsort(kind="stable")]
    # Weight reached at each of these: of those before it among them, and of the cells left out.
    weights[wanted] = 0.0
    rank = each[near].cumsum() + weights.cumsum()[cell[near]]
    return np.asarray(told[near[np.minimum(rank.searchsorted(share), len(near) - 1)]])


def drawn(table: Table, counts: EngineCounts, paths: int, days: Sequence[int]) -> Drawn:
    """The draws of a run, a row each: weight, every uncertain input, and the engine's own shares.

    Parameters
    ----------
    table : analysis.Table
    counts : EngineCounts
    paths : int
        Behind the counts, a draw.
    days : sequence of int
        At which the headline rung is told; the endings are told at a year.

    Returns
    -------
    Drawn
        Arrays of the run itself where they are there already: nothing is copied.
    """
    rung, year = summary.HEADLINE, summary.HEADLINE_DAYS
    reached = summary.headline_shares(counts, paths)
    ended = summary.at_days(counts.endings / paths, year)
    return Drawn(
        {
            "weight": table.weight,
            **{one.path: one.values for one in table.compiled.parameters},
            **{f"rung.{rung}.{day}": summary.at_days(reached, day) for day in days},
            **{f"ending.{name}.{year}": ended[:, k] for k, name in enumerate(ENDINGS)},
        }
    )
