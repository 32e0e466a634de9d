"""The verb `peace`: its answer, its words, its JSON, redaction and errors."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import interbellum
from factories_dossier import as_yaml
from interbellum import analysis, endurance, lasting
from interbellum.api import Peace, find_peace
from interbellum.briefing.blocks import texts as texts_of
from interbellum.briefing.precedents import length
from interbellum.cli.main import main
from interbellum.dossier.reader import load, load_text
from interbellum.errors import UsageError
from interbellum.model.endurance import FormAnswer, PeaceAnswer
from interbellum.model.provisions import ENFORCING, PROVISIONS
from interbellum.model.rungs import HORIZON_DAYS
from interbellum.record.weights import DURABILITY_FILE, read_weights

SMALL = "eritrea-ethiopia-1999"
DRAWS = 16


@cache
def laid() -> analysis.Table:
    return analysis.lay_table(load(SMALL), draws=DRAWS)


@cache
def asked(text: str | None = None, form: str | None = None, *added: str) -> PeaceAnswer:
    return endurance.answer(laid(), 1, text=text, with_=added, form=form)


def told(answer: PeaceAnswer, redact: bool = False, loaded: Any = None) -> str:
    return " ".join(texts_of(Peace(answer, loaded or load(SMALL), redact).outline()))


def only(answer: PeaceAnswer) -> FormAnswer:
    (form,) = answer.forms
    return form


def test_without_a_text_each_form_has_the_provisions_of_its_best_package() -> None:
    answer = asked()
    assert [form.form for form in answer.forms] == ["ceasefire", "settlement", "freeze"]
    assert answer.forms[2].provisions == ()
    assert [form.of for form in answer.forms] == ["best package", "best package", "nothing signed"]
    terms = lasting.best_terms(laid())
    for form in answer.forms:
        assert form.provisions == terms[form.form]
        assert list(form.provisions) == [name for name in PROVISIONS if name in form.provisions]


def test_terms_are_those_of_most_of_the_weight_of_the_best_packages() -> None:
    table = laid()
    best = [seen.best_ceasefire for seen in table.surveys]
    draw = next(d for d, point in enumerate(best) if point >= 0)
    alone = np.eye(DRAWS)[draw]
    one = lasting.best_terms(replace(table, weight=alone))["ceasefire"]
    levels = table.fronts[draw].levels  # the frontier counts a package's enforcing provisions
    level = int(np.searchsorted(levels, best[draw], side="right")) - 1
    assert sum(name in ENFORCING for name in one) == level
    other = next(
        d for d, point in enumerate(best) if point >= 0 and set(_of_draw(table, d)) - set(one)
    )
    only_there = set(_of_draw(table, other)) - set(one)
    for share, held in ((0.49, False), (0.51, True)):
        mixed = lasting.best_terms(
            replace(table, weight=(1 - share) * alone + share * np.eye(DRAWS)[other])
        )["ceasefire"]
        assert (only_there <= set(mixed)) is held
    assert lasting.best_terms(table)["freeze"] == ()


def test_the_package_at_a_point_is_worth_what_the_point_says() -> None:
    table = laid()
    space, seen = table.deals.space, 0
    for draw, front in enumerate(table.fronts):
        for point in range(0, len(front.u_a), 5):
            chosen, seen = lasting.package_at(table, draw, point), seen + 1
            got = table.deals.base[draw] + table.deals.gain[draw, chosen].sum(axis=0)
            np.testing.assert_allclose(got, [front.u_a[point], front.u_b[point]], atol=1e-7)
            level = int(np.searchsorted(front.levels, point, side="right")) - 1
            assert space.enforcing[chosen].sum() == level
            assert table.deals.decides[draw, chosen].sum() == pytest.approx(front.decides[point])
            assert table.deals.allowed[draw, chosen].all()
    assert seen > 100


def _of_draw(table: analysis.Table, draw: int) -> tuple[str, ...]:
    return lasting.best_terms(replace(table, weight=np.eye(DRAWS)[draw]))["ceasefire"]


def test_the_pooled_curve_lies_between_the_two_by_their_weights() -> None:
    for form in asked().forms:
        assert form.weights == read_weights(shipped=DURABILITY_FILE).weights
        own, other = form.weights["truce"], form.weights["record"]
        for point, truce, record in zip(
            form.curve, form.truce, form.record_model.curve, strict=True
        ):
            middle = own * truce.chance.p + other * record.chance.p
            assert point.chance.p == pytest.approx(middle, rel=1e-9)
            assert min(truce.chance.lo80, record.chance.lo80) <= point.chance.lo80
            assert point.chance.hi80 <= max(truce.chance.hi80, record.chance.hi80)
        assert 0.0 < form.years.p < 5.01
        assert sum(form.causes.values()) == pytest.approx(1.0)


def test_the_same_provisions_give_the_truce_model_the_silences_of_its_channels() -> None:
    from interbellum import silences
    from interbellum.peace.truce import survival
    from interbellum.summary import at_days

    form = asked().forms[0]
    curves = silences.curves_for(laid(), {"": form.provisions}, "ceasefire")
    want = laid().weight @ at_days(survival(curves[""], 1.0), 365)
    assert next(p for p in form.truce if p.days == 365).chance.p == pytest.approx(float(want))


def test_a_guarantee_never_shortens_a_silence_in_the_truce_model() -> None:
    bare = only(asked("modalities_1999", "ceasefire"))
    assert "third_party_guarantee" not in bare.provisions
    more = only(asked("modalities_1999", "ceasefire", "third_party_guarantee"))
    for before, after in zip(bare.truce, more.truce, strict=True):
        assert after.chance.p >= before.chance.p - 1e-12
        assert after.chance.lo80 >= before.chance.lo80 - 1e-12
    told_of = {one.name: one for one in bare.missing}["third_party_guarantee"]
    assert told_of.truce is not None
    assert told_of.truce.years.lo80 >= 0.0


def test_what_a_missing_provision_adds_is_what_asking_for_it_gives() -> None:
    before, after = (
        only(asked("modalities_1999", "ceasefire", *add)) for add in ((), ("disengagement",))
    )
    added = {one.name: one for one in before.missing}["disengagement"]
    assert added.pooled is not None
    assert added.truce is not None
    assert added.record is not None
    assert added.effect == "dmz"
    assert after.years.p - before.years.p == pytest.approx(added.pooled.years.p, rel=1e-9)
    for days, change in ((365, added.pooled.one_year), (1826, added.pooled.five_years)):
        one, two = (
            next(p for p in form.curve if p.days == days).chance.p for form in (before, after)
        )
        assert two - one == pytest.approx(change.p, rel=1e-6, abs=1e-12)
    assert "disengagement" not in [one.name for one in after.missing]


def test_provisions_are_ranked_and_those_without_an_estimate_come_last() -> None:
    for form in asked().forms:
        assert {one.name for one in form.missing} == set(PROVISIONS) - set(form.provisions)
        years = [-math.inf if one.pooled is None else one.pooled.years.p for one in form.missing]
        assert years == sorted(years, reverse=True)
        for one in form.missing:
            assert (one.pooled is None) == (one.truce is None and one.record is None)
            if one.name in ("term", "sea_and_air", "demining", "participation"):
                assert one.pooled is None  # no channel and no column
            if one.name == "remote_sensing":
                assert one.record is None
                assert one.pooled == one.truce  # one line of evidence stands alone


def test_a_column_that_says_nothing_new_gives_no_estimate() -> None:
    form = only(asked("modalities_1999", "settlement", "tripwire_force"))
    found = {one.name: one for one in form.missing}
    assert found["legal_form"].record is None  # a settlement is formal already
    if "monitoring_mission" in found:
        assert found["monitoring_mission"].record is None  # a force is the heavier mission


def test_a_text_is_told_in_its_own_form() -> None:
    answer = asked("framework_1998")
    assert answer.settlement_share is not None
    wanted = "settlement" if answer.settlement_share >= 0.5 else "ceasefire"
    assert [form.form for form in answer.forms] == [wanted]
    assert only(answer).of == "text"
    assert {"monitoring_mission", "third_party_guarantee"} <= set(only(answer).provisions)
    assert answer.pause_provisions == only(answer).provisions
    assert f"The text counts as a {wanted}" in told(answer)


def test_pauses_say_who_gains_and_by_how_much() -> None:
    answer = asked()
    assert [pause.days for pause in answer.pauses] == [30.0, 90.0]
    for pause in answer.pauses:
        assert sum(pause.gains) <= 1.0 + 1e-9
        assert pause.holds.p >= pause.renewed.p
    short, long = answer.pauses
    assert short.holds.p >= long.holds.p
    # Holding forces forward costs more over a year than over ninety days, and less than in proportion.
    for side in (0, 1):
        assert long.carrying[side].p <= answer.carrying[side].p <= long.carrying[side].p * 365 / 90


# --- words ---------------------------------------------------------------------------------------


def test_words_give_the_answer_first_with_both_models_and_claim_no_cause() -> None:
    lines = texts_of(Peace(asked(), load(SMALL)).outline())
    assert lines[0].startswith("How long a silence would hold: ")
    assert "that a ceasefire that begins now still holds a year later" in lines[1]
    assert "truce model" in lines[1]
    assert "record's model" in lines[1]
    assert "a gap of" in lines[1] or "no gap" in lines[1]
    whole = " ".join(lines)
    assert "Every difference is an association" in whole
    assert "nobody's mind is known" in whole
    assert "Earned in a back-test of 9 wars: log-score stacking" in whole
    assert "cut at 1999-07-15" in whole
    assert "taken at the record's share: stalemate on the ground" in whole
    assert "No useful estimate of term and expiry" in whole
    assert "A term counts as always renewed" not in whole
    with_term = told(asked(None, "ceasefire", "term"))
    assert (
        with_term.count("A term counts as always renewed, unless the dossier codes its length") == 1
    )
    assert "thousandths of the stake" in whole
    assert "causes" not in whole
    assert "Halt" not in whole


def test_lengths_have_no_decimals() -> None:
    assert [length(days) for days in (0, 1, 59, 60, 237, 720, 3863)] == [
        *("0 days", "1 day", "59 days", "2 months", "8 months", "2 years", "11 years"),
    ]


def test_few_cases_are_said_and_the_truce_model_stands_alone() -> None:
    form = only(asked("modalities_1999", "ceasefire"))
    few = replace(
        form,
        curve=form.truce,
        record_model=replace(form.record_model, curve=(), n=5, useful=False),
        weights={"truce": 1.0, "record": 0.0},
    )
    words = told(replace(asked("modalities_1999", "ceasefire"), forms=(few,)))
    assert "truce model alone, for the record gives no useful estimate" in words
    assert "The record gives no useful estimate: 5 comparable cases" in words


# --- JSON ----------------------------------------------------------------------------------------


def test_json_keeps_the_keys_of_a_briefings_durability_and_adds_to_them() -> None:
    data = json.loads(json.dumps(Peace(asked(), load(SMALL)).to_json()))
    assert list(data) == [
        *(
            "dossier",
            "run",
            "text",
            "with",
            "without_effect",
            "forms",
            "pauses",
            "carrying",
            "pooling",
            "redacted",
        ),
    ]
    assert data["text"] is None
    assert list(data["forms"]) == ["ceasefire", "settlement", "freeze"]
    for form in data["forms"].values():
        assert {"clock", "curve", "causes", "record", "truce", "record_model", "weights"} <= set(
            form
        )
        assert [point["days"] for point in form["curve"]] == list(HORIZON_DAYS)
        assert set(form["curve"][0]) == {"days", "p", "lo50", "hi50", "lo80", "hi80"}
        assert form["gap"][3]["width"] == pytest.approx(
            abs(form["truce"][3]["p"] - form["record_model"]["curve"][3]["p"]), abs=1e-9
        )
        assert len(form["precedents"]) == 5
        assert set(form["missing"][0]) >= {"name", "truce", "record", "pooled", "effect", "basis"}
    assert [pause["days"] for pause in data["pauses"]["lengths"]] == [30.0, 90.0]
    assert set(data["carrying"]) == {"A", "B"}


# --- redaction -----------------------------------------------------------------------------------


def hidden(path: str) -> Any:
    data = load(SMALL).tree.data
    copied = json.loads(json.dumps(data, default=str))
    *above, last = path.split(".")
    block = copied
    for key in above:
        block = block[key]
    block[last] = {**block[last], "confidential": True}
    return load_text(as_yaml(copied))


def test_a_confidential_fact_hides_what_would_tell_it() -> None:
    loaded = hidden("peace.record.contiguous")
    open_form = asked().forms[0]
    data = Peace(asked(), loaded, redact=True).to_json()
    form = data["forms"]["ceasefire"]
    assert form["truce"] == []
    assert form["record_model"]["curve"] == []
    assert form["gap"] == []
    assert form["precedents"] == []
    assert form["missing"] == []
    # The pause holds as the truce model says, which with the pooled curve would tell the record's.
    for pause in data["pauses"]["lengths"]:
        assert pause["holds"]["p"] is None
        assert pause["renewed"]["p"] is None
    assert form["curve"][3]["p"] == pytest.approx(open_form.curve[3].chance.p, abs=0.0051)
    words = told(asked(), True, loaded)
    assert "withheld: they would tell a confidential fact" in words
    assert "land border" not in words
    assert json.loads(json.dumps(Peace(asked(), loaded).to_json()))["forms"]["ceasefire"]["truce"]


def test_confidential_costs_and_rearming_hide_what_a_pause_would_tell() -> None:
    rearming = Peace(asked(), hidden("war.rearmament.A.ceiling"), redact=True).to_json()
    (pause, _) = rearming["pauses"]["lengths"]
    assert pause["gains"] == [None, None]
    assert pause["value_change"][0]["p"] is None
    assert pause["holds"]["p"] is not None
    fought = Peace(asked(), hidden("war.months_for_victory.A"), redact=True).to_json()
    assert fought["carrying"]["A"]["p"] is None
    assert fought["carrying"]["B"]["p"] is not None
    words = told(asked(), True, hidden("war.months_for_victory.A"))
    assert "[redacted]" in words


def test_a_confidential_text_is_not_told_nor_named() -> None:
    copied = json.loads(json.dumps(load(SMALL).tree.data, default=str))
    copied["texts"][0]["confidential"] = True
    loaded = load_text(as_yaml(copied))
    with pytest.raises(UsageError, match=r"Those that can: modalities_1999\.$"):
        find_peace(loaded, text="framework_1998", draws=8, redact=True)


# --- the verb ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["terminal", "md", "json"])
def test_the_verb_prints_each_form(form: str) -> None:
    args = ["peace", SMALL, "--draws", "8", "--form", "settlement", "--with", "review,legal_form"]
    done = CliRunner().invoke(main, [*args, "--format", form])
    assert done.exit_code == 0, done.output
    assert "seed 1, 8 draws" in done.stderr
    if form == "json":
        data = json.loads(done.stdout)
        assert data["with"] == ["review", "legal_form"]
        assert list(data["forms"]) == ["settlement"]
    else:
        assert "nearest precedents" in done.stdout.lower()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--text", "nothing"], "has no text nothing. Its texts: framework_1998, modalities_1999."),
        (
            ["--with", "peace_bell"],
            "peace_bell: not on the standard list of provisions. Its names: ",
        ),
        (["--form", "victory"], "'victory' is not one of 'ceasefire', 'settlement', 'freeze'"),
        (["--draws", "2"], "2 draws were asked for"),
        (["--json", "--format", "md"], "ask for two forms"),
    ],
)
def test_misuse_is_told_before_anything_is_run(args: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["peace", SMALL, *args])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two = (
        json.dumps(find_peace(SMALL, draws=8, form="freeze", threads=n).to_json()) for n in (1, 2)
    )
    assert one == two


def test_the_front_page_offers_it() -> None:
    assert interbellum.find_peace is find_peace
    assert interbellum.Peace is Peace
    assert np.isfinite(asked().run.effective_draws)


# --- asked for, and told ----------------------------------------------------------------------------


def test_a_provision_without_effect_moves_no_number_and_is_said_to() -> None:
    idle = asked(None, None, "prisoners", "demining", "monitoring_mission")
    assert idle.without_effect == ("demining", "prisoners")
    plain = asked(None, None, "monitoring_mission")
    assert plain.without_effect == ()
    assert [form.curve for form in idle.forms] == [form.curve for form in plain.forms]
    every = asked(None, None, *PROVISIONS).without_effect
    assert asked(None, None, *every).forms[0].curve == asked().forms[0].curve
    lines = texts_of(Peace(idle, load(SMALL)).outline())
    assert "with monitoring mission that begins now" in lines[1]
    assert (
        "Neither model has an effect of demining and works and prisoners and missing"
        in " ".join(lines)
    )


def test_a_form_against_what_the_text_is_gets_told_as_such() -> None:
    whole = " ".join(texts_of(Peace(asked("framework_1998", "freeze"), load(SMALL)).outline()))
    assert "What is told here is another form, as asked for: a freeze" in whole
    whole = " ".join(texts_of(Peace(asked("framework_1998"), load(SMALL)).outline()))
    assert "another form" not in whole
