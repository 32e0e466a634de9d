"""The historical library: frozen, coded by its rule, blind to what came after, and resolvable.

Nothing here runs the engine: until the back-test no forecast of these dossiers may be seen.
"""

import datetime as dt
import hashlib
from functools import cache
from importlib.resources import files
from itertools import pairwise

import pytest
import yaml

from interbellum.dossier.compile_deals import refused_options
from interbellum.dossier.reader import Loaded, load, shipped
from interbellum.errors import InternalError
from interbellum.peace.record import read_cessations
from interbellum.record import coding, crowds
from interbellum.record.cases import case_files, outcomes_text, read_outcomes
from written_dates import days_named, texts

CASES = tuple(case_files())
OUTCOMES = read_outcomes()
FACTS = coding.read_facts()
WRITTEN = yaml.safe_load(coding.shipped_facts())
SHIPPED_CASE = "eritrea-ethiopia-1999"
AHEAD = {"questions", "left_out"}


@cache
def case(name: str) -> Loaded:
    return load(str(case_files()[name]))


def triangle(quantity) -> tuple[float, float, float]:
    return (quantity.low, quantity.mode, quantity.high)


# --- the dossiers ------------------------------------------------------------------------------


def test_the_library_holds_seventeen_days_of_thirteen_wars_and_lists_none_of_them():
    assert len(CASES) == 17
    assert len({OUTCOMES[name].war for name in CASES}) == 13
    assert not set(CASES) & set(shipped())


@pytest.mark.parametrize("name", CASES)
def test_a_case_reads_without_faults_and_warns_of_nothing_but_stale_positions(name):
    loaded = case(name)  # faults raise
    assert loaded.dossier.conflict.id == name
    assert all("older than 180 days is stale" in warning.rule for warning in loaded.warnings)


@pytest.mark.parametrize("name", CASES)
def test_no_date_in_any_field_or_sentence_lies_after_the_cut_off(name):
    loaded = case(name)
    late = [
        (".".join(map(str, path)), text)
        for path, text in texts(loaded.tree.data)
        if not AHEAD & set(path)
        for day in days_named(text)
        if day > loaded.dossier.conflict.as_of
    ]
    assert late == []


def test_no_fact_of_the_rule_is_later_than_the_cut_off():
    for name in CASES:
        as_of = case(name).dossier.conflict.as_of
        assert not [
            text for _, text in texts(WRITTEN[name]) for day in days_named(text) if day > as_of
        ]
        for side in ("A", "B"):
            assert all(state["year"] < as_of.year for state in WRITTEN[name]["forces"][side])


@pytest.mark.parametrize("name", CASES)
def test_what_came_before_the_war_counts_neither_as_its_truces_nor_as_its_rounds(name):
    """A truce of three years ago would give a war of nine days a base rate of its own."""
    dossier = case(name).dossier
    counted = [e for e in dossier.events if e.kind in ("talks", "truce", "deal", "exchange")]
    assert not [e.title for e in counted if e.date < dossier.conflict.began]


@pytest.mark.parametrize("name", CASES)
def test_events_statements_and_texts_have_sources_and_recalled_is_not_called_checked(name):
    dossier = case(name).dossier
    statements = [s for by in dossier.positions.values() for p in by.values() for s in p.statements]
    assert all(item.source.strip() for item in (*dossier.events, *statements, *dossier.texts))
    assert not [e.title for e in dossier.events if e.checked and "recalled" in e.source]
    assert all(position.basis == "judgement" or position.statements
               for by in dossier.positions.values() for position in by.values())  # fmt: skip


def test_no_frozen_file_has_changed():
    """A change after the freeze voids the back-test: docs/coding-rule.md says what to do instead."""
    frozen = yaml.safe_load((files("interbellum.record") / "data" / "frozen.yaml").read_text())
    now = {f"cases/{name}.yaml": path.read_bytes() for name, path in case_files().items()}
    now["case-facts.yaml"] = coding.shipped_facts().encode()
    now["outcomes.yaml"] = outcomes_text().encode()
    now["crowds.yaml"] = crowds.crowds_text().encode()
    now |= {f"crowds/{n}.yaml": path.read_bytes() for n, path in crowds.dossier_files().items()}
    assert {name: hashlib.sha256(raw).hexdigest() for name, raw in now.items()} == frozen["sha256"]


# --- the rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_numbers_of_the_war_follow_from_the_facts(name):
    conflict, war = case(name).dossier.conflict, case(name).dossier.war
    want = coding.war_numbers(FACTS[name], conflict.began, conflict.as_of)
    assert triangle(war.position) == tuple(want["position"].values())
    for who in ("analyst", "A", "B"):
        told = triangle(getattr(war.a_prevails, who))
        assert told == tuple(want["a_prevails"][who].values())
    assert triangle(war.months_to_decision) == tuple(want["months_to_decision"].values())
    for side in ("A", "B"):
        told = triangle(getattr(war.months_for_victory, side))
        assert told == tuple(want["months_for_victory"][side].values())
    assert war.model_fields_set <= {
        "position", "a_prevails", "months_to_decision", "months_for_victory", "note",
    }  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_talks_and_trust_follow_from_the_events(name):
    dossier = case(name).dossier
    conflict, as_of = dossier.conflict, dossier.conflict.as_of
    rounds = [(e.date, e.end_date or e.date) for e in dossier.events if e.kind == "talks"]
    told = dossier.talks.monthly_chance
    want = coding.talk_chance(rounds, conflict.began, as_of)
    assert {"p05": told.p05, "p50": told.p50, "p95": told.p95} == want
    assert not dossier.talks.history_complete
    assert dossier.talks.model_fields_set <= {"monthly_chance", "history_complete", "note"}
    broken = [
        e.date
        for e in dossier.events
        if e.kind == "truce" and e.scope == "general" and e.kept in ("no", "partly")
    ]
    earlier = [t["date"] for t in WRITTEN[name]["earlier_truces"]]
    assert len(earlier) == FACTS[name].earlier_broken
    assert all(day < conflict.began for day in earlier)
    assert all(day >= as_of.replace(year=as_of.year - 10) for day in (*earlier, *broken))
    expected = coding.other_breaks(len(earlier) + len(broken))
    if expected is None:
        assert dossier.trust.other_breaks is None
    else:
        assert triangle(dossier.trust.other_breaks.A) == tuple(expected.values())
        assert triangle(dossier.trust.other_breaks.B) == tuple(expected.values())
    assert dossier.trust.model_fields_set <= {"other_breaks", "note"}


@pytest.mark.parametrize("name", CASES)
def test_weights_lines_and_ladders_keep_to_the_classes_of_the_rule(name):
    dossier = case(name).dossier
    assert 8 <= len(dossier.issues) <= 15
    assert all(issue.ordered for issue in dossier.issues)
    options = [option for issue in dossier.issues for option in issue.options]
    assert not [o.id for o in options if o.front_linked and o.decides]
    assert not dossier.regimes
    assert not dossier.peace.model_fields_set
    assert all(triangle(promise.delivered) == coding.DELIVERED for promise in dossier.promises)
    assert set(dossier.positions) == {dossier.sides.A.lead, dossier.sides.B.lead}
    for stands in dossier.positions.values():
        weights = [triangle(position.weight) for position in stands.values()]
        assert set(weights) <= set(coding.WEIGHTS.values())
        assert weights.count(coding.WEIGHTS["core"]) <= 3
        for name_of_issue, position in stands.items():
            assert "shape" not in position.model_fields_set
            assert position.values is None
            if position.red_line is not None:
                assert triangle(position.red_line.confidence) in coding.RED_LINES.values()
                issue = next(i for i in dossier.issues if i.id == name_of_issue)
                refused = refused_options(issue, position, position.red_line)
                assert refused
                assert position.ideal not in refused


def side(**changed) -> coding.SideFacts:
    facts = {"capability": 0.02, "support": 0, "attacked": False, "asked": False}
    return coding.SideFacts(**{**facts, "stake": "claimed", **changed})


def test_an_even_war_is_even_and_each_side_hopes():
    even = coding.CaseFacts("part", 0, side(), side())
    got = coding.war_numbers(even, dt.date(2000, 1, 1), dt.date(2001, 1, 1))
    assert got["position"] == {"low": 0.38, "mode": 0.5, "high": 0.62}
    # 1/(1+e^-.5) = .6225
    assert [got["a_prevails"][who]["mode"] for who in ("analyst", "A", "B")] == [0.5, 0.62, 0.38]


def test_swapping_the_sides_mirrors_the_numbers():
    a = side(capability=0.09, support=1, attacked=True, stake="abroad")
    b = side(asked=True, stake="homeland")
    began, as_of = dt.date(2000, 1, 1), dt.date(2000, 3, 1)
    one = coding.war_numbers(coding.CaseFacts("most", 2, a, b), began, as_of)
    two = coding.war_numbers(coding.CaseFacts("little", -2, b, a), began, as_of)
    assert one["position"]["mode"] == pytest.approx(1 - two["position"]["mode"])
    for ours, theirs in (("analyst", "analyst"), ("A", "B"), ("B", "A")):
        for low, high in (("low", "high"), ("mode", "mode"), ("high", "low")):
            mirrored = 1 - two["a_prevails"][theirs][high]
            assert one["a_prevails"][ours][low] == pytest.approx(mirrored)
    assert one["months_for_victory"]["A"] == two["months_for_victory"]["B"]


@pytest.mark.parametrize(
    ("a", "b", "band"),
    [(1.0, 1.0, 0), (1.49, 1.0, 0), (1.5, 1.0, 1), (1.0, 3.0, -2), (10.0, 1.0, 3), (1.0, 99.0, -3)],
)
def test_bands_of_the_ratio_of_means(a, b, band):
    assert coding.ratio_band(a, b) == band


def test_months_to_a_decision_grow_with_the_war_and_halve_after_large_movement():
    began = dt.date(2000, 1, 1)
    lasted = {20: 2.0, 60: 4.0, 200: 10.0, 700: 24.0, 3000: 42.0}
    for days, mode in lasted.items():
        as_of = began + dt.timedelta(days=days)
        assert coding.months_to_decision(began, as_of, large=False)["mode"] == mode
        assert coding.months_to_decision(began, as_of, large=True)["mode"] == mode / 2


def test_the_chance_of_talks_is_the_beta_of_months_with_rounds():
    began, as_of = dt.date(1990, 1, 1), dt.date(1999, 7, 15)
    # Beta(3.5, 9.5), three of twelve months: scipy.stats.beta.ppf gives .0968, .2592, .4823
    rounds = [(as_of - dt.timedelta(days=d),) * 2 for d in (10, 12, 100, 300, 400)]
    assert coding.talk_chance(rounds, began, as_of) == {"p05": 0.1, "p50": 0.26, "p95": 0.48}
    # a long round counts in each month it touches; a war of some days has one month
    assert coding.talk_chance([(began, as_of)], began, as_of)["p50"] == 0.97
    # Beta(.5, 1.5) has its median at .163
    assert coding.talk_chance([], as_of - dt.timedelta(days=3), as_of)["p50"] == 0.16


def test_broken_truces_raise_what_is_feared_up_to_three():
    modes = [None if (r := coding.other_breaks(n)) is None else r["mode"] for n in range(5)]
    assert modes == [None, 0.60, 0.68, 0.75, 0.75]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ground": {"holds": "all", "source": "x"}}, "ground.holds is all"),
        ({"support": {"A": 3, "B": 0, "source": "x"}}, "at_stake or support"),
        ({"asked": {"A": True, "B": False, "source": " "}}, "asked has no source"),
        ({"ground": {"holds": "part", "source": ""}}, "ground has no source"),
        ({"earlier_truces": [{"source": ""}]}, "earlier_truces has no source"),
    ],
)
def test_a_fact_outside_the_rule_is_refused_by_name(tmp_path, change, told):
    good = WRITTEN[CASES[0]]
    file = tmp_path / "facts.yaml"
    file.write_text(yaml.safe_dump({"some-war": {**good, **change}}), encoding="utf-8")
    with pytest.raises(InternalError, match=f"some-war.*{told}"):
        coding.read_facts(file)


# --- the outcomes ------------------------------------------------------------------------------


def as_of(name: str) -> dt.date:
    return (load(name) if name == SHIPPED_CASE else case(name)).dossier.conflict.as_of


def test_every_case_has_its_outcome_and_every_outcome_its_case():
    assert set(OUTCOMES) == {*CASES, SHIPPED_CASE}
    assert set(FACTS) == set(CASES)


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes_come_after_the_cut_off_in_a_possible_order(name):
    outcome = OUTCOMES[name]
    days = [day for day in outcome.rungs.values() if day is not None]
    states = [day for day, _ in outcome.states]
    assert days
    assert min([*days, *states]) > as_of(name)
    assert outcome.source
    nested = [
        outcome.rungs[rung]
        for rung in (
            "any_truce_announced",
            "general_truce_30_days_intended",
            "general_truce_30_days_kept",
            "general_truce_year_kept",
        )
    ]
    reached = [day for day in nested if day is not None]
    assert reached == sorted(reached)
    assert nested[: len(reached)] == reached  # a strong rung has the weaker ones below it
    assert all(earlier < later for earlier, later in pairwise(states))


@pytest.mark.parametrize("name", OUTCOMES)
def test_states_and_rungs_tell_one_story(name):
    outcome = OUTCOMES[name]
    spans = list(outcome.states)
    ends = [*(day for day, _ in spans), outcome.watched_until][1:]
    for (since, state), until in zip(spans, ends, strict=True):
        if state in ("freeze", "victory_A", "victory_B"):
            assert outcome.rungs[state] is not None
            assert outcome.rungs[state] <= since
        if state == "settlement_in_force":
            assert outcome.rungs["settlement_signed"] <= since
        if state in ("ceasefire_in_force", "settlement_in_force"):
            length = (until - since).days
            for rung, kept in (("general_truce_30_days_kept", 30), ("general_truce_year_kept", 365)):  # fmt: skip
                assert length < kept or outcome.rungs[rung] <= since
    assert outcome.ended in {"war", *(state.removesuffix("_in_force") for _, state in spans)}


def test_outcomes_agree_with_the_table_of_cessations():
    table = {row.id: row for row in read_cessations()}
    silences = [outcome.held for outcome in OUTCOMES.values() if outcome.held]
    rows = [held for held in silences if held.cessation]
    assert len(rows) >= 14
    for held in rows:
        row = table[held.cessation]
        assert held.began == row.cessation
        assert held.resumed == row.resumption
        assert held.war_resumed == row.war_resumption


def test_an_outcome_says_what_held_on_a_day_and_not_beyond_what_was_watched():
    minsk = OUTCOMES["donbas-2014-09"]
    assert minsk.state(dt.date(2014, 9, 4)) == "war"
    assert minsk.state(dt.date(2014, 9, 5)) == "ceasefire_in_force"
    assert minsk.state(dt.date(2015, 2, 1)) == "war"
    assert minsk.happened("war_goes_on", dt.date(2015, 2, 1))
    assert minsk.happened("general_truce_30_days_kept", dt.date(2015, 2, 1))
    assert not minsk.happened("general_truce_year_kept", dt.date(2015, 2, 1))
    assert not minsk.happened("settlement_signed", dt.date(2019, 9, 3))
    for ask in (minsk.state, lambda day: minsk.happened("freeze", day)):
        with pytest.raises(ValueError, match="watched until 2025-12-31"):
            ask(dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rungs": {"peace": dt.date(2000, 1, 1)}}, "unknown: peace"),
        ({"states": {dt.date(2000, 1, 1): "calm"}}, "unknown: calm"),
        ({"ended": "peace"}, "ended is peace"),
        ({"source": None}, "some-war"),
        ({"held": {"resumed": dt.date(2000, 1, 1)}}, "began"),
    ],
)
def test_an_outcome_that_names_what_there_is_not_is_refused(tmp_path, change, told):
    good = {
        "war": "some",
        "ended": "war",
        "rungs": {},
        "states": {},
        "watched_until": dt.date(2001, 1, 1),
        "source": "x",
    }
    file = tmp_path / "outcomes.yaml"
    file.write_text(yaml.safe_dump({"some-war": {**good, **change}}), encoding="utf-8")
    with pytest.raises(InternalError, match=told):
        read_outcomes(file)
