"""Negotiation domains: exact analysis against brute force, solutions, and the published formats."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbellum.deals import domain as domain_module
from interbellum.deals.domain import analyse, frontier
from interbellum.deals.domain_kernel import larger_product
from interbellum.deals.domain_reference import frontier_by_enumeration, utility
from interbellum.deals.solutions import (
    DEFINITIONS,
    SOLUTIONS,
    egalitarian,
    kalai_smorodinsky,
    nash,
    utilitarian,
)
from interbellum.errors import InternalError, UsageError
from interbellum.model.arrays import ShapeError
from interbellum.model.deals import UTILITY_STEP
from interbellum.model.domain import Domain, Party


def domain_of(sizes, parties, name="sample"):
    return Domain(
        name,
        tuple(f"issue {k}" for k in range(len(sizes))),
        tuple(tuple(f"option {o}" for o in range(size)) for size in sizes),
        tuple(parties),
    )


@st.composite
def small_domains(draw, fewest=2, most=4, tables=True):
    """Few coarse numbers, so that ties and equal packages are the rule and not the exception."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    share = st.integers(0, 6).map(lambda x: x / 6)
    made = []
    for p in range(draw(st.integers(fewest, most))):
        reservation = draw(st.none() | share)
        if tables and draw(st.booleans()):
            packages = int(np.prod(sizes))
            table = draw(st.lists(share, min_size=packages, max_size=packages))
            made.append(Party(f"P{p}", reservation=reservation, table=np.array(table)))
            continue
        weights = draw(st.lists(share, min_size=len(sizes), max_size=len(sizes)))
        values = tuple(
            np.array(draw(st.lists(share, min_size=size, max_size=size))) for size in sizes
        )
        base = draw(st.sampled_from([0.0, 0.25, -0.5]))
        made.append(Party(f"P{p}", np.array(weights), values, reservation, None, base))
    return domain_of(sizes, made)


def best_by_hand(name, domain):
    """First package in C order that a solution's words describe, in exact fractions of whole steps."""
    floor = [round((party.reservation or 0.0) / UTILITY_STEP) for party in domain.parties]
    every = {
        package: tuple(
            sum(
                round(float(w) * float(row[o]) / UTILITY_STEP)
                for w, row, o in zip(party.weights, party.values, package, strict=True)
            )
            + round(party.base / UTILITY_STEP)
            - least
            if party.table is None
            else round(utility(domain, party, package) / UTILITY_STEP) - least
            for party, least in zip(domain.parties, floor, strict=True)
        )
        for package in product(*(range(len(row)) for row in domain.options))
    }
    fine = {package: gain for package, gain in every.items() if min(gain) >= 0}
    if name == "egalitarian":
        return max(every, key=lambda d: (min(every[d]), sum(every[d])))
    if not fine:
        return None
    if name == "nash":
        return max(fine, key=lambda d: (int(np.prod([Fraction(g) for g in fine[d]])), sum(fine[d])))
    if name == "utilitarian":
        return max(fine, key=lambda d: (sum(fine[d]), min(fine[d])))
    ideal = [max(gain[p] for gain in fine.values()) for p in range(len(domain.parties))]
    share = {
        d: min([Fraction(g, i) for g, i in zip(gain, ideal, strict=True) if i] or [Fraction(1)])
        for d, gain in fine.items()
    }
    return max(fine, key=lambda d: (share[d], sum(fine[d])))


# --- the frontier ------------------------------------------------------------------------------


@given(small_domains())
@settings(max_examples=300)
def test_frontier_equals_enumeration(domain):
    found = frontier(domain)
    got = {
        (tuple(steps), tuple(choice))
        for steps, choice in zip(found.steps.T.tolist(), found.choice.tolist(), strict=True)
    }
    assert got == set(frontier_by_enumeration(domain))
    assert len(got) == len(found.choice)
    assert found.status == "proved"
    assert (np.diff(found.steps[0]) <= 0).all()


@given(small_domains(most=2, tables=False))
@settings(max_examples=200)
def test_two_additive_parties_equal_their_tables(domain):
    tables = tuple(
        Party(
            party.name,
            reservation=party.reservation,
            table=np.array(
                [
                    utility(domain, party, package)
                    for package in product(*(range(len(row)) for row in domain.options))
                ]
            ),
        )
        for party in domain.parties
    )
    sums, written = frontier(domain), frontier(replace(domain, parties=tables))
    # A sum of rounded terms and a rounded sum part by at most half a step a term.
    if sums.steps.shape == written.steps.shape:
        assert np.abs(sums.steps - written.steps).max() <= 2


def test_buckets_of_a_large_table_lose_no_point():
    rng = np.random.default_rng(3)
    a, b = rng.random(20_000), rng.random(20_000)
    a[:500] = np.round(a[:500], 2)  # ties within and across buckets
    b[:500] = np.round(b[:500], 2)
    parties = [Party("A", table=a), Party("B", table=b)]
    found = frontier(domain_of([100, 200], parties))
    order = np.lexsort((np.arange(len(a)), -b, -a))
    want, best = [], -1.0
    for place in order:
        if b[place] > best:
            want.append(int(place))
            best = b[place]
    assert (found.choice @ np.array([200, 1])).tolist() == want


def test_every_package_on_the_frontier_survives():
    n = 3000  # more than the kernel's first room, all undominated
    rising = np.linspace(0.0, 1.0, n)
    parties = [Party("A", table=rising), Party("B", table=rising[::-1])]
    assert len(frontier(domain_of([n], parties)).choice) == n
    parties = [
        Party("A", np.ones(1), (rising,)),
        Party("B", np.ones(1), (rising[::-1],)),
    ]
    assert len(frontier(domain_of([n], parties)).choice) == n


def test_space_far_beyond_enumeration_is_proved():
    # Options (j, 9-j) of every issue: all sums lie on one line, 9*30+1 of them. Weights times
    # values are whole steps, so equal sums are equal.
    values = np.arange(10.0) / 10.0
    parties = [
        Party("A", np.full(30, 0.03), (values,) * 30),
        Party("B", np.full(30, 0.03), (values[::-1],) * 30),
    ]
    domain = domain_of([10] * 30, parties)
    assert domain.packages == 10**30
    found = frontier(domain)
    assert (len(found.choice), found.status) == (271, "proved")


@given(*[st.integers(0, 2**62 - 1)] * 4)
def test_products_are_compared_exactly(a, b, c, d):
    assert larger_product(a, b, c, d) == (a * b > c * d) - (a * b < c * d)


def test_products_that_floats_cannot_tell_apart():
    big = 2**60
    assert larger_product(big, big, big - 1, big + 1) == 1
    assert larger_product(big, big, big, big) == 0


def test_thinned_frontier_says_so(monkeypatch):
    rng = np.random.default_rng(5)
    parties = [
        Party(f"P{p}", rng.dirichlet(np.ones(5)), tuple(rng.random(6) for _ in range(5)), 0.0)
        for p in range(4)
    ]
    domain = domain_of([6] * 5, parties)
    whole = analyse(domain)
    part = analyse(domain, most_points=50)
    assert (whole.status, part.status) == ("proved", "sampled")
    assert len(part.choice) <= 50 + len(parties)
    assert all(one.status == "sampled" for one in part.solutions)
    assert "not proved" in part.notes[-1]
    worse = min(part.solutions[0].gains), min(whole.solutions[0].gains)
    assert worse[0] <= worse[1]


def test_sample_without_an_acceptable_package_leaves_the_question_open():
    rng = np.random.default_rng(6)
    parties = [
        Party(f"P{p}", rng.dirichlet(np.ones(4)), tuple(rng.random(6) for _ in range(4)), 0.99)
        for p in range(3)
    ]
    domain = domain_of([6] * 4, parties)
    for most, status in ((5, "unknown"), (10**6, "proved")):
        found = {one.name: one for one in analyse(domain, most).solutions}["nash"]
        assert (found.package, found.status) == (None, status)


@pytest.mark.parametrize("parties", [2, 3])
def test_utilities_beyond_whole_steps_are_refused(parties):
    huge = [Party(f"P{p}", np.ones(1), (np.array([0.0, 1e10]),)) for p in range(parties)]
    with pytest.raises(UsageError, match="smaller scale"):
        frontier(domain_of([2], huge))
    tables = [Party(f"P{p}", table=np.array([0.0, 1e10])) for p in range(parties)]
    with pytest.raises(UsageError, match="smaller scale"):
        frontier(domain_of([2], tables))


def test_too_many_packages_to_write_out_are_refused(monkeypatch):
    monkeypatch.setattr(domain_module, "MOST_PACKAGES", 3)
    parties = [Party("A", table=np.arange(4.0)), Party("B", np.ones(1), (np.arange(4.0),))]
    with pytest.raises(UsageError, match="4 packages"):
        frontier(domain_of([4], parties))


# --- solutions ---------------------------------------------------------------------------------


@given(small_domains())
@settings(max_examples=300)
def test_solutions_equal_their_words(domain):
    for one in analyse(domain).solutions:
        want = best_by_hand(one.name, domain)
        labels = want and tuple(row[o] for row, o in zip(domain.options, want, strict=True))
        assert one.package == labels, one.name
        assert (one.definition, one.ties) == DEFINITIONS[one.name]
        if want is not None:
            again = tuple(utility(domain, party, want) for party in domain.parties)
            assert one.utilities == again


def test_solutions_differ_where_they_should():
    # Frontier (10, 0), (6, 5), (5, 5), (0, 6) in gains: by hand.
    gains = np.array([[10, 7, 5, 0], [1, 4, 5, 6]])
    assert egalitarian(gains) == 2  # min 5
    assert nash(gains) == 1  # 28 against 25
    assert utilitarian(gains) == 1  # 11, 11: the tie goes to the larger smallest gain
    assert kalai_smorodinsky(gains) == 1  # min(.7, .67) against min(.5, .83)


@pytest.mark.parametrize("solve", [kalai_smorodinsky, nash, utilitarian])
def test_two_losses_are_no_solution(solve):
    assert solve(np.array([[-3.0], [-4.0]])) is None  # product 12
    assert solve(np.empty((2, 0))) is None


def test_egalitarian_names_the_least_bad_package():
    assert egalitarian(np.array([[-3.0, -1.0], [5.0, -2.0]])) == 1
    assert egalitarian(np.empty((2, 0))) is None


def test_ties_are_ties_and_near_ties_are_not():
    third = 1.0 / 3.0
    assert nash(np.array([[third, third], [third, np.nextafter(third, 1.0)]])) == 1
    assert nash(np.array([[third, third], [third, third]])) == 0
    assert nash(np.array([[0.0, 0.0, 2.0], [1.0, 3.0, 0.0]])) == 1  # products 0: the larger sum
    many = 10**9 + 7
    gains = np.array([[many + 1, many], [many - 1, many], [many] * 2, [many] * 2])
    assert nash(gains) == 1  # products differ by one part in 10**18


def test_party_that_can_gain_nothing_is_left_out_of_the_shares():
    assert kalai_smorodinsky(np.array([[0, 0, 0], [1, 5, 3]])) == 1
    assert kalai_smorodinsky(np.array([[0, 0], [0, 0]])) == 0


@pytest.mark.parametrize("solve", SOLUTIONS.values())
@pytest.mark.parametrize("bad", [np.zeros(3), np.array([[np.nan]]), np.empty((0, 2))])
def test_gains_that_are_none_are_refused(solve, bad):
    with pytest.raises(ShapeError, match="parties, packages"):
        solve(bad)


def test_reservation_not_stated_is_said():
    parties = [
        Party("A", np.ones(1), (np.array([0.5, 1.0]),)),
        Party("B", np.ones(1), (np.array([9.0, 2.0]),), None, 0.8),
    ]
    found = analyse(domain_of([2], parties))
    assert found.disagreement == (0.0, 0.0)  # not the least utility, 0.5 and 2
    assert found.notes == (
        "A states no reservation: 0 is used, the bottom of a scale from 0 to 1.",
        "B states no reservation: 0 is used, though its utilities run from 2 to 9; state a"
        " reservation on that scale.",
        "B has a discount factor of 0.8: utilities here are those of an agreement at once.",
    )
    assert found.acceptable == 2


def test_package_that_re_evaluates_otherwise_is_our_error(monkeypatch):
    parties = [Party(name, np.ones(1), (np.array([0.5, 1.0]),)) for name in "AB"]
    monkeypatch.setattr(domain_module, "utility", lambda *_: 0.75)
    with pytest.raises(InternalError, match="is worth"):
        analyse(domain_of([2], parties))


def test_domains_that_do_not_fit_together_are_refused():
    good = Party("A", np.ones(1), (np.arange(2.0),))
    with pytest.raises(ShapeError, match="one row of values"):
        Party("A", np.ones(2), (np.arange(2.0),))
    with pytest.raises(ShapeError, match="finite"):
        Party("A", np.ones(1), (np.array([np.inf]),))
    with pytest.raises(ShapeError, match="flat"):
        Party("A", np.ones(1), (np.arange(2.0),), table=np.arange(2.0))
    with pytest.raises(ShapeError, match="two parties"):
        domain_of([2], [good])
    with pytest.raises(ShapeError, match="names of their own"):
        domain_of([2], [good, good])
    with pytest.raises(ShapeError, match="do not fit"):
        domain_of([3], [good, replace_name(good, "B")])
    with pytest.raises(ValueError, match="read-only"):
        good.values[0][0] = 1.0


def replace_name(party, name):
    return Party(name, party.weights, party.values, party.reservation)
