"""Proper scores of chances, what they are made of, and how sure a difference is. Lower is better.

Brier's score of a yes-or-no question is (p - o)², 0 to 1; of several bins the sum of squares over
them, 0 to 2. Scores of censored survival forecasts are elsewhere, in `peace.scoring`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from interbellum.model.arrays import ShapeError, read_only
from interbellum.model.scores import (
    Band,
    Comparison,
    Decomposition,
    ForecasterScore,
    Item,
    Mean,
    ScoreTable,
)
from interbellum.model.units import Array

FLOOR = 0.01
"""Least chance that a log score sees: a briefing prints no smaller number (decision 0025)."""
BAND_EDGES = (0.0, 0.05, 0.20, 0.45, 0.55, 0.80, 0.95, 1.0)
"""Bands of ICD 203 (2015), open at both ends."""
RESAMPLES = 4000
SEED = 25  # of the resamples; any number, fixed so that the same scores print the same intervals

_Z80 = 1.2815515655446004  # standard normal quantile at .90
_SUM = 1e-6  # chances of all bins sum to one so nearly


def brier(chances: Sequence[float], outcome: int) -> float:
    """Brier score of one item.

    Parameters
    ----------
    chances : (m,) chance of every bin, m >= 2
        Of a yes-or-no question (no, yes).
    outcome : int
        Place of the bin that came.

    Returns
    -------
    float
        With two bins (p - o)², 0 to 1; with more the sum of squares over bins, 0 to 2.

    Raises
    ------
    ValueError
        The chances are not shares that sum to one, or no bin has that place.

    Source
    ------
    Brier (1950), Monthly Weather Review 78(1); the halved form for two bins is today's use.
    """
    p = _shares(chances, outcome)
    came = np.zeros(len(p))
    came[outcome] = 1.0
    squares = float(((p - came) ** 2).sum())
    return squares / 2.0 if len(p) == 2 else squares


def log_score(chances: Sequence[float], outcome: int, floor: float = FLOOR) -> float:
    """Logarithmic score of one item: -ln of the chance given to what came.

    Parameters
    ----------
    chances, outcome : as in `brier`
    floor : chance
        Every chance is first raised to it, and all are then divided by their sum.

    Returns
    -------
    float, >= 0, natural logarithm

    Raises
    ------
    ValueError
        As in `brier`.

    Source
    ------
    Good (1952), Journal of the Royal Statistical Society B 14(1).
    """
    return -math.log(floored(_shares(chances, outcome), floor)[outcome])


def floored(chances: Array, floor: float = FLOOR) -> Array:
    """Chances raised to a floor, then divided by their sum.

    Parameters
    ----------
    chances : (..., m) float, summing to one over the last axis
    floor : chance

    Returns
    -------
    (..., m) float
    """
    raised = np.maximum(chances, floor)
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _bands(p: Array, edges: Sequence[float]) -> Array:
    """Band of every chance: it holds its lower edge, the last its upper one too."""
    return np.clip(np.searchsorted(np.asarray(edges), p, side="right") - 1, 0, len(edges) - 2)


def skill(score: float, reference: float) -> float | None:
    """Share of a reference's score that is saved: 1 perfect, 0 no better, below 0 worse.

    Returns None where the reference is perfect, and nothing can be saved.
    """
    return 1.0 - score / reference if reference > 0.0 else None


def skill_interval(scores: Array, references: Array) -> tuple[float | None, float | None]:
    """80% interval of a skill, from resampled wars; none with one war.

    Parameters
    ----------
    scores, references : (W,) float
        Mean score of every war, the wars in the same order.

    Returns
    -------
    low, high : float or None
        None too where some resample's reference is perfect: its skill is not defined.
    """
    reference = resampled(references)
    if len(scores) < 2 or reference.min() <= 0.0:
        return None, None
    low, high = np.quantile(1.0 - resampled(scores) / reference, (0.1, 0.9)).tolist()
    return low, high


def wilson(share: float, n: float, z: float = _Z80) -> tuple[float, float]:
    """Interval of a share seen in n trials, 80% unless told otherwise.

    Parameters
    ----------
    share : float in [0, 1]
    n : float, > 0
        Trials; need not be whole, where items count for less than one.
    z : float
        Standard normal quantile of the upper end.

    Source
    ------
    Wilson (1927), Journal of the American Statistical Association 22(158).
    """
    middle = share + z * z / (2.0 * n)
    half = z * math.sqrt(share * (1.0 - share) / n + (z / (2.0 * n)) ** 2)
    scale = 1.0 + z * z / n
    # At 0 and 1 the ends are exact; rounding must not carry them outside.
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def calibration(
    p: Array, happened: Array, clusters: Sequence[str], edges: Sequence[float] = BAND_EDGES
) -> tuple[Band, ...]:
    """How often what was given a chance in each band came.

    Parameters
    ----------
    p, happened : (N,) float
        Chance issued; 1 where it came, else 0.
    clusters : N names
        The war of each item.
    edges : rising, from 0 to 1
        A band holds its lower edge; the last its upper one too.

    Returns
    -------
    tuple of Band
        Bands without items are left out. The intervals are Wilson's 80% with the number of
        clusters in the band as n: items of one war are taken as one observation.
    """
    names = np.asarray(clusters)
    place = _bands(p, edges)
    out = []
    for band in np.unique(place):
        inside = place == band
        wars = len(set(names[inside].tolist()))
        share = float(happened[inside].mean())
        out.append(
            Band(
                edges[band],
                edges[band + 1],
                float(p[inside].mean()),
                share,
                *wilson(share, wars),
                int(inside.sum()),
                wars,
            )
        )
    return tuple(out)


def murphy(p: Array, happened: Array, edges: Sequence[float] | None = None) -> Decomposition:
    """Brier score split over the values that were issued, or over bands of them.

    Parameters
    ----------
    p, happened : (N,) float
        As in `calibration`.
    edges : as in `calibration`, or None
        Without edges items with the same chance form a bin: Murphy's own three parts, which say little
        where hardly two chances are the same. With them the fourth part, `within`, keeps the sum exact.

    Returns
    -------
    Decomposition

    Source
    ------
    Murphy (1973), Journal of Applied Meteorology 12(4); for bands Stephenson, Coelho and Jolliffe
    (2008), Weather and Forecasting 23(4), whose two extra components `within` adds up.
    """
    values = p if edges is None else _bands(p, edges)
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    issued, came = ((np.bincount(place, weights=of) / count)[place] for of in (p, happened))
    overall = float(happened.mean())
    score, reliability, resolution, uncertainty = (
        float((error**2).mean())
        for error in (p - happened, issued - came, came - overall, happened - overall)
    )
    within = score - reliability + resolution - uncertainty
    return Decomposition(score, reliability, resolution, uncertainty, within)


def corp(p: Array, happened: Array) -> Decomposition:
    """Brier score split by isotonic recalibration: miscalibration, discrimination, uncertainty.

    Parameters
    ----------
    p, happened : (N,) float

    Returns
    -------
    Decomposition
        Needs no bins: what came is pooled over neighbours until it rises with the chance issued.

    Source
    ------
    Dimitriadis, Gneiting and Jordan (2021), Proceedings of the National Academy of Sciences 118(8).
    """
    issued, place, count = np.unique(p, return_inverse=True, return_counts=True)
    share = np.bincount(place, weights=happened) / count
    recalibrated = rising(share, count.astype(float))
    curve = tuple(zip(issued.tolist(), recalibrated.tolist(), strict=True))
    return replace(_split(p, happened, recalibrated[place]), curve=curve)


def rising(values: Array, weight: Array) -> Array:
    """The non-decreasing sequence nearest to `values` in weighted squares.

    Parameters
    ----------
    values, weight : (N,) float
        Weights above 0.

    Returns
    -------
    (N,) float

    Source
    ------
    Pool adjacent violators: Ayer, Brunk, Ewing, Reid and Silverman (1955), Annals of Mathematical
    Statistics 26(4).
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, mass in zip(values.tolist(), weight.tolist(), strict=True):
        blocks.append((value, mass, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (m0, w0, n0), (m1, w1, n1) = blocks[-2:]
            blocks[-2:] = [((m0 * w0 + m1 * w1) / (w0 + w1), w0 + w1, n0 + n1)]
    return np.repeat([mean for mean, _, _ in blocks], [length for _, _, length in blocks])


def mean_score(values: Array, clusters: Sequence[str]) -> Mean:
    """Mean over wars of the mean over a war's items, with intervals from resampled wars.

    Parameters
    ----------
    values : (N,) float
        A score an item, or a difference of two.
    clusters : N names

    Returns
    -------
    Mean
        Percentiles of `RESAMPLES` resamples of whole wars; with few wars somewhat too narrow.

    Raises
    ------
    ShapeError
        There is not one name a value, or no value.

    Source
    ------
    Efron (1979), Annals of Statistics 7(1), on clusters.
    """
    if len(values) != len(clusters) or not len(values):
        raise ShapeError(f"{len(values)} scores for {len(clusters)} names of wars")
    of_war = by_cluster(values, clusters)
    means = resampled(of_war)
    lo95, lo80, hi80, hi95 = np.quantile(means, (0.025, 0.1, 0.9, 0.975)).tolist()
    return Mean(float(of_war.mean()), lo80, hi80, lo95, hi95, len(values), len(of_war))


def by_cluster(values: Array, clusters: Sequence[str]) -> Array:
    """Mean of the values of every cluster, clusters in order of name."""
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    return np.asarray(np.bincount(place, weights=values) / np.bincount(place))


def resampled(values: Array) -> Array:
    """Means (RESAMPLES,) of as many values drawn with replacement."""
    return np.asarray(_drawn(len(values)) @ values)


@lru_cache(maxsize=64)
def _drawn(n: int) -> Array:
    """Share (RESAMPLES, n) of each of n things in each resample; the same ones for every score."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    places = rng.integers(0, n, size=(RESAMPLES, n)) + n * np.arange(RESAMPLES)[:, None]
    counts = np.bincount(places.ravel(), minlength=RESAMPLES * n)
    return read_only(counts.reshape(RESAMPLES, n) / n)


def score_table(
    title: str, items: Sequence[Item], against: Sequence[tuple[str, str]] = ()
) -> ScoreTable:
    """Every forecaster's scores on a set of items, and the pairs that are asked for.

    Parameters
    ----------
    title : str
    items : sequence of Item
        Forecasters may leave some out; each is scored on those that it answered.
    against : sequence of (first, second)
        Pairs to compare on the items that both answered; pairs without such items are left out.

    Returns
    -------
    ScoreTable
        Forecasters in the order in which they first appear.
    """
    names = list(dict.fromkeys(name for item in items for name in item.chances))
    sizes = {len(chances) for item in items for chances in item.chances.values()}
    told = [
        ForecasterScore(
            name,
            mean_score(_scores(brier, answered, name), _wars(answered)),
            mean_score(_scores(log_score, answered, name), _wars(answered)),
        )
        for name in names
        for answered in ([item for item in items if name in item.chances],)
    ]
    pairs = [compared(items, first, second) for first, second in against]
    return ScoreTable(
        title,
        sizes.pop() if len(sizes) == 1 else 0,
        tuple(told),
        tuple(pair for pair in pairs if pair is not None),
    )


def compared(items: Sequence[Item], first: str, second: str) -> Comparison | None:
    """Two forecasters on the items that both answered; None where there are none."""
    both = [item for item in items if first in item.chances and second in item.chances]
    if not both:
        return None
    wars = _wars(both)
    ours, theirs = (_scores(brier, both, name) for name in (first, second))
    by_war = by_cluster(ours, wars), by_cluster(theirs, wars)
    logs = _scores(log_score, both, first) - _scores(log_score, both, second)
    return Comparison(
        first,
        second,
        mean_score(ours - theirs, wars),
        mean_score(logs, wars),
        skill(float(by_war[0].mean()), float(by_war[1].mean())),
        *skill_interval(*by_war),
    )


def _scores(
    rule: Callable[[Sequence[float], int], float], items: Sequence[Item], name: str
) -> Array:
    return np.array([rule(item.chances[name], item.outcome) for item in items])


def _wars(items: Sequence[Item]) -> list[str]:
    return [item.cluster for item in items]


def _split(p: Array, happened: Array, recalibrated: Array) -> Decomposition:
    """Score of the chances, of the recalibrated ones, and of the mean."""
    overall = float(happened.mean())
    score, mended, climate = (
        float(((chance - happened) ** 2).mean()) for chance in (p, recalibrated, overall)
    )
    return Decomposition(score, score - mended, climate - mended, climate)


def _shares(chances: Sequence[float], outcome: int) -> Array:
    p = np.asarray(chances, dtype=float)
    # Written so that what is no number is refused as well.
    if len(p) < 2 or not (p.min() >= 0.0 and abs(p.sum() - 1.0) <= _SUM):
        raise ValueError(f"{list(chances)} are not chances of several bins that sum to one")
    if not 0 <= outcome < len(p):
        raise ValueError(f"there is no bin {outcome} of {len(p)}")
    return p
