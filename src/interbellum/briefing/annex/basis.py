"""Annex: what the answer rests on: the past, the models, the coders and their defaults."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Table
from interbellum.briefing.context import (
    Context,
    coder_spreads,
    defaults_used,
    range_text,
    unit_of,
)
from interbellum.briefing.redaction import REDACTED

MOVED_SHOWN = 12


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
    if hindcast.share < SMALL_SHARE:
        line += (
            " That is few: the intervals are rougher than they look, and the dossier and the past "
            "disagree."
        )
    return line


def _article(p: float) -> str:
    number = words.percent(p)
    return "an" if number.startswith("8") or number in ("11%", "18%") else "a"


def variants_line(ctx: Context) -> str:
    """How far the structurally different models are apart on the headline rung."""
    rung = ctx.result.headline_rung
    found = []
    for variant in ctx.result.variants:
        p = next((p for name, days, p in variant.rungs if name == rung and days == 365), None)
        if p is not None:
            found.append((variant.name, p))
    if len(found) < 2:
        return ""
    told = [f"{_name(name)} {words.percent(p)}" for name, p in found]
    points = words.change(min(p for _, p in found), max(p for _, p in found))
    gap = points.split()[-1] if points != "unchanged" else "0"
    return (
        f"Structurally different models on {ctx.driven()}: {words.join(told)}; "
        f"the gap is {gap} points."
    )


def _name(name: str) -> str:
    return name.replace("_", " ")


def hindcast(ctx: Context) -> list[Block]:
    """What the past did to the inputs."""
    # a red line is a switch: its quantiles are 0 or 1 and tell nothing
    moved = [m for m in ctx.result.hindcast.moved if not m.id.endswith(".red_line")]
    if not moved:
        return []
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
    return [
        Heading(2, "What the past did to the inputs"),
        Table(
            ("Input", "before", "after", "name"),
            tuple(rows),
            "Median, and the range from the 10% to the 90% point, before and after the draws are "
            "weighted by the chance they give to a war that was still on at the cut-off. The "
            f"{min(len(rows), MOVED_SHOWN)} inputs that moved most, of {len(moved)}; red lines, which "
            "are on or off, are not listed.",
        ),
    ]


def _spread(points: tuple[float, float, float], unit: str) -> str:
    low, middle, high = points
    return f"{words.quantity(middle, middle, unit)} ({words.quantity(low, high, unit)})"


def variants(ctx: Context) -> list[Block]:
    """The structurally different models, and their gap."""
    variants = ctx.result.variants
    if not variants:
        return []
    rungs = list(dict.fromkeys(name for variant in variants for name, _, _ in variant.rungs))
    rows = []
    for rung in rungs:
        values = [
            next((p for name, days, p in variant.rungs if name == rung and days == 365), None)
            for variant in variants
        ]
        known = [value for value in values if value is not None]
        if not known:
            continue
        gap = words.change(min(known), max(known)).split()[-1] if len(known) > 1 else ""
        rows.append(
            (
                ctx.rung(rung),
                *[words.percent(value) if value is not None else "" for value in values],
                "0" if gap == "unchanged" else gap,
            )
        )
    notes = tuple(
        f"{words.start(_name(variant.name))} (weight {round(100 * variant.weight)} of 100) "
        f"[variants.{variant.name}]: {variant.method}"
        for variant in variants
    )
    return [
        Heading(2, "Structurally different models"),
        Table(
            ("Rung, within a year", *[_name(variant.name) for variant in variants], "gap"),
            tuple(rows),
            "Gap in points. A weight of 0 means shown beside our number, not pooled into it. The "
            "engine's rates of announced and of sectoral truces are learnt from the same record as "
            "their base rates, so on those rungs the models are not independent.",
        ),
        Bullets(notes),
    ]


def coders(ctx: Context) -> list[Block]:
    """Where coders differ."""
    rows = []
    for path, coders in coder_spreads(ctx.loaded):
        if ctx.veil.hides(path):
            rows.append((REDACTED, REDACTED))
            continue
        unit = unit_of(path)
        told = [f"{by} {words.quantity(centre, centre, unit)}" for by, centre in coders]
        rows.append((path, "; ".join(told)))
    if not rows:
        return []
    return [
        Heading(2, "Where coders differ"),
        Table(("Input", "each coder's median"), tuple(rows), "Pooled as an equal mixture."),
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
