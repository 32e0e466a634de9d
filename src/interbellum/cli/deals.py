"""interbellum deals DOSSIER"""

from __future__ import annotations

import os
from pathlib import Path

import click

YAML = (".yaml", ".yml")
FORMATS = ("terminal", "md", "json")


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


def _solved(source: str, form: str) -> str:
    """A domain's frontier and solutions as text of a form."""
    from interbellum.api import solve_domain
    from interbellum.briefing import jsonform
    from interbellum.cli.output import terminal_text

    answer = solve_domain(source)
    if form == "json":
        return jsonform.dumps(answer.to_json())
    return answer.to_markdown() if form == "md" else terminal_text(answer.outline())


@click.command()
@click.argument("dossier", metavar="DOSSIER|DOMAIN")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the answer; terminal unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--draws", type=int, help="Draws of the uncertain inputs; 256 unless given.")
@click.option("--seed", type=int, help="Seed of every random draw; 1 unless given.")
@click.option(
    "--race",
    type=float,
    default=0.0,
    help="What-if: the race has moved by so much of its length, towards A above 0, B below.",
)
@click.option("--redact", is_flag=True, help="Hide what the dossier marks confidential.")
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
    from interbellum.briefing import jsonform, markdown
    from interbellum.cli.output import progress_bar, terminal_text
    from interbellum.errors import UsageError

    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} ask for two forms. Keep one.")
    if is_domain(dossier):
        if draws is not None or seed is not None or race or redact:
            raise UsageError(
                f"{dossier} is a negotiation domain: it has no draws, no race and nothing to redact. "
                "Drop --draws, --seed, --race and --redact."
            )
        click.echo(_solved(dossier, "json" if as_json else form or "terminal"), nl=False)
        return
    from interbellum import room
    from interbellum.briefing import room as told
    from interbellum.dossier.reader import load

    loaded = load(dossier)
    asked = {"draws": draws, "seed": seed}
    given = {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        result = room.look(loaded, race_moved=race, progress=progress, **given)
    run = result.run
    click.echo(
        f"{result.dossier.id} ({result.dossier.hash}): seed {run.seed}, {run.draws} draws,"
        f" interbellum {run.version}.",
        err=True,
    )
    if as_json or form == "json":
        text = jsonform.dumps(told.to_json(result, loaded, redact=redact))
    else:
        blocks = told.outline(result, loaded, redact=redact)
        text = markdown.render(blocks) if form == "md" else terminal_text(blocks)
    click.echo(text, nl=False)
