"""The room for agreement in words: the answer, what stands in the way, what would open it.

What a dossier marks confidential is taken out of the result first, so that tables, Markdown and JSON
cannot disagree about it. A number goes when a hidden field could be solved from it. Prices mix the
weights of the actors who concede, and worth those of both leads; two packages that differ in one term
tell what that term weighs, so one hidden position of a lead hides all of these. A side's alternative
tells what it is made of. Verdicts, terms and shares of the draws stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import Names, promise_hidden
from interbellum.briefing.plain import tidy
from interbellum.briefing.redaction import REDACTED, Veil
from interbellum.briefing.seal import Seal, seal_of
from interbellum.dossier.reader import Loaded
from interbellum.model.result import Package
from interbellum.model.room import BlockingSet, Concession, Demand, Room

COUNTED_OPENLY = ("packages", "step", "exact")
"""Of the count of packages, what no worth, no alternative and no red line enters."""
SHOWN = 12
"""Sets and concessions in a table; the JSON has them all."""
TITLES = {
    "egalitarian": "Egalitarian",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "nash": "Nash",
    "utilitarian": "Utilitarian",
    "best_for_A": "Best for {A}",
    "best_for_B": "Best for {B}",
}


def redacted(room: Room, loaded: Loaded) -> Room:
    """The result without what the dossier marks confidential, or what would tell it.

    Parameters
    ----------
    room : Room
    loaded : Loaded
        The dossier that the result was made from.

    Returns
    -------
    Room
        Hidden demands without their words; without confidential promises; without the prices of actors
        whose positions are confidential in part, and without the worth of packages, the frontier and the
        sides' alternatives where a confidential number could be solved from them.
    """
    veil = Veil(loaded, True)
    seal = seal_of(loaded, veil)

    def veiled(demand: Demand) -> Demand:
        if veil.hides(demand.id):
            return Demand(REDACTED, REDACTED, "", None, None)
        if veil.hides(f"{demand.id}.confidence"):
            return replace(demand, confidence=None, at_medians=None)
        return demand

    def hidden(item: BlockingSet) -> BlockingSet:
        return replace(item, demands=tuple(map(veiled, item.demands)))

    def priced(found: Concession) -> Concession:
        demands = tuple(map(veiled, found.demands))
        package = found.package and seal.package(found.package)
        if any(veil.hides(demand.id) for demand in found.demands):
            return replace(found, demands=demands, prices=(), total=None, package=None)
        if not seal.may_price(found):
            return replace(found, demands=demands, prices=(), total=None, package=package)
        return replace(found, demands=demands, package=package)

    return replace(
        room,
        sides=(seal.side(room.sides[0], "A"), seal.side(room.sides[1], "B")),
        frontier=None if seal.counts() or seal.lines else room.frontier,
        blocking=tuple(map(hidden, room.blocking)),
        in_draws=tuple(map(hidden, room.in_draws)),
        concessions=tuple(map(priced, room.concessions)),
        weights=tuple(replace(item, demand=veiled(item.demand)) for item in room.weights),
        steps=tuple(step for step in room.steps if not promise_hidden(loaded, veil, step.promise)),
        packages=tuple(map(seal.package, room.packages)),
    )


def to_json(room: Room, loaded: Loaded, redact: bool = False) -> dict[str, Any]:
    """The result as plain data, one to one with `model.room.Room`.

    Parameters
    ----------
    room : Room
    loaded : Loaded
    redact : bool
        True hides what the dossier marks confidential.
    """
    shown = redacted(room, loaded) if redact else room
    out: dict[str, Any] = {**tidy(shown), "redacted": redact}
    veil = Veil(loaded, redact)
    seal = seal_of(loaded, veil)
    if redact and (seal.counts() or seal.lines):
        openly = (*COUNTED_OPENLY, *(() if seal.lines else ("unforbidden",)))
        out["count"] = {
            name: number if name in openly else None for name, number in out["count"].items()
        }
    plain: dict[str, Any] = veil.plain(out)
    return plain


def outline(room: Room, loaded: Loaded, redact: bool = False) -> Outline:
    """The result as blocks, the answer first.

    Parameters
    ----------
    room : Room
    loaded : Loaded
    redact : bool
        True hides what the dossier marks confidential.
    """
    veil = Veil(loaded, redact)
    told = Names(loaded, veil)
    shown = redacted(room, loaded) if redact else room
    blocks: list[Block] = [
        *_answer(shown, told, seal_of(loaded, veil) if redact else None),
        *_in_the_way(shown),
        *_openings(shown),
        *_packages(shown, told),
        *_order(shown),
        *_alternatives(shown),
        *_basis(shown),
    ]
    return veil.blocks(tuple(blocks))


def _answer(room: Room, told: Names, seal: Seal | None) -> list[Block]:
    conflict = told.loaded.dossier.conflict
    names = told.names()
    moved = ""
    if room.race_moved:
        toward = names["A"] if room.race_moved > 0 else names["B"]
        moved = (
            f" What-if: the race has moved by {words.stake(abs(room.race_moved))} hundredths of its "
            f"length towards {toward}; what follows at the median inputs is under it, the share of "
            "draws is not."
        )
    some = "some package is" if room.open_at_medians else "no package is"
    return [
        Heading(1, f"Room for agreement: {conflict.title}"),
        Paragraph(
            f"In {words.percent(room.open_share)} of the weighted draws (give or take "
            f"{max(1, round(100 * room.open_error))} points for their number) some package leaves both "
            "leads as well off as fighting on, crosses no red line that is real in the draw, and has "
            f"every consent it needs. At the median inputs {some} acceptable to both.{moved}"
        ),
        Paragraph(_counted(room, seal)),
    ]


def _counted(room: Room, seal: Seal | None) -> str:
    count = room.count
    made = (
        f"The {room.issues} issues make {_large(count.packages)} packages that meet every condition"
    )
    if seal is not None and seal.lines:
        return f"{made}. How many cross no red line, and how many of these are acceptable to both: {REDACTED}."
    if seal is not None and seal.counts():
        return (
            f"{made}; {_large(count.unforbidden)} of them cross no red line of confidence above .5. How "
            f"many of these are acceptable to both: {REDACTED}."
        )
    if count.unforbidden == 0:
        return f"{made}; each of them crosses a red line of confidence above .5: proved."
    text = f"{made}; {_large(count.unforbidden)} of them cross no red line of confidence above .5. "
    if count.at_most == 0:
        return text + "None of these is acceptable to both: proved."
    if count.at_least == count.unforbidden:
        return text + "All of these are acceptable to both: proved."
    if count.acceptable is None:
        return text + (
            f"How many of these are acceptable to both is not known, but no more than "
            f"{_large(count.at_most)}: so many issues are tied together, or need a consent, that counting "
            "stopped at its limit on work, which is the same on any machine."
        )
    return text + (
        f"Of these {_large(count.acceptable)} are acceptable to both when what every term is worth is "
        f"rounded to 1/{round(1 / count.step)} of the stake ({'exact' if count.exact else 'not exact'}); "
        f"proved without rounding: between {_large(count.at_least)} and {_large(count.at_most)}."
    )


def _large(number: int) -> str:
    """A whole number in words that can be read: ``1,204``, ``about 3 x 10^21``."""
    if number < 10**9:
        return f"{number:,}"
    power = len(str(number)) - 1
    lead = round(number / 10**power)
    return f"about {lead} x 10^{power}" if lead < 10 else f"about 1 x 10^{power + 1}"


def _in_the_way(room: Room) -> list[Block]:
    return [
        Heading(2, "What stands in the way"),
        *_at_medians(room),
        *_in_draws(room),
        *_refused(room),
    ]


def _in_draws(room: Room) -> list[Block]:
    rows = [
        (_demands(item.demands), words.percent(item.share))
        for item in room.in_draws[:SHOWN]
        if item.share >= words.LEAST
    ]
    if not rows:
        return []
    left = len(room.in_draws) - len(rows)
    return [
        Table(
            ("in the draws with no acceptable package", "share of draws"),
            tuple(rows),
            "One smallest set for each such draw; shares are of all weighted draws."
            + (f" {words.start(words.count(left, 'rarer set'))} in the JSON." if left else ""),
        )
    ]


def _at_medians(room: Room) -> list[Block]:
    if room.open_at_medians:
        return [Paragraph("At the median inputs nothing does: some package is acceptable to both.")]
    found = room.blocking
    if not found:
        return [
            Paragraph(
                "At the median inputs no package is acceptable to both; the search stopped before it "
                "had shown which smallest sets of demands forbid it (unknown)."
            )
        ]
    whole = (
        f"{'These are all' if len(found) > 1 else 'This is the only'} smallest "
        f"set{'s' if len(found) > 1 else ''} of demands that cannot hold together (proved)."
        if room.blocking_status == "proved"
        else "The search stopped at its limit: there may be more smallest sets (unknown)."
    )
    common = [d for d in found[0].demands if all(d in item.demands for item in found)]
    if len(found) < 2:
        common = []
    rows = [
        (
            _demands(tuple(d for d in item.demands if d not in common)) or "nothing more",
            words.percent(item.share),
        )
        for item in found[:SHOWN]
    ]
    left = len(found) - len(rows)
    head = "together with what every set contains" if common else "smallest sets of demands"
    blocks: list[Block] = []
    if common:
        blocks.append(Paragraph(f"Every smallest set contains: {_demands(tuple(common))}."))
    return [
        *blocks,
        Table(
            (head, "blocks in"),
            tuple(rows),
            f"{whole} At the median inputs no package meets every demand of a set, and some package "
            "meets the rest of them once any one is given up; each set was checked twice: by the "
            "frontier and by a constraint solver, or, where it contains a walk-away value, by the "
            "constraint solver in two ways. Blocks in: share of the weighted draws in which all "
            "its red lines are real and it cannot hold."
            + (f" {words.start(words.count(left, 'further set'))} in the JSON." if left else ""),
        ),
    ]


def _refused(room: Room) -> list[Block]:
    """What each red line named above refuses, once."""
    named: dict[str, Demand] = {}
    sets = [
        *(item.demands for item in room.blocking[:SHOWN]),
        *(item.demands for item in room.in_draws[:SHOWN]),
        *(item.demands for item in room.concessions[:SHOWN]),
    ]
    for demand in (demand for demands in sets for demand in demands):
        if demand.refuses:
            named.setdefault(demand.name, demand)
    if not named:
        return []
    return [
        Table(
            ("red line", "refuses", "real with chance", "counted at the medians"),
            tuple(
                (
                    name,
                    named[name].refuses,
                    _or_redacted(named[name].confidence, words.percent),
                    {True: "yes", False: "no", None: REDACTED}[named[name].at_medians],
                )
                for name in sorted(named)
            ),
            "The red lines named in this section and the next. Real with chance: as coded, at its median. "
            "Counted at the medians: lines above .5; the others bind only in the draws in which they "
            "are real, so that a package below, which is found at the medians, may cross them.",
        )
    ]


def _demands(demands: tuple[Demand, ...]) -> str:
    return "; ".join(demand.name for demand in demands)


def _openings(room: Room) -> list[Block]:
    blocks: list[Block] = []
    if room.concessions:
        rows = [
            (
                _demands(item.demands),
                "; ".join(
                    f"{price.actor} {_price(price.amount)}"
                    + ("" if price.unit == "stake" else " of its ideal")
                    for price in item.prices
                    if price.amount > 0.0
                )
                or ("nothing" if item.prices else "not priced"),
            )
            for item in room.concessions[:SHOWN]
        ]
        left = len(room.concessions) - len(rows)
        blocks += [
            Heading(2, "What would open the range"),
            Table(
                ("given up together", "costs at the least"),
                tuple(rows),
                "Each row is enough, and no part of it is. The price, in hundredths of the stake, is "
                "what those who concede lose in the package that costs them least in all: for a red "
                "line, against the least they would still sign on that issue; for a value, how far "
                "they fall short of fighting on. A price is not a claim that anyone would or should "
                "pay it."
                + ("" if room.concessions_status == "proved" else " There may be others (unknown).")
                + (
                    f" {words.start(words.count(left, 'further row'))} in the JSON." if left else ""
                ),
            ),
        ]
    if room.weights:
        blocks += [
            Heading(2, "Demands that alone would open it"),
            Table(
                ("demand", "of the closed draws"),
                tuple(
                    (item.demand.name, words.percent(item.opens)) for item in room.weights[:SHOWN]
                ),
                "Share of the weighted draws with nothing acceptable to both in which giving up this "
                "one demand would open the range. In the other closed draws giving up this one is not enough.",
            ),
        ]
    return blocks


def _price(amount: float) -> str:
    return "<1" if amount < 0.005 else words.stake(amount)


def _packages(room: Room, told: Names) -> list[Block]:
    names = told.names()
    blocks: list[Block] = [Heading(2, "Points of the frontier")]
    rows = []
    for package in room.packages:
        worth = [
            f"{_or_redacted(package.u[i], words.stake)} ({_or_redacted(package.surplus[i], _signed)})"
            for i in (0, 1)
        ]
        rows.append(
            (
                TITLES.get(package.solution, package.solution).format(**names),
                *worth,
                package.kind,
                str(package.provisions),
            )
        )
    blocks.append(
        Table(
            ("point", names["A"], names["B"], "form", "enforcing provisions"),
            tuple(rows),
            "Worth in hundredths of the stake while the deal holds, and in brackets against fighting "
            "on with the risk that it breaks, at the median inputs, each computed again from its terms. "
            "+<1 and -<1: a gain or a loss of less than half a hundredth, and a loss is no acceptance.",
        )
    )
    blocks.append(
        Bullets(
            tuple(
                f"{TITLES.get(package.solution, package.solution).format(**names)}: "
                f"{package.definition}. Of equals: {package.ties}."
                for package in room.packages
            )
        )
    )
    if room.missing:
        absent = [TITLES.get(name, name).format(**names) for name in room.missing]
        blocks.append(
            Paragraph(
                f"Not there: {words.join(absent)}. They are points among packages acceptable to all, "
                "and there is none."
            )
        )
    for package in room.packages:
        for actor, got, least in package.consents:
            blocks.append(
                Paragraph(
                    f"{TITLES.get(package.solution, package.solution).format(**names)}: {actor} gets "
                    f"{words.percent(got)} of its ideal; it walks away below {words.percent(least)}."
                )
            )
    return [*blocks, *_terms(room.packages, told)]


def _signed(surplus: float) -> str:
    """A gain or a loss: ``+4``, ``-12``; ``-<1`` where it is too small to show; 0 only for nothing."""
    text = words.stake(abs(surplus))
    if text == "0" and surplus != 0.0:
        text = "<1"
    return text if surplus == 0.0 else f"{'+' if surplus > 0.0 else '-'}{text}"


def _or_redacted(number: float | None, tell: Callable[[float], str]) -> str:
    return REDACTED if number is None or not math.isfinite(number) else tell(number)


def _terms(packages: tuple[Package, ...], told: Names) -> list[Block]:
    """Terms of the packages, equal ones together, humanitarian and accountability terms marked."""
    kinds: dict[tuple[str, ...], list[Package]] = {}
    for package in packages:
        kinds.setdefault(tuple(term.option for term in package.terms), []).append(package)
    if not kinds:
        return []
    always = {issue.id for issue in told.loaded.dossier.issues if issue.always_printed}
    heads = [
        ", ".join(TITLES.get(one.solution, one.solution).format(**told.names()) for one in group)
        for group in kinds.values()
    ]
    shown = [group[0] for group in kinds.values()]
    rows = []
    for place, first in enumerate(shown[0].terms):
        texts = [
            package.terms[place].text + (" (void)" if package.terms[place].void else "")
            for package in shown
        ]
        if len(texts) > 1 and len(set(texts)) == 1:
            texts = [texts[0], *["the same"] * (len(texts) - 1)]
        rows.append((told.title(first.issue) + (" *" if first.issue in always else ""), *texts))
    return [
        Table(
            ("issue", *heads),
            tuple(rows),
            "What the model picks; not a proposal, and no view on what is just or lawful."
            + (" An asterisk marks humanitarian and accountability terms." if always else ""),
        )
    ]


def _order(room: Room) -> list[Block]:
    if not room.steps:
        return []
    rows = [
        (
            words.quantity(step.month, step.month, "delay_months"),
            f"{step.title} ({step.by})" + (f", after: {step.after}" if step.after else ""),
            words.percent(step.share) if step.share < 1.0 else "whole",
            "not coded" if step.snap_back is None else words.percent(step.snap_back),
            "cannot be" if step.withdrawn_yearly is None else words.percent(step.withdrawn_yearly),
        )
        for step in room.steps
    ]
    return [
        Heading(2, "In what order"),
        Table(
            ("after", "step", "part", "comes back on breach", "taken back in a year"),
            tuple(rows),
            "Promised terms of the egalitarian package by their median delay. What cannot come back "
            "is what its giver has at risk if the deal breaks.",
        ),
    ]


def _alternatives(room: Room) -> list[Block]:
    rows = [
        (
            side.name,
            _or_redacted(side.reservation_value.p, words.stake),
            words.stake_interval(side.reservation_value.lo80, side.reservation_value.hi80)
            if math.isfinite(side.reservation_value.p)
            else REDACTED,
            _or_redacted(side.at_medians, words.stake),
        )
        for side in room.sides
    ]
    return [
        Heading(2, "Each side's alternative"),
        Table(
            ("side", "fighting on is worth", "80% interval", "at the median inputs"),
            tuple(rows),
            "Least that it accepts rather than fight on, in hundredths of the stake; 100 = total "
            "victory, 0 = total defeat, below 0 = worse than defeat for its cost.",
        ),
    ]


def _basis(room: Room) -> list[Block]:
    ends = ""
    if room.frontier is None:
        ends = f" The frontier at the median inputs: {REDACTED}."
    elif len(room.frontier) > 1:
        first, last = room.frontier[0], room.frontier[-1]
        ends = (
            f" The frontier at the median inputs has {words.number(len(room.frontier))} points, from "
            f"{words.stake(first[0])} / {words.stake(first[1])} to {words.stake(last[0])} / "
            f"{words.stake(last[1])} hundredths. That is worth once the risk that the deal breaks is "
            "counted, and what fighting on is worth is to be set beside it; the points above are told "
            "first by their worth while the deal holds."
        )
    return [
        Heading(2, "What this rests on"),
        Paragraph(
            f"{words.start(room.run.method)}. Status of the verdict, the frontier and the points: "
            f"{room.status}.{ends} Red lines are real in a draw with their coded confidence; at the "
            "median inputs those of confidence above .5 are. These are the dossier's judgements "
            "worked through a model, not evidence about the world, and no advice to anyone."
        ),
    ]
