"""The error of a request that cannot be answered as it was made; the workers raise it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """The request cannot be answered as it was made."""

    def __init__(self, status: int, message: str, faults: Sequence[Mapping[str, Any]] = ()) -> None:
        self.status, self.message, self.faults = status, message, tuple(faults)
        super().__init__(message)

    def __reduce__(self) -> tuple[type[Refused], tuple[Any, ...]]:
        return type(self), (self.status, self.message, self.faults)  # it crosses processes
