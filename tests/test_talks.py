"""The engine: streams, the reference and its kernel, the hindcast, and what cannot change."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis
from interbellum.briefing import jsonform
from interbellum.deals.range import survey
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.compile import compile_dossier
from interbellum.dossier.mirror import swap_labels
from interbellum.dossier.reader import load, load_text, shipped
from interbellum.dossier.schema import Dossier
from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.steps import surplus_line, value_of_fighting
from interbellum.standing import surplus_lines
from interbellum.talks import kernel
from interbellum.talks.hindcast import effective_draws, log_weights, normalised
from interbellum.talks.premium import NO_PREMIUM
from interbellum.talks.reference import NEVER, WEEKS_IN_A_YEAR, offer, simulate
from interbellum.talks.streams import (
    BATTLE,
    MOVE,
    QUIT,
    REGIME,
    SIGN,
    SPAN,
    WEEK,
    battle,
    fill_normals,
    fill_words,
    lots,
    normal_quantile,
    philox,
    rest_of_lots,
    uniforms,
)

SEED = np.uint64(7)  # as the analysis gives it, so that the engine is compiled once
SMALL = "eritrea-ethiopia-1999"
OTHER = {"victory_A": "victory_B", "victory_B": "victory_A"}


@cache
def answered(name):
    """A small run of a shipped dossier, made once for all tests that read it."""
    return analysis.run(load(name), draws=16, paths=32)


@cache
def built(name, draws, seed=1):
    """Engine inputs and record of a shipped dossier, as the analysis makes them."""
    return built_from(load(name), draws, seed)


def built_from(loaded, draws, seed=1):
    compiled = compile_dossier(loaded.dossier, draws, seed)
    standing = analysis.war_standing(compiled)
    deals = deal_inputs(compiled.preferences)
    fronts = analysis.frontiers(deals, 2, lambda share: None)
    lines = [surplus_lines(compiled, standing, n) for n in range(len(fronts[0].levels) - 1)]
    slope = np.stack([line[0] for line in lines], axis=1)
    base = np.stack([line[1] for line in lines], axis=1)
    share = compiled.talks.settlement_share
    surveys = [survey(front, slope[d], base[d], float(share[d])) for d, front in enumerate(fronts)]
    curves = analysis.silence_curves(compiled, standing, deals, fronts, surveys, 261)
    by_set = analysis.all_frontiers(compiled, fronts, 2)
    engine = analysis.engine_inputs(compiled, standing, deals, by_set, curves)
    return engine, analysis.record_inputs(compiled, standing)


def test_philox_gives_the_published_words():
    # Known answers of Philox4x32-10, Random123 distribution (Salmon et al. 2011), kat_vectors.
    assert [int(w) for w in philox(0, 0, 0, 0, 0, 0)] == [
        0x6627E8D5,
        0xE169C58D,
        0xBC57AC4C,
        0x9B00DBD8,
    ]
    assert [int(w) for w in philox(*[0xFFFFFFFF] * 6)] == [
        0x408F276D,
        0x41C83B0E,
        0xA20BC7C6,
        0x6D5451FD,
    ]
    assert [
        int(w)
        for w in philox(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)
    ] == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


@given(st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile_equals_scipys(p):
    from scipy.special import ndtri

    assert normal_quantile(p) == pytest.approx(float(ndtri(p)), rel=1e-12, abs=1e-14)


def test_streams_of_different_weeks_and_purposes_differ_and_stay():
    assert uniforms(1, 2, 3, 4, 5) == uniforms(1, 2, 3, 4, 5)
    neighbours = {uniforms(*(1 + (i == k) for i in range(5)))[0] for k in range(5)}
    assert len(neighbours | {uniforms(1, 1, 1, 1, 1)[0]}) == 6


@pytest.mark.parametrize("name", [SMALL, "ukraine-2025-05"])
def test_kernel_equals_reference_path_for_path(name):
    engine, _ = built(name, 8)
    for draw in range(8):
        for path in range(6):
            same_path(engine, draw, path)


def same_path(engine, draw, path, weeks=261):
    """The kernel's path is the reference's; the path as the reference tells it."""
    told = simulate(engine, SEED, draw, path, weeks)
    endings = np.zeros((weeks + 1, len(ENDINGS)), np.int64)
    silences = np.zeros((len(FORMS), engine.levels.shape[2] - 1), np.int64)
    d = kernel.draw_of(engine, draw)
    scratch = kernel.scratch_for(engine, weeks)
    table = kernel.table_of(engine, d)
    kernel.one_path(d, table, scratch, SEED, path, weeks, endings, silences, NO_PREMIUM)
    state = np.cumsum(endings, axis=0)
    assert [ENDINGS[int(row.argmax())] for row in state] == told.endings
    assert (state.sum(axis=1) == 1).all()
    got = dict(zip(RUNGS, scratch.first.tolist(), strict=True))
    assert {k: v for k, v in got.items() if k != "war_goes_on"} == {
        k: v for k, v in told.first.items() if k != "war_goes_on"
    }
    expected = np.zeros_like(silences)
    for form, provisions, week in told.silences:
        expected[FORMS.index(form), provisions] += week <= WEEKS_IN_A_YEAR
    np.testing.assert_array_equal(silences, expected)
    return told


def with_everything(engine):
    """A shipped war in which regimes act on costs and red lines too, and truces move trust."""
    draws, regimes, states = engine.regime_talks.shape
    cost = np.ones((draws, regimes, states, 2))
    cost[:, 0, 1], cost[:, 0, 2] = [1.5, 1.0], [0.5, 2.0]
    sets = np.zeros((regimes, states), np.int64)
    sets[0, 1] = 1  # a second frontier: only the packages with the most provisions
    today = engine.levels[:, 0]
    second = np.repeat(today[:, -2:-1], today.shape[1], axis=1)
    second[:, -1] = today[:, -1]
    one = np.ones(draws)
    return engine._replace(
        regime_cost=cost,
        regime_set=sets,
        levels=np.stack([today, second], axis=1),
        sectoral_rate=one / 20,
        other_rate=one / 10,
        exchange_rate=one / 15,
        other_kept=np.tile([0.2, 0.5, 0.8], (draws, 1)),
        trust_kept=np.log(0.7) * one,
        trust_broken=np.log(1.6) * one,
        trust_memory=np.exp2(-one / 30),
        talk_chance=0.3 * one,
    )


@pytest.mark.parametrize("name", [SMALL, "ukraine-2025-05"])
def test_kernel_equals_reference_where_regimes_bind_and_truces_move_trust(name):
    plain, _ = built(name, 8)
    everything = with_everything(plain)
    differ = 0
    for draw in range(8):
        for path in range(4):
            told = same_path(everything, draw, path)
            differ += told.endings != simulate(plain, SEED, draw, path, 261).endings
    assert differ > 0  # it is not that nothing happens


def test_kernel_equals_reference_where_wars_end_of_themselves():
    # Impatient sides, costly war and a worthwhile line: capitulation and freeze in nearly every path.
    plain, _ = built(SMALL, 8)
    tired = plain._replace(
        cost=plain.cost * 4.0,
        standing=plain.standing + 0.4,
        tolerance=np.full(8, 5.5),
        ending_chance=np.full(8, 0.1),
        talk_chance=np.zeros(8),
    )
    told = [same_path(tired, draw, path) for draw in range(8) for path in range(6)]
    ways = {name for path in told for name, week in path.first.items() if week != NEVER}
    assert {"freeze", "victory_A", "victory_B"} <= ways


def test_random_words_by_the_span_are_the_streams_numbers():
    battles, signs, moves = (np.empty((4, 8 * rows), np.uint64) for rows in (1, 2, 1))
    normal = np.empty(SPAN)
    for seed in (np.uint64(1), np.uint64(2**64 - 1)):
        for path in range(10):
            for words, purpose in ((battles, BATTLE), (signs, SIGN), (moves, MOVE)):
                fill_words(seed, 3, path, 2 * words.shape[1], purpose, words)
            fill_normals(battles.reshape(SPAN), normal)
            by_week, by_quit = signs.reshape(2, SPAN)
            of_regimes = moves.reshape(SPAN)
            for place in range(SPAN):
                week = 2 * SPAN + place
                assert normal[place] == battle(seed, 3, path, week)
                for purpose, words in ((WEEK, by_week), (QUIT, by_quit), (REGIME, of_regimes)):
                    got = rest_of_lots(seed, 3, path, week, purpose, words[place])
                    assert got == lots(seed, 3, path, week, purpose)


def test_lots_are_even_and_of_no_two_weeks_or_lanes_the_same():
    # 40 000 numbers: a mean of 1/2 within 4 standard errors of .0014, a tenth of them in each tenth.
    for purpose in (WEEK, QUIT, REGIME):
        drawn = np.array(
            [lots(1, 2, path, week, purpose) for path in range(50) for week in range(200)]
        )
        assert len(np.unique(drawn)) == drawn.size
        assert abs(drawn.mean() - 0.5) < 0.006
        tenths = np.histogram(drawn, bins=10, range=(0.0, 1.0))[0] / drawn.size
        assert abs(tenths - 0.1).max() < 0.006
        assert abs(np.corrcoef(drawn, rowvar=False) - np.eye(4)).max() < 0.04
    normal = np.array([battle(1, 2, path, week) for path in range(50) for week in range(200)])
    assert len(np.unique(normal)) == normal.size
    assert abs(normal.mean()) < 0.04
    assert abs(normal.std() - 1.0) < 0.03


def test_many_paths_are_single_paths_counted():
    engine, _ = built(SMALL, 8)
    counts = kernel.run(engine, 3, 10, 100, threads=2)
    for draw in (0, 5):
        endings = np.zeros((101, len(ENDINGS)), int)
        rungs = np.zeros((101, len(RUNGS)), int)
        for path in range(10):
            told = simulate(engine, 3, draw, path, 100)
            for week, state in enumerate(told.endings):
                endings[week, ENDINGS.index(state)] += 1
            for place, rung in enumerate(RUNGS):
                if told.first[rung] != NEVER:
                    rungs[told.first[rung], place] += 1
        np.testing.assert_array_equal(counts.endings[draw], endings)
        np.testing.assert_array_equal(counts.rungs[draw], rungs)


def test_offer_of_the_kernel_is_the_references():
    engine, _ = built(SMALL, 8)
    for draw in range(8):
        y, drift = [0.5, 0.55], [0.001, -0.002]
        cost, fear = list(engine.cost[draw]), list(engine.fear[draw])
        value = [
            value_of_fighting(
                y[side],
                drift[side],
                engine.variance[draw],
                engine.discount[draw, side],
                cost[side],
                side,
            )
            for side in (0, 1)
        ]
        surplus, provisions, decides = offer(engine, draw, y, drift, value, cost, fear)
        d = kernel.draw_of(engine, draw)
        t = kernel.table_of(engine, d)
        got = kernel.offer(
            t.lines,
            t.levels,
            0,
            t.u_a,
            t.u_b,
            d.variance,
            *y,
            *drift,
            *value,
            d.a.discount,
            d.b.discount,
            *cost,
            t.decides,
            t.bounds,
            0.0,
            NO_PREMIUM.rows,
            len(t.lines) - 1,
        )
        assert got[0] == pytest.approx(surplus[0], abs=1e-12)
        assert got[1] == pytest.approx(surplus[1], abs=1e-12)
        assert (got[2], got[3]) == (provisions, pytest.approx(decides))


def as_bytes(loaded, **options):
    result = analysis.run(loaded, draws=16, paths=16, **options)
    return json.dumps(jsonform.to_json(result, loaded)).encode()


def test_same_seed_gives_the_same_bytes_on_any_number_of_threads():
    loaded = load(SMALL)
    once = as_bytes(loaded, seed=5, threads=1)
    assert as_bytes(loaded, seed=5, threads=2) == once
    assert as_bytes(loaded, seed=5, threads=5) == once
    assert as_bytes(loaded, seed=6, threads=2) != once


@pytest.mark.parametrize("name", shipped())
def test_swapping_the_labels_mirrors_every_result(name):
    loaded = load(name)
    plain = answered(name)
    swapped = analysis.run(swap_labels(loaded), draws=16, paths=32)
    for forecast in plain.rungs:
        other = swapped.rung(OTHER.get(forecast.rung, forecast.rung), forecast.by_days)
        assert numbers(forecast.chance) == pytest.approx(numbers(other.chance), abs=1e-9)
        assert forecast.base_rate == pytest.approx(other.base_rate)
    for mine, theirs in zip(plain.endings, swapped.endings, strict=True):
        for ending, share in mine.shares.items():
            other = theirs.shares[OTHER.get(ending, ending)]
            assert numbers(share) == pytest.approx(numbers(other), abs=1e-9)
    for form, curve in plain.durability.items():
        other = swapped.durability[form]
        assert curve.paths == other.paths
        for mine, theirs in zip(curve.curve, other.curve, strict=True):
            assert numbers(mine.chance) == pytest.approx(numbers(theirs.chance), abs=1e-9)
        assert curve.causes == pytest.approx(other.causes, abs=1e-9)
    assert plain.range.open_share == pytest.approx(swapped.range.open_share, abs=1e-9)
    assert blocked(plain.range, swap=False) == pytest.approx(blocked(swapped.range, swap=True))
    for mine, theirs in zip(plain.range.packages, swapped.range.packages, strict=True):
        assert mine.terms == theirs.terms
        assert mine.u == pytest.approx(theirs.u[::-1], abs=1e-9)
        assert mine.surplus == pytest.approx(theirs.surplus[::-1], abs=1e-9)
    assert plain.range.signed_while_closed == pytest.approx(swapped.range.signed_while_closed)
    strength = [abs(driver.rank_correlation) for driver in plain.drivers]
    assert strength == pytest.approx([abs(d.rank_correlation) for d in swapped.drivers], abs=1e-9)
    assert plain.run.effective_draws == pytest.approx(swapped.run.effective_draws, rel=1e-9)
    for side in (0, 1):
        for view in ("reservation_value", "believes_prevails", "analyst_prevails", "best_offer"):
            assert numbers(getattr(plain.sides[side], view)) == pytest.approx(
                numbers(getattr(swapped.sides[1 - side], view)), abs=1e-9
            )


def blocked(verdict, swap):
    """Share of each blocking set, the sides' names swapped back where the labels were."""
    names = {
        f"sides.{a}.reservation_value": f"sides.{b}.reservation_value" for a, b in ("AB", "BA")
    }
    return {
        frozenset(names.get(name, name) if swap else name for name in item.ids): item.share
        for item in verdict.blocking
    }


def numbers(interval):
    return [interval.p, interval.lo50, interval.hi50, interval.lo80, interval.hi80]


@pytest.mark.parametrize("name", shipped())
def test_endings_sum_to_one_and_rungs_are_nested(name):
    result = answered(name)
    for ending in result.endings:
        assert sum(share.p for share in ending.shares.values()) == pytest.approx(1.0, abs=1e-12)
    for day in {forecast.by_days for forecast in result.rungs}:
        chance = {f.rung: f.chance.p for f in result.rungs if f.by_days == day}
        nested = [
            chance["any_truce_announced"],
            chance["general_truce_30_days_intended"],
            chance["general_truce_30_days_kept"],
            chance["general_truce_year_kept"],
        ]
        assert (np.diff(nested) <= 1e-15).all()  # equal ones may differ by the order of their sums
        assert chance["general_truce_30_days_intended"] >= chance["settlement_signed"]
        assert all(0.0 < p < 1.0 for p in chance.values())  # a Monte Carlo zero is never printed


def test_scale_of_the_weights_changes_nothing():
    # Weights are points on any scale; halving every point of every actor must change no figure.
    loaded = load(SMALL)
    data = loaded.dossier.model_dump(by_alias=True, exclude_none=True)
    for stands in data["positions"].values():
        for position in stands.values():
            position["weight"] = {
                key: value / 2 if isinstance(value, float) else value
                for key, value in position["weight"].items()
            }
    halved = replace(loaded, dossier=Dossier.model_validate(data))
    plain, scaled = answered(SMALL), analysis.run(halved, draws=16, paths=32)
    for mine, theirs in zip(plain.rungs, scaled.rungs, strict=True):
        assert numbers(mine.chance) == pytest.approx(numbers(theirs.chance), abs=1e-9)


def test_with_no_data_beyond_the_defaults_the_hazard_fits_a_war_without_a_deal():
    # Design section 8: the prior-predictive hazard lies within the 5-95% quantiles of
    # Gamma(k+1/2, rate T); here 57 months of war and no deal, as in the design's research.
    from scipy.special import gammaincinv

    data = minimal_data()
    data["conflict"]["began"] = "2026-09-30"
    result = analysis.run(load_text(as_yaml(data)), draws=64, paths=64)
    p = result.hindcast.hazard.after.p  # the engine's own, not pooled with base rates
    low, high = gammaincinv(0.5, [0.05, 0.95]) / 57.0
    assert low <= -np.log1p(-p) / 12.0 <= high


@pytest.mark.parametrize("name", shipped())
def test_hazard_of_a_durable_deal_lies_in_the_range_of_the_record(name):
    # Design section 8: the prior-predictive hazard lies within the 5-95% quantiles of
    # Gamma(k+1/2, rate T), k events of the rung in T months of war.
    from scipy.special import gammaincinv

    compiled = compile_dossier(load(name).dossier, 16, 1)
    months, k = compiled.war.record.months, compiled.reached["general_truce_30_days_kept"]
    p = answered(name).hindcast.hazard.after.p  # the engine's own, not pooled with base rates
    hazard = -np.log1p(-p) / 12.0
    low, high = gammaincinv(k + 0.5, [0.05, 0.95]) / months
    assert low <= hazard <= high


@pytest.mark.parametrize("name", shipped())
def test_base_rates_follow_the_record(name):
    compiled = compile_dossier(load(name).dossier, 16, 1)
    months = compiled.war.record.months
    for forecast in answered(name).rungs:
        k = compiled.reached[forecast.rung]
        ahead = forecast.by_days / 30.4375
        none = (months / (months + ahead)) ** (k + 0.5)
        expected = none if forecast.rung == "war_goes_on" else 1.0 - none
        assert forecast.base_rate == pytest.approx(expected, abs=1e-12)
        assert forecast.base_rate_n == k


def test_hindcast_weighs_a_draw_by_the_chance_that_no_ending_began():
    engine, record = built(SMALL, 8)
    weights = np.exp(log_weights(engine, record))
    assert (weights > 0).all()
    assert (weights <= 1).all()
    # More talks can only make it stranger that the war is still on, none only less strange.
    busy = np.exp(log_weights(engine, record._replace(talks=np.ones_like(record.talks))))
    assert (busy <= weights + 1e-12).all()
    assert busy.sum() < weights.sum()
    idle = np.exp(log_weights(engine, record._replace(talks=np.zeros_like(record.talks))))
    assert (idle >= weights - 1e-12).all()
    silent = record._replace(truce=np.ones_like(record.truce))
    assert log_weights(engine, silent) == pytest.approx(np.zeros(8))  # no factor during a truce


def test_hindcast_equals_its_definition_written_out():
    # One draw, week by week in plain Python: w = Π (1 - q_t).
    engine, record = built("ukraine-2025-05", 8)
    got = log_weights(engine, record)
    for draw in range(3):
        assert got[draw] == pytest.approx(plain_hindcast(engine, record, draw), rel=1e-9)


def plain_hindcast(e, record, draw):
    total, quiet, untenable = 0.0, 0, [0, 0]
    signal, seen = [0.0, 0.0], [0.0, 0.0]
    phi, variance = e.momentum[draw], e.variance[draw]
    for week in range(record.position.shape[1]):
        at, effect = record.position[draw, week], record.effect[draw, week]
        cost = list(e.cost[draw] * record.cost[draw, week])
        y, drift, value, left = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
        for side in (0, 1):
            if week > record.belief_week[side] and record.seen[week]:
                signal[side] += at - record.position[draw, week - 1] - effect
                seen[side] += 1
            s = e.stubbornness[draw, side]
            drift[side] = (s * e.prior[draw, side] + signal[side]) / (s + seen[side]) + effect
            own = at + phi * (e.drift[draw] + effect - drift[side]) / (1 - phi)
            y[side] = min(max(own, 1e-9), 1 - 1e-9)
            value[side] = value_of_fighting(
                y[side], drift[side], variance, e.discount[draw, side], cost[side], side
            )
            slope, base = surplus_line(
                y[side],
                drift[side],
                variance,
                e.discount[draw, side],
                cost[side],
                side,
                e.fear[draw, side],
                e.rearm_ceiling[draw, 1 - side],
                e.rearm_rate[draw, 1 - side],
                value[side],
            )
            b = e.reluctance[draw, side] * record.reluctance[draw, week, side]
            left[side] = slope * e.standing[draw, side] + base - b
            untenable[side] = untenable[side] + 1 if value[side] < 0 else 0
        quiet = quiet + 1 if min(left) >= 0 else 0
        if record.truce[week]:
            quiet, untenable = 0, [0, 0]
            continue
        stays = 1.0
        for count in (*untenable, quiet):
            stays *= 1 - e.ending_chance[draw] * (count > e.tolerance[draw])
        fear, among = list(e.fear[draw]), int(record.deal_set[week])
        surplus, provisions, _ = offer(e, draw, y, drift, value, cost, fear, among)
        if provisions != NEVER:
            signed = 1.0
            for side in (0, 1):
                b = e.reluctance[draw, side] * record.reluctance[draw, week, side]
                signed /= 1 + np.exp(-(surplus[side] - b) / e.choice_noise[draw])
            stays *= 1 - record.talks[draw, week] * signed
        total += np.log(stays)
    return total


def test_hindcast_equals_its_definition_where_regimes_acted_and_wars_could_have_ended():
    # A made-up past in which every column of the record counts: regimes that moved the front, costs,
    # reluctance and frontiers, and truces that interrupt patience with a war that hurts or is quiet.
    plain, record = built(SMALL, 8)
    everything = with_everything(plain)
    weeks = record.position.shape[1]
    at = np.arange(weeks)
    half = (at % 8 < 4).astype(float)
    busy = record._replace(
        effect=np.tile(0.004 * half, (8, 1)),
        position=np.tile(0.5 + 0.02 * np.sin(at / 6), (8, 1)),
        talks=np.full((8, weeks), 0.5),
        reluctance=1.0 + np.stack([half, 1.0 - half], axis=1) * np.ones((8, 1, 1)),
        cost=1.0 + np.stack([half, 2.0 * (1.0 - half)], axis=1) * np.ones((8, 1, 1)),
        deal_set=(at % 3 == 0).astype(np.int64),
        truce=at % 6 >= 4,
        seen=at % 5 > 0,
        belief_week=np.array([2, 9]),
    )
    hurting = everything._replace(
        cost=everything.cost * np.array([6.0, 1.0]), tolerance=np.full(8, 2.0)
    )
    content = everything._replace(
        cost=everything.cost * 0.02, standing=everything.standing + 1.0, tolerance=np.full(8, 2.0)
    )
    for e in (hurting, content):
        got = log_weights(e, busy)
        want = [plain_hindcast(e, busy, draw) for draw in range(8)]
        assert got == pytest.approx(want, rel=1e-9)
        # Patience is at work: one that never ends leaves fewer ways out.
        assert (log_weights(e._replace(tolerance=np.full(8, 1e9)), busy) > got + 1e-9).any()


def test_reluctance_is_what_the_hindcast_learns():
    result = analysis.run(load(SMALL), draws=64, paths=8)
    moved = {item.id: item for item in result.hindcast.moved}
    for side in "AB":
        told = moved[f"war.reluctance.{side}"]
        assert told.posterior[1] > told.prior[1]


def test_effective_draws_counts_even_weights_in_full():
    assert effective_draws(normalised(np.zeros(10))) == pytest.approx(10.0)
    lopsided = normalised(np.array([0.0, -50.0, -50.0]))
    assert effective_draws(lopsided) == pytest.approx(1.0)


def test_longer_tolerance_and_no_talks_leave_only_the_battlefield():
    engine, _ = built(SMALL, 16)
    mute = engine._replace(
        talk_chance=np.zeros_like(engine.talk_chance),
        tolerance=np.full_like(engine.tolerance, 1e9),
    )
    counts = kernel.run(mute, 1, 64, 261)
    last = dict(zip(ENDINGS, counts.endings[:, -1].sum(axis=0), strict=True))
    assert last["ceasefire_in_force"] == last["settlement_in_force"] == last["freeze"] == 0
    assert last["victory_A"] + last["victory_B"] + last["war"] == 16 * 64


def test_a_race_with_no_talks_ends_as_elicited():
    engine, _ = built(SMALL, 16)
    mute = engine._replace(
        talk_chance=np.zeros_like(engine.talk_chance),
        tolerance=np.full_like(engine.tolerance, 1e9),
        regime_switch=np.zeros_like(engine.regime_switch),
    )
    counts = kernel.run(mute, 1, 400, 5000)
    won = counts.endings[:, -1, 0] / 400
    compiled = compile_dossier(load(SMALL).dossier, 16, 1)
    # 400 paths a draw: standard error .025 a draw, .006 over the draws.
    assert won.mean() == pytest.approx(compiled.war.chance[:, 0].mean(), abs=0.02)
    assert np.abs(won - compiled.war.chance[:, 0]).max() < 0.1


def test_a_draw_is_the_same_whatever_else_the_dossier_holds():
    loaded = load(SMALL)
    fewer = replace(
        loaded, dossier=loaded.dossier.model_copy(update={"promises": (), "questions": ()})
    )
    one, two = (compile_dossier(item.dossier, 16, 1) for item in (loaded, fewer))
    np.testing.assert_array_equal(one.war.position, two.war.position)
    np.testing.assert_array_equal(one.preferences.weight, two.preferences.weight)
    for mine, theirs in zip(one.preferences.red_lines, two.preferences.red_lines, strict=True):
        np.testing.assert_array_equal(mine.in_force, theirs.in_force)
