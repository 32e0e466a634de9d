"""The table as it lies, in words: what each draft is worth to whom, and what each promise is worth.

The order is a reader's: the answer, what each draft is worth, what it crosses, leaves open and lacks,
who moved, how far apart the drafts are, and what the promises are worth.

What a dossier marks confidential is taken out of the result first (`texts_redaction`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import Names
from interbellum.briefing.plain import tidy
from interbellum.briefing.redaction import Veil, withheld
from interbellum.briefing.texts_moves import distances, draft_label, moved
from interbellum.briefing.texts_promises import promises
from interbellum.briefing.texts_redaction import redacted
from interbellum.dossier.reader import Loaded
from interbellum.model.provisions import ENFORCING, PROVISIONS
from interbellum.model.table import ActorWorth, CrossedLine, Span, TableResult, TextScore

BROAD = 0.25
"""An actor that stands on fewer of the issues has its medians only: its intervals are mostly 0."""
COLUMNS = 4
"""Actors with intervals that fit beside each other."""
STRONG = 0.5
"""Red lines less likely than not to be real are counted, not named."""


# --- plain data ----------------------------------------------------------------------------------


def to_json(result: TableResult, loaded: Loaded, redact: bool = False) -> dict[str, Any]:
    """Drafts and promises as plain data, one to one with `TableResult`.

    Parameters
    ----------
    result : TableResult
    loaded : Loaded
        The dossier that the result was made from.
    redact : bool
        True hides what the dossier marks confidential.

    Returns
    -------
    dict
        Keys dossier, run, texts, standing, moves, distances, promises, redacted.
    """
    if redact:
        result = redacted(result, loaded)
    data = dict(tidy(result))
    for text, score in zip(data["texts"], result.texts, strict=True):
        text["says"] = {issue: list(options) for issue, options in score.says}
    data["redacted"] = redact
    cleaned = Veil(loaded, redact).plain(data)
    assert isinstance(cleaned, dict)
    return cleaned


# --- words ---------------------------------------------------------------------------------------


def outline(result: TableResult, loaded: Loaded, redact: bool = False) -> Outline:
    """Drafts and promises as plain blocks, the answer first.

    Parameters
    ----------
    result : TableResult
    loaded : Loaded
    redact : bool
        True hides what the dossier marks confidential.

    Returns
    -------
    tuple of Heading, Paragraph, Bullets, Table
    """
    hidden = len(result.texts)
    if redact:
        result = redacted(result, loaded)
    hidden -= len(result.texts)
    names = Names(loaded, Veil(loaded, redact))
    blocks: list[Block] = [
        Heading(1, f"The drafts on the table. {result.dossier.title}"),
        *_stamp(names, result),
        Heading(2, "The answer"),
        Paragraph(_answer(names, result)),
    ]
    if hidden:
        blocks.append(Paragraph(f"{words.start(withheld(hidden))} of the list of drafts."))
    if result.texts:
        blocks += _worth(names, result)
        blocks += _crossed(names, result)
        blocks += _left_open(names, result)
        blocks += _provisions(result)
        blocks += _nearest(names, result)
        blocks += moved(names, result)
        blocks += distances(names, result)
    blocks += promises(names, result)
    return names.veil.blocks(tuple(blocks))


def _stamp(names: Names, result: TableResult) -> list[Block]:
    conflict = names.loaded.dossier.conflict
    told = (
        f"As of {words.date(conflict.as_of)}. Coded by {conflict.coded_by.rstrip('.')}. Seed "
        f"{result.run.seed}, {result.run.draws:,} draws, dossier {result.dossier.hash}."
    )
    return [Paragraph(f"{told} Confidential fields are redacted." if names.veil.on else told)]


def _leads(result: TableResult) -> list[ActorWorth]:
    return [one for one in result.standing if one.side is not None]


def _of(text: TextScore, actor: str) -> ActorWorth | None:
    return next((one for one in text.actors if one.actor == actor), None)


def _answer(names: Names, result: TableResult) -> str:
    texts = result.texts
    if not texts:
        return "No draft is listed. What has been promised stands below."
    told = [
        f"{words.start(words.number(len(texts)))} {'draft is' if len(texts) == 1 else 'drafts are'} on the table."
    ]
    best: list[tuple[TextScore, str, str]] = []
    for lead in _leads(result):
        scored = [(one.worth.high.p, text) for text in texts if (one := _of(text, lead.actor))]
        if scored:
            worth, text = max(scored, key=lambda pair: pair[0])
            best.append((text, lead.name, f"{words.stake(worth)} of 100"))
    if len({text.id for text, _, _ in best}) == 1 < len(texts):
        held = [f"{name} ({worth})" for _, name, worth in best]
        told.append(f"Worth most, as each is coded, is “{best[0][0].title}” to {words.join(held)}.")
    elif best and len(texts) > 1:
        each = [f"“{text.title}” to {name} ({worth})" for text, name, worth in best]
        told.append(f"Worth most, as each is coded, is {words.join(each)}.")
    able = [(text.both, text) for text in texts if text.both is not None]
    clean = [(text.signable, text) for text in texts if text.signable is not None]
    if able:
        most, text = max(able, key=lambda pair: pair[0])
        told.append(
            f"Best placed to leave both leads with at least what they expect from fighting on is "
            f"“{text.title}” ({words.phrase(most)})."
            if most > 0.0
            else "In no draw does any leave both leads with at least what they expect from fighting on."
        )
        if most > 0.0 and clean:
            most, text = max(clean, key=lambda pair: pair[0])
            told.append(
                "Once red lines and needed consents count, best placed to be signed as it stands is "
                f"“{text.title}” ({words.phrase(most)})."
                if most > 0.0
                else "Once red lines and needed consents count, none is signable as it stands in any "
                "draw."
            )
        some = words.sentence(result.open_share, "any package at all would be acceptable to both")
        told.append(f"{some}.")
    return " ".join(told)


# --- what each is worth ----------------------------------------------------------------------------


def _cell(span: Span) -> str:
    """Median and 80% interval in hundredths; from worst to best reading where they differ."""
    low, high = words.stake(span.low.p), words.stake(span.high.p)
    middle = low if low == high else f"{low} to {high}"
    return f"{middle} ({words.stake_interval(span.low.lo80, span.high.hi80)})"


def _worth(names: Names, result: TableResult) -> list[Block]:
    blocks: list[Block] = [Heading(2, "What each draft is worth to whom")]
    leads = _leads(result)
    if leads:
        blocks.append(_leads_table(names, result, leads))
    else:
        blocks.append(
            Paragraph("What the drafts are worth to the two leads would tell a confidential field.")
        )
    total = len(names.loaded.dossier.issues)
    others = [one for one in result.standing if one.side is None]
    broad = [one for one in others if one.issues >= BROAD * total]
    narrow = [one for one in others if one.issues < BROAD * total]
    for start in range(0, len(broad), COLUMNS):
        group = broad[start : start + COLUMNS]
        blocks.append(_others_table(result, group, True))
    if narrow:
        blocks.append(_others_table(result, narrow, False))
    several = [text for text in result.texts if text.readings is None or text.readings > 1]
    if several:
        blocks.append(Bullets(tuple(_readings(names, result, text) for text in several)))
    return blocks


def _leads_table(names: Names, result: TableResult, leads: Sequence[ActorWorth]) -> Table:
    heads: list[str] = []
    for lead in leads:
        heads += [f"{lead.name}: worth", f"{lead.name}: over fighting on"]
    rows = [
        (
            draft_label(result, text),
            words.date(text.date),
            *_lead_cells(leads, text.actors),
            words.percent(text.both) if text.both is not None else "unknown",
        )
        for text in result.texts
    ]
    rows.append(("Quiet, nothing signed", "", *_lead_cells(leads, result.standing), ""))
    return Table(
        ("Draft", "date", *heads, "both gain"),
        tuple(rows),
        "Worth in hundredths of the stake: 100 is the lead's own ideal everywhere, 0 the other's. Over "
        "fighting on: worth once the risk that the deal breaks is counted, less what the lead expects "
        "from fighting on. Median with 80% interval; from the worst to the best reading where a draft "
        "has variants. What a draft says nothing on counts as it stands. Both gain: share of the draws "
        "in which neither lead is left below fighting on; red lines are not counted in it.",
    )


def _lead_cells(leads: Sequence[ActorWorth], actors: Sequence[ActorWorth]) -> Iterator[str]:
    for lead in leads:
        one = next((found for found in actors if found.actor == lead.actor), None)
        yield _cell(one.worth) if one else "unknown"
        yield _cell(one.surplus) if one and one.surplus else "unknown"


def _others_table(result: TableResult, group: Sequence[ActorWorth], intervals: bool) -> Table:
    def cell(actors: Sequence[ActorWorth], actor: str) -> str:
        one = next((found for found in actors if found.actor == actor), None)
        if one is None:
            return "unknown"
        if intervals:
            return _cell(one.worth)
        return words.stake_interval(one.worth.low.p, one.worth.high.p)

    rows = [
        (draft_label(result, text), *(cell(text.actors, one.actor) for one in group))
        for text in result.texts
    ]
    rows.append(("Quiet, nothing signed", *(cell(result.standing, one.actor) for one in group)))
    told = (
        "Hundredths of each actor's own ideal over the issues where it stands: "
        + words.join([f"{one.name} on {words.count(one.issues, 'issue')}" for one in group])
        + ". Not comparable between actors."
    )
    if not intervals:
        told += " Medians; a row like the last says nothing on what that actor cares about."
    return Table(("Draft", *(one.name for one in group)), tuple(rows), told)


def _readings(names: Names, result: TableResult, text: TextScore) -> str:
    if text.readings is None:
        return (
            f"{draft_label(result, text)}: too many readings that hang together to tell its worth."
        )
    issues = [issue for issue, options in text.says if len(options) > 1]
    return (
        f"{draft_label(result, text)} has {words.number(text.readings)} readings, by its variants on "
        f"{_titles(names, issues)}."
    )


# --- what each crosses, leaves open and lacks ------------------------------------------------------


def _crossed(names: Names, result: TableResult) -> list[Block]:
    dossier = names.loaded.dossier
    leads = {dossier.sides.A.lead: "A", dossier.sides.B.lead: "B"}
    rows = []
    for text in result.texts:
        groups: dict[str, list[CrossedLine]] = {"A": [], "B": [], "other": []}
        for line in text.crosses:
            groups[leads.get(line.actor, "other")].append(line)
        rows.append(
            (
                draft_label(result, text),
                _lines(names, groups["A"], False),
                _lines(names, groups["B"], False),
                _lines(names, groups["other"], True),
            )
        )
    if not any(text.crosses for text in result.texts):
        return []
    heads = [f"of {names.actor(names.lead(side))}" for side in "AB"]
    return [
        Heading(2, "Red lines crossed"),
        Table(
            ("Draft", *heads, "of others"),
            tuple(rows),
            "In brackets the chance, as coded, that the line is real and no price or pose. Lines of an "
            "actor whose consent the issue does not need do not bind: they are marked with †. Lines "
            "less likely than not are counted. Crossed in some readings only: marked with ~.",
        ),
    ]


def _lines(names: Names, lines: Sequence[CrossedLine], named: bool) -> str:
    told, weak = [], 0
    for line in lines:
        if line.confidence is not None and line.confidence.p < STRONG:
            weak += 1
            continue
        sure = f" ({words.percent(line.confidence.p)})" if line.confidence is not None else ""
        who = f"{line.name}, " if named else ""
        marks = ("" if line.binds else "†") + ("" if line.always else "~")
        marks += ", by silence" if line.by_silence else ""
        told.append(f"{who}{names.title(line.issue)}{marks}{sure}")
    if weak:
        told.append(f"{words.number(weak)} less likely than not to be real")
    return "; ".join(told) or "none"


def _left_open(names: Names, result: TableResult) -> list[Block]:
    total = len(names.loaded.dossier.issues)
    rows = []
    for text in result.texts:
        faults = [names.title(issue) for issue in text.must_fill]
        rows.append(
            (
                draft_label(result, text),
                f"{len(text.silent)} of {total}",
                _titles(names, text.heaviest_silent),
                _titles(names, text.struck) or "nothing",
                "; ".join(faults) or "nothing",
            )
        )
    blocks: list[Block] = [
        Heading(2, "What each leaves open, and what it strikes"),
        Table(
            ("Draft", "silent on", "of these the heaviest", "strikes", "must still be filled"),
            tuple(rows),
            "Silence is no position; striking what an earlier draft had is one. Both count as things "
            "stand. Heaviest: by the two leads' weights. Must still be filled: no signed text can leave "
            "it open.",
        ),
    ]
    notes = []
    for text in result.texts:
        for broken in text.broken:
            others = [f"“{names.option(*other)}”" for other in broken.others]
            how = "cannot stand with" if broken.kind == "excludes" else "needs"
            when = "" if broken.always else " (in some readings, which are then left out)"
            notes.append(
                f"{draft_label(result, text)}: “{names.option(*broken.term)}” {how} "
                f"{words.join(others, 'or')}{when}."
            )
        for term in text.void:
            notes.append(
                f"{draft_label(result, text)}: “{names.option(*term)}” is voided by another of its terms "
                "and counts as what stands."
            )
    if notes:
        blocks += [Heading(3, "Terms that do not hang together"), Bullets(tuple(notes))]
    return blocks


def _titles(names: Names, issues: Sequence[str]) -> str:
    return "; ".join(names.title(issue) for issue in issues)


def _provisions(result: TableResult) -> list[Block]:
    checked = [text for text in result.texts if text.provisions]
    if not checked:
        return []
    ranked = sorted(PROVISIONS, key=lambda name: name not in ENFORCING)  # stable: the list's order

    def has(text: TextScore, found: str) -> list[str]:
        there = {check.name for check in text.provisions if check.found == found}
        return [_provision(name) for name in ranked if name in there]

    nowhere = [
        name
        for name in ranked
        if all(
            check.found == "lacking"
            for text in checked
            for check in text.provisions
            if check.name == name
        )
    ]
    rows = []
    for text in checked:
        lacking = [check for check in text.provisions if check.found == "lacking"]
        held = has(text, "contained")
        some = [f"{told} (some variants)" for told in has(text, "in some variants")]
        rows.append(
            (
                draft_label(result, text),
                "; ".join([*held, *some]) or "none",
                f"{sum(check.enforcing for check in lacking)} of {len(ENFORCING)}",
                f"{len(lacking)} of {len(PROVISIONS)}",
            )
        )
    blocks: list[Block] = [Heading(2, "Standard ceasefire provisions")]
    if nowhere:
        blocks.append(
            Paragraph(
                f"In none of the drafts: {words.join([_provision(name) for name in nowhere])}."
            )
        )
    blocks.append(
        Table(
            ("Draft", "contains", "enforcing lacking", "all lacking"),
            tuple(rows),
            "* enforcing: it bears on a breach being seen, answered or costly. Only these lower the "
            "chance of breakdown in the model. What a draft lacks is what its column does not name.",
        )
    )
    return blocks


def _provision(name: str) -> str:
    return PROVISIONS[name] + ("*" if name in ENFORCING else "")


def _nearest(names: Names, result: TableResult) -> list[Block]:
    """How far each draft is from something that both could bear."""
    if result.nearest_in == "none":
        return [
            Heading(2, "Nearest acceptable package"),
            Paragraph("There is none in any draw, so no draft is near to one."),
        ]
    rows = []
    for text in result.texts:
        near = text.nearest
        if near is None:
            continue
        if not near.found:
            none = (
                "none is acceptable" if near.status == "proved" else "unknown: the search stopped"
            )
            rows.append((draft_label(result, text), none, "", ""))
            continue
        changes = [
            f"{names.title(issue)}: from “{words.join([names.option(issue, old) for old in olds], 'or')}” "
            f"to “{names.option(issue, new)}”"
            for issue, olds, new in near.changes
        ]
        changes += [
            f"{names.title(issue)}: the variant “{names.option(issue, option)}”"
            for issue, option in near.kept
        ]
        rows.append(
            (
                draft_label(result, text),
                str(len(near.changes)),
                str(len(near.added)),
                "; ".join(changes if near.changes else ["no term need change", *changes]),
            )
        )
    if not rows:
        return []
    where = (
        "Fewest terms that would have to change, and then fewest to be added where the draft is "
        "silent, for a package that both leads prefer to fighting on, that crosses no red line and has "
        "every consent. What the model picks; not a proposal. "
    )
    where += (
        "At the median inputs (proved)."
        if result.nearest_in == "medians"
        else "At the median inputs there is no such package; these hold in one draw, the heaviest of "
        "those that have one (sampled): other draws ask for other changes."
    )
    return [
        Heading(2, "Nearest acceptable package"),
        Table(
            ("draft", "to change", "to add", "which changes, and which variants"),
            tuple(rows),
            where,
        ),
    ]
