"""A traced figure, and the fields of the dossier behind it, told as blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import (
    Context,
    defaults_used,
    quantities,
    range_text,
)
from interbellum.briefing.redaction import REDACTED
from interbellum.dossier.checks import resolve

WRITTEN = 96  # characters of a value as written; longer ones say how to ask for their parts


SUMMED = 8  # numbers of a whole section that a figure reads are counted, not listed


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known about one figure."""

    id: str
    title: str
    value: str
    definition: str
    formula: str
    rests_on: tuple[str, ...] = ()
    """Ids of other figures."""
    inputs: tuple[str, ...] = ()
    """Dotted paths in the dossier, given or left to their default."""
    sections: tuple[str, ...] = ()
    """Whole sections that it reads; long ones are counted and can be asked for."""
    evidence: tuple[str, ...] = ()
    """What else it reads, such as the historical record."""
    extra: tuple[Block, ...] = field(default=())


def told(ctx: Context, trace: Trace, look_up: Callable[[Context, str], tuple[str, str]]) -> Outline:
    """A trace as blocks.

    Parameters
    ----------
    ctx : Context
    trace : Trace
    look_up : callable
        From the id of another figure to its title and value.
    """
    blocks: list[Block] = [Heading(1, f"{trace.title} [{trace.id}]")]
    if trace.value:
        blocks += [Heading(2, "Value"), Paragraph(trace.value)]
    if trace.definition:
        blocks += [Heading(2, "What it means"), Paragraph(trace.definition)]
    if trace.formula:
        blocks += [Heading(2, "How it is made"), Paragraph(trace.formula)]
    blocks += trace.extra
    if trace.rests_on:
        rows = [(name, *look_up(ctx, name)) for name in trace.rests_on]
        blocks += [
            Heading(2, "Figures it rests on"),
            Table(("name", "figure", "value"), tuple(rows)),
        ]
    rows_ = [row for path in trace.inputs for row in _input_rows(ctx, path)]
    rows_ += [row for path in trace.sections for row in _section_rows(ctx, path)]
    if rows_:
        blocks += [
            Heading(2, "What it reads in the dossier"),
            Table(
                ("Field", "where", "as written", "source or basis"),
                tuple(dict.fromkeys(rows_)),
            ),
        ]
    noted = _notes(ctx, [row[0] for row in rows_])
    if noted:
        blocks += [Heading(2, "Notes of the coder"), Bullets(tuple(noted))]
    said = _statements(ctx, trace.inputs)
    if said:
        blocks += [Heading(2, "Statements"), Bullets(tuple(said))]
    if trace.evidence:
        blocks += [Heading(2, "What else it reads"), Bullets(trace.evidence)]
    blocks.append(
        Paragraph(
            f"Dossier {ctx.result.dossier.hash}, seed {ctx.result.run.seed}, "
            f"{ctx.result.run.draws:,} draws, Interbellum {ctx.result.run.version}."
        )
    )
    return tuple(blocks)


def _input_rows(ctx: Context, path: str) -> list[tuple[str, str, str, str]]:
    """Rows for a field: its own if it is a number or a word, else one for each number below it."""
    if ctx.veil.hides(path):
        return [(path, ctx.place(path), REDACTED, REDACTED)]
    data = _data(ctx, path)
    if data is None:
        return [
            (path if name == path else f"{path} ({name})", "not given", told, "default range")
            for name, told in _defaults_under(ctx, path)
        ]
    found = walk(ctx, path)
    inner = [place for place, _ in quantities(found[0], path)] if found else []
    if not inner or inner == [path]:
        return [(path, ctx.place(path), _written(ctx, data), _basis(ctx, path, data))]
    rows = []
    for place in inner:
        value = _data(ctx, place)
        if ctx.veil.hides(place):
            rows.append((place, ctx.place(place), REDACTED, REDACTED))
        elif value is None:
            continue  # a default inside a block that is given: the block's own row says so
        else:
            rows.append((place, ctx.place(place), _written(ctx, value), _basis(ctx, place, value)))
    rows += [
        (name, "not given", range_text(quantity, name), "default range")
        for name, _, quantity in defaults_used(ctx.loaded)
        if _under(name, path)
    ]
    return rows


def _section_rows(ctx: Context, path: str) -> list[tuple[str, str, str, str]]:
    rows = _input_rows(ctx, path)
    if len(rows) <= SUMMED:
        return rows
    given = sum(row[1] != "not given" for row in rows)
    left = f", {len(rows) - given} at default ranges" if given < len(rows) else ""
    told = f"{words.count(given, 'number')}{left}: ask for {path}"
    return [(path, ctx.place(path) or "not given", told, "each has its own")]


def _under(path: str, root: str) -> bool:
    return path == root or path.startswith(root + ".")


def _data(ctx: Context, path: str) -> Any:
    place = resolve(ctx.loaded.tree.data, path)
    if place is None:
        return None
    data: Any = ctx.loaded.tree.data
    for key in place:
        data = data[key]
    return data


def _written(ctx: Context, data: Any) -> str:
    data = ctx.veil.visible(data)
    if isinstance(data, dict):
        data = {k: v for k, v in data.items() if k not in ("note", "source", "confidential")}
    text = data if isinstance(data, str) else _flow(data)
    return text if len(text) <= WRITTEN else text[: WRITTEN - 4] + " ..."


def _flow(data: Any) -> str:
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(_flow, data)) + "]"
    return data if isinstance(data, str) else json.dumps(data)


def _basis(ctx: Context, path: str, data: Any) -> str:
    """Source of a number: its own, that of a block around it, or the coder's judgement."""
    if isinstance(data, dict) and data.get("source"):
        return str(data["source"])
    keys = path.split(".")
    for end in range(len(keys) - 1, 0, -1):
        holder = _data(ctx, ".".join(keys[:end]))
        if not isinstance(holder, dict):
            continue
        if holder.get("source"):
            return str(holder["source"])
        if keys[0] == "positions" and holder.get("basis") == "sourced":
            return "the statements below"
    if isinstance(data, dict) and data.get("coders"):
        return "judgement of several coders"
    return "judgement"


def _notes(ctx: Context, paths: list[str]) -> list[str]:
    """The coder's notes on the listed fields, each said once."""
    out = []
    for path in paths:
        data = None if ctx.veil.hides(path) else _data(ctx, path)
        if isinstance(data, dict) and data.get("note"):
            out.append(f"{path}: {data['note']}")
    return list(dict.fromkeys(out))


def _defaults_under(ctx: Context, path: str) -> list[tuple[str, str]]:
    """Default ranges behind a field that the dossier leaves out: name and range."""
    sideless = ".".join(key for key in path.split(".") if key not in ("A", "B"))
    return [
        (path if name == sideless else name, range_text(quantity, name))
        for name, _, quantity in defaults_used(ctx.loaded)
        if _under(name, sideless) or _under(sideless, name)
    ]


def walk(ctx: Context, path: str) -> tuple[Any, str] | None:
    """Value of the validated dossier at a path, with the meaning of its field."""
    value: Any = ctx.loaded.dossier
    meaning = ""
    for key in path.split("."):
        if isinstance(value, BaseModel):
            fields_ = type(value).model_fields
            name = next((n for n, info in fields_.items() if key in (n, info.alias)), None)
            if name is None:
                return None
            meaning = fields_[name].description or meaning
            value = getattr(value, name)
        elif isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, tuple):
            item = next((i for i in value if getattr(i, "id", None) == key), None)
            if item is None and key.isdigit() and int(key) < len(value):
                item = value[int(key)]
            if item is None:
                return None
            value = item
        elif value is None and "unless given" in meaning:
            return None, meaning  # a part of a block that is left to its default
        else:
            return None
    return value, meaning


def _statements(ctx: Context, inputs: tuple[str, ...]) -> list[str]:
    out = []
    for path in inputs:
        keys = path.split(".")
        if keys[0] != "positions" or len(keys) < 3:
            continue
        position = ctx.loaded.dossier.positions.get(keys[1], {}).get(keys[2])
        for number, item in enumerate(position.statements if position else ()):
            place = f"positions.{keys[1]}.{keys[2]}.statements.{number}"
            if ctx.veil.hides(place):
                out.append(REDACTED)
            else:
                out.append(
                    f"{words.date(item.date)}, {ctx.actor(keys[1])}: {item.text} ({item.source}; "
                    f"{ctx.place(place)})"
                )
    return list(dict.fromkeys(out))
