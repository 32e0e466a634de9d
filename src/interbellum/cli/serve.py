"""interbellum serve [DOSSIER]"""

from __future__ import annotations

from pathlib import Path

import click

PORT = 8765


@click.command()
@click.argument("dossier", required=False)
@click.option(
    "--host", default="127.0.0.1", help="Address to listen on; this machine alone unless given."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Port; {PORT}, or the next free one, unless given.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in your browser.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File that runs and brought dossiers are kept in; one of your own data unless given.",
)
@click.option("--workers", type=int, default=1, help="Processes for full runs; 1 unless given.")
@click.option(
    "--allow-host",
    "allowed",
    metavar="NAME",
    multiple=True,
    help="A name besides localhost that the server answers to; the option again for several.",
)
@click.option(
    "--most-draws",
    type=click.IntRange(8, 65536),
    default=1024,
    help="Draws that a run may ask for.",
)
@click.option(
    "--most-paths",
    type=click.IntRange(8, 65536),
    default=1024,
    help="Paths that a run may ask for.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(1.0),
    default=900.0,
    help="Seconds that a run may take; 900 unless given.",
)
def command(
    dossier: str | None,
    host: str,
    port: int | None,
    open_page: bool,
    store: Path | None,
    workers: int,
    allowed: tuple[str, ...],
    most_draws: int,
    most_paths: int,
    time_limit: float,
) -> None:
    """Open the interactive page: sliders, live answers, sharing; the same as a REST API.

    Runs and brought dossiers are kept in one file of your own data, readable by you alone. It listens on
    this machine alone; with --host beyond it, every visitor needs the token in the address that is printed.
    Ctrl-C stops it; what was under way is taken up again next time.
    """
    from interbellum.web.serving import serve

    serve(
        dossier,
        host=host,
        port=port,
        first_port=PORT,
        open_page=open_page,
        path=store,
        workers=workers,
        hosts=allowed,
        most=(most_draws, most_paths),
        seconds=time_limit,
    )
