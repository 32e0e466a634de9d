"""Which device follows the paths: the processor, or an NVIDIA GPU where one is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec

from interbellum.errors import DeviceError, UsageError
from interbellum.model.devices import DEVICES
from interbellum.model.talks import EngineCounts, EngineInputs

INSTEAD = "or use --device cpu, which gives the same answer."


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
            "The device cuda needs numba-cuda, which is not installed."
            f" Mend: pip install 'interbellum[cuda]', {INSTEAD}"
        )
    from numba import cuda
    from numba.cuda.cudadrv.error import CudaDriverError, CudaSupportError

    try:
        cuda.current_context()
    except (CudaDriverError, CudaSupportError) as fault:
        said = " ".join(str(fault).split()).rstrip(":. ")
        raise DeviceError(
            f"No NVIDIA GPU can be used here ({said})."
            f" Mend: run where there is one, with its driver, {INSTEAD}"
        ) from fault


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
        from interbellum.talks import cuda  # imports numba's CUDA target: only where it is asked for

        return cuda.run(e, seed, paths, weeks, progress)
    from interbellum.talks import kernel

    return kernel.run(e, seed, paths, weeks, threads, progress)
