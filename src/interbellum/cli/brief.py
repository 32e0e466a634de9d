"""interbellum brief DOSSIER"""

from __future__ import annotations

from pathlib import Path

import click

from interbellum.cli.running import run_options
from interbellum.model.devices import DEVICES

FORMATS = ("terminal", "md", "json")


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
    """
    from interbellum.cli.output import terminal_text, write_text
    from interbellum.cli.running import past_answers, record_answer, run
    from interbellum.dossier.reader import load
    from interbellum.errors import UsageError

    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} ask for two forms. Keep one.")
    if out is not None and not out.parent.is_dir():  # said now, not after the run
        raise UsageError(
            f"{out} cannot be written: there is no folder {out.parent}. Make it first."
        )
    ending = out.suffix.removeprefix(".") if out else ""
    form = "json" if as_json else form or (ending if ending in FORMATS else "terminal")
    loaded = load(dossier)
    result = run(loaded, draws, paths, seed, device)
    if form == "json":
        from interbellum.briefing import jsonform

        text = jsonform.dumps(jsonform.to_json(result, loaded, redact=redact))
    else:
        from interbellum.briefing import markdown, outline

        past = past_answers(loaded, ledger)
        blocks = outline.build(result, loaded, redact=redact, past=past)
        text = markdown.render(blocks) if form == "md" else terminal_text(blocks, to_file=bool(out))
    if out is None:
        click.echo(text, nl=False)
    else:
        write_text(out, text)
        click.echo(f"Wrote {out}.", err=True)
    if record:
        record_answer(result, loaded, ledger)
