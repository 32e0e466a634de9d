"""interbellum schema"""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON (the schema always is).")
def command(as_json: bool) -> None:
    """Print the JSON Schema of a dossier, for editors.

    Save it beside the dossier; the first line of the template tells an editor with YAML support to use
    it: names are then completed, explained, and checked as you type.
    """
    from interbellum.cli.output import print_json
    from interbellum.dossier.jsonschema import json_schema

    print_json(json_schema())
