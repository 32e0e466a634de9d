"""Which device follows the paths: the processor, or an NVIDIA GPU where one is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from interbellum.errors import DeviceError, UsageError
from interbellum.model.devices import DEVICES
from interbellum.model.talks import EngineCounts, EngineInputs

INSTALL = "pip install 'interbellum[cuda]'"
INSTEAD = "or use --device cpu, which follows the same paths."
# Where the exceptions of the driver, of its compilers and of numba's bridge to both are defined.
FAULTS = ("numba.cuda.cudadrv.", "cuda.")


def check_device(device: str) -> None:
    """See that a device can be used, before anything is worked out.

    Parameters
    ----------
    device : str
        One of `DEVICES`.

    Raises
    ------
    DeviceError
        What it needs is not installed, or there is no GPU.
    UsageError
        There is no such device.
    """
    if device not in DEVICES:
        raise UsageError(f"There is no device {device!r}. Use one of: {', '.join(DEVICES)}.")
    if device == "cpu" or simulated():
        return
    # numba's own CUDA target, which it still has, is no longer kept up and does not find these wheels.
    if find_spec("numba_cuda") is None:
        raise DeviceError(
            f"The device cuda needs numba-cuda, which is not installed. Mend: {INSTALL}, {INSTEAD}"
        )
    from numba import cuda

    with faults_told(
        "No NVIDIA GPU can be used here", f"run where there is one, with its driver, {INSTEAD}"
    ):
        cuda.current_context()


@contextmanager
def faults_told(what: str, mend: str) -> Iterator[None]:
    """Say in one clear message what the driver and its compilers raise; let all else pass.

    Parameters
    ----------
    what, mend : str
        What cannot be done because of it, and what the analyst can do.

    Raises
    ------
    DeviceError
        There was such a fault.
    """
    try:
        yield
    except Exception as fault:
        if not (isinstance(fault, MemoryError) or type(fault).__module__.startswith(FAULTS)):
            raise
        said = " ".join(str(fault).split()).rstrip(":. ") or type(fault).__name__
        raise DeviceError(f"{what} ({said}). Mend: {mend}") from fault


def simulated() -> bool:
    """Whether numba simulates the device, as tests have it."""
    return os.environ.get("NUMBA_ENABLE_CUDASIM", "0") == "1"


def run(
    device: str,
    e: EngineInputs,
    seed: int,
    paths: int,
    weeks: int,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> EngineCounts:
    """Follow `paths` paths of every draw on a device.

    Parameters
    ----------
    device : str
        One of `DEVICES`.
    e : EngineInputs
    seed, paths, weeks : int
    threads : int
        Threads of the processor; a GPU takes one a path.
    progress : callable or None
        Called with the share done.

    Returns
    -------
    EngineCounts

    Raises
    ------
    DeviceError
        The GPU fails.
    """
    if device == "cuda":
        # Imports numba's CUDA target: only where it is asked for.
        from interbellum.talks import cuda

        with faults_told(
            "The GPU could not follow the paths",
            f"ask for fewer draws or paths if its memory is short, look after its driver, {INSTALL}"
            f" again, {INSTEAD}",
        ):
            return cuda.run(e, seed, paths, weeks, progress)
    from interbellum.talks import kernel

    return kernel.run(e, seed, paths, weeks, threads, progress)
