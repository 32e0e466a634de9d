"""The REST API's contract: dossiers, questions, and every form of an answer. Runs are worked in process."""

from __future__ import annotations

import html
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from factories_dossier import as_yaml, minimal_data, minimal_dossier
from interbellum import __version__, api
from interbellum.cli.main import main
from interbellum.dossier.reader import shipped
from interbellum.store.plain import packed, unpacked
from interbellum.store.store import Store
from interbellum.web import desk, files
from interbellum.web.app import create_app
from interbellum.web.kinds import KINDS, result_of, whole
from interbellum.web.stamp import fingerprint
from web_client import Client, bring, work

SMALL = {"draws": 8, "paths": 8, "seed": 3}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("store") / "runs.sqlite3") as opened:
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> Client:
    return Client(create_app(store))


@pytest.fixture(scope="module")
def toy(client: Client) -> str:
    return bring(client, minimal_dossier())


@pytest.fixture(scope="module")
def done(client: Client, store: Store, toy: str) -> dict[str, Any]:
    """A finished briefing of the toy."""
    asked = client.post("/runs", json={"dossier": toy, **SMALL})
    assert asked.status_code == 202
    work(store)
    run: dict[str, Any] = client.get(f"/runs/{asked.json()['id']}").json()
    assert run["state"] == "done", run["error"]
    return run


def _secret() -> str:
    data = minimal_data()
    data["positions"]["north"]["line"]["statements"] = [
        {
            "text": "Whispered in the garden",
            "date": "2031-01-01",
            "source": "a friend",
            "confidential": True,
        }
    ]
    return as_yaml(data)


# --- dossiers ------------------------------------------------------------------------------------


def test_dossiers_are_the_brought_and_the_shipped(client: Client, toy: str) -> None:
    told = client.get("/dossiers").json()
    assert [one["key"] for one in told if one["shipped"]] == list(shipped())
    brought = [one for one in told if not one["shipped"]]
    assert {
        "key": toy,
        "id": "toy",
        "title": "A toy war",
        "as_of": "2031-06-30",
        "hash": toy,
        "shipped": False,
    } in brought
    assert client.get(f"/dossiers/{toy}").json() in brought


def test_a_dossier_comes_back_byte_for_byte(client: Client, toy: str) -> None:
    assert client.get(f"/dossiers/{toy}/source").text == minimal_dossier()
    marked = "\ufeff" + minimal_dossier() + "# ünder\r\n"
    key = bring(client, marked)
    assert client.get(f"/dossiers/{key}/source").content == marked.encode()
    assert client.get(f"/dossiers/{key}").json()["hash"] == key != toy


def test_a_broken_dossier_is_told_fault_by_fault(client: Client) -> None:
    text = (
        minimal_dossier()
        .replace("role: mediator", "role: meddler")
        .replace("title: The line", "titel: x")
    )
    answer = client.post("/dossiers", content=text.encode())
    assert answer.status_code == 422
    told = answer.json()
    assert told["message"] == f"The dossier has {len(told['faults'])} faults to mend."
    lines = text.splitlines()
    first = next(fault for fault in told["faults"] if "meddler" in fault["found"])
    assert set(first) == {"file", "line", "column", "path", "found", "rule", "mend", "text"}
    assert "role: meddler" in lines[first["line"] - 1] == first["text"]
    assert first["file"] == "dossier.yaml"
    assert any(fault["path"] == "issues.0.title" for fault in told["faults"])
    assert client.post("/dossiers", content=b"\xff\xfe\x00").status_code == 422


def test_controls_and_edits_are_those_of_the_dossier(client: Client, toy: str) -> None:
    groups = client.get(f"/dossiers/{toy}/controls").json()
    known = {one["path"]: one for group in groups for one in group["controls"]}
    slider = known["war.a_prevails.A"]
    assert slider["kind"] == "slider"
    edited = client.post(
        f"/dossiers/{toy}/edited", json={"changes": {"war.a_prevails.A": 0.7}}
    ).json()
    loaded = api.load(_written(edited["yaml"]))
    assert loaded.dossier.war.a_prevails.A.mode == pytest.approx(0.7)
    assert (edited["hash"], edited["faults"]) == (loaded.hash, [])
    same = client.post(f"/dossiers/{toy}/edited", json={}).json()
    assert (same["yaml"], same["hash"]) == (minimal_dossier(), toy)
    wrong = client.post(f"/dossiers/{toy}/edited", json={"changes": {"war.nothing": 1}})
    assert wrong.status_code == 422
    assert "war.nothing" in wrong.json()["message"]


def test_only_brought_dossiers_can_be_deleted_and_their_runs_go_along(
    client: Client, store: Store
) -> None:
    key = bring(client, minimal_dossier() + "# to be deleted\n")
    run = client.post("/runs", json={"dossier": key, **SMALL}).json()
    assert client.delete(f"/dossiers/{key}").status_code == 204
    assert client.delete(f"/dossiers/{key}").status_code == 404
    assert client.get(f"/dossiers/{key}").status_code == 404
    assert client.get(f"/runs/{run['id']}").status_code == 404
    assert client.delete(f"/dossiers/{shipped()[0]}").status_code == 403


# --- questions -----------------------------------------------------------------------------------


def test_the_service_says_its_sizes(client: Client) -> None:
    told = client.get("/").json()
    assert told["version"] == __version__
    assert told["full"] == {"draws": 256, "paths": 256}
    assert told["quick"]["draws"] < 256


def test_the_same_question_is_the_same_run(client: Client, toy: str, done: dict[str, Any]) -> None:
    again = client.post("/runs", json={"dossier": toy, **SMALL})
    assert (again.status_code, again.json()) == (200, done)
    base = {"dossier": toy, **SMALL}
    seen = {done["id"]}
    for other in (
        {"seed": 4},
        {"draws": 9},
        {"paths": 9},
        {"kind": "texts"},
        {"changes": {"war.a_prevails.A": 0.65}},
    ):
        run = client.post("/runs", json={**base, **other}).json()
        assert len(run["id"]) == 20
        assert run["id"] not in seen
        seen.add(run["id"])
        client.post(f"/runs/{run['id']}/cancel")
    unchanged = client.post("/runs", json={**base, "changes": {"war.a_prevails.A": 0.6}})
    assert unchanged.json()["id"] == done["id"]  # 0.6 is what stands there


def test_a_run_of_one_dossier_is_never_taken_for_one_of_another(client: Client, toy: str) -> None:
    changes = {"war.a_prevails.A": 0.7}
    edited = client.post(f"/dossiers/{toy}/edited", json={"changes": changes}).json()
    key = bring(client, edited["yaml"])
    first = client.post("/runs", json={"dossier": toy, **SMALL, "changes": changes}).json()
    second = client.post("/runs", json={"dossier": key, **SMALL}).json()
    assert (second["dossier"], second["changes"]) == (key, {})
    assert client.delete(f"/dossiers/{key}").status_code == 204
    assert client.get(f"/runs/{second['id']}").status_code == 404
    assert client.get(f"/runs/{first['id']}").status_code == 200
    client.delete(f"/runs/{first['id']}")


def test_code_that_changes_under_one_version_answers_anew(
    client: Client, toy: str, done: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "STAMP", "0.1.0 of tomorrow")
    run = client.post("/runs", json={"dossier": toy, **SMALL}).json()
    assert run["id"] != done["id"]
    client.delete(f"/runs/{run['id']}")


def test_what_another_version_kept_is_told_as_it_was_or_refused(
    client: Client, store: Store, toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = client.post("/runs", json={"dossier": toy, **SMALL, "seed": 77}).json()["id"]
    work(store)
    monkeypatch.setattr(files, "STAMP", "0.2.0 of tomorrow")
    assert client.get(f"/runs/{run}/result").status_code == 200
    answer = client.get(f"/runs/{run}/briefing.md")
    assert answer.status_code == 409
    assert "Ask the question again" in answer.json()["message"]
    client.delete(f"/runs/{run}")


def test_the_fingerprint_is_that_of_what_decides_an_answer(tmp_path: Path) -> None:
    (tmp_path / "peace").mkdir()
    (tmp_path / "peace" / "hazards.py").write_text("RATE = 1\n", encoding="utf-8")
    first = fingerprint(tmp_path)
    (tmp_path / "page.js").write_text("no matter", encoding="utf-8")
    assert fingerprint(tmp_path) == first
    (tmp_path / "peace" / "hazards.py").write_text("RATE = 2\n", encoding="utf-8")
    second = fingerprint(tmp_path)
    (tmp_path / "peace" / "hazards.py").rename(tmp_path / "hazards.py")
    assert len({first, second, fingerprint(tmp_path)}) == 3


def test_a_run_tells_its_question_and_its_state(done: dict[str, Any], toy: str) -> None:
    expected = {
        "kind": "brief",
        "dossier": toy,
        "changes": {},
        "options": {},
        "error": None,
        **SMALL,
    }
    assert {name: done[name] for name in expected} == expected
    assert (done["state"], done["stage"], done["progress"], done["quick"]) == (
        "done",
        "",
        1.0,
        True,
    )
    assert done["created"] <= done["started"] <= done["finished"]
    assert done["created"].endswith("Z")


def test_draws_of_a_kind_are_those_of_its_verb(client: Client, toy: str) -> None:
    expected = {"brief": (256, 256), "texts": (256, 0), "levers": (64, 0)}
    for kind, size in expected.items():
        run = client.post("/runs", json={"dossier": toy, "kind": kind}).json()
        assert (run["draws"], run["paths"]) == size
        assert client.post(f"/runs/{run['id']}/cancel").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"dossier": "nothing"}, "nothing"),
        ({"kind": "brief", "options": {"text": "x"}}, "text"),
        ({"changes": {"war.nothing": 1}}, "war.nothing"),
        ({"changes": {"war.a_prevails.A": 7}}, "war.a_prevails.A"),
        ({"draws": 7}, "draws"),
        ({"seed": 2**64}, "seed"),
        ({"seed": -1}, "seed"),
        ({"kind": "gossip"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"changes": {"war.a_prevails.A": [1]}}, "changes.war.a_prevails.A"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_its_place(
    client: Client, toy: str, asked: dict[str, Any], named: str
) -> None:
    answer = client.post("/runs", json={"dossier": toy, **SMALL, **asked})
    assert answer.status_code == (404 if asked.get("dossier") else 422)
    assert named in answer.text


def test_a_run_of_an_unanswerable_question_fails_with_the_reason(
    client: Client, store: Store, toy: str
) -> None:
    asked = {"dossier": toy, "kind": "peace", "draws": 8, "options": {"text": "no-such-text"}}
    run = client.post("/runs", json=asked).json()
    work(store)
    told = client.get(f"/runs/{run['id']}").json()
    assert told["state"] == "failed"
    assert "no-such-text" in told["error"]["message"]
    assert client.get(f"/runs/{run['id']}/result").status_code == 409


def test_runs_are_listed_and_deleted(client: Client, store: Store, toy: str) -> None:
    run = client.post("/runs", json={"dossier": toy, **SMALL, "seed": 99}).json()
    assert client.get("/runs?most=1").json()[0]["id"] == run["id"]
    assert client.delete(f"/runs/{run['id']}").status_code == 204
    assert client.delete(f"/runs/{run['id']}").status_code == 404
    assert client.get("/runs?most=0").status_code == 422


def test_what_is_not_done_has_left_nothing_and_what_is_cannot_be_cancelled(
    client: Client, toy: str, done: dict[str, Any]
) -> None:
    waiting = client.post("/runs", json={"dossier": toy, **SMALL, "seed": 5}).json()
    answer = client.get(f"/runs/{waiting['id']}/result")
    assert answer.status_code == 409
    assert "queued" in answer.json()["message"]
    assert client.post(f"/runs/{waiting['id']}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/runs/{waiting['id']}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/runs/{done['id']}/cancel").status_code == 409
    assert client.post("/runs/none/cancel").status_code == 404


def test_progress_of_a_whole_run_never_falls() -> None:
    told, seen = 0.0, []
    for stage, share in [
        ("reading", 0.0),
        ("deals", 0.5),
        ("deals", 0.25),
        ("hindcast (the first run compiles here)", 0.0),
        ("talks", 1.0),
        ("a stage to come", 0.5),
        ("briefing", 1.0),
    ]:
        told = whole("brief", stage, share, told)
        seen.append(told)
    assert seen == pytest.approx([0.0, 0.1, 0.1, 0.15, 0.45, 0.45, 1.0])


# --- answers -------------------------------------------------------------------------------------


def test_the_result_is_what_brief_prints(
    client: Client, done: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("dossier") / "dossier.yaml"
    file.write_bytes(minimal_dossier().encode())
    size = ["--draws", "8", "--paths", "8", "--seed", "3"]
    for redact in (False, True):
        printed = CliRunner().invoke(
            main, ["brief", str(file), "--json", *size, *(["--redact"] if redact else [])]
        )
        assert printed.exit_code == 0
        told = client.get(f"/runs/{done['id']}/result", params={"redact": redact})
        assert told.json() == json.loads(printed.stdout)
        assert told.headers["content-type"] == "application/json"
    told_md = client.get(f"/runs/{done['id']}/briefing.md").text
    assert told_md == api.brief(file, draws=8, paths=8, seed=3).to_markdown()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "brief"])
def test_other_kinds_tell_what_their_verbs_print(
    client: Client, store: Store, toy: str, kind: str
) -> None:
    run = client.post("/runs", json={"dossier": toy, "kind": kind, "draws": 8}).json()
    work(store)
    told = client.get(f"/runs/{run['id']}/result").json()
    file = _written(minimal_dossier())
    printed = CliRunner().invoke(main, [kind, str(file), "--json", "--draws", "8"])
    assert told == json.loads(printed.stdout)
    assert client.get(f"/runs/{run['id']}/charts").json() == []
    assert client.get(f"/runs/{run['id']}/briefing.pdf").status_code == 404
    assert client.get(f"/runs/{run['id']}/outline?redact=true").status_code == 200


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_result_is_kept_to_its_last_bit(kind: str) -> None:
    loaded = api.load(_written(minimal_dossier()))
    ask = {
        "brief": lambda: api.brief(loaded, draws=8, paths=8),
        "texts": lambda: api.texts(loaded, draws=8),
        "deals": lambda: api.find_deals(loaded, draws=8),
        "peace": lambda: api.find_peace(loaded, draws=8),
        "levers": lambda: api.find_levers(loaded, draws=8),
    }
    result = result_of(ask[kind]())
    again = unpacked(type(result), packed(result))
    assert repr(again) == repr(result)  # nan is not equal to itself, and reads the same
    assert type(again) is type(result)


def test_the_outline_holds_every_block(client: Client, done: dict[str, Any]) -> None:
    blocks = client.get(f"/runs/{done['id']}/outline").json()
    answer = api.brief(_written(minimal_dossier()), **SMALL).outline()
    assert [one["kind"] for one in blocks] == [type(one).__name__.lower() for one in answer]
    tables = [one for one in blocks if one["kind"] == "table"]
    assert all(len(row) == len(one["numeric"]) for one in tables for row in one["rows"])
    assert blocks[0] == {"kind": "heading", "level": 1, "text": "A toy war"}


def test_charts_hold_all_that_a_renderer_needs(client: Client, done: dict[str, Any]) -> None:
    charts = client.get(f"/runs/{done['id']}/charts").json()
    heads = [
        one["text"]
        for one in client.get(f"/runs/{done['id']}/outline").json()
        if one["kind"] == "heading"
    ]
    assert charts
    for chart in charts:
        assert chart["after"] in heads
        assert chart["spec"]["description"] == chart["alt"]
        assert set(chart["columns"]) <= set().union(*chart["rows"], chart["columns"])
    first = charts[0]["id"]
    drawn = client.get(f"/runs/{done['id']}/charts/{first}.svg")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert drawn.text.startswith("<svg")
    assert client.get(f"/runs/{done['id']}/charts/nothing.svg").status_code == 404
    assert client.get(f"/runs/{done['id']}/charts/{first}.gif").status_code == 404


def test_files_to_keep_come_as_files(client: Client, store: Store, done: dict[str, Any]) -> None:
    for name in ("briefing.md", "dossier.yaml", "draws.csv"):
        told = client.get(f"/runs/{done['id']}/{name}").headers["content-disposition"]
        assert told == f'attachment; filename="{name}"'
    assert client.get(f"/runs/{done['id']}/dossier.yaml").text == minimal_dossier()
    draws = client.get(f"/runs/{done['id']}/draws.csv").text
    assert draws == api.brief(_written(minimal_dossier()), **SMALL).draws_csv()


def test_what_cannot_change_is_not_sent_twice(client: Client, done: dict[str, Any]) -> None:
    path = f"/runs/{done['id']}/result"
    tag = client.get(path).headers["etag"]
    again = client.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    redacted = client.get(f"{path}?redact=true", headers={"if-none-match": tag})
    assert redacted.status_code == 200
    style = client.ask("GET", "/static/style.css")
    known = {"if-none-match": style.headers["etag"]}
    assert client.ask("GET", "/static/style.css", headers=known).status_code == 304


def test_large_answers_are_compressed(client: Client, done: dict[str, Any]) -> None:
    answer = client.get(f"/runs/{done['id']}/result", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 3


def test_redaction_hides_in_every_form(client: Client, store: Store) -> None:
    key = bring(client, _secret())
    run = client.post("/runs", json={"dossier": key, **SMALL}).json()
    work(store)
    secret = "Whispered in the garden"
    for form in ("result", "outline", "charts", "briefing.md", "briefing.txt"):
        assert secret not in client.get(f"/runs/{run['id']}/{form}?redact=true").text
    assert secret in client.get(f"/runs/{run['id']}/dossier.yaml").text
    for form in ("draws.csv", "dossier.yaml"):
        assert client.get(f"/runs/{run['id']}/{form}?redact=true").status_code == 422


def test_two_runs_are_compared_on_every_rung(
    client: Client, store: Store, toy: str, done: dict[str, Any]
) -> None:
    changes = {"war.a_prevails.A": 0.68}
    other = client.post("/runs", json={"dossier": toy, **SMALL, "changes": changes}).json()
    work(store)
    told = client.get("/compare", params={"before": done["id"], "after": other["id"]}).json()
    before, after = (
        client.get(f"/runs/{one}/result").json()["rungs"] for one in (done["id"], other["id"])
    )
    assert told["rungs"] == [
        {"rung": a["rung"], "by_days": a["by_days"], "before": a["p"], "after": b["p"]}
        for a, b in zip(before, after, strict=True)
    ]
    assert told["outline"][0]["kind"] == "heading"
    texts = client.post("/runs", json={"dossier": toy, "kind": "texts", "draws": 8}).json()
    work(store)
    wrong = client.get("/compare", params={"before": done["id"], "after": texts["id"]})
    assert wrong.status_code == 409


def test_events_of_a_finished_run_are_one_and_the_end(client: Client, done: dict[str, Any]) -> None:
    answer = client.get(f"/runs/{done['id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    event, data, *rest = answer.text.split("\n")
    assert (event, rest) == ("event: run", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == done


# --- its description -----------------------------------------------------------------------------


def test_every_route_says_what_it_does_and_how_it_fails(client: Client) -> None:
    told = client.get("/openapi.json").json()
    tags = {tag["name"] for tag in told["tags"]}
    for path, methods in told["paths"].items():
        for method, route in methods.items():
            assert route["summary"], path
            assert route["description"], path
            assert set(route["tags"]) <= tags
            assert "400" in route["responses"], path
            assert method == "get" or "403" in route["responses"], path
            assert all(answer["description"] for answer in route["responses"].values())
    for name, schema in told["components"]["schemas"].items():
        for field, kind in schema.get("properties", {}).items():
            assert kind.get("description"), f"{name}.{field}"


def test_people_read_the_same_description(client: Client) -> None:
    page = client.ask("GET", "/api")
    told = client.get("/openapi.json").json()
    assert page.headers["content-type"].startswith("text/html")
    for path, methods in told["paths"].items():
        for method, route in methods.items():
            assert f"{method.upper()} {path}" in page.text
            assert html.escape(route["summary"]) in page.text
    assert "<script" not in page.text


def _written(text: str) -> Path:
    path = Path(tempfile.mkdtemp()) / "dossier.yaml"
    path.write_bytes(text.encode())
    return path
