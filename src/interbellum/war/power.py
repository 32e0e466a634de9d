"""War over a coming shift of power: divisions that enforce themselves (Powell 2006)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbellum.errors import UsageError
from interbellum.model.arrays import read_only
from interbellum.model.units import Array


@dataclass(frozen=True, slots=True, eq=False)
class PeacefulValues:
    """What A can be given from each period on, so that neither side ever prefers war."""

    least: Array
    """(T,) below it A fights now or is certain to later; discounted shares of the stake."""
    most: Array
    """(T,) above it B does."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "least", read_only(self.least))
        object.__setattr__(self, "most", read_only(self.most))

    @property
    def war(self) -> bool:
        """Whether no division keeps the peace: in some period nothing is left between the two."""
        return bool((self.least > self.most + 1e-12).any())


def peaceful_values(power: Array, destroyed: float, discount: float) -> PeacefulValues:
    """Values of peace that every later period keeps, period by period, worked out backwards.

    A flow of 1 a period is divided anew each period; nobody can bind later divisions. War ends the
    game, gives the winner all that it leaves, and leaves 1-d of it.

    Parameters
    ----------
    power : (T,) float, probability
        Chance that A wins a war begun in each period; after the last one it stays.
    destroyed : float in [0, 1), share of the stake
        d.
    discount : float in [0, 1)
        δ, what a unit of the next period is worth now.

    Returns
    -------
    PeacefulValues

    Raises
    ------
    UsageError
        A number is out of range.

    Source
    ------
    Powell (2006), International Organization 60(1). With M_i the value of war, the values that A
    may have in t are those between M_A(t) and 1/(1-δ) - M_B(t) that are a flow of 0 to 1 plus δ
    times such a value of t+1. None is left iff (1-d)(δ^{s-t} p_i(s) - p_i(t)) > d for some t < s
    and either side i (design section 8).
    """
    power = np.asarray(power, dtype=float)
    if not (0.0 <= destroyed < 1.0 and 0.0 <= discount < 1.0):
        raise UsageError("What war destroys, and the discount factor, lie in [0, 1).")
    if power.ndim != 1 or len(power) == 0 or ((power < 0.0) | (power > 1.0)).any():
        raise UsageError("The path of power is a row of chances, one a period.")
    whole = 1.0 / (1.0 - discount)
    least = (1.0 - destroyed) * power * whole
    most = whole - (1.0 - destroyed) * (1.0 - power) * whole
    for t in range(len(power) - 2, -1, -1):
        least[t] = max(least[t], discount * least[t + 1])
        most[t] = min(most[t], 1.0 + discount * most[t + 1])
    return PeacefulValues(least, most)
