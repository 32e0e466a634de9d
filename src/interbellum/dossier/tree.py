"""A YAML file as a tree that remembers where everything stands.

One parse gives places and data. Scalars follow YAML 1.2's core schema, so that NO stays "NO" and
12:30 stays "12:30". Aliases, tags, duplicate keys, deep nesting and files that are not text are
faults with a place, never a crash: a dossier may come from a stranger.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from interbellum.errors import DossierError, Fault

MAX_BYTES = 5_000_000  # shipped dossiers stay under 200 kB
MAX_DEPTH = 40
MAX_NODES = 500_000
MAX_COMPOSED = MAX_NODES // 2 - 2
"""Nodes that surely make no more than `MAX_NODES` events: two for each, four around the document."""

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed

BYTE_ORDER_MARK = "\ufeff"

Path_ = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


TEXT_TAG = "tag:yaml.org,2002:str"
TAGS = {
    yaml.ScalarNode: TEXT_TAG,
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


class _Core(_Loader):  # type: ignore[misc]
    """PyYAML's parser with the scalars of YAML 1.2 only."""

    yaml_implicit_resolvers: ClassVar[dict[str | None, list[tuple[str, re.Pattern[str]]]]] = {}

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Tag of a node that has none: plain scalars by their looks."""
        if kind is yaml.ScalarNode and implicit[0]:
            for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                if pattern.match(value):
                    return tag
        return TAGS[kind]


class _TooMuch(Exception):
    """A text that may nest too deep, or hold too much."""


class _Bounded(_Core):
    """Stops composing, which recurses, before it goes too deep."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = self.nodes = 0

    def descend_resolver(self, parent: yaml.Node | None, index: Any) -> None:
        """Called by the parser before it composes a node."""
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH or self.nodes > MAX_COMPOSED:
            raise _TooMuch

    def ascend_resolver(self) -> None:
        """Called by the parser when a node is composed."""
        self.depth -= 1


CORE_SCALARS: tuple[tuple[str, str, list[str]], ...] = (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    (
        "float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        list("-+.0123456789"),
    ),
)
"""Plain scalars that are not text: tag, pattern, first letters."""

for _tag, _pattern, _first in CORE_SCALARS:
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class Tree:
    """A parsed file: its text, its data, and the place of every node."""

    def __init__(
        self, file: str, text: str, root: yaml.Node | None, data: Any, marked: bool = False
    ) -> None:
        self.file = file
        self.text = text
        self.data = data
        self._root = root
        self.marked = marked
        """Whether the file begins with the mark that some editors put first; `text` lacks it."""
        self._lines = text.splitlines()

    @property
    def root(self) -> yaml.Node:
        """The nodes; where the data came without them, composed once a place is asked for."""
        if self._root is None:
            self._root = _composed(self.file, self.text)
        assert self._root is not None  # a text that data was read from has nodes
        return self._root

    def source(self) -> str:
        """The file as it is written: encoded in UTF-8, its very bytes."""
        return BYTE_ORDER_MARK + self.text if self.marked else self.text

    def node(self, path: Path_) -> yaml.Node:
        """Deepest node on `path` that exists, so that a missing key points at its parent."""
        node = self.root
        for key in path:
            child = _children(node).get(key)
            if child is None:
                break
            node = child
        return node

    def place(self, path: Path_) -> tuple[int, int]:
        """1-based line and column of the value at `path`."""
        mark = self.node(path).start_mark
        return mark.line + 1, mark.column + 1

    def key_place(self, path: Path_) -> tuple[int, int]:
        """1-based line and column of the last key of `path` itself, not of its value."""
        parent = self.node(path[:-1])
        if isinstance(parent, yaml.MappingNode):
            for key, _ in parent.value:
                if key.value == path[-1]:
                    return key.start_mark.line + 1, key.start_mark.column + 1
        return self.place(path)

    def line(self, number: int) -> str:
        """Text of a 1-based line, cut to what fits a terminal."""
        return shown_line(self._lines, number)

    def fault(self, path: Path_, found: str, rule: str, mend: str, at_key: bool = False) -> Fault:
        """A fault at a path."""
        line, column = self.key_place(path) if at_key else self.place(path)
        return Fault(self.file, line, column, dotted(path), found, rule, mend, self.line(line))


def shown_line(lines: list[str], number: int) -> str:
    """A 1-based line for a message: cut, and with nothing in it that could steer a terminal."""
    line = lines[number - 1][:120] if 0 < number <= len(lines) else ""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", line)


def dotted(path: Path_) -> str:
    """A path as the analyst writes it: ``war.position.low``, ``actors.0.id``."""
    return ".".join(map(str, path))


def read_tree(file: str | Path) -> tuple[Tree, bytes]:
    """Parse a file into a `Tree`; the bytes that were read come with it.

    Raises
    ------
    DossierError
        The file is missing, too large, not text, not YAML, or uses what dossiers do not allow.
    """
    raw = read_bytes(file)
    return parse_tree(str(file), raw), raw


def read_bytes(file: str | Path) -> bytes:
    """Bytes of a file that a person named; never more than `MAX_BYTES`, whatever the file claims.

    Raises
    ------
    DossierError
        The file is missing, not readable, or too large.
    """
    name = str(file)
    try:
        with open(file, "rb") as source:
            raw = source.read(MAX_BYTES + 1)  # a device or a pipe has no size to ask for
            size = max(len(raw), Path(file).stat().st_size)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise _whole(
            name,
            f"cannot be read ({getattr(error, 'strerror', None) or error})",
            "A dossier is a readable file or the name of a shipped one (interbellum list).",
            "check the name and the rights of the file.",
        ) from None
    if len(raw) > MAX_BYTES:
        raise _whole(
            name,
            f"is {size / 1e6:.0f} MB",
            f"A dossier or table has at most {MAX_BYTES // 1_000_000} MB.",
            "check that this is the right file and not a data file.",
        )
    return raw


def decode(name: str, raw: bytes) -> str:
    """Text of a file in UTF-8, with or without the mark that some editors put first.

    Raises
    ------
    DossierError
        The bytes are not text.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(
            name,
            f"is not text (byte {error.start} is not UTF-8)",
            "A dossier or table is a text file in UTF-8.",
            "save it as UTF-8, or check that this is the right file.",
        ) from None
    if "\x00" in text:
        raise _whole(
            name,
            "is not text (it holds a zero byte)",
            "A dossier or table is a text file in UTF-8.",
            "check that this is the right file.",
        )
    return text


def parse_tree(name: str, raw: bytes) -> Tree:
    """Parse bytes into a `Tree`; `name` is used in messages only.

    Raises
    ------
    DossierError
        The bytes are not text, not YAML, or use what dossiers do not allow.
    """
    text = decode(name, raw)
    if not text.strip():
        raise _whole(
            name,
            "is empty",
            "A dossier has at least the required sections.",
            "start from `interbellum new FILE`.",
        )
    root = _composed(name, text)
    if not isinstance(root, yaml.MappingNode):
        raise _whole(
            name,
            "holds no fields",
            "A dossier is a mapping of named sections (conflict, sides, actors, ...).",
            "start from `interbellum new FILE`.",
        )
    faults = _Faults(name, text.splitlines())
    data = _construct(root, (), faults)
    if faults.found:
        raise DossierError(faults.found)
    return Tree(name, text, root, data, raw.startswith(codecs.BOM_UTF8))


def known_tree(name: str, raw: bytes, data: Any) -> Tree:
    """The tree of bytes that were parsed before, from the data that they gave then."""
    return Tree(name, decode(name, raw), None, data, raw.startswith(codecs.BOM_UTF8))


def _whole(name: str, found: str, rule: str, mend: str) -> DossierError:
    return DossierError([Fault(name, 0, 0, "", found, rule, mend)])


def _composed(name: str, text: str) -> yaml.Node | None:
    """The nodes of a text; what is wrong with it is what its events tell first."""
    if "&" not in text:  # without anchors there are no aliases, and composing finds all else
        with suppress(yaml.YAMLError, _TooMuch, RecursionError):
            return yaml.compose(text, Loader=_Bounded)
    _refuse_depth_and_aliases(name, text)
    try:
        return yaml.compose(text, Loader=_Core)
    except yaml.YAMLError as error:
        raise DossierError([_yaml_fault(name, text, error)]) from None


def _refuse_depth_and_aliases(name: str, text: str) -> None:
    """Walk the events first: composing recurses and expands aliases, events do neither."""
    depth = nodes = 0
    try:
        event: Any
        for event in yaml.parse(text, Loader=_Core):
            nodes += 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                what = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
                raise DossierError(
                    [
                        _at_mark(
                            name,
                            text,
                            event.start_mark,
                            f"{what} “{event.anchor}”",
                            "Dossiers use no anchors and aliases, so that every line says what it means.",
                            "write the value out.",
                        )
                    ]
                )
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise DossierError(
                        [
                            _at_mark(
                                name,
                                text,
                                event.start_mark,
                                f"nesting deeper than {MAX_DEPTH}",
                                "No field of a dossier lies that deep.",
                                "check brackets and indentation.",
                            )
                        ]
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if nodes > MAX_NODES:
                raise DossierError(
                    [
                        _at_mark(
                            name,
                            text,
                            event.start_mark,
                            f"more than {MAX_NODES} values",
                            "No dossier is that long.",
                            "check that this is the dossier and not a data file.",
                        )
                    ]
                )
    except yaml.YAMLError as error:
        raise DossierError([_yaml_fault(name, text, error)]) from None
    except RecursionError:
        raise _whole(
            name,
            "nests too deep to be read",
            "No field of a dossier lies that deep.",
            "check brackets and indentation.",
        ) from None


def _at_mark(name: str, text: str, mark: Any, found: str, rule: str, mend: str) -> Fault:
    lines = text.splitlines()
    line = mark.line + 1 if mark is not None else 0
    column = mark.column + 1 if mark is not None else 0
    shown = shown_line(lines, line)
    return Fault(name, line, column, "", found, rule, mend, shown)


def _yaml_fault(name: str, text: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return _at_mark(
        name,
        text,
        mark,
        f"cannot be parsed: {problem}",
        "A dossier is YAML: `key: value`, lists with `- `, indentation by spaces.",
        "look at this line and the one above for a missing colon, quote or indent.",
    )


def _children(node: yaml.Node) -> dict[str | int, yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return {key.value: value for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return dict(enumerate(node.value))
    return {}


PLAIN_TEXT = ("Text holds letters, not codes that steer a terminal.", "remove the escape.")


@dataclass(slots=True)
class _Faults:
    """What is wrong with the nodes of a file, so far."""

    name: str
    lines: list[str]
    found: list[Fault] = field(default_factory=list)

    def add(self, at: yaml.Node, path: Path_, found: str, rule: str, mend: str) -> None:
        line, column = at.start_mark.line + 1, at.start_mark.column + 1
        shown = shown_line(self.lines, line)
        self.found.append(Fault(self.name, line, column, dotted(path), found, rule, mend, shown))


def _construct(node: yaml.Node, path: Path_, faults: _Faults) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, faults)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*path, index), faults) for index, child in enumerate(node.value)]
    out: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            faults.add(
                key,
                path,
                "has a key that is not a word",
                "Every key is a plain word.",
                "write `key: value`.",
            )
            continue
        if _steers(key.value):
            faults.add(key, path, "has a key with a control character", *PLAIN_TEXT)
            continue
        if key.value in out:
            faults.add(
                key,
                path,
                f"key “{key.value}” stands twice",
                "A key stands once in its section.",
                "keep one of the two.",
            )
        out[key.value] = _construct(value, (*path, key.value), faults)
    return out


def _scalar(node: yaml.ScalarNode, path: Path_, faults: _Faults) -> Any:
    tag: str = node.tag
    if tag != TEXT_TAG:
        kind = tag.rsplit(":", 1)[-1] if tag.startswith("tag:yaml.org,2002:") else tag
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        if kind in ("int", "float"):
            with suppress(ValueError):  # a number by its tag alone, such as `!!int x`, is a tag
                return _number(kind, node.value)
        if kind != "str":
            faults.add(node, path, f"tag {tag}", "Dossiers use no YAML tags.", "remove the tag.")
    if _steers(node.value):
        faults.add(node, path, "holds a control character", *PLAIN_TEXT)
    return node.value


def _steers(text: str) -> bool:
    """Whether a text holds a control character."""
    return not text.isprintable() and CONTROL.search(text) is not None


def _number(kind: str, text: str) -> int | float | str:
    if kind == "float":
        return float(text)
    return int(text) if len(text) < 400 else text
