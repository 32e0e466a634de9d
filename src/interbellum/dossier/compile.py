"""From the analyst's words to the numbers that the stages take: weeks, shares of the stake, draws.

This is the one place where units are converted and uncertain quantities are drawn: here and in the
`compile_` modules beside it, one for each part of a dossier.
"""

from __future__ import annotations

from dataclasses import dataclass

from interbellum.dossier.binding import binding_sets
from interbellum.dossier.compile_deals import by_set, preferences
from interbellum.dossier.compile_talks import (
    KEPT_SHARE,
    announced_truces,
    peace_inputs,
    reached_rungs,
    talks_inputs,
)
from interbellum.dossier.compile_war import war_inputs
from interbellum.dossier.drawing import Drawing, Parameter, is_stale
from interbellum.dossier.draws import Draws
from interbellum.dossier.schema import Dossier
from interbellum.model.deals import Preferences
from interbellum.model.war import PeaceInputs, TalksInputs, WarInputs

__all__ = [
    "KEPT_SHARE",
    "Compiled",
    "Parameter",
    "announced_truces",
    "compile_dossier",
    "compile_medians",
    "is_stale",
    "orientation",
    "reached_rungs",
]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Everything the stages need of a dossier."""

    preferences: Preferences
    war: WarInputs
    talks: TalksInputs
    peace: PeaceInputs
    parameters: tuple[Parameter, ...]
    defaults_used: tuple[str, ...]
    reached: dict[str, int]
    """Per rung, how often the record up to `as_of` reached it."""
    by_set: tuple[Preferences, ...] = ()
    """`preferences` under each set of red lines and consents that the regimes can leave in force."""


def orientation(dossier: Dossier) -> int:
    """+1 if A's lead sorts before B's, else -1: draws belong to leads, not to labels."""
    return 1 if dossier.sides.A.lead < dossier.sides.B.lead else -1


def compile_dossier(dossier: Dossier, draws: int, seed: int) -> Compiled:
    """Draw every uncertain quantity and convert it.

    Parameters
    ----------
    dossier : Dossier
    draws : int
    seed : int

    Returns
    -------
    Compiled
    """
    return _compile(Drawing(dossier, Draws(draws, seed, orientation(dossier))))


def compile_medians(dossier: Dossier) -> Compiled:
    """One row with every quantity at its median; red lines of confidence above .5 are in force."""
    return _compile(Drawing(dossier, Draws(1, 0, orientation(dossier), medians=True)))


def _compile(drawing: Drawing) -> Compiled:
    war = war_inputs(drawing)
    sets = binding_sets(drawing.dossier)
    under = by_set(preferences(drawing, war.discount), sets)
    talks = talks_inputs(drawing)
    return Compiled(
        under[sets.now],
        war,
        talks,
        peace_inputs(drawing),
        tuple(drawing.parameters),
        tuple(drawing.defaults_used),
        reached_rungs(drawing.dossier),
        under,
    )
