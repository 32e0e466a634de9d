"""interbellum convert IN OUT"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interbellum.dossier.domains import Form
    from interbellum.model.domain import Domain

YAML = (".yaml", ".yml")
PROMISES = {".csv", ".xml", ".yaml", ".yml", ".md", ".json", ".txt", ".html"}
"""Endings that no folder has."""


@click.command()
@click.argument("source", metavar="IN")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="For positions: the cut-off; later rows stay out. Needed without --into.",
)
@click.option(
    "--into",
    metavar="DOSSIER",
    help="For positions: write a copy of this dossier with the rows added, not a fragment.",
)
@click.option(
    "--form",
    type=click.Choice(["genius", "negmas", "json"]),
    help="For domains: a folder of GENIUS XML or of NegMAS YAML, or one JSON file. Unless given, JSON"
    " where OUT ends in .json, else genius.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def command(
    source: str,
    out: Path,
    as_of: dt.datetime | None,
    into: str | None,
    form: Form | None,
    as_json: bool,
) -> None:
    """Turn positions (CSV) into a dossier, and negotiation domains from form to form.

    A table of positions (IN ends in .csv) becomes issues and positions of a dossier: it has the columns
    issue_id, issue, option_ladder ("0:first|1:second"), actor, date, position, ladder_level and
    source_name; block, red_line, checked and note where known. OUT is a new YAML file. Rows that stay
    out are listed on standard error, with the reason.

    Any other IN is a negotiation domain (a folder, or a file of XML or JSON, in the forms of GENIUS,
    NegMAS or NegoLog) or a dossier, whose deal space is written out at its median inputs. OUT is a new
    folder or a new .json file. What a form cannot say is listed on standard error.
    """
    from interbellum.errors import UsageError

    if Path(source).suffix.lower() == ".csv":
        if form is not None:
            raise UsageError("--form is for domains; positions become YAML. Drop --form.")
        _positions(Path(source), out, as_of, into, as_json)
        return
    if as_of is not None or into is not None:
        raise UsageError(
            f"{source} is no .csv: --as-of and --into are for tables of positions. Drop them."
        )
    if out.suffix.lower() in YAML:
        raise UsageError(
            "A .yaml dossier is made from a .csv of positions; a domain becomes a folder or a .json."
        )
    form = form or ("json" if out.suffix.lower() == ".json" else "genius")
    if out.suffix.lower() in PROMISES - ({".json"} if form == "json" else set()):
        raise UsageError(
            f"{out} ends in {out.suffix}, and the form {form} is "
            + (
                "one JSON file. Give a name that ends in .json."
                if form == "json"
                else "a folder. Give a name without that ending, or --form json and a name in .json."
            )
        )
    _domain(source, out, form, as_json)


def _positions(
    source: Path, out: Path, as_of: dt.datetime | None, into: str | None, as_json: bool
) -> None:
    from dataclasses import asdict

    from interbellum.cli.output import print_json, write_text
    from interbellum.dossier.convert import convert_positions
    from interbellum.dossier.reader import load
    from interbellum.errors import UsageError

    if out.suffix.lower() not in YAML:
        raise UsageError("A .csv of positions is converted to .yaml. Give a name that ends so.")
    if out.exists():
        raise UsageError(f"{out} exists and is left as it is. Give a new name.")
    converted = convert_positions(
        source,
        as_of=as_of.date() if as_of else None,
        into=load(into) if into else None,
    )
    write_text(out, converted.text)
    for row in converted.refused:
        click.echo(f"left out: {row}", err=True)
    if as_json:
        print_json(
            {
                "file": str(out),
                "issues": converted.issues,
                "positions": converted.positions,
                "refused": [asdict(row) for row in converted.refused],
            }
        )
    click.echo(
        f"Wrote {out}: {converted.issues} new issues, {converted.positions} positions;"
        f" {len(converted.refused)} rows left out.",
        err=True,
    )


def _domain(source: str, out: Path, form: Form, as_json: bool) -> None:
    from interbellum.cli.deals import is_domain
    from interbellum.cli.output import print_json
    from interbellum.dossier.domains import read_domain, write_domain

    notes: tuple[str, ...] = ()
    domain: Domain
    if is_domain(source):
        domain = read_domain(source)
    else:
        from interbellum.dossier.reader import load
        from interbellum.room import as_domain

        domain, notes = as_domain(load(source))
    files = write_domain(domain, out, form)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        print_json(
            {
                "files": [str(file) for file in files],
                "issues": len(domain.issues),
                "parties": [party.name for party in domain.parties],
                "packages": domain.packages,
                "notes": list(notes),
            }
        )
    click.echo(
        f"Wrote {out}: {len(domain.issues)} issues, {len(domain.parties)} parties,"
        f" {domain.packages} packages.",
        err=True,
    )
