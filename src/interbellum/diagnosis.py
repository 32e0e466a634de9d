"""What stands in the way, worked out on a laid table: blockers, and how ripe the moment looks.

Everything is a what-if on the same draws with the same random numbers and the hindcast's weights as
they are; only what is named is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from interbellum import analysis, summary
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.compile import Compiled
from interbellum.levers.shapley import shapley_shares
from interbellum.model.deals import BoolArray, DealInputs, Frontier
from interbellum.model.diagnosis import BLOCKERS, Blockers, Diagnosis
from interbellum.ripeness import agreeing, open_range, ripeness
from interbellum.talks import kernel

PATHS = 32
WEEKS_AHEAD = 54  # a year and what the reading between two weeks needs


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
    seen = ripeness(table)
    return Diagnosis(
        blockers(table, seed, threads, paths),
        seen.thresholds,
        seen.views,
        len(table.weight),
        paths,
    )


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
        there = terms[without["red_lines"], without["consent"]]
        worth[off] = _worth(table, without, there, seed, threads, paths)
    shares = shapley_shares(worth)
    return Blockers(
        dict(zip(names, shares[:, 0].tolist(), strict=True)),
        dict(zip(names, shares[:, 1].tolist(), strict=True)),
        float(worth[0, 0]),
        float(worth[-1, 0]),
        float(worth[0, 1]),
        float(worth[-1, 1]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """The deal space with some demands switched off."""

    deals: DealInputs
    fronts: list[Frontier]
    """Per draw, under the red lines and consents in force at `as_of`."""
    by_set: list[list[Frontier]]
    """As `analysis.all_frontiers` gives them."""


def _terms(table: analysis.Table, no_lines: bool, no_consent: bool, threads: int) -> _Terms:
    """The deal space with the leads' red lines, or what others ask for, switched off.

    What is off stays off whatever regimes do; what is not goes on moving with them.
    """
    compiled = table.compiled
    if not no_lines and not no_consent:
        by_set = analysis.all_frontiers(compiled, table.fronts, threads)
        return _Terms(table.deals, table.fronts, by_set)
    sides = table.loaded.dossier.sides
    of_a_lead = np.array(
        [line.owner in (sides.A.lead, sides.B.lead) for line in compiled.preferences.red_lines],
        bool,
    )
    kept = ~(of_a_lead & no_lines) & ~(~of_a_lead & no_consent)
    here = _only(table.deals, kept, no_consent)
    now = analysis.frontiers(here, threads, lambda share: None)
    return _Terms(
        here,
        now,
        [
            now
            if number == compiled.war.regimes.set_now
            else analysis.frontiers(
                _only(deal_inputs(preferences), kept, no_consent), threads, lambda share: None
            )
            for number, preferences in enumerate(compiled.by_set)
        ],
    )


def _only(deals: DealInputs, kept: BoolArray, no_consent: bool) -> DealInputs:
    """A deal space with some of its red lines (lines,), and with or without consents."""
    in_force = deals.red_lines & kept
    return replace(
        deals,
        red_lines=in_force,
        allowed=~(in_force.astype(np.int64) @ deals.refused.astype(np.int64) > 0),
        consents=() if no_consent else deals.consents,
    )


def _worth(
    table: analysis.Table,
    without: Mapping[str, bool],
    there: _Terms,
    seed: int,
    threads: int,
    paths: int,
) -> tuple[float, float]:
    """Share of draws with an open range, and chance of the headline within a year."""
    compiled, standing = replace_fear(table, without["commitment"]), table.standing
    if without["disagreement"]:
        standing = agreeing(table, standing.believed.mean(axis=1))
    engine = analysis.engine_inputs(compiled, standing, there.deals, there.by_set, table.curves)
    if without["process"]:
        engine = engine._replace(talk_chance=np.ones_like(engine.talk_chance))
    is_open = open_range(compiled, standing, there.fronts)
    counts = kernel.run(engine, seed, paths, WEEKS_AHEAD, threads)
    chance = summary.at_days(summary.headline_shares(counts, paths), summary.HEADLINE_DAYS)
    return float(table.weight @ is_open), float(table.weight @ chance)


def replace_fear(table: analysis.Table, calm: bool) -> Compiled:
    """The compiled dossier, with nobody fearing a breach where `calm`."""
    compiled = table.compiled
    if not calm:
        return compiled
    talks = replace(compiled.talks, fear=np.zeros_like(compiled.talks.fear))
    return replace(compiled, talks=talks)
