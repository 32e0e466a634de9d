"""interbellum levers DOSSIER"""

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
@click.option("--draws", type=int, help="Draws of the uncertain inputs; 64 unless given.")
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
    """Say what stands in the way of an end, and what each side would have to believe or see.

    Shares of what keeps the range closed and the war going on (beliefs, fear of breach, red lines,
    consents, process), the belief in its own victory above which a side leaves no range, how far the
    front would have to move to change its mind, and how ripe the moment looks from each capital.
    """
    from interbellum.api import find_levers
    from interbellum.briefing import jsonform
    from interbellum.cli.output import progress_bar, terminal_text
    from interbellum.errors import UsageError

    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} ask for two forms. Keep one.")
    asked = {"draws": draws, "seed": seed}
    given = {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        answer = find_levers(dossier, redact=redact, progress=progress, **given)
    conflict = answer.loaded.dossier.conflict
    click.echo(
        f"{conflict.id} ({answer.loaded.hash}): seed {answer.seed}, {answer.result.draws} draws.",
        err=True,
    )
    if as_json or form == "json":
        text = jsonform.dumps(answer.to_json())
    else:
        text = answer.to_markdown() if form == "md" else terminal_text(answer.outline())
    click.echo(text, nl=False)
