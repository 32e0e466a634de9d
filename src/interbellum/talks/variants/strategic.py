"""Sides that foresee talks, offers and learning: waiting is worth more than fighting to the finish.

Each side's reservation value is what it would get from fighting to the finish plus a *premium*: the
discounted mean, under its own belief, of what later rounds of talks will add. It foresees that the
front moves as it believes, that both sides will learn from it, that rounds come at the chance that
the regimes give on average, that the offer will be the egalitarian one, and that each side signs
with the logit chance. Solved backwards over (week, position, what has been learned), draw by draw:

    O_i(t, y) = E_i[ e^{-ρΔ} ( O_i(t+Δ, y') + G_i(t+Δ, y') ); the race goes on ]
    G_i = (rounds until one is signed) · P_j λ ln(1 + e^{s_i/λ}),   s_i = U_i - b_i - V_i - O_i

(G summed over the rounds of the interval, as if it changed evenly between its ends.)

The last factor is the mean of the surplus and its logistic shock where they are positive
(`talks.lattice.gain_of_answer`): a side signs only what is worth it that day, so the premium is never
negative. With no chance of talks the premium is 0 and the engine is `to_the_finish`, to the byte.

Why two coordinates suffice: signals are movements of the front, so that y - Z, Z the signals since
`as_of`, changes only by what is no signal: regime effects, rearming, and the shift of reading when a
regime moves. The table keeps a few values of that difference and of the regimes' drift, which sides
take to last (as the engine does), and interpolates.

Approximations: the value of fighting to the finish is taken at the posterior mean (design section 3);
regimes in force are expected to last, though their mean factors on talks and reluctance are
foreseen; sides do not foresee freezes, limited truces and capitulation.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbellum.model.talks import EngineCounts, EngineInputs, Record
from interbellum.model.units import Array
from interbellum.model.variants import VariantInputs, VariantShares
from interbellum.talks import hindcast, kernel
from interbellum.talks.draws import draw_of, table_of
from interbellum.talks.premium import PremiumDraw
from interbellum.talks.variants.strategic_kernel import solve
from interbellum.talks.variants.to_the_finish import shares_of

BLOCK = 4  # draws a call


@dataclass(frozen=True, slots=True)
class Grid:
    """How finely the premium is worked out; `tests/test_variants.py` shows convergence."""

    positions: int = 25
    """Points of the race, ends included."""
    weeks: tuple[int, ...] = (*range(0, 157, 13), *range(182, 313, 26), 364, 416, 468, 522)
    """Weeks at which it is worked out, from `as_of` on; after the last nobody expects talks."""
    offsets: int = 3
    """Values of position minus signals."""
    effects: int = 3
    """Values of the regimes' drift; one where no regime has any."""


class Premium(NamedTuple):
    """What later talks add to a side's value of fighting on, and where it was worked out."""

    table: Array
    """(D, 2, effects, offsets, weeks, positions) share of the stake."""
    weeks: Array
    """(weeks,)"""
    offset: Array
    """(D, 2) lowest and highest y - Z."""
    effect: Array
    """(D, 2) lowest and highest drift that the regimes add."""

    def of_draw(self, draw: int) -> PremiumDraw:
        """One draw of it, as the engine's loop takes it."""
        return PremiumDraw(
            self.table[draw],
            self.weeks,
            self.offset[draw],
            self.effect[draw],
            np.zeros((2, self.table.shape[5])),
        )


@dataclass(frozen=True, slots=True)
class Strategic:
    """See the module."""

    name: str = "strategic"
    method: str = (
        "race, deals and talks; sides foresee talks, offers and learning, so that waiting is worth "
        "more than fighting to the finish"
    )
    grid: Grid = Grid()

    def answer(self, given: VariantInputs) -> VariantShares:
        """Paths and hindcast under reservation values that foresee talks.

        Parameters
        ----------
        given : VariantInputs

        Returns
        -------
        VariantShares
        """
        e, record = given.engine, given.record
        premium = premiums(e, record, given.weeks, self.grid, given.threads)
        counts = run(e, premium, given.seed, given.paths, given.weeks, given.threads)
        return shares_of(counts, given.paths, log_weights(e, premium, record, given.threads))


def premiums(
    e: EngineInputs, record: Record, weeks: int, grid: Grid | None = None, threads: int = 1
) -> Premium:
    """Solve every draw backwards.

    Parameters
    ----------
    e : EngineInputs
    record : Record
        Only for how far the table must reach: the past is valued from it too.
    weeks : int
        Weeks of the forecast, likewise.
    grid : Grid or None
    threads : int

    Returns
    -------
    Premium
    """
    grid = grid or Grid()
    draws = len(e.position)
    nodes = np.asarray(grid.weeks, dtype=float)
    low, high = effect_span(e)
    effects = grid.effects if (high - low).max() > 0.0 else 1
    reach = offset_reach(e, record, weeks, low, high)
    offset = np.stack([e.position - reach, e.position + reach], axis=1)
    effect = np.stack([low, high], axis=1)
    talks, reluctant = expected_factors(e, grid.weeks)
    chance = np.minimum(1.0, e.talk_chance[:, None] * talks)
    table = np.zeros((draws, 2, effects, grid.offsets, len(nodes), grid.positions))

    def work(start: int) -> None:
        gained = np.zeros((3, 2, grid.positions))
        for draw in range(start, min(start + BLOCK, draws)):
            d = draw_of(e, draw)
            solve(
                d,
                table_of(e, d),
                e.regime_now,
                nodes,
                offset[draw],
                effect[draw],
                chance[draw],
                reluctant[draw],
                gained,
                table[draw],
            )

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, range(0, draws, BLOCK)))
    return Premium(table, nodes, offset, effect)


def effect_span(e: EngineInputs) -> tuple[Array, Array]:
    """Least and greatest drift (D,) that the regimes together can add."""
    if e.regime_effect.shape[1] == 0:
        return np.zeros(len(e.position)), np.zeros(len(e.position))
    return e.regime_effect.min(axis=2).sum(axis=1), e.regime_effect.max(axis=2).sum(axis=1)


def offset_reach(e: EngineInputs, record: Record, weeks: int, low: Array, high: Array) -> Array:
    """How far (D,) position minus signals may come from today's, before and after `as_of`."""
    past = np.zeros(len(e.position))
    if record.position.shape[1]:
        past = np.abs(record.position - e.position[:, None]).max(axis=1)
    span = high - low
    lag = e.momentum / (1.0 - e.momentum)
    ahead = e.rearm_ceiling.max(axis=1) + span * (0.5 * weeks + lag)
    return np.asarray(np.maximum(past, ahead) + 1e-6)  # never an empty grid


def expected_factors(e: EngineInputs, weeks: tuple[int, ...]) -> tuple[Array, Array]:
    """Mean factors of the regimes on talks (D, weeks) and on reluctance (D, weeks, 2).

    Parameters
    ----------
    e : EngineInputs
    weeks : tuple of int
        Weeks after `as_of`, rising.
    """
    draws, regimes, states = e.regime_effect.shape
    talks = np.ones((draws, len(weeks)))
    reluctant = np.ones((draws, len(weeks), 2))
    for r in range(regimes):
        share = np.zeros((draws, states))
        share[:, e.regime_now[r]] = 1.0
        stay = 1.0 - e.regime_switch[:, r].sum(axis=2)
        by_chance = e.regime_switch[:, r] + stay[:, :, None] * np.eye(states)
        planned: dict[int, Array] = {}
        for week, which, start, to in e.scheduled[::-1]:  # of two of a day the first counts
            if which == r:
                move = planned.setdefault(int(week), by_chance.copy())
                move[:, start] = np.eye(states)[to]
        last = 0
        for place, node in enumerate(weeks):
            for week in range(last + 1, node + 1):
                share = (share[:, None, :] @ planned.get(week, by_chance))[:, 0]
            last = node
            talks[:, place] *= (share * e.regime_talks[:, r]).sum(axis=1)
            reluctant[:, place] *= np.einsum("ds,dsi->di", share, e.regime_reluctance[:, r])
    return talks, reluctant


def run(
    e: EngineInputs, premium: Premium, seed: int, paths: int, weeks: int, threads: int = 1
) -> EngineCounts:
    """The engine's paths under reservation values with a premium.

    Parameters
    ----------
    e : EngineInputs
    premium : Premium
    seed, paths, weeks, threads : int
        As for the engine, with the same random numbers.

    Returns
    -------
    EngineCounts
    """
    return kernel.run(e, seed, paths, weeks, threads, premium_of=premium.of_draw)


def log_weights(e: EngineInputs, premium: Premium, record: Record, threads: int = 1) -> Array:
    """The hindcast of `talks.hindcast` under reservation values with a premium.

    Parameters
    ----------
    e : EngineInputs
    premium : Premium
    record : Record
    threads : int

    Returns
    -------
    (D,) float, at most 0
    """
    return hindcast.log_weights(e, record, threads, premium.of_draw)
