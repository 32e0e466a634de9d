"""interbellum why DOSSIER ID"""

from __future__ import annotations

import click

from interbellum.cli.running import run_options


@click.command()
@click.argument("dossier")
@click.argument("figure", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@run_options
@click.option("--redact", is_flag=True, help="Hide what the dossier marks confidential.")
def command(
    dossier: str,
    figure: str | None,
    as_json: bool,
    draws: int | None,
    paths: int | None,
    seed: int | None,
    redact: bool,
) -> None:
    """Trace a figure of the briefing to its inputs, their lines, sources and formula.

    ID is a name in square brackets of the briefing, or the dotted path of a field of the dossier, such
    as war.position. Without ID, the names of all figures are listed. Give --draws, --paths and --seed
    as for the briefing, if they were given there.
    """
    from interbellum.briefing import jsonform, why
    from interbellum.cli.output import terminal_text
    from interbellum.cli.running import run
    from interbellum.dossier.reader import load

    loaded = load(dossier)
    result = run(loaded, draws, paths, seed)
    if figure is None:
        names = why.figure_ids(result)
        text = jsonform.dumps({"figures": names}) if as_json else "\n".join(names) + "\n"
    else:
        blocks = why.why(result, loaded, figure, redact=redact)
        if as_json:
            told = [{"kind": type(one).__name__.lower(), **jsonform.tidy(one)} for one in blocks]
            text = jsonform.dumps({"figure": figure, "blocks": told})
        else:
            text = terminal_text(blocks)
    click.echo(text, nl=False)
