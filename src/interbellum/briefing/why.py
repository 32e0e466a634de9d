"""Any figure of a briefing, traced: what it means, its formula, what it rests on, line by line.

`FIGURES` holds one entry per family of figures. A figure names the figures it rests on and the
places in the dossier it reads, so a reader can walk from the bottom line to a source.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import BaseModel

from interbellum.briefing import words
from interbellum.briefing.annex import blocking_terms, event_kind, record_line
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import (
    CAUSE_NAMES,
    FORM_NAMES,
    LEARNT,
    Context,
    basis_text,
    defaults_used,
    driver_title,
    moved_since,
    quantities,
    range_text,
    unit_of,
)
from interbellum.briefing.redaction import REDACTED, Veil, withheld
from interbellum.dossier.checks import resolve
from interbellum.dossier.compile import KEPT_SHARE, announced_truces
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Position
from interbellum.errors import UsageError
from interbellum.model.result import Interval, Result

WRITTEN = 96  # characters of a value as written; longer ones say how to ask for their parts
SUMMED = 8  # numbers of a whole section that a figure reads are counted, not listed
NEAR = 5


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


def figure_ids(result: Result) -> list[str]:
    """Ids of every figure of a result, in the order of the briefing."""
    out = [f"rungs.{f.rung}.{f.by_days}" for f in result.rungs]
    out += [f"base_rate.{rung}" for rung in dict.fromkeys(f.rung for f in result.rungs)]
    out += [f"endings.{name}.{e.by_days}" for e in result.endings for name in e.shares]
    for form in result.durability.values():
        out += [f"durability.{form.form}.{point.days}" for point in form.curve]
        out += [f"causes.{form.form}.{cause}" for cause in form.causes]
        out.append(f"record.{form.form}")
    out += LEARNT
    out += ["range.open_share", "range.signed_while_closed"]
    out += [f"range.blocking.{n}" for n in range(1, len(result.range.blocking) + 1)]
    out += [f"packages.{package.solution}" for package in result.range.packages]
    out += [
        f"sides.{view.side}.{name}"
        for view in result.sides
        for name in ("reservation_value", "believes_prevails", "best_offer")
    ]
    out += [f"drivers.{n}" for n in range(1, len(result.drivers) + 1)]
    out.append("hindcast.effective_draws")
    out += [f"variants.{variant.name}" for variant in result.variants]
    return list(dict.fromkeys(out))


def why(result: Result, loaded: Loaded, figure_id: str, redact: bool = False) -> Outline:
    """What one figure means and rests on.

    Parameters
    ----------
    result : Result
    loaded : Loaded
        The dossier that the result was made from.
    figure_id : str
        An id of `figure_ids`, or the dotted path of a field of the dossier.
    redact : bool
        True hides what the dossier marks confidential.

    Raises
    ------
    UsageError
        There is no such figure or field; the message names the nearest ones.
    """
    ctx = Context(loaded, Veil(loaded, redact), result)
    figure_id = figure_id.strip().strip("[]")
    if figure_id in figure_ids(result):
        family = figure_id.split(".", 1)[0]
        trace = FIGURES[family](ctx, figure_id)
    else:
        found = _dossier_trace(ctx, figure_id)
        if found is None:
            raise UsageError(_no_such(ctx, figure_id))
        trace = found
    return ctx.veil.blocks(_told(ctx, trace))


def _no_such(ctx: Context, figure_id: str) -> str:
    known = figure_ids(ctx.result)
    paths = [path for path in _paths(ctx) if not ctx.veil.hides(path)]
    near = difflib.get_close_matches(figure_id, [*known, *paths], n=NEAR, cutoff=0.5)
    if not near:
        last = figure_id.rsplit(".", 1)[-1]
        near = [name for name in (*known, *paths) if last and last in name][:NEAR]
    hint = f"Near: {', '.join(near)}." if near else f"Some: {', '.join(known[:NEAR])}."
    return (
        f"{words.clean(figure_id)} is neither a figure of this briefing nor a field of this "
        f"dossier. {hint}"
    )


def _paths(ctx: Context) -> list[str]:
    dossier = ctx.loaded.dossier
    out = [path for path, _ in quantities(dossier)]
    for actor, stands in dossier.positions.items():
        for issue, position in stands.items():
            out.append(f"positions.{actor}.{issue}")
            if position.red_line:
                out.append(f"positions.{actor}.{issue}.red_line")
    for name in ("actors", "issues", "promises", "texts", "regimes", "questions"):
        out += [f"{name}.{item.id}" for item in getattr(dossier, name)]
    return list(dict.fromkeys(out))


# --- telling a trace ---------------------------------------------------------------------------


def _told(ctx: Context, trace: Trace) -> Outline:
    blocks: list[Block] = [Heading(1, f"{trace.title} [{trace.id}]")]
    if trace.value:
        blocks += [Heading(2, "Value"), Paragraph(trace.value)]
    if trace.definition:
        blocks += [Heading(2, "What it means"), Paragraph(trace.definition)]
    if trace.formula:
        blocks += [Heading(2, "How it is made"), Paragraph(trace.formula)]
    blocks += trace.extra
    if trace.rests_on:
        rows = [(name, *_title_and_value(ctx, name)) for name in trace.rests_on]
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


def _title_and_value(ctx: Context, figure_id: str) -> tuple[str, str]:
    trace = FIGURES[figure_id.split(".", 1)[0]](ctx, figure_id)
    return trace.title, trace.value


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
    found = _walk(ctx, path)
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


def _walk(ctx: Context, path: str) -> tuple[Any, str] | None:
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


# --- fields of the dossier ---------------------------------------------------------------------


def _dossier_trace(ctx: Context, path: str) -> Trace | None:
    found = _walk(ctx, path)
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
    found = _walk(ctx, path)
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


# --- figures -----------------------------------------------------------------------------------

WAR = ("war", "regimes", "talks")
EVERYTHING = (*WAR, "trust", "peace", "positions")

DRAWS = (
    "Weighted over the draws d of the uncertain inputs: Σ w_d s_d / Σ w_d, with s_d the share of the "
    "paths of draw d on which it happens, and w_d = Π_t (1 - q_t) the hindcast weight of the draw: "
    "the chance it gives to the war being still on at the cut-off. The 50% and 80% intervals are "
    "weighted quantiles of s_d (25% to 75%, 10% to 90%), widened where they would miss the mean. The "
    "share is drawn towards even by one path, so that what no path showed is not told as impossible."
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


def _drivers(ctx: Context) -> tuple[str, ...]:
    return tuple(f"drivers.{n}" for n in range(1, min(5, len(ctx.result.drivers)) + 1))


def _fields(ctx: Context) -> tuple[str, ...]:
    """Fields of the dossier behind the drivers; what is learnt from events has no field."""
    return tuple(driver.id for driver in ctx.result.drivers if driver.id not in LEARNT)


def _intervals(chance: Interval) -> str:
    number = f": {words.percent(chance.p)}" if words.word(chance.p) else ""
    return (
        f"{words.start(words.phrase(chance.p))}{number}; 50% interval "
        f"{words.interval(chance.lo50, chance.hi50)}, 80% interval "
        f"{words.interval(chance.lo80, chance.hi80)}."
    )


def _stake(value: Interval) -> str:
    return (
        f"{words.stake(value.p)} hundredths of the stake; 50% interval "
        f"{words.stake_interval(value.lo50, value.hi50)}, 80% interval "
        f"{words.stake_interval(value.lo80, value.hi80)}."
    )


def _rung(ctx: Context, figure_id: str) -> Trace:
    _, rung, days = figure_id.split(".")
    forecast = next(f for f in ctx.result.rungs if f.rung == rung and f.by_days == int(days))
    noise = 100 * forecast.path_noise
    value = f"{_intervals(forecast.chance)} Standard error of the paths: " + (
        "less than a point." if noise < 1 else f"{words.count(round(noise), 'point')}."
    )
    for crowd in forecast.crowds:
        value += (
            f" {crowd.name}: {words.percent(crowd.p)} on {words.date(crowd.as_of)} "
            f"({crowd.source})."
        )
    return Trace(
        figure_id,
        f"{ctx.rung(rung)}, by {words.date(forecast.by_date)}",
        value,
        f"The chance that {ctx.clause(rung, forecast.by_date)}, {days} days after the cut-off. The "
        "day is that on which the truce begins; whether it is kept is judged afterwards. Rungs "
        "overlap: one truce can count for several.",
        DRAWS,
        (
            f"base_rate.{rung}",
            "hindcast.effective_draws",
            "range.open_share",
            *[f"sides.{side}.reservation_value" for side in "AB"],
            *(LEARNT if rung in ("any_truce_announced", "sectoral_truce_kept") else ()),
            *_drivers(ctx),
        ),
        _fields(ctx),
        EVERYTHING,
    )


def _base_rate(ctx: Context, figure_id: str) -> Trace:
    rung = figure_id.split(".")[1]
    forecasts = [f for f in ctx.result.rungs if f.rung == rung]
    told = [f"{words.percent(f.base_rate)} within {words.span(f.by_days)}" for f in forecasts]
    kinds = ("truce", "deal", "talks")
    events = [
        f"events.{number}"
        for number, event in enumerate(ctx.loaded.dossier.events)
        if event.kind in kinds
    ]
    rows, hidden = [], 0
    for path in events:
        event = ctx.loaded.dossier.events[int(path.split(".")[1])]
        if ctx.veil.hides(path):
            hidden += 1
            continue
        rows.append(
            (
                words.date(event.date),
                event.kind + (f", {event.scope}" if event.scope else ""),
                event.title,
                event.kept or "",
                f"{ctx.place(path)}: {event.source}",
            )
        )
    extra: list[Block] = []
    if rows:
        extra = [
            Heading(2, "Truces, deals and rounds in the record"),
            Table(
                ("day", "kind", "event", "kept", "where and source"),
                tuple(rows),
                "Which of them count for this rung follows from kind, scope, whether both announced "
                "them, and whether they were kept.",
            ),
        ]
    evidence = [f"{words.start(withheld(hidden))}."] if hidden else []
    if forecasts[0].base_rate_n == 0:
        evidence.append(
            "Rungs with n = 0 share one prior and their base rates overlap, so they do not add up."
        )
    return Trace(
        figure_id,
        f"Base rate: {ctx.rung(rung)}",
        f"{words.join(told)}; n = {forecasts[0].base_rate_n}.",
        "What this dossier's own record would say if nothing else were known: how often such an "
        "event happened in the time it covers.",
        "1 - (T/(T + H))^(k + 1/2): the chance of at least one event in the next H days, after k events "
        "in T days of record, with Jeffreys' prior on a constant rate. "
        f"k = {forecasts[0].base_rate_n}."
        + (
            " For this rung it is one minus the chance of any end." if rung == "war_goes_on" else ""
        ),
        inputs=("conflict.began", "conflict.as_of"),
        extra=tuple(extra),
        evidence=tuple(evidence),
    )


def _ending(ctx: Context, figure_id: str) -> Trace:
    _, name, days = figure_id.split(".")
    ending = next(e for e in ctx.result.endings if e.by_days == int(days))
    meanings = {
        "victory_A": "The race reached A's victory, or B gave up: its reservation value stayed below 0.",
        "victory_B": "The race reached B's victory, or A gave up: its reservation value stayed below 0.",
        "freeze": "The front went quiet with nothing signed, and is still quiet.",
        "ceasefire_in_force": "A signed text that leaves much open is in force and has not broken.",
        "settlement_in_force": "A signed text that decides most of what is contested is in force and "
        "has not broken.",
        "war": "Fighting, with no truce in force; a truce that broke counts here again.",
    }
    return Trace(
        figure_id,
        f"{ctx.ending(name)} on {words.date(ending.by_date)}",
        _intervals(ending.shares[name]),
        f"{meanings.get(name, '')} The states are exclusive and sum to one on each day.",
        DRAWS,
        ("hindcast.effective_draws", "range.open_share", *_drivers(ctx)),
        _fields(ctx),
        EVERYTHING,
    )


def _durability(ctx: Context, figure_id: str) -> Trace:
    _, name, days = figure_id.split(".")
    form = ctx.result.durability[name]
    point = next(p for p in form.curve if p.days == int(days))
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: still holds after {words.span(int(days))}",
        _intervals(point.chance),
        f"Given that a {name} begins within a year of the cut-off. The clock starts at the "
        f"{form.clock}. "
        + (
            f"{form.paths:,} paths stand behind it."
            if form.paths
            else "No path reached this form, so all draws stand in."
        ),
        "Causes compete: S(t) = Π_k S_k(t). Rearmament, for each side: the first passage of its gain, "
        "c(1 - e^(-rt)) less the other's, plus noise, over the gain a at which breaking pays; without a "
        "ceiling that is Φ((μt - a)/(σ√t)) + e^(2μa/σ² + ln Φ((-a - μt)/(σ√t))). Incidents: a "
        "self-exciting count that passes the size of a collapse. A change of leader or patron: a "
        "monthly chance, times the chance that it breaks the truce, and every move of a regime while "
        "the silence lasts. Expiry: at the end of each term, the chance of no renewal. The silence is "
        "taken to begin where the race and the regimes stand at the cut-off; enforcing provisions act "
        "by their number (decision 0023). Draws count by their weight and by the silences of this form "
        "that begin in them; intervals are over those draws.",
        (*[f"causes.{name}.{cause}" for cause in form.causes], f"record.{name}"),
        sections=("peace", "trust", "war.rearmament", "war.position"),
        evidence=(record_line(form), form.record.definition),
    )


def _cause(ctx: Context, figure_id: str) -> Trace:
    _, name, cause = figure_id.split(".")
    form = ctx.result.durability[name]
    reads = {
        "rearmament": (
            "war.rearmament",
            "peace.cost_of_breaking",
            "peace.carrying_cost",
            "peace.gap_noise_year",
        ),
        "incidents": (
            "peace.incidents_per_week",
            "peace.incident_echo",
            "peace.collapse_size",
            "trust.provisions_factor",
        ),
        "leader_or_patron": ("peace.change_monthly", "peace.change_breaks", "regimes"),
        "expiry": ("peace.ceasefire_term_months", "peace.renewal"),
    }
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: {CAUSE_NAMES.get(cause, cause)}",
        f"{words.percent(form.causes[cause])} of the failures within five years in the model.",
        "How failures split in the model, which is not a finding about what breaks truces.",
        "∫ h_k S dt over five years, divided by the sum over all causes: h_k is the hazard of this "
        "cause at t, S the chance that the silence still holds.",
        tuple(f"durability.{name}.{p.days}" for p in form.curve),
        reads.get(cause, ("peace",)),
    )


def _learnt(ctx: Context, figure_id: str) -> Trace:
    """A rate or a share that no field gives, because the events of the dossier do."""
    from scipy.special import betaincinv, gammaincinv

    dossier = ctx.loaded.dossier
    sectoral = figure_id != "record.other_truces"
    counted = [e for e in announced_truces(dossier) if (e.scope == "sectoral") == sectoral]
    ends = np.array([0.1, 0.5, 0.9])
    k = len(counted)
    if figure_id == "record.sectoral_kept":
        kept = sum(KEPT_SHARE[event.kept or "unknown"] for event in counted)
        points = betaincinv(kept + 0.5, k - kept + 0.5, ends)
        formula = (
            "Beta(s + 1/2, k - s + 1/2) with s of k kept: yes and mostly count in full, partly and "
            "unknown by half."
        )
    else:
        years = (dossier.conflict.as_of - dossier.conflict.began).days / 365.25
        points = gammaincinv(k + 0.5, ends) / years
        formula = "Gamma(k + 1/2, T): k events in T years of record, with Jeffreys' prior on a constant rate."
    low, middle, high = map(float, points)
    unit = unit_of(figure_id)
    value = (
        f"Median {words.quantity(middle, middle, unit)}; 10% to 90% points "
        f"{words.quantity(low, high, unit)}."
    )
    numbers = {id(event) for event in counted}
    rows, hidden = [], 0
    for number, event in enumerate(dossier.events):
        if id(event) not in numbers:
            continue
        path = f"events.{number}"
        if ctx.veil.hides(path):
            hidden += 1
            continue
        rows.append(
            (
                words.date(event.date),
                event_kind(event),
                event.title,
                f"{ctx.place(path)}: {event.source}",
            )
        )
    where = ctx.place("events")
    extra: list[Block] = []
    if rows:
        extra = [
            Heading(2, "The events it is learnt from"),
            Table(("day", "kind", "event", "where and source"), tuple(rows)),
        ]
    used = [f"drivers.{n}" for n, d in enumerate(ctx.result.drivers, start=1) if d.id == figure_id]
    return Trace(
        figure_id,
        words.start(LEARNT[figure_id]),
        value,
        "Learnt from the dossier's events"
        + (f" ({where})" if where else ", of which there are none")
        + f": {words.count(k, 'truce or deal', 'truces and deals')} of this kind that both sides "
        "announced, or that nobody is known to have refused.",
        f"{formula} k = {k}.",
        tuple(used),
        ("conflict.began", "conflict.as_of"),
        evidence=(f"{words.start(withheld(hidden))}.",) if hidden else (),
        extra=tuple(extra),
    )


def _record(ctx: Context, figure_id: str) -> Trace:
    if figure_id in LEARNT:
        return _learnt(ctx, figure_id)
    name = figure_id.split(".")[1]
    form = ctx.result.durability[name]
    rows = tuple(
        (words.span(p.days), words.percent(p.p), words.interval(p.lo80, p.hi80))
        for p in form.record.curve
        if form.record.useful
    )
    return Trace(
        figure_id,
        f"{FORM_NAMES.get(name, name)}: the historical record",
        record_line(form),
        form.record.definition,
        "Kaplan and Meier: S(t) = Π (1 - d_i/n_i) over the days on which silences broke, d_i the "
        "number that broke and n_i the number still observed. Below eight comparable cases there is "
        "no useful estimate.",
        inputs=("conflict.as_of",),
        extra=(Table(("after", "still held", "80% interval"), rows),) if rows else (),
        evidence=(
            "Cessations of hostilities since 1946, coded with a source each, shipped with this "
            "release (src/interbellum/peace/data) and cut at the dossier's cut-off.",
        ),
    )


def _range(ctx: Context, figure_id: str) -> Trace:
    verdict = ctx.result.range
    if figure_id == "range.open_share":
        return Trace(
            figure_id,
            "Draws in which some package is acceptable to both leads",
            f"{words.percent(verdict.open_share)} of the weighted draws.",
            "The bargaining range today: packages that are worth at least as much as fighting on to "
            "both leads, with no red line crossed, among those real in the draw, of a side or of an "
            "actor whose consent is needed. It says nothing on whether anybody would sign.",
            "Share of Σ w_d over the draws in which some package d has U_A ≥ V_A and U_B ≥ V_B. "
            + DEAL,
            (
                *[f"sides.{side}.reservation_value" for side in "AB"],
                *[f"range.blocking.{n}" for n in range(1, len(verdict.blocking) + 1)],
                "hindcast.effective_draws",
            ),
            sections=("positions", "promises", "trust", "war.rearmament", "talks.linkage"),
            evidence=(f"Method: {verdict.status}.",),
        )
    if figure_id == "range.signed_while_closed":
        return Trace(
            figure_id,
            "Signatures from draws in which no package is acceptable to both",
            f"{words.percent(verdict.signed_while_closed)} of the signatures within a year.",
            "Closed means: on the cut-off day. The engine values fighting anew each week, so a draw that "
            "is closed then may open later; and a side accepts with a chance that falls smoothly below "
            "what fighting on is worth to it, so some offers a little below that are signed.",
            "Σ w_d n_d over the draws d with no acceptable package at the cut-off, over Σ w_d n_d over "
            "all draws; n_d counts the signatures within a year in draw d.",
            ("range.open_share", "hindcast.effective_draws"),
            ("talks.choice_noise", "war.reluctance"),
        )
    number = int(figure_id.rsplit(".", 1)[1])
    blocking = verdict.blocking[number - 1]
    paths = [path for path in blocking.ids if path.startswith("positions.")]
    sides = [
        "A" if "A" in path.split(".") else "B"
        for path in blocking.ids
        if path.startswith(("sides.", "reservation_value."))
    ]
    return Trace(
        figure_id,
        "Demands that cannot hold together",
        f"{words.join(blocking_terms(ctx, blocking))}: in {words.percent(blocking.share)} of the "
        "weighted draws.",
        "A smallest set of demands that no package meets together: red lines of a side or of an actor "
        "whose consent is needed, and what fighting on is worth to each side. Give up any one of them "
        "and some package meets the rest.",
        "Minimal unsatisfiable subsets by QuickXplain (Junker 2004), draw by draw, over all closed "
        "draws: one minimal set for each draw, both sides' values where each fails alone. The share is "
        "Σ w_d over the draws in which this set was found, over Σ w_d of all draws; a draw may have "
        "further minimal sets, and sets can overlap.",
        ("range.open_share", *[f"sides.{side}.reservation_value" for side in sides]),
        (*paths, *dict.fromkeys(read for side in sides for read in _reads_of_war(side))),
        sections=("positions", "promises", "trust", "war.rearmament", "talks.linkage"),
    )


def _package(ctx: Context, figure_id: str) -> Trace:
    solution = figure_id.split(".")[1]
    package = next(p for p in ctx.result.range.packages if p.solution == solution)
    names = ctx.names()
    rows = tuple(
        (ctx.title(term.issue), term.text, ctx.place(f"issues.{term.issue}"))
        for term in package.terms
    )
    sums = [
        f"{names[side]}: {words.stake(package.u[i])} for its terms, {words.stake(package.surplus[i])} "
        "against fighting on"
        for i, side in enumerate("AB")
    ]
    stands = tuple(
        f"positions.{ctx.lead(side)}.{term.issue}.weight" for term in package.terms for side in "AB"
    )
    return Trace(
        figure_id,
        f"{words.start(solution)} package, a {package.kind}",
        f"In hundredths of the stake: {words.join(sums)}. "
        + ("Both could bear it." if package.acceptable else "Not both could bear it."),
        f"{words.start(package.definition.rstrip('.'))}. At the median inputs, with every red line of "
        "confidence .5 or more in force.",
        DEAL,
        ("range.open_share", *[f"sides.{side}.reservation_value" for side in "AB"]),
        tuple(path for path in stands if _walk(ctx, path) is not None),
        extra=(Heading(2, "Its terms"), Table(("Issue", "term", "where"), rows)),
    )


def _reads_of_war(side: str) -> tuple[str, ...]:
    """Fields that a side's reservation value is made of."""
    return (
        "war.position",
        f"war.a_prevails.{side}",
        "war.a_prevails.analyst",
        "war.months_to_decision",
        f"war.months_for_victory.{side}",
        f"war.annual_discount.{side}",
    )


def _moved(ctx: Context, side: str) -> str:
    if ctx.veil.hides(f"war.a_prevails.{side}"):
        return "As coded, moved by the weeks of the front after its date, if there are any."
    since = moved_since(ctx, side)
    if not since:
        return "As coded: no whole week of the front's record lies after its date."
    return (
        f"As coded, moved by the front since {since}: normal-normal updating, one signal a week of "
        "precision 1/σ²."
    )


def _side(ctx: Context, figure_id: str) -> Trace:
    _, side, name = figure_id.split(".")
    view = next(v for v in ctx.result.sides if v.side == side)
    belief = f"war.a_prevails.{side}"
    if name == "believes_prevails":
        hidden = ctx.veil.hides(belief)
        return Trace(
            figure_id,
            f"{view.name}: its own chance to prevail, as coded",
            REDACTED if hidden else _intervals(view.believes_prevails),
            f"How the dossier codes the chance that {view.name} prevails if it is fought to the finish, "
            "as that side sees it. A reading of words and deeds, not of a mind.",
            _moved(ctx, side) + " Weighted median over the draws.",
            ("hindcast.effective_draws",),
            (belief, f"war.stubbornness_months.{side}", "war.front.stake_per_unit"),
        )
    if name == "best_offer":
        return Trace(
            figure_id,
            f"{view.name}: worth of the egalitarian package",
            _stake(view.best_offer),
            "What the package that is best for the worse-off of the two would be worth to this side, "
            "with the risk that it breaks.",
            DEAL,
            ("packages.egalitarian",)
            if any(p.solution == "egalitarian" for p in ctx.result.range.packages)
            else (),
            sections=(f"positions.{ctx.lead(side)}", "trust", "war.rearmament", "talks.linkage"),
        )
    return Trace(
        figure_id,
        f"{view.name}: what fighting on is worth",
        _stake(view.reservation_value),
        "Least this side accepts rather than fight on, as a share of the stake: 0 is its total defeat, "
        "100 its total victory. Below 0, fighting on costs more than defeat would.",
        RESERVATION,
        (f"sides.{side}.believes_prevails", "hindcast.effective_draws"),
        _reads_of_war(side),
    )


def _fields_of(name: str) -> tuple[str, ...]:
    return () if name in LEARNT else (name,)


def _driver(ctx: Context, figure_id: str) -> Trace:
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


def _hindcast(ctx: Context, figure_id: str) -> Trace:
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


def _variant(ctx: Context, figure_id: str) -> Trace:
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


FIGURES: dict[str, Callable[[Context, str], Trace]] = {
    "rungs": _rung,
    "base_rate": _base_rate,
    "endings": _ending,
    "durability": _durability,
    "causes": _cause,
    "record": _record,
    "range": _range,
    "packages": _package,
    "sides": _side,
    "drivers": _driver,
    "hindcast": _hindcast,
    "variants": _variant,
}
