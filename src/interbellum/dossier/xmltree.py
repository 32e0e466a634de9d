"""XML as a tree that remembers where everything stands, from files that a stranger may have written.

expat reports the place of every element, which xml.etree does not. Document types and entities are
refused before anything is expanded, and nothing outside the file is ever read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from interbellum.dossier.tree import MAX_BYTES, MAX_DEPTH, MAX_NODES, shown_line
from interbellum.errors import DossierError, Fault


@dataclass(slots=True)
class Element:
    """A tag with its attributes and the elements in it."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)

    def walk(self, *tags: str) -> Iterator[Element]:
        """Every element below this one with one of the tags, in the order of the file."""
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.walk(*tags)


@dataclass(slots=True)
class XmlFile:
    """A parsed file."""

    name: str
    root: Element
    lines: list[str]

    def fault(self, at: Element, path: str, found: str, rule: str, mend: str) -> Fault:
        """A fault at an element."""
        shown = shown_line(self.lines, at.line)
        return Fault(self.name, at.line, at.column, path, found, rule, mend, shown)


class _Refused(Exception):
    """Carries what the file holds that no domain may."""


def read_domain_bytes(file: Path) -> bytes:
    """Bytes of a file of a negotiation domain; never more than `MAX_BYTES`.

    Raises
    ------
    DossierError
        The file is missing, not readable, too large, or empty.
    """

    def whole(found: str, rule: str, mend: str) -> DossierError:
        return DossierError([Fault(str(file), 0, 0, "", found, rule, mend)])

    try:
        with open(file, "rb") as source:
            raw = source.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise whole(
            f"cannot be read ({getattr(error, 'strerror', None) or error})",
            "A negotiation domain is a readable file or folder.",
            "check the name and the rights.",
        ) from None
    if len(raw) > MAX_BYTES:
        raise whole(
            f"is larger than {MAX_BYTES // 1_000_000} MB",
            f"A file of a negotiation domain has at most {MAX_BYTES // 1_000_000} MB.",
            "check that this is the right file and not a log of sessions.",
        )
    if not raw.strip():
        raise whole(
            "is empty", "A domain names issues, options and utilities.", "fill or remove it."
        )
    return raw


def read_xml(file: Path) -> XmlFile:
    """Parse an XML file.

    Raises
    ------
    DossierError
        The file cannot be read, is not XML, or declares a document type or entities.
    """
    raw = read_domain_bytes(file)
    lines = raw.decode("utf-8", errors="replace").splitlines()
    parser = expat.ParserCreate()
    top = Element("", {}, 1, 1)
    open_elements = [top]
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(open_elements) > MAX_DEPTH:
            raise _Refused(f"nesting deeper than {MAX_DEPTH}")
        if count > MAX_NODES:
            raise _Refused(f"more than {MAX_NODES} elements")
        place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        element = Element(tag, attributes, *place)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_tag: str) -> None:
        open_elements.pop()

    def refuse(*_: object) -> None:
        raise _Refused("a document type or entity")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse

    def here(found: str, rule: str, mend: str) -> DossierError:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        shown = shown_line(lines, line)
        return DossierError([Fault(str(file), line, column, "", found, rule, mend, shown)])

    try:
        parser.Parse(raw, True)
    except _Refused as refused:
        raise here(
            f"holds {refused}",
            "Files of a domain are plain elements, so that reading them can reach nothing else.",
            "remove it, or check that this is the right file.",
        ) from None
    except expat.ExpatError as error:
        raise here(
            f"cannot be parsed: {expat.errors.messages[error.code]}",
            "A GENIUS file is XML.",
            "look at this line for a tag that is not closed, a bare & or a second root.",
        ) from None
    except (ValueError, LookupError):
        raise here(
            "has an encoding that is not known",
            "XML says its encoding in its first line, or is UTF-8.",
            "save the file as UTF-8.",
        ) from None
    return XmlFile(str(file), top.children[0], lines)
