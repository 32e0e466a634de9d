"""Measure the deals stage at full size: `python bench/deals.py --json`.

Frontiers and counts of a generated deal space (35 issues, some 10^22 packages) and of every shipped
dossier; the verdict where four actors must agree; all blocking sets and concessions; and the frontier
and Nash point of additive and tabulated domains beside NegMAS, which runs in an environment of its own
that INTERBELLUM_NEGMAS names (its Python). Without it that part is not measured and its goals not met.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

GOALS = {
    "frontier_seconds": 0.1,
    "frontier_milliseconds_a_draw": 2.0,
    "four_actors_seconds": 2.0,
    "conflicts_seconds": 10.0,
    "additive_times_faster": 1000.0,
    "table_times_faster": 20.0,
}
DRAWS = 256
SEEDS = (1, 2, 3)
RUNS = 5


def least(call: Callable[[], Any], runs: int = RUNS) -> float:
    """Least wall seconds of some runs, after one that may compile."""
    call()
    each = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        each.append(time.perf_counter() - began)
    return min(each)


def batched(inputs: Any) -> float:
    """Wall milliseconds a draw with all draws handed to as many threads as there are cores."""
    from interbellum import analysis

    threads = analysis.usable_threads()
    draws = len(inputs.base)
    seconds = least(lambda: analysis.frontiers(inputs, threads, lambda share: None), 3)
    return 1e3 * seconds / draws


def of_dossier(name: str) -> dict[str, Any]:
    """Frontier, count, blocking sets and concessions of one shipped dossier."""
    from interbellum import analysis
    from interbellum.deals.blocking import conflicts
    from interbellum.deals.concessions import concessions, line_losses, owners_of
    from interbellum.deals.counting import count_acceptable
    from interbellum.deals.frontier import frontier
    from interbellum.deals.utility import deal_inputs
    from interbellum.dossier.compile import compile_dossier, compile_medians
    from interbellum.dossier.reader import load

    loaded = load(name)
    compiled = compile_medians(loaded.dossier)
    medians = analysis.at_medians(compiled)
    inputs, slope, base = medians.inputs, medians.slope, medians.base
    sides = loaded.dossier.sides
    leads = (sides.A.lead, sides.B.lead)
    began = time.perf_counter()
    found = conflicts(inputs, 0, slope, base, compiled.war.orientation)
    searched = time.perf_counter() - began
    began = time.perf_counter()
    priced = concessions(
        inputs,
        0,
        found.demands,
        found.corrections,
        line_losses(compiled.preferences, inputs, 0, leads),
        owners_of(compiled.preferences, inputs, leads),
        slope,
        base,
    )
    costed = time.perf_counter() - began
    began = time.perf_counter()
    count = count_acceptable(inputs, 0, inputs.allowed[0], slope, base)
    counted = time.perf_counter() - began
    draws = deal_inputs(compile_dossier(loaded.dossier, DRAWS, 1).preferences)
    return {
        "issues": len(loaded.dossier.issues),
        "packages": count.packages,
        "frontier_seconds": least(lambda: frontier(inputs, 0, keep_choice=True)),
        "points": len(medians.front.u_a),
        "frontier_milliseconds_a_draw": batched(draws),
        "count_seconds": counted,
        "acceptable": [count.at_least, count.acceptable, count.at_most],
        "count_step": count.step,
        "conflicts_seconds": searched,
        "conflicts_status": found.status,
        "blocking_sets": len(found.blocking),
        "corrections": len(found.corrections),
        "prices_seconds": costed,
        "priced": priced.costed,
    }


def of_generated(seed: int) -> dict[str, Any]:
    """Frontier and count of a generated space; the verdict with two more actors that must agree."""
    from generated import generated
    from interbellum.deals.blocking import met
    from interbellum.deals.consent import level_count
    from interbellum.deals.counting import count_acceptable
    from interbellum.deals.frontier import frontier
    from interbellum.deals.range import RESERVATION, consent
    from interbellum.deals.utility import deal_inputs

    inputs = deal_inputs(generated(seed, draws=DRAWS))
    levels = level_count(inputs)
    slope, base = np.full((levels, 2), 0.5), np.full((levels, 2), -0.24)
    began = time.perf_counter()
    count = count_acceptable(inputs, 0, inputs.allowed[0], slope, base)
    counted = time.perf_counter() - began
    four = deal_inputs(generated(seed, consenting=2))
    demands = [*RESERVATION, *(consent(c) for c in range(2)), *np.flatnonzero(four.red_lines[0])]
    verdicts = []
    for asked in (-0.2, -0.24, -0.28, -0.32):  # from plainly open to plainly closed
        began = time.perf_counter()
        answer = met(four, 0, demands, slope, np.full((levels, 2), asked))
        verdicts.append((time.perf_counter() - began, answer))
    return {
        "seed": seed,
        "packages": count.packages,
        "frontier_seconds": least(lambda: frontier(inputs, 0, keep_choice=True)),
        "frontier_milliseconds_a_draw": batched(inputs),
        "count_seconds": counted,
        "acceptable": [count.at_least, count.acceptable, count.at_most],
        "four_actors_seconds": max(seconds for seconds, _ in verdicts),
        "four_actors_open": [answer for _, answer in verdicts],
        "four_actors_frontier_seconds": least(lambda: frontier(four, 0), 1),
    }


def both_agree(inputs: Any, points: int = 12) -> bool:
    """Whether the constraint solver finds nothing that beats points of the frontier."""
    from interbellum.deals.exact import is_undominated
    from interbellum.deals.frontier import frontier

    front = frontier(inputs, 0, keep_choice=True)
    chosen = np.linspace(0, len(front.choice) - 1, points).astype(int)
    with ThreadPoolExecutor() as pool:
        return all(
            pool.map(lambda p: is_undominated(inputs, 0, tuple(map(int, front.choice[p]))), chosen)
        )


def beside_negmas(python: str) -> list[dict[str, Any]]:
    """Additive and tabulated domains of 10^4 to 10^6 packages, ours beside NegMAS in one run."""
    import deals_negmas

    rows: list[dict[str, Any]] = []
    for issues in deals_negmas.ISSUES:
        with tempfile.TemporaryDirectory() as folder:
            both = deals_negmas.random_domains(issues, Path(folder))
            for form, domain in zip(("additive", "table"), both, strict=True):
                rows.append(deals_negmas.compare(domain, form, Path(folder), python))
    return rows


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures only")
    talk = not parser.parse_args().json
    from generated import generated
    from interbellum.deals.utility import deal_inputs
    from interbellum.dossier.reader import shipped

    dossiers = {name: of_dossier(name) for name in shipped()}
    spaces = [of_generated(seed) for seed in SEEDS]
    figures: dict[str, Any] = {
        "cores": len(os.sched_getaffinity(0)),
        "draws": DRAWS,
        "dossiers": dossiers,
        "generated": spaces,
        "solver_finds_nothing_better": both_agree(deal_inputs(generated(SEEDS[0]))),
    }
    for name in ("frontier_seconds", "frontier_milliseconds_a_draw"):
        figures[name] = max(row[name] for row in (*dossiers.values(), *spaces))
    figures["four_actors_seconds"] = max(row["four_actors_seconds"] for row in spaces)
    figures["conflicts_seconds"] = max(row["conflicts_seconds"] for row in dossiers.values())
    met = {name: figures[name] < GOALS[name] for name in list(GOALS)[:4]}
    met["conflicts_complete_or_unknown"] = all(
        row["conflicts_status"] == "proved" or max(row["blocking_sets"], row["corrections"]) >= 1000
        for row in dossiers.values()
    )
    met["count_brackets"] = all(
        low <= nearest <= high
        for low, nearest, high in (row["acceptable"] for row in (*dossiers.values(), *spaces))
    )
    met["solver_finds_nothing_better"] = figures["solver_finds_nothing_better"]
    python = os.environ.get("INTERBELLUM_NEGMAS")
    figures["negmas"] = (
        beside_negmas(python) if python else "not measured: INTERBELLUM_NEGMAS names no Python"
    )
    for form in ("additive", "table"):
        goal = f"{form}_times_faster"
        rows = [row for row in figures["negmas"] if row["form"] == form] if python else []
        figures[goal] = min((row["times_faster"] for row in rows), default=None)
        met[goal] = figures[goal] is not None and figures[goal] >= GOALS[goal]
    met["same_results_as_negmas"] = bool(python) and all(
        row["same_frontier"] and row["same_nash_at_negmas_disagreement"]
        for row in figures["negmas"]
    )
    if talk:
        for name, value in figures.items():
            print(f"{name}: {value}")
    print(json.dumps({"name": "deals", "figures": figures, "goals": GOALS, "met": met}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    main()
