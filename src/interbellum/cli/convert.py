"""interbellum convert IN OUT"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Cut-off: later rows stay out. Needed without --into; else the dossier's own.",
)
@click.option(
    "--into",
    metavar="DOSSIER",
    help="Write a copy of this dossier with the rows added, instead of a fragment.",
)
@click.option("--json", "as_json", is_flag=True, help="Print counts and refused rows as JSON.")
def command(
    source: Path, out: Path, as_of: dt.datetime | None, into: str | None, as_json: bool
) -> None:
    """Turn a table of positions (CSV) into issues and positions of a dossier.

    IN has the columns issue_id, issue, option_ladder ("0:first|1:second"), actor, date, position,
    ladder_level and source_name; block, red_line, checked and note where known. OUT is a new YAML
    file. Rows that stay out are listed on standard error, with the reason.
    """
    from dataclasses import asdict

    from interbellum.cli.output import print_json, write_text
    from interbellum.dossier.convert import convert_positions
    from interbellum.dossier.reader import load
    from interbellum.errors import UsageError

    if source.suffix.lower() != ".csv" or out.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError("This release converts a .csv of positions to .yaml.")
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
