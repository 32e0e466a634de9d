"""What is made of an answer: its JSON, blocks, charts, and files; once by the worker, or on demand."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from interbellum import api
from interbellum.briefing.blocks import Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.plain import dumps
from interbellum.dossier.reader import shipped
from interbellum.store.records import Artefact
from interbellum.web.errors import Refused


def name_of(key: str) -> str:
    """File name that messages and sources give a dossier: a shipped one's own."""
    return f"{key}.yaml" if key in shipped() else "dossier.yaml"


def first_artefacts(answer: api.Answer) -> tuple[Artefact, ...]:
    """What a page asks for at once, as it is told in full."""
    return tuple(Artefact(name, told(answer, name)) for name in ("result", "outline", "charts"))


def told(answer: api.Answer, name: str) -> bytes:
    """One form of an answer.

    Parameters
    ----------
    answer : api.Answer
    name : result, outline, charts, briefing.md or briefing.txt
    """
    if name == "result":
        return dumps(answer.to_json()).encode()
    if name == "outline":
        return _json(blocks(answer.outline()))
    if name == "charts":
        return _json(charts(answer))
    if name == "briefing.md":
        return answer.to_markdown().encode()
    return answer.to_text().encode()


def blocks(outline: Outline) -> list[dict[str, Any]]:
    """The blocks of an outline as plain data, each with its kind."""
    out: list[dict[str, Any]] = []
    for block in outline:
        match block:
            case Heading() | Paragraph() | Bullets():
                out.append({"kind": type(block).__name__.lower(), **asdict(block)})
            case Table():
                out.append({"kind": "table", **asdict(block), "numeric": block.numeric()})
    return out


def charts(answer: api.Answer) -> list[dict[str, Any]]:
    """The charts of a briefing as plain data; none for other kinds."""
    return []


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
    raise Refused(404, "There is no such chart in this answer.")
