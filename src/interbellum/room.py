"""Is there room for agreement: what could be signed today, what forbids it, and what would open it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbellum import __version__, bargaining, summary
from interbellum.analysis import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    Progress,
    Table,
    at_medians,
    lay_table,
    usable_threads,
)
from interbellum.deals import blocking, counting
from interbellum.deals.concessions import concessions, line_losses, owners_of
from interbellum.deals.exact import is_undominated
from interbellum.deals.solutions import DEFINITIONS, Definition
from interbellum.deals.space import tied_issues
from interbellum.deals.utility import linked_weights, promised_values, utility_scale
from interbellum.dossier.compile import compile_medians
from interbellum.dossier.reader import Loaded
from interbellum.errors import UsageError
from interbellum.model.deals import BoolArray, Preferences
from interbellum.model.domain import Domain, Party
from interbellum.model.result import DossierStamp, Package, RunStamp
from interbellum.model.room import (
    BlockingSet,
    Concession,
    Demand,
    PackageCount,
    Price,
    Room,
    Side,
    StepInTime,
    Weight,
)
from interbellum.model.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR, Array
from interbellum.standing import war_standing

FARTHEST_MOVE = 0.5
"""Share of the race that a what-if may move it."""
METHOD = (
    "exact frontier of U for every draw; solutions, blocking sets and concessions at the median inputs; "
    "draws weighted by the hindcast"
)
OPENED = Definition(
    "the package that costs least to those who concede, among all that meet every other demand",
    "the first package in the order of the dossier",
)


def look(
    loaded: Loaded,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    race_moved: float = 0.0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Room:
    """Look for room for agreement in a dossier.

    Parameters
    ----------
    loaded : Loaded
    draws, seed, threads, progress
        As in `analysis.run`; with the same draws and seed the share of open draws is the same too.
    race_moved : float
        What-if at the median inputs: movement of the race towards A since `as_of`, share of the race.
        Options that mean the line as it stands move with it, and so do both reservation values.

    Returns
    -------
    Room

    Raises
    ------
    UsageError
        An argument is out of range.
    """
    if not -FARTHEST_MOVE <= race_moved <= FARTHEST_MOVE:
        raise UsageError(
            f"The race cannot be moved by {race_moved:g}: a what-if moves it by at most "
            f"{FARTHEST_MOVE:g} of its length, towards A (above 0) or B (--race 0.05)."
        )
    threads = threads or usable_threads()
    tell = progress or (lambda stage, share: None)
    table = lay_table(loaded, draws=draws, seed=seed, threads=threads, progress=tell)
    medians = at_medians(table.medians, race_moved)
    tell("counting packages", 0.0)
    counted = counting.count_acceptable(
        medians.inputs, 0, medians.inputs.allowed[0], medians.slope, medians.base
    )
    asked = (*DEFINITIONS, *bargaining.BEST_OF)
    named = bargaining.points(medians, asked, table.compiled.war.orientation)
    packages = tuple(
        bargaining.package_of(loaded, medians, medians.front.choice[point], name, told)
        for name, told, point in named
    )
    found = {package.solution for package in packages}
    tell("what stands in the way", 0.0)
    opened = np.array([seen.is_open for seen in table.surveys])
    share = float(table.weight @ opened)
    hindrance = _Hindrance(table, medians, threads)
    conflict = loaded.dossier.conflict
    return Room(
        DossierStamp(conflict.id, conflict.title, conflict.as_of.isoformat(), loaded.hash),
        RunStamp(
            __version__,
            seed,
            draws,
            0,
            float(1.0 / (table.weight**2).sum()),
            METHOD,
            table.weeks,
        ),
        len(loaded.dossier.issues),
        race_moved,
        share,
        float(np.sqrt((table.weight**2).sum() * share * (1.0 - share))),
        any(package.acceptable for package in packages),
        PackageCount(
            counted.packages,
            counted.unforbidden,
            counted.acceptable,
            counted.exact,
            counted.at_least,
            counted.at_most,
            counted.step,
            counted.status,
        ),
        _sides(table, medians),
        packages,
        tuple(name for name in asked if name not in found),
        bargaining.shown_frontier(medians),
        hindrance.sets(),
        hindrance.in_draws(opened),
        hindrance.found.status,
        hindrance.concessions(),
        hindrance.found.status,
        hindrance.weights(),
        _steps(loaded, table, packages),
        _status(medians, {point for _, _, point in named}),
    )


def _status(medians: bargaining.Medians, named: set[int]) -> str:
    """proved if the solver, too, finds nothing that beats the points named; else unknown."""
    unbeaten = (
        is_undominated(medians.inputs, 0, tuple(map(int, medians.front.choice[point])))
        for point in sorted(named)
    )
    return "proved" if all(answer is True for answer in unbeaten) else "unknown"


def _sides(table: Table, medians: bargaining.Medians) -> tuple[Side, Side]:
    sides = table.loaded.dossier.sides
    first, second = (
        Side(
            entry.name,
            summary.median(table.standing.value[:, side], table.weight),
            float(medians.value[side]),
        )
        for side, entry in enumerate((sides.A, sides.B))
    )
    return first, second


class _Hindrance:
    """What stands in the way at the median inputs, and how often it does over the draws."""

    def __init__(self, table: Table, medians: bargaining.Medians, threads: int) -> None:
        self.table, self.medians, self.threads = table, medians, threads
        self.found = blocking.conflicts(
            medians.inputs,
            0,
            medians.slope,
            medians.base,
            table.compiled.war.orientation,
        )

    def demand(self, number: int) -> Demand:
        """A demand by its path and in words."""
        table = self.table
        confidence, in_force = None, True
        if number >= 0:  # a red line; values are below 0 and hold always
            line = table.medians.preferences.red_lines[number]
            confidence, in_force = float(line.confidence[0]), bool(line.in_force[0])
        return Demand(
            bargaining.demand_id(table.compiled, number),
            *bargaining.demand_parts(table.loaded, table.compiled, number),
            confidence,
            in_force,
        )

    def demands(self, numbers: Sequence[int]) -> tuple[Demand, ...]:
        """Demands in the order given."""
        return tuple(map(self.demand, numbers))

    def sets(self) -> tuple[BlockingSet, ...]:
        """Blocking sets, those that block in most of the weighted draws first."""
        table = self.table
        shares = blocking.how_often(
            table.deals,
            range(len(table.weight)),
            table.weight,
            table.slope,
            table.base,
            self.found.blocking,
            self.threads,
        )
        order = np.argsort(-shares, kind="stable")
        return tuple(
            BlockingSet(self.demands(self.found.blocking[place]), float(shares[place]))
            for place in order
        )

    def in_draws(self, opened: BoolArray) -> tuple[BlockingSet, ...]:
        """What blocks in the closed draws, one explanation a draw."""
        table = self.table
        found = bargaining.blocking_shares(
            table.deals,
            table.compiled.war.orientation,
            table.slope,
            table.base,
            table.weight,
            opened,
            self.threads,
        )
        return tuple(BlockingSet(self.demands(demands), share) for demands, share in found)

    def concessions(self) -> tuple[Concession, ...]:
        """Corrections by their price, those that were not priced last."""
        table, medians = self.table, self.medians
        sides = table.loaded.dossier.sides
        leads = (sides.A.lead, sides.B.lead)
        names = {actor.id: actor.name for actor in table.loaded.dossier.actors}
        preferences, inputs = table.medians.preferences, medians.inputs
        priced = concessions(
            inputs,
            0,
            self.found.demands,
            self.found.corrections,
            line_losses(preferences, inputs, 0, leads),
            owners_of(preferences, inputs, leads),
            medians.slope,
            medians.base,
        )
        out = [
            Concession(
                self.demands(one.demands),
                tuple(
                    Price(names[actor], cost, "stake" if actor in leads else "ideal")
                    for actor, cost in one.costs
                ),
                one.total,
                bargaining.package_of(
                    table.loaded,
                    medians,
                    np.array(one.package, np.int64),
                    "cheapest_concession",
                    OPENED,
                ),
            )
            for one in priced.ranked
        ]
        done = {one.demands for one in priced.ranked}
        out += [
            Concession(self.demands(rest), (), None, None)
            for rest in self.found.corrections
            if rest not in done
        ]
        return tuple(out)

    def weights(self) -> tuple[Weight, ...]:
        """Demands that alone would open the range, most often first."""
        table = self.table
        alone = blocking.opens_alone(
            table.deals,
            range(len(table.weight)),
            table.weight,
            table.slope,
            table.base,
            self.threads,
        )
        return tuple(
            Weight(self.demand(number), share)
            for number, share in sorted(alone.items(), key=lambda item: (-item[1], item[0]))
        )


def _steps(loaded: Loaded, table: Table, packages: tuple[Package, ...]) -> tuple[StepInTime, ...]:
    """Parts of the promises that the egalitarian package contains, by their median month."""
    chosen = next((one for one in packages if one.solution == "egalitarian"), None)
    if chosen is None:
        return ()
    terms = {term.issue: term.option for term in chosen.terms if not term.void}
    names = {actor.id: actor.name for actor in loaded.dossier.actors}
    out = []
    for entry, drawn in zip(
        loaded.dossier.promises, table.medians.preferences.promises, strict=True
    ):
        if terms.get(entry.issue) != entry.option:
            continue
        after = [tranche.after for tranche in entry.tranches] or [None]
        yearly = -float(np.expm1(-drawn.withdrawal[0] * WEEKS_PER_YEAR))
        out += [
            StepInTime(
                float(drawn.delay[0, part] / WEEKS_PER_MONTH),
                entry.id,
                entry.title,
                names[entry.by],
                float(share),
                after[part],
                yearly if entry.withdrawn_yearly is not None else None,
                float(drawn.snap_back[0]) if drawn.snap_back is not None else None,
            )
            for part, share in enumerate(drawn.share)
        ]
    return tuple(sorted(out, key=lambda step: (step.month, step.promise)))


def as_domain(loaded: Loaded) -> tuple[Domain, tuple[str, ...]]:
    """A dossier's deal space as other tools know it: additive utilities from 0 to 1.

    Parameters
    ----------
    loaded : Loaded

    Returns
    -------
    domain : Domain
        At the median inputs: the two leads, then every actor with a walk-away value. Each party's
        best package is worth 1. Reservations are what fighting on is worth, or the walk-away value.
    notes : tuple of str
        What such a domain cannot say.
    """
    medians = compile_medians(loaded.dossier)
    preferences = medians.preferences
    standing = war_standing(medians)
    weight = linked_weights(preferences.weight, preferences.linkage)[0]
    value = promised_values(preferences, preferences.value)[0]
    scale = utility_scale(preferences)[0]
    names = {actor.id: actor.name for actor in loaded.dossier.actors}
    sides = loaded.dossier.sides
    notes: list[str] = []
    parties: list[Party] = []
    for side, lead in enumerate((sides.A.lead, sides.B.lead)):
        ideal = preferences.value[
            0, side, np.arange(len(weight[side])), preferences.ideal[1 - side]
        ]
        defeat = float(weight[side] @ ideal)
        least = defeat + float(standing.value[0, side]) * float(scale[side])
        parties.append(_party(preferences, names[lead], weight[side], value[side], least, notes))
    for actor in preferences.others:
        if actor.walk_away is not None:
            asked = actor.weight[0] * actor.consents
            least = float(actor.walk_away[0]) * float(asked.sum())
            parties.append(_party(preferences, actor.name, asked, actor.value[0], least, notes))
    spoken = [
        (len(preferences.red_lines), "red line", "that bind"),
        (sum(1 for _ in tied_issues(preferences)), "condition", "between options"),
    ]
    notes += [
        f"{count} {noun}{'s' if count > 1 else ''} {which}: such a domain cannot say them, so packages "
        "that cross them are in it."
        for count, noun, which in spoken
        if count
    ]
    notes.append(
        "The reservation of a lead is what fighting on is worth to it, without the risk that a deal "
        "breaks: that risk depends on the provisions of the package."
    )
    return (
        Domain(loaded.dossier.conflict.id, preferences.issues, preferences.options, tuple(parties)),
        tuple(notes),
    )


def _party(
    preferences: Preferences,
    name: str,
    weight: Array,
    value: Array,
    least: float,
    notes: list[str],
) -> Party:
    """One party on a scale on which its best package is worth 1 and each issue's best option 1."""
    rows = [
        np.nan_to_num(value[k, : len(options)]) for k, options in enumerate(preferences.options)
    ]
    tops = np.array([row.max() for row in rows])
    worth = weight * tops
    total = float(worth.sum())
    reservation = least / total
    if not 0.0 <= reservation <= 1.0:
        notes.append(
            f"{name}: its reservation would be {reservation:.2f} on its scale from 0 to 1 and is written "
            f"as {min(max(reservation, 0.0), 1.0):g}, which {'accepts' if reservation < 0 else 'refuses'} "
            "as much."
        )
    return Party(
        name,
        worth / total,
        tuple(row / top if top > 0.0 else row for row, top in zip(rows, tops, strict=True)),
        min(max(reservation, 0.0), 1.0),
    )
