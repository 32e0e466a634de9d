"""What every section of a briefing needs: the result, the dossier, names, and what is hidden."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import BaseModel

from interbellum.briefing import words
from interbellum.briefing.redaction import Veil
from interbellum.dossier.checks import resolve
from interbellum.dossier.defaults import DEFAULTS
from interbellum.dossier.quantities import (
    POOLING_RULES,
    CoderEstimate,
    PoolingRule,
    Quantity,
)
from interbellum.dossier.reader import Loaded
from interbellum.dossier.schema import Issue, RedLine
from interbellum.model.deals import LEFT_OPEN
from interbellum.model.result import (
    Driver,
    Gap,
    Interval,
    PromiseWorth,
    Result,
    RungForecast,
    SideView,
    Variant,
)

YEAR = 365
COUNTED_RUNGS = {
    "any_truce_announced": "Any truce announced",
    "sectoral_truce_kept": "Sectoral truce, kept",
    "general_truce_30_days_intended": "General truce meant for 30 days or more",
    "general_truce_30_days_kept": "General truce kept for 30 days",
    "general_truce_year_kept": "General truce kept for a year",
    "freeze": "Freeze: quiet front, nothing signed",
    "settlement_signed": "Settlement signed",
    "victory_A": "Victory of {A}",
    "victory_B": "Victory of {B}",
    "war_goes_on": "War goes on",
}
CLAUSES = {
    "any_truce_announced": "any truce is announced by {date}",
    "sectoral_truce_kept": "a sectoral truce that is then kept begins by {date}",
    "general_truce_30_days_intended": "a general truce meant for 30 days or more begins by {date}",
    "general_truce_30_days_kept": "a general truce that is then kept for 30 days begins by {date}",
    "general_truce_year_kept": "a general truce that is then kept for a year begins by {date}",
    "freeze": "the front goes quiet by {date} with nothing signed",
    "settlement_signed": "a settlement is signed by {date}",
    "victory_A": "the war ends by {date} in a victory of {A}",
    "victory_B": "the war ends by {date} in a victory of {B}",
    "war_goes_on": "the war still goes on on {date}",
}
ENDING_NAMES = {
    "victory_A": "Victory of {A}",
    "victory_B": "Victory of {B}",
    "freeze": "Frozen, nothing signed",
    "ceasefire_in_force": "Ceasefire in force",
    "settlement_in_force": "Settlement in force",
    "war": "War",
}
FORM_NAMES = {
    "ceasefire": "Ceasefire",
    "settlement": "Settlement",
    "freeze": "Freeze, nothing signed",
}
CAUSE_NAMES = {
    "rearmament": "rearming",
    "incidents": "incidents that spiral",
    "leader_or_patron": "a change of leader or patron",
    "expiry": "expiry of the term",
}
FEW_PATHS = 100  # a share of fewer paths moves by points when one path does
LEARNT = {
    "record.sectoral_truces": "sectoral truces a year",
    "record.sectoral_kept": "share of sectoral truces kept",
    "record.other_truces": "other limited truces a year",
}
"""Inputs that no field gives: they are learnt from the dossier's events."""
BASIS_NAMES = {"sourced": "sourced", "judgement": "judgement", "default": "default range"}


@dataclass(frozen=True, slots=True)
class Names:
    """A dossier and the names to tell it with."""

    loaded: Loaded
    veil: Veil

    def names(self) -> dict[str, str]:
        """Names of the sides by letter."""
        sides = self.loaded.dossier.sides
        return {"A": sides.A.name, "B": sides.B.name}

    def actor(self, actor_id: str) -> str:
        """Name of an actor."""
        return next((a.name for a in self.loaded.dossier.actors if a.id == actor_id), actor_id)

    def lead(self, side: str) -> str:
        """Id of the lead of a side."""
        sides = self.loaded.dossier.sides
        return sides.A.lead if side == "A" else sides.B.lead

    def issue(self, issue_id: str) -> Issue | None:
        """The issue of an id."""
        return next((item for item in self.loaded.dossier.issues if item.id == issue_id), None)

    def title(self, issue_id: str) -> str:
        """Title of an issue; the id itself where there is none."""
        issue = self.issue(issue_id)
        return issue.title if issue else issue_id

    def option(self, issue_id: str, option_id: str) -> str:
        """Text of an option."""
        if option_id == LEFT_OPEN:
            return "left open"
        issue = self.issue(issue_id)
        options = issue.options if issue else ()
        return next((item.text for item in options if item.id == option_id), option_id)

    def line_text(self, issue_id: str, line: RedLine) -> str:
        """What a red line says, in words."""
        if line.accepts_up_to is not None:
            return f"signs nothing beyond: {self.option(issue_id, line.accepts_up_to)}"
        refused = [self.option(issue_id, option) for option in line.refuses or ()]
        return f"refuses: {words.join(refused, 'or')}"

    def place(self, path: str) -> str:
        """``file:line`` of a dotted path; empty where the dossier has no such field."""
        found = resolve(self.loaded.tree.data, path)
        if found is None:
            return ""
        return f"{self.loaded.tree.file}:{self.loaded.tree.key_place(found)[0]}"


Coded = tuple[str, Quantity, tuple[CoderEstimate, ...]]
"""Path of a quantity, the quantity, its coders."""


@dataclass(frozen=True, slots=True)
class Context(Names):
    """A dossier, what came of it, and the names to tell it with."""

    result: Result
    coded: tuple[Coded, ...]
    """Of `coded_quantities`: looked for once, told in several places."""

    def rung(self, rung: str) -> str:
        """A rung in words, as the head of a row."""
        return COUNTED_RUNGS.get(rung, rung).format(**self.names())

    def clause(self, rung: str, iso_date: str) -> str:
        """A rung and its day as a clause."""
        template = CLAUSES.get(rung, rung + " by {date}")
        return template.format(date=words.date(iso_date), **self.names())

    def ending(self, ending: str) -> str:
        """An ending in words."""
        return ENDING_NAMES.get(ending, ending).format(**self.names())

    def headline(self) -> RungForecast | None:
        """The forecast that answers first: the question on the headline rung, else the year's."""
        on_rung = [f for f in self.result.rungs if f.rung == self.result.headline_rung]
        asked = [f for f in on_rung if f.questions]
        year = [f for f in on_rung if f.by_days == YEAR]
        return next(iter(asked + year + on_rung), None)

    def driven(self) -> str:
        """The rung, day and model that the drivers speak of: the headline rung a year ahead."""
        name = self.rung(self.result.headline_rung)
        year = self.at(self.result.headline_rung, YEAR)
        day = words.date(year.by_date) if year else "a year after the cut-off"
        return f"“{words.lower(name)}” by {day} in the engine"

    def own(self, rung: str, by_days: int) -> list[tuple[Variant, float]]:
        """Each pooled model with its own chance of a rung at a horizon."""
        return [
            (variant, p)
            for variant in self.result.variants
            for name, days, p in variant.rungs
            if (name, days) == (rung, by_days)
        ]

    def gap(self, rung: str, by_days: int) -> Gap | None:
        """How far the models are apart on a rung at a horizon."""
        found = (g for g in self.result.gaps if (g.rung, g.by_days) == (rung, by_days))
        return next(found, None)

    def at(self, rung: str, by_days: int) -> RungForecast | None:
        """The forecast of a rung at a horizon, if the result has it."""
        return next((f for f in self.result.rungs if f.rung == rung and f.by_days == by_days), None)

    def horizons(self) -> list[int]:
        """Every day for which there is a forecast, in order."""
        return sorted({f.by_days for f in self.result.rungs})

    def standard_rungs(self) -> list[str]:
        """Rungs of the result, in the order in which they are reported."""
        return list(dict.fromkeys(f.rung for f in self.result.rungs))


def driver_title(ctx: Context, driver: Driver) -> str:
    """Title of a driver unless its field is confidential."""
    return words.REDACTED if ctx.veil.hides(driver.id) else driver.title


def basis_text(driver: Driver) -> str:
    """What a driver's range rests on, in words."""
    if driver.id in LEARNT:
        return "learnt from the dossier's events"
    return BASIS_NAMES.get(driver.basis, driver.basis)


def moved_since(ctx: Context, side: str) -> str:
    """Day of a side's coded chance if months of the front lie after it, else nothing."""
    war = ctx.loaded.dossier.war
    day = (war.a_prevails.A if side == "A" else war.a_prevails.B).date
    if day is None or war.front is None or ctx.veil.hides(f"war.a_prevails.{side}"):
        return ""
    last = dt.date.fromisoformat(f"{war.front.series[-1].month}-28")  # a whole week must lie after
    return words.date(day) if last > day + dt.timedelta(days=7) else ""


def prevails_line(ctx: Context) -> str:
    """Whether the printed chances to prevail are as coded, or moved by the front since."""
    moved = [
        f"{ctx.names()[side]}'s own chance is as coded, moved by the front since {day}"
        for side in "AB"
        if (day := moved_since(ctx, side))
    ]
    return f" {words.start('; '.join(moved))}." if moved else ""


def told(value: float, tell: Callable[[float], str]) -> str:
    """A number in words, or that it is hidden: a sealed result holds no number there."""
    return words.REDACTED if math.isnan(value) else tell(value)


def prevails_cell(ctx: Context, view: SideView) -> str:
    """A side's own chance to prevail with the analyst's: ``72% (58%)``."""
    analyst = view.analyst_prevails.p
    if ctx.veil.hides("war.a_prevails.analyst"):
        analyst = math.nan
    return f"{told(view.believes_prevails.p, words.percent)} ({told(analyst, words.percent)})"


def chance_cell(chance: Interval) -> str:
    """A chance with its 80% interval: ``31% (18-47%)``."""
    if math.isnan(chance.p):
        return words.REDACTED
    return f"{words.percent(chance.p)} ({words.interval(chance.lo80, chance.hi80)})"


def stake_cell(value: Interval | None) -> str:
    """A share of the stake in hundredths, with its 80% interval: ``42 (30 to 55)``."""
    if value is None:
        return "none"
    if math.isnan(value.p):
        return words.REDACTED
    return f"{words.stake(value.p)} ({words.stake_interval(value.lo80, value.hi80)})"


ENGINE = "to_the_finish"
BASE_RATES = "reference_class"
"""The model that has neither paths nor a hindcast."""


def variant_name(name: str) -> str:
    """A model's name in words."""
    return name.replace("_", " ")


def variant_draws(variant: Variant) -> str:
    """How many draws a model answers on, and what its hindcast leaves of them."""
    if variant.name == BASE_RATES:
        return f"{variant.draws:,} strata of each rate; it has no hindcast"
    return (
        f"{variant.draws:,} draws, worth {round(variant.effective_draws):,} after its own hindcast"
    )


def base_rate_cell(forecast: RungForecast) -> str:
    """The base rate with its n: ``9% (n = 1)``."""
    return f"{words.percent(forecast.base_rate)} (n = {forecast.base_rate_n})"


def unit_of(path: str) -> str:
    """The part of a dotted path that tells the unit: the last that is not a side or a number."""
    if path in LEARNT:
        return "events" if LEARNT[path].endswith("a year") else "share"
    keys = [key for key in path.split(".") if key not in ("A", "B") and not key.isdigit()]
    return keys[-1] if keys else path


def forecast_id(forecast: RungForecast) -> str:
    """Id of a rung's figure."""
    return f"rungs.{forecast.rung}.{forecast.by_days}"


def quantities(value: object, path: str = "") -> list[tuple[str, Quantity]]:
    """Every uncertain quantity of a part of the dossier, with its dotted path, ids for numbers."""
    if isinstance(value, Quantity):
        return [(path, value)]
    found: list[tuple[str, Quantity]] = []
    for name, item in _parts(value):
        if item is not None and not isinstance(item, (str, int, float)):  # most of what there is
            found += quantities(item, _dot(path, name))
    return found


def _parts(value: object) -> Iterable[tuple[str, object]]:
    """What stands in a block, a mapping or a list of the dossier, each with its name."""
    if isinstance(value, BaseModel):
        held = value.__dict__
        return [(shown, held[name]) for name, shown in _fields_of(type(value))]
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, tuple):
        return [(_label(item, index), item) for index, item in enumerate(value)]
    return ()


def _label(item: object, index: int) -> str:
    """What a path calls an item of a list: its id, else its number."""
    label = getattr(item, "id", None)
    return label if isinstance(label, str) else str(index)


@functools.cache
def _fields_of(kind: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """Names of a block's fields, here and in the file."""
    return tuple((name, field.alias or name) for name, field in kind.model_fields.items())


def veiled_promise(ctx: Context, promise: PromiseWorth) -> tuple[bool, bool]:
    """Whether the delivery of a promise, and whether its worth, would tell a confidential field."""
    if not ctx.veil.on:
        return False, False
    entry = next((p for p in ctx.loaded.dossier.promises if p.id == promise.id), None)
    if entry is None:
        return True, True
    delivery = promise_hidden(ctx.loaded, ctx.veil, promise.id) or any(
        ctx.veil.hides(f"war.annual_discount.{side}") for side in "AB"
    )
    if promise.option == promise.without:
        return delivery, False  # nothing by definition, whatever anything weighs
    # Worth mixes the weights of both leads over all issues, by linkage and by the scale of the
    # utility, so what is hidden of one could be solved for.
    fields = ["talks.linkage"]
    for side in "AB":
        lead = ctx.lead(side)
        for issue, position in ctx.loaded.dossier.positions.get(lead, {}).items():
            path = f"positions.{lead}.{issue}"
            fields += [path, *(f"{path}.{part}" for part in ("weight", "shape", "values"))]
            fields += [name for name, _ in quantities(position, path) if ".red_line." not in name]
    return delivery, any(ctx.veil.hides(path) for path in fields)


def promise_hidden(loaded: Loaded, veil: Veil, promise_id: str) -> bool:
    """Whether a promise, or any number of when and whether it is delivered, is confidential."""
    path = f"promises.{promise_id}"
    promise = next(one for one in loaded.dossier.promises if one.id == promise_id)
    return veil.hides(path) or any(veil.hides(name) for name, _ in quantities(promise, path))


def defaults_used(loaded: Loaded) -> list[tuple[str, str, Quantity]]:
    """Fields that this dossier leaves to a default range: path, meaning, range."""
    out = []
    for path, quantity in DEFAULTS.items():
        section, name, *_ = path.split(".")
        block = getattr(loaded.dossier, section)
        if getattr(block, name) is None:
            meaning = (type(block).model_fields[name].description or "").split(";")[0]
            out.append((path, meaning.rstrip("."), quantity))
    return out


def range_text(quantity: Quantity, path: str) -> str:
    """A range of an input in words: ``5-20%, most likely 10%``."""
    unit = unit_of(path)
    low, high = min(quantity.support()), max(quantity.support())
    text = words.quantity(low, high, unit)
    if quantity.mode is not None:
        text += f", most likely {words.quantity(quantity.mode, quantity.mode, unit)}"
    return text


def coded_quantities(loaded: Loaded) -> tuple[Coded, ...]:
    """Quantities that several coders estimated."""
    return tuple(
        (path, quantity, quantity.coders)
        for path, quantity in quantities(loaded.dossier)
        if quantity.coders is not None
    )


def coder_spreads(ctx: Context) -> list[tuple[str, list[tuple[str, float]]]]:
    """Quantities that several coders estimated: path, and each coder's median."""
    return [
        (path, [(coder.by, _centre(coder)) for coder in coders]) for path, _, coders in ctx.coded
    ]


def pooled_medians(ctx: Context) -> dict[str, tuple[str, dict[PoolingRule, float]]]:
    """Per quantity that several coders estimated, the rule that is used and the median by each."""
    return {
        path: (quantity.pooled or POOLING_RULES[0], quantity.by_rule())
        for path, quantity, _ in ctx.coded
    }


def _centre(coder: CoderEstimate) -> float:
    return Quantity.model_validate(coder.model_dump(exclude={"by"}, exclude_none=True)).centre()


def _dot(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
