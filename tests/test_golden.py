"""End to end: shipped dossiers in, figures out, pinned in files that only tools/golden.py rewrites."""

import json
import runpy
from pathlib import Path

import pytest

from interbellum.dossier.reader import shipped

ROOT = Path(__file__).parents[1]
golden = runpy.run_path(str(ROOT / "tools" / "golden.py"))
excerpt = runpy.run_path(str(ROOT / "tools" / "excerpt.py"))


def flat(data, path=""):
    if isinstance(data, dict):
        for key, value in data.items():
            yield from flat(value, f"{path}.{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from flat(value, f"{path}.{index}")
    else:
        yield path, data


def test_every_shipped_dossier_has_a_golden_file_and_no_other():
    assert {path.stem for path in (ROOT / "tests" / "golden").glob("*.json")} == set(shipped())


@pytest.mark.parametrize("name", shipped())
def test_figures_are_those_that_were_pinned(name):
    pinned = json.loads((ROOT / "tests" / "golden" / f"{name}.json").read_text(encoding="utf-8"))
    told = dict(flat(golden["figures"](name)))
    expected = dict(flat(pinned))
    assert told.keys() == expected.keys()
    for key, value in expected.items():
        if isinstance(value, float):
            assert told[key] == pytest.approx(value, rel=1e-9, abs=1e-9), key
        else:
            assert told[key] == value, key


def test_readme_shows_what_the_default_run_prints():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert excerpt["BLOCK"].search(page)[2] == excerpt["excerpt"]()
