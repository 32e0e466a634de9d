"""Pinned figures of the shipped dossiers: `python tools/golden.py` rewrites them, on purpose only.

A change here is a change of results: name it in CHANGELOG.md with its size and reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from interbellum import analysis
from interbellum.dossier.reader import load, shipped

FOLDER = Path(__file__).parents[1] / "tests" / "golden"
DRAWS, PATHS, SEED = 32, 32, 1  # small: pinned for equality, not for truth


def figures(name: str) -> dict[str, Any]:
    """What is pinned of one dossier: every stage leaves its mark in it."""
    loaded = load(name)
    result = analysis.run(loaded, draws=DRAWS, paths=PATHS, seed=SEED)
    return {
        "hash": loaded.hash,
        "effective_draws": result.run.effective_draws,
        "mean_weight": result.hindcast.mean_weight,
        "rungs": {
            f"{item.rung}.{item.by_days}": item.chance.p
            for item in result.rungs
            if item.by_days in (365, 1826)
        },
        "endings": {
            f"{name}.{item.by_days}": share.p
            for item in result.endings
            if item.by_days in (365, 1826)
            for name, share in item.shares.items()
        },
        "durability": {
            f"{form}.{point.days}": point.chance.p
            for form, told in result.durability.items()
            for point in told.curve
        },
        "causes": {form: dict(told.causes) for form, told in result.durability.items()},
        "record": {form: told.record.n for form, told in result.durability.items()},
        "open_share": result.range.open_share,
        "signed_while_closed": result.range.signed_while_closed,
        "blocking": [[list(item.ids), item.share] for item in result.range.blocking[:5]],
        "packages": {item.solution: [*item.u, *item.surplus] for item in result.range.packages},
        "reservation_values": [side.reservation_value.p for side in result.sides],
        "variants": {
            f"{one.name}.{rung}": p
            for one in result.variants
            for rung, days, p in one.rungs
            if days == 365
        },
        "hazard": [result.hindcast.hazard.before.p, result.hindcast.hazard.after.p],
        "thresholds": {
            item.side: [
                item.believes.p,
                item.closes_above.p if item.closes_above else None,
                item.move.p if item.move else None,
            ]
            for item in result.diagnosis.thresholds
        },
        "views": [[one.sees_range, one.way_out, one.hurting] for one in result.diagnosis.views],
        "drivers": {item.id: item.rank_correlation for item in result.drivers},
        "promises": {item.id: list(item.substance) for item in result.promises},
    }


def main() -> None:
    """Write one file a shipped dossier."""
    FOLDER.mkdir(exist_ok=True)
    for name in shipped():
        text = json.dumps(figures(name), indent=1, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
