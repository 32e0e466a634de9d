"""Base rates of the war's own record, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbellum.model.deals import IntArray
from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.units import WEEKS_PER_MONTH, Array
from interbellum.model.variants import VariantInputs, VariantShares

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)  # one a rung
STATE_OF = {
    "victory_A": "victory_A",
    "victory_B": "victory_B",
    "freeze": "freeze",
    "general_truce_30_days_intended": "ceasefire_in_force",
    "settlement_signed": "settlement_in_force",
}
"""Rungs that end the fighting, and the state that each begins."""
_FORM_OF_STATE = {
    "freeze": "freeze",
    "ceasefire_in_force": "ceasefire",
    "settlement_in_force": "settlement",
}


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """Events come at the constant rates that the record allows, whatever the war is about."""

    name: str = "reference_class"
    method: str = "base rates of this war's own record only"

    def answer(self, given: VariantInputs) -> VariantShares:
        """Chances of each rung under Gamma(k + 1/2, rate T), one stratum of the rate a draw.

        Parameters
        ----------
        given : VariantInputs

        Returns
        -------
        VariantShares
            The mean over draws of a rung is 1-(T/(T+H))^(k+1/2) exactly; the spread over draws is
            the uncertainty of the rate. Rates of different events are independent, so a draw takes
            a different stratum of each.

        Source
        ------
        Jeffreys prior of a Poisson rate (design section 8).
        """
        draws, weeks = len(given.engine.position), given.weeks
        months, orientation = np.arange(weeks + 1) / WEEKS_PER_MONTH, given.engine.orientation
        rungs = np.zeros((draws, weeks + 1, len(RUNGS)))
        for place, rung in enumerate(RUNGS):
            if rung != "war_goes_on":
                by_rate = reached_by(given.reached[rung], given.months, months, draws)
                rungs[..., place] = by_rate[strata(draws, place, orientation)]
        endings = states(rungs, given)
        rungs[..., list(RUNGS).index("war_goes_on")] = endings[..., ENDINGS.index("war")]
        return VariantShares(endings, rungs, None, sampled=False)


def reached_by(events: int, record: float, months: Array, strata: int) -> Array:
    """Chance of at least one event by each month, in equally likely strata of its rate.

    Parameters
    ----------
    events : int
        k, in the record.
    record : float, months
        T.
    months : (W,) float
    strata : int
        D.

    Returns
    -------
    (D, W) float, probability
        Mean of 1-e^{-rate H} within each stratum of Gamma(k + 1/2, rate T), lowest rates first.
    """
    from scipy.special import gammainc, gammaincinv

    shape = events + 0.5
    edges = gammaincinv(shape, np.linspace(0.0, 1.0, strata + 1))  # in units of 1/T; last is inf
    longer = (record + months) / record
    # The integral of e^{-rate H} over a stratum is again a Gamma's, of rate T + H.
    reached = gammainc(shape, edges[:, None] * longer[None, :])
    none = strata * np.diff(reached, axis=0) * longer ** (-shape)
    return np.asarray(np.clip(1.0 - none, 0.0, 1.0))


def strata(draws: int, rung: int, orientation: int = 1) -> IntArray:
    """An order of the strata for each rung, all of them as if independent.

    Parameters
    ----------
    draws, rung : int
    orientation : int
        As in `EngineInputs`: of the two victories an order belongs to a lead, not to its label, so
        that swapped labels swap their answers.

    Source
    ------
    Steps of irrationals that no whole numbers relate, here square roots of primes, spread any few
    rungs evenly over each other's strata: Richtmyer (1951), Los Alamos report LA-1342.
    """
    names = list(RUNGS)
    victories = [names.index("victory_A"), names.index("victory_B")]
    if rung in victories and orientation < 0:
        rung = victories[1 - victories.index(rung)]
    order: IntArray = np.argsort(np.modf(np.arange(draws) * PRIMES[rung] ** 0.5)[0])
    return order


def states(rungs: Array, given: VariantInputs) -> Array:
    """Shares in each exclusive state: first endings compete, silences wear out as history's did.

    Parameters
    ----------
    rungs : (D, W + 1, 10) float
        Chance that each has happened by each week, each as if alone.
    given : VariantInputs

    Returns
    -------
    (D, W + 1, 6) float
        Sum to one. A settlement is a general truce too: what is signed counts as a settlement.
    """
    # Columns: victories, then silences, both in the order of STATE_OF, then the war.
    names, first, war = list(RUNGS), ENDINGS.index("freeze"), ENDINGS.index("war")
    draws, size, _ = rungs.shape
    alone = np.stack([rungs[..., names.index(rung)] for rung in STATE_OF])
    hazard = np.zeros_like(alone)
    left = np.maximum(1.0 - alone, 1e-12)
    hazard[..., 1:] = -np.log(left[..., 1:] / left[..., :-1])
    total = hazard.sum(axis=0)
    # Week by week from here on, so weeks come first in memory.
    split = np.ascontiguousarray((hazard / np.maximum(total, 1e-300)).transpose(2, 0, 1))
    ends = np.ascontiguousarray(-np.expm1(-total).T)
    out = np.zeros((size, len(ENDINGS), draws))
    out[0, war] = 1.0
    silences = np.zeros((war - first, size, draws))
    # A silence that began in week s holds with history's chance after week - s.
    forms = [FORMS.index(_FORM_OF_STATE[state]) for state in ENDINGS[first:war]]
    back = np.ascontiguousarray(given.kept[forms, size - 1 :: -1])
    for week in range(1, size):
        begun = out[week - 1, war] * ends[week] * split[week]
        silences[:, week] = begun[first:]
        out[week, :first] = out[week - 1, :first] + begun[:first]
        np.einsum(
            "swd,sw->sd",
            silences[:, 1 : week + 1],
            back[:, size - week :],
            out=out[week, first:war],
        )
        out[week, war] = 1.0 - out[week, :war].sum(axis=0)
    return np.ascontiguousarray(out.transpose(2, 0, 1))
