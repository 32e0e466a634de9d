"""Every check has one minimal bad dossier, which trips that check and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from factories_dossier import WEIGHT, as_yaml, minimal_data
from interbellum.dossier.checks import CHECKS
from interbellum.dossier.schema import Dossier
from interbellum.dossier.tree import Tree, parse_tree

Data = dict[str, Any]
BAD: dict[str, Callable[[Data], object]] = {
    "short names are unique": lambda data: data["actors"].append(dict(data["actors"][2])),
    "actors exist": lambda data: data["positions"].update(
        east={"truce": {"ideal": "none", "weight": WEIGHT, "basis": "judgement"}}
    ),
    "leads stand on their sides": lambda data: data["actors"][1].pop("side"),
    "issues and options exist": lambda data: data["issues"][0].update(standing="occupied"),
    "conditional terms make sense": lambda data: data["issues"][0]["options"][0].update(
        requires=["truce.forever"]
    ),
    "leads stand on every issue": lambda data: data["positions"]["south"].pop("truce"),
    "positions are whole": lambda data: data["positions"]["north"]["line"].update(basis="sourced"),
    "something is at stake": lambda data: data["positions"]["north"].update(
        data["positions"]["south"]
    ),
    "the ideal is worth one": lambda data: data["positions"]["north"]["line"].update(
        values={
            option["id"]: 0.5
            for issue in data["issues"]
            if issue["id"] == "line"
            for option in issue["options"]
        }
    ),
    "a provision counts once": lambda data: [
        issue["options"][1].update(provisions=["term"]) for issue in data["issues"]
    ],
    "consents can be weighed": lambda data: data["actors"][2].update(
        walk_away={"low": 0.2, "high": 0.4}
    ),
    "promises fit together": lambda data: data.update(
        promises=[
            {
                "id": "aid",
                "title": "Aid",
                "issue": data["issues"][0]["id"],
                "option": data["issues"][0]["options"][0]["id"],
                "without": data["issues"][0]["options"][1]["id"],
                "by": "north",
                "to": "south",
                "delivered": {"low": 0.2, "high": 0.4},
            }
        ]
    ),
    "no hindsight": lambda data: data["conflict"].update(began="2031-07-01"),
    "the front has no gaps": lambda data: data["war"].update(
        front={
            "unit": "km2",
            "source": "maps",
            "stake_per_unit": {"low": 1e-6, "high": 2e-6},
            "series": [{"month": "2031-01", "change": 1}, {"month": "2031-03", "change": 1}],
        }
    ),
    "regimes are whole": lambda data: data.update(
        regimes=[
            {
                "id": "aid",
                "title": "Aid",
                "states": [{"id": "on", "title": "On"}, {"id": "off", "title": "Off"}],
                "now": "paused",
            }
        ]
    ),
    "regimes lift and add what there is": lambda data: data.update(
        regimes=[
            {
                "id": "aid",
                "title": "Aid",
                "states": [
                    {"id": "on", "title": "On"},
                    {"id": "off", "title": "Off", "lifts": ["north.line"]},
                ],
                "now": "on",
            }
        ]
    ),
    "truces have a scope": lambda data: data.update(
        events=[{"date": "2031-01-06", "kind": "truce", "title": "A feast", "source": "a paper"}]
    ),
    "coverage points at something": lambda data: data.update(
        coverage=[{"element": "line", "where": ["issues.border"], "how": "an issue"}]
    ),
    "judgements have ranges": lambda data: data["war"].update(position=0.5),
    "positions are fresh": lambda data: data["positions"]["north"]["line"].update(
        statements=[{"date": "2030-06-01", "text": "It is ours", "source": "a paper"}]
    ),
}


def _tripped(tree: Tree) -> dict[str, int]:
    counts = {check.name: len(list(check.run(tree.data))) for check in CHECKS}
    return {name: count for name, count in counts.items() if count}


def test_every_check_has_a_bad_dossier() -> None:
    assert list(BAD) == [check.name for check in CHECKS]


def test_minimal_dossier_trips_no_check() -> None:
    assert _tripped(parse_tree("toy.yaml", as_yaml(minimal_data()).encode())) == {}


@pytest.mark.parametrize("name", BAD)
def test_bad_dossier_trips_exactly_its_check(name: str) -> None:
    data = minimal_data()
    BAD[name](data)
    Dossier.model_validate(data)  # the schema alone would let it pass
    assert list(_tripped(parse_tree("bad.yaml", as_yaml(data).encode()))) == [name]


@pytest.mark.parametrize("name", BAD)
def test_finding_names_its_place_its_rule_and_its_mend(name: str) -> None:
    data = minimal_data()
    BAD[name](data)
    tree = parse_tree("bad.yaml", as_yaml(data).encode())
    check = next(check for check in CHECKS if check.name == name)
    for path, found, rule, mend in check.run(tree.data):
        fault = tree.fault(path, found, rule, mend)
        assert fault.line > 0
        assert fault.column > 0
        assert fault.source_line
        assert min(len(found), len(rule), len(mend)) > 8


def aid(**state: Any) -> Data:
    """A regime whose second state does what is said, with one red line and one consent to name."""
    data = minimal_data()
    data["positions"]["north"]["line"]["red_line"] = {
        "refuses": ["back"],
        "confidence": {"low": 0.5, "high": 0.9},
    }
    data["actors"][2]["consents"] = ["truce"]
    states = [{"id": "on", "title": "On"}, {"id": "off", "title": "Off", **state}]
    data["regimes"] = [{"id": "aid", "title": "Aid", "states": states, "now": "on"}]
    return data


@pytest.mark.parametrize("key", ["lifts", "adds"])
def test_a_state_may_lift_or_add_red_lines_and_consents_that_are_coded(key: str) -> None:
    assert _tripped(parse_tree("a.yaml", as_yaml(aid(**{key: ["north.line"]})).encode())) == {}
    assert _tripped(parse_tree("a.yaml", as_yaml(aid(**{key: ["league"]})).encode())) == {}
    for wrong in ("north", "south.line", "north.truce", "line"):
        found = _tripped(parse_tree("a.yaml", as_yaml(aid(**{key: [wrong]})).encode()))
        assert found == {"regimes lift and add what there is": 1}


def test_too_many_combinations_of_lifted_lines_are_refused() -> None:
    data = aid(lifts=["north.line"])
    data["regimes"] = [{**data["regimes"][0], "id": f"aid_{n}"} for n in range(4)]
    assert _tripped(parse_tree("a.yaml", as_yaml(data).encode())) == {}  # 2^4 = 16
    third = {"id": "half", "title": "Half", "lifts": ["league"]}
    data["regimes"][3] = {**data["regimes"][3], "states": [*data["regimes"][3]["states"], third]}
    found = _tripped(parse_tree("a.yaml", as_yaml(data).encode()))
    assert found == {"regimes lift and add what there is": 1}


def test_a_factor_on_costs_says_whose() -> None:
    found = _tripped(parse_tree("a.yaml", as_yaml(aid(cost_factor={"low": 1, "high": 2})).encode()))
    assert found == {"regimes are whole": 1}


CIRCLES = {
    "of two": ({"line.back": ["truce.general"], "truce.general": ["line.back"]}, 1),
    "with a tail": (
        {"line.annexed": ["truce.none"], "truce.none": ["line.back"], "line.back": ["truce.none"]},
        1,
    ),
    "none": ({"line.back": ["truce.general"], "line.annexed": ["truce.general"]}, 0),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_circle_of_requirements_is_reported_once(name: str) -> None:
    needs, circles = CIRCLES[name]
    data = minimal_data()
    for issue in data["issues"]:
        for option in issue["options"]:
            if wants := needs.get(f"{issue['id']}.{option['id']}"):
                option["requires"] = wants
    found = [
        finding
        for check in CHECKS
        if check.name == "conditional terms make sense"
        for finding in check.run(data)
    ]
    assert len(found) == circles
    assert all("circle" in finding[1] for finding in found)


FUTURE = {
    "statement": lambda data: data["positions"]["north"]["line"].update(
        statements=[{"date": "2031-07-01", "text": "words", "source": "a paper"}]
    ),
    "text": lambda data: data.update(
        texts=[
            {
                "id": "draft",
                "title": "Draft",
                "date": "2031-07-01",
                "author": "league",
                "source": "a paper",
                "terms": {"truce": "general"},
            }
        ]
    ),
    "event": lambda data: data.update(
        events=[{"date": "2031-07-01", "kind": "talks", "title": "Round", "source": "a paper"}]
    ),
    "end of an event": lambda data: data.update(
        events=[
            {
                "date": "2031-06-01",
                "end_date": "2031-07-01",
                "kind": "talks",
                "title": "Round",
                "source": "a paper",
            }
        ]
    ),
    "month of the front that is not over": lambda data: (
        data["conflict"].update(as_of="2031-06-29"),
        data["war"].update(
            front={
                "unit": "km2",
                "source": "maps",
                "stake_per_unit": {"low": 1e-6, "high": 2e-6},
                "series": [{"month": "2031-06", "change": 1}],
            }
        ),
    ),
    "series": lambda data: data.update(
        series=[
            {
                "id": "aid",
                "title": "Aid",
                "unit": "bn",
                "source": "a paper",
                "points": [{"start": "2031-06-01", "end": "2031-07-01", "value": 1}],
            }
        ]
    ),
    "crowd": lambda data: data.update(
        questions=[
            {
                "id": "q",
                "text": "Will it end?",
                "rung": "freeze",
                "by": "2032-01-01",
                "crowds": [{"name": "c", "p": 0.1, "as_of": "2031-07-01", "source": "its page"}],
            }
        ]
    ),
    "question that is past": lambda data: data.update(
        questions=[{"id": "q", "text": "Did it end?", "rung": "freeze", "by": "2031-06-30"}]
    ),
    "motive": lambda data: data["actors"][0].update(
        motives=[{"text": "a motive", "date": "2031-07-01"}]
    ),
    "chance": lambda data: data["war"]["a_prevails"]["A"].update(date="2031-07-01"),
}


@pytest.mark.parametrize("where", FUTURE)
def test_nothing_after_the_cutoff_enters(where: str) -> None:
    data = minimal_data()
    FUTURE[where](data)
    Dossier.model_validate(data)
    assert _tripped(parse_tree("bad.yaml", as_yaml(data).encode())) == {"no hindsight": 1}


def test_a_promise_of_what_stands_anyway_has_that_as_its_baseline() -> None:
    data = minimal_data()
    data["promises"] = [
        {
            "id": "line",
            "title": "The line stays",
            "issue": "line",
            "option": "as_it_stands",
            "without": "annexed",
            "by": "north",
            "to": "south",
            "delivered": {"low": 0.2, "high": 0.4},
            "delay_months": {"low": 1, "high": 4},
        }
    ]
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {"promises fit together": 1}
    data["promises"][0]["without"] = "as_it_stands"
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {}


def test_parts_of_a_promise_sum_to_at_most_the_whole() -> None:
    data = minimal_data()
    part = {"share": 0.6, "delay_months": {"low": 1, "high": 4}}
    data["promises"] = [
        {
            "id": "line",
            "title": "The line goes back",
            "issue": "line",
            "option": "back",
            "without": "annexed",
            "by": "north",
            "to": "south",
            "delivered": {"low": 0.2, "high": 0.4},
            "tranches": [part, part],
        }
    ]
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {"promises fit together": 1}
    data["promises"][0]["tranches"] = [part]
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {}


def test_walk_away_value_is_for_an_actor_that_stands_where_it_consents() -> None:
    data = minimal_data()
    data["actors"][2].update(consents=["line"], walk_away={"low": 0.2, "high": 0.4})
    stands = {"line": {"ideal": "back", "weight": WEIGHT, "basis": "judgement"}}
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {
        "consents can be weighed": 1
    }
    data["positions"]["league"] = stands
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {}
    data["actors"][0]["walk_away"] = {"low": 0.2, "high": 0.4}  # a lead's least is what war gives
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {
        "consents can be weighed": 1
    }


def test_terms_that_void_each_other_in_a_circle_are_a_fault() -> None:
    data = minimal_data()
    data["issues"][0]["options"][0]["void_if"] = ["truce.general"]
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {}
    data["issues"][1]["options"][1]["void_if"] = ["line.back"]
    assert _tripped(parse_tree("toy.yaml", as_yaml(data).encode())) == {
        "conditional terms make sense": 1
    }
