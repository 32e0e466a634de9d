"""What the actors of a dossier want, refuse and promise, as numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np

from interbellum.dossier.binding import BindingSets
from interbellum.dossier.drawing import STALE_WIDENING, Drawing, Parameter, is_stale
from interbellum.dossier.schema import Issue, Position, Promise, RedLine
from interbellum.model.deals import (
    LEFT_OPEN,
    ActorPreferences,
    Condition,
    IntArray,
    Preferences,
    PromiseInputs,
    RedLineInputs,
)
from interbellum.model.provisions import ENFORCING
from interbellum.model.units import Array, hazard_of_yearly_chance, weeks_of_months


def preferences(drawing: Drawing, discount: Array) -> Preferences:
    """What the leads, and others whose consent counts, want of the issues.

    Parameters
    ----------
    drawing : Drawing
    discount : (D, 2) float, a week
        ρ of each side.

    Returns
    -------
    Preferences
        With every red line and consent in force that its confidence gives.
    """
    dossier = drawing.dossier
    issues = dossier.issues
    options = tuple(
        (
            *(option.id for option in issue.options),
            *((LEFT_OPEN,) if issue.may_be_left_open else ()),
        )
        for issue in issues
    )
    standing = np.array(
        [options[k].index(issue.standing) for k, issue in enumerate(issues)], np.int64
    )
    most = max(map(len, options))
    weight = np.zeros((drawing.count, 2, len(issues)))
    value = np.full((drawing.count, 2, len(issues), most), math.nan)
    ideal = np.zeros((2, len(issues)), np.int64)
    for side, lead in enumerate(drawing.leads):
        for k, issue in enumerate(issues):
            position = dossier.positions[lead][issue.id]
            ideal[side, k] = options[k].index(position.ideal)
            weight[:, side, k], value[:, side, k] = _stand(
                drawing, lead, issue, position, most, int(standing[k]), True
            )
    weight += 1e-12  # a draw of all-zero weights would have no scale
    enforcing = tuple(
        tuple(sum(name in ENFORCING for name in option.provisions) for option in issue.options)
        + ((0,) if issue.may_be_left_open else ())
        for issue in issues
    )
    decides = tuple(
        tuple(option.decides for option in issue.options)
        + ((False,) if issue.may_be_left_open else ())
        for issue in issues
    )
    return Preferences(
        tuple(issue.id for issue in issues),
        options,
        weight,
        value,
        ideal,
        standing,
        np.array([issue.substantive for issue in issues], bool),
        decides,
        enforcing,
        tuple(_conditions(drawing, options, "requires")),
        tuple(_conditions(drawing, options, "excludes")),
        drawing.draw("talks.linkage", "linkage of issues", dossier.talks.linkage, 0.0, 1.0),
        discount,
        tuple(_red_lines(drawing, options)),
        tuple(_promises(drawing, options)),
        tuple(_alternatives(drawing, options, "only_if")),
        tuple(_alternatives(drawing, options, "void_if")),
        tuple(
            (k, o)
            for k, issue in enumerate(issues)
            for o, option in enumerate(issue.options)
            if option.front_linked
        ),
        tuple(_others(drawing, most, standing)),
        tuple(_red_lines(drawing, options, binding=False)),
    )


def by_set(drawn: Preferences, sets: BindingSets) -> tuple[Preferences, ...]:
    """Preferences under each set of red lines and consents that the regimes can leave."""
    return tuple(
        replace(
            drawn,
            red_lines=tuple(
                replace(line, in_force=line.in_force & sets.binds(off, line.path))
                for line in drawn.red_lines
            ),
            others=tuple(
                other if sets.consents(off, other.actor) else replace(other, walk_away=None)
                for other in drawn.others
            ),
        )
        if off
        else drawn
        for off in sets.off
    )


def _stand(
    drawing: Drawing,
    actor: str,
    issue: Issue,
    position: Position,
    most: int,
    standing: int,
    acts: bool,
) -> tuple[Array, Array]:
    """Weight (D,) of an issue to an actor and value (D, most) of its options.

    Only what `acts` in the model is noted for the list of drivers.
    """
    path = f"positions.{actor}.{issue.id}"
    stale = is_stale(drawing.dossier, position)
    weight = drawing.draws.sample(
        f"{path}.weight", position.weight, 0.0, 100.0, widen=STALE_WIDENING if stale else 1.0
    )
    if acts and np.ptp(weight) > 0.0:
        drawing.parameters.append(
            Parameter(
                f"{path}.weight",
                f"weight of {drawing.names[actor]} on {issue.title}",
                weight,
                "sourced" if position.weight.source else "judgement",
            )
        )
    value = np.full((drawing.count, most), math.nan)
    count = len(issue.options)
    value[:, :count] = _option_values(drawing, path, issue, position)
    if issue.may_be_left_open:
        value[:, count] = value[:, standing]
    return weight, value


def _option_values(drawing: Drawing, path: str, issue: Issue, position: Position) -> Array:
    """Value of each option, 1 at the ideal and 0 at the worst, (D, options)."""
    if position.values is not None:
        return np.stack(
            [
                drawing.draws.sample(
                    f"{path}.values.{option.id}", position.values[option.id], 0.0, 1.0
                )
                for option in issue.options
            ],
            axis=1,
        )
    names = [option.id for option in issue.options]
    best = names.index(position.ideal)
    reach = (
        abs(names.index(position.worst) - best)
        if position.worst is not None and position.worst != position.ideal
        else max(best, len(names) - 1 - best)
    )
    exponent = drawing.draws.sample(f"{path}.shape", position.shape, 0.05, 20.0)
    distance = np.minimum(1.0, np.abs(np.arange(len(names)) - best) / reach)
    return np.asarray(1.0 - distance[None, :] ** exponent[:, None])


def _conditions(
    drawing: Drawing, options: tuple[tuple[str, ...], ...], kind: Literal["requires", "excludes"]
) -> Iterable[tuple[int, int, int, int]]:
    place = {issue.id: k for k, issue in enumerate(drawing.dossier.issues)}
    for k, issue in enumerate(drawing.dossier.issues):
        for o, option in enumerate(issue.options):
            for term in getattr(option, kind):
                other, _, level = term.partition(".")
                if level in options[place[other]]:
                    yield k, o, place[other], options[place[other]].index(level)


def _alternatives(
    drawing: Drawing, options: tuple[tuple[str, ...], ...], kind: Literal["only_if", "void_if"]
) -> Iterable[Condition]:
    place = {issue.id: k for k, issue in enumerate(drawing.dossier.issues)}
    for k, issue in enumerate(drawing.dossier.issues):
        for o, option in enumerate(issue.options):
            named = [term.partition(".") for term in getattr(option, kind)]
            others = tuple(
                (place[other], options[place[other]].index(level))
                for other, _, level in named
                if level in options[place[other]]
            )
            # An option whose every support is an issue that cannot be left open never stands.
            if named and (others or kind == "only_if"):
                yield k, o, others


def _others(drawing: Drawing, most: int, standing: IntArray) -> Iterable[ActorPreferences]:
    """What the actors other than the leads think of the options where they stand."""
    for actor in drawing.dossier.actors:
        stands = drawing.dossier.positions.get(actor.id, {})
        if actor.id in drawing.leads or not stands:
            continue
        acts = actor.walk_away is not None
        weight = np.zeros((drawing.count, len(drawing.dossier.issues)))
        value = np.full((drawing.count, len(drawing.dossier.issues), most), math.nan)
        for k, issue in enumerate(drawing.dossier.issues):
            if issue.id in stands:
                position = stands[issue.id]
                weight[:, k], value[:, k] = _stand(
                    drawing, actor.id, issue, position, most, int(standing[k]), acts
                )
        yield ActorPreferences(
            actor.id,
            actor.name,
            weight,
            value,
            np.array([issue.id in actor.consents for issue in drawing.dossier.issues], bool),
            drawing.draw(
                f"actors.{actor.id}.walk_away",
                f"least that {actor.name} consents to",
                actor.walk_away,
                0.0,
                1.0,
            )
            if acts
            else None,
        )


def _red_lines(
    drawing: Drawing, options: tuple[tuple[str, ...], ...], binding: bool = True
) -> Iterable[RedLineInputs]:
    """Red lines of the leads and of actors whose consent the issue needs, or all others."""
    consents = {actor.id: set(actor.consents) for actor in drawing.dossier.actors}
    for k, issue in enumerate(drawing.dossier.issues):
        for actor in sorted(drawing.dossier.positions):
            position = drawing.dossier.positions[actor].get(issue.id)
            if position is None or position.red_line is None:
                continue
            if (actor in drawing.leads or issue.id in consents[actor]) != binding:
                continue
            path = f"positions.{actor}.{issue.id}.red_line"
            confidence = drawing.draws.sample(
                f"{path}.confidence",
                position.red_line.confidence,
                0.0,
                1.0,
                widen=STALE_WIDENING if is_stale(drawing.dossier, position) else 1.0,
            )
            refused = refused_options(issue, position, position.red_line)
            in_force = drawing.draws.uniform(f"{path}.in_force") < confidence
            if binding and np.ptp(in_force.astype(float)) > 0.0:
                drawing.parameters.append(
                    Parameter(
                        path,
                        f"red line of {drawing.names[actor]} on {issue.title}",
                        in_force.astype(float),
                        "sourced"
                        if position.red_line.source or position.statements
                        else "judgement",
                    )
                )
            yield RedLineInputs(
                path,
                drawing.names[actor],
                k,
                tuple(options[k].index(name) for name in refused if name in options[k]),
                in_force,
                confidence,
                actor,
            )


def _promises(drawing: Drawing, options: tuple[tuple[str, ...], ...]) -> Iterable[PromiseInputs]:
    place = {issue.id: k for k, issue in enumerate(drawing.dossier.issues)}
    for promise in drawing.dossier.promises:
        k = place[promise.issue]
        path = f"promises.{promise.id}"
        yield PromiseInputs(
            k,
            options[k].index(promise.option),
            options[k].index(promise.without),
            drawing.draw(
                f"{path}.delivered",
                f"chance that it is delivered: {promise.title}",
                promise.delivered,
                0.0,
                1.0,
            ),
            *_promise_parts(drawing, path, promise),
            hazard_of_yearly_chance(
                drawing.draw(
                    f"{path}.withdrawn_yearly",
                    f"chance a year that it is taken back: {promise.title}",
                    promise.withdrawn_yearly,
                    0.0,
                    0.999,
                )
            )
            if promise.withdrawn_yearly is not None
            else np.zeros(drawing.count),
            # not noted for the list of drivers: no forecast uses it
            drawing.draws.sample(f"{path}.snap_back", promise.snap_back, 0.0, 1.0)
            if promise.snap_back is not None
            else None,
        )


def _promise_parts(drawing: Drawing, path: str, promise: Promise) -> tuple[Array, Array]:
    """Weeks until each part of a promise is delivered, (D, parts), and how large it is."""
    if promise.delay_months is not None:
        months = [
            drawing.draw(
                f"{path}.delay_months",
                f"months until delivered: {promise.title}",
                promise.delay_months,
                0.0,
                1200.0,
            )
        ]
        share = [1.0]
    else:
        months = [
            drawing.draw(
                f"{path}.tranches.{place}.delay_months",
                f"months until part {place + 1} is delivered: {promise.title}",
                tranche.delay_months,
                0.0,
                1200.0,
            )
            for place, tranche in enumerate(promise.tranches)
        ]
        share = [tranche.share for tranche in promise.tranches]
    return weeks_of_months(np.stack(months, axis=1)), np.array(share)


def refused_options(issue: Issue, position: Position, line: RedLine) -> tuple[str, ...]:
    """Options that cross a red line, by name; `left_open` among them where it does.

    `accepts_up_to` refuses every option farther along the ladder than the limit, on the limit's
    side of the ideal; a limit that is the ideal itself refuses all others.
    """
    if line.refuses is not None:
        return tuple(line.refuses)
    names = [option.id for option in issue.options]
    best, limit = names.index(position.ideal), names.index(line.accepts_up_to or position.ideal)
    return tuple(
        name
        for place, name in enumerate(names)
        if (place > limit and limit >= best) or (place < limit and limit <= best)
    )
