"""Several structures as one answer: weights with their reason, intervals over all, and the gap."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis, pooling, summary
from interbellum.api import brief
from interbellum.dossier.reader import load, load_text
from interbellum.errors import InternalError
from interbellum.model.result import Interval, Result, Variant
from interbellum.model.rungs import ENDINGS, RUNGS
from interbellum.model.variants import VariantInputs, VariantShares
from interbellum.record.weights import read_weights
from interbellum.talks import kernel
from interbellum.talks.variants import VARIANTS
from interbellum.talks.variants.to_the_finish import shares_of

SMALL = "eritrea-ethiopia-1999"
PATHS = 16


@cache
def table() -> analysis.Table:
    return analysis.lay_table(load(SMALL), draws=16, seed=1, threads=2)


@cache
def answers() -> tuple[pooling.Weighted, ...]:
    laid = table()
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    return analysis.variant_answers(laid, counts, PATHS, 1, 2, read_weights().weights)


def constant(name: str, weight: float, p: float, draws: int = 8) -> pooling.Weighted:
    """A variant that gives every rung the same chance in every draw and week."""
    shares = VariantShares(
        np.full((draws, 262, len(ENDINGS)), 1.0 / len(ENDINGS)),
        np.full((draws, 262, len(RUNGS)), p),
        None,
        sampled=False,
    )
    return pooling.Weighted(name, "a test", weight, shares, np.full(draws, 1.0 / draws), 1)


# --- weights ---------------------------------------------------------------------------------------


def test_shipped_weights_are_of_the_variants_and_say_why() -> None:
    told = read_weights()
    assert set(told.weights) == set(VARIANTS)
    assert min(told.weights.values()) >= 0.12  # twelve wars that say "alike" leave none with less
    assert "back-test" in told.reason
    assert told.file == "record/data/variant-weights.yaml"
    assert dt.date.fromisoformat(told.decided)


@pytest.mark.parametrize(
    "text",
    [
        "reason: equal\n",
        "weights: {to_the_finish: 1.0}\n",
        "reason: x\nweights: {to_the_finish: 0.5, strategic: 0.4}\n",
        "reason: x\nweights: {to_the_finish: 1.5, strategic: -0.5}\n",
        "nothing\n",
    ],
)
def test_weights_without_a_reason_or_a_sum_are_refused(text: str, tmp_path) -> None:
    file = tmp_path / "weights.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InternalError):
        read_weights(file)


def test_a_variant_without_a_weight_is_refused() -> None:
    with pytest.raises(InternalError, match="strategic"):
        analysis.pooling.ask(VARIANTS, None, {"to_the_finish": 1.0})  # type: ignore[arg-type]


# --- pooling ----------------------------------------------------------------------------------------


def test_the_engine_alone_pools_to_the_engine() -> None:
    laid = table()
    days = analysis.horizons(laid.loaded)
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    alone = (
        pooling.Weighted(
            "to_the_finish", "", 1.0, shares_of(counts, PATHS, None), laid.weight, PATHS
        ),
    )
    rungs = summary.rungs(laid.loaded, laid.compiled, counts, laid.weight, PATHS, days)
    for mine, theirs in zip(pooling.pool_rungs(rungs, alone), rungs, strict=True):
        assert mine.chance.p == pytest.approx(theirs.chance.p, abs=1e-12)
        assert mine.chance.lo80 == pytest.approx(theirs.chance.lo80, abs=1e-12)
        assert mine.path_noise == pytest.approx(theirs.path_noise, abs=1e-12)
    endings = summary.endings(laid.loaded, counts, laid.weight, PATHS, days)
    for one, other in zip(pooling.pool_endings(endings, alone), endings, strict=True):
        for name, share in one.shares.items():
            assert share.p == pytest.approx(other.shares[name].p, abs=1e-12)


def pooled(
    values: list[np.ndarray], among: tuple[pooling.Weighted, ...], categories: int = 2
) -> Interval:
    """One share, (D,) a variant."""
    (told,) = pooling.pool([one[None] for one in values], among, categories)
    return told


def test_pooled_chance_is_the_weighted_mean_and_its_interval_spans_the_structures() -> None:
    among = (constant("one", 0.25, 0.1), constant("two", 0.75, 0.5))
    told = pooled([one.shares.rungs[:, 0, 0] for one in among], among)
    assert told.p == pytest.approx(0.25 * 0.1 + 0.75 * 0.5, abs=1e-9)
    assert (told.lo80, told.hi80) == pytest.approx((0.1, 0.5))
    assert told.lo50 == pytest.approx(0.3)  # a quarter of the weight lies on .1: the edge


def test_a_whole_forecast_pools_as_one_share_after_another_does() -> None:
    laid, among = table(), answers()
    days, names = (365, 30, 91), list(RUNGS)
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    rungs = summary.rungs(laid.loaded, laid.compiled, counts, laid.weight, PATHS, days)[::-1]
    endings = summary.endings(laid.loaded, counts, laid.weight, PATHS, days)
    for forecast in pooling.pool_rungs(rungs, among):
        place = names.index(forecast.rung)
        values = [summary.at_days(one.shares.rungs[..., place], forecast.by_days) for one in among]
        assert forecast.chance == pooled(values, among)
    for ending in pooling.pool_endings(endings, among):
        for place, name in enumerate(ENDINGS):
            values = [
                summary.at_days(one.shares.endings[..., place], ending.by_days) for one in among
            ]
            assert ending.shares[name] == pooled(values, among, len(ENDINGS))
    for one, told in zip(among, pooling.variants(rungs, endings, among), strict=True):
        for rung, day, p in told.rungs:
            now = summary.at_days(one.shares.rungs[..., names.index(rung)], day)
            trials = 1.0 / one.noise if one.noise else pooling.EXACT
            own = summary.never_zero(float(one.draw_weight @ now), trials)
            assert p == pytest.approx(own, rel=1e-14)


def test_gaps_name_the_lowest_and_the_highest() -> None:
    told = [
        Variant(name, 0.5, "", (("freeze", 365, p), ("victory_A", 365, q)), (), 8, 8.0)
        for name, p, q in (("one", 0.1, 0.4), ("two", 0.3, 0.2))
    ]
    first, second = pooling.gaps(told)
    assert (first.rung, first.lowest, first.highest) == ("freeze", ("one", 0.1), ("two", 0.3))
    assert first.width == pytest.approx(0.2)
    assert (second.lowest[0], second.highest[0]) == ("two", "one")


def test_every_variant_answers_and_the_pooled_states_sum_to_one() -> None:
    laid, among = table(), answers()
    assert [one.name for one in among] == list(VARIANTS)
    days = analysis.horizons(laid.loaded)
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    rungs = summary.rungs(laid.loaded, laid.compiled, counts, laid.weight, PATHS, days)
    endings = summary.endings(laid.loaded, counts, laid.weight, PATHS, days)
    told = pooling.variants(rungs, endings, among)
    for gap, forecast in zip(pooling.gaps(told), pooling.pool_rungs(rungs, among), strict=True):
        # never_zero draws a share towards even by at most half a path of the sparsest variant
        assert gap.lowest[1] - 0.01 <= forecast.chance.p <= gap.highest[1] + 0.01
    for forecast in pooling.pool_endings(endings, among):
        assert sum(share.p for share in forecast.shares.values()) == pytest.approx(1.0, abs=1e-9)
        for one in told:
            own = [p for _, days, p in one.endings if days == forecast.by_days]
            assert sum(own) == pytest.approx(1.0, abs=1e-9)


@cache
def result() -> Result:
    return analysis.run(load(SMALL), draws=16, paths=PATHS, seed=1)


def test_the_answer_of_a_run_is_the_weighted_mean_of_its_variants() -> None:
    told, shipped = result(), read_weights()
    assert {one.name: one.weight for one in told.variants} == shipped.weights
    assert told.variants[0].name == pooling.ENGINE
    assert told.pooling.reason == shipped.reason
    for place, forecast in enumerate(told.rungs):
        own = [one.rungs[place] for one in told.variants]
        assert {at[:2] for at in own} == {(forecast.rung, forecast.by_days)}
        mean = sum(one.weight * at[2] for one, at in zip(told.variants, own, strict=True))
        # never_zero draws a share towards even by half a path of 16 x 16 at the most
        assert forecast.chance.p == pytest.approx(mean, abs=0.003)
        low, high = (pick(own, key=lambda at: at[2])[2] for pick in (min, max))
        assert told.gaps[place].width == pytest.approx(high - low)


def test_the_engine_among_the_variants_is_the_run_of_all_its_draws() -> None:
    laid = table()
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    days = analysis.horizons(laid.loaded)
    alone = summary.rungs(laid.loaded, laid.compiled, counts, laid.weight, PATHS, days)
    own = result().variants[0]
    assert own.draws == 16
    assert own.effective_draws == pytest.approx(result().run.effective_draws)
    for forecast, (_, _, p) in zip(alone, own.rungs, strict=True):
        assert p == pytest.approx(forecast.chance.p, abs=1e-12)


def test_reference_class_of_a_run_is_its_base_rate() -> None:
    told = result()
    own = next(one for one in told.variants if one.name == "reference_class")
    for forecast, (rung, _, p) in zip(told.rungs, own.rungs, strict=True):
        if rung != "war_goes_on":
            assert p == pytest.approx(forecast.base_rate, abs=2e-4)  # read within a week


# --- the first draws -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "reference_class"])
def test_the_first_draws_are_answered_as_among_all(name: str) -> None:
    # Streams are keyed by the draw's number and nothing is shared between draws but the record.
    laid = table()
    record = analysis.record_inputs(laid.compiled, laid.standing)
    few, all_ = (
        VARIANTS[name].answer(
            VariantInputs(
                pooling.first_draws(laid.engine, draws),
                pooling.first_draws(record, draws),
                *(1, 8, laid.weeks, 2, laid.compiled.reached, laid.compiled.war.record.months),
                np.ones((3, laid.weeks + 1)),
            )
        )
        for draws in (8, 16)
    )
    np.testing.assert_array_equal(few.rungs, all_.rungs[:8])
    np.testing.assert_array_equal(few.endings, all_.endings[:8])
    np.testing.assert_array_equal(few.log_weight, all_.log_weight[:8])


def test_variants_beside_the_engine_answer_on_the_first_half_of_the_draws(monkeypatch) -> None:
    among = answers()
    assert [len(one.draw_weight) for one in among] == [16, 8, 8, 8]
    # Fewer draws are fewer paths: the noise that finite paths leave is told with them.
    assert among[1].noise >= 1.0 / (8 * PATHS) - 1e-12
    monkeypatch.setattr(analysis, "VARIANT_DRAWS", 4)
    laid = table()
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    fewer = analysis.variant_answers(laid, counts, PATHS, 1, 2, read_weights().weights)
    assert [len(one.draw_weight) for one in fewer] == [16, 4, 4, 4]
    assert pooling.trials(fewer) < pooling.trials(among)


# --- history ------------------------------------------------------------------------------------------


def test_history_starts_whole_and_never_rises() -> None:
    kept = pooling.history_kept(dt.date(2025, 1, 1), 300)
    assert kept.shape == (3, 301)
    np.testing.assert_array_equal(kept[:, 0], 1.0)
    assert (np.diff(kept, axis=1) <= 1e-12).all()
    assert kept.min() >= 0.0


def test_history_is_cut_at_the_dossiers_day() -> None:
    early, late = (pooling.history_kept(dt.date(year, 1, 1), 60) for year in (1960, 2025))
    assert not np.allclose(early, late)


def test_paths_count_by_the_weight_of_their_variant() -> None:
    # Eight even draws of 100 paths are 800 paths; of two variants at .25 and .75 they are worth
    # 800/(.25² + .75²) = 1280, and a variant without paths adds no noise.
    one, two = constant("one", 0.25, 0.1), constant("two", 0.75, 0.5)
    drawn = [
        replace(item, paths=100, shares=replace(item.shares, sampled=True)) for item in (one, two)
    ]
    assert pooling.trials(drawn) == pytest.approx(1280.0)
    assert pooling.trials([drawn[0], two]) == pytest.approx(800.0 / 0.25**2)
    assert pooling.trials([one, two]) == pooling.EXACT


# --- a record that the dossier makes impossible --------------------------------------------------


def test_a_record_that_is_nearly_impossible_is_said_to_be_and_told_on_the_page() -> None:
    # Each side expects to lose, nobody refuses anything, they meet nearly every week and leaders want
    # peace: such a war would have ended in its first months, and yet it has lasted for 18.
    data = minimal_data()
    for side in "AB":
        data["war"]["a_prevails"][side] = {"A": 0.3, "B": 0.7}[side]
    data["war"]["reluctance"] = {"A": 0.0, "B": 0.0}
    data["talks"] = {"monthly_chance": 0.98}
    told = brief(load_text(as_yaml(data)), draws=8, paths=8)
    assert told.result.hindcast.mean_weight < 0.01
    assert any("nearly impossible" in note for note in told.result.notes)
    assert "The record is nearly impossible under this dossier" in told.to_text()
    data["talks"]["monthly_chance"] = 0.01
    usual = brief(load_text(as_yaml(data)), draws=8, paths=8)
    assert usual.result.hindcast.mean_weight > 0.01
    assert "nearly impossible" not in usual.to_text()
