"""What of a dossier can be edited, and the edited file: asked values in place, all else as it was."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import interbellum
from factories_dossier import as_yaml, minimal_data
from interbellum.cli.main import main
from interbellum.dossier.controls import Control, controls
from interbellum.dossier.edits import edit, edited
from interbellum.dossier.reader import Loaded, load, load_text, shipped
from interbellum.dossier.template import template
from interbellum.errors import DossierError, InterbellumError, UsageError

CASES = Path(interbellum.__file__).parent / "record" / "data" / "cases"
FILES = (*shipped(), *sorted(file.stem for file in CASES.glob("*.yaml")), "template")
SOME = 4  # controls that are tried in each of the other files

Leaf = tuple[tuple[str | int, ...], Any]


@cache
def dossier(name: str) -> Loaded:
    if name == "template":
        return load_text(template())
    if name == "minimal":
        return load_text(as_yaml(minimal_data()))
    return load(name if name in shipped() else CASES / f"{name}.yaml")


@cache
def offered(name: str) -> tuple[Control, ...]:
    return tuple(flat(dossier(name)))


def flat(loaded: Loaded) -> list[Control]:
    return [one for group in controls(loaded) for one in group.controls]


def now(loaded: Loaded) -> dict[str, float | str | bool]:
    return {one.path: one.value for one in flat(loaded)}


def choices(one: Control) -> list[float | str | bool]:
    """Both ends and a middle of a slider; every rung; on and off."""
    if one.kind == "slider":
        assert one.minimum is not None
        assert one.maximum is not None
        return [one.minimum, one.maximum, round(0.4 * one.minimum + 0.6 * one.maximum, 4)]
    return [name for name, _ in one.options] if one.kind == "ladder" else [True, False]


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for key, value in enumerate(data):
            yield from leaves(value, (*path, key))
    else:
        yield path, data


def tried(name: str) -> Iterator[tuple[Control, float | str | bool]]:
    """Every control of the template, by turns at one end, the other, a middle; some of each other."""
    every = offered(name)
    for place, one in enumerate(every if name == "template" else every[3 :: len(every) // SOME]):
        yield one, choices(one)[place % len(choices(one))]


# --- all files: nothing, one change, two changes --------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_what_stands_already_changes_no_byte(name):
    loaded = dossier(name)
    same = {one.path: one.value for one in offered(name)}
    for changes in ({}, same):
        assert edited(loaded, changes) == loaded.tree.source()
    assert edit(loaded, same).hash == loaded.hash


@pytest.mark.parametrize("name", FILES)
def test_a_change_is_read_back_and_nothing_else_moves(name):
    before = dossier(name)
    old = dict(leaves(before.tree.data))
    for one, value in tried(name):
        after = edit(before, {one.path: value})
        told = now(after).get(one.path, False)  # a provision that no option has is not listed
        if isinstance(value, float):
            assert math.isclose(told, value, rel_tol=1e-9, abs_tol=1e-12), one.path
        else:
            assert told == value, one.path
        if value == one.value:
            assert after.tree.text == before.tree.text
            continue
        new = dict(leaves(after.tree.data))
        moved = [path for path in old if path not in new or new[path] != old[path]]
        assert all(under(before, path, one) for path in moved), (one.path, value, moved)
        added = [path for path in new if path not in old]
        assert all(under(after, path, one) or one.basis == "default" for path in added), one.path
        assert changed_lines(before, after) <= 12, (one.path, value)


def under(loaded: Loaded, path: tuple[str | int, ...], one: Control) -> bool:
    """Whether a leaf of the file lies under a control's path, with ids for numbers."""
    data, names = loaded.tree.data, []
    for key in path:
        data = data[key]
        names.append(str(data.get("id", key)) if isinstance(data, dict) else str(key))
    dotted = ".".join(names)
    if ".provisions." in one.path:  # the places of a list move up
        return dotted.startswith(one.path[: one.path.rindex(".")])
    if one.kind == "switch":
        return dotted.startswith(f"{one.path}.confidence")
    return f"{dotted}.".startswith(f"{one.path}.")


def changed_lines(before: Loaded, after: Loaded) -> int:
    """Lines between the first and the last that differ, on the longer side."""
    old, new = (one.tree.text.splitlines(keepends=True) for one in (before, after))
    shorter = min(len(old), len(new))
    front = next((k for k in range(shorter) if old[k] != new[k]), shorter)
    back = next((k for k in range(shorter - front) if old[-1 - k] != new[-1 - k]), shorter - front)
    return max(len(old), len(new)) - front - back


@pytest.mark.parametrize("name", ["template", "minimal"])
@given(data=st.data())
@settings(max_examples=15)
def test_two_changes_in_either_order_make_the_same_file(name, data):
    """And at once, and once more: the order of a request means nothing, nor its repetition."""
    loaded = dossier(name)
    places = st.integers(0, len(offered(name)) - 1)
    one, other = (offered(name)[data.draw(places)] for _ in range(2))
    if one.path.startswith(other.path) or other.path.startswith(one.path):
        return  # a red line and its confidence: see below
    first = {one.path: data.draw(st.sampled_from(choices(one)))}
    then = {other.path: data.draw(st.sampled_from(choices(other)))}
    there = edit(edit(loaded, first), then)
    back = edit(edit(loaded, then), first)
    assert there.tree.text == back.tree.text == edited(loaded, {**first, **then})
    assert edited(there, {**then, **first}) == there.tree.text


# --- forms of a number ----------------------------------------------------------------------------

FORMS = [
    # as it stands, what is asked, as it stands then
    ("{low: 0.4, mode: 0.5, high: 0.6}", 0.7, "{low: 0.6, mode: 0.7, high: 0.8}"),
    ("{low: 0.4, mode: 0.5, high: 0.6}", 0.95, "{low: 0.85, mode: 0.95, high: 0.98}"),
    ("{low: 0.4, mode: 0.5, high: 0.6}", 0.02, "{low: 0.02, mode: 0.02, high: 0.12}"),
    ("{low: 40%, mode: 50%, high: 60%}", 0.55, "{low: 45%, mode: 55%, high: 65%}"),
    ("{low: 0.4, high: 0.6}", 0.6, "{low: 0.5, high: 0.7}"),
    ("{low: 0.4, high: 0.6}", 0.9, "{low: 0.82, high: 0.98}"),
    ("{p05: 0.3, p50: 0.5, p95: 0.6}", 0.55, "{p05: 0.35, p50: 0.55, p95: 0.65}"),
    ("0.5  # as told", 0.61, "0.61  # as told"),
    ("50%", 0.3, "30%"),
    ('"50%"\t# a tab', "31.5%", '"31.5%"\t# a tab'),
    ("likely", 0.6, "{low: 0.475, high: 0.725}"),
    ("'very likely'", 0.875, "'very likely'"),  # the middle of its band: nothing to change
    (">-\n    very\n    likely\n", 0.8, "{low: 0.725, high: 0.875}\n"),
    ("{value: 0.5, source: 'x, {y}'}", 0.6, "{value: 0.6, source: 'x, {y}'}"),
    (
        "{value: 0.5, note: n}",
        {"low": 0.1, "mode": 0.2, "high": 0.3},
        "{low: 0.1, mode: 0.2, high: 0.3, note: n}",
    ),
    ("{low: 0.4, high: 0.6,}", "0.4,0.5,0.7", "{low: 0.4, mode: 0.5, high: 0.7,}"),
    ("{p05: 0.3, p50: 0.5, p95: 0.6}", "0.1,0.2,0.3", "{low: 0.1, mode: 0.2, high: 0.3}"),
    ("{low: 0.4, mode: ~, high: 0.6}", "0.1,0.2,0.3", "{low: 0.1, mode: 0.2, high: 0.3}"),
    ("0.5", "0.1, 0.2, 0.3", "{low: 0.1, mode: 0.2, high: 0.3}"),
    (
        "\n    low: 0.4   # least\n    # in between\n    high: 0.6\n    note: >-\n      a\n\n      b",
        "0.3,0.5,0.7",
        "\n    low: 0.3   # least\n    mode: 0.5\n    # in between\n    high: 0.7\n    note: >-\n      a\n\n      b",
    ),
    (
        "\n    source: s\n    value: 0.5  # told",
        "0.3,0.5,0.7",
        "\n    source: s\n    low: 0.3\n    mode: 0.5  # told\n    high: 0.7",
    ),
    (
        "\n    coders:\n      - {by: a, value: 0.4}\n      - {by: b, low: 0.5, mode: 0.6, high: 0.7}",
        0.5,
        None,
    ),
]


def with_position(written: str) -> str:
    """The minimal dossier with the position in the war written as asked."""
    text = as_yaml(minimal_data())
    start = text.index("  position:\n")
    stop = text.index("  a_prevails:")
    return f"{text[:start]}  position: {written}\n{text[stop:]}"


@pytest.mark.parametrize(("stands", "asked", "then"), FORMS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_number_keeps_its_form(stands, asked, then, ending):
    before = load_text(with_position(stands).replace("\n", ending))
    after = edit(before, {"war.position": asked})
    middle = asked if isinstance(asked, float) else None
    if then is not None:
        assert after.tree.text == with_position(then).replace("\n", ending)
    if middle is not None:
        assert math.isclose(float(now(after)["war.position"]), middle, abs_tol=1e-9)
