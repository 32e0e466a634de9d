"""What the verbs that run the model share: their options, the run, and what is said about it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from interbellum.api import Answer
    from interbellum.dossier.reader import Loaded
    from interbellum.errors import UsageError
    from interbellum.model.chart import Chart
    from interbellum.model.ledger import Entry
    from interbellum.model.result import Result

DRAWERS = 4
"""Most processes that draw charts: each takes 90 MB and a second to start."""

_Verb = TypeVar("_Verb", bound=Callable[..., Any])
_Told = TypeVar("_Told", bound="Answer")


def run_options(verb: _Verb) -> _Verb:
    """--draws, --paths and --seed; what is not given is the Python API's own default."""
    for option in (
        click.option("--seed", type=int, help="Seed of every random draw; 1 unless given."),
        click.option("--paths", type=int, help="Futures for each draw; 256 unless given."),
        click.option("--draws", type=int, help="Draws of the uncertain inputs; 256 unless given."),
    ):
        verb = option(verb)
    return verb


def answer_options(draws: int) -> Callable[[_Verb], _Verb]:
    """--format, --json, --draws, --seed and --redact of a verb whose API takes so many draws by itself."""

    def with_options(verb: _Verb) -> _Verb:
        for option in (
            click.option(
                "--redact", is_flag=True, help="Hide what the dossier marks confidential."
            ),
            click.option("--seed", type=int, help="Seed of every random draw; 1 unless given."),
            click.option(
                "--draws", type=int, help=f"Draws of the uncertain inputs; {draws} unless given."
            ),
            click.option("--json", "as_json", is_flag=True, help="The same as --format json."),
            click.option(
                "--format",
                "form",
                type=click.Choice(("terminal", "md", "json")),
                help="Form of the answer; terminal unless given.",
            ),
        ):
            verb = option(verb)
        return verb

    return with_options


def chosen_form(form: str | None, as_json: bool) -> str:
    """The form that --format and --json ask for together.

    Raises
    ------
    UsageError
        They ask for two.
    """
    from interbellum.errors import UsageError

    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} ask for two forms. Keep one.")
    return "json" if as_json else form or "terminal"


def answered(
    ask: Callable[..., _Told], dossier: str, draws: int | None, seed: int | None, **given: Any
) -> _Told:
    """Ask the Python API with a progress bar; what was not given is its own default."""
    from interbellum.cli.output import progress_bar

    asked = {"draws": draws, "seed": seed}
    given |= {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        return ask(dossier, progress=progress, **given)


def ledger_path(named: Path | None) -> Path:
    """The ledger that --ledger names; else that of the user's own data, or of INTERBELLUM_DATA."""
    from interbellum.downloads import data_folder
    from interbellum.record.ledger import FILE_NAME

    return named if named is not None else data_folder() / FILE_NAME


def past_answers(loaded: Loaded, named: Path | None) -> tuple[Entry, ...]:
    """Recorded answers to a dossier; a ledger that cannot be read is told, and stops nothing."""
    from interbellum.errors import UsageError
    from interbellum.record.ledger import answers_to, read_ledger

    try:
        recorded = read_ledger(ledger_path(named))
    except UsageError as error:
        click.echo(f"Warning: {error}", err=True)
        return ()
    return answers_to(recorded, loaded.dossier.conflict.id)


def record_answer(result: Result, loaded: Loaded, named: Path | None) -> None:
    """Write an answer down in the ledger, and say where."""
    import datetime as dt

    from interbellum.record.ledger import append

    path = ledger_path(named)
    questions = {one.id: one.text for one in loaded.dossier.questions}
    entry, new = append(path, result, questions, dt.date.today())
    told = "Recorded in" if new else f"Recorded already on {entry.recorded} in"
    click.echo(f"{told} {path}.", err=True)


def say_run(loaded: Loaded, seed: int, draws: int) -> None:
    """Which dossier, seed, draws and version an answer rests on, to standard error."""
    from interbellum import __version__

    click.echo(
        f"{loaded.dossier.conflict.id} ({loaded.hash}): seed {seed}, {draws} draws,"
        f" interbellum {__version__}.",
        err=True,
    )


def print_answer(answer: Answer, form: str) -> None:
    """An answer in a form, to standard output."""
    from interbellum.briefing import jsonform
    from interbellum.cli.output import terminal_text

    if form == "json":
        text = jsonform.dumps(answer.to_json())
    else:
        text = answer.to_markdown() if form == "md" else terminal_text(answer.outline())
    click.echo(text, nl=False)


@contextmanager
def drawers() -> Iterator[Executor | None]:
    """Processes that draw charts; they get ready while the model runs. None on a single processor.

    Yields
    ------
    Executor, or None
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from interbellum.analysis import usable_threads

    workers = min(usable_threads(), DRAWERS)
    if workers < 2:
        yield None
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _ready_to_draw) as executor:
        for _ in range(workers):  # a process starts when there is work for it
            executor.submit(bool)
        yield executor


def drawn_ahead(executor: Executor, loaded: Loaded, redact: bool) -> Executor:
    """The same processes, at work already on the charts that need no answer."""
    from interbellum.briefing import figures, pictures
    from interbellum.briefing.context import Names
    from interbellum.briefing.redaction import Veil

    told = figures.of_dossier(Names(loaded, Veil(loaded, redact)))
    return pictures.Ahead(executor, [placed.chart for placed in told])


def _ready_to_draw() -> None:
    import signal

    from interbellum.briefing import pictures

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is answered by the one that waits
    pictures.warm()


def check_folder(folder: Path) -> None:
    """See that files can be written to a folder that the user named, by trying; no trace is left.

    Raises
    ------
    UsageError
        They cannot.
    """
    made = [one for one in (folder, *folder.parents) if not os.path.lexists(one)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _no_folder(folder, error) from None
    finally:
        for one in made:
            with suppress(OSError):
                one.rmdir()


def _no_folder(folder: Path, error: OSError) -> UsageError:
    from interbellum.errors import UsageError

    return UsageError(
        f"The folder {folder} cannot be made or written to ({error.strerror or error}). Mend: name one "
        "in a place where you may write."
    )


def write_charts(charts: Sequence[Chart], folder: Path, form: str = "svg") -> list[Path]:
    """Write each chart to a file of its id in a folder, made if it is not there; what was there is replaced.

    Raises
    ------
    UsageError
        The folder cannot be made, or a file cannot be written.
    """
    from interbellum.briefing import jsonform, pdf, pictures
    from interbellum.cli.output import write_bytes

    drawn: dict[str, Callable[[Chart], str | bytes]] = {
        "svg": pictures.svg,
        "png": pictures.png,
        "pdf": pdf.picture,
        "json": lambda chart: jsonform.dumps(chart.full()),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_folder(folder, error) from None
    files = []
    for chart in charts:
        content = drawn[form](chart)
        file = folder / f"{chart.id}.{form}"
        write_bytes(file, content.encode("utf-8") if isinstance(content, str) else content)
        files.append(file)
    plural = "" if len(files) == 1 else "s"
    click.echo(f"Wrote {len(files)} chart{plural} to {folder}.", err=True)
    return files


def run(
    loaded: Loaded,
    draws: int | None,
    paths: int | None,
    seed: int | None,
    device: str = "cpu",
) -> Result:
    """Run a dossier with a progress bar; the seed goes to standard error."""
    from interbellum import analysis
    from interbellum.cli.output import progress_bar

    asked = {"draws": draws, "paths": paths, "seed": seed}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    with progress_bar() as progress:
        result = analysis.run(loaded, device=device, progress=progress, **given)
    told = result.run
    click.echo(
        f"{result.dossier.id} ({result.dossier.hash}): seed {told.seed},"
        f" {told.draws} draws x {told.paths} paths, interbellum {told.version}.",
        err=True,
    )
    if loaded.warnings:
        click.echo(f"It has warnings ({len(loaded.warnings)}): see interbellum check.", err=True)
    return result
