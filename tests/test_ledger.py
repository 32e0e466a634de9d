"""The ledger: appended, never rewritten, tamper-evident; resolved later; told in the briefing."""

from __future__ import annotations

import datetime as dt
import json
import math
import multiprocessing
from dataclasses import replace

import pytest
from click.testing import CliRunner

from factories import example_dossier, example_result
from factories_dossier import minimal_dossier
from interbellum import api
from interbellum.briefing import markdown, outline
from interbellum.briefing import scores as told_scores
from interbellum.cli.main import main
from interbellum.dossier.questions import LoadedResolutions, read_questions
from interbellum.errors import DossierError, UsageError
from interbellum.model.rungs import ENDINGS, HORIZON_DAYS, RUNGS
from interbellum.questions import score, score_ledger
from interbellum.record.ledger import _sealed, answers_to, append, of_result, read_ledger

TODAY = dt.date(2020, 7, 1)
LOADED = example_dossier()
RESULT = example_result(LOADED)
QUESTIONS = {one.id: one.text for one in LOADED.dossier.questions}


def seeded(seed: int):
    return replace(RESULT, run=replace(RESULT.run, seed=seed))


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "deep" / "ledger.jsonl"
    for seed in (1, 2, 3):
        append(path, seeded(seed), QUESTIONS, TODAY)
    return path


# --- writing and reading -----------------------------------------------------------------------


def test_an_answer_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "l.jsonl"
    entry, new = append(path, RESULT, QUESTIONS, TODAY)
    assert new
    assert read_ledger(path) == (entry,)
    assert entry == of_result(RESULT, QUESTIONS, TODAY)
    assert (entry.hash, entry.version) == (RESULT.dossier.hash, RESULT.run.version)
    assert len(entry.rungs) == len(RESULT.rungs)
    curve = RESULT.durability["ceasefire"].curve
    assert entry.durability["ceasefire"] == {point.days: point.chance.p for point in curve}


def test_lines_are_added_and_those_before_stay_byte_for_byte(ledger):
    before = ledger.read_bytes()
    append(ledger, seeded(4), QUESTIONS, TODAY)
    after = ledger.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == 4
    assert [entry.seed for entry in read_ledger(ledger)] == [1, 2, 3, 4]


def test_the_very_answer_is_not_written_twice(ledger):
    before = ledger.read_bytes()
    entry, new = append(ledger, seeded(2), QUESTIONS, TODAY + dt.timedelta(days=9))
    assert not new
    assert entry.recorded == TODAY
    assert ledger.read_bytes() == before


def test_no_ledger_is_an_empty_one(tmp_path):
    assert read_ledger(tmp_path / "none.jsonl") == ()


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda lines: [lines[0].replace(b'"seed": 1', b'"seed": 7'), *lines[1:]], 1),
        (lambda lines: [*lines[:2], lines[2].replace(b'"seed": 3', b'"seed": 7')], 3),
        (lambda lines: [lines[0].replace(b"\n", b"\r\n")], 1),
        (lambda lines: [*lines, b"[" * 100_000 + b"\n"], 4),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], b"{}\n", lines[2]], 2),
        (lambda lines: [*lines[:2], lines[2][:-20]], 3),
        (lambda lines: [lines[0].replace(b'"format": 1', b'"format": 9'), *lines[1:]], 1),
    ],
)
def test_what_was_changed_or_cut_is_told_with_its_line_and_nothing_is_written(ledger, damage, line):
    ledger.write_bytes(b"".join(damage(ledger.read_bytes().splitlines(keepends=True))))
    before = ledger.read_bytes()
    with pytest.raises(UsageError, match=rf"ledger\.jsonl:{line}: .*Mend"):
        read_ledger(ledger)
    with pytest.raises(UsageError, match=rf"ledger\.jsonl:{line}: "):
        append(ledger, seeded(9), QUESTIONS, TODAY)
    assert ledger.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        {"p": 1.1},
        {"p": float("nan")},
        {"base_rate": -0.1},
        {"crowd": 2.0},
        {"rung": "peace"},
        {"by_days": 10**9},
        {"by_days": float("inf")},
    ],
)
def test_a_line_that_no_answer_could_have_written_is_told_and_no_crash(ledger, change):
    """With its fingerprints right, as another program might have made it."""
    lines = ledger.read_bytes().splitlines()
    fields = json.loads(lines[2])
    del fields["fingerprint"]
    fields["rungs"][0] |= change
    made = _sealed(json.dumps(fields, ensure_ascii=False).encode())
    ledger.write_bytes(b"\n".join([*lines[:2], made, b""]))
    with pytest.raises(UsageError, match=r"ledger\.jsonl:3: this line cannot be read"):
        read_ledger(ledger)


def test_endings_that_do_not_sum_to_one_and_a_headline_that_is_not_there_are_told(ledger):
    lines = ledger.read_bytes().splitlines()
    for change in ({"endings": [{"by_days": 30, **dict.fromkeys(ENDINGS, 0.0)}]}, {"rungs": []}):
        fields = json.loads(lines[2]) | change
        del fields["fingerprint"]
        made = _sealed(json.dumps(fields, ensure_ascii=False).encode())
        ledger.write_bytes(b"\n".join([*lines[:2], made, b""]))
        with pytest.raises(UsageError, match=r"ledger\.jsonl:3: this line cannot be read"):
            read_ledger(ledger)


def test_a_chance_that_rounding_carried_above_one_is_read_back_as_one(tmp_path):
    """A line once written must never count as damaged."""
    above = replace(RESULT.rungs[0].chance, p=math.nextafter(1.0, 2.0))
    rungs = (replace(RESULT.rungs[0], chance=above), *RESULT.rungs[1:])
    path = tmp_path / "l.jsonl"
    append(path, replace(RESULT, rungs=rungs), QUESTIONS, TODAY)
    (entry,) = read_ledger(path)
    assert entry.rungs[0].p == 1.0


def _write(path, seed):
    append(path, seeded(seed), QUESTIONS, TODAY)


def test_writers_at_the_same_time_leave_a_whole_chain(tmp_path):
    path = tmp_path / "l.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(path, seed)) for seed in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(entry.seed for entry in read_ledger(path)) == list(range(6))


def _write_where_little_fits(path, room):
    resource = pytest.importorskip("resource")
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    with pytest.raises(UsageError, match="cannot be written"):
        append(path, seeded(9), QUESTIONS, TODAY)


def test_a_line_for_which_there_is_no_room_leaves_the_ledger_as_it_was(ledger):
    """The system takes part of the line, as on a full disk."""
    before = ledger.read_bytes()
    context = multiprocessing.get_context("fork")
    writer = context.Process(target=_write_where_little_fits, args=(ledger, len(before) + 100))
    writer.start()
    writer.join()
    assert writer.exitcode == 0
    assert ledger.read_bytes() == before


def test_a_folder_that_cannot_be_used_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="--ledger"):
        append(tmp_path / "file" / "l.jsonl", RESULT, QUESTIONS, TODAY)


# --- scoring -----------------------------------------------------------------------------------

RESOLUTIONS = """\
schema_version: 1
resolutions:
  - dossier: north-south
    war: north
    watched_until: 2021-07-15
    rungs:
      any_truce_announced: 2020-08-01
    states: {2020-12-01: freeze}
    source: the press
"""


def resolutions(tmp_path, text: str = RESOLUTIONS):
    path = tmp_path / "r.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_recorded_answers_are_scored_where_watched(ledger, tmp_path):
    found = score(resolutions(tmp_path), ledger)
    table = next(t for t in found.tables if t.title == "rungs at standard horizons")
    ours = next(one for one in table.forecasters if one.name == "interbellum")
    # 30 to 365 days are watched, kept for 30 days only to 180 + 30 or less, for a year to no day
    entry = read_ledger(ledger)[0]
    day = dt.date(2021, 7, 15)
    tail = {
        "sectoral_truce_kept": 30,
        "general_truce_30_days_kept": 30,
        "general_truce_year_kept": 365,
    }
    wanted = [
        rung
        for rung in entry.rungs
        if rung.by_days in HORIZON_DAYS
        and entry.as_of + dt.timedelta(days=rung.by_days + tail.get(rung.rung, 0)) <= day
    ]
    assert ours.brier.n == 3 * len(wanted)

    def came(rung) -> float:
        if rung.rung == "any_truce_announced":
            return float(rung.by_days >= 32)
        return float(rung.rung == "war_goes_on" and rung.by_days < 154)

    by_hand = sum((rung.p - came(rung)) ** 2 for rung in wanted) / len(wanted)
    assert ours.brier.value == pytest.approx(by_hand)


def test_endings_are_scored_by_the_state_in_force(ledger, tmp_path):
    found = score(resolutions(tmp_path), ledger)
    table = next(t for t in found.tables if t.title == "endings")
    stays = next(one for one in table.forecasters if one.name == "persistence")
    assert table.bins == len(ENDINGS)
    days = [one.by_days for one in RESULT.endings if one.by_days in (30, 90, 180, 365)]
    wrong = [day for day in days if day >= 154]
    assert stays.brier.value == pytest.approx(2.0 * len(wrong) / len(days))


def scored_by_us(found, title: str) -> int:
    """Items of ours in a table; none where there is no such table."""
    names = {
        one.name: one for table in found.tables if table.title == title for one in table.forecasters
    }
    return names["interbellum"].brier.n if names else 0


def test_what_was_known_when_it_was_written_down_is_told_and_not_scored(tmp_path):
    """Recorded on 1 August: 30 days (to 30 July) were over, and the truce of that day had come."""
    path, day = tmp_path / "l.jsonl", dt.date(2020, 8, 1)
    append(path, RESULT, QUESTIONS, day)
    late = score(resolutions(tmp_path), path)
    known = (
        [one for one in RESULT.rungs if one.by_days == 30 and "kept" not in one.rung]
        + [one for one in RESULT.rungs if one.by_days == 30 and one.rung.endswith("30_days_kept")]
        + [one for one in RESULT.rungs if one.by_days == 30 and one.rung == "sectoral_truce_kept"]
    )
    announced = [
        one for one in RESULT.rungs
        if one.rung == "any_truce_announced" and 30 < one.by_days <= 365
    ]  # fmt: skip
    endings = [one for one in RESULT.endings if one.by_days == 30]
    count = len(known) + len(announced) + len(endings)
    assert late.known == (f"north-south of 2020-06-30, recorded 2020-08-01: {count} chances",)
    assert "Recorded too late" in markdown.render(told_scores.outline(late))

    in_time = tmp_path / "t.jsonl"
    append(in_time, RESULT, QUESTIONS, TODAY)
    early = score(resolutions(tmp_path), in_time)
    assert early.known == ()
    title = "rungs at standard horizons"
    standard = [one for one in [*known, *announced] if one.by_days in HORIZON_DAYS]
    assert scored_by_us(early, title) - scored_by_us(late, title) == len(standard)
    assert scored_by_us(early, "endings") - scored_by_us(late, "endings") == len(endings)


def test_a_truce_under_way_is_not_known_to_be_kept_until_its_days_are_over(tmp_path):
    text = RESOLUTIONS.replace("any_truce_announced", "general_truce_30_days_kept")
    left = []
    for day in (dt.date(2020, 8, 30), dt.date(2020, 8, 31)):  # began 1 August: kept on the 31st
        path = tmp_path / f"{day}.jsonl"
        append(path, RESULT, QUESTIONS, day)
        left.append(
            scored_by_us(score(resolutions(tmp_path, text), path), "rungs at standard horizons")
        )
    later = [
        one for one in RESULT.rungs
        if one.rung == "general_truce_30_days_kept" and one.by_days in (90, 180)
    ]  # fmt: skip
    assert left[0] - left[1] == len(later) > 0


def test_a_ledger_without_answers_says_so(tmp_path):
    with pytest.raises(
        UsageError, match=r"none\.jsonl holds no answers to score\. Mend: .*--record"
    ):
        score(resolutions(tmp_path), tmp_path / "none.jsonl")


def test_a_day_that_lies_ahead_resolves_nothing(tmp_path):
    path = resolutions(tmp_path)
    assert isinstance(read_questions(path, dt.date(2021, 7, 15)), LoadedResolutions)
    with pytest.raises(DossierError) as caught:
        read_questions(path, dt.date(2021, 7, 14))
    (fault,) = caught.value.faults
    assert (fault.line, fault.found) == (5, "is 2021-07-15, after today")


def test_answers_without_a_resolution_are_listed(ledger, tmp_path):
    found = score(resolutions(tmp_path, RESOLUTIONS.replace("north-south", "elsewhere")), ledger)
    assert found.tables == ()
    assert len(found.open) == 4
    assert "north-south of 2020-06-30" in found.open[0]
    assert found.open[3] == "elsewhere: resolved, but the ledger holds no answer to it"


def test_a_rung_on_or_before_the_cut_off_resolves_nothing(ledger, tmp_path):
    early = resolutions(tmp_path, RESOLUTIONS.replace("2020-08-01", "2020-06-30"))
    with pytest.raises(UsageError, match="not after the cut-off"):
        score(early, ledger)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("any_truce_announced: 2020-08-01", "any_truce_announced: 2021-08-01", 7),
        ("any_truce_announced: 2020-08-01", "war_goes_on: 2020-08-01", 7),
        ("any_truce_announced", "peace", 7),
        ("freeze", "quiet", 8),
        ("2020-12-01: freeze", "2021-12-01: freeze", 8),
    ],
)
def test_faults_of_resolutions_have_their_line(tmp_path, old, new, line):
    with pytest.raises(DossierError) as caught:
        read_questions(resolutions(tmp_path, RESOLUTIONS.replace(old, new)))
    assert [fault.line for fault in caught.value.faults] == [line]


def test_no_answers_and_no_ledger(tmp_path):
    loaded = read_questions(resolutions(tmp_path))
    assert isinstance(loaded, LoadedResolutions)
    assert score_ledger((), loaded).tables == ()
    with pytest.raises(UsageError, match="--ledger"):
        score(resolutions(tmp_path))


# --- in the briefing ---------------------------------------------------------------------------


def page(past) -> str:
    return markdown.render(outline.build(RESULT, LOADED, past=past))


def test_the_briefing_tells_past_answers_or_that_there_are_none(ledger):
    assert "No past answers to this dossier yet" in page(())
    assert "past answer" not in page(None)
    told = page(answers_to(read_ledger(ledger), "north-south"))
    assert "3 past answers are recorded." in told
    assert told.count("1 July 2020") == 3
    assert answers_to(read_ledger(ledger), "elsewhere") == ()


def test_in_python_an_answer_is_recorded_once_and_told_where_a_ledger_was_read(tmp_path):
    path = tmp_path / "l.jsonl"
    answer = api.Briefing(RESULT, LOADED)
    assert answer.record(path)
    assert not answer.record(path)
    assert "past answer" not in answer.to_markdown()
    told = replace(answer, past=read_ledger(path)).to_markdown()
    assert "1 past answer is recorded." in told


def test_brief_record_writes_one_line_and_tells_it_the_next_time(tmp_path):
    dossier, path = tmp_path / "toy.yaml", tmp_path / "l.jsonl"
    dossier.write_text(minimal_dossier(), encoding="utf-8")
    call = ["brief", str(dossier), "--draws", "8", "--paths", "8", "--ledger", str(path)]
    first = CliRunner().invoke(main, [*call, "--record"])
    assert first.exit_code == 0, first.stderr
    assert f"Recorded in {path}." in first.stderr
    assert "No past answers to this dossier yet" in first.stdout
    (line,) = path.read_text(encoding="utf-8").splitlines()
    assert set(json.loads(line)) >= {"hash", "version", "seed", "rungs", "endings", "questions"}
    assert len(json.loads(line)["rungs"]) == len(RUNGS) * len(HORIZON_DAYS)
    second = CliRunner().invoke(main, [*call, "--record"])
    assert "Recorded already" in second.stderr
    assert "1 past answer is recorded" in second.stdout
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_a_damaged_ledger_is_told_and_stops_no_briefing(tmp_path):
    dossier, path = tmp_path / "toy.yaml", tmp_path / "l.jsonl"
    dossier.write_text(minimal_dossier(), encoding="utf-8")
    path.write_text("what\n", encoding="utf-8")
    call = ["brief", str(dossier), "--draws", "8", "--paths", "8", "--ledger", str(path)]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 0
    assert "Warning" in told.stderr
    assert CliRunner().invoke(main, [*call, "--record"]).exit_code == 2
