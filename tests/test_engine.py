"""The engine on wars so bare that every week of a path can be worked out on paper.

One draw, no noise to speak of, nothing to fear: what happens is what the fields below make happen.
`test_talks.py` holds the kernel equal to this reference, path for path.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest

from factories_engine import ALWAYS, CURVE, engine, two_states
from interbellum.talks.reference import NEVER, Path, simulate, weeks_kept

WEEKS = 12


def breaks_in(week: int) -> np.ndarray:
    """Cumulative hazard (D, 3, T) of a silence that breaks at the start of its given week."""
    hazard = np.zeros((1, 3, CURVE + 1))
    hazard[..., week:] = 1e12
    return hazard


def followed(**changes: Any) -> Path:
    return simulate(engine(**changes), 1, 0, 0, WEEKS)


def spells(path: Path) -> list[tuple[str, int]]:
    """States in order with their number of weeks, week 0 included."""
    return [(state, len(list(weeks))) for state, weeks in groupby(path.endings)]


def reached(path: Path) -> dict[str, int]:
    return {rung: week for rung, week in path.first.items() if week != NEVER}


SIGNED = {"any_truce_announced": 1, "general_truce_30_days_intended": 1}


def test_where_nothing_happens_the_war_goes_on() -> None:
    path = followed()
    assert spells(path) == [("war", WEEKS + 1)]
    assert reached(path) == {}
    assert path.silences == []


# --- deals ---------------------------------------------------------------------------------------


def test_a_deal_that_both_want_is_signed_in_the_first_round() -> None:
    path = followed(talk_chance=ALWAYS)
    assert spells(path) == [("war", 1), ("ceasefire_in_force", WEEKS)]
    kept = {"general_truce_30_days_kept": 1, "general_truce_year_kept": 1}
    assert reached(path) == {**SIGNED, **kept}
    assert path.silences == [("ceasefire", 0, 1)]


@pytest.mark.parametrize(("decides", "signed"), [(0.49, False), (0.5, True), (0.9, True)])
def test_a_deal_that_decides_the_share_is_a_settlement(decides: float, signed: bool) -> None:
    path = followed(talk_chance=ALWAYS, frontier_decides=decides)
    assert path.endings[1] == ("settlement_in_force" if signed else "ceasefire_in_force")
    assert ("settlement_signed" in reached(path)) is signed


def test_no_deal_is_offered_where_red_lines_leave_none() -> None:
    assert reached(followed(talk_chance=ALWAYS, levels=np.array([[[0, 0]]]))) == {}


@pytest.mark.parametrize("side", [0, 1])
def test_one_reluctant_side_is_enough_to_refuse(side: int) -> None:
    reluctance = np.zeros((1, 2))
    reluctance[0, side] = 2.0  # twice the stake, more than any deal gives
    assert reached(followed(talk_chance=ALWAYS, reluctance=reluctance)) == {}


# --- how long it holds -----------------------------------------------------------------------------


def test_a_broken_truce_returns_to_war_and_may_be_signed_again() -> None:
    path = followed(talk_chance=ALWAYS, hazard=breaks_in(3))
    # It breaks in its third week: two full weeks and a part, then a week of war, then a new one.
    assert spells(path) == [
        ("war", 1),
        ("ceasefire_in_force", 3),
        ("war", 1),
        ("ceasefire_in_force", 3),
        ("war", 1),
        ("ceasefire_in_force", 3),
        ("war", 1),
    ]
    assert [week for _, _, week in path.silences] == [1, 5, 9]
    assert reached(path) == SIGNED


@pytest.mark.parametrize(
    ("week", "month", "year"),
    [(5, False, False), (6, True, False), (53, True, False), (54, True, True)],
)
def test_kept_is_thirty_days_and_a_year(week: int, month: bool, year: bool) -> None:
    # 30 days are 4.29 weeks, 365 are 52.14; a hazard that rises within week n breaks as it opens.
    got = reached(followed(talk_chance=ALWAYS, hazard=breaks_in(week)))
    assert ("general_truce_30_days_kept" in got) is month
    assert ("general_truce_year_kept" in got) is year


@pytest.mark.parametrize(
    ("provisions", "factor"), [(0, 1.0), (3, 0.25**0.25), (6, 0.5), (12, 0.25), (20, 0.25)]
)
def test_provisions_stretch_the_time_until_incidents_break_it(
    provisions: int, factor: float
) -> None:
    steady = np.zeros((1, 3, CURVE + 1)) + 0.5 * np.arange(CURVE + 1)
    e = engine(incidents=steady)
    bare = weeks_kept(e, 1, 0, 0, 1, "ceasefire", 0)
    kept = weeks_kept(e, 1, 0, 0, 1, "ceasefire", provisions)
    assert 0 < kept < CURVE
    assert kept * factor == pytest.approx(bare)
    other_causes = engine(hazard=steady)
    assert weeks_kept(other_causes, 1, 0, 0, 1, "ceasefire", provisions) == pytest.approx(bare)


def test_each_form_has_its_own_curve() -> None:
    hazard = np.zeros((1, 3, CURVE + 1))
    hazard[0, 1, 3:] = 1e12  # settlements only
    assert spells(followed(talk_chance=ALWAYS, hazard=hazard))[1] == ("ceasefire_in_force", WEEKS)
    settled = followed(talk_chance=ALWAYS, hazard=hazard, frontier_decides=0.9)
    assert spells(settled)[1] == ("settlement_in_force", 3)


@pytest.mark.parametrize("side", [0, 1])
def test_the_side_that_rearmed_has_moved_the_race_when_the_truce_breaks(side: int) -> None:
    # 1-e^-3 of a ceiling of 1 takes the race from the middle to its end.
    ceiling = np.zeros((1, 2))
    ceiling[0, side] = 1.0
    path = followed(talk_chance=ALWAYS, hazard=breaks_in(3), rearm_ceiling=ceiling)
    won = f"victory_{'AB'[side]}"
    assert spells(path) == [("war", 1), ("ceasefire_in_force", 3), ("war", 1), (won, WEEKS - 4)]
    assert path.first[won] == 5


def test_equal_rearmament_leaves_the_race_where_it_was() -> None:
    path = followed(talk_chance=ALWAYS, hazard=breaks_in(3), rearm_ceiling=np.ones((1, 2)))
    assert {state for state, _ in spells(path)} == {"war", "ceasefire_in_force"}


@pytest.mark.parametrize(("ceiling", "wins"), [(0.5, False), (0.6, True)])
def test_rearmament_saturates_at_its_pace(ceiling: float, wins: bool) -> None:
    # 3 weeks at .8 a week: 1-e^-2.4 = .909; .5 + .909·.6 = 1.05, .5 + .909·.5 = .95.
    path = followed(
        talk_chance=ALWAYS,
        hazard=breaks_in(3),
        rearm_ceiling=np.array([[ceiling, 0.0]]),
        rearm_rate=np.array([[0.8, 0.8]]),
    )
    assert (path.endings[5] == "victory_A") is wins


# --- giving up and falling quiet ---------------------------------------------------------------------


@pytest.mark.parametrize("side", [0, 1])
def test_a_side_that_would_rather_lose_gives_up_when_its_patience_ends(side: int) -> None:
    cost = np.zeros((1, 2))
    cost[0, side] = 10.0
    path = followed(cost=cost, tolerance=3.0)
    won = f"victory_{'BA'[side]}"
    assert spells(path) == [("war", 4), (won, WEEKS - 3)]  # untenable for more than 3 weeks
    assert reached(path) == {won: 4}


def test_nobody_gives_up_at_a_chance_of_nought() -> None:
    path = followed(cost=np.array([[10.0, 0.0]]), tolerance=3.0, ending_chance=0.0)
    assert reached(path) == {}


def test_the_front_goes_quiet_when_both_have_long_preferred_it() -> None:
    content = {"standing": np.ones((1, 2)), "tolerance": 3.0}
    path = followed(**content)
    assert spells(path) == [("war", 4), ("freeze", WEEKS - 3)]
    assert reached(path) == {"freeze": 4}
    assert path.silences == [("freeze", 0, 4)]
    for side in (0, 1):
        one = np.ones((1, 2))
        one[0, side] = -1.0
        assert reached(followed(**{**content, "standing": one})) == {}
        reluctance = np.zeros((1, 2))
        reluctance[0, side] = 2.0
        assert reached(followed(**content, reluctance=reluctance)) == {}


def test_patience_starts_anew_after_a_silence() -> None:
    path = followed(standing=np.ones((1, 2)), tolerance=3.0, hazard=breaks_in(2))
    assert spells(path) == [("war", 4), ("freeze", 2), ("war", 4), ("freeze", 2), ("war", 1)]


# --- limited truces ------------------------------------------------------------------------------------


def test_limited_truces_are_rungs_and_no_endings() -> None:
    kept = followed(sectoral_rate=1e3, sectoral_kept=1.0)
    assert reached(kept) == {"any_truce_announced": 1, "sectoral_truce_kept": 1}
    broken = followed(sectoral_rate=1e3, sectoral_kept=0.0)
    assert reached(broken) == {"any_truce_announced": 1}
    assert reached(followed(other_rate=1e3)) == {"any_truce_announced": 1}
    assert spells(kept) == [("war", WEEKS + 1)]


def fearful(**changes: Any) -> dict[str, Any]:
    """A deal worth the stake to both, which fear keeps them from: ρ = .002 a week, h = .032.

    Fighting on is worth nothing (an end that is 500 standard deviations away), so U - V = ρ/(ρ+h):
    1/17 in full fear, 1/9, 1/5, 1/3 at a half, a quarter, an eighth of it. They sign above .3.
    """
    fields: dict[str, Any] = {
        "talk_chance": ALWAYS,
        "fear": np.full((1, 2), 0.032),
        "reluctance": np.full((1, 2), 0.3),
        "stubbornness": np.full((1, 2), 1e9),  # nobody reads a trend into the noise
    }
    return {**fields, **changes}


SIGNS = "general_truce_30_days_intended"


def test_truces_kept_take_fear_away_and_truces_broken_add_to_it() -> None:
    half = {"trust_kept": np.log(0.5), "sectoral_rate": 1e3}
    assert SIGNS not in reached(followed(**fearful(sectoral_rate=1e3, sectoral_kept=1.0)))
    # One truce a week, after that week's talks: an eighth is left in the fourth week.
    assert followed(**fearful(**half, sectoral_kept=1.0)).first[SIGNS] == 4
    assert SIGNS not in reached(followed(**fearful(**half, sectoral_kept=0.0)))
    worse = fearful(fear=np.full((1, 2), 0.004), trust_broken=np.log(2.0), sectoral_rate=1e3)
    assert followed(**worse, sectoral_kept=0.0).first[SIGNS] == 1  # at an eighth they sign at once


def test_a_change_of_trust_fades() -> None:
    half = fearful(trust_kept=np.log(0.5), sectoral_rate=1e3, sectoral_kept=1.0)
    # Halved again each week, less and less of it left: at most a factor 1/2 in all, if half is lost.
    assert SIGNS not in reached(followed(**half, trust_memory=0.5))
    # After three truces: 3 halvings undimmed; with .9 a week kept, .9 + .81 + .729 + .656 > 3 in week 5.
    assert followed(**half, trust_memory=0.9).first[SIGNS] == 5


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_other_truces_move_trust_as_their_kind_is_kept(kind: int) -> None:
    share, kept = np.zeros((1, 3)), np.zeros((1, 3))
    share[0, kind:], kept[0, kind] = 1.0, 1.0
    fields = fearful(trust_kept=np.log(0.5), other_rate=1e3, other_share=share, other_kept=kept)
    assert followed(**fields).first[SIGNS] == 4
    assert SIGNS not in reached(followed(**{**fields, "other_kept": 1.0 - kept}))


def test_an_exchange_is_no_truce_but_moves_trust() -> None:
    path = followed(**fearful(trust_kept=np.log(0.5), exchange_rate=1e3))
    assert path.first[SIGNS] == path.first["any_truce_announced"] == 4


def test_a_broken_silence_is_a_broken_truce() -> None:
    fields = fearful(fear=np.full((1, 2), 0.004), hazard=breaks_in(3))
    assert [week for _, _, week in followed(**fields).silences] == [1, 5, 9]
    assert [week for _, _, week in followed(**fields, trust_broken=np.log(2.0)).silences] == [1]


# --- regimes -------------------------------------------------------------------------------------------


def mute_then_talking() -> dict[str, Any]:
    talks = np.ones((1, 1, 6))
    talks[0, 0, 0] = 0.0
    return two_states(talk_chance=np.array([ALWAYS]), regime_talks=talks)


def test_the_regime_in_force_scales_the_chance_of_talks() -> None:
    assert reached(followed(**mute_then_talking())) == {}
    doubled = two_states(talk_chance=np.array([0.5]), regime_talks=np.full((1, 1, 6), 2.0))
    assert followed(**doubled).first["any_truce_announced"] == 1


def test_a_regime_moves_by_chance() -> None:
    fields = mute_then_talking()
    fields["regime_switch"][0, 0, 0, 1] = ALWAYS
    assert followed(**fields).first["any_truce_announced"] == 1
    fields["regime_switch"][0, 0, 0, 1] = 0.3
    weeks = [simulate(engine(**fields), 1, 0, path, 200) for path in range(400)]
    mean = np.mean([path.first["any_truce_announced"] for path in weeks])
    # Geometric with mean 1/.3 and standard deviation sqrt(.7)/.3 = 2.8; 3 standard errors are .42.
    assert mean == pytest.approx(1 / 0.3, abs=0.42)


def test_a_scheduled_move_happens_in_its_week_and_only_from_its_state() -> None:
    fields = mute_then_talking()
    fields["scheduled"] = np.array([[5, 0, 0, 1]])
    assert followed(**fields).first["any_truce_announced"] == 5
    fields["scheduled"] = np.array([[5, 0, 1, 0]])
    assert reached(followed(**fields)) == {}


def test_a_move_that_falls_in_a_silence_is_made() -> None:
    # Talking until week 3, when it is mute: the truce of week 1 breaks and none follows.
    fields = mute_then_talking()
    fields["regime_now"] = np.array([1])
    fields["scheduled"] = np.array([[3, 0, 1, 0]])
    path = followed(**fields, hazard=breaks_in(3))
    assert spells(path) == [("war", 1), ("ceasefire_in_force", 3), ("war", WEEKS - 3)]


@pytest.mark.parametrize("side", [0, 1])
def test_the_regime_in_force_scales_a_sides_reluctance(side: int) -> None:
    factor = np.ones((1, 1, 6, 2))
    factor[0, 0, 0, side] = 10.0
    fields = two_states(talk_chance=np.array([ALWAYS]), reluctance=np.full((1, 2), 0.4))
    assert followed(**fields).first["any_truce_announced"] == 1  # .4 is less than the deal gives
    assert reached(followed(**{**fields, "regime_reluctance": factor})) == {}  # 4 is more


@pytest.mark.parametrize("side", [0, 1])
def test_the_regime_in_force_scales_what_fighting_costs_a_side(side: int) -> None:
    factor = np.ones((1, 1, 6, 2))
    factor[0, 0, 0, side] = 10.0
    fields = two_states(cost=np.full((1, 2), 1.0), tolerance=np.array([3.0]))
    costly = two_states(
        cost=np.full((1, 2), 1.0), tolerance=np.array([3.0]), regime_cost=np.zeros((1, 1, 6, 2))
    )
    assert len(reached(followed(**costly))) == 0  # war costs nothing: nobody gives up
    assert set(reached(followed(**fields))) <= {"victory_A", "victory_B"}
    costly["regime_cost"] = factor - 1.0  # only this side pays
    assert reached(followed(**costly)) == {f"victory_{'BA'[side]}": 4}


def test_the_regime_in_force_says_which_packages_there_are() -> None:
    # Two frontiers, one without any package; the second state chooses it.
    fields = two_states(
        talk_chance=np.array([ALWAYS]),
        regime_set=np.array([[0, 1, 0, 0, 0, 0]]),
        levels=np.array([[[0, 1], [1, 1]]]),
    )
    assert followed(**fields).first["any_truce_announced"] == 1
    assert reached(followed(**{**fields, "regime_now": np.array([1])})) == {}
    later = {**fields, "regime_now": np.array([1]), "scheduled": np.array([[5, 0, 1, 0]])}
    assert followed(**later).first["any_truce_announced"] == 5


def test_both_sides_know_what_a_regime_adds_and_learn_from_the_rest() -> None:
    # The regime adds .001 a week, so A must wait 500 weeks for the end: L1 = e^-(.002·500) = .37 and
    # V = .37 - .8·.63 < 0. Were the regime's share learnt as well, A would expect 250: V > 0.
    effect = np.zeros((1, 1, 6))
    effect[0, 0, 0] = 1e-3
    # The noise of a week is a tenth of what the regime adds, so that nobody mistakes it for a trend.
    calm = {"variance": np.array([1e-8]), "cost": np.array([[0.8, 0.0]]), "tolerance": 3.0}
    path = followed(**two_states(regime_effect=effect), **calm)
    assert reached(path) == {"victory_B": 4}


def test_the_front_stays_where_it_is_when_a_regime_moves() -> None:
    # y = x + φ(m-θ)/(1-φ): a drift that rises by .01 at φ = .9 lowers y by .09 and then moves it up.
    # From y = .42 A waits 58 weeks: V = e^-.116 - 8.8(1-e^-.116) = -.07; from .51, +.09.
    effect = np.zeros((1, 1, 6))
    effect[0, 0, 1] = 0.01
    fields = two_states(
        regime_effect=effect,
        scheduled=np.array([[1, 0, 0, 1]]),
        momentum=np.array([0.9]),
        variance=np.array([1e-8]),
        stubbornness=np.full((1, 2), 1e6),
        cost=np.array([[8.8, 0.0]]),
        tolerance=np.array([0.5]),
    )
    assert reached(followed(**fields)) == {"victory_B": 1}
    assert reached(followed(**{**fields, "momentum": np.array([0.0])})) == {}


# --- sides -----------------------------------------------------------------------------------------------


def test_a_drift_decides_the_race_in_the_week_that_it_gets_there() -> None:
    assert reached(followed(drift=0.052)) == {"victory_A": 10}  # .5 / .052 = 9.6 weeks
    assert reached(followed(drift=-0.052)) == {"victory_B": 10}


def test_swapped_labels_mirror_a_path() -> None:
    noisy = {"variance": 0.01}
    e = engine(**noisy)
    turned = engine(**noisy)._replace(orientation=-1)
    other = {"victory_A": "victory_B", "victory_B": "victory_A"}
    for path in range(20):
        one, two = (simulate(inputs, 1, 0, path, 60) for inputs in (e, turned))
        assert [other.get(state, state) for state in one.endings] == two.endings
