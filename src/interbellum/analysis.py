"""The whole pipeline, top to bottom: war, deals, peace, hindcast, talks, and what they add up to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from interbellum import (
    __version__,
    bargaining,
    compiling,
    course,
    grounds,
    lasting,
    pooling,
    ripeness,
    silences,
    summary,
)
from interbellum.conditions import told_at_their_place
from interbellum.deals.frontier import frontier
from interbellum.deals.range import Survey, survey
from interbellum.deals.utility import deal_inputs
from interbellum.dossier.compile import Compiled, compile_dossier, compile_medians
from interbellum.dossier.reader import Loaded
from interbellum.errors import UsageError
from interbellum.model.course import Drawn
from interbellum.model.deals import BoolArray, DealInputs, Frontier
from interbellum.model.peace import TruceCurves
from interbellum.model.provisions import ENFORCING
from interbellum.model.result import (
    Blocking,
    DossierStamp,
    EndingForecast,
    RangeVerdict,
    Result,
    RunStamp,
)
from interbellum.model.rungs import CAUSES, FORMS, HORIZON_DAYS
from interbellum.model.talks import EngineCounts, EngineInputs, Joined, Record
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.model.variants import VariantInputs
from interbellum.record.track import read_track_record
from interbellum.record.weights import Pools, shipped_pools
from interbellum.standing import (
    Standing,
    all_surplus_lines,
    best_offers,
    past_effect,
    war_standing,
)
from interbellum.talks import devices
from interbellum.talks.hindcast import effective_draws, log_weights, normalised
from interbellum.talks.variants import VARIANTS
from interbellum.talks.variants.to_the_finish import shares_of
from interbellum.war.reference import cost_ratio

Progress = Callable[[str, float], None]

DEFAULT_DRAWS = 256
DEFAULT_PATHS = 256
DEFAULT_SEED = 1
VARIANT_DRAWS = 128  # variants beside the engine answer on the first half, at most so many: 0019
VARIANT_PATHS = 64  # paths a draw of each variant beside the engine; noise is reported apart
DAYS_APART = 30  # of the points of `Result.trajectory`
METHOD = (
    "rungs and endings pooled over four structural variants, each over draws weighted by its own "
    "hindcast; durability pooled over the truce model and the record's model; weights by "
    "record/data/variant-weights.yaml and durability-weights.yaml; range, drivers and diagnosis "
    "by the engine alone (to_the_finish: race, deals and talks)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What lies on the table at `as_of`, draw by draw, and how much each draw counts."""

    loaded: Loaded
    compiled: Compiled
    medians: Compiled
    """One row with every quantity at its median."""
    standing: Standing
    deals: DealInputs
    fronts: list[Frontier]
    slope: Array
    """(D, levels, 2), as in `deals.range.surplus`"""
    base: Array
    """(D, levels, 2)"""
    surveys: list[Survey]
    curves: dict[str, TruceCurves]
    engine: EngineInputs
    record: Record
    """The fixed past of every draw, for the hindcast."""
    weeks: int
    log_weight: Array
    """(D,) of the hindcast"""
    weight: Array
    """(D,) the same, summing to one"""


def run(
    loaded: Loaded,
    *,
    draws: int = DEFAULT_DRAWS,
    paths: int = DEFAULT_PATHS,
    seed: int = DEFAULT_SEED,
    threads: int | None = None,
    device: str = "cpu",
    pools: Pools | None = None,
    progress: Progress | None = None,
) -> Result:
    """Answer a dossier: `run_with_draws` without the draws."""
    result, _ = run_with_draws(
        loaded,
        draws=draws,
        paths=paths,
        seed=seed,
        threads=threads,
        device=device,
        pools=pools,
        progress=progress,
    )
    return result


def run_with_draws(
    loaded: Loaded,
    *,
    draws: int = DEFAULT_DRAWS,
    paths: int = DEFAULT_PATHS,
    seed: int = DEFAULT_SEED,
    threads: int | None = None,
    device: str = "cpu",
    pools: Pools | None = None,
    progress: Progress | None = None,
) -> tuple[Result, Drawn]:
    """Answer a dossier, and keep what was drawn.

    Parameters
    ----------
    loaded : Loaded
    draws, paths : int
        Draws of the uncertain quantities, and paths of each.
    seed : int
        From 0 to 2^64 - 1; the same seed gives the same bytes on any number of threads.
    threads : int or None
        Threads to use; all that this process may use unless given.
    device : str
        What follows the paths, one of `model.devices.DEVICES`; all else is done by the processor.
    pools : Pools or None
        How much each model counts; the shipped weights unless given.
    progress : callable or None
        Called with the stage's name and the share of it done.

    Returns
    -------
    result : Result
    drawn : Drawn
        A row a draw, for a reader's own program.

    Raises
    ------
    DeviceError
        The device is missing or fails.
    UsageError
        `draws`, `paths` or `seed` is out of range, or there is no such device.
    """
    if not 8 <= paths <= 65536:
        raise UsageError(f"{paths} paths were asked for; ask for 8 to 65536 (--paths 256).")
    devices.check_device(device)
    tell = progress or (lambda stage, share: None)
    threads = threads or usable_threads()
    pools = pools or shipped_pools()
    with compiling.counted() as compilations:
        table = lay_table(loaded, draws=draws, seed=seed, threads=threads, progress=tell)
    compiled, weight, days = table.compiled, table.weight, horizons(loaded)
    slope, base, standing = table.slope, table.base, table.standing
    weeks, curves = table.weeks, table.curves
    with (
        compiling.shared(compilations.count > 0, threads),
        ThreadPoolExecutor(max_workers=2) as beside,
    ):
        # These need no counts. The compiled loops leave Python free meanwhile.
        blocking = beside.submit(blocking_sets, table, threads)
        ripe = beside.submit(ripeness.ripeness, table)
        terms = beside.submit(lasting.best_terms, table)
        goes_on = beside.submit(course.course, table, seed, 1)
        counts = devices.run(
            device, table.engine, seed, paths, weeks, threads, lambda share: tell("talks", share)
        )
        tell("other models (the first run compiles here)", 0.0)
        among = variant_answers(table, counts, paths, seed, threads, pools.variants.weights)

    tell("briefing", 0.0)
    signed_forms = [FORMS.index(form) for form in ("ceasefire", "settlement")]
    signed = counts.silences[:, signed_forms].sum(axis=(1, 2)).astype(float)
    conflict = loaded.dossier.conflict
    rungs = summary.rungs(loaded, compiled, counts, weight, paths, days)
    endings = summary.endings(loaded, counts, weight, paths, days)
    told = pooling.variants(rungs, endings, among)
    past = grounds.hindcast(compiled, counts, table.log_weight, weight, paths)
    result = Result(
        DossierStamp(conflict.id, conflict.title, conflict.as_of.isoformat(), loaded.hash),
        RunStamp(__version__, seed, draws, paths, effective_draws(weight), METHOD, weeks, device),
        summary.HEADLINE,
        pooling.pool_rungs(rungs, among),
        pooling.pool_endings(endings, among),
        lasting.durability(
            loaded, compiled, curves, counts, weight, terms.result(), pools.durability.weights
        ),
        range_verdict(table, signed, blocking.result()),
        summary.sides(
            loaded,
            compiled,
            standing.value,
            standing.believed,
            standing.position,
            standing.variance,
            best_offers(table.fronts, table.surveys, slope, base) + standing.value,
            weight,
        ),
        summary.actors(loaded),
        past,
        told,
        pooling.gaps(told),
        pooling.origin(pools.variants),
        pooling.origin(pools.durability),
        read_track_record(),
        ripe.result(),
        grounds.drivers(compiled, counts, weight, paths),
        len(compiled.parameters),
        trajectory(loaded, days, among),
        goes_on.result(),
        grounds.promises(loaded, table.medians),
        grounds.notes(loaded, compiled, counts, weight, past.mean_weight),
    )
    tell("briefing", 1.0)
    return result, course.drawn(table, counts, paths, days)


def lay_table(
    loaded: Loaded,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """Everything up to the talks: the war, the deals, how silences wear out, and the hindcast.

    Parameters
    ----------
    loaded : Loaded
    draws, seed, threads, progress
        As in `run`.

    Returns
    -------
    Table

    Raises
    ------
    UsageError
        `draws` or `seed` is out of range.
    """
    if not 8 <= draws <= 65536:
        raise UsageError(f"{draws} draws were asked for; ask for 8 to 65536 (--draws 256).")
    if not 0 <= seed < 2**64:
        raise UsageError(f"The seed {seed} is not a whole number from 0 to 2^64-1 (--seed 1).")
    tell = progress or (lambda stage, share: None)
    threads = threads or usable_threads()
    weeks = int(np.ceil(max(horizons(loaded)) / DAYS_PER_WEEK))

    tell("reading", 0.0)
    compiled = compile_dossier(loaded.dossier, draws, seed)
    medians = compile_medians(loaded.dossier)
    standing = war_standing(compiled)
    with told_at_their_place(loaded):
        deals = deal_inputs(compiled.preferences)
    fronts = frontiers(deals, threads, lambda share: tell("deals", share))
    slope, base = all_surplus_lines(compiled, standing, len(fronts[0].levels) - 1)
    share = compiled.talks.settlement_share
    surveys = [
        survey(front, slope[draw], base[draw], float(share[draw]))
        for draw, front in enumerate(fronts)
    ]
    curves = silence_curves(compiled, standing, deals, fronts, surveys, weeks)
    engine = engine_inputs(
        compiled, standing, deals, all_frontiers(compiled, fronts, threads), curves
    )
    tell("hindcast (the first run compiles here)", 0.0)
    record = record_inputs(compiled, standing)
    log_weight = log_weights(engine, record, threads)
    return Table(
        loaded,
        compiled,
        medians,
        standing,
        deals,
        fronts,
        slope,
        base,
        surveys,
        curves,
        engine,
        record,
        weeks,
        log_weight,
        normalised(log_weight),
    )


def variant_answers(
    table: Table,
    counts: EngineCounts,
    paths: int,
    seed: int,
    threads: int,
    weights: Mapping[str, float],
) -> tuple[pooling.Weighted, ...]:
    """Every structural variant's answer to a laid table, and how much it counts.

    Parameters
    ----------
    table : Table
    counts : EngineCounts
        What the engine has answered on every draw.
    paths : int
        Paths a draw of the engine; the others take at most `VARIANT_PATHS`, on the first
        half of the draws, at most `VARIANT_DRAWS`.
    seed, threads : int
    weights : variant -> share of the pool

    Returns
    -------
    tuple of pooling.Weighted
        The engine first.
    """
    given = variant_inputs(table, paths, seed, threads)
    known = {pooling.ENGINE: (shares_of(counts, paths, table.log_weight), paths)}
    return pooling.ask(VARIANTS, given, weights, known)


def variant_inputs(table: Table, paths: int, seed: int, threads: int) -> VariantInputs:
    """What the variants beside the engine answer on, as in `variant_answers`."""
    first = min(VARIANT_DRAWS, len(table.weight) // 2)
    return VariantInputs(
        pooling.first_draws(table.engine, first),
        pooling.first_draws(table.record, first),
        seed,
        min(paths, VARIANT_PATHS),
        table.weeks,
        threads,
        table.compiled.reached,
        table.compiled.war.record.months,
        pooling.history_kept(table.loaded.dossier.conflict.as_of, table.weeks),
    )


def usable_threads() -> int:
    """Threads that this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS has no affinity
        return max(1, os.cpu_count() or 1)


def horizons(loaded: Loaded) -> tuple[int, ...]:
    """Days ahead that are reported: the standard ones and every day that a question names."""
    as_of = loaded.dossier.conflict.as_of
    asked = {(question.by - as_of).days for question in loaded.dossier.questions}
    return tuple(sorted({*HORIZON_DAYS, *asked}))


def trajectory(
    loaded: Loaded, days: Sequence[int], among: Sequence[pooling.Weighted]
) -> tuple[EndingForecast, ...]:
    """The pooled endings about every 30 days up to the last horizon, and at every horizon."""
    each = sorted({*range(0, max(days), DAYS_APART), *days})
    empty = [EndingForecast(day, summary.by_date(loaded, day), {}) for day in each]
    return pooling.pool_endings(empty, among)


def frontiers(deals: DealInputs, threads: int, progress: Callable[[float], None]) -> list[Frontier]:
    """The exact frontier of every draw."""
    draws = len(deals.base)
    out = []
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for front in pool.map(lambda draw: frontier(deals, draw), range(draws)):
            out.append(front)
            progress(len(out) / draws)
    return out


def all_frontiers(compiled: Compiled, today: list[Frontier], threads: int) -> list[list[Frontier]]:
    """The frontiers of every draw under each set of red lines and consents that regimes can leave.

    Parameters
    ----------
    compiled : Compiled
    today : list of Frontier
        Those under the set in force at `as_of`.
    threads : int
    """
    return [
        today
        if number == compiled.war.regimes.set_now
        else frontiers(deal_inputs(preferences), threads, lambda share: None)
        for number, preferences in enumerate(compiled.by_set)
    ]


def silence_curves(
    compiled: Compiled,
    standing: Standing,
    deals: DealInputs,
    fronts: list[Frontier],
    surveys: list[Survey],
    weeks: int,
) -> dict[str, TruceCurves]:
    """How each form of silence wears out, (D, weeks + 1, causes) a form; see `silences.by_form`."""
    return silences.by_form(compiled, standing, deals, fronts, surveys, weeks)


def engine_inputs(
    compiled: Compiled,
    standing: Standing,
    deals: DealInputs,
    by_set: list[list[Frontier]],
    curves: dict[str, TruceCurves],
) -> EngineInputs:
    """Everything the engine runs on, in arrays that it cannot change.

    Parameters
    ----------
    compiled : Compiled
    standing : Standing
    deals : DealInputs
    by_set : list of list of Frontier
        As `all_frontiers` gives them: per set of red lines and consents, per draw.
    curves : dict
        How each form of silence wears out.
    """
    war, talks, regimes = compiled.war, compiled.talks, compiled.war.regimes
    fronts = [front for of_draw in zip(*by_set, strict=True) for front in of_draw]
    starts = np.cumsum([0, *(len(front.u_a) for front in fronts)])
    levels = np.stack(
        [front.levels + start for front, start in zip(fronts, starts[:-1], strict=True)]
    ).reshape(len(by_set[0]), len(by_set), -1)
    u_a, u_b, decides = (
        Joined([getattr(front, name) for front in fronts]) for name in ("u_a", "u_b", "decides")
    )
    incidents = CAUSES.index("incidents")
    hazard = np.stack([curves[form].cumulative for form in FORMS], axis=1)
    return EngineInputs(
        war.orientation,
        war.position,
        standing.drift,
        standing.variance,
        war.momentum,
        standing.prior,
        war.stubbornness,
        standing.signals,
        standing.signal_weeks,
        standing.discount,
        cost_ratio(war.discount, war.weeks_for_victory),
        war.reluctance,
        talks.choice_noise,
        talks.weekly_chance,
        talks.tolerance,
        talks.ending_chance,
        talks.settlement_share,
        deals.standing,
        talks.fear,
        talks.provisions_factor,
        len(ENFORCING),
        war.rearm_ceiling,
        war.rearm_rate,
        talks.sectoral_rate,
        talks.sectoral_kept,
        talks.other_rate,
        talks.other_share,
        talks.other_kept,
        talks.exchange_rate,
        np.log(talks.trust_kept),
        np.log(talks.trust_broken),
        talks.trust_memory,
        regimes.now,
        standing.effect,
        regimes.talks_factor,
        regimes.reluctance_factor,
        regimes.cost_factor,
        regimes.deal_set,
        regimes.switch,
        regimes.scheduled,
        levels.astype(np.int64),
        u_a,
        u_b,
        decides,
        np.ascontiguousarray(hazard.sum(axis=3) - hazard[..., incidents]),
        np.ascontiguousarray(hazard[..., incidents]),
    )


def record_inputs(compiled: Compiled, standing: Standing) -> Record:
    """The fixed past of every draw, for the hindcast."""
    war, record, regimes = compiled.war, compiled.war.record, compiled.war.regimes
    moved = np.cumsum(record.front[::-1])[::-1]
    later = np.concatenate([moved[1:], [0.0]])  # movement after the end of each week
    position = war.position[:, None] - war.stake_per_unit[:, None] * later[None, :]
    weeks = len(record.front)
    draws = len(war.position)
    factor = np.ones((draws, weeks))
    reluctance = np.ones((draws, weeks, 2))
    cost = np.ones((draws, weeks, 2))
    deal_set = np.zeros(weeks, np.int64)
    for r in range(len(regimes.ids)):
        deal_set += regimes.deal_set[r, regimes.past[r]]
        cost *= regimes.cost_factor[:, r, regimes.past[r], :]
        factor *= regimes.talks_factor[:, r, regimes.past[r]]
        reluctance *= regimes.reluctance_factor[:, r, regimes.past[r], :]
    chance = (
        np.zeros((draws, weeks))
        if compiled.talks.history_complete
        else (np.minimum(1.0, compiled.talks.weekly_chance[:, None] * factor))
    )
    chance[:, record.rounds] = 1.0
    return Record(
        np.clip(position, 0.001, 0.999),
        past_effect(compiled, standing.effect),
        chance,
        reluctance,
        cost,
        deal_set,
        record.truce,
        record.seen,
        record.belief_week,
    )


def at_medians(compiled: Compiled, moved: float = 0.0) -> bargaining.Medians:
    """The deal space of a dossier compiled at its medians.

    Parameters
    ----------
    compiled : Compiled
        As `compile_medians` gives it.
    moved : float
        Movement of the race towards A since `as_of`, share of the race.
    """
    standing = war_standing(compiled, moved)
    inputs = deal_inputs(compiled.preferences, np.array([moved]))
    front = frontier(inputs, 0, keep_choice=True)
    slope, base = all_surplus_lines(compiled, standing, len(front.levels) - 1)
    return bargaining.Medians(
        inputs,
        front,
        slope[0],
        base[0],
        standing.value[0],
        float(compiled.talks.settlement_share[0]),
    )


def blocking_sets(table: Table, threads: int) -> tuple[Blocking, ...]:
    """Minimal sets of demands that cannot hold together, over the draws with nothing to sign."""
    return bargaining.blocking(
        table.loaded,
        table.compiled,
        table.deals,
        table.slope,
        table.base,
        table.weight,
        opened(table),
        threads,
    )


def range_verdict(table: Table, signed: Array, blocking: tuple[Blocking, ...]) -> RangeVerdict:
    """Whether there is anything to sign today, what forbids it, and the best that could be."""
    return bargaining.range_verdict(
        table.loaded,
        table.compiled,
        opened(table),
        table.weight,
        at_medians(table.medians),
        signed,
        blocking,
        bargaining.text_points(table.loaded, table.medians),
    )


def opened(table: Table) -> BoolArray:
    """Draws (D,) with something to sign today."""
    return np.array([seen.is_open for seen in table.surveys])
