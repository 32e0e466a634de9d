"""What the last back-test said of the system itself: a file in the package, told in every briefing."""

from __future__ import annotations

import functools
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from interbellum.errors import InternalError
from interbellum.model.backtest import BASE_RATE, POOLED, STACKED, BackTest
from interbellum.model.result import Against, TrackRecord

FILE = "track-record.yaml"
DAYS = 365  # of the one primary result: decision 0025


def read_track_record(path: str | Path | None = None) -> TrackRecord:
    """The shipped track record, or that of another file.

    Parameters
    ----------
    path : str, Path or None

    Returns
    -------
    TrackRecord

    Raises
    ------
    InternalError
        The file lacks a field.
    """
    if path is None:
        return _shipped()
    return _read(Path(path), "")


@functools.cache
def _shipped() -> TrackRecord:
    """Read once a process: every answer tells it."""
    return _read(files("interbellum.record") / "data" / FILE, f"record/data/{FILE}")


def _read(source: Traversable | Path, place: str) -> TrackRecord:
    data = yaml.safe_load(source.read_text(encoding="utf-8"))
    try:
        return TrackRecord(
            place,
            str(data["version"]),
            str(data["ran"]),
            int(data["cases"]),
            int(data["wars"]),
            int(data["by_days"]),
            _against(data["equal"]),
            _against(data["stacked"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InternalError(f"{source.name} is no track record: {error!r}.") from None


def _against(data: dict[str, Any]) -> Against:
    return Against(float(data["worse"]), float(data["lo80"]), float(data["hi80"]))


def track_record_file(found: BackTest, today: str) -> str:
    """Text of a track record, from a back-test.

    Parameters
    ----------
    found : BackTest
    today : day, YYYY-MM-DD

    Raises
    ------
    InternalError
        No case was watched for a year.
    """
    table = next((one for one in found.endings if one.title == f"ending.{DAYS}"), None)
    if table is None or not table.comparisons:
        raise InternalError("No case was watched for a year after its cut-off.")
    base = next(one.brier.value for one in table.forecasters if one.name == BASE_RATE)
    lines = []
    for key, name in (("equal", POOLED), ("stacked", STACKED)):
        pair = next(
            one for one in table.comparisons if (one.first, one.second) == (name, BASE_RATE)
        )
        parts = (pair.brier.value, pair.brier.lo80, pair.brier.hi80)
        worse, low, high = (f"{part / base:.4f}" for part in parts)
        lines.append(f"{key}: {{worse: {worse}, lo80: {low}, hi80: {high}}}")
    first = table.comparisons[0].brier
    return "\n".join(
        [
            "# What the back-test said of the pooled answer on the state in force, told in every briefing:",
            "# Brier score less that of base rates, as a share of theirs; below 0 is better. Decisions 0025 and 0033.",
            "# Written by interbellum backtest --write-track-record; equal: equal weights; stacked: other wars' weights.",
            f"version: {found.version}",
            f"ran: {today}",
            f"cases: {first.n}",
            f"wars: {first.clusters}",
            f"by_days: {DAYS}",
            *lines,
            "",
        ]
    )
