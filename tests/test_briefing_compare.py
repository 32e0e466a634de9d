"""Two dossiers of a war: what changed, who moved and which way, how the forecast moved."""

from __future__ import annotations

import dataclasses
import json

import pytest

from factories import DOSSIER, example_dossier, example_result, spread
from interbellum.briefing import jsonform, markdown, outline
from interbellum.briefing.changes import Change
from interbellum.briefing.compare import Comparison, compare, to_json
from interbellum.briefing.compare import outline as compare_outline
from interbellum.dossier.reader import Loaded, load_text


def later(*swaps: tuple[str, str]) -> Loaded:
    """The example with lines replaced; each must be there."""
    text = DOSSIER
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_text(text, "later.yaml")


def changes(*swaps: tuple[str, str]) -> dict[str, Change]:
    comparison = compare(example_dossier(), later(*swaps))
    return {change.path: change for change in comparison.changes}


def test_a_dossier_does_not_differ_from_itself() -> None:
    comparison = compare(example_dossier(), example_dossier())
    assert comparison.changes == ()
    assert comparison.moved == ()
    assert len(comparison.unmoved) == 3
    assert "Nothing changed" in markdown.render(compare_outline(comparison))


SOUTH_TO_SHARED = ("      ideal: south_runs", "      ideal: shared")


def test_a_move_is_told_by_its_direction_on_the_ladder() -> None:
    change = changes(SOUTH_TO_SHARED)["positions.south.valley.ideal"]
    assert change.text == (
        "Government of the South, Who runs the valley: from “The South” to “Both, under a joint "
        "board”, 1 step toward the position coded for North (judgement)."
    )
    assert change.toward == "A"
    back = compare(later(SOUTH_TO_SHARED), example_dossier()).changes[0]
    assert "1 step away from the position coded for North" in back.text
    assert back.toward is None


def test_steps_are_not_counted_on_a_ladder_that_changed() -> None:
    """Between an old and a new ladder a step is not a distance; a lost option keeps its words."""
    found = changes(
        SOUTH_TO_SHARED,
        (
            '      - {id: shared, text: "Both, under a joint board"}',
            '      - {id: shared, text: "Both, under a joint board"}\n      - {id: un_runs, text: The United Nations}',
        ),
    )
    change = found["positions.south.valley.ideal"]
    assert change.text.endswith("“Both, under a joint board” (the ladder changed) (judgement).")
    assert change.toward is None


def test_who_moved_is_counted_by_issue_and_not_by_field() -> None:
    comparison = compare(
        example_dossier(),
        later(
            SOUTH_TO_SHARED,
            (
                "      red_line: {refuses: [north_runs], confidence: {low: 0.5, mode: 0.7, high: 0.9}}\n",
                "",
            ),
        ),
    )
    assert comparison.moved == (("Government of the South", 1),)
    assert comparison.unmoved == ("Government of the North", "The Patron")


@pytest.mark.parametrize(
    ("old", "new", "path", "part"),
    [
        (
            "accepts_up_to: shared, confidence: {low: 0.6, mode: 0.8, high: 0.9}",
            "accepts_up_to: shared, confidence: {low: 0.2, mode: 0.3, high: 0.4}",
            "positions.north.valley.red_line.confidence",
            "77% → 30%",  # median of the triangle: .6 + sqrt(.5 * .3 * .2) = .773
        ),
        (
            "{accepts_up_to: shared,",
            "{accepts_up_to: north_runs,",
            "positions.north.valley.red_line",
            "signs nothing beyond Both, under a joint board” to “signs nothing beyond The North",
        ),
        (
            "      weight: {low: 30, mode: 40, high: 50}",
            "      weight: {low: 5, mode: 8, high: 12}",
            "positions.north.valley.weight",
            "weight 40 → 8 points",
        ),
        (
            "  position: {low: 0.45, mode: 0.55, high: 0.65}",
            "  position: {low: 0.3, mode: 0.4, high: 0.5}",
            "war.position",
            "55% (49-61%) → 40% (34-46%)",
        ),
        ('    now: "on"', "    now: cut", "regimes.aid.now", "“aid flows” → “aid is cut”"),
        (
            "  as_of: 2020-06-30",
            "  as_of: 2020-08-30",
            "conflict.as_of",
            "30 June 2020 → 30 August 2020",
        ),
        ("    consents: [force]\n", "", "actors.patron.consents", "no longer needed on force"),
        (
            '      - {id: shared, text: "Both, under a joint board"}',
            '      - {id: shared, text: "Both, under a joint board"}\n      - {id: un_runs, text: The United Nations}',
            "issues.valley.options.un_runs",
            "option added: The United Nations",
        ),
        (
            "    terms: {valley: shared, force: observers}",
            "    terms: {valley: shared}",
            "texts.paper",
            "terms changed on force",
        ),
        ("    by: 2021-05-31", "    by: 2021-06-30", "questions.kept_2021", "30 June 2021"),
        (
            "  - date: 2020-02-10\n    kind: talks",
            "  - date: 2020-03-10\n    kind: talks",
            "events.1",
            "10 March 2020: Talks at the lake",
        ),
        (
            "date: 2020-05-01, text: The valley is ours",
            "date: 2020-06-01, text: The valley is still ours",
            "positions.north.valley.statements.0",
            "The valley is still ours (Speech",
        ),
    ],
)
def test_each_kind_of_change_is_found(old: str, new: str, path: str, part: str) -> None:
    found = changes((old, new))
    assert part in found[path].text


def test_a_weight_within_the_ranges_is_noise() -> None:
    found = changes(
        (
            "      weight: {low: 30, mode: 40, high: 50}",
            "      weight: {low: 32, mode: 42, high: 52}",
        )
    )
    assert "positions.north.valley.weight" not in found


def with_forecast() -> Comparison:
    before = example_dossier()
    after = later(SOUTH_TO_SHARED)
    one, two = example_result(before), example_result(after)
    moved = tuple(
        dataclasses.replace(f, chance=spread(0.45))
        if (f.rung, f.by_days) == ("general_truce_30_days_kept", 365)
        else f
        for f in two.rungs
    )
    return compare(before, after, one, dataclasses.replace(two, rungs=moved))


def test_the_forecast_stands_side_by_side() -> None:
    comparison = with_forecast()
    move = next(m for m in comparison.forecast if m.id == "rungs.general_truce_30_days_kept.365")
    assert (move.before.p, move.after.p) == (0.31, 0.45)
    text = markdown.render(compare_outline(comparison))
    assert (
        "| General truce kept for 30 days, 365 days | 31% (19-43%) | 45% (33-57%) | up 14 |" in text
    )
    # 31% is the pooled chance; the engine alone gives 36%
    assert text.count("pooled over the same models in both") == 2  # on the page and in full


def test_the_page_tells_what_changed_since_last_time() -> None:
    after = later(SOUTH_TO_SHARED)
    text = markdown.render(outline.build(example_result(after), after, with_forecast()))
    page, annex = text.split("# Annex")
    assert "Moved, as coded: Government of the South (1 issue)." in page
    assert "What changed, in full" in annex


def test_other_leads_are_said() -> None:
    other = later(
        ("  A: {name: North, lead: north}", "  A: {name: South, lead: south}"),
        ("  B: {name: South, lead: south}", "  B: {name: North, lead: north}"),
        (
            "    name: Government of the North\n    side: A",
            "    name: Government of the North\n    side: B",
        ),
        (
            "    name: Government of the South\n    side: B",
            "    name: Government of the South\n    side: A",
        ),
    )
    comparison = compare(example_dossier(), other)
    assert not comparison.same_conflict
    assert "different leads" in markdown.render(compare_outline(comparison))


def test_json_tells_the_same() -> None:
    data = json.loads(jsonform.dumps(to_json(with_forecast())))
    assert data["moved"] == [{"actor": "Government of the South", "issues": 1}]
    assert data["changes"][0]["toward"] == "A"
    assert {move["id"] for move in data["forecast"]} >= {"range.open_share", "rungs.freeze.30"}
    assert data["withheld"] == 0


def test_what_is_no_number_is_compared_too() -> None:
    # each of these moves the forecast: what a state lifts, whether unrecorded rounds are possible,
    # whether a truce of the record was kept
    found = changes(
        (
            "- {id: cut, title: aid is cut, ",
            "- {id: cut, title: aid is cut, lifts: [north.valley], adds: [patron], ",
        ),
        ("    kept: mostly\n", "    kept: no\n"),
        ("\nregimes:\n", "\ntalks: {history_complete: true}\nregimes:\n"),
    )
    assert found["regimes.aid.states.cut.lifts"].text == (
        "The Patron's aid, “aid is cut”: lifts nothing → north.valley."
    )
    assert found["regimes.aid.states.cut.adds"].text == (
        "The Patron's aid, “aid is cut”: adds nothing → patron."
    )
    assert found["talks.history_complete"].text == ("The record of rounds is complete: no → yes.")
    assert found["events.0.kept"].text == "2 May 2019: Harvest truce; kept, as now coded: no."


def test_a_state_that_comes_or_goes_is_a_change() -> None:
    added = "      - {id: late, title: aid comes late}\n    now: "
    found = changes(("    now: ", added))
    assert (
        found["regimes.aid.states.late"].text == "The Patron's aid: state added: “aid comes late”."
    )


def test_victories_of_other_sides_are_not_compared() -> None:
    plain = example_dossier()
    text = DOSSIER.replace("{name: North, lead: north}", "{name: South, lead: south}").replace(
        "  B: {name: South, lead: south}", "  B: {name: North, lead: north}"
    )
    text = text.replace("    side: A\n", "    side: X\n").replace("    side: B\n", "    side: A\n")
    other = load_text(text.replace("    side: X\n", "    side: B\n"), "mirror.yaml")
    result = example_result()
    same = {move.id for move in compare(plain, plain, result, result).forecast}
    apart = compare(plain, other, result, result)
    assert not apart.same_conflict
    assert same - {move.id for move in apart.forecast} == {
        name for name in same if name.startswith("rungs.victory_")
    }
    assert "rungs.victory_A.365" in same
