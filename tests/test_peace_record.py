"""The historical record against published curves, and cut so that it cannot know the end."""

from __future__ import annotations

import dataclasses
import datetime as dt
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from interbellum.errors import InternalError
from interbellum.model.arrays import ShapeError
from interbellum.model.peace import (
    KIND_OF_FORM,
    Cessation,
    KaplanMeier,
    Kind,
    Spells,
)
from interbellum.peace.record import (
    OBSERVED_UNTIL,
    RecordError,
    kaplan_meier,
    packaged_class,
    read_cessations,
    reference_class,
    spells,
)

steady = settings(derandomize=True, deadline=None, max_examples=60)

NON_VICTORY: tuple[Kind, ...] = ("settlement", "ceasefire", "freeze")
CODEBOOK = Path(__file__).parents[1] / "docs" / "codebook-cessations.md"


@pytest.fixture(scope="module")
def table() -> tuple[Cessation, ...]:
    return read_cessations()


def _table_text() -> str:
    packaged = files("interbellum.peace").joinpath("data", "cessations.csv")
    return packaged.read_text(encoding="utf-8")


def _spells(text: str) -> Spells:
    """Spells as textbooks write them: a plus means still standing."""
    written = [word.strip() for word in text.split(",")]
    return Spells(
        years=np.array([float(word.rstrip("+")) for word in written]),
        failed=np.array([not word.endswith("+") for word in written]),
        ids=tuple(str(place) for place in range(len(written))),
    )


# Remission in weeks under 6-mercaptopurine: Freireich et al. (1963), Blood 21(6). The estimator
# does not care that these are weeks and not years.
SIX_MP = _spells("6,6,6,6+,7,9+,10,10+,11+,13,16,17+,19+,20+,22,23,25+,32+,32+,34+,35+")


# ---------------------------------------------------------------------------- the estimator


def test_kaplan_meier_of_the_leukaemia_trial() -> None:
    curve = kaplan_meier(SIX_MP)
    got = curve.at([6, 7, 10, 13, 16, 22, 23])
    # Published: .857 .807 .753 .690 .627 .538 .448 (Kalbfleisch and Prentice, section 1.4).
    assert got.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert got.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert (curve.n, curve.events) == (21, 9)


def _check_against_lifelines(given_spells: Spells) -> None:
    ours = kaplan_meier(given_spells)
    theirs = KaplanMeierFitter()
    for alpha, low, high in ((0.2, ours.low80, ours.high80), (0.5, ours.low50, ours.high50)):
        theirs.fit(given_spells.years, given_spells.failed, alpha=alpha)
        np.testing.assert_array_equal(theirs.timeline, ours.years)
        np.testing.assert_allclose(theirs.survival_function_.iloc[:, 0], ours.survival, rtol=1e-12)
        np.testing.assert_array_equal(theirs.event_table.at_risk, ours.at_risk)
        bounds = theirs.confidence_interval_.to_numpy()
        # Where none has failed yet, or all have, log-log says nothing and the two differ on purpose.
        inside = (ours.survival > 0) & (ours.survival < 1)
        np.testing.assert_allclose(bounds[inside, 0], low[inside], rtol=1e-9)
        np.testing.assert_allclose(bounds[inside, 1], high[inside], rtol=1e-9)


def test_kaplan_meier_equals_lifelines_on_the_leukaemia_trial() -> None:
    _check_against_lifelines(SIX_MP)


@pytest.mark.parametrize("kind", [*NON_VICTORY, "victory"])
def test_kaplan_meier_equals_lifelines_on_the_record(
    table: tuple[Cessation, ...], kind: Kind
) -> None:
    _check_against_lifelines(spells(table, OBSERVED_UNTIL, (kind,)))
    _check_against_lifelines(spells(table, OBSERVED_UNTIL, NON_VICTORY, "war_resumption"))


@steady
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=30))
def test_kaplan_meier_is_a_chance_that_never_rises_inside_its_intervals(
    rows: list[tuple[int, bool]],
) -> None:
    curve = kaplan_meier(
        Spells(
            years=np.array([float(length) for length, _ in rows]),
            failed=np.array([failed for _, failed in rows]),
            ids=tuple(map(str, range(len(rows)))),
        )
    )
    assert np.all(np.diff(curve.survival) <= 0)
    order = [np.zeros(1), curve.low80, curve.low50, curve.survival]
    order += [curve.high50, curve.high80, np.ones(1)]
    for lower, upper in pairwise(order):
        assert np.all(lower <= upper + 1e-12)


def test_no_failure_yet_is_not_certainty() -> None:
    curve = kaplan_meier(_spells("5,7+,7+,7+,7+,7+,7+,7+,7+,7+")).at([0, 4.9, 5])
    # Clopper-Pearson of none in ten: the chance that leaves a tenth for ten to hold, .1^(1/10).
    np.testing.assert_allclose(curve.low80[:2], 0.1 ** (1 / 10))
    np.testing.assert_allclose(curve.low50[:2], 0.25 ** (1 / 10))
    np.testing.assert_array_equal(curve.high80[:2], 1)
    assert curve.low80[2] < curve.low80[1]


def test_cases_no_longer_watched_do_not_vouch_for_the_others() -> None:
    # After year 1 only two are still watched, and neither has failed.
    curve = kaplan_meier(_spells("1+,1+,1+,1+,1+,1+,9+,9+")).at([0.5, 2.0])
    np.testing.assert_allclose(curve.low80, [0.1 ** (1 / 8), 0.1 ** (1 / 2)])


def test_all_failed_is_not_certainty_either() -> None:
    curve = kaplan_meier(_spells("1,2,3,4")).at([4, 40])
    np.testing.assert_array_equal(curve.survival, 0)
    np.testing.assert_array_equal(curve.low80, 0)
    # Clopper-Pearson of none left of four: 1 - .1^(1/4).
    np.testing.assert_allclose(curve.high80, 1 - 0.1 ** (1 / 4))


def test_past_the_longest_spell_nothing_is_known() -> None:
    curve = kaplan_meier(SIX_MP).at([35, 35.1])
    assert curve.at_risk.tolist() == [1, 0]
    assert curve.survival[0] == pytest.approx(0.448, abs=5e-4)
    for column in (curve.survival, curve.low80, curve.high80, curve.low50, curve.high50):
        assert np.isnan(column[1])


def test_a_curve_is_asked_at_times_that_exist() -> None:
    with pytest.raises(ValueError, match=r"years must be 0 or more; at \(1,\) it is -1"):
        kaplan_meier(SIX_MP).at([1, -1])
    with pytest.raises(ShapeError, match="one number or a row"):
        kaplan_meier(SIX_MP).at(np.ones((2, 2)))


# -------------------------------------------------------------------------------- the table


def test_the_table_reads_whole(table: tuple[Cessation, ...]) -> None:
    # durability.md section 3: 153 rows, 83 with resumption, 140 at risk, checked 108/38/7.
    assert len(table) == 153
    assert sum(row.resumption is not None for row in table) == 83
    assert sum(row.at_risk for row in table) == 140
    assert [sum(row.checked == c for row in table) for c in ("yes", "partial", "no")] == [
        108,
        38,
        7,
    ]


def test_dates_known_to_the_month_or_year_are_set_to_its_middle(
    table: tuple[Cessation, ...], tmp_path: Path
) -> None:
    row = {each.id: each for each in table}
    # SV1979 has 1981-05, NI1946 1945-10 (spell rule R7); a bare year is planted.
    assert row["SV1979"].resumption == dt.date(1981, 5, 15)
    assert row["NI1946"].war_start == dt.date(1945, 10, 15)
    planted = tmp_path / "planted.csv"
    planted.write_text(_table_text().replace(",1945-10,", ",1945,", 1), encoding="utf-8")
    assert read_cessations(planted)[0].war_start == dt.date(1945, 7, 1)


def test_blank_is_not_no(table: tuple[Cessation, ...]) -> None:
    row = {each.id: each for each in table}
    assert row["NI1947"].third_party_pressure is True
    assert row["KT2021"].third_party_pressure is None
    assert row["AI1948b"].third_party_guarantee is False
    assert row["SU1956il"].third_party_guarantee is None
    assert row["NI1949"].resumption is None


def test_pairs_are_leading_names_in_order(table: tuple[Cessation, ...]) -> None:
    row = {each.id: each for each in table}
    assert row["NI1946"].pair == ("Indonesia", "Netherlands")
    assert row["MI2015"].pair == ("DPR", "Ukraine")
    assert row["AA1994"].pair == ("Armenia", "Azerbaijan")
    # durability.md 1b: 73 pairs among those neither victorious nor out of risk.
    assert len({each.pair for each in table if each.at_risk and each.kind != "victory"}) == 73


def test_a_guarantor_that_had_fought_is_told_apart(table: tuple[Cessation, ...]) -> None:
    # Counted in the table; codebook, "Guarantors".
    guaranteed = [row.guarantor_party for row in table if row.third_party_guarantee]
    assert [guaranteed.count(who) for who in ("outsider", "party", None)] == [16, 14, 1]
    row = {each.id: each for each in table}
    assert row["EE2000"].guarantor_party == "outsider"  # the OAU and the UN
    assert row["KS1999"].guarantor_party == "party"  # NATO is side a of the row
    assert row["CY1974b"].guarantor_party == "party"  # unsure whether a guarantee, sure by whom
    assert row["AB1992"].guarantor_party is None
    for each in table:
        assert (each.guarantor_source is None) == (
            not each.third_party_guarantee and each.guarantor_party is None
        )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("d,ceasefire,1,1947", "d,cease-fire,1,1947", r":2 \(NI1946\): form is 'cease-fire', not"),
        ("1946-10-14,d", "1946-10-34,d", r"\(NI1946\): '1946-10-34' is not a date"),
        ("1946-10-14,d", "19461014,d", r"\(NI1946\): '19461014' is not a date"),
        ("1946-10-14,d", "1944-10-14,d", r"\(NI1946\): war_start is after cessation_date"),
        ("1946-10-14,d", "1948-10-14,d", r"\(NI1946\): resumption_date is before cessation_date"),
        ("1947-07-21,1947-07-21,1,,", "1947-07-21,1947-07-20,1,,", "war_resumption_date needs"),
        ("1947-07-21,1947-07-21,1,,", "1947-07-21,,1,1950-01-01,", "censor_date is before"),
        ("1947-07-21,1947-07-21,1,,", "1947-07-21,,maybe,,", "at_risk is 'maybe', not one of 1, 0"),
        ("NI1947,", "NI1946,", r":3 \(NI1946\): this id stands in an earlier row"),
        ("NI1946,Linggadjati truce,", "NI1946,", r"\(NI1946\): 25 cells for 26 columns"),
        ("NI1946,Linggadjati truce", "NI1946,", "name is blank"),
        ("id,name", "id,title", "the columns are"),
        (",0,,,none,0,1946-11-15", ",0,party,x,none,0,1946-11-15", "guarantor_party needs a third"),
        (",1,party,Declaration of", ",1,ally,Declaration of", "guarantor_party is 'ally', not one"),
        (
            "1,outsider,Addis Ababa Agreement (1972-02-27): the Emperor of Ethiopia and church councils as witnesses; A25: no outside state fought",
            "1,outsider,",
            "and a guarantor_source",
        ),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = _table_text()
    assert old in text
    bad = tmp_path / "bad.csv"
    bad.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RecordError, match=message) as caught:
        read_cessations(bad)
    assert isinstance(caught.value, InternalError)


def test_the_codebook_explains_every_column_and_every_form() -> None:
    codebook = CODEBOOK.read_text(encoding="utf-8")
    for column in _table_text().splitlines()[0].split(","):
        assert f"| `{column}` |" in codebook, column
    for form, kind in KIND_OF_FORM.items():
        line = next(line for line in codebook.splitlines() if line.startswith(f"| `{form}` |"))
        assert f"| {kind} |" in line


# ------------------------------------------------------------------------- published spells


def test_share_failed_is_that_of_the_published_table(table: tuple[Cessation, ...]) -> None:
    # durability.md 2b, "cessations.csv, all non-victory": 136 spells, 81 failures.
    curve = kaplan_meier(spells(table, OBSERVED_UNTIL, NON_VICTORY))
    assert (curve.n, curve.events) == (136, 81)
    failed = 1 - curve.at([30 / 365.25, 90 / 365.25, 1, 2, 5, 10, 20]).survival
    assert failed.round(2).tolist() == [0.10, 0.16, 0.22, 0.29, 0.43, 0.52, 0.63]
    assert curve.years[curve.survival <= 0.5][0] == pytest.approx(7.8, abs=0.05)


def test_a_truce_broken_on_its_first_day_lasted_half_a_day(table: tuple[Cessation, ...]) -> None:
    given_spells = spells(table, OBSERVED_UNTIL, NON_VICTORY)
    place = given_spells.ids.index("NK2020a")
    assert given_spells.years[place] == 0.5 / 365.25
    assert given_spells.failed[place]


def test_renewed_war_is_a_rarer_and_later_failure(table: tuple[Cessation, ...]) -> None:
    fighting = spells(table, OBSERVED_UNTIL, NON_VICTORY)
    war = spells(table, OBSERVED_UNTIL, NON_VICTORY, "war_resumption")
    assert fighting.ids == war.ids
    assert not np.any(war.failed & ~fighting.failed)
    assert np.all(war.years >= fighting.years)
    # AA1994 stood, with clashes, until the four days of 2016; the war came back in 2020.
    place = war.ids.index("AA1994")
    days = [
        (dt.date(year, month, day) - dt.date(1994, 5, 12)).days
        for year, month, day in ((2016, 4, 2), (2020, 9, 27))
    ]
    got = [fighting.years[place] * 365.25, war.years[place] * 365.25]
    np.testing.assert_allclose(got, days)
    with pytest.raises(ValueError, match="event must be"):
        spells(table, OBSERVED_UNTIL, NON_VICTORY, "peace")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="de_facto is not one of ceasefire, freeze, settlement"):
        spells(table, OBSERVED_UNTIL, ("de_facto",))


def test_who_cannot_resume_is_not_counted_as_keeping_the_peace(
    table: tuple[Cessation, ...],
) -> None:
    # ER1995 was signed, but the loser's polity was dissolved (at_risk 0).
    assert "ER1995" not in spells(table, OBSERVED_UNTIL, ("settlement",)).ids


def test_the_table_says_what_it_counted_and_what_it_cannot_tell(
    table: tuple[Cessation, ...],
) -> None:
    given_spells = spells(table, dt.date(2020, 6, 1), ("freeze",), "war_resumption")
    said = str(given_spells.measure)
    assert said.startswith("until war resumed")
    assert "clock from the day on which fighting was to stop" in said
    assert "cut at 2020-06-01" in said
    beside = reference_class(table, "freeze", dt.date(2030, 1, 1)).measure
    assert str(beside).startswith("until fighting resumed on a sustained or large scale")
    assert beside.as_of == OBSERVED_UNTIL
    with pytest.raises(ValueError, match=r"'low_level_violence', which the table .* does not date"):
        spells(table, OBSERVED_UNTIL, ("freeze",), "low_level_violence")
    with pytest.raises(ValueError, match="clock must be 'day_of_stop'"):
        spells(table, OBSERVED_UNTIL, ("freeze",), clock="signature")


def test_spells_of_the_table_carry_what_rule_r7_asks_for(table: tuple[Cessation, ...]) -> None:
    given_spells = spells(table, OBSERVED_UNTIL, NON_VICTORY)
    place = given_spells.ids.index("MI2015")
    assert given_spells.clusters[place] == "DPR, Ukraine"
    assert given_spells.kinds[place] == "ceasefire"
    assert given_spells.outcomes[given_spells.ids.index("SS1969")] == "de_facto"
    row = dict(zip(given_spells.covariate_names, given_spells.covariates[place], strict=True))
    # Minsk II: observers, contiguous, decisive, no guarantee; after the truce of June 2014 and Minsk I.
    assert row == {
        "third_party_guarantee": 0,
        "peacekeeping_force": 0,
        "observers": 1,
        "dmz": 0,
        "tie": 0,
        "third_party_pressure": 0,
        "contiguous": 1,
        "formal": 0,
        "prior_cessations": 2,
    }
    assert given_spells.covariates[:, -1].max() == 4


# ------------------------------------------------------------------------------ the cut at D


def _same(one: Spells, other: Spells) -> None:
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.years, other.years)
    np.testing.assert_array_equal(one.failed, other.failed)


def test_a_cut_record_does_not_know_what_came_after(table: tuple[Cessation, ...]) -> None:
    as_of = dt.date(2021, 12, 31)
    given_spells = spells(table, as_of, ("ceasefire",))
    place = given_spells.ids.index("MI2015")
    # Minsk II broke on 2022-02-24: on the last day of 2021 it stood, for 2511 days.
    assert given_spells.years[place] == (as_of - dt.date(2015, 2, 15)).days / 365.25
    assert not given_spells.failed[place]
    assert "YE2022" not in given_spells.ids


def test_a_failure_on_the_day_of_the_cut_is_known(table: tuple[Cessation, ...]) -> None:
    for as_of, known in ((dt.date(2022, 2, 23), False), (dt.date(2022, 2, 24), True)):
        given_spells = spells(table, as_of, ("ceasefire",))
        assert given_spells.failed[given_spells.ids.index("MI2015")] == known


@steady
@given(
    as_of=st.dates(dt.date(1946, 1, 1), dt.date(2025, 12, 30)),
    after=st.integers(1, 20_000),
    lasted=st.integers(0, 3000),
    form=st.sampled_from(sorted(KIND_OF_FORM)),
)
def test_a_planted_later_row_changes_nothing(
    as_of: dt.date, after: int, lasted: int, form: str
) -> None:
    table = read_cessations()
    began = as_of + dt.timedelta(days=after)
    later = dataclasses.replace(
        table[0],
        id="PLANTED",
        form=form,
        cessation=began,
        resumption=began + dt.timedelta(days=lasted),
        war_resumption=None,
        at_risk=True,
    )
    kinds: tuple[Kind, ...] = (*NON_VICTORY, "victory")
    _same(spells([*table, later], as_of, kinds), spells(table, as_of, kinds))


@steady
@given(st.dates(dt.date(1946, 1, 1), dt.date(2025, 12, 30)))
def test_what_failed_after_the_cut_might_as_well_not_have(as_of: dt.date) -> None:
    table = read_cessations()
    blind = [
        dataclasses.replace(row, resumption=None, war_resumption=None, censor=None)
        if row.resumption is not None and row.resumption > as_of
        else row
        for row in table
    ]
    _same(spells(blind, as_of, NON_VICTORY), spells(table, as_of, NON_VICTORY))


def test_a_day_past_the_table_is_its_last_day(table: tuple[Cessation, ...]) -> None:
    # Renewed war is the event that leaves spells without a censor_date of their own: they broke
    # short of war, and were watched on.
    _same(
        spells(table, dt.date(2031, 1, 1), NON_VICTORY, "war_resumption"),
        spells(table, dt.date(2025, 12, 31), NON_VICTORY, "war_resumption"),
    )


def test_watching_stops_with_the_state_that_was_watched(table: tuple[Cessation, ...]) -> None:
    # The two Yemens merged on 1990-05-22 (censor_date of NY1979).
    for as_of, stop in (
        (dt.date(2000, 1, 1), dt.date(1990, 5, 22)),
        (dt.date(1985, 1, 1), dt.date(1985, 1, 1)),
    ):
        given_spells = spells(table, as_of, ("ceasefire",))
        place = given_spells.ids.index("NY1979")
        assert given_spells.years[place] == (stop - dt.date(1979, 3, 30)).days / 365.25


# --------------------------------------------------------------------- beside a form


@pytest.mark.parametrize(
    # Rows of each kind that are at risk, and failures among them: counted in the table.
    ("kind", "n", "events"),
    [("settlement", 21, 8), ("ceasefire", 101, 68), ("freeze", 14, 5)],
)
def test_reference_class_is_the_curve_of_its_kind(
    table: tuple[Cessation, ...], kind: Kind, n: int, events: int
) -> None:
    got = reference_class(table, kind, OBSERVED_UNTIL)
    assert (got.n, got.events, got.useful) == (n, events, True)
    assert got.days == (30, 90, 180, 365, 730, 1826)
    whole = kaplan_meier(spells(table, OBSERVED_UNTIL, (kind,)))
    np.testing.assert_array_equal(
        got.curve.survival, whole.at(np.array(got.days) / 365.25).survival
    )


def test_too_few_cases_give_no_useful_estimate(table: tuple[Cessation, ...]) -> None:
    # By the end of 1985 the table has six freezes, by the end of 1988 eight.
    freezes = sorted(row.cessation for row in table if row.kind == "freeze" and row.at_risk)
    for count in (7, 8):
        got = reference_class(table, "freeze", freezes[count - 1] + dt.timedelta(days=1))
        assert (got.n, got.useful) == (count, count >= 8)


def test_horizons_that_nobody_was_watched_for_are_absent(table: tuple[Cessation, ...]) -> None:
    # The first ceasefire of the table, of 1946-10-14, had stood for 100 days.
    got = reference_class(table, "ceasefire", dt.date(1947, 1, 22))
    assert got.days == (30, 90)
    assert np.all(np.isfinite(got.curve.survival))


def test_a_record_without_cases_says_so(table: tuple[Cessation, ...]) -> None:
    got = reference_class(table, "freeze", dt.date(1946, 1, 1))
    assert (got.n, got.days, got.useful) == (0, (), False)


# ----------------------------------------------------------------------------- contracts


def test_the_packaged_class_is_that_of_the_packaged_table() -> None:
    for day in (dt.date(1999, 3, 1), dt.date(2020, 5, 4)):
        kept = packaged_class("ceasefire", day)
        want = reference_class(read_cessations(), "ceasefire", day)
        assert (kept.kind, kept.as_of, kept.days) == (want.kind, want.as_of, want.days)
        np.testing.assert_array_equal(kept.curve.survival, want.curve.survival)
        assert (kept.n, kept.events, kept.measure) == (want.n, want.events, want.measure)
    assert packaged_class("freeze", day).n != kept.n


def test_spells_and_curves_must_fit_together() -> None:
    with pytest.raises(ShapeError, match="each must have one entry a spell"):
        Spells(years=np.ones(2), failed=np.ones(2, dtype=bool), ids=("one",))
    with pytest.raises(ValueError, match="years must be finite and above 0"):
        Spells(years=np.zeros(1), failed=np.ones(1, dtype=bool), ids=("one",))
    curve = kaplan_meier(SIX_MP)
    with pytest.raises(ShapeError, match="one common length"):
        dataclasses.replace(curve, low80=np.ones(2))
    with pytest.raises(ShapeError, match="for 2 horizons"):
        dataclasses.replace(
            reference_class(read_cessations(), "freeze", OBSERVED_UNTIL), days=(30, 90)
        )


def test_nobody_can_reach_into_the_record() -> None:
    curve: KaplanMeier = kaplan_meier(SIX_MP)
    for array in (curve.survival, SIX_MP.years, SIX_MP.failed):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
