"""What the truce model's functions share: shapes, ranges, and hazards that stay finite."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.arrays import ShapeError
from interbellum.model.peace import Flags
from interbellum.model.units import Array

# A cause that is certain to end the truce has an infinite hazard, with which no factor can be
# multiplied and no share taken. One in a million million is below anything a run can see.
SURVIVAL_FLOOR = 1e-12


def hazard_of(chance: Array) -> Array:
    """Hazard of a chance, -ln(1-chance), kept finite by SURVIVAL_FLOOR."""
    # The chance is floored at 0 so that certainty to survive gives 0, never -0.
    return -np.log1p(-np.clip(chance, 0.0, 1.0 - SURVIVAL_FLOOR)) + 0.0


def together(**given: ArrayLike) -> tuple[Array, ...]:
    """The arrays at their common shape; ShapeError names them where they have none."""
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ShapeError(f"these shapes do not fit together: {shapes}") from None


def is_chance(name: str, array: Array) -> None:
    """ValueError unless every number is a chance."""
    within(name, array, (array >= 0) & (array <= 1), "a chance between 0 and 1")


def within(name: str, array: Array, kept: Flags, rule: str) -> None:
    """ValueError unless every number keeps the rule; it names the first that does not."""
    if not np.all(kept):
        raise ValueError(f"{name} must be {rule}; it is {array[~kept].flat[0]}")
