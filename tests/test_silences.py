"""How long a silence would hold, wired: by hand on a toy war, and its promises on shipped ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis, silences
from interbellum.analysis import Table, lay_table
from interbellum.dossier.compile import compile_dossier
from interbellum.dossier.mirror import swap_labels
from interbellum.dossier.quantities import Quantity
from interbellum.dossier.reader import load, load_text, shipped
from interbellum.model.peace import TruceGround
from interbellum.model.provisions import ENFORCING
from interbellum.model.rungs import CAUSES, FORMS
from interbellum.model.units import Array
from interbellum.peace import channels, truce
from interbellum.peace.incidents import spiral_hazard
from interbellum.peace.truce import survival

DRAWS = 16
SMALL = "eritrea-ethiopia-1999"


@cache
def _laid(name: str, swapped: bool = False) -> Table:
    loaded = load(name)
    return lay_table(swap_labels(loaded) if swapped else loaded, draws=DRAWS, threads=2)


def _toy(**peace: object) -> Table:
    data = minimal_data()
    data["peace"] = peace
    return lay_table(load_text(as_yaml(data)), draws=DRAWS, threads=1)


def _grounds(table: Table) -> dict[str, TruceGround]:
    return silences.grounds(
        table.compiled, table.standing, table.deals, table.fronts, table.surveys
    )


def _kept(table: Table, form: str) -> Array:
    return _grounds(table)[form].kept


# --------------------------------------------------------------------------------- by hand


def test_forces_held_forward_lower_what_a_truce_is_worth_but_never_below_what_was_asked() -> None:
    share = {"A": 0.1, "B": 0.2}
    dear, free = _toy(carrying_cost=share), _toy(carrying_cost={"A": 0, "B": 0})
    asked = free.standing.value + free.compiled.war.reluctance
    carried = np.array([0.1, 0.2]) * free.standing.cost
    want = np.maximum(free.deals.standing - carried, asked)
    np.testing.assert_allclose(_kept(dear, "freeze"), want, rtol=0, atol=1e-12)
    assert np.any(_kept(dear, "freeze") < _kept(free, "freeze"))
    assert np.all(_kept(dear, "ceasefire") <= _kept(free, "ceasefire"))
    np.testing.assert_array_equal(_kept(dear, "settlement"), _kept(free, "settlement"))


def test_only_a_ceasefire_has_a_term_and_a_freeze_has_no_cost_of_breaking() -> None:
    grounds = _grounds(
        _toy(ceasefire_term_months=6, renewal=0.8, cost_of_breaking={"A": 0.03, "B": 0.04})
    )
    assert {form: float(each.bare.renewal[0]) for form, each in grounds.items()} == {
        "ceasefire": 0.8,
        "settlement": 1.0,
        "freeze": 1.0,
    }
    costs = {form: each.breach_cost[0].tolist() for form, each in grounds.items()}
    assert costs == {"ceasefire": [0.03, 0.04], "settlement": [0.03, 0.04], "freeze": [0.0, 0.0]}


def test_the_engine_gets_rearmament_under_the_number_on_offer_and_incidents_bare() -> None:
    table = _laid(SMALL)
    number = np.zeros(DRAWS)
    for draw, (front, seen) in enumerate(zip(table.fronts, table.surveys, strict=True)):
        for n in range(len(front.levels) - 1):
            if front.levels[n] <= seen.best_settlement < front.levels[n + 1]:
                number[draw] = n
    assert number.max() > number.min() > 0
    ground = _grounds(table)["settlement"]
    acting = channels.of_number(table.compiled.peace.effects, number)
    want = truce.curves_for({"it": ground}, {"it": acting}, table.weeks)["it"].cumulative
    bare = truce.curves_for({"it": ground}, {"it": channels.no_provisions(DRAWS)}, table.weeks)[
        "it"
    ].cumulative
    got = table.curves["settlement"].cumulative
    rearmament, incidents = CAUSES.index("rearmament"), CAUSES.index("incidents")
    np.testing.assert_allclose(got[..., rearmament], want[..., rearmament], rtol=0, atol=1e-9)
    assert np.any(got[..., rearmament] < bare[..., rearmament] - 1e-6)
    np.testing.assert_array_equal(got[..., incidents], bare[..., incidents])
    freeze = silences.curves_for(table, {"bare": ()}, "freeze")["bare"].cumulative
    np.testing.assert_allclose(table.curves["freeze"].cumulative, freeze, rtol=0, atol=1e-9)


def test_swapping_the_labels_swaps_what_forces_held_forward_cost() -> None:
    data = minimal_data()
    data["peace"] = {"carrying_cost": {"A": {"low": 0.0, "high": 0.1}, "B": 0.3}}
    loaded = load_text(as_yaml(data))
    one, other = (
        compile_dossier(each.dossier, DRAWS, 1).peace.carrying_cost
        for each in (loaded, swap_labels(loaded))
    )
    np.testing.assert_array_equal(one[:, ::-1], other)
    assert np.ptp(one[:, 0]) > 0.05


def test_all_twelve_leave_of_incidents_about_what_the_factor_of_full_provisions_leaves() -> None:
    # The two ways to say the same: {.3, .6, 1} of the design, and the channels (decision 0023).
    made = compile_dossier(load_text(as_yaml(minimal_data())).dossier, 512, 1)
    peace = made.peace
    acting = channels.of_profile(peace.effects, ENFORCING)
    bare = spiral_hazard(peace.incidents_per_week, peace.echo, peace.collapse_size)
    left = spiral_hazard(
        peace.incidents_per_week * acting.incident_rate,
        peace.echo * acting.incident_echo,
        peace.collapse_size,
    )
    by_factor = float((bare * made.talks.provisions_factor).mean() / bare.mean())
    by_channel = float(left.mean() / bare.mean())
    assert 0.3 < by_channel < by_factor < 0.8
    assert by_factor - by_channel < 0.25


def test_figures_of_a_pause_are_those_of_its_draws() -> None:
    table = _laid(SMALL)
    short, long = silences.pauses(table)
    assert (short.days, long.days) == (30.0, 90.0)
    told = silences.pause_figures(long, table.weight)
    toward_a = long.position_change[:, 0]
    assert told.gains == (
        pytest.approx(table.weight @ (toward_a > 0)),
        pytest.approx(table.weight @ (toward_a < 0)),
    )
    assert told.holds.p == pytest.approx(table.weight @ long.holds)
    assert told.renewed.p == pytest.approx(table.weight @ long.renewed)
    one = np.eye(DRAWS)[3]  # all the weight on one draw: its own numbers, without spread
    alone = silences.pause_figures(long, one)
    for pair, values in (
        (alone.position_change, long.position_change),
        (alone.value_change, long.value_change),
        (alone.spared, long.spared),
        (alone.carrying, long.carrying),
    ):
        for side in (0, 1):
            assert pair[side].p == pytest.approx(values[3, side])
            assert pair[side].lo80 == pair[side].hi80
    # What each gains in position it gains in value, by its own reading of where the race stands.
    assert np.all(np.sign(long.value_change) == np.sign(long.position_change))


# ------------------------------------------------------------------- promises on shipped dossiers


@pytest.mark.parametrize("name", shipped())
def test_no_enforcing_provision_shortens_a_truce_in_the_baseline(name: str) -> None:
    table = _laid(name)
    effects, grounds = table.compiled.peace.effects, _grounds(table)
    bases: tuple[tuple[str, ...], ...] = ((), ("monitoring_mission", "ceasefire_line"))
    profiles = {(base, added) for base in bases for added in ("", *ENFORCING)}
    under = {
        (form, base, added): (grounds[form], channels.of_profile(effects, {*base, added} - {""}))
        for form in FORMS
        for base, added in profiles
    }
    named = {str(key): each for key, each in under.items()}
    curves = truce.curves_for(
        {key: ground for key, (ground, _) in named.items()},
        {key: acting for key, (_, acting) in named.items()},
        104,
    )
    for form, base, added in under:
        with_it = survival(curves[str((form, base, added))], 1.0)
        without = survival(curves[str((form, base, ""))], 1.0)
        assert np.all(with_it >= without - 1e-9), (form, base, added)


@pytest.mark.parametrize("name", shipped())
def test_more_trust_never_shortens_a_truce_in_the_baseline(name: str) -> None:
    table = _laid(name)
    trusting = table.loaded.dossier.model_copy(
        update={
            "trust": table.loaded.dossier.trust.model_copy(
                update={"other_breaks": _both(table, Quantity(low=0.01, high=0.1))}
            )
        }
    )
    compiled = compile_dossier(trusting, DRAWS, 1)
    assert np.all(compiled.talks.fear < table.compiled.talks.fear)
    curves = silences.by_form(
        compiled,
        analysis.war_standing(compiled),
        table.deals,
        table.fronts,
        table.surveys,
        table.weeks,
    )
    for form in FORMS:
        more, less = survival(curves[form], 1.0), survival(table.curves[form], 1.0)
        assert np.all(more >= less - 1e-12), form


def _both(table: Table, quantity: Quantity) -> object:
    block = table.loaded.dossier.trust.other_breaks
    assert block is not None
    return block.model_copy(update={"A": quantity, "B": quantity})


@pytest.mark.parametrize("name", shipped())
def test_swapping_the_labels_mirrors_truces_and_pauses(name: str) -> None:
    plain, swapped = _laid(name), _laid(name, True)
    profile = ("third_party_guarantee", "reinforcement_limits", "review")
    for form in FORMS:
        one, other = (
            silences.curves_for(each, {"it": profile}, form)["it"] for each in (plain, swapped)
        )
        np.testing.assert_allclose(one.cumulative, other.cumulative, rtol=1e-9, atol=1e-9)
    for a, b in zip(silences.pauses(plain), silences.pauses(swapped), strict=True):
        for field in ("position_change", "value_change", "spared", "carrying"):
            np.testing.assert_allclose(
                getattr(a, field), getattr(b, field)[:, ::-1], rtol=1e-9, atol=1e-12
            )
        np.testing.assert_allclose(a.holds, b.holds, rtol=1e-9)
        np.testing.assert_allclose(a.renewed, b.renewed, rtol=1e-9)


def test_a_text_asks_with_its_own_worth_and_provisions() -> None:
    table = _laid(SMALL)
    ground, effects = _grounds(table)["ceasefire"], table.compiled.peace.effects
    worth = table.standing.value + table.compiled.war.reluctance + 0.2
    profiles = {"bare": (), "watched": ("monitoring_mission", "prisoners")}
    got = silences.curves_for(table, profiles, "ceasefire", worth)
    carried = table.compiled.peace.carrying_cost * table.standing.cost
    asked = table.standing.value + table.compiled.war.reluctance
    by_hand = replace(ground, kept=np.maximum(worth - carried, asked))
    for name, profile in profiles.items():
        acting = channels.of_profile(effects, profile)
        want = truce.curves_for({"it": by_hand}, {"it": acting}, table.weeks)["it"].cumulative
        np.testing.assert_allclose(got[name].cumulative, want, rtol=0, atol=1e-9)
    today = silences.curves_for(table, {"bare": ()}, "ceasefire")["bare"].cumulative
    assert np.any(np.abs(got["bare"].cumulative - today) > 0.01)
