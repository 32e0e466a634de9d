"""A dossier's numbers and positions in words, for people who read rather than compute."""

from __future__ import annotations

from interbellum.dossier.quantities import CoderEstimate, Quantity
from interbellum.dossier.schema import Issue, Position


def number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:,.4g}" if abs(value) < 1e5 else f"{value:,.0f}"


def quantity(told: Quantity | CoderEstimate) -> str:
    """A quantity as it was given: its range and its most plausible value."""
    if isinstance(told, Quantity) and told.coders is not None:
        rule = f"; pooled: {told.pooled}" if told.pooled else ""
        return "; ".join(f"{coder.by}: {quantity(coder)}" for coder in told.coders) + rule
    if told.value is not None:
        return number(told.value)
    if told.p50 is not None and told.p05 is not None and told.p95 is not None:
        return f"{number(told.p05)} to {number(told.p95)} (9 in 10), median {number(told.p50)}"
    assert told.low is not None and told.high is not None  # the reader lets no other form pass
    likely = "" if told.mode is None else f", most likely {number(told.mode)}"
    return f"{number(told.low)} to {number(told.high)}{likely}"


def share(told: Quantity) -> str:
    """A chance in whole per cent, at its median."""
    return f"{100 * told.centre():.0f}%"


def option_text(issue: Issue, option: str) -> str:
    """Text of an option, by its short name."""
    return next((one.text for one in issue.options if one.id == option), option)


def red_line(issue: Issue, position: Position) -> str:
    """The red line in words, or nothing."""
    line = position.red_line
    if line is None:
        return ""
    if line.accepts_up_to is not None:
        where = f"nothing beyond: {option_text(issue, line.accepts_up_to)}"
    else:
        refused = line.refuses or ()
        where = "refuses " + "; ".join(
            "silence on it" if one == "left_open" else option_text(issue, one) for one in refused
        )
    return f"{where} ({share(line.confidence)} sure)"


def basis(position: Position) -> str:
    """What the position rests on, with the day of the newest statement."""
    if not position.statements:
        return "judgement"
    newest = max(one.date for one in position.statements)
    return f"{position.basis}, {newest}"
