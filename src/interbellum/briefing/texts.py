"""The table as it lies, in words: what each draft is worth to whom, and what each promise is worth.

The order is a reader's: the answer, what each draft is worth, what it crosses, leaves open and lacks,
who moved, how far apart the drafts are, and what the promises are worth.

What a dossier marks confidential is taken out of the result first, so that the tables, the Markdown
and the JSON cannot disagree about it. A number goes when a hidden field could be solved from it: the
worth of drafts to a lead mixes both leads' weights, so one hidden weight hides both leads' worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import Names, promise_hidden, quantities
from interbellum.briefing.plain import tidy
from interbellum.briefing.redaction import Veil, withheld
from interbellum.dossier.reader import Loaded
from interbellum.model.provisions import ENFORCING, PROVISIONS
from interbellum.model.result import Interval
from interbellum.model.table import (
    EMPTY_STEP,
    HALF,
    HOLLOW,
    ActorWorth,
    CrossedLine,
    Distance,
    Move,
    PromiseAudit,
    PromisedWorth,
    Span,
    TableResult,
    TermStep,
    TextScore,
)

BROAD = 0.25
"""An actor that stands on fewer of the issues has its medians only: its intervals are mostly 0."""
COLUMNS = 4
"""Actors with intervals that fit beside each other."""
NAMED = 3
"""More issues than this are counted, not named, where a draft speaks anew or falls silent."""
STRONG = 0.5
"""Red lines less likely than not to be real are counted, not named."""


# --- what is hidden ------------------------------------------------------------------------------


def redacted(result: TableResult, loaded: Loaded) -> TableResult:
    """The result without what the dossier marks confidential, or what would tell it.

    Parameters
    ----------
    result : TableResult
    loaded : Loaded
        The dossier that the result was made from.

    Returns
    -------
    TableResult
        Without confidential drafts and promises; without the numbers of actors whose positions are
        confidential in part (both leads' if one lead's are); without confidential red lines.
    """
    veil = Veil(loaded, True)
    dossier = loaded.dossier
    shown = [text for text in result.texts if not veil.hides(f"texts.{text.id}")]
    kept = {text.id for text in shown}
    leads = (dossier.sides.A.lead, dossier.sides.B.lead)
    secret = {actor.id for actor in dossier.actors if position_hidden(loaded, veil, actor.id)}
    if secret & set(leads) or veil.hides("talks.linkage"):
        secret |= set(leads)
    # What a promised term is worth in a draft tells how likely it is to be delivered.
    delivery = {
        promise.id for promise in dossier.promises if delivery_hidden(loaded, veil, promise.id)
    }
    unsaid = {side for side in "AB" if gain_hidden(loaded, veil, side)}
    carried = any(
        promise.id in delivery and promise.option in dict(text.says).get(promise.issue, ())
        for promise in dossier.promises
        for text in shown
    )
    scores = secret | set(leads) if carried else secret
    open_scores = not scores & set(leads)
    lines_open = not any(
        veil.hides(f"positions.{actor}.{issue}.red_line{part}")
        for actor, stands in dossier.positions.items()
        for issue, position in stands.items()
        if position.red_line is not None
        for part in ("", ".confidence")
    ) and not any(veil.hides(f"actors.{actor.id}.walk_away") for actor in dossier.actors)
    return replace(
        result,
        texts=tuple(
            replace(
                text,
                actors=_ungained(_without(text.actors, scores), unsaid),
                both=text.both if open_scores else None,
                signable=text.signable if open_scores and lines_open else None,
                heaviest_silent=text.heaviest_silent if not secret & set(leads) else (),
                crosses=tuple(
                    replace(line, confidence=None, in_force=None)
                    if veil.hides(f"{line.path}.confidence")
                    else line
                    for line in text.crosses
                    if not veil.hides(line.path)
                ),
                nearest=text.nearest if open_scores and lines_open else None,
            )
            for text in shown
        ),
        standing=_ungained(_without(result.standing, scores), unsaid),
        moves=tuple(
            replace(
                move,
                changes=tuple(change for change in move.changes if change.actor not in scores),
                steps=tuple(
                    replace(
                        step,
                        toward=_seen(veil, step.toward, step.issue),
                        away=_seen(veil, step.away, step.issue),
                    )
                    for step in move.steps
                ),
            )
            for move in result.moves
            if {move.before, move.after} <= kept
        ),
        distances=tuple(
            replace(
                distance,
                weight_differ=None if secret & set(leads) else distance.weight_differ,
                weight_open=None if secret & set(leads) else distance.weight_open,
            )
            for distance in result.distances
            if _may_measure(distance, kept, secret)
        ),
        promises=tuple(
            _promise_redacted(promise, secret, promise.id in delivery)
            for promise in result.promises
            if not veil.hides(f"promises.{promise.id}")
        ),
    )


def position_hidden(loaded: Loaded, veil: Veil, actor: str) -> bool:
    """Whether anything that an actor's worth of a draft is made of is confidential."""
    for issue, position in loaded.dossier.positions.get(actor, {}).items():
        path = f"positions.{actor}.{issue}"
        fields = (name for name, _ in quantities(position, path) if ".red_line." not in name)
        if veil.hides(path) or any(map(veil.hides, fields)):
            return True
    return False


def delivery_hidden(loaded: Loaded, veil: Veil, promise_id: str) -> bool:
    """Whether what delivery leaves of a promise would tell a confidential number."""
    discounts = (f"war.annual_discount.{side}" for side in "AB")
    return promise_hidden(loaded, veil, promise_id) or any(map(veil.hides, discounts))


def alternative_hidden(loaded: Loaded, veil: Veil, side: str) -> bool:
    """Whether what fighting on is worth to a side would tell a confidential number.

    It is one equation in the race, in what the side itself believes, bears and discounts, and in what
    the regimes add to both; it knows nothing of what the other side believes or bears.
    """
    other = "B" if side == "A" else "A"
    theirs = tuple(
        f"war.{name}.{other}"
        for name in ("a_prevails", "months_for_victory", "annual_discount", "stubbornness_months")
    )
    elsewhere = (*theirs, "war.rearmament", "war.reluctance")
    race = (
        path
        for path, _ in quantities(loaded.dossier.war, "war")
        if not any(path == name or path.startswith(f"{name}.") for name in elsewhere)
    )
    states = (
        f"regimes.{regime.id}.states.{state.id}.{field}"
        for regime in loaded.dossier.regimes
        for state in regime.states
        for field in ("a_prevails", *(("cost_factor",) if regime.side != other else ()))
    )
    return any(map(veil.hides, (*race, *states)))


def gain_hidden(loaded: Loaded, veil: Veil, side: str) -> bool:
    """Whether a deal beside fighting on would tell a side's confidential number.

    Worth is printed beside it, so the difference tells the alternative, or what a breach would cost.
    """
    breach = [f"trust.other_breaks.{side}", "trust.provisions_factor"]
    breach += [path for path, _ in quantities(loaded.dossier.war.rearmament, "war.rearmament")]
    return alternative_hidden(loaded, veil, side) or any(map(veil.hides, breach))


def _ungained(actors: Sequence[ActorWorth], sides: set[str]) -> tuple[ActorWorth, ...]:
    return tuple(replace(one, surplus=None) if one.side in sides else one for one in actors)


def _without(actors: Sequence[ActorWorth], hidden: set[str]) -> tuple[ActorWorth, ...]:
    return tuple(one for one in actors if one.actor not in hidden)


def _seen(veil: Veil, actors: Sequence[str], issue: str) -> tuple[str, ...]:
    return tuple(actor for actor in actors if not veil.hides(f"positions.{actor}.{issue}"))


def _may_measure(distance: Distance, kept: set[str], secret: set[str]) -> bool:
    """A lead's wishes may be set beside a draft only where none of them is hidden."""
    for end in (distance.one, distance.other):
        kind, _, name = end.partition(".")
        if (kind == "texts" and name not in kept) or (kind == "positions" and name in secret):
            return False
    return True


def _promise_redacted(promise: PromiseAudit, secret: set[str], delivery: bool) -> PromiseAudit:
    worth = () if delivery else tuple(one for one in promise.worth if one.actor not in secret)
    told = any(one.actor == promise.to for one in worth)
    return replace(
        promise,
        delivered=None if delivery else promise.delivered,
        parts=() if delivery else promise.parts,
        withdrawn_yearly=None if delivery else promise.withdrawn_yearly,
        snap_back=None if delivery else promise.snap_back,
        worth=worth,
        verdict=promise.verdict if told else None,
        baselines=promise.baselines if told else (),
        if_sure=promise.if_sure if told else None,
        chance_needed=promise.chance_needed if told else None,
        months_allowed=promise.months_allowed if told else None,
        given=None if delivery else promise.given,
        lost=None if delivery else promise.lost,
    )


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
        blocks += _moved(names, result)
        blocks += _distances(names, result)
    blocks += _promises(names, result)
    return names.veil.blocks(tuple(blocks))


def _stamp(names: Names, result: TableResult) -> list[Block]:
    conflict = names.loaded.dossier.conflict
    told = (
        f"As of {words.date(conflict.as_of)}. Coded by {conflict.coded_by.rstrip('.')}. Seed "
        f"{result.run.seed}, {result.run.draws:,} draws, dossier {result.dossier.hash}."
    )
    return [Paragraph(f"{told} Confidential fields are redacted." if names.veil.on else told)]


def _label(result: TableResult, text: TextScore) -> str:
    """A draft by its number and title."""
    return f"{result.texts.index(text) + 1} {text.title}"


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
            _label(result, text),
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
        (_label(result, text), *(cell(text.actors, one.actor) for one in group))
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
        return f"{_label(result, text)}: too many readings that hang together to tell its worth."
    issues = [issue for issue, options in text.says if len(options) > 1]
    return (
        f"{_label(result, text)} has {words.number(text.readings)} readings, by its variants on "
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
                _label(result, text),
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
                _label(result, text),
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
                f"{_label(result, text)}: “{names.option(*broken.term)}” {how} "
                f"{words.join(others, 'or')}{when}."
            )
        for term in text.void:
            notes.append(
                f"{_label(result, text)}: “{names.option(*term)}” is voided by another of its terms "
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
                _label(result, text),
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
            rows.append((_label(result, text), none, "", ""))
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
                _label(result, text),
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


# --- who moved -------------------------------------------------------------------------------------


def _between(result: TableResult) -> Mapping[tuple[str, str], Move]:
    return {(move.before, move.after): move for move in result.moves}


def _signed(value: float) -> str:
    told = words.stake(value)
    return told if told.startswith("-") or told == "0" else f"+{told}"


def _change(span: Span) -> str:
    low, high = _signed(span.low.p), _signed(span.high.p)
    middle = low if low == high else f"{low} to {high}"
    ends = _signed(span.low.lo80), _signed(span.high.hi80)
    return f"{middle} ({ends[0] if ends[0] == ends[1] else ' to '.join(ends)})"


def _moved(names: Names, result: TableResult) -> list[Block]:
    if len(result.texts) < 2:
        return []
    moves = _between(result)
    shown = [one for one in result.standing if one.side is not None]
    rows = []
    for before, after in pairwise(result.texts):
        changes = {c.actor: c.change for c in moves[before.id, after.id].changes}
        rows.append(
            (
                f"{_label(result, before)} → {_label(result, after)}",
                names.actor(after.author),
                *(
                    _change(changes[one.actor]) if one.actor in changes else "unknown"
                    for one in shown
                ),
            )
        )
    blocks: list[Block] = [Heading(2, "Who moved")]
    if shown:
        blocks.append(
            Table(
                (
                    "From one draft to the next",
                    "tabled by",
                    *(one.name for one in shown),
                ),
                tuple(rows),
                "Change in worth to each lead, hundredths of the stake: median with 80% interval.",
            )
        )
    told = [
        line
        for author in dict.fromkeys(text.author for text in result.texts)
        for before, after in pairwise([text for text in result.texts if text.author == author])
        for line in [_own_move(names, result, moves[before.id, after.id], before, after)]
    ]
    if told:
        blocks += [Heading(3, "Each author against its own last draft"), Bullets(tuple(told))]
    return blocks


def _own_move(
    names: Names, result: TableResult, move: Move, before: TextScore, after: TextScore
) -> str:
    parts = [_step(names, step) for step in move.steps if step.kind in ("moved", "changed")]
    for kind, label in (
        ("said", "now speaks to"),
        ("silent", "no longer speaks to"),
        ("struck", "strikes"),
    ):
        issues = [names.title(step.issue) for step in move.steps if step.kind == kind]
        if len(issues) > NAMED and kind != "struck":
            parts.append(f"{label} {words.count(len(issues), 'issue')}")
        elif issues:
            parts.append(f"{label} {'; '.join(issues)}")
    return (
        f"{names.actor(after.author)}, {_label(result, before)} → {_label(result, after)}: "
        + (". ".join(map(words.start, parts)) or "nothing changed")
        + "."
    )


def _step(names: Names, step: TermStep) -> str:
    least, most = sorted(map(abs, step.rungs))
    if step.rungs[0] < 0 < step.rungs[1]:
        least = 0
    told = f"{names.title(step.issue)}: {_said(names, step.issue, step.before)} → {_said(names, step.issue, step.after)}"
    notes = []
    if step.kind == "moved":
        notes.append(
            words.count(most, "rung")
            if least == most
            else f"{least} to {words.count(most, 'rung')}"
        )
    leads = (names.lead("A"), names.lead("B"))
    for label, actors in (("toward", step.toward), ("away from", step.away)):
        ranked = sorted(actors, key=lambda actor: (actor not in leads, actors.index(actor)))
        if ranked:
            notes.append(f"{label} {', '.join(names.actor(actor) for actor in ranked)}")
    return f"{told} ({'; '.join(notes)})" if notes else told


def _said(names: Names, issue: str, options: Sequence[str]) -> str:
    return words.join([f"“{names.option(issue, option)}”" for option in options], "or")


# --- how far apart ---------------------------------------------------------------------------------


def _distances(names: Names, result: TableResult) -> list[Block]:
    found = {(one.one, one.other): one for one in result.distances}
    if not found:
        return []
    keys = [f"texts.{text.id}" for text in result.texts]
    asks = [f"positions.{names.lead(side)}" for side in "AB"]
    asked = [ask for ask in asks if any(ask in pair for pair in found)]
    heads = [str(n + 1) for n in range(1, len(keys))]
    rows = []
    for place, text in enumerate(result.texts):
        cells = []
        for other in [*keys[1:], *asked]:
            one = found.get((keys[place], other))
            cells.append(f"{len(one.differ)}/{one.agree + one.may_agree}" if one else "")
        rows.append((_label(result, text), *cells))
    leads = [names.actor(names.lead(side)) for side in "AB"]
    wanted = [f"{leads[asks.index(ask)]} asks" for ask in asked]
    blocks: list[Block] = [
        Heading(2, "How far apart"),
        Table(
            ("Draft", *heads, *wanted),
            tuple(rows),
            "Issues on which two drafts differ / on which they say, or can be read to say, the same. "
            "Issues of which one says nothing are in neither. Asks: every issue at what the lead is "
            "coded to want.",
        ),
    ]
    told = []
    between = found.get((asks[0], asks[1]))
    if between is not None:
        told.append(
            f"{leads[0]} and {leads[1]} are coded to want different things on {len(between.differ)} of "
            f"{len(names.loaded.dossier.issues)} issues."
        )
    last = {text.author: text for text in result.texts}
    if all(names.lead(side) in last for side in "AB"):
        first, second = (last[names.lead(side)] for side in "AB")
        one = (
            found.get((f"texts.{first.id}", f"texts.{second.id}"))
            or found[f"texts.{second.id}", f"texts.{first.id}"]
        )
        told.append(
            f"Their last drafts, {_label(result, first)} and {_label(result, second)}, differ on "
            f"{len(one.differ)}{_weighing(one)}; they agree on {one.agree + one.may_agree}, and only "
            f"one of the two speaks to {one.one_silent + one.one_struck} more"
            + (f", {one.one_struck} of them struck by the other" if one.one_struck else "")
            + "."
        )
    if told:
        blocks.append(Paragraph(" ".join(told)))
    return blocks


def _weighing(one: Distance) -> str:
    """How much the issues weigh on which two differ: ``, 62 of 100 by weight``."""
    if one.weight_differ is None:
        return ""
    return f" ({words.stake(one.weight_differ.p)} of 100 by the two leads' weights)"


# --- promises --------------------------------------------------------------------------------------


def _promises(names: Names, result: TableResult) -> list[Block]:
    if not result.promises:
        return []
    blocks: list[Block] = [Heading(2, "What the promises are worth")]
    rated = [(promise, one) for promise in result.promises if (one := _received(promise))]
    poor = [p.title for p, one in rated if one.verdict in ("empty", "hollow")]
    given = [p.title for p, one in rated if one.already.p >= HALF and one.verdict != "empty"]
    if rated:
        told = f"Of {words.count(len(rated), 'rated promise')}, " + (
            f"{words.number(len(poor))} {'is' if len(poor) == 1 else 'are'} empty or hollow to the "
            f"receiver: {'; '.join(poor)}."
            if poor
            else "none is empty or hollow to the receiver."
        )
        if given:
            told += (
                " What would hold without it already gives half or more of the headline of: "
                f"{'; '.join(given)}."
            )
        blocks.append(Paragraph(told))
        blocks.append(
            Table(
                (
                    "Promise",
                    "to",
                    "without it",
                    "headline",
                    "on paper",
                    "substance",
                    "kept",
                    "verdict",
                ),
                tuple(_promise_row(names, promise, one) for promise, one in rated),
                "Hundredths, of the stake for a lead and of its own ideal for others; median with 80% "
                "interval. Headline: worth over the option the receiver likes least. On paper: over "
                "what would hold without the promise, if delivered today for sure. Substance: what "
                "chance, delay and withdrawal leave of that; kept is the share. Empty: on paper less "
                f"than {round(EMPTY_STEP * 1000)} in a thousand. Hollow: less than "
                f"{words.percent(HOLLOW)} of it kept. Partly substance: less than "
                f"{words.percent(HALF)}. A loss: worth less to the receiver than what would hold.",
            )
        )
        blocks += [
            Heading(3, "What would change that"),
            Table(
                (
                    "Promise",
                    "delivery, as coded",
                    "chance needed for half",
                    "delay that leaves half",
                    "substance if something else held without it",
                ),
                tuple(_flip_row(names, promise, one) for promise, one in rated),
                "Half: substance is half of what the promise is worth on paper. Chance needed: at the "
                "coded delay. Delay: of all of it at once, at the coded chance. Last column: only where that "
                "would change the verdict or the number.",
            ),
        ]
    blocks += _at_risk(names, result)
    untold = len(result.promises) - len(rated)
    if untold and names.veil.on:
        blocks.append(Paragraph(f"{words.start(withheld(untold))}."))
    elif untold:
        named = [p.title for p in result.promises if _received(p) is None]
        blocks.append(
            Paragraph(
                f"Not rated, since the receiver has no coded stand on the issue: {'; '.join(named)}."
            )
        )
    return blocks


def _received(promise: PromiseAudit) -> PromisedWorth | None:
    return next((one for one in promise.worth if one.actor == promise.to), None)


def _told(value: Interval) -> str:
    return f"{words.stake(value.p)} ({words.stake_interval(value.lo80, value.hi80)})"


def _promise_row(names: Names, promise: PromiseAudit, one: PromisedWorth) -> tuple[str, ...]:
    return (
        promise.title,
        names.actor(promise.to),
        names.option(promise.issue, promise.without),
        words.stake(one.headline.p),
        _told(one.face),
        _told(one.substance),
        words.percent(one.kept.p),
        one.verdict,
    )


def _flip_row(names: Names, promise: PromiseAudit, one: PromisedWorth) -> tuple[str, ...]:
    needed = promise.chance_needed
    allowed = promise.months_allowed
    now = words.stake(one.substance.p)
    flips = [
        f"{names.option(promise.issue, other.option)}: {words.stake(other.substance.p)}"
        + (f", {other.verdict}" if other.verdict != one.verdict else "")
        for other in sorted(promise.baselines, key=lambda other: -other.substance.p)
        if other.verdict != one.verdict or words.stake(other.substance.p) != now
    ]
    return (
        promise.title,
        _delivery(promise),
        words.percent(needed.p) if needed else "none would",
        _months(allowed.p) if allowed else "below half at once",
        "; ".join(flips) or "the same",
    )


def _delivery(promise: PromiseAudit) -> str:
    if promise.delivered is None:
        return ""
    parts = [
        _months(months.p)
        if len(promise.parts) == 1
        else f"{words.percent(share)} after {_months(months.p)}"
        for share, months in promise.parts
    ]
    told = f"{words.percent(promise.delivered.p)}, {words.join(parts)}"
    if promise.withdrawn_yearly is not None:
        told += f", taken back {words.percent(promise.withdrawn_yearly.p)} a year"
    return told


def _months(value: float) -> str:
    months = int(value + 0.5)
    return "under a month" if months < 1 else words.count(months, "month")


def _at_risk(names: Names, result: TableResult) -> list[Block]:
    """What a giver would have given, and could not get back, were the deal broken after a year."""
    items, uncoded = [], []
    for promise in result.promises:
        if promise.given is None:
            continue
        if promise.lost is None:
            uncoded.append(promise.title)
            continue
        items.append(
            f"{promise.title}: {words.percent(promise.given.p)} given by then on average, "
            f"{words.percent(promise.lost.p)} of the term not to be had back by "
            f"{names.actor(promise.by)} ({words.interval(promise.lost.lo80, promise.lost.hi80)})."
        )
    if not items and not uncoded:
        return []
    blocks: list[Block] = [Heading(3, "If the receiver breaks the deal after twelve months")]
    if items:
        blocks.append(Bullets(tuple(items)))
    if uncoded:
        which = "any promise" if not items else "; ".join(uncoded)
        blocks.append(
            Paragraph(
                f"The dossier does not code what would come back to the giver (snap_back) for {which}, "
                "so what would be at risk cannot be told."
            )
        )
    return blocks
