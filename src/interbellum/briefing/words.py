"""Chances as words: a likelihood word always stands with its range (ICD 203, 2015)."""

from __future__ import annotations

from interbellum.dossier.quantities import WORDS
from interbellum.model.words import LEAST as LEAST
from interbellum.model.words import MONTHS as MONTHS
from interbellum.model.words import MOST as MOST
from interbellum.model.words import PERCENT_LIMIT as PERCENT_LIMIT
from interbellum.model.words import REDACTED as REDACTED
from interbellum.model.words import SWITCH as SWITCH
from interbellum.model.words import change as change
from interbellum.model.words import clean as clean
from interbellum.model.words import count as count
from interbellum.model.words import date as date
from interbellum.model.words import hundredths as hundredths
from interbellum.model.words import interval as interval
from interbellum.model.words import join as join
from interbellum.model.words import lower as lower
from interbellum.model.words import number as number
from interbellum.model.words import percent as percent
from interbellum.model.words import quantity as quantity
from interbellum.model.words import span as span
from interbellum.model.words import stake as stake
from interbellum.model.words import stake_interval as stake_interval
from interbellum.model.words import start as start

NO_ESTIMATE = "no useful estimate"


def word(p: float) -> str | None:
    """Likelihood word of a chance; None where the bands of ICD 203 end.

    Source
    ------
    ICD 203 (2015), bands [low, high): 1-5, 5-20, 20-45, 45-55, 55-80, 80-95, 95-99 in 100.
    """
    return next((name for name, (low, high) in WORDS.items() if low <= p < high), None)


def phrase(p: float) -> str:
    """Words for a chance with their range, such as ``unlikely [20-45 in 100]``."""
    if p < LEAST:
        return "less than 1 in 100"
    if p >= MOST:
        return "more than 99 in 100"
    name = word(p)
    assert name is not None  # the bands cover [.01, .99)
    low, high = WORDS[name]
    return f"{name} [{hundredths(low)}-{hundredths(high)} in 100]"


def sentence(p: float, event: str) -> str:
    """The chance of an event as the opening of a sentence, without its full stop.

    `event` is a clause such as ``a general truce begins by 15 July 2000``.
    """
    name = word(p)
    if name is None:
        return f"The chance that {event} is {phrase(p)}"
    if name == "remote":
        return f"The chance that {event} is {phrase(p)}"
    if name == "roughly even":
        return f"The odds that {event} are {phrase(p)}"
    return f"It is {phrase(p)} that {event}"
