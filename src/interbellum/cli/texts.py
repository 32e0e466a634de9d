"""interbellum texts DOSSIER"""

from __future__ import annotations

import click

from interbellum.cli.running import answer_options, answered, chosen_form, print_answer, say_run


@click.command()
@click.argument("dossier")
@answer_options(draws=256)
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
    from interbellum.api import texts

    form = chosen_form(form, as_json)
    answer = answered(texts, dossier, draws, seed, redact=redact)
    say_run(answer.loaded, answer.result.run.seed, answer.result.run.draws)
    print_answer(answer, form)
