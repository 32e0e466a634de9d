"""What the war stage and the engine need of a dossier, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interbellum.model.deals import BoolArray, IntArray
from interbellum.model.provisions import Channels
from interbellum.model.units import Array


@dataclass(frozen=True, slots=True, eq=False)
class RegimeInputs:
    """The regimes as chains; R of them, at most S states each."""

    ids: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    now: IntArray
    """(R,)"""
    chance: Array
    """(D, R, S) chance that A prevails in each state; nan where the state changes nothing."""
    talks_factor: Array
    """(D, R, S)"""
    reluctance_factor: Array
    """(D, R, S, 2)"""
    cost_factor: Array
    """(D, R, S, 2)"""
    deal_set: IntArray
    """(R, S) what each state adds to the number of the set of red lines and consents in force."""
    set_now: int
    """Number of the set at `as_of`."""
    switch: Array
    """(D, R, S, S) chance a week of each move."""
    scheduled: IntArray
    """(n, 4) week, regime, from, to."""
    past: IntArray
    """(R, H) state in each week of the record."""
    breaks: Array
    """(D, R) chance that a move breaks a truce."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordInputs:
    """The dated record in weeks, oldest first, H weeks up to `as_of`."""

    front: Array
    """(H,) movement of the front a week, in its unit; zeros without a front."""
    seen: BoolArray
    """(H,) weeks that the record of the front covers; only these move a belief."""
    rounds: BoolArray
    """(H,) a recorded round of talks."""
    truce: BoolArray
    """(H,) a recorded general truce held."""
    belief_week: IntArray
    """(2,) week of each side's dated belief: H for one dated `as_of`."""
    months: float
    """Months of war up to `as_of`."""


@dataclass(frozen=True, slots=True, eq=False)
class WarInputs:
    """One row per draw; sides in the order A, B."""

    orientation: int
    position: Array
    """(D,)"""
    chance: Array
    """(D, 3) chance that A prevails, as the analyst, A and B see it."""
    weeks_to_decision: Array
    """(D,)"""
    weeks_for_victory: Array
    """(D, 2)"""
    discount: Array
    """(D, 2) a week"""
    stubbornness: Array
    """(D, 2) weeks"""
    momentum: Array
    """(D,)"""
    reluctance: Array
    """(D, 2) share of the stake"""
    stake_per_unit: Array
    """(D,) position per unit of the front; zeros without a front."""
    rearm_rate: Array
    """(D, 2) a week"""
    rearm_ceiling: Array
    """(D, 2) position"""
    regimes: RegimeInputs
    record: RecordInputs


@dataclass(frozen=True, slots=True, eq=False)
class TalksInputs:
    """How often they talk and how they choose."""

    weekly_chance: Array
    """(D,)"""
    history_complete: bool
    choice_noise: Array
    """(D,) share of the stake"""
    tolerance: Array
    """(D,) weeks"""
    ending_chance: Array
    """(D,) a week"""
    settlement_share: Array
    """(D,)"""
    fear: Array
    """(D, 2) hazard a week"""
    provisions_factor: Array
    """(D,)"""
    sectoral_rate: Array
    """(D,) a week"""
    sectoral_kept: Array
    """(D,)"""
    other_rate: Array
    """(D,) a week"""
    other_share: Array
    """(D, 3) share of short general, local and humanitarian truces in the others, summed up."""
    other_kept: Array
    """(D, 3)"""
    exchange_rate: Array
    """(D,) a week; 0 where trust does not move."""
    trust_kept: Array
    """(D,) factor on feared hazards after a limited truce that was kept."""
    trust_broken: Array
    """(D,) factor after a truce that was broken."""
    trust_memory: Array
    """(D,) share of the logarithm of those factors that is left a week later."""


@dataclass(frozen=True, slots=True, eq=False)
class PeaceInputs:
    """What would break a silence."""

    cost_of_breaking: Array
    """(D, 2) share of the stake"""
    gap_noise: Array
    """(D,) position a square-root week"""
    incidents_per_week: Array
    """(D,)"""
    echo: Array
    """(D,)"""
    collapse_size: Array
    """(D,)"""
    change_hazard: Array
    """(D,) a week: changes of a leader or patron that break a truce."""
    term: Array
    """(D,) weeks; inf for open-ended."""
    renewal: Array
    """(D,) chance that a ceasefire is renewed at its term; 1 for open-ended."""
    pause_renewal: Array
    """(D,) chance that a pause is renewed at its end, whether or not a ceasefire has a term."""
    carrying_cost: Array
    """(D, 2) share of the cost of fighting: forces held forward in a ceasefire or a freeze."""
    effects: Mapping[str, Channels]
    """Factors of every provision that acts on something, (D,) each."""
