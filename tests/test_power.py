"""War over a coming shift of power: Powell's condition, several steps, against a linear program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbellum.errors import UsageError
from interbellum.war.power import peaceful_values

paths = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=7).map(np.array)


def powells_war(p: np.ndarray, d: float, discount: float) -> float:
    """Largest excess of a side's rise over what war destroys; war iff above 0 (design section 8)."""
    return max(
        (
            (1.0 - d) * (discount ** (s - t) * side[s] - side[t]) - d
            for side in (p, 1.0 - p)
            for t in range(len(p))
            for s in range(t + 1, len(p))
        ),
        default=-1.0,
    )


@given(paths, st.floats(0.0, 0.6), st.floats(0.0, 0.98))
def test_war_iff_some_rise_exceeds_what_war_destroys(p, d, discount):
    excess = powells_war(p, d, discount)
    if abs(excess) > 1e-9:
        assert peaceful_values(p, d, discount).war == (excess > 0.0)


@pytest.mark.parametrize(
    ("last", "war"),
    [(0.59, False), (0.62, True)],  # .8 (.9 x .9 p - .25) > .2 from p = .6173 on
)
def test_a_shift_of_several_steps_brings_a_war_that_no_single_step_does(last, war):
    p = np.array([0.25, 0.45, last])
    single = max(powells_war(p[i : i + 2], 0.2, 0.9) for i in (0, 1))
    assert single < 0.0
    assert peaceful_values(p, 0.2, 0.9).war is war


@given(paths, st.floats(0.0, 0.6), st.floats(0.05, 0.95))
def test_values_of_peace_are_what_a_linear_program_finds(p, d, discount):
    from scipy.optimize import linprog

    # Unknown flows x_0..x_{T-1} in [0, 1], and x_T for ever after; values are discounted sums.
    size = len(p)
    whole = 1.0 / (1.0 - discount)
    value = np.zeros((size, size))
    for t in range(size):
        value[t, t:] = discount ** np.arange(size - t)
        value[t, -1] = discount ** (size - 1 - t) * whole
    least, most = (1 - d) * p * whole, whole - (1 - d) * (1 - p) * whole
    told = linprog(
        value[0],
        A_ub=np.vstack([value, -value]),
        b_ub=np.concatenate([most, -least]),
        bounds=[(0.0, 1.0)] * size,
    )
    if abs(powells_war(p, d, discount)) > 1e-6:
        assert told.success == (not peaceful_values(p, d, discount).war)
        if told.success:
            assert told.fun == pytest.approx(peaceful_values(p, d, discount).least[0], abs=1e-6)


@given(paths, st.floats(0.0, 0.6), st.floats(0.0, 0.98))
def test_swapping_the_labels_mirrors_the_values(p, d, discount):
    one, two = peaceful_values(p, d, discount), peaceful_values(1.0 - p, d, discount)
    whole = 1.0 / (1.0 - discount)
    np.testing.assert_allclose(one.least, whole - two.most, atol=1e-9 * whole)


@pytest.mark.parametrize(
    ("p", "d", "discount"),
    [([0.5], 1.0, 0.9), ([0.5], 0.1, 1.0), ([], 0.1, 0.9), ([1.2], 0.1, 0.9), ([[0.5]], 0.1, 0.9)],
)
def test_what_is_out_of_range_is_refused(p, d, discount):
    with pytest.raises(UsageError):
        peaceful_values(np.array(p), d, discount)
