"""The space of packages: terms in one flat list, and the conditions between them as clauses.

A frontier that is built issue by issue must know, at each step, which conditions are still open. The
clauses that are not yet met by the issues taken so far are that knowledge; the few combinations that
can occur are the *states* between two steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interbellum.errors import ConditionsError
from interbellum.model.deals import DealSpace, Preferences

MOST_STATES = 2_048
"""States between two steps; beyond it the conditions tie too much for an issue-by-issue frontier."""


def space_of(preferences: Preferences) -> DealSpace:
    """Terms, clauses and states of a dossier's issues.

    Parameters
    ----------
    preferences : Preferences

    Returns
    -------
    DealSpace
        Issues tied by conditions stand together; issues that an actor with a walk-away value must
        consent to come first, those with enforcing provisions last.

    Raises
    ------
    ConditionsError
        The conditions leave no package at all, or tie issues into more than `MOST_STATES` states.

    Source
    ------
    Elimination of variables one by one (Dechter 1999, Artificial Intelligence 113), with the clauses
    left open as the state.
    """
    groups = _groups(preferences)
    order = [issue for group in groups for issue in _narrowest(group, preferences)]
    issue, option, void, offsets = _terms(preferences, order)
    clauses = tuple(sorted(set(_clauses(preferences, issue, option, void))))
    step_of = np.empty(len(preferences.issues), np.int64)
    step_of[order] = np.arange(len(order))
    follow = _automaton(preferences, order, offsets, step_of[issue], clauses)
    states = np.array([*(len(table) for table in follow), 1], np.int64)
    return DealSpace(
        preferences.issues,
        preferences.options,
        tuple(order),
        offsets,
        issue,
        option,
        void,
        np.array(
            [
                0 if empty else preferences.enforcing[k][o]
                for k, o, empty in zip(issue, option, void, strict=True)
            ],
            np.int64,
        ),
        clauses,
        states,
        np.concatenate([table.ravel() for table in follow]),
        np.cumsum([0, *(table.size for table in follow)]),
    )


def tied_issues(preferences: Preferences) -> Iterator[tuple[int, int]]:
    """Pairs of issues that a condition ties."""
    for issue, _, other, _ in (*preferences.requires, *preferences.excludes):
        yield issue, other
    for issue, _, others in (*preferences.only_if, *preferences.void_if):
        for other, _ in others:
            yield issue, other


def _groups(preferences: Preferences) -> list[list[int]]:
    """Issues tied together, group by group in the order in which the frontier takes them."""
    count = len(preferences.issues)
    group = list(range(count))

    def root(issue: int) -> int:
        while group[issue] != issue:
            issue = group[issue]
        return issue

    for issue, other in tied_issues(preferences):
        group[root(issue)] = root(other)
    members: dict[int, list[int]] = {}
    for issue in range(count):
        members.setdefault(root(issue), []).append(issue)
    asked = np.zeros(count, bool)
    for actor in preferences.others:
        if actor.walk_away is not None:
            asked |= actor.consents

    def place(of: list[int]) -> tuple[bool, int, int, int]:
        # A walk-away value is one more sum to carry until its last issue is decided, and levels of
        # provisions multiply the work: so the first come first, and the more provisions the later.
        # The longer the frontier, the fewer terms it should be added to.
        enforces = sum(max(preferences.enforcing[issue]) for issue in of)
        terms = sum(len(preferences.options[issue]) for issue in of)
        return not asked[of].any(), enforces, -terms, of[0]

    return sorted(members.values(), key=place)


def _narrowest(group: list[int], preferences: Preferences) -> list[int]:
    """The issues of a group in an order that keeps few conditions open at a time."""
    ties = [pair for pair in tied_issues(preferences) if pair[0] in group]
    taken: list[int] = []
    left = sorted(group)
    while left:

        def open_after(issue: int) -> tuple[int, int]:
            done = {*taken, issue}
            return sum((a in done) != (b in done) for a, b in ties), issue

        best = min(left, key=open_after)
        taken.append(best)
        left.remove(best)
    return taken


def _terms(
    preferences: Preferences, order: list[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Issue, option and void reading of every term, and where each step begins."""
    can_be_void = {(issue, option) for issue, option, _ in preferences.void_if}
    rows: list[tuple[int, int, bool]] = []
    offsets = [0]
    for issue in order:
        for option in range(len(preferences.options[issue])):
            rows.append((issue, option, False))
            if (issue, option) in can_be_void:
                rows.append((issue, option, True))
        offsets.append(len(rows))
    table = np.array(rows, np.int64)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2] == 1, np.array(offsets, np.int64)


def _clauses(
    preferences: Preferences, issue: np.ndarray, option: np.ndarray, void: np.ndarray
) -> Iterator[tuple[int, ...]]:
    """Every condition as terms of which at least one stands."""

    def terms(k: int, o: int) -> set[int]:
        return set(np.flatnonzero((issue == k) & (option == o)).tolist())

    def other_than(k: int, these: set[int]) -> set[int]:
        return set(np.flatnonzero(issue == k).tolist()) - these

    for k, o, other, needed in preferences.requires:
        yield tuple(sorted(other_than(k, terms(k, o)) | terms(other, needed)))
    for k, o, other, barred in preferences.excludes:
        yield tuple(sorted(other_than(k, terms(k, o)) | other_than(other, terms(other, barred))))
    for k, o, others in preferences.only_if:
        supports = set().union(*(terms(*term) for term in others))
        yield tuple(sorted(other_than(k, terms(k, o)) | supports))
    # All that voids an option does so alike, wherever the dossier says it.
    voiding: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for k, o, others in preferences.void_if:
        voiding.setdefault((k, o), []).extend(others)
    for (k, o), voiders in voiding.items():
        written = {term for term in terms(k, o) if not void[term]}
        empty = terms(k, o) - written
        for other, barred in voiders:
            yield tuple(sorted(other_than(k, written) | other_than(other, terms(other, barred))))
        supports = set().union(*(terms(*term) for term in voiders))
        yield tuple(sorted(other_than(k, empty) | supports))


def _automaton(
    preferences: Preferences,
    order: list[int],
    offsets: np.ndarray,
    step: np.ndarray,
    clauses: tuple[tuple[int, ...], ...],
) -> list[np.ndarray]:
    """Per step, the state after each term in each state; -1 where no package can follow."""
    first = [int(step[list(clause)].min()) for clause in clauses]
    last = [int(step[list(clause)].max()) for clause in clauses]
    members = [frozenset(clause) for clause in clauses]
    here: dict[frozenset[int], int] = {frozenset(): 0}
    tables: list[np.ndarray] = []
    for k in range(len(order)):
        touched = [c for c in range(len(clauses)) if first[c] <= k <= last[c]]
        after: dict[frozenset[int], int] = {}
        table = np.full((len(here), offsets[k + 1] - offsets[k]), -1, np.int64)
        for unmet, state in here.items():
            for term in range(offsets[k], offsets[k + 1]):
                still = {c for c in touched if (c in unmet or first[c] == k)}
                still = {c for c in still if term not in members[c]}
                if any(last[c] == k for c in still):
                    continue
                table[state, term - offsets[k]] = after.setdefault(frozenset(still), len(after))
        if len(after) > MOST_STATES:
            raise _too_tied(preferences, order[: k + 1], len(after))
        tables.append(table)
        here = after
        if not here:
            break
    if not here:
        raise ConditionsError(
            [preferences.issues[k] for k in _tied(preferences)],
            "leave no package at all",
            "Some package must meet every requires, excludes and only_if.",
            "drop one of them, or let an issue be left open.",
        )
    # Cut what leads nowhere, from the last step back.
    alive = np.ones(len(here), bool)
    for table in reversed(tables):
        table[(table >= 0) & ~alive[table]] = -1
        alive = (table >= 0).any(axis=1)
    return tables


def _tied(preferences: Preferences) -> list[int]:
    """Issues that some condition names."""
    return sorted({k for pair in tied_issues(preferences) for k in pair})


def _too_tied(preferences: Preferences, taken: list[int], states: int) -> ConditionsError:
    tied = _tied(preferences)
    return ConditionsError(
        [preferences.issues[k] for k in taken if k in tied],
        f"can stand unsettled in {states} ways at once",
        f"At most {MOST_STATES} can be searched.",
        "tie fewer issues, or drop options.",
    )
