"""Devices: the GPU's engine is the processor's, and a device that cannot be used is told in one message."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numba import typeof, types

from interbellum import analysis, api
from interbellum.cli.main import main
from interbellum.dossier.reader import load
from interbellum.errors import DeviceError, UsageError
from interbellum.talks import devices, kernel

numba_cuda = pytest.importorskip(
    "numba.cuda", reason="numba has no CUDA target; install numba-cuda"
)

SMALL = "eritrea-ethiopia-1999"
TESTS = Path(__file__).parent
HAS_WHEELS = find_spec("numba_cuda") is not None
HAS_GPU = HAS_WHEELS and numba_cuda.is_available()


def in_python(*arguments, **environment):
    """Run Python in a process of its own, warnings being errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)]), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_device_follows_the_same_paths_as_the_processor_in_the_simulator():
    ran = in_python(str(TESTS / "simulated_device.py"), NUMBA_ENABLE_CUDASIM="1")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert len(told) == 8
    assert {name: war["equal"] for name, war in told.items()} == {
        name: dict.fromkeys(("endings", "rungs", "silences"), True) for name in told
    }
    # It is not that nothing happens: every rung but the one that is no event is reached somewhere.
    reached = {rung for war in told.values() for rung, paths in war["rungs"].items() if paths > 0}
    assert reached == {*war_rungs(told)} - {"war_goes_on"}


def war_rungs(told):
    return next(iter(told.values()))["rungs"]


def test_brief_on_the_device_is_the_processors_which_imports_nothing_of_it():
    command = ("-m", "interbellum", "brief", SMALL, "--draws", "8", "--paths", "8", "--json")
    there = in_python(*command, "--device", "cuda", NUMBA_ENABLE_CUDASIM="1")
    here = in_python(
        "-c",
        "import sys; from interbellum import api; from interbellum.briefing import jsonform;"
        f"print(jsonform.dumps(api.brief({SMALL!r}, draws=8, paths=8).to_json()));"
        "print([name for name in sys.modules if name.startswith(('numba.cuda.cudadrv', 'numba_cuda'))"
        " or name == 'interbellum.talks.cuda'], file=sys.stderr)",
    )
    assert (there.returncode, here.returncode) == (0, 0), there.stderr + here.stderr
    assert here.stderr.strip() == "[]"
    there, here = json.loads(there.stdout), json.loads(here.stdout)
    assert there["run"].pop("device") == "cuda"
    assert here["run"].pop("device") == "cpu"
    assert there == here


@pytest.mark.skipif(not HAS_WHEELS, reason="needs the compilers of pip install 'interbellum[cuda]'")
@pytest.mark.parametrize("capability", [(7, 5), (9, 0)])
def test_engine_compiles_for_real_devices(capability, monkeypatch):
    # numba asks the device at hand for its capability, also where only code is to be made.
    import numba.cuda.dispatcher

    from interbellum.talks import cuda
    from test_talks import built

    class Device:
        compute_capability = capability

    monkeypatch.setattr(numba.cuda.dispatcher, "get_current_device", lambda: Device)
    tables = cuda.Tables(*(np.array(table) for table in cuda.tables_of(built(SMALL, 8)[0])))
    counts = cuda.Counts(*(np.zeros((1, 1, 1), np.int64) for _ in cuda.Counts._fields))
    signature = (typeof(tables), types.uint64, *[types.int64] * 4, typeof(counts))
    code, _ = numba_cuda.compile(
        cuda.follow.py_func, signature, device=False, abi="numba", cc=capability
    )
    assert f".target sm_{capability[0]}{capability[1]}" in code
    assert "ld.global.u8" not in code  # records are read by whole numbers, not byte by byte
    assert "atom.global.add.u64" in code or "red.global.add.u64" in code


@pytest.mark.skipif(not HAS_GPU, reason="no NVIDIA GPU with pip install 'interbellum[cuda]' here")
@pytest.mark.parametrize("name", [SMALL, "ukraine-2025-05"])
def test_gpu_counts_the_same_futures_as_the_processor(name):
    # The streams are the same, so paths differ only where the last digit of an exponential decides.
    table = analysis.lay_table(load(name), draws=64)
    paths, weeks = 256, table.weeks
    there = devices.run("cuda", table.engine, 7, paths, weeks)
    here = kernel.run(table.engine, 7, paths, weeks)
    assert (there.endings.sum(axis=2) == paths).all()
    share = np.abs(there.endings - here.endings).sum(axis=2) / (2.0 * paths)
    assert share.mean(axis=0).max() < 1e-3  # total variation of the states, in the worst week
    for mine, yours in ((there.rungs, here.rungs), (there.silences, here.silences)):
        assert np.abs(mine - yours).sum() <= 1e-3 * yours.sum() + 2
    again = devices.run("cuda", table.engine, 7, paths, weeks)
    for mine, yours in zip(there, again, strict=True):
        np.testing.assert_array_equal(mine, yours)


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.delenv("NUMBA_ENABLE_CUDASIM", raising=False)
    monkeypatch.setattr(devices, "find_spec", lambda name: None)
    ran = CliRunner().invoke(main, ["brief", SMALL, "--device", "cuda"])
    assert ran.exit_code == 2
    assert ran.output == (
        "Error: The device cuda needs numba-cuda, which is not installed."
        " Mend: pip install 'interbellum[cuda]',"
        " or use --device cpu, which follows the same paths.\n"
    )


def test_without_a_gpu_the_message_says_so(monkeypatch):
    fault = type("CudaSupportError", (ImportError,), {"__module__": "numba.cuda.cudadrv.error"})

    def no_context():
        raise fault("Error at driver init:\n\nCUDA driver library cannot be found.\n:")

    monkeypatch.delenv("NUMBA_ENABLE_CUDASIM", raising=False)
    monkeypatch.setattr(devices, "find_spec", lambda name: name)
    monkeypatch.setattr(numba_cuda, "current_context", no_context)
    ran = CliRunner().invoke(main, ["brief", SMALL, "--device", "cuda"])
    assert ran.exit_code == 2
    assert ran.output == (
        "Error: No NVIDIA GPU can be used here (Error at driver init: CUDA driver library cannot be"
        " found). Mend: run where there is one, with its driver,"
        " or use --device cpu, which follows the same paths.\n"
    )


def test_numbas_own_faults_are_known_by_where_they_are_defined():
    from numba.cuda.cudadrv import driver, error

    for fault in (driver.CudaAPIError, driver.LinkerError, error.CudaSupportError, error.NvvmError):
        assert fault.__module__.startswith(devices.FAULTS)


def test_fault_of_the_driver_is_told_and_a_fault_of_ours_is_not_hidden():
    from numba.cuda.cudadrv.driver import CudaAPIError

    with (
        pytest.raises(
            DeviceError, match=r"The GPU stopped \(.*OUT_OF_MEMORY\)\. Mend: ask for less"
        ),
        devices.faults_told("The GPU stopped", "ask for less"),
    ):
        raise CudaAPIError(2, "Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY")
    with pytest.raises(KeyError), devices.faults_told("The GPU stopped", "ask for less"):
        raise KeyError("ours")


def test_unknown_device_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match=r"no device 'tpu'\. Use one of: cpu, cuda\."):
        api.brief(SMALL, device="tpu")
