"""interbellum list"""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the shipped dossiers.

    Each with the day on which it stands and its title. Use the id wherever a DOSSIER is asked for.
    """
    from interbellum.cli.output import print_json, print_table
    from interbellum.dossier.reader import load, shipped

    found = [load(name).dossier.conflict for name in shipped()]
    if as_json:
        print_json(
            [
                {"id": one.id, "title": one.title, "as_of": str(one.as_of), "began": str(one.began)}
                for one in found
            ]
        )
        return
    print_table(
        None,
        ("id", "as of", "title"),
        [(one.id, str(one.as_of), one.title) for one in found],
    )
