"""The reference pages are what their sources say today."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from interbellum.cli.main import VERBS

TOOL = Path(__file__).parents[1] / "tools" / "reference.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = module
    spec.loader.exec_module(module)
    return module


def test_pages_are_not_stale(reference: ModuleType) -> None:
    """When this fails: python tools/reference.py"""
    assert reference.stale() == []


def test_stale_page_is_noticed(
    reference: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert reference.stale() == ["dossier.md", "questions.md", "cli.md", "openapi.json"]
    reference.write()
    assert reference.stale() == []
    (tmp_path / "cli.md").write_text("old", encoding="utf-8")
    assert reference.stale() == ["cli.md"]


def test_every_verb_has_its_section_on_the_page(reference: ModuleType) -> None:
    page = reference.cli_page()
    for verb in VERBS:
        assert f"\n## {verb}\n" in page
        assert f"Usage: interbellum {verb} " in page


def test_every_block_and_field_is_explained(reference: ModuleType) -> None:
    roots = (reference.Dossier, reference.QuestionsFile, reference.ResolutionsFile)
    blocks = [model for root in roots for model in reference._blocks(root)]
    for model in [*blocks, reference.Quantity, reference.CoderEstimate]:
        assert (model.__doc__ or "").strip(), model.__name__
        for name, field in model.model_fields.items():
            assert (field.description or "").strip(), f"{model.__name__}.{name}"
