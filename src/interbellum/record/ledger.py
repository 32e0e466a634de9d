"""The ledger: answers written down on the day, one line of JSON each, appended and never rewritten.

Every line ends with its own fingerprint and carries that of the line before it, so that a line changed
afterwards, or taken out from between others, is seen. Nothing leaves the machine.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interbellum.errors import UsageError
from interbellum.model.ledger import Entry, RecordedRung
from interbellum.model.result import Result
from interbellum.model.rungs import ENDINGS, HORIZON_DAYS, RUNGS
from interbellum.model.scores import Item
from interbellum.record.backtest import KEPT_DAYS
from interbellum.record.cases import GOES_ON, WAR, Outcome

FILE_NAME = "ledger.jsonl"
FORMAT = 1
OURS = "interbellum"

_OWN = b', "fingerprint": "'
_ROUNDING = 1e-9  # a mean of ones may come out a little above one

GROUPS = ("rungs asked by questions", "rungs at standard horizons", "endings")


def append(
    path: Path, result: Result, questions: Mapping[str, str], today: dt.date
) -> tuple[Entry, bool]:
    """Write an answer down.

    Parameters
    ----------
    path : Path
        The ledger; made with its folder where there is none.
    result : Result
    questions : mapping of id to text
    today : day

    Returns
    -------
    (Entry, bool)
        False where the very answer (dossier, seed, draws, paths, version) stands there already: it is
        returned as it stands, and nothing is written, so that no answer counts twice.

    Raises
    ------
    UsageError
        The ledger cannot be written, or is damaged.
    """
    entry = of_result(result, questions, today)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path) as file:
            old = path.read_bytes()
            for known in _entries(path, old):
                if _same(known, entry):
                    return known, False
            previous = _fingerprint(old.rstrip(b"\n").rsplit(b"\n", 1)[-1])
            line = json.dumps(
                {"format": FORMAT, "previous": previous, **_plain(entry)},
                ensure_ascii=False,
                allow_nan=False,
            )
            whole = _sealed(line.encode()) + b"\n"
            # One call: whoever reads meanwhile sees the whole line or none of it.
            if os.write(file, whole) != len(whole):
                os.ftruncate(file, len(old))
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}). Mend: name another file with "
            "--ledger."
        ) from None
    return entry, True


def read_ledger(path: Path) -> tuple[Entry, ...]:
    """Every answer of a ledger, in the order in which they were recorded.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of Entry
        Empty where there is no such file.

    Raises
    ------
    UsageError
        It cannot be read, or a line is damaged, changed or missing; the message names the line.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or error}). Mend: name another file with --ledger."
        ) from None
    return tuple(_entries(path, raw))


def answers_to(entries: Sequence[Entry], dossier: str) -> tuple[Entry, ...]:
    """The recorded answers to one dossier, by its id."""
    return tuple(entry for entry in entries if entry.dossier == dossier)


def of_result(result: Result, questions: Mapping[str, str], today: dt.date) -> Entry:
    """What a ledger keeps of a result: chances and stamps, nothing of the dossier's inputs.

    Parameters
    ----------
    result : Result
    questions : mapping of id to text
    today : day
    """
    return Entry(
        today,
        result.dossier.id,
        result.dossier.title,
        dt.date.fromisoformat(result.dossier.as_of),
        result.dossier.hash,
        result.run.version,
        result.run.seed,
        result.run.draws,
        result.run.paths,
        result.headline_rung,
        tuple(
            RecordedRung(
                one.rung,
                one.by_days,
                one.chance.p,
                one.chance.lo80,
                one.chance.hi80,
                one.base_rate,
                one.crowd(),
                one.questions,
            )
            for one in result.rungs
        ),
        {one.by_days: {name: one.shares[name].p for name in ENDINGS} for one in result.endings},
        {
            name: {point.days: point.chance.p for point in form.curve}
            for name, form in result.durability.items()
        },
        dict(questions),
    )


def answered(
    entries: Sequence[Entry], outcomes: Mapping[str, Outcome]
) -> tuple[dict[str, list[Item]], dict[int, int]]:
    """Items to score, in three groups: rungs that questions ask for, rungs at the standard horizons, endings.

    Parameters
    ----------
    entries : sequence of Entry
    outcomes : mapping of dossier id to Outcome
        Entries without one, and days not watched, are left out.

    Returns
    -------
    groups : dict of items by name of group
    known : dict of int
        By place of the entry, how many chances were left out because what came was known on the day on
        which they were recorded: a chance written down afterwards is no forecast. Whether one is left
        out depends on nothing that was unknown that day, so the choice favours neither outcome.
    """
    groups: dict[str, list[Item]] = {name: [] for name in GROUPS}
    known: dict[int, int] = {}
    for number, entry in enumerate(entries):
        outcome = outcomes.get(entry.dossier)
        if outcome is None:
            continue
        prefix, late = f"{number}.{entry.dossier}", 0
        for rung in entry.rungs:
            item = _rung_item(prefix, entry.as_of, rung, outcome)
            if item is None:
                continue
            if _known(entry, rung, outcome):
                late += 1
                continue
            if rung.questions:
                groups[GROUPS[0]].append(item)
            if rung.by_days in HORIZON_DAYS:
                groups[GROUPS[1]].append(item)
        for days, shares in entry.endings.items():
            day = entry.as_of + dt.timedelta(days=days)
            if days not in HORIZON_DAYS or day > outcome.watched_until:
                continue
            if day < entry.recorded:
                late += 1
                continue
            groups[GROUPS[2]].append(_ending_item(f"{prefix}.{days}", day, shares, outcome))
        if late:
            known[number] = late
    return groups, known


def _known(entry: Entry, rung: RecordedRung, outcome: Outcome) -> bool:
    """Whether the day was over, or the rung reached and kept, when the chance was written down."""
    first = outcome.rungs.get(rung.rung)
    kept = dt.timedelta(days=KEPT_DAYS.get(rung.rung, 0))
    day = entry.as_of + dt.timedelta(days=rung.by_days)
    return day < entry.recorded or (first is not None and first + kept <= entry.recorded)


def _ending_item(name: str, day: dt.date, shares: Mapping[str, float], outcome: Outcome) -> Item:
    total = sum(shares.values())
    return Item(
        name,
        outcome.war,
        ENDINGS.index(outcome.state(day)),
        {
            OURS: tuple(shares[state] / total for state in ENDINGS),
            "persistence": tuple(float(state == WAR) for state in ENDINGS),
            "uniform": (1.0 / len(ENDINGS),) * len(ENDINGS),
        },
    )


def _rung_item(prefix: str, as_of: dt.date, rung: RecordedRung, outcome: Outcome) -> Item | None:
    day = as_of + dt.timedelta(days=rung.by_days)
    if day + dt.timedelta(days=KEPT_DAYS.get(rung.rung, 0)) > outcome.watched_until:
        return None
    chances = {
        OURS: (1.0 - rung.p, rung.p),
        "base_rate": (1.0 - rung.base_rate, rung.base_rate),
        "persistence": (0.0, 1.0) if rung.rung == GOES_ON else (1.0, 0.0),
        "uniform": (0.5, 0.5),
    }
    if rung.crowd is not None:
        chances["crowd"] = (1.0 - rung.crowd, rung.crowd)
    came = int(outcome.happened(rung.rung, day))
    return Item(f"{prefix}.{rung.rung}.{rung.by_days}", outcome.war, came, chances)


# --- lines -------------------------------------------------------------------------------------


def _entries(path: Path, raw: bytes) -> Iterator[Entry]:
    lines = raw.split(b"\n")
    if lines[-1]:
        raise _damaged(path, len(lines), "ends without a line feed: its writing was cut short")
    before = b""
    for number, line in enumerate(lines[:-1], start=1):
        try:
            found = json.loads(line)
            form = found["format"]
            if form != FORMAT:
                raise _damaged(path, number, f"is of format {form}, not {FORMAT}")
            previous = found["previous"]
            entry = _entry(found)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            raise _damaged(path, number, "cannot be read") from None
        if line != _sealed(line.rpartition(_OWN)[0] + b"}"):
            raise _damaged(path, number, "is not as it was written")
        if previous != _fingerprint(before):
            raise _damaged(path, number, "does not follow from the lines above it, as they were")
        before = line
        yield entry


def _damaged(path: Path, number: int, what: str) -> UsageError:
    return UsageError(
        f"{path}:{number}: this line {what}. A ledger is appended to and never changed. Mend: restore "
        "it from a copy, or begin another with --ledger."
    )


def _fingerprint(line: bytes) -> str:
    """SHA-256 of a line without its feed, first 16 digits; before the first line, of nothing."""
    return hashlib.sha256(line).hexdigest()[:16]


def _sealed(line: bytes) -> bytes:
    """A line of JSON with its own fingerprint as its last field."""
    return line[:-1] + _OWN + _fingerprint(line).encode() + b'"}'


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "recorded": entry.recorded.isoformat(),
        "dossier": entry.dossier,
        "title": entry.title,
        "as_of": entry.as_of.isoformat(),
        "hash": entry.hash,
        "version": entry.version,
        "seed": entry.seed,
        "draws": entry.draws,
        "paths": entry.paths,
        "headline": entry.headline,
        "rungs": [
            {
                "rung": one.rung,
                "by_days": one.by_days,
                "p": one.p,
                "lo80": one.lo80,
                "hi80": one.hi80,
                "base_rate": one.base_rate,
                "crowd": one.crowd,
                "questions": list(one.questions),
            }
            for one in entry.rungs
        ],
        "endings": [{"by_days": days, **shares} for days, shares in entry.endings.items()],
        "durability": {
            form: [{"days": days, "p": p} for days, p in curve.items()]
            for form, curve in entry.durability.items()
        },
        "questions": dict(entry.questions),
    }


def _entry(found: Mapping[str, Any]) -> Entry:
    """An answer from the fields of a line.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError, OverflowError
        A field is missing, or holds what `append` does not write.
    """
    as_of = dt.date.fromisoformat(found["as_of"])
    if found["headline"] not in {one["rung"] for one in found["rungs"]}:
        raise ValueError(f"no rung {found['headline']}")
    return Entry(
        dt.date.fromisoformat(found["recorded"]),
        str(found["dossier"]),
        str(found["title"]),
        as_of,
        str(found["hash"]),
        str(found["version"]),
        int(found["seed"]),
        int(found["draws"]),
        int(found["paths"]),
        str(found["headline"]),
        tuple(
            RecordedRung(
                _rung(one["rung"]),
                _ahead(as_of, one["by_days"]),
                _chance(one["p"]),
                _chance(one["lo80"]),
                _chance(one["hi80"]),
                _chance(one["base_rate"]),
                None if one["crowd"] is None else _chance(one["crowd"]),
                tuple(one["questions"]),
            )
            for one in found["rungs"]
        ),
        {_ahead(as_of, one["by_days"]): _shares(one) for one in found["endings"]},
        {
            form: {int(point["days"]): _chance(point["p"]) for point in curve}
            for form, curve in found["durability"].items()
        },
        dict(found["questions"]),
    )


def _rung(name: str) -> str:
    if name not in RUNGS:
        raise ValueError(f"no rung {name}")
    return name


def _ahead(as_of: dt.date, days: int) -> int:
    _ = as_of + dt.timedelta(days=days)  # refuses a day beyond the calendar
    return int(days)


def _chance(raw: float) -> float:
    value = float(raw)
    if not -_ROUNDING <= value <= 1.0 + _ROUNDING:
        raise ValueError(f"{value} is no chance")
    return min(max(value, 0.0), 1.0)


def _shares(given: Mapping[str, float]) -> dict[str, float]:
    shares = {name: _chance(given[name]) for name in ENDINGS}
    if abs(sum(shares.values()) - 1.0) > 1e-6:
        raise ValueError("endings do not sum to one")
    return shares


def _same(one: Entry, other: Entry) -> bool:
    return (one.hash, one.dossier, one.seed, one.draws, one.paths, one.version) == (
        other.hash,
        other.dossier,
        other.seed,
        other.draws,
        other.paths,
        other.version,
    )


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The ledger opened to append, locked against another writer where the system has such locks."""
    plain = getattr(os, "O_BINARY", 0)  # Windows would write two bytes a line feed
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | plain, 0o600)
    try:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
