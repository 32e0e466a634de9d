"""interbellum peace DOSSIER"""

from __future__ import annotations

import click

from interbellum.cli.running import answer_options, answered, chosen_form, print_answer, say_run


@click.command()
@click.argument("dossier")
@click.option(
    "--text",
    metavar="TEXT",
    help="Id of a text of the dossier; the best package of each form unless given.",
)
@click.option(
    "--with",
    "added",
    metavar="PROVISION",
    multiple=True,
    help="A standard provision to add, by name; several with commas, or the option again.",
)
@click.option(
    "--form",
    "silence",
    type=click.Choice(("ceasefire", "settlement", "freeze")),
    help="Form of the silence; that of the text, or all three, unless given.",
)
@answer_options(draws=256)
def command(
    dossier: str,
    text: str | None,
    added: tuple[str, ...],
    silence: str | None,
    form: str | None,
    as_json: bool,
    draws: int | None,
    seed: int | None,
    redact: bool,
) -> None:
    """Say how long a silence would hold, under a text or any provisions, and what would add to it.

    The survival curve of the truce model, of the record's model and of both pooled, with their gap; how
    it would break; what the record rests on; the nearest precedents and where they do not fit; which
    missing provision goes with most life; what a pause of thirty or ninety days does to each side, and
    what forces held forward cost. No path is run.
    """
    from interbellum.api import find_peace

    form = chosen_form(form, as_json)
    names = [name.strip() for given in added for name in given.split(",") if name.strip()]
    answer = answered(
        find_peace, dossier, draws, seed, text=text, with_=names, form=silence, redact=redact
    )
    say_run(answer.loaded, answer.result.run.seed, answer.result.run.draws)
    print_answer(answer, form)
