"""Negotiation domains from the files of other programs, and back.

Read and written: GENIUS XML (a folder), the scenario folder of NegMAS (YAML or JSON, one file for the
outcome space and one for each utility function), and the same in one JSON file (`domain`, `ufuns`).
Read only: NegoLog's folder of profileA.json, profileB.json. Each says where a fault stands; a
reservation on another scale than its utilities is a fault, never rescaled.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml

from interbellum.dossier.genius import read_genius, write_genius
from interbellum.dossier.scales import (
    NUMBER_RULE,
    ROUNDING,
    WEIGHTS_MEND,
    WEIGHTS_RULE,
    number,
    reservation_fault,
)
from interbellum.dossier.tree import Path_, Tree, parse_tree
from interbellum.dossier.xmltree import read_domain_bytes
from interbellum.errors import DossierError, Fault, UsageError
from interbellum.model.arrays import ShapeError
from interbellum.model.domain import Domain, Party

Form = Literal["genius", "negmas", "json"]
FORMS: tuple[Form, ...] = ("genius", "negmas", "json")
"""genius: a folder of XML. negmas: a folder of YAML. json: one file."""

MOST_FILES = 200
MOST_NUMBERS = 10_000  # options of an integer issue that are written out
PROFILE_NAME = r"profile\w+\.json"  # of NegoLog
JSON_SYNTAX = (
    'A JSON domain is JSON: `"key": value` in braces, lists in brackets, commas between.',
    "look at this line and the one above for a missing comma, colon, quote or bracket.",
)
YAML_SYNTAX = (
    "A file of a NegMAS domain is YAML: `key: value`, lists with `- `, indentation by spaces.",
    "look at this line and the one above for a missing colon, quote or indent.",
)
FIELDS_RULE = (
    "A file of a domain has fields: `domain` and `ufuns`, or the `type` of an outcome space or of a"
    " utility function."
)
TEXT = (".yml", ".yaml", ".json")
NONE = {"-.inf", "-.Inf", "-.INF", "-inf", "-Infinity"}
"""How NegMAS writes that a party has no reservation."""
ADDITIVE = ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction")
AFFINE = ("AffineUtilityFunction", "LinearUtilityFunction")
CELLS = "HyperRectangleUtilityFunction"
DISCOUNTED = "ExpDiscountedUFun"
READABLE = ", ".join(
    (*ADDITIVE, *AFFINE, DISCOUNTED, f"{CELLS} with one package in each rectangle")
)

Options = tuple[tuple[str, ...], ...]


def read_domain(source: str | Path) -> Domain:
    """A negotiation domain from a file or folder, in whichever form it is.

    Parameters
    ----------
    source : str or Path
        A folder of one of the forms, any file in it, or one JSON or YAML file with `domain` and
        `ufuns`.

    Returns
    -------
    Domain

    Raises
    ------
    DossierError
        The files have faults; each with its place, rule and mend.
    UsageError
        It is none of the forms, or more than one.
    """
    path = Path(source)
    if not path.is_dir():
        raw = read_domain_bytes(path)
        if path.suffix.lower() == ".xml":
            return read_genius(path.parent, path)
        tree = _parsed(path, raw)
        if {"domain", "ufuns"} <= set(tree.data):
            return _read_single(tree, path)
        _check_part(tree, path)
        path = path.parent
    names = sorted(file.name for file in path.iterdir() if file.is_file())
    names = [name for name in names if not name.startswith((".", "_"))]
    if len(names) > MOST_FILES:
        raise UsageError(f"{path} has {len(names)} files. Give a folder that holds one domain.")
    xml = [name for name in names if name.lower().endswith(".xml")]
    profiles = [name for name in names if re.fullmatch(PROFILE_NAME, name)]
    other = [name for name in names if name.lower().endswith(TEXT) and name != "specs.json"]
    if xml and not other:
        return read_genius(path)
    if profiles and other == profiles:
        return _read_negolog(path, [path / name for name in profiles])
    if other and not xml:
        return _read_negmas(path, [path / name for name in other])
    raise UsageError(
        f"{path} holds {'files of more than one form' if xml else 'no domain'}. A domain is a folder"
        " of GENIUS XML, of NegMAS YAML or JSON, or of NegoLog profiles, or one JSON file with"
        " `domain` and `ufuns`."
    )


def _parsed(file: Path, raw: bytes | None = None) -> Tree:
    """Parse a file of a domain; what is said of dossiers is said of domains."""
    try:
        return parse_tree(str(file), read_domain_bytes(file) if raw is None else raw)
    except DossierError as error:
        json_file = file.suffix.lower() == ".json"
        raise DossierError([_of_domain(fault, json_file) for fault in error.faults]) from None


def _of_domain(fault: Fault, json_file: bool) -> Fault:
    if fault.found.startswith("cannot be parsed"):
        rule, mend = JSON_SYNTAX if json_file else YAML_SYNTAX
    elif fault.found == "holds no fields":
        rule, mend = FIELDS_RULE, "check that this is the right file."
    else:
        return fault
    return replace(fault, rule=rule, mend=mend)


def _check_part(tree: Tree, path: Path) -> None:
    """The file that was asked for is at least part of a domain, whatever stands beside it."""
    kind = _Part(tree, (), []).kind
    negolog = path.name == "specs.json" or re.fullmatch(PROFILE_NAME, path.name)
    if not negolog and "OutcomeSpace" not in kind and "fun" not in kind.lower():
        raise DossierError(
            [
                tree.fault(
                    (),
                    "is no negotiation domain",
                    FIELDS_RULE,
                    "check that this is the right file, or name the folder that holds the domain.",
                )
            ]
        )


def write_domain(domain: Domain, target: str | Path, form: Form) -> tuple[Path, ...]:
    """Write a domain so that `read_domain` gives it back and the program of the form can read it.

    Parameters
    ----------
    domain : Domain
    target : str or Path
        A new folder, or a new file for the form `json`.
    form : {'genius', 'negmas', 'json'}

    Returns
    -------
    tuple of Path
        Files written, the outcome space first.

    Raises
    ------
    UsageError
        No such form, the target exists, a name cannot be written, or the form cannot say what the domain says.
    """
    path = Path(target)
    if form not in FORMS:
        raise UsageError(f"There is no form {form!r}. The forms are {', '.join(FORMS)}.")
    if path.exists():
        raise UsageError(f"{path} exists and is left as it is. Give a new name.")
    for name in (domain.name, *domain.issues, *sum(domain.options, ())):
        _check_name(name)
    for party in domain.parties:
        _check_name(party.name)
    if form == "json":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(_single_form(domain), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        return (path,)
    path.mkdir(parents=True)
    try:
        if form == "genius":
            return write_genius(domain, path)
    except UsageError:
        path.rmdir()
        raise
    whole = _single_form(domain)
    digits = len(str(len(domain.parties)))
    written = []
    for name, part in [
        ("domain.yml", whole["domain"]),
        *((f"party{i:0{digits}}.yml", ufun) for i, ufun in enumerate(whole["ufuns"], start=1)),
    ]:
        text = yaml.safe_dump(part, sort_keys=False, allow_unicode=True)
        (path / name).write_text(text, encoding="utf-8")
        written.append(path / name)
    return tuple(written)


def _check_name(name: str) -> None:
    if not name or not name.isprintable():
        raise UsageError(
            f"The name {name!r} cannot be written. Names of the domain, parties, issues and options"
            " are printable text on one line."
        )


# --- writing the NegMAS form -------------------------------------------------------------------


def _single_form(domain: Domain) -> dict[str, Any]:
    """As NegMAS 0.16 serialises a scenario: plain dictionaries with a `type`."""
    return {
        "domain": {
            "type": "DiscreteCartesianOutcomeSpace",
            "name": domain.name,
            "issues": [
                {"type": "CategoricalIssue", "name": issue, "values": list(options)}
                for issue, options in domain.pairs()
            ],
        },
        "ufuns": [_ufun(domain, party) for party in domain.parties],
    }


def _ufun(domain: Domain, party: Party) -> dict[str, Any]:
    known: dict[str, Any] = {"name": party.name}
    if party.reservation is not None:
        known["reserved_value"] = float(party.reservation)
    if party.table is not None:
        # NegMAS writes its own tables in a form that it cannot read back; rectangles it can.
        ufun: dict[str, Any] = {
            "type": CELLS,
            **known,
            "outcome_ranges": [dict(enumerate(package)) for package in product(*domain.options)],
            "utilities": party.table.tolist(),
        }
    else:
        ufun = {
            "type": ADDITIVE[0],
            **known,
            "weights": party.weights.tolist(),
            "values": [
                {"type": "TableFun", "mapping": dict(zip(options, row.tolist(), strict=True))}
                for options, row in zip(domain.options, party.values, strict=True)
            ],
        }
        if party.base != 0.0:
            ufun["bias"] = float(party.base)
    if party.discount is None:
        return ufun
    return {
        "type": DISCOUNTED,
        **known,
        "discount": float(party.discount),
        "factor": "relative_time",
        "ufun": {**ufun, "type": f"negmas.{ufun['type']}"},
    }


# --- reading the NegMAS form -------------------------------------------------------------------


class _Part:
    """One mapping of a file: its fields, and faults that point at them."""

    def __init__(self, tree: Tree, at: Path_, faults: list[Fault]) -> None:
        self.tree, self.at, self.faults = tree, at, faults
        data: Any = tree.data
        for key in at:
            held = dict(enumerate(data)) if isinstance(data, list) else data
            data = held.get(key) if isinstance(held, dict) else None
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        kind = self.data.get("type", self.data.get("__python_class__", ""))
        self.kind = str(kind).rsplit(".", 1)[-1]

    def inner(self, *keys: str | int) -> _Part:
        return _Part(self.tree, (*self.at, *keys), self.faults)

    def wrong(self, key: str | int | None, found: str, rule: str, mend: str) -> None:
        at = self.at if key is None else (*self.at, key)
        self.faults.append(self.tree.fault(at, found, rule, mend))

    def node(self, *keys: str | int) -> yaml.Node:
        return self.tree.node((*self.at, *keys))

    def text(self, key: str) -> str:
        """Scalar under a key as it is written, so that 08 stays “08”; empty where there is none."""
        return _text(self.node(key)) if self.data.get(key) is not None else ""

    def number(self, key: str, default: float | None = None) -> float | None:
        """Number under a key; `default` where the key is absent or null."""
        if self.data.get(key) is None:
            if default is None:
                self.wrong(key, "is missing", NUMBER_RULE, "add it.")
            return default
        value = _scalar(self.node(key))
        if value is None:
            self.wrong(key, f"is “{_text(self.node(key))}”", NUMBER_RULE, "correct it.")
        return value


def _text(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "not one value"


def _scalar(node: yaml.Node) -> float | None:
    return number(node.value) if isinstance(node, yaml.ScalarNode) else None


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _pairs(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def _read_single(tree: Tree, path: Path) -> Domain:
    faults: list[Fault] = []
    ufuns = tree.data["ufuns"]
    if not isinstance(ufuns, list):
        raise DossierError(
            [tree.fault(("ufuns",), "is not a list", "One utility function a party.", "list them.")]
        )
    parts = [_Part(tree, ("ufuns", i), faults) for i in range(len(ufuns))]
    return _assemble(_Part(tree, ("domain",), faults), parts, path, path.stem)


def _read_negmas(folder: Path, files: list[Path]) -> Domain:
    faults: list[Fault] = []
    parts = [_Part(_parsed(file), (), faults) for file in files]
    spaces = [part for part in parts if "OutcomeSpace" in part.kind]
    ufuns = [part for part in parts if "fun" in part.kind.lower()]
    for part in parts:
        if part not in spaces and part not in ufuns:
            part.wrong(
                None,
                "has no `type` of an outcome space or utility function",
                "Every file of a NegMAS scenario says its type.",
                "add the type, or move the file elsewhere.",
            )
    if faults:
        raise DossierError(faults)
    if len(spaces) != 1:
        raise UsageError(
            f"{folder} has {len(spaces)} files with an outcome space. Keep one domain in a folder."
        )
    return _assemble(spaces[0], ufuns, folder, folder.name)


def _assemble(space: _Part, ufuns: list[_Part], where: Path, fallback: str) -> Domain:
    faults = space.faults
    issues, options = _outcome_space(space)
    if faults:
        raise DossierError(faults)
    parties = []
    for place, part in enumerate(ufuns, start=1):
        fallback_name = f"party {place}" if part.at else Path(part.tree.file).stem
        name = part.text("name") or fallback_name
        party = _party(part, name, issues, options)
        if party is not None:
            parties.append(party)
    return _domain(space.text("name") or fallback, issues, options, parties, faults, where)


def _domain(
    name: str,
    issues: tuple[str, ...],
    options: Options,
    parties: list[Party],
    faults: list[Fault],
    where: Path,
) -> Domain:
    if faults:
        raise DossierError(faults)
    try:
        return Domain(name, issues, options, tuple(parties))
    except ShapeError as error:  # only what no single file can show: too few parties, same names
        raise UsageError(f"{where} is no domain. {error}") from None


def _outcome_space(space: _Part) -> tuple[tuple[str, ...], Options]:
    issues: list[str] = []
    options: list[tuple[str, ...]] = []
    listed = space.data.get("issues")
    if not isinstance(listed, list) or not listed:
        space.wrong("issues", "is not a list of issues", "A domain has issues.", "list them.")
        return (), ()
    for i in range(len(listed)):
        part = space.inner("issues", i)
        name = part.text("name")
        if not name or name in issues:
            part.wrong(
                None,
                f"stands twice (“{name}”)" if name else "has no name",
                "Every issue has a name of its own.",
                "name it, or remove one of the two.",
            )
        issues.append(name)
        options.append(_option_names(part))
    return tuple(issues), tuple(options)


def _option_names(part: _Part) -> tuple[str, ...]:
    node = part.node("values")
    if part.kind in ("ContinuousIssue", "ContinuousInfiniteIssue", "CountableInfiniteIssue"):
        part.wrong(
            None,
            f"is a {part.kind}",
            "Only issues with a list of options can be read.",
            "list the values that are on the table as a CategoricalIssue.",
        )
        return ()
    if part.kind == "ContiguousIssue":
        ends = [_scalar(one) for one in _items(node)]
        whole = [int(end) for end in ends if end is not None and end == int(end)]
        if len(whole) != 2 or len(ends) != 2 or not 0 <= whole[1] - whole[0] < MOST_NUMBERS:
            part.wrong(
                "values",
                "is not a lowest and a highest whole number",
                f"A ContiguousIssue runs from a lowest to a highest whole number, at most {MOST_NUMBERS}"
                " of them.",
                "correct it.",
            )
            return ()
        return tuple(str(one) for one in range(whole[0], whole[1] + 1))
    names = tuple(_text(one) for one in _items(node))
    if not names or len(set(names)) < len(names):
        part.wrong(
            "values",
            "has an option twice" if names else "lists no options",
            "An issue lists its options, each once.",
            "correct the list.",
        )
    return names


def _party(part: _Part, name: str, issues: tuple[str, ...], options: Options) -> Party | None:
    before = len(part.faults)
    outer, discount = part, None
    if part.kind == DISCOUNTED:
        discount = part.number("discount", 1.0)
        if discount is not None and not 0.0 < discount <= 1.0:
            part.wrong(
                "discount",
                f"is {discount:g}",
                "A discount factor is above 0 and at most 1.",
                "write 1 where nothing is discounted.",
            )
        part = part.inner("ufun")
    reservation = _reservation(outer)
    if reservation is None and part is not outer:
        reservation = _reservation(part)
    weights: list[float] = []
    values: list[list[float]] = []
    table: list[float] | None = None
    base = part.number("bias", 0.0) or 0.0
    if part.kind in ADDITIVE:
        weights = _weights(part, issues)
        values = _values(part, issues, options)
    elif part.kind in AFFINE:
        weights = _weights(part, issues)
        values = [_on_numbers(part, row, 1.0, 0.0) for row in options]
    elif part.kind == CELLS:
        table = _cells(part, issues, options)
    else:
        part.wrong(
            None,
            f"is of type {part.kind or 'none'}",
            f"Utilities can be read as {READABLE}.",
            "write them in one of these forms.",
        )
    if len(part.faults) > before:
        return None
    party = (
        Party(name, reservation=reservation, discount=discount, table=np.array(table) + base)
        if table is not None
        else Party(
            name, np.array(weights), tuple(map(np.array, values)), reservation, discount, base
        )
    )
    wrong = reservation_fault(reservation, *party.extent()) if reservation is not None else None
    if wrong:
        at = outer if outer.data.get("reserved_value") is not None else part
        at.wrong("reserved_value", *wrong)
    return party


def _reservation(part: _Part) -> float | None:
    if part.data.get("reserved_value") is None or _text(part.node("reserved_value")) in NONE:
        return None
    return part.number("reserved_value")


def _by_issue(part: _Part, key: str, issues: tuple[str, ...]) -> list[Path_]:
    """Where the entry of each issue stands, in a list or under the issues' names."""
    node = part.node(key) if key in part.data else None
    if isinstance(node, yaml.SequenceNode) and len(node.value) == len(issues):
        return [(key, i) for i in range(len(issues))]
    if isinstance(node, yaml.MappingNode) and set(_pairs(node)) == set(issues):
        return [(key, issue) for issue in issues]
    part.wrong(
        key,
        "does not have one entry for each issue",
        f"`{key}` has one entry for each of the issues {', '.join(issues)}.",
        "add or remove entries.",
    )
    return []


def _weights(part: _Part, issues: tuple[str, ...], key: str = "weights") -> list[float]:
    out = []
    for at in _by_issue(part, key, issues):
        value = _scalar(part.node(*at))
        if value is None:
            part.faults.append(
                part.tree.fault(
                    (*part.at, *at), f"is “{_text(part.node(*at))}”", NUMBER_RULE, "correct it."
                )
            )
        out.append(value or 0.0)
    return out


def _values(part: _Part, issues: tuple[str, ...], options: Options) -> list[list[float]]:
    return [
        _worth(part.inner(*at), row)
        for at, row in zip(_by_issue(part, "values", issues), options, strict=False)
    ]


def _worth(part: _Part, options: tuple[str, ...]) -> list[float]:
    """Worth of each option by a function of one issue."""
    if part.kind == "TableFun":
        return _mapped(part, "mapping", part.node("mapping"), options)
    if part.kind == "ConstFun":
        return [part.number("bias", 0.0) or 0.0] * len(options)
    if part.kind in ("IdentityFun", "LinearFun", "AffineFun"):
        slope = part.number("slope", 1.0)
        bias = part.number("bias", 0.0)
        return _on_numbers(part, options, 1.0 if slope is None else slope, bias or 0.0)
    part.wrong(
        None,
        f"is of type {part.kind or 'none'}",
        "The worth of an option is a TableFun, ConstFun, IdentityFun, LinearFun or AffineFun.",
        "list the worth of each option in a TableFun.",
    )
    return []


def _mapped(part: _Part, key: str, node: yaml.Node, options: tuple[str, ...]) -> list[float]:
    found = _pairs(node)
    missing = [option for option in options if option not in found]
    unknown = [option for option in found if option not in options]
    for names, what in (
        (missing, "has no entry for"),
        (unknown, "has entries that are no options:"),
    ):
        if names:
            part.wrong(
                key,
                f"{what} {', '.join(f'“{name}”' for name in names)}",
                "Every option of the issue has one number, under its name.",
                "add, rename or remove entries.",
            )
    out = []
    for option in options:
        value = _scalar(found[option]) if option in found else 0.0
        if value is None:
            part.wrong(
                key, f"has “{_text(found[option])}” for {option}", NUMBER_RULE, "correct it."
            )
        out.append(value or 0.0)
    return out


def _on_numbers(part: _Part, options: tuple[str, ...], slope: float, bias: float) -> list[float]:
    numbers = [number(option) for option in options]
    if None in numbers:
        part.wrong(
            None,
            f"is a {part.kind} of an issue whose options are not numbers",
            "Such a function multiplies the option itself.",
            "list the worth of each option in a TableFun.",
        )
    return [slope * (value or 0.0) + bias for value in numbers]


def _cells(part: _Part, issues: tuple[str, ...], options: Options) -> list[float]:
    """Utility of every package from rectangles of one package each."""
    sizes = [len(row) for row in options]
    packages = int(np.prod(sizes, dtype=float))
    ranges, utilities = _items(part.node("outcome_ranges")), _items(part.node("utilities"))
    if len(ranges) != packages or len(utilities) != packages:
        part.wrong(
            "outcome_ranges",
            f"has {len(ranges)} rectangles and {len(utilities)} utilities for {packages} packages",
            "Utilities that do not add over issues can be read where every package stands once.",
            "write every package as a rectangle of its own.",
        )
        return []
    places = [{option: o for o, option in enumerate(row)} for row in options]
    keys = [{str(k), issue} for k, issue in enumerate(issues)]
    out = [float("nan")] * packages
    for i, (one, worth) in enumerate(zip(ranges, utilities, strict=True)):
        taken = _pairs(one)
        value, place = _scalar(worth), 0
        for k, names in enumerate(keys):
            named = [taken[name] for name in names if name in taken]
            option = places[k].get(_text(named[0])) if len(named) == 1 else None
            if option is None:
                place = -1
                break
            place = place * sizes[k] + option
        if place < 0 or value is None or out[place] == out[place]:
            part.faults.append(
                part.tree.fault(
                    (*part.at, "outcome_ranges", i),
                    "is no package of its own with one number",
                    "Each rectangle takes one option of each issue; no two are the same package.",
                    "correct it.",
                )
            )
            return []
        out[place] = value
    return out


# --- reading NegoLog's form --------------------------------------------------------------------


def _read_negolog(folder: Path, files: list[Path]) -> Domain:
    faults: list[Fault] = []
    parts = [_Part(_parsed(file), (), faults) for file in files]
    first = parts[0].data.get("issues")
    if (
        not isinstance(first, dict)
        or not first
        or not all(isinstance(v, dict) for v in first.values())
    ):
        parts[0].wrong(
            "issues",
            "is not a mapping of issues to options",
            "A NegoLog profile has `issues`: issue, then option, then its worth from 0 to 1.",
            "check that this is a profile.",
        )
        raise DossierError(faults)
    issues = tuple(first)
    options = tuple(tuple(row) for row in first.values())
    parties = []
    for file, part in zip(files, parts, strict=True):
        before = len(faults)
        rows = [
            _mapped(part, "issues", part.node(*at), row)
            for at, row in zip(_by_issue(part, "issues", issues), options, strict=False)
        ]
        weights = _weights(part, issues, "issueWeights")
        stated = part.data.get("reservationValue") is not None
        reservation = part.number("reservationValue") if stated else None
        # NegoLog has no scale but 0 to 1; the utility functions of NegMAS have any.
        if len(faults) == before and abs(sum(weights) - 1.0) > ROUNDING:
            part.wrong("issueWeights", f"sums to {sum(weights):.6g}", WEIGHTS_RULE, WEIGHTS_MEND)
        if len(faults) > before:
            continue
        name = file.stem.removeprefix("profile")
        party = Party(name, np.array(weights), tuple(map(np.array, rows)), reservation)
        wrong = reservation_fault(reservation, *party.extent()) if reservation is not None else None
        if wrong:
            part.wrong("reservationValue", *wrong)
        parties.append(party)
    return _domain(folder.name, issues, options, parties, faults, folder)
