"""The places of a dossier that can be edited, one by one: where, what it is called, its bounds."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import AfterValidator, BaseModel

from interbellum.dossier import schema, words
from interbellum.dossier.defaults import DEFAULTS
from interbellum.dossier.quantities import Bounds, Quantity
from interbellum.dossier.reader import Loaded
from interbellum.dossier.tree import Path_
from interbellum.model.deals import LEFT_OPEN
from interbellum.model.provisions import PROVISIONS

Kind = Literal["slider", "ladder", "switch"]

GROUPS: dict[str, tuple[str, str]] = {
    "positions": (
        "Positions",
        "What each actor wants on each issue, and how much the issue counts for it.",
    ),
    "red_lines": ("Red lines", "What an actor says it will not sign, and how likely that is so."),
    "beliefs": (
        "Beliefs",
        "Where the war stands, and who would prevail if it were fought to the finish.",
    ),
    "tolerance": (
        "Tolerance",
        "How long each side would bear the war, and how often they talk in earnest.",
    ),
    "trust": ("Trust", "What each side expects of a truce, and what would break one."),
    "provisions": (
        "Texts and promises",
        "What the drafts say, what is promised, and which terms hold a ceasefire up.",
    ),
    "patrons": ("Patrons", "Courses of patrons and leaders, and what they would consent to."),
}
"""Id, title and help of each group, in the order in which they are shown."""

JOINED = "+"  # between the variants of a draft; no short name holds it


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that can be edited."""

    path: str
    place: Path_
    """In the parsed file, whether or not something stands there yet."""
    group: str
    kind: Kind
    title: str
    help: str
    told: Quantity | str | bool | None
    """What stands there; None where a default stands."""
    bounds: Bounds | None = None
    default: Quantity | None = None
    options: tuple[tuple[str, str], ...] = ()
    sourced: bool = False


def spots(loaded: Loaded) -> tuple[Spot, ...]:
    """Every place that can be edited, in the order of the groups.

    Standard provisions are listed where an option of the issue has one; `unlisted_provision` finds the others.
    """
    dossier = loaded.dossier
    return (
        *_positions(dossier),
        *_sections(dossier),
        *_texts(dossier),
        *_promises(dossier),
        *_provisions(dossier),
        *_patrons(dossier),
    )


@cache
def bounds_of(model: type[BaseModel], field: str) -> Bounds:
    """The bounds of a field of the schema; the narrower ones where two are declared."""
    info = model.model_fields[field]
    found = [item.func for item in info.metadata if isinstance(item, AfterValidator)]
    found += list(_declared(info.annotation))
    checks = [item for item in found if isinstance(item, Bounds)]
    first = min(checks, key=lambda item: item.high - item.low)
    low, high = max(item.low for item in checks), min(item.high for item in checks)
    return Bounds(low, high, first.rule, first.mend, first.unit)


def _declared(kind: Any) -> Iterator[Any]:
    for item in getattr(kind, "__metadata__", ()):
        if isinstance(item, AfterValidator):
            yield item.func
    for inner in typing.get_args(kind):
        yield from _declared(inner)


def _about(model: type[BaseModel], field: str) -> str:
    return (model.model_fields[field].description or "").strip()


def _slider(
    path: str,
    place: Path_,
    group: str,
    title: str,
    holder: BaseModel | None,
    model: type[BaseModel],
    default: Quantity | None = None,
    about: str = "",
) -> Iterator[Spot]:
    """A number, where it stands or has a default range."""
    field = str(place[-1])
    told = getattr(holder, field) if holder is not None else None
    if told is None and default is None:
        return
    text = about or _about(model, field)
    yield Spot(path, place, group, "slider", title, text, told, bounds_of(model, field), default)


# --- positions and red lines --------------------------------------------------------------------


def _names(dossier: schema.Dossier) -> dict[str, str]:
    return {actor.id: actor.name for actor in dossier.actors}


def _positions(dossier: schema.Dossier) -> Iterator[Spot]:
    issues, names = {issue.id: issue for issue in dossier.issues}, _names(dossier)
    for actor, stands in dossier.positions.items():
        for name, position in stands.items():
            yield from _position(names[actor], issues[name], position, ("positions", actor, name))
    for actor, stands in dossier.positions.items():
        for name, position in stands.items():
            yield from _red_line(names[actor], issues[name], position, ("positions", actor, name))


def _position(
    actor: str, issue: schema.Issue, position: schema.Position, at: Path_
) -> Iterator[Spot]:
    path = ".".join(map(str, at))
    rungs = tuple((option.id, option.text) for option in issue.options)
    if position.values is None:  # values say what each option is worth, so they fix the ideal
        yield Spot(
            f"{path}.ideal",
            (*at, "ideal"),
            "positions",
            "ladder",
            f"What {actor} wants: {issue.title}",
            _about(schema.Position, "ideal"),
            position.ideal,
            options=rungs,
            sourced=position.basis == "sourced",
        )
    title = f"How much it counts for {actor}: {issue.title}"
    yield from _slider(
        f"{path}.weight", (*at, "weight"), "positions", title, position, schema.Position
    )
    for option in issue.options:
        if position.values is not None and option.id != position.ideal:
            yield Spot(
                f"{path}.values.{option.id}",
                (*at, "values", option.id),
                "positions",
                "slider",
                f"What it is worth to {actor}: {option.text}",
                _about(schema.Position, "values"),
                position.values[option.id],
                bounds_of(schema.Position, "values"),
            )


def _red_line(
    actor: str, issue: schema.Issue, position: schema.Position, at: Path_
) -> Iterator[Spot]:
    line = position.red_line
    if line is None:
        return
    path, place = ".".join(map(str, (*at, "red_line"))), (*at, "red_line")
    told = words.red_line(issue, position)
    yield Spot(
        path,
        place,
        "red_lines",
        "switch",
        f"Red line of {actor}: {issue.title}",
        f"{told[:1].upper()}{told[1:]}. Off: as if it were not real, confidence 0.",
        line.confidence,
        sourced=bool(line.source),
    )
    title = f"How sure it is that the red line of {actor} is real: {issue.title}"
    yield from _slider(
        f"{path}.confidence", (*place, "confidence"), "red_lines", title, line, schema.RedLine
    )
    if line.accepts_up_to is not None:
        yield Spot(
            f"{path}.accepts_up_to",
            (*place, "accepts_up_to"),
            "red_lines",
            "ladder",
            f"The farthest that {actor} would sign: {issue.title}",
            _about(schema.RedLine, "accepts_up_to"),
            line.accepts_up_to,
            options=tuple((option.id, option.text) for option in issue.options),
            sourced=bool(line.source),
        )


# --- the sections of numbers ---------------------------------------------------------------------

SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("beliefs", "war.position", "Position in the war: 1, {A} can impose its terms; 0, {B} can"),
    ("beliefs", "war.a_prevails.analyst", "Chance that {A} prevails, as the analyst sees it"),
    ("beliefs", "war.a_prevails.A", "Chance that {A} prevails, as {A} sees it"),
    ("beliefs", "war.a_prevails.B", "Chance that {A} prevails, as {B} sees it"),
    ("beliefs", "war.months_to_decision", "Months to a decision, if fought to the finish"),
    ("beliefs", "war.stubbornness_months", "Months of movement that move its belief half way"),
    ("beliefs", "war.momentum", "Momentum of the front"),
    ("tolerance", "war.months_for_victory", "Months it would fight for victory"),
    ("tolerance", "war.reluctance", "Reluctance of its leader to end the war"),
    ("tolerance", "war.annual_discount", "What a year's wait takes off its value"),
    ("tolerance", "talks.monthly_chance", "Chance of serious talks a month"),
    ("tolerance", "talks.tolerance_months", "Months an untenable war is borne"),
    ("tolerance", "talks.ending_monthly", "Chance a month that an untenable war then ends"),
    ("tolerance", "talks.choice_noise", "How roughly good offers are told from bad ones"),
    ("tolerance", "talks.settlement_share", "Share that a text must decide to be a settlement"),
    ("tolerance", "talks.linkage", "How far issues can be traded for one another"),
    ("trust", "trust.other_breaks", "Expects the other to break a bare truce within a year"),
    ("trust", "trust.provisions_factor", "What full provisions leave of the hazard"),
    ("trust", "trust.kept_factor", "Factor on fear after a truce was kept"),
    ("trust", "trust.broken_factor", "Factor on fear after a truce was broken"),
    ("trust", "trust.memory_months", "Months after which half a change of trust is left"),
    ("trust", "war.rearmament.rate", "Pace of rearming in a truce"),
    ("trust", "war.rearmament.ceiling", "Gain from a long truce"),
    ("trust", "peace.cost_of_breaking", "Cost of breaking a signed truce"),
    ("trust", "peace.carrying_cost", "Cost of forces held forward in a truce"),
    ("trust", "peace.gap_noise_year", "Strength that nobody can foresee, after a year of truce"),
    ("trust", "peace.incidents_per_week", "Serious incidents a week in a bare truce"),
    ("trust", "peace.incident_echo", "Further incidents that one sets off"),
    ("trust", "peace.collapse_size", "Incidents in one chain that end a truce"),
    ("trust", "peace.change_monthly", "Chance a month that a leader or patron changes course"),
    ("trust", "peace.change_breaks", "Chance that such a change breaks the truce"),
    ("trust", "peace.ceasefire_term_months", "Months after which a ceasefire must be renewed"),
    ("trust", "peace.renewal", "Chance that it is renewed each time"),
)
"""Group, path and title of the numbers outside lists; a title without {A} is given per side."""


def _sections(dossier: schema.Dossier) -> Iterator[Spot]:
    sides = {"A": dossier.sides.A.name, "B": dossier.sides.B.name}
    for group, path, title in SECTIONS:
        section, field, *rest = path.split(".")
        holder: Any = getattr(dossier, section)
        default, about = DEFAULTS.get(path), _about(type(holder), field)
        inner = _inner(type(holder), field)
        if inner is None:
            keys: tuple[str, ...] = (section, field)
            yield from _slider(
                path, keys, group, title.format(**sides), holder, type(holder), default
            )
        elif inner is schema.Prevails:
            keys = (section, field, *rest)
            yield from _slider(
                path, keys, group, title.format(**sides), holder.a_prevails, inner, default
            )
        else:
            block = getattr(holder, field)
            for side, name in sides.items():
                of_side = getattr(block, side) if rest and block is not None else block
                model = _inner(inner, side) or inner  # rearmament has two numbers a side
                keys = (section, field, side, *rest)
                yield from _slider(
                    ".".join(keys), keys, group, f"{title}: {name}", of_side, model, default, about
                )


def _inner(model: type[BaseModel], field: str) -> type[BaseModel] | None:
    """The block that a field holds; None where it holds a number."""
    kind: Any = model.model_fields[field].annotation
    for one in (kind, *typing.get_args(kind)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return None if issubclass(one, Quantity) else one
    return None


# --- texts, promises and provisions --------------------------------------------------------------


def _texts(dossier: schema.Dossier) -> Iterator[Spot]:
    for index, text in enumerate(dossier.texts):
        for issue in dossier.issues:
            level = text.terms.get(issue.id, LEFT_OPEN)
            rungs = [(option.id, option.text) for option in issue.options]
            if not isinstance(level, str):
                texts = dict(rungs)
                both = " | ".join(texts[one] for one in level)
                level = JOINED.join(level)
                if level not in texts:
                    rungs.insert(0, (level, f"variants: {both}"))
            if level == LEFT_OPEN or len(text.terms) > 1:  # a text says something
                struck = issue.id in text.deleted
                rungs.insert(0, (LEFT_OPEN, "struck out" if struck else "silent on it"))
            yield Spot(
                f"texts.{text.id}.terms.{issue.id}",
                ("texts", index, "terms", issue.id),
                "provisions",
                "ladder",
                f"{text.title}: {issue.title}",
                "What the draft says on the issue.",
                level,
                options=tuple(rungs),
                sourced=True,  # a draft has a source, and what it is silent on is read there too
            )


def _promises(dossier: schema.Dossier) -> Iterator[Spot]:
    for index, promise in enumerate(dossier.promises):
        path, place = f"promises.{promise.id}", ("promises", index)
        for field, title in (
            ("delivered", "Chance that it is delivered"),
            ("delay_months", "Months until it is delivered"),
            ("withdrawn_yearly", "Chance a year that it is taken back"),
        ):
            yield from _slider(
                f"{path}.{field}",
                (*place, field),
                "provisions",
                f"{title}: {promise.title}",
                promise,
                schema.Promise,
            )
        for part, tranche in enumerate(promise.tranches):
            yield from _slider(
                f"{path}.tranches.{part}.delay_months",
                (*place, "tranches", part, "delay_months"),
                "provisions",
                f"Months until part {part + 1} is delivered: {promise.title}",
                tranche,
                schema.Tranche,
            )


def _provisions(dossier: schema.Dossier) -> Iterator[Spot]:
    for index, issue in enumerate(dossier.issues):
        named = {name for option in issue.options for name in option.provisions}
        for place, option in enumerate(issue.options):
            for name in PROVISIONS:
                if name in named:
                    yield _provision((index, issue), (place, option), name)


def _provision(
    issue: tuple[int, schema.Issue], option: tuple[int, schema.Option], name: str
) -> Spot:
    path = f"issues.{issue[1].id}.options.{option[1].id}.provisions.{name}"
    return Spot(
        path,
        ("issues", issue[0], "options", option[0], "provisions", name),
        "provisions",
        "switch",
        f"{PROVISIONS[name].capitalize()}, in: {option[1].text}",
        _about(schema.Option, "provisions"),
        name in option[1].provisions,
    )


def unlisted_provision(dossier: schema.Dossier, path: str) -> Spot | None:
    """A standard provision that no option of the issue has yet; None where the path is no such."""
    keys = path.split(".")
    if len(keys) != 6 or keys[0::2] != ["issues", "options", "provisions"]:
        return None
    for issue in enumerate(dossier.issues):
        for option in enumerate(issue[1].options):
            if [issue[1].id, option[1].id] == keys[1:4:2] and keys[5] in PROVISIONS:
                return _provision(issue, option, keys[5])
    return None


# --- patrons and leaders -------------------------------------------------------------------------


def _patrons(dossier: schema.Dossier) -> Iterator[Spot]:
    sides = {"A": dossier.sides.A.name, "B": dossier.sides.B.name}
    for index, regime in enumerate(dossier.regimes):
        path, place = f"regimes.{regime.id}", ("regimes", index)
        titles = {state.id: state.title for state in regime.states}
        for number, switch in enumerate(regime.switches):
            yield from _slider(
                f"{path}.switches.{number}.monthly",
                (*place, "switches", number, "monthly"),
                "patrons",
                f"{regime.title}: chance a month from “{titles[switch.source_state]}”"
                f" to “{titles[switch.to]}”",
                switch,
                schema.RegimeSwitch,
            )
        for number, state in enumerate(regime.states):
            for field, title in (
                ("a_prevails", f"chance that {sides['A']} prevails"),
                ("talks_factor", "factor on serious talks"),
                ("reluctance_factor", f"factor on reluctance of {sides[regime.side or 'A']}"),
                ("cost_factor", f"factor on what fighting costs {sides[regime.side or 'A']}"),
            ):
                yield from _slider(
                    f"{path}.states.{state.id}.{field}",
                    (*place, "states", number, field),
                    "patrons",
                    f"{regime.title}, “{state.title}”: {title}",
                    state,
                    schema.RegimeState,
                )
        yield from _slider(
            f"{path}.breaks_truce",
            (*place, "breaks_truce"),
            "patrons",
            f"{regime.title}: chance that a move breaks a truce",
            regime,
            schema.Regime,
        )
    for index, actor in enumerate(dossier.actors):
        yield from _slider(
            f"actors.{actor.id}.walk_away",
            ("actors", index, "walk_away"),
            "patrons",
            f"Least that {actor.name} consents to",
            actor,
            schema.Actor,
        )
