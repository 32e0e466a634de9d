"""The truce model against closed forms, simulation and the promises it must keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from interbellum.model.arrays import ShapeError
from interbellum.model.peace import TruceCurves, TruceInputs
from interbellum.model.rungs import CAUSES
from interbellum.model.units import Array
from interbellum.peace.changes import change_hazard
from interbellum.peace.incidents import chain_collapse, spiral_hazard
from interbellum.peace.passage import first_passage
from interbellum.peace.ranges import SURVIVAL_FLOOR
from interbellum.peace.truce import (
    all_curves,
    break_distance,
    cause_shares,
    durable_deal_exists,
    expiry_week,
    survival,
    truce_curves,
)

# Seeds are fixed; the first example of a test pays for importing scipy, so none is timed.
steady = settings(derandomize=True, deadline=None, max_examples=25)

D = 3
WEEKS = 40

chance = st.floats(0.0, 1.0)
below_one = st.floats(0.0, 0.95)
stake = st.floats(0.0, 0.5)


def _draws(low: float, high: float, *more: int) -> st.SearchStrategy[Array]:
    return hnp.arrays(np.float64, (D, *more), elements=st.floats(low, high))


truces = st.fixed_dictionaries(
    {
        "distance": _draws(-0.05, 0.5, 2) | st.just(np.full((D, 2), np.inf)),
        "rearm_rate": _draws(0.0, 0.05, 2),
        "rearm_ceiling": _draws(0.0, 0.3, 2),
        "spread": _draws(0.003, 0.05) | st.just(np.zeros(D)),
        "incidents_per_week": _draws(0.0, 1.0),
        "echo": _draws(0.0, 1.2),
        "collapse_size": _draws(0.5, 40.0),
        "change_hazard": _draws(0.0, 0.05),
        "term_weeks": _draws(0.5, 80.0) | st.just(np.full(D, np.inf)),
        "renewal": _draws(0.0, 1.0),
    }
)


def _quiet(draws: int = 1, **changed: Any) -> TruceInputs:
    """A truce that nothing ends, but for what is changed."""
    fields: dict[str, Any] = {
        "distance": np.full((draws, 2), np.inf),
        "rearm_rate": np.zeros((draws, 2)),
        "rearm_ceiling": np.zeros((draws, 2)),
        "spread": np.zeros(draws),
        "incidents_per_week": np.zeros(draws),
        "echo": np.zeros(draws),
        "collapse_size": np.ones(draws),
        "change_hazard": np.zeros(draws),
        "term_weeks": np.full(draws, np.inf),
        "renewal": np.ones(draws),
    }
    return TruceInputs(**{**fields, **changed})


def _straight(drift: float) -> dict[str, Array]:
    """Rearming of side A alone that never levels off: 1-e^{-rt} is rt for a rate of 1e-12."""
    return {"rearm_rate": np.full((1, 2), 1e-12), "rearm_ceiling": np.array([[drift * 1e12, 0.0]])}


# -------------------------------------------------------------------------- first passage


def test_first_passage_is_the_formula_of_the_design() -> None:
    from scipy.special import log_ndtr, ndtr

    t, a, mu, sigma = np.meshgrid([1, 26, 261], [0.02, 0.2], [-0.01, 0, 0.01], [0.01, 0.05])
    root = sigma * np.sqrt(t)
    # Design section 6, as it is written there.
    want = ndtr((mu * t - a) / root) + np.exp(
        2 * mu * a / sigma**2 + log_ndtr((-a - mu * t) / root)
    )
    np.testing.assert_allclose(first_passage(t, a, mu, sigma), want, rtol=1e-9, atol=1e-14)


def test_first_passage_equals_a_simulation_with_a_bridge_within_each_week() -> None:
    rng = np.random.default_rng(6)
    paths, weeks, a, mu, sigma = 40_000, 40, 0.15, 0.004, 0.03
    where = np.zeros(paths)
    over = np.zeros(paths, dtype=bool)
    share = [0.0]
    for _ in range(weeks):
        then = where + mu + sigma * rng.standard_normal(paths)
        gaps = np.maximum(a - where, 0) * np.maximum(a - then, 0)
        # A Brownian bridge touches a level above both its ends with this chance, so that the
        # weekly grid costs nothing (design section 3).
        over |= rng.random(paths) < np.exp(-2 * gaps / sigma**2)
        where = then
        share.append(float(over.mean()))
    want = first_passage(np.arange(weeks + 1), a, mu, sigma)
    # Four standard errors of a share of 40,000.
    assert np.abs(np.array(share) - want).max() < 4 * 0.5 / np.sqrt(paths)


def test_a_side_that_falls_behind_breaks_with_the_chance_of_ever_getting_there() -> None:
    # The supremum of a walk with drift μ < 0 is exponential: P(sup > a) = e^{2μa/σ²}.
    got = first_passage(1e9, 0.2, [-0.001, -0.01], 0.03)
    np.testing.assert_allclose(got, np.exp(2 * np.array([-0.001, -0.01]) * 0.2 / 0.03**2))


def test_first_passage_without_spread_is_a_straight_line() -> None:
    got = first_passage([0, 9, 10, 11, 11], 1.0, [0.1, 0.1, 0.1, 0.1, -0.1], 0.0)
    np.testing.assert_array_equal(got, [0, 0, 1, 1, 0])


@pytest.mark.parametrize("spread", [1e-3, 1e-8, 1e-160, 5e-324])
def test_first_passage_survives_a_spread_near_nothing(spread: float) -> None:
    # exp(2μa/σ²) alone overflows for each of these; at t = a/μ = 10 half the walks are across.
    got = first_passage([5.0, 10.0, 20.0], 1.0, 0.1, spread)
    np.testing.assert_allclose(got, [0, 0.5, 1], atol=0.01)
    np.testing.assert_array_equal(first_passage([5.0, 20.0], 1.0, -0.1, spread), 0)


def test_a_distance_already_covered_is_certain_and_an_infinite_one_never_is() -> None:
    got = first_passage([0, 0, 0, 50, 50], [-0.1, 0, 0.1, np.inf, -np.inf], 0.5, 0.1)
    np.testing.assert_array_equal(got, [1, 1, 0, 0, 1])


@steady
@given(
    distance=st.floats(1e-3, 2.0),
    further=st.floats(0.0, 1.0),
    drift=st.floats(-0.1, 0.1),
    spread=st.floats(0.0, 0.2),
)
def test_first_passage_is_a_chance_that_rises_with_time_and_falls_with_distance(
    distance: float, further: float, drift: float, spread: float
) -> None:
    t = np.arange(200.0)
    near = first_passage(t, distance, drift, spread)
    assert np.all((near >= 0) & (near <= 1))
    assert np.all(np.diff(near) >= -1e-12)
    assert np.all(first_passage(t, distance + further, drift, spread) <= near + 1e-12)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weeks": -1.0}, "weeks must be finite and not negative; it is -1.0"),
        ({"distance": np.nan}, "distance must be a number"),
        ({"drift": np.inf}, "drift must be finite"),
        ({"spread": -0.1}, "spread must be finite and not negative; it is -0.1"),
        ({"weeks": np.ones(2), "drift": np.ones(3)}, r"weeks \(2,\).*drift \(3,\)"),
    ],
)
def test_first_passage_names_what_is_wrong(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        first_passage(**{"weeks": 1.0, "distance": 1.0, "drift": 0.1, "spread": 0.1, **changed})


# ----------------------------------------------------------------- noiseless rebuilding


def test_expiry_week_of_the_design() -> None:
    # Design section 8: y=.5, p=.45, p̄=.75, k=.1, d=.2, g=.02 expires at 10.986123.
    assert expiry_week(0.5, 0.45, 0.75, 0.1, 0.2, 0.02) == pytest.approx(10.986123, abs=5e-7)


@steady
@given(chance, chance, chance, st.floats(0.001, 1.0), below_one, stake)
def test_at_the_expiry_week_breaking_pays_exactly_what_it_costs(
    share: float, now: float, ceiling: float, rate: float, destroyed: float, penalty: float
) -> None:
    week = float(expiry_week(share, now, ceiling, rate, destroyed, penalty))
    keeps = 1 - share + penalty
    if week == 0:
        assert now * (1 - destroyed) >= keeps - 1e-12
    elif np.isinf(week):
        assert max(now, ceiling) * (1 - destroyed) <= keeps + 1e-12
    else:
        then = ceiling - (ceiling - now) * np.exp(-rate * week)
        assert then * (1 - destroyed) == pytest.approx(keeps, abs=1e-9)


def test_a_side_that_does_not_rebuild_never_gets_there() -> None:
    assert expiry_week(0.5, 0.45, 0.75, 0.0, 0.2, 0.02) == np.inf
    assert expiry_week(0.5, 0.45, 0.40, 0.1, 0.2, 0.02) == np.inf
    assert expiry_week(0.5, 0.70, 0.40, 0.0, 0.2, 0.02) == 0


@steady
@given(chance, chance, below_one, stake)
def test_a_durable_deal_exists_iff_the_least_the_other_side_takes_never_expires(
    one: float, other: float, destroyed: float, penalty: float
) -> None:
    now, later = sorted((one, other))
    # The declining side takes no less than its war now, (1-p)(1-d), and any more would leave the
    # rising side less. On the edge itself two ways of rounding may differ.
    least = (1 - now) * (1 - destroyed)
    lasts = np.isinf(expiry_week(least, now, later, 1.0, destroyed, penalty))
    assume(abs((later - now) * (1 - destroyed) - destroyed - penalty) > 1e-9)
    assert durable_deal_exists(now, later, destroyed, penalty) == lasts


def test_a_durable_deal_may_use_up_all_that_fighting_destroys() -> None:
    # (p2-p)(1-d) <= d+g: .25 x .8 = .2 against .2, then a hair less.
    np.testing.assert_array_equal(durable_deal_exists(0.5, 0.75, [0.2, 0.199], 0.0), [True, False])


@pytest.mark.parametrize("destroyed", [1.0, -0.1])
def test_what_fighting_destroys_is_a_share(destroyed: float) -> None:
    with pytest.raises(ValueError, match="destroyed must be at least 0 and below 1"):
        expiry_week(0.5, 0.45, 0.75, 0.1, destroyed, 0.02)
    with pytest.raises(ValueError, match="destroyed must be at least 0 and below 1"):
        durable_deal_exists(0.5, 0.75, destroyed, 0.0)


# ------------------------------------------------------------------- chains of incidents


def _chain_sizes(echo: float, chains: int, most: int, seed: int) -> Array:
    """Sizes of simulated chains, generation by generation; `most` or more is left there."""
    rng = np.random.default_rng(seed)
    size = np.ones(chains)
    newest = np.ones(chains, dtype=np.int64)
    while np.any((newest > 0) & (size < most)):
        newest = np.where(size < most, rng.poisson(echo * newest), 0)
        size += newest
    return size


@pytest.mark.parametrize("echo", [0.3, 0.8, 1.0, 1.3])
def test_chains_reach_a_size_as_often_as_simulated_ones(echo: float) -> None:
    chains = 40_000
    sizes = _chain_sizes(echo, chains, 60, seed=12)
    for size in (1, 2, 3, 10, 60):
        got = float(chain_collapse(echo, size))
        # Four standard errors of a share of 40,000.
        assert abs(got - np.mean(sizes >= size)) < 4 * 0.5 / np.sqrt(chains)


def test_mean_chain_is_that_of_the_borel_law() -> None:
    # E N = Σ P(N >= n) = 1/(1-η).
    sizes = np.arange(1, 3000)
    np.testing.assert_allclose(chain_collapse(0.9, sizes).sum(), 10.0, rtol=1e-9)


def test_a_chain_that_sets_off_more_than_it_is_may_never_end() -> None:
    # The chance of dying out solves q = e^{η(q-1)}; for η = 1.5 it is .41719.
    gone = 0.5
    for _ in range(200):
        gone = float(np.exp(1.5 * (gone - 1)))
    assert chain_collapse(1.5, 10_000) == pytest.approx(1 - gone, abs=1e-9)


def test_without_echo_a_chain_is_one_incident() -> None:
    np.testing.assert_array_equal(chain_collapse(0.0, [0.2, 1, 1.01, 2, 500]), [1, 1, 0, 0, 0])


def test_the_spiral_is_a_self_exciting_count_followed_event_by_event() -> None:
    # Arrivals at .5 a week; every incident sets off others, Poisson(η) of them, each after an
    # exponential delay of a tenth of a week. Followed in time, with no thought of clusters: the
    # count is marked by the arrival that it goes back to, and a truce ends with its tenth mark.
    rng = np.random.default_rng(5)
    rate, echo, size, weeks, truces = 0.5, 0.7, 10, 20.0, 4_000
    holds = 0
    for _ in range(truces):
        arrivals = rng.uniform(0.0, weeks, rng.poisson(rate * weeks))
        marks = np.ones(len(arrivals))
        todo = [(float(at), mark) for mark, at in enumerate(arrivals)]
        while todo and marks.max() < size:
            at, mark = todo.pop()
            answers = rng.poisson(echo)
            marks[mark] += answers
            todo += [(at + float(gap), mark) for gap in rng.exponential(0.1, answers)]
        holds += len(marks) == 0 or bool(marks.max() < size)
    want = np.exp(-spiral_hazard(rate, echo, size) * weeks)
    # Four standard errors of a share of 4,000.
    assert abs(holds / truces - want) < 4 * 0.5 / np.sqrt(truces)


@steady
@given(st.floats(0.0, 1.5), st.floats(0.0, 0.5), st.floats(0.1, 400.0), st.floats(0.0, 400.0))
def test_collapse_rises_with_echo_and_falls_with_size(
    echo: float, more: float, size: float, further: float
) -> None:
    got = float(chain_collapse(echo, size))
    assert 0 <= got <= 1
    assert got == chain_collapse(echo, np.ceil(size))
    assert chain_collapse(echo + more, size) >= got - 1e-12
    assert chain_collapse(echo, size + further) <= got + 1e-12


def test_many_draws_are_each_summed_to_their_own_size() -> None:
    echo, size = np.array([0.2, 0.9, 1.0, 0.99]), np.array([5.0, 700.0, 256.0, 257.0])
    one_by_one = [float(chain_collapse(e, s)) for e, s in zip(echo, size, strict=True)]
    np.testing.assert_allclose(chain_collapse(echo, size), one_by_one, rtol=0, atol=1e-14)


def test_a_rate_of_incidents_is_not_negative() -> None:
    with pytest.raises(ValueError, match="rate must be finite and not negative; it is -1"):
        spiral_hazard(-1.0, 0.5, 10.0)


@pytest.mark.parametrize("size", [0.0, 10_001.0, np.inf])
def test_a_chain_has_a_size_that_can_be_summed(size: float) -> None:
    with pytest.raises(ValueError, match="size must be above 0, at most 10000"):
        chain_collapse(0.5, size)


# ----------------------------------------------------------- changes and the point of breaking


@steady
@given(st.floats(0.0, 0.5), chance)
def test_change_hazard_compounds_to_the_chance_of_no_breaking_change(q: float, b: float) -> None:
    assert np.exp(-52 * change_hazard(q, b)) == pytest.approx((1 - q * b) ** 52, rel=1e-9)


def test_breaking_pays_between_two_points_of_the_grid() -> None:
    gains = [0.0, 0.1, 0.3]
    values = np.array([[[0.2, 0.3, 0.7], [0.2, 0.1, 0.6]]])
    # A: .3 at .1, .7 at .3, so .4 at .15. B: .1 at .1, .6 at .3, so .2 is had at once.
    np.testing.assert_allclose(break_distance(gains, values, [[0.4, 0.2]]), [[0.15, 0.0]])
    # On a point of the grid, and nowhere on it.
    np.testing.assert_allclose(break_distance(gains, values, [[0.7, 0.61]]), [[0.3, np.inf]])
    np.testing.assert_array_equal(
        break_distance(gains, values, [[np.inf, -np.inf]]), [[np.inf, 0.0]]
    )


@steady
@given(_draws(0.0, 1.0, 2), _draws(0.0, 0.5, 2), _draws(0.0, 1.0, 2, 6))
def test_a_dearer_breach_is_never_nearer(kept: Array, cost: Array, values: Array) -> None:
    gains = np.linspace(0.0, 0.5, 6)
    assert np.all(break_distance(gains, values, kept + cost) >= break_distance(gains, values, kept))


@steady
@given(_draws(0.0, 1.0, 2), _draws(0.0, 1.0, 2, 6))
def test_at_the_break_distance_fighting_is_worth_what_is_kept(kept: Array, values: Array) -> None:
    gains = np.linspace(0.0, 0.5, 6)
    distance = break_distance(gains, values, kept)
    for place in np.ndindex(D, 2):
        if np.isinf(distance[place]):
            assert values[place].max() < kept[place]
        elif distance[place] == 0:
            assert values[place][0] >= kept[place]
        else:
            there = np.interp(distance[place], gains, values[place])
            assert there == pytest.approx(kept[place], abs=1e-9)


@pytest.mark.parametrize(
    ("gains", "values", "message"),
    [
        ([0.1, 0.2], np.zeros((1, 2, 2)), "gains must rise from 0"),
        ([0.0, 0.0], np.zeros((1, 2, 2)), "gains must rise from 0"),
        ([0.0, 0.1], np.full((1, 2, 2), np.nan), "values must be finite"),
        ([0.0, 0.1], np.zeros((1, 2, 3)), r"values \(1, 2, 3\)"),
    ],
)
def test_break_distance_names_what_is_wrong(gains: Any, values: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        break_distance(gains, values, [[0.5, 0.5]])


# ------------------------------------------------------------------------- the whole truce


def test_causes_are_their_closed_forms_and_survival_is_their_product() -> None:
    week = np.arange(53.0)
    inputs = _quiet(
        distance=[[0.1, 0.2]],
        **_straight(0.002),
        spread=[0.01],
        incidents_per_week=[0.5],
        echo=[0.6],
        collapse_size=[4.5],
        change_hazard=[0.003],
        term_weeks=[20.0],
        renewal=[0.7],
    )
    # Borel by hand: P(N >= 5) = 1 - e^{-η} - ηe^{-2η} - (3η)²e^{-3η}/6 - (4η)³e^{-4η}/24.
    eta = 0.6
    spiral = (
        1
        - np.exp(-eta)
        - eta * np.exp(-2 * eta)
        - (3 * eta) ** 2 * np.exp(-3 * eta) / 6
        - (4 * eta) ** 3 * np.exp(-4 * eta) / 24
    )
    want = (
        (1 - first_passage(week, 0.1, 0.002, 0.01))
        * (1 - first_passage(week, 0.2, -0.002, 0.01))
        * np.exp(-0.25 * 0.5 * spiral * week)
        * np.exp(-0.003 * week)
        * 0.7 ** np.array([0] * 20 + [1] * 20 + [2] * 13)
    )
    got = survival(truce_curves(inputs, 52), [0.25])
    # What is read between the nodes of the passage is interpolated; at a node it is exact.
    np.testing.assert_allclose(got, want[None], rtol=1e-6)
    assert got[0, 0] == 1


@pytest.mark.parametrize(
    ("term", "first", "second"),
    # Six months are 26.088 weeks (design section 1); a term of whole weeks ends on its week, also
    # when a tenth of 3 x 3 weeks is written in binary.
    [(26.088, 27, 53), (26.0, 26, 52), (0.9 * 10, 9, 18), (0.4, 1, 2)],
)
def test_a_term_expires_in_the_first_week_at_or_after_it(
    term: float, first: int, second: int
) -> None:
    curves = truce_curves(_quiet(term_weeks=[term], renewal=[0.5]), 60)
    steps = np.diff(curves.cumulative[0, :, CAUSES.index("expiry")])
    assert np.flatnonzero(steps)[:2].tolist() == [first - 1, second - 1]
    # A term of .4 weeks is renewed twice within its first week, and three times within the second.
    assert steps[first - 1] == pytest.approx(np.log(2) * (2 if term == 0.4 else 1))


def test_what_is_certain_to_end_a_truce_leaves_a_finite_hazard() -> None:
    curves = truce_curves(_quiet(distance=[[-1.0, np.inf]], term_weeks=[1.0], renewal=[0.0]), 3)
    floor = -np.log(SURVIVAL_FLOOR)
    np.testing.assert_allclose(curves.cumulative[0, :, 0], floor, rtol=1e-4)
    np.testing.assert_allclose(curves.cumulative[0, :, 3], floor * np.arange(4), rtol=1e-4)
    assert survival(curves, 1.0)[0, 0] < 2 * SURVIVAL_FLOOR
    np.testing.assert_allclose(cause_shares(curves, 1.0, 3), [[1, 0, 0, 0]], atol=1e-9)


def test_a_truce_that_nothing_ends_is_kept() -> None:
    curves = truce_curves(_quiet(), 10)
    np.testing.assert_array_equal(survival(curves, 1.0), np.ones((1, 11)))
    np.testing.assert_array_equal(cause_shares(curves, 1.0, 10), np.zeros((1, 4)))


def test_shares_of_constant_hazards_are_in_their_proportion() -> None:
    inputs = _quiet(incidents_per_week=[0.03], change_hazard=[0.01])
    got = cause_shares(truce_curves(inputs, 52), 1.0, 26)
    # ∫ h_k e^{-ht} dt = h_k/h (1 - e^{-hT}); of size 1 every incident ends the truce.
    lost = 1 - np.exp(-0.04 * 26)
    np.testing.assert_allclose(got, [[0, 0.75 * lost, 0.25 * lost, 0]], rtol=1e-12)


def test_an_expiry_takes_its_share_of_what_has_lasted_until_then() -> None:
    inputs = _quiet(change_hazard=[0.01], term_weeks=[10.0], renewal=[0.6])
    curves = truce_curves(inputs, 20)
    # Within week 10 both compete in proportion to what they add: .01 and -ln .6.
    atom = -np.log(0.6)
    reached = np.exp(-0.01 * 9)
    want = atom / (atom + 0.01) * reached * (1 - 0.6 * np.exp(-0.01))
    assert cause_shares(curves, 1.0, 9)[0, 3] == 0
    assert cause_shares(curves, 1.0, 10)[0, 3] == pytest.approx(want, rel=1e-12)


def test_shares_equal_an_integral_on_a_grid_a_hundred_times_finer() -> None:
    inputs = _quiet(
        distance=[[0.1, 0.15]],
        **_straight(0.002),
        spread=[0.01],
        incidents_per_week=[0.01],
        change_hazard=[0.004],
    )
    t = np.linspace(0, 104, 10_401)
    passed = first_passage(t[:, None], [0.1, 0.15], [0.002, -0.002], 0.01)
    hazards = np.stack([-np.log1p(-passed).sum(axis=1), 0.01 * t, 0.004 * t])
    still = np.exp(-hazards.sum(axis=0))
    middle = (still[1:] + still[:-1]) / 2
    want = (np.diff(hazards, axis=1) * middle).sum(axis=1)
    got = cause_shares(truce_curves(inputs, 104), 1.0, 104)[0]
    # Weekly steps take a hazard as constant within the week: an error of some 1e-4 here.
    np.testing.assert_allclose(got[:3], want, atol=5e-4)


# ----------------------------------------------------------------------------- invariants


@steady
@given(truces, _draws(0.0, 2.0))
def test_survival_is_a_chance_that_never_rises(fields: dict[str, Array], factor: Array) -> None:
    still = survival(truce_curves(TruceInputs(**fields), WEEKS), factor)
    assert still.shape == (D, WEEKS + 1)
    assert np.all((still >= 0) & (still <= 1))
    assert np.all(np.diff(still, axis=1) <= 0)


@steady
@given(truces, _draws(0.0, 2.0), st.integers(0, WEEKS))
def test_shares_of_causes_sum_to_the_failures(
    fields: dict[str, Array], factor: Array, weeks: int
) -> None:
    curves = truce_curves(TruceInputs(**fields), WEEKS)
    shares = cause_shares(curves, factor, weeks)
    assert np.all(shares >= 0)
    failed = 1 - survival(curves, factor)[:, weeks]
    np.testing.assert_allclose(shares.sum(axis=1), failed, atol=1e-12)


@steady
@given(truces, _draws(0.0, 2.0), chance)
def test_a_guarantee_never_shortens_a_truce(
    fields: dict[str, Array], factor: Array, left: float
) -> None:
    curves = truce_curves(TruceInputs(**fields), WEEKS)
    assert np.all(survival(curves, factor * left) >= survival(curves, factor))


@steady
@given(truces, _draws(0.0, 1.0, 2), _draws(0.0, 0.5, 2), _draws(0.0, 1.0, 2, 6))
def test_a_greater_cost_of_breaking_never_shortens_a_truce(
    fields: dict[str, Array], kept: Array, cost: Array, values: Array
) -> None:
    gains = np.linspace(0.0, 0.3, 6)
    cheap, dear = (
        truce_curves(
            TruceInputs(**{**fields, "distance": break_distance(gains, values, bar)}), WEEKS
        )
        for bar in (kept, kept + cost)
    )
    assert np.all(survival(dear, 1.0) >= survival(cheap, 1.0) - 1e-12)


@steady
@given(truces, _draws(0.0, 2.0))
def test_swapping_the_sides_changes_nothing(fields: dict[str, Array], factor: Array) -> None:
    per_side = ("distance", "rearm_rate", "rearm_ceiling")
    swapped = {**fields, **{name: fields[name][:, ::-1] for name in per_side}}
    one, other = (truce_curves(TruceInputs(**each), WEEKS) for each in (fields, swapped))
    np.testing.assert_array_equal(survival(one, factor), survival(other, factor))
    np.testing.assert_array_equal(
        cause_shares(one, factor, WEEKS), cause_shares(other, factor, WEEKS)
    )


@steady
@given(truces)
def test_a_draw_does_not_depend_on_its_neighbours(fields: dict[str, Array]) -> None:
    together = truce_curves(TruceInputs(**fields), WEEKS).cumulative
    alone = truce_curves(TruceInputs(**{k: v[1:2] for k, v in fields.items()}), WEEKS).cumulative
    np.testing.assert_allclose(alone[0], together[1], rtol=0, atol=1e-12)


@steady
@given(truces, _draws(0.0, 0.5, 2))
def test_truces_worked_out_together_are_each_as_if_alone(
    fields: dict[str, Array], distance: Array
) -> None:
    one, other = (TruceInputs(**{**fields, **each}) for each in ({}, {"distance": distance}))
    for got, want in zip(all_curves([one, other], 20), (one, other), strict=True):
        alone = truce_curves(want, 20).cumulative
        np.testing.assert_allclose(got.cumulative, alone, rtol=0, atol=1e-9)


# -------------------------------------------------------------------------------- contracts


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"spread": [-0.1]}, r"spread must be finite and not negative; at \(0,\) it is -0.1"),
        ({"rearm_rate": [[0.0, np.nan]]}, r"rearm_rate must be finite.*; at \(0, 1\)"),
        ({"rearm_ceiling": [[-0.1, 0.0]]}, "rearm_ceiling must be finite and not negative"),
        ({"distance": [[np.nan, 0.0]]}, "distance must be a number"),
        ({"incidents_per_week": [-1.0]}, "incidents_per_week must be"),
        ({"echo": [np.inf]}, "echo must be"),
        ({"collapse_size": [0.0]}, "collapse_size must be finite and above 0"),
        ({"change_hazard": [-1.0]}, "change_hazard must be"),
        ({"term_weeks": [0.0]}, "term_weeks must be above 0"),
        ({"renewal": [1.1]}, "renewal must be a chance"),
    ],
)
def test_inputs_name_what_is_wrong(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _quiet(**changed)


def test_inputs_that_do_not_fit_together_are_named() -> None:
    with pytest.raises(ShapeError, match=r"echo has shape \(2,\); with 1 draws"):
        _quiet(echo=[0.1, 0.2])
    with pytest.raises(ShapeError, match=r"distance has shape \(1,\).*must be \(1, 2\)"):
        _quiet(distance=[1.0])
    with pytest.raises(ShapeError, match=r"incident_factor has shape \(2,\)"):
        survival(truce_curves(_quiet(), 2), [1.0, 1.0])


def test_curves_that_fall_are_refused() -> None:
    falling = np.zeros((1, 3, 4))
    falling[0, 1, 2] = 0.1
    with pytest.raises(ValueError, match="a weekly step of cumulative must be not negative"):
        TruceCurves(falling)
    with pytest.raises(ShapeError, match=r"must be \(draws, weeks \+ 1, 4\)"):
        TruceCurves(np.zeros((1, 3, 3)))


def test_truces_that_rearm_differently_are_not_worked_out_together() -> None:
    with pytest.raises(ValueError, match="must share how both sides rearm"):
        all_curves([_quiet(), _quiet(spread=[0.1])], 5)


def test_weeks_outside_the_curves_are_refused() -> None:
    curves = truce_curves(_quiet(), 5)
    for weeks in (-1, 6):
        with pytest.raises(ValueError, match="weeks must be between 0 and 5"):
            cause_shares(curves, 1.0, weeks)
    with pytest.raises(ValueError, match="weeks must be at least 1"):
        truce_curves(_quiet(), 0)
    with pytest.raises(ValueError, match="incident_factor must be"):
        survival(curves, -0.5)


def test_nobody_can_reach_into_inputs_and_results() -> None:
    mine = np.array([0.01])
    inputs = _quiet(spread=mine)
    mine[0] = 9.0
    assert inputs.spread[0] == 0.01
    for array in (inputs.spread, truce_curves(inputs, 3).cumulative):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
