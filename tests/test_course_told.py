"""The course, the trajectory and the drafts at the medians: in JSON, and where fields are confidential."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest
import yaml

from factories import example_dossier, example_result
from factories_course import TEXTS
from interbellum import analysis, bargaining
from interbellum.briefing import jsonform
from interbellum.dossier.compile import Compiled, compile_medians
from interbellum.dossier.reader import Loaded, load, load_text
from interbellum.model.course import TextPoint
from interbellum.model.rungs import ENDINGS, HORIZON_DAYS
from test_briefing_redaction import marked

POINT = {"days", "date", "lo80", "lo50", "p", "hi50", "hi80"}
HIDDEN: dict[str, Any] = {
    "race": [],
    "front": None,
    "unit": None,
    "front_from": None,
    "beliefs": [[], []],
    "analyst": [],
}


def hiding(*places: str) -> Loaded:
    """The example with some fields marked confidential; a front, so that it has one to hide."""
    data = copy.deepcopy(example_dossier().tree.data)
    data["war"]["front"] = {
        "unit": "km2 of the valley",
        "source": "The maps of the test desk",
        "stake_per_unit": {"low": 1e-4, "mode": 2e-4, "high": 4e-4},
        "series": [{"month": "2020-04", "change": 12.0}, {"month": "2020-05", "change": -5.0}],
    }
    return marked(data, places)


def redacted(*places: str) -> Any:
    loaded = hiding(*places)
    return json.loads(jsonform.dumps(jsonform.to_json(example_result(loaded), loaded, redact=True)))


@cache
def plain() -> Any:
    loaded = example_dossier()
    return json.loads(jsonform.dumps(jsonform.to_json(example_result(loaded), loaded)))


def test_json_has_the_course_and_the_trajectory() -> None:
    data = plain()
    result = example_result()
    assert set(data["course"]) == set(HIDDEN)
    for fan in (data["course"]["race"], data["course"]["front"], data["course"]["analyst"]):
        assert all(set(point) == POINT for point in fan)
    assert len(data["course"]["beliefs"]) == 2
    assert data["course"]["race"][0]["days"] == result.course.race[0].days < 0
    assert data["course"]["race"][-1]["hi80"] == pytest.approx(result.course.race[-1].hi80)
    days = [point["by_days"] for point in data["trajectory"]]
    assert set(HORIZON_DAYS) <= set(days)
    assert all(set(ENDINGS) <= set(point) for point in data["trajectory"])
    assert set(data["trajectory"][0]) == set(data["endings"][0])


def test_json_has_the_drafts_at_the_medians() -> None:
    told = plain()["range"]["texts"]
    assert [text["id"] for text in told] == ["paper", "last_draft"]
    assert told[0]["u"] == [0.51, 0.42]
    assert (told[0]["crosses"], told[0]["acceptable"]) == (1, False)
    assert set(told[0]) == {"id", "title", "author", "date", "u", "crosses", "acceptable"}


def test_what_is_told_to_the_outside_is_told_coarsely() -> None:
    course = redacted()["course"]
    for point in (*course["race"], *course["beliefs"][0], *course["analyst"]):
        for name in POINT - {"days", "date"}:
            assert point[name] == round(point[name], 2)
    # A unit of the front can be large or small: three digits.
    assert course["front"][-1]["p"] == float(f"{example_result().course.front[-1].p:.3g}")


@pytest.mark.parametrize(
    ("place", "race", "of_a", "of_b"),
    [
        ("war.position", False, False, False),
        ("war.a_prevails.analyst", False, False, False),
        ("war.months_to_decision", False, False, False),
        ("war.front.stake_per_unit", False, False, False),
        ("regimes.0.states.1.a_prevails", False, False, False),
        ("regimes.0.switches.0.monthly", False, False, False),
        ("war.a_prevails.A", True, False, True),
        ("war.a_prevails.B", True, True, False),
        ("war.months_for_victory.A", True, True, True),
        ("positions.north.force.weight", True, True, True),
    ],
)
def test_fans_go_from_which_a_hidden_number_could_be_solved(
    place: str, race: bool, of_a: bool, of_b: bool
) -> None:
    course = redacted(place)["course"]
    if not race:
        assert course == HIDDEN
        return
    assert course["race"]
    assert course["front"]
    assert course["analyst"]
    assert [bool(fan) for fan in course["beliefs"]] == [of_a, of_b]


@pytest.mark.parametrize(
    ("place", "u", "crosses", "acceptable"),
    [
        ("talks.monthly_chance", True, True, True),
        ("positions.north.force.weight", False, True, False),
        ("war.months_for_victory.B", False, True, False),
        ("promises.0.delivered", False, True, False),
        ("positions.south.valley.red_line", True, False, False),
        ("positions.patron.force.red_line.confidence", True, False, False),
    ],
)
def test_places_of_drafts_go_where_they_would_tell(
    place: str, u: bool, crosses: bool, acceptable: bool
) -> None:
    if place.startswith("talks."):
        told = redacted()["range"]["texts"]
    else:
        told = redacted(place)["range"]["texts"]
    assert len(told) == 2
    for text in told:
        assert (None not in text["u"]) == u
        assert (text["crosses"] is not None) == crosses
        assert (text["acceptable"] is not None) == acceptable


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("talks.monthly_chance", True),
        ("positions.south.valley.red_line", False),
        ("positions.south.valley.red_line.confidence", False),
    ],
)
def test_the_frontier_goes_where_it_would_tell_a_hidden_red_line(place: str, told: bool) -> None:
    """It is of the packages that cross none in force: who knows all worths can tell which were left out."""
    found = redacted() if place.startswith("talks.") else redacted(place)
    assert (found["range"]["frontier"] is not None) == told


def test_a_confidential_draft_is_not_there() -> None:
    data = copy.deepcopy(example_dossier().tree.data)
    data["texts"][1]["confidential"] = True
    loaded = load_text(yaml.safe_dump(data, sort_keys=False), "hidden.yaml")
    told = jsonform.to_json(example_result(loaded), loaded, redact=True)["range"]["texts"]
    assert [text["id"] for text in told] == ["paper"]
    assert TEXTS[1].title not in json.dumps(told)


# --- drafts at the medians ---------------------------------------------------------------------


def with_texts(loaded: Loaded, **terms: dict[str, Any]) -> tuple[Loaded, Compiled]:
    """A dossier with these drafts in place of its own."""
    data = copy.deepcopy(loaded.tree.data)
    data["texts"] = [
        {"id": name, "title": name, "date": "2020-05-01", "author": "south", "source": "a test"}
        | {"terms": said}
        for name, said in terms.items()
    ]
    made = load_text(yaml.safe_dump(data, sort_keys=False), "texts.yaml")
    return made, compile_medians(made.dossier)


def points(**terms: dict[str, Any]) -> dict[str, TextPoint]:
    loaded, compiled = with_texts(example_dossier(), **terms)
    return {point.id: point for point in bargaining.text_points(loaded, compiled)}


def test_a_draft_with_the_terms_of_a_package_is_worth_that_package() -> None:
    loaded = example_dossier()
    medians = analysis.at_medians(compile_medians(loaded.dossier))
    package = bargaining.packages(loaded, medians)[0]
    terms = {term.issue: term.option for term in package.terms}
    told = points(same=terms)["same"]
    for side in (0, 1):
        want = package.surplus[side] + medians.value[side]
        assert told.u[side] == pytest.approx(want, abs=1e-9)
    assert told.acceptable == package.acceptable
    assert told.crosses == 0
    assert any(
        told.u == pytest.approx(point, abs=1e-9) for point in bargaining.shown_frontier(medians)
    )


def test_red_lines_in_force_are_counted() -> None:
    # In the example: the North refuses south_runs, the South north_runs, the Patron armed_force, whose
    # line is real at .5 and so not in force at the medians.
    told = points(
        none={"valley": "shared"},
        north={"valley": "south_runs", "force": "observers"},
        two={"valley": "south_runs", "force": "armed_force"},
    )
    assert {name: point.crosses for name, point in told.items()} == {
        "none": 0,
        "north": 1,
        "two": 1,
    }
    data = copy.deepcopy(example_dossier().tree.data)
    data["positions"]["patron"]["force"]["red_line"]["confidence"] = 0.6
    surer = load_text(yaml.safe_dump(data, sort_keys=False), "surer.yaml")
    loaded, compiled = with_texts(surer, two={"valley": "south_runs", "force": "armed_force"})
    assert bargaining.text_points(loaded, compiled)[0].crosses == 2
    assert not told["north"].acceptable
    assert not told["two"].acceptable


def test_a_draft_with_variants_stands_at_the_one_that_could_be_signed_or_else_the_fairest() -> None:
    told = points(
        shared={"valley": "shared", "force": "observers"},
        south={"valley": "south_runs", "force": "observers"},
        either={"valley": ["south_runs", "shared"], "force": "observers"},
    )
    assert told["either"].u == told["shared"].u != told["south"].u
    assert told["either"].crosses == 0


def test_drafts_of_a_shipped_dossier_stand_oldest_first() -> None:
    loaded = load("ukraine-2025-05")
    told = bargaining.text_points(loaded, compile_medians(loaded.dossier))
    assert [point.date for point in told] == sorted(
        text.date.isoformat() for text in loaded.dossier.texts
    )
    assert {point.id for point in told} == {text.id for text in loaded.dossier.texts}
    assert not any(point.acceptable for point in told)  # nothing is, at the medians of this dossier
    assert {point.id: point.crosses for point in told}["riyadh_sectoral"] == 0
