"""The truce model: how long a silence holds, and which of four causes ends it.

Causes compete and are independent given the draw, so survival is the product of theirs and
hazards add. Arithmetic is over draws (D); time is in weeks, value in shares of the stake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.arrays import ShapeError
from interbellum.model.peace import Flags, TruceCurves, TruceGround, TruceInputs
from interbellum.model.provisions import Channels
from interbellum.model.rungs import CAUSES
from interbellum.model.units import Array
from interbellum.peace.changes import regime_wear
from interbellum.peace.incidents import spiral_hazard
from interbellum.peace.passage import rearmament_passage
from interbellum.peace.ranges import hazard_of, is_chance, together, within

# Terms such as 12 months times 4.348 weeks are not exact in binary: a renewal that falls on the
# end of a week must not slip into the next one.
_SLACK = 1e-9


def expiry_week(
    share_kept: ArrayLike,
    chance_now: ArrayLike,
    chance_ceiling: ArrayLike,
    rate: ArrayLike,
    destroyed: ArrayLike,
    penalty: ArrayLike,
) -> Array:
    """Week in which a side that rebuilds without noise would rather fight than keep the truce.

    Its chance of prevailing rises as p(t) = p̄-(p̄-p)e^{-kt}. Breaking pays once
    p(t)(1-d) reaches what the truce leaves it plus the penalty, 1-y+g; so with
    p* = (1-y+g)/(1-d) the week is -ln(1-(p*-p)/(p̄-p))/k.

    Parameters
    ----------
    share_kept : any shape, share of the stake in [0, 1]
        y, what the truce gives to the other side; 1-y goes to the side that rebuilds.
    chance_now, chance_ceiling : any shape, probability
        p now and the p̄ towards which it rises.
    rate : any shape, a week, >= 0
        k, the speed of the rebuilding.
    destroyed : any shape, share of the stake in [0, 1)
        d, what fighting destroys.
    penalty : any shape, share of the stake, >= 0
        g, what breaking the truce costs the breaker besides.

    Returns
    -------
    the common shape, weeks; 0 when breaking pays at once, inf when it never does

    Raises
    ------
    ShapeError
        The six do not broadcast together.
    ValueError
        A number is outside its range.

    Source
    ------
    Powell (2006), International Organization 60(1), with a rebuild in place of his step; design
    section 8, row "truce only".
    """
    y, p, ceiling, k, d, g = together(
        share_kept=share_kept,
        chance_now=chance_now,
        chance_ceiling=chance_ceiling,
        rate=rate,
        destroyed=destroyed,
        penalty=penalty,
    )
    is_chance("share_kept", y)
    is_chance("chance_now", p)
    is_chance("chance_ceiling", ceiling)
    within("rate", k, np.isfinite(k) & (k >= 0), "finite and not negative")
    within("destroyed", d, (d >= 0) & (d < 1), "at least 0 and below 1")
    within("penalty", g, np.isfinite(g) & (g >= 0), "finite and not negative")

    needed = (1.0 - y + g) / (1.0 - d)
    reached = (needed < ceiling) & (p < needed) & (k > 0)
    road = np.where(reached, ceiling - p, 1.0)
    done = np.where(reached, (needed - p) / road, 0.0)
    # A need one rounding short of the ceiling makes `done` 1; the limit, inf, is right.
    with np.errstate(divide="ignore", over="ignore"):
        week = -np.log1p(-done) / np.where(reached, k, 1.0)
    return np.where(needed <= p, 0.0, np.where(reached, week, np.inf))


def durable_deal_exists(
    chance_now: ArrayLike, chance_later: ArrayLike, destroyed: ArrayLike, penalty: ArrayLike
) -> Flags:
    """Whether some division of the stake is kept both now and after a shift in power.

    (p2-p)(1-d) <= d+g: the shift that fighting would cash in is no more than fighting destroys
    and breaking costs.

    Parameters
    ----------
    chance_now, chance_later : any shape, probability
        p and p2, the rising side's chance of prevailing before and after the shift.
    destroyed : any shape, share of the stake in [0, 1)
    penalty : any shape, share of the stake, >= 0

    Returns
    -------
    the common shape, bool

    Raises
    ------
    ShapeError
        The four do not broadcast together.
    ValueError
        A number is outside its range.

    Source
    ------
    Powell (2006), International Organization 60(1); design section 8, row "truce only".
    """
    p, later, d, g = together(
        chance_now=chance_now, chance_later=chance_later, destroyed=destroyed, penalty=penalty
    )
    is_chance("chance_now", p)
    is_chance("chance_later", later)
    within("destroyed", d, (d >= 0) & (d < 1), "at least 0 and below 1")
    within("penalty", g, np.isfinite(g) & (g >= 0), "finite and not negative")
    return np.asarray((later - p) * (1.0 - d) <= d + g, dtype=np.bool_)


def break_distance(gains: ArrayLike, values: ArrayLike, kept: ArrayLike) -> Array:
    """Smallest gain in its own position after which a side would rather break the truce.

    Parameters
    ----------
    gains : (G,) stake
        Rising from 0, at least two.
    values : (D, 2, G) share of the stake
        What fighting on is worth to A and to B after each of these gains of its own.
    kept : (D, 2) share of the stake
        What keeping the truce is worth to each side, plus what breaking it costs; inf when
        nothing could make it break.

    Returns
    -------
    (D, 2) stake
        Linear between the points of the grid; 0 when breaking pays already, inf when it pays
        nowhere on the grid.

    Raises
    ------
    ShapeError
        The shapes do not fit together.
    ValueError
        `gains` does not rise from 0, `values` is not finite, or `kept` is not a number.

    Source
    ------
    Design section 6, cause (a): rearmament carries a side past the point where breaking pays.
    """
    grid = np.asarray(gains, dtype=np.float64)
    worth = np.asarray(values, dtype=np.float64)
    stays = np.asarray(kept, dtype=np.float64)
    if (
        grid.ndim != 1
        or grid.size < 2
        or stays.ndim != 2
        or stays.shape[1] != 2
        or worth.shape != (*stays.shape, grid.size)
    ):
        raise ShapeError(
            f"gains {grid.shape}, values {worth.shape} and kept {stays.shape} must be (G,) with "
            "G >= 2, (D, 2, G) and (D, 2)"
        )
    within("gains", grid, np.isfinite(grid), "finite")
    if grid[0] != 0 or np.any(np.diff(grid) <= 0):
        raise ValueError(f"gains must rise from 0; they are {grid}")
    within("values", worth, np.isfinite(worth), "finite")
    within("kept", stays, ~np.isnan(stays), "a number, or inf")

    pays = worth >= stays[..., None]
    first = np.argmax(pays, axis=-1)
    before = np.maximum(first - 1, 0)
    below = np.take_along_axis(worth, before[..., None], axis=-1)[..., 0]
    above = np.take_along_axis(worth, first[..., None], axis=-1)[..., 0]
    # Only where breaking pays between two points of the grid; there the value rises from below
    # `kept` to at least `kept`, so the step is above 0.
    between = pays.any(axis=-1) & (first > 0)
    step = np.where(between, above - below, 1.0)
    share = np.where(between, (np.where(between, stays, 0.0) - below) / step, 0.0)
    gain = grid[before] + share * (grid[first] - grid[before])
    return np.where(between, gain, np.where(pays[..., 0], 0.0, np.inf))


def inputs_for(ground: TruceGround, channels: Channels) -> TruceInputs:
    """What wears a truce out when provisions act on it through their channels.

    A dearer breach moves the point of breaking away. Limits on rearming scale what either side
    gains, foreseen or not, and a gain that is seen in time is answered before it is used: a gain
    scaled by k covers a distance a exactly when the gain itself covers a/k.

    Parameters
    ----------
    ground : TruceGround, D draws
    channels : Channels, D draws

    Returns
    -------
    TruceInputs

    Raises
    ------
    ShapeError
        The two do not have the same number of draws.

    Source
    ------
    Decision 0023; mechanisms after Fortna (2003), International Organization 57(2).
    """
    if channels.draws != ground.bare.draws:
        raise ShapeError(f"channels have {channels.draws} draws, the ground {ground.bare.draws}")
    bar = ground.kept + ground.breach_cost * channels.breach_cost[:, None]
    left = (channels.rearmament * channels.surprise)[:, None]
    return replace(
        ground.bare,
        distance=break_distance(ground.gains, ground.values, bar) / left,
        incidents_per_week=ground.bare.incidents_per_week * channels.incident_rate,
        echo=ground.bare.echo * channels.incident_echo,
    )


def truce_curves(inputs: TruceInputs, weeks: int) -> TruceCurves:
    """How far each cause has worn a truce of one form out, at every week.

    Parameters
    ----------
    inputs : TruceInputs, D draws
    weeks : weeks, >= 1
        Last week of the curves.

    Returns
    -------
    TruceCurves, (D, weeks+1, 4)
        Cumulative hazards in the order of CAUSES. Rearmament is -ln(1-F_A)-ln(1-F_B) with F the
        first passage of each side, as if each had a noise of its own (decision 0023), and is above 0
        at week 0 where breaking pays already.
        Incidents are those of `inputs`. A term leaves an atom, -ln of the chance of renewal, in
        the weekly step that reaches it, at each of its multiples. The chance of outliving any one
        side's rearmament, any one regime, or any one renewal, is floored at 1e-12.

    Raises
    ------
    ValueError
        `weeks` is below 1, or `collapse_size` is above 10^4.

    Source
    ------
    Design section 6, causes (a) to (d).
    """
    return all_curves([inputs], weeks)[0]


def all_curves(truces: Sequence[TruceInputs], weeks: int) -> list[TruceCurves]:
    """`truce_curves` of several truces in one war, with the work on rearmament shared.

    Parameters
    ----------
    truces : TruceInputs, one a form or a profile of provisions
        Pace, ceiling and spread of rearming, and the regimes, must be those of the first.
    weeks : weeks, >= 1

    Returns
    -------
    list of TruceCurves, in the order given

    Raises
    ------
    ValueError
        As in `truce_curves`; or the truces do not share their rearming and their regimes.

    Source
    ------
    Design section 6, causes (a) to (d).
    """
    if weeks < 1:
        raise ValueError(f"weeks must be at least 1; it is {weeks}")
    first = truces[0]
    for other in truces[1:]:
        if other.regimes is not first.regimes or not all(
            np.array_equal(getattr(other, name), getattr(first, name))
            for name in ("rearm_rate", "rearm_ceiling", "spread")
        ):
            raise ValueError("truces that are worked out together must share how both sides rearm")
    distance = np.stack([truce.distance for truce in truces], axis=2)
    passed = rearmament_passage(
        weeks, first.rearm_rate, first.rearm_ceiling, first.spread, distance
    )
    by_chain: Array | float = 0.0
    if first.regimes is not None:
        by_chain = regime_wear(first.regimes, weeks)
    by_side = hazard_of(passed).sum(axis=1)
    return [
        _curves(truce, by_side[:, place], by_chain, weeks) for place, truce in enumerate(truces)
    ]


def _curves(
    inputs: TruceInputs, rearmament: Array, by_chain: Array | float, weeks: int
) -> TruceCurves:
    week = np.arange(weeks + 1, dtype=np.float64)
    spirals = spiral_hazard(inputs.incidents_per_week, inputs.echo, inputs.collapse_size)
    renewals = np.floor(week / inputs.term_weeks[:, None] + _SLACK)
    cumulative = np.empty((inputs.draws, weeks + 1, len(CAUSES)))
    cumulative[..., CAUSES.index("rearmament")] = rearmament
    cumulative[..., CAUSES.index("incidents")] = spirals[:, None] * week
    cumulative[..., CAUSES.index("leader_or_patron")] = (
        inputs.change_hazard[:, None] * week + by_chain
    )
    cumulative[..., CAUSES.index("expiry")] = renewals * hazard_of(1.0 - inputs.renewal)[:, None]
    return TruceCurves(cumulative)


def curves_for(
    grounds: Mapping[str, TruceGround], channels: Mapping[str, Channels], weeks: int
) -> dict[str, TruceCurves]:
    """How truces wear out under the provisions that act on each.

    Parameters
    ----------
    grounds : name -> TruceGround
        Forms of a silence, or texts, of one war.
    channels : name -> Channels
        What provisions leave in each; the names must be those of `grounds`.
    weeks : weeks, >= 1

    Returns
    -------
    name -> TruceCurves

    Raises
    ------
    KeyError
        A ground has no channels.
    ValueError
        As in `all_curves`.

    Source
    ------
    Design section 6; decision 0023.
    """
    truces = [inputs_for(ground, channels[name]) for name, ground in grounds.items()]
    return dict(zip(grounds, all_curves(truces, weeks), strict=True))


def survival(curves: TruceCurves, incident_factor: ArrayLike) -> Array:
    """Chance that the truce still holds at every week.

    Parameters
    ----------
    curves : TruceCurves, D draws
    incident_factor : (D,) or one number, >= 0
        What a number of provisions leaves of the hazard of incidents; 1 without any, and for
        curves under a stated profile, which know their provisions already.

    Returns
    -------
    (D, weeks+1) probability
        Below 1 at week 0 only where breaking pays already.

    Raises
    ------
    ShapeError
        `incident_factor` has another length than the curves.
    ValueError
        `incident_factor` is negative or not finite.

    Source
    ------
    Design section 6: S = Π S_k.
    """
    return np.asarray(np.exp(-_of_all(_scaled(curves, incident_factor))))


def cause_shares(curves: TruceCurves, incident_factor: ArrayLike, weeks: int) -> Array:
    """Chance that the truce fails by a given week from each of the causes.

    ∫ h_k S dt over the weeks 0..`weeks`, exact for hazards that are constant within a weekly
    step: the chance lost in a step is divided in proportion to what each cause adds in it,
    atoms included. What is lost at week 0 counts.

    Parameters
    ----------
    curves : TruceCurves, D draws
    incident_factor : (D,) or one number, >= 0
        What a number of provisions leaves of the hazard of incidents; 1 without any, and for
        curves under a stated profile, which know their provisions already.
    weeks : weeks, from 0 to the last week of the curves

    Returns
    -------
    (D, 4) probability
        In the order of CAUSES; sums to 1 - survival at `weeks`, all 0 where nothing can fail.

    Raises
    ------
    ShapeError
        `incident_factor` has another length than the curves.
    ValueError
        `incident_factor` is negative or not finite, or `weeks` is outside the curves.

    Source
    ------
    Design section 6. The cumulative incidence of competing risks: Kalbfleisch and Prentice
    (2002), The Statistical Analysis of Failure Time Data, chapter 8.
    """
    if not 0 <= weeks <= curves.weeks:
        raise ValueError(f"weeks must be between 0 and {curves.weeks}; it is {weeks}")
    hazards = _scaled(curves, incident_factor)[:, : weeks + 1]
    added = np.diff(hazards, axis=1, prepend=0.0)
    step = _of_all(added)
    before = np.insert(_of_all(hazards[:, :-1]), 0, 0.0, axis=1)
    lost = np.exp(-before) * -np.expm1(-step)
    per_hazard = np.divide(lost, step, out=np.zeros_like(lost), where=step > 0)
    return np.asarray(np.einsum("dwk,dw->dk", added, per_hazard))


def _of_all(hazards: Array) -> Array:
    """Sum over the causes, (..., 4) to (...); along so short an axis NumPy's own sum is slow."""
    return np.asarray(sum(hazards[..., cause] for cause in range(len(CAUSES))))


def _scaled(curves: TruceCurves, incident_factor: ArrayLike) -> Array:
    factor = np.asarray(incident_factor, dtype=np.float64)
    if factor.shape not in ((), (curves.draws,)):
        raise ShapeError(
            f"incident_factor has shape {factor.shape}; it must be ({curves.draws},) or one number"
        )
    allowed = np.isfinite(factor) & (factor >= 0)
    within("incident_factor", factor, allowed, "finite and not negative")
    scaled = curves.cumulative.copy()
    scaled[..., CAUSES.index("incidents")] *= np.broadcast_to(factor, curves.draws)[:, None]
    return scaled
