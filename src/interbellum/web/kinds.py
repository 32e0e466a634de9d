"""The kinds of question that a run can answer, each one call to the Python API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from interbellum import analysis, api
from interbellum.dossier.reader import Loaded
from interbellum.model.diagnosis import Diagnosis
from interbellum.model.endurance import PeaceAnswer
from interbellum.model.result import Result
from interbellum.model.room import Room
from interbellum.model.table import TableResult
from interbellum.store.plain import unpacked
from interbellum.store.records import Question

QUICK_DRAWS, QUICK_PATHS = 16, 32  # of a first answer

Asked = Callable[[Loaded, Question, int, analysis.Progress], api.Answer]
Told = Callable[[bytes, Loaded, Question, bool], api.Answer]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question."""

    ask: Asked
    """(dossier, question, threads, progress): the answer."""
    tell: Told
    """(kept result, dossier, question, redact): the same answer again."""
    spans: Mapping[str, tuple[float, float]]
    """Share of the whole run before and after each stage that the pipeline names."""
    draws: int = analysis.DEFAULT_DRAWS
    has_paths: bool = False
    options: tuple[str, ...] = ()


TABLE = {"reading": (0.0, 0.1), "deals": (0.1, 0.5), "hindcast": (0.5, 0.6)}


def _brief(loaded: Loaded, asked: Question, threads: int, tell: analysis.Progress) -> api.Briefing:
    return api.brief(
        loaded,
        draws=asked.draws,
        paths=asked.paths,
        seed=asked.seed,
        threads=threads,
        progress=tell,
    )


def _texts(loaded: Loaded, asked: Question, threads: int, tell: analysis.Progress) -> api.Texts:
    return api.texts(loaded, draws=asked.draws, seed=asked.seed, threads=threads, progress=tell)


def _deals(loaded: Loaded, asked: Question, threads: int, tell: analysis.Progress) -> api.Deals:
    return api.find_deals(
        loaded, draws=asked.draws, seed=asked.seed, threads=threads, progress=tell
    )


def _peace(loaded: Loaded, asked: Question, threads: int, tell: analysis.Progress) -> api.Peace:
    given = asked.options
    return api.find_peace(
        loaded,
        text=given.get("text"),
        with_=given.get("with") or (),
        form=given.get("form"),
        draws=asked.draws,
        seed=asked.seed,
        threads=threads,
        progress=tell,
    )


def _levers(loaded: Loaded, asked: Question, threads: int, tell: analysis.Progress) -> api.Levers:
    return api.find_levers(
        loaded, draws=asked.draws, seed=asked.seed, threads=threads, progress=tell
    )


KINDS: dict[str, Kind] = {
    "brief": Kind(
        _brief,
        lambda kept, loaded, asked, redact: api.Briefing(unpacked(Result, kept), loaded, redact),
        {
            "reading": (0.0, 0.05),
            "deals": (0.05, 0.15),
            "hindcast": (0.15, 0.2),
            "talks": (0.2, 0.45),
            "other models": (0.45, 0.9),
            "briefing": (0.9, 1.0),
        },
        has_paths=True,
    ),
    "texts": Kind(
        _texts,
        lambda kept, loaded, asked, redact: api.Texts(unpacked(TableResult, kept), loaded, redact),
        TABLE,
    ),
    "deals": Kind(
        _deals,
        lambda kept, loaded, asked, redact: api.Deals(unpacked(Room, kept), loaded, redact),
        TABLE,
    ),
    "peace": Kind(
        _peace,
        lambda kept, loaded, asked, redact: api.Peace(unpacked(PeaceAnswer, kept), loaded, redact),
        TABLE,
        options=("text", "with", "form"),
    ),
    "levers": Kind(
        _levers,
        lambda kept, loaded, asked, redact: api.Levers(
            unpacked(Diagnosis, kept), loaded, asked.seed, redact
        ),
        TABLE,
        draws=api.LEVER_DRAWS,
    ),
}


def whole(kind: str, stage: str, share: float, before: float) -> float:
    """Progress of a whole run, from 0 to 1, never less than before.

    Parameters
    ----------
    kind : str
    stage : str
        As the pipeline names it; what follows in brackets is for people.
    share : float
        Of the stage.
    before : float
        What was told last.
    """
    start, end = KINDS[kind].spans.get(stage.partition(" (")[0], (before, before))
    return max(before, min(1.0, start + (end - start) * min(1.0, max(0.0, share))))


def result_of(answer: api.Answer) -> Any:
    """The frozen result behind an answer."""
    return answer.result  # type: ignore[attr-defined]
