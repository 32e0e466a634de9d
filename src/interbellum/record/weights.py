"""How much each model counts where several are pooled, and why: files in the package, not lines of code."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Mapping
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
    file: str
    """Path within the package; empty where they stand in no shipped file."""


@dataclass(frozen=True, slots=True)
class Pools:
    """The weights of both pools of an answer."""

    variants: ModelWeights
    """Of the structural variants, in rungs and endings."""
    durability: ModelWeights
    """Of truce model and record's model, in how long a silence holds."""


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
    return _read_weights(Path(path), "")


@functools.cache
def _shipped_weights(name: str) -> ModelWeights:
    """Read once a process: every answer asks for them."""
    return _read_weights(files("interbellum.record") / "data" / name, f"record/data/{name}")


def _read_weights(source: Traversable | Path, place: str) -> ModelWeights:
    data = yaml.safe_load(source.read_text(encoding="utf-8"))
    weights = data.get("weights") if isinstance(data, dict) else None
    if not weights or not isinstance(weights, dict) or not str(data.get("reason", "")).strip():
        raise InternalError(f"{source.name} needs weights and the reason for them.")
    shares = {str(name): float(share) for name, share in weights.items()}
    if min(shares.values()) < 0.0 or not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-9):
        raise InternalError(
            f"The weights in {source.name} are not shares that sum to one: {shares}."
        )
    reason = " ".join(str(data["reason"]).split())
    return ModelWeights(MappingProxyType(shares), reason, str(data.get("decided", "")), place)


def shipped_pools() -> Pools:
    """The weights that every answer is pooled by.

    Raises
    ------
    InternalError
        As in `read_weights`.
    """
    return Pools(read_weights(), read_weights(shipped=DURABILITY_FILE))


def equal_pools(pools: Pools) -> Pools:
    """The same models with equal weights, for a back-test: it must not score what it taught.

    Parameters
    ----------
    pools : Pools
    """
    return Pools(_equal(pools.variants.weights), _equal(pools.durability.weights))


def _equal(models: Collection[str]) -> ModelWeights:
    reason = "Equal, so that no war is scored by weights that it taught (decision 0033)."
    return ModelWeights(dict.fromkeys(models, 1.0 / len(models)), reason, "", "")
