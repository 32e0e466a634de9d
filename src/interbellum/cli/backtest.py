"""interbellum backtest"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("terminal", "md", "json")),
    help="Form of the answer; terminal unless given.",
)
@click.option(
    "--write-weights",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the weights of the variants that were earned, with their reason.",
)
@click.option(
    "--write-durability-weights",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The same for truce model and record.",
)
@click.option(
    "--write-track-record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the primary result as every briefing tells it.",
)
@click.option(
    "--charts",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write charts of the calibration to this folder, as SVG.",
)
def command(
    as_json: bool,
    form: str | None,
    write_weights: Path | None,
    write_durability_weights: Path | None,
    write_track_record: Path | None,
    folder: Path | None,
) -> None:
    """Run the historical library and score it: every case, forecast and outcome, good or bad.

    Seventeen days of thirteen past wars, coded from what was known then, run through the whole model as
    `brief` runs a dossier, and are scored against base rates, persistence and the other wars. The rules were
    fixed before the first run (decision 0025); nothing can be chosen here. At the end two days of Ukraine in 2025
    stand beside three published crowds: one question, no claim of skill (decision 0026). Takes some minutes.
    """
    import datetime as dt

    from interbellum.api import backtest
    from interbellum.cli.output import progress_bar, write_text
    from interbellum.cli.running import chosen_form, print_answer, write_charts

    form = chosen_form(form, as_json)
    with progress_bar() as progress:
        answer = backtest(progress=progress)
    found = answer.result
    click.echo(
        f"{len(found.cases)} cases: seed {found.seed}, {found.draws} draws x {found.paths} paths,"
        f" interbellum {found.version}.",
        err=True,
    )
    today = dt.date.today().isoformat()
    for path, written in (
        (write_weights, answer.weights_file),
        (write_durability_weights, answer.durability_weights_file),
        (write_track_record, answer.track_record_file),
    ):
        if path is not None:
            write_text(path, written(today))
            click.echo(f"Wrote {path}.", err=True)
    if folder is not None:
        write_charts(answer.charts(), folder)
    print_answer(answer, form)
