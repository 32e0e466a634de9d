"""Scores forecasts of past wars against what came, by the rules of decision 0025."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from interbellum.model.backtest import (
    BASE_RATE,
    HELD_DAYS,
    OTHER_WARS,
    PERSISTENCE,
    POOLED,
    RECORD,
    STACKED,
    TRUCE_MODEL,
    UNIFORM,
    BackTest,
    CaseForecast,
    CaseHorizon,
    CaseRow,
    CaseSilence,
    Learnt,
    Pool,
    Share,
)
from interbellum.model.rungs import ENDINGS, FORMS, HORIZON_DAYS, RUNGS
from interbellum.model.scores import Decomposition, Item, ScoreTable
from interbellum.record.cases import GOES_ON, WAR, Outcome
from interbellum.record.scoring import (
    BAND_EDGES,
    calibration,
    compared,
    corp,
    floored,
    murphy,
    score_table,
    wilson,
)
from interbellum.record.stacking import PRIOR_WARS, intervals, left_out, stack

HEADLINE = "general_truce_30_days_kept"
KEPT_DAYS = {
    "general_truce_30_days_kept": 30,
    "sectoral_truce_kept": 30,
    "general_truce_year_kept": 365,
}
"""Days beyond the horizon until it is known whether the truce was kept."""
LATE_DAYS = 365


def score_library(
    forecasts: Sequence[CaseForecast],
    outcomes: Mapping[str, Outcome],
    variants: Sequence[str],
    stamp: tuple[str, int, int, int],
    failed: Sequence[tuple[str, str]] = (),
) -> BackTest:
    """Everything that the back-test says.

    Parameters
    ----------
    forecasts : sequence of CaseForecast
    outcomes : mapping of case to Outcome
        More cases than there are forecasts do no harm.
    variants : names
        The forecasters whose weights are learnt.
    stamp : (version, seed, draws, paths)
    failed : sequence of (case, reason)

    Returns
    -------
    BackTest
    """
    earned = _variant_pool(forecasts, outcomes, variants)
    durable = _durability_pool(forecasts, outcomes)
    references = (BASE_RATE, OTHER_WARS, PERSISTENCE, UNIFORM)
    pairs = [
        *((POOLED, name) for name in references),
        *((STACKED, name) for name in (POOLED, BASE_RATE)),
        *((name, BASE_RATE) for name in variants),
    ]
    lines = [
        (TRUCE_MODEL, RECORD),
        *((POOLED, name) for name in (TRUCE_MODEL, RECORD, BASE_RATE)),
        *((name, BASE_RATE) for name in (TRUCE_MODEL, RECORD)),
        *((POOLED, name) for name in (OTHER_WARS, PERSISTENCE, UNIFORM)),
        (STACKED, POOLED),
    ]
    all_rungs = [
        item
        for rung in RUNGS
        if rung != GOES_ON
        for days in HORIZON_DAYS
        for item in rung_items(forecasts, outcomes, rung, days)
    ]
    p = np.array([item.chances[POOLED][1] for item in all_rungs])
    came = np.array([float(item.outcome) for item in all_rungs])
    return BackTest(
        *stamp,
        tuple(_row(forecast, outcomes[forecast.case]) for forecast in forecasts),
        tuple(forecasts),
        tuple(failed),
        _tables(
            (
                (f"ending.{days}", ending_items(forecasts, outcomes, days, earned))
                for days in HORIZON_DAYS
            ),
            pairs,
        ),
        _tables(
            (
                (f"{rung}.{days}", rung_items(forecasts, outcomes, rung, days, earned))
                for rung in RUNGS
                for days in HORIZON_DAYS
            ),
            pairs,
        ),
        _tables(
            (
                (f"held.{days}", durability_items(forecasts, outcomes, days, durable))
                for days in HELD_DAYS
            ),
            lines,
        ),
        calibration(p, came, [item.cluster for item in all_rungs]) if all_rungs else (),
        corp(p, came) if all_rungs else None,
        murphy(p, came, BAND_EDGES) if all_rungs else None,
        _murphy_by_rung(forecasts, outcomes),
        tuple(
            share
            for rung in RUNGS
            for days in HORIZON_DAYS
            for share in _base_rate(rung, days, rung_items(forecasts, outcomes, rung, days))
        ),
        earned,
        durable,
    )


# --- items: one question of one case -----------------------------------------------------------


def ending_items(
    forecasts: Sequence[CaseForecast],
    outcomes: Mapping[str, Outcome],
    days: int,
    learnt: Pool | None = None,
) -> tuple[Item, ...]:
    """The state in force so many days after the cut-off, of every case watched so long.

    Parameters
    ----------
    forecasts, outcomes : as in `score_library`
    days : int
    learnt : Pool or None
        Weights of the stacked pool, each war's by the other wars; without them it is left out.
    """
    states = list(ENDINGS)
    known = [
        (forecast, outcomes[forecast.case])
        for forecast in forecasts
        if _watched(outcomes[forecast.case], forecast.as_of, days)
    ]
    came = [
        (outcome.war, states.index(outcome.state(_day(forecast, days))))
        for forecast, outcome in known
    ]
    persists = tuple(float(name == WAR) for name in states)
    items = []
    for (forecast, outcome), (war, state) in zip(known, came, strict=True):
        chances = {name: by_day[days] for name, by_day in forecast.endings.items()}
        if learnt is not None:
            chances[STACKED] = _stacked(chances, learnt, war)
        chances[OTHER_WARS] = other_wars(came, war, len(states))
        chances[PERSISTENCE] = persists
        chances[UNIFORM] = (1.0 / len(states),) * len(states)
        items.append(Item(f"{outcome.case}.ending.{days}", war, state, chances))
    return tuple(items)


def rung_items(
    forecasts: Sequence[CaseForecast],
    outcomes: Mapping[str, Outcome],
    rung: str,
    days: int,
    learnt: Pool | None = None,
) -> tuple[Item, ...]:
    """Whether a rung was reached within so many days, of every case watched so long.

    Parameters
    ----------
    forecasts, outcomes, days, learnt : as in `ending_items`
    rung : str
    """
    known = [
        (forecast, outcomes[forecast.case])
        for forecast in forecasts
        if _watched(outcomes[forecast.case], forecast.as_of, days + KEPT_DAYS.get(rung, 0))
    ]
    came = [
        (outcome.war, int(outcome.happened(rung, _day(forecast, days))))
        for forecast, outcome in known
    ]
    persists = _yes(float(rung == GOES_ON))
    items = []
    for (forecast, outcome), (war, reached) in zip(known, came, strict=True):
        chances = {name: _yes(by_rung[rung][days]) for name, by_rung in forecast.rungs.items()}
        if learnt is not None:
            chances[STACKED] = _stacked(chances, learnt, war)
        chances[OTHER_WARS] = other_wars(came, war, 2)
        chances[PERSISTENCE] = persists
        chances[UNIFORM] = (0.5, 0.5)
        items.append(Item(f"{outcome.case}.{rung}.{days}", war, reached, chances))
    return tuple(items)


def durability_items(
    forecasts: Sequence[CaseForecast],
    outcomes: Mapping[str, Outcome],
    days: int,
    learnt: Pool | None = None,
) -> tuple[Item, ...]:
    """Whether the silence that came held so many days, of every case watched so long.

    Parameters
    ----------
    forecasts, outcomes, learnt : as in `ending_items`
    days : int
        Since the silence began.
    """
    known = [
        (forecast, outcomes[forecast.case])
        for forecast in forecasts
        if _silence_watched(outcomes[forecast.case], days)
    ]
    came = [(outcome.war, int(_held(outcome, days))) for _, outcome in known]
    items = []
    for (forecast, outcome), (war, stands) in zip(known, came, strict=True):
        lines = forecast.durability[outcome.ended]
        chances = {name: _yes(by_day[days]) for name, by_day in lines.items() if days in by_day}
        both = [chances[name] for name in (TRUCE_MODEL, RECORD) if name in chances]
        # As the pipeline pools them; equally where it gives no pooled curve of its own.
        chances.setdefault(POOLED, _yes(float(np.mean([chance[1] for chance in both]))))
        if learnt is not None and len(both) == 2:
            chances[STACKED] = _stacked(chances, learnt, war)
        chances[OTHER_WARS] = other_wars(came, war, 2)
        chances[PERSISTENCE] = _yes(1.0)
        chances[UNIFORM] = (0.5, 0.5)
        items.append(Item(f"{outcome.case}.held.{days}", war, stands, chances))
    return tuple(items)


def other_wars(came: Sequence[tuple[str, int]], war: str, states: int) -> tuple[float, ...]:
    """How often each state came in the other wars, a war counting once, drawn one war toward even.

    Parameters
    ----------
    came : sequence of (war, state)
    war : str
        Left out whole.
    states : int

    Returns
    -------
    tuple of float
        (k + 1/m) / (n + 1): Perks' prior, as for shares of paths.
    """
    by_war: dict[str, list[int]] = {}
    for name, state in came:
        if name != war:
            by_war.setdefault(name, []).append(state)
    counts = np.zeros(states)
    for of_war in by_war.values():
        counts += np.bincount(of_war, minlength=states) / len(of_war)
    return tuple(((counts + 1.0 / states) / (len(by_war) + 1.0)).tolist())


def _yes(p: float) -> tuple[float, ...]:
    return (1.0 - p, p)


def _day(forecast: CaseForecast, days: int) -> dt.date:
    return forecast.as_of + dt.timedelta(days=days)


def _watched(outcome: Outcome, as_of: dt.date, days: int) -> bool:
    return outcome.watched_until >= as_of + dt.timedelta(days=days)


def _silence_watched(outcome: Outcome, days: int) -> bool:
    return (
        outcome.held is not None
        and outcome.ended in FORMS
        and _watched(outcome, outcome.held.began, days)
    )


def _held(outcome: Outcome, days: int) -> bool:
    silence = outcome.held
    assert silence is not None  # by _silence_watched
    return silence.resumed is None or (silence.resumed - silence.began).days > days


def _stacked(chances: Mapping[str, tuple[float, ...]], learnt: Pool, war: str) -> tuple[float, ...]:
    """Linear pool by the weights that the other wars earn."""
    return _mixed(chances, {one.name: one.left_out[war] for one in learnt.weights})


def _mixed(
    chances: Mapping[str, tuple[float, ...]], weights: Mapping[str, float]
) -> tuple[float, ...]:
    mixed = sum(weight * np.array(chances[name]) for name, weight in weights.items())
    return tuple(np.asarray(mixed).tolist())


# --- what is learnt ----------------------------------------------------------------------------


def _variant_pool(
    forecasts: Sequence[CaseForecast], outcomes: Mapping[str, Outcome], variants: Sequence[str]
) -> Pool:
    items = [item for days in HORIZON_DAYS for item in ending_items(forecasts, outcomes, days)]
    return learn(items, variants)


def _durability_pool(forecasts: Sequence[CaseForecast], outcomes: Mapping[str, Outcome]) -> Pool:
    items = [item for days in HELD_DAYS for item in durability_items(forecasts, outcomes, days)]
    lines = (TRUCE_MODEL, RECORD)
    return learn([item for item in items if set(lines) <= set(item.chances)], lines)


def learn(items: Sequence[Item], names: Sequence[str]) -> Pool:
    """Weights of some forecasters from items that all of them answered.

    Parameters
    ----------
    items : sequence of Item
    names : forecasters, in the order of the weights

    Returns
    -------
    Pool
        Without items all are equal, and nothing is earned.
    """
    equal = 1.0 / len(names)
    if not items:
        return Pool(
            tuple(Learnt(name, equal, equal, equal, equal, {}) for name in names), None, PRIOR_WARS
        )
    wars = [item.cluster for item in items]
    given = np.array(
        [[floored(np.array(item.chances[name]))[item.outcome] for name in names] for item in items]
    )
    earned, others = stack(given, wars), left_out(given, wars)
    low, high = intervals(given, wars)
    both = [
        Item(
            item.id,
            item.cluster,
            item.outcome,
            {
                POOLED: _mixed(item.chances, dict.fromkeys(names, equal)),
                STACKED: _mixed(
                    item.chances, dict(zip(names, others[item.cluster].tolist(), strict=True))
                ),
            },
        )
        for item in items
    ]
    gain = compared(both, STACKED, POOLED)
    return Pool(
        tuple(
            Learnt(
                name,
                equal,
                float(earned[place]),
                float(low[place]),
                float(high[place]),
                {war: float(weight[place]) for war, weight in others.items()},
            )
            for place, name in enumerate(names)
        ),
        None if gain is None else gain.log,
        PRIOR_WARS,
    )


# --- tables ------------------------------------------------------------------------------------


def _tables(
    groups: Iterable[tuple[str, Sequence[Item]]], pairs: Sequence[tuple[str, str]]
) -> tuple[ScoreTable, ...]:
    return tuple(score_table(title, items, pairs) for title, items in groups if items)


def _murphy_by_rung(
    forecasts: Sequence[CaseForecast], outcomes: Mapping[str, Outcome]
) -> dict[str, Decomposition]:
    """What the pooled answer's Brier score of each rung is made of, all horizons together."""
    out = {}
    for rung in RUNGS:
        items = [
            item for days in HORIZON_DAYS for item in rung_items(forecasts, outcomes, rung, days)
        ]
        if items:
            p = np.array([item.chances[POOLED][1] for item in items])
            out[rung] = murphy(p, np.array([float(item.outcome) for item in items]), BAND_EDGES)
    return out


def _base_rate(rung: str, days: int, items: Sequence[Item]) -> tuple[Share, ...]:
    if not items:
        return ()
    by_war: dict[str, list[int]] = {}
    for item in items:
        by_war.setdefault(item.cluster, []).append(item.outcome)
    share = float(np.mean([np.mean(came) for came in by_war.values()]))
    return (Share(rung, days, share, *wilson(share, len(by_war)), len(by_war), len(items)),)


def _row(forecast: CaseForecast, outcome: Outcome) -> CaseRow:
    silence = None
    if outcome.held is not None and outcome.ended in FORMS:
        began = outcome.held.began
        silence = CaseSilence(
            outcome.ended,
            began,
            outcome.held.resumed,
            (began - forecast.as_of).days > LATE_DAYS,
            forecast.durability[outcome.ended],
        )
    return CaseRow(
        forecast.case,
        outcome.war,
        forecast.title,
        forecast.as_of,
        forecast.hash,
        forecast.effective_draws,
        outcome.ended,
        tuple(_horizon(forecast, outcome, days) for days in HORIZON_DAYS),
        silence,
    )


def _horizon(forecast: CaseForecast, outcome: Outcome, days: int) -> CaseHorizon:
    given = dict(zip(ENDINGS, forecast.endings[POOLED][days], strict=True))
    likeliest = max(given, key=lambda name: given[name])
    day = _day(forecast, days)
    state = outcome.state(day) if _watched(outcome, forecast.as_of, days) else None
    kept_known = _watched(outcome, forecast.as_of, days + KEPT_DAYS[HEADLINE])
    return CaseHorizon(
        days,
        state,
        given[state or likeliest],
        likeliest,
        forecast.rungs[POOLED][HEADLINE][days],
        outcome.happened(HEADLINE, day) if kept_known else None,
    )
