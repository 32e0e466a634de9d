"""A minimal dossier, as plain data and as YAML, for tests that break or bend it."""

from __future__ import annotations

import copy
from typing import Any

import yaml

WEIGHT = {"low": 5, "mode": 10, "high": 20}

_MINIMAL: dict[str, Any] = {
    "schema_version": 1,
    "conflict": {
        "id": "toy",
        "title": "A toy war",
        "as_of": "2031-06-30",
        "began": "2030-01-01",
        "coded_by": "a test",
        "coded_from": "nothing",
    },
    "sides": {"A": {"name": "North", "lead": "north"}, "B": {"name": "South", "lead": "south"}},
    "actors": [
        {"id": "north", "name": "North", "side": "A", "role": "belligerent"},
        {"id": "south", "name": "South", "side": "B", "role": "belligerent"},
        {"id": "league", "name": "League", "role": "mediator"},
    ],
    "issues": [
        {
            "id": "line",
            "title": "The line",
            "block": "territory",
            "standing": "as_it_stands",
            "options": [
                {"id": "back", "text": "Back to the river"},
                {"id": "as_it_stands", "text": "As it stands"},
                {"id": "annexed", "text": "Annexed"},
            ],
        },
        {
            "id": "truce",
            "title": "The truce",
            "block": "ceasefire",
            "standing": "none",
            "options": [{"id": "none", "text": "None"}, {"id": "general", "text": "General"}],
        },
    ],
    "positions": {
        "north": {
            "line": {"ideal": "annexed", "weight": WEIGHT, "basis": "judgement"},
            "truce": {"ideal": "none", "weight": WEIGHT, "basis": "judgement"},
        },
        "south": {
            "line": {"ideal": "back", "weight": WEIGHT, "basis": "judgement"},
            "truce": {"ideal": "general", "weight": WEIGHT, "basis": "judgement"},
        },
    },
    "war": {
        "position": {"low": 0.4, "mode": 0.5, "high": 0.6},
        "a_prevails": {
            "analyst": {"low": 0.4, "mode": 0.5, "high": 0.6},
            "A": {"low": 0.5, "mode": 0.6, "high": 0.7},
            "B": {"low": 0.3, "mode": 0.4, "high": 0.5},
        },
        "months_to_decision": {"low": 12, "mode": 36, "high": 96},
        "months_for_victory": {
            "A": {"low": 24, "mode": 48, "high": 96},
            "B": {"low": 24, "mode": 48, "high": 96},
        },
    },
}


def minimal_data() -> dict[str, Any]:
    """A dossier without faults or warnings, as data that the caller may change."""
    return copy.deepcopy(_MINIMAL)


def as_yaml(data: dict[str, Any]) -> str:
    """The data as a dossier's text: no anchors, whatever is shared."""

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    text: str = yaml.dump(data, Dumper=Plain, sort_keys=False, allow_unicode=True)
    return text


def minimal_dossier() -> str:
    """The minimal dossier's text."""
    return as_yaml(minimal_data())
