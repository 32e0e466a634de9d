"""The first run shares its compilation with a second process; nothing depends on that process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from numba.core import caching

from interbellum import compiling

COUNT = """
import sys
from interbellum import compiling
sys.path.insert(0, {folder!r})
with compiling.counted() as compilations:
    import loop
    loop.double(1)
print(compilations.count)
"""

SAME_TYPES = """
from interbellum import analysis, compiling
from interbellum.dossier.reader import load
from interbellum.talks import course
from interbellum.talks.variants import attrition, strategic_kernel
loops = (course._follow, attrition._follow, strategic_kernel.solve)
assert not any(loop.signatures for loop in loops)
compiling.main()
before = [list(loop.signatures) for loop in loops]
assert all(before)
analysis.run(load("ukraine-2025-05"), draws=8, paths=8, threads=1)
assert [list(loop.signatures) for loop in loops] == before
"""


def python(code: str) -> str:
    """What a new process prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started from now on."""
    seen: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        seen.append(real(*args, **kwargs))
        return seen[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    return seen


def test_what_is_compiled_is_counted_and_what_is_read_from_the_disk_is_not(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(
        "from numba import njit\n\n@njit(cache=True)\ndef double(x):\n    return 2 * x\n"
    )
    code = COUNT.format(folder=str(tmp_path))
    assert python(code) == "1\n"
    assert python(code) == "0\n"


def test_a_first_run_has_a_process_beside_it_that_ends_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = started(monkeypatch)

    def interrupted() -> None:
        with compiling.shared(True, threads=2):
            assert seen[0].poll() is None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert seen[0].poll() == 0


@pytest.mark.parametrize(("wanted", "threads"), [(False, 2), (True, 1)])
def test_no_process_where_nothing_was_compiled_or_no_core_is_left(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, threads: int
) -> None:
    seen = started(monkeypatch)
    with compiling.shared(wanted, threads):
        pass
    assert seen == []


def test_a_process_that_cannot_be_started_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    reached = False
    with compiling.shared(True, threads=2):
        reached = True
    assert reached


def test_the_process_runs_nothing_that_lies_in_the_users_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    for name in ("difflib", "glob", "numpy", "interbellum"):
        (tmp_path / f"{name}.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    process = compiling._started()
    assert process is not None
    assert os.getsid(process.pid) != os.getsid(0)  # out of the reach of the terminal's Ctrl-C
    assert process.wait(120.0) == 0
    assert process.stdin is not None
    process.stdin.close()
    assert not ran.exists()


def test_the_process_compiles_what_a_run_of_another_dossier_asks_for() -> None:
    python(SAME_TYPES)


def test_two_that_save_at_once_keep_each_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = caching.IndexDataCacheFile._save_index

    def save_index(self: Any, overloads: Any) -> None:
        time.sleep(0.1)  # the other has read the index too, if nothing holds it back
        slow(self, overloads)

    monkeypatch.setattr(caching.IndexDataCacheFile, "_save_index", save_index)
    monkeypatch.setattr(compiling, "_saving", threading.Semaphore(2))  # as in two processes
    files = [caching.IndexDataCacheFile(str(tmp_path), "loop", "stamp") for _ in range(2)]
    threads = [
        threading.Thread(target=file.save, args=(key, f"code of {key}"))
        for file, key in zip(files, ("int", "float"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [files[0].load(key) for key in ("int", "float")] == ["code of int", "code of float"]
