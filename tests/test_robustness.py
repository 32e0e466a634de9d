"""Odd but permitted inputs are answered, and impossible ones refused in words."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from factories_dossier import as_yaml, minimal_data
from interbellum import analysis, summary
from interbellum.briefing import jsonform
from interbellum.dossier.reader import load_text
from interbellum.errors import DossierError
from interbellum.standing import surplus_lines
from interbellum.talks import kernel


def answered(*, seed: int = 1, **changes: Any) -> Any:
    """A small run of the minimal dossier with the sections' fields changed; its JSON has no NaN."""
    data = minimal_data()
    for section, value in changes.items():
        if isinstance(value, dict) and isinstance(data.get(section), dict):
            data[section].update(value)
        else:
            data[section] = value
    loaded = load_text(as_yaml(data))
    result = analysis.run(loaded, draws=8, paths=8, seed=seed, threads=1)
    json.dumps(jsonform.to_json(result, loaded), allow_nan=False)
    return result


def extreme_race() -> dict[str, Any]:
    return {
        "position": 0.02,
        "a_prevails": {"analyst": 0.99, "A": 0.01, "B": 0.99},
        "months_to_decision": 0.1,
        "months_for_victory": {"A": 0.1, "B": 1200},
        "annual_discount": {"A": 0.001, "B": 0.9},
        "stubbornness_months": {"A": 0.1, "B": 1200},
        "momentum": 0.95,
        "reluctance": {"A": 1, "B": 0},
        "rearmament": {"A": {"rate": 1, "ceiling": 1}, "B": {"rate": 1e-5, "ceiling": 0}},
    }


def never_breaks() -> dict[str, Any]:
    return {"gap_noise_year": 0, "incidents_per_week": 0, "change_monthly": 0}


@pytest.mark.parametrize(
    "changes",
    [
        {"war": extreme_race()},
        {"conflict": {"began": "2031-06-29"}},
        {"talks": {"monthly_chance": 1, "ending_monthly": 1, "tolerance_months": 0.1}},
        {"talks": {"choice_noise": 1e-4, "settlement_share": 0}},
        {"trust": {"other_breaks": {"A": 0.999, "B": 0}, "provisions_factor": 0.01}},
        {"peace": never_breaks()},
        {"peace": {"ceasefire_term_months": 0.1, "renewal": 0, "incidents_per_week": 1e4}},
        {"questions": [{"id": "q", "text": "t", "rung": "freeze", "by": "2031-07-01"}]},
        {"questions": [{"id": "q", "text": "t", "rung": "freeze", "by": "2051-06-30"}]},
    ],
    ids=[
        "race",
        "one day",
        "talks",
        "noise",
        "trust",
        "no cause",
        "any cause",
        "a day",
        "20 years",
    ],
)
def test_extremes_that_the_bounds_permit_are_answered(changes: dict[str, Any]) -> None:
    result = answered(**changes)
    for item in result.endings:
        assert sum(share.p for share in item.shares.values()) == pytest.approx(1.0)
    for forecast in result.rungs:
        chance = forecast.chance
        assert 0.0 < chance.p < 1.0
        assert chance.lo80 <= chance.lo50 <= chance.hi50 <= chance.hi80
    for held in result.durability.values():
        curve = [point.chance.p for point in held.curve]
        assert all(math.isfinite(p) for p in curve)
        assert curve == sorted(curve, reverse=True)


def test_the_largest_seed_is_a_seed() -> None:
    assert answered(seed=2**64 - 1).run.seed == 2**64 - 1


def test_a_draw_without_weight_moves_no_quantile() -> None:
    got = summary.quantile(np.array([1.0, 99.0]), np.array([1.0, 0.0]), (0.1, 0.5, 0.9))
    np.testing.assert_allclose(got, 1.0)


def test_a_lead_to_whom_all_options_are_alike_is_refused() -> None:
    data = minimal_data()
    for issue in data["issues"]:
        values = {option["id"]: 1 for option in issue["options"]}
        data["positions"]["north"][issue["id"]]["values"] = values
    with pytest.raises(DossierError):
        analysis.run(load_text(as_yaml(data)), draws=8, paths=8)


def test_a_dossier_near_the_end_of_the_calendar_is_refused_or_answered() -> None:
    data = minimal_data()
    data["conflict"].update(as_of="9999-06-30", began="9998-01-01")
    try:
        loaded = load_text(as_yaml(data))
    except DossierError:
        return
    analysis.run(loaded, draws=8, paths=8)


def test_conditions_that_leave_no_package_are_refused_with_their_issues() -> None:
    data = minimal_data()
    line = data["issues"][0]
    line["may_be_left_open"] = False
    for option, other in zip(line["options"], ("general", "none", "none"), strict=True):
        option.update(requires=[f"truce.{other}"], excludes=[f"truce.{other}"])
    with pytest.raises(DossierError, match="line, truce leave no package"):
        analysis.run(load_text(as_yaml(data)), draws=8, paths=8)


def test_silences_are_counted_only_within_a_year() -> None:
    # Where nobody falls silent in the first 52 weeks, none are counted, however many do later.
    loaded = load_text(as_yaml(minimal_data()))
    from interbellum.deals.range import survey
    from interbellum.deals.utility import deal_inputs
    from interbellum.dossier.compile import compile_dossier

    compiled = compile_dossier(loaded.dossier, 8, 1)
    standing = analysis.war_standing(compiled)
    deals = deal_inputs(compiled.preferences)
    fronts = analysis.frontiers(deals, 1, lambda share: None)
    slope, base = surplus_lines(compiled, standing, 0)
    surveys = [survey(front, slope[d][None], base[d][None], 0.5) for d, front in enumerate(fronts)]
    curves = analysis.silence_curves(compiled, standing, deals, fronts, surveys, 261)
    engine = analysis.engine_inputs(compiled, standing, deals, [fronts], curves)
    content = engine._replace(
        talk_chance=np.zeros(8),
        standing=np.full((8, 2), 5.0),
        ending_chance=np.ones(8),
        cost=np.zeros((8, 2)),
    )
    for patience, counted in ((51.5, True), (52.5, False)):
        counts = kernel.run(content._replace(tolerance=np.full(8, patience)), 1, 16, 60)
        assert counts.rungs.sum() > 0
        assert bool(counts.silences.sum() > 0) is counted
