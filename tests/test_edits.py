"""What of a dossier can be edited, and the edited file: asked values in place, all else as it was."""

from __future__ import annotations

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
from interbellum.dossier.inplace import Patch
from interbellum.dossier.reader import Loaded, load, load_text, shipped
from interbellum.dossier.spots import spots
from interbellum.dossier.template import template
from interbellum.errors import DossierError, InterbellumError, UsageError

CASES = Path(interbellum.__file__).parent / "record" / "data" / "cases"
FILES = (*shipped(), *sorted(file.stem for file in CASES.glob("*.yaml")), "template")
SOME = 3  # controls that are tried in each of the other files

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


def test_coders_move_alike_and_come_closer_at_a_bound():
    coders = "{coders: [{by: a, low: 0.3, high: 0.7}, {by: b, low: 0.4, mode: 0.6, high: 0.8}]}"
    before = load_text(with_position(coders))
    centre = float(now(before)["war.position"])  # the pooled median
    assert 0.5 < centre < 0.6
    after = edit(before, {"war.position": centre + 0.1}).dossier.war.position.coders
    assert after is not None
    assert (after[0].low, after[0].high) == pytest.approx((0.4, 0.8))
    assert (after[1].low, after[1].mode, after[1].high) == pytest.approx((0.5, 0.7, 0.9))
    narrow = edit(before, {"war.position": 0.93})
    inside = narrow.dossier.war.position.support()
    assert max(inside) == pytest.approx(0.98)
    assert min(inside) > 0.8
    assert now(narrow)["war.position"] == pytest.approx(0.93)
    with pytest.raises(UsageError, match="several coders"):
        edited(before, {"war.position": "0.3,0.4,0.5"})


# --- fields that stand by default -----------------------------------------------------------------

ABSENT = [
    # the section as it stands, the change, the section then
    ("", {"talks.linkage": 0.5}, "talks:\n  linkage: {low: 0.3, mode: 0.5, high: 0.7}\n"),
    ("talks: {}\n", {"talks.linkage": 0.5}, "talks: {linkage: {low: 0.3, mode: 0.5, high: 0.7}}\n"),
    (
        "talks: {note: x}  # y\n",
        {"talks.linkage": "0,0.1,1", "talks.ending_monthly": 0.03},
        "talks: {ending_monthly: {low: 0, mode: 0.03, high: 0.12}, linkage: {low: 0, mode: 0.1, high: 1}, note: x}  # y\n",
    ),
    (
        "talks:\n    history_complete: true  # so\n\n    # why\n    note: |\n      x\n\n",
        {"talks.linkage": 0.5},
        "talks:\n    history_complete: true  # so\n    linkage: {low: 0.3, mode: 0.5, high: 0.7}\n\n    # why\n    note: |\n      x\n\n",
    ),
    (
        "talks:\n  linkage:   # as it comes\n  note: x\n",
        {"talks.linkage": 0.5},
        "talks:\n  linkage: {low: 0.3, mode: 0.5, high: 0.7}   # as it comes\n  note: x\n",
    ),
    (
        "talks: {linkage: ~}",
        {"talks.linkage": 0.5},
        "talks: {linkage: {low: 0.3, mode: 0.5, high: 0.7}}",
    ),
    (
        "trust:\n  provisions_factor: 0.5  # last line",
        {"trust.memory_months": 12.0, "trust.other_breaks.B": 0.6},
        "trust:\n  other_breaks:\n    A: {low: 0.3, mode: 0.55, high: 0.8}\n    B: {low: 0.35, mode: 0.6, high: 0.85}\n"
        "  provisions_factor: 0.5  # last line",
    ),
    (  # out of the order of the schema: after what precedes it there
        "talks:\n  tolerance_months: 6\n  choice_noise: 0.04\n",
        {"talks.linkage": 0.5, "talks.settlement_share": 0.55},
        "talks:\n  tolerance_months: 6\n  settlement_share: {low: 0.45, mode: 0.55, high: 0.7}\n"
        "  linkage: {low: 0.3, mode: 0.5, high: 0.7}\n  choice_noise: 0.04\n",
    ),
    (  # a note that keeps its empty lines
        "talks:\n  monthly_chance:\n    value: 0.1\n    note: |+\n      x\n\n\n  note: y\n",
        {"talks.linkage": 0.5},
        "talks:\n  monthly_chance:\n    value: 0.1\n    note: |+\n      x\n\n\n"
        "  linkage: {low: 0.3, mode: 0.5, high: 0.7}\n  note: y\n",
    ),
    (  # three things at one point, the deepest first
        "talks:\n  tolerance_months:",
        {"talks.tolerance_months": 8.0, "talks.linkage": 0.5, "trust.memory_months": 9.0},
        "talks:\n  tolerance_months: {low: 5, mode: 8, high: 14}\n"
        "  linkage: {low: 0.3, mode: 0.5, high: 0.7}\n"
        "trust:\n  memory_months: {low: 3, mode: 9, high: 21}",
    ),
    (
        'peace: {"cost_of_breaking":\n  {"A": 0.1, "B": 20%}\n}',
        {"peace.renewal": 0.6, "peace.cost_of_breaking.B": 0.3},
        'peace: {"cost_of_breaking":\n  {"A": 0.1, "B": 30%}, renewal: {low: 0.3, mode: 0.6, high: 0.75}\n}',
    ),
]


@pytest.mark.parametrize(("stands", "changes", "then"), ABSENT)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_what_stood_by_default_is_written_where_it_belongs(stands, changes, then, ending):
    text = as_yaml(minimal_data())
    before = load_text((text + stands).replace("\n", ending))
    after = edited(before, changes)
    assert after == (text + then).replace("\n", ending)


def test_a_block_of_two_sides_is_written_whole():
    after = edit(dossier("minimal"), {"war.rearmament.B.ceiling": 0.1}).dossier.war.rearmament
    assert after is not None
    assert (after.B.ceiling.low, after.B.ceiling.mode, after.B.ceiling.high) == (0.05, 0.1, 0.22)
    default = {one.path: one for one in offered("minimal")}
    for path, told in (
        ("A.rate", after.A.rate),
        ("B.rate", after.B.rate),
        ("A.ceiling", after.A.ceiling),
    ):
        assert told.mode == default[f"war.rearmament.{path}"].value
        assert default[f"war.rearmament.{path}"].basis == "default"


# --- the file as a whole --------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_mark_line_breaks_and_last_line_stay(mark, ending, last):
    text = template().replace("\n", ending)
    text = mark + (text if last else text.rstrip())
    before = load_text(text)
    assert edited(before, {}) == text
    after = edited(before, {"war.position": 0.6, "war.months_to_decision": 48.0})
    expected = text.replace(
        "{low: 0.45, mode: 0.52, high: 0.6}", "{low: 0.53, mode: 0.6, high: 0.68}"
    )
    expected = expected.replace("{p05: 12, p50: 36, p95: 96}", "{p05: 24, p50: 48, p95: 108}")
    assert after == expected
    assert (
        load_text(after).hash
        == edit(before, {"war.position": 0.6, "war.months_to_decision": 48.0}).hash
    )


def test_a_file_of_json_stays_one():
    before = load_text(json.dumps(minimal_data(), indent=1))
    changes = {
        "war.reluctance.A": 0.1,
        "war.position": 0.6,
        "positions.north.line.ideal": "as_it_stands",
        "trust.memory_months": 10.0,
        "issues.truce.options.general.provisions.term": True,
    }
    data = json.loads(edited(before, changes))
    assert data["war"]["position"] == {"low": 0.5, "mode": 0.6, "high": 0.7}
    assert data["war"]["reluctance"]["A"] == {"low": 0.025, "high": 0.175}
    assert data["positions"]["north"]["line"]["ideal"] == "as_it_stands"
    assert data["issues"][1]["options"][1]["provisions"] == ["term"]
    assert data["trust"]["memory_months"]["mode"] == 10


def test_a_form_that_cannot_be_changed_in_place_is_said():
    text = as_yaml(minimal_data()) + "talks: {linkage, note: x}\n"
    with pytest.raises(UsageError, match=r"talks\.linkage cannot be changed in place"):
        edited(load_text(text), {"talks.linkage": 0.3})
    empty = load_text(with_position("{value: 0.5, mode: ~}"))
    with pytest.raises(UsageError, match="`mode` stands there empty"):
        edited(empty, {"war.position": "0.3,0.4,0.5"})


def test_a_text_that_says_more_than_was_asked_is_refused(monkeypatch):
    """Whatever way a file could fool the writing in place, what it then says is compared."""
    written = Patch.result

    def fooled(self: Patch) -> tuple[str, Any]:
        text, data = written(self)
        return text + "left_out: [more]\n", data

    monkeypatch.setattr(Patch, "result", fooled)
    with pytest.raises(UsageError, match="unusual form"):
        edited(dossier("minimal"), {"war.position": 0.6})


# --- options, red lines, drafts, provisions -------------------------------------------------------


def rich() -> dict[str, Any]:
    """The minimal dossier with a red line, a draft and provisions."""
    data = minimal_data()
    data["positions"]["north"]["line"]["red_line"] = {
        "refuses": ["back"],
        "confidence": {"low": 0.2, "mode": 0.5, "high": 0.8, "note": "why"},
    }
    data["texts"] = [
        {
            "id": "draft",
            "title": "Draft",
            "date": "2031-06-01",
            "author": "league",
            "source": "press",
            "terms": {"line": ["back", "as_it_stands"], "truce": "general"},
        }
    ]
    data["issues"][1]["options"][1]["provisions"] = ["term", "review"]
    return data


LINE = "positions.north.line.red_line"


def confidence(loaded: Loaded) -> tuple[float, ...]:
    line = loaded.dossier.positions["north"]["line"].red_line
    assert line is not None
    assert line.refuses == ("back",)
    assert line.confidence.note == "why"
    return line.confidence.support()


def test_a_red_line_off_has_no_confidence_and_keeps_its_words():
    before = load_text(as_yaml(rich()))
    off = edit(before, {LINE: False})
    assert confidence(off) == (0, 0, 0)
    assert now(off)[LINE] is False
    assert confidence(edit(off, {LINE: True})) == (1, 1, 1)
    assert confidence(edit(before, {LINE: True})) == (0.2, 0.5, 0.8)


@pytest.mark.parametrize("word", ["off", "False", "no", "0"])
def test_off_wins_over_a_confidence_and_on_takes_it(word):
    before = load_text(as_yaml(rich()))
    asked = {f"{LINE}.confidence": 0.6}
    for changes in ({LINE: word, **asked}, {**asked, LINE: word}):
        assert confidence(edit(before, changes)) == (0, 0, 0)
    off = edit(before, {LINE: False})
    assert confidence(edit(off, {LINE: "on", **asked})) == (0.6, 0.6, 0.6)


def test_a_draft_takes_a_level_falls_silent_and_says_something():
    text = as_yaml(rich())
    before = load_text(text)
    line, truce = "texts.draft.terms.line", "texts.draft.terms.truce"
    assert now(before)[line] == "back+as_it_stands"
    assert (
        dict(next(c for c in flat(before) if c.path == line).options)["left_open"] == "silent on it"
    )
    variants = "    line:\n    - back\n    - as_it_stands\n"
    assert variants in text
    assert edited(before, {line: "annexed"}) == text.replace(variants, "    line: annexed\n")
    silent = edit(before, {line: "left_open"})
    assert silent.tree.text == text.replace(variants, "")
    assert edited(silent, {line: "back"}) == text.replace(variants, "    line: back\n")
    with pytest.raises(UsageError, match="says something"):
        edited(before, {line: "left_open", truce: "left_open"})
    assert "left_open" not in dict(next(c for c in flat(silent) if c.path == truce).options)
    moved = edit(before, {truce: "left_open", line: "back"})
    assert moved.tree.data["texts"][0]["terms"] == {"line": "back"}


def test_a_provision_comes_and_goes_in_the_order_of_the_standard_list():
    text = as_yaml(rich())
    before = load_text(text)
    path = "issues.truce.options.{}.provisions.{}"

    def of(loaded: Loaded, option: int) -> tuple[str, ...]:
        return loaded.dossier.issues[1].options[option].provisions

    listed = [one.path for one in flat(before) if ".provisions." in one.path]
    assert listed == [path.format(o, p) for o in ("none", "general") for p in ("term", "review")]
    added = edit(before, {path.format("general", "crossings"): True})
    assert of(added, 1) == ("term", "crossings", "review")
    emptied = edit(before, {path.format("general", name): False for name in ("term", "review")})
    assert of(emptied, 1) == ()
    swapped = {
        path.format("general", name): name == "demining" for name in ("term", "review", "demining")
    }
    assert of(edit(before, swapped), 1) == ("demining",)
    assert of(edit(before, {path.format("none", "term"): True}), 0) == ("term",)
    with pytest.raises(DossierError) as error:  # a provision belongs to one issue
        edit(before, {"issues.line.options.back.provisions.term": True, "war.position": 0.6})
    [fault] = error.value.faults
    assert "The change that did it: issues.line.options.back.provisions.term = true" in fault.rule
    assert "war.position" not in fault.rule


def test_a_fault_has_its_place_in_the_edited_text_and_names_the_change():
    """The leads must differ on something that counts: all ideals alike is a fault across fields."""
    changes = {
        "positions.north.line.ideal": "back",
        "positions.north.truce.ideal": "general",
        "talks.linkage": 0.3,
    }
    with pytest.raises(DossierError) as error:
        edited(dossier("minimal"), changes)
    fault = error.value.faults[0]
    assert fault.path == "positions.north"
    assert fault.source_line.strip() == "line:"
    assert "positions.north.line.ideal = back" in fault.rule
    assert "Changes that bear on it" in fault.rule
    assert "talks.linkage" not in fault.rule


# --- strangers ------------------------------------------------------------------------------------

ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(
        [
            "1e400",
            "nan",
            "NaN%",
            "0.5\nwar: {}",
            "0.5 # x",
            "{low: 0}",
            "*a",
            "!!python/object:x",
            "\x1b[2J",
            "٣",
            "1_0",
            "0.1,0.2",
            "0,0,nan",
            "\ud800",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from(["low", "mode", "high"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)
RICH = now(load_text(as_yaml(rich())))
PLACES = st.sampled_from(sorted(RICH))


@given(path=PLACES, value=ODD)
@settings(max_examples=100)
def test_no_value_crashes_or_reaches_beyond_its_field(path, value):
    before = load_text(as_yaml(rich()))
    try:
        after = edit(before, {path: value})
    except DossierError:
        return
    except UsageError as error:
        message = str(error)
    else:
        message = ""
        told = now(after)
        others = [key for key in told if not (key.startswith(path) or path.startswith(key))]
        assert all(told[key] == RICH[key] for key in others)
    assert message.isprintable()


@given(changes=st.dictionaries(st.text(max_size=60) | PLACES, ODD, max_size=3) | ODD)
@settings(max_examples=100)
def test_no_request_crashes(changes):
    try:
        edit(dossier("minimal"), changes)
    except InterbellumError:
        return


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("war.positon", "war.position"),
        ("positions.north.line.weigth", "positions.north.line.weight"),
        ("conflict.title", ""),
        ("war.position.low", "war.position"),
        ("war", ""),
        ("", ""),
        ("positions.north.line.basis", "positions.north.line"),
        ("issues.line.options.back.provisions.no_such", ""),
        ("issues.line.options.back.text", ""),
    ],
)
def test_only_what_is_offered_can_be_changed_and_near_matches_are_named(path, near):
    with pytest.raises(UsageError, match="not something that can be edited") as error:
        edited(dossier("minimal"), {path: 0.5})
    assert near in str(error.value)
    assert ("Did you mean" in str(error.value)) or not near


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("war.position", 0.99, "between .02"),
        ("war.position", math.nan, "from 0.02 to 0.98"),
        ("war.position", 10**400, "a number of many digits"),
        ("war.position", True, "cannot be true"),
        ("positions.north.line.weight", True, "cannot be true"),
        ("war.position", "likely", "from 0.02 to 0.98"),
        ("war.position", {"low": 0.5, "mode": 0.4, "high": 0.6}, "rise"),
        ("war.position", {"low": 0.5, "high": 0.6}, "all three"),
        ("positions.north.line.ideal", "left_open", "one of back, as_it_stands, annexed"),
        ("positions.north.line.ideal", ["back"], "cannot be a list"),
        ("issues.line.options.back.provisions.term", 1, "true or false"),
        (3, 0.5, "not a path"),
    ],
)
def test_a_value_that_cannot_be_says_why(path, value, says):
    with pytest.raises(UsageError) as error:
        edited(dossier("minimal"), {path: value})
    assert says in str(error.value)
    assert str(path) in str(error.value)


# --- what is offered ------------------------------------------------------------------------------


def test_a_control_says_what_stands_where_and_on_what_ground():
    loaded = dossier("template")
    of = {one.path: one for one in flat(loaded)}
    sure = of["positions.northland.line.red_line.confidence"]  # `likely`: .55 to .80
    assert (sure.value, sure.low, sure.high) == pytest.approx((0.675, 0.55, 0.8))
    assert (sure.minimum, sure.maximum, sure.step, sure.unit) == (0.0, 1.0, 0.01, "%")
    assert "likely" in loaded.tree.line(sure.line)
    position = of["war.position"]
    assert (position.minimum, position.maximum, position.value) == (0.02, 0.98, 0.52)
    assert "Northland can impose its terms" in position.title
    beliefs = of["war.a_prevails.B"]
    assert (beliefs.minimum, beliefs.maximum) == (0.01, 0.99)
    assert beliefs.title == "Chance that Northland prevails, as Southmark sees it"
    ideal = of["positions.northland.line.ideal"]
    assert (ideal.value, ideal.basis, ideal.kind) == ("annexed", "sourced", "ladder")
    assert ideal.options[0] == ("back_to_the_river", "Northland withdraws to the river")
    assert of["positions.northland.prisoners.weight"].confidential
    assert not of["positions.northland.line.weight"].confidential
    assert "positions.northland.prisoners.ideal" not in of  # its values fix it
    assert "positions.northland.prisoners.values.all_for_all" in of
    months = of["war.months_to_decision"]
    assert (months.low, months.value, months.high, months.unit) == (12, 36, 96, "months")
    assert of["texts.league_draft_2.terms.sanctions"].options[0] == ("left_open", "struck out")


@pytest.mark.parametrize("name", FILES)
def test_every_control_is_whole_and_is_plain_data(name):
    lines = len(dossier(name).tree.text.splitlines())
    paths = [one.path for one in offered(name)]
    assert len(paths) == len(set(paths))
    json.dumps([asdict(group) for group in controls(dossier(name))], allow_nan=False)
    bounds = {spot.path: spot.bounds for spot in spots(dossier(name))}
    for one in offered(name):
        assert one.title
        assert one.help
        assert 1 <= one.line <= lines
        if one.kind == "slider":
            field = bounds[one.path]
            assert field.low <= one.minimum <= one.value <= one.maximum <= field.high, one.path
            assert 20 <= (one.maximum - one.minimum) / one.step <= 2500, one.path
            assert (one.low is None) or one.low <= one.value <= one.high, one.path
        if one.kind == "ladder":
            assert one.value in dict(one.options)


# --- the verb and the Python function -------------------------------------------------------------


def test_the_verb_lists_edits_and_refuses(tmp_path):
    file, out = tmp_path / "in.yaml", tmp_path / "out.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + template().replace("\n", "\r\n").encode())
    run = CliRunner()
    listed = json.loads(run.invoke(main, ["edit", str(file), "--list", "--json"]).stdout)
    assert listed[0]["id"] == "positions"
    assert "war.position" in run.invoke(main, ["edit", str(file), "--list"]).stdout
    asked = ["edit", str(file), "--set", "war.position=60%", "--set", "trust.memory_months=3,6,9"]
    assert run.invoke(main, [*asked, "--out", str(out)]).exit_code == 0
    expected = edited(
        load(file), {"war.position": 0.6, "trust.memory_months": {"low": 3, "mode": 6, "high": 9}}
    )
    assert out.read_bytes() == expected.encode()
    assert out.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert run.invoke(main, asked).stdout_bytes == expected.encode()
    answer = json.loads(run.invoke(main, [*asked, "--json"]).stdout)
    assert answer == {"hash": load(out).hash, "yaml": expected}
    for wrong in (
        [],
        ["--set", "war.position"],
        ["--set", "x=1"],
        ["--set", "talks.linkage=1", "--set", "talks.linkage=0"],
        ["--list", "--out", "x"],
    ):
        assert run.invoke(main, ["edit", str(file), *wrong]).exit_code == 2


def test_the_python_function_answers_with_a_dossier_that_verbs_take():
    after = interbellum.edit("ukraine-2025-05", {"war.position": 0.62})
    assert after.dossier.war.position.mode == 0.62
    assert after.hash != load("ukraine-2025-05").hash
    assert interbellum.edit(after, {"war.position": 0.57}).hash == load("ukraine-2025-05").hash
