"""A dossier in which truces move trust, from its text to the forecast.

The minimal war with a year of limited truces and exchanges, five a month, all kept or all broken.
What each step of the engine does with trust is in `test_engine.py`; here it is that the whole chain
does it: text, compiler, reference, kernel, result.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from factories_dossier import minimal_dossier
from interbellum import analysis
from interbellum.dossier.reader import Loaded, load_text
from interbellum.model.result import Result
from test_talks import SEED, same_path, simulate

DRAWS, PATHS, WEEKS = 16, 64, 104
SIGNED = "general_truce_30_days_intended"
TRUST_FIELDS = {"trust_kept", "trust_broken", "trust_memory", "exchange_rate", "other_kept"}

MONTH = """
- {{date: 2030-{month:02d}-03, kind: truce, scope: sectoral, mutual: true, kept: {kept}, title: No fire at grids, source: a test}}
- {{date: 2030-{month:02d}-09, kind: truce, scope: local, mutual: true, kept: {kept}, title: Quiet at the bridge, source: a test}}
- {{date: 2030-{month:02d}-15, kind: truce, scope: humanitarian, mutual: true, kept: {kept}, title: Vaccination, source: a test}}
- {{date: 2030-{month:02d}-21, kind: truce, scope: general, days_intended: 2, mutual: true, kept: {kept}, title: A feast, source: a test}}
"""
EXCHANGE = """
- {{date: 2030-{month:02d}-27, kind: exchange, title: Prisoners, source: a test}}
"""
ENDURING = """
trust:
  kept_factor: {low: 0.6, mode: 0.7, high: 0.8}
  memory_months: 12
"""
FLEETING = ENDURING.replace("12", "0.2")
WARY = """
trust:
  broken_factor: {low: 1.3, mode: 1.4, high: 1.5}
  memory_months: 12
"""
EVEN = """
trust:
  kept_factor: 1
  broken_factor: 1
"""
UNMOVED = ""


@cache
def war(kept: str, trust: str, exchanges: bool = True) -> Loaded:
    months = "".join(
        text.format(month=month, kept=kept).lstrip("\n")
        for month in range(1, 13)
        for text in ((MONTH, EXCHANGE) if exchanges else (MONTH,))
    )
    return load_text(f"{minimal_dossier()}events:\n{months}{trust}")


@cache
def table(kept: str, trust: str) -> analysis.Table:
    return analysis.lay_table(war(kept, trust), draws=DRAWS, seed=1, threads=2)


@cache
def answer(kept: str, trust: str, exchanges: bool = True) -> Result:
    return analysis.run(war(kept, trust, exchanges), draws=DRAWS, paths=PATHS, threads=2)


def signed(kept: str, trust: str, exchanges: bool = True) -> float:
    """Chance that a general truce is signed within a year."""
    return answer(kept, trust, exchanges).rung(SIGNED, 365).chance.p


def test_the_factors_reach_the_engine_as_logarithms_and_nothing_else_moves() -> None:
    plain, moved = table("yes", UNMOVED), table("yes", ENDURING)
    e = moved.engine
    assert (e.trust_kept < np.log(0.8)).all()
    assert (e.trust_kept > np.log(0.6)).all()
    np.testing.assert_array_equal(e.trust_broken, 0.0)
    np.testing.assert_allclose(e.trust_memory ** (12 * 4.348), 0.5)
    # Twelve exchanges in 545 days: Gamma(12.5, rate T), mean .16 a week.
    assert e.exchange_rate.mean() == pytest.approx(12.5 / (545 / 7), rel=0.05)
    # Of each kind 12 were kept and none broken: Beta(12.5, .5), mean .96.
    np.testing.assert_allclose(e.other_kept.mean(axis=0), 12.5 / 13.0, atol=0.02)
    for name in set(e._fields) - TRUST_FIELDS:
        np.testing.assert_array_equal(getattr(e, name), getattr(plain.engine, name))
    noted = {parameter.path for parameter in moved.compiled.parameters}
    assert {"trust.kept_factor", "record.exchanges", "record.local_kept"} <= noted


@pytest.mark.parametrize(
    ("kept", "trust"), [("yes", ENDURING), ("no", WARY)], ids=["kept", "broken"]
)
def test_kernel_equals_reference_where_a_dossiers_truces_move_trust(kept: str, trust: str) -> None:
    e, plain = table(kept, trust).engine, table(kept, UNMOVED).engine
    differ = 0
    for draw in range(DRAWS):
        for path in range(3):
            told = same_path(e, draw, path, WEEKS)
            differ += told.endings != simulate(plain, SEED, draw, path, WEEKS).endings
    assert differ > 0


def test_truces_kept_raise_the_chance_of_a_deal_and_truces_broken_lower_it() -> None:
    # Measured: .11 → .61 and .08 → .04. Draws and paths are the same but for trust.
    assert signed("yes", ENDURING) > signed("yes", UNMOVED) + 0.2
    assert signed("no", WARY, exchanges=False) < 0.8 * signed("no", UNMOVED, exchanges=False)
    # A factor acts on what happens: on truces kept only, or broken only, and on exchanges.
    assert signed("no", ENDURING, exchanges=False) < signed("no", ENDURING) - 0.1
    assert signed("yes", WARY) > 0.8 * signed("yes", UNMOVED)


def test_what_is_forgotten_at_once_hardly_counts() -> None:
    gained = signed("yes", ENDURING) - signed("yes", UNMOVED)
    assert signed("yes", FLEETING) - signed("yes", UNMOVED) < 0.1 * gained


def test_factors_of_one_change_nothing() -> None:
    for one, other in zip(answer("yes", EVEN).rungs, answer("yes", UNMOVED).rungs, strict=True):
        assert one.chance == other.chance
