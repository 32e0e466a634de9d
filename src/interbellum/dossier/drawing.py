"""Uncertain quantities of a dossier as draws, each noted for the list of drivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from interbellum.dossier.checks import STALE_DAYS
from interbellum.dossier.defaults import DEFAULTS
from interbellum.dossier.draws import Draws
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.schema import Dossier, Position
from interbellum.model.units import Array

Basis = Literal["sourced", "judgement", "default"]

STALE_WIDENING = 1.5  # factor on the spread of a stale position; judgement


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One uncertain input as drawn, in the unit of the dossier."""

    path: str
    """Dotted path in the dossier."""
    title: str
    values: Array
    """(D,)"""
    basis: Basis


def is_stale(dossier: Dossier, position: Position) -> bool:
    """Whether the newest statement behind a position is too old to lean on."""
    days = [statement.date for statement in position.statements]
    return bool(days) and (dossier.conflict.as_of - max(days)).days > STALE_DAYS


class Drawing:
    """A dossier, its draws, and what has been drawn so far."""

    def __init__(self, dossier: Dossier, draws: Draws) -> None:
        self.dossier = dossier
        self.count = draws.count
        self.orientation = draws.orientation
        self.draws = draws
        self.leads = (dossier.sides.A.lead, dossier.sides.B.lead)
        self.roles = ("first", "second") if self.orientation > 0 else ("second", "first")
        self.names = {actor.id: actor.name for actor in dossier.actors}
        self.parameters: list[Parameter] = []
        self.defaults_used: list[str] = []

    def draw(
        self,
        path: str,
        title: str,
        quantity: Quantity | None,
        lower: float,
        upper: float,
        role: str = "",
        default: str = "",
        oriented: bool = False,
    ) -> Array:
        """Draw one quantity, or its default, and note it for the list of drivers."""
        name = path
        if role:  # the stream belongs to the lead, the path to the label
            for label, own in zip("AB", self.roles, strict=True):
                if own == role:
                    name = path.replace(f".{label}", f".{role}")
        basis: Basis = "default"
        if quantity is None:
            quantity = DEFAULTS[default or path]
            self.defaults_used.append(path)
        else:
            basis = "sourced" if quantity.source else "judgement"
        values = self.draws.sample(name, quantity, lower, upper, oriented)
        if np.ptp(values) > 0.0:
            self.parameters.append(Parameter(path, title, values, basis))
        return values

    def per_side(
        self, path: str, title: str, block: object, lower: float, upper: float, default: str = ""
    ) -> Array:
        """Draw a block with A and B into (D, 2)."""
        columns = []
        for label, role, lead in zip("AB", self.roles, self.leads, strict=True):
            quantity = getattr(block, label) if block is not None else None
            columns.append(
                self.draw(
                    f"{path}.{label}",
                    f"{title}, {self.names[lead]}",
                    quantity,
                    lower,
                    upper,
                    role,
                    default,
                )
            )
        return np.stack(columns, axis=1)
