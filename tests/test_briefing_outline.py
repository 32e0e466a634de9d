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
from interbellum.dossier.reader import load_text
from interbellum.model.result import Hindcast, Result
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
    "The actors",
    "What to watch",
    "What this rests on",
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


def test_nothing_in_the_briefing_has_decimals() -> None:
    for text in texts(briefing()):
        bare = re.sub(r"Interbellum \d+\.\d+\.\d+", "", text)
        bare = re.sub(r"confidence \.5 or more", "", bare)
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
    few = dataclasses.replace(result, hindcast=Hindcast(122, 30.0, 0.015, 0.002, ()))
    assert "That is few" in " ".join(texts(briefing(few)))


def test_an_unsourced_input_that_crosses_even_odds_is_flagged() -> None:
    told = " ".join(texts(briefing()))
    assert "All five inputs that move the answer most are judgements or default ranges" in told
    assert "across even odds: North's chance to prevail" in told


# --- formats -----------------------------------------------------------------------------------


def test_terminal_text_fits_its_width_and_is_plain_without_a_terminal() -> None:
    for width in (80, 100, 140):
        text = terminal.render(briefing(), width)
        assert "\x1b" not in text
        assert max(map(len, text.splitlines())) <= width
    assert "\x1b[" in terminal.render(briefing(), 100, colour=True)


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
    assert html.count("<div") == 1


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
    assert {"open_share", "blocking"} <= set(data["range"])
    assert {"terms", "share"} <= set(data["range"]["blocking"][0])
    assert {"name", "weight", "rungs"} <= set(data["variants"][0])


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
