"""How every frozen input and result keeps its arrays: copied, contiguous, and closed to writing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.units import Array


class ShapeError(ValueError):
    """Arrays that should fit together do not; the message names them and gives their shapes."""


def read_only(array: ArrayLike) -> Array:
    """A copy of `array` that neither its former owner nor its new one can change.

    Parameters
    ----------
    array : any shape, any unit
        What `numpy.asarray` takes as numbers.

    Returns
    -------
    same shape, float64, C-contiguous, not writeable

    Raises
    ------
    ValueError
        `array` does not hold numbers.
    """
    # Kernels compile once for contiguous float64; any other layout would compile them again.
    kept = np.array(array, dtype=np.float64, order="C", copy=True)
    kept.setflags(write=False)
    return kept
