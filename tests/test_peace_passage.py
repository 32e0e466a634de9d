"""Rearmament with a ceiling and noise, against closed forms, its reference and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from interbellum.model.units import Array
from interbellum.peace import passage, reference
from interbellum.peace.passage import first_passage, net_gain, rearmament_passage
from interbellum.peace.truce import expiry_week

# Draws across and beyond the default ranges: rates .01 to .04 a week, ceilings .03 to .2, noise
# .02 to .10 a year, which is .003 to .014 a square-root week.
RATE = np.array([[0.02, 0.03], [0.04, 0.01], [0.015, 0.04], [0.2, 0.05]])
CEILING = np.array([[0.15, 0.05], [0.05, 0.2], [0.1, 0.1], [0.3, 0.1]])
SPREAD = np.array([0.007, 0.004, 0.012, 0.02])
DISTANCE = np.array([[0.08, 0.03], [0.002, 0.1], [0.05, 0.05], [0.1, 0.2]])


def _passage(weeks: int, distance: Array = DISTANCE[..., None]) -> Array:
    return rearmament_passage(weeks, RATE, CEILING, SPREAD, distance)


def test_without_a_ceiling_it_is_the_closed_form_at_every_node() -> None:
    times = passage.grid_of(100, 60).tolist()
    for drift, a in ((0.002, 0.1), (-0.001, 0.02), (0.01, 0.001)):
        # 1-e^{-rt} is rt for a rate of 1e-13.
        own, other = (1e-13, max(drift, 0.0) * 1e13), (1e-13, max(-drift, 0.0) * 1e13)
        got = reference.rearmament_passage(times, own, other, 0.01, a)
        np.testing.assert_allclose(got, first_passage(times, a, drift, 0.01), rtol=0, atol=1e-10)


def test_without_a_ceiling_it_is_the_closed_form_at_every_week() -> None:
    got = rearmament_passage(
        261,
        np.full((1, 2), 1e-13),
        np.array([[2e10, 0.0]]),
        np.array([0.01]),
        np.array([[[0.1, 0.003], [0.1, 0.003]]]),
    )
    for side, drift in enumerate((0.002, -0.002)):
        for place, a in enumerate((0.1, 0.003)):
            want = first_passage(np.arange(262), a, drift, 0.01)
            # Read between the nodes with a cubic: measured 2e-6.
            np.testing.assert_allclose(got[0, side, place], want, rtol=0, atol=1e-5)


def test_it_equals_its_reference_draw_for_draw() -> None:
    # With 16 weeks and 160 times, weeks 1, 4, 9 and 16 are nodes and nothing is interpolated.
    got = rearmament_passage(16, RATE[:3], CEILING[:3], SPREAD[:3], DISTANCE[:3, :, None])
    times = passage.grid_of(16, 160)
    nodes = [40, 80, 120, 160]
    np.testing.assert_allclose(times[nodes], [1, 4, 9, 16])
    for draw in range(3):
        for side in (0, 1):
            own, other = ((float(RATE[draw, s]), float(CEILING[draw, s])) for s in (side, 1 - side))
            want = reference.rearmament_passage(
                times.tolist(), own, other, float(SPREAD[draw]), float(DISTANCE[draw, side])
            )
            np.testing.assert_allclose(
                got[draw, side, 0, [1, 4, 9, 16]], np.array(want)[nodes], rtol=0, atol=1e-12
            )


def test_without_noise_it_is_the_expiry_of_the_design() -> None:
    # Design section 8, row "truce only": 10.986123 at k = .1. A hundred times slower it is week
    # 1098.6, so that whole weeks tell three more digits. p* = .65 is .2 above p = .45.
    assert expiry_week(0.5, 0.45, 0.75, 0.1, 0.2, 0.02) == pytest.approx(10.986123, abs=1e-6)
    for rate, week in ((0.1, 11), (0.001, 1099)):
        got = rearmament_passage(
            1200,
            np.array([[rate, 0.0]]),
            np.array([[0.3, 0.0]]),
            np.zeros(1),
            np.full((1, 2, 1), 0.2),
        )
        assert np.argmax(got[0, 0, 0] == 1.0) == week
        np.testing.assert_array_equal(got[0, 1, 0], 0.0)  # the other side only falls behind
    never = expiry_week(0.5, 0.45, 0.62, 0.1, 0.2, 0.02)
    assert np.isinf(never)


@pytest.mark.parametrize("spread", [0.006, 0.002])
def test_as_noise_fades_the_median_week_goes_to_the_expiry(spread: float) -> None:
    got = rearmament_passage(
        40,
        np.array([[0.1, 0.0]]),
        np.array([[0.3, 0.0]]),
        np.array([spread]),
        np.full((1, 2, 1), 0.2),
    )[0, 0, 0]
    median = float(np.interp(0.5, got, np.arange(41)))
    # A noisy walk is early by some σ²/(2m'²), with m' = .01 a week there: .18 and .02 weeks.
    assert median == pytest.approx(10.986123, abs=0.6 * (spread / 0.006))
    assert median < 10.99


def test_both_together_equal_a_simulation_with_a_bridge_within_each_week() -> None:
    rng = np.random.default_rng(8)
    paths, weeks = 20_000, 60
    mean = net_gain(np.arange(weeks + 1.0), RATE, CEILING)
    want = _passage(weeks)[:, :, 0]
    for draw in range(4):
        for side, toward in enumerate((1.0, -1.0)):
            a, sigma = DISTANCE[draw, side], SPREAD[draw]
            where, over = np.zeros(paths), np.zeros(paths, dtype=bool)
            share = [0.0]
            for step in toward * np.diff(mean[draw]):
                then = where + step + sigma * rng.standard_normal(paths)
                gaps = np.maximum(a - where, 0) * np.maximum(a - then, 0)
                # Within a week the gain is straight to a 5,000th of the stake, so that a Brownian
                # bridge touches a level above both its ends with this chance.
                over |= rng.random(paths) < np.exp(-2 * gaps / sigma**2)
                where = then
                share.append(float(over.mean()))
            # Four standard errors of a share of 20,000.
            assert np.abs(np.array(share) - want[draw, side]).max() < 4 * 0.5 / np.sqrt(paths)


def _by_finite_differences(
    weeks: int, draw: int, own: int, a: float, steps: int = 400, times: int = 400
) -> Array:
    """What has passed at every week, by Crank and Nicolson's scheme for the density of what is left.

    What is left, y, moves by -m'(t)dt + σdW and is absorbed at 0. Cells widen away from 0, and a
    cell's middle is the distance at first; the first four steps are implicit, for the start is a
    point.
    """
    from scipy.linalg import solve_banded

    toward, sigma = (1.0, -1.0)[own], float(SPREAD[draw])
    far, fine = (
        np.arcsinh((a + CEILING[draw].sum() + 8 * sigma * np.sqrt(weeks)) / (a / 20)),
        a / 20,
    )
    place = round(steps * float(np.arcsinh(20.0) / far))
    y = fine * np.sinh(np.arcsinh(20.0) / place * np.arange(steps))
    wide, cell = np.diff(y), (y[2:] - y[:-2]) / 2
    density = np.zeros(steps - 2)
    density[place - 1] = 1 / cell[place - 1]
    at = weeks * np.linspace(0, 1, times + 1) ** 3
    gain = toward * net_gain(at, RATE[draw : draw + 1], CEILING[draw : draw + 1])[0]
    passed = [0.0]
    for n, step in enumerate(np.diff(at)):
        drift = -(gain[n + 1] - gain[n]) / step
        to_right, to_left = drift / 2 + sigma**2 / 2 / wide, drift / 2 - sigma**2 / 2 / wide
        band = np.zeros((3, steps - 2))
        band[1] = (to_left[:-1] - to_right[1:]) / cell
        band[0, 1:] = -to_left[1:-1] / cell[:-1]
        band[2, :-1] = to_right[1:-1] / cell[1:]
        implicit = 1.0 if n < 4 else 0.5
        moved = band[1] * density
        moved[:-1] += band[0, 1:] * density[1:]
        moved[1:] += band[2, :-1] * density[:-1]
        solved = -implicit * step * band
        solved[1] += 1
        density = solve_banded((1, 1), solved, density + (1 - implicit) * step * moved)
        passed.append(1 - float(density @ cell))
    return np.interp(np.arange(weeks + 1), at, passed)


def test_it_equals_finite_differences() -> None:
    """An answer with neither the equation's kernel nor chance in it; the last draw bends sharply."""
    got = _passage(104)[:, :, 0]
    for draw, most in ((0, 1.5e-4), (1, 1.5e-4), (2, 1.5e-4), (3, 1e-3)):
        for side in (0, 1):
            want = _by_finite_differences(104, draw, side, float(DISTANCE[draw, side]))
            assert np.abs(got[draw, side] - want).max() < most, (draw, side)


def test_finer_times_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(times: int) -> Array:
        monkeypatch.setattr(passage, "FEWEST_TIMES", times)
        monkeypatch.setattr(passage, "MOST_TIMES", times)
        return rearmament_passage(261, RATE[:3], CEILING[:3], SPREAD[:3], DISTANCE[:3, :, None])

    finest = at(960)
    errors = [float(np.abs(at(times) - finest).max()) for times in (40, 80, 160, 320)]
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 3e-4
    assert errors[3] < 1e-4


def test_a_sharper_bend_gets_more_times() -> None:
    few = passage._times_needed(261, RATE, CEILING, SPREAD)
    assert few.tolist() == [160, 160, 160, 320]
    assert passage._times_needed(261, RATE, CEILING, SPREAD / 1e3).max() == passage.MOST_TIMES


def test_it_is_a_chance_that_rises_with_time_and_falls_with_distance() -> None:
    steps = np.linspace(0.001, 0.3, 40)
    got = _passage(261, np.broadcast_to(steps, (4, 2, 40)).copy())
    assert np.all((got >= 0) & (got <= 1))
    assert np.all(np.diff(got, axis=-1) >= 0)
    # The grid's own error, where two distances are the same to it.
    assert np.all(np.diff(got, axis=2) <= 1e-9)


def test_swapping_the_sides_mirrors_it_exactly() -> None:
    other = rearmament_passage(80, RATE[:, ::-1], CEILING[:, ::-1], SPREAD, DISTANCE[:, ::-1, None])
    np.testing.assert_array_equal(other[:, ::-1], _passage(80))


def test_a_larger_stake_changes_nothing() -> None:
    scaled = rearmament_passage(80, RATE, 2 * CEILING, 2 * SPREAD, 2 * DISTANCE[..., None])
    np.testing.assert_allclose(scaled, _passage(80), rtol=0, atol=1e-12)


def test_a_distance_already_covered_is_certain_and_an_infinite_one_never_is() -> None:
    got = _passage(5, np.broadcast_to([-0.1, 0.0, np.inf, -np.inf], (4, 2, 4)).copy())
    np.testing.assert_array_equal(got[:, :, [0, 1, 3]], 1.0)
    np.testing.assert_array_equal(got[:, :, 2], 0.0)
    calm = rearmament_passage(
        5, RATE, CEILING, np.zeros(4), np.broadcast_to([0.0, np.inf], (4, 2, 2)).copy()
    )
    np.testing.assert_array_equal(calm[:, :, 0], 1.0)
    np.testing.assert_array_equal(calm[:, :, 1], 0.0)


def test_net_gain_is_what_each_has_made_of_its_ceiling() -> None:
    got = net_gain([0.0, 10.0, 1e6], [[0.1, 0.0]], [[0.3, 0.1]])
    np.testing.assert_allclose(got, [[0.0, 0.3 * (1 - np.exp(-1)), 0.3]])
