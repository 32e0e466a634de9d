"""The edited dossier: asked values written into the file in place, all else byte for byte.

A number moves the most plausible value (the median where none is named) and the rest of the range
with it; an end that would leave the field's bounds stays at them. Only what `controls` offers can
be changed. The result is read and checked like any dossier, and what it must say is compared with
what it says, so that no value, however odd, can change the file elsewhere.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from interbellum.dossier import schema
from interbellum.dossier.controls import centre, current
from interbellum.dossier.inplace import InPlaceError, Patch, rounded
from interbellum.dossier.quantities import NUMBERS, WORDS, Block, Bounds, Numbers, Quantity
from interbellum.dossier.reader import Loaded, load_text
from interbellum.dossier.spots import Spot, spots, unlisted_provision
from interbellum.dossier.tree import BYTE_ORDER_MARK, Path_, dotted
from interbellum.errors import DossierError, Fault, UsageError
from interbellum.model.deals import LEFT_OPEN
from interbellum.model.provisions import PROVISIONS

Range = dict[str, float]
Value = float | str | bool | Range

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
SECTIONS: dict[str, type[Block]] = {
    "war": schema.War,
    "talks": schema.Talks,
    "trust": schema.Trust,
    "peace": schema.Peace,
}
RANGE = ("low", "mode", "high")
ON, OFF = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0"})
LONGEST = 80  # characters of a stranger's text that a message repeats
MOST_NAMED = 5  # changes that a message names
SAME = 1e-9  # relative; pooled medians are inverted by bisection


@dataclass(frozen=True, slots=True)
class _Change:
    spot: Spot
    value: Value


def edited(loaded: Loaded, changes: Mapping[str, Any]) -> str:
    """Text of a dossier with changes written in place.

    Parameters
    ----------
    loaded : Loaded
    changes : mapping from a control's path to its new value
        Slider: a number (or a text such as "0.2" or "20%"), or a range {low, mode, high} (or a text
        such as "0.1,0.2,0.3"). Ladder: the id of an option. Switch: true or false.

    Returns
    -------
    str
        Encoded in UTF-8, the file; the very bytes of the old one where nothing changes.

    Raises
    ------
    UsageError
        A path that is no control, a value that it cannot take, or a form that cannot be changed in
        place.
    DossierError
        The edited dossier breaks a rule; each fault has its place in the edited text, and names the
        change that did it.
    """
    return edit(loaded, changes).tree.source()


def edit(loaded: Loaded, changes: Mapping[str, Any]) -> Loaded:
    """The dossier with changes written in place, read anew; see `edited`.

    Raises
    ------
    UsageError, DossierError
        As `edited`.
    """
    known = spots(loaded)
    asked = _asked(loaded, changes, known)
    if not asked:
        return loaded
    try:
        text, data = _written(loaded, asked, known).result()
    except InPlaceError as error:
        raise _not_in_place(asked, str(error)) from None
    before = loaded.tree
    try:
        after = load_text(f"{BYTE_ORDER_MARK if before.marked else ''}{text}", before.file)
    except DossierError as error:
        raise DossierError([_named(fault, asked) for fault in error.faults]) from None
    if after.tree.data != data:
        raise _not_in_place(asked, "it is written in an unusual form")
    return after


def _not_in_place(asked: list[_Change], why: str) -> UsageError:
    names = ", ".join(change.spot.path for change in asked[:MOST_NAMED])
    return UsageError(
        f"{names} cannot be changed in place: {why}. Write the field in the dossier as `key: value`"
        " on a line of its own, or change it there by hand."
    )


def _named(fault: Fault, asked: list[_Change]) -> Fault:
    """A fault of the edited dossier with the changes that bear on it: those nearest to its place."""
    section = fault.path.partition(".")[0]
    near = (
        [one for one in asked if _meet(dotted(one.spot.place), fault.path)]
        or [one for one in asked if one.spot.place[0] == section]
        or asked
    )
    told = "; ".join(f"{one.spot.path} = {_told(one.value)}" for one in near[:MOST_NAMED])
    more = f"; and {len(near) - MOST_NAMED} more" if len(near) > MOST_NAMED else ""
    what = "The change that did it" if len(near) == 1 else "Changes that bear on it"
    return replace(fault, rule=f"{fault.rule} {what}: {told}{more}.")


def _meet(one: str, other: str) -> bool:
    """Whether one dotted path lies on the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _told(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {number:g}" for key, number in value.items()) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


# --- what is asked -------------------------------------------------------------------------------


def _asked(loaded: Loaded, changes: Mapping[str, Any], known: tuple[Spot, ...]) -> list[_Change]:
    """The changes that change something, each checked, in the order of the controls."""
    if not isinstance(changes, Mapping):
        raise UsageError("Changes are a mapping of paths to values, such as war.position: 0.6.")
    places = {spot.path: (rank, spot) for rank, spot in enumerate(known)}
    found: list[tuple[int, _Change]] = []
    for path, raw in changes.items():
        if not isinstance(path, str):
            raise UsageError(f"{_short(path)} is not a path, such as war.position.")
        rank, spot = places.get(path) or (len(places), unlisted_provision(loaded.dossier, path))
        if spot is None:
            raise UsageError(_unknown(path, list(places)))
        value = _value(spot, raw)
        if not _is_so(spot, value):
            found.append((rank, _Change(spot, value)))
    found.sort(key=lambda one: (one[0], one[1].spot.path))
    switched = {
        change.spot.path: change.value for _, change in found if change.spot.kind == "switch"
    }
    return [change for _, change in found if not _decided(change, switched, changes)]


def _decided(change: _Change, switched: Mapping[str, Value], changes: Mapping[str, Any]) -> bool:
    """Whether a red line's switch and its confidence are both asked, and the other of them counts.

    A line that is switched off is off; a line that is switched on has the confidence that is asked.
    """
    line, _, field = change.spot.path.rpartition(".")
    if field == "confidence" and line in switched:
        return switched[line] is False
    return change.value is True and f"{change.spot.path}.confidence" in changes


def _unknown(path: str, known: list[str]) -> str:
    near = difflib.get_close_matches(path[:LONGEST], known, n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    return (
        f"{_short(path)} is not something that can be edited in this dossier.{hint}"
        " `interbellum edit DOSSIER --list` names all that can."
    )


def _short(raw: Any) -> str:
    """A stranger's value for a message: short, on one line, nothing that steers a terminal."""
    if isinstance(raw, str):
        return ascii(raw[:LONGEST]) if not raw[:LONGEST].isprintable() else f"“{raw[:LONGEST]}”"
    if isinstance(raw, (bool, float)) or raw is None:
        return str(raw).lower()
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 10**LONGEST else "a number of many digits"
    return f"a {'mapping' if isinstance(raw, Mapping) else type(raw).__name__}"


def _value(spot: Spot, raw: Any) -> Value:
    if spot.kind == "switch":
        return _switch(spot, raw)
    if spot.kind == "ladder":
        return _rung(spot, raw)
    assert spot.bounds is not None  # every slider has them
    if isinstance(raw, str) and raw.count(",") == 2:
        raw = dict(zip(RANGE, raw.split(","), strict=True))
    if isinstance(raw, Mapping):
        return _range(spot, raw, spot.bounds)
    return _number(spot, raw, spot.bounds)


def _switch(spot: Spot, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else None
    if word in ON or word in OFF:
        return word in ON
    raise UsageError(f"{spot.path} cannot be {_short(raw)}: a switch is true or false.")


def _rung(spot: Spot, raw: Any) -> str:
    known = [name for name, _ in spot.options]
    if isinstance(raw, str) and raw in known:
        return raw
    raise UsageError(f"{spot.path} cannot be {_short(raw)}: it is one of {', '.join(known)}.")


def _number(spot: Spot, raw: Any, bounds: Bounds) -> float:
    if isinstance(raw, str):
        text = raw.strip()
        body, scale = (text[:-1], 0.01) if text.endswith("%") else (text, 1.0)
        number = float(body) * scale if NUMBER.fullmatch(body) else math.nan
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
        number = float(raw) if abs(raw) < 1e300 else math.nan  # greater whole numbers overflow
    else:
        number = math.nan
    if not bounds.low <= rounded(number) <= bounds.high:
        raise UsageError(
            f"{spot.path} cannot be {_short(raw)}. {bounds.rule} Mend: give a number from"
            f" {bounds.low:g} to {bounds.high:g}."
        )
    return rounded(number)


def _range(spot: Spot, raw: Mapping[Any, Any], bounds: Bounds) -> Range:
    if set(raw) != set(RANGE):
        raise UsageError(f"{spot.path}: a range is {{low, mode, high}}, all three and no more.")
    if isinstance(spot.told, Quantity) and spot.told.coders is not None:
        raise UsageError(
            f"{spot.path} holds the estimates of several coders, and a range would wipe them out."
            " Mend: give a number, which moves them all alike."
        )
    found = {name: _number(spot, raw[name], bounds) for name in RANGE}
    if not found["low"] <= found["mode"] <= found["high"]:
        raise UsageError(
            f"{spot.path} cannot be {_told(found)}: the numbers of a range rise from low to high."
        )
    return found


def _is_so(spot: Spot, value: Value) -> bool:
    """Whether a spot holds a value already."""
    if isinstance(value, float):
        now = current(spot)
        return math.isclose(float(now), value, rel_tol=SAME, abs_tol=1e-15)
    if isinstance(value, dict):
        told = spot.told
        return (
            isinstance(told, Quantity)
            and {name: getattr(told, name) for name in NUMBERS if getattr(told, name) is not None}
            == value
        )
    return current(spot) == value


# --- writing it ----------------------------------------------------------------------------------


def _written(loaded: Loaded, asked: list[_Change], known: tuple[Spot, ...]) -> Patch:
    patch = Patch(loaded.tree)
    missing: dict[Path_, Range] = {}
    for change in asked:
        spot = change.spot
        if spot.kind == "slider" and spot.told is None:
            missing[spot.place] = _fresh(change)
        elif spot.kind == "slider":
            _write_number(patch, change)
        elif spot.place[-1] == "red_line":
            _write_confidence(patch, spot, 1.0 if change.value else 0.0)
        elif spot.kind == "ladder" and spot.place[0] != "texts":
            patch.replace(spot.place, change.value)
    _write_terms(patch, [change for change in asked if change.spot.place[0] == "texts"])
    _write_provisions(patch, [c for c in asked if c.spot.place[-2] == "provisions"])
    _write_missing(patch, missing, known)
    return patch


def _write_number(patch: Patch, change: _Change) -> None:
    told, bounds, place = change.spot.told, change.spot.bounds, change.spot.place
    assert isinstance(told, Quantity) and bounds is not None  # a slider with a value
    if told.coders is not None:
        assert isinstance(change.value, float)  # a range is refused for several coders
        _move_coders(patch, place, told, bounds, change.value)
    elif isinstance(change.value, dict):
        _write_range(patch, place, told, change.value)
    else:
        assert isinstance(change.value, float)
        _write_numbers(patch, place, moved(told, change.value, bounds))


def moved(told: Numbers, to: float, bounds: Bounds) -> Range:
    """The numbers of a single estimate after its centre has moved; the ends stay in the bounds.

    {low, high} says where its middle is by its ends alone, so near a bound both ends come closer.
    """
    if told.value is not None:
        return {"value": to}
    if told.mode is None and told.p50 is None:
        assert told.low is not None and told.high is not None  # the reader lets no other form pass
        half = min(0.5 * (told.high - told.low), to - bounds.low, bounds.high - to)
        return {"low": rounded(to - half), "high": rounded(to + half)}
    names = RANGE if told.mode is not None else ("p05", "p50", "p95")
    numbers = [getattr(told, name) for name in names]
    by = to - numbers[1]
    low, high = max(numbers[0] + by, bounds.low), min(numbers[2] + by, bounds.high)
    return dict(zip(names, (rounded(low), to, rounded(high)), strict=True))


def _move_coders(patch: Patch, place: Path_, told: Quantity, bounds: Bounds, to: float) -> None:
    """Move all coders alike; where one would leave the bounds, all come closer to the median."""
    assert told.coders is not None
    now = centre(told)
    low, high = min(told.support()), max(told.support())
    scale = min(
        1.0,
        (bounds.high - to) / (high - now) if high > now else 1.0,
        (to - bounds.low) / (now - low) if low < now else 1.0,
    )
    for index, coder in enumerate(told.coders):
        numbers = {
            name: rounded(min(max(to + scale * (number - now), bounds.low), bounds.high))
            for name in NUMBERS
            if (number := getattr(coder, name)) is not None
        }
        _write_numbers(patch, (*place, "coders", index), numbers)


def _write_numbers(patch: Patch, place: Path_, numbers: Range) -> None:
    """Write numbers over those of the same names; a word becomes the range that it stands for."""
    raw = _raw(patch, place)
    if isinstance(raw, dict):
        for name, number in numbers.items():
            patch.replace((*place, name), _styled(number, raw.get(name)))
    elif isinstance(raw, str) and raw.strip().lower() in WORDS:
        patch.replace(place, numbers)
    else:
        patch.replace(place, _styled(numbers["value"], raw))


def _write_range(patch: Patch, place: Path_, told: Quantity, asked: Range) -> None:
    raw = _raw(patch, place)
    if not isinstance(raw, dict):
        patch.replace(place, asked)
        return
    held = [name for name in NUMBERS if getattr(told, name) is not None]
    names = {"value": ["mode"], "low": ["low", "high"], "p05": list(RANGE)}.get(held[0], [])
    if held == list(RANGE):
        names = held
    for old, new in zip(held, names, strict=True):
        patch.replace((*place, old), _styled(asked[new], raw[old]))
        if old != new:
            if new in raw:
                raise InPlaceError(f"its `{new}` stands there empty")
            patch.rename((*place, old), new)
    for name in RANGE:
        if name not in names and name in raw:  # written, but left empty
            patch.replace((*place, name), asked[name])
        elif name not in names:
            patch.insert(place, name, asked[name], ("low", "value", "mode", "high"))


def _write_confidence(patch: Patch, spot: Spot, to: float) -> None:
    """All numbers of a red line's confidence at 0 or at 1: a range would leave it half on."""
    told, place = spot.told, (*spot.place, "confidence")
    assert isinstance(told, Quantity)
    if told.coders is not None:
        for index, coder in enumerate(told.coders):
            _write_numbers(patch, (*place, "coders", index), _all_at(coder, to))
    elif isinstance(_raw(patch, place), dict):
        _write_numbers(patch, place, _all_at(told, to))
    else:
        patch.replace(place, to)


def _all_at(told: Numbers, to: float) -> Range:
    return {name: to for name in NUMBERS if getattr(told, name) is not None}


def _raw(patch: Patch, place: Path_) -> Any:
    data = patch.tree.data
    for key in place:
        data = data[key]
    return data


def _styled(number: float, raw: Any) -> float | str:
    """A number as its writer wrote it: 20% stays in per cent."""
    if isinstance(raw, str) and raw.strip().endswith("%"):
        return f"{rounded(100.0 * number):.12g}%"
    return number


def _fresh(change: _Change) -> Range:
    """A default range, moved to what is asked."""
    spot = change.spot
    if isinstance(change.value, dict):
        return change.value
    assert spot.default is not None and spot.bounds is not None and isinstance(change.value, float)
    return moved(spot.default, change.value, spot.bounds)


def _write_missing(patch: Patch, given: dict[Path_, Range], known: tuple[Spot, ...]) -> None:
    """Add fields that stood by default; a field with two sides comes with both."""
    units = {place[:2] for place in given}
    whole: dict[str, dict[str, Any]] = {}
    for spot in known:
        if spot.place[:2] in units and spot.default is not None:
            section, *keys = map(str, spot.place)
            default = {name: getattr(spot.default, name) for name in NUMBERS}
            numbers = given.get(spot.place) or {k: v for k, v in default.items() if v is not None}
            _put(whole.setdefault(section, {}), keys, numbers)
    sections = schema.Dossier.model_fields
    for section, fields in whole.items():
        order = list(SECTIONS[section].model_fields)
        if section not in patch.tree.data:
            ordered = {name: fields[name] for name in order if name in fields}
            patch.insert((), section, ordered, list(sections))
            continue
        for field, data in fields.items():
            if field in patch.tree.data[section]:  # written, but left empty
                patch.replace((section, field), data)
            else:
                patch.insert((section,), field, data, order)


def _put(data: dict[str, Any], keys: list[str], value: Range) -> None:
    for key in keys[:-1]:
        data = data.setdefault(key, {})
    data[keys[-1]] = value


def _write_terms(patch: Patch, changes: list[_Change]) -> None:
    for change in changes:
        *parent, name = change.spot.place
        terms = _raw(patch, tuple(parent))
        if change.value == LEFT_OPEN:
            patch.remove(tuple(parent), str(name))
        elif name in terms:
            patch.replace(change.spot.place, change.value)
        else:
            order = [issue["id"] for issue in patch.tree.data["issues"]]
            patch.insert(tuple(parent), str(name), change.value, order)
    for change in changes:
        if not _at(patch.data, change.spot.place[:-1]):
            raise UsageError(
                f"{change.spot.path} cannot be {LEFT_OPEN} too: a draft says something on one issue."
            )


def _write_provisions(patch: Patch, changes: list[_Change]) -> None:
    lists: dict[Path_, dict[str, bool]] = {}
    for change in changes:
        asked = lists.setdefault(change.spot.place[:-1], {})
        asked[str(change.spot.place[-1])] = change.value is True
    order = list(PROVISIONS)
    for place, asked in lists.items():
        held = _raw(patch, place[:-1]).get(place[-1])
        added = sorted((name for name, on in asked.items() if on), key=order.index)
        if held is None and place[-1] not in _raw(patch, place[:-1]):
            fields = list(schema.Option.model_fields)
            patch.insert(place[:-1], str(place[-1]), added, fields)
        elif all(asked.get(name) is False for name in held or ()):  # nothing of it stays
            patch.replace(place, added)
        else:
            for name, on in asked.items():
                if not on:
                    patch.remove(place, name)
            for name in added:
                patch.insert(place, name, None, order)


def _at(data: Any, path: Path_) -> Any:
    for key in path:
        data = data[key]
    return data
