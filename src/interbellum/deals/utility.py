"""From what each lead thinks of each option to the worth of packages, share of the stake."""

from __future__ import annotations

import numpy as np

from interbellum.deals.space import space_of
from interbellum.model.deals import (
    LEFT_OPEN,
    ActorPreferences,
    ConsentInputs,
    DealInputs,
    DealSpace,
    Preferences,
    PromiseInputs,
)
from interbellum.model.units import Array


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


def delivered_share(promise: PromiseInputs, discount: Array) -> Array:
    """How much of a promised term is left after chance, delay and withdrawal.

    Parameters
    ----------
    promise : PromiseInputs
    discount : (D, 2) float
        ρ a week.

    Returns
    -------
    (D, 2) float in [0, 1]
        δ Σ_j s_j e^{-ρ t_j} · ρ/(ρ+κ): parts s_j delivered after t_j weeks, taken back at hazard κ.

    Source
    ------
    Design section 4 for one part and κ = 0; a term worth a steady flow that ends at an exponential
    time keeps ρ/(ρ+κ) of its discounted worth.
    """
    parts = np.exp(-discount[:, :, None] * promise.delay[:, None, :]) @ promise.share
    kept = discount / (discount + promise.withdrawal[:, None])
    return np.asarray(promise.delivered[:, None] * parts * kept)


def promised_values(preferences: Preferences, value: Array) -> Array:
    """Values of options, with promised terms worth v(base) + share left · (v(option) - v(base)).

    Parameters
    ----------
    preferences : Preferences
    value : (D, 2, K, O) float

    Returns
    -------
    (D, 2, K, O) float
    """
    out = value.copy()
    for promise in preferences.promises:
        base = value[:, :, promise.issue, promise.without]
        face = value[:, :, promise.issue, promise.option]
        kept = delivered_share(promise, preferences.discount)
        out[:, :, promise.issue, promise.option] = base + kept * (face - base)
    return out


def moved_values(preferences: Preferences, moved: Array) -> Array:
    """Values of options when the race has moved since `as_of`.

    Parameters
    ----------
    preferences : Preferences
    moved : (D,) float
        Movement of the race towards A, share of the race.

    Returns
    -------
    (D, 2, K, O) float in [0, 1]
        An option that means the line as it stands gains as much for the side that the line moved
        towards, in shares of its issue, as the other loses; the rest stay.
    """
    value = preferences.value.copy()
    toward = np.stack([moved, -moved], axis=1)
    for issue, option in preferences.front_linked:
        value[:, :, issue, option] = np.clip(value[:, :, issue, option] + toward, 0.0, 1.0)
        last = len(preferences.options[issue]) - 1
        if option == preferences.standing[issue] and preferences.options[issue][last] == LEFT_OPEN:
            value[:, :, issue, last] = value[:, :, issue, option]
    return value


def utility_scale(preferences: Preferences) -> Array:
    """raw_i(Vic_i) - raw_i(Def_i) of each side, (D, 2); above 0 where something is at stake."""
    weight = linked_weights(preferences.weight, preferences.linkage)
    issues = np.arange(len(preferences.issues))
    mine = preferences.value[:, [[0], [1]], issues, preferences.ideal]
    theirs = preferences.value[:, [[0], [1]], issues, preferences.ideal[::-1]]
    return np.asarray((weight * (mine - theirs)).sum(axis=2))


def deal_inputs(preferences: Preferences, moved: Array | None = None) -> DealInputs:
    """Worth of every term in every draw.

    u_i(d) = [raw_i(d) - raw_i(Def_i)] / [raw_i(Vic_i) - raw_i(Def_i)], raw additive over issues,
    Vic_i the side's ideal everywhere, Def_i the other lead's (design section 4).

    Parameters
    ----------
    preferences : Preferences
    moved : (D,) float or None
        Movement of the race towards A since `as_of`; see `moved_values`. None = no movement.

    Returns
    -------
    DealInputs

    Raises
    ------
    UsageError
        See `space_of`.
    """
    space = space_of(preferences)
    weight = linked_weights(preferences.weight, preferences.linkage)
    draws, issues = weight.shape[0], np.arange(len(preferences.issues))
    plain = moved_values(preferences, np.zeros(draws) if moved is None else moved)
    value = promised_values(preferences, plain)
    theirs = preferences.value[:, [[0], [1]], issues, preferences.ideal[::-1]]
    defeat = (weight * theirs).sum(axis=2)
    scale = utility_scale(preferences)
    worth = weight[..., None] * value / scale[:, :, None, None]
    # What stands with nothing signed is there already: no promise has to deliver it.
    stands = weight * plain[:, :, issues, preferences.standing] / scale[:, :, None]

    contested = (preferences.ideal[0] != preferences.ideal[1]) & preferences.substantive
    stakes = weight.mean(axis=1) * contested
    stakes = stakes / np.maximum(stakes.sum(axis=1, keepdims=True), 1e-300)
    gain = np.moveaxis(worth[:, :, space.issue, space.option], 1, 2)
    # A void term leaves things as they stand.
    gain = np.where(space.void[:, None], np.moveaxis(stands[:, :, space.issue], 1, 2), gain)
    decided = np.array(
        [
            preferences.decides[k][o] and not empty
            for k, o, empty in zip(space.issue, space.option, space.void, strict=True)
        ]
    )
    refused = np.zeros((len(preferences.red_lines), len(space.issue)), bool)
    forbidden = np.zeros((draws, len(space.issue)), bool)
    for place, line in enumerate(preferences.red_lines):
        # A term that another one voids still stands in the text, so it still crosses the line.
        refused[place] = (space.issue == line.issue) & np.isin(space.option, line.refused)
        forbidden |= line.in_force[:, None] & refused[place]
    lines = preferences.red_lines
    return DealInputs(
        space,
        np.ascontiguousarray(gain),
        -defeat / scale,
        ~forbidden,
        stakes[:, space.issue] * decided,
        stands.sum(axis=2) - defeat / scale,
        np.stack([line.in_force for line in lines], axis=1)
        if lines
        else np.zeros((draws, 0), bool),
        refused,
        tuple(
            consent_inputs(space, preferences, actor)
            for actor in preferences.others
            if actor.walk_away is not None
        ),
    )


def consent_inputs(
    space: DealSpace, preferences: Preferences, actor: ActorPreferences
) -> ConsentInputs:
    """What terms are worth to an actor whose consent is needed, on its own scale from 0 to 1."""
    assert actor.walk_away is not None
    return ConsentInputs(
        actor.actor, actor.name, own_worth(space, preferences, actor), actor.walk_away
    )


def own_worth(space: DealSpace, preferences: Preferences, actor: ActorPreferences) -> Array:
    """Share of an actor's own ideal that each term adds, over the issues that need its consent.

    Parameters
    ----------
    space : DealSpace
    preferences : Preferences
    actor : ActorPreferences

    Returns
    -------
    (D, terms) float
        Its ideal on each of those issues adds up to 1; issues that do not need it add 0.
    """
    counted = actor.weight * actor.consents
    share = counted / np.maximum(counted.sum(axis=1, keepdims=True), 1e-300)
    option = np.where(space.void, preferences.standing[space.issue], space.option)
    value = np.nan_to_num(actor.value[:, space.issue, option])
    return np.asarray(share[:, space.issue] * value)
