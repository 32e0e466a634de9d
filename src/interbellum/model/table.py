"""What a look at the drafts and promises on the table returns: frozen, stamped, one to one with JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from interbellum.model.result import DossierStamp, Interval, RunStamp

Term = tuple[str, str]
"""(issue, option) by id."""

EMPTY_STEP = 0.005
"""A face nearer to zero than half a hundredth is empty: the tables would print 0. Judgement."""
HOLLOW = 0.25
"""Share of the face below which a promise is hollow. Judgement."""
HALF = 0.5
"""Share of the face from which a promise is mostly substance, and that the thresholds ask for."""

Verdict = Literal["empty", "a loss", "hollow", "partly substance", "mostly substance"]
"""`empty`: the face is within `EMPTY_STEP` of zero, the baseline already gives it; `a loss`: the
promised term is worth less to the actor than the baseline; else by the share of the face that is
substance: below `HOLLOW`, below `HALF`, or more."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number under the worst and under the best reading of a draft, each draw by its own.

    The two are equal where the draft has one reading.
    """

    low: Interval
    high: Interval


@dataclass(frozen=True, slots=True)
class ActorWorth:
    """What a draft is worth to one actor."""

    actor: str
    name: str
    side: str | None
    """A or B for the two leads, whose worth is a share of the stake: 0 = the other lead's ideal
    everywhere, 1 = its own. None for any other actor: share of its own ideal over the issues where it
    stands."""
    issues: int
    """Issues on which it stands."""
    worth: Span
    surplus: Span | None
    """U - V of a lead: the deal, with the risk that it breaks, beside fighting on. None for other
    actors, and for a draft of too many readings."""
    accepts: float | None
    """Weighted share of the draws in which its best reading leaves the lead at least at its
    reservation value."""
    worst_reading: tuple[Term, ...]
    """Which variants make the worst reading; empty where there are none."""
    best_reading: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class CrossedLine:
    """A red line that a draft crosses."""

    path: str
    actor: str
    name: str
    issue: str
    refused: tuple[str, ...]
    """Options that cross it; `left_open` among them where silence does."""
    binds: bool
    """False for an actor whose consent the issue does not need."""
    confidence: Interval | None
    """Chance that the line is real; None only where it is hidden, as `in_force`."""
    in_force: float | None
    """Weighted share of the draws in which it is."""
    always: bool
    """Every reading crosses it; else some does."""
    by_silence: bool
    """It is crossed by saying nothing on its issue."""


@dataclass(frozen=True, slots=True)
class ProvisionCheck:
    """Whether a draft contains a provision of the standard list."""

    name: str
    title: str
    enforcing: bool
    """Whether it bears on a breach being seen, answered or costly."""
    found: str
    """contained, in some variants, or lacking."""


@dataclass(frozen=True, slots=True)
class BrokenCondition:
    """A condition of the dossier that a draft does not meet."""

    kind: str
    """requires, only_if: the term needs one of the others; excludes: it cannot stand with them."""
    term: Term
    others: tuple[Term, ...]
    always: bool


@dataclass(frozen=True, slots=True)
class NearestPackage:
    """The acceptable package that changes fewest terms of a draft."""

    found: bool
    """False where no package is acceptable, or where the search stopped: then there are no terms below.
    True with no changes and nothing added: the draft itself is acceptable."""
    changes: tuple[tuple[str, tuple[str, ...], str], ...]
    """(issue, options in the draft, option in the package)"""
    added: tuple[Term, ...]
    """Terms on issues on which the draft says nothing and that it would have to speak to."""
    kept: tuple[Term, ...]
    """Which of its variants the package takes, on issues where the draft has several and none changes."""
    status: str
    """proved: fewest, or none, at the median inputs. sampled: fewest in one draw, or none in any, see
    `TableResult.nearest_in`. unknown: the search stopped."""


@dataclass(frozen=True, slots=True)
class TextScore:
    """One draft on the table."""

    id: str
    title: str
    date: str
    author: str
    says: tuple[tuple[str, tuple[str, ...]], ...]
    """Per issue it speaks to, its option, or its variants."""
    silent: tuple[str, ...]
    """Issues of which it says nothing."""
    struck: tuple[str, ...]
    """Issues that it strikes from an earlier draft: a position, where silence is none."""
    heaviest_silent: tuple[str, ...]
    """The three of the silent issues that weigh most with the two leads together."""
    must_fill: tuple[str, ...]
    """Issues among both that no signed text can leave open."""
    void: tuple[Term, ...]
    """Terms that another term of the draft voids in every reading; they count as what stands."""
    readings: int | None
    """Joint readings that meet the conditions; None where there are too many to tell."""
    actors: tuple[ActorWorth, ...]
    """The leads first; empty where there are too many readings."""
    both: float | None
    """Weighted share of the draws in which some one reading leaves both leads at least at their
    reservation values."""
    signable: float | None
    """The same, with no binding red line in force crossed, every walk-away value met and no condition
    broken."""
    crosses: tuple[CrossedLine, ...]
    """Binding lines first, then the most certain."""
    provisions: tuple[ProvisionCheck, ...]
    """The standard list, in its order."""
    broken: tuple[BrokenCondition, ...]
    nearest: NearestPackage | None = None
    """None only where it is hidden."""


@dataclass(frozen=True, slots=True)
class ActorChange:
    """How a later draft's worth to an actor differs from an earlier one's."""

    actor: str
    change: Span
    """Over the readings of both drafts."""


@dataclass(frozen=True, slots=True)
class TermStep:
    """How a later draft stands to an earlier one on an issue."""

    issue: str
    kind: str
    """moved (along the ladder), changed (no ladder), said, silent, struck."""
    before: tuple[str, ...]
    after: tuple[str, ...]
    rungs: tuple[int, int]
    """Fewest and most rungs up the ladder; (0, 0) unless moved."""
    toward: tuple[str, ...]
    """Actors whose ideal it is now nearer to in every reading."""
    away: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """From one draft to a later one; every pair is here, those of one author too."""

    before: str
    after: str
    same_author: bool
    changes: tuple[ActorChange, ...]
    """Empty where one of the two has too many readings."""
    steps: tuple[TermStep, ...]


@dataclass(frozen=True, slots=True)
class Distance:
    """How far apart two drafts are, or a draft and what a lead asks for."""

    one: str
    """texts.ID, or positions.ACTOR for all that a lead asks for."""
    other: str
    agree: int
    """Issues on which both say the same."""
    may_agree: int
    """Issues on which some reading of both says the same."""
    differ: tuple[str, ...]
    """Issues on which they differ in every reading."""
    one_silent: int
    one_struck: int
    """Issues on which one says something and the other is silent, or has struck it."""
    neither: int
    weight_differ: Interval | None
    """Share of the weight of all issues, the mean of the two leads', on which they differ; None only
    where a weight is hidden."""
    weight_open: Interval | None
    """The same for issues of which one says nothing."""


@dataclass(frozen=True, slots=True)
class PromisedWorth:
    """What a promise is worth to one actor that stands on its issue."""

    actor: str
    name: str
    side: str | None
    """As in `ActorWorth`, with the same unit."""
    face: Interval
    """What it adds to its baseline, if delivered today for sure."""
    headline: Interval
    """What it would add to the option of the issue that the actor likes least."""
    kept: Interval
    """Share of the face that is substance."""
    substance: Interval
    already: Interval
    """Share of the headline that the baseline gives without the promise; 0 where there is none."""
    of_headline: Interval
    """Share of the headline that is substance; 0 where there is none."""
    verdict: Verdict
    """Of the medians."""
    sure: float
    """Weighted share of the draws whose own verdict it is."""


@dataclass(frozen=True, slots=True)
class OtherBaseline:
    """What a promise would be worth to its receiver if something else held without it."""

    option: str
    face: Interval
    substance: Interval
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PromiseAudit:
    """One promise: face, substance, and what would change the verdict."""

    id: str
    title: str
    issue: str
    option: str
    without: str
    by: str
    to: str
    delivered: Interval | None
    """Chance of delivery; None only where it is hidden, as `given`."""
    parts: tuple[tuple[float, Interval], ...]
    """(share of the term, months until it is delivered)"""
    withdrawn_yearly: Interval | None
    """Chance a year of being taken back; None where it cannot be."""
    snap_back: Interval | None
    """Chance that it comes back to the giver if the receiver breaks the deal; None: not coded."""
    worth: tuple[PromisedWorth, ...]
    """The leads, then every other actor that stands on the issue."""
    verdict: Verdict | None
    """For the receiver; None where it does not stand on the issue."""
    baselines: tuple[OtherBaseline, ...]
    """For the receiver, under every other option of the issue."""
    if_sure: Interval | None
    """Share of the face that delay and withdrawal would leave the receiver were delivery certain."""
    chance_needed: Interval | None
    """Chance of delivery at which substance is half of the face; None where none would be enough in
    half of the draws or more."""
    months_allowed: Interval | None
    """Months of delay, all parts at once, beyond which substance falls below half of the face; None
    where it is below half without delay in half of the draws or more; 0 in such a draw."""
    given: Interval | None
    """Share of the term delivered, and not taken back, by twelve months."""
    lost: Interval | None
    """Share of the term that the giver would not get back if the receiver broke the deal then."""


@dataclass(frozen=True, slots=True)
class TableResult:
    """Drafts and promises on the table."""

    dossier: DossierStamp
    run: RunStamp
    open_share: float
    """Weighted share of the draws in which some package at all is acceptable to both leads, as in
    `RangeVerdict`."""
    texts: tuple[TextScore, ...]
    """Oldest first."""
    standing: tuple[ActorWorth, ...]
    """Quiet with nothing signed, scored like a draft that is silent throughout."""
    moves: tuple[Move, ...]
    distances: tuple[Distance, ...]
    promises: tuple[PromiseAudit, ...]
    nearest_in: str = "none"
    """Where nearest packages were sought: `medians`; `draw`, the heaviest of the draws with an
    acceptable package, because there is none at the median inputs; `none`, because no draw has one."""
