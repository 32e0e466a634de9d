"""The error tree. Everything a user can cause is one of the first two; the third is ours.

InterbellumError
├── DossierError    the analyst's to mend: carries every fault found, each with its place (exit 1)
├── UsageError      a call that cannot be answered as asked, with the mend in the message (exit 2)
│   ├── ConditionsError   conditions that no package meets; a fault where there is a dossier (exit 1)
│   └── DeviceError       the device asked for is missing or fails (exit 2)
└── InternalError   a broken promise of our own; asks for a report (exit 2)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in a dossier: where, what was found, the rule, and the mend."""

    file: str
    line: int
    """1-based; 0 when the whole file is at fault."""
    column: int
    """1-based; 0 when the whole file is at fault."""
    path: str
    """Dotted path of the field, such as ``war.position.low``; empty for the whole file."""
    found: str
    """The value found, as written, or what is missing."""
    rule: str
    mend: str
    source_line: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = f"{place}: {self.path + ' ' if self.path else ''}{self.found}"
        shown = f"\n  {self.line:>4} | {self.source_line}" if self.source_line else ""
        return f"{head}{shown}\n  {self.rule}  Mend: {self.mend}"


class InterbellumError(Exception):
    """Root of every error that Interbellum raises on purpose."""


class DossierError(InterbellumError):
    """The dossier needs mending; `faults` holds every fault found, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n\n".join(map(str, self.faults)))


class UsageError(InterbellumError):
    """A call that cannot be answered as asked; the message says how to ask."""


class ConditionsError(UsageError):
    """Conditions between options that leave no package, or tie too much to be followed."""

    def __init__(self, issues: Sequence[str], found: str, rule: str, mend: str) -> None:
        self.issues, self.found, self.rule, self.mend = tuple(issues), found, rule, mend
        super().__init__(f"The conditions between {', '.join(issues)} {found}. {rule} Mend: {mend}")


class DeviceError(UsageError):
    """The device asked for is missing, or fails; the message says what to install or to leave out."""


class InternalError(InterbellumError):
    """A promise of ours that does not hold; please report it with the dossier's hash and version."""
