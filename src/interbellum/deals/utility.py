"""From what each lead thinks of each option to the worth of packages, share of the stake."""

from __future__ import annotations

from itertools import product

import numpy as np

from interbellum.errors import UsageError
from interbellum.model.deals import DealInputs, DealSpace, Preferences
from interbellum.model.units import Array

LARGEST_BUNDLE = 20_000  # joint options of issues tied by conditions; beyond it a solver is needed


def linked_weights(weight: Array, linkage: Array) -> Array:
    """Weights used: ω·own + (1-ω)·mean of the two leads, each lead's own summing to one.

    Parameters
    ----------
    weight : (D, 2, K) float, points
    linkage : (D,) float in [0, 1]
        1 = issues can be traded freely, 0 = nothing to gain by trading them.

    Returns
    -------
    (D, 2, K) float, summing to one over K
    """
    own = weight / weight.sum(axis=2, keepdims=True)
    shared = own.mean(axis=1, keepdims=True)
    omega = linkage[:, None, None]
    return np.asarray(omega * own + (1.0 - omega) * shared)


def promised_values(preferences: Preferences) -> Array:
    """Values of options, with promised terms worth v(base) + δ e^{-ρ·delay} (v(option) - v(base)).

    Parameters
    ----------
    preferences : Preferences

    Returns
    -------
    (D, 2, K, O) float
    """
    value = preferences.value.copy()
    for promise in preferences.promises:
        base = preferences.value[:, :, promise.issue, promise.without]
        face = preferences.value[:, :, promise.issue, promise.option]
        kept = promise.delivered[:, None] * np.exp(-preferences.discount * promise.delay[:, None])
        value[:, :, promise.issue, promise.option] = base + kept * (face - base)
    return value


def space_of(preferences: Preferences) -> DealSpace:
    """Packages as independent bundles; issues tied by conditions share one.

    Raises
    ------
    UsageError
        A bundle has more than `LARGEST_BUNDLE` joint options, or none that its conditions allow.
    """
    count = len(preferences.issues)
    group = list(range(count))

    def root(issue: int) -> int:
        while group[issue] != issue:
            issue = group[issue]
        return issue

    for issue, _, other, _ in (*preferences.requires, *preferences.excludes):
        group[root(issue)] = root(other)
    members: dict[int, list[int]] = {}
    for issue in range(count):
        members.setdefault(root(issue), []).append(issue)

    def most_enforcing(bundle: list[int]) -> int:
        return sum(max(preferences.enforcing[issue]) for issue in bundle)

    # Levels of provisions multiply the work, so bundles that have some come last.
    bundles = sorted(members.values(), key=lambda bundle: (most_enforcing(bundle) > 0, bundle[0]))
    joint: list[tuple[int, ...]] = []
    enforcing: list[int] = []
    offsets = [0]
    for bundle in bundles:
        size = int(np.prod([float(len(preferences.options[issue])) for issue in bundle]))
        if size > LARGEST_BUNDLE:
            names = ", ".join(preferences.issues[issue] for issue in bundle)
            raise UsageError(
                f"The issues {names} are tied by conditions into {size:.0f} joint options; at most "
                f"{LARGEST_BUNDLE} can be searched. Mend: tie fewer issues, or drop options."
            )
        for options in product(*(range(len(preferences.options[issue])) for issue in bundle)):
            taken = dict(zip(bundle, options, strict=True))
            if _holds_together(preferences, taken):
                joint.append(options)
                enforcing.append(
                    sum(preferences.enforcing[issue][option] for issue, option in taken.items())
                )
        if len(joint) == offsets[-1]:
            names = ", ".join(preferences.issues[issue] for issue in bundle)
            raise UsageError(
                f"The conditions between {names} leave no package at all. Mend: drop one of their "
                "requires or excludes, or let an issue be left open."
            )
        offsets.append(len(joint))
    return DealSpace(
        preferences.issues,
        preferences.options,
        tuple(map(tuple, bundles)),
        np.array(offsets, np.int64),
        tuple(joint),
        np.array(enforcing, np.int64),
    )


def _holds_together(preferences: Preferences, taken: dict[int, int]) -> bool:
    return all(
        taken.get(issue) != option or taken[other] == needed
        for issue, option, other, needed in preferences.requires
        if issue in taken
    ) and not any(
        taken.get(issue) == option and taken[other] == barred
        for issue, option, other, barred in preferences.excludes
        if issue in taken
    )


def utility_scale(preferences: Preferences) -> Array:
    """raw_i(Vic_i) - raw_i(Def_i) of each side, (D, 2); above 0 where something is at stake."""
    weight = linked_weights(preferences.weight, preferences.linkage)
    issues = np.arange(len(preferences.issues))
    mine = preferences.value[:, [[0], [1]], issues, preferences.ideal]
    theirs = preferences.value[:, [[0], [1]], issues, preferences.ideal[::-1]]
    return np.asarray((weight * (mine - theirs)).sum(axis=2))


def deal_inputs(preferences: Preferences) -> DealInputs:
    """Worth of every joint option in every draw.

    u_i(d) = [raw_i(d) - raw_i(Def_i)] / [raw_i(Vic_i) - raw_i(Def_i)], raw additive over issues,
    Vic_i the side's ideal everywhere, Def_i the other lead's (design section 4).

    Parameters
    ----------
    preferences : Preferences

    Returns
    -------
    DealInputs
    """
    space = space_of(preferences)
    weight = linked_weights(preferences.weight, preferences.linkage)
    value = promised_values(preferences)
    draws, issues = weight.shape[0], np.arange(len(preferences.issues))
    theirs = preferences.value[:, [[0], [1]], issues, preferences.ideal[::-1]]
    defeat = (weight * theirs).sum(axis=2)
    scale = utility_scale(preferences)
    worth = weight[..., None] * value / scale[:, :, None, None]

    contested = (preferences.ideal[0] != preferences.ideal[1]) & preferences.substantive
    stakes = weight.mean(axis=1) * contested
    stakes = stakes / np.maximum(stakes.sum(axis=1, keepdims=True), 1e-300)
    total = len(space.joint)
    gain = np.zeros((draws, total, 2))
    decides = np.zeros((draws, total))
    forbidden = np.zeros((draws, total), bool)
    place: dict[tuple[int, int], list[int]] = {}
    for bundle, (first, last) in zip(
        space.bundles, zip(space.offsets[:-1], space.offsets[1:], strict=True), strict=True
    ):
        for flat in range(first, last):
            for issue, option in zip(bundle, space.joint[flat], strict=True):
                gain[:, flat, :] += worth[:, :, issue, option]
                if preferences.decides[issue][option]:
                    decides[:, flat] += stakes[:, issue]
                place.setdefault((issue, option), []).append(flat)
    for line in preferences.red_lines:
        for option in line.refused:
            forbidden[:, place.get((line.issue, option), [])] |= line.in_force[:, None]
    standing = worth[:, :, issues, preferences.standing].sum(axis=2) - defeat / scale
    lines = preferences.red_lines
    return DealInputs(
        space,
        gain,
        -defeat / scale,
        ~forbidden,
        decides,
        standing,
        np.stack([line.in_force for line in lines], axis=1)
        if lines
        else np.zeros((draws, 0), bool),
    )
