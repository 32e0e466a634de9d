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
from interbellum.peace.record import read_cessations, reference_class
from interbellum.record.weights import ModelWeights
from interbellum.summary import at_days, never_zero, share_of_paths
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


def pooled(values: Sequence[Array], among: Sequence[Weighted], categories: int = 2) -> Interval:
    """Mean of a share over variants and draws, with intervals over all of them.

    Parameters
    ----------
    values : sequence of (D,) float
        The share, a variant each.
    among : sequence of Weighted
    categories : int
        Exclusive states that the share is one of.

    Returns
    -------
    Interval
        A draw of a variant counts by the variant's weight times its own: the intervals hold what
        is not known about the inputs and about the structure.
    """
    weight = np.concatenate([one.weight * one.draw_weight for one in among])
    return share_of_paths(np.concatenate(values), weight, trials(among), categories)


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
    out = []
    for forecast in forecasts:
        place = list(RUNGS).index(forecast.rung)
        values = [at_days(one.shares.rungs[..., place], forecast.by_days) for one in among]
        noise = np.sqrt(
            sum(
                one.weight**2
                * float((one.draw_weight**2) @ (value * (1.0 - value)))
                / one.paths
                * one.shares.sampled
                for one, value in zip(among, values, strict=True)
            )
        )
        out.append(replace(forecast, chance=pooled(values, among), path_noise=float(noise)))
    return tuple(out)


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
    out = []
    for forecast in forecasts:
        now = [at_days(one.shares.endings, forecast.by_days) for one in among]
        out.append(
            replace(
                forecast,
                shares={
                    name: pooled([share[:, place] for share in now], among, len(ENDINGS))
                    for place, name in enumerate(ENDINGS)
                },
            )
        )
    return tuple(out)


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
    places = {name: place for place, name in enumerate(RUNGS)}
    return tuple(
        Variant(
            one.name,
            one.weight,
            one.method,
            tuple(
                (item.rung, item.by_days, _own(one, one.shares.rungs, places[item.rung], item))
                for item in rungs
            ),
            tuple(
                (name, item.by_days, _own(one, one.shares.endings, place, item, len(ENDINGS)))
                for item in endings
                for place, name in enumerate(ENDINGS)
            ),
            len(one.draw_weight),
            effective_draws(one.draw_weight),
        )
        for one in among
    )


def _own(
    one: Weighted,
    shares: Array,
    place: int,
    at: RungForecast | EndingForecast,
    categories: int = 2,
) -> float:
    """A variant's own chance, by its own paths."""
    trials_of = 1.0 / one.noise if one.noise > 0.0 else EXACT
    now = at_days(shares[..., place], at.by_days)
    return never_zero(float(one.draw_weight @ now), trials_of, categories)


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
    table = read_cessations()
    week = np.arange(weeks + 1, dtype=float)
    rows = []
    for form in FORMS:
        record = reference_class(table, form, as_of)
        known = np.isfinite(record.curve.survival)
        days = np.concatenate([[0.0], np.asarray(record.days, dtype=float)[known]])
        rows.append(
            np.interp(
                week * DAYS_PER_WEEK, days, np.concatenate([[1.0], record.curve.survival[known]])
            )
        )
    return np.stack(rows)
