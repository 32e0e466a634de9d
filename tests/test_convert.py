"""A table of positions becomes sections of a dossier; nothing late enters, nothing is made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from factories_dossier import minimal_dossier
from interbellum.dossier.convert import CONFIDENCE, STANDING, Converted, convert_positions
from interbellum.dossier.reader import load_text
from interbellum.dossier.tree import parse_tree
from interbellum.errors import DossierError, UsageError

HEAD = "issue_id,issue,block,option_ladder,actor,date,position,ladder_level,red_line,source_name,checked,note\n"
LADDER = '"0:no limits|1:mutual limits|2:limits on one side"'
ROW = f"C07,Rearming,ceasefire,{LADDER},North,2031-03-11,mutual only,1,no,A speech,yes,\n"
AS_OF = dt.date(2031, 6, 30)


def convert(text: str, folder: Path, name: str = "positions.csv") -> Converted:
    file = folder / name
    file.write_bytes(text.encode())
    return convert_positions(file, as_of=AS_OF)


def sections(converted: Converted) -> dict:  # type: ignore[type-arg]
    data: dict = parse_tree("out.yaml", converted.text.encode()).data  # type: ignore[type-arg]
    return data


def test_row_becomes_an_issue_and_a_position(tmp_path: Path) -> None:
    data = sections(convert(HEAD + ROW, tmp_path))
    assert data["issues"] == [
        {
            "id": "C07",
            "title": "Rearming",
            "block": "ceasefire",
            "standing": STANDING,
            "options": [
                {"id": "no_limits", "text": "no limits"},
                {"id": "mutual_limits", "text": "mutual limits"},
                {"id": "limits_on_one_side", "text": "limits on one side"},
            ],
        }
    ]
    position = data["positions"]["north"]["C07"]
    assert position["ideal"] == "mutual_limits"
    assert position["basis"] == "sourced"
    assert (position["weight"]["low"], position["weight"]["high"]) == (1, 8)
    assert "not in the table" in position["weight"]["note"]
    assert position["statements"] == [
        {
            "date": "2031-03-11",
            "text": "mutual only",
            "option": "mutual_limits",
            "source": "A speech",
        }
    ]


def test_newest_statement_counts_and_all_are_kept_oldest_first(tmp_path: Path) -> None:
    newer = ROW.replace("2031-03-11,mutual only,1,no", "2031-05-01,not at all,0,yes (stated)")
    data = sections(convert(HEAD + newer + ROW, tmp_path))
    position = data["positions"]["north"]["C07"]
    assert position["ideal"] == "no_limits"
    assert position["red_line"]["accepts_up_to"] == "no_limits"
    assert [one["date"] for one in position["statements"]] == ["2031-03-11", "2031-05-01"]


@pytest.mark.parametrize(
    ("wording", "low", "mode", "high"),
    [  # the issue's brief: stated .5 .7 .85, likely .3 .5 .7, unclear .1 .25 .45
        ("yes", 0.5, 0.7, 0.85),
        ("yes (no US troops)", 0.5, 0.7, 0.85),
        ("Yes in text", 0.5, 0.7, 0.85),
        ("likely (children)", 0.3, 0.5, 0.7),
        ("unclear", 0.1, 0.25, 0.45),
    ],
)
def test_wording_of_a_red_line_becomes_its_confidence(
    wording: str, low: float, mode: float, high: float, tmp_path: Path
) -> None:
    data = sections(convert(HEAD + ROW.replace(",no,", f",{wording},"), tmp_path))
    confidence = data["positions"]["north"]["C07"]["red_line"]["confidence"]
    assert confidence == {"low": low, "mode": mode, "high": high}


@pytest.mark.parametrize("wording", ["no", "n/a", "constraint", ""])
def test_wording_without_a_line_gives_none(wording: str, tmp_path: Path) -> None:
    data = sections(convert(HEAD + ROW.replace(",no,", f",{wording},"), tmp_path))
    assert "red_line" not in data["positions"]["north"]["C07"]
    assert CONFIDENCE[wording] is None


def test_later_rows_are_refused_by_name(tmp_path: Path) -> None:
    late = ROW.replace("2031-03-11", "2031-07-01")
    converted = convert(HEAD + ROW + late, tmp_path)
    (refused,) = converted.refused
    assert (refused.line, refused.row) == (3, "C07, North, 2031-07-01")
    assert "2031-06-30" in refused.reason
    assert "2031-07-01" not in converted.text


@pytest.mark.parametrize(
    ("vague", "enters"), [("2031-05", True), ("2031-06", True), ("2031", False)]
)
def test_vague_date_counts_on_its_last_day(vague: str, enters: bool, tmp_path: Path) -> None:
    converted = convert(HEAD + ROW.replace("2031-03-11", vague), tmp_path)
    assert (converted.refused == ()) is enters
    assert (f"(dated {vague})" in converted.text) is enters


def test_statement_without_a_level_is_kept_but_places_nobody(tmp_path: Path) -> None:
    silent = ROW.replace("mutual only,1,", "silent,,").replace("2031-03-11", "2031-05-01")
    position = sections(convert(HEAD + ROW + silent, tmp_path))["positions"]["north"]["C07"]
    assert position["ideal"] == "mutual_limits"
    assert "option" not in position["statements"][1]
    alone = convert(HEAD + silent, tmp_path)
    assert [one.line for one in alone.refused] == [2]
    assert alone.positions == 0


def test_recalled_source_says_so(tmp_path: Path) -> None:
    data = sections(convert(HEAD + ROW.replace(",yes,", ",no,"), tmp_path))
    (said,) = data["positions"]["north"]["C07"]["statements"]
    assert said["source"] == "A speech (recalled, not checked)"


def test_words_that_look_like_numbers_stay_words(tmp_path: Path) -> None:
    ladder = '"0:1e3|1:NO|2:null|3:left open|4:1e3"'
    row = ROW.replace(LADDER, ladder).replace("mutual only", "12:30")
    data = sections(convert(HEAD + row, tmp_path))
    (issue,) = data["issues"]
    assert [one["text"] for one in issue["options"]] == ["1e3", "NO", "null", "left open", "1e3"]
    names = [one["id"] for one in issue["options"]]
    assert len(set(names)) == 5
    assert "left_open" not in names  # that name means silence
    assert data["positions"]["north"]["C07"]["statements"][0]["text"] == "12:30"


QUOTED = '"1:a|0:b"'
# Text of the table, line of the fault, what stands at its column, a word of the message.
MALFORMED = {
    "no header": ("", 1, "", "has no header"),
    "missing column": (HEAD.replace("actor,", "") + ROW, 1, "issue_id", "is missing"),
    "column twice": (HEAD.replace(",note", ",actor"), 1, "actor\n", "stands twice"),
    "no rows": (HEAD, 1, "issue_id", "has no rows"),
    "too few values": (HEAD + "C07,Rearming\n", 2, "C07", "has 2 values for 12 columns"),
    "comma unquoted": (HEAD + ROW.replace("mutual only", "a, b"), 2, "C07", "has 13 values"),
    "open quote": (HEAD + ROW.replace("A speech", '"A speech'), 2, '"A speech', "never closes"),
    "date": (HEAD + ROW.replace("2031-03-11", "11 March"), 2, "11 March", "is 11 March"),
    "date off the calendar": (HEAD + ROW.replace("03-11", "02-30"), 2, "2031-02-30", "is 2031"),
    "level off the ladder": (HEAD + ROW.replace(",1,no", ",3,no"), 2, "3,no", "is 3"),
    "level that is a word": (HEAD + ROW.replace(",1,no", ",one,no"), 2, "one,no", "is one"),
    "ladder not in order": (HEAD + ROW.replace(LADDER, QUOTED), 2, QUOTED, "where option 0"),
    "ladder of one": (HEAD + ROW.replace(LADDER, "0:a"), 2, "0:a", "has 1 options"),
    "red line": (HEAD + ROW.replace(",no,", ",perhaps,"), 2, "perhaps", "is perhaps"),
    "no actor": (HEAD + ROW.replace("North", " "), 2, " ,2031", "is empty"),
    "short name": (HEAD + ROW.replace("C07", "7"), 2, "7,Rearming", "is 7"),
    "two ladders": (
        HEAD + ROW + ROW.replace("0:no", "0:some"),
        3,
        '"0:some',
        "differs from that of line 2",
    ),
    "after a cell of three lines": (
        HEAD + ROW.replace("mutual only", '"mutual\n\nonly"') + ROW.replace("2031", "x"),
        5,
        "x-03-11",
        "is x-03-11",
    ),
    "beside a cell of three lines": (
        HEAD + ROW.replace("mutual only", '"mutual\n\nonly"').replace(",1,no", ",7,no"),
        4,
        "7,no",
        "is 7",
    ),
}


@pytest.mark.parametrize("kind", MALFORMED)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_malformed_row_is_located(kind: str, end: str, tmp_path: Path) -> None:
    text, line, there, words = MALFORMED[kind]
    with pytest.raises(DossierError) as caught:
        convert(text.replace("\n", end), tmp_path)
    fault = caught.value.faults[0]
    assert fault.line == line
    at_fault = (text.splitlines(keepends=True) or [""])[line - 1]
    assert at_fault[fault.column - 1 :].startswith(there), str(fault)
    assert words in fault.found
    assert fault.rule
    assert fault.mend


def test_all_faults_of_a_table_are_reported_at_once(tmp_path: Path) -> None:
    rows = ROW.replace("2031-03-11", "never") + ROW.replace(",1,no", ",9,perhaps")
    with pytest.raises(DossierError) as caught:
        convert(HEAD + rows, tmp_path)
    assert [(one.line, one.path) for one in caught.value.faults] == [
        (2, "date"),
        (3, "ladder_level"),
        (3, "red_line"),
    ]


@pytest.mark.parametrize("raw", [bytes(range(256)), b"\xff\xfe", b"a\x00b"])
def test_table_that_is_not_text_is_refused(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_bytes(raw)
    with pytest.raises(DossierError, match="is not text"):
        convert_positions(file, as_of=AS_OF)


def test_codes_that_steer_a_terminal_are_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(DossierError) as caught:
        convert(HEAD + ROW.replace("mutual", "\x1b[2Jmutual"), tmp_path)
    (fault,) = caught.value.faults
    assert fault.line == 2
    assert fault.found == "holds a control character"
    assert "\x1b" not in str(fault)


def test_mark_that_spreadsheets_put_first_is_read_over(tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_bytes(b"\xef\xbb\xbf" + (HEAD + ROW).encode())
    assert convert_positions(file, as_of=AS_OF).positions == 1


def test_quoted_cells_keep_commas_quotes_and_lines(tmp_path: Path) -> None:
    row = ROW.replace("mutual only", '"a, ""b""\nand c"')
    data = sections(convert(HEAD + row, tmp_path))
    assert data["positions"]["north"]["C07"]["statements"][0]["text"] == 'a, "b" and c'


def test_cutoff_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_text(HEAD + ROW, encoding="utf-8")
    with pytest.raises(UsageError, match="--as-of"):
        convert_positions(file)


# --- into a dossier ----------------------------------------------------------------------------

TRUCE = '"0:None|1:General"'
INTO = HEAD + (
    ROW
    + ROW.replace("North", "League")
    .replace("C07,Rearming", "line,The line")
    .replace(",1,no", ",2,no")
    + ROW.replace("North", "Elsewhere")
    + f"truce,The truce,ceasefire,{TRUCE},South,2031-01-01,all of it,1,no,A speech,yes,\n"
    + f"truce,The truce,ceasefire,{TRUCE},League,2031-01-01,all of it,1,no,A speech,yes,\n"
    + ROW.replace("2031-03-11", "2031-07-01")
)


def test_rows_are_added_to_a_dossier_whose_own_words_stay(tmp_path: Path) -> None:
    own = minimal_dossier().replace("positions:", "# where they stand\npositions:")
    own += "# the end\n"
    file = tmp_path / "positions.csv"
    file.write_text(INTO, encoding="utf-8")
    converted = convert_positions(file, into=load_text(own))
    written = iter(converted.text.splitlines())
    assert all(line in written for line in own.splitlines())  # every line, in its order
    assert [(one.line, one.reason) for one in converted.refused] == [
        (4, "Elsewhere is not an actor of the dossier"),
        (5, "the dossier has this position already"),
        (7, "later than the cut-off, 2031-06-30"),
    ]
    data = parse_tree("out.yaml", converted.text.encode()).data
    assert [issue["id"] for issue in data["issues"]] == ["line", "truce", "C07"]
    assert list(data["positions"]) == ["north", "south", "league"]
    assert data["positions"]["league"]["line"]["ideal"] == "annexed"
    assert data["positions"]["north"]["C07"]["ideal"] == "mutual_limits"


def test_check_then_asks_for_what_the_table_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_text(INTO, encoding="utf-8")
    converted = convert_positions(file, into=load_text(minimal_dossier()))
    with pytest.raises(DossierError) as caught:
        load_text(converted.text)
    assert [(one.path, one.found) for one in caught.value.faults] == [
        ("issues.2.standing", f"is {STANDING}"),
        ("positions.south", "south has no position on C07"),
    ]
    mended = converted.text.replace(STANDING, "no_limits")
    mended = mended.replace(
        "  south:\n",
        "  south:\n    C07: {ideal: no_limits, weight: {low: 1, high: 9}, basis: judgement}\n",
    )
    assert load_text(mended).dossier.positions["north"]["C07"].ideal == "mutual_limits"


def test_ladder_of_another_length_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_text(HEAD + ROW.replace("C07", "truce").replace("North", "League"), encoding="utf-8")
    (refused,) = convert_positions(file, into=load_text(minimal_dossier())).refused
    assert "has 2 options, the table 3" in refused.reason


def test_section_in_brackets_is_misuse_with_the_way_out(tmp_path: Path) -> None:
    own = minimal_dossier()
    start, stop = own.index("positions:"), own.index("war:")
    line = "{ideal: %s, weight: {low: 5, mode: 10, high: 20}, basis: judgement}"
    north = f"{{line: {line % 'annexed'}, truce: {line % 'none'}}}"
    south = f"{{line: {line % 'back'}, truce: {line % 'general'}}}"
    own = f"{own[:start]}positions: {{north: {north}, south: {south}}}\n{own[stop:]}"
    file = tmp_path / "positions.csv"
    file.write_text(INTO, encoding="utf-8")
    with pytest.raises(UsageError, match="merge it by hand"):
        convert_positions(file, into=load_text(own))
