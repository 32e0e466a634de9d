"""Any figure of a briefing, traced: what it means, its formula, what it rests on, line by line.

`FIGURES` holds one entry per family of figures. A figure names the figures it rests on and the
places in the dossier it reads, so a reader can walk from the bottom line to a source.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

from interbellum.briefing import words
from interbellum.briefing.blocks import Outline
from interbellum.briefing.context import LEARNT, Context, quantities
from interbellum.briefing.seal import context_of
from interbellum.briefing.why.basis import (
    trace_diagnosis,
    trace_driver,
    trace_hindcast,
    trace_variant,
)
from interbellum.briefing.why.deals import trace_package, trace_range, trace_side
from interbellum.briefing.why.fields import dossier_trace
from interbellum.briefing.why.forecast import (
    trace_base_rate,
    trace_cause,
    trace_durability,
    trace_ending,
    trace_record,
    trace_record_model,
    trace_rung,
    trace_truce,
)
from interbellum.briefing.why.trace import Trace, told
from interbellum.dossier.reader import Loaded
from interbellum.errors import UsageError
from interbellum.model.result import Result

NEAR = 5


def figure_ids(result: Result) -> list[str]:
    """Ids of every figure of a result, in the order of the briefing."""
    out = [f"rungs.{f.rung}.{f.by_days}" for f in result.rungs]
    out += [f"base_rate.{rung}" for rung in dict.fromkeys(f.rung for f in result.rungs)]
    out += [f"endings.{name}.{e.by_days}" for e in result.endings for name in e.shares]
    for form in result.durability.values():
        out += [f"durability.{form.form}.{point.days}" for point in form.curve]
        out += [f"truce.{form.form}.{point.days}" for point in form.truce]
        out += [f"record_model.{form.form}.{point.days}" for point in form.record_model.curve]
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
    out += ["hindcast.effective_draws", "hindcast.hazard"]
    out += [f"diagnosis.{item.side}" for item in result.diagnosis.thresholds]
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
    ctx = context_of(result, loaded, redact)
    figure_id = figure_id.strip().strip("[]")
    if figure_id in figure_ids(result):
        family = figure_id.split(".", 1)[0]
        trace = FIGURES[family](ctx, figure_id)
    else:
        found = dossier_trace(ctx, figure_id)
        if found is None:
            raise UsageError(_no_such(ctx, figure_id))
        trace = found
    return ctx.veil.blocks(told(ctx, trace, _title_and_value))


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


def _title_and_value(ctx: Context, figure_id: str) -> tuple[str, str]:
    trace = FIGURES[figure_id.split(".", 1)[0]](ctx, figure_id)
    return trace.title, trace.value


FIGURES: dict[str, Callable[[Context, str], Trace]] = {
    "rungs": trace_rung,
    "base_rate": trace_base_rate,
    "endings": trace_ending,
    "durability": trace_durability,
    "truce": trace_truce,
    "record_model": trace_record_model,
    "causes": trace_cause,
    "record": trace_record,
    "range": trace_range,
    "packages": trace_package,
    "sides": trace_side,
    "drivers": trace_driver,
    "hindcast": trace_hindcast,
    "variants": trace_variant,
    "diagnosis": trace_diagnosis,
}
