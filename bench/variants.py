"""What each structural variant answers on the shipped dossiers, what pooling would make of it, and how long.

    python bench/variants.py [--draws 256] [--paths 64] [DOSSIER ...]

The last column pools without `reference_class`, whose rates are mostly their prior on short records.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from interbellum import analysis, pooling, summary
from interbellum.dossier.reader import Loaded, load, shipped
from interbellum.model.rungs import RUNGS
from interbellum.record.weights import shipped_pools
from interbellum.talks import kernel
from interbellum.talks.hindcast import effective_draws
from interbellum.talks.variants import VARIANTS

SHOWN = ("general_truce_30_days_kept", "settlement_signed", "freeze", "victory_A", "victory_B")
DAYS = 365


def main() -> None:
    """Print one table a dossier."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dossier", nargs="*")
    parser.add_argument("--draws", type=int, default=256)
    parser.add_argument("--paths", type=int, default=64)
    asked = parser.parse_args()
    threads = analysis.usable_threads()
    answers(load(shipped()[0]), 8, 8, threads)
    for name in asked.dossier or shipped():
        among, took = answers(load(name), asked.draws, asked.paths, threads)
        structural = [one for one in among if one.name != "reference_class"]
        total = sum(one.weight for one in structural)
        structural = [replace(one, weight=one.weight / total) for one in structural]
        print(
            f"\n{name}: {asked.draws} draws x {asked.paths} paths, {took:.1f} s, {threads} threads"
        )
        print(
            f"{'':32}"
            + "".join(f"{n:>17}" for n in VARIANTS)
            + f"{'pooled':>22}{'no base rates':>22}"
        )
        for rung in SHOWN:
            place = list(RUNGS).index(rung)
            values = {
                one.name: summary.at_days(one.shares.rungs[..., place], DAYS) for one in among
            }
            row = [f"{float(one.draw_weight @ values[one.name]):17.3f}" for one in among]
            for group in (among, structural):
                told = pooling.pooled([values[one.name] for one in group], group)
                row.append(f"{told.p:8.3f} ({told.lo80:.2f}-{told.hi80:.2f})".rjust(22))
            print(f"{rung:32}" + "".join(row))
        effective = [f"{effective_draws(one.draw_weight):17.0f}" for one in among]
        print(f"{'effective draws':32}" + "".join(effective))


def answers(
    loaded: Loaded, draws: int, paths: int, threads: int
) -> tuple[tuple[pooling.Weighted, ...], float]:
    """What every variant answers, and the seconds that the ones beside the engine took."""
    table = analysis.lay_table(loaded, draws=draws)
    counts = kernel.run(table.engine, 1, paths, table.weeks, threads)
    weights = shipped_pools().variants.weights
    began = time.perf_counter()
    return analysis.variant_answers(
        table, counts, paths, 1, threads, weights
    ), time.perf_counter() - began


if __name__ == "__main__":
    main()
