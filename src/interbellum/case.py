"""A dossier's case in the terms of the historical record, under stated provisions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, cast

from interbellum.dossier.facts import RecordFacts
from interbellum.dossier.schema import Dossier
from interbellum.model.hazards import CaseProfile
from interbellum.model.peace import Kind

FACT_OF_COLUMN = {
    "prior_cessations": "prior_cessations",
    "log_deaths": "deaths",
    "contiguous": "contiguous",
    "tie": "stalemate",
    "pressure": "third_party_pressure",
    "party": "guarantor_party",
}
"""Field of `peace.record` that each column of the record is read from; the others come from the terms."""


def case_profile(dossier: Dossier, form: str, provisions: Collection[str]) -> CaseProfile:
    """What the record's model is told of a silence in this war.

    Parameters
    ----------
    dossier : Dossier
        Its `peace.record` gives the facts; a fact that is not there stays unknown.
    form : ceasefire, settlement or freeze
    provisions : names of the standard list
        A tripwire force counts as peacekeepers, a monitoring mission as observers, disengagement
        as a zone, a third-party guarantee as one, and the legal form makes a ceasefire an armistice.

    Returns
    -------
    CaseProfile

    Source
    ------
    docs/codebook-cessations.md; decision 0028.
    """
    facts = dossier.peace.record or RecordFacts()
    peacekeepers: Literal["none", "observers", "force"] = "none"
    if "tripwire_force" in provisions:
        peacekeepers = "force"
    elif "monitoring_mission" in provisions:
        peacekeepers = "observers"
    prior, deaths = facts.prior_cessations, facts.deaths
    return CaseProfile(
        kind=cast(Kind, form),
        armistice=form == "ceasefire" and "legal_form" in provisions,
        peacekeepers=peacekeepers,
        dmz=float("disengagement" in provisions),
        guaranteed="third_party_guarantee" in provisions,
        guarantor_party=facts.guarantor_party.value if facts.guarantor_party else None,
        pressure=facts.third_party_pressure.value if facts.third_party_pressure else None,
        tie=facts.stalemate.value if facts.stalemate else None,
        contiguous=facts.contiguous.value if facts.contiguous else None,
        prior_cessations=prior.value if prior else None,
        deaths=deaths.centre() if deaths else None,
    )


def left_open(profile: CaseProfile) -> tuple[str, ...]:
    """Columns of the record that a profile does not know, and that count for it."""
    unknown = {
        "prior_cessations": profile.prior_cessations is None,
        "log_deaths": profile.deaths is None,
        "contiguous": profile.contiguous is None,
        "tie": profile.tie is None,
        "pressure": profile.pressure is None,
        "party": profile.guarantor_party is None and profile.guaranteed is not False,
    }
    return tuple(name for name in FACT_OF_COLUMN if unknown[name])
