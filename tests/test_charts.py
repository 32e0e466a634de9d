"""Charts are valid Vega-Lite, hold the result's numbers, and read as they should."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import functools
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair
import jsonschema
import numpy as np
import pytest
import vl_convert
import yaml

from factories import example_dossier, example_result, spread
from interbellum.briefing import outline
from interbellum.briefing import scores as told_scores
from interbellum.briefing.blocks import Heading
from interbellum.briefing.context import Names
from interbellum.briefing.figures import figures, of_backtest, of_dossier, of_scores
from interbellum.briefing.redaction import Veil
from interbellum.briefing.seal import context_of
from interbellum.charts import (
    blocking,
    calibration,
    drivers,
    fans,
    ladders,
    landscape,
    outcomes,
    promises,
    theme,
    timeline,
)
from interbellum.dossier.reader import Loaded, load_text
from interbellum.model.backtest import BackTest, Pool
from interbellum.model.chart import Chart
from interbellum.model.course import Course, FanPoint
from interbellum.model.result import EndingForecast
from interbellum.model.rungs import ENDINGS
from interbellum.model.scores import Band, QuestionScores
from interbellum.record.scoring import corp
from test_briefing_redaction import SIGNS, planted

SCHEMA = Path(altair.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
VERSION = "6.4"
NAMES = {"A": "North", "B": "South"}
HOSTILE = "</script><img src=x onerror=alert(1)> '\"; datum.p} ${x} Юг"


@functools.cache
def schema() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@functools.cache
def example() -> dict[str, Chart]:
    loaded = example_dossier()
    placed = figures(context_of(example_result(loaded), loaded, False))
    return {one.chart.id: one.chart for one in placed}


def svg(chart: Chart, capfd: pytest.CaptureFixture[str] | None = None) -> str:
    """The chart as drawn; Vega-Lite has nothing to warn of."""
    drawn = vl_convert.vegalite_to_svg(chart.full(), vl_version=VERSION, show_warnings=True)
    if capfd is not None:
        said = capfd.readouterr()
        assert said.out + said.err == ""
    return str(drawn)


def checked(chart: Chart) -> str:
    """The chart as drawn, if it is valid."""
    faults = [error.message for error in schema().iter_errors(chart.full())]
    assert faults == []
    return svg(chart)


def test_every_family_is_drawn() -> None:
    assert set(example()) == {
        "outcomes",
        "landscape",
        "beliefs",
        "ripeness",
        "drivers",
        "survival-ceasefire",
        "survival-settlement",
        "survival-freeze",
        "blocking",
        "ladders-1",
        "ladders-2",
        "ladders-3",
        "promises",
        "variants",
        "race",
        "front",
        "timeline",
    }


@pytest.mark.parametrize("name", sorted(example()))
def test_chart_is_valid_drawn_without_warning_and_says_its_words(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    chart = example()[name]
    assert [error.message for error in schema().iter_errors(chart.full())] == []
    capfd.readouterr()
    drawn = svg(chart, capfd)
    assert f'width="{theme.WIDTH}"' in drawn
    assert chart.title in drawn
    first = next(iter(chart.data.values()))
    assert first, "the table beside the chart has rows"
    assert set(chart.columns) <= set(first[0])
    assert all(isinstance(row[field], str) for row in first for field in chart.columns)
    assert 1 <= chart.alt.count(". ") + 1 <= 5
    assert chart.alt.rstrip().endswith(".")


@pytest.mark.parametrize("name", sorted(example()))
def test_definition_holds_no_data_and_names_all_of_it(name: str) -> None:
    chart = example()[name]
    held = json.dumps(chart.spec)
    assert '"values": [{' not in held
    assert "datasets" not in chart.spec
    used = {layer["data"]["name"] for layer in chart.spec["layer"]}
    assert used <= set(chart.data)
    assert set(chart.data) - used <= {"table", "axis"}
    # Expressions are ours alone: none is made from a word of a dossier.
    assert set(_expressions(chart.spec)) <= {"round(100*datum.value)"}


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("expr", "labelExpr", "signal", "calculate", "filter", "test"):
                yield str(item)
            yield from _expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)


def test_the_same_chart_is_the_same_bytes() -> None:
    loaded = example_dossier()
    again = figures(context_of(example_result(loaded), loaded, False))
    for placed in again:
        assert json.dumps(placed.chart.full()) == json.dumps(example()[placed.chart.id].full())
    assert svg(example()["timeline"]) == svg(example()["timeline"])


def test_every_chart_stands_under_a_heading_of_the_briefing() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    heads = {block.text for block in outline.build(result, loaded) if isinstance(block, Heading)}
    placed = figures(context_of(result, loaded, False))
    assert {one.after for one in placed} <= heads
    assert len({one.chart.id for one in placed}) == len(placed)


def test_no_number_has_decimals_and_none_is_a_bare_zero() -> None:
    for chart in example().values():
        told = [chart.alt, chart.note, chart.title]
        told += [str(row[c]) for row in next(iter(chart.data.values())) for c in chart.columns]
        told += [
            str(row[field])
            for rows in chart.data.values()
            for row in rows
            for field in ("text", "label")
            if field in row
        ]
        for text in told:
            assert not any(
                a.isdigit() and dot == "." and b.isdigit()
                for a, dot, b in zip(text, text[1:], text[2:], strict=False)
            ), (chart.id, text)
            assert " 0%" not in f" {text}", (chart.id, text)


# --- numbers ------------------------------------------------------------------------------------


def test_areas_are_the_shares_and_fill_the_plot() -> None:
    result = example_result()
    rows = example()["outcomes"].data["endings"]
    assert outcomes.STACK[0] == "settlement_in_force"
    assert outcomes.STACK[-1] == "war"
    for point in result.trajectory:
        there = [row for row in rows if row["date"] == point.by_date]
        assert [row["ending"] for row in there] == list(outcomes.STACK)
        assert there[0]["bottom"] == 0.0
        assert there[-1]["top"] == pytest.approx(sum(point.shares[name].p for name in ENDINGS))
        for row in there:
            height = row["top"] - row["bottom"]
            assert height == pytest.approx(point.shares[row["ending"]].p, abs=1e-12)


def test_outcomes_begin_in_war_where_no_point_says_so() -> None:
    shares = {name: spread(1 / 6) for name in ENDINGS}
    chart = outcomes.outcomes(
        [EndingForecast(365, "2021-06-30", shares)], dict.fromkeys(ENDINGS, "x"), "2020-06-30"
    )
    first = [row for row in chart.data["endings"] if row["date"] == "2020-06-30"]
    assert {row["ending"]: row["top"] - row["bottom"] for row in first}["war"] == 1.0
    assert chart.data["year"] == ()
    checked(chart)


def test_fans_show_two_years_and_the_record() -> None:
    course = example_result().course
    rows = example()["front"].data["fan"]
    wanted = [p for p in course.front or () if 0 <= p.days <= fans.AHEAD]
    assert [(row["date"], row["p"], row["lo80"], row["hi50"]) for row in rows] == [
        (p.date, p.p, p.lo80, p.hi50) for p in wanted
    ]
    assert len(example()["front"].data["past"]) == 27
    assert "Black: so far" in svg(example()["front"])


def monthly(moves: list[float], days_since: int, half: float) -> Course:
    """A front that moved so much in each month of 28 days, and its fan four weeks ahead."""
    day, total, points = -28 * len(moves) - days_since, 0.0, []
    for move in (0.0, *moves):
        total += move
        points.append((day, total, 0.0))
        day += 28
    if days_since:
        points.append((0, total, 0.0))
    points.append((28, total, half))
    front = tuple(
        FanPoint(
            days,
            f"{dt.date(2020, 6, 30) + dt.timedelta(days=days)}",
            p - h,
            p - h / 2,
            p,
            p + h / 2,
            p + h,
        )
        for days, p, h in points
    )
    return dataclasses.replace(example_result().course, front=front)


@pytest.mark.parametrize(
    ("half", "days_since", "told"),
    [
        (300.0, 9, "about six times"),
        (300.0, 0, "about six times"),
        (1500.0, 9, "more than 20 times"),
        (70.0, 9, ""),
    ],
)
def test_a_front_whose_fan_is_wider_than_its_record_says_so(
    half: float, days_since: int, told: str
) -> None:
    moves = [12.5 * rank for rank in range(11)]  # the middle 80%: 12.5 to 112.5
    note = fans.front(monthly(moves, days_since, half), NAMES, "2020-06-30").note
    assert ("times as wide as its record" in note) == bool(told)
    assert told in note
    if told:
        assert "of the 11 recorded months is, for as many days, 12 to 110" in note
        assert f"-{half:,.0f} to {half:,.0f}" in note


def test_a_short_record_of_the_front_is_compared_with_nothing() -> None:
    course = monthly([10.0 * rank for rank in range(9)], 0, 5000.0)
    assert "recorded months" not in fans.front(course, NAMES, "2020-06-30").note


def test_survival_starts_whole_and_shows_both_lines_of_evidence() -> None:
    chart, form = example()["survival-ceasefire"], example_result().durability["ceasefire"]
    assert chart.data["pooled"][0]["p"] == 1.0
    assert [row["p"] for row in chart.data["pooled"][1:]] == [p.chance.p for p in form.curve]
    assert [row["p"] for row in chart.data["truce"][1:]] == [p.chance.p for p in form.truce]
    assert [row["lo80"] for row in chart.data["past"]] == [p.lo80 for p in form.record.curve]
    drawn = svg(chart)
    assert f"(n = {form.record.n})" in drawn
    assert "truce model" in drawn


def test_past_cases_are_absent_where_they_give_no_useful_estimate() -> None:
    loaded, result = example_dossier(), example_result()
    form = result.durability["ceasefire"]
    poor = dataclasses.replace(form, record=dataclasses.replace(form.record, useful=False, n=3))
    result = dataclasses.replace(result, durability={"ceasefire": poor})
    chart = next(
        one.chart
        for one in figures(context_of(result, loaded, False))
        if one.chart.id == "survival-ceasefire"
    )
    assert "past" not in chart.data
    assert "no useful estimate (n = 3)" in chart.note
    assert "n = 3" not in checked(chart)


def test_landscape_shades_what_both_prefer_to_fighting() -> None:
    """Of (.4, .6), (.52, .47), (.7, .2) only the second beats (.49, .44)."""
    chart = example()["landscape"]
    assert [(row["a"], row["most"]) for row in chart.data["room"]] == [(0.49, 0.47), (0.52, 0.47)]
    assert "bargaining range: both gain" in svg(chart)


def test_landscape_says_when_the_range_is_empty() -> None:
    chart = landscape.landscape([(0.3, 0.3)], (0.4, 0.4), [], [], NAMES, 0.0)
    assert chart.data["room"] == ()
    assert "no package gives both as much" in chart.alt
    assert "less than" not in chart.alt
    assert "<1%" in chart.alt
    assert "no package that" in checked(chart)


def test_landscape_without_a_frontier_says_so_and_still_shows_the_drafts() -> None:
    drafts = example_result().range.texts
    chart = landscape.landscape([], (0.4, 0.4), [], drafts, NAMES, 0.0)
    drawn = checked(chart)
    assert "no frontier: every package crosses" in drawn
    assert "The Lake paper" in drawn
    assert len(chart.data["spots"]) == 2
    assert chart.alt.endswith("Of 2 drafts none could be signed.")


def test_signs_at_one_point_stand_apart() -> None:
    text = dataclasses.replace(example_result().range.texts[0], u=(0.5, 0.5))
    chart = landscape.landscape([(0.4, 0.6), (0.6, 0.4)], (0.3, 0.3), [], [text] * 4, NAMES, 0.5)
    places = {(row["x"], row["y"]) for row in chart.data["spots"]}
    assert len(places) == 4
    assert len(chart.data["tips"]) == 3
    assert {(row["x"], row["y"]) for row in chart.data["tips"]} <= places


def test_thinning_keeps_the_ends() -> None:
    points = [(float(n), -float(n)) for n in range(1577)]
    kept = landscape.thinned(points)
    assert (kept[0], kept[-1], len(kept)) == (points[0], points[-1], landscape.POINTS)


def test_dots_show_which_demands_a_set_has() -> None:
    sets = [blocking.Set(("a", "b"), 0.4), blocking.Set(("b", "c"), 0.05)]
    chart = blocking.blocking(sets, left_out=2)
    full = [row for row in chart.data["dots"] if row["colour"] != blocking.EMPTY]
    assert len(full) == 4
    bars = [row["y2"] - row["y"] for row in chart.data["bars"]]
    assert bars[0] / bars[1] == pytest.approx(8.0, rel=0.05)
    assert "2 further sets left out" in chart.note
    checked(chart)


def test_dumbbells_run_from_face_to_substance() -> None:
    audit = promises.Audit("Aid", "Patron", "South", 0.5, (-0.02, 0.04), (-0.01, 0.02))
    chart = promises.promises([audit], NAMES)
    zero = chart.data["zero"][0]["x"]
    a, b = chart.data["lines"]
    assert (a["x"] - zero) / (a["x2"] - zero) == pytest.approx(2.0, rel=0.01)
    assert (b["x"] - zero) / (a["x"] - zero) == pytest.approx(-2.0, rel=0.01)
    assert chart.data["table"][0]["face_b"] == "+4"
    checked(chart)


def test_widest_driver_stands_first() -> None:
    inputs = [drivers.Input("narrow", "1-2%", 0.1, 0.12), drivers.Input("wide", "1-2%", 0.3, 0.05)]
    chart = drivers.drivers(inputs, "a truce", 0.1)
    assert [row["input"] for row in chart.data["table"]] == ["wide", "narrow"]
    assert chart.data["low"][0]["x"] > chart.data["high"][0]["x"]
    checked(chart)


def test_calibration_shows_intervals_and_the_recalibrated_curve() -> None:
    p, came = np.array([0.1, 0.1, 0.4, 0.6, 0.9]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    found = corp(p, came)
    # pooled by hand: .1 twice with one event is .5; .4 with none pools with it to 1/3
    assert [came for _, came in found.curve] == pytest.approx([1 / 3, 1 / 3, 1.0, 1.0])
    band = Band(0.0, 0.2, 0.1, 0.5, 0.2, 0.8, 2, 1)
    chart = calibration.calibration([band], found, "the pool")
    assert [(row["x"], row["y"]) for row in chart.data["curve"]] == list(found.curve)
    assert chart.data["bands"][0] | {"n": 2} == {
        "x": 0.1,
        "y": 0.5,
        "low": 0.2,
        "high": 0.8,
        "n": 2,
        "told": "2",
    }
    assert "Stepped line" in checked(chart)
    assert "Stepped line" not in checked(calibration.calibration([band], None, "a coder"))


def test_scores_and_back_test_have_their_calibration() -> None:
    band = Band(0.0, 0.2, 0.1, 0.5, 0.2, 0.8, 2, 1)
    split = corp(np.array([0.1, 0.1]), np.array([0.0, 1.0]))
    both = {"us": split, "them": split}
    found = QuestionScores("asked", (), (), {"us": (band,), "them": ()}, both, both, (), ())
    (one,) = of_scores(found)
    assert (one.chart.id, one.after) == ("calibration-1", "Calibration: us")
    assert one.after in {b.text for b in told_scores.outline(found) if isinstance(b, Heading)}
    pool = Pool((), None, 3.0)
    empty = BackTest(
        "0",
        1,
        1,
        1,
        (),
        (),
        (),
        (),
        (),
        (),
        (),
        None,
        None,
        {},
        (),
        variants=pool,
        durability_pool=pool,
    )
    assert of_backtest(empty) == ()
    (pooled,) = of_backtest(dataclasses.replace(empty, calibration=(band,), decomposition=split))
    assert pooled.chart.id == "calibration"
    checked(pooled.chart)


def test_ladders_mark_ideals_refusals_and_drafts() -> None:
    chart = example()["ladders-1"]
    table = {row["rung"]: row for row in chart.data["table"]}
    assert table["The South"]["refused"] == "Government of the North 77%"
    assert table["The North (holds if nothing is signed)"]["ideal"] == "Government of the North"
    assert table["Both, under a joint board"]["drafts"] == "The Lake paper, The Last draft"
    hollow = [row for row in chart.data["drafts"] if row["shape"] == ladders.HOLLOW]
    assert len(hollow) == 2  # the Last draft leaves a choice of two
    assert len(chart.data["crosses"]) == 2
    assert "struck" in svg(example()["ladders-2"])
    assert "the words of 2 drafts." in chart.alt


def test_timeline_tells_what_was_kept() -> None:
    chart = example()["timeline"]
    drawn = svg(chart)
    assert "Harvest truce (mostly kept)" in drawn
    assert "Talks at the lake" in drawn
    assert "that could be kept or broken: 1 kept or mostly kept," in chart.alt


# --- extremes -----------------------------------------------------------------------------------


def test_labels_of_a_lane_never_overlap() -> None:
    moments = [
        timeline.Moment(
            f"2020-01-{day:02d}", None, "talks", "A round of some length", None, None, ""
        )
        for day in range(1, 29)
    ]
    chart = timeline.timeline(moments, "2020-01-01", "2020-02-01")
    spans: dict[float, list[tuple[float, float]]] = {}
    for row in chart.data["labels"]:
        width = theme.text_width(row["text"])
        spans.setdefault(row["y"], []).append((row["x"], row["x"] + width))
    for row_spans in spans.values():
        ordered = sorted(row_spans)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(ordered))
    checked(chart)


def hostile() -> Loaded:
    """The example with a name that would like to be markup or an expression, everywhere."""
    data = copy.deepcopy(example_dossier().tree.data)
    data["sides"]["A"]["name"] = HOSTILE
    data["actors"][0]["name"] = HOSTILE
    for part in ("issues", "texts", "promises", "events"):
        data[part][0]["title"] = HOSTILE
    data["issues"][0]["options"][0]["text"] = HOSTILE
    data["issues"][0]["block"] = HOSTILE
    return load_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "hostile.yaml")


def test_names_stay_text_whatever_they_hold() -> None:
    loaded = hostile()
    placed = figures(context_of(example_result(loaded), loaded, False))
    for one in placed:
        drawn = checked(one.chart)
        assert "<script" not in drawn
        assert "<img" not in drawn
        assert set(_expressions(one.chart.spec)) <= {"round(100*datum.value)"}
    together = "".join(svg(one.chart) for one in placed if one.chart.id.startswith("ladders"))
    assert "&lt;img" in together
    assert "Юг" in together


def test_a_dossier_with_little_in_it_still_draws() -> None:
    data = copy.deepcopy(example_dossier().tree.data)
    for part in ("events", "texts", "promises", "series", "questions", "coverage", "regimes"):
        data.pop(part, None)
    del data["positions"]["patron"], data["issues"][1:]
    data["actors"][2].pop("consents")
    for side in ("north", "south"):
        data["positions"][side] = {"valley": data["positions"][side]["valley"]}
    loaded = load_text(yaml.safe_dump(data, sort_keys=False), "little.yaml")
    full = example_result(loaded)
    result = dataclasses.replace(
        full,
        drivers=(),
        promises=(),
        course=dataclasses.replace(full.course, front=None, unit=None, front_from=None),
        range=dataclasses.replace(full.range, blocking=(), frontier=(), packages=(), texts=()),
    )
    ids = {one.chart.id for one in figures(context_of(result, loaded, False))}
    assert ids.isdisjoint({"timeline", "promises", "drivers", "front", "blocking"})
    assert {"ladders-1", "outcomes", "race", "landscape"} <= ids


def test_many_issues_and_long_names_fit_the_page() -> None:
    columns = [
        ladders.Column(f"a{n}", "A very long name of a coalition " * 4, "A") for n in range(14)
    ]
    columns += [ladders.Column(f"texts.t{n}", "Draft " * 9, draft=True) for n in range(13)]
    issues = [
        ladders.Ladder(
            f"Issue {n} " * 9,
            tuple(f"Option {m} " * 12 for m in range(12)),
            0,
            tuple(ladders.Stand(c.id, n % 12, (11,), 0.5) for c in columns[:14]),
            tuple((c.id, (3,)) for c in columns[14:]),
        )
        for n in range(35)
    ]
    parts = ladders.ladders("a block", issues, columns)
    assert sum(len({row["issue"] for row in part.data["table"]}) for part in parts) == 35
    for part in parts:
        assert part.spec["height"] <= ladders.TALLEST
        rightmost = max(row["x"] for row in part.data["heads"])
        assert rightmost <= ladders.PLOT
    checked(parts[0])


# --- what is confidential -----------------------------------------------------------------------


def test_nothing_confidential_reaches_a_chart() -> None:
    loaded, result = planted()
    open_text, sealed_text = (
        json.dumps(
            [
                [one.chart.full(), one.chart.title, one.chart.note, dict(one.chart.columns)]
                for one in figures(context_of(result, loaded, redact))
            ],
            ensure_ascii=False,
        )
        for redact in (False, True)
    )
    assert "SECRET" in open_text  # the test would see them
    assert [sign for sign in SIGNS if sign in sealed_text] == []
    # of the event, the red line and the delivery that are marked
    for words in ("at the ford", "Government of the South 73%", '"chance": "47%"'):
        assert words in open_text
        assert words not in sealed_text


def test_charts_whose_numbers_a_redaction_hides_are_absent() -> None:
    loaded, result = planted()
    charts = {one.chart.id: one.chart for one in figures(context_of(result, loaded, True))}
    # the South's position on `force` is confidential: worth to either lead would tell it
    assert "landscape" not in charts
    # the only blocking set rests on a confidential red line; North's chance to prevail is hidden
    assert "blocking" not in charts
    assert {"A", "B", "analyst"} & set(charts["beliefs"].data) == {"B", "analyst"}
    assert "As North sees it" not in svg(charts["beliefs"])
    assert "truce" not in charts["survival-ceasefire"].data
    table = charts["ladders-1"].data["table"]
    assert all("South" not in row["refused"] for row in table)
    assert any("South" in row["ideal"] for row in table)
    assert all("South" not in row["ideal"] for row in charts["ladders-2"].data["table"])
    assert [row["what"] for row in charts["timeline"].data["table"]] == [
        "Harvest truce",
        "Talks at the lake",
    ]


@pytest.mark.parametrize("redact", [False, True])
def test_charts_that_need_no_answer_are_the_same_without_one(redact: bool) -> None:
    loaded, result = planted()
    whole = figures(context_of(result, loaded, redact))
    early = of_dossier(Names(loaded, Veil(loaded, redact)))
    assert {one.chart.id.partition("-")[0] for one in early} == {"ladders", "timeline"}
    assert all(one in whole for one in early)


def test_a_hidden_chance_of_delivery_hides_substance_and_leaves_the_face() -> None:
    data = copy.deepcopy(example_dossier().tree.data)
    data["promises"][0]["delivered"] |= {"confidential": True}
    loaded = load_text(yaml.safe_dump(data, sort_keys=False), "delivery.yaml")
    charts = {
        one.chart.id: one.chart for one in figures(context_of(example_result(loaded), loaded, True))
    }
    row = charts["promises"].data["table"][0]
    assert (row["chance"], row["substance_a"], row["substance_b"]) == ("[redacted]",) * 3
    assert row["face_b"].startswith("+")
    assert len(charts["promises"].data["substances"]) == 2  # of the other promise
    assert "landscape" not in charts  # a package that carries the promise would tell it


def test_redacted_numbers_are_told_to_the_hundredth() -> None:
    """As in the redacted JSON: no pixel may say more than the number."""
    loaded, result = planted()
    charts = {one.chart.id: one.chart for one in figures(context_of(result, loaded, True))}
    rows = charts["outcomes"].data["endings"]
    heights = [row["top"] - row["bottom"] for row in rows if row["ending"] != "war"]
    assert all(round(height, 2) == pytest.approx(height) or height < 0.01 for height in heights)
    assert all(row["top"] == 1.0 for row in rows if row["ending"] == "war")
    pooled = charts["survival-ceasefire"].data["pooled"]
    assert [row["p"] for row in pooled] == [1.0, *(round(row["p"], 2) for row in pooled[1:])]
    x = charts["ripeness"].data["signs"][0]["x"] / charts["ripeness"].spec["width"]
    assert x == pytest.approx(round(result.diagnosis.views[0].sees_range, 2), abs=0.001)
