"""What stands in the way, on a shipped dossier: shares that add up, turning points that turn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis, diagnosis, ripeness, summary
from interbellum.deals.range import is_open, survey
from interbellum.dossier.mirror import swap_labels
from interbellum.dossier.reader import load, load_text
from interbellum.levers.thresholds import turning_point
from interbellum.model.diagnosis import BLOCKERS, Diagnosis
from interbellum.model.rungs import RUNGS
from interbellum.talks import kernel
from interbellum.war.reference import believed_drift

SMALL, LARGE = "eritrea-ethiopia-1999", "ukraine-2025-05"
PATHS = 8


@cache
def table(name: str = SMALL, swapped: bool = False) -> analysis.Table:
    loaded = load(name)
    return analysis.lay_table(swap_labels(loaded) if swapped else loaded, draws=16, threads=2)


@cache
def told(name: str = SMALL, swapped: bool = False) -> Diagnosis:
    return diagnosis.diagnose(table(name, swapped), 1, 2, PATHS)


@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_shares_of_blockers_sum_to_what_they_do_together(name: str) -> None:
    found = told(name).blockers
    assert list(found.open_share) == list(found.headline) == list(BLOCKERS)
    assert sum(found.open_share.values()) == pytest.approx(found.open_without_any - found.open_now)
    assert sum(found.headline.values()) == pytest.approx(
        found.headline_without_any - found.headline_now
    )
    assert found.open_share["process"] == pytest.approx(0.0, abs=1e-12)


def test_with_nothing_switched_off_the_answer_is_the_analysis() -> None:
    laid, found = table(), told().blockers
    is_open = np.array([seen.is_open for seen in laid.surveys])
    assert found.open_now == pytest.approx(float(laid.weight @ is_open))
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    shares = summary.rung_shares(counts, PATHS)[..., list(RUNGS).index(summary.HEADLINE)]
    chance = float(laid.weight @ summary.at_days(shares, 365))
    assert found.headline_now == pytest.approx(chance, abs=1e-12)


def test_without_fear_war_and_disagreement_a_range_is_always_open() -> None:
    # Fearon (1995): with one belief, no fear of breach and no red line, war leaves both something.
    for name in (SMALL, LARGE):
        assert told(name).blockers.open_without_any == pytest.approx(1.0)


def test_threads_do_not_change_a_share() -> None:
    assert diagnosis.blockers(table(), 1, 1, PATHS) == told().blockers


@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_swapping_the_labels_mirrors_the_diagnosis(name: str) -> None:
    plain, other = told(name), told(name, swapped=True)
    for mine, theirs in (
        (plain.blockers.open_share, other.blockers.open_share),
        (plain.blockers.headline, other.blockers.headline),
    ):
        assert mine == pytest.approx(theirs, abs=1e-9)
    for side in (0, 1):
        one, two = plain.thresholds[side], other.thresholds[1 - side]
        assert one.never_open == pytest.approx(two.never_open, abs=1e-9)
        assert one.believes.p == pytest.approx(two.believes.p, abs=1e-9)
        assert (one.closes_above is None) == (two.closes_above is None)
        if one.closes_above is not None and two.closes_above is not None:
            assert one.closes_above.p == pytest.approx(two.closes_above.p, abs=1e-6)
        if one.move is not None and two.move is not None:
            assert one.move.p == pytest.approx(two.move.p, abs=1e-6)
        mine, theirs = plain.views[side], other.views[1 - side]
        assert replace(mine, side="A") == replace(
            theirs,
            side="A",
            sees_range=pytest.approx(theirs.sees_range, abs=1e-9),
            way_out=pytest.approx(theirs.way_out, abs=1e-9),
            hurting=pytest.approx(theirs.hurting, abs=1e-9),
        )


@pytest.mark.parametrize("side", [0, 1])
def test_the_range_closes_where_the_threshold_says(side: int) -> None:
    laid = table(LARGE)
    war, standing = laid.compiled.war, laid.standing

    def is_open(chance: np.ndarray) -> np.ndarray:
        believed = standing.believed.copy()
        of_a = chance if side == 0 else 1.0 - chance
        believed[:, side] = believed_drift(standing.variance, of_a, war.position)
        return ripeness.open_range(laid.compiled, ripeness.believing(laid, believed), laid.fronts)

    draws = len(laid.weight)
    closes = turning_point(is_open, np.full(draws, 0.01), np.full(draws, 0.99))
    turns = np.isfinite(closes)
    assert turns.sum() >= 4
    # Everywhere below it is open and everywhere above closed: one turning point, not several.
    for chance in np.linspace(0.02, 0.98, 25):
        now = is_open(np.full(draws, chance))
        np.testing.assert_array_equal(now[turns & (chance < closes - 1e-5)], True)
        np.testing.assert_array_equal(now[turns & (chance > closes + 1e-5)], False)


def test_a_quick_look_at_the_range_says_what_the_survey_says() -> None:
    laid = table(LARGE)
    seen = []
    for lift in np.linspace(-0.2, 0.2, 21):  # from ranges that are all closed to all open
        for draw, front in enumerate(laid.fronts):
            base = laid.base[draw] + lift
            slow = survey(front, laid.slope[draw], base, 0.5).is_open
            assert is_open(front, laid.slope[draw], base) == slow
            seen.append(slow)
    assert 0.2 < np.mean(seen) < 0.8


def test_beliefs_as_they_are_change_nothing() -> None:
    laid = table(LARGE)
    same = ripeness.believing(laid, laid.standing.believed)
    np.testing.assert_allclose(same.value, laid.standing.value, atol=1e-12)
    np.testing.assert_allclose(same.position, laid.standing.position, atol=1e-12)


def test_a_movement_is_told_in_the_fronts_own_unit() -> None:
    with_front, without = told(LARGE).thresholds[0], told(SMALL).thresholds[0]
    assert with_front.move is not None
    assert with_front.move_units is not None
    assert with_front.move_units.p > 100.0  # square kilometres, where the share is below one
    assert without.move_units is None


def test_a_changed_belief_is_the_mean_after_what_was_seen() -> None:
    laid = table(LARGE)
    stubborn = laid.compiled.war.stubbornness
    changed = ripeness.agreeing(laid, np.full(len(laid.weight), 0.004))
    assert (changed.signal_weeks > 0.0).any()  # one side has seen the front since its belief
    mean = (stubborn * changed.prior + changed.signals) / (stubborn + changed.signal_weeks)
    np.testing.assert_allclose(mean, 0.004, atol=1e-12)


def test_red_lines_of_others_fall_with_consent_and_not_with_the_leads() -> None:
    laid = table(LARGE)
    sides = laid.loaded.dossier.sides
    lines = laid.compiled.preferences.red_lines
    lead = np.array([line.owner in (sides.A.lead, sides.B.lead) for line in lines])
    assert lead.any()
    assert not lead.all()
    without_lines = diagnosis._terms(laid, True, False, 2).deals
    without_consent = diagnosis._terms(laid, False, True, 2).deals
    np.testing.assert_array_equal(without_lines.red_lines[:, ~lead], laid.deals.red_lines[:, ~lead])
    assert not without_lines.red_lines[:, lead].any()
    np.testing.assert_array_equal(without_consent.red_lines[:, lead], laid.deals.red_lines[:, lead])
    assert not without_consent.red_lines[:, ~lead].any()
    refused = without_lines.red_lines.astype(int) @ laid.deals.refused.astype(int) > 0
    np.testing.assert_array_equal(without_lines.allowed, ~refused)


def test_learning_for_half_a_year_is_worth_half_a_year_of_signals() -> None:
    # A front that then stands still for half a year: whoever expected gains expects fewer, the more
    # so the less it was sure: the mean falls by S/(S+26).
    laid = table(LARGE)
    known = laid.compiled.war.stubbornness + laid.standing.signal_weeks
    after = ripeness.learned(laid, 0, np.zeros(len(laid.weight)))
    np.testing.assert_allclose(
        after[:, 0], laid.standing.believed[:, 0] * known[:, 0] / (known[:, 0] + 26)
    )
    np.testing.assert_array_equal(after[:, 1], laid.standing.believed[:, 1])


def under_a_regime(who: str, lifted: str) -> analysis.Table:
    """Somebody refuses every truce for sure, until a regime lifts that."""
    data = minimal_data()
    data["actors"][2].update(consents=["truce"])
    data["positions"].setdefault("league", {})["truce"] = {
        "ideal": "general",
        "weight": 5,
        "basis": "judgement",
    }
    refuses = {"refuses": ["none", "general", "left_open"], "confidence": 1.0}
    data["positions"][who]["truce"]["red_line"] = refuses
    data["regimes"] = [
        {
            "id": "leader",
            "title": "A leader",
            "states": [
                {"id": "old", "title": "old"},
                {"id": "new", "title": "new", "lifts": [lifted]},
            ],
            "now": "old",
            "switches": [{"from": "old", "to": "new", "monthly": 0.5}],
        }
    ]
    data["talks"] = {"monthly_chance": 0.9, "choice_noise": 0.5}
    return analysis.lay_table(load_text(as_yaml(data)), draws=8, threads=2)


def test_what_a_regime_may_lift_counts_in_the_answer_as_it_is() -> None:
    laid = under_a_regime("north", "north.truce")
    found = diagnosis.blockers(laid, 1, 2, PATHS)
    counts = kernel.run(laid.engine, 1, PATHS, laid.weeks, 2)
    shares = summary.rung_shares(counts, PATHS)[..., list(RUNGS).index(summary.HEADLINE)]
    chance = float(laid.weight @ summary.at_days(shares, 365))
    assert chance > 0.05  # none of it were the line to stay
    assert found.headline_now == pytest.approx(chance, abs=1e-12)


@pytest.mark.parametrize(("who", "lifted"), [("north", "north.truce"), ("league", "league")])
def test_what_is_not_switched_off_goes_on_moving_with_the_regimes(who: str, lifted: str) -> None:
    laid = under_a_regime(who, lifted)
    of_a_lead = who == "north"
    kept = diagnosis._terms(laid, not of_a_lead, of_a_lead, 2)  # the other kind is switched off
    off = diagnosis._terms(laid, of_a_lead, not of_a_lead, 2)
    old, new = laid.compiled.war.regimes.set_now, 1 - laid.compiled.war.regimes.set_now
    for draw in range(len(laid.weight)):
        assert len(kept.by_set[old][draw].u_a) == 0
        assert len(kept.by_set[new][draw].u_a) > 0
        for front in (off.by_set[old][draw], off.by_set[new][draw]):
            np.testing.assert_array_equal(front.u_a, kept.by_set[new][draw].u_a)
