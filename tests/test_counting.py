"""How many packages would both sides bear: brackets and exact counts beside brute force."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbellum.deals import counting
from interbellum.deals.counting import CELL, count_acceptable, count_packages
from interbellum.deals.utility import deal_inputs
from interbellum.errors import UsageError
from interbellum.model.deals import UTILITY_STEP
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
    high, low = counting._grid([part, part, part])
    assert (int(high[0, 0]) << 64) + int(low[0, 0]) == ways**3
