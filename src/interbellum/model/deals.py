"""What the deals stage works on: the space of packages and, draw by draw, what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interbellum.model.units import Array

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

LEFT_OPEN = "left_open"
"""Stands for silence on an issue: no option has this name."""

UTILITY_STEP = 1e-9
"""Utilities are compared in whole steps of this size, so that near-ties are real ties."""


@dataclass(frozen=True, slots=True, eq=False)
class DealSpace:
    """The packages: one term on each issue, such that every clause holds.

    A *term* is an option of an issue in one of its readings: as written, or void because another
    term of the package voids it. Terms stand in one flat list, issue by issue in the order in which
    the frontier takes them; a package is one term per step of that order.

    Conditions are *clauses*: at least one of a set of terms stands in the package. `requires`,
    `excludes`, `only_if` and `void_if` all read so, since each issue has exactly one term.
    """

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    """Per issue, its option ids; `left_open` last where the issue may be left open."""
    order: tuple[int, ...]
    """Issue taken at each step: tied issues together, those with enforcing provisions last."""
    offsets: IntArray
    """(steps + 1,) first term of each step in the flat list."""
    issue: IntArray
    """(terms,) issue of each term."""
    option: IntArray
    """(terms,) option of each term, within its issue."""
    void: BoolArray
    """(terms,) True for the void reading: worth what `standing` is worth, no provision, decides
    nothing."""
    enforcing: IntArray
    """(terms,) number of enforcing provisions it contains."""
    clauses: tuple[tuple[int, ...], ...]
    """Terms of which at least one stands, rising; one tuple per condition."""
    states: IntArray
    """(steps + 1,) how many ways the clauses can stand unsettled before each step; 1 at both ends."""
    follow: IntArray
    """(sum of states[k] * terms of step k,) state after taking a term in a state, -1 where a clause
    fails; row by row, see `follow_offsets`."""
    follow_offsets: IntArray
    """(steps + 1,) first entry of each step in `follow`."""

    def steps(self) -> int:
        """Number of issues."""
        return len(self.order)

    def moves(self, step: int) -> IntArray:
        """State after each term of a step in each state, (states, terms); -1 where a clause fails."""
        here = self.follow[self.follow_offsets[step] : self.follow_offsets[step + 1]]
        return here.reshape(int(self.states[step]), -1)

    def holds(self, chosen: IntArray) -> bool:
        """Whether a package, one flat term per step, meets every clause."""
        taken = {int(term) for term in chosen}
        return all(any(term in taken for term in clause) for clause in self.clauses)

    def choice(self, chosen: IntArray) -> dict[str, str]:
        """Option per issue, in dossier order, of a package given as one flat term per step."""
        out = {
            self.issues[int(self.issue[term])]: self.options[int(self.issue[term])][
                int(self.option[term])
            ]
            for term in chosen
        }
        return {issue: out[issue] for issue in self.issues}


@dataclass(frozen=True, slots=True, eq=False)
class ConsentInputs:
    """An actor without whose consent there is no deal, and what it asks for."""

    actor: str
    """Id of the actor."""
    name: str
    gain: Array
    """(D, terms) share of its own ideal that a term adds, over the issues that need its consent: 1 in
    all is its ideal on each of them, 0 its worst. Issues that do not need it add 0."""
    walk_away: Array
    """(D,) least share of its ideal that it consents to."""


@dataclass(frozen=True, slots=True, eq=False)
class DealInputs:
    """Worth of every term in every draw."""

    space: DealSpace
    gain: Array
    """(D, terms, 2) what the term adds to u of A and of B, share of the stake."""
    base: Array
    """(D, 2) u of a package before its terms are added."""
    allowed: BoolArray
    """(D, terms) False where a red line in force forbids it."""
    decides: Array
    """(D, terms) share of the contested weight that it decides."""
    standing: Array
    """(D, 2) u of the standing line: quiet with nothing signed."""
    red_lines: BoolArray
    """(D, red lines) whether each red line is in force in the draw."""
    refused: BoolArray
    """(red lines, terms) which terms each red line forbids."""
    consents: tuple[ConsentInputs, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Undominated packages of one draw, per number of enforcing provisions."""

    levels: IntArray
    """(levels + 1,) first point of each level; level n holds packages with n provisions."""
    u_a: Array
    """(points,) falling within a level."""
    u_b: Array
    """(points,) rising within a level."""
    decides: Array
    """(points,) share of the contested weight decided."""
    choice: IntArray
    """(points, steps) flat term taken, or (0, 0) when not kept."""


@dataclass(frozen=True, slots=True, eq=False)
class RedLineInputs:
    """One red line that binds: a lead's, or that of an actor whose consent the issue needs."""

    path: str
    """Dotted path in the dossier."""
    actor: str
    """Name of the actor."""
    issue: int
    refused: tuple[int, ...]
    """Options that cross it."""
    in_force: BoolArray
    """(D,) whether it is real in each draw."""
    confidence: Array
    """(D,) chance that it is real, as drawn."""
    owner: str = ""
    """Id of the actor."""


@dataclass(frozen=True, slots=True, eq=False)
class PromiseInputs:
    """A term that may be delivered late, in parts, or never, and may be taken back."""

    issue: int
    option: int
    without: int
    delivered: Array
    """(D,) chance of delivery."""
    delay: Array
    """(D, parts) weeks until each part is delivered."""
    share: Array
    """(parts,) share of the term that each part is; sums to at most 1."""
    withdrawal: Array
    """(D,) hazard a week that what was delivered is taken back; 0 where it cannot be."""
    snap_back: Array | None = None
    """(D,) chance that what was delivered comes back to the giver if the receiver breaks the deal;
    None where not coded. No forecast uses it."""


@dataclass(frozen=True, slots=True, eq=False)
class ActorPreferences:
    """What an actor other than the two leads thinks of the options on the issues where it stands."""

    actor: str
    """Id."""
    name: str
    weight: Array
    """(D, issues) points; 0 where it has no position."""
    value: Array
    """(D, issues, most options) 1 = ideal, 0 = worst; nan where it has no position."""
    consents: BoolArray
    """(issues,) whether the issue's terms need it."""
    walk_away: Array | None
    """(D,) least share of its ideal over those issues that it consents to; None where not coded."""


Condition = tuple[int, int, tuple[tuple[int, int], ...]]
"""(issue, option, ((other issue, other option), ...))."""


@dataclass(frozen=True, slots=True, eq=False)
class Preferences:
    """What the two leads think of every option, draw by draw; sides in the order A, B."""

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    """Per issue; `left_open` last where the issue may be left open."""
    weight: Array
    """(D, 2, issues) points, any positive scale."""
    value: Array
    """(D, 2, issues, most options) 1 = ideal, 0 = worst; nan beyond an issue's options."""
    ideal: IntArray
    """(2, issues) option that each lead wants."""
    standing: IntArray
    """(issues,) option that holds if nothing is signed."""
    substantive: BoolArray
    """(issues,) False for terms of a ceasefire or of process: deciding them settles nothing."""
    decides: tuple[tuple[bool, ...], ...]
    """Per issue and option, whether it decides the issue."""
    enforcing: tuple[tuple[int, ...], ...]
    """Per issue and option, how many enforcing provisions it contains."""
    requires: tuple[tuple[int, int, int, int], ...]
    """(issue, option, other issue, other option) that must stand with it."""
    excludes: tuple[tuple[int, int, int, int], ...]
    """(issue, option, other issue, other option) that cannot stand with it."""
    linkage: Array
    """(D,) ω."""
    discount: Array
    """(D, 2) ρ a week."""
    red_lines: tuple[RedLineInputs, ...]
    promises: tuple[PromiseInputs, ...]
    only_if: tuple[Condition, ...] = ()
    """The option needs at least one of the others."""
    void_if: tuple[Condition, ...] = ()
    """The option is void, worth what stands without it, if any of the others is in the package."""
    front_linked: tuple[tuple[int, int], ...] = ()
    """(issue, option) that mean the line as it stands."""
    others: tuple[ActorPreferences, ...] = ()
    """Actors other than the leads that stand somewhere."""
    lines_not_binding: tuple[RedLineInputs, ...] = ()
    """Red lines of actors whose consent the issue does not need: shown, never a constraint."""
