"""Files of questions and of resolutions: what was asked, who said what, and what came.

Read as dossiers are: every fault at once, each with its place, its rule and its mend.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from interbellum.dossier.quantities import Block, Number, fault
from interbellum.dossier.reader import in_file_order, schema_faults
from interbellum.dossier.schema import Date, Id, RungName, Text
from interbellum.dossier.tree import Path_, Tree, read_tree
from interbellum.errors import DossierError, Fault, UsageError

SCHEMA_VERSION = 1
YES_NO = ("no", "yes")
RESERVED = ("uniform", "persistence")
RESERVED_START = "coders, "  # and the rule by which several coders were pooled
GOES_ON = "war_goes_on"
SLACK = 0.02  # chances of all bins are often rounded to whole per cent

Kind = Literal["ours", "crowd", "base_rate", "coder", "other"]
EndingName = Literal[
    "victory_A", "victory_B", "freeze", "ceasefire_in_force", "settlement_in_force", "war"
]
Chance = Annotated[Number, Field(ge=0, le=1)]


def _schema_version(raw: Any) -> Any:
    if raw != SCHEMA_VERSION or isinstance(raw, bool):
        raise fault(
            f"This release reads questions of schema version {SCHEMA_VERSION}.",
            f"write schema_version: {SCHEMA_VERSION}.",
        )
    return raw


class Bin(Block):
    """One of several answers that exclude each other."""

    id: Id
    """Short name."""
    text: Text
    """The answer, so that a stranger could resolve it."""


class Given(Block):
    """What somebody gave for a question on a day."""

    who: Text
    """Who gave it; the same name throughout the file is the same forecaster."""
    kind: Kind
    """ours, crowd, base_rate, coder (one of several, to be pooled) or other."""
    as_of: Date | None = None
    """Day on which it was given; may be left out for a base rate, which then stands beside every day."""
    chance: Chance | None = None
    """Of a yes-or-no question: the chance of yes."""
    bins: dict[str, Chance] | None = None
    """Of a question with bins: the chance of each."""
    source: Text
    """Where it can be read."""


class QuestionResolution(Block):
    """What came."""

    outcome: Text
    """yes or no, or the id of a bin."""
    on: Date
    """Day on which it was known."""
    source: Text
    """Where it can be read."""


class AskedQuestion(Block):
    """A dated, resolvable question on a named rung."""

    id: Id
    """Short name."""
    war: Id
    """Which war it is about: questions of one war hardly count as separate."""
    text: Text
    """The question, so that a stranger could resolve it."""
    rung: RungName
    """The rung it is about."""
    by: Date
    """Day by which the truce must have begun (whether it is kept is judged afterwards)."""
    reading: str | None = None
    """How this question reads its rung and its date."""
    bins: tuple[Bin, ...] | None = None
    """Two or more answers that exclude each other; without them the answer is yes or no."""
    persistence: str | None = None
    """The answer if the war goes on as it is; no unless given (yes for war_goes_on). With bins it must be given to be scored against."""
    forecasts: tuple[Given, ...]
    """Who gave what, and when."""
    resolution: QuestionResolution | None = None
    """What came; without it the question is listed and not scored."""


class QuestionsFile(Block):
    """Questions with their forecasts and resolutions."""

    schema_version: Annotated[int, BeforeValidator(_schema_version)]
    """Version of this format: 1."""
    title: Text
    """What these questions are about."""
    questions: tuple[AskedQuestion, ...]
    """The questions."""


class DossierResolution(Block):
    """What happened after the cut-off of a dossier."""

    dossier: Id
    """Id of the dossier whose recorded answers it resolves."""
    war: Id
    """Shared by the dossiers of one war."""
    watched_until: Date
    """Last day on which somebody looked: nothing later is scored."""
    rungs: dict[RungName, Date | None]
    """First day of each rung after the cut-off; none, or left out: not by watched_until."""
    states: dict[Date, EndingName] = Field(default_factory=dict)
    """Ending in force from each day on; before the first, war."""
    source: Text
    """Where it can be read."""


class ResolutionsFile(Block):
    """What happened, for answers in a ledger."""

    schema_version: Annotated[int, BeforeValidator(_schema_version)]
    """Version of this format: 1."""
    resolutions: tuple[DossierResolution, ...]
    """One a dossier."""


@dataclass(frozen=True, slots=True)
class LoadedQuestions:
    """A file of questions with its places."""

    file: QuestionsFile
    tree: Tree


@dataclass(frozen=True, slots=True)
class LoadedResolutions:
    """A file of resolutions with its places."""

    file: ResolutionsFile
    tree: Tree


def read_questions(
    path: str | Path, today: dt.date | None = None
) -> LoadedQuestions | LoadedResolutions:
    """Read a file of questions, or of resolutions where it has that section.

    Parameters
    ----------
    path : str or Path
    today : day or None
        Nothing can have been known later; not checked when left out.

    Returns
    -------
    LoadedQuestions or LoadedResolutions

    Raises
    ------
    DossierError
        The file has faults; `faults` lists them all, in file order.
    UsageError
        There is no such file.
    """
    if not Path(path).exists():
        raise UsageError(
            f"{path} is no file. Mend: name a YAML file with a section `questions` or `resolutions`"
            " (docs/concepts/record.md)."
        )
    tree, _ = read_tree(path)
    if "resolutions" in tree.data:
        return LoadedResolutions(_resolutions(tree, today), tree)
    return LoadedQuestions(_questions(tree, today), tree)


def _questions(tree: Tree, today: dt.date | None) -> QuestionsFile:
    try:
        file = QuestionsFile.model_validate(tree.data)
    except ValidationError as error:
        found = schema_faults(tree, error, QuestionsFile, "a file of questions")
        raise DossierError(in_file_order(found)) from None
    faults = _twice(tree, "questions", [question.id for question in file.questions], "id")
    if not file.questions:
        faults.append(_empty(tree, ("questions",)))
    for place, question in enumerate(file.questions):
        faults += _question_faults(tree, ("questions", place), question)
        faults += _resolution_faults(tree, ("questions", place, "resolution"), question, today)
    faults += _kinds(tree, file)
    if faults:
        raise DossierError(in_file_order(faults))
    return file


def _resolutions(tree: Tree, today: dt.date | None) -> ResolutionsFile:
    try:
        file = ResolutionsFile.model_validate(tree.data)
    except ValidationError as error:
        found = schema_faults(tree, error, ResolutionsFile, "a file of resolutions")
        raise DossierError(in_file_order(found)) from None
    faults = _twice(tree, "resolutions", [one.dossier for one in file.resolutions], "dossier")
    if not file.resolutions:
        faults.append(_empty(tree, ("resolutions",)))
    for place, one in enumerate(file.resolutions):
        faults += _future(tree, ("resolutions", place, "watched_until"), one.watched_until, today)
        for state_day in one.states:
            if state_day > one.watched_until:
                at = ("resolutions", place, "states", str(state_day))
                rule = "Nothing is known after `watched_until`."
                mend = "put one of the two days right."
                faults.append(tree.fault(at, f"begins on {state_day}", rule, mend))
        for rung, day in one.rungs.items():
            at = ("resolutions", place, "rungs", rung)
            if rung == GOES_ON:
                rule = "Whether the war goes on is told by `states`."
                faults.append(tree.fault(at, "is no event with a first day", rule, "remove it."))
            if day is not None and day > one.watched_until:
                rule = "Nothing is known after `watched_until`."
                faults.append(tree.fault(at, f"is {day}", rule, "put one of the two days right."))
    if faults:
        raise DossierError(in_file_order(faults))
    return file


def answers(question: AskedQuestion) -> tuple[str, ...]:
    """Ids of the answers, in the order of their chances: no and yes, or the bins."""
    return YES_NO if question.bins is None else tuple(one.id for one in question.bins)


def _question_faults(tree: Tree, at: Path_, question: AskedQuestion) -> list[Fault]:
    known = answers(question)
    if len(set(known)) < len(known):
        rule = "Every bin has a name of its own."
        return [tree.fault((*at, "bins"), "has a name twice", rule, "rename one.")]
    if len(known) < 2:
        rule = "A question has two bins or more, or none and is answered by yes or no."
        return [tree.fault((*at, "bins"), f"has {len(known)}", rule, "add a bin, or remove all.")]
    faults = [] if question.forecasts else [_empty(tree, (*at, "forecasts"))]
    for name, path in (
        (question.persistence, (*at, "persistence")),
        (question.resolution and question.resolution.outcome, (*at, "resolution", "outcome")),
    ):
        if name is not None and name not in known:
            rule = "An outcome is yes or no, or the id of a bin of the question."
            faults.append(
                tree.fault(path, f"is “{name}”", rule, f"write one of {', '.join(known)}.")
            )
    dated = {given.who for given in question.forecasts if given.as_of is not None}
    seen: set[tuple[str, object]] = set()
    for number, given in enumerate(question.forecasts):
        place = (*at, "forecasts", number)
        faults += _given_faults(tree, place, question, given)
        if (given.who, given.as_of) in seen:
            rule = "A forecaster gives one forecast a day."
            found = f"is the second of {given.who} for that day"
            faults.append(tree.fault(place, found, rule, "keep one, or date the other."))
        if given.as_of is None and given.who in dated:
            rule = "A base rate without a day stands beside every day, so it has no other."
            found = f"is without a day, and {given.who} has a dated one"
            faults.append(tree.fault(place, found, rule, "keep one, or date this one."))
        seen.add((given.who, given.as_of))
    return faults


def _resolution_faults(
    tree: Tree, at: Path_, question: AskedQuestion, today: dt.date | None
) -> list[Fault]:
    came = question.resolution
    if came is None:
        return []
    at = (*at, "on")
    # A rung can be reached early; that it was not, or that the war goes on, is known when the day has come.
    waits = "yes" if question.rung == GOES_ON else "no"
    if question.bins is None and came.outcome == waits and came.on < question.by:
        rule = f"That the answer is {waits} is not known before the day of the question."
        found = f"is {came.on}, before {question.by}"
        return [tree.fault(at, found, rule, "put a day right, or leave the resolution out.")]
    return _future(tree, at, came.on, today)


def _future(tree: Tree, at: Path_, day: dt.date, today: dt.date | None) -> list[Fault]:
    if today is None or day <= today:
        return []
    rule = "Nobody knows yet what came by a day that lies ahead."
    return [tree.fault(at, f"is {day}, after today", rule, "write a day that has come.")]


def _given_faults(tree: Tree, at: Path_, question: AskedQuestion, given: Given) -> list[Fault]:
    faults = []
    if given.who in RESERVED or given.who.startswith(RESERVED_START):
        rule = (
            f"{' and '.join(RESERVED)} are worked out by the program, and so are pools of coders."
        )
        faults.append(tree.fault((*at, "who"), f"is “{given.who}”", rule, "give it another name."))
    if given.as_of is None and given.kind != "base_rate":
        rule = "A forecast has the day on which it was given."
        faults.append(tree.fault(at, "has no as_of", rule, "add `as_of: YYYY-MM-DD`."))
    if given.as_of is not None and given.as_of > question.by:
        rule = "A forecast is given by the day of the question."
        found = f"is {given.as_of}, after {question.by}"
        faults.append(tree.fault((*at, "as_of"), found, rule, "put one of the two days right."))
    elif given.as_of and question.resolution and given.as_of >= question.resolution.on:
        rule = "A forecast is given before the answer is known."
        found = f"is {given.as_of}, and the answer of {question.resolution.on}"
        faults.append(tree.fault((*at, "as_of"), found, rule, "put one of the two days right."))
    return faults + _chance_faults(tree, at, question, given)


def _chance_faults(tree: Tree, at: Path_, question: AskedQuestion, given: Given) -> list[Fault]:
    if question.bins is None:
        if given.chance is None or given.bins is not None:
            rule = "A yes-or-no question is answered by the chance of yes."
            return [tree.fault(at, "has no `chance`, or bins", rule, "write `chance: 0.3`.")]
        return []
    known = answers(question)
    if given.chance is not None or given.bins is None or set(given.bins) != set(known):
        rule = "A question with bins is answered by the chance of each of them."
        mend = f"write `bins: {{{', '.join(f'{name}: ...' for name in known)}}}`."
        return [tree.fault(at, "does not give every bin, and only bins", rule, mend)]
    total = sum(given.bins.values())
    if given.kind != "coder" and abs(total - 1.0) > SLACK:
        rule = "The chances of bins that exclude each other sum to one."
        return [tree.fault((*at, "bins"), f"sums to {total:g}", rule, "correct the chances.")]
    if total <= 0.0:
        rule = "Some bin has a chance."
        return [tree.fault((*at, "bins"), "gives every bin 0", rule, "correct the chances.")]
    return []


def _kinds(tree: Tree, file: QuestionsFile) -> list[Fault]:
    """A forecaster is of one kind throughout."""
    kinds: dict[str, str] = {}
    faults = []
    for place, question in enumerate(file.questions):
        for number, given in enumerate(question.forecasts):
            if kinds.setdefault(given.who, given.kind) != given.kind:
                at = ("questions", place, "forecasts", number, "kind")
                rule = f"{given.who} is of kind {kinds[given.who]} above."
                mend = "use one kind, or another name."
                faults.append(tree.fault(at, f"is {given.kind}", rule, mend))
    return faults


def _empty(tree: Tree, at: Path_) -> Fault:
    # Not by the schema: pydantic calls a list empty whose only item is at fault.
    return tree.fault(at, "is empty", "At least one is needed.", "add one.")


def _twice(tree: Tree, section: str, names: list[str], key: str) -> list[Fault]:
    return [
        tree.fault(
            (section, place, key), f"is “{name}” again", "Names are used once.", "rename it."
        )
        for place, name in enumerate(names)
        if name in names[:place]
    ]
