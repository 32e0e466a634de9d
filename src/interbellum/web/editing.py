"""Where the page's edits meet the dossier's: what can be edited, and the edited dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from interbellum.dossier.controls import controls
from interbellum.dossier.edits import edit
from interbellum.dossier.reader import Loaded


def edited_dossier(loaded: Loaded, changes: Mapping[str, Any]) -> Loaded:
    """The dossier with the changes written in place, read anew.

    Raises
    ------
    DossierError, UsageError
        A change cannot be made, or breaks a rule.
    """
    return edit(loaded, changes) if changes else loaded


def control_groups(loaded: Loaded) -> list[dict[str, Any]]:
    """What of a dossier can be edited, in groups, as plain data."""
    return [asdict(group) for group in controls(loaded)]
