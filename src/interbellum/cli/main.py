"""The command line: one verb a file, loaded when it is called, so that help stays fast.

Data goes to standard output, talk to standard error. What goes wrong is told here and nowhere
else. Exit codes: 0 done, 1 the dossier needs mending, 2 misuse or our fault, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

VERBS = {
    "list": "List the shipped dossiers.",
    "show": "Tell a dossier in words: who, what is on the table, who stands where.",
    "new": "Write a commented dossier to start from.",
    "check": "Report every fault of a dossier, each with its place and its mend.",
    "edit": "Change numbers and options of a dossier in place; all else stays byte for byte.",
    "schema": "Print the JSON Schema of a dossier, for editors.",
    "convert": "Turn positions (CSV) into a dossier, and negotiation domains from form to form.",
    "brief": "Answer: will the guns fall silent, in what form, by when, for how long.",
    "charts": "Write the charts of the briefing as pictures, one file each.",
    "why": "Trace a figure of the briefing to its inputs, their lines, sources and formula.",
    "deals": "Say what could be signed today, exactly why not, and what would open the range.",
    "texts": "Score the drafts on the table for every actor, and audit what has been promised.",
    "peace": "Say how long a silence would hold, under a text or any provisions, and what would add to it.",
    "levers": "Say what stands in the way of an end, and what each side would have to believe or see.",
    "compare": "Say what changed between two dossiers, who moved, and how the forecast moved.",
    "score": "Score forecasts that have been resolved: ours, a crowd's, several coders', a base rate's.",
    "backtest": "Run the historical library and score it: every case, forecast and outcome, good or bad.",
    "serve": "Open the interactive page: sliders, live answers, sharing; the same as a REST API.",
    "data": "Download the public data behind the record: the one verb that uses a network.",
}
"""The verbs in the order of an analyst's day. Each line is the first sentence of the verb's help."""

REPORT = "Please report this, with the line above, the command and the dossier's hash."
STOPPED = 130  # what shells give for SIGINT


class Verbs(click.Group):
    """Lists the verbs without importing them, and turns errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"interbellum.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def invoke(self, ctx: click.Context) -> object:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(
                stream, "reconfigure"
            ):  # a terminal that lacks a letter is no reason to stop
                stream.reconfigure(errors="backslashreplace")
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
            return done
        except (click.ClickException, click.exceptions.Exit):
            raise  # click's own: misuse (2), --help and --version (0), a verb's exit code
        except BrokenPipeError:
            # The reader of a pipe has seen enough. Python would complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(0)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            sys.exit(STOPPED)
        except Exception as error:
            _tell(error)


def _tell(error: Exception) -> NoReturn:
    from interbellum import __version__
    from interbellum.errors import DossierError, InternalError, UsageError

    if isinstance(error, DossierError):
        count = len(error.faults)
        click.echo(f"{error}\n\n{count} fault{'s' if count > 1 else ''} to mend.", err=True)
        sys.exit(1)
    if isinstance(error, UsageError):
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    if os.environ.get("INTERBELLUM_DEBUG") == "1":
        raise error
    what = str(error) if isinstance(error, InternalError) else f"{type(error).__name__}: {error}"
    where = f"interbellum {__version__}, Python {sys.version.split()[0]}, {sys.platform}"
    click.echo(
        f"Interbellum failed, and it is our fault: {' '.join(what.split())} ({where})\n{REPORT}"
        " INTERBELLUM_DEBUG=1 shows the traceback.",
        err=True,
    )
    sys.exit(2)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from interbellum import __version__

        click.echo(f"interbellum {__version__}")
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and stop.",
)
def main() -> None:
    """Judge whether the guns of a war will fall silent, in what form, by when, and for how long.

    A DOSSIER is a file, or the id of a shipped one (see `list`). Data goes to standard output, talk
    to standard error. Exit codes: 0 done, 1 the dossier needs mending, 2 misuse or our fault.
    """
