"""Annex: what the answer rests on: the past, the models, the coders and their defaults."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    YEAR,
    Context,
    coder_spreads,
    defaults_used,
    pooled_medians,
    range_text,
    unit_of,
    variant_draws,
    variant_name,
)
from interbellum.briefing.redaction import REDACTED
from interbellum.model.result import Gap

MOVED_SHOWN = 12
ENGINES_OWN = (
    "Only the chances of rungs and the state of the war are pooled over the models. How long a silence "
    "holds, the room for agreement, each side's alternative, what each would have to believe, and the "
    "inputs that go with the answer are the engine's own (to the finish)."
)
SMALL_SHARE = 0.05  # design: a small effective sample is reported, not mended


def hindcast_line(ctx: Context) -> str:
    """What the hindcast says, in two sentences."""
    hindcast = ctx.result.hindcast
    effective = round(hindcast.effective_draws)
    line = (
        f"Hindcast over {words.count(hindcast.weeks, 'week')}: under this dossier the war had on "
        f"average {_article(hindcast.mean_weight)} {words.percent(hindcast.mean_weight)} chance to "
        f"be still on at the cut-off. The draws that fit count as {effective:,} of "
        f"{ctx.result.run.draws:,} ({words.percent(hindcast.share)}) [hindcast.effective_draws]."
    )
    if hindcast.mean_weight < words.LEAST:
        line += (
            " The record is nearly impossible under this dossier: what would have ended the war by "
            "its lights did not, so look again at talks, reluctance, red lines and when the hindcast "
            "begins."
        )
    if hindcast.share < SMALL_SHARE:
        line += (
            " That is few: the intervals are rougher than they look, and the dossier and the past "
            "disagree."
        )
    return f"{line} {hazard_line(ctx)}"


def hazard_line(ctx: Context) -> str:
    """The engine's own chance within a year, before and after the past was counted, and the base rate."""
    hazard = ctx.result.hindcast.hazard
    return (
        f"The engine's own chance of “{words.lower(ctx.rung(hazard.rung))}” within "
        f"{words.span(hazard.by_days)} is {words.percent(hazard.after.p)}, "
        f"{words.percent(hazard.before.p)} before the past was counted; the base rate is "
        f"1-(T/(T+H))^(k+1/2) = {words.percent(hazard.base_rate)}, with k = {hazard.events}, "
        f"T = {words.count(round(hazard.months), 'month')}, "
        f"H = {words.count(round(hazard.horizon_months), 'month')} [hindcast.hazard]."
    )


def _article(p: float) -> str:
    number = words.percent(p)
    return "an" if number.startswith("8") or number in ("11%", "18%") else "a"


def gap_line(ctx: Context, rung: str, by_days: int) -> str:
    """How many models a chance pools, and how far apart they are."""
    own = ctx.own(rung, by_days)
    if len(own) < 2:
        return ""
    weights = {round(variant.weight, 9) for variant, _ in own}
    how = "with equal weights" if len(weights) == 1 else "by the weights in the table below"
    return (
        f"The chance pools {words.number(len(own))} structurally different models {how}. "
        f"{gap_text(ctx, rung, by_days)}"
    )


def gap_text(ctx: Context, rung: str, by_days: int) -> str:
    """The lowest and the highest model on a rung, by name."""
    gap = ctx.gap(rung, by_days)
    if gap is None:
        return ""
    (lowest, low), (highest, high) = gap.lowest, gap.highest
    step = words.change(low, high).split()[-1]
    if step == "unchanged":
        return f"They agree to the point: {words.percent(low)}."
    return (
        f"The lowest is “{variant_name(lowest)}” with {words.percent(low)}, the highest "
        f"“{variant_name(highest)}” with {words.percent(high)}: a gap of "
        f"{words.count(int(step), 'point')}."
    )


def hindcast(ctx: Context) -> list[Block]:
    """What the past did to the inputs."""
    # a red line is a switch: its quantiles are 0 or 1 and tell nothing
    moved = [m for m in ctx.result.hindcast.moved if not m.id.endswith(".red_line")]
    rows: list[tuple[str, ...]] = []
    for item in moved[:MOVED_SHOWN]:
        if ctx.veil.hides(item.id):
            rows.append((REDACTED, REDACTED, REDACTED, ""))
            continue
        unit = unit_of(item.id)
        rows.append(
            (
                item.title,
                *[_spread(points, unit) for points in (item.prior, item.posterior)],
                item.id,
            )
        )
    blocks: list[Block] = [
        Heading(2, "What the past did to the inputs"),
        *_hazard(ctx),
    ]
    if rows:
        blocks.append(
            Table(
                ("Input", "before", "after", "name"),
                tuple(rows),
                "Median, and the range from the 10% to the 90% point, before and after the draws are "
                "weighted by the chance they give to a war that was still on at the cut-off. The "
                f"{len(rows)} inputs that moved most, of {len(moved)}; the JSON has them all.",
            )
        )
    return [*blocks, *_switches(ctx)]


def _hazard(ctx: Context) -> list[Block]:
    """The engine's own chance within a year beside the base rate, with intervals."""
    hazard = ctx.result.hindcast.hazard
    rows = [
        (
            text,
            words.percent(value.p),
            words.interval(value.lo50, value.hi50),
            words.interval(value.lo80, value.hi80),
        )
        for text, value in (
            ("Engine, before the past was counted", hazard.before),
            ("Engine, after", hazard.after),
        )
    ]
    rows.append((f"Base rate, k = {hazard.events}", words.percent(hazard.base_rate), "", ""))
    return [
        Table(
            (
                f"{ctx.rung(hazard.rung)}, within {words.span(hazard.by_days)}",
                "chance",
                "50%",
                "80%",
            ),
            tuple(rows),
            "The engine's own chance, not pooled. Base rate: 1-(T/(T+H))^(k+1/2), with k such events "
            f"in T = {words.count(round(hazard.months), 'month')} of this dossier's record and "
            f"H = {words.count(round(hazard.horizon_months), 'month')} [hindcast.hazard].",
        )
    ]


def _switches(ctx: Context) -> list[Block]:
    """Red lines are on or off: how often each is real, before and after."""
    moved = [m for m in ctx.result.hindcast.moved if m.id.endswith(".red_line")]
    shown = [m for m in moved if not (ctx.veil.hides(m.id) or ctx.veil.hides(f"{m.id}.confidence"))]
    rows = tuple(
        (item.title, words.percent(item.prior_mean), words.percent(item.posterior_mean), item.id)
        for item in shown[:MOVED_SHOWN]
    )
    if not rows:
        return []
    return [
        Table(
            ("Red line", "real before", "real after", "name"),
            rows,
            "Share of the draws in which the line is real, before and after. The "
            f"{len(rows)} that moved most, of {len(moved)}.",
        )
    ]


def _spread(points: tuple[float, float, float], unit: str) -> str:
    low, middle, high = points
    return f"{words.quantity(middle, middle, unit)} ({words.quantity(low, high, unit)})"


def variants(ctx: Context) -> list[Block]:
    """The structurally different models that are pooled, and their gap."""
    variants = ctx.result.variants
    if not variants:
        return []
    rows = []
    for rung in dict.fromkeys(name for variant in variants for name, _, _ in variant.rungs):
        values = {variant.name: p for variant, p in ctx.own(rung, YEAR)}
        pooled, gap = ctx.at(rung, YEAR), ctx.gap(rung, YEAR)
        if values:
            rows.append(
                (
                    ctx.rung(rung),
                    *[words.percent(values[v.name]) if v.name in values else "" for v in variants],
                    words.percent(pooled.chance.p) if pooled else "",
                    _points_apart(gap) if gap else "",
                )
            )
    states = []
    for name in dict.fromkeys(name for variant in variants for name, _, _ in variant.endings):
        shares = [
            next((p for state, days, p in v.endings if (state, days) == (name, YEAR)), None)
            for v in variants
        ]
        states.append((ctx.ending(name), *["" if p is None else words.percent(p) for p in shares]))
    names = [variant_name(variant.name) for variant in variants]
    return [
        Heading(2, "Structurally different models"),
        Table(
            ("Rung, within a year", *names, "pooled", "gap"),
            tuple(rows),
            "Gap in points, from the lowest to the highest. The engine's rates of announced and of "
            "sectoral truces are learnt from the same record as their base rates, so on those rungs "
            "the models are not independent.",
        ),
        Table(("State after a year", *names), tuple(states)),
        Bullets(
            tuple(
                f"{words.start(variant_name(v.name))} (weight {round(100 * v.weight)} of 100) "
                f"[variants.{v.name}]: {v.method}. On {variant_draws(v)}."
                for v in variants
            )
        ),
        Paragraph(
            f"Weights from {ctx.result.pooling.file}, decided on "
            f"{words.date(ctx.result.pooling.decided)}. {ctx.result.pooling.reason} {ENGINES_OWN}"
        ),
    ]


def _points_apart(gap: Gap) -> str:
    step = words.change(gap.lowest[1], gap.highest[1]).split()[-1]
    return "0" if step == "unchanged" else step


def coders(ctx: Context) -> list[Block]:
    """Where coders differ."""
    rows = []
    pools = pooled_medians(ctx)
    for path, coders in coder_spreads(ctx):
        if ctx.veil.hides(path):
            rows.append((REDACTED, REDACTED, REDACTED))
            continue
        unit = unit_of(path)
        told = [f"{by} {words.quantity(centre, centre, unit)}" for by, centre in coders]
        used, medians = pools[path]
        by_rule = [
            f"{rule} {words.quantity(centre, centre, unit)}{' (used)' if rule == used else ''}"
            for rule, centre in medians.items()
        ]
        rows.append((path, "; ".join(told), "; ".join(by_rule)))
    if not rows:
        return []
    return [
        Heading(2, "Where coders differ"),
        Table(
            ("Input", "each coder's median", "median by rule of pooling"),
            tuple(rows),
            "Linear: an equal mixture of the coders. Log: what all of them find plausible. Extremised: the "
            "same, narrower. The last two need ranges that overlap.",
        ),
    ]


def defaults(ctx: Context) -> list[Block]:
    """Fields left to their default range."""
    used = defaults_used(ctx.loaded)
    if not used:
        return []
    return [
        Heading(2, "Defaults used"),
        Table(
            ("Field", "what it is", "range that stands in"),
            tuple((path, text, range_text(quantity, path)) for path, text, quantity in used),
            "Fields that the dossier leaves out. Every such range is a judgement.",
        ),
    ]
