"""What changed between two dossiers of a war, field by field, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from interbellum.briefing import words
from interbellum.briefing.context import quantities, unit_of
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Issue, Position, RedLine, Regime

KINDS = {
    "conflict": "The frame",
    "actor": "Actors",
    "issue": "What is on the table",
    "position": "Who moved",
    "red_line": "Red lines",
    "coded": "Coded for the first time, or no longer",
    "weight": "Weights",
    "statement": "New statements",
    "promise": "Promises",
    "text": "Texts",
    "event": "Events since",
    "war": "War, talks, trust and peace",
    "regime": "Regimes",
    "question": "Questions",
}
CONFIDENCE_STEP = 0.10  # a smaller change of confidence is within the coder's own noise
SECTIONS = ("war", "talks", "trust", "peace")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the dossiers."""

    kind: str
    """One of `KINDS`."""
    path: str
    """Dotted path of the field."""
    text: str
    actor: str | None = None
    """Id of the actor whose coding changed."""
    toward: str | None = None
    """Side whose ideal the new position is nearer to than the old one was: A, B or None."""


def changes(before: Loaded, after: Loaded) -> Iterator[Change]:
    """Every difference between an earlier dossier and a later one, kind by kind."""
    yield from _frame(before, after)
    yield from _actors(before, after)
    yield from _issues(before, after)
    yield from _positions(before, after)
    yield from _numbers(before, after, ("promises",), "promise")
    yield from _texts(before, after)
    yield from _events(before, after)
    yield from _numbers(before, after, SECTIONS, "war")
    yield from _regimes(before, after)
    yield from _questions(before, after)


def _frame(before: Loaded, after: Loaded) -> Iterator[Change]:
    old, new = before.dossier.conflict, after.dossier.conflict
    for key in ("as_of", "began", "hindcast_from"):
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            yield Change(
                "conflict",
                f"conflict.{key}",
                f"{_field(key)}: {words.date(was) if was else 'not set'} → "
                f"{words.date(now) if now else 'not set'}.",
            )
    for side in ("A", "B"):
        was, now = getattr(before.dossier.sides, side), getattr(after.dossier.sides, side)
        if was.lead != now.lead:
            yield Change(
                "conflict", f"sides.{side}.lead", f"Lead of side {side}: {was.lead} → {now.lead}."
            )


def _actors(before: Loaded, after: Loaded) -> Iterator[Change]:
    old = {actor.id: actor for actor in before.dossier.actors}
    new = {actor.id: actor for actor in after.dossier.actors}
    for name, actor in new.items():
        if name not in old:
            yield Change("actor", f"actors.{name}", f"{actor.name} added, as {actor.role}.")
            continue
        was = old[name]
        if was.role != actor.role or was.side != actor.side:
            yield Change(
                "actor",
                f"actors.{name}.role",
                f"{actor.name}: {was.role}{_side(was.side)} → {actor.role}{_side(actor.side)}.",
            )
        gained = [issue for issue in actor.consents if issue not in was.consents]
        lost = [issue for issue in was.consents if issue not in actor.consents]
        if gained:
            yield Change(
                "actor",
                f"actors.{name}.consents",
                f"{actor.name}: consent now needed on {words.join(gained)}.",
            )
        if lost:
            yield Change(
                "actor",
                f"actors.{name}.consents",
                f"{actor.name}: consent no longer needed on {words.join(lost)}.",
            )
    for name, actor in old.items():
        if name not in new:
            yield Change("actor", f"actors.{name}", f"{actor.name} removed.")


def _side(side: str | None) -> str:
    return f" on side {side}" if side else ""


def _issues(before: Loaded, after: Loaded) -> Iterator[Change]:
    old = {issue.id: issue for issue in before.dossier.issues}
    new = {issue.id: issue for issue in after.dossier.issues}
    for name, issue in new.items():
        if name not in old:
            yield Change("issue", f"issues.{name}", f"Issue added: {issue.title}.")
            continue
        was = {option.id: option for option in old[name].options}
        now = {option.id: option for option in issue.options}
        for option in now.values():
            if option.id not in was:
                yield Change(
                    "issue",
                    f"issues.{name}.options.{option.id}",
                    f"{issue.title}: option added: {option.text}.",
                )
        for option in was.values():
            if option.id not in now:
                yield Change(
                    "issue",
                    f"issues.{name}.options.{option.id}",
                    f"{issue.title}: option removed: {option.text}.",
                )
        if old[name].standing != issue.standing:
            yield Change(
                "issue",
                f"issues.{name}.standing",
                f"{issue.title}: what holds with nothing signed: "
                f"{_option(old[name], old[name].standing)} → {_option(issue, issue.standing)}.",
            )
    for name, issue in old.items():
        if name not in new:
            yield Change("issue", f"issues.{name}", f"Issue removed: {issue.title}.")


def _positions(before: Loaded, after: Loaded) -> Iterator[Change]:
    issues = {issue.id: issue for issue in (*before.dossier.issues, *after.dossier.issues)}
    ladders = {issue.id: issue for issue in before.dossier.issues}
    names = {actor.id: actor.name for actor in (*before.dossier.actors, *after.dossier.actors)}
    for actor, stands in after.dossier.positions.items():
        old = before.dossier.positions.get(actor, {})
        for issue_id, now in stands.items():
            path, issue = f"positions.{actor}.{issue_id}", issues[issue_id]
            head = f"{names.get(actor, actor)}, {issue.title}"
            was = old.get(issue_id)
            if was is None:
                yield Change(
                    "coded",
                    path,
                    f"{head}: coded for the first time, at {_option(issue, now.ideal)}.",
                    actor,
                )
                continue
            yield from _ideal(after, actor, (ladders[issue_id], issue), was, now, head, path)
            yield from _weight(actor, was, now, head, path)
            yield from _red_line(
                actor, (ladders[issue_id], issue), was.red_line, now.red_line, head, path
            )
            seen = {(item.date, item.text) for item in was.statements}
            for number, item in enumerate(now.statements):
                if (item.date, item.text) not in seen:
                    yield Change(
                        "statement",
                        f"{path}.statements.{number}",
                        f"{words.date(item.date)}: {head}: {item.text.rstrip('.')} ({item.source}).",
                        actor,
                    )
        for issue_id in old:
            if issue_id not in stands:
                yield Change(
                    "coded",
                    f"positions.{actor}.{issue_id}",
                    f"{names.get(actor, actor)}, {issues[issue_id].title}: no longer coded.",
                    actor,
                )


def _ideal(
    after: Loaded,
    actor: str,
    ladders: tuple[Issue, Issue],
    was: Position,
    now: Position,
    head: str,
    path: str,
) -> Iterator[Change]:
    if was.ideal == now.ideal:
        return
    old, issue = ladders
    words_, toward = _direction(after, actor, old, issue, was.ideal, now.ideal)
    yield Change(
        "position",
        f"{path}.ideal",
        f"{head}: from “{_option(old, was.ideal)}” to “{_option(issue, now.ideal)}”{words_}{_basis(now)}.",
        actor,
        toward,
    )


def _basis(now: Position) -> str:
    """A judgement may have changed because the coder learnt something, not because anybody moved."""
    return "" if now.basis == "sourced" else " (judgement)"


def _direction(
    after: Loaded, actor: str, old: Issue, issue: Issue, was: str, now: str
) -> tuple[str, str | None]:
    """How far a move went and toward whose ideal; ladders are ordinal, so steps are only counted."""
    ladder = [option.id for option in issue.options]
    if ladder != [option.id for option in old.options]:
        return " (the ladder changed)", None  # steps on two ladders do not compare
    if not issue.ordered or was not in ladder or now not in ladder:
        return "", None
    steps = abs(ladder.index(now) - ladder.index(was))
    told = f", {words.count(steps, 'step')}"
    nearer = []
    for side in ("A", "B"):
        entry = after.dossier.sides.A if side == "A" else after.dossier.sides.B
        stand = after.dossier.positions.get(entry.lead, {}).get(issue.id)
        if entry.lead == actor or stand is None or stand.ideal not in ladder:
            continue
        goal = ladder.index(stand.ideal)
        gap_was, gap_now = abs(ladder.index(was) - goal), abs(ladder.index(now) - goal)
        if gap_now < gap_was:
            nearer.append((side, entry.name))
        elif gap_now > gap_was and entry.lead != actor and _is_lead(after, actor):
            return f"{told} away from the position coded for {entry.name}", None
    if len(nearer) == 1:
        return f"{told} toward the position coded for {nearer[0][1]}", nearer[0][0]
    return told, None


def _is_lead(loaded: Loaded, actor: str) -> bool:
    return actor in (loaded.dossier.sides.A.lead, loaded.dossier.sides.B.lead)


def _weight(actor: str, was: Position, now: Position, head: str, path: str) -> Iterator[Change]:
    """A weight counts as changed when one median lies outside the other's 10-90% range."""
    old, new = was.weight.centre(), now.weight.centre()
    if _apart(was.weight, now.weight) and round(old) != round(new):
        yield Change(
            "weight", f"{path}.weight", f"{head}: weight {old:.0f} → {new:.0f} points.", actor
        )


def _apart(was: Quantity, now: Quantity) -> bool:
    ends = np.array([0.1, 0.9])
    (low_was, high_was), (low_now, high_now) = was.quantile(ends), now.quantile(ends)
    return not (low_was <= now.centre() <= high_was and low_now <= was.centre() <= high_now)


def _red_line(
    actor: str,
    ladders: tuple[Issue, Issue],
    was: RedLine | None,
    now: RedLine | None,
    head: str,
    path: str,
) -> Iterator[Change]:
    where = f"{path}.red_line"
    old, issue = ladders
    if was is None and now is not None:
        yield Change(
            "red_line",
            where,
            f"{head}: red line added, {_line(issue, now)} ({_real(now)} real).",
            actor,
        )
    elif was is not None and now is None:
        yield Change("red_line", where, f"{head}: red line dropped, {_line(old, was)}.", actor)
    elif was is not None and now is not None:
        if (was.accepts_up_to, was.refuses) != (now.accepts_up_to, now.refuses):
            yield Change(
                "red_line",
                where,
                f"{head}: red line from “{_line(old, was)}” to “{_line(issue, now)}”.",
                actor,
            )
        if abs(was.confidence.centre() - now.confidence.centre()) >= CONFIDENCE_STEP:
            yield Change(
                "red_line",
                f"{where}.confidence",
                f"{head}: chance that the line is real {_real(was)} → {_real(now)}.",
                actor,
            )


def _real(line: RedLine) -> str:
    return words.percent(line.confidence.centre())


def _line(issue: Issue, line: RedLine) -> str:
    if line.accepts_up_to is not None:
        return f"signs nothing beyond {_option(issue, line.accepts_up_to)}"
    return f"refuses {words.join([_option(issue, name) for name in line.refuses or ()], 'or')}"


def _option(issue: Issue, name: str) -> str:
    if name == "left_open":
        return "left open"
    return next((option.text for option in issue.options if option.id == name), name)


def _texts(before: Loaded, after: Loaded) -> Iterator[Change]:
    old = {text.id: text for text in before.dossier.texts}
    new = {text.id: text for text in after.dossier.texts}
    for name, text in new.items():
        if name not in old:
            yield Change(
                "text",
                f"texts.{name}",
                f"{words.date(text.date)}: {text.title} tabled.",
                text.author,
            )
        elif old[name].terms != text.terms:
            issues = [
                k
                for k in {**old[name].terms, **text.terms}
                if old[name].terms.get(k) != text.terms.get(k)
            ]
            yield Change(
                "text",
                f"texts.{name}",
                f"{text.title}: terms changed on {words.join(issues)}.",
                text.author,
            )
    for name, text in old.items():
        if name not in new:
            yield Change(
                "text", f"texts.{name}", f"{text.title}: no longer on the table.", text.author
            )


def _events(before: Loaded, after: Loaded) -> Iterator[Change]:
    seen = {(event.date, event.title): event for event in before.dossier.events}
    for number, event in enumerate(after.dossier.events):
        was = seen.get((event.date, event.title))
        if was is not None:
            if was.kept != event.kept:
                # not what it was: the veil knows an event by its place, which may have moved
                yield Change(
                    "event",
                    f"events.{number}.kept",
                    f"{words.date(event.date)}: {event.title}; kept, as now coded: "
                    f"{event.kept or 'not said'}.",
                )
        else:
            held = f"; kept: {event.kept}" if event.kept else ""
            yield Change(
                "event", f"events.{number}", f"{words.date(event.date)}: {event.title}{held}."
            )


def _numbers(
    before: Loaded, after: Loaded, sections: tuple[str, ...], kind: str
) -> Iterator[Change]:
    """Every number of these sections whose median changed, or that is now given or no longer."""
    for section in sections:
        old = dict(quantities(getattr(before.dossier, section), section))
        new = dict(quantities(getattr(after.dossier, section), section))
        for path in dict.fromkeys((*old, *new)):
            was, now = old.get(path), new.get(path)
            if was is not None and now is not None and _same(was, now):
                continue
            yield Change(kind, path, f"{_label(path)}: {_told(was, path)} → {_told(now, path)}.")
    if "war" in sections:
        yield from _front(before, after)
        told = ["yes" if one.dossier.talks.history_complete else "no" for one in (before, after)]
        if told[0] != told[1]:
            yield Change(
                "war",
                "talks.history_complete",
                f"The record of rounds is complete: {told[0]} → {told[1]}.",
            )


def _same(was: Quantity, now: Quantity) -> bool:
    ends = np.array([0.1, 0.5, 0.9])
    return bool(np.allclose(was.quantile(ends), now.quantile(ends), rtol=1e-9, atol=1e-12))


def _told(quantity: Quantity | None, path: str) -> str:
    if quantity is None:
        return "not given (default)"
    low, middle, high = map(float, quantity.quantile(np.array([0.1, 0.5, 0.9])))
    unit = unit_of(path)
    point = words.quantity(middle, middle, unit)
    return point if low == high else f"{point} ({words.quantity(low, high, unit)})"


def _label(path: str) -> str:
    return path.replace("_", " ").replace(".", ", ", 1).replace(".", " ")


def _front(before: Loaded, after: Loaded) -> Iterator[Change]:
    old, new = before.dossier.war.front, after.dossier.war.front
    if new is None:
        return
    seen = {point.month for point in old.series} if old else set()
    added = [point for point in new.series if point.month not in seen]
    if added:
        total = sum(point.change for point in added)
        side = after.dossier.sides.A.name if total >= 0 else after.dossier.sides.B.name
        yield Change(
            "war",
            "war.front.series",
            f"Front, {added[0].month} to {added[-1].month}: {abs(total):,.0f} {new.unit} to {side}.",
        )


def _regimes(before: Loaded, after: Loaded) -> Iterator[Change]:
    old = {regime.id: regime for regime in before.dossier.regimes}
    new = {regime.id: regime for regime in after.dossier.regimes}
    for name, regime in new.items():
        path = f"regimes.{name}"
        if name not in old:
            yield Change(
                "regime",
                path,
                f"{regime.title}: added, now {_state(regime, regime.now)}.",
                regime.actor,
            )
            continue
        was = old[name]
        if was.now != regime.now:
            yield Change(
                "regime",
                f"{path}.now",
                f"{regime.title}: {_state(was, was.now)} → {_state(regime, regime.now)}.",
                regime.actor,
            )
        yield from _states(was, regime, path)
        before_, after_ = dict(quantities(was, path)), dict(quantities(regime, path))
        for place in dict.fromkeys((*before_, *after_)):
            if ".switches." in place:  # a move is known by its ends, not by its place in the list
                continue
            a, b = before_.get(place), after_.get(place)
            if a is None or b is None or not _same(a, b):
                tail = place.removeprefix(path + ".").replace(".", " ").replace("_", " ")
                yield Change(
                    "regime",
                    place,
                    f"{regime.title}, {tail}: {_told(a, place)} → {_told(b, place)}.",
                    regime.actor,
                )
        moves_was = {(s.source_state, s.to): s.monthly for s in was.switches if s.monthly}
        moves_now = {(s.source_state, s.to): s.monthly for s in regime.switches if s.monthly}
        for ends in dict.fromkeys((*moves_was, *moves_now)):
            a, b = moves_was.get(ends), moves_now.get(ends)
            if a is None or b is None or not _same(a, b):
                told = [
                    "not coded" if one is None else _told(one, f"{path}.monthly") for one in (a, b)
                ]
                yield Change(
                    "regime",
                    path,
                    f"{regime.title}, chance a month of a move from “{ends[0]}” to “{ends[1]}”: "
                    f"{told[0]} → {told[1]}.",
                    regime.actor,
                )
        days_was = {(s.source_state, s.to): s.on for s in was.switches if s.on}
        for number, switch in enumerate(regime.switches):
            if switch.on and days_was.get((switch.source_state, switch.to)) != switch.on:
                yield Change(
                    "regime",
                    f"{path}.switches.{number}",
                    f"{regime.title}: {_state(regime, switch.to)} is scheduled for {words.date(switch.on)}.",
                    regime.actor,
                )
    for name, regime in old.items():
        if name not in new:
            yield Change("regime", f"regimes.{name}", f"{regime.title}: removed.", regime.actor)


def _states(was: Regime, regime: Regime, path: str) -> Iterator[Change]:
    """States that came or went, and what those in both lift and add."""
    old = {state.id: state for state in was.states}
    new = {state.id: state for state in regime.states}
    for name, state in new.items():
        where, head = f"{path}.states.{name}", f"{regime.title}, {_state(regime, name)}"
        if name not in old:
            text = f"{regime.title}: state added: {_state(regime, name)}."
            yield Change("regime", where, text, regime.actor)
            continue
        for key in ("lifts", "adds"):
            told = [words.join(list(getattr(one, key))) or "nothing" for one in (old[name], state)]
            if told[0] != told[1]:
                text = f"{head}: {key} {told[0]} → {told[1]}."
                yield Change("regime", f"{where}.{key}", text, regime.actor)
    for name in old:
        if name not in new:
            text = f"{regime.title}: state removed: {_state(was, name)}."
            yield Change("regime", f"{path}.states.{name}", text, regime.actor)


def _state(regime: Regime, name: str) -> str:
    return f"“{next((s.title for s in regime.states if s.id == name), name)}”"


def _questions(before: Loaded, after: Loaded) -> Iterator[Change]:
    old = {question.id: question for question in before.dossier.questions}
    new = {question.id: question for question in after.dossier.questions}
    for name, question in new.items():
        if name not in old:
            yield Change("question", f"questions.{name}", f"Question added: {question.text}")
        elif (old[name].rung, old[name].by) != (question.rung, question.by):
            yield Change(
                "question",
                f"questions.{name}",
                f"Question {name}: {old[name].rung} by {words.date(old[name].by)} → {question.rung} by "
                f"{words.date(question.by)}.",
            )
    for name, question in old.items():
        if name not in new:
            yield Change("question", f"questions.{name}", f"Question dropped: {question.text}")


def _field(key: str) -> str:
    return {"as_of": "Cut-off", "began": "The war counts from", "hindcast_from": "Hindcast from"}[
        key
    ]
