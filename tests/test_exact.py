"""Packages as a constraint program: it agrees with the frontier and with trying every package."""

from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from interbellum.deals.consent import level_count
from interbellum.deals.exact import (
    Answer,
    Program,
    egalitarian,
    feasible,
    is_undominated,
    nearest_package,
    thresholds,
    utilitarian,
)
from interbellum.deals.frontier import frontier, whole_steps
from interbellum.deals.plain import left_over, unmet
from interbellum.deals.range import RESERVATION, can_be_met, consent, ordered_demands
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.compile import compile_medians
from interbellum.dossier.reader import load_text
from interbellum.errors import UsageError
from interbellum.model.deals import UTILITY_STEP, DealInputs, Preferences
from test_deals import consenting, line, preferences, spaces, tied_spaces

OWNERS = ("lead_a", "lead_b", "C", "D")


@dataclass(frozen=True)
class Case:
    """A small space with demands, and every package of it."""

    prefs: Preferences
    inputs: DealInputs
    slope: Any
    base: Any
    packages: list
    unmet: list
    """Per package, the demands that it does not meet, as a set."""


def every_package(inputs):
    ranges = [
        range(first, last)
        for first, last in zip(inputs.space.offsets[:-1], inputs.space.offsets[1:], strict=True)
    ]
    return [flat for flat in product(*ranges) if inputs.space.holds(np.array(flat))]


def demands_unmet(inputs, draw, flat, slope, base):
    """Every demand there can be that a package does not meet; whole steps, then floats."""
    taken = list(flat)
    n = int(inputs.space.enforcing[taken].sum())
    out = {int(place) for place in np.flatnonzero(inputs.refused[:, taken].any(axis=1))}
    steps = np.rint(inputs.gain[draw, taken] / UTILITY_STEP).astype(int).sum(axis=0)
    left = slope[n] * (steps * UTILITY_STEP + inputs.base[draw]) + base[n]
    out |= {RESERVATION[side] for side in (0, 1) if left[side] < 0.0}
    for c, asked in enumerate(inputs.consents):
        have = np.rint(asked.gain[draw, taken] / UTILITY_STEP).astype(int).sum()
        least = np.ceil(asked.walk_away[draw] / UTILITY_STEP) - inputs.space.steps()
        if have < least:
            out.add(consent(c))
    return out


@st.composite
def cases(draw, most_lines=5, most_actors=2):
    """Spaces with and without conditions, red lines, walk-away values and void terms."""
    prefs = draw(spaces()) if draw(st.booleans()) else draw(tied_spaces())[0]
    unit = st.integers(0, 20).map(lambda n: n / 20)
    sizes = [len(options) for options in prefs.options]
    lines = []
    for _ in range(draw(st.integers(0, most_lines))):
        k = draw(st.integers(0, len(sizes) - 1))
        refused = draw(st.sets(st.integers(0, sizes[k] - 1), min_size=1, max_size=2))
        lines.append(
            replace(
                line(k, sorted(refused), draw(st.integers(0, 5)) > 0),
                owner=draw(st.sampled_from(OWNERS)),
            )
        )
    actors = []
    for name in ("C", "D"):
        actor = consenting(
            [draw(st.integers(1, 5)) for _ in sizes],
            [[draw(unit) for _ in range(size)] for size in sizes],
            [draw(st.booleans()) for _ in sizes],
            draw(unit),  # on the grid: some packages are exactly at the value
            name,
        )
        asked = most_actors > 0 and draw(st.booleans())
        actors.append(actor if asked else replace(actor, walk_away=None))
    prefs = replace(prefs, red_lines=tuple(lines), others=tuple(actors))
    try:
        inputs = deal_inputs(prefs)
    except UsageError:
        assume(False)
    levels = level_count(inputs)
    slope = np.array([[draw(st.integers(1, 8)) / 8 for _ in "AB"] for _ in range(levels)])
    base = np.array([[draw(st.integers(-60, 10)) / 100 for _ in "AB"] for _ in range(levels)])
    packages = every_package(inputs)
    return Case(
        prefs,
        inputs,
        slope,
        base,
        packages,
        [demands_unmet(inputs, 0, flat, slope, base) for flat in packages],
    )


@settings(max_examples=150)
@given(cases(), st.data())
def test_feasible_agrees_with_the_frontier_and_with_every_package(case, data):
    every = ordered_demands(case.inputs, 0)
    demands = data.draw(st.lists(st.sampled_from(every), unique=True))
    answer = feasible(case.inputs, 0, demands, case.slope, case.base)
    assert answer.status == "proved"
    expected = any(not missed & set(demands) for missed in case.unmet)
    assert (answer.package is not None) == expected
    assert can_be_met(case.inputs, 0, demands, case.slope, case.base) == expected
    if answer.package is not None:
        missed = case.unmet[case.packages.index(answer.package)]
        assert not missed & set(demands)


@settings(max_examples=80)
@given(cases())
def test_plain_evaluator_reads_every_package_alike(case):
    every = (*ordered_demands(case.inputs, 0), *range(len(case.prefs.red_lines)))
    for flat, missed in zip(case.packages, case.unmet, strict=True):
        assert set(unmet(case.inputs, 0, flat, every, case.slope, case.base)) == missed
        n = int(case.inputs.space.enforcing[list(flat)].sum())
        u = case.inputs.base[0] + case.inputs.gain[0, list(flat)].sum(axis=0)
        # Each of at most five issues rounds by half a step.
        assert left_over(case.inputs, 0, flat, case.slope, case.base) == pytest.approx(
            case.slope[n] * u + case.base[n], abs=3 * UTILITY_STEP
        )


@settings(max_examples=100)
@given(cases())
def test_threshold_is_the_least_whole_step_at_which_the_float_test_passes(case):
    inputs, steps = case.inputs, whole_steps(case.inputs, 0)
    least = thresholds(inputs, 0, case.slope, case.base)
    bounds = np.stack(
        [
            np.minimum.reduceat(steps, inputs.space.offsets[:-1], axis=1).sum(axis=1),
            np.maximum.reduceat(steps, inputs.space.offsets[:-1], axis=1).sum(axis=1),
        ]
    )

    def passes(level, side, t):
        u = t * UTILITY_STEP + inputs.base[0, side]
        return case.slope[level, side] * u + case.base[level, side] >= 0.0

    for level in range(len(least)):
        for side in (0, 1):
            t, (low, high) = int(least[level, side]), bounds[:, side]
            assert low <= t <= high + 1
            assert t > high or passes(level, side, t)
            assert t == low or not passes(level, side, t - 1)


@settings(max_examples=60)
@given(cases())
def test_frontier_points_are_attained_and_undominated_and_what_they_dominate_is_not(case):
    front = frontier(case.inputs, 0, keep_choice=True)
    points = {tuple(int(term) for term in chosen) for chosen in front.choice}
    for chosen in sorted(points)[:6]:
        assert is_undominated(case.inputs, 0, chosen) is True
    steps = whole_steps(case.inputs, 0)

    def at(flat):
        taken = list(flat)
        return int(case.inputs.space.enforcing[taken].sum()), *steps[:, taken].sum(axis=1)

    undominated = {at(chosen) for chosen in points}
    demands = set(ordered_demands(case.inputs, 0)) - set(RESERVATION)
    beaten = [
        flat
        for flat, missed in zip(case.packages, case.unmet, strict=True)
        if not missed & demands and at(flat) not in undominated
    ]
    for flat in beaten[:4]:
        assert is_undominated(case.inputs, 0, flat) is False


def whole_surplus(case, flat):
    """U - V of both in whole steps, each term rounded by itself, as the solver counts."""
    taken = list(flat)
    n = int(case.inputs.space.enforcing[taken].sum())
    constant = case.slope[n] * case.inputs.base[0] + case.base[n]
    terms = case.slope[n] * case.inputs.gain[0, taken]
    return np.rint(constant / UTILITY_STEP) + np.rint(terms / UTILITY_STEP).sum(axis=0)


def in_dossier_order(case, flat):
    chosen = {case.inputs.space.issue[term]: case.inputs.space.option[term] for term in flat}
    return tuple(chosen[k] for k in range(len(chosen)))


@settings(max_examples=60)
@given(cases())
def test_solutions_are_the_best_of_every_package(case):
    demands = set(ordered_demands(case.inputs, 0)) - set(RESERVATION)
    allowed = [
        flat for flat, missed in zip(case.packages, case.unmet, strict=True) if not missed & demands
    ]

    def keys(flat):
        left = whole_surplus(case, flat)
        first = tuple(-place for place in in_dossier_order(case, flat))
        return (left.min(), left.sum(), first), (left.sum(), left.min(), first)

    for which, solve in enumerate((egalitarian, utilitarian)):
        answer = solve(case.inputs, 0, case.slope, case.base)
        assert answer.status == "proved"
        best = max(allowed, key=lambda flat: keys(flat)[which], default=None)
        assert answer.package == best


@settings(max_examples=80)
@given(cases(), st.data())
def test_nearest_package_is_the_nearest_of_every_acceptable_package(case, data):
    text = [
        data.draw(st.lists(st.integers(0, len(options) - 1), unique=True, max_size=2))
        for options in case.prefs.options
    ]
    demands = set(ordered_demands(case.inputs, 0))
    acceptable = [
        flat for flat, missed in zip(case.packages, case.unmet, strict=True) if not missed & demands
    ]

    def changed(flat):
        order = in_dossier_order(case, flat)
        return tuple(k for k, o in enumerate(order) if text[k] and o not in text[k])

    def key(flat):
        left = whole_surplus(case, flat)
        return len(changed(flat)), -left.min(), -left.sum(), in_dossier_order(case, flat)

    answer = nearest_package(case.inputs, 0, text, case.slope, case.base)
    assert answer.status == "proved"
    if not acceptable:
        assert (answer.package, answer.changed, answer.added, answer.left) == (None, (), (), None)
        return
    best = min(acceptable, key=key)
    assert answer.package == best
    assert answer.changed == changed(best)
    assert min(answer.left) >= 0.0


def test_nearest_package_leaves_open_what_the_text_leaves_open():
    # The text takes the middle of the first issue and is silent on two others: worth .375 to each.
    # A term for A on the second and one for B on the third would be worth .5 to both, but the text as
    # it stands is acceptable, so nothing is added.
    prefs = preferences(
        [2, 1, 1],
        [2, 1, 1],
        [[1, 0.5, 0], [1, 0, 0.2], [0, 1, 0.3]],
        [[0, 0.5, 1], [0, 1, 0.2], [1, 0, 0.3]],
    )
    inputs = deal_inputs(replace(prefs, options=(("o0", "o1", "left_open"),) * 3))
    slope, silent = np.full((1, 2), 0.5), [[1], [], []]
    answer = nearest_package(inputs, 0, silent, slope, np.zeros((1, 2)))
    assert inputs.space.choice(np.array(answer.package)) == {
        "I0": "o1",
        "I1": "left_open",
        "I2": "left_open",
    }
    assert (answer.changed, answer.added) == ((), ())
    dear = nearest_package(inputs, 0, silent, slope, np.array([[-0.22, -0.1]]))  # A needs .44
    assert (dear.changed, len(dear.added)) == ((), 1)


def test_a_package_exactly_at_both_reservation_values_is_acceptable():
    # Each gets the whole of one of two equal issues: u = 1/2, U - V = 0.
    inputs = deal_inputs(preferences([1, 1], [1, 1], [[1, 0]] * 2, [[0, 1]] * 2))
    slope, base = np.full((1, 2), 0.5), np.array([[-0.25, -0.25]])
    assert feasible(inputs, 0, RESERVATION, slope, base).package is not None
    above = base - 1e-12  # less than a step, and yet more than a half of u
    assert feasible(inputs, 0, RESERVATION, slope, above) == Answer(None, "proved")
    assert not can_be_met(inputs, 0, RESERVATION, slope, above)


def test_a_package_exactly_at_a_walk_away_value_is_consented_to():
    # Thirds of an ideal, in whole steps, add up to a step less than the whole.
    actor = consenting([1, 1, 1], [[1, 0]] * 3, [True] * 3, 1.0)
    inputs = deal_inputs(preferences([1] * 3, [1] * 3, [[1, 0]] * 3, [[0, 1]] * 3, others=(actor,)))
    slope, base = np.ones((1, 2)), np.zeros((1, 2))
    assert feasible(inputs, 0, (consent(0),), slope, base).package == (0, 2, 4)
    assert unmet(inputs, 0, (0, 2, 4), (consent(0),), slope, base) == ()
    assert can_be_met(inputs, 0, (consent(0),), slope, base)
    assert unmet(inputs, 0, (0, 2, 5), (consent(0),), slope, base) == (consent(0),)


def test_a_package_worse_by_one_step_is_dominated():
    better = 0.5 + UTILITY_STEP
    inputs = deal_inputs(preferences([1], [1], [[1, better, 0.5, 0]], [[0, 0.5, 0.5, 1]]))
    assert is_undominated(inputs, 0, (1,)) is True
    assert is_undominated(inputs, 0, (2,)) is False


def test_when_the_work_runs_out_nothing_is_claimed():
    inputs = deal_inputs(preferences([1] * 8, [1] * 8, [[1, 0.4, 0]] * 8, [[0, 0.7, 1]] * 8))
    slope, base = np.ones((1, 2)), np.array([[-0.55, -0.55]])
    none = 0.0
    assert feasible(inputs, 0, RESERVATION, slope, base, none) == Answer(None, "unknown")
    assert egalitarian(inputs, 0, slope, base, none).status == "unknown"
    assert nearest_package(inputs, 0, [[]] * 8, slope, base, none).status == "unknown"
    assert is_undominated(inputs, 0, [0] * 8, none) is None


def test_an_answer_that_our_evaluator_does_not_repeat_is_unknown(monkeypatch):
    inputs = deal_inputs(preferences([1, 1], [1, 1], [[1, 0]] * 2, [[0, 1]] * 2))
    slope, base = np.ones((1, 2)), np.array([[-0.6, -0.3]])
    wrong = Answer((1, 3), "proved")  # all to B
    monkeypatch.setattr(Program, "solve", lambda self, *_: (wrong, 0))
    assert feasible(inputs, 0, (RESERVATION[0],), slope, base) == Answer(None, "unknown")


def test_presolve_loses_no_package_of_the_template_dossier():
    # OR-Tools 9.15 called this question infeasible (google/or-tools issue 5293); 548 packages, many of
    # which leave B at its value. Lines of U - V as they were at the median inputs, to five places.
    text = files("interbellum.dossier").joinpath("template.yaml").read_text(encoding="utf-8")
    inputs = deal_inputs(compile_medians(load_text(text).dossier).preferences)
    slope = np.array(
        [[0.13099, 0.10285], [0.13550, 0.10651], [0.14014, 0.11029], [0.14490, 0.11418]]
    )
    base = np.array(
        [[-0.07810, -0.05501], [-0.07909, -0.05609], [-0.08007, -0.05718], [-0.08104, -0.05828]]
    )
    for demands in ((RESERVATION[1],), (consent(0), RESERVATION[1])):
        assert can_be_met(inputs, 0, demands, slope, base)
        answer = feasible(inputs, 0, demands, slope, base)
        assert answer.status == "proved"
        assert answer.package is not None
