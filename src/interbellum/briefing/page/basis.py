"""Page: what to watch, and what the answer rests on."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.annex.basis import ENGINES_OWN, hindcast_line
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    Context,
    basis_text,
    driver_title,
    unit_of,
)
from interbellum.briefing.redaction import REDACTED
from interbellum.model.result import Driver

SIGNS_SHOWN = 3


DRIVERS_SHOWN = 5


DIFFERS = 0.02  # two chances closer than this tell a reader nothing to watch for


def watch(ctx: Context) -> list[Block]:
    """Days, moves and inputs to watch."""
    dated = sorted([*_due(ctx), *_scheduled(ctx)])
    items = [
        *[f"{words.date(day)}: {text}" for day, text in dated],
        *_by_chance(ctx),
        *_driver_signs(ctx),
    ]
    if not items:
        return []
    return [Heading(2, "What to watch"), Bullets(tuple(items))]


def _due(ctx: Context) -> list[tuple[str, str]]:
    days: dict[str, list[str]] = {}
    for question in ctx.loaded.dossier.questions:
        days.setdefault(question.by.isoformat(), []).append(ctx.rung(question.rung))
    return [
        (
            day,
            f"{words.number(len(rungs))} {'question falls' if len(rungs) == 1 else 'questions fall'} "
            f"due ({_lowered(rungs)}).",
        )
        for day, rungs in days.items()
    ]


def _lowered(rungs: list[str]) -> str:
    return "; ".join(dict.fromkeys(words.lower(rung) for rung in rungs))


def _scheduled(ctx: Context) -> list[tuple[str, str]]:
    found = []
    for regime in ctx.loaded.dossier.regimes:
        states = {state.id: state.title for state in regime.states}
        for switch in regime.switches:
            if switch.on is not None:
                target = states.get(switch.to, switch.to)
                text = f"{regime.title}: “{target}”, as scheduled."
                found.append((switch.on.isoformat(), text))
    return found


def _by_chance(ctx: Context) -> list[str]:
    out = []
    for regime in ctx.loaded.dossier.regimes:
        states = {state.id: state.title for state in regime.states}
        moves = []
        for number, switch in enumerate(regime.switches):
            if switch.monthly is None or switch.source_state != regime.now:
                continue
            hidden = ctx.veil.hides(f"regimes.{regime.id}.switches.{number}.monthly")
            chance = REDACTED if hidden else words.percent(switch.monthly.centre())
            moves.append(f"“{states[switch.to]}” {chance}")
        if moves:
            out.append(
                f"{regime.title}: now “{states[regime.now]}”; coded chance a month of a move to "
                f"{words.join(moves)}."
            )
    return out


def _driver_signs(ctx: Context) -> list[str]:
    out = []
    coded = [driver for driver in ctx.result.drivers if driver.basis != "default"]
    for driver in coded[:SIGNS_SHOWN]:
        if abs(driver.p_when_high - driver.p_when_low) < DIFFERS:
            continue
        low, high = words.percent(driver.p_when_low), words.percent(driver.p_when_high)
        title = driver_title(ctx, driver)
        if driver.id.endswith(".red_line"):
            out.append(
                f"Evidence on “{title}”: the chance of {ctx.driven()} is {low} in the draws where "
                f"the line is not real, {high} where it is."
            )
        else:
            out.append(
                f"Evidence on “{title}”: the chance of {ctx.driven()} is {low} in the draws where "
                f"it is low, {high} where it is high."
            )
    return out


def rests_on(ctx: Context) -> list[Block]:
    """Drivers and the hindcast."""
    blocks: list[Block] = [Heading(2, "What this rests on")]
    rows = []
    for number, driver in enumerate(ctx.result.drivers[:DRIVERS_SHOWN], start=1):
        span = words.quantity(driver.low, driver.high, unit_of(driver.id))
        rows.append(
            (
                f"{number}",
                driver_title(ctx, driver),
                REDACTED if ctx.veil.hides(driver.id) else span,
                words.percent(driver.p_when_low),
                words.percent(driver.p_when_high),
                basis_text(driver) + (", crosses even odds" if crosses_even(driver) else ""),
            )
        )
    if rows:
        shown = "The input" if len(rows) == 1 else f"The {words.number(len(rows))} inputs"
        goes = "goes" if len(rows) == 1 else "go"
        blocks.append(
            Table(
                ("", "Input", "its range", "when low", "when high", "basis"),
                tuple(rows),
                f"{shown} whose draws {goes} most with the chance of {ctx.driven()}: that chance "
                "in the third of the draws where the input is lowest, and where it is highest. "
                f"Range: from the 10% to the 90% point. {_screened(ctx)} Ask for one with "
                "drivers.1 and so on.",
            )
        )
    else:
        blocks.append(
            Paragraph(
                f"No input goes with the chance of {ctx.driven()} clearly enough to be named. "
                f"{_screened(ctx)}"
            )
        )
    blocks.append(Paragraph(hindcast_line(ctx)))
    blocks.append(Paragraph(ENGINES_OWN))
    return blocks


def _screened(ctx: Context) -> str:
    return (
        f"{words.start(words.count(ctx.result.screened, 'input was', 'inputs were'))} screened; "
        "weaker associations cannot be told from noise."
    )


def crosses_even(driver: Driver) -> bool:
    """Whether the answer crosses even odds between an input's low and high draws."""
    return (driver.p_when_low - 0.5) * (driver.p_when_high - 0.5) < 0.0
