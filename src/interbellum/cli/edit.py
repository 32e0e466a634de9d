"""interbellum edit DOSSIER"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interbellum.dossier.controls import Group


@click.command()
@click.argument("dossier")
@click.option(
    "--set",
    "asked",
    multiple=True,
    metavar="PATH=VALUE",
    help="What to change; may be given more than once. VALUE is a number (0.6 or 60%), a range"
    " (0.5,0.6,0.7: low, mode, high), the name of an option, or on or off.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--list", "listed", is_flag=True, help="List every path that can be changed.")
@click.option("--json", "as_json", is_flag=True, help="Print the list, or the answer, as JSON.")
def command(
    dossier: str, asked: tuple[str, ...], out: Path | None, listed: bool, as_json: bool
) -> None:
    """Change numbers and options of a dossier in place; all else stays byte for byte.

    Prints the edited dossier, or writes it to --out. A number moves the most plausible value and the
    rest of its range with it. Sources and notes stay as they are: say there why you changed a number.
    """
    from dataclasses import asdict

    from interbellum.cli.output import print_json, write_bytes
    from interbellum.dossier.controls import controls
    from interbellum.dossier.edits import edit
    from interbellum.dossier.reader import load
    from interbellum.errors import UsageError

    loaded = load(dossier)
    if listed:
        if asked or out is not None:
            raise UsageError("--list only lists. Leave out --set and --out, or leave out --list.")
        groups = controls(loaded)
        if as_json:
            print_json([asdict(group) for group in groups])
        else:
            _tell(groups)
        return
    if not asked:
        raise UsageError("Nothing is to change. Give --set PATH=VALUE; --list names every path.")
    after = edit(loaded, _changes(asked))
    if out is not None:
        write_bytes(out, after.tree.source().encode())
        click.echo(f"Wrote {out}.", err=True)
    if as_json:
        print_json({"hash": after.hash, "yaml": after.tree.source()})
    elif out is None:
        click.echo(after.tree.source().encode(), nl=False)  # bytes: its own line breaks


def _changes(asked: tuple[str, ...]) -> dict[str, str]:
    from interbellum.errors import UsageError

    changes: dict[str, str] = {}
    for one in asked:
        path, equals, value = one.partition("=")
        if not equals:
            raise UsageError(f"--set {one} has no value. Write --set PATH=VALUE.")
        if path.strip() in changes:
            raise UsageError(f"--set names {path.strip()} twice. Keep one.")
        changes[path.strip()] = value.strip()
    return changes


def _tell(groups: tuple[Group, ...]) -> None:
    from interbellum.cli.output import print_table

    for group in groups:
        rows = [
            (
                one.path,
                f"{one.value:g}" if isinstance(one.value, float) else str(one.value).lower(),
                one.title,
            )
            for one in group.controls
        ]
        print_table(group.title, ("path", "now", "what it is"), rows)
