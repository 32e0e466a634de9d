"""The result as plain data: the keys of design section 9 first, more beside them.

Same bytes for the same result: keys in a fixed order, numbers to ten decimals, so that noise of
the last bits does not show.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from interbellum.briefing.annex.deals import blocking_terms
from interbellum.briefing.context import Context, veiled_promise
from interbellum.briefing.redaction import REDACTED, Veil
from interbellum.dossier.reader import Loaded
from interbellum.model.result import (
    ActorLine,
    Durability,
    Interval,
    PromiseWorth,
    Result,
    RungForecast,
    SideView,
)
from interbellum.model.rungs import CAUSES, ENDINGS, FORMS

DECIMALS = 10


def to_json(result: Result, loaded: Loaded, redact: bool = False) -> dict[str, Any]:
    """A result as plain data.

    Parameters
    ----------
    result : Result
    loaded : Loaded
        The dossier that the result was made from.
    redact : bool
        True hides what the dossier marks confidential.

    Returns
    -------
    dict
        The keys of design section 9, and more.
    """
    ctx = Context(loaded, Veil(loaded, redact), result)
    headline = ctx.headline()
    out: dict[str, Any] = {
        "dossier": tidy(result.dossier),
        "run": tidy(result.run),
        "headline": {
            "rung": result.headline_rung,
            "by_days": headline.by_days if headline else None,
        },
        "rungs": [_rung(forecast) for forecast in result.rungs],
        "endings": [
            {
                "by_days": ending.by_days,
                **{name: ending.shares[name].p for name in ENDINGS},
                "by_date": ending.by_date,
                "intervals": {name: tidy(ending.shares[name]) for name in ENDINGS},
            }
            for ending in result.endings
        ],
        "durability": {
            form: _durability(result.durability[form]) if form in result.durability else {}
            for form in FORMS
        },
        "range": {
            "open_share": result.range.open_share,
            "open_error": result.range.open_error,
            "blocking": [
                {
                    "terms": blocking_terms(ctx, item),
                    "ids": [REDACTED if ctx.veil.hides(path) else path for path in item.ids],
                    "share": item.share,
                }
                for item in result.range.blocking
            ],
            "packages": tidy(result.range.packages),
            "frontier": tidy(result.range.frontier),
            "signed_while_closed": result.range.signed_while_closed,
            "status": result.range.status,
        },
        "variants": [
            {
                "name": variant.name,
                "weight": variant.weight,
                "method": variant.method,
                "rungs": [
                    {"rung": rung, "by_days": days, "p": p} for rung, days, p in variant.rungs
                ],
            }
            for variant in result.variants
        ],
        "drivers": [
            {**tidy(driver), **_hidden(ctx, driver.id, ("id", "title"), ("low", "high"))}
            for driver in result.drivers
        ],
        "screened": result.screened,
        "promises": [
            _promise(ctx, promise)
            for promise in result.promises
            if not ctx.veil.hides(f"promises.{promise.id}")
        ],
        "notes": [ctx.veil.note(note) if redact else note for note in result.notes],
        "sides": [_side(ctx, view) for view in result.sides],
        "actors": [_actor(ctx, line) for line in result.actors],
        "hindcast": {
            **tidy(result.hindcast),
            "moved": [
                {**tidy(item), **_hidden(ctx, item.id, ("id", "title"), ("prior", "posterior"))}
                for item in result.hindcast.moved
            ],
        },
        "redacted": redact,
    }
    cleaned = ctx.veil.plain(tidy(out))
    assert isinstance(cleaned, dict)
    return cleaned


def dumps(data: Mapping[str, Any]) -> str:
    """JSON text, the same bytes for the same data, with a final newline."""
    return json.dumps(tidy(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def tidy(value: Any) -> Any:
    """Plain data: dataclasses as mappings, numbers to ten decimals, what is not finite as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: tidy(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): tidy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    number = float(value)  # numpy's scalars too
    if not math.isfinite(number):
        return None
    return round(number, DECIMALS) + 0.0  # + 0.0: no negative zero


def _rung(forecast: RungForecast) -> dict[str, Any]:
    return {
        "rung": forecast.rung,
        "by_days": forecast.by_days,
        **tidy(forecast.chance),
        "base_rate": forecast.base_rate,
        "base_rate_n": forecast.base_rate_n,
        "crowd": forecast.crowd(),
        "by_date": forecast.by_date,
        "path_noise": forecast.path_noise,
        "questions": list(forecast.questions),
        "crowds": [
            {"name": crowd.name, "p": crowd.p, "as_of": crowd.as_of, "source": crowd.source}
            for crowd in forecast.crowds
        ],
    }


def _durability(form: Durability) -> dict[str, Any]:
    return {
        "clock": form.clock,
        "paths": form.paths,
        "curve": [{"days": point.days, **tidy(point.chance)} for point in form.curve],
        "causes": {cause: form.causes[cause] for cause in CAUSES if cause in form.causes},
        "record": {
            "n": form.record.n,
            "curve": tidy(form.record.curve),
            "events": form.record.events,
            "useful": form.record.useful,
            "definition": form.record.definition,
        },
    }


def _side(ctx: Context, view: SideView) -> dict[str, Any]:
    return {
        "side": view.side,
        "name": view.name,
        "reservation_value": tidy(view.reservation_value),
        "believes_prevails": _veiled(ctx, f"war.a_prevails.{view.side}", view.believes_prevails),
        "analyst_prevails": _veiled(ctx, "war.a_prevails.analyst", view.analyst_prevails),
        "best_offer": tidy(view.best_offer),
    }


def _veiled(ctx: Context, path: str, value: Interval) -> Any:
    return None if ctx.veil.hides(path) else tidy(value)


def _promise(ctx: Context, promise: PromiseWorth) -> dict[str, Any]:
    delivery, worth = veiled_promise(ctx, promise)
    out = dict(tidy(promise))
    if delivery:
        out |= {"delivered": None, "delay_months": None}
    if worth:
        out["face"] = None
    if worth or delivery:
        out["substance"] = None
    return out


def _actor(ctx: Context, line: ActorLine) -> dict[str, Any]:
    issues = {issue.title: issue.id for issue in ctx.loaded.dossier.issues}
    shown = [item for item in line.red_lines if not ctx.veil.hides(item[1])]
    prices = [
        title
        for title in line.price_issues
        if not any(
            ctx.veil.hides(f"positions.{line.id}.{issues.get(title, title)}{tail}")
            for tail in ("", ".weight")
        )
    ]
    return {
        "id": line.id,
        "name": line.name,
        "side": line.side,
        "role": line.role,
        "red_lines": [
            {
                "issue": title,
                "path": path,
                "confidence": None if ctx.veil.hides(f"{path}.confidence") else confidence,
                "binds": binds,
            }
            for title, path, confidence, binds in shown
        ],
        "price_issues": prices,
        "withheld": len(line.red_lines) - len(shown) + len(line.price_issues) - len(prices),
        "sourced": line.sourced,
        "judged": line.judged,
        "stale": line.stale,
    }


def _hidden(
    ctx: Context, path: str, words: tuple[str, ...], numbers: tuple[str, ...]
) -> dict[str, Any]:
    if not ctx.veil.hides(path):
        return {}
    return {**dict.fromkeys(words, REDACTED), **dict.fromkeys(numbers)}
