"""The template passes as it stands, explains every field and shows every way to write a number."""

from __future__ import annotations

import types
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from interbellum.dossier.quantities import CoderEstimate, Quantity
from interbellum.dossier.reader import check, load_text
from interbellum.dossier.schema import Dossier
from interbellum.dossier.template import template, write_template
from interbellum.dossier.tree import parse_tree
from interbellum.errors import UsageError


def test_template_passes_check_without_faults_or_warnings(tmp_path: Path) -> None:
    report = check(write_template(tmp_path / "war.yaml"))
    assert report.faults == ()
    assert report.warnings == ()


def test_new_leaves_an_existing_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="left as it is"):
        write_template(file)
    assert file.read_text(encoding="utf-8") == "mine"


def test_new_into_a_missing_folder_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_template(tmp_path / "nowhere" / "war.yaml")


def _models(kind: Any) -> set[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {kind}
    if isinstance(kind, types.GenericAlias) or typing.get_origin(kind) is not None:
        return set().union(*(_models(part) for part in typing.get_args(kind)))
    return set()


def _fields() -> set[tuple[str, str]]:
    """Every block's fields, as written in a file; numbers apart, which have their own test."""
    found: set[tuple[str, str]] = set()
    todo: list[type[BaseModel]] = [Dossier]
    seen: set[type[BaseModel]] = set()
    while todo:
        model = todo.pop()
        if model in seen or issubclass(model, Quantity | CoderEstimate):
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            found.add((model.__name__, field.alias or name))
            todo.extend(_models(field.annotation))
    return found


def _used(model: BaseModel, found: set[tuple[str, str]]) -> None:
    for name, field in type(model).model_fields.items():
        if name in model.model_fields_set:
            found.add((type(model).__name__, field.alias or name))
            _walk(getattr(model, name), found)


def _walk(value: Any, found: set[tuple[str, str]]) -> None:
    if isinstance(value, BaseModel):
        _used(value, found)
    elif isinstance(value, dict):
        for item in value.values():
            _walk(item, found)
    elif isinstance(value, tuple):
        for item in value:
            _walk(item, found)


LEFT_TO_THE_REFERENCE = {  # a note on a whole section, as on every other
    ("Talks", "note"),
    ("Trust", "note"),
    ("Peace", "note"),
}


def test_template_shows_every_field() -> None:
    used: set[tuple[str, str]] = set()
    _walk(load_text(template()).dossier, used)
    assert _fields() - used == LEFT_TO_THE_REFERENCE


def test_template_shows_every_way_to_write_a_number() -> None:
    text = template()
    for form in ("{low: 1, mode: 3, high: 8}", "{low: 1, high: 8}", "{p05: 2", "likely", "coders:"):
        assert form in text
    kinds = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            keys = set(value)
            for name, form in {
                "value": {"value"},
                "triangle": {"low", "mode", "high"},
                "points": {"p05", "p50", "p95"},
                "coders": {"coders"},
            }.items():
                if form <= keys:
                    kinds.add(name)
            if {"low", "high"} <= keys and "mode" not in keys:
                kinds.add("range")
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif value == "likely":
            kinds.add("word")
        elif isinstance(value, str) and value.endswith("%"):
            kinds.add("percentage")

    walk(parse_tree("template.yaml", text.encode()).data)
    assert kinds == {"value", "triangle", "range", "points", "coders", "word", "percentage"}


def test_template_names_no_real_day() -> None:
    """Its dates are fixed and lie far ahead, so that nobody takes it for a war."""
    conflict = load_text(template()).dossier.conflict
    assert conflict.as_of.year == 2031
    assert "invented" in (conflict.note or "")
