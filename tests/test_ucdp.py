"""UCDP's files as spells: published results, worked episodes, and a cut that cannot know the end."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import (
    CoxPHFitter,
    KaplanMeierFitter,
    LogNormalFitter,
    WeibullAFTFitter,
    WeibullFitter,
)
from lifelines.statistics import multivariate_logrank_test

from interbellum.errors import UsageError
from interbellum.model.arrays import ShapeError
from interbellum.model.peace import Flags, Spells
from interbellum.peace.record import kaplan_meier
from interbellum.peace.ucdp import (
    INTERSTATE,
    INTRASTATE,
    agreement_spells,
    conflict_spells,
    dyad_spells,
    episodes,
)
from interbellum.peace.ucdp_files import (
    Agreement,
    ConflictYear,
    Termination,
    UcdpError,
    read_agreements,
    read_conflict_years,
    read_terminations,
)

steady = settings(derandomize=True, deadline=None, max_examples=40)

UCDP = Path(__file__).parents[2] / "shared" / "data" / "ucdp"
needs_data = pytest.mark.skipif(
    not UCDP.is_dir(), reason="the UCDP files are not beside the repository (../shared/data/ucdp)"
)
END = dt.date(2024, 12, 31)


@pytest.fixture(scope="module")
def years() -> tuple[ConflictYear, ...]:
    return read_conflict_years(UCDP / "ucdp-prio-acd-251.csv")


@pytest.fixture(scope="module")
def endings() -> tuple[Termination, ...]:
    return read_terminations(UCDP / "ucdp-term-acd-3-2021.xlsx")


@pytest.fixture(scope="module")
def interstate(years: Sequence[ConflictYear], endings: Sequence[Termination]) -> Spells:
    return _silences(years, endings, INTERSTATE)


@pytest.fixture(scope="module")
def intrastate(years: Sequence[ConflictYear], endings: Sequence[Termination]) -> Spells:
    return _silences(years, endings, INTRASTATE)


@pytest.fixture(scope="module")
def pairs(years: Sequence[ConflictYear], endings: Sequence[Termination]) -> Spells:
    return conflict_spells(
        years,
        endings,
        event="deaths_25",
        clock="first_quiet_day",
        as_of=END,
        types=INTERSTATE,
        late_entry=False,
        scope="pair",
    )


def _silences(
    rows: Sequence[ConflictYear],
    endings: Sequence[Termination],
    types: Sequence[str] = INTERSTATE,
    **changes: object,
) -> Spells:
    how: dict[str, object] = {
        "event": "deaths_25",
        "clock": "first_quiet_day",
        "as_of": END,
        "late_entry": False,
    }
    return conflict_spells(rows, endings, types=types, **(how | changes))  # type: ignore[arg-type]


def _failed_by(spells: Spells, *at: float) -> list[float]:
    return [float(share) for share in (1 - kaplan_meier(spells).at(at).survival).round(3)]


# --------------------------------------------------- R1 to R3: durability.md section 4


@needs_data
def test_559_episodes_have_ended_with_a_known_day(
    years: Sequence[ConflictYear], endings: Sequence[Termination]
) -> None:
    every = _silences(years, endings, (*INTERSTATE, *INTRASTATE, "extrasystemic"))
    assert len(every.ids) == 559


@needs_data
def test_r1_interstate_silences(interstate: Spells) -> None:
    assert (len(interstate.ids), int(interstate.failed.sum())) == (72, 24)
    assert _failed_by(interstate, 5, 10, 20) == [0.182, 0.255, 0.317]
    weibull = WeibullFitter().fit(interstate.years, interstate.failed)
    assert weibull.lambda_ == pytest.approx(218.76, rel=1e-3)
    assert weibull.rho_ == pytest.approx(0.5261, abs=1e-3)
    assert pytest.approx(256.86, abs=0.01) == weibull.AIC_
    normal = LogNormalFitter().fit(interstate.years, interstate.failed)
    assert normal.mu_ == pytest.approx(4.7416, abs=1e-3)
    assert normal.sigma_ == pytest.approx(2.7223, abs=1e-3)
    assert pytest.approx(251.36, abs=0.01) == normal.AIC_


@needs_data
def test_r2_any_later_conflict_of_the_same_pair_of_states(pairs: Spells) -> None:
    assert (len(pairs.ids), int(pairs.failed.sum())) == (72, 27)
    weibull = WeibullFitter().fit(pairs.years, pairs.failed)
    assert weibull.lambda_ == pytest.approx(147.33, rel=1e-3)
    assert weibull.rho_ == pytest.approx(0.5527, abs=1e-3)
    assert pytest.approx(280.02, abs=0.01) == weibull.AIC_
    # Table 2b, "same, state pair, any issue".
    assert _failed_by(pairs, 2, 5, 10, 20) == [0.056, 0.196, 0.284, 0.361]


@needs_data
def test_r3_intrastate_silences(intrastate: Spells) -> None:
    assert (len(intrastate.ids), int(intrastate.failed.sum())) == (466, 293)
    curve = kaplan_meier(intrastate)
    assert curve.years[curve.survival <= 0.5][0] == pytest.approx(9.34, abs=0.01)
    weibull = WeibullFitter().fit(intrastate.years, intrastate.failed)
    assert weibull.lambda_ == pytest.approx(24.526, rel=1e-3)
    assert weibull.rho_ == pytest.approx(0.6675, abs=1e-3)
    assert pytest.approx(2362.17, abs=0.01) == weibull.AIC_
    # Table 2b, by outcome.
    for outcome, n, events in (
        ("peace_agreement", 43, 23),
        ("ceasefire", 53, 38),
        ("government_victory", 94, 50),
        ("rebel_victory", 35, 22),
        ("low_activity", 185, 138),
    ):
        own = intrastate.where(_outcome(intrastate, outcome))
        assert (len(own.ids), int(own.failed.sum())) == (n, events)
    known = intrastate.where(~_outcome(intrastate, ""))
    apart = multivariate_logrank_test(known.years, known.outcomes, known.failed)
    assert apart.test_statistic == pytest.approx(50.01, abs=0.01)


def _outcome(spells: Spells, outcome: str) -> Flags:
    return np.array([word == outcome for word in spells.outcomes])


# ------------------------------------------------------------- R4: Cox and Weibull AFT, table 1b


def _frame(spells: Spells) -> pd.DataFrame:
    known = spells.where(~_outcome(spells, ""))
    table = pd.DataFrame(known.covariates, columns=list(known.covariate_names))
    return table.assign(years=known.years, failed=known.failed.astype(float))


@needs_data
@pytest.mark.parametrize(
    ("which", "n", "events", "rho", "aic", "targets"),
    [
        (
            "pairs",
            69,
            27,
            0.587,
            279.56,
            # Hazard ratio and standard error of the coefficient.
            {
                "peace_agreement": (0.696, 0.604),
                "ceasefire": (0.563, 0.597),
                "victory": (0.629, 0.561),
                "war": (1.762, 0.436),
                "ln_years": (1.104, 0.080),
                "prior_episodes": (1.672, 0.184),
            },
        ),
        (
            "intrastate",
            427,
            276,
            0.735,
            None,  # the review does not give it
            {
                "peace_agreement": (0.510, 0.232),
                "ceasefire": (0.919, 0.183),
                "victory": (0.542, 0.155),
                "war": (1.078, 0.156),
                "ln_years": (1.035, 0.025),
                "prior_episodes": (1.265, 0.056),
            },
        ),
    ],
)
def test_r4_associations(
    which: str,
    n: int,
    events: int,
    rho: float,
    aic: float | None,
    targets: dict[str, tuple[float, float]],
    request: pytest.FixtureRequest,
) -> None:
    table = _frame(request.getfixturevalue(which))
    assert (len(table), int(table.failed.sum())) == (n, events)
    found = CoxPHFitter().fit(table, "years", "failed").summary
    for name, (ratio, error) in targets.items():
        assert found.loc[name, "exp(coef)"] == pytest.approx(ratio, abs=1e-3)
        assert found.loc[name, "se(coef)"] == pytest.approx(error, abs=1e-3)
    weibull = WeibullAFTFitter().fit(table, "years", "failed")
    assert np.exp(weibull.params_["rho_"]["Intercept"]) == pytest.approx(rho, abs=1e-3)
    if aic is not None:
        assert pytest.approx(aic, abs=0.01) == weibull.AIC_


# --------------------------------------------------------------------- R6: agreements, durations


@needs_data
def test_r6_peace_agreements() -> None:
    agreements = read_agreements(UCDP / "ucdp-peace-agreements-221.xlsx")
    spells = agreement_spells(agreements, event="agreement_ended", clock="signature", as_of=END)
    assert (len(spells.ids), int(spells.failed.sum())) == (369, 129)
    weibull = WeibullFitter().fit(spells.years, spells.failed)
    assert weibull.lambda_ == pytest.approx(198.91, rel=1e-3)
    assert weibull.rho_ == pytest.approx(0.3282, abs=1e-3)
    assert pytest.approx(897.99, abs=0.01) == weibull.AIC_
    # Table 2b: failed by 30 d, 90 d, 1, 2, 5 and 10 years, of all and by scope.
    months = (30 / 365.25, 90 / 365.25)
    assert np.round(_failed_by(spells, *months, 1, 2, 5, 10), 2).tolist() == pytest.approx(
        [0.04, 0.10, 0.21, 0.26, 0.32, 0.36], abs=5e-3
    )
    for scope, n, one_year in (("full", 77, 0.17), ("partial", 208, 0.21), ("process", 84, 0.26)):
        own = spells.where(_outcome(spells, scope))
        assert len(own.ids) == n
        assert _failed_by(own, 1)[0] == pytest.approx(one_year, abs=5e-3)


@needs_data
def test_r6_how_long_wars_between_states_lasted(endings: Sequence[Termination]) -> None:
    """The "26% within a month" of CSIS counts from the first start of the conflict."""
    wars = [row for row in endings if row.type == "interstate" and row.ended is not None]
    assert len(wars) == 69
    for began, shares, mean_years in (
        ("began", (0.435, 0.333, 0.232), 3.1),
        ("first_began", (0.261, 0.246, 0.493), 14.2),
    ):
        days = np.array([(row.ended - getattr(row, began)).days + 1 for row in wars if row.ended])
        long = days > 365
        found = (np.mean(days <= 30), np.mean((days > 30) & ~long), np.mean(long))
        assert np.round(found, 3) == pytest.approx(shares)
        assert days[long].mean() / 365.25 == pytest.approx(mean_years, abs=0.05)


# --------------------------------------------------------------------------------- late entry


@needs_data
def test_late_entry_equals_lifelines(
    years: Sequence[ConflictYear], endings: Sequence[Termination]
) -> None:
    late = _silences(years, endings, INTRASTATE, late_entry=True)
    # 5 of 466 ended in 2023: by the end of 2024 nobody had watched them for a day (counted).
    assert (len(late.ids), int(late.failed.sum())) == (461, 293)
    assert np.all((late.entry >= 365 / 365.25 - 1e-9) & (late.entry <= 731 / 365.25))
    ours = kaplan_meier(late)
    # On a day on which one enters and another fails, lifelines counts the one that enters as at
    # risk already, and we, with the convention (entry, end], do not: hence the hair's breadth.
    theirs = KaplanMeierFitter().fit(late.years, late.failed, entry=late.entry + 1e-9)
    at = np.unique(late.years)
    place = np.searchsorted(ours.years, at)
    np.testing.assert_allclose(ours.survival[place], theirs.predict(at), rtol=1e-9)
    np.testing.assert_array_equal(ours.at_risk[place], theirs.event_table.at_risk.loc[at])
    # The blind year made silences look safer: failed within 2 and 5 years .150 and .427.
    assert _failed_by(_silences(years, endings, INTRASTATE), 2, 5) == [0.150, 0.427]
    assert _failed_by(late, 2, 5) == [0.181, 0.449]


@steady
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(1, 7), st.booleans()), min_size=1, max_size=25
    )
)
def test_late_entry_is_the_product_over_those_seen_and_standing(
    rows: list[tuple[int, int, bool]],
) -> None:
    entry = np.array([float(begun) for begun, _, _ in rows])
    length = entry + np.array([lasted - 0.5 for _, lasted, _ in rows])  # never on an entry
    spells = Spells(
        years=length,
        failed=np.array([failed for _, _, failed in rows]),
        ids=tuple(map(str, range(len(rows)))),
        entry=entry,
    )
    ours = kaplan_meier(spells)
    at = np.unique(length)
    place = np.searchsorted(ours.years, at)
    # The definition: at each failure, one minus those who failed over those seen and standing.
    want, standing = [], 1.0
    for time in at:
        risk = np.sum((entry < time) & (length >= time))
        standing *= 1 - np.sum(spells.failed & (length == time)) / risk
        want.append(standing)
        assert ours.at_risk[np.searchsorted(ours.years, time)] == risk
    np.testing.assert_allclose(ours.survival[place], want, rtol=1e-12)
    assert np.all(ours.low80 <= ours.survival + 1e-12)
    assert np.all(ours.survival <= ours.high80 + 1e-12)


def test_nothing_is_known_before_anyone_was_watched() -> None:
    # Entries at 1 and 2, failures at 3 and 4 (worked): 1, then 1/2, then 0.
    curve = kaplan_meier(
        Spells(
            years=np.array([3.0, 4.0]),
            failed=np.array([True, True]),
            ids=("a", "b"),
            entry=np.array([1.0, 2.0]),
        )
    )
    at = curve.at([0.5, 1.5, 2.5, 3.0, 4.0])
    assert np.isnan(at.survival[0])
    assert at.survival[1:].tolist() == [1.0, 1.0, 0.5, 0.0]
    assert at.at_risk[2] == 2


# ------------------------------------------------------------------------- worked episodes


def _year(conflict: str, year: int, began: str, ended: str = "", **changes: object) -> ConflictYear:
    row = ConflictYear(
        conflict=conflict,
        dyad="",
        year=year,
        type="interstate",
        war=False,
        began=dt.date.fromisoformat(began),
        ended=dt.date.fromisoformat(ended) if ended else None,
        side_a=("1",),
        side_b=("2",),
    )
    return dataclasses.replace(row, **changes)  # type: ignore[arg-type]


# One pair of states: fighting in 1990-91, then in 1995 as a war; another conflict of it in 1993.
WORKED = (
    _year("7", 1991, "1990-03-01", "1991-06-30"),
    _year("7", 1990, "1990-03-01"),
    _year("7", 1995, "1995-02-01", "1995-02-10"),
    _year("7", 1996, "1995-02-01", "1996-05-05", war=True),
    _year("8", 1993, "1993-09-01", "1993-09-02", side_b=("2", "3")),
)


def _days(spells: Spells) -> list[int]:
    return [round(float(length) * 365.25) for length in spells.years]


def test_worked_episodes() -> None:
    found = _silences(WORKED, ())
    assert found.ids == ("7:1991", "7:1996", "8:1993")
    assert found.failed.tolist() == [True, False, False]
    ends = [dt.date(1991, 6, 30), dt.date(1996, 5, 5), dt.date(1993, 9, 2)]
    stops = [dt.date(1995, 2, 1), END, END]
    assert _days(found) == [(stop - end).days for stop, end in zip(stops, ends, strict=True)]
    assert found.clusters == ("7", "7", "8")
    assert found.covariates[:, found.covariate_names.index("prior_episodes")].tolist() == [0, 1, 0]
    assert found.covariates[:, found.covariate_names.index("war")].tolist() == [0, 1, 0]
    length = found.covariates[0, found.covariate_names.index("ln_years")]
    assert np.exp(length) * 365.25 == pytest.approx((ends[0] - dt.date(1990, 3, 1)).days)


def test_a_thousand_deaths_come_later_than_twenty_five() -> None:
    # 1996 is the war year and not the first of its episode: its day is unknown, 1 July is taken.
    found = _silences(WORKED, (), event="deaths_1000")
    assert _days(found)[0] == (dt.date(1996, 7, 1) - dt.date(1991, 6, 30)).days
    assert found.failed.tolist() == [True, False, False]


def test_any_quarrel_of_a_pair_breaks_its_silence() -> None:
    found = _silences(WORKED, (), scope="pair")
    # 7:1991 is broken by conflict 8 in 1993; conflict 8 by 7 in 1995, which shares the pair 1-2.
    assert found.failed.tolist() == [True, False, True]
    assert _days(found)[0] == (dt.date(1993, 9, 1) - dt.date(1991, 6, 30)).days
    assert _days(found)[2] == (dt.date(1995, 2, 1) - dt.date(1993, 9, 2)).days


def test_late_entry_is_the_end_of_the_silent_year() -> None:
    found = _silences(WORKED, (), late_entry=True)
    assert (
        round(float(found.entry[0]) * 365.25) == (dt.date(1992, 12, 31) - dt.date(1991, 6, 30)).days
    )
    assert found.measure is not None
    assert found.measure.late_entry


def test_what_ended_it_comes_from_the_termination_data() -> None:
    ending = Termination(
        conflict="7",
        dyad="",
        year=1991,
        type="interstate",
        first_began=dt.date(1960, 1, 1),
        began=dt.date(1990, 3, 1),
        ended=dt.date(1991, 7, 7),
        outcome="ceasefire",
        ceasefire=None,
        agreement=None,
    )
    found = _silences(WORKED, (ending,))
    assert found.outcomes[0] == "ceasefire"
    assert found.kinds == ("ceasefire", "", "")
    assert found.covariates[0].tolist()[:3] == [0, 1, 0]
    # The armed conflict data has a day of its own, which goes first; without it this one counts.
    assert _days(found) == _days(_silences(WORKED, ()))
    undated = (dataclasses.replace(WORKED[0], ended=None), *WORKED[1:])
    assert (
        _days(_silences(undated, (ending,)))[0] == (dt.date(1995, 2, 1) - dt.date(1991, 7, 7)).days
    )
    assert _silences(undated, ()).ids == ("7:1996", "8:1993")


def test_dyads_have_two_clocks() -> None:
    rows = tuple(dataclasses.replace(row, dyad="d" + row.conflict) for row in WORKED)
    ending = Termination(
        conflict="7",
        dyad="d7",
        year=1991,
        type="interstate",
        first_began=dt.date(1960, 1, 1),
        began=dt.date(1990, 3, 1),
        ended=dt.date(1991, 6, 30),
        outcome="peace_agreement",
        ceasefire=dt.date(1991, 8, 1),
        agreement=dt.date(1991, 12, 1),
    )
    broken = dt.date(1995, 2, 1)
    for clock, start in (("first_quiet_day", ending.ended), ("signature", ending.ceasefire)):
        found = dyad_spells(
            rows,
            (ending,),
            event="deaths_25",
            clock=clock,  # type: ignore[arg-type]
            as_of=END,
            types=INTERSTATE,
            late_entry=False,
        )
        assert start is not None
        assert found.ids == ("d7:1991",)
        assert _days(found) == [(broken - start).days]
        assert found.measure is not None
        assert found.measure.clock == clock
    # Signed after the silent year: not what ended the fighting.
    late = dataclasses.replace(ending, ceasefire=None, agreement=dt.date(1993, 1, 1))
    assert (
        dyad_spells(
            rows,
            (late,),
            event="deaths_25",
            clock="signature",
            as_of=END,
            types=INTERSTATE,
            late_entry=False,
        ).ids
        == ()
    )


@needs_data
def test_dyads_of_the_published_files() -> None:
    rows = read_conflict_years(UCDP / "ucdp-dyadic-251.csv")
    endings = read_terminations(UCDP / "ucdp-term-dyad-3-2021.xlsx")
    for clock, n, start in (
        ("signature", 35, dt.date(2000, 12, 12)),  # Algiers
        ("first_quiet_day", 68, dt.date(2000, 6, 18)),
    ):
        found = dyad_spells(
            rows,
            endings,
            event="deaths_25",
            clock=clock,  # type: ignore[arg-type]
            as_of=END,
            types=INTERSTATE,
            late_entry=True,
        )
        assert len(found.ids) == n  # counted in the files
        # Eritrea and Ethiopia fought again at Tsorona on 13 June 2016, says UCDP.
        place = found.ids.index("865:2000")
        assert found.failed[place]
        assert _days(found)[place] == (dt.date(2016, 6, 13) - start).days


# ------------------------------------------------------------------------------ the cut at a day

KNOWN = dt.date(1994, 6, 15)  # in the middle of a year, between the episodes of WORKED


def _same(one: Spells, other: Spells) -> None:
    assert one.ids == other.ids
    for part in ("years", "failed", "entry", "covariates"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def test_a_year_under_way_is_not_known() -> None:
    found = _silences(WORKED, (), as_of=KNOWN)
    assert found.measure is not None
    assert found.measure.as_of == dt.date(1993, 12, 31)
    # Conflict 8 fell silent in 1993; whether it has ended is known when 1994 is over.
    assert found.ids == ("7:1991",)
    assert found.failed.tolist() == [False]
    assert _silences(WORKED, (), as_of=dt.date(1994, 12, 31)).ids == ("7:1991", "8:1993")


@steady
@given(
    as_of=st.dates(dt.date(1991, 1, 1), dt.date(2024, 12, 30)),
    after=st.integers(0, 3),
    earlier=st.integers(0, 500),
    conflict=st.sampled_from(["7", "8", "9"]),
    war=st.booleans(),
    scope=st.sampled_from(["conflict", "pair"]),
    event=st.sampled_from(["deaths_25", "deaths_1000"]),
    late=st.booleans(),
)
def test_a_planted_later_row_changes_nothing(
    as_of: dt.date,
    after: int,
    earlier: int,
    conflict: str,
    war: bool,
    scope: str,
    event: str,
    late: bool,
) -> None:
    # A row speaks when its year is over; its first deaths may lie before the cut all the same.
    year = as_of.year + after + (1 if (as_of.month, as_of.day) == (12, 31) else 0)
    began = (dt.date(year, 1, 1) - dt.timedelta(days=earlier)).isoformat()
    planted = _year(conflict, year, began, f"{year}-12-31", war=war)
    how = {"as_of": as_of, "scope": scope, "event": event, "late_entry": late}
    before = [row for row in WORKED if row.year != year]
    _same(_silences((*before, planted), (), **how), _silences(before, (), **how))


@needs_data
def test_a_planted_later_row_changes_nothing_in_the_published_data(
    years: Sequence[ConflictYear], endings: Sequence[Termination]
) -> None:
    as_of = dt.date(2005, 12, 31)
    known = tuple(row for row in years if row.year <= 2005)
    for late in (False, True):
        _same(
            _silences(years, endings, as_of=as_of, late_entry=late),
            _silences(known, endings, as_of=as_of, late_entry=late),
        )


def _agreement(id: str, signed: str, ended: str = "") -> Agreement:
    return Agreement(
        id=id,
        name=id,
        conflicts="7",
        signed=dt.date.fromisoformat(signed),
        scope="full",
        ended=bool(ended),
        ended_on=dt.date.fromisoformat(ended) if ended else None,
    )


def test_agreements_are_cut_at_a_day() -> None:
    signed = (
        _agreement("stands", "1990-01-01"),
        _agreement("broke", "1990-01-01", "1992-01-01"),
        _agreement("later", "1995-01-01", "1995-01-01"),
        dataclasses.replace(_agreement("unknown day", "1990-01-01"), ended=True),
    )

    def at(day: dt.date) -> Spells:
        return agreement_spells(signed, event="agreement_ended", clock="signature", as_of=day)

    early = at(dt.date(1991, 1, 1))
    assert early.ids == ("stands", "broke")
    assert early.failed.tolist() == [False, False]
    assert _days(early) == [365, 365]
    last = at(END)
    assert last.ids == ("stands", "broke", "later")
    assert _days(last) == [(dt.date(2021, 12, 31) - dt.date(1990, 1, 1)).days, 730, 1]
    assert last.failed.tolist() == [False, True, True]


# ---------------------------------------------------------------- event and clock said in words


def test_what_was_counted_is_printed() -> None:
    said = str(_silences(WORKED, (), event="deaths_1000", late_entry=True).measure)
    assert "a calendar year with at least 1,000 deaths in battle began" in said
    assert "clock from the first quiet day" in said
    assert "cut at 2024-12-31" in said
    assert "spells enter late" in said
    assert "enter late" not in str(_silences(WORKED, ()).measure)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"event": "low_level_violence"}, "event must be deaths_25 or deaths_1000"),
        ({"clock": "signature"}, "clock must be first_quiet_day for this source"),
        ({"scope": "world"}, "scope must be conflict or pair"),
        ({"scope": "pair", "types": INTRASTATE}, "scope must be conflict for this source"),
    ],
)
def test_a_source_says_what_it_cannot_tell(how: dict[str, object], message: str) -> None:
    with pytest.raises(UcdpError, match=message) as caught:
        _silences(WORKED, (), **how)  # type: ignore[arg-type]
    assert isinstance(caught.value, UsageError)


def test_agreements_have_one_event_and_one_clock() -> None:
    for how, message in (
        ({"event": "deaths_25", "clock": "signature"}, "event must be agreement_ended"),
        ({"event": "agreement_ended", "clock": "first_quiet_day"}, "clock must be signature"),
    ):
        with pytest.raises(UcdpError, match=message):
            agreement_spells((), as_of=END, **how)  # type: ignore[arg-type]


# -------------------------------------------------------------------------------- the files

HEAD = (
    "conflict_id,year,type_of_conflict,intensity_level,start_date2,ep_end,ep_end_date,gwno_a,gwno_b"
)


def test_rows_of_a_csv(tmp_path: Path) -> None:
    file = tmp_path / "acd.csv"
    file.write_text(f'{HEAD}\n7,1990,4,2,1990-03-01,0,,"1, 2",\n', encoding="utf-8")
    (row,) = read_conflict_years(file)
    assert (row.conflict, row.dyad, row.type, row.war) == ("7", "", "internationalised", True)
    assert (row.side_a, row.side_b, row.ended) == (("1", "2"), (), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"{HEAD}\n7,1990,9,2,1990-03-01,0,,1,2\n",
            "row 2: type_of_conflict is 9, not one of 1, 2",
        ),
        (f"{HEAD}\n7,MCM,2,2,1990-03-01,0,,1,2\n", "row 2: 'MCM' is not a whole number"),
        (f"{HEAD}\n7,1990,2,2,spring,0,,1,2\n", "row 2: 'spring' is not a date"),
        ("conflict_id,year\n7,1990\n", "has no column type_of_conflict, intensity_level"),
        ("", "has no rows"),
        (f"{HEAD}\n", "has no rows"),
        (f"{HEAD}\n7,1990,2,2,1990-03-01,0,,1,\u00e9\n", "is no CSV in UTF-8"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "acd.csv"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(UcdpError, match=message) as caught:
        read_conflict_years(file)
    assert "interbellum data get ucdp" in str(caught.value)
    assert str(file) in str(caught.value)


def _workbook(path: Path, *rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path.read_bytes()


TERM_HEAD = [
    "conflict_id",
    "year",
    "type_of_conflict",
    "start_date",
    "start_date2",
    "outcome",
    "ependdate",
]


@pytest.mark.parametrize("how", ["cut short", "a web page", "altered", "no workbook", "empty"])
def test_a_damaged_excel_file_is_named(tmp_path: Path, how: str) -> None:
    file = tmp_path / "term.xlsx"
    whole = _workbook(file, [*TERM_HEAD, "confterm"])
    if how == "no workbook":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", "x")
    elif how != "empty":
        sheet = whole.find(b"xl/worksheets/sheet1.xml") + 40
        spoilt = whole[:sheet] + bytes(200) + whole[sheet + 200 :]
        bad = {"cut short": whole[:3000], "a web page": b"<html>", "altered": spoilt}
        file.write_bytes(bad[how])
    message = "has no rows" if how == "empty" else "is no whole Excel file"
    with pytest.raises(UcdpError, match=message) as caught:
        read_terminations(file)
    assert "interbellum data get ucdp" in str(caught.value)


def test_an_excel_file_is_known_by_its_name_in_any_case(tmp_path: Path) -> None:
    row = (7, 1990, 3, "1990-01-01", "1990-01-01", 2, dt.datetime(1990, 12, 31), 1)
    _workbook(tmp_path / "TERM.XLSX", [*TERM_HEAD, "confterm"], row)
    (one,) = read_terminations(tmp_path / "TERM.XLSX")
    assert (one.conflict, one.ended, one.outcome) == ("7", dt.date(1990, 12, 31), "ceasefire")
    _workbook(tmp_path / "other.xlsx", TERM_HEAD, row[:-1])
    with pytest.raises(UcdpError, match="has no column confterm"):
        read_terminations(tmp_path / "other.xlsx")


def test_without_openpyxl_the_mend_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UcdpError, match=r"pip install 'interbellum\[ucdp\]'"):
        read_terminations(tmp_path / "ucdp-term-acd-3-2021.xlsx")


def test_cells_of_the_dyad_file_that_hold_no_day(tmp_path: Path) -> None:
    # Version 3-2021 writes ".", 0, and several signatures in one cell; the first is taken.
    head = "conflict_id,dyad_id,year,type_of_conflict,start_date,start_date2,outcome,dyadterm"
    rows = (
        "7,1,1990,3,1990-01-01,1990-01-01,2,1,1990-12-31,.,0",
        "7,2,1949,2,1948-05-15,1948-05-15,3,1,.,1949-02-24 (Egypt); 1949-03-23 (Lebanon),",
        "7,3,1949,3,1948-05-15,1948-05-15,4,0,.,,",
    )
    file = tmp_path / "term.csv"
    file.write_text("\n".join((f"{head},ependdate,cfiredate,peagdate", *rows)), encoding="utf-8")
    one, other = read_terminations(file)
    assert (one.ended, one.ceasefire, one.agreement) == (dt.date(1990, 12, 31), None, None)
    assert (other.ended, other.ceasefire) == (None, dt.date(1949, 2, 24))
    assert (one.outcome, other.outcome) == (
        "ceasefire",
        "victory",
    )  # between states: whose is unknown


# --------------------------------------------------------------------------------- one format


def test_spells_of_every_source_are_of_one_form() -> None:
    found = _silences(WORKED, ())
    plain = Spells(years=np.ones(2), failed=np.zeros(2, dtype=bool), ids=("a", "b"))
    assert plain.clusters == ("a", "b")
    assert plain.entry.tolist() == [0, 0]
    assert plain.covariates.shape == (2, 0)
    assert plain.measure is None
    own = found.where(np.array([name == "7" for name in found.clusters]))
    assert own.ids == ("7:1991", "7:1996")
    assert own.covariates.shape == (2, len(found.covariate_names))
    assert own.measure == found.measure
    with pytest.raises(ValueError, match="read-only"):
        found.entry[...] = 1
    with pytest.raises(IndexError, match="kept has 1 entries for 3 spells"):
        found.where(np.array([True]))
    with pytest.raises(ShapeError, match="with 1 names"):
        dataclasses.replace(plain, covariate_names=("one",))
    with pytest.raises(ShapeError, match="each must have one entry a spell"):
        dataclasses.replace(plain, kinds=("freeze",))
    with pytest.raises(ValueError, match="entry must be 0 or more and before the end"):
        dataclasses.replace(plain, entry=np.ones(2))


def test_episodes_are_runs_of_years() -> None:
    found = episodes(WORKED, END)
    assert [[row.year for row in one.years] for one in found] == [
        [1990, 1991],
        [1995, 1996],
        [1993],
    ]
    assert found[0].next is found[1]
    assert found[1].next is None
    assert [one.place for one in found] == [0, 1, 0]
