"""Where the war stands at `as_of`, draw by draw, and what a deal is worth against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interbellum import summary
from interbellum.deals.range import Survey
from interbellum.deals.reference import rearmament_shift
from interbellum.dossier.compile import Compiled
from interbellum.model.deals import Frontier
from interbellum.model.units import Array
from interbellum.war.reference import (
    believed_drift,
    believed_position,
    cost_ratio,
    elicit,
    posterior_drift,
    reservation_values,
)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where the war stands at `as_of`, draw by draw; sides in the order A, B."""

    drift: Array
    """(D,) θ a week"""
    variance: Array
    """(D,) σ² a week"""
    prior: Array
    """(D, 2) drift that each side believed on the day of its belief"""
    signals: Array
    """(D, 2) sum of the signals since"""
    signal_weeks: Array
    """(D, 2) how many"""
    believed: Array
    """(D, 2) drift that each side believes at `as_of`"""
    position: Array
    """(D, 2) the race as each side reads it"""
    discount: Array
    """(D, 2) ρ a week"""
    cost: Array
    """(D, 2) c/ρ"""
    value: Array
    """(D, 2) reservation values"""
    effect: Array
    """(D, R, S) drift that each state of each regime adds to today's"""

    def value_at(self, position: Array) -> Array:
        """Reservation values (D, 2) were the race at a position (D, 2)."""
        inside = np.clip(position, 1e-9, 1.0 - 1e-9)
        return reservation_values(inside, self.believed, self.variance, self.discount, self.cost)


def war_standing(compiled: Compiled, moved: float = 0.0) -> Standing:
    """Elicit the race, update beliefs on the recorded front, and value fighting on.

    Parameters
    ----------
    compiled : Compiled
    moved : float
        Movement of the race towards A after `as_of`, as a what-if; beliefs stay.
    """
    war, record = compiled.war, compiled.war.record
    drift, variance = elicit(war.position, war.chance[:, 0], war.weeks_to_decision)
    prior = believed_drift(variance[:, None], war.chance[:, 1:], war.position[:, None])
    effect = regime_effects(compiled, drift, variance)
    past = past_effect(compiled, effect)
    signals, seen = np.zeros_like(prior), np.zeros_like(prior)
    for side in (0, 1):
        after = (np.arange(len(record.front)) > record.belief_week[side]) & record.seen
        gained = war.stake_per_unit[:, None] * record.front[None, after] - past[:, after]
        signals[:, side], seen[:, side] = gained.sum(axis=1), after.sum()
    believed = posterior_drift(prior, war.stubbornness, signals, seen)
    position = believed_position(
        war.position[:, None], war.momentum[:, None], drift[:, None], believed
    )
    if moved:
        position = np.clip(position + moved, 0.001, 0.999)
    cost = cost_ratio(war.discount, war.weeks_for_victory)
    for regime, state in enumerate(war.regimes.now):
        cost = cost * war.regimes.cost_factor[:, regime, state]
    value = reservation_values(position, believed, variance, war.discount, cost)
    return Standing(
        drift, variance, prior, signals, seen, believed, position, war.discount, cost, value, effect
    )


def regime_effects(compiled: Compiled, drift: Array, variance: Array) -> Array:
    """Drift that each state of each regime adds to today's, (D, R, S)."""
    regimes, war = compiled.war.regimes, compiled.war
    chance = np.where(np.isnan(regimes.chance), war.chance[:, :1, None], regimes.chance)
    theta = believed_drift(variance[:, None, None], chance, war.position[:, None, None])
    today = np.take_along_axis(theta, regimes.now[None, :, None], axis=2)
    return theta - today


def past_effect(compiled: Compiled, effect: Array) -> Array:
    """Drift that the recorded regimes added in each past week, (D, H)."""
    past = compiled.war.regimes.past
    total = np.zeros((effect.shape[0], past.shape[1]))
    for regime in range(past.shape[0]):
        total += effect[:, regime, past[regime]]
    return total


def surplus_lines(compiled: Compiled, standing: Standing, provisions: int) -> tuple[Array, Array]:
    """Slope and intercept (D, 2) of U - V in u at `as_of`; see `deals.reference.value_of_deal`."""
    war = compiled.war
    feared = compiled.talks.fear * summary.design_factor(compiled, provisions)[:, None]
    shift = rearmament_shift(war.rearm_ceiling, war.rearm_rate, standing.discount, feared)
    broken = standing.value_at(standing.position + shift)
    total = standing.discount + feared
    return standing.discount / total, feared * broken / total - standing.value


def all_surplus_lines(compiled: Compiled, standing: Standing, levels: int) -> tuple[Array, Array]:
    """`surplus_lines` for every number of provisions at once, (D, levels, 2) twice."""
    war = compiled.war
    factor = summary.design_factor(compiled, np.arange(levels))
    feared = compiled.talks.fear[:, None] * factor[:, :, None]
    discount, value = standing.discount[:, None], standing.value[:, None]
    shift = rearmament_shift(war.rearm_ceiling[:, None], war.rearm_rate[:, None], discount, feared)
    broken = reservation_values(
        np.clip(standing.position[:, None] + shift, 1e-9, 1.0 - 1e-9),
        standing.believed[:, None],
        standing.variance[:, None],
        discount,
        standing.cost[:, None],
    )
    total = discount + feared
    return discount / total, feared * broken / total - value


def u_at(front: Frontier, point: int) -> Array:
    """u (2,) of a frontier point; nan where there is none."""
    if point < 0:
        return np.full(2, np.nan)
    return np.array([front.u_a[point], front.u_b[point]])


def best_offers(
    fronts: Sequence[Frontier], surveys: Sequence[Survey], slope: Array, base: Array
) -> Array:
    """U - V (D, 2) of the package that leaves the worse-off best off; nan where none is allowed."""
    left = np.full((len(fronts), 2), np.nan)
    for draw, (front, seen) in enumerate(zip(fronts, surveys, strict=True)):
        if seen.best >= 0:
            level = int(np.searchsorted(front.levels, seen.best, side="right")) - 1
            left[draw] = slope[draw, level] * u_at(front, seen.best) + base[draw, level]
    return left
