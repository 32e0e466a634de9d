"""Scores of asked questions and of recorded answers: from the words of a file to tables of scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import numpy as np

from interbellum.dossier.questions import (
    AskedQuestion,
    DossierResolution,
    Given,
    LoadedQuestions,
    LoadedResolutions,
    answers,
    read_questions,
)
from interbellum.errors import UsageError
from interbellum.model.ledger import Entry
from interbellum.model.rungs import RUNGS
from interbellum.model.scores import (
    FEWEST,
    CoderPool,
    GivenScore,
    Item,
    QuestionRow,
    QuestionScores,
    ScoreTable,
)
from interbellum.model.units import Array
from interbellum.record.cases import GOES_ON, Outcome
from interbellum.record.coders import RULES, implications, pool, repaired, summed_to_one
from interbellum.record.ledger import OURS, answered, read_ledger
from interbellum.record.scoring import (
    BAND_EDGES,
    brier,
    calibration,
    corp,
    log_score,
    murphy,
    score_table,
)

PERSISTENCE = "persistence"
UNIFORM = "uniform"

_Day = tuple[str, dt.date]


def score(
    file: str | Path, ledger: Path | None = None, today: dt.date | None = None
) -> QuestionScores:
    """Score a file of questions; or, by a file of resolutions, the answers of a ledger.

    Parameters
    ----------
    file : str or Path
    ledger : Path or None
        Needed by a file of resolutions, and by nothing else.
    today : day or None
        Nothing can have been known later; not checked when left out.

    Returns
    -------
    QuestionScores

    Raises
    ------
    DossierError
        The file has faults; all of them are listed.
    UsageError
        There is no such file, or the ledger cannot be read, holds no answer or does not fit.
    """
    loaded = read_questions(file, today)
    if isinstance(loaded, LoadedQuestions):
        return score_questions(loaded)
    if ledger is None:
        raise UsageError(f"{file} resolves the answers of a ledger. Mend: name it with --ledger.")
    entries = read_ledger(ledger)
    if not entries:
        raise UsageError(
            f"{ledger} holds no answers to score. Mend: name another file with --ledger, or write an "
            "answer down with `interbellum brief DOSSIER --record`."
        )
    return score_ledger(entries, loaded)


# --- a file of questions -----------------------------------------------------------------------


def score_questions(loaded: LoadedQuestions) -> QuestionScores:
    """Every forecast of a file of questions, scored where the question is resolved.

    Parameters
    ----------
    loaded : LoadedQuestions

    Returns
    -------
    QuestionScores
        A question that was answered on several days is an item a day; only forecasts of the same
        day are compared. Coders are scored and pooled as repaired.
    """
    questions = loaded.file.questions
    mended, moved = _repaired(questions)
    kinds = {given.who: given.kind for one in questions for given in one.forecasts}
    rows, items, coders = [], [], []
    for question in questions:
        for day in _days(question):
            chances = _chances(question, day, mended)
            pooled = _pooled(question, day, chances, moved)
            if pooled is not None:
                coders.append(pooled)
                chances |= {f"coders, {rule}": p for rule, p in pooled.pooled.items()}
            chances |= _references(question)
            rows.append(_row(question, day, chances, kinds))
            if question.resolution is not None:
                items.append(_item(question, day, chances))
    pairs = _pairs(kinds)
    by_size: dict[int, list[Item]] = {}
    for item in items:
        by_size.setdefault(len(next(iter(item.chances.values()))), []).append(item)
    tables = [
        score_table("yes or no" if size == 2 else f"{size} bins", group, pairs)
        for size, group in sorted(by_size.items())
    ]
    unresolved = [one for one in questions if one.resolution is None]
    return _scores(
        loaded.file.title,
        rows,
        tables,
        by_size.get(2, []),
        coders,
        tuple(f"{one.id}: {one.text} (by {one.by})" for one in unresolved),
    )


def _pairs(kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    """Ours against everybody else; without ours, everybody against everybody; and the naive marks."""
    ours = [who for who, kind in kinds.items() if kind == "ours"]
    others = [who for who in kinds if who not in ours]
    told = ours or [who for who in others if kinds[who] != "base_rate"]
    given = [who for who, kind in kinds.items() if kind in ("base_rate", "crowd")]
    marks = (*given, PERSISTENCE, UNIFORM)
    return [
        *(((one, other) for one in ours for other in others) if ours else combinations(others, 2)),
        *((one, mark) for one in told for mark in (PERSISTENCE, UNIFORM)),
        *((f"coders, {rule}", f"coders, {RULES[0]}") for rule in RULES[1:]),
        *((f"coders, {RULES[0]}", who) for who in marks),
    ]


def _scores(
    title: str,
    rows: Sequence[QuestionRow],
    tables: Sequence[ScoreTable],
    yes_no: Sequence[Item],
    coders: Sequence[CoderPool],
    unresolved: tuple[str, ...],
    known: tuple[str, ...] = (),
) -> QuestionScores:
    bands, parts, split = {}, {}, {}
    for who in dict.fromkeys(name for item in yes_no for name in item.chances):
        mine = [item for item in yes_no if who in item.chances]
        if len(mine) >= FEWEST and who not in (PERSISTENCE, UNIFORM):
            p = np.array([item.chances[who][1] for item in mine])
            came = np.array([float(item.outcome) for item in mine])
            bands[who] = calibration(p, came, [item.cluster for item in mine])
            parts[who] = corp(p, came)
            split[who] = murphy(p, came, BAND_EDGES)
    return QuestionScores(
        title, tuple(rows), tuple(tables), bands, parts, split, tuple(coders), unresolved, known
    )


def _days(question: AskedQuestion) -> list[dt.date | None]:
    """Days on which somebody answered; a base rate without a day stands beside each of them."""
    days = sorted({one.as_of for one in question.forecasts if one.as_of is not None})
    return list(days) or [None]


def _chances(
    question: AskedQuestion, day: dt.date | None, mended: Mapping[tuple[str, str, _Day], Array]
) -> dict[str, tuple[float, ...]]:
    out = {}
    for one in question.forecasts:
        if one.as_of in (day, None):
            p = _given(question, one)
            if one.kind == "coder" and day is not None:
                p = mended[one.who, question.id, (question.war, day)]
            out[one.who] = tuple((p / p.sum()).tolist())
    return out


def _given(question: AskedQuestion, one: Given) -> Array:
    if one.chance is not None:
        return np.array([1.0 - one.chance, one.chance])
    assert one.bins is not None  # by the reader
    return np.array([one.bins[name] for name in answers(question)])


def _repaired(
    questions: Sequence[AskedQuestion],
) -> tuple[dict[tuple[str, str, _Day], Array], dict[tuple[str, str, _Day], float]]:
    """Coders' chances made coherent, per coder, question and (war, day); and how far they moved."""
    groups: dict[tuple[str, _Day], list[tuple[AskedQuestion, Array]]] = {}
    for question in questions:
        for one in question.forecasts:
            if one.kind == "coder" and one.as_of is not None:
                place = (one.who, (question.war, one.as_of))
                groups.setdefault(place, []).append((question, _given(question, one)))
    mended, moved = {}, {}
    for (who, day), given in groups.items():
        plain = [(question, p) for question, p in given if question.bins is None]
        contained = implications([(one.rung, one.by.toordinal()) for one, _ in plain])
        yes = repaired(np.array([p[1] for _, p in plain]), contained)
        after = [
            *((one, p, np.array([1.0 - y, y])) for (one, p), y in zip(plain, yes, strict=True)),
            *((one, p, summed_to_one(p)) for one, p in given if one.bins is not None),
        ]
        for question, before, now in after:
            mended[who, question.id, day] = now
            moved[who, question.id, day] = float(np.abs(now - before).max())
    return mended, moved


def _pooled(
    question: AskedQuestion,
    day: dt.date | None,
    chances: Mapping[str, tuple[float, ...]],
    moved: Mapping[tuple[str, str, _Day], float],
) -> CoderPool | None:
    coders = [one.who for one in question.forecasts if one.kind == "coder" and one.as_of == day]
    if len(coders) < 2 or day is None:
        return None
    p = np.array([chances[who] for who in coders])
    return CoderPool(
        question.id,
        day,
        MappingProxyType({who: moved[who, question.id, (question.war, day)] for who in coders}),
        MappingProxyType({rule: tuple(pool(p, rule).tolist()) for rule in RULES}),
    )


def _references(question: AskedQuestion) -> dict[str, tuple[float, ...]]:
    known = answers(question)
    stays = question.persistence
    if stays is None and question.bins is None:
        stays = "yes" if question.rung == GOES_ON else "no"
    out = {UNIFORM: (1.0 / len(known),) * len(known)}
    if stays is not None:
        out[PERSISTENCE] = tuple(float(name == stays) for name in known)
    return out


def _item(
    question: AskedQuestion, day: dt.date | None, chances: Mapping[str, tuple[float, ...]]
) -> Item:
    assert question.resolution is not None  # asked of resolved questions only
    outcome = answers(question).index(question.resolution.outcome)
    return Item(f"{question.id}.{day}", question.war, outcome, chances)


def _row(
    question: AskedQuestion,
    day: dt.date | None,
    chances: Mapping[str, tuple[float, ...]],
    kinds: Mapping[str, str],
) -> QuestionRow:
    known = answers(question)
    outcome = None if question.resolution is None else question.resolution.outcome
    place = None if outcome is None else known.index(outcome)
    return QuestionRow(
        question.id,
        question.war,
        question.text,
        question.rung,
        question.by,
        day,
        known,
        outcome,
        tuple(
            GivenScore(
                who,
                kinds.get(who, "reference"),
                p,
                None if place is None else brier(p, place),
                None if place is None else log_score(p, place),
            )
            for who, p in chances.items()
        ),
    )


# --- a ledger ----------------------------------------------------------------------------------


def score_ledger(entries: Sequence[Entry], loaded: LoadedResolutions) -> QuestionScores:
    """Recorded answers, scored by what happened after their cut-offs.

    Parameters
    ----------
    entries : sequence of Entry
    loaded : LoadedResolutions

    Returns
    -------
    QuestionScores
        Rungs at the days of the dossier's questions, rungs at the standard horizons, endings.

    Raises
    ------
    UsageError
        A rung's first day lies before the cut-off of an answer that it should resolve.
    """
    outcomes = {one.dossier: _outcome(one) for one in loaded.file.resolutions}
    _check_after_cut_off(entries, outcomes, loaded)
    groups, known = answered(entries, outcomes)
    pairs = [(OURS, name) for name in ("base_rate", "crowd", PERSISTENCE, UNIFORM)]
    tables = [score_table(title, items, pairs) for title, items in groups.items() if items]
    unknown = [one for one in entries if one.dossier not in outcomes]
    unasked = [name for name in outcomes if name not in {one.dossier for one in entries}]
    return _scores(
        f"Ledger of {len(entries)} recorded answers",
        (),
        tables,
        groups["rungs at standard horizons"],
        (),
        (
            *(_named(one) for one in unknown),
            *(f"{name}: resolved, but the ledger holds no answer to it" for name in unasked),
        ),
        tuple(
            f"{_named(entries[place])}: {count} {'chances' if count > 1 else 'chance'}"
            for place, count in known.items()
        ),
    )


def _named(entry: Entry) -> str:
    return f"{entry.dossier} of {entry.as_of}, recorded {entry.recorded}"


def _outcome(one: DossierResolution) -> Outcome:
    rungs = {name: one.rungs.get(name) for name in RUNGS if name != GOES_ON}  # type: ignore[call-overload]
    states = tuple(sorted(one.states.items()))
    ended = states[-1][1].removesuffix("_in_force") if states else "war"
    return Outcome(
        one.dossier, one.war, ended, rungs, states, None, one.watched_until, one.source, ""
    )


def _check_after_cut_off(
    entries: Iterable[Entry], outcomes: Mapping[str, Outcome], loaded: LoadedResolutions
) -> None:
    for entry in entries:
        outcome = outcomes.get(entry.dossier)
        days = [] if outcome is None else [day for day in outcome.rungs.values() if day is not None]
        early = [day for day in days if day <= entry.as_of]
        if early:
            raise UsageError(
                f"{loaded.tree.file}: {entry.dossier} has a rung on {min(early)}, which is not after "
                f"the cut-off {entry.as_of} of a recorded answer. Mend: give the first day after it."
            )
