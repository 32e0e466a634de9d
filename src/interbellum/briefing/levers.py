"""What stands in the way and what would change it, in words: blockers, thresholds, the view of each capital."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import Names
from interbellum.briefing.plain import tidy
from interbellum.briefing.redaction import Veil
from interbellum.briefing.seal import seal_of
from interbellum.dossier.reader import Loaded
from interbellum.model.diagnosis import BLOCKERS, Diagnosis, Threshold, View
from interbellum.model.result import Interval

NAMES = {
    "disagreement": "Different beliefs about the war",
    "commitment": "Fear of breach and rearming",
    "red_lines": "Red lines of the two leads",
    "consent": "Consent of others",
    "process": "Too few talks",
}


def to_json(found: Diagnosis, loaded: Loaded, redact: bool = False) -> dict[str, Any]:
    """The diagnosis as plain data.

    Parameters
    ----------
    found : Diagnosis
    loaded : Loaded
    redact : bool
        True hides what the dossier marks confidential: what each side believes, where that is.
    """
    out: dict[str, Any] = tidy(_sealed(found, loaded) if redact else found)
    for threshold in out["thresholds"]:
        for key in ("believes", "closes_above", "move", "move_units"):
            if threshold[key] is not None and threshold[key]["p"] is None:
                threshold[key] = None
    return {
        "dossier": {"id": loaded.dossier.conflict.id, "hash": loaded.hash},
        "meaning": dict(BLOCKERS),
        **out,
        "redacted": redact,
    }


def _sealed(found: Diagnosis, loaded: Loaded) -> Diagnosis:
    """The diagnosis without the numbers that a hidden one could be solved from."""
    seal = seal_of(loaded, Veil(loaded, True))
    one, two = found.thresholds
    return replace(found, thresholds=(seal.threshold(one), seal.threshold(two)))


def outline(found: Diagnosis, loaded: Loaded, redact: bool = False) -> Outline:
    """The diagnosis as blocks, the answer first.

    Parameters
    ----------
    found : Diagnosis
    loaded : Loaded
    redact : bool
        As in `to_json`.
    """
    veil = Veil(loaded, redact)
    told = Names(loaded, veil)
    if redact:
        found = _sealed(found, loaded)
    blocks: list[Block] = [
        Heading(1, f"What stands in the way: {loaded.dossier.conflict.title}"),
        Paragraph(_answer(found)),
        *_blockers(found),
        *_thresholds(found, told),
        *_views(found, told),
        Paragraph(
            f"{found.draws} draws weighted by the hindcast, {found.paths} paths each, the same random "
            "numbers throughout: only what is named is switched off. These are the dossier's judgements "
            "worked through a model; nobody's mind is known, and nothing here says what anyone should do."
        ),
    ]
    return veil.blocks(tuple(blocks))


def _answer(found: Diagnosis) -> str:
    blockers = found.blockers
    answer = (
        f"Some package would be acceptable to both leads today in "
        f"{words.percent(blockers.open_now)} of the weighted draws; with all five obstacles below "
        f"switched off in {words.percent(blockers.open_without_any)}."
    )
    first = max(blockers.open_share, key=lambda name: blockers.open_share[name])
    if round(100.0 * blockers.open_share[first]) <= 0:
        return f"{answer} None of the five keeps a range closed that would otherwise be open."
    return f"{answer} The largest part of the difference goes with “{words.lower(NAMES[first])}”."


def _blockers(found: Diagnosis) -> list[Block]:
    blockers = found.blockers
    rows = [
        (
            NAMES[name],
            _points(blockers.open_share[name]),
            _points(blockers.headline[name]),
        )
        for name in sorted(BLOCKERS, key=lambda one: -blockers.open_share[one])
    ]
    rows.append(
        (
            "All five together",
            _points(blockers.open_without_any - blockers.open_now),
            _points(blockers.headline_without_any - blockers.headline_now),
        )
    )
    return [
        Heading(2, "What goes with the range being closed, and with the war going on"),
        Table(
            ("obstacle", "draws it keeps closed", "chance it takes away"),
            tuple(rows),
            "In points out of 100, shared out by Shapley's rule over all 32 ways of switching the five off. "
            "Chance: of a general truce kept for 30 days that begins within a year, in the engine, from "
            f"{words.percent(blockers.headline_now)} as things stand; a briefing pools it with other models. Too few talks close no range. An "
            "association within the model, not a cause in the world.",
        ),
    ]


def _points(share: float) -> str:
    points = round(100.0 * share)
    if points == 0:
        return "0" if share == 0.0 else "less than 1"
    return str(points)


def _thresholds(found: Diagnosis, told: Names) -> list[Block]:
    names = told.names()
    return [
        Heading(2, "What each side would have to believe, or see at the front"),
        *[Paragraph(threshold_text(item, names[item.side], told)) for item in found.thresholds],
    ]


def threshold_text(threshold: Threshold, name: str, told: Names) -> str:
    """What a side is coded to believe, where that closes the range, and what would open it.

    Parameters
    ----------
    threshold : Threshold
        Sealed where it is to be redacted: what is hidden is not a number.
    name : str
        Of the side.
    told : Names
    """
    if math.isnan(threshold.believes.p):
        text = f"{name}: what it is coded to believe is confidential. "
    else:
        text = f"{name} is coded to give itself {_chance(threshold.believes)} of prevailing. "
    if threshold.closes_above is None:
        text += "No belief of its own would turn the range open or closed in any draw. "
    elif math.isnan(threshold.closes_above.p):
        text += f"Where that would close the range: {words.REDACTED}. "
    else:
        text += (
            f"Where its belief decides, the range closes once it puts that above "
            f"{_chance(threshold.closes_above)}. "
        )
    text += (
        f"Whatever it believed, the range would be closed in {words.percent(threshold.never_open)} of the "
        f"draws and open in {words.percent(threshold.never_closed)}. "
    )
    if threshold.move is None:
        return text + "In no closed draw would movement of the front alone open it."
    if math.isnan(threshold.move.p):
        return text + f"What movement of the front would open it: {words.REDACTED}."
    text += (
        f"In the closed draws that movement alone could open, the front would have to move against it by "
        f"{words.stake(threshold.move.p)} hundredths of the race (80% interval "
        f"{words.stake_interval(threshold.move.lo80, threshold.move.hi80)}) within "
        f"{words.count(threshold.move_weeks, 'week')}"
    )
    front = told.loaded.dossier.war.front
    if threshold.move_units is not None and front is not None:
        text += f", about {rounded(threshold.move_units)} {front.unit}"
    return text + "."


def _chance(value: Interval) -> str:
    return f"{words.percent(value.p)} (80% interval {words.interval(value.lo80, value.hi80)})"


def rounded(value: Interval) -> str:
    """A quantity to one leading digit: its stake a unit is a wide judgement."""
    digits = max(0, len(str(int(value.p))) - 1)
    return words.number(int(round(value.p, -digits))) if value.p >= 1 else "less than 1"


def _views(found: Diagnosis, told: Names) -> list[Block]:
    return [
        Heading(2, "How ripe the moment looks from each capital"),
        views_table(found.views, told),
    ]


def views_table(views: Sequence[View], told: Names) -> Table:
    """The moment as it looks from each capital, a row each."""
    names = told.names()
    rows = [
        (
            names[view.side],
            words.percent(view.sees_range),
            words.percent(view.way_out),
            words.percent(view.hurting),
        )
        for view in views
    ]
    return Table(
        (
            "as coded for",
            "sees a package that beats war for both",
            "best offer beats fighting on and what signing costs its leader",
            "a quiet line that held would beat fighting on",
        ),
        tuple(rows),
        "Shares of the weighted draws. Ripeness in the sense of Zartman (1989): a stalemate that hurts, "
        "and a way out, as each side sees them.",
    )
