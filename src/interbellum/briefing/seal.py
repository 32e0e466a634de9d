"""Which numbers of an answer would let a reader solve for what the dossier keeps confidential.

A number that is one equation in few inputs, such as what fighting on is worth to a side, tells the one
input that is hidden to a reader who knows the others. Such numbers go, in every form. Chances of the
ensemble stay: they are made of all inputs together, and a redacted JSON tells them to the hundredth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from interbellum.briefing.context import Context, coded_quantities, quantities
from interbellum.briefing.redaction import Veil
from interbellum.briefing.texts_redaction import (
    alternative_hidden,
    delivery_hidden,
    gain_hidden,
    lines_hidden,
    position_hidden,
)
from interbellum.dossier.reader import Loaded
from interbellum.model.course import Course, TextPoint
from interbellum.model.diagnosis import Threshold
from interbellum.model.result import (
    Durability,
    Interval,
    Package,
    RecordModel,
    Result,
    SideView,
)
from interbellum.model.room import Concession, Side

NONE = math.nan
"""A number that is hidden: null in the JSON, `[redacted]` in words."""
NOTHING = Interval(NONE, NONE, NONE, NONE, NONE)


def context_of(result: Result, loaded: Loaded, redact: bool) -> Context:
    """A result to tell, sealed where it is to be redacted.

    Parameters
    ----------
    result : Result
    loaded : Loaded
        The dossier that the result was made from.
    redact : bool
        True hides what the dossier marks confidential, and what would tell it.
    """
    veil = Veil(loaded, redact)
    told = sealed(result, loaded, veil) if redact else result
    return Context(loaded, veil, told, coded_quantities(loaded))


def sealed(result: Result, loaded: Loaded, veil: Veil) -> Result:
    """The result without the numbers that a hidden one could be solved from.

    Parameters
    ----------
    result : Result
    loaded : Loaded
    veil : Veil

    Returns
    -------
    Result
        What is hidden is not a number; a frontier that is hidden is empty.
    """
    seal = seal_of(loaded, veil)
    first, second = result.sides
    one, two = result.diagnosis.thresholds
    return replace(
        result,
        range=replace(
            result.range,
            packages=tuple(map(seal.package, result.range.packages)),
            frontier=() if seal.counts() or seal.lines else result.range.frontier,
            texts=tuple(
                seal.text(text) for text in result.range.texts if not veil.hides(f"texts.{text.id}")
            ),
            value=seal.value(result.range.value),
        ),
        course=seal.course(result.course),
        durability=durable(result.durability) if facts_hidden(loaded, veil) else result.durability,
        sides=(seal.view(first), seal.view(second)),
        diagnosis=replace(result.diagnosis, thresholds=(seal.threshold(one), seal.threshold(two))),
    )


def facts_hidden(loaded: Loaded, veil: Veil) -> bool:
    """Whether a fact for the record's model is confidential: its curve would tell a plain yes or no."""
    facts = loaded.dossier.peace.record
    fields = type(facts).model_fields if facts is not None else ()
    return any(veil.hides(f"peace.record.{name}") for name in fields)


def without_case(model: RecordModel) -> RecordModel:
    """The record's model without what it takes this case to be."""
    return replace(model, curve=(), by_prior=(), left_open=())


def durable(durability: Mapping[str, Durability]) -> dict[str, Durability]:
    """Each form with its pooled curve alone: neither of the two lines of evidence, nor their gap."""
    return {
        name: replace(form, truce=(), record_model=without_case(form.record_model))
        for name, form in durability.items()
    }


def belief_hidden(loaded: Loaded, veil: Veil, side: str) -> bool:
    """Whether a side's chance to prevail at the cut-off would tell a confidential number.

    As coded, moved by the front since, on a race whose noise comes from the analyst's chance.
    """
    war = loaded.dossier.war
    reads = ["war.position", "war.a_prevails.analyst", f"war.a_prevails.{side}"]
    reads += ["war.months_to_decision", "war.momentum", f"war.stubbornness_months.{side}"]
    reads += [path for path, _ in quantities(war.front, "war.front")]
    return any(map(veil.hides, ("war.front", *reads)))


def race_hidden(loaded: Loaded, veil: Veil) -> bool:
    """Whether where the race goes, or went, would tell a confidential number.

    It is made of what the analyst says of the race, of the front, and of what the regimes add and how
    they move; nothing of deals or talks is in it.
    """
    war = loaded.dossier.war
    reads = ["war.position", "war.a_prevails.analyst", "war.months_to_decision", "war.momentum"]
    reads += ["war.front", *(path for path, _ in quantities(war.front, "war.front"))]
    for regime in loaded.dossier.regimes:
        root = f"regimes.{regime.id}"
        reads += [f"{root}.states.{state.id}.a_prevails" for state in regime.states]
        reads += [path for path, _ in quantities(regime.switches, f"{root}.switches")]
    return any(map(veil.hides, reads))


@dataclass(frozen=True, slots=True)
class Seal:
    """Which numbers of a result would tell a confidential field."""

    worth: bool
    """A position of a lead, or linkage, is hidden: worth to either lead would tell it."""
    actors: frozenset[str]
    """Names of the actors of whose positions something is hidden."""
    promises: frozenset[tuple[str, str]]
    """(issue, option) of the promises whose delivery is hidden."""
    alternatives: frozenset[str]
    """Sides whose alternative would tell a hidden number."""
    gains: frozenset[str]
    """Sides whose gain over fighting on would."""
    beliefs: frozenset[str]
    """Sides whose belief, moved by the front since, would."""
    race: bool
    """Where the race goes would."""
    lines: bool
    """How many red lines a draft crosses would, and which packages are left to the frontier."""

    def counts(self) -> bool:
        """Whether the number of acceptable packages, which is exact, would tell a hidden number."""
        return self.worth or bool(self.promises or self.gains)

    def side(self, side: Side, name: str) -> Side:
        """A side without its alternative where that is hidden."""
        if name not in self.alternatives:
            return side
        return replace(side, reservation_value=NOTHING, at_medians=NONE)

    def value(self, value: tuple[float, float]) -> tuple[float, float]:
        """What fighting on is worth to each side, where it tells nothing hidden."""
        left, right = (
            NONE if name in self.alternatives else worth
            for name, worth in zip("AB", value, strict=True)
        )
        return left, right

    def package(self, package: Package) -> Package:
        """A package with its terms, without the numbers that would tell what is hidden."""
        blind = self.worth or self._carries(package)
        left = [
            NONE if blind or name in self.gains else gain
            for name, gain in zip("AB", package.surplus, strict=True)
        ]
        return replace(
            package,
            u=(NONE, NONE) if blind else package.u,
            surplus=(left[0], left[1]),
            consents=tuple(c for c in package.consents if c[0] not in self.actors),
        )

    def may_price(self, found: Concession) -> bool:
        """Whether what a concession costs tells nothing hidden."""
        if any(price.actor in self.actors for price in found.prices):
            return False
        if found.package is not None and self._carries(found.package):
            return False
        # A line's price is set against the best term within it, which may be the promised one; a
        # value's is what the side would lose beside fighting on.
        told = {f"sides.{side}.reservation_value" for side in self.gains}
        promised = {issue for issue, _ in self.promises}
        return not any(
            demand.id in told or promised.intersection(demand.id.split(".")[2:3])
            for demand in found.demands
        )

    def _carries(self, package: Package) -> bool:
        return any(
            (term.issue, term.option) in self.promises for term in package.terms if not term.void
        )

    def view(self, view: SideView) -> SideView:
        """A side of a briefing without the numbers that would tell what is hidden."""
        offer = self.worth or bool(self.promises) or view.side in self.gains
        return replace(
            view,
            reservation_value=(
                NOTHING if view.side in self.alternatives else view.reservation_value
            ),
            believes_prevails=NOTHING if view.side in self.beliefs else view.believes_prevails,
            best_offer=NOTHING if offer else view.best_offer,
        )

    def course(self, course: Course) -> Course:
        """The course without the fans that would tell what is hidden; all of them hang on the race."""
        if self.race:
            return Course((), None, None, None, ((), ()), ())
        of_a, of_b = course.beliefs
        return replace(
            course,
            beliefs=(() if "A" in self.beliefs else of_a, () if "B" in self.beliefs else of_b),
        )

    def text(self, text: TextPoint) -> TextPoint:
        """A draft without its place, what it crosses or whether it could be signed, where hidden."""
        blind = self.counts()
        return replace(
            text,
            u=(NONE, NONE) if blind else text.u,
            crosses=None if self.lines else text.crosses,
            acceptable=None if blind or self.lines else text.acceptable,
        )

    def threshold(self, threshold: Threshold) -> Threshold:
        """A side's turning points, unless they would tell what is hidden.

        They hang on the worth of packages, on what both sides expect of fighting on, and on what a
        breach would cost each.
        """
        believes = NOTHING if threshold.side in self.beliefs else threshold.believes
        if not (self.worth or self.promises or self.gains or self.beliefs):
            return threshold
        return replace(
            threshold, believes=believes, closes_above=NOTHING, move=NOTHING, move_units=NOTHING
        )


def seal_of(loaded: Loaded, veil: Veil) -> Seal:
    """What of a dossier's numbers has to be hidden."""
    dossier = loaded.dossier
    names = {actor.id: actor.name for actor in dossier.actors}
    leads = {dossier.sides.A.lead, dossier.sides.B.lead}
    secret = {actor for actor in names if _hidden(loaded, veil, actor)}
    worth = veil.hides("talks.linkage") or any(
        position_hidden(loaded, veil, lead) for lead in leads
    )
    if worth or secret & leads:
        secret |= leads  # linkage mixes both leads' weights
    return Seal(
        worth,
        frozenset(names[actor] for actor in secret),
        frozenset(
            (promise.issue, promise.option)
            for promise in dossier.promises
            if delivery_hidden(loaded, veil, promise.id)
        ),
        frozenset(side for side in "AB" if alternative_hidden(loaded, veil, side)),
        frozenset(side for side in "AB" if gain_hidden(loaded, veil, side)),
        frozenset(side for side in "AB" if belief_hidden(loaded, veil, side)),
        race_hidden(loaded, veil),
        lines_hidden(loaded, veil),
    )


def _hidden(loaded: Loaded, veil: Veil, actor: str) -> bool:
    """Whether any number of an actor's positions, or the field around it, is confidential."""
    stands = loaded.dossier.positions.get(actor, {})
    paths = [f"actors.{actor}.walk_away"]
    for issue, position in stands.items():
        root = f"positions.{actor}.{issue}"
        paths += [root, f"{root}.red_line", *(path for path, _ in quantities(position, root))]
    return any(veil.hides(path) for path in paths)
