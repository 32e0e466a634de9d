"""The briefing as one HTML file: no script, nothing that is loaded, readable in fifty years.

The dossier may come from a stranger: every text of it is escaped, a policy in the file forbids scripts and
any request, and charts are drawings (see `pictures`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from html import escape
from importlib import resources

from interbellum.briefing import pictures, words
from interbellum.briefing.blocks import Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.document import LANGUAGE, Document, Figure, Part, Span, names, spans
from interbellum.model.chart import Chart

MAIN = "briefing"
"""Anchor of the whole, which no heading may take."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
RIGHT = ' style="text-align:right"'


def page(document: Document, executor: Executor | None = None) -> str:
    """The briefing as a whole HTML file.

    Parameters
    ----------
    document : Document
    executor : Executor or None
        Whose processes draw the charts.

    Returns
    -------
    str
        The same document gives the same text.
    """
    writer = _Writer(document.parts, pictures.svgs(document.charts(), executor))
    title, stamp = escape(document.title), escape(document.stamp())
    style = resources.files("interbellum.briefing").joinpath("briefing.css").read_text("utf-8")
    head = (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta name="generator" content="Interbellum {escape(document.version)}">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n"
    )
    opening, body = writer.parts()
    return (
        f'{head}<body>\n<a class="skip" href="#{MAIN}">Skip to the briefing</a>\n'
        f'<header>\n<p class="kicker">Briefing</p>\n{opening}\n</header>\n'
        f'<nav aria-label="Contents">\n{writer.contents()}\n</nav>\n'
        f'<main id="{MAIN}">\n{body}\n</main>\n'
        f"<footer><p>{stamp}. The same dossier, seed and version give the same file.</p></footer>\n"
        "</body>\n</html>\n"
    )


def fragment(outline: Outline, style: str) -> str:
    """The blocks as one element for a notebook: no script, no link, no style sheet.

    Headings stand one level lower, since the notebook has its own first level.
    """
    parts = [f'<div class="interbellum" style="{escape(style)}">']
    for block in outline:
        if isinstance(block, Heading):
            level = block.level + 1
            parts.append(f"<h{level}>{escape(block.text)}</h{level}>")
        else:
            parts.append(_block(block, _Mentions(())))
    return "\n".join([*parts, "</div>"])


def data_table(chart: Chart) -> Table:
    """The rows of a chart as a table: what is drawn, for who cannot see it or wants the figures."""
    rows = next(iter(chart.data.values()), ())
    return Table(
        tuple(chart.columns.values()),
        tuple(tuple(_told(row.get(field)) for field in chart.columns) for row in rows),
    )


def _told(value: object) -> str:
    """A value of a row as a person reads it: days in words, numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}"
    return words.date(str(value))


class _Mentions:
    """Names of figures: the last mention of each is its anchor, earlier ones lead there."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.left = Counter(name for part in parts for name in names(part))
        self.all = frozenset(self.left)

    def text(self, text: str) -> str:
        """A text, escaped, with the names of figures set quietly."""
        return "".join(map(self._span, spans(text)))

    def _span(self, span: Span) -> str:
        match span.kind:
            case "name":
                return self._name(span.text, span.bracketed)
            case "code":
                return f"<code>{escape(span.text)}</code>"
            case "text":
                return escape(span.text)

    def _name(self, name: str, bracketed: bool) -> str:
        # may break after a dot or a stroke
        shown = re.sub(r"([._])", r"\1<wbr>", escape(f"[{name}]" if bracketed else name))
        if name not in self.all:
            return shown
        self.left[name] -= 1
        if self.left[name]:
            return f'<a class="name" href="#{escape(name)}">{shown}</a>'
        family = re.sub(r"\.\d+$", ".DAYS", name)
        if family != name and family in self.all:
            return f'<a class="name" id="{escape(name)}" href="#{escape(family)}">{shown}</a>'
        return f'<span class="name" id="{escape(name)}">{shown}</span>'


class _Writer:
    """Writes the parts of one page; keeps its anchors apart and its contents."""

    def __init__(self, parts: tuple[Part, ...], drawings: Mapping[str, str]) -> None:
        self._parts = parts
        self._drawings = drawings
        self._mentions = _Mentions(parts)
        self._ids = Counter([MAIN])
        self._heads: list[tuple[int, str, str]] = []  # level, id, text

    def parts(self) -> tuple[str, str]:
        """Title with the paragraph below it, and the sections."""
        first = next(
            (i for i, part in enumerate(self._parts) if isinstance(part, Heading) and i),
            len(self._parts),
        )
        opening = "\n".join(map(self._part, self._parts[:first]))
        out: list[str] = []
        for part in self._parts[first:]:
            if isinstance(part, Heading) and part.level == 2:
                out.append("</section>\n<section>" if out else "<section>")
            out.append(self._part(part))
        return opening, "\n".join([*out, "</section>"] if out else out)

    def contents(self) -> str:
        """A list of the sections, nested as they are; call it after `parts`."""
        out = ["<details>", "<summary>Contents</summary>"]
        depth = 1
        for level, anchor, text in self._heads:
            if level > 3:
                continue
            out.append("<ol>" * (level - depth) or "</li>" + "</ol></li>" * (depth - level))
            out.append(f'<li><a href="#{anchor}">{escape(text)}</a>')
            depth = level
        out.append("</li></ol>" * (depth - 1))
        return "\n".join([*out, "</details>"])

    def _part(self, part: Part) -> str:
        if isinstance(part, Heading):
            return self._heading(part)
        if isinstance(part, Figure):
            return self._figure(part)
        return _block(part, self._mentions)

    def _heading(self, heading: Heading) -> str:
        anchor = self._anchor(heading.text)
        if heading.level > 1:
            self._heads.append((heading.level, anchor, heading.text))
        return f'<h{heading.level} id="{anchor}">{escape(heading.text)}</h{heading.level}>'

    def _anchor(self, text: str) -> str:
        # no dots: those are in the names of figures and charts
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        self._ids[slug] += 1
        return slug if self._ids[slug] == 1 else f"{slug}-{self._ids[slug]}"

    def _figure(self, figure: Figure) -> str:
        chart = figure.chart
        drawing = self._drawings[chart.id].replace(
            "<svg ", f'<svg role="img" aria-label="{escape(pictures.label(chart))}" ', 1
        )
        note = f" {self._mentions.text(chart.note)}" if chart.note else ""
        table = _table(data_table(chart), _Mentions(()), f"Data of figure {figure.number}")
        return (
            f'<figure id="chart.{escape(chart.id)}">\n<div class="scroll">{drawing}</div>\n'
            f"<figcaption><b>Figure {figure.number}.</b>{note}</figcaption>\n"
            f"<details><summary>Data of figure {figure.number}</summary>\n{table}\n</details>\n</figure>"
        )


def _block(block: Paragraph | Bullets | Table, mentions: _Mentions) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{mentions.text(text)}</p>"
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{mentions.text(item)}</li>' for item in items)}</ul>"
        case Table():
            return _table(block, mentions)


def _table(table: Table, mentions: _Mentions, label: str = "") -> str:
    sides = [RIGHT if right else "" for right in table.numeric()]
    head = "".join(
        f'<th scope="col"{side}>{mentions.text(cell)}</th>'
        for cell, side in zip(table.columns, sides, strict=True)
    )
    rows = "".join(_row(row, sides, mentions) for row in table.rows)
    caption = (
        f"<caption><span>{mentions.text(table.caption)}</span></caption>" if table.caption else ""
    )
    named = f' aria-label="{escape(label)}"' if label else ""
    return (
        f'<div class="scroll"><table{named}>{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(row: tuple[str, ...], sides: list[str], mentions: _Mentions) -> str:
    """The first cell names the row."""
    tag = 'th scope="row"' if row[0] else "td"
    first = f"<{tag}{sides[0]}>{mentions.text(row[0])}</{tag[:2]}>"
    rest = zip(row[1:], sides[1:], strict=True)
    cells = "".join(f"<td{side}>{mentions.text(cell)}</td>" for cell, side in rest)
    return f"<tr>{first}{cells}</tr>"
