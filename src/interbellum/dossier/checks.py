"""Rules across fields, as data: name, severity, and a function that yields what breaks it.

The checks walk the file's plain data, not the validated dossier, so that a mistake in one place
does not hide one in another: all faults of a dossier are reported at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from interbellum.dossier.tree import Path_, Tree
from interbellum.errors import Fault
from interbellum.model.deals import LEFT_OPEN

Finding = tuple[Path_, str, str, str]
"""Path, what was found, the rule, the mend."""

STALE_DAYS = 180
FARTHEST_DAYS = 7305  # twenty years
MOST_SETS = 16  # frontiers of a draw: each takes as long as the one of a dossier without them
LAST_YEAR = 2200  # the calendar must still hold the horizons
DATED = ("date", "end_date", "since", "start", "end", "as_of", "month")
"""Fields that say when something happened."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule."""

    name: str
    severity: Literal["fault", "warning"]
    run: Callable[[dict[str, Any]], Iterator[Finding]]


def run_checks(tree: Tree) -> tuple[list[Fault], list[Fault]]:
    """Faults and warnings of every check, with their places."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for check in CHECKS:
        target = faults if check.severity == "fault" else warnings
        target.extend(
            tree.fault(path, found, rule, mend) for path, found, rule, mend in check.run(tree.data)
        )
    return faults, warnings


# --- reading plain data that may be malformed --------------------------------------------------


def _list(data: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    items = data.get(key) if isinstance(data, dict) else None
    return (
        [(i, item) for i, item in enumerate(items) if isinstance(item, dict)]
        if isinstance(items, list)
        else []
    )


def _plain_list(data: Any, key: str) -> list[Any]:
    items = data.get(key) if isinstance(data, dict) else None
    return items if isinstance(items, list) else []


def _dict(data: Any, key: str) -> dict[str, Any]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def _ids(data: Any, key: str) -> list[str]:
    return [item["id"] for _, item in _list(data, key) if isinstance(item.get("id"), str)]


def _options(data: dict[str, Any]) -> dict[str, list[str]]:
    return {
        issue["id"]: _ids(issue, "options")
        for _, issue in _list(data, "issues")
        if isinstance(issue.get("id"), str)
    }


def _date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _leads(data: dict[str, Any]) -> dict[str, str]:
    sides = _dict(data, "sides")
    leads = {label: _dict(sides, label).get("lead") for label in ("A", "B")}
    return {label: lead for label, lead in leads.items() if isinstance(lead, str)}


def _among(names: list[str]) -> str:
    return ", ".join(names) if names else "none"


def _stands(data: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], Path_]]:
    for actor, block in _dict(data, "positions").items():
        if isinstance(block, dict):
            for issue, position in block.items():
                if isinstance(position, dict):
                    yield actor, issue, position, ("positions", actor, issue)


# --- the rules ---------------------------------------------------------------------------------


def _unique_ids(data: dict[str, Any]) -> Iterator[Finding]:
    for section in ("actors", "issues", "promises", "texts", "regimes", "series", "questions"):
        yield from _twice(_list(data, section), (section,))
    for index, issue in _list(data, "issues"):
        yield from _twice(_list(issue, "options"), ("issues", index, "options"))
        for place, option in _list(issue, "options"):
            if option.get("id") == LEFT_OPEN:
                yield (
                    ("issues", index, "options", place, "id"),
                    f"is {LEFT_OPEN}",
                    f"{LEFT_OPEN} stands for silence on an issue, so no option has this name.",
                    "rename the option.",
                )
    for index, regime in _list(data, "regimes"):
        yield from _twice(_list(regime, "states"), ("regimes", index, "states"))


def _twice(items: list[tuple[int, dict[str, Any]]], path: Path_) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, item in items:
        name = item.get("id")
        if isinstance(name, str):
            if name in seen:
                yield (
                    (*path, index, "id"),
                    f"is {name}, used above",
                    "A short name is used once in its list.",
                    "rename one of the two.",
                )
            seen.add(name)


def _known_actors(data: dict[str, Any]) -> Iterator[Finding]:
    actors = _ids(data, "actors")
    rule = f"This names an actor of the dossier: {_among(actors)}."
    mend = "use one of these, or add the actor."
    for label, lead in _leads(data).items():
        if lead not in actors:
            yield ("sides", label, "lead"), f"is {lead}", rule, mend
    for actor in _dict(data, "positions"):
        if actor not in actors:
            yield ("positions", actor), f"is for {actor}", rule, mend
    for section, keys in (
        ("promises", ("by", "to")),
        ("texts", ("author",)),
        ("regimes", ("actor",)),
    ):
        for index, item in _list(data, section):
            for key in keys:
                if isinstance(item.get(key), str) and item[key] not in actors:
                    yield (section, index, key), f"is {item[key]}", rule, mend


def _leads_on_their_sides(data: dict[str, Any]) -> Iterator[Finding]:
    leads = _leads(data)
    if len(leads) == 2 and leads["A"] == leads["B"]:
        yield (
            ("sides", "B", "lead"),
            f"is {leads['B']}, as for A",
            "Each side has a lead of its own.",
            "name another actor.",
        )
    for index, actor in _list(data, "actors"):
        for label, lead in leads.items():
            if actor.get("id") == lead and actor.get("side") != label:
                yield (
                    ("actors", index),
                    f"{lead} is not on side {label}",
                    "The lead of a side stands on it.",
                    f"write `side: {label}`.",
                )


def _known_issues_and_options(data: dict[str, Any]) -> Iterator[Finding]:
    options = _options(data)
    for index, issue in _list(data, "issues"):
        if isinstance(issue.get("id"), str):
            yield from _an_option(
                options, issue["id"], issue.get("standing"), ("issues", index, "standing")
            )
    for index, actor in _list(data, "actors"):
        for place, consent in enumerate(_plain_list(actor, "consents")):
            yield from _an_issue(options, consent, ("actors", index, "consents", place))
    for _, name, position, path in _stands(data):
        if name not in options:
            yield from _an_issue(options, name, path)
            continue
        for spot, option in _named_options(position, path):
            yield from _an_option(options, name, option, spot)
    for index, promise in _list(data, "promises"):
        yield from _an_issue(options, promise.get("issue"), ("promises", index, "issue"))
        for key in ("option", "without"):
            yield from _an_option(
                options, promise.get("issue"), promise.get(key), ("promises", index, key)
            )
    for index, text in _list(data, "texts"):
        for name, level in _dict(text, "terms").items():
            at: Path_ = ("texts", index, "terms", name)
            yield from _an_issue(options, name, at)
            for option in level if isinstance(level, list) else [level]:
                yield from _an_option(options, name, option, at)
        for place, struck in enumerate(_plain_list(text, "deleted")):
            yield from _an_issue(options, struck, ("texts", index, "deleted", place))


def _an_issue(options: dict[str, list[str]], name: Any, path: Path_) -> Iterator[Finding]:
    if isinstance(name, str) and name not in options:
        rule = f"This names an issue: {_among(list(options))}."
        yield (
            path,
            f"is {name}" if path[-1] != name else "is not an issue",
            rule,
            "use one of these, or add the issue.",
        )


def _an_option(
    options: dict[str, list[str]], issue: Any, name: Any, path: Path_
) -> Iterator[Finding]:
    if isinstance(name, str) and isinstance(issue, str) and name not in options.get(issue, [name]):
        rule = f"This names an option of {issue}: {_among(options[issue])}."
        yield (
            path,
            f"is {name}" if path[-1] != name else "is not an option",
            rule,
            "use one of these.",
        )


def _named_options(position: dict[str, Any], path: Path_) -> Iterator[tuple[Path_, Any]]:
    """Every place in a position that names an option."""
    for key in ("ideal", "worst"):
        yield (*path, key), position.get(key)
    red_line = _dict(position, "red_line")
    yield (*path, "red_line", "accepts_up_to"), red_line.get("accepts_up_to")
    for number, refused in enumerate(_plain_list(red_line, "refuses")):
        if refused != LEFT_OPEN:
            yield (*path, "red_line", "refuses", number), refused
    for number, statement in _list(position, "statements"):
        yield (*path, "statements", number, "option"), statement.get("option")
    for option in _dict(position, "values"):
        yield (*path, "values", option), option


def _conditional_terms(data: dict[str, Any]) -> Iterator[Finding]:
    options = _options(data)
    circles: dict[str, dict[str, list[str]]] = {"requires": {}, "void_if": {}}
    places: dict[tuple[str, str], Path_] = {}
    for index, issue in _list(data, "issues"):
        for place, option in _list(issue, "options"):
            here = f"{issue.get('id')}.{option.get('id')}"
            for key in ("requires", "excludes", "only_if", "void_if"):
                terms = option.get(key)
                for number, term in enumerate(terms if isinstance(terms, list) else ()):
                    path = ("issues", index, "options", place, key, number)
                    name, _, level = str(term).partition(".")
                    if name not in options or level not in (*options[name], LEFT_OPEN):
                        yield (
                            path,
                            f"is {term}",
                            "A conditional term is written ISSUE.option, both as named in this dossier.",
                            f"use one of {_among(list(options))}, a dot, and one of its options.",
                        )
                    elif name == issue.get("id"):
                        yield (
                            path,
                            f"is {term}, on the same issue",
                            "An issue has one option in a package, so a condition is on another issue.",
                            "name another issue.",
                        )
                    elif key in circles:
                        circles[key].setdefault(here, []).append(str(term))
                        places.setdefault((key, here), path)
    for key, says in (("requires", "requires"), ("void_if", "is void if")):
        for cycle in _cycles(circles[key]):
            yield (
                places[key, cycle[0]],
                f"closes a circle: {f' {says} '.join((*cycle, cycle[0]))}",
                "Terms that require or void each other in a circle say nothing about which comes "
                "first.",
                "remove one of these conditions, or make the terms one option.",
            )


def _cycles(needs: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle once, from its first member in the file."""
    reported: set[str] = set()
    for start in needs:
        if start in reported:
            continue
        stack: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
        seen: set[str] = set()
        while stack:
            term, trail = stack.pop()
            for after in needs.get(term, ()):
                if after == start:
                    reported.update(trail)
                    yield trail
                    stack.clear()
                    break
                if after not in seen:
                    seen.add(after)
                    stack.append((after, (*trail, after)))


def _leads_stand_on_all(data: dict[str, Any]) -> Iterator[Finding]:
    for label, lead in _leads(data).items():
        block = _dict(_dict(data, "positions"), lead)
        missing = [issue for issue in _options(data) if issue not in block]
        if missing:
            yield (
                ("positions", lead) if block else ("positions",),
                f"{lead} has no position on {_among(missing)}",
                f"The lead of side {label} stands on every issue.",
                "add its ideal, weight and basis, as a judgement with a range if need be.",
            )


def _positions_whole(data: dict[str, Any]) -> Iterator[Finding]:
    ordered = {
        issue["id"]: issue.get("ordered", True)
        for _, issue in _list(data, "issues")
        if isinstance(issue.get("id"), str)
    }
    for _, issue, position, path in _stands(data):
        if position.get("basis") == "sourced" and not position.get("statements"):
            yield (
                (*path, "basis"),
                "is sourced, but no statement stands below",
                "A sourced position has a dated statement with its source.",
                "add the statement, or write `basis: judgement`.",
            )
        values = position.get("values")
        if isinstance(values, dict) and issue in _options(data):
            missing = [name for name in _options(data)[issue] if name not in values]
            if missing:
                yield (
                    (*path, "values"),
                    f"lacks {_among(missing)}",
                    "`values` gives a value to every option.",
                    "add the missing options.",
                )
        if ordered.get(issue) is False and "values" not in position:
            yield (
                path,
                "has no `values`",
                "On an unordered issue the value of each option must be said.",
                "add `values`, from 1 for the ideal to 0 for the worst.",
            )
        red = position.get("red_line")
        if isinstance(red, dict):
            if ("accepts_up_to" in red) == ("refuses" in red):
                yield (
                    (*path, "red_line"),
                    "needs exactly one of `accepts_up_to` and `refuses`",
                    "A red line says which options cross it, in one way.",
                    "keep one of the two.",
                )
            if "accepts_up_to" in red and ordered.get(issue) is False:
                yield (
                    (*path, "red_line", "accepts_up_to"),
                    "is used on an unordered issue",
                    "An unordered issue has no 'up to'.",
                    "list the options under `refuses`.",
                )


def _weights(data: dict[str, Any]) -> Iterator[Finding]:
    """A lead whose every weight is zero wants nothing, and its utility has no scale."""
    for label, lead in _leads(data).items():
        other = _leads(data).get("B" if label == "A" else "A")
        mine = _dict(_dict(data, "positions"), lead)
        theirs = _dict(_dict(data, "positions"), other or "")
        differs = [
            issue
            for issue, position in mine.items()
            if isinstance(position, dict)
            and isinstance(theirs.get(issue), dict)
            and _less_than_ideal(position, theirs[issue].get("ideal"))
            and position.get("weight") != 0
        ]
        if mine and theirs and not differs:
            yield (
                ("positions", lead),
                "wants what the other lead wants on every issue that counts",
                "The two leads differ on at least one issue that counts for each: without it there is nothing at stake.",
                "check ideals and weights.",
            )


def _less_than_ideal(position: dict[str, Any], option: Any) -> bool:
    """Whether a position surely values an option below its ideal."""
    if position.get("ideal") == option:
        return False
    values = position.get("values")
    worth = values.get(option, 0) if isinstance(values, dict) else 0
    if isinstance(worth, dict):
        given = [number for number in worth.values() if isinstance(number, (int, float))]
        worth = max(given, default=0)
    return not isinstance(worth, (int, float)) or worth < 1


def _ideal_is_worth_one(data: dict[str, Any]) -> Iterator[Finding]:
    for _, _, position, path in _stands(data):
        values, ideal = position.get("values"), position.get("ideal")
        if isinstance(values, dict) and isinstance(ideal, str) and ideal in values:
            worth = values[ideal]
            number = worth.get("value") if isinstance(worth, dict) else worth
            if isinstance(worth, (int, float, dict)) and number != 1:
                yield (
                    (*path, "values", ideal),
                    f"is {'a range' if number is None else number}, not 1",
                    "The ideal is worth 1 and the worst option 0: other options lie between.",
                    "write 1 here, or name another ideal.",
                )


def _provisions_once(data: dict[str, Any]) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for index, issue in _list(data, "issues"):
        for place, option in _list(issue, "options"):
            provisions = option.get("provisions")
            for name in provisions if isinstance(provisions, list) else ():
                if isinstance(name, str) and owner.setdefault(
                    name, str(issue.get("id"))
                ) != issue.get("id"):
                    yield (
                        ("issues", index, "options", place, "provisions"),
                        f"names {name}, which {owner[name]} also holds",
                        "A provision belongs to the options of one issue, or it would count twice.",
                        "keep it in one of the two.",
                    )


def _consents_can_be_weighed(data: dict[str, Any]) -> Iterator[Finding]:
    leads = set(_leads(data).values())
    for index, actor in _list(data, "actors"):
        name = actor.get("id")
        if "walk_away" not in actor or not isinstance(name, str):
            continue
        if name in leads:
            yield (
                ("actors", index, "walk_away"),
                f"stands for {name}, the lead of a side",
                "A lead's least is its reservation value, which the war gives.",
                "remove it here.",
            )
            continue
        stands = _dict(_dict(data, "positions"), name)
        asked = [issue for issue in _plain_list(actor, "consents") if issue in stands]
        if not asked:
            yield (
                ("actors", index, "walk_away"),
                f"stands for {name}, who has a position on no issue that it consents to",
                "A walk-away value is a share of the actor's ideal over the issues in `consents`.",
                "name the issues in `consents` and give its positions on them.",
            )


def _promises_fit(data: dict[str, Any]) -> Iterator[Finding]:
    stands = {
        issue["id"]: issue.get("standing")
        for _, issue in _list(data, "issues")
        if isinstance(issue.get("id"), str)
    }
    for index, promise in _list(data, "promises"):
        issue, option, without = (promise.get(key) for key in ("issue", "option", "without"))
        if not (isinstance(issue, str) and isinstance(option, str)):
            continue
        if option == stands.get(issue) != without:
            yield (
                ("promises", index, "without"),
                f"is {without}, though {option} stands with nothing signed",
                "A promise of what stands anyway has that as its baseline.",
                f"write `without: {option}`, or correct the issue's `standing`.",
            )
        if ("delay_months" in promise) == bool(promise.get("tranches")):
            yield (
                ("promises", index),
                "needs exactly one of `delay_months` and `tranches`",
                "A promise is delivered after a delay, or in parts that each have one.",
                "keep one of the two.",
            )
        shares = [
            tranche.get("share")
            for _, tranche in _list(promise, "tranches")
            if isinstance(tranche.get("share"), (int, float))
        ]
        total = sum(share for share in shares if isinstance(share, (int, float)))
        if total > 1.0 + 1e-9:
            yield (
                ("promises", index, "tranches"),
                f"sum to {total:g}",
                "The parts of a promise sum to at most 1.",
                "lower a share.",
            )


def _dates(data: dict[str, Any]) -> Iterator[Finding]:
    conflict = _dict(data, "conflict")
    as_of, began = _date(conflict.get("as_of")), _date(conflict.get("began"))
    if as_of is None:
        return
    if as_of.year >= LAST_YEAR:
        yield (
            ("conflict", "as_of"),
            f"is {as_of}",
            f"The cut-off of a dossier lies before the year {LAST_YEAR}.",
            "check the year.",
        )
    if began is not None and began >= as_of:
        yield (
            ("conflict", "began"),
            f"is {began}",
            f"The war began before the cut-off, {as_of}.",
            "check the two dates.",
        )
    start = _date(conflict.get("hindcast_from"))
    if start is not None and began is not None and start < began:
        yield (
            ("conflict", "hindcast_from"),
            f"is {start}",
            f"The hindcast starts when the war began, {began}, or later.",
            "check the two dates.",
        )
    for holder, key, value in _leaves(data):
        name = key if isinstance(key, str) else _last_name(holder)
        if name not in DATED or (*holder, key)[:2] == ("conflict", "as_of"):
            continue
        day = _month_end(value) if name == "month" else _date(value)
        if day is not None and day > as_of:
            yield (
                (*holder, key),
                f"is {value}",
                f"Nothing dated after the cut-off, {as_of}, stands in a dossier: no hindsight.",
                "remove it, or move the cut-off.",
            )
    for index, question in _list(data, "questions"):
        day = _date(question.get("by"))
        if day is not None and day <= as_of:
            yield (
                ("questions", index, "by"),
                f"is {day}",
                f"A question looks ahead of the cut-off, {as_of}.",
                "give a later day.",
            )
    for index, question in _list(data, "questions"):
        day = _date(question.get("by"))
        if day is not None and (day - as_of).days > FARTHEST_DAYS:
            yield (
                ("questions", index, "by"),
                f"is {day}",
                "A question looks at most twenty years ahead: farther, these models say nothing.",
                "give an earlier day.",
            )
    for index, regime in _list(data, "regimes"):
        for place, switch in _list(regime, "switches"):
            day = _date(switch.get("on"))
            if day is not None and day <= as_of:
                yield (
                    ("regimes", index, "switches", place, "on"),
                    f"is {day}",
                    f"A scheduled move lies ahead of the cut-off, {as_of}.",
                    "put a past move under `history`.",
                )
    for index, event in _list(data, "events"):
        first, last = _date(event.get("date")), _date(event.get("end_date"))
        if first and last and last < first:
            yield (
                ("events", index, "end_date"),
                f"is {last}",
                f"An event ends after it begins, {first}.",
                "check the two dates.",
            )


def _last_name(path: Path_) -> str | None:
    """The last key of a path that is no number."""
    return next((key for key in reversed(path) if isinstance(key, str)), None)


def _month_end(value: Any) -> dt.date | None:
    first = _date(f"{value}-01")
    if first is None:
        return None
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _leaves(data: Any, path: Path_ = ()) -> list[tuple[Path_, str | int, Any]]:
    """Every value that is neither a block nor a list: the path of what holds it, its key, itself."""
    found: list[tuple[Path_, str | int, Any]] = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, (dict, list)):
            found += _leaves(value, (*path, key))
        else:
            found.append((path, key, value))
    return found


def _front(data: dict[str, Any]) -> Iterator[Finding]:
    months = [
        (index, item.get("month"))
        for index, item in _list(_dict(_dict(data, "war"), "front"), "series")
    ]
    for (_, before), (index, after) in pairwise(months):
        first, second = _date(f"{before}-01"), _date(f"{after}-01")
        if first is None or second is None:
            continue
        expected = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        if second != expected:
            yield (
                ("war", "front", "series", index, "month"),
                f"is {after}, after {before}",
                "The months of the front follow one another, none left out.",
                f"write {expected:%Y-%m} here, with a change of 0 if nothing moved.",
            )


def _regimes(data: dict[str, Any]) -> Iterator[Finding]:
    for index, regime in _list(data, "regimes"):
        states = _ids(regime, "states")
        rule, mend = f"This names a state of the regime: {_among(states)}.", "use one of these."
        if isinstance(regime.get("now"), str) and regime["now"] not in states:
            yield ("regimes", index, "now"), f"is {regime['now']}", rule, mend
        for place, day in _list(regime, "history"):
            if isinstance(day.get("state"), str) and day["state"] not in states:
                yield (
                    ("regimes", index, "history", place, "state"),
                    f"is {day['state']}",
                    rule,
                    mend,
                )
        history = [
            (place, _date(day.get("since")), day.get("state"))
            for place, day in _list(regime, "history")
        ]
        dated = [day for _, day, _ in history if day is not None]
        if dated != sorted(dated):
            yield (
                ("regimes", index, "history"),
                "is not in order",
                "The history runs from the oldest day to the newest.",
                "sort it.",
            )
        if (
            history
            and history[-1][2] in states
            and regime.get("now") in states
            and history[-1][2] != regime["now"]
        ):
            yield (
                ("regimes", index, "now"),
                f"is {regime['now']}, but the history ends in {history[-1][2]}",
                "The regime is now in the last state of its history.",
                "mend one of the two.",
            )
        moves: set[tuple[Any, Any]] = set()
        for place, switch in _list(regime, "switches"):
            move = (str(switch.get("from")), str(switch.get("to")))
            if "monthly" in switch and move in moves:
                yield (
                    ("regimes", index, "switches", place),
                    f"moves from {move[0]} to {move[1]}, as one above",
                    "A move by chance stands once.",
                    "keep one of the two.",
                )
            moves |= {move} if "monthly" in switch else set()
            for key in ("from", "to"):
                if isinstance(switch.get(key), str) and switch[key] not in states:
                    yield (
                        ("regimes", index, "switches", place, key),
                        f"is {switch[key]}",
                        rule,
                        mend,
                    )
            if ("monthly" in switch) == ("on" in switch):
                yield (
                    ("regimes", index, "switches", place),
                    "needs exactly one of `monthly` and `on`",
                    "A regime moves by chance or on a day.",
                    "keep one of the two.",
                )
        for factor, of in (("reluctance_factor", "reluctance"), ("cost_factor", "costs")):
            if (
                any(factor in state for _, state in _list(regime, "states"))
                and "side" not in regime
            ):
                yield (
                    ("regimes", index),
                    f"has a {factor} but no `side`",
                    f"A factor on {of} says whose.",
                    "add `side: A` or `side: B`.",
                )


def _regimes_bind(data: dict[str, Any]) -> Iterator[Finding]:
    leads = set(_leads(data).values())
    lines = [
        f"{actor}.{issue}"
        for actor, issue, position, _ in _stands(data)
        if isinstance(position.get("red_line"), dict)
    ]
    consents = [
        actor["id"]
        for _, actor in _list(data, "actors")
        if actor.get("consents") and isinstance(actor.get("id"), str) and actor["id"] not in leads
    ]
    combinations = 1
    for index, regime in _list(data, "regimes"):
        kinds = set()
        for place, state in _list(regime, "states"):
            named = {}
            for key in ("lifts", "adds"):
                named[key] = frozenset(map(str, _plain_list(state, key)))
                for number, name in enumerate(_plain_list(state, key)):
                    if name not in lines and name not in consents:
                        yield (
                            ("regimes", index, "states", place, key, number),
                            f"is {name}",
                            "A state lifts or adds a red line, written ACTOR.ISSUE, or the consent of an "
                            f"actor that is no lead: {_among([*lines, *consents])}.",
                            "use one of these, or code the red line or the consent first.",
                        )
            kinds.add((named["lifts"], named["adds"]))
        combinations *= max(1, len(kinds))
        if combinations > MOST_SETS:
            yield (
                ("regimes", index),
                f"makes {combinations} combinations of what the states lift and add",
                f"The deals are worked out anew for each combination, so there are at most {MOST_SETS}.",
                "let fewer states lift or add, or the same ones together in one regime.",
            )
            return


def _truces(data: dict[str, Any]) -> Iterator[Finding]:
    for index, event in _list(data, "events"):
        if event.get("kind") == "truce" and not isinstance(event.get("scope"), str):
            yield (
                ("events", index),
                "is a truce without a scope",
                "A truce is general, sectoral, local or humanitarian: the rungs depend on it.",
                "add `scope:`.",
            )


def _coverage(data: dict[str, Any]) -> Iterator[Finding]:
    for index, item in _list(data, "coverage"):
        places = item.get("where")
        for place, path in enumerate(places if isinstance(places, list) else ()):
            if isinstance(path, str) and resolve(data, path) is None:
                yield (
                    ("coverage", index, "where", place),
                    f"is {path}",
                    "This names a field of this dossier, list items by their id or number.",
                    "correct the path.",
                )


def resolve(data: Any, dotted_path: str) -> Path_ | None:
    """Path in the file of a dotted name in which list items go by id or number; None if absent."""
    path: list[str | int] = []
    for key in dotted_path.split("."):
        if isinstance(data, dict) and key in data:
            path.append(key)
            data = data[key]
            continue
        if isinstance(data, list):
            index = next(
                (
                    i
                    for i, item in enumerate(data)
                    if isinstance(item, dict) and item.get("id") == key
                ),
                None,
            )
            if index is None and key.isdigit() and int(key) < len(data):
                index = int(key)
            if index is not None:
                path.append(index)
                data = data[index]
                continue
        return None
    return tuple(path)


_ESTIMATED = {
    "monthly",
    "a_prevails",
    "talks_factor",
    "reluctance_factor",
    "cost_factor",
    "breaks_truce",
    "delivered",
    "delay_months",
    "withdrawn_yearly",
    "snap_back",
    "walk_away",
}


def _is_estimate(path: Path_) -> bool:
    """Whether a number is somebody's estimate and not a fact or an end of a scale."""
    if path[0] in ("war", "talks", "trust", "peace"):
        return "series" not in path
    if path[0] in ("regimes", "promises", "actors"):
        return not _ESTIMATED.isdisjoint(path)
    return path[0] == "positions" and bool({"weight", "confidence", "shape"} & set(path))


def _judgements_have_ranges(data: dict[str, Any]) -> Iterator[Finding]:
    for around, last, value in _leaves(data):
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not around:
            continue
        path = (*around, last)
        if "coders" in path:  # several estimates are a range between them
            continue
        if not _is_estimate(path) or (
            value == 1 and {"talks_factor", "reluctance_factor", "cost_factor"} & set(path)
        ):
            continue  # a factor of 1 says that nothing changes
        holder = path[:-1] if path[-1] == "value" else path
        if path[-1] in ("value",) or path[-1] not in ("low", "mode", "high", "p05", "p50", "p95"):
            parent: Any = data
            for key in holder:
                parent = parent[key]
            if not (isinstance(parent, dict) and parent.get("source")):
                yield (
                    path,
                    f"is {value}, with neither a range nor a source",
                    "A number has a source or is a judgement with a range.",
                    "add a source, or write {low, mode, high}.",
                )


def _stale(data: dict[str, Any]) -> Iterator[Finding]:
    as_of = _date(_dict(data, "conflict").get("as_of"))
    for _, _, position, path in _stands(data):
        days = [
            day for _, item in _list(position, "statements") if (day := _date(item.get("date")))
        ]
        if as_of and days and (as_of - max(days)).days > STALE_DAYS:
            yield (
                path,
                f"rests on a statement of {max(days)}",
                f"A position older than {STALE_DAYS} days is stale; its weight and confidence are widened.",
                "look for a newer statement.",
            )


CHECKS: tuple[Check, ...] = (
    Check("short names are unique", "fault", _unique_ids),
    Check("actors exist", "fault", _known_actors),
    Check("leads stand on their sides", "fault", _leads_on_their_sides),
    Check("issues and options exist", "fault", _known_issues_and_options),
    Check("conditional terms make sense", "fault", _conditional_terms),
    Check("leads stand on every issue", "fault", _leads_stand_on_all),
    Check("positions are whole", "fault", _positions_whole),
    Check("something is at stake", "fault", _weights),
    Check("the ideal is worth one", "fault", _ideal_is_worth_one),
    Check("a provision counts once", "fault", _provisions_once),
    Check("consents can be weighed", "fault", _consents_can_be_weighed),
    Check("promises fit together", "fault", _promises_fit),
    Check("no hindsight", "fault", _dates),
    Check("the front has no gaps", "fault", _front),
    Check("regimes are whole", "fault", _regimes),
    Check("regimes lift and add what there is", "fault", _regimes_bind),
    Check("truces have a scope", "fault", _truces),
    Check("coverage points at something", "fault", _coverage),
    Check("judgements have ranges", "warning", _judgements_have_ranges),
    Check("positions are fresh", "warning", _stale),
)
