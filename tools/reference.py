"""Write the reference pages from what they describe: the schema's field texts and each verb's help.

python tools/reference.py            write dossier.md, questions.md, cli.md and openapi.json in docs/reference
python tools/reference.py --check    exit 1 if a page is not what it would write
"""

from __future__ import annotations

import json
import sys
import tempfile
import types
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from interbellum.cli.main import VERBS, main
from interbellum.dossier.checks import CHECKS
from interbellum.dossier.convert import CONFIDENCE, WEIGHT
from interbellum.dossier.quantities import WORDS, CoderEstimate, Quantity
from interbellum.dossier.questions import QuestionsFile, ResolutionsFile
from interbellum.dossier.schema import SHAPES, Dossier
from interbellum.model.provisions import PROVISIONS
from interbellum.model.rungs import RUNGS
from interbellum.store.store import Store
from interbellum.web.app import create_app

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
WIDTH = 100  # columns of the help on the page, whatever the terminal
MADE = "<!-- Made by tools/reference.py. Change the source, then run it again. -->\n"


def pages() -> dict[str, str]:
    """Text of every page by its file name."""
    return {
        "dossier.md": dossier_page(),
        "questions.md": questions_page(),
        "cli.md": cli_page(),
        "openapi.json": openapi(),
    }


# --- the dossier -------------------------------------------------------------------------------


def dossier_page() -> str:
    """Every block of a dossier, every field in it, and the words a field takes."""
    parts = [MADE, "# The dossier, field by field\n"]
    parts.append(
        "A dossier is one YAML file in UTF-8. `interbellum new FILE` writes one in which every field"
        " is explained; `interbellum check FILE` reports every fault with its line and its mend;"
        " `interbellum schema` prints the JSON Schema, with which an editor completes and explains"
        " names. Unknown keys, anchors, aliases and tags are refused. A field in **bold** must be"
        " there.\n"
    )
    parts.append(_numbers())
    parts.append("## Blocks\n")
    parts += _told([*_blocks(Dossier), Quantity, CoderEstimate])
    parts.append("## Words that fields take\n")
    parts.append(_terms("### Shapes", {word: _shape(word) for word in SHAPES}))
    parts.append(_terms("### Provisions", PROVISIONS))
    parts.append(_terms("### Rungs", RUNGS))
    parts.append(_checks())
    parts.append(_conversion())
    return "\n".join(parts)


def questions_page() -> str:
    """Every block of a file of questions, and of a file of resolutions."""
    parts = [MADE, "# Questions and resolutions, field by field\n"]
    parts.append(
        "What `interbellum score` reads: one YAML file in UTF-8, of questions or of resolutions"
        " ([what for](../concepts/record.md)). Every fault is reported with its line and its mend. A"
        " field in **bold** must be there. Chances are written as `0.2` or `20%`.\n"
    )
    for model in (QuestionsFile, ResolutionsFile):
        parts.append(f"## {_one_line(model.__doc__)}\n")
        parts += _told(_blocks(model))
    return "\n".join(parts)


def _told(blocks: Iterable[type[BaseModel]]) -> Iterator[str]:
    for model in blocks:
        yield f"### {model.__name__}\n"
        yield f"{_one_line(model.__doc__)}\n"
        yield _fields(model)


def _numbers() -> str:
    words = ", ".join(f"*{word}* {low:.0%} to {high:.0%}" for word, (low, high) in WORDS.items())
    return (
        "## How to write a number\n\n"
        "| written | read as |\n| --- | --- |\n"
        "| `0.2` or `20%` | exact; give it a source |\n"
        "| `{low: 1, mode: 3, high: 8}` | triangular: least, most plausible, greatest |\n"
        "| `{low: 1, high: 8}` | every value between the two equally plausible |\n"
        "| `{p05: 2, p50: 6, p95: 18}` | two half-normals that meet at the median, cut to the"
        " field's bounds |\n"
        "| `likely` | the band of a word of ICD 203 (2015), every value in it equally plausible |\n"
        "| `{coders: [{by: LM, value: 3}, {by: TK, low: 2, high: 9}]}` | several coders, kept apart"
        " and pooled as an equal mixture |\n\n"
        f"The words: {words}. Any number written as a block may carry `source`, `note` and"
        " `confidential`. Dates are `YYYY-MM-DD`, months `YYYY-MM`.\n"
    )


def _blocks(root: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Blocks in the order in which a reader of the file meets them."""
    seen: list[type[BaseModel]] = []

    def visit(model: type[BaseModel]) -> None:
        if model in seen:
            return
        seen.append(model)
        for field in model.model_fields.values():
            for inner in _models(field.annotation):
                if not _is_number(inner):
                    visit(inner)

    visit(root)
    yield from seen


def _is_number(model: type[BaseModel]) -> bool:
    return issubclass(model, Quantity | CoderEstimate)


def _models(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and not typing.get_origin(kind) and issubclass(kind, BaseModel):
        return [kind]
    return [model for part in typing.get_args(kind) for model in _models(part)]


def _fields(model: type[BaseModel]) -> str:
    rows = ["| field | takes | meaning |", "| --- | --- | --- |"]
    for name, field in model.model_fields.items():
        shown = field.alias or name
        shown = f"**`{shown}`**" if field.is_required() else f"`{shown}`"
        rows.append(f"| {shown} | {_takes(field)} | {_cell(field.description)} |")
    return "\n".join(rows) + "\n"


def _takes(field: FieldInfo) -> str:
    return _kind(field.annotation, field)


def _kind(kind: Any, field: FieldInfo | None = None) -> str:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _kind(args[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_kind(arg) for arg in args if arg is not type(None)))
    if origin is typing.Literal:
        return ", ".join(f"`{arg}`" for arg in args)
    if origin is tuple:
        return f"list of {_kind(args[0])}"
    if origin is dict:
        inner = _kind(args[1])
        return f"per name{',' if inner.startswith('per name') else ':'} {inner}"
    if isinstance(kind, type) and issubclass(kind, Quantity):
        return "number" if kind is Quantity else "number, with a `date`"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    plain = {str: "text", bool: "true or false", int: "whole number", float: "plain number"}
    return plain.get(kind, "date")


def _shape(word: str) -> str:
    numbers = SHAPES[word]
    if "value" in numbers:
        return f"exponent {numbers['value']:g}"
    return f"exponent {numbers['low']:g} to {numbers['high']:g}, most likely {numbers['mode']:g}"


def _terms(heading: str, terms: dict[str, str]) -> str:
    rows = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in terms.items())
    return f"{heading}\n\n| name | meaning |\n| --- | --- |\n{rows}\n"


def _checks() -> str:
    rows = "\n".join(f"- {check.name} ({check.severity})" for check in CHECKS)
    return (
        "## Rules across fields\n\nA fault stops a run; a warning is told and the run goes ahead."
        f"\n\n{rows}\n"
    )


def _conversion() -> str:
    rows = "\n".join(
        f"| {word + ' …' if word else '(empty)'} | {_range(numbers) if numbers else 'no red line'} |"
        for word, numbers in CONFIDENCE.items()
    )
    return (
        "## Red lines and weights read from a table of positions\n\n"
        "`interbellum convert` takes the first word of the table's `red_line` as the confidence that"
        " the line is real. The values are judgement: a line that is stated is more often real than"
        " not, and often a price after all. *Constraint* is what a public bears; it acts through its"
        " government and gives no line of its own.\n\n"
        f"| wording | confidence |\n| --- | --- |\n{rows}\n\n"
        f"The table says nothing about weights: each gets {_range(WEIGHT)}, marked as such."
        " `standing` is left for the coder to choose. A statement dated to a month or a year counts"
        " on its last day, so that it never enters too early.\n"
    )


def _range(numbers: dict[str, float]) -> str:
    return "`{" + ", ".join(f"{name}: {value:g}" for name, value in numbers.items()) + "}`"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str | None) -> str:
    return _one_line(text).replace("|", "\\|")


# --- the command line --------------------------------------------------------------------------


def cli_page() -> str:
    """The help of every verb, as the terminal prints it."""
    parts = [MADE, "# The command line\n", f"```text\n{_help(main, 'interbellum')}\n```\n"]
    with main.make_context("interbellum", ["list"], resilient_parsing=True) as parent:
        for verb in VERBS:
            command = main.get_command(parent, verb)
            assert command is not None  # VERBS is what the group lists
            shown = _help(command, verb, parent)
            parts.append(f"## {verb}\n\n```text\n{shown}\n```\n")
    return "\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context | None = None) -> str:
    context = command.make_context(
        name,
        [],
        parent=parent,
        resilient_parsing=True,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
    )
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


# --- the REST API ------------------------------------------------------------------------------


def openapi() -> str:
    """The description of the REST API, as the server gives it."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "empty.sqlite3") as store:
        told = create_app(store).openapi()
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def stale() -> list[str]:
    """Names of pages that are missing or not what `write` would write."""
    return [
        name
        for name, text in pages().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        wrong = stale()
        for name in wrong:
            print(f"docs/reference/{name} is stale. Run: python tools/reference.py")
        sys.exit(1 if wrong else 0)
    write()
