"""What a dataclass holds, by name."""

from __future__ import annotations

import functools
from dataclasses import fields, is_dataclass


@functools.cache
def field_names(kind: type) -> tuple[str, ...] | None:
    """Names of a dataclass's fields, in order; None for any other type."""
    return tuple(item.name for item in fields(kind)) if is_dataclass(kind) else None
