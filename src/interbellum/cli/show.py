"""interbellum show DOSSIER"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interbellum.dossier.schema import Dossier


@click.command()
@click.argument("dossier")
@click.option("--json", "as_json", is_flag=True, help="Print the dossier as JSON.")
def command(dossier: str, as_json: bool) -> None:
    """Tell a dossier in words: who, what is on the table, who stands where.

    Confidential entries are shown: this is the dossier itself, not a briefing.
    """
    from interbellum.cli.output import print_json
    from interbellum.dossier.reader import load

    loaded = load(dossier)
    if as_json:
        written = loaded.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
        print_json(written)
        return
    _tell(loaded.dossier)
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}\n", err=True)


def _tell(dossier: Dossier) -> None:
    from interbellum.cli.output import print_table
    from interbellum.dossier.words import basis, option_text, quantity, red_line

    conflict, war = dossier.conflict, dossier.war
    names = {actor.id: actor.name for actor in dossier.actors}
    click.echo(f"{conflict.title}\n")
    click.echo(f"As of {conflict.as_of}; the war began on {conflict.began}.")
    click.echo(f"Coded by {conflict.coded_by}, from: {conflict.coded_from}")
    for words in (conflict.names, conflict.note):
        if words:
            click.echo(words)
    click.echo()
    print_table(
        "Actors",
        ("actor", "side", "role", "motives"),
        [
            (
                actor.name,
                f"{actor.side}{' (lead)' if _leads(dossier, actor.id) else ''}"
                if actor.side
                else "",
                actor.role,
                "; ".join(motive.text for motive in actor.motives),
            )
            for actor in dossier.actors
        ],
    )
    for issue in dossier.issues:
        print_table(
            f"{issue.title} ({issue.block}; {issue.id})",
            ("" if issue.ordered else "(no ladder)", "option", "text"),
            [
                (
                    str(rung) if issue.ordered else "-",
                    option.id + (" (holds unsigned)" if option.id == issue.standing else ""),
                    option.text,
                )
                for rung, option in enumerate(issue.options)
            ],
        )
        stands = [
            (
                names[actor],
                option_text(issue, block[issue.id].ideal),
                quantity(block[issue.id].weight),
                red_line(issue, block[issue.id]),
                basis(block[issue.id]),
            )
            for actor, block in dossier.positions.items()
            if issue.id in block
        ]
        if stands:
            print_table(None, ("actor", "wants", "points", "red line", "basis"), stands)
    sides = dossier.sides
    print_table(
        f"The war (A is {sides.A.name}, B is {sides.B.name})",
        ("quantity", "value"),
        [
            ("where the race stands (1: A can impose its terms)", quantity(war.position)),
            ("chance A prevails, as the coder sees it", quantity(war.a_prevails.analyst)),
            (f"the same, as {sides.A.name} sees it", quantity(war.a_prevails.A)),
            (f"the same, as {sides.B.name} sees it", quantity(war.a_prevails.B)),
            ("months to a decision, if fought to the finish", quantity(war.months_to_decision)),
            (f"months {sides.A.name} would fight for victory", quantity(war.months_for_victory.A)),
            (f"months {sides.B.name} would fight for victory", quantity(war.months_for_victory.B)),
        ],
    )
    if dossier.texts:
        print_table(
            "Drafts on the table",
            ("draft", "date", "tabled by", "speaks to", "source"),
            [
                (
                    text.title,
                    str(text.date),
                    names[text.author],
                    f"{len(text.terms)} of {len(dossier.issues)} issues",
                    text.source,
                )
                for text in dossier.texts
            ],
        )
    if dossier.regimes:
        print_table(
            "What may change the war",
            ("regime", "now", "may become"),
            [
                (
                    regime.title,
                    next(state.title for state in regime.states if state.id == regime.now),
                    "; ".join(state.title for state in regime.states if state.id != regime.now),
                )
                for regime in dossier.regimes
            ],
        )
    if dossier.questions:
        print_table(
            "Questions",
            ("question", "by"),
            [(question.text, str(question.by)) for question in dossier.questions],
        )
    click.echo(
        f"{len(dossier.events)} dated events; {len(dossier.promises)} promises;"
        f" {len(dossier.series)} series beside the front."
    )
    for missing in dossier.left_out:
        click.echo(f"Left out: {missing}")


def _leads(dossier: Dossier, actor: str) -> bool:
    return actor in (dossier.sides.A.lead, dossier.sides.B.lead)
