"""How much of a whole each of several parts accounts for, fairly shared."""

from __future__ import annotations

import math

import numpy as np

from interbellum.errors import UsageError
from interbellum.model.units import Array


def shapley_shares(values: Array) -> Array:
    """Shapley value of each part of a whole whose worth is known for every set of parts.

    Parameters
    ----------
    values : (2^n, ...) float
        Worth of each set; bit i of the row number says whether part i is in it.

    Returns
    -------
    (n, ...) float
        Mean, over all orders in which the parts can come, of what each adds when it comes. They
        sum to the worth of all parts less that of none.

    Raises
    ------
    UsageError
        The number of rows is not a power of two above 1.

    Source
    ------
    Shapley (1953), Contributions to the Theory of Games II.
    """
    values = np.asarray(values, dtype=float)
    parts = len(values).bit_length() - 1
    if parts < 1 or len(values) != 1 << parts:
        raise UsageError(f"{len(values)} sets were given; n parts have 2^n of them.")
    out = np.zeros((parts, *values.shape[1:]))
    for part in range(parts):
        for among in range(len(values)):
            if among >> part & 1:
                continue
            size = among.bit_count()
            orders = math.factorial(size) * math.factorial(parts - size - 1)
            added = values[among | 1 << part] - values[among]
            out[part] += orders / math.factorial(parts) * added
    return out
