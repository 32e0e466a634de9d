"""What a run returns: frozen, stamped with how it was made, and one to one with the JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from interbellum.model.course import Course, TextPoint
from interbellum.model.diagnosis import Ripeness
from interbellum.model.interval import Interval as Interval


@dataclass(frozen=True, slots=True)
class DossierStamp:
    """Which dossier."""

    id: str
    title: str
    as_of: str
    hash: str


@dataclass(frozen=True, slots=True)
class RunStamp:
    """How the result was made."""

    version: str
    seed: int
    draws: int
    paths: int
    effective_draws: float
    """(Σw)²/Σw² of the hindcast's weights."""
    method: str
    weeks: int
    device: str = "cpu"
    """What followed the paths, one of `devices.DEVICES`."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A crowd's price beside our number."""

    name: str
    p: float
    as_of: str
    source: str


@dataclass(frozen=True, slots=True)
class RungForecast:
    """Chance that a rung is reached by a day: the truce begins by then, kept is judged after."""

    rung: str
    by_days: int
    by_date: str
    chance: Interval
    path_noise: float
    """Standard error from the finite number of paths, apart from the intervals."""
    base_rate: float
    """1-(T/(T+H))^(k+1/2) over the dossier's own record."""
    base_rate_n: int
    """k: events of this rung in the record."""
    crowds: tuple[Crowd, ...] = ()
    questions: tuple[str, ...] = ()
    """Ids of the questions that ask for this rung and day."""

    def crowd(self) -> float | None:
        """Mean of the crowds' prices; None where no crowd was asked."""
        return sum(crowd.p for crowd in self.crowds) / len(self.crowds) if self.crowds else None


@dataclass(frozen=True, slots=True)
class EndingForecast:
    """Exclusive states of the war on a day; they sum to one."""

    by_days: int
    by_date: str
    shares: Mapping[str, Interval]
    """Per name of `rungs.ENDINGS`."""


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """Chance that a silence still holds after a number of days."""

    days: int
    chance: Interval


@dataclass(frozen=True, slots=True)
class RecordPoint:
    """Kaplan-Meier share of historical silences that still held."""

    days: int
    p: float
    lo80: float
    hi80: float


@dataclass(frozen=True, slots=True)
class RecordCurve:
    """The historical record that stands beside a form."""

    n: int
    events: int
    useful: bool
    """False below eight comparable cases: no useful estimate."""
    definition: str
    """Which cases, which event, which clock, cut at which day."""
    curve: tuple[RecordPoint, ...]


@dataclass(frozen=True, slots=True)
class RecordModel:
    """What the record's survival model says of this case."""

    curve: tuple[SurvivalPoint, ...]
    """Empty below eight comparable cases: no useful estimate."""
    n: int
    """Cases of this form in the record at the cut."""
    useful: bool
    definition: str
    """Which event, which clock, cut at which day."""
    provisions: tuple[str, ...]
    """Standard provisions that the case is taken to have and that the record has a column for."""
    by_prior: tuple[str, ...]
    """Effects of the case that rest on fewer than eight cases with them, or without, or on their prior
    alone."""
    left_open: tuple[str, ...]
    """Columns that the dossier does not know: they enter at the record's share."""


@dataclass(frozen=True, slots=True)
class Durability:
    """How long one form of silence holds, given that it begins within a year."""

    form: str
    clock: str
    """signature, or first quiet day."""
    paths: int
    """Paths behind the truce model; 0 means that no path reached this form and all draws stand in."""
    curve: tuple[SurvivalPoint, ...]
    """Pooled over the truce model and the record's model."""
    truce: tuple[SurvivalPoint, ...]
    record_model: RecordModel
    weights: Mapping[str, float]
    """Shares of `truce` and `record` in the curve, as used."""
    causes: Mapping[str, float]
    """Shares of causes among failures within five years, in the truce model."""
    record: RecordCurve


@dataclass(frozen=True, slots=True)
class Blocking:
    """Demands that cannot hold together, and in which share of the draws they are why."""

    terms: tuple[str, ...]
    """In words, such as "Russia: Crimea: legal status (refuses …)"."""
    ids: tuple[str, ...]
    """Dotted paths of the red lines, or reservation_value.A and .B."""
    share: float
    """Weighted share of the draws in which this is a minimal set; sets can overlap."""


@dataclass(frozen=True, slots=True)
class PackageTerm:
    """One term of a package."""

    issue: str
    option: str
    text: str
    void: bool = False
    """True where another term of the package voids it: things stay as they stand."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package with its re-evaluated worth."""

    solution: str
    """Name of the solution, with its definition in `definition`."""
    definition: str
    terms: tuple[PackageTerm, ...]
    u: tuple[float, float]
    """Value to A and to B, before the risk that it breaks."""
    surplus: tuple[float, float]
    """U - V of A and of B at the median inputs."""
    kind: str
    """settlement or ceasefire."""
    acceptable: bool
    """True when both surpluses are at least 0."""
    ties: str = ""
    """Which package is taken where several are as good."""
    provisions: int = 0
    """Enforcing provisions in it."""
    consents: tuple[tuple[str, float, float], ...] = ()
    """(actor, share of its ideal that it gets, its walk-away value) where a value is coded."""


@dataclass(frozen=True, slots=True)
class RangeVerdict:
    """Is there anything to sign today?"""

    open_share: float
    """Weighted share of draws in which some package is acceptable to both."""
    open_error: float
    """Standard error of that share from the finite number of draws."""
    blocking: tuple[Blocking, ...]
    packages: tuple[Package, ...]
    """At the median inputs, with every red line of confidence above .5 in force."""
    frontier: tuple[tuple[float, float], ...]
    """Undominated (U_A, U_B) at the median inputs."""
    signed_while_closed: float
    """Weighted share of the signatures within a year that come from draws in which nothing is
    acceptable to both at `as_of`; a draw may open later, or a side sign a little below its value."""
    status: str
    """proved: exact for the additive terms and bundles of this dossier."""
    texts: tuple[TextPoint, ...] = ()
    """Every draft at the median inputs, oldest first."""
    value: tuple[float, float] = (math.nan, math.nan)
    """(V_A, V_B) what fighting on is worth at the median inputs, beside `frontier`; NaN where hidden."""


@dataclass(frozen=True, slots=True)
class SideView:
    """One side's alternative to a deal."""

    side: str
    name: str
    reservation_value: Interval
    """Least it accepts rather than fight on, share of the stake; p is the weighted median."""
    believes_prevails: Interval
    """Chance that it prevails, as it sees it; p is the weighted median."""
    analyst_prevails: Interval
    best_offer: Interval | None
    """U of the egalitarian package; p is the weighted median of the draws that allow a package. None
    where red lines and consents allow none in any draw."""


@dataclass(frozen=True, slots=True)
class ActorLine:
    """A row of the table of actors."""

    id: str
    name: str
    side: str | None
    role: str
    red_lines: tuple[tuple[str, str, float, bool], ...]
    """(issue title, path, confidence at its median, binds) strongest first."""
    price_issues: tuple[str, ...]
    """Titles of its heaviest issues without a red line."""
    sourced: int
    judged: int
    stale: int


@dataclass(frozen=True, slots=True)
class Driver:
    """An uncertain input whose draws go with the answer."""

    id: str
    """Dotted path in the dossier, or the name of a default."""
    title: str
    low: float
    high: float
    """Weighted 10% and 90% points of the input."""
    p_when_low: float
    p_when_high: float
    """Chance of the headline rung within a year in the lowest and the highest third of the input."""
    rank_correlation: float
    basis: str
    """sourced, judgement or default."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How the hindcast moved a parameter."""

    id: str
    title: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    """Weighted 10%, 50% and 90% points."""
    prior_mean: float
    posterior_mean: float
    """Weighted means; of a switch, the share of the draws in which it is on."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """The engine's own chance of the headline rung beside the base rate, in full."""

    rung: str
    by_days: int
    before: Interval
    """With every draw counted alike, as if the past had said nothing."""
    after: Interval
    """With the hindcast's weights."""
    base_rate: float
    """1-(T/(T+H))^(k+1/2)."""
    events: int
    """k: events of this rung in the war's own record."""
    months: float
    """T: months of that record."""
    horizon_months: float
    """H."""


@dataclass(frozen=True, slots=True)
class Hindcast:
    """What the silence that did not come says about the inputs."""

    weeks: int
    effective_draws: float
    share: float
    """Effective share of the draws; below .05 it is reported, not mended."""
    mean_weight: float
    """Mean chance, under the dossier, that the war would still be on at `as_of`."""
    moved: tuple[Moved, ...]
    """Every input that varies over the draws, most moved first."""
    hazard: Hazard


@dataclass(frozen=True, slots=True)
class PromiseWorth:
    """What a promised term is worth beyond what would hold without it, at the median inputs."""

    id: str
    title: str
    by: str
    to: str
    option: str
    """The promised term, in words."""
    without: str
    """What would hold without it, in words."""
    delivered: float
    delay_months: float
    face: tuple[float, float]
    """Worth to A and to B if delivered today for sure, share of the stake."""
    substance: tuple[float, float]
    """The same after the chance and the delay of delivery."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A structurally different model's answer to the same rungs."""

    name: str
    weight: float
    """Share of the pooled answer."""
    method: str
    rungs: tuple[tuple[str, int, float], ...]
    """(rung, by_days, p)"""
    endings: tuple[tuple[str, int, float], ...]
    """(ending, by_days, p)"""
    draws: int
    """Draws that it answers on: the first so many of the run."""
    effective_draws: float
    """(Σw)²/Σw² of its own hindcast's weights."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the variants are apart on a rung."""

    rung: str
    by_days: int
    lowest: tuple[str, float]
    """Name of the variant and its chance."""
    highest: tuple[str, float]

    @property
    def width(self) -> float:
        """Chance between the two."""
        return self.highest[1] - self.lowest[1]


@dataclass(frozen=True, slots=True)
class Pooling:
    """Where weights come from."""

    file: str
    """Path within the package."""
    reason: str
    """As it stands in that file."""
    decided: str
    """Day of the decision."""


@dataclass(frozen=True, slots=True)
class Against:
    """How much worse a forecaster scored than another, as a share of the other's Brier score."""

    worse: float
    """Below 0: better."""
    lo80: float
    hi80: float


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What the back-test said of the pooled answer on the state in force, beside base rates."""

    file: str
    """Path within the package."""
    version: str
    ran: str
    """Day of the back-test."""
    cases: int
    wars: int
    by_days: int
    equal: Against
    """Pooled with equal weights."""
    stacked: Against
    """Pooled with weights that the other wars had earned."""


@dataclass(frozen=True, slots=True)
class Result:
    """The whole answer: rungs and endings pooled over the variants, the rest the engine's own."""

    dossier: DossierStamp
    run: RunStamp
    headline_rung: str
    rungs: tuple[RungForecast, ...]
    endings: tuple[EndingForecast, ...]
    durability: Mapping[str, Durability]
    range: RangeVerdict
    sides: tuple[SideView, SideView]
    actors: tuple[ActorLine, ...]
    hindcast: Hindcast
    variants: tuple[Variant, ...]
    """The engine, `to_the_finish`, first."""
    gaps: tuple[Gap, ...]
    """One a rung and day, in the order of `rungs`."""
    pooling: Pooling
    durability_pooling: Pooling
    track_record: TrackRecord
    diagnosis: Ripeness
    drivers: tuple[Driver, ...]
    """Inputs whose association with the headline stands out from noise, strongest first."""
    screened: int
    """How many inputs were screened for it."""
    trajectory: tuple[EndingForecast, ...]
    """`endings` about every 30 days, from `as_of` to the last horizon; equal where days coincide."""
    course: Course
    promises: tuple[PromiseWorth, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    def rung(self, rung: str, by_days: int) -> RungForecast:
        """The forecast of a rung at a horizon.

        Raises
        ------
        KeyError
            There is no such rung or horizon.
        """
        for forecast in self.rungs:
            if forecast.rung == rung and forecast.by_days == by_days:
                return forecast
        raise KeyError(f"{rung} at {by_days} days")
