"""A result in a notebook: a fragment of HTML, and rows ready for a data frame."""

from __future__ import annotations

from typing import Any

from interbellum.briefing.blocks import Heading, Outline
from interbellum.briefing.html import fragment
from interbellum.briefing.jsonform import to_json
from interbellum.briefing.plain import tidy
from interbellum.dossier.reader import Loaded
from interbellum.errors import UsageError
from interbellum.model.result import Result

STYLE = (
    "max-width:60em;font-family:system-ui,sans-serif;line-height:1.45;font-variant-numeric:"
    "tabular-nums"
)


def html(outline: Outline) -> str:
    """The blocks as one self-contained fragment of HTML: no script, no link, no style sheet."""
    return fragment(outline, STYLE)


def page(outline: Outline) -> str:
    """The first page only: everything before the annex."""
    stop = next(
        (i for i, block in enumerate(outline) if i and block == Heading(1, "Annex")), len(outline)
    )
    return html(outline[:stop])


def records(
    result: Result, loaded: Loaded | None = None, redact: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """Rows of the result's tables, each a flat mapping: ``pandas.DataFrame(rows)`` takes them.

    Parameters
    ----------
    result : Result
    loaded : Loaded or None
        The dossier that the result was made from; needed to redact.
    redact : bool
        True hides what the dossier marks confidential.

    Returns
    -------
    dict of list of dict
        rungs, endings, durability, drivers, blocking; chances from 0 to 1.

    Raises
    ------
    UsageError
        `redact` without `loaded`.
    """
    if redact and loaded is None:
        raise UsageError("Only the dossier says what is confidential: give `loaded` with `redact`.")
    drivers = [tidy(driver) for driver in result.drivers]
    blocking: list[dict[str, Any]] = [
        {"terms": list(item.terms), "ids": list(item.ids), "share": item.share}
        for item in result.range.blocking
    ]
    if redact and loaded is not None:
        told = to_json(result, loaded, redact=True)
        drivers, blocking = told["drivers"], told["range"]["blocking"]
    return {
        "rungs": [
            {
                "rung": f.rung,
                "by_days": f.by_days,
                "by_date": f.by_date,
                **tidy(f.chance),
                "path_noise": f.path_noise,
                "base_rate": f.base_rate,
                "base_rate_n": f.base_rate_n,
                "crowd": f.crowd(),
            }
            for f in result.rungs
        ],
        "endings": [
            {"ending": name, "by_days": e.by_days, "by_date": e.by_date, **tidy(chance)}
            for e in result.endings
            for name, chance in e.shares.items()
        ],
        "durability": [
            {"form": form.form, "days": point.days, **tidy(point.chance), "paths": form.paths}
            for form in result.durability.values()
            for point in form.curve
        ],
        "drivers": drivers,
        "blocking": [
            {**item, "terms": "; ".join(item["terms"]), "ids": "; ".join(item["ids"])}
            for item in blocking
        ],
    }
