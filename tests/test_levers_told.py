"""What stands in the way, as it is told: words, JSON, redaction and the verb."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from click.testing import CliRunner

import interbellum
from factories_dossier import as_yaml
from interbellum.api import Levers, find_levers
from interbellum.briefing.blocks import texts as texts_of
from interbellum.briefing.levers import outline
from interbellum.cli.main import main
from interbellum.dossier.reader import load, load_text
from interbellum.model.diagnosis import BLOCKERS

SMALL = "eritrea-ethiopia-1999"


@cache
def answer() -> Levers:
    return find_levers(SMALL, draws=16)


def test_shares_sum_to_what_all_obstacles_do_together() -> None:
    blockers = answer().result.blockers
    for shares, now, without in (
        (blockers.open_share, blockers.open_now, blockers.open_without_any),
        (blockers.headline, blockers.headline_now, blockers.headline_without_any),
    ):
        assert set(shares) == set(BLOCKERS)
        assert sum(shares.values()) == pytest.approx(
            without - now, abs=1e-9
        )  # Shapley's efficiency


def test_words_give_the_answer_first_and_claim_no_mind_and_no_cause() -> None:
    lines = texts_of(answer().outline())
    assert lines[0].startswith("What stands in the way")
    assert lines[1].startswith("Some package would be acceptable to both leads today in")
    whole = " ".join(lines)
    assert "nobody's mind is known" in whole
    assert "not a cause in the world" in whole
    assert "is coded to give itself" in whole
    assert "causes" not in whole


def test_json_is_the_diagnosis() -> None:
    data = json.loads(json.dumps(answer().to_json()))
    assert data["seed"] == 1
    assert data["draws"] == 16
    assert [threshold["side"] for threshold in data["thresholds"]] == ["A", "B"]
    assert data["blockers"]["open_now"] == pytest.approx(
        answer().result.blockers.open_now, abs=1e-9
    )
    assert set(data["meaning"]) == set(BLOCKERS)


def test_confidential_beliefs_are_hidden_in_words_and_json() -> None:
    loaded = load(SMALL)
    data = loaded.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["war"]["a_prevails"]["A"]["confidential"] = True
    secret = Levers(answer().result, load_text(as_yaml(data)), 1, redact=True)
    first, second = secret.to_json()["thresholds"]
    assert [first[key] for key in ("believes", "closes_above", "move", "move_units")] == [None] * 4
    assert second["believes"] is not None
    whole = " ".join(texts_of(secret.outline()))
    assert "is confidential" in whole
    assert whole.count("is coded to give itself") == 1


@pytest.mark.parametrize("form", ["terminal", "md", "json"])
def test_the_verb_in_every_form(form: str) -> None:
    done = CliRunner().invoke(main, ["levers", SMALL, "--draws", "8", "--format", form])
    assert done.exit_code == 0, done.output
    assert "seed 1, 8 draws" in done.stderr
    opening = {"terminal": "What stands", "md": "# What stands", "json": "{"}[form]
    assert done.stdout.startswith(opening)


def test_misuse_of_the_verb() -> None:
    done = CliRunner().invoke(main, ["levers", SMALL, "--json", "--format", "md"])
    assert done.exit_code == 2
    assert "ask for two forms" in done.stderr
    assert CliRunner().invoke(main, ["levers", SMALL, "--draws", "2"]).exit_code == 2


def test_the_front_page_of_the_package_offers_it() -> None:
    assert interbellum.find_levers is find_levers


def test_where_no_range_is_closed_no_obstacle_is_named() -> None:
    result, loaded = answer().result, load(SMALL)
    first = texts_of(outline(result, loaded))[1]
    assert "The largest part of the difference goes with" in first
    even = replace(
        result.blockers, open_now=1.0, open_without_any=1.0, open_share=dict.fromkeys(BLOCKERS, 0.0)
    )
    told = texts_of(outline(replace(result, blockers=even), loaded))[1]
    assert "goes with" not in told
    assert told.endswith("None of the five keeps a range closed that would otherwise be open.")
