"""From a war and its deals to how long a silence would hold: the peace stage, wired.

`by_form` is what the engine and the briefing use. `curves_for` answers the same for stated
provisions, `pauses` for a pause of some days; all are for the war as it stands at `as_of`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interbellum.deals.range import Survey
from interbellum.dossier.compile import Compiled
from interbellum.model.deals import DealInputs, Frontier
from interbellum.model.endurance import PauseFigures
from interbellum.model.peace import Pause, TruceCurves, TruceGround, TruceInputs
from interbellum.model.result import Interval
from interbellum.model.rungs import FORMS
from interbellum.model.units import Array
from interbellum.peace import channels, truce
from interbellum.peace.pauses import PAUSE_DAYS, pause
from interbellum.standing import Standing
from interbellum.summary import median, spread

if TYPE_CHECKING:
    from interbellum.analysis import Table

GAIN_STEPS = 201  # grid over which a truce's breaking point is sought, position 0 to 1
AT_ONCE = (
    4096  # values a side that are worked out together: more would leave the processor's caches
)


def grounds(
    compiled: Compiled,
    standing: Standing,
    deals: DealInputs,
    fronts: Sequence[Frontier],
    surveys: Sequence[Survey],
) -> dict[str, TruceGround]:
    """What a silence of each form rests on before any provision acts.

    Keeping it is worth the best package of that form (the line as it stands for a freeze), less
    what forces held forward cost for as long as it lasts, and never less than the reservation
    value plus the leader's reluctance, since nobody would have begun it for less. A settlement is
    taken to let the forces go home.

    Parameters
    ----------
    compiled : Compiled, D draws
    standing : Standing
    deals : DealInputs
    fronts, surveys : one a draw

    Returns
    -------
    form -> TruceGround
    """
    war, peace = compiled.war, compiled.peace
    draws = len(war.position)
    gains = np.linspace(0.0, 1.0, GAIN_STEPS)
    toward = np.array([1.0, -1.0])
    values = np.empty((draws, 2, GAIN_STEPS))
    at_once = max(1, AT_ONCE // draws)
    for start in range(0, GAIN_STEPS, at_once):
        few = slice(start, start + at_once)
        reached = standing.position + toward * gains[few, None, None]
        values[..., few] = np.moveaxis(standing.value_at(reached), 0, -1)
    worth = {
        "freeze": deals.standing,
        "ceasefire": _best(fronts, [seen.best_ceasefire for seen in surveys]),
        "settlement": _best(fronts, [seen.best_settlement for seen in surveys]),
    }
    open_ended = TruceInputs(
        distance=np.full((draws, 2), np.inf),  # not read: provisions come first
        rearm_rate=war.rearm_rate,
        rearm_ceiling=war.rearm_ceiling,
        spread=peace.gap_noise,
        incidents_per_week=peace.incidents_per_week,
        echo=peace.echo,
        collapse_size=peace.collapse_size,
        change_hazard=peace.change_hazard,
        term_weeks=np.full(draws, np.inf),
        renewal=np.ones(draws),
        regimes=war.regimes,
    )
    with_term = replace(open_ended, term_weeks=peace.term, renewal=peace.renewal)
    unsigned = np.zeros((draws, 2))
    return {
        form: TruceGround(
            gains,
            values,
            kept(compiled, standing, form, worth[form]),
            unsigned if form == "freeze" else peace.cost_of_breaking,
            with_term if form == "ceasefire" else open_ended,
        )
        for form in FORMS
    }


def kept(compiled: Compiled, standing: Standing, form: str, worth: Array) -> Array:
    """What keeping a silence is worth to each side, before what it costs to break it.

    Parameters
    ----------
    compiled : Compiled, D draws
    standing : Standing
    form : ceasefire, settlement or freeze
    worth : (D, 2) share of the stake
        u of the terms, nan where there are none.

    Returns
    -------
    (D, 2) share of the stake
        Forces held forward cost a share of c/ρ, what fighting for ever would cost.
    """
    held_forward = 0.0 if form == "settlement" else compiled.peace.carrying_cost * standing.cost
    asked = standing.value + compiled.war.reluctance
    return np.fmax(worth - held_forward, asked)  # fmax passes over nan


def by_form(
    compiled: Compiled,
    standing: Standing,
    deals: DealInputs,
    fronts: Sequence[Frontier],
    surveys: Sequence[Survey],
    weeks: int,
) -> dict[str, TruceCurves]:
    """How each form of silence wears out where only the number of provisions is known.

    Rearmament is that under as many enforcing provisions as the best package of the form has, each
    acting as the mean of the twelve; incidents are left bare, for the engine scales them by the
    number that each signed package has (decision 0023).

    Parameters
    ----------
    compiled, standing, deals, fronts, surveys : as in `grounds`
    weeks : weeks, >= 1

    Returns
    -------
    form -> TruceCurves, (D, weeks + 1, causes)
    """
    number = {
        "freeze": np.zeros(len(surveys)),
        "ceasefire": _provisions(fronts, [seen.best_ceasefire for seen in surveys]),
        "settlement": _provisions(fronts, [seen.best_settlement for seen in surveys]),
    }
    one = np.ones(len(surveys))
    acting = {
        form: replace(
            channels.of_number(compiled.peace.effects, number[form]),
            incident_rate=one,
            incident_echo=one,
        )
        for form in FORMS
    }
    return truce.curves_for(grounds(compiled, standing, deals, fronts, surveys), acting, weeks)


def curves_for(
    table: Table,
    profiles: Mapping[str, Collection[str]],
    form: str,
    worth: Array | None = None,
) -> dict[str, TruceCurves]:
    """How silences of one form wear out under stated provisions, through their channels.

    To ask what each missing provision would add to a text, name one profile for each: profiles
    share most of the work. A freeze is signed by nobody; under a profile it is one in which both
    sides do as the provisions say.

    Parameters
    ----------
    table : analysis.Table
    profiles : name -> names of the standard list of provisions
    form : ceasefire, settlement or freeze
    worth : (D, 2) share of the stake
        u of the text; that of the best package of the form (the line as it stands for a freeze)
        when left out.

    Returns
    -------
    name -> TruceCurves, (D, weeks + 1, causes)
        Incidents are those under the profile: `peace.truce.survival` takes the factor 1.

    Raises
    ------
    KeyError
        `form` is none of the three.
    ValueError
        A name is not on the standard list of provisions.
    """
    ground = _grounds(table)[form]
    if worth is not None:
        ground = replace(ground, kept=kept(table.compiled, table.standing, form, worth))
    effects = table.compiled.peace.effects
    acting = {name: channels.of_profile(effects, given) for name, given in profiles.items()}
    return truce.curves_for(dict.fromkeys(acting, ground), acting, table.weeks)


def pauses(
    table: Table, profile: Collection[str] = (), days: Sequence[float] = PAUSE_DAYS
) -> tuple[Pause, ...]:
    """Pauses of some lengths under stated provisions, draw by draw.

    Parameters
    ----------
    table : analysis.Table
    profile : names of the standard list of provisions
    days : days, each above 0

    Returns
    -------
    tuple of Pause, in the order of `days`

    Raises
    ------
    ValueError
        A name is not on the standard list, or a pause has no length.
    """
    compiled, standing = table.compiled, table.standing
    acting = channels.of_profile(compiled.peace.effects, profile)
    ground = _grounds(table)["ceasefire"]
    toward = np.array([1.0, -1.0])

    def value_after(change: Array) -> Array:
        return standing.value_at(standing.position + toward * change)

    return tuple(
        pause(
            each,
            ground,
            acting,
            value_after,
            standing.cost,
            standing.discount,
            compiled.peace.carrying_cost,
            compiled.peace.pause_renewal,
        )
        for each in days
    )


def pause_figures(given: Pause, weight: Array) -> PauseFigures:
    """A pause in medians, chances and intervals.

    Parameters
    ----------
    given : Pause, D draws
    weight : (D,) summing to one

    Returns
    -------
    PauseFigures
    """

    def both(values: Array) -> tuple[Interval, Interval]:
        return median(values[:, 0], weight), median(values[:, 1], weight)

    toward_a = given.gains_more
    return PauseFigures(
        given.days,
        both(given.position_change),
        both(given.value_change),
        both(given.spared),
        both(given.carrying),
        (float(weight @ (toward_a > 0)), float(weight @ (toward_a < 0))),
        spread(given.holds, weight, float(weight @ given.holds)),
        spread(given.renewed, weight, float(weight @ given.renewed)),
    )


def _grounds(table: Table) -> dict[str, TruceGround]:
    return grounds(table.compiled, table.standing, table.deals, table.fronts, table.surveys)


def _best(fronts: Sequence[Frontier], points: Sequence[int]) -> Array:
    """u (D, 2) of one frontier point a draw; nan where there is none."""
    return np.stack(
        [
            [front.u_a[point], front.u_b[point]] if point >= 0 else [np.nan, np.nan]
            for front, point in zip(fronts, points, strict=True)
        ]
    )


def _provisions(fronts: Sequence[Frontier], points: Sequence[int]) -> Array:
    """Enforcing provisions (D,) of one frontier point a draw; 0 where there is none."""
    return np.array(
        [
            max(0, int(np.searchsorted(front.levels, point, side="right")) - 1)
            for front, point in zip(fronts, points, strict=True)
        ],
        dtype=np.float64,
    )
