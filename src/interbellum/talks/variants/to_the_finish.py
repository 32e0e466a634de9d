"""The engine as it is: sides value fighting as if fought to the finish."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbellum.model.rungs import ENDINGS, RUNGS
from interbellum.model.talks import EngineCounts
from interbellum.model.units import Array
from interbellum.model.variants import VariantInputs, VariantShares
from interbellum.talks import kernel
from interbellum.talks.hindcast import log_weights


@dataclass(frozen=True, slots=True)
class ToTheFinish:
    """See `talks.reference`."""

    name: str = "to_the_finish"
    method: str = "race, deals and talks; sides value war as if fought to the finish"

    def answer(self, given: VariantInputs) -> VariantShares:
        """The engine's paths, and its hindcast.

        Parameters
        ----------
        given : VariantInputs

        Returns
        -------
        VariantShares
        """
        counts = kernel.run(given.engine, given.seed, given.paths, given.weeks, given.threads)
        log_weight = log_weights(given.engine, given.record, given.threads)
        return shares_of(counts, given.paths, log_weight)


def shares_of(counts: EngineCounts, paths: int, log_weight: Array | None) -> VariantShares:
    """Counts of paths as shares.

    Parameters
    ----------
    counts : EngineCounts
    paths : int
    log_weight : (D,) float or None

    Returns
    -------
    VariantShares
    """
    endings = counts.endings / paths
    rungs = np.cumsum(counts.rungs, axis=1) / paths
    rungs[..., list(RUNGS).index("war_goes_on")] = endings[..., ENDINGS.index("war")]
    return VariantShares(endings, rungs, log_weight, sampled=True)
