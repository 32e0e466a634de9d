"""interbellum compare DOSSIER OTHER"""

from __future__ import annotations

import click

from interbellum.cli.running import run_options


@click.command()
@click.argument("dossier")
@click.argument("other")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@run_options
@click.option("--redact", is_flag=True, help="Hide what either dossier marks confidential.")
def command(
    dossier: str,
    other: str,
    as_json: bool,
    draws: int | None,
    paths: int | None,
    seed: int | None,
    redact: bool,
) -> None:
    """Say what changed between two dossiers, who moved, and how the forecast moved.

    The dossier with the earlier cut-off is the one before, whichever is named first; with the same
    cut-off, DOSSIER is. Both are run with the same seed.
    """
    from interbellum.briefing import compare, jsonform
    from interbellum.cli.output import terminal_text
    from interbellum.cli.running import run
    from interbellum.dossier.reader import load

    pair = [load(dossier), load(other)]
    pair.sort(key=lambda one: one.dossier.conflict.as_of)  # stable: as given when equal
    before, after = pair
    old, new = (run(one, draws, paths, seed) for one in pair)
    comparison = compare.compare(before, after, old, new, redact=redact)
    if as_json:
        text = jsonform.dumps(compare.to_json(comparison))
    else:
        text = terminal_text(compare.outline(comparison))
    click.echo(text, nl=False)
