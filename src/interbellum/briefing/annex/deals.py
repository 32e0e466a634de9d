"""Annex: what stands in the way, packages, promises and drafts."""

from __future__ import annotations

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Paragraph, Table
from interbellum.briefing.context import (
    Context,
    told,
    veiled_promise,
)
from interbellum.briefing.redaction import REDACTED, withheld
from interbellum.dossier.schema import Position
from interbellum.model.result import Blocking, Package

EMPTY = 0.0005  # .05 hundredths of the stake: less than any coded weight can tell apart


LEAST_SHOWN = 0.005  # rounds to a whole hundredth


def blocking_clause(ctx: Context, blocking: Blocking) -> str:
    """What a blocking set says, as a clause; a side's value alone is the strongest finding."""
    terms = blocking_terms(ctx, blocking)
    alone = blocking.ids[0].split(".") if len(blocking.ids) == 1 else []
    if len(alone) == 3 and alone[0] == "sides":
        return (
            f"even with every red line dropped no package gives {ctx.names()[alone[1]]} as much as "
            "fighting on"
        )
    both = {1: "", 2: " both"}.get(len(terms), " all of")
    return f"no package meets{both}: {'; '.join(terms)}"


def blocking_terms(ctx: Context, blocking: Blocking) -> list[str]:
    """The demands of a blocking set, without those that rest on a confidential field."""
    if len(blocking.terms) != len(blocking.ids):  # then no telling which id hides which term
        hidden = any(ctx.veil.hides(path) for path in blocking.ids)
        return [REDACTED] if hidden else list(blocking.terms)
    return [
        REDACTED if ctx.veil.hides(path) else term
        for term, path in zip(blocking.terms, blocking.ids, strict=True)
    ]


def blocking(ctx: Context) -> list[Block]:
    """Demands that cannot hold together."""
    verdict = ctx.result.range
    if not verdict.blocking:
        return []
    rows = [
        (
            "; ".join(blocking_terms(ctx, item)),
            words.percent(item.share),
            f"[range.blocking.{number}]",
        )
        for number, item in enumerate(verdict.blocking, start=1)
        if item.share >= words.LEAST
    ]
    left = len(verdict.blocking) - len(rows)
    rest = f" {words.start(words.count(left, 'set'))} of under 1% left out." if left else ""
    return [
        Heading(2, "Demands that cannot hold together"),
        Table(
            ("Smallest sets", "share of draws", "name"),
            tuple(rows),
            "One minimal set for each draw in which no package is acceptable, both sides' values "
            "where each fails alone: no package meets all its demands, and some package meets the "
            "rest of them once any one is given up. Found by QuickXplain, draw by draw, in every "
            f"such draw. Shares are of all weighted draws; sets can overlap. Method: {verdict.status}.{rest}",
        ),
    ]


def packages(ctx: Context) -> list[Block]:
    """Packages, term by term."""
    packages = ctx.result.range.packages
    if not packages:
        return []
    names = ctx.names()
    always = {issue.id for issue in ctx.loaded.dossier.issues if issue.always_printed}
    blocks: list[Block] = [Heading(2, "Two packages, term by term")]
    chosen: dict[str, dict[str, str]] = {}
    for package in packages:
        blocks.append(Paragraph(_package_line(package, names)))
        for term in package.terms:
            issue = _issue_id(ctx, term.issue)
            chosen.setdefault(issue, {})[package.solution] = term.text
    rows = []
    conduct = {item.id for item in ctx.loaded.dossier.issues if item.block == "process"}
    for issue_id, terms in sorted(chosen.items(), key=lambda item: item[0] in conduct):
        texts = [terms.get(package.solution, "left open") for package in packages]
        if len(set(texts)) == 1:
            texts = [texts[0], *["the same"] * (len(texts) - 1)]
        mark = (
            " *" if issue_id in always else " (conduct, not a term)" if issue_id in conduct else ""
        )
        rows.append((ctx.title(issue_id) + mark, *texts))
    blocks.append(
        Table(
            ("Issue", *[words.start(package.solution) for package in packages]),
            tuple(rows),
            "What the model picks, at the median inputs, with every red line of confidence above "
            ".5 in force. Not a proposal, and no view on what is just or lawful. An asterisk "
            "marks humanitarian and accountability terms."
            if always
            else "What the model picks, at the median inputs, with every red line of confidence above "
            ".5 in force. Not a proposal, and no view on what is just or lawful.",
        )
    )
    return blocks


def _issue_id(ctx: Context, name: str) -> str:
    if ctx.issue(name) is not None:
        return name
    return next((item.id for item in ctx.loaded.dossier.issues if item.title == name), name)


def _package_line(package: Package, names: dict[str, str]) -> str:
    worth = [f"{names[side]} {told(package.u[i], words.stake)}" for i, side in enumerate("AB")]
    over = [f"{names[side]} {told(package.surplus[i], _signed)}" for i, side in enumerate("AB")]
    verdict = "both could bear it" if package.acceptable else "not both could bear it"
    return (
        f"{words.start(package.solution)} [packages.{package.solution}], a {package.kind}: "
        f"{package.definition.rstrip('.')}. Worth, in hundredths of the stake, before the risk "
        f"that it breaks: {words.join(worth)}. Against fighting on, with that risk: "
        f"{words.join(over)}, so {verdict}."
    )


def _signed(surplus: float) -> str:
    text = words.stake(surplus)
    return text if text.startswith("-") or text == "0" else f"+{text}"


def always_printed(ctx: Context) -> list[Block]:
    """Humanitarian and accountability terms, whatever they weigh."""
    issues = [issue for issue in ctx.loaded.dossier.issues if issue.always_printed]
    if not issues:
        return [
            Heading(2, "Humanitarian and accountability terms"),
            Paragraph("This dossier codes none; see what was left out."),
        ]
    names = ctx.names()
    rows = []
    for issue in issues:
        cells = []
        for side in "AB":
            lead = ctx.lead(side)
            position = ctx.loaded.dossier.positions.get(lead, {}).get(issue.id)
            cells.append(_stands(ctx, lead, issue.id, position))
        rows.append((issue.title, *cells, ctx.option(issue.id, issue.standing)))
    return [
        Heading(2, "Humanitarian and accountability terms"),
        Table(
            ("Issue", names["A"], names["B"], "if nothing is signed"),
            tuple(rows),
            "Always printed, whatever they weigh with those at the table; those who pay are not "
            "only those who sit there. What each lead asks for, as coded, with its weight in "
            "points out of 100.",
        ),
    ]


def _stands(ctx: Context, lead: str, issue_id: str, position: Position | None) -> str:
    if position is None:
        return "no position coded"
    path = f"positions.{lead}.{issue_id}"
    if ctx.veil.hides(path):
        return REDACTED
    veiled = ctx.veil.hides(f"{path}.weight")
    weight = REDACTED if veiled else str(round(position.weight.centre()))
    return f"{ctx.option(issue_id, position.ideal)} (weight {weight})"


def promises(ctx: Context) -> list[Block]:
    """Face and substance of each promise."""
    if not ctx.result.promises:
        return []
    names = ctx.names()
    rows, empty = [], []
    for promise in ctx.result.promises:
        delivery, worth = veiled_promise(ctx, promise)
        if ctx.veil.hides(f"promises.{promise.id}"):
            continue
        months = words.quantity(promise.delay_months, promise.delay_months, "delay_months")
        rows.append(
            (
                f"{promise.title}. {promise.by} to {promise.to}: {promise.option}; without it: "
                f"{promise.without} [promises.{promise.id}]",
                REDACTED if delivery else f"{words.percent(promise.delivered)}, {months}",
                REDACTED if worth else " / ".join(map(_worth, promise.face)),
                REDACTED if worth or delivery else " / ".join(map(_worth, promise.substance)),
            )
        )
        if promise.option == promise.without:
            empty.append(
                f"“{promise.title}” is empty: a carrot whose baseline is what it promises."
            )
        elif not (worth or delivery) and max(map(abs, promise.substance)) < EMPTY:
            empty.append(
                f"“{promise.title}” is empty at the median inputs: a carrot whose baseline is worth "
                "what it promises to both leads, once its chance and its delay are counted."
            )
    if not rows:
        return []
    blocks: list[Block] = [
        Heading(2, "Promises"),
        Table(
            (
                "promise",
                "delivered, after",
                f"face: {names['A']} / {names['B']}",
                f"substance: {names['A']} / {names['B']}",
            ),
            tuple(rows),
            "Face: what the term adds to what would hold without it, delivered today for sure. "
            "Substance: the same after the coded chance and delay of delivery. In hundredths of the "
            "stake, at the median inputs, to each lead.",
        ),
    ]
    if empty:
        blocks.append(Bullets(tuple(empty)))
    return blocks


def _worth(share: float) -> str:
    """A small worth in hundredths of the stake, with its sign and no decimals."""
    if abs(share) < EMPTY:
        return "0"
    if abs(share) < LEAST_SHOWN:
        return "0 to 1" if share > 0 else "-1 to 0"
    return _signed(share)


def texts(ctx: Context) -> list[Block]:
    """The drafts, with their terms."""
    drafts = ctx.loaded.dossier.texts
    if not drafts:
        return []
    shown = [text for text in drafts if not ctx.veil.hides(f"texts.{text.id}")]
    blocks: list[Block] = [Heading(2, "Drafts on the table")]
    if shown:
        blocks.append(
            Paragraph(
                "Listed with their terms as coded, oldest first; `interbellum texts` scores them. "
                "A list with “or” holds the variants of one draft. Struck: the draft strikes what one "
                "before it had; that is a position, silence is not."
            )
        )
    total = len(ctx.loaded.dossier.issues)
    for text in sorted(shown, key=lambda text: text.date):
        struck = [issue for issue in text.deleted if issue not in text.terms]
        rows = [
            (ctx.title(issue), _variants_of(ctx, issue, chosen))
            for issue, chosen in text.terms.items()
        ]
        rows += [(ctx.title(issue), "struck") for issue in struck]
        silent = total - len({*text.terms, *text.deleted})
        said = (
            f"{words.date(text.date)}, tabled by {ctx.actor(text.author)}. Silent on {silent} of "
            f"{total} issues. Source: {text.source.rstrip('.')} [texts.{text.id}]."
        )
        if text.note:
            said += f" Note: {ctx.veil.note(text.note)}"
        blocks += [Heading(3, text.title), Paragraph(said)]
        if rows:
            blocks.append(Table(("Issue", "term"), tuple(rows)))
    if len(shown) < len(drafts):
        blocks.append(Paragraph(f"{words.start(withheld(len(drafts) - len(shown)))}."))
    return blocks


def _variants_of(ctx: Context, issue: str, chosen: str | tuple[str, ...]) -> str:
    names = (chosen,) if isinstance(chosen, str) else chosen
    told = [ctx.option(issue, name) for name in names]
    return told[0] if len(told) == 1 else words.join([f"“{text}”" for text in told], "or")
