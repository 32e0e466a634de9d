"""The file of runs: private, shared by processes, and truly emptied."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interbellum.errors import UsageError
from interbellum.store import store as kept
from interbellum.store.database import VERSION
from interbellum.store.records import Artefact, BroughtDossier, Question
from interbellum.store.store import Store

QUESTION = Question("brief", "toy", {}, 8, 8, 1, {}, quick=False)
SECRET = os.urandom(600).hex().encode()
"""Letters that compress to nothing shorter than themselves halved, and stand nowhere else."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite3") as opened:
        opened.alive("us")
        yield opened


def _ask(store: Store, run_id: str, quick: bool = False) -> None:
    store.add_run(run_id, replace(QUESTION, quick=quick), b"source of " + run_id.encode())


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "runs.sqlite3"
    with Store(path) as store:
        _ask(store, "a")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes) == {"runs.sqlite3", "runs.sqlite3-wal", "runs.sqlite3-shm"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    path.touch(mode=0o644)
    Store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_newer_form_is_refused_with_its_mend(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    Store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {VERSION + 1}")
    raw.close()
    with pytest.raises(UsageError, match=rf"newer Interbellum \(form {VERSION + 1};.*--store"):
        Store(path)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="another program"):
        Store(path)
    assert path.read_bytes() == before  # SQLite keeps its kind of log in the file
    assert path.stat().st_mode & 0o777 == 0o644
    text = tmp_path / "notes.txt"
    text.write_text("no database " * 100, encoding="utf-8")
    text.chmod(0o644)
    with pytest.raises(UsageError, match="cannot be used"):
        Store(text)
    assert text.read_text(encoding="utf-8").startswith("no database")
    assert text.stat().st_mode & 0o777 == 0o644


def test_what_is_deleted_is_gone_from_the_disk(store: Store) -> None:
    store.add_dossier(BroughtDossier("k", "toy", "A toy", "2031-01-01"), SECRET)
    store.add_run("a", replace(QUESTION, dossier="k"), SECRET)
    packed = kept._packed(SECRET)[20:400]
    on_disk = lambda: b"".join(file.read_bytes() for file in store.path.parent.iterdir())  # noqa: E731
    assert on_disk().count(packed) >= 2
    assert store.remove_dossier("k")
    assert on_disk().count(packed) == 0
    assert store.run("a") is None  # its runs go with it
    assert store.artefact("a", "source") is None


def test_two_processes_see_the_same(store: Store) -> None:
    with Store(store.path) as other:
        _ask(store, "a")
        assert other.run("a") == store.run("a")
        claimed = other.claim("us")
        assert claimed is not None
        assert store.claim("us") is None  # one of them gets it
        other.finish("a", [Artefact("result", b"42")])
        assert store.artefact("a", "result") == b"42"
        found = store.run("a")
        assert found is not None
        assert found.state == "done"


def test_quick_runs_go_first_and_a_quick_worker_takes_nothing_else(store: Store) -> None:
    for name, quick in (("full", False), ("first", True), ("second", True)):
        _ask(store, name, quick)
    order = [
        store.claim("us"),
        store.claim("us", quick_only=True),
        store.claim("us", quick_only=True),
    ]
    assert [run and run.id for run in order] == ["first", "second", None]
    left = store.claim("us")
    assert left is not None
    assert left.id == "full"


def test_the_same_question_is_asked_once_unless_it_failed(store: Store) -> None:
    assert store.add_run("a", QUESTION, b"x")[1] is True
    assert store.add_run("a", QUESTION, b"x")[1] is False
    store.claim("us")
    assert store.add_run("a", QUESTION, b"x")[1] is False
    store.fail("a", "it broke")
    run, queued = store.add_run("a", QUESTION, b"x")
    assert (queued, run.state, run.error, run.attempts) == (True, "queued", None, 0)


def test_cancelling_one_that_waits_and_one_that_runs(store: Store) -> None:
    _ask(store, "a")
    cancelled = store.cancel("a")
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    _ask(store, "b")
    store.claim("us")
    assert store.tell("b", "talks", 0.25) is False
    assert store.is_stopped("b") is False
    store.cancel("b")
    assert store.tell("b", "talks", 0.5) is True
    assert store.is_stopped("b") is True
    store.cancelled("b")
    found = store.run("b")
    assert found is not None
    assert (found.state, found.progress) == ("cancelled", 0.5)


def test_a_run_that_has_ended_is_not_changed_by_a_late_word(store: Store) -> None:
    _ask(store, "a")
    store.claim("us")
    store.cancel("a")
    store.cancelled("a")
    store.finish("a", [Artefact("result", b"late")])
    store.fail("a", "late")
    found = store.run("a")
    assert found is not None
    assert found.state == "cancelled"
    assert store.artefact("a", "result") is None


def test_runs_of_a_dead_server_wait_again_once_and_then_fail(store: Store) -> None:
    _ask(store, "a")
    for attempt in (1, 2):
        store.alive(f"server {attempt}")
        claimed = store.claim(f"server {attempt}")
        assert claimed is not None
        assert claimed.attempts == attempt
        store.take_back()  # it lives: nothing happens
        found = store.run("a")
        assert found is not None
        assert found.state == "running"
        _die(store, f"server {attempt}")
        store.take_back()
        found = store.run("a")
        assert found is not None
        assert found.state == ("queued" if attempt == 1 else "failed")
    assert found.error is not None
    assert "stopped 2 times" in found.error["message"]


def test_a_cancelled_run_of_a_dead_server_is_cancelled(store: Store) -> None:
    _ask(store, "a")
    store.alive("server")
    store.claim("server")
    store.cancel("a")
    _die(store, "server")
    store.take_back()
    found = store.run("a")
    assert found is not None
    assert found.state == "cancelled"


def test_a_server_that_has_fallen_silent_counts_as_dead(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ask(store, "a")
    store.alive("server")
    store.claim("server")
    later = time.time() + kept.SILENT + 1.0
    monkeypatch.setattr(time, "time", lambda: later)
    store.take_back()
    found = store.run("a")
    assert found is not None
    assert found.state == "queued"


def test_old_quick_runs_make_room_and_full_ones_stay(store: Store) -> None:
    _ask(store, "full")
    store.claim("us")
    store.finish("full", ())
    for number in range(4):
        _ask(store, f"quick {number}", quick=True)
        if number < 3:
            store.claim("us")
            store.finish(f"quick {number}", ())
    store.remove_old_quick_runs(kept=2)
    assert {run.id for run in store.runs(9)} == {"full", "quick 2", "quick 3"}


def test_nothing_is_kept_for_a_run_that_was_deleted(store: Store) -> None:
    _ask(store, "a")
    assert store.remove_run("a")
    store.keep("a", [Artefact("late", b"x")])
    assert store.artefact("a", "late") is None
    assert store.remove_run("a") is False


def _die(store: Store, owner: str) -> None:
    """As if the process of a server had ended: no process has this number."""
    with store._asked() as ask:
        ask("UPDATE servers SET pid = ? WHERE owner = ?", (2**22 + 1, owner))
