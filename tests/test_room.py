"""The room for agreement: verdict, solutions, what stands in the way, and how it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from factories_dossier import WEIGHT, as_yaml, minimal_data
from interbellum import analysis, room
from interbellum.api import find_deals, solve_domain
from interbellum.bargaining import BEST_OF
from interbellum.briefing import room as told
from interbellum.briefing.blocks import Table
from interbellum.briefing.blocks import texts as texts_of
from interbellum.cli.main import main
from interbellum.deals.solutions import DEFINITIONS
from interbellum.dossier.mirror import swap_labels
from interbellum.dossier.reader import Loaded, load, load_text
from interbellum.errors import UsageError
from interbellum.model.room import BlockingSet, Concession, Demand, Room

SMALL = "eritrea-ethiopia-1999"
LARGE = "ukraine-2025-05"


@cache
def looked(name: str, race: float = 0.0) -> Room:
    return room.look(load(name), draws=16, race_moved=race)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


# --- the verdict -------------------------------------------------------------------------------


def test_share_of_open_draws_is_that_of_the_briefing() -> None:
    brief = analysis.run(load(SMALL), draws=16, paths=8)
    assert looked(SMALL).open_share == pytest.approx(brief.range.open_share, abs=1e-12)
    assert [(b.share, tuple(d.id for d in b.demands)) for b in looked(SMALL).in_draws] == [
        (pytest.approx(b.share), b.ids) for b in brief.range.blocking
    ]


def test_open_range_has_every_solution_and_each_is_what_it_says() -> None:
    found = looked(SMALL)
    assert found.open_at_medians
    by_name = {package.solution: package for package in found.packages}
    assert list(by_name) == [*DEFINITIONS, *BEST_OF]
    gains = {name: package.surplus for name, package in by_name.items()}
    assert all(package.acceptable for package in found.packages)
    assert min(gains["egalitarian"]) == max(min(g) for g in gains.values())
    assert np.prod(gains["nash"]) == max(np.prod(g) for g in gains.values())
    assert sum(gains["utilitarian"]) == pytest.approx(max(map(sum, gains.values())), abs=2e-9)
    assert gains["best_for_A"][0] == max(g[0] for g in gains.values())
    assert gains["best_for_B"][1] == max(g[1] for g in gains.values())
    assert found.missing == ()
    assert found.blocking == ()
    assert found.concessions == ()
    assert 0 < found.count.at_least <= found.count.acceptable <= found.count.at_most


def test_closed_range_names_what_is_missing_and_every_way_out() -> None:
    found = looked(LARGE)
    assert not found.open_at_medians
    assert [package.solution for package in found.packages] == ["egalitarian"]
    assert found.missing == ("kalai_smorodinsky", "nash", "utilitarian", *BEST_OF)
    assert found.count.at_most == 0
    assert found.blocking_status == found.concessions_status == "proved"
    sets = [{demand.id for demand in item.demands} for item in found.blocking]
    ways = [{demand.id for demand in item.demands} for item in found.concessions]
    assert all(way & block for way in ways for block in sets)  # each opens every set
    for way in ways:  # and no part of it does
        for demand in way:
            assert any(not (way - {demand}) & block for block in sets)
    shares = [item.share for item in found.blocking]
    assert shares == sorted(shares, reverse=True)
    totals = [item.total for item in found.concessions if item.total is not None]
    assert totals == sorted(totals)
    for item in found.concessions:
        assert item.total == pytest.approx(sum(price.amount for price in item.prices), abs=1e-9)
        assert item.package is not None
    assert all(0.0 < item.opens <= 1.0 for item in found.weights)


def test_swapped_labels_mirror_the_room() -> None:
    plain, swapped = looked(SMALL), room.look(swap_labels(load(SMALL)), draws=16)
    other = {"best_for_A": "best_for_B", "best_for_B": "best_for_A"}
    assert swapped.open_share == pytest.approx(plain.open_share, abs=1e-9)
    assert swapped.count == plain.count
    mirrored = {other.get(p.solution, p.solution): p for p in swapped.packages}
    for package in plain.packages:
        image = mirrored[package.solution]
        assert image.surplus[::-1] == pytest.approx(package.surplus, abs=1e-9)
        if package.solution not in other:
            assert image.terms == package.terms
    assert [item.reservation_value.p for item in swapped.sides[::-1]] == pytest.approx(
        [item.reservation_value.p for item in plain.sides], abs=1e-9
    )


def test_the_race_as_a_what_if_moves_both_alternatives_and_leaves_the_draws() -> None:
    plain, moved = looked(SMALL), looked(SMALL, 0.1)
    assert moved.sides[0].at_medians > plain.sides[0].at_medians
    assert moved.sides[1].at_medians < plain.sides[1].at_medians
    assert moved.open_share == plain.open_share
    with pytest.raises(UsageError, match=r"at most 0\.5"):
        room.look(load(SMALL), draws=16, race_moved=0.7)


# --- consents and steps -------------------------------------------------------------------------


def consenting(walk_away: Any) -> Loaded:
    data = minimal_data()
    data["actors"][2].update(consents=["line"], walk_away=walk_away)
    data["positions"]["north"]["truce"]["weight"] = {
        "low": 1,
        "high": 2,
    }  # so that it trades the truce
    data["positions"]["league"] = {
        "line": {"ideal": "back", "weight": WEIGHT, "basis": "judgement"}
    }
    data["promises"] = [
        {
            "id": "posts",
            "title": "Posts on the line",
            "issue": "truce",
            "option": "general",
            "without": "none",
            "by": "league",
            "to": "south",
            "delivered": {"low": 0.5, "high": 0.7},
            "snap_back": {"low": 0.4, "high": 0.6},
            "tranches": [
                {"share": 0.25, "delay_months": {"low": 9, "high": 11}, "after": "the count"},
                {"share": 0.75, "delay_months": {"low": 1, "high": 3}},
            ],
        }
    ]
    return load_text(as_yaml(data))


def test_a_walk_away_value_no_package_meets_closes_the_range_and_is_named() -> None:
    easy = room.look(consenting({"low": 0.05, "high": 0.1}), draws=8)
    for package in easy.packages:
        ((actor, got, least),) = package.consents
        assert (actor, least) == ("League", pytest.approx(0.075))
        assert got >= least
    # Its ideal and nothing less: the line goes back, which one side will not bear for any price here.
    hard = room.look(consenting({"low": 0.98, "high": 1.0}), draws=8)
    assert hard.open_share <= easy.open_share
    if not hard.open_at_medians:
        assert any("walk_away" in d.id for item in hard.blocking for d in item.demands)


def test_promised_steps_stand_in_the_order_of_their_months() -> None:
    found = room.look(consenting({"low": 0.05, "high": 0.1}), draws=8)
    chosen = next(p for p in found.packages if p.solution == "egalitarian")
    assert {term.issue: term.option for term in chosen.terms}["truce"] == "general"
    assert [(step.share, step.after) for step in found.steps] == [(0.75, None), (0.25, "the count")]
    assert [step.month for step in found.steps] == pytest.approx([2.0, 10.0], abs=1e-6)
    assert found.steps[0].snap_back == pytest.approx(0.5)
    assert found.steps[0].withdrawn_yearly is None


# --- how it is told -----------------------------------------------------------------------------


def test_words_answer_first_and_give_no_decimals() -> None:
    blocks = told.outline(looked(LARGE), load(LARGE))
    lines = texts_of(blocks)
    assert lines[0].startswith("Room for agreement")
    assert lines[1].startswith("In ")
    assert "no package is acceptable to both" in lines[1]
    whole = " ".join(lines)
    assert "Not there: Kalai-Smorodinsky" in whole
    assert "not a proposal" in whole
    plain = looked(SMALL)
    assert "between" in " ".join(texts_of(told.outline(plain, load(SMALL))))


def test_json_has_what_the_result_has() -> None:
    answer = find_deals(SMALL, draws=16)
    data = json.loads(json.dumps(answer.to_json()))
    assert data["dossier"]["id"] == SMALL
    assert data["status"] == "proved"
    assert {package["solution"] for package in data["packages"]} == {*DEFINITIONS, *BEST_OF}
    assert all(package["definition"] and package["ties"] for package in data["packages"])
    assert data["open_share"] == pytest.approx(looked(SMALL).open_share, abs=1e-9)


def test_confidential_demands_and_prices_are_hidden_everywhere() -> None:
    loaded = load(LARGE)
    found = looked(LARGE)
    hidden = next(
        demand for item in found.blocking for demand in item.demands if "red_line" in demand.id
    )
    _, actor, issue, _ = hidden.id.split(".")
    data = loaded.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["positions"][actor][issue]["red_line"]["confidential"] = True
    secret = load_text(as_yaml(data))
    shown = told.redacted(found, secret)
    assert hidden.id not in json.dumps(told.to_json(found, secret, redact=True))
    assert hidden.name not in " ".join(texts_of(told.outline(found, secret, redact=True)))
    names = {a.id: a.name for a in loaded.dossier.actors}
    for item in shown.concessions:
        assert all(price.actor != names[actor] for price in item.prices)


# --- the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["terminal", "md", "json"])
def test_deals_in_every_form(form: str) -> None:
    done = run("deals", SMALL, "--draws", "8", "--format", form)
    assert done.exit_code == 0, done.stderr
    assert "seed 1, 8 draws" in done.stderr
    if form == "json":
        assert json.loads(done.stdout)["issues"] == 11
    elif form == "md":
        assert done.stdout.startswith("# Room for agreement")
        assert "| Egalitarian |" in done.stdout
    else:
        assert done.stdout.startswith("Room for agreement")


def test_deals_of_a_domain_and_conversion_there_and_back(tmp_path: Any) -> None:
    folder, single, again = tmp_path / "genius", tmp_path / "one.json", tmp_path / "negmas"
    done = run("convert", SMALL, str(folder))
    assert done.exit_code == 0, done.stderr
    assert "11 red lines" in done.stderr
    assert run("convert", str(folder), str(single)).exit_code == 0
    told_json = run("convert", str(single), str(again), "--form", "negmas", "--json")
    assert json.loads(told_json.stdout)["packages"] == 16_000_000
    answers = [
        json.loads(run("deals", str(where), "--json").stdout) for where in (folder, single, again)
    ]
    for answer in answers:
        assert answer["status"] == "proved"
        assert answer["frontier"][0]["utilities"] == pytest.approx(
            answers[0]["frontier"][0]["utilities"], abs=1e-9
        )
        assert [s["package"] for s in answer["solutions"]] == [
            s["package"] for s in answers[0]["solutions"]
        ]
    assert run("convert", SMALL, str(folder)).exit_code == 2  # nothing is overwritten


def test_exported_domain_is_worth_to_each_lead_what_the_dossier_says() -> None:
    loaded = load(SMALL)
    domain, _ = room.as_domain(loaded)
    solved = solve_domain(domain)
    # Without red lines, conditions and the risk of breach: u on another scale, same order.
    medians = analysis.at_medians(analysis.compile_medians(loaded.dossier))
    inputs = medians.inputs
    for side in (0, 1):
        party = domain.parties[side]
        for _ in range(20):
            rng = np.random.default_rng(side)
            packages = [
                [int(rng.integers(len(options))) for options in domain.options] for _ in range(2)
            ]
            ours, theirs = [], []
            for package in packages:
                chosen = [
                    int(
                        np.flatnonzero(
                            (inputs.space.issue == k)
                            & (inputs.space.option == o)
                            & ~inputs.space.void
                        )[0]
                    )
                    for k, o in enumerate(package)
                ]
                ours.append(inputs.gain[0, chosen, side].sum())
                theirs.append(
                    sum(party.weights[k] * party.values[k][o] for k, o in enumerate(package))
                )
            scale = (theirs[0] - theirs[1]) / (ours[0] - ours[1])
            assert scale > 0.0
        assert party.reservation is not None
        least = medians.value[side]
        at_least = (party.reservation - theirs[0]) / scale + ours[0] + inputs.base[0, side]
        assert at_least == pytest.approx(least, abs=1e-9)
    assert solved.result.status == "proved"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("deals", SMALL, "--json", "--format", "md"), "ask for two forms"),
        (("deals", "nowhere.yaml"), "nowhere.yaml"),
        (("deals", SMALL, "--race", "3"), "at most 0.5"),
        (("convert", SMALL, "out.yaml"), "a domain becomes a folder"),
        (("convert", SMALL, "out", "--into", "x"), "are for tables of positions"),
        (("convert", "table.csv", "out.json"), "converted to .yaml"),
        (("convert", "table.csv", "out.yaml", "--form", "negmas"), "--form is for domains"),
    ],
)
def test_misuse_says_how_to_ask(
    arguments: tuple[str, ...], says: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_domain_takes_no_options_of_a_dossier(tmp_path: Any) -> None:
    folder = tmp_path / "domain"
    assert run("convert", SMALL, str(folder)).exit_code == 0
    done = run("deals", str(folder), "--race", "0.1")
    assert done.exit_code == 2
    assert "is a negotiation domain" in done.stderr


def test_steps_of_a_confidential_promise_are_hidden() -> None:
    loaded = consenting({"low": 0.05, "high": 0.1})
    found = room.look(loaded, draws=8)
    assert len(found.steps) == 2
    data = loaded.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["promises"][0]["snap_back"]["confidential"] = True
    assert told.redacted(found, load_text(as_yaml(data))).steps == ()
    data["promises"][0]["snap_back"].pop("confidential")
    data["positions"]["league"]["line"]["confidential"] = True
    shown = told.redacted(found, load_text(as_yaml(data)))
    assert len(shown.steps) == 2
    assert all(package.consents == () for package in shown.packages)


# --- what could be solved for --------------------------------------------------------------------


def asked(change: Any, hide: str = "") -> tuple[Loaded, Room]:
    """A small dossier with a promise, a third actor and red lines; one number changed, one hidden."""
    data = consenting({"low": 0.05, "high": 0.1}).dossier.model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["positions"]["south"]["line"]["red_line"] = {
        "refuses": ["annexed"],
        "confidence": {"low": 0.6, "high": 0.8},
    }
    data["issues"][1]["options"][1]["provisions"] = ["monitoring_mission"]
    data["war"]["annual_discount"] = {side: {"low": 0.05, "high": 0.2} for side in "AB"}
    data["war"]["rearmament"] = {
        side: {"rate": {"low": 0.01, "high": 0.04}, "ceiling": {"low": 0.05, "high": 0.2}}
        for side in "AB"
    }
    data["trust"] = {"other_breaks": {side: {"low": 0.3, "high": 0.8} for side in "AB"}}
    change(data)
    if hide:
        block: Any = data
        for key in hide.split("."):
            block = block[int(key) if isinstance(block, list) else key]
        block["confidential"] = True
    loaded = load_text(as_yaml(data))
    return loaded, room.look(loaded, draws=8)


def number_at(path: str, low: float, high: float) -> Any:
    def change(data: Any) -> None:
        *above, last = path.split(".")
        for key in above:
            data = data.setdefault(key, {}) if isinstance(data, dict) else data[int(key)]
        data[last] = {"low": low, "high": high}

    return change


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        parts = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list):
        parts = [(str(place), item) for place, item in enumerate(value)]
    else:
        return {path: value}
    return {
        place: leaf for key, item in parts for place, leaf in leaves(item, f"{path}.{key}").items()
    }


MAY_TELL = ("hash", "open_share", "open_error", "share", "opens", "effective_draws")
"""Shares of draws rest on every input together, and stay. An interval's ends are draws, which other inputs
choose by the draws' weights: the numbers below change little, so that the same draws are chosen."""


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("war.months_for_victory.A", (24, 40), (24, 41)),
        ("war.months_for_victory.B", (24, 40), (24, 40.1)),
        ("war.a_prevails.A", (0.5, 0.7), (0.5, 0.71)),
        ("war.a_prevails.analyst", (0.4, 0.6), (0.4, 0.61)),
        ("war.annual_discount.A", (0.05, 0.2), (0.05, 0.21)),
        ("war.position", (0.4, 0.6), (0.4, 0.61)),
        ("war.months_to_decision", (12, 60), (12, 61)),
        ("war.rearmament.A.ceiling", (0.05, 0.2), (0.05, 0.21)),
        ("trust.other_breaks.A", (0.3, 0.8), (0.3, 0.81)),
        ("trust.provisions_factor", (0.3, 0.9), (0.3, 0.91)),
        ("positions.north.line.weight", (5, 15), (5, 15.2)),
        ("positions.south.truce.weight", (5, 15), (5, 15.2)),
        ("talks.linkage", (0.2, 0.6), (0.2, 0.61)),
        ("promises.0.delivered", (0.5, 0.7), (0.5, 0.71)),
        ("promises.0.tranches.1.delay_months", (1, 3), (1, 3.2)),
    ],
)
def test_redacted_json_has_no_number_that_moves_with_a_hidden_one(
    path: str, one: tuple[float, float], other: tuple[float, float]
) -> None:
    def moving(redact: bool) -> set[str]:
        first, second = (
            leaves(told.to_json(found, loaded, redact=redact))
            for loaded, found in (asked(number_at(path, *ends), path) for ends in (one, other))
        )
        assert first.keys() == second.keys()
        return {
            place
            for place, leaf in first.items()
            if leaf != second[place] and place.rsplit(".", 1)[1] not in MAY_TELL
        }

    assert moving(False), "the hidden number changes nothing: the test tests nothing"
    assert moving(True) == set()


def test_months_for_victory_can_be_solved_for_in_the_open_json_and_not_in_the_redacted() -> None:
    path = "war.months_for_victory.A"
    loaded, found = asked(number_at(path, 30, 50), path)  # median 40

    def solved(data: dict[str, Any]) -> float | None:
        target = data["sides"][0]["at_medians"]
        if target is None:
            return None
        low, high = 5.0, 300.0
        for _ in range(40):  # more months to victory: the war costs less, the alternative is better
            middle = 0.5 * (low + high)
            guess, _ = loaded_with(middle)
            if analysis.at_medians(analysis.compile_medians(guess.dossier)).value[0] < target:
                low = middle
            else:
                high = middle
        return low

    def loaded_with(months: float) -> tuple[Loaded, None]:
        data = loaded.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
        data["war"]["months_for_victory"]["A"] = {"low": months, "high": months}
        return load_text(as_yaml(data)), None

    assert solved(told.to_json(found, loaded)) == pytest.approx(40.0, abs=1e-3)
    shown = told.to_json(found, loaded, redact=True)
    assert solved(shown) is None
    assert shown["sides"][1] == told.to_json(found, loaded)["sides"][1]  # B's is its own
    assert shown["sides"][0]["reservation_value"]["lo80"] is None
    assert all(package["surplus"][0] is None for package in shown["packages"])
    assert all(package["u"][0] is not None for package in shown["packages"])
    assert shown["open_share"] == pytest.approx(found.open_share, abs=1e-9)
    text = " ".join(texts_of(told.outline(found, loaded, redact=True)))
    assert "([redacted])" in text
    assert "How many of these are acceptable to both: [redacted]" in text


@pytest.mark.parametrize("hidden", ["", ".confidence"])
def test_a_hidden_red_line_hides_how_many_packages_cross_none(hidden: str) -> None:
    path = "positions.south.line.red_line"
    loaded, found = asked(number_at(f"{path}.confidence", 0.6, 0.8), f"{path}{hidden}")
    shown = told.to_json(found, loaded, redact=True)
    assert shown["count"]["packages"] == found.count.packages
    assert shown["count"]["unforbidden"] is None
    assert shown["count"]["at_most"] is None
    assert shown["frontier"] is None
    text = " ".join(texts_of(told.outline(found, loaded, redact=True)))
    assert "How many cross no red line, and how many of these are acceptable" in text


def test_a_hidden_weight_leaves_no_two_packages_whose_difference_tells_it() -> None:
    path = "positions.north.line.weight"
    loaded, found = asked(number_at(path, 5, 15), path)
    assert all(package.u[0] == package.u[0] for package in found.packages)
    shown = told.to_json(found, loaded, redact=True)
    numbers = [
        number
        for package in [
            *shown["packages"],
            *(item["package"] for item in shown["concessions"] if item["package"]),
        ]
        for number in (*package["u"], *package["surplus"])
    ]
    assert set(numbers) == {None}
    assert shown["frontier"] is None
    assert [package["terms"] for package in shown["packages"]] == [
        package["terms"] for package in told.to_json(found, loaded)["packages"]
    ]
    assert shown["sides"] == told.to_json(found, loaded)["sides"]


def test_hidden_delivery_takes_the_numbers_of_packages_that_carry_it_only() -> None:
    path = "promises.0.delivered"
    loaded, found = asked(lambda data: None, path)
    shown = told.redacted(found, loaded)
    carried = [
        any((term.issue, term.option) == ("truce", "general") for term in package.terms)
        for package in found.packages
    ]
    assert any(carried)
    bare = replace(
        found.packages[0],
        terms=tuple(replace(t, option="none") for t in found.packages[0].terms),
    )
    for package, before, carries in zip(shown.packages, found.packages, carried, strict=True):
        assert (package.u != before.u) == carries  # nan is unequal to itself
    kept = told.redacted(replace(found, packages=(bare,)), loaded).packages[0]
    assert (kept.u, kept.surplus) == (bare.u, bare.surplus)
    assert shown.frontier is None


def test_consents_of_a_hidden_actor_are_not_in_what_a_concession_opens() -> None:
    loaded, found = asked(lambda data: None, "positions.league.line.weight")
    assert found.packages[0].consents
    item = Concession((), (), None, found.packages[0])
    shown = told.redacted(replace(found, concessions=(item,)), loaded)
    assert shown.concessions[0].package is not None
    assert shown.concessions[0].package.consents == ()


# --- what a reader must be told ----------------------------------------------------------------


def test_red_lines_say_how_likely_they_are_and_whether_they_count_at_the_medians() -> None:
    found = looked(LARGE)
    stands = load(LARGE).dossier.positions
    lines = {d.id: d for s in (*found.blocking, *found.in_draws) for d in s.demands}
    for path, demand in lines.items():
        if not path.startswith("positions."):
            assert (demand.confidence, demand.at_medians) == (None, True)
            continue
        _, actor, issue, _ = path.split(".")
        line = stands[actor][issue].red_line
        assert line is not None
        assert demand.confidence == pytest.approx(line.confidence.centre(), abs=1e-9)
        assert demand.at_medians == (line.confidence.centre() > 0.5)
    assert all(d.at_medians for item in found.blocking for d in item.demands)
    table = next(
        block
        for block in told.outline(found, load(LARGE))
        if isinstance(block, Table) and block.columns[0] == "red line"
    )
    assert table.columns[2:] == ("real with chance", "counted at the medians")
    assert {row[3] for row in table.rows} <= {"yes", "no"}


def test_hidden_confidence_is_not_told() -> None:
    loaded, found = asked(lambda data: None, "positions.south.line.red_line.confidence")
    demand = Demand("positions.south.line.red_line", "South: The line", "Annexed", 0.7, True)
    shown = told.to_json(
        replace(found, blocking=(BlockingSet((demand,), 0.5),), open_at_medians=False),
        loaded,
        redact=True,
    )
    (told_of,) = shown["blocking"][0]["demands"]
    assert (told_of["confidence"], told_of["at_medians"]) == (None, None)
    assert shown["packages"][0]["u"][0] is not None  # a line's chance is no part of worth


@pytest.mark.parametrize(
    ("gain", "says"),
    [(0.0, "0"), (0.004, "+<1"), (-0.004, "-<1"), (-0.005, "-1"), (0.014, "+1"), (-0.12, "-12")],
)
def test_a_loss_too_small_to_show_is_still_a_loss(gain: float, says: str) -> None:
    found = looked(SMALL)
    package = replace(found.packages[0], u=(0.63, 0.49), surplus=(gain, gain))
    text = " ".join(texts_of(told.outline(replace(found, packages=(package,)), load(SMALL))))
    assert f"63 ({says})" in text
    assert f"49 ({says})" in text


def test_frontier_says_that_the_risk_of_breach_is_in_it() -> None:
    text = " ".join(texts_of(told.outline(looked(SMALL), load(SMALL))))
    assert "once the risk that the deal breaks is counted" in text
    closed = " ".join(texts_of(told.outline(looked(LARGE), load(LARGE))))
    assert "walk-away value, by the constraint solver in two ways" in closed


def test_a_search_that_stopped_before_any_set_says_so():
    stopped = replace(
        looked(LARGE),
        open_at_medians=False,
        blocking=(),
        in_draws=(),
        concessions=(),
        blocking_status="unknown",
    )
    assert any(
        "the search stopped before it had shown" in text
        for text in texts_of(told.outline(stopped, load(LARGE)))
    )


def test_conditions_that_no_package_meets_are_a_fault_of_the_dossier(tmp_path: Any) -> None:
    data = minimal_data()
    for issue in data["issues"]:
        issue["may_be_left_open"] = False
    line, truce = data["issues"]
    for option in line["options"]:
        option["excludes"] = [f"truce.{other['id']}" for other in truce["options"]]
    file = tmp_path / "tied.yaml"
    file.write_text(as_yaml(data), encoding="utf-8")
    for verb in (("check",), ("deals",), ("texts",), ("brief", "--draws", "8", "--paths", "8")):
        done = run(verb[0], str(file), *verb[1:])
        assert done.exit_code == 1, verb
        assert (
            "issues.0.options.0.excludes and the other conditions between line, truce leave no"
            in (done.output)
        )
        assert "Mend: drop one of them" in done.output


def test_a_count_of_none_unforbidden_is_said_in_words() -> None:
    found = looked(LARGE)
    none = replace(found, count=replace(found.count, unforbidden=0, at_most=0))
    assert "each of them crosses a red line" in " ".join(texts_of(told.outline(none, load(LARGE))))
