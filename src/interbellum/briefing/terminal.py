"""The briefing on a terminal; plain text where there is none."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from interbellum.briefing.blocks import Bullets, Heading, Outline, Paragraph, Table

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 100
SPARKS = dict(zip("▁▂▃▄▅▆▇█", "..:-=+*#", strict=True))  # for terminals without Unicode


def render(outline: Outline, width: int = WIDTH, colour: bool = False) -> str:
    """The blocks as text of at most `width` columns, with terminal colours if asked for."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    show(outline, console)
    # rich pads table rows to the width; a plain file has no use for blanks at line ends
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(outline: Outline, console: Console | None = None) -> None:
    """Print the blocks on a console, the standard output unless given."""
    from rich.console import Console

    console = console or Console(width=None)
    encoding = console.encoding.lower().replace("-", "")
    for number, block in enumerate(outline):
        if number:
            console.print()
        console.print(_drawn(block, encoding.startswith("utf")), highlight=False)


def _drawn(block: Heading | Paragraph | Bullets | Table, unicode: bool) -> RenderableType:
    from rich.padding import Padding
    from rich.rule import Rule
    from rich.text import Text

    match block:
        case Heading(1, text):
            return Rule(Text(_plain(text, unicode), style="bold"), align="left", style="dim")
        case Heading(2, text):
            return Text(_plain(text, unicode).upper(), style="bold cyan")
        case Heading(_, text):
            return Text(_plain(text, unicode), style="bold")
        case Paragraph(text):
            return Text(_plain(text, unicode))
        case Bullets(items):
            return _bullets(items, unicode)
        case Table():
            return Padding(_table(block, unicode), 0)


def _bullets(items: tuple[str, ...], unicode: bool) -> RenderableType:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    for item in items:
        grid.add_row("•" if unicode else "-", Text(_plain(item, unicode)))
    return grid


def _table(table: Table, unicode: bool) -> RenderableType:
    from rich import box
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD if unicode else box.ASCII2, pad_edge=False, header_style="bold")
    widths = _minimum(table)
    for name, right, least in zip(table.columns, table.numeric(), widths, strict=True):
        grid.add_column(
            Text(_plain(name, unicode)),
            justify="right" if right else "left",
            min_width=least,
            overflow="fold",
        )
    for row in table.rows:
        grid.add_row(*[Text(_plain(cell, unicode)) for cell in row])
    if not table.caption:
        return grid
    return Group(grid, Text(_plain(table.caption, unicode), style="dim"))


def _minimum(table: Table) -> list[int]:
    """Columns of numbers and short words keep their width; columns of prose give way."""
    out = []
    for place, name in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        longest = max((len(cell) for cell in cells), default=0)
        words = max((len(word) for cell in (*cells, name) for word in cell.split()), default=1)
        out.append(longest if longest <= 16 else min(words, 24))
    return out


def _plain(text: str, unicode: bool) -> str:
    if unicode:
        return text
    for bar, mark in SPARKS.items():
        text = text.replace(bar, mark)
    return text.translate({ord("“"): '"', ord("”"): '"', ord("→"): "->", ord("±"): "+-"})
