"""Several structural variants as one answer: weights, intervals over weighted draws, and the gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from interbellum.errors import InternalError
from interbellum.model.result import (
    EndingForecast,
    Gap,
    Interval,
    Pooling,
    RungForecast,
    Variant,
)
from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.talks import EngineInputs, Record
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.model.variants import VariantInputs, VariantModel, VariantShares
from interbellum.peace.record import packaged_class
from interbellum.record.weights import ModelWeights
from interbellum.summary import never_zero, rows_at, shares_of_paths
from interbellum.talks.hindcast import effective_draws, normalised

ENGINE = "to_the_finish"  # the variant that durability, range, drivers and diagnosis are of
EXACT = 1e12  # trials behind a share that no paths were drawn for
SHARED = frozenset(
    {
        *("orientation", "full_provisions", "regime_now", "regime_set", "scheduled"),
        *("frontier_a", "frontier_b", "frontier_decides"),
        *("deal_set", "truce", "seen", "belief_week"),
    }
)
"""Fields of `EngineInputs` and `Record` that hold for all draws; the others have a row a draw."""
_Drawn = TypeVar("_Drawn", EngineInputs, Record)


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A variant's answer and how much it counts."""

    name: str
    method: str
    weight: float
    """Share of the pooled answer."""
    shares: VariantShares
    draw_weight: Array
    """(D,) of its own hindcast, summing to one; even where it has none."""
    paths: int

    @property
    def noise(self) -> float:
        """Variance that finite paths add to a mean share p, over p(1-p)."""
        return float((self.draw_weight**2).sum()) / self.paths if self.shares.sampled else 0.0


def first_draws(inputs: _Drawn, draws: int) -> _Drawn:
    """The first draws of a run's inputs: a prefix of the scrambled sequence covers the ranges too.

    Parameters
    ----------
    inputs : EngineInputs or Record
    draws : int
        More than there are leaves all of them.
    """
    kept = {
        name: value if name in SHARED else value[:draws]
        for name, value in zip(inputs._fields, inputs, strict=True)
    }
    return inputs._replace(**kept)


def ask(
    models: Mapping[str, VariantModel],
    given: VariantInputs,
    weights: Mapping[str, float],
    known: Mapping[str, tuple[VariantShares, int]] | None = None,
) -> tuple[Weighted, ...]:
    """Every variant's answer to one war.

    Parameters
    ----------
    models : mapping of name to VariantModel
    given : VariantInputs
    weights : mapping of name to float
        Of exactly these models; shares that sum to one.
    known : mapping of name to (VariantShares, int) or None
        Answers that are there already, and the paths a draw behind them.

    Returns
    -------
    tuple of Weighted
        In the order of `models`.

    Raises
    ------
    InternalError
        A model has no weight, or a weight no model.
    """
    if set(models) != set(weights):
        raise InternalError(
            f"Weights are given for {sorted(weights)}, and the variants are {sorted(models)}."
        )
    out = []
    for name, model in models.items():
        shares, paths = (known or {}).get(name) or (model.answer(given), given.paths)
        draws = len(shares.endings)
        draw_weight = (
            np.full(draws, 1.0 / draws)
            if shares.log_weight is None
            else normalised(shares.log_weight)
        )
        out.append(Weighted(name, model.method, weights[name], shares, draw_weight, paths))
    return tuple(out)


def pool(values: Sequence[Array], among: Sequence[Weighted], categories: int = 2) -> list[Interval]:
    """Means of N shares over variants and draws, with intervals over all of them.

    Parameters
    ----------
    values : sequence of (N, D) float
        The shares, a variant each.
    among : sequence of Weighted
    categories : int
        Exclusive states that each share is one of.

    Returns
    -------
    list of N Interval
        A draw of a variant counts by the variant's weight times its own: the intervals hold what
        is not known about the inputs and about the structure.
    """
    weight = np.concatenate([one.weight * one.draw_weight for one in among])
    return shares_of_paths(np.concatenate(values, axis=1), weight, trials(among), categories)


def trials(among: Sequence[Weighted]) -> float:
    """Independent paths worth as much as all the weighted ones."""
    noise = sum(one.weight**2 * one.noise for one in among)
    return 1.0 / noise if noise > 0.0 else EXACT


def pool_rungs(
    forecasts: Sequence[RungForecast], among: Sequence[Weighted]
) -> tuple[RungForecast, ...]:
    """The rungs of one model with the pooled chance in place of its own.

    Parameters
    ----------
    forecasts : sequence of RungForecast
        For their days, base rates, crowds and questions.
    among : sequence of Weighted

    Returns
    -------
    tuple of RungForecast
    """
    at = [(forecast.by_days, forecast.rung) for forecast in forecasts]
    values = [_rungs_at(one, at) for one in among]
    noise = np.sqrt(
        sum(
            one.weight**2
            * np.vecdot(value * (1.0 - value), one.draw_weight**2)
            / one.paths
            * one.shares.sampled
            for one, value in zip(among, values, strict=True)
        )
    )
    return tuple(
        replace(forecast, chance=chance, path_noise=float(of_paths))
        for forecast, chance, of_paths in zip(forecasts, pool(values, among), noise, strict=True)
    )


def _rungs_at(one: Weighted, at: Sequence[tuple[int, str]]) -> Array:
    """A variant's chances of rungs by days, (N, D)."""
    days, names = sorted({day for day, _ in at}), list(RUNGS)
    now = rows_at(one.shares.rungs, days)
    return now[[days.index(day) for day, _ in at], [names.index(rung) for _, rung in at]]


def _endings_at(one: Weighted, days: Sequence[int]) -> Array:
    """A variant's shares of every exclusive state at some days, (days * 6, D)."""
    return rows_at(one.shares.endings, days).reshape(-1, len(one.draw_weight))


def pool_endings(
    forecasts: Sequence[EndingForecast], among: Sequence[Weighted]
) -> tuple[EndingForecast, ...]:
    """The exclusive states with pooled shares; they still sum to one.

    Parameters
    ----------
    forecasts : sequence of EndingForecast
        For their days.
    among : sequence of Weighted
    """
    days = [forecast.by_days for forecast in forecasts]
    told = iter(pool([_endings_at(one, days) for one in among], among, len(ENDINGS)))
    return tuple(
        replace(forecast, shares={name: next(told) for name in ENDINGS}) for forecast in forecasts
    )


def variants(
    rungs: Sequence[RungForecast], endings: Sequence[EndingForecast], among: Sequence[Weighted]
) -> tuple[Variant, ...]:
    """Each variant's own chances, at the rungs, endings and days of the forecasts.

    Parameters
    ----------
    rungs : sequence of RungForecast
    endings : sequence of EndingForecast
    among : sequence of Weighted
    """
    by_rung = [(item.by_days, item.rung) for item in rungs]
    days = [item.by_days for item in endings]
    states = [(name, day) for day in days for name in ENDINGS]
    return tuple(
        Variant(
            one.name,
            one.weight,
            one.method,
            tuple(
                (rung, day, p)
                for (day, rung), p in zip(by_rung, _own(one, _rungs_at(one, by_rung)), strict=True)
            ),
            tuple(
                (name, day, p)
                for (name, day), p in zip(
                    states, _own(one, _endings_at(one, days), len(ENDINGS)), strict=True
                )
            ),
            len(one.draw_weight),
            effective_draws(one.draw_weight),
        )
        for one in among
    )


def _own(one: Weighted, values: Array, categories: int = 2) -> list[float]:
    """A variant's own chances, by its own paths, from its shares (N, D)."""
    trials_of = 1.0 / one.noise if one.noise > 0.0 else EXACT
    own: list[float] = never_zero(
        np.vecdot(values, one.draw_weight), trials_of, categories
    ).tolist()
    return own


def origin(weights: ModelWeights) -> Pooling:
    """Where weights stand, and why."""
    return Pooling(weights.file, weights.reason, weights.decided)


def gaps(told: Sequence[Variant]) -> tuple[Gap, ...]:
    """How far the variants are apart, rung by rung and day by day.

    Parameters
    ----------
    told : sequence of Variant
        Variants that answer the same rungs.

    Returns
    -------
    tuple of Gap
        In the order of the first variant's rungs; of equals, the first variant is named.
    """
    out = []
    for place, (rung, days, _) in enumerate(told[0].rungs):
        here = [(one.name, one.rungs[place][2]) for one in told]
        out.append(
            Gap(rung, days, min(here, key=lambda at: at[1]), max(here, key=lambda at: at[1]))
        )
    return tuple(out)


def history_kept(as_of: dt.date, weeks: int) -> Array:
    """Share of historical silences of each form that still held after so many weeks.

    Parameters
    ----------
    as_of : date
        The record is cut there.
    weeks : int

    Returns
    -------
    (3, weeks + 1) float
        Kaplan-Meier at the standard horizons, straight lines between; past the longest spell
        watched it stays where it was.
    """
    week = np.arange(weeks + 1, dtype=float)
    rows = []
    for form in FORMS:
        record = packaged_class(form, as_of)
        known = np.isfinite(record.curve.survival)
        days = np.concatenate([[0.0], np.asarray(record.days, dtype=float)[known]])
        rows.append(
            np.interp(
                week * DAYS_PER_WEEK, days, np.concatenate([[1.0], record.curve.survival[known]])
            )
        )
    return np.stack(rows)
