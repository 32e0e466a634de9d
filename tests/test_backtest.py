"""The back-test by its rules (decision 0025): on made-up wars. No case of the library runs here."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner

from factories_dossier import as_yaml, minimal_data
from interbellum import api, backtesting
from interbellum.cli.main import main
from interbellum.dossier.reader import load_text
from interbellum.errors import InternalError
from interbellum.model.backtest import (
    BASE_RATE,
    OTHER_WARS,
    PERSISTENCE,
    POOLED,
    RECORD,
    STACKED,
    TRUCE_MODEL,
    UNIFORM,
    CaseForecast,
)
from interbellum.model.rungs import ENDINGS, FORMS, HORIZON_DAYS, RUNGS
from interbellum.record.backtest import (
    durability_items,
    ending_items,
    learn,
    other_wars,
    rung_items,
    score_library,
)
from interbellum.record.cases import Outcome, Silence
from interbellum.record.track import read_track_record
from interbellum.record.weights import DURABILITY_FILE, read_weights
from interbellum.talks.variants import VARIANTS

START = dt.date(2000, 1, 1)
FAR = dt.date(2030, 1, 1)
KEPT = "general_truce_30_days_kept"
MODELS = ("seer", "fool")


def day(days: int) -> dt.date:
    return START + dt.timedelta(days=days)


def outcome(case: str, war: str = "", **changed: object) -> Outcome:
    """War until day 100, then a ceasefire that holds."""
    truces = (
        "any_truce_announced",
        "general_truce_30_days_intended",
        KEPT,
        "general_truce_year_kept",
    )
    given = Outcome(
        case, war or case, "ceasefire",
        {rung: day(100) if rung in truces else None for rung in RUNGS if rung != "war_goes_on"},
        ((day(100), "ceasefire_in_force"),),
        Silence(day(100), None, None, None), FAR, "made up", "",
    )  # fmt: skip
    return replace(given, **changed)


def forecast(case: str, seer: float = 0.9) -> CaseForecast:
    """The seer gives the ceasefire (or the war before it) a chance; the fool says it is victory of A."""

    def states(name: str, p: float) -> tuple[float, ...]:
        return tuple(p if one == name else (1 - p) / 5 for one in ENDINGS)

    endings = {
        "seer": {
            d: states("ceasefire_in_force" if d >= 100 else "war", seer) for d in HORIZON_DAYS
        },
        "fool": {d: states("victory_A", 0.9) for d in HORIZON_DAYS},
    }
    endings[POOLED] = {
        d: tuple(np.mean([endings[m][d] for m in MODELS], axis=0).tolist()) for d in HORIZON_DAYS
    }
    endings[BASE_RATE] = dict.fromkeys(HORIZON_DAYS, (1 / 6,) * 6)
    rungs = {
        who: {rung: dict.fromkeys(HORIZON_DAYS, p) for rung in RUNGS}
        for who, p in (("seer", 0.8), ("fool", 0.1), (POOLED, 0.45), (BASE_RATE, 0.3))
    }
    lines = {TRUCE_MODEL: {365: 0.6, 1826: 0.2}, RECORD: {365: 0.9}, BASE_RATE: {365: 0.85}}
    return CaseForecast(
        case, f"War of {case}", START, "0" * 16, 8.0, endings, rungs, dict.fromkeys(FORMS, lines)
    )


@cache
def told(names: str = "abc"):
    return scored(names)


def scored(names: str, **changed: Outcome):
    outcomes = {name: changed.get(name, outcome(name)) for name in names}
    return score_library([forecast(n) for n in names], outcomes, MODELS, ("0", 1, 8, 8))


# --- what is scored, and when ------------------------------------------------------------------


def test_endings_are_the_state_in_force_on_the_day():
    cases, known = [forecast("a")], {"a": outcome("a")}
    before, after = (ending_items(cases, known, days)[0] for days in (90, 180))
    assert ENDINGS[before.outcome] == "war"
    assert ENDINGS[after.outcome] == "ceasefire_in_force"
    assert after.chances["seer"][after.outcome] == 0.9


def test_what_was_not_watched_is_not_scored_and_a_truce_kept_is_watched_for_longer():
    known = {"a": outcome("a", watched_until=day(365 + 29))}
    cases = [forecast("a")]
    assert len(ending_items(cases, known, 365)) == 1
    assert len(ending_items(cases, known, 730)) == 0
    assert len(rung_items(cases, known, "settlement_signed", 365)) == 1
    assert rung_items(cases, known, KEPT, 365) == ()
    assert rung_items(cases, known, "general_truce_year_kept", 90) == ()
    assert len(rung_items(cases, {"a": outcome("a", watched_until=day(395))}, KEPT, 365)) == 1


def test_references_are_those_of_the_decision():
    names = "ab"
    items = ending_items([forecast(n) for n in names], {n: outcome(n) for n in names}, 180)
    chances = items[0].chances
    assert chances[UNIFORM] == (1 / 6,) * 6
    assert chances[PERSISTENCE] == (0, 0, 0, 0, 0, 1)
    goes_on = rung_items([forecast("a")], {"a": outcome("a")}, "war_goes_on", 30)[0]
    assert goes_on.chances[PERSISTENCE] == (0.0, 1.0)
    assert goes_on.outcome == 1
    reached = rung_items([forecast("a")], {"a": outcome("a")}, KEPT, 180)[0]
    assert (reached.outcome, reached.chances[PERSISTENCE]) == (1, (1.0, 0.0))
    assert reached.chances[BASE_RATE] == pytest.approx((0.7, 0.3))


def test_other_wars_count_once_each_and_never_the_war_itself():
    came = [("a", 1), ("a", 1), ("a", 0), ("b", 0), ("c", 1)]
    # b and c: one each way, half a war toward even of one more
    assert other_wars(came, "a", 2) == pytest.approx((1.5 / 3, 1.5 / 3))
    # a is one war with two thirds, c one
    assert other_wars(came, "b", 2) == pytest.approx(((1 / 3 + 0.5) / 3, (2 / 3 + 1 + 0.5) / 3))
    assert other_wars([("a", 3)], "a", 6) == pytest.approx((1 / 6,) * 6)


def test_durability_asks_whether_it_held_and_is_pooled_where_both_lines_speak():
    broken = outcome("b", held=Silence(day(100), day(100 + 365), None, None))
    kept = outcome("c", held=Silence(day(100), day(100 + 366), None, None))
    cases = [forecast(n) for n in "abc"]
    known = {"a": outcome("a"), "b": broken, "c": kept}
    year = durability_items(cases, known, 365)
    assert [item.outcome for item in year] == [1, 0, 1]
    assert year[0].chances[POOLED] == pytest.approx((0.25, 0.75))
    five = durability_items(cases, known, 1826)
    assert [item.outcome for item in five] == [1, 0, 0]
    assert RECORD not in five[0].chances
    own = forecast("a")
    own.durability["ceasefire"][POOLED] = {365: 0.65}
    assert durability_items([own], known, 365)[0].chances[POOLED] == pytest.approx((0.35, 0.65))
    assert five[0].chances[POOLED] == pytest.approx((0.8, 0.2))


@pytest.mark.parametrize(
    "changed",
    [{"ended": "victory_A"}, {"ended": "war", "held": None}, {"watched_until": day(100 + 364)}],
)
def test_durability_is_scored_after_silences_watched_that_long_only(changed):
    assert durability_items([forecast("a")], {"a": outcome("a", **changed)}, 365) == ()


# --- what is learnt ----------------------------------------------------------------------------


def test_the_better_model_earns_weight_and_no_more_than_the_prior_lets_it():
    result = told("abc")
    weight = {one.name: one.earned for one in result.variants.weights}
    assert 0.5 < weight["seer"] < (3 + 6) / (3 + 12) + 1e-9
    assert sum(weight.values()) == pytest.approx(1.0)
    assert result.variants.earned
    assert result.variants.gain.value < 0


def test_stacked_chances_of_a_war_rest_on_the_other_wars():
    """Turning the outcome of war a around leaves the weights under which a is scored."""
    right = told("abc").variants.weights[0].left_out
    wrong = outcome("a", states=((day(1), "victory_A"),), ended="victory_A", held=None)
    other = scored("abc", a=wrong).variants.weights[0].left_out
    assert other["a"] == right["a"]
    assert other["b"] < right["b"]


def test_a_stack_that_does_worse_on_wars_unseen_earns_nothing():
    """Two wars that each praise another model: what one teaches misleads on the other."""
    known = {"a": outcome("a"), "b": outcome("b", states=((day(1), "victory_A"),))}
    items = [
        i for d in HORIZON_DAYS for i in ending_items([forecast("a"), forecast("b")], known, d)
    ]
    pool = learn(items, MODELS)
    assert pool.gain.value > 0
    assert not pool.earned


def test_without_cases_weights_are_equal_and_nothing_is_earned():
    pool = learn([], MODELS)
    assert [one.earned for one in pool.weights] == [0.5, 0.5]
    assert not pool.earned


# --- the whole ---------------------------------------------------------------------------------


def test_every_horizon_rung_and_forecaster_is_in_the_result():
    result = told("abc")
    assert [t.title for t in result.endings] == [f"ending.{d}" for d in HORIZON_DAYS]
    assert len(result.rungs) == len(RUNGS) * len(HORIZON_DAYS)
    assert {one.name for one in result.endings[0].forecasters} == {
        "seer", "fool", POOLED, BASE_RATE, STACKED, OTHER_WARS, PERSISTENCE, UNIFORM,
    }  # fmt: skip
    by_hand = (0.9 - 1) ** 2 + 5 * 0.02**2
    seer = next(one for one in result.endings[3].forecasters if one.name == "seer")
    assert seer.brier.value == pytest.approx(by_hand)
    assert (seer.brier.n, seer.brier.clusters) == (3, 3)


def test_a_table_of_base_rates_counts_wars_with_their_number():
    calm = outcome("b", rungs=dict.fromkeys(RUNGS), states=(), ended="war", held=None)
    share = next(s for s in scored("abc", b=calm).base_rates if (s.rung, s.days) == (KEPT, 365))
    assert (share.share, share.wars, share.cases) == (pytest.approx(2 / 3), 3, 3)
    assert share.lo80 < 2 / 3 < share.hi80


def test_calibration_leaves_out_war_goes_on_and_adds_up():
    result = told("ab")
    assert sum(band.n for band in result.calibration) == 2 * 9 * 6
    parts = result.decomposition
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(parts.brier)
    split = result.murphy
    assert split.brier == pytest.approx(parts.brier)
    # one band: .45 given throughout; four of nine rungs came by four of six days
    assert (split.reliability, split.resolution) == pytest.approx(((0.45 - 16 / 54) ** 2, 0.0))
    (chart,) = api.BackTested(result).charts()
    assert chart.id == "calibration"
    assert len(chart.data["table"]) == len(result.calibration)
    assert api.BackTested(replace(result, calibration=())).charts() == ()


def test_the_split_of_each_rung_is_of_its_own_items_and_is_printed():
    result = told("ab")
    assert list(result.murphy_by_rung) == list(RUNGS)
    one = result.murphy_by_rung[KEPT]
    # .45 given; it came by four of six days, in both wars
    assert (one.brier, one.reliability, one.uncertainty) == pytest.approx(
        ((4 * 0.55**2 + 2 * 0.45**2) / 6, (0.45 - 2 / 3) ** 2, 2 / 9)
    )
    text = api.BackTested(result).to_markdown()
    assert "= reliability" in text
    assert "Reliability: how far the chances given in a band lay" in text
    assert f"| {RUNGS[KEPT]} | {one.brier:.3f} | {one.reliability:.3f} |" in text


def test_the_row_of_a_case_tells_forecast_and_outcome_and_marks_a_late_silence():
    late = outcome("b", held=Silence(day(366), None, None, None))
    first, second = scored("ab", b=late).cases
    at = {one.days: one for one in first.horizons}
    assert (at[90].ending, at[180].ending) == ("war", "ceasefire_in_force")
    assert (at[90].headline_came, at[180].headline_came) == (False, True)
    assert at[180].given == pytest.approx((0.9 + 0.02) / 2)
    assert (first.silence.late, second.silence.late) == (False, True)
    signed = outcome("a", states=((day(1), "settlement_in_force"),))
    row = {one.days: one for one in scored("ab", a=signed).cases[0].horizons}
    assert row[90].likeliest in ("war", "victory_A")  # as likely as each other
    assert row[90].given == pytest.approx(0.02)
    unseen = {
        one.days: one
        for one in scored("a", a=outcome("a", watched_until=day(200))).cases[0].horizons
    }
    assert (unseen[365].ending, unseen[365].headline_came) == (None, None)
    assert unseen[365].given == pytest.approx(0.46)


@cache
def ran():
    """Two made-up dossiers through the real pipeline, and one that cannot be read."""
    second = minimal_data()
    second["conflict"]["id"] = "other"
    second["war"]["months_to_decision"] = {"low": 3, "mode": 6, "high": 12}
    broken = minimal_data()
    del broken["war"]
    cases = {
        "toy": lambda: load_text(as_yaml(minimal_data())),
        "other": lambda: load_text(as_yaml(second)),
        "broken": lambda: load_text(as_yaml(broken)),
    }
    as_of = dt.date(2031, 6, 30)
    known = {
        name: outcome(
            name,
            watched_until=dt.date(2060, 1, 1),
            states=((as_of + dt.timedelta(days=100), "ceasefire_in_force"),),
            held=Silence(as_of + dt.timedelta(days=100), None, None, None),
        )
        for name in cases
    }
    return backtesting.back_test(cases, known, draws=8, paths=8, threads=1), cases, known


def test_the_pipeline_fills_every_forecast_and_names_the_case_that_failed():
    result, _, _ = ran()
    assert [case.case for case in result.cases] == ["toy", "other"]
    ((name, reason),) = result.failed
    assert name == "broken"
    assert "war" in reason
    for case in result.forecasts:
        assert set(case.endings) == set(case.rungs) == {*VARIANTS, POOLED, BASE_RATE}
        for by_day in case.endings.values():
            assert all(sum(shares) == pytest.approx(1.0, abs=1e-12) for shares in by_day.values())
        assert all(case.durability[form][TRUCE_MODEL].keys() == {365, 1826} for form in FORMS)
    assert result.forecasts[0].endings["attrition"] != result.forecasts[0].endings["strategic"]
    assert {one.name for one in result.variants.weights} == set(VARIANTS)


def test_the_same_back_test_on_other_threads_is_the_same():
    result, cases, known = ran()
    again = backtesting.back_test(cases, known, draws=8, paths=8, threads=2)
    assert repr(again) == repr(result)


def test_the_library_is_pooled_with_equal_weights_whatever_it_has_taught():
    assert len(set(read_weights().weights.values())) > 1
    assert len(set(read_weights(shipped=DURABILITY_FILE).weights.values())) > 1
    for case in ran()[0].forecasts:
        for name in ENDINGS:
            place = ENDINGS.index(name)
            own = [case.endings[one][365][place] for one in VARIANTS]
            # a share of 8 x 8 paths is drawn towards even by less than .01
            assert case.endings[POOLED][365][place] == pytest.approx(np.mean(own), abs=0.01)
        lines = case.durability["settlement"]
        both = [lines[one][365] for one in (TRUCE_MODEL, RECORD)]
        assert lines[POOLED][365] == pytest.approx(np.mean(both), abs=1e-9)


def test_a_changed_library_does_not_run(monkeypatch):
    backtesting.check_frozen()
    monkeypatch.setattr(backtesting, "shipped_facts", lambda: "other facts")
    with pytest.raises(InternalError, match=r"case-facts\.yaml"):
        backtesting.back_test()


# --- told --------------------------------------------------------------------------------------


def test_the_page_tells_the_primary_result_every_case_and_every_weight():
    text = api.BackTested(told("abc")).to_markdown()
    assert "the pooled answer is better than the base rate" in text
    assert "3 cases of 3 wars" in text
    for name in "abc":
        assert f"| {name} | ceasefire |" in text
        assert f"without {name}" in text
    assert "other wars known" in text
    assert "Base rates of the library" in text


def test_a_bad_result_is_told_as_one():
    calm = {n: outcome(n, states=(), ended="war", held=None) for n in "abc"}
    sure = [replace(forecast(n), endings={**forecast(n).endings, BASE_RATE: dict.fromkeys(HORIZON_DAYS, (0, 0, 0, 0, 0, 1.0))}) for n in "abc"]  # fmt: skip
    found = score_library(sure, calm, MODELS, ("0", 1, 8, 8))
    assert "the pooled answer is worse than the base rate" in api.BackTested(found).to_markdown()


def test_json_holds_forecasts_outcomes_and_whether_weights_are_earned():
    data = json.loads(json.dumps(api.BackTested(told("ab")).to_json()))
    assert data["variants"]["earned"] is True
    assert data["cases"][0]["as_of"] == "2000-01-01"
    assert data["forecasts"][0]["rungs"][POOLED][KEPT]["365"] == 0.45
    assert len(data["rungs"]) == 60


def test_a_weights_file_is_read_back_and_says_why(tmp_path):
    path = tmp_path / "weights.yaml"
    path.write_text(api.BackTested(told("abc")).weights_file("2030-01-01"), encoding="utf-8")
    earned = read_weights(path)
    assert earned.weights["seer"] > 0.5
    assert sum(earned.weights.values()) == pytest.approx(1.0)
    assert earned.decided == "2030-01-01"
    assert "3 wars" in earned.reason
    odd = {name: outcome(name, states=((day(1), "victory_A"),)) for name in "bc"}
    split = scored("abc", **odd)  # one war against two: weights lean, and mislead on the one
    assert not split.variants.earned
    assert split.variants.weights[0].earned == pytest.approx(7 / 15, abs=0.02)
    path.write_text(api.BackTested(split).weights_file("2030-01-01"), encoding="utf-8")
    assert read_weights(path).weights == {"seer": 0.5, "fool": 0.5}
    assert read_weights(path).reason.startswith("Equal")


def test_a_track_record_is_read_back_in_shares_of_the_base_rates_score(tmp_path):
    path = tmp_path / "track.yaml"
    found = told("abc")
    path.write_text(api.BackTested(found).track_record_file("2030-01-01"), encoding="utf-8")
    track = read_track_record(path)
    table = next(one for one in found.endings if one.title == "ending.365")
    mean = {one.name: one.brier.value for one in table.forecasters}
    share = (mean[POOLED] - mean[BASE_RATE]) / mean[BASE_RATE]
    assert track.equal.worse == pytest.approx(share, abs=1e-4)
    assert track.equal.lo80 <= track.equal.worse <= track.equal.hi80
    assert (track.cases, track.wars, track.by_days, track.ran) == (3, 3, 365, "2030-01-01")
    path.write_text("version: 0\n", encoding="utf-8")
    with pytest.raises(InternalError, match=r"track\.yaml is no track record"):
        read_track_record(path)


def test_the_page_of_a_run_with_a_failed_case_names_it():
    result, _, _ = ran()
    text = api.BackTested(result).to_markdown()
    assert "Cases that could not be run" in text
    assert "broken:" in text


def test_the_verb_prints_and_writes_what_the_library_gives(tmp_path, monkeypatch):
    """The library itself is not run here: a made-up one stands in."""
    monkeypatch.setattr(backtesting, "back_test", lambda **_: told("abc"))
    path = tmp_path / "w.yaml"
    lasting = tmp_path / "d.yaml"
    track = tmp_path / "t.yaml"
    call = ["--write-weights", str(path), "--write-durability-weights", str(lasting)]
    call += ["--write-track-record", str(track)]
    done = CliRunner().invoke(main, ["backtest", "--json", *call])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["draws"] == 8
    assert read_weights(path).weights["seer"] > 0.5
    # The record gave .9 to what came within a year, the truce model .6; in five years one line speaks.
    weights = read_weights(lasting).weights
    assert set(weights) == {TRUCE_MODEL, RECORD}
    assert weights[RECORD] > 0.5
    assert read_track_record(track).cases == 3
    assert "3 cases: seed 1, 8 draws x 8 paths" in done.stderr
