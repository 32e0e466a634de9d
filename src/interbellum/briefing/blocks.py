"""What a briefing is made of, before anybody draws it: four kinds of plain block."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 opens the page or the annex, 2 a section, 3 a part of one."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list in no order of rank unless the section says so."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain cells; a row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.columns)]
        if wrong:
            raise ValueError(f"a row of {len(wrong[0])} cells under {len(self.columns)} columns")

    def numeric(self) -> tuple[bool, ...]:
        """Per column, whether every cell reads as a number, so that it is set to the right."""
        return tuple(
            any(cells) and all(not cell or _is_number(cell) for cell in cells)
            for cells in ([row[i] for row in self.rows] for i in range(len(self.columns)))
        )


Block = Heading | Paragraph | Bullets | Table
Outline = tuple[Block, ...]


def mapped(blocks: Outline, change: Callable[[str], str]) -> Outline:
    """The same blocks with every text passed through `change`."""
    out: list[Block] = []
    for block in blocks:
        match block:
            case Heading(level, text):
                out.append(Heading(level, change(text)))
            case Paragraph(text):
                out.append(Paragraph(change(text)))
            case Bullets(items):
                out.append(Bullets(tuple(map(change, items))))
            case Table(columns, rows, caption):
                out.append(
                    Table(
                        tuple(map(change, columns)),
                        tuple(tuple(map(change, row)) for row in rows),
                        change(caption),
                    )
                )
    return tuple(out)


def texts(blocks: Outline) -> list[str]:
    """Every text of the blocks, in order."""
    seen: list[str] = []

    def keep(text: str) -> str:
        seen.append(text)
        return text

    mapped(blocks, keep)
    return [text for text in seen if text]


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[<>+±-]?\d[\d,.%-]*( ?(to|of|\(|n =).*)?", cell) is not None
