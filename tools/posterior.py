"""Rebuild the shipped posterior of the record's survival model: `python tools/posterior.py`.

Needed after any change of cessations.csv, of its reader or of the model; the test of the shipped file
fails until it is done. Writes the file and the table of hazard ratios in docs/concepts/peace.md. Takes about a
second. A change here is a change of results: name it in CHANGELOG.md.
"""

from __future__ import annotations

import math
import re
from importlib.metadata import version
from pathlib import Path

from interbellum.model.hazards import EffectEstimate
from interbellum.peace.artefact import posterior_text, shipped_posterior, table_hash
from interbellum.peace.durability import effect_estimates
from interbellum.peace.posterior import fit
from interbellum.peace.record import OBSERVED_UNTIL, read_cessations

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "interbellum" / "peace" / "data" / "posterior.csv"
PAGE = ROOT / "docs" / "concepts" / "peace.md"
MARKS = ("<!-- hazard ratios -->\n", "<!-- end of hazard ratios -->\n")
Z80 = 1.2815515655446004  # standard normal quantile of .90


def text() -> str:
    """The artefact, fitted now."""
    versions = {name: version(name) for name in ("interbellum", "numpy", "scipy")}
    return posterior_text(fit(read_cessations(), OBSERVED_UNTIL), table_hash(), versions)


def row(told: EffectEstimate) -> str:
    """One effect as a line of the page's table: hazard ratios with 80% intervals."""

    def ratio(mean: float, low: float, high: float) -> str:
        return f"{math.exp(mean):.2f} ({math.exp(low):.2f} to {math.exp(high):.2f})"

    spread = Z80 * told.prior_sd
    prior = ratio(told.prior_mean, told.prior_mean - spread, told.prior_mean + spread)
    if told.basis == "prior":
        return f"| `{told.name}` | {prior} | as the prior | none | none |"
    posterior = ratio(told.mean, told.low80, told.high80)
    return f"| `{told.name}` | {prior} | {posterior} | {told.n_with} | {told.n_without} |"


def main() -> None:
    """Write the file and the table."""
    FILE.write_text(text(), encoding="utf-8", newline="\n")
    rows = "".join(f"{row(told)}\n" for told in effect_estimates(shipped_posterior()))
    head = "| effect | prior | posterior | rows with | rows without |\n| --- | --- | --- | --- | --- |\n"
    start, end = MARKS
    page = PAGE.read_text(encoding="utf-8")
    parts = re.split(f"{start}.*?{end}", page, flags=re.DOTALL)
    if len(parts) != 2:
        raise SystemExit(f"{PAGE.name} must have one {start.strip()} and its end")
    PAGE.write_text(f"{start}{head}{rows}{end}".join(parts), encoding="utf-8", newline="\n")
    print(f"{FILE.name}, and the table in {PAGE.name}")


if __name__ == "__main__":
    main()
