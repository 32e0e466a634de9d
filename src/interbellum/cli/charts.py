"""interbellum charts DOSSIER"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from interbellum.cli.running import run_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interbellum.model.chart import Chart

FORMATS = ("svg", "png", "pdf", "json")


@click.command()
@click.argument("dossier")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Folder to write to, made if it is not there; charts-ID, after the dossier's id, unless given.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    help="Form of the pictures, svg unless given; json is the Vega-Lite definition with its data.",
)
@click.option(
    "--only", "only", metavar="ID", multiple=True, help="This chart alone; may be given often."
)
@click.option("--json", "as_json", is_flag=True, help="List what was written as JSON.")
@run_options
@click.option("--redact", is_flag=True, help="Leave out what the dossier marks confidential.")
def command(
    dossier: str,
    out: Path | None,
    form: str,
    only: tuple[str, ...],
    as_json: bool,
    draws: int | None,
    paths: int | None,
    seed: int | None,
    redact: bool,
) -> None:
    """Write the charts of the briefing as pictures, one file each.

    The charts are those of `brief --format html`: the same definition gives SVG and PNG for slides, PDF for
    print and JSON for whoever wants to draw them otherwise.
    """
    from interbellum.api import Briefing
    from interbellum.cli.output import print_json, print_table
    from interbellum.cli.running import check_folder, run, write_charts
    from interbellum.dossier.reader import load

    loaded = load(dossier)
    folder = out if out is not None else Path(f"charts-{loaded.dossier.conflict.id}")
    check_folder(folder)  # said now, not after the run
    result = run(loaded, draws, paths, seed)
    charts = _chosen(Briefing(result, loaded, redact).charts(), only)
    files = write_charts(charts, folder, form)
    if as_json:
        print_json(
            [
                {"id": chart.id, "title": chart.title, "alt": chart.alt, "file": str(file)}
                for chart, file in zip(charts, files, strict=True)
            ]
        )
    else:
        rows = [[str(file), chart.title] for chart, file in zip(charts, files, strict=True)]
        print_table(None, ("file", "what it shows"), rows)


def _chosen(charts: Sequence[Chart], only: tuple[str, ...]) -> list[Chart]:
    from interbellum.errors import UsageError

    ids = [chart.id for chart in charts]
    unknown = [one for one in only if one not in ids]
    if unknown:
        raise UsageError(
            f"This briefing has no chart {', '.join(unknown)}. It has: {', '.join(ids)}."
        )
    return [chart for chart in charts if not only or chart.id in only]
