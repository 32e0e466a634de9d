"""GENIUS XML: a domain file (negotiation_template) and one profile (utility_space) per party.

As GENIUS 10.4 reads them: a profile's issue is the domain's issue of the same index; the worth of an
option is its evaluation divided by the issue's largest evaluation; a utility is the sum of weight times
worth, with the weights as written; a reservation is on that scale from 0 to 1, and 0 where none stands;
a discount factor of 0 counts as none. Where GENIUS goes on in silence (a weight missing, weights that
sum to 2, an option without evaluation), the file is at fault here.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from interbellum.dossier.scales import (
    NUMBER_RULE,
    ROUNDING,
    WEIGHTS_MEND,
    WEIGHTS_RULE,
    number,
    reservation_fault,
)
from interbellum.dossier.xmltree import Element, XmlFile, read_xml
from interbellum.errors import DossierError, Fault, UsageError
from interbellum.model.domain import Domain, Party
from interbellum.model.units import Array

TEMPLATE, PROFILE = "negotiation_template", "utility_space"
NO_WORTH = 1e-5
"""GENIUS: an issue whose largest evaluation is below this is worth nothing."""
UNUSED = "pareto.xml"  # a frontier that GENIUS kept beside a domain

Issues = dict[str, tuple[str, tuple[str, ...]]]
"""By index: name and options, in the order of the domain file."""


def read_genius(folder: Path, domain_file: Path | None = None) -> Domain:
    """Domain from the XML files of a folder.

    Parameters
    ----------
    folder : Path
        Profiles are parties in the order of their file names.
    domain_file : Path, optional
        Which domain file to take where the folder has several.

    Returns
    -------
    Domain

    Raises
    ------
    DossierError
        The files have faults; `faults` lists those of all profiles.
    UsageError
        The folder has no domain file or several, or fewer than two profiles.
    """
    # The file that was asked for first: its faults are what the analyst wants to hear of.
    asked = read_xml(domain_file) if domain_file is not None else None
    if asked is not None and asked.root.tag not in (TEMPLATE, PROFILE):
        raise DossierError(
            [
                asked.fault(
                    asked.root,
                    "",
                    f"is a <{asked.root.tag}>",
                    f"GENIUS XML is a domain file (<{TEMPLATE}>) or a profile (<{PROFILE}>).",
                    "name the domain file, or its folder.",
                )
            ]
        )
    files = [
        read_xml(file) for file in sorted(folder.glob("*.xml")) if not file.name.endswith(UNUSED)
    ]
    templates = [file for file in files if file.root.tag == TEMPLATE]
    if domain_file is not None:
        templates = [
            one for one in templates if Path(one.name).name == domain_file.name
        ] or templates
    profiles = [file for file in files if file.root.tag == PROFILE]
    if len(templates) != 1:
        raise UsageError(
            f"{folder} has {len(templates)} domain files (<{TEMPLATE}>). Name the one to read, or"
            " keep one domain in a folder."
        )
    if len(profiles) < 2:
        raise UsageError(
            f"{folder} has {len(profiles)} profiles (<{PROFILE}>). Put one for each party, two or"
            " more, beside the domain file."
        )
    name, issues = _issues(templates[0])
    faults: list[Fault] = []
    parties = [_party(profile, issues, faults) for profile in profiles]
    twice = {party.name for party in parties if [one.name for one in parties].count(party.name) > 1}
    if twice:
        raise UsageError(f"{folder}: more than one profile is named {', '.join(sorted(twice))}.")
    if faults:
        raise DossierError(faults)
    return Domain(
        name,
        tuple(issue for issue, _ in issues.values()),
        tuple(options for _, options in issues.values()),
        tuple(parties),
    )


def _stem(file: XmlFile) -> str:
    return re.sub(r"[_-]?domain$", "", Path(file.name).stem) or Path(file.name).stem


def _issues(file: XmlFile) -> tuple[str, Issues]:
    faults: list[Fault] = []
    issues: Issues = {}
    for element in file.root.walk("issue"):
        index, name = element.attributes.get("index", ""), element.attributes.get("name", "")
        path = f"issue {name or index or '?'}"
        items = [item for item in element.children if item.tag == "item"]
        options = tuple(item.attributes.get("value", "") for item in items)
        kinds = {element.attributes.get(key, "discrete") for key in ("type", "vtype", "etype")}
        if kinds - {"discrete"}:
            faults.append(
                file.fault(
                    element,
                    path,
                    f"is of type {', '.join(sorted(kinds - {'discrete'}))}",
                    "Only discrete issues can be read: a package takes one option of each issue.",
                    "list the values as items of a discrete issue, each with its evaluation.",
                )
            )
            continue
        if not index or not name or not all(options) or not options:
            faults.append(
                file.fault(
                    element,
                    path,
                    "lacks an index, a name, or items with a value",
                    "An issue has an index, a name, and at least one item with a value.",
                    "add what is missing.",
                )
            )
        if index in issues or name in {known for known, _ in issues.values()}:
            faults.append(
                file.fault(
                    element,
                    path,
                    f"stands twice (index {index})",
                    "Every issue has an index and a name of its own.",
                    "remove or rename one of the two.",
                )
            )
        for place, item in enumerate(items):
            if options[place] in options[:place]:
                faults.append(
                    file.fault(
                        item,
                        path,
                        f"has the option “{options[place]}” twice",
                        "Every option of an issue has a value of its own.",
                        "remove or rename one of the two.",
                    )
                )
        issues[index] = (name, options)
    if not issues and not faults:
        faults.append(
            file.fault(
                file.root,
                "",
                "has no issues",
                "A domain file holds <issue> elements with <item> options.",
                "check that this is the domain file.",
            )
        )
    if faults:
        raise DossierError(faults)
    space = next(file.root.walk(PROFILE), file.root)
    return space.attributes.get("name") or _stem(file), issues


def _party(file: XmlFile, issues: Issues, faults: list[Fault]) -> Party:
    """A profile; with faults, a party that must not be used."""
    before = len(faults)
    root = file.root
    name = root.attributes.get("name") or Path(file.name).stem
    empty = Party(name)
    shape = next(root.walk("ufun", "hyperRectangle"), None)
    if shape is not None or root.attributes.get("type") == "nonlinear":
        at = shape or root
        faults.append(
            file.fault(
                at,
                name,
                f"has utilities that are not additive (<{at.tag}>)",
                "A GENIUS profile can be read where each issue has a weight and each option an"
                " evaluation.",
                "write every package's utility out as a table in the NegMAS form.",
            )
        )
        return empty
    elements: dict[str, Element] = {}
    for element in root.walk("issue"):
        index = element.attributes.get("index", "")
        if index in elements or index not in issues:
            faults.append(
                file.fault(
                    element,
                    f"{name}.issue {index or '?'}",
                    "stands twice" if index in elements else "is not an issue of the domain",
                    "A profile has each issue of its domain once, by its index.",
                    "remove it, or give it the domain's index.",
                )
            )
            continue
        elements[index] = element
    weights = _weights(file, name, issues, faults)
    values = [
        _values(file, name, index, issues[index], elements.get(index), faults) for index in issues
    ]
    reservation = _single(file, name, "reservation", faults)
    discount = _single(file, name, "discount_factor", faults)
    if discount is not None and not 0.0 <= discount <= 1.0:
        faults.append(
            file.fault(
                next(root.walk("discount_factor")),
                f"{name}.discount_factor",
                f"is {discount:g}",
                "A discount factor is the share of utility left at the deadline: above 0, at most 1.",
                "write 1 where nothing is discounted.",
            )
        )
    if len(faults) > before:
        return empty
    party = Party(name, np.array(weights), tuple(values), reservation, discount or None)
    wrong = reservation_fault(reservation, *party.extent()) if reservation is not None else None
    if wrong:
        at = next(root.walk("reservation"))
        faults.append(file.fault(at, f"{name}.reservation", *wrong))
    return party


def _single(file: XmlFile, party: str, tag: str, faults: list[Fault]) -> float | None:
    found = list(file.root.walk(tag))
    for element in found:
        value = number(element.attributes.get("value"))
        if value is None or len(found) > 1:
            faults.append(
                file.fault(
                    element,
                    f"{party}.{tag}",
                    "stands more than once"
                    if value is not None
                    else f"is “{element.attributes.get('value', '')}”",
                    NUMBER_RULE if value is None else "It stands once.",
                    "keep one number, such as 0.5.",
                )
            )
    return number(found[0].attributes.get("value")) if found else None


def _weights(file: XmlFile, party: str, issues: Issues, faults: list[Fault]) -> list[float]:
    before = len(faults)
    weights: dict[str, float] = {}
    for element in file.root.walk("weight"):
        index = element.attributes.get("index", "")
        if index not in issues:
            continue  # the weight of an objective, which GENIUS does not use
        value = number(element.attributes.get("value"))
        if value is None or value < 0.0 or index in weights:
            faults.append(
                file.fault(
                    element,
                    f"{party}.weight of {issues[index][0]}",
                    "stands twice"
                    if index in weights
                    else f"is “{element.attributes.get('value', '')}”",
                    "Each issue has one weight, a number from 0 to 1.",
                    "keep one weight for each issue.",
                )
            )
            continue
        weights[index] = value
    missing = [name for index, (name, _) in issues.items() if index not in weights]
    if len(faults) > before:
        return []
    if missing:
        faults.append(
            file.fault(
                file.root,
                f"{party}.weight",
                f"is missing for {', '.join(missing)}",
                "Each issue of the domain has a weight in each profile.",
                "add <weight index=... value=...>, with 0 where the issue does not matter.",
            )
        )
        return []
    total = sum(weights.values())
    if abs(total - 1.0) > ROUNDING:
        first = next(one for one in file.root.walk("weight"))
        faults.append(
            file.fault(first, f"{party}.weight", f"sums to {total:.6g}", WEIGHTS_RULE, WEIGHTS_MEND)
        )
    return [weights[index] for index in issues]


def _values(
    file: XmlFile,
    party: str,
    index: str,
    issue: tuple[str, tuple[str, ...]],
    element: Element | None,
    faults: list[Fault],
) -> Array:
    name, options = issue
    path = f"{party}.{name}"
    if element is None:
        faults.append(
            file.fault(
                file.root,
                path,
                f"is missing (index {index})",
                "A profile has each issue of its domain, by its index.",
                "add the issue with an evaluation for each option.",
            )
        )
        return np.empty(0)
    called = element.attributes.get("name", name)
    if called != name:
        faults.append(
            file.fault(
                element,
                path,
                f"is called “{called}” under index {index}",
                "Issues of a profile and of its domain have the same index and the same name.",
                "give it the domain's name, or the index of the issue that is meant.",
            )
        )
    found: dict[str, float] = {}
    for item in element.children:
        if item.tag != "item":
            continue
        option, written = (item.attributes.get(key, "") for key in ("value", "evaluation"))
        value = number(written)
        if option not in options:
            found_here = f"option “{option}” is not in the domain"
        elif option in found:
            found_here = f"option “{option}” stands twice"
        elif value is None or value < 0.0:
            found_here = f"option “{option}” has the evaluation “{written}”"
        else:
            found[option] = value
            continue
        faults.append(
            file.fault(
                item,
                path,
                found_here,
                "Each option of the domain has one evaluation: a number, 0 or more, on any scale.",
                "correct or remove this item.",
            )
        )
    missing = [option for option in options if option not in found]
    if missing:
        faults.append(
            file.fault(
                element,
                path,
                f"has no evaluation for {', '.join(f'“{option}”' for option in missing)}",
                "Every option of the domain has an evaluation in every profile.",
                'add <item value="..." evaluation="...">.',
            )
        )
        return np.empty(0)
    values = np.array([found[option] for option in options])
    top = values.max()
    return np.zeros(len(values)) if top < NO_WORTH else values / top


def write_genius(domain: Domain, folder: Path) -> tuple[Path, ...]:
    """Write a domain file and one profile per party into an existing folder.

    Parameters
    ----------
    domain : Domain
        Additive, on the scale from 0 to 1 that GENIUS reads: weights that sum to 1, and an option
        worth 1 (or nothing but 0) in every issue.
    folder : Path

    Returns
    -------
    tuple of Path
        Files written, the domain's first.

    Raises
    ------
    UsageError
        GENIUS would read other utilities than the domain's.
    """
    for party in domain.parties:
        _check_expressible(party)
    template = ElementTree.Element(TEMPLATE)
    space = ElementTree.SubElement(
        template, PROFILE, name=domain.name, number_of_issues=str(len(domain.issues))
    )
    _objective(space, domain, None)
    written = [folder / "domain.xml"]
    _write(template, written[0])
    digits = len(str(len(domain.parties)))
    for place, party in enumerate(domain.parties, start=1):
        profile = ElementTree.Element(PROFILE, name=party.name)
        _objective(profile, domain, party)
        if party.discount is not None:
            ElementTree.SubElement(profile, "discount_factor", value=repr(party.discount))
        if party.reservation is not None:
            ElementTree.SubElement(profile, "reservation", value=repr(party.reservation))
        written.append(folder / f"profile{place:0{digits}}.xml")
        _write(profile, written[-1])
    return tuple(written)


def _check_expressible(party: Party) -> None:
    problem = ""
    tops = [row.max() for row in party.values]
    if party.table is not None:
        problem = "has a table, and GENIUS profiles are additive"
    elif party.base != 0.0:
        problem = f"has a base of {party.base:g}, which GENIUS has no place for"
    elif min(row.min() for row in party.values) < 0.0 or party.weights.min() < 0.0:
        problem = "has negative weights or values, which GENIUS refuses"
    elif any(top not in (0.0, 1.0) for top in tops):
        problem = (
            "has issues whose best option is not worth 1, and GENIUS divides by the largest"
            " evaluation"
        )
    elif abs(party.weights.sum() - 1.0) > ROUNDING:
        problem = f"has weights that sum to {party.weights.sum():g}, not 1"
    elif party.reservation is not None and not 0.0 <= party.reservation <= 1.0:
        problem = f"has a reservation of {party.reservation:g}, outside 0 to 1"
    if problem:
        raise UsageError(
            f"{party.name} {problem}. Write the NegMAS form, which keeps any scale, or bring the"
            " utilities to that scale first."
        )


def _objective(parent: ElementTree.Element, domain: Domain, party: Party | None) -> None:
    objective = ElementTree.SubElement(
        parent, "objective", index="0", name="root", type="objective", etype="objective"
    )
    for k, (issue, options) in enumerate(domain.pairs()):
        element = ElementTree.SubElement(
            objective,
            "issue",
            index=str(k + 1),
            name=issue,
            type="discrete",
            etype="discrete",
            vtype="discrete",
        )
        for o, option in enumerate(options):
            item = ElementTree.SubElement(element, "item", index=str(o + 1), value=option)
            if party is not None:
                item.set("evaluation", repr(float(party.values[k][o])))
    if party is not None:
        for k, weight in enumerate(party.weights):
            ElementTree.SubElement(objective, "weight", index=str(k + 1), value=repr(float(weight)))


def _write(root: ElementTree.Element, file: Path) -> None:
    ElementTree.indent(root)
    file.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
