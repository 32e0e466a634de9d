"""Is there anything to sign: the range, what blocks it, and the best packages, told by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from interbellum.deals import solutions
from interbellum.deals import texts as drafts
from interbellum.deals.range import RESERVATION, blocking_sets, surplus
from interbellum.dossier.compile import Compiled
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Dossier, TextEntry
from interbellum.model.course import TextPoint
from interbellum.model.deals import (
    UTILITY_STEP,
    ActorPreferences,
    BoolArray,
    DealInputs,
    Frontier,
    IntArray,
)
from interbellum.model.result import Blocking, Package, PackageTerm, RangeVerdict
from interbellum.model.units import Array
from interbellum.standing import Standing, surplus_lines, war_standing


@dataclass(frozen=True, slots=True, eq=False)
class Medians:
    """The deal space at the median of every input."""

    inputs: DealInputs
    front: Frontier
    slope: Array
    """(levels, 2)"""
    base: Array
    """(levels, 2)"""
    value: Array
    """(2,) reservation values"""
    settlement_share: float


def range_verdict(
    loaded: Loaded,
    compiled: Compiled,
    opened: BoolArray,
    weight: Array,
    medians: Medians,
    signed: Array,
    blocking: tuple[Blocking, ...],
    texts: tuple[TextPoint, ...],
) -> RangeVerdict:
    """Share of draws with something to sign, what forbids it in the others, and the best points."""
    share = min(1.0, float(weight @ opened))  # weights sum to one but for the last bit
    return RangeVerdict(
        share,
        float(np.sqrt((weight**2).sum() * share * (1.0 - share))),
        blocking,
        packages(loaded, medians, orientation=compiled.war.orientation),
        shown_frontier(medians),
        float((weight * signed) @ ~opened / max(float(weight @ signed), 1e-300)),
        "proved",
        texts,
        value=(float(medians.value[0]), float(medians.value[1])),
    )


def blocking(
    loaded: Loaded,
    compiled: Compiled,
    deals: DealInputs,
    slope: Array,
    base: Array,
    weight: Array,
    opened: BoolArray,
    threads: int,
) -> tuple[Blocking, ...]:
    """Minimal sets of demands that cannot hold together, over every closed draw."""
    return tuple(
        Blocking(
            tuple(demand_words(loaded, compiled, demand) for demand in key),
            tuple(demand_id(compiled, demand) for demand in key),
            share,
        )
        for key, share in blocking_shares(
            deals, compiled.war.orientation, slope, base, weight, opened, threads
        )
    )


def blocking_shares(
    deals: DealInputs,
    orientation: int,
    slope: Array,
    base: Array,
    weight: Array,
    opened: BoolArray,
    threads: int,
) -> list[tuple[tuple[int, ...], float]]:
    """Minimal blocking sets of the closed draws, with their weighted shares, largest first.

    Parameters
    ----------
    deals : DealInputs
    orientation : int
        As in `EngineInputs`.
    slope, base : (D, levels, 2) float
        As in `deals.range.surplus`.
    weight : (D,) float
    opened : (D,) bool
        Draws with something to sign.
    threads : int
    """
    closed = np.flatnonzero(~opened)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        explained = pool.map(
            lambda draw: blocking_sets(deals, int(draw), slope[draw], base[draw], orientation),
            closed,
        )
    found: dict[tuple[int, ...], float] = {}
    for draw, sets in zip(closed, explained, strict=True):
        for key in sets:
            found[key] = found.get(key, 0.0) + float(weight[draw])
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(key, min(1.0, share)) for key, share in ranked]


def demand_id(compiled: Compiled, demand: int) -> str:
    """Dotted path of a red line, or the name of a reservation value."""
    if demand in RESERVATION:
        return f"sides.{'AB'[RESERVATION.index(demand)]}.reservation_value"
    if demand < 0:
        return f"actors.{asked(compiled, demand).actor}.walk_away"
    return compiled.preferences.red_lines[demand].path


def asked(compiled: Compiled, demand: int) -> ActorPreferences:
    """The actor behind a walk-away value."""
    having = [actor for actor in compiled.preferences.others if actor.walk_away is not None]
    return having[-3 - demand]


def demand_words(loaded: Loaded, compiled: Compiled, demand: int) -> str:
    """A demand in the analyst's words."""
    name, refuses = demand_parts(loaded, compiled, demand)
    return f"{name} (refuses: {refuses})" if refuses else name


def demand_parts(loaded: Loaded, compiled: Compiled, demand: int) -> tuple[str, str]:
    """Whose demand and on what; and the terms that a red line refuses, empty for a value."""
    if demand in RESERVATION:
        sides = loaded.dossier.sides
        side = (sides.A, sides.B)[RESERVATION.index(demand)]
        return f"{side.name}: at least what it expects from fighting on", ""
    if demand < 0:
        return f"{asked(compiled, demand).name}: at least its walk-away value", ""
    line = compiled.preferences.red_lines[demand]
    issue = loaded.dossier.issues[line.issue]
    names = compiled.preferences.options[line.issue]
    texts = {option.id: option.text for option in issue.options}
    return (
        f"{line.actor}: {issue.title}",
        "; ".join(texts.get(names[option], "leaving it open") for option in line.refused),
    )


BEST_OF = {
    "best_for_A": "the acceptable package with the largest gain of the first side",
    "best_for_B": "the acceptable package with the largest gain of the second side",
}
LAST_TIES = (
    "then fewer enforcing provisions, then the larger gain of the side whose lead's id sorts first; of "
    "equal utilities with as many provisions, the package that decides most"
)
"""What breaks a tie that a solution's own rule leaves, on a dossier's frontier."""


def points(
    medians: Medians, asked: Sequence[str], orientation: int
) -> list[tuple[str, solutions.Definition, int]]:
    """Named points of the frontier at the median inputs.

    Parameters
    ----------
    medians : Medians
    asked : sequence of str
        Names of `solutions.SOLUTIONS`, or of `BEST_OF`.
    orientation : int
        As in `EngineInputs`: ties go by leads and not by labels.

    Returns
    -------
    list of (name, definition, point)
        In the order asked; what does not exist is left out.
    """
    front = medians.front
    if len(front.u_a) == 0:
        return []
    left = surplus(front, medians.slope, medians.base)
    # Whole steps, so that near-ties are ties; down, so that no loss rounds to acceptance.
    gains = np.floor(left.T / UTILITY_STEP).astype(np.int64)
    level = np.repeat(np.arange(len(front.levels) - 1), np.diff(front.levels))
    order = np.lexsort((-gains[0 if orientation > 0 else 1], level))
    gains = gains[:, order]
    out = []
    for name in asked:
        if name in BEST_OF:
            side, both = list(BEST_OF).index(name), solutions.acceptable(gains)
            best = np.lexsort((-gains[1 - side, both], -gains[side, both]))
            column = int(both[best[0]]) if len(both) else None
            told = solutions.Definition(BEST_OF[name], "the larger gain of the other side")
        else:
            column, told = solutions.SOLUTIONS[name](gains), solutions.DEFINITIONS[name]
        if column is not None:
            ties = f"{told.ties.removesuffix(', then the first package')}, {LAST_TIES}"
            out.append((name, solutions.Definition(told.definition, ties), int(order[column])))
    return out


def packages(
    loaded: Loaded,
    medians: Medians,
    asked: Sequence[str] = ("egalitarian", "nash"),
    orientation: int = 1,
) -> tuple[Package, ...]:
    """Named points of the frontier at the median inputs, each re-evaluated term by term.

    Parameters
    ----------
    loaded : Loaded
    medians : Medians
    asked, orientation
        As in `points`.

    Returns
    -------
    tuple of Package
    """
    return tuple(
        package_of(loaded, medians, medians.front.choice[point], name, told)
        for name, told, point in points(medians, asked, orientation)
    )


def package_of(
    loaded: Loaded, medians: Medians, chosen: IntArray, name: str, told: solutions.Definition
) -> Package:
    """A package with its worth, computed again from its terms."""
    inputs = medians.inputs
    chosen = np.asarray(chosen, np.int64)
    u = inputs.base[0] + inputs.gain[0, chosen].sum(axis=0)
    level = int(inputs.space.enforcing[chosen].sum())
    again = medians.slope[level] * u + medians.base[level]
    terms = inputs.space.choice(chosen)
    void = {inputs.space.issues[k] for k in inputs.space.issue[chosen[inputs.space.void[chosen]]]}
    return Package(
        name,
        told.definition,
        tuple(
            PackageTerm(
                issue.id,
                terms[issue.id],
                option_text(issue.options, terms[issue.id]),
                issue.id in void,
            )
            for issue in loaded.dossier.issues
        ),
        (float(u[0]), float(u[1])),
        (float(again[0]), float(again[1])),
        "settlement"
        if float(inputs.decides[0, chosen].sum()) >= medians.settlement_share
        else "ceasefire",
        bool((again >= 0.0).all()),
        told.ties,
        level,
        tuple(
            (consent.name, float(consent.gain[0, chosen].sum()), float(consent.walk_away[0]))
            for consent in inputs.consents
        ),
    )


def option_text(options: Sequence[object], name: str) -> str:
    """Text of an option, or that the issue is left open."""
    for option in options:
        if getattr(option, "id", None) == name:
            return str(getattr(option, "text", name))
    return "left open"


def shown_frontier(medians: Medians) -> tuple[tuple[float, float], ...]:
    """Undominated (U_A, U_B) over all numbers of provisions at the median inputs."""
    if len(medians.front.u_a) == 0:
        return ()
    worth = surplus(medians.front, medians.slope, medians.base) + medians.value
    order = np.lexsort((-worth[:, 1], -worth[:, 0]))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], worth[order, 1]]))[:-1]
    kept = worth[order][worth[order, 1] > best]
    return tuple([(a, b) for a, b in kept.tolist()])


# --- drafts ------------------------------------------------------------------------------------


def draft_of(dossier: Dossier, compiled: Compiled, entry: TextEntry) -> drafts.Draft:
    """A draft of the dossier by the places of its options."""
    options = compiled.preferences.options
    said, struck = [], []
    for k, issue in enumerate(dossier.issues):
        terms = entry.terms.get(issue.id, ())
        named = (terms,) if isinstance(terms, str) else terms
        said.append(tuple(dict.fromkeys(options[k].index(name) for name in named)))
        struck.append(not named and issue.id in entry.deleted)
    return drafts.Draft(tuple(said), tuple(struck))


def text_points(loaded: Loaded, compiled: Compiled) -> tuple[TextPoint, ...]:
    """Every draft at the median inputs, oldest first, on the axes of `shown_frontier`.

    Parameters
    ----------
    loaded : Loaded
    compiled : Compiled
        As `compile_medians` gives it.
    """
    if not loaded.dossier.texts:
        return ()
    scale = drafts.scales(compiled.preferences)
    standing = war_standing(compiled)
    entries = sorted(loaded.dossier.texts, key=lambda entry: entry.date)
    return tuple(_text_point(loaded, compiled, scale, standing, entry) for entry in entries)


def _text_point(
    loaded: Loaded,
    compiled: Compiled,
    scale: drafts.Scales,
    standing: Standing,
    entry: TextEntry,
) -> TextPoint:
    """A draft under the reading that could be signed, if one could; of such, the one that leaves the
    worse-off best off, the first of equals."""
    preferences = compiled.preferences
    who = (entry.id, entry.title, entry.author, entry.date.isoformat())
    found = drafts.readings(preferences, draft_of(loaded.dossier, compiled, entry))
    if found is None or found.count() > drafts.MOST_READINGS:
        return TextPoint(*who, (math.nan, math.nan), None, None)
    in_force = [line for line in preferences.red_lines if line.in_force[0]]
    line = cache(lambda level: surplus_lines(compiled, standing, level))
    best: tuple[bool, float, Array, drafts.Readings] | None = None
    for reading in found.complete():
        said = tuple((option,) if option != drafts.NOTHING else () for option in reading)
        alone = replace(found, joint=(reading,), free=(), variants=said)
        told = drafts.consent(preferences, scale, alone, line)
        assert told is not None  # one reading is never too many
        signable, gain = bool(told.signable[0]), told.surplus_low[0]
        if best is None or (signable, float(gain.min())) > best[:2]:
            best = signable, float(gain.min()), gain + standing.value[0], alone
    assert best is not None  # a draft has at least one reading
    signable, _, u, alone = best
    crosses = len(drafts.crossed(preferences, in_force, alone))
    return TextPoint(*who, (float(u[0]), float(u[1])), crosses, signable)
