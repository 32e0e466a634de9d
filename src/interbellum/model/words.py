"""Numbers as words: a chance, an interval, a share of the stake, a date. No decimals anywhere.

A chance is never printed as 0 or 100%: a model that saw no such path in ten thousand has not shown
that there is none. Charts and briefing say them alike.
"""

from __future__ import annotations

import datetime as dt
import math
import re

REDACTED = "[redacted]"
LEAST = 0.01
MOST = 0.99
SWITCH = ("not real", "real")
PERCENT_LIMIT = 3.0  # factors up to 3 read better as percentages than as "1 to 3"


def percent(p: float) -> str:
    """A chance in whole per cent: ``31%``, ``<1%``, ``>99%``."""
    if p < LEAST:
        return "<1%"
    if p >= MOST:
        return ">99%"
    return f"{hundredths(p)}%"


def interval(low: float, high: float) -> str:
    """An interval of chances: ``18-47%``; ``<1% to 47%`` where an end has no whole number."""
    left, right = percent(low), percent(high)
    if left == right:
        return left
    if left[0] in "<>" or right[0] in "<>":
        return f"{left} to {right}"
    return f"{left[:-1]}-{right}"


def stake(value: float) -> str:
    """A share of the stake in hundredths: ``42``; the stake is 100, losing everything is 0."""
    return str(hundredths(value)) if math.isfinite(value) else "none"


def stake_interval(low: float, high: float) -> str:
    """An interval of shares of the stake: ``30 to 55``."""
    left, right = stake(low), stake(high)
    return left if left == right else f"{left} to {right}"


def change(before: float, after: float) -> str:
    """A move between two chances in points: ``up 4``, ``down 12``, ``unchanged``."""
    step = hundredths(after) - hundredths(before)
    return "unchanged" if step == 0 else f"{'up' if step > 0 else 'down'} {abs(step)}"


def quantity(low: float, high: float, name: str) -> str:
    """A range of an input, in the unit that the last part of its name tells, without decimals.

    An input may well be 0 or 100%: the ban is on chances that we forecast.
    """
    last = name.lower().replace("monthly", "")
    if last == "red_line":  # a switch: 0 in the draws where the line is not real, 1 where it is
        return SWITCH[low >= 0.5] if low == high else " or ".join(SWITCH)
    if last == "events":
        return _whole(low, high, " a year")
    if "weight" in last:
        return _whole(low, high, " points")
    if any(part in last for part in ("month", "tolerance", "stubborn")):
        return _whole(low, high, " months")
    if "incidents" in last or "collapse" in last or max(abs(low), abs(high)) > PERCENT_LIMIT:
        return _whole(low, high, "")
    for scale, unit in ((100, "%"), (1_000, " in 1,000"), (1_000_000, " in 1,000,000")):
        left, right = math.floor(low * scale + 0.5 + 1e-9), math.floor(high * scale + 0.5 + 1e-9)
        if left != right and (
            left or low <= 0.0
        ):  # a low end that rounds to 0 asks for a finer scale
            return f"{left}-{right}{unit}" if left >= 0 else f"{left} to {right}{unit}"
        if low == high and (left or not low):
            return f"{left}{unit}"
    return "next to 0"


def date(iso: str | dt.date) -> str:
    """A day in words: ``15 July 2000``; anything that is no date stays as it is."""
    try:
        day = iso if isinstance(iso, dt.date) else dt.date.fromisoformat(iso)
    except ValueError:
        return str(iso)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span(days: int) -> str:
    """A length in the words of the field: ``30 days``, ``a year``, ``5 years``."""
    names = {365: "a year", 730: "2 years", 1096: "3 years", 1826: "5 years", 3652: "10 years"}
    return names.get(days, f"{days} days")


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A counted noun: ``1 event``, ``3 events``; thousands are set off by commas."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def number(value: int) -> str:
    """A small count as a word: ``five``; from ten on in digits."""
    names = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return names[value] if 0 <= value < len(names) else f"{value:,}"


def join(parts: list[str] | tuple[str, ...], last: str = "and") -> str:
    """A list in words: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def lower(text: str) -> str:
    """The phrase inside a sentence; none of ours opens with a name."""
    return text[:1].lower() + text[1:]


def start(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+")


def clean(text: str) -> str:
    """One line of printable text: a dossier may come from a stranger, and a terminal obeys."""
    return _UNPRINTABLE.sub(" ", text).strip()


# The month names of the C locale: strftime follows the reader's machine, a briefing does not.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def hundredths(value: float) -> int:
    """A share in whole hundredths."""
    # Half up, not half to even, so that neighbours round alike; 1e-9 absorbs binary fractions.
    return math.floor(100.0 * value + 0.5 + 1e-9)


def _whole(low: float, high: float, unit: str) -> str:
    left, right = _count(low), _count(high)
    return f"{left}{unit}" if left == right else f"{left} to {right}{unit}"


def _count(value: float) -> str:
    return "<1" if 0.0 < value < 0.5 else f"{math.floor(value + 0.5):,}"
