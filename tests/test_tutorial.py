"""The tutorial shows parts of a dossier that ships, and messages that the tool prints."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from interbellum.dossier.reader import load, load_text
from interbellum.errors import DossierError

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
SHIPPED = "eritrea-ethiopia-1999"


def _blocks(language: str) -> list[list[str]]:
    text = TUTORIAL.read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in found]


def _shipped_text() -> str:
    return (resources.files("interbellum.dossier") / "library" / f"{SHIPPED}.yaml").read_text(
        encoding="utf-8"
    )


def _stripped(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines]


def test_tutorial_shows_every_section_that_an_analyst_must_write() -> None:
    shown = {line.strip() for block in _blocks("yaml") for line in block}
    assert {"conflict:", "sides:", "a_prevails:", "left_out:"} <= shown
    assert len(_blocks("yaml")) >= 12  # one a section; fewer means that the fences no longer match


@pytest.mark.parametrize("block", _blocks("yaml"), ids=lambda block: block[0].strip())
def test_snippet_stands_verbatim_in_the_shipped_dossier(block: list[str]) -> None:
    snippet, dossier = _stripped(block), _stripped(_shipped_text().splitlines())
    starts = range(len(dossier) - len(snippet) + 1)
    assert any(dossier[i : i + len(snippet)] == snippet for i in starts), "\n".join(block)


def test_shipped_dossier_of_the_tutorial_has_no_faults() -> None:
    assert load(SHIPPED).dossier.conflict.id == SHIPPED


def test_error_messages_of_the_tutorial_are_those_of_the_tool() -> None:
    text = _shipped_text()
    slips = {
        "- date: 1999-04-28": "- date: 1999-08-28",
        "A: {low: 24, mode: 60,": "A: {low: 24, mode: 6,",
    }
    for right, wrong in slips.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    with pytest.raises(DossierError) as caught:
        load_text(text, name="my-war.yaml")
    shown = next(block for block in _blocks("console") if block[0].startswith("my-war.yaml:"))
    assert str(caught.value) == "\n".join(shown)
