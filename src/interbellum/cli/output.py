"""How verbs print: tables for people, JSON for programs, a progress bar for those who wait."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

Progress = Callable[[str, float], None]

PATIENCE = 1.0  # seconds before a bar appears (house style: anything over a second shows one)
PIPE_WIDTH = 100  # columns when nobody watches; a terminal's own width otherwise


def width() -> int:
    """Columns of the terminal, or `PIPE_WIDTH`."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH


def print_json(data: Any) -> None:
    """Print one JSON document to standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def print_table(
    title: str | None, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
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
    Console(width=width(), highlight=False).print(table)


def terminal_text(blocks: Outline, colour: bool = True) -> str:
    """Blocks as text for standard output, in colour where a terminal shows it and wants it."""
    import os

    from interbellum.briefing import terminal

    watched = colour and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return terminal.render(blocks, width(), watched)


def write_text(path: Path, text: str) -> None:
    """Write a file that the user named.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    from interbellum.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}).") from None


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
    began = time.monotonic()
    shown = False

    def tell(stage: str, done: float) -> None:
        nonlocal shown
        if not shown and time.monotonic() - began > PATIENCE:
            bar.start()
            shown = True
        bar.update(task, description=stage, completed=done)

    try:
        yield tell
    finally:
        if shown:
            bar.stop()
