"""Bargaining while a line of forts changes hands, solved backwards; written to be read.

Two sides fight over N forts, one battle a period; war ends when one holds all (Smith and Stam 2004).
Before each battle they may talk. Each side judges the battles to come by its own belief, learns from
every battle, and knows how the other judges them. Switching parts of this off gives the models of
the literature one by one (design section 8):

- no talks: the walk over forts, its chance of victory and its length;
- one offer, private cost of war: Fearon (1995);
- no war: Rubinstein (1982);
- no learning, patience, random proposer: Slantchev's (2003) limit with complete information.

The strategic variant of the engine is the same recursion on the race (`talks/variants`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from interbellum.errors import UsageError
from interbellum.model.units import Array

Protocol = Literal["random_proposer", "alternating", "egalitarian"]
Shock = Literal["none", "logistic", "uniform"]
SURE = np.inf
"""Prior strength of a side that no battle teaches anything."""
TIE = 1e-12  # a side signs what is worth exactly as much as fighting on, rounding or not


@dataclass(frozen=True, slots=True)
class Game:
    """What the sides play; pairs are A's and B's. One period is one battle, at most."""

    forts: int
    """N; A has won with N of them, B with none of A's left."""
    start: int
    """Forts that A holds at first."""
    chance: tuple[float, float]
    """Mean chance that A wins a battle, as A and as B sees it at first."""
    strength: tuple[float, float] = (SURE, SURE)
    """Battles that each prior belief is worth: S = a + b of a Beta(a, b)."""
    battle: float = 1.0
    """Chance of a battle a period; 0 switches the war off."""
    cost: tuple[float, float] = (0.0, 0.0)
    """Cost of a period without agreement, share of the stake."""
    discount: tuple[float, float] = (1.0, 1.0)
    """What a unit of the next period is worth now."""
    talks: float = 1.0
    """Chance of a round before each battle; 0 switches bargaining off."""
    rounds: int | None = None
    """Periods with talks; all of them unless given."""
    protocol: Protocol = "random_proposer"
    """Who offers. `egalitarian`: the offer that leaves the worse-off side best off."""
    proposer: float = 0.5
    """Chance that A offers; under `alternating`, 1 if A offers first and 0 if B does."""
    shock: Shock = "none"
    """What only the answering side knows: how much more than expected today's deal is worth to it
    over fighting on. `uniform`: a private cost of war on [0, noise] (Fearon); `logistic`: scale
    `noise` about 0, so that it signs with the logit chance."""
    noise: float = 0.0
    """Scale of the shock, share of the stake."""

    def __post_init__(self) -> None:
        if not 0 < self.start < self.forts:
            raise UsageError(f"start is {self.start}; it must lie between 1 and {self.forts - 1}.")
        if not 0.0 <= self.battle <= 1.0 or not 0.0 <= self.talks <= 1.0:
            raise UsageError("battle and talks are chances: from 0 to 1.")
        if self.battle < 1.0 and min(self.strength) < SURE:
            raise UsageError(
                "Sides that learn need a battle every period: only then do position and time say "
                "how many battles A has won."
            )
        if (self.shock == "none") != (self.noise == 0.0):
            raise UsageError("noise is the scale of the shock: above 0 with one, 0 without.")


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Values and play in every period (T) at every position (N + 1)."""

    value: Array
    """(T + 1, N + 1, 2) what the war is worth to each side before talks, by its own belief."""
    fight: Array
    """(T, N + 1, 2) what it is worth after talks have failed: the reservation value."""
    offer: Array
    """(T, N + 1, 2) share that A would get, when A and when B offers; equal under `egalitarian`."""
    signed: Array
    """(T, N + 1) chance that the period ends in a deal."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How a war goes under the true chance of a battle."""

    settled: Array
    """(T,) chance that a deal is signed in each period."""
    won: tuple[float, float]
    """Chance that A, and that B, takes all forts."""
    battles: float
    """Mean number of battles."""
    unfinished: float
    """Chance that the war goes on beyond the last period."""


def believed(game: Game, period: int) -> Array:
    """Chance that A wins the next battle, as each side sees it at each position.

    Position and time say how many battles A has won, w = (t + n - n0)/2, so that they carry both
    beliefs: (S m + w)/(S + t).

    Parameters
    ----------
    game : Game
    period : int
        Battles fought so far.

    Returns
    -------
    (N + 1, 2) float, probability

    Source
    ------
    Smith and Stam (2004), Journal of Conflict Resolution 48(6): Beta beliefs, same battles.
    """
    wins = np.clip((period + np.arange(game.forts + 1) - game.start) / 2.0, 0.0, period)
    columns = [
        np.full(game.forts + 1, mean)
        if strength == SURE
        else (strength * mean + wins) / (strength + period)
        for mean, strength in zip(game.chance, game.strength, strict=True)
    ]
    return np.stack(columns, axis=1)


def accepts(surplus: Array, shock: Shock, noise: float) -> Array:
    """Chance that a side signs a deal worth so much more to it than fighting on.

    Parameters
    ----------
    surplus : (...) float, share of the stake
    shock, noise
        As in `Game`.

    Returns
    -------
    (...) float, probability
    """
    surplus = np.asarray(surplus, dtype=float)
    if shock == "none":
        return np.asarray((surplus >= 0.0).astype(float))
    if shock == "uniform":
        return np.clip(1.0 + surplus / noise, 0.0, 1.0)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(surplus / noise, -700.0, 700.0))))


def gain_of_answer(surplus: Array, shock: Shock, noise: float) -> Array:
    """What it is worth to be asked: mean of the surplus and its shock, where they are positive.

    Parameters
    ----------
    surplus : (...) float, share of the stake
    shock, noise
        As in `Game`.

    Returns
    -------
    (...) float, share of the stake, at least 0
        The integral of `accepts` below the surplus.
    """
    surplus = np.asarray(surplus, dtype=float)
    if shock == "none":
        return np.maximum(surplus, 0.0)
    if shock == "uniform":
        part = np.clip(surplus + noise, 0.0, noise)
        return np.asarray(part * part / (2.0 * noise) + np.maximum(surplus, 0.0))
    return np.asarray(noise * np.logaddexp(0.0, surplus / noise))


def best_demand(own: Array, left: Array, shock: Shock, noise: float) -> Array:
    """The share that a side demands of one that will answer yes or no.

    Parameters
    ----------
    own : (...) float, share of the stake
        What fighting on is worth to the side that demands.
    left : (...) float, share of the stake
        What is left of the stake when the other side gets what fighting on is worth to it.
    shock, noise
        As in `Game`.

    Returns
    -------
    (...) float in [0, 1]
        Maximises (demand - own) times the chance of a yes. Without a shock: all that is left.

    Source
    ------
    Fearon (1995), International Organization 49(3), note 29 for the uniform cost: (left + h + own)/2.
    The logistic case is the fixed point of demand = own + noise/(1 - chance), Lambert's W.
    """
    if shock == "uniform":
        demand = np.clip(0.5 * (left + noise + own), left, left + noise)
    elif shock == "logistic":
        from scipy.special import wrightomega

        demand = own + noise * (1.0 + wrightomega((left - own) / noise - 1.0))
    else:
        demand = np.asarray(left)
    return np.clip(demand, 0.0, 1.0)


def solve(game: Game, periods: int) -> Solution:
    """Solve the game backwards from a last period after which nothing is worth anything.

    Parameters
    ----------
    game : Game
    periods : int
        T; long enough that what lies beyond does not matter.

    Returns
    -------
    Solution
        Each side's value of fighting on is C = -cost + δ E[V'] under its own belief; talks add to
        it what they are expected to bring.

    Source
    ------
    Design section 8, and section 4.4 of the bargaining theory it rests on: backward induction with
    each side's own posterior, agreeing to disagree.
    """
    size = game.forts + 1
    value = np.zeros((periods + 1, size, 2))
    value[:, game.forts, 0] = value[:, 0, 1] = 1.0
    fight = np.zeros((periods, size, 2))
    offer = np.zeros((periods, size, 2))
    signed = np.zeros((periods, size))
    inside = slice(1, game.forts)
    cost, discount = np.asarray(game.cost), np.asarray(game.discount)
    learns = min(game.strength) < SURE
    up = believed(game, 0)
    for period in range(periods - 1, -1, -1):
        later = value[period + 1]
        if learns:
            up = believed(game, period)
        moved = up[inside] * later[2:] + (1.0 - up[inside]) * later[:-2]
        expected = game.battle * moved + (1.0 - game.battle) * later[inside]
        stays = discount * expected - cost
        fight[period] = later  # at the ends the war is over
        fight[period, inside] = stays
        talks = game.talks if game.rounds is None or period < game.rounds else 0.0
        value[period, inside] = stays
        if talks > 0.0:
            gains, offer[period, inside], chance = talk(game, stays, period)
            value[period, inside] += talks * gains
            signed[period, inside] = talks * chance
    return Solution(value, fight, offer, signed)


def talk(game: Game, fight: Array, period: int) -> tuple[Array, Array, Array]:
    """One round: what it is expected to bring each side, the offers, and the chance of a deal.

    Parameters
    ----------
    game : Game
    fight : (n, 2) float, share of the stake
        What fighting on is worth to each side.
    period : int

    Returns
    -------
    gains : (n, 2) float, share of the stake
        Over fighting on.
    offers : (n, 2) float, share of the stake
        What A would get, when A and when B offers.
    signed : (n,) float, probability
    """
    shock, noise = game.shock, game.noise
    if game.protocol == "egalitarian":
        share = np.clip(0.5 * (1.0 + fight[:, 0] - fight[:, 1]), 0.0, 1.0)
        surplus = np.stack([share, 1.0 - share], axis=1) - fight
        chance = accepts(surplus + TIE, shock, noise)
        gains = chance[:, ::-1] * gain_of_answer(surplus, shock, noise)
        return gains, np.stack([share, share], axis=1), chance.prod(axis=1)
    first = game.proposer
    if game.protocol == "alternating" and period % 2 == 1:
        first = 1.0 - first
    offers = np.empty_like(fight)
    gains, signed = np.zeros_like(fight), np.zeros(len(fight))
    for side, weight in ((0, first), (1, 1.0 - first)):
        other = 1 - side
        demand = best_demand(fight[:, side], 1.0 - fight[:, other], shock, noise)
        left = 1.0 - demand - fight[:, other]
        # Nobody proposes what is worse than fighting on; equality signs, up to rounding.
        proposed = demand >= fight[:, side] - TIE
        yes = proposed * accepts(left + TIE, shock, noise)
        gains[:, side] += weight * yes * (demand - fight[:, side])
        gains[:, other] += weight * proposed * gain_of_answer(left, shock, noise)
        signed += weight * yes
        offers[:, side] = demand if side == 0 else 1.0 - demand
    return gains, offers, signed


def follow(game: Game, solution: Solution, chance: float) -> Course:
    """How the war goes when the true chance that A wins a battle is this.

    Parameters
    ----------
    game : Game
    solution : Solution
    chance : float, probability

    Returns
    -------
    Course
    """
    periods = len(solution.signed)
    here = np.zeros(game.forts + 1)
    here[game.start] = 1.0
    settled = np.zeros(periods)
    battles = 0.0
    for period in range(periods):
        going = here.copy()
        going[[0, game.forts]] = 0.0
        ends = going * solution.signed[period]
        settled[period] = ends.sum()
        going -= ends
        battles += game.battle * going.sum()
        here -= ends + game.battle * going
        here[1:] += game.battle * chance * going[:-1]
        here[:-1] += game.battle * (1.0 - chance) * going[1:]
    return Course(
        settled, (float(here[-1]), float(here[0])), float(battles), float(here[1:-1].sum())
    )
