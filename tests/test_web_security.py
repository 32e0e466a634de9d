"""What stands between the network and the application; each rule is seen to refuse and to let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from interbellum.store.store import Store
from interbellum.web import security
from interbellum.web.app import create_app
from interbellum.web.desk import Limits
from interbellum.web.security import depth
from interbellum.web.serving import is_loopback, listen
from web_client import API, Client, chunks

TOKEN = "a-token-that-is-long-enough-0123456789"
RUN = {"dossier": "eritrea-ethiopia-1999", "draws": 8, "paths": 8}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("store") / "runs.sqlite3") as opened:
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> Client:
    return Client(create_app(store))


@pytest.fixture(scope="module")
def guarded(store: Store) -> Client:
    return Client(create_app(store, token=TOKEN, hosts=("team.example",)), "team.example:8765")


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/api", 200),
        ("GET", "/static/style.css", 200),
        ("GET", f"{API}/", 200),
        ("GET", f"{API}/runs/none", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", f"{API}/", 405),
        ("POST", f"{API}/runs", 422),
    ],
)
def test_every_answer_has_the_headers(client: Client, method: str, path: str, status: int) -> None:
    answer = client.ask(method, path)
    assert answer.status_code == status
    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value
    assert "cache-control" in answer.headers
    assert "server" not in answer.headers


def test_the_policy_lets_scripts_come_from_here_alone() -> None:
    rules = dict(rule.split(" ", 1) for rule in security.POLICY.split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe-eval" not in security.POLICY


def test_no_page_names_another_site_or_holds_a_script(client: Client) -> None:
    for path in ("/", "/d/eritrea-ethiopia-1999", "/r/none", "/api"):
        text = client.ask("GET", path).text
        assert re.findall(r"(?:src|href)=\"(?!/|data:,|#)", text) == []
        assert re.findall(r"<script(?! type=\"module\" src=\"/static/)", text) == []


def test_an_unexpected_error_tells_no_more_than_that(
    client: Client,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(most: int) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(store, "runs", broken)
    answer = client.get("/runs")
    assert answer.status_code == 500
    assert set(answer.json()) == {"message"}
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == security.POLICY
    assert "secret detail" in capsys.readouterr().err


# --- who asks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8765", "LOCALHOST:1", "[::1]:8765"])
def test_names_of_this_machine_are_answered(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "[::2]", ""]
)
def test_other_names_are_refused(client: Client, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "--allow-host" in answer.json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},  # another port is another origin
        {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
    ],
)
def test_another_sites_page_changes_nothing(
    client: Client, store: Store, headers: dict[str, str]
) -> None:
    before = len(store.runs(500))
    for method, path in (("POST", "/runs"), ("DELETE", "/runs/x"), ("POST", "/dossiers")):
        answer = client.ask(method, f"{API}{path}", headers=headers, json=RUN)
        assert answer.status_code == 403
    assert len(store.runs(500)) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8765"},
        {"sec-fetch-site": "none"},
        {"origin": "http://127.0.0.1:8765"},
    ],
)
def test_its_own_page_and_programs_may_ask(client: Client, headers: dict[str, str]) -> None:
    assert client.post("/runs", headers=headers, json=RUN).status_code in (200, 202)


def test_another_site_may_link_here_but_not_read(client: Client) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    assert client.get("/runs", headers={**foreign, "sec-fetch-mode": "no-cors"}).status_code == 403
    assert (
        client.ask("GET", "/", headers={**foreign, "sec-fetch-mode": "navigate"}).status_code == 200
    )


# --- the token -----------------------------------------------------------------------------------


def test_beyond_this_machine_everything_asks_for_the_token(guarded: Client) -> None:
    for path in ("/", "/api", "/static/style.css", f"{API}/", f"{API}/openapi.json", "/nowhere"):
        answer = guarded.ask("GET", path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.post("/runs", json=RUN).status_code == 401


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ü"])
def test_a_wrong_token_opens_nothing(guarded: Client, given: str) -> None:
    bearer = {"authorization": f"Bearer {given}".encode()}
    assert guarded.get("/", headers=bearer).status_code == 401
    cookie = {"cookie": f"{security.COOKIE}={given}".encode()}
    assert guarded.get("/", headers=cookie).status_code == 401
    assert guarded.ask("GET", "/", params={"token": given}).status_code == 401


def test_the_token_opens_as_bearer_and_as_cookie(guarded: Client) -> None:
    assert guarded.get("/", headers={"authorization": f"bearer {TOKEN}"}).status_code == 200
    assert guarded.get("/", headers={"cookie": f"{security.COOKIE}={TOKEN}"}).status_code == 200


@pytest.mark.parametrize("other", ["a[b]=1", '{"json": 1}', 'x="', "=", "", "\xe9=\xe9"])
def test_odd_cookies_of_other_ports_lock_nobody_out(guarded: Client, other: str) -> None:
    cookie = f"{other}; {security.COOKIE}={TOKEN}; z={{}}".encode("latin-1")
    assert guarded.get("/", headers={"cookie": cookie}).status_code == 200
    wrong = f"{other}; {security.COOKIE}=no".encode("latin-1")
    assert guarded.get("/", headers={"cookie": wrong}).status_code == 401


def test_the_token_in_an_address_becomes_a_cookie_that_no_script_reads(guarded: Client) -> None:
    answer = guarded.ask("GET", f"/d/toy?a=1&token={TOKEN}&b=x%26y")
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/toy?a=1&b=x%26y")
    cookie = answer.headers["set-cookie"]
    assert cookie == f"{security.COOKIE}={TOKEN}; HttpOnly; SameSite=Strict; Path=/"


def test_no_token_stays_in_the_address_of_one_who_is_in_already(guarded: Client) -> None:
    known = {"cookie": f"{security.COOKIE}={TOKEN}"}
    answer = guarded.ask("GET", f"/d/x?token={TOKEN}&a=1", headers=known)
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/x?a=1")


def test_the_way_in_leads_nowhere_else(guarded: Client) -> None:
    for path in ("//evil.example/", "///evil.example", "/\\evil.example"):
        answer = guarded.ask("GET", f"http://team.example:8765{path}?token={TOKEN}")
        assert re.match(r"/[^/\\]", answer.headers["location"]), answer.headers["location"]


def test_a_token_in_an_address_posts_nothing(guarded: Client) -> None:
    assert guarded.post(f"/runs?token={TOKEN}", json=RUN).status_code == 401


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.7", False),
        ("team.example", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(host: str, inside: bool) -> None:
    assert is_loopback(host) is inside


def test_a_taken_port_is_passed_over_unless_it_was_named() -> None:
    from interbellum.errors import UsageError

    with listen("127.0.0.1", None, 8765) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", None, port) as second:
            assert second.getsockname()[1] > port
        with pytest.raises(UsageError, match=rf"port {port}.*--port"):
            listen("127.0.0.1", port, 8765)


# --- bodies --------------------------------------------------------------------------------------


def test_a_large_body_is_refused_whether_it_says_so_or_not(client: Client) -> None:
    large = b"x" * (security.MOST_BYTES + 1)
    for content in (large, chunks([large[:600_000], large[600_000:]])):
        answer = client.post("/dossiers", content=content)
        assert answer.status_code == 413
        assert "1,000,000" in answer.json()["message"]


def test_the_largest_body_is_read(client: Client) -> None:
    text = b"# " + b"x" * (security.MOST_BYTES - 2)
    for content in (text, chunks([text[:500], text[500:]])):
        assert client.post("/dossiers", content=content).status_code == 422  # read: no dossier


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"changes":' * 100 + b"1" + b"}" * 100,
        b'{"dossier": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
        b'{"dossier": "a", "dossier": NaN}',
        b'{"dossier": "eritrea-ethiopia-1999", "draws": 1e400}',
        b'"\\ud800"',
        b'{"dossier": "\\ud800"}',
        b"",
        b"null",
    ],
)
def test_strange_json_is_refused_and_breaks_nothing(client: Client, body: bytes) -> None:
    answer = client.post("/runs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 404, 422)
    assert answer.json()["message"]


def test_deep_json_is_refused_before_it_is_parsed(client: Client) -> None:
    body = b'{"changes":' * (security.DEEPEST + 1) + b"1" + b"}" * (security.DEEPEST + 1)
    answer = client.post("/runs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert "levels deep" in answer.json()["message"]


def test_depth_counts_brackets_outside_strings() -> None:
    assert depth(b'{"a": [1, {"b": "[[[{{{"}], "c": "\\"[["}') == 3
    assert depth(b"no json ]]]]") == 0


def test_a_form_of_another_page_is_not_taken_for_json(client: Client) -> None:
    plain = {"content-type": "text/plain"}
    assert client.post("/runs", content=b'{"dossier": "x"}', headers=plain).status_code == 422


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x\n",
        "a: !!python/object/apply:os.system [ls]\n",
        "a: " + "[" * 5000 + "\n",
        "a: !!int x\n",
        "a: !!float x\n",
        "\x00",
    ],
)
def test_hostile_yaml_is_refused_by_the_reader(client: Client, text: str) -> None:
    answer = client.post("/dossiers", content=text.encode())
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["mend"]


# --- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "library", "eritrea-ethiopia-1999.yaml", "%00"],
)
def test_a_key_is_never_a_path(client: Client, key: str, tmp_path: Path) -> None:
    for tail in ("", "/source", "/controls"):
        assert client.get(f"/dossiers/{key}{tail}").status_code in (404, 307)
    answer = client.post("/runs", json={**RUN, "dossier": str(tmp_path / "runs.sqlite3")})
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["..%2Fapp.py", "%2Fetc%2Fpasswd", "app.py", "style.css%00", ""])
def test_static_files_have_fixed_names(client: Client, name: str) -> None:
    assert client.ask("GET", f"/static/{name}").status_code == 404


# --- limits --------------------------------------------------------------------------------------


def test_a_run_is_limited_unless_the_server_allows_more(store: Store) -> None:
    usual, generous = (
        Client(create_app(store)),
        Client(create_app(store, limits=Limits(draws=4096))),
    )
    asked = {**RUN, "draws": 2000}
    refused = usual.post("/runs", json=asked)
    assert refused.status_code == 422
    assert "1024 x 1024" in refused.json()["message"]
    assert usual.post("/runs", json={**RUN, "paths": 1025}).status_code == 422
    assert generous.post("/runs", json=asked).status_code == 202


def test_the_queue_is_bounded_and_known_runs_are_still_told(tmp_path: Path) -> None:
    with Store(tmp_path / "runs.sqlite3") as store:
        client = Client(create_app(store, limits=Limits(queued=2)))
        codes = [client.post("/runs", json={**RUN, "seed": seed}).status_code for seed in (1, 2, 3)]
        assert codes == [202, 202, 429]
        assert client.post("/runs", json={**RUN, "seed": 1}).status_code == 200
