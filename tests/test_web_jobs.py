"""Workers, for real: a server on a socket, processes that run, are cancelled, die, and are replaced."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from factories_dossier import minimal_dossier
from interbellum import api
from interbellum.dossier import reader
from interbellum.store.store import Store
from interbellum.web import worker
from interbellum.web.app import create_app
from interbellum.web.desk import Desk, Limits
from interbellum.web.jobs import PATIENCE, Jobs
from interbellum.web.kinds import QUICK_DRAWS, QUICK_PATHS
from interbellum.web.models import RunRequest
from interbellum.web.stamp import READ

LONG = {"draws": 1024, "paths": 1024}  # minutes, if nobody stops it
SOON = 240.0  # seconds; the machine may be busy, and the first worker ever compiles


class Running:
    """A server on a socket of this machine."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.jobs = Jobs(path, threads=1)
        self.socket = socket.create_server(("127.0.0.1", 0))
        app = create_app(self.store, self.jobs)
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True
        )
        port = self.socket.getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=SOON)

    def start(self) -> None:
        self.thread.start()
        until(lambda: self.server.started)

    def stop(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(SOON)
        self.socket.close()
        self.store.close()

    def ask(self, **question: Any) -> dict[str, Any]:
        answer = self.client.post("/runs", json=question)
        assert answer.status_code == 202, answer.text
        run: dict[str, Any] = answer.json()
        return run

    def run(self, run_id: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(f"/runs/{run_id}").json()
        return told

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """Every word about a run, to its end."""
        with self.client.stream("GET", f"/runs/{run_id}/events") as answer:
            lines = [line for line in answer.iter_lines() if line.startswith("data: ")]
        return [json.loads(line.removeprefix("data: ")) for line in lines]

    def underway(self, run_id: str) -> None:
        """Wait until a worker is at a run."""
        until(lambda: self.run(run_id)["progress"] > 0.0)


def until(happens: Callable[[], object], seconds: float = SOON) -> float:
    """Wait for something; how long it took."""
    start = time.monotonic()
    while not happens():
        assert time.monotonic() - start < seconds, "it did not happen"
        time.sleep(0.01)
    return time.monotonic() - start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("store") / "runs.sqlite3")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def toy(server: Running) -> str:
    key: str = server.client.post("/dossiers", content=minimal_dossier().encode()).json()["key"]
    return key


def test_a_run_is_followed_to_its_end_and_everybody_sees_the_same(
    server: Running, toy: str
) -> None:
    run = server.ask(dossier=toy, draws=16, paths=16)
    assert run["state"] == "queued"
    told = server.events(run["id"])
    assert [one["state"] for one in told][-1] == "done"
    progress = [one["progress"] for one in told]
    assert progress == sorted(progress)
    assert {"reading", "deals"} & {one["stage"] for one in told}
    assert server.run(run["id"]) == told[-1]  # a reload, a second tab, a shared link
    answer = api.brief(api.load(_file(server, toy)), draws=16, paths=16)
    result = server.client.get(f"/runs/{run['id']}/result").text
    assert json.loads(result) == answer.to_json()
    assert (
        server.client.post("/runs", json={"dossier": toy, "draws": 16, "paths": 16}).json()
        == told[-1]
    )


def test_a_worker_takes_up_what_the_server_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "runs.sqlite3") as store:
        desk = Desk(store, None, Limits())
        asked = {"dossier": "eritrea-ethiopia-1999", "draws": 8, "paths": 8}
        _, question, source, read = desk.asked(RunRequest(**asked, changes={"war.position": 0.55}))
        (found,) = read
        store.alive("us")
        answers = []
        for run_id, beside in (("handed", read), ("older", (replace(found, name="read by 0"),))):
            store.add_run(run_id, question, source, beside)
            run = store.claim("us")
            assert run is not None
            with monkeypatch.context() as patched:
                patched.setattr(reader, "load_text" if run_id == "handed" else "load_found", None)
                answers.append(worker.made(store, run, threads=1))
        assert answers[0] == answers[1]
        assert desk.asked(RunRequest(**asked))[3] == ()  # not read for its text alone


def test_what_spared_a_worker_the_reading_goes_when_it_has_served(
    server: Running, toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    add_run = Store.add_run

    def seen(self: Store, run_id: str, question: Any, source: bytes, beside: Any = ()) -> Any:
        kept.extend(one.name for one in beside)
        return add_run(self, run_id, question, source, beside)

    monkeypatch.setattr(Store, "add_run", seen)
    run = server.ask(dossier=toy, draws=8, paths=8, changes={"war.position": 0.55})
    assert server.events(run["id"])[-1]["state"] == "done"
    assert kept == [READ]
    assert server.store.artefact(run["id"], READ) is None
    assert server.store.artefact(run["id"], "source") is not None


def test_files_are_made_beside_the_server_and_kept(server: Running, toy: str) -> None:
    run = server.ask(dossier=toy, draws=8, paths=8, seed=2)
    assert server.events(run["id"])[-1]["state"] == "done"
    path = f"/runs/{run['id']}/charts/outcomes.svg"
    first = server.client.get(path)
    assert first.text.startswith("<svg")
    assert server.client.get(path).content == first.content
    assert server.store.artefact(run["id"], "charts/outcomes.svg") == first.content
    nothing = server.client.get(f"/runs/{run['id']}/charts/nothing.svg")
    assert nothing.status_code == 404  # the error crosses the processes
    assert "no such chart" in nothing.json()["message"]


def test_a_quick_run_does_not_wait_behind_a_full_one(server: Running, toy: str) -> None:
    full = server.ask(dossier=toy, **LONG)
    server.underway(full["id"])
    quick = server.ask(dossier=toy, draws=QUICK_DRAWS, paths=QUICK_PATHS, seed=7)
    assert quick["quick"]
    assert not full["quick"]
    assert server.events(quick["id"])[-1]["state"] == "done"
    assert server.run(full["id"])["state"] == "running"
    pids = server.jobs.pids()
    server.client.post(f"/runs/{full['id']}/cancel")
    took = until(lambda: server.run(full["id"])["state"] == "cancelled")
    assert took < PATIENCE  # by itself: nobody had to end it
    assert server.jobs.pids() == pids


def test_a_cancelled_run_can_be_asked_again_and_a_deleted_one_stops(
    server: Running, toy: str
) -> None:
    asked = {"dossier": toy, **LONG, "seed": 8}
    run = server.ask(**asked)
    server.underway(run["id"])
    server.client.post(f"/runs/{run['id']}/cancel")
    until(lambda: server.run(run["id"])["state"] == "cancelled")
    again = server.ask(**asked)
    assert (again["id"], again["state"]) == (run["id"], "queued")
    server.underway(run["id"])
    assert server.client.delete(f"/runs/{run['id']}").status_code == 204
    after = server.ask(dossier=toy, draws=40, paths=8, seed=9)  # the worker is free for the next
    assert server.events(after["id"])[-1]["state"] == "done"


def test_a_worker_that_dies_fails_its_run_and_is_replaced(server: Running, toy: str) -> None:
    run = server.ask(dossier=toy, **LONG, seed=10)
    server.underway(run["id"])
    before = server.jobs.pids()
    os.kill(before[1], signal.SIGKILL)  # the first is for quick runs
    last = server.events(run["id"])[-1]
    assert last["state"] == "failed"
    assert "has died (exit code -9)" in last["error"]["message"]
    after = server.ask(dossier=toy, draws=40, paths=8, seed=11)
    assert server.events(after["id"])[-1]["state"] == "done"
    assert server.jobs.pids()[1] != before[1]


def test_a_worker_that_does_not_stop_is_ended(server: Running, toy: str) -> None:
    run = server.ask(dossier=toy, **LONG, seed=12)
    server.underway(run["id"])
    stuck = server.jobs.pids()[1]
    os.kill(stuck, signal.SIGSTOP)  # it hears nothing
    server.client.post(f"/runs/{run['id']}/cancel")
    took = until(lambda: server.run(run["id"])["state"] == "cancelled")
    assert took >= PATIENCE
    until(lambda: stuck not in server.jobs.pids())


def test_a_store_that_fails_for_a_moment_stops_no_queue(
    server: Running, toy: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    claim, failed = server.jobs._store.claim, []

    def full(*given: Any, **more: Any) -> Any:
        if failed:
            return claim(*given, **more)
        failed.append(True)
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(server.jobs._store, "claim", full)
    run = server.ask(dossier=toy, draws=8, paths=8, seed=61)
    until(lambda: server.run(run["id"])["state"] == "done")
    assert failed
    assert "disk is full" in capfd.readouterr().err


def test_a_client_that_leaves_is_not_talked_to(server: Running, toy: str) -> None:
    run = server.ask(dossier=toy, **LONG, seed=13)
    with server.client.stream("GET", f"/runs/{run['id']}/events") as answer:
        assert next(answer.iter_lines()) == "event: run"
    assert server.client.get("/").status_code == 200
    server.client.post(f"/runs/{run['id']}/cancel")
    until(lambda: server.run(run["id"])["state"] == "cancelled")


def test_the_verb_serves_takes_up_what_was_left_and_stops(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    with Store(path) as store:  # a server that died in the middle of a run
        from interbellum.store.records import Question

        question = Question("brief", "toy", {}, 8, 8, 1, {}, quick=True)
        store.add_run("half-done", question, minimal_dossier().encode())
        store.alive("dead")
        store.claim("dead")
        with store._asked() as ask:
            ask("UPDATE servers SET pid = ?", (2**22 + 1,))
    file = tmp_path / "mine.yaml"
    file.write_bytes(minimal_dossier().encode())
    command = [sys.executable, "-m", "interbellum", "serve", str(file), "--store", str(path)]
    process = subprocess.Popen(
        [*command, "--port", "0"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        address = first.removeprefix("Interbellum answers at ").strip()
        key = api.load(file).hash
        assert address.startswith("http://127.0.0.1:")
        assert address.endswith(f"/d/{key}")
        root = address.removesuffix(f"/d/{key}")
        with Store(path) as store, httpx.Client(base_url=root, timeout=SOON) as client:
            assert client.get(f"/api/v1/dossiers/{key}").json()["title"] == "A toy war"
            until(lambda: client.get("/api/v1/runs/half-done").json()["state"] == "done")
            found = store.run("half-done")
            assert found is not None
            assert found.attempts == 2
        children = _children(process.pid)
        assert len(children) >= 2
        process.send_signal(signal.SIGINT)
        assert process.wait(SOON) == 0
        assert "Traceback" not in process.stderr.read()
        until(lambda: not any(map(_lives, children)), 5.0)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_workers_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    code = (
        "import sys, time; from pathlib import Path; from interbellum.web.jobs import Jobs\n"
        "if __name__ == '__main__':\n"
        "    jobs = Jobs(Path(sys.argv[1])); jobs.start(); print(*jobs.pids(), flush=True); time.sleep(60)"
    )
    script = tmp_path / "server.py"
    script.write_text(code, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    time.sleep(1.0)  # until they listen
    process.kill()
    process.wait()
    process.stdout.close()
    until(lambda: not any(map(_lives, pids)), 10.0)


def _file(server: Running, key: str) -> Path:
    path = server.store.path.parent / "dossier.yaml"
    path.write_bytes(server.client.get(f"/dossiers/{key}/source").content)
    return path


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    if not told.exists():
        pytest.skip("this system does not tell a process's children")
    return [int(child) for child in told.read_text(encoding="utf-8").split()]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
