"""interbellum texts DOSSIER"""

from __future__ import annotations

import click

FORMATS = ("terminal", "md", "json")


@click.command()
@click.argument("dossier")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the answer; terminal unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--draws", type=int, help="Draws of the uncertain inputs; 256 unless given.")
@click.option("--seed", type=int, help="Seed of every random draw; 1 unless given.")
@click.option("--redact", is_flag=True, help="Hide what the dossier marks confidential.")
def command(
    dossier: str,
    form: str | None,
    as_json: bool,
    draws: int | None,
    seed: int | None,
    redact: bool,
) -> None:
    """Score the drafts on the table for every actor, and audit what has been promised.

    For each draft: what it is worth to whom, the red lines it crosses, what it leaves open, strikes and
    lacks, who moved since the last one and how far apart the drafts are. For each promise: what of it
    is substance, given what would hold without it. The draws are those of `brief` with the same seed.
    """
    from interbellum import table
    from interbellum.briefing import jsonform, markdown, texts
    from interbellum.cli.output import progress_bar, terminal_text
    from interbellum.dossier.reader import load
    from interbellum.errors import UsageError

    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} ask for two forms. Keep one.")
    loaded = load(dossier)
    asked = {"draws": draws, "seed": seed}
    given = {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        result = table.lay_out(loaded, progress=progress, **given)
    told = result.run
    click.echo(
        f"{result.dossier.id} ({result.dossier.hash}): seed {told.seed}, {told.draws} draws,"
        f" interbellum {told.version}.",
        err=True,
    )
    if as_json or form == "json":
        text = jsonform.dumps(texts.to_json(result, loaded, redact=redact))
    else:
        blocks = texts.outline(result, loaded, redact=redact)
        text = markdown.render(blocks) if form == "md" else terminal_text(blocks)
    click.echo(text, nl=False)
