"""Uncertain quantities: how an analyst writes a number, and how a draw reads it.

A number is a plain value, ``{low, mode, high}`` (triangular), ``{low, high}`` (uniform),
``{p05, p50, p95}`` (two half-normals that meet at the median, cut to the field's bounds), a word of
ICD 203 such as ``likely`` (its band, uniform), or several coders' estimates (an equal mixture unless told otherwise).
Every form is read through its quantile function, so one uniform number makes one draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from interbellum.model.units import Array

# Probability words and their bands, ICD 203 (2015); one table for reading and for telling.
WORDS: dict[str, tuple[float, float]] = {
    "remote": (0.01, 0.05),
    "very unlikely": (0.05, 0.20),
    "unlikely": (0.20, 0.45),
    "roughly even": (0.45, 0.55),
    "likely": (0.55, 0.80),
    "very likely": (0.80, 0.95),
    "almost certain": (0.95, 0.99),
}

Z95 = 1.6448536269514722  # standard normal quantile at .95

PoolingRule = Literal["linear", "log", "extremised"]
POOLING_RULES: tuple[PoolingRule, ...] = ("linear", "log", "extremised")
EXTREMISED = 1.5
"""Power of the extremised pool, as for chances in `record.coders`; our judgement."""

_GRID = (
    4001  # points between the ends that all coders allow; medians agree with closed forms to 1e-6
)
_FAR = 8.0  # arms of a half-normal, in standard deviations, beyond which nothing is left


def fault(rule: str, mend: str) -> PydanticCustomError:
    """An error that carries the rule in the analyst's words and the mend."""
    return PydanticCustomError("rule", "{rule}|{mend}", {"rule": rule, "mend": mend})


def _number(raw: Any) -> Any:
    if isinstance(raw, str) and raw.strip().endswith("%"):
        try:
            return float(raw.strip()[:-1]) / 100.0
        except ValueError:
            pass
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not abs(raw) < 1e300:
        raise fault(
            "A finite number is needed here.",
            "write a number such as 0.2, or a percentage such as 20%.",
        )
    return float(raw)


Number = Annotated[
    float,
    BeforeValidator(_number, json_schema_input_type=float | str),
]


class Block(BaseModel):
    """Part of a dossier: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )


class Numbers(Block):
    """The forms in which a number can be written."""

    value: Number | None = None
    """A single value, taken as exact."""
    low: Number | None = None
    """Least plausible value."""
    mode: Number | None = None
    """Most plausible value; without it every value from `low` to `high` is equally plausible."""
    high: Number | None = None
    """Greatest plausible value."""
    p05: Number | None = None
    """Value with a 5% chance of being too high."""
    p50: Number | None = None
    """Median."""
    p95: Number | None = None
    """Value with a 5% chance of being too low."""


class CoderEstimate(Numbers):
    """One coder's estimate of a quantity."""

    by: str = Field(min_length=1)
    """Who made this estimate: initials, a role or a name."""
    note: str | None = None
    """Reason for the estimate."""

    @model_validator(mode="after")
    def _one_form(self) -> CoderEstimate:
        _check_form(self)
        return self


class Quantity(Numbers):
    """A number with its uncertainty, its source and its note."""

    coders: tuple[CoderEstimate, ...] | None = Field(default=None, min_length=2)
    """Estimates of several coders, kept apart and pooled as `pooled` says."""
    pooled: PoolingRule | None = None
    """How coders are pooled: linear (their mixture, unless given), log (what all of them find plausible), or extremised (the same, narrower)."""
    source: str | None = None
    """Where the number comes from; without it the number is shown as a judgement."""
    note: str | None = None
    """Reason, unit or caveat."""
    confidential: bool = False
    """True to hide the number, its source and its note when a briefing is redacted."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        if isinstance(raw, str) and raw.strip().lower() in WORDS:
            low, high = WORDS[raw.strip().lower()]
            return {
                "low": low,
                "high": high,
                "note": f"stated as “{raw.strip().lower()}” (ICD 203)",
            }
        if isinstance(raw, (int, float, str)) and not isinstance(raw, bool):
            return {"value": raw}
        return raw

    @model_validator(mode="after")
    def _one_form(self) -> Quantity:
        if self.coders is not None:
            if any(getattr(self, key) is not None for key in NUMBERS):
                raise fault(
                    "Coders' estimates replace the single estimate.",
                    "keep either `coders` or the numbers beside it.",
                )
            if self.pooled in ("log", "extremised") and not _overlap(self.coders):
                raise fault(
                    "A log or extremised pool needs ranges that overlap: it keeps what all coders find plausible.",
                    "pool them linearly, or ask the coders for wider ranges.",
                )
            return self
        if self.pooled is not None:
            raise fault("Only several coders are pooled.", "remove `pooled`, or add `coders`.")
        _check_form(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        mapping = handler(core_schema)
        return {
            "anyOf": [mapping, {"type": "number"}, {"type": "string"}],
            "description": cls.__doc__ or "",
        }

    def quantile(self, u: Array, lower: float = -np.inf, upper: float = np.inf) -> Array:
        """Values at the cumulative probabilities `u`.

        Parameters
        ----------
        u : (D,) float in [0, 1]
        lower, upper : float
            Bounds of the field; only the half-normal tails can reach them.

        Returns
        -------
        (D,) float, in the unit of the field

        Source
        ------
        Mixture of coders: linear opinion pool with equal weights (Stone 1961), inverted by bisection
        so that the quantile stays monotone in `u`. Log pool: the normalised geometric mean of the
        densities (Genest and Zidek 1986); extremised, raised to a power.
        """
        at = np.asarray(u, dtype=float)
        if self.coders is None:
            values = _quantile(self, at)
        elif self.pooled in ("log", "extremised"):
            power = EXTREMISED if self.pooled == "extremised" else 1.0
            values = _log_pool_quantile(self.coders, at, power)
        else:
            values = _mixture_quantile(self.coders, at)
        return np.asarray(np.clip(values, lower, upper))

    def by_rule(self) -> dict[PoolingRule, float]:
        """Median by every rule of pooling that these coders allow; empty without coders."""
        if self.coders is None:
            return {}
        allowed = POOLING_RULES if _overlap(self.coders) else POOLING_RULES[:1]
        return {rule: self.model_copy(update={"pooled": rule}).centre() for rule in allowed}

    def centre(self) -> float:
        """Median of the quantity, its single best reading."""
        return float(self.quantile(np.array([0.5]))[0])

    def support(self) -> tuple[float, ...]:
        """Every number written, for checks of bounds."""
        blocks: tuple[Block, ...] = (self,) if self.coders is None else self.coders
        return tuple(
            value
            for block in blocks
            for key in NUMBERS
            if (value := getattr(block, key)) is not None
        )

    def mirrored(self) -> Quantity:
        """The same knowledge about one minus the quantity; used when the sides swap labels."""
        own = {
            key: value for key, value in self.model_dump(exclude_none=True).items() if key != "date"
        }
        return Quantity.model_validate(_mirror(own))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The ends between which every number of a field lies; called on a quantity, it checks them."""

    low: float
    high: float
    rule: str
    mend: str
    unit: str = ""
    """% for a share that is told in per cent (0.2 is 20%), months, points, or nothing."""

    def __call__(self, quantity: Quantity) -> Quantity:
        """The quantity itself, if it keeps the bounds."""
        if any(not self.low <= number <= self.high for number in quantity.support()):
            raise fault(self.rule, self.mend)
        return quantity


NUMBERS = ("value", "low", "mode", "high", "p05", "p50", "p95")
_SWAP = {"low": "high", "high": "low", "p05": "p95", "p95": "p05"}


def _mirror(written: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in written.items():
        if key == "coders":
            out[key] = [_mirror(coder) for coder in value]
        elif key in NUMBERS:
            out[_SWAP.get(key, key)] = 1.0 - value
        else:
            out[key] = value
    return out


def _check_form(block: Numbers) -> None:
    """Exactly one complete form, in rising order."""
    given = {key for key in NUMBERS if getattr(block, key) is not None}
    forms = ({"value"}, {"low", "mode", "high"}, {"low", "high"}, {"p05", "p50", "p95"})
    if given not in forms:
        raise fault(
            "A number is a plain value, {low, mode, high}, {low, high}, {p05, p50, p95} or several coders.",
            "give exactly one of these forms, complete.",
        )
    order = [getattr(block, key) for key in NUMBERS if key in given]
    if order != sorted(order):
        raise fault(
            "The numbers of a range rise from left to right.",
            "put the smallest first and the largest last.",
        )


def _quantile(block: Numbers, u: Array) -> Array:
    if block.value is not None:
        return np.full(u.shape, block.value)
    if block.p50 is not None:
        assert block.p05 is not None and block.p95 is not None  # _check_form
        from scipy.special import ndtri

        z = ndtri(np.clip(u, 1e-9, 1.0 - 1e-9)) / Z95
        arm = np.where(z < 0, block.p50 - block.p05, block.p95 - block.p50)
        return np.asarray(block.p50 + z * arm)
    assert block.low is not None and block.high is not None  # _check_form
    low, high = block.low, block.high
    if block.mode is None or high == low:
        return low + u * (high - low)
    mode = block.mode
    turn = (mode - low) / (high - low)
    left: Array = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < turn, left, right))


def _mixture_quantile(coders: tuple[CoderEstimate, ...], u: Array) -> Array:
    """Invert the mean of the coders' distribution functions by bisection on the value."""
    grid = np.linspace(0.0, 1.0, 2001)
    curves = [_quantile(coder, grid) for coder in coders]
    low = np.full_like(u, min(curve[0] for curve in curves))
    high = np.full_like(u, max(curve[-1] for curve in curves))
    for _ in range(60):  # halves the bracket to below 1e-15 of its width
        middle = 0.5 * (low + high)
        below = sum(_distribution(curve, grid, middle) for curve in curves) / len(curves)
        low, high = np.where(below < u, middle, low), np.where(below < u, high, middle)
    return 0.5 * (low + high)


def _overlap(coders: tuple[CoderEstimate, ...]) -> bool:
    """Whether some stretch of values is plausible to all: without one there is no log pool."""
    low, high = _common(coders)
    return low < high


def _common(coders: tuple[CoderEstimate, ...]) -> tuple[float, float]:
    ends = [_ends(coder) for coder in coders]
    return max(low for low, _ in ends), min(high for _, high in ends)


def _ends(block: Numbers) -> tuple[float, float]:
    if block.value is not None:
        return block.value, block.value
    if block.p50 is not None:
        assert block.p05 is not None and block.p95 is not None  # _check_form
        far = _FAR / Z95
        return block.p50 - far * (block.p50 - block.p05), block.p50 + far * (block.p95 - block.p50)
    assert block.low is not None and block.high is not None  # _check_form
    return block.low, block.high


def _log_density(block: Numbers, x: Array) -> Array:
    """Logarithm of the density at points inside the block's ends, but for a constant."""
    if block.p50 is not None:
        assert block.p05 is not None and block.p95 is not None  # _check_form
        arm = np.where(x < block.p50, block.p50 - block.p05, block.p95 - block.p50)
        z = np.divide(x - block.p50, arm, out=np.zeros_like(x), where=arm > 0)
        # Each arm holds half of the chance, so a longer one is lower.
        return np.asarray(-0.5 * (Z95 * z) ** 2 - np.log(np.maximum(arm, 1e-300)))
    if block.mode is None:
        return np.zeros_like(x)
    assert block.low is not None and block.high is not None  # _check_form
    left, right = max(block.mode - block.low, 1e-300), max(block.high - block.mode, 1e-300)
    rise = np.where(x < block.mode, (x - block.low) / left, (block.high - x) / right)
    return np.asarray(np.log(np.maximum(rise, 1e-300)))


def _log_pool_quantile(coders: tuple[CoderEstimate, ...], u: Array, power: float) -> Array:
    """Invert the distribution of the normalised geometric mean of the coders' densities."""
    low, high = _common(coders)
    middles = low + (high - low) * (np.arange(_GRID) + 0.5) / _GRID
    logs = power * sum(_log_density(coder, middles) for coder in coders) / len(coders)
    mass = np.exp(logs - np.max(logs))
    reached = np.concatenate([[0.0], np.cumsum(mass)]) / mass.sum()
    return np.asarray(np.interp(u, reached, np.linspace(low, high, _GRID + 1)))


def _distribution(curve: Array, grid: Array, value: Array) -> Array:
    if curve[0] == curve[-1]:
        return np.asarray((value >= curve[0]).astype(float))
    return np.asarray(np.interp(value, curve, grid, left=0.0, right=1.0))
