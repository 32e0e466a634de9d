"""The survival model of the record, written to be read: this is its definition (decision 0022).

`hazards.py` computes the same for many draws at once; a test holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from interbellum.model.hazards import SpellTable


def log_likelihood_reference(
    table: SpellTable, log_hazard: Sequence[float], effects: Sequence[float], variance: float
) -> float:
    """Log likelihood of the spells, frailties of the pairs integrated out.

    Parameters
    ----------
    table : SpellTable of N spells, K pieces, J effects
    log_hazard : (K,) log hazard per year of each piece at the reference profile
    effects : (J,) log hazard ratios
    variance : >= 0
        Variance of the gamma frailty (mean 1) that the spells of a pair share.

    Returns
    -------
    float

    Source
    ------
    Holford (1980), Biometrics 36(2), for the piecewise-exponential model; Klein (1992), Biometrics 48(3),
    for the gamma frailty. With hazard `z h(t)`, z gamma of mean 1 and variance v, the chance of
    d failures beside a cumulative hazard H is `E[z^d e^{-zH}] = Π_{k<d}(1+kv) (1+vH)^{-(1/v+d)}`;
    what is known to have survived unseen up to a cumulative hazard H0 divides it by `E[e^{-zH0}]`.
    """
    total = 0.0
    for pair in range(table.pairs):
        failures, hazard, hazard_unseen = 0, 0.0, 0.0
        for spell in range(len(table.pair)):
            if table.pair[spell] != pair:
                continue
            for piece in range(len(log_hazard)):
                linear = log_hazard[piece]
                for effect in range(len(effects)):
                    acts = table.active[piece, effect]
                    linear += acts * table.x[spell, effect] * effects[effect]
                hazard += math.exp(linear) * table.exposure[spell, piece]
                hazard_unseen += math.exp(linear) * table.unseen[spell, piece]
                if table.failed[spell, piece]:
                    failures += 1
                    total += linear
        hazard += hazard_unseen
        if variance == 0.0:
            total += hazard_unseen - hazard
            continue
        for earlier in range(failures):
            total += math.log1p(earlier * variance)
        total -= (1.0 / variance + failures) * math.log1p(variance * hazard)
        total += math.log1p(variance * hazard_unseen) / variance
    return total


def survival_reference(
    years: float,
    log_hazard: Sequence[float],
    linear: Sequence[float],
    variance: float,
    cuts: Sequence[float],
) -> float:
    """Chance that a cessation of a pair not seen before still stands after so many years.

    Parameters
    ----------
    years : >= 0
    log_hazard, linear : (K,) each
        Log hazard per year at the reference profile, and what the profile adds, piece by piece.
    variance : >= 0, of the frailty
    cuts : (K-1,) years at which one piece ends and the next begins

    Returns
    -------
    float, probability
    """
    hazard = 0.0
    starts = [0.0, *cuts]
    ends = [*cuts, math.inf]
    for piece, (start, end) in enumerate(zip(starts, ends, strict=True)):
        spent = max(min(years, end) - start, 0.0)
        hazard += spent * math.exp(log_hazard[piece] + linear[piece])
    if variance == 0.0:
        return math.exp(-hazard)
    return math.exp(-math.log1p(variance * hazard) / variance)
