"""Promises: what a term is worth on paper, what delivery leaves of it, and what would change that.

A promise is measured against its *baseline*: the option that would hold without it. Its face is what
it adds to the baseline if delivered today for sure; its substance is what chance, delay and
withdrawal leave of the face. A carrot whose baseline is what it promises is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbellum.deals.texts import Scales
from interbellum.deals.utility import delivered_share, linked_weights, utility_scale
from interbellum.model.deals import Preferences, PromiseInputs
from interbellum.model.table import EMPTY_STEP, HALF, HOLLOW, Verdict
from interbellum.model.units import WEEKS_PER_YEAR, Array

BREACH_WEEKS = WEEKS_PER_YEAR
"""When the receiver is taken to break the deal: after twelve months."""


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """One promise, draw by draw; actors as in `deals.texts.Scales`."""

    face: Array
    """(D, N) share of the stake for the leads, share of its own ideal for any other actor."""
    kept: Array
    """(D, N) share of the face that is substance."""
    substance: Array
    """(D, N)"""
    against: Array
    """(D, N, O) face if the baseline were each option of the issue."""
    headline: Array
    """(D, N) face against the baseline that the actor likes least: all that the words can give."""
    if_sure: Array
    """(D, N) share of the face that delay and withdrawal would leave were delivery certain."""
    chance_needed: Array
    """(D, N) chance of delivery at which substance is half of the face; above 1 where none would be."""
    delay_allowed: Array
    """(D, N) weeks of delay, of all parts at once, beyond which substance falls below half of the
    face; nan where it is below half at once."""
    lost: Array | None
    """(D,) share of the promised term that the giver has given by twelve months and would not get
    back if the receiver then broke the deal; None where `snap_back` is not coded."""
    given: Array
    """(D,) share of the promised term that is delivered and not taken back by twelve months."""


def faces(preferences: Preferences) -> Scales:
    """What each option adds for every actor at face value: no promise is discounted.

    Parameters
    ----------
    preferences : Preferences

    Returns
    -------
    Scales
        `base` is 0: only differences between options are used.
    """
    weight = linked_weights(preferences.weight, preferences.linkage)
    scale = utility_scale(preferences)
    draws = len(scale)
    worth = [np.nan_to_num(weight[..., None] * preferences.value / scale[:, :, None, None])]
    for actor in preferences.others:
        share = actor.weight / np.maximum(actor.weight.sum(axis=1, keepdims=True), 1e-300)
        worth.append(np.nan_to_num(share[:, None, :, None] * actor.value[:, None]))
    return Scales(np.zeros((draws, 2 + len(preferences.others))), np.concatenate(worth, axis=1))


def audit(promise: PromiseInputs, face: Scales, discount: Array) -> Audit:
    """What a promise is worth to every actor, and what would change that.

    Parameters
    ----------
    promise : PromiseInputs
    face : Scales
        See `faces`.
    discount : (D, N) float, a week
        ρ of every actor; of one that has none of its own, that of whoever it stands with.

    Returns
    -------
    Audit

    Source
    ------
    Design section 4. Substance is δ Σ_j s_j e^{-ρ t_j} ρ/(ρ+κ) of the face; so half of it needs
    δ* = ½ / (Σ_j s_j e^{-ρ t_j} ρ/(ρ+κ)), and all parts after t weeks leave half at
    t* = ln(2 δ S ρ/(ρ+κ))/ρ with S = Σ_j s_j.
    """
    worth = face.worth[:, :, promise.issue]
    against = worth[:, :, [promise.option]] - worth
    on_paper = against[:, :, promise.without]
    kept = delivered_share(promise, discount)
    holding = discount / (discount + promise.withdrawal[:, None])
    parts = np.exp(-discount[:, :, None] * promise.delay[:, None, :]) @ promise.share
    if_sure = parts * holding
    at_once = promise.delivered[:, None] * promise.share.sum() * holding
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = HALF / if_sure
        allowed = np.log(at_once / HALF) / discount
    since = BREACH_WEEKS - promise.delay
    there = (since >= 0.0) * np.exp(-promise.withdrawal[:, None] * np.maximum(since, 0.0))
    given = promise.delivered * (there @ promise.share)
    return Audit(
        on_paper,
        kept,
        kept * on_paper,
        against,
        against.max(axis=2),
        if_sure,
        needed,
        np.where(at_once >= HALF, allowed, np.nan),
        given * (1.0 - promise.snap_back) if promise.snap_back is not None else None,
        given,
    )


def verdict(face: float, kept: float) -> Verdict:
    """A promise in a word.

    Parameters
    ----------
    face : float
        What it adds to its baseline, as the actor values it.
    kept : float in [0, 1]
        Share of the face that is substance.

    Returns
    -------
    Verdict
    """
    if abs(face) < EMPTY_STEP:
        return "empty"
    if face < 0.0:
        return "a loss"
    if kept < HOLLOW:
        return "hollow"
    return "partly substance" if kept < HALF else "mostly substance"
