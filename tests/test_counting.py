"""How many packages would both sides bear: brackets and exact counts beside brute force."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbellum.briefing.room import _counted
from interbellum.deals import counting
from interbellum.deals.counting import CELL, count_acceptable, count_packages
from interbellum.deals.frontier import whole_steps
from interbellum.deals.plain import left_over, utility
from interbellum.deals.utility import deal_inputs
from interbellum.errors import UsageError
from interbellum.model.deals import UTILITY_STEP
from interbellum.model.room import PackageCount
from test_deals import brute_force, consenting, knife_free, preferences, spaces, tied_spaces

SLOPE = 0.5


def lines_of(inputs, base_a, base_b):
    levels = int(inputs.space.enforcing.max(initial=0)) * inputs.space.steps() + 1
    return np.full((levels, 2), SLOPE), np.array([[base_a, base_b]] * levels)


def accepted(inputs, base):
    """Packages whose whole-step sums reach what both sides need, one by one."""
    return sum(
        all(
            np.rint(inputs.gain[0, list(flat), side] / UTILITY_STEP).sum()
            >= np.ceil((-base[side] / SLOPE - inputs.base[0, side]) / UTILITY_STEP)
            for side in (0, 1)
        )
        and all(c.gain[0, list(flat)].sum() >= c.walk_away[0] for c in inputs.consents)
        for *_, flat in brute_force(inputs)
    )


@settings(max_examples=80)
@given(spaces(), knife_free, knife_free)
def test_bracket_holds_the_number_of_acceptable_packages(prefs, base_a, base_b):
    inputs = deal_inputs(prefs)
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, base_a, base_b))
    want = accepted(inputs, (base_a, base_b))
    assert got.at_least <= want <= got.at_most
    cell = CELL * UTILITY_STEP
    rounded = replace(inputs, gain=np.floor(inputs.gain / cell + 0.5) * cell)
    assert got.exact
    assert got.acceptable == accepted(rounded, (base_a, base_b))
    assert got.at_most <= got.unforbidden == len(brute_force(inputs))


@settings(max_examples=60)
@given(spaces(), st.integers(0, 10**6))
def test_bracket_holds_where_a_package_is_acceptable_to_the_last_step(prefs, which):
    # No provisions, so that every issue is rounded; both sides need just what one package gives.
    none = tuple(tuple(0 for _ in options) for options in prefs.options)
    inputs = deal_inputs(replace(prefs, enforcing=none, red_lines=()))
    every = brute_force(inputs)
    *_, flat = every[which % len(every)]
    sums = np.rint(inputs.gain[0, list(flat)] / UTILITY_STEP).sum(axis=0)
    base = -SLOPE * (inputs.base[0] + (sums - 0.5) * UTILITY_STEP)
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, *base))
    want = accepted(inputs, base)
    assert want >= 1
    assert got.at_least <= want <= got.at_most


@settings(max_examples=60)
@given(tied_spaces(), knife_free, knife_free)
def test_bracket_holds_with_conditions_of_every_kind(case, base_a, base_b):
    try:
        inputs = deal_inputs(case[0])
    except UsageError:
        return
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, base_a, base_b))
    want = accepted(inputs, (base_a, base_b))
    assert got.at_least <= want <= got.at_most
    assert got.packages == len(brute_force(inputs))


@settings(max_examples=60)
@given(spaces(), knife_free, knife_free, st.booleans(), st.data())
def test_count_is_exact_where_gains_lie_on_the_grid(prefs, base_a, base_b, merged, data):
    inputs = deal_inputs(prefs)
    # Gains in whole cells: then rounding changes nothing and all three counts are the true one.
    inputs = replace(
        inputs, gain=np.round(inputs.gain / (CELL * UTILITY_STEP)) * CELL * UTILITY_STEP
    )
    with pytest.MonkeyPatch.context() as patch:
        if merged:  # as in a space whose last issues are too many to list
            patch.setattr(counting, "MOST_LISTED", 3)
            patch.setattr(counting, "MOST_JOINT", data.draw(st.integers(1, 40)))
        got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, base_a, base_b))
    want = accepted(inputs, (base_a, base_b))
    assert (got.at_least, got.acceptable, got.at_most) == (want, want, want)


@settings(max_examples=40)
@given(spaces(), knife_free, knife_free, st.integers(0, 20), st.integers(0, 2**16))
def test_bracket_holds_with_a_consent_that_is_asked(prefs, base_a, base_b, least, seed):
    rng = np.random.default_rng(seed)
    actor = consenting(
        [1] * len(prefs.issues),
        [rng.random(len(options)) for options in prefs.options],
        [True] + [bool(rng.integers(2)) for _ in prefs.issues[1:]],
        least / 20 + 0.0123,
    )
    inputs = deal_inputs(replace(prefs, others=(actor,)))
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, base_a, base_b))
    assert got.at_least <= accepted(inputs, (base_a, base_b)) <= got.at_most


def test_counts_beyond_64_bits_are_exact():
    # 40 issues of four options, every package acceptable: 4^40 = 2^80 of them.
    issues = 40
    prefs = preferences(
        [1] * issues, [1] * issues, [[1, 0.6, 0.3, 0]] * issues, [[0, 0.3, 0.6, 1]] * issues
    )
    inputs = deal_inputs(prefs)
    every = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, 1.0, 1.0))
    assert every.acceptable == every.at_least == every.at_most == every.packages == 4**40
    none = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, -1.0, -1.0))
    assert none.at_most == 0


def test_packages_are_counted_without_listing_them():
    prefs = preferences([1] * 3, [1] * 3, [[1, 0]] * 3, [[0, 1]] * 3, requires=((0, 0, 2, 1),))
    inputs = deal_inputs(prefs)
    assert count_packages(inputs, np.ones(6, bool)) == 6  # 8 less the two with o0 and not o1
    assert count_packages(inputs, np.array([True, False, True, True, True, True])) == 2


def test_counts_beyond_32_bits_in_every_part_multiply_exactly():
    # Three parts of 2^40 - 1 ways each, all with the same sums: 2^40 ways took a wrong carry before.
    ways = 2**40 - 1
    part = np.zeros((1, 2), np.int64), np.array([ways])
    high, low = counting._grid([part, part, part], counting._Work())
    assert (int(high[0, 0]) << 64) + int(low[0, 0]) == ways**3


def chained(issues, seed=0):
    """Issues of three options, each excluding one option of the next: a single tied group."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0.2, 0.8, (2, issues))
    return deal_inputs(
        preferences(
            rng.uniform(1, 5, issues),
            rng.uniform(1, 5, issues),
            [[1, m, 0] for m in middle[0]],
            [[0, m, 1] for m in middle[1]],
            excludes=tuple((k, 2, k + 1, 0) for k in range(issues - 1)),
        )
    )


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 6),
    st.integers(0, 2**16),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([1, counting.MOST_DENSE]),
    knife_free,
    knife_free,
)
def test_bracket_holds_where_a_tied_chain_is_merged(
    issues, seed, listed, tied, dense, base_a, base_b
):
    inputs = chained(issues, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "MOST_LISTED", listed)
        patch.setattr(counting, "MOST_TIED", tied)
        patch.setattr(counting, "MOST_DENSE", dense)
        got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, base_a, base_b))
    assert got.status == "proved"
    assert got.at_least <= accepted(inputs, (base_a, base_b)) <= got.at_most
    cell = CELL * UTILITY_STEP
    rounded = replace(inputs, gain=np.floor(inputs.gain / cell + 0.5) * cell)
    assert got.acceptable == accepted(rounded, (base_a, base_b))


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("MOST_ROWS", 50),
        ("MOST_WORK", 5_000),
        ("MOST_CELLS", 100),
        ("MOST_WAYS", 50),
        ("MOST_PACKAGES", 50),
    ],
)
def test_beyond_a_limit_the_count_is_unknown(monkeypatch, limit, value):
    inputs = chained(6)
    lines = lines_of(inputs, -0.2, -0.2)
    known = count_acceptable(inputs, 0, inputs.allowed[0], *lines)
    assert known.status == "proved"
    monkeypatch.setattr(counting, limit, value)
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines)
    assert (got.status, got.acceptable, got.exact) == ("unknown", None, False)
    assert (got.at_least, got.at_most) == (0, known.unforbidden)
    assert (got.packages, got.unforbidden) == (known.packages, known.unforbidden)


def test_long_tied_chain_is_counted_within_its_limit():
    # 14 issues of three options in one group: too many ways to list, so that sums are merged.
    inputs = chained(14)
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, -0.1, -0.1))
    assert got.status == "proved"
    assert 0 < got.at_least < got.at_most < got.unforbidden
    assert got.exact


@settings(max_examples=200)
@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=1), st.booleans(), st.booleans())
def test_equal_rows_are_merged_by_every_way_of_merging(rows, dense, far):
    cells = np.array(rows, np.int64) * (
        2**40 if far else 1
    )  # far apart: no product of extents fits
    ways = np.arange(1, len(rows) + 1)
    with pytest.MonkeyPatch.context() as patch:
        if not dense:
            patch.setattr(counting, "MOST_DENSE", 0)
        got, times = counting._alike(cells, ways)
    unique, place = np.unique(cells, axis=0, return_inverse=True)
    want = np.zeros(len(unique), np.int64)
    np.add.at(want, place.ravel(), ways)
    assert got.tolist() == unique.tolist()
    assert times.tolist() == want.tolist()


def test_count_and_verdict_agree_at_the_edge():
    # Each package in turn is all that A needs, up to the last bits of a float.
    rng = np.random.default_rng(5)
    inputs = chained(3)
    steps = whole_steps(inputs, 0)
    every = [flat for *_, flat in brute_force(inputs)]
    slope, base = lines_of(inputs, 0.0, 10.0)
    for _ in range(400):
        slope[:, 0] = rng.uniform(0.1, 1.0)
        base[:, 0] = -slope[:, 0] * utility(inputs, 0, every[int(rng.integers(len(every)))], 0)
        base[:, 0] = np.nextafter(base[:, 0], rng.choice([-1.0, 0.0]))
        need = counting._needed(inputs, 0, slope, base)[0]
        for flat in every:
            enough = (steps[:, list(flat)].sum(axis=1) >= need).all()
            assert enough == (min(left_over(inputs, 0, flat, slope, base)) >= 0.0)


def test_hopeless_demand_is_proved_hopeless():
    # Far beyond what packages reach: sums rounded up must not reach it either.
    inputs = chained(4)
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines_of(inputs, -5.0, -5.0))
    assert (got.at_least, got.acceptable, got.at_most) == (0, 0, 0)


def test_unknown_count_is_said_plainly():
    count = PackageCount(100, 90, None, False, 0, 90, 5e-4, "unknown")
    told = _counted(SimpleNamespace(issues=3, count=count), None)
    assert "How many of these are acceptable to both is not known" in told
    assert "limit on work" in told
    assert "proved" not in told
    known = _counted(
        SimpleNamespace(issues=3, count=replace(count, acceptable=5, status="proved")), None
    )
    assert "unknown" not in known


def test_where_consents_are_too_many_to_count_the_leads_alone_bound_the_number(monkeypatch):
    actor = consenting([1] * 3, [[1, 0.5, 0]] * 3, [True] * 3, 0.4)
    prefs = preferences([3, 2, 1], [1, 2, 3], [[1, 0.5, 0]] * 3, [[0, 0.5, 1]] * 3, others=(actor,))
    inputs = deal_inputs(prefs)
    lines = lines_of(inputs, -0.2, -0.2)
    leads = count_acceptable(replace(inputs, consents=()), 0, inputs.allowed[0], *lines)
    assert 0 < leads.at_most < leads.unforbidden
    counted = counting._count

    def out_of_work(given, *rest):
        if given.consents:
            raise counting._OutOfWork
        return counted(given, *rest)

    monkeypatch.setattr(counting, "_count", out_of_work)
    got = count_acceptable(inputs, 0, inputs.allowed[0], *lines)
    assert (got.status, got.at_least, got.at_most) == ("unknown", 0, leads.at_most)
