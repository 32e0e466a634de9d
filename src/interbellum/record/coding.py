"""The coding rule of the historical library as a program: facts in, numbers of a dossier out.

The rule is docs/coding-rule.md, written before the first case was coded. Every band is judgement.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from scipy.special import betaincinv

from interbellum.errors import InternalError

Range = Mapping[str, float]
"""`low`, `mode` and `high`, or `p05`, `p50` and `p95`."""

DAYS_PER_MONTH = 30.44  # the mean month of the calendar
TALK_MONTHS = 12

GROUND = {"most": 1, "part": 0, "little": -1}
GAINS = {"none": 0, "small": 1, "large": 2}
SHARES = {"full": 1.0, "part": 0.2}
RATIO_BANDS = (1.5, 3.0, 10.0)
MONTHS_TO_DECISION = (
    (1.0, (0.5, 2.0, 8.0)),
    (3.0, (1.0, 4.0, 15.0)),
    (12.0, (3.0, 10.0, 30.0)),
    (36.0, (8.0, 24.0, 60.0)),
    (math.inf, (16.0, 42.0, 96.0)),
)
MONTHS_FOR_VICTORY = {
    "survival": (48.0, 120.0, 240.0),
    "homeland": (36.0, 84.0, 180.0),
    "claimed": (18.0, 48.0, 120.0),
    "abroad": (9.0, 24.0, 72.0),
}
OTHER_BREAKS = ((0.40, 0.60, 0.85), (0.45, 0.68, 0.88), (0.50, 0.75, 0.92))
WEIGHTS = {
    "core": (20.0, 30.0, 45.0),
    "major": (8.0, 14.0, 22.0),
    "minor": (2.0, 5.0, 10.0),
    "slight": (0.0, 2.0, 5.0),
}
RED_LINES = {
    "law": (0.60, 0.80, 0.95),
    "repeated": (0.50, 0.70, 0.85),
    "stated": (0.40, 0.60, 0.80),
    "likely": (0.30, 0.50, 0.70),
    "unclear": (0.10, 0.25, 0.45),
}
DELIVERED = (0.30, 0.55, 0.80)

_STEP_GROUND = 0.12
_STEP_GAINS = 0.06
_HALF_POSITION = 0.12
_HALF_ANALYST = 0.15
_HALF_BELIEF = 0.12
_STEP_MEANS = 0.35  # log odds a band of the ratio, and a level of support
_OPTIMISM = 0.50  # log odds in one's own favour
_ATTACKED = 0.30
_ASKED = -0.50


@dataclass(frozen=True, slots=True)
class SideFacts:
    """What the rule asks of one side."""

    capability: float
    """Share of world capabilities that fights, after the factor for a part of the forces."""
    support: int
    """Outside support, 0 to 2."""
    attacked: bool
    """It began a large offensive in the last 90 days."""
    asked: bool
    """It offered or accepted a general ceasefire without conditions in the last 90 days."""
    stake: str
    """survival, homeland, claimed or abroad."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rule asks of a case."""

    ground: str
    """How much of the ground in dispute A holds: most, part or little."""
    gains: int
    """Steps gained by A in the last 90 days; negative when B gained."""
    a: SideFacts
    b: SideFacts
    earlier_broken: int = 0
    """General truces between the sides, broken, of the ten years before but before this war."""


def read_facts(path: str | Path | None = None) -> dict[str, CaseFacts]:
    """Facts of every case, by its id.

    Parameters
    ----------
    path : str, Path or None
        Another file than the shipped one.

    Returns
    -------
    dict of CaseFacts

    Raises
    ------
    InternalError
        A fact is missing, has no source or is no word of the rule; the message names the case.
    """
    text = shipped_facts() if path is None else Path(path).read_text(encoding="utf-8")
    facts = {}
    for case, entry in yaml.safe_load(text).items():
        try:
            facts[case] = _case(entry)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise InternalError(
                f"case-facts.yaml, {case}: {fault!r} does not follow the rule."
            ) from fault
    return facts


def shipped_facts() -> str:
    """Text of the shipped file of facts, with every source."""
    file = files("interbellum.record") / "data" / "case-facts.yaml"
    return file.read_text(encoding="utf-8")


def _case(entry: Mapping[str, Any]) -> CaseFacts:
    for name in ("ground", "movement", "forces", "support", "attacked", "asked", "at_stake"):
        if not str(entry[name]["source"]).strip():
            raise ValueError(f"{name} has no source")
    movement = entry["movement"]
    sign = {"A": 1, "B": -1, "none": 0}[movement["of"]]
    holds = entry["ground"]["holds"]
    if holds not in GROUND:
        raise ValueError(f"ground.holds is {holds}")
    earlier = entry["earlier_truces"]
    if not all(str(truce["source"]).strip() for truce in earlier):
        raise ValueError("earlier_truces has no source")
    return CaseFacts(
        ground=holds,
        gains=sign * GAINS[movement["size"]],
        a=_side(entry, "A"),
        b=_side(entry, "B"),
        earlier_broken=len(earlier),
    )


def _side(entry: Mapping[str, Any], label: str) -> SideFacts:
    forces = entry["forces"][label]
    stake, support = entry["at_stake"][label], int(entry["support"][label])
    if stake not in MONTHS_FOR_VICTORY or support not in (0, 1, 2):
        raise ValueError(f"at_stake or support of {label} is {stake}, {support}")
    return SideFacts(
        capability=sum(float(state["cinc"]) * SHARES[state["share"]] for state in forces),
        support=support,
        attacked=bool(entry["attacked"][label]),
        asked=bool(entry["asked"][label]),
        stake=stake,
    )


def war_numbers(facts: CaseFacts, began: dt.date, as_of: dt.date) -> dict[str, Any]:
    """The section `war` of a dossier.

    Parameters
    ----------
    facts : CaseFacts
    began, as_of : day

    Returns
    -------
    dict
        `position`, `a_prevails` (analyst, A, B), `months_to_decision`, `months_for_victory` (A, B).
    """
    position = 0.5 + _STEP_GROUND * GROUND[facts.ground] + _STEP_GAINS * facts.gains
    means = ratio_band(facts.a.capability, facts.b.capability)
    odds = _logit(position) + _STEP_MEANS * (means + facts.a.support - facts.b.support)
    return {
        "position": _around(position, _HALF_POSITION),
        "a_prevails": {
            "analyst": _around(_chance(odds), _HALF_ANALYST),
            "A": _around(_chance(odds + _hope(facts.a)), _HALF_BELIEF),
            "B": _around(_chance(odds - _hope(facts.b)), _HALF_BELIEF),
        },
        "months_to_decision": months_to_decision(began, as_of, large=abs(facts.gains) == 2),
        "months_for_victory": {
            "A": _triangle(MONTHS_FOR_VICTORY[facts.a.stake]),
            "B": _triangle(MONTHS_FOR_VICTORY[facts.b.stake]),
        },
    }


def ratio_band(a: float, b: float) -> int:
    """Band of the ratio of means, -3 to 3; positive when A has more."""
    size = sum(max(a, b) / min(a, b) >= edge for edge in RATIO_BANDS)
    return size if a >= b else -size


def months_to_decision(began: dt.date, as_of: dt.date, *, large: bool) -> Range:
    """Months to a decision, by how long the war has lasted; halved after large movement."""
    lasted = (as_of - began).days / DAYS_PER_MONTH
    band = next(band for below, band in MONTHS_TO_DECISION if lasted < below)
    factor = 0.5 if large else 1.0
    return _triangle(tuple(factor * months for months in band))


def talk_chance(rounds: Sequence[tuple[dt.date, dt.date]], began: dt.date, as_of: dt.date) -> Range:
    """Monthly chance of serious talks from the rounds of the last twelve months.

    Parameters
    ----------
    rounds : sequence of (first day, last day)
    began, as_of : day

    Returns
    -------
    dict
        `p05`, `p50` and `p95` of Beta(k + ½, n - k + ½), within .02 and .97.

    Source
    ------
    H. Jeffreys (1946), Proceedings of the Royal Society A 186, for the prior.
    """
    lasted = math.ceil(max((as_of - began).days, 1) / DAYS_PER_MONTH)
    n = min(lasted, TALK_MONTHS)
    months = {
        math.floor((as_of - day).days / DAYS_PER_MONTH)
        for first, last in rounds
        for day in _days(first, last)
    }
    k = sum(0 <= month < n for month in months)
    points = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
    return {
        name: round(min(max(float(betaincinv(k + 0.5, n - k + 0.5, q)), 0.02), 0.97), 2)
        for name, q in points.items()
    }


def other_breaks(broken: int) -> Range | None:
    """Chance that the other breaks a bare truce within a year; none: the default."""
    return _triangle(OTHER_BREAKS[min(broken, 3) - 1]) if broken else None


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]


def _hope(side: SideFacts) -> float:
    return _OPTIMISM + _ATTACKED * side.attacked + _ASKED * side.asked


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))


def _chance(odds: float) -> float:
    return min(max(1.0 / (1.0 + math.exp(-odds)), 0.06), 0.94)


def _around(mode: float, half: float) -> Range:
    mode = round(mode, 2)
    return {
        "low": round(max(mode - half, 0.02), 2),
        "mode": mode,
        "high": round(min(mode + half, 0.98), 2),
    }


def _triangle(values: Sequence[float]) -> Range:
    low, mode, high = values
    return {"low": low, "mode": mode, "high": high}
