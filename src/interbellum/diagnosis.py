"""What stands in the way, worked out on a laid table: blockers, thresholds, the view of each capital.

Everything is a what-if on the same draws with the same random numbers and the hindcast's weights as
they are; only what is named is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from interbellum import analysis, summary
from interbellum.deals.frontier import frontier
from interbellum.deals.range import survey
from interbellum.dossier.compile import Compiled
from interbellum.levers.shapley import shapley_shares
from interbellum.levers.thresholds import turning_point
from interbellum.model.deals import BoolArray, DealInputs, Frontier
from interbellum.model.diagnosis import BLOCKERS, Blockers, Diagnosis, Threshold, View
from interbellum.model.result import Interval
from interbellum.model.rungs import RUNGS
from interbellum.model.units import Array
from interbellum.talks import kernel
from interbellum.talks.variants.to_the_finish import shares_of
from interbellum.war.reference import believed_drift, believed_position, chance_from_slope

PATHS = 32
MOVE_WEEKS = 26  # half a year: long enough to learn from, short enough to picture
WEEKS_AHEAD = 54  # a year and what the reading between two weeks needs
LEAST, MOST = 0.01, 0.99  # chances that can be believed, as in a dossier
FARTHEST = 0.5  # of the race, in half a year


def diagnose(table: analysis.Table, seed: int, threads: int, paths: int = PATHS) -> Diagnosis:
    """Blockers, thresholds and views of a dossier.

    Parameters
    ----------
    table : analysis.Table
        A table of 64 draws will do; its frontiers are worked out four times over.
    seed, threads, paths : int

    Returns
    -------
    Diagnosis
    """
    return Diagnosis(
        blockers(table, seed, threads, paths),
        (threshold(table, 0), threshold(table, 1)),
        (view(table, 0), view(table, 1)),
        len(table.weight),
        paths,
    )


# --- blockers ------------------------------------------------------------------------------------


def blockers(table: analysis.Table, seed: int, threads: int, paths: int = PATHS) -> Blockers:
    """Shapley shares of disagreement, commitment, red lines, consent and process.

    Parameters
    ----------
    table : analysis.Table
    seed, threads, paths : int

    Returns
    -------
    Blockers
    """
    names = list(BLOCKERS)
    terms = {
        (red, consent): _terms(table, red, consent, threads)
        for red in (False, True)
        for consent in (False, True)
    }
    worth = np.zeros((1 << len(names), 2))
    for off in range(len(worth)):
        without = {name: bool(off >> bit & 1) for bit, name in enumerate(names)}
        deals, fronts = terms[without["red_lines"], without["consent"]]
        worth[off] = _worth(table, without, deals, fronts, seed, threads, paths)
    shares = shapley_shares(worth)
    return Blockers(
        dict(zip(names, shares[:, 0].tolist(), strict=True)),
        dict(zip(names, shares[:, 1].tolist(), strict=True)),
        float(worth[0, 0]),
        float(worth[-1, 0]),
        float(worth[0, 1]),
        float(worth[-1, 1]),
    )


def _terms(
    table: analysis.Table, no_lines: bool, no_consent: bool, threads: int
) -> tuple[DealInputs, list[Frontier]]:
    """The deal space with the leads' red lines, or what others ask for, switched off."""
    if not no_lines and not no_consent:
        return table.deals, table.fronts
    deals = table.deals
    sides = table.loaded.dossier.sides
    of_a_lead = np.array(
        [
            line.owner in (sides.A.lead, sides.B.lead)
            for line in table.compiled.preferences.red_lines
        ],
        bool,
    )
    kept = ~(of_a_lead & no_lines) & ~(~of_a_lead & no_consent)
    in_force = deals.red_lines & kept
    without = replace(
        deals,
        red_lines=in_force,
        allowed=~(in_force.astype(np.int64) @ deals.refused.astype(np.int64) > 0),
        consents=() if no_consent else deals.consents,
    )
    with ThreadPoolExecutor(max_workers=threads) as pool:
        fronts = list(pool.map(lambda draw: frontier(without, draw), range(len(deals.base))))
    return without, fronts


def _worth(
    table: analysis.Table,
    without: Mapping[str, bool],
    deals: DealInputs,
    fronts: list[Frontier],
    seed: int,
    threads: int,
    paths: int,
) -> tuple[float, float]:
    """Share of draws with an open range, and chance of the headline within a year."""
    compiled, standing = replace_fear(table, without["commitment"]), table.standing
    if without["disagreement"]:
        standing = agreeing(table, standing.believed.mean(axis=1))
    as_it_is = not (without["red_lines"] or without["consent"])
    by_set = (
        analysis.all_frontiers(compiled, fronts, threads)
        if as_it_is
        else [fronts] * len(compiled.by_set)  # lines that are off stay off whatever regimes do
    )
    engine = analysis.engine_inputs(compiled, standing, deals, by_set, table.curves)
    if without["process"]:
        engine = engine._replace(talk_chance=np.ones_like(engine.talk_chance))
    is_open = open_range(compiled, standing, fronts)
    counts = kernel.run(engine, seed, paths, WEEKS_AHEAD, threads)
    reached = shares_of(counts, paths, None).rungs[..., list(RUNGS).index(summary.HEADLINE)]
    chance = summary.at_days(reached, summary.HEADLINE_DAYS)
    return float(table.weight @ is_open), float(table.weight @ chance)


def replace_fear(table: analysis.Table, calm: bool) -> Compiled:
    """The compiled dossier, with nobody fearing a breach where `calm`."""
    compiled = table.compiled
    if not calm:
        return compiled
    talks = replace(compiled.talks, fear=np.zeros_like(compiled.talks.fear))
    return replace(compiled, talks=talks)


def agreeing(table: analysis.Table, drift: Array) -> analysis.Standing:
    """Where the war stands if both sides believed the same drift (D,), a week."""
    return believing(table, np.stack([drift, drift], axis=1))


def believing(
    table: analysis.Table, believed: Array, moved: Array | None = None
) -> analysis.Standing:
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
    standing: analysis.Standing,
    fronts: list[Frontier],
) -> BoolArray:
    """Whether some package beats war for both, (D,)."""
    slope, base = analysis.all_surplus_lines(compiled, standing, len(fronts[0].levels) - 1)
    share = compiled.talks.settlement_share
    return np.array(
        [
            survey(front, slope[draw], base[draw], float(share[draw])).is_open
            for draw, front in enumerate(fronts)
        ]
    )


# --- thresholds ------------------------------------------------------------------------------------


def threshold(table: analysis.Table, side: int) -> Threshold:
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
        _median_among(closes_above, weight),
        float(weight @ np.isneginf(closes)),
        float(weight @ np.isposinf(closes)),
        _median_among(opens, weight),
        _median_among(opens / unit, weight) if (unit > 0.0).all() else None,
        MOVE_WEEKS,
    )


def learned(table: analysis.Table, side: int, moved: Array) -> Array:
    """Beliefs (D, 2) after a side has seen the front move so far (D,) in `MOVE_WEEKS` weeks."""
    standing = table.standing
    known = table.compiled.war.stubbornness[:, side] + standing.signal_weeks[:, side]
    believed = standing.believed.copy()
    believed[:, side] = (known * believed[:, side] + moved) / (known + MOVE_WEEKS)
    return believed


def _median_among(values: Array, weight: Array) -> Interval | None:
    """Weighted median over the draws in which there is a value."""
    has = np.isfinite(values)
    total = float(weight @ has)
    if total <= 0.0:
        return None
    return summary.median(np.where(has, values, 0.0), weight * has / total)


# --- the view of each capital ----------------------------------------------------------------------


def view(table: analysis.Table, side: int) -> View:
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
    offers = analysis.best_offers(table.fronts, table.surveys, table.slope, table.base)[:, side]
    way_out = np.nan_to_num(offers, nan=-np.inf) >= war.reluctance[:, side]
    hurting = table.deals.standing[:, side] > standing.value[:, side]
    return View("AB"[side], float(weight @ sees), float(weight @ way_out), float(weight @ hurting))
