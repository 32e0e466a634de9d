"""A pause of some days: who gains from it, whether it holds to its end, whether it is renewed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interbellum.model.peace import Pause, TruceGround
from interbellum.model.provisions import Channels
from interbellum.model.rungs import CAUSES
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.peace.passage import net_gain
from interbellum.peace.truce import inputs_for, truce_curves

PAUSE_DAYS: tuple[int, ...] = (30, 90)
"""The lengths on the table of most wars; any other can be asked for."""


def pause(
    days: float,
    ground: TruceGround,
    channels: Channels,
    value_after: Callable[[Array], Array],
    cost: Array,
    discount: Array,
    carrying_cost: Array,
    renewal: Array,
) -> Pause:
    """What a pause of some days does to each side.

    Both rearm while it lasts, so the front is where it was and the balance is not. The change is
    the foreseen one, as limits on rearming leave it; who is lucky is not known beforehand. The
    pause holds if neither rearmament, nor incidents, nor a change of leader or patron ends it
    before its last day; its own term is that day.

    Parameters
    ----------
    days : days, above 0
    ground : TruceGround
        Of a ceasefire; its own term is left out.
    channels : Channels
        What the provisions of the pause leave; `channels.no_provisions` for a bare one.
    value_after : (D, 2) race -> (D, 2) share of the stake
        Reservation values, were each side's own position so much better than today.
    cost : (D, 2) share of the stake
        c/ρ, what fighting for ever would cost each side.
    discount : (D, 2) a week
    carrying_cost : (D, 2) share of that cost
        What holding forces forward costs, of what fighting costs.
    renewal : (D,) probability
        That a truce which holds to its term is renewed.

    Returns
    -------
    Pause

    Raises
    ------
    ValueError
        `days` is not above 0, or has no end.

    Source
    ------
    Design sections 4 (rearmament) and 6; issue 5, the pauses as special cases.
    """
    if not 0 < days < np.inf:
        raise ValueError(f"a pause lasts longer than 0 days, and ends; this one {days}")
    weeks = days / DAYS_PER_WEEK
    bare = ground.bare
    towards_a = channels.rearmament * net_gain([weeks], bare.rearm_rate, bare.rearm_ceiling)[:, 0]
    change = np.stack([towards_a, -towards_a], axis=1)
    value_change = value_after(change) - value_after(np.zeros_like(change))
    fought = cost * -np.expm1(-discount * weeks)
    holds = _holds(weeks, ground, channels)
    return Pause(
        days=float(days),
        position_change=change,
        value_change=value_change,
        spared=(1.0 - carrying_cost) * fought,
        carrying=carrying_cost * fought,
        holds=holds,
        renewed=holds * renewal,
    )


def _holds(weeks: float, ground: TruceGround, channels: Channels) -> Array:
    """Chance that nothing but the term ends it within so many weeks, linear within the last."""
    last = int(np.ceil(weeks))
    curves = truce_curves(inputs_for(ground, channels), last).cumulative
    wear = curves.sum(axis=2) - curves[..., CAUSES.index("expiry")]
    share = weeks - (last - 1)
    return np.asarray(np.exp(-((1.0 - share) * wear[:, last - 1] + share * wear[:, last])))
