"""Measure the briefing from file to JSON: `python bench/brief.py --json`.

Every figure comes from a command that a user would type, run here as a process of its own:
first run after install (nothing compiled), warm run (compiled kernels on disk), `--help`, peak
memory, and the same bytes on one core as on all.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOSSIER = "ukraine-2025-05"
GOALS = {
    "warm_seconds": 15.0,
    "first_run_seconds": 60.0,
    "help_seconds": 0.3,
    "peak_mebibytes": 1024.0,
}
COMMAND = [sys.executable, "-m", "interbellum"]
KEYS = {
    "": (
        "dossier",
        "run",
        "rungs",
        "endings",
        "durability",
        "range",
        "variants",
        "pooling",
        "diagnosis",
        "hindcast",
        "drivers",
        "notes",
    ),
    "dossier": ("id", "title", "as_of", "hash"),
    "run": ("version", "seed", "draws", "paths", "effective_draws", "method"),
    "range": ("open_share", "blocking"),
}
RUNG_KEYS = ("rung", "by_days", "p", "lo50", "hi50", "lo80", "hi80", "base_rate", "base_rate_n")
HORIZONS = (30, 90, 180, 365, 730, 1826)


def run(
    arguments: list[str], cache: str, cores: set[int] | None = None
) -> tuple[float, bytes, float, float]:
    """Wall seconds, standard output, peak mebibytes and processor seconds of one command."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}

    def pin() -> None:
        if cores:
            os.sched_setaffinity(0, cores)

    began = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        preexec_fn=pin if cores else None,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"{' '.join(arguments)} failed with status {status}")
    return wall, output, usage.ru_maxrss / 1024.0, usage.ru_utime + usage.ru_stime


def contract_holds(answer: dict[str, object]) -> bool:
    """Whether the JSON has the keys of the design's contract, with every rung at every horizon."""
    from interbellum.model.rungs import ENDINGS, FORMS, RUNGS

    def at(name: str) -> dict[str, object]:
        part = answer if not name else answer[name]
        assert isinstance(part, dict)
        return part

    if any(key not in at(name) for name, keys in KEYS.items() for key in keys):
        return False
    rungs, endings = answer["rungs"], answer["endings"]
    assert isinstance(rungs, list)
    assert isinstance(endings, list)
    seen = {(item["rung"], item["by_days"]) for item in rungs}
    return (
        all((rung, days) in seen for rung in RUNGS for days in HORIZONS)
        and all(key in item for item in rungs for key in RUNG_KEYS)
        and {item["by_days"] for item in endings} >= set(HORIZONS)
        and all(abs(sum(item[name] for name in ENDINGS) - 1.0) < 1e-9 for item in endings)
        and set(at("durability")) == set(FORMS)
    )


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures only")
    talk = not parser.parse_args().json
    brief = ["brief", DOSSIER, "--format", "json"]
    with tempfile.TemporaryDirectory() as cache:
        first, _, _, first_cpu = run(brief, cache)
        if talk:
            print(f"first run, nothing compiled: {first:.1f} s")
        warm = [run(brief, cache) for _ in range(3)]
        cores = sorted(os.sched_getaffinity(0))
        one_core, one_output, _, _ = run(brief, cache, {cores[0]})
        helps = [run(["--help"], cache)[0] for _ in range(5)]
    answer = json.loads(warm[0][1])
    figures = {
        "dossier": DOSSIER,
        "draws": answer["run"]["draws"],
        "paths": answer["run"]["paths"],
        "weeks": answer["run"]["weeks"],
        "cores": len(cores),
        "warm_seconds": statistics.median(wall for wall, _, _, _ in warm),
        "warm_seconds_each": [wall for wall, _, _, _ in warm],
        # Processor time beside wall time: on a shared machine the two part when others take it.
        "warm_processor_seconds_each": [spent for _, _, _, spent in warm],
        "first_run_processor_seconds": first_cpu,
        "one_core_seconds": one_core,
        "first_run_seconds": first,
        "help_seconds": min(helps),
        "peak_mebibytes": max(peak for _, _, peak, _ in warm),
        "same_bytes_each_run": all(output == warm[0][1] for _, output, _, _ in warm),
        "same_bytes_on_one_core": one_output == warm[0][1],
        "contract_holds": contract_holds(answer),
        "effective_draws": answer["run"]["effective_draws"],
    }
    met = {name: figures[name] < goal for name, goal in GOALS.items()}
    met["draws_and_paths"] = (
        figures["draws"] >= 256 and figures["paths"] >= 256 and figures["weeks"] >= 260
    )
    for name in ("same_bytes_each_run", "same_bytes_on_one_core", "contract_holds"):
        met[name] = bool(figures[name])
    if talk:
        for name, value in figures.items():
            print(f"{name}: {value}")
    print(json.dumps({"name": "brief", "figures": figures, "goals": GOALS, "met": met}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    main()
