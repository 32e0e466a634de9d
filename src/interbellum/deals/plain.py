"""What a package meets, term by term and with nothing clever: the judge of every solver's answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbellum.deals.range import RESERVATION, consent
from interbellum.model.deals import UTILITY_STEP, DealInputs
from interbellum.model.units import Array


def provisions(inputs: DealInputs, package: Sequence[int]) -> int:
    """Number of enforcing provisions in a package, one flat term per step."""
    return sum(int(inputs.space.enforcing[term]) for term in package)


def utility(inputs: DealInputs, draw: int, package: Sequence[int], side: int) -> float:
    """u of one side, share of the stake, its gains summed in whole `UTILITY_STEP`s.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    package : sequence of int
        One flat term per step.
    side : int
        0 = A, 1 = B.
    """
    steps = sum(round(float(inputs.gain[draw, term, side]) / UTILITY_STEP) for term in package)
    return steps * UTILITY_STEP + float(inputs.base[draw, side])


def left_over(
    inputs: DealInputs, draw: int, package: Sequence[int], slope: Array, base: Array
) -> tuple[float, float]:
    """U - V of A and of B, share of the stake.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    package : sequence of int
        One flat term per step.
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.
    """
    n = provisions(inputs, package)
    a, b = (
        float(slope[n, side]) * utility(inputs, draw, package, side) + float(base[n, side])
        for side in (0, 1)
    )
    return a, b


def consent_steps(inputs: DealInputs, draw: int, actor: int) -> tuple[list[int], int]:
    """What terms add to an actor's sum, and the least sum it consents to, in whole steps.

    Rounding moves a sum by at most half a step an issue, so the least is let down by a step an issue:
    a package exactly at its walk-away value stays in, as in `deals.consent`.
    """
    asked = inputs.consents[actor]
    least = int(np.ceil(asked.walk_away[draw] / UTILITY_STEP)) - inputs.space.steps()
    return [round(float(gain) / UTILITY_STEP) for gain in asked.gain[draw]], least


def unmet(
    inputs: DealInputs,
    draw: int,
    package: Sequence[int],
    demands: Sequence[int],
    slope: Array,
    base: Array,
) -> tuple[int, ...]:
    """Which of a set of demands a package does not meet.

    Parameters
    ----------
    inputs : DealInputs
    draw : int
    package : sequence of int
        One flat term per step.
    demands : sequence of int
        Red lines by index, `RESERVATION` and `consent` values.
    slope, base : (levels, 2) float
        As in `deals.range.surplus`.

    Returns
    -------
    tuple of int
        In the order given. The arithmetic is that of `deals.range.can_be_met`: gains in whole steps,
        then a test on the float that they come to.
    """
    left = left_over(inputs, draw, package, slope, base)
    out = []
    for demand in demands:
        if demand >= 0:
            met = not any(inputs.refused[demand, term] for term in package)
        elif demand in RESERVATION:
            met = left[RESERVATION.index(demand)] >= 0.0
        else:
            gain, least = consent_steps(inputs, draw, consent(0) - demand)
            met = sum(gain[term] for term in package) >= least
        if not met:
            out.append(demand)
    return tuple(out)


def is_package(inputs: DealInputs, package: Sequence[int]) -> bool:
    """Whether it takes one term of each step and every clause holds."""
    space = inputs.space
    return (
        len(package) == space.steps()
        and all(
            first <= term < last
            for term, first, last in zip(
                package, space.offsets[:-1], space.offsets[1:], strict=True
            )
        )
        and space.holds(np.array(package, np.int64))
    )
