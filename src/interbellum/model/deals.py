"""What the deals stage works on: the space of packages and, draw by draw, what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interbellum.model.units import Array

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

UTILITY_STEP = 1e-9
"""Utilities are compared in whole steps of this size, so that near-ties are real ties."""


@dataclass(frozen=True, slots=True, eq=False)
class DealSpace:
    """The packages: one joint option of each bundle.

    A bundle is an issue, or several issues tied together by conditional terms; its joint options
    are the combinations those terms allow. Bundles are independent, so utilities add over them.
    """

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    """Per issue, its option ids; `left_open` last where the issue may be left open."""
    bundles: tuple[tuple[int, ...], ...]
    """Per bundle, the issues in it. Bundles with enforcing provisions come last."""
    offsets: IntArray
    """(bundles + 1,) first joint option of each bundle in the flat list."""
    joint: tuple[tuple[int, ...], ...]
    """Per joint option, the option taken on each issue of its bundle."""
    enforcing: IntArray
    """(joint options,) number of enforcing provisions it contains."""

    def choice(self, chosen: NDArray[np.int64]) -> dict[str, str]:
        """Option per issue of a package given as one flat joint option per bundle."""
        out: dict[str, str] = {}
        for bundle, flat in zip(self.bundles, chosen, strict=True):
            for issue, option in zip(bundle, self.joint[int(flat)], strict=True):
                out[self.issues[issue]] = self.options[issue][option]
        return {issue: out[issue] for issue in self.issues}


@dataclass(frozen=True, slots=True, eq=False)
class DealInputs:
    """Worth of every joint option in every draw."""

    space: DealSpace
    gain: Array
    """(D, joint options, 2) what the joint option adds to u of A and of B, share of the stake."""
    base: Array
    """(D, 2) u of a package before its options are added."""
    allowed: BoolArray
    """(D, joint options) False where a red line in force forbids it."""
    decides: Array
    """(D, joint options) share of the contested weight that it decides."""
    standing: Array
    """(D, 2) u of the standing line: quiet with nothing signed."""
    red_lines: BoolArray
    """(D, red lines) whether each red line is in force in the draw."""


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
    """(points, bundles) flat joint option taken, or (0, 0) when not kept."""


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


@dataclass(frozen=True, slots=True, eq=False)
class PromiseInputs:
    """A term that may be delivered late or never."""

    issue: int
    option: int
    without: int
    delivered: Array
    """(D,) chance of delivery."""
    delay: Array
    """(D,) weeks."""


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
