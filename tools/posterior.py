"""Rebuild the shipped posterior of the record's survival model: `python tools/posterior.py`.

Needed after any change of cessations.csv, of its reader or of the model; the test of the shipped file
fails until it is done. Takes about a second. A change here is a change of results: name it in CHANGELOG.md.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from interbellum.peace.artefact import posterior_text, table_hash
from interbellum.peace.posterior import fit
from interbellum.peace.record import OBSERVED_UNTIL, read_cessations

FILE = Path(__file__).parents[1] / "src" / "interbellum" / "peace" / "data" / "posterior.csv"


def text() -> str:
    """The artefact, fitted now."""
    versions = {name: version(name) for name in ("interbellum", "numpy", "scipy")}
    return posterior_text(fit(read_cessations(), OBSERVED_UNTIL), table_hash(), versions)


def main() -> None:
    """Write it."""
    FILE.write_text(text(), encoding="utf-8", newline="\n")
    print(FILE.name)


if __name__ == "__main__":
    main()
