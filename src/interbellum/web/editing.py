"""Where the page's edits meet the dossier's: what can be edited, and the edited text."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from interbellum.dossier.reader import Loaded
from interbellum.web.errors import Refused


def edited_text(loaded: Loaded, changes: Mapping[str, Any]) -> str:
    """The dossier's text with the changes written in place.

    Raises
    ------
    DossierError, UsageError
        A change cannot be made.
    """
    try:
        edits = importlib.import_module("interbellum.dossier.edits")
    except ModuleNotFoundError:
        raise Refused(422, "Changes are not part of this build.") from None
    text: str = edits.edited(loaded, changes)
    return text


def control_groups(loaded: Loaded) -> list[dict[str, Any]]:
    """What of a dossier can be edited, in groups, as plain data."""
    try:
        controls = importlib.import_module("interbellum.dossier.controls")
    except ModuleNotFoundError:
        return []
    return [asdict(group) for group in controls.controls(loaded)]
