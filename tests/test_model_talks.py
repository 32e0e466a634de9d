"""Frontiers of all draws, read as one array and held as many."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interbellum.model.talks import Joined

parts = st.lists(
    st.lists(st.floats(0.0, 1.0), max_size=4).map(lambda numbers: np.array(numbers, float)),
    min_size=1,
    max_size=5,
)


@given(parts, st.data())
def test_joined_arrays_read_as_one(given_, data):
    whole, joined = np.concatenate(given_), Joined(given_)
    assert len(joined) == len(whole)
    np.testing.assert_array_equal(np.asarray(joined), whole)
    first = data.draw(st.integers(0, len(whole)))
    last = data.draw(st.integers(first, len(whole)))
    np.testing.assert_array_equal(joined[first:last], whole[first:last])
    for at, number in enumerate(whole):
        assert joined[at] == number


def test_a_slice_within_one_array_is_not_copied():
    one, other = np.array([0.1, 0.2]), np.array([0.3, 0.4, 0.5])
    joined = Joined([one, other])
    assert np.shares_memory(joined[2:5], other)
    assert not np.shares_memory(joined[1:3], one)
