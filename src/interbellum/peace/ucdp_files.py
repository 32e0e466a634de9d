"""The files of UCDP and PRIO as rows: armed conflict, dyads, terminations, peace agreements.

Read as published, CSV or XLSX, by the names of their columns, so that a newer version with the
same columns reads as well. What the columns mean is in UCDP's codebooks; the traps that matter
here are in docs/concepts/peace.md.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal, TypeVar

from interbellum.errors import UsageError

ConflictType = Literal["extrasystemic", "interstate", "intrastate", "internationalised"]
Outcome = Literal[
    "peace_agreement",
    "ceasefire",
    "victory",
    "government_victory",
    "rebel_victory",
    "low_activity",
    "actor_ceases",
]

_TYPES: dict[int, ConflictType] = {
    1: "extrasystemic",
    2: "interstate",
    3: "intrastate",
    4: "internationalised",
}
_OUTCOMES: dict[int, Outcome] = {
    1: "peace_agreement",
    2: "ceasefire",
    3: "government_victory",
    4: "rebel_victory",
    5: "low_activity",
    6: "actor_ceases",
}
_AGREEMENTS = {1: "full", 2: "partial", 3: "process"}

_MEND = "Mend: take the file as UCDP publishes it; `interbellum data get ucdp` downloads it."

Row = Mapping[str, Any]
Told = TypeVar("Told")
Word = TypeVar("Word")


class UcdpError(UsageError, ValueError):
    """A file is not what UCDP publishes, or cannot be read here; file, row and mend are given."""


@dataclass(frozen=True, slots=True)
class ConflictYear:
    """A calendar year in which a conflict, or one dyad of it, had at least 25 deaths in battle."""

    conflict: str
    dyad: str
    """Empty in the conflict-level file."""
    year: int
    type: ConflictType
    war: bool
    """At least 1,000 deaths that year."""
    began: dt.date
    """First day of the episode that the year belongs to (start_date2)."""
    ended: dt.date | None
    """Last day of the episode, where the file gives it (ep_end_date)."""
    side_a: tuple[str, ...]
    """States on side A (Gleditsch and Ward's numbers); none for a side that is no state."""
    side_b: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Termination:
    """How an episode of a conflict, or of one dyad, ended in a year."""

    conflict: str
    dyad: str
    """Empty in the conflict-level file."""
    year: int
    """Last active year."""
    type: ConflictType
    first_began: dt.date
    """First day of the whole conflict (start_date)."""
    began: dt.date
    """First day of the episode (start_date2)."""
    ended: dt.date | None
    outcome: Outcome | None
    ceasefire: dt.date | None
    """Signature of a ceasefire; in the dyad-level file only."""
    agreement: dt.date | None
    """Signature of a peace agreement; in the dyad-level file only."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A peace agreement signed by at least two sides of an armed conflict."""

    id: str
    name: str
    conflicts: str
    signed: dt.date
    scope: str
    """full, partial or process, by what share of the contested matter it disposes of."""
    ended: bool
    ended_on: dt.date | None
    """None where it stands, and where it ended on a day that the file does not give."""


def read_conflict_years(path: str | Path) -> tuple[ConflictYear, ...]:
    """Rows of the UCDP/PRIO Armed Conflict Dataset or of the UCDP Dyadic Dataset.

    Parameters
    ----------
    path : path of a CSV or XLSX

    Returns
    -------
    tuple of ConflictYear, in the file's order

    Raises
    ------
    UcdpError
        The file lacks a column, a cell cannot be read, or XLSX is not supported here.
    OSError
        The file cannot be read.

    Source
    ------
    Gleditsch et al. (2002), Journal of Peace Research 39(5); Harbom, Melander and Wallensteen
    (2008), Journal of Peace Research 45(5). Versions 25.1 were tested.
    """
    wanted = ("conflict_id", "year", "type_of_conflict", "intensity_level", "start_date2")
    return _read(Path(path), (*wanted, "gwno_a", "gwno_b"), _conflict_year)


def read_terminations(path: str | Path) -> tuple[Termination, ...]:
    """Endings in the UCDP Conflict Termination Dataset, of conflicts or of dyads.

    Parameters
    ----------
    path : path of an XLSX or CSV

    Returns
    -------
    tuple of Termination, in the file's order
        Only rows that end an episode.

    Raises
    ------
    UcdpError
        The file lacks a column, a cell cannot be read, or openpyxl is not installed.
    OSError
        The file cannot be read.

    Source
    ------
    Kreutz (2010), Journal of Peace Research 47(2). Version 3-2021 was tested.
    """
    wanted = ("conflict_id", "year", "type_of_conflict", "start_date", "start_date2", "outcome")
    rows = _read(Path(path), (*wanted, "ependdate"), _termination)
    return tuple(row for row in rows if row is not None)


def read_agreements(path: str | Path) -> tuple[Agreement, ...]:
    """Rows of the UCDP Peace Agreement Dataset.

    Parameters
    ----------
    path : path of an XLSX or CSV

    Returns
    -------
    tuple of Agreement, in the file's order

    Raises
    ------
    UcdpError
        The file lacks a column, a cell cannot be read, or openpyxl is not installed.
    OSError
        The file cannot be read.

    Source
    ------
    Pettersson, Högbladh and Öberg (2019), Journal of Peace Research 56(4). Version 22.1 was tested.
    """
    wanted = ("paid", "pa_name", "conflict_id", "pa_date", "pa_type", "ended", "duration")
    return _read(Path(path), wanted, _agreement)


# --- rows ----------------------------------------------------------------------------------------


def _conflict_year(row: Row) -> ConflictYear:
    return ConflictYear(
        conflict=str(_number(row["conflict_id"])),
        dyad=str(_number(row["dyad_id"])) if "dyad_id" in row else "",
        year=_number(row["year"]),
        type=_among(_TYPES, row, "type_of_conflict"),
        war=_number(row["intensity_level"]) == 2,
        began=_day(row["start_date2"]),
        ended=_maybe_day(row.get("ep_end_date")),
        side_a=_states(row["gwno_a"]),
        side_b=_states(row["gwno_b"]),
    )


def _termination(row: Row) -> Termination | None:
    dyads = "dyad_id" in row
    ends = row["dyadterm" if dyads else "confterm"]
    if _blank(ends) or _number(ends) != 1:
        return None
    return Termination(
        conflict=str(_number(row["conflict_id"])),
        dyad=str(_number(row["dyad_id"])) if dyads else "",
        year=_number(row["year"]),
        type=_among(_TYPES, row, "type_of_conflict"),
        first_began=_day(row["start_date"]),
        began=_day(row["start_date2"]),
        ended=_maybe_day(row["ependdate"]),
        outcome=_outcome(row),
        ceasefire=_maybe_day(row.get("cfiredate")),
        agreement=_maybe_day(row.get("peagdate")),
    )


def _outcome(row: Row) -> Outcome | None:
    if _blank(row["outcome"]):
        return None
    outcome = _among(_OUTCOMES, row, "outcome")
    # Between states the order of the sides is alphabetical, so who won cannot be read from it.
    of_states = _among(_TYPES, row, "type_of_conflict") == "interstate"
    return "victory" if of_states and outcome.endswith("victory") else outcome


def _agreement(row: Row) -> Agreement:
    return Agreement(
        id=str(row["paid"]).strip(),
        name=str(row["pa_name"]).strip(),
        conflicts=str(row["conflict_id"]).strip(),
        signed=_day(row["pa_date"]),
        scope=_among(_AGREEMENTS, row, "pa_type"),
        ended=str(row["ended"]).strip().lower() in ("true", "1"),
        ended_on=_maybe_day(row["duration"]),
    )


# --- files and cells -----------------------------------------------------------------------------


def _read(path: Path, wanted: tuple[str, ...], parse: Callable[[Row], Told]) -> tuple[Told, ...]:
    rows = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    if not rows:
        raise UcdpError(f"{path} has no rows. {_MEND}")
    missing = [name for name in wanted if name not in rows[0]]
    if missing:
        raise UcdpError(f"{path} has no column {', '.join(missing)}. {_MEND}")
    told = []
    for number, row in enumerate(rows, start=2):
        try:
            told.append(parse(row))
        except KeyError as fault:
            raise UcdpError(f"{path} has no column {fault.args[0]}. {_MEND}") from fault
        except ValueError as fault:
            raise UcdpError(f"{path}, row {number}: {fault}. {_MEND}") from fault
    return tuple(told)


def _csv(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise UcdpError(f"{path} is no CSV in UTF-8 ({fault}). {_MEND}") from fault


def _xlsx(path: Path) -> list[Row]:
    try:
        import openpyxl
    except ImportError:
        raise UcdpError(
            f"{path} is an Excel file, and openpyxl, which reads those, is not installed. "
            "Mend: pip install 'interbellum[ucdp]'."
        ) from None
    with path.open("rb") as file:
        # A damaged file gives whatever openpyxl, its ZIP reader or its XML reader stumbles over.
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
        except Exception as fault:
            raise UcdpError(f"{path} is no whole Excel file ({fault}). {_MEND}") from fault
    names = [str(name) for name in rows[0]] if rows else []
    return [dict(zip_longest(names, cells[: len(names)])) for cells in rows[1:]]


def _blank(cell: object) -> bool:
    return cell is None or not str(cell).strip()


def _number(cell: object) -> int:
    try:
        return int(str(cell))
    except ValueError:
        raise ValueError(f"{cell!r} is not a whole number") from None


def _among(words: Mapping[int, Word], row: Row, column: str) -> Word:
    code = _number(row[column])
    if code not in words:
        raise ValueError(f"{column} is {code}, not one of {', '.join(map(str, words))}")
    return words[code]


def _day(cell: object) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    try:
        return dt.date.fromisoformat(str(cell).strip()[:10])
    except ValueError:
        raise ValueError(f"{cell!r} is not a date") from None


def _maybe_day(cell: object) -> dt.date | None:
    """The first day of a cell; version 3 of the dyad file writes "." and 0 for none."""
    return None if _blank(cell) or str(cell).strip() in (".", "0") else _day(cell)


def _states(cell: object) -> tuple[str, ...]:
    return () if _blank(cell) else tuple(code.strip() for code in str(cell).split(","))
