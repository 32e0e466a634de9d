"""Figures that the answer rests on, traced: drivers, the hindcast, the models."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.blocks import Heading, Table
from interbellum.briefing.context import (
    LEARNT,
    Context,
    basis_text,
    driver_title,
    unit_of,
)
from interbellum.briefing.why.shared import WAR
from interbellum.briefing.why.trace import Trace


def _fields_of(name: str) -> tuple[str, ...]:
    return () if name in LEARNT else (name,)


def trace_driver(ctx: Context, figure_id: str) -> Trace:
    """An input that goes with the answer."""
    driver = ctx.result.drivers[int(figure_id.rsplit(".", 1)[1]) - 1]
    hidden = ctx.veil.hides(driver.id)
    span = words.quantity(driver.low, driver.high, unit_of(driver.id))
    return Trace(
        figure_id,
        driver_title(ctx, driver),
        f"The chance of {ctx.driven()} is {words.percent(driver.p_when_low)} where it is lowest, "
        f"{words.percent(driver.p_when_high)} where it is highest. "
        + ("" if hidden else f"Its range: {span}. ")
        + f"Basis: {basis_text(driver)}.",
        f"An input whose draws go with the chance of {ctx.driven()}. It is associated with it across "
        "the draws; other inputs vary at the same time. "
        f"{words.start(words.count(ctx.result.screened, 'input was', 'inputs were'))} screened; those "
        "not named cannot be told from noise.",
        "Chance of the rung in the third of the draws in which the input is lowest, and in the third in "
        "which it is highest; ranked by the absolute rank correlation of input and chance"
        + ("." if hidden else f" (here {round(100 * driver.rank_correlation)} in 100)."),
        (driver.id,) if driver.id in LEARNT else (),
        _fields_of(driver.id),
    )


def trace_hindcast(ctx: Context, figure_id: str) -> Trace:
    """What the past left standing."""
    hindcast = ctx.result.hindcast
    return Trace(
        figure_id,
        "Draws that the past leaves standing",
        f"{round(hindcast.effective_draws):,} of {ctx.result.run.draws:,} "
        f"({words.percent(hindcast.share)}), after {words.count(hindcast.weeks, 'week')}.",
        "How many equally weighted draws the weighted ones are worth. A small number says that the "
        "dossier, taken at its word, would have ended this war before the cut-off.",
        "(Σ w)² / Σ w², with w_d = Π_t (1 - q_t) over the weeks from the start of the hindcast to the "
        "cut-off, q_t the chance that any ending the engine knows begins in week t.",
        (),
        ("conflict.began", "conflict.hindcast_from"),
        ("war", "talks"),
        (
            "Mean chance, under the dossier, that the war would still be on: "
            f"{words.percent(hindcast.mean_weight)}.",
        ),
    )


def trace_variant(ctx: Context, figure_id: str) -> Trace:
    """One of the structurally different models."""
    name = figure_id.split(".", 1)[1]
    variant = next(v for v in ctx.result.variants if v.name == name)
    rows = tuple(
        (ctx.rung(rung), words.span(days), words.percent(p)) for rung, days, p in variant.rungs
    )
    return Trace(
        figure_id,
        f"Model: {name.replace('_', ' ')}",
        f"Weight {round(100 * variant.weight)} of 100.",
        variant.method,
        "A structurally different model of the same dossier, to show how far the answer hangs on the "
        "model. A weight of 0 means shown beside our number, not pooled into it. The engine's rates of "
        "announced and of sectoral truces are learnt from the same record as their base rates.",
        tuple(f"base_rate.{rung}" for rung in dict.fromkeys(r for r, _, _ in variant.rungs))
        if name == "reference_class"
        else ("hindcast.effective_draws",),
        ("conflict.began", "conflict.as_of") if name == "reference_class" else (),
        WAR if name != "reference_class" else (),
        extra=(Heading(2, "Its answers"), Table(("Rung", "within", "chance"), rows))
        if rows
        else (),
    )
