"""Draws of the uncertain quantities, each with a stream of its own.

The quantities that move the answer most are the coordinates of one scrambled Sobol' sequence, at a
fixed place each; all others (issue weights, shapes, red lines) are stratified one by one, with a
stream keyed by their name. Either way a quantity added to or taken from a dossier leaves the draws
of the others as they were. Names speak of leads, not of labels A and B, so that swapping the labels
mirrors every draw (docs/decisions/0004).
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from interbellum.dossier.quantities import Quantity
from interbellum.model.sobol import scrambled_sobol
from interbellum.model.units import Array

# The place of each name is part of the format: append, never reorder.
SOBOL_NAMES: tuple[str, ...] = (
    "war.position",
    "war.a_prevails.analyst",
    "war.a_prevails.first",
    "war.a_prevails.second",
    "war.months_to_decision",
    "war.months_for_victory.first",
    "war.months_for_victory.second",
    "war.annual_discount.first",
    "war.annual_discount.second",
    "war.stubbornness_months.first",
    "war.stubbornness_months.second",
    "war.momentum",
    "war.reluctance.first",
    "war.reluctance.second",
    "war.front.stake_per_unit",
    "war.rearmament.first.rate",
    "war.rearmament.second.rate",
    "war.rearmament.first.ceiling",
    "war.rearmament.second.ceiling",
    "talks.monthly_chance",
    "talks.choice_noise",
    "talks.tolerance_months",
    "talks.ending_monthly",
    "talks.settlement_share",
    "talks.linkage",
    "trust.other_breaks.first",
    "trust.other_breaks.second",
    "trust.provisions_factor",
    "peace.cost_of_breaking.first",
    "peace.cost_of_breaking.second",
    "peace.gap_noise_year",
    "peace.incidents_per_week",
    "peace.incident_echo",
    "peace.collapse_size",
    "peace.change_monthly",
    "peace.change_breaks",
    "peace.renewal",
    "peace.carrying_cost.first",
    "peace.carrying_cost.second",
)
SOBOL_WIDTH = 64  # room for more names without moving the old


class Draws:
    """Uniform numbers per quantity, for a number of draws and a seed."""

    def __init__(self, count: int, seed: int, orientation: int, medians: bool = False) -> None:
        self.count = count
        self.seed = seed
        self.orientation = orientation
        self.medians = medians
        """True to put every quantity at its median instead of drawing it."""
        self._sobol = (
            np.empty((count, 0))
            if medians
            else scrambled_sobol(count, SOBOL_WIDTH, np.random.default_rng(seed))
        )
        self._bits = np.random.Philox(key=0)
        self._start = self._bits.state
        self._stream = np.random.Generator(self._bits)

    def _keyed(self, name: str) -> np.random.Generator:
        """The stream of a quantity: as a new Philox of its key, which takes several times as long to make."""
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        self._start["state"]["key"] = np.frombuffer(digest[:16], ">u8")[::-1].astype(np.uint64)
        self._bits.state = self._start
        return self._stream

    def uniform(self, name: str, oriented: bool = False) -> Array:
        """Stratified uniform numbers of a quantity.

        Parameters
        ----------
        name : str
            The quantity, by lead and not by label.
        oriented : bool
            True for a quantity that turns into one minus itself when the labels swap.

        Returns
        -------
        (D,) float in (0, 1)
        """
        if self.medians:
            return np.full(self.count, 0.5)
        if name in SOBOL_NAMES:
            u = self._sobol[:, SOBOL_NAMES.index(name)]
        else:
            stream = self._keyed(name)
            u = (stream.permutation(self.count) + stream.random(self.count)) / self.count
        u = np.minimum(np.maximum(u, 1e-12), 1.0 - 1e-12)
        return 1.0 - u if oriented and self.orientation < 0 else u

    def sample(
        self,
        name: str,
        quantity: Quantity,
        lower: float = -math.inf,
        upper: float = math.inf,
        oriented: bool = False,
        widen: float = 1.0,
    ) -> Array:
        """Values of a quantity, one a draw.

        Parameters
        ----------
        name, oriented
            As in `uniform`.
        quantity : Quantity
        lower, upper : float
            Bounds of the field.
        widen : float
            Factor on the distance from the median, above 1 for a stale position.

        Returns
        -------
        (D,) float, in the unit of the field
        """
        if quantity.value is not None:  # known: no need of a stream
            return quantity.quantile(np.full(self.count, 0.5), lower, upper)
        values = quantity.quantile(self.uniform(name, oriented), lower, upper)
        if widen == 1.0:
            return values
        centre = quantity.centre()
        return np.clip(centre + widen * (values - centre), lower, upper)
