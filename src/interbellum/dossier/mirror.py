"""The same dossier with the labels A and B swapped: the check that neither side is favoured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from interbellum.dossier.quantities import Quantity
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import DatedChance, Dossier

_OTHER = {"A": "B", "B": "A"}
_PER_SIDE = {
    "war": (
        "months_for_victory",
        "annual_discount",
        "stubbornness_months",
        "rearmament",
        "reluctance",
    ),
    "trust": ("other_breaks",),
    "peace": ("cost_of_breaking", "carrying_cost"),
}


def swap_labels(loaded: Loaded) -> Loaded:
    """Swap A and B everywhere: what was the chance that A prevails becomes one minus it.

    Parameters
    ----------
    loaded : Loaded

    Returns
    -------
    Loaded
        With the same file behind it, so that places still point at the original.
    """
    data = loaded.dossier.model_dump(by_alias=True, exclude_none=True)
    _swap_keys(data["sides"])
    for actor in data["actors"]:
        _swap_side(actor)
    for section, fields in _PER_SIDE.items():
        for field in fields:
            if field in data[section]:
                _swap_keys(data[section][field])
    war, original = data["war"], loaded.dossier.war
    war["position"] = _mirrored(original.position)
    prevails = original.a_prevails
    war["a_prevails"] = {
        "analyst": _mirrored(prevails.analyst),
        "A": _mirrored(prevails.B),
        "B": _mirrored(prevails.A),
    }
    for entry in war.get("front", {}).get("series", ()):
        entry["change"] = -entry["change"]
    for regime, entry in zip(loaded.dossier.regimes, data["regimes"], strict=True):
        _swap_side(entry)
        for state, written in zip(regime.states, entry["states"], strict=True):
            if state.a_prevails is not None:
                written["a_prevails"] = _mirrored(state.a_prevails)
    for question in data["questions"]:
        for label, other in _OTHER.items():
            if question["rung"] == f"victory_{label}":
                question["rung"] = f"victory_{other}"
                break
    return replace(loaded, dossier=Dossier.model_validate(data))


def _swap_keys(block: dict[str, Any]) -> None:
    block["A"], block["B"] = block["B"], block["A"]


def _swap_side(block: dict[str, Any]) -> None:
    if "side" in block:
        block["side"] = _OTHER[block["side"]]


def _mirrored(quantity: Quantity) -> dict[str, Any]:
    written = quantity.mirrored().model_dump(exclude_none=True)
    if isinstance(quantity, DatedChance) and quantity.date is not None:
        written["date"] = quantity.date
    return written
