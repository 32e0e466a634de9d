"""Downloads from a server of our own: whole, broken and gone on, changed, gone, and no network."""

from __future__ import annotations

import hashlib
import io
import json
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interbellum import downloads
from interbellum.cli import main as cli
from interbellum.downloads import PUBLICATIONS, Fetched, data_folder, get_publication
from interbellum.errors import UsageError

FILES = {file.name: file.below for file in PUBLICATIONS["ucdp"].files}
ACD, TERM = "ucdp-prio-acd-251.csv", "ucdp-term-acd-3-2021.xlsx"


def _zipped(name: str, data: bytes, *more: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # Of one day, so that the same content is the same file.
        for inside, content in (
            ("Codebook.pdf", b"%PDF"),
            *((each, data) for each in (name, *more)),
        ):
            archive.writestr(zipfile.ZipInfo(inside), content)
    return packed.getvalue()


def _content(name: str) -> bytes:
    """What the server has under a name: a CSV's lines, or an Excel file, itself of the ZIP form."""
    data = name.encode() * 5000
    return _zipped("xl/workbook.xml", data) if name.endswith(".xlsx") else data


def _flipped(packed: bytes, place: int) -> bytes:
    return packed[:place] + bytes([packed[place] ^ 0xFF]) + packed[place + 1 :]


def _with_header(packed: bytes, place: int, value: int) -> bytes:
    """An archive of one stored file, with a byte of both its headers set (APPNOTE 4.3.7, 4.3.12)."""
    changed = bytearray(packed)
    central = packed.rfind(b"PK\x01\x02")
    changed[packed.rfind(b"PK\x03\x04") + place] = changed[central + place + 2] = value
    return bytes(changed)


@dataclass
class Served:
    """What the server has, what it was asked, and where it breaks off."""

    address: str = ""
    bytes: dict[str, bytes] = field(default_factory=dict)
    version: str = '"one"'
    break_after: int | None = None
    ranges: bool = True
    range_begins: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    length: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def put(self, name: str, data: bytes) -> None:
        below = FILES[name]
        self.bytes[below] = _zipped("Inside_v1.csv", data) if below.endswith(".zip") else data


@pytest.fixture
def served() -> Iterator[Served]:
    state = Served()
    for name in FILES:
        state.put(name, _content(name))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append((self.path.lstrip("/"), asked))
            data = state.bytes.get(self.path.lstrip("/"))
            if data is None:
                self.send_error(404)
                return
            start = 0
            same = self.headers.get("If-Range", state.version) == state.version  # RFC 9110, 13.1.5
            if asked and state.ranges and same:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
                if start >= len(data):
                    self.send_error(416)
                    return
            self.send_response(206 if start else 200)
            self.send_header("ETag", state.version)
            if start:
                begins = start if state.range_begins is None else state.range_begins
                self.send_header("Content-Range", f"bytes {begins}-{len(data) - 1}/{len(data)}")
            for header, value in state.headers.items():
                self.send_header(header, value)
            if state.length:
                self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start:][: state.break_after])

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}/"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def _get(served: Served, folder: Path, **how: Any) -> dict[str, Fetched]:
    found = get_publication("ucdp", folder, served.address, **how)
    return {one.name: one for one in found}


def _command(*args: object) -> Result:
    return CliRunner().invoke(cli.main, ["data", "get", "ucdp", *map(str, args)])


# ---------------------------------------------------------------------------------- whole


def test_files_arrive_and_are_recorded(served: Served, tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    found = _get(served, tmp_path, tell=lambda name, share: heard.append((name, share)))
    assert {one.state for one in found.values()} == {"new"}
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    for name in FILES:
        data = _content(name)
        assert (tmp_path / name).read_bytes() == data  # out of its archive, if it came in one
        assert found[name].sha256 == hashlib.sha256(data).hexdigest()
        assert manifest[name]["sha256"] == found[name].sha256
        assert manifest[name]["bytes"] == len(data)
        assert manifest[name]["from"] == served.address + FILES[name]
        assert [share for heard_of, share in heard if heard_of == name][-1] == 1
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "manifest.json"}


def test_what_is_there_is_kept_without_a_word_to_the_network(
    served: Served, tmp_path: Path
) -> None:
    _get(served, tmp_path)
    served.asked.clear()
    assert {one.state for one in _get(served, tmp_path).values()} == {"kept"}
    assert served.asked == []


def test_a_file_put_there_by_hand_is_recorded(served: Served, tmp_path: Path) -> None:
    (tmp_path / ACD).write_bytes(b"own copy")
    assert _get(served, tmp_path)[ACD].state == "kept"
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest[ACD]["sha256"] == hashlib.sha256(b"own copy").hexdigest()
    (tmp_path / ACD).write_bytes(b"another")
    assert _get(served, tmp_path)[ACD].state == "changed"


# ------------------------------------------------------------------------- broken, and gone on


def test_a_broken_download_goes_on_where_it_broke(served: Served, tmp_path: Path) -> None:
    served.break_after = 7000
    broken = _get(served, tmp_path)[TERM]
    assert broken.state == "failed"
    assert "broke off after 7000 of" in broken.message
    assert "what has arrived is kept" in broken.message
    assert not (tmp_path / TERM).exists()
    served.break_after = None
    served.asked.clear()
    found = _get(served, tmp_path)
    assert (FILES[TERM], "bytes=7000-") in served.asked
    assert {one.state for one in found.values()} == {"new"}
    assert (tmp_path / TERM).read_bytes() == _content(TERM)
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "manifest.json"}


@pytest.mark.parametrize(
    "how", ["changed in between", "no ranges", "longer than the file", "of no known version"]
)
def test_a_part_that_does_not_fit_starts_over(served: Served, tmp_path: Path, how: str) -> None:
    served.break_after = 7000
    _get(served, tmp_path)
    served.break_after = None
    if how == "changed in between":
        served.version = '"two"'
        served.put(TERM, _zipped("xl/workbook.xml", b"second version" * 900))
    elif how == "no ranges":
        served.ranges = False
    elif how == "longer than the file":
        (tmp_path / f"{TERM}.part").write_bytes(b"x" * 10**6)
    else:
        (tmp_path / f"{TERM}.part.mark").write_bytes(b"\xff\n")
    assert _get(served, tmp_path)[TERM].state == "new"
    assert (tmp_path / TERM).read_bytes() == served.bytes[FILES[TERM]]


def test_a_server_that_goes_on_elsewhere_is_not_believed(served: Served, tmp_path: Path) -> None:
    served.break_after = 7000
    _get(served, tmp_path)
    served.break_after, served.range_begins = None, 10
    wrong = _get(served, tmp_path)[TERM]
    assert wrong.state == "failed"
    assert "sends another part of the file than was asked for" in wrong.message
    assert _get(served, tmp_path)[TERM].state == "new"  # asked for the whole, and got it
    assert (tmp_path / TERM).read_bytes() == _content(TERM)


def test_without_a_length_the_file_is_taken_as_it_ends(served: Served, tmp_path: Path) -> None:
    served.length = False
    heard: list[str] = []
    assert _get(served, tmp_path, tell=lambda name, _: heard.append(name))[TERM].state == "new"
    assert heard == []  # no share of an unknown whole


# ------------------------------------------------------------------------------------ changed


def test_a_file_that_changed_here_is_told(served: Served, tmp_path: Path) -> None:
    _get(served, tmp_path)
    (tmp_path / TERM).write_bytes(b"PK spoilt")
    found = _get(served, tmp_path)[TERM]
    assert found.state == "changed"
    assert "is not the file recorded on" in found.message
    assert "delete it and run the command again" in found.message
    (tmp_path / TERM).unlink()
    assert _get(served, tmp_path)[TERM].state == "new"


def test_a_file_that_the_publisher_changed_is_kept_apart(served: Served, tmp_path: Path) -> None:
    first = _get(served, tmp_path)[ACD]
    (tmp_path / ACD).unlink()
    served.put(ACD, b"PK a new version")
    found = _get(served, tmp_path)[ACD]
    assert found.state == "changed"
    assert found.path == tmp_path / f"{ACD}.new"
    assert found.path.read_bytes() == b"PK a new version"
    assert not (tmp_path / ACD).exists()
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest[ACD]["sha256"] == first.sha256  # the record stands until --renew
    assert _get(served, tmp_path, renew=True)[ACD].state == "new"
    assert (tmp_path / ACD).read_bytes() == b"PK a new version"
    assert _get(served, tmp_path)[ACD].state == "kept"


# --------------------------------------------------------------------- what cannot be had


def test_one_missing_file_does_not_stop_the_others(served: Served, tmp_path: Path) -> None:
    del served.bytes[FILES[TERM]]
    found = _get(served, tmp_path)
    assert found[TERM].state == "failed"
    assert "answers 404" in found[TERM].message
    assert "https://ucdp.uu.se/downloads/" in found[TERM].message
    assert "--from" in found[TERM].message
    assert [name for name, one in found.items() if one.state == "new"] == [
        name for name in FILES if name != TERM
    ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (TERM, b"<!doctype html>", "sends a web page or something else, not the file"),
        (ACD, b"<html>", "sends a web page or something else, not the file"),
        (ACD, b"PK but no archive", "sends a damaged archive"),
        (TERM, _content(TERM)[:9000], "sends a damaged archive"),
        (TERM, _flipped(_content(TERM), 9000), "sends a damaged archive"),
        (ACD, _with_header(_zipped("a.csv", b"x"), 6, 1), "sends a damaged archive"),  # password
        (
            ACD,
            _with_header(_zipped("a.csv", b"x"), 8, 99),
            "sends a damaged archive",
        ),  # unknown way
        (ACD, _zipped("readme.txt", b"x"), r"holds 0 files of the kind \.csv, not one"),
        (ACD, _zipped("a.csv", b"x", "b.csv"), r"holds 2 files of the kind \.csv, not one"),
    ],
)
def test_what_is_not_the_file_is_refused(
    served: Served, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    served.bytes[FILES[name]] = data
    found = _get(served, tmp_path)[name]
    assert found.state == "failed"
    assert re.search(message, found.message)
    assert not (tmp_path / name).exists()


def test_a_server_that_sends_without_end_is_left(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_MOST_BYTES", 1000)
    assert "far larger" in _get(served, tmp_path)[TERM].message
    served.length = False
    assert "far larger" in _get(served, tmp_path)[TERM].message


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def test_no_network_is_told(tmp_path: Path) -> None:
    found = get_publication("ucdp", tmp_path, f"http://127.0.0.1:{_closed_port()}/")
    assert {one.state for one in found} == {"failed"}
    assert "cannot be read" in found[0].message
    assert "Mend: run the command again" in found[0].message


@pytest.mark.parametrize("address", ["http://[::1", "http://127.0.0.1:1/\u00fc"])
def test_an_address_that_is_none_is_told(tmp_path: Path, address: str) -> None:
    found = get_publication("ucdp", tmp_path, address)
    assert {one.state for one in found} == {"failed"}
    assert "cannot be read" in found[0].message


def test_a_length_that_is_no_number_is_no_length(served: Served, tmp_path: Path) -> None:
    served.length, served.headers = False, {"Content-Length": "many"}
    assert _get(served, tmp_path)[TERM].state == "new"


def test_misuse_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no publication 'cow'\. Mend: ask for ucdp"):
        get_publication("cow", tmp_path)
    with pytest.raises(UsageError, match="file:///etc is no web address"):
        get_publication("ucdp", tmp_path, "file:///etc")
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cannot be used .*Mend: name another folder"):
        get_publication("ucdp", taken, "http://127.0.0.1:1/")
    for spoilt in ("[]", "{", '{"a.csv": "b"}', '{"a.csv": {"sha256": "b"}}'):
        (tmp_path / "manifest.json").write_text(spoilt, encoding="utf-8")
        with pytest.raises(UsageError, match=r"manifest\.json cannot be read\. Mend: restore it"):
            get_publication("ucdp", tmp_path, "http://127.0.0.1:1/")


# ------------------------------------------------------------------------------ the data folder


def test_the_folder_is_the_platform_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert data_folder({}, "linux") == tmp_path / ".local" / "share" / "interbellum"
    assert data_folder({"XDG_DATA_HOME": "/srv/d"}, "linux") == Path("/srv/d/interbellum")
    assert data_folder({"XDG_DATA_HOME": "here"}, "linux") == data_folder({}, "linux")
    assert data_folder({}, "darwin") == tmp_path / "Library/Application Support/interbellum"
    assert data_folder({}, "win32") == tmp_path / "AppData" / "Local" / "interbellum"
    assert data_folder({"LOCALAPPDATA": "/l"}, "win32") == Path("/l/interbellum")
    assert data_folder({"INTERBELLUM_DATA": "/mine"}, "darwin") == Path("/mine")


# ------------------------------------------------------------------------------------- the verb


def test_the_verb_downloads_and_says_so(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERBELLUM_DATA", str(tmp_path))
    done = _command("--from", served.address)
    assert done.exit_code == 0
    assert (tmp_path / "ucdp" / ACD).is_file()
    assert ACD in done.stdout
    assert "CC BY 4.0" in done.stderr
    assert "Warning" not in done.stderr


def test_the_verb_s_exit_codes(served: Served, tmp_path: Path) -> None:
    args = ("--to", tmp_path, "--from", served.address, "--json")
    assert _command(*args).exit_code == 0
    (tmp_path / ACD).write_bytes(b"PK spoilt")
    changed = _command(*args)
    assert changed.exit_code == 1
    assert {one["file"]: one["state"] for one in json.loads(changed.stdout)}[ACD] == "changed"
    assert f"Warning: {tmp_path / ACD} is not the file recorded" in changed.stderr
    (tmp_path / TERM).unlink()
    del served.bytes[FILES[TERM]]
    missing = _command(*args)
    assert missing.exit_code == 2
    assert "answers 404" in missing.stderr
    wrong = _command("--from", "ftp://x")
    assert wrong.exit_code == 2
    assert "Error: ftp://x is no web address" in wrong.stderr
    assert CliRunner().invoke(cli.main, ["data", "get", "cow"]).exit_code == 2


def test_addresses_are_the_publisher_s() -> None:
    known = PUBLICATIONS["ucdp"]
    assert known.address == "https://ucdp.uu.se/downloads/"
    for file in known.files:
        # What lies behind the address is the file, or an archive named after it.
        stem = Path(file.name).stem
        assert Path(file.below).name in (file.name, f"{stem}-csv.zip")
