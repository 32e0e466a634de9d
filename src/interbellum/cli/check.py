"""interbellum check DOSSIER"""

from __future__ import annotations

import click


@click.command()
@click.argument("dossier")
@click.option("--json", "as_json", is_flag=True, help="Print faults and warnings as JSON.")
@click.pass_context
def command(ctx: click.Context, dossier: str, as_json: bool) -> None:
    """Report every fault of a dossier, each with its place and its mend.

    Faults stop a run; warnings do not. Exit code 1 when there is a fault.
    """
    from dataclasses import asdict

    from interbellum.cli.output import print_json
    from interbellum.dossier.reader import Report, check, load

    report = check(dossier)
    if not report.faults:
        from interbellum import conditions

        report = Report(conditions.faults(load(dossier)), report.warnings)
    if as_json:
        print_json(
            {
                "dossier": dossier,
                "faults": [asdict(fault) for fault in report.faults],
                "warnings": [asdict(warning) for warning in report.warnings],
            }
        )
    else:
        for fault in report.faults:
            click.echo(f"{fault}\n")
        for warning in report.warnings:
            click.echo(f"warning: {warning}\n")
        click.echo(
            f"{dossier}: {_count(len(report.faults), 'fault')},"
            f" {_count(len(report.warnings), 'warning')}.",
            err=True,
        )
    ctx.exit(1 if report.faults else 0)


def _count(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"
