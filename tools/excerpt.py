"""Put the first lines of the briefing of ukraine-2025-05 into README.md: `python tools/excerpt.py`."""

from __future__ import annotations

import re
from pathlib import Path

import interbellum

README = Path(__file__).parents[1] / "README.md"
DOSSIER = "ukraine-2025-05"
LAST = "IF IT STOPS, HOW LONG IT WOULD HOLD"
BLOCK = re.compile(r"(<!-- excerpt -->\n```text\n)(.*?)(```\n)", re.DOTALL)


def excerpt() -> str:
    """The page as far as the table of rungs, as a terminal of 100 columns shows it."""
    text = interbellum.brief(DOSSIER).to_text(100)
    return text[: text.index(LAST)].rstrip() + "\n"


def main() -> None:
    """Rewrite the excerpt."""
    page = README.read_text(encoding="utf-8")
    told = excerpt()
    README.write_text(BLOCK.sub(lambda m: m[1] + told + m[3], page), encoding="utf-8")


if __name__ == "__main__":
    main()
