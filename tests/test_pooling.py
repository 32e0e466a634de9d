"""Several structures as one answer: weights with their reason, intervals over all, and the gap."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from interbellum import analysis, pooling, summary
from interbellum.dossier.reader import load
from interbellum.errors import InternalError
from interbellum.model.result import Variant
from interbellum.model.rungs import ENDINGS, RUNGS
from interbellum.model.variants import VariantShares
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
    return analysis.variant_answers(table(), 1, PATHS, 2)


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
    assert set(told.weights.values()) == {1.0 / len(VARIANTS)}  # equal until a back-test is scored
    assert "back-test" in told.reason
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


def test_pooled_chance_is_the_weighted_mean_and_its_interval_spans_the_structures() -> None:
    among = (constant("one", 0.25, 0.1), constant("two", 0.75, 0.5))
    told = pooling.pooled([one.shares.rungs[:, 0, 0] for one in among], among)
    assert told.p == pytest.approx(0.25 * 0.1 + 0.75 * 0.5, abs=1e-9)
    assert (told.lo80, told.hi80) == pytest.approx((0.1, 0.5))
    assert told.lo50 == pytest.approx(0.3)  # a quarter of the weight lies on .1: the edge


def test_gaps_name_the_lowest_and_the_highest() -> None:
    told = [
        Variant(name, 0.5, "", (("freeze", 365, p), ("victory_A", 365, q)))
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
    told = pooling.variants(rungs, among)
    for gap, forecast in zip(pooling.gaps(told), pooling.pool_rungs(rungs, among), strict=True):
        # never_zero draws a share towards even by at most half a path of the sparsest variant
        assert gap.lowest[1] - 0.01 <= forecast.chance.p <= gap.highest[1] + 0.01
    for forecast in pooling.pool_endings(
        summary.endings(laid.loaded, counts, laid.weight, PATHS, days), among
    ):
        assert sum(share.p for share in forecast.shares.values()) == pytest.approx(1.0, abs=1e-9)


def test_the_switch_makes_the_pooled_answer_the_headline(monkeypatch) -> None:
    loaded = load(SMALL)
    plain = analysis.run(loaded, draws=16, paths=PATHS)
    assert [one.name for one in plain.variants] == ["to_the_finish", "reference_class"]
    monkeypatch.setattr(analysis, "POOL_VARIANTS", True)
    told = analysis.run(loaded, draws=16, paths=PATHS)
    assert [one.name for one in told.variants] == list(VARIANTS)
    assert sum(one.weight for one in told.variants) == pytest.approx(1.0)
    own = {(r, d): p for one in told.variants[:1] for r, d, p in one.rungs}
    for forecast in plain.rungs:  # the engine itself has not moved
        assert own[forecast.rung, forecast.by_days] == pytest.approx(forecast.chance.p, abs=1e-12)
    assert told.rung(summary.HEADLINE, 365).chance.p != plain.rung(summary.HEADLINE, 365).chance.p


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
