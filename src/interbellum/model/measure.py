"""What a record counts as the end of a silence, and when its clock starts: said, never assumed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Event = Literal[
    "resumption",
    "war_resumption",
    "deaths_25",
    "deaths_1000",
    "agreement_ended",
    "low_level_violence",
]
Clock = Literal["signature", "first_quiet_day", "day_of_stop"]

EVENTS: dict[Event, str] = {
    "resumption": "fighting resumed on a sustained or large scale",
    "war_resumption": "war resumed (a thousand deaths, or called a war by the sources)",
    "deaths_25": "a bout of at least 25 deaths in battle in a calendar year began",
    "deaths_1000": "a calendar year with at least 1,000 deaths in battle began",
    "agreement_ended": "the agreement was declared void or broken by fighting",
    "low_level_violence": "any violence was noted",
}
CLOCKS: dict[Clock, str] = {
    "signature": "the signature",
    "first_quiet_day": "the first quiet day",
    "day_of_stop": "the day on which fighting was to stop, or the first quiet day of what nobody signed",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How the spells of a record were measured. A five-year rate can double with the clock alone.

    Source: literature review, section 2b; two clocks on the same agreements gave 31.5% and 52.3%.
    """

    source: str
    """Name and version of the data."""
    event: Event
    clock: Clock
    as_of: dt.date
    """The record is cut here: nothing later has a say."""
    late_entry: bool = False
    """True: spells count only from the day on which the source could first see them fail."""

    def __str__(self) -> str:
        blind = "; earlier failures cannot be seen there, so spells enter late"
        return (
            f"until {EVENTS[self.event]}; clock from {CLOCKS[self.clock]}; cut at {self.as_of}"
            f" ({self.source}{blind if self.late_entry else ''})"
        )
