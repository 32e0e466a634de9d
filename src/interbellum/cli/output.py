"""How verbs print: tables for people, JSON for programs, a progress bar for those who wait."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from interbellum.briefing.blocks import Outline

Progress = Callable[[str, float], None]

PATIENCE = 1.0  # seconds before a bar appears (house style: anything over a second shows one)
PIPE_WIDTH = 100  # columns when nobody watches; a terminal's own width otherwise


def width() -> int:
    """Columns of the terminal; `PIPE_WIDTH` where there is none, unless COLUMNS says otherwise."""
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns


def print_json(data: Any) -> None:
    """Print one JSON document to standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def print_table(title: str | None, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table to standard output; the last column takes the room that is left."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(width=width(), highlight=False)
    with console.capture() as drawn:  # rich would answer a closed pipe itself, with exit code 1
        console.print(table)
    click.echo(drawn.get(), nl=False)


def terminal_text(blocks: Outline, to_file: bool = False) -> str:
    """Blocks as text, in colour where a terminal shows it and wants it."""
    from interbellum.briefing import terminal

    if to_file:
        return terminal.render(blocks, PIPE_WIDTH)
    return terminal.render(blocks, width(), sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


def write_text(path: Path, text: str) -> None:
    """Write a file that the user named, in UTF-8.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that the user named.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    from interbellum.errors import UsageError

    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}). Mend: name a file in a place "
            "where you may write, with room on its disk."
        ) from None


def open_file(path: Path) -> None:
    """Show a file in whatever the machine opens it with; say so where that is nothing."""
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        click.echo(f"Nothing here opens {path}.", err=True)


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on standard error that appears after a second; None when nobody watches.

    Yields
    ------
    callable (stage: str, done: float from 0 to 1), or None
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("", total=1.0)
    # A timer, not the first word of the model: compiling it may take long before it says anything.
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda stage, done: bar.update(task, description=stage, completed=done)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
