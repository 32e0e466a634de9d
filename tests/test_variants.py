"""Structural variants: exact limits of each, and what no variant may break."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbellum import analysis, summary
from interbellum.dossier.mirror import swap_labels
from interbellum.dossier.reader import Loaded, load
from interbellum.model.rungs import ENDINGS, RUNGS
from interbellum.model.talks import EngineInputs, Record
from interbellum.model.variants import VariantInputs, VariantShares
from interbellum.talks import kernel
from interbellum.talks.hindcast import log_weights as engine_log_weights
from interbellum.talks.lattice import Game, solve
from interbellum.talks.reference import move_regimes
from interbellum.talks.variants import VARIANTS, attrition, strategic
from interbellum.talks.variants.reference_class import reached_by
from test_engine import engine, two_states

SMALL = "eritrea-ethiopia-1999"
WEEKS = 261
LABEL = {"victory_A": "victory_B", "victory_B": "victory_A"}


def inputs(loaded: Loaded, draws: int = 16, paths: int = 16, threads: int = 1) -> VariantInputs:
    table = analysis.lay_table(loaded, draws=draws, seed=1, threads=2)
    return VariantInputs(
        table.engine,
        analysis.record_inputs(table.compiled, table.standing),
        1,
        paths,
        table.weeks,
        threads,
        table.compiled.reached,
        table.compiled.war.record.months,
        np.exp(-np.arange(table.weeks + 1) / 300.0) * np.ones((3, 1)),
    )


@cache
def small() -> VariantInputs:
    return inputs(load(SMALL))


@cache
def answer(name: str) -> VariantShares:
    return VARIANTS[name].answer(small())


def no_record(draws: int = 1) -> Record:
    none = np.zeros((draws, 0))
    flags = np.zeros(0, bool)
    factor = np.ones((draws, 0, 2))
    week = np.zeros(2, np.int64)
    no_set = np.zeros(0, np.int64)
    return Record(none, none, none, factor, factor, no_set, flags, flags, week)


# --- every variant -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VARIANTS)
def test_shares_are_chances_and_states_sum_to_one(name: str) -> None:
    told = answer(name)
    np.testing.assert_allclose(told.endings.sum(axis=2), 1.0, atol=1e-12)
    for array in (told.endings, told.rungs):
        assert array.min() >= -1e-12
        assert array.max() <= 1.0 + 1e-12
    reached = told.rungs[..., [place for place, r in enumerate(RUNGS) if r != "war_goes_on"]]
    assert (np.diff(reached, axis=1) >= -1e-12).all()
    np.testing.assert_array_equal(
        told.rungs[..., list(RUNGS).index("war_goes_on")], told.endings[..., ENDINGS.index("war")]
    )
    assert VARIANTS[name].name == name


@pytest.mark.parametrize("name", VARIANTS)
def test_threads_do_not_change_a_byte(name: str) -> None:
    again = VARIANTS[name].answer(replace(small(), threads=3))
    assert again.endings.tobytes() == answer(name).endings.tobytes()
    assert again.rungs.tobytes() == answer(name).rungs.tobytes()
    one, two = again.log_weight, answer(name).log_weight
    assert (one is None and two is None) or (
        one is not None and two is not None and one.tobytes() == two.tobytes()
    )


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("dossier", [SMALL, "ukraine-2025-05"])
def test_swapping_the_labels_mirrors_a_variant(name: str, dossier: str) -> None:
    loaded = load(dossier)
    plain = VARIANTS[name].answer(inputs(loaded, 8, 8))
    other = VARIANTS[name].answer(inputs(swap_labels(loaded), 8, 8))
    for place, rung in enumerate(RUNGS):
        mirrored = list(RUNGS).index(LABEL.get(rung, rung))
        np.testing.assert_allclose(
            plain.rungs[..., place].mean(axis=0),
            other.rungs[..., mirrored].mean(axis=0),
            atol=1e-9,
        )
    if plain.log_weight is not None and other.log_weight is not None:
        np.testing.assert_allclose(plain.log_weight, other.log_weight, rtol=1e-7, atol=1e-9)


# --- attrition -------------------------------------------------------------------------------------


def standoff(cost_a: float, cost_b: float, **changes: Any) -> EngineInputs:
    """A stake of 1 for each; A's terms make a settlement, B's a ceasefire; nothing else happens."""
    rho = 0.002
    return engine(
        cost=np.array([[cost_a / rho, cost_b / rho]]),
        variance=np.array([1e-12]),
        levels=np.array([[[0, 2]]]),
        frontier_a=np.array([1.0, 0.0]),
        frontier_b=np.array([0.0, 1.0]),
        frontier_decides=np.array([1.0, 0.0]),
        **changes,
    )


def test_attrition_is_won_and_lasts_as_the_hazards_say() -> None:
    # c_A=.02, c_B=.06, v=1: A gives in at .06 a week and B at .02. A wins with
    # λ_B/(λ_A+λ_B) = 1/4, and the war lasts 1/(λ_A+λ_B) = 12.5 weeks on average.
    e, paths = standoff(0.02, 0.06), 20_000
    counts = attrition.run(e, attrition.terms_of(e), 1, paths, 400)
    ends = counts.endings[0, -1] / paths
    assert ends[ENDINGS.index("settlement_in_force")] == pytest.approx(0.25, abs=0.01)  # 3 s.e.
    assert ends[ENDINGS.index("ceasefire_in_force")] == pytest.approx(0.75, abs=0.01)
    war = counts.endings[0, :, ENDINGS.index("war")] / paths
    # A week counts as war if it began so: the mean of whole weeks is 1/(1-e^{-.08}).
    assert war.sum() == pytest.approx(-1.0 / math.expm1(-0.08), rel=0.025)
    np.testing.assert_allclose(war, np.exp(-0.08 * np.arange(401)), atol=0.0125)


@given(st.floats(0.001, 0.1), st.floats(0.001, 0.1), st.floats(0.1, 1.0), st.floats(0.1, 1.0))
def test_a_side_gives_in_at_the_rate_that_pays_the_other(
    cost_a: float, cost_b: float, stake_a: float, stake_b: float
) -> None:
    rate_a, rate_b = attrition.concession_rates(
        np.array([cost_a, cost_b]), np.array([stake_a, stake_b])
    )
    assert rate_b * stake_a == pytest.approx(cost_a)  # what A gains by holding out is its cost
    assert rate_a * stake_b == pytest.approx(cost_b)


def test_attrition_does_not_converge() -> None:
    # Neither beliefs nor the front move what sides hold out for, so no week is likelier than another.
    e = standoff(0.02, 0.06)
    learned = e._replace(signals=np.array([[0.4, 0.4]]), prior=np.array([[0.3, -0.3]]))
    one, two = (attrition.run(x, attrition.terms_of(x), 1, 500, 100) for x in (e, learned))
    np.testing.assert_array_equal(one.endings, two.endings)


def test_where_no_text_is_possible_giving_in_is_defeat() -> None:
    e = standoff(0.02, 0.06)._replace(levels=np.array([[[0, 0]]]))
    counts = attrition.run(e, attrition.terms_of(e), 1, 4000, 400)
    assert counts.endings[0, -1, ENDINGS.index("victory_A")] / 4000 == pytest.approx(0.25, abs=0.02)


def test_hindcast_of_attrition_is_the_chance_that_nobody_gave_in() -> None:
    e = standoff(0.02, 0.06)
    weeks = 10
    record = no_record()._replace(
        position=np.full((1, weeks), 0.5),
        reluctance=np.ones((1, weeks, 2)),
        cost=np.ones((1, weeks, 2)),
        truce=np.arange(weeks) < 4,
    )
    got = attrition.log_weights(e, attrition.terms_of(e), record)
    assert got[0] == pytest.approx(-0.08 * 6)


# --- base rates --------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [0, 3])
def test_strata_of_a_base_rate_average_to_it(events: int) -> None:
    by = reached_by(events, 57.0, np.array([0.0, 1.0, 12.0, 60.0]), 64)
    want = [summary.base_rate(events, 57.0, h) for h in (0.0, 1.0, 12.0, 60.0)]
    np.testing.assert_allclose(by.mean(axis=0), want, atol=1e-9)
    assert (np.diff(by, axis=0) >= -1e-9).all()  # lowest rates first


def test_reference_class_reads_the_record_and_nothing_else() -> None:
    told = answer("reference_class")
    for place, rung in enumerate(RUNGS):
        if rung != "war_goes_on":
            want = summary.base_rate(small().reached[rung], small().months, 52 / 4.348)
            assert told.rungs[:, 52, place].mean() == pytest.approx(want, abs=1e-9)


# --- strategic -----------------------------------------------------------------------------------------


def test_without_talks_the_strategic_engine_is_the_engine() -> None:
    given_ = small()
    e = given_.engine._replace(talk_chance=np.zeros_like(given_.engine.talk_chance))
    premium = strategic.premiums(e, given_.record, WEEKS)
    assert (premium.table == 0.0).all()
    mine = strategic.run(given_.engine, premium, 1, 16, WEEKS)
    theirs = kernel.run(given_.engine, 1, 16, WEEKS)
    for one, two in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(
        strategic.log_weights(given_.engine, premium, given_.record),
        engine_log_weights(given_.engine, given_.record),
        atol=1e-12,
    )


def test_a_foreseen_talk_makes_fighting_on_worth_more_and_is_signed_less() -> None:
    given_ = small()
    premium = strategic.premiums(given_.engine, given_.record, WEEKS)
    assert premium.table.min() >= 0.0
    assert premium.table[..., 0, 1:-1].min() > 0.0
    half = given_.engine._replace(talk_chance=0.5 * given_.engine.talk_chance)
    fewer = strategic.premiums(half, given_.record, WEEKS)
    assert fewer.table[..., 0, :].mean() < premium.table[..., 0, :].mean()
    place = list(RUNGS).index("general_truce_30_days_intended")
    assert (
        answer("strategic").rungs[:, 26, place].mean()
        < answer("to_the_finish").rungs[:, 26, place].mean()
    )
    mine, theirs = answer("strategic").log_weight, answer("to_the_finish").log_weight
    assert mine is not None
    assert theirs is not None
    assert mine.mean() > theirs.mean()  # a war that goes on surprises it less


def test_finer_grids_of_the_premium_converge() -> None:
    given_ = inputs(load("ukraine-2025-05"), 8, 8)
    finer = strategic.Grid(49, tuple(range(0, 523, 6)), 5, 5)
    rough = strategic.premiums(given_.engine, given_.record, WEEKS, None, 2).table
    fine = strategic.premiums(given_.engine, given_.record, WEEKS, finer, 2).table
    one = rough[:, :, 1, 1, 0, 1:-1]
    two = fine[:, :, 2, 2, 0, 2:-2:2]
    # The premium is .012 of the stake on average here, and .08 at most.
    assert np.abs(one - two).mean() < 0.0005
    assert np.abs(one - two).max() < 0.005


@pytest.mark.parametrize(
    ("strength", "apart"),
    [(1e9, 0.02), (2000.0, 0.08)],  # sure sides; sides that learn
)
def test_the_premium_is_what_the_lattice_says(strength: float, apart: float) -> None:
    # One race, twice: 20 forts with one battle a week, solved by the readable recursion, and the
    # engine's race of the same drift and variance. A linear frontier, no fear, weekly talks at .1.
    # Sides that learn fast would differ by more: the engine values war at the posterior mean.
    forts, rho, ratio, talks, noise, last = 20, 0.002, 0.5, 0.1, 0.04, 120
    optimist, pessimist = 0.54, 0.48
    cost = ratio * -math.expm1(-rho)
    common: dict[str, Any] = {
        "chance": (optimist, pessimist),
        "strength": (strength, strength),
        "cost": (cost, cost),
        "discount": (math.exp(-rho), math.exp(-rho)),
        "protocol": "egalitarian",
        "shock": "logistic",
        "noise": noise,
    }
    with_talks = solve(Game(forts, 10, talks=talks, rounds=last + 1, **common), 2500).fight[0]
    without = solve(Game(forts, 10, talks=0.0, **common), 2500).fight[0]
    share = np.linspace(1.0, 0.0, 2001)
    e = engine(
        variance=np.array([1.0 / forts**2]),
        drift=np.array([0.0]),
        prior=np.array([[2 * optimist - 1, 2 * pessimist - 1]]) / forts,
        stubbornness=np.array([[strength, strength]]),
        cost=np.array([[ratio, ratio]]),
        choice_noise=np.array([noise]),
        talk_chance=np.array([talks]),
        levels=np.array([[[0, len(share)]]]),
        frontier_a=share,
        frontier_b=share[::-1].copy(),
        frontier_decides=np.ones(len(share)),
    )
    grid = strategic.Grid(81, tuple(range(last + 1)), 3, 1)
    told = strategic.premiums(e, no_record(), 0, grid).table[0, :, 0, 1, 0]
    inner = slice(4, forts - 3)  # within three forts of an end a battle is not a small step
    for side in (0, 1):
        want = (with_talks - without)[inner, side]
        got = told[side, ::4][inner]
        assert want.max() > 0.009  # the comparison is of something
        np.testing.assert_allclose(got, want, atol=apart * want.max())


def test_a_regime_that_lasts_is_a_drift_that_all_know() -> None:
    # One war, twice: with a regime in force that adds .002 a week, and with that drift in the race
    # and in both beliefs. Every week of every path must be the same, premium and all.
    extra = 0.002
    share = np.linspace(1.0, 0.0, 201)
    common: dict[str, Any] = {
        "position": np.array([0.45]),
        "variance": np.array([0.001]),
        "momentum": np.array([0.6]),
        "stubbornness": np.array([[40.0, 60.0]]),
        "cost": np.array([[0.5, 0.7]]),
        "choice_noise": np.array([0.04]),
        "talk_chance": np.array([0.1]),
        "levels": np.array([[[0, len(share)]]]),
        "frontier_a": share,
        "frontier_b": share[::-1].copy(),
        "frontier_decides": np.ones(len(share)),
    }
    prior = np.array([[0.002, -0.001]])
    effect = np.zeros((1, 1, 6))
    effect[0, 0, 1] = extra
    regime = engine(
        drift=np.array([0.0]), prior=prior, **two_states(regime_now=np.array([1]), regime_effect=effect), **common
    )  # fmt: skip
    plain = engine(drift=np.array([extra]), prior=prior + extra, **common)
    weeks, paths = 200, 3000
    premiums = [strategic.premiums(e, no_record(), weeks) for e in (regime, plain)]
    one, two = (
        strategic.run(e, premium, 1, paths, weeks)
        for e, premium in zip((regime, plain), premiums, strict=True)
    )
    assert 0.2 < one.endings[0, -1, ENDINGS.index("settlement_in_force")] / paths < 0.99
    np.testing.assert_array_equal(one.endings, two.endings)


def test_rates_of_the_reference_class_are_as_if_independent() -> None:
    # If silences never broke, the war would go on as long as none of the five endings has come:
    # the product of the chances that each has not, each at its own Gamma rate.
    given_ = inputs(load(SMALL), 128, 8)
    told = VARIANTS["reference_class"].answer(replace(given_, kept=np.ones((3, WEEKS + 1))))
    names = ("victory_A", "victory_B", "freeze", "general_truce_30_days_intended")
    alone = [
        summary.base_rate(given_.reached[rung], given_.months, 52 / 4.348)
        for rung in (*names, "settlement_signed")
    ]
    war = told.endings[:, 52, ENDINGS.index("war")].mean()
    assert war == pytest.approx(np.prod(1.0 - np.array(alone)), abs=0.004)


def test_silences_of_the_reference_class_last_as_history_says() -> None:
    # Followed week by week as cohorts: what began s weeks ago holds with the share kept[s].
    kept = np.vstack([0.9, 0.95, 0.7]) ** np.arange(WEEKS + 1)
    told = VARIANTS["reference_class"].answer(replace(small(), kept=kept))
    names, draw, weeks = list(RUNGS), 3, 60
    alone = {
        rung: told.rungs[draw, :, names.index(rung)]
        for rung in ("victory_A", "victory_B", "freeze", "general_truce_30_days_intended")
    } | {"settlement_signed": told.rungs[draw, :, names.index("settlement_signed")]}
    war, cohorts = [1.0], []
    for week in range(1, weeks + 1):
        rate = {r: -np.log((1.0 - p[week]) / (1.0 - p[week - 1])) for r, p in alone.items()}
        total = sum(rate.values())
        ends = war[-1] * -math.expm1(-total)
        cohorts.append({r: ends * x / total for r, x in rate.items()})
        held = sum(
            cohort["freeze"] * kept[2, week - s]
            + cohort["general_truce_30_days_intended"] * kept[0, week - s]
            + cohort["settlement_signed"] * kept[1, week - s]
            + cohort["victory_A"]
            + cohort["victory_B"]
            for s, cohort in enumerate(cohorts, start=1)
        )
        war.append(1.0 - held)
    np.testing.assert_allclose(
        told.endings[draw, : weeks + 1, ENDINGS.index("war")], war, atol=1e-9
    )


def test_mean_factors_of_regimes_are_those_of_the_engines_own_chain() -> None:
    # Three states with factors 1, 2, 4. By chance .1 a week from the first to the third; in week 3 the
    # first gives way to the second and the second to the third, each path moving once. After two
    # weeks the first holds .9²; then all of it is in the second: .81·2 + .19·4.
    switch = np.zeros((1, 1, 6, 6))
    switch[0, 0, 0, 2] = 0.1
    factor = np.ones((1, 1, 6))
    factor[0, 0, :3] = 1.0, 2.0, 4.0
    changes: dict[str, Any] = {
        "regime_switch": switch,
        "regime_talks": factor,
        "scheduled": np.array([[3, 0, 0, 1], [3, 0, 1, 2]]),
    }
    e = engine(**two_states(**changes))
    talks, reluctant = strategic.expected_factors(e, (0, 2, 3, 4))
    np.testing.assert_allclose(talks[0], [1.0, 0.81 + 0.19 * 4, *[0.81 * 2 + 0.19 * 4] * 2])
    np.testing.assert_array_equal(reluctant, 1.0)
    paths, now = 4000, np.zeros(4)
    for path in range(paths):
        regimes = [0]
        for week in range(1, 5):
            move_regimes(e, 1, 0, path, week, regimes)
            now[week - 1] += factor[0, 0, regimes[0]] / paths
    np.testing.assert_allclose(talks[0, 1:], now[1:], atol=0.08)


def test_premium_and_terms_are_of_the_red_lines_and_costs_in_force() -> None:
    # Two frontiers and a state that doubles A's cost and halves B's; beside it, that war as it stands.
    share = np.linspace(1.0, 0.0, 101)
    common: dict[str, Any] = {
        "talk_chance": np.array([0.1]),
        "choice_noise": np.array([0.04]),
        "variance": np.array([0.001]),
        "frontier_a": np.concatenate([share, 0.8 * share]),
        "frontier_b": np.concatenate([share[::-1], 0.8 * share[::-1]]),
        "frontier_decides": np.ones(2 * len(share)),
    }
    in_force = engine(
        cost=np.array([[0.5, 0.4]]),
        levels=np.array([[[0, 101], [101, 202]]]),
        **two_states(
            regime_now=np.array([1]),
            regime_cost=np.array([[[[1.0, 1.0], [2.0, 0.5]] + [[1.0, 1.0]] * 4]]),
            regime_set=np.array([[0, 1, 0, 0, 0, 0]]),
        ),
        **common,
    )
    plain = engine(cost=np.array([[1.0, 0.2]]), levels=np.array([[[101, 202]]]), **common)
    one, two = (strategic.premiums(e, no_record(), 52).table for e in (in_force, plain))
    assert one.max() > 0.01
    np.testing.assert_allclose(one, two, atol=1e-12)
    for mine, theirs in zip(attrition.terms_of(in_force), attrition.terms_of(plain), strict=True):
        np.testing.assert_array_equal(mine, theirs)
