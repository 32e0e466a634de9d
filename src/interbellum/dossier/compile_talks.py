"""Talks, truces and trust of a dossier, and what would break a silence, as numbers."""

from __future__ import annotations

import math

import numpy as np

from interbellum.dossier.defaults import DEFAULTS
from interbellum.dossier.drawing import Drawing, Parameter
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.schema import Dossier, Event
from interbellum.model.provisions import CHANNELS, EFFECTS, Channels
from interbellum.model.rungs import RUNGS
from interbellum.model.units import (
    DAYS_PER_WEEK,
    WEEKS_PER_YEAR,
    Array,
    hazard_of_yearly_chance,
    weekly_chance,
    weeks_of_months,
)
from interbellum.model.war import PeaceInputs, TalksInputs

KEPT_SHARE = {"yes": 1.0, "mostly": 1.0, "partly": 0.5, "unknown": 0.5, "no": 0.0}
LIMITED = {"general": "short general", "local": "local", "humanitarian": "humanitarian"}
"""Scopes of the truces that are neither sectoral nor an ending, in the engine's order."""


def announced_truces(dossier: Dossier) -> list[Event]:
    """Truces of the record that both sides announced, or that nobody is known to have refused."""
    return [
        event
        for event in dossier.events
        if event.kind in ("truce", "deal") and event.scope is not None and event.mutual is not False
    ]


def reached_rungs(dossier: Dossier) -> dict[str, int]:
    """How often the record reached each rung, for the base rate that stands beside it."""
    counts = dict.fromkeys(RUNGS, 0)
    for event in announced_truces(dossier):
        held = event.kept in ("yes", "mostly")
        days = max(
            event.days_intended or 0.0,
            float((event.end_date - event.date).days) if event.end_date else 0.0,
        )
        counts["any_truce_announced"] += 1
        counts["sectoral_truce_kept"] += event.scope == "sectoral" and held
        if event.scope == "general":
            counts["general_truce_30_days_intended"] += days >= 30.0
            counts["general_truce_30_days_kept"] += held and days >= 30.0
            counts["general_truce_year_kept"] += held and days >= 365.0
    return counts


def talks_inputs(drawing: Drawing) -> TalksInputs:
    """How likely rounds and limited truces are, and what sides expect of each other.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    TalksInputs
    """
    talks, trust = drawing.dossier.talks, drawing.dossier.trust
    truces = announced_truces(drawing.dossier)
    sectoral = [event for event in truces if event.scope == "sectoral"]
    others = [event for event in truces if event.scope != "sectoral"]
    kept = sum(KEPT_SHARE[event.kept or "unknown"] for event in sectoral)
    return TalksInputs(
        weekly_chance(
            drawing.draw(
                "talks.monthly_chance",
                "chance of serious talks a month",
                talks.monthly_chance,
                0.0,
                0.999,
            )
        ),
        talks.history_complete,
        drawing.draw("talks.choice_noise", "noise of choice", talks.choice_noise, 1e-4, 1.0),
        weeks_of_months(
            drawing.draw(
                "talks.tolerance_months",
                "months an untenable war is borne",
                talks.tolerance_months,
                0.1,
                1200.0,
            )
        ),
        weekly_chance(
            drawing.draw(
                "talks.ending_monthly",
                "chance a month that it then ends",
                talks.ending_monthly,
                0.0,
                0.999,
            )
        ),
        drawing.draw(
            "talks.settlement_share",
            "share decided that makes a settlement",
            talks.settlement_share,
            0.0,
            1.0,
        ),
        hazard_of_yearly_chance(
            drawing.per_side(
                "trust.other_breaks",
                "expects the other to break a bare truce in a year",
                trust.other_breaks,
                0.0,
                0.999,
                "trust.other_breaks",
            )
        ),
        drawing.draw(
            "trust.provisions_factor",
            "what full provisions leave of the hazard",
            trust.provisions_factor,
            0.01,
            1.0,
        ),
        _rate_of_record(drawing, "sectoral_truces", "sectoral truces", len(sectoral)),
        _share_of_record(drawing, "sectoral_kept", "sectoral truces", kept, len(sectoral)),
        _rate_of_record(drawing, "other_truces", "other limited truces", len(others)),
        *_trust_inputs(drawing, others),
    )


def _trust_inputs(
    drawing: Drawing, others: list[Event]
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """How truces kept and broken move trust; drawn only where the dossier says that they do.

    Returns
    -------
    other_share, other_kept, exchange_rate, trust_kept, trust_broken, trust_memory
        As in `TalksInputs`.
    """
    trust = drawing.dossier.trust
    kinds = [[event for event in others if event.scope == scope] for scope in LIMITED]
    # The share of each kind is its posterior mean under Jeffreys' prior; the total is drawn.
    share = np.cumsum([(len(kind) + 0.5) / (len(others) + 1.5) for kind in kinds])
    share[-1] = 1.0
    one = np.ones(drawing.count)
    each = np.tile(share, (drawing.count, 1))
    if trust.kept_factor is None and trust.broken_factor is None:
        return each, np.ones_like(each), 0.0 * one, one, one, one
    kept = [
        _share_of_record(
            drawing,
            f"{scope}_kept",
            f"{LIMITED[scope]} truces",
            sum(KEPT_SHARE[event.kept or "unknown"] for event in kind),
            len(kind),
        )
        for scope, kind in zip(LIMITED, kinds, strict=True)
    ]
    exchanges = [event for event in drawing.dossier.events if event.kind == "exchange"]
    months = drawing.draw(
        "trust.memory_months",
        "months after which half a change of trust is left",
        trust.memory_months,
        0.1,
        1200.0,
    )
    return (
        each,
        np.stack(kept, axis=1),
        _rate_of_record(drawing, "exchanges", "exchanges", len(exchanges)),
        _moves_trust(drawing, "kept_factor", "after a truce that was kept", trust.kept_factor),
        _moves_trust(drawing, "broken_factor", "after a truce that broke", trust.broken_factor),
        np.exp2(-1.0 / weeks_of_months(months)),
    )


def _moves_trust(drawing: Drawing, key: str, when: str, factor: Quantity | None) -> Array:
    """A factor on feared hazards; 1 unless the dossier gives it."""
    if factor is None:
        return np.ones(drawing.count)
    return drawing.draw(f"trust.{key}", f"factor on fear {when}", factor, 0.01, 10.0)


def _rate_of_record(drawing: Drawing, name: str, what: str, events: int) -> Array:
    """Events a week from the record: Gamma(k+1/2, T), the Jeffreys posterior."""
    from scipy.special import gammaincinv

    weeks = (drawing.dossier.conflict.as_of - drawing.dossier.conflict.began).days / DAYS_PER_WEEK
    rate = np.asarray(gammaincinv(events + 0.5, drawing.draws.uniform(f"record.{name}"))) / weeks
    drawing.parameters.append(
        Parameter(
            f"record.{name}",
            f"{what} a year, learnt from the record",
            rate * WEEKS_PER_YEAR,
            "sourced",
        )
    )
    return rate


def _share_of_record(drawing: Drawing, name: str, what: str, kept: float, events: int) -> Array:
    """Share kept from the record: Beta(kept+1/2, rest+1/2)."""
    from scipy.special import betaincinv

    u = drawing.draws.uniform(f"record.{name}")
    share = np.asarray(betaincinv(kept + 0.5, events - kept + 0.5, u))
    drawing.parameters.append(
        Parameter(
            f"record.{name}", f"share of {what} kept, learnt from the record", share, "sourced"
        )
    )
    return share


def peace_inputs(drawing: Drawing) -> PeaceInputs:
    """What would break a silence.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    PeaceInputs
    """
    peace = drawing.dossier.peace

    def draw(key: str, title: str, lower: float, upper: float) -> Array:
        return drawing.draw(f"peace.{key}", title, getattr(peace, key), lower, upper)

    change = weekly_chance(
        draw("change_monthly", "chance a month that a leader or patron changes", 0.0, 0.999)
    )
    term = (
        weeks_of_months(
            drawing.draw(
                "peace.ceasefire_term_months",
                "term of a ceasefire, months",
                peace.ceasefire_term_months,
                0.1,
                1200.0,
            )
        )
        if peace.ceasefire_term_months is not None
        else np.full(drawing.count, math.inf)
    )
    return PeaceInputs(
        drawing.per_side(
            "peace.cost_of_breaking",
            "cost of breaking a truce",
            peace.cost_of_breaking,
            0.0,
            1.0,
            "peace.cost_of_breaking",
        ),
        draw("gap_noise_year", "unforeseen strength after a year of truce", 0.0, 1.0)
        / math.sqrt(WEEKS_PER_YEAR),
        draw("incidents_per_week", "serious incidents a week in a truce", 0.0, 1e4),
        draw("incident_echo", "incidents that one sets off", 0.0, 0.99),
        draw("collapse_size", "incidents that make a collapse", 2.0, 1e4),
        change * draw("change_breaks", "chance that a change breaks the truce", 0.0, 1.0),
        term,
        draw("renewal", "chance that a truce is renewed at its term", 0.0, 1.0)
        if peace.ceasefire_term_months is not None
        else np.ones(drawing.count),
        # of the same stream; not noted for the list of drivers: no forecast uses it
        drawing.draws.sample("peace.renewal", peace.renewal or DEFAULTS["peace.renewal"], 0.0, 1.0),
        drawing.per_side(
            "peace.carrying_cost",
            "cost of forces held forward in a truce",
            peace.carrying_cost,
            0.0,
            1.0,
            "peace.carrying_cost",
        ),
        effects_of_provisions(drawing),
    )


def effects_of_provisions(drawing: Drawing) -> dict[str, Channels]:
    """Factors of the standard provisions, of streams that belong to neither side.

    Not noted for the list of drivers: no dossier gives them, and no forecast uses one alone.
    """
    out = {}
    for provision, effects in EFFECTS.items():
        factors = {name: np.ones(drawing.count) for name in CHANNELS}
        for effect in effects:
            factors[effect.channel] = drawing.draws.sample(
                f"provisions.{provision}.{effect.channel}",
                Quantity(low=effect.low, mode=effect.mode, high=effect.high),
            )
        out[provision] = Channels(**factors)
    return out
