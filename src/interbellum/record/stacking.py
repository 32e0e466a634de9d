"""Weights of several models from the scores of their chances, shrunk toward equal (decision 0025)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbellum.model.arrays import ShapeError
from interbellum.model.units import Array
from interbellum.record.scoring import SEED

PRIOR_WARS = 12.0
"""Wars that the prior is worth: as if in so many all models had come out alike."""
RESAMPLES = 1000

_STEPS = 10_000  # far more than the tolerance takes; the objective is concave
_TOLERANCE = 1e-12


def stack(given: Array, clusters: Sequence[str], prior_wars: float = PRIOR_WARS) -> Array:
    """Weights of a linear pool by penalised mean log score.

    Parameters
    ----------
    given : (N, K) chance, > 0
        What each of K models gave to what came, item by item.
    clusters : N names
        The war of each item: a war's items are averaged, so that it counts once.
    prior_wars : float, > 0
        Weight of equality.

    Returns
    -------
    (K,) float, sums to one
        Maximum of Σ over wars of the mean of ln Σ_k w_k p_k, plus prior_wars / K · Σ_k ln w_k. With
        no items all are equal.

    Raises
    ------
    ShapeError
        There is not one name an item.

    Source
    ------
    Yao, Vehtari, Simpson and Gelman (2018), Bayesian Analysis 13(3), for stacking; Dempster, Laird
    and Rubin (1977), JRSS B 39(1), for the steps, each of which raises the objective.
    """
    if len(given) != len(clusters):
        raise ShapeError(f"{len(given)} items and {len(clusters)} names of wars")
    models = given.shape[1]
    if not len(given):
        return np.full(models, 1.0 / models)
    _, war, count = np.unique(np.asarray(clusters), return_inverse=True, return_counts=True)
    return np.asarray(_maxima(given, (1.0 / count)[None, war], float(len(count)), prior_wars)[0])


def left_out(
    given: Array, clusters: Sequence[str], prior_wars: float = PRIOR_WARS
) -> dict[str, Array]:
    """For every war the weights that the other wars earn.

    Parameters
    ----------
    given, clusters, prior_wars : as in `stack`

    Returns
    -------
    dict of (K,) float, a war each
    """
    names = np.asarray(clusters)
    return {
        war: stack(given[names != war], names[names != war].tolist(), prior_wars)
        for war in sorted(set(clusters))
    }


def intervals(
    given: Array, clusters: Sequence[str], prior_wars: float = PRIOR_WARS
) -> tuple[Array, Array]:
    """80% intervals of the weights from resamples of whole wars.

    Parameters
    ----------
    given, clusters, prior_wars : as in `stack`

    Returns
    -------
    low, high : (K,) float
    """
    _, war, count = np.unique(np.asarray(clusters), return_inverse=True, return_counts=True)
    wars = len(count)
    rng = np.random.Generator(np.random.PCG64(SEED))
    times = np.stack(
        [np.bincount(rng.integers(0, wars, wars), minlength=wars) for _ in range(RESAMPLES)]
    )
    # A war drawn twice counts twice.
    drawn = _maxima(given, (times / count)[:, war], float(wars), prior_wars)
    low, high = np.quantile(drawn, (0.1, 0.9), axis=0)
    return low, high


def _maxima(given: Array, counts: Array, wars: float, prior_wars: float) -> Array:
    """Weights (R, K) for R ways of counting the items (R, N)."""
    models = given.shape[1]
    weight = np.full((len(counts), models), 1.0 / models)
    for _ in range(_STEPS):
        # Σ_n c_n w_k p_nk / Σ_j w_j p_nj: the items' shares, summed over items by one product.
        shared = weight * ((counts / (weight @ given.T)) @ given)
        after = (shared + prior_wars / models) / (wars + prior_wars)
        if np.abs(after - weight).max() < _TOLERANCE:
            return np.asarray(after)
        weight = after
    return weight
