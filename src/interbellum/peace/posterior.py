"""From the table of cessations to weighted draws of the survival model's parameters.

No sampler: with the frailty integrated out some twenty parameters are left, so a normal approximation
at the mode is corrected by importance weights. The same table gives the same draws, run to run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interbellum.model.hazards import HazardPosterior, NormalPrior, SpellTable
from interbellum.model.measure import Event
from interbellum.model.peace import Cessation, Flags, Kind, Spells
from interbellum.model.sobol import sobol
from interbellum.model.units import Array
from interbellum.peace.effects import (
    EFFECTS,
    EffectPrior,
    activity,
    cases_of,
    coded_row,
    design,
    shares_of,
)
from interbellum.peace.hazards import (
    PIECES,
    Mode,
    find_mode,
    log_posterior,
    prior_of,
    spell_table,
)
from interbellum.peace.record import OBSERVED_UNTIL, spells

KINDS: tuple[Kind, ...] = ("settlement", "ceasefire", "freeze")

DRAWS = 512  # a power of two, as Sobol' points ask for
DEGREES_OF_FREEDOM = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Spells as the survival model sees them: their clusters share a frailty."""

    spells: Spells
    """N spells, with kinds and late entry."""
    coded: tuple[Mapping[str, float], ...]
    """N times what `coded_row` gives."""

    def where(self, kept: Flags) -> Cases:
        """Those of the cases for which `kept`, (N,) bool, is True."""
        coded = tuple(self.coded[place] for place in np.flatnonzero(kept))
        return Cases(spells=self.spells.where(kept), coded=coded)


def record_cases(
    cessations: Sequence[Cessation], as_of: dt.date, event: Event = "resumption"
) -> Cases:
    """The cessations of the table other than victories, as they stood on a day.

    Parameters
    ----------
    cessations : the table
    as_of : day at which the record is cut
    event : resumption or war_resumption

    Returns
    -------
    Cases

    Raises
    ------
    ValueError
        `event` is neither of the two.
    """
    seen = spells(cessations, as_of, KINDS, event)
    by_id = {row.id: row for row in cessations}
    prior = seen.covariates[:, seen.covariate_names.index("prior_cessations")]
    coded = tuple(
        coded_row(by_id[name], int(count)) for name, count in zip(seen.ids, prior, strict=True)
    )
    return Cases(spells=seen, coded=coded)


def model_inputs(
    cases: Cases, effects: Sequence[EffectPrior] = EFFECTS
) -> tuple[SpellTable, NormalPrior]:
    """Spells and prior as the likelihood takes them: only effects that the table has a column for.

    Parameters
    ----------
    cases : N cases
    effects : E effects

    Returns
    -------
    (SpellTable, NormalPrior)
    """
    recorded = [effect for effect in effects if effect.recorded]
    given = cases.spells
    numbers = {name: number for number, name in enumerate(dict.fromkeys(given.clusters))}
    table = spell_table(
        given.years,
        given.failed,
        np.array([numbers[name] for name in given.clusters], dtype=np.intp),
        design(cases.coded, shares_of(cases.coded), recorded),
        activity(recorded),
        given.entry,
    )
    means = np.array([effect.mean for effect in recorded])
    return table, prior_of(means, np.array([effect.sd for effect in recorded]))


def fit_cases(
    cases: Cases,
    as_of: dt.date,
    effects: Sequence[EffectPrior] = EFFECTS,
    draws: int = DRAWS,
    start: Array | None = None,
) -> HazardPosterior:
    """Posterior of the survival model given some cases.

    Parameters
    ----------
    cases : N cases, as they stood on `as_of`
    as_of : day that the posterior is stamped with
    effects : E effects with their priors
    draws : number of draws M, a power of two
    start : where to look for the mode; the prior's mean when left out

    Returns
    -------
    HazardPosterior
        Effects without a column are drawn from their priors.

    Raises
    ------
    FitError
        No mode was found.

    Source
    ------
    Decision 0022.
    """
    table, prior = model_inputs(cases, effects)
    mode = find_mode(table, prior, start)
    size = mode.parameters.size
    unrecorded = [place for place, effect in enumerate(effects) if not effect.recorded]
    uniform = _sobol(draws, size + 1 + len(unrecorded))
    parameters, weight, pareto = importance(table, prior, mode, uniform[:, : size + 1])
    ratios = np.empty((draws, len(effects)))
    recorded = [place for place, effect in enumerate(effects) if effect.recorded]
    ratios[:, recorded] = parameters[:, PIECES:-1]
    ratios[:, unrecorded] = _from_priors(
        [effects[place] for place in unrecorded], uniform[:, size + 1 :]
    )
    return HazardPosterior(
        as_of=as_of,
        log_hazard=parameters[:, :PIECES],
        effects=ratios,
        variance=np.exp(parameters[:, -1]),
        weight=weight,
        names=tuple(effect.name for effect in effects),
        shares=shares_of(cases.coded),
        cases={effect.name: cases_of(cases.coded, effect) for effect in effects},
        spells={kind: cases.spells.kinds.count(kind) for kind in KINDS},
        pareto_k=pareto,
    )


def fit(
    cessations: Sequence[Cessation], as_of: dt.date, event: Event = "resumption"
) -> HazardPosterior:
    """Posterior of the survival model from the record cut at a day.

    Parameters
    ----------
    cessations : the table
    as_of : day; after 2025-12-31, where the table ends, that day is taken
    event : resumption or war_resumption

    Returns
    -------
    HazardPosterior

    Raises
    ------
    ValueError
        `event` is neither of the two.
    FitError
        No mode was found.
    """
    cut = min(as_of, OBSERVED_UNTIL)
    return fit_cases(record_cases(cessations, cut, event), cut)


def importance(
    table: SpellTable, prior: NormalPrior, mode: Mode, uniform: Array
) -> tuple[Array, Array, float]:
    """Draws from a multivariate t around the mode, weighted by the posterior.

    Parameters
    ----------
    table, prior, mode : the model of Q parameters and its mode
    uniform : (M, Q+1) inside (0, 1)

    Returns
    -------
    (draws (M, Q), weights (M,) that sum to 1, Pareto k)

    Source
    ------
    Kloek and van Dijk (1978), Econometrica 46(1).
    """
    from scipy.special import gammaincinv, ndtri

    nu, size = DEGREES_OF_FREEDOM, mode.parameters.size
    normal = ndtri(uniform[:, :size])
    chi_square = 2.0 * gammaincinv(nu / 2.0, uniform[:, size])
    spread = np.linalg.cholesky(mode.covariance)
    draws = mode.parameters + (normal @ spread.T) * np.sqrt(nu / chi_square)[:, None]
    distance = np.sum(normal**2, axis=1) * nu / chi_square
    log_proposal = -0.5 * (nu + size) * np.log1p(distance / nu)
    log_weight = log_posterior(table, prior, draws) - mode.log_posterior - log_proposal
    weight = np.exp(log_weight - log_weight.max())
    return draws, weight / weight.sum(), pareto_k(log_weight)


def pareto_k(log_weight: Array) -> float:
    """Shape of the generalised Pareto tail of importance weights.

    Parameters
    ----------
    log_weight : (M,) log importance weights, M >= 25

    Returns
    -------
    float
        Below 0.5 the weights have a variance; above 0.7 their means are not to be trusted.

    Source
    ------
    Zhang and Stephens (2009), Technometrics 51(3), for the fit; Vehtari, Simpson, Gelman, Yao and Gabry
    (2024), Journal of Machine Learning Research 25, for the tail's length and the weak prior on k.
    """
    ordered = np.sort(np.exp(log_weight - log_weight.max()))
    tail = int(min(0.2 * ordered.size, 3.0 * np.sqrt(ordered.size)))
    over = ordered[-tail:] - ordered[-tail - 1]
    number = np.arange(1, 31 + int(np.sqrt(tail)))
    quartile = over[int(tail / 4 + 0.5) - 1]
    slope = 1.0 / over[-1] + (1.0 - np.sqrt((number.size + 1) / (number - 0.5))) / (3 * quartile)
    shape = np.mean(np.log1p(-slope[:, None] * over), axis=1)
    fit_of = tail * (np.log(-slope / shape) - shape - 1.0)
    chance = 1.0 / np.sum(np.exp(fit_of - fit_of[:, None]), axis=1)
    best = float(np.sum(slope * chance))
    raw = float(np.mean(np.log1p(-best * over)))
    return (raw * tail + 0.5 * 10.0) / (tail + 10.0)


def _sobol(draws: int, size: int) -> Array:
    """(draws, size) Sobol' points inside (0, 1), always the same."""
    # Half a step up: the first point is the origin, and a normal has no quantile there.
    return sobol(draws, size) + 0.5 / draws


def _from_priors(effects: Sequence[EffectPrior], uniform: Array) -> Array:
    from scipy.special import ndtri

    means = np.array([effect.mean for effect in effects])
    drawn: Array = means + np.array([effect.sd for effect in effects]) * ndtri(uniform)
    return drawn
