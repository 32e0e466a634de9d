"""Scores by hand, identities to the last bit, and intervals that count wars and not items."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from interbellum.briefing import scores
from interbellum.model.arrays import ShapeError
from interbellum.model.scores import Comparison, Item
from interbellum.record import scoring, stacking

# Four items of two chances. By hand: (.04 + .64 + .04 + .25) / 4, and so on below.
P = np.array([0.2, 0.2, 0.8, 0.5])
CAME = np.array([0.0, 1.0, 1.0, 0.0])


def item(name, war, outcome, **chances) -> Item:
    return Item(name, war, outcome, chances)


# --- one item ----------------------------------------------------------------------------------


def test_brier_of_yes_or_no_is_the_square_and_of_bins_the_sum_of_squares():
    assert scoring.brier((0.7, 0.3), 1) == pytest.approx(0.49)
    assert scoring.brier((0.7, 0.3), 0) == pytest.approx(0.09)
    # .5² + .5² + .2² ... : bins .5 .3 .2, the second came: .25 + .49 + .04
    assert scoring.brier((0.5, 0.3, 0.2), 1) == pytest.approx(0.78)


def test_published_four_bin_scores_of_the_crowds_lie_where_their_main_bin_allows():
    """RAND Forecasting Initiative, 8 May 2025: .72 on what came, published score .11."""
    least = scoring.brier((0.72, 0.28 / 3, 0.28 / 3, 0.28 / 3), 0)
    most = scoring.brier((0.72, 0.28, 0.0, 0.0), 0)
    assert least < 0.11 < most


def test_log_score_is_minus_the_logarithm_and_is_floored_and_shared_out():
    assert scoring.log_score((0.75, 0.25), 1) == pytest.approx(math.log(4.0))
    assert scoring.log_score((1.0, 0.0), 1) == pytest.approx(-math.log(0.01 / 1.01))
    assert scoring.log_score((1.0, 0.0, 0.0), 0) == pytest.approx(math.log(1.02))


@pytest.mark.parametrize("wrong", [(0.6, 0.6), (1.2, -0.2), (1.0,), (math.nan, 0.5)])
def test_chances_that_are_no_shares_are_refused(wrong):
    with pytest.raises(ValueError, match="sum to one"):
        scoring.brier(wrong, 0)


def test_an_outcome_that_is_no_bin_is_refused():
    with pytest.raises(ValueError, match="no bin 2 of 2"):
        scoring.log_score((0.5, 0.5), 2)


@given(p=st.floats(0.0, 1.0), q=st.floats(0.02, 0.98))
def test_scores_are_proper(p, q):
    """Whoever believes q does best, on average, by saying q."""
    for rule in (scoring.brier, scoring.log_score):
        expected = [(1 - q) * rule((1 - x, x), 0) + q * rule((1 - x, x), 1) for x in (p, q)]
        assert expected[1] <= expected[0] + 1e-12


def test_skill_is_the_share_saved():
    assert scoring.skill(0.1, 0.2) == pytest.approx(0.5)
    assert scoring.skill(0.3, 0.2) == pytest.approx(-0.5)
    assert scoring.skill(0.1, 0.0) is None


# --- what a score is made of -------------------------------------------------------------------


def test_murphy_by_hand():
    """Bins .2 (came 1 of 2), .5 (0 of 1), .8 (1 of 1); mean 1/2."""
    told = scoring.murphy(P, CAME)
    assert told.brier == pytest.approx((0.04 + 0.64 + 0.04 + 0.25) / 4)
    assert told.reliability == pytest.approx((2 * 0.3**2 + 0.5**2 + 0.2**2) / 4)
    assert told.resolution == pytest.approx((2 * 0.0 + 0.25 + 0.25) / 4)
    assert told.uncertainty == pytest.approx(0.25)


issued = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])


@given(st.lists(st.tuples(issued, st.booleans()), min_size=1, max_size=30))
def test_decompositions_add_up_and_their_parts_are_not_negative(items):
    p, came = np.array([x for x, _ in items]), np.array([float(y) for _, y in items])
    for split in (scoring.murphy, scoring.corp):
        told = split(p, came)
        assert told.reliability - told.resolution + told.uncertainty == pytest.approx(
            float(((p - came) ** 2).mean()), abs=1e-14
        )
        assert min(told.reliability, told.resolution, told.uncertainty) >= -1e-14


@given(st.lists(st.tuples(issued, st.booleans()), min_size=1, max_size=30))
def test_murphy_is_the_sum_over_its_bins(items):
    p, came = np.array([x for x, _ in items]), np.array([float(y) for _, y in items])
    told = scoring.murphy(p, came)
    bins = [came[p == value] for value in np.unique(p)]
    reliability = sum(
        len(b) * (v - b.mean()) ** 2 for v, b in zip(np.unique(p), bins, strict=True)
    ) / len(p)
    resolution = sum(len(b) * (b.mean() - came.mean()) ** 2 for b in bins) / len(p)
    assert (told.reliability, told.resolution) == pytest.approx((reliability, resolution))


def test_murphy_over_bands_by_hand():
    """Bands 0 to .5 (.1 and .3, came 0 and 1) and above (.6 and .8, came 1 and 1); mean 3/4.

    Within: the chances of the first band vary by .01 and go with what came, covariance .05; those
    of the second by .01 and with nothing: (.01 - 2 x .05 + .01) / 2.
    """
    told = scoring.murphy(
        np.array([0.1, 0.3, 0.6, 0.8]), np.array([0.0, 1.0, 1.0, 1.0]), (0.0, 0.5, 1.0)
    )
    assert told.brier == pytest.approx((0.01 + 0.49 + 0.16 + 0.04) / 4)
    assert told.reliability == pytest.approx((0.3**2 + 0.3**2) / 2)
    assert told.resolution == pytest.approx(0.25**2)
    assert told.uncertainty == pytest.approx(0.75 * 0.25)
    assert told.within == pytest.approx((0.01 - 2 * 0.05 + 0.01) / 2)


@given(
    arrays(float, 12, elements=st.floats(0, 1)),
    arrays(float, 12, elements=st.sampled_from([0.0, 1.0])),
)
def test_within_is_the_two_extra_components_of_stephenson(p, came):
    """Σ over bands of n/N (variance of the chances - twice their covariance with what came)."""
    told = scoring.murphy(p, came, scoring.BAND_EDGES)
    want = 0.0
    for low, high in pairwise(scoring.BAND_EDGES):
        inside = (p >= low) & ((p < high) | (high == 1.0))
        if inside.any():
            x, y = p[inside] - p[inside].mean(), came[inside] - came[inside].mean()
            want += float((x**2).sum() - 2 * (x * y).sum()) / len(p)
    assert told.within == pytest.approx(want, abs=1e-12)
    assert told.reliability - told.resolution + told.uncertainty + told.within == pytest.approx(
        float(((p - came) ** 2).mean()), abs=1e-12
    )


def test_murphy_over_bands_is_reckoned_from_the_calibration_table():
    rng = np.random.Generator(np.random.PCG64(11))
    p, came = rng.uniform(size=60), rng.integers(0, 2, 60).astype(float)
    bands = scoring.calibration(p, came, ["w"] * 60)
    told = scoring.murphy(p, came, scoring.BAND_EDGES)
    assert told.reliability == pytest.approx(
        sum(band.n * (band.issued - band.happened) ** 2 for band in bands) / 60
    )
    assert told.resolution == pytest.approx(
        sum(band.n * (band.happened - came.mean()) ** 2 for band in bands) / 60
    )


def test_corp_of_a_forecast_the_wrong_way_round_has_no_discrimination():
    """Isotonic recalibration makes it the mean: all that it loses is miscalibration."""
    told = scoring.corp(np.array([0.1, 0.9]), np.array([1.0, 0.0]))
    assert told.resolution == pytest.approx(0.0)
    assert told.reliability == pytest.approx(0.81 - 0.25)


@given(arrays(float, 6, elements=st.floats(0, 1)), arrays(float, 6, elements=st.floats(0.5, 3)))
def test_rising_is_the_nearest_rising_sequence(values, weight):
    """Against the max-min formula of isotonic regression."""
    want = [
        max(
            min(
                np.average(values[i : j + 1], weights=weight[i : j + 1])
                for j in range(k, len(values))
            )
            for i in range(k + 1)
        )
        for k in range(len(values))
    ]
    np.testing.assert_allclose(scoring.rising(values, weight), want, atol=1e-12)


# --- calibration -------------------------------------------------------------------------------


def test_wilson_by_hand_and_inside_the_unit_interval():
    # Wilson (1927) for 5 of 10 at z = 2: (.5 ± 2 sqrt(.025 + .01)) / ... = centre .5
    low, high = scoring.wilson(0.5, 10, 2.0)
    half = 2.0 * math.sqrt(0.25 / 10 + 0.01) / 1.4
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half))
    assert scoring.wilson(0.0, 3)[0] == 0.0
    assert scoring.wilson(1.0, 3)[1] == 1.0


def test_bands_hold_their_lower_edge_and_the_last_both():
    p = np.array([0.0, 0.05, 0.1999, 0.95, 1.0])
    told = scoring.calibration(p, np.array([0.0, 0.0, 1.0, 1.0, 1.0]), list("aabcd"))
    assert [(band.low, band.n) for band in told] == [(0.0, 1), (0.05, 2), (0.95, 2)]
    assert told[1].happened == 0.5
    assert told[1].issued == pytest.approx((0.05 + 0.1999) / 2)


def test_the_interval_of_a_band_counts_wars_not_items():
    p, came = np.full(40, 0.3), np.array([1.0] * 20 + [0.0] * 20)
    one_war = scoring.calibration(p, came, ["w"] * 40)[0]
    forty = scoring.calibration(p, came, [str(i) for i in range(40)])[0]
    assert (one_war.n, one_war.clusters, forty.clusters) == (40, 1, 40)
    assert one_war.hi80 - one_war.lo80 > 2 * (forty.hi80 - forty.lo80)
    assert (forty.lo80, forty.hi80) == scoring.wilson(0.5, 40)


# --- means and differences ---------------------------------------------------------------------


def test_a_war_counts_once_however_many_items_it_has():
    told = scoring.mean_score(np.array([1.0, 1.0, 1.0, 0.0]), ["a", "a", "a", "b"])
    assert (told.value, told.n, told.clusters) == (0.5, 4, 2)


def test_intervals_of_two_wars_are_the_two_and_their_mean():
    """Resamples of two wars: both the first, one of each, both the second; 1/4, 1/2, 1/4."""
    told = scoring.mean_score(np.array([0.0, 1.0]), ["a", "b"])
    assert (told.lo80, told.hi80, told.lo95, told.hi95) == (0.0, 1.0, 0.0, 1.0)


def test_intervals_of_many_wars_are_those_of_the_normal_mean():
    rng = np.random.Generator(np.random.PCG64(7))
    values = rng.normal(size=400)
    told = scoring.mean_score(values, [f"w{i}" for i in range(400)])
    half = 1.2816 * values.std() / 20
    assert told.lo80 == pytest.approx(told.value - half, abs=0.012)
    assert told.hi80 == pytest.approx(told.value + half, abs=0.012)
    assert told == scoring.mean_score(values, [f"w{i}" for i in range(400)])


def test_no_scores_and_names_that_do_not_match_are_refused():
    with pytest.raises(ShapeError):
        scoring.mean_score(np.zeros(2), ["a"])
    with pytest.raises(ShapeError):
        scoring.mean_score(np.zeros(0), [])


def test_forecasters_are_compared_on_what_both_answered():
    items = [
        item("q1", "a", 1, ours=(0.5, 0.5), crowd=(0.0, 1.0)),
        item("q2", "b", 0, ours=(0.9, 0.1)),
    ]
    told = scoring.score_table("t", items, [("ours", "crowd"), ("ours", "nobody")])
    assert [(one.name, one.brier.n) for one in told.forecasters] == [("ours", 2), ("crowd", 1)]
    (pair,) = told.comparisons
    assert pair.brier.value == pytest.approx(0.25)
    assert (pair.brier.n, pair.skill) == (1, None)
    assert told.forecasters[0].brier.value == pytest.approx((0.25 + 0.01) / 2)
    assert told.bins == 2


def test_skill_of_a_pair_is_that_of_the_means_over_wars():
    items = [
        item("1", "a", 1, ours=(0.5, 0.5), base=(0.9, 0.1)),
        item("2", "a", 1, ours=(0.5, 0.5), base=(0.9, 0.1)),
        item("3", "b", 0, ours=(0.8, 0.2), base=(0.5, 0.5)),
    ]
    (pair,) = scoring.score_table("t", items, [("ours", "base")]).comparisons
    assert pair.skill == pytest.approx(1 - ((0.25 + 0.04) / 2) / ((0.81 + 0.25) / 2))
    assert pair.brier.value == pytest.approx(((0.25 - 0.81) + (0.04 - 0.25)) / 2)


def test_the_interval_of_a_skill_is_that_of_resampled_ratios():
    """Two wars: both the first, one of each, both the second: skills 1/2, 1 - .5/.6, 1 - .4/.2."""
    low, high = scoring.skill_interval(np.array([0.1, 0.4]), np.array([0.2, 0.2]))
    assert (low, high) == pytest.approx((-1.0, 0.5))
    assert scoring.skill_interval(np.array([0.1]), np.array([0.2])) == (None, None)
    assert scoring.skill_interval(np.array([0.1, 0.1]), np.array([0.0, 0.2])) == (None, None)


def test_the_skill_of_a_pair_lies_in_its_interval():
    rng = np.random.Generator(np.random.PCG64(5))
    items = [
        item(str(i), f"w{i}", 1, ours=(1 - x, x), base=(0.5, 0.5))
        for i, x in enumerate(rng.uniform(0.3, 0.9, 40))
    ]
    pair = scoring.compared(items, "ours", "base")
    # the base scores .25 in every war, so that the skill's interval is the difference's over -.25
    assert pair.skill_lo80 == pytest.approx(-pair.brier.hi80 / 0.25)
    assert pair.skill_hi80 == pytest.approx(-pair.brier.lo80 / 0.25)
    assert pair.skill_lo80 < pair.skill < pair.skill_hi80


@pytest.mark.parametrize(
    ("skill", "low", "high", "told"),
    [
        (-0.55, -1.128, -0.001, "-55% (-113 to 0%)"),  # no minus before a nought
        (0.5, None, None, "50%"),
        (None, None, None, ""),
    ],
)
def test_a_skill_is_told_with_its_interval_where_it_has_one(skill, low, high, told):
    none = scoring.mean_score(np.zeros(2), ["a", "b"])
    assert scores.skill(Comparison("a", "b", none, none, skill, low, high)) == told


# --- weights -----------------------------------------------------------------------------------


def objective(weight, chances, clusters, prior):
    names = sorted(set(clusters))
    score = sum(
        np.mean(
            [math.log(row @ weight) for row, c in zip(chances, clusters, strict=True) if c == n]
        )
        for n in names
    )
    return score + prior / len(weight) * np.log(weight).sum()


def test_weights_of_one_war_and_two_models_by_hand():
    """One item with chances 1 and 0: w1 has one war and half the prior, (1 + 6) / (1 + 12)."""
    told = stacking.stack(np.array([[1.0, 0.0]]), ["a"])
    np.testing.assert_allclose(told, [7 / 13, 6 / 13], atol=1e-10)


def test_thirteen_wars_move_a_weight_between_the_bounds_that_the_decision_names():
    rows = np.tile([1.0, 0.0, 0.0, 0.0], (13, 1))
    told = stacking.stack(rows, [str(i) for i in range(13)])
    np.testing.assert_allclose(told, [0.64, 0.12, 0.12, 0.12], atol=1e-10)


def test_weights_are_the_maximum_that_a_general_optimiser_finds():
    rng = np.random.Generator(np.random.PCG64(3))
    chances = rng.uniform(0.01, 1.0, size=(20, 3))
    clusters = [f"w{i % 7}" for i in range(20)]
    told = stacking.stack(chances, clusters)
    best = minimize(
        lambda w: -objective(np.abs(w) / np.abs(w).sum(), chances, clusters, 12.0),
        np.full(3, 1 / 3),
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 4000},
    )
    np.testing.assert_allclose(told, np.abs(best.x) / np.abs(best.x).sum(), atol=1e-6)


def test_models_that_say_the_same_and_no_wars_at_all_leave_weights_equal():
    np.testing.assert_allclose(stacking.stack(np.full((5, 4), 0.3), list("abcde")), 0.25)
    np.testing.assert_allclose(stacking.stack(np.empty((0, 4)), []), 0.25)
    with pytest.raises(ShapeError):
        stacking.stack(np.ones((2, 2)), ["a"])


def test_a_war_left_out_has_no_say_in_its_own_weights():
    chances = np.array([[0.9, 0.1], [0.9, 0.1], [0.01, 0.99]])
    told = stacking.left_out(chances, ["a", "b", "odd"])
    np.testing.assert_allclose(told["odd"], stacking.stack(chances[:2], ["a", "b"]))
    changed = chances.copy()
    changed[2] = [0.99, 0.01]
    np.testing.assert_array_equal(stacking.left_out(changed, ["a", "b", "odd"])["odd"], told["odd"])


def test_intervals_of_weights_hold_the_weight_and_close_where_wars_agree():
    same = np.tile([0.8, 0.2], (6, 1))
    low, high = stacking.intervals(same, list("abcdef"))
    np.testing.assert_allclose(low, high)
    np.testing.assert_allclose(low, stacking.stack(same, list("abcdef")))
    mixed = np.where(np.arange(6)[:, None] % 2, [0.9, 0.1], [0.1, 0.9])
    low, high = stacking.intervals(mixed, list("abcdef"))
    assert np.all(low < 0.5)
    assert np.all(high > 0.5)
