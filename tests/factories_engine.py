"""A war so bare that nothing happens in it, for tests that make one thing happen."""

from __future__ import annotations

from typing import Any

import numpy as np

from interbellum.model.talks import EngineInputs

CURVE = 60  # weeks of the hazard curves
ALWAYS, FOREVER = 1.0, 1e9


def engine(**changes: Any) -> EngineInputs:
    """Nobody gains by fighting, nobody talks, nobody gives up, and the front stands still."""
    both, none = np.zeros((1, 2)), np.zeros(1)
    fields: dict[str, Any] = {
        "orientation": 1,
        "position": np.array([0.5]),
        "drift": none,
        "variance": np.array([1e-6]),
        "momentum": none,
        "prior": both,
        "stubbornness": both + 1.0,
        "signals": both,
        "signal_weeks": both,
        "discount": both + 0.002,
        "cost": both,
        "reluctance": both,
        "choice_noise": none + 0.001,
        "talk_chance": none,
        "tolerance": none + FOREVER,
        "ending_chance": none + ALWAYS,
        "settlement_share": none + 0.5,
        "standing": both - 1.0,
        "fear": both,
        "provisions_factor": none + 0.25,
        "full_provisions": 12,
        "rearm_ceiling": both,
        "rearm_rate": both + 1.0,
        "sectoral_rate": none,
        "sectoral_kept": none,
        "other_rate": none,
        "other_share": np.array([[0.4, 0.7, 1.0]]),
        "other_kept": np.ones((1, 3)),
        "exchange_rate": none,
        "trust_kept": none,
        "trust_broken": none,
        "trust_memory": none + 1.0,
        "regime_now": np.zeros(0, np.int64),
        "regime_effect": np.zeros((1, 0, 6)),
        "regime_talks": np.ones((1, 0, 6)),
        "regime_reluctance": np.ones((1, 0, 6, 2)),
        "regime_cost": np.ones((1, 0, 6, 2)),
        "regime_set": np.zeros((0, 6), np.int64),
        "regime_switch": np.zeros((1, 0, 6, 6)),
        "scheduled": np.zeros((0, 4), np.int64),
        "levels": np.array([[[0, 1]]]),
        "frontier_a": np.array([1.0]),
        "frontier_b": np.array([1.0]),
        "frontier_decides": np.array([0.2]),
        "hazard": np.zeros((1, 3, CURVE + 1)),
        "incidents": np.zeros((1, 3, CURVE + 1)),
    }
    assert set(fields) == set(EngineInputs._fields)
    for name, value in changes.items():
        fields[name] = value if isinstance(value, np.ndarray) else np.asarray([value], float)
    return EngineInputs(**fields)


def two_states(**changes: Any) -> dict[str, Any]:
    """One regime of two states that so far changes nothing and never moves."""
    fields: dict[str, Any] = {
        "regime_now": np.array([0]),
        "regime_effect": np.zeros((1, 1, 6)),
        "regime_talks": np.ones((1, 1, 6)),
        "regime_reluctance": np.ones((1, 1, 6, 2)),
        "regime_cost": np.ones((1, 1, 6, 2)),
        "regime_set": np.zeros((1, 6), np.int64),
        "regime_switch": np.zeros((1, 1, 6, 6)),
    }
    return {**fields, **changes}
