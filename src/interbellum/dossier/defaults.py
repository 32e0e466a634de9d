"""Default ranges for what a dossier may leave out: all judgement (design section 5), shown as such."""

from __future__ import annotations

from interbellum.dossier.quantities import Quantity


def _range(low: float, mode: float | None, high: float) -> Quantity:
    return Quantity(low=low, mode=mode, high=high, note="Default range of Interbellum; judgement.")


DEFAULTS: dict[str, Quantity] = {
    "war.annual_discount": _range(0.05, 0.10, 0.20),
    "war.stubbornness_months": _range(12.0, 24.0, 60.0),
    "war.rearmament.rate": _range(0.01, 0.02, 0.04),
    "war.rearmament.ceiling": _range(0.03, 0.08, 0.20),
    "war.momentum": _range(0.5, 0.7, 0.8),
    "war.reluctance": _range(0.0, None, 0.15),
    "talks.monthly_chance": _range(0.05, 0.10, 0.20),
    "talks.choice_noise": _range(0.02, 0.04, 0.08),
    "talks.tolerance_months": _range(3.0, 6.0, 12.0),
    "talks.ending_monthly": _range(0.03, 0.06, 0.15),
    "talks.settlement_share": _range(0.5, 0.6, 0.75),
    "talks.linkage": _range(0.2, 0.4, 0.6),
    "trust.other_breaks": _range(0.3, 0.55, 0.8),
    "trust.provisions_factor": _range(0.3, 0.6, 1.0),
    "trust.memory_months": _range(6.0, 12.0, 24.0),
    "peace.cost_of_breaking": _range(0.0, 0.03, 0.10),
    "peace.carrying_cost": _range(0.0, 0.03, 0.10),
    "peace.gap_noise_year": _range(0.02, 0.05, 0.10),
    "peace.incidents_per_week": _range(1.0, 4.0, 12.0),
    "peace.incident_echo": _range(0.3, 0.6, 0.9),
    "peace.collapse_size": _range(20.0, 50.0, 100.0),
    "peace.change_monthly": _range(0.005, 0.012, 0.03),
    "peace.change_breaks": _range(0.05, 0.15, 0.35),
    "peace.renewal": _range(0.5, 0.8, 0.95),
}
