"""The first run after an installation compiles for a minute; a second process takes a share of that.

Numba compiles one function at a time in a process, and keeps what it has compiled on disk. So a run that
has had to compile while the table was laid compiles the engine itself, and a process beside it what is
asked after the engine; who comes second reads it from the disk. Nothing waits for that process and nothing
depends on it: without it the run takes longer, and says the same.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from numba.core import event

SMALLEST = (
    "eritrea-ethiopia-1999"  # loops are compiled for types, which are the same for every dossier
)
DRAWS = PATHS = 8


class Compilations(event.Listener):
    """Counts what numba has had to compile."""

    def __init__(self) -> None:
        self.count = 0

    def on_start(self, event: event.Event) -> None:
        """One more."""
        self.count += 1

    def on_end(self, event: event.Event) -> None:
        """Nothing to do."""


@contextmanager
def counted() -> Iterator[Compilations]:
    """Count what is compiled meanwhile, by any thread; what is read from the disk does not count."""
    listener = Compilations()
    with event.install_listener("numba:compile", listener):
        yield listener


@contextmanager
def shared(wanted: bool, threads: int) -> Iterator[None]:
    """Have another process compile what is asked after the engine, where that is wanted and of use.

    Parameters
    ----------
    wanted : bool
        Whether this is a first run.
    threads : int
        Threads that the run may use; one leaves no room for a process beside it.
    """
    # A worker of the server has a sibling that compiles already.
    if not wanted or threads < 2 or multiprocessing.parent_process() or not sys.executable:
        yield
        return
    quiet = subprocess.DEVNULL
    beside = subprocess.Popen(
        [sys.executable, "-m", "interbellum.compiling"],
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    try:
        yield
    finally:
        beside.kill()
        beside.wait()


def main() -> None:
    """Compile what the engine does not need: attrition, the strategic premium, the course of the war."""
    from interbellum import analysis, course
    from interbellum.dossier.reader import load
    from interbellum.talks.variants import VARIANTS, strategic

    table = analysis.lay_table(load(SMALLEST), draws=DRAWS, threads=1)
    given = analysis.variant_inputs(table, PATHS, analysis.DEFAULT_SEED, threads=1)
    course.course(table, analysis.DEFAULT_SEED, threads=1)  # the run waits for these in this order
    strategic.premiums(given.engine, given.record, given.weeks)
    VARIANTS["attrition"].answer(given)


if __name__ == "__main__":
    main()
