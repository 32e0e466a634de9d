"""Runs the historical library through the pipeline and scores it, by the rules of decision 0025."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
import yaml

from interbellum import __version__, analysis
from interbellum.dossier.reader import Loaded, load_text
from interbellum.errors import InterbellumError, InternalError
from interbellum.model.backtest import (
    BASE_RATE,
    HELD_DAYS,
    KEPT_TRUCE,
    POOLED,
    RECORD,
    TRUCE_MODEL,
    BackTest,
    BeginForecast,
    CaseForecast,
)
from interbellum.model.result import Durability, Result
from interbellum.model.rungs import ENDINGS, FORMS, HORIZON_DAYS, RUNGS
from interbellum.peace.record import packaged_class
from interbellum.record.backtest import score_library
from interbellum.record.cases import Outcome, case_files, outcomes_text, read_outcomes
from interbellum.record.coding import shipped_facts
from interbellum.record.crowds import (
    BEGIN_RUNG,
    KEPT_RUNG,
    CrowdQuestion,
    beside_crowds,
    crowds_text,
    dossier_files,
    read_crowds,
)
from interbellum.record.weights import equal_pools, shipped_pools
from interbellum.talks.variants import VARIANTS

REFERENCE = "reference_class"

Progress = analysis.Progress
Readers = Mapping[str, Callable[[], Loaded]]


def back_test(
    cases: Readers | None = None,
    outcomes: Mapping[str, Outcome] | None = None,
    *,
    crowd_dossiers: Readers | None = None,
    draws: int = analysis.DEFAULT_DRAWS,
    paths: int = analysis.DEFAULT_PATHS,
    seed: int = analysis.DEFAULT_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> BackTest:
    """Run every case and score it; the frozen library unless other cases are given.

    Parameters
    ----------
    cases : mapping of case to a function that reads it, or None
    outcomes : mapping of case to Outcome, or None
        Those of the library when left out.
    crowd_dossiers : mapping of dossier to a function that reads it, or None
        Dossiers set beside the crowds; with the frozen library, its two.
    draws, paths, seed, threads, progress
        As in `analysis.run`; decision 0025 fixes the first three at their defaults.

    Returns
    -------
    BackTest
        The same bytes on any number of threads. A case that cannot be run is named with its reason.

    Raises
    ------
    InternalError
        The library is not the frozen one.
    """
    if cases is None:
        check_frozen()
        cases = {name: _reader(name, path) for name, path in case_files().items()}
        crowd_dossiers = {name: _reader(name, path) for name, path in dossier_files().items()}
    crowd_dossiers = crowd_dossiers or {}
    known = read_outcomes() if outcomes is None else outcomes
    question = read_crowds()
    forecasts, tables, failed = [], [], []
    for name, done in _ran(
        {**cases, **crowd_dossiers}, progress, draws=draws, paths=paths, seed=seed, threads=threads
    ):
        if isinstance(done, InterbellumError):
            failed.append((name, " ".join(str(done).split())))
        elif name in cases:
            forecasts.append(case_forecast(name, done))
        else:
            tables.append(beside_crowds(question, begin_forecast(done, question)))
    stamp = (__version__, seed, draws, paths)
    found = score_library(forecasts, known, tuple(VARIANTS), stamp, failed)
    return replace(found, crowds=tuple(tables))


def _ran(
    readers: Readers,
    progress: Progress | None,
    *,
    draws: int,
    paths: int,
    seed: int,
    threads: int | None,
) -> Iterator[tuple[str, Result | InterbellumError]]:
    """Every dossier through the pipeline with equal weights; what went wrong stands in its result's place."""
    pools = equal_pools(
        shipped_pools()
    )  # the shipped ones were earned on these wars: decision 0033
    for number, (name, read) in enumerate(readers.items()):
        if progress is not None:
            progress(f"{name} ({number + 1} of {len(readers)})", number / len(readers))
        try:
            yield (
                name,
                analysis.run(
                    read(), draws=draws, paths=paths, seed=seed, threads=threads, pools=pools
                ),
            )
        except InterbellumError as error:
            yield name, error


def check_frozen() -> None:
    """Compare the library with its fingerprints.

    Raises
    ------
    InternalError
        A case, its outcome, the facts behind the cases, or a dossier or figure of the comparison with crowds is
        not the one that was frozen before its first run.
    """
    folder = files("interbellum.record") / "data"
    frozen = yaml.safe_load((folder / "frozen.yaml").read_text(encoding="utf-8"))["sha256"]
    now = {f"cases/{name}.yaml": path.read_bytes() for name, path in case_files().items()}
    now["case-facts.yaml"] = shipped_facts().encode()
    now["outcomes.yaml"] = outcomes_text().encode()
    now["crowds.yaml"] = crowds_text().encode()
    now |= {f"crowds/{name}.yaml": path.read_bytes() for name, path in dossier_files().items()}
    found = {name: hashlib.sha256(raw).hexdigest() for name, raw in now.items()}
    changed = sorted(name for name in {*frozen, *found} if frozen.get(name) != found.get(name))
    if changed:
        raise InternalError(
            f"The library is not the one that was frozen before its first run: {', '.join(changed)}."
        )


def case_forecast(case: str, result: Result) -> CaseForecast:
    """What a back-test takes from a result.

    Parameters
    ----------
    case : str
    result : Result

    Returns
    -------
    CaseForecast
    """
    as_of = dt.date.fromisoformat(result.dossier.as_of)
    by_state = {
        one.name: {(name, days): p for name, days, p in one.endings} for one in result.variants
    }
    by_state[POOLED] = {
        (name, one.by_days): one.shares[name].p for one in result.endings for name in ENDINGS
    }
    by_state[BASE_RATE] = by_state[REFERENCE]
    by_rung = {
        one.name: {(rung, days): p for rung, days, p in one.rungs} for one in result.variants
    }
    by_rung[POOLED] = {(one.rung, one.by_days): one.chance.p for one in result.rungs}
    by_rung[BASE_RATE] = {(one.rung, one.by_days): one.base_rate for one in result.rungs}
    return CaseForecast(
        case,
        result.dossier.title,
        as_of,
        result.dossier.hash,
        result.run.effective_draws,
        {
            who: {days: tuple(given[name, days] for name in ENDINGS) for days in HORIZON_DAYS}
            for who, given in by_state.items()
        },
        {
            who: {rung: {days: given[rung, days] for days in HORIZON_DAYS} for rung in RUNGS}
            for who, given in by_rung.items()
        },
        {form: _lines(result.durability[form], as_of) for form in FORMS},
    )


def begin_forecast(result: Result, question: CrowdQuestion) -> BeginForecast:
    """What the comparison with crowds takes from a result.

    Parameters
    ----------
    result : Result
        Of a dossier whose questions name the last day of every bin but the open one.
    question : CrowdQuestion

    Returns
    -------
    BeginForecast

    Raises
    ------
    KeyError
        The dossier does not ask for one of these days.
    """
    as_of = dt.date.fromisoformat(result.dossier.as_of)
    ahead = [(end - as_of).days for end in question.ends]
    begins = [result.rung(BEGIN_RUNG, days) for days in ahead]
    return BeginForecast(
        result.dossier.id,
        as_of,
        result.dossier.hash,
        {
            POOLED: tuple(one.chance.p for one in begins),
            KEPT_TRUCE: tuple(result.rung(KEPT_RUNG, days).chance.p for days in ahead),
            BASE_RATE: tuple(one.base_rate for one in begins),
        },
        {
            form: {point.days: point.chance.p for point in result.durability[form].curve}
            for form in ("ceasefire", "settlement")
        },
    )


def _lines(durability: Durability, as_of: dt.date) -> dict[str, dict[int, float]]:
    """Chance of holding, per line of evidence and days; the base rate is cut at `as_of`."""
    record = durability.record_model
    reference = packaged_class(durability.form, as_of)
    held = dict(zip(reference.days, np.asarray(reference.curve.survival).tolist(), strict=True))
    lines = {
        TRUCE_MODEL: {point.days: point.chance.p for point in durability.truce},
        RECORD: {point.days: point.chance.p for point in record.curve} if record.useful else {},
        POOLED: {point.days: point.chance.p for point in durability.curve},
        BASE_RATE: held if reference.useful else {},
    }
    return {
        name: {days: by_day[days] for days in HELD_DAYS if days in by_day}
        for name, by_day in lines.items()
    }


def _reader(name: str, path: Traversable) -> Callable[[], Loaded]:
    return lambda: load_text(path.read_text(encoding="utf-8"), f"{name}.yaml")
