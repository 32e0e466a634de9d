"""How the war would go on: the race alone, readable and compiled, and the fans that are told of it."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from factories import example_dossier
from factories_engine import engine, two_states
from interbellum import analysis, course, summary
from interbellum.api import Briefing, brief
from interbellum.dossier.compile import compile_dossier
from interbellum.dossier.mirror import swap_labels
from interbellum.dossier.reader import Loaded, load
from interbellum.errors import UsageError
from interbellum.model.course import Course, Fan
from interbellum.standing import war_standing
from interbellum.talks import course as compiled_course
from interbellum.talks.course import ANALYST, BELIEF_A, FRONT, RACE
from interbellum.talks.streams import COURSE, COURSE_MOVE, normal_quantile, uniforms
from interbellum.war import course as reference
from interbellum.war.reference import chance_from_slope, elicit

WITH_FRONT, WITHOUT = "ukraine-2025-05", "eritrea-ethiopia-1999"
WEEKS = 261


def race(loaded: Loaded, draws: int = 12) -> Any:
    """A laid table with the race alone in it: no deals, no talks."""
    made = compile_dossier(loaded.dossier, draws, 1)
    war, standing = made.war, war_standing(made)
    inputs = engine(
        orientation=war.orientation,
        position=war.position,
        drift=standing.drift,
        variance=standing.variance,
        momentum=war.momentum,
        prior=standing.prior,
        stubbornness=war.stubbornness,
        signals=standing.signals,
        signal_weeks=standing.signal_weeks,
        regime_now=war.regimes.now,
        regime_effect=standing.effect,
        regime_switch=war.regimes.switch,
        scheduled=war.regimes.scheduled,
    )._replace(orientation=war.orientation)
    weight = np.linspace(1.0, 3.0, draws)
    return SimpleNamespace(
        loaded=loaded,
        compiled=made,
        standing=standing,
        engine=inputs,
        record=analysis.record_inputs(made, standing),
        weight=weight / weight.sum(),
        weeks=WEEKS,
    )


@cache
def table(name: str, swapped: bool = False) -> Any:
    loaded = load(name)
    return race(swap_labels(loaded) if swapped else loaded)


@cache
def told(name: str, swapped: bool = False) -> Course:
    laid = table(name, swapped)
    return course.course(laid, 1, 2)


def lots(seed: int, draw: int, path: int, weeks: int) -> reference.Lots:
    """The numbers of a path, one block a week, as the streams are documented."""
    key = np.uint64(seed)
    drawn = np.array([uniforms(key, draw, path, week, COURSE) for week in range(weeks + 1)])
    moves = [uniforms(key, draw, path, week, COURSE_MOVE) for week in range(weeks + 1)]
    battle = np.array([normal_quantile(u) for u in drawn[:, 0]])
    return reference.Lots(battle, drawn[:, 1:3], np.array(moves))


def still(weeks: int, battle: float = 0.0) -> reference.Lots:
    """Lots with the same battle every week, no touch by luck, and no move by chance."""
    return reference.Lots(
        np.full(weeks + 1, battle), np.full((weeks + 1, 2), 1.0 - 1e-12), np.ones((weeks + 1, 4))
    )


def bare(**changes: Any) -> Any:
    """The war of `factories_engine`, with a race that moves."""
    return engine(
        **{"drift": 0.002, "variance": 1e-4, "stubbornness": np.full((1, 2), 50.0), **changes}
    )


# --- the reference ---------------------------------------------------------------------------------


def test_the_front_follows_its_momentum_and_the_race_forgets_it() -> None:
    # x' = x + m', m' = φm + (1-φ)θ from m0: Σ m' = θt + (m0-θ)φ(1-φ^t)/(1-φ); y = y0 + θt.
    walk = reference.follow(bare(momentum=0.7), np.array([0.01]), 0, still(20))
    weeks = np.arange(21)
    np.testing.assert_allclose(walk.race, 0.5 + 0.002 * weeks, rtol=0, atol=1e-12)
    extra = 0.008 * 0.7 * (1.0 - 0.7**weeks) / 0.3
    np.testing.assert_allclose(walk.front, 0.002 * weeks + extra, rtol=0, atol=1e-12)


def test_a_belief_is_the_normal_normal_update_on_the_movement_seen() -> None:
    given_ = bare(
        momentum=0.6,
        prior=np.array([[0.004, -0.001]]),
        signals=np.array([[0.03, 0.01]]),
        signal_weeks=np.array([[10.0, 4.0]]),
    )
    walk = reference.follow(given_, np.array([0.0]), 0, still(30, 0.5))
    for week in (0, 1, 30):
        moved = walk.race[week] - 0.5
        for side, (prior, had, seen) in enumerate(((0.004, 0.03, 10.0), (-0.001, 0.01, 4.0))):
            own = (50.0 * prior + had + moved) / (50.0 + seen + week)
            at = walk.race[week] + 0.6 * (0.002 - own) / 0.4
            want = chance_from_slope(np.array(2.0 * own / 1e-4), np.array(at))
            assert walk.believed[week, side] == pytest.approx(float(want), rel=1e-12)
        slope = np.array(2.0 * 0.002 / 1e-4)
        want = chance_from_slope(slope, np.array(walk.race[week]))
        assert walk.believed[week, 2] == pytest.approx(float(want), rel=1e-12)


def test_a_regime_moves_the_race_and_not_the_front_and_teaches_nothing() -> None:
    effect = np.zeros((1, 1, 6))
    effect[0, 0, 1] = -0.005
    moves = {"scheduled": np.array([[5, 0, 0, 1]]), "regime_effect": effect}
    given_ = bare(momentum=0.5, **two_states(**moves))
    walk = reference.follow(given_, np.array([0.002]), 0, still(9))
    plain = reference.follow(bare(momentum=0.5), np.array([0.002]), 0, still(9))
    # In week 5 the drift falls to -.003: y is read anew by φ/(1-φ) of the fall, then moves.
    assert walk.race[5] - walk.race[4] == pytest.approx(0.005 - 0.003)
    assert walk.front[5] - walk.front[4] == pytest.approx(0.5 * 0.002 - 0.5 * 0.003)
    # Less what the regime adds, the sides saw what they would have seen without it.
    own = np.array([(50.0 * 0.0 + 0.002 * week) / (50.0 + week) for week in range(10)])
    at = walk.race[9] + (0.002 - own[9])
    slope = np.array(2.0 * (own[9] - 0.005) / 1e-4)
    assert walk.believed[9, 0] == pytest.approx(float(chance_from_slope(slope, np.array(at))))
    assert plain.believed[4, 0] == pytest.approx(walk.believed[4, 0])


def test_a_regime_moves_by_chance_where_its_lot_says_so() -> None:
    switch = np.zeros((1, 1, 6, 6))
    switch[0, 0, 0, 1] = 0.25
    effect = np.zeros((1, 1, 6))
    effect[0, 0, 1] = 0.001
    given_ = bare(**two_states(regime_switch=switch, regime_effect=effect))
    drawn = still(4)
    drawn.moves[3, 0] = 0.2499
    walk = reference.follow(given_, np.array([0.0]), 0, drawn)
    np.testing.assert_allclose(np.diff(walk.race), [0.002, 0.002, 0.003, 0.003])


@pytest.mark.parametrize("orientation", [1, -1])
def test_a_race_that_is_decided_stays_decided_and_is_known_to_be(orientation: int) -> None:
    given_ = bare(position=0.9)._replace(orientation=orientation)
    walk = reference.follow(given_, np.array([0.0]), 0, still(40, 3.0 * orientation))
    decided = int(np.argmax(walk.race == 1.0))
    assert 0 < decided < 10
    assert (walk.race[decided:] == 1.0).all()
    assert (walk.believed[decided:] == 1.0).all()
    assert (walk.front[decided:] == walk.front[decided]).all()
    assert walk.front[decided] > walk.front[decided - 1]


@given(st.floats(-4000.0, 4000.0), st.floats(1e-9, 1.0 - 1e-9))
def test_the_chance_to_prevail_is_that_of_the_closed_form(slope: float, position: float) -> None:
    for chance in (reference.chance_to_prevail, compiled_course.chance_to_prevail):
        got = chance(slope, position)
        assert 0.0 <= got <= 1.0
        if abs(slope) < 400.0:  # beyond, `chance_from_slope` overflows
            want = float(chance_from_slope(np.array(slope), np.array(position)))
            assert got == pytest.approx(want, rel=1e-9, abs=1e-12)


# --- the compiled one ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [WITH_FRONT, WITHOUT, "ukraine-2026-10"])
@pytest.mark.parametrize("seed", [1, 2**64 - 1])
def test_the_compiled_course_is_the_reference_path_for_path(name: str, seed: int) -> None:
    laid = table(name)
    pace, stops = course.pace(laid), (0, 1, 3, 51, 52, 53, 104, 105, 200)
    got = compiled_course.follow(laid.engine, pace, seed, 4, stops, 2)
    for draw in (0, 5, 11):
        for path in (0, 3):
            walk = reference.follow(laid.engine, pace, draw, lots(seed, draw, path, stops[-1]))
            at = list(stops)
            want = np.vstack([walk.race, walk.front, walk.believed.T])[:, at]
            np.testing.assert_allclose(got[:, :, draw, path], want, rtol=0, atol=1e-11)
            decided = np.isin(got[RACE, :, draw, path], (0.0, 1.0))
            np.testing.assert_array_equal(decided, np.isin(walk.race[at], (0.0, 1.0)))


def test_paths_enough_of_both_kinds_are_compared() -> None:
    """The test above would say little if no path were decided, or all at once."""
    laid = table(WITH_FRONT)
    got = compiled_course.follow(laid.engine, course.pace(laid), 1, 4, (0, 52, 200))
    decided = np.isin(got[RACE], (0.0, 1.0)).mean(axis=(1, 2))
    assert decided[0] == 0.0
    assert 0.0 < decided[1] < decided[2] < 1.0


def test_threads_change_no_byte() -> None:
    laid = race(load(WITHOUT), 40)
    one, two = (
        compiled_course.follow(laid.engine, course.pace(laid), 3, 5, (0, 60, 261), threads)
        for threads in (1, 2)
    )
    assert one.tobytes() == two.tobytes()


def test_without_regimes_the_race_is_a_random_walk() -> None:
    # y after t weeks is normal with mean y0 + θt and variance σ²t while no end is near: 26 weeks of
    # .01 a week are .051 about .5 + .026. Kolmogorov-Smirnov at .1%: 1.95/√n.
    paths = 20_000
    given_ = bare(drift=0.001)
    got = compiled_course.follow(given_, np.array([0.001]), 5, paths, (0, 13, 26))[RACE, :, 0]
    assert not np.isin(got, (0.0, 1.0)).any()
    for weeks, place in ((13, 1), (26, 2)):
        z = np.sort((got[place] - 0.5 - 0.001 * weeks) / (0.01 * math.sqrt(weeks)))
        ranks = np.arange(1, paths + 1) / paths
        assert np.abs(ndtr(z) - ranks).max() < 1.95 / math.sqrt(paths)
    moved = np.diff(got, axis=0)  # steps that do not overlap are independent
    assert abs(np.corrcoef(got[1] - 0.5, moved[1])[0, 1]) < 4.0 / math.sqrt(paths)


@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_in_the_end_a_prevails_as_often_as_was_elicited(momentum: float) -> None:
    # Design section 3: y=.5, p=.65, T=48 returns p; weeks here. Standard error .0034 of 20,000.
    drift, variance = elicit(np.array([0.5]), np.array([0.65]), np.array([48.0]))
    given_ = bare(drift=drift, variance=variance, momentum=momentum)
    stops = (0, 48, 2000)
    got = compiled_course.follow(given_, drift, 9, 20_000, stops)
    last = got[RACE, -1, 0]
    assert np.isin(last, (0.0, 1.0)).all()
    assert last.mean() == pytest.approx(0.65, abs=0.012)
    known = got[RACE, 1, 0] * (1.0 - got[RACE, 1, 0]) == 0.0
    assert 0.2 < known.mean() < 0.95
    np.testing.assert_array_equal(last[known], got[RACE, 1, 0][known])
    for viewer in range(BELIEF_A, ANALYST + 1):
        np.testing.assert_array_equal(got[viewer, -1, 0], last)
    # The analyst's chance is a martingale: its mean stays what was elicited.
    assert got[ANALYST, 1, 0].mean() == pytest.approx(0.65, abs=0.012)


# --- quantiles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["smooth", "ties", "atoms", "wild", "even", "one"])
def test_quantiles_are_those_of_a_sort(kind: str) -> None:
    rng = np.random.default_rng(4)
    made = {
        "smooth": lambda: rng.random((40, 16)),
        "ties": lambda: np.round(rng.random((40, 16)), 1),
        "atoms": lambda: np.clip(rng.normal(0.5, 0.8, (40, 16)), 0.0, 1.0),
        "wild": lambda: rng.standard_cauchy((40, 16)) ** 3,
        "even": lambda: np.arange(640.0).reshape(40, 16),
        "one": lambda: np.full((40, 16), 0.3),
    }[kind]
    for _ in range(10):
        values = np.stack([made() for _ in range(3)])
        weight = (
            np.full(40, 1 / 40) if kind == "even" else rng.random(40) ** 4 * (rng.random(40) > 0.3)
        )
        weight /= weight.sum()
        each = np.repeat(weight / 16, 16)
        want = summary.quantiles(values.reshape(3, -1), each, course.AT)
        np.testing.assert_array_equal(course.quantiles(values, weight), want)


# --- what is told ----------------------------------------------------------------------------------


def fans(made: Course) -> dict[str, Fan]:
    named = {"race": made.race, "A": made.beliefs[0], "B": made.beliefs[1], "analyst": made.analyst}
    return named if made.front is None else {**named, "front": made.front}


@pytest.mark.parametrize("name", [WITH_FRONT, WITHOUT])
def test_fans_are_in_order_and_run_from_today_to_the_last_horizon(name: str) -> None:
    for fan in fans(told(name)).values():
        days = [point.days for point in fan]
        assert days == sorted(set(days))
        ahead = [day for day in days if day >= 0]
        assert ahead == [*range(0, 364, 28), *range(364, WEEKS * 7, 56), WEEKS * 7]
        assert all(p.lo80 <= p.lo50 <= p.p <= p.hi50 <= p.hi80 for p in fan)
        assert fan[-1].date == summary.by_date(load(name), fan[-1].days)


@pytest.mark.parametrize("name", [WITH_FRONT, WITHOUT])
def test_today_the_fans_are_what_the_sides_are_said_to_believe(name: str) -> None:
    laid, made = table(name), told(name)
    standing, weight = laid.standing, laid.weight
    seen = chance_from_slope(
        2.0 * standing.believed / standing.variance[:, None], standing.position
    )
    for values, fan in (
        (laid.compiled.war.position, made.race),
        (seen[:, 0], made.beliefs[0]),
        (seen[:, 1], made.beliefs[1]),
        (laid.compiled.war.chance[:, 0], made.analyst),
    ):
        today = next(point for point in fan if point.days == 0)
        want = summary.median(values, weight)
        got = (today.p, today.lo50, today.hi50, today.lo80, today.hi80)
        assert got == pytest.approx(dataclasses.astuple(want), rel=1e-5)


def test_the_past_of_the_race_is_what_the_hindcast_takes_it_to_have_been() -> None:
    laid = table(WITH_FRONT)
    record = laid.record
    weeks = len(record.seen) - 1
    past = [point for point in told(WITH_FRONT).race if point.days < 0]
    assert len(past) > 100
    for point in past:
        week = weeks + point.days // 7
        want = summary.quantile(record.position[:, week], laid.weight, (0.1, 0.5, 0.9))
        assert (point.lo80, point.p, point.hi80) == tuple(want)
    seen = np.flatnonzero(record.seen)
    assert past[0].days == (max(0, int(seen[0]) - 1) - weeks) * 7
    assert past[-1].days == (int(seen[-1]) - weeks) * 7 == -14


def test_without_a_record_of_the_front_there_is_no_past() -> None:
    made = told(WITHOUT)
    assert made.front is made.unit is made.front_from is None
    assert made.race[0].days == 0


def test_the_past_of_the_front_is_its_record_in_its_own_unit() -> None:
    made, front = told(WITH_FRONT), load(WITH_FRONT).dossier.war.front
    assert front is not None
    assert made.front is not None
    assert made.unit == front.unit
    assert made.front_from == made.front[0].date == f"{front.series[0].month}-01"
    past = [point for point in made.front if point.days < 0]
    sums = np.concatenate([[0.0], np.cumsum([entry.change for entry in front.series])])
    np.testing.assert_allclose([point.p for point in past], sums[: len(past)])
    assert {point.lo80 == point.p == point.hi80 for point in past} == {True}
    today = next(point for point in made.front if point.days == 0)
    assert today.lo80 == today.hi80 == pytest.approx(sums[-1])


def test_the_front_ahead_is_its_movement_over_what_a_unit_is_worth() -> None:
    laid, made = table(WITH_FRONT), told(WITH_FRONT)
    paths = compiled_course.follow(laid.engine, course.pace(laid), 1, course.MOST, (0, 52))
    total = sum(entry.change for entry in laid.loaded.dossier.war.front.series)
    units = total + paths[FRONT, 1] / laid.compiled.war.stake_per_unit[:, None]
    point = next(point for point in made.front or () if point.days == 364)
    want = summary.quantile(
        units.ravel(), np.repeat(laid.weight / course.MOST, course.MOST), course.AT
    )
    np.testing.assert_allclose((point.lo80, point.lo50, point.p, point.hi50, point.hi80), want)


def test_the_pace_is_that_of_the_last_month_worn_out_since() -> None:
    laid = table(WITH_FRONT)
    war, last = laid.compiled.war, laid.loaded.dossier.war.front.series[-1]
    assert last.month == "2025-04"  # 30 days; as_of is 2025-05-20, 19 days after it
    told_ = war.stake_per_unit * last.change / (30 / 7)
    drift = laid.standing.drift
    want = drift + war.momentum ** (19 / 7) * (told_ - drift)
    np.testing.assert_allclose(course.pace(laid), want)
    assert np.abs(want - drift).min() > 0.0


def test_a_dated_belief_has_a_past_from_its_day_and_an_undated_one_has_none() -> None:
    laid, made = table(WITH_FRONT), told(WITH_FRONT)
    record, weeks = laid.record, len(laid.compiled.war.record.seen) - 1
    chance = course.past_beliefs(laid.engine, record)
    for side in (0, 1):
        past = [point for point in made.beliefs[side] if point.days < 0]
        begun = int(record.belief_week[side])
        assert len(past) == max(0, weeks - begun)
        if past:
            assert past[0].days == (begun - weeks) * 7
            want = summary.quantile(chance[:, begun, side], laid.weight, (0.5,))
            assert past[0].p == want[0]
    assert any(point.days < 0 for fan in made.beliefs for point in fan)


def test_past_beliefs_are_those_that_the_hindcast_works_with() -> None:
    """Week by week as `talks.hindcast` has it, for one draw, written out."""
    laid = table(WITH_FRONT)
    e, record = laid.engine, laid.record
    got, draw = course.past_beliefs(e, record), 3
    for side in (0, 1):
        signal = seen = 0.0
        for week in range(len(record.seen)):
            here, effect = record.position[draw, week], record.effect[draw, week]
            if week > record.belief_week[side] and record.seen[week]:
                signal += here - record.position[draw, week - 1] - effect if week else 0.0
                seen += 1.0
            stubborn = e.stubbornness[draw, side]
            own = (stubborn * e.prior[draw, side] + signal) / (stubborn + seen)
            lag = e.momentum[draw] / (1.0 - e.momentum[draw])
            at = min(max(here + lag * (e.drift[draw] - own), 1e-9), 1.0 - 1e-9)
            want = reference.chance_to_prevail(2.0 * (own + effect) / e.variance[draw], at)
            assert got[draw, week, side] == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("name", [WITH_FRONT, WITHOUT])
def test_swapped_labels_mirror_every_fan(name: str) -> None:
    plain, other = fans(told(name)), fans(told(name, swapped=True))
    assert plain.keys() == other.keys()
    for mine, theirs in (("race", "race"), ("A", "B"), ("B", "A"), ("analyst", "analyst")):
        for one, two in zip(plain[mine], other[theirs], strict=True):
            assert one.date == two.date
            got = (1 - two.hi80, 1 - two.hi50, 1 - two.p, 1 - two.lo50, 1 - two.lo80)
            assert (one.lo80, one.lo50, one.p, one.hi50, one.hi80) == pytest.approx(got, abs=1e-9)
    for one, two in zip(plain.get("front", ()), other.get("front", ()), strict=True):
        got = (-two.hi80, -two.hi50, -two.p, -two.lo50, -two.lo80)
        told_ = (one.lo80, one.lo50, one.p, one.hi50, one.hi80)
        assert told_ == pytest.approx(got, rel=1e-9, abs=1e-6)


# --- the whole result ------------------------------------------------------------------------------


@cache
def answer() -> Briefing:
    return brief(example_dossier(), draws=16, paths=16)


def test_the_trajectory_is_the_endings_month_by_month() -> None:
    result = answer().result
    days = [point.by_days for point in result.trajectory]
    assert days == sorted({*range(0, 1826, 30), *(item.by_days for item in result.endings)})
    by_day = {point.by_days: point for point in result.trajectory}
    for item in result.endings:
        assert by_day[item.by_days] == item
    for point in result.trajectory:
        assert sum(share.p for share in point.shares.values()) == pytest.approx(1.0)
    assert result.trajectory[0].by_date == result.dossier.as_of


def test_today_the_result_tells_one_belief() -> None:
    result = answer().result
    for side, fan in zip(result.sides, result.course.beliefs, strict=True):
        today = next(point for point in fan if point.days == 0)
        seen = side.believes_prevails
        want = (seen.lo80, seen.lo50, seen.p, seen.hi50, seen.hi80)
        if side.side == "B":
            want = tuple(1.0 - end for end in reversed(want))
        got = (today.lo80, today.lo50, today.p, today.hi50, today.hi80)
        assert got == pytest.approx(want, abs=1e-6)


def test_the_course_of_a_result_is_the_same_on_any_number_of_threads() -> None:
    loaded = example_dossier()
    one, two = (
        analysis.run(loaded, draws=16, paths=8, threads=threads).course for threads in (1, 2)
    )
    assert one == two


def test_draws_are_a_row_each_with_what_the_answer_is_made_of() -> None:
    made = answer()
    rows = list(csv.DictReader(io.StringIO(made.draws_csv())))
    assert [int(row["draw"]) for row in rows] == list(range(16))
    weight = np.array([float(row["weight"]) for row in rows])
    assert weight.sum() == pytest.approx(1.0)
    assert (weight.sum() ** 2 / (weight**2).sum()) == pytest.approx(made.result.run.effective_draws)
    moved = {item.id for item in made.result.hindcast.moved}
    assert moved <= rows[0].keys()
    low = next(item for item in made.result.hindcast.moved if item.id == "war.position")
    position = np.array([float(row["war.position"]) for row in rows])
    assert float(weight @ position) == pytest.approx(low.posterior_mean)
    ended = [name for name in rows[0] if name.startswith("ending.") and name.endswith(".365")]
    assert len(ended) == 6
    assert sum(float(rows[3][name]) for name in ended) == pytest.approx(1.0)
    engine_ = made.result.hindcast.hazard
    reached = [float(row[f"rung.{summary.HEADLINE}.365"]) for row in rows]
    assert float(weight @ np.array(reached)) == pytest.approx(engine_.after.p, abs=0.02)


def test_draws_are_refused_where_they_would_tell_or_are_not_there() -> None:
    made = answer()
    with pytest.raises(UsageError, match="without redaction"):
        dataclasses.replace(made, redact=True).draws_csv()
    with pytest.raises(UsageError, match="brief"):
        dataclasses.replace(made, drawn=None).draws_csv()
