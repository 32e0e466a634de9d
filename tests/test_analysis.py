"""How the stages are put together: where the war stands, what the past was, what wears out a silence.

Small exact dossiers; expected numbers are worked out from the design, section 3 to 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis
from interbellum.deals.range import survey
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.compile import Compiled, compile_dossier
from interbellum.dossier.reader import Loaded, load_text
from interbellum.model.peace import TruceCurves, TruceInputs
from interbellum.peace import truce
from interbellum.peace.truce import all_curves
from interbellum.standing import surplus_lines
from interbellum.war.reference import cost_ratio, slope_from_chance

MONTH, YEAR = 4.348, 52.18
WAR = {
    "position": 0.5,
    "a_prevails": {"analyst": 0.6, "A": 0.7, "B": 0.4},
    "months_to_decision": 30,
    "months_for_victory": {"A": 30, "B": 60},
    "annual_discount": {"A": 0.1, "B": 0.2},
    "stubbornness_months": {"A": 10, "B": 20},
    "momentum": 0.5,
    "reluctance": {"A": 0.02, "B": 0.03},
    "rearmament": {"A": {"rate": 0.02, "ceiling": 0.2}, "B": {"rate": 0.04, "ceiling": 0.05}},
}
FRONT = {
    "unit": "km2",
    "source": "a map",
    "stake_per_unit": 0.001,
    "series": [{"month": "2031-05", "change": 31}],
}
AID = {
    "id": "aid",
    "title": "Aid",
    "side": "B",
    "states": [
        {"id": "flows", "title": "flows"},
        {
            "id": "cut",
            "title": "cut",
            "a_prevails": 0.9,
            "talks_factor": 3,
            "reluctance_factor": 0.5,
        },
    ],
    "now": "flows",
    "history": [{"since": "2030-01-01", "state": "cut"}, {"since": "2031-06-02", "state": "flows"}],
    "switches": [{"from": "flows", "to": "cut", "monthly": 0.1}],
    "breaks_truce": 0.4,
}


def compiled(**changes: Any) -> Compiled:
    """Ten weeks of record from 2031-04-21; one kilometre a day in May 2031."""
    data = minimal_data()
    data["conflict"]["hindcast_from"] = "2031-04-21"
    data["war"] = {**WAR, "front": FRONT}
    for section, value in changes.items():
        if isinstance(value, dict) and isinstance(data.get(section), dict):
            data[section].update(value)
        else:
            data[section] = value
    return compile_dossier(load_text(as_yaml(data)).dossier, 8, 1)


def per_draw(values: np.ndarray, expected: Any) -> None:
    np.testing.assert_allclose(
        values, np.broadcast_to(np.asarray(expected, float), values.shape), rtol=1e-7, atol=1e-12
    )


# The race that the analyst's numbers stand for: θ = (p-y)/T, σ² = 2θ/s.
DRIFT = (0.6 - 0.5) / (30 * MONTH)
VARIANCE = 2 * DRIFT / float(slope_from_chance(np.array(0.6), np.array(0.5)))


def drift_of(chance: float) -> float:
    return 0.5 * VARIANCE * float(slope_from_chance(np.array(chance), np.array(0.5)))


def test_undated_beliefs_are_todays_and_nothing_moves_them() -> None:
    got = analysis.war_standing(compiled())
    per_draw(got.drift, DRIFT)
    per_draw(got.variance, VARIANCE)
    per_draw(got.believed, [drift_of(0.7), drift_of(0.4)])
    per_draw(got.signal_weeks, 0)
    # φ/(1-φ) = 1 at φ = .5: an optimist reads the same front as further back.
    per_draw(got.position, [0.5 + DRIFT - drift_of(0.7), 0.5 + DRIFT - drift_of(0.4)])


def test_a_dated_belief_learns_from_the_weeks_after_it() -> None:
    # A's dates from 2031-05-20 (week 4, which opens on the 19th): of the weeks after, only week 5
    # has days of the record, 6 in May. B's is undated.
    prevails = {"analyst": 0.6, "A": {"value": 0.7, "date": "2031-05-20"}, "B": 0.4}
    got = analysis.war_standing(compiled(war={"a_prevails": prevails}))
    per_draw(got.signal_weeks, [1, 0])
    per_draw(got.signals, [0.006, 0])
    stubborn = 10 * MONTH
    per_draw(got.believed[:, 0], (stubborn * drift_of(0.7) + 0.006) / (stubborn + 1))
    per_draw(got.believed[:, 1], drift_of(0.4))


def test_what_a_past_regime_added_is_not_learnt_from() -> None:
    # Aid was cut until 2 June, the opening of week 6; week 5, the one that counts for A,
    # had the drift of .9 instead of the analyst's .6.
    prevails = {"analyst": 0.6, "A": {"value": 0.7, "date": "2031-05-20"}, "B": 0.4}
    got = analysis.war_standing(compiled(war={"a_prevails": prevails}, regimes=[AID]))
    effect = drift_of(0.9) - DRIFT
    per_draw(got.effect[:, 0, 0], 0)
    per_draw(got.effect[:, 0, 1], effect)
    per_draw(got.signals[:, 0], 0.006 - effect)


def test_the_past_position_runs_back_along_the_front() -> None:
    made = compiled()
    got = past(made)
    # Ends of weeks 0 … 9; May gives 4, 7, 7, 7, 6 of its 31 days to weeks 1 … 5.
    later = np.array([31, 27, 20, 13, 6, 0, 0, 0, 0, 0])
    per_draw(got.position, 0.5 - 0.001 * later)
    per_draw(got.effect, 0)
    np.testing.assert_array_equal(got.belief_week, [10, 10])


def past(made: Compiled) -> Any:
    standing = analysis.war_standing(made)
    return analysis.record_inputs(made, standing)


def test_the_past_position_stays_inside_the_race() -> None:
    front = {**FRONT, "stake_per_unit": 1.0}
    got = past(compiled(war={"front": front}))
    per_draw(got.position[:, :5], 0.001)


def test_recorded_rounds_were_certain_and_others_as_likely_as_ever() -> None:
    # 2031-06-10 is in week 7; aid cut (talks three times as likely) until week 6.
    events = [{"date": "2031-06-10", "kind": "talks", "title": "t", "source": "s"}]
    talks = {"monthly_chance": 0.2}
    weekly = 1 - 0.8 ** (1 / MONTH)
    got = past(compiled(events=events, talks=talks, regimes=[AID]))
    per_draw(got.talks, [*[3 * weekly] * 6, weekly, 1, weekly, weekly])
    per_draw(got.reluctance[..., 0], 1)
    per_draw(got.reluctance[..., 1], [*[0.5] * 6, *[1] * 4])
    complete = past(compiled(events=events, talks={**talks, "history_complete": True}))
    per_draw(complete.talks, [0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
    busy = past(compiled(talks={"monthly_chance": 0.99}, regimes=[AID]))
    assert busy.talks.max() == 1.0  # a chance even under a factor of three


def test_the_value_of_fighting_answers_to_each_sides_own_belief() -> None:
    made = compiled()
    got = analysis.war_standing(made)
    same = compiled(war={"a_prevails": {"analyst": 0.6, "A": 0.8, "B": 0.4}})
    higher = analysis.war_standing(same)
    assert (higher.value[:, 0] > got.value[:, 0]).all()
    np.testing.assert_allclose(higher.value[:, 1], got.value[:, 1])


def test_surplus_is_a_line_in_u_with_the_risk_that_the_other_breaks() -> None:
    made = compiled(
        trust={"other_breaks": {"A": 0.5, "B": 0.3}, "provisions_factor": 0.25},
    )
    standing = analysis.war_standing(made)
    rho = np.array([-math.log(0.9), -math.log(0.8)]) / YEAR
    for provisions, factor in ((0, 1.0), (6, 0.5), (12, 0.25), (15, 0.25)):
        h = factor * np.array([-math.log(0.5), -math.log(0.7)]) / YEAR
        slope, base = surplus_lines(made, standing, provisions)
        per_draw(slope, rho / (rho + h))
        # The other's rearmament: A fears B's (.04 up to .05), B fears A's (.02 up to .2).
        shift = np.array(
            [-0.05 * 0.04 / (0.04 + rho[0] + h[0]), 0.2 * 0.02 / (0.02 + rho[1] + h[1])]
        )
        broken = standing.value_at(standing.position + shift)
        per_draw(base, h / (rho + h) * broken[0] - standing.value[0])


def worn(
    made: Compiled, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[TruceInputs], Any, Any, Any]:
    """What the truce model was given, in the order of the forms."""
    given: list[TruceInputs] = []

    def noted(truces: Sequence[TruceInputs], weeks: int) -> list[TruceCurves]:
        given.extend(truces)
        return all_curves(truces, weeks)

    monkeypatch.setattr(truce, "all_curves", noted)
    standing = analysis.war_standing(made)
    deals = deal_inputs(made.preferences)
    fronts = analysis.frontiers(deals, 1, lambda share: None)
    slope, base = surplus_lines(made, standing, 0)
    surveys = [survey(front, slope[d][None], base[d][None], 0.5) for d, front in enumerate(fronts)]
    curves = analysis.silence_curves(made, standing, deals, fronts, surveys, 261)
    return given, standing, curves, (deals, fronts, surveys)


def test_what_wears_out_each_form_of_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled(
        peace={
            "cost_of_breaking": {"A": 0.01, "B": 0.02},
            "gap_noise_year": 0.05,
            "incidents_per_week": 4,
            "incident_echo": 0.6,
            "collapse_size": 50,
            "change_monthly": 0.03,
            "change_breaks": 0.5,
            "ceasefire_term_months": 6,
            "renewal": 0.8,
        },
        regimes=[AID],
    )
    given, _, _, _ = worn(made, monkeypatch)
    assert len(given) == 3
    changes = 0.5 * (1 - 0.97 ** (1 / MONTH))
    for inputs in given:
        assert inputs.regimes is made.war.regimes  # they move on; see test_peace_changes.py
        values = (
            inputs.rearm_rate,
            inputs.rearm_ceiling,
            inputs.spread,
            inputs.incidents_per_week,
            inputs.echo,
            inputs.collapse_size,
            inputs.change_hazard,
        )
        for value, expected in zip(
            values,
            ([0.02, 0.04], [0.2, 0.05], 0.05 / math.sqrt(YEAR), 4, 0.6, 50, changes),
            strict=True,
        ):
            per_draw(value, expected)
    ceasefire, settlement, freeze = given
    per_draw(ceasefire.term_weeks, 6 * MONTH)
    per_draw(ceasefire.renewal, 0.8)
    for other in (settlement, freeze):
        assert np.isinf(other.term_weeks).all()
        per_draw(other.renewal, 1)


def test_breaking_pays_where_fighting_from_there_beats_what_the_silence_is_worth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = {"carrying_cost": {"A": 0, "B": 0}}
    made = compiled(peace={"cost_of_breaking": {"A": 0.03, "B": 0.04}, **free})
    given, standing, _, (deals, _, _) = worn(made, monkeypatch)
    distance = given[2].distance  # freeze: no cost of breaking
    agreed = np.maximum(deals.standing, standing.value + np.array([0.02, 0.03]))
    for side, toward in enumerate((1, -1)):
        move = np.zeros(2)
        for draw in range(8):
            if not np.isfinite(distance[draw, side]) or distance[draw, side] >= 1.0:
                continue
            move[side] = toward * distance[draw, side]
            there = standing.value_at(standing.position + move)[draw, side]
            assert there == pytest.approx(agreed[draw, side], abs=2e-3)  # 201 steps of .005
    # A signed text is worth at least what the side would sign for, and breaking it costs besides.
    dearer = compiled(peace={"cost_of_breaking": {"A": 0.3, "B": 0.4}, **free})
    later, *_ = worn(dearer, monkeypatch)
    assert (later[0].distance > given[0].distance).all()
    np.testing.assert_allclose(later[2].distance, given[2].distance)


def test_the_engine_keeps_incidents_apart_from_the_other_causes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = compiled()
    _, standing, curves, (deals, fronts, _) = worn(made, monkeypatch)
    engine = analysis.engine_inputs(made, standing, deals, [fronts], curves)
    for place, form in enumerate(analysis.FORMS):
        total = curves[form].cumulative
        apart = analysis.CAUSES.index("incidents")
        np.testing.assert_allclose(engine.incidents[:, place], total[..., apart])
        np.testing.assert_allclose(
            engine.hazard[:, place] + engine.incidents[:, place], total.sum(axis=2), atol=1e-12
        )


def test_a_side_that_would_fight_so_long_for_victory_is_indifferent_after_so_long() -> None:
    # Victory after W weeks of fighting, e^-ρW - (c/ρ)(1-e^-ρW), is then worth 0; ρW = ln 2: c/ρ = 1.
    assert cost_ratio(np.array(math.log(2) / 50), np.array(50.0)) == pytest.approx(1.0)
    ratio = float(cost_ratio(np.array(0.01), np.array(200.0)))
    assert math.exp(-2) - ratio * (1 - math.exp(-2)) == pytest.approx(0.0, abs=1e-15)


def test_a_regime_that_lifts_a_red_line_gives_the_engine_a_second_frontier():
    data = minimal_data()
    data["positions"]["north"]["line"]["red_line"] = {
        "refuses": ["back", "as_it_stands", "left_open"],
        "confidence": 1.0,
    }
    data["positions"]["south"]["line"]["red_line"] = {
        "refuses": ["annexed", "left_open"],
        "confidence": 1.0,
    }
    data["regimes"] = [
        {
            "id": "leader",
            "title": "North's leader",
            "states": [
                {"id": "old", "title": "old"},
                {"id": "new", "title": "new", "lifts": ["north.line"]},
            ],
            "now": "old",
            "switches": [{"from": "old", "to": "new", "monthly": 0.5}],
        }
    ]
    data["talks"] = {"monthly_chance": 0.9, "choice_noise": 0.5}
    loaded = load_text(as_yaml(data))
    levels = analysis.lay_table(loaded, draws=8).engine.levels
    assert (levels[:, 0, 0] == levels[:, 0, -1]).all()  # under the old leader nothing can be signed
    assert (levels[:, 1, 0] < levels[:, 1, -1]).all()
    assert engine_signs(loaded) > 0.05
    data["regimes"][0]["switches"] = []
    assert engine_signs(load_text(as_yaml(data))) < 0.01


def engine_signs(loaded: Loaded) -> float:
    """The engine's own chance of a settlement within a year, not pooled with other models."""
    own = analysis.run(loaded, draws=8, paths=32).variants[0].rungs
    return next(p for rung, days, p in own if (rung, days) == ("settlement_signed", 365))
