"""The briefing on a terminal; plain text where there is none."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 100
GAP = 3  # columns between two columns: a blank, the missing bar, a blank
LONGEST_WORD = 34
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
        console.print(_drawn(block, encoding.startswith("utf"), console.width), highlight=False)


def cell_len(text: str) -> int:
    """Columns that a text takes on a terminal."""
    from rich.cells import cell_len as measured

    return measured(text)


def _drawn(block: Block, unicode: bool, width: int) -> RenderableType:
    from rich.rule import Rule
    from rich.text import Text

    match block:
        case Heading(1, text):
            title = Text(_plain(text, unicode), style="bold")
            # A rule cuts a title that leaves it no room; text goes on in the next line.
            return Rule(title, align="left", style="dim") if title.cell_len + 2 < width else title
        case Heading(2, text):
            return Text(_plain(text, unicode).upper(), style="bold cyan")
        case Heading(_, text):
            return Text(_plain(text, unicode), style="bold")
        case Paragraph(text):
            return Text(_plain(text, unicode))
        case Bullets(items):
            return _bullets(items, unicode)
        case Table():
            return _table(block, unicode, width)


def _bullets(items: tuple[str, ...], unicode: bool) -> RenderableType:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    for item in items:
        grid.add_row("•" if unicode else "-", Text(_plain(item, unicode)))
    return grid


def _table(table: Table, unicode: bool, width: int) -> RenderableType:
    from rich import box
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(
        box=box.SIMPLE_HEAD if unicode else box.ASCII2,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    sizes = _widths(table, width)
    right = table.numeric()
    for place, name in enumerate(table.columns):
        head = Text("\n".join(_wrapped(_plain(name, unicode), sizes[place])))
        justify: Literal["left", "right"] = "right" if right[place] else "left"
        grid.add_column(head, justify=justify, width=sizes[place], no_wrap=True)
    for row in table.rows:
        cells = zip(row, sizes, strict=True)
        grid.add_row(
            *[Text("\n".join(_wrapped(_plain(cell, unicode), size))) for cell, size in cells]
        )
    if not table.caption:
        return grid
    return Group(grid, Text(_plain(table.caption, unicode), style="dim"))


def _widths(table: Table, width: int) -> list[int]:
    """Columns of numbers keep their width; columns of prose share what is left.

    A cell's least width is its longest word, and a long dotted name may break at its dots.
    """
    right = table.numeric()
    least, wished = [], []
    for place, name in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        longest = max((cell_len(cell) for cell in cells), default=0)
        word = max((cell_len(part) for cell in (*cells, name) for part in cell.split()), default=1)
        if right[place]:
            word = max(longest, max((cell_len(part) for part in name.split()), default=1))
        wished.append(max(longest, cell_len(name), 1))
        least.append(min(word, LONGEST_WORD) if not right[place] else word)
    free = width - GAP * (len(wished) - 1)
    if sum(wished) <= free:
        return wished
    while sum(least) > free and max(least) > 4:  # narrower than the longest words: they break
        least[least.index(max(least))] -= 1
    sizes = list(least)
    # the room left goes a column at a time to whichever is still squeezed hardest
    while sum(sizes) < free:
        squeeze = [
            wish / size if size < wish else 0.0 for wish, size in zip(wished, sizes, strict=True)
        ]
        if not any(squeeze):
            break
        sizes[squeeze.index(max(squeeze))] += 1
    return sizes


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at blanks, else after a dot, slash or underscore."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while cell_len(line) > width:
            cut = max((line.rfind(mark, 0, width) for mark in "._/-"), default=-1) + 1
            cut = cut if cut > 1 else width
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line)
    return lines


def _plain(text: str, unicode: bool) -> str:
    if unicode:
        return text
    for bar, mark in SPARKS.items():
        text = text.replace(bar, mark)
    return text.translate({ord("“"): '"', ord("”"): '"', ord("→"): "->", ord("±"): "+-"})
