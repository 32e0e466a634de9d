"""What a dossier marks confidential leaves no byte in any form of the briefing."""

from __future__ import annotations

import copy
import dataclasses
import functools
import io
import json
from collections.abc import Iterable
from typing import Any

import pypdf
import pytest
import yaml

from factories import DOSSIER, example_dossier, example_result, spread
from interbellum.api import Briefing
from interbellum.briefing import jsonform, markdown, notebook, outline, pictures, terminal
from interbellum.briefing.compare import compare, to_json
from interbellum.briefing.compare import outline as compare_outline
from interbellum.briefing.why import figure_ids, why
from interbellum.dossier.quantities import Block
from interbellum.dossier.reader import Loaded, load_text
from interbellum.dossier.schema import Dossier
from interbellum.errors import UsageError
from interbellum.model.result import Blocking, Driver, Moved, Result

NUMBERS = {"low": 0.61, "mode": 0.7373, "high": 0.83}


def planted() -> tuple[Loaded, Result]:
    """The example with a secret in every kind of field that can be confidential."""
    data = copy.deepcopy(example_dossier().tree.data)
    north, south = data["positions"]["north"], data["positions"]["south"]
    data["actors"][0]["motives"].append(
        {
            "text": "SECRET-MOTIVE of the palace",
            "source": "SECRET-MOTIVE-SOURCE",
            "confidential": True,
        }
    )
    north["valley"]["statements"].append(
        {
            "date": "2020-06-01",
            "text": "SECRET-STATEMENT said in private",
            "source": "SECRET-STATEMENT-SOURCE",
            "confidential": True,
        }
    )
    south["valley"]["red_line"] |= {
        "note": "SECRET-LINE-NOTE",
        "source": "SECRET-LINE-SOURCE",
        "confidential": True,
        "confidence": dict(NUMBERS),
    }
    south["force"] |= {"note": "SECRET-POSITION-NOTE", "confidential": True}
    data["texts"].append(
        {
            "id": "secret_text_id",
            "title": "SECRET-TEXT title",
            "date": "2020-06-15",
            "author": "patron",
            "source": "SECRET-TEXT-SOURCE",
            "terms": {"valley": "shared"},
            "note": "SECRET-TEXT-NOTE",
            "confidential": True,
        }
    )
    data["events"].append(
        {
            "date": "2020-06-20",
            "kind": "truce",
            "scope": "local",
            "title": "SECRET-EVENT at the ford",
            "outcome": "SECRET-OUTCOME",
            "source": "SECRET-EVENT-SOURCE",
            "confidential": True,
        }
    )
    data["war"]["a_prevails"]["A"] = NUMBERS | {
        "source": "SECRET-QUANTITY-SOURCE",
        "note": "SECRET-QUANTITY-NOTE",
        "confidential": True,
    }
    data["promises"][0]["delivered"] = {
        "low": 0.3,
        "mode": 0.4747,
        "high": 0.7,
        "source": "SECRET-DELIVERY-SOURCE",
        "confidential": True,
    }
    data["peace"] = {
        "record": {
            "prior_cessations": {"value": 2, "source": "SECRET-COUNT-SOURCE", "confidential": True},
            "stalemate": {"value": True, "note": "SECRET-FLAG-NOTE", "confidential": True},
        }
    }
    # fields without a mark of their own that quote or point at marked ones
    data["texts"][0]["note"] = "Compare SECRET-TEXT-NOTE of the other paper"
    data["series"][0]["note"] = "As in SECRET-EVENT-SOURCE"
    data["coverage"].append(
        {
            "element": "R2",
            "where": ["texts.secret_text_id", "events.2", "positions.south.force"],
            "how": "Through SECRET-POSITION-NOTE alone",
        }
    )
    data["coverage"].append({"element": "R3", "where": ["events"], "how": "Through the record"})
    loaded = load_text(yaml.safe_dump(data, sort_keys=False), "planted.yaml")
    result = example_result(loaded)
    # what stages may hand on: titles, notes and demands that quote the fields
    return loaded, dataclasses.replace(
        result,
        drivers=(
            Driver(
                "war.a_prevails.A",
                "SECRET-QUANTITY-NOTE",
                0.6161,
                0.8383,
                0.5,
                0.2,
                -0.4,
                "judgement",
            ),
            *result.drivers[1:],
        ),
        hindcast=dataclasses.replace(
            result.hindcast,
            moved=(
                Moved(
                    "war.a_prevails.A",
                    "SECRET-DRIVER",
                    (0.6161, 0.7373, 0.8383),
                    (0.62, 0.74, 0.84),
                    0.7373,
                    0.7474,
                ),
            ),
        ),
        range=dataclasses.replace(
            result.range,
            blocking=(
                Blocking(("South: SECRET-DEMAND",), ("positions.south.valley.red_line",), 0.3),
            ),
        ),
        promises=(
            dataclasses.replace(
                result.promises[0],  # on an issue where the position of the South is confidential
                delivered=0.4747,
                face=(-0.0317717171, 0.0523717171),
                substance=(-0.0119717171, 0.0213717171),
            ),
            result.promises[1],
        ),
        notes=(
            "The text “SECRET-TEXT title” names one issue.",
            "positions.south.force has no statement.",
            "A part of SECRET-STATEMENT said in pri... was cut.",
            "An open note.",
        ),
    )


SIGNS = (
    "SECRET",
    "secret_text_id",
    "0.7373",
    "0.6161",
    "0.8383",
    "0.4747",
    "0.0317717171",
    "0.0523717171",
    "0.0119717171",
    "0.0213717171",
)


@functools.cache
def every_form(redact: bool) -> dict[str, str]:
    loaded, result = planted()
    blocks = outline.build(result, loaded, redact=redact)
    forms = {
        "terminal": terminal.render(blocks),
        "markdown": markdown.render(blocks),
        "html": notebook.html(blocks),
        "json": jsonform.dumps(jsonform.to_json(result, loaded, redact=redact)),
    }
    page = Briefing(result, loaded, redact)
    forms["html file"] = page.to_html()
    pages = pypdf.PdfReader(io.BytesIO(page.to_pdf()))
    told = " ".join(one.extract_text() for one in pages.pages)
    # what a screen reader is told is not in the text of the pages
    told += " ".join(pictures.label(chart) for chart in page.charts())
    forms["pdf"] = told.replace("-\n", "-").replace("\n", " ")
    forms["records"] = repr(notebook.records(result, loaded, redact))
    ids = [
        *figure_ids(result),
        "positions.north.valley",
        "positions.south.force",
        "positions.south.valley.red_line",
        "positions.south.valley.red_line.confidence",
        "texts.secret_text_id",
        "events.2",
        "promises.observers_come",
        "promises.observers_come.delivered",
        "series.convoys",
        "coverage.2",
        "war.a_prevails.A",
        "war.a_prevails",
        "war",
        "actors.north",
        "positions",
    ]
    for name in ids:
        try:
            told = terminal.render(why(result, loaded, name, redact=redact))
        except UsageError as error:
            told = str(error)
        forms[f"why {name}"] = told.replace(
            "secret_text_id", "" if name.endswith("text_id") else "secret_text_id"
        )
    open_ = load_text(DOSSIER, "open.yaml")
    for before, after in ((open_, loaded), (loaded, open_)):
        comparison = compare(before, after, redact=redact)
        forms[f"compare {after.tree.file}"] = terminal.render(compare_outline(comparison))
        forms[f"compare json {after.tree.file}"] = jsonform.dumps(to_json(comparison))
        told_page = outline.build(result, loaded, comparison, redact=redact)
        forms[f"since {after.tree.file}"] = markdown.render(told_page)
    return forms


def test_no_byte_of_a_secret_is_left() -> None:
    for form, text in every_form(redact=True).items():
        for sign in SIGNS:
            assert sign not in text, f"{sign} in {form}"


@pytest.mark.parametrize(
    ("sign", "form"),
    [
        ("SECRET-MOTIVE", "markdown"),
        ("SECRET-TEXT title", "markdown"),
        ("SECRET-DEMAND", "json"),
        ("SECRET-DRIVER", "json"),
        ("SECRET-STATEMENT", "why positions.north.valley"),
        ("SECRET-QUANTITY-SOURCE", "why war.a_prevails.A"),
        ("SECRET-EVENT", "compare planted.yaml"),
        ("SECRET-POSITION-NOTE", "why positions.south.force"),
        ("SECRET-EVENT at the ford", "markdown"),
        ("SECRET-OUTCOME", "markdown"),
        ("SECRET-TEXT-NOTE", "markdown"),
        ("SECRET-EVENT-SOURCE", "markdown"),
        ("SECRET-POSITION-NOTE alone", "markdown"),
        ("secret_text_id", "markdown"),
        ("0.4747", "json"),
        ("0.0317717171", "json"),
        ("47%", "markdown"),
        ("SECRET-MOTIVE", "html file"),
        ("SECRET-DEMAND", "html file"),
        ("SECRET-OUTCOME", "html file"),
        ("SECRET-MOTIVE", "pdf"),
        ("SECRET-TEXT title", "pdf"),
        ("SECRET-OUTCOME", "pdf"),
    ],
)
def test_without_redaction_they_stand_there(sign: str, form: str) -> None:
    """Else the test above would pass on a briefing that tells nothing."""
    assert sign in every_form(redact=False)[form]


def test_what_is_withheld_is_counted() -> None:
    forms = every_form(redact=True)
    assert "1 line withheld" in forms["markdown"]
    assert "An open note." in forms["markdown"]
    assert "Confidential fields are redacted." in forms["markdown"]


def test_a_confidential_number_is_not_told_through_what_is_made_of_it_alone() -> None:
    data = json.loads(every_form(redact=True)["json"])
    north = data["sides"][0]
    assert north["believes_prevails"] is None
    assert north["analyst_prevails"] is not None
    assert data["drivers"][0]["low"] is None
    assert data["drivers"][0]["id"] == "[redacted]"
    assert data["hindcast"]["moved"][0]["posterior"] is None
    assert data["range"]["blocking"][0]["ids"] == ["[redacted]"]
    south = data["actors"][1]
    assert south["red_lines"] == []
    assert south["withheld"] == 2  # its line on the valley, its price on the force
    page = every_form(redact=True)["terminal"]
    assert "72%" not in page.split("THE ACTORS")[1].split("WHAT TO WATCH")[0]


def test_what_a_promise_is_worth_does_not_tell_a_confidential_weight() -> None:
    told = json.loads(every_form(redact=True)["json"])["promises"]
    assert [promise["id"] for promise in told] == ["observers_come", "line_stays"]
    assert told[0]["delivered"] is None
    assert told[0]["face"] is None
    assert told[0]["substance"] is None
    page = every_form(redact=True)["markdown"].split("## Promises")[1]
    row = next(line for line in page.splitlines() if "Observers on the line" in line)
    assert row.count("[redacted]") == 3  # delivered and delay, face, substance
    # the line on the valley is confidential, its weight is not
    assert told[1]["face"] == [0.0, 0.0]


def test_the_annex_keeps_what_is_open_beside_what_is_hidden() -> None:
    page = every_form(redact=True)["markdown"]
    assert "The Lake paper" in page
    assert "Harvest truce" in page
    assert "Through the record" in page
    assert "| R2 | [redacted]; [redacted]; [redacted] | [redacted] |" in page


def test_near_matches_do_not_name_what_is_hidden() -> None:
    loaded, result = planted()
    with pytest.raises(UsageError) as told:
        why(result, loaded, "texts.secret_text_i", redact=True)
    assert "secret_text_id" not in str(told.value)


def test_every_kind_of_block_that_can_be_confidential_is_planted() -> None:
    """A new `confidential` field in the schema needs a secret in `planted`."""
    names = sorted(kind.__name__ for kind in _kinds(Block) if "confidential" in kind.model_fields)
    assert names == [
        "Count",
        "DatedChance",
        "Event",
        "Flag",
        "Motive",
        "Position",
        "Quantity",
        "RedLine",
        "Statement",
        "TextEntry",
    ]
    assert "confidential" not in Dossier.model_fields


def _kinds(kind: type[Block]) -> list[type[Block]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]


# --- numbers that a hidden one could be solved from --------------------------------------------


def with_hidden(*places: str) -> Loaded:
    """The example with some fields marked confidential."""
    return marked(copy.deepcopy(example_dossier().tree.data), places)


def marked(data: Any, places: Iterable[str]) -> Loaded:
    """A dossier of plain data, with some fields of it marked confidential there."""
    for place in places:
        *above, last = place.split(".")
        block = data
        for key in above:
            block = block[int(key)] if isinstance(block, list) else block[key]
        value = block[last]
        block[last] = {**(value if isinstance(value, dict) else {"value": value})}
        block[last]["confidential"] = True
    return load_text(yaml.safe_dump(data, sort_keys=False), "hidden.yaml")


def redacted_json(*places: str) -> Any:
    loaded = with_hidden(*places)
    return json.loads(jsonform.dumps(jsonform.to_json(example_result(loaded), loaded, redact=True)))


def test_without_a_secret_worth_is_told() -> None:
    data = redacted_json()
    assert data["range"]["packages"][0]["u"] == [0.52, 0.47]
    assert data["range"]["packages"][0]["surplus"] == [0.03, -0.02]
    assert data["range"]["frontier"] == [[0.4, 0.6], [0.52, 0.47], [0.7, 0.2]]
    assert [side["reservation_value"]["p"] for side in data["sides"]] == [0.49, 0.44]
    assert data["sides"][0]["best_offer"]["p"] == 0.52
    assert data["diagnosis"]["thresholds"][0]["closes_above"]["p"] == 0.61


@pytest.mark.parametrize(
    ("place", "open_u", "surplus", "values", "offers", "frontier"),
    [
        # a weight is one equation in what a package is worth, to both, by linkage
        ("positions.north.force.weight", False, "", "AB", "", False),
        # what fighting on is worth to a side is one equation in what it bears
        ("war.months_for_victory.A", True, "B", "B", "B", False),
        ("war.a_prevails.B", True, "A", "A", "A", False),
        # the race is behind both
        ("war.position", True, "", "", "", False),
        # what a breach would cost shows in the gain, not in the terms nor in the alternative
        ("war.months_for_victory.B", True, "A", "A", "A", False),
    ],
)
def test_numbers_go_from_which_a_hidden_one_could_be_solved(
    place: str, open_u: bool, surplus: str, values: str, offers: str, frontier: bool
) -> None:
    data = redacted_json(place)
    package = data["range"]["packages"][0]
    assert (None not in package["u"]) == open_u
    assert (
        "".join(side for side, x in zip("AB", package["surplus"], strict=True) if x is not None)
        == surplus
    )
    told = {
        name: "".join(s["side"] for s in data["sides"] if s[name] is not None)
        for name in ("reservation_value", "best_offer")
    }
    assert told == {"reservation_value": values, "best_offer": offers}
    assert (data["range"]["frontier"] is not None) == frontier
    assert data["range"]["packages"][0]["terms"]  # what it says stays
    assert data["diagnosis"]["thresholds"][0]["closes_above"] is None
    assert data["diagnosis"]["thresholds"][0]["never_open"] == 0.2


@pytest.mark.parametrize(
    ("place", "value", "offer", "u", "surplus"),
    [
        ("positions.north.force.weight", 0.49, 0.31, 0.32, 0.33),  # the alternative is open
        ("war.months_for_victory.A", 0.34, 0.31, 0.52, 0.33),  # the worth of terms is open
        ("war.position", 0.34, 0.31, 0.52, 0.33),
    ],
)
def test_a_number_that_is_sealed_changes_no_byte_of_any_form(
    place: str, value: float, offer: float, u: float, surplus: float
) -> None:
    loaded = with_hidden(place)
    plain = example_result(loaded)
    first, *rest = plain.range.packages
    front, *others = plain.diagnosis.thresholds
    other = dataclasses.replace(
        plain,
        sides=(
            dataclasses.replace(
                plain.sides[0], reservation_value=spread(value), best_offer=spread(offer)
            ),
            plain.sides[1],
        ),
        range=dataclasses.replace(
            plain.range,
            packages=(
                dataclasses.replace(first, u=(u, first.u[1]), surplus=(surplus, first.surplus[1])),
                *rest,
            ),
            frontier=((0.35, 0.1),),
        ),
        diagnosis=dataclasses.replace(
            plain.diagnosis,
            thresholds=(
                dataclasses.replace(front, closes_above=spread(0.36), move=None),
                *others,
            ),
        ),
    )
    assert forms(plain, loaded, redact=True) == forms(other, loaded, redact=True)
    shown, changed = (forms(one, loaded, redact=False) for one in (plain, other))
    assert all(shown[form] != changed[form] for form in shown)  # each form does tell them


def forms(result: Result, loaded: Loaded, redact: bool) -> dict[str, str]:
    """Every form in which worth, alternatives and thresholds are told."""
    asked = ("sides.A.best_offer", "packages.egalitarian", "diagnosis.A")
    return {
        "json": jsonform.dumps(jsonform.to_json(result, loaded, redact=redact)),
        "page": markdown.render(outline.build(result, loaded, redact=redact)),
        **{name: terminal.render(why(result, loaded, name, redact=redact)) for name in asked},
    }


def test_a_redacted_briefing_tells_chances_to_the_hundredth_and_none_as_nothing() -> None:
    loaded = with_hidden("war.a_prevails.A")
    result = example_result(loaded)
    odd = dataclasses.replace(
        result,
        rungs=(
            dataclasses.replace(result.rungs[0], chance=spread(0.1234567)),
            dataclasses.replace(result.rungs[1], chance=spread(0.0001, 0.0)),
            *result.rungs[2:],
        ),
        run=dataclasses.replace(result.run, effective_draws=412.6543),
    )
    data = jsonform.to_json(odd, loaded, redact=True)
    assert data["rungs"][0]["p"] == 0.12
    assert data["rungs"][1]["p"] == 0.005  # less than 1 in 100, and not 0
    assert data["run"]["effective_draws"] == 413.0
    assert jsonform.to_json(odd, loaded)["rungs"][0]["p"] == 0.1234567


def test_linkage_and_scale_tie_a_promise_to_every_weight_of_the_leads() -> None:
    for place in ("positions.south.missing.weight", "positions.north.valley.weight"):
        promises = redacted_json(place)["promises"]
        assert promises[0]["face"] is None  # a promise on the force
        assert promises[1]["face"] == [0.0, 0.0]  # of what stands anyway: nothing by definition
    promises = redacted_json()["promises"]
    assert promises[0]["face"] == [-0.03, 0.05]


def test_a_confidential_fact_of_the_case_hides_both_models_and_leaves_the_pool() -> None:
    data = copy.deepcopy(example_dossier().tree.data)
    data["peace"] = {"record": {"stalemate": {"value": True, "confidential": True}}}
    loaded = load_text(yaml.safe_dump(data, sort_keys=False), "hidden.yaml")
    form = jsonform.to_json(example_result(loaded), loaded, redact=True)["durability"]["ceasefire"]
    assert (form["truce"], form["gap"]) == ([], [])
    model = form["record_model"]
    assert (model["curve"], model["by_prior"], model["left_open"]) == ([], [], [])
    assert form["curve"][2]["p"] == pytest.approx(0.55, abs=0.006)
    shown = jsonform.to_json(example_result(loaded), loaded)["durability"]["ceasefire"]
    assert len(shown["truce"]) == 4
    page = markdown.render(outline.build(example_result(loaded), loaded, redact=True))
    assert "each model by itself [redacted]" in page
