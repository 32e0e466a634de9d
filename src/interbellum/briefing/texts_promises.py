"""What each promise is worth to the side that is promised it, in words."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import Names
from interbellum.briefing.redaction import withheld
from interbellum.model.result import Interval
from interbellum.model.table import (
    EMPTY_STEP,
    HALF,
    HOLLOW,
    PromiseAudit,
    PromisedWorth,
    TableResult,
)


def promises(names: Names, result: TableResult) -> list[Block]:
    """Worth of each promise, what would change it, and what a breach would cost the giver."""
    if not result.promises:
        return []
    blocks: list[Block] = [Heading(2, "What the promises are worth")]
    rated = [(promise, one) for promise in result.promises if (one := _received(promise))]
    poor = [p.title for p, one in rated if one.verdict in ("empty", "hollow")]
    given = [p.title for p, one in rated if one.already.p >= HALF and one.verdict != "empty"]
    if rated:
        told = f"Of {words.count(len(rated), 'rated promise')}, " + (
            f"{words.number(len(poor))} {'is' if len(poor) == 1 else 'are'} empty or hollow to the "
            f"receiver: {'; '.join(poor)}."
            if poor
            else "none is empty or hollow to the receiver."
        )
        if given:
            told += (
                " What would hold without it already gives half or more of the headline of: "
                f"{'; '.join(given)}."
            )
        blocks.append(Paragraph(told))
        blocks.append(
            Table(
                (
                    "Promise",
                    "to",
                    "without it",
                    "headline",
                    "on paper",
                    "substance",
                    "kept",
                    "verdict",
                ),
                tuple(_promise_row(names, promise, one) for promise, one in rated),
                "Hundredths, of the stake for a lead and of its own ideal for others; median with 80% "
                "interval. Headline: worth over the option the receiver likes least. On paper: over "
                "what would hold without the promise, if delivered today for sure. Substance: what "
                "chance, delay and withdrawal leave of that; kept is the share. Empty: on paper less "
                f"than {round(EMPTY_STEP * 1000)} in a thousand. Hollow: less than "
                f"{words.percent(HOLLOW)} of it kept. Partly substance: less than "
                f"{words.percent(HALF)}. A loss: worth less to the receiver than what would hold.",
            )
        )
        blocks += [
            Heading(3, "What would change that"),
            Table(
                (
                    "Promise",
                    "delivery, as coded",
                    "chance needed for half",
                    "delay that leaves half",
                    "substance if something else held without it",
                ),
                tuple(_flip_row(names, promise, one) for promise, one in rated),
                "Half: substance is half of what the promise is worth on paper. Chance needed: at the "
                "coded delay. Delay: of all of it at once, at the coded chance. Last column: only where that "
                "would change the verdict or the number.",
            ),
        ]
    blocks += _at_risk(names, result)
    untold = len(result.promises) - len(rated)
    if untold and names.veil.on:
        blocks.append(Paragraph(f"{words.start(withheld(untold))}."))
    elif untold:
        named = [p.title for p in result.promises if _received(p) is None]
        blocks.append(
            Paragraph(
                f"Not rated, since the receiver has no coded stand on the issue: {'; '.join(named)}."
            )
        )
    return blocks


def _received(promise: PromiseAudit) -> PromisedWorth | None:
    return next((one for one in promise.worth if one.actor == promise.to), None)


def _told(value: Interval) -> str:
    return f"{words.stake(value.p)} ({words.stake_interval(value.lo80, value.hi80)})"


def _promise_row(names: Names, promise: PromiseAudit, one: PromisedWorth) -> tuple[str, ...]:
    return (
        promise.title,
        names.actor(promise.to),
        names.option(promise.issue, promise.without),
        words.stake(one.headline.p),
        _told(one.face),
        _told(one.substance),
        words.percent(one.kept.p),
        one.verdict,
    )


def _flip_row(names: Names, promise: PromiseAudit, one: PromisedWorth) -> tuple[str, ...]:
    needed = promise.chance_needed
    allowed = promise.months_allowed
    now = words.stake(one.substance.p)
    flips = [
        f"{names.option(promise.issue, other.option)}: {words.stake(other.substance.p)}"
        + (f", {other.verdict}" if other.verdict != one.verdict else "")
        for other in sorted(promise.baselines, key=lambda other: -other.substance.p)
        if other.verdict != one.verdict or words.stake(other.substance.p) != now
    ]
    return (
        promise.title,
        _delivery(promise),
        words.percent(needed.p) if needed else "none would",
        _months(allowed.p) if allowed else "below half at once",
        "; ".join(flips) or "the same",
    )


def _delivery(promise: PromiseAudit) -> str:
    if promise.delivered is None:
        return ""
    parts = [
        _months(months.p)
        if len(promise.parts) == 1
        else f"{words.percent(share)} after {_months(months.p)}"
        for share, months in promise.parts
    ]
    told = f"{words.percent(promise.delivered.p)}, {words.join(parts)}"
    if promise.withdrawn_yearly is not None:
        told += f", taken back {words.percent(promise.withdrawn_yearly.p)} a year"
    return told


def _months(value: float) -> str:
    months = int(value + 0.5)
    return "under a month" if months < 1 else words.count(months, "month")


def _at_risk(names: Names, result: TableResult) -> list[Block]:
    """What a giver would have given, and could not get back, were the deal broken after a year."""
    items, uncoded = [], []
    for promise in result.promises:
        if promise.given is None:
            continue
        if promise.lost is None:
            uncoded.append(promise.title)
            continue
        items.append(
            f"{promise.title}: {words.percent(promise.given.p)} given by then on average, "
            f"{words.percent(promise.lost.p)} of the term not to be had back by "
            f"{names.actor(promise.by)} ({words.interval(promise.lost.lo80, promise.lost.hi80)})."
        )
    if not items and not uncoded:
        return []
    blocks: list[Block] = [Heading(3, "If the receiver breaks the deal after twelve months")]
    if items:
        blocks.append(Bullets(tuple(items)))
    if uncoded:
        which = "any promise" if not items else "; ".join(uncoded)
        blocks.append(
            Paragraph(
                f"The dossier does not code what would come back to the giver (snap_back) for {which}, "
                "so what would be at risk cannot be told."
            )
        )
    return blocks
