"""Our Sobol' points are scipy's: an independent implementation, to the last bit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import qmc

from interbellum.model.sobol import DIRECTIONS, scrambled_sobol, sobol


@pytest.mark.parametrize("count", [1, 2, 3, 8, 100, 1024])
@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_points_are_scipys(count: int, seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a number that is no power of two
        sampler = qmc.Sobol(64, scramble=True, rng=np.random.default_rng(seed))
        want = sampler.random(count)
    np.testing.assert_array_equal(scrambled_sobol(count, 64, np.random.default_rng(seed)), want)


def test_plain_points_are_scipys() -> None:
    np.testing.assert_array_equal(sobol(512, 64), qmc.Sobol(64, scramble=False).random(512))


def test_every_coordinate_of_a_power_of_two_is_stratified() -> None:
    points = scrambled_sobol(256, 64, np.random.default_rng(3))
    assert len(DIRECTIONS) == 63
    for column in points.T:
        assert sorted((column * 256).astype(int)) == list(range(256))
