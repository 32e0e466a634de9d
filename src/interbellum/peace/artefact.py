"""The shipped posterior: `peace/data/posterior.csv`, rebuilt by `python tools/posterior.py`.

A first line of JSON after `# `, then a header and one line a draw. It is stamped with the hash of the
table that it was fitted to, and is refused beside any other.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from importlib.resources import files

import numpy as np

from interbellum.errors import InternalError
from interbellum.model.hazards import HazardPosterior
from interbellum.peace.hazards import PIECES

MODEL = "decision 0022"
_REBUILD = "rebuild it with: python tools/posterior.py"


class ArtefactError(InternalError):
    """The shipped posterior does not belong to the shipped table."""


def table_hash() -> str:
    """SHA-256 of the shipped table of cessations, in hexadecimal."""
    return hashlib.sha256(_data("cessations.csv").encode("utf-8")).hexdigest()


def posterior_text(posterior: HazardPosterior, table: str, versions: dict[str, str]) -> str:
    """The artefact as text.

    Parameters
    ----------
    posterior : of the whole shipped table
    table : hash of that table
    versions : of what computed it, by name

    Returns
    -------
    str
        The same for the same posterior; eight significant digits.
    """
    stamp = {
        "model": MODEL,
        "as_of": posterior.as_of.isoformat(),
        "table_sha256": table,
        "versions": versions,
        "pareto_k": round(posterior.pareto_k, 4),
        "effective_draws": round(posterior.effective_draws, 1),
        "shares": {name: float(f"{share:.8g}") for name, share in posterior.shares.items()},
        "cases": {name: list(counts) for name, counts in posterior.cases.items()},
        "spells": dict(posterior.spells),
    }
    lines = io.StringIO()
    lines.write(f"# {json.dumps(stamp)}\n")
    writer = csv.writer(lines, lineterminator="\n")
    hazards = [f"log_hazard_{piece}" for piece in range(PIECES)]
    writer.writerow(["weight", *hazards, *posterior.names, "variance"])
    columns = (
        posterior.weight[:, None],
        posterior.log_hazard,
        posterior.effects,
        posterior.variance[:, None],
    )
    for row in np.concatenate(columns, axis=1):
        writer.writerow([f"{value:.8g}" for value in row])
    return lines.getvalue()


def parse_posterior(text: str) -> tuple[HazardPosterior, dict[str, object]]:
    """What `posterior_text` wrote, and its stamp.

    Parameters
    ----------
    text : the artefact

    Returns
    -------
    (HazardPosterior, stamp)
    """
    first, rest = text.split("\n", 1)
    stamp = json.loads(first.removeprefix("# "))
    header, *rows = csv.reader(io.StringIO(rest))
    values = np.array(rows, dtype=np.float64)
    weight = values[:, 0]
    posterior = HazardPosterior(
        as_of=dt.date.fromisoformat(stamp["as_of"]),
        log_hazard=values[:, 1 : 1 + PIECES],
        effects=values[:, 1 + PIECES : -1],
        variance=values[:, -1],
        weight=weight / weight.sum(),
        names=tuple(header[1 + PIECES : -1]),
        shares=stamp["shares"],
        cases={name: (with_it, without) for name, (with_it, without) in stamp["cases"].items()},
        spells=stamp["spells"],
        pareto_k=stamp["pareto_k"],
    )
    return posterior, stamp


def shipped_posterior() -> HazardPosterior:
    """The posterior that the package ships, of its whole table.

    Returns
    -------
    HazardPosterior

    Raises
    ------
    ArtefactError
        It was fitted to another table, or by another model.
    """
    posterior, stamp = parse_posterior(_data("posterior.csv"))
    if stamp["table_sha256"] != table_hash():
        raise ArtefactError(f"posterior.csv was fitted to another cessations.csv; {_REBUILD}")
    if stamp["model"] != MODEL:
        raise ArtefactError(f"posterior.csv is of {stamp['model']}, not of {MODEL}; {_REBUILD}")
    return posterior


def _data(name: str) -> str:
    return files("interbellum.peace").joinpath("data", name).read_text(encoding="utf-8")
