"""What counts and arrays add up to, on hand-made cases whose answer can be worked out on paper."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis, bargaining, course, grounds, lasting, summary
from interbellum.deals.frontier import frontier
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.compile import Compiled, Parameter, compile_dossier, compile_medians
from interbellum.dossier.reader import Loaded, load_text
from interbellum.model.peace import TruceCurves
from interbellum.model.provisions import ENFORCING
from interbellum.model.rungs import CAUSES, ENDINGS, FORMS, RUNGS
from interbellum.model.talks import EngineCounts

RUNG = {name: place for place, name in enumerate(RUNGS)}
ENDING = {name: place for place, name in enumerate(ENDINGS)}
EVEN = np.full(8, 1 / 8)
EQUAL = {"truce": 0.5, "record": 0.5}


def dossier(**changes: Any) -> Loaded:
    data = minimal_data()
    for section, value in changes.items():
        if isinstance(value, dict) and isinstance(data.get(section), dict):
            data[section].update(value)
        else:
            data[section] = value
    return load_text(as_yaml(data))


def compiled_of(loaded: Loaded, draws: int = 8) -> Compiled:
    return compile_dossier(loaded.dossier, draws, 1)


def no_counts(draws: int, weeks: int, levels: int = 1) -> EngineCounts:
    return EngineCounts(
        np.zeros((draws, weeks + 1, len(ENDINGS)), np.int64),
        np.zeros((draws, weeks + 1, len(RUNGS)), np.int64),
        np.zeros((draws, len(FORMS), levels), np.int64),
    )


# --- weighted draws ----------------------------------------------------------------------------


def test_quantiles_of_even_draws_are_draws_or_means_of_neighbours() -> None:
    # Definition 2 of Hyndman and Fan (1996): four draws, edges at 1/4, 1/2, 3/4.
    values, even = np.array([40.0, 10.0, 30.0, 20.0]), np.full(4, 0.25)
    got = summary.quantile(values, even, (0.0, 0.125, 0.25, 0.5, 0.875, 1.0))
    np.testing.assert_allclose(got, [10, 10, 15, 25, 40, 40])


def test_quantiles_count_draws_by_their_weight() -> None:
    # Weights .1, .6, .3 reach .1, .7, 1; .7 is the edge between 2 and 5, so their mean.
    weight = np.array([0.1, 0.6, 0.3])
    got = summary.quantile(np.array([1.0, 2.0, 5.0]), weight, (0.05, 0.4, 0.5, 0.7, 0.9))
    np.testing.assert_allclose(got, [1, 2, 2, 3.5, 5])


def by_definition(values: list[float], weight: list[float], share: float) -> float:
    """The value at which the weights below reach a share, one draw after another."""
    ranked = sorted((value, place) for place, value in enumerate(values) if weight[place] > 0.0)

    def reaching(least: float) -> float:
        reached = 0.0
        for value, place in ranked:
            reached += weight[place]
            if reached >= least:
                return value
        return ranked[-1][0]

    return 0.5 * (reaching(share - summary.EDGE) + reaching(share + summary.EDGE))


@pytest.mark.parametrize("draws", [1, 2, 7, 8, 40])
def test_many_quantiles_at_once_are_those_of_the_definition(draws: int) -> None:
    rng, at = np.random.default_rng(draws), (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
    for kind in ("even", "random", "gaps", "on the edge"):
        weight = np.full(draws, 1.0)
        if kind in ("random", "gaps"):
            weight = rng.random(draws) + 1e-3
        if kind == "gaps":
            weight[1::3] = 0.0
        weight /= weight.sum()
        if kind == "on the edge":  # the quarter is missed by less, and by more, than EDGE
            weight[0] += rng.choice([-3.0, -0.3, 0.3, 3.0]) * summary.EDGE
        values = np.concatenate(
            [rng.normal(size=(5, draws)), rng.integers(0, 3, (5, draws)), np.zeros((1, draws))]
        )
        want = [
            [by_definition(row.tolist(), weight.tolist(), share) for share in at] for row in values
        ]
        np.testing.assert_array_equal(summary.quantiles(values, weight, at), want)
        columns = np.asfortranarray(values)
        np.testing.assert_array_equal(summary.quantiles(columns, weight, at), want)
        np.testing.assert_array_equal(summary.quantile(values[3], weight, at), want[3])
    assert summary.quantiles(np.zeros((0, draws)), weight, at).shape == (0, len(at))


def test_many_intervals_at_once_are_those_of_one_after_another() -> None:
    rng = np.random.default_rng(3)
    values, weight = rng.random((12, 33)) ** 4, rng.random(33)
    values[10], values[11] = np.eye(33)[0], 1.0 - np.eye(33)[0]  # means outside most draws
    weight /= weight.sum()
    means = values @ weight
    assert summary.spreads(values, weight, means) == [
        summary.spread(row, weight, float(mean)) for row, mean in zip(values, means, strict=True)
    ]
    assert summary.medians(values, weight) == [summary.median(row, weight) for row in values]
    for row, one in zip(values, summary.medians(values, weight), strict=True):
        want = [by_definition(row.tolist(), weight.tolist(), s) for s in course.AT]
        assert [one.lo80, one.lo50, one.p, one.hi50, one.hi80] == want
    got = summary.shares_of_paths(values, weight, 40.0, 6)
    assert got == [summary.share_of_paths(row, weight, 40.0, 6) for row in values]
    for row, one in zip(values, got, strict=True):
        assert one.p == pytest.approx(summary.never_zero(float(weight @ row), 40.0, 6), rel=1e-14)
        at = (0.1, 0.25, 0.75, 0.9)
        low = summary.never_zero(0.0, 40.0, 6)
        ends = [by_definition(row.clip(low, 1.0 - low).tolist(), weight.tolist(), s) for s in at]
        assert (one.lo80, one.lo50) == (min(ends[0], one.p), min(ends[1], one.p))
        assert (one.hi50, one.hi80) == (max(ends[2], one.p), max(ends[3], one.p))


def test_many_days_of_a_curve_are_those_of_one_after_another() -> None:
    curve = np.random.default_rng(5).random((4, 6, 3))
    days = (0, 3, 7, 20, 35, 90)  # the last ones at and past its end
    want = [summary.at_days(curve, day).T for day in days]
    np.testing.assert_array_equal(summary.rows_at(curve, days), want)


def test_intervals_are_the_middle_half_and_the_middle_four_fifths() -> None:
    values = np.arange(10.0)  # draw k at height (k + 1/2)/10
    got = summary.spread(values, np.full(10, 0.1), 4.2)
    assert got.p == 4.2
    assert (got.lo80, got.hi80) == pytest.approx((0.5, 8.5))
    assert (got.lo50, got.hi50) == pytest.approx((2.0, 7.0))
    assert summary.median(values, np.full(10, 0.1)).p == pytest.approx(4.5)


@pytest.mark.parametrize(
    ("days", "value"), [(0, 0.0), (7, 10.0), (10, 10 + 10 * 3 / 7), (14, 20.0), (21, 30.0)]
)
def test_a_weekly_curve_is_read_linearly_within_the_week(days: int, value: float) -> None:
    got = summary.at_days(np.array([[0.0, 10.0, 20.0, 30.0]]), days)
    np.testing.assert_allclose(got, [value])


@pytest.mark.parametrize(
    ("p", "n", "categories", "value"),
    [
        (0.0, 9, 2, 0.05),
        (1.0, 9, 2, 0.95),
        (0.5, 9, 2, 0.5),
        (0.0, 7, 5, 0.025),
        (0.3, 1e12, 2, 0.3),
    ],
)
def test_no_share_of_paths_is_zero_or_one(
    p: float, n: float, categories: int, value: float
) -> None:
    # (pn + 1/categories)/(n + 1): 0 of 9 is .5/10; 0 of 7 in five states .2/8.
    assert summary.never_zero(p, n, categories) == pytest.approx(value)


def test_base_rate_is_the_closed_form() -> None:
    # 1-(T/(T+H))^(k+1/2): T = H, k = 0 gives 1 - sqrt(1/2); k = 1, H = 3T gives 1 - (1/4)^1.5.
    assert summary.base_rate(0, 10, 10) == pytest.approx(1 - math.sqrt(0.5))
    assert summary.base_rate(1, 5, 15) == pytest.approx(7 / 8)


def test_effective_paths_of_even_draws_are_all_of_them() -> None:
    assert summary.effective_paths(EVEN, 100) == pytest.approx(800)
    assert summary.effective_paths(np.array([1.0, 0.0]), 100) == pytest.approx(100)


# --- rungs and endings ----------------------------------------------------------------------------


def counted() -> tuple[Loaded, Compiled, EngineCounts, np.ndarray]:
    """Two draws, ten paths, two weeks. Draw 0: four freezes in week 1, one more in week 2; draw 1 none.

    One path of draw 1 is won by B in week 2.
    """
    loaded = dossier(
        questions=[
            {
                "id": "quiet",
                "text": "Will it fall quiet in a week?",
                "rung": "freeze",
                "by": "2031-07-07",
                "crowds": [
                    {"name": "crowd", "p": 0.1, "as_of": "2031-06-01", "source": "a page"},
                    {"name": "panel", "p": 0.3, "as_of": "2031-06-02", "source": "a book"},
                ],
            }
        ]
    )
    counts = no_counts(2, 2)
    counts.rungs[0, 1, RUNG["freeze"]] = 4
    counts.rungs[0, 2, RUNG["freeze"]] = 1
    counts.rungs[1, 2, RUNG["victory_B"]] = 1
    counts.endings[:, 0, ENDING["war"]] = 10
    counts.endings[0, 1, [ENDING["freeze"], ENDING["war"]]] = 4, 6
    counts.endings[0, 2, [ENDING["freeze"], ENDING["war"]]] = 5, 5
    counts.endings[1, 1, ENDING["war"]] = 10
    counts.endings[1, 2, [ENDING["victory_B"], ENDING["war"]]] = 1, 9
    return loaded, compiled_of(loaded, 8), counts, np.array([0.25, 0.75])


def test_rungs_add_up_over_weeks_and_weigh_the_draws() -> None:
    loaded, compiled, counts, weight = counted()
    got = {
        (item.rung, item.by_days): item
        for item in summary.rungs(loaded, compiled, counts, weight, 10, (7, 14))
    }
    assert len(got) == 2 * len(RUNGS)
    trials = 10 / (0.25**2 + 0.75**2)  # 16 paths' worth
    assert trials == pytest.approx(16)
    week, fortnight = got["freeze", 7], got["freeze", 14]
    assert week.chance.p == pytest.approx((0.25 * 0.4 * 16 + 0.5) / 17)
    assert fortnight.chance.p == pytest.approx((0.25 * 0.5 * 16 + 0.5) / 17)
    assert got["victory_B", 7].chance.p == pytest.approx(0.5 / 17)
    assert got["victory_B", 14].chance.p == pytest.approx((0.75 * 0.1 * 16 + 0.5) / 17)
    assert got["war_goes_on", 14].chance.p == pytest.approx(
        ((0.25 * 0.5 + 0.75 * 0.9) * 16 + 0.5) / 17
    )
    assert (week.by_date, fortnight.by_date) == ("2031-07-07", "2031-07-14")
    # Binomial variance of each draw's ten paths, weighted: sqrt(.25² · .4·.6/10).
    assert week.path_noise == pytest.approx(0.25 * math.sqrt(0.4 * 0.6 / 10))
    # Draws at 0 (told as half a path of 16) and .4, weights .75 and .25: .75 is the edge.
    assert week.chance.lo50 == week.chance.lo80 == pytest.approx(0.5 / 17)
    assert week.chance.hi50 == pytest.approx((0.5 / 17 + 0.4) / 2)


def test_an_interval_holds_its_number_even_where_few_draws_make_it() -> None:
    values = np.zeros(20)
    values[0] = 1.0  # one draw in twenty: the middle 80% of the draws are at nought
    got = summary.share_of_paths(values, np.full(20, 0.05), 1e9)
    assert got.p == pytest.approx(0.05)
    assert got.hi50 == got.hi80 == got.p
    assert 0.0 < got.lo80 < 1e-8


def test_the_headline_shares_are_its_column_of_all_rungs() -> None:
    counts = no_counts(3, 9)
    counts.rungs[:] = np.random.default_rng(8).integers(0, 9, counts.rungs.shape)
    want = summary.rung_shares(counts, 90)[..., RUNG[summary.HEADLINE]]
    np.testing.assert_array_equal(summary.headline_shares(counts, 90), want)


def test_crowds_stand_beside_the_rung_and_day_that_they_were_asked_for() -> None:
    loaded, compiled, counts, weight = counted()
    got = {
        (item.rung, item.by_days): item
        for item in summary.rungs(loaded, compiled, counts, weight, 10, (7, 14))
    }
    assert [(crowd.name, crowd.p) for crowd in got["freeze", 7].crowds] == [
        ("crowd", 0.1),
        ("panel", 0.3),
    ]
    assert got["freeze", 7].crowd() == pytest.approx(0.2)
    assert got["freeze", 7].questions == ("quiet",)
    others = [item for key, item in got.items() if key != ("freeze", 7)]
    assert all(item.crowds == () and item.questions == () for item in others)
    assert got["freeze", 14].crowd() is None


def test_base_rates_come_from_the_dossiers_own_record() -> None:
    truce = {"date": "2030-06-01", "kind": "truce", "title": "t", "source": "s", "scope": "local"}
    loaded = dossier(events=[truce])
    _, _, counts, weight = counted()
    got = {
        item.rung: item
        for item in summary.rungs(loaded, compiled_of(loaded), counts, weight, 10, (14,))
    }
    # 545 days of war in months of 4.348 weeks, 14 days in months of 30.4375 days, one truce.
    months = 545 / 7 / 4.348
    none = (months / (months + 14 / 30.4375)) ** 1.5
    assert got["any_truce_announced"].base_rate == pytest.approx(1 - none)
    assert got["any_truce_announced"].base_rate_n == 1
    none = (months / (months + 14 / 30.4375)) ** 0.5
    assert got["freeze"].base_rate == pytest.approx(1 - none)
    assert got["war_goes_on"].base_rate == pytest.approx(none)


def test_endings_weigh_the_draws_and_sum_to_one() -> None:
    loaded, _, counts, weight = counted()
    for item in summary.endings(loaded, counts, weight, 10, (0, 5, 7, 14)):
        assert sum(share.p for share in item.shares.values()) == pytest.approx(1.0, abs=1e-12)
    (item,) = summary.endings(loaded, counts, weight, 10, (14,))
    assert item.shares["freeze"].p == pytest.approx((0.25 * 0.5 * 16 + 1 / 6) / 17)
    assert item.shares["victory_B"].p == pytest.approx((0.75 * 0.1 * 16 + 1 / 6) / 17)
    assert item.shares["victory_A"].p == pytest.approx(1 / 6 / 17)


# --- durability -----------------------------------------------------------------------------------


def flat_curves(draws: int, weeks: int, rate: float, incidents: float) -> TruceCurves:
    """Constant hazards a week: rearmament at `rate`, incidents at `incidents`."""
    cumulative = np.zeros((draws, weeks + 1, len(CAUSES)))
    time = np.arange(weeks + 1.0)
    cumulative[..., CAUSES.index("rearmament")] = rate * time
    cumulative[..., CAUSES.index("incidents")] = incidents * time
    return TruceCurves(cumulative)


def durable(
    silences: dict[tuple[int, str, int], int], weight: np.ndarray, rates: tuple[float, float]
) -> Any:
    """Durability of two draws with factor .25 under full provisions, by silences begun."""
    loaded = dossier(trust={"provisions_factor": 0.25})
    counts = no_counts(2, 1, len(ENFORCING) + 1)
    for (draw, form, provisions), number in silences.items():
        counts.silences[draw, FORMS.index(form), provisions] = number
    compiled = compiled_of(loaded)
    compiled = replace(compiled, talks=replace(compiled.talks, provisions_factor=np.full(2, 0.25)))
    curves = {form: flat_curves(2, 261, *rates) for form in FORMS}
    return lasting.durability(
        loaded, compiled, curves, counts, weight, dict.fromkeys(FORMS, ()), EQUAL
    )


def test_constant_hazards_hold_exponentially_and_share_the_causes() -> None:
    got = durable({(0, "ceasefire", 0): 3}, np.array([0.5, 0.5]), (0.003, 0.001))["ceasefire"]
    assert (got.paths, got.clock) == (3, "signature")
    for point in got.truce:
        week = point.days / 7
        low, high = math.floor(week), math.ceil(week)
        among = [math.exp(-0.004 * min(w, 261)) for w in (low, high)]
        expected = among[0] + (week - low) * (among[1] - among[0])
        if point.days < 1826:  # 260.857 weeks; the curve has 261
            assert point.chance.p == pytest.approx(expected, rel=1e-9)
    assert got.causes["rearmament"] == pytest.approx(0.75, abs=1e-3)
    assert got.causes["incidents"] == pytest.approx(0.25, abs=1e-3)
    assert sum(got.causes.values()) == pytest.approx(1.0)


def test_provisions_lower_the_incidents_of_the_silences_that_have_them() -> None:
    # Half of the silences have all twelve: factor .25 on incidents; the other half none.
    got = durable(
        {(0, "ceasefire", 0): 5, (0, "ceasefire", 12): 5}, np.array([1.0, 0.0]), (0.0, 0.01)
    )["ceasefire"]
    at_year = next(point for point in got.truce if point.days == 365).chance.p
    weeks = 365 / 7
    mixed = 0.5 * math.exp(-0.01 * weeks) + 0.5 * math.exp(-0.0025 * weeks)
    assert at_year == pytest.approx(mixed, rel=1e-4)
    half = durable({(0, "ceasefire", 6): 1}, np.array([1.0, 0.0]), (0.0, 0.01))["ceasefire"]
    at_year = next(point for point in half.truce if point.days == 365).chance.p
    assert at_year == pytest.approx(math.exp(-0.005 * weeks), rel=1e-4)  # .25^(6/12) = .5


def test_draws_count_by_their_weight_times_the_silences_they_began() -> None:
    # Draw 0 (weight .2) began 6 with none, draw 1 (weight .8) 1 with full provisions:
    # 1.2 against .8, so .6 and .4.
    got = durable(
        {(0, "settlement", 0): 6, (1, "settlement", 12): 1}, np.array([0.2, 0.8]), (0.0, 0.01)
    )["settlement"]
    weeks = 365 / 7
    expected = 0.6 * math.exp(-0.01 * weeks) + 0.4 * math.exp(-0.0025 * weeks)
    at_year = next(point for point in got.truce if point.days == 365).chance.p
    assert at_year == pytest.approx(expected, rel=1e-4)


def test_a_form_that_no_path_reached_is_shown_for_all_draws_without_provisions() -> None:
    got = durable({}, np.array([0.5, 0.5]), (0.0, 0.01))["freeze"]
    assert (got.paths, got.clock) == (0, "first quiet day")
    at_year = next(point for point in got.truce if point.days == 365).chance.p
    assert at_year == pytest.approx(math.exp(-0.01 * 365 / 7), rel=1e-4)


def test_the_record_beside_a_form_is_cut_at_the_dossiers_day() -> None:
    loaded = dossier(conflict={"as_of": "2001-06-30", "began": "2000-01-01"})
    compiled, curves = (
        compiled_of(loaded, 8),
        {form: flat_curves(8, 261, 0.0, 0.01) for form in FORMS},
    )
    counts = no_counts(8, 1, 1)
    terms = dict.fromkeys(FORMS, ())
    early = lasting.durability(loaded, compiled, curves, counts, EVEN, terms, EQUAL)[
        "ceasefire"
    ].record
    late = durable({}, np.array([0.5, 0.5]), (0.0, 0.01))["ceasefire"].record
    assert early.n < late.n
    assert "cut at 2001-06-30" in early.definition
    assert "until fighting resumed on a sustained" in early.definition
    assert "clock from the day on which fighting was to stop" in early.definition


# --- is there anything to sign ----------------------------------------------------------------------


def blocked(lines: dict[str, Any], slope: float = 1.0, base: float = 10.0) -> Any:
    """What blocks the minimal dossier when each lead's position on the line has a red line."""
    data = minimal_data()
    for lead, line in lines.items():
        data["positions"][lead]["line"]["red_line"] = line
    loaded = load_text(as_yaml(data))
    compiled = compiled_of(loaded)
    deals = deal_inputs(compiled.preferences)
    lines_of = np.full((8, 1, 2), slope), np.full((8, 1, 2), base)
    opened = np.array(
        [
            bool(deals.allowed[draw, : deals.space.offsets[1]].any()) and base > 0
            for draw in range(8)
        ]
    )
    weight = np.arange(1.0, 9.0) / 36.0
    return (
        bargaining.blocking(loaded, compiled, deals, *lines_of, weight, opened, 1),
        weight,
        compiled,
    )


def test_red_lines_that_leave_nothing_are_named_in_the_analysts_words() -> None:
    (got,), _, _ = blocked(
        {
            "north": {"refuses": ["back", "as_it_stands"], "confidence": 1},
            "south": {"refuses": ["annexed", "left_open"], "confidence": 1},
        }
    )
    assert got.share == pytest.approx(1.0)
    assert got.ids == ("positions.north.line.red_line", "positions.south.line.red_line")
    assert got.terms == (
        "North: The line (refuses: Back to the river; As it stands)",
        "South: The line (refuses: Annexed; leaving it open)",
    )


def test_blocking_weighs_the_draws_in_which_the_line_is_real() -> None:
    found, weight, compiled = blocked(
        {
            "north": {
                "refuses": ["back", "as_it_stands", "annexed", "left_open"],
                "confidence": 0.5,
            },
        }
    )
    (line,) = compiled.preferences.red_lines
    assert 0 < line.in_force.sum() < 8
    (got,) = found
    assert got.share == pytest.approx(float(weight @ line.in_force))


def test_reservation_values_are_named_by_their_side_and_both_where_each_fails() -> None:
    found, _, _ = blocked({}, base=-10.0)
    assert [item.ids for item in found] == [
        ("sides.A.reservation_value",),
        ("sides.B.reservation_value",),
    ]
    assert [item.terms for item in found] == [
        ("North: at least what it expects from fighting on",),
        ("South: at least what it expects from fighting on",),
    ]
    assert [item.share for item in found] == pytest.approx([1.0, 1.0])


def medians_of(loaded: Loaded, base: float, value: float = 0.0) -> bargaining.Medians:
    compiled = compile_medians(loaded.dossier)
    inputs = deal_inputs(compiled.preferences)
    front = frontier(inputs, 0, keep_choice=True)
    levels = len(front.levels) - 1
    return bargaining.Medians(
        inputs, front, np.ones((levels, 2)), np.full((levels, 2), base), np.full(2, value), 0.5
    )


def test_packages_are_worth_what_their_terms_are_worth() -> None:
    # Two issues of equal weight; each side's ideal everywhere is worth 1 to it and 0 to the other.
    loaded = dossier()
    got = bargaining.packages(loaded, medians_of(loaded, -0.4))
    assert [item.solution for item in got] == ["egalitarian", "nash"]
    for item in got:
        assert item.u == pytest.approx((0.5, 0.5))  # one issue each, or half of each
        assert item.surplus == pytest.approx((0.1, 0.1))
        assert item.acceptable
        assert [term.issue for term in item.terms] == ["line", "truce"]
        texts = {
            "back": "Back to the river",
            "as_it_stands": "As it stands",
            "annexed": "Annexed",
            "none": "None",
            "general": "General",
            "left_open": "left open",
        }
        assert all(term.text == texts[term.option] for term in item.terms)


def test_packages_are_worth_what_the_frontier_says() -> None:
    # To North even South's ideal line is worth .4 of its own: u is counted from there.
    data = minimal_data()
    values = {"back": 0.4, "as_it_stands": 0.5, "annexed": 1}
    data["positions"]["north"]["line"]["values"] = values
    data["positions"]["north"]["truce"]["values"] = {"none": 1, "general": 0}
    loaded = load_text(as_yaml(data))
    medians = medians_of(loaded, -0.1)
    points = list(zip(medians.front.u_a, medians.front.u_b, strict=True))
    for item in bargaining.packages(loaded, medians):
        assert any(item.u == pytest.approx(point) for point in points)
        assert item.surplus == pytest.approx((item.u[0] - 0.1, item.u[1] - 0.1))


def test_there_is_no_nash_package_where_one_side_must_lose() -> None:
    loaded = dossier()
    (got,) = bargaining.packages(loaded, medians_of(loaded, -0.6))
    assert got.solution == "egalitarian"
    assert not got.acceptable


def test_packages_that_decide_less_than_the_share_are_ceasefires() -> None:
    loaded = dossier()
    medians = medians_of(loaded, 0.0)
    kinds = {
        share: {
            item.kind
            for item in bargaining.packages(loaded, replace(medians, settlement_share=share))
        }
        for share in (0.0, 1.01)
    }
    assert kinds == {0.0: {"settlement"}, 1.01: {"ceasefire"}}


def test_the_frontier_shown_is_undominated_and_in_units_of_the_stake() -> None:
    loaded = dossier()
    shown = bargaining.shown_frontier(medians_of(loaded, -0.25, 0.25))
    a, b = np.array(shown).T
    assert (np.diff(a) < 0).all()
    assert (np.diff(b) > 0).all()
    assert (a[0], b[0]) == pytest.approx((1.0, 0.0))
    assert (a[-1], b[-1]) == pytest.approx((0.0, 1.0))


def test_the_frontier_shown_leaves_out_what_other_provisions_do_better() -> None:
    data = minimal_data()
    data["issues"][1]["options"][1]["provisions"] = ["monitoring_mission"]
    loaded = load_text(as_yaml(data))
    plain = medians_of(loaded, 0.0)
    assert len(plain.front.levels) == 3  # none, and one
    worse = replace(plain, base=np.array([[0.0, 0.0], [-5.0, -5.0]]))
    shown = bargaining.shown_frontier(worse)
    assert len(shown) == int(plain.front.levels[1])  # all without provisions, none of the others
    assert min(min(point) for point in shown) >= 0.0


# --- who stands where ------------------------------------------------------------------------------


def test_each_side_reads_the_race_from_its_own_end() -> None:
    loaded = dossier(war={"a_prevails": {"analyst": 0.7, "A": 0.7, "B": 0.7}})
    compiled = compiled_of(loaded)
    level, still = np.full((8, 2), 0.4), np.zeros((8, 2))
    offers = np.tile([0.3, 0.2], (8, 1))
    offers[:4] = np.nan
    offers[4:, 0] = [0.1, 0.3, 0.3, 0.5]
    a, b = summary.sides(
        loaded,
        compiled,
        np.tile([0.25, 0.15], (8, 1)),
        still,
        level,
        np.full(8, 0.01),
        offers,
        EVEN,
    )
    assert (a.side, a.name, b.side, b.name) == ("A", "North", "B", "South")
    assert (a.reservation_value.p, b.reservation_value.p) == pytest.approx((0.25, 0.15))
    # A driftless race at .4 is won by A with chance .4.
    assert (a.believes_prevails.p, b.believes_prevails.p) == pytest.approx((0.4, 0.6))
    assert (a.analyst_prevails.p, b.analyst_prevails.p) == pytest.approx((0.7, 0.3))
    # Draws with nothing to offer do not count.
    assert a.best_offer is not None
    assert b.best_offer is not None
    assert a.best_offer.p == pytest.approx(0.3)
    assert b.best_offer.p == pytest.approx(0.2)


def test_a_median_among_some_draws_is_none_where_none_of_them_counts() -> None:
    values = np.array([np.nan, 3.0, 1.0, 2.0])
    got = summary.median_among(values, np.array([0.4, 0.2, 0.2, 0.2]))
    assert got is not None
    assert (got.p, got.lo80, got.hi80) == pytest.approx((2.0, 1.0, 3.0))
    assert summary.median_among(values, np.array([1.0, 0.0, 0.0, 0.0])) is None
    assert summary.median_among(np.full(4, np.nan), np.full(4, 0.25)) is None


def test_actors_show_lines_by_confidence_and_prices_by_weight() -> None:
    data = minimal_data()
    north = data["positions"]["north"]
    north["line"]["red_line"] = {"refuses": ["back"], "confidence": 0.4}
    north["truce"]["red_line"] = {"refuses": ["general"], "confidence": 0.8}
    data["positions"]["south"]["line"]["weight"] = 3
    data["positions"]["south"]["truce"]["weight"] = 9
    stale = [{"date": "2030-02-01", "text": "Ours", "source": "a speech"}]
    data["positions"]["south"]["line"].update(basis="sourced", statements=stale)
    data["positions"]["league"] = {
        issue: {
            "ideal": "back" if issue == "line" else "none",
            "weight": 5,
            "basis": "judgement",
            "red_line": {
                "refuses": ["annexed" if issue == "line" else "general"],
                "confidence": 0.5,
            },
        }
        for issue in ("line", "truce")
    }
    data["actors"][2]["consents"] = ["truce"]
    got = {line.id: line for line in summary.actors(load_text(as_yaml(data)))}
    assert [(row[0], row[2], row[3]) for row in got["north"].red_lines] == [
        ("The truce", 0.8, True),
        ("The line", 0.4, True),
    ]
    assert got["north"].price_issues == ()
    assert got["south"].price_issues == ("The truce", "The line")
    assert (got["south"].sourced, got["south"].judged, got["south"].stale) == (1, 1, 1)
    assert {row[1]: row[3] for row in got["league"].red_lines} == {
        "positions.league.line.red_line": False,
        "positions.league.truce.red_line": True,
    }


# --- what it rests on ------------------------------------------------------------------------------


def with_parameters(*parameters: Parameter) -> Compiled:
    return replace(compiled_of(dossier()), parameters=parameters)


def test_hindcast_reports_what_moved_most_first() -> None:
    stays = Parameter("war.still", "still", np.array([0.0, 1.0, 1.0, 0.0]), "judgement")
    moves = Parameter("war.moved", "moved", np.array([1.0, 2.0, 3.0, 4.0]), "judgement")
    weight = np.array([0.1, 0.1, 0.4, 0.4])
    line = Parameter("a.red_line", "on or off", np.array([0.0, 1.0, 1.0, 1.0]), "judgement")
    fixed = Parameter("war.fixed", "fixed", np.full(4, 0.7), "judgement")
    counts = no_counts(4, 53)
    counts.rungs[:, 1, RUNG[summary.HEADLINE]] = [10, 10, 0, 0]
    got = grounds.hindcast(
        with_parameters(fixed, stays, moves, line), counts, np.log([0.2, 0.2, 0.8, 0.8]), weight, 10
    )
    assert got.weeks == 77
    assert got.mean_weight == pytest.approx(0.5)
    assert got.effective_draws == pytest.approx(1 / 0.34)  # .01+.01+.16+.16
    assert got.share == pytest.approx(1 / 0.34 / 4)
    # By .5 of 1.118; by .15 of .433; not at all; and what does not vary is not listed.
    assert [item.id for item in got.moved] == ["war.moved", "a.red_line", "war.still"]
    assert (got.moved[1].prior_mean, got.moved[1].posterior_mean) == pytest.approx((0.75, 0.9))
    # Even weights: the median is the edge between 2 and 3; weighted, 3 covers .2 to .6.
    assert got.moved[0].prior[1] == pytest.approx(2.5)
    assert got.moved[0].posterior[1] == pytest.approx(3.0)
    # Half of the draws' paths before, a fifth after; of 40 even paths, and 10/.34 weighted ones.
    assert got.hazard.before.p == pytest.approx((0.5 * 40 + 0.5) / 41)
    assert got.hazard.after.p == pytest.approx((0.2 * 10 / 0.34 + 0.5) / (10 / 0.34 + 1))
    ahead = 365 / 30.4375
    assert (got.hazard.events, got.hazard.horizon_months) == (0, pytest.approx(ahead))
    months = got.hazard.months
    assert months == pytest.approx(compiled_of(dossier()).war.record.months)
    assert got.hazard.base_rate == pytest.approx(1 - (months / (months + ahead)) ** 0.5)


def drivers_of(values: list[float], reached: list[int], weight: np.ndarray) -> Any:
    parameter = Parameter("war.x", "x", np.array(values), "sourced")
    counts = no_counts(len(values), 53)
    counts.rungs[:, 1, RUNG[summary.HEADLINE]] = reached
    return grounds.drivers(with_parameters(parameter), counts, weight, 10)


def test_drivers_compare_the_lowest_with_the_highest_third() -> None:
    (got,) = drivers_of([1, 2, 3, 4, 5, 6], [0, 2, 4, 6, 8, 10], np.full(6, 1 / 6))
    # Thirds on the edges, 2.5 and 4.5, so draws 1, 2 against 5, 6; 10% and 90% in the outermost.
    assert (got.p_when_low, got.p_when_high) == pytest.approx((0.1, 0.9))
    assert got.rank_correlation == pytest.approx(1.0)
    assert (got.low, got.high) == pytest.approx((1.0, 6.0))
    assert (got.id, got.title, got.basis) == ("war.x", "x", "sourced")
    (got,) = drivers_of([6, 5, 4, 3, 2, 1], [0, 2, 4, 6, 8, 10], np.full(6, 1 / 6))
    assert (got.p_when_low, got.p_when_high) == pytest.approx((0.9, 0.1))
    assert got.rank_correlation == pytest.approx(-1.0)


def test_a_switch_is_compared_off_and_on_with_the_draws_weights() -> None:
    # Eight draws off and eight on; the first of each weighs twice the others (18 in all).
    weight = np.ones(16)
    weight[[0, 8]] = 2.0
    (got,) = drivers_of([0] * 8 + [1] * 8, [3] + [1] * 7 + [9] + [8] * 7, weight / 18)
    assert got.p_when_low == pytest.approx((2 * 0.3 + 7 * 0.1) / 9)
    assert got.p_when_high == pytest.approx((2 * 0.9 + 7 * 0.8) / 9)


def test_an_association_within_noise_is_not_told() -> None:
    # Two-sided 5% for one input over 16 draws' worth: 1.96/4 = .49.
    order = list(range(16))
    mixed = [*order[1::2], *order[::2]]  # rank correlation .0 to .2
    assert abs(np.corrcoef(order, mixed)[0, 1]) < 0.49
    assert drivers_of(mixed, order, np.full(16, 1 / 16)) == ()
    assert len(drivers_of(order, order, np.full(16, 1 / 16))) == 1


def test_drivers_are_the_strongest_dozen() -> None:
    order = np.arange(100.0)
    counts = no_counts(100, 53)
    counts.rungs[:, 1, RUNG[summary.HEADLINE]] = order
    pairs = order.reshape(-1, 2)[:, ::-1].ravel()  # neighbours swapped: nearly as strong
    weak = [Parameter(f"war.weak{place:02}", "weak", pairs, "default") for place in range(13)]
    strong = Parameter("war.z", "strong", order[::-1].copy(), "default")
    got = grounds.drivers(with_parameters(*weak, strong), counts, np.full(100, 0.01), 100)
    assert len(got) == 12
    assert got[0].id == "war.z"


def test_tied_values_share_a_rank() -> None:
    np.testing.assert_allclose(grounds.ranks(np.array([5.0, 1.0, 5.0, 9.0])), [2.5, 1, 2.5, 4])


def test_ranks_of_many_rows_are_means_of_places() -> None:
    values = np.random.default_rng(2).integers(0, 6, (30, 11)).astype(float)
    for row, got in zip(values, grounds.ranks(values), strict=True):
        want = [np.mean(1 + np.flatnonzero(np.sort(row) == value)) for value in row]
        np.testing.assert_array_equal(got, want)


def test_correlation_counts_by_weight_and_is_zero_for_a_constant() -> None:
    x, y = np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 9.0]]), np.array([0.0, 1.0, -50.0])
    np.testing.assert_allclose(grounds.correlation(x, y, np.array([0.5, 0.5, 0.0])), [1.0, 0.0])
    assert grounds.correlation(x, np.ones(3), np.full(3, 1 / 3)).tolist() == [0.0, 0.0]


def test_notes_warn_of_a_record_that_the_dossier_makes_impossible() -> None:
    loaded = dossier()
    compiled = compiled_of(loaded)
    counts = no_counts(100, 1)
    counts.silences[:] = 1
    lone = np.zeros(100)
    lone[0] = 1.0
    words = " ".join(grounds.notes(loaded, compiled, counts, lone, 0.3))
    assert "1 in 100 of the draws' weight" in words
    assert "nearly impossible" not in words
    assert "No path of the engine" not in words
    even = np.full(100, 0.01)
    words = " ".join(grounds.notes(loaded, compiled, counts, even, 0.0099))
    assert "nearly impossible" in words
    assert "of the draws' weight" not in words
    words = " ".join(grounds.notes(loaded, compiled, no_counts(100, 1), even, 0.01))
    assert "nearly impossible" not in words
    for form in FORMS:
        assert f"No path of the engine reached a {form}" in words
    assert "no record of the front" in words
    assert "war.momentum" in words


# --- the analysis that feeds it ----------------------------------------------------------------------


def test_horizons_are_the_standard_ones_and_those_asked_for() -> None:
    loaded, *_ = counted()
    assert analysis.horizons(loaded) == (7, 30, 90, 180, 365, 730, 1826)
    assert analysis.horizons(dossier()) == (30, 90, 180, 365, 730, 1826)
    day = dt.date(2031, 6, 30) + dt.timedelta(days=30)
    assert summary.by_date(dossier(), 30) == day.isoformat()
