"""Which red lines and consents bind under which regimes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from interbellum.dossier.schema import Dossier
from interbellum.model.deals import IntArray

MOST_STATES = 6


@dataclass(frozen=True, slots=True)
class BindingSets:
    """The sets of red lines and consents that the regimes can leave in force, numbered."""

    of_state: IntArray
    """(R, most states) what each state adds to the number of a set."""
    now: int
    off: tuple[frozenset[str], ...]
    """Per set, the names that do not bind: ACTOR.ISSUE for a red line, ACTOR for a consent."""

    @staticmethod
    def binds(off: frozenset[str], path: str) -> bool:
        """Whether a red line, by its dotted path, binds when these names do not."""
        _, actor, issue, _ = path.split(".")
        return f"{actor}.{issue}" not in off and actor not in off

    @staticmethod
    def consents(off: frozenset[str], actor: str) -> bool:
        """Whether an actor's consent is needed when these names do not bind."""
        return actor not in off


def binding_sets(dossier: Dossier) -> BindingSets:
    """The sets that a dossier's regimes can leave; one where no state lifts or adds anything.

    Parameters
    ----------
    dossier : Dossier

    Returns
    -------
    BindingSets
    """
    added = {name for regime in dossier.regimes for state in regime.states for name in state.adds}
    of_state = np.zeros((len(dossier.regimes), MOST_STATES), np.int64)
    kinds: list[list[tuple[frozenset[str], frozenset[str]]]] = []
    count, now = 1, 0
    for r, regime in enumerate(dossier.regimes):
        here: list[tuple[frozenset[str], frozenset[str]]] = []
        for s, state in enumerate(regime.states):
            does = (frozenset(state.lifts), frozenset(state.adds))
            if does not in here:
                here.append(does)
            of_state[r, s] = count * here.index(does)
            now += int(of_state[r, s]) if state.id == regime.now else 0
        kinds.append(here)
        count *= len(here)
    off = tuple(
        frozenset().union(
            added.difference(*(adds for _, adds in does)), *(lifts for lifts, _ in does)
        )
        # The first regime's states are numbered fastest.
        for does in (tuple(reversed(each)) for each in product(*reversed(kinds)))
    )
    return BindingSets(of_state, now, off)
