"""What an answer rests on: promises, the hindcast, the inputs that go with it, and its notes."""

from __future__ import annotations

import numpy as np

from interbellum.bargaining import option_text
from interbellum.deals.utility import delivered_share, linked_weights, utility_scale
from interbellum.dossier.compile import Compiled, Parameter
from interbellum.dossier.reader import Loaded
from interbellum.model.deals import BoolArray
from interbellum.model.result import Driver, Hazard, Hindcast, Moved, PromiseWorth
from interbellum.model.rungs import FORMS
from interbellum.model.talks import EngineCounts
from interbellum.model.units import WEEKS_PER_MONTH, Array
from interbellum.summary import (
    DAYS_PER_MONTH,
    HEADLINE,
    HEADLINE_DAYS,
    at_days,
    base_rate,
    effective_paths,
    headline_shares,
    quantile,
    quantiles,
    share_of_paths,
)

LOW_EFFECTIVE = 0.05  # design: a smaller effective share of the draws is reported, not mended
NEARLY_IMPOSSIBLE = 0.01  # the least chance that a briefing prints as a number


def promises(loaded: Loaded, compiled: Compiled) -> tuple[PromiseWorth, ...]:
    """Face and substance of every promise, at the median inputs given.

    Source
    ------
    Design section 4: worth v(base) + δ e^{-ρ·delay} (v(option) - v(base)); the second term is the
    substance.
    """
    prefs = compiled.preferences
    weight = linked_weights(prefs.weight, prefs.linkage)[0]
    names = {actor.id: actor.name for actor in loaded.dossier.actors}
    scale = utility_scale(prefs)[0]
    out = []
    for entry, drawn in zip(loaded.dossier.promises, prefs.promises, strict=True):
        issue = loaded.dossier.issues[drawn.issue]
        value = prefs.value[0, :, drawn.issue]
        face = weight[:, drawn.issue] * (value[:, drawn.option] - value[:, drawn.without]) / scale
        kept = delivered_share(drawn, prefs.discount)[0]
        out.append(
            PromiseWorth(
                entry.id,
                entry.title,
                names[entry.by],
                names[entry.to],
                option_text(issue.options, entry.option),
                option_text(issue.options, entry.without),
                float(drawn.delivered[0]),
                float(drawn.delay[0] @ drawn.share / drawn.share.sum()) / WEEKS_PER_MONTH,
                (float(face[0]), float(face[1])),
                (float(kept[0] * face[0]), float(kept[1] * face[1])),
            )
        )
    return tuple(out)


def hindcast(
    compiled: Compiled, counts: EngineCounts, log_weight: Array, weight: Array, paths: int
) -> Hindcast:
    """How the silence that did not come moved the inputs, most moved first, and the answer.

    An input has moved by the distance of its means, in standard deviations before.
    """
    even = np.full(len(weight), 1.0 / len(weight))
    effective = float(1.0 / (weight**2).sum())
    values = every_input(compiled, len(weight))
    deviation = values.std(axis=1)
    varies = np.flatnonzero((values.min(axis=1) < values.max(axis=1)) & (deviation > 0.0))
    before, after = np.vecdot(values, even), np.vecdot(values, weight)
    prior, posterior = (
        quantiles(values[varies], among, (0.1, 0.5, 0.9)) for among in (even, weight)
    )
    moved = []
    for row, place in enumerate(varies):
        parameter = compiled.parameters[place]
        moved.append(
            (
                -abs(float(after[place] - before[place])) / float(deviation[place]),
                Moved(
                    parameter.path,
                    parameter.title,
                    _three(prior[row]),
                    _three(posterior[row]),
                    float(before[place]),
                    float(after[place]),
                ),
            )
        )
    moved.sort(key=lambda item: (item[0], item[1].id))
    return Hindcast(
        len(compiled.war.record.front),
        effective,
        effective / len(weight),
        float(np.exp(log_weight).mean()),
        tuple(told for _, told in moved),
        hazard(compiled, counts, even, weight, paths),
    )


def every_input(compiled: Compiled, draws: int) -> Array:
    """What was drawn of every uncertain input, (inputs, D)."""
    return np.reshape(
        [one.values for one in compiled.parameters], (len(compiled.parameters), draws)
    )


def _three(at: Array) -> tuple[float, float, float]:
    low, middle, high = at.tolist()
    return low, middle, high


def hazard(
    compiled: Compiled, counts: EngineCounts, even: Array, weight: Array, paths: int
) -> Hazard:
    """The engine's own chance of the headline rung within a year beside the base rate."""
    now = at_days(headline_shares(counts, paths), HEADLINE_DAYS)
    before, after = (
        share_of_paths(now, among, effective_paths(among, paths)) for among in (even, weight)
    )
    events, months = compiled.reached[HEADLINE], compiled.war.record.months
    ahead = HEADLINE_DAYS / DAYS_PER_MONTH
    rate = base_rate(events, months, ahead)
    return Hazard(HEADLINE, HEADLINE_DAYS, before, after, rate, events, months, ahead)


def drivers(
    compiled: Compiled, counts: EngineCounts, weight: Array, paths: int
) -> tuple[Driver, ...]:
    """Inputs whose draws go with the headline chance more than noise would, strongest first."""
    from scipy.special import ndtri

    answer = at_days(headline_shares(counts, paths), HEADLINE_DAYS)
    strength = correlation(ranks(every_input(compiled, len(weight))), ranks(answer), weight)
    # Of so many inputs some go with the answer by chance: keep what a Bonferroni test at 5% keeps.
    effective = float(1.0 / (weight**2).sum())
    stands_out = -ndtri(0.025 / max(1, len(compiled.parameters))) / np.sqrt(effective)
    out = []
    for place in np.flatnonzero(np.abs(strength) >= stands_out):
        parameter, r = compiled.parameters[place], float(strength[place])
        low, high = halves(parameter, weight)
        if low.any() and high.any():
            points = quantile(parameter.values, weight, (0.1, 0.9))
            out.append(
                Driver(
                    parameter.path,
                    parameter.title,
                    float(points[0]),
                    float(points[1]),
                    mean_of(answer, weight, low),
                    mean_of(answer, weight, high),
                    r,
                    parameter.basis,
                )
            )
    return tuple(sorted(out, key=lambda d: (-abs(d.rank_correlation), d.id))[:12])


def halves(parameter: Parameter, weight: Array) -> tuple[BoolArray, BoolArray]:
    """Draws in the lowest and the highest third of an input; off and on for a switch."""
    values = parameter.values
    if len(np.unique(values)) == 2:
        return values == values.min(), values == values.max()
    third = quantile(values, weight, (1.0 / 3.0, 2.0 / 3.0))
    return values <= third[0], values >= third[1]


def mean_of(values: Array, weight: Array, among: BoolArray) -> float:
    """Weighted mean among some draws."""
    return float(weight[among] @ values[among] / max(float(weight[among].sum()), 1e-300))


def ranks(values: Array) -> Array:
    """Ranks along the last axis, (..., D), with ties averaged."""
    order = np.argsort(values, axis=-1, kind="stable")
    ranked, place = (
        np.take_along_axis(values, order, axis=-1),
        np.arange(1.0, values.shape[-1] + 1.0),
    )
    new, edge = ranked[..., 1:] != ranked[..., :-1], np.ones((*values.shape[:-1], 1), bool)
    # The places of the first and of the last draw with the same value.
    opens, closes = np.concatenate([edge, new], axis=-1), np.concatenate([new, edge], axis=-1)
    first = np.maximum.accumulate(np.where(opens, place, 0.0), axis=-1)
    back = np.where(closes, place, np.inf)[..., ::-1]
    last = np.minimum.accumulate(back, axis=-1)[..., ::-1]
    out = np.empty(values.shape)
    np.put_along_axis(out, order, 0.5 * (first + last), axis=-1)
    return out


def correlation(x: Array, y: Array, weight: Array) -> Array:
    """Weighted correlation of each row of x, (N, D), with y, (D,); 0 where one does not vary."""
    x, y = x - np.vecdot(x, weight)[:, None], y - weight @ y
    scale = np.sqrt(np.vecdot(x * x, weight) * (weight @ (y * y)))
    with_y = np.vecdot(x * y, weight)
    return np.asarray(np.divide(with_y, scale, out=np.zeros(len(x)), where=scale > 0.0))


def notes(
    loaded: Loaded, compiled: Compiled, counts: EngineCounts, weight: Array, mean_weight: float
) -> tuple[str, ...]:
    """What a reader must know before leaning on the numbers."""
    out = []
    share = float(1.0 / (weight**2).sum()) / len(weight)
    if mean_weight < NEARLY_IMPOSSIBLE:
        out.append(
            "The record is nearly impossible under this dossier: on average its draws give a war "
            "that was still on at the cut-off a chance of less than 1 in 100. It is reported, not "
            "mended: look again at what would have ended the war (talks.monthly_chance, "
            "talks.history_complete, war.reluctance, red lines), or at conflict.hindcast_from."
        )
    if share < LOW_EFFECTIVE:
        out.append(
            f"Hardly any draw fits the past: the hindcast leaves {100 * share:.0f} in 100 of the "
            "draws' weight, and the intervals rest on few draws. It is reported, not mended."
        )
    for index, form in enumerate(FORMS):
        if counts.silences[:, index].sum() == 0:
            out.append(
                f"No path of the engine reached a {form} within a year; its durability is shown as "
                "if one began in every draw, with no provisions."
            )
    if compiled.defaults_used:
        out.append(
            f"{len(compiled.defaults_used)} inputs stand at the default ranges of Interbellum, "
            "which are judgements: " + ", ".join(compiled.defaults_used) + "."
        )
    front = loaded.dossier.war.front
    if front is None:
        out.append(
            "The dossier has no record of the front: the past is taken as standing still, and no "
            "belief is moved by it."
        )
    else:
        out.append(
            f"The record of the front ends with {front.series[-1].month}; later weeks move no belief."
        )
    return tuple(out)
