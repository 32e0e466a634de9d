"""Our answer beside published crowds on one question of several bins (decision 0026).

The question is when a general ceasefire between Russia and Ukraine would begin. The two dossiers of this
comparison are of a war that the back-test has already; they are no cases of it, and no weight is learnt here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from interbellum.errors import InternalError
from interbellum.model.backtest import (
    BASE_RATE,
    KEPT_TRUCE,
    PERSISTENCE,
    POOLED,
    UNIFORM,
    BeginForecast,
    CrowdAnswer,
    CrowdDuration,
    CrowdTable,
)
from interbellum.record.scoring import brier

BEGIN_RUNG = "general_truce_30_days_intended"
"""Scored as our answer. The crowds' question takes a ceasefire of any length or a peace agreement; this rung, which a
settlement reaches too, is the nearest. A truce meant for days reaches only `any_truce_announced`, and so does one of a
single sector, which the question does not take."""
KEPT_RUNG = "general_truce_30_days_kept"
"""Shown beside it. Narrower than the question: it gives less to the bins in which a truce begins, which here scores
better for no merit."""


@dataclass(frozen=True, slots=True)
class CrowdGiven:
    """What was published of one crowd on one day."""

    name: str
    as_of: dt.date
    last: float
    """Chance of the last bin; the others were not published."""
    brier: float
    """Its score over all bins, as published to two decimals."""
    under_30_days: float | None
    """Chance that it lasts less than 30 days, if it begins before the last bin."""
    over_90_days: float | None


@dataclass(frozen=True, slots=True)
class CrowdQuestion:
    """A question of several bins that crowds answered."""

    text: str
    bins: tuple[str, ...]
    ends: tuple[dt.date, ...]
    """Last day of every bin but the last, which stays open."""
    outcome: int
    """The bin that came."""
    outcome_source: str
    source: str
    dossiers: Mapping[dt.date, str]
    """Dossier by cut-off."""
    given: tuple[CrowdGiven, ...]


def dossier_files() -> dict[str, Traversable]:
    """Dossiers of the comparison by id, in alphabetical order."""
    folder = files("interbellum.record") / "data" / "crowds"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): folder / name for name in names}


def crowds_text() -> str:
    """The shipped file of crowds, as written."""
    return (files("interbellum.record") / "data" / "crowds.yaml").read_text(encoding="utf-8")


def read_crowds(path: str | Path | None = None) -> CrowdQuestion:
    """The question, its outcome and what the crowds gave.

    Parameters
    ----------
    path : str, Path or None
        Another file than the shipped one.

    Raises
    ------
    InternalError
        A field is missing or does not fit; the message names it.
    """
    text = crowds_text() if path is None else Path(path).read_text(encoding="utf-8")
    try:
        return _question(yaml.safe_load(text))
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise InternalError(f"crowds.yaml: {fault!r}.") from fault


def _question(entry: Mapping[str, Any]) -> CrowdQuestion:
    bins, ends = tuple(entry["bins"]), tuple(entry["ends"])
    if len(ends) != len(bins) - 1 or list(ends) != sorted(set(ends)):
        raise ValueError(f"{len(bins)} bins need {len(bins) - 1} rising ends")
    if entry["outcome"] not in bins:
        raise ValueError(f"outcome is {entry['outcome']}, not one of {', '.join(bins)}")
    given = tuple(
        CrowdGiven(
            one["name"],
            one["as_of"],
            one["not_before_2026"],
            one["brier"],
            one.get("under_30_days"),
            one.get("over_90_days"),
        )
        for one in entry["crowds"]
    )
    unknown = {one.as_of for one in given} - set(entry["dossiers"])
    if unknown:
        raise ValueError(f"no dossier of {', '.join(sorted(map(str, unknown)))}")
    return CrowdQuestion(
        " ".join(entry["question"].split()),
        bins,
        ends,
        bins.index(entry["outcome"]),
        " ".join(entry["outcome_source"].split()),
        entry["source"],
        MappingProxyType(dict(entry["dossiers"])),
        given,
    )


def bin_chances(begun: Sequence[float]) -> tuple[float, ...]:
    """Chance of every bin, from the chance that it has begun by the last day of all but the last.

    Parameters
    ----------
    begun : M - 1 chances, not falling

    Returns
    -------
    tuple of M chances
        They sum to one.

    Raises
    ------
    ValueError
        A chance falls from one day to a later one, or lies outside 0 to 1.
    """
    steps = (0.0, *begun, 1.0)
    if any(later < earlier for earlier, later in pairwise(steps)):
        raise ValueError(f"chances of having begun must rise from 0 to 1: {tuple(begun)}")
    return tuple(later - earlier for earlier, later in pairwise(steps))


def beside_crowds(question: CrowdQuestion, forecast: BeginForecast) -> CrowdTable:
    """Our answer of a day beside every crowd of that day, and beside answers that know nothing.

    Parameters
    ----------
    question : CrowdQuestion
    forecast : BeginForecast
        Chances by each of `question.ends`.

    Returns
    -------
    CrowdTable
        Scores are sums of squares over all bins, 0 to 2; a crowd's is the one that was published.

    Raises
    ------
    ValueError
        As in `bin_chances`.
    """
    m = len(question.bins)
    ours = {name: bin_chances(begun) for name, begun in forecast.begun.items()}
    ours[PERSISTENCE] = (0.0,) * (m - 1) + (1.0,)
    ours[UNIFORM] = (1.0 / m,) * m
    crowds = [one for one in question.given if one.as_of == forecast.as_of]
    return CrowdTable(
        forecast.dossier,
        forecast.as_of,
        forecast.hash,
        question.text,
        question.bins,
        question.bins[question.outcome],
        question.outcome_source,
        question.source,
        (
            *(
                CrowdAnswer(name, False, ours[name], ours[name][-1], brier(ours[name], question.outcome))
                for name in (POOLED, KEPT_TRUCE, BASE_RATE, PERSISTENCE, UNIFORM)
            ),
            *(CrowdAnswer(one.name, True, None, one.last, one.brier) for one in crowds),
        ),
        tuple(_durations(forecast, crowds)),
    )  # fmt: skip


def _durations(forecast: BeginForecast, crowds: Sequence[CrowdGiven]) -> Iterator[CrowdDuration]:
    """How long it would last if it began: ours per form, then the crowds'."""
    for form, held in forecast.held.items():
        yield CrowdDuration(form, False, 1.0 - held[30], held[90], held[365], held[1826])
    for one in crowds:
        if one.under_30_days is not None or one.over_90_days is not None:
            yield CrowdDuration(one.name, True, one.under_30_days, one.over_90_days, None, None)
