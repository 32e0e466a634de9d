"""How much each model counts where several are pooled, and why: files in the package, not lines of code."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

import yaml

from interbellum.errors import InternalError

VARIANTS_FILE = "variant-weights.yaml"
DURABILITY_FILE = "durability-weights.yaml"


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """Shares by model, with the reason that stands in the file."""

    weights: Mapping[str, float]
    reason: str
    decided: str
    """Day of the decision."""


def read_weights(path: str | Path | None = None, shipped: str = VARIANTS_FILE) -> ModelWeights:
    """Weights of the models of one question.

    Parameters
    ----------
    path : str, Path or None
        Another file than the shipped one.
    shipped : VARIANTS_FILE or DURABILITY_FILE
        Which of the shipped files, where `path` is left out.

    Returns
    -------
    ModelWeights

    Raises
    ------
    InternalError
        The file lacks a reason, or its weights are not shares that sum to one.
    """
    if path is None:
        return _shipped_weights(shipped)
    return _read_weights(Path(path))


@functools.cache
def _shipped_weights(name: str) -> ModelWeights:
    """Read once a process: every answer asks for them."""
    return _read_weights(files("interbellum.record") / "data" / name)


def _read_weights(source: Traversable | Path) -> ModelWeights:
    data = yaml.safe_load(source.read_text(encoding="utf-8"))
    weights = data.get("weights") if isinstance(data, dict) else None
    if not weights or not isinstance(weights, dict) or not str(data.get("reason", "")).strip():
        raise InternalError(f"{source.name} needs weights and the reason for them.")
    shares = {str(name): float(share) for name, share in weights.items()}
    if min(shares.values()) < 0.0 or not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-9):
        raise InternalError(
            f"The weights in {source.name} are not shares that sum to one: {shares}."
        )
    reason, decided = " ".join(str(data["reason"]).split()), str(data.get("decided", ""))
    return ModelWeights(MappingProxyType(shares), reason, decided)
