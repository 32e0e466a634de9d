"""A small war and a result for it, both made up, to test how results are told.

No number here comes from a run: they are chosen so that every branch of the briefing shows.
"""

from __future__ import annotations

import datetime as dt

from factories_course import AS_OF, TEXTS, example_course
from interbellum.dossier.reader import Loaded, load_text
from interbellum.model.diagnosis import Ripeness, Threshold, View
from interbellum.model.result import (
    ActorLine,
    Blocking,
    Crowd,
    DossierStamp,
    Driver,
    Durability,
    EndingForecast,
    Gap,
    Hazard,
    Hindcast,
    Interval,
    Moved,
    Package,
    PackageTerm,
    Pooling,
    PromiseWorth,
    RangeVerdict,
    RecordCurve,
    RecordModel,
    RecordPoint,
    Result,
    RungForecast,
    RunStamp,
    SideView,
    SurvivalPoint,
    Variant,
)
from interbellum.model.rungs import HORIZON_DAYS, RUNGS

DOSSIER = """\
schema_version: 1
conflict:
  id: north-south
  title: "North and South: will the guns fall silent?"
  as_of: 2020-06-30
  began: 2018-03-01
  coded_by: "The test desk"
  coded_from: "Wire reports, read to 30 June 2020"
  names: "Places are written as both sides' maps agree"
sides:
  A: {name: North, lead: north}
  B: {name: South, lead: south}
actors:
  - id: north
    name: Government of the North
    side: A
    role: belligerent
    motives:
      - text: Hold the valley
        weight: 60
        source: "Speech of 1 May 2020"
  - id: south
    name: Government of the South
    side: B
    role: belligerent
    motives:
      - text: Regain the valley
        weight: 70
  - id: patron
    name: The Patron
    role: patron
    consents: [force]
issues:
  - id: valley
    title: Who runs the valley
    block: territory
    standing: north_runs
    options:
      - {id: north_runs, text: The North}
      - {id: shared, text: "Both, under a joint board"}
      - {id: south_runs, text: The South}
  - id: force
    title: Who watches the line
    block: security
    standing: nobody
    options:
      - {id: nobody, text: Nobody}
      - {id: observers, text: Unarmed observers, provisions: [monitoring_mission]}
      - {id: armed_force, text: An armed force, provisions: [monitoring_mission, tripwire_force]}
  - id: missing
    title: Missing people
    block: humanitarian
    always_printed: true
    standing: none_sought
    options:
      - {id: none_sought, text: No search}
      - {id: joint_search, text: A joint search}
positions:
  north:
    valley:
      ideal: north_runs
      weight: {low: 30, mode: 40, high: 50}
      red_line: {accepts_up_to: shared, confidence: {low: 0.6, mode: 0.8, high: 0.9}}
      basis: sourced
      statements:
        - {date: 2020-05-01, text: The valley is ours, option: north_runs, source: "Speech of 1 May 2020"}
    force:
      ideal: nobody
      weight: {low: 5, mode: 10, high: 15}
      basis: judgement
    missing:
      ideal: none_sought
      weight: 0
      basis: judgement
  south:
    valley:
      ideal: south_runs
      weight: {low: 40, mode: 50, high: 60}
      red_line: {refuses: [north_runs], confidence: {low: 0.5, mode: 0.7, high: 0.9}}
      basis: judgement
    force:
      ideal: armed_force
      weight: {low: 5, mode: 10, high: 20}
      basis: judgement
    missing:
      ideal: joint_search
      weight: {low: 2, mode: 5, high: 8}
      basis: judgement
  patron:
    force:
      ideal: observers
      weight: {low: 20, mode: 30, high: 40}
      red_line: {refuses: [armed_force], confidence: {low: 0.3, mode: 0.5, high: 0.7}}
      basis: judgement
texts:
  - id: paper
    title: The Lake paper
    date: 2020-04-02
    author: patron
    source: "Press office of the Patron, 2 April 2020"
    terms: {valley: shared, force: observers}
  - id: last_draft
    title: The Last draft
    date: 2020-05-20
    author: south
    source: "Press office of the South, 20 May 2020"
    terms: {valley: [shared, south_runs]}
    deleted: [force]
    note: Two readings of the valley.
promises:
  - id: observers_come
    title: Observers on the line
    issue: force
    option: observers
    by: patron
    to: south
    delivered: {low: 0.3, mode: 0.5, high: 0.7}
    delay_months: {low: 3, mode: 6, high: 12}
    without: nobody
  - id: line_stays
    title: The valley as it is run
    issue: valley
    option: north_runs
    by: south
    to: north
    delivered: {low: 0.8, mode: 0.9, high: 0.95}
    delay_months: {low: 0, mode: 1, high: 2}
    without: north_runs
war:
  position: {low: 0.45, mode: 0.55, high: 0.65}
  a_prevails:
    analyst: {low: 0.45, mode: 0.58, high: 0.7}
    A: {low: 0.6, mode: 0.72, high: 0.85}
    B: {low: 0.35, mode: 0.45, high: 0.55}
  months_to_decision: {low: 12, mode: 30, high: 60}
  months_for_victory:
    A: {low: 20, mode: 40, high: 80}
    B: {low: 24, mode: 50, high: 90}
regimes:
  - id: aid
    title: The Patron's aid
    actor: patron
    states:
      - {id: "on", title: aid flows}
      - {id: cut, title: aid is cut, a_prevails: {low: 0.3, mode: 0.4, high: 0.5}}
    now: "on"
    switches:
      - {from: "on", to: cut, monthly: {low: 0.01, mode: 0.03, high: 0.06}}
      - {from: "on", to: cut, on: 2021-01-20}
events:
  - date: 2019-05-02
    end_date: 2019-06-20
    kind: truce
    title: Harvest truce
    scope: general
    mutual: true
    days_intended: 60
    kept: mostly
    source: "Wire report, 2 May 2019"
    checked: true
  - date: 2020-02-10
    kind: talks
    title: Talks at the lake
    source: "Wire report, 10 February 2020"
series:
  - id: convoys
    title: Convoys of the Patron
    unit: lorries
    source: "Customs bulletin, 1 June 2020"
    points:
      - {start: 2020-01-01, end: 2020-03-31, value: 120, note: About}
      - {start: 2020-04-01, end: 2020-05-31, value: 80}
    note: Lorries counted at one crossing.
coverage:
  - element: R1
    where: [positions.north.valley, events]
    how: The line on the valley acts through what the North signs.
questions:
  - id: kept_2021
    text: Will a general truce begin by 31 May 2021 and be kept for 30 days?
    rung: general_truce_30_days_kept
    by: 2021-05-31
    crowds: [{name: The crowd, p: 0.24, as_of: 2020-06-20, source: "forecast page, 20 June 2020"}]
left_out:
  - Prices of bread.
"""

YEARLY = {
    "any_truce_announced": 0.62,
    "sectoral_truce_kept": 0.35,
    "general_truce_30_days_intended": 0.41,
    "general_truce_30_days_kept": 0.31,
    "general_truce_year_kept": 0.16,
    "freeze": 0.04,
    "settlement_signed": 0.06,
    "victory_A": 0.07,
    "victory_B": 0.0,
    "war_goes_on": 0.58,
}


def example_dossier() -> Loaded:
    """A small dossier that uses most of the schema."""
    return load_text(DOSSIER, "north-south.yaml")


def spread(p: float, width: float = 0.12) -> Interval:
    """An interval around a chance, cut to [0, 1]."""
    low, high = max(0.0, p - width), min(1.0, p + width)
    return Interval(p, (p + low) / 2, (p + high) / 2, low, high)


def day_after(days: int) -> str:
    """Calendar day so many days after `as_of`."""
    return (AS_OF + dt.timedelta(days=days)).isoformat()


def _rungs() -> tuple[RungForecast, ...]:
    out = []
    for days in sorted((*HORIZON_DAYS, 335)):
        share = min(1.6, (days / 365) ** 0.6)
        for rung in RUNGS:
            yearly = YEARLY[rung]
            p = yearly if days == 365 else min(0.97, yearly * share)
            if rung == "war_goes_on":
                p = max(0.03, 1 - 0.42 * share)
            asked = rung == "general_truce_30_days_kept" and days == 335
            if days == 335 and not asked:
                continue
            crowd = Crowd("The crowd", 0.24, "2020-06-20", "forecast page, 20 June 2020")
            out.append(
                RungForecast(
                    rung,
                    days,
                    day_after(days),
                    spread(p),
                    0.004,
                    0.09 if rung != "any_truce_announced" else 0.2,
                    1 if "truce" in rung else 0,
                    (crowd,) if asked else (),
                    ("kept_2021",) if asked else (),
                )
            )
    return tuple(out)


def _endings(each: tuple[int, ...] = HORIZON_DAYS) -> tuple[EndingForecast, ...]:
    out = []
    for days in sorted(set(each)):
        gone = min(0.9, 0.42 * (days / 365) ** 0.6)
        shares = {
            "victory_A": spread(0.2 * gone),
            "victory_B": spread(0.0),
            "freeze": spread(0.1 * gone),
            "ceasefire_in_force": spread(0.5 * gone),
            "settlement_in_force": spread(0.2 * gone),
            "war": spread(1.0 - gone),
        }
        out.append(EndingForecast(days, day_after(days), shares))
    return tuple(out)


def shifted(point: SurvivalPoint, by: float) -> SurvivalPoint:
    """A point of a curve, so much higher."""
    chance = point.chance
    ends = (chance.p, chance.lo50, chance.hi50, chance.lo80, chance.hi80)
    return SurvivalPoint(point.days, Interval(*[min(1.0, max(0.0, end + by)) for end in ends]))


def _durability() -> dict[str, Durability]:
    record = RecordCurve(
        60,
        25,
        True,
        "Cessations between states since 1946 that end in a ceasefire, cut at 30 June 2020.",
        tuple(
            RecordPoint(days, p, p - 0.08, p + 0.08)
            for days, p in ((30, 0.9), (90, 0.85), (365, 0.74), (1826, 0.61))
        ),
    )
    few = RecordCurve(5, 2, False, "Lines that went quiet with nothing signed.", ())
    causes = {"rearmament": 0.35, "incidents": 0.3, "leader_or_patron": 0.25, "expiry": 0.1}
    out = {}
    for form, paths, yearly in (
        ("ceasefire", 812, 0.55),
        ("settlement", 240, 0.7),
        ("freeze", 0, 0.4),
    ):
        curve = tuple(
            SurvivalPoint(days, spread(yearly ** ((days / 365) ** 0.6)))
            for days in (30, 90, 365, 1826)
        )
        clock = "first quiet day" if form == "freeze" else "signature"
        alone = form == "freeze"
        model = RecordModel(
            () if alone else tuple(shifted(point, -0.1) for point in curve),
            5 if alone else 60,
            not alone,
            "until fighting resumed; cut at 30 June 2020",
            () if alone else ("monitoring_mission", "legal_form"),
            () if alone else ("guarantee",),
            () if alone else ("tie",),
        )
        out[form] = Durability(
            form,
            clock,
            paths,
            curve,
            curve if alone else tuple(shifted(point, 0.1) for point in curve),
            model,
            {"truce": 1.0, "record": 0.0} if alone else {"truce": 0.5, "record": 0.5},
            causes,
            few if alone else record,
        )
    return out


def _package(solution: str, definition: str, valley: str, text: str) -> Package:
    return Package(
        solution,
        definition,
        (
            PackageTerm("valley", valley, text),
            PackageTerm("force", "observers", "Unarmed observers"),
            PackageTerm("missing", "joint_search", "A joint search"),
        ),
        (0.52, 0.47),
        (0.03, -0.02),
        "ceasefire",
        False,
    )


def _variants() -> tuple[Variant, ...]:
    out = []
    for name, weight, year, war in (
        ("to_the_finish", 0.5, 0.36, 0.6),
        ("attrition", 0.25, 0.46, 0.4),
        ("reference_class", 0.25, 0.09, 0.7),
    ):
        out.append(
            Variant(
                name,
                weight,
                f"How {name.replace('_', ' ')} works.",
                (
                    ("general_truce_30_days_kept", 335, year - 0.01),
                    ("general_truce_30_days_kept", 365, year),
                    ("war_goes_on", 365, war),
                ),
                (("war", 365, war), ("freeze", 365, 1.0 - war)),
                2000 if name == "to_the_finish" else 128,
                412.6 if name == "to_the_finish" else 40.2,
            )
        )
    return tuple(out)


def example_result(loaded: Loaded | None = None) -> Result:
    """A made-up result for the small dossier."""
    loaded = loaded or example_dossier()
    conflict = loaded.dossier.conflict
    return Result(
        dossier=DossierStamp(conflict.id, conflict.title, "2020-06-30", loaded.hash),
        run=RunStamp("0.1.0", 7, 2000, 40000, 412.6, "race and talks, to the finish", 261),
        headline_rung="general_truce_30_days_kept",
        rungs=_rungs(),
        endings=_endings(),
        durability=_durability(),
        range=RangeVerdict(
            0.38,
            0.03,
            (
                Blocking(
                    (
                        "North: Who runs the valley (signs nothing beyond: Both)",
                        "South: Who runs the valley (refuses: The North)",
                    ),
                    ("positions.north.valley.red_line", "positions.south.valley.red_line"),
                    0.34,
                ),
                Blocking(
                    ("South: fighting on is worth more than any deal",),
                    ("sides.B.reservation_value",),
                    0.12,
                ),
            ),
            (
                _package(
                    "egalitarian",
                    "the larger of the two shortfalls is as small as can be",
                    "shared",
                    "Both, under a joint board",
                ),
                _package(
                    "nash",
                    "the product of the two surpluses is as large as can be",
                    "north_runs",
                    "The North",
                ),
            ),
            ((0.4, 0.6), (0.52, 0.47), (0.7, 0.2)),
            0.3,
            "proved",
            TEXTS,
            (0.49, 0.44),
        ),
        sides=(
            SideView("A", "North", spread(0.49), spread(0.72), spread(0.58), spread(0.52)),
            SideView("B", "South", spread(0.44), spread(0.55), spread(0.42), spread(0.41)),
        ),
        actors=(
            ActorLine(
                "north",
                "Government of the North",
                "A",
                "belligerent",
                (("Who runs the valley", "positions.north.valley.red_line", 0.78, True),),
                ("Who watches the line", "Missing people"),
                1,
                2,
                0,
            ),
            ActorLine(
                "south",
                "Government of the South",
                "B",
                "belligerent",
                (("Who runs the valley", "positions.south.valley.red_line", 0.7, True),),
                ("Who watches the line",),
                0,
                3,
                0,
            ),
            ActorLine(
                "patron",
                "The Patron",
                None,
                "patron",
                (("Who watches the line", "positions.patron.force.red_line", 0.5, True),),
                (),
                0,
                1,
                0,
            ),
        ),
        hindcast=Hindcast(
            122,
            412.6,
            0.2063,
            0.34,
            (
                Moved(
                    "war.a_prevails.A",
                    "North's chance to prevail, as North sees it",
                    (0.63, 0.72, 0.81),
                    (0.66, 0.75, 0.83),
                    0.72,
                    0.745,
                ),
                Moved(
                    "war.reluctance.A",
                    "reluctance of North",
                    (0.015, 0.075, 0.135),
                    (0.04, 0.1, 0.14),
                    0.075,
                    0.095,
                ),
                Moved(
                    "positions.south.valley.red_line",
                    "South: Who runs the valley: red line",
                    (0.0, 1.0, 1.0),
                    (0.0, 1.0, 1.0),
                    0.7,
                    0.78,
                ),
            ),
            Hazard(
                "general_truce_30_days_kept",
                365,
                spread(0.52),
                spread(0.36),
                0.26,
                1,
                28.0,
                11.99,
            ),
        ),
        variants=_variants(),
        gaps=(
            Gap(
                "general_truce_30_days_kept",
                335,
                ("reference_class", 0.08),
                ("attrition", 0.44),
            ),
            Gap(
                "general_truce_30_days_kept",
                365,
                ("reference_class", 0.09),
                ("attrition", 0.46),
            ),
            Gap("war_goes_on", 365, ("attrition", 0.4), ("reference_class", 0.7)),
        ),
        pooling=Pooling("record/data/variant-weights.yaml", "Equal until scored.", "2020-06-01"),
        durability_pooling=Pooling(
            "record/data/durability-weights.yaml", "Equal until earned.", "2020-06-01"
        ),
        diagnosis=Ripeness(
            (
                Threshold(
                    "A",
                    spread(0.72),
                    spread(0.61),
                    0.2,
                    0.3,
                    spread(0.05, 0.02),
                    spread(410.0, 200.0),
                    26,
                ),
                Threshold("B", spread(0.55), None, 0.4, 0.6, None, None, 26),
            ),
            (View("A", 0.48, 0.37, 0.26), View("B", 0.59, 0.41, 0.33)),
            2000,
        ),
        drivers=(
            Driver(
                "war.a_prevails.A",
                "North's chance to prevail, as North sees it",
                0.63,
                0.81,
                0.55,
                0.14,
                -0.41,
                "judgement",
            ),
            Driver(
                "talks.monthly_chance",
                "chance a month of serious talks",
                0.07,
                0.17,
                0.2,
                0.4,
                0.3,
                "default",
            ),
            Driver(
                "positions.south.valley.red_line.confidence",
                "South's line on the valley is real",
                0.58,
                0.83,
                0.36,
                0.25,
                -0.2,
                "judgement",
            ),
            Driver(
                "war.months_to_decision",
                "months to a decision",
                18.2,
                51.9,
                0.28,
                0.34,
                0.1,
                "judgement",
            ),
            Driver(
                "war.reluctance.A", "reluctance of North", 0.015, 0.135, 0.38, 0.24, -0.2, "default"
            ),
        ),
        screened=214,
        trajectory=_endings((*range(0, 1826, 30), *HORIZON_DAYS)),
        course=example_course(),
        promises=(
            PromiseWorth(
                "observers_come",
                "Observers on the line",
                "The Patron",
                "Government of the South",
                "Unarmed observers",
                "Nobody",
                0.5,
                6.0,
                (-0.03, 0.05),
                (-0.015, 0.024),
            ),
            PromiseWorth(
                "line_stays",
                "The valley as it is run",
                "Government of the South",
                "Government of the North",
                "The North",
                "The North",
                0.9,
                1.0,
                (0.0, 0.0),
                (0.0, 0.0),
            ),
        ),
        notes=("The record holds one general truce.",),
    )
