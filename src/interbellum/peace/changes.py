"""Leaders and patrons that change while the silence lasts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.units import Array
from interbellum.model.war import RegimeInputs
from interbellum.peace.ranges import hazard_of, is_chance, together


def change_hazard(weekly_chance: ArrayLike, breaks: ArrayLike) -> Array:
    """Hazard of changes of a leader or a patron that end the truce: -ln(1-q·b).

    Parameters
    ----------
    weekly_chance : any shape, probability
        q, chance of a change within a week.
    breaks : any shape, probability
        b, chance that such a change ends the truce.

    Returns
    -------
    the common shape, a week
        At most -ln of the survival floor, 1e-12.

    Raises
    ------
    ShapeError
        The two do not broadcast together.
    ValueError
        A number is not a chance.

    Source
    ------
    Design section 6, cause (c); thinning of a Bernoulli event.
    """
    q, b = together(weekly_chance=weekly_chance, breaks=breaks)
    is_chance("weekly_chance", q)
    is_chance("breaks", b)
    return hazard_of(q * b)


def regime_wear(regimes: RegimeInputs, weeks: int) -> Array:
    """How far the moves of the regimes have worn a truce out, at every week.

    Each regime is a chain that goes on moving while the silence lasts. Of the chance that sits in
    a state, what moves on leaves a share behind each time, the chance that this move breaks the
    truce; what has not moved is safe. The regimes move independently, so their hazards add.

    Parameters
    ----------
    regimes : RegimeInputs, D draws of R regimes
        The silence begins today, in the states `now`.
    weeks : weeks, >= 1

    Returns
    -------
    (D, weeks+1)
        Cumulative hazard; that of each regime is at most -ln of the survival floor, 1e-12.

    Raises
    ------
    ValueError
        `weeks` is below 1.

    Source
    ------
    Design section 6, cause (c), and section 5: a move is the scheduled one of the week, else by
    chance. Absorption of a Markov chain: Kemeny and Snell (1960), Finite Markov Chains, chapter 3.
    """
    if weeks < 1:
        raise ValueError(f"weeks must be at least 1; it is {weeks}")
    draws, count, states = regimes.switch.shape[:3]
    wear = np.zeros((draws, weeks + 1))
    for r in range(count):
        survives = (1.0 - regimes.breaks[:, r])[:, None, None]
        moves = regimes.switch[:, r]
        stays = np.clip(1.0 - moves.sum(axis=2), 0.0, 1.0)
        by_chance = moves * survives + stays[:, :, None] * np.eye(states)
        planned: dict[int, list[tuple[int, int]]] = {}
        for week, regime, source, to in regimes.scheduled:
            if regime == r:
                planned.setdefault(int(week), []).append((int(source), int(to)))
        where = np.zeros((weeks + 1, draws, 1, states))
        where[0, :, 0, regimes.now[r]] = 1.0
        for week in range(1, weeks + 1):
            move = _of_week(by_chance, survives, planned[week]) if week in planned else by_chance
            np.matmul(where[week - 1], move, out=where[week])
        wear += hazard_of(1.0 - where.sum(axis=(2, 3))).T
    return np.maximum.accumulate(wear, axis=1)


def _of_week(by_chance: Array, survives: Array, planned: list[tuple[int, int]]) -> Array:
    """Moves of a week that the truce survives (D, S, S); a scheduled one takes the place of chance."""
    moves = by_chance.copy()
    for source, to in reversed(planned):  # of two out of one state the first counts
        moves[:, source] = 0.0
        moves[:, source, to] = survives[:, 0, 0]
    return moves
