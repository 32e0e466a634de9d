"""How long a silence would hold, in words: both models and their pool, precedents, what would add to it.

The order is a mediator's: the answer, then for each form its curve, how it would break, what the
record rests on, what the text lacks and the nearest precedents; then pauses and what waiting costs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from interbellum.briefing import words
from interbellum.briefing.annex.forecast import chance_at, models_line
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.context import CAUSE_NAMES, FORM_NAMES, YEAR, Names, chance_cell
from interbellum.briefing.jsonform import curve, evidence, rounded
from interbellum.briefing.plain import tidy
from interbellum.briefing.precedents import COLUMNS, EFFECTS, told
from interbellum.briefing.redaction import REDACTED, Veil
from interbellum.briefing.seal import NOTHING, facts_hidden, seal_of, without_case
from interbellum.dossier.reader import Loaded
from interbellum.model.endurance import FormAnswer, MissingProvision, PauseFigures, PeaceAnswer
from interbellum.model.interval import Interval
from interbellum.model.provisions import PROVISIONS

FIVE_YEARS = 1826
EVEN = 0.5
LEAST_MONTHS = 0.5  # less than half a month of five years is told as none
BASES = {
    "record": "record",
    "few": "record (few cases: mostly its prior)",
    "prior": "prior alone",
    "": "",
}


def to_json(found: PeaceAnswer, loaded: Loaded, redact: bool = False) -> dict[str, Any]:
    """The answer as plain data.

    Parameters
    ----------
    found : PeaceAnswer
    loaded : Loaded
        The dossier that it was made from.
    redact : bool
        True hides what the dossier marks confidential, and what would tell it.

    Returns
    -------
    dict
        Keys dossier, run, text, with, without_effect, forms, pauses, carrying, pooling, redacted.
    """
    veil = Veil(loaded, redact)
    shown = _sealed(found, loaded) if redact else found
    out: dict[str, Any] = {
        "dossier": tidy(shown.dossier),
        "run": tidy(shown.run),
        "text": {
            "id": shown.text,
            "title": shown.title,
            "in_some_variants": list(shown.variants),
            "settlement_share": shown.settlement_share,
        }
        if shown.text
        else None,
        "with": list(shown.added),
        "without_effect": list(shown.without_effect),
        "forms": {form.form: _form_json(form) for form in shown.forms},
        "pauses": {
            "provisions": list(shown.pause_provisions),
            "lengths": [tidy(pause) for pause in shown.pauses],
        },
        "carrying": dict(zip("AB", map(tidy, shown.carrying), strict=True)),
        "pooling": tidy(shown.pooling),
        "redacted": redact,
    }
    cleaned = veil.plain(rounded(tidy(out)) if redact else tidy(out))
    assert isinstance(cleaned, dict)
    return cleaned


def _form_json(form: FormAnswer) -> dict[str, Any]:
    return {
        "clock": form.clock,
        "provisions": list(form.provisions),
        "of": form.of,
        "curve": curve(form.curve),
        **evidence(form),
        "years": tidy(form.years),
        "causes": tidy(form.causes),
        "record": tidy(form.record),
        "precedents": [
            {
                **dict(tidy(case)),
                "traits": [{**dict(tidy(trait)), "fits": trait.fits} for trait in case.traits],
            }
            for case in form.precedents
        ],
        "missing": tidy(form.missing),
    }


def _sealed(found: PeaceAnswer, loaded: Loaded) -> PeaceAnswer:
    """The answer without the numbers that a hidden one could be solved from."""
    veil = Veil(loaded, True)
    seal = seal_of(loaded, veil)
    forms = found.forms
    case_hidden = facts_hidden(loaded, veil)
    if case_hidden:
        forms = tuple(
            replace(
                form,
                truce=(),
                record_model=without_case(form.record_model),
                precedents=(),
                missing=(),
            )
            for form in forms
        )
    carried = {
        side
        for side in "AB"
        if side in seal.alternatives or veil.hides(f"peace.carrying_cost.{side}")
    }
    rearming = any(
        veil.hides(f"war.rearmament{part}")
        for part in ("", *(f".{side}.{name}" for side in "AB" for name in ("rate", "ceiling")))
    )

    def kept(pair: tuple[Interval, Interval], hidden: set[str]) -> tuple[Interval, Interval]:
        one, two = (
            NOTHING if side in hidden else value for side, value in zip("AB", pair, strict=True)
        )
        return one, two

    def pause(given: PauseFigures) -> PauseFigures:
        changes = set("AB") if rearming else set(seal.gains) | set(seal.beliefs)
        return replace(
            given,
            position_change=(NOTHING, NOTHING) if rearming else given.position_change,
            gains=(math.nan, math.nan) if rearming else given.gains,
            value_change=kept(given.value_change, changes),
            spared=kept(given.spared, carried),
            carrying=kept(given.carrying, carried),
            # A pause holds as the truce model says: with the pooled curve it would tell the record's.
            holds=NOTHING if case_hidden else given.holds,
            # Beside the chance that it holds, it would tell the chance of renewal.
            renewed=NOTHING if case_hidden or veil.hides("peace.renewal") else given.renewed,
        )

    return replace(
        found,
        forms=forms,
        pauses=tuple(map(pause, found.pauses)),
        carrying=kept(found.carrying, carried),
    )


def outline(found: PeaceAnswer, loaded: Loaded, redact: bool = False) -> Outline:
    """The answer as blocks.

    Parameters
    ----------
    found, loaded, redact : as in `to_json`
    """
    veil = Veil(loaded, redact)
    names = Names(loaded, veil)
    hidden = redact and facts_hidden(loaded, veil)
    shown = _sealed(found, loaded) if redact else found
    blocks: list[Block] = [
        Heading(1, f"How long a silence would hold: {shown.dossier.title}"),
        *[Paragraph(_answer(shown, form)) for form in shown.forms],
        Paragraph(_given(shown)),
    ]
    for form in shown.forms:
        blocks += _form(shown, form, hidden)
    blocks += _pauses(shown, names)
    blocks.append(
        Paragraph(
            f"{shown.run.draws} draws weighted by the hindcast, seed {shown.run.seed}, the same random "
            "numbers with a provision and without. These are the dossier's judgements and past cases "
            "worked through two models. Every difference is an association: nothing here says that a "
            "provision makes a silence last, and nobody's mind is known."
        )
    )
    return veil.blocks(tuple(blocks))


# --- the answer ----------------------------------------------------------------------------------


def _answer(found: PeaceAnswer, form: FormAnswer) -> str:
    year, five = chance_at(form.curve, YEAR), chance_at(form.curve, FIVE_YEARS)
    assert year is not None and five is not None  # both are standard horizons
    event = f"a {form.form}{_under(found, form)} that begins now still holds a year later"
    number = f": {words.percent(year.p)}" if words.word(year.p) else ""
    return (
        f"{words.sentence(year.p, event)}{number} (80% interval "
        f"{words.interval(year.lo80, year.hi80)}; {models_line(form, YEAR)}). Five years: "
        f"{words.percent(five.p)} ({words.interval(five.lo80, five.hi80)}; "
        f"{models_line(form, FIVE_YEARS)}). On average it holds for {_months(form.years.p)} of the first 60 "
        f"({_months_interval(form.years)})."
    )


def _under(found: PeaceAnswer, form: FormAnswer) -> str:
    telling = [PROVISIONS[name] for name in found.added if name not in found.without_effect]
    more = f" with {words.join(telling)}" if telling else ""
    return f" under “{found.title}”{more}" if found.text else more


def _given(found: PeaceAnswer) -> str:
    text = (
        f"Given that it begins, and where the war stands on {words.date(found.dossier.as_of)}. Pooled over a "
        "model of what would break this silence and a model of how past ones fared; the weights stand in "
        f"{found.pooling.file}. {found.pooling.reason}"
    )
    if found.settlement_share is not None:
        kind = "settlement" if found.settlement_share >= EVEN else "ceasefire"
        text += (
            f" The text counts as a {kind}: it decides enough for a settlement in "
            f"{words.percent(found.settlement_share)} of the draws."
        )
        asked = {form.form for form in found.forms}
        if kind not in asked:
            text += (
                f" What is told here is another form, as asked for: a {words.join(sorted(asked))} with the "
                "text's provisions."
            )
    if found.without_effect:
        text += (
            " Neither model has an effect of "
            f"{words.join([PROVISIONS[name] for name in found.without_effect])}: asked for, and no number "
            "moves by it."
        )
    if found.variants:
        text += (
            " In some of its variants only, and not counted: "
            f"{words.join([PROVISIONS[name] for name in found.variants])}."
        )
    return text


# --- one form ------------------------------------------------------------------------------------


def _form(found: PeaceAnswer, form: FormAnswer, hidden: bool) -> list[Block]:
    blocks: list[Block] = [
        Heading(2, FORM_NAMES.get(form.form, form.form)),
        Paragraph(_taken(found, form)),
        _curve(form),
        Paragraph(_rests(form)),
    ]
    if hidden:
        blocks.append(
            Paragraph(
                "Each model by itself, the precedents and the provisions are withheld: they would "
                "tell a confidential fact."
            )
        )
        return blocks
    return [*blocks, *_missing(form), *_precedents(form)]


def _taken(found: PeaceAnswer, form: FormAnswer) -> str:
    has = words.join([PROVISIONS[name] for name in form.provisions]) or "no standard provision"
    whose = {
        "text": "Provisions of the text",
        "best package": "Provisions that the best packages of this form mostly have today",
        "nothing signed": "Nothing is signed; kept to in fact",
    }[form.of]
    besides = " and those asked for" if found.added and form.of != "nothing signed" else ""
    term = (
        " A term counts as always renewed, unless the dossier codes its length (peace.ceasefire_term_months)."
        if "term" in form.provisions and form.form == "ceasefire"
        else ""
    )
    return f"{whose}{besides}: {has}.{term}"


def _curve(form: FormAnswer) -> Table:
    past = {point.days: point for point in form.record.curve} if form.record.useful else {}
    rows = []
    for point in form.curve:
        truce, record = (
            chance_at(form.truce, point.days),
            chance_at(form.record_model.curve, point.days),
        )
        seen = past.get(point.days)
        rows.append(
            (
                words.span(point.days),
                words.percent(point.chance.p),
                words.interval(point.chance.lo50, point.chance.hi50),
                words.interval(point.chance.lo80, point.chance.hi80),
                chance_cell(truce) if truce else "",
                chance_cell(record) if record else "",
                str(abs(round(100 * truce.p) - round(100 * record.p))) if truce and record else "",
                f"{words.percent(seen.p)} ({words.interval(seen.lo80, seen.hi80)})" if seen else "",
            )
        )
    return Table(
        (
            "after",
            "pooled",
            "50%",
            "80%",
            "truce model (80%)",
            "record's model (80%)",
            "gap",
            "past cases (80%)",
        ),
        tuple(rows),
        f"Chance that it still holds; the clock starts at the {form.clock}. Gap in points. Past cases: "
        f"the {form.record.n} of this form, alike or not, by Kaplan and Meier.",
    )


def _rests(form: FormAnswer) -> str:
    ranked = sorted(form.causes.items(), key=lambda item: -item[1])
    shares = [f"{CAUSE_NAMES[name]} {words.percent(share)}" for name, share in ranked if share]
    model = form.record_model
    text = (
        f"In the truce model it breaks within five years by {words.join(shares)}. "
        if shares
        else ""
    )
    if not model.useful:
        return (
            f"{text}The record gives {words.NO_ESTIMATE}: "
            f"{words.count(model.n, 'comparable case')}, {model.definition}. The pooled figures are "
            "those of the truce model alone."
        )
    text += (
        f"The record's model rests on past cases of all forms, {model.n:,} of them of this one, "
        f"{model.definition}."
    )
    if form.form == "freeze":
        text += (
            " A quiet that nobody signed is in the record only because it lasted, which flatters "
            "past cases of this form."
        )
    if model.left_open:
        text += (
            f" Not known of this case, and taken at the record's share: "
            f"{words.join([COLUMNS.get(name, name) for name in _columns(model.left_open)])}."
        )
    if model.by_prior:
        text += (
            " By a prior from published work more than by cases: "
            f"{words.join([EFFECTS.get(name, name.replace('_', ' ')) for name in model.by_prior])}."
        )
    return text


def _columns(names: Sequence[str]) -> list[str]:
    return [name for name in COLUMNS if name in names]


def _missing(form: FormAnswer) -> list[Block]:
    told_of = [one for one in form.missing if one.pooled is not None]
    rows = [_provision_row(one) for one in told_of]
    without = [one.title for one in form.missing if one.pooled is None]
    blocks: list[Block] = [Heading(3, f"What this {form.form} lacks")]
    if rows:
        blocks.append(
            Table(
                (
                    "provision",
                    "more silence",
                    "80%",
                    "a year",
                    "5 years",
                    "truce model",
                    "record's model",
                    "rests on",
                ),
                tuple(rows),
                "Added to what it has, one at a time: months of silence in the first five years, and points of "
                "the chance to hold. Silences with it are associated with so much more; a provision is not "
                "shown to do it. Channels: our judgement, kept small, of what it does in the truce model; the "
                "record's figures are mostly larger, so one that rests on a single model is not to be ranked "
                "against another to the month. Missions and zones count from day 30 in the record's model: "
                "given that they are in place by then.",
            )
        )
    if without:
        blocks.append(
            Paragraph(
                f"{words.start(words.NO_ESTIMATE)} of {words.join(without)}: neither model has anything that "
                "tells silences with it from silences without, beyond what this one has."
            )
        )
    return blocks


def _provision_row(one: MissingProvision) -> tuple[str, ...]:
    assert one.pooled is not None  # only those with an estimate have a row
    lines = (["channels"] if one.truce else []) + ([BASES[one.basis]] if one.record else [])
    return (
        one.title,
        _months(one.pooled.years.p, sign=True),
        _months_interval(one.pooled.years),
        _points(one.pooled.one_year.p),
        _points(one.pooled.five_years.p),
        _months(one.truce.years.p, sign=True) if one.truce else "",
        _months(one.record.years.p, sign=True) if one.record else "",
        words.join(lines),
    )


def _precedents(form: FormAnswer) -> list[Block]:
    if not form.precedents:
        return []
    return [
        Heading(3, "Nearest precedents"),
        Bullets(tuple(map(told, form.precedents))),
        Paragraph(
            "Nearest in the coded columns of the record, each counted alike; what became of a case has no "
            "part in the choice. Missions, zones and guarantees were coded by one coder who knew how "
            "each case ended."
        ),
    ]


# --- pauses and waiting --------------------------------------------------------------------------


def _pauses(found: PeaceAnswer, names: Names) -> list[Block]:
    sides = names.names()
    rows: list[tuple[str, list[str]]] = [
        ("holds to its end", [chance_cell(one.holds) for one in found.pauses]),
        ("holds and is renewed", [chance_cell(one.renewed) for one in found.pauses]),
    ]
    for place, side in enumerate("AB"):
        shares = [one.gains[place] for one in found.pauses]
        rows.append((f"rearming favours {sides[side]}", [_share(share) for share in shares]))
    for place, side in enumerate("AB"):
        changes = [one.value_change[place] for one in found.pauses]
        rows.append(
            (f"fighting on is worth more to {sides[side]}", list(map(_thousandths, changes)))
        )
    for place, side in enumerate("AB"):
        spared = [one.spared[place] for one in found.pauses]
        rows.append((f"spared {sides[side]}", list(map(_thousandths, spared))))
    has = words.join([PROVISIONS[name] for name in found.pause_provisions]) or "none"
    one, two = (
        f"{sides[side]} {_thousandths(cost)}"
        for side, cost in zip("AB", found.carrying, strict=True)
    )
    return [
        Heading(2, "A pause, and what waiting costs"),
        Table(
            ("a pause of", *[f"{pause.days:.0f} days" for pause in found.pauses]),
            tuple((name, *cells) for name, cells in rows),
            "A ceasefire with a last day. Who gains: the chance that rearming in the pause moves the "
            "balance that way. By how much: what fighting on is then worth more to each (below 0, less), "
            "and what a pause spares each after the cost of forces held forward, in thousandths of the "
            f"stake, median and 80% interval. Provisions kept to: {has}.",
        ),
        Paragraph(
            f"Forces held forward for a year of silence cost, in thousandths of the stake: {one}; {two}."
        ),
    ]


def _share(p: float) -> str:
    return REDACTED if math.isnan(p) else words.percent(p)


# --- numbers -------------------------------------------------------------------------------------


def _months(years: float, sign: bool = False) -> str:
    months = 12.0 * years
    if sign and abs(months) < LEAST_MONTHS:
        return "<1 month" if months > 0 else "0"
    text = words.count(abs(round(months)), "month")
    return f"{'+' if months > 0 else '-'}{text}" if sign else text


def _months_interval(years: Interval) -> str:
    low, high = round(12.0 * years.lo80), round(12.0 * years.hi80)
    return f"{low} to {words.count(high, 'month')}" if low != high else words.count(high, "month")


def _points(change: float) -> str:
    points = round(100.0 * change)
    return "0" if points == 0 else f"{points:+d}"


def _thousandths(value: Interval) -> str:
    if math.isnan(value.p):
        return REDACTED
    middle, low, high = (round(1000.0 * end) + 0 for end in (value.p, value.lo80, value.hi80))
    return f"{middle} ({low} to {high})" if low != high else f"{middle}"
