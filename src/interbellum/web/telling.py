"""What is made of an answer: its JSON, blocks, charts, and files; once by the worker, or on demand."""

from __future__ import annotations

import json
from typing import Any

from interbellum import api
from interbellum.briefing import figures, pictures
from interbellum.briefing.blocks import Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.plain import parts
from interbellum.briefing.seal import context_of
from interbellum.dossier.reader import shipped
from interbellum.store.records import Artefact
from interbellum.web.refused import Refused


def name_of(key: str) -> str:
    """File name that messages and sources give a dossier: a shipped one's own."""
    return f"{key}.yaml" if key in shipped() else "dossier.yaml"


def first_artefacts(answer: api.Answer, quick: bool) -> tuple[Artefact, ...]:
    """What a page asks for at once, as it is told in full; and what only a fresh answer has.

    The charts of a quick answer are made when somebody asks for them.
    """
    names = ("result", "outline") if quick else ("result", "outline", "charts")
    found = [Artefact(name, told(answer, name)) for name in names]
    if isinstance(answer, api.Briefing):
        found.append(Artefact("draws.csv", answer.draws_csv().encode()))
    return tuple(found)


def told(answer: api.Answer, name: str) -> bytes:
    """One form of an answer.

    Parameters
    ----------
    answer : api.Answer
    name : result, outline, charts, or briefing.md, .txt, .html or .pdf
    """
    if name == "result":
        return _json(answer.to_json())
    if name == "outline":
        return _json(blocks(answer.outline()))
    if name == "charts":
        return _json(charts(answer))
    if name == "briefing.md":
        return answer.to_markdown().encode()
    if name == "briefing.txt":
        return answer.to_text().encode()
    if not isinstance(answer, api.Briefing):
        raise Refused(404, "Only a briefing comes in that form.")
    return answer.to_pdf() if name == "briefing.pdf" else answer.to_html().encode()


def blocks(outline: Outline) -> list[dict[str, Any]]:
    """The blocks of an outline as plain data, each with its kind."""
    out: list[dict[str, Any]] = []
    for block in outline:
        match block:
            case Heading() | Paragraph() | Bullets():
                out.append({"kind": type(block).__name__.lower(), **parts(block)})
            case Table():
                out.append({"kind": "table", **parts(block), "numeric": block.numeric()})
    return out


def placed(answer: api.Answer) -> tuple[figures.Placed, ...]:
    """The charts of a briefing with their places; none for other kinds."""
    if not isinstance(answer, api.Briefing):
        return ()
    return figures.figures(context_of(answer.result, answer.loaded, answer.redact))


def charts(answer: api.Answer) -> list[dict[str, Any]]:
    """The charts as plain data, each with all that a Vega-Lite renderer needs."""
    return [
        {
            "id": one.chart.id,
            "title": one.chart.title,
            "alt": one.chart.alt,
            "note": one.chart.note,
            "after": one.after,
            "columns": dict(one.chart.columns),
            "rows": [dict(row) for row in next(iter(one.chart.data.values()), ())],
            "spec": one.chart.full(),
        }
        for one in placed(answer)
    ]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def picture(answer: api.Answer, name: str) -> bytes:
    """A chart of an answer as an SVG or a PNG file.

    Parameters
    ----------
    answer : api.Answer
    name : `charts/ID.svg` or `charts/ID.png`

    Raises
    ------
    Refused
        There is no such chart.
    """
    wanted, _, form = name.removeprefix("charts/").rpartition(".")
    for one in placed(answer):
        if one.chart.id == wanted:
            if form == "png":
                return pictures.png(one.chart)
            return pictures.svg(one.chart).encode()
    raise Refused(404, "There is no such chart in this answer. See /charts.")
