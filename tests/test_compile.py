"""From the analyst's words to the stages' numbers: every unit, every date, every side.

Dossiers here are small and exact (plain values), so each expected number is worked by hand from the
design: 4.348 weeks a month, 52.18 a year, 7 days a week.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum.dossier.compile import (
    Compiled,
    announced_truces,
    compile_dossier,
    compile_medians,
    orientation,
    reached_rungs,
)
from interbellum.dossier.defaults import DEFAULTS
from interbellum.dossier.draws import Draws
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.reader import load_text
from interbellum.dossier.schema import Dossier
from interbellum.model.provisions import CHANNELS, EFFECTS

MONTH, YEAR = 4.348, 52.18  # weeks; design section 1
AS_OF = dt.date(2031, 6, 30)  # of the minimal dossier, which began on 2030-01-01: 545 days
DRAWS = 8


def dossier(**changes: Any) -> Dossier:
    """The minimal dossier with whole sections replaced, or merged where both are blocks."""
    data = minimal_data()
    for section, value in changes.items():
        if isinstance(value, dict) and isinstance(data.get(section), dict):
            data[section].update(value)
        else:
            data[section] = value
    return load_text(as_yaml(data)).dossier


def compiled(**changes: Any) -> Compiled:
    return compile_dossier(dossier(**changes), DRAWS, 1)


def all_are(values: Any, expected: Any) -> None:
    """Every draw holds the expected number, to rounding."""
    np.testing.assert_allclose(
        values, np.broadcast_to(np.asarray(expected, float), np.shape(values)), rtol=1e-12
    )


def event(**fields: Any) -> dict[str, Any]:
    return {"title": "an event", "source": "a test", **fields}


# --- units (design section 1) ------------------------------------------------------------------


def test_months_become_weeks() -> None:
    got = compiled(
        war={
            "months_to_decision": 30,
            "months_for_victory": {"A": 20, "B": 50},
            "stubbornness_months": {"A": 10, "B": 40},
        },
        talks={"tolerance_months": 6},
        peace={"ceasefire_term_months": 3},
    )
    all_are(got.war.weeks_to_decision, 30 * MONTH)
    all_are(got.war.weeks_for_victory, [20 * MONTH, 50 * MONTH])
    all_are(got.war.stubbornness, [10 * MONTH, 40 * MONTH])
    all_are(got.talks.tolerance, 6 * MONTH)
    all_are(got.peace.term, 3 * MONTH)


def test_monthly_chances_become_weekly_ones_that_compound_to_them() -> None:
    got = compiled(
        talks={"monthly_chance": 0.2, "ending_monthly": 0.1},
        peace={"change_monthly": 0.03, "change_breaks": 0.5},
    )
    all_are(1 - (1 - got.talks.weekly_chance) ** MONTH, 0.2)
    all_are(1 - (1 - got.talks.ending_chance) ** MONTH, 0.1)
    all_are(got.peace.change_hazard, 0.5 * (1 - 0.97 ** (1 / MONTH)))


def test_yearly_chances_and_discounts_become_hazards_a_week() -> None:
    got = compiled(
        war={"annual_discount": {"A": 0.1, "B": 0.3}},
        trust={"other_breaks": {"A": 0.4, "B": 0.7}},
    )
    all_are(np.exp(-YEAR * got.war.discount), [0.9, 0.7])
    all_are(np.exp(-YEAR * got.talks.fear), [0.6, 0.3])
    np.testing.assert_array_equal(got.preferences.discount, got.war.discount)


def test_noise_of_a_year_is_that_of_a_week_times_the_root_of_the_weeks() -> None:
    all_are(compiled(peace={"gap_noise_year": 0.05}).peace.gap_noise, 0.05 / math.sqrt(YEAR))


def test_shares_and_rates_pass_unchanged_in_the_order_of_the_sides() -> None:
    got = compiled(
        war={
            "position": 0.3,
            "a_prevails": {"analyst": 0.35, "A": 0.6, "B": 0.2},
            "momentum": 0.7,
            "reluctance": {"A": 0.01, "B": 0.02},
            "rearmament": {
                "A": {"rate": 0.03, "ceiling": 0.1},
                "B": {"rate": 0.04, "ceiling": 0.2},
            },
        },
        talks={"choice_noise": 0.05, "settlement_share": 0.6, "linkage": 0.3},
        trust={"provisions_factor": 0.5},
        peace={
            "cost_of_breaking": {"A": 0.04, "B": 0.05},
            "carrying_cost": {"A": 0.01, "B": 0.06},
            "incidents_per_week": 4,
            "incident_echo": 0.6,
            "collapse_size": 50,
            "renewal": 0.8,
            "ceasefire_term_months": 1,
        },
    )
    all_are(got.war.position, 0.3)
    all_are(got.war.chance, [0.35, 0.6, 0.2])
    all_are(got.war.momentum, 0.7)
    all_are(got.war.reluctance, [0.01, 0.02])
    all_are(got.war.rearm_rate, [0.03, 0.04])
    all_are(got.war.rearm_ceiling, [0.1, 0.2])
    all_are(got.talks.choice_noise, 0.05)
    all_are(got.talks.settlement_share, 0.6)
    all_are(got.preferences.linkage, 0.3)
    all_are(got.talks.provisions_factor, 0.5)
    all_are(got.peace.cost_of_breaking, [0.04, 0.05])
    all_are(got.peace.carrying_cost, [0.01, 0.06])
    all_are(got.peace.incidents_per_week, 4)
    all_are(got.peace.echo, 0.6)
    all_are(got.peace.collapse_size, 50)
    all_are(got.peace.renewal, 0.8)


def test_provisions_are_drawn_over_their_ranges_alike_for_both_sides() -> None:
    got = compiled().peace.effects
    assert set(got) == set(EFFECTS)
    for provision, effects in EFFECTS.items():
        acting = {each.channel: each for each in effects}
        for channel in CHANNELS:
            factor = getattr(got[provision], channel)
            if channel in acting:
                assert acting[channel].low <= factor.min() < factor.max() <= acting[channel].high
            else:
                all_are(factor, 1)
    # The draws belong to the provision: a dossier that names none has the same.
    line = compiled(war={"position": 0.3}).peace.effects["disengagement"]
    all_are(line.incident_rate - got["disengagement"].incident_rate, 0)


def test_a_ceasefire_without_a_term_never_comes_up_for_renewal() -> None:
    peace = compiled(peace={"renewal": 0.5}).peace
    assert np.isinf(peace.term).all()
    all_are(peace.renewal, 1)
    all_are(peace.pause_renewal, 0.5)  # a pause has a term of its own


def test_what_is_left_out_stands_at_its_default_and_is_said_to() -> None:
    got = compiled()
    assert "war.momentum" in got.defaults_used
    assert "war.reluctance.A" in got.defaults_used
    median = compile_medians(dossier())
    all_are(median.war.momentum, DEFAULTS["war.momentum"].centre())
    all_are(median.war.rearm_rate, DEFAULTS["war.rearmament.rate"].centre())
    all_are(median.war.rearm_ceiling, DEFAULTS["war.rearmament.ceiling"].centre())
    all_are(median.talks.tolerance, DEFAULTS["talks.tolerance_months"].centre() * MONTH)
    bases = {parameter.path: parameter.basis for parameter in got.parameters}
    assert bases["war.momentum"] == "default"
    assert bases["war.position"] == "judgement"
    sourced = compiled(war={"position": {"low": 0.4, "high": 0.6, "source": "a map"}})
    bases = {parameter.path: parameter.basis for parameter in sourced.parameters}
    assert bases["war.position"] == "sourced"


def test_exact_numbers_are_no_parameters() -> None:
    paths = {parameter.path for parameter in compiled(war={"position": 0.5}).parameters}
    assert "war.position" not in paths
    assert "war.months_to_decision" in paths


# --- the record ------------------------------------------------------------------------------


def test_the_record_is_whole_weeks_that_end_on_as_of() -> None:
    # 545 days are 77 weeks and 6 days; from a hindcast start 70 days before, 10 weeks.
    assert len(compiled().war.record.front) == 77
    late = compiled(conflict={"hindcast_from": "2031-04-21"}).war.record
    assert len(late.front) == 10
    all_are(late.months, 545 / 7 / MONTH)  # months of war do not start with the hindcast


def test_a_war_of_a_day_has_a_record_of_a_week() -> None:
    record = compiled(conflict={"began": "2031-06-29"}).war.record
    assert len(record.front) == 1
    all_are(record.months, 1 / 7 / MONTH)


def test_weeks_of_the_front_share_out_the_months_by_days() -> None:
    # Ten weeks from 2031-04-21 to 2031-06-30. April leaves 10 of 30 days, June 29 of 30.
    def front(*series: tuple[str, float]) -> Any:
        return compiled(
            conflict={"hindcast_from": "2031-04-21"},
            war={
                "front": {
                    "unit": "km2",
                    "source": "a map",
                    "stake_per_unit": 0.001,
                    "series": [{"month": month, "change": change} for month, change in series],
                }
            },
        ).war

    war = front(("2031-05", 31.0))
    all_are(war.stake_per_unit, 0.001)
    assert war.record.front.sum() == pytest.approx(31.0)
    # Week 1 runs from 28 April: 4 of its days are in May; then 7 a week, then 6 May days left:
    # week 5 opens on 26 May and has 6.
    np.testing.assert_allclose(war.record.front, [0, 4, 7, 7, 7, 6, 0, 0, 0, 0])
    assert np.flatnonzero(war.record.seen).tolist() == [1, 2, 3, 4, 5]
    assert front(("2031-04", 30.0)).record.front.sum() == pytest.approx(10.0)
    assert front(("2031-06", 30.0)).record.front.sum() == pytest.approx(29.0)
    both = front(("2031-05", 31.0), ("2031-06", -60.0)).record.front
    assert both[5] == pytest.approx(6.0 - 2.0)  # one June day in the week of 26 May
    assert both[6:].sum() == pytest.approx(-2.0 * 28)


def test_rounds_and_truces_fill_the_weeks_that_they_touch() -> None:
    # Week w opens on 2031-04-21 + 7w; day 6 is still week 0, day 7 is week 1.
    start = dt.date(2031, 4, 21)

    def day(days: int) -> str:
        return (start + dt.timedelta(days=days)).isoformat()

    record = compiled(
        conflict={"hindcast_from": day(0)},
        events=[
            event(date=day(6), kind="talks"),
            event(date=day(20), end_date=day(21), kind="talks"),
            event(date=day(69), kind="talks"),
            event(date=day(-9), end_date=day(7), kind="truce", scope="general", kept="mostly"),
            event(date=day(35), end_date=day(36), kind="truce", scope="general", kept="no"),
            event(date=day(42), end_date=day(43), kind="truce", scope="sectoral", kept="yes"),
            event(date=day(49), end_date=day(50), kind="truce", scope="general"),
            event(date=day(56), kind="truce", scope="general", kept="partly"),
            event(date=day(63), kind="truce", scope="general", kept="partly", mutual=False),
        ],
    ).war.record
    assert np.flatnonzero(record.rounds).tolist() == [0, 2, 3, 9]
    assert np.flatnonzero(record.truce).tolist() == [0, 1, 8]


def test_events_before_the_hindcast_leave_no_mark() -> None:
    record = compiled(
        conflict={"hindcast_from": "2031-04-21"},
        events=[event(date="2031-04-20", kind="talks"), event(date="2030-02-01", kind="talks")],
    ).war.record
    assert not record.rounds.any()


def test_a_dated_belief_starts_to_learn_in_the_week_after_its_own() -> None:
    # Weeks from 2031-04-21: 2031-05-05 opens week 2; the day of as_of is week 10 = after the record.
    def week(a: str | None, b: str | None = None) -> list[int]:
        chances: dict[str, Any] = {"analyst": 0.5, "A": {"value": 0.6}, "B": {"value": 0.4}}
        if a:
            chances["A"]["date"] = a
        if b:
            chances["B"]["date"] = b
        record = compiled(
            conflict={"hindcast_from": "2031-04-21"}, war={"a_prevails": chances}
        ).war.record
        return record.belief_week.tolist()

    assert week(None) == [10, 10]
    assert week("2031-05-05", "2031-05-04") == [2, 1]
    assert week("2031-06-30") == [10, 10]
    assert week("2030-06-30") == [-1, 10]


# --- regimes -----------------------------------------------------------------------------------


def regime(**fields: Any) -> dict[str, Any]:
    return {
        "id": "aid",
        "title": "Aid",
        "side": "B",
        "states": [
            {"id": "flows", "title": "flows"},
            {
                "id": "cut",
                "title": "cut",
                "a_prevails": 0.7,
                "talks_factor": 2,
                "reluctance_factor": 0.5,
            },
            {"id": "doubled", "title": "doubled"},
        ],
        "now": "flows",
        **fields,
    }


def test_states_carry_their_numbers_and_the_rest_change_nothing() -> None:
    got = compiled(regimes=[regime()]).war.regimes
    assert got.ids == ("aid",)
    assert got.states == (("flows", "cut", "doubled"),)
    assert got.now.tolist() == [0]
    assert np.isnan(got.chance[:, 0, [0, 2, 3, 4, 5]]).all()
    all_are(got.chance[:, 0, 1], 0.7)
    all_are(got.talks_factor[0, 0], [1, 2, 1, 1, 1, 1])
    all_are(got.reluctance_factor[0, 0, :, 0], 1)
    all_are(got.reluctance_factor[0, 0, :, 1], [1, 0.5, 1, 1, 1, 1])


def test_a_factor_on_costs_is_of_the_regimes_side() -> None:
    states = [{"id": "flows", "title": "flows"}, {"id": "cut", "title": "cut", "cost_factor": 2}]
    got = compiled(regimes=[regime(states=states)]).war.regimes
    all_are(got.cost_factor[0, 0, :, 0], 1)
    all_are(got.cost_factor[0, 0, :, 1], [1, 2, 1, 1, 1, 1])


def bound(*does: dict[str, list[str]], now: int = 0) -> Dossier:
    """North refuses to go back, for sure; the league must consent to the truce; regimes as given."""
    data = minimal_data()
    data["positions"]["north"]["line"]["red_line"] = {"refuses": ["back"], "confidence": 1.0}
    data["actors"][2].update(consents=["truce"], walk_away=0.5)
    data["positions"]["league"] = {
        "truce": {
            "ideal": "general",
            "weight": 5,
            "basis": "judgement",
            "red_line": {"refuses": ["none"], "confidence": 1.0},
        }
    }
    data["regimes"] = [
        {
            "id": f"r{place}",
            "title": "a regime",
            "states": [{"id": "s0", "title": "as is"}, {"id": "s1", "title": "else", **changes}],
            "now": f"s{now}",
        }
        for place, changes in enumerate(does)
    ]
    return load_text(as_yaml(data)).dossier


def binding(got: Compiled) -> list[tuple[bool, bool, bool]]:
    """Per set: whether North's line, the league's line and the league's walk-away value bind."""
    out = []
    for preferences in got.by_set:
        in_force = {line.owner: bool(line.in_force.all()) for line in preferences.red_lines}
        (league,) = preferences.others
        out.append((in_force["north"], in_force["league"], league.walk_away is not None))
    return out


def test_without_regimes_that_bind_there_is_one_set() -> None:
    got = compile_dossier(bound({}), DRAWS, 1)
    assert binding(got) == [(True, True, True)]
    assert got.by_set == (got.preferences,)
    assert not got.war.regimes.deal_set.any()


def test_a_state_lifts_a_red_line_or_a_whole_consent() -> None:
    line, consent = {"lifts": ["north.line"]}, {"lifts": ["league"]}
    got = compile_dossier(bound(line, consent), DRAWS, 1)
    assert got.war.regimes.deal_set[:, :2].tolist() == [[0, 1], [0, 2]]
    assert binding(got) == [
        (True, True, True),
        (False, True, True),
        (True, False, False),
        (False, False, False),
    ]
    assert got.war.regimes.set_now == 0
    later = compile_dossier(bound(line, consent, now=1), DRAWS, 1)
    assert later.war.regimes.set_now == 3
    assert later.preferences is later.by_set[3]


def test_what_a_state_adds_binds_only_while_it_lasts() -> None:
    adds = {"adds": ["north.line", "league"]}
    assert binding(compile_dossier(bound(adds), DRAWS, 1)) == [(False,) * 3, (True,) * 3]
    # Two regimes that add the same line: either will do; lifting it elsewhere goes before.
    both = compile_dossier(bound(adds, adds), DRAWS, 1)
    assert binding(both) == [(False,) * 3, *[(True,) * 3] * 3]
    against = compile_dossier(bound(adds, {"lifts": ["north.line"]}), DRAWS, 1)
    assert [line for line, _, _ in binding(against)] == [False, True, False, False]


def test_states_that_do_the_same_share_a_set() -> None:
    data = bound({"lifts": ["north.line"]}).model_dump(by_alias=True, exclude_none=True)
    data["regimes"][0]["states"] += ({"id": "s2", "title": "more", "lifts": ["north.line"]},)
    got = compile_dossier(Dossier.model_validate(data), DRAWS, 1)
    assert got.war.regimes.deal_set[0, :3].tolist() == [0, 1, 1]
    assert len(got.by_set) == 2


LIMITED_TRUCES = [
    event(date="2031-01-05", kind="truce", scope="general", kept="yes"),
    event(date="2031-02-05", kind="truce", scope="local", kept="no"),
    event(date="2031-03-05", kind="truce", scope="humanitarian", kept="yes"),
    event(date="2031-04-05", kind="truce", scope="humanitarian", kept="yes"),
    event(date="2031-05-05", kind="exchange"),
]


def test_trust_does_not_move_unless_the_dossier_says_so() -> None:
    got = compiled(events=LIMITED_TRUCES)
    for name in ("trust_kept", "trust_broken", "trust_memory"):
        all_are(getattr(got.talks, name), 1)
    all_are(got.talks.exchange_rate, 0)
    assert not any(
        "kept" in parameter.path for parameter in got.parameters if "sectoral" not in parameter.path
    )
    # Posterior means of the shares: (1+½, 1+½, 2+½) of 4+3/2.
    all_are(got.talks.other_share, [1.5 / 5.5, 3 / 5.5, 1])


def test_trust_moves_by_the_factors_and_is_half_forgotten_after_the_months() -> None:
    trust = {"kept_factor": 0.8, "broken_factor": 1.5, "memory_months": 10}
    got = compiled(events=LIMITED_TRUCES, trust=trust).talks
    all_are(got.trust_kept, 0.8)
    all_are(got.trust_broken, 1.5)
    all_are(got.trust_memory ** (10 * MONTH), 0.5)
    assert (got.exchange_rate > 0).all()
    # Beta(k+½, n-k+½): kept of none, one broken, two kept; means .75, .25 and 2.5/3.
    general, local, humanitarian = got.other_kept.mean(axis=0)
    assert local < general < humanitarian
    one_sided = compiled(events=LIMITED_TRUCES, trust={"broken_factor": 1.5}).talks
    all_are(one_sided.trust_kept, 1)


def test_switches_go_from_and_to_at_a_weekly_chance() -> None:
    got = compiled(
        regimes=[
            regime(switches=[{"from": "flows", "to": "cut", "monthly": 0.1}], breaks_truce=0.3)
        ]
    ).war.regimes
    expected = np.zeros((6, 6))
    expected[0, 1] = 1 - 0.9 ** (1 / MONTH)
    for draw in range(DRAWS):
        np.testing.assert_allclose(got.switch[draw, 0], expected, rtol=1e-12)
    all_are(got.breaks[:, 0], 0.3)
    assert got.scheduled.shape == (0, 4)


@pytest.mark.parametrize(("days", "week"), [(1, 1), (7, 1), (8, 2), (14, 2), (15, 3), (365, 53)])
def test_a_scheduled_day_falls_in_the_week_that_ends_on_or_after_it(days: int, week: int) -> None:
    on = (AS_OF + dt.timedelta(days=days)).isoformat()
    got = compiled(regimes=[regime(switches=[{"from": "flows", "to": "cut", "on": on}])])
    assert got.war.regimes.scheduled.tolist() == [[week, 0, 0, 1]]
    all_are(got.war.regimes.switch, 0)


def test_history_says_which_state_held_in_each_past_week() -> None:
    # Weeks from 2031-04-21; 2031-05-07 lies in week 2.
    past = compiled(
        conflict={"hindcast_from": "2031-04-21"},
        regimes=[
            regime(
                history=[
                    {"since": "2030-01-01", "state": "doubled"},
                    {"since": "2031-05-07", "state": "cut"},
                    {"since": "2031-06-25", "state": "flows"},
                ]
            )
        ],
    ).war.regimes.past
    assert past.tolist() == [[2, 2, 1, 1, 1, 1, 1, 1, 1, 0]]


def test_without_a_history_the_present_state_always_held() -> None:
    past = compiled(regimes=[regime(now="cut")]).war.regimes.past
    assert (past == 1).all()


# --- issues and positions ------------------------------------------------------------------------


def with_position(lead: str, issue: str, **fields: Any) -> dict[str, Any]:
    data = minimal_data()["positions"]
    data[lead][issue].update(fields)
    return {"positions": data}


def test_values_fall_from_the_ideal_by_the_shape() -> None:
    # Options back, as_it_stands, annexed; North wants annexed, so distances are 1, 1/2, 0.
    got = compiled(**with_position("north", "line", shape=2)).preferences.value
    all_are(got[:, 0, 0, :3], [0, 0.75, 1])
    got = compiled(**with_position("north", "line", shape="early")).preferences.value
    all_are(got[:, 0, 0, :3], [0, 1 - math.sqrt(0.5), 1])


def test_worst_sets_the_zero_and_all_beyond_it() -> None:
    got = compiled(**with_position("north", "line", shape=1, worst="as_it_stands")).preferences
    all_are(got.value[:, 0, 0, :3], [0, 0, 1])


def test_an_ideal_amid_the_ladder_falls_to_its_farther_end() -> None:
    data = minimal_data()
    data["issues"][0]["options"].append({"id": "all", "text": "All of it"})
    data["positions"]["north"]["line"].update(ideal="as_it_stands", shape=1)
    got = compile_dossier(load_text(as_yaml(data)).dossier, DRAWS, 1).preferences.value
    all_are(got[:, 0, 0, :4], [0.5, 1, 0.5, 0])


def test_written_values_are_taken_as_they_are() -> None:
    values = {"back": 0.1, "as_it_stands": 0.6, "annexed": 1}
    got = compiled(**with_position("north", "line", values=values)).preferences.value
    all_are(got[:, 0, 0, :3], [0.1, 0.6, 1])


def test_left_open_is_worth_what_stands() -> None:
    got = compiled(**with_position("north", "line", shape=2)).preferences
    assert got.options == (
        ("back", "as_it_stands", "annexed", "left_open"),
        ("none", "general", "left_open"),
    )
    assert got.standing.tolist() == [1, 0]
    all_are(got.value[:, 0, 0, 3], 0.75)  # as it stands
    all_are(got.value[:, 0, 1, 2], 1)  # none is North's ideal
    all_are(got.value[:, 1, 1, 2], 0)
    assert np.isnan(got.value[:, :, 1, 3]).all()  # beyond the issue's options
    assert got.decides == ((True, True, True, False), (True, True, False))


def test_an_issue_that_must_be_settled_cannot_be_left_open() -> None:
    data = minimal_data()
    data["issues"][0]["may_be_left_open"] = False
    got = compile_dossier(load_text(as_yaml(data)).dossier, DRAWS, 1).preferences
    assert got.options[0] == ("back", "as_it_stands", "annexed")


def test_ideals_and_weights_are_the_leads_own() -> None:
    data = with_position("north", "line", weight=7)
    data["positions"]["south"]["truce"]["weight"] = 3
    got = compiled(**data).preferences
    assert got.ideal.tolist() == [[2, 0], [0, 1]]
    all_are(got.weight[:, 0, 0], 7)
    all_are(got.weight[:, 1, 1], 3)


def test_only_enforcing_provisions_count() -> None:
    data = minimal_data()
    data["issues"][1]["options"][1]["provisions"] = [
        "monitoring_mission",
        "prisoners",
        "tripwire_force",
    ]
    got = compile_dossier(load_text(as_yaml(data)).dossier, DRAWS, 1).preferences
    assert got.enforcing == ((0, 0, 0, 0), (0, 2, 0))


def test_conditions_point_at_the_other_issue() -> None:
    data = minimal_data()
    data["issues"][0]["options"][0]["requires"] = ["truce.general"]
    data["issues"][0]["options"][2]["excludes"] = ["truce.left_open"]
    got = compile_dossier(load_text(as_yaml(data)).dossier, DRAWS, 1).preferences
    assert got.requires == ((0, 0, 1, 1),)
    assert got.excludes == ((0, 2, 1, 2),)


def test_a_promise_names_its_option_its_fallback_and_its_weeks() -> None:
    promise = {
        "id": "p",
        "title": "P",
        "issue": "line",
        "option": "back",
        "by": "north",
        "to": "south",
        "delivered": 0.4,
        "delay_months": 12,
        "without": "as_it_stands",
    }
    (got,) = compiled(promises=[promise]).preferences.promises
    assert (got.issue, got.option, got.without) == (0, 0, 1)
    all_are(got.delivered, 0.4)
    all_are(got.delay, 12 * MONTH)


# --- red lines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ({"accepts_up_to": "as_it_stands"}, (0,)),  # North wants annexed, the last
        ({"accepts_up_to": "annexed"}, (0, 1)),
        ({"accepts_up_to": "back"}, ()),
        ({"refuses": ["annexed", "left_open"]}, (2, 3)),
    ],
)
def test_a_red_line_refuses_what_lies_beyond_its_limit(
    line: dict[str, Any], refused: tuple[int, ...]
) -> None:
    changed = with_position("north", "line", red_line={**line, "confidence": 0.5})
    (got,) = compiled(**changed).preferences.red_lines
    assert got.refused == refused
    assert (got.path, got.actor, got.issue) == ("positions.north.line.red_line", "North", 0)


def test_a_limit_amid_the_ladder_leaves_the_far_side_of_the_ideal_alone() -> None:
    # South wants back, the first: a limit beyond it refuses what lies farther only.
    changed = with_position(
        "south", "line", red_line={"accepts_up_to": "as_it_stands", "confidence": 1}
    )
    (got,) = compiled(**changed).preferences.red_lines
    assert got.refused == (2,)
    assert got.in_force.all()


def test_a_red_line_is_in_force_in_its_confidences_share_of_the_draws() -> None:
    changed = with_position("north", "line", red_line={"refuses": ["back"], "confidence": 0.25})
    (got,) = compile_dossier(dossier(**changed), 256, 1).preferences.red_lines
    assert got.in_force.mean() == pytest.approx(0.25, abs=1 / 256)  # stratified
    other = compile_dossier(dossier(**changed), 256, 2).preferences.red_lines[0]
    assert (got.in_force != other.in_force).any()  # a stream of its own in each seed
    never = with_position("north", "line", red_line={"refuses": ["back"], "confidence": 0})
    assert not compiled(**never).preferences.red_lines[0].in_force.any()


@pytest.mark.parametrize(("confidence", "holds"), [(0.51, True), (0.5, False), (0.49, False)])
def test_at_the_medians_a_line_above_even_odds_is_in_force(confidence: float, holds: bool) -> None:
    changed = with_position(
        "north", "line", red_line={"refuses": ["back"], "confidence": confidence}
    )
    (got,) = compile_medians(dossier(**changed)).preferences.red_lines
    assert bool(got.in_force[0]) is holds


@pytest.mark.parametrize(("consents", "bound"), [([], []), (["line"], ["League"]), (["truce"], [])])
def test_a_third_party_binds_only_where_its_consent_is_needed(
    consents: list[str], bound: list[str]
) -> None:
    data = minimal_data()
    data["actors"][2]["consents"] = consents
    data["positions"]["league"] = {
        "line": {
            "ideal": "back",
            "weight": 5,
            "basis": "judgement",
            "red_line": {"refuses": ["annexed"], "confidence": 0.9},
        }
    }
    got = compile_dossier(load_text(as_yaml(data)).dossier, DRAWS, 1).preferences.red_lines
    assert [line.actor for line in got] == bound


# --- stale positions -----------------------------------------------------------------------------


def stated(days_ago: int) -> list[dict[str, Any]]:
    date = (AS_OF - dt.timedelta(days=days_ago)).isoformat()
    return [{"date": date, "text": "Ours", "source": "a speech"}]


def test_a_stale_position_spreads_half_as_wide_again_about_its_median() -> None:
    # 180 days make a statement stale; the factor of 1.5 is a judgement.
    fresh = compiled(**with_position("north", "line", statements=stated(180)))
    stale = compiled(**with_position("north", "line", statements=stated(181)))
    centre = Quantity(low=5, mode=10, high=20).centre()
    plain = fresh.preferences.weight[:, 0, 0] - centre
    np.testing.assert_allclose(
        stale.preferences.weight[:, 0, 0] - centre, 1.5 * plain, rtol=1e-9, atol=1e-9
    )
    newer = compiled(**with_position("north", "line", statements=stated(400) + stated(10)))
    np.testing.assert_array_equal(newer.preferences.weight, fresh.preferences.weight)


def test_a_stale_red_line_is_less_sure_either_way_and_stays_a_chance() -> None:
    line = {"refuses": ["back"], "confidence": {"low": 0.7, "high": 0.9}}
    fresh = compiled(**with_position("north", "line", red_line=line))
    stale = compiled(**with_position("north", "line", red_line=line, statements=stated(400)))
    narrow, wide = (got.preferences.red_lines[0].confidence for got in (fresh, stale))
    np.testing.assert_allclose(wide, np.clip(0.8 + 1.5 * (narrow - 0.8), 0, 1), rtol=1e-12)


def test_widening_stops_at_the_bounds_of_the_field() -> None:
    got = Draws(64, 1, 1).sample("x", Quantity(low=0.0, high=1.0), 0.0, 1.0, widen=1.5)
    assert got.min() == 0.0
    assert got.max() == 1.0


# --- truces of the record ------------------------------------------------------------------------

TRUCES = [
    event(date="2030-02-01", kind="truce", scope="sectoral", kept="yes", mutual=True),
    event(date="2030-03-01", kind="truce", scope="sectoral", kept="partly"),
    event(date="2030-04-01", kind="truce", scope="general", kept="yes", mutual=False),
    event(date="2030-05-01", end_date="2030-05-31", kind="truce", scope="general", kept="mostly"),
    event(date="2030-06-01", kind="deal", scope="general", days_intended=365, kept="yes"),
    event(date="2030-07-01", kind="truce", scope="general", days_intended=29, kept="yes"),
    event(date="2030-08-01", kind="truce", scope="general", days_intended=90, kept="no"),
    event(date="2030-09-01", kind="truce", scope="humanitarian", kept="yes"),
    event(date="2030-10-01", kind="deal"),
    event(date="2030-11-01", kind="talks"),
]


def test_a_truce_counts_when_announced_and_not_known_to_be_refused() -> None:
    days = [truce.date.month for truce in announced_truces(dossier(events=TRUCES))]
    assert days == [2, 3, 5, 6, 7, 8, 9]


def test_rungs_of_the_record_are_counted_once_for_each_truce() -> None:
    # By hand: sectoral kept in February; general of 30 days or more meant in May (30 days), June
    # (365) and August (90), of which May and June were kept, and June for a year.
    got = reached_rungs(dossier(events=TRUCES))
    assert {rung: count for rung, count in got.items() if count} == {
        "any_truce_announced": 7,
        "sectoral_truce_kept": 1,
        "general_truce_30_days_intended": 3,
        "general_truce_30_days_kept": 2,
        "general_truce_year_kept": 1,
    }


def test_rates_of_truces_are_jeffreys_posteriors() -> None:
    # Gamma(k+1/2, T): mean (k+1/2)/T over 545 days; sectoral 2, others 5. Beta for the kept:
    # 1 + 1/2 kept of 2 gives (1.5+.5)/(2+1). Stratified draws put the means within 1%.
    got = compile_dossier(dossier(events=TRUCES), 512, 1)
    weeks = 545 / 7
    assert got.talks.sectoral_rate.mean() == pytest.approx(2.5 / weeks, rel=0.01)
    assert got.talks.other_rate.mean() == pytest.approx(5.5 / weeks, rel=0.01)
    assert got.talks.sectoral_kept.mean() == pytest.approx(2 / 3, rel=0.01)
    assert compiled().talks.sectoral_rate.min() > 0.0  # none yet is not never


def test_whether_the_history_is_complete_is_passed_on() -> None:
    assert compiled(talks={"history_complete": True}).talks.history_complete
    assert not compiled().talks.history_complete


# --- draws belong to leads, not to labels ---------------------------------------------------------


def swapped(data: dict[str, Any]) -> dict[str, Any]:
    data["sides"] = {"A": data["sides"]["B"], "B": data["sides"]["A"]}
    data["actors"][0]["side"], data["actors"][1]["side"] = "B", "A"
    return data


def test_orientation_follows_the_leads_names() -> None:
    assert orientation(dossier()) == 1
    assert orientation(load_text(as_yaml(swapped(minimal_data()))).dossier) == -1


def test_an_oriented_number_is_drawn_from_the_other_end_when_labels_swap() -> None:
    one, other = Draws(32, 5, 1), Draws(32, 5, -1)
    for name in ("war.position", "regimes.aid.states.cut.a_prevails"):
        np.testing.assert_allclose(other.uniform(name, True), 1 - one.uniform(name, True))
        np.testing.assert_array_equal(other.uniform(name), one.uniform(name))


def test_a_leads_draws_follow_it_to_the_other_label() -> None:
    data = minimal_data()
    data["war"]["months_for_victory"] = {"A": {"low": 10, "high": 20}, "B": {"low": 10, "high": 20}}
    plain = compile_dossier(load_text(as_yaml(data)).dossier, DRAWS, 1)
    turned = compile_dossier(load_text(as_yaml(swapped(data))).dossier, DRAWS, 1)
    np.testing.assert_array_equal(
        plain.war.weeks_for_victory, turned.war.weeks_for_victory[:, ::-1]
    )
    np.testing.assert_array_equal(plain.war.discount, turned.war.discount[:, ::-1])
    np.testing.assert_array_equal(plain.talks.fear, turned.talks.fear[:, ::-1])
    np.testing.assert_array_equal(plain.preferences.weight, turned.preferences.weight[:, ::-1])


@pytest.mark.parametrize("name", ["war.position", "positions.north.line.weight"])
def test_draws_are_spread_evenly_and_differ_by_seed(name: str) -> None:
    u = Draws(64, 1, 1).uniform(name)
    np.testing.assert_array_equal(np.sort((u * 64).astype(int)), np.arange(64))  # one a stratum
    assert (u != Draws(64, 2, 1).uniform(name)).any()
