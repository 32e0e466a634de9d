"""Files of others, fetched when asked: the only part of Interbellum that uses a network.

A download that breaks is kept and goes on where it broke. The first time a file arrives whole its
checksum is written down; from then on it is compared, and a file that has changed is told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import json
import os
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from interbellum import __version__
from interbellum.errors import UsageError

FOLDER_VARIABLE = "INTERBELLUM_DATA"
MANIFEST = "manifest.json"

_TIMEOUT = 30.0  # seconds without a byte before a connection counts as broken
_CHUNK = 1 << 16
_MOST_BYTES = 1 << 28  # nothing here is a hundredth of this: a server that sends more is not it

Tell = Callable[[str, float], None]
State = Literal["new", "kept", "changed", "failed"]


class DownloadError(UsageError):
    """A file cannot be had; the message names the address, what went wrong, and the mend."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One published file: its name here, and where it lies below the publisher's address."""

    name: str
    below: str
    """A path; where it ends in .zip and `name` does not, the one file of that kind inside is taken."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Files of one publisher, with what their licence asks to be said."""

    address: str
    page: str
    """For people: where the files are listed, should they have moved."""
    licence: str
    files: tuple[RemoteFile, ...]


# Addresses as UCDP's own download page and public programs gave them in 2026. The publisher keeps
# newest versions there and may move older ones; --from then names a mirror.
PUBLICATIONS: dict[str, Publication] = {
    "ucdp": Publication(
        address="https://ucdp.uu.se/downloads/",
        page="https://ucdp.uu.se/downloads/",
        licence="Uppsala Conflict Data Program, CC BY 4.0; cite the authors named in "
        "docs/concepts/peace.md",
        files=(
            RemoteFile("ucdp-prio-acd-251.csv", "ucdpprio/ucdp-prio-acd-251-csv.zip"),
            RemoteFile("ucdp-dyadic-251.csv", "dyadic/ucdp-dyadic-251-csv.zip"),
            RemoteFile("ucdp-term-acd-3-2021.xlsx", "monadterm/ucdp-term-acd-3-2021.xlsx"),
            RemoteFile("ucdp-term-dyad-3-2021.xlsx", "monadterm/ucdp-term-dyad-3-2021.xlsx"),
            RemoteFile("ucdp-peace-agreements-221.xlsx", "peace/ucdp-peace-agreements-221.xlsx"),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one file."""

    name: str
    state: State
    """new: arrived now; kept: there already, as recorded; changed: not what was recorded; failed."""
    path: Path
    sha256: str
    """Empty where it failed."""
    message: str
    """What is wrong and how to mend it; empty for new and kept."""


def data_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where data is kept unless another folder is named.

    Parameters
    ----------
    environ : environment variables
        INTERBELLUM_DATA goes first; then what the platform has for such data.
    platform : as `sys.platform`

    Returns
    -------
    Path; it need not exist

    Source
    ------
    XDG Base Directory Specification 0.8; Apple's File System Programming Guide; Microsoft's Known
    Folders (LocalAppData).
    """
    if environ.get(FOLDER_VARIABLE):
        return Path(environ[FOLDER_VARIABLE])
    home = Path.home()
    if platform == "darwin":
        return home / "Library" / "Application Support" / "interbellum"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "interbellum"
    shared = environ.get("XDG_DATA_HOME", "")
    # The specification tells to ignore a relative path.
    base = Path(shared) if Path(shared).is_absolute() else home / ".local" / "share"
    return base / "interbellum"


def get_publication(
    publication: str,
    folder: str | Path | None = None,
    address: str | None = None,
    renew: bool = False,
    tell: Tell | None = None,
) -> tuple[Fetched, ...]:
    """Files of a publication into a folder; those that are there are compared and kept.

    Parameters
    ----------
    publication : ucdp
    folder : path
        `data_folder()` and a folder of the publication's name in it when left out.
    address : http or https address
        Of a mirror with the publisher's layout; the publisher's own when left out.
    renew : bool
        Fetch everything again, and take what arrives as the new record.
    tell : callable (name of a file, share of it from 0 to 1)
        Called as bytes arrive, where their number is known.

    Returns
    -------
    tuple of Fetched, one a file
        A file that cannot be had does not stop the others.

    Raises
    ------
    UsageError
        There is no such publication, `address` is no web address, or the folder cannot be used.
    """
    if publication not in PUBLICATIONS:
        raise UsageError(
            f"There is no publication {publication!r}. Mend: ask for {', '.join(PUBLICATIONS)}."
        )
    known = PUBLICATIONS[publication]
    base = (address or known.address).rstrip("/") + "/"
    if not base.lower().startswith(("http://", "https://")):
        raise UsageError(f"{address} is no web address. Mend: start it with http:// or https://.")
    where = Path(folder) if folder is not None else data_folder() / publication
    with _usable(where):
        where.mkdir(parents=True, exist_ok=True)
        records = _manifest(where)
        fetched = []
        for file in known.files:
            one = _get(file, base, known.page, where, records, renew, tell or (lambda *_: None))
            fetched.append(one)
            _write_manifest(where, records)
    return tuple(fetched)


# --- one file ------------------------------------------------------------------------------------


def _get(
    file: RemoteFile,
    base: str,
    page: str,
    folder: Path,
    records: dict[str, Any],
    renew: bool,
    tell: Tell,
) -> Fetched:
    path, url = folder / file.name, base + file.below
    recorded = records.get(file.name, {}).get("sha256", "")
    if path.exists() and not renew:
        found = _sha256(path)
        if not recorded:
            records[file.name] = _record(found, path, "found in the folder")
        if found == (recorded or found):
            return Fetched(file.name, "kept", path, found, "")
        return Fetched(file.name, "changed", path, found, _changed_here(path, records[file.name]))
    part = folder / f"{file.name}.part"
    try:
        _download(url, part, lambda share: tell(file.name, share))
        arrived = _unpacked(part, file, url)
    except DownloadError as error:
        mend = f"Mend: run the command again, or look at {page}, or name a mirror with --from."
        return Fetched(file.name, "failed", path, "", f"{error} {mend}")
    found = _sha256(arrived)
    if recorded and found != recorded and not renew:
        kept = folder / f"{file.name}.new"
        arrived.replace(kept)
        return Fetched(
            file.name, "changed", kept, found, _changed_there(url, kept, records[file.name])
        )
    arrived.replace(path)
    records[file.name] = _record(found, path, url)
    return Fetched(file.name, "new", path, found, "")


def _download(url: str, part: Path, tell: Callable[[float], None]) -> None:
    """Bytes of an address into a file, going on where an earlier try broke off.

    The server's mark of the version (ETag, else Last-Modified) is kept beside the part, and asked
    for with If-Range: a file that changed in between starts over.
    """
    mark = part.with_name(f"{part.name}.mark")
    known = _marked(mark)
    have = part.stat().st_size if part.exists() and known else 0
    headers = {"User-Agent": f"interbellum/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": known}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=_TIMEOUT
        ) as answer:
            if answer.status != http.client.PARTIAL_CONTENT:
                have = 0
            elif not _goes_on(answer.headers.get("Content-Range"), have):
                part.unlink(missing_ok=True)  # so that the next try asks for the whole
                raise DownloadError(f"{url} sends another part of the file than was asked for.")
            version = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
            if version:
                mark.write_text(version, encoding="utf-8")
            else:
                mark.unlink(missing_ok=True)
            left = answer.headers.get("Content-Length")
            total = have + int(left) if left and left.isdecimal() else None
            _check_size(url, total or 0)
            with part.open("ab" if have else "wb") as file:
                for chunk in iter(lambda: answer.read(_CHUNK), b""):
                    file.write(chunk)
                    have += len(chunk)
                    _check_size(url, have)
                    if total:
                        tell(have / total)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            part.unlink()  # more than the server has: not a part of this file
            return _download(url, part, tell)
        why = " ".join(str(error.reason).split())  # some of urllib's have lines
        raise DownloadError(f"{url} answers {error.code} ({why}).") from None
    # urllib tells of an address that it cannot take by ValueError.
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise DownloadError(f"{url} cannot be read ({reason}); what has arrived is kept.") from None
    if total is not None and have != total:
        raise DownloadError(
            f"{url} broke off after {have} of {total} bytes; what has arrived is kept."
        )
    mark.unlink(missing_ok=True)
    return None


def _marked(mark: Path) -> str:
    """The version that a broken download was of; empty where it is not known."""
    try:
        version = mark.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return version if version.isprintable() else ""


def _goes_on(content_range: str | None, have: int) -> bool:
    """Whether a partial answer begins where the part ends (RFC 9110, section 14.4)."""
    if content_range is None:
        return have == 0
    return content_range.replace(" ", "").startswith(f"bytes{have}-")


def _unpacked(part: Path, file: RemoteFile, url: str) -> Path:
    """The file itself, out of its archive where it came in one; the part is used up."""
    with part.open("rb") as opened:
        start = opened.read(2)
    if start != b"PK":  # archives and Excel files alike are of the ZIP form
        part.unlink()
        raise DownloadError(f"{url} sends a web page or something else, not the file.")
    # RuntimeError: zipfile's word for a password and, in a kind of it, for an unknown compression.
    try:
        with zipfile.ZipFile(part) as archive:
            _check_size(url, sum(one.file_size for one in archive.infolist()))
            spoilt = archive.testzip()
            if spoilt is not None:
                raise zipfile.BadZipFile(spoilt)
            if not file.below.endswith(".zip"):
                return part
            unpacked = part.with_suffix(".unpacked")
            unpacked.write_bytes(archive.read(_only_file(archive, Path(file.name).suffix, url)))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        part.unlink()
        raise DownloadError(f"{url} sends a damaged archive.") from None
    part.unlink()
    return unpacked


def _only_file(archive: zipfile.ZipFile, kind: str, url: str) -> zipfile.ZipInfo:
    inside = [one for one in archive.infolist() if one.filename.lower().endswith(kind)]
    if len(inside) != 1:
        raise DownloadError(f"{url} holds {len(inside)} files of the kind {kind}, not one.")
    return inside[0]


def _check_size(url: str, size: int) -> None:
    if size > _MOST_BYTES:
        raise DownloadError(f"{url} is far larger than any file of this kind.")


# --- what is recorded ----------------------------------------------------------------------------


def _record(sha256: str, path: Path, source: str) -> dict[str, Any]:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return {"sha256": sha256, "bytes": path.stat().st_size, "recorded": today, "from": source}


def _is_record(entry: object) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(key), str) for key in ("sha256", "recorded")
    )


def _changed_here(path: Path, record: Mapping[str, Any]) -> str:
    return (
        f"{path} is not the file recorded on {record['recorded']}: its checksum differs. "
        "Mend: delete it and run the command again, or take it as it is with --renew."
    )


def _changed_there(url: str, path: Path, record: Mapping[str, Any]) -> str:
    return (
        f"{url} is not the file recorded on {record['recorded']}: its checksum differs. It is kept "
        f"as {path.name}. Mend: compare the two versions; --renew takes the new one."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(map(_is_record, found.values())):
        raise UsageError(
            f"{path} cannot be read. Mend: restore it; or delete it, and the files that are there "
            "are recorded anew, unchecked."
        )
    return found


def _write_manifest(folder: Path, records: Mapping[str, Any]) -> None:
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(records, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(folder / MANIFEST)


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    """Tell of a folder that cannot be written or read."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be used ({error.strerror or error}). Mend: name another folder with "
            f"--to, or with {FOLDER_VARIABLE}."
        ) from None


def told(fetched: Sequence[Fetched]) -> int:
    """Exit code of a command: 0 all there, 1 a file is not what was recorded, 2 one cannot be had."""
    states = {one.state for one in fetched}
    return 2 if "failed" in states else 1 if "changed" in states else 0
