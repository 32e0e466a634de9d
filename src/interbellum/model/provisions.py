"""The standard ceasefire provisions (design section 7), in its order, and what each acts on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbellum.model.arrays import ShapeError, read_only
from interbellum.model.units import Array

PROVISIONS: dict[str, str] = {
    "ceasefire_type": "type of ceasefire",
    "term": "term and expiry",
    "prohibited_acts": "prohibited and permitted acts",
    "ceasefire_line": "ceasefire line",
    "disengagement": "disengagement and buffer",
    "heavy_weapons": "heavy-weapon limits",
    "sea_and_air": "sea and air",
    "reinforcement_limits": "reinforcement and rearming limits",
    "monitoring_mission": "monitoring mission",
    "remote_sensing": "remote sensing",
    "joint_commission": "joint commission",
    "attribution": "attribution and reporting",
    "dispute_settlement": "dispute settlement",
    "response_to_breach": "response to breach",
    "third_party_guarantee": "third-party guarantee",
    "tripwire_force": "tripwire or reassurance force",
    "demining": "demining and works",
    "crossings": "crossings and civilians",
    "prisoners": "prisoners and missing",
    "hostile_speech": "hostile speech",
    "participation": "participation",
    "review": "review",
    "legal_form": "legal form",
}

# Those that bear on whether a breach is seen, answered or costly. Only these lower the hazard of
# breakdown in the model; the rest are named when a text lacks them. Our judgement, after the
# mechanisms of Fortna (2003) International Organization 57(2): raising the cost of attack,
# reducing uncertainty, preventing accidents.
ENFORCING: tuple[str, ...] = (
    "ceasefire_line",
    "disengagement",
    "heavy_weapons",
    "reinforcement_limits",
    "monitoring_mission",
    "remote_sensing",
    "joint_commission",
    "attribution",
    "dispute_settlement",
    "response_to_breach",
    "third_party_guarantee",
    "tripwire_force",
)

CHANNELS: dict[str, str] = {
    "breach_cost": "what it costs to be seen to break the truce",
    "rearmament": "how much either side gains in a truce, foreseen or not",
    "surprise": "how much of that gain is still a gain when it is used, since it was not seen in time",
    "incident_rate": "how many incidents start on their own",
    "incident_echo": "how many further incidents one sets off",
}
"""What a provision can act on, each as a factor; 1 changes nothing."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one provision is judged to do to one channel: a factor with its range.

    No study measures a factor of this kind. The direction is that of the source; the size is our
    judgement, wide enough to hold the finding that there is no effect.
    """

    channel: str
    """One of CHANNELS."""
    low: float
    mode: float
    high: float
    source: str

    @property
    def protective(self) -> bool:
        """Whether no factor in the range makes a truce shorter."""
        return self.low >= 1.0 if self.channel == "breach_cost" else self.high <= 1.0


_FORTNA = "Fortna (2003), International Organization 57(2), associated with longer peace"
_LO = "Lo, Hashimoto and Reiter (2008), International Organization 62(4), find almost no effect"

EFFECTS: dict[str, tuple[Effect, ...]] = {
    "ceasefire_line": (
        Effect(
            "incident_rate",
            0.85,
            0.97,
            1.0,
            "judgement: RAND (2025) names ambiguity as the flaw of Minsk",
        ),
    ),
    "disengagement": (
        Effect(
            "incident_rate",
            0.8,
            0.95,
            1.0,
            f"{_FORTNA} (demilitarised zones); {_LO}; none in this project's table of cessations "
            "(hazard ratio .86, standard error of its logarithm .41)",
        ),
        Effect("surprise", 0.85, 0.97, 1.0, "judgement: distance to cross gives time to answer"),
    ),
    "heavy_weapons": (
        Effect("incident_echo", 0.98, 0.995, 1.0, "judgement: an answer needs weapons in reach"),
        Effect("surprise", 0.9, 0.98, 1.0, "judgement: weapons brought back are seen"),
    ),
    "reinforcement_limits": (
        Effect(
            "rearmament",
            0.6,
            0.9,
            1.0,
            f"judgement: limits are often not kept; {_LO} of the strength of an agreement",
        ),
    ),
    "monitoring_mission": (
        Effect(
            "incident_echo",
            0.96,
            0.99,
            1.0,
            "CSIS (2025): outside monitors are associated with less large-scale violence, not with "
            "fewer minor clashes; observers in this project's table, hazard ratio .44; against it "
            "Hultman, Kathman and Shannon (2016), Conflict Management and Peace Science: troops only",
        ),
        Effect("surprise", 0.8, 0.95, 1.0, "judgement: what is watched is seen earlier"),
    ),
    "remote_sensing": (
        Effect(
            "surprise", 0.8, 0.95, 1.0, "judgement: RAND (2025) recommends it for early warning"
        ),
    ),
    "joint_commission": (
        Effect("incident_echo", 0.98, 0.995, 1.0, f"{_FORTNA} (joint commissions); {_LO}"),
    ),
    "attribution": (
        Effect(
            "incident_echo", 0.985, 0.997, 1.0, "judgement: an answer to the wrong side is avoided"
        ),
        Effect("breach_cost", 1.0, 1.1, 1.5, "judgement: a breach that is named costs more"),
    ),
    "dispute_settlement": (
        Effect("incident_echo", 0.985, 0.997, 1.0, f"{_FORTNA} (joint commissions); {_LO}"),
    ),
    "response_to_breach": (
        Effect("breach_cost", 1.0, 1.2, 2.0, "judgement: an answer agreed beforehand costs more"),
    ),
    "third_party_guarantee": (
        Effect(
            "breach_cost",
            1.0,
            1.3,
            3.0,
            f"{_FORTNA} (explicit guarantees); none in this project's table (hazard ratio 1.15, "
            "standard error of its logarithm .35, guarantors that are parties among them)",
        ),
    ),
    "tripwire_force": (
        Effect(
            "incident_rate",
            0.8,
            0.95,
            1.0,
            "peacekeeping forces in this project's table, hazard ratio .36; Fortna (2004), World "
            "Politics; against it Caplan and Hoeffler (2017), European Journal of International "
            "Security",
        ),
        Effect(
            "breach_cost", 1.0, 1.3, 3.0, "judgement: to attack is to attack the force's senders"
        ),
    ),
    "review": (
        Effect(
            "incident_rate",
            0.95,
            1.02,
            1.2,
            "Park (2023), Japanese Journal of Political Science: clauses of flexibility are "
            "associated with more violations in civil wars",
        ),
    ),
}
"""Factors of the standard provisions. What is not named here acts on nothing: nothing we found
supports an effect of its own. The term acts through the cause of that name, when a dossier gives
one."""


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """Factors that provisions leave on each channel, (D,) each; see CHANNELS."""

    breach_cost: Array
    rearmament: Array
    surprise: Array
    incident_rate: Array
    incident_echo: Array

    def __post_init__(self) -> None:
        for name in CHANNELS:
            factor = read_only(getattr(self, name))
            object.__setattr__(self, name, factor)
            if factor.ndim != 1 or factor.shape != self.breach_cost.shape:
                raise ShapeError(
                    f"{name} has shape {factor.shape}; each channel must have one factor a draw, "
                    f"as breach_cost {self.breach_cost.shape}"
                )
            if not np.all(np.isfinite(factor) & (factor > 0)):
                raise ValueError(f"{name} must be finite and above 0; it is {factor.min()}")

    @property
    def draws(self) -> int:
        """Number of draws, D."""
        return int(self.breach_cost.shape[0])
