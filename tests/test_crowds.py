"""Our answer beside three crowds (decision 0026). The two dossiers are read here and never run."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from functools import cache

import pytest
import yaml

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis, api, backtesting
from interbellum.dossier.reader import load, load_text, shipped
from interbellum.errors import InternalError
from interbellum.model.backtest import (
    BASE_RATE,
    KEPT_TRUCE,
    PERSISTENCE,
    POOLED,
    UNIFORM,
    BackTest,
    BeginForecast,
)
from interbellum.record.backtest import score_library
from interbellum.record.cases import case_files
from interbellum.record.crowds import (
    CrowdGiven,
    CrowdQuestion,
    beside_crowds,
    bin_chances,
    crowds_text,
    dossier_files,
    read_crowds,
)
from written_dates import MONTHS, days_named, texts

NAMES = ("ukraine-2025-03-31", "ukraine-2025-05-08")
AHEAD = {"questions", "left_out"}
LATEST = dt.date(2025, 5, 20)  # the later neighbour's cut-off: what could have slipped in is older
NEIGHBOURS = ("ukraine-2025-01", "ukraine-2025-05")


@cache
def raw(name: str) -> str:
    return dossier_files()[name].read_text(encoding="utf-8")


# --- the dossiers ------------------------------------------------------------------------------


def test_the_two_dossiers_are_no_cases_and_are_not_listed():
    assert tuple(dossier_files()) == NAMES
    assert not set(NAMES) & {*case_files(), *shipped()}


@pytest.mark.parametrize("name", NAMES)
def test_a_dossier_reads_without_faults_and_warns_of_stale_positions_alone(name):
    loaded = load_text(raw(name), name)  # faults raise
    assert loaded.dossier.conflict.id == name
    assert loaded.dossier.conflict.as_of == dt.date.fromisoformat(name.removeprefix("ukraine-"))
    assert all("older than 180 days is stale" in warning.rule for warning in loaded.warnings)


@pytest.mark.parametrize("name", NAMES)
def test_no_date_in_any_field_sentence_or_comment_lies_after_the_cut_off(name):
    as_of = load_text(raw(name), name).dossier.conflict.as_of
    data = yaml.load(raw(name), Loader=yaml.BaseLoader)
    fields = [(path, text) for path, text in texts(data) if not AHEAD & set(path)]
    assert len(fields) > 2000
    late = [(path, text) for path, text in fields for day in days_named(text) if day > as_of]
    assert late == []
    comments = [line for line in raw(name).splitlines() if "#" in line]
    assert not [line for line in comments for day in days_named(line) if day > as_of]
    months = [change["month"] for change in data["war"]["front"]["series"]]
    assert max(months) <= as_of.isoformat()[:7]
    # "16 May", with no year: between the cut-off and that of the later neighbour
    written = re.sub(r"\nquestions:\n.*?\n(?=\w)", "\n", raw(name), flags=re.DOTALL)
    short = re.findall(r"\b(\d{1,2}) (" + "|".join(MONTHS) + r")\b(?! \d{4})", written)
    assert len(short) > 20
    assert not [s for s in short if as_of < dt.date(2025, MONTHS[s[1]], int(s[0])) <= LATEST]


def numbers(data, path=()):
    """Every number of a dossier by the ids on its way."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers(value, (*path, key))
    elif isinstance(data, list):
        for value in data:
            if isinstance(value, dict):
                key = "/".join(str(value[k]) for k in ("id", "from", "to", "month") if k in value)
                yield from numbers(value, (*path, key))
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield path, float(data)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_that_of_a_shipped_neighbour_or_lies_between_the_two(name):
    parts = {"actors", "positions", "promises", "war", "regimes", "talks", "trust", "peace"}
    around = [dict(numbers(load(one).tree.data)) for one in NEIGHBOURS]
    seen = 0
    for path, value in numbers(yaml.safe_load(raw(name))):
        if path[0] not in parts or "motives" in path:
            continue
        known = [one[path] for one in around if path in one]
        assert known, path
        assert min(known) <= value <= max(known), path
        seen += 1
    assert seen > 700


@pytest.mark.parametrize("name", NAMES)
def test_events_statements_and_texts_have_sources_and_recalled_is_not_called_checked(name):
    dossier = load_text(raw(name), name).dossier
    statements = [s for by in dossier.positions.values() for p in by.values() for s in p.statements]
    assert all(item.source.strip() for item in (*dossier.events, *statements, *dossier.texts))
    assert not [e.title for e in dossier.events if e.checked and "recalled" in e.source]


@pytest.mark.parametrize("name", NAMES)
def test_the_dossiers_ask_what_the_comparison_scores_and_print_the_crowds_of_their_day(name):
    dossier = load_text(raw(name), name).dossier
    shipped_question = read_crowds()
    for rung in ("general_truce_30_days_intended", "general_truce_30_days_kept"):
        asked = {q.by for q in dossier.questions if q.rung == rung}
        assert asked == set(shipped_question.ends)
    told = {c.name: c.p for q in dossier.questions for c in q.crowds}
    assert told == {
        one.name: pytest.approx(1.0 - one.last)
        for one in shipped_question.given
        if one.as_of == dossier.conflict.as_of
    }
    assert shipped_question.dossiers[dossier.conflict.as_of] == name


# --- the crowds --------------------------------------------------------------------------------


def test_published_scores_are_sums_of_squares_over_four_bins():
    """The last bin came, so a crowd that gave it p scores from 4/3 to 2 times (1 - p)²; two decimals."""
    given = read_crowds().given
    assert len(given) == 6
    for one in given:
        assert (1 - one.last) ** 2 * 4 / 3 - 0.005 <= one.brier <= 2 * (1 - one.last) ** 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ends": [dt.date(2025, 6, 30)]}, "4 bins need 3 rising ends"),
        ({"ends": [dt.date(2025, 9, 30), dt.date(2025, 6, 30), dt.date(2025, 12, 31)]}, "rising"),
        ({"outcome": "never"}, "outcome is never"),
        ({"dossiers": {dt.date(2025, 3, 31): "a"}}, "no dossier of 2025-05-08"),
        ({"source": None, "crowds": [{"name": "a"}]}, "as_of"),
    ],
)
def test_a_file_of_crowds_that_does_not_fit_is_refused(tmp_path, change, told):
    file = tmp_path / "crowds.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(crowds_text()), **change}), encoding="utf-8")
    with pytest.raises(InternalError, match=told):
        read_crowds(file)


# --- the comparison, on made-up numbers --------------------------------------------------------

DAY = dt.date(2031, 6, 30)


def question(**changed: object) -> CrowdQuestion:
    ends = tuple(DAY + dt.timedelta(days=days) for days in (90, 180, 365))
    given = (
        CrowdGiven("Crowd", DAY, 0.5, 0.34, 0.4, 0.25),
        CrowdGiven("Silent on length", DAY, 0.9, 0.02, None, None),
        CrowdGiven("Of another day", DAY + dt.timedelta(days=1), 0.1, 1.1, 0.5, 0.5),
    )
    made_up = CrowdQuestion(
        "When?", ("first", "second", "third", "later"), ends, 3, "made up", "a page", {DAY: "x"}, given
    )  # fmt: skip
    return replace(made_up, **changed)


def forecast(**changed: object) -> BeginForecast:
    held = {30: 0.8, 90: 0.7, 365: 0.5, 1826: 0.25}
    begun = {
        POOLED: (0.1, 0.3, 0.4),
        KEPT_TRUCE: (0.1, 0.2, 0.3),
        BASE_RATE: (0.25, 0.5, 0.75),
    }
    made_up = BeginForecast("x", DAY, "hash", begun, {"ceasefire": held, "settlement": held})
    return replace(made_up, **changed)


def test_bins_are_the_steps_of_what_has_begun_and_the_rest_is_the_last():
    assert bin_chances((0.1, 0.3, 0.4)) == pytest.approx((0.1, 0.2, 0.1, 0.6))
    assert bin_chances((0.0, 0.0)) == (0.0, 0.0, 1.0)
    for falls in ((0.3, 0.2), (0.2, 1.1), (-0.1, 0.2)):
        with pytest.raises(ValueError, match="must rise from 0 to 1"):
            bin_chances(falls)


def test_answers_are_scored_by_squares_over_all_bins_beside_the_crowds_of_the_day():
    table = beside_crowds(question(), forecast())
    scored = {one.who: one.brier for one in table.answers}
    assert scored == {
        POOLED: pytest.approx(0.01 + 0.04 + 0.01 + 0.16),
        KEPT_TRUCE: pytest.approx(0.01 + 0.01 + 0.01 + 0.09),
        BASE_RATE: pytest.approx(0.75),
        PERSISTENCE: 0.0,
        UNIFORM: pytest.approx(0.75),
        "Crowd": 0.34,
        "Silent on length": 0.02,
    }
    assert [one.who for one in table.answers if one.crowd] == ["Crowd", "Silent on length"]
    came_first = beside_crowds(question(outcome=0), forecast())
    assert came_first.answers[0].brier == pytest.approx(0.81 + 0.04 + 0.01 + 0.36)
    assert came_first.outcome == "first"


def test_durations_stand_beside_one_another_unscored():
    ours, settled, crowd = beside_crowds(question(), forecast()).durations
    assert (ours.who, settled.who, crowd.who) == ("ceasefire", "settlement", "Crowd")
    assert ours.under_30_days == pytest.approx(0.2)
    assert (ours.over_90_days, ours.year, ours.five_years) == (0.7, 0.5, 0.25)
    assert (crowd.under_30_days, crowd.over_90_days, crowd.year) == (0.4, 0.25, None)


@cache
def ran() -> BackTest:
    """One made-up dossier through the real pipeline, as a case's stand-in and beside made-up crowds."""
    data = minimal_data()
    data["questions"] = [
        {"id": f"{rung}_{n}", "text": "?", "rung": rung, "by": end}
        for rung in ("general_truce_30_days_intended", "general_truce_30_days_kept")
        for n, end in enumerate(question().ends)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backtesting, "read_crowds", question)
        return backtesting.back_test(
            {},
            {},
            crowd_dossiers={
                "x": lambda: load_text(as_yaml(data)),
                "y": lambda: load_text("war: 1\n"),
            },
            draws=8,
            paths=8,
            threads=1,
        )


def test_the_pipeline_answers_beside_the_crowds_and_names_a_dossier_that_failed():
    found = ran()
    (table,) = found.crowds
    assert found.cases == ()
    assert [name for name, _ in found.failed] == ["y"]
    ours, kept, base = table.answers[:3]
    assert sum(ours.chances) == pytest.approx(1.0)
    assert ours.chances[:3] != kept.chances[:3]
    assert kept.last >= ours.last
    # the war's own record has no such truce: 1-(T/(T+H))^(1/2) at 365 days
    assert 0.0 < base.chances[0] < 1.0 - base.last
    assert [one.who for one in table.durations] == ["ceasefire", "settlement", "Crowd"]


def test_a_dossier_that_does_not_ask_for_a_day_is_not_answered():
    result = analysis.run(load_text(as_yaml(minimal_data())), draws=8, paths=8, threads=1)
    with pytest.raises(KeyError, match="general_truce_30_days_intended at 100 days"):
        backtesting.begin_forecast(result, question(ends=(DAY + dt.timedelta(days=100),)))


def test_the_comparison_is_frozen_too(monkeypatch):
    backtesting.check_frozen()
    monkeypatch.setattr(backtesting, "crowds_text", lambda: "other crowds")
    with pytest.raises(InternalError, match=r"crowds\.yaml"):
        backtesting.back_test()


def test_the_page_tells_the_comparison_and_claims_no_skill():
    found = score_library([], {}, ("a", "b"), ("0", 1, 8, 8))
    assert "three crowds" not in api.BackTested(found).to_markdown()
    answer = api.BackTested(replace(found, crowds=(beside_crowds(question(), forecast()),)))
    text = answer.to_markdown()
    assert "## Ukraine 2025, beside three crowds" in text
    assert "no claim of skill" in text
    assert "| Crowd | not published | not published | not published | 50% | 0.34 |" in text
    assert re.search(r"\| ours, pooled: .* begins \| 10% \| 20% \| 10% \| 60% \| 0\.22 \|", text)
    assert "| persistence | 0% | 0% | 0% | 100% | 0.00 |" in text
    assert "| ours, ceasefire | 20% | 70% | 50% | 25% |" in text
    assert "Not scored: no such ceasefire began" in text
    data = json.loads(json.dumps(answer.to_json()))
    assert data["crowds"][0]["answers"][0]["brier"] == pytest.approx(0.22)
