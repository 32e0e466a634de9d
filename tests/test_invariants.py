"""The invariants of design section 8 on the inputs of every shipped dossier.

Which test holds which:

- Swapping the labels mirrors every result: `test_talks.py` (results), `test_variants.py`,
  `test_diagnosis.py`, `test_lattice.py`, `test_power.py`, `test_blocking.py`.
- Scaling stake, costs, λ and reluctance together changes nothing: here.
- Finer grids converge: here (a truce's breaking point), `test_variants.py` (the premium),
  `test_lattice.py` (forts).
- Endings sum to one: `test_talks.py` (results and paths), `test_variants.py`, `test_pooling.py`.
- A guarantee never shortens a truce in the baseline: here, and `test_peace_truce.py` at large.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import test_talks
from interbellum import analysis, silences, summary
from interbellum.dossier.reader import load, shipped
from interbellum.model.rungs import FORMS
from interbellum.model.steps import surplus_line, value_of_fighting
from interbellum.model.talks import EngineInputs
from interbellum.peace.truce import survival
from interbellum.standing import surplus_lines
from interbellum.talks import reference
from interbellum.talks.reference import Path, offer, simulate, weeks_kept
from interbellum.talks.variants import attrition

SMALL, LARGE = "eritrea-ethiopia-1999", "ukraine-2025-05"
DRAWS, PATHS = 8, 3
STAKES = [3.0, 0.25]


@cache
def table(name: str) -> analysis.Table:
    return analysis.lay_table(load(name), draws=DRAWS, seed=1, threads=2)


# --- scale -----------------------------------------------------------------------------------------


def in_units(e: EngineInputs, stake: float) -> EngineInputs:
    """The same war with everything that is a share of the stake written in a smaller unit."""
    return e._replace(
        **{
            name: getattr(e, name) * stake
            for name in (
                "cost",
                "reluctance",
                "choice_noise",
                "standing",
                "frontier_a",
                "frontier_b",
            )
        }
    )


def value_in_units(stake: float) -> Any:
    """`value_of_fighting` where victory is worth `stake` and not 1; the cost comes in its unit."""

    def value(y: float, drift: float, variance: float, rho: float, cost: float, side: int) -> float:
        return stake * value_of_fighting(y, drift, variance, rho, cost / stake, side)

    return value


def surplus_in_units(stake: float) -> Any:
    """`surplus_line` likewise: u, V and the intercept in the unit, the slope a plain number."""

    def line(
        y: float,
        drift: float,
        variance: float,
        rho: float,
        cost: float,
        side: int,
        feared: float,
        gain: float,
        rate: float,
        value: float,
    ) -> tuple[float, float]:
        slope, broken = surplus_line(
            y, drift, variance, rho, cost / stake, side, feared, gain, rate, 0.0
        )
        return slope, stake * broken - value

    return line


def speak(monkeypatch: pytest.MonkeyPatch, module: Any, stake: float) -> None:
    monkeypatch.setattr(module, "value_of_fighting", value_in_units(stake))
    monkeypatch.setattr(module, "surplus_line", surplus_in_units(stake))


def tired(laid: analysis.Table) -> EngineInputs:
    """A war that ends of itself: costly in every other draw, and cheap in the rest, with a standing
    line that is just worth its price."""
    cost = laid.standing.cost * np.array([4.0, 0.1] * (DRAWS // 2))[:, None]
    standing = replace(laid.standing, cost=cost)
    standing = replace(standing, value=standing.value_at(standing.position))
    slope, base = surplus_lines(laid.compiled, standing, 0)
    return laid.engine._replace(
        cost=cost,
        standing=(laid.engine.reluctance - base + 0.02) / slope,
        tolerance=np.full(DRAWS, 2.5),
        ending_chance=np.full(DRAWS, 0.3),
    )


KINDS = {
    "as shipped": lambda laid: laid.engine,
    "tired": tired,
    "everything": lambda laid: test_talks.with_everything(laid.engine),
}


def paths_of(e: EngineInputs) -> list[Path]:
    return [simulate(e, 7, draw, 0, 104) for draw in range(DRAWS)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_the_unit_of_the_stake_changes_no_path(
    name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    e = KINDS[kind](table(name))
    plain = paths_of(e)
    ends = {state for path in plain for state in path.endings}
    assert len(ends) > 2  # it is not that nothing happens
    for stake in STAKES:
        speak(monkeypatch, reference, stake)
        assert paths_of(in_units(e, stake)) == plain
    # Costs alone in the new unit: a war that costs another share of the stake is another war.
    assert paths_of(in_units(e, STAKES[-1])._replace(cost=e.cost)) != plain


@pytest.mark.parametrize("stake", STAKES)
def test_the_unit_of_the_stake_changes_no_offer(
    stake: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    e = table(SMALL).engine
    for draw in range(DRAWS):
        y, drift, fear = [0.52, 0.47], [0.0005, -0.0003], list(e.fear[draw])
        variance, rho = e.variance[draw], e.discount[draw]
        told = []
        for unit in (1.0, stake):
            speak(monkeypatch, reference, unit)
            cost = list(unit * e.cost[draw])
            value = [
                value_in_units(unit)(y[side], drift[side], variance, rho[side], cost[side], side)
                for side in (0, 1)
            ]
            told.append(offer(in_units(e, unit), draw, y, drift, value, cost, fear))
        (one, provisions, decides), (other, same_provisions, same_decides) = told
        assert other == pytest.approx(stake * np.array(one), rel=1e-9)
        assert (same_provisions, same_decides) == (provisions, decides)


@pytest.mark.parametrize("stake", STAKES)
def test_the_unit_of_the_stake_changes_no_weight_of_the_hindcast(
    stake: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On the definition written out, which test_talks.py holds the compiled hindcast to.
    laid = table(SMALL)
    record = analysis.record_inputs(laid.compiled, laid.standing)
    plain = [test_talks.plain_hindcast(laid.engine, record, draw) for draw in range(DRAWS)]
    assert min(plain) < -0.1
    speak(monkeypatch, reference, stake)
    speak(monkeypatch, test_talks, stake)
    scaled = in_units(laid.engine, stake)
    got = [test_talks.plain_hindcast(scaled, record, draw) for draw in range(DRAWS)]
    assert got == pytest.approx(plain, rel=1e-9)


@pytest.mark.parametrize("stake", STAKES)
@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_the_unit_of_the_stake_changes_no_concession(name: str, stake: float) -> None:
    laid = table(name)
    record = analysis.record_inputs(laid.compiled, laid.standing)
    told = []
    for e in (laid.engine, in_units(laid.engine, stake)):
        terms = attrition.terms_of(e)
        open_ = terms.provisions[:, 0] >= 0  # where no text is left the stake is 1 by construction
        assert open_.any()
        told.append(
            (
                attrition.concession_rates(e.cost * e.discount, terms.stake)[open_],
                attrition.log_weights(e, terms, record)[open_],
            )
        )
    np.testing.assert_allclose(told[1][0], told[0][0], rtol=1e-9)
    np.testing.assert_allclose(told[1][1], told[0][1], rtol=1e-9)


# --- grids -------------------------------------------------------------------------------------------


def holding(name: str, steps: int, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """(forms, D, weeks + 1) chance that a silence still holds, bare of provisions."""
    laid = table(name)
    monkeypatch.setattr(silences, "GAIN_STEPS", steps)
    curves = analysis.silence_curves(
        laid.compiled, laid.standing, laid.deals, laid.fronts, laid.surveys, laid.weeks
    )
    return np.stack([survival(curves[form], 1.0) for form in FORMS])


@pytest.mark.parametrize("name", shipped())
def test_a_finer_grid_of_the_breaking_point_converges(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = holding(name, 6401, monkeypatch)
    assert exact[..., -1].max() < 1.0  # silences do break
    off = [np.abs(holding(name, n, monkeypatch) - exact).max() for n in (26, 201, 1601)]
    assert off[0] > off[1] > off[2]
    assert off[1] < 0.001  # the grid in use
    # Between two points the value is a line: eight times finer is 64 times nearer, here and there less.
    assert off[2] < off[1] / 8


# --- guarantees --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_a_guarantee_never_shortens_a_truce_of_a_shipped_war(name: str) -> None:
    # In the baseline: the same war, the same parties, one enforcing provision more.
    laid, longer = table(name), 0
    full = laid.engine.full_provisions
    factors = [summary.design_factor(laid.compiled, n) for n in range(full + 2)]
    for form in FORMS:
        kept = np.stack([survival(laid.curves[form], factor) for factor in factors])
        assert (np.diff(kept, axis=0) >= 0.0).all()
        assert kept[full].mean() > kept[0].mean()
        for draw in range(DRAWS):
            for path in range(PATHS):
                weeks = [
                    weeks_kept(laid.engine, 7, draw, path, 9, form, n) for n in range(full + 2)
                ]
                assert weeks == sorted(weeks)
                longer += weeks[-1] > weeks[0]
    assert longer > 0
