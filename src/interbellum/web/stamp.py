"""Which program gives the answers: its version, and a fingerprint of the files that it is made of."""

from __future__ import annotations

import hashlib
from pathlib import Path

from interbellum import __version__

DECIDES = (".py", ".yaml", ".csv", ".typ")
"""Ends of the names of files that an answer may hang on; the page's own are none of them."""


def fingerprint(folder: Path) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the files that decide an answer, with their names.

    Parameters
    ----------
    folder : Path
        Of the package.
    """
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in DECIDES:
            body = path.read_bytes()
            found.update(f"{path.relative_to(folder).as_posix()} {len(body)}\n".encode() + body)
    return found.hexdigest()[:16]


# A checkout changes under one version, and its store is kept: read once, when the code itself is.
STAMP = f"{__version__} {fingerprint(Path(__file__).parents[1])}"
READ = f"read by {STAMP}"
"""Name under which a run keeps what reading its dossier gave: for no other version's worker."""
