"""Single steps of the engine's reference, pinned to other readings of the same formulas.

`test_talks.py` holds the kernel to the reference; a slip that both shared would pass there. Each test
here was seen to fail on such a slip.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from interbellum.deals.reference import rearmament_shift, value_of_deal
from interbellum.talks import reference
from interbellum.talks.reference import offer, simulate, touches
from interbellum.talks.streams import QUIT, battle, lots
from interbellum.war.reference import believed_position, posterior_drift, reservation_values
from test_engine import ALWAYS, breaks_in, engine, fearful, reached, spells, two_states

SEED = 7


def overheard(monkeypatch: pytest.MonkeyPatch, name: str) -> list[tuple[Any, ...]]:
    """Arguments of every call that the reference makes of a step from now on."""
    heard: list[tuple[Any, ...]] = []
    step = getattr(reference, name)

    def listening(*args: Any) -> Any:
        heard.append(args)
        return step(*args)

    monkeypatch.setattr(reference, name, listening)
    return heard


# --- beliefs ---------------------------------------------------------------------------------------


def test_sides_believe_the_posterior_mean_and_read_the_front_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weeks, drift, variance, phi = 40, 0.0005, 1e-4, 0.6
    prior, strength = np.array([0.002, -0.001]), np.array([30.0, 50.0])
    signals, before = np.array([0.01, 0.02]), np.array([3.0, 7.0])
    heard = overheard(monkeypatch, "value_of_fighting")
    e = engine(
        drift=drift,
        variance=variance,
        momentum=phi,
        prior=prior[None],
        stubbornness=strength[None],
        signals=signals[None],
        signal_weeks=before[None],
    )
    simulate(e, SEED, 0, 3, weeks)
    noise = np.array([battle(SEED, 0, 3, week + 1) for week in range(weeks)])
    y = 0.5 + np.cumsum(drift + np.sqrt(variance) * noise)
    for side in (0, 1):
        got = np.array([args[:2] for args in heard if args[5] == side])
        seen = np.arange(1.0, weeks + 1)
        believed = posterior_drift(
            prior[side], strength[side], signals[side] + y - 0.5, before[side] + seen
        )
        np.testing.assert_allclose(got[:, 1], believed, atol=1e-15)
        at = believed_position(y, np.array(phi), np.array(drift), believed)
        np.testing.assert_allclose(got[:, 0], at, atol=1e-13)


def test_disagreement_in_a_path_shrinks_as_strength_over_strength_and_weeks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Design section 8, in the engine itself: Δ0 S/(S+m) whatever the front did.
    heard = overheard(monkeypatch, "value_of_fighting")
    e = engine(
        variance=1e-4, prior=np.array([[0.004, -0.001]]), stubbornness=np.array([[26.0, 26.0]])
    )
    simulate(e, SEED, 0, 1, 52)
    drift = np.array([args[1] for args in heard]).reshape(-1, 2)
    m = np.arange(1, 53)
    np.testing.assert_allclose(drift[:, 0] - drift[:, 1], 0.005 * 26.0 / (26.0 + m), atol=1e-15)


# --- ends ------------------------------------------------------------------------------------------


def test_of_two_sides_that_give_up_in_one_week_the_surer_one_loses() -> None:
    e = engine(cost=np.array([[10.0, 10.0]]), tolerance=0.5)
    winners = set()
    for path in range(12):
        lot_a, lot_b, _, _ = lots(SEED, 0, path, 1, QUIT)
        won = "victory_B" if lot_a < lot_b else "victory_A"
        assert reached(simulate(e, SEED, 0, path, 3)) == {won: 1}
        winners.add(won)
    assert len(winners) == 2


def test_a_week_that_touches_both_ends_goes_to_the_surer_touch() -> None:
    # Half way with a spread above the whole race both ends are touched with e^{-.05} = .95.
    assert touches(0.5, 0.5, 10.0, 0.9, 0.1) == 1
    assert touches(0.5, 0.5, 10.0, 0.1, 0.9) == 0


def test_patience_with_an_untenable_war_starts_anew_after_a_silence() -> None:
    # Untenable for A from the start; weeks 4 to 6 are silent and the talks then mute again. Six weeks
    # are more than 5.5, counted from week 8: A gives up in week 13, not in week 9.
    talks = np.zeros((1, 1, 6))
    talks[0, 0, 1] = 1.0
    e = engine(
        **two_states(
            regime_talks=talks, scheduled=np.array([[4, 0, 0, 1], [5, 0, 1, 0]], np.int64)
        ),
        talk_chance=ALWAYS,
        cost=np.array([[10.0, 0.0]]),
        tolerance=5.5,
        hazard=breaks_in(3),
    )
    path = simulate(e, SEED, 0, 0, 20)
    assert spells(path) == [
        ("war", 4),
        ("ceasefire_in_force", 3),
        ("war", 6),
        ("victory_B", 8),
    ]


# --- what is feared --------------------------------------------------------------------------------


def test_an_offer_is_worth_what_the_value_of_a_deal_says() -> None:
    # Six of twelve provisions leave half of the fear; each side fears the other's rearmament.
    fear, rho = np.array([[0.03, 0.01]]), np.array([[0.002, 0.004]])
    ceiling, rate = np.array([[0.05, 0.3]]), np.array([[0.02, 0.04]])
    y, drift, cost = np.array([[0.55, 0.5]]), np.array([[0.001, -0.0005]]), np.array([[0.5, 0.8]])
    variance = np.array([0.004])
    e = engine(
        variance=variance,
        discount=rho,
        rearm_ceiling=ceiling,
        rearm_rate=rate,
        levels=np.array([[[0, 0, 0, 0, 0, 0, 0, 2]]]),
        frontier_a=np.array([0.5, 0.4]),
        frontier_b=np.array([0.5, 0.6]),
        frontier_decides=np.array([0.7, 0.1]),
    )

    def value(at: Any) -> Any:
        return reservation_values(at, drift, variance, rho, cost)

    shift = rearmament_shift(ceiling, rate, rho, 0.5 * fear)
    u = np.array([[0.5, 0.5]])  # best for A, the worse off, though B would gain more by the other
    want = (value_of_deal(u, y, value, rho, 0.5 * fear, shift) - value(y))[0]
    surplus, provisions, decides = offer(
        e, 0, list(y[0]), list(drift[0]), list(value(y)[0]), list(cost[0]), list(fear[0])
    )
    assert list(surplus) == pytest.approx(list(want), abs=1e-12)
    assert (provisions, decides) == (6, 0.7)


def test_quiet_is_judged_by_what_each_side_fears_of_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = overheard(monkeypatch, "surplus_line")
    fear, ceiling, rate = [0.03, 0.01], [0.05, 0.3], [0.02, 0.04]
    e = engine(
        fear=np.array([fear]), rearm_ceiling=np.array([ceiling]), rearm_rate=np.array([rate])
    )
    simulate(e, SEED, 0, 0, 1)
    # side, hazard feared, gain and pace of the one who is feared
    assert [args[5:9] for args in heard] == [
        (0, fear[0], ceiling[1], rate[1]),
        (1, fear[1], ceiling[0], rate[0]),
    ]


def test_trust_fades_through_a_silence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # Kept truces in weeks 1 to 3, a freeze from week 4 that breaks after three weeks; week 8 is war.
    heard = overheard(monkeypatch, "surplus_line")
    kept, broken, memory, fear = np.log(0.5), np.log(3.0), 0.9, 0.004
    e = engine(
        standing=np.ones((1, 2)),
        tolerance=3.0,
        hazard=breaks_in(3),
        fear=np.full((1, 2), fear),
        sectoral_rate=1e3,
        sectoral_kept=1.0,
        trust_kept=kept,
        trust_broken=broken,
        trust_memory=memory,
    )
    path = simulate(e, SEED, 0, 0, 8)
    assert spells(path) == [("war", 4), ("freeze", 3), ("war", 2)]
    feared = [args[6] for args in heard if args[5] == 0]  # weeks 1 to 4, then 8
    mood = kept * np.array([0.0, memory, memory + memory**2, memory + memory**2 + memory**3])
    after = (mood[-1] * memory**3 + broken) * memory
    np.testing.assert_allclose(feared, fear * np.exp([*mood, after]), rtol=1e-12)


def test_kinds_of_truces_come_in_their_shares() -> None:
    # Every other week a truce, every other of these of the first kind, which alone is kept; one kept
    # takes all fear away. First kept after 1/.25 = 4 weeks on average, signed in the week after.
    fields = fearful(
        trust_kept=np.log(1e-9),
        other_rate=np.log(2.0),
        other_share=np.array([[0.5, 1.0, 1.0]]),
        other_kept=np.array([[1.0, 0.0, 0.0]]),
    )
    e = engine(**fields)
    weeks = [
        simulate(e, SEED, 0, p, 60).first["general_truce_30_days_intended"] for p in range(300)
    ]
    assert min(weeks) == 2
    assert np.mean(weeks) == pytest.approx(5.0, abs=0.6)  # three standard errors of .2


def test_a_regime_that_moves_in_a_silence_leaves_the_front_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # y = x + φ(m-θ)/(1-φ): a drift that rises by .01 at φ = .9 lowers y by .09, and then lifts it.
    effect = np.zeros((1, 1, 6))
    effect[0, 0, 1] = 0.01
    heard = overheard(monkeypatch, "value_of_fighting")
    e = engine(
        **two_states(regime_effect=effect, scheduled=np.array([[2, 0, 0, 1]], np.int64)),
        talk_chance=ALWAYS,
        hazard=breaks_in(3),
        momentum=0.9,
        variance=1e-12,
        stubbornness=np.full((1, 2), 1e9),
    )
    simulate(e, SEED, 0, 0, 5)
    assert heard[0][0] == pytest.approx(0.5, abs=1e-5)
    assert heard[-2][0] == pytest.approx(0.5 - 0.09 + 0.01, abs=1e-5)
