"""Files of questions: faults at their lines, scores by hand, several coders repaired and pooled."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from interbellum import api
from interbellum.cli.main import main
from interbellum.dossier.questions import LoadedQuestions, LoadedResolutions, read_questions
from interbellum.errors import DossierError, UsageError
from interbellum.questions import PERSISTENCE, UNIFORM, score
from interbellum.record import coders

FILE = """\
schema_version: 1
title: Two made-up wars
questions:
  - id: truce
    war: north
    text: Will a general truce begin by the end of 2020 and be kept for 30 days?
    rung: general_truce_30_days_kept
    by: 2020-12-31
    forecasts:
      - {who: Interbellum, kind: ours, as_of: 2020-01-01, chance: 30%, source: ledger}
      - {who: Crowd, kind: crowd, as_of: 2020-01-01, chance: 0.5, source: their page}
      - {who: Crowd, kind: crowd, as_of: 2020-06-01, chance: 0.1, source: their page}
      - {who: Past wars, kind: base_rate, chance: 0.2, source: a table}
    resolution: {outcome: no, on: 2021-02-01, source: the press}
  - id: still_on
    war: south
    text: Will the war go on at the end of 2020?
    rung: war_goes_on
    by: 2020-12-31
    forecasts:
      - {who: Interbellum, kind: ours, as_of: 2020-01-01, chance: 0.9, source: ledger}
    resolution: {outcome: yes, on: 2021-01-01, source: the press}
  - id: when
    war: south
    text: When will a truce begin?
    rung: general_truce_30_days_intended
    by: 2020-12-31
    bins:
      - {id: early, text: before July}
      - {id: late, text: from July on}
      - {id: never, text: not in 2020}
    persistence: never
    forecasts:
      - who: Interbellum
        kind: ours
        as_of: 2020-01-01
        bins: {early: 0.2, late: 0.3, never: 0.5}
        source: ledger
    resolution: {outcome: late, on: 2020-09-01, source: the press}
  - id: open
    war: north
    text: Will a settlement be signed by 2030?
    rung: settlement_signed
    by: 2029-12-31
    forecasts:
      - {who: Interbellum, kind: ours, as_of: 2020-01-01, chance: 0.25, source: ledger}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "questions.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def faults(tmp_path, old: str, new: str, text: str = FILE):
    assert text.count(old) >= 1
    path = tmp_path / "q.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DossierError) as caught:
        read_questions(path)
    return caught.value.faults


# --- reading -----------------------------------------------------------------------------------


def test_a_file_is_read_with_percentages_and_days(file):
    loaded = read_questions(file)
    assert isinstance(loaded, LoadedQuestions)
    first = loaded.file.questions[0]
    assert first.forecasts[0].chance == pytest.approx(0.3)
    assert first.resolution.outcome == "no"
    assert first.by == dt.date(2020, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("rung: war_goes_on", "rung: peace", 18, "One of"),
        ("chance: 30%", "chance: 1.3", 10, "less than or equal to 1"),
        ("chance: 30%, source", "chanse: 0.3, source", 10, "did you mean `chance`"),
        ("outcome: no, ", "outcome: maybe, ", 14, "write one of no, yes"),
        ("as_of: 2020-06-01", "as_of: 2020-01-01", 12, "one forecast a day"),
        ("as_of: 2020-06-01", "as_of: 2021-06-01", 12, "by the day of the question"),
        ("on: 2020-09-01", "on: 2020-01-01", 36, "before the answer is known"),
        ("outcome: no, on: 2021-02-01", "outcome: no, on: 2020-12-30", 14, "the answer is no is not known before"),
        ("outcome: yes, on: 2021-01-01", "outcome: yes, on: 2020-12-30", 22, "the answer is yes is not known before"),
        ("who: Past wars, kind", "who: Crowd, kind", 13, "has no other"),
        ("who: Crowd", "who: 'coders, log'", 11, "pools of coders"),
        ("as_of: 2020-06-01, ", "", 12, "the day on which it was given"),
        ("id: still_on", "id: truce", 15, "used once"),
        ("who: Crowd, kind: crowd, as_of: 2020-06", "who: Crowd, kind: other, as_of: 2020-06", 12, "of kind crowd above"),
        ("who: Crowd", "who: uniform", 11, "worked out by the program"),
        ("never: 0.5}", "never: 0.4}", 37, "sum to one"),
        (", never: 0.5}", "}", 34, "each of them"),
        ("id: late", "id: early", 29, "name of its own"),
        ("persistence: never", "persistence: nevr", 32, "early, late, never"),
        ("as_of: 2020-01-01, chance: 0.9", "as_of: 2020-01-01, bins: {yes: 0.9}", 21, "the chance of yes"),
        ("schema_version: 1", "schema_version: 2", 1, "schema version 1"),
        ("    forecasts:\n      - {who: Interbellum, kind: ours, as_of: 2020-01-01, chance: 0.25, source: ledger}",
         "    forecasts: []", 45, "At least one"),
    ],
)  # fmt: skip
def test_a_fault_has_its_line_and_its_mend(tmp_path, old, new, line, says):
    found = faults(tmp_path, old, new)
    assert line in [fault.line for fault in found]
    assert says in " ".join(f"{fault.rule} {fault.mend}" for fault in found)


def test_all_faults_are_told_at_once_in_file_order(tmp_path):
    text = FILE.replace("outcome: no, ", "outcome: maybe, ").replace("never: 0.5}", "never: 0.4}")
    found = faults(tmp_path, "outcome: yes", "outcome: why", text)
    assert [fault.line for fault in found] == [14, 22, 37]


def test_a_yes_may_be_known_early_and_nothing_on_a_day_that_lies_ahead(tmp_path):
    path = tmp_path / "q.yaml"
    early = FILE.replace("outcome: no, on: 2021-02-01", "outcome: yes, on: 2020-08-01")
    path.write_text(early, encoding="utf-8")
    assert isinstance(read_questions(path, dt.date(2021, 1, 1)), LoadedQuestions)
    with pytest.raises(DossierError) as caught:
        read_questions(path, dt.date(2020, 12, 31))
    assert [(fault.line, fault.found) for fault in caught.value.faults] == [
        (22, "is 2021-01-01, after today")
    ]


def test_a_missing_file_says_what_to_name(tmp_path):
    with pytest.raises(UsageError, match="questions"):
        read_questions(tmp_path / "none.yaml")


# --- scoring -----------------------------------------------------------------------------------


def test_scores_by_hand(file):
    """Yes or no: ours .09 (north) and .01 (south); the crowd .25 and .01, both of north."""
    found = score(file)
    yes_no, bins = found.tables
    told = {one.name: one for one in yes_no.forecasters}
    assert told["Interbellum"].brier.value == pytest.approx((0.09 + 0.01) / 2)
    assert told["Interbellum"].log.value == pytest.approx(-(math.log(0.7) + math.log(0.9)) / 2)
    assert told["Crowd"].brier.value == pytest.approx((0.25 + 0.01) / 2)
    assert told["Past wars"].brier.value == pytest.approx(0.04)
    assert told["Past wars"].brier.n == 2  # undated: beside both days
    assert told[PERSISTENCE].brier.value == 0.0
    assert told[UNIFORM].brier.value == pytest.approx(0.25)
    assert bins.bins == 3
    ours = next(one for one in bins.forecasters if one.name == "Interbellum")
    assert ours.brier.value == pytest.approx(0.2**2 + 0.7**2 + 0.5**2)


def test_only_forecasts_of_the_same_day_are_compared(file):
    found = score(file)
    pair = next(
        p for p in found.tables[0].comparisons if (p.first, p.second) == ("Interbellum", "Crowd")
    )
    assert pair.brier.n == 1
    assert pair.brier.value == pytest.approx(0.09 - 0.25)
    assert pair.skill == pytest.approx(1 - 0.09 / 0.25)


def test_what_is_open_is_listed_and_not_scored(file):
    found = score(file)
    assert len(found.open) == 1
    assert found.open[0].startswith("open: Will a settlement")
    row = next(row for row in found.rows if row.id == "open")
    assert row.outcome is None
    assert all(one.brier is None and one.log is None for one in row.given)
    assert sum(one.brier.n for one in found.tables[0].forecasters if one.name == "Interbellum") == 2


def test_persistence_of_bins_is_what_the_file_says(file):
    row = next(row for row in score(file).rows if row.id == "when")
    stays = next(one for one in row.given if one.who == PERSISTENCE)
    assert stays.chances == (0.0, 0.0, 1.0)


def test_calibration_waits_for_eight_answers(file, tmp_path):
    assert score(file).calibration == {}
    head, _, rest = FILE.partition("questions:\n")
    one = rest[: rest.index("  - id: still_on")]
    many = tmp_path / "many.yaml"
    many.write_text(
        head + "questions:\n" + "".join(one.replace("id: truce", f"id: t{i}") for i in range(8)),
        encoding="utf-8",
    )
    found = score(many)
    (band,) = found.calibration["Interbellum"]
    assert (band.n, band.clusters, band.happened) == (8, 1, 0.0)
    assert found.decomposition["Interbellum"].brier == pytest.approx(0.09)
    split = found.murphy["Interbellum"]  # one band: .3 given, never came
    assert (split.reliability, split.resolution) == pytest.approx((0.09, 0.0))
    text = api.score(many).to_markdown()
    assert "Brier score 0.090 = reliability 0.090 - resolution 0.000 + uncertainty 0.000" in text
    assert text.count("Reliability: how far the chances given in a band lay") == 1
    assert "too few to tell calibration" not in text
    assert "as many as eight resolved yes-or-no answers: too few" in api.score(file).to_markdown()
    assert api.score(many).to_json()["murphy"]["Interbellum"]["reliability"] == pytest.approx(0.09)
    charts = api.score(many).charts()
    assert [chart.id for chart in charts] == [
        f"calibration-{number}" for number in range(1, len(found.calibration) + 1)
    ]
    assert all(who in chart.title for who, chart in zip(found.calibration, charts, strict=True))
    assert api.score(file).charts() == ()
    folder = tmp_path / "drawn"
    told = CliRunner().invoke(main, ["score", str(many), "--charts", str(folder)])
    assert told.exit_code == 0
    assert (folder / "calibration-1.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert f"Wrote {len(charts)} charts to" in told.stderr


def test_the_verb_prints_scores_answers_and_what_is_open(file):
    told = CliRunner().invoke(main, ["score", str(file), "--format", "md"])
    assert told.exit_code == 0
    assert "| Interbellum | 0.050 (0.010 to 0.090) |" in told.stdout
    assert "Open, not scored" in told.stdout
    assert "Will a settlement be signed by 2030?" in told.stdout
    data = json.loads(CliRunner().invoke(main, ["score", str(file), "--json"]).stdout)
    assert data["tables"][0]["forecasters"][0]["brier"]["n"] == 2
    assert data == json.loads(json.dumps(api.score(file).to_json()))


def test_a_name_on_two_lines_stays_in_its_row(tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(FILE.replace("who: Crowd", 'who: "Cro\\nwd"'), encoding="utf-8")
    text = api.score(path).to_markdown()
    assert "| Cro wd | 0.130 | 0.399 | 2 | 1 |" in text


def test_the_verb_tells_faults_and_exits_with_1(tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(FILE.replace("outcome: no, ", "outcome: maybe, "), encoding="utf-8")
    told = CliRunner().invoke(main, ["score", str(path)])
    assert told.exit_code == 1
    assert "q.yaml:14:" in told.stderr
    assert "1 fault to mend." in told.stderr


# --- several coders ----------------------------------------------------------------------------

CODERS = """\
schema_version: 1
title: Coders
questions:
  - id: kept
    war: north
    text: Kept for a year?
    rung: general_truce_year_kept
    by: 2020-12-31
    forecasts:
      - {who: LM, kind: coder, as_of: 2020-01-01, chance: 0.4, source: form}
      - {who: TK, kind: coder, as_of: 2020-01-01, chance: 0.1, source: form}
    resolution: {outcome: no, on: 2022-02-01, source: the press}
  - id: any
    war: north
    text: Any truce?
    rung: any_truce_announced
    by: 2020-12-31
    forecasts:
      - {who: LM, kind: coder, as_of: 2020-01-01, chance: 0.2, source: form}
      - {who: TK, kind: coder, as_of: 2020-01-01, chance: 0.5, source: form}
"""


def test_an_incoherent_coder_is_repaired_and_the_rules_of_pooling_are_shown(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(CODERS, encoding="utf-8")
    found = score(path)
    kept, anything = found.coders
    # LM gave the part (.4) more than the whole (.2): both become .3; TK is coherent
    assert kept.moved == pytest.approx({"LM": 0.1, "TK": 0.0})
    assert kept.pooled["linear"][1] == pytest.approx((0.3 + 0.1) / 2)
    odds = math.sqrt((0.3 / 0.7) * (0.1 / 0.9))
    assert kept.pooled["log"][1] == pytest.approx(odds / (1 + odds))
    far = odds**coders.EXTREMISED
    assert kept.pooled["extremised"][1] == pytest.approx(far / (1 + far))
    assert anything.pooled["linear"][1] == pytest.approx((0.3 + 0.5) / 2)
    names = {one.name for one in found.tables[0].forecasters}
    assert {"coders, linear", "coders, log", "coders, extremised"} <= names
    text = api.score(path).to_markdown()
    assert "LM, by 10 points" in text


def test_ours_is_compared_with_uniform_base_rate_persistence_and_crowd(file):
    pairs = {(p.first, p.second) for p in score(file).tables[0].comparisons}
    marks = {"Crowd", "Past wars", PERSISTENCE, UNIFORM}
    assert {second for first, second in pairs if first == "Interbellum"} == marks


def test_the_pool_of_coders_is_compared_with_every_mark(tmp_path):
    path = tmp_path / "c.yaml"
    crowd = "      - {who: Crowd, kind: crowd, as_of: 2020-01-01, chance: 0.5, source: page}\n"
    first, rest = CODERS.split("    resolution", 1)
    path.write_text(f"{first}{crowd}    resolution{rest}", encoding="utf-8")
    (table,) = score(path).tables
    marks = {p.second for p in table.comparisons if p.first == "coders, linear"}
    assert marks == {"Crowd", PERSISTENCE, UNIFORM}


def test_one_coder_alone_is_not_pooled(tmp_path):
    path = tmp_path / "c.yaml"
    lines = [line for line in CODERS.splitlines() if "TK" not in line]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert score(path).coders == ()


def test_contained_rungs_and_later_days_follow():
    asked = [
        ("general_truce_year_kept", 10),
        ("general_truce_30_days_kept", 10),
        ("any_truce_announced", 5),
        ("any_truce_announced", 10),
        ("war_goes_on", 5),
        ("war_goes_on", 10),
    ]
    assert set(coders.implications(asked)) == {(0, 1), (0, 3), (1, 3), (2, 3)}


chances = arrays(float, 4, elements=st.floats(0, 1))
ORDER = ((0, 1), (0, 3), (1, 3), (2, 3))


@given(p=chances, came=st.integers(0, 4))
def test_a_repair_is_coherent_and_never_scores_worse_whatever_comes(p, came):
    now = coders.repaired(p, ORDER)
    assert all(now[i] <= now[j] + 1e-9 for i, j in ORDER)
    worlds = np.array(
        [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1]], dtype=float
    )
    world = worlds[came]
    assert ((now - world) ** 2).sum() <= ((p - world) ** 2).sum() + 1e-9


@given(p=chances)
def test_coherent_chances_are_left_alone(p):
    low, high = np.sort(p)[:2], np.sort(p)[2:]
    coherent = np.array([low[0], low[1], low[0], high[1]])
    np.testing.assert_allclose(coders.repaired(coherent, ORDER), coherent, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_a_repair_is_the_nearest_that_a_general_optimiser_finds(seed):
    p = np.random.Generator(np.random.PCG64(seed)).uniform(size=4)
    best = minimize(
        lambda q: ((q - p) ** 2).sum(),
        np.full(4, 0.5),
        method="SLSQP",
        tol=1e-12,
        constraints=[{"type": "ineq", "fun": lambda q, i=i, j=j: q[j] - q[i]} for i, j in ORDER],
    )
    np.testing.assert_allclose(coders.repaired(p, ORDER), best.x, atol=1e-5)


def test_bins_are_projected_onto_those_that_sum_to_one():
    np.testing.assert_allclose(coders.summed_to_one(np.array([0.5, 0.5, 0.3])), [0.4, 0.4, 0.2])
    np.testing.assert_allclose(coders.summed_to_one(np.array([0.9, 0.5, 0.0])), [0.7, 0.3, 0.0])


def test_coders_who_agree_are_left_alone_but_by_extremising():
    same = np.array([[0.2, 0.8], [0.2, 0.8]])
    for rule in ("linear", "log"):
        np.testing.assert_allclose(coders.pool(same, rule), [0.2, 0.8])
    assert coders.pool(same, "extremised")[1] > 0.8
    with pytest.raises(ValueError, match="not one of"):
        coders.pool(same, "median")


# --- the example of the docs -------------------------------------------------------------------


def test_the_example_of_three_crowds_is_scored():
    """Published: on 8 May .28, .53 and .40 for a ceasefire before 2026, which did not come."""
    example = Path(__file__).parents[1] / "docs" / "examples" / "ukraine-crowds.yaml"
    (table,) = score(example).tables
    told = {one.name: one.brier for one in table.forecasters}
    assert told["RAND Forecasting Initiative"].value == pytest.approx((0.39**2 + 0.28**2) / 2)
    assert told["Metaculus"].value == pytest.approx((0.74**2 + 0.53**2) / 2)
    assert {brier.clusters for brier in told.values()} == {1}


def test_the_file_of_the_concepts_page_is_read(tmp_path):
    page = Path(__file__).parents[1] / "docs" / "concepts" / "record.md"
    blocks = page.read_text(encoding="utf-8").split("```yaml\n")[1:]
    for number, block in enumerate(blocks):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block.split("```")[0], encoding="utf-8")
        assert isinstance(read_questions(file), (LoadedQuestions, LoadedResolutions)[number])
