"""Drafts on the table: what each is worth to every actor, draw by draw, and how drafts differ.

A draft says something on some issues: one option, or several variants. On the others it says
nothing, because it is silent or because it struck what an earlier draft had. Both leave things as
they stand and are worth that; they are kept apart, since striking is a position and silence is not.

A *reading* of a draft takes one variant on each issue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Literal

import numpy as np

from interbellum.deals.space import tied_issues
from interbellum.deals.utility import (
    linked_weights,
    moved_values,
    promised_values,
    utility_scale,
)
from interbellum.model.deals import (
    LEFT_OPEN,
    UTILITY_STEP,
    BoolArray,
    IntArray,
    Preferences,
    RedLineInputs,
)
from interbellum.model.units import Array

NOTHING = -1
"""Option of an issue on which a reading says nothing."""

MOST_READINGS = 1_024
"""Readings that are taken one by one; of a draft with more, some answers are unknown."""

Reading = tuple[int, ...]
"""Option per issue, `NOTHING` where the draft says nothing."""

BrokenKind = Literal["requires", "excludes", "only_if"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says, issue by issue."""

    options: tuple[tuple[int, ...], ...]
    """Per issue, the options it offers: none where it says nothing, several as variants."""
    struck: tuple[bool, ...]
    """Per issue, whether it strikes what an earlier draft had; never where it offers something."""

    def __post_init__(self) -> None:
        if any(struck and said for struck, said in zip(self.struck, self.options, strict=True)):
            raise ValueError("an issue is struck and has terms in the same draft")

    def variants(self) -> tuple[int, ...]:
        """Issues on which it offers more than one option."""
        return tuple(k for k, said in enumerate(self.options) if len(said) > 1)


@dataclass(frozen=True, slots=True)
class Broken:
    """A condition of the dossier that a draft does not meet."""

    kind: BrokenKind
    issue: int
    option: int
    others: tuple[tuple[int, int], ...]
    """The terms that would have to be there (`requires`, `only_if`), or must not be (`excludes`)."""
    always: bool
    """In every reading; else in some."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of a draft that meet every condition; all of them when none does."""

    joint: tuple[Reading, ...]
    """One per combination of the variants that conditions tie; elsewhere the first variant."""
    free: tuple[int, ...]
    """Issues with variants that no condition touches: any variant goes with any reading."""
    variants: tuple[tuple[int, ...], ...]
    """Per issue, the options that some kept reading takes."""
    meets: bool
    """False when every reading breaks some condition; `joint` then holds them all."""
    broken: tuple[Broken, ...]

    def count(self) -> int:
        """How many complete readings there are."""
        return len(self.joint) * prod(len(self.variants[k]) for k in self.free)

    def complete(self) -> Iterator[Reading]:
        """Every reading, the free issues varied too."""
        for reading in self.joint:
            for chosen in product(*(self.variants[k] for k in self.free)):
                full = list(reading)
                for k, option in zip(self.free, chosen, strict=True):
                    full[k] = option
                yield tuple(full)


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """What each option adds for every actor: the two leads first, then `Preferences.others`."""

    base: Array
    """(D, N) worth before any issue counts."""
    worth: Array
    """(D, N, K, O) what an option adds: share of the stake for the leads, share of its own ideal over
    the issues where it stands for any other actor. 0 where it has no position."""


@dataclass(frozen=True, slots=True, eq=False)
class Extremes:
    """Worth of a draft under its worst and its best reading for each actor, draw by draw."""

    low: Array
    """(D, N) least worth over the readings, each draw by its own worst."""
    high: Array
    """(D, N)"""
    worst: tuple[Reading, ...]
    """Per actor, the reading that is its worst in most of the weighted draws."""
    best: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Consent:
    """Whether a draft could be signed, draw by draw."""

    surplus_low: Array
    """(D, 2) least U - V over the readings, of A and of B."""
    surplus_high: Array
    """(D, 2)"""
    both: BoolArray
    """(D,) some one reading is worth at least its reservation value to each lead."""
    signable: BoolArray
    """(D,) and that reading crosses no binding red line in force, meets every walk-away value that
    counts, and breaks no condition."""


# --- readings ------------------------------------------------------------------------------------


def readings(preferences: Preferences, draft: Draft) -> Readings | None:
    """The ways in which a draft can be read.

    Parameters
    ----------
    preferences : Preferences
    draft : Draft

    Returns
    -------
    Readings or None
        None when conditions tie variants into more than `MOST_READINGS` combinations: unknown.
    """
    touched = {k for pair in tied_issues(preferences) for k in pair}
    several = draft.variants()
    tied = [k for k in several if k in touched]
    free = tuple(k for k in several if k not in touched)
    if prod(len(draft.options[k]) for k in tied) > MOST_READINGS:
        return None
    plain = [said[0] if said else NOTHING for said in draft.options]
    every: list[Reading] = []
    for chosen in product(*(draft.options[k] for k in tied)):
        reading = list(plain)
        for k, option in zip(tied, chosen, strict=True):
            reading[k] = option
        every.append(tuple(reading))
    faults = [set(_faults(preferences, reading)) for reading in every]
    kept = [reading for reading, broken in zip(every, faults, strict=True) if not broken]
    joint = tuple(kept or every)
    seen = sorted(set().union(*faults))
    return Readings(
        joint,
        free,
        tuple(
            draft.options[k]
            if k in free
            else tuple(dict.fromkeys(r[k] for r in joint if r[k] >= 0))
            for k in range(len(draft.options))
        ),
        bool(kept),
        tuple(Broken(*fault, all(fault in broken for broken in faults)) for fault in seen),
    )


def _faults(
    preferences: Preferences, reading: Reading
) -> Iterator[tuple[BrokenKind, int, int, tuple[tuple[int, int], ...]]]:
    """Conditions that a reading does not meet."""

    def says(term: tuple[int, int]) -> bool:
        return _says(preferences, reading, *term)

    for k, o, other, needed in preferences.requires:
        if reading[k] == o and not says((other, needed)):
            yield "requires", k, o, ((other, needed),)
    for k, o, other, barred in preferences.excludes:
        if reading[k] == o and says((other, barred)):
            yield "excludes", k, o, ((other, barred),)
    for k, o, others in preferences.only_if:
        if reading[k] == o and not any(map(says, others)):
            yield "only_if", k, o, others


def _says(preferences: Preferences, reading: Reading, issue: int, option: int) -> bool:
    """Whether a term stands in a reading; saying nothing leaves the issue open."""
    said = reading[issue]
    return said == option or (said == NOTHING and preferences.options[issue][option] == LEFT_OPEN)


def voided(preferences: Preferences, reading: Reading) -> tuple[bool, ...]:
    """Per issue, whether another term of the reading voids what it says there."""
    out = [False] * len(reading)
    for k, o, voiders in preferences.void_if:
        if reading[k] == o and any(_says(preferences, reading, *term) for term in voiders):
            out[k] = True
    return tuple(out)


# --- worth ---------------------------------------------------------------------------------------


def silence(preferences: Preferences) -> IntArray:
    """Per issue, the option whose worth counts where a draft says nothing.

    Returns
    -------
    (K,) int
        Leaving the issue open where that may be, worth what stands; else what stands itself.
    """
    return np.array(
        [
            options.index(LEFT_OPEN) if LEFT_OPEN in options else standing
            for options, standing in zip(preferences.options, preferences.standing, strict=True)
        ],
        np.int64,
    )


def scales(preferences: Preferences) -> Scales:
    """What each option adds for every actor.

    Parameters
    ----------
    preferences : Preferences

    Returns
    -------
    Scales
        Leads as in `deals.utility.deal_inputs`: u of A and of B, promised terms at what chance and
        delay leave of them. Others at face value, as their walk-away values are.
    """
    weight = linked_weights(preferences.weight, preferences.linkage)
    draws, issues = weight.shape[0], np.arange(len(preferences.issues))
    value = promised_values(preferences, moved_values(preferences, np.zeros(draws)))
    scale = utility_scale(preferences)
    theirs = preferences.value[:, [[0], [1]], issues, preferences.ideal[::-1]]
    worth = [np.nan_to_num(weight[..., None] * value / scale[:, :, None, None])]
    base = [-(weight * theirs).sum(axis=2) / scale]
    for actor in preferences.others:
        share = actor.weight / np.maximum(actor.weight.sum(axis=1, keepdims=True), 1e-300)
        worth.append(np.nan_to_num(share[:, None, :, None] * actor.value[:, None]))
        base.append(np.zeros((draws, 1)))
    return Scales(np.concatenate(base, axis=1), np.concatenate(worth, axis=1))


def counted(preferences: Preferences, reading: Reading) -> IntArray:
    """Per issue, the option whose worth counts: what is said, or what stands where that is void or
    nothing is said."""
    said = np.array(reading, np.int64)
    void = np.array(voided(preferences, reading), bool)
    out = np.where(said == NOTHING, silence(preferences), said)
    return np.where(void, preferences.standing, out)


def worth_of(preferences: Preferences, scale: Scales, reading: Reading) -> Array:
    """Worth of one reading to every actor, (D, N)."""
    issues = np.arange(len(reading))
    added = scale.worth[:, :, issues, counted(preferences, reading)].sum(axis=2)
    return np.asarray(scale.base + added)


def extremes(preferences: Preferences, scale: Scales, found: Readings, weight: Array) -> Extremes:
    """Worst and best reading of a draft for every actor, draw by draw.

    Parameters
    ----------
    preferences : Preferences
    scale : Scales
    found : Readings
    weight : (D,) float
        Weights of the draws; they choose which reading is named, no number.

    Returns
    -------
    Extremes
        Exact: worth adds over issues, so a free issue is settled by itself for each actor.
    """
    joint = np.stack([worth_of(preferences, scale, reading) for reading in found.joint])
    low, high = joint.min(axis=0), joint.max(axis=0)
    actors = range(joint.shape[2])
    worst = [list(found.joint[_most_often(joint[:, :, n].argmin(axis=0), weight)]) for n in actors]
    best = [list(found.joint[_most_often(joint[:, :, n].argmax(axis=0), weight)]) for n in actors]
    for k in found.free:
        options = found.variants[k]
        here = scale.worth[:, :, k, list(options)]
        first = here[:, :, 0]
        low = low + here.min(axis=2) - first
        high = high + here.max(axis=2) - first
        for n in actors:
            worst[n][k] = options[_most_often(here[:, n].argmin(axis=1), weight)]
            best[n][k] = options[_most_often(here[:, n].argmax(axis=1), weight)]
    return Extremes(low, high, tuple(map(tuple, worst)), tuple(map(tuple, best)))


def _most_often(chosen: IntArray, weight: Array) -> int:
    return int(np.bincount(chosen, weights=weight).argmax())


def enforcing_in(preferences: Preferences, reading: Reading) -> int:
    """Number of enforcing provisions that a reading contains; a void term has none."""
    void = voided(preferences, reading)
    return sum(
        preferences.enforcing[k][o] for k, o in enumerate(reading) if o != NOTHING and not void[k]
    )


SurplusLine = Callable[[int], tuple[Array, Array]]
"""Slope and intercept, (D, 2) each, of U - V in u under a number of enforcing provisions."""


def consent(
    preferences: Preferences, scale: Scales, found: Readings, line: SurplusLine
) -> Consent | None:
    """Whether each lead would take a draft over fighting on, draw by draw.

    Parameters
    ----------
    preferences : Preferences
    scale : Scales
    found : Readings
    line : callable
        See `SurplusLine`; the value of a deal contains the risk that it breaks, which depends on its
        enforcing provisions (design section 4).

    Returns
    -------
    Consent or None
        None when there are more than `MOST_READINGS` readings: unknown.
    """
    if found.count() > MOST_READINGS:
        return None
    lines: dict[int, tuple[Array, Array]] = {}
    left, clean = [], []
    for reading in found.complete():
        level = enforcing_in(preferences, reading)
        if level not in lines:
            lines[level] = line(level)
        slope, base = lines[level]
        left.append(slope * worth_of(preferences, scale, reading)[:, :2] + base)
        clean.append(_clean(preferences, reading) & found.meets)
    surplus = np.stack(left)
    both = (surplus >= 0.0).all(axis=2)  # as everywhere: no loss, however small, is acceptance
    return Consent(
        surplus.min(axis=0),
        surplus.max(axis=0),
        np.asarray(both.any(axis=0)),
        np.asarray((both & np.stack(clean)).any(axis=0)),
    )


def _clean(preferences: Preferences, reading: Reading) -> BoolArray:
    """(D,) whether no binding red line in force and no walk-away value forbids a reading."""
    ok = np.ones(len(preferences.linkage), bool)
    for line in preferences.red_lines:
        if crosses(preferences, line, reading[line.issue]):
            ok &= ~line.in_force
    issues, option = np.arange(len(reading)), counted(preferences, reading)
    for actor in preferences.others:
        if actor.walk_away is None:
            continue
        weight = actor.weight * actor.consents
        share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
        got = (share * np.nan_to_num(actor.value[:, issues, option])).sum(axis=1)
        ok &= got >= actor.walk_away - UTILITY_STEP
    return ok


# --- what a draft crosses, contains and leaves open ------------------------------------------------


def crosses(preferences: Preferences, line: RedLineInputs, said: int) -> bool:
    """Whether an option on a red line's issue crosses it; saying nothing leaves the issue open."""
    options = preferences.options[line.issue]
    if said == NOTHING:
        return LEFT_OPEN in options and options.index(LEFT_OPEN) in line.refused
    return said in line.refused


def crossed(
    preferences: Preferences, lines: Sequence[RedLineInputs], found: Readings
) -> tuple[tuple[int, bool], ...]:
    """Red lines that a draft crosses: index, and whether every reading crosses it.

    Parameters
    ----------
    preferences : Preferences
    lines : sequence of RedLineInputs
        Binding or not.
    found : Readings
    """
    out = []
    for place, line in enumerate(lines):
        said = found.variants[line.issue] or (NOTHING,)
        hits = [crosses(preferences, line, option) for option in said]
        if any(hits):
            out.append((place, all(hits)))
    return tuple(out)


def contained(
    preferences: Preferences,
    found: Readings,
    provisions: Sequence[Sequence[frozenset[str]]],
) -> dict[str, bool]:
    """Standard provisions that a draft contains, and whether in every reading.

    Parameters
    ----------
    preferences : Preferences
    found : Readings
    provisions : per issue and option, names of the standard provisions in it
    """

    def holds(name: str, k: int, option: int) -> bool:
        return option < len(provisions[k]) and name in provisions[k][option]

    in_joint: list[frozenset[str]] = []
    for reading in found.joint:
        void = voided(preferences, reading)
        in_joint.append(
            frozenset().union(
                *(
                    provisions[k][o]
                    for k, o in enumerate(reading)
                    if k not in found.free and 0 <= o < len(provisions[k]) and not void[k]
                )
            )
        )
    in_free = {name for k in found.free for o in found.variants[k] for name in provisions[k][o]}
    out: dict[str, bool] = {}
    for name in sorted(in_free.union(*in_joint)):
        by_choice = any(
            all(holds(name, k, option) for option in found.variants[k]) for k in found.free
        )
        out[name] = by_choice or all(name in here for here in in_joint)
    return out


# --- two drafts ------------------------------------------------------------------------------------

Agreement = Literal["agree", "may_agree", "differ", "one_silent", "one_struck", "neither"]
"""How two drafts stand to each other on an issue: the same term; variants that meet in some reading;
different terms; one says nothing (silent, or struck); neither says anything."""


def agreement(one: Draft, other: Draft, issue: int) -> Agreement:
    """How two drafts stand to each other on an issue; the order of the two does not matter."""
    here, there = one.options[issue], other.options[issue]
    if not here and not there:
        return "neither"
    if not here or not there:
        return "one_struck" if one.struck[issue] or other.struck[issue] else "one_silent"
    if len(here) == len(there) == 1:
        return "agree" if here == there else "differ"
    return "may_agree" if set(here) & set(there) else "differ"


@dataclass(frozen=True, slots=True)
class Step:
    """How a draft moved on one issue from an earlier one."""

    issue: int
    kind: Literal["moved", "changed", "said", "silent", "struck"]
    """Along an ordered ladder; to another option of an unordered issue; it now says what the other
    did not; it no longer says; it strikes."""
    rungs: tuple[int, int]
    """Fewest and most rungs up the ladder over the readings of both; (0, 0) unless `moved`."""
    toward: tuple[str, ...]
    """Actors to whose ideal every reading is nearer on the ladder than any reading before."""
    away: tuple[str, ...]


def steps(
    before: Draft,
    after: Draft,
    ordered: Sequence[bool],
    ideals: Sequence[dict[str, int]],
) -> tuple[Step, ...]:
    """What changed from one draft to a later one, issue by issue.

    Parameters
    ----------
    before, after : Draft
    ordered : per issue, whether its options form a ladder
    ideals : per issue, the option that each actor wants

    Returns
    -------
    tuple of Step
        A ladder is ordinal: its rungs are counted, never read as worth. Becoming silent on what was
        said, and striking it, are told apart.
    """
    out = []
    for k, (old, new) in enumerate(zip(before.options, after.options, strict=True)):
        if set(old) == set(new) and before.struck[k] == after.struck[k]:
            continue
        if not new:
            if after.struck[k]:
                out.append(Step(k, "struck", (0, 0), (), ()))
            elif old:
                out.append(Step(k, "silent", (0, 0), (), ()))
            continue
        if not old:
            out.append(Step(k, "said", (0, 0), (), ()))
            continue
        kind: Literal["moved", "changed"] = "moved" if ordered[k] else "changed"
        toward, away = [], []
        for actor, ideal in ideals[k].items():
            was = [_gap(option, ideal, ordered[k]) for option in old]
            now = [_gap(option, ideal, ordered[k]) for option in new]
            if max(now) < min(was):
                toward.append(actor)
            elif min(now) > max(was):
                away.append(actor)
        rungs = (min(new) - max(old), max(new) - min(old)) if ordered[k] else (0, 0)
        out.append(Step(k, kind, rungs, tuple(toward), tuple(away)))
    return tuple(out)


def _gap(option: int, ideal: int, ordered: bool) -> int:
    """Rungs to an ideal; on an unordered issue, whether it is another option."""
    return abs(option - ideal) if ordered else int(option != ideal)
