"""What the verb `peace` gives: how long a silence would hold, what it rests on, what would add to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from interbellum.model.interval import Interval
from interbellum.model.result import (
    DossierStamp,
    Pooling,
    RecordCurve,
    RecordModel,
    RunStamp,
    SurvivalPoint,
)

Ended = Literal["war", "fighting", "standing", "unwatched"]
"""How a case of the record had ended by a day: renewed war; fighting short of one; it stood; watching had
stopped, for a later cessation took its place, a side left the war, or the pair became one state."""

FITS = 0.26  # a quarter of the range: one earlier cessation of four, or a power of ten of deaths


@dataclass(frozen=True, slots=True)
class Trait:
    """One column of the record, of the case at hand and of a precedent."""

    column: str
    apart: float | None
    """Difference as a share of the column's range; None where either is not known."""
    ours: float
    theirs: float

    @property
    def fits(self) -> bool | None:
        """Whether the two are at most a quarter of the range apart; None where it cannot be told."""
        return None if self.apart is None else self.apart < FITS


@dataclass(frozen=True, slots=True)
class Precedent:
    """A case of the record beside the case at hand, as it stood on the day of the cut."""

    id: str
    name: str
    kind: str
    form: str
    """Form of the table, finer than the kind."""
    began: str
    precision: str
    """How well `began` is known: d, m or y."""
    days: int
    """How long it had held."""
    ended: Ended
    until: str
    """Day of its end, or last day watched."""
    distance: float
    """Mean over the columns known of both of the difference as a share of the range."""
    traits: tuple[Trait, ...]
    checked: str
    """Whether its dates and form were checked; its other columns were not."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a provision goes with, by one line of evidence; the centre is a weighted mean."""

    years: Interval
    """Expected years of silence within the first five."""
    one_year: Interval
    """Chance to hold a year."""
    five_years: Interval


@dataclass(frozen=True, slots=True)
class MissingProvision:
    """A provision that a text lacks, and how much longer silences with it are expected to hold."""

    name: str
    title: str
    truce: Added | None
    """By its channels; None where it acts on none."""
    record: Added | None
    """As it is associated in the record; None where the record has no column for it, or where the
    column says nothing new of this case."""
    pooled: Added | None
    """None: no useful estimate. One line of evidence where only one speaks."""
    effect: str
    """Name of the effect of the record's model; empty without one."""
    basis: str
    """Of that effect: record, few (fewer than eight cases with it, or without) or prior."""


@dataclass(frozen=True, slots=True)
class PauseFigures:
    """A pause in weighted medians with their intervals; chances are weighted means."""

    days: float
    position_change: tuple[Interval, Interval]
    """Of A's own position and of B's, share of the race."""
    value_change: tuple[Interval, Interval]
    """Of what fighting on is worth to A and to B, share of the stake."""
    spared: tuple[Interval, Interval]
    """What not fighting spares A and B, less the cost of forces held forward; share of the stake."""
    carrying: tuple[Interval, Interval]
    """What holding forces forward costs A and B; share of the stake."""
    gains: tuple[float, float]
    """Chance over the draws that A's, that B's position gains."""
    holds: Interval
    """Chance that it holds to its end."""
    renewed: Interval
    """Chance that it holds to its end and is renewed."""


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """How long a silence of one form would hold under stated provisions."""

    form: str
    clock: str
    provisions: tuple[str, ...]
    """Names of the standard list, in its order."""
    of: Literal["text", "best package", "nothing signed"]
    """Whose provisions they are, before any that was asked for besides."""
    curve: tuple[SurvivalPoint, ...]
    """Pooled."""
    truce: tuple[SurvivalPoint, ...]
    record_model: RecordModel
    weights: Mapping[str, float]
    """Of the two in `curve`, as used."""
    years: Interval
    """Expected years of silence within the first five, pooled."""
    causes: Mapping[str, float]
    """Shares of causes among failures within five years, in the truce model."""
    record: RecordCurve
    """Kaplan-Meier of the cases of this form."""
    precedents: tuple[Precedent, ...]
    missing: tuple[MissingProvision, ...]
    """Most added years first; those without an estimate last."""


@dataclass(frozen=True, slots=True)
class PeaceAnswer:
    """How long a silence would hold, by form."""

    dossier: DossierStamp
    run: RunStamp
    text: str
    """Id of the text asked for; empty without one."""
    title: str
    variants: tuple[str, ...]
    """Provisions that only some variants of the text have; they are not counted."""
    added: tuple[str, ...]
    """Provisions asked for besides."""
    without_effect: tuple[str, ...]
    """Those of them that neither model has an effect of: they change no number."""
    settlement_share: float | None
    """Weighted share of the draws in which the text decides enough to be a settlement."""
    forms: tuple[FormAnswer, ...]
    pause_provisions: tuple[str, ...]
    pauses: tuple[PauseFigures, ...]
    carrying: tuple[Interval, Interval]
    """What holding forces forward for a year of silence costs A and B; share of the stake."""
    pooling: Pooling
