"""What each side would have to believe or see, and how ripe the moment looks from its capital.

Everything is a what-if on a laid table: the same draws, the hindcast's weights as they are, and
nothing but what a side believes or has seen is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interbellum import summary
from interbellum.deals.range import is_open
from interbellum.dossier.compile import Compiled
from interbellum.levers.thresholds import turning_point
from interbellum.model.deals import BoolArray, Frontier
from interbellum.model.diagnosis import Ripeness, Threshold, View
from interbellum.model.units import Array
from interbellum.standing import Standing, all_surplus_lines, best_offers
from interbellum.war.reference import believed_drift, believed_position, chance_from_slope

if TYPE_CHECKING:
    from interbellum.analysis import Table

MOVE_WEEKS = 26  # half a year: long enough to learn from, short enough to picture
LEAST, MOST = 0.01, 0.99  # chances that can be believed, as in a dossier
FARTHEST = 0.5  # of the race, in half a year


def ripeness(table: Table) -> Ripeness:
    """Thresholds and views of both sides.

    Parameters
    ----------
    table : analysis.Table

    Returns
    -------
    Ripeness
    """
    return Ripeness(
        (threshold(table, 0), threshold(table, 1)),
        (view(table, 0), view(table, 1)),
        len(table.weight),
    )


def threshold(table: Table, side: int) -> Threshold:
    """What a side would have to believe for the range to close, and what would change its mind.

    Parameters
    ----------
    table : analysis.Table
    side : int
        0 for A, 1 for B.

    Returns
    -------
    Threshold
    """
    war, standing, weight = table.compiled.war, table.standing, table.weight
    draws = len(weight)
    toward = -1.0 if side == 0 else 1.0  # movement against the side, in the race's direction

    def open_if_believes(chance: Array) -> BoolArray:
        """Range open if the side believes in this chance that it prevails."""
        of_a = chance if side == 0 else 1.0 - chance
        believed = standing.believed.copy()
        believed[:, side] = believed_drift(standing.variance, of_a, war.position)
        return open_range(table.compiled, believing(table, believed), table.fronts)

    def closed_if_moved(against: Array) -> BoolArray:
        """Range still closed after so much movement against the side, which learns from it."""
        moved = np.zeros((draws, 2))
        moved[:, side] = toward * against
        believed = learned(table, side, moved[:, side])
        changed = believing(table, believed, moved)
        return ~open_range(table.compiled, changed, table.fronts)

    closes = turning_point(open_if_believes, np.full(draws, LEAST), np.full(draws, MOST))
    opens = turning_point(closed_if_moved, np.zeros(draws), np.full(draws, FARTHEST))

    def as_it_reads(believed: Array) -> Array:
        """The side's chance of prevailing under a drift (D,), read off the front as it reads it."""
        at = believed_position(war.position, war.momentum, standing.drift, believed)
        of_a = chance_from_slope(2.0 * believed / standing.variance, at)
        return of_a if side == 0 else 1.0 - of_a

    at_turn = np.clip(closes, LEAST, MOST)
    turns = believed_drift(standing.variance, at_turn if side == 0 else 1.0 - at_turn, war.position)
    closes_above = np.where(np.isfinite(closes), as_it_reads(turns), closes)
    unit = war.stake_per_unit
    return Threshold(
        "AB"[side],
        summary.median(as_it_reads(standing.believed[:, side]), weight),
        summary.median_among(closes_above, weight),
        float(weight @ np.isneginf(closes)),
        float(weight @ np.isposinf(closes)),
        summary.median_among(opens, weight),
        summary.median_among(opens / unit, weight) if (unit > 0.0).all() else None,
        MOVE_WEEKS,
    )


def learned(table: Table, side: int, moved: Array) -> Array:
    """Beliefs (D, 2) after a side has seen the front move so far (D,) in `MOVE_WEEKS` weeks."""
    standing = table.standing
    known = table.compiled.war.stubbornness[:, side] + standing.signal_weeks[:, side]
    believed = standing.believed.copy()
    believed[:, side] = (known * believed[:, side] + moved) / (known + MOVE_WEEKS)
    return believed


def view(table: Table, side: int) -> View:
    """Whether the moment looks ripe from one capital.

    Parameters
    ----------
    table : analysis.Table
    side : int

    Returns
    -------
    View

    Source
    ------
    A mutually hurting stalemate and a way out, as the parties see them: Zartman (1989), Ripe for
    Resolution.
    """
    weight, standing, war = table.weight, table.standing, table.compiled.war
    own = agreeing(table, standing.believed[:, side])
    sees = open_range(table.compiled, own, table.fronts)
    offers = best_offers(table.fronts, table.surveys, table.slope, table.base)[:, side]
    way_out = np.nan_to_num(offers, nan=-np.inf) >= war.reluctance[:, side]
    hurting = table.deals.standing[:, side] > standing.value[:, side]
    return View("AB"[side], float(weight @ sees), float(weight @ way_out), float(weight @ hurting))


def agreeing(table: Table, drift: Array) -> Standing:
    """Where the war stands if both sides believed the same drift (D,), a week."""
    return believing(table, np.stack([drift, drift], axis=1))


def believing(table: Table, believed: Array, moved: Array | None = None) -> Standing:
    """Where the war stands under other beliefs.

    Parameters
    ----------
    table : analysis.Table
    believed : (D, 2) float, position a week
        As A and as B believes at `as_of`; what they go on learning starts from it.
    moved : (D, 2) float or None
        Movement of the race towards A, as each side has seen it.
    """
    war, standing = table.compiled.war, table.standing
    here = war.position[:, None] if moved is None else war.position[:, None] + moved
    position = believed_position(here, war.momentum[:, None], standing.drift[:, None], believed)
    changed = replace(
        standing,
        prior=believed,
        signals=believed * standing.signal_weeks,  # so that the mean belief is this one
        believed=believed,
        position=position,
    )
    return replace(changed, value=changed.value_at(position))


def open_range(
    compiled: Compiled,
    standing: Standing,
    fronts: Sequence[Frontier],
) -> BoolArray:
    """Whether some package beats war for both, (D,)."""
    slope, base = all_surplus_lines(compiled, standing, len(fronts[0].levels) - 1)
    return np.array([is_open(front, slope[draw], base[draw]) for draw, front in enumerate(fronts)])
