"""A table of positions (CSV) becomes issues and positions of a dossier.

Columns: issue_id, issue, option_ladder ("0:first option|1:second option"), actor, date, position,
ladder_level, source_name; and, where known, block, red_line, checked, note. Other columns are left
alone. What the table does not know is not made up: the weight is a wide judgement range, marked so,
and `standing` is left for the analyst to choose, which `interbellum check` then asks for.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interbellum.dossier.reader import Loaded
from interbellum.dossier.tree import (
    CONTROL,
    CORE_SCALARS,
    PLAIN_TEXT,
    decode,
    read_bytes,
    shown_line,
)
from interbellum.errors import DossierError, Fault, UsageError
from interbellum.model.deals import LEFT_OPEN

NEEDED = (
    "issue_id",
    "issue",
    "option_ladder",
    "actor",
    "date",
    "position",
    "ladder_level",
    "source_name",
)
KNOWN = (*NEEDED, "block", "red_line", "checked", "note")

CONFIDENCE: dict[str, dict[str, float] | None] = {
    "yes": {"low": 0.5, "mode": 0.7, "high": 0.85},
    "likely": {"low": 0.3, "mode": 0.5, "high": 0.7},
    "unclear": {"low": 0.1, "mode": 0.25, "high": 0.45},
    "constraint": None,
    "no": None,
    "n/a": None,
    "": None,
}
"""Confidence that a red line is real, by the first word of the table's wording (docs/reference/dossier.md).

Judgement: a line that an actor states is more often real than not, and often a price after all, so
"yes" is far from certain. `constraint` (what a public bears) acts through its government, so it
gives no line of its own.
"""

WEIGHT = {"low": 1.0, "mode": 3.0, "high": 8.0}
WEIGHT_NOTE = "not in the table: a wide range to be replaced by a judgement of yours"
RED_LINE_NOTE = "read from the table: signs nothing farther than the option of this statement"
STANDING = "to_be_chosen"  # no option has this name, so `check` asks for the analyst's choice
LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that did not enter, and why."""

    file: str
    line: int
    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.row}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Converted:
    """YAML to write, and the rows that stayed out of it."""

    text: str
    refused: tuple[Refused, ...]
    issues: int
    positions: int


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    line: int
    column: int


Wrong = Callable[[_Cell, str, str, str, str], None]
"""Takes a cell, its column's name, what was found, the rule and the mend."""


@dataclass(frozen=True, slots=True)
class _Row:
    issue: str
    title: str
    block: str
    ladder: tuple[str, ...]
    actor: str
    date: dt.date
    date_as_written: str
    position: str
    level: int | None
    red_line: str
    source: str
    note: str
    line: int


def convert_positions(
    file: str | Path, *, as_of: dt.date | None = None, into: Loaded | None = None
) -> Converted:
    """Issues and positions from a CSV of dated statements.

    The newest statement with a level gives an actor's ideal and its red line; all statements up to
    the cut-off are kept, oldest first.

    Parameters
    ----------
    file : the table, UTF-8 text
    as_of : cut-off; later rows are refused. The dossier's own when `into` is given.
    into : a dossier to add to. Its own issues and positions stay as they are; rows of actors that it
        does not have are refused.

    Returns
    -------
    Converted
        `text` is a fragment (`issues:` and `positions:`), or the whole dossier with them added.

    Raises
    ------
    DossierError
        The table has faults; `faults` lists them all.
    UsageError
        No cut-off was given, or one later than the dossier's; or the dossier is not written in block style.
    """
    if into is not None:
        limit = into.dossier.conflict.as_of
        if as_of is not None and as_of > limit:
            raise UsageError(f"--as-of {as_of} is later than the dossier's own cut-off, {limit}.")
        as_of = as_of or limit
    if as_of is None:
        raise UsageError("Give the cut-off with --as-of, such as --as-of 2025-05-20.")
    name = str(file)
    rows = _rows(name, decode(name, read_bytes(file)).replace("\r\n", "\n").replace("\r", "\n"))
    refused: list[Refused] = []
    kept: list[_Row] = []
    actors = None if into is None else _actors_of(into)
    for row in rows:
        what = f"{row.issue}, {row.actor}, {row.date_as_written}"
        if row.date > as_of:
            refused.append(Refused(name, row.line, what, f"later than the cut-off, {as_of}"))
        elif actors is not None and _slug(row.actor) not in actors:
            reason = f"{row.actor} is not an actor of the dossier"
            refused.append(Refused(name, row.line, what, reason))
        else:
            kept.append(row)
    issues, positions, without = _sections(name, kept, into, actors)
    refused.extend(without)
    if into is None:
        text = (
            _header(name, as_of)
            + _dump({"issues": issues})
            + "\n"
            + _dump({"positions": positions})
        )
    else:
        text = _merged(into, issues, positions)
    return Converted(
        text,
        tuple(sorted(refused, key=lambda one: one.line)),
        len(issues),
        sum(len(block) for block in positions.values()),
    )


# --- reading the table -------------------------------------------------------------------------


def _rows(name: str, text: str) -> list[_Row]:
    faults: list[Fault] = []
    lines = text.splitlines()

    def wrong(cell: _Cell, column: str, found: str, rule: str, mend: str) -> None:
        shown = shown_line(lines, cell.line)
        faults.append(Fault(name, cell.line, cell.column, column, found, rule, mend, shown))

    for number, written in enumerate(lines, start=1):
        if found := CONTROL.search(written):
            wrong(
                _Cell("", number, found.start() + 1), "", "holds a control character", *PLAIN_TEXT
            )
    if faults:
        raise DossierError(faults)
    records = _records(text, wrong)
    head = next(records, None)
    if head is None:
        wrong(
            _Cell("", 1, 1),
            "",
            "has no header",
            "The first line names the columns.",
            f"write {','.join(KNOWN)}.",
        )
        raise DossierError(faults)
    columns = [cell.text.strip() for cell in head]
    for missing in (column for column in NEEDED if column not in columns):
        wrong(
            head[0],
            missing,
            "is missing",
            f"The table has the columns {', '.join(NEEDED)}.",
            f"add a column {missing}.",
        )
    for place, column in enumerate(columns):
        if column in columns[:place]:
            wrong(
                head[place],
                column,
                "stands twice",
                "A column stands once.",
                "remove one of the two.",
            )
    if faults:
        raise DossierError(faults)
    rows: list[_Row] = []
    ladders: dict[str, tuple[tuple[str, ...], int]] = {}
    for record in records:
        if len(record) != len(columns):
            rule = "Every row has one value per column."
            mend = "put quotes around a value that holds a comma, or add the missing comma."
            wrong(record[0], "", f"has {len(record)} values for {len(columns)} columns", rule, mend)
            continue
        before = len(faults)
        row = _row(dict(zip(columns, record, strict=True)), wrong)
        if row is None or len(faults) > before:
            continue
        ladder, line = ladders.setdefault(row.issue, (row.ladder, row.line))
        if ladder != row.ladder:
            cell = record[columns.index("option_ladder")]
            wrong(
                cell,
                "option_ladder",
                f"differs from that of line {line}",
                f"Every row of {row.issue} has the same ladder.",
                "make the two alike.",
            )
            continue
        rows.append(row)
    if not rows and not faults:
        wrong(
            head[0],
            "",
            "has no rows",
            "A table of positions has at least one row.",
            "check that this is the right file.",
        )
    if faults:
        raise DossierError(faults)
    return rows


def _row(cells: dict[str, _Cell], wrong: Wrong) -> _Row | None:
    def text(column: str) -> str:
        return " ".join(cells[column].text.split()) if column in cells else ""

    for column in NEEDED:
        if not text(column) and column != "ladder_level":
            wrong(
                cells[column],
                column,
                "is empty",
                f"Every row has its {column}.",
                "write it, or remove the row.",
            )
            return None
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", text("issue_id")):
        wrong(
            cells["issue_id"],
            "issue_id",
            f"is {text('issue_id')}",
            "A short name starts with a letter and has only letters, digits, _ and -.",
            "rename it, such as C01.",
        )
    ladder = _ladder(cells["option_ladder"], wrong)
    date = _last_day(text("date"))
    if date is None:
        wrong(
            cells["date"],
            "date",
            f"is {text('date')}",
            "A date is a day, or a month or year (its last day counts).",
            "write it as YYYY-MM-DD, such as 2025-05-20.",
        )
    level = _level(cells["ladder_level"], len(ladder), wrong)
    red_line = re.split(r"[\s(:;,]", text("red_line").lower(), maxsplit=1)[0]
    if red_line not in CONFIDENCE:
        wrong(
            cells["red_line"],
            "red_line",
            f"is {text('red_line')}",
            f"A red line starts with one of {', '.join(word for word in CONFIDENCE if word)}, or is empty.",
            "use one of these; words in brackets may follow.",
        )
    if date is None:
        return None
    recalled = text("checked").lower() in ("no", "false", "0")
    return _Row(
        issue=text("issue_id"),
        title=text("issue"),
        block=text("block") or "other",
        ladder=ladder,
        actor=text("actor"),
        date=date,
        date_as_written=text("date"),
        position=text("position"),
        level=level,
        red_line=red_line,
        source=text("source_name") + (" (recalled, not checked)" if recalled else ""),
        note=text("note"),
        line=cells["issue_id"].line,
    )


def _ladder(cell: _Cell, wrong: Wrong) -> tuple[str, ...]:
    rule = "A ladder is 0:first option|1:second option, numbered from 0 without gaps."
    mend = "separate options by | and put the number and a colon before each."
    options: list[str] = []
    for place, part in enumerate(cell.text.split("|")):
        number, colon, words = part.partition(":")
        if not colon or number.strip() != str(place) or not words.strip():
            wrong(
                cell,
                "option_ladder",
                f"has “{part.strip()[:60]}” where option {place} should stand",
                rule,
                mend,
            )
            return ()
        options.append(" ".join(words.split()))
    if not 2 <= len(options) <= 12:
        wrong(
            cell,
            "option_ladder",
            f"has {len(options)} options",
            "An issue has 2 to 12 options.",
            "split or join options.",
        )
    return tuple(options)


def _level(cell: _Cell, count: int, wrong: Wrong) -> int | None:
    text = cell.text.strip()
    if not text:
        return None
    if (
        not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) < max(count, 1))
        and count
    ):
        wrong(
            cell,
            "ladder_level",
            f"is {text[:60]}",
            f"A level is a number of the ladder, 0 to {count - 1}, or empty.",
            "write one of these, or leave it empty where the statement takes no place on the ladder.",
        )
        return None
    return int(text) if count else None


def _last_day(text: str) -> dt.date | None:
    """A day; of a month or a year the last day, so that a vague date never enters too early."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, flags=re.ASCII)
    if not found:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    try:
        return dt.date(year, month, int(found[3] or calendar.monthrange(year, month)[1]))
    except ValueError:  # calendar.IllegalMonthError is one too
        return None


def _records(text: str, wrong: Wrong) -> Iterator[list[_Cell]]:
    """Rows of cells with their places (RFC 4180); the standard reader keeps no columns."""
    line, start, at = 1, 0, 0
    record: list[_Cell] = []
    while at < len(text):
        cell_line, cell_column = line, at - start + 1
        if text[at] == '"':
            words: list[str] = []
            at += 1
            while True:
                end = text.find('"', at)
                if end < 0:
                    wrong(
                        _Cell("", cell_line, cell_column),
                        "",
                        "opens a quote that never closes",
                        "A quoted value ends with a quote; a quote inside it is written twice.",
                        "add the closing quote.",
                    )
                    return
                words.append(text[at:end])
                at = end + 1
                if text[at : at + 1] != '"':
                    break
                words.append('"')
                at += 1
            value = "".join(words)
            if value.count("\n"):
                line += value.count("\n")
                start = text.rindex("\n", 0, at) + 1
        else:
            value = ""
        end = at
        while end < len(text) and text[end] not in ",\n":
            end += 1
        value += text[at:end]
        record.append(_Cell(value, cell_line, cell_column))
        at = end + 1
        if end == len(text) or text[end] == "\n":
            if any(cell.text.strip() for cell in record):
                yield record
            record, line, start = [], line + 1, at
    if record:  # the file ends in a comma
        yield [*record, _Cell("", line, at - start + 1)]


# --- writing the dossier -----------------------------------------------------------------------


def _sections(
    name: str, rows: list[_Row], into: Loaded | None, actors: dict[str, str] | None
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]], list[Refused]]:
    own = {} if into is None else {issue.id: issue for issue in into.dossier.issues}
    issues: list[dict[str, Any]] = []
    options: dict[str, list[str]] = {}
    refused: list[Refused] = []
    said: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        what = f"{row.issue}, {row.actor}, {row.date_as_written}"
        if row.issue not in options:
            if row.issue in own:
                options[row.issue] = [option.id for option in own[row.issue].options]
            else:
                options[row.issue] = _slugs(row.ladder)
                issues.append(_issue(row, options[row.issue]))
        if len(options[row.issue]) != len(row.ladder):
            reason = f"the dossier's {row.issue} has {len(options[row.issue])} options, the table {len(row.ladder)}"
            refused.append(Refused(name, row.line, what, reason))
            continue
        actor = _slug(row.actor) if actors is None else actors[_slug(row.actor)]
        if into is not None and row.issue in into.dossier.positions.get(actor, {}):
            refused.append(Refused(name, row.line, what, "the dossier has this position already"))
            continue
        said.setdefault((actor, row.issue), []).append(row)
    positions: dict[str, dict[str, Any]] = {}
    for (actor, issue), spoken in said.items():
        spoken.sort(key=lambda row: row.date)  # stable: rows of one day stay in the table's order
        placed = [row for row in spoken if row.level is not None]
        if not placed:
            refused.extend(
                Refused(
                    name,
                    row.line,
                    f"{issue}, {row.actor}, {row.date_as_written}",
                    "no row of this actor has a ladder_level here",
                )
                for row in spoken
            )
            continue
        positions.setdefault(actor, {})[issue] = _position(spoken, placed[-1], options[issue])
    return issues, positions, refused


def _issue(row: _Row, options: list[str]) -> dict[str, Any]:
    return {
        "id": row.issue,
        "title": row.title,
        "block": row.block,
        "standing": STANDING,
        "options": [
            {"id": option, "text": text} for option, text in zip(options, row.ladder, strict=True)
        ],
    }


def _position(spoken: list[_Row], newest: _Row, options: list[str]) -> dict[str, Any]:
    assert newest.level is not None  # chosen for it
    written: dict[str, Any] = {
        "ideal": options[newest.level],
        "weight": _Flow(WEIGHT | {"note": WEIGHT_NOTE}),
    }
    confidence = CONFIDENCE[newest.red_line]
    if confidence is not None:
        written["red_line"] = {
            "accepts_up_to": options[newest.level],
            "confidence": _Flow(confidence),
            "source": newest.source,
            "note": RED_LINE_NOTE,
        }
    written["basis"] = "sourced"
    written["statements"] = [_statement(row, options) for row in spoken]
    notes = [f"{row.date_as_written}: {row.note}" for row in spoken if row.note]
    if notes:
        written["note"] = "; ".join(notes)
    return written


def _statement(row: _Row, options: list[str]) -> dict[str, Any]:
    vague = "" if len(row.date_as_written) == 10 else f" (dated {row.date_as_written})"
    written: dict[str, Any] = {"date": row.date, "text": row.position + vague}
    if row.level is not None:
        written["option"] = options[row.level]
    return {**written, "source": row.source}


def _actors_of(into: Loaded) -> dict[str, str]:
    """Slugs of ids and names, so that "United States" finds united_states and usa alike."""
    found = {}
    for actor in into.dossier.actors:
        found[_slug(actor.name)] = actor.id
    return found | {_slug(actor.id): actor.id for actor in into.dossier.actors}


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rpartition("_")[0] or slug[:LONGEST_SLUG]
    if not slug:
        slug = "_".join(f"u{ord(letter):x}" for letter in words[:6] if not letter.isspace())
    return slug if slug[0].isalpha() else f"opt_{slug}"


def _slugs(ladder: tuple[str, ...]) -> list[str]:
    """Short names of options, a number after those that would be alike."""
    names: list[str] = []
    for text in ladder:
        slug, number = _slug(text), 2
        while slug in (*names, LEFT_OPEN):
            slug, number = f"{_slug(text)}_{number}", number + 1
        names.append(slug)
    return names


class _Flow(dict[str, Any]):
    """A mapping written on one line."""


class _Dumper(yaml.SafeDumper):
    """Quotes what our reader would take for a number as well as what other readers would."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # items of a list stand right of its name


for _tag, _pattern, _first in CORE_SCALARS:
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
_Dumper.add_representer(
    _Flow,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True),
)


def _dump(data: Any) -> str:
    text: str = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=1000,
        default_flow_style=False,
    )
    return text


def _header(name: str, as_of: dt.date) -> str:
    return (
        f"# From {Path(name).name}, statements to {as_of}. Merge these two sections into a dossier.\n"
        f"# Left for you: `standing` of every issue, and the weights, which are wide ranges.\n"
    )


def _merged(
    into: Loaded, issues: list[dict[str, Any]], positions: dict[str, dict[str, Any]]
) -> str:
    """The dossier's own text with the new entries added: comments and layout survive."""
    lines = into.tree.text.splitlines()
    root = into.tree.node(())
    additions: list[tuple[int, str]] = []
    if issues:
        node = into.tree.node(("issues",))
        additions.append((_end(node, root), _indented(_dump(issues), node)))
    fresh: dict[str, dict[str, Any]] = {}
    for actor, block in positions.items():
        if into.dossier.positions.get(actor):
            node = into.tree.node(("positions", actor))
            additions.append((_end(node, root), _indented(_dump(block), node)))
        elif actor in into.dossier.positions:
            raise UsageError(
                f"positions.{actor} is empty; remove it from the dossier and convert again."
            )
        else:
            fresh[actor] = block
    if fresh:
        node = into.tree.node(("positions",))
        additions.append((_end(node, root), _indented(_dump(fresh), node)))
    # From the bottom up, so that line numbers above stay true; at one line, what was added first
    # belongs deeper, so it goes in last and stands first.
    for _, (line, text) in sorted(
        enumerate(additions), key=lambda one: (one[1][0], one[0]), reverse=True
    ):
        lines[line:line] = text.splitlines()
    return "\n".join(lines) + "\n"


def _end(node: Any, root: Any) -> int:
    """Number of lines up to the last value of a block, comments after it not counted."""
    if node.flow_style or root.flow_style:
        raise UsageError(
            f"Line {node.start_mark.line + 1} is written in brackets; entries are added only to a"
            " section with one entry a line. Convert to a fragment and merge it by hand."
        )
    last = node
    while (
        isinstance(last, (yaml.MappingNode, yaml.SequenceNode))
        and last.value
        and not last.flow_style
    ):
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    mark = last.end_mark
    return int(
        mark.line if mark.column == 0 and mark.line > last.start_mark.line else mark.line + 1
    )


def _indented(text: str, node: yaml.Node) -> str:
    return "".join(f"{' ' * node.start_mark.column}{line}\n" for line in text.splitlines())
