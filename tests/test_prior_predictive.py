"""What the defaults alone expect, before any record speaks (design section 8, last row)."""

from __future__ import annotations

import math
from functools import cache

import pytest
from scipy.special import gammaincinv

from factories_dossier import minimal_dossier
from interbellum import analysis, summary
from interbellum.dossier.reader import load_text
from interbellum.model.rungs import RUNGS
from interbellum.talks import kernel

PATHS = 32


@cache
def prior_chance(rung: str) -> float:
    """Chance within a year under even weights: the prior, with no hindcast."""
    table = analysis.lay_table(load_text(minimal_dossier()), draws=256, seed=1, threads=1)
    counts = kernel.run(table.engine, 1, PATHS, table.weeks, 1)
    shares = summary.at_days(summary.rung_shares(counts, PATHS), 365)
    return float(shares[:, list(RUNGS).index(rung)].mean())


@pytest.mark.parametrize("months", [18.0, 57.0])
@pytest.mark.parametrize("rung", ["general_truce_30_days_kept", "victory_A", "victory_B"])
def test_defaults_expect_what_a_war_without_the_event_allows(rung: str, months: float) -> None:
    # No event in T months: the rate a month is Gamma(1/2, rate T). T = 18 is the toy dossier's own
    # record, 57 the longest that the research page gives (February 2022 to November 2026).
    hazard = -math.log1p(-prior_chance(rung)) / 12.0
    low, high = (float(gammaincinv(0.5, q)) / months for q in (0.05, 0.95))
    assert low < hazard < high


def test_base_rate_is_the_chance_under_that_posterior() -> None:
    # Research page, 1.11: .09 for a full ceasefire kept 30 days, .49 for three general truces.
    assert summary.base_rate(0, 57.0, 12.0) == pytest.approx(0.09, abs=0.005)
    assert summary.base_rate(3, 57.0, 12.0) == pytest.approx(0.49, abs=0.005)
