"""The result as plain data: the keys of design section 9 first, more beside them.

A redacted result tells chances and worth to the hundredth, as the page does: a reader who has all but
one number of a dossier could else run it again and again until the last digits agree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from interbellum.briefing.annex.deals import blocking_terms
from interbellum.briefing.context import Context, veiled_promise
from interbellum.briefing.plain import dumps as dumps
from interbellum.briefing.plain import parts
from interbellum.briefing.plain import tidy as tidy
from interbellum.briefing.redaction import REDACTED
from interbellum.briefing.seal import context_of
from interbellum.dossier.reader import Loaded
from interbellum.model.diagnosis import Threshold
from interbellum.model.endurance import FormAnswer
from interbellum.model.result import (
    ActorLine,
    Durability,
    EndingForecast,
    Gap,
    Interval,
    PromiseWorth,
    Result,
    RungForecast,
    SideView,
    SurvivalPoint,
)
from interbellum.model.rungs import CAUSES, ENDINGS, FORMS

MOVED_NUMBERS = ("prior", "posterior", "prior_mean", "posterior_mean")
OPEN = ("crowd", "crowds")
"""Told in full where redacted: nothing of a dossier is worked into them."""
OF_INPUTS = (
    "low",
    "high",
    *MOVED_NUMBERS,
    "delivered",
    "delay_months",
    "effective_draws",
    "move_units",
    "front",
)
"""Told to three digits: ranges of inputs can be small numbers, and others, such as the front's, large."""
LEAST = 0.005  # a chance of less than 1 in 100 is not told as none


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
    ctx = context_of(result, loaded, redact)
    result = ctx.result
    headline = ctx.headline()
    gaps = {(gap.rung, gap.by_days): _gap(gap) for gap in result.gaps}
    out: dict[str, Any] = {
        "dossier": result.dossier,
        "run": result.run,
        "headline": {
            "rung": result.headline_rung,
            "by_days": headline.by_days if headline else None,
        },
        "rungs": [
            {**_rung(forecast), "gap": gaps.get((forecast.rung, forecast.by_days))}
            for forecast in result.rungs
        ],
        "endings": [_ending(ending) for ending in result.endings],
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
            "packages": result.range.packages,
            "frontier": result.range.frontier if result.range.frontier or not redact else None,
            "value": result.range.value,
            "signed_while_closed": result.range.signed_while_closed,
            "status": result.range.status,
            "texts": result.range.texts,
        },
        "trajectory": [_ending(point) for point in result.trajectory],
        "course": result.course,
        "variants": [
            {
                "name": variant.name,
                "weight": variant.weight,
                "method": variant.method,
                "draws": variant.draws,
                "effective_draws": variant.effective_draws,
                "rungs": [
                    {"rung": rung, "by_days": days, "p": p} for rung, days, p in variant.rungs
                ],
                "endings": [
                    {"ending": name, "by_days": days, "p": p} for name, days, p in variant.endings
                ],
            }
            for variant in result.variants
        ],
        "pooling": result.pooling,
        "durability_pooling": result.durability_pooling,
        "track_record": result.track_record,
        "drivers": [
            {**parts(driver), **_hidden(ctx, driver.id, ("id", "title"), ("low", "high"))}
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
            **parts(result.hindcast),
            "moved": [
                {**parts(item), **_hidden(ctx, item.id, ("id", "title"), MOVED_NUMBERS)}
                for item in result.hindcast.moved
            ],
        },
        "diagnosis": {
            "thresholds": [_threshold(item) for item in result.diagnosis.thresholds],
            "views": result.diagnosis.views,
            "draws": result.diagnosis.draws,
            "blockers": None,  # 32 runs more: the verb `levers` works them out
        },
        "redacted": redact,
    }
    cleaned = ctx.veil.plain(rounded(tidy(out)) if redact else tidy(out))
    assert isinstance(cleaned, dict)
    return cleaned


def _rung(forecast: RungForecast) -> dict[str, Any]:
    return {
        "rung": forecast.rung,
        "by_days": forecast.by_days,
        **parts(forecast.chance),
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


def _ending(ending: EndingForecast) -> dict[str, Any]:
    return {
        "by_days": ending.by_days,
        **{name: ending.shares[name].p for name in ENDINGS},
        "by_date": ending.by_date,
        "intervals": {name: ending.shares[name] for name in ENDINGS},
    }


def _gap(gap: Gap) -> dict[str, Any]:
    ends = {"lowest": gap.lowest, "highest": gap.highest}
    return {
        **{end: {"variant": name, "p": p} for end, (name, p) in ends.items()},
        "width": gap.width,
    }


def _threshold(threshold: Threshold) -> dict[str, Any]:
    out = parts(threshold)
    for name in ("believes", "closes_above", "move", "move_units"):
        out[name] = _interval(getattr(threshold, name))
    return out


def _interval(value: Interval | None) -> Any:
    """An interval, or null where it is hidden or there is none."""
    return None if value is None or math.isnan(value.p) else value


def rounded(value: Any, digits: bool = False) -> Any:
    """Numbers of a redacted answer: to the hundredth or to three digits; of what is neither 0 nor 1, never either."""
    if isinstance(value, Mapping):
        return {
            name: item if name in OPEN else rounded(item, digits or name in OF_INPUTS)
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits) for item in value]
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    if digits:
        return float(f"{value:.3g}")
    near = round(value, 2)
    if value == near or abs(value) > 1.0 or near not in (-1.0, 0.0, 1.0):
        return near
    return math.copysign(LEAST if near == 0.0 else 1.0 - LEAST, value)


def _durability(form: Durability) -> dict[str, Any]:
    return {
        "clock": form.clock,
        "paths": form.paths,
        "curve": curve(form.curve),
        "causes": {cause: form.causes[cause] for cause in CAUSES if cause in form.causes},
        "record": {
            "n": form.record.n,
            "curve": form.record.curve,
            "events": form.record.events,
            "useful": form.record.useful,
            "definition": form.record.definition,
        },
        **evidence(form),
    }


def curve(points: Sequence[SurvivalPoint]) -> list[dict[str, Any]]:
    """A survival curve, a mapping for each day."""
    return [{"days": point.days, **parts(point.chance)} for point in points]


def evidence(form: Durability | FormAnswer) -> dict[str, Any]:
    """The two lines of evidence behind a pooled curve, their weights and their gap, day by day."""
    record = {point.days: point.chance.p for point in form.record_model.curve}
    return {
        "truce": curve(form.truce),
        "record_model": {
            **parts(form.record_model),
            "curve": curve(form.record_model.curve),
        },
        "weights": form.weights,
        "gap": [
            {"days": point.days, "width": abs(point.chance.p - record[point.days])}
            for point in form.truce
            if point.days in record
        ],
    }


def _side(ctx: Context, view: SideView) -> dict[str, Any]:
    return {
        "side": view.side,
        "name": view.name,
        "reservation_value": _interval(view.reservation_value),
        "believes_prevails": _interval(view.believes_prevails),
        "analyst_prevails": _veiled(ctx, "war.a_prevails.analyst", view.analyst_prevails),
        "best_offer": _interval(view.best_offer),
    }


def _veiled(ctx: Context, path: str, value: Interval) -> Any:
    return None if ctx.veil.hides(path) else value


def _promise(ctx: Context, promise: PromiseWorth) -> dict[str, Any]:
    delivery, worth = veiled_promise(ctx, promise)
    out = parts(promise)
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
