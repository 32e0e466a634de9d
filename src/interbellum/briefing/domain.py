"""What can be agreed in a negotiation domain, in words."""

from __future__ import annotations

from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.plain import tidy
from interbellum.briefing.room import TITLES
from interbellum.model.domain import Domain, DomainAnalysis, Solution


def to_json(domain: Domain, found: DomainAnalysis) -> dict[str, Any]:
    """The analysis as plain data; packages by option, the frontier best for the first party first."""
    return {
        "domain": found.domain,
        "issues": list(domain.issues),
        "parties": [party.name for party in domain.parties],
        "packages": found.packages,
        "status": found.status,
        "disagreement": tidy(found.disagreement),
        "frontier": [
            {"utilities": tidy(row), "package": domain.names(choice)}
            for row, choice in zip(found.utilities.tolist(), found.choice, strict=True)
        ],
        "acceptable_on_frontier": found.acceptable,
        "solutions": [_plain(domain, solution) for solution in found.solutions],
        "notes": list(found.notes),
    }


def _plain(domain: Domain, solution: Solution) -> dict[str, Any]:
    """A solution as plain data, its package as issue -> option."""
    package = solution.package
    named = None if package is None else dict(zip(domain.issues, package, strict=True))
    return {**tidy(solution), "package": named}


def outline(domain: Domain, found: DomainAnalysis) -> Outline:
    """The analysis as blocks, the answer first.

    Parameters
    ----------
    domain : Domain
    found : DomainAnalysis
        Of the same domain.
    """
    parties = [party.name for party in domain.parties]
    exact = "exact over all of them" if found.status == "proved" else found.status
    blocks: list[Block] = [
        Heading(1, f"What can be agreed: {found.domain}"),
        Paragraph(
            f"{words.number(len(domain.issues))} issues, {words.number(found.packages)} packages, "
            f"{words.number(len(parties))} parties. The frontier has "
            f"{words.count(found.utilities.shape[0], 'point')}, {exact}; "
            f"{words.number(found.acceptable)} of them leave every party at least at its reservation."
        ),
    ]
    rows, notes = [], []
    for solution in found.solutions:
        title = TITLES.get(solution.name, solution.name)
        if solution.package is None:
            notes.append(f"{title}: {solution.absent or 'there is none'}.")
            continue
        rows.append(
            (
                title,
                *(
                    f"{u:.3f} ({gain:+.3f})"
                    for u, gain in zip(solution.utilities, solution.gains, strict=True)
                ),
                solution.status,
            )
        )
        notes.append(f"{title}: {solution.definition}. Of equals: {solution.ties}.")
    blocks.append(
        Table(
            ("point", *parties, "status"),
            tuple(rows),
            "Utilities on each party's own scale, in brackets against its reservation; every package "
            "computed again from the domain. Three decimals, since the scales are other people's.",
        )
    )
    blocks += _terms(domain, found.solutions)
    blocks += [Bullets(tuple(notes)), *(Paragraph(note) for note in found.notes)]
    return tuple(blocks)


def _terms(domain: Domain, solutions: tuple[Solution, ...]) -> list[Block]:
    """What the packages say on each issue, equal packages together."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for solution in solutions:
        if solution.package is not None:
            title = TITLES.get(solution.name, solution.name)
            kinds.setdefault(solution.package, []).append(title)
    if not kinds:
        return []
    rows = []
    for issue, *options in zip(domain.issues, *kinds, strict=True):
        same = len(options) > 1 and len(set(options)) == 1
        rows.append(
            (issue, options[0], *(["the same"] * (len(options) - 1) if same else options[1:]))
        )
    return [
        Table(
            ("issue", *(", ".join(titles) for titles in kinds.values())),
            tuple(rows),
            "Issues and options by the names that the domain gives them.",
        )
    ]
