"""Bargaining over forts: the models of the literature, one by one, out of one solver.

Numbers are those of design section 8 and of the papers named; the oracles are the papers' formulas.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbellum.errors import UsageError
from interbellum.talks.lattice import (
    Course,
    Game,
    Protocol,
    Shock,
    accepts,
    believed,
    best_demand,
    follow,
    gain_of_answer,
    solve,
)

LONG = 1200  # periods; the walk over ten forts outlasts them with a chance below 1e-25
shares = st.floats(0.02, 0.98)
PROTOCOLS: tuple[Protocol, ...] = ("random_proposer", "alternating", "egalitarian")


def game(**changes: Any) -> Game:
    """Smith and Stam's example: three forts of ten, each battle won by A with chance .55."""
    fields: dict[str, Any] = {"forts": 10, "start": 3, "chance": (0.55, 0.55)}
    return Game(**{**fields, **changes})


def slantchev(forts: int, start: int, p: float) -> tuple[float, float]:
    """h(n) and D(n): chance of victory and mean number of battles of the gambler's ruin."""
    if p == 0.5:
        return start / forts, start * (forts - start)
    r = (1.0 - p) / p
    h = (1.0 - r**start) / (1.0 - r**forts)
    return h, start / (1.0 - 2.0 * p) - forts / (1.0 - 2.0 * p) * h


# --- no bargaining: Smith and Stam -----------------------------------------------------------------


def test_forts_without_talks_are_won_and_last_as_smith_and_stam_say() -> None:
    # Design section 8: N=10, n=3, p=.55: win .5225364104, duration 22.25364104.
    mute = game(talks=0.0)
    solution = solve(mute, LONG)
    course = follow(mute, solution, 0.55)
    assert solution.value[0, 3, 0] == pytest.approx(0.5225364104, abs=5e-11)
    assert course.won[0] == pytest.approx(0.5225364104, abs=5e-11)
    assert course.battles == pytest.approx(22.25364104, abs=5e-9)
    assert course.unfinished < 1e-12


def test_a_battle_costs_what_it_lasts() -> None:
    cost = solve(game(talks=0.0), LONG).value - solve(game(talks=0.0, cost=(1.0, 0.0)), LONG).value
    assert cost[0, 3, 0] == pytest.approx(22.25364104, abs=5e-9)


def test_forts_without_talks_are_worth_the_discounted_chances() -> None:
    # Bargaining theory, 1.4: discount .97 gives .2484980721 for A and .3249826100 for B.
    value = solve(game(talks=0.0, discount=(0.97, 0.97)), LONG).value[0, 3]
    assert value[0] == pytest.approx(0.2484980721, abs=5e-11)
    assert value[1] == pytest.approx(0.3249826100, abs=5e-11)


@pytest.mark.parametrize("stalemate", [0.2, 0.7])
def test_stalemate_changes_the_length_and_not_the_chance(stalemate: float) -> None:
    slow = game(talks=0.0, battle=1.0 - stalemate, cost=(1.0, 0.0))
    value = solve(slow, 4 * LONG).value[0, 3]
    assert value[1] == pytest.approx(1.0 - 0.5225364104, abs=5e-11)
    assert value[0] - 0.5225364104 == pytest.approx(-22.25364104 / (1.0 - stalemate), abs=5e-8)


# --- no learning, patience: Slantchev's limit ------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(
    st.integers(1, 9),
    st.floats(0.35, 0.65),
    st.floats(0.0, 1.0),
    st.floats(0.0, 0.01),
    st.floats(0.0, 0.01),
)
def test_share_with_a_random_proposer(
    start: int, p: float, proposer: float, cost_a: float, cost_b: float
) -> None:
    # Design section 8: h(n) + [π c_B - (1-π) c_A] D(n), agreed at once.
    played = game(start=start, chance=(p, p), cost=(cost_a, cost_b), proposer=proposer)
    solution = solve(played, 800)
    h, length = slantchev(10, start, p)
    premium = (proposer * cost_b - (1.0 - proposer) * cost_a) * length
    if solution.fight[0].min() >= 0.0:  # nowhere is the whole stake too little to ask for
        assert solution.value[0, start, 0] == pytest.approx(h + premium, abs=1e-9)
        assert solution.value[0, start].sum() == pytest.approx(1.0, abs=1e-9)
        assert follow(played, solution, p).battles == pytest.approx(0.0, abs=1e-12)


def test_share_with_a_random_proposer_to_ten_digits() -> None:
    # .5225364104 + (.3 x .004 - .7 x .002) 22.25364104 = .51808568219
    played = game(cost=(0.002, 0.004), proposer=0.3)
    assert solve(played, LONG).value[0, 3, 0] == pytest.approx(0.5180856822, abs=1e-10)


def test_alternating_offers_average_to_the_even_proposer() -> None:
    # Bargaining theory, 1.5: h(n) + (c_B - c_A) D(n)/2 on the mean over who offers first.
    first = [
        solve(game(cost=(0.002, 0.004), protocol="alternating", proposer=p), LONG).value[0, 3, 0]
        for p in (0.0, 1.0)
    ]
    assert np.mean(first) == pytest.approx(0.5225364104 + 0.001 * 22.25364104, abs=1e-9)
    assert first[1] - first[0] > 0.0  # who offers gets the premium


# --- no war: Rubinstein ----------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(st.floats(0.3, 0.97), st.floats(0.3, 0.97))
def test_alternating_offers_without_war_are_rubinsteins(one: float, two: float) -> None:
    played = game(battle=0.0, protocol="alternating", proposer=1.0, discount=(one, two))
    value = solve(played, 800).value[0, 3, 0]
    assert value == pytest.approx((1.0 - two) / (1.0 - one * two), abs=1e-12)


def test_rubinstein_in_figures() -> None:
    # (1-.8)/(1-.9 x .8) = 5/7
    played = game(battle=0.0, protocol="alternating", proposer=1.0, discount=(0.9, 0.8))
    assert solve(played, 500).value[0, 3, 0] == pytest.approx(5.0 / 7.0, abs=1e-12)


# --- one offer, private cost: Fearon ---------------------------------------------------------------


def fearon(p: float, cost: float, h: float) -> tuple[float, float, float]:
    """Demand, chance of war and value to A of one offer to a side with a cost on [0, h]."""
    once = Game(
        2, 1, (p, p), cost=(cost, 0.0), rounds=1, proposer=1.0, shock="uniform", noise=h
    )  # one battle decides
    solution = solve(once, 2)
    return (
        float(solution.offer[0, 1, 0]),
        1.0 - float(solution.signed[0, 1]),
        float(solution.value[0, 1, 0]),
    )


@pytest.mark.parametrize("p", [0.1, 0.4, 0.7])
def test_one_offer_under_a_uniform_cost_is_fearons(p: float) -> None:
    # Design section 8, with h=.3 and c_A=.1: demand p+.1, war 1/3 whatever p, value p+.04/1.2.
    demand, war, value = fearon(p, 0.1, 0.3)
    assert demand == pytest.approx(p + 0.1, abs=1e-9)
    assert war == pytest.approx(1.0 / 3.0, abs=1e-9)
    assert value == pytest.approx(p + 0.04 / 1.2, abs=1e-9)


def test_a_dear_war_is_not_risked() -> None:
    # With c_A at least h the demand is p itself, which no type refuses.
    demand, war, _ = fearon(0.4, 0.35, 0.3)
    assert (demand, war) == (pytest.approx(0.4), pytest.approx(0.0, abs=1e-9))


def test_no_demand_goes_beyond_the_stake() -> None:
    # p+(h-c_A)/2 = 1.05: A asks for all, and war comes from the types with a cost below .1.
    demand, war, _ = fearon(0.9, 0.0, 0.3)
    assert demand == 1.0
    assert war == pytest.approx(0.1 / 0.3, abs=1e-9)


# --- learning --------------------------------------------------------------------------------------


@given(st.floats(1.0, 300.0), st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.integers(0, 200))
def test_equal_strength_disagreement_shrinks_whatever_the_battles(
    strength: float, a: float, b: float, battles: int
) -> None:
    # Design section 8: Δ0 S/(S+m) at every position, that is after every course of battles.
    seen = believed(game(chance=(a, b), strength=(strength, strength)), battles)
    gap = (a - b) * strength / (strength + battles)
    np.testing.assert_allclose(seen[:, 0] - seen[:, 1], gap, atol=1e-12)


def test_a_lottery_after_22_battles_finds_a_deal() -> None:
    # Bargaining theory, 1.4: S=8, gap .375, c_A+c_B=.1: the one-shot range opens at m = 22.
    played = game(chance=(0.7, 0.325), strength=(8.0, 8.0))
    gaps = [float(np.ptp(believed(played, m)[5])) for m in range(30)]
    assert next(m for m, gap in enumerate(gaps) if gap <= 0.1 + 1e-12) == 22


def test_learning_without_talks_is_worth_the_mean_over_the_belief() -> None:
    # Pólya's urn: the predictive chance of victory is the mean of h over the Beta belief.
    from scipy.integrate import quad
    from scipy.stats import beta

    mute = game(chance=(0.6, 0.4), strength=(10.0, 30.0), talks=0.0)
    value = solve(mute, LONG).value[0, 3]
    for side, (a, b) in enumerate(((6.0, 4.0), (12.0, 18.0))):

        def win(p: float, a: float = a, b: float = b) -> float:
            return slantchev(10, 3, p)[0] * float(beta.pdf(p, a, b))

        expected = quad(win, 1e-9, 1 - 1e-9, points=[0.5], limit=200)[0]
        got = value[0] if side == 0 else 1.0 - value[1]
        assert got == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_sure_and_opposed_sides_never_settle(protocol: Protocol) -> None:
    played = game(forts=6, chance=(0.9, 0.1), protocol=protocol, cost=(0.001, 0.001))
    course = follow(played, solve(played, LONG), 0.5)
    assert (
        course.settled.sum() < 1e-12
    )  # but for the last periods, after which nothing is worth anything
    assert course.won[0] == pytest.approx(0.5, abs=1e-9)
    assert course.battles == pytest.approx(9.0, abs=1e-9)  # n(N-n) under the true chance


def war(strength: float, cost: float, protocol: Protocol = "egalitarian") -> Course:
    """Forty forts, the middle, a gap of .3 between two beliefs, truth between them."""
    played = Game(40, 20, (0.65, 0.35), (strength, strength), cost=(cost, cost), protocol=protocol)
    return follow(played, solve(played, 1000), 0.5)


def test_foreseen_learning_makes_stubbornness_not_monotone() -> None:
    # Bargaining theory, 1.4 (caution): where war is cheap the stubborn fight longer (13, 24, 40, 66
    # battles at strength 4, 10, 25, 60, from a prototype); where it is dear, sides that learn
    # slowly know that waiting persuades nobody and sign at once (4.1, 5.1, 4.1, 0). Yildiz (2004).
    cheap = [war(strength, 0.005).battles for strength in (4, 10, 25, 60)]
    assert cheap == pytest.approx([13.44, 23.63, 39.83, 65.46], abs=0.01)
    dear = [war(strength, 0.02).battles for strength in (4, 10, 25, 60)]
    assert dear == pytest.approx([4.125, 5.0625, 4.125, 0.0], abs=0.001)


# --- what answers a demand -------------------------------------------------------------------------


@given(shares, shares, st.sampled_from(["logistic", "uniform"]), st.floats(0.01, 0.5))
def test_best_demand_beats_a_grid(own: float, left: float, shock: Shock, noise: float) -> None:
    def worth(demand: Any) -> Any:
        return (demand - own) * accepts(left - np.asarray(demand), shock, noise)

    best = best_demand(np.array(own), np.array(left), shock, noise)
    grid = np.linspace(0.0, 1.0, 401)
    assert float(worth(best)) >= worth(grid).max() - 1e-9
    assert 0.0 <= float(best) <= 1.0


@given(st.floats(-0.5, 0.5), st.sampled_from(["logistic", "uniform"]), st.floats(0.02, 0.3))
def test_gain_is_the_integral_of_the_chance_to_sign(
    surplus: float, shock: Shock, noise: float
) -> None:
    step = 1e-5
    rise = gain_of_answer(np.array([surplus - step, surplus + step]), shock, noise)
    middle = accepts(np.array([surplus - step, surplus, surplus + step]), shock, noise)
    assert middle[0] - 1e-6 <= float(rise[1] - rise[0]) / (2 * step) <= middle[2] + 1e-6
    assert float(rise[0]) >= max(0.0, surplus - step) - 1e-12


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_small_shocks_are_no_shocks(protocol: Protocol) -> None:
    plain = game(cost=(0.01, 0.02), protocol=protocol)
    exact = solve(plain, 400).value[0, 3]
    apart = [
        np.abs(
            solve(
                game(cost=(0.01, 0.02), protocol=protocol, shock="logistic", noise=noise), 400
            ).value[0, 3]
            - exact
        ).max()
        for noise in (0.01, 0.001, 0.0001)
    ]
    assert apart[1] > apart[2]
    assert apart[2] < 0.002


# --- invariants ------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("shock", ["none", "logistic"])
def test_swapping_the_labels_mirrors_the_game(protocol: Protocol, shock: Shock) -> None:
    noise = 0.0 if shock == "none" else 0.03
    common: dict[str, Any] = {"protocol": protocol, "shock": shock, "noise": noise, "talks": 0.6}
    plain = Game(
        10,
        3,
        (0.7, 0.4),
        (12.0, 30.0),
        cost=(0.01, 0.02),
        discount=(0.99, 0.98),
        proposer=0.3,
        **common,
    )
    other = Game(
        10,
        7,
        (0.6, 0.3),
        (30.0, 12.0),
        cost=(0.02, 0.01),
        discount=(0.98, 0.99),
        proposer=0.7,
        **common,
    )
    one, two = solve(plain, 300), solve(other, 300)
    np.testing.assert_allclose(one.value, two.value[:, ::-1, ::-1], atol=1e-12)
    np.testing.assert_allclose(one.signed, two.signed[:, ::-1], atol=1e-12)
    np.testing.assert_allclose(
        follow(plain, one, 0.5).settled, follow(other, two, 0.5).settled, atol=1e-12
    )


def test_more_forts_that_are_as_many_weeks_of_war_converge() -> None:
    # One race on N forts: a week has N²/16 battles, each tilted by .08/N, so that drift and variance
    # a week stay. The share at the middle tends to a limit, at rate 1/N².
    share = []
    for forts in (4, 8, 16):
        battles = forts * forts / 16.0  # a week
        tilt = 0.5 + 0.08 / forts
        weekly = 0.016
        played = Game(
            forts,
            forts // 2,
            (tilt, tilt),
            cost=(weekly / battles, 0.5 * weekly / battles),
            proposer=0.3,
        )
        share.append(solve(played, 40 * forts * forts).value[0, forts // 2, 0])
    assert abs(share[2] - share[1]) < 0.3 * abs(share[1] - share[0])


@pytest.mark.parametrize(
    "changed",
    [
        {"start": 0},
        {"start": 10},
        {"talks": 1.2},
        {"battle": -0.1},
        {"battle": 0.5, "strength": (5.0, 5.0)},
        {"shock": "logistic"},
        {"noise": 0.1},
    ],
)
def test_a_game_that_cannot_be_played_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        game(**changed)


def test_wars_of_the_example_end_at_some_time() -> None:
    course = war(10, 0.005)
    assert course.settled.sum() + sum(course.won) + course.unfinished == pytest.approx(1.0)
    assert math.isfinite(course.battles)
