"""Deals: utilities, the exact frontier, and what stands in the way."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbellum.deals.frontier import frontier
from interbellum.deals.range import (
    RESERVATION,
    best_alone,
    blocking_sets,
    can_be_met,
    consent,
    surplus,
    survey,
)
from interbellum.deals.reference import rearmament_shift, value_of_deal
from interbellum.deals.utility import deal_inputs, delivered_share, linked_weights
from interbellum.errors import UsageError
from interbellum.model.deals import (
    UTILITY_STEP,
    ActorPreferences,
    Preferences,
    PromiseInputs,
    RedLineInputs,
)
from interbellum.model.steps import best_offer


def preferences(
    weight_a,
    weight_b,
    value_a,
    value_b,
    *,
    enforcing=None,
    requires=(),
    excludes=(),
    linkage=1.0,
    red_lines=(),
    promises=(),
    discount=0.002,
    only_if=(),
    void_if=(),
    others=(),
):
    """One draw: weights per issue, values per issue and option."""
    issues = len(weight_a)
    most = max(len(row) for row in value_a)
    value = np.full((1, 2, issues, most), np.nan)
    for side, rows in enumerate((value_a, value_b)):
        for k, row in enumerate(rows):
            value[0, side, k, : len(row)] = row
    options = tuple(tuple(f"o{o}" for o in range(len(row))) for row in value_a)
    return Preferences(
        tuple(f"I{k}" for k in range(issues)),
        options,
        np.array([[weight_a, weight_b]], dtype=float),
        value,
        np.array([[int(np.argmax(row)) for row in rows] for rows in (value_a, value_b)]),
        np.zeros(issues, np.int64),
        np.ones(issues, bool),
        tuple(tuple(True for _ in row) for row in options),
        enforcing or tuple(tuple(0 for _ in row) for row in options),
        tuple(requires),
        tuple(excludes),
        np.array([linkage]),
        np.full((1, 2), discount),
        tuple(red_lines),
        tuple(promises),
        tuple(only_if),
        tuple(void_if),
        (),
        tuple(others),
    )


def line(issue, refused, real=True):
    return RedLineInputs(
        f"positions.x.I{issue}.red_line",
        "X",
        issue,
        tuple(refused),
        np.array([real]),
        np.array([0.9]),
    )


def promised(issue, option, without, delivered, *delays, share=(1.0,), withdrawal=0.0):
    return PromiseInputs(
        issue,
        option,
        without,
        np.array([delivered]),
        np.array([delays]),
        np.array(share),
        np.array([withdrawal]),
    )


def brute_force(inputs):
    """Every package that meets every clause: u of both, number of provisions, and the terms taken."""
    ranges = [
        range(first, last)
        for first, last in zip(inputs.space.offsets[:-1], inputs.space.offsets[1:], strict=True)
    ]
    rows = []
    for flat in product(*ranges):
        taken = list(flat)
        if inputs.allowed[0, taken].all() and inputs.space.holds(np.array(taken)):
            u = inputs.base[0] + inputs.gain[0, taken].sum(axis=0)
            rows.append((u[0], u[1], int(inputs.space.enforcing[taken].sum()), flat))
    return rows


def in_steps(inputs, flat):
    """u of both above the base, in the whole steps that the frontier compares."""
    return tuple(np.rint(inputs.gain[0, list(flat)] / UTILITY_STEP).astype(int).sum(axis=0))


def undominated(points):
    return {
        (a, b)
        for a, b in points
        if not any(c >= a and d >= b and (c, d) != (a, b) for c, d in points)
    }


ladders = st.integers(2, 4)


@st.composite
def spaces(draw):
    issues = draw(st.integers(2, 4))
    sizes = [draw(ladders) for _ in range(issues)]
    unit = st.floats(0, 1)
    value_a = [[1.0, *sorted((draw(unit) for _ in range(n - 2)), reverse=True), 0.0] for n in sizes]
    value_b = [[0.0, *sorted(draw(unit) for _ in range(n - 2)), 1.0] for n in sizes]
    weight = [[draw(st.floats(0.1, 10)) for _ in sizes] for _ in range(2)]
    enforcing = tuple(tuple(draw(st.integers(0, 2)) for _ in range(n)) for n in sizes)
    condition = ()
    if draw(st.booleans()):
        condition = (
            (0, draw(st.integers(0, sizes[0] - 1)), 1, draw(st.integers(0, sizes[1] - 1))),
        )
    kind = draw(st.sampled_from(["requires", "excludes"]))
    lines = [
        line(k, [draw(st.integers(0, sizes[k] - 1))]) for k in range(issues) if draw(st.booleans())
    ]
    return preferences(
        weight[0],
        weight[1],
        value_a,
        value_b,
        enforcing=enforcing,
        linkage=draw(unit),
        red_lines=lines,
        **{kind: condition},
    )


@settings(max_examples=150)
@given(spaces())
def test_frontier_equals_brute_force_for_every_number_of_provisions(prefs):
    inputs = deal_inputs(prefs)
    every = brute_force(inputs)
    front = frontier(inputs, 0, keep_choice=True)
    for level in range(len(front.levels) - 1):
        here = slice(front.levels[level], front.levels[level + 1])
        got = {in_steps(inputs, chosen) for chosen in front.choice[here]}
        assert got == undominated([in_steps(inputs, flat) for _, _, n, flat in every if n == level])
        assert len(got) == len(front.u_a[here])
        assert (np.diff(front.u_a[here]) < 0).all()
        assert (np.diff(front.u_b[here]) > 0).all()
    for point, chosen in enumerate(front.choice):  # every point is attained by its package
        u = inputs.base[0] + inputs.gain[0, chosen].sum(axis=0)
        assert u == pytest.approx([front.u_a[point], front.u_b[point]], abs=1e-8)
        assert inputs.allowed[0, chosen].all()


@settings(max_examples=60)
@given(spaces(), st.floats(0.1, 1), st.floats(0.1, 1), st.floats(-0.6, 0.3), st.floats(-0.6, 0.3))
def test_bisection_finds_the_best_worst_surplus(prefs, slope_a, slope_b, base_a, base_b):
    front = frontier(deal_inputs(prefs), 0)
    for level in range(len(front.levels) - 1):
        start, stop = front.levels[level], front.levels[level + 1]
        worst, at = best_offer(front.u_a, front.u_b, start, stop, slope_a, base_a, slope_b, base_b)
        if start == stop:
            assert at == -1
            continue
        every = np.minimum(
            slope_a * front.u_a[start:stop] + base_a, slope_b * front.u_b[start:stop] + base_b
        )
        assert worst == pytest.approx(every.max(), abs=1e-12)


def test_own_ideal_everywhere_is_worth_one_and_the_others_nothing():
    inputs = deal_inputs(
        preferences([3, 1, 6], [2, 2, 6], [[1, 0.4, 0]] * 3, [[0, 0.7, 1]] * 3, linkage=0.4)
    )
    every = {flat: (a, b) for a, b, _, flat in brute_force(inputs)}
    assert every[(0, 3, 6)] == pytest.approx((1.0, 0.0))
    assert every[(2, 5, 8)] == pytest.approx((0.0, 1.0))


def test_raiffas_frontier_of_two_linear_issues():
    # Design section 8: a1/b1 > a2/b2, weights sum to one, ω = 1; ladders of 401 rungs stand in for
    # divisible issues, so the frontier is met to half a rung.
    a, b = (0.7, 0.3), (0.4, 0.6)
    rungs = np.linspace(1.0, 0.0, 401)
    inputs = deal_inputs(preferences(a, b, [rungs, rungs], [1 - rungs, 1 - rungs]))
    front = frontier(inputs, 0)
    # Raiffa (1982): issue 1 goes to A first, so u_B = 1-b1 uA/a1, then b2(1-(uA-a1)/a2).
    exact = np.where(
        front.u_a <= a[0], 1.0 - b[0] * front.u_a / a[0], b[1] * (1.0 - (front.u_a - a[0]) / a[1])
    )
    assert front.u_b == pytest.approx(exact, abs=2e-3)
    assert len(front.u_a) >= 401


def test_without_linkage_there_is_nothing_to_gain_by_trading_issues():
    weight = np.array([[[5.0, 1.0], [1.0, 5.0]]])
    assert linked_weights(weight, np.array([0.0]))[0, 0] == pytest.approx([0.5, 0.5])
    assert linked_weights(weight, np.array([1.0]))[0, 0] == pytest.approx([5 / 6, 1 / 6])
    inputs = deal_inputs(preferences([5, 1], [1, 5], [[1, 0]] * 2, [[0, 1]] * 2, linkage=0.0))
    front = frontier(inputs, 0)
    assert front.u_a + front.u_b == pytest.approx(np.ones(len(front.u_a)))


def test_a_promise_is_worth_its_substance_only():
    promise = promised(0, 0, 1, 0.5, 100.0)
    plain = preferences([1, 1], [1, 1], [[1, 0.2, 0]] * 2, [[0, 0.5, 1]] * 2)
    carrot = preferences([1, 1], [1, 1], [[1, 0.2, 0]] * 2, [[0, 0.5, 1]] * 2, promises=(promise,))
    face, worth = deal_inputs(plain).gain[0, 0, 0], deal_inputs(carrot).gain[0, 0, 0]
    base = deal_inputs(plain).gain[0, 1, 0]
    assert worth == pytest.approx(base + 0.5 * np.exp(-0.002 * 100.0) * (face - base))
    empty = promised(0, 0, 0, 0.9, 10.0)  # its baseline is itself
    same = deal_inputs(preferences([1, 1], [1, 1], [[1, 0]] * 2, [[0, 1]] * 2, promises=(empty,)))
    assert same.gain[0, 0, 0] == pytest.approx(0.5)


def test_conditions_forbid_packages_and_tied_issues_stand_together():
    inputs = deal_inputs(
        preferences([1, 1, 1], [1, 1, 1], [[1, 0]] * 3, [[0, 1]] * 3, requires=((0, 0, 2, 1),))
    )
    assert abs(inputs.space.order.index(0) - inputs.space.order.index(2)) == 1
    assert inputs.space.states.max() == 2
    taken = {
        tuple(inputs.space.choice(np.array(flat)).values()) for *_, flat in brute_force(inputs)
    }
    assert ("o0", "o0", "o0") not in taken
    assert ("o0", "o0", "o1") in taken
    assert len(taken) == 6


def test_conditions_too_many_to_follow_are_refused_with_their_issues():
    # Each of 12 issues bars an option of another that stands past all of them: 2^12 ways to be open.
    half = 12
    ties = tuple((k, 0, half + (5 * k) % half, 0) for k in range(half))
    ring = tuple((k, 1, (k + 1) % half, 1) for k in range(half))
    shifted = tuple((half + k, 1, half + (k + 1) % half, 1) for k in range(half))
    with pytest.raises(UsageError, match=r"I0, .*can stand unsettled in"):
        deal_inputs(
            preferences(
                [1] * 2 * half,
                [1] * 2 * half,
                [[1, 0.5, 0]] * 2 * half,
                [[0, 0.5, 1]] * 2 * half,
                excludes=ties + ring + shifted,
            )
        )


def test_conditions_that_leave_no_package_are_refused_with_their_issues():
    with pytest.raises(UsageError, match="I0, I1 leave no package"):
        deal_inputs(
            preferences(
                [1, 1],
                [1, 1],
                [[1, 0]] * 2,
                [[0, 1]] * 2,
                excludes=tuple((0, a, 1, b) for a in (0, 1) for b in (0, 1)),
            )
        )


def test_conditions_that_leave_no_package_before_the_last_issue_are_refused_too():
    # I0 and I1 bar each other altogether; what stands after them is never reached.
    with pytest.raises(UsageError, match="I0, I1, I2 leave no package"):
        deal_inputs(
            preferences(
                [1] * 4,
                [1] * 4,
                [[1, 0]] * 4,
                [[0, 1]] * 4,
                excludes=(*((0, a, 1, b) for a in (0, 1) for b in (0, 1)), (1, 0, 2, 0)),
            )
        )


FLAT = np.array([[0.5, 0.5]])


def blocked(prefs, base):
    inputs = deal_inputs(prefs)
    return inputs, blocking_sets(inputs, 0, FLAT, np.array([base]))


def test_opposed_red_lines_on_one_issue_block_by_themselves():
    prefs = preferences(
        [1, 1],
        [1, 1],
        [[1, 0.5, 0]] * 2,
        [[0, 0.5, 1]] * 2,
        red_lines=(line(0, [1, 2]), line(0, [0]), line(1, [0])),
    )
    inputs, found = blocked(prefs, [0.0, 0.0])
    assert found == ((0, 1),)
    assert len(frontier(inputs, 0).u_a) == 0


def test_reservation_values_can_block_with_no_red_line():
    prefs = preferences([1, 1], [1, 1], [[1, 0]] * 2, [[0, 1]] * 2)
    _, found = blocked(prefs, [-0.4, -0.4])
    assert found == (RESERVATION,)
    _, found = blocked(prefs, [-0.6, 0.0])  # even its ideal is worth less than fighting on
    assert found == ((RESERVATION[0],),)
    _, found = blocked(prefs, [-0.6, -0.7])  # each fails by itself: both are named
    assert found == ((RESERVATION[0],), (RESERVATION[1],))


# Off the round numbers that ladders produce, so that no surplus is 0 to the last bit.
knife_free = st.integers(-500, 100).map(lambda k: k / 1000 + 0.000123)


@settings(max_examples=80)
@given(spaces(), knife_free, knife_free)
def test_blocking_set_fails_whole_and_holds_when_any_member_is_dropped(prefs, base_a, base_b):
    inputs = deal_inputs(prefs)
    levels = int(inputs.space.enforcing.max(initial=0)) * inputs.space.steps() + 1
    slope, base = np.full((levels, 2), 0.5), np.array([[base_a, base_b]] * levels)
    lines, refusals = prefs.red_lines, inputs.refused
    found = blocking_sets(inputs, 0, slope, base)
    assert found == blocking_sets(inputs, 0, slope, base, -1) or len(found[0]) > 2

    def satisfiable(demands):
        barred = [d for d in demands if d >= 0]
        for flat in product(
            *(
                range(first, last)
                for first, last in zip(
                    inputs.space.offsets[:-1], inputs.space.offsets[1:], strict=True
                )
            )
        ):
            taken = list(flat)
            if barred and refusals[np.ix_(barred, taken)].any():
                continue
            if not inputs.space.holds(np.array(taken)):
                continue
            u = inputs.base[0] + inputs.gain[0, taken].sum(axis=0)
            left = 0.5 * u + np.array([base_a, base_b])
            # Utilities are compared in whole steps of 1e-9 each bundle.
            if all(left[s] >= -1e-8 for s in (0, 1) if RESERVATION[s] in demands):
                return True
        return False

    every = [*range(len(lines)), *RESERVATION]
    assert (found == ()) == satisfiable(every)
    for demands in found:
        assert not satisfiable(list(demands))
        for demand in demands:
            assert satisfiable([other for other in demands if other != demand])


@settings(max_examples=60)
@given(spaces())
def test_best_alone_is_the_best_package_of_each_side_for_every_number_of_provisions(prefs):
    inputs = deal_inputs(replace(prefs, red_lines=()))
    best = best_alone(inputs, 0)
    every = brute_force(inputs)
    for level in range(len(best)):
        here = [(a, b) for a, b, n, _ in every if n == level]
        if here:
            assert best[level] == pytest.approx(np.max(here, axis=0))
        else:
            assert np.isnan(best[level]).all()


def test_open_range_is_a_package_that_both_accept():
    prefs = preferences([1, 1], [1, 1], [[1, 0]] * 2, [[0, 1]] * 2)
    front = frontier(deal_inputs(prefs), 0)
    assert survey(front, FLAT, np.array([[-0.25, -0.25]]), 0.5).is_open
    assert not survey(front, FLAT, np.array([[-0.26, -0.25]]), 0.5).is_open
    assert surplus(front, FLAT, np.array([[0.0, 0.0]])).max() == pytest.approx(0.5)


@settings(max_examples=40)
@given(spaces(), knife_free, knife_free, st.floats(0, 1))
def test_survey_finds_the_best_package_of_each_form(prefs, base_a, base_b, share):
    front = frontier(deal_inputs(prefs), 0)
    levels = len(front.levels) - 1
    slope, base = np.full((levels, 2), 0.5), np.array([[base_a, base_b]] * levels)
    seen = survey(front, slope, base, share)
    left = surplus(front, slope, base)
    assert seen.is_open == bool((left >= 0).all(axis=1).any())
    settles = front.decides >= share
    for at, among in (
        (seen.best, np.ones(len(left), bool)),
        (seen.best_settlement, settles),
        (seen.best_ceasefire, ~settles),
    ):
        if not among.any():
            assert at == -1
        else:
            assert among[at]
            assert left[at].min() == pytest.approx(left[among].min(axis=1).max())


def test_value_of_a_deal_in_its_limits():
    rho = np.array([0.002, 0.003])
    u, y = np.array([0.7, 0.4]), np.array([0.5, 0.5])
    ceiling, rate = np.array([0.1, 0.05]), np.array([0.02, 0.03])

    def value(at):
        return np.stack([at[..., 0], 1.0 - at[..., 1]], axis=-1)

    shift = rearmament_shift(ceiling, rate, rho, np.zeros(2))
    assert value_of_deal(u, y, value, rho, np.zeros(2), shift) == pytest.approx(u)
    huge = np.full(2, 1e9)
    assert value_of_deal(u, y, value, rho, huge, shift) == pytest.approx(
        value(np.clip(y + shift, 0, 1)), abs=1e-6
    )
    finite = rearmament_shift(ceiling, rate, rho, huge)  # at finite r the breaker has no time
    assert value_of_deal(u, y, value, rho, huge, finite) == pytest.approx(value(y), abs=1e-6)
    assert shift[0] < 0 < shift[1]


def test_fearons_range_is_the_war_payoff_plus_the_costs():
    # Fearon (1995): with complete information and linear utility both prefer shares of the stake
    # from p-c_A to p+c_B to a costly lottery. One divisible issue, no risk of breach: U = u.
    p, costs = 0.6, np.array([0.05, 0.1])
    rungs = np.linspace(1.0, 0.0, 1001)
    inputs = deal_inputs(preferences([1], [1], [rungs], [1 - rungs]))
    front = frontier(inputs, 0)
    value = np.array([p - costs[0], 1 - p - costs[1]])
    left = surplus(front, np.ones((1, 2)), -value[None, :])
    agreed = front.u_a[(left >= -1e-12).all(axis=1)]
    assert agreed.min() == pytest.approx(p - costs[0])
    assert agreed.max() == pytest.approx(p + costs[1])


def test_options_that_exclude_each_other_never_stand_together():
    inputs = deal_inputs(
        preferences([1, 1, 1], [1, 1, 1], [[1, 0]] * 3, [[0, 1]] * 3, excludes=((0, 0, 2, 1),))
    )
    taken = {
        tuple(inputs.space.choice(np.array(flat)).values()) for *_, flat in brute_force(inputs)
    }
    assert {row for row in taken if row[0] == "o0" and row[2] == "o1"} == set()
    assert len(taken) == 6  # 8 without the two that join o0 and o1


def test_standing_line_is_worth_what_the_same_package_is():
    # Option 0 stands on both issues (weights .75 and .25). Raw worth to A: .75·1 + .25·.5 = .875; what
    # B wants is worth .75·.2 = .15 to it, what it wants itself 1: u = (.875-.15)/.85. B: .25·.5.
    prefs = preferences([3, 1], [3, 1], [[1, 0.2], [0.5, 1, 0]], [[0, 1], [0.5, 0, 1]])
    inputs = deal_inputs(prefs)
    assert inputs.standing[0] == pytest.approx([0.725 / 0.85, 0.125])
    every = {
        tuple(inputs.space.choice(np.array(flat)).values()): (a, b)
        for a, b, _, flat in brute_force(inputs)
    }
    assert inputs.standing[0] == pytest.approx(every["o0", "o0"])


def test_only_contested_issues_count_towards_what_a_text_decides():
    # Both want option 0 on the third issue; the first two weigh 6 and 2 to both on average.
    prefs = preferences(
        [5, 3, 2], [7, 1, 2], [[1, 0], [1, 0], [1, 0]], [[0, 1], [0, 1], [1, 0]], linkage=1.0
    )
    inputs = deal_inputs(prefs)
    assert inputs.decides[0] == pytest.approx([0.75, 0.75, 0.25, 0.25, 0.0, 0.0])


def test_rearmament_shifts_the_race_against_the_one_who_fears_by_what_the_other_gains():
    # g_A = -ḡ_B r_B/(r_B+ρ_A+h_A), g_B = ḡ_A r_A/(r_A+ρ_B+h_B).
    got = rearmament_shift(
        np.array([0.1, 0.3]), np.array([0.02, 0.05]), np.array([0.01, 0.04]), np.array([0.04, 0.14])
    )
    assert got == pytest.approx([-0.3 * 0.05 / 0.10, 0.1 * 0.02 / 0.20])


def test_terms_of_a_ceasefire_or_of_process_settle_nothing():
    prefs = preferences([5, 3], [7, 1], [[1, 0]] * 2, [[0, 1]] * 2)
    inputs = deal_inputs(replace(prefs, substantive=np.array([True, False])))
    assert inputs.decides[0] == pytest.approx([1.0, 1.0, 0.0, 0.0])


# --- conditional terms, consents, promises in parts, the line as it stands ------------------------


@st.composite
def tied_spaces(draw):
    """Small spaces with several conditions of every kind between three to five issues."""
    issues = draw(st.integers(3, 5))
    sizes = [draw(st.integers(2, 3)) for _ in range(issues)]
    unit = st.floats(0, 1)
    value_a = [[1.0, *sorted((draw(unit) for _ in range(n - 2)), reverse=True), 0.0] for n in sizes]
    value_b = [[0.0, *sorted(draw(unit) for _ in range(n - 2)), 1.0] for n in sizes]
    weight = [[draw(st.floats(0.1, 10)) for _ in sizes] for _ in range(2)]
    enforcing = tuple(tuple(draw(st.integers(0, 1)) for _ in range(n)) for n in sizes)

    def term(issue):
        return issue, draw(st.integers(0, sizes[issue] - 1))

    def pair():
        first, second = draw(st.permutations(range(issues)))[:2]
        return term(first), term(second)

    conditions = {"requires": [], "excludes": [], "only_if": [], "void_if": []}
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(sorted(conditions)))
        (k, o), other = pair()
        if kind in ("requires", "excludes"):
            conditions[kind].append((k, o, *other))
        elif kind == "only_if":
            conditions[kind].append(
                (k, o, (other, *(pair()[1] for _ in range(draw(st.integers(0, 1))))))
            )
            if conditions[kind][-1][2][-1][0] == k:
                conditions[kind][-1] = (k, o, (other,))
        elif k > other[0]:  # from later to earlier issues, so that no circle closes
            conditions[kind].append((k, o, (other,)))
    return (
        preferences(
            weight[0],
            weight[1],
            value_a,
            value_b,
            enforcing=enforcing,
            **{kind: tuple(found) for kind, found in conditions.items()},
        ),
        conditions,
    )


def by_the_conditions(prefs, conditions):
    """Packages that a reader of the conditions would accept: u of both, provisions, options."""
    weight = linked_weights(prefs.weight, prefs.linkage)[0]
    issues = range(len(prefs.issues))
    rows = {}
    for package in product(*(range(len(options)) for options in prefs.options)):
        if any(package[k] == o and package[j] != p for k, o, j, p in conditions["requires"]):
            continue
        if any(package[k] == o and package[j] == p for k, o, j, p in conditions["excludes"]):
            continue
        if any(
            package[k] == o and not any(package[j] == p for j, p in others)
            for k, o, others in conditions["only_if"]
        ):
            continue
        void = {
            k
            for k, o, others in conditions["void_if"]
            if package[k] == o and any(package[j] == p for j, p in others)
        }
        counted = [prefs.standing[k] if k in void else package[k] for k in issues]
        raw = [sum(weight[s, k] * prefs.value[0, s, k, counted[k]] for k in issues) for s in (0, 1)]
        ends = [
            [
                sum(weight[s, k] * prefs.value[0, s, k, prefs.ideal[who, k]] for k in issues)
                for s in (0, 1)
            ]
            for who in (0, 1)
        ]
        u = [(raw[s] - ends[1 - s][s]) / (ends[s][s] - ends[1 - s][s]) for s in (0, 1)]
        provisions = sum(0 if k in void else prefs.enforcing[k][package[k]] for k in issues)
        rows[package] = (u[0], u[1], provisions)
    return rows


@settings(max_examples=200)
@given(tied_spaces())
def test_frontier_of_tied_issues_equals_the_conditions_read_one_by_one(case):
    prefs, conditions = case
    want = by_the_conditions(prefs, conditions)
    if not want:
        with pytest.raises(UsageError, match="leave no package"):
            deal_inputs(prefs)
        return
    inputs = deal_inputs(prefs)
    space = inputs.space
    every = brute_force(inputs)
    got = {}
    for a, b, n, flat in every:
        options = dict(zip(space.issue[list(flat)], space.option[list(flat)], strict=True))
        package = tuple(int(options[k]) for k in range(len(prefs.issues)))
        assert package not in got  # one reading of each text
        got[package] = (a, b, n)
    assert got.keys() == want.keys()
    for package, row in got.items():
        assert row == pytest.approx(want[package], abs=1e-9)
    front = frontier(inputs, 0, keep_choice=True)
    for level in range(len(front.levels) - 1):
        here = slice(front.levels[level], front.levels[level + 1])
        points = {in_steps(inputs, chosen) for chosen in front.choice[here]}
        assert points == undominated(
            [in_steps(inputs, flat) for _, _, n, flat in every if n == level]
        )
        assert all(space.holds(chosen) for chosen in front.choice[here])


def consenting(weight, value, consents, walk_away, name="C"):
    most = max(map(len, value))
    table = np.full((1, len(weight), most), np.nan)
    for k, row in enumerate(value):
        table[0, k, : len(row)] = row
    return ActorPreferences(
        name,
        name,
        np.array([weight], dtype=float),
        table,
        np.array(consents),
        np.array([walk_away]),
    )


@settings(max_examples=120)
@given(spaces(), st.data())
def test_frontier_leaves_every_consenting_actor_at_its_walk_away_value(prefs, data):
    issues = len(prefs.issues)
    unit = st.integers(0, 20).map(lambda n: n / 20)
    actors = [
        consenting(
            [data.draw(st.integers(1, 5)) for _ in range(issues)],
            [[data.draw(unit) for _ in options] for options in prefs.options],
            [data.draw(st.booleans()) for _ in range(issues)],
            data.draw(unit) + 0.0123,  # off the grid, so that no sum meets it to the last bit
            name,
        )
        for name in ("C", "D")[: data.draw(st.integers(1, 2))]
    ]
    inputs = deal_inputs(replace(prefs, others=tuple(actors)))
    every = [
        row
        for row in brute_force(inputs)
        if all(asked.gain[0, list(row[3])].sum() >= asked.walk_away[0] for asked in inputs.consents)
    ]
    front = frontier(inputs, 0, keep_choice=True)
    for level in range(len(front.levels) - 1):
        here = slice(front.levels[level], front.levels[level + 1])
        points = {in_steps(inputs, chosen) for chosen in front.choice[here]}
        assert points == undominated(
            [in_steps(inputs, flat) for _, _, n, flat in every if n == level]
        )
        assert len(points) == len(front.u_a[here])
        for asked in inputs.consents:
            for chosen in front.choice[here]:
                assert asked.gain[0, chosen].sum() >= asked.walk_away[0] - 1e-7


def test_a_consenting_actors_ideal_is_worth_one_over_the_issues_it_consents_to():
    actor = consenting([3, 1, 9], [[1, 0], [0, 1], [0, 1]], [True, True, False], 0.5)
    inputs = deal_inputs(preferences([1] * 3, [1] * 3, [[1, 0]] * 3, [[0, 1]] * 3, others=(actor,)))
    (asked,) = inputs.consents
    worth = {
        tuple(inputs.space.choice(np.array(flat)).values()): asked.gain[0, list(flat)].sum()
        for *_, flat in brute_force(inputs)
    }
    assert worth["o0", "o1", "o0"] == pytest.approx(1.0)
    assert worth["o0", "o0", "o1"] == pytest.approx(0.75)
    assert worth["o1", "o0", "o0"] == pytest.approx(0.0)


def test_walk_away_value_can_block_and_is_named_so():
    # A third actor asks for the option that both leads like least on the first issue.
    actor = consenting([1, 0], [[1, 0], [1, 0]], [True, True], 0.9)
    prefs = preferences([1, 1], [1, 1], [[0, 1], [1, 0]], [[0, 1], [0, 1]], others=(actor,))
    inputs = deal_inputs(prefs)
    open_to_leads = np.zeros((1, 2))
    assert can_be_met(inputs, 0, RESERVATION, FLAT, open_to_leads)
    assert blocking_sets(inputs, 0, FLAT, open_to_leads) == ((consent(0), *RESERVATION),)


def test_a_promise_in_parts_is_worth_its_parts_and_less_if_it_can_be_taken_back():
    rho = np.array([[0.002, 0.004]])
    whole = promised(0, 0, 1, 0.5, 100.0)
    assert delivered_share(whole, rho)[0] == pytest.approx(0.5 * np.exp(-rho[0] * 100.0))
    parts = promised(0, 0, 1, 0.5, 10.0, 200.0, share=(0.25, 0.5))
    want = 0.5 * (0.25 * np.exp(-rho[0] * 10.0) + 0.5 * np.exp(-rho[0] * 200.0))
    assert delivered_share(parts, rho)[0] == pytest.approx(want)
    # Taken back at hazard κ: a flow from t on, ended at an exponential time, keeps ρ/(ρ+κ).
    taken = promised(0, 0, 1, 0.5, 100.0, withdrawal=0.006)
    assert delivered_share(taken, rho)[0] == pytest.approx(
        0.5 * np.exp(-rho[0] * 100.0) * rho[0] / (rho[0] + 0.006)
    )


def test_the_line_as_it_stands_is_worth_more_to_the_side_that_it_moved_towards():
    prefs = replace(
        preferences([3, 1], [3, 1], [[1, 0.4, 0], [1, 0]], [[0, 0.5, 1], [0, 1]]),
        front_linked=((0, 1),),
    )
    still, moved = deal_inputs(prefs), deal_inputs(prefs, np.array([0.1]))
    term = int(np.flatnonzero((still.space.issue == 0) & (still.space.option == 1))[0])
    change = moved.gain[0] - still.gain[0]
    assert change[term] == pytest.approx([0.75 * 0.1, -0.75 * 0.1])
    assert np.delete(change, term, axis=0) == pytest.approx(np.zeros((len(change) - 1, 2)))
    far = deal_inputs(prefs, np.array([0.9]))  # no option is worth more than an ideal
    assert (far.gain[0] - still.gain[0])[term] == pytest.approx([0.75 * 0.6, -0.75 * 0.5])
