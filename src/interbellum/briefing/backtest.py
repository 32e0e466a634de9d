"""The back-test in words and tables: every case, every score, good or bad."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from interbellum.briefing import crowds, scores, words
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table
from interbellum.briefing.jsonform import tidy
from interbellum.charts.calibration import calibration
from interbellum.model.backtest import (
    BASE_RATE,
    POOLED,
    BackTest,
    CaseHorizon,
    CaseRow,
    Pool,
    Share,
)
from interbellum.model.chart import Chart
from interbellum.model.rungs import HORIZON_DAYS, RUNGS
from interbellum.model.scores import Comparison, ScoreTable

PRIMARY_DAYS = 365


def to_json(found: BackTest) -> dict[str, Any]:
    """The back-test as plain data: forecasts, outcomes, every score."""
    out: dict[str, Any] = tidy(found)
    for pool in ("variants", "durability_pool"):
        out[pool]["earned"] = getattr(found, pool).earned
    return out


def outline(found: BackTest) -> Outline:
    """The back-test as blocks, the primary result first."""
    wars = len({case.war for case in found.cases})
    blocks: list[Block] = [
        Heading(
            1, f"Back-test: {words.count(len(found.cases), 'case')} of {words.count(wars, 'war')}"
        ),
        Paragraph(_primary(found)),
        Paragraph(
            "The rules were fixed before the first run (decision 0025). The wars were chosen and coded "
            "by people who know how they ended, from facts of before each cut-off; so few of them can "
            f"show gross faults and cannot rank good models. Interbellum {found.version}, seed "
            f"{found.seed}, {found.draws} draws x {found.paths} paths a case. {scores.HOW}"
        ),
    ]
    if found.failed:
        blocks += [
            Heading(2, "Cases that could not be run"),
            Bullets(tuple(f"{case}: {reason}" for case, reason in found.failed)),
        ]
    blocks += [Heading(2, "Every case"), *_cases(found)]
    blocks += [Heading(2, "Which state is in force"), *_by_horizon(found.endings)]
    blocks += scores.comparisons(
        [replace(table, title=words.span(_days(table))) for table in found.endings], titled=True
    )
    blocks += [Heading(2, "Rungs"), *_rungs(found)]
    blocks.append(Heading(2, "How long the silence held"))
    for table in found.durability:
        blocks += [Heading(3, _title(table)), scores.scores(table), *scores.comparisons([table])]
    if found.decomposition is not None and found.murphy is not None:
        blocks += [
            Heading(2, "Calibration of the pooled answer"),
            *scores.calibrated(found.calibration, found.decomposition, found.murphy),
            Paragraph(scores.PARTS),
            _made_of(found),
        ]
    blocks += [Heading(2, "Weights of the variants"), *_weights(found.variants)]
    blocks += [Heading(2, "Weights of truce model and record"), *_weights(found.durability_pool)]
    blocks += [Heading(2, "Base rates of the library"), _base_rates(found)]
    blocks += crowds.section(found.crowds)
    return tuple(blocks)


def charts(found: BackTest) -> tuple[Chart, ...]:
    """Said against seen, of the pooled answer; none where nothing was scored."""
    if not found.calibration:
        return ()
    return (calibration(found.calibration, found.decomposition, "the pooled answer"),)


def weights_file(found: BackTest, today: str) -> str:
    """Text of a weights file with what the back-test says of the variants (decision 0025)."""
    what = "each structural variant counts in the pooled answer"
    return _weights_text(found, found.variants, what, "--write-weights", today)


def durability_weights_file(found: BackTest, today: str) -> str:
    """Text of a weights file with what it says of truce model and record (decision 0025)."""
    what = "the truce model and the record count in a pooled survival curve"
    return _weights_text(found, found.durability_pool, what, "--write-durability-weights", today)


def _weights_text(found: BackTest, pool: Pool, what: str, option: str, today: str) -> str:
    chosen = {one.name: one.earned if pool.earned else one.equal for one in pool.weights}
    wars = words.count(len(pool.weights[0].left_out), "war")
    gain = "none to be had" if pool.gain is None else scores.mean(pool.gain)
    reason = (
        f"Earned in a back-test of {wars}: log-score stacking, shrunk toward equal as if by "
        f"{pool.prior_wars:g} more, and no worse than equal weights on wars left out."
        if pool.earned
        else f"Equal: weights learnt in a back-test of {wars} do worse than equal ones on wars left out."
    )
    return "\n".join(
        [
            f"# How much {what}. Shares; they sum to one.",
            f"# Written by interbellum backtest {option} (version {found.version}), by the rule of decision 0025.",
            f"# Log score less that of equal weights, each war left out: {gain}.",
            "reason: >-",
            f"  {reason}",
            f"decided: {today}",
            "weights:",
            *(f"  {name}: {share!r}" for name, share in _rounded(chosen).items()),
            "",
        ]
    )


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    """Shares in hundredths that still sum to one: largest remainders."""
    parts = {name: int(100 * share + 1e-9) for name, share in shares.items()}
    left = 100 - sum(parts.values())
    for name in sorted(shares, key=lambda one: parts[one] - 100 * shares[one])[:left]:
        parts[name] += 1
    return {name: part / 100 for name, part in parts.items()}


def _primary(found: BackTest) -> str:
    table = next((t for t in found.endings if t.title == f"ending.{PRIMARY_DAYS}"), None)
    pair = None if table is None else _pair(table, POOLED, BASE_RATE)
    if pair is None:
        return "No case was watched for a year after its cut-off: there is no primary result."
    low, high = pair.brier.lo80, pair.brier.hi80
    says = (
        "better than" if high < 0.0 else "worse than" if low > 0.0 else "not to be told apart from"
    )
    return (
        f"Primary result, the state in force a year after the cut-off: the pooled answer is {says} the "
        f"base rate. Brier score less that of the base rate: {scores.mean(pair.brier)}, 80% interval in "
        f"brackets; 95% {scores.span(pair.brier.lo95, pair.brier.hi95)}; skill "
        f"{scores.skill(pair) or 'not defined'}; {words.count(pair.brier.n, 'case')} of "
        f"{words.count(pair.brier.clusters, 'war')}."
    )


def _pair(table: ScoreTable, first: str, second: str) -> Comparison | None:
    return next((p for p in table.comparisons if (p.first, p.second) == (first, second)), None)


# --- every case --------------------------------------------------------------------------------


def _cases(found: BackTest) -> list[Block]:
    spans = [words.span(days) for days in HORIZON_DAYS]
    return [
        Table(
            ("case", "war ended by", "effective draws", *spans),
            tuple(
                (
                    case.case,
                    scores.told(case.ended),
                    f"{case.effective_draws:.0f}",
                    *(_state(one) for one in case.horizons),
                )
                for case in found.cases
            ),
            "The state that was in force, and the pooled chance given to it; in brackets the likeliest "
            "state by the forecast, where that was another. Not watched: what the forecast held likeliest. "
            "Effective draws: what the hindcast leaves of them.",
        ),
        Table(
            ("case", *spans),
            tuple((case.case, *(_kept(one) for one in case.horizons)) for case in found.cases),
            "Pooled chance that a general truce that is then kept for 30 days begins by then, and whether "
            "one did.",
        ),
        Table(
            ("case", "form", "began", "resumed", "line of evidence", "held a year", "held 5 years"),
            tuple(row for case in found.cases for row in _silence(case)),
            "Chance given that the silence that came would hold so long. Late: it began more than a year "
            "after the cut-off, and the forecast was not made for it.",
        ),
    ]


def _state(one: CaseHorizon) -> str:
    if one.ending is None:
        return f"not watched (likeliest {_short(one.likeliest)} {words.percent(one.given)})"
    other = "" if one.likeliest == one.ending else f" ({_short(one.likeliest)})"
    return f"{_short(one.ending)} {words.percent(one.given)}{other}"


def _kept(one: CaseHorizon) -> str:
    came = {None: "not watched", True: "yes", False: "no"}[one.headline_came]
    return f"{words.percent(one.headline)}, {came}"


def _silence(case: CaseRow) -> list[tuple[str, ...]]:
    if case.silence is None:
        return []
    silence = case.silence
    return [
        (
            case.case,
            silence.form + (" (late)" if silence.late else ""),
            words.date(silence.began),
            "holds" if silence.resumed is None else words.date(silence.resumed),
            scores.told(line),
            *(
                words.percent(by_day[days]) if days in by_day else words.NO_ESTIMATE
                for days in (365, 1826)
            ),
        )
        for line, by_day in silence.given.items()
    ]


def _short(name: str) -> str:
    return name.removesuffix("_in_force").replace("_", " ")


# --- scores ------------------------------------------------------------------------------------


def _by_horizon(tables: tuple[ScoreTable, ...]) -> list[Block]:
    if not tables:
        return []
    names = [one.name for one in tables[0].forecasters]
    by_name = [{one.name: one for one in table.forecasters} for table in tables]
    days = [_days(table) for table in tables]
    return [
        Table(
            (
                "forecaster",
                *(f"{words.span(day)} {kind}" for day in days for kind in ("Brier", "log")),
            ),
            tuple(
                (
                    scores.told(name),
                    *(
                        f"{value.value:.3f}"
                        for at in by_name
                        for value in (at[name].brier, at[name].log)
                    ),
                )
                for name in names
            ),
            "“Other wars” and “stacked” know how the other wars ended: other wars known.",
        )
    ]


def _rungs(found: BackTest) -> list[Block]:
    rows = []
    for table in found.rungs:
        scored = {one.name: one for one in table.forecasters}
        pair = _pair(table, POOLED, BASE_RATE)
        assert pair is not None  # every case has both
        rows.append(
            (
                _title(table),
                *(f"{scored[name].brier.value:.3f}" for name in scored),
                scores.mean(pair.brier),
                str(pair.brier.n),
            )
        )
    if not rows:
        return []
    return [
        Table(
            (
                "rung",
                *(scores.told(one.name) for one in found.rungs[0].forecasters),
                "pooled less base rate (80%)",
                "cases",
            ),
            tuple(rows),
            "Brier scores. Log scores, intervals and all pairs stand in the JSON. Of so many differences some "
            "stand out by chance.",
        )
    ]


def _made_of(found: BackTest) -> Table:
    return Table(
        ("rung", "Brier", "reliability", "resolution", "uncertainty", "within bands"),
        tuple(
            (
                RUNGS[rung],
                *(
                    scores.part(value)
                    for value in (
                        one.brier,
                        one.reliability,
                        one.resolution,
                        one.uncertainty,
                        one.within,
                    )
                ),
            )
            for rung, one in found.murphy_by_rung.items()
        ),
        "Murphy's split of the pooled answer's Brier score, rung by rung, all horizons together: Brier = "
        "reliability - resolution + uncertainty + within bands. Taken together, rungs that come unequally often "
        "lend resolution to whoever knows only that.",
    )


def _title(table: ScoreTable) -> str:
    stem = table.title.rpartition(".")[0]
    told = "held" if stem == "held" else RUNGS[stem]
    return f"{told}, {words.span(_days(table))}"


def _days(table: ScoreTable) -> int:
    """The number at the end of a table's title."""
    return int(table.title.rpartition(".")[2])


def _weights(pool: Pool) -> list[Block]:
    verdict = (
        "No case speaks to these weights: equal stands."
        if pool.gain is None
        else f"With each war left out, log score of the stacked pool less the equal one: "
        f"{scores.mean(pool.gain)}. {'The weights are earned' if pool.earned else 'Nothing is earned and equal stands'} "
        "(rule of decision 0025)."
    )
    wars = list(pool.weights[0].left_out)
    return [
        Paragraph(verdict),
        Table(
            ("", "equal", "learnt", "80% interval", *(f"without {war}" for war in wars)),
            tuple(
                (
                    scores.told(one.name),
                    scores.share(one.equal),
                    scores.share(one.earned),
                    f"{scores.share(one.lo80)} to {scores.share(one.hi80)}",
                    *(scores.share(one.left_out[war]) for war in wars),
                )
                for one in pool.weights
            ),
            f"Log-score stacking, shrunk toward equal as if by {pool.prior_wars:g} more wars in which all "
            "came out alike.",
        ),
    ]


def _base_rates(found: BackTest) -> Table:
    shares = {(one.rung, one.days): one for one in found.base_rates}
    rungs = list(dict.fromkeys(one.rung for one in found.base_rates))
    return Table(
        ("rung", *(words.span(days) for days in HORIZON_DAYS)),
        tuple(
            (RUNGS[rung], *(_share(shares.get((rung, days))) for days in HORIZON_DAYS))
            for rung in rungs
        ),
        "Share of the wars in which it had come by then, 80% interval, number of wars. The library is a "
        "choice of ours, and each case is of a day near a turn.",
    )


def _share(one: Share | None) -> str:
    if one is None:
        return "not watched"
    span = f"{scores.share(one.lo80)[:-1]}-{scores.share(one.hi80)}"
    return f"{scores.share(one.share)} ({span}, n = {one.wars})"
