"""Runs in a process of its own, under numba's simulator: is what the device counts what the processor counts?

Prints one JSON object: for every war, whether each array of counts is equal, and the paths by rung.
"""

from __future__ import annotations

import json

import numpy as np

from interbellum.model.rungs import RUNGS
from interbellum.model.talks import EngineInputs
from interbellum.talks import cuda, kernel
from test_talks import built, with_everything

DRAWS, PATHS, WEEKS, SEED = 8, 3, 261, 7


def wars() -> dict[str, EngineInputs]:
    """Two shipped wars as they are, with regimes that bind and truces that move trust, and more."""
    found = {}
    for name in ("eritrea-ethiopia-1999", "ukraine-2025-05"):
        plain, _ = built(name, DRAWS)
        found[name] = plain
        found[f"{name}, everything"] = everything = with_everything(plain)
        # Silences that break soon, and regimes that matter and move while they last.
        found[f"{name}, brittle"] = everything._replace(
            hazard=everything.hazard * 30.0,
            reluctance=everything.reluctance * 0.0,
            regime_switch=np.minimum(everything.regime_switch * 3.0, 0.3),
            regime_effect=everything.regime_effect * 10.0,
            scheduled=np.array([[week, 0, 0, 1] for week in range(5, WEEKS, 10)]),
        )
        found[f"{name}, tired"] = plain._replace(
            cost=plain.cost * 4.0,
            standing=plain.standing + 0.4,
            tolerance=np.full(DRAWS, 5.5),
            ending_chance=np.full(DRAWS, 0.1),
            talk_chance=np.zeros(DRAWS),
        )
    return found


def main() -> None:
    """Run every war on both."""
    cuda.LAUNCH, cuda.BLOCK = 20, 8  # several launches, their last block not full
    told = {}
    for name, engine in wars().items():
        there = cuda.run(engine, SEED, PATHS, WEEKS)
        here = kernel.run(engine, SEED, PATHS, WEEKS)
        told[name] = {
            "equal": {
                field: bool(np.array_equal(getattr(there, field), getattr(here, field)))
                for field in here._fields
            },
            "rungs": dict(zip(RUNGS, there.rungs.sum(axis=(0, 1)).tolist(), strict=True)),
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
