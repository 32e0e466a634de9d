"""The briefing as GitHub Markdown. Dossier text is escaped: it may come from a stranger."""

from __future__ import annotations

import re

from interbellum.briefing.blocks import Bullets, Heading, Outline, Paragraph, Table


def render(outline: Outline) -> str:
    """Markdown of the blocks, with a final newline.

    Parameters
    ----------
    outline : tuple of Heading, Paragraph, Bullets, Table

    Returns
    -------
    str
        GitHub Flavored Markdown.
    """
    parts: list[str] = []
    for block in outline:
        match block:
            case Heading(level, text):
                parts.append(f"{'#' * level} {escape(text)}")
            case Paragraph(text):
                parts.append(_opening(escape(text)))
            case Bullets(items):
                parts.append("\n".join(f"- {_opening(escape(item))}" for item in items))
            case Table():
                parts.append(_table(block))
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no emphasis, links, images, HTML or table bars."""
    text = re.sub(r"([\\`*|~<])", r"\\\1", text)
    text = text.replace("](", "]\\(").replace("![", "\\![")
    # an underscore inside a word is safe in GitHub's dialect; at a word's edge it opens emphasis
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def _opening(text: str) -> str:
    """Escape what would open a heading, a list, a quotation or a link definition at a line's start."""
    text = re.sub(r"^(#|>|\+ |- |=|\[)", r"\\\1", text)
    return re.sub(r"^(\d+)([.)] )", r"\1\\\2", text)


def _table(table: Table) -> str:
    rule = ["--:" if right else "---" for right in table.numeric()]
    lines = [_row(tuple(escape(cell) or " " for cell in table.columns)), _row(tuple(rule))]
    lines += [_row(tuple(escape(cell) for cell in row)) for row in table.rows]
    text = "\n".join(lines)
    return f"{text}\n\n{_opening(escape(table.caption))}" if table.caption else text


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
