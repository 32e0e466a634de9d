"""The dossier's fields, each explained under its name; that text is the reference page.

Only this module (and the web page's request models) uses pydantic. Everything past the compiler is
arrays in weeks and shares of the stake.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from interbellum.dossier.facts import RecordFacts
from interbellum.dossier.quantities import Block, Bounds, Number, Quantity, fault
from interbellum.model.provisions import PROVISIONS

SCHEMA_VERSION = 1

Side = Literal["A", "B"]
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=64)]
Text = Annotated[str, Field(min_length=1)]


def _a_date(raw: Any) -> Any:
    if isinstance(raw, str):
        try:
            return dt.date.fromisoformat(raw)
        except ValueError:
            pass
    if isinstance(raw, dt.date):
        return raw
    raise fault("A date is a day of the calendar.", "write it as YYYY-MM-DD, such as 2025-05-20.")


Date = Annotated[dt.date, BeforeValidator(_a_date, json_schema_input_type=str)]


def _a_month(raw: Any) -> Any:
    if isinstance(raw, str):
        try:
            dt.date.fromisoformat(raw + "-01")
        except ValueError:
            pass
        else:
            return raw
    raise fault("A month of a series is a calendar month.", "write it as YYYY-MM, such as 2025-04.")


Month = Annotated[str, BeforeValidator(_a_month)]


def _a_provision(raw: Any) -> Any:
    if not isinstance(raw, str) or raw not in PROVISIONS:
        raise fault(
            "A provision is a name of the standard list: " + ", ".join(PROVISIONS) + ".",
            "use one of these names, or leave the provision out.",
        )
    return raw


Provision = Annotated[str, BeforeValidator(_a_provision)]


def _bounded(low: float, high: float, rule: str, mend: str, unit: str = "") -> AfterValidator:
    return AfterValidator(Bounds(low, high, rule, mend, unit))


Chance = Annotated[
    Quantity,
    _bounded(
        0.0,
        1.0,
        "A chance is between 0 and 1.",
        "for twenty per cent write 0.2 or 20%.",
        "%",
    ),
]
ChanceInside = Annotated[
    Quantity,
    _bounded(
        0.01,
        0.99,
        "The chance that a side prevails is between .01 and .99: nobody knows more than that.",
        "write a chance such as 0.6, or a word such as likely.",
        "%",
    ),
]
YearlyChance = Annotated[
    Quantity,
    _bounded(
        0.0,
        0.999,
        "A chance within a year is at least 0 and below 1.",
        "write a chance such as 0.55.",
        "%",
    ),
]
Position01 = Annotated[
    Quantity,
    _bounded(
        0.02,
        0.98,
        "The position in the war is between .02 (B about to impose its terms) and .98 (A about to).",
        "write a share such as 0.55.",
    ),
]
Discount = Annotated[
    Quantity,
    _bounded(
        0.001,
        0.9,
        "An annual discount is a share from .001 to .9 of a year's value.",
        "for ten per cent a year write 0.1 or 10%.",
        "%",
    ),
]
Months = Annotated[
    Quantity,
    _bounded(
        0.1,
        1200.0,
        "A length in months is between 0.1 and 1200.",
        "write months, such as 36.",
        "months",
    ),
]
Delay = Annotated[
    Quantity,
    _bounded(
        0.0,
        1200.0,
        "A delay is from 0 to 1200 months.",
        "write months, such as 12.",
        "months",
    ),
]
Stake = Annotated[
    Quantity,
    _bounded(
        0.0,
        1.0,
        "A share of the stake is between 0 and 1.",
        "write a share such as 0.05.",
        "%",
    ),
]
CostShare = Annotated[
    Quantity,
    _bounded(
        0.0,
        1.0,
        "A share of the cost of fighting is between 0 and 1.",
        "for three per cent of it write 0.03.",
        "%",
    ),
]
Factor = Annotated[
    Quantity,
    _bounded(
        0.0, 10.0, "A factor is between 0 and 10; 1 changes nothing.", "write a factor such as 0.5."
    ),
]
WeightPoints = Annotated[
    Quantity,
    _bounded(
        0.0,
        100.0,
        "A weight is in points out of 100.",
        "write points such as 6; an actor's points need not sum to 100.",
        "points",
    ),
]
Exponent = Annotated[
    Quantity,
    _bounded(
        0.05,
        20.0,
        "The shape's exponent is between .05 and 20; 1 falls evenly.",
        "write a word (even, early, late, unsure) or an exponent.",
    ),
]


def _schema_version(raw: Any) -> Any:
    if raw != SCHEMA_VERSION or isinstance(raw, bool):
        raise fault(
            f"This release reads dossiers of schema version {SCHEMA_VERSION}.",
            f"write schema_version: {SCHEMA_VERSION}, or use the release that wrote this dossier.",
        )
    return raw


class Conflict(Block):
    """What the dossier is about, and who wrote it from what."""

    id: Id
    """Short name of the dossier, used in commands and file names."""
    title: Text
    """Title of the briefing, in neutral words."""
    as_of: Date
    """The cut-off: nothing dated later may stand in the dossier, and the forecast starts here."""
    began: Date
    """Day on which the war, as this dossier counts it, began."""
    hindcast_from: Date | None = None
    """First day on which the engine asks why the war had not yet ended; `began` unless given."""
    coded_by: Text
    """Who coded the dossier: names or roles."""
    coded_from: Text
    """From which material, and until which day it was read."""
    names: str | None = None
    """How contested names are written here ("as claimed", "internationally recognised")."""
    note: str | None = None
    """What a reader should know first."""


class SideEntry(Block):
    """One of the two sides; a coalition speaks through its lead."""

    name: Text
    """Name of the side in the briefing."""
    lead: Id
    """The actor whose utility and reservation value are the side's."""


class Sides(Block):
    """Exactly two sides. A is the side whose total victory is position 1 of the race."""

    A: SideEntry
    """The first side."""
    B: SideEntry
    """The second side."""


class Motive(Block):
    """Why an actor does what it does, as analysts read its words and deeds."""

    text: Text
    """The motive, in neutral words."""
    weight: WeightPoints | None = None
    """How much it counts, in points out of 100 over the actor's motives; shown, not computed with."""
    source: str | None = None
    """Where it was read; without it, a judgement."""
    date: Date | None = None
    """Day of the source."""
    confidential: bool = False
    """True to hide the motive when a briefing is redacted."""


Role = Literal["belligerent", "patron", "mediator", "guarantor", "spoiler", "public"]


class Actor(Block):
    """Somebody who can say no, help or hinder."""

    id: Id
    """Short name, used in positions."""
    name: Text
    """Name in the briefing."""
    side: Side | None = None
    """A or B; leave out for an actor on neither."""
    role: Role
    """What the actor does in this war."""
    motives: tuple[Motive, ...] = ()
    """Motives, each with its source."""
    consents: tuple[Id, ...] = ()
    """Issues whose terms need this actor's consent: there its red lines bind like a side's own."""
    walk_away: Chance | None = None
    """Least share of its own ideal, over the issues it consents to, that this actor would consent to; 1 = its ideal on each of them, 0 = its worst. Silence counts as what stands. Leave out where only its red lines bind."""
    note: str | None = None
    """What a reader should know."""


class Option(Block):
    """One rung of an issue's ladder."""

    id: Id
    """Short name, used in positions, texts and promises."""
    text: Text
    """The term, in words a signatory would recognise."""
    provisions: tuple[Provision, ...] = ()
    """Standard ceasefire provisions that this option contains (design section 7), by name."""
    requires: tuple[str, ...] = ()
    """Terms that must be in the package with this one, as ISSUE.option (or ISSUE.left_open)."""
    excludes: tuple[str, ...] = ()
    """Terms that cannot be in the package with this one, as ISSUE.option (or ISSUE.left_open)."""
    only_if: tuple[str, ...] = ()
    """Terms of which at least one must be in the package with this one, as ISSUE.option (or ISSUE.left_open)."""
    void_if: tuple[str, ...] = ()
    """Terms that void this one, as ISSUE.option (or ISSUE.left_open): with any of them in the package it counts for nothing, and things stay as `standing` says."""
    front_linked: bool = False
    """True when the option means the line as it stands: its worth moves with the front."""
    decides: bool = True
    """False for an option that shelves the issue; a package that decides most is a settlement."""


class Issue(Block):
    """One thing on the table."""

    id: Id
    """Short name, used in positions, texts and promises."""
    title: Text
    """The issue in words."""
    block: Text
    """Heading it stands under: ceasefire, territory, security, economy, humanitarian, politics, law, process."""
    ordered: bool = True
    """True when the options form a ladder; the order is never read as a distance."""
    may_be_left_open: bool = True
    """True when a signed text can be silent on it; then things stay as `standing` says."""
    standing: Id
    """The option that holds in fact if the guns fall silent with nothing signed on this issue."""
    substantive: bool = True
    """False for terms of a ceasefire or of process; a text that decides only these is no settlement."""
    always_printed: bool = False
    """True for humanitarian and accountability terms: shown even where their weight is zero."""
    options: tuple[Option, ...] = Field(min_length=2, max_length=12)
    """The options, in order."""
    source: str | None = None
    """Where the ladder's ends come from."""
    note: str | None = None
    """What a reader should know."""


class Statement(Block):
    """What an actor said, when, and where it was read."""

    date: Date
    """Day of the statement; never later than `as_of`."""
    text: Text
    """The content in our words; sources are not copied."""
    option: Id | None = None
    """The option it comes nearest to."""
    source: Text
    """Where it was read."""
    confidential: bool = False
    """True to hide the statement when a briefing is redacted."""


class RedLine(Block):
    """Terms that an actor says it will not sign, with the chance that this is so."""

    accepts_up_to: Id | None = None
    """On an ordered ladder: the option farthest from its ideal that it would still sign."""
    refuses: tuple[Id, ...] | None = None
    """The options that cross the line; `left_open` stands for silence on the issue."""
    confidence: Chance
    """Chance that the line is real, not a price or a pose."""
    source: str | None = None
    """Where it was read; without it, a judgement."""
    note: str | None = None
    """Reason for the confidence."""
    confidential: bool = False
    """True to hide the line when a briefing is redacted."""


SHAPES: dict[str, dict[str, float]] = {
    "even": {"value": 1.0},
    "early": {"value": 0.5},
    "late": {"value": 2.0},
    "unsure": {"low": 0.5, "mode": 1.0, "high": 2.0},
}


def _a_shape(raw: Any) -> Any:
    return SHAPES.get(raw, raw) if isinstance(raw, str) else raw


class Position(Block):
    """Where an actor stands on an issue."""

    ideal: Id
    """The option it wants."""
    worst: Id | None = None
    """The option it wants least; the farthest from the ideal unless given. Needed on unordered issues."""
    weight: WeightPoints
    """How much the issue counts for it, in points out of 100 over all issues."""
    shape: Annotated[Exponent, BeforeValidator(_a_shape)] = Field(
        default_factory=lambda: Quantity.model_validate(SHAPES["unsure"]), validate_default=True
    )
    """How its value falls from ideal to worst: even, early (the first step hurts most), late (the last does), unsure, or an exponent of the rank distance."""
    values: dict[str, Chance] | None = None
    """Value of each option (1 = ideal, 0 = worst), where the coder can give them; replaces `shape`."""
    red_line: RedLine | None = None
    """What it says it will not sign."""
    basis: Literal["sourced", "judgement"]
    """sourced: a statement below backs it; judgement: the coder's own, with a range."""
    statements: tuple[Statement, ...] = ()
    """Dated, sourced statements, newest last."""
    note: str | None = None
    """Reason for the coding."""
    confidential: bool = False
    """True to hide the position when a briefing is redacted."""


class Tranche(Block):
    """One part of a promise that is delivered in parts."""

    share: Annotated[float, Field(gt=0, le=1)]
    """How much of the promised term this part is; the parts of a promise sum to at most 1."""
    delay_months: Delay
    """Months until it is delivered."""
    after: str | None = None
    """The step by the other side that this part answers, in words; shown, not computed with."""


class Promise(Block):
    """A term that somebody has to deliver later."""

    id: Id
    """Short name."""
    title: Text
    """The promise in words."""
    issue: Id
    """Issue that the promised term belongs to."""
    option: Id
    """The promised term."""
    by: Id
    """Actor who must deliver."""
    to: Id
    """Actor to whom it is a carrot."""
    delivered: Chance
    """Chance that it is delivered."""
    delay_months: Delay | None = None
    """Months until it is delivered; leave out where `tranches` say it."""
    tranches: tuple[Tranche, ...] = ()
    """Parts in which it is delivered, in order; instead of `delay_months`."""
    withdrawn_yearly: YearlyChance | None = None
    """Chance a year that what was delivered is taken back again though the receiver keeps the deal; leave out where it cannot be."""
    snap_back: Chance | None = None
    """Chance that what was delivered comes back to the giver if the receiver breaks the deal: 1 for a term that reverts by itself, 0 for what cannot be undone. Shown as what each giver would have at risk."""
    without: Id
    """The option that would hold without the promise: its baseline."""
    source: str | None = None
    """Where the delivery record was read."""
    note: str | None = None
    """Reason."""


class TextEntry(Block):
    """A named draft on the table."""

    id: Id
    """Short name."""
    title: Text
    """Name of the draft."""
    date: Date
    """Day of the draft; never later than `as_of`."""
    author: Id
    """Actor who tabled it, or who tabled it first."""
    source: Text
    """Where it was read."""
    terms: dict[str, Id | tuple[Id, ...]]
    """Option per issue, a list where the draft offers variants; an issue not named is silent."""
    deleted: tuple[Id, ...] = ()
    """Issues that this draft strikes from the one before; deletion is a position, silence is not."""
    note: str | None = None
    """What a reader should know."""
    confidential: bool = False
    """True to hide the draft when a briefing is redacted."""


class DatedChance(Quantity):
    """A chance that holds as of a date."""

    date: Date | None = None
    """Day of the estimate; `as_of` unless given. Only later weeks of the front move it."""


DatedChanceInside = Annotated[
    DatedChance,
    _bounded(
        0.01,
        0.99,
        "The chance that a side prevails is between .01 and .99: nobody knows more than that.",
        "write a chance such as 0.6, or a word such as likely.",
        "%",
    ),
]


class Prevails(Block):
    """Chance that A prevails if it is fought to the finish, as each sees it."""

    analyst: DatedChanceInside
    """As the coder sees it."""
    A: DatedChanceInside
    """As A's lead sees it."""
    B: DatedChanceInside
    """As B's lead sees it (still the chance that A prevails)."""


class PerSideMonths(Block):
    """A length in months for each side."""

    A: Months
    """For side A."""
    B: Months
    """For side B."""


class PerSideDiscount(Block):
    """An annual discount for each side."""

    A: Discount
    """For side A."""
    B: Discount
    """For side B."""


class PerSideStake(Block):
    """A share of the stake for each side."""

    A: Stake
    """For side A."""
    B: Stake
    """For side B."""


class PerSideYearly(Block):
    """A chance within a year, for each side."""

    A: YearlyChance
    """For side A."""
    B: YearlyChance
    """For side B."""


WeeklyRate = Annotated[
    Quantity,
    _bounded(
        1e-5,
        1.0,
        "A rate a week is between .00001 and 1.",
        "write a rate such as 0.02.",
        "%",
    ),
]


class Rearmament(Block):
    """What a truce adds to a side's position: a rise that levels off."""

    rate: WeeklyRate
    """Share of the remaining gain that is made each week."""
    ceiling: Stake
    """Gain in position that a long truce would give, as a share of the race."""


class PerSideShare(Block):
    """A share of the cost of fighting, for each side."""

    A: CostShare
    """For side A."""
    B: CostShare
    """For side B."""


class PerSideRearmament(Block):
    """Rearmament of each side in a truce."""

    A: Rearmament
    """Of side A."""
    B: Rearmament
    """Of side B."""


class FrontMonth(Block):
    """Movement of the front in one month."""

    month: Month
    """Calendar month, whole and past."""
    change: Number
    """Net gain of A in the unit of the series; negative when B gained."""


class Front(Block):
    """Record of the front, in a unit of its own."""

    unit: Text
    """Unit of the series, such as square kilometres."""
    source: Text
    """Where the series comes from, with its rights."""
    stake_per_unit: Annotated[
        Quantity,
        _bounded(
            1e-12,
            1.0,
            "The stake of one unit is above 0 and at most 1.",
            "write a share such as 2.0e-6.",
        ),
    ]
    """Share of the race that one unit is worth; a judgement with a range."""
    series: tuple[FrontMonth, ...] = Field(min_length=1)
    """Months in order, none left out."""
    note: str | None = None
    """What the series does and does not measure."""


class War(Block):
    """What fighting on promises each side."""

    position: Position01
    """Where the race stands at `as_of`: 1 = A can impose its terms, 0 = B can."""
    a_prevails: Prevails
    """Chance that A prevails if fought to the finish, as the analyst and each side see it."""
    months_to_decision: Months
    """Mean months until a decision, if fought to the finish."""
    months_for_victory: PerSideMonths
    """Months each side would fight for total victory rather than accept total defeat."""
    annual_discount: PerSideDiscount | None = None
    """How much a year's wait takes off a side's value; .05 to .20, most likely .10, unless given."""
    stubbornness_months: PerSideMonths | None = None
    """Months of front movement that would move a side's belief half way; 12 to 60, most likely 24, unless given."""
    rearmament: PerSideRearmament | None = None
    """What a truce adds to each side's position; rate .01 to .04 a week, ceiling .03 to .20, unless given."""
    momentum: (
        Annotated[
            Quantity,
            _bounded(
                0.0,
                0.95,
                "Momentum is from 0 to .95.",
                "write a weekly autocorrelation such as 0.7.",
            ),
        ]
        | None
    ) = None
    """Weekly autocorrelation of movement; .5 to .8, most likely .7, unless given."""
    reluctance: PerSideStake | None = None
    """What a leader asks beyond the reservation value before ending the war; 0 to .15, unless given."""
    front: Front | None = None
    """Record of the front, if there is one."""
    note: str | None = None
    """Reason for the estimates."""


class RegimeState(Block):
    """One state of a regime, by what it changes."""

    id: Id
    """Short name."""
    title: Text
    """The state in words."""
    a_prevails: ChanceInside | None = None
    """Chance that A prevails if this state lasted, as the analyst sees it; leave out if it changes nothing."""
    talks_factor: Factor | None = None
    """Factor on the weekly chance of serious talks."""
    reluctance_factor: Factor | None = None
    """Factor on the reluctance of the side named in the regime's `side`."""
    cost_factor: Factor | None = None
    """Factor on what a month of fighting costs the side named in the regime's `side`; the months under `war` are those of a factor of 1."""
    lifts: tuple[str, ...] = ()
    """Red lines (as ACTOR.ISSUE) and consents (as ACTOR) that do not bind while this state lasts."""
    adds: tuple[str, ...] = ()
    """Red lines (as ACTOR.ISSUE) and consents (as ACTOR) that bind only while a state that adds them lasts; how likely a line is real still stands with it."""


class RegimeSwitch(Block):
    """How a regime moves from one state to another: by chance, or on a day."""

    source_state: Id = Field(alias="from")
    """State it leaves."""
    to: Id
    """State it enters."""
    monthly: (
        Annotated[
            Quantity,
            _bounded(
                0.0,
                0.999,
                "A monthly chance is at least 0 and below 1.",
                "write a chance such as 0.02.",
                "%",
            ),
        ]
        | None
    ) = None
    """Chance a month of the move."""
    on: Date | None = None
    """Day of a scheduled move, after `as_of`."""
    note: str | None = None
    """Reason."""


class RegimeDay(Block):
    """State that a regime entered on a day of the past."""

    since: Date
    """First day in the state."""
    state: Id
    """The state."""
    source: str | None = None
    """Where it was read."""


class Regime(Block):
    """A chain of states that changes the war: patron aid, leadership, a mediator."""

    id: Id
    """Short name."""
    title: Text
    """The regime in words."""
    actor: Id | None = None
    """Actor whose course it is."""
    side: Side | None = None
    """Side whose reluctance and costs its states scale, if any."""
    breaks_truce: Chance | None = None
    """Chance that a move of this regime breaks a truce in force."""
    states: tuple[RegimeState, ...] = Field(min_length=2, max_length=6)
    """The states."""
    now: Id
    """State at `as_of`."""
    history: tuple[RegimeDay, ...] = ()
    """States of the past, oldest first; before the first, the first."""
    switches: tuple[RegimeSwitch, ...] = ()
    """Moves, by chance or on a day."""
    source: str | None = None
    """Where the record was read."""
    note: str | None = None
    """Reason for the chances."""


class Talks(Block):
    """How often serious talks happen and how a deal is chosen."""

    monthly_chance: Chance | None = None
    """Chance a month of a serious round; .05 to .20, most likely .10, unless given."""
    history_complete: bool = False
    """True when `events` names every round of talks; then other weeks of the past had none."""
    choice_noise: (
        Annotated[
            Quantity,
            _bounded(
                1e-4,
                1.0,
                "Choice noise is from .0001 to 1 of the stake.",
                "write a share such as 0.04.",
                "%",
            ),
        ]
        | None
    ) = None
    """How sharply a side tells a good offer from a bad one; .02 to .08 of the stake, most likely .04, unless given."""
    tolerance_months: Months | None = None
    """Months for which an untenable war is borne before it can end by itself; 3 to 12, most likely 6, unless given."""
    ending_monthly: Chance | None = None
    """Chance a month that it then ends; .03 to .15, most likely .06, unless given."""
    settlement_share: Chance | None = None
    """Share of the contested weight that a signed text must decide to be called a settlement; .5 to .75, most likely .6, unless given."""
    linkage: Chance | None = None
    """How far issues can be traded for one another: 1 freely, 0 not at all; .2 to .6, most likely .4, unless given."""
    note: str | None = None
    """Reason."""


_ABOVE_ZERO = _bounded(
    0.01,
    10.0,
    "A factor on trust is between .01 and 10; 1 changes nothing.",
    "write a factor such as 0.8.",
)


class Trust(Block):
    """What each side expects of the other in a truce."""

    other_breaks: PerSideYearly | None = None
    """Chance, as A (as B) sees it, that the other breaks a bare ceasefire within a year; .3 to .8, most likely .55, unless given."""
    provisions_factor: (
        Annotated[
            Quantity,
            _bounded(
                0.01,
                1.0,
                "The factor under full provisions is from .01 to 1.",
                "write a factor such as 0.6.",
            ),
        ]
        | None
    ) = None
    """Factor on that hazard, and on that of incidents, when every enforcing provision is there; .3 to 1, most likely .6, unless given."""
    kept_factor: Annotated[Factor, _ABOVE_ZERO] | None = None
    """Factor on the hazard that each side fears of the other after a limited truce (sectoral, local, humanitarian, short general) or an exchange was kept; nothing changes unless given."""
    broken_factor: Annotated[Factor, _ABOVE_ZERO] | None = None
    """The same factor after any truce was broken; nothing changes unless given."""
    memory_months: Months | None = None
    """Months after which half of such a change is left; 6 to 24, most likely 12, unless given."""
    note: str | None = None
    """Reason."""


class Peace(Block):
    """What would break a silence."""

    cost_of_breaking: PerSideStake | None = None
    """What it costs a side to be seen to break a signed truce; 0 to .10, most likely .03, unless given."""
    carrying_cost: PerSideShare | None = None
    """What holding its forces forward in a ceasefire or a freeze costs a side, as a share of what fighting costs it; 0 to .10, most likely .03, unless given."""
    gap_noise_year: Stake | None = None
    """Spread, after a year of truce, of the strength that nobody can foresee; .02 to .10, most likely .05, unless given."""
    incidents_per_week: (
        Annotated[
            Quantity,
            _bounded(0.0, 1e4, "Incidents a week are from 0 to 10000.", "write a count such as 4."),
        ]
        | None
    ) = None
    """Serious incidents a week in a bare truce; 1 to 12, most likely 4, unless given."""
    incident_echo: (
        Annotated[
            Quantity,
            _bounded(0.0, 0.99, "The echo is from 0 to .99.", "write a number such as 0.6."),
        ]
        | None
    ) = None
    """Further incidents that one sets off, on average; .3 to .9, most likely .6, unless given."""
    collapse_size: (
        Annotated[
            Quantity,
            _bounded(
                2.0,
                1e4,
                "The size of a collapse is from 2 to 10000 incidents.",
                "write a count such as 50.",
            ),
        ]
        | None
    ) = None
    """Incidents in one chain after which the truce counts as collapsed; 20 to 100, most likely 50, unless given."""
    change_monthly: Chance | None = None
    """Chance a month that a leader or a patron's course changes; .005 to .03, most likely .012, unless given."""
    change_breaks: Chance | None = None
    """Chance that such a change breaks the truce; .05 to .35, most likely .15, unless given."""
    ceasefire_term_months: Months | None = None
    """Term after which a ceasefire must be renewed; leave out for open-ended."""
    renewal: Chance | None = None
    """Chance that it is renewed each time; .5 to .95, most likely .8, unless given."""
    record: RecordFacts | None = None
    """The case in the terms of the historical record, for the survival model beside the truce model."""
    note: str | None = None
    """Reason."""


EventKind = Literal[
    "talks", "truce", "deal", "exchange", "proposal", "offensive", "patron", "leader", "other"
]
Scope = Literal["general", "sectoral", "local", "humanitarian"]
Kept = Literal["yes", "mostly", "partly", "no", "unknown"]


class Event(Block):
    """Something that happened, on a day, with a source."""

    date: Date
    """First day; never later than `as_of`."""
    end_date: Date | None = None
    """Last day, where it lasted; never later than `as_of`."""
    kind: EventKind
    """Kind of event; `talks` are rounds in which the sides met."""
    title: Text
    """What happened, in neutral words."""
    parties: tuple[str, ...] = ()
    """Who took part."""
    outcome: str | None = None
    """What came of it by `as_of`."""
    scope: Scope | None = None
    """For truces: general, sectoral, local or humanitarian."""
    mutual: bool | None = None
    """For truces: whether both sides announced it."""
    days_intended: Annotated[float, Field(gt=0, le=36600)] | None = None
    """For truces: days it was meant to last."""
    kept: Kept | None = None
    """For truces: whether it held, by the knowledge of `as_of`."""
    source: Text
    """Where it was read."""
    checked: bool = False
    """True when the source was seen, not recalled."""
    confidential: bool = False
    """True to hide the event when a briefing is redacted."""


class SeriesPoint(Block):
    """One point of a series."""

    start: Date
    """First day it covers."""
    end: Date
    """Last day it covers; never later than `as_of`."""
    value: Number
    """The value, in the series' unit."""
    note: str | None = None
    """Caveat."""
    source: str | None = None
    """Where it was read, if not where the series says."""


class Series(Block):
    """A record beside the front, such as aid; shown as evidence for the regimes' chances."""

    id: Id
    """Short name."""
    title: Text
    """The series in words."""
    unit: Text
    """Unit of its values."""
    source: Text
    """Where it was read."""
    points: tuple[SeriesPoint, ...] = Field(min_length=1)
    """The points, in order."""
    note: str | None = None
    """What it does and does not measure."""


class CrowdPrice(Block):
    """What a forecasting crowd gave for a question."""

    name: Text
    """The crowd."""
    p: Annotated[float, Field(ge=0, le=1)]
    """Its chance."""
    as_of: Date
    """Day of the price; never later than the dossier's."""
    source: Text
    """Where it was read."""


RungName = Literal[
    "any_truce_announced",
    "sectoral_truce_kept",
    "general_truce_30_days_intended",
    "general_truce_30_days_kept",
    "general_truce_year_kept",
    "freeze",
    "settlement_signed",
    "victory_A",
    "victory_B",
    "war_goes_on",
]


class Question(Block):
    """A dated, resolvable forecast on a named rung."""

    id: Id
    """Short name."""
    text: Text
    """The question, so that a stranger could resolve it."""
    rung: RungName
    """The rung it is about."""
    by: Date
    """Day by which the truce must have begun (whether it is kept is judged afterwards)."""
    reading: str | None = None
    """How this question reads its rung and its date."""
    source: str | None = None
    """Who asked it."""
    crowds: tuple[CrowdPrice, ...] = ()
    """Prices of forecasting crowds, shown beside our number and never mixed in."""


class Coverage(Block):
    """Where the dossier answers an element that its readers asked for."""

    element: Id
    """Name of the element."""
    where: tuple[str, ...] = Field(min_length=1)
    """Dotted paths of the fields that express it."""
    how: Text
    """Through which channel it acts, in words."""


class Dossier(Block):
    """A conflict as one coder, or a team, saw it on one day."""

    schema_version: Annotated[int, BeforeValidator(_schema_version)]
    """Version of this format: 1."""
    conflict: Conflict
    """What the dossier is about."""
    sides: Sides
    """The two sides."""
    actors: tuple[Actor, ...] = Field(min_length=2)
    """Everybody who can say no, help or hinder."""
    issues: tuple[Issue, ...] = Field(min_length=1)
    """What is on the table."""
    positions: dict[str, dict[str, Position]]
    """Per actor, per issue; both leads stand on every issue."""
    promises: tuple[Promise, ...] = ()
    """Terms that somebody must deliver later."""
    texts: tuple[TextEntry, ...] = ()
    """Drafts on the table."""
    war: War
    """What fighting on promises each side."""
    regimes: tuple[Regime, ...] = Field(default=(), max_length=4)
    """Chains that change the war."""
    talks: Talks = Field(default_factory=Talks)
    """How often serious talks happen and how a deal is chosen."""
    trust: Trust = Field(default_factory=Trust)
    """What each side expects of the other in a truce."""
    peace: Peace = Field(default_factory=Peace)
    """What would break a silence."""
    events: tuple[Event, ...] = ()
    """The dated record."""
    series: tuple[Series, ...] = ()
    """Records beside the front."""
    questions: tuple[Question, ...] = ()
    """Forecasts asked for."""
    coverage: tuple[Coverage, ...] = ()
    """Where the dossier answers what its readers asked for."""
    left_out: tuple[Text, ...] = ()
    """What the coder knows to be missing."""
