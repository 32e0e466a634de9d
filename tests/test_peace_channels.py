"""The table of provisions, and how provisions act through their channels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from interbellum.model.arrays import ShapeError
from interbellum.model.peace import TruceGround, TruceInputs
from interbellum.model.provisions import CHANNELS, EFFECTS, ENFORCING, PROVISIONS, Channels
from interbellum.model.units import Array
from interbellum.peace.channels import no_provisions, of_number, of_profile
from interbellum.peace.truce import curves_for, inputs_for, survival, truce_curves

D = 24
WEEKS = 52


def _effects(seed: int = 3) -> dict[str, Channels]:
    """Factors drawn evenly over the range of each effect."""
    rng = np.random.default_rng(seed)
    return {
        provision: Channels(
            **{
                **{name: np.ones(D) for name in CHANNELS},
                **{each.channel: rng.uniform(each.low, each.high, D) for each in effects},
            }
        )
        for provision, effects in EFFECTS.items()
    }


def _ground(**changed: Any) -> TruceGround:
    rng = np.random.default_rng(4)
    gains = np.linspace(0.0, 1.0, 101)
    value = rng.uniform(0.2, 0.5, (D, 2, 1))
    bare = TruceInputs(
        distance=np.zeros((D, 2)),
        rearm_rate=rng.uniform(0.01, 0.04, (D, 2)),
        rearm_ceiling=rng.uniform(0.03, 0.2, (D, 2)),
        spread=rng.uniform(0.003, 0.014, D),
        incidents_per_week=rng.uniform(1, 12, D),
        echo=rng.uniform(0.3, 0.9, D),
        collapse_size=rng.uniform(20, 100, D),
        change_hazard=np.full(D, 0.001),
        term_weeks=np.full(D, np.inf),
        renewal=np.ones(D),
    )
    fields: dict[str, Any] = {
        "gains": gains,
        "values": np.minimum(1.0, value + gains),
        "kept": value[..., 0] + rng.uniform(0, 0.1, (D, 2)),
        "breach_cost": rng.uniform(0, 0.1, (D, 2)),
        "bare": bare,
    }
    return TruceGround(**{**fields, **changed})


def _holds(profile: tuple[str, ...], ground: TruceGround) -> Array:
    acting = of_profile(_effects(), profile)
    return survival(curves_for({"it": ground}, {"it": acting}, WEEKS)["it"], 1.0)


# ---------------------------------------------------------------------------------- the table


def test_the_table_names_only_what_is_on_the_lists_and_says_where_each_range_is_from() -> None:
    assert set(EFFECTS) <= set(PROVISIONS)
    for effects in EFFECTS.values():
        assert len({each.channel for each in effects}) == len(effects)
        for each in effects:
            assert each.channel in CHANNELS
            assert 0 < each.low <= each.mode <= each.high
            assert (
                each.source.startswith("judgement: ")
                or "(20" in each.source
                or "table" in each.source
            )


def test_every_range_holds_the_finding_of_no_effect() -> None:
    # Published findings contradict one another (docs/concepts/peace.md); 1 is no effect.
    assert all(each.low <= 1 <= each.high for effects in EFFECTS.values() for each in effects)


def test_every_enforcing_provision_acts_and_protects_and_of_the_others_only_review_acts() -> None:
    assert set(EFFECTS) == {*ENFORCING, "review"}
    for provision in ENFORCING:
        assert all(each.protective for each in EFFECTS[provision])
    assert not any(each.protective for each in EFFECTS["review"])


# --------------------------------------------------------------------------- profiles and numbers


def test_factors_of_a_profile_multiply_and_a_name_counts_once() -> None:
    effects = _effects()
    got = of_profile(effects, ["attribution", "response_to_breach", "attribution", "prisoners"])
    for name in CHANNELS:
        want = getattr(effects["attribution"], name) * getattr(effects["response_to_breach"], name)
        np.testing.assert_array_equal(getattr(got, name), want)
    for name in CHANNELS:
        np.testing.assert_array_equal(getattr(of_profile(effects, ["prisoners"]), name), 1.0)
        np.testing.assert_array_equal(getattr(no_provisions(D), name), 1.0)


def test_a_number_of_provisions_acts_as_so_many_means_of_the_twelve() -> None:
    effects = _effects()
    every = of_profile(effects, ENFORCING)
    number = np.where(np.arange(D) < 12, 12.0, 4.0)
    got = of_number(effects, number)
    for name in CHANNELS:
        full = getattr(every, name)
        np.testing.assert_allclose(getattr(got, name)[:12], full[:12], rtol=1e-15)
        np.testing.assert_allclose(getattr(got, name)[12:] ** 3, full[12:], rtol=1e-12)
        np.testing.assert_array_equal(getattr(of_number(effects, 0), name), 1.0)
        np.testing.assert_array_equal(getattr(of_number(effects, 15), name), full)


def test_what_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="goodwill: not on the list: ceasefire_type, term"):
        of_profile(_effects(), ["attribution", "goodwill"])
    with pytest.raises(ValueError, match="number must not be negative; it is -1"):
        of_number(_effects(), [-1.0] * D)


def test_channels_name_what_is_wrong() -> None:
    ones = dict.fromkeys(CHANNELS, np.ones(2))
    with pytest.raises(ShapeError, match=r"surprise has shape \(3,\)"):
        Channels(**{**ones, "surprise": np.ones(3)})
    with pytest.raises(ValueError, match="rearmament must be finite and above 0; it is 0"):
        Channels(**{**ones, "rearmament": np.array([1.0, 0.0])})


# ------------------------------------------------------------------------------------ the truce


def test_an_enforcing_provision_never_shortens_a_truce() -> None:
    ground, effects = _ground(), _effects()
    beside = ("ceasefire_line", "joint_commission", "third_party_guarantee")
    profiles = [
        (*others, *added) for others in ((), beside) for added in ((), *((p,) for p in ENFORCING))
    ]
    acting = {" ".join(each): of_profile(effects, each) for each in profiles}
    curves = curves_for(dict.fromkeys(acting, ground), acting, WEEKS)
    holds = {name: survival(each, 1.0) for name, each in curves.items()}
    for others in ((), beside):
        without = holds[" ".join(others)]
        for provision in ENFORCING:
            with_it = holds[" ".join((*others, provision))]
            assert np.all(with_it >= without - 1e-9), provision
            assert np.any(with_it > without + 1e-6) or provision in others, provision


def test_what_nothing_supports_changes_nothing() -> None:
    ground = _ground()
    idle = tuple(name for name in PROVISIONS if name not in EFFECTS)
    np.testing.assert_array_equal(_holds(idle, ground), _holds((), ground))


def test_each_channel_acts_where_it_says() -> None:
    ground = _ground()
    bare = inputs_for(ground, no_provisions(D))
    ones = dict.fromkeys(CHANNELS, np.ones(D))

    def under(**factor: float) -> TruceInputs:
        acting = {name: np.full(D, each) for name, each in factor.items()}
        return inputs_for(ground, Channels(**{**ones, **acting}))

    # Values rise by as much as the gain, so that the distance is what keeping is worth above them.
    asked = ground.kept - ground.values[..., 0]
    np.testing.assert_allclose(bare.distance, asked + ground.breach_cost, atol=1e-12)
    dearer = under(breach_cost=2.0).distance
    np.testing.assert_allclose(dearer, asked + 2 * ground.breach_cost, atol=1e-12)
    for channel in ("rearmament", "surprise"):
        np.testing.assert_allclose(under(**{channel: 0.5}).distance, 2 * bare.distance)
    np.testing.assert_allclose(
        under(incident_rate=0.5).incidents_per_week, bare.incidents_per_week / 2
    )
    np.testing.assert_allclose(under(incident_echo=0.5).echo, bare.echo / 2)


def test_half_the_rearming_is_half_the_ceiling_and_half_the_noise() -> None:
    ground = _ground()
    half = Channels(**{**dict.fromkeys(CHANNELS, np.ones(D)), "rearmament": np.full(D, 0.5)})
    by_channel = truce_curves(inputs_for(ground, half), WEEKS)
    bare = inputs_for(ground, no_provisions(D))
    by_hand = truce_curves(
        replace(bare, rearm_ceiling=bare.rearm_ceiling / 2, spread=bare.spread / 2), WEEKS
    )
    np.testing.assert_allclose(by_channel.cumulative, by_hand.cumulative, rtol=1e-9, atol=1e-12)


def test_grounds_and_channels_must_fit() -> None:
    with pytest.raises(ShapeError, match=f"channels have 2 draws, the ground {D}"):
        inputs_for(_ground(), no_provisions(2))
    with pytest.raises(ShapeError, match=r"kept has shape \(24,\), not \(24, 2\)"):
        _ground(kept=np.ones(D))
    with pytest.raises(KeyError, match="it"):
        curves_for({"it": _ground()}, {}, WEEKS)
