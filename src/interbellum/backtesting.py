"""Runs the historical library through the pipeline and scores it, by the rules of decision 0025."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files

import numpy as np
import yaml

from interbellum import __version__, analysis
from interbellum.dossier.reader import Loaded, load_text
from interbellum.errors import InterbellumError, InternalError
from interbellum.model.backtest import (
    BASE_RATE,
    HELD_DAYS,
    POOLED,
    RECORD,
    TRUCE_MODEL,
    BackTest,
    CaseForecast,
)
from interbellum.model.result import Durability, Result
from interbellum.model.rungs import ENDINGS, FORMS, HORIZON_DAYS, RUNGS
from interbellum.peace.record import read_cessations, reference_class
from interbellum.record.backtest import score_library
from interbellum.record.cases import Outcome, case_files, read_outcomes
from interbellum.record.coding import shipped_facts
from interbellum.talks.variants import VARIANTS

REFERENCE = "reference_class"

Progress = analysis.Progress


def back_test(
    cases: Mapping[str, Callable[[], Loaded]] | None = None,
    outcomes: Mapping[str, Outcome] | None = None,
    *,
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
        cases = {name: _reader(name) for name in case_files()}
    known = read_outcomes() if outcomes is None else outcomes
    forecasts, failed = [], []
    for number, (name, read) in enumerate(cases.items()):
        if progress is not None:
            progress(f"{name} ({number + 1} of {len(cases)})", number / len(cases))
        try:
            loaded = read()
            result = analysis.run(loaded, draws=draws, paths=paths, seed=seed, threads=threads)
            forecasts.append(case_forecast(name, result))
        except InterbellumError as error:
            failed.append((name, " ".join(str(error).split())))
    return score_library(
        forecasts, known, tuple(VARIANTS), (__version__, seed, draws, paths), failed
    )


def check_frozen() -> None:
    """Compare the library with its fingerprints.

    Raises
    ------
    InternalError
        A case or the facts behind the cases are not those that were frozen before the first run.
    """
    folder = files("interbellum.record") / "data"
    frozen = yaml.safe_load((folder / "frozen.yaml").read_text(encoding="utf-8"))["sha256"]
    now = {f"cases/{name}.yaml": path.read_bytes() for name, path in case_files().items()}
    now["case-facts.yaml"] = shipped_facts().encode()
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


def _lines(durability: Durability, as_of: dt.date) -> dict[str, dict[int, float]]:
    """Chance of holding, per line of evidence and days; the base rate is cut at `as_of`."""
    record = durability.record_model
    reference = reference_class(read_cessations(), durability.form, as_of)
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


def _reader(name: str) -> Callable[[], Loaded]:
    return lambda: load_text(case_files()[name].read_text(encoding="utf-8"), f"{name}.yaml")
