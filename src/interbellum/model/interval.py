"""A number with what is not known about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 50% and 80% intervals over weighted draws."""

    p: float
    lo50: float
    hi50: float
    lo80: float
    hi80: float
