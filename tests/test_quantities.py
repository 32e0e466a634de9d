"""Every way of writing a number is read through its quantile function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbellum.dossier.quantities import WORDS, Quantity

U = np.linspace(0.0, 1.0, 101)
INSIDE = np.linspace(0.01, 0.99, 99)


def q(raw: object) -> Quantity:
    return Quantity.model_validate(raw)


def test_plain_value_is_exact() -> None:
    np.testing.assert_array_equal(q(0.3).quantile(U), np.full(101, 0.3))


@pytest.mark.parametrize(("raw", "value"), [("20%", 0.2), ("7.5 %", 0.075), (3, 3.0)])
def test_percentage_and_whole_number_are_values(raw: object, value: float) -> None:
    assert q(raw).value == pytest.approx(value, rel=1e-15)


def test_low_high_is_uniform() -> None:
    np.testing.assert_allclose(q({"low": 2, "high": 6}).quantile(U), 2 + 4 * U, rtol=1e-14)


@pytest.mark.parametrize("word", WORDS)
def test_probability_word_is_its_band(word: str) -> None:
    low, high = WORDS[word]
    np.testing.assert_allclose(q(word.upper()).quantile(U), low + (high - low) * U, rtol=1e-14)


@pytest.mark.parametrize(
    ("low", "mode", "high"), [(0, 0.5, 1), (1, 3, 8), (2, 2, 5), (2, 5, 5), (-4, -1, 3)]
)
def test_triangle_inverts_its_distribution(low: float, mode: float, high: float) -> None:
    """F(x) = (x-a)²/((b-a)(c-a)) below the mode c, 1 - (b-x)²/((b-a)(b-c)) above."""
    x = q({"low": low, "mode": mode, "high": high}).quantile(INSIDE)
    left = (x - low) ** 2 / ((high - low) * max(mode - low, 1e-300))
    right = 1 - (high - x) ** 2 / ((high - low) * max(high - mode, 1e-300))
    np.testing.assert_allclose(np.where(x < mode, left, right), INSIDE, rtol=1e-12)


def test_p05_p50_p95_go_through_their_three_points() -> None:
    got = q({"p05": 2, "p50": 6, "p95": 18}).quantile(np.array([0.05, 0.5, 0.95]))
    np.testing.assert_allclose(got, [2, 6, 18], rtol=1e-12)


def test_p05_p50_p95_with_equal_arms_is_normal() -> None:
    """Standard normal: quantile .8413447460685429 is 1 (Abramowitz and Stegun, table 26.1)."""
    sd = 4 / 1.6448536269514722
    got = q({"p05": 6, "p50": 10, "p95": 14}).quantile(np.array([0.8413447460685429]))
    np.testing.assert_allclose(got, [10 + sd], rtol=1e-12)


def test_tails_are_cut_to_the_bounds_of_the_field() -> None:
    got = q({"p05": 0.1, "p50": 0.5, "p95": 0.9}).quantile(np.array([0.0, 1.0]), 0.0, 1.0)
    np.testing.assert_array_equal(got, [0.0, 1.0])


def test_two_coders_far_apart_are_kept_apart() -> None:
    """Equal mixture of U(0,1) and U(10,11): the first half of the draws is one coder's."""
    pooled = q({"coders": [{"by": "a", "low": 0, "high": 1}, {"by": "b", "low": 10, "high": 11}]})
    got = pooled.quantile(np.array([0.0, 0.25, 0.49, 0.51, 0.75, 1.0]))
    np.testing.assert_allclose(got, [0, 0.5, 0.98, 10.02, 10.5, 11], rtol=1e-9, atol=1e-12)


def test_two_coders_on_one_interval_are_that_interval() -> None:
    pooled = q({"coders": [{"by": name, "low": 2, "high": 6} for name in "ab"]})
    np.testing.assert_allclose(pooled.quantile(U), 2 + 4 * U, rtol=1e-9)


def test_mixture_lies_between_its_coders() -> None:
    first, second = {"low": 1, "mode": 3, "high": 8}, {"p05": 4, "p50": 6, "p95": 9}
    pooled = q({"coders": [{"by": "a", **first}, {"by": "b", **second}]}).quantile(INSIDE)
    one, other = q(first).quantile(INSIDE), q(second).quantile(INSIDE)
    assert (pooled >= np.minimum(one, other) - 1e-6).all()
    assert (pooled <= np.maximum(one, other) + 1e-6).all()


def test_coders_with_plain_values_split_the_draws() -> None:
    pooled = q({"coders": [{"by": "a", "value": 1}, {"by": "b", "value": 3}]})
    np.testing.assert_allclose(pooled.quantile(np.array([0.2, 0.8])), [1, 3], atol=1e-12)


numbers = st.floats(-1e6, 1e6)
rising3 = st.lists(numbers, min_size=3, max_size=3).map(sorted)
triangles = rising3.map(lambda v: dict(zip(("low", "mode", "high"), v, strict=True)))
ranges = rising3.map(lambda v: {"low": v[0], "high": v[2]})
points = rising3.map(lambda v: dict(zip(("p05", "p50", "p95"), v, strict=True)))
single = numbers.map(lambda v: {"value": v})
plain = st.one_of(single, ranges, triangles, points)
coders = st.lists(plain, min_size=2, max_size=4).map(
    lambda forms: {"coders": [{"by": f"c{i}", **form} for i, form in enumerate(forms)]}
)
forms = st.one_of(plain, coders)


@given(forms)
def test_quantile_never_falls(form: dict[str, object]) -> None:
    got = q(form).quantile(U)
    assert np.isfinite(got).all()
    assert (np.diff(got) >= -1e-9 * np.abs(got).max() - 1e-300).all()


@given(forms)
def test_mirrored_quantity_is_one_minus_it(form: dict[str, object]) -> None:
    """What A's chance says about B's: q'(u) = 1 - q(1-u), needed for swapping the sides."""
    got, want = q(form).mirrored().quantile(INSIDE), 1 - q(form).quantile(1 - INSIDE)
    if "coders" in form and any("value" in coder for coder in form["coders"]):  # type: ignore[attr-defined]
        return  # a jump: the value at the very edge of a step is either side's
    scale = max(1.0, float(np.abs(want).max()))
    np.testing.assert_allclose(got, want, atol=2e-4 * scale)


@given(forms)
def test_mirrored_twice_is_the_same(form: dict[str, object]) -> None:
    back = q(form).mirrored().mirrored()
    np.testing.assert_allclose(back.support(), q(form).support(), rtol=0, atol=1e-9)


@given(st.one_of(ranges, triangles))
def test_draws_stay_within_what_was_written(form: dict[str, float]) -> None:
    got = q(form).quantile(U)
    slack = 1e-9 * max(1.0, abs(form["low"]), abs(form["high"]))
    assert got.min() >= form["low"] - slack
    assert got.max() <= form["high"] + slack


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"low": 1},
        {"low": 1, "mode": 2},
        {"value": 1, "low": 0, "high": 2},
        {"low": 3, "high": 1},
        {"low": 1, "mode": 0, "high": 2},
        {"p05": 1, "p50": 2},
        {"coders": []},
        {"coders": [{"by": "a", "value": 1}]},
        {"coders": [{"by": "a", "value": 1}, {"by": "b", "value": 2}], "value": 1},
        {"coders": [{"value": 1}, {"by": "b", "value": 2}]},
        float("inf"),
        float("nan"),
        10**400,
        True,
        "sometimes",
        "%",
        [1],
        None,
    ],
)
def test_half_written_number_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        q(raw)


# --- several coders by other rules ---------------------------------------------------------------


def pooled(rule: str, *coders: dict[str, float]) -> Quantity:
    return q({"coders": [{"by": f"c{i}", **one} for i, one in enumerate(coders)], "pooled": rule})


def test_log_pool_of_two_uniforms_is_uniform_where_they_overlap() -> None:
    got = pooled("log", {"low": 0, "high": 4}, {"low": 2, "high": 6}).quantile(U)
    np.testing.assert_allclose(got, 2 + 2 * U, atol=1e-12)


def test_log_pool_of_equal_normals_is_the_normal_between_and_extremised_is_narrower() -> None:
    """Means 10 and 12, same spread: mean 11, same spread; to the power 1.5 spread / sqrt(1.5)."""
    arms = [{"p05": m - 4, "p50": m, "p95": m + 4} for m in (10, 12)]
    at = np.array([0.05, 0.5, 0.95])
    np.testing.assert_allclose(pooled("log", *arms).quantile(at), [7, 11, 15], atol=1e-4)
    narrow = 4 / np.sqrt(1.5)
    got = pooled("extremised", *arms).quantile(at)
    np.testing.assert_allclose(got, [11 - narrow, 11, 11 + narrow], atol=1e-4)


def test_log_pool_of_mirrored_triangles_has_its_median_in_the_middle() -> None:
    coders = {"low": 0, "mode": 0.2, "high": 1}, {"low": 0, "mode": 0.8, "high": 1}
    for rule in ("log", "extremised"):
        assert pooled(rule, *coders).centre() == pytest.approx(0.5, abs=1e-6)


def test_log_pool_of_one_triangle_twice_is_that_triangle() -> None:
    one = {"low": 1, "mode": 3, "high": 8}
    np.testing.assert_allclose(
        pooled("log", one, one).quantile(INSIDE), q(one).quantile(INSIDE), atol=2e-5
    )


def test_a_half_normal_with_a_long_arm_keeps_half_on_each_side() -> None:
    one = {"p05": 2, "p50": 6, "p95": 18}
    assert pooled("log", one, one).centre() == pytest.approx(6, abs=0.01)


def test_linear_is_what_no_rule_is() -> None:
    coders = [{"by": "a", "low": 0, "high": 1}, {"by": "b", "low": 0, "high": 3}]
    plain = q({"coders": coders})
    np.testing.assert_array_equal(
        q({"coders": coders, "pooled": "linear"}).quantile(U), plain.quantile(U)
    )
    assert set(plain.by_rule()) == {"linear", "log", "extremised"}
    assert plain.by_rule()["log"] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"coders": [{"by": "a", "value": 1}, {"by": "b", "low": 0, "high": 2}], "pooled": "log"}, "overlap"),
        ({"coders": [{"by": "a", "low": 0, "high": 1}, {"by": "b", "low": 2, "high": 3}], "pooled": "log"}, "overlap"),
        ({"low": 0, "high": 1, "pooled": "linear"}, "Only several coders"),
    ],
)  # fmt: skip
def test_rules_that_cannot_pool_are_refused(raw: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        q(raw)


def test_coders_without_overlap_are_told_by_the_linear_rule_alone() -> None:
    apart = q({"coders": [{"by": "a", "value": 1}, {"by": "b", "value": 3}]})
    assert set(apart.by_rule()) == {"linear"}
    assert q(0.3).by_rule() == {}


def test_a_log_pool_mirrors() -> None:
    given = pooled(
        "extremised", {"low": 0.1, "mode": 0.2, "high": 0.6}, {"p05": 0.1, "p50": 0.3, "p95": 0.4}
    )
    np.testing.assert_allclose(given.mirrored().quantile(1 - U), 1 - given.quantile(U), atol=1e-9)
