"""The historical library: dossiers of past wars, and what happened after each cut-off.

Dossiers and outcomes are two files that no stage reads together; only the scores do. What a field
means, and how the dossiers were coded, is in docs/coding-rule.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from interbellum.errors import InternalError
from interbellum.model.rungs import ENDINGS, RUNGS

WAR = "war"
GOES_ON = "war_goes_on"


@dataclass(frozen=True, slots=True)
class Silence:
    """The silence that ended a bout, and how long it held."""

    began: dt.date
    resumed: dt.date | None
    """First return to sustained or large fighting; none while it holds."""
    war_resumed: dt.date | None
    cessation: str | None
    """Row of the table of cessations; none before 1946."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened after the cut-off of a case."""

    case: str
    war: str
    """Shared by the cases of one war, so that it can be left out whole."""
    ended: str
    """Form of the end of this bout: an ending without `_in_force`; war while it goes on."""
    rungs: Mapping[str, dt.date | None]
    """First day of every rung but `war_goes_on`; none: not by `watched_until`."""
    states: tuple[tuple[dt.date, str], ...]
    """Ending in force from each day on; before the first, war."""
    held: Silence | None
    watched_until: dt.date
    source: str
    note: str

    def state(self, day: dt.date) -> str:
        """Ending in force at the end of a day.

        Raises
        ------
        ValueError
            The day lies after `watched_until`.
        """
        self._watched(day)
        return next((name for since, name in reversed(self.states) if since <= day), WAR)

    def happened(self, rung: str, day: dt.date) -> bool:
        """Whether a rung was reached by a day; `war_goes_on` asks for that day alone.

        Raises
        ------
        ValueError
            The day lies after `watched_until`.
        """
        if rung == GOES_ON:
            return self.state(day) == WAR
        self._watched(day)
        first = self.rungs[rung]
        return first is not None and first <= day

    def _watched(self, day: dt.date) -> None:
        if day > self.watched_until:
            raise ValueError(f"{self.case} was watched until {self.watched_until}, not {day}.")


def case_files() -> dict[str, Traversable]:
    """Dossiers of the library by id, in alphabetical order.

    The shipped `eritrea-ethiopia-1999` is not among them; `ethiopia-eritrea-1999-07` codes the same
    day by the rule.
    """
    folder = files("interbellum.record") / "data" / "cases"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): folder / name for name in names}


def outcomes_text() -> str:
    """The shipped outcomes as they stand in their file."""
    shipped = files("interbellum.record") / "data" / "outcomes.yaml"
    return shipped.read_text(encoding="utf-8")


def read_outcomes(path: str | Path | None = None) -> dict[str, Outcome]:
    """Outcomes by case, in the order of the file.

    Parameters
    ----------
    path : str, Path or None
        Another file than the shipped one.

    Raises
    ------
    InternalError
        An entry lacks a field or names an unknown rung or ending; the message names the case.
    """
    text = outcomes_text() if path is None else Path(path).read_text(encoding="utf-8")
    outcomes = {}
    for case, entry in yaml.safe_load(text).items():
        try:
            outcomes[case] = _outcome(case, entry)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise InternalError(f"outcomes.yaml, {case}: {fault!r}.") from fault
    return outcomes


def _outcome(case: str, entry: Mapping[str, Any]) -> Outcome:
    rungs = {name: entry["rungs"].get(name) for name in RUNGS if name != GOES_ON}
    states = tuple(sorted(entry["states"].items()))
    unknown = set(entry["rungs"]) - set(rungs) | {name for _, name in states} - set(ENDINGS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    if entry["ended"] not in {name.removesuffix("_in_force") for name in ENDINGS}:
        raise ValueError(f"ended is {entry['ended']}")
    held = entry.get("held")
    return Outcome(
        case=case,
        war=str(entry["war"]),
        ended=entry["ended"],
        rungs=MappingProxyType(rungs),
        states=states,
        held=None if held is None else _silence(held),
        watched_until=entry["watched_until"],
        source=" ".join(entry["source"].split()),
        note=" ".join(entry.get("note", "").split()),
    )


def _silence(held: Mapping[str, Any]) -> Silence:
    return Silence(
        held["began"], held.get("resumed"), held.get("war_resumed"), held.get("cessation")
    )
