"""The survival model of the record: against its reference, closed forms, other programs, itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from lifelines import CoxPHFitter
from scipy.integrate import quad
from scipy.stats import gamma as gamma_law
from scipy.stats import genpareto

from interbellum.model.arrays import ShapeError
from interbellum.model.hazards import NormalPrior, SpellTable
from interbellum.model.peace import Cessation, Spells
from interbellum.model.units import Array
from interbellum.peace.durability import survival_draws
from interbellum.peace.effects import EFFECTS, activity, design
from interbellum.peace.hazards import (
    CUTS,
    PIECES,
    FitError,
    Mode,
    by_piece,
    find_mode,
    flat_prior,
    gradient,
    log_posterior,
    prior_of,
    spell_table,
)
from interbellum.peace.hazards_reference import log_likelihood_reference, survival_reference
from interbellum.peace.posterior import (
    Cases,
    fit,
    fit_cases,
    importance,
    model_inputs,
    pareto_k,
    record_cases,
)
from interbellum.peace.record import OBSERVED_UNTIL, kaplan_meier, read_cessations
from interbellum.peace.scoring import integrated_brier, uno_c

# durability.md 2c, cessations.csv: failures by years watched in each piece.
PUBLISHED_HAZARDS = (1.361, 0.261, 0.077, 0.097, 0.067, 0.037, 0.010)


NO_SPELLS = SpellTable(
    exposure=np.zeros((0, PIECES)),
    unseen=np.zeros((0, PIECES)),
    failed=np.zeros((0, PIECES)),
    x=np.zeros((0, 1)),
    active=np.ones((PIECES, 1)),
    pair=np.zeros(0, dtype=np.intp),
)


@pytest.fixture(scope="module")
def table() -> tuple[Cessation, ...]:
    return read_cessations()


@pytest.fixture(scope="module")
def cases(table: tuple[Cessation, ...]) -> Cases:
    return record_cases(table, OBSERVED_UNTIL)


def _made_up(seed: int, late: bool = True) -> SpellTable:
    """Some forty spells of fifteen pairs, some watched from later on, some effects late."""
    rng = np.random.default_rng(seed)
    n = 40
    entry = np.where(rng.random(n) < 0.4, rng.exponential(0.7, n), 0.0) * late
    pair = np.concatenate([np.arange(15), rng.integers(15, size=n - 15)])
    active = np.ones((PIECES, 3))
    active[:2, 1] = 0.0
    return spell_table(
        entry + rng.exponential(4.0, n),
        rng.random(n) < 0.6,
        pair,
        rng.normal(size=(n, 3)),
        active,
        entry,
    )


def _point(seed: int, frailty: bool) -> Array:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(-2.0, 1.0, PIECES), rng.normal(0.0, 0.7, 3 + frailty)])


# ------------------------------------------------------------------------ the likelihood


@pytest.mark.parametrize("frailty", [True, False])
def test_likelihood_is_that_of_the_reference(frailty: bool) -> None:
    for seed in range(4):
        spells = _made_up(seed)
        points = np.array([_point(10 * seed + k, frailty) for k in range(3)])
        flat = NormalPrior(
            mean=np.zeros(points.shape[1]), precision=np.zeros((points.shape[1],) * 2)
        )
        want = [
            log_likelihood_reference(
                spells,
                point[:PIECES].tolist(),
                point[PIECES : PIECES + 3].tolist(),
                math.exp(point[-1]) if frailty else 0.0,
            )
            for point in points
        ]
        np.testing.assert_allclose(log_posterior(spells, flat, points), want, rtol=1e-12)


def test_prior_is_normal_and_its_walk_starts_where_it_is_said_to() -> None:
    prior = prior_of(np.array([-0.8]), np.array([0.5]))
    covariance = np.linalg.inv(prior.precision)
    # Random walk from N(ln .5, 1.5), steps of sd 1: variances 1.5² + k.
    np.testing.assert_allclose(np.diag(covariance)[:PIECES], 1.5**2 + np.arange(PIECES))
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)[PIECES:]), [0.5, 0.8])
    np.testing.assert_allclose(prior.mean, [*[np.log(0.5)] * PIECES, -0.8, np.log(0.3)])
    off = np.zeros(prior.mean.size)
    off[PIECES] = 1.0  # two sd
    assert log_posterior(NO_SPELLS, prior, prior.mean + off) == pytest.approx(-2.0)


@pytest.mark.parametrize("frailty", [True, False])
def test_gradient_is_the_slope_of_the_posterior(frailty: bool) -> None:
    spells = _made_up(3)
    means, sds = np.array([0.5, -0.5, 0.0]), np.array([0.3, 0.5, 1.0])
    prior = prior_of(means, sds, frailty)
    point = _point(7, frailty)
    steps = 1e-5 * np.eye(point.size)
    slope = [
        (log_posterior(spells, prior, point + h) - log_posterior(spells, prior, point - h)) / 2e-5
        for h in steps
    ]
    np.testing.assert_allclose(gradient(spells, prior, point), slope, rtol=1e-6, atol=1e-7)


def test_frailty_is_integrated_out() -> None:
    # Two spells of one pair, one failed: E[z exp(-zH)] over a gamma of mean 1, by quadrature.
    spells = spell_table(
        np.array([0.5, 3.0]),
        np.array([True, False]),
        np.zeros(2, dtype=np.intp),
        np.zeros((2, 0)),
        np.ones((PIECES, 0)),
    )
    v, rate = 0.6, 0.4
    law = gamma_law(1.0 / v, scale=v)
    want, _ = quad(lambda z: z * rate * math.exp(-z * rate * 3.5) * law.pdf(z), 0.0, np.inf)
    got = log_likelihood_reference(spells, [math.log(rate)] * PIECES, [], v)
    assert got == pytest.approx(math.log(want), abs=1e-9)
    # And in the limit of no frailty it is the exponential likelihood.
    plain = log_likelihood_reference(spells, [math.log(rate)] * PIECES, [], 0.0)
    assert log_likelihood_reference(spells, [math.log(rate)] * PIECES, [], 1e-9) == pytest.approx(
        plain, abs=1e-6
    )
    assert plain == pytest.approx(math.log(rate) - rate * 3.5)


def test_late_entry_is_survival_given_that_it_got_there() -> None:
    late = _made_up(5)
    failed = late.failed.any(axis=1)
    years = (late.exposure + late.unseen).sum(axis=1)
    entry = late.unseen.sum(axis=1)
    assert np.sum(entry > 0) > 5
    point = _point(2, True)
    flat = NormalPrior(mean=np.zeros(point.size), precision=np.zeros((point.size,) * 2))
    from_the_start = spell_table(years, failed, late.pair, late.x, late.active)
    # Spells seen from the start have survived no unseen time: their years before entry are 0.
    up_to_entry = dataclasses.replace(
        from_the_start, exposure=by_piece(entry), failed=np.zeros_like(late.failed)
    )
    want = log_posterior(from_the_start, flat, point) - log_posterior(up_to_entry, flat, point)
    assert float(log_posterior(late, flat, point)) == pytest.approx(float(want), rel=1e-12)
    with pytest.raises(ValueError, match="must outlast its entry"):
        spell_table(years, failed, late.pair, late.x, late.active, years)


def test_years_fall_into_their_pieces() -> None:
    got = by_piece(np.array([0.0, 60 / 365.25, 1.0, 12.0]))
    want = np.zeros((4, PIECES))
    want[1, :2] = 30 / 365.25
    want[2, :3] = 30 / 365.25, 150 / 365.25, 1 - 180 / 365.25
    want[3] = [*want[2, :3], 1.0, 3.0, 5.0, 2.0]
    np.testing.assert_allclose(got, want, atol=1e-15)


# ------------------------------------------------------------------------ against others


def _without_covariates(cases: Cases) -> SpellTable:
    given, _ = model_inputs(cases, ())
    return given


def test_flat_and_without_covariates_it_is_failures_over_years_watched(cases: Cases) -> None:
    mode = find_mode(_without_covariates(cases), flat_prior(0))
    hazards = np.exp(mode.parameters)
    assert hazards.round(3).tolist() == list(PUBLISHED_HAZARDS)
    given = _without_covariates(cases)
    rates = given.failed.sum(axis=0) / given.exposure.sum(axis=0)
    np.testing.assert_allclose(hazards, rates, rtol=1e-9)


def test_flat_and_without_frailty_it_is_roughly_cox(cases: Cases) -> None:
    """With seven pieces a piecewise-exponential fit comes near the partial likelihood."""
    recorded = [effect for effect in EFFECTS if effect.recorded and effect.acts == "throughout"]
    given, _ = model_inputs(cases, recorded)
    mode = find_mode(given, flat_prior(len(recorded)))
    import pandas

    names = [effect.name for effect in recorded]
    frame = pandas.DataFrame(given.x, columns=names).assign(
        T=cases.spells.years, E=cases.spells.failed
    )
    cox = CoxPHFitter().fit(frame, "T", "E")
    got, want = mode.parameters[PIECES:], cox.params_[names].to_numpy()
    errors = np.sqrt(np.diag(mode.covariance))[PIECES:]
    assert np.max(np.abs(got - want) / errors) < 0.35
    np.testing.assert_allclose(errors, cox.standard_errors_[names], rtol=0.1)


def test_a_likelihood_without_a_peak_is_refused() -> None:
    nobody_failed = spell_table(
        np.full(4, 3.0),
        np.zeros(4, dtype=bool),
        np.arange(4),
        np.zeros((4, 0)),
        np.ones((PIECES, 0)),
    )
    with pytest.raises(FitError):
        find_mode(nobody_failed, flat_prior(0))


# ----------------------------------------------------------------------- simulated records


def _simulated(cases: Cases, parameters: Array, rng: np.random.Generator) -> Cases:
    """The record's own covariates and pairs, with lengths drawn from the model; 20 years watched."""
    given, _ = model_inputs(cases)
    ratios = parameters[PIECES:-1]
    variance = math.exp(parameters[-1])
    shared = rng.gamma(1.0 / variance, variance, given.pairs)
    starts, ends = np.array([0.0, *CUTS]), np.array([*CUTS, np.inf])
    years = np.empty(given.pair.size)
    for spell, pair in enumerate(given.pair):
        rate = shared[pair] * np.exp(parameters[:PIECES] + (given.active * given.x[spell]) @ ratios)
        owed, years[spell] = rng.exponential(), 20.0
        for piece in range(PIECES):
            if owed <= rate[piece] * (ends[piece] - starts[piece]):
                years[spell] = starts[piece] + owed / rate[piece]
                break
            owed -= rate[piece] * (ends[piece] - starts[piece])
    failed = years < 20.0
    drawn = dataclasses.replace(cases.spells, years=np.clip(years, 1e-4, 20.0), failed=failed)
    return dataclasses.replace(cases, spells=drawn)


def test_intervals_cover_what_was_simulated(cases: Cases) -> None:
    """Parameters drawn from the prior, records drawn from the model: 80% intervals hold 80%."""
    rng = np.random.default_rng(11)
    _, prior = model_inputs(cases)
    spread = np.linalg.cholesky(np.linalg.inv(prior.precision))
    inside = np.zeros(prior.mean.size)
    runs, pull = 20, []
    for _ in range(runs):
        truth = prior.mean + spread @ rng.normal(size=prior.mean.size)
        got = fit_cases(_simulated(cases, truth, rng), OBSERVED_UNTIL)
        recorded = [k for k, effect in enumerate(EFFECTS) if effect.recorded]
        draws = np.column_stack(
            [got.log_hazard, got.effects[:, recorded], np.log(got.variance)[:, None]]
        )
        below = got.weight @ (draws < truth)
        inside += (below > 0.1) & (below < 0.9)
        mean = got.weight @ draws
        pull.append((mean - truth) / np.sqrt(got.weight @ (draws - mean) ** 2))
    # 420 intervals that share 20 records: the share has a standard error of some .03.
    assert 0.71 < inside.sum() / (runs * inside.size) < 0.89
    # No parameter is found too high or too low over and over: a mean of 20 has sd .22.
    assert np.max(np.abs(np.mean(pull, axis=0))) < 0.75


def test_more_cases_find_a_strong_effect_that_the_prior_did_not_expect(cases: Cases) -> None:
    rng = np.random.default_rng(5)
    _, prior = model_inputs(cases)
    truth = prior.mean.copy()
    truth[PIECES:-1] = 0.0
    place = [effect.name for effect in EFFECTS].index("tie")
    truth[PIECES + place] = -1.2  # the prior says +.3, sd .4
    whole = cases.spells
    many = Cases(
        spells=Spells(
            years=np.tile(whole.years, 6),
            failed=np.tile(whole.failed, 6),
            ids=tuple(f"{name}-{k}" for k in range(6) for name in whole.ids),
            clusters=tuple(f"{name}-{k}" for k in range(6) for name in whole.clusters),
            kinds=whole.kinds * 6,
        ),
        coded=cases.coded * 6,
    )
    got = fit_cases(_simulated(many, truth, rng), OBSERVED_UNTIL)
    means = got.weight @ got.effects
    spread = math.sqrt(got.weight @ (got.effects[:, place] - means[place]) ** 2)
    assert means[place] == pytest.approx(-1.2, abs=3 * spread)
    assert spread < 0.2


# --------------------------------------------------------------------------- importance


def test_weights_mend_a_normal_that_is_off() -> None:
    """Without spells the posterior is the prior, whose mean and spread are known."""
    prior = prior_of(np.array([-0.8]), np.array([0.5]))
    covariance = np.linalg.inv(prior.precision)
    sds = np.sqrt(np.diag(covariance))
    off = Mode(parameters=prior.mean + 0.3 * sds, covariance=1.4 * covariance, log_posterior=0.0)
    uniform = np.random.default_rng(2).random((20_000, prior.mean.size + 1))
    draws, weight, _ = importance(NO_SPELLS, prior, off, uniform)
    mean = weight @ draws
    spread = np.sqrt(weight @ (draws - mean) ** 2)
    np.testing.assert_allclose((mean - prior.mean) / sds, 0.0, atol=0.04)
    np.testing.assert_allclose(spread / sds, 1.0, atol=0.04)


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_pareto_k_is_the_shape_of_the_tail(shape: float) -> None:
    weights = genpareto(shape).rvs(size=20_000, random_state=np.random.default_rng(1))
    # Among 424 tail weights the shape has a standard error of (1 + k)/√424, .06 to .09.
    assert pareto_k(np.log(weights)) == pytest.approx(shape, abs=0.12)


def test_posterior_rests_on_many_draws(table: tuple[Cessation, ...]) -> None:
    got = fit(table, OBSERVED_UNTIL)
    assert got.effective_draws > 200
    assert got.pareto_k < 0.5
    assert got.weight.sum() == pytest.approx(1.0)


# ------------------------------------------------------------------------------ the cut


def test_a_planted_later_row_moves_nothing(table: tuple[Cessation, ...]) -> None:
    as_of = dt.date(1999, 7, 15)
    pair_known = next(row for row in table if row.id == "EE1998")
    later = dataclasses.replace(
        pair_known,
        id="PLANTED",
        cessation=dt.date(1999, 7, 16),
        resumption=dt.date(1999, 8, 1),
        war_resumption=None,
        censor=None,
    )
    blind = [
        dataclasses.replace(row, resumption=None, war_resumption=None, censor=None)
        if row.resumption is not None and row.resumption > as_of
        else row
        for row in table
        if row.cessation <= as_of
    ]
    want = fit(blind, as_of)
    for rows in (table, [*table, later]):
        got = fit(rows, as_of)
        for name in ("log_hazard", "effects", "variance", "weight"):
            np.testing.assert_array_equal(getattr(got, name), getattr(want, name))
        assert (got.shares, got.cases, got.spells) == (want.shares, want.cases, want.spells)
    assert sum(want.spells.values()) < 136


def test_a_record_of_nothing_leaves_the_prior(table: tuple[Cessation, ...]) -> None:
    got = fit(table, dt.date(1946, 1, 1))
    assert dict(got.spells) == {"settlement": 0, "ceasefire": 0, "freeze": 0}
    means = np.array([effect.mean for effect in EFFECTS])
    sds = np.array([effect.sd for effect in EFFECTS])
    np.testing.assert_allclose((got.weight @ got.effects - means) / sds, 0.0, atol=0.2)


# ------------------------------------------------------------------- left-out pairs


def test_pairs_left_out_are_forecast_better_than_by_the_base_rate(cases: Cases) -> None:
    """Rule R8 with few draws; bench/peace.py has it in full, with intervals."""
    times = np.append(np.linspace(0.1, 10.0, 60), 5.0)
    near = find_mode(*model_inputs(cases)).parameters
    ours = np.empty((len(cases.coded), times.size))
    base = np.empty_like(ours)
    for pair in dict.fromkeys(cases.spells.clusters):
        out = np.array([name == pair for name in cases.spells.clusters])
        rest = cases.where(~out)
        got = fit_cases(rest, OBSERVED_UNTIL, draws=64, start=near)
        x = design(cases.where(out).coded, got.shares, EFFECTS)
        ours[out] = [got.weight @ survival_draws(got, one, times) for one in x]
        base[out] = kaplan_meier(rest.spells).at(times).survival

    def ibs(forecast: Array) -> float:
        return integrated_brier(cases.spells, forecast[:, :-1], times[:-1])

    assert ibs(base) == pytest.approx(0.233, abs=1e-3)  # reference R8
    assert ibs(ours) == pytest.approx(0.191, abs=0.002)  # bench/peace.py, with 512 draws
    # Above .75 would be a leak (durability.md, R8); .5 would be a coin.
    assert 0.6 < uno_c(cases.spells, 1.0 - ours[:, -1], 10.0) < 0.75


# ---------------------------------------------------------------------------- contracts


def test_survival_reference_in_closed_form() -> None:
    flat = [math.log(0.2)] * PIECES
    zero = [0.0] * PIECES
    assert survival_reference(3.0, flat, zero, 0.0, CUTS) == pytest.approx(math.exp(-0.6))
    assert survival_reference(3.0, flat, zero, 1.0, CUTS) == pytest.approx(1 / 1.6)
    double = [math.log(2.0)] * PIECES
    assert survival_reference(12.0, flat, double, 0.0, CUTS) == pytest.approx(math.exp(-4.8))


def test_spell_tables_must_fit_together() -> None:
    good = _made_up(0)
    with pytest.raises(ShapeError, match="x has shape"):
        dataclasses.replace(good, x=np.zeros((2, 3)))
    with pytest.raises(ValueError, match="x must be finite"):
        dataclasses.replace(good, x=np.full_like(good.x, np.nan))
    with pytest.raises(ValueError, match="without gaps"):
        dataclasses.replace(good, pair=good.pair + 1)
    with pytest.raises(ValueError, match="must not be negative"):
        dataclasses.replace(good, unseen=-np.ones_like(good.unseen))
    with pytest.raises(ValueError, match="read-only"):
        good.exposure[0, 0] = 1.0
    assert activity(EFFECTS).shape == (PIECES, len(EFFECTS))
