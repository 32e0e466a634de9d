"""Inputs of all draws as the device reads them: arrays whole, numbers as one record a draw.

A record keeps the names of its fields, and a device takes few arguments: one array of records is one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from interbellum.model.talks import EngineInputs
from interbellum.talks.draws import Draw, SideDraw, draw_of

_WHOLE = {"side", "number", "orientation", "full_provisions"}
SIDE_ROW = np.dtype(
    [(name, np.int64 if name in _WHOLE else float) for name in SideDraw._fields], align=True
)
DRAW_ROW = np.dtype(
    [
        (name, SIDE_ROW if name in ("a", "b") else np.int64 if name in _WHOLE else float)
        for name in Draw._fields
    ],
    align=True,  # else a device reads byte by byte
)


class Tables(NamedTuple):
    """What the device reads; one row a draw (D) unless said otherwise."""

    draws: Any
    """(D,) numbers of `Draw`, as DRAW_ROW"""
    levels: Any
    """(D, F, L + 1) first frontier point of each number of provisions"""
    u_a: Any
    u_b: Any
    decides: Any
    """(points,) of all draws' frontiers, one after another"""
    hazard: Any
    incidents: Any
    """(D, 3, T + 1)"""
    regime_now: Any
    """(R,) for all draws"""
    effects: Any
    talks: Any
    """(D, R, S)"""
    reluctances: Any
    costs: Any
    """(D, R, S, 2)"""
    sets: Any
    """(R, S) for all draws"""
    switch: Any
    """(D, R, S, S)"""
    leave: Any
    """(D, R, S)"""
    scheduled: Any
    """(n, 4) for all draws"""
    other_share: Any
    other_kept: Any
    """(D, 3)"""


def tables_of(e: EngineInputs) -> Tables:
    """Inputs of all draws as the device reads them."""
    leave = np.zeros(e.regime_switch.shape[:3])
    for to in range(e.regime_switch.shape[3]):  # in the order in which a move is looked for
        leave += e.regime_switch[..., to]
    return Tables(
        np.array([draw_of(e, draw) for draw in range(len(e.position))], DRAW_ROW),
        *(
            np.ascontiguousarray(array)
            for array in (
                e.levels,
                e.frontier_a,
                e.frontier_b,
                e.frontier_decides,
                e.hazard,
                e.incidents,
                e.regime_now,
                e.regime_effect,
                e.regime_talks,
                e.regime_reluctance,
                e.regime_cost,
                e.regime_set,
                e.regime_switch,
                leave,
                e.scheduled,
                e.other_share,
                e.other_kept,
            )
        ),
    )
