"""The first run after an installation compiles for a minute; a second process takes a share of that.

Numba compiles one function at a time in a process, and keeps what it has compiled on disk. So a run that
has had to compile while the table was laid compiles the engine itself, and a process beside it what is
asked after the engine; who comes second reads it from the disk. Nothing waits for that process and nothing
depends on it: without it the run takes longer, and says the same.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numba.core import caching, event

try:
    import fcntl
except ImportError:  # Windows: nothing is shared there
    fcntl = None  # type: ignore[assignment]

SMALLEST = (
    "eritrea-ethiopia-1999"  # loops are compiled for types, which are the same for every dossier
)
DRAWS = PATHS = 8
LOCK = "interbellum.lock"  # beside compiled code

_saving = threading.Lock()


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
    use = wanted and threads > 1 and fcntl is not None and not multiprocessing.parent_process()
    beside = _started() if use else None
    try:
        yield
    finally:
        if beside is not None:
            beside.communicate()  # closes its input, at which it ends


def _started() -> subprocess.Popen[bytes] | None:
    """The process that compiles; None where none can be started."""
    # -P: not the folder where the user happens to be, which may hold anything.
    command = [sys.executable, "-P", "-m", "interbellum.compiling"]
    paths = os.pathsep.join(path for path in sys.path if path)
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=quiet,
            stderr=quiet,
            env={**os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C is the run's to hear; half of a saving would spoil later runs
        )
    except (OSError, ValueError):  # no memory, no such interpreter
        return None


def main() -> None:
    """Compile what the engine does not need: the course of the war, the strategic premium, attrition."""
    from interbellum import analysis, course
    from interbellum.dossier.reader import load
    from interbellum.talks.variants import VARIANTS, strategic

    table = analysis.lay_table(load(SMALLEST), draws=DRAWS, threads=1)
    given = analysis.variant_inputs(table, PATHS, analysis.DEFAULT_SEED, threads=1)
    course.course(table, analysis.DEFAULT_SEED, threads=1)  # the run asks for these in this order
    strategic.premiums(given.engine, given.record, given.weeks)
    VARIANTS["attrition"].answer(given)


def end_with_input() -> None:
    """End this process when its input is closed: the run is over, or dead. Not while it saves."""
    os.read(
        sys.stdin.fileno(), 1
    )  # sys.stdin itself would be in use when the interpreter shuts down
    with _saving:
        os._exit(0)


def _one_at_a_time(save: Callable[..., None]) -> Callable[..., None]:
    """Numba's way to save compiled code, for one process at a time.

    It reads the index of a function, adds a name, and writes index and code one after the other. Of two
    processes that do so at once for two types of one function, each could leave its name on the other's code.
    """

    @functools.wraps(save)
    def saved(self: Any, key: Any, data: Any) -> None:
        with _saving, Path(self._cache_path, LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            save(self, key, data)

    return saved


if fcntl is not None and not hasattr(caching.IndexDataCacheFile.save, "__wrapped__"):
    caching.IndexDataCacheFile.save = _one_at_a_time(  # type: ignore[method-assign]
        caching.IndexDataCacheFile.save
    )

if __name__ == "__main__":
    threading.Thread(target=end_with_input, daemon=True).start()
    main()
