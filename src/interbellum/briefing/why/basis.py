"""Figures that the answer rests on, traced: drivers, the hindcast, the models."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.annex.basis import hazard_line
from interbellum.briefing.blocks import Heading, Table
from interbellum.briefing.context import (
    BASE_RATES,
    ENGINE,
    LEARNT,
    Context,
    basis_text,
    driver_title,
    unit_of,
    variant_draws,
    variant_name,
)
from interbellum.briefing.levers import threshold_text, views_table
from interbellum.briefing.why.shared import WAR, reads_of_war, weights_line
from interbellum.briefing.why.trace import Trace

SAME_DRAWS = "It takes the same draws, or the first of them, and the same random numbers. "
PRIORS = (
    " Each of five ends comes at a rate of its own, and each rate has half an event of prior: together "
    "they are likelier than any end at one such rate, which is the base rate of the war going on."
)


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
    """What the past left standing, or the hazard beside the base rate."""
    if figure_id == "hindcast.hazard":
        return _hazard(ctx, figure_id)
    hindcast = ctx.result.hindcast
    return Trace(
        figure_id,
        "Draws that the past leaves standing",
        f"{round(hindcast.effective_draws):,} of {ctx.result.run.draws:,} "
        f"({words.percent(hindcast.share)}), after {words.count(hindcast.weeks, 'week')}.",
        "How many equally weighted draws the weighted ones are worth. A small number says that the "
        "dossier, taken at its word, would have ended this war before the cut-off. Of the engine: the "
        "other models have hindcasts of their own, and base rates have none.",
        "(Σ w)² / Σ w², with w_d = Π_t (1 - q_t) over the weeks from the start of the hindcast to the "
        "cut-off, q_t the chance that any ending the engine knows begins in week t.",
        ("hindcast.hazard",),
        ("conflict.began", "conflict.hindcast_from"),
        ("war", "talks"),
        (
            "Mean chance, under the dossier, that the war would still be on: "
            f"{words.percent(hindcast.mean_weight)}.",
        ),
    )


def _hazard(ctx: Context, figure_id: str) -> Trace:
    hazard = ctx.result.hindcast.hazard
    return Trace(
        figure_id,
        f"{ctx.rung(hazard.rung)}, within {words.span(hazard.by_days)}: the engine and the base rate",
        hazard_line(ctx),
        "The engine's own chance, before and after its draws were weighted by the past, beside what "
        "this dossier's own record would say if nothing else were known.",
        "Engine: Σ w_d s_d / Σ w_d, with s_d the share of the paths of draw d and w_d = 1 before, the "
        "hindcast's weight after. Base rate: 1 - (T/(T + H))^(k + 1/2), k events in T months of record, "
        "H months ahead, with Jeffreys' prior on a constant rate.",
        (f"base_rate.{hazard.rung}", "hindcast.effective_draws", "variants.to_the_finish"),
        ("conflict.began", "conflict.as_of"),
        ("war", "talks"),
    )


def trace_variant(ctx: Context, figure_id: str) -> Trace:
    """One of the structurally different models."""
    name = figure_id.split(".", 1)[1]
    variant = next(v for v in ctx.result.variants if v.name == name)
    rows = tuple(
        (ctx.rung(rung), words.span(days), words.percent(p)) for rung, days, p in variant.rungs
    )
    base_rates = name == BASE_RATES
    return Trace(
        figure_id,
        f"Model: {variant_name(name)}",
        f"Weight {round(100 * variant.weight)} of 100, on {variant_draws(variant)}.",
        f"{words.start(variant.method.rstrip('.'))}.{PRIORS if base_rates else ''}",
        "A structurally different model of the same dossier, to show how far the answer hangs on the "
        f"model. {'' if base_rates else SAME_DRAWS}{weights_line(ctx)} The engine's rates of "
        "announced and of sectoral truces are learnt from the same record as their base rates.",
        tuple(f"base_rate.{rung}" for rung in dict.fromkeys(r for r, _, _ in variant.rungs))
        if base_rates
        else (("hindcast.effective_draws",) if name == ENGINE else ()),
        ("conflict.began", "conflict.as_of") if base_rates else (),
        () if base_rates else WAR,
        extra=(Heading(2, "Its answers"), Table(("Rung", "within", "chance"), rows))
        if rows
        else (),
    )


def trace_diagnosis(ctx: Context, figure_id: str) -> Trace:
    """What a side would have to believe or see."""
    side = figure_id.split(".")[1]
    found = ctx.result.diagnosis
    item = next(one for one in found.thresholds if one.side == side)
    name = ctx.names()[side]
    return Trace(
        figure_id,
        f"{name}: what it would have to believe or see",
        threshold_text(item, name, ctx),
        "As coded in the dossier and worked through the engine, on the same draws with nothing changed "
        "but what this side believes or has seen. A reading of words and deeds, not of a mind.",
        "Range open: some package d has U_A ≥ V_A and U_B ≥ V_B. Closing belief: by halving, draw by "
        "draw, the chance of prevailing above which the range is closed, over the draws in which some "
        "belief opens it and some closes it. Opening movement: by halving, the least movement of the "
        f"front against this side in {words.count(item.move_weeks, 'week')} after which, its belief "
        "updated on it, the range is open. Weighted medians over those draws.",
        (
            f"sides.{side}.reservation_value",
            f"sides.{side}.believes_prevails",
            "range.open_share",
            "hindcast.effective_draws",
        ),
        reads_of_war(side),
        ("war.front", "trust", "war.rearmament"),
        ("`interbellum levers` adds how much each obstacle accounts for, by Shapley's rule.",),
        extra=(
            Heading(2, "The moment as each capital sees it"),
            views_table(found.views, ctx),
        ),
    )
