"""Measure the back-test of the historical library: `python bench/record.py --json`.

Runs every frozen case, and the two dossiers beside the crowds, three times as a user would, each time in a process of its own, and says how long
that takes and whether the bytes are the same, also on one core. What the back-test itself says is
for docs/record.md; its primary figures are repeated here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

COMMAND = [sys.executable, "-m", "interbellum", "backtest", "--json"]
MOST_SECONDS = 300.0  # issue 6, on two cores
CASES = 17
CROWD_DATES = 2
PRIMARY = ("ending.365", "pooled", "base_rate")


def run(cores: set[int]) -> tuple[float, float, bytes]:
    """Wall seconds, processor seconds and standard output of one back-test on some cores."""
    began = time.perf_counter()
    process = subprocess.Popen(
        COMMAND,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(COMMAND)} failed with status {status}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, output


def primary(answer: dict[str, Any]) -> dict[str, Any]:
    """The one result that decision 0025 calls primary."""
    title, first, second = PRIMARY
    table = next(one for one in answer["endings"] if one["title"] == title)
    return next(
        {key: pair[key] for key in ("brier", "log", "skill", "skill_lo80", "skill_hi80")}
        for pair in table["comparisons"]
        if (pair["first"], pair["second"]) == (first, second)
    )


def beside_crowds(answer: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Sum of squares over four bins per date and forecaster; one question, no claim of skill (decision 0026)."""
    return {
        table["as_of"]: {one["who"]: one["brier"] for one in table["answers"]}
        for table in answer["crowds"]
    }


def measure() -> dict[str, Any]:
    """Every figure, the goals, and whether they are met."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    first, _, output = run(set(cores))  # compiles what no earlier command has compiled
    warm, spent, again = run(set(cores))
    alone, _, on_one = run({cores[0]})
    answer = json.loads(output)
    figures = {
        "cores": len(cores),
        "first_seconds": first,
        "warm_seconds": warm,
        "warm_processor_seconds": spent,
        "one_core_seconds": alone,
        "cases": len(answer["cases"]),
        "failed": answer["failed"],
        "primary": primary(answer),
        "beside_crowds": beside_crowds(answer),
        "weights": {one["name"]: one["earned"] for one in answer["variants"]["weights"]},
        "weights_earned": answer["variants"]["earned"],
    }
    return {
        "name": "record",
        "figures": figures,
        "goals": {"warm_seconds_at_most": MOST_SECONDS, "cases": CASES, "crowd_dates": CROWD_DATES},
        "met": {
            "warm_seconds_at_most": warm <= MOST_SECONDS,
            "cases": figures["cases"] == CASES,
            "crowd_dates": len(figures["beside_crowds"]) == CROWD_DATES,
            "same_bytes_each_run": output == again,
            "same_bytes_on_one_core": output == on_one,
        },
    }


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the JSON alone")
    wanted = parser.parse_args()
    told = measure()
    if not wanted.json:
        print(f"warm {told['figures']['warm_seconds']:.0f} s", file=sys.stderr)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
