"""A field of the dossier, traced."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading
from interbellum.briefing.context import (
    Context,
    unit_of,
)
from interbellum.briefing.redaction import REDACTED
from interbellum.briefing.why.trace import Trace, walk
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.schema import Position


def dossier_trace(ctx: Context, path: str) -> Trace | None:
    """A field of the dossier as a trace; None where there is none."""
    found = walk(ctx, path)
    if found is None:
        return None
    value, meaning = found
    if isinstance(value, BaseModel) and not isinstance(value, Quantity):
        meaning = (type(value).__doc__ or meaning).strip()
    title = _title(ctx, path)
    if ctx.veil.hides(path):
        return Trace(path, REDACTED, REDACTED, meaning, "", inputs=(path,))
    # a driver's title is the stage's word for this field; it says more than the path
    used = [
        f"drivers.{n}" for n, driver in enumerate(ctx.result.drivers, start=1) if driver.id == path
    ]
    extra: tuple[Block, ...] = ()
    if isinstance(value, Position):
        extra = _position_blocks(ctx, path, value)
    shown = ""
    if isinstance(value, Quantity):
        shown = _spread(value, path)
    elif value is None:
        shown = "Not given: the default range stands in."
    elif isinstance(value, (str, int, float, bool)) or hasattr(value, "isoformat"):
        shown = words.date(value) if hasattr(value, "isoformat") else str(value)
    return Trace(
        path,
        title,
        shown,
        meaning,
        "An input: nothing computes it. Every draw of the ensemble takes one value of its range."
        if isinstance(value, Quantity)
        else "",
        rests_on=tuple(used),
        inputs=(path,),
        extra=extra,
    )


def _title(ctx: Context, path: str) -> str:
    keys = path.split(".")
    if keys[0] == "positions" and len(keys) >= 2:
        parts = [ctx.actor(keys[1]), *([ctx.title(keys[2])] if len(keys) > 2 else [])]
        return ": ".join([*parts, *[key.replace("_", " ") for key in keys[3:]]])
    found = walk(ctx, path)
    name = getattr(found[0], "title", None) or getattr(found[0], "name", None) if found else None
    return name if isinstance(name, str) else path.replace("_", " ").replace(".", ", ")


def _spread(quantity: Quantity, path: str) -> str:
    low, middle, high = map(float, quantity.quantile(np.array([0.1, 0.5, 0.9])))
    unit = unit_of(path)
    if low == high:
        return words.quantity(middle, middle, unit)
    return f"Median {words.quantity(middle, middle, unit)}; 10% to 90% points {words.quantity(low, high, unit)}."


def _position_blocks(ctx: Context, path: str, position: Position) -> tuple[Block, ...]:
    issue = path.split(".")[2]
    lines = [f"Asks for: {ctx.option(issue, position.ideal)}."]
    if position.worst:
        lines.append(f"Last choice: {ctx.option(issue, position.worst)}.")
    if position.red_line and not ctx.veil.hides(f"{path}.red_line"):
        lines.append(f"Red line: {ctx.line_text(issue, position.red_line)}.")
    lines.append(f"Basis: {position.basis}.")
    if position.note:
        lines.append(position.note)
    return (Heading(2, "As coded in this dossier"), Bullets(tuple(lines)))
