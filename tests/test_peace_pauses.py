"""A pause of some days, against what can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from interbellum.model.arrays import ShapeError
from interbellum.model.peace import Pause, TruceGround, TruceInputs
from interbellum.model.provisions import CHANNELS, Channels
from interbellum.model.units import Array
from interbellum.peace.channels import no_provisions
from interbellum.peace.pauses import pause

RATE = np.array([[0.02, 0.04], [0.04, 0.01]])
CEILING = np.array([[0.2, 0.05], [0.05, 0.2]])


def _ground(**changed: Any) -> TruceGround:
    """Nobody ever wants to break; every incident, one in a hundred a week, ends it."""
    fields: dict[str, Any] = {
        "distance": np.zeros((2, 2)),
        "rearm_rate": RATE,
        "rearm_ceiling": CEILING,
        "spread": np.full(2, 0.005),
        "incidents_per_week": np.full(2, 0.01),
        "echo": np.zeros(2),
        "collapse_size": np.ones(2),
        "change_hazard": np.full(2, 0.02),
        "term_weeks": np.full(2, 4.0),
        "renewal": np.full(2, 0.5),
    }
    gains = np.array([0.0, 1.0])
    return TruceGround(
        gains,
        np.zeros((2, 2, 2)),
        np.ones((2, 2)),
        np.zeros((2, 2)),
        TruceInputs(**{**fields, **changed}),
    )


def _pause(days: float, channels: Channels | None = None, **changed: Any) -> Pause:
    def value_after(change: Array) -> Array:
        return np.array([0.5, 0.4]) + np.array([1.0, 2.0]) * change

    return pause(
        days,
        _ground(**changed),
        channels or no_provisions(2),
        value_after,
        cost=np.array([[1.0, 2.0], [1.0, 2.0]]),
        discount=np.full((2, 2), 0.002),
        carrying_cost=np.full((2, 2), 0.25),
        renewal=np.array([0.8, 0.4]),
    )


@pytest.mark.parametrize("days", [30.0, 90.0, 7.0])
def test_a_pause_by_hand(days: float) -> None:
    got, weeks = _pause(days), days / 7
    made = CEILING * (1 - np.exp(-RATE * weeks))
    gain = made[:, 0] - made[:, 1]
    np.testing.assert_allclose(got.position_change, np.stack([gain, -gain], axis=1), rtol=1e-12)
    # Worth 1 a unit of its own position to A, 2 to B.
    np.testing.assert_allclose(got.value_change, np.stack([gain, -2 * gain], axis=1), rtol=1e-12)
    fought = np.array([1.0, 2.0]) * (1 - np.exp(-0.002 * weeks))
    np.testing.assert_allclose(got.carrying, np.tile(0.25 * fought, (2, 1)), rtol=1e-12)
    np.testing.assert_allclose(got.spared, np.tile(0.75 * fought, (2, 1)), rtol=1e-12)
    # .01 incidents and .02 changes a week; the term of the ceasefire is no part of a pause.
    np.testing.assert_allclose(got.holds, np.exp(-0.03 * weeks), rtol=1e-12)
    np.testing.assert_allclose(got.renewed, got.holds * [0.8, 0.4], rtol=1e-15)
    np.testing.assert_array_equal(got.gains_more, np.sign(gain))


def test_limits_on_rearming_scale_what_a_pause_changes() -> None:
    factors = {**dict.fromkeys(CHANNELS, np.ones(2)), "rearmament": np.array([0.5, 0.25])}
    limited, bare = _pause(90, Channels(**factors)), _pause(90)
    want = bare.position_change * np.array([[0.5], [0.25]])
    np.testing.assert_allclose(limited.position_change, want, rtol=1e-12)


def test_sides_that_rearm_alike_gain_nothing_from_each_other() -> None:
    got = _pause(30, rearm_rate=np.full((2, 2), 0.02), rearm_ceiling=np.full((2, 2), 0.1))
    np.testing.assert_array_equal(got.position_change, 0.0)
    np.testing.assert_array_equal(got.gains_more, 0.0)


def test_a_longer_pause_holds_less_often() -> None:
    holds = np.stack([_pause(days).holds for days in (7, 30, 31, 90, 365)])
    assert np.all(np.diff(holds, axis=0) < 0)


def test_a_pause_has_a_length() -> None:
    for days in (0, np.inf, np.nan):
        with pytest.raises(ValueError, match=f"longer than 0 days, and ends; this one {days}"):
            _pause(days)


def test_a_pause_has_an_entry_a_draw() -> None:
    two = np.zeros((3, 2))
    with pytest.raises(ShapeError, match=r"renewed has shape \(2,\), not \(3,\)"):
        Pause(30.0, two, two, two, two, np.zeros(3), np.zeros(2))
