"""Regimes that go on moving while the silence lasts, against closed forms and simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import ArrayLike

from interbellum.model.units import Array
from interbellum.model.war import RegimeInputs
from interbellum.peace.changes import change_hazard, regime_wear


def _regimes(
    switch: ArrayLike,
    breaks: ArrayLike,
    now: Sequence[int] = (0,),
    scheduled: Sequence[tuple[int, int, int, int]] = (),
) -> RegimeInputs:
    """(D, R, S, S) moves a week and (D, R) chances that one breaks a truce; the rest is idle."""
    moves = np.asarray(switch, dtype=float)
    draws, count, states = moves.shape[:3]
    shape = (draws, count, states)
    return RegimeInputs(
        ids=tuple(map(str, range(count))),
        states=(tuple(map(str, range(states))),) * count,
        now=np.array(now, np.int64),
        chance=np.full(shape, np.nan),
        talks_factor=np.ones(shape),
        reluctance_factor=np.ones((*shape, 2)),
        cost_factor=np.ones((*shape, 2)),
        deal_set=np.zeros((count, states), np.int64),
        set_now=0,
        switch=moves,
        scheduled=np.array(scheduled, np.int64).reshape(-1, 4),
        past=np.zeros((count, 1), np.int64),
        breaks=np.asarray(breaks, dtype=float),
    )


def _holds(regimes: RegimeInputs, weeks: int) -> Array:
    return np.exp(-regime_wear(regimes, weeks))


def test_a_regime_that_moves_once_can_break_the_truce_once() -> None:
    q, b = 0.05, 0.4
    got = _holds(_regimes([[[[0, q], [0, 0]]]], [[b]]), 200)[0]
    still = (1 - q) ** np.arange(201)
    np.testing.assert_allclose(got, still + (1 - b) * (1 - still), rtol=1e-12)
    # Today's rate for ever, as 0009 had it, would leave nothing of the truce.
    assert got[-1] > 0.59
    assert (1 - q * b) ** 200 < 0.02


def test_a_regime_that_leaves_every_state_as_fast_is_a_constant_hazard() -> None:
    q, b = np.array([0.05, 0.2]), np.array([0.4, 1.0])
    switch = np.zeros((2, 1, 2, 2))
    switch[:, 0, 0, 1] = switch[:, 0, 1, 0] = q
    got = regime_wear(_regimes(switch, b[:, None]), 50)
    np.testing.assert_allclose(got, change_hazard(q, b)[:, None] * np.arange(51), rtol=1e-9)


def test_a_scheduled_move_takes_the_place_of_chance_in_its_week() -> None:
    moves = [[[[0, 0.1], [0, 0]]]]
    got = _holds(_regimes(moves, [[0.5]], scheduled=[(3, 0, 0, 1), (3, 0, 0, 0)]), 6)[0]
    # Two weeks by chance; in the third whoever is still there goes, by the first row of the two.
    by_chance = 0.9**2 + 0.5 * (1 - 0.9**2)
    after = 0.5 * 0.9**2 + 0.5 * (1 - 0.9**2)
    np.testing.assert_allclose(got, [1, 0.95, by_chance, after, after, after, after], rtol=1e-12)


def test_a_scheduled_move_out_of_another_state_moves_nobody() -> None:
    idle = np.zeros((1, 1, 2, 2))
    got = _holds(_regimes(idle, [[1.0]], now=[1], scheduled=[(2, 0, 0, 1)]), 4)
    np.testing.assert_array_equal(got, np.ones((1, 5)))


def test_regimes_move_independently() -> None:
    rng = np.random.default_rng(1)
    switch = rng.uniform(0, 0.1, (3, 2, 3, 3))
    breaks = rng.uniform(0, 1, (3, 2))
    plans = [(2, 0, 1, 2), (4, 1, 0, 1)]
    both = _holds(_regimes(switch, breaks, (1, 0), plans), 30)
    first = _holds(_regimes(switch[:, :1], breaks[:, :1], (1,), [(2, 0, 1, 2)]), 30)
    second = _holds(_regimes(switch[:, 1:], breaks[:, 1:], (0,), [(4, 0, 0, 1)]), 30)
    np.testing.assert_allclose(both, first * second, rtol=1e-12)


def test_three_states_equal_a_simulation_week_by_week() -> None:
    rng = np.random.default_rng(2)
    switch = np.array([[0, 0.08, 0.02], [0.05, 0, 0.1], [0, 0.01, 0]])
    paths, weeks, b = 20_000, 60, 0.3
    state, holds = np.zeros(paths, int), np.ones(paths, bool)
    share = [1.0]
    for week in range(1, weeks + 1):
        reached = np.cumsum(switch[state], axis=1)
        lots = rng.random(paths)[:, None]
        to = np.where(lots[:, 0] < reached[:, -1], np.argmax(lots < reached, axis=1), state)
        to = np.where((week == 20) & (state == 2), 0, to)
        holds &= ~((to != state) & (rng.random(paths) < b))
        state = to
        share.append(float(holds.mean()))
    got = _holds(_regimes(switch[None, None], [[b]], scheduled=[(20, 0, 2, 0)]), weeks)[0]
    # Four standard errors of a share of 20,000.
    assert np.abs(np.array(share) - got).max() < 4 * 0.5 / np.sqrt(paths)


def test_a_move_that_is_certain_to_break_leaves_a_finite_hazard() -> None:
    got = regime_wear(_regimes([[[[0, 1.0], [0, 0]]]], [[1.0]]), 3)
    assert np.isfinite(got).all()
    assert (np.diff(got) >= 0).all()
    assert got[0, 1] > 27


def test_weeks_are_at_least_one() -> None:
    with pytest.raises(ValueError, match="weeks must be at least 1; it is 0"):
        regime_wear(_regimes(np.zeros((1, 1, 2, 2)), [[0.0]]), 0)
