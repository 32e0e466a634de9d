"""Fair shares of what blocks, and turning points: exact on games and lines worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbellum.errors import UsageError
from interbellum.levers.shapley import shapley_shares
from interbellum.levers.thresholds import turning_point

worths = st.lists(st.floats(-1.0, 1.0), min_size=8, max_size=8).map(np.array)


def test_the_glove_game_gives_two_thirds_to_the_scarce_side() -> None:
    # Shapley (1953), the textbook case: two hold a left glove, one a right; a pair is worth 1.
    worth = np.array([float(bool(s & 4) and bool(s & 3)) for s in range(8)])
    np.testing.assert_allclose(shapley_shares(worth), [1 / 6, 1 / 6, 2 / 3])


@given(worths)
def test_shares_sum_to_what_all_add(worth: np.ndarray) -> None:
    assert shapley_shares(worth).sum() == pytest.approx(worth[7] - worth[0], abs=1e-12)


@given(worths, worths)
def test_shares_add_over_games_and_a_part_that_does_nothing_gets_nothing(
    one: np.ndarray, two: np.ndarray
) -> None:
    both = np.stack([one, two], axis=1)
    np.testing.assert_allclose(
        shapley_shares(both).sum(axis=1), shapley_shares(one + two), atol=1e-12
    )
    idle = np.concatenate([one, one])  # a fourth part that changes nothing
    assert shapley_shares(idle)[3] == pytest.approx(0.0, abs=1e-12)


@given(worths)
def test_parts_that_change_places_change_shares(worth: np.ndarray) -> None:
    swapped = worth[[(s & 4) | (s & 1) << 1 | (s & 2) >> 1 for s in range(8)]]
    np.testing.assert_allclose(
        shapley_shares(swapped), shapley_shares(worth)[[1, 0, 2]], atol=1e-12
    )


@pytest.mark.parametrize("size", [0, 1, 3, 6])
def test_sets_that_are_not_all_there_are_refused(size: int) -> None:
    with pytest.raises(UsageError):
        shapley_shares(np.zeros(size))


def test_turning_points_are_found_and_their_absence_told() -> None:
    at = np.array([0.3, 0.85, -1.0, 2.0])
    found = turning_point(lambda x: x <= at, np.zeros(4), np.ones(4))
    np.testing.assert_allclose(found[:2], at[:2], atol=4e-6)
    assert found[2:].tolist() == [-np.inf, np.inf]
