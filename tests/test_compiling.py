"""The first run shares its compilation with a second process; nothing depends on that process."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from numba import njit

from interbellum import analysis, compiling
from interbellum.dossier.reader import load
from interbellum.talks import course as course_kernel
from interbellum.talks.variants import attrition, strategic_kernel


def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started from now on."""
    seen: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        seen.append(real(*args, **kwargs))
        return seen[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    return seen


def test_what_is_compiled_is_counted_and_what_is_there_is_not() -> None:
    function = njit(lambda x: x + 1)
    with compiling.counted() as compilations:
        function(1)
        assert compilations.count == 1
        function(2)
        assert compilations.count == 1
        function(1.0)
    assert compilations.count == 2
    function(1j)  # nobody counts any more
    assert compilations.count == 2


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
    assert seen[0].poll() is not None


@pytest.mark.parametrize(("wanted", "threads"), [(False, 2), (True, 1)])
def test_no_process_where_nothing_was_compiled_or_no_core_is_left(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, threads: int
) -> None:
    seen = started(monkeypatch)
    with compiling.shared(wanted, threads):
        pass
    assert seen == []


def test_the_process_beside_compiles_what_a_run_of_another_dossier_asks_for() -> None:
    compiling.main()
    loops = (course_kernel._follow, attrition._follow, strategic_kernel.solve)
    before = [list(loop.signatures) for loop in loops]
    assert all(before)
    analysis.run(load("ukraine-2025-05"), draws=8, paths=8)
    assert [list(loop.signatures) for loop in loops] == before
