"""Timeline: the dated record, by kind, with what was kept and what was not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, RIGHT, GAP = 96, 14, 9
PLOT = theme.WIDTH - LEFT - RIGHT
WIDE_LANE, NARROW_LANE, MANY = 15.0, 12.5, 45
"""Height of a row of names, and of one where there are more events than so many."""
LABEL = 300
"""Widest label of an event; the table has it in full."""
TITLE = "The record: what happened, and what was kept"
KINDS: dict[str, str] = {
    "truce": "Truces",
    "deal": "Deals",
    "exchange": "Exchanges",
    "talks": "Talks",
    "proposal": "Proposals",
    "patron": "Patrons",
    "leader": "Leaders",
    "offensive": "Offensives",
    "other": "Other",
}
KEPT: dict[str, tuple[str, str]] = {
    "yes": ("circle", "kept"),
    "mostly": ("circle", "mostly kept"),
    "partly": ("triangle-up", "partly kept"),
    "no": ("cross", "not kept"),
    "unknown": ("diamond", "not known whether kept"),
}
"""Sign and words for whether something agreed was kept."""
PLAIN = "M-.5,-.5h1v1h-1Z"
"""A small square: an event that nobody could keep or break."""
COLOURS = {
    "yes": palette.GOOD,
    "mostly": palette.GOOD,
    "partly": palette.INK,
    "no": palette.WARNING,
    "unknown": palette.MUTED,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of the record."""

    first: str
    """YYYY-MM-DD."""
    last: str | None
    kind: str
    title: str
    scope: str | None
    kept: str | None
    outcome: str


def timeline(moments: Sequence[Moment], began: str, as_of: str) -> Chart:
    """A lane a kind, a sign an event with its name, a bar where it lasted.

    Parameters
    ----------
    moments : sequence of Moment
        At least one.
    began, as_of : str
        First day of the war and the cut-off, YYYY-MM-DD.
    """
    ordered = sorted(moments, key=lambda one: (one.first, one.title))
    axis = _Axis(min(ordered[0].first, began), as_of)
    data: dict[str, list[Row]] = {n: [] for n in ("stripes", "kinds", "bars", "signs", "labels")}
    y = 8.0
    lane = WIDE_LANE if len(ordered) <= MANY else NARROW_LANE
    for kind in [kind for kind in KINDS if any(one.kind == kind for one in ordered)]:
        y = _lane(kind, [one for one in ordered if one.kind == kind], axis, y, lane, data)
    return theme.drawn(
        "timeline",
        TITLE,
        "By kind. Of what was agreed: disc kept, triangle partly kept, cross not kept. Grey bars: how "
        "long it lasted.",
        theme.Frame(y, LEFT, RIGHT, bottom=28, head=12),
        _layers(axis),
        data={
            "table": tuple(_table(one) for one in ordered),
            **{name: tuple(rows) for name, rows in data.items()},
            "marks": (
                theme.rule_row(axis.x(began), 0, axis.x(began), y, palette.MUTED),
                theme.rule_row(PLOT, 0, PLOT, y, palette.MUTED),
            ),
            "began": (theme.text_row(axis.x(began), -8, "the war begins", palette.MUTED),),
            "cutoff": (theme.text_row(PLOT, -8, "cut-off", palette.MUTED),),
            "axis": ({"date": axis.first}, {"date": axis.last}),
        },
        alt=_alt(ordered),
        columns={
            "day": "day",
            "what": "what",
            "kind": "kind",
            "kept": "kept",
            "outcome": "outcome",
        },
        note="As the dossier codes it, by the knowledge of the cut-off. Names are cut where they are "
        "long; the table has them in full.",
    )


class _Axis:
    """Days to pixels."""

    def __init__(self, first: str, last: str) -> None:
        start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        air = max(10, (end - start).days // 60)
        self.first, self.last = (start - dt.timedelta(days=air)).isoformat(), last
        self._start, self._days = start - dt.timedelta(days=air), (end - start).days + air

    def x(self, iso: str) -> float:
        return PLOT * (dt.date.fromisoformat(iso) - self._start).days / self._days


def _lane(
    kind: str,
    moments: Sequence[Moment],
    axis: _Axis,
    top: float,
    lane: float,
    data: dict[str, list[Row]],
) -> float:
    """Places the events of a kind in as many rows as their names need; returns where the next starts."""
    taken: list[list[tuple[float, float]]] = []
    for one in moments:
        x, end = axis.x(one.first), axis.x(one.last or one.first)
        text, right = _label(one, x - 14, PLOT - end - 12)
        width = theme.text_width(text)
        span = (x - 7, end + 14 + width) if right else (x - 14 - width, end + 7)
        row = next(
            (r for r, used in enumerate(taken) if all(span[1] < a or span[0] > b for a, b in used)),
            len(taken),
        )
        if row == len(taken):
            taken.append([])
        taken[row].append(span)
        y = top + lane * (row + 0.5)
        shape, colour = _sign(one)
        data["signs"].append(theme.sign_row(x, y, shape, colour))
        if end - x > 4:
            data["bars"].append(theme.rule_row(x, y - 2, end, y + 2, palette.FAINT))
        place = end + 9 if right else x - 9 - width
        data["labels"].append(theme.text_row(place, y, text))
    height = lane * len(taken)
    data["kinds"].append(theme.text_row(8 - LEFT, top + lane / 2, KINDS[kind]))
    if len(data["kinds"]) % 2:
        data["stripes"].append(
            theme.rule_row(4 - LEFT, top - GAP / 2, PLOT, top + height + GAP / 2, "#f4f5f7")
        )
    return top + height + GAP


def _label(one: Moment, before: float, behind: float) -> tuple[str, bool]:
    """The event's name as far as there is room for it, and whether it stands behind its sign."""
    tail = f" ({KEPT[one.kept][1]})" if one.kept in KEPT else ""
    wanted = min(LABEL, theme.text_width(one.title + tail))
    right = behind >= wanted or (before < wanted and behind >= before)
    room = min(LABEL, max(wanted, 0.0), behind if right else before)
    return theme.cut(one.title, room - theme.text_width(tail)) + tail, right


def _sign(one: Moment) -> tuple[str, str]:
    if one.kept in KEPT:
        return KEPT[one.kept][0], COLOURS[one.kept]
    return PLAIN, palette.MUTED


def _layers(axis: _Axis) -> list[theme.Layer]:
    return [
        theme.boxes("stripes"),
        theme.layer(
            "axis",
            {"type": "tick", "opacity": 0},
            x=theme.time("date", axis.first, axis.last, grid=True),
        ),
        theme.rules("marks", strokeDash=[2, 3]),
        theme.texts("began"),
        theme.texts("cutoff", align="right"),
        theme.texts("kinds", fontWeight="bold"),
        theme.boxes("bars"),
        theme.signs("signs", size=70),
        theme.texts("labels"),
    ]


def _table(one: Moment) -> Row:
    last = f" to {words.date(one.last)}" if one.last and one.last != one.first else ""
    scope = f", {one.scope}" if one.scope else ""
    return {
        "day": words.date(one.first) + last,
        "what": one.title,
        "kind": f"{one.kind}{scope}",
        "kept": KEPT[one.kept][1] if one.kept in KEPT else "",
        "outcome": one.outcome,
    }


def _alt(moments: Sequence[Moment]) -> str:
    agreed = [one for one in moments if one.kept in KEPT]
    told = f"{words.start(words.count(len(moments), 'event'))} from {words.date(moments[0].first)} to {words.date(moments[-1].first)}"
    if not agreed:
        return f"Timeline by kind. {told}."
    kept = sum(one.kept in ("yes", "mostly") for one in agreed)
    broken = sum(one.kept == "no" for one in agreed)
    return (
        f"Timeline by kind. {told}. Of {len(agreed)} that could be kept or broken: {kept} kept or "
        f"mostly kept, {broken} not kept."
    )
