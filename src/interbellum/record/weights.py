"""How much each structural variant counts, and why: a file in the package, not a line of code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from interbellum.errors import InternalError


@dataclass(frozen=True, slots=True)
class VariantWeights:
    """Shares by variant, with the reason that stands in the file."""

    weights: Mapping[str, float]
    reason: str
    decided: str
    """Day of the decision."""


def read_weights(path: str | Path | None = None) -> VariantWeights:
    """Weights of the structural variants.

    Parameters
    ----------
    path : str, Path or None
        Another file than the shipped one.

    Returns
    -------
    VariantWeights

    Raises
    ------
    InternalError
        The file lacks a reason, or its weights are not shares that sum to one.
    """
    shipped = files("interbellum.record") / "data" / "variant-weights.yaml"
    text = (shipped if path is None else Path(path)).read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    weights = data.get("weights") if isinstance(data, dict) else None
    if not weights or not isinstance(weights, dict) or not str(data.get("reason", "")).strip():
        raise InternalError("variant-weights.yaml needs weights and the reason for them.")
    shares = {str(name): float(share) for name, share in weights.items()}
    if min(shares.values()) < 0.0 or not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-9):
        raise InternalError(
            f"The weights of the variants are not shares that sum to one: {shares}."
        )
    return VariantWeights(
        shares, " ".join(str(data["reason"]).split()), str(data.get("decided", ""))
    )
