"""interbellum deals DOSSIER"""

from __future__ import annotations

import os
from pathlib import Path

import click

from interbellum.cli.running import answer_options, answered, chosen_form, print_answer, say_run

YAML = (".yaml", ".yml")


def is_domain(source: str) -> bool:
    """Whether a name is that of a negotiation domain: a folder, or a file of XML or JSON.

    Raises
    ------
    UsageError
        A path where nothing is, and that no shipped dossier can be called.
    """
    from interbellum.errors import UsageError

    path = Path(source)
    named = path.suffix.lower() in (".xml", ".json")
    separators = tuple(filter(None, (os.sep, os.altsep)))
    is_path = any(mark in source for mark in separators) and path.suffix.lower() not in YAML
    if (named or is_path) and not os.path.lexists(source.rstrip("".join(separators)) or source):
        raise UsageError(
            f"{source} does not exist. Give a dossier (a .yaml file, or a name from `interbellum list`) or "
            "a negotiation domain (a folder, or a file of XML or JSON)."
        )
    return path.is_dir() or named


@click.command()
@click.argument("dossier", metavar="DOSSIER|DOMAIN")
@answer_options(draws=256)
@click.option(
    "--race",
    type=float,
    default=0.0,
    help="What-if: the race has moved by so much of its length, towards A above 0, B below.",
)
def command(
    dossier: str,
    form: str | None,
    as_json: bool,
    draws: int | None,
    seed: int | None,
    race: float,
    redact: bool,
) -> None:
    """Say what could be signed today, exactly why not, and what would open the range.

    Finds the exact frontier, the egalitarian, Kalai-Smorodinsky, Nash and utilitarian packages, every
    smallest set of demands that cannot hold together, and every smallest set of concessions that would
    open the range, with its price. A negotiation domain in a GENIUS or NegMAS form is solved by the
    same code.
    """
    from interbellum.api import find_deals, solve_domain
    from interbellum.errors import UsageError

    form = chosen_form(form, as_json)
    if is_domain(dossier):
        if draws is not None or seed is not None or race or redact:
            raise UsageError(
                f"{dossier} is a negotiation domain: it has no draws, no race and nothing to redact. "
                "Drop --draws, --seed, --race and --redact."
            )
        print_answer(solve_domain(dossier), form)
        return
    answer = answered(find_deals, dossier, draws, seed, race_moved=race, redact=redact)
    say_run(answer.loaded, answer.result.run.seed, answer.result.run.draws)
    print_answer(answer, form)
