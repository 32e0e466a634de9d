"""Plain data and its text: the same bytes for the same result.

Keys in a fixed order, numbers to ten decimals, so that noise of the last bits does not show.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from interbellum.model.fields import field_names

DECIMALS = 10


def dumps(data: Mapping[str, Any]) -> str:
    """JSON text, the same bytes for the same data, with a final newline."""
    return json.dumps(tidy(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def tidy(value: Any) -> Any:
    """Plain data: dataclasses as mappings, numbers to ten decimals, what is not finite as null."""
    if isinstance(value, (str, int)) or value is None:  # most of what there is; a bool is an int
        return value
    if isinstance(value, float):  # numpy's doubles too
        return round(float(value), DECIMALS) + 0.0 if math.isfinite(value) else None  # no -0.0
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    names = field_names(value.__class__)
    if names is not None:
        return {name: tidy(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): tidy(item) for key, item in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    return tidy(float(value))  # numpy's other scalars


def parts(value: Any) -> dict[str, Any]:
    """A dataclass as a mapping of its fields, each as it is."""
    return {item.name: getattr(value, item.name) for item in fields(value)}
