"""Writes into a file in place: values, keys and lines change, all else stays byte for byte.

A `Patch` gathers what is to be written, as data at paths of the parsed file, and then makes the new
text and the data that the new text must parse to. Files in flow or block style, with any line break,
with or without a last one, keep their form; a file whose keys are quoted (JSON) gets quoted keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from interbellum.dossier.tree import Path_, Tree

BREAKS = "\r\n\x85\u2028\u2029"  # what libyaml takes for the end of a line
BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*|[0-9.eE+-]+%")
"""Text that needs no quotes: short names and percentages."""
NOT_TEXT = frozenset({"null", "true", "false"})
DIGITS = 12  # significant digits of a written number: hides the noise of binary fractions

_REPLACED, _INSERTED = 0, 1


class InPlaceError(Exception):
    """The file writes something in a form that cannot be changed in place."""


@dataclass(frozen=True, slots=True)
class _Splice:
    start: int
    end: int
    text: str
    kind: int = _REPLACED
    depth: int = 0

    def order(self) -> tuple[int, int, int, int]:
        """In file order; at one point what stands deeper comes first."""
        return self.start, self.end, self.kind, -self.depth


@dataclass(frozen=True, slots=True)
class _Insertion:
    rank: int
    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class _Child:
    """One pair of a mapping, or one item of a sequence, as it stands in the text."""

    name: str
    start: int
    end: int


def rounded(value: float) -> float:
    """A number as it is written."""
    return float(f"{value:.{DIGITS}g}") + 0.0  # turns -0 into 0


class Patch:
    """Changes to one parsed file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.text = tree.text
        self.data = tree.data
        first = tree.root.value[0][0]
        self._quote = '"' if first.style == '"' else ""
        self._splices: list[_Splice] = []
        self._insertions: dict[Path_, list[_Insertion]] = {}
        self._orders: dict[Path_, dict[str, int]] = {}
        self._removed: dict[Path_, set[str]] = {}

    # --- what is to change ---------------------------------------------------------------------

    def replace(self, path: Path_, data: Any) -> None:
        """Write a number, a text or a small mapping in place of the value at `path`."""
        node = self.tree.node(path)
        self.data = _with(self.data, path, data)
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            self._collapse(path, node, data)
            return
        start, end = node.start_mark.index, self._end(node)
        written = self._flow(data)
        if isinstance(node, yaml.ScalarNode) and isinstance(data, str) and node.style in ("'", '"'):
            written = f"{node.style}{data}{node.style}" if PLAIN.fullmatch(data) else written
        if start == end:  # a key with nothing behind its colon
            if self.text[:start].rstrip(" \t")[-1:] != ":":
                raise InPlaceError("it has a key without a colon")
            written = f" {written}" if self.text[start - 1] == ":" else written
        self._splices.append(_Splice(start, end, written))

    def rename(self, path: Path_, name: str) -> None:
        """Write another key in place of the last of `path`."""
        parent = self.tree.node(path[:-1])
        key = next(key for key, _ in parent.value if key.value == path[-1])
        held = dict(_at(self.data, path[:-1]))
        self.data = _with(
            self.data,
            path[:-1],
            {(name if old == path[-1] else old): value for old, value in held.items()},
        )
        quote = key.style or ""
        self._splices.append(
            _Splice(key.start_mark.index, key.end_mark.index, f"{quote}{name}{quote}")
        )

    def insert(self, parent: Path_, name: str, data: Any, order: Sequence[str]) -> None:
        """Add a key to a mapping, or a word to a list (`data` None), after what precedes it in `order`."""
        self._orders[parent] = {key: rank for rank, key in enumerate(order)}
        rank = self._orders[parent][name]
        self._insertions.setdefault(parent, []).append(_Insertion(rank, name, data))
        held = _at(self.data, parent)
        if isinstance(held, list):
            self.data = _with(self.data, parent, self._in_order(parent, [*held, name], name))
        else:
            self.data = _with(self.data, (*parent, name), data)

    def remove(self, parent: Path_, name: str) -> None:
        """Take a key out of a mapping, or every standing of a word out of a list."""
        self._removed.setdefault(parent, set()).add(name)
        held = _at(self.data, parent)
        kept: Any = (
            [item for item in held if item != name]
            if isinstance(held, list)
            else {key: value for key, value in held.items() if key != name}
        )
        self.data = _with(self.data, parent, kept)

    # --- the new text ----------------------------------------------------------------------------

    def result(self) -> tuple[str, Any]:
        """The new text, and the data that it must parse to.

        Raises
        ------
        InPlaceError
            Two changes meet in the text, or a line holds more than what is to go.
        """
        splices = list(self._splices)
        for parent, names in self._removed.items():
            splices.extend(self._removals(parent, names))
        for parent, insertions in self._insertions.items():
            splices.extend(self._inserted(parent, insertions))
        out, at = [], 0
        for splice in sorted(splices, key=_Splice.order):
            if splice.start < at:
                raise InPlaceError("two changes meet")
            out += [self.text[at : splice.start], splice.text]
            at = splice.end
        return "".join([*out, self.text[at:]]), self.data

    def _inserted(self, parent: Path_, insertions: list[_Insertion]) -> list[_Splice]:
        node: Any = self.tree.node(parent)
        ranks = self._orders[parent]
        gone = self._removed.get(parent, set())
        kept = [child for child in self._children(node) if child.name not in gone]
        by_anchor: dict[tuple[int, bool], list[_Insertion]] = {}
        for insertion in sorted(insertions, key=lambda one: one.rank):
            anchor = _anchor([ranks.get(child.name) for child in kept], insertion.rank)
            by_anchor.setdefault(anchor, []).append(insertion)
        place = self._into_flow if node.flow_style else self._into_block
        return [
            place(node, kept, anchor, group, len(parent)) for anchor, group in by_anchor.items()
        ]

    def _into_flow(
        self,
        node: Any,
        kept: list[_Child],
        anchor: tuple[int, bool],
        group: list[_Insertion],
        depth: int,
    ) -> _Splice:
        written = ", ".join(self._pair(one) for one in group)
        place, behind = anchor
        if not kept:
            at = node.start_mark.index + 1
        elif behind:
            at, written = kept[place].end, f", {written}"
        else:
            at, written = kept[place].start, f"{written}, "
        return _Splice(at, at, written, _INSERTED, depth)

    def _into_block(
        self,
        node: Any,
        kept: list[_Child],
        anchor: tuple[int, bool],
        group: list[_Insertion],
        depth: int,
    ) -> _Splice:
        if not kept:
            raise InPlaceError("nothing is left beside it")
        indent = self._column(node)
        place, behind = anchor
        after = kept[place].end if behind else kept[place].start
        found = BREAK.search(self.text, after)
        ending = self._line_break(found)
        lines = ending.join(self._lines(one, indent, ending) for one in group)
        if not behind:
            at, written = after, f"{lines.lstrip(' ')}{ending}{' ' * indent}"
        elif self.text[after - 1] in BREAKS:  # after a text that keeps its empty lines
            at, written = after, f"{lines}{ending}"
        else:
            at, written = found.start() if found else len(self.text), f"{ending}{lines}"
        return _Splice(at, at, written, _INSERTED, depth)

    def _removals(self, parent: Path_, names: set[str]) -> list[_Splice]:
        node: Any = self.tree.node(parent)
        children = self._children(node)
        out = []
        for place, child in enumerate(children):
            if child.name not in names:
                continue
            if not node.flow_style:
                out.append(self._whole_lines(node, child))
            elif any(other.name not in names for other in children[:place]):
                out.append(_Splice(children[place - 1].end, child.end, ""))
            else:
                follows = children[place + 1].start if place + 1 < len(children) else child.end
                out.append(_Splice(child.start, follows, ""))
        return out

    def _whole_lines(self, node: Any, child: _Child) -> _Splice:
        start = child.start
        while start > 0 and self.text[start - 1] not in BREAKS:
            start -= 1
        lead = self.text[start : child.start]
        allowed = " -" if isinstance(node, yaml.SequenceNode) else " "
        if lead.strip(allowed) or lead.count("-") > 1:
            raise InPlaceError("something else stands on the line")
        found = BREAK.search(self.text, child.end)
        return _Splice(start, found.end() if found else len(self.text), "")

    def _collapse(self, path: Path_, node: Any, data: Any) -> None:
        """Write one value where a block of lines stood, on the line of its key."""
        key = next(key for key, _ in self.tree.node(path[:-1]).value if key.value == path[-1])
        colon = self.text.index(":", key.end_mark.index) + 1
        found = BREAK.search(self.text, colon)
        if found is None or found.start() > node.start_mark.index:
            raise InPlaceError("a block begins on the line of its key")
        self._splices.append(_Splice(colon, colon, f" {self._flow(data)}"))
        self._splices.append(_Splice(found.start(), self._end(node), ""))

    # --- reading the text --------------------------------------------------------------------------

    def _children(self, node: Any) -> list[_Child]:
        if isinstance(node, yaml.MappingNode):
            return [
                _Child(key.value, key.start_mark.index, max(self._end(value), key.end_mark.index))
                for key, value in node.value
            ]
        return [
            _Child(str(item.value), item.start_mark.index, self._end(item)) for item in node.value
        ]

    def _end(self, node: Any) -> int:
        """Index behind the last letter of a node; block collections end with their last leaf."""
        if isinstance(node, yaml.CollectionNode):
            if node.flow_style or not node.value:
                return int(node.end_mark.index)
            last = node.value[-1]
            return self._end(last[1] if isinstance(node, yaml.MappingNode) else last)
        start, end = node.start_mark.index, node.end_mark.index
        if node.style not in ("|", ">"):
            return int(end)
        written = self.text[start:end]
        if "+" in written[:3]:  # keeps its empty lines
            return int(end)
        return int(start) + len(written.rstrip(BREAKS))

    def _column(self, node: Any) -> int:
        first = node.value[0][0] if isinstance(node, yaml.MappingNode) else node
        return int(first.start_mark.column)

    def _line_break(self, found: re.Match[str] | None) -> str:
        found = found or BREAK.search(self.text)
        return found.group() if found and found.group() in ("\r\n", "\r") else "\n"

    # --- writing data ------------------------------------------------------------------------------

    def _flow(self, data: Any) -> str:
        if isinstance(data, dict):
            return (
                "{" + ", ".join(f"{self._word(k)}: {self._flow(v)}" for k, v in data.items()) + "}"
            )
        if isinstance(data, list):
            return "[" + ", ".join(map(self._flow, data)) + "]"
        return self._word(data) if isinstance(data, str) else f"{data:.{DIGITS}g}"

    def _word(self, text: str) -> str:
        if not self._quote and PLAIN.fullmatch(text) and text.lower() not in NOT_TEXT:
            return text
        return json.dumps(text)

    def _pair(self, one: _Insertion) -> str:
        word = self._word(one.name)
        return word if one.data is None else f"{word}: {self._flow(one.data)}"

    def _lines(self, one: _Insertion, indent: int, ending: str) -> str:
        lead = " " * indent
        if one.data is None:
            return f"{lead}- {self._word(one.name)}"
        return ending.join(self._block(one.name, one.data, lead))

    def _block(self, name: str, data: Any, lead: str) -> list[str]:
        """A key and its value as lines: a range on one line, blocks of ranges below their name."""
        if isinstance(data, dict) and any(isinstance(value, dict) for value in data.values()):
            inner = [line for k, v in data.items() for line in self._block(k, v, f"{lead}  ")]
            return [f"{lead}{self._word(name)}:", *inner]
        return [f"{lead}{self._word(name)}: {self._flow(data)}"]

    def _in_order(self, parent: Path_, names: list[str], new: str) -> list[str]:
        """A list with its new last word put where the text gets it."""
        ranks, held = self._orders[parent], names[:-1]
        place, behind = _anchor([ranks.get(word) for word in held], ranks[new])
        return [*held[: place + behind], new, *held[place + behind :]]


def _anchor(ranks: list[int | None], rank: int) -> tuple[int, bool]:
    """Which sibling something new stands beside, and whether behind it.

    Behind the last in order that precedes it, else before the first that follows: so it does not
    matter in which order several are added.
    """
    before = [(one, place) for place, one in enumerate(ranks) if one is not None and one < rank]
    if before:
        return max(before)[1], True
    after = [(one, place) for place, one in enumerate(ranks) if one is not None and one > rank]
    return (min(after)[1] if after else 0), False


def _at(data: Any, path: Path_) -> Any:
    for key in path:
        data = data[key]
    return data


def _with(data: Any, path: Path_, value: Any) -> Any:
    """A copy of plain data with another value at a path; what lies beside the path is shared."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(data, list):
        assert isinstance(key, int)  # paths come from the parsed file
        return [*data[:key], _with(data[key], rest, value), *data[key + 1 :]]
    inside = data.get(key) if isinstance(data, dict) else None
    return {**(data if isinstance(data, dict) else {}), key: _with(inside, rest, value)}
