"""What several figures are made of, in words: formulas, inputs, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Heading, Table
from interbellum.briefing.context import (
    LEARNT,
    Context,
    variant_name,
)
from interbellum.model.result import Interval, Variant

WAR = ("war", "regimes", "talks")


EVERYTHING = (*WAR, "trust", "peace", "positions")


POOLED = (
    "Pooled over structurally different models: Σ_v W_v p_v, with W_v the weight of model v (below) and "
    "p_v its own chance. In each model weighted over the draws d of the uncertain inputs: "
    "Σ w_d s_d / Σ w_d, with s_d the share of the paths of draw d on which it happens, and "
    "w_d = Π_t (1 - q_t) the hindcast weight of the draw: the chance it gives to the war being still "
    "on at the cut-off. The reference class has no paths and no hindcast: s_d is its mean chance in a "
    "stratum of the rate, and w_d = 1. The 50% and 80% intervals are quantiles of s_d over all draws "
    "of all models, each counted by W_v times its own weight (25% to 75%, 10% to 90%), widened where "
    "they would miss the mean. The share is drawn towards even by one path, so that what no path showed is not told as impossible."
)


RESERVATION = (
    "Fighting to the finish under the side's own belief: V_A = L1 - c_A (1 - L1 - L0)/ρ_A and "
    "V_B = L0 - c_B (1 - L1 - L0)/ρ_B. L1 and L0 are the discounted chances that the race ends at "
    "A's or at B's victory: L1 = e^(μ(1-y)/σ²) sinh(yγ)/sinh(γ), L0 = e^(-μy/σ²) sinh((1-y)γ)/"
    "sinh(γ), γ = √(μ² + 2ρσ²)/σ². y is where the race stands, μ the drift the side expects, σ the "
    "noise of the front, ρ the weekly discount. The cost of a week, c = ρ/(e^(ρW) - 1), comes from W, "
    "the weeks it would fight for victory rather than accept defeat."
)


DEAL = (
    "U_i(d) = [ρ u_i(d) + h_i(d) V_i(y + g_i(d))] / (ρ + h_i(d)): what the package d is worth while it "
    "holds, and what fighting on is worth once it breaks. u_i is the weighted value of its terms, 1 at "
    "all that i asks for and 0 at all that the other lead asks for; h_i the hazard of a breach that i "
    "expects, lowered by enforcing provisions; g_i what the other side gains by rearming first."
)


def named_drivers(ctx: Context) -> tuple[str, ...]:
    """Ids of the first drivers."""
    return tuple(f"drivers.{n}" for n in range(1, min(5, len(ctx.result.drivers)) + 1))


def driver_fields(ctx: Context) -> tuple[str, ...]:
    """Fields of the dossier behind the drivers; what is learnt from events has no field."""
    return tuple(driver.id for driver in ctx.result.drivers if driver.id not in LEARNT)


def interval_text(chance: Interval) -> str:
    """A chance in words, with both intervals."""
    if math.isnan(chance.p):
        return f"{words.REDACTED}."
    number = f": {words.percent(chance.p)}" if words.word(chance.p) else ""
    return (
        f"{words.start(words.phrase(chance.p))}{number}; 50% interval "
        f"{words.interval(chance.lo50, chance.hi50)}, 80% interval "
        f"{words.interval(chance.lo80, chance.hi80)}."
    )


def stake_text(value: Interval | None) -> str:
    """A share of the stake in words, with both intervals."""
    if value is None:
        return "There is none: in every draw red lines and consents forbid every package."
    if math.isnan(value.p):
        return f"{words.REDACTED}."
    return (
        f"{words.stake(value.p)} hundredths of the stake; 50% interval "
        f"{words.stake_interval(value.lo50, value.hi50)}, 80% interval "
        f"{words.stake_interval(value.lo80, value.hi80)}."
    )


def reads_of_war(side: str) -> tuple[str, ...]:
    """Fields that a side's reservation value is made of."""
    return (
        "war.position",
        f"war.a_prevails.{side}",
        "war.a_prevails.analyst",
        "war.months_to_decision",
        "war.momentum",
        f"war.months_for_victory.{side}",
        f"war.annual_discount.{side}",
    )


def weights_line(ctx: Context) -> str:
    """Where the weights of the models stand, and why."""
    pooling = ctx.result.pooling
    return f"Weights: {pooling.file}, decided on {words.date(pooling.decided)}. {pooling.reason}"


def models_table(ctx: Context, own: Sequence[tuple[Variant, float]]) -> tuple[Block, ...]:
    """Each model's own chance of a figure that is pooled, with its weight."""
    rows = tuple(
        (
            words.start(variant_name(variant.name)),
            f"{round(100 * variant.weight)} of 100",
            words.percent(p),
            f"{variant.draws:,}",
            f"variants.{variant.name}",
        )
        for variant, p in own
    )
    if not rows:
        return ()
    return (
        Heading(2, "The models it pools"),
        Table(("Model", "weight", "chance", "draws", "name"), rows, weights_line(ctx)),
    )
