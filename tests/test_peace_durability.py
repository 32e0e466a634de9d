"""What the survival model says of a case, the shipped posterior, and the papers that go with them."""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from interbellum.model.arrays import ShapeError
from interbellum.model.hazards import CaseProfile, HazardPosterior
from interbellum.model.peace import Cessation, Kind
from interbellum.model.provisions import PROVISIONS
from interbellum.peace import artefact
from interbellum.peace.artefact import ArtefactError, parse_posterior, shipped_posterior
from interbellum.peace.durability import (
    EFFECT_OF_PROVISION,
    effect_estimates,
    posterior_as_of,
    provision_estimate,
    survival,
    survival_draws,
    weighted,
)
from interbellum.peace.effects import (
    EFFECTS,
    activity,
    coded_profile,
    coded_row,
    design,
    shares_of,
)
from interbellum.peace.hazards import CUTS
from interbellum.peace.hazards_reference import survival_reference
from interbellum.peace.posterior import KINDS, fit
from interbellum.peace.record import OBSERVED_UNTIL, read_cessations

ROOT = Path(__file__).parents[1]
DAYS = (30, 90, 365, 730, 1826)
NOW = dt.date(2026, 10, 10)


@pytest.fixture(scope="module")
def table() -> tuple[Cessation, ...]:
    return read_cessations()


@pytest.fixture(scope="module")
def posterior() -> HazardPosterior:
    return shipped_posterior()


# ----------------------------------------------------------------------------- the artefact


def test_shipped_posterior_is_what_its_command_rebuilds(posterior: HazardPosterior) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import posterior as tool
    finally:
        sys.path.pop(0)
    text = tool.text()
    assert tool.text() == text  # the same bytes, run to run
    rebuilt, stamp = parse_posterior(text)
    for name in ("log_hazard", "effects", "variance", "weight"):
        np.testing.assert_allclose(
            getattr(posterior, name), getattr(rebuilt, name), rtol=1e-6, atol=1e-6, err_msg=name
        )
    assert stamp["table_sha256"] == artefact.table_hash()
    assert (posterior.names, posterior.cases, posterior.spells) == (
        rebuilt.names,
        rebuilt.cases,
        rebuilt.spells,
    )
    assert posterior.names == tuple(effect.name for effect in EFFECTS)
    assert set(stamp["versions"]) == {"interbellum", "numpy", "scipy"}  # type: ignore[call-overload]
    assert tool.FILE.stat().st_size < 200_000


def test_a_posterior_of_another_table_or_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefact, "table_hash", lambda: "0" * 64)
    with pytest.raises(ArtefactError, match=r"another cessations\.csv; rebuild it with: python"):
        shipped_posterior()
    monkeypatch.undo()
    monkeypatch.setattr(artefact, "MODEL", "decision 9999")
    with pytest.raises(ArtefactError, match="is of decision 0022, not of decision 9999"):
        shipped_posterior()


def test_the_whole_record_is_read_and_a_cut_one_is_fitted(
    table: tuple[Cessation, ...], posterior: HazardPosterior
) -> None:
    assert posterior_as_of(NOW).as_of == OBSERVED_UNTIL
    np.testing.assert_array_equal(posterior_as_of(NOW).effects, posterior.effects)
    cut = dt.date(1999, 7, 15)
    got, want = posterior_as_of(cut), fit(table, cut)
    np.testing.assert_array_equal(got.effects, want.effects)
    assert got.as_of == cut
    # Counted in the table: rows at risk, not victories, begun by that day.
    assert sum(got.spells.values()) == 88
    np.testing.assert_array_equal(posterior_as_of(cut, table).effects, want.effects)


# -------------------------------------------------------------------------------- curves


def test_curve_is_that_of_the_reference(posterior: HazardPosterior) -> None:
    profile = CaseProfile(
        kind="ceasefire", peacekeepers="force", dmz=0.5, pressure=True, deaths=1e5
    )
    x = design([coded_profile(profile)], posterior.shares, EFFECTS)[0]
    years = np.array([0.0, 0.02, 0.7, 4.0, 15.0])
    got = survival_draws(posterior, x, years)
    for draw in (0, 100, 511):
        linear = (activity(EFFECTS) * x) @ posterior.effects[draw]
        want = [
            survival_reference(
                float(year),
                posterior.log_hazard[draw].tolist(),
                linear.tolist(),
                float(posterior.variance[draw]),
                CUTS,
            )
            for year in years
        ]
        np.testing.assert_allclose(got[draw], want, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_curves_fall_and_intervals_nest(kind: Kind) -> None:
    curve = survival(CaseProfile(kind=kind), NOW, (0, *DAYS))
    told = curve.survival
    assert told.mean[0] == pytest.approx(1.0)
    assert np.all(np.diff(told.mean) < 0)
    inner = (told.low80, told.low50, told.high50, told.high80)
    for low, high in pairwise(inner):
        assert np.all(low[1:] < high[1:])
    assert np.all((told.low50 < told.mean) & (told.mean < told.high50) | (np.arange(6) == 0))
    assert curve.days == (0, *DAYS)


def test_forms_are_kept_apart() -> None:
    curves = {kind: survival(CaseProfile(kind=kind), NOW, DAYS) for kind in KINDS}
    # Rows at risk of each kind, counted in the table.
    assert {kind: curve.n for kind, curve in curves.items()} == {
        "settlement": 21,
        "ceasefire": 101,
        "freeze": 14,
    }
    means = [tuple(curve.survival.mean) for curve in curves.values()]
    assert len(set(means)) == 3
    assert np.all(curves["settlement"].survival.mean > curves["ceasefire"].survival.mean)
    armistice = survival(CaseProfile(kind="ceasefire", armistice=True), NOW, DAYS)
    np.testing.assert_array_equal(armistice.survival.mean, curves["settlement"].survival.mean)
    with pytest.raises(ValueError, match="victory is not one of settlement, ceasefire, freeze"):
        survival(CaseProfile(kind="victory"), NOW, DAYS)


def test_a_mission_is_associated_with_longer_life_only_once_it_can_be_there() -> None:
    bare = survival(CaseProfile(kind="ceasefire"), NOW, DAYS).survival.mean
    for helped in ({"peacekeepers": "force"}, {"peacekeepers": "observers"}, {"dmz": 1.0}):
        given = survival(CaseProfile(kind="ceasefire", **helped), NOW, DAYS).survival.mean  # type: ignore[arg-type]
        assert given[0] == bare[0]
        assert np.all(given[1:] > bare[1:])


def test_a_guarantor_that_fought_is_no_guarantor() -> None:
    def five_years(guaranteed: bool | None, party: bool | None) -> float:
        profile = CaseProfile(kind="ceasefire", guaranteed=guaranteed, guarantor_party=party)
        return float(survival(profile, NOW, DAYS).survival.mean[-1])

    outsider, party = five_years(True, False), five_years(True, True)
    assert party < five_years(False, None) < outsider
    assert party < five_years(True, None) < outsider


def test_unknown_lies_between_yes_and_no() -> None:
    for name, values in {"contiguous": (True, False), "tie": (True, False), "dmz": (0, 1)}.items():
        low, unknown, high = (
            survival(CaseProfile(kind="ceasefire", **{name: value}), NOW, DAYS).survival.mean[-1]  # type: ignore[arg-type]
            for value in (values[0], None, values[1])
        )
        assert low < unknown < high


def test_fewer_than_eight_cases_give_no_useful_estimate(table: tuple[Cessation, ...]) -> None:
    # By the end of 1985 the table has six freezes, by the end of 1988 eight.
    freezes = sorted(row.cessation for row in table if row.kind == "freeze" and row.at_risk)
    for count in (7, 8):
        cut = freezes[count - 1]
        curve = survival(CaseProfile(kind="freeze"), cut, DAYS)
        assert (curve.n, curve.useful) == (count, count >= 8)


def test_what_rests_on_a_prior_is_said() -> None:
    told = survival(CaseProfile(kind="settlement", power_sharing=True, tie=True), NOW, DAYS)
    assert told.by_prior == ("power_sharing",)
    plain = survival(CaseProfile(kind="settlement", tie=True), NOW, DAYS)
    assert plain.by_prior == ()
    assert np.all(told.survival.mean > plain.survival.mean)
    # By the end of 1960 no truce of the table had been guaranteed eight times by anyone.
    early = survival(CaseProfile(kind="ceasefire", guaranteed=True), dt.date(1960, 1, 1), DAYS)
    assert {"guarantee", "guarantor_party"} <= set(early.by_prior)


def test_profiles_outside_their_ranges_are_refused() -> None:
    for wrong, message in (
        ({"dmz": 2.0}, "dmz must lie between 0 and 1"),
        ({"prior_cessations": -1}, "prior_cessations must not be negative"),
        ({"deaths": 0.0}, "deaths must be above 0"),
    ):
        with pytest.raises(ValueError, match=message):
            survival(CaseProfile(kind="ceasefire", **wrong), NOW, DAYS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="days must be 0 or more"):
        survival(CaseProfile(kind="ceasefire"), NOW, (-1,))


def test_weighted_quantiles() -> None:
    draws = np.array([3.0, 1.0, 2.0, 4.0])[:, None]
    even = weighted(draws, np.full(4, 0.25))
    # Middles of the sorted weights: 1 at .125, 2 at .375, 3 at .625, 4 at .875.
    assert even.mean[0] == 2.5
    assert (even.low50[0], even.high50[0]) == pytest.approx((1.5, 3.5))
    uneven = weighted(draws, np.array([0.0, 0.0, 1.0, 0.0]))
    assert uneven.mean[0] == 2.0


# ------------------------------------------------------------------------------ effects


def test_effects_without_a_column_are_their_priors(posterior: HazardPosterior) -> None:
    told = {effect.name: effect for effect in effect_estimates(posterior)}
    assert [name for name, each in told.items() if each.basis == "prior"] == [
        "pressure_economic",
        "pressure_military",
        "imposed_regime",
        "power_sharing",
        "implementation",
    ]
    regime = told["imposed_regime"]
    assert (regime.mean, regime.n_with, regime.n_without) == (-1.2, 0, 0)
    # Normal quantiles of 0.9 and 0.75: 1.2816 and 0.6745.
    assert regime.high80 == pytest.approx(-1.2 + 1.2816 * 0.6, abs=1e-4)
    assert regime.low50 == pytest.approx(-1.2 - 0.6745 * 0.6, abs=1e-4)
    place = posterior.names.index("imposed_regime")
    drawn = posterior.weight @ posterior.effects[:, place]
    assert drawn == pytest.approx(-1.2, abs=0.1)


def test_effects_carry_their_cases(posterior: HazardPosterior) -> None:
    told = {effect.name: effect for effect in effect_estimates(posterior)}
    # Counted in the table, rows at risk and not victories.
    assert (told["force"].n_with, told["observers"].n_with) == (28, 47)
    assert (told["tie"].n_with, told["tie"].n_without) == (76, 58)  # 2 unsure
    assert told["force"].basis == "record"
    assert all(
        each.low80 < each.low50 < each.mean < each.high50 < each.high80 for each in told.values()
    )


def test_provisions_have_an_effect_or_no_useful_estimate(posterior: HazardPosterior) -> None:
    assert set(EFFECT_OF_PROVISION) <= set(PROVISIONS)
    told = {name: provision_estimate(name, posterior) for name in PROVISIONS}
    assert {name for name, each in told.items() if each is not None} == set(EFFECT_OF_PROVISION)
    by_party = provision_estimate("third_party_guarantee", posterior, guarantor_party=True)
    outside = told["third_party_guarantee"]
    assert by_party is not None
    assert outside is not None
    assert (by_party.name, outside.name) == ("guarantor_party", "guarantee")
    assert outside.mean < 0.0 < by_party.mean


# ------------------------------------------------------------------------------ coding


def test_rows_are_coded_as_the_decision_says(table: tuple[Cessation, ...]) -> None:
    row = {each.id: each for each in table}
    cyprus = coded_row(row["CY1974b"], 9)  # guarantee unsure, guarantor a side
    assert np.isnan(cyprus["guaranteed"])
    assert cyprus["party"] == 1.0
    assert cyprus["prior_cessations"] == 4.0
    first = coded_row(row["NI1946"], 0)  # 1e3-1e4 deaths: the reference, 10^3.5
    assert (first["log_deaths"], first["pressure"], first["formal"], first["tie"]) == (0, 1, 0, 1)
    assert coded_row(row["KO1953"], 0)["formal"] == 1.0  # the armistice of Korea
    partial = next(each for each in table if each.dmz == "partial")
    assert coded_row(partial, 0)["dmz"] == 0.5


def test_unsure_values_enter_at_their_share(table: tuple[Cessation, ...]) -> None:
    row = {each.id: each for each in table}
    coded = [coded_row(row[name], 0) for name in ("EE2000", "KS1999", "CY1974b", "NI1946")]
    shares = shares_of(coded)
    # Guaranteed: by outsiders, by a party, unsure, not: two of three known; k=1 of n=2 by a party.
    assert shares["guaranteed"] == pytest.approx(2 / 3)
    assert shares["party"] == pytest.approx((1 + 1) / (2 + 2))
    x = design(coded, shares, EFFECTS)
    names = [effect.name for effect in EFFECTS]
    columns = x[:, [names.index("guarantee"), names.index("guarantor_party")]]
    np.testing.assert_allclose(columns, [[1, 0], [0, 1], [0, 2 / 3], [0, 0]])
    assert shares_of([])["tie"] == 0.5
    assert shares_of([])["log_deaths"] == 0.0
    assert design([], shares, EFFECTS).shape == (0, len(EFFECTS))


def test_effects_act_when_the_decision_says() -> None:
    first = {
        effect.name: int(np.argmax(column))
        for effect, column in zip(EFFECTS, activity(EFFECTS).T, strict=True)
    }
    late = {name: piece for name, piece in first.items() if piece}
    assert late == {"force": 1, "observers": 1, "dmz": 1, "pressure_late": 3}
    assert CUTS[0] * 365.25 == pytest.approx(30)
    assert CUTS[2] == 1.0


def test_posteriors_must_fit_together(posterior: HazardPosterior) -> None:
    with pytest.raises(ShapeError, match="must have 512 draws each"):
        replace(posterior, variance=np.ones(3))
    with pytest.raises(ShapeError, match="512 x 1"):
        replace(posterior, names=("force",))


# ------------------------------------------------------------------------------- papers


def test_priors_are_those_of_the_decision_record() -> None:
    text = (ROOT / "docs/decisions/0022-durability-model.md").read_text(encoding="utf-8")
    written = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6 and re.fullmatch(r"(`\w+`(, )?)+", cells[1]) and cells[3] != "prior":
            mean, sd = (float(number) for number in cells[3].split(", "))
            written.update(dict.fromkeys(re.findall(r"\w+", cells[1]), (mean, sd)))
    assert written == {effect.name: (effect.mean, effect.sd) for effect in EFFECTS}


def test_every_prior_says_what_it_rests_on(table: tuple[Cessation, ...]) -> None:
    for effect in EFFECTS:
        # A paper with its year, an estimate of our own or of named data, or said to be judgement.
        assert re.search(r"\((19|20)\d\d\)|own [+-]|civil wars [+-]|judgement", effect.published)
    decided = (ROOT / "docs/decisions/0022-durability-model.md").read_text(encoding="utf-8")
    party = next(effect for effect in EFFECTS if effect.name == "guarantor_party")
    assert party.published in decided
    assert {"NK2020d", "AB1994", "CY1974a"} <= {row.id for row in table if row.guarantor_source}


def test_the_concept_page_prints_the_shipped_effects(posterior: HazardPosterior) -> None:
    text = (ROOT / "docs/concepts/peace.md").read_text(encoding="utf-8")
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 7 and cells[1].startswith("`"):
            rows[cells[1].strip("`")] = cells[2:6]
    for told in effect_estimates(posterior):
        ratio, low, high, mean, low_prior, high_prior = np.exp(
            [
                told.mean,
                told.low80,
                told.high80,
                told.prior_mean,
                told.prior_mean - 1.2815515655446004 * told.prior_sd,
                told.prior_mean + 1.2815515655446004 * told.prior_sd,
            ]
        )
        assert rows[told.name] == [
            f"{mean:.2f} ({low_prior:.2f} to {high_prior:.2f})",
            "as the prior" if told.basis == "prior" else f"{ratio:.2f} ({low:.2f} to {high:.2f})",
            "none" if told.basis == "prior" else str(told.n_with),
            "none" if told.basis == "prior" else str(told.n_without),
        ]
    assert len(rows) == len(EFFECTS)
