"""interbellum data get ucdp"""

from __future__ import annotations

import sys

import click


@click.command()
@click.argument("action", type=click.Choice(["get"]), metavar="get")
@click.argument("publication", type=click.Choice(["ucdp"]), metavar="ucdp")
@click.option("--to", type=click.Path(file_okay=False), help="Folder for the files.")
@click.option(
    "--from", "address", metavar="URL", help="A mirror with the same layout as the publisher's."
)
@click.option("--renew", is_flag=True, help="Fetch again, and record what arrives.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    action: str, publication: str, to: str | None, address: str | None, renew: bool, as_json: bool
) -> None:
    """Download the public data behind the record: the one verb that uses a network.

    `data get ucdp` fetches UCDP's armed conflicts, dyads, terminations and peace agreements (2 MB; CC BY
    4.0) into the folder of your own data, or of INTERBELLUM_DATA, or of --to. A download that breaks goes on
    where it broke. The checksum of each file is recorded when it first arrives and compared later.
    Exit codes: 0 all there, 1 a file is not what was recorded, 2 one cannot be had.
    """
    from interbellum.cli.output import print_json, print_table, progress_bar
    from interbellum.downloads import PUBLICATIONS, get_publication, told

    with progress_bar() as tell:
        fetched = get_publication(publication, to, address, renew, tell)
    rows = [(one.name, one.state, one.sha256, str(one.path)) for one in fetched]
    if as_json:
        keys = ("file", "state", "sha256", "path")
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        shown = [(name, state, checksum[:16]) for name, state, checksum, _ in rows]
        print_table(None, ("file", "state", "sha256 begins"), shown)
        click.echo(f"In {fetched[0].path.parent}. {PUBLICATIONS[publication].licence}.", err=True)
    for one in fetched:
        if one.message:
            click.echo(f"Warning: {one.message}", err=True)
    if told(fetched):
        sys.exit(told(fetched))
