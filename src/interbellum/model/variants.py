"""What every structural variant takes and returns: the same inputs, the same shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from interbellum.model.talks import EngineInputs, Record
from interbellum.model.units import Array


@dataclass(frozen=True, slots=True, eq=False)
class VariantInputs:
    """One war and its record, as every variant sees them."""

    engine: EngineInputs
    record: Record
    seed: int
    paths: int
    weeks: int
    threads: int
    reached: Mapping[str, int]
    """Per rung, how often the war's own record reached it."""
    months: float
    """Months of that record."""
    kept: Array
    """(3, W + 1) share of historical silences of each form of `rungs.FORMS` that still held."""


@dataclass(frozen=True, slots=True, eq=False)
class VariantShares:
    """What a variant answers, draw by draw; `EngineCounts` over the number of paths."""

    endings: Array
    """(D, W + 1, 6) share in each state of `rungs.ENDINGS` at the end of each week."""
    rungs: Array
    """(D, W + 1, 10) share that has reached each rung of `rungs.RUNGS` by each week."""
    log_weight: Array | None
    """(D,) logarithm of the chance under each draw that the war was still on at `as_of`; None
    where the variant has nothing to say about the past."""
    sampled: bool
    """True where shares are counts of paths, with Monte Carlo noise."""


class VariantModel(Protocol):
    """A structural variant: a name, what it is in words, and its answer."""

    @property
    def name(self) -> str:
        """As the weights file and the result name it."""

    @property
    def method(self) -> str:
        """What it assumes, in words for a reader."""

    def answer(self, given: VariantInputs) -> VariantShares:
        """Its answer; the same inputs give the same bytes on any number of threads."""
