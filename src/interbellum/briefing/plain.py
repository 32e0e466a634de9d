"""Plain data and its text: the same bytes for the same result.

Keys in a fixed order, numbers to ten decimals, so that noise of the last bits does not show.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

DECIMALS = 10


def dumps(data: Mapping[str, Any]) -> str:
    """JSON text, the same bytes for the same data, with a final newline."""
    return json.dumps(tidy(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def tidy(value: Any) -> Any:
    """Plain data: dataclasses as mappings, numbers to ten decimals, what is not finite as null."""
    if isinstance(value, (str, int)) or value is None:  # most of what there is; a bool is an int
        return value
    if isinstance(value, (dict, Mapping)):
        return {str(key): tidy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    if not isinstance(value, float) and is_dataclass(value) and not isinstance(value, type):
        return {item.name: tidy(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, dt.date):
        return value.isoformat()
    number = float(value)  # numpy's scalars too
    if not math.isfinite(number):
        return None
    return round(number, DECIMALS) + 0.0  # + 0.0: no negative zero
