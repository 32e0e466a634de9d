"""The shipped dossiers: what they must cover, and that nothing in them knows the future."""

import datetime as dt
from itertools import pairwise

import pytest

from interbellum.dossier.reader import load, shipped
from written_dates import days_named, texts

AHEAD = {"questions", "switches", "promises", "left_out"}
"""Sections that speak of days to come: what is asked, scheduled, promised or not known."""

UKRAINE = tuple(name for name in shipped() if name.startswith("ukraine"))
ELEMENTS = {f"E{number:02d}" for number in range(1, 22)}


def test_the_reader_of_dates_reads_every_form():
    assert set(days_named("2 Jan 2025, 14 September 2025; Feb 2026 and 2025-04-23")) == {
        dt.date(2025, 1, 2),
        dt.date(2025, 1, 1),
        dt.date(2025, 9, 14),
        dt.date(2025, 9, 1),
        dt.date(2026, 2, 1),
        dt.date(2025, 4, 23),
    }


@pytest.mark.parametrize("name", shipped())
def test_no_date_in_any_field_or_sentence_lies_after_the_cut_off(name):
    loaded = load(name)
    as_of = loaded.dossier.conflict.as_of
    late = [
        (".".join(map(str, path)), text)
        for path, text in texts(loaded.tree.data)
        if not AHEAD & set(path)
        for day in days_named(text)
        if day > as_of
    ]
    assert late == []


@pytest.mark.parametrize("name", shipped())
def test_fields_that_must_lie_ahead_do(name):
    dossier = load(name).dossier
    assert dossier.questions
    assert all(question.by > dossier.conflict.as_of for question in dossier.questions)


def test_the_ukraine_dossiers_have_the_promised_size_and_actors():
    for name in UKRAINE:
        dossier = load(name).dossier
        assert len(dossier.issues) >= 25
        actors = {actor.id for actor in dossier.actors}
        assert actors >= {"russia", "ukraine", "united_states", "european_union"}
        assert actors >= {"nato", "china", "north_korea", "iran"}
        for lead in ("russia", "ukraine", "united_states", "european_union"):
            assert len(dossier.positions[lead]) >= 25


def test_together_they_cover_every_element_of_the_mission():
    covered = {item.element for name in UKRAINE for item in load(name).dossier.coverage}
    assert covered >= ELEMENTS


def test_they_speak_of_the_same_issues_so_that_they_can_be_compared():
    ladders = [
        {issue.id: [option.id for option in issue.options] for issue in load(name).dossier.issues}
        for name in UKRAINE
    ]
    for before, after in pairwise(ladders):
        assert before.keys() == after.keys()


@pytest.mark.parametrize("name", shipped())
def test_every_position_is_sourced_or_a_judgement_with_a_range(name):
    loaded = load(name)
    for actor, stands in loaded.dossier.positions.items():
        for issue, position in stands.items():
            where = f"{actor}.{issue}"
            if position.basis == "sourced":
                assert position.statements, where
                assert all(item.source for item in position.statements), where
            assert position.weight.value is None or position.weight.source, where
            if position.red_line is not None:
                confidence = position.red_line.confidence
                assert confidence.value is None or confidence.source, where
    assert not [w for w in loaded.warnings if "neither a range nor a source" in w.found]


def test_humanitarian_and_accountability_terms_are_always_printed():
    for name in UKRAINE:
        always = {issue.id for issue in load(name).dossier.issues if issue.always_printed}
        assert {"C09", "P02"} <= always


def test_coverage_points_at_sections_and_names_and_never_at_a_place_in_a_list():
    """A number breaks when an event is inserted before it."""
    for name in shipped():
        for item in load(name).dossier.coverage:
            for path in item.where:
                assert not any(part.isdigit() for part in path.split(".")), f"{name} {path}"


def test_no_dossier_promises_what_this_release_does_not_do():
    for name in shipped():
        for item in load(name).dossier.coverage:
            assert "scored" not in item.how, f"{name} {item.element}"


def test_an_event_that_several_dossiers_record_is_coded_the_same_way():
    """Its record did not change between the cut-offs: it was left on 17 July 2023."""
    coded = {
        (event.kind, event.scope, event.mutual, event.days_intended, event.kept, event.end_date)
        for name in UKRAINE
        for event in load(name).dossier.events
        if event.title.startswith("Black Sea Grain Initiative")
    }
    # 120 days at a time, in force for 360 in all; kept in part: attacks on ports, slow inspections
    assert coded == {("deal", "sectoral", True, 120.0, "mostly", dt.date(2023, 7, 17))}
