"""Precedents in words: how long each held, where it is like the case at hand and where it is not."""

from __future__ import annotations

import math

from interbellum.briefing import words
from interbellum.model.endurance import Precedent, Trait

COLUMNS = {
    "kind": "form",
    "peacekeepers": "peacekeepers",
    "dmz": "buffer zone",
    "guaranteed": "third-party guarantee",
    "party": "guarantor that is a party",
    "formal": "formal agreement",
    "pressure": "pressure from outside",
    "tie": "stalemate on the ground",
    "contiguous": "common border on land",
    "prior_cessations": "earlier cessations of the pair",
    "log_deaths": "deaths in battle",
}
"""Columns of the record, in words."""
EFFECTS = {
    **COLUMNS,
    "force": "a peacekeeping force",
    "observers": "observers",
    "dmz": "a buffer zone",
    "guarantee": "a guarantee by an outsider",
    "guarantor_party": "a guarantee by a party",
    "formal": "a formal agreement",
    "pressure_late": "pressure from outside, after a year",
    "freeze": "nothing signed",
}
"""Effects of the record's model, in words."""
KINDS = ("settlement", "ceasefire", "freeze")
ENDED = {
    "war": "war had resumed",
    "fighting": "sustained fighting had resumed",
    "standing": "it still stood",
    "unwatched": "it had stood as long as it was watched",
}
_REFERENCE_LOG10_DEATHS = 3.5  # what the record's column of deaths is counted from, decision 0022
_MIDDLE, _FEW_DAYS, _FEW_MONTHS = 0.5, 60, 24


def told(case: Precedent) -> str:
    """One precedent in a sentence or three."""
    day = words.date(case.began)
    when = {"d": day, "m": day.split(" ", 1)[1], "y": day[-4:]}.get(case.precision, day)
    held = f"held {length(case.days)}" if case.days else "did not hold a day"
    fits = [COLUMNS[trait.column] for trait in case.traits if trait.fits]
    differs = [_differs(trait) for trait in case.traits if trait.fits is False]
    unknown = [
        COLUMNS[trait.column]
        for trait in case.traits
        if trait.fits is None
        and trait.column != "party"  # without a guarantee there is no guarantor
    ]
    parts = [
        f"{case.name} ({when}, {case.form.replace('_', ' ')}): {held}; by {words.date(case.until)} "
        f"{ENDED[case.ended]}."
    ]
    if fits:
        parts.append(f"Fits: {words.join(fits)}.")
    if differs:
        parts.append(f"Does not: {'; '.join(differs)}.")
    if unknown:
        parts.append(f"Not compared: {words.join(unknown)}.")
    return " ".join(parts)


def length(days: int) -> str:
    """A length of time without decimals: days, then months, then years."""
    if days < _FEW_DAYS:
        return words.count(days, "day")
    months = round(days / 30.4375)
    if months < _FEW_MONTHS:
        return words.count(months, "month")
    return words.count(round(days / 365.25), "year")


def _differs(trait: Trait) -> str:
    return (
        f"{COLUMNS[trait.column]} ({_value(trait.column, trait.theirs)} there, "
        f"{_value(trait.column, trait.ours)} here)"
    )


def _value(column: str, value: float) -> str:
    if column == "kind":
        return KINDS[int(value)]
    if column == "peacekeepers":
        return "a force" if value > _MIDDLE else "observers" if value == _MIDDLE else "none"
    if column == "dmz":
        return "one" if value > _MIDDLE else "a partial one" if value == _MIDDLE else "none"
    if column == "prior_cessations":
        return ("none", "one", "two", "three", "four or more")[min(4, round(value))]
    if column == "log_deaths":
        deaths = 10.0 ** (_REFERENCE_LOG10_DEATHS + value / math.log(10.0))
        return f"about {_round(deaths):,}"
    return "yes" if value > _MIDDLE else "no"


def _round(number: float) -> int:
    """To one digit: a band of the record is a power of ten wide."""
    size: int = 10 ** math.floor(math.log10(number))
    return round(number / size) * size
