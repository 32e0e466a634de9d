"""How long a silence would hold, under a text or any provisions, and what would add to it.

The verb `peace`, worked out on a laid table: no path is run. Chances are given that a silence of the
form begins as the war stands at `as_of`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interbellum import __version__, silences
from interbellum.analysis import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    Progress,
    Table,
    lay_table,
    usable_threads,
)
from interbellum.bargaining import draft_of
from interbellum.case import case_profile
from interbellum.deals import texts as drafts
from interbellum.dossier.reader import Loaded
from interbellum.errors import UsageError
from interbellum.lasting import (
    CLOCKS,
    FIVE_YEARS,
    RECORD,
    TRUCE,
    Draws,
    at_horizons,
    best_terms,
    expected_years,
    in_order,
    mixture,
    origin,
    points,
    record_curve,
    record_draws,
    record_model,
    shares_of,
    shares_of_causes,
)
from interbellum.model.endurance import Added, FormAnswer, MissingProvision, PeaceAnswer
from interbellum.model.hazards import CaseProfile, HazardPosterior
from interbellum.model.peace import Cessation, TruceCurves
from interbellum.model.provisions import EFFECTS, PROVISIONS
from interbellum.model.result import DossierStamp, RunStamp
from interbellum.model.rungs import FORMS, HORIZON_DAYS
from interbellum.model.units import DAYS_PER_WEEK, Array
from interbellum.peace.durability import (
    EFFECT_OF_PROVISION,
    posterior_as_of,
    provision_estimate,
)
from interbellum.peace.precedents import nearest
from interbellum.peace.record import read_cessations
from interbellum.peace.truce import cause_shares, survival
from interbellum.talks.hindcast import effective_draws

METHOD = (
    "truce model by the channels of its provisions and the record's survival model, pooled by the "
    "weights of record/data/durability-weights.yaml; hindcast-weighted draws, no paths"
)
YEAR_DAYS = 365
_AT = (YEAR_DAYS, 1826)  # days at which a change is told
_WEEKS: Array = (
    np.arange(FIVE_YEARS + 1, dtype=np.float64) * DAYS_PER_WEEK
)  # days at which a curve is summed


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Whose provisions are asked about."""

    text: str
    title: str
    provisions: Mapping[str, tuple[str, ...]]
    """By form."""
    variants: tuple[str, ...]
    worth: Array | None
    """(D, 2) u of the text; None for the best package of the form."""
    settlement: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Record:
    """The record as it stood at the cut-off."""

    table: tuple[Cessation, ...]
    posterior: HazardPosterior


def look(
    loaded: Loaded,
    *,
    text: str | None = None,
    with_: Collection[str] = (),
    form: str | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> PeaceAnswer:
    """Say how long a silence would hold.

    Parameters
    ----------
    loaded : Loaded
    text : id of a text of the dossier, or None for the best package of each form
    with_ : names of the standard list that are asked for besides
    form : ceasefire, settlement or freeze; that of the text, or all three, when left out
    draws, seed, threads, progress
        As in `analysis.run`.

    Returns
    -------
    PeaceAnswer

    Raises
    ------
    UsageError
        There is no such text, provision or form, or `draws` or `seed` is out of range.
    """
    _check(loaded, text, with_, form)
    threads = threads or usable_threads()
    table = lay_table(loaded, draws=draws, seed=seed, threads=threads, progress=progress)
    if progress is not None:
        progress("how long it would hold", 0.0)
    return answer(table, seed, text=text, with_=with_, form=form)


def answer(
    table: Table,
    seed: int,
    *,
    text: str | None = None,
    with_: Collection[str] = (),
    form: str | None = None,
) -> PeaceAnswer:
    """The same on a table that is already laid; `seed` is for the stamp.

    Raises
    ------
    UsageError
        As in `look`.
    """
    loaded = table.loaded
    _check(loaded, text, with_, form)
    asked = _of_packages(table) if text is None else _of_text(table, text)
    forms = FORMS if form is None else (form,)
    if form is None and asked.settlement is not None:
        forms = ("settlement",) if asked.settlement >= 0.5 else ("ceasefire",)
    record = _Record(read_cessations(), posterior_as_of(loaded.dossier.conflict.as_of))
    paused = in_order({*with_, *(asked.provisions["ceasefire"] if text is not None else ())})
    year = silences.pauses(table, paused, (float(YEAR_DAYS),))[0]
    conflict = loaded.dossier.conflict
    return PeaceAnswer(
        DossierStamp(conflict.id, conflict.title, conflict.as_of.isoformat(), loaded.hash),
        RunStamp(
            __version__,
            seed,
            len(table.weight),
            0,
            effective_draws(table.weight),
            METHOD,
            table.weeks,
        ),
        asked.text,
        asked.title,
        asked.variants,
        in_order(with_),
        asked.settlement,
        tuple(_form(table, each, asked, in_order(with_), record) for each in forms),
        paused,
        tuple(silences.pause_figures(one, table.weight) for one in silences.pauses(table, paused)),
        silences.pause_figures(year, table.weight).carrying,
        origin(),
    )


def _check(loaded: Loaded, text: str | None, with_: Collection[str], form: str | None) -> None:
    known = [entry.id for entry in loaded.dossier.texts]
    if text is not None and text not in known:
        listed = f"Its texts: {', '.join(known)}." if known else "It has none."
        raise UsageError(f"{loaded.dossier.conflict.id} has no text {text}. {listed}")
    wrong = [name for name in with_ if name not in PROVISIONS]
    if wrong:
        raise UsageError(
            f"{', '.join(wrong)}: not on the standard list of provisions. Its names: "
            f"{', '.join(PROVISIONS)}."
        )
    if form is not None and form not in FORMS:
        raise UsageError(f"There is no form {form}. The forms: {', '.join(FORMS)}.")


# --- whose provisions ----------------------------------------------------------------------------


def _of_packages(table: Table) -> _Asked:
    return _Asked("", "", best_terms(table), (), None, None)


def _of_text(table: Table, text: str) -> _Asked:
    """A draft's provisions, what it is worth to the leads, and how often it counts as a settlement."""
    dossier, preferences = table.loaded.dossier, table.compiled.preferences
    entry = next(entry for entry in dossier.texts if entry.id == text)
    draft = draft_of(dossier, table.compiled, entry)
    found = drafts.readings(preferences, draft)
    if found is None:
        raise UsageError(
            f"{text} can be read in more than {drafts.MOST_READINGS:,} ways: its variants hang on one "
            "another. Name fewer variants in it."
        )
    contents = [[frozenset(o.provisions) for o in issue.options] for issue in dossier.issues]
    contained = drafts.contained(preferences, found, contents)
    sure = in_order([name for name, always in contained.items() if always])
    ends = drafts.extremes(preferences, drafts.scales(preferences), found, table.weight)
    return _Asked(
        entry.id,
        entry.title,
        dict.fromkeys(FORMS, sure),
        in_order([name for name, always in contained.items() if not always]),
        0.5 * (ends.low[:, :2] + ends.high[:, :2]),
        settlement_share(table, found),
    )


def settlement_share(table: Table, found: drafts.Readings) -> float:
    """Weighted share of the draws in which a draft decides enough to be a settlement, however read.

    Parameters
    ----------
    table : Table
    found : Readings

    Returns
    -------
    float
    """
    space, decides = table.deals.space, table.deals.decides
    preferences = table.compiled.preferences
    place = {
        (int(k), int(o)): term
        for term, (k, o, void) in enumerate(zip(space.issue, space.option, space.void, strict=True))
        if not void
    }

    def decided(k: int, option: int) -> Array:
        term = place.get((k, option))
        return np.zeros(len(decides)) if term is None else decides[:, term]

    least = np.full(len(decides), np.inf)
    for reading in found.joint:
        void = drafts.voided(preferences, reading)
        tied = [k for k, o in enumerate(reading) if o >= 0 and not void[k] and k not in found.free]
        least = np.minimum(
            least, sum((decided(k, reading[k]) for k in tied), np.zeros(len(decides)))
        )
    for k in found.free:
        least = least + np.min([decided(k, option) for option in found.variants[k]], axis=0)
    enough = least >= table.compiled.talks.settlement_share
    return min(1.0, float(table.weight @ enough))


# --- one form ------------------------------------------------------------------------------------


def _form(
    table: Table, form: str, asked: _Asked, added: tuple[str, ...], record: _Record
) -> FormAnswer:
    dossier = table.loaded.dossier
    own = in_order({*asked.provisions[form], *added})
    lacking = [name for name in PROVISIONS if name not in own]
    profiles = {"": own} | {name: (*own, name) for name in lacking if name in EFFECTS}
    curves = silences.curves_for(table, profiles, form, asked.worth)
    history, measured = record_curve(record.table, form, dossier.conflict.as_of)
    model, cases = record_model(table.loaded, form, own, record.posterior, measured)
    used = shares_of(model.useful)
    holding = survival(curves[""], 1.0)
    truce = at_horizons(holding, table.weight)
    pooled = mixture([truce, cases], [used[TRUCE], used[RECORD]])
    failing = table.weight @ cause_shares(curves[""], 1.0, min(FIVE_YEARS, table.weeks))
    return FormAnswer(
        form,
        CLOCKS[form],
        own,
        "text" if asked.text else "nothing signed" if form == "freeze" else "best package",
        points(pooled, HORIZON_DAYS),
        points(truce, HORIZON_DAYS),
        model,
        used,
        mixture(
            [
                Draws(expected_years(holding)[:, None], table.weight),
                _record_years(table.loaded, form, own, record.posterior),
            ],
            [used[TRUCE], used[RECORD]],
        ).told(0),
        shares_of_causes(failing),
        history,
        nearest(case_profile(dossier, form, own), dossier.conflict.as_of, record.table),
        ranked(
            [
                missing(table, form, own, name, curves, record.posterior, model.useful)
                for name in lacking
            ]
        ),
    )


def _record_years(
    loaded: Loaded, form: str, provisions: Collection[str], posterior: HazardPosterior
) -> Draws:
    profile = case_profile(loaded.dossier, form, provisions)
    weekly = record_draws(profile, posterior, _WEEKS)
    return Draws(expected_years(weekly.values)[:, None], posterior.weight)


# --- what a provision would add ------------------------------------------------------------------


def missing(
    table: Table,
    form: str,
    own: tuple[str, ...],
    name: str,
    curves: Mapping[str, TruceCurves],
    posterior: HazardPosterior,
    useful: bool,
) -> MissingProvision:
    """What one more provision goes with: the same draws with it and without.

    Parameters
    ----------
    table : Table
    form : ceasefire, settlement or freeze
    own : provisions without it
    name : of the standard list
    curves : name -> TruceCurves
        "" for `own`, and `name` where it acts on a channel of the truce model.
    posterior : HazardPosterior
    useful : bool
        Whether the record has enough cases of the form.

    Returns
    -------
    MissingProvision
        Draws are paired, so that what is not known of the war itself cancels out.
    """
    lines: dict[str, Draws] = {}
    if name in curves:
        with_it, without = (_held(survival(curves[each], 1.0)) for each in (name, ""))
        lines[TRUCE] = Draws(with_it - without, table.weight)
    dossier = table.loaded.dossier
    before, after = (case_profile(dossier, form, (*own, *more)) for more in ((), (name,)))
    effect = EFFECT_OF_PROVISION.get(name)
    estimate = None
    if useful and effect is not None and before != after:
        party = bool(after.guarantor_party)
        estimate = provision_estimate(name, posterior, guarantor_party=party)
        change = _held_in_record(after, posterior) - _held_in_record(before, posterior)
        lines[RECORD] = Draws(change, posterior.weight)
    shares = shares_of(True)
    total = sum(shares[line] for line in lines)
    told = {line: _added(draws) for line, draws in lines.items()}
    return MissingProvision(
        name,
        PROVISIONS[name],
        told.get(TRUCE),
        told.get(RECORD),
        _added(mixture(list(lines.values()), [shares[line] / total for line in lines]))
        if total > 0.0
        else None,
        estimate.name if estimate else "",
        estimate.basis if estimate else "",
    )


def _held(holding: Array) -> Array:
    """Expected years within five, chance at one year and at five, of weekly curves: (N, 3)."""
    at = at_horizons(holding, np.zeros(len(holding)), _AT).values
    return np.column_stack([expected_years(holding), at])


def _held_in_record(profile: CaseProfile, posterior: HazardPosterior) -> Array:
    """The same of the record's model."""
    weekly, at = (
        record_draws(profile, posterior, days).values
        for days in (_WEEKS, np.array(_AT, dtype=np.float64))
    )
    return np.column_stack([expected_years(weekly), at])


def _added(draws: Draws) -> Added:
    years, one, five = (draws.told(place) for place in range(3))
    return Added(years, one, five)


def ranked(given: Sequence[MissingProvision]) -> tuple[MissingProvision, ...]:
    """Most added years first, as pooled; those without an estimate last, in their order."""
    return tuple(
        sorted(
            given,
            key=lambda one: -np.inf if one.pooled is None else one.pooled.years.p,
            reverse=True,
        )
    )
