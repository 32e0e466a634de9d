"""The briefing as a tagged PDF (PDF/UA-1), set by typst. Content goes in as data, never as markup."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from importlib import resources
from pathlib import Path
from typing import Any, Final

from interbellum.briefing import pictures, words
from interbellum.briefing.blocks import Bullets, Heading, Paragraph, Table
from interbellum.briefing.document import ANNEX, LANGUAGE, Document, Figure, Part, spans
from interbellum.errors import InternalError, UsageError
from interbellum.model.chart import Chart

STANDARD: Final = "ua-1"
FONTS = ("Libertinus Serif", "DejaVu Sans Mono")
"""Of typst itself, so that no machine sets the page otherwise: Latin, Greek, Cyrillic; then Arabic."""
LINE = 96
"""Characters that a line of a table holds, about."""
GAP = 3
SHORT = 18
"""Characters up to which a column is not broken: the longest date has 17."""
HEAD = 12
"""Characters of a line of a longer heading."""
NAME = 26
"""Characters of a name's column; names break after a dot."""
SHOWN_MISSING = 12
"""Characters without a glyph that an error names."""


def briefing(
    document: Document, fonts: Sequence[str | Path] = (), executor: Executor | None = None
) -> bytes:
    """The briefing as a PDF file.

    Parameters
    ----------
    document : Document
    fonts : sequence of paths
        Folders with more fonts.
    executor : Executor or None
        Whose processes draw the charts.

    Returns
    -------
    bytes
        The same document and fonts give the same bytes; it holds no date of making.

    Raises
    ------
    UsageError
        No font has some of the characters; they are named.
    """
    first = [i for i, part in enumerate(document.parts) if isinstance(part, Heading)][1:3]
    answer, rest = (*first, len(document.parts), len(document.parts))[:2]
    drawings = pictures.svgs(document.charts(), executor)
    parts = [_part(part, drawings) for part in document.parts]
    return _set(
        "briefing.typ",
        {
            "title": document.title,
            "as_of": f"As of {words.date(document.as_of)}",
            "stamp": document.stamp(),
            "language": LANGUAGE,
            "annex": ANNEX.text,
            "opening": parts[:answer],
            "answer": parts[answer:rest],
            "rest": parts[rest:],
        },
        fonts,
    )


def picture(chart: Chart, fonts: Sequence[str | Path] = ()) -> bytes:
    """One chart as a PDF of its own size, tagged and described.

    Parameters
    ----------
    chart : Chart
    fonts : sequence of paths
        Folders with more fonts.

    Raises
    ------
    UsageError
        No font has some of the characters; they are named.
    """
    content = {
        "title": chart.title,
        "alt": pictures.label(chart),
        "svg": pictures.svg(chart),
        "language": LANGUAGE,
    }
    return _set("picture.typ", content, fonts)


def _set(template: str, content: dict[str, Any], fonts: Sequence[str | Path]) -> bytes:
    import typst

    source = resources.files("interbellum.briefing").joinpath(template).read_bytes()
    text = json.dumps({**content, "fonts": FONTS}, ensure_ascii=False)
    message = ""
    # The system's fonts come second: with them the page may look otherwise on another machine.
    for system in (False, True):
        known = typst.Fonts(system, font_paths=[str(path) for path in fonts])
        try:
            return typst.compile(
                source,
                format="pdf",
                pdf_standards=STANDARD,
                sys_inputs={"document": text},
                font_paths=known,
            )
        except typst.TypstError as error:
            message = f"{error.message} {error.diagnostic}"
        if "could not be displayed" not in message:
            raise InternalError(f"the PDF cannot be set: {message[:500]}")
    found = "".join(re.findall(r'the text `"(.+?)"` could not', message))
    found = re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), found)
    missing = sorted(set(found) - set(" "))
    named = ", ".join(map(_named, missing[:SHOWN_MISSING]))
    more = f" and {len(missing) - SHOWN_MISSING} more" if len(missing) > SHOWN_MISSING else ""
    raise UsageError(
        f"No font at hand has the characters {named}{more}, which the PDF needs. Install one that has"
        " them, such as a Noto font, or name its folder with --fonts FOLDER; HTML needs none."
    )


def _named(char: str) -> str:
    code = f"U+{ord(char):04X}"
    return f"{char} ({code})" if char.isprintable() else code


def _part(part: Part, drawings: Mapping[str, str]) -> dict[str, Any]:
    match part:
        case Heading(level, text):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(text):
            return {"kind": "paragraph", "spans": _spans(text)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_spans(item) for item in items]}
        case Table(columns, rows, caption):
            widths, shares = _widths(part)
            return {
                "kind": "table",
                "columns": [_spans(cell) for cell in columns],
                "rows": [[{"spans": _spans(cell)} for cell in row] for row in rows],
                "numeric": part.numeric(),
                "widths": widths,
                "shares": shares,
                "caption": _spans(caption),
            }
        case Figure(number, chart):
            return {
                "kind": "figure",
                "number": number,
                "alt": pictures.label(chart),
                "note": _spans(chart.note),
                "svg": drawings[chart.id],
            }


def _spans(text: str) -> list[dict[str, Any]]:
    return [
        {"kind": span.kind, "text": f"[{span.text}]" if span.bracketed else span.text}
        for span in spans(text)
    ]


def _widths(table: Table) -> tuple[list[int], bool]:
    """Characters for each column, and whether they are shares of the whole line.

    Numbers and short columns are not broken; prose shares what is left by the root of its length, which
    keeps rows low without starving the shorter column. Known widths save typst most of its time.
    """
    right = table.numeric()
    sizes, prose = [], {}
    for place, head in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        longest = max((_length(cell) for cell in cells), default=0)
        word = max((len(part) for part in head.split()), default=0)
        sizes.append(max(longest, word, min(len(head), HEAD)) + GAP)
        if longest > SHORT and not right[place]:
            prose[place] = math.sqrt(sum(map(len, cells)))
    whole = [max(size, len(head) + GAP) for size, head in zip(sizes, table.columns, strict=True)]
    if sum(whole) <= LINE:
        return whole, False
    left = max(LINE - sum(sizes) + sum(sizes[place] for place in prose), SHORT * len(prose))
    for place, share in prose.items():
        sizes[place] = max(SHORT, round(left * share / sum(prose.values())))
    return sizes, True


def _length(cell: str) -> int:
    return NAME if len(cell) > NAME and " " not in cell else len(cell)
