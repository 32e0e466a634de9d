"""A briefing that is to be printed: its blocks with charts among them, headings one below another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from interbellum.briefing.blocks import Block, Heading, Outline, Paragraph, Table, texts
from interbellum.model.chart import Chart
from interbellum.model.result import Result

ANNEX = Heading(1, "Annex")
FURTHER = Heading(2, "Further charts")
"""Where charts stand whose section the briefing does not have."""
LANGUAGE = "en"

_NAME = r"[a-z_]+(?:\.[\w-]+)+"
_MENTION = re.compile(rf"\[({_NAME})\]|`([^`]+)`")
_PATTERN = re.compile(r"[a-z_]+(?:\.[\w-]+)*\.[A-Z]{2,}(?:\.[\w-]+)*")
_SPARKS = re.compile("[▁▂▃▄▅▆▇█ ]*[▁▂▃▄▅▆▇█][▁▂▃▄▅▆▇█ ]*")


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in its place; figures are numbered from 1 in the order in which they stand."""

    number: int
    chart: Chart


Part = Block | Figure


@dataclass(frozen=True, slots=True)
class Document:
    """All that HTML and PDF draw. Of the headings the first alone has level 1, and none skips a level."""

    title: str
    parts: tuple[Part, ...]
    as_of: str
    """Cut-off of the dossier, YYYY-MM-DD."""
    hash: str
    seed: int
    version: str

    def charts(self) -> tuple[Chart, ...]:
        """The charts of its figures in order."""
        return tuple(part.chart for part in self.parts if isinstance(part, Figure))

    def stamp(self) -> str:
        """What it was made from, so that anybody with the dossier can make it again."""
        return f"Dossier {self.hash}, seed {self.seed}, Interbellum {self.version}"


class Span(NamedTuple):
    """A run of a text."""

    kind: Literal["text", "name", "code"]
    """`name` of a figure, which `why` takes; `code` to type."""
    text: str
    bracketed: bool = False
    """Whether a name stands in square brackets."""


def compose(outline: Outline, charts: Iterable[tuple[Chart, str]], result: Result) -> Document:
    """A briefing with its charts.

    Parameters
    ----------
    outline : Outline
        The briefing as plain blocks; its first is the title.
    charts : iterable of (Chart, str)
        Each with the text of the heading under which it stands.
    result : Result
        What they were made from: for the stamp.

    Returns
    -------
    Document
        Nothing of the outline is lost, nor any chart.
    """
    parts = [*_nested(_placed(list(outline), list(charts)))]
    dossier, run = result.dossier, result.run
    title = outline[0].text if outline and isinstance(outline[0], Heading) else dossier.title
    return Document(title, tuple(parts), dossier.as_of, dossier.hash, run.seed, run.version)


def spans(text: str) -> Iterator[Span]:
    """A text cut at names of figures, in square brackets or a pattern alone, and at what is to be typed."""
    if _PATTERN.fullmatch(text):
        yield Span("name", text)
        return
    end = 0
    for found in _MENTION.finditer(text):
        if found.start() > end:
            yield Span("text", text[end : found.start()])
        yield Span("name", found[1], True) if found[1] else Span("code", found[2])
        end = found.end()
    if end < len(text):
        yield Span("text", text[end:])


def names(part: Part) -> Iterator[str]:
    """The names of figures that a part mentions, in the order in which they stand."""
    for text in () if isinstance(part, Figure) else texts((part,)):
        yield from (span.text for span in spans(text) if span.kind == "name")


def _placed(blocks: list[Block], charts: list[tuple[Chart, str]]) -> Iterator[Block | Chart]:
    """Each chart under its heading, after the paragraph that opens the section if there is one."""
    heads = [block.text for block in blocks if isinstance(block, Heading)]
    homeless = [chart for chart, after in charts if after not in heads]
    waiting: list[Chart] = []
    seen: set[str] = set()
    for block in blocks:
        if waiting and not isinstance(block, Paragraph):
            yield from waiting
            waiting = []
        if block == ANNEX and homeless:
            yield FURTHER
            yield from homeless
            homeless = []
        yield block
        if isinstance(block, Heading):
            if block.text not in seen:
                waiting = [chart for chart, after in charts if after == block.text]
            seen.add(block.text)
        else:
            yield from waiting
            waiting = []
    yield from waiting
    if homeless:
        yield FURTHER
        yield from homeless


def _nested(blocks: Iterable[Block | Chart]) -> Iterator[Part]:
    """The annex as one section beside the page's, so that the title alone has level 1."""
    below, number = 0, 0
    for block in blocks:
        if isinstance(block, Chart):
            number += 1
            yield Figure(number, block)
        elif block == ANNEX:
            below = 1
            yield Heading(2, ANNEX.text)
        elif isinstance(block, Heading):
            yield Heading(block.level + below, block.text)
        elif isinstance(block, Table):
            yield _without_sparks(block)
        else:
            yield block


def _without_sparks(table: Table) -> Table:
    """Without columns of bars made of letters: a terminal needs them, where there are charts they are noise."""
    kept = [
        place
        for place in range(len(table.columns))
        if not all(_SPARKS.fullmatch(row[place]) for row in table.rows) or not table.rows
    ]
    return Table(
        tuple(table.columns[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in table.rows),
        table.caption,
    )
