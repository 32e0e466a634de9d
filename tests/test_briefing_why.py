"""Every figure of a briefing traces to a line of the dossier, a default range or the record."""

from __future__ import annotations

import copy
import dataclasses
import re

import pytest
import yaml

from factories import example_dossier, example_result
from interbellum.briefing import markdown, outline, terminal
from interbellum.briefing.blocks import Heading, Outline, Table, texts
from interbellum.briefing.why import figure_ids, why
from interbellum.dossier.reader import load_text
from interbellum.errors import UsageError
from interbellum.model.rungs import CAUSES, ENDINGS, FORMS, RUNGS


def told(figure_id: str) -> Outline:
    loaded = example_dossier()
    return why(example_result(loaded), loaded, figure_id)


def rests_on_something(blocks: Outline) -> bool:
    text = "\n".join(texts(blocks))
    return bool(
        re.search(r"north-south\.yaml:\d+", text)
        or "default range" in text
        or "Cessations of hostilities since 1946" in text
    )


def test_every_kind_of_figure_has_an_id() -> None:
    ids = set(figure_ids(example_result()))
    expected = {
        *[f"rungs.{rung}.365" for rung in RUNGS],
        *[f"base_rate.{rung}" for rung in RUNGS],
        *[f"endings.{ending}.1826" for ending in ENDINGS],
        *[f"durability.{form}.30" for form in FORMS],
        *[f"truce.{form}.30" for form in FORMS],
        "record_model.ceasefire.30",
        *[f"causes.{form}.{cause}" for form in FORMS for cause in CAUSES],
        "range.open_share",
        "range.signed_while_closed",
        "record.sectoral_truces",
        "record.sectoral_kept",
        "record.other_truces",
        "range.blocking.2",
        "packages.egalitarian",
        "packages.nash",
        *[
            f"sides.{side}.{name}"
            for side in "AB"
            for name in ("reservation_value", "believes_prevails", "best_offer")
        ],
        "drivers.5",
        "hindcast.effective_draws",
        "hindcast.hazard",
        "diagnosis.A",
        "diagnosis.B",
        "variants.reference_class",
    }
    assert expected <= ids


def test_a_pooled_curve_tells_its_formula_its_weights_and_both_models() -> None:
    text = " ".join(texts(told("durability.ceasefire.365")))
    assert "S = a·S(truce model) + b·S(record's model)" in text
    assert (
        "truce model 50, record's model 50 of 100, from record/data/durability-weights.yaml" in text
    )
    assert "Equal until earned." in text
    assert "Truce model 65%, record's model 45%, a gap of 20 points." in text
    for name in ("truce.ceasefire.365", "record_model.ceasefire.365", "record.ceasefire"):
        assert name in text
    alone = " ".join(texts(told("durability.freeze.365")))
    assert "Truce model alone, for the record gives no useful estimate." in alone
    assert "record_model.freeze.365" not in figure_ids(example_result())


def test_the_records_curve_is_traced_to_the_facts_of_the_case() -> None:
    data = copy.deepcopy(example_dossier().tree.data)
    data["peace"] = {"record": {"prior_cessations": {"value": 2, "source": "the Gazette"}}}
    loaded = load_text(yaml.safe_dump(data, sort_keys=False), "north-south.yaml")
    text = " ".join(texts(why(example_result(loaded), loaded, "record_model.ceasefire.365")))
    assert "peace.record.prior_cessations" in text
    assert "the Gazette" in text
    assert "Not known, and taken at the record's share: stalemate on the ground." in text


@pytest.mark.parametrize(
    ("figure_id", "own"),
    [
        ("rungs.general_truce_30_days_kept.365", ("36%", "46%", "9%")),
        ("endings.war.365", ("60%", "40%", "70%")),
    ],
)
def test_a_pooled_figure_tells_its_formula_its_weights_and_each_model(
    figure_id: str, own: tuple[str, ...]
) -> None:
    blocks = told(figure_id)
    text = " ".join(texts(blocks))
    assert "Σ_v W_v p_v" in text
    models = next(b for b in blocks if isinstance(b, Table) and b.columns[0] == "Model")
    assert tuple(row[2] for row in models.rows) == own
    assert [row[1] for row in models.rows] == ["50 of 100", "25 of 100", "25 of 100"]
    assert "record/data/variant-weights.yaml" in models.caption
    assert "Equal until scored." in models.caption


def test_the_hazard_tells_its_formula_and_its_record() -> None:
    text = " ".join(texts(told("hindcast.hazard")))
    assert "1 - (T/(T + H))^(k + 1/2)" in text
    assert "36%, 52% before the past was counted" in text
    assert "k = 1, T = 28 months, H = 12 months" in text


def test_every_figure_tells_its_value_formula_and_source() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    for figure_id in figure_ids(result):
        blocks = why(result, loaded, figure_id)
        headings = {block.text for block in blocks if isinstance(block, Heading)}
        assert {"Value", "What it means", "How it is made"} <= headings, figure_id
        assert rests_on_something(blocks), figure_id


def test_every_id_printed_in_the_briefing_can_be_asked_about() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    text = markdown.render(outline.build(result, loaded))
    printed = set(re.findall(r"\[([a-z_]+(?:\.\w+)+)\]", text))
    assert len(printed) > 20
    for figure_id in printed:
        assert rests_on_something(why(result, loaded, figure_id)), figure_id
    patterns = re.findall(r"((?:rungs|endings)\.\w+)\.DAYS", text)
    assert len(patterns) == len(RUNGS) + len(ENDINGS)
    for pattern in patterns:
        why(result, loaded, f"{pattern}.365")


def test_figures_name_only_figures_that_exist() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    known = set(figure_ids(result))
    for figure_id in known:
        for block in why(result, loaded, figure_id):
            if isinstance(block, Table) and block.columns == ("name", "figure", "value"):
                assert {row[0] for row in block.rows} <= known


def test_a_field_shows_its_line_as_written_with_its_statements() -> None:
    text = terminal.render(told("positions.north.valley.red_line"), 140)
    loaded = example_dossier()
    line = loaded.tree.text.splitlines().index(
        "      red_line: {accepts_up_to: shared, confidence: {low: 0.6, mode: 0.8, high: 0.9}}"
    )
    assert f"north-south.yaml:{line + 1}" in text
    assert "{low: 0.6, mode: 0.8, high: 0.9}" in text
    assert "The valley is ours (Speech of 1 May 2020" in text


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("war.position", "{low: 0.45, mode: 0.55, high: 0.65}"),
        ("conflict.as_of", "30 June 2020"),
        ("issues.valley", "Who runs the valley"),
        ("talks.linkage", "20-60%, most likely 40%"),  # design section 4: {.2,.4,.6}
        ("war.reluctance.A", "0-15%"),  # design section 5: uniform [0,.15]
        ("war.rearmament.B.rate", "1-4%, most likely 2%"),  # design section 5: {.01,.02,.04}
        ("regimes.aid.switches.0.monthly", "{low: 0.01, mode: 0.03, high: 0.06}"),
        ("events.0", "Harvest truce"),
        ("drivers.2", "5-20%, most likely 10%"),  # design section 5: {.05,.10,.20}
    ],
)
def test_any_field_can_be_asked_about(path: str, part: str) -> None:
    assert part in terminal.render(told(path), 200)


def test_a_rate_learnt_from_the_record_leads_to_its_events() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    driver = dataclasses.replace(
        result.drivers[0], id="record.other_truces", title="other truces", basis="sourced"
    )
    result = dataclasses.replace(result, drivers=(driver,))
    line = loaded.tree.text.splitlines().index("events:") + 1
    asked = " ".join(texts(why(result, loaded, "record.other_truces")))
    assert f"Learnt from the dossier's events (north-south.yaml:{line}): 1 truce or deal" in asked
    assert "Harvest truce" in asked
    assert "drivers.1" in asked
    traced = " ".join(texts(why(result, loaded, "drivers.1")))
    assert "learnt from the dossier's events" in traced
    assert "record.other_truces" in traced
    assert "Other limited truces a year" in traced


def test_brackets_may_be_pasted_along() -> None:
    assert told("[range.open_share]") == told("range.open_share")


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("rungs.freze.365", "rungs.freeze.365"),
        ("war.positon", "war.position"),
        ("positions.north.vally", "positions.north.valley"),
        ("linkage", "linkage"),
    ],
)
def test_an_unknown_id_names_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(UsageError, match=re.escape(near)):
        told(wrong)


def test_a_trace_makes_no_decimals_of_its_own() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    for figure_id in figure_ids(result):
        value = next(b for b in why(result, loaded, figure_id)[2:3])
        assert not re.search(r"\d\.\d", " ".join(texts((value,)))), figure_id


def test_base_rates_claim_no_hindcast_paths_or_random_numbers() -> None:
    engine, rates = (
        "\n".join(texts(told(f"variants.{name}"))) for name in ("to_the_finish", "reference_class")
    )
    assert "after its own hindcast" in engine
    assert "hindcast.effective_draws" in engine
    assert "the same random numbers" in engine
    assert "it has no hindcast" in rates
    for claim in ("after its own hindcast", "hindcast.effective_draws", "random numbers"):
        assert claim not in rates
    annex = "\n".join(texts(outline.build(example_result(), example_dossier())))
    assert annex.count("it has no hindcast") == 1


def test_the_engines_hindcast_is_not_told_as_another_models() -> None:
    result = example_result()
    engine = result.variants[0]
    other = dataclasses.replace(engine, name="attrition")
    loaded = example_dossier()
    both = dataclasses.replace(result, variants=(engine, other))
    asked = ("\n".join(texts(why(both, loaded, f"variants.{v.name}"))) for v in both.variants)
    assert ["hindcast.effective_draws" in text for text in asked] == [True, False]
