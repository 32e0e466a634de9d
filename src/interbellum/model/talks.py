"""What the engine of talks runs on and returns. Tuples of arrays, because kernels take these whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from interbellum.model.units import Array


class Joined:
    """Arrays one after another, read as one; a slice within one of them is that array's own memory.

    The frontiers of all draws hold hundreds of megabytes, which a copy would write twice.
    """

    def __init__(self, parts: Sequence[Array]) -> None:
        self._parts = tuple(parts)
        self._starts = np.cumsum([0, *(len(part) for part in parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, at: Any) -> Any:
        """One number, or the numbers of a slice without a step."""
        if not isinstance(at, slice):
            place = int(np.searchsorted(self._starts, at, side="right")) - 1
            return self._parts[place][at - self._starts[place]]
        first, last, _ = at.indices(len(self))
        begin = int(np.searchsorted(self._starts, first, side="right")) - 1
        end = max(begin + 1, int(np.searchsorted(self._starts, last, side="left")))
        parts = self._parts[begin:end]
        whole = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])
        return whole[first - self._starts[begin] : last - self._starts[begin]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(np.concatenate(self._parts), dtype)

    def __mul__(self, factor: float) -> Array:
        return np.asarray(self) * factor


class EngineInputs(NamedTuple):
    """One row per draw (D); sides in the order A, B; weeks and shares of the stake.

    Arrays are read-only. Fields are typed `Any` where their dtype is integral or boolean, because
    the kernels are compiled for the exact dtype that the compiler of dossiers gives.
    """

    orientation: int
    """+1 if A's lead sorts before B's, else -1: random numbers belong to leads, not to labels."""

    position: Array
    """(D,) y at `as_of`."""
    drift: Array
    """(D,) θ a week, as the analyst sees it, regimes as they stand at `as_of`."""
    variance: Array
    """(D,) σ² a week."""
    momentum: Array
    """(D,) φ."""
    prior: Array
    """(D, 2) mean drift that each side believed on the day of its belief."""
    stubbornness: Array
    """(D, 2) weeks of movement that move a belief half way."""
    signals: Array
    """(D, 2) sum of the signals between the day of the belief and `as_of`."""
    signal_weeks: Array
    """(D, 2) how many."""
    discount: Array
    """(D, 2) ρ a week."""
    cost: Array
    """(D, 2) c/ρ where no regime scales it, share of the stake."""
    reluctance: Array
    """(D, 2) b, share of the stake."""
    choice_noise: Array
    """(D,) λ, share of the stake."""
    talk_chance: Array
    """(D,) chance of a serious round a week."""
    tolerance: Array
    """(D,) weeks for which an untenable war is borne."""
    ending_chance: Array
    """(D,) chance a week that it then ends."""
    settlement_share: Array
    """(D,) share of contested weight that makes a text a settlement."""
    standing: Array
    """(D, 2) u of the standing line."""
    fear: Array
    """(D, 2) hazard a week that each side expects of the other in a bare truce."""
    provisions_factor: Array
    """(D,) factor on that hazard when every enforcing provision is there."""
    full_provisions: int
    """How many enforcing provisions make a full set."""
    rearm_ceiling: Array
    """(D, 2) ḡ of each side, position."""
    rearm_rate: Array
    """(D, 2) r of each side, a week."""
    sectoral_rate: Array
    """(D,) sectoral truces a week."""
    sectoral_kept: Array
    """(D,) chance that one is kept."""
    other_rate: Array
    """(D,) other limited truces a week: short general, local and humanitarian ones."""
    other_share: Array
    """(D, 3) share of those three kinds in them, summed up: the last column is 1."""
    other_kept: Array
    """(D, 3) chance that one of each kind is kept."""
    exchange_rate: Array
    """(D,) exchanges of prisoners, of the dead or of goods a week; 0 where trust does not move."""
    trust_kept: Array
    """(D,) logarithm of the factor on feared hazards after a limited truce that was kept."""
    trust_broken: Array
    """(D,) the same after any truce that was broken."""
    trust_memory: Array
    """(D,) share of that logarithm that is left a week later."""

    regime_now: Any
    """(R,) state at `as_of`."""
    regime_effect: Array
    """(D, R, S) drift that the state adds."""
    regime_talks: Array
    """(D, R, S) factor on the chance of talks."""
    regime_reluctance: Array
    """(D, R, S, 2) factor on reluctance."""
    regime_cost: Array
    """(D, R, S, 2) factor on the cost of fighting."""
    regime_set: Any
    """(R, S) what the state adds to the number of the frontier in force."""
    regime_switch: Array
    """(D, R, S, S) chance a week of each move."""
    scheduled: Any
    """(n, 4) week, regime, from, to of each scheduled move, by week."""

    levels: Any
    """(D, F, L + 1) first frontier point of each number of provisions; F frontiers, one for each set of
    red lines and consents that the regimes can leave in force."""
    frontier_a: Array | Joined
    """(points,) u_A, all draws and frontiers one after another."""
    frontier_b: Array | Joined
    """(points,)"""
    frontier_decides: Array | Joined
    """(points,) share of contested weight decided."""

    hazard: Array
    """(D, 3, T + 1) cumulative hazard of a silence of each form, without incidents."""
    incidents: Array
    """(D, 3, T + 1) cumulative hazard of incidents at factor 1."""


class Record(NamedTuple):
    """What happened before `as_of`, week by week, oldest first."""

    position: Array
    """(D, H) y."""
    effect: Array
    """(D, H) drift that the regimes then added to the drift at `as_of`."""
    talks: Array
    """(D, H) chance of a round: 1 in a week with a recorded one."""
    reluctance: Array
    """(D, H, 2) factor on reluctance."""
    cost: Array
    """(D, H, 2) factor on the cost of fighting."""
    deal_set: Any
    """(H,) frontier in force."""
    truce: Any
    """(H,) True while a recorded general truce held."""
    seen: Any
    """(H,) True in weeks that the record of the front covers."""
    belief_week: Any
    """(2,) week of each side's dated belief; signals of later weeks count, where seen."""


class EngineCounts(NamedTuple):
    """Path counts of a run; integers, so that their sum does not depend on order."""

    endings: Any
    """(D, W + 1, 6) paths in each state of `rungs.ENDINGS` at the end of each week."""
    rungs: Any
    """(D, W + 1, 10) paths that first reached each rung of `rungs.RUNGS` in each week."""
    silences: Any
    """(D, 3, L) silences of each form begun within a year, by number of provisions."""
