"""What the record's survival model says of a case: a curve for its form, and each effect.

Everything here is an association in the record, or a published one; nothing says what other terms
would have done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from interbellum.model.hazards import (
    Basis,
    CaseProfile,
    EffectEstimate,
    Estimate,
    HazardPosterior,
    SurvivalCurve,
)
from interbellum.model.peace import Cessation
from interbellum.model.units import Array
from interbellum.peace.artefact import shipped_posterior
from interbellum.peace.effects import EFFECTS, activity, coded_profile, design
from interbellum.peace.hazards import DAYS_PER_YEAR, by_piece
from interbellum.peace.posterior import KINDS, fit
from interbellum.peace.record import FEWEST_CASES, OBSERVED_UNTIL, read_cessations

# Provisions of the standard list that a column of the table stands for. The others have neither a
# column nor a published size (of joint commissions Fortna 2003 gives the sign): no useful estimate.
EFFECT_OF_PROVISION: dict[str, str] = {
    "disengagement": "dmz",
    "monitoring_mission": "observers",
    "third_party_guarantee": "guarantee",
    "tripwire_force": "force",
    "legal_form": "formal",
}

_QUANTILES = (0.10, 0.25, 0.75, 0.90)
_Z50, _Z80 = 0.6744897501960817, 1.2815515655446004  # standard normal quantiles of .75 and .90


def posterior_as_of(
    as_of: dt.date, cessations: Sequence[Cessation] | None = None
) -> HazardPosterior:
    """The survival model's posterior from the record as it stood on a day.

    Parameters
    ----------
    as_of : day; nothing later has a say
    cessations : the packaged table when left out

    Returns
    -------
    HazardPosterior
        The shipped one where the packaged table is not cut by `as_of`, else fitted now (some tenth
        of a second).

    Raises
    ------
    ArtefactError
        The shipped posterior does not belong to the shipped table.
    FitError
        No mode was found.
    """
    if cessations is not None:
        return fit(cessations, as_of)
    return _packaged(min(as_of, OBSERVED_UNTIL))


def survival(
    profile: CaseProfile,
    as_of: dt.date,
    days: Sequence[float],
    posterior: HazardPosterior | None = None,
) -> SurvivalCurve:
    """Chance that a cessation of a form still holds after so many days.

    Parameters
    ----------
    profile : what is known of it
    as_of : day at which the record is cut
    days : T days, >= 0, since the clock started
    posterior : that of the packaged table at `as_of` when left out

    Returns
    -------
    SurvivalCurve
        Posterior means with 50% and 80% intervals, of a pair whose frailty is not known.

    Raises
    ------
    ValueError
        A number is outside its range, or `profile.kind` is victory, of which four are at risk.

    Source
    ------
    Decision 0022.
    """
    if profile.kind not in KINDS:
        raise ValueError(f"{profile.kind} is not one of {', '.join(KINDS)}")
    if not all(day >= 0 for day in days):
        raise ValueError(f"days must be 0 or more: {list(days)}")
    known = posterior_as_of(as_of) if posterior is None else posterior
    coded = coded_profile(profile)
    years = np.asarray(days, dtype=np.float64) / DAYS_PER_YEAR
    n = known.spells[profile.kind]
    x = design([coded], known.shares, EFFECTS)[0]
    bases = {effect.name: _basis(known, effect.name) for effect in EFFECTS}
    used = [effect.name for effect, value in zip(EFFECTS, x, strict=True) if value != 0.0]
    return SurvivalCurve(
        kind=profile.kind,
        as_of=known.as_of,
        days=tuple(days),
        survival=weighted(survival_draws(known, x, years), known.weight),
        n=n,
        useful=n >= FEWEST_CASES,
        by_prior=tuple(name for name in used if bases[name] != "record"),
    )


def survival_draws(posterior: HazardPosterior, x: Array, years: Array) -> Array:
    """Survival of a pair not seen before, for every draw of the posterior.

    Parameters
    ----------
    posterior : of M draws and E effects of EFFECTS, in its order
    x : (E,) covariates
    years : (T,) years

    Returns
    -------
    (M, T) probability

    Source
    ------
    `survival_reference`.
    """
    chosen = [effect for effect in EFFECTS if effect.name in posterior.names]
    linear = posterior.log_hazard + posterior.effects @ (activity(chosen) * x).T
    return standing(np.exp(linear) @ by_piece(years).T, posterior.variance[:, None])


def standing(hazard: Array, variance: Array) -> Array:
    """Chance of standing at a cumulative hazard, gamma frailty of mean 1 integrated out.

    Parameters
    ----------
    hazard : cumulative hazard, >= 0
    variance : > 0, of the frailty

    Returns
    -------
    same shape, probability: `(1 + vH)^{-1/v}`
    """
    stands: Array = np.exp(-np.log1p(variance * hazard) / variance)
    return stands


def weighted(draws: Array, weight: Array) -> Estimate:
    """Mean and intervals of weighted draws.

    Parameters
    ----------
    draws : (M, T)
    weight : (M,), summing to 1

    Returns
    -------
    Estimate, arrays (T,)
        A quantile is read between the middles of the sorted draws' weights.
    """
    order = np.argsort(draws, axis=0, kind="stable")
    values = np.take_along_axis(draws, order, axis=0)
    masses = weight[order]
    middles = np.cumsum(masses, axis=0) - masses / 2.0
    low80, low50, high50, high80 = np.array(
        [np.interp(_QUANTILES, middles[:, t], values[:, t]) for t in range(draws.shape[1])]
    ).T.reshape(4, draws.shape[1])
    return Estimate(mean=weight @ draws, low50=low50, high50=high50, low80=low80, high80=high80)


def effect_estimates(posterior: HazardPosterior) -> tuple[EffectEstimate, ...]:
    """Every effect's posterior beside its prior.

    Parameters
    ----------
    posterior : of the effects of EFFECTS

    Returns
    -------
    tuple of EffectEstimate, in the order of EFFECTS
        `basis` is "prior" where the record has no column: by its prior alone; "few" where fewer than
        eight rows have it, or fewer than eight lack it: mostly its prior.
    """
    told = weighted(posterior.effects, posterior.weight)
    intervals = (told.mean, told.low50, told.high50, told.low80, told.high80)
    estimates = []
    for place, effect in enumerate(EFFECTS):
        # Of a normal prior alone the figures are exact, and need no draws.
        of_prior = effect.mean + effect.sd * np.array((0.0, -_Z50, _Z50, -_Z80, _Z80))
        of_record = [float(column[place]) for column in intervals]
        mean, low50, high50, low80, high80 = of_record if effect.recorded else of_prior.tolist()
        with_it, without = posterior.cases[effect.name]
        estimates.append(
            EffectEstimate(
                name=effect.name,
                mean=mean,
                low50=low50,
                high50=high50,
                low80=low80,
                high80=high80,
                prior_mean=effect.mean,
                prior_sd=effect.sd,
                published=effect.published,
                basis=_basis(posterior, effect.name),
                n_with=with_it,
                n_without=without,
            )
        )
    return tuple(estimates)


def provision_estimate(
    provision: str, posterior: HazardPosterior, guarantor_party: bool = False
) -> EffectEstimate | None:
    """How a provision of the standard list is associated with the hazard of breakdown.

    Parameters
    ----------
    provision : id of the standard list
    posterior : of the effects of EFFECTS
    guarantor_party : whether the guarantor of a guarantee is a party to the war

    Returns
    -------
    EffectEstimate, or None: no useful estimate
        None where the record has no column for it and nothing with a size is published.
    """
    name = EFFECT_OF_PROVISION.get(provision)
    if name == "guarantee" and guarantor_party:
        name = "guarantor_party"
    return next((told for told in effect_estimates(posterior) if told.name == name), None)


def _basis(posterior: HazardPosterior, name: str) -> Basis:
    recorded = next(effect.recorded for effect in EFFECTS if effect.name == name)
    if not recorded:
        return "prior"
    return "record" if min(posterior.cases[name]) >= FEWEST_CASES else "few"


@lru_cache(maxsize=16)
def _packaged(cut: dt.date) -> HazardPosterior:
    if cut == OBSERVED_UNTIL:
        return shipped_posterior()
    return fit(read_cessations(), cut)
