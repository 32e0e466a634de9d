"""Issue ladders: every rung as text, and who stands where on it: ideals, red lines, drafts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row

LEFT, LINE, TITLE_ROW, GAP = 284, 13, 20, 10
RIGHT = 78
"""Room for the slanted head of the last column."""
PLOT = theme.WIDTH - LEFT - RIGHT
WIDEST = 36
"""Of a column."""
HEAD_LINE = 11.5
TWO_LINES = 28
"""Width of a column from which its name may take two lines."""
HEAD, SLANT = 142, 300
"""Room for the heads of the columns, and their angle."""
TALLEST = 640
"""Of a plot, in pixels: more would not fit a page; the rest of a block goes to a further chart."""
SIGNS = {"A": "circle", "B": "square", None: "triangle-up"}
PALE = "#fbe3d3"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an actor stands on an issue."""

    actor: str
    """Id."""
    ideal: int
    """Rung that it wants."""
    refused: tuple[int, ...] = ()
    """Rungs that it says it will not sign."""
    confidence: float | None = None
    """Chance that this is so; None where it has no red line, or where that is hidden."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """An issue."""

    title: str
    rungs: tuple[str, ...]
    standing: int
    """Rung that holds if nothing is signed."""
    stands: tuple[Stand, ...]
    drafts: tuple[tuple[str, tuple[int, ...]], ...]
    """(id of a draft, rungs that it names)"""
    struck: tuple[str, ...] = ()
    """Ids of drafts that strike the issue."""


@dataclass(frozen=True, slots=True)
class Column:
    """An actor, or a draft."""

    id: str
    name: str
    side: str | None = None
    draft: bool = False


def ladders(block: str, issues: Sequence[Ladder], columns: Sequence[Column]) -> list[Chart]:
    """Charts of a block's issues, as many as it takes for each to fit a page; ids are still to come.

    Parameters
    ----------
    block : str
        Heading that the issues stand under.
    issues : sequence of Ladder
        At least one.
    columns : sequence of Column
        Actors first, then drafts; those that say nothing on a chart's issues are left out of it.
    """
    parts = _parts(issues)
    return [
        _chart(block, part, columns, f" ({number} of {len(parts)})" if len(parts) > 1 else "")
        for number, part in enumerate(parts, start=1)
    ]


def _height(issue: Ladder) -> float:
    return TITLE_ROW * len(_title(issue)) + sum(_tall(text) for text in issue.rungs) + GAP


def _title(issue: Ladder) -> list[str]:
    return theme.wrap(issue.title, LEFT - 24, theme.LABEL * 1.06, most=2)


def _rung(text: str) -> list[str]:
    return theme.wrap(text, LEFT - 36, most=3)


def _tall(text: str) -> float:
    return LINE * len(_rung(text)) + 6


def _parts(issues: Sequence[Ladder]) -> list[list[Ladder]]:
    """Issues in order, in parts of about the same height, none above `TALLEST` if it can be helped."""
    total = sum(map(_height, issues))
    number = int(-(-total // TALLEST))
    parts: list[list[Ladder]] = [[]]
    filled = 0.0
    for issue in issues:
        tall = _height(issue)
        if parts[-1] and (
            filled + tall > TALLEST or (len(parts) < number and filled + tall / 2 > total / number)
        ):
            parts.append([])
            filled = 0.0
        parts[-1].append(issue)
        filled += tall
    return parts


def _chart(block: str, issues: Sequence[Ladder], columns: Sequence[Column], part: str) -> Chart:
    shown = [column for column in columns if _speaks(column, issues)]
    width, xs = _places(shown)
    data: dict[str, list[Row]] = {
        name: [] for name in ("table", "lines", "refused", "bars", "titles", "rungs", "chances")
    }
    data |= {"ideals": [], "crosses": [], "drafts": [], "struck": []}
    y = 0.0
    for issue in issues:
        y = _issue(issue, shown, xs, width, y, data)
    title = f"Who stands where: {block}{part}"
    return theme.drawn(
        "ladders",
        title,
        "Disc, square, triangle: what an actor wants. Shaded cross: what it says it will not sign, with "
        "the chance that this is real. Diamond: what a draft says, with a hole where it leaves a "
        "choice. Bar at the left: what holds if nothing is signed.",
        theme.Frame(y, LEFT, RIGHT, bottom=8, head=HEAD),
        _layers(),
        data={
            **{name: tuple(rows) for name, rows in data.items()},
            "heads": tuple(_head(column, xs[column.id], width) for column in shown),
            "guides": tuple(theme.rule_row(x, -6, x, y - GAP, palette.GRID) for x in xs.values()),
        },
        alt=_alt(block, issues, shown),
        columns={
            "issue": "issue",
            "rung": "option",
            "ideal": "ideal of",
            "refused": "refused by",
            "drafts": "in",
        },
        note="As coded in this dossier. The order of a ladder is never read as a distance. Per cent "
        "above crosses: the chance, as coded, that the refusal is real.",
    )


def _places(shown: Sequence[Column]) -> tuple[float, dict[str, float]]:
    """Width of a column, and the middle of each; drafts stand a little apart from actors."""
    apart = 0.5 if len({column.draft for column in shown}) == 2 else 0.0
    width = min(WIDEST, PLOT / (len(shown) + apart)) if shown else WIDEST
    return width, {
        column.id: width * (place + 0.5 + (apart if column.draft else 0.0))
        for place, column in enumerate(shown)
    }


def _head(column: Column, x: float, width: float) -> Row:
    """Name of a column, in two lines where columns are far enough apart."""
    lines = theme.wrap(column.name, HEAD + 4, most=2 if width >= TWO_LINES else 1)
    # The first of two lines moves up, at right angles to the slant.
    back = HEAD_LINE / 2 * (len(lines) - 1)
    angle = math.radians(360 - SLANT)
    place = (x + 3 - back * math.sin(angle), -10 - back * math.cos(angle))
    return theme.text_row(*place, "\n".join(lines), _ink(column))


def _ink(column: Column) -> str:
    return palette.MUTED if column.draft else palette.SIDES_TEXT.get(column.side or "", palette.INK)


def _speaks(column: Column, issues: Sequence[Ladder]) -> bool:
    return any(
        column.id in (draft for draft, _ in issue.drafts) or column.id in issue.struck
        if column.draft
        else any(stand.actor == column.id for stand in issue.stands)
        for issue in issues
    )


def _issue(
    issue: Ladder,
    shown: Sequence[Column],
    xs: dict[str, float],
    width: float,
    top: float,
    data: dict[str, list[Row]],
) -> float:
    """Adds an issue's rows and signs; returns where the next one starts."""
    title = _title(issue)
    y = top + TITLE_ROW * len(title)
    data["titles"].append(theme.text_row(8 - LEFT, top + 10, "\n".join(title)))
    middles = []
    for rank, text in enumerate(issue.rungs):
        lines, tall = _rung(text), _tall(text)
        middle = y + tall / 2
        middles.append(middle)
        data["rungs"].append(
            theme.text_row(22 - LEFT, middle - LINE / 2 * (len(lines) - 1), "\n".join(lines))
        )
        data["lines"].append(
            theme.rule_row(8 - LEFT, y, max(xs.values(), default=0) + width / 2, y, palette.GRID)
        )
        if rank == issue.standing:
            data["bars"].append(
                theme.rule_row(11 - LEFT, y + 3, 15 - LEFT, y + tall - 3, palette.INK)
            )
        y += tall
    _signs(issue, shown, xs, width, middles, y, top + TITLE_ROW * len(title) - 9, data)
    data["table"] += _table(issue, shown)
    return y + GAP


def _signs(
    issue: Ladder,
    shown: Sequence[Column],
    xs: dict[str, float],
    width: float,
    middles: Sequence[float],
    bottom: float,
    head: float,
    data: dict[str, list[Row]],
) -> None:
    sides = {column.id: column.side for column in shown}
    edges = [
        *(middle - _tall(text) / 2 for middle, text in zip(middles, issue.rungs, strict=True)),
        bottom,
    ]
    for stand in issue.stands:
        if stand.actor not in xs:
            continue
        x, side = xs[stand.actor], sides[stand.actor]
        colour = palette.SIDES.get(side or "", palette.MUTED)
        for rung in stand.refused:
            data["refused"].append(
                theme.rule_row(
                    x - width / 2 + 1, edges[rung] + 1, x + width / 2 - 1, edges[rung + 1] - 1, PALE
                )
            )
            data["crosses"].append(theme.sign_row(x, middles[rung], CROSS, palette.INK))
        data["ideals"].append(theme.sign_row(x, middles[stand.ideal], SIGNS[side], colour))
        if stand.refused:
            told = "?" if stand.confidence is None else words.percent(stand.confidence)
            data["chances"].append(theme.text_row(x, head, told))
    for draft, rungs in issue.drafts:
        if draft in xs:
            sign = DIAMOND if len(rungs) == 1 else HOLLOW
            data["drafts"] += [
                theme.sign_row(xs[draft], middles[r], sign, palette.INK) for r in rungs
            ]
    data["struck"] += [theme.text_row(xs[d], head, "struck") for d in issue.struck if d in xs]


CROSS = "M-.5,-.5L.5,.5M.5,-.5L-.5,.5"
DIAMOND = "M0,-.6L.6,0L0,.6L-.6,0Z"
HOLLOW = "M0,-.6L.6,0L0,.6L-.6,0ZM0,-.3L-.3,0L0,.3L.3,0Z"
"""A diamond with a hole: one of several readings of a draft."""


def _table(issue: Ladder, shown: Sequence[Column]) -> list[Row]:
    names = {column.id: column.name for column in shown}
    rows: list[Row] = []
    for rank, text in enumerate(issue.rungs):
        stands = [stand for stand in issue.stands if stand.actor in names]
        refusing = [
            names[s.actor] + ("" if s.confidence is None else f" {words.percent(s.confidence)}")
            for s in stands
            if rank in s.refused
        ]
        rows.append(
            {
                "issue": issue.title,
                "rung": text + (" (holds if nothing is signed)" if rank == issue.standing else ""),
                "ideal": ", ".join(names[s.actor] for s in stands if s.ideal == rank),
                "refused": ", ".join(refusing),
                "drafts": ", ".join(
                    names[draft]
                    for draft, rungs in issue.drafts
                    if rank in rungs and draft in names
                ),
            }
        )
    return rows


def _layers() -> list[theme.Layer]:
    return [
        theme.rules("guides"),
        theme.rules("lines"),
        theme.boxes("refused"),
        theme.boxes("bars"),
        theme.texts("titles", fontWeight="bold", fontSize=theme.LABEL, lineHeight=16),
        theme.texts("rungs", lineHeight=LINE),
        theme.texts("heads", angle=SLANT, lineHeight=HEAD_LINE),
        theme.texts("chances", align="center", fontSize=9.5),
        theme.texts("struck", align="center", fontSize=10),
        theme.signs("crosses", filled=False, size=120, strokeWidth=1.6),
        theme.signs("ideals", size=95),
        theme.signs("drafts", size=170),
    ]


def _alt(block: str, issues: Sequence[Ladder], shown: Sequence[Column]) -> str:
    actors = sum(not column.draft for column in shown)
    lines = sum(bool(stand.refused) for issue in issues for stand in issue.stands)
    return (
        f"Grid of {words.count(len(issues), 'issue')} under “{block}”, option by option, with the wishes "
        f"of {words.count(actors, 'actor')}, {words.count(lines, 'red line')}, and the words of "
        f"{words.count(len(shown) - actors, 'draft')}. The table has every cell in words."
    )
