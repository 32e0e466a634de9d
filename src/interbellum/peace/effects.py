"""Covariates of the survival model: their priors with what is published, and how a case is coded.

The table is that of docs/decisions/0022-durability-model.md; a test holds the two equal. Every effect is an
association with the hazard of breakdown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from interbellum.model.hazards import CaseProfile
from interbellum.model.peace import DEATHS_BANDS, Cessation
from interbellum.model.units import Array
from interbellum.peace.hazards import PIECES

Acts = Literal["throughout", "after_month", "after_year"]
_FIRST_PIECE: dict[Acts, int] = {"throughout": 0, "after_month": 1, "after_year": 3}

MOST_PRIOR_CESSATIONS = 4
MAY_BE_UNKNOWN = (
    *("dmz", "guaranteed", "pressure", "tie", "contiguous"),
    *("log_deaths", "prior_cessations"),
)
"""Columns that a row, or a profile, can leave open: they enter at their share or mean."""
REFERENCE_LOG10_DEATHS = 3.5


@dataclass(frozen=True, slots=True)
class EffectPrior:
    """One log hazard ratio: its prior, what that rests on, and when it acts."""

    name: str
    mean: float
    sd: float
    published: str
    acts: Acts = "throughout"
    recorded: bool = True
    """Whether the table has a column for it; if not, the posterior is the prior."""


EFFECTS: tuple[EffectPrior, ...] = (
    EffectPrior(
        "force",
        -0.8,
        0.5,
        "own -1.02; civil wars -0.48 to -1.03; Caplan and Hoeffler (2017) null",
        "after_month",
    ),
    EffectPrior(
        "observers",
        -0.5,
        0.5,
        "own -0.81; Hultman et al. (2016): troops, not observers",
        "after_month",
    ),
    EffectPrior("dmz", -0.4, 0.5, "Fortna (2003) negative; own -0.15", "after_month"),
    EffectPrior("guarantee", -0.4, 0.6, "Fortna (2003) negative; own null"),
    EffectPrior(
        "guarantor_party",
        +0.1,
        0.6,
        "judgement after Karabakh, Abkhazia and Cyprus, rows of this table",
    ),
    EffectPrior(
        "formal",
        -0.5,
        0.4,
        "own -0.65; UCDP intrastate -0.59; civil wars -0.78; Lo et al. (2008) null",
    ),
    EffectPrior(
        "pressure",
        +0.5,
        0.4,
        "Werner and Yuen (2005); Pechenkina (2020); own +1.0, open to hindsight",
    ),
    EffectPrior(
        "pressure_late",
        +0.2,
        0.3,
        "Beardsley (2008), Kenwick: leverage wanes; size is judgement",
        "after_year",
    ),
    EffectPrior("tie", +0.3, 0.4, "Werner and Yuen (2005); own +0.28"),
    EffectPrior("contiguous", +0.6, 0.4, "own +0.94; disputes 1816 to 2010 +0.44 to +0.74"),
    EffectPrior("prior_cessations", +0.2, 0.1, "UCDP +0.51 and +0.23; own +0.15; disputes +0.06"),
    EffectPrior("log_deaths", 0.0, 0.2, "civil wars +0.22; interstate the other way (recalled)"),
    EffectPrior(
        "freeze",
        +0.1,
        0.4,
        "ceasefire against low activity: UCDP intrastate -0.08 (se .18), "
        "interstate -0.57 (se .60); mean and sd are judgement",
    ),
    EffectPrior("pressure_economic", 0.0, 0.4, "Pechenkina (2020) null", recorded=False),
    EffectPrior("pressure_military", -0.4, 0.5, "Pechenkina (2020)", recorded=False),
    EffectPrior("imposed_regime", -1.2, 0.6, "Lo et al. (2008)", recorded=False),
    EffectPrior(
        "power_sharing", -0.3, 0.3, "Hartzell and Hoddie (2003), civil wars only", recorded=False
    ),
    EffectPrior(
        "implementation", -0.3, 0.3, "Joshi and Quinn (2015), civil wars only", recorded=False
    ),
)


def activity(effects: Sequence[EffectPrior]) -> Array:
    """(7, E) 1 where an effect acts in a piece of the hazard, else 0."""
    active = np.ones((PIECES, len(effects)))
    for place, effect in enumerate(effects):
        active[: _FIRST_PIECE[effect.acts], place] = 0.0
    return active


def coded_row(row: Cessation, prior_cessations: int) -> dict[str, float]:
    """Covariates of a row of the table, NaN where it is unsure.

    Parameters
    ----------
    row : a cessation
    prior_cessations : earlier rows of the same pair

    Returns
    -------
    dict of column to value
    """
    zone = {"1": 1.0, "partial": 0.5, "0": 0.0}
    return {
        "force": float(row.peacekeepers == "force"),
        "observers": float(row.peacekeepers == "observers"),
        "dmz": math.nan if row.dmz is None else zone[row.dmz],
        "guaranteed": _maybe(row.third_party_guarantee),
        "party": _maybe(None if row.guarantor_party is None else row.guarantor_party == "party"),
        "formal": float(row.form in ("peace_agreement", "armistice")),
        "pressure": float(bool(row.third_party_pressure)),
        "tie": math.nan if row.battle_outcome is None else float(row.battle_outcome == "tie"),
        "contiguous": float(row.contiguous),
        "prior_cessations": float(min(prior_cessations, MOST_PRIOR_CESSATIONS)),
        # Bands are powers of ten from 10 to 100 on: the middle in logs is half a decade up.
        "log_deaths": _log_deaths(DEATHS_BANDS.index(row.deaths_band) + 1.5),
        "freeze": float(row.kind == "freeze"),
    }


def coded_profile(profile: CaseProfile) -> dict[str, float]:
    """Covariates of a case that is asked about, NaN where unknown.

    Parameters
    ----------
    profile : CaseProfile

    Returns
    -------
    dict of column to value, in the columns of `coded_row` and those that the table lacks

    Raises
    ------
    ValueError
        `dmz` is outside 0 to 1, a count is negative, or deaths are not above 0.
    """
    if profile.dmz is not None and not 0.0 <= profile.dmz <= 1.0:
        raise ValueError(f"dmz must lie between 0 and 1; it is {profile.dmz}")
    prior = profile.prior_cessations
    if prior is not None and prior < 0:
        raise ValueError(f"prior_cessations must not be negative: {prior}")
    if profile.deaths is not None and not profile.deaths > 0.0:
        raise ValueError(f"deaths must be above 0; they are {profile.deaths}")
    deaths = math.nan if profile.deaths is None else _log_deaths(math.log10(profile.deaths))
    return {
        "force": float(profile.peacekeepers == "force"),
        "observers": float(profile.peacekeepers == "observers"),
        "dmz": math.nan if profile.dmz is None else profile.dmz,
        "guaranteed": _maybe(profile.guaranteed),
        "party": _maybe(profile.guarantor_party),
        "formal": float(profile.kind == "settlement" or profile.armistice),
        "pressure": _maybe(profile.pressure),
        "tie": _maybe(profile.tie),
        "contiguous": _maybe(profile.contiguous),
        "prior_cessations": math.nan if prior is None else float(min(prior, MOST_PRIOR_CESSATIONS)),
        "log_deaths": deaths,
        "freeze": float(profile.kind == "freeze"),
        "pressure_economic": float(profile.pressure_economic),
        "pressure_military": float(profile.pressure_military),
        "imposed_regime": float(profile.imposed_regime),
        "power_sharing": float(profile.power_sharing),
        "implementation": float(profile.implementation),
    }


def shares_of(coded: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """What an unknown value is taken to be: its share, or its mean, among the cases where it is known.

    Parameters
    ----------
    coded : cases as `coded_row` gives them

    Returns
    -------
    dict of column to share
        One half, or the reference deaths, where it is known of no case. `party` is (k + 1)/(n + 2)
        of the known guarantees.
    """
    cases = list(coded)
    shares: dict[str, float] = {}
    for column in MAY_BE_UNKNOWN:
        known = [case[column] for case in cases if not math.isnan(case[column])]
        nothing_known = 0.0 if column in ("log_deaths", "prior_cessations") else 0.5
        shares[column] = float(np.mean(known)) if known else nothing_known
    parties = [
        case["party"] for case in cases if case["guaranteed"] == 1.0 and case["party"] in (0.0, 1.0)
    ]
    shares["party"] = (sum(parties) + 1.0) / (len(parties) + 2.0)
    return shares


def design(
    coded: Iterable[Mapping[str, float]],
    shares: Mapping[str, float],
    effects: Sequence[EffectPrior],
) -> Array:
    """Covariates as the hazard takes them, nothing missing.

    Parameters
    ----------
    coded : N cases
    shares : as `shares_of` gives them
    effects : E effects

    Returns
    -------
    (N, E) float
        0 for an effect that the table has no column for, unless a profile sets it.
    """
    rows = []
    for case in coded:
        whole = {
            column: shares[column] if math.isnan(value) else value for column, value in case.items()
        }
        whole["guarantee"] = whole["guaranteed"] * (1.0 - whole["party"])
        whole["guarantor_party"] = whole["guaranteed"] * whole["party"]
        whole["pressure_late"] = whole["pressure"]
        rows.append([whole.get(effect.name, 0.0) for effect in effects])
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(effects))


def cases_of(coded: Iterable[Mapping[str, float]], effect: EffectPrior) -> tuple[int, int]:
    """Cases that have what an effect is of, and cases known not to.

    Parameters
    ----------
    coded : cases as `coded_row` gives them
    effect : one of EFFECTS

    Returns
    -------
    (with, without)
        Of `log_deaths`, those above and below the reference; a case that is unsure is in neither.
    """
    if not effect.recorded:
        return 0, 0
    values = np.array([_own_value(case, effect.name) for case in coded])
    return int(np.sum(values > 0.0)), int(np.sum(values <= 0.0))


def _own_value(case: Mapping[str, float], name: str) -> float:
    if name in ("guarantee", "guarantor_party"):
        party = case["party"] if name == "guarantor_party" else 1.0 - case["party"]
        return 0.0 if case["guaranteed"] == 0.0 else case["guaranteed"] * party
    return case["pressure" if name == "pressure_late" else name]


def _maybe(value: bool | None) -> float:
    return math.nan if value is None else float(value)


def _log_deaths(log10: float) -> float:
    return (log10 - REFERENCE_LOG10_DEATHS) * math.log(10.0)
