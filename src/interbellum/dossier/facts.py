"""Facts of a case that the historical record has a column for (docs/codebook-cessations.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from interbellum.dossier.quantities import Block, Quantity, fault


def _above_zero(quantity: Quantity) -> Quantity:
    if any(not 1.0 <= number <= 1e9 for number in quantity.support()):
        raise fault(
            "Deaths in battle are from 1 to 1000000000.",
            "write a range such as {low: 20000, mode: 40000, high: 90000}.",
        )
    return quantity


class Flag(Block):
    """Whether something is so."""

    value: bool
    """True or false; leave the whole field out where it is not known."""
    source: str | None = None
    """Where it was read; without it the flag is shown as a judgement."""
    note: str | None = None
    """Reason or caveat."""
    confidential: bool = False
    """True to hide it when a briefing is redacted."""


class Count(Block):
    """How many of something there are."""

    value: Annotated[int, Field(ge=0, le=100)]
    """A whole number from 0 to 100."""
    source: str | None = None
    """Where it was read; without it the count is shown as a judgement."""
    note: str | None = None
    """Reason or caveat."""
    confidential: bool = False
    """True to hide it when a briefing is redacted."""


class RecordFacts(Block):
    """The case in the terms of the historical record; what is left out enters at the record's share."""

    prior_cessations: Count | None = None
    """Earlier cessations between the same sides other than victories, counted as the table does; more than four count as four."""
    deaths: Annotated[Quantity, AfterValidator(_above_zero)] | None = None
    """Deaths in battle on both sides in this war up to the cut-off; the median is used."""
    contiguous: Flag | None = None
    """Whether the ground that the sides hold touches on land."""
    stalemate: Flag | None = None
    """Whether neither side has the upper hand on the ground at the cut-off."""
    third_party_pressure: Flag | None = None
    """Whether outsiders press a side to stop, by threat, sanction, withheld supply or a binding demand."""
    guarantor_party: Flag | None = None
    """Whether those who would guarantee a silence are themselves a party to the war."""
    note: str | None = None
    """Reason."""
