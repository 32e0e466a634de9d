"""Names of rungs and endings, in the order in which they are reported (design sections 5 and 9)."""

from __future__ import annotations

RUNGS: dict[str, str] = {
    "any_truce_announced": "any truce is announced",
    "sectoral_truce_kept": "a sectoral truce begins and is kept",
    "general_truce_30_days_intended": "a general truce meant to last at least 30 days begins",
    "general_truce_30_days_kept": "a general truce begins and is kept for 30 days",
    "general_truce_year_kept": "a general truce begins and is kept for a year",
    "freeze": "the front goes quiet with nothing signed",
    "settlement_signed": "a settlement is signed",
    "victory_A": "side A prevails",
    "victory_B": "side B prevails",
    "war_goes_on": "the war goes on",
}

ENDINGS: tuple[str, ...] = (
    "victory_A",
    "victory_B",
    "freeze",
    "ceasefire_in_force",
    "settlement_in_force",
    "war",
)

FORMS: tuple[str, ...] = ("ceasefire", "settlement", "freeze")
"""Forms of a silence whose durability is reported."""

CAUSES: tuple[str, ...] = ("rearmament", "incidents", "leader_or_patron", "expiry")
"""Causes of breakdown that compete in the truce model (design section 6)."""

HORIZON_DAYS: tuple[int, ...] = (30, 90, 180, 365, 730, 1826)
