"""What is taken out of the drafts and promises before they are told to the outside.

The tables, the Markdown and the JSON are made from what is left, so that they cannot disagree about
it. A number goes when a hidden field could be solved from it: the worth of drafts to a lead mixes both
leads' weights, so one hidden weight hides both leads' worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from interbellum.briefing.context import promise_hidden, quantities
from interbellum.briefing.redaction import Veil
from interbellum.dossier.reader import Loaded
from interbellum.model.table import ActorWorth, Distance, PromiseAudit, TableResult


def redacted(result: TableResult, loaded: Loaded) -> TableResult:
    """The result without what the dossier marks confidential, or what would tell it.

    Parameters
    ----------
    result : TableResult
    loaded : Loaded
        The dossier that the result was made from.

    Returns
    -------
    TableResult
        Without confidential drafts and promises; without the numbers of actors whose positions are
        confidential in part (both leads' if one lead's are); without confidential red lines.
    """
    veil = Veil(loaded, True)
    dossier = loaded.dossier
    shown = [text for text in result.texts if not veil.hides(f"texts.{text.id}")]
    kept = {text.id for text in shown}
    leads = (dossier.sides.A.lead, dossier.sides.B.lead)
    secret = {actor.id for actor in dossier.actors if position_hidden(loaded, veil, actor.id)}
    if secret & set(leads) or veil.hides("talks.linkage"):
        secret |= set(leads)
    # What a promised term is worth in a draft tells how likely it is to be delivered.
    delivery = {
        promise.id for promise in dossier.promises if delivery_hidden(loaded, veil, promise.id)
    }
    unsaid = {side for side in "AB" if gain_hidden(loaded, veil, side)}
    carried = any(
        promise.id in delivery and promise.option in dict(text.says).get(promise.issue, ())
        for promise in dossier.promises
        for text in shown
    )
    scores = secret | set(leads) if carried else secret
    open_scores = not scores & set(leads)
    lines_open = not lines_hidden(loaded, veil)
    return replace(
        result,
        texts=tuple(
            replace(
                text,
                actors=_ungained(_without(text.actors, scores), unsaid),
                both=text.both if open_scores else None,
                signable=text.signable if open_scores and lines_open else None,
                heaviest_silent=text.heaviest_silent if not secret & set(leads) else (),
                crosses=tuple(
                    replace(line, confidence=None, in_force=None)
                    if veil.hides(f"{line.path}.confidence")
                    else line
                    for line in text.crosses
                    if not veil.hides(line.path)
                ),
                nearest=text.nearest if open_scores and lines_open else None,
            )
            for text in shown
        ),
        standing=_ungained(_without(result.standing, scores), unsaid),
        moves=tuple(
            replace(
                move,
                changes=tuple(change for change in move.changes if change.actor not in scores),
                steps=tuple(
                    replace(
                        step,
                        toward=_seen(veil, step.toward, step.issue),
                        away=_seen(veil, step.away, step.issue),
                    )
                    for step in move.steps
                ),
            )
            for move in result.moves
            if {move.before, move.after} <= kept
        ),
        distances=tuple(
            replace(
                distance,
                weight_differ=None if secret & set(leads) else distance.weight_differ,
                weight_open=None if secret & set(leads) else distance.weight_open,
            )
            for distance in result.distances
            if _may_measure(distance, kept, secret)
        ),
        promises=tuple(
            _promise_redacted(promise, secret, promise.id in delivery)
            for promise in result.promises
            if not veil.hides(f"promises.{promise.id}")
        ),
    )


def lines_hidden(loaded: Loaded, veil: Veil) -> bool:
    """Whether a red line, how likely one is, or a walk-away value is confidential: how many lines a
    draft crosses, and whether it could be signed, would tell it."""
    lines = (
        f"positions.{actor}.{issue}.red_line{part}"
        for actor, stands in loaded.dossier.positions.items()
        for issue, position in stands.items()
        if position.red_line is not None
        for part in ("", ".confidence")
    )
    walks = (f"actors.{actor.id}.walk_away" for actor in loaded.dossier.actors)
    return any(map(veil.hides, (*lines, *walks)))


def position_hidden(loaded: Loaded, veil: Veil, actor: str) -> bool:
    """Whether anything that an actor's worth of a draft is made of is confidential."""
    for issue, position in loaded.dossier.positions.get(actor, {}).items():
        path = f"positions.{actor}.{issue}"
        fields = (name for name, _ in quantities(position, path) if ".red_line." not in name)
        if veil.hides(path) or any(map(veil.hides, fields)):
            return True
    return False


def delivery_hidden(loaded: Loaded, veil: Veil, promise_id: str) -> bool:
    """Whether what delivery leaves of a promise would tell a confidential number."""
    discounts = (f"war.annual_discount.{side}" for side in "AB")
    return promise_hidden(loaded, veil, promise_id) or any(map(veil.hides, discounts))


def alternative_hidden(loaded: Loaded, veil: Veil, side: str) -> bool:
    """Whether what fighting on is worth to a side would tell a confidential number.

    It is one equation in the race, in what the side itself believes, bears and discounts, and in what
    the regimes add to both; it knows nothing of what the other side believes or bears.
    """
    other = "B" if side == "A" else "A"
    theirs = tuple(
        f"war.{name}.{other}"
        for name in ("a_prevails", "months_for_victory", "annual_discount", "stubbornness_months")
    )
    elsewhere = (*theirs, "war.rearmament", "war.reluctance")
    race = (
        path
        for path, _ in quantities(loaded.dossier.war, "war")
        if not any(path == name or path.startswith(f"{name}.") for name in elsewhere)
    )
    states = (
        f"regimes.{regime.id}.states.{state.id}.{field}"
        for regime in loaded.dossier.regimes
        for state in regime.states
        for field in ("a_prevails", *(("cost_factor",) if regime.side != other else ()))
    )
    return any(map(veil.hides, (*race, *states)))


def gain_hidden(loaded: Loaded, veil: Veil, side: str) -> bool:
    """Whether a deal beside fighting on would tell a side's confidential number.

    Worth is printed beside it, so the difference tells the alternative, or what a breach would cost.
    """
    breach = [f"trust.other_breaks.{side}", "trust.provisions_factor"]
    breach += [path for path, _ in quantities(loaded.dossier.war.rearmament, "war.rearmament")]
    return alternative_hidden(loaded, veil, side) or any(map(veil.hides, breach))


def _ungained(actors: Sequence[ActorWorth], sides: set[str]) -> tuple[ActorWorth, ...]:
    return tuple(replace(one, surplus=None) if one.side in sides else one for one in actors)


def _without(actors: Sequence[ActorWorth], hidden: set[str]) -> tuple[ActorWorth, ...]:
    return tuple(one for one in actors if one.actor not in hidden)


def _seen(veil: Veil, actors: Sequence[str], issue: str) -> tuple[str, ...]:
    return tuple(actor for actor in actors if not veil.hides(f"positions.{actor}.{issue}"))


def _may_measure(distance: Distance, kept: set[str], secret: set[str]) -> bool:
    """A lead's wishes may be set beside a draft only where none of them is hidden."""
    for end in (distance.one, distance.other):
        kind, _, name = end.partition(".")
        if (kind == "texts" and name not in kept) or (kind == "positions" and name in secret):
            return False
    return True


def _promise_redacted(promise: PromiseAudit, secret: set[str], delivery: bool) -> PromiseAudit:
    worth = () if delivery else tuple(one for one in promise.worth if one.actor not in secret)
    told = any(one.actor == promise.to for one in worth)
    return replace(
        promise,
        delivered=None if delivery else promise.delivered,
        parts=() if delivery else promise.parts,
        withdrawn_yearly=None if delivery else promise.withdrawn_yearly,
        snap_back=None if delivery else promise.snap_back,
        worth=worth,
        verdict=promise.verdict if told else None,
        baselines=promise.baselines if told else (),
        if_sure=promise.if_sure if told else None,
        chance_needed=promise.chance_needed if told else None,
        months_allowed=promise.months_allowed if told else None,
        given=None if delivery else promise.given,
        lost=None if delivery else promise.lost,
    )
