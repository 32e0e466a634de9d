"""Figures of the deals and the sides, traced."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.annex.deals import blocking_terms
from interbellum.briefing.blocks import Heading, Table
from interbellum.briefing.context import (
    Context,
    moved_since,
    told,
)
from interbellum.briefing.why.shared import (
    DEAL,
    RESERVATION,
    interval_text,
    reads_of_war,
    stake_text,
)
from interbellum.briefing.why.trace import Trace, walk


def trace_range(ctx: Context, figure_id: str) -> Trace:
    """Whether there is anything to sign, and what stands in the way."""
    verdict = ctx.result.range
    if figure_id == "range.open_share":
        return Trace(
            figure_id,
            "Draws in which some package is acceptable to both leads",
            f"{words.percent(verdict.open_share)} of the weighted draws.",
            "The bargaining range today: packages that are worth at least as much as fighting on to "
            "both leads, with no red line crossed, among those real in the draw, of a side or of an "
            "actor whose consent is needed. It says nothing on whether anybody would sign.",
            "Share of Σ w_d over the draws in which some package d has U_A ≥ V_A and U_B ≥ V_B. "
            + DEAL,
            (
                *[f"sides.{side}.reservation_value" for side in "AB"],
                *[f"range.blocking.{n}" for n in range(1, len(verdict.blocking) + 1)],
                "hindcast.effective_draws",
            ),
            sections=("positions", "promises", "trust", "war.rearmament", "talks.linkage"),
            evidence=(f"Method: {verdict.status}.",),
        )
    if figure_id == "range.signed_while_closed":
        return Trace(
            figure_id,
            "Signatures from draws in which no package is acceptable to both",
            f"{words.percent(verdict.signed_while_closed)} of the signatures within a year.",
            "Closed means: on the cut-off day. The engine values fighting anew each week, so a draw that "
            "is closed then may open later; and a side accepts with a chance that falls smoothly below "
            "what fighting on is worth to it, so some offers a little below that are signed.",
            "Σ w_d n_d over the draws d with no acceptable package at the cut-off, over Σ w_d n_d over "
            "all draws; n_d counts the signatures within a year in draw d.",
            ("range.open_share", "hindcast.effective_draws"),
            ("talks.choice_noise", "war.reluctance"),
        )
    number = int(figure_id.rsplit(".", 1)[1])
    blocking = verdict.blocking[number - 1]
    paths = [path for path in blocking.ids if path.startswith("positions.")]
    sides = [
        "A" if "A" in path.split(".") else "B"
        for path in blocking.ids
        if path.startswith(("sides.", "reservation_value."))
    ]
    return Trace(
        figure_id,
        "Demands that cannot hold together",
        f"{words.join(blocking_terms(ctx, blocking))}: in {words.percent(blocking.share)} of the "
        "weighted draws.",
        "A smallest set of demands that no package meets together: red lines of a side or of an actor "
        "whose consent is needed, and what fighting on is worth to each side. Give up any one of them "
        "and some package meets the rest.",
        "Minimal unsatisfiable subsets by QuickXplain (Junker 2004), draw by draw, over all closed "
        "draws: one minimal set for each draw, both sides' values where each fails alone. The share is "
        "Σ w_d over the draws in which this set was found, over Σ w_d of all draws; a draw may have "
        "further minimal sets, and sets can overlap.",
        ("range.open_share", *[f"sides.{side}.reservation_value" for side in sides]),
        (*paths, *dict.fromkeys(read for side in sides for read in reads_of_war(side))),
        sections=("positions", "promises", "trust", "war.rearmament", "talks.linkage"),
    )


def trace_package(ctx: Context, figure_id: str) -> Trace:
    """A package."""
    solution = figure_id.split(".")[1]
    package = next(p for p in ctx.result.range.packages if p.solution == solution)
    names = ctx.names()
    rows = tuple(
        (ctx.title(term.issue), term.text, ctx.place(f"issues.{term.issue}"))
        for term in package.terms
    )
    sums = [
        f"{names[side]}: {told(package.u[i], words.stake)} for its terms, "
        f"{told(package.surplus[i], words.stake)} against fighting on"
        for i, side in enumerate("AB")
    ]
    stands = tuple(
        f"positions.{ctx.lead(side)}.{term.issue}.weight" for term in package.terms for side in "AB"
    )
    return Trace(
        figure_id,
        f"{words.start(solution)} package, a {package.kind}",
        f"In hundredths of the stake: {words.join(sums)}. "
        + ("Both could bear it." if package.acceptable else "Not both could bear it."),
        f"{words.start(package.definition.rstrip('.'))}. At the median inputs, with every red line of "
        "confidence above .5 in force.",
        DEAL,
        ("range.open_share", *[f"sides.{side}.reservation_value" for side in "AB"]),
        tuple(path for path in stands if walk(ctx, path) is not None),
        extra=(Heading(2, "Its terms"), Table(("Issue", "term", "where"), rows)),
    )


def _moved(ctx: Context, side: str) -> str:
    if ctx.veil.hides(f"war.a_prevails.{side}"):
        return "As coded, moved by the weeks of the front after its date, if there are any."
    since = moved_since(ctx, side)
    if not since:
        return "As coded: no whole week of the front's record lies after its date."
    return (
        f"As coded, moved by the front since {since}: normal-normal updating, one signal a week of "
        "precision 1/σ²."
    )


def trace_side(ctx: Context, figure_id: str) -> Trace:
    """A figure of one side."""
    _, side, name = figure_id.split(".")
    view = next(v for v in ctx.result.sides if v.side == side)
    belief = f"war.a_prevails.{side}"
    if name == "believes_prevails":
        return Trace(
            figure_id,
            f"{view.name}: its own chance to prevail, as coded",
            interval_text(view.believes_prevails),
            f"How the dossier codes the chance that {view.name} prevails if it is fought to the finish, "
            "as that side sees it. A reading of words and deeds, not of a mind.",
            _moved(ctx, side) + " Weighted median over the draws.",
            ("hindcast.effective_draws",),
            (belief, f"war.stubbornness_months.{side}", "war.front.stake_per_unit"),
        )
    if name == "best_offer":
        return Trace(
            figure_id,
            f"{view.name}: worth of the egalitarian package",
            stake_text(view.best_offer),
            "What the package that is best for the worse-off of the two would be worth to this side, "
            "with the risk that it breaks. Weighted median over the draws whose red lines and consents "
            "allow any package.",
            DEAL,
            ("packages.egalitarian",)
            if any(p.solution == "egalitarian" for p in ctx.result.range.packages)
            else (),
            sections=(f"positions.{ctx.lead(side)}", "trust", "war.rearmament", "talks.linkage"),
        )
    return Trace(
        figure_id,
        f"{view.name}: what fighting on is worth",
        stake_text(view.reservation_value),
        "Least this side accepts rather than fight on, as a share of the stake: 0 is its total defeat, "
        "100 its total victory. Below 0, fighting on costs more than defeat would.",
        RESERVATION,
        (f"sides.{side}.believes_prevails", "hindcast.effective_draws"),
        reads_of_war(side),
    )
