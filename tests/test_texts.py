"""Drafts: what each is worth to whom, what it crosses and lacks, and how drafts differ."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import interbellum
from factories import example_dossier
from interbellum import analysis, table
from interbellum.briefing import texts as told
from interbellum.briefing.blocks import texts as all_texts
from interbellum.cli import main as cli
from interbellum.deals.exact import Nearest
from interbellum.deals.texts import (
    NOTHING,
    Draft,
    agreement,
    consent,
    contained,
    crossed,
    extremes,
    readings,
    scales,
    steps,
    worth_of,
)
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.reader import load, load_text
from interbellum.model.deals import LEFT_OPEN, UTILITY_STEP, ActorPreferences
from interbellum.model.table import NearestPackage
from interbellum.standing import surplus_lines
from test_deals import line, preferences, promised, spaces

EVEN = np.ones(1)


def draft(*said, struck=()):
    """A draft of one draw's preferences: per issue an option, a list of variants, or None."""
    options = tuple(
        () if one is None else (one,) if isinstance(one, int) else tuple(one) for one in said
    )
    return Draft(options, tuple(k in struck for k in range(len(said))))


def small(**more):
    """Own weights A 3:1, B 1:1; two ladders on which the two want opposite ends; 0 stands."""
    return preferences([3, 1], [1, 1], [[1, 0.5, 0], [1, 0]], [[0, 0.5, 1], [0, 1]], **more)


def scored(prefs, one):
    found = readings(prefs, one)
    return extremes(prefs, scales(prefs), found, EVEN)


# --- worth -----------------------------------------------------------------------------------------


def test_worth_by_hand_where_a_draft_is_silent():
    # A: 3/4 · .5 for the middle of the first issue, 1/4 · 1 for what stands on the second = .625.
    # B: 1/2 · .5 + 1/2 · 0 = .25. Both scales run from 0 to 1, so raw worth is u.
    got = scored(small(), draft(1, None))
    np.testing.assert_allclose(got.low, [[0.625, 0.25]])
    np.testing.assert_array_equal(got.low, got.high)


def test_struck_is_worth_what_silence_is_but_is_no_silence():
    silent, struck = draft(1, None), draft(1, None, struck=[1])
    prefs = small()
    np.testing.assert_array_equal(scored(prefs, silent).low, scored(prefs, struck).low)
    said = draft(1, 1)
    assert agreement(said, silent, 1) == "one_silent"
    assert agreement(said, struck, 1) == "one_struck"
    assert [step.kind for step in steps(said, silent, [True] * 2, [{}, {}])] == ["silent"]
    assert [step.kind for step in steps(said, struck, [True] * 2, [{}, {}])] == ["struck"]


def test_a_struck_issue_cannot_have_terms():
    with pytest.raises(ValueError, match="struck and has terms"):
        draft(1, 1, struck=[1])


def test_promised_term_counts_at_what_delivery_leaves():
    # Delivery .6 at once of the last option against the first: A loses .6 of 3/4, B gains .6 of 1/2.
    got = scored(small(promises=[promised(0, 2, 0, 0.6, 0.0)]), draft(2, None))
    np.testing.assert_allclose(got.low, [[0.75 * 0.4 + 0.25, 0.5 * 0.6]])


def test_void_term_counts_as_what_stands():
    prefs = small(void_if=[(0, 2, ((1, 1),))])
    got = scored(prefs, draft(2, 1))
    np.testing.assert_allclose(got.low, [[0.75, 0.5]])  # A: 3/4·1 + 1/4·0; B: 0 + 1/2·1
    alone = scored(prefs, draft(2, None))
    np.testing.assert_allclose(alone.low, [[0.25, 0.5]])  # the second issue stands: nothing voids


def patron(values, weight, consents=(False, False), walk_away=None):
    value = np.full((1, 2, 3), np.nan)
    for k, row in enumerate(values):
        value[0, k, : len(row)] = row
    return ActorPreferences(
        "patron",
        "Patron",
        np.array([weight], dtype=float),
        value,
        np.array(consents),
        None if walk_away is None else np.array([walk_away]),
    )


def test_other_actor_counts_only_where_it_stands():
    # It stands on the second issue alone: the first adds nothing, whatever the draft says there.
    prefs = small(others=[patron([[], [0.2, 1.0]], [0, 7])])
    assert scored(prefs, draft(2, 1)).low[0, 2] == pytest.approx(1.0)
    assert scored(prefs, draft(0, None)).low[0, 2] == pytest.approx(0.2)


def test_each_actor_has_its_own_worst_and_best_reading():
    got = scored(small(), draft([0, 1, 2], None))
    np.testing.assert_allclose(got.low, [[0.25, 0.0]])
    np.testing.assert_allclose(got.high, [[1.0, 0.5]])
    assert (got.best[0][0], got.best[1][0]) == (0, 2)
    assert (got.worst[0][0], got.worst[1][0]) == (2, 0)


def test_conditions_tie_variants():
    prefs = small(excludes=[(0, 0, 1, 0)])
    found = readings(prefs, draft([0, 2], [0, 1]))
    assert set(found.complete()) == {(0, 1), (2, 0), (2, 1)}
    assert found.meets
    assert [broken.always for broken in found.broken] == [False]
    got = scored(prefs, draft([0, 2], [0, 1]))
    np.testing.assert_allclose(got.high, [[0.75, 1.0]])  # A's dream (0, 0) does not hang together


def test_draft_that_breaks_a_condition_in_every_reading_says_so_and_is_scored():
    prefs = small(requires=[(0, 2, 1, 1)])
    found = readings(prefs, draft(2, None))
    assert not found.meets
    assert [(broken.kind, broken.always) for broken in found.broken] == [("requires", True)]
    np.testing.assert_allclose(scored(prefs, draft(2, None)).low, [[0.25, 0.5]])
    assert readings(prefs, draft(2, 1)).meets


def test_too_many_tied_readings_are_unknown(monkeypatch):
    monkeypatch.setattr("interbellum.deals.texts.MOST_READINGS", 3)
    tied = small(excludes=[(0, 0, 1, 0)])
    assert readings(tied, draft([0, 2], [0, 1])) is None
    free = small()
    found = readings(free, draft([0, 2], [0, 1]))  # untied: worth is still exact
    np.testing.assert_allclose(extremes(free, scales(free), found, EVEN).high, [[1.0, 1.0]])
    level = (np.ones((1, 2)), np.zeros((1, 2)))
    assert consent(free, scales(free), found, lambda n: level) is None


@settings(deadline=None, max_examples=60)
@given(spaces(), st.data())
def test_worth_is_that_of_the_plain_evaluator(prefs, data):
    reading = tuple(data.draw(st.integers(0, len(o) - 1)) for o in prefs.options)
    inputs = deal_inputs(prefs)
    space = inputs.space
    taken = [
        int(np.flatnonzero((space.issue == k) & (space.option == reading[k]))[0])
        for k in space.order
    ]
    want = inputs.base[0] + inputs.gain[0, taken].sum(axis=0)
    got = worth_of(prefs, scales(prefs), reading)[0]
    np.testing.assert_allclose(got[:2], want, atol=1e-12)
    nothing = worth_of(prefs, scales(prefs), (NOTHING,) * len(reading))[0]
    np.testing.assert_allclose(nothing[:2], inputs.standing[0], atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(spaces(), st.data())
def test_no_reading_lies_outside_the_extremes_and_some_reading_attains_each(prefs, data):
    one = draft(
        *(
            sorted(data.draw(st.sets(st.integers(0, len(o) - 1), max_size=len(o))))
            for o in prefs.options
        )
    )
    found = readings(prefs, one)
    got = extremes(prefs, scales(prefs), found, EVEN)
    every = np.stack([worth_of(prefs, scales(prefs), r)[0] for r in found.complete()])
    assert len(every) == found.count()
    np.testing.assert_allclose(every.min(axis=0), got.low[0], atol=1e-12)
    np.testing.assert_allclose(every.max(axis=0), got.high[0], atol=1e-12)
    for side in (0, 1):
        named = worth_of(prefs, scales(prefs), got.best[side])[0, side]
        assert named == pytest.approx(got.high[0, side])


@settings(deadline=None, max_examples=40)
@given(spaces(), st.data())
def test_swapped_labels_mirror_the_worth(prefs, data):
    one = draft(*(sorted(data.draw(st.sets(st.integers(0, len(o) - 1)))) for o in prefs.options))
    swapped = replace(
        prefs,
        weight=prefs.weight[:, ::-1],
        value=prefs.value[:, ::-1],
        ideal=prefs.ideal[::-1],
        discount=prefs.discount[:, ::-1],
    )
    got, mirror = scored(prefs, one), scored(swapped, one)
    np.testing.assert_allclose(got.low, mirror.low[:, ::-1], atol=1e-12)
    np.testing.assert_allclose(got.high, mirror.high[:, ::-1], atol=1e-12)


# --- could it be signed ----------------------------------------------------------------------------


def fighting_on(*value):
    """U - V as a line in u where no deal breaks: u less the reservation values."""
    return lambda provisions: (np.ones((1, 2)), -np.array([value]))


def test_both_must_be_served_by_one_reading():
    # A takes .6 or more, B .4 or more. Silent on the second issue, reading 0 gives A 1 and B 0,
    # reading 2 gives A .25 and B .5: each is content with one reading, and no reading contents both.
    prefs = small()
    one = draft([0, 2], None)
    found = readings(prefs, one)
    got = consent(prefs, scales(prefs), found, fighting_on(0.6, 0.4))
    assert (got.surplus_high >= 0).all()
    assert not got.both.any()
    # The middle and the second issue's last option: A .375, B .75.
    middle = readings(prefs, draft(1, 1))
    assert consent(prefs, scales(prefs), middle, fighting_on(0.375, 0.75)).both.all()


def test_both_gain_by_the_rule_by_which_each_accepts():
    """A loss of half a step leaves no lead content, alone or with the other."""
    prefs = small()
    one = readings(prefs, draft(1, 1))  # A .375, B .75
    line = fighting_on(0.375 + 0.5 * UTILITY_STEP, 0.5)
    got = consent(prefs, scales(prefs), one, line)
    assert got.both.tolist() == (got.surplus_high >= 0.0).all(axis=1).tolist() == [False]


def test_red_line_walk_away_and_broken_condition_forbid_signing():
    easy = fighting_on(0.0, 0.0)

    def signable(prefs, one):
        got = consent(prefs, scales(prefs), readings(prefs, one), easy)
        assert got.both.all()
        return bool(got.signable[0])

    assert signable(small(), draft(2, None))
    assert not signable(small(red_lines=[line(0, [2])]), draft(2, None))
    assert signable(small(red_lines=[line(0, [2], real=False)]), draft(2, None))
    assert signable(small(red_lines=[line(0, [2])]), draft([1, 2], None))
    asks = patron([[], [0.2, 1.0]], [0, 7], (False, True), 0.5)
    assert not signable(small(others=[asks]), draft(2, None))
    assert signable(small(others=[asks]), draft(2, 1))
    assert not signable(small(requires=[(0, 2, 1, 1)]), draft(2, None))


def test_enforcing_provisions_choose_the_line():
    prefs = small(enforcing=((0, 0, 2), (0, 1)), void_if=[(0, 2, ((1, 1),))])
    seen = []

    def note(provisions):
        seen.append(provisions)
        return np.ones((1, 2)), np.zeros((1, 2))

    for one in (draft(None, None), draft(2, None), draft(2, 1)):  # the last voids the first's two
        consent(prefs, scales(prefs), readings(prefs, one), note)
    assert seen == [0, 2, 1]


# --- what it crosses and contains ------------------------------------------------------------------


def test_line_is_crossed_in_every_reading_or_in_some():
    prefs = small()
    lines = [line(0, [2]), line(0, [1, 2]), line(0, [0]), line(1, [1])]
    found = readings(prefs, draft([1, 2], None))
    assert crossed(prefs, lines, found) == ((0, False), (1, True))


def test_silence_crosses_a_line_that_refuses_leaving_open():
    prefs = replace(small(), options=(("o0", "o1", LEFT_OPEN), ("o0", "o1")))
    found = readings(prefs, draft(None, None))
    assert crossed(prefs, [line(0, [2]), line(1, [1])], found) == ((0, True),)
    struck = readings(prefs, draft(None, None, struck=[0]))
    assert crossed(prefs, [line(0, [2])], struck) == ((0, True),)


def test_provisions_in_every_reading_in_some_and_not_in_a_void_term():
    contents = [
        [frozenset(), frozenset({"review"}), frozenset({"review", "demining"})],
        [frozenset(), frozenset({"term"})],
    ]
    prefs = small()
    got = contained(prefs, readings(prefs, draft([1, 2], 1)), contents)
    assert got == {"review": True, "demining": False, "term": True}
    void = small(void_if=[(0, 2, ((1, 1),))])
    assert contained(void, readings(void, draft(2, 1)), contents) == {"term": True}


# --- two drafts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (1, 1, "agree"),
        (1, 2, "differ"),
        ([0, 1], [1, 2], "may_agree"),
        ([0, 1], 2, "differ"),
        (1, None, "one_silent"),
        (None, None, "neither"),
    ],
)
def test_agreement(one, other, kind):
    assert agreement(draft(one), draft(other), 0) == kind
    assert agreement(draft(other), draft(one), 0) == kind


def test_steps_along_a_ladder_name_whom_they_near():
    ideals = [{"north": 0, "south": 3, "patron": 2}]
    (step,) = steps(draft(0), draft(2), [True], ideals)
    assert (step.kind, step.rungs) == ("moved", (2, 2))
    assert (step.toward, step.away) == (("south", "patron"), ("north",))
    (wide,) = steps(draft([0, 2]), draft([1, 3]), [True], ideals)
    # From 0 or 2 to 1 or 3: one rung down to three up, nearer to nobody in every reading.
    assert (wide.rungs, wide.toward, wide.away) == ((-1, 3), (), ())
    (other,) = steps(draft(0), draft(3), [False], ideals)  # no ladder: no rungs, only the ideal
    assert (other.kind, other.rungs) == ("changed", (0, 0))
    assert (other.toward, other.away) == (("south",), ("north",))
    assert steps(draft(1), draft(1), [True], ideals) == ()


# --- the whole dossier -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example():
    return example_dossier()


@pytest.fixture(scope="module")
def laid(example):
    return table.lay_out(example, draws=16)


def test_small_dossier_end_to_end(laid):
    paper, last = laid.texts
    assert [text.id for text in laid.texts] == ["paper", "last_draft"]
    assert (paper.silent, paper.struck) == (("missing",), ())
    assert (last.silent, last.struck) == (("missing",), ("force",))
    assert last.readings == 2
    assert [one.name for one in paper.actors] == [
        "Government of the North",
        "Government of the South",
        "The Patron",
    ]
    # The Patron wants observers, which the paper has, on the one issue where it stands.
    assert paper.actors[2].worth.low.p == 1.0
    assert {(one.path, one.always) for one in last.crosses} == {
        ("positions.north.valley.red_line", False)  # South runs it: only in the second variant
    }
    contains = {one.name: one.found for one in paper.provisions}
    assert contains["monitoring_mission"] == "contained"
    assert contains["tripwire_force"] == "lacking"
    assert len(contains) == 23
    (move,) = laid.moves
    assert not move.same_author
    assert {step.issue: step.kind for step in move.steps} == {"valley": "moved", "force": "struck"}
    far = {(one.one, one.other): one for one in laid.distances}
    between = far["texts.paper", "texts.last_draft"]
    assert (between.may_agree, between.one_struck, between.neither) == (1, 1, 1)
    asks = far["positions.north", "positions.south"]
    assert asks.differ == ("valley", "force", "missing")
    assert asks.weight_differ.p == pytest.approx(1.0)


def test_change_spans_the_readings_of_both_drafts(laid):
    (move,) = laid.moves
    paper, last = ({one.actor: one.worth for one in text.actors} for text in laid.texts)
    for change in move.changes:
        assert change.change.low.p <= change.change.high.p
    north = move.changes[0].change  # one reading leaves the valley shared, the other gives it away
    assert north.low.p < north.high.p
    assert last["north"].low.p < paper["north"].low.p


def test_shared_variant_bounds_the_change_at_nothing():
    """Shared stands in both drafts: the change reaches 0, North's from below, South's from above."""

    def change(data):
        data["texts"][0]["terms"] = {"valley": ["north_runs", "shared"]}
        data["texts"][1] |= {"terms": {"valley": ["shared", "south_runs"]}, "deleted": []}

    (move,) = table.lay_out(bent(change), draws=16).moves
    north, south, _ = (one.change for one in move.changes)
    assert north.low.p < north.high.p == 0.0
    assert 0.0 == south.low.p < south.high.p


def test_outline_answers_first_and_has_no_decimals(laid, example):
    blocks = told.outline(laid, example)
    heads = [block.text for block in blocks if type(block).__name__ == "Heading"]
    assert heads[1] == "The answer"
    assert heads.index("What each draft is worth to whom") < heads.index("Red lines crossed")
    assert heads.index("Who moved") < heads.index("What the promises are worth")
    text = "\n".join(all_texts(blocks))
    assert not re.search(r"\d\.\d", text)


def test_nearest_package_is_told_where_it_is_given(laid, example):
    nearest = NearestPackage(
        True, (("force", ("observers",), "armed_force"),), (), (("valley", "shared"),), "proved"
    )
    result = replace(laid, texts=(replace(laid.texts[0], nearest=nearest), *laid.texts[1:]))
    text = "\n".join(all_texts(told.outline(replace(result, nearest_in="medians"), example)))
    assert "from “Unarmed observers” to “An armed force”" in text
    assert "the variant “" in text
    assert "At the median inputs (proved)." in text
    drawn = "\n".join(all_texts(told.outline(replace(result, nearest_in="draw"), example)))
    assert "other draws ask for other changes" in drawn
    none = "\n".join(all_texts(told.outline(replace(result, nearest_in="none"), example)))
    assert "no draft is near to one" in none


def test_nothing_found_is_told_apart_from_nothing_to_change(laid, example):
    def told_of(nearest):
        result = replace(
            laid, texts=(replace(laid.texts[0], nearest=nearest),), moves=(), nearest_in="medians"
        )
        return told.to_json(result, example)["texts"][0]["nearest"], "\n".join(
            all_texts(told.outline(result, example))
        )

    itself, text = told_of(NearestPackage(True, (), (), (), "proved"))
    assert itself["found"] is True
    assert "no term need change" in text
    none, text = told_of(NearestPackage(False, (), (), (), "proved"))
    assert none["found"] is False
    assert "none is acceptable" in text
    assert "no term need change" not in text
    stopped, text = told_of(NearestPackage(False, (), (), (), "unknown"))
    assert stopped["found"] is False
    assert "unknown: the search stopped" in text


def test_a_stopped_search_finds_nothing(example, monkeypatch):
    stopped = Nearest(None, (), (), None, "unknown")
    monkeypatch.setattr(table, "nearest_package", lambda *given: stopped)
    opened = load("eritrea-ethiopia-1999")
    for text in table.lay_out(opened, draws=8).texts:
        assert (text.nearest.found, text.nearest.status) == (False, "unknown")


def test_nearest_package_rebuilt_from_what_is_told_is_acceptable():
    loaded = load("eritrea-ethiopia-1999")
    laid = analysis.lay_table(loaded, draws=16)
    result = table.scored(laid, 1)
    assert result.texts
    if result.nearest_in == "medians":
        compiled, row = laid.medians, 0
    else:
        opened = [n for n, seen in enumerate(laid.surveys) if seen.is_open]
        compiled, row = laid.compiled, max(opened, key=lambda n: (laid.weight[n], -n))
    standing = analysis.war_standing(compiled)
    prefs = compiled.preferences
    for text in result.texts:
        assert text.nearest.found
        said = dict(text.says)
        for issue, olds, new in text.nearest.changes:
            assert said[issue] == olds
            said[issue] = (new,)
        for issue, option in text.nearest.kept:
            assert option in said[issue]
            said[issue] = (option,)
        for issue, option in text.nearest.added:
            assert issue not in said
            said[issue] = (option,)
        rebuilt = draft(
            *(
                [options.index(option) for option in said[issue]] if issue in said else None
                for issue, options in zip(prefs.issues, prefs.options, strict=True)
            )
        )
        assert all(len(options) <= 1 for options in rebuilt.options)
        left = {prefs.issues[k] for k, options in enumerate(rebuilt.options) if not options}
        assert not left & set(text.must_fill)
        got = consent(
            prefs,
            scales(prefs),
            readings(prefs, rebuilt),
            lambda level: surplus_lines(compiled, standing, level),
        )
        assert got.both[row]
        assert got.signable[row]


def test_nearest_package_is_acceptable_and_differs_where_it_says(laid, example):
    table = analysis.lay_table(example, draws=64)
    opened = [seen.is_open for seen in table.surveys]
    assert laid.nearest_in in ("medians", "draw") if any(opened) else laid.nearest_in == "none"
    for entry, text in zip(
        sorted(example.dossier.texts, key=lambda t: t.date), laid.texts, strict=True
    ):
        assert text.nearest.found == (laid.nearest_in != "none")
        for issue, olds, new in text.nearest.changes:
            said = entry.terms[issue]
            assert olds == ((said,) if isinstance(said, str) else said)
            assert new not in olds
        for issue, _ in text.nearest.added:
            assert issue not in entry.terms


# --- the command line --------------------------------------------------------------------------------


def call(*args):
    return CliRunner().invoke(cli.main, [*args])


def test_json_of_a_shipped_dossier():
    done = call("texts", "eritrea-ethiopia-1999", "--json", "--draws", "16")
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert set(data) == {
        "dossier",
        "run",
        "open_share",
        "texts",
        "standing",
        "moves",
        "distances",
        "nearest_in",
        "promises",
        "redacted",
    }
    assert {"actors", "crosses", "provisions", "silent", "struck", "must_fill", "nearest"} <= set(
        data["texts"][0]
    )
    assert data["run"]["method"]
    assert "seed 1, 16 draws" in done.stderr
    same = call("texts", "eritrea-ethiopia-1999", "--format", "json", "--draws", "16")
    assert same.stdout == done.stdout
    assert call("texts", "eritrea-ethiopia-1999", "--json", "--format", "md").exit_code == 2
    assert call("texts", "eritrea-ethiopia-1999", "--draws", "1").exit_code == 2


def test_python_api_gives_the_same_markdown():
    done = call("texts", "eritrea-ethiopia-1999", "--format", "md", "--draws", "16", "--seed", "3")
    answer = interbellum.texts("eritrea-ethiopia-1999", draws=16, seed=3)
    assert done.stdout == answer.to_markdown()
    assert done.stdout.startswith("# ")
    assert "THE ANSWER" in answer.to_text()
    assert answer.to_json()["dossier"]["id"] == "eritrea-ethiopia-1999"


# --- redaction ---------------------------------------------------------------------------------------


def bent(change: Any):
    data = copy.deepcopy(example_dossier().tree.data)
    change(data)
    return load_text(yaml.safe_dump(data, sort_keys=False), "bent.yaml")


def shown(loaded, redact=True):
    """Markdown and JSON together, and the JSON as data."""
    result = table.lay_out(loaded, draws=16)
    data = told.to_json(result, loaded, redact=redact)
    text = "\n".join(all_texts(told.outline(result, loaded, redact=redact)))
    return text + json.dumps(data), data


def test_confidential_draft_leaves_no_trace():
    def change(data):
        data["texts"].insert(
            1,
            {
                "id": "secret_text_id",
                "title": "SECRET-TEXT",
                "date": "2020-05-01",
                "author": "north",
                "source": "SECRET-SOURCE",
                "terms": {"missing": "joint_search"},
                "confidential": True,
            },
        )

    text, data = shown(bent(change))
    assert "secret" not in text.lower()
    assert [one["id"] for one in data["texts"]] == ["paper", "last_draft"]
    assert len(data["moves"]) == 1
    assert "1 line withheld" in text
    open_text, _ = shown(bent(change), redact=False)
    assert "SECRET-TEXT" in open_text


def test_confidential_position_of_a_lead_hides_both_leads_worth():
    def change(data):
        data["positions"]["south"]["force"]["confidential"] = True

    _, data = shown(bent(change))
    for one in data["texts"]:
        assert [actor["actor"] for actor in one["actors"]] == ["patron"]
        assert one["both"] is one["signable"] is None
        assert one["heaviest_silent"] == []
    assert [actor["actor"] for actor in data["standing"]] == ["patron"]
    for move in data["moves"]:
        assert [one["actor"] for one in move["changes"]] == ["patron"]
        for step in move["steps"]:
            if step["issue"] == "force":
                assert "south" not in step["toward"] + step["away"]
    for one in data["distances"]:
        assert "positions.south" not in (one["one"], one["other"])
        assert one["weight_differ"] is None
    for promise in data["promises"]:
        assert all(one["actor"] == "patron" for one in promise["worth"])


def test_confidential_number_of_another_actor_hides_only_that_actor():
    def change(data):
        data["positions"]["patron"]["force"]["weight"]["confidential"] = True

    _, data = shown(bent(change))
    assert [actor["actor"] for actor in data["standing"]] == ["north", "south"]
    assert data["texts"][0]["both"] is not None


def test_confidential_war_input_hides_what_a_draft_is_worth_beside_it():
    def change(data):
        data["war"]["months_for_victory"]["A"]["confidential"] = True

    _, data = shown(bent(change))
    for actors in (data["standing"], *(one["actors"] for one in data["texts"])):
        north, south, *_ = actors
        assert north["surplus"] is None
        assert north["worth"] is not None  # the war is no part of it
        assert south["surplus"] is not None
    assert data["texts"][0]["both"] is not None


def test_confidential_red_line_is_neither_listed_nor_felt():
    def change(data):
        data["positions"]["north"]["valley"]["red_line"]["confidential"] = True

    _, data = shown(bent(change))
    for one in data["texts"]:
        assert all(line["path"] != "positions.north.valley.red_line" for line in one["crosses"])
        assert one["signable"] is None  # beside `both` it would tell that a hidden line is crossed
        assert one["both"] is not None


def test_confidential_delivery_hides_what_a_draft_with_that_term_is_worth():
    def change(data):
        data["promises"][0]["delivered"]["confidential"] = True  # observers, which the paper has

    _, data = shown(bent(change))
    (promise,) = (one for one in data["promises"] if one["id"] == "observers_come")
    assert promise["delivered"] is promise["given"] is promise["verdict"] is None
    assert promise["worth"] == promise["parts"] == promise["baselines"] == []
    assert data["texts"][0]["both"] is None
