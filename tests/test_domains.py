"""Negotiation domains: exact analysis against brute force, solutions, and the published formats."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from interbellum.api import solve_domain
from interbellum.cli.main import main
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
from interbellum.dossier import xmltree
from interbellum.dossier.domains import FORMS, read_domain, write_domain
from interbellum.dossier.scales import reservation_fault
from interbellum.errors import DossierError, InterbellumError, InternalError, UsageError
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


def test_of_equal_packages_the_first_is_named():
    # Worth (1, 1) twice: options (0, 0) and (1, 1), by hand.
    falls, rises = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    weights = np.ones(2)
    parties = [Party("A", weights, (falls, rises)), Party("B", weights, (rises, falls))]
    domain = domain_of([2, 2], parties)
    found = frontier(domain)
    assert found.choice.tolist() == [[0, 1], [0, 0], [1, 0]]
    assert found.nash == 1
    tables = [
        Party(p.name, table=np.array([1.0, 2.0, 0.0, 1.0])[::s])
        for p, s in zip(parties, (1, -1), strict=True)
    ]
    assert frontier(domain_of([2, 2], tables)).choice.tolist() == [[0, 1], [0, 0], [1, 0]]


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


# --- GENIUS XML --------------------------------------------------------------------------------

TEMPLATE = """<negotiation_template>
<utility_space number_of_issues="2">
<objective index="0" name="root" type="objective" etype="objective">
<issue index="2" name="border" type="discrete" vtype="discrete" etype="discrete">
<item index="1" value="open"/>
<item index="2" value="shut"/>
</issue>
<issue index="5" name="aid" type="discrete">
<item index="1" value="none" cost="0.0"/>
<item index="2" value="some"/>
<item index="3" value="much"/>
</issue>
</objective>
</utility_space>
</negotiation_template>
"""
NORTH = """<utility_space>
<objective index="1" name="any" type="objective" etype="objective">
<issue index="2" name="border" type="discrete">
<item index="1" value="open" evaluation="4"/>
<item index="2" value="shut" evaluation="8"/>
</issue>
<issue index="5" name="aid" type="discrete">
<item index="2" value="some" evaluation="3"/>
<item index="1" value="none" evaluation="0"/>
<item index="3" value="much" evaluation="12"/>
</issue>
<weight index="2" value="0.25"/>
<weight index="5" value="0.75"/>
<weight index="1" value="1.0"/>
</objective>
<discount_factor value="0.5"/>
<reservation value="0.25"/>
</utility_space>
"""
SOUTH = """<utility_space>
<objective index="1" name="any" type="objective">
<issue index="2" name="border"><item value="open" evaluation="1"/><item value="shut" evaluation="0"/></issue>
<issue index="5" name="aid">
<item value="none" evaluation="2"/><item value="some" evaluation="1"/><item value="much" evaluation="1"/>
</issue>
<weight index="2" value="0.5"/>
<weight index="5" value="0.5"/>
</objective>
</utility_space>
"""


def genius(folder, template=TEMPLATE, north=NORTH, south=SOUTH):
    folder.mkdir(exist_ok=True)
    for name, text in (("strait-domain", template), ("north", north), ("south", south)):
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder


def same(one, other):
    """Equality of two domains, number by number."""

    def plain(domain):
        parties = [
            (
                party.name,
                party.weights.tolist(),
                [row.tolist() for row in party.values],
                party.reservation,
                party.discount,
                party.base,
                None if party.table is None else party.table.tolist(),
            )
            for party in domain.parties
        ]
        return domain.name, domain.issues, domain.options, parties

    return plain(one) == plain(other)


def test_genius_is_read_as_genius_evaluates_it(tmp_path):
    domain = read_domain(genius(tmp_path / "strait"))
    assert (domain.name, domain.issues) == ("strait", ("border", "aid"))
    assert domain.options == (("open", "shut"), ("none", "some", "much"))
    north, south = domain.parties
    assert (north.name, north.reservation, north.discount) == ("north", 0.25, 0.5)
    assert (south.name, south.reservation, south.discount) == ("south", None, None)
    # GENIUS divides by the issue's largest evaluation: 4/8 and 3/12, by hand.
    assert utility(domain, north, (0, 1)) == 0.25 * 0.5 + 0.75 * 0.25
    assert utility(domain, south, (0, 2)) == 0.5 + 0.5 * 0.5
    assert same(read_domain(tmp_path / "strait" / "strait-domain.xml"), domain)


def test_genius_leaves_its_own_frontier_and_notes_alone(tmp_path):
    folder = genius(tmp_path / "strait")
    (folder / "pareto.xml").write_text("not XML at all", encoding="utf-8")
    (folder / "_info.yaml").write_text("format: xml", encoding="utf-8")
    assert len(read_domain(folder).parties) == 2


def test_discount_of_nothing_and_worthless_issue_are_read_as_genius_does(tmp_path):
    north = NORTH.replace('"0.5"/>', '"0"/>').replace('evaluation="4"', 'evaluation="0"')
    domain = read_domain(genius(tmp_path / "s", north=north.replace('="8"', '="0"')))
    assert domain.parties[0].discount is None
    assert domain.parties[0].values[0].tolist() == [0.0, 0.0]


GENIUS_FAULTS = {
    "integer": (
        {"template": TEMPLATE.replace('name="aid" type="discrete"', 'name="aid" type="integer"')},
        ("strait-domain.xml:8:1", "of type integer", "list the values"),
    ),
    "issue twice": (
        {"template": TEMPLATE.replace('name="aid"', 'name="border"')},
        ("strait-domain.xml:8:1", "stands twice", "remove or rename"),
    ),
    "index twice": (
        {"template": TEMPLATE.replace('index="5"', 'index="2"')},
        ("strait-domain.xml:8:1", "stands twice", "remove or rename"),
    ),
    "option twice": (
        {"template": TEMPLATE.replace('value="some"', 'value="none"')},
        ("strait-domain.xml:10:1", "“none” twice", "remove or rename"),
    ),
    "no index": (
        {"template": TEMPLATE.replace('index="5" ', "")},
        ("strait-domain.xml:8:1", "lacks an index", "add what is missing"),
    ),
    "no issues": (
        {"template": "<negotiation_template/>"},
        ("strait-domain.xml:1:1", "has no issues", "check that this is the domain file"),
    ),
    "not additive": (
        {"north": '<utility_space type="nonlinear"><ufun/></utility_space>'},
        ("north.xml:1:33", "not additive", "table"),
    ),
    "weights": (
        {"north": NORTH.replace('"0.75"', '"0.85"')},
        ("north.xml:12:1", "sums to 1.1", "divide every weight"),
    ),
    "weight missing": (
        {"north": NORTH.replace('<weight index="5" value="0.75"/>', "")},
        ("north.xml:1:1", "is missing for aid", "add <weight"),
    ),
    "weight twice": (
        {"north": NORTH.replace('<weight index="1"', '<weight index="2"')},
        ("north.xml:14:1", "stands twice", "one weight"),
    ),
    "weight no number": (
        {"north": NORTH.replace('"0.75"', '"NaN"')},
        ("north.xml:13:1", "“NaN”", "one weight"),
    ),
    "item missing": (
        {"north": NORTH.replace('<item index="3" value="much" evaluation="12"/>', "")},
        ("north.xml:7:1", "no evaluation for “much”", "add <item"),
    ),
    "item unknown": (
        {"north": NORTH.replace('value="much"', 'value="plenty"')},
        ("north.xml:10:1", "“plenty” is not in the domain", "correct or remove"),
    ),
    "item twice": (
        {"north": NORTH.replace('value="none"', 'value="some"')},
        ("north.xml:9:1", "“some” stands twice", "correct or remove"),
    ),
    "evaluation below 0": (
        {"north": NORTH.replace('"12"', '"-1"')},
        ("north.xml:10:1", "evaluation “-1”", "correct or remove"),
    ),
    "issue missing": (
        {"south": SOUTH.replace('index="5" name', 'index="6" name')},
        ("south.xml:4:1", "not an issue of the domain", "the domain's index"),
    ),
    "issue called otherwise": (
        {"north": NORTH.replace('name="aid"', 'name="help"')},
        ("north.xml:7:1", "called “help”", "the domain's name"),
    ),
    "reservation on another scale": (
        {"north": NORTH.replace('<reservation value="0.25"', '<reservation value="25"')},
        (
            "north.xml:17:1",
            "is 25, while utilities run from 0.125 to 1 (scale 0 to 1)",
            "such as 100",
        ),
    ),
    "reservation twice": (
        {"north": NORTH.replace("<discount_factor", "<reservation")},
        ("north.xml:16:1", "more than once", "keep one"),
    ),
    "reservation no number": (
        {"north": NORTH.replace('<reservation value="0.25"', '<reservation value="1_0"')},
        ("north.xml:17:1", "“1_0”", "keep one"),
    ),
    "discount": (
        {"north": NORTH.replace('<discount_factor value="0.5"', '<discount_factor value="1.5"')},
        ("north.xml:16:1", "is 1.5", "write 1"),
    ),
    "tag not closed": (
        {"north": NORTH.replace("</objective>", "")},
        ("north.xml:18:3", "mismatched tag", "not closed"),
    ),
}


@pytest.mark.parametrize("what", GENIUS_FAULTS)
def test_fault_in_genius_says_where_what_and_how_to_mend(tmp_path, what):
    parts, (place, found, mend) = GENIUS_FAULTS[what]
    with pytest.raises(DossierError) as caught:
        read_domain(genius(tmp_path / "s", **parts))
    said = str(caught.value)
    assert place in said
    assert found in said
    assert mend in said.split("Mend: ")[1]


def test_all_profiles_are_faulted_at_once(tmp_path):
    bad = {"north": NORTH.replace('"0.75"', '"0.85"'), "south": SOUTH.replace('"0.5"', '"0.6"')}
    with pytest.raises(DossierError) as caught:
        read_domain(genius(tmp_path / "s", **bad))
    assert len(caught.value.faults) == 2


def test_reservation_at_either_end_of_the_scale_is_fine(tmp_path):
    # 0 refuses nothing, though the least utility is 0.125; 1 is what the best package gives.
    for value in ("0", "1", "1.0"):
        north = NORTH.replace('<reservation value="0.25"', f'<reservation value="{value}"')
        assert read_domain(genius(tmp_path / "s", north=north)).parties[0].reservation == float(
            value
        )


def test_folders_that_are_no_domain_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no domain"):
        read_domain(tmp_path)
    folder = genius(tmp_path / "s")
    (folder / "other-domain.xml").write_text(TEMPLATE, encoding="utf-8")
    with pytest.raises(UsageError, match="2 domain files"):
        read_domain(folder)
    assert read_domain(folder / "other-domain.xml").name == "other"
    (folder / "south.xml").unlink()
    with pytest.raises(UsageError, match="1 profiles"):
        read_domain(folder / "other-domain.xml")
    (folder / "a.yml").write_text("type: X", encoding="utf-8")
    with pytest.raises(UsageError, match="more than one form"):
        read_domain(folder)
    with pytest.raises(DossierError, match="cannot be read"):
        read_domain(tmp_path / "absent")


# --- files of a stranger -----------------------------------------------------------------------

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<utility_space name="&b;"/>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/hostname">\n<utility_space/>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_document_types_and_entities_are_refused(tmp_path, text):
    with pytest.raises(DossierError, match="document type or entity"):
        read_domain(genius(tmp_path / "s", north=text))


def test_large_and_deep_files_are_refused(tmp_path):
    with pytest.raises(DossierError, match="larger than 5 MB"):
        read_domain(genius(tmp_path / "s", north=NORTH + " " * 5_000_001))
    with pytest.raises(DossierError, match="nesting deeper"):
        read_domain(genius(tmp_path / "s", north="<a>" * 100 + "</a>" * 100))
    file = tmp_path / "one.json"
    file.write_text("[" * 100 + "]" * 100, encoding="utf-8")
    with pytest.raises(DossierError, match="nesting deeper"):
        read_domain(file)
    file.write_bytes(b"{" + b" " * 5_000_001 + b"}")
    with pytest.raises(DossierError, match="larger than 5 MB"):
        read_domain(file)
    file.write_bytes(b" \n")
    with pytest.raises(DossierError, match="is empty"):
        read_domain(file)


def test_too_many_elements_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xmltree, "MAX_NODES", 5)
    with pytest.raises(DossierError, match="more than 5 elements"):
        read_domain(genius(tmp_path / "s"))


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_no_bytes_crash_the_reader(data):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("x.xml", "x.json", "x.yml"):
            file = Path(folder) / name
            file.write_bytes(data)
            with pytest.raises(InterbellumError):
                read_domain(file)
            file.unlink()


@given(st.text(alphabet='<>/="ab &;![]issue weight', max_size=120))
@settings(max_examples=150)
def test_no_markup_crashes_the_reader(text):
    with tempfile.TemporaryDirectory() as folder, pytest.raises(InterbellumError):
        read_domain(genius(Path(folder) / "s", north=f"<utility_space>{text}</utility_space>"))


# --- the NegMAS form ---------------------------------------------------------------------------

SPACE = """type: DiscreteCartesianOutcomeSpace
name: strait
issues:
- {type: CategoricalIssue, name: border, values: [open, shut]}
- {type: negmas.outcomes.ContiguousIssue, name: aid, values: [0, 2]}
"""
ADDS = """type: LinearAdditiveUtilityFunction
name: north
reserved_value: 0.25
bias: 0.125
weights: [0.5, 0.25]
values:
- {type: TableFun, mapping: {open: 0.0, shut: 1.0}}
- {type: LinearFun, slope: 0.5}
"""
BY_NAME = """type: negmas.preferences.crisp.linear.LinearUtilityAggregationFunction
name: south
reserved_value: -.inf
weights: {aid: 0.5, border: 0.5}
values:
  aid: {type: AffineFun, slope: -0.5, bias: 1.0}
  border: {type: TableFun, mapping: {shut: 0, open: 1}}
"""
CELL_FORM = """type: HyperRectangleUtilityFunction
name: south
reserved_value: 0.5
outcome_ranges:
- {0: open, 1: 0}
- {0: open, 1: 1}
- {border: open, aid: 2}
- {0: shut, 1: 2}
- {0: shut, 1: 1}
- {0: shut, 1: 0}
utilities: [0.0, 0.1, 0.2, 0.5, 0.4, 0.3]
"""


def negmas(folder, space=SPACE, north=ADDS, south=BY_NAME):
    folder.mkdir(exist_ok=True)
    for name, text in (("domain", space), ("north", north), ("south", south)):
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_negmas_scenario_is_read_by_value(tmp_path):
    domain = read_domain(negmas(tmp_path / "s"))
    assert domain.options == (("open", "shut"), ("0", "1", "2"))
    north, south = domain.parties
    assert utility(domain, north, (1, 2)) == 0.125 + 0.5 + 0.25 * 0.5 * 2  # by hand
    assert utility(domain, south, (0, 1)) == 0.5 * 1 + 0.5 * (1 - 0.5)
    assert (north.reservation, south.reservation) == (0.25, None)


def test_table_of_packages_is_read_in_any_order(tmp_path):
    south = read_domain(negmas(tmp_path / "s", south=CELL_FORM)).parties[1]
    assert south.table.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert south.reservation == 0.5


def test_discounted_utility_keeps_its_factor_and_inner_reservation(tmp_path):
    inner = ADDS.replace("\n", "\n  ")
    north = f"type: ExpDiscountedUFun\nname: north\nreserved_value: -.inf\ndiscount: 0.5\nufun:\n  {inner}"
    party = read_domain(negmas(tmp_path / "s", north=north)).parties[0]
    assert (party.discount, party.reservation, party.base) == (0.5, 0.25, 0.125)


NEGMAS_FAULTS = {
    "continuous issue": (
        {"space": SPACE.replace("ContiguousIssue", "ContinuousIssue")},
        ("domain.yml:5:3", "ContinuousIssue", "CategoricalIssue"),
    ),
    "issue without end": (
        {"space": SPACE.replace("[0, 2]", "[0, 2000000]")},
        ("domain.yml:5:", "lowest and a highest", "correct"),
    ),
    "issue twice": (
        {"space": SPACE.replace("name: aid", "name: border")},
        ("domain.yml:5:3", "stands twice", "name it"),
    ),
    "option twice": (
        {"space": SPACE.replace("[open, shut]", "[open, open]")},
        ("domain.yml:4:", "option twice", "correct the list"),
    ),
    "no issues": (
        {"space": SPACE[: SPACE.index("issues")]},
        ("domain.yml:1:1", "not a list of issues", "list them"),
    ),
    "other utilities": (
        {"north": ADDS.replace("LinearAdditiveUtilityFunction", "RankOnlyUtilityFunction")},
        ("north.yml:1:1", "RankOnlyUtilityFunction", "one of these forms"),
    ),
    "other function of an issue": (
        {"north": ADDS.replace("LinearFun", "SinFun")},
        ("north.yml:8:3", "SinFun", "TableFun"),
    ),
    "weights too few": (
        {"north": ADDS.replace("[0.5, 0.25]", "[0.5]")},
        ("north.yml:5:10", "one entry for each issue", "add or remove"),
    ),
    "weight no number": (
        {"north": ADDS.replace("[0.5, 0.25]", "[0.5, many]")},
        ("north.yml:5:16", "“many”", "correct it"),
    ),
    "option without worth": (
        {"north": ADDS.replace("open: 0.0, ", "")},
        ("north.yml:7:", "no entry for “open”", "add, rename"),
    ),
    "worth of no option": (
        {"north": ADDS.replace("open: 0.0, ", "open: 0.0, ajar: 0.1, ")},
        ("north.yml:7:", "“ajar”", "add, rename"),
    ),
    "worth no number": (
        {"north": ADDS.replace("open: 0.0, ", "open: low, ")},
        ("north.yml:7:", "“low”", "correct it"),
    ),
    "number of words": (
        {"north": ADDS.replace("TableFun, mapping: {open: 0.0, shut: 1.0}", "IdentityFun")},
        ("north.yml:7:3", "not numbers", "TableFun"),
    ),
    "discount": (
        {"north": "type: ExpDiscountedUFun\ndiscount: 2\nufun:\n  " + ADDS.replace("\n", "\n  ")},
        ("north.yml:2:11", "is 2", "write 1"),
    ),
    "package missing": (
        {"south": CELL_FORM.replace("- {0: shut, 1: 0}\n", "")},
        ("south.yml:5:1", "5 rectangles and 6 utilities for 6 packages", "rectangle of its own"),
    ),
    "package twice": (
        {"south": CELL_FORM.replace("{0: shut, 1: 0}", "{0: shut, 1: 1}")},
        ("south.yml:10:3", "no package of its own", "correct it"),
    ),
    "reservation of GENIUS on raw utilities": (
        # The trap of a reservation on 0..1 beside raw evaluations: 1 to 9.19 and 0.25.
        {"north": ADDS.replace("bias: 0.125", "bias: 1.0").replace("[0.5, 0.25]", "[6.19, 2.0]")},
        (
            "north.yml:3:17",
            "reserved_value is 0.25, while utilities run from 1 to 9.19 (scale 1 to 9.19)",
            "bring the utilities to 0 to 1",
        ),
    ),
    "reservation no number": (
        {"north": ADDS.replace("reserved_value: 0.25", "reserved_value: low")},
        ("north.yml:3:17", "“low”", "correct it"),
    ),
    "file without a type": (
        {"north": "name: north\n"},
        ("north.yml:1:1", "has no `type`", "add the type"),
    ),
}


@pytest.mark.parametrize("what", NEGMAS_FAULTS)
def test_fault_in_negmas_says_where_what_and_how_to_mend(tmp_path, what):
    parts, (place, found, mend) = NEGMAS_FAULTS[what]
    with pytest.raises(DossierError) as caught:
        read_domain(negmas(tmp_path / "s", **parts))
    said = str(caught.value)
    assert place in said
    assert found in said
    assert mend in said.split("Mend: ")[1]


@pytest.mark.parametrize(
    ("reservation", "low", "high", "fine"),
    [
        (1.0, 0.2, 0.9, True),  # refuses everything, on the scale from 0 to 1
        (0.0, 0.2, 0.9, True),  # refuses nothing
        (1.01, 0.0, 1.0, False),
        (-0.1, 0.0, 1.0, False),
        (0.25, 1.0, 9.19, False),  # the trap
        (0.0, 1.0, 9.19, True),  # how many files write "none"
        (1.0, 1.0, 9.19, True),
        (9.19, 1.0, 9.19, True),
        (9.2, 1.0, 9.19, False),
        (-3.0, -5.0, 5.0, True),
    ],
)
def test_scale_of_a_reservation(reservation, low, high, fine):
    assert (reservation_fault(reservation, low, high) is None) is fine


def test_two_outcome_spaces_or_one_party_are_refused(tmp_path):
    folder = negmas(tmp_path / "s")
    (folder / "other.yml").write_text(SPACE, encoding="utf-8")
    with pytest.raises(UsageError, match="2 files with an outcome space"):
        read_domain(folder)
    (folder / "other.yml").unlink()
    (folder / "south.yml").unlink()
    with pytest.raises(UsageError, match="two parties"):
        read_domain(folder)


def test_negolog_profiles_are_read(tmp_path):
    for name, reservation, worth in (("A", 0.1, [0.0, 1.0]), ("B", None, [1.0, 0.5])):
        text = json.dumps(
            {
                "reservationValue": reservation,
                "issueWeights": {"border": 1.0},
                "issues": {"border": dict(zip(["open", "shut"], worth, strict=True))},
            }
        )
        (tmp_path / f"profile{name}.json").write_text(text, encoding="utf-8")
    (tmp_path / "specs.json").write_text('{"Name": "x"}', encoding="utf-8")
    domain = read_domain(tmp_path)
    assert [(party.name, party.reservation) for party in domain.parties] == [
        ("A", 0.1),
        ("B", None),
    ]
    assert utility(domain, domain.parties[1], (1,)) == 0.5
    file = tmp_path / "profileB.json"
    good = file.read_text(encoding="utf-8")
    for old, new, found in (
        ('"border": 1.0', '"border": 0.5', "sums to 0.5"),
        ("null", "30", "while utilities run from 0.5 to 1"),
        ('"open"', '"ajar"', "no entry for “open”"),
    ):
        file.write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises(DossierError, match=found):
            read_domain(tmp_path)


# --- round trips -------------------------------------------------------------------------------

# What `str.isprintable` lets through, without a filter that throws most draws away.
printable = st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" ")
names = st.text(printable, min_size=1, max_size=8)


@st.composite
def written_domains(draw, unit=False):
    """Any names and numbers; with `unit`, on the scale that GENIUS keeps."""
    issues = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    options = tuple(
        tuple(draw(st.lists(names, min_size=1, max_size=3, unique=True))) for _ in issues
    )
    worth = st.floats(0, 1) if unit else st.floats(-100, 100)
    parties = []
    for name in draw(st.lists(names, min_size=2, max_size=3, unique=True)):
        discount = draw(st.none() | st.floats(0.01, 1))
        if not unit and draw(st.booleans()):
            table = [draw(worth) for _ in product(*options)]
            parties.append(Party(name, discount=discount, table=np.array(table)))
            continue
        weights = np.array([draw(st.floats(0.1, 1)) for _ in issues])
        values = tuple(np.array([1.0, *(draw(worth) for _ in row[1:])]) for row in options)
        weights = weights / weights.sum() if unit else weights
        reservation = draw(st.none() | st.floats(0, 1)) if unit else draw(st.none() | st.just(0.0))
        parties.append(Party(name, weights, values, reservation, discount))
    return Domain(draw(names), tuple(issues), options, tuple(parties))


def again(domain, form):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "d.json"
        files = write_domain(domain, target, form)
        assert all(file.is_file() for file in files)
        return read_domain(target)


@pytest.mark.parametrize("form", ["negmas", "json"])
@given(domain=written_domains())
@settings(max_examples=40)
def test_domain_survives_writing_and_reading(form, domain):
    assert same(again(domain, form), domain)


@pytest.mark.parametrize("form", FORMS)
def test_names_that_look_like_values_stay_names(form):
    odd = ("08", "1e3", "true", "~", "null", "12:30", "no", "0x1F", " a ", "- b", "#c")
    parties = [Party(name, np.ones(1), (np.linspace(0.0, 1.0, len(odd)),)) for name in odd]
    domain = Domain("08", ("1.0",), (odd,), tuple(parties))
    assert same(again(domain, form), domain)


@given(domain=written_domains(unit=True))
@settings(max_examples=40)
def test_domain_survives_genius(domain):
    assert same(again(domain, "genius"), domain)


def test_published_forms_convert_into_one_another(tmp_path):
    domain = read_domain(genius(tmp_path / "strait"))
    for form in FORMS:
        target = tmp_path / f"as-{form}"
        write_domain(domain, target, form)
        assert same(read_domain(target), domain)


ONE = (np.array([1.0]), (np.array([0.0, 1.0]),))
INEXPRESSIBLE = {
    "a table": Party("A", table=np.arange(2.0)),
    "a base": Party("A", *ONE, base=0.5),
    "not 1": Party("A", np.array([0.5]), ONE[1]),
    "best option": Party("A", ONE[0], (np.array([0.0, 0.8]),)),
    "negative": Party("A", ONE[0], (np.array([-1.0, 1.0]),)),
    "outside 0 to 1": Party("A", *ONE, reservation=2.0),
}


@pytest.mark.parametrize("what", INEXPRESSIBLE)
def test_what_genius_would_read_otherwise_is_not_written(tmp_path, what):
    domain = domain_of([2], [INEXPRESSIBLE[what], Party("B", *ONE)])
    with pytest.raises(UsageError, match=what):
        write_domain(domain, tmp_path / "out", "genius")
    assert not (tmp_path / "out").exists()


def test_nothing_is_overwritten_and_names_are_text(tmp_path):
    domain = domain_of([2], [Party("A", *ONE), Party("B", *ONE)])
    with pytest.raises(UsageError, match="left as it is"):
        write_domain(domain, tmp_path, "negmas")
    with pytest.raises(UsageError, match="printable"):
        write_domain(replace(domain, name="two\nlines"), tmp_path / "x", "json")
    with pytest.raises(UsageError, match="forms are genius"):
        write_domain(domain, tmp_path / "x", "excel")
    assert write_domain(domain, tmp_path / "new" / "x.json", "json")[0].is_file()


READ_BY_NEGMAS = """
import json, sys
from negmas.inout import Scenario
scenario = Scenario.load(sys.argv[1])
space = list(scenario.outcome_space.enumerate_or_sample())
print(json.dumps([[[float(ufun(package)) for package in space], str(ufun.name),
                   float(ufun.reserved_value)] for ufun in scenario.ufuns]))
"""


@pytest.mark.parametrize("form", ["genius", "negmas"])
def test_files_of_ours_mean_the_same_to_negmas(tmp_path, form):
    python = os.environ.get("INTERBELLUM_NEGMAS")
    if not python:
        pytest.skip("INTERBELLUM_NEGMAS does not name a Python with NegMAS 0.16")
    domain = read_domain(
        genius(
            tmp_path / "strait",
            north=NORTH.replace("some", "2").replace("discount_factor", "unused"),
            template=TEMPLATE.replace("some", "2"),
            south=SOUTH.replace("some", "2"),
        )
    )
    if form == "negmas":
        table = Party("third", reservation=0.5, table=np.linspace(0.0, 1.0, 6))
        discounted = Party(
            "fourth", *[getattr(domain.parties[0], x) for x in ("weights", "values")], 0.25, 0.5
        )
        domain = replace(domain, parties=(*domain.parties, table, discounted))
    target = tmp_path / "ours"
    write_domain(domain, target, form)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", READ_BY_NEGMAS, str(target)],
        capture_output=True,
        text=True,
        check=True,
    )
    read = json.loads(done.stdout.splitlines()[-1])
    assert len(read) == len(domain.parties)
    for (utilities, name, reservation), party in zip(read, domain.parties, strict=True):
        every = product(*(range(len(row)) for row in domain.options))
        want = [utility(domain, party, package) for package in every]
        assert utilities == pytest.approx(want, abs=1e-12)
        if form == "negmas":
            assert name == party.name
        if party.reservation is not None:
            assert reservation == party.reservation


# --- what is said where something else was meant -------------------------------------------------


def fault_of(source):
    with pytest.raises(DossierError) as caught:
        read_domain(source)
    return str(caught.value)


def test_broken_json_domain_is_told_so(tmp_path):
    file = tmp_path / "one.json"
    file.write_text('{"domain": {"name" "x"}}', encoding="utf-8")
    told = fault_of(file)
    assert "JSON domain" in told
    assert "dossier" not in told.lower()
    file.write_text("[1, 2]", encoding="utf-8")
    assert "A dossier" not in fault_of(file)


def test_file_that_is_no_domain_is_named_whatever_stands_beside_it(tmp_path):
    folder = genius(tmp_path / "s")
    (folder / "notes.json").write_text('{"a": 1}', encoding="utf-8")
    told = fault_of(folder / "notes.json")
    assert "notes.json" in told
    assert "is no negotiation domain" in told
    (folder / "other.xml").write_text("<other/>", encoding="utf-8")
    told = fault_of(folder / "other.xml")
    assert "other.xml" in told
    assert "is a <other>" in told


def test_fault_is_of_the_xml_file_that_was_asked_for(tmp_path):
    folder = genius(tmp_path / "s")
    (folder / "a.xml").write_text("<a>", encoding="utf-8")
    (folder / "z.xml").write_text("<z>", encoding="utf-8")
    assert "z.xml" in fault_of(folder / "z.xml")


@pytest.mark.parametrize("source", ["nodir/", "no/dir", "none.xml", "none.json"])
@pytest.mark.parametrize("verb", [["deals"], ["convert"]])
def test_path_to_nothing_is_told_of_folders_and_domains(source, verb, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [*verb, source, *(["out"] if verb == ["convert"] else [])])
    assert done.exit_code == 2
    assert f"{source} does not exist" in done.stderr
    assert "a negotiation domain (a folder" in done.stderr


@pytest.mark.parametrize(
    ("out", "form"),
    [
        ("out.csv", None),
        ("out.xml", None),
        ("out.md", "negmas"),
        ("out.json", "genius"),
        ("out.csv", "json"),
    ],
)
def test_ending_that_promises_another_kind_of_file_is_refused(tmp_path, out, form):
    folder = genius(tmp_path / "s")
    target = tmp_path / out
    asked = ["--form", form] if form else []
    done = CliRunner().invoke(main, ["convert", str(folder), str(target), *asked])
    assert done.exit_code == 2
    assert f"ends in {target.suffix}" in done.stderr
    assert "Give a name" in done.stderr
    assert not target.exists()


def test_packages_of_a_domain_name_their_issues(tmp_path):
    solved = solve_domain(genius(tmp_path / "s"))
    for solution in solved.to_json()["solutions"]:
        assert set(solution["package"]) == {"border", "aid"}
    told = solved.to_markdown()
    assert "| border | " in told
    assert "| aid | " in told
    assert "scales are other people's" in told
