"""What the verbs that run the model share: their options, the run, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from interbellum.dossier.reader import Loaded
    from interbellum.model.result import Result

_Verb = TypeVar("_Verb", bound=Callable[..., Any])


def run_options(verb: _Verb) -> _Verb:
    """--draws, --paths and --seed; what is not given is the Python API's own default."""
    for option in (
        click.option("--seed", type=int, help="Seed of every random draw; 1 unless given."),
        click.option("--paths", type=int, help="Futures for each draw; 256 unless given."),
        click.option("--draws", type=int, help="Draws of the uncertain inputs; 256 unless given."),
    ):
        verb = option(verb)
    return verb


def run(loaded: Loaded, draws: int | None, paths: int | None, seed: int | None) -> Result:
    """Run a dossier with a progress bar; the seed goes to standard error."""
    from interbellum import analysis
    from interbellum.cli.output import progress_bar

    asked = {"draws": draws, "paths": paths, "seed": seed}
    given = {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        result = analysis.run(loaded, progress=progress, **given)
    told = result.run
    click.echo(
        f"{result.dossier.id} ({result.dossier.hash}): seed {told.seed},"
        f" {told.draws} draws x {told.paths} paths, interbellum {told.version}.",
        err=True,
    )
    if loaded.warnings:
        click.echo(f"It has warnings ({len(loaded.warnings)}): see interbellum check.", err=True)
    return result
