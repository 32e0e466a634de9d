"""Measure the engine of talks: `python bench/engine.py --json`.

Path-weeks a second of the full model, beside two others measured in the same run:

- the practical ceiling: a war that is a bare random walk, structure of arrays in float32, with one
  block of Philox4x32-10 a path-week, as the engine's streams need at the very least;
- the same model as a plain Python loop, `talks/reference.py`.

Where there is a GPU, its rate stands beside them; no goal rests on it.

A path-week is a week that a path spent at war: paths that have ended, and silences, are not counted.
Rates are the best of several short runs in processor time, so that a busy machine lowers all alike.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import numpy as np
from numba import float32, njit, uint32, uint64

from interbellum import analysis
from interbellum.dossier.reader import load
from interbellum.errors import DeviceError
from interbellum.model.rungs import ENDINGS
from interbellum.model.talks import EngineInputs
from interbellum.talks import devices, kernel
from interbellum.talks.reference import simulate

DOSSIER = "ukraine-2025-05"
HINDCASTS = ("ukraine-2025-01", "ukraine-2025-05")
DRAWS, PATHS = 64, 512  # whole draws of a briefing: a draw has some work of its own
BRIEFING = (512, 512)
RUNG = "general_truce_30_days_kept"
GOALS = {
    "share_of_ceiling": 1.0 / 20.0,
    "times_python": 300.0,
    "briefing_warm_seconds": 6.0,
}
REPEATS = 5
WALKS, WALK_WEEKS = 4096, 260

_M0, _M1 = uint64(0xD2511F53), uint64(0xCD9E8D57)
_W0, _W1 = uint64(0x9E3779B9), uint64(0xBB67AE85)
_LOW, _HALF = uint64(0xFFFFFFFF), uint64(32)


@njit(inline="always")
def philox_round(a: Any, b: Any, c: Any, d: Any, k0: Any, k1: Any) -> Any:
    """One round, in 64-bit registers."""
    first, second = a * _M0, c * _M1
    return (second >> _HALF) ^ b ^ k0, second & _LOW, (first >> _HALF) ^ d ^ k1, first & _LOW


@njit(error_model="numpy", nogil=True)
def random_walks(seed: Any, position: Any, weeks_at_war: Any, drift: Any, spread: Any) -> None:
    """Bare wars: each week a step, until an end is passed; all walks week by week, side by side."""
    key0, key1 = uint64(seed) & _LOW, uint64(seed) >> _HALF
    for week in range(WALK_WEEKS):
        for i in range(position.shape[0]):
            k0, k1 = key0, key1
            a, b, c, d = philox_round(uint64(i), uint64(7), uint64(week), uint64(0), k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
            a, b, c, d = philox_round(a, b, c, d, k0, k1)
            # The sum of four uniform numbers has variance 1/3: near enough to a normal for a ceiling.
            four = float32(uint32(a >> uint64(2)) + uint32(b >> uint64(2)))
            four += float32(uint32(c >> uint64(2)) + uint32(d >> uint64(2)))
            step = drift + spread * (four - float32(2147483648.0))
            x = position[i]
            fights = (x > float32(0.0)) & (x < float32(1.0))
            position[i] = x + step if fights else x
            weeks_at_war[i] += uint32(fights)


def best(work: Callable[[], Any], clock: Callable[[], float], repeats: int = REPEATS) -> float:
    """Least seconds that a piece of work takes."""
    least = float("inf")
    for _ in range(repeats):
        began = clock()
        work()
        least = min(least, clock() - began)
    return least


def ceiling_rate() -> float:
    """Path-weeks a second of the bare random walk, on one thread; every walk lasts all weeks."""
    spread = np.float32(0.02 * np.sqrt(3.0) / 2.0**30)
    start = np.full(WALKS, 0.5, np.float32)

    def work() -> None:
        position, weeks = start.copy(), np.zeros(WALKS, np.uint32)
        random_walks(np.uint64(1), position, weeks, np.float32(0.0), spread)

    work()
    return WALKS * WALK_WEEKS / best(work, time.process_time)


def weeks_at_war(endings: Any) -> int:
    """Path-weeks of a run: weeks at whose end a path was at war, week 0 left out."""
    return int(endings[:, 1:, ENDINGS.index("war")].sum())


def python_rate(engine: EngineInputs, weeks: int) -> float:
    """Path-weeks a second of the reference, one path of each of some draws."""
    ran = 0
    began = time.process_time()
    for draw in range(0, len(engine.position), 8):
        told = simulate(engine, 1, draw, 0, weeks)
        ran += told.endings[1:].count("war")
    return ran / (time.process_time() - began)


def gpu(engine: EngineInputs, weeks: int) -> dict[str, Any]:
    """Rate of the same run on a GPU, transfers included, and how far its endings are; or why there is none."""
    try:
        if devices.simulated():
            raise DeviceError("numba simulates the device (NUMBA_ENABLE_CUDASIM=1).")
        devices.check_device("cuda")
    except DeviceError as fault:
        return {"ran": False, "why": str(fault)}
    paths = 64 * PATHS  # a device is filled by some millions of paths
    began = time.perf_counter()
    devices.run("cuda", engine, 1, 8, weeks)  # compiles, or loads what was compiled
    first = time.perf_counter() - began
    counts = devices.run("cuda", engine, 1, paths, weeks)
    seconds = best(lambda: devices.run("cuda", engine, 1, paths, weeks), time.perf_counter)
    there = devices.run("cuda", engine, 1, PATHS, weeks).endings
    here = kernel.run(engine, 1, PATHS, weeks).endings
    return {
        "ran": True,
        "paths_a_draw": paths,
        "path_weeks_a_second": weeks_at_war(counts.endings) / seconds,
        "first_run_seconds": first,
        "total_variation_of_endings": float(np.abs(there - here).sum() / (2.0 * here.sum())),
    }


def digest(counts: Any) -> str:
    """Of every count of a run."""
    whole = hashlib.sha256()
    for array in counts:
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def briefing(cache: str) -> tuple[list[float], list[float]]:
    """Wall and processor seconds of warm briefings, from file to JSON, on all processors."""
    draws, paths = BRIEFING
    command = [sys.executable, "-m", "interbellum", "brief", DOSSIER, "--format", "json"]
    command += ["--draws", str(draws), "--paths", str(paths)]
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": cache,
        "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
    }
    wall, spent = [], []
    for _ in range(4):
        before, began = os.times(), time.perf_counter()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        after = os.times()
        wall.append(time.perf_counter() - began)
        spent.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    return wall[1:], spent[1:]  # the first one compiles


def hindcast(name: str) -> dict[str, Any]:
    """Effective sample size, what moved, and the forecast beside the base rate."""
    loaded = load(name)
    result = analysis.run(loaded, draws=256, paths=64)
    forecast = result.rung(RUNG, 365)
    return {
        "draws": result.run.draws,
        "effective_draws": result.run.effective_draws,
        "effective_share": result.run.effective_draws / result.run.draws,
        "moved": {
            item.id: {"prior": item.prior, "posterior": item.posterior}
            for item in result.hindcast.moved
        },
        "rung": RUNG,
        "by_days": 365,
        "pooled_chance": forecast.chance.p,
        "engine_chance": result.hindcast.hazard.after.p,
        "engine_chance_before_the_hindcast": result.hindcast.hazard.before.p,
        "engine_hazard_a_year": float(-np.log1p(-result.hindcast.hazard.after.p)),
        "base_rate": forecast.base_rate,
        "base_rate_hazard_a_year": float(-np.log1p(-forecast.base_rate)),
    }


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures only")
    talk = not parser.parse_args().json
    table = analysis.lay_table(load(DOSSIER), draws=DRAWS)
    engine, weeks = table.engine, table.weeks
    kernel.run(engine, 1, 8, weeks)  # compiles
    counts = kernel.run(engine, 1, PATHS, weeks)
    ran = weeks_at_war(counts.endings)
    # Turn and turn about, so that whatever else the machine does falls on both.
    one, ceiling = float("inf"), 0.0
    for _ in range(REPEATS):
        one = min(one, best(lambda: kernel.run(engine, 1, PATHS, weeks), time.process_time, 1))
        ceiling = max(ceiling, ceiling_rate())
    two = best(lambda: kernel.run(engine, 1, PATHS, weeks, 2), time.perf_counter)
    python = max(python_rate(engine, weeks) for _ in range(3))
    cores = analysis.usable_threads()
    digests = {digest(kernel.run(engine, 1, PATHS, weeks, n)) for n in (1, 2, cores, 2 * cores + 1)}
    with tempfile.TemporaryDirectory() as cache:
        wall, spent = briefing(cache)
    figures = {
        "dossier": DOSSIER,
        "weeks": weeks,
        "path_weeks": ran,
        "share_of_weeks_at_war": ran / (DRAWS * PATHS * weeks),
        "path_weeks_a_second_one_thread": ran / one,
        "nanoseconds_a_path_week": 1e9 * one / ran,
        "path_weeks_a_second_two_threads": ran / two,
        "ceiling_path_weeks_a_second": ceiling,
        "python_path_weeks_a_second": python,
        "gpu": gpu(engine, weeks),
        "share_of_ceiling": ran / one / ceiling,
        "times_python": ran / one / python,
        "briefing_draws_and_paths": BRIEFING,
        "briefing_warm_seconds": min(wall),
        "briefing_warm_seconds_each": wall,
        "briefing_processor_seconds_each": spent,
        "cores": cores,
        "same_bytes_on_any_number_of_threads": len(digests) == 1,
        "hindcast": {name: hindcast(name) for name in HINDCASTS},
    }
    met = {
        "share_of_ceiling": figures["share_of_ceiling"] >= GOALS["share_of_ceiling"],
        "times_python": figures["times_python"] >= GOALS["times_python"],
        "briefing_warm_seconds": figures["briefing_warm_seconds"] < GOALS["briefing_warm_seconds"],
        "same_bytes_on_any_number_of_threads": figures["same_bytes_on_any_number_of_threads"],
    }
    if talk:
        for name, value in figures.items():
            print(f"{name}: {value}")
    print(json.dumps({"name": "engine", "figures": figures, "goals": GOALS, "met": met}))


if __name__ == "__main__":
    main()
