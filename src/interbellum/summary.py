"""What the counts and arrays of a run add up to: weighted shares, intervals, and names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from interbellum.deals import solutions
from interbellum.deals.range import RESERVATION, blocking_sets, surplus
from interbellum.deals.utility import delivered_share, linked_weights, utility_scale
from interbellum.dossier.compile import Compiled, Parameter, is_stale
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Question
from interbellum.model.deals import (
    UTILITY_STEP,
    ActorPreferences,
    BoolArray,
    DealInputs,
    Frontier,
    IntArray,
)
from interbellum.model.provisions import ENFORCING
from interbellum.model.result import (
    ActorLine,
    Blocking,
    Crowd,
    Driver,
    EndingForecast,
    Hazard,
    Hindcast,
    Interval,
    Moved,
    Package,
    PackageTerm,
    PromiseWorth,
    RangeVerdict,
    RungForecast,
    SideView,
)
from interbellum.model.rungs import ENDINGS, FORMS, RUNGS
from interbellum.model.talks import EngineCounts
from interbellum.model.units import DAYS_PER_WEEK, WEEKS_PER_MONTH, Array
from interbellum.war.reference import chance_from_slope

HEADLINE = "general_truce_30_days_kept"
HEADLINE_DAYS = 365
DAYS_PER_MONTH = 30.4375
LOW_EFFECTIVE = 0.05  # design: a smaller effective share of the draws is reported, not mended
NEARLY_IMPOSSIBLE = 0.01  # the least chance that a briefing prints as a number
EDGE = 1e-9  # shares this close to the edge between two draws lie on it


# --- weighted draws ----------------------------------------------------------------------------


def quantile(values: Array, weight: Array, at: Sequence[float]) -> Array:
    """Weighted quantiles: the value at which the weights of the draws below reach a share.

    Parameters
    ----------
    values, weight : (D,) float
        Weights sum to one.
    at : sequence of float in [0, 1]

    Returns
    -------
    (len(at),) float
        Where a share falls on the edge between two draws, to 1e-9, the mean of the two.

    Source
    ------
    Definition 2 of Hyndman and Fan (1996), The American Statistician 50(4), with weights.
    """
    order = np.argsort(values, kind="stable")
    order = order[weight[order] > 0.0]
    ranked, reached = values[order], np.cumsum(weight[order])
    share = np.asarray(at)
    last = len(ranked) - 1
    below = np.minimum(np.searchsorted(reached, share - EDGE), last)
    above = np.minimum(np.searchsorted(reached, share + EDGE), last)
    return np.asarray(0.5 * (ranked[below] + ranked[above]))


def spread(values: Array, weight: Array, centre: float) -> Interval:
    """A number with the 50% and 80% intervals of the draws about it."""
    lo80, lo50, hi50, hi80 = quantile(values, weight, (0.1, 0.25, 0.75, 0.9))
    return Interval(centre, float(lo50), float(hi50), float(lo80), float(hi80))


def share_of_paths(values: Array, weight: Array, trials: float, categories: int = 2) -> Interval:
    """Mean share of paths with its intervals, none of them 0 and all of them about the mean.

    Where nearly every draw is near 0 the mean of the few others can lie outside the central 80% of
    the draws; the interval is then widened to hold it.
    """
    p = never_zero(float(weight @ values), trials, categories)
    low = never_zero(0.0, trials, categories)
    told = spread(np.clip(values, low, 1.0 - low), weight, p)
    return Interval(p, min(told.lo50, p), max(told.hi50, p), min(told.lo80, p), max(told.hi80, p))


def median(values: Array, weight: Array) -> Interval:
    """The weighted median with its intervals."""
    return spread(values, weight, float(quantile(values, weight, (0.5,))[0]))


def at_days(by_week: Array, days: int) -> Array:
    """A weekly curve (D, W + 1, ...) read at a day, linear within the week."""
    week = days / DAYS_PER_WEEK
    before = min(int(week), by_week.shape[1] - 1)
    after = min(before + 1, by_week.shape[1] - 1)
    share = week - before
    return np.asarray((1.0 - share) * by_week[:, before] + share * by_week[:, after])


def never_zero(p: float, trials: float, categories: int = 2) -> float:
    """A share of paths, drawn one path towards even: a Monte Carlo zero is not 0.

    Source
    ------
    Posterior mean of a multinomial under Perks' prior (1947), (k + 1/categories)/(n + 1); for two
    categories the Jeffreys prior.
    """
    return (p * trials + 1.0 / categories) / (trials + 1.0)


def base_rate(events: int, months: float, horizon_months: float) -> float:
    """Chance of at least one event within a horizon, from a record of so many in so long.

    Source
    ------
    1-(T/(T+H))^(k+1/2): Poisson rate under the Jeffreys prior (design section 8).
    """
    return float(1.0 - (months / (months + horizon_months)) ** (events + 0.5))


def by_date(loaded: Loaded, days: int) -> str:
    """Calendar day so many days after `as_of`."""
    return (loaded.dossier.conflict.as_of + dt.timedelta(days=days)).isoformat()


# --- will it stop ------------------------------------------------------------------------------


def rung_shares(counts: EngineCounts, paths: int) -> Array:
    """Share of each draw's paths that has reached each rung by each week, (D, W + 1, rungs)."""
    shares = np.cumsum(counts.rungs, axis=1) / paths
    names = list(RUNGS)
    shares[..., names.index("war_goes_on")] = counts.endings[..., ENDINGS.index("war")] / paths
    return np.asarray(shares)


def rungs(
    loaded: Loaded,
    compiled: Compiled,
    counts: EngineCounts,
    weight: Array,
    paths: int,
    days: Sequence[int],
) -> tuple[RungForecast, ...]:
    """Every rung at every horizon, with its base rate, and the crowd where a question has one."""
    shares = rung_shares(counts, paths)
    months = compiled.war.record.months
    asked: dict[tuple[str, int], list[Question]] = {}
    for question in loaded.dossier.questions:
        ahead = (question.by - loaded.dossier.conflict.as_of).days
        asked.setdefault((question.rung, ahead), []).append(question)
    trials = effective_paths(weight, paths)
    out = []
    for day in days:
        now = at_days(shares, day)
        for index, rung in enumerate(RUNGS):
            noise = float(np.sqrt((weight**2) @ (now[:, index] * (1.0 - now[:, index])) / paths))
            events = compiled.reached[rung]
            rate = base_rate(events, months, day / DAYS_PER_MONTH)
            questions = asked.get((rung, day), [])
            out.append(
                RungForecast(
                    rung,
                    day,
                    by_date(loaded, day),
                    share_of_paths(now[:, index], weight, trials),
                    noise,
                    1.0 - rate if rung == "war_goes_on" else rate,
                    events,
                    tuple(
                        Crowd(crowd.name, crowd.p, crowd.as_of.isoformat(), crowd.source)
                        for question in questions
                        for crowd in question.crowds
                    ),
                    tuple(question.id for question in questions),
                )
            )
    return tuple(out)


def effective_paths(weight: Array, paths: int) -> float:
    """Paths worth as much as the weighted ones."""
    return paths / float((weight**2).sum())


def endings(
    loaded: Loaded, counts: EngineCounts, weight: Array, paths: int, days: Sequence[int]
) -> tuple[EndingForecast, ...]:
    """Exclusive states at every horizon; the shares sum to one."""
    shares = counts.endings / paths
    trials = effective_paths(weight, paths)
    out = []
    for day in days:
        now = at_days(shares, day)
        out.append(
            EndingForecast(
                day,
                by_date(loaded, day),
                {
                    name: share_of_paths(now[:, index], weight, trials, len(ENDINGS))
                    for index, name in enumerate(ENDINGS)
                },
            )
        )
    return tuple(out)


def design_factor(compiled: Compiled, provisions: int) -> Array:
    """Factor (D,) on feared and real breakdown under a number of enforcing provisions."""
    share = min(1.0, provisions / len(ENFORCING))
    return np.asarray(compiled.talks.provisions_factor**share)


# --- is there anything to sign -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Medians:
    """The deal space at the median of every input."""

    inputs: DealInputs
    front: Frontier
    slope: Array
    """(levels, 2)"""
    base: Array
    """(levels, 2)"""
    value: Array
    """(2,) reservation values"""
    settlement_share: float


def range_verdict(
    loaded: Loaded,
    compiled: Compiled,
    deals: DealInputs,
    opened: BoolArray,
    slope: Array,
    base: Array,
    weight: Array,
    medians: Medians,
    signed: Array,
    threads: int,
) -> RangeVerdict:
    """Share of draws with something to sign, what forbids it in the others, and the best points."""
    share = min(1.0, float(weight @ opened))  # weights sum to one but for the last bit
    return RangeVerdict(
        share,
        float(np.sqrt((weight**2).sum() * share * (1.0 - share))),
        blocking(loaded, compiled, deals, slope, base, weight, opened, threads),
        packages(loaded, medians, orientation=compiled.war.orientation),
        shown_frontier(medians),
        float((weight * signed) @ ~opened / max(float(weight @ signed), 1e-300)),
        "proved",
    )


def blocking(
    loaded: Loaded,
    compiled: Compiled,
    deals: DealInputs,
    slope: Array,
    base: Array,
    weight: Array,
    opened: BoolArray,
    threads: int,
) -> tuple[Blocking, ...]:
    """Minimal sets of demands that cannot hold together, over every closed draw."""
    return tuple(
        Blocking(
            tuple(demand_words(loaded, compiled, demand) for demand in key),
            tuple(demand_id(compiled, demand) for demand in key),
            share,
        )
        for key, share in blocking_shares(
            deals, compiled.war.orientation, slope, base, weight, opened, threads
        )
    )


def blocking_shares(
    deals: DealInputs,
    orientation: int,
    slope: Array,
    base: Array,
    weight: Array,
    opened: BoolArray,
    threads: int,
) -> list[tuple[tuple[int, ...], float]]:
    """Minimal blocking sets of the closed draws, with their weighted shares, largest first.

    Parameters
    ----------
    deals : DealInputs
    orientation : int
        As in `EngineInputs`.
    slope, base : (D, levels, 2) float
        As in `deals.range.surplus`.
    weight : (D,) float
    opened : (D,) bool
        Draws with something to sign.
    threads : int
    """
    closed = np.flatnonzero(~opened)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        explained = pool.map(
            lambda draw: blocking_sets(deals, int(draw), slope[draw], base[draw], orientation),
            closed,
        )
    found: dict[tuple[int, ...], float] = {}
    for draw, sets in zip(closed, explained, strict=True):
        for key in sets:
            found[key] = found.get(key, 0.0) + float(weight[draw])
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(key, min(1.0, share)) for key, share in ranked]


def demand_id(compiled: Compiled, demand: int) -> str:
    """Dotted path of a red line, or the name of a reservation value."""
    if demand in RESERVATION:
        return f"sides.{'AB'[RESERVATION.index(demand)]}.reservation_value"
    if demand < 0:
        return f"actors.{asked(compiled, demand).actor}.walk_away"
    return compiled.preferences.red_lines[demand].path


def asked(compiled: Compiled, demand: int) -> ActorPreferences:
    """The actor behind a walk-away value."""
    having = [actor for actor in compiled.preferences.others if actor.walk_away is not None]
    return having[-3 - demand]


def demand_words(loaded: Loaded, compiled: Compiled, demand: int) -> str:
    """A demand in the analyst's words."""
    name, refuses = demand_parts(loaded, compiled, demand)
    return f"{name} (refuses: {refuses})" if refuses else name


def demand_parts(loaded: Loaded, compiled: Compiled, demand: int) -> tuple[str, str]:
    """Whose demand and on what; and the terms that a red line refuses, empty for a value."""
    if demand in RESERVATION:
        sides = loaded.dossier.sides
        side = (sides.A, sides.B)[RESERVATION.index(demand)]
        return f"{side.name}: at least what it expects from fighting on", ""
    if demand < 0:
        return f"{asked(compiled, demand).name}: at least its walk-away value", ""
    line = compiled.preferences.red_lines[demand]
    issue = loaded.dossier.issues[line.issue]
    names = compiled.preferences.options[line.issue]
    texts = {option.id: option.text for option in issue.options}
    return (
        f"{line.actor}: {issue.title}",
        "; ".join(texts.get(names[option], "leaving it open") for option in line.refused),
    )


BEST_OF = {
    "best_for_A": "the acceptable package with the largest gain of the first side",
    "best_for_B": "the acceptable package with the largest gain of the second side",
}
LAST_TIES = (
    "then fewer enforcing provisions, then the larger gain of the side whose lead's id sorts first; of "
    "equal utilities with as many provisions, the package that decides most"
)
"""What breaks a tie that a solution's own rule leaves, on a dossier's frontier."""


def points(
    medians: Medians, asked: Sequence[str], orientation: int
) -> list[tuple[str, solutions.Definition, int]]:
    """Named points of the frontier at the median inputs.

    Parameters
    ----------
    medians : Medians
    asked : sequence of str
        Names of `solutions.SOLUTIONS`, or of `BEST_OF`.
    orientation : int
        As in `EngineInputs`: ties go by leads and not by labels.

    Returns
    -------
    list of (name, definition, point)
        In the order asked; what does not exist is left out.
    """
    front = medians.front
    if len(front.u_a) == 0:
        return []
    left = surplus(front, medians.slope, medians.base)
    # Whole steps, so that near-ties are ties; down, so that no loss rounds to acceptance.
    gains = np.floor(left.T / UTILITY_STEP).astype(np.int64)
    level = np.repeat(np.arange(len(front.levels) - 1), np.diff(front.levels))
    order = np.lexsort((-gains[0 if orientation > 0 else 1], level))
    gains = gains[:, order]
    both = solutions.acceptable(gains)
    out = []
    for name in asked:
        if name in BEST_OF:
            side = list(BEST_OF).index(name)
            best = np.lexsort((-gains[1 - side, both], -gains[side, both]))
            column = int(both[best[0]]) if len(both) else None
            told = solutions.Definition(BEST_OF[name], "the larger gain of the other side")
        else:
            column, told = solutions.SOLUTIONS[name](gains), solutions.DEFINITIONS[name]
        if column is not None:
            ties = f"{told.ties.removesuffix(', then the first package')}, {LAST_TIES}"
            out.append((name, solutions.Definition(told.definition, ties), int(order[column])))
    return out


def packages(
    loaded: Loaded,
    medians: Medians,
    asked: Sequence[str] = ("egalitarian", "nash"),
    orientation: int = 1,
) -> tuple[Package, ...]:
    """Named points of the frontier at the median inputs, each re-evaluated term by term.

    Parameters
    ----------
    loaded : Loaded
    medians : Medians
    asked, orientation
        As in `points`.

    Returns
    -------
    tuple of Package
    """
    return tuple(
        package_of(loaded, medians, medians.front.choice[point], name, told)
        for name, told, point in points(medians, asked, orientation)
    )


def package_of(
    loaded: Loaded, medians: Medians, chosen: IntArray, name: str, told: solutions.Definition
) -> Package:
    """A package with its worth, computed again from its terms."""
    inputs = medians.inputs
    chosen = np.asarray(chosen, np.int64)
    u = inputs.base[0] + inputs.gain[0, chosen].sum(axis=0)
    level = int(inputs.space.enforcing[chosen].sum())
    again = medians.slope[level] * u + medians.base[level]
    terms = inputs.space.choice(chosen)
    void = {inputs.space.issues[k] for k in inputs.space.issue[chosen[inputs.space.void[chosen]]]}
    return Package(
        name,
        told.definition,
        tuple(
            PackageTerm(
                issue.id,
                terms[issue.id],
                option_text(issue.options, terms[issue.id]),
                issue.id in void,
            )
            for issue in loaded.dossier.issues
        ),
        (float(u[0]), float(u[1])),
        (float(again[0]), float(again[1])),
        "settlement"
        if float(inputs.decides[0, chosen].sum()) >= medians.settlement_share
        else "ceasefire",
        bool((again >= 0.0).all()),
        told.ties,
        level,
        tuple(
            (consent.name, float(consent.gain[0, chosen].sum()), float(consent.walk_away[0]))
            for consent in inputs.consents
        ),
    )


def option_text(options: Sequence[object], name: str) -> str:
    """Text of an option, or that the issue is left open."""
    for option in options:
        if getattr(option, "id", None) == name:
            return str(getattr(option, "text", name))
    return "left open"


def shown_frontier(medians: Medians) -> tuple[tuple[float, float], ...]:
    """Undominated (U_A, U_B) over all numbers of provisions at the median inputs."""
    if len(medians.front.u_a) == 0:
        return ()
    worth = surplus(medians.front, medians.slope, medians.base) + medians.value
    order = np.lexsort((-worth[:, 1], -worth[:, 0]))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], worth[order, 1]]))[:-1]
    kept = worth[order][worth[order, 1] > best]
    return tuple((float(a), float(b)) for a, b in kept)


# --- who stands where --------------------------------------------------------------------------


def sides(
    loaded: Loaded,
    compiled: Compiled,
    value: Array,
    believed: Array,
    position: Array,
    variance: Array,
    offers: Array,
    weight: Array,
) -> tuple[SideView, SideView]:
    """Each side's alternative to a deal, what it is coded to believe, and its best offer."""
    out = []
    for side, entry in enumerate((loaded.dossier.sides.A, loaded.dossier.sides.B)):
        seen = chance_from_slope(2.0 * believed[:, side] / variance, position[:, side])
        analyst = compiled.war.chance[:, 0]
        offered = np.where(np.isnan(offers[:, side]), 0.0, offers[:, side])
        has = ~np.isnan(offers[:, side])
        of_draw = weight * has / max(float(weight @ has), 1e-300) if has.any() else weight
        out.append(
            SideView(
                "AB"[side],
                entry.name,
                median(value[:, side], weight),
                median(seen if side == 0 else 1.0 - seen, weight),
                median(analyst if side == 0 else 1.0 - analyst, weight),
                median(offered, of_draw),
            )
        )
    return out[0], out[1]


def actors(loaded: Loaded) -> tuple[ActorLine, ...]:
    """Red lines, price issues and coverage of every actor."""
    dossier = loaded.dossier
    leads = (dossier.sides.A.lead, dossier.sides.B.lead)
    titles = {issue.id: issue.title for issue in dossier.issues}
    out = []
    for actor in dossier.actors:
        stands = dossier.positions.get(actor.id, {})
        lines = sorted(
            (
                (
                    titles[issue],
                    f"positions.{actor.id}.{issue}.red_line",
                    position.red_line.confidence.centre(),
                    actor.id in leads or issue in actor.consents,
                )
                for issue, position in stands.items()
                if position.red_line is not None
            ),
            key=lambda row: (-row[2], row[0]),
        )
        prices = sorted(
            (
                (-position.weight.centre(), titles[issue])
                for issue, position in stands.items()
                if position.red_line is None
            )
        )
        stale = sum(is_stale(loaded.dossier, position) for position in stands.values())
        sourced = sum(position.basis == "sourced" for position in stands.values())
        out.append(
            ActorLine(
                actor.id,
                actor.name,
                actor.side,
                actor.role,
                tuple(lines),
                tuple(title for _, title in prices[:3]),
                sourced,
                len(stands) - sourced,
                stale,
            )
        )
    return tuple(out)


# --- what it rests on --------------------------------------------------------------------------


def promises(loaded: Loaded, compiled: Compiled) -> tuple[PromiseWorth, ...]:
    """Face and substance of every promise, at the median inputs given.

    Source
    ------
    Design section 4: worth v(base) + δ e^{-ρ·delay} (v(option) - v(base)); the second term is the
    substance.
    """
    prefs = compiled.preferences
    weight = linked_weights(prefs.weight, prefs.linkage)[0]
    names = {actor.id: actor.name for actor in loaded.dossier.actors}
    scale = utility_scale(prefs)[0]
    out = []
    for entry, drawn in zip(loaded.dossier.promises, prefs.promises, strict=True):
        issue = loaded.dossier.issues[drawn.issue]
        value = prefs.value[0, :, drawn.issue]
        face = weight[:, drawn.issue] * (value[:, drawn.option] - value[:, drawn.without]) / scale
        kept = delivered_share(drawn, prefs.discount)[0]
        out.append(
            PromiseWorth(
                entry.id,
                entry.title,
                names[entry.by],
                names[entry.to],
                option_text(issue.options, entry.option),
                option_text(issue.options, entry.without),
                float(drawn.delivered[0]),
                float(drawn.delay[0] @ drawn.share / drawn.share.sum()) / WEEKS_PER_MONTH,
                (float(face[0]), float(face[1])),
                (float(kept[0] * face[0]), float(kept[1] * face[1])),
            )
        )
    return tuple(out)


def hindcast(
    compiled: Compiled, counts: EngineCounts, log_weight: Array, weight: Array, paths: int
) -> Hindcast:
    """How the silence that did not come moved the inputs, most moved first, and the answer.

    An input has moved by the distance of its means, in standard deviations before.
    """
    even = np.full(len(weight), 1.0 / len(weight))
    effective = float(1.0 / (weight**2).sum())
    moved = []
    for parameter in compiled.parameters:
        values = parameter.values
        before, after = float(even @ values), float(weight @ values)
        deviation = float(values.std())
        if values.min() < values.max() and deviation > 0.0:
            points = [quantile(values, among, (0.1, 0.5, 0.9)) for among in (even, weight)]
            prior, posterior = [(float(a), float(b), float(c)) for a, b, c in points]
            moved.append(
                (
                    -abs(after - before) / deviation,
                    Moved(parameter.path, parameter.title, prior, posterior, before, after),
                )
            )
    moved.sort(key=lambda item: (item[0], item[1].id))
    return Hindcast(
        len(compiled.war.record.front),
        effective,
        effective / len(weight),
        float(np.exp(log_weight).mean()),
        tuple(told for _, told in moved),
        hazard(compiled, counts, even, weight, paths),
    )


def hazard(
    compiled: Compiled, counts: EngineCounts, even: Array, weight: Array, paths: int
) -> Hazard:
    """The engine's own chance of the headline rung within a year beside the base rate."""
    reached = rung_shares(counts, paths)[..., list(RUNGS).index(HEADLINE)]
    now = at_days(reached, HEADLINE_DAYS)
    before, after = (
        share_of_paths(now, among, effective_paths(among, paths)) for among in (even, weight)
    )
    events, months = compiled.reached[HEADLINE], compiled.war.record.months
    ahead = HEADLINE_DAYS / DAYS_PER_MONTH
    rate = base_rate(events, months, ahead)
    return Hazard(HEADLINE, HEADLINE_DAYS, before, after, rate, events, months, ahead)


def drivers(
    compiled: Compiled, counts: EngineCounts, weight: Array, paths: int
) -> tuple[Driver, ...]:
    """Inputs whose draws go with the headline chance more than noise would, strongest first."""
    from scipy.special import ndtri

    answer = at_days(rung_shares(counts, paths)[..., list(RUNGS).index(HEADLINE)], HEADLINE_DAYS)
    ranked = ranks(answer)
    # Of so many inputs some go with the answer by chance: keep what a Bonferroni test at 5% keeps.
    effective = float(1.0 / (weight**2).sum())
    stands_out = -ndtri(0.025 / max(1, len(compiled.parameters))) / np.sqrt(effective)
    out = []
    for parameter in compiled.parameters:
        r = correlation(ranks(parameter.values), ranked, weight)
        low, high = halves(parameter, weight)
        if abs(r) >= stands_out and low.any() and high.any():
            points = quantile(parameter.values, weight, (0.1, 0.9))
            out.append(
                Driver(
                    parameter.path,
                    parameter.title,
                    float(points[0]),
                    float(points[1]),
                    mean_of(answer, weight, low),
                    mean_of(answer, weight, high),
                    r,
                    parameter.basis,
                )
            )
    return tuple(sorted(out, key=lambda d: (-abs(d.rank_correlation), d.id))[:12])


def halves(parameter: Parameter, weight: Array) -> tuple[BoolArray, BoolArray]:
    """Draws in the lowest and the highest third of an input; off and on for a switch."""
    values = parameter.values
    if len(np.unique(values)) == 2:
        return values == values.min(), values == values.max()
    third = quantile(values, weight, (1.0 / 3.0, 2.0 / 3.0))
    return values <= third[0], values >= third[1]


def mean_of(values: Array, weight: Array, among: BoolArray) -> float:
    """Weighted mean among some draws."""
    return float(weight[among] @ values[among] / max(float(weight[among].sum()), 1e-300))


def ranks(values: Array) -> Array:
    """Ranks with ties averaged."""
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - 0.5 * (count - 1))[inverse])


def correlation(x: Array, y: Array, weight: Array) -> float:
    """Weighted correlation; 0 where one of the two does not vary."""
    x, y = x - weight @ x, y - weight @ y
    scale = float(np.sqrt((weight @ (x * x)) * (weight @ (y * y))))
    return float(weight @ (x * y)) / scale if scale > 0.0 else 0.0


def notes(
    loaded: Loaded, compiled: Compiled, counts: EngineCounts, weight: Array, mean_weight: float
) -> tuple[str, ...]:
    """What a reader must know before leaning on the numbers."""
    out = []
    share = float(1.0 / (weight**2).sum()) / len(weight)
    if mean_weight < NEARLY_IMPOSSIBLE:
        out.append(
            "The record is nearly impossible under this dossier: on average its draws give a war "
            "that was still on at the cut-off a chance of less than 1 in 100. It is reported, not "
            "mended: look again at what would have ended the war (talks.monthly_chance, "
            "talks.history_complete, war.reluctance, red lines), or at conflict.hindcast_from."
        )
    if share < LOW_EFFECTIVE:
        out.append(
            f"Hardly any draw fits the past: the hindcast leaves {100 * share:.0f} in 100 of the "
            "draws' weight, and the intervals rest on few draws. It is reported, not mended."
        )
    for index, form in enumerate(FORMS):
        if counts.silences[:, index].sum() == 0:
            out.append(
                f"No path of the engine reached a {form} within a year; its durability is shown as "
                "if one began in every draw, with no provisions."
            )
    if compiled.defaults_used:
        out.append(
            f"{len(compiled.defaults_used)} inputs stand at the default ranges of Interbellum, "
            "which are judgements: " + ", ".join(compiled.defaults_used) + "."
        )
    front = loaded.dossier.war.front
    if front is None:
        out.append(
            "The dossier has no record of the front: the past is taken as standing still, and no "
            "belief is moved by it."
        )
    else:
        out.append(
            f"The record of the front ends with {front.series[-1].month}; later weeks move no belief."
        )
    return tuple(out)
