"""What cannot hold together, all of it, and what opening the range costs: against every subset."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from interbellum.deals import blocking
from interbellum.deals.blocking import (
    any_package,
    conflicts,
    hitting,
    how_often,
    met,
    opens_alone,
)
from interbellum.deals.concessions import concessions, cost_of, line_losses, owners_of
from interbellum.deals.consent import level_count
from interbellum.deals.exact import Answer
from interbellum.deals.range import RESERVATION, blocking_sets, consent, ordered_demands
from interbellum.deals.utility import deal_inputs, linked_weights, utility_scale
from interbellum.errors import InternalError
from interbellum.model.deals import UTILITY_STEP
from test_deals import FLAT, consenting, line, preferences
from test_exact import cases, demands_unmet, every_package

LEADS = ("lead_a", "lead_b")


def subsets(of):
    return (frozenset(part) for size in range(len(of) + 1) for part in combinations(of, size))


def smallest(sets):
    return {one for one in sets if not any(other < one for other in sets)}


def by_brute_force(demands, missed):
    """All minimal blocking sets and corrections from what every package misses."""
    short = {frozenset(some & set(demands)) for some in missed}
    if frozenset() in short:
        return set(), set()
    fails = {part for part in subsets(demands) if all(part & some for some in short)}
    return smallest(fails), smallest(short)


@settings(max_examples=120)
@given(cases())
def test_all_blocking_sets_and_corrections_equal_brute_force(case):
    found = conflicts(case.inputs, 0, case.slope, case.base)
    want_blocking, want_corrections = by_brute_force(found.demands, case.unmet)
    assert found.status == "proved"
    assert {frozenset(one) for one in found.blocking} == want_blocking
    assert {frozenset(one) for one in found.corrections} == want_corrections
    for sets in (found.blocking, found.corrections):
        assert len({frozenset(one) for one in sets}) == len(sets)
        place = {demand: i for i, demand in enumerate(found.demands)}
        keys = [(len(one), [place[demand] for demand in one]) for one in sets]
        assert keys == sorted(keys)
        assert all(key[1] == sorted(key[1]) for key in keys)


@settings(max_examples=60)
@given(cases())
def test_corrections_are_the_minimal_hitting_sets_of_the_blocking_sets(case):
    found = conflicts(case.inputs, 0, case.slope, case.base)
    assume(found.blocking)
    for ours, theirs in (
        (found.corrections, found.blocking),
        (found.blocking, found.corrections),
    ):
        hits = {part for part in subsets(found.demands) if all(part & set(one) for one in theirs)}
        assert {frozenset(one) for one in ours} == smallest(hits)


@settings(max_examples=60)
@given(cases())
def test_blocking_set_fails_whole_and_holds_without_any_member(case):
    found = conflicts(case.inputs, 0, case.slope, case.base)
    for one in found.blocking:
        assert met(case.inputs, 0, one, case.slope, case.base) is False
        for member in one:
            rest = [other for other in one if other != member]
            assert met(case.inputs, 0, rest, case.slope, case.base) is True
    quick = blocking_sets(case.inputs, 0, case.slope, case.base)
    assert bool(quick) == bool(found.blocking)
    assert {frozenset(one) for one in quick} <= {frozenset(one) for one in found.blocking}


@settings(max_examples=60)
@given(cases(), st.data())
def test_every_way_to_ask_gives_the_same_answer(case, data):
    demands = data.draw(st.lists(st.sampled_from(ordered_demands(case.inputs, 0)), unique=True))
    expected = any(not missed & set(demands) for missed in case.unmet)
    assert met(case.inputs, 0, demands, case.slope, case.base) is expected
    allowed = np.array(
        data.draw(
            st.lists(
                st.booleans(),
                min_size=len(case.inputs.space.issue),
                max_size=len(case.inputs.space.issue),
            )
        )
    )
    expected = any(allowed[list(flat)].all() for flat in case.packages)
    assert any_package(case.inputs, allowed) is expected


@given(st.lists(st.integers(1, 63), max_size=6))
def test_hitting_sets_are_all_the_minimal_ones(sets):
    got = [0]
    for one in sets:
        got = hitting(got, one)
    want = [bits for bits in range(64) if all(bits & one for one in sets)]
    want = {bits for bits in want if not any(b != bits and b & bits == b for b in want)}
    assert sorted(got) == sorted(want)


def swapped(prefs):
    return replace(
        prefs,
        weight=prefs.weight[:, ::-1],
        value=prefs.value[:, ::-1],
        ideal=prefs.ideal[::-1],
        discount=prefs.discount[:, ::-1],
    )


@settings(max_examples=60)
@given(cases(), st.integers(1, 4))
def test_swapped_labels_explain_a_draw_by_the_same_sets_even_when_stopped(case, limit):
    inputs = deal_inputs(swapped(case.prefs))
    there = {RESERVATION[0]: RESERVATION[1], RESERVATION[1]: RESERVATION[0]}
    for most in (limit, 1000):
        one = conflicts(case.inputs, 0, case.slope, case.base, 1, limit=most)
        two = conflicts(inputs, 0, case.slope[:, ::-1], case.base[:, ::-1], -1, limit=most)
        for ours, theirs in (
            (one.blocking, two.blocking),
            (one.corrections, two.corrections),
        ):
            assert ours == tuple(tuple(there.get(d, d) for d in part) for part in theirs)
        assert one.status == two.status


@settings(max_examples=60)
@given(cases(), st.integers(0, 12), st.integers(1, 3))
def test_a_stopped_search_says_so_and_returns_only_true_sets(case, questions, limit):
    found = conflicts(case.inputs, 0, case.slope, case.base, questions=questions, limit=limit)
    want_blocking, want_corrections = by_brute_force(found.demands, case.unmet)
    got_blocking = {frozenset(one) for one in found.blocking}
    got_corrections = {frozenset(one) for one in found.corrections}
    assert got_blocking <= want_blocking
    assert got_corrections <= want_corrections
    if found.status == "proved":
        assert (got_blocking, got_corrections) == (want_blocking, want_corrections)
    assert found.questions <= questions


OPPOSED = preferences(
    [1, 1],
    [1, 1],
    [[1, 0.5, 0]] * 2,
    [[0, 0.5, 1]] * 2,
    red_lines=(
        replace(line(0, [1, 2]), owner="lead_a"),
        replace(line(0, [0]), owner="lead_b"),
        replace(line(1, [0]), owner="lead_b"),
    ),
)
OPEN = np.zeros((1, 2))


def test_opposed_red_lines_are_one_set_and_each_opens():
    found = conflicts(deal_inputs(OPPOSED), 0, FLAT, OPEN)
    assert found.blocking == ((0, 1),)
    assert found.corrections == ((0,), (1,))
    assert conflicts(deal_inputs(replace(OPPOSED, red_lines=())), 0, FLAT, OPEN).blocking == ()


def test_a_solver_that_disagrees_leaves_the_status_unknown(monkeypatch):
    inputs = deal_inputs(OPPOSED)
    # It says that everything can be met: no blocking set is confirmed.
    monkeypatch.setattr(blocking, "feasible", lambda *_, **__: Answer((0, 3), "proved"))
    found = conflicts(inputs, 0, FLAT, OPEN)
    assert (found.blocking, found.status) == ((), "unknown")
    # It says that nothing can: no correction is confirmed.
    monkeypatch.setattr(blocking, "feasible", lambda *_, **__: Answer(None, "proved"))
    found = conflicts(inputs, 0, FLAT, OPEN)
    assert (found.blocking, found.corrections, found.status) == ((), (), "unknown")
    # It never answers.
    monkeypatch.setattr(blocking, "feasible", lambda *_, **__: Answer(None, "unknown"))
    found = conflicts(inputs, 0, FLAT, OPEN)
    assert (found.blocking, found.corrections, found.status) == ((), (), "unknown")


def test_one_answer_of_the_solver_that_differs_is_enough_for_unknown(monkeypatch):
    inputs, asked = deal_inputs(OPPOSED), blocking.feasible

    def lies_once(inputs, draw, demands, slope, base, **ways):
        if set(demands) == {0, 1}:
            return Answer((0, 3), "proved")
        return asked(inputs, draw, demands, slope, base, **ways)

    monkeypatch.setattr(blocking, "feasible", lies_once)
    found = conflicts(inputs, 0, FLAT, OPEN)
    assert (found.blocking, found.corrections) == ((), ((0,), (1,)))
    assert found.status == "unknown"


def test_a_set_with_a_walk_away_value_is_refused_in_two_ways_or_not_shown(monkeypatch):
    actor = consenting([1, 0], [[1, 0], [1, 0]], [True, True], 0.9)
    inputs = deal_inputs(
        preferences([1, 1], [1, 1], [[0, 1], [1, 0]], [[0, 1], [0, 1]], others=(actor,))
    )
    whole = conflicts(inputs, 0, FLAT, np.zeros((1, 2)))
    assert whole.status == "proved"
    assert any(consent(0) in demands for demands in whole.blocking)
    asked = blocking.feasible

    def differs_without_presolve(inputs, draw, demands, slope, base, presolve=True):
        if not presolve:
            return Answer(None, "unknown")
        return asked(inputs, draw, demands, slope, base)

    monkeypatch.setattr(blocking, "feasible", differs_without_presolve)
    found = conflicts(inputs, 0, FLAT, np.zeros((1, 2)))
    assert not any(consent(0) in demands for demands in found.blocking)
    assert found.status == "unknown"


def test_a_correction_larger_than_need_be_is_left_out(monkeypatch):
    inputs, true = deal_inputs(OPPOSED), blocking.met

    def never_with_the_third_line(inputs, draw, demands, slope, base):
        return 2 not in demands and true(inputs, draw, demands, slope, base)

    monkeypatch.setattr(blocking, "met", never_with_the_third_line)
    found = conflicts(inputs, 0, FLAT, OPEN)
    assert all(2 not in one for one in found.corrections)
    assert found.status == "unknown"


def test_time_that_is_up_stops_the_search():
    found = conflicts(deal_inputs(OPPOSED), 0, FLAT, OPEN, seconds=-1.0)
    assert (found.blocking, found.questions, found.status) == ((), 0, "unknown")


# --- what it costs -----------------------------------------------------------------------------------


def losses_by_hand(prefs, inputs, line_, flat):
    """What a package costs the owner of one red line, from its weights and values."""
    (term,) = (t for t in flat if inputs.space.issue[t] == line_.issue)
    option = int(inputs.space.option[term])
    if option not in line_.refused:
        return 0.0
    k = line_.issue
    if line_.owner in LEADS:
        side = LEADS.index(line_.owner)
        share = linked_weights(prefs.weight, prefs.linkage)[0, side, k]
        share = share / utility_scale(prefs)[0, side]
        value = prefs.value[0, side, k]
    else:
        actor = next(actor for actor in prefs.others if actor.actor == line_.owner)
        counted = actor.weight[0] * actor.consents
        share = counted[k] / counted.sum() if counted[k] else 0.0
        value = actor.value[0, k]
    taken = prefs.standing[k] if inputs.space.void[term] else option
    would = [o for o in range(len(prefs.options[k])) if o not in line_.refused]
    least = (
        min(value[o] for o in would)
        if would
        else max(value[o] for o in range(len(prefs.options[k])))
    )
    return max(0.0, share * (least - value[taken]))


def cost_by_hand(case, correction, flat):
    inputs, taken = case.inputs, list(flat)
    n = int(inputs.space.enforcing[taken].sum())
    u = inputs.base[0] + inputs.gain[0, taken].sum(axis=0)
    left = case.slope[n] * u + case.base[n]
    total = 0.0
    for demand in correction:
        if demand >= 0:
            total += losses_by_hand(case.prefs, inputs, case.prefs.red_lines[demand], flat)
        elif demand in RESERVATION:
            total += max(0.0, -left[RESERVATION.index(demand)])
        else:
            asked = inputs.consents[consent(0) - demand]
            total += max(0.0, asked.walk_away[0] - asked.gain[0, taken].sum())
    return total


@settings(max_examples=100)
@given(cases())
def test_concessions_suffice_are_minimal_and_cost_least_of_every_package(case):
    inputs = case.inputs
    found = conflicts(inputs, 0, case.slope, case.base)
    losses = line_losses(case.prefs, inputs, 0, LEADS)
    owners = owners_of(case.prefs, inputs, LEADS)
    costed = concessions(
        inputs, 0, found.demands, found.corrections, losses, owners, case.slope, case.base
    )
    assert costed.costed == costed.of == len(found.corrections)
    assert {one.demands for one in costed.ranked} == set(found.corrections)
    totals = [one.total for one in costed.ranked]
    assert all(b >= a - 2 * UTILITY_STEP for a, b in pairwise(totals))
    for one in costed.ranked:
        assert one.status == "proved"
        dropped, wanted = set(one.demands), set(found.demands)
        missed = case.unmet[case.packages.index(one.package)] & wanted
        assert missed == dropped  # meets all else, and no smaller concession would do
        opening = [
            flat
            for flat, some in zip(case.packages, case.unmet, strict=True)
            if not some & wanted - dropped
        ]
        least = min(cost_by_hand(case, one.demands, flat) for flat in opening)
        # At most five issues and two actors' sums, half a step each.
        assert one.total == pytest.approx(least, abs=2e-8)
        assert one.total == pytest.approx(cost_by_hand(case, one.demands, one.package), abs=1e-8)
        assert one.total == pytest.approx(sum(cost for _, cost in one.costs))
        assert {actor for actor, _ in one.costs} == {owners[demand] for demand in one.demands}


def test_concession_costs_by_hand():
    # Two issues of weight 1/2. A refuses all but its ideal on the first: the worst it signs there is
    # its ideal, worth 1/2; B refuses that, and the worst it signs is worth 1/2·1/2.
    inputs = deal_inputs(OPPOSED)
    found = conflicts(inputs, 0, FLAT, OPEN)
    losses = line_losses(OPPOSED, inputs, 0, LEADS)
    assert losses[0] == pytest.approx([0, 0.25, 0.5, 0, 0, 0])
    assert losses[1] == pytest.approx([0.25, 0, 0, 0, 0, 0])
    owners = owners_of(OPPOSED, inputs, LEADS)
    got = concessions(inputs, 0, found.demands, found.corrections, losses, owners, FLAT, OPEN)
    # Equal totals, equal sizes: canonical order.
    assert [one.demands for one in got.ranked] == [(0,), (1,)]
    assert got.ranked[0].costs == (("lead_a", pytest.approx(0.25)),)
    assert got.ranked[1].costs == (("lead_b", pytest.approx(0.25)),)
    # Of the packages that cost no more, the first in dossier order that B signs on issue 2.
    assert got.ranked[0].package == (1, 4)
    few = concessions(
        inputs, 0, found.demands, found.corrections, losses, owners, FLAT, OPEN, most=1
    )
    assert (few.costed, few.of) == (1, 2)


def test_a_reservation_value_costs_what_it_misses():
    # u_A + u_B = 1 over four equal issues and U - V = u/2 - base: A asks .8, B asks .4.
    prefs = preferences([1] * 4, [1] * 4, [[1, 0]] * 4, [[0, 1]] * 4)
    inputs, base = deal_inputs(prefs), np.array([[-0.4, -0.2]])
    found = conflicts(inputs, 0, FLAT, base)
    assert found.corrections == ((RESERVATION[0],), (RESERVATION[1],))
    losses = line_losses(prefs, inputs, 0, LEADS)
    got = concessions(
        inputs,
        0,
        found.demands,
        found.corrections,
        losses,
        owners_of(prefs, inputs, LEADS),
        FLAT,
        base,
    )
    # A at all four leaves B .2 short of U; B at two leaves A at 1/4, .15 short.
    assert [one.costs for one in got.ranked] == [
        (("lead_a", pytest.approx(0.15)),),
        (("lead_b", pytest.approx(0.2)),),
    ]


def test_a_walk_away_value_costs_what_it_misses_and_its_red_line_its_own_scale():
    actor = consenting([3, 1], [[1, 0.2, 0], [1, 0, 0]], [True, True], 0.9, "C")
    prefs = preferences(
        [1, 1],
        [1, 1],
        [[0, 0.5, 1]] * 2,
        [[0, 0.5, 1]] * 2,
        others=(actor,),
        red_lines=(replace(line(0, [1, 2]), owner="C"),),
    )
    prefs = replace(prefs, ideal=np.array([[2, 2], [0, 0]]))
    inputs = deal_inputs(prefs)
    # C loses 3/4·(1 - .2) and 3/4·1 of its ideal on the terms that it refuses.
    losses = line_losses(prefs, inputs, 0, LEADS)
    assert losses[0] == pytest.approx([0, 0.6, 0.75, 0, 0, 0])
    base = np.array([[-0.3, -0.3]])
    gain = inputs.gain[0, :, 0]
    assert gain[2] > gain[1] > gain[0]
    found = conflicts(inputs, 0, np.full((1, 2), 0.5), base)
    owners = owners_of(prefs, inputs, LEADS)
    assert owners[consent(0)] == owners[0] == "C"
    got = concessions(
        inputs, 0, found.demands, found.corrections, losses, owners, np.full((1, 2), 0.5), base
    )
    assert got.ranked
    for one in got.ranked:
        each = cost_of(inputs, 0, one.demands, losses, np.full((1, 2), 0.5), base, one.package)
        assert sum(each) == pytest.approx(one.total)


def test_a_red_line_of_nobody_is_our_fault():
    prefs = replace(OPPOSED, red_lines=(line(0, [0]),))
    with pytest.raises(InternalError, match="nobody known"):
        line_losses(prefs, deal_inputs(prefs), 0, LEADS)


# --- over an ensemble --------------------------------------------------------------------------------


@settings(max_examples=40)
@given(cases(), st.data())
def test_how_often_sets_block_and_what_alone_opens_equal_a_count_over_draws(case, data):
    draws = 4
    single = case.inputs
    lines = len(case.prefs.red_lines)
    in_force = np.array(
        [[data.draw(st.booleans()) for _ in range(lines)] for _ in range(draws)], bool
    ).reshape(draws, lines)

    def over(array):
        return np.repeat(array, draws, axis=0)

    inputs = replace(
        single,
        gain=over(single.gain),
        base=over(single.base),
        allowed=np.array([~single.refused[row].any(axis=0) for row in in_force]),
        decides=over(single.decides),
        standing=over(single.standing),
        red_lines=in_force,
        consents=tuple(
            replace(one, gain=over(one.gain), walk_away=over(one.walk_away))
            for one in single.consents
        ),
    )
    levels = level_count(single)
    moved = np.array([data.draw(st.integers(-20, 20)) / 100 for _ in range(draws)])
    slope = np.repeat(case.slope[None, :levels], draws, axis=0)
    base = case.base[None, :levels] + moved[:, None, None]
    weights = np.array([data.draw(st.integers(1, 5)) for _ in range(draws)], float)
    weights /= weights.sum()
    asked = [0, 2, 3]
    sets = [
        RESERVATION,
        *{tuple(sorted(one)) for one in subsets(ordered_demands(inputs, 0)) if one},
    ]
    packages = every_package(single)
    missed = [
        [demands_unmet(inputs, draw, flat, slope[draw], base[draw]) for flat in packages]
        for draw in range(draws)
    ]

    def fails(draw, demands):
        return all(some & set(demands) for some in missed[draw])

    total = weights[asked].sum()
    want = [
        sum(
            weights[draw]
            for draw in asked
            if set(one) <= set(ordered_demands(inputs, draw)) and fails(draw, one)
        )
        / total
        for one in sets
    ]
    for threads in (1, 2):
        got = how_often(inputs, asked, weights[asked], slope, base, sets, threads)
        assert got == pytest.approx(want)
    closed = [draw for draw in asked if fails(draw, ordered_demands(inputs, draw))]
    alone = {}
    for draw in closed:
        whole = ordered_demands(inputs, draw)
        for demand in whole:
            if not fails(draw, [other for other in whole if other != demand]):
                alone[demand] = alone.get(demand, 0.0) + weights[draw] / weights[closed].sum()
    assert opens_alone(inputs, asked, weights[asked], slope, base, 2) == pytest.approx(alone)


def test_no_draws_block_nothing():
    inputs = deal_inputs(OPPOSED)
    none = np.zeros(0)
    assert how_often(inputs, [], none, FLAT[None], OPEN[None], [(0, 1)]).tolist() == [0.0]
    assert opens_alone(inputs, [], none, FLAT[None], OPEN[None]) == {}
