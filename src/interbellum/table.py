"""The table as it lies: every draft scored for every actor, every promise audited.

No path is run here; the draws and their weights are those of `analysis.run` with the same seed, so
that what this says and what the briefing says rest on the same numbers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from interbellum import __version__
from interbellum.analysis import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    Progress,
    Table,
    at_medians,
    lay_table,
    usable_threads,
)
from interbellum.bargaining import draft_of
from interbellum.deals import promises as promised
from interbellum.deals import texts as drafts
from interbellum.deals.exact import nearest_package
from interbellum.deals.range import surplus
from interbellum.dossier.compile import Compiled
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Dossier, Promise, TextEntry
from interbellum.model.deals import BoolArray, PromiseInputs
from interbellum.model.provisions import ENFORCING, PROVISIONS
from interbellum.model.result import DossierStamp, Interval, RunStamp
from interbellum.model.table import (
    ActorChange,
    ActorWorth,
    BrokenCondition,
    CrossedLine,
    Distance,
    Move,
    NearestPackage,
    OtherBaseline,
    PromiseAudit,
    PromisedWorth,
    ProvisionCheck,
    Span,
    TableResult,
    Term,
    TermStep,
    TextScore,
)
from interbellum.model.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR, Array
from interbellum.standing import surplus_lines
from interbellum.summary import median
from interbellum.talks.hindcast import effective_draws

METHOD = "drafts and promises scored draw by draw; hindcast-weighted draws, no paths"

HEAVIEST = 3
"""Silent issues that are named for each draft."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """A draft with what is needed to set it beside another."""

    draft: drafts.Draft
    found: drafts.Readings | None
    extremes: drafts.Extremes | None
    consent: drafts.Consent | None


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """What every part of the answer is made from."""

    dossier: Dossier
    compiled: Compiled
    scales: drafts.Scales
    weight: Array
    actors: tuple[tuple[str, str, str | None], ...]
    """(id, name, side of a lead), in the order of the scales."""
    line: drafts.SurplusLine

    def interval(self, values: Array) -> Interval:
        return median(values, self.weight)

    def share(self, draws: BoolArray) -> float:
        return float(self.weight @ draws.astype(float))

    def mean_weight(self) -> Array:
        """Share of each issue in the two leads' weights, (D, K).

        Linkage mixes the two leads' weights but leaves their mean as it is.
        """
        weight = self.compiled.preferences.weight
        return np.asarray((weight / weight.sum(axis=2, keepdims=True)).mean(axis=1))

    def term(self, issue: int, option: int) -> Term:
        preferences = self.compiled.preferences
        return preferences.issues[issue], preferences.options[issue][option]


def lay_out(
    loaded: Loaded,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> TableResult:
    """Score every draft and audit every promise of a dossier.

    Parameters
    ----------
    loaded : Loaded
    draws, seed, threads, progress
        As in `analysis.run`.

    Returns
    -------
    TableResult

    Raises
    ------
    UsageError
        `draws` or `seed` is out of range.
    """
    threads = threads or usable_threads()
    table = lay_table(loaded, draws=draws, seed=seed, threads=threads, progress=progress)
    if progress is not None:
        progress("scoring the drafts", 0.0)
    return scored(table, seed, threads)


def scored(table: Table, seed: int, threads: int = 1) -> TableResult:
    """The same from a table that is already laid.

    Parameters
    ----------
    table : Table
    seed : int
        What it was laid with, for the stamp.
    threads : int
        Threads that look for nearest packages; the result does not depend on it.
    """
    dossier, compiled = table.loaded.dossier, table.compiled
    desk = _desk(table)
    entries = sorted(dossier.texts, key=lambda text: text.date)
    each = [_scored(desk, draft_of(dossier, compiled, entry)) for entry in entries]
    nothing = _scored(desk, _silent(compiled))
    where, near = _nearest(table, [one.draft for one in each], threads)
    conflict = dossier.conflict
    return TableResult(
        DossierStamp(conflict.id, conflict.title, conflict.as_of.isoformat(), table.loaded.hash),
        RunStamp(
            __version__,
            seed,
            len(table.weight),
            0,
            effective_draws(table.weight),
            METHOD,
            table.weeks,
        ),
        desk.share(np.array([seen.is_open for seen in table.surveys])),
        tuple(
            replace(_text(desk, entry, one), nearest=nearest)
            for entry, one, nearest in zip(entries, each, near, strict=True)
        ),
        _actors(desk, nothing),
        tuple(
            _move(desk, entries[i], entries[j], each[i], each[j])
            for i, j in combinations(range(len(entries)), 2)
        ),
        _distances(desk, entries, [one.draft for one in each]),
        audits(desk),
        where,
    )


def _nearest(
    table: Table, each: list[drafts.Draft], threads: int
) -> tuple[str, list[NearestPackage]]:
    """For every draft, the acceptable package that changes least of it, and where it was sought."""
    medians = at_medians(table.medians)
    opened = [draw for draw, seen in enumerate(table.surveys) if seen.is_open]
    if (surplus(medians.front, medians.slope, medians.base) >= 0.0).all(axis=1).any():
        where, inputs, draw = "medians", medians.inputs, 0
        slope, base = medians.slope, medians.base
    elif opened:
        where, inputs = "draw", table.deals
        draw = max(opened, key=lambda one: (float(table.weight[one]), -one))
        slope, base = table.slope[draw], table.base[draw]
    else:
        return "none", [NearestPackage(False, (), (), (), "sampled")] * len(each)

    def near(draft: drafts.Draft) -> NearestPackage:
        found = nearest_package(inputs, draw, draft.options, slope, base)
        status = "sampled" if where == "draw" and found.status == "proved" else found.status
        if found.package is None:
            return NearestPackage(False, (), (), (), status)
        space, options = inputs.space, inputs.space.options
        taken = space.choice(np.array(found.package, np.int64))
        return NearestPackage(
            True,
            tuple(
                (
                    space.issues[k],
                    tuple(options[k][option] for option in draft.options[k]),
                    taken[space.issues[k]],
                )
                for k in found.changed
            ),
            tuple((space.issues[k], taken[space.issues[k]]) for k in found.added),
            tuple(
                (space.issues[k], taken[space.issues[k]])
                for k in draft.variants()
                if k not in found.changed
            ),
            status,
        )

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return where, list(pool.map(near, each))


def _desk(table: Table) -> _Desk:
    dossier, compiled = table.loaded.dossier, table.compiled
    names = {actor.id: actor.name for actor in dossier.actors}
    leads = ((dossier.sides.A.lead, "A"), (dossier.sides.B.lead, "B"))
    return _Desk(
        dossier,
        compiled,
        drafts.scales(compiled.preferences),
        table.weight,
        (
            *((lead, names[lead], side) for lead, side in leads),
            *((other.actor, other.name, None) for other in compiled.preferences.others),
        ),
        lambda provisions: surplus_lines(compiled, table.standing, provisions),
    )


def _silent(compiled: Compiled) -> drafts.Draft:
    issues = len(compiled.preferences.issues)
    return drafts.Draft(((),) * issues, (False,) * issues)


def _scored(desk: _Desk, draft: drafts.Draft) -> _Scored:
    preferences = desk.compiled.preferences
    found = drafts.readings(preferences, draft)
    if found is None:
        return _Scored(draft, None, None, None)
    return _Scored(
        draft,
        found,
        drafts.extremes(preferences, desk.scales, found, desk.weight),
        drafts.consent(preferences, desk.scales, found, desk.line),
    )


# --- one draft -----------------------------------------------------------------------------------


def _text(desk: _Desk, entry: TextEntry, one: _Scored) -> TextScore:
    preferences, issues = desk.compiled.preferences, desk.dossier.issues
    said = [
        (issue.id, tuple(preferences.options[k][option] for option in one.draft.options[k]))
        for k, issue in enumerate(issues)
        if one.draft.options[k]
    ]
    untold = [k for k in range(len(issues)) if not one.draft.options[k]]
    return TextScore(
        entry.id,
        entry.title,
        entry.date.isoformat(),
        entry.author,
        tuple(said),
        tuple(issues[k].id for k in untold if not one.draft.struck[k]),
        tuple(issues[k].id for k in untold if one.draft.struck[k]),
        tuple(issues[k].id for k in _heaviest(desk, one.draft, untold)),
        tuple(issues[k].id for k in untold if not issues[k].may_be_left_open),
        _void(desk, one),
        one.found.count() if one.found else None,
        _actors(desk, one),
        desk.share(one.consent.both) if one.consent else None,
        desk.share(one.consent.signable) if one.consent else None,
        _crossed(desk, one),
        _provisions(desk, one),
        tuple(
            BrokenCondition(
                broken.kind,
                desk.term(broken.issue, broken.option),
                tuple(desk.term(*other) for other in broken.others),
                broken.always,
            )
            for broken in (one.found.broken if one.found else ())
        ),
    )


def _heaviest(desk: _Desk, draft: drafts.Draft, untold: list[int]) -> list[int]:
    """The silent issues that weigh most with the two leads, on average over the draws."""
    weight = desk.weight @ desk.mean_weight()
    silent = [k for k in untold if not draft.struck[k]]
    return sorted(silent, key=lambda k: (-weight[k], k))[:HEAVIEST]


def _void(desk: _Desk, one: _Scored) -> tuple[Term, ...]:
    if one.found is None:
        return ()
    preferences = desk.compiled.preferences
    each = [
        {
            desk.term(k, reading[k])
            for k, void in enumerate(drafts.voided(preferences, reading))
            if void
        }
        for reading in one.found.joint
    ]
    return tuple(sorted(set.intersection(*each)))


def _actors(desk: _Desk, one: _Scored) -> tuple[ActorWorth, ...]:
    if one.extremes is None:
        return ()
    several = one.draft.variants()
    out = []
    for n, (actor, name, side) in enumerate(desk.actors):
        surplus = accepts = None
        if side is not None and one.consent is not None:
            high = one.consent.surplus_high[:, n]
            surplus = Span(desk.interval(one.consent.surplus_low[:, n]), desk.interval(high))
            accepts = desk.share(high >= 0.0)
        out.append(
            ActorWorth(
                actor,
                name,
                side,
                len(desk.dossier.positions.get(actor, {})),
                Span(desk.interval(one.extremes.low[:, n]), desk.interval(one.extremes.high[:, n])),
                surplus,
                accepts,
                tuple(desk.term(k, one.extremes.worst[n][k]) for k in several),
                tuple(desk.term(k, one.extremes.best[n][k]) for k in several),
            )
        )
    return tuple(out)


def _crossed(desk: _Desk, one: _Scored) -> tuple[CrossedLine, ...]:
    if one.found is None:
        return ()
    preferences = desk.compiled.preferences
    out = []
    for lines, binds in ((preferences.red_lines, True), (preferences.lines_not_binding, False)):
        for place, always in drafts.crossed(preferences, lines, one.found):
            line = lines[place]
            out.append(
                CrossedLine(
                    line.path,
                    line.owner,
                    line.actor,
                    preferences.issues[line.issue],
                    tuple(preferences.options[line.issue][option] for option in line.refused),
                    binds,
                    desk.interval(line.confidence),
                    desk.share(line.in_force),
                    always,
                    not one.draft.options[line.issue],
                )
            )
    return tuple(sorted(out, key=lambda line: (not line.binds, -(line.in_force or 0.0), line.path)))


def _provisions(desk: _Desk, one: _Scored) -> tuple[ProvisionCheck, ...]:
    if one.found is None:
        return ()
    contents = [
        [frozenset(option.provisions) for option in issue.options] for issue in desk.dossier.issues
    ]
    found = drafts.contained(desk.compiled.preferences, one.found, contents)
    told = {None: "lacking", True: "contained", False: "in some variants"}
    return tuple(
        ProvisionCheck(name, title, name in ENFORCING, told[found.get(name)])
        for name, title in PROVISIONS.items()
    )


# --- between drafts ------------------------------------------------------------------------------


def _move(desk: _Desk, before: TextEntry, after: TextEntry, old: _Scored, new: _Scored) -> Move:
    changes = []
    if old.extremes is not None and new.extremes is not None:
        least = new.extremes.low - old.extremes.high
        most = new.extremes.high - old.extremes.low
        changes = [
            ActorChange(actor, Span(desk.interval(least[:, n]), desk.interval(most[:, n])))
            for n, (actor, _, _) in enumerate(desk.actors)
        ]
    preferences, issues = desk.compiled.preferences, desk.dossier.issues
    ideals = [
        {
            actor: preferences.options[k].index(stands[issue.id].ideal)
            for actor, stands in desk.dossier.positions.items()
            if issue.id in stands
        }
        for k, issue in enumerate(issues)
    ]

    def named(draft: drafts.Draft, k: int) -> tuple[str, ...]:
        return tuple(preferences.options[k][option] for option in draft.options[k])

    return Move(
        before.id,
        after.id,
        before.author == after.author,
        tuple(changes),
        tuple(
            TermStep(
                issues[step.issue].id,
                step.kind,
                named(old.draft, step.issue),
                named(new.draft, step.issue),
                step.rungs,
                step.toward,
                step.away,
            )
            for step in drafts.steps(
                old.draft, new.draft, [issue.ordered for issue in issues], ideals
            )
        ),
    )


def _distances(
    desk: _Desk, entries: list[TextEntry], each: list[drafts.Draft]
) -> tuple[Distance, ...]:
    preferences = desk.compiled.preferences
    asked = [
        drafts.Draft(
            tuple((int(k),) for k in preferences.ideal[side]), (False,) * len(desk.dossier.issues)
        )
        for side in (0, 1)
    ]
    named = [
        *((f"texts.{entry.id}", draft) for entry, draft in zip(entries, each, strict=True)),
        *((f"positions.{desk.actors[side][0]}", asked[side]) for side in (0, 1)),
    ]
    weight = desk.mean_weight()
    out = []
    for (one, draft), (other, against) in combinations(named, 2):
        kinds = [drafts.agreement(draft, against, k) for k in range(weight.shape[1])]
        differ = np.array([kind == "differ" for kind in kinds])
        untold = np.array([kind in ("one_silent", "one_struck") for kind in kinds])
        out.append(
            Distance(
                one,
                other,
                kinds.count("agree"),
                kinds.count("may_agree"),
                tuple(preferences.issues[k] for k in np.flatnonzero(differ)),
                kinds.count("one_silent"),
                kinds.count("one_struck"),
                kinds.count("neither"),
                desk.interval(weight @ differ),
                desk.interval(weight @ untold),
            )
        )
    return tuple(out)


# --- promises ------------------------------------------------------------------------------------


def audits(desk: _Desk) -> tuple[PromiseAudit, ...]:
    """Every promise, with what would change the verdict on it."""
    preferences = desk.compiled.preferences
    face = promised.faces(preferences)
    discount = _discount(desk)
    return tuple(
        _audit(desk, entry, drawn, promised.audit(drawn, face, discount))
        for entry, drawn in zip(desk.dossier.promises, preferences.promises, strict=True)
    )


def _discount(desk: _Desk) -> Array:
    """ρ a week of every actor, (D, N): of a side's other actors the lead's, of the rest the mean.

    No discount is coded for actors other than the leads.
    """
    leads = desk.compiled.preferences.discount
    side = {actor.id: actor.side for actor in desk.dossier.actors}
    columns = [leads[:, 0], leads[:, 1]]
    for actor, _, _ in desk.actors[2:]:
        label = side[actor]
        columns.append(leads.mean(axis=1) if label is None else leads[:, "AB".index(label)])
    return np.stack(columns, axis=1)


def _audit(
    desk: _Desk, entry: Promise, drawn: PromiseInputs, found: promised.Audit
) -> PromiseAudit:
    stands = {
        actor: n
        for n, (actor, _, _) in enumerate(desk.actors)
        if entry.issue in desk.dossier.positions.get(actor, {})
    }
    worth = tuple(_promised_worth(desk, n, found) for n in stands.values())
    n = stands.get(entry.to)
    yearly = -np.expm1(-drawn.withdrawal * WEEKS_PER_YEAR)
    return PromiseAudit(
        entry.id,
        entry.title,
        entry.issue,
        entry.option,
        entry.without,
        entry.by,
        entry.to,
        desk.interval(drawn.delivered),
        tuple(
            (float(share), desk.interval(drawn.delay[:, part] / WEEKS_PER_MONTH))
            for part, share in enumerate(drawn.share)
        ),
        desk.interval(yearly) if entry.withdrawn_yearly is not None else None,
        desk.interval(drawn.snap_back) if drawn.snap_back is not None else None,
        worth,
        next((one.verdict for one in worth if one.actor == entry.to), None),
        _baselines(desk, entry, drawn, found, n) if n is not None else (),
        desk.interval(found.if_sure[:, n]) if n is not None else None,
        _needed(desk, found.chance_needed[:, n]) if n is not None else None,
        _allowed(desk, found.delay_allowed[:, n]) if n is not None else None,
        desk.interval(found.given),
        desk.interval(found.lost) if found.lost is not None else None,
    )


def _promised_worth(desk: _Desk, n: int, found: promised.Audit) -> PromisedWorth:
    actor, name, side = desk.actors[n]
    # 1 in place of a headline of 0: nothing is worth less than the promise, so neither share counts.
    headline = np.where(found.headline[:, n] > 0.0, found.headline[:, n], 1.0)
    there = found.headline[:, n] > 0.0
    face, kept = desk.interval(found.face[:, n]), desk.interval(found.kept[:, n])
    verdict = promised.verdict(face.p, kept.p)
    each = [
        promised.verdict(float(a), float(b)) == verdict
        for a, b in zip(found.face[:, n], found.kept[:, n], strict=True)
    ]
    return PromisedWorth(
        actor,
        name,
        side,
        face,
        desk.interval(found.headline[:, n]),
        kept,
        desk.interval(found.substance[:, n]),
        desk.interval(there * (1.0 - found.face[:, n] / headline)),
        desk.interval(there * found.substance[:, n] / headline),
        verdict,
        desk.share(np.array(each)),
    )


def _baselines(
    desk: _Desk, entry: Promise, drawn: PromiseInputs, found: promised.Audit, n: int
) -> tuple[OtherBaseline, ...]:
    out = []
    kept = desk.interval(found.kept[:, n]).p
    for option, name in enumerate(desk.compiled.preferences.options[drawn.issue]):
        issue = desk.dossier.issues[drawn.issue]
        if option in (drawn.option, drawn.without) or option >= len(issue.options):
            continue  # leaving it open is what stands: an option already
        face = found.against[:, n, option]
        told = desk.interval(face)
        out.append(
            OtherBaseline(
                name,
                told,
                desk.interval(found.kept[:, n] * face),
                promised.verdict(told.p, kept),
            )
        )
    return tuple(out)


def _needed(desk: _Desk, chance: Array) -> Interval | None:
    found = desk.interval(chance)
    return found if found.p <= 1.0 else None


def _allowed(desk: _Desk, weeks: Array) -> Interval | None:
    found = desk.interval(np.nan_to_num(weeks) / WEEKS_PER_MONTH)
    return found if found.p > 0.0 else None
