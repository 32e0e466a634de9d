"""interbellum brief DOSSIER"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from interbellum.cli.running import run_options
from interbellum.model.devices import DEVICES

FORMATS = ("terminal", "md", "html", "pdf", "json")
DRAWN = ("html", "pdf")
"""Formats with charts."""
ENDINGS = {"md": "md", "html": "html", "htm": "html", "pdf": "pdf", "json": "json"}


@click.command()
@click.argument("dossier")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the briefing; unless given, that of the ending of --out, else terminal.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--open", "open_", is_flag=True, help="Open the file that --out names, when written.")
@click.option(
    "--fonts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="More fonts for a PDF, for scripts that none at hand can show.",
)
@run_options
@click.option(
    "--device",
    type=click.Choice(DEVICES),
    default=DEVICES[0],
    help="What follows the paths: the processor, unless given, or an NVIDIA GPU (cuda).",
)
@click.option("--redact", is_flag=True, help="Hide what the dossier marks confidential.")
@click.option(
    "--record", is_flag=True, help="Write the answer down in your ledger, to be scored later."
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Ledger to write to and to tell past answers from; that of your own data unless given.",
)
def command(
    dossier: str,
    form: str | None,
    as_json: bool,
    out: Path | None,
    open_: bool,
    fonts: Path | None,
    draws: int | None,
    paths: int | None,
    seed: int | None,
    device: str,
    redact: bool,
    record: bool,
    ledger: Path | None,
) -> None:
    """Answer: will the guns fall silent, in what form, by when, for how long.

    Runs the whole model on the dossier and prints the briefing, the answer first. The same dossier,
    seed and version give the same briefing, whatever the number of threads; beside it stand the past
    answers of your ledger. With --record this answer is added to them: one line, never changed later.

    HTML is one file that needs no network, with charts and their data; PDF is the same on paper, tagged for
    screen readers (PDF/UA-1).
    """
    from interbellum.api import Briefing
    from interbellum.briefing import jsonform
    from interbellum.cli.output import open_file, terminal_text, write_bytes
    from interbellum.cli.running import drawers, drawn_ahead, past_answers, record_answer, run
    from interbellum.dossier.reader import load
    from interbellum.errors import UsageError

    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} ask for two forms. Keep one.")
    if out is not None and not out.parent.is_dir():  # said now, not after the run
        raise UsageError(
            f"{out} cannot be written: there is no folder {out.parent}. Make it first."
        )
    if out is not None and out.is_dir():
        raise UsageError(f"{out} is a folder. Name a file in it.")
    if open_ and out is None:
        raise UsageError("--open needs a file to open. Name one with --out.")
    ending = out.suffix.removeprefix(".").lower() if out else ""
    form = "json" if as_json else form or ENDINGS.get(ending, "terminal")
    if form == "pdf" and out is None and sys.stdout.isatty():
        raise UsageError("A terminal cannot show a PDF. Name a file with --out.")
    if fonts is not None and form != "pdf":
        raise UsageError("--fonts is for a PDF. Leave it out, or ask for --format pdf.")
    loaded = load(dossier)
    with drawers() if form in DRAWN else nullcontext() as executor:
        if executor is not None:
            executor = drawn_ahead(executor, loaded, redact)
        result = run(loaded, draws, paths, seed, device)
        past = None if form == "json" else past_answers(loaded, ledger)
        briefing = Briefing(result, loaded, redact, past)
        match form:
            case "json":
                content: str | bytes = jsonform.dumps(briefing.to_json())
            case "html":
                content = briefing.to_html(executor)
            case "pdf":
                content = briefing.to_pdf([fonts] if fonts else [], executor)
            case "md":
                content = briefing.to_markdown()
            case _:
                content = terminal_text(briefing.outline(), to_file=out is not None)
    if out is None:
        click.echo(content, nl=False)
    else:
        write_bytes(out, content.encode("utf-8") if isinstance(content, str) else content)
        click.echo(f"Wrote {out}.", err=True)
        if open_:
            open_file(out)
    if record:
        record_answer(result, loaded, ledger)
