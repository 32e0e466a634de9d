"""The briefing keeps the reader's order, its honesty rules and its look in every format."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re

import pytest

from factories import DOSSIER, example_dossier, example_result
from interbellum.briefing import jsonform, markdown, notebook, outline, terminal, words
from interbellum.briefing.blocks import Bullets, Heading, Outline, Paragraph, Table, texts
from interbellum.briefing.compare import compare
from interbellum.briefing.why import why
from interbellum.dossier.reader import Loaded, load_text
from interbellum.model.result import Against, Driver, Result
from interbellum.model.rungs import CAUSES, ENDINGS, RUNGS

# shared brief: bottom line, since last time, will it stop, if it stops, room, alternatives, actors,
# watch, rests on
PAGE = [
    "Bottom line",
    "Since last time",
    "Will fighting stop, and what counts as stopped",
    "If it stops, how long it would hold",
    "Room for agreement",
    "Each side's alternative to a deal",
    "What each side would have to believe or see",
    "The actors",
    "What to watch",
    "What this rests on",
    "Record",
]


def briefing(result: Result | None = None) -> Outline:
    loaded = example_dossier()
    return outline.build(result or example_result(loaded), loaded)


def prose(blocks: Outline) -> list[str]:
    """Sentences of paragraphs, bullets and captions."""
    out = []
    for block in blocks:
        match block:
            case Paragraph(text):
                out.append(text)
            case Bullets(items):
                out += items
            case Table(_, _, caption):
                out.append(caption)
    return [part for text in out for part in re.split(r"(?<=[.!?])\s+", text) if part]


def test_sections_stand_in_the_reader_s_order() -> None:
    loaded = example_dossier()
    comparison = compare(loaded, loaded)
    blocks = outline.build(example_result(loaded), loaded, comparison)
    headings = [b.text for b in blocks if isinstance(b, Heading) and b.level <= 2]
    assert headings[1 : len(PAGE) + 2] == [*PAGE, "Annex"]


def test_since_last_time_stands_only_with_a_comparison() -> None:
    assert Heading(2, "Since last time") not in briefing()


def test_the_answer_comes_first_with_its_range_base_rate_and_crowd() -> None:
    blocks = briefing()
    first = blocks[blocks.index(Heading(2, "Bottom line")) + 1]
    # .31 * (335/365)^.6 = .294 in the example; base rate .09, n 1 and crowd .24 are set there
    assert first == Paragraph(
        "It is unlikely [20-45 in 100] that a general truce that is then kept for 30 days begins by "
        "31 May 2021: 29% (80% interval 17-41%; base rate 9%, n = 1; The crowd 24% on 20 June 2020) "
        "[rungs.general_truce_30_days_kept.335]."
    )


def test_the_page_says_how_the_method_did_on_past_wars() -> None:
    blocks = briefing()
    told = blocks[blocks.index(Heading(2, "Record")) + 1]
    assert isinstance(told, Paragraph)
    assert "on four days of three past wars" in told.text
    assert "24% worse than base rates (80% interval 9-38%) with equal weights" in told.text
    assert (
        "neither better nor worse than base rates (80% interval 11% better to 5% worse)"
        in told.text
    )
    won = dataclasses.replace(
        example_result(example_dossier()).track_record, equal=Against(-0.1, -0.2, -0.01)
    )
    text = " ".join(
        texts(briefing(dataclasses.replace(example_result(example_dossier()), track_record=won)))
    )
    assert "10% better than base rates (80% interval 1-20%) with equal weights" in text


def test_nothing_in_the_briefing_has_decimals() -> None:
    for text in texts(briefing()):
        bare = re.sub(r"Interbellum \d+\.\d+\.\d+", "", text)
        bare = re.sub(r"confidence above \.5", "", bare)
        assert not re.search(r"\d[.]\d", bare), text


def test_a_monte_carlo_zero_is_not_printed_as_nil() -> None:
    for text in texts(briefing()):
        bare = re.sub(
            r"(weight|weight of) (0|100)|0 of 100|100 points|defeat 0|victory 100", "", text
        )
        assert not re.search(r"(?<![\d<>,-])(0|100)%", bare), text


def test_likelihood_words_and_confidence_never_share_a_sentence() -> None:
    told = re.compile(r"\[\d+-\d+ in 100\]|in 100\b")
    for sentence in prose(briefing()):
        assert not (told.search(sentence) and "confidence" in sentence), sentence


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\bcauses\b",  # an association is not a cause
        r"\bcaused by\b",
        r"\bleads to\b",
        r"\bdue to\b",
        r"\bwants?\b",
        r"\bknows?\b",
        r"\bintends?\b",
        r"\bthinks?\b",
        r"\bwilling\b",
        r"\bfair(ness)?\b",
        r"\bshould\b",  # advice; the one sentence that disclaims it is taken out below
        r"\bproves?\b",
        r"\bguarantees that\b",
    ],
)
def test_words_that_claim_too_much_are_not_used(forbidden: str) -> None:
    for text in texts(briefing()):
        bare = text.replace("Nothing here says what any side should accept.", "")
        bare = re.sub(r"causes\.\w+", "", bare)
        assert not re.search(forbidden, bare, re.IGNORECASE), text


def test_belief_is_told_as_coded() -> None:
    blocks = briefing()
    for block in blocks:
        if any(re.search(r"\bbelieves\b", text) for text in texts((block,))):
            assert "as coded" in " ".join(texts((block,))).lower()


def test_few_comparable_cases_give_no_useful_estimate() -> None:
    told = " ".join(texts(briefing()))
    assert "no useful estimate (5 comparable cases)" in told  # the freeze of the example has n = 5


def test_a_form_without_paths_says_so() -> None:
    assert "No path reaches this form within a year" in " ".join(texts(briefing()))


def test_humanitarian_terms_are_printed_at_weight_zero() -> None:
    told = " ".join(texts(briefing()))
    assert "No search (weight 0)" in told  # the North's weight on missing people is 0


def test_coders_far_apart_leave_no_useful_estimate() -> None:
    apart = DOSSIER.replace(
        "    A: {low: 0.6, mode: 0.72, high: 0.85}",
        "    A: {coders: [{by: one, value: 0.3}, {by: two, value: 0.8}]}",
    )
    loaded = load_text(apart, "apart.yaml")
    blocks = outline.build(example_result(loaded), loaded)
    answer = blocks[blocks.index(Heading(2, "Bottom line")) + 1]
    assert isinstance(answer, Paragraph)
    assert "no useful estimate" in answer.text
    assert "more than forty points apart" in answer.text
    assert "unlikely" not in answer.text


def test_a_small_effective_sample_is_reported() -> None:
    result = example_result()
    few = dataclasses.replace(
        result,
        hindcast=dataclasses.replace(
            result.hindcast, effective_draws=30.0, share=0.015, mean_weight=0.002
        ),
    )
    told = " ".join(texts(briefing(few)))
    assert "That is few" in told
    assert "The record is nearly impossible under this dossier" in told
    told = " ".join(texts(briefing()))
    assert "That is few" not in told
    assert "nearly impossible" not in told


def test_the_answer_names_the_models_it_pools_and_how_far_apart_they_are() -> None:
    blocks = list(briefing())
    page = [b.text for b in blocks if isinstance(b, Paragraph)]
    line = next(text for text in page if text.startswith("The chance pools"))
    # of the headline's own day: 9% less one for the base rates, 46% less two for attrition
    assert line == (
        "The chance pools three structurally different models by the weights in the table below. The "
        "lowest is “reference class” with 8%, the highest “attrition” with 44%: a gap of 36 points."
    )
    models = next(b for b in blocks if isinstance(b, Table) and b.columns[0] == "Model")
    assert [row[:2] for row in models.rows] == [
        ("To the finish", "50"),
        ("Attrition", "25"),
        ("Reference class", "25"),
        ("Pooled", "100"),
    ]
    assert [row[3] for row in models.rows] == ["36%", "46%", "9%", "31%"]
    assert "a gap of 37 points" in models.caption
    assert "Equal until scored." in models.caption
    assert blocks.index(models) < blocks.index(Heading(1, "Annex"))


def test_equal_weights_are_said_to_be() -> None:
    result = example_result()
    even = tuple(dataclasses.replace(v, weight=1.0 / 3.0) for v in result.variants)
    told = " ".join(texts(briefing(dataclasses.replace(result, variants=even))))
    assert "structurally different models with equal weights" in told


def test_what_is_the_engines_own_is_said_to_be() -> None:
    told = " ".join(texts(briefing()))
    assert "Pooled over the truce model and the record's model" in told
    assert "Fighting on is valued here as in the engine" in told
    assert "a ceasefire that begins within a year still holds a year after it began" in told
    assert "Only the chances of rungs and the state of the war are pooled" in told


def test_each_capital_is_told_what_would_change_its_mind() -> None:
    told = " ".join(texts(briefing()))
    assert (
        "North: coded to give itself 72% of prevailing; where its belief decides, the range closes above "
        "61%; the front would have to move against it within 26 weeks by 5 hundredths of the race to open "
        "it, where that alone can."
    ) in told  # the small dossier has no front, so no unit
    assert "South: coded to give itself 55% of prevailing; no belief of its own would" in told
    assert "`interbellum levers` shares out what stands in the way" in told


def test_the_hindcast_stands_beside_the_base_rate_and_shows_what_it_moved() -> None:
    blocks = list(briefing())
    told = " ".join(texts(blocks))
    assert "within a year is 36%, 52% before the past was counted" in told
    assert "= 26%, with k = 1, T = 28 months, H = 12 months [hindcast.hazard]" in told
    lines = next(b for b in blocks if isinstance(b, Table) and b.columns[0] == "Red line")
    assert lines.rows == (
        (
            "South: Who runs the valley: red line",
            "70%",
            "78%",
            "positions.south.valley.red_line",
        ),
    )


def test_an_unsourced_input_that_crosses_even_odds_is_flagged() -> None:
    told = " ".join(texts(briefing()))
    assert (
        "All five inputs that go most clearly with the chance of “general truce kept for 30 days” by "
        "30 June 2021 in the engine are judgements or default ranges" in told
    )
    assert "crosses even odds: North's chance to prevail" in told


def test_drivers_name_their_rung_and_day_and_how_many_were_screened() -> None:
    told = " ".join(texts(briefing()))
    assert (
        "The five inputs whose draws go most with the chance of “general truce kept for 30 days” by "
        "30 June 2021" in told
    )
    assert (
        "Evidence on “North's chance to prevail, as North sees it”: the chance of “general truce kept "
        "for 30 days” by 30 June 2021 in the engine is 55% in the draws where it is low, 14% where it is high."
    ) in told
    assert "214 inputs were screened; weaker associations cannot be told from noise." in told
    assert not re.search(r"\bheadline\b", told)


@pytest.mark.parametrize(
    ("kept", "part"),
    [
        (1, "The one input that goes most clearly with the chance of"),
        (3, "All three inputs that go most clearly with the chance of"),
        (0, "No input goes with the chance of “general truce kept for 30 days” by 30 June 2021"),
    ],
)
def test_fewer_than_five_drivers_are_told_as_so_many(kept: int, part: str) -> None:
    result = example_result()
    told = " ".join(texts(briefing(dataclasses.replace(result, drivers=result.drivers[:kept]))))
    assert part in told
    assert "214 inputs were screened" in told
    assert "five inputs" not in told


LEARNT = Driver(
    "record.sectoral_truces",
    "sectoral truces a year, learnt from the record",
    0.1,
    1.6,
    0.2,
    0.4,
    0.3,
    "sourced",
)


def test_a_rate_learnt_from_the_record_is_told_as_such() -> None:
    blocks = briefing(dataclasses.replace(example_result(), drivers=(LEARNT,)))
    rows = [row for block in blocks if isinstance(block, Table) for row in block.rows]
    row = next(row for row in rows if LEARNT.title in row)
    assert row[2] == "<1 to 2 a year"
    assert row[5] == "learnt from the dossier's events"


def test_chances_to_prevail_stand_beside_the_analyst_s_without_a_verdict() -> None:
    table = next(b for b in briefing() if isinstance(b, Table) and b.columns[0] == "Actor")
    assert table.columns[1] == "Chance to prevail, as coded (analyst)"
    assert [row[1] for row in table.rows] == ["72% (58%)", "55% (42%)", "not coded"]
    assert "believes it helps" not in " ".join(texts(briefing()))
    assert "moved by the front" not in " ".join(texts(briefing()))  # the example has no front


FRONT = """\
  front:
    unit: fields
    source: Maps of the test desk
    stake_per_unit: {low: 0.001, mode: 0.002, high: 0.003}
    series:
      - {month: "2020-04", change: 3}
      - {month: "2020-05", change: 2}
regimes:
"""


def with_front(day: str) -> Loaded:
    text = DOSSIER.replace("regimes:\n", FRONT).replace(
        "    A: {low: 0.6, mode: 0.72, high: 0.85}",
        f"    A: {{low: 0.6, mode: 0.72, high: 0.85, date: {day}}}",
    )
    return load_text(text, "front.yaml")


@pytest.mark.parametrize(
    ("day", "moved"), [("2020-04-10", True), ("2020-05-30", False), ("2020-06-15", False)]
)
def test_a_chance_moved_by_the_front_since_its_date_says_so(day: str, moved: bool) -> None:
    loaded = with_front(day)
    result = example_result(loaded)
    told = " ".join(texts(outline.build(result, loaded)))
    assert (
        "North's own chance is as coded, moved by the front since 10 April 2020." in told
    ) is moved
    assert "South's own chance is as coded" not in told
    traced = " ".join(texts(why(result, loaded, "sides.A.believes_prevails")))
    assert ("As coded, moved by the front since 10 April 2020" in traced) is moved


def test_consents_are_told_as_red_lines() -> None:
    told = " ".join(texts(briefing()))
    assert (
        "with no red line crossed of a side or of an actor whose consent is needed [range.open_share]"
        in told
    )
    assert "every needed consent" not in told


@pytest.mark.parametrize(
    ("share", "part"), [(0.3, "About 30% of"), (0.0, "Fewer than 1% of"), (1.0, "More than 99% of")]
)
def test_signatures_without_a_range_are_told(share: float, part: str) -> None:
    result = example_result()
    verdict = dataclasses.replace(result.range, signed_while_closed=share)
    told = " ".join(texts(briefing(dataclasses.replace(result, range=verdict))))
    assert (
        f"{part} the signatures in the model within a year come from draws in which no package is "
        "acceptable to both on the cut-off day" in told
    )


def test_no_signature_leaves_no_share_of_them() -> None:
    result = example_result()
    forms = {name: dataclasses.replace(form, paths=0) for name, form in result.durability.items()}
    told = " ".join(texts(briefing(dataclasses.replace(result, durability=forms))))
    assert "of the signatures in the model" not in told


def test_the_page_says_why_a_freeze_is_rare_and_what_agreements_count_as() -> None:
    result = example_result()
    assert "On forms" not in " ".join(texts(briefing()))  # 4% freeze, 240 of 1,052 settlements
    forms = dict(result.durability)
    forms["settlement"] = dataclasses.replace(forms["settlement"], paths=2436)
    # Of the engine: that the pooled chance is 4% says nothing about what its sides prefer.
    engine = dataclasses.replace(
        result.variants[0], rungs=(*result.variants[0].rungs, ("freeze", 365, 0.004))
    )
    own = (engine, *result.variants[1:])
    told = " ".join(texts(briefing(dataclasses.replace(result, variants=own, durability=forms))))
    assert "On forms: in the engine a freeze by 30 June 2021 is rare" in told
    # 2436 / (812 + 2436) = .75
    assert "Most agreements of the engine count as settlements (75% of the 3,248 signed" in told


def test_where_a_silence_is_taken_to_begin_is_said() -> None:
    told = " ".join(texts(briefing()))
    assert "where the race and the regimes stand at the cut-off (decision 0023)" in told


def test_base_rates_that_share_a_prior_do_not_add_up() -> None:
    page = next(b for b in briefing() if isinstance(b, Table) and b.columns[0] == "What counts")
    assert "Rungs with n = 0 share one prior" in page.caption


# --- the annex ---------------------------------------------------------------------------------


def section(heading: str) -> Outline:
    blocks = briefing()
    first = blocks.index(Heading(2, heading))
    rest = blocks[first + 1 :]
    stop = next((i for i, b in enumerate(rest) if isinstance(b, Heading) and b.level < 3), None)
    return rest[:stop]


def test_promises_are_priced_and_an_empty_one_is_named() -> None:
    table, empty = section("Promises")
    assert isinstance(table, Table)
    assert table.rows[0] == (
        "Observers on the line. The Patron to Government of the South: Unarmed observers; "
        "without it: Nobody [promises.observers_come]",
        "50%, 6 months",
        "-3 / +5",  # hundredths of the stake; set in the example
        "-1 / +2",
    )
    assert empty == Bullets(
        ("“The valley as it is run” is empty: a carrot whose baseline is what it promises.",)
    )


def test_a_promise_worth_next_to_nothing_is_named_as_empty_too() -> None:
    result = example_result()
    poor = dataclasses.replace(
        result.promises[0], face=(0.004, -0.004), substance=(0.0004, -0.0004)
    )
    told = texts(briefing(dataclasses.replace(result, promises=(poor,))))
    assert any(text.startswith("“Observers on the line” is empty at the median") for text in told)
    assert "0 to 1 / -1 to 0" in told


def test_drafts_are_listed_with_their_terms() -> None:
    blocks = section("Drafts on the table")
    assert [b.text for b in blocks if isinstance(b, Heading)] == [
        "The Lake paper",
        "The Last draft",
    ]
    tables = [b for b in blocks if isinstance(b, Table)]
    assert tables[0].rows == (
        ("Who runs the valley", "Both, under a joint board"),
        ("Who watches the line", "Unarmed observers"),
    )
    assert tables[1].rows == (
        ("Who runs the valley", "“Both, under a joint board” or “The South”"),
        ("Who watches the line", "struck"),
    )
    said = [b.text for b in blocks if isinstance(b, Paragraph)]
    assert "Silent on 1 of 3 issues." in said[1]
    assert "Two readings of the valley." in said[2]


def test_the_record_lists_every_event() -> None:
    table = section("The record")[1]
    assert isinstance(table, Table)
    assert table.rows[0] == (
        "2 May 2019 to 20 June 2019",
        "Harvest truce",
        "truce, general, announced by both, mostly kept",
        "",
        "Wire report, 2 May 2019",
    )
    assert len(table.rows) == 2


def test_series_stand_beside_the_front() -> None:
    table = section("Series beside the front")[2]
    assert isinstance(table, Table)
    assert table.rows[0] == ("1 January 2020 to 31 March 2020", "120", "About", "")
    assert "Lorries counted at one crossing." in table.caption


def test_what_the_readers_asked_for_is_answered() -> None:
    (table,) = section("What the readers asked for")
    assert isinstance(table, Table)
    assert table.rows == (
        (
            "R1",
            "positions.north.valley; events",
            "The line on the valley acts through what the North signs.",
        ),
    )


def test_blocking_sets_tell_how_they_are_found() -> None:
    (table,) = section("Demands that cannot hold together")
    assert isinstance(table, Table)
    assert "QuickXplain" in table.caption
    assert "both sides' values where each fails alone" in table.caption


# --- formats -----------------------------------------------------------------------------------


def test_terminal_text_fits_its_width_and_is_plain_without_a_terminal() -> None:
    for width in (80, 100, 140):
        text = terminal.render(briefing(), width)
        assert "\x1b" not in text
        assert max(map(len, text.splitlines())) <= width
    assert "\x1b[" in terminal.render(briefing(), 100, colour=True)


@pytest.mark.parametrize("width", [60, 100, 200])
def test_a_long_title_is_told_whole(width: int) -> None:
    title = "How long a silence would hold: " + "Russia and Ukraine, as seen on 20 May 2025 " * 2
    told = terminal.render((Heading(1, title.strip()),), width)
    assert " ".join(told.split()).startswith(title.strip())
    assert "…" not in told


def test_no_cell_is_lost_on_a_narrow_terminal() -> None:
    squeezed = re.sub(r"\s", "", terminal.render(briefing(), 80))
    for name in ("positions.north.valley.red_line", "durability.settlement.1826"):
        # a long name breaks over lines inside its column, so its parts are looked for
        assert all(part in squeezed for part in re.split(r"(?<=[._])", name))


def test_brackets_are_not_taken_for_markup() -> None:
    assert "[20-45 in 100]" in terminal.render(briefing())


def test_markdown_tables_have_as_many_cells_as_columns() -> None:
    lines = markdown.render(briefing()).splitlines()
    rows = [re.sub(r"\\\|", "", line).count("|") for line in lines if line.startswith("|")]
    assert rows
    for before, line in itertools.pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert re.sub(r"\\\|", "", before).count("|") == re.sub(r"\\\|", "", line).count("|")


def test_a_stranger_s_dossier_cannot_break_out_of_markdown_or_html() -> None:
    hostile = DOSSIER.replace(
        "  - Prices of bread.",
        '  - "# big | cell <script>alert(1)</script> [x](http://e.example) ![i](j) *b* `c`"',
    )
    loaded = load_text(hostile, "hostile.yaml")
    blocks = outline.build(example_result(loaded), loaded)
    text = markdown.render(blocks)
    assert "- \\# big \\| cell \\<script>" in text
    assert "](" not in text
    html = notebook.html(blocks)
    assert "<script" not in html
    assert html.count("<div") == 1 + html.count("<table>")  # each table scrolls in a box of its own


def test_json_has_the_promised_keys() -> None:
    loaded = example_dossier()
    data = json.loads(jsonform.dumps(jsonform.to_json(example_result(loaded), loaded)))
    # design section 9
    assert {
        "dossier",
        "run",
        "rungs",
        "endings",
        "durability",
        "range",
        "variants",
        "drivers",
        "notes",
    } <= set(data)
    assert {"id", "title", "as_of", "hash"} <= set(data["dossier"])
    assert {"version", "seed", "draws", "paths", "effective_draws", "method"} <= set(data["run"])
    for rung in data["rungs"]:
        assert {
            "rung",
            "by_days",
            "p",
            "lo50",
            "lo80",
            "hi50",
            "hi80",
            "base_rate",
            "base_rate_n",
            "crowd",
        } <= set(rung)
        assert rung["rung"] in RUNGS
        assert rung["crowd"] is None or isinstance(rung["crowd"], float)
    for ending in data["endings"]:
        assert sum(ending[name] for name in ENDINGS) == pytest.approx(1.0, abs=1e-9)
    assert list(data["durability"]) == ["ceasefire", "settlement", "freeze"]
    for form in data["durability"].values():
        assert set(form["causes"]) == set(CAUSES)
        assert {"days", "p", "lo50", "hi50", "lo80", "hi80"} == set(form["curve"][0])
        assert {"n", "curve"} <= set(form["record"])
        assert set(form["truce"][0]) == set(form["curve"][0])
        assert set(form["weights"]) == {"truce", "record"}
    ceasefire, freeze = data["durability"]["ceasefire"], data["durability"]["freeze"]
    assert ceasefire["gap"][2] == {"days": 365, "width": pytest.approx(0.2)}
    assert ceasefire["record_model"]["by_prior"] == ["guarantee"]
    assert (freeze["record_model"]["useful"], freeze["gap"]) == (False, [])
    assert data["durability_pooling"]["file"] == "record/data/durability-weights.yaml"
    assert {"open_share", "blocking", "signed_while_closed"} <= set(data["range"])
    assert data["screened"] == 214
    assert [promise["id"] for promise in data["promises"]] == ["observers_come", "line_stays"]
    assert data["promises"][0]["face"] == [-0.03, 0.05]
    assert {"terms", "share"} <= set(data["range"]["blocking"][0])
    assert {"name", "weight", "rungs"} <= set(data["variants"][0])
    assert sum(variant["weight"] for variant in data["variants"]) == pytest.approx(1.0)
    assert data["variants"][1]["endings"][0] == {"ending": "war", "by_days": 365, "p": 0.4}
    assert data["pooling"]["file"] == "record/data/variant-weights.yaml"
    year = next(
        item
        for item in data["rungs"]
        if (item["rung"], item["by_days"]) == ("general_truce_30_days_kept", 365)
    )
    assert year["gap"] == {
        "lowest": {"variant": "reference_class", "p": 0.09},
        "highest": {"variant": "attrition", "p": 0.46},
        "width": pytest.approx(0.37),
    }
    assert data["diagnosis"]["thresholds"][0]["closes_above"]["p"] == 0.61
    assert data["diagnosis"]["thresholds"][1]["closes_above"] is None
    assert [view["side"] for view in data["diagnosis"]["views"]] == ["A", "B"]
    assert data["diagnosis"]["blockers"] is None  # left to the verb `levers`
    hazard = data["hindcast"]["hazard"]
    assert (hazard["events"], hazard["months"], hazard["horizon_months"]) == (1, 28.0, 11.99)
    assert hazard["before"]["p"] == 0.52
    assert data["hindcast"]["moved"][2]["posterior_mean"] == 0.78


def test_json_hides_the_noise_of_the_last_bits() -> None:
    loaded = example_dossier()
    result = example_result(loaded)
    noisy = dataclasses.replace(
        result, range=dataclasses.replace(result.range, open_share=0.38 + 1e-13)
    )
    one, two = (jsonform.dumps(jsonform.to_json(r, loaded)) for r in (result, noisy))
    assert one == two
    assert jsonform.tidy(float("nan")) is None
    assert jsonform.tidy(-1e-14) == 0.0


def test_records_are_rows_for_a_data_frame() -> None:
    tables = notebook.records(example_result())
    assert set(tables) == {"rungs", "endings", "durability", "drivers", "blocking"}
    for rows in tables.values():
        assert rows
        for row in rows:
            assert set(row) == set(rows[0])
            assert all(
                value is None or isinstance(value, (str, int, float)) for value in row.values()
            )


def test_the_notebook_page_stops_at_the_annex() -> None:
    html = notebook.page(briefing())
    assert "What this rests on" in html
    assert "Every rung at every horizon" not in html


def test_every_chance_of_the_front_table_is_whole_per_cent() -> None:
    table = next(b for b in briefing() if isinstance(b, Table) and b.columns[0] == "What counts")
    for row in table.rows:
        assert re.fullmatch(r"[<>]?\d+%", row[2])
    assert table.rows[8][2] == words.percent(0.0)  # South prevails: no path of the example


def test_where_no_package_is_allowed_no_offer_is_worth_anything() -> None:
    loaded, plain = example_dossier(), example_result()
    sides = tuple(dataclasses.replace(view, best_offer=None) for view in plain.sides)
    result = dataclasses.replace(plain, sides=sides)
    rows = {
        block.columns: block.rows
        for block in briefing(result)
        if isinstance(block, Table) and block.columns[0] == "Side"
    }
    assert [row[2] for row in rows[next(c for c in rows if "Best even offer is worth" in c)]] == [
        "none",
        "none",
    ]
    in_full = rows[("Side", "what", "median", "50%", "80%", "name")]
    assert [row[2:5] for row in in_full if "offer" in row[1]] == [("none", "", "")] * 2
    assert jsonform.to_json(result, loaded)["sides"][0]["best_offer"] is None
    assert "There is none" in " ".join(texts(why(result, loaded, "sides.A.best_offer")))
