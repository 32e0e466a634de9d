"""interbellum levers DOSSIER"""

from __future__ import annotations

import click

from interbellum.cli.running import answer_options, answered, chosen_form, print_answer, say_run


@click.command()
@click.argument("dossier")
@answer_options(draws=64)
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

    form = chosen_form(form, as_json)
    answer = answered(find_levers, dossier, draws, seed, redact=redact)
    say_run(answer.loaded, answer.seed, answer.result.draws)
    print_answer(answer, form)
