"""Frontier and Nash point of domains, ours beside NegMAS: `python bench/deals_negmas.py --json`.

NegMAS runs in an environment of its own, whose Python INTERBELLUM_NEGMAS names; without it only ours is
timed. INTERBELLUM_DOMAINS may name a folder of published domains: each is read and analysed. Both sides
start from a domain in memory and end with frontier and Nash point; the least of five runs counts. NegMAS
has two documented ways (enumerate first, or hand over the issues): both run once, the faster four times
more.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from interbellum.model.domain import Domain

GOALS = {"additive_times_faster": 1000.0, "table_times_faster": 20.0}
ISSUES = (4, 5, 6)  # of ten options each: 10^4 to 10^6 packages
OPTIONS = 10
SEED = 1
RUNS = 5
BATCH = 200  # calls of ours between two readings of the clock: one call is near its resolution
EQUAL = 1e-9
DEFINITIONS_NOTE = (
    "Frontiers mean the same and are compared as they stand. NegMAS's nash_points takes the larger of"
    " reservation and least utility as disagreement, ours the reservation as stated (0 here), so the"
    " Nash points are compared once more with our reservations set to each party's least utility."
)

NEGMAS = """
import json, sys, time
import numpy as np
from negmas.outcomes import make_issue, make_os
from negmas.preferences import LinearAdditiveUtilityFunction, MappingUtilityFunction
from negmas.preferences import nash_points, pareto_frontier
from negmas.preferences.value_fun import TableFun

folder, form, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
shape = json.load(open(folder + "/shape.json"))
issues = [make_issue([f"o{o}" for o in range(shape["options"])], f"i{k}")
          for k in range(shape["issues"])]
space = make_os(issues)

def ufuns():
    out = []
    for p in range(2):
        if form == "additive":
            weights = np.load(f"{folder}/weights{p}.npy").tolist()
            rows = np.load(f"{folder}/values{p}.npy").tolist()
            values = [TableFun({f"o{o}": v for o, v in enumerate(row)}) for row in rows]
            out.append(LinearAdditiveUtilityFunction(
                values, weights=weights, outcome_space=space, reserved_value=0.0))
        else:
            table = np.load(f"{folder}/table{p}.npy").tolist()
            mapping = dict(zip(space.enumerate_or_sample(), table))
            out.append(MappingUtilityFunction(mapping, outcome_space=space, reserved_value=0.0))
    return tuple(out)

def enumerated(us):
    outcomes = list(space.enumerate_or_sample())
    frontier, places = pareto_frontier(us, outcomes=outcomes)
    return frontier, nash_points(us, frontier, outcome_space=space)

def handed_over(us):
    frontier, places = pareto_frontier(us, issues=space.issues)
    return frontier, nash_points(us, frontier, issues=space.issues)

def timed(way):
    fresh = ufuns()
    began = time.perf_counter()
    frontier, nash = way(fresh)
    return time.perf_counter() - began, frontier, nash

seconds = {way.__name__: timed(way)[0] for way in (enumerated, handed_over)}
faster = min((enumerated, handed_over), key=lambda way: seconds[way.__name__])
for _ in range(runs - 1):
    again, frontier, nash = timed(faster)
    seconds[faster.__name__] = min(seconds[faster.__name__], again)
print(json.dumps({"seconds": seconds, "frontier": [list(map(float, u)) for u in frontier],
                  "nash": [list(map(float, u)) for u, _ in nash]}))
"""


def random_domains(issues: int, folder: Path) -> tuple[Domain, Domain]:
    """An additive domain (Dirichlet weights, uniform values) and one of two uniform tables."""
    from interbellum.model.domain import Domain, Party

    rng = np.random.default_rng(SEED)
    adding, tables = [], []
    for p in range(2):
        weights, values = rng.dirichlet(np.ones(issues)), rng.random((issues, OPTIONS))
        table = rng.random(OPTIONS**issues)
        for name, array in (("weights", weights), ("values", values), ("table", table)):
            np.save(folder / f"{name}{p}.npy", array)
        adding.append(Party(f"P{p}", weights, tuple(values), 0.0))
        tables.append(Party(f"P{p}", reservation=0.0, table=table))
    (folder / "shape.json").write_text(json.dumps({"issues": issues, "options": OPTIONS}))
    names = tuple(f"i{k}" for k in range(issues))
    options = tuple(tuple(f"o{o}" for o in range(OPTIONS)) for _ in range(issues))
    return (
        Domain("random", names, options, tuple(adding)),
        Domain("random", names, options, tuple(tables)),
    )


def least_seconds(call: Callable[[], object], batch: int) -> float:
    """Least of `RUNS` means over a batch of calls, after one call that may compile."""
    call()
    each = []
    for _ in range(RUNS):
        began = time.perf_counter()
        for _ in range(batch):
            call()
        each.append((time.perf_counter() - began) / batch)
    return min(each)


def points(domain: Domain) -> tuple[np.ndarray[Any, Any], list[float] | None]:
    """Frontier (F, 2) and Nash point, evaluated by the plain evaluator."""
    from interbellum.deals.domain import frontier
    from interbellum.deals.domain_reference import utility

    found = frontier(domain)
    values = np.array(
        [[utility(domain, party, row) for party in domain.parties] for row in found.choice.tolist()]
    )
    return values, None if found.nash is None else values[found.nash].tolist()


def at_least_utility(domain: Domain) -> Domain:
    """The domain with NegMAS's disagreement: the least utility where it lies above the reservation."""
    from dataclasses import replace

    from interbellum.model.domain import Party

    parties = tuple(
        Party(p.name, p.weights, p.values, max(p.extent()[0], p.reservation or 0.0), table=p.table)
        for p in domain.parties
    )
    return replace(domain, parties=parties)


def close(one: Any, other: Any) -> bool:
    """Whether two sets of points are the same to `EQUAL`."""
    a, b = (np.array(sorted(map(tuple, rows))) for rows in (one, other))
    return a.shape == b.shape and bool(np.abs(a - b).max(initial=0.0) <= EQUAL)


def compare(domain: Domain, form: str, folder: Path, python: str | None) -> dict[str, object]:
    """Seconds of both, their ratio, and whether they say the same."""
    from interbellum.deals.domain import analyse, frontier

    small = domain.packages <= 10_000 or form == "additive"
    out: dict[str, object] = {
        "form": form,
        "packages": domain.packages,
        "ours_seconds": least_seconds(lambda: frontier(domain), BATCH if small else 5),
        "ours_with_all_solutions_re_evaluated_seconds": least_seconds(lambda: analyse(domain), 5),
    }
    values, nash = points(domain)
    out["points"] = len(values)
    if python is None:
        return out
    done = subprocess.run(
        [python, "-W", "ignore", "-c", NEGMAS, str(folder), form, str(RUNS)],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout.splitlines()[-1])
    theirs_least = min(theirs["seconds"].values())
    _, same_disagreement = points(at_least_utility(domain))
    return {
        **out,
        "negmas_seconds": theirs["seconds"],
        "times_faster": theirs_least / float(str(out["ours_seconds"])),
        "same_frontier": close(values, theirs["frontier"]),
        "same_nash_as_stated": nash is not None and close([nash], theirs["nash"][:1]),
        "same_nash_at_negmas_disagreement": same_disagreement is not None
        and close([same_disagreement], theirs["nash"][:1]),
    }


def published(folder: Path) -> dict[str, object]:
    """How many folders of published domains are read and solved, and why the rest is not."""
    from interbellum.deals.domain import analyse
    from interbellum.dossier.domains import read_domain
    from interbellum.errors import DossierError, InterbellumError

    reasons = (
        "type integer",
        "type real",
        "not additive",
        "sums to",
        "stands twice",
        "is called",
        "while utilities run",
        "profiles (",
    )
    loaded: list[dict[str, object]] = []
    refused: Counter[str] = Counter()
    for place in sorted({file.parent for file in folder.rglob("*.xml")}):
        try:
            domain = read_domain(place)
        except InterbellumError as error:
            text = str(error.faults[0]) if isinstance(error, DossierError) else str(error)
            refused[next((reason for reason in reasons if reason in text), text[:80])] += 1
            continue
        began = time.perf_counter()
        found = analyse(domain)
        loaded.append(
            {
                "domain": str(place.relative_to(folder)),
                "parties": len(domain.parties),
                "packages": domain.packages,
                "points": len(found.choice),
                "status": found.status,
                "solutions": sum(one.package is not None for one in found.solutions),
                "seconds": time.perf_counter() - began,
            }
        )
    slowest = max(loaded, key=lambda one: float(str(one["seconds"])), default=None)
    return {
        "loaded": len(loaded),
        "refused": dict(refused),
        "proved": sum(one["status"] == "proved" for one in loaded),
        "slowest": slowest,
        "each": loaded,
    }


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures only")
    talk = not parser.parse_args().json
    python, domains = (os.environ.get(f"INTERBELLUM_{name}") for name in ("NEGMAS", "DOMAINS"))
    rows: list[dict[str, object]] = []
    for issues in ISSUES:
        with tempfile.TemporaryDirectory() as name:
            for form, domain in zip(
                ("additive", "table"), random_domains(issues, Path(name)), strict=True
            ):
                rows.append(compare(domain, form, Path(name), python))
                if talk:
                    print(rows[-1])
    figures: dict[str, object] = {"rows": rows, "definitions": DEFINITIONS_NOTE}
    figures["negmas"] = "run" if python else "INTERBELLUM_NEGMAS does not name its Python"
    if domains:
        figures["published"] = published(Path(domains))
    met: dict[str, bool] = {}
    if python:
        for form in ("additive", "table"):
            those = [row for row in rows if row["form"] == form]
            goal = f"{form}_times_faster"
            figures[goal] = min(float(str(row["times_faster"])) for row in those)
            met[goal] = float(str(figures[goal])) >= GOALS[goal]
        met["same_results"] = all(
            row["same_frontier"] and row["same_nash_at_negmas_disagreement"] for row in rows
        )
    print(json.dumps({"name": "deals_negmas", "figures": figures, "goals": GOALS, "met": met}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    main()
