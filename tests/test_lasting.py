"""The pool of truce model and record: exact mixtures, its weights, the case in the record's terms."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import lasting
from interbellum.case import case_profile, left_open
from interbellum.dossier.reader import Loaded, load, load_text
from interbellum.errors import InternalError
from interbellum.lasting import Draws, expected_years, mixture, record_model
from interbellum.model.peace import Cessation
from interbellum.model.rungs import HORIZON_DAYS
from interbellum.peace.durability import posterior_as_of, survival
from interbellum.peace.precedents import nearest
from interbellum.peace.record import read_cessations
from interbellum.record.weights import DURABILITY_FILE, read_weights

SMALL = "eritrea-ethiopia-1999"
CUT = dt.date(1999, 7, 15)


@pytest.fixture(scope="module")
def table() -> tuple[Cessation, ...]:
    return read_cessations()


def with_record(**facts: Any) -> Loaded:
    return load_text(as_yaml({**minimal_data(), "peace": {"record": facts}}))


# --- the pool ------------------------------------------------------------------------------------


def test_the_pool_is_the_mixture_by_hand() -> None:
    # One line has .2 and .4 by halves, the other .6 and 1 by a quarter and three quarters.
    truce = Draws(np.array([[0.2], [0.4]]), np.array([0.5, 0.5]))
    record = Draws(np.array([[1.0], [0.6]]), np.array([0.75, 0.25]))
    told = mixture([truce, record], [0.6, 0.4]).told(0)
    assert told.p == pytest.approx(0.6 * 0.3 + 0.4 * 0.9, rel=1e-12)
    # Mixed: .2 and .4 weigh .3 each, .6 weighs .1, 1 weighs .3: reached .3, .6, .7, 1.
    assert (told.lo80, told.lo50, told.hi50, told.hi80) == (0.2, 0.2, 1.0, 1.0)
    even = mixture([truce, record], [0.5, 0.5]).told(0)
    # .25, .25, .125, .375: a quarter falls on the edge between .2 and .4, so their mean.
    assert even.lo50 == pytest.approx(0.3)
    assert even.p == pytest.approx(0.6)


def test_a_line_of_share_nought_has_no_say() -> None:
    truce = Draws(np.array([[0.2, 0.1], [0.4, 0.3]]), np.array([0.5, 0.5]))
    record = Draws(np.array([[0.99, 0.99]]), np.array([1.0]))
    alone = mixture([truce, record], [1.0, 0.0])
    assert alone.every() == truce.every() == [truce.told(place) for place in (0, 1)]
    assert truce.every()[1] == Draws(truce.values[:, 1:], truce.weight).told(0)


def test_the_shipped_weights_are_of_both_models_with_their_reason() -> None:
    told = read_weights(shipped=DURABILITY_FILE)
    assert set(told.weights) == {"truce", "record"}
    assert "back-test" in told.reason
    assert lasting.shares_of(True, told.weights) == told.weights
    assert lasting.shares_of(False, told.weights) == {"truce": 1.0, "record": 0.0}
    assert told.file == "record/data/durability-weights.yaml"


def test_weights_without_a_reason_are_refused_by_the_name_of_their_file(tmp_path: Any) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("weights: {truce: 1.0}\n", encoding="utf-8")
    with pytest.raises(InternalError, match=r"mine\.yaml needs weights and the reason"):
        read_weights(file, DURABILITY_FILE)


def test_expected_years_are_the_area_under_the_curve() -> None:
    week = np.arange(262.0)
    flat, falling = np.ones(262), np.exp(-0.01 * week)
    got = expected_years(np.stack([flat, falling]))
    assert got[0] == pytest.approx(261 * 7 / 365.25, rel=1e-12)
    exact = (1 - math.exp(-2.61)) / 0.01 * 7 / 365.25
    assert got[1] == pytest.approx(exact, rel=1e-4)  # trapezia of a week


# --- the case ------------------------------------------------------------------------------------


def test_provisions_become_the_columns_of_the_record() -> None:
    dossier = with_record(
        prior_cessations={"value": 2},
        deaths={"low": 900, "high": 1100},
        contiguous={"value": True},
        stalemate={"value": False},
        third_party_pressure={"value": True},
        guarantor_party={"value": True},
    ).dossier
    bare = case_profile(dossier, "ceasefire", ())
    assert (bare.kind, bare.armistice, bare.peacekeepers) == ("ceasefire", False, "none")
    assert (bare.dmz, bare.guaranteed, bare.guarantor_party) == (0.0, False, True)
    assert (bare.prior_cessations, bare.contiguous, bare.tie, bare.pressure) == (
        2,
        True,
        False,
        True,
    )
    assert bare.deaths == pytest.approx(1000.0)
    assert left_open(bare) == ()
    full = case_profile(
        dossier,
        "ceasefire",
        (
            "monitoring_mission",
            "tripwire_force",
            "disengagement",
            "third_party_guarantee",
            "legal_form",
        ),
    )
    assert (full.armistice, full.peacekeepers, full.dmz) == (True, "force", 1.0)
    assert full.guaranteed
    assert case_profile(dossier, "ceasefire", ("monitoring_mission",)).peacekeepers == "observers"
    assert not case_profile(dossier, "settlement", ("legal_form",)).armistice  # formal in any case


def test_what_a_dossier_does_not_know_enters_at_the_records_share_and_is_said() -> None:
    loaded = load_text(as_yaml(minimal_data()))
    profile = case_profile(loaded.dossier, "ceasefire", ())
    unknown = ("prior_cessations", "log_deaths", "contiguous", "tie", "pressure")
    assert left_open(profile) == unknown
    posterior = posterior_as_of(CUT)
    known = replace(profile, contiguous=True)
    curves = [survival(each, CUT, (365,), posterior).survival.mean[0] for each in (profile, known)]
    assert curves[1] < curves[0]  # a land border is known, not likely; it goes with shorter truces
    model, _ = record_model(loaded, "ceasefire", (), posterior, "")
    assert model.left_open == unknown
    guaranteed = case_profile(loaded.dossier, "ceasefire", ("third_party_guarantee",))
    assert "party" in left_open(guaranteed)  # who guarantees counts only where somebody does


def test_facts_out_of_their_range_are_refused() -> None:
    from interbellum.errors import DossierError

    with pytest.raises(DossierError, match="Deaths in battle are from 1"):
        with_record(deaths={"low": 0, "high": 10})


def test_the_shipped_dossiers_code_their_case_with_sources_up_to_their_day() -> None:
    for name in (SMALL, "ukraine-2025-01", "ukraine-2025-05", "ukraine-2026-10"):
        facts = load(name).dossier.peace.record
        assert facts is not None
        assert facts.prior_cessations is not None
        assert facts.prior_cessations.source
        for fact in (facts.contiguous, facts.stalemate, facts.third_party_pressure):
            assert fact is None or fact.source or fact.note


def test_prior_cessations_of_shipped_dossiers_are_those_of_the_table(
    table: tuple[Cessation, ...],
) -> None:
    for name, pair in ((SMALL, {"Eritrea", "Ethiopia"}), ("ukraine-2025-05", {"DPR", "Ukraine"})):
        loaded = load(name)
        day = loaded.dossier.conflict.as_of
        rows = [row for row in table if set(row.pair) == pair and row.cessation <= day]
        facts = loaded.dossier.peace.record
        assert facts is not None
        assert facts.prior_cessations is not None
        assert facts.prior_cessations.value == sum(row.kind != "victory" for row in rows)


# --- the record's model --------------------------------------------------------------------------


def test_the_records_curve_is_that_of_the_survival_model() -> None:
    loaded = load(SMALL)
    posterior = posterior_as_of(CUT)
    model, draws = record_model(loaded, "settlement", ("tripwire_force",), posterior, "measured")
    profile = case_profile(loaded.dossier, "settlement", ("tripwire_force",))
    want = survival(profile, CUT, HORIZON_DAYS, posterior).survival
    np.testing.assert_allclose([point.chance.p for point in model.curve], want.mean, rtol=1e-12)
    assert draws.values.shape == (len(posterior.weight), len(HORIZON_DAYS))
    assert (model.n, model.useful, model.definition) == (17, True, "measured")


def test_fewer_than_eight_cases_leave_the_truce_model_alone(table: tuple[Cessation, ...]) -> None:
    few = tuple(row for row in table if row.kind != "freeze")
    posterior = posterior_as_of(CUT, few)
    model, _ = record_model(load(SMALL), "freeze", (), posterior, "")
    assert (model.n, model.useful, model.curve) == (0, False, ())
    assert lasting.shares_of(model.useful, {"truce": 0.5, "record": 0.5})["truce"] == 1.0


# --- precedents ----------------------------------------------------------------------------------


def test_a_case_is_its_own_nearest_precedent(table: tuple[Cessation, ...]) -> None:
    row = next(each for each in table if each.id == "CE1995")
    from interbellum.model.hazards import CaseProfile

    profile = CaseProfile(
        "ceasefire",
        peacekeepers="observers",
        dmz=1.0,
        guaranteed=True,
        guarantor_party=False,
        pressure=None,
        tie=row.battle_outcome == "tie",
        contiguous=True,
        prior_cessations=None,
        deaths=10.0**2.5,
    )
    found = nearest(profile, CUT, table)
    assert len(found) == 5
    assert found[0].id == "CE1995"
    assert found[0].distance == pytest.approx(0.0, abs=1e-12)
    every = [case.distance for case in nearest(profile, CUT, table, 500)]
    assert every == sorted(every)  # also where not the same columns are known


def test_the_distance_is_the_mean_difference_by_hand(table: tuple[Cessation, ...]) -> None:
    dossier = load(SMALL).dossier
    profile = case_profile(dossier, "ceasefire", ("tripwire_force",))
    case = next(one for one in nearest(profile, CUT, table, 500) if one.id == "EE1998")
    apart = {trait.column: trait.apart for trait in case.traits}
    # Air strikes of 1998: no mission, no zone, no guarantee; pressed, a border, the first of the pair.
    assert apart["kind"] == 0.0
    assert apart["peacekeepers"] == 1.0
    assert apart["prior_cessations"] == 0.25
    assert apart["tie"] is None  # not coded in the dossier
    assert apart["party"] is None  # nobody guarantees
    deaths = abs(math.log10(profile.deaths or 1.0) - 3.5) / 4.0
    assert apart["log_deaths"] == pytest.approx(deaths)
    known = [value for value in apart.values() if value is not None]
    assert case.distance == pytest.approx(sum(known) / len(known), rel=1e-12)
    assert {trait.column: trait.fits for trait in case.traits}["prior_cessations"] is True


def test_precedents_stand_as_they_stood_on_the_day(table: tuple[Cessation, ...]) -> None:
    profile = case_profile(load(SMALL).dossier, "ceasefire", ())
    early = {case.id: case for case in nearest(profile, dt.date(1999, 1, 1), table, 500)}
    late = {case.id: case for case in nearest(profile, CUT, table, 500)}
    assert (early["EE1998"].ended, late["EE1998"].ended) == ("standing", "war")
    assert early["EE1998"].until == "1999-01-01"
    assert (late["EE1998"].until, late["EE1998"].days) == ("1999-02-06", 237)
    assert not any(case.began > "1999-07-15" for case in late.values())
    assert nearest(profile, dt.date(2030, 1, 1), table, 500)[0].until <= "2025-12-31"


def test_a_planted_later_row_changes_no_curve_and_no_precedent(
    table: tuple[Cessation, ...],
) -> None:
    row = next(each for each in table if each.id == "EE1998")
    later = replace(
        row,
        id="LATER",
        cessation=dt.date(1999, 7, 16),
        resumption=dt.date(1999, 7, 17),
        war_resumption=dt.date(1999, 7, 17),
    )
    loaded = load(SMALL)
    profile = case_profile(loaded.dossier, "ceasefire", ())
    told = []
    for rows in (table, (*table, later)):
        model, _ = record_model(loaded, "ceasefire", (), posterior_as_of(CUT, rows), "")
        told.append(
            (model.curve, nearest(profile, CUT, rows), lasting.record_curve(rows, "ceasefire", CUT))
        )
    assert told[0] == told[1]
    after = dt.date(1999, 7, 20)
    assert nearest(profile, after, (*table, later), 500) != nearest(profile, after, table, 500)
