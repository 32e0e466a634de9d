"""Steps of the lattice, the pool and the diagnosis that other tests let slip.

Each test was seen to fail on the slip that it names.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from interbellum import analysis, diagnosis, pooling
from interbellum.dossier.reader import load, load_text
from interbellum.model.result import Interval, RungForecast
from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.variants import VariantShares
from interbellum.peace.record import read_cessations, reference_class
from interbellum.talks.lattice import Game, follow, solve, talk

# --- lattice ---------------------------------------------------------------------------------------


def test_whoever_is_worth_asking_depends_on_what_the_other_answers() -> None:
    # B would pay to be rid of the war, so the even split is cut at the whole stake: A has .5 to gain
    # and B .8. A round brings each its own gain, if the other says yes.
    noise = 0.1
    played = Game(2, 1, (0.5, 0.5), protocol="egalitarian", shock="logistic", noise=noise)
    gains, offers, signed = talk(played, np.array([[0.5, -0.8]]), 0)
    yes = [1.0 / (1.0 + math.exp(-left / noise)) for left in (0.5, 0.8)]
    asked = [noise * math.log1p(math.exp(left / noise)) for left in (0.5, 0.8)]
    np.testing.assert_array_equal(offers, 1.0)
    np.testing.assert_allclose(gains[0], [yes[1] * asked[0], yes[0] * asked[1]], rtol=1e-12)
    np.testing.assert_allclose(signed, yes[0] * yes[1], rtol=1e-9)


def test_rounds_are_as_many_as_the_game_says_and_as_likely() -> None:
    played = Game(10, 3, (0.55, 0.55), cost=(0.01, 0.01), rounds=2, talks=0.4)
    signed = solve(played, 5).signed[:, 1:-1]
    np.testing.assert_allclose(signed[:2], 0.4)
    np.testing.assert_array_equal(signed[2:], 0.0)


def test_a_stalemate_is_no_battle_and_loses_nobody() -> None:
    # Design section 8: 22.25364104 battles, however many weeks pass between them.
    slow = Game(10, 3, (0.55, 0.55), talks=0.0, battle=0.3)
    course = follow(slow, solve(slow, 4800), 0.55)
    assert course.battles == pytest.approx(22.25364104, abs=5e-8)
    assert course.won[0] == pytest.approx(0.5225364104, abs=5e-10)
    assert sum(course.won) + course.unfinished == pytest.approx(1.0, abs=1e-12)


# --- pool ------------------------------------------------------------------------------------------


def drawn(weight: float, p: float, paths: int, sampled: bool) -> pooling.Weighted:
    """Four even draws that give every rung the same chance at all times."""
    shares = VariantShares(
        np.full((4, 262, len(ENDINGS)), 1.0 / len(ENDINGS)),
        np.full((4, 262, len(RUNGS)), p),
        None,
        sampled,
    )
    return pooling.Weighted("a test", "", weight, shares, np.full(4, 0.25), paths)


def test_path_noise_of_the_pool_is_that_of_its_sampled_paths() -> None:
    # A share of .2 over 4 x 25 paths has variance .16/100; at weight .5 a quarter of that, and the
    # variant that is worked out without paths adds none.
    forecast = RungForecast("freeze", 365, "", Interval(0.2, 0, 0, 0, 0), 0.0, 0.1, 0, (), ())
    among = (drawn(0.5, 0.2, 25, True), drawn(0.5, 0.6, 25, False))
    (told,) = pooling.pool_rungs([forecast], among)
    assert told.path_noise == pytest.approx(math.sqrt(0.25 * 0.16 / 100))


def test_history_is_told_at_the_weeks_of_its_days() -> None:
    as_of = dt.date(2025, 1, 1)
    kept = pooling.history_kept(as_of, 60)
    table = read_cessations()
    for place, form in enumerate(FORMS):
        curve = reference_class(table, form, as_of)
        known = np.isfinite(curve.curve.survival)
        days, share = np.array(curve.days)[known], curve.curve.survival[known]
        assert kept[place, 52] == pytest.approx(np.interp(364.0, days, share), abs=1e-12)


# --- diagnosis -------------------------------------------------------------------------------------


@cache
def table() -> analysis.Table:
    return analysis.lay_table(load("ukraine-2025-05"), draws=8, seed=1, threads=2)


def test_what_others_ask_for_falls_with_consent_only() -> None:
    text = files("interbellum.dossier").joinpath("template.yaml").read_text(encoding="utf-8")
    laid = analysis.lay_table(load_text(text), draws=8, seed=1, threads=2)
    assert laid.deals.consents
    assert diagnosis._terms(laid, True, False, 2).deals.consents == laid.deals.consents
    assert diagnosis._terms(laid, False, True, 2).deals.consents == ()


def test_a_process_brings_deals_and_opens_no_range() -> None:
    laid = table()
    nothing = dict.fromkeys(diagnosis.BLOCKERS, False)
    there = diagnosis._terms(laid, False, False, 2)
    plain, talking = (
        diagnosis._worth(laid, {**nothing, "process": on}, there, 1, 2, 64) for on in (False, True)
    )
    assert talking[0] == plain[0]
    assert talking[1] > plain[1] + 0.02
