"""interbellum score QUESTIONS"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("questions", metavar="QUESTIONS", type=click.Path(path_type=Path))
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Ledger that a file of resolutions is about; that of your own data unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("terminal", "md", "json")),
    help="Form of the answer; terminal unless given.",
)
@click.option(
    "--charts",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write charts of the calibration to this folder, as SVG.",
)
def command(
    questions: Path, ledger: Path | None, as_json: bool, form: str | None, folder: Path | None
) -> None:
    """Score forecasts that have been resolved: ours, a crowd's, several coders', a base rate's.

    QUESTIONS is a YAML file of dated questions with their forecasts and resolutions; or a file of
    resolutions, which says what happened after the cut-off of dossiers whose answers `brief --record` has
    written to your ledger. Brier and log score, differences with intervals by war, skill, calibration.
    What is not resolved is listed and not scored.
    """
    from interbellum.api import score
    from interbellum.cli.running import chosen_form, ledger_path, print_answer, write_charts

    form = chosen_form(form, as_json)
    answer = score(questions, ledger_path(ledger))
    if folder is not None:
        write_charts(answer.charts(), folder)
    print_answer(answer, form)
