"""interbellum new FILE"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the name of the file as JSON.")
def command(file: Path, as_json: bool) -> None:
    """Write a commented dossier to start from.

    FILE must not exist yet. It holds a small invented war in which every field is explained, and it
    passes `check` as it stands; replace it line by line.
    """
    from interbellum.cli.output import print_json
    from interbellum.dossier.template import write_template

    written = write_template(file)
    if as_json:
        print_json({"file": str(written)})
    click.echo(f"Wrote {written}. Next: interbellum check {written}", err=True)
